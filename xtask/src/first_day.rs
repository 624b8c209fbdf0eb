//! `cargo xtask first-day`: from the .deb on a clean Debian to a real line, a confirmed list and printed sheets, by `tests/first_day.py`.

use anyhow::Result;

use crate::shell::{command, is_there, must, root};

pub fn first_day(words: &[String]) -> Result<()> {
    let deb = root().join(format!("target/dist/anlan_{}_amd64.deb", env!("CARGO_PKG_VERSION")));
    let names_deb = words.iter().any(|word| word == "--deb");
    if !names_deb && !deb.exists() {
        crate::dist::dist(&[])?;
    }
    let names_root = words.iter().any(|word| word == "--root");
    if !names_root && !is_there("mmdebstrap") {
        install("mmdebstrap")?;
    }
    // Where it cannot be had, the script says that it could not boot.
    if !is_there("systemd-nspawn") {
        let _ = install("systemd-container");
    }
    let mut day = command("/usr/bin/python3", &["tests/first_day.py"]);
    if !names_deb {
        day.arg("--deb").arg(deb);
    }
    day.args(words);
    must(day)
}

fn install(package: &str) -> Result<()> {
    must(command("apt-get", &["install", "-y", "-qq", "--no-install-recommends", package]))
}
