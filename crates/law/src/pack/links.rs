//! What records of packs say of each other and of the law: every id exists, every citation resolves, terms of one subject agree in kind.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Placed};
use super::source::Site;
use crate::fault::Fault;
use crate::library::{Library, Unresolved};
use crate::place::Place;
use crate::term::{Quoted, Sense, Term};
use crate::version::VersionId;

/// Records of one kind together over all packs.
pub const MOST_OF_A_KIND: usize = 5_000;

/// Facts that one calculator asks for.
pub const MOST_QUESTIONS: usize = 200;

/// Pages and lines of quotations by the id of their system.
pub(super) type Systems = BTreeMap<String, BTreeSet<(String, u32)>>;

/// What stands outside the draft that its records may name.
pub(super) struct Outside<'a> {
    pub library: &'a Library,
    /// Ids of `systems.toml` with the pages and lines of their quotations; None where no pack has one.
    pub systems: Option<Systems>,
    /// All packs of the files, enabled or not.
    pub packs: BTreeSet<&'a str>,
}

/// Names every broken link.
pub(super) fn check(draft: &Draft<'_>, outside: &Outside<'_>, faults: &mut Vec<Fault>) {
    let refused = refused(faults);
    let instruments = ids(&draft.instruments, |one| &one.id);
    let mut links = Links { outside, instruments: &instruments, refused: &refused, faults };
    links.unique(draft);
    links.duties(draft);
    links.penalties(draft);
    links.grades(draft);
    links.terms(draft);
    links.lists(draft);
}

/// Ids of records that were refused when they were read: that others name them is no fault of theirs.
pub(super) fn refused(faults: &[Fault]) -> BTreeSet<String> {
    faults.iter().filter_map(|fault| fault.key.split('.').nth(1)).map(str::to_owned).collect()
}

fn ids<'d, T>(records: &'d [Placed<'_, T>], id: impl Fn(&'d T) -> &'d String) -> BTreeSet<&'d str> {
    records.iter().map(|(record, _)| id(record).as_str()).collect()
}

struct Links<'d, 'f> {
    outside: &'d Outside<'d>,
    instruments: &'d BTreeSet<&'d str>,
    refused: &'d BTreeSet<String>,
    faults: &'f mut Vec<Fault>,
}

impl<'d> Links<'d, '_> {
    fn unique(&mut self, draft: &'d Draft<'_>) {
        self.once(&draft.duties, |one| &one.id);
        self.once(&draft.penalties, |one| &one.id);
        for questions in [&draft.penalty_questions, &draft.grade_questions] {
            self.once(questions, |one| &one.name);
            if let Some((_, site)) = questions.get(MOST_QUESTIONS) {
                self.faults.push(site.fault(&[], "too-many").with("limit", MOST_QUESTIONS.to_string()));
            }
        }
        self.once(&draft.scales, |one| &one.id);
        self.once(&draft.grades, |one| &one.id);
        self.once(&draft.classes, |one| &one.id);
        self.once(&draft.terms, |one| &one.id);
        self.once(&draft.actors, |one| &one.id);
        self.once(&draft.operators, |one| &one.id);
        self.once(&draft.instruments, |one| &one.id);
        self.once(&draft.audit_fields, |one| &one.id);
        self.once(&draft.levels, |one| &one.id);
        self.once(&draft.categories, |one| &one.id);
        self.once(&draft.points, |one| &one.id);
    }

    fn once<T>(&mut self, records: &'d [Placed<'_, T>], id: impl Fn(&'d T) -> &'d String) {
        let mut seen = BTreeSet::new();
        for (record, site) in records {
            if !seen.insert(id(record)) {
                self.faults.push(site.fault(&["id"], "id-twice").with("id", id(record).as_str()));
            }
        }
        if let Some((_, site)) = records.get(MOST_OF_A_KIND) {
            self.faults.push(site.fault(&[], "too-many").with("limit", MOST_OF_A_KIND.to_string()));
        }
    }

    fn known(&mut self, known: &BTreeSet<&str>, id: &str, site: &Site<'_>, path: &[&str], kind: &'static str) {
        if !known.contains(id) && !self.refused.contains(id) {
            let listed = known.iter().take(40).copied().collect::<Vec<&str>>().join(", ");
            self.faults.push(site.fault(path, kind).with("found", id).with("known", listed));
        }
    }

    fn duties(&mut self, draft: &'d Draft<'_>) {
        let (actors, penalties) = (ids(&draft.actors, |one| &one.id), ids(&draft.penalties, |one| &one.id));
        for (duty, site) in &draft.duties {
            self.known(&actors, &duty.actor, site, &["actor"], "actor-unknown");
            for penalty in &duty.penalties {
                self.known(&penalties, penalty, site, &["penalties"], "penalty-unknown");
            }
            self.cites(&duty.cites, site);
            self.bases(&duty.other, site);
            for system in &duty.systems {
                self.system(system, site, &["systems"]);
            }
            if duty.cites.is_empty() && duty.other.is_empty() {
                self.faults.push(site.fault(&["cites"], "duty-no-basis"));
            }
        }
    }

    fn penalties(&mut self, draft: &'d Draft<'_>) {
        let penalties = ids(&draft.penalties, |one| &one.id);
        for (penalty, site) in &draft.penalties {
            match penalty.law.parse::<VersionId>() {
                Ok(version) => {
                    self.place(&version, penalty.at, site, &["at"]);
                    for place in &penalty.answers {
                        self.place(&version, *place, site, &["answers"]);
                    }
                }
                Err(_) => self.instrument(&penalty.law, site, &["law"]),
            }
            for other in &penalty.refers {
                self.known(&penalties, other, site, &["refers"], "penalty-unknown");
            }
        }
    }

    fn grades(&mut self, draft: &'d Draft<'_>) {
        let scales = ids(&draft.scales, |one| &one.id);
        for (scale, site) in &draft.scales {
            self.instrument(&scale.instrument, site, &["instrument"]);
        }
        for (class, site) in &draft.classes {
            self.known(&scales, &class.scale, site, &["scale"], "scale-unknown");
        }
        let mut ranks = BTreeSet::new();
        for (grade, site) in &draft.grades {
            self.known(&scales, &grade.scale, site, &["scale"], "scale-unknown");
            if !ranks.insert((&grade.scale, grade.rank)) {
                self.faults.push(site.fault(&["rank"], "rank-twice").with("rank", grade.rank.to_string()));
            }
        }
    }

    fn terms(&mut self, draft: &'d Draft<'_>) {
        for (term, site) in &draft.terms {
            self.cites(&term.cites, site);
            self.bases(&term.other, site);
            if let Some(source) = &term.source {
                self.quoted(source, site);
            }
        }
        let bounds = self.bounds(draft);
        for (subject, own) in &bounds {
            for above in subject.match_indices('.').filter_map(|(at, _)| bounds.get(subject.get(..at)?)) {
                for (term, site) in own.iter().flatten() {
                    above.iter().flatten().for_each(|(other, _)| self.agree(term, other, site));
                }
            }
        }
    }

    /// The longest floor and the shortest ceiling of each subject, each checked with the others of its subject.
    fn bounds(&mut self, draft: &'d Draft<'_>) -> BTreeMap<&'d str, [Option<(&'d Term, &'d Site<'d>)>; 2]> {
        let mut bounds: BTreeMap<&str, [Option<(&Term, &Site<'_>)>; 2]> = BTreeMap::new();
        for (term, site) in &draft.terms {
            let both = bounds.entry(term.subject.as_str()).or_default();
            both.iter().flatten().for_each(|(other, _)| self.agree(term, other, site));
            let [floor, ceiling] = both;
            let own = if term.sense == Sense::AtLeast { floor } else { ceiling };
            if own.is_none_or(|(other, _)| term.value.surely_as_strict(term.sense, other.value)) {
                *own = Some((term, site));
            }
        }
        bounds
    }

    /// Two terms of which one applies where the other does count the same, and no floor lies above a ceiling.
    fn agree(&mut self, term: &Term, other: &Term, site: &Site<'_>) {
        if !term.value.same_kind(other.value) {
            self.faults.push(site.fault(&[], "term-kinds").with("other", other.id.as_str()));
        } else if term.sense != other.sense {
            let (floor, ceiling) = if term.sense == Sense::AtLeast { (term, other) } else { (other, term) };
            if !ceiling.value.surely_as_strict(Sense::AtLeast, floor.value) {
                self.faults.push(site.fault(&[], "term-floor-above").with("other", other.id.as_str()));
            }
        }
    }

    fn lists(&mut self, draft: &'d Draft<'_>) {
        let (actors, duties) = (ids(&draft.actors, |one| &one.id), ids(&draft.duties, |one| &one.id));
        for (operator, site) in &draft.operators {
            for actor in &operator.actors {
                self.known(&actors, actor, site, &["actors"], "actor-unknown");
            }
            for pack in &operator.packs {
                self.known(&self.outside.packs, pack, site, &["packs"], "pack-unknown");
            }
        }
        for (field, site) in &draft.audit_fields {
            self.bases(&field.other, site);
        }
        for (level, site) in &draft.levels {
            self.quoted(&level.source, site);
        }
        for (category, site) in &draft.categories {
            self.cites(&category.cites, site);
        }
        for (point, site) in &draft.points {
            self.instrument(&point.basis.instrument, site, &["basis"]);
            for duty in &point.duties {
                self.known(&duties, duty, site, &["duties"], "duty-unknown");
            }
        }
        for (instrument, site) in &draft.instruments {
            if let Some(replaced) = &instrument.replaces {
                self.instrument(replaced, site, &["replaces"]);
            }
        }
    }

    fn bases(&mut self, bases: &[crate::duty::Basis], site: &Site<'_>) {
        for basis in bases {
            self.instrument(&basis.instrument, site, &["other"]);
        }
    }

    fn instrument(&mut self, id: &str, site: &Site<'_>, path: &[&str]) {
        self.known(self.instruments, id, site, path, "instrument-unknown");
    }

    /// An id of the list of systems; where no pack has the list, its form alone.
    fn system(&mut self, id: &str, site: &Site<'_>, path: &[&str]) {
        let known = match &self.outside.systems {
            Some(known) => known.contains_key(id),
            None => id.parse::<crate::system::SystemId>().is_ok(),
        };
        if !known {
            self.faults.push(site.fault(path, "system-none").with("found", id));
        }
    }

    /// A page and line that a quotation of the system has.
    fn quoted(&mut self, source: &Quoted, site: &Site<'_>) {
        self.system(&source.system, site, &["source", "system"]);
        let quotations = self.outside.systems.as_ref().and_then(|systems| systems.get(&source.system));
        if quotations.is_some_and(|quotations| !quotations.contains(&(source.page.clone(), source.line))) {
            let place = format!("{}:{}", source.page, source.line);
            self.faults
                .push(site.fault(&["source", "line"], "source-unquoted").with("system", source.system.as_str()).with("found", place));
        }
    }

    fn cites(&mut self, cites: &BTreeMap<VersionId, Vec<Place>>, site: &Site<'_>) {
        for (version, places) in cites {
            if places.is_empty() {
                self.faults.push(site.fault(&["cites", version.as_str()], "cites-empty"));
            }
            for place in places {
                self.place(version, *place, site, &["cites", version.as_str()]);
            }
        }
    }

    fn place(&mut self, version: &VersionId, place: Place, site: &Site<'_>, path: &[&str]) {
        if let Err(why) = self.outside.library.resolve(version, place) {
            let code = match &why {
                Unresolved::Version(_) => "cite-version",
                _ => "cite-place",
            };
            self.faults.push(site.fault(path, code).with("place", place.to_string()).with("version", version.as_str()));
        }
    }
}
