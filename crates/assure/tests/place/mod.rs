//! A data folder made by the real vault, journal and ledger under a clock that stands still, and its files as they can be changed in memory.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_assure::{PackRequest, Report, build_pack, verify_folder};
use anlan_base::{Class, Day, Instant, ManualClock, Origin, Piece, Seq, SourceKey};
use anlan_journal::{Appender, DirEntry, DiskFs, Fs, Journal};
use anlan_ledger::{Actor, Ledger};
use anlan_tlog::envelope::Body;
use anlan_tlog::note::{Signer, VerifyingKey};
use anlan_vault::{Chunk, Scope, Vault, VaultOptions};

pub const ORIGIN: &str = "anlan.local/00112233445566aa";
pub const HOUR: u64 = 3_600;
/// 2026-11-20 in Beijing.
pub const FIRST_DAY: Day = Day(20_777);

pub fn signer() -> Signer {
    Signer::from_seed(ORIGIN, [7; 32]).unwrap()
}

pub fn key() -> VerifyingKey {
    signer().verifying_key()
}

pub struct Place {
    pub dir: PathBuf,
    pub fs: Arc<dyn Fs>,
    pub clock: Arc<ManualClock>,
    pub journal: Arc<Journal>,
    pub vault: Vault,
}

impl Place {
    /// Begins a folder at nine o'clock of the first day.
    pub fn begin(dir: &Path) -> Self {
        Self::begin_on(Arc::new(DiskFs), dir, VaultOptions::default())
    }

    pub fn begin_on(fs: Arc<dyn Fs>, dir: &Path, options: VaultOptions) -> Self {
        let clock = Arc::new(ManualClock::at(FIRST_DAY.start().plus_seconds(9 * HOUR)));
        fs.create_dir_all(dir).unwrap();
        fs.replace(&dir.join("format"), b"anlan-data/1\n").unwrap();
        fs.replace(&dir.join("key"), signer().render_private().as_bytes()).unwrap();
        let journal = Arc::new(Journal::create(Arc::clone(&fs), dir.join("log"), signer(), clock.clone()).unwrap());
        Self::with(fs, dir, clock, journal, options)
    }

    pub fn reopen(dir: &Path, at: Instant) -> Self {
        let (fs, clock): (Arc<dyn Fs>, _) = (Arc::new(DiskFs), Arc::new(ManualClock::at(at)));
        let journal = Arc::new(Journal::open(Arc::clone(&fs), dir.join("log"), signer(), clock.clone()).unwrap());
        Self::with(fs, dir, clock, journal, VaultOptions::default())
    }

    fn with(fs: Arc<dyn Fs>, dir: &Path, clock: Arc<ManualClock>, journal: Arc<Journal>, options: VaultOptions) -> Self {
        let vault = Vault::open(Arc::clone(&fs), dir.to_owned(), Arc::clone(&journal), clock.clone(), options).unwrap();
        Self { dir: dir.to_owned(), fs, clock, journal, vault }
    }

    pub fn lines(&self, class: &str, source: &str, lines: &[&str]) -> (Seq, Seq) {
        self.pieces(class, source, lines.iter().map(|line| (Piece::WHOLE, line.as_bytes().to_vec())).collect())
    }

    pub fn pieces(&self, class: &str, source: &str, lines: Vec<(Piece, Vec<u8>)>) -> (Seq, Seq) {
        let chunk = Chunk {
            class: Class::new(class).unwrap(),
            source: SourceKey::new(source).unwrap(),
            origin: Origin::Tcp,
            lines: lines.into_iter().map(|(piece, raw)| (piece, raw.into())).collect(),
        };
        let seqs = self.vault.append(&[chunk]).unwrap();
        self.clock.advance_seconds(1);
        seqs[0]
    }

    /// Two days, two classes that interleave, pieces, bytes that are no text; some batches closed early.
    pub fn fill(&self) {
        for round in 0..4 {
            self.lines("network", "ip:192.0.2.1", &["<13>sshd[812]: Failed password for root from 203.0.113.9", "<13>second line"]);
            self.lines("app", "token:web", &["{\"msg\":\"登录失败\",\"user\":\"王五\"}"]);
            let (seq, _) = self.lines("network", "ip:2001:db8::1", &["<13>router: link down"]);
            self.pieces("app", "ip:192.0.2.1", vec![(Piece::WHOLE, vec![0xff, 0, b'\n', 0xd6, 0xd0])]);
            if round % 2 == 0 {
                self.vault.batch_of(seq).unwrap();
            }
        }
        self.pieces("network", "ip:192.0.2.9", vec![(Piece::part(1, false), b"one ".to_vec()), (Piece::part(2, true), b"two".to_vec())]);
        self.vault.turn().unwrap();
    }

    /// To nine o'clock of the next day, with the turns that close the one before.
    pub fn next_day(&self) {
        let day = Day::of(anlan_base::Clock::now(&*self.clock)).next();
        self.clock.set(day.start().plus_seconds(9 * HOUR));
        for _ in 0..3 {
            self.vault.turn().unwrap();
            self.clock.advance_seconds(2);
        }
    }

    /// A request with the entry that records it, which is made once.
    pub fn request(&self, since: Instant, until: Instant, scope: Scope) -> PackRequest {
        let mut made = None;
        let size = self.journal.size();
        self.journal
            .scan(0..size, &mut |_, envelope| {
                if let Body::Entry { number, .. } = envelope.body {
                    made = Some(number);
                }
            })
            .unwrap();
        let made = made.unwrap_or_else(|| {
            self.journal.append(&[Body::Entry { number: 1, digest: [1; 32] }]).unwrap();
            1
        });
        PackRequest::plain(since, until, scope, made)
    }

    pub fn build(&self, request: &PackRequest) -> Result<Vec<u8>, anlan_assure::AssureError> {
        let spool = tempfile::tempdir().unwrap();
        let mut out = io::Cursor::new(Vec::new());
        build_pack(&self.vault, &self.journal, request, &self.fs, spool.path(), &mut out)?;
        assert_eq!(self.fs.list(spool.path()).unwrap(), [], "spools are removed");
        Ok(out.into_inner())
    }

    pub fn pack(&self, since: Instant, until: Instant, scope: Scope) -> Vec<u8> {
        let spool = tempfile::tempdir().unwrap();
        let mut out = io::Cursor::new(Vec::new());
        build_pack(&self.vault, &self.journal, &self.request(since, until, scope), &self.fs, spool.path(), &mut out).unwrap();
        assert_eq!(self.fs.list(spool.path()).unwrap(), [], "spools are removed");
        out.into_inner()
    }

    /// A ledger with entries whose leaves are in the log.
    pub async fn ledger(&self) -> Ledger {
        let ledger = Ledger::open(&self.dir.join("ledger.db"), self.clock.clone()).await.unwrap();
        for name in ["ip:192.0.2.1", "token:web"] {
            ledger.source(&SourceKey::new(name).unwrap()).await.unwrap();
        }
        ledger.note_act(&Actor::Uid(0), "log.prove", &[("seq", "1")]).await.unwrap();
        self.pump(&ledger).await;
        ledger
    }

    pub async fn pump(&self, ledger: &Ledger) {
        let waiting = ledger.outbox(1000).await.unwrap();
        let bodies: Vec<Body> = waiting.iter().map(|&(number, digest)| Body::Entry { number, digest }).collect();
        let leaves = self.journal.append(&bodies).unwrap();
        let placed: Vec<_> = waiting.iter().map(|(number, _)| *number).zip(leaves).collect();
        ledger.sequenced(&placed).await.unwrap();
    }

    pub fn verify(&self) -> Report {
        verify_folder(Arc::clone(&self.fs), &self.dir, &key(), None, false)
    }
}

/// Copies of a folder's files, to be changed and verified without touching a disk.
#[derive(Clone, Default)]
pub struct Files {
    pub files: BTreeMap<PathBuf, Arc<Vec<u8>>>,
}

impl Files {
    pub fn of(dir: &Path) -> Self {
        let mut copy = Self::default();
        copy.take(dir);
        copy
    }

    fn take(&mut self, dir: &Path) {
        for entry in DiskFs.list(dir).unwrap() {
            let path = dir.join(&entry.name);
            if entry.is_dir {
                self.take(&path);
            } else {
                self.files.insert(path.clone(), Arc::new(DiskFs.read(&path).unwrap()));
            }
        }
    }

    pub fn with(&self, path: &Path, bytes: Vec<u8>) -> Self {
        let mut other = self.clone();
        other.files.insert(path.to_owned(), Arc::new(bytes));
        other
    }

    pub fn without(&self, path: &Path) -> Self {
        let mut other = self.clone();
        other.files.remove(path);
        other
    }

    pub fn under(&self, dir: &Path) -> Vec<PathBuf> {
        self.files.keys().filter(|path| path.starts_with(dir)).cloned().collect()
    }

    pub fn verify(&self, dir: &Path) -> Report {
        verify_folder(Arc::new(self.clone()), dir, &key(), None, false)
    }

    fn file(&self, path: &Path) -> io::Result<&Arc<Vec<u8>>> {
        self.files.get(path).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn read_only<T>() -> io::Result<T> {
    Err(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Fs for Files {
    fn create(&self, _: &Path) -> io::Result<Box<dyn Appender>> {
        read_only()
    }
    fn reopen(&self, _: &Path, _: u64) -> io::Result<Box<dyn Appender>> {
        read_only()
    }
    fn replace(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        read_only()
    }
    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        read_only()
    }
    fn remove(&self, _: &Path) -> io::Result<()> {
        read_only()
    }
    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        read_only()
    }
    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        read_only()
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Ok(self.file(path)?.to_vec())
    }
    fn read_at(&self, path: &Path, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let bytes = self.file(path)?.get(start..).and_then(|rest| rest.get(..len));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
    fn len(&self, path: &Path) -> io::Result<u64> {
        Ok(self.file(path)?.len() as u64)
    }
    fn exists(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let below = self.files.keys().filter_map(|file| file.strip_prefix(path).ok());
        let mut entries: Vec<DirEntry> = below
            .filter_map(|below| {
                let mut parts = below.components();
                let name = parts.next()?.as_os_str().to_string_lossy().into_owned();
                Some(DirEntry { name, is_dir: parts.next().is_some() })
            })
            .collect();
        entries.sort();
        entries.dedup();
        Ok(entries)
    }
}
