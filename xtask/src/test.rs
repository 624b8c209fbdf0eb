//! `cargo xtask test`: everything a change must pass, in one command, with the time of each stage.

use anyhow::Result;

use crate::shell::{command, must, stage};
use crate::{setup, tidy};

pub fn test(filter: &[String]) -> Result<()> {
    let mut times = Vec::new();
    let done = stages(filter, &mut times);
    println!("\nstage                          seconds");
    for (name, seconds) in &times {
        println!("{name:<30} {seconds:>7.1}");
    }
    println!("{:<30} {:>7.1}", "all", times.iter().map(|(_, seconds)| seconds).sum::<f64>());
    done
}

fn stages(filter: &[String], times: &mut Vec<(String, f64)>) -> Result<()> {
    stage("packages", times, setup::packages)?;
    stage("axe", times, setup::axe)?;
    stage("fmt", times, || must(command("cargo", &["fmt", "--all", "--check"])))?;
    stage("tidy", times, tidy::tidy)?;
    stage("deny", times, deny)?;
    stage("build", times, || must(command("cargo", &["test", "--workspace", "--locked", "--no-run"])))?;
    stage("clippy", times, || must(command("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])))?;
    stage("tests", times, || {
        let mut run = command("cargo", &["test", "--workspace", "--locked", "--no-fail-fast"]);
        run.args(filter);
        must(run)
    })?;
    stage("ledger on PostgreSQL", times, || {
        let mut run = command("cargo", &["test", "--package", "anlan-ledger", "--locked", "--no-fail-fast"]);
        run.args(filter).env("ANLAN_TEST_ENGINE", "postgres");
        if filter.is_empty() {
            // They run the engine alone, without a database.
            run.args(["--", "--skip", "two_years_of_people_and_time", "--skip", "the_same_seed_gives_the_same_run"]);
        }
        must(run)
    })
}

fn deny() -> Result<()> {
    let program = setup::cargo_deny()?;
    println!("advisories are left out: their database is not part of the machine's set-up");
    must(command(program, &["--log-level", "error", "check", "licenses", "bans", "sources"]))
}
