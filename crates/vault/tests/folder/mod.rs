//! A data folder for tests, and a check that what stands in it fits together: log, segments and write-ahead log.
#![allow(dead_code, clippy::unwrap_used, reason = "test code, of which each file uses its own part")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_base::{Class, Clock, Day, Instant, ManualClock, Origin, Piece, Seq, SourceKey, parse_time};
use anlan_journal::{DiskFs, Fs, Journal};
use anlan_tlog::envelope::{Batch, Body, DayLeaf, Envelope, Loss, Seal, parse_detail};
use anlan_tlog::line::{BatchKey, LineRef, line_leaf, salt};
use anlan_tlog::note::Signer;
use anlan_tlog::{root, sha256};
use anlan_vault::wal::{self, Decoder, Frame, Record};
use anlan_vault::{Chunk, Line, Segment, Vault, VaultError, VaultOptions};
use bytes::Bytes;

pub const START: &str = "2026-11-21T09:00:00+08:00";

pub struct Folder {
    pub fs: Arc<dyn Fs>,
    pub dir: PathBuf,
    pub clock: Arc<ManualClock>,
    _temporary: Option<tempfile::TempDir>,
}

impl Folder {
    pub fn on_disk() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let dir = temporary.path().to_owned();
        Self { fs: Arc::new(DiskFs), dir, clock: clock(), _temporary: Some(temporary) }
    }

    pub fn on(fs: Arc<dyn Fs>, clock: Arc<ManualClock>) -> Self {
        Self { fs, dir: PathBuf::from("/data"), clock, _temporary: None }
    }

    pub fn journal(&self) -> Arc<Journal> {
        Arc::new(open_journal(&self.fs, &self.dir, self.clock.clone()).unwrap())
    }

    pub fn open(&self) -> (Vault, Arc<Journal>) {
        self.open_with(VaultOptions::default()).unwrap()
    }

    pub fn open_with(&self, options: VaultOptions) -> Result<(Vault, Arc<Journal>), VaultError> {
        let journal = self.journal();
        let vault = Vault::open(self.fs.clone(), self.dir.clone(), journal.clone(), self.clock.clone(), options)?;
        Ok((vault, journal))
    }

    pub fn wal_files(&self) -> Vec<String> {
        self.fs.list(&self.dir.join("wal")).unwrap().into_iter().map(|entry| entry.name).collect()
    }

    pub fn check(&self) -> Sound {
        check(&self.fs, &self.dir, &self.journal())
    }
}

pub fn open_journal(fs: &Arc<dyn Fs>, dir: &Path, clock: Arc<dyn Clock>) -> Result<Journal, anlan_journal::JournalError> {
    let log = dir.join("log");
    let signer = || Signer::from_seed("anlan.local/0123456789abcdef", [7; 32]).unwrap();
    if fs.exists(&log.join("checkpoint")) {
        return Journal::open(fs.clone(), log, signer(), clock);
    }
    Journal::create(fs.clone(), log, signer(), clock)
}

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(parse_time(START).unwrap()))
}

pub fn class(name: &str) -> Class {
    Class::new(name).unwrap()
}

pub fn source(name: &str) -> SourceKey {
    SourceKey::new(name).unwrap()
}

pub fn chunk(of: &str, from: &str, lines: &[&str]) -> Chunk {
    let lines = lines.iter().map(|line| (Piece::WHOLE, Bytes::copy_from_slice(line.as_bytes()))).collect();
    Chunk { class: class(of), source: source(from), origin: Origin::Tcp, lines }
}

/// `count` lines that differ.
pub fn numbered(of: &str, from: &str, start: usize, count: usize) -> Chunk {
    let text = |n| Bytes::from(format!("<134>Nov 21 09:00:00 sw{} %LINK-3-UPDOWN: line {n} of {from}", n % 7));
    let lines = (start..start + count).map(|n| (Piece::WHOLE, text(n))).collect();
    Chunk { class: class(of), source: source(from), origin: Origin::Tcp, lines }
}

/// What a folder holds, after all of it was found to fit together.
#[derive(Debug, Default)]
pub struct Sound {
    pub lines: BTreeMap<Seq, Line>,
    pub batches: Vec<Batch>,
    pub seals: Vec<Seal>,
    pub losses: Vec<Loss>,
    pub days: Vec<DayLeaf>,
    pub unsealed: usize,
}

/// Reads log, segments and write-ahead log by their formats alone. Panics at the first contradiction.
pub fn check(fs: &Arc<dyn Fs>, dir: &Path, journal: &Journal) -> Sound {
    let mut sound = Sound::default();
    read_log(journal, &mut sound);
    let sealed = read_segments(fs, dir, &mut sound);
    read_wal(fs, dir, &sealed, &mut sound);
    check_days(journal, &sound);
    sound
}

fn read_log(journal: &Journal, sound: &mut Sound) {
    let mut at = Instant(0);
    let mut last_of: BTreeMap<Class, Seq> = BTreeMap::new();
    let mut first_day = None;
    journal
        .scan(0..journal.size(), &mut |index, Envelope { at: when, body }| {
            assert!(when >= at, "at falls");
            at = when;
            first_day.get_or_insert(Day::of(when));
            match body {
                Body::Batch(batch) => {
                    // TLOG-1: batches of a class do not overlap. TLOG-2: 1 to 4,096 lines.
                    let before = last_of.insert(batch.class.clone(), batch.last);
                    assert!(before.is_none_or(|before| before < batch.first), "leaf {index} overlaps");
                    assert!((1..=4096).contains(&batch.count));
                    sound.batches.push(batch);
                }
                Body::Seal(seal) => sound.seals.push(seal),
                Body::Loss(loss) => sound.losses.push(loss),
                Body::Day(day) => sound.days.push(day),
                _ => {}
            }
        })
        .unwrap();
    // TLOG-8: days follow each other without a hole, from the log's first.
    for (position, day) in sound.days.iter().enumerate() {
        assert_eq!(day.day.0, first_day.unwrap().0 + u32::try_from(position).unwrap());
    }
}

fn read_segments(fs: &Arc<dyn Fs>, dir: &Path, sound: &mut Sound) -> BTreeMap<Class, Seq> {
    let mut expected = BTreeSet::new();
    let mut sealed: BTreeMap<Class, Seq> = BTreeMap::new();
    for seal in sound.seals.clone() {
        let path = dir.join(format!("events/class={}/date={}/{:020}.parquet", seal.class, seal.day, seal.first.0));
        let bytes = fs.read(&path).unwrap();
        assert_eq!((bytes.len() as u64, sha256(&bytes)), (seal.size, seal.digest), "{}", path.display());
        let segment = Segment::open(fs.clone(), path.clone()).unwrap();
        assert_eq!((segment.first(), segment.last(), segment.rows()), (seal.first, seal.last, u64::from(seal.rows)));
        assert_eq!(segment.batches().len(), seal.batches as usize);
        let lines = segment.lines(segment.first(), segment.last()).unwrap();
        assert_eq!(lines.len() as u64, segment.rows());
        for batch in segment.batches() {
            let of_batch: Vec<_> = lines.iter().filter(|line| line.seq >= batch.first && line.seq <= batch.last).cloned().collect();
            assert_eq!(root_of(&of_batch, &batch.key), batch.root);
            let (class, day, count, first, last, root) = (seal.class.clone(), seal.day, batch.count, batch.first, batch.last, batch.root);
            assert!(sound.batches.contains(&Batch { class, day, count, first, last, root }), "no leaf of a sealed batch");
        }
        let to = sealed.entry(seal.class.clone()).or_default();
        assert!(seal.first > *to, "segments of a class overlap");
        *to = seal.last;
        lines.into_iter().for_each(|line| keep(sound, line));
        expected.insert(path);
    }
    assert_eq!(files_below(fs, &dir.join("events")), expected, "files under events/ are not those sealed");
    sealed
}

fn read_wal(fs: &Arc<dyn Fs>, dir: &Path, sealed: &BTreeMap<Class, Seq>, sound: &mut Sound) {
    let mut frames: Vec<Frame> = Vec::new();
    let mut batches: Vec<(Batch, BatchKey)> = Vec::new();
    let is_sealed = |class: &Class, seq: Seq| sealed.get(class).is_some_and(|to| seq <= *to);
    for entry in fs.list(&dir.join("wal")).unwrap() {
        let first = wal::parse_file_name(&entry.name).unwrap();
        let bytes = Bytes::from(fs.read(&dir.join("wal").join(&entry.name)).unwrap());
        for record in Decoder::new(first, bytes).unwrap().0 {
            match record.unwrap() {
                Record::Lines(frame) => frames.push(frame),
                Record::Batch { batch, key } if !is_sealed(&batch.class, batch.last) => batches.push((batch, key)),
                _ => {}
            }
        }
    }
    let mut unsealed = Vec::new();
    for frame in &frames {
        for line in frame.lines.iter().filter(|line| !is_sealed(&frame.class, line.seq)) {
            let (class, source, origin) = (frame.class.clone(), frame.source.clone(), frame.origin);
            unsealed.push(Line { seq: line.seq, class, source, origin, piece: line.piece, raw: line.raw.clone() });
        }
    }
    for (batch, key) in &batches {
        let of_batch = |line: &&Line| line.class == batch.class && line.seq >= batch.first && line.seq <= batch.last;
        let lines: Vec<Line> = unsealed.iter().filter(of_batch).cloned().collect();
        assert_eq!((lines.len(), root_of(&lines, key)), (batch.count as usize, batch.root));
    }
    for leaf in sound.batches.iter().filter(|leaf| !is_sealed(&leaf.class, leaf.last)) {
        assert!(batches.iter().any(|(batch, _)| batch == leaf), "an unsealed batch has a leaf and no frame");
    }
    sound.unsealed = unsealed.len();
    unsealed.into_iter().for_each(|line| keep(sound, line));
}

fn check_days(journal: &Journal, sound: &Sound) {
    for leaf in &sound.days {
        let (day, rows) = parse_detail(&journal.detail(&leaf.detail).unwrap()).unwrap();
        assert_eq!(day, leaf.day);
        let of_day: Vec<_> = sound.lines.values().filter(|line| Day::of_seq(line.seq) == day).collect();
        assert_eq!(of_day.len() as u64, leaf.lines, "{day}");
        assert_eq!(of_day.iter().map(|line| line.raw.len() as u64).sum::<u64>(), leaf.bytes);
        for row in &rows {
            let of_row: Vec<_> = of_day.iter().filter(|line| line.class == row.class && line.source == row.source).collect();
            assert_eq!(of_row.len() as u64, row.lines);
            assert_eq!((of_row.first().unwrap().seq, of_row.last().unwrap().seq), (row.first, row.last));
        }
        assert_eq!(rows.iter().map(|row| row.lines).sum::<u64>(), leaf.lines);
    }
}

fn keep(sound: &mut Sound, line: Line) {
    let seq = line.seq;
    assert!(sound.lines.insert(seq, line).is_none(), "line {seq} stands twice");
}

pub fn root_of(lines: &[Line], key: &BatchKey) -> anlan_tlog::Hash {
    let leaf = |(position, line): (usize, &Line)| {
        let salt = salt(key, u32::try_from(position).unwrap());
        line_leaf(&salt, LineRef { seq: line.seq, origin: line.origin, piece: line.piece, source: &line.source, raw: &line.raw })
    };
    root(&lines.iter().enumerate().map(leaf).collect::<Vec<_>>())
}

fn files_below(fs: &Arc<dyn Fs>, folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs.list(folder).unwrap() {
        let path = folder.join(&entry.name);
        match entry.is_dir {
            true => found.extend(files_below(fs, &path)),
            false => found.extend([path]),
        }
    }
    found
}
