//! The points that an inspector asks about, each with our facts: the duties that answer it, why they stand so, what is missing and the plan.
//!
//! Invariants: how a duty stands is read, never measured here; names in reasons are told to those who see the whole operator; a point that rests on a
//! secondary reading says so.

use std::collections::BTreeMap;

use anlan_assure::assess::State;
use anlan_base::text::{Lang, text};
use anlan_law::Sureness;
use anlan_law::duty::{Duty, Shown};
use anlan_law::heading::InspectionPoint;
use anlan_law::pack::Lawbook;
use anlan_ledger::records::{ListAsk, StateAsk};

use crate::compliance::stand::{Stands, sees_names};
use crate::console::Shared;
use crate::failure::Failure;
use crate::session::Signed;
use crate::shown;

/// Reasons that a duty tells beside its first.
const REASONS: usize = 5;
/// Bytes of one reason.
const REASON_BYTES: usize = 400;
/// Registers whose open records are the plan.
pub(super) const PLAN: [&str; 3] = ["rectification", "hazard", "finding"];

pub(super) struct Point {
    pub(super) id: String,
    pub(super) number: u8,
    pub(super) title: String,
    pub(super) basis: String,
    /// How sure the point itself is: a word and why; empty where it is certain.
    pub(super) sure: (String, String),
    pub(super) duties: Vec<DutyFact>,
    pub(super) met: usize,
    /// The worst of its duties: class and key of the word.
    pub(super) state: (&'static str, &'static str),
}

pub(super) struct DutyFact {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) state: (&'static str, &'static str),
    pub(super) why: String,
    pub(super) computed: bool,
    pub(super) sentence: String,
    pub(super) reasons: Vec<String>,
    /// What the pack says would be shown; told where something is missing.
    pub(super) missing: String,
    pub(super) registers: Vec<Register>,
}

/// A register that a duty's facts come from, or that holds its plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Register {
    pub(super) title: String,
    pub(super) link: String,
    pub(super) open: u64,
}

/// Reads the points; asks each register once.
pub(super) struct Reading<'a> {
    pub(super) house: &'a Shared,
    pub(super) who: &'a Signed,
    pub(super) book: &'a Lawbook,
    pub(super) stands: &'a Stands,
    pub(super) names: bool,
    registers: BTreeMap<String, Option<Register>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(house: &'a Shared, who: &'a Signed, book: &'a Lawbook, stands: &'a Stands) -> Self {
        Self { house, who, book, stands, names: sees_names(house, &who.rights), registers: BTreeMap::new() }
    }

    pub(super) async fn points(&mut self) -> Result<Vec<Point>, Failure> {
        let mut out = Vec::new();
        for point in &self.book.points {
            out.push(self.point(point).await?);
        }
        Ok(out)
    }

    async fn point(&mut self, point: &InspectionPoint) -> Result<Point, Failure> {
        let lang = self.who.lang;
        let book = self.book;
        let duties: Vec<&Duty> = point.duties.iter().filter_map(|id| book.duties.iter().find(|duty| duty.id == *id)).collect();
        let mut facts = Vec::new();
        for duty in &duties {
            facts.push(self.duty(duty).await?);
        }
        let states: Vec<State> = duties.iter().map(|duty| self.stands.of(duty).state).collect();
        let worst = states.iter().copied().max().unwrap_or(State::Unknown);
        Ok(Point {
            id: point.id.clone(),
            number: point.number,
            title: point.title.show(lang).to_owned(),
            basis: basis(book, lang, point),
            sure: sure(lang, point),
            met: states.iter().filter(|state| **state == State::Met).count(),
            duties: facts,
            state: crate::compliance::stand::mark(worst),
        })
    }

    async fn duty(&mut self, duty: &Duty) -> Result<DutyFact, Failure> {
        let lang = self.who.lang;
        let stand = self.stands.of(duty);
        let sentence = stand.sentence(lang, duty, self.names);
        let more = stand.verdict.filter(|_| self.names && !stand.stale).map_or(&[][..], |verdict| &verdict.reasons);
        let reasons = more.iter().skip(1).take(REASONS).map(|reason| shown::plain(&reason.say(lang), REASON_BYTES));
        let why = match stand.why_key() {
            "" => String::new(),
            key => text(lang, key, &[]),
        };
        let missing = if stand.state == State::Met { String::new() } else { duty.evidence.show(lang).to_owned() };
        Ok(DutyFact {
            id: duty.id.clone(),
            title: duty.title.show(lang).to_owned(),
            state: stand.mark(),
            why,
            computed: stand.computed,
            sentence: shown::plain(&sentence, REASON_BYTES),
            reasons: reasons.collect(),
            missing,
            registers: self.registers_of(duty).await?,
        })
    }

    /// The registers that its probe looks at, with what is open in them.
    async fn registers_of(&mut self, duty: &Duty) -> Result<Vec<Register>, Failure> {
        let Shown::Probe { of, .. } = &duty.shown else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        for kind in of {
            out.extend(self.register(kind).await?);
        }
        Ok(out)
    }

    /// A register with its open records; none where there is no such kind or the asker may not look.
    pub(super) async fn register(&mut self, id: &str) -> Result<Option<Register>, Failure> {
        if let Some(known) = self.registers.get(id) {
            return Ok(known.clone());
        }
        let kinds = self.house.console.ledger.kinds();
        let found = match kinds.get(id).filter(|kind| self.house.console.ledger.may_see(&self.who.rights, kind)) {
            None => None,
            Some(kind) => {
                let ask = ListAsk { kind: Some(id.to_owned()), state: StateAsk::Open, limit: 1, ..ListAsk::default() };
                let page = self.house.console.ledger.list(&self.who.rights, &ask).await?;
                let open = page.totals.iter().filter(|total| !total.ended).map(|total| total.records).sum();
                Some(Register { title: kind.title.show(self.who.lang).to_owned(), link: format!("/records/{id}"), open })
            }
        };
        self.registers.insert(id.to_owned(), found.clone());
        Ok(found)
    }
}

fn basis(book: &Lawbook, lang: Lang, point: &InspectionPoint) -> String {
    let id = &point.basis.instrument;
    let title = book.instrument(id).map_or(id.as_str(), |instrument| instrument.title.show(lang));
    point.basis.at.as_ref().map_or_else(|| title.to_owned(), |at| format!("{title} {at}"))
}

fn sure(lang: Lang, point: &InspectionPoint) -> (String, String) {
    let key = match point.sureness {
        Sureness::Certain => return Default::default(),
        Sureness::Likely => "duty-sure-likely",
        Sureness::Unsure => "duty-sure-unsure",
    };
    (text(lang, key, &[]), point.unsure.as_ref().map_or_else(String::new, |words| words.show(lang).to_owned()))
}
