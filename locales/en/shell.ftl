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
      anlan law show csl 23.3
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
help-database =
    Keep the ledger in PostgreSQL instead of the data folder:
    postgres://USER@HOST/DATABASE. Remembered in the folder; the password
    comes from the file that PGPASSFILE names, never from the URL
help-backup = Backups of the whole data folder and its ledger
examples-backup =
    Examples:
      anlan backup make --data ./anlan-data -o anlan-2026-11-22.tar
      anlan backup check --key @anlan.vkey anlan-2026-11-22.tar
      anlan backup restore anlan-2026-11-22.tar --data ./anlan-restored
help-backup-make = Write one file with everything, while the server runs or not
examples-backup-make =
    Example:
      anlan backup make --data ./anlan-data -o anlan-2026-11-22.tar
    The log's private key and the ledger are in it: keep it as you keep the folder.
help-backup-check = Check a backup; every file that is not as it was is named
examples-backup-check =
    Example:
      anlan backup check --key @anlan.vkey anlan-2026-11-22.tar
    Exit codes: 0 sound; 1 damaged; 2 usage; 3 cannot be read, or no backup of ours
help-backup-restore = Bring a backup back into an empty folder, on either database
examples-backup-restore =
    Examples:
      anlan backup restore anlan-2026-11-22.tar --data ./anlan-restored
      anlan backup restore anlan-2026-11-22.tar --data ./anlan-restored \
          --database postgres://anlan@db.example/anlan
    The log goes on with a leaf that says what was restored, so that nobody takes it for a log without a break.
help-backup-file = A backup
help-backup-dir = The folder that is made: empty, or not there yet
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
        [yes] {" "}(new)
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

database-url-form = --database is not postgres://USER@HOST/DATABASE.
database-url-password = the address of the database carries a password, which others on this machine could see. Put the password into the file that PGPASSFILE names, and take it out of the address.
database-url-no-host = the address of the database names no host. Write postgres://USER@HOST/DATABASE, or ?host=/var/run/postgresql for a socket.
database-url-no-database = the address names no database. Write postgres://USER@HOST/DATABASE.
database-url-parameter = the address of the database has a parameter other than host, port, user and sslmode. Take it out.
database-password-in-environment = PGPASSWORD is set, which others can see. Put the password into the file that PGPASSFILE names, and unset PGPASSWORD.
database-in-folder = the ledger of { $dir } is in the folder itself. To move it: stop the server, `anlan backup make`, then `anlan backup restore --database` into a new folder.
database-not-this-ledger = { $database } does not hold the ledger of this folder; its entries stand in the log and would be missed. Name the database that holds it.
database-unreached = { $database } cannot be reached: { $why }. Does the server run, does the database exist, and does the file that PGPASSFILE names hold the password?
database-held = another process writes to the ledger in { $database }. Stop that one first.
database-foreign = the database holds the ledger of another folder, whose log is { $owner }. Name a database of its own for each folder.
database-forgetful = PostgreSQL runs with { $setting } = { $value }: what it acknowledges can be lost. Set it to on.
database-not-empty = the database already holds a ledger. Name an empty one.

backup-making = Copying…
backup-made = Backup written to { $file }. It holds the log's private key: keep it as you keep the folder. Check it: anlan backup check --key VKEY { $file }
backup-holds = made { $made } (Beijing), files: { $files }, entries of the ledger: { $entries }, leaves of the log: { $leaves }; the log's key: { $vkey }
backup-checking = Checked { $mebibytes } MiB…
backup-sound = { $file } is as it was made.
backup-own-key = Checked with the key that the backup itself names. To know that it is yours, check with --key.
backup-not-ours = { $file } is no backup of Anlan.
backup-cut = damaged: { $file } does not end as a backup does: it was cut short, or its end was changed.
backup-manifest = damaged: the list of files in { $file } is not as it was signed.
backup-other-key = { $file } was made by another log; its key is { $what }
backup-changed = damaged: { $what } in { $file } is not as it was.
backup-unfit = damaged: { $file } has a file "{ $what }", which would not stay in the folder.
backup-more = { $count } more are not listed.
backup-unreadable = cannot read { $file }: { $why }
backup-not-empty = { $dir } is not empty. Name a folder that is empty or not there yet; nothing was written.
backup-restored = Restored to { $dir }. The log goes on behind leaf { $leaves } with a leaf that names this backup; whoever holds a newer checkpoint will see the break.
backup-restored-damaged = what was restored to { $dir } does not verify: it was damaged before the backup was made. What is wrong stands above.

help-law = The law: read, show, search and check its texts
examples-law =
    Examples:
      anlan law show csl 21.3 --as-of 2024-05-01
      anlan law cite "第二十条第三项" --in csl@draft2
      anlan law import page.txt
      anlan law check letter.docx
help-law-import = Read laws and rules out of pages, and say what is damaged
examples-law-import =
    Examples:
      anlan law import page.txt
      anlan law import --merge copy1.txt copy2.txt
      anlan law import --json - < page.txt
      anlan law import official.txt --data ./anlan-data
    Damage does not change the exit code 0; 3: a file cannot be read.
help-law-show = Show a place and its numbers in all versions; without a place, the versions
examples-law-show =
    Examples:
      anlan law show csl
      anlan law show csl 23.3
      anlan law show csl 21.3 --as-of 2024-05-01
      anlan law show csl "Art. 61" --in csl@2025 --json
    Without a version or a day, the version in force today (Beijing) is shown.
help-law-cite = The numbers of a citation in all versions
examples-law-cite =
    Examples:
      anlan law cite "第二十条第三项" --in csl@draft2
      anlan law cite "Cybersecurity Law (2016) Art. 21(3)" --json
help-law-diff = Compare two versions by article: words added and removed
examples-law-diff =
    Examples:
      anlan law diff csl@draft2 csl@2016
      anlan law diff csl@2016 csl@2025 --article 23
    In colour on a terminal, elsewhere as [-removed-]{"{"}+added+{"}"}.
help-law-search = Search the words of all versions
examples-law-search =
    Examples:
      anlan law search 日志
      anlan law search 日志 留存 --in csl@2016
help-law-check = Check whether the articles that a unit's own paper cites still hold
examples-law-check =
    Examples:
      anlan law check letter.docx
      anlan law check rules.md --json
      anlan law check letter.txt --as-of 2025-12-31
    Exit codes: 0 nothing to say; 1 outdated, broken or ambiguous citations are listed;
    3 cannot be read.
help-law-lint = Check law packs, and say what was proved
examples-law-lint =
    Examples:
      anlan law lint packs
      anlan law lint packs/campus --json
    Exit codes: 0 sound; 1 faults; 3 cannot be read.
help-law-json = One JSON object
help-law-as-of = The version in force on this day (Beijing; today where none is named)
help-law-in = A version, such as csl@2016; `anlan law show csl` lists them
help-law-data-read = A data folder: official texts imported into it are used too
help-law-statute = The law: csl, or with a version, csl@2016
help-law-place = The place: 21, 21.3, 21(3), 53¶3, 第二十一条第三项
help-law-citation = The citation: 第二十条第三项, 21(3), csl@2016 21.3
help-law-from = The earlier version, such as csl@2016
help-law-to = The later version, such as csl@2025
help-law-article = Only this article, by its number in the later version (in the earlier one where the later has none such)
help-law-words = Words; all of them must occur
help-law-files = Pages, text files; - is stdin
help-law-merge = Merge several damaged copies into one
help-law-data-keep = A data folder: its ledger keeps the texts; without one nothing is stored
help-law-dir = The folder of the packs, such as packs, or one pack of it
help-law-letters = Letters, rules: txt, md, docx; - is stdin
help-law-check-day = The numbers have to hold on this day (Beijing; today where none is named)
help-law-check-json = One JSON array

law-bad-day = "{ $got }" is not a day. Write YYYY-MM-DD, such as 2024-05-01.
law-no-statute = there is no law "{ $got }". Known: { $known }
law-no-version = there is no version "{ $got }". Known: { $known }
law-none-in-force = { $statute } has no version in force on { $day }. `anlan law show { $statute }` says when each is.
law-unreadable-citation = this citation cannot be read: { $why }
law-unreadable-file = cannot read { $file }: { $why }
law-two-versions = both { $one } and { $other } are named. Write one of them.
law-stands-elsewhere = it stands in { $version }: { $path }
law-file-too-long = longer than { $mebibytes } MiB
law-list-joint = {", "}
law-somewhere-in = somewhere in { $place }
law-not-yet = not there yet
law-dropped = dropped
law-cannot-be-told = cannot be told
law-path-start = { $place } ({ $version })
law-read-as-today = No version is named: read as { $version }, in force today. Choose another with --in.
law-paragraph-unchecked = Paragraph numbers of { $version } were not checked against an official text.
law-lost = The source of { $version } lost the words of this item: { $note }
law-change-in = { $version }: { $change }
law-show-heading = { $title } ({ $label }) { $place }
law-show-why-asked = { $version }, as you asked; { $validity }
law-show-why-day = { $version }, in force on { $day }; { $validity }
law-show-why-today = { $version }, in force today ({ $day }, Beijing); { $validity }
law-show-summary = Summary (our own, not the official text):
law-show-import =
    This article was changed and its official text is not in the box. Import it, and it is shown:
      anlan law import FILE --data DIR
      anlan law show { $statute } { $article } --in { $version } --data DIR
law-show-lost = （{ $item }）[lost in the source] { $note }
law-show-import-differs = The imported text (SHA-256 { $digest }) has other words here; the box's are shown.
law-show-numbers = In all versions:
law-show-here = this one
law-show-lost-there = lost in the source
law-valid = in force { $from } to { $until }
law-valid-open = in force since { $from }
law-valid-later = not in force before { $from }
law-valid-before = was in force { $from } to { $until }
law-valid-never = never in force
law-known-voted = Source: restored by a vote of web copies; copies that hold the whole article: { $copies }.
law-known-completed = Source: in no web copy; completed from elsewhere, not checked against the official text.
law-known-found = Source: as one web page has it, damage included.
law-known-same = Source: the same words as { $version } { $place }.
law-known-summary = Source: a summary only.
law-known-imported = Source: the official text that a user imported on { $day }, SHA-256 { $digest }
law-version-counts = articles: { $articles }; with a summary only: { $summaries }; items lost in the source: { $lost }
law-diff-heading = { $from } → { $to }
law-diff-removed = removed
law-diff-added = added
law-diff-lost = lost in one source, cannot be compared
law-diff-same = Not listed, because their words are the same: { $count }; --article shows one.
law-diff-no-article = neither { $from } nor { $to } has { $place }.
law-diff-no-text = The official text of { $version } is not in the box, so nothing can be compared. Import it and compare again with --data.
law-diff-ending = { $version } { $place }: { $change }
law-search-refused = cannot search: { $why }
law-search-summary = {" "}(summary)
law-search-count = "{ $query }": articles found: { $count }
law-import-nothing = No text of a law or of rules was found.
law-import-more = { $count } more are not listed.
law-import-untitled = (no title)
law-import-unknown-version = version unknown
law-import-document = from line { $line }  { $title }  {"["}{ $kind }, { $version }{"]"}  articles: { $count }
law-import-merged = Merged
law-import-sources = from: { $files }
law-import-restored = restored { $place } ({ $file }): { $text }
law-import-derived = derived { $place } (from another version): { $text }
law-import-summary = Files read: { $files }; documents: { $documents }; articles: { $articles }; findings: { $findings }
law-import-not-kept = Nothing was stored. To keep the texts, add --data DIR.
law-import-kept = Kept in the ledger as entry { $entry }: { $name } (SHA-256 { $digest })
law-import-truncated = , cut short: { $count }
law-import-explanation = from line { $line }  explanation of a draft, points: { $points }
law-kind-statute = statute
law-kind-rules = rules
law-finding-found = found: { $found }
law-finding-expected = expected: { $expected }
law-finding-both = { $found } → { $expected }
law-keep-size = { $file } has { $bytes } bytes; the ledger keeps texts of 1 byte to { $mebibytes } MiB. Without --data it can still be read.
law-keep-encoding = { $file } is neither UTF-8 nor GB18030, so the ledger cannot keep it. Without --data it can still be read.
law-kept-loose = No version was recognised: it is kept, and shown nowhere.
law-kept-used = Used as the text of { $version }: anlan law show … --data DIR
law-kept-unfit = It is kept, but not used as the text of { $version }: { $why }
law-text-unfit = The text of entry { $entry } ({ $name }) is not used for { $version }: { $why }
law-unfit-version = there is no version { $version }
law-unfit-articles = it has { $found } articles, the version has { $expected } (1 to { $expected })
law-unfit-items = { $place } was read with items { $found }, the version has { $expected }
law-check-outdated = outdated
law-check-broken = broken
law-check-ambiguous = ambiguous
law-check-summary = { $file }: citations: { $citations }; listed by the numbers of { $day }: { $listed }
law-check-written = Judged as written on { $day }.
law-check-cut = Too many citations: only the first { $most } were checked.
law-why-absent = there is no such file or folder
law-why-folder = this is a folder, not a file
law-why-no-folder = this is no folder
law-why-forbidden = no permission to read it
law-not-utf8 = no UTF-8 text; save it as UTF-8
law-import-no-text = a Word file, a PDF or an archive; save its text as UTF-8 and import that
law-lint-no-files = there are no files in it
law-lint-in-the-box = (in the box) { $file }
law-lint-remedy = What to do: { $remedy }
law-lint-faults = Faults: { $count }.
law-lint-packs = Sound. Packs: { $packs }
law-lint-statutes = Statutes: { $versions } versions, { $articles } articles, { $links } lines of concordance.
law-lint-citations = { $duties } duties, { $penalties } fines, { $clocks } clocks, { $terms } terms, { $grades } grades; their { $citations } citations resolve in every version they name.
law-lint-cases = { $cases } cases, all with the expected result.
law-lint-unchecked = Citations whose paragraph was not checked against an official text: { $unchecked }.
law-lint-marked = Marked likely (from a secondary source): { $likely }; marked unsure: { $unsure }.
