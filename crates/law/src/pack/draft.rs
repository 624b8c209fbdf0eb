//! What the files of the enabled packs say, gathered with the places of the records, before the links between them are checked.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::raw;
use super::read::Reader;
use super::source::{Site, Sited, Source};
use super::{FILES_MOST, Pack, SCHEMA};
use crate::accounts::{AccountRules, Written};
use crate::condition::Kind;
use crate::duty::{Actor, Duty, OperatorKind};
use crate::fault::Fault;
use crate::grade::{Class, Grade, Scale};
use crate::heading::{AuditField, Category, InspectionPoint, Instrument, Level};
use crate::liability::{Penalty, Question};
use crate::term::Term;

/// A record with its place.
pub(super) type Placed<'s, T> = (T, Site<'s>);

/// Everything of the enabled packs.
#[derive(Default)]
pub(super) struct Draft<'s> {
    pub packs: Vec<Pack>,
    pub duties: Vec<Placed<'s, Duty>>,
    pub penalties: Vec<Placed<'s, Penalty>>,
    pub penalty_questions: Vec<Placed<'s, Question>>,
    pub scales: Vec<Placed<'s, Scale>>,
    pub grades: Vec<Placed<'s, Grade>>,
    pub grade_questions: Vec<Placed<'s, Question>>,
    pub classes: Vec<Placed<'s, Class>>,
    pub terms: Vec<Placed<'s, Term>>,
    pub actors: Vec<Placed<'s, Actor>>,
    pub operators: Vec<Placed<'s, OperatorKind>>,
    pub instruments: Vec<Placed<'s, Instrument>>,
    pub audit_fields: Vec<Placed<'s, AuditField>>,
    pub levels: Vec<Placed<'s, Level>>,
    pub categories: Vec<Placed<'s, Category>>,
    pub points: Vec<Placed<'s, InspectionPoint>>,
    /// The strictest of all packs.
    pub accounts: AccountRules,
}

/// What a file of a pack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Head,
    Duties,
    Penalties,
    Grades,
    Terms,
    Actors,
    Instruments,
    AuditFields,
    Levels,
    Categories,
    Points,
    Accounts,
    /// Read elsewhere: statutes, calendars, clocks, systems, cases, kinds of cases.
    Else,
}

/// What a path below `packs/` holds; None where a pack has no such file.
pub(super) fn holds(path: &str) -> Option<Holds> {
    let (_, inside) = path.split_once('/')?;
    Some(match inside {
        "pack.toml" => Holds::Head,
        "duties.toml" => Holds::Duties,
        "penalties.toml" => Holds::Penalties,
        "grades.toml" => Holds::Grades,
        "terms.toml" => Holds::Terms,
        "actors.toml" => Holds::Actors,
        "instruments.toml" => Holds::Instruments,
        "audit-fields.toml" => Holds::AuditFields,
        "confidentiality.toml" => Holds::Levels,
        "content-categories.toml" => Holds::Categories,
        "inspection.toml" => Holds::Points,
        "accounts.toml" => Holds::Accounts,
        "clocks.toml" | "systems.toml" => Holds::Else,
        _ => {
            let folder = inside.split_once('/')?.0;
            let is_toml = std::path::Path::new(inside).extension().is_some_and(|extension| extension == "toml");
            (is_toml && ["statutes", "calendars", "cases", "kinds"].contains(&folder)).then_some(Holds::Else)?
        }
    })
}

/// The pack that a path belongs to.
pub(super) fn pack_of(path: &str) -> &str {
    path.split_once('/').map_or("", |(pack, _)| pack)
}

/// Parses the files that this module reads; the number of files is limited.
pub(super) fn sources<'a>(files: &[(&'a str, &'a str)], enabled: &[&str], faults: &mut Vec<Fault>) -> Vec<Source<'a>> {
    if files.len() > FILES_MOST {
        faults.push(Fault::new("", 0, "", "too-many-files").with("limit", FILES_MOST.to_string()));
        return Vec::new();
    }
    let mut sources = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| enabled.contains(&pack_of(path))) {
        match holds(path) {
            None => faults.push(Fault::new(path, 0, "", "unknown-file")),
            Some(Holds::Else) => {}
            Some(_) => match Source::parse(path, text) {
                Ok(source) => sources.push(source),
                Err(more) => faults.extend(more),
            },
        }
    }
    sources
}

/// Reads all records.
pub(super) fn gather<'s>(sources: &'s [Source<'s>], faults: &mut Vec<Fault>) -> Draft<'s> {
    let mut draft = Draft::default();
    for source in sources {
        let Some(held) = holds(source.path) else { continue };
        draft.file(source, held, faults);
    }
    draft
}

impl<'s> Draft<'s> {
    fn file(&mut self, source: &'s Source<'s>, held: Holds, faults: &mut Vec<Fault>) {
        let pack = pack_of(source.path).to_owned();
        match held {
            Holds::Head => self.head(source, &pack, faults),
            Holds::Duties => read(source, "duty", &pack, &mut self.duties, faults, |reader, sited| reader.duty(sited)),
            Holds::Penalties => self.penalties(source, &pack, faults),
            Holds::Grades => self.grades(source, &pack, faults),
            Holds::Terms => read(source, "term", &pack, &mut self.terms, faults, |reader, sited| reader.term(sited)),
            Holds::Actors => {
                source.keys(&["actor", "operator"], faults);
                plain(source, "actor", &pack, &mut self.actors, faults, |reader, site, actor: &Actor| {
                    reader.id(site, &actor.id);
                    reader.words(site, &["title"], &actor.title);
                });
                plain(source, "operator", &pack, &mut self.operators, faults, |reader, site, kind: &OperatorKind| {
                    reader.id(site, &kind.id);
                    reader.words(site, &["title"], &kind.title);
                });
            }
            Holds::Instruments => {
                read(source, "instrument", &pack, &mut self.instruments, faults, |reader, sited| reader.instrument(sited))
            }
            Holds::AuditFields => {
                source.keys(&["field"], faults);
                plain(source, "field", &pack, &mut self.audit_fields, faults, |reader, site, field: &AuditField| {
                    reader.id(site, &field.id);
                    reader.words(site, &["title"], &field.title);
                });
            }
            Holds::Levels => {
                source.keys(&["level"], faults);
                plain(source, "level", &pack, &mut self.levels, faults, |reader, site, level: &Level| {
                    reader.id(site, &level.id);
                    reader.words(site, &["title"], &level.title);
                    reader.words(site, &["readers"], &level.readers);
                });
            }
            Holds::Categories => read(source, "category", &pack, &mut self.categories, faults, |reader, sited| reader.category(sited)),
            Holds::Points => read(source, "point", &pack, &mut self.points, faults, |reader, sited| reader.point(sited)),
            Holds::Accounts => {
                let rules = source.whole::<Written>(faults).map(Written::rules).unwrap_or_default();
                self.accounts = self.accounts.stricter(rules);
            }
            Holds::Else => {}
        }
    }

    fn head(&mut self, source: &'s Source<'s>, pack: &str, faults: &mut Vec<Fault>) {
        let Some(head) = source.whole::<raw::Head>(faults) else { return };
        if head.schema != SCHEMA {
            faults.push(source.fault("schema", "schema").with("found", head.schema.as_str()).with("wanted", SCHEMA));
        }
        if head.id != pack {
            faults.push(source.fault("id", "pack-id").with("found", head.id.as_str()).with("wanted", pack));
        }
        self.packs.push(Pack { id: head.id, version: head.version, title: head.title, about: head.about, needs: head.needs });
    }

    fn penalties(&mut self, source: &'s Source<'s>, pack: &str, faults: &mut Vec<Fault>) {
        source.keys(&["fact", "penalty"], faults);
        questions(source, pack, &mut self.penalty_questions, faults);
        let asked = kinds(&self.penalty_questions);
        let mut reader = Reader { pack: pack.to_owned(), faults };
        for sited in source.records("penalty", reader.faults) {
            let site = sited.site.clone();
            self.penalties.extend(reader.penalty(sited, &asked).map(|penalty| (penalty, site)));
        }
    }

    fn grades(&mut self, source: &'s Source<'s>, pack: &str, faults: &mut Vec<Fault>) {
        source.keys(&["fact", "scale", "grade", "class"], faults);
        questions(source, pack, &mut self.grade_questions, faults);
        plain(source, "scale", pack, &mut self.scales, faults, |reader, site, scale: &Scale| {
            reader.id(site, &scale.id);
            reader.words(site, &["title"], &scale.title);
            reader.words(site, &["note"], &scale.note);
        });
        plain(source, "class", pack, &mut self.classes, faults, |reader, site, class: &Class| {
            reader.id(site, &class.id);
            reader.words(site, &["title"], &class.title);
        });
        let asked = kinds(&self.grade_questions);
        let mut reader = Reader { pack: pack.to_owned(), faults };
        for sited in source.records("grade", reader.faults) {
            let site = sited.site.clone();
            self.grades.extend(reader.grade(sited, &asked).map(|grade| (grade, site)));
        }
    }
}

/// Reads the only array of a file through a checker that makes the record.
fn read<'s, R: DeserializeOwned, T>(
    source: &'s Source<'s>,
    array: &'static str,
    pack: &str,
    into: &mut Vec<Placed<'s, T>>,
    faults: &mut Vec<Fault>,
    make: impl Fn(&mut Reader<'_>, Sited<'s, R>) -> Option<T>,
) {
    source.keys(&[array], faults);
    let mut reader = Reader { pack: pack.to_owned(), faults };
    for sited in source.records(array, reader.faults) {
        let site = sited.site.clone();
        into.extend(make(&mut reader, sited).map(|made| (made, site)));
    }
}

/// Reads an array whose records are used as written, after a check.
fn plain<'s, T: DeserializeOwned>(
    source: &'s Source<'s>,
    array: &'static str,
    pack: &str,
    into: &mut Vec<Placed<'s, T>>,
    faults: &mut Vec<Fault>,
    check: impl Fn(&mut Reader<'_>, &Site<'s>, &T),
) {
    let mut reader = Reader { pack: pack.to_owned(), faults };
    for Sited { value, site } in source.records(array, reader.faults) {
        check(&mut reader, &site, &value);
        into.push((value, site));
    }
}

fn questions<'s>(source: &'s Source<'s>, pack: &str, into: &mut Vec<Placed<'s, Question>>, faults: &mut Vec<Fault>) {
    plain(source, "fact", pack, into, faults, |reader, site, question: &Question| {
        reader.id(site, &question.name);
        reader.words(site, &["title"], &question.title);
    });
}

fn kinds(questions: &[Placed<'_, Question>]) -> BTreeMap<String, Kind> {
    questions.iter().map(|(question, _)| (question.name.clone(), question.kind)).collect()
}
