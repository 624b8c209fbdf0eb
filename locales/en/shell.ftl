# The shell
product = Anlan
error = error: { $what }
error-cause =   because: { $what }

usage-heading = Usage:{" "}
help-heading-commands = Commands
help-heading-arguments = Arguments
help-heading-options = Options
help-help = Print help
help-help-command = Print help, or that of a command
help-version = Print version
refused-argument = there is no argument "{ $what }".
refused-command = there is no command "{ $what }".
refused-missing = still needed: { $what }.
refused-no-value = { $what } needs a value.
refused-value = { $what } cannot be "{ $value }".
refused-conflict = { $what } does not go with another argument, or stands there twice.
refused-meant = Perhaps: { $what }
refused-more = How to write it, with examples: add --help.

help-about = Anlan: keeps logs, tamper-evident and searchable, and proves it to anyone
help-examples =
    Examples:
      anlan serve --data ./anlan-data --syslog 0.0.0.0:5514 --console 127.0.0.1:8443
      anlan log search --data ./anlan-data '203.0.113.77 AND event.outcome:failure'
      anlan log prove --data ./anlan-data 1795222800000000000 -o line.tlog-proof
      anlan verify --key @anlan.vkey line.tlog-proof
    Exit codes: 0 done; 1 the answer is no; 2 usage;
    3 cannot be read, or none of our formats
help-data = Data folder (./anlan-data where none is named)
help-json = One JSON object a line
help-serve = Run: receive logs, keep them, serve the console
examples-serve =
    Examples:
      anlan serve --data /var/lib/anlan --syslog 0.0.0.0:5514 \
          --relp 0.0.0.0:20514 --console 127.0.0.1:8443
    A listener that is not named is not opened. SIGTERM seals every line, empties the write-ahead log and ends.
help-syslog = Where to listen for syslog over UDP and TCP
help-syslog-tls = Where to listen for syslog over TLS (certificate under tls/ of the data folder)
help-relp = Where to listen for RELP (acknowledged after the line is on disk)
help-console = Where to serve the console and the API over HTTPS
help-log = Search, follow and prove log lines
examples-log = Example: anlan log search --data ./anlan-data 'Failed password'
help-log-search = Search the log, newest first
examples-log-search =
    Examples:
      anlan log search --data ./anlan-data '"Failed password" AND NOT root' \
          --since 2026-11-01
      anlan log search --data ./anlan-data 'source.ip:203.0.113.77' --count
      anlan log search --data ./anlan-data '*' --json --limit 10
    Words are whole words, case does not matter; quotes make a phrase; Chinese matches anywhere; field:value; AND, OR, NOT, parentheses.
help-query = The query; * is all
help-since =
    From this time on (inclusive), by time of receipt:
    RFC 3339, or YYYY-MM-DD[THH:MM[:SS]] (Beijing)
help-until = Up to this time (exclusive)
help-count = Print only the number of lines
help-limit = At most so many lines
help-log-tail = Follow new lines
examples-log-tail = Example: anlan log tail --data ./anlan-data 'sshd'
help-log-prove = Write the proof of one line
examples-log-prove =
    Example:
      anlan log prove --data ./anlan-data 1795222800000000000 -o line.tlog-proof
    SEQ is the number that a search shows.
help-seq = The line's number (seq)
help-output = Write to this file
help-pack = Evidence packs, for those who inspect
examples-pack =
    Example:
      anlan pack build --data ./anlan-data \
          --since 2026-05-01 --until 2026-11-01 -o pack.zip
help-pack-build = Gather the lines, proofs and checkpoint of a period
examples-pack-build =
    Example:
      anlan pack build --data ./anlan-data \
          --since 2026-11-20 --until 2026-11-21 -o pack.zip
      anlan verify --key @anlan.vkey pack.zip
help-verify = Check a proof, a pack or a whole data folder
examples-verify =
    Examples:
      anlan verify --key 'anlan.local/…+…+…' line.tlog-proof
      anlan verify --key @anlan.vkey --against older-checkpoint pack.zip
      anlan verify --key @anlan.vkey ./anlan-data
    Exit codes: 0 sound; 1 damaged; 2 usage or no key;
    3 cannot be opened, or none of our formats
help-vkey = The log's public key (vkey), or @FILE
help-against =
    A checkpoint you kept earlier: proves that the log was
    not rewritten since (for packs and data folders,
    not for the proof of one line)
help-verify-file = A proof, a pack, or a data folder
help-verify-data = The data folder, instead of FILE|DIR
help-key = The log's public key
examples-key = Example: anlan key show --data ./anlan-data
help-key-show = Show the public key; copy it to a safe place
examples-key-show = Example: anlan key show --data ./anlan-data > anlan.vkey
help-token = API tokens
examples-token = Example: anlan token add --data ./anlan-data --name web01
help-token-add = Make an API token; it is shown once
examples-token-add =
    Example:
      TOKEN=$(anlan token add --data ./anlan-data --name web01)
      curl -k -H "Authorization: Bearer $TOKEN" --data-binary @app.log \
          https://127.0.0.1:8443/api/v1/events
help-token-name = The token's name: who uses it
help-source = Log sources
examples-source = Example: anlan source list --data ./anlan-data
help-source-list = List the sources
examples-source-list = Example: anlan source list --data ./anlan-data --json
help-doctor = Look at the state of the data folder
examples-doctor = Example: anlan doctor --data ./anlan-data

folder-missing = { $dir } is not a data folder of Anlan. Begin one with `anlan serve --data { $dir }`, or check the path.
folder-not-ours = { $dir } holds other files; no data folder is begun there. Name an empty folder.
folder-other-format = { $dir } has the format "{ $found }"; this program reads anlan-data/1. Open it with the release that wrote it.
key-lost = { $key } is gone, and the log is signed with it. Bring it back from a backup: without it this log cannot go on; the proofs made so far still check.
folder-in-use = { $dir } is in use by another Anlan process. Stop that one first, or work through it.
server-did-not-answer = the data folder is in use, but the process that holds it did not answer (does it run as `anlan serve`?)
bad-time = --{ $flag }: "{ $got }" is not a time. Write RFC 3339, or YYYY-MM-DD[THH:MM[:SS]] (Beijing).
query-error = the query is wrong at column { $column }: expected { $expected }. Query: { $query }
tail-needs-server = no server runs on { $dir }, so nothing new will come. Start `anlan serve --data { $dir }` first; for what is there use `anlan log search`.
no-such-line = there is no line { $seq }. Take the number from `seq` in `anlan log search --json`.
cannot-write = cannot write { $file }.
proof-written = Proof written to { $file }. Anyone with the public key can check it: anlan verify --key VKEY { $file }
period-backwards = --since is later than --until. Swap them.
pack-building = Gathering…
pack-written = Pack written to { $file }. Anyone with the public key can check it: anlan verify --key VKEY { $file }
verify-needs-key = verifying needs the public key: --key VKEY or --key @FILE. The operator copied it at the first start; `anlan key show` prints it.
key-unreadable = cannot read the key file { $file }: { $why }
key-malformed = "{ $got }" is not a vkey. It looks like NAME+8 hex digits+Base64.
against-unreadable = cannot read the checkpoint { $file }: { $why }
key-advice = Copy the public key below to a safe place: offline checks need it, and not from the machine that is checked.
token-advice = The token below is shown only once.
no-sources = No source yet. Point a device's syslog here, or write through the API.
source-key = source
lines-today = lines today
lines-all = lines in all
last-seen = last seen

serve-data = data folder  { $dir }{ $new ->
        [yes]   (new)
       *[no] {""}
    }
serve-syslog = listening    udp/tcp { $address }
serve-syslog-tls = listening    tls { $address }
serve-relp = listening    relp { $address }
serve-console = console      https://{ $address }
serve-fingerprint = certificate  { $fingerprint }
serve-vkey = log's key    { $vkey }
serve-vkey-advice = {"             "}Copy it to a safe place: offline checks need it.
serve-first-run = first login  https://{ $address }/first-run  one-time code { $code } (30 minutes, shown once)
serve-reach-loopback = { $address } can be reached from this machine only.
serve-reach-address = { $address } can be reached from any machine on a network that leads there.
serve-reach-all = { $address } can be reached on all networks of this machine.
serve-nothing = no listener is open: add --syslog, --relp or --console.
serve-stopping = Stopping: taking in what was sent, sealing…
serve-stopped = Stopped: every line is sealed.
serve-cannot-listen = cannot listen on { $address } ({ $what }). Take another port, or stop the program that holds it; ports below 1024 need a privilege.
serve-failed = cannot write any more; receiving stops. Look at the disk, then start again; everything acknowledged is on disk.

doctor-running = server         running
doctor-not-running = server         not running
doctor-folder = data folder    { $value }
doctor-time = time           { $value }
doctor-lines = lines          { $value }
doctor-raw-bytes = raw bytes      { $value }
doctor-unsealed = unsealed lines { $value }
doctor-wal = wal bytes      { $value }
doctor-segments = segments       { $value }
doctor-segment-bytes = segment bytes  { $value }
doctor-log-size = log leaves     { $value }
doctor-vkey = public key     { $value }
doctor-open-file = gap            { $what } can be read by other users. Run chmod 600 on it.
doctor-small-udp-buffer = advice         net.core.rmem_max is { $what }: bursts over UDP will be lost. Run sysctl -w net.core.rmem_max=4194304.
doctor-well = met            nothing unusual. Check the log itself with anlan verify.
