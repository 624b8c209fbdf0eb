//! Takes the newest checkpoint outside each day: by mail, and into a folder of another disk or host. Where it goes stands in `DIR/secrets/anchors.json`.
//!
//! Invariants: an entry says that a checkpoint lies outside only after the server took the letter, or after the file was read back from the other disk; to each place one
//! goes out a day, and what could not be taken out is tried again, more and more seldom; a folder on the disk of the data folder is not outside.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anlan_base::text::Lang;
use anlan_base::{Day, Instant};
use anlan_ledger::Actor;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::hex;
use anlan_web::{ANCHOR_ADDRESSES, AnchorFault, AnchorFuture, AnchorSettings, Anchors};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::mail::{Failed, Post, is_address};

/// The acts of anchors.
const SENT: &str = "anchor.sent";
const KEPT: &str = "anchor.kept";
const FOLDER: &str = "secrets";
const FILE: &str = "anchors.json";
/// Bytes of that file.
const FILE_BYTES: u64 = 16 << 10;
/// How often it is asked whether one is due.
const EVERY: Duration = Duration::from_secs(30);
/// Seconds until a place that did not take it is tried again: this, doubled each time, up to that.
const FIRST_WAIT: u64 = 60;
const LONGEST_WAIT: u64 = 2 * 3_600;

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    mail: Vec<String>,
    folder: String,
}

/// The newest checkpoint, as it goes out.
pub struct Newest {
    pub origin: String,
    pub size: u64,
    pub day: Day,
    root: String,
    /// The signed note.
    pub note: Vec<u8>,
    pub vkey: String,
}

impl Newest {
    /// `anlan-checkpoint-2026-11-22-1234.txt`
    pub fn file_name(&self) -> String {
        format!("anlan-checkpoint-{}-{}.txt", self.day, self.size)
    }
}

/// Where one goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Mail(String),
    Folder(String),
}

impl Place {
    fn act(&self) -> &'static str {
        match self {
            Self::Mail(_) => SENT,
            Self::Folder(_) => KEPT,
        }
    }

    fn to(&self) -> &str {
        match self {
            Self::Mail(to) | Self::Folder(to) => to,
        }
    }
}

/// Keeps the settings and takes checkpoints out.
pub struct Keeper {
    instance: Arc<Instance>,
    post: Post,
    lang: Lang,
}

impl Keeper {
    pub fn new(instance: &Arc<Instance>, lang: Lang) -> Self {
        Self { instance: instance.clone(), post: Post::new(instance), lang }
    }

    fn file(&self) -> PathBuf {
        self.instance.dir.join(FOLDER).join(FILE)
    }

    fn kept(&self) -> Settings {
        let path = self.file();
        if self.instance.fs.len(&path).map_or(true, |length| length > FILE_BYTES) {
            return Settings::default();
        }
        let read = self.instance.fs.read(&path).unwrap_or_default();
        serde_json::from_slice(&read)
            .inspect_err(|error| tracing::error!(%error, file = %path.display(), "where checkpoints go cannot be read: set it again"))
            .unwrap_or_default()
    }

    fn places(&self) -> Vec<Place> {
        let Settings { mail, folder } = self.kept();
        let folder = Some(folder).filter(|folder| !folder.is_empty()).map(Place::Folder);
        mail.into_iter().map(Place::Mail).chain(folder).collect()
    }

    /// What waits for the log goes first, so that the checkpoint covers it.
    async fn newest(&self) -> Result<Newest> {
        self.instance.outbox.pump().await?;
        let (note, key) = (self.instance.journal.checkpoint(), self.instance.journal.verifying_key());
        let checkpoint = key.open(&note).ok().and_then(Checkpoint::parse).context("log/checkpoint")?;
        Ok(Newest {
            origin: checkpoint.origin,
            size: checkpoint.size,
            day: Day::of(self.instance.clock.now()),
            root: hex(&checkpoint.root),
            note,
            vkey: key.render(),
        })
    }

    /// Takes it to one place, and only then says so.
    async fn take_to(&self, place: &Place, newest: &Newest) -> Result<(), AnchorFault> {
        let file = match place {
            Place::Mail(to) => {
                self.post.send_checkpoint(to, newest, self.lang).await.map_err(|failed| match failed {
                    Failed::Server(answer) | Failed::Letter(answer) => AnchorFault::Refused(answer),
                    Failed::Address => AnchorFault::Setting("mail"),
                })?;
                String::new()
            }
            Place::Folder(folder) => self.write_into(Path::new(folder), newest)?,
        };
        let size = newest.size.to_string();
        let mut fields = vec![("size", size.as_str()), ("root", &newest.root), ("to", place.to())];
        if !file.is_empty() {
            fields.push(("file", &file));
        }
        let noted = self.instance.ledger.note_act(&Actor::System, place.act(), &fields).await;
        noted.map_err(|error| AnchorFault::Disk(error.to_string()))
    }

    /// Answers the file's name.
    fn write_into(&self, folder: &Path, newest: &Newest) -> Result<String, AnchorFault> {
        check_outside(&self.instance.dir, folder)?;
        let name = newest.file_name();
        let path = folder.join(&name);
        let refused = |error: std::io::Error| AnchorFault::Refused(error.to_string());
        self.instance.fs.replace(&path, &newest.note).map_err(refused)?;
        let read = self.instance.fs.read(&path).map_err(refused)?;
        if read == newest.note { Ok(name) } else { Err(AnchorFault::Refused(path.display().to_string())) }
    }

    /// Places to which none went out today.
    async fn due(&self) -> Result<Vec<Place>> {
        let today = Day::of(self.instance.clock.now()).start();
        let done = self.instance.ledger.upkeep(&[SENT, KEPT], today).await?;
        let is_done = |place: &Place| done.iter().any(|row| row.text("act") == Some(place.act()) && row.text("to") == Some(place.to()));
        Ok(self.places().into_iter().filter(|place| !is_done(place)).collect())
    }
}

/// A folder of another disk: what is mounted there may be another host.
fn check_outside(data: &Path, folder: &Path) -> Result<(), AnchorFault> {
    let disk = |path: &Path| std::fs::metadata(path).ok().filter(std::fs::Metadata::is_dir).map(|meta| meta.dev());
    match (disk(data), disk(folder).filter(|_| folder.is_absolute())) {
        (_, None) => Err(AnchorFault::Setting("folder")),
        (Some(data), Some(other)) if data != other => Ok(()),
        _ => Err(AnchorFault::SameDisk),
    }
}

/// Places that did not take it, how often, and when they are tried again.
type Waits = BTreeMap<Place, (u32, Instant)>;

/// When a place is tried again after `tries` tries.
fn next_try(tries: u32, now: Instant) -> Instant {
    // Ten doublings are beyond the longest wait already.
    now.plus_seconds((FIRST_WAIT << tries.saturating_sub(1).min(10)).min(LONGEST_WAIT))
}

/// Takes one out a day. Ends only with the task.
pub async fn run(instance: Arc<Instance>, lang: Lang) {
    let keeper = Keeper::new(&instance, lang);
    let mut waits = Waits::new();
    loop {
        if let Err(error) = turn(&keeper, &mut waits).await {
            tracing::error!(%error, "the checkpoint of the day was not taken out");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn turn(keeper: &Keeper, waits: &mut Waits) -> Result<()> {
    let now = keeper.instance.clock.now();
    let due = keeper.due().await?;
    waits.retain(|place, _| due.contains(place));
    let due: Vec<Place> = due.into_iter().filter(|place| waits.get(place).is_none_or(|(_, at)| *at <= now)).collect();
    if due.is_empty() {
        return Ok(());
    }
    let newest = keeper.newest().await?;
    for place in due {
        match keeper.take_to(&place, &newest).await {
            Ok(()) => _ = waits.remove(&place),
            Err(fault) => {
                let tries = waits.get(&place).map_or(1, |(tries, _)| tries + 1);
                tracing::warn!(to = place.to(), ?fault, tries, "the checkpoint of the day was not taken out; it is tried again");
                waits.insert(place, (tries, next_try(tries, now)));
            }
        }
    }
    keeper.instance.outbox.pump().await
}

impl Anchors for Keeper {
    fn settings(&self) -> AnchorSettings {
        let Settings { mail, folder } = self.kept();
        AnchorSettings { mail, folder }
    }

    fn set(&self, settings: AnchorSettings) -> Result<(), AnchorFault> {
        let AnchorSettings { mail, folder } = settings;
        if mail.len() > ANCHOR_ADDRESSES || !mail.iter().all(|address| is_address(address)) {
            return Err(AnchorFault::Setting("mail"));
        }
        if !folder.is_empty() {
            check_outside(&self.instance.dir, Path::new(&folder))?;
        }
        let bytes = serde_json::to_vec_pretty(&Settings { mail, folder }).map_err(|error| AnchorFault::Disk(error.to_string()))?;
        let write = || {
            self.instance.fs.create_dir_all(&self.instance.dir.join(FOLDER))?;
            self.instance.fs.replace(&self.file(), &bytes)
        };
        write().map_err(|error| AnchorFault::Disk(error.to_string()))
    }

    fn take_out(&self) -> AnchorFuture<'_> {
        Box::pin(async move {
            let places = self.places();
            if places.is_empty() {
                return Err(AnchorFault::Nothing);
            }
            if places.iter().any(|place| matches!(place, Place::Mail(_))) && !self.post.is_set() {
                return Err(AnchorFault::MailOff);
            }
            let newest = self.newest().await.map_err(|error| AnchorFault::Disk(error.to_string()))?;
            let mut wrong = None;
            for place in &places {
                wrong = self.take_to(place, &newest).await.err().or(wrong);
            }
            // What did go out is on its way to the log, whatever else did not.
            if let Err(error) = self.instance.outbox.pump().await {
                tracing::error!(%error, "entries wait for the log");
            }
            wrong.map_or(Ok(places.len()), Err)
        })
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes its folders")]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_tried_more_and_more_seldom() {
        let wait = |tries| next_try(tries, Instant(0)).0 / Instant::SECOND;
        for (tries, seconds) in [(1, 60), (2, 120), (7, 3_840), (8, LONGEST_WAIT), (64, LONGEST_WAIT), (u32::MAX, LONGEST_WAIT)] {
            assert_eq!(wait(tries), seconds, "{tries}");
        }
    }

    #[test]
    fn the_disk_of_the_data_folder_is_not_outside() {
        let data = tempfile::tempdir().unwrap();
        let beside = data.path().join("beside");
        std::fs::create_dir(&beside).unwrap();
        assert_eq!(check_outside(data.path(), &beside), Err(AnchorFault::SameDisk));
        assert_eq!(check_outside(data.path(), Path::new("beside")), Err(AnchorFault::Setting("folder")));
        assert_eq!(check_outside(data.path(), &data.path().join("nothing")), Err(AnchorFault::Setting("folder")));
        assert_eq!(check_outside(data.path(), Path::new("/proc")), Ok(()), "another device");
    }
}
