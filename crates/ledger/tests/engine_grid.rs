//! The rights of the kinds that ship, as one reviewed table: every change of who may do what shows in its difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

#[path = "engine/world.rs"]
mod world;

use std::path::Path;

const ACCEPT: &str = "ANLAN_ACCEPT=1 cargo test -p anlan-ledger --test engine_grid";

#[test]
#[allow(clippy::disallowed_methods, reason = "writes the reviewed table where it is asked to")]
fn rights_are_as_they_were_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rights.grid.txt");
    let grid = anlan_ledger::engine::grid(&world::shipped().1);
    if std::env::var("ANLAN_ACCEPT").is_ok() {
        std::fs::write(&path, &grid).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    for (at, (is, was)) in grid.lines().zip(reviewed.lines()).enumerate() {
        assert_eq!(is, was, "line {} of tests/rights.grid.txt. Look at the change, then accept it: {ACCEPT}", at + 1);
    }
    assert_eq!(grid.lines().count(), reviewed.lines().count(), "kinds or moves came or went. Look at the change, then accept it: {ACCEPT}");
}
