//! Law packs: reading, checking, and laying several over one another. Format: `spec/lawpack.md`.
//!
//! ```
//! use anlan_law::pack::Lawbook;
//! let book = Lawbook::shipped(&["cn", "campus"]).expect("the packs in the box are sound");
//! let room = book.effective("log.room", anlan_law::term::Sense::AtLeast).expect("a term for machine rooms");
//! assert_eq!((room.value.to_string().as_str(), room.from.pack.as_str(), room.also.is_empty()), ("P1Y", "campus", false));
//! ```
//!
//! - [`Lawbook::load`] reads the enabled packs and a unit's own stricter terms; a [`Lawbook`] has no fault, or there is none.
//! - [`lint()`] is the proof of a folder: it loads every pack together, runs all cases and checks what holds between versions.
//! - [`InForce`] keeps the last good lawbook while a newer one is faulty.
//!
//! Invariants:
//! - every fault names file, line and key, and has a remedy in the locale files;
//! - every id that a record names exists, every citation resolves to article and item in every version it names;
//! - where packs disagree the stricter term wins and all are shown; a unit may only be stricter (I6);
//! - what is likely or unsure says so and says what is.

mod cases;
mod draft;
mod in_force;
mod kinds;
mod links;
mod lint;
mod own;
mod raw;
mod read;
pub(crate) mod source;

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::AccountRules;
use crate::clock::{Calendars, Clocks, parse_calendars, parse_clocks};
use crate::condition::{Fact, Facts};
use crate::duty::{Actor, Duty, OperatorKind};
use crate::fault::Fault;
use crate::grade::{self, Class, Grade, Graded, Scale};
use crate::heading::{AuditField, Category, InspectionPoint, Instrument, Level};
use crate::liability::{Penalty, Question};
use crate::library::{Certainty, Library};
use crate::place::Place;
use crate::shipped;
use crate::term::{self, Effective, Sense, Term};
use crate::version::VersionId;
use crate::words::Bilingual;

pub use in_force::InForce;
pub use links::{MOST_OF_A_KIND, MOST_QUESTIONS};
pub use lint::lint;
pub use read::{MOST_ID_BYTES, MOST_TEXT_CHARS};
pub use source::{MOST_FILE_BYTES, MOST_RECORDS};

/// The only schema that is read.
pub const SCHEMA: &str = "anlan-lawpack/1";
/// Files of all packs together.
pub const FILES_MOST: usize = 1_000;

/// A pack's own description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The folder's name.
    pub id: String,
    pub version: String,
    pub title: Bilingual,
    pub about: Option<Bilingual>,
    /// Packs that must be enabled with it.
    pub needs: Vec<String>,
}

/// The law as the enabled packs have it, checked as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Lawbook {
    pub packs: Vec<Pack>,
    pub library: Library,
    pub duties: Vec<Duty>,
    pub penalties: Vec<Penalty>,
    /// What a calculator of fines asks for.
    pub penalty_questions: Vec<Question>,
    pub scales: Vec<Scale>,
    pub grades: Vec<Grade>,
    /// What a calculator of grades asks for.
    pub grade_questions: Vec<Question>,
    pub classes: Vec<Class>,
    /// Of the packs and of the unit itself.
    pub terms: Vec<Term>,
    pub actors: Vec<Actor>,
    pub operators: Vec<OperatorKind>,
    pub instruments: Vec<Instrument>,
    pub audit_fields: Vec<AuditField>,
    /// From the most open to the most closed.
    pub levels: Vec<Level>,
    pub categories: Vec<Category>,
    pub points: Vec<InspectionPoint>,
    pub clocks: Clocks,
    pub calendars: Calendars,
    /// Passwords, sessions and tokens of the console: the strictest of the packs.
    pub accounts: AccountRules,
    /// [`Self::kinds`].
    around: kinds::Around,
}

/// A kind of operator that no enabled pack knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of operator: {0}")]
pub struct NoSuchKind(pub String);

impl Lawbook {
    /// Reads the packs that are enabled, and those they need.
    ///
    /// `files` are paths below `packs/` with their texts; `own` is a unit's file of stricter terms, its path and text.
    ///
    /// # Errors
    /// Every fault, in the order of files and lines. Nothing is loaded in part.
    pub fn load(files: &[(&str, &str)], enabled: &[&str], own: Option<(&str, &str)>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        present(files, enabled, &mut faults);
        let sources = draft::sources(files, enabled, &mut faults);
        let draft = draft::gather(&sources, &mut faults);
        for pack in &draft.packs {
            for needed in pack.needs.iter().filter(|needed| !enabled.contains(&needed.as_str())) {
                faults.push(Fault::new(&format!("{}/pack.toml", pack.id), 0, "needs", "pack-needs").with("pack", needed.as_str()));
            }
        }
        let chosen: Vec<(&str, &str)> = files.iter().copied().filter(|(path, _)| enabled.contains(&draft::pack_of(path))).collect();
        let library = sound(Library::parse(&chosen), &mut faults);
        let clocks = sound(parse_clocks(&only(&chosen, |inside| inside == "clocks.toml")), &mut faults);
        let calendars = sound(parse_calendars(&only(&chosen, |inside| inside.starts_with("calendars/"))), &mut faults);
        let systems = systems(&chosen, &mut faults);
        let (around, of_kinds) = kinds::read(&chosen, &clocks, systems.as_ref(), &faults);
        // Where a whole file could not be read, everything that names its records would be called broken too.
        if faults.iter().all(|fault| fault.key.contains('.') && !fault.file.contains("/statutes/")) {
            let packs = files.iter().map(|(path, _)| draft::pack_of(path)).collect();
            links::check(&draft, &links::Outside { library: &library, systems, packs }, &mut faults);
            clock_duties(&clocks, &draft, &mut faults);
        }
        faults.extend(of_kinds);
        let mut book = Self { around, ..Self::from_draft(draft, library, clocks, calendars) };
        if let Some((path, text)) = own {
            own::lay_over(&mut book, path, text, &mut faults);
        }
        faults.sort();
        faults.dedup();
        if faults.is_empty() { Ok(book) } else { Err(faults) }
    }

    /// The packs that are compiled in.
    ///
    /// # Errors
    /// As [`Self::load`]; only where `enabled` names a pack that is not in the box, or leaves out one that is needed.
    pub fn shipped(enabled: &[&str]) -> Result<Self, Vec<Fault>> {
        Self::load(shipped::FILES, enabled, None)
    }

    fn from_draft(draft: draft::Draft<'_>, library: Library, clocks: Clocks, calendars: Calendars) -> Self {
        let mut levels = values(draft.levels);
        levels.sort_by_key(|level| level.rank);
        let mut points = values(draft.points);
        points.sort_by_key(|point| point.number);
        Self {
            packs: draft.packs,
            library,
            duties: values(draft.duties),
            penalties: values(draft.penalties),
            penalty_questions: values(draft.penalty_questions),
            scales: values(draft.scales),
            grades: values(draft.grades),
            grade_questions: values(draft.grade_questions),
            classes: values(draft.classes),
            terms: values(draft.terms),
            actors: values(draft.actors),
            operators: values(draft.operators),
            instruments: values(draft.instruments),
            audit_fields: values(draft.audit_fields),
            levels,
            categories: values(draft.categories),
            points,
            clocks,
            calendars,
            accounts: draft.accounts,
            around: kinds::Around::default(),
        }
    }

    #[must_use]
    pub fn duty(&self, id: &str) -> Option<&Duty> {
        self.duties.iter().find(|duty| duty.id == id)
    }

    #[must_use]
    pub fn penalty(&self, id: &str) -> Option<&Penalty> {
        self.penalties.iter().find(|penalty| penalty.id == id)
    }

    #[must_use]
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.iter().find(|instrument| instrument.id == id)
    }

    #[must_use]
    pub fn actor(&self, id: &str) -> Option<&Actor> {
        self.actors.iter().find(|actor| actor.id == id)
    }

    /// The actors that an operator of these kinds is.
    ///
    /// # Errors
    /// The first kind that no pack knows.
    pub fn actors_of(&self, kinds: &[&str]) -> Result<BTreeSet<&str>, NoSuchKind> {
        let mut actors = BTreeSet::new();
        for kind in kinds {
            let operator = self.operators.iter().find(|operator| operator.id == **kind).ok_or_else(|| NoSuchKind((*kind).to_owned()))?;
            actors.extend(operator.actors.iter().map(String::as_str));
        }
        Ok(actors)
    }

    /// The duties of these actors, in the order of the packs.
    #[must_use]
    pub fn duties_for(&self, actors: &BTreeSet<&str>) -> Vec<&Duty> {
        self.duties.iter().filter(|duty| actors.contains(duty.actor.as_str())).collect()
    }

    /// The duties that cite an article of a version, each with the places it cites there.
    #[must_use]
    pub fn duties_of(&self, version: &VersionId, article: u32) -> Vec<(&Duty, Vec<Place>)> {
        let places = |duty: &Duty| duty.places(version).iter().copied().filter(|place| place.article == article).collect::<Vec<Place>>();
        self.duties.iter().map(|duty| (duty, places(duty))).filter(|(_, places)| !places.is_empty()).collect()
    }

    /// The fines of a law: a version such as `csl@2025`, or an instrument such as `pipl`.
    #[must_use]
    pub fn fines(&self, law: &str) -> Vec<&Penalty> {
        self.penalties.iter().filter(|penalty| penalty.law == law).collect()
    }

    /// The fines of an article, and those that punish a breach of it.
    #[must_use]
    pub fn fines_of(&self, version: &VersionId, article: u32) -> Vec<&Penalty> {
        let concerns = |penalty: &&Penalty| penalty.at.article == article || penalty.answers.iter().any(|place| place.article == article);
        self.penalties.iter().filter(|penalty| penalty.law == version.as_str()).filter(concerns).collect()
    }

    /// The penalties of a duty under a law.
    #[must_use]
    pub fn penalties_of(&self, duty: &Duty, law: &str) -> Vec<&Penalty> {
        duty.penalties.iter().filter_map(|id| self.penalty(id)).filter(|penalty| penalty.law == law).collect()
    }

    /// Every law that has fines, versions and instruments, in the order of the packs.
    #[must_use]
    pub fn laws_with_fines(&self) -> Vec<&str> {
        let mut laws: Vec<&str> = Vec::new();
        for penalty in &self.penalties {
            if !laws.contains(&penalty.law.as_str()) {
                laws.push(&penalty.law);
            }
        }
        laws
    }

    /// The strictest term for a subject such as `log.device`, with all others that apply.
    #[must_use]
    pub fn effective(&self, subject: &str, sense: Sense) -> Option<Effective<'_>> {
        term::effective(&self.terms, subject, sense)
    }

    /// Every subject and sense that a term is set for.
    #[must_use]
    pub fn subjects(&self) -> BTreeSet<(&str, Sense)> {
        self.terms.iter().map(|term| (term.subject.as_str(), term.sense)).collect()
    }

    /// The grade of an incident on a scale. Facts that are not given are false or 0.
    #[must_use]
    pub fn grade(&self, scale: &str, facts: &Facts) -> Option<Graded<'_>> {
        let grades: Vec<&Grade> = self.grades.iter().filter(|grade| grade.scale == scale).collect();
        grade::grade(&grades, &filled(&self.grade_questions, facts)).ok().flatten()
    }

    /// The facts of a penalty's tiers, those that are not given filled with false or 0.
    #[must_use]
    pub fn penalty_facts(&self, facts: &Facts) -> Facts {
        filled(&self.penalty_questions, facts)
    }

    /// How sure a citation's paragraph is; None where the place does not exist.
    #[must_use]
    pub fn certainty(&self, version: &VersionId, place: Place) -> Option<Certainty<'_>> {
        self.library.resolve(version, place).ok().map(|resolved| resolved.certainty)
    }

    /// The citations of duties whose paragraph was not checked on an official text.
    #[must_use]
    pub fn unchecked(&self) -> Vec<(&Duty, &VersionId, Place)> {
        let all = self
            .duties
            .iter()
            .flat_map(|duty| duty.cites.iter().flat_map(move |(version, places)| places.iter().map(move |place| (duty, version, *place))));
        all.filter(|(_, version, place)| self.certainty(version, *place) == Some(Certainty::ParagraphUnchecked)).collect()
    }
}

/// Facts with false, 0 or an empty text for each question that has no answer.
fn filled(questions: &[Question], facts: &Facts) -> Facts {
    let unanswered = questions.iter().map(|question| (question.name.clone(), raw::unasked(question.kind)));
    let mut all: BTreeMap<String, Fact> = unanswered.collect();
    all.extend(facts.iter().map(|(name, fact)| (name.clone(), fact.clone())));
    all
}

fn values<T>(records: Vec<draft::Placed<'_, T>>) -> Vec<T> {
    records.into_iter().map(|(value, _)| value).collect()
}

fn sound<T: Default>(read: Result<T, Vec<Fault>>, faults: &mut Vec<Fault>) -> T {
    read.unwrap_or_else(|more| {
        faults.extend(more);
        T::default()
    })
}

/// The files of the packs whose path inside the pack fits.
fn only<'a>(files: &[(&'a str, &'a str)], fits: impl Fn(&str) -> bool) -> Vec<(&'a str, &'a str)> {
    let inside = |path: &'a str| path.split_once('/').map_or("", |(_, inside)| inside);
    files.iter().copied().filter(|(path, _)| fits(inside(path))).collect()
}

/// Each enabled pack is there, with its `pack.toml`, once.
fn present(files: &[(&str, &str)], enabled: &[&str], faults: &mut Vec<Fault>) {
    for pack in enabled {
        let head = format!("{pack}/pack.toml");
        if !files.iter().any(|(path, _)| *path == head) {
            let known: BTreeSet<&str> =
                files.iter().filter(|(path, _)| path.ends_with("/pack.toml")).map(|(path, _)| draft::pack_of(path)).collect();
            faults.push(
                Fault::new(&head, 0, "", "pack-missing")
                    .with("pack", *pack)
                    .with("known", known.into_iter().collect::<Vec<&str>>().join(", ")),
            );
        }
    }
}

/// The list of systems with the places of their quotations, where a pack has one.
fn systems(files: &[(&str, &str)], faults: &mut Vec<Fault>) -> Option<links::Systems> {
    let lists = only(files, |inside| inside == "systems.toml");
    if lists.is_empty() {
        return None;
    }
    let mut found = links::Systems::new();
    for (path, text) in lists {
        match crate::system::parse_systems(path, text) {
            Ok(systems) => {
                for system in systems {
                    let places = system.quotations.iter().map(|quotation| (quotation.page.clone(), quotation.line)).collect();
                    found.insert(system.id.to_string(), places);
                }
            }
            Err(more) => faults.extend(more),
        }
    }
    Some(found)
}

/// Clocks name duties that exist.
fn clock_duties(clocks: &Clocks, draft: &draft::Draft<'_>, faults: &mut Vec<Fault>) {
    let duties: BTreeSet<&str> = draft.duties.iter().map(|(duty, _)| duty.id.as_str()).collect();
    let refused = links::refused(faults);
    for clock in clocks.iter() {
        for duty in clock.duties.iter().filter(|duty| !duties.contains(duty.as_str()) && !refused.contains(duty.as_str())) {
            let key = format!("clock.{}.duties", clock.id);
            faults.push(Fault::new(&clock.file, clock.line, key, "duty-unknown").with("found", duty.as_str()).with("known", ""));
        }
    }
}
