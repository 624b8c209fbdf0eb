//! What the tables must say, folded from the entries alone, and the comparison with what they do say.
//!
//! Invariants: the fold is pure; it reads only values that their digests bear out; a field of a folded act that was erased makes its projection unfounded, and so named.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;
use sqlx::Row as _;

use crate::Ledger;
use crate::account_tables::AccountTables;
use crate::database::{Conn, Row, from_sql};
use crate::directory::facts::Fact;
use crate::directory::organization::{Organization, Stamp};
use crate::directory::trail::Trail;
use crate::entry::{Act, EntryRow, PAGE, page};
use crate::error::LedgerError;
use crate::law_texts::digest_of;
use crate::own_kinds::{self, KIND_ADD, OwnKindRow};
use crate::records::check::Follower;
use crate::verdicts::Verdicts;

#[derive(Debug, PartialEq, Eq)]
struct Source {
    class: String,
    name: Option<String>,
    first_heard: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct LawText {
    version: Option<String>,
    name: String,
    digest: String,
    at: u64,
}

/// The tables, as rows by their keys.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tables {
    accounts: AccountTables,
    sources: BTreeMap<String, Source>,
    law_texts: BTreeMap<u64, LawText>,
    own_kinds: BTreeMap<u64, OwnKindRow>,
    people: Trail,
    verdicts: Verdicts,
}

impl Tables {
    /// `None` when the entry cannot have been written by a ledger that was in this state.
    fn fold(&mut self, entry: &EntryRow) -> Option<()> {
        let at: u64 = entry.text("at")?.parse().ok()?;
        let field = |name: &str| entry.text(name).map(str::to_owned);
        let name = entry.text("act")?;
        if let Some(follows) = self.people.fold(name, at, entry) {
            return follows;
        }
        if let Some(follows) = self.verdicts.fold(name, at, entry) {
            return follows;
        }
        if name == KIND_ADD {
            return put_new(&mut self.own_kinds, entry.number, OwnKindRow::of_entry(entry, at)?);
        }
        let Some(act) = Act::parse(name) else { return Some(()) };
        if let Some(follows) = self.accounts.fold(act, at, entry) {
            return follows;
        }
        match act {
            Act::SourceHeard => {
                put_new(&mut self.sources, field("source")?, Source { class: field("class")?, name: None, first_heard: at })?
            }
            Act::LawImport => {
                let digest = field("digest").filter(|digest| entry.text("text").is_some_and(|text| digest_of(text) == *digest))?;
                let version = field("version").map(|version| (!version.is_empty()).then_some(version))?;
                put_new(&mut self.law_texts, entry.number, LawText { version, name: field("name")?, digest, at })?;
            }
            Act::SourceName => self.sources.get_mut(&field("source")?)?.name = Some(field("name")?).filter(|name| !name.is_empty()),
            // The tables of accounts took theirs above.
            _ => {}
        }
        Some(())
    }

    fn differences(&self, actual: &Self) -> BTreeSet<&'static str> {
        let follow = [
            ("source", self.sources == actual.sources),
            ("law_text", self.law_texts == actual.law_texts),
            ("own_kind", self.own_kinds == actual.own_kinds),
        ];
        let follow = follow.into_iter().chain(self.verdicts.follow(&actual.verdicts)).chain(self.accounts.follow(&actual.accounts));
        let follow = follow.filter(|(_, same)| !same).map(|(name, _)| name);
        follow.chain(self.people.follow_up(&actual.people)).collect()
    }
}

fn put_new<K: Ord, T>(rows: &mut BTreeMap<K, T>, key: K, row: T) -> Option<()> {
    rows.insert(key, row).is_none().then_some(())
}

async fn actual(conn: &mut Conn) -> Result<Tables, LedgerError> {
    let mut tables = Tables {
        accounts: AccountTables::read(conn).await?,
        people: Trail::read(conn).await?,
        verdicts: Verdicts::read(conn).await?,
        ..Tables::default()
    };
    for row in sqlx::query("SELECT source_key, class, name, first_heard FROM source").fetch_all(&mut *conn).await? {
        let source = Source { class: row.try_get("class")?, name: row.try_get("name")?, first_heard: number(&row, "first_heard")? };
        tables.sources.insert(row.try_get("source_key")?, source);
    }
    for row in sqlx::query("SELECT entry, version, name, digest, at FROM law_text").fetch_all(&mut *conn).await? {
        let text = LawText {
            version: row.try_get("version")?,
            name: row.try_get("name")?,
            digest: row.try_get("digest")?,
            at: number(&row, "at")?,
        };
        tables.law_texts.insert(number(&row, "entry")?, text);
    }
    tables.own_kinds = own_kinds::rows(conn).await?.into_iter().map(|row| (row.entry, row)).collect();
    Ok(tables)
}

fn number(row: &Row, column: &str) -> Result<u64, LedgerError> {
    from_sql(row.try_get(column)?)
}

/// Entries below number 1, which no page shows, and rows beside the only ones of `first_run` and `verdict_run`.
async fn strays(conn: &mut Conn) -> Result<BTreeSet<&'static str>, LedgerError> {
    let entries: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM entry WHERE number < 1").fetch_one(&mut *conn).await?;
    let codes: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM first_run WHERE slot <> 1").fetch_one(&mut *conn).await?;
    let runs: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM verdict_run WHERE slot <> 1").fetch_one(conn).await?;
    let found = [("entry", entries), ("first_run", codes), ("verdict_run", runs)];
    Ok(found.into_iter().filter(|(_, count)| *count > 0).map(|(name, _)| name).collect())
}

/// The paths of units, for the seats of records. What is wrong with them is named by their own tables.
fn follow_units(units: &mut Organization, entry: &EntryRow) {
    let at = entry.text("at").and_then(|at| at.parse().ok()).map(Instant);
    if let (Some(fact), Some(at)) = (Fact::read(entry), at) {
        let _ = units.apply(&fact, Stamp { at, entry: entry.number });
    }
}

impl Ledger {
    /// Names of tables whose rows are not what the entries say (empty: all follow). `entry` stands for a hole in the numbers, a row that is not what its
    /// check says, or an act that could not have followed those before it. Digests are not held against
    /// leaves here: whoever has the log does that with [`EntryRow::check`].
    pub async fn check_projections(&self) -> Result<Vec<String>, LedgerError> {
        let mut look = self.db.look().await?;
        let mut expected = Tables::default();
        let (mut records, mut units) = (Follower::default(), Organization::default());
        let mut wrong = strays(&mut look).await?;
        let mut next = 1;
        loop {
            let entries = page(&mut look, next, PAGE).await?;
            let Some(last) = entries.last().map(|entry| entry.number) else { break };
            for entry in &entries {
                let follows =
                    entry.number == next && entry.check().is_ok() && expected.fold(entry).is_some() && records.fold(entry).is_some();
                follow_units(&mut units, entry);
                if !follows {
                    wrong.insert("entry");
                }
                next = entry.number + 1;
            }
            next = last + 1;
        }
        wrong.extend(expected.differences(&actual(&mut look).await?));
        let mut named: Vec<String> = wrong.into_iter().map(str::to_owned).collect();
        let path = |unit| units.units.get(&unit).map(|row| row.unit.path.clone());
        named.extend(records.compare(&mut look, &path, self.shelves.get().as_ref()).await?);
        Ok(named)
    }
}
