//! Verifies a pack: the checks of `spec/pack.md` in its order, each going on after a failure where it can.
//!
//! Invariants: nothing is trusted but the key; members are read by range, so memory is bounded by the limits of this folder and not by the
//! file; the digests of all members are taken on a second thread while log and lines are checked.

mod people;

use std::collections::{HashMap, HashSet};
use std::io;

use anlan_base::{Day, Seq};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, DayLeaf, DayRow, parse_detail};
use anlan_tlog::note::VerifyingKey;
use anlan_tlog::{Digest, Hash, sha256};
use anlan_vault::Scope;

use super::content::Content;
use super::days::{OpenDay, Text};
use super::entries::{self, Entries, Tiles};
use super::lines::{self, KnownSource, Members, View};
use super::manifest::{Choices, Manifest};
use super::merge::{Loaded, merge};
use super::{
    CHECKPOINT, CHECKPOINT_BYTES, DETAIL_BYTES, ENTRIES, LINES_BYTES, MANIFEST, MANIFEST_BYTES, detail_name, lines_name, masked_name,
    text_name,
};
use crate::against;
use crate::report::{Anchor, Check, Findings, Outcome, Report, Verdict, judge};
use crate::zip::{Directory, Member, ReadAt, ZipFault};

/// Checks a pack. `older` is a checkpoint of this key that the reader kept.
pub fn verify_pack<S: ReadAt + ?Sized>(source: &S, key: &VerifyingKey, older: Option<&Checkpoint>) -> Report {
    match checks(source, key, older) {
        Ok(checks) => {
            let anchored = checks.iter().any(|check| check.key == "verify-against-held" && check.outcome == Outcome::Held);
            let anchor = older.filter(|_| anchored).map_or(Anchor::SelfOnly, |older| Anchor::Against { size: older.size });
            Report { verdict: judge(&checks), checks, anchor }
        }
        Err(error) => Report::refused(Verdict::NotOurs, Check::failed("verify-file-unreadable", vec![("why", error.to_string())])),
    }
}

fn checks<S: ReadAt + ?Sized>(source: &S, key: &VerifyingKey, older: Option<&Checkpoint>) -> io::Result<Vec<Check>> {
    let directory = match Directory::read(source) {
        Ok(directory) => directory,
        Err(ZipFault::Io(error)) => return Err(error),
        Err(fault) => return Ok(vec![form_check(&fault)]),
    };
    let content = Content { source, directory: &directory };
    let mut checks =
        vec![Check::held("verify-pack-form", vec![("members", directory.members.len().to_string()), ("bytes", source.size().to_string())])];
    let manifest = match read_manifest(&content, key)? {
        Ok(manifest) => manifest,
        Err(check) => {
            checks.push(check);
            return Ok(checks);
        }
    };
    checks.push(manifest_check(&manifest, &directory, key));
    let (digests, rest) = std::thread::scope(|scope| {
        let digests = scope.spawn(|| digest_checks(&content, &manifest));
        let rest = Verifier::new(content, key, &manifest, older).run();
        (digests.join(), rest)
    });
    let digests = digests.unwrap_or_else(|_| Err(io::Error::other("the digests' thread ended early")));
    checks.extend(digests?);
    checks.extend(rest?);
    Ok(checks)
}

fn form_check(fault: &ZipFault) -> Check {
    let (key, offset) = match fault {
        ZipFault::Io(_) | ZipFault::TooMany => ("verify-pack-form-many", &0),
        ZipFault::Header { offset } => ("verify-pack-form-header", offset),
        ZipFault::Name { offset } => ("verify-pack-form-name", offset),
        ZipFault::Beyond { offset } => ("verify-pack-form-beyond", offset),
        ZipFault::Directory { offset } => ("verify-pack-form-directory", offset),
    };
    Check::failed(key, vec![("offset", offset.to_string())])
}

fn read_manifest<S: ReadAt + ?Sized>(content: &Content<'_, S>, key: &VerifyingKey) -> io::Result<Result<Manifest, Check>> {
    let first = content.directory.members.first().filter(|member| member.name == MANIFEST);
    let Some(member) = first else { return Ok(Err(Check::failed("verify-pack-member-missing", vec![("name", MANIFEST.to_owned())]))) };
    let Some(bytes) = content.whole(member, MANIFEST_BYTES)? else { return Ok(Err(too_long(member, MANIFEST_BYTES))) };
    let text = match key.open(&bytes) {
        Ok(text) => text,
        Err(error) => return Ok(Err(Check::failed("verify-pack-manifest-signature", vec![("why", error.to_string())]))),
    };
    Ok(Manifest::parse(text).map_err(|line| Check::failed("verify-pack-manifest-form", vec![("line", line.to_string())])))
}

fn too_long(member: &Member, limit: u64) -> Check {
    Check::failed("verify-pack-member-long", vec![("name", member.name.clone()), ("limit", limit.to_string())])
}

/// The manifest is this log's, and lists exactly the members that follow it.
fn manifest_check(manifest: &Manifest, directory: &Directory, key: &VerifyingKey) -> Check {
    if manifest.origin != key.name {
        return Check::failed("verify-pack-manifest-origin", vec![("origin", manifest.origin.clone())]);
    }
    let members = directory.members.iter().skip(1);
    let differs = manifest.files.iter().zip(members.clone()).find(|(file, member)| file.name != member.name || file.length != member.size);
    if let Some((file, _)) = differs {
        return Check::failed("verify-pack-manifest-member", vec![("name", file.name.clone())]);
    }
    if manifest.files.len() != members.count() {
        return Check::failed("verify-pack-manifest-count", vec![("count", manifest.files.len().to_string())]);
    }
    let period = manifest.period;
    Check::held(
        "verify-pack-manifest",
        vec![
            ("origin", manifest.origin.clone()),
            ("since", period.since.to_rfc3339()),
            ("until", period.until.to_rfc3339()),
            ("scope", scope_words(&manifest.scope)),
        ],
    )
}

fn scope_words(scope: &Scope) -> String {
    match scope {
        Scope::All => "*".to_owned(),
        Scope::Sources(sources) => sources.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// SHA-256 of every member against the manifest, CRC-32 against the ZIP.
fn digest_checks<S: ReadAt + ?Sized>(content: &Content<'_, S>, manifest: &Manifest) -> io::Result<Vec<Check>> {
    let mut findings = Findings::default();
    let mut buffer = Vec::new();
    let files = std::iter::once(None).chain(manifest.files.iter().map(Some)).chain(std::iter::repeat(None));
    for (member, file) in content.directory.members.iter().zip(files) {
        let (digest, crc) = content.digest(member, &mut buffer)?;
        let listed = file.is_none_or(|file| file.digest == digest);
        if crc != member.crc || !listed {
            findings.add("verify-pack-digest", vec![("name", member.name.clone())]);
        }
    }
    let bytes: u64 = content.directory.members.iter().map(|member| member.size).sum();
    Ok(findings.into_checks(Check::held("verify-pack-digests", vec![("bytes", bytes.to_string())])))
}

struct Verifier<'a, S: ReadAt + ?Sized> {
    content: Content<'a, S>,
    key: &'a VerifyingKey,
    manifest: &'a Manifest,
    older: Option<&'a Checkpoint>,
    by_name: HashMap<&'a str, &'a Member>,
    /// Names that have a place in the pack.
    placed: HashSet<&'a str>,
    checks: Vec<Check>,
}

impl<'a, S: ReadAt + ?Sized> Verifier<'a, S> {
    fn new(content: Content<'a, S>, key: &'a VerifyingKey, manifest: &'a Manifest, older: Option<&'a Checkpoint>) -> Self {
        // The first member is the manifest; another of its name has no place.
        let by_name = content.directory.members.iter().skip(1).map(|member| (member.name.as_str(), member)).collect();
        Self { content, key, manifest, older, by_name, placed: HashSet::new(), checks: Vec::new() }
    }

    fn run(mut self) -> io::Result<Vec<Check>> {
        self.texts()?;
        let Some(checkpoint) = self.checkpoint()? else { return Ok(self.checks) };
        let Some(mut tiles) = self.tiles(&checkpoint)? else { return Ok(self.checks) };
        let Some(entries) = self.entries(&checkpoint, &mut tiles)? else { return Ok(self.checks) };
        let whole = self.lines(&entries)?;
        if self.manifest.choices.is_some() {
            self.sums()?;
            self.papers()?;
            self.proofs()?;
        }
        if whole {
            self.unplaced();
        }
        Ok(self.checks)
    }

    /// The member of this name; its place is taken.
    fn member(&mut self, name: &str) -> Result<&'a Member, Check> {
        let Some((name, member)) = self.by_name.get_key_value(name) else {
            return Err(Check::failed("verify-pack-member-missing", vec![("name", name.to_owned())]));
        };
        self.placed.insert(name);
        Ok(member)
    }

    fn whole(&mut self, name: &str, limit: u64) -> io::Result<Result<Vec<u8>, Check>> {
        let member = match self.member(name) {
            Ok(member) => member,
            Err(check) => return Ok(Err(check)),
        };
        Ok(self.content.whole(member, limit)?.ok_or_else(|| too_long(member, limit)))
    }

    fn checkpoint(&mut self) -> io::Result<Option<Checkpoint>> {
        let bytes = match self.whole(CHECKPOINT, CHECKPOINT_BYTES)? {
            Ok(bytes) => bytes,
            Err(check) => {
                self.checks.push(check);
                return Ok(None);
            }
        };
        let opened = self.key.open(&bytes).map_err(|error| error.to_string());
        let parsed = opened.and_then(|text| Checkpoint::parse(text).ok_or_else(|| "form".to_owned()));
        let checkpoint = match parsed {
            Ok(checkpoint) => checkpoint,
            Err(why) => {
                self.checks.push(Check::failed("verify-checkpoint-signature", vec![("why", why)]));
                return Ok(None);
            }
        };
        let args = vec![("origin", checkpoint.origin.clone()), ("size", checkpoint.size.to_string())];
        let fits = checkpoint.origin == self.key.name && checkpoint.size == self.manifest.size;
        self.checks.push(if fits { Check::held("verify-checkpoint", args) } else { Check::failed("verify-pack-checkpoint-other", args) });
        Ok(Some(checkpoint))
    }

    fn tiles(&mut self, checkpoint: &Checkpoint) -> io::Result<Option<Tiles<'a, S>>> {
        let mut findings = Findings::default();
        let there = self.by_name.keys().filter(|name| name.starts_with("log/tile/")).count() as u64;
        let tiles = Tiles::find(self.content, &self.by_name, there, checkpoint.size, &mut findings);
        let Some(tiles) = tiles else {
            self.checks.extend(findings.into_checks(Check::info("verify-pack-tiles", vec![])));
            return Ok(None);
        };
        self.placed.extend(tiles.names());
        let (root, old) = tiles.roots(self.older.map(|older| older.size))?;
        self.checks.push(entries::root_check(checkpoint, root));
        if let Some(older) = self.older {
            self.checks.push(against::compare(older, checkpoint, old));
        }
        Ok(Some(tiles))
    }

    fn entries(&mut self, checkpoint: &Checkpoint, tiles: &mut Tiles<'a, S>) -> io::Result<Option<Entries>> {
        let member = match self.member(ENTRIES) {
            Ok(member) => member,
            Err(check) => {
                self.checks.push(check);
                return Ok(None);
            }
        };
        let mut findings = Findings::default();
        let mut input = self.content.reader(member);
        let most = self.content.directory.members.len();
        let made = self.manifest.choices.as_ref().map(|choices| choices.made);
        let read = entries::read(&mut input, tiles, (checkpoint, self.key, self.manifest.period, most), &mut findings)?;
        let entries = read.unwrap_or_default();
        if let Some(number) = made.filter(|made| findings.is_empty() && !entries.numbers.contains(made)) {
            self.checks.push(Check::failed("verify-pack-made", vec![("number", number.to_string())]));
        }
        let sound = findings.is_empty();
        let held = vec![
            ("first", entries.first.to_string()),
            ("size", checkpoint.size.to_string()),
            ("batches", entries.batches.len().to_string()),
        ];
        self.checks.extend(findings.into_checks(Check::held("verify-pack-entries", held)));
        // Lines are joined under the promise that batches of a class do not overlap; without it memory would not be bounded.
        Ok(sound.then_some(entries))
    }

    /// Lines, plain text and days. Answers whether all three were compared.
    fn lines(&mut self, entries: &Entries) -> io::Result<bool> {
        let mut book = DayBook::new(self, entries)?;
        let mut joined = Joined::default();
        let members = self.line_members(entries, &mut joined.findings);
        let masked = self.masked_members(entries);
        let members: Vec<_> = members.into_iter().zip(masked).collect();
        joined.run(self.content, self.manifest, entries, &members, &mut book)?;
        let whole = joined.findings.is_empty() && joined.twice.is_empty();
        let held = vec![("lines", (joined.lines - joined.masked).to_string()), ("batches", entries.batches.len().to_string())];
        self.checks.extend(joined.findings.into_checks(Check::held("verify-pack-lines", held)));
        if joined.masked > 0 {
            self.checks.push(Check::info("verify-pack-masked-lines", vec![("lines", joined.masked.to_string())]));
        }
        if !joined.twice.is_empty() {
            self.checks.extend(joined.twice.into_checks(Check::info("verify-lines-twice", vec![])));
        }
        let (texts, days, placed) = book.finish();
        self.placed.extend(placed);
        if whole {
            self.checks.extend(texts);
            self.checks.extend(days);
        } else {
            self.checks.push(Check::info("verify-pack-text-unchecked", vec![]));
        }
        Ok(whole)
    }

    /// The member of each batch, in the order of the entries.
    fn line_members(&mut self, entries: &Entries, findings: &mut Findings) -> Vec<Option<&'a Member>> {
        let find = |(leaf, _): &(u64, Batch)| self.member(&lines_name(*leaf)).map_err(|check| findings.push(check)).ok();
        entries.batches.iter().map(find).collect()
    }

    /// The copies of each batch's masked lines, where there are some; only where the manifest says that lines are masked.
    fn masked_members(&mut self, entries: &Entries) -> Vec<Option<&'a Member>> {
        let masked = self.manifest.choices.as_ref().is_some_and(|choices: &Choices| choices.masked);
        entries.batches.iter().map(|(leaf, _)| if masked { self.member(&masked_name(*leaf)).ok() } else { None }).collect()
    }

    /// Members without a place in a pack.
    fn unplaced(&mut self) {
        let mut findings = Findings::default();
        for member in self.content.directory.members.iter().skip(1) {
            if !self.placed.contains(member.name.as_str()) {
                findings.add("verify-pack-member-unknown", vec![("name", member.name.clone())]);
            }
        }
        if !findings.is_empty() {
            self.checks.extend(findings.into_checks(Check::info("verify-pack-members", vec![])));
        }
    }
}

/// The lines of all batches, checked and joined.
#[derive(Default)]
struct Joined {
    findings: Findings,
    /// Lines whose seq stood before.
    twice: Findings,
    lines: u64,
    /// Of them those that stand as copies.
    masked: u64,
}

impl Joined {
    fn run<S: ReadAt + ?Sized>(
        &mut self,
        content: Content<'_, S>,
        manifest: &Manifest,
        entries: &Entries,
        members: &[(Option<&Member>, Option<&Member>)],
        book: &mut DayBook<'_>,
    ) -> io::Result<()> {
        let view = View { period: manifest.period, scope: &manifest.scope };
        let firsts: Vec<Seq> = entries.batches.iter().map(|(_, batch)| batch.first).collect();
        let mut known = KnownSource::default();
        let mut last: Option<Seq> = None;
        let load = |i: usize| -> io::Result<Option<Loaded>> {
            let (Some((leaf, batch)), Some((Some(member), masked))) = (entries.batches.get(i), members.get(i)) else { return Ok(None) };
            let mut bytes = Vec::new();
            for member in std::iter::once(member).chain(masked) {
                let Some(more) = content.whole(member, LINES_BYTES)? else {
                    self.findings.push(too_long(member, LINES_BYTES));
                    return Ok(None);
                };
                if bytes.is_empty() {
                    bytes = more;
                } else {
                    bytes.extend_from_slice(&more);
                }
            }
            let copies = masked.and_then(|_| usize::try_from(member.size).ok());
            let checked = lines::check(Members { bytes: &bytes, copies }, *leaf, batch, view, &mut known)
                .map_err(|fault| self.findings.push(fault.check(*leaf)));
            Ok(checked.ok().map(|shown| Loaded { bytes, shown }))
        };
        merge(&firsts, load, |i, line, raw| {
            if last.is_some_and(|last| last >= line.seq) {
                self.twice.add("verify-lines-twice", vec![("seq", line.seq.to_string())]);
            }
            last = Some(line.seq);
            self.lines += 1;
            self.masked += u64::from(line.covered.is_some());
            if let Some((_, batch)) = entries.batches.get(i) {
                book.line(batch, line, raw);
            }
            Ok(())
        })
    }
}

/// Digest and length of a source's text of one day.
#[derive(Default)]
struct TextDigest {
    digest: Digest,
    length: u64,
}

impl Text for TextDigest {
    fn put(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
    }
}

/// Follows the joined lines day by day, against the text members and the days' details.
struct DayBook<'a> {
    open: Option<OpenDay<TextDigest>>,
    listed: HashMap<&'a str, (Hash, u64)>,
    placed: Vec<&'a str>,
    /// Rows of the details of days that lie wholly in the period, where the scope is all; taken out when the day was compared.
    whole_days: HashMap<Day, Vec<DayRow>>,
    texts: u64,
    days: usize,
    text_findings: Findings,
    day_findings: Findings,
}

impl<'a> DayBook<'a> {
    fn new<S: ReadAt + ?Sized>(verifier: &mut Verifier<'a, S>, entries: &Entries) -> io::Result<Self> {
        let manifest = verifier.manifest;
        let listed = manifest
            .files
            .iter()
            .filter(|file| file.name.starts_with("text/"))
            .map(|file| (file.name.as_str(), (file.digest, file.length)));
        let mut book = Self {
            open: None,
            listed: listed.collect(),
            placed: Vec::new(),
            whole_days: HashMap::new(),
            texts: 0,
            days: entries.days.len(),
            text_findings: Findings::default(),
            day_findings: Findings::default(),
        };
        for leaf in &entries.days {
            match read_detail(verifier, leaf)? {
                Ok(rows) if manifest.scope == Scope::All && manifest.period.covers(leaf.day) => _ = book.whole_days.insert(leaf.day, rows),
                Ok(_) => {}
                Err(check) => book.day_findings.push(check),
            }
        }
        Ok(book)
    }

    fn line(&mut self, batch: &Batch, line: &lines::Shown, raw: &[u8]) {
        let day = Day::of_seq(line.seq);
        if self.open.as_ref().is_some_and(|open| open.day != day) {
            self.close();
        }
        self.open.get_or_insert_with(|| OpenDay::new(day)).line(&batch.class, line, raw);
    }

    /// Compares the open day, whose last line has come.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let rows = open.rows();
        if self.whole_days.remove(&open.day).is_some_and(|detail| detail != rows) {
            self.day_findings.add("verify-pack-day-counts", vec![("day", open.day.to_string())]);
        }
        let mut sources: Vec<_> = open.sources.into_iter().map(|(source, day)| (text_name(&source, open.day), day.text)).collect();
        sources.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, text) in sources {
            let Some((listed, (digest, length))) = self.listed.get_key_value(name.as_str()) else {
                self.text_findings.add("verify-pack-member-missing", vec![("name", name)]);
                continue;
            };
            self.placed.push(listed);
            self.texts += 1;
            if (text.digest.finish(), text.length) != (*digest, *length) {
                self.text_findings.add("verify-pack-text-differs", vec![("name", name)]);
            }
        }
    }

    fn finish(mut self) -> (Vec<Check>, Vec<Check>, Vec<&'a str>) {
        self.close();
        let mut silent: Vec<Day> = self.whole_days.iter().filter(|(_, rows)| !rows.is_empty()).map(|(day, _)| *day).collect();
        silent.sort_unstable();
        for day in silent {
            self.day_findings.add("verify-pack-day-counts", vec![("day", day.to_string())]);
        }
        let texts = self.text_findings.into_checks(Check::held("verify-pack-text", vec![("files", self.texts.to_string())]));
        let days = self.day_findings.into_checks(Check::held("verify-pack-days", vec![("days", self.days.to_string())]));
        (texts, days, self.placed)
    }
}

/// The rows of a day's detail, checked against its leaf.
fn read_detail<S: ReadAt + ?Sized>(verifier: &mut Verifier<'_, S>, leaf: &DayLeaf) -> io::Result<Result<Vec<DayRow>, Check>> {
    let name = detail_name(&leaf.detail);
    let bytes = match verifier.whole(&name, DETAIL_BYTES)? {
        Ok(bytes) => bytes,
        Err(check) => return Ok(Err(check)),
    };
    let bad = || Check::failed("verify-day-detail", vec![("day", leaf.day.to_string())]);
    if sha256(&bytes) != leaf.detail {
        return Ok(Err(bad()));
    }
    Ok(check_detail(leaf, &bytes).ok_or_else(bad))
}

/// Rows of a detail whose day and sums are the leaf's.
pub(crate) fn check_detail(leaf: &DayLeaf, bytes: &[u8]) -> Option<Vec<DayRow>> {
    let (day, rows) = parse_detail(bytes)?;
    let sum = |of: fn(&DayRow) -> u64| rows.iter().map(|row| u128::from(of(row))).sum::<u128>();
    let fits = day == leaf.day && sum(|row| row.lines) == u128::from(leaf.lines) && sum(|row| row.bytes) == u128::from(leaf.bytes);
    fits.then_some(rows)
}
