# Evidence packs: choosing, building, the paper.

evidence-label-none = No label
evidence-label-internal = Internal
evidence-label-sensitive = Sensitive, for this inspection only
evidence-heading-duties = Verdicts on duties
evidence-heading-coverage = Coverage of logs
evidence-heading-plan = Plan
evidence-heading-asked = Queries

pack-guide =
    Evidence for an inspection

    Log: { $origin }
    Period (time of receipt, start included, end not): { $since } to { $until }
    Checkpoint: { $size } leaves; made as entry { $entry } of the ledger

    How to read it:
      检查佐证材料.html  the paper: open in a browser, print on A4, sign and seal
      目录.xlsx          list of the files, for WPS or Excel
      text/              the logs themselves, .log files by source and day, for any text tool
      校验值.txt         SHA-256 and SM3 of each file, to compare with your own tools
      verdicts.json      the verdicts, for programs
      papers/            other papers
      proofs/            proofs of lines that were chosen
    lines/ holds the same lines with what is needed to prove them, log/ the tiles and day
    summaries of the transparency log, checkpoint the signed checkpoint, and manifest.txt,
    which is signed, the SHA-256 of every file.

    How to verify it (no network; only the public key that the operator published before):
      browser:      open verify.html from the release, give the key, choose this file
      command line: anlan verify --key KEY THIS-FILE.zip
      experts:      python3 verify.py --key KEY THIS-FILE.zip
    The verify.html in this pack was put there by whoever made it: trust the one from the
    release. Get the key by another way (such as the last signed report). If you kept an
    older checkpoint, give it too (--against): then you see whether history was rewritten.

    This is a self-check. It does not replace an inspection or an assessment.
pack-guide-raw =
    This pack is not masked: lines are as they came, and each can be proven.
pack-guide-masked =
    This pack is masked: for lines with accounts, addresses, names or telephone numbers there
    are copies under masked/, which begin with 〔masked〕 in text/. The words of a copy are the
    maker's and are not proven here; but the hash of each line still stands in its batch, no
    line is missing, and the proof of the line can later be held against its copy. What is
    covered is found by patterns and the register of people; what they do not know is shown.

table-members-sheet = Members
table-name = File
table-source = Source
table-day = Day
table-lines = Lines
table-members = Files
table-bytes = Bytes
table-sha256 = SHA-256
table-sm3 = SM3
table-facts = About
table-what = What
table-value = Value
table-since = From (included)
table-until = To (not included)
table-label = Label
table-entry = Entry in the ledger
table-caution = Note

paper-title = Evidence for an inspection
paper-unit = Unit
paper-running = { $unit } · Evidence for an inspection · entry { $entry }
paper-period-head = Period
paper-period = { $since } to { $until } (time of receipt, start included, end not)
paper-from-first = the first line
paper-to-newest = the newest line
paper-scope = Sources
paper-scope-all = All sources
paper-purpose = Purpose
paper-visit = Inspection
paper-maker = Made by
paper-made = { $who }, { $at }, entry { $entry } of the ledger
paper-lines-head = Log lines
paper-lines = { $lines } lines, { $masked } of them masked
paper-masked = Masking
paper-masked-yes = Masked: lines with personal data stand as masked copies (their words are the maker's and not proven here; the proof of a line can later be held against its copy)
paper-masked-no = Not masked: all lines are as they came, and each can be proven
paper-findings = 1. Findings
paper-not-measured = No verdicts are attached: nothing had been measured at that time.
paper-count = { $all } duties: { $met } met, { $risk } at risk, { $failing } with gaps, { $unknown } unknown
paper-gaps-in = { $count } of { $of } listed log sources have gaps or were never heard
paper-unverified = { $count } segments were not verified or did not check
paper-left-out = Parts not chosen: { $headings }
paper-self-check = This is a self-check. It does not replace an inspection or an assessment.
paper-coverage = 2. Coverage of logs
paper-list-confirmed = The list of what must log was confirmed by the unit's head ({ $record }).
paper-list-unconfirmed = The list of what must log is not confirmed by the unit's head, or was changed since: whether it is complete is unknown.
paper-no-devices = No devices to list.
paper-device = Device
paper-first = First heard
paper-last = Last heard
paper-days = Days / required
paper-complete-on = Complete on
paper-gaps = Gaps
paper-unlisted = not on the list
paper-never = never
paper-never-heard = Never heard
paper-no-gaps = none
paper-gap-lost = our own downtime or loss: { $since } to { $until }
paper-gap-silent = the device sent nothing: { $since } to { $until }
paper-gaps-more = { $count } more
paper-silent-now = silent since { $since }
paper-duties = 3. Verdicts on duties
paper-legend = ● computed from facts  ○ attested by a named person, until a date
paper-number = No.
paper-duty = Duty
paper-clause = Clause
paper-state = Verdict
paper-reason = Facts and reasons
paper-state-met = met
paper-state-at-risk = at risk
paper-state-failing = has gaps
paper-state-unknown = unknown
paper-stale = The last measurement is too old: unknown
paper-attested = Attested by { $person } until { $until }
paper-not-measured-yet = Not measured yet
paper-measured = Measured { $at }
paper-measured-since = Measured over { $since } to { $at }
paper-leaf = log leaf { $leaf }
paper-asked = Query
paper-plan = 4. Plan
paper-issue = Issue
paper-measure = Measure
paper-responsible = Responsible
paper-deadline = Deadline
paper-plan-device = { $device }: logs kept for { $done } days without a hole, { $required } required
paper-files = 5. Logs in this pack
paper-no-lines = No lines of the chosen period and sources.
paper-source = Source
paper-file-days = Days
paper-file-count = Files
paper-file-lines = Lines
paper-file-bytes = Bytes
paper-files-note = SHA-256 and SM3 of each file stand in 校验值.txt and 目录.xlsx; the files lie under text/.
paper-signatures = 6. Signatures and seal
paper-sign-maker = Made by (signature)
paper-sign-head = Head of the unit (signature)
paper-sign-inspector = Received by the inspector (signature)
paper-sign-seal = Seal of the unit
paper-sign-date = Date
paper-anchor = 7. Anchor and verification
paper-self-only = Anchored: by the key alone. Whoever holds the key could have rewritten all of this unseen. Once this page is signed and sealed, the checkpoint below is an outside anchor against which later material can be verified.
paper-anchor-advice = Keep this page. Save the checkpoint above, with its empty line and signature, as a file and give it to the verifier (--against) when you check later material: it shows whether history before it was rewritten.
paper-anchor-short = Anchored by the key alone
paper-checkpoint = Checkpoint (origin, leaves, root, signature)
paper-vkey = Public key

evidence-link = Make an evidence pack
evidence-title = Evidence pack
evidence-why = Choose period and scope: one ZIP with the logs themselves, a list, digests, a paper to print, proofs and a verifier. It opens without Anlan and can be verified offline with the public key.
evidence-since = From (included)
evidence-until = To (not included)
evidence-sources = Log sources
evidence-all-sources = All sources (whatever is ticked below)
evidence-all-why = Only a pack of all sources can prove that no line of the period is missing.
evidence-none-heard = No source that you may export was heard yet.
evidence-forms = Forms in the pack (open offline, print, sign and seal)
evidence-headings = Parts of the paper
evidence-label = Label
evidence-lang = Language of the paper
evidence-lang-zh-cn = Chinese
evidence-lang-en = English
evidence-masked = Mask personal data
evidence-masked-why = Lines with accounts, addresses, names or telephone numbers stand as masked copies, which this pack cannot prove; other lines stay as they came. The choice is recorded and stands in the paper.
evidence-purpose = Purpose
evidence-visit = Number of the inspection's record
evidence-proofs = Numbers of lines whose proofs are added
evidence-proofs-why = Separated by spaces or commas, at most a thousand; a line that is masked cannot have its proof here.
evidence-build = Build
evidence-recorded = Who, when and what was chosen is recorded
evidence-busy = Another pack is being built; try again later
evidence-building = Measuring and building; this page looks again by itself.
evidence-ready = { $name } is ready, { $bytes } bytes. It can be fetched for an hour.
evidence-fetch = Download the pack
evidence-hand-over = Hand over the public key below by another way, and print, sign and seal the paper; verify.html from the release checks the pack offline.
evidence-failed = It could not be built; the reason stands in the server's log. Run anlan verify on the data folder
evidence-bad-time = The time cannot be read; write 2026-11-21 or 2026-11-21T08:00
evidence-period-backwards = The period ends before it begins
evidence-no-sources = No source was chosen
evidence-beyond-rights = These sources are beyond your rights; nothing was exported
evidence-unfit = The label, the purpose or the number of the inspection is not fit (at most 512 bytes, no control characters)
evidence-bad-proofs = The numbers of lines cannot be read
evidence-too-many = More than a thousand proofs or papers
evidence-proof-masked = Line { $seq } would be covered in a masked pack, so its proof cannot be added
evidence-demo = Demonstration data

evidence-source-malformed = Not a source key: { $got }; write for example ip:192.0.2.1
help-pack-source = These sources only, may be given many times, such as ip:192.0.2.1; all where none is given
help-pack-proof = Add the proof of this line, may be given many times
help-pack-form = A form to put in, repeatable, all where none is named: log-register, self-check, rectification-plan, extraction-list; none for no form
help-pack-label = Label: none, internal, sensitive
help-pack-masked = Mask personal data: lines with accounts, addresses, names stand as masked copies
help-pack-purpose = Purpose, told in the paper and the ledger
help-pack-visit = Number of the inspection's record
help-pack-lang = Language of the paper: zh-CN or en

# Forms in a pack
pack-form-running = Form { $form } · evidence pack, ledger entry { $entry }
pack-form-foot = Checkpoint { $size } · root { $root } · { $anchor }
pack-form-of = With the evidence pack: period { $since } to { $until }; sources: { $scope }; { $label }; { $masked }
pack-form-more = { $n } more are not listed here; see 目录.xlsx and the ledger
