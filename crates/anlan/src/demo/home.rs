//! Where the demo lies, and what is beside its data: a page of who signs in with what.
//!
//! Invariants: a folder that the demo made for itself goes with it, unless it shall be kept; a folder that is no demo is never taken for one.

use std::path::{Path, PathBuf};

use anlan_journal::{DiskFs, Fs};
use anlan_tlog::note::Signer;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::people::Account;

/// Beside the data: who signs in with what.
const PAGE: &str = "demo.json";

/// [`PAGE`].
#[derive(Deserialize, Serialize)]
pub struct Page {
    pub seed: u64,
    pub scale: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    pub vkey: String,
    pub accounts: Vec<Account>,
}

pub struct Home {
    pub dir: PathBuf,
    /// Goes when it is dropped.
    is_ours: bool,
}

impl Home {
    /// The folder that was asked for, which stays.
    pub fn asked(dir: PathBuf) -> Self {
        Self { dir, is_ours: false }
    }

    /// A new folder where temporary files lie.
    pub fn temporary(keep: bool) -> Result<Self> {
        let mut name = [0_u8; 8];
        getrandom::fill(&mut name)?;
        let dir = std::env::temp_dir().join(format!("anlan-demo-{}", anlan_tlog::hex(&name)));
        DiskFs.create_dir_all(&dir).with_context(|| dir.display().to_string())?;
        Ok(Self { dir, is_ours: !keep })
    }

    pub fn is_temporary(&self) -> bool {
        self.is_ours
    }

    /// Whether something lies there already.
    pub fn is_begun(&self) -> bool {
        DiskFs.exists(&self.dir.join("format"))
    }

    /// Whether the key there is a demo's.
    pub fn has_demo_key(&self) -> bool {
        let text = DiskFs.read(&self.dir.join("key")).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        text.and_then(|text| Signer::parse(text.trim_end()).ok()).is_some_and(|signer| signer.verifying_key().name.is_demo())
    }

    pub fn keep_page(&self, page: &Page) -> Result<()> {
        Ok(DiskFs.replace(&self.dir.join(PAGE), serde_json::to_string_pretty(page)?.as_bytes())?)
    }

    pub fn page(&self) -> Result<Page> {
        let path = self.dir.join(PAGE);
        let bytes = DiskFs.read(&path).with_context(|| path.display().to_string())?;
        serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.is_ours {
            // What cannot be removed goes with the next clearing of temporary files.
            let _ = remove_all(&self.dir);
        }
    }
}

/// A folder with all that is in it.
pub(super) fn remove_all(dir: &Path) -> std::io::Result<()> {
    for entry in DiskFs.list(dir)? {
        let path = dir.join(&entry.name);
        if entry.is_dir { remove_all(&path)? } else { DiskFs.remove(&path)? }
    }
    DiskFs.remove(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_home_goes_and_one_that_is_kept_or_asked_for_stays() {
        let home = Home::temporary(false).unwrap();
        let dir = home.dir.clone();
        DiskFs.create_dir_all(&dir.join("log/tile")).unwrap();
        DiskFs.replace(&dir.join("log/tile/0"), b"x").unwrap();
        drop(home);
        assert!(!dir.exists());
        let home = Home::temporary(true).unwrap();
        let dir = home.dir.clone();
        drop(home);
        assert!(dir.exists());
        drop(Home::asked(dir.clone()));
        assert!(dir.exists());
        remove_all(&dir).unwrap();
    }
}
