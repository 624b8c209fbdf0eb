//! Every body holds over its seeds, over every truncation of them, and over some thousands of changes of them, the same ones in every run.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anlan_fuzz::{Body, TARGETS};

/// Changed inputs for each target, shared by its seeds.
const CHANGES: usize = 3_000;
/// Truncations of one seed; of a longer one as many lengths, evenly spread, and all of the last bytes.
const CUTS: usize = 2_000;
/// Bytes of a seed: small ones find more in the same time.
const SEED_BYTES: usize = 16 << 10;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

struct Seed {
    name: String,
    bytes: Vec<u8>,
}

fn seeds(target: &str) -> Vec<Seed> {
    let folder = folder("corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("the target {target} has no corpus folder: {e}"));
    let mut seeds: Vec<Seed> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            Seed { name: entry.file_name().into_string().unwrap(), bytes: std::fs::read(entry.path()).unwrap() }
        })
        .collect();
    let made = anlan_fuzz::made_seeds(target).into_iter().enumerate();
    seeds.extend(made.map(|(i, bytes)| Seed { name: format!("good-made-{i}"), bytes }));
    seeds.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!seeds.is_empty(), "the corpus of {target} is empty");
    seeds
}

/// Runs the body; of an input that fails says what it was.
fn run(target: &str, body: Body, seed: &str, input: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| body(input))).unwrap_or_else(|panic| {
        println!("{target} fails, from seed {seed}, for \"{}\"", input.escape_ascii());
        resume_unwind(panic)
    })
}

#[test]
fn every_body_holds_over_its_corpus() {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((target, body)) = TARGETS.get(next.fetch_add(1, Ordering::Relaxed)) {
            let begun = std::time::Instant::now();
            check(target, *body);
            println!("{target}: {} ms", begun.elapsed().as_millis());
        }
    };
    std::thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        for worker in workers {
            worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

fn check(target: &str, body: Body) {
    let seeds = seeds(target);
    for (number, seed) in seeds.iter().enumerate() {
        assert!(seed.bytes.len() <= SEED_BYTES, "{target}/{} is long", seed.name);
        let accepted = run(target, body, &seed.name, &seed.bytes);
        assert!(
            accepted || !seed.name.starts_with("good-"),
            "{target}/{} is refused: after a change of format write it anew (examples/seeds.rs)",
            seed.name
        );
        let step = seed.bytes.len().div_ceil(CUTS).max(1);
        for length in (0..seed.bytes.len()).filter(|length| length % step == 0 || seed.bytes.len() - length < CUTS / 4) {
            run(target, body, &seed.name, &seed.bytes[..length]);
        }
        let mut chance = Chance(number as u64 + 1);
        for _ in 0..CHANGES.div_ceil(seeds.len()) {
            let other = &seeds[chance.below(seeds.len())].bytes;
            let mut input = seed.bytes.clone();
            for _ in 0..=chance.below(3) {
                change(&mut input, other, &mut chance);
            }
            run(target, body, &seed.name, &input);
        }
    }
}

/// splitmix64: the same numbers in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `limit`; 0 where there is no such number.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}

/// Bytes at which parsers turn.
const TELLING: &[u8] = b"\0\x01\x7f\x80\xff\xfe \n\r\t\"\\'()[]{}<>:;,.=+-*/0129aZ_%@~";

/// One change: bits, bytes, numbers, pieces left out, doubled, moved or taken from another seed.
fn change(input: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    let at = chance.below(input.len() + 1);
    let end = (at + 1 + chance.below(12)).min(input.len());
    match (chance.below(10), input.get_mut(at)) {
        (0, Some(byte)) => *byte ^= 1 << chance.below(8),
        (1, Some(byte)) => *byte = TELLING[chance.below(TELLING.len())],
        (2, Some(byte)) => *byte = byte.wrapping_add(if chance.below(2) == 0 { 1 } else { 255 }),
        (3, Some(_)) => drop(input.drain(at..end)),
        (4, Some(_)) => input.extend_from_within(at..end),
        (5, Some(_)) => {
            let part = input[at..end].to_vec();
            input.splice(at..at, part);
        }
        (6, Some(_)) => input[at..end].fill(TELLING[chance.below(5)]),
        (7, Some(_)) => input[at..end].reverse(),
        (8, _) => {
            let from = chance.below(other.len() + 1);
            let part = &other[from..other.len().min(from + chance.below(40))];
            input.splice(at..at, part.iter().copied());
        }
        _ => input.insert(at, TELLING[chance.below(TELLING.len())]),
    }
}

/// The list stands in [`TARGETS`] alone: folders and wrappers follow it.
#[test]
fn folders_and_wrappers_are_those_of_the_targets() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len());
    let folders: BTreeSet<String> =
        std::fs::read_dir(folder("corpus")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(folders, targets);
    let manifest = std::fs::read_to_string(folder("targets/Cargo.toml")).unwrap();
    let wrappers = manifest.split("[[bin]]").skip(1).filter_map(|bin| bin.lines().find_map(|line| line.strip_prefix("name = ")));
    let wrappers: BTreeSet<String> = wrappers.map(|name| name.trim_matches('"').to_owned()).collect();
    assert_eq!(wrappers, targets);
}
