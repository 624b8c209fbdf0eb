//! The segment files on disk: their names, and which of them stand there without a seal.
//!
//! Invariants: a file whose seal never reached the log is removed at start, since its lines are still in the write-ahead log; a file that cannot be read is
//! said and passed over, so that one damaged file does not stop the keeping of new lines.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_base::{Class, Day, Seq};
use anlan_journal::Fs;

use crate::segment::Segment;
use crate::store::VaultError;

/// A segment file by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentFile {
    pub class: Class,
    pub first: Seq,
    pub path: PathBuf,
}

/// `events/class=<class>/date=<day>` under the data folder.
pub(crate) fn folder(dir: &Path, class: &Class, day: Day) -> PathBuf {
    dir.join("events").join(format!("class={class}")).join(format!("date={day}"))
}

pub(crate) fn file_name(first: Seq) -> String {
    format!("{:020}.parquet", first.0)
}

fn parse_file_name(name: &str) -> Option<Seq> {
    let digits = name.strip_suffix(".parquet")?;
    (digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok().map(Seq))?
}

/// What stands under `events/` by a name of ours. Other files are left alone (verification reports them).
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub segments: Vec<SegmentFile>,
    /// Segments whose writing was cut short.
    pub unfinished: Vec<PathBuf>,
}

pub(crate) fn list(fs: &dyn Fs, dir: &Path) -> Result<Found, VaultError> {
    let mut found = Found::default();
    let events = dir.join("events");
    for class in fs.list(&events)? {
        let Some(name) = class.name.strip_prefix("class=").and_then(|name| Class::new(name).ok()) else { continue };
        let of_class = events.join(&class.name);
        for day in fs.list(&of_class)?.into_iter().filter(|entry| entry.is_dir) {
            let of_day = of_class.join(&day.name);
            for file in fs.list(&of_day)? {
                let path = of_day.join(&file.name);
                if let Some(first) = parse_file_name(&file.name) {
                    found.segments.push(SegmentFile { class: name.clone(), first, path });
                } else if file.name.strip_suffix(".tmp").and_then(parse_file_name).is_some() {
                    found.unfinished.push(path);
                }
            }
        }
    }
    Ok(found)
}

/// Opens segments by footer and index. The second value counts those that cannot be read.
pub(crate) fn open(fs: &Arc<dyn Fs>, files: &[SegmentFile]) -> (Vec<Arc<Segment>>, u64) {
    let mut unreadable = 0;
    let mut open = Vec::with_capacity(files.len());
    for file in files {
        match Segment::open(Arc::clone(fs), file.path.clone()) {
            Ok(segment) => open.push(Arc::new(segment)),
            Err(error) => {
                tracing::error!(path = %file.path.display(), %error, "a segment cannot be read; its lines are missing from searches");
                unreadable += 1;
            }
        }
    }
    (open, unreadable)
}
