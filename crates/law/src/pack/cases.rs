//! The cases of packs for fines, grades and terms: facts and what is expected. Clocks have their own runner.
//!
//! Invariant: every tier of every fine, every criterion of every grade is proved by a case.

use std::collections::BTreeSet;

use super::Lawbook;
use super::raw;
use super::source::{Site, Sited, Source};
use crate::condition::{Facts, Kind};
use crate::fault::Fault;
use crate::liability::{Fine, Measure, Question, Tier, Who};
use crate::term::Sense;
use crate::words::Sureness;

/// Runs the cases of these files, and names each tier and criterion that has none.
pub(super) fn run(files: &[(&str, &str)], book: &Lawbook, faults: &mut Vec<Fault>) {
    let mut runner = Runner { book, faults, proved: BTreeSet::new(), ids: BTreeSet::new() };
    for (path, text) in files {
        match Source::parse(path, text) {
            Ok(source) => runner.file(&source),
            Err(more) => runner.faults.extend(more),
        }
    }
    runner.unproved();
}

struct Runner<'b, 'f> {
    book: &'b Lawbook,
    faults: &'f mut Vec<Fault>,
    /// Penalty and tier, or grade and criterion.
    proved: BTreeSet<(String, String)>,
    ids: BTreeSet<String>,
}

impl Runner<'_, '_> {
    fn file(&mut self, source: &Source<'_>) {
        source.keys(&["case"], self.faults);
        for Sited { value: case, site } in source.records::<raw::Case>("case", self.faults) {
            if !self.ids.insert(case.id.clone()) {
                self.faults.push(site.fault(&["id"], "id-twice").with("id", case.id.as_str()));
            }
            match (&case.penalty, &case.scale, &case.subject) {
                (Some(id), None, None) => self.penalty(&case, id, &site),
                (None, Some(scale), None) => self.grade(&case, scale, &site),
                (None, None, Some(subject)) => self.term(&case, subject, &site),
                _ => self.faults.push(site.fault(&[], "case-of-what")),
            }
        }
    }

    fn penalty(&mut self, case: &raw::Case, id: &str, site: &Site<'_>) {
        let Some(penalty) = self.book.penalty(id) else {
            self.faults.push(site.fault(&["penalty"], "penalty-unknown").with("found", id).with("known", ""));
            return;
        };
        if !self.answers(&case.facts, &self.book.penalty_questions, site) {
            return;
        }
        let tier = penalty.tier(&self.book.penalty_facts(&case.facts)).unwrap_or_default();
        let found = tier.map_or_else(|| "none".to_owned(), shown_tier);
        let wanted = wanted_tier(&case.expect);
        if found == wanted {
            self.proved.extend(tier.map(|tier| (penalty.id.clone(), tier.id.clone())));
        } else {
            self.differs(site, &found, &wanted);
        }
    }

    fn grade(&mut self, case: &raw::Case, scale: &str, site: &Site<'_>) {
        if !self.book.scales.iter().any(|known| known.id == scale) {
            self.faults.push(site.fault(&["scale"], "scale-unknown").with("found", scale).with("known", ""));
            return;
        }
        if !self.answers(&case.facts, &self.book.grade_questions, site) {
            return;
        }
        let graded = self.book.grade(scale, &case.facts);
        let found = graded.as_ref().map_or_else(|| "none".to_owned(), |graded| shown_grade(&graded.grade.id, graded.sureness()));
        let wanted = match &case.expect.grade {
            Some(grade) => shown_grade(grade, case.expect.sureness.unwrap_or_default()),
            None => "none".to_owned(),
        };
        let by = graded
            .as_ref()
            .map(|graded| graded.because.iter().map(|criterion| criterion.id.clone()).collect::<Vec<String>>())
            .unwrap_or_default();
        let criterion_fits = case.expect.criterion.as_ref().is_none_or(|wanted| by.contains(wanted));
        if found != wanted || !criterion_fits {
            let criterion = case.expect.criterion.clone().unwrap_or_default();
            self.differs(site, &format!("{found} {}", by.join(" ")), &format!("{wanted} {criterion}"));
        } else if let Some(graded) = graded {
            // A case that names its criterion proves that one; one that does not proves it only where it stands alone.
            let proves = case.expect.criterion.clone().or_else(|| (by.len() == 1).then(|| by.concat()));
            self.proved.extend(proves.map(|criterion| (graded.grade.id.clone(), criterion)));
        }
    }

    fn term(&mut self, case: &raw::Case, subject: &str, site: &Site<'_>) {
        let effective = self.book.effective(subject, case.sense.unwrap_or(Sense::AtLeast));
        let found = effective.map_or_else(|| "none".to_owned(), |effective| effective.from.id.clone());
        let wanted = case.expect.term.clone().unwrap_or_else(|| "none".to_owned());
        if found != wanted {
            self.differs(site, &found, &wanted);
        }
    }

    /// Facts are declared and of the declared type.
    fn answers(&mut self, facts: &Facts, questions: &[Question], site: &Site<'_>) -> bool {
        let before = self.faults.len();
        for (name, fact) in facts {
            let kind: Option<Kind> = questions.iter().find(|question| question.name == *name).map(|question| question.kind);
            if kind != Some(fact.kind()) {
                let known = questions.iter().map(|question| question.name.as_str()).collect::<Vec<&str>>().join(", ");
                self.faults.push(site.fault(&["facts", name], "condition-fact").with("name", name.as_str()).with("known", known));
            }
        }
        self.faults.len() == before
    }

    fn differs(&mut self, site: &Site<'_>, found: &str, wanted: &str) {
        self.faults.push(site.fault(&["expect"], "case-differs").with("found", found).with("wanted", wanted));
    }

    fn unproved(&mut self) {
        let tiers = self
            .book
            .penalties
            .iter()
            .flat_map(|penalty| penalty.tiers.iter().map(|tier| (&penalty.pack, "penalties.toml", &penalty.id, &tier.id)));
        let criteria = self.book.grades.iter().flat_map(|grade| grade.criteria.iter().map(move |criterion| (grade, criterion)));
        let pack = self.book.packs.first().map(|pack| pack.id.clone()).unwrap_or_default();
        let criteria = criteria.map(|(grade, criterion)| (&pack, "grades.toml", &grade.id, &criterion.id));
        for (pack, file, id, part) in tiers.chain(criteria) {
            if !self.proved.contains(&(id.clone(), part.clone())) {
                self.faults.push(Fault::new(&format!("{pack}/{file}"), 0, format!("{id}.{part}"), "case-missing"));
            }
        }
    }
}

fn shown_grade(grade: &str, sureness: Sureness) -> String {
    format!("{grade} {sureness:?}").to_lowercase()
}

fn range(fines: &[Fine], who: Who, of: Measure) -> Option<[u64; 2]> {
    fines.iter().find(|fine| fine.who == who && fine.of == of).map(|fine| [fine.from, fine.to])
}

/// A tier as one line, so that a fault shows both sides alike.
fn shown_tier(tier: &Tier) -> String {
    let of = |who, measure| range(&tier.fines, who, measure);
    line(
        &tier.id,
        [
            of(Who::Unit, Measure::Yuan),
            of(Who::Person, Measure::Yuan),
            of(Who::Unit, Measure::UnlawfulGain),
            of(Who::Unit, Measure::PurchasePrice),
            of(Who::Unit, Measure::TurnoverPercent),
        ],
    )
}

fn wanted_tier(expect: &raw::Expect) -> String {
    match &expect.tier {
        Some(tier) if !expect.none => line(
            tier,
            [expect.unit_yuan, expect.person_yuan, expect.unit_unlawful_gain, expect.unit_purchase_price, expect.unit_turnover_percent],
        ),
        _ => "none".to_owned(),
    }
}

fn line(tier: &str, ranges: [Option<[u64; 2]>; 5]) -> String {
    let mut text = tier.to_owned();
    for (name, range) in ["unit", "person", "gain", "price", "turnover"].iter().zip(ranges) {
        if let Some([from, to]) = range {
            text = format!("{text} {name} {from}-{to}");
        }
    }
    text
}
