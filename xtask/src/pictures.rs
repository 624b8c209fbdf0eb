//! `cargo xtask pictures`: the pictures of the READMEs, taken from the demo by the test of the README's tour.
//!
//! Invariant: no picture is larger than [`MOST_BYTES`], so a checkout stays small.

use anyhow::{Result, bail};

use crate::shell::{command, must, root};

const MOST_BYTES: u64 = 240 * 1024;

pub fn pictures() -> Result<()> {
    let folder = root().join("docs/pictures");
    std::fs::create_dir_all(&folder)?;
    let mut take =
        command("cargo", &["test", "--locked", "--package", "anlan", "--test", "tour", "--", "--ignored", "--exact", "pictures"]);
    take.env("ANLAN_PICTURES", &folder);
    must(take)?;
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let bytes = path.metadata()?.len();
        println!("{} {} KiB", path.display(), bytes / 1024);
        if bytes > MOST_BYTES {
            bail!("{} has {bytes} bytes, more than {MOST_BYTES}", path.display());
        }
    }
    Ok(())
}
