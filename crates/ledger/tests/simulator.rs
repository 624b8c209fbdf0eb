//! Two years of people and time, from one seed each (spec/record.md): no clock passes unseen, nothing is stuck, the entries give the same records once more,
//! and the same seed gives the same run. `cargo xtask soak simulator` runs more seeds.

#[path = "engine/chance.rs"]
mod chance;
#[path = "engine/checks.rs"]
mod checks;
#[path = "engine/life.rs"]
mod life;
#[path = "engine/world.rs"]
mod world;

use life::{Life, STEPS};

#[allow(clippy::disallowed_methods, reason = "a soak says how many and from where")]
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Runs one seed; a failure names it.
fn live(seed: u64) -> Life {
    let run = std::panic::AssertUnwindSafe(|| {
        let mut life = Life::new(seed);
        life.run(STEPS);
        life
    });
    std::panic::catch_unwind(run).unwrap_or_else(|_| {
        panic!("seed {seed} failed: ANLAN_SIMULATOR_SEED={seed} ANLAN_SIMULATOR_SEEDS=1 cargo test -p anlan-ledger --test simulator")
    })
}

// REC-1 REC-6 REC-7
#[test]
fn two_years_of_people_and_time() {
    let (first, seeds) = (number("ANLAN_SIMULATOR_SEED", 1), number("ANLAN_SIMULATOR_SEEDS", 100));
    let (mut done, mut refused, mut records, mut entries, mut told) = (0, 0, 0, 0, (0, 0, 0));
    for seed in first..first + seeds {
        let life = live(seed);
        done += life.done;
        refused += life.refused;
        records += life.desk.records.len();
        entries += life.desk.entries.len();
        told = (told.0 + life.checks.reminded, told.1 + life.checks.late, told.2 + life.checks.escalated);
    }
    println!(
        "{seeds} seeds from {first}: {records} records, {entries} entries, {done} commands done, {refused} refused, {told:?} reminded, late, escalated"
    );
    assert!(told.0 > 0 && told.1 > 0 && told.2 > 0, "the clocks were never heard");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in [3, 17] {
        assert_eq!(checks::hash(&live(seed).desk), checks::hash(&live(seed).desk), "seed {seed}");
    }
}
