//! Questions to the registers, as the list of the console asks them.
//!
//! Invariants: a question's address and its number belong together, whoever may see every record finds the same; at most [`ROWS_READ`] rows and
//! [`FOLDED`] whole records are read for one question, and the answer says whether that was all.

use anlan_base::{Day, Instant, TimeOfDay};
use anlan_law::Bilingual;
use anlan_law::kind::{Kind, Shape};
use anlan_ledger::engine::{People as _, PersonId, Record, UnitId};
use anlan_ledger::records::{Condition, Judge, ListAsk, Order, RecordRow, SURVEY_FOLDS, StateAsk, What};

use crate::assess::measured::BETWEEN;
use crate::assess::{AssessError, How, Measured, Site};

/// Rows of one question that are read.
pub(in crate::assess::probe) const ROWS_READ: usize = 20_000;
/// Records of one question that are read in full, the last changed first.
pub(in crate::assess::probe) const FOLDED: usize = 3_000;
/// Days that are looked back over what has ended. A choice of ours: the year that a yearly inspection asks about.
pub(in crate::assess::probe) const LOOKS_BACK_DAYS: u64 = 366;
/// Records that are named one by one where a count says the rest.
pub(in crate::assess::probe) const TOLD: usize = 40;
const DAY_SECONDS: u64 = 86_400;

/// Which records of one kind.
#[derive(Clone, Debug)]
pub(in crate::assess::probe) struct Question {
    pub kind: String,
    pub state: StateAsk,
    /// Filter field and value.
    pub by: Vec<(String, String)>,
    pub unit: Option<UnitId>,
    pub conditions: Vec<Condition>,
}

/// What was read, and whether it was all.
#[derive(Debug)]
pub(in crate::assess::probe) struct Read<T> {
    pub rows: Vec<T>,
    /// No more fit the question.
    pub whole: bool,
}

impl Question {
    pub fn of(kind: &str, state: StateAsk) -> Self {
        Self { kind: kind.to_owned(), state, by: Vec::new(), unit: None, conditions: Vec::new() }
    }

    pub fn is(kind: &str, state: &str) -> Self {
        Self::of(kind, StateAsk::Is(state.to_owned()))
    }

    pub fn by(mut self, field: &str, value: &str) -> Self {
        self.by.push((field.to_owned(), value.to_owned()));
        self
    }

    /// Only those for which each of the conditions holds, as `spec/verdict.md` writes them.
    pub fn only<C: AsRef<str>>(mut self, conditions: impl IntoIterator<Item = C>) -> Result<Self, AssessError> {
        for condition in conditions {
            self.conditions.push(condition.as_ref().parse()?);
        }
        Ok(self)
    }

    /// Those of the records for which the conditions hold.
    pub fn picked<'r>(&self, site: &Site, records: impl IntoIterator<Item = &'r Record>) -> Vec<&'r Record> {
        let (kinds, directory) = (site.ledger.kinds(), site.ledger.directory());
        let Some(kind) = kinds.get(&self.kind) else { return Vec::new() };
        let judge = Judge { kind, people: &*directory, now: site.now };
        records.into_iter().filter(|record| self.conditions.iter().all(|condition| condition.holds(record, &judge))).collect()
    }

    /// Those of the rows for which the conditions hold; what a row does not tell, its record does.
    pub async fn picked_rows(&self, site: &Site, rows: Vec<RecordRow>) -> Result<Vec<RecordRow>, AssessError> {
        let (kinds, directory) = (site.ledger.kinds(), site.ledger.directory());
        let Some(kind) = kinds.get(&self.kind) else { return Ok(Vec::new()) };
        let judge = Judge { kind, people: &*directory, now: site.now };
        let mut picked = Vec::new();
        for row in rows {
            let told: Option<Vec<bool>> = self.conditions.iter().map(|condition| condition.of_row(&row, &judge)).collect();
            let fits = match told {
                Some(told) => !told.contains(&false),
                None => !self.picked(site, &in_full(site, std::slice::from_ref(&row)).await?).is_empty(),
            };
            if fits {
                picked.push(row);
            }
        }
        Ok(picked)
    }

    /// Notes that this list gives the number, which these facts are or are a part of.
    pub fn told(&self, measured: &mut Measured, facts: &[&str], number: usize) {
        measured.asked_for(facts, How::Records, self.address(), number as u64);
    }

    /// Path and query of the list that asks the same.
    pub fn address(&self) -> String {
        let view = match &self.state {
            StateAsk::Open => String::new(),
            StateAsk::All => "view=all".to_owned(),
            StateAsk::Ended => "view=ended".to_owned(),
            StateAsk::Overdue => "view=overdue".to_owned(),
            StateAsk::DueSoon(_) => "view=soon".to_owned(),
            StateAsk::Is(state) => format!("view=is:{state}"),
            StateAsk::LateEntry => "view=late".to_owned(),
            StateAsk::Voided => "view=voided".to_owned(),
        };
        let by = self.by.iter().map(|(field, value)| format!("by.{field}={value}"));
        let unit = self.unit.map(|unit| format!("unit={unit}"));
        let only = self.conditions.iter().map(|condition| format!("where={condition}"));
        let asked: Vec<String> = Some(view).filter(|view| !view.is_empty()).into_iter().chain(unit).chain(by).chain(only).collect();
        if asked.is_empty() { format!("/records/{}", self.kind) } else { format!("/records/{}?{}", self.kind, asked.join("&")) }
    }

    fn ask(&self, order: Order, after: Option<String>) -> ListAsk {
        ListAsk {
            kind: Some(self.kind.clone()),
            unit: self.unit,
            state: self.state.clone(),
            filters: self.by.clone(),
            conditions: self.conditions.clone(),
            order,
            after,
            ..ListAsk::default()
        }
    }

    /// How many there are.
    pub async fn count(&self, site: &Site) -> Result<u64, AssessError> {
        Ok(site.ledger.survey_count(&self.ask(Order::Number, None)).await?)
    }

    /// How many there are, noted beside the question.
    pub async fn asked(&self, site: &Site, measured: &mut Measured) -> Result<u64, AssessError> {
        self.asked_for(site, measured, &[]).await
    }

    /// How many there are, which these facts are or are a part of.
    pub async fn asked_for(&self, site: &Site, measured: &mut Measured, facts: &[&str]) -> Result<u64, AssessError> {
        let number = self.count(site).await?;
        measured.asked_for(facts, How::Records, self.address(), number);
        Ok(number)
    }

    /// Rows, the last changed first, as long as they are wanted: those that were changed at or after `since`.
    pub async fn rows(&self, site: &Site, since: Option<Instant>, most: usize) -> Result<Read<RecordRow>, AssessError> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let page = site.ledger.survey(&self.ask(Order::Changed, after)).await?;
            for row in page.rows {
                // Overdue ones come in the order of their clocks.
                if since.is_some_and(|since| row.changed < since) {
                    if matches!(self.state, StateAsk::Overdue | StateAsk::DueSoon(_)) {
                        continue;
                    }
                    return Ok(Read { rows, whole: true });
                }
                if rows.len() == most {
                    return Ok(Read { rows, whole: false });
                }
                rows.push(row);
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(Read { rows, whole: true }),
            }
        }
    }

    /// Whole records that were changed in the last [`LOOKS_BACK_DAYS`], and since when; of more than [`FOLDED`], those of a shorter period.
    pub async fn recent(&self, site: &Site) -> Result<(Vec<Record>, Instant), AssessError> {
        let since = look_back(site.now);
        let mut read = self.records(site, Some(since)).await?;
        let since = match read.rows.last().filter(|_| !read.whole) {
            Some(oldest) => behind(oldest.changed),
            None => since,
        };
        read.rows.retain(|record| record.changed >= since);
        Ok((read.rows, since))
    }

    /// Whole records, the last changed first, at most [`FOLDED`].
    pub async fn records(&self, site: &Site, since: Option<Instant>) -> Result<Read<Record>, AssessError> {
        let found = self.rows(site, since, FOLDED).await?;
        Ok(Read { rows: in_full(site, &found.rows).await?, whole: found.whole })
    }
}

pub(in crate::assess::probe) async fn in_full(site: &Site, rows: &[RecordRow]) -> Result<Vec<Record>, AssessError> {
    let numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    let mut records = Vec::with_capacity(numbers.len());
    for run in numbers.chunks(SURVEY_FOLDS) {
        records.extend(site.ledger.survey_full(run).await?);
    }
    Ok(records)
}

/// Open records, and those that ended in the last [`LOOKS_BACK_DAYS`]; where there are too many of these, those of a shorter period.
pub(in crate::assess::probe) struct Recent {
    pub records: Vec<Record>,
    /// From when on all that ended was read: a whole second.
    pub since: Instant,
    /// All that are open were read.
    pub whole: bool,
    /// The list of all of them.
    pub asked: Question,
}

/// A year back, to the second: an address says no more.
pub(in crate::assess::probe) fn look_back(now: Instant) -> Instant {
    let since = now.minus_seconds(LOOKS_BACK_DAYS * DAY_SECONDS);
    Instant(since.0 - since.0 % Instant::SECOND)
}

/// The whole second behind what was read to its bound.
pub(in crate::assess::probe) fn behind(oldest: Instant) -> Instant {
    Instant(oldest.0 - oldest.0 % Instant::SECOND).plus_seconds(1)
}

/// Ended, and changed since: as an address says it.
pub(in crate::assess::probe) fn since_then(since: Instant) -> String {
    What::Since(since).to_string()
}

impl Recent {
    pub async fn read(site: &Site, kind: &str, by: &[(&str, &str)]) -> Result<Self, AssessError> {
        let asked = |state: StateAsk| by.iter().fold(Question::of(kind, state), |asked, (field, value)| asked.by(field, value));
        let open = asked(StateAsk::Open).records(site, None).await?;
        let (ended, since) = asked(StateAsk::Ended).recent(site).await?;
        let asked = asked(StateAsk::All).only([since_then(since)])?;
        Ok(Self { records: open.rows.into_iter().chain(ended).collect(), since, whole: open.whole, asked })
    }

    /// Those for which the conditions hold, noted beside their list where all was read: these facts are their number, or it is a part of them.
    pub fn pick(&self, site: &Site, measured: &mut Measured, facts: &[&str], only: &[&str]) -> Result<Vec<&Record>, AssessError> {
        let asked = self.asked.clone().only(only)?;
        let picked = asked.picked(site, &self.records);
        if self.whole {
            asked.told(measured, facts, picked.len());
        }
        Ok(picked)
    }
}

/// A list in both languages for arguments of reasons, which are kept whatever the reader's language: `隐患 (Hazard)`.
pub(in crate::assess::probe) fn both(text: &Bilingual) -> String {
    format!("{}{BETWEEN}{}", text.zh, text.en)
}

pub(in crate::assess::probe) fn kind_of(site: &Site, kind: &str) -> Option<Kind> {
    site.ledger.kinds().get(kind).cloned()
}

pub(in crate::assess::probe) fn kind_name(site: &Site, kind: &str) -> String {
    site.ledger.kinds().get(kind).map_or_else(|| kind.to_owned(), |kind| both(&kind.title))
}

/// The title of a choice's option.
pub(in crate::assess::probe) fn option_name(site: &Site, kind: &str, field: &str, option: &str) -> String {
    let kinds = site.ledger.kinds();
    let shape = kinds.get(kind).and_then(|kind| kind.field(field)).map(|field| &field.shape);
    let Some(Shape::Choice { options }) = shape else { return option.to_owned() };
    options.iter().find(|one| one.id == option).map_or_else(|| option.to_owned(), |one| both(&one.title))
}

pub(in crate::assess::probe) fn has_option(site: &Site, kind: &str, field: &str, option: &str) -> bool {
    let kinds = site.ledger.kinds();
    let shape = kinds.get(kind).and_then(|kind| kind.field(field)).map(|field| &field.shape);
    matches!(shape, Some(Shape::Choice { options }) if options.iter().any(|one| one.id == option))
}

/// Values of a record, canonical.
pub(in crate::assess::probe) trait Valued {
    fn value(&self, field: &str) -> &str;

    fn has(&self, field: &str) -> bool {
        !self.value(field).is_empty()
    }

    fn day(&self, field: &str) -> Option<Day> {
        self.value(field).parse().ok()
    }

    fn person(&self, field: &str) -> Option<PersonId> {
        PersonId::parse(self.value(field))
    }

    fn moment(&self, field: &str) -> Option<Instant> {
        let (day, time) = self.value(field).split_once('T')?;
        let (hour, minute) = time.split_once(':')?;
        Some(day.parse::<Day>().ok()?.at(TimeOfDay::new(hour.parse().ok()?, minute.parse().ok()?)?))
    }
}

impl Valued for Record {
    fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }
}

impl Valued for RecordRow {
    fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }
}

/// Somebody who has not left.
pub(in crate::assess::probe) fn is_here(site: &Site, person: PersonId) -> bool {
    site.ledger.directory().person(person).is_some_and(|person| !person.left)
}

pub(in crate::assess::probe) fn person_name(site: &Site, person: PersonId) -> String {
    site.ledger.directory().person(person).map_or_else(|| person.to_string(), |person| person.name.clone())
}

pub(in crate::assess::probe) fn unit_name(site: &Site, unit: UnitId) -> String {
    site.ledger.directory().unit(unit).map_or_else(|| unit.to_string(), |unit| unit.name.clone())
}

/// What becomes of facts, reasons and samples over several records.
pub(in crate::assess::probe) fn tell(measured: &mut Measured, code: &str, number: &str, title: &str) {
    measured.reason(code, &[("record", number), ("title", title)]);
    measured.saw(number, format!("/r/{number}"));
}

/// A record's title, as lists show it.
pub(in crate::assess::probe) fn title_of(site: &Site, record: &Record) -> String {
    let kinds = site.ledger.kinds();
    kinds.get(&record.kind).map_or_else(String::new, |kind| record.value(&kind.title_field).to_owned())
}

/// How many of a kind there are at all, voided ones not counted.
pub(in crate::assess::probe) async fn ever(site: &Site, kind: &str) -> Result<u64, AssessError> {
    Question::of(kind, StateAsk::All).count(site).await
}
