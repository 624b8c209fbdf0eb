//! `cargo xtask soak`: the long runs, by hand, on the release binary. Resumable: what is done at this revision is kept in `target/soak/state`;
//! results go to `bench/results/soak.txt` with the revision.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::shell::{command, must, output, root};

/// A long run: a black-box test with a larger number, done in steps after each of which progress is kept.
struct Long {
    name: &'static str,
    package: &'static str,
    test: &'static str,
    /// The variable that says how many, and the one that says where the chance begins.
    rounds: &'static str,
    seed: &'static str,
    step: u32,
    whole: u32,
    result: &'static str,
}

const RUNS: &[Long] = &[
    Long {
        name: "kills",
        package: "anlan",
        test: "kill",
        rounds: "ANLAN_KILL_ROUNDS",
        seed: "ANLAN_KILL_SEED",
        step: 50,
        whole: 1_000,
        result: "kill -9 under RELP and HTTP load: no acknowledged line lost, each found after the restart, every folder verified",
    },
    Long {
        name: "people",
        package: "anlan",
        test: "people_kill",
        rounds: "ANLAN_PEOPLE_ROUNDS",
        seed: "ANLAN_PEOPLE_SEED",
        step: 30,
        whole: 300,
        result: "kill -9 while fifty people work, on SQLite and, half as often, on PostgreSQL: nothing acknowledged lost, no number given twice, ledger and log agree",
    },
    Long {
        name: "flips",
        package: "anlan",
        test: "flips",
        rounds: "ANLAN_FLIPS",
        seed: "ANLAN_FLIP_SEED",
        step: 1_000,
        whole: 10_000,
        result: "random flips in a folder of 40,000 lines: all found",
    },
    Long {
        name: "samples",
        package: "anlan",
        test: "rsyslog",
        rounds: "ANLAN_WHOLE",
        seed: "ANLAN_WHOLE_SEED",
        step: 1,
        whole: 1,
        result: "every sample log, the large one whole, from rsyslog over TCP, TLS and RELP: kept byte for byte",
    },
    Long {
        name: "simulator",
        package: "anlan-ledger",
        test: "simulator",
        rounds: "ANLAN_SIMULATOR_SEEDS",
        seed: "ANLAN_SIMULATOR_SEED",
        step: 100,
        whole: 1_000,
        result: "seeds of two years of people and time: no clock passed unseen, nothing stuck, the entries gave the same records once more",
    },
];

pub fn soak(rest: &[String]) -> Result<()> {
    let only = rest.first().filter(|word| !word.starts_with('-'));
    let after = |word: &str| rest.iter().position(|found| found == word).and_then(|at| rest.get(at + 1));
    let rounds: Option<u32> = after("--rounds").or_else(|| after("--seeds")).map(|n| n.parse()).transpose()?;
    let revision = output(command("git", &["rev-parse", "--short", "HEAD"]))?.trim().to_owned();
    for run in RUNS.iter().filter(|run| only.is_none_or(|name| name == run.name)) {
        long_run(run, rounds.unwrap_or(run.whole), &revision)?;
    }
    Ok(())
}

fn long_run(run: &Long, rounds: u32, revision: &str) -> Result<()> {
    let mut state = State::read(revision)?;
    let begun = Instant::now();
    let mut done = state.done(run.name);
    if done >= rounds {
        println!("{}: {done} of {rounds} are done at {revision}", run.name);
        return Ok(());
    }
    while done < rounds {
        let step = run.step.min(rounds - done);
        let mut test =
            command("cargo", &["test", "--release", "--locked", "--package", run.package, "--test", run.test, "--", "--nocapture"]);
        test.env(run.rounds, step.to_string()).env(run.seed, (done + 1).to_string());
        must(test)?;
        done += step;
        state.keep(run.name, done)?;
        println!("{}: {done} of {rounds}, {:.0} s in this run", run.name, begun.elapsed().as_secs_f64());
    }
    record(&format!("{revision} {}: {done}. {}", run.name, run.result))
}

/// How far each run has come at one revision.
struct State {
    path: PathBuf,
    revision: String,
    done: BTreeMap<String, u32>,
}

impl State {
    fn read(revision: &str) -> Result<Self> {
        let path = root().join("target/soak/state");
        std::fs::create_dir_all(path.parent().context("target/soak")?)?;
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let mut lines = text.lines();
        let is_ours = lines.next() == Some(revision);
        let done = lines
            .filter(|_| is_ours)
            .filter_map(|line| line.split_once(' '))
            .filter_map(|(name, n)| Some((name.to_owned(), n.parse().ok()?)))
            .collect();
        Ok(Self { path, revision: revision.to_owned(), done })
    }

    fn done(&self, name: &str) -> u32 {
        self.done.get(name).copied().unwrap_or(0)
    }

    fn keep(&mut self, name: &str, done: u32) -> Result<()> {
        self.done.insert(name.to_owned(), done);
        let rows: String = self.done.iter().map(|(name, n)| format!("{name} {n}\n")).collect();
        Ok(std::fs::write(&self.path, format!("{}\n{rows}", self.revision))?)
    }
}

fn record(line: &str) -> Result<()> {
    let path = root().join("bench/results/soak.txt");
    std::fs::create_dir_all(path.parent().context("bench/results")?)?;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path)?;
    writeln!(file, "{line}")?;
    println!("{line}");
    Ok(())
}
