//! The packs of the box as these pages read them: the lawbook, the names of the systems, and which version of a statute holds today.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::clock::Clock;
use anlan_law::duty::{Duty, Known, Standing, Why};
use anlan_law::pack::Lawbook;
use anlan_law::probe::Probe;
use anlan_law::system::{System, parse_systems};
use anlan_law::{Bilingual, Statute, Sureness, Version, shipped};

use super::words::{named, part};
use crate::failure::Failure;

/// Probes that this program can run. None is connected yet, so every duty is unknown.
const BUILT: &[Probe] = &[];

/// All packs of the box, read once.
pub(super) struct Law {
    pub(super) book: Lawbook,
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
pub(super) fn law() -> Result<&'static Law, Failure> {
    LAW.as_ref().map_err(Failure::internal)
}

/// A statute's version that holds today, and the one before it that was in force.
pub(super) struct Sides<'a> {
    pub(super) statute: &'a Statute,
    pub(super) now: &'a Version,
    pub(super) was: Option<&'a Version>,
}

impl Law {
    /// Every statute that is in force on a day.
    pub(super) fn sides(&self, today: Day) -> Vec<Sides<'_>> {
        self.book.library.statutes().iter().filter_map(|statute| sides(statute, today)).collect()
    }

    pub(super) fn system(&self, id: &str) -> Option<&System> {
        self.systems.get(id)
    }

    pub(super) fn pack_title(&self, lang: Lang, id: &str) -> String {
        self.book.packs.iter().find(|pack| pack.id == id).map_or(id, |pack| pack.title.show(lang)).to_owned()
    }

    /// The clocks that a duty names.
    pub(super) fn clocks_of(&self, duty: &Duty) -> Vec<&Clock> {
        self.book.clocks.iter().filter(|clock| clock.duties.contains(&duty.id)).collect()
    }

    pub(super) fn instrument_title(&self, lang: Lang, id: &str) -> String {
        self.book.instrument(id).map_or(id, |instrument| instrument.title.show(lang)).to_owned()
    }
}

fn sides(statute: &Statute, today: Day) -> Option<Sides<'_>> {
    let at = statute.versions.iter().position(|version| version.force(today) == anlan_law::Force::InForce)?;
    let (earlier, rest) = statute.versions.split_at(at);
    let was = earlier.iter().rev().find(|version| version.from.is_some());
    rest.first().map(|now| Sides { statute, now, was })
}

/// How a duty stands today: the class of its mark and the word.
pub(super) fn standing(duty: &Duty) -> Standing {
    duty.standing(BUILT, Known::Nothing)
}

/// Class of the mark, key of the word.
pub(super) fn mark(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Met => ("met", "duty-standing-met"),
        Standing::AtRisk => ("risk", "duty-standing-risk"),
        Standing::Failing => ("fail", "duty-standing-failing"),
        Standing::Unknown(Why::NotBuilt) => ("unknown", "duty-why-not-built"),
        Standing::Unknown(Why::NotMeasured) => ("unknown", "duty-why-not-measured"),
        Standing::Unknown(Why::NotAttested) => ("unknown", "duty-why-not-attested"),
    }
}

pub(super) fn probe_name(lang: Lang, probe: Probe) -> String {
    named(lang, &format!("duty-probe-{}", part(probe.name())), probe.name())
}

/// How sure a statement is: nothing where it is certain, else the word and what is unsure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sure {
    pub(super) word: String,
    pub(super) why: String,
}

impl Sure {
    pub(super) fn of(lang: Lang, sureness: Sureness, unsure: Option<&Bilingual>) -> Self {
        let key = match sureness {
            Sureness::Certain => return Self::default(),
            Sureness::Likely => "duty-sure-likely",
            Sureness::Unsure => "duty-sure-unsure",
        };
        Self { word: text(lang, key, &[]), why: unsure.map_or_else(String::new, |words| words.show(lang).to_owned()) }
    }

    pub(super) fn is_certain(&self) -> bool {
        self.word.is_empty()
    }
}
