//! Drafts become entries, entries become records and rows: in the caller's transaction (REC-11).
//!
//! Invariants: numbers are given in the same transaction (REC-2); what is folded here is what stands in the entries.

use std::collections::BTreeMap;

use anlan_base::{Day, Instant};
use anlan_law::kind::Shape;

use super::files;
use super::rows::Rows;
use super::shape::KindShape;
use super::store::{self, ENTRIES, Held, Tallies};
use crate::book::Laws;
use crate::database::{Conn, to_sql};
use crate::engine::{Draft, Fact, NEW_RECORD, On, People, Record, Refusal, THIS_RECORD};
use crate::entry::{self, Actor, append_all};
use crate::error::LedgerError;
use crate::notices;

/// Records that one command opens at once.
pub const OPENED_AT_ONCE: usize = 500;

/// What one transaction writes with.
pub(crate) struct Writer<'a> {
    pub now: Instant,
    pub actor: &'a Actor,
    pub laws: &'a Laws,
    pub people: &'a dyn People,
}

/// What was written.
pub(crate) struct Written {
    /// The record of the command, as it is now; none where one was opened.
    pub this: Option<Held>,
    /// Those that were opened, in the order of their `nth`.
    pub opened: Vec<Held>,
}

impl Writer<'_> {
    /// Writes drafts about one record and the records that they open.
    pub(crate) async fn write(&self, conn: &mut Conn, this: Option<Held>, drafts: &[Draft]) -> Result<Written, LedgerError> {
        let numbers = self.numbers(conn, drafts).await?;
        let resolved = self.resolve(this.as_ref(), drafts, &numbers)?;
        let borrowed: Vec<Vec<(&str, &str)>> =
            resolved.iter().map(|fields| fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()).collect();
        let entries: Vec<entry::Draft<'_>> = drafts
            .iter()
            .zip(&borrowed)
            .map(|(draft, fields)| entry::Draft { at: self.now, actor: self.actor, act: draft.act, fields })
            .collect();
        let first = append_all(conn, &entries).await?;
        let before = match &this {
            Some(held) => Some(self.rows(conn, &held.record).await?),
            None => None,
        };
        let files_before = this.as_ref().map(|held| held.files.clone()).unwrap_or_default();
        let mut written = Written { this, opened: Vec::new() };
        let mut pairs = Vec::with_capacity(drafts.len());
        for ((number, draft), fields) in (first..).zip(drafts).zip(&resolved) {
            let fact = Fact { number, at: self.now, act: draft.act, fields };
            let id = follow(&mut written, &draft.on, &fact)?;
            pairs.push(vec![int(id)?, int(number)?]);
        }
        store::insert(conn, "record_entry (record, entry)", &pairs).await?;
        let mut tallies = Tallies::new();
        if let (Some(held), Some(before)) = (&written.this, before) {
            if held.entries > ENTRIES {
                return Err(LedgerError::Refusal(Refusal::new("record-full").with("most", ENTRIES.to_string())));
            }
            let after = self.rows(conn, &held.record).await?;
            store::count(&mut tallies, &before, -1);
            store::count(&mut tallies, &after, 1);
            let id = to_sql(held.id)?;
            store::update_record(conn, id, &before, &after).await?;
            store::add_files(conn, id, &files_before, &held.files).await?;
        }
        self.insert_opened(conn, &written.opened, &mut tallies).await?;
        store::add_tallies(conn, &tallies).await?;
        self.tell(conn, first, drafts, &resolved, &written).await?;
        Ok(written)
    }

    /// What people are told of the new entries.
    async fn tell(
        &self,
        conn: &mut Conn,
        first: u64,
        drafts: &[Draft],
        fields: &[Vec<(String, String)>],
        written: &Written,
    ) -> Result<(), LedgerError> {
        for ((number, draft), fields) in (first..).zip(drafts).zip(fields) {
            let held = match &draft.on {
                On::This => written.this.as_ref(),
                On::New { nth, .. } => written.opened.get(*nth),
            };
            if let Some(held) = held {
                notices::keep(conn, number, self.now, draft.act, fields, &held.record).await?;
            }
        }
        Ok(())
    }

    async fn insert_opened(&self, conn: &mut Conn, opened: &[Held], tallies: &mut Tallies) -> Result<(), LedgerError> {
        let mut new = Vec::with_capacity(opened.len());
        let mut shapes: BTreeMap<&str, KindShape> = BTreeMap::new();
        for held in opened {
            let kind = held.record.kind.as_str();
            if !shapes.contains_key(kind) {
                shapes.insert(kind, self.shape(conn, kind).await?);
            }
            let shape = shapes.get(kind).ok_or_else(|| LedgerError::damaged("a shape that was just read is gone"))?;
            let rows = Rows::of(&held.record, shape, self.path(&held.record));
            store::count(tallies, &rows, 1);
            new.push((to_sql(held.id)?, rows));
        }
        store::insert_records(conn, &new).await?;
        for held in opened.iter().filter(|held| !held.files.is_empty()) {
            store::add_files(conn, to_sql(held.id)?, &Default::default(), &held.files).await?;
        }
        Ok(())
    }

    /// The fields of each entry, with the numbers of records in the places that were left for them.
    fn resolve(
        &self,
        this: Option<&Held>,
        drafts: &[Draft],
        numbers: &BTreeMap<usize, String>,
    ) -> Result<Vec<Vec<(String, String)>>, LedgerError> {
        let this = this.map(|held| held.record.number.as_str());
        let mut resolved = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let own = match &draft.on {
                On::This => this,
                On::New { nth, .. } => numbers.get(nth).map(String::as_str),
            };
            let own = own.ok_or_else(|| LedgerError::damaged("a draft for a record that is not there"))?;
            let mut fields = vec![("record".to_owned(), own.to_owned())];
            for (name, value) in &draft.fields {
                let value = if self.is_place(&draft.on, name) { number_for(value, this, numbers)? } else { value.clone() };
                fields.push((name.clone(), value));
            }
            resolved.push(fields);
        }
        Ok(resolved)
    }

    /// Whether a number may have to be put there: what people type is left as it is.
    fn is_place(&self, on: &On, name: &str) -> bool {
        let On::New { kind, .. } = on else { return false };
        let field = name.strip_prefix("f.").and_then(|field| self.laws.kinds.get(kind)?.field(field));
        name == "parent" || field.is_some_and(|field| matches!(field.shape, Shape::Link { .. } | Shape::Asset))
    }

    fn path(&self, record: &Record) -> &str {
        self.people.unit(record.unit).map_or("", |unit| unit.path.as_str())
    }

    /// The shape that the entries say; where the kind came into force without one, it is an entry now.
    async fn shape(&self, conn: &mut Conn, kind: &str) -> Result<KindShape, LedgerError> {
        match store::shape_of(conn, kind).await? {
            Some(shape) => Ok(shape),
            None => Err(LedgerError::damaged(format!("the kind {kind} was put in force without an entry"))),
        }
    }

    pub(crate) async fn rows(&self, conn: &mut Conn, record: &Record) -> Result<Rows, LedgerError> {
        Ok(Rows::of(record, &self.shape(conn, &record.kind).await?, self.path(record)))
    }

    /// A number for each record that is opened, by its `nth`.
    async fn numbers(&self, conn: &mut Conn, drafts: &[Draft]) -> Result<BTreeMap<usize, String>, LedgerError> {
        let mut opened: BTreeMap<usize, &str> = BTreeMap::new();
        for draft in drafts {
            if let On::New { nth, kind, .. } = &draft.on {
                opened.insert(*nth, kind);
            }
        }
        if opened.len() > OPENED_AT_ONCE {
            return Err(LedgerError::Refusal(Refusal::new("too-many-opened").with("most", OPENED_AT_ONCE.to_string())));
        }
        let year = Day::of(self.now).civil().year();
        let mut by_letters: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (nth, kind) in opened {
            let kind = self.laws.kinds.get(kind).ok_or_else(|| LedgerError::Refusal(Refusal::new("kind-gone").with("kind", kind)))?;
            by_letters.entry(&kind.number).or_default().push(nth);
        }
        let mut numbers = BTreeMap::new();
        for (letters, opened) in by_letters {
            let first = store::take_numbers(conn, letters, year, opened.len()).await?;
            numbers.extend((first..).zip(opened).map(|(number, nth)| (nth, store::number_text(letters, year, number))));
        }
        Ok(numbers)
    }
}

/// A number, where the draft left a place for one.
fn number_for(value: &str, this: Option<&str>, numbers: &BTreeMap<usize, String>) -> Result<String, LedgerError> {
    let number = match value.strip_prefix(NEW_RECORD) {
        Some(nth) => nth.parse().ok().and_then(|nth: usize| numbers.get(&nth)).cloned(),
        None if value == THIS_RECORD => this.map(str::to_owned),
        None => Some(value.to_owned()),
    };
    number.ok_or_else(|| LedgerError::damaged("a draft names a record that is not opened"))
}

fn int(value: u64) -> Result<super::binds::Bound, LedgerError> {
    Ok(super::binds::Bound::Int(to_sql(value)?))
}

/// Follows a new entry; answers the id of its record.
fn follow(written: &mut Written, on: &On, fact: &Fact<'_>) -> Result<u64, LedgerError> {
    let unfit = |damage: crate::engine::Damage| LedgerError::damaged(damage.to_string());
    let files = files::named(fact.fields);
    let held = match on {
        On::This => written.this.as_mut(),
        On::New { nth, .. } if *nth == written.opened.len() => {
            let record = Record::open(fact).map_err(unfit)?;
            written.opened.push(Held { id: fact.number, record, files, entries: 1 });
            return Ok(fact.number);
        }
        On::New { nth, .. } => written.opened.get_mut(*nth),
    };
    let held = held.ok_or_else(|| LedgerError::damaged("a draft for a record that is not there"))?;
    held.record.apply(fact).map_err(unfit)?;
    held.files.extend(files);
    held.entries += 1;
    Ok(held.id)
}
