//! Every way in which a pack can be wrong though the right key signed it, with the code and the finding it must get.

use anlan_base::{Day, Piece, Seq};
use anlan_tlog::envelope::{Body, Seal};

use super::{FIRST_DAY, HOUR, Log, Members, class, line, lines_member, source};

pub struct Wrong {
    pub what: &'static str,
    pub code: u8,
    /// The check that must fail; empty where the pack is sound.
    pub key: &'static str,
    pub edit: Edit,
}

/// One way of being wrong. Each edit is made before the manifest is signed with the right key, so that only the later checks can find it.
pub enum Edit {
    Log(fn(&mut Log)),
    Members(fn(&Log, &mut Members)),
    Manifest(fn(String) -> String),
    Note(fn(Vec<u8>) -> Vec<u8>),
    File(fn(Vec<u8>) -> Vec<u8>),
}

pub fn forged(edit: &Edit) -> (Log, Vec<u8>) {
    let mut log = Log::sample();
    if let Edit::Log(edit) = edit {
        edit(&mut log);
    }
    let mut members = log.members();
    if let Edit::Members(edit) = edit {
        edit(&log, &mut members);
    }
    let mut text = log.manifest(&members).render();
    if let Edit::Manifest(edit) = edit {
        text = edit(text);
    }
    let mut note = log.signer.sign(&text);
    if let Edit::Note(edit) = edit {
        note = edit(note);
    }
    let mut pack = super::zip(&note, &members);
    if let Edit::File(edit) = edit {
        pack = edit(pack);
    }
    (log, pack)
}

fn member<'a>(members: &'a mut Members, start: &str) -> &'a mut Vec<u8> {
    members.iter_mut().find(|(name, _)| name.starts_with(start)).unwrap().1
}

fn rename(members: &mut Members, from: &str, to: &str) {
    let name = members.keys().find(|name| name.starts_with(from)).unwrap().clone();
    let content = members.remove(&name).unwrap();
    members.insert(to.to_owned(), content);
}

fn drop_member(members: &mut Members, start: &str) {
    let name = members.keys().find(|name| name.starts_with(start)).unwrap().clone();
    members.remove(&name);
}

fn body(log: &mut Log, wanted: fn(&Body) -> bool) -> &mut Body {
    &mut log.leaves.iter_mut().find(|leaf| wanted(&leaf.body)).unwrap().body
}

/// Leaf of the sample's batch of two days' border, whose first lines lie before the period.
const CUT: u64 = 1;
const SECOND: u64 = 5;

fn hide(log: &Log, members: &mut Members, leaf: u64, position: usize) {
    let kept = &log.kept[&leaf];
    let shown = (0..kept.lines.len()).filter(|i| *i != position && log.period.holds(Seq(kept.lines[*i].seq))).collect();
    members.insert(format!("lines/{leaf:020}.lines"), lines_member(leaf, kept, &shown));
}

const WITNESS: &str = "— witness.example/w AAAAAAE=\n";

pub fn with_witnesses(note: Vec<u8>, count: usize) -> Vec<u8> {
    [note, WITNESS.repeat(count).into_bytes()].concat()
}

#[rustfmt::skip]
pub fn all() -> Vec<Wrong> {
    use Edit::{File, Log as InLog, Manifest, Members, Note};
    vec![
        // PACK-2, PACK-3
        ("a witness signs the manifest", 0, "", Note(|n| with_witnesses(n, 1))),
        ("fifteen witnesses sign the manifest", 0, "", Note(|n| with_witnesses(n, 15))),
        ("sixteen witnesses sign the manifest", 1, "verify-pack-manifest-signature", Note(|n| with_witnesses(n, 16))),
        ("our signature twice", 1, "verify-pack-manifest-signature", Note(|n| {
            let line = n.windows(3).rposition(|w| w == "—".as_bytes()).unwrap();
            [&n[..], &n[line..]].concat()
        })),
        ("a witness before us", 1, "verify-pack-manifest-signature", Note(|n| {
            let line = n.windows(3).rposition(|w| w == "—".as_bytes()).unwrap();
            [&n[..line], WITNESS.as_bytes(), &n[line..]].concat()
        })),
        ("a line that is no signature", 1, "verify-pack-manifest-signature", Note(|n| [&n[..], b"hello\n"].concat())),
        ("a signature of four bytes", 1, "verify-pack-manifest-signature", Note(|n| [&n[..], "— w AAAAAA==\n".as_bytes()].concat())),
        ("text that is not UTF-8", 1, "verify-pack-manifest-signature", Note(|n| [b"\xff", &n[..]].concat())),
        ("bytes after the note", 1, "verify-pack-manifest-signature", Note(|n| [&n[..], b" "].concat())),
        // The manifest
        ("period backwards", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("until 17", "until 10", 1))),
        ("another format", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("anlan-pack/1", "anlan-pack/2", 1))),
        ("another origin", 1, "verify-pack-manifest-origin", Manifest(|t| t.replacen("66aa", "66ab", 1))),
        ("another size", 1, "verify-pack-checkpoint-other", Manifest(|t| t.replacen("size 11", "size 10", 1))),
        ("a file line left out", 1, "verify-pack-manifest-count", Manifest(|t| t[..t[..t.len() - 1].rfind('\n').unwrap() + 1].to_owned())),
        ("another digest", 1, "verify-pack-digest", Manifest(|t| { let at = t.find("file ").unwrap() + 5; let d = if &t[at..=at] == "0" { "1" } else { "0" }; format!("{}{d}{}", &t[..at], &t[at + 1..]) })),
        ("another length", 1, "verify-pack-manifest-member", Manifest(|t| t.replacen(" README.txt", "0 README.txt", 1))),
        ("scope of sources over a pack of all", 1, "verify-pack-lines-line", Manifest(|t| t.replacen("scope all", "scope sources ip:192.0.2.1", 1))),
        ("a period that begins later", 1, "verify-pack-lines-line", Manifest(|t| { let at = t.find("since ").unwrap() + 6; let end = t.find("\nuntil").unwrap(); format!("{}{}{}", &t[..at], FIRST_DAY.next().start().0 + HOUR + 5, &t[end..]) })),
        // Members
        ("no readme", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "README.txt"))),
        ("a readme that is no text", 1, "verify-pack-readme-encoding", Members(|_, m| member(m, "README.txt").push(0xFF))),
        ("no checkpoint", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "checkpoint"))),
        ("no entries", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "log/entries"))),
        ("a tile missing", 1, "verify-pack-tiles-count", Members(|_, m| drop_member(m, "log/tile/"))),
        ("a tile with another name", 1, "verify-pack-member-missing", Members(|_, m| rename(m, "log/tile/0/000.p/", "log/tile/0/000"))),
        ("a tile too many", 1, "verify-pack-tiles-count", Members(|_, m| _ = m.insert("log/tile/1/000.p/1".to_owned(), vec![0; 32]))),
        ("a tile changed", 1, "verify-pack-tiles-root", Members(|_, m| member(m, "log/tile/")[5] ^= 1)),
        ("a tile cut", 1, "verify-pack-member-missing", Members(|_, m| _ = member(m, "log/tile/").pop())),
        ("a detail missing", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "log/detail/"))),
        ("a detail changed", 1, "verify-day-detail", Members(|_, m| member(m, "log/detail/").push(b'\n'))),
        ("a detail too many", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert(format!("log/detail/{}", "0".repeat(64)), vec![]))),
        ("a batch missing", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "lines/"))),
        ("a batch too many", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert(format!("lines/{:020}.lines", 900), vec![]))),
        ("two batches swapped", 1, "verify-pack-lines-head", Members(|_, m| {
            let (a, b) = (format!("lines/{CUT:020}.lines"), format!("lines/{SECOND:020}.lines"));
            let (x, y) = (m[&a].clone(), m[&b].clone());
            m.insert(a, y);
            m.insert(b, x);
        })),
        ("a batch's bytes changed", 1, "verify-pack-lines-root", Members(|_, m| *member(m, &format!("lines/{SECOND:020}")).last_mut().unwrap() ^= 1)),
        ("a byte after a batch", 1, "verify-pack-lines-form", Members(|_, m| member(m, &format!("lines/{SECOND:020}")).push(0))),
        ("a batch cut", 1, "verify-pack-lines-form", Members(|_, m| _ = member(m, &format!("lines/{SECOND:020}")).pop())),
        ("an item of another kind", 1, "verify-pack-lines-form", Members(|_, m| member(m, &format!("lines/{SECOND:020}"))[17] = 2)),
        ("a length that lies", 1, "verify-pack-lines-form", Members(|_, m| member(m, &format!("lines/{SECOND:020}"))[17 + 1 + 16 + 8 + 1 + 4 + 1 + 14..][..4].fill(0xFF))),
        ("an origin that does not exist", 1, "verify-pack-lines-form", Members(|_, m| member(m, &format!("lines/{SECOND:020}"))[17 + 1 + 16 + 8] = 6)),
        // PACK-8
        ("a line hidden in the middle", 1, "verify-pack-lines-hidden", Members(|l, m| hide(l, m, SECOND, 4))),
        ("the first line hidden", 1, "verify-pack-lines-hidden", Members(|l, m| hide(l, m, SECOND, 0))),
        ("the last line hidden", 1, "verify-pack-lines-hidden", Members(|l, m| hide(l, m, SECOND, 11))),
        ("a line before the period shown", 1, "verify-pack-lines-line", Members(|l, m| {
            m.insert(format!("lines/{CUT:020}.lines"), lines_member(CUT, &l.kept[&CUT], &(0..5).collect()));
        })),
        ("text missing", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "text/"))),
        ("text without its last LF", 1, "verify-pack-text-differs", Members(|_, m| _ = member(m, "text/ip%3A2001").pop())),
        ("text with a line more", 1, "verify-pack-text-differs", Members(|_, m| member(m, "text/ip%3A2001").extend(b"forged\n"))),
        ("LF after a piece", 1, "verify-pack-text-differs", Members(|_, m| member(m, "text/ip%3A192.0.2.9").insert(6, b'\n'))),
        ("text of a source that was not heard", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert("text/ip%3A9/2026-11-21.log".to_owned(), vec![]))),
        ("text under a name not escaped", 1, "verify-pack-member-missing", Members(|_, m| rename(m, "text/ip%3A192.0.2.9", "text/ip:192.0.2.9/2026-11-21.log"))),
        ("a member nobody knows", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert("x".to_owned(), vec![]))),
        ("a second manifest", 1, "verify-pack-member-unknown", Members(|_, m| _ = m.insert("manifest.txt".to_owned(), vec![]))),
        // Entries: PACK-6, PACK-10, PACK-11
        ("entries from the very first", 0, "", InLog(|l| l.first = Some(0))),
        ("entries that begin too late", 1, "verify-pack-entries-late", InLog(|l| l.first = Some(SECOND))),
        ("no entries at all", 1, "verify-pack-entries-late", InLog(|l| l.first = Some(l.leaves.len() as u64))),
        ("entries that begin after the end", 1, "verify-pack-entries-form", Members(|_, m| member(m, "log/entries")[5] = 1)),
        ("a byte after the entries", 1, "verify-pack-entries-form", Members(|_, m| member(m, "log/entries").push(0))),
        ("entries cut", 1, "verify-pack-entries-form", Members(|_, m| _ = member(m, "log/entries").pop())),
        ("an entry changed", 1, "verify-pack-entry-tile", Members(|_, m| *member(m, "log/entries").last_mut().unwrap() ^= 1)),
        ("an entry's length changed", 1, "verify-pack-entries-form", Members(|_, m| member(m, "log/entries")[13] = 1)),
        ("time falls", 1, "verify-log-at-falls", InLog(|l| l.leaves[6].at.0 -= 30 * HOUR)),
        ("first leaf is no key", 1, "verify-log-first-leaf", InLog(|l| { l.leaves[0].body = Body::Entry { number: 1, digest: [0; 32] }; l.first = Some(0); })),
        ("first leaf is another key", 1, "verify-log-first-leaf", InLog(|l| { if let Body::Key { public, .. } = body(l, |b| matches!(b, Body::Key { .. })) { public[0] ^= 1; } l.first = Some(0); })),
        ("a batch of another day", 1, "verify-log-batch-range", InLog(|l| if let Body::Batch(b) = &mut l.leaves[5].body { b.day = FIRST_DAY; })),
        ("a batch that claims more lines than its range has room for", 1, "verify-log-batch-range", InLog(|l| if let Body::Batch(b) = &mut l.leaves[7].body { b.count = 4096; })),
        ("batches of a class overlap", 1, "verify-log-batch-overlap", InLog(|l| { let at = l.kept[&7].lines[0].seq; l.batch("network", 8, vec![line(at, "ip:192.0.2.7", "late")]); })),
        ("batches of a class out of order", 1, "verify-log-batch-overlap", InLog(|l| { l.batch("network", 8, vec![line(FIRST_DAY.next().start().0 + 7, "ip:192.0.2.7", "late")]); })),
        ("a day left out", 1, "verify-log-day-hole", InLog(|l| if let Body::Day(d) = &mut l.leaves[9].body { d.day = Day(FIRST_DAY.0 + 2); })),
        ("a day twice", 1, "verify-log-day-hole", InLog(|l| if let Body::Day(d) = &mut l.leaves[9].body { d.day = FIRST_DAY; })),
        ("entry numbers that stand still", 1, "verify-log-entry-order", InLog(|l| if let Body::Entry { number, .. } = &mut l.leaves[10].body { *number = 3; })),
        ("entry number 0", 1, "verify-log-entry-order", InLog(|l| if let Body::Entry { number, .. } = &mut l.leaves[3].body { *number = 0; })),
        // PACK-12
        ("a seq in two classes", 1, "verify-lines-twice", InLog(|l| { let at = l.kept[&7].lines[0].seq; l.batch("web", 8, vec![line(at, "ip:192.0.2.7", "twin")]); })),
        // PACK-7
        ("another root", 1, "verify-pack-lines-root", InLog(|l| if let Body::Batch(b) = &mut l.leaves[5].body { b.root[0] ^= 1; })),
        ("last_seq that is not the last line's", 1, "verify-pack-lines-line", InLog(|l| if let Body::Batch(b) = &mut l.leaves[5].body { b.last.0 += 1; })),
        ("lines out of order", 1, "verify-pack-lines-line", InLog(|l| l.kept.get_mut(&5).unwrap().lines.swap(3, 4))),
        // PACK-9
        ("a day counted wrong", 1, "verify-pack-day-counts", InLog(|l| { l.leaves.truncate(9); let mut rows = l.rows(FIRST_DAY.next()); rows[0].lines += 1; l.day_of(FIRST_DAY.next(), FIRST_DAY.next().next().start().0, &rows); })),
        ("a day with a source not heard", 1, "verify-pack-day-counts", InLog(|l| { l.leaves.truncate(9); let mut rows = l.rows(FIRST_DAY.next()); rows[0].source = source("ip:203.0.113.1"); l.day_of(FIRST_DAY.next(), FIRST_DAY.next().next().start().0, &rows); })),
        ("a day said to be silent", 1, "verify-pack-day-counts", InLog(|l| { l.leaves.truncate(9); l.day_of(FIRST_DAY.next(), FIRST_DAY.next().next().start().0, &[]); })),
        ("lines of a day said to have none", 1, "verify-pack-day-counts", InLog(|l| { let rows = l.rows(FIRST_DAY.next()); let day = Day(FIRST_DAY.0 + 2); l.day_of(day, day.next().start().0, &rows); l.period.until = day.next().start(); })),
        ("sums that are not the rows'", 1, "verify-day-detail", InLog(|l| if let Body::Day(d) = &mut l.leaves[9].body { d.bytes += 1; })),
        // The file
        ("a byte before", 3, "verify-file-not-ours", File(|f| [b"\0", &f[..]].concat())),
        ("a byte after", 1, "verify-pack-form-directory", File(|f| [&f[..], b"\0"].concat())),
        ("a second file after", 1, "verify-pack-form-directory", File(|f| [&f[..], &f[..]].concat())),
        // PACK-10: envelopes that do not parse, each hashed into the tree all the same
        ("a byte after an envelope", 1, "verify-log-envelope", InLog(|l| odd(l, 8, |e| e.push(0)))),
        ("an envelope cut", 1, "verify-log-envelope", InLog(|l| odd(l, 8, |e| _ = e.pop()))),
        ("an envelope of no bytes", 1, "verify-log-envelope", InLog(|l| odd(l, 8, Vec::clear))),
        ("an envelope of 257 bytes", 1, "verify-pack-entries-form", InLog(|l| odd(l, 8, |e| e.resize(257, 0)))),
        ("another magic", 1, "verify-log-envelope", InLog(|l| odd(l, 8, |e| e[0] = 0xA0))),
        ("another version of envelope", 1, "verify-log-envelope", InLog(|l| odd(l, 8, |e| e[1] = 2))),
        ("a type that does not exist", 1, "verify-log-envelope", InLog(|l| odd(l, 10, |e| e[2] = 9))),
        ("type 0", 1, "verify-log-envelope", InLog(|l| odd(l, 10, |e| e[2] = 0))),
        ("a loss without a reason", 1, "verify-log-envelope", InLog(|l| odd(l, 8, |e| e[11] = 0))),
        ("a loss of reason 6", 1, "verify-log-envelope", InLog(|l| odd(l, 8, |e| e[11] = 6))),
        ("a loss whose source has a space", 1, "verify-log-envelope", InLog(|l| odd(l, 8, |e| e[13] = b' '))),
        ("a loss whose source is no UTF-8", 1, "verify-log-envelope", InLog(|l| odd(l, 8, |e| e[13] = 0xFF))),
        ("a class in capitals", 1, "verify-log-envelope", InLog(|l| odd(l, 7, |e| e[12] = b'N'))),
        ("a batch of no lines", 1, "verify-log-envelope", InLog(|l| if let Body::Batch(b) = &mut l.leaves[7].body { b.count = 0; })),
        ("a batch of 4,097 lines", 1, "verify-log-envelope", InLog(|l| if let Body::Batch(b) = &mut l.leaves[7].body { b.count = 4097; b.last.0 += 5000; })),
        ("a batch that ends before it begins", 1, "verify-log-envelope", InLog(|l| if let Body::Batch(b) = &mut l.leaves[5].body { b.last.0 = b.first.0 - 1; })),
        ("a day that does not exist", 1, "verify-log-envelope", InLog(|l| if let Body::Day(d) = &mut l.leaves[9].body { d.day = Day(213_504); })),
        ("a day far beyond", 1, "verify-log-envelope", InLog(|l| if let Body::Day(d) = &mut l.leaves[9].body { d.day = Day(u32::MAX); })),
        ("a seal that ends before it begins", 1, "verify-log-envelope", InLog(|l| l.leaves[8].body = seal(2, 1))),
        ("a seal of a segment nobody can see", 0, "", InLog(|l| l.leaves[8].body = seal(1, 2))),
        ("another key among the leaves", 0, "", InLog(|l| l.leaves[8].body = Body::Key { public: [9; 32], origin: l.key().name })),
        ("a key whose origin has a plus", 1, "verify-log-envelope", InLog(|l| { l.leaves[8].body = Body::Key { public: [9; 32], origin: l.key().name }; odd(l, 8, |e| *e.last_mut().unwrap() = b'+'); })),
        ("a key without origin", 1, "verify-log-envelope", InLog(|l| { l.leaves[8].body = Body::Key { public: [9; 32], origin: l.key().name }; odd(l, 8, |e| { e.truncate(44); e[43] = 0; }); })),
        ("a restore leaf", 0, "", InLog(|l| l.leaves[8].body = Body::Restore { size: 5, root: [5; 32] })),
        // Lines as no vault would keep them, under a root that is theirs
        ("a source with a space", 1, "verify-pack-lines-form", InLog(|l| remake(l, |k| k.lines[0].source = "ip:192.0 2.1".into()))),
        ("a source with a wide space", 1, "verify-pack-lines-form", InLog(|l| remake(l, |k| k.lines[0].source = "a\u{3000}b".into()))),
        ("a source with a next-line character", 1, "verify-pack-lines-form", InLog(|l| remake(l, |k| k.lines[0].source = "a\u{85}b".into()))),
        ("a source with a zero-width space, which is none", 0, "", InLog(|l| remake(l, |k| k.lines[0].source = "a\u{200b}b".into()))),
        ("a source with a Mongolian vowel separator, which is no space", 0, "", InLog(|l| remake(l, |k| k.lines[0].source = "a\u{180e}b".into()))),
        ("a source of no bytes", 1, "verify-pack-lines-form", InLog(|l| remake(l, |k| k.lines[0].source = String::new()))),
        ("a source of 128 bytes", 0, "", InLog(|l| remake(l, |k| k.lines[0].source = "s".repeat(128)))),
        ("a source of 129 bytes", 1, "verify-pack-lines-form", InLog(|l| remake(l, |k| k.lines[0].source = "s".repeat(129)))),
        ("a source that looks like a path", 0, "", InLog(|l| remake(l, |k| k.lines[0].source = "../../x".into()))),
        ("origin 0", 1, "verify-pack-lines-form", InLog(|l| remake(l, |k| k.lines[0].origin = 0))),
        ("origin 5", 0, "", InLog(|l| remake(l, |k| k.lines[0].origin = 5))),
        ("origin 6", 1, "verify-pack-lines-form", InLog(|l| remake(l, |k| k.lines[0].origin = 6))),
        ("any piece number", 0, "", InLog(|l| remake(l, |k| k.lines[0].piece = Piece::from_code(u32::MAX)))),
        ("a seq twice in a batch", 1, "verify-pack-lines-line", InLog(|l| remake(l, |k| k.lines[1].seq = k.lines[0].seq))),
        ("a line of the next day", 1, "verify-log-batch-range", InLog(|l| remake(l, |k| k.lines.last_mut().unwrap().seq = FIRST_DAY.next().next().start().0))),
        // Day details with a true digest
        ("a detail with rows out of order", 1, "verify-day-detail", InLog(|l| detail(l, |t| { let mut rows: Vec<_> = t.lines().map(|r| format!("{r}\n")).collect(); rows[2..].reverse(); rows.concat() }))),
        ("a detail with a row of no lines", 1, "verify-day-detail", InLog(|l| detail(l, |t| format!("{t}zzz\tip:1\t0\t0\t5\t5\n")))),
        ("a detail with a number that has a leading zero", 1, "verify-day-detail", InLog(|l| detail(l, |t| t.replacen("\t1\t", "\t01\t", 1)))),
        ("a detail without its last LF", 1, "verify-day-detail", InLog(|l| detail(l, |t| t.trim_end().to_owned()))),
        ("a detail of another day", 1, "verify-day-detail", InLog(|l| detail(l, |t| t.replacen("2026-11-21", "2026-11-20", 1)))),
        ("a detail of a day written otherwise", 1, "verify-day-detail", InLog(|l| detail(l, |t| t.replacen("2026-11-21", "2026-11-021", 1)))),
        ("a detail of another version", 1, "verify-day-detail", InLog(|l| detail(l, |t| t.replacen("anlan-day/1", "anlan-day/2", 1)))),
        ("a detail whose lines end in CR LF", 1, "verify-day-detail", InLog(|l| detail(l, |t| t.replace('\n', "\r\n")))),
    ]
    .into_iter()
    .map(|(what, code, key, edit)| Wrong { what, code, key, edit })
    .collect()
}

/// Changes the bytes of a leaf, which the tree then holds as they are.
fn odd(log: &mut Log, leaf: usize, edit: fn(&mut Vec<u8>)) {
    let mut bytes = log.leaves[leaf].encode();
    edit(&mut bytes);
    log.odd.insert(leaf, bytes);
}

fn seal(first: u64, last: u64) -> Body {
    let (first, last) = (Seq(first), Seq(last));
    Body::Seal(Seal { class: class("network"), day: FIRST_DAY, first, last, rows: 1, batches: 1, size: 1, digest: [1; 32] })
}

/// Changes the lines of a batch and gives it their root; the day that it is of is not closed.
fn remake(log: &mut Log, edit: fn(&mut super::Kept)) {
    log.leaves.truncate(9);
    let kept = log.kept.get_mut(&SECOND).unwrap();
    edit(kept);
    let (lines, root) = (kept.lines.clone(), anlan_tlog::root(&super::line_leaves(kept)));
    if let Body::Batch(batch) = &mut log.leaves[5].body {
        (batch.first.0, batch.last.0) = (lines[0].seq, lines[lines.len() - 1].seq);
        batch.root = root;
    }
}

/// Closes the second day with another text, whose digest its leaf has.
fn detail(log: &mut Log, edit: fn(&str) -> String) {
    log.leaves.truncate(10);
    let Body::Day(day) = &mut log.leaves[9].body else { return };
    let text = edit(std::str::from_utf8(&log.details[&day.detail]).unwrap()).into_bytes();
    day.detail = anlan_tlog::sha256(&text);
    log.details.insert(day.detail, text);
}
