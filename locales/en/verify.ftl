# Verification: one line for each check, then the verdict and how far it is anchored.

verify-verdict-sound = Verdict: sound
verify-verdict-damaged = Verdict: damaged or changed; what is marked ✗ above is no evidence
verify-verdict-usage = Verdict: wrong usage, nothing was verified
verify-verdict-not-ours = Verdict: cannot be opened, or is none of our formats
verify-anchor-none = Anchored: not at all. What does not check is anchored nowhere
verify-anchor-self = Anchored: by itself only (仅自证). It agrees with the key; whoever holds the private key could have rewritten all of it without this check noticing. To rule that out, verify again with --against and a checkpoint kept from before
verify-anchor-against = Anchored: outside (已外部存证) up to leaf { $size }, by the checkpoint you kept; what follows is anchored by itself only
verify-more = { $count } more findings of this kind are not listed

verify-file-unreadable = The file cannot be read: { $why }
verify-file-not-ours = The file is neither a proof nor an evidence pack
verify-against-not-checkpoint = The file given with --against is not a checkpoint signed by this key
verify-against-proof = --against is for packs and data folders, not for the proof of one line
verify-against-origin = The kept checkpoint is of another log, { $older }; this is { $origin }
verify-against-larger = The kept checkpoint has { $older } leaves, this has only { $size }: an old copy, or later leaves were removed
verify-against-rewritten = The first { $older } leaves are not those of the kept checkpoint: history was rewritten since (here are { $size })
verify-against-held = The first { $older } leaves are those of the kept checkpoint (here are { $size })

verify-checkpoint = The checkpoint's signature holds: { $origin }, { $size } leaves
verify-checkpoint-signature = The checkpoint was not signed by this key, or was changed

verify-proof-form = The proof has the right form ({ $bytes } bytes)
verify-proof-form-bad = The proof has not the right form: the file was changed or cut
verify-proof-long = The proof is over the limit of { $limit } bytes
verify-proof-origin = The checkpoint is of another log
verify-proof-envelope = The proof's batch cannot be read
verify-proof-range = The line's number, day or place is not in the batch named
verify-proof-line-path = The line does not lead to the batch's root: it was changed, or is of another batch
verify-proof-log-path = The batch does not lead to the checkpoint's root: it is not in this log
verify-proof-line = Line { $seq } is in its batch: source { $source }, received { $received }
verify-proof-log = The batch is leaf { $index } of the checkpoint's { $size }

verify-pack-readme =
    Evidence pack

    Log: { $origin }
    Period (time of receipt, end not included): { $since } to { $until }
    Checkpoint: { $size } leaves

    text/ holds the raw logs as .log files by source and day; any text tool opens them.
    lines/ holds the same lines with what their proof needs, log/ the hashes of the
    transparency log, checkpoint the signed checkpoint; manifest.txt lists the SHA-256
    of every file and is signed.

    To verify, offline, with nothing but the operator's published public key:
      anlan verify --key VKEY FILE.zip
      python3 verify.py --key VKEY FILE.zip
    If you kept an older checkpoint, add --against FILE to find out whether history was rewritten.

    This is a self-assessment; it does not replace an inspection or an assessment.

verify-pack-form = The ZIP has its canonical form ({ $members } members, { $bytes } bytes)
verify-pack-form-many = The ZIP has too many members
verify-pack-form-header = The member header at byte { $offset } is not canonical: it was changed, or another program packed this
verify-pack-form-name = The member name at byte { $offset } is too long, wrongly encoded or out of order: members were added, swapped or renamed
verify-pack-form-beyond = The member at byte { $offset } is longer than the file: the file was cut or changed
verify-pack-form-directory = From byte { $offset } on, the ZIP directory is not that of the members: bytes were added, removed or changed
verify-pack-manifest = The manifest's signature holds: { $origin }, { $since } to { $until }, sources { $scope }
verify-pack-manifest-signature = The manifest was not signed by this key, or was changed
verify-pack-manifest-form = Line { $line } of the manifest cannot be read
verify-pack-manifest-origin = The manifest is of another log, { $origin }
verify-pack-manifest-member = The manifest and the members differ from { $name } on: members were added, removed, renamed or changed in length
verify-pack-manifest-count = The manifest lists { $count } members, the pack has another number
verify-pack-digests = Every member has the manifest's SHA-256 ({ $bytes } bytes)
verify-pack-digest = The content of { $name } has not the manifest's SHA-256 or the ZIP's CRC: it was changed
verify-pack-member-missing = { $name } is missing
verify-pack-member-unknown = { $name } has no place in a pack: it was added
verify-pack-member-long = { $name } is over the limit of { $limit } bytes
verify-pack-members = All members are there, and no other
verify-pack-readme-encoding = README.txt is not UTF-8 text
verify-pack-checkpoint-other = The checkpoint ({ $origin }, { $size } leaves) is not the one the manifest names
verify-pack-tiles = The hash tiles lead to the checkpoint's root ({ $size } leaves)
verify-pack-tiles-root = The hash tiles do not lead to the checkpoint's root ({ $size } leaves): they were changed
verify-pack-tiles-count = There should be { $expected } hash tiles, there are { $found }
verify-pack-entries = The entries are those of the tiles: from { $first } on, { $size } in all, { $batches } batches in the period
verify-pack-entries-form = log/entries cannot be read at entry { $at }, or has bytes too many there
verify-pack-entry-tile = Entry { $leaf } is not that of the tile: it was changed
verify-pack-entries-many = The entries name more batches than there are members
verify-pack-entries-late = log/entries begins at entry { $first }, after the period's start: batches may be missing before it
verify-pack-classes = There are more than { $most } retention classes
verify-pack-lines = The lines are those of their batches: { $batches } batches, { $lines } lines shown
verify-pack-lines-form = The member of batch { $leaf } cannot be read at byte { $at }
verify-pack-lines-head = The member of batch { $leaf } names another batch or count
verify-pack-lines-root = The lines of batch { $leaf } do not lead to its root: lines were changed, added, removed or swapped
verify-pack-lines-line = Line { $seq } of batch { $leaf } is out of order, or out of its day, the period or the scope
verify-pack-lines-hidden = The line at place { $position } of batch { $leaf } is not shown, and the period gives no reason for that
verify-lines-twice = Line { $seq } stands twice
verify-pack-text = The plain text files are those of the lines ({ $files })
verify-pack-text-differs = { $name } is not what the lines say
verify-pack-text-unchecked = Plain text and daily counts were not compared, because of what was found in the lines
verify-pack-days = The day summaries are those of the lines ({ $days } days)
verify-pack-day-counts = The summary of { $day } does not count the lines shown: lines are missing or were added
verify-day-detail = The detail of { $day } has not the digest or the sums of its leaf

verify-log-envelope = Entry { $leaf } cannot be read
verify-log-at-falls = Entry { $leaf } is earlier than the one before it
verify-log-first-leaf = Entry { $leaf } is not this log's own public key
verify-log-day-hole = The day summary at entry { $leaf } does not follow the day before
verify-log-entry-order = The ledger number at entry { $leaf } does not rise
verify-log-batch-range = The batch at entry { $leaf } has a range that does not fit its day or its count
verify-log-batch-overlap = The batch at entry { $leaf } overlaps the one before it of class { $class }

verify-folder-not-ours = This is no data folder of Anlan, or one of another version
verify-folder-key = The private key in the folder is that of this public key: { $origin }
verify-folder-no-key = There is no private key in the folder (as in many copies)
verify-folder-other-key = The private key in the folder is not that of this public key, { $origin }
verify-folder-unknown = { $path } is not known and was not checked

verify-file-unreadable-at = { $path } cannot be read: { $why }
verify-file-missing = { $path } is missing: it was removed
verify-file-foreign = { $path } does not belong here: it was added, or left by a power cut (start the server once, which cleans up, and verify again)
verify-file-form = { $path } has not its length or form: it was changed or cut
verify-file-digest = { $path } has not the digest that stands in the log: it was changed
verify-file-signatures = { $path } has signature lines too many

verify-log = The transparency log is sound: { $origin }, { $size } leaves
verify-log-restored = Entry { $leaf } says that a backup was restored: what the log had after its first { $size } leaves is not in this one
verify-log-origin = { $path } is of another log, { $origin }
verify-log-hashes = { $path } and { $below } do not agree: one of the two was changed
verify-log-root = The tiles under { $path } do not lead to the checkpoint's root
verify-log-sealed-twice = Entry { $leaf } seals a segment a second time
verify-log-dropped-unknown = Entry { $leaf } drops a segment that is not in the log

verify-batches = Every batch is in a segment or in the write-ahead log ({ $batches })
verify-batch-missing = Batch { $leaf } of class { $class } (from line { $first }, { $lines } lines) is nowhere: lines were removed
verify-segments = The segments are those that were sealed: { $segments }, { $lines } lines
verify-segment-form = { $path } is as it was sealed but cannot be read: { $why }
verify-segment-seal = { $path } has not the rows, batches, class or day of its seal
verify-segment-twice = { $path } has a line that stands twice
verify-segment-batch = The batch from line { $first } in { $path } does not lead to its root in the log
verify-segment-sources = The table of sources in { $path } is not that of its lines
verify-days = The day summaries are those of the lines ({ $days } days)
verify-day-counts = The summary of { $day } does not count the lines that are kept

verify-wal = The write-ahead log is sound: { $files } files, { $lines } lines not yet sealed
verify-wal-header = { $path } has not its header: it was changed
verify-wal-frame = { $path } does not check at byte { $offset }: it was changed, moved or cut
verify-wal-order = { $path } has at byte { $offset } a line earlier than those before
verify-wal-batch = The batch of class { $class } from line { $first } in the write-ahead log is not that of its lines or of the log
verify-wal-log-behind = The write-ahead log says that the transparency log had { $expected } leaves, it has { $size }: it was replaced by an older one
verify-wal-torn = { $path } ends in { $bytes } bytes that were not written whole: never acknowledged, the next start cuts them off
verify-wal-open = { $lines } lines are not in the transparency log yet and cannot be proven so far

verify-ledger = The ledger is that of the log: { $entries } entries
verify-ledger-none = There is no ledger
verify-ledger-unreadable = The ledger cannot be read: { $why }
verify-ledger-hole = Entry { $number } is missing in the ledger
verify-ledger-missing = The log has ledger entry { $number }, the ledger has not: it was removed
verify-ledger-row = Ledger entry { $number } is not what the log says: it was changed
verify-ledger-leaf = Ledger entry { $number } claims a leaf that the log has not: the log was replaced, or the entry is forged
verify-ledger-projection = The table { $table } is not what the entries say: it was changed directly
verify-ledger-waiting = { $entries } ledger entries are not in the transparency log yet
