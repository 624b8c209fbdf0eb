//! Two years of people and time, from one seed each (spec/record.md): no clock passes unseen, nothing is stuck, the entries give the same records once more,
//! and the same seed gives the same run. `cargo xtask soak simulator` runs more seeds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "engine/chance.rs"]
mod chance;
#[path = "engine/checks.rs"]
mod checks;
#[path = "engine/life.rs"]
mod life;
#[path = "engine/world.rs"]
mod world;

use std::sync::Mutex;

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

/// What the seeds came to, for the line that a soak keeps.
#[derive(Default)]
struct Sums {
    records: usize,
    entries: usize,
    done: u64,
    refused: u64,
    told: [u64; 3],
}

impl Sums {
    fn add(&mut self, life: &Life) {
        self.records += life.desk.records.len();
        self.entries += life.desk.entries.len();
        self.done += life.done;
        self.refused += life.refused;
        for (sum, more) in self.told.iter_mut().zip([life.checks.reminded, life.checks.late, life.checks.escalated]) {
            *sum += more;
        }
    }
}

// REC-1 REC-6 REC-7
#[test]
fn two_years_of_people_and_time() {
    let (first, seeds) = (number("ANLAN_SIMULATOR_SEED", 1), number("ANLAN_SIMULATOR_SEEDS", 100));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let sums = Mutex::new(Sums::default());
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let sums = &sums;
            scope.spawn(move || {
                for seed in (first..first + seeds).filter(|seed| seed % threads == thread) {
                    let life = live(seed);
                    sums.lock().unwrap().add(&life);
                }
            });
        }
    });
    let Sums { records, entries, done, refused, told } = sums.into_inner().unwrap();
    println!(
        "{seeds} seeds from {first}: {records} records, {entries} entries, {done} commands done, {refused} refused, {told:?} reminded, late, escalated"
    );
    assert!(told.iter().all(|told| *told > 0), "the clocks were never heard");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in [3, 17] {
        assert_eq!(checks::hash(&live(seed).desk), checks::hash(&live(seed).desk), "seed {seed}");
    }
}
