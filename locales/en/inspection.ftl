# The list of what must log, and answering an inspection

nav-inspection = Inspection

device-listed = devices must log
device-complete = Term complete
device-growing = Growing
device-failing = With gaps or without lines
device-unlisted = not listed
device-never = Never heard
device-silent = Silent
device-holed = Gaps in its term
device-since = since { $at }
device-progress = Day { $done } of { $of }
device-complete-on = complete on { $day } if nothing is missed
device-bar = { $covered } days with lines, { $silent } silent, { $lost } lost by us, { $before } before the start
device-cell-covered = Lines came
device-cell-silent = Silent
device-cell-lost = Lost by us
device-cell-before = Before the start
device-cell-open = Not over yet
device-every-seconds = a line about every { $n } s
device-every-minutes = a line about every { $n } min
device-every-hours = a line about every { $n } h
device-every-days = a line about every { $n } days
device-gaps = { $n } gaps
device-gaps-more = and { $n } earlier ones
device-title = The list of what must log
device-col = Device
device-term = Term and basis
device-days = A cell for each day
device-confirmed = The head of the unit confirmed this list
device-unconfirmed = The head of the unit has not confirmed this list, or it changed since. Until then every duty of keeping logs is unknown.
device-unmeasured = The list cannot be measured at this moment; the server’s own log says why.
device-confirm = Send to the head for confirmation
device-none = No device is listed yet
device-none-why = List first what must log: firewalls, behaviour management, DHCP, switches, servers, websites, machine rooms. Every one of them has to send; one that does not leaves the duty unmet.
device-add = List a device
device-list = Put on the list
device-others = Heard, and not listed
device-others-why = These senders are not on the list of what must log. Put on it those that belong there.

connect-title = Connect a source
connect-wait-title = Wait for the first line
connect-address = Address of the device
connect-wait = Wait
connect-wait-why = Write the device’s IP address, then paste the settings below into the device; this page turns green with the first line.
connect-address-wrong = Write an IP address such as 10.2.0.1.
connect-waiting = Waiting for the first line of this address; looking every 5 seconds…
connect-stopped = Nothing came yet. This page no longer looks by itself; press “Wait” to go on.
connect-waiting-why = If nothing comes: check route and firewall between the device and this server, that the ports agree, and that the device writes logs at all.
connect-placed-first = A new sender belongs to the top unit first; you see it once the system administrator has placed it with your unit.
connect-came = It came
connect-logs = See the lines
connect-to-list = Back to the list
connect-send-to = Send to
connect-no-receiver = This server does not listen for logs. Let the system administrator start it like this:
connect-host = Address
connect-port = Port
connect-tls = Encrypted port
connect-host-why = Switches and firewalls want an IP address: where a name stands above, write this server’s address instead. TCP with a queue sends again what a break held up; UDP does not.
connect-own = This page was opened by an address of this machine itself, where no other can send; write this server’s address in your network instead.
connect-rsyslog = Linux servers (rsyslog)
connect-rsyslog-why = Save as /etc/rsyslog.d/anlan.conf, then systemctl restart rsyslog.
connect-relp = Linux servers (rsyslog, RELP, nothing lost in a break)
connect-relp-why = Install rsyslog-relp and save as /etc/rsyslog.d/anlan.conf. Each line is confirmed once it is on disk.
connect-windows = Windows (NXLog Community Edition)
connect-windows-why = Append to C:\Program Files\nxlog\conf\nxlog.conf and restart the service nxlog.
connect-huawei = Huawei (VRP)
connect-huawei-why = Paste in the user view; confirm when it asks about saving.
connect-h3c = H3C (Comware)
connect-h3c-why = Paste in the user view; confirm when it asks about saving.
connect-cisco = Cisco (IOS)
connect-cisco-why = Paste in privileged mode.
connect-ruijie = Ruijie (RGOS)
connect-ruijie-why = Paste in privileged mode.
connect-winlogbeat = Winlogbeat does not speak syslog: use NXLog, or send through the API.
connect-try-title = Try one line
connect-try-why = This server writes one line of its own, marked as a test, through receiving, disk and search. It stands for no device and counts for no device’s term.
connect-try = Send a test line
connect-sent = The test line is on disk
connect-trial = Or on any Linux machine:
connect-trial-line = Anlan connection test
connect-test-line = Test line: sent from the console by { $who }
connect-console = Console (test lines)

inspect-title = Inspection
inspect-lead = What is asked is answered; what is not there is said not to be
inspect-self = This is a self-check and replaces no inspection or assessment
inspect-anchored = Anchored outside (last { $days } days ago)
inspect-first-none = The list of what must log is empty; whether logs are kept is unknown.
inspect-first-nothing = None of the { $n } listed devices has sent a line yet.
inspect-first-all = All listed devices ({ $n }) have their { $of } days of logs.
inspect-first-day = Logs: day { $done } of { $of }; complete on { $day } if nothing is missed (the last one: { $name }).
inspect-first-open = Logs: day { $done } of { $of } (the last one: { $name }).
inspect-first-never = { $n } more never sent a line.
inspect-first-room = At the present rate this disk holds { $fit } days, enough for { $of }.
inspect-first-room-short = At the present rate this disk holds only { $fit } days, not enough for { $of }.
inspect-first-room-unknown = How many days this disk holds is not measured yet.
inspect-first-unconfirmed = The head of the unit has not confirmed the list.
inspect-visit = This visit
inspect-visit-none = No record of a visit chosen
inspect-visit-new = Record a visit
inspect-visit-why = Once chosen, what is shown and handed over is noted in its record by itself.
inspect-visit-noted = What is shown and handed over is noted there
inspect-choose = Choose
inspect-device = See the original lines of a device and a day
inspect-device-none = No device within your rights
inspect-day = Day
inspect-see = See
inspect-points = The points of Article 7, MPS Order 176
inspect-names = Names of devices, people and records are told to those who see the whole operator; here stand numbers.
inspect-point-none = No enabled pack has a duty for it.
inspect-note-it = Note as shown
inspect-col-duty = Duty
inspect-col-facts = Our facts, and what is missing
inspect-col-record = Record
inspect-col-owner = With
inspect-col-due = Due
inspect-computed = Computed from facts
inspect-attested = Attested by a named person
inspect-missing = To be shown:
inspect-open = { $n } open
inspect-more-devices = { $n } more under Sources
inspect-plan = Plan
inspect-plan-none = No rectification, hazard or finding is open
inspect-told-shown = Noted in the visit
inspect-day-title = A device’s lines of one day
inspect-day-before = Day before
inspect-day-after = Day after
inspect-day-source = Source
inspect-day-category = Category
inspect-day-lines = Lines
inspect-day-bytes = Bytes
inspect-day-first = First received
inspect-day-last = Last received
inspect-day-open = The day is not over. The file goes up to the last line told on this page, and so do its digests.
inspect-day-large = These are too many lines to be handed over here; make an evidence pack.
inspect-day-limits = Here at most { $lines } lines and { $mib } MiB.
inspect-day-why = In the order of receipt, raw bytes unchanged, a line feed after each; the day is that of receipt in Beijing.
inspect-live = See the lines live
inspect-live-why = No visit is chosen: looking is noted in none.
inspect-live-see = Open the search
inspect-live-noted = Note in the visit and open
inspect-query = Query beside
inspect-hand = Hand over this day
inspect-hand-why = Each handing over is recorded; where a visit is chosen, it is noted there too.
inspect-to = To
inspect-to-why = The office will do
inspect-zip = Lines and digests (ZIP)
inspect-log = The lines alone (.log)
inspect-sums = The digests alone
inspect-note-refused = This cannot be noted in { $visit }: { $why }
inspect-note-shown = Lines shown: { $source }, { $day }, query { $query }, checkpoint #{ $size }
inspect-note-point = Point { $number } “{ $title }” shown: { $state }, { $met } of { $of } duties met by self-check
inspect-note-handed = File { $file } handed over: { $source }, { $day }, { $lines } lines, { $bytes } bytes of log, SHA-256 { $sha256 }, SM3 { $sm3 }, to { $to }
inspect-about =
    { $file }
    Source: { $source }
    Day (of receipt, Beijing time): { $day }
    Lines: { $lines }
    Bytes: { $bytes }
    First received: { $first }
    Last received: { $last }
    Exported: { $at }
    By the account: { $who }
    Visit: { $visit }
    To: { $to }
    Checkpoint: #{ $size }
    Public key: { $key }

    Form: in the order of receipt, raw bytes unchanged, a line feed after each; pieces of one long frame are joined.
    To check: the second row of 校验值.txt has SHA-256, SM3, bytes and name. Compare with sha256sum and with a tool that knows SM3 (such as openssl dgst -sm3).
    This file holds lines and digests, no proofs: see “prove this line” and the evidence pack for those.
    This is a self-check and replaces no inspection or assessment.
