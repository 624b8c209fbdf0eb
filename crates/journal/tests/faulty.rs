//! The faulty filesystem keeps what was synced, and no more than it should; a log that forgot a sync would be caught by it.
#![allow(clippy::unwrap_used, reason = "a test")]

mod parts;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use anlan_journal::faulty::{Fault, FaultyFs, Tearing};
use anlan_journal::{Appender, DirEntry, Fs, Journal};
use parts::{clock, day, dir, entries, open, signer};

const DROP: Tearing = Tearing::DropUnsynced;

fn read(fs: &FaultyFs, path: &str) -> Option<Vec<u8>> {
    fs.read(Path::new(path)).ok()
}

fn write(fs: &FaultyFs, path: &str, bytes: &[u8]) -> io::Result<Box<dyn Appender>> {
    let mut file = fs.create(Path::new(path))?;
    file.append(bytes)?;
    Ok(file)
}

#[test]
fn bytes_need_a_sync_and_names_a_sync_of_their_folder() {
    for (sync_file, sync_folder, kept) in
        [(false, false, None), (true, false, None), (false, true, Some(&b""[..])), (true, true, Some(&b"abc"[..]))]
    {
        let fs = FaultyFs::new();
        fs.create_dir_all(Path::new("d")).unwrap();
        let mut file = write(&fs, "d/f", b"abc").unwrap();
        if sync_file {
            file.sync().unwrap();
        }
        if sync_folder {
            fs.sync_dir(Path::new("d")).unwrap();
        }
        assert_eq!(read(&fs, "d/f").as_deref(), Some(&b"abc"[..]));
        fs.crash(DROP);
        assert!(read(&fs, "d/f").is_none() && fs.list(Path::new("d")).is_err() && file.append(b"x").is_err());
        fs.restart();
        assert_eq!(read(&fs, "d/f").as_deref(), kept, "{sync_file} {sync_folder}");
        assert!(file.append(b"x").is_err(), "an appender of an earlier life");
    }
}

#[test]
fn replace_is_whole_or_not_at_all_at_every_call() {
    for nth in 1..=5 {
        for seed in 0..50 {
            for tearing in [DROP, Tearing::RandomPrefix(seed), Tearing::Reordered(seed)] {
                let fs = FaultyFs::new();
                fs.put(Path::new("d/f"), b"old");
                fs.arm(nth, Fault::Crash(tearing));
                assert!(fs.replace(Path::new("d/f"), &[7; 2000]).is_err());
                fs.restart();
                let found = read(&fs, "d/f").unwrap();
                assert!(found == b"old" || found == [7; 2000], "call {nth}, {tearing:?}");
                fs.replace(Path::new("d/f"), b"newest").unwrap();
                fs.crash(DROP);
                fs.restart();
                assert_eq!(read(&fs, "d/f").unwrap(), b"newest");
            }
        }
    }
    let fs = FaultyFs::new();
    fs.put(Path::new("d/f"), b"old");
    fs.replace(Path::new("d/f"), b"new").unwrap();
    assert_eq!(fs.calls(), 5);
}

#[test]
fn removes_and_renames_may_be_undone_by_a_crash() {
    let fs = FaultyFs::new();
    fs.put(Path::new("d/a"), b"a");
    fs.put(Path::new("d/b"), b"b");
    fs.remove(Path::new("d/a")).unwrap();
    fs.rename(Path::new("d/b"), Path::new("d/c")).unwrap();
    assert_eq!(fs.files().len(), 1);
    fs.crash(DROP);
    fs.restart();
    assert_eq!((read(&fs, "d/a").unwrap(), read(&fs, "d/b").unwrap(), read(&fs, "d/c")), (b"a".to_vec(), b"b".to_vec(), None));
    fs.remove(Path::new("d/a")).unwrap();
    fs.rename(Path::new("d/b"), Path::new("d/c")).unwrap();
    fs.sync_dir(Path::new("d")).unwrap();
    fs.crash(DROP);
    fs.restart();
    assert_eq!(fs.files(), [(Path::new("d/c").to_owned(), b"b".to_vec())]);
}

/// What 4 KiB, appended and never synced, can look like after a crash.
fn remains(tearing: impl Fn(u64) -> Tearing) -> BTreeSet<Vec<u8>> {
    (0..200)
        .map(|seed| {
            let fs = FaultyFs::new();
            fs.create_dir_all(Path::new("d")).unwrap();
            let mut file = fs.create(Path::new("d/f")).unwrap();
            fs.sync_dir(Path::new("d")).unwrap();
            file.append(&[1; 2048]).unwrap();
            file.append(&[2; 2048]).unwrap();
            fs.crash(tearing(seed));
            fs.restart();
            read(&fs, "d/f").unwrap()
        })
        .collect()
}

#[test]
fn tearing_has_three_kinds() {
    assert_eq!(remains(|_| DROP).len(), 1);
    let whole = [[1; 2048], [2; 2048]].concat();
    let prefixes = remains(Tearing::RandomPrefix);
    assert!(prefixes.len() > 100 && prefixes.iter().all(|found| whole.starts_with(found)));
    let reordered = remains(Tearing::Reordered);
    assert!(reordered.len() > 50);
    let sectors = |found: &Vec<u8>| found.chunks(512).zip(whole.chunks(512)).all(|(f, w)| f == w || f.iter().all(|b| *b == 0));
    assert!(reordered.iter().all(sectors));
    assert!(reordered.iter().any(|found| found.starts_with(&[0; 512]) && found.len() > 512), "later without earlier");
}

#[test]
fn an_error_changes_nothing_or_everything() {
    let fs = FaultyFs::new();
    fs.put(Path::new("d/x"), b"");
    let mut file = write(&fs, "d/f", b"one").unwrap();
    fs.sync_dir(Path::new("d")).unwrap();
    fs.arm(1, Fault::ErrorNotPersisted);
    assert!(file.append(b"two").is_err());
    fs.arm(1, Fault::ErrorNotPersisted);
    assert!(file.sync().is_err());
    // The kernel forgot the bytes, though they can still be read, and the next sync says all is well.
    file.sync().unwrap();
    assert_eq!(read(&fs, "d/f").unwrap(), b"one");
    fs.arm(1, Fault::ErrorButPersisted);
    assert!(file.append(b"three").is_err());
    fs.arm(1, Fault::ErrorButPersisted);
    assert!(fs.create(Path::new("d/g")).is_err());
    fs.crash(DROP);
    fs.restart();
    assert_eq!(read(&fs, "d/f").unwrap(), b"\0\0\0three");
    assert_eq!(read(&fs, "d/g").unwrap(), b"");
}

#[test]
fn cut_and_grown_again() {
    let fs = FaultyFs::new();
    fs.put(Path::new("d/f"), b"abcdef");
    assert!(fs.reopen(Path::new("d/f"), 7).is_err());
    let mut file = fs.reopen(Path::new("d/f"), 3).unwrap();
    file.append(b"X").unwrap();
    assert_eq!(read(&fs, "d/f").unwrap(), b"abcX");
    fs.crash(DROP);
    fs.restart();
    assert_eq!(read(&fs, "d/f").unwrap(), b"abcdef");
    let mut file = fs.reopen(Path::new("d/f"), 3).unwrap();
    file.append(b"X").unwrap();
    file.sync().unwrap();
    fs.crash(DROP);
    fs.restart();
    assert_eq!(read(&fs, "d/f").unwrap(), b"abcX");
}

/// A disk whose program forgets one kind of sync.
struct Forgetful {
    fs: FaultyFs,
    folders: bool,
}

struct NeverSynced(Box<dyn Appender>);

impl Appender for NeverSynced {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Fs for Forgetful {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Appender>> {
        let file = self.fs.create(path)?;
        Ok(if self.folders { file } else { Box::new(NeverSynced(file)) })
    }
    fn reopen(&self, path: &Path, len: u64) -> io::Result<Box<dyn Appender>> {
        self.fs.reopen(path, len)
    }
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.fs.replace(path, bytes)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.fs.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.fs.remove(path)
    }
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        self.fs.create_dir_all(path)
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        if self.folders { Ok(()) } else { self.fs.sync_dir(path) }
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.fs.read(path)
    }
    fn read_at(&self, path: &Path, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.fs.read_at(path, offset, len)
    }
    fn len(&self, path: &Path) -> io::Result<u64> {
        self.fs.len(path)
    }
    fn exists(&self, path: &Path) -> bool {
        self.fs.exists(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.fs.list(path)
    }
}

#[test]
fn a_forgotten_sync_does_not_go_unseen() {
    for folders in [false, true] {
        let fs = FaultyFs::new();
        let journal = Journal::create(Arc::new(Forgetful { fs: fs.clone(), folders }), dir(), signer(), clock()).unwrap();
        journal.append(&entries(1..300)).unwrap();
        journal.put_detail(day(1).0.as_bytes()).unwrap();
        journal.append(&[day(1).1]).unwrap();
        drop(journal);
        fs.crash(DROP);
        fs.restart();
        assert!(open(&fs).is_err(), "folders: {folders}");
    }
}
