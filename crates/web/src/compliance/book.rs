//! The packs of the box as these pages read them: the lawbook, the names of the systems, and which version of a statute holds today.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::clock::Clock;
use anlan_law::duty::Duty;
use anlan_law::pack::Lawbook;
use anlan_law::probe::Probe;
use anlan_law::system::{System, parse_systems};
use anlan_law::{Bilingual, Statute, Sureness, Version, shipped};

use super::words::{named, part};
use crate::failure::Failure;

/// All packs of the box, read once.
pub(crate) struct Law {
    pub(crate) book: Lawbook,
    systems: BTreeMap<String, System>,
}

static LAW: LazyLock<Result<Law, String>> = LazyLock::new(read);

fn read() -> Result<Law, String> {
    let told = |faults: Vec<anlan_law::Fault>| {
        faults.first().map_or_else(String::new, |fault| format!("{}:{} {}", fault.file, fault.line, fault.what(Lang::En)))
    };
    let packs: Vec<&str> = shipped::FILES.iter().filter_map(|(path, _)| path.strip_suffix("/pack.toml")).collect();
    let book = Lawbook::shipped(&packs).map_err(told)?;
    let mut systems = BTreeMap::new();
    for (path, content) in shipped::FILES.iter().filter(|(path, _)| path.ends_with("/systems.toml")) {
        let rows = parse_systems(path, content).map_err(told)?;
        systems.extend(rows.into_iter().map(|system| (system.id.to_string(), system)));
    }
    Ok(Law { book, systems })
}

/// The packs in the box. A test proves that they are sound; a broken one shows the page of a failure.
pub(crate) fn law() -> Result<&'static Law, Failure> {
    LAW.as_ref().map_err(Failure::internal)
}

/// A statute's version that holds today, and the one before it that was in force.
pub(crate) struct Sides<'a> {
    pub(crate) statute: &'a Statute,
    pub(crate) now: &'a Version,
    pub(crate) was: Option<&'a Version>,
}

impl Law {
    /// Every statute that is in force on a day.
    pub(crate) fn sides(&self, today: Day) -> Vec<Sides<'_>> {
        self.book.library.statutes().iter().filter_map(|statute| sides(statute, today)).collect()
    }

    pub(crate) fn system(&self, id: &str) -> Option<&System> {
        self.systems.get(id)
    }

    pub(crate) fn pack_title(&self, lang: Lang, id: &str) -> String {
        self.book.packs.iter().find(|pack| pack.id == id).map_or(id, |pack| pack.title.show(lang)).to_owned()
    }

    /// The clocks that a duty names.
    pub(crate) fn clocks_of(&self, duty: &Duty) -> Vec<&Clock> {
        self.book.clocks.iter().filter(|clock| clock.duties.contains(&duty.id)).collect()
    }

    pub(crate) fn instrument_title(&self, lang: Lang, id: &str) -> String {
        self.book.instrument(id).map_or(id, |instrument| instrument.title.show(lang)).to_owned()
    }
}

fn sides(statute: &Statute, today: Day) -> Option<Sides<'_>> {
    let at = statute.versions.iter().position(|version| version.force(today) == anlan_law::Force::InForce)?;
    let (earlier, rest) = statute.versions.split_at(at);
    let was = earlier.iter().rev().find(|version| version.from.is_some());
    rest.first().map(|now| Sides { statute, now, was })
}

pub(crate) fn probe_name(lang: Lang, probe: Probe) -> String {
    named(lang, &format!("duty-probe-{}", part(probe.name())), probe.name())
}

/// How sure a statement is: nothing where it is certain, else the word and what is unsure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sure {
    pub(crate) word: String,
    pub(crate) why: String,
}

impl Sure {
    pub(crate) fn of(lang: Lang, sureness: Sureness, unsure: Option<&Bilingual>) -> Self {
        let key = match sureness {
            Sureness::Certain => return Self::default(),
            Sureness::Likely => "duty-sure-likely",
            Sureness::Unsure => "duty-sure-unsure",
        };
        Self { word: text(lang, key, &[]), why: unsure.map_or_else(String::new, |words| words.show(lang).to_owned()) }
    }

    pub(crate) fn is_certain(&self) -> bool {
        self.word.is_empty()
    }
}
