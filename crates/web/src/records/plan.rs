//! What a sheet would do, row by row: a new record, another value of one that is there, nothing, or what is wrong with which cell.
//!
//! Invariants: nothing is stored; a row is judged as the command that it stands for, with the rights of who brought it; an empty cell changes nothing.

use std::collections::BTreeMap;

use anlan_assure::sheet::{Given, GivenRow};
use anlan_base::text::{Lang, text};
use anlan_base::{Instant, parse_time};
use anlan_law::kind::{Field, Kind, Shape, ValueFault};
use anlan_ledger::engine::{Command, PersonId, Record, Refusal, UnitId, Values};
use anlan_ledger::{Directory, LedgerError};

use super::form::{listed, say};
use super::hints;
use crate::console::House;
use crate::failure::Failure;
use crate::session::Signed;

/// Names in one cell stand between these.
const BETWEEN: [char; 6] = ['、', '，', ',', ';', '；', '\n'];
/// Characters of a cell that a page repeats.
const SHOWN_CHARS: usize = 60;

/// What a column of the sheet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Number,
    Unit,
    Happened,
    /// Its place among the kind's fields.
    Field(usize),
    /// Known, but nothing that a sheet may bring: states, due times, files, tables.
    Passed,
    Unknown,
}

/// Why a cell or row cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Value(ValueFault),
    Refusal(Refusal),
    Stale,
    /// A key of the locale files with what stood there.
    Told(&'static str, String),
}

impl Why {
    pub(crate) fn say(&self, lang: Lang) -> String {
        match self {
            Self::Value(fault) => fault.say(lang),
            Self::Refusal(refusal) => refusal.say(lang),
            Self::Stale => Refusal::new("stale").say(lang),
            Self::Told(key, found) => text(lang, key, &[("found", found)]),
        }
    }
}

/// What is wrong in a row; the column is none where it is the row as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) column: Option<usize>,
    pub(crate) cell: String,
    pub(crate) why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    New { unit: UnitId, happened: Option<Instant> },
    Change { number: String, version: u64 },
    Same { number: String },
    Wrong(Vec<Wrong>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedRow {
    pub(crate) line: usize,
    pub(crate) deed: Deed,
    /// What the record is called, or the first cell.
    pub(crate) title: String,
    /// New values: all of a new record, those that differ of one that is there.
    pub(crate) values: Values,
    /// What stands there now, of the values that differ.
    pub(crate) before: Values,
}

/// What a whole sheet would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<PlannedRow>,
    /// Heads that nothing is known of, and heads of what a sheet may not bring.
    pub(crate) unknown: Vec<String>,
    pub(crate) passed: Vec<String>,
    /// What is wrong with the sheet as a whole: nothing of it can be taken.
    pub(crate) fault: Option<(&'static str, String)>,
}

/// Whether a sheet may bring values of the field.
pub(crate) fn is_brought(field: &Field) -> bool {
    !matches!(field.shape, Shape::Attachment { .. } | Shape::Table { .. })
}

/// Keys of heads that exports write and imports pass over.
const PASSED: [&str; 9] = [
    "col-state",
    "col-holder",
    "col-due",
    "sheet-missed",
    "print-opened",
    "sheet-late-entry",
    "sheet-voided",
    "sheet-ended",
    "sheet-urged",
];

fn is_head(head: &str, key: &str) -> bool {
    [Lang::Zh, Lang::En].iter().any(|lang| text(*lang, key, &[]).eq_ignore_ascii_case(head))
}

/// The column of each head. Of fields that are called alike the first that is not taken yet.
pub(crate) fn columns(kind: &Kind, heads: &[String]) -> Vec<Column> {
    let mut taken = Vec::new();
    let mut columns = Vec::with_capacity(heads.len());
    for head in heads {
        let named = |field: &Field| {
            field.name == *head || [Lang::Zh, Lang::En].iter().any(|lang| say(&field.title, *lang).trim().eq_ignore_ascii_case(head))
        };
        let mut fields = kind.fields.iter().enumerate().filter(|(_, field)| named(field));
        let field = fields.clone().find(|(at, _)| !taken.contains(at)).or_else(|| fields.next());
        columns.push(match field {
            _ if head.is_empty() => Column::Passed,
            Some((_, field)) if !is_brought(field) => Column::Passed,
            Some((at, _)) => {
                taken.push(at);
                Column::Field(at)
            }
            None if is_head(head, "col-number") => Column::Number,
            None if is_head(head, "col-unit") => Column::Unit,
            None if is_head(head, "sheet-happened") => Column::Happened,
            None if PASSED.iter().any(|key| is_head(head, key)) => Column::Passed,
            None => Column::Unknown,
        });
    }
    columns
}

/// A unit's or person's name with those who are called so.
type Names<T> = BTreeMap<String, Vec<T>>;

pub(crate) struct Planner<'a> {
    house: &'a House,
    who: &'a Signed,
    kind: &'a Kind,
    columns: Vec<Column>,
    people: Names<PersonId>,
    units: Names<UnitId>,
    sources: Names<String>,
    own: Option<UnitId>,
    reason: &'a str,
}

fn by_name<T>(all: impl Iterator<Item = (String, T)>) -> Names<T> {
    let mut names: Names<T> = BTreeMap::new();
    for (name, id) in all {
        names.entry(name.trim().to_owned()).or_default().push(id);
    }
    names
}

impl<'a> Planner<'a> {
    pub(crate) async fn new(
        house: &'a House,
        who: &'a Signed,
        kind: &'a Kind,
        directory: &Directory,
        reason: &'a str,
    ) -> Result<Self, Failure> {
        use anlan_ledger::engine::People as _;
        let people = directory.people().map(|row| &row.person).filter(|person| !person.left);
        let units = directory.units().map(|row| &row.unit).filter(|unit| !unit.closed);
        let sources = house.console.ledger.sources().await?;
        let own = who.rights.person.and_then(|person| directory.person(person)).map(|person| person.unit);
        let openable = house.console.ledger.units_to_open(&who.rights, kind);
        Ok(Self {
            house,
            who,
            kind,
            columns: Vec::new(),
            people: by_name(people.map(|person| (person.name.clone(), person.id))),
            units: by_name(units.map(|unit| (unit.name.clone(), unit.id))),
            sources: by_name(sources.into_iter().filter_map(|row| Some((row.name?, row.key.as_str().to_owned())))),
            own: own.filter(|unit| openable.contains(unit)).or_else(|| openable.first().copied().filter(|_| openable.len() == 1)),
            reason,
        })
    }

    /// Plans every row; the sheet's own faults first.
    pub(crate) async fn plan(mut self, given: Given) -> Result<Plan, Failure> {
        self.columns = columns(self.kind, &given.heads);
        let heads_of = |wanted: &Column| -> Vec<String> {
            let of = given.heads.iter().zip(&self.columns).filter(|(head, column)| *column == wanted && !head.is_empty());
            of.map(|(head, _)| head.clone()).collect()
        };
        let mut plan = Plan { unknown: heads_of(&Column::Unknown), passed: heads_of(&Column::Passed), ..Plan::default() };
        plan.fault = self.fault(&given);
        plan.heads = given.heads;
        if plan.fault.is_some() {
            return Ok(plan);
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for row in given.rows.iter().filter(|row| !hints::is_hints(self.kind, &self.columns, &row.cells)) {
            let mut planned = self.row(row).await?;
            if let Deed::Change { number, .. } | Deed::Same { number } = &planned.deed
                && let Some(first) = seen.insert(number.clone(), row.line)
            {
                planned.deed = Deed::Wrong(vec![self.at(&Column::Number, number, Why::Told("plan-twice", first.to_string()))]);
            }
            plan.rows.push(planned);
        }
        if plan.rows.is_empty() {
            plan.fault = Some(("sheet-empty", String::new()));
        }
        Ok(plan)
    }

    fn fault(&self, given: &Given) -> Option<(&'static str, String)> {
        let mut seen: Vec<&Column> = Vec::new();
        for (column, head) in self.columns.iter().zip(&given.heads) {
            if matches!(column, Column::Passed | Column::Unknown) {
                continue;
            }
            if seen.contains(&column) {
                return Some(("plan-column-twice", head.clone()));
            }
            seen.push(column);
        }
        let fields = seen.iter().any(|column| matches!(column, Column::Field(_)));
        (!fields).then(|| ("plan-no-columns", String::new()))
    }

    fn at(&self, column: &Column, cell: &str, why: Why) -> Wrong {
        Wrong { column: self.columns.iter().position(|known| known == column), cell: shown(cell), why }
    }

    fn cell<'r>(&self, row: &'r GivenRow, wanted: &Column) -> &'r str {
        let at = self.columns.iter().position(|column| column == wanted);
        at.and_then(|at| row.cells.get(at)).map_or("", |cell| cell.trim())
    }

    async fn row(&self, row: &GivenRow) -> Result<PlannedRow, Failure> {
        let number = self.cell(row, &Column::Number);
        let record = match number {
            "" => None,
            _ => match self.house.console.ledger.glimpse(&self.who.rights, &number.to_ascii_uppercase()).await? {
                Some(record) if record.kind == self.kind.id => Some(record),
                _ => {
                    let wrong = self.at(&Column::Number, number, Why::Told("plan-no-record", shown(number)));
                    return Ok(self.planned(row, Deed::Wrong(vec![wrong]), Values::new(), Values::new()));
                }
            },
        };
        let (values, mut wrongs) = self.values(row, record.as_ref());
        match record {
            Some(record) => self.change(row, &record, values, wrongs).await,
            None => {
                let unit = self.unit(row).map_err(|wrong| wrongs.push(wrong)).ok();
                let happened = self.happened(row).map_err(|wrong| wrongs.push(wrong)).ok().flatten();
                match unit.filter(|_| wrongs.is_empty()) {
                    Some(unit) => self.new_record(row, unit, happened, values).await,
                    None => Ok(self.planned(row, Deed::Wrong(wrongs), values, Values::new())),
                }
            }
        }
    }

    fn planned(&self, row: &GivenRow, deed: Deed, values: Values, before: Values) -> PlannedRow {
        let title = self.kind.fields.iter().position(|field| field.name == self.kind.title_field);
        let title = title.map_or("", |at| self.cell(row, &Column::Field(at)));
        let first = row.cells.iter().find(|cell| !cell.trim().is_empty()).map_or("", String::as_str);
        PlannedRow { line: row.line, deed, title: shown(if title.is_empty() { first } else { title }), values, before }
    }

    async fn new_record(&self, row: &GivenRow, unit: UnitId, happened: Option<Instant>, values: Values) -> Result<PlannedRow, Failure> {
        let command = Command::Open { unit, values, happened };
        let tried = self.house.console.ledger.try_out(&self.who.rights, &self.kind.id, None, &command).await;
        let Command::Open { values, .. } = command else { return Err(Failure::Internal) };
        let deed = self.deed(row, tried, Deed::New { unit, happened })?;
        Ok(self.planned(row, deed, values, Values::new()))
    }

    async fn change(&self, row: &GivenRow, record: &Record, values: Values, wrongs: Vec<Wrong>) -> Result<PlannedRow, Failure> {
        let number = record.number.clone();
        let changed: Values = values.into_iter().filter(|(name, value)| record.values.get(name) != Some(value)).collect();
        let before: Values = changed.keys().filter_map(|name| Some((name.clone(), record.values.get(name)?.clone()))).collect();
        if !wrongs.is_empty() {
            return Ok(self.planned(row, Deed::Wrong(wrongs), changed, before));
        }
        if changed.is_empty() {
            return Ok(self.planned(row, Deed::Same { number }, changed, before));
        }
        let command = Command::Correct { values: changed, reason: self.reason.to_owned() };
        let tried = self.house.console.ledger.try_out(&self.who.rights, &self.kind.id, Some(&number), &command).await;
        let Command::Correct { values, .. } = command else { return Err(Failure::Internal) };
        let deed = self.deed(row, tried, Deed::Change { number, version: record.version })?;
        Ok(self.planned(row, deed, values, before))
    }

    /// The deed where the ledger would take it; else what is wrong.
    fn deed(&self, row: &GivenRow, tried: Result<(), LedgerError>, deed: Deed) -> Result<Deed, Failure> {
        let why = match tried {
            Ok(()) => return Ok(deed),
            Err(error) => why(error)?,
        };
        let field = match &why {
            Why::Refusal(refusal) => refusal.field.as_ref().and_then(|name| self.kind.fields.iter().position(|field| field.name == *name)),
            _ => None,
        };
        Ok(Deed::Wrong(vec![match field {
            Some(at) if self.columns.contains(&Column::Field(at)) => self.at(&Column::Field(at), self.cell(row, &Column::Field(at)), why),
            // The field has no column: its title is told in place of a cell.
            Some(at) => {
                Wrong { column: None, cell: self.kind.fields.get(at).map_or("", |field| say(&field.title, self.who.lang)).to_owned(), why }
            }
            None => Wrong { column: None, cell: String::new(), why },
        }]))
    }

    fn unit(&self, row: &GivenRow) -> Result<UnitId, Wrong> {
        let typed = self.cell(row, &Column::Unit);
        match typed {
            "" => self.own.ok_or_else(|| Wrong { column: None, cell: String::new(), why: Why::Told("plan-unit-missing", String::new()) }),
            _ => one(&self.units, typed, UnitId::parse(typed), None)
                .map_err(|key| self.at(&Column::Unit, typed, Why::Told(of_unit(key), shown(typed)))),
        }
    }

    fn happened(&self, row: &GivenRow) -> Result<Option<Instant>, Wrong> {
        let typed = self.cell(row, &Column::Happened);
        if typed.is_empty() {
            return Ok(None);
        }
        let canonical = Shape::Time.canonical(typed).or_else(|fault| Shape::Date.canonical(typed).map_err(|_| fault));
        let at = canonical.map(|text| parse_time(&text).ok());
        at.map_err(|fault| self.at(&Column::Happened, typed, Why::Value(fault)))
    }

    /// The canonical values of a row's filled cells, and what is wrong with the others.
    fn values(&self, row: &GivenRow, record: Option<&Record>) -> (Values, Vec<Wrong>) {
        let (mut values, mut wrongs) = (Values::new(), Vec::new());
        for column in &self.columns {
            let Column::Field(at) = column else { continue };
            let (Some(field), typed) = (self.kind.fields.get(*at), self.cell(row, column)) else { continue };
            if typed.is_empty() {
                continue;
            }
            let now = record.and_then(|record| record.values.get(&field.name)).map_or("", String::as_str);
            let ids = self.ids(field, typed, now);
            let canonical = ids.and_then(|typed| {
                let kinds = self.house.console.ledger.kinds();
                field.check(&typed, &kinds).map_err(Why::Value)
            });
            match canonical {
                Ok(value) if value.is_empty() => {}
                Ok(value) => drop(values.insert(field.name.clone(), value)),
                Err(why) => wrongs.push(self.at(column, typed, why)),
            }
        }
        (values, wrongs)
    }

    /// Names of people, units and sources as their ids. `now` is what the field holds: of people called alike it tells which one is meant.
    fn ids(&self, field: &Field, typed: &str, now: &str) -> Result<String, Why> {
        let wrong = |typed: &str, key| Why::Told(key, shown(typed));
        let person = |typed: &str, now: Option<&str>| {
            let now = now.and_then(PersonId::parse);
            one(&self.people, typed, PersonId::parse(typed), now).map(|id| id.to_string()).map_err(|key| wrong(typed, of_person(key)))
        };
        let unit = |typed: &str| {
            one(&self.units, typed, UnitId::parse(typed), None).map(|id| id.to_string()).map_err(|key| wrong(typed, of_unit(key)))
        };
        let each = |of: &dyn Fn(&str) -> Result<String, Why>| -> Result<String, Why> {
            let ids: Vec<String> = typed.split(BETWEEN).map(str::trim).filter(|name| !name.is_empty()).map(of).collect::<Result<_, _>>()?;
            Ok(serde_json::Value::from_iter(ids).to_string())
        };
        match &field.shape {
            Shape::Person => person(typed, Some(now)),
            Shape::Unit => unit(typed),
            Shape::People { .. } => {
                let there = listed(now);
                each(&|name| {
                    let called =
                        |id: &&String| PersonId::parse(id).is_some_and(|id| self.people.get(name).is_some_and(|all| all.contains(&id)));
                    person(name, there.iter().find(called).map(String::as_str))
                })
            }
            Shape::Units { .. } => each(&unit),
            Shape::Source => match self.sources.get(typed).map(Vec::as_slice) {
                Some([key]) => Ok(key.clone()),
                Some(_) => Err(wrong(typed, "plan-source-many")),
                None => Ok(typed.to_owned()),
            },
            Shape::Asset | Shape::Link { .. } => Ok(typed.to_ascii_uppercase()),
            _ => Ok(typed.to_owned()),
        }
    }
}

/// Why no id was found.
#[derive(Clone, Copy)]
enum Missed {
    None,
    Many,
}

fn of_person(missed: Missed) -> &'static str {
    match missed {
        Missed::None => "plan-person-none",
        Missed::Many => "plan-person-many",
    }
}

fn of_unit(missed: Missed) -> &'static str {
    match missed {
        Missed::None => "plan-unit-none",
        Missed::Many => "plan-unit-many",
    }
}

/// The one that is called so; an id counts where nobody is called so.
fn one<T: Copy + PartialEq>(names: &Names<T>, typed: &str, id: Option<T>, now: Option<T>) -> Result<T, Missed> {
    match names.get(typed).map(Vec::as_slice) {
        Some([one]) => Ok(*one),
        Some(many) => now.filter(|now| many.contains(now)).ok_or(Missed::Many),
        None => id.ok_or(Missed::None),
    }
}

/// What a refused row is told; everything else is a failure of the server.
pub(crate) fn why(error: LedgerError) -> Result<Why, Failure> {
    match error {
        LedgerError::Refusal(refusal) => Ok(Why::Refusal(refusal)),
        LedgerError::Stale { .. } => Ok(Why::Stale),
        LedgerError::NotFound { what: "record", name } => Ok(Why::Told("plan-no-record", name)),
        other => Err(other.into()),
    }
}

fn shown(cell: &str) -> String {
    let mut short: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN_CHARS).collect();
    if cell.chars().count() > SHOWN_CHARS {
        short.push('…');
    }
    short
}
