//! Files of kinds as the user names them.

use std::io::Read;
use std::path::{Path, PathBuf};

use anlan_law::Fault;
use anlan_law::kind::limits::KIND_FILE_BYTES;
use anyhow::Result;
use clap::ArgMatches;

use crate::commands::law::why;
use crate::say::{Say, code};

/// A file with its name as the reader of kinds wants it: `PACK/kinds/ID.toml` where it lies in a pack's folder, else its own name.
pub struct Named {
    pub path: PathBuf,
    pub name: String,
    /// None where it is no UTF-8.
    pub text: Option<String>,
}

/// The files of the command line; they stand there once.
pub fn files(say: &Say, m: &ArgMatches) -> Result<Vec<Named>> {
    let mut files: Vec<Named> = Vec::new();
    for path in m.get_many::<PathBuf>("files").into_iter().flatten() {
        if files.iter().any(|file| file.path == *path) {
            continue;
        }
        let bytes = bytes(path).map_err(|error| {
            let args = [("file", path.display().to_string()), ("why", why(say, &error))];
            say.told(code::UNREADABLE, "law-unreadable-file", &[("file", &args[0].1), ("why", &args[1].1)])
        })?;
        files.push(Named { path: path.clone(), name: name(path), text: String::from_utf8(bytes).ok() });
    }
    Ok(files)
}

/// One byte more than a file may have shows that it has too many.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(KIND_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    // A character may be cut there.
    if bytes.len() > KIND_FILE_BYTES {
        bytes = String::from_utf8_lossy(&bytes).into_owned().into_bytes();
    }
    Ok(bytes)
}

fn name(path: &Path) -> String {
    in_pack(path).unwrap_or_else(|| path.display().to_string())
}

fn in_pack(path: &Path) -> Option<String> {
    let whole = path.canonicalize().ok()?;
    let kinds = whole.parent().filter(|folder| folder.file_name().is_some_and(|name| name == "kinds"))?;
    let pack = kinds.parent().filter(|pack| pack.join("pack.toml").is_file())?;
    Some(format!("{}/kinds/{}", pack.file_name()?.to_str()?, whole.file_name()?.to_str()?))
}

impl Named {
    /// The fault of a file that is no text.
    pub fn no_text(&self) -> Option<Fault> {
        self.text.is_none().then(|| Fault::new(&self.name, 0, "", "kind-utf8"))
    }
}
