//! One operator's data folder, opened: lock, format, key, transparency log, vault, ledger.
//!
//! Invariants: one process holds the folder at a time (an advisory lock on `anlan.lock`); no globals, so that one process may own several folders.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anlan_assure::assess::Assessor;
use anlan_base::text::Lang;
use anlan_base::{Clock, SystemClock};
use anlan_journal::{DiskFs, Fs, Journal};
use anlan_ledger::{Actor, HashCost, Ledger, LedgerOptions, PostgresUrl, SealKey};
use anlan_tlog::note::Signer;
use anlan_vault::{Opening as VaultOpening, Vault, VaultOptions};
use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use crate::database;
use crate::demo;
use crate::life;
use crate::outbox::Outbox;
use crate::say::{Told, code};

/// The first line of `DIR/format`: magic and version of the folder.
const FORMAT: &str = "anlan-data/1\n";

/// What the folder is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// For one command, on a folder that is there.
    Existing,
    /// For one command, which may begin a new folder.
    OrNew,
    /// To serve: the time since the last life sign becomes a loss leaf.
    ToServe,
}

impl Opening {
    fn of_vault(self) -> VaultOpening {
        match self {
            Self::Existing | Self::OrNew => VaultOpening::Visit,
            Self::ToServe => VaultOpening::Serve,
        }
    }
}

/// What a folder is opened in. The demo has its own.
pub struct World {
    pub fs: Arc<dyn Fs>,
    pub clock: Arc<dyn Clock>,
    pub hash_cost: HashCost,
    /// The key of a folder that is begun; drawn where there is none.
    pub new_key: Option<Signer>,
}

impl Default for World {
    fn default() -> Self {
        Self { fs: Arc::new(DiskFs), clock: Arc::new(SystemClock), hash_cost: HashCost::default(), new_key: None }
    }
}

pub struct Instance {
    pub dir: PathBuf,
    pub fs: Arc<dyn Fs>,
    pub clock: Arc<dyn Clock>,
    pub journal: Arc<Journal>,
    pub vault: Arc<Vault>,
    pub ledger: Arc<Ledger>,
    pub outbox: Outbox,
    /// There once the law is in force, see `wiring::put_law_in_force`.
    pub assessor: OnceLock<Arc<Assessor>>,
    /// Whether this opening began the folder.
    pub is_new: bool,
    _lock: FolderLock,
}

impl Instance {
    /// Takes the lock, recovers, and brings ledger and log together.
    pub async fn open(dir: &Path, opening: Opening, lang: Lang) -> Result<Self> {
        Self::open_with(dir, opening, lang, None).await
    }

    /// As [`Self::open`], with the ledger in this database from now on. A demo's folder keeps the demo's time.
    pub async fn open_with(dir: &Path, opening: Opening, lang: Lang, database: Option<PostgresUrl>) -> Result<Self> {
        let Some(clock) = demo::clock_of(dir) else { return Self::open_in(World::default(), dir, opening, lang, database).await };
        let world = World { clock: clock.clone(), ..World::default() };
        let instance = Self::open_in(world, dir, opening, lang, database).await?;
        demo::run_on(&clock, &instance)?;
        Ok(instance)
    }

    /// As [`Self::open_with`], on this disk, by this clock.
    pub async fn open_in(world: World, dir: &Path, opening: Opening, lang: Lang, database: Option<PostgresUrl>) -> Result<Self> {
        let World { fs, clock, hash_cost, new_key } = world;
        let missing = has_no_format(&*fs, dir)?;
        match opening {
            Opening::Existing if missing => return Err(not_a_folder(lang, dir)),
            _ if missing => check_nothing_stands(&*fs, dir, lang)?,
            Opening::Existing | Opening::OrNew | Opening::ToServe => check_format(&*fs, dir, lang)?,
        }
        let lock = FolderLock::take(&*fs, dir, lang)?;
        // Looked at again: another process may have begun the folder meanwhile.
        let is_new = has_no_format(&*fs, dir)?;
        if is_new {
            fs.replace(&dir.join("format"), FORMAT.as_bytes())?;
        }
        check_format(&*fs, dir, lang)?;
        empty_tmp(&*fs, dir)?;
        let signer = read_or_make_key(&*fs, dir, new_key, lang)?;
        let options = LedgerOptions { hash_cost, seal_key: Some(seal_key(&signer)), ..LedgerOptions::default() };
        let log = dir.join("log");
        let journal = if fs.exists(&log.join("checkpoint")) {
            Journal::open(fs.clone(), log, signer, clock.clone())
        } else {
            Journal::create(fs.clone(), log, signer, clock.clone())
        };
        let journal = Arc::new(journal.with_context(|| format!("{}", dir.join("log").display()))?);
        let ledger = database::open(&*fs, dir, database, &journal, clock.clone(), options, lang).await?;
        let ledger = Arc::new(ledger);
        let vault = {
            let (fs, dir, journal, clock) = (fs.clone(), dir.to_owned(), journal.clone(), clock.clone());
            // Only a server asks since when the folder was not served.
            let served_until = match opening {
                Opening::ToServe => ledger.last_act_at(&life::ACTS).await?,
                Opening::Existing | Opening::OrNew => None,
            };
            let options = VaultOptions { opening: opening.of_vault(), served_until, ..VaultOptions::default() };
            tokio::task::spawn_blocking(move || Vault::open(fs, dir, journal, clock, options)).await??
        };
        // After the vault: the last leaf's time tells it since when the folder was not served.
        let outbox = Outbox::new(ledger.clone(), journal.clone());
        outbox.pump().await?;
        let assessor = OnceLock::new();
        Ok(Self { dir: dir.to_owned(), fs, clock, journal, vault: Arc::new(vault), ledger, outbox, assessor, is_new, _lock: lock })
    }

    /// Records who did what (I7), then brings the entry to the log.
    pub fn note_act(&self, handle: &Handle, actor: &Actor, act: &str, fields: &[(&str, &str)]) -> Result<()> {
        handle.block_on(async {
            self.ledger.note_act(actor, act, fields).await?;
            self.outbox.pump().await
        })
    }

    pub fn vkey(&self) -> String {
        self.journal.verifying_key().render()
    }

    /// Whether all that it holds is made up: its key says so.
    pub fn is_demo(&self) -> bool {
        self.journal.verifying_key().name.is_demo()
    }
}

/// A command that looks whether the folder is held locks it for a moment: so it is tried again.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The advisory lock that says which process owns the folder.
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub fn take(fs: &dyn Fs, dir: &Path, lang: Lang) -> Result<Self> {
        let path = dir.join("anlan.lock");
        fs.create_dir_all(dir).with_context(|| dir.display().to_string())?;
        if !fs.exists(&path) {
            fs.replace(&path, b"")?;
        }
        let file = File::open(&path).with_context(|| path.display().to_string())?;
        for _ in 0..LOCK_TRIES {
            if file.try_lock().is_ok() {
                return Ok(Self { _file: file });
            }
            std::thread::sleep(LOCK_PAUSE);
        }
        Err(told(lang, code::FAILED, "folder-in-use", &[("dir", &dir.display().to_string())]))
    }

    /// Whether some process holds the folder now.
    pub fn is_held(dir: &Path) -> bool {
        File::open(dir.join("anlan.lock")).is_ok_and(|file| file.try_lock_shared().is_err())
    }
}

fn has_no_format(fs: &dyn Fs, dir: &Path) -> Result<bool> {
    let path = dir.join("format");
    match fs.len(&path) {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// A folder with other people's files is left alone.
fn check_nothing_stands(fs: &dyn Fs, dir: &Path, lang: Lang) -> Result<()> {
    let here = fs.list(dir).unwrap_or_default();
    if here.iter().any(|entry| entry.name != "anlan.lock") {
        return Err(told(lang, code::UNREADABLE, "folder-not-ours", &[("dir", &dir.display().to_string())]));
    }
    Ok(())
}

fn check_format(fs: &dyn Fs, dir: &Path, lang: Lang) -> Result<()> {
    let path = dir.join("format");
    let found = fs.read(&path).with_context(|| path.display().to_string())?;
    if found == FORMAT.as_bytes() {
        return Ok(());
    }
    Err(told(
        lang,
        code::UNREADABLE,
        "folder-other-format",
        &[("dir", &dir.display().to_string()), ("found", String::from_utf8_lossy(&found).trim())],
    ))
}

fn empty_tmp(fs: &dyn Fs, dir: &Path) -> Result<()> {
    let tmp = dir.join("tmp");
    fs.create_dir_all(&tmp)?;
    remove_files_under(fs, &tmp)
}

fn remove_files_under(fs: &dyn Fs, dir: &Path) -> Result<()> {
    for entry in fs.list(dir)? {
        let path = dir.join(&entry.name);
        match entry.is_dir {
            true => remove_files_under(fs, &path)?,
            false => fs.remove(&path)?,
        }
    }
    Ok(())
}

fn read_or_make_key(fs: &dyn Fs, dir: &Path, new_key: Option<Signer>, lang: Lang) -> Result<Signer> {
    let path = dir.join("key");
    if !fs.exists(&path) {
        // A new key over an old log would be somebody else's log.
        if fs.exists(&dir.join("log/checkpoint")) {
            return Err(told(lang, code::FAILED, "key-lost", &[("key", &path.display().to_string())]));
        }
        let signer = new_key.map_or_else(draw_key, Ok)?;
        fs.replace(&path, format!("{}\n", signer.render_private().trim_end()).as_bytes())?;
        return Ok(signer);
    }
    let text = String::from_utf8(fs.read(&path)?).context("DIR/key")?;
    Signer::parse(text.trim_end()).with_context(|| path.display().to_string())
}

fn draw_key() -> Result<Signer> {
    let mut seed = [0_u8; 32];
    let mut name = [0_u8; 8];
    getrandom::fill(&mut seed)?;
    getrandom::fill(&mut name)?;
    Ok(Signer::from_seed(&format!("anlan.local/{}", anlan_tlog::hex(&name)), seed)?)
}

/// Seals the secrets of authenticators in the database. Follows from the log's private key, so that a backup of the folder holds all that is needed,
/// and the database alone does not.
fn seal_key(signer: &Signer) -> SealKey {
    SealKey::new(Sha256::new_with_prefix(b"anlan-seal\0").chain_update(signer.render_private().trim_end()).finalize().into())
}

fn not_a_folder(lang: Lang, dir: &Path) -> anyhow::Error {
    told(lang, code::UNREADABLE, "folder-missing", &[("dir", &dir.display().to_string())])
}

pub fn told(lang: Lang, code: u8, key: &str, args: &[(&str, &str)]) -> anyhow::Error {
    anyhow::Error::new(Told { message: anlan_base::text::text(lang, key, args), code })
}
