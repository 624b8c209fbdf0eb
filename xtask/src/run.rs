//! `cargo xtask run`: the main job with its defaults.

use anyhow::Result;

use crate::shell::{command, must, root};

/// Listeners on loopback; ports that need no privilege.
const LISTENERS: &[&str] =
    &["--syslog", "127.0.0.1:5514", "--syslog-tls", "127.0.0.1:6514", "--relp", "127.0.0.1:20514", "--console", "127.0.0.1:8443"];

pub fn run(rest: &[String]) -> Result<()> {
    must(command("cargo", &["build", "--release", "--locked", "--package", "anlan"]))?;
    let mut serve = command(root().join("target/release/anlan"), &["serve", "--data", "./anlan-data"]);
    if !rest.iter().any(|word| LISTENERS.contains(&word.as_str())) {
        serve.args(LISTENERS);
    }
    serve.args(rest);
    must(serve)
}
