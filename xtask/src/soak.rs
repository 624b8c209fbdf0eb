//! `cargo xtask soak`: the long runs, by hand. Resumable: what is done is kept in `target/soak/state`, results go to `bench/results/soak.txt` with the revision.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::shell::{command, must, output, root};

/// Rounds of one step, after which progress is kept.
const STEP: u32 = 50;
/// Kills that a whole soak makes.
const KILLS: u32 = 1_000;

pub fn soak(rest: &[String]) -> Result<()> {
    let rounds = rest.iter().position(|word| word == "--rounds").and_then(|at| rest.get(at + 1)).map_or(Ok(KILLS), |n| n.parse())?;
    let state = root().join("target/soak/state");
    std::fs::create_dir_all(state.parent().context("target/soak")?)?;
    must(command("cargo", &["build", "--release", "--locked", "--package", "anlan"]))?;
    let revision = output(command("git", &["rev-parse", "--short", "HEAD"]))?.trim().to_owned();
    let mut done = kept(&state, &revision);
    let begun = Instant::now();
    while done < rounds {
        let step = STEP.min(rounds - done);
        kill_rounds(step, done)?;
        done += step;
        std::fs::write(&state, format!("{revision} {done}\n"))?;
        println!("kill -9: {done} of {rounds} rounds, {:.0} s in this run", begun.elapsed().as_secs_f64());
    }
    record(&format!("{revision} kill -9 under RELP and HTTP load: {done} rounds, 0 acknowledged lines lost, every folder verified"))
}

/// Rounds already done at this revision.
fn kept(state: &PathBuf, revision: &str) -> u32 {
    let text = std::fs::read_to_string(state).unwrap_or_default();
    let mut words = text.split_whitespace();
    if words.next() != Some(revision) {
        return 0;
    }
    words.next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn kill_rounds(rounds: u32, seed: u32) -> Result<()> {
    let mut run = command("cargo", &["test", "--release", "--locked", "--package", "anlan", "--test", "kill", "--", "--nocapture"]);
    run.env("ANLAN_KILL_ROUNDS", rounds.to_string()).env("ANLAN_KILL_SEED", seed.to_string());
    must(run)
}

fn record(line: &str) -> Result<()> {
    let path = root().join("bench/results/soak.txt");
    std::fs::create_dir_all(path.parent().context("bench/results")?)?;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path)?;
    writeln!(file, "{line}")?;
    println!("{line}");
    Ok(())
}
