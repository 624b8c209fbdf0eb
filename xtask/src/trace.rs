//! The trace from the founding documents to the code: rows of `packs/cn/systems.toml`, the duties of `packs/cn/duties.toml` that answer them, and what
//! `docs/trace.toml` says is built. `cargo xtask trace` writes `docs/traceability.md` from the three.
//!
//! Invariants: the table of systems is about the law and stays in the pack; what is built is about the code and stays in `docs/`. A row that
//! `docs/trace.toml` does not name is not built.

mod page;

use std::collections::BTreeMap;
use std::fmt;

use anlan_law::Bilingual;
use anlan_law::system::{Need, Page, System, SystemId, parse_scope};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use toml::Spanned;

use crate::shell::root;
use crate::tidy::Tree;

pub use page::page;

pub const SYSTEMS: &str = "packs/cn/systems.toml";
pub const DUTIES: &str = "packs/cn/duties.toml";
pub const BUILT: &str = "docs/trace.toml";
pub const PAGE: &str = "docs/traceability.md";

/// `cargo xtask trace`.
pub fn trace() -> Result<()> {
    let trace = Trace::of(&Tree::read()?)?;
    std::fs::write(root().join(PAGE), page(&trace))?;
    println!("{PAGE}: {}", trace.counts());
    Ok(())
}

/// How far a row is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Everything that the row needs of software is there, and a test shows it.
    Works,
    /// Something is there; `lacks` says what is not.
    Partly,
    /// Nothing yet.
    None,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Works, Self::Partly, Self::None];

    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Works => ("已实现", "works"),
            Self::Partly => ("部分", "partly"),
            Self::None => ("未实现", "none"),
        }
    }
}

/// What is built for one row: for each need, the pages, commands, modules, probes and kinds that carry it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Built {
    pub system: Spanned<String>,
    pub status: Status,
    #[serde(default)]
    pub machinery: Vec<String>,
    #[serde(default)]
    pub measure: Vec<String>,
    #[serde(default)]
    pub register: Vec<String>,
    #[serde(default)]
    pub document: Vec<String>,
    pub lacks: Option<Bilingual>,
    #[serde(default)]
    pub tests: Vec<String>,
}

impl Built {
    pub fn carriers(&self, need: Need) -> &[String] {
        match need {
            Need::Machinery => &self.machinery,
            Need::Measure => &self.measure,
            Need::Register => &self.register,
            Need::Document => &self.document,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BuiltFile {
    #[serde(default)]
    trace: Vec<Built>,
}

/// A duty that answers a row, and the probe that would measure it.
#[derive(Clone, Debug)]
pub struct Answer {
    pub duty: String,
    pub probe: Option<String>,
}

pub struct Trace {
    pub pages: Vec<Page>,
    pub systems: Vec<System>,
    pub answers: BTreeMap<String, Vec<Answer>>,
    pub built: Vec<Built>,
}

impl Trace {
    /// Reads the three files of a tree.
    pub fn of(tree: &Tree) -> Result<Self> {
        let scope = match parse_scope(SYSTEMS, tree.text(SYSTEMS)) {
            Ok(scope) => scope,
            Err(faults) => bail!("{SYSTEMS}: {faults:?}"),
        };
        let built: BuiltFile = toml::from_str(tree.text(BUILT)).with_context(|| BUILT.to_owned())?;
        let answers = answers(tree.text(DUTIES)).with_context(|| DUTIES.to_owned())?;
        Ok(Self { pages: scope.pages, systems: scope.systems, answers, built: built.trace })
    }

    pub fn built(&self, id: SystemId) -> Option<&Built> {
        let name = id.to_string();
        self.built.iter().find(|built| *built.system.get_ref() == name)
    }

    pub fn status(&self, system: &System) -> Status {
        self.built(system.id).map_or(Status::None, |built| built.status)
    }

    pub fn counts(&self) -> Counts {
        let count = |status| self.systems.iter().filter(|system| self.status(system) == status).count();
        Counts { all: self.systems.len(), of: Status::ALL.map(|status| (status, count(status))) }
    }
}

/// Rows by status.
pub struct Counts {
    pub all: usize,
    pub of: [(Status, usize); 3],
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each: Vec<String> = self.of.iter().map(|(status, n)| format!("{n} {}", status.words().1)).collect();
        write!(f, "{} systems: {}", self.all, each.join(", "))
    }
}

/// By system, the duties that name it. The rest of a duty is the pack's own affair.
fn answers(text: &str) -> Result<BTreeMap<String, Vec<Answer>>> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        duty: Vec<Duty>,
    }
    #[derive(Deserialize)]
    struct Duty {
        id: String,
        #[serde(default)]
        systems: Vec<String>,
        probe: Option<Probe>,
    }
    #[derive(Deserialize)]
    struct Probe {
        name: String,
    }
    let mut answers: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
    for duty in toml::from_str::<File>(text)?.duty {
        let answer = Answer { duty: duty.id, probe: duty.probe.map(|probe| probe.name) };
        for system in duty.systems {
            answers.entry(system).or_default().push(answer.clone());
        }
    }
    Ok(answers)
}
