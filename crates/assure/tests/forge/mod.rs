//! A log in memory, and packs and proofs made of it byte by byte from the spec, without the builder: so that a test can sign what the builder
//! never would. Everything in it is fixed: keys, times, lines.
#![allow(dead_code, reason = "each test uses its part")]

pub mod samples;
pub mod wrong;

use std::collections::{BTreeMap, BTreeSet};

use anlan_assure::pack::{Choices, FileLine, Manifest, Period};
use anlan_assure::zip::ZipWriter;
use anlan_base::{Class, Day, Instant, Origin, Piece, Seq, SourceKey};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, Body, DayLeaf, DayRow, Envelope, Loss, LossReason, render_detail};
use anlan_tlog::line::salt;
use anlan_tlog::note::{Signer, VerifyingKey};
use anlan_tlog::proof::LineProof;
use anlan_tlog::{Hash, hex, inclusion_path, leaf_hash, root, sha256, tile};
use anlan_vault::Scope;

pub const ORIGIN: &str = "anlan.local/00112233445566aa";
/// 2026-11-20 in Beijing.
pub const FIRST_DAY: Day = Day(20_777);
pub type Members = BTreeMap<String, Vec<u8>>;

#[derive(Clone, Debug)]
pub struct Line {
    pub seq: u64,
    pub origin: u8,
    pub piece: Piece,
    pub source: String,
    pub raw: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct Kept {
    pub key: [u8; 32],
    pub lines: Vec<Line>,
}

pub struct Log {
    pub signer: Signer,
    pub leaves: Vec<Envelope>,
    /// Bytes that stand in place of a leaf.
    pub odd: BTreeMap<usize, Vec<u8>>,
    pub kept: BTreeMap<u64, Kept>,
    pub details: BTreeMap<Hash, Vec<u8>>,
    pub period: Period,
    pub scope: Scope,
    /// First entry of the pack; chosen when none.
    pub first: Option<u64>,
    /// What makes it a pack of version 2.
    pub choices: Option<Choices>,
    /// Lines whose proofs are added: leaf and position.
    pub proofs: Vec<(u64, usize)>,
}

pub fn source(key: &str) -> SourceKey {
    SourceKey::new(key).unwrap()
}

pub fn class(name: &str) -> Class {
    Class::new(name).unwrap()
}

pub fn line(seq: u64, from: &str, raw: impl Into<Vec<u8>>) -> Line {
    Line { seq, origin: 2, piece: Piece::WHOLE, source: from.to_owned(), raw: raw.into() }
}

/// `canonical`, by the letter of the spec.
fn canonical(line: &Line) -> Vec<u8> {
    let mut out = line.seq.to_be_bytes().to_vec();
    out.push(line.origin);
    out.extend(line.piece.code().to_be_bytes());
    out.push(u8::try_from(line.source.len()).unwrap());
    out.extend(line.source.bytes());
    out.extend(&line.raw);
    out
}

pub fn leaf_of(salt: &[u8], line: &Line) -> Hash {
    sha256(&[&[0], salt, &canonical(line)].concat())
}

pub fn line_leaves(kept: &Kept) -> Vec<Hash> {
    kept.lines.iter().zip(0..).map(|(line, i)| leaf_of(&salt(&kept.key, i), line)).collect()
}

impl Log {
    /// A log of nothing but its key leaf.
    pub fn new() -> Self {
        let signer = Signer::from_seed(ORIGIN, [7; 32]).unwrap();
        let VerifyingKey { name, public } = signer.verifying_key();
        let key = Envelope { at: FIRST_DAY.start().plus_seconds(3_600), body: Body::Key { public, origin: name } };
        let period = Period { since: Instant(0), until: Instant(u64::MAX) };
        Self {
            signer,
            leaves: vec![key],
            odd: BTreeMap::new(),
            kept: BTreeMap::new(),
            details: BTreeMap::new(),
            period,
            scope: Scope::All,
            first: None,
            choices: None,
            proofs: Vec::new(),
        }
    }

    /// Two days, two classes, a source in both, pieces, raw bytes that are no text, a batch cut by the period's start, closed days, other leaves.
    pub fn sample() -> Self {
        let mut log = Self::new();
        let (one, two) = (FIRST_DAY.start().0 + 8 * HOUR, FIRST_DAY.next().start().0 + HOUR);
        log.batch("network", 1, (0..5).map(|i| line(one + i * HOUR, "ip:192.0.2.1", format!("<13>early line {i}"))).collect());
        log.batch(
            "app",
            2,
            vec![
                line(one + 2 * HOUR + 7, "token:web", "an app line"),
                line(one + 4 * HOUR + 7, "ip:192.0.2.1", vec![0xff, 0, b'\n', 0xd6, 0xd0]),
            ],
        );
        log.push(one + 6 * HOUR, Body::Entry { number: 3, digest: [3; 32] });
        log.day(FIRST_DAY, two - 1);
        let mut lines: Vec<Line> = (0..9).map(|i| line(two + i * 10, "ip:2001:db8::1", format!("line {i} 登录失败"))).collect();
        let piece = |number, last, seq| Line { piece: Piece::part(number, last), ..line(seq, "ip:192.0.2.9", format!("part {number}")) };
        lines.extend([piece(1, false, two + 100), piece(2, false, two + 101), piece(3, true, two + 102)]);
        log.batch("network", 3, lines);
        log.batch(
            "app",
            4,
            vec![line(two + 55, "ip:2001:db8::1", "between two of the other class"), line(two + 101 + HOUR, "token:web", "")],
        );
        log.batch("network", 5, vec![line(two + 2 * HOUR, "ip:192.0.2.1", "last line")]);
        let gone = Loss { reason: LossReason::Kernel, source: "udp".into(), count: 4, from: Instant(two), until: Instant(two + HOUR) };
        log.push(two + 3 * HOUR, Body::Loss(gone));
        log.day(FIRST_DAY.next(), FIRST_DAY.next().next().start().0 + 1);
        log.push(FIRST_DAY.next().next().start().0 + HOUR, Body::Entry { number: 4, digest: [4; 32] });
        log.period = Period { since: Instant(one + 2 * HOUR + 1), until: FIRST_DAY.next().next().start() };
        log
    }

    /// The same log with a pack of version 2, made by the entry of the first day.
    pub fn second() -> Self {
        let purpose = "监督检查".to_owned();
        let choices = Choices { purpose, visit: "JC-2026-1".to_owned(), made: 4, ..Choices::default() };
        Self { choices: Some(choices), proofs: vec![(5, 3)], ..Self::sample() }
    }

    /// As [`Self::second`], some lines masked.
    pub fn masked() -> Self {
        let mut log = Self::second();
        if let Some(choices) = &mut log.choices {
            (choices.masked, choices.made) = (true, 3);
        }
        log
    }

    /// Whether a masked pack has a copy of this line: an arbitrary choice.
    fn covers(&self, line: &Line) -> bool {
        self.choices.as_ref().is_some_and(|choices| choices.masked)
            && (line.seq.is_multiple_of(4) || line.raw.starts_with(b"an app"))
            && line.raw.len() != 15
    }

    pub fn key(&self) -> VerifyingKey {
        self.signer.verifying_key()
    }

    pub fn push(&mut self, at: u64, body: Body) -> u64 {
        self.leaves.push(Envelope { at: Instant(at), body });
        self.leaves.len() as u64 - 1
    }

    /// A batch of these lines, sequenced a nanosecond after its last line or with the leaf before it.
    pub fn batch(&mut self, of: &str, key: u8, lines: Vec<Line>) -> u64 {
        let kept = Kept { key: [key; 32], lines };
        let (first, last) = (Seq(kept.lines[0].seq), Seq(kept.lines[kept.lines.len() - 1].seq));
        let count = u32::try_from(kept.lines.len()).unwrap();
        let batch = Batch { class: class(of), day: Day::of_seq(first), count, first, last, root: root(&line_leaves(&kept)) };
        let at = (last.0 + 1).max(self.leaves.last().map_or(0, |leaf| leaf.at.0));
        let leaf = self.push(at, Body::Batch(batch));
        self.kept.insert(leaf, kept);
        leaf
    }

    /// Closes a day with what its batches hold.
    pub fn day(&mut self, day: Day, at: u64) -> u64 {
        let rows = self.rows(day);
        self.day_of(day, at, &rows)
    }

    pub fn day_of(&mut self, day: Day, at: u64, rows: &[DayRow]) -> u64 {
        let text = render_detail(day, rows).into_bytes();
        let detail = sha256(&text);
        self.details.insert(detail, text);
        let (lines, bytes) = rows.iter().fold((0, 0), |(lines, bytes), row| (lines + row.lines, bytes + row.bytes));
        self.push(at, Body::Day(DayLeaf { day, lines, bytes, detail }))
    }

    pub fn rows(&self, day: Day) -> Vec<DayRow> {
        let mut rows: BTreeMap<(Class, SourceKey), DayRow> = BTreeMap::new();
        for (leaf, kept) in &self.kept {
            let Body::Batch(batch) = &self.leaves[usize::try_from(*leaf).unwrap()].body else { continue };
            for line in kept.lines.iter().filter(|line| Day::of_seq(Seq(line.seq)) == day) {
                let at = Seq(line.seq);
                let source = source(&line.source);
                let row = rows.entry((batch.class.clone(), source.clone())).or_insert_with(|| DayRow {
                    class: batch.class.clone(),
                    source,
                    lines: 0,
                    bytes: 0,
                    first: at,
                    last: at,
                });
                row.lines += 1;
                row.bytes += line.raw.len() as u64;
                row.first = row.first.min(at);
                row.last = row.last.max(at);
            }
        }
        rows.into_values().collect()
    }

    fn bytes(&self, leaf: usize) -> Vec<u8> {
        self.odd.get(&leaf).cloned().unwrap_or_else(|| self.leaves[leaf].encode())
    }

    pub fn leaf_hashes(&self) -> Vec<Hash> {
        (0..self.leaves.len()).map(|i| leaf_hash(&self.bytes(i))).collect()
    }

    pub fn checkpoint(&self, size: usize) -> Vec<u8> {
        let root = root(&self.leaf_hashes()[..size]);
        self.signer.sign(&Checkpoint { origin: ORIGIN.to_owned(), size: size as u64, root }.render())
    }

    fn shows(&self, line: &Line) -> bool {
        self.period.holds(Seq(line.seq)) && (self.scope == Scope::All || self.scope.allows(&source(&line.source)))
    }

    /// What the spec says the members of a pack of this period and scope are, but for the manifest.
    pub fn members(&self) -> Members {
        let size = self.leaves.len();
        let mut members = Members::new();
        if self.choices.is_none() {
            members.insert("README.txt".to_owned(), "说明\nRead me\n".into());
        }
        members.insert("checkpoint".to_owned(), self.checkpoint(size));
        for (n, hashes) in self.leaf_hashes().chunks(256).enumerate() {
            let name = tile::path(Some(0), n as u64, u16::try_from(hashes.len()).unwrap());
            members.insert(format!("log/{name}"), hashes.concat());
        }
        let first = self.first.unwrap_or_else(|| self.default_first());
        members.insert("log/entries".to_owned(), self.entries(first));
        let mut texts: BTreeMap<(String, Day), BTreeMap<u64, Vec<u8>>> = BTreeMap::new();
        for (leaf, envelope) in self.leaves.iter().enumerate().skip(usize::try_from(first).unwrap()) {
            match &envelope.body {
                Body::Day(day) if self.period.touches(day.day) => {
                    let Some(detail) = self.details.get(&day.detail) else { continue };
                    members.insert(format!("log/detail/{}", hex(&day.detail)), detail.clone());
                }
                Body::Batch(batch) if self.period.meets(batch) => {
                    let kept = &self.kept[&(leaf as u64)];
                    members.insert(format!("lines/{leaf:020}.lines"), self.lines(leaf as u64, kept));
                    for line in kept.lines.iter().filter(|line| self.shows(line)) {
                        let end: &[u8] = if line.piece.is_whole() || line.piece.is_last() { b"\n" } else { b"" };
                        let text = texts.entry((line.source.clone(), Day::of_seq(Seq(line.seq)))).or_default();
                        let shown =
                            if self.covers(line) { format!("〔masked〕{}\n", copy_of(line)).into() } else { [&line.raw, end].concat() };
                        text.insert(line.seq, shown);
                    }
                    if let Some(copies) = self.copies(kept) {
                        members.insert(format!("masked/{leaf:020}.txt"), copies);
                    }
                }
                _ => {}
            }
        }
        for ((source, day), lines) in texts {
            members.insert(text_name(&source, day), lines.into_values().flatten().collect());
        }
        if self.choices.is_some() {
            self.for_people(&mut members);
        }
        members
    }

    fn for_people(&self, members: &mut Members) {
        for name in ["说明.txt", "检查佐证材料.html", "verdicts.json", "verify.html"] {
            members.insert(name.to_owned(), format!("{name} 的内容\n").into());
        }
        members.insert("目录.xlsx".to_owned(), vec![0xff, 0, 1]);
        members.insert("papers/责任书.pdf".to_owned(), vec![0xfe; 70]);
        for (leaf, position) in &self.proofs {
            let proof = self.proof(*leaf, *position);
            members.insert(format!("proofs/{:020}.tlog-proof", proof.seq.0), proof.render());
        }
        let sums = sums(members);
        members.insert("校验值.txt".to_owned(), sums);
    }

    /// The copies of a batch's masked lines.
    fn copies(&self, kept: &Kept) -> Option<Vec<u8>> {
        let masked = kept.lines.iter().enumerate().filter(|(_, line)| self.shows(line) && self.covers(line));
        let rows: Vec<String> = masked
            .map(|(i, line)| format!("{i}\t{}\t{}\t{}\t{}\t{}\n", line.seq, line.piece.code(), line.source, line.raw.len(), copy_of(line)))
            .collect();
        (!rows.is_empty()).then(|| format!("anlan-masked/1\n{}", rows.concat()).into())
    }

    fn default_first(&self) -> u64 {
        let early = self.leaves.partition_point(|leaf| leaf.at < self.period.since);
        early.saturating_sub(1) as u64
    }

    fn entries(&self, first: u64) -> Vec<u8> {
        let mut out = b"ALNE\x01".to_vec();
        out.extend(first.to_be_bytes());
        for leaf in usize::try_from(first).unwrap()..self.leaves.len() {
            let bytes = self.bytes(leaf);
            out.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
            out.extend(bytes);
        }
        out
    }

    pub fn lines(&self, leaf: u64, kept: &Kept) -> Vec<u8> {
        let shown: BTreeSet<usize> =
            kept.lines.iter().enumerate().filter(|(_, line)| self.shows(line) && !self.covers(line)).map(|(i, _)| i).collect();
        lines_member(leaf, kept, &shown)
    }

    pub fn manifest(&self, members: &Members) -> Manifest {
        let file = |(name, bytes): (&String, &Vec<u8>)| FileLine { digest: sha256(bytes), length: bytes.len() as u64, name: name.clone() };
        let files = members.iter().map(file).collect();
        Manifest {
            origin: ORIGIN.to_owned(),
            period: self.period,
            size: self.leaves.len() as u64,
            scope: self.scope.clone(),
            choices: self.choices.clone(),
            files,
        }
    }

    pub fn pack_of(&self, members: &Members) -> Vec<u8> {
        zip(&self.signer.sign(&self.manifest(members).render()), members)
    }

    pub fn pack(&self) -> Vec<u8> {
        self.pack_of(&self.members())
    }

    pub fn proof(&self, leaf: u64, position: usize) -> LineProof {
        let kept = &self.kept[&leaf];
        let line = &kept.lines[position];
        LineProof {
            envelope: self.leaves[usize::try_from(leaf).unwrap()].encode(),
            position: u32::try_from(position).unwrap(),
            salt: salt(&kept.key, u32::try_from(position).unwrap()),
            path: inclusion_path(position, &line_leaves(kept)),
            seq: Seq(line.seq),
            origin: Origin::from_code(line.origin).unwrap(),
            piece: line.piece,
            source: source(&line.source),
            raw: line.raw.clone(),
            index: leaf,
            log_path: inclusion_path(usize::try_from(leaf).unwrap(), &self.leaf_hashes()),
            checkpoint: self.checkpoint(self.leaves.len()),
        }
    }
}

/// What stands in place of a masked line.
fn copy_of(line: &Line) -> String {
    format!("*** 已遮盖 {}", line.raw.len())
}

/// `校验值.txt`, by the letter of the spec.
pub fn sums(members: &Members) -> Vec<u8> {
    let listed = members
        .iter()
        .filter(|(name, _)| !name.starts_with("log/") && !name.starts_with("lines/") && *name != "校验值.txt" && *name != "manifest.txt");
    let row = |(name, bytes): (&String, &Vec<u8>)| {
        let both = anlan_assure::digests::digests(bytes);
        format!("{} {} {} {name}\n", both.sha256, both.sm3, both.bytes)
    };
    format!("anlan-sums/1\n{}", listed.map(row).collect::<String>()).into()
}

pub const HOUR: u64 = 3_600 * Instant::SECOND;

pub fn lines_member(leaf: u64, kept: &Kept, shown: &BTreeSet<usize>) -> Vec<u8> {
    let mut out = b"ALNL\x01".to_vec();
    out.extend(leaf.to_be_bytes());
    out.extend(u32::try_from(kept.lines.len()).unwrap().to_be_bytes());
    for (i, line) in kept.lines.iter().enumerate() {
        let salt = salt(&kept.key, u32::try_from(i).unwrap());
        if !shown.contains(&i) {
            out.push(0);
            out.extend(leaf_of(&salt, line));
            continue;
        }
        out.push(1);
        out.extend(salt);
        out.extend(line.seq.to_be_bytes());
        out.push(line.origin);
        out.extend(line.piece.code().to_be_bytes());
        out.push(u8::try_from(line.source.len()).unwrap());
        out.extend(line.source.bytes());
        out.extend(u32::try_from(line.raw.len()).unwrap().to_be_bytes());
        out.extend(&line.raw);
    }
    out
}

pub fn text_name(source: &str, day: Day) -> String {
    let mut name = String::new();
    for (i, byte) in source.bytes().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' => name.push(char::from(byte)),
            b'.' if i > 0 => name.push('.'),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("text/{name}/{day}.log")
}

pub fn zip(manifest: &[u8], members: &Members) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new());
    zip.whole("manifest.txt", manifest).unwrap();
    for (name, bytes) in members {
        zip.whole(name, bytes).unwrap();
    }
    zip.finish().unwrap()
}
