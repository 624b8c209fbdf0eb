//! The kinds of the packs, and a unit's own beside them.

use std::collections::BTreeSet;

use super::{Lawbook, links, only};
use crate::clock::Clocks;
use crate::fault::Fault;
use crate::kind::{self, Kind, Kinds, World};

/// What kinds are checked against beside each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Around {
    kinds: Kinds,
    /// Ids of `systems.toml`; none where no enabled pack has one.
    systems: Option<BTreeSet<String>>,
}

/// Reads `kinds/` of the packs, with what is wrong there. Where their clocks or the list of systems are faulty nothing is said of what names those.
pub(super) fn read(chosen: &[(&str, &str)], clocks: &Clocks, systems: Option<&links::Systems>, faults: &[Fault]) -> (Around, Vec<Fault>) {
    let systems = systems.map(|systems| systems.keys().cloned().collect::<BTreeSet<String>>());
    let is_faulty = |name: &str| faults.iter().any(|fault| fault.file.ends_with(name));
    if is_faulty("/clocks.toml") {
        return (Around { kinds: Kinds::default(), systems }, Vec::new());
    }
    let known = systems.as_ref().filter(|_| !is_faulty("/systems.toml"));
    let world = World { clocks, systems: known, others: &Kinds::default() };
    match kind::parse(&only(chosen, |inside| inside.starts_with("kinds/")), &world) {
        Ok(kinds) => (Around { kinds, systems }, Vec::new()),
        Err(more) => (Around { kinds: Kinds::default(), systems }, more),
    }
}

impl Lawbook {
    /// The kinds of the enabled packs.
    #[must_use]
    pub fn kinds(&self) -> &Kinds {
        &self.around.kinds
    }

    /// The kinds of the enabled packs and a unit's own, which are checked against the packs and each other.
    ///
    /// `own` are names of files such as `visitors.toml` with their texts, each kind once. A file at `PACK/kinds/ID.toml` stands for the one of the pack.
    ///
    /// # Errors
    /// Every fault of these files. The packs' kinds stay in force.
    pub fn with_kinds(&self, own: &[(&str, &str)]) -> Result<Kinds, Vec<Fault>> {
        let paths: BTreeSet<&str> = own.iter().map(|(path, _)| *path).collect();
        let is_replaced =
            |kind: &&Kind| kind.pack.as_ref().is_some_and(|pack| paths.contains(format!("{pack}/kinds/{}.toml", kind.id).as_str()));
        let others = Kinds::new(self.kinds().iter().filter(|kind| !is_replaced(kind)).cloned().collect());
        kind::parse(own, &World { clocks: &self.clocks, systems: self.around.systems.as_ref(), others: &others })
    }
}
