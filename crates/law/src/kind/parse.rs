//! Files of kinds, together: all of them, or every fault.

use std::collections::BTreeSet;

use super::limits::KINDS;
use super::read::{self, Draft};
use super::tree::Tree;
use super::{Kind, Kinds, check, links, moves, timing};
use crate::clock::Clocks;
use crate::fault::Fault;

/// What stands around the files that are read.
#[derive(Clone, Copy, Debug)]
pub struct World<'w> {
    /// Clocks of the law packs.
    pub clocks: &'w Clocks,
    /// Rows of `systems.toml`, such as `SYS-069`; none where no pack has a list.
    pub systems: Option<&'w BTreeSet<String>>,
    /// Kinds that are in force already.
    pub others: &'w Kinds,
}

/// The kinds of these files and those that are in force already; or what is wrong with them.
///
/// A file is its path and text. One at `PACK/kinds/ID.toml` belongs to that pack, any other to the unit.
///
/// # Errors
/// Every fault of every file, in the order of files and lines.
pub fn parse(files: &[(&str, &str)], world: &World<'_>) -> Result<Kinds, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut drafts = Vec::new();
    let read_at_most = KINDS + 1;
    for (path, text) in files.iter().take(read_at_most) {
        match Tree::parse(path, text) {
            Ok(tree) => drafts.push(read::draft(tree, pack_of(path))),
            Err(more) => faults.extend(more),
        }
    }
    for draft in &drafts {
        check::check(draft, world.systems);
        timing::check(draft, world.clocks);
    }
    // Where a file could not be read at all, whatever leads to its kind would be called broken too.
    links::check(&drafts, world.others, faults.is_empty());
    let mut kinds: Vec<Kind> = world.others.iter().cloned().collect();
    for Draft { tree, mut kind, .. } in drafts {
        faults.extend(tree.told());
        let usual = moves::usual_holders(&kind.fields);
        for state in kind.states.iter_mut().filter(|state| state.holder.is_empty()) {
            state.holder.clone_from(&usual);
        }
        kinds.push(kind);
    }
    faults.sort();
    if faults.is_empty() { Ok(Kinds::new(kinds)) } else { Err(faults) }
}

/// The id that a file gives its kind; none where it cannot be read. Nothing else is checked.
#[must_use]
pub fn id_of(text: &str) -> Option<String> {
    let tree = Tree::parse("", text).ok()?;
    tree.text(&tree.top(), "id").map(str::to_owned)
}

/// The pack of `PACK/kinds/ID.toml`.
fn pack_of(path: &str) -> Option<&str> {
    match path.split('/').collect::<Vec<&str>>().as_slice() {
        [pack, "kinds", _] => Some(pack),
        _ => None,
    }
}
