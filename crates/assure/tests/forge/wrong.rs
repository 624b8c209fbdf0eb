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
    forged_of(Log::sample(), edit)
}

pub fn forged_of(mut log: Log, edit: &Edit) -> (Log, Vec<u8>) {
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
        ("a readme that is no text", 1, "verify-pack-text-encoding", Members(|_, m| member(m, "README.txt").push(0xFF))),
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

/// Digests for people made anew after an edit of what they cover.
fn resum(members: &mut Members) {
    let sums = super::sums(members);
    members.insert("校验值.txt".to_owned(), sums);
}

fn rewrite(members: &mut Members, start: &str, edit: impl Fn(String) -> String) {
    let content = member(members, start);
    *content = edit(String::from_utf8(content.clone()).unwrap()).into_bytes();
}

/// Ways in which a pack of version 2 can be wrong, each with the log that it is made of.
#[rustfmt::skip]
pub fn second() -> Vec<(fn() -> Log, Wrong)> {
    use Edit::{Log as InLog, Manifest, Members};
    let raw: fn() -> Log = Log::second;
    let masked: fn() -> Log = Log::masked;
    vec![
        (raw, "version 2 as it is", 0, "", InLog(|_| ())),
        (masked, "masked as it is", 0, "", InLog(|_| ())),
        // PACK-14
        (raw, "the head of version 1 over members of version 2", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("anlan-pack/2", "anlan-pack/1", 1))),
        (raw, "version 1 in all but the guide", 1, "verify-pack-member-unknown", Members(|l, m| {
            let mut first = Log::sample();
            first.choices = None;
            let guide = first.members()["README.txt"].clone();
            m.insert("README.txt".to_owned(), guide);
            resum(m);
            let _ = l;
        })),
        (raw, "an unknown label", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("label internal", "label secret", 1))),
        (raw, "a label too many", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("label internal\n", "label internal\nlabel internal\n", 1))),
        (raw, "no line on masking", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("masked no\n", "", 1))),
        (raw, "masking neither yes nor no", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("masked no", "masked maybe", 1))),
        (raw, "a purpose of 512 bytes", 0, "", InLog(|l| l.choices.as_mut().unwrap().purpose = "x".repeat(512))),
        (raw, "a purpose of 513 bytes", 1, "verify-pack-manifest-form", InLog(|l| l.choices.as_mut().unwrap().purpose = "x".repeat(513))),
        (raw, "no purpose", 0, "", InLog(|l| l.choices.as_mut().unwrap().purpose.clear())),
        (raw, "a purpose with a control character", 1, "verify-pack-manifest-form", InLog(|l| l.choices.as_mut().unwrap().purpose = "a\u{85}".to_owned())),
        (raw, "a purpose with a delete character", 1, "verify-pack-manifest-form", InLog(|l| l.choices.as_mut().unwrap().purpose = "a\u{7f}".to_owned())),
        (raw, "a visit of 513 bytes", 1, "verify-pack-manifest-form", InLog(|l| l.choices.as_mut().unwrap().visit = "x".repeat(513))),
        (raw, "another language", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("lang zh-CN", "lang zh", 1))),
        (raw, "an entry number with a zero before", 1, "verify-pack-manifest-form", Manifest(|t| t.replacen("made 4", "made 04", 1))),
        // PACK-15
        (raw, "made by an entry that is not there", 1, "verify-pack-made", InLog(|l| l.choices.as_mut().unwrap().made = 5)),
        (raw, "made by entry 0", 1, "verify-pack-made", InLog(|l| l.choices.as_mut().unwrap().made = 0)),
        (raw, "made by the earlier entry", 0, "", InLog(|l| l.choices.as_mut().unwrap().made = 3)),
        // PACK-16
        (raw, "no guide", 1, "verify-pack-member-missing", Members(|_, m| { drop_member(m, "说明.txt"); resum(m); })),
        (raw, "no paper", 1, "verify-pack-member-missing", Members(|_, m| { drop_member(m, "检查佐证材料.html"); resum(m); })),
        (raw, "no verdicts", 1, "verify-pack-member-missing", Members(|_, m| { drop_member(m, "verdicts.json"); resum(m); })),
        (raw, "no verifier", 1, "verify-pack-member-missing", Members(|_, m| { drop_member(m, "verify.html"); resum(m); })),
        (raw, "no list", 1, "verify-pack-member-missing", Members(|_, m| { drop_member(m, "目录.xlsx"); resum(m); })),
        (raw, "no digests", 1, "verify-pack-member-missing", Members(|_, m| drop_member(m, "校验值.txt"))),
        (raw, "a paper that is no text", 1, "verify-pack-text-encoding", Members(|_, m| { member(m, "检查佐证材料.html").push(0xff); resum(m); })),
        (raw, "verdicts that are no text", 1, "verify-pack-text-encoding", Members(|_, m| { member(m, "verdicts.json").insert(0, 0x80); resum(m); })),
        (raw, "a paper that says something else", 0, "", Members(|_, m| { member(m, "检查佐证材料.html").push(b'x'); resum(m); })),
        (raw, "no other papers", 0, "", Members(|_, m| { drop_member(m, "papers/"); resum(m); })),
        (raw, "a paper in a folder", 1, "verify-pack-member-unknown", Members(|_, m| { m.insert("papers/a/b".to_owned(), vec![]); resum(m); })),
        (raw, "a paper without name", 1, "verify-pack-member-unknown", Members(|_, m| { m.insert("papers/".to_owned(), vec![]); resum(m); })),
        (raw, "a paper above its folder", 1, "verify-pack-member-unknown", Members(|_, m| { m.insert("papers/..".to_owned(), vec![]); resum(m); })),
        (raw, "a paper with a control character in its name", 1, "verify-pack-member-unknown", Members(|_, m| { m.insert("papers/a\u{9f}".to_owned(), vec![]); resum(m); })),
        (raw, "a paper with an odd name", 0, "", Members(|_, m| { m.insert("papers/...\u{202e}x y".to_owned(), vec![]); resum(m); })),
        (raw, "a thousand papers", 0, "", Members(|_, m| { (1..1000).for_each(|i| _ = m.insert(format!("papers/{i}"), vec![])); resum(m); })),
        (raw, "a thousand and one papers", 1, "verify-pack-many", Members(|_, m| { (0..1000).for_each(|i| _ = m.insert(format!("papers/{i}"), vec![])); resum(m); })),
        (raw, "a member nobody knows, with its digests", 1, "verify-pack-member-unknown", Members(|_, m| { m.insert("x".to_owned(), vec![]); resum(m); })),
        (raw, "a copy in a pack that is not masked", 1, "verify-pack-member-unknown", Members(|_, m| { m.insert(format!("masked/{SECOND:020}.txt"), b"anlan-masked/1\n0\t1\t0\ta\t1\tx\n".to_vec()); resum(m); })),
        // PACK-17
        (masked, "a copy missing", 1, "verify-pack-lines-hidden", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| { let at = t[15..].find('\n').unwrap() + 16; format!("{}{}", &t[..15], &t[at..]) }); resum(m); })),
        (masked, "copies of a batch missing", 1, "verify-pack-lines-hidden", Members(|_, m| { drop_member(m, &format!("masked/{SECOND:020}")); resum(m); })),
        (masked, "copies of no line", 1, "verify-pack-masked", Members(|_, m| { *member(m, &format!("masked/{SECOND:020}")) = b"anlan-masked/1\n".to_vec(); resum(m); })),
        (masked, "an empty member of copies", 1, "verify-pack-masked", Members(|_, m| { member(m, &format!("masked/{SECOND:020}")).clear(); resum(m); })),
        (masked, "copies of another version", 1, "verify-pack-masked", Members(|_, m| { rewrite(m, "masked/", |t| t.replacen("masked/1", "masked/2", 1)); resum(m); })),
        (masked, "copies without their last LF", 1, "verify-pack-masked", Members(|_, m| { _ = member(m, "masked/").pop(); resum(m); })),
        (masked, "copies of a batch that is not there", 1, "verify-pack-member-unknown", Members(|_, m| { let text = m[&format!("masked/{SECOND:020}.txt")].clone(); m.insert(format!("masked/{:020}.txt", 900), text); resum(m); })),
        (masked, "a copy with another seq", 1, "verify-pack-lines-line", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| t.replacen("\t17", "\t16", 1)); resum(m); })),
        (masked, "a copy with another text", 1, "verify-pack-text-differs", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| t.replacen("***", "****", 1)); resum(m); })),
        (masked, "a copy with another source", 1, "verify-pack-text-differs", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| t.replacen("ip:2001:db8::1", "ip:192.0.2.9", 1)); resum(m); })),
        (masked, "a copy with another length", 1, "verify-pack-day-counts", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| t.replacen("\t***", "0\t***", 1)); resum(m); })),
        (masked, "a copy with a length over the limit", 1, "verify-pack-masked", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| t.replacen("\t***", "00000000\t***", 1)); resum(m); })),
        (masked, "a copy with a tab in its text", 1, "verify-pack-masked", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| t.replacen("***", "*\t**", 1)); resum(m); })),
        (masked, "a copy with a CR", 1, "verify-pack-masked", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| t.replacen("***", "*\r**", 1)); resum(m); })),
        (masked, "a copy that is no UTF-8", 1, "verify-pack-masked", Members(|_, m| { let c = member(m, &format!("masked/{SECOND:020}")); let at = c.len() - 2; c[at] = 0xff; resum(m); })),
        (masked, "a copy twice", 1, "verify-pack-masked", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| format!("{t}{}", &t[15..])); resum(m); })),
        (masked, "a copy of a shown line", 1, "verify-pack-masked", Members(|l, m| { let line = &l.kept[&SECOND].lines[11]; let row = format!("11\t{}\t0\t{}\t1\tx\n", line.seq, line.source); rewrite(m, &format!("masked/{SECOND:020}"), |t| format!("{t}{row}")); resum(m); })),
        (masked, "a copy of a position that is not there", 1, "verify-pack-masked", Members(|_, m| { rewrite(m, &format!("masked/{SECOND:020}"), |t| format!("{t}4000\t1\t0\ta\t1\tx\n")); resum(m); })),
        (masked, "copies though the manifest says there are none", 1, "verify-pack-lines-hidden", Manifest(|t| t.replacen("masked yes", "masked no", 1))),
        (masked, "some sources, masked", 0, "", InLog(|l| { l.scope = anlan_vault::Scope::Sources(["ip:2001:db8::1"].map(source).into()); })),
        (masked, "a copy of a source out of scope", 1, "verify-pack-lines-line", Manifest(|t| t.replacen("scope all", "scope sources token:web", 1))),
        // PACK-18
        (raw, "no proofs", 0, "", InLog(|l| l.proofs.clear())),
        (raw, "a proof under another name", 1, "verify-pack-proof-bad", Members(|_, m| { rename(m, "proofs/", &format!("proofs/{:020}.tlog-proof", 7)); resum(m); })),
        (raw, "a proof with a name of no number", 1, "verify-pack-proof-bad", Members(|_, m| { rename(m, "proofs/", "proofs/x"); resum(m); })),
        (raw, "a proof changed", 1, "verify-pack-proof-bad", Members(|_, m| { member(m, "proofs/")[60] ^= 1; resum(m); })),
        (raw, "a proof under an older checkpoint", 1, "verify-pack-proof-bad", Members(|l, m| { let mut old = Log::second(); old.leaves.truncate(9); *member(m, "proofs/") = old.proof(5, 3).render(); let _ = l; resum(m); })),
        (raw, "a proof of a line before the period", 1, "verify-pack-proof-bad", InLog(|l| l.proofs = vec![(CUT, 0)])),
        (raw, "a proof of a source out of scope", 1, "verify-pack-proof-bad", InLog(|l| l.scope = anlan_vault::Scope::Sources(["token:web"].map(source).into()))),
        (raw, "a proof of a source in scope", 0, "", InLog(|l| l.scope = anlan_vault::Scope::Sources(["ip:2001:db8::1"].map(source).into()))),
        // PACK-19
        (raw, "digests of another version", 1, "verify-pack-sums-differ", Members(|_, m| rewrite(m, "校验值.txt", |t| t.replacen("sums/1", "sums/2", 1)))),
        (raw, "digests without their last LF", 1, "verify-pack-sums-differ", Members(|_, m| _ = member(m, "校验值.txt").pop())),
        (raw, "digests with a line more", 1, "verify-pack-sums-differ", Members(|_, m| rewrite(m, "校验值.txt", |t| format!("{t}x\n")))),
        (raw, "digests with a line less", 1, "verify-pack-sums-differ", Members(|_, m| rewrite(m, "校验值.txt", |t| t[..t[..t.len() - 1].rfind('\n').unwrap() + 1].to_owned()))),
        (raw, "digests in capitals", 1, "verify-pack-sums-differ", Members(|_, m| rewrite(m, "校验值.txt", |t| t.to_uppercase()))),
        (raw, "an SM3 that is wrong", 1, "verify-pack-sums-differ", Members(|_, m| { let t = member(m, "校验值.txt"); let at = 13 + 65; t[at] = if t[at] == b'0' { b'1' } else { b'0' }; })),
        (raw, "a SHA-256 that is wrong for people only", 1, "verify-pack-sums-differ", Members(|_, m| { let t = member(m, "校验值.txt"); let at = 13; t[at] = if t[at] == b'0' { b'1' } else { b'0' }; })),
        (raw, "two digests swapped", 1, "verify-pack-sums-differ", Members(|_, m| rewrite(m, "校验值.txt", |t| { let mut rows: Vec<_> = t.lines().collect(); rows.swap(1, 2); rows.join("\n") + "\n" }))),
        (raw, "no digests of anything", 1, "verify-pack-sums-differ", Members(|_, m| member(m, "校验值.txt").clear())),
    ]
    .into_iter()
    .map(|(log, what, code, key, edit)| (log, Wrong { what, code, key, edit }))
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
