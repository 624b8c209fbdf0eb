//! What lists show of a kind, as the entry `kind.shape` keeps it: so the tables follow from the entries alone, whatever kinds are in force.
//!
//! Invariants: no sealed field is in a shape; names stand in the order of the kind's own lists; at most [`FILTERS`] filters.

use std::collections::BTreeSet;

use anlan_law::kind::{Kind, Shape, Who};
use sqlx::Row as _;

use crate::database::{Conn, Row, to_sql};
use crate::entry::EntryRow;
use crate::error::LedgerError;

/// Fields of a kind by which lists are filtered.
pub const FILTERS: usize = 3;
pub(crate) const KIND_SHAPE: &str = "kind.shape";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KindShape {
    /// The field that names a record.
    pub title: String,
    pub columns: Vec<String>,
    pub filters: Vec<String>,
    /// Fields whose people see a record: `*:NAME`, or `STATE:NAME` while it is in that state.
    pub sees: Vec<String>,
    /// Fields that hold the number of another record.
    pub links: Vec<String>,
}

impl KindShape {
    pub(crate) fn of(kind: &Kind) -> Self {
        let open = |name: &&String| kind.field(name).is_some_and(|field| field.sealed.is_empty());
        let named = |wanted: fn(&anlan_law::kind::Field) -> bool| -> Vec<String> {
            kind.fields.iter().filter(|field| field.sealed.is_empty() && wanted(field)).map(|field| field.name.clone()).collect()
        };
        let mut filters = named(|field| field.filter);
        filters.truncate(FILTERS);
        Self {
            title: Some(&kind.title_field).filter(open).cloned().unwrap_or_default(),
            columns: kind.list.iter().filter(open).cloned().collect(),
            filters,
            sees: sight(kind),
            links: named(|field| matches!(field.shape, Shape::Link { .. } | Shape::Asset)),
        }
    }

    pub(crate) fn fields(&self) -> [(&'static str, String); 5] {
        [
            ("title", self.title.clone()),
            ("columns", self.columns.join(" ")),
            ("filters", self.filters.join(" ")),
            ("sees", self.sees.join(" ")),
            ("links", self.links.join(" ")),
        ]
    }

    fn read(text: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let list = |name: &str| text(name).map(|names| names.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        Some(Self {
            title: text("title")?,
            columns: list("columns")?,
            filters: list("filters").filter(|filters| filters.len() <= FILTERS)?,
            sees: list("sees")?,
            links: list("links")?,
        })
    }

    /// The kind and its shape; none where the entry was not written by [`put`].
    pub(crate) fn of_entry(entry: &EntryRow) -> Option<(String, Self)> {
        Some((entry.text("kind")?.to_owned(), Self::read(|name| entry.text(name).map(str::to_owned))?))
    }

    pub(crate) fn of_row(row: &Row) -> Result<(String, u64, Self), LedgerError> {
        let kind: String = row.try_get("kind")?;
        let entry: i64 = row.try_get("entry")?;
        let shape =
            Self::read(|name| row.try_get(name).ok()).ok_or_else(|| LedgerError::damaged(format!("kind_shape {kind} is not readable")))?;
        Ok((kind, crate::database::from_sql(entry)?, shape))
    }

    /// The fields whose people see a record in every state (`*`), or in this one.
    pub(crate) fn sight_in<'s>(&'s self, state: &'s str) -> impl Iterator<Item = &'s str> {
        self.sees.iter().filter_map(move |seen| seen.split_once(':').filter(|(of, _)| *of == state).map(|(_, field)| field))
    }
}

/// As `engine::sees` judges: the kind's list always; in each state those who hold it there and those who may move it on.
fn sight(kind: &Kind) -> Vec<String> {
    let mut sight: BTreeSet<String> = kind.sees.iter().filter_map(field_of).map(|field| format!("*:{field}")).collect();
    for state in &kind.states {
        let movers = kind.moves.iter().filter(|a_move| a_move.from.contains(&state.name)).flat_map(|a_move| &a_move.who);
        let fields = state.holder.iter().chain(movers).filter_map(field_of);
        sight.extend(fields.map(|field| format!("{}:{field}", state.name)));
    }
    sight.into_iter().collect()
}

/// The field that a relation names; opener and holder see every record that is theirs.
fn field_of(who: &Who) -> Option<&str> {
    match who {
        Who::Role(_) | Who::Above(_) | Who::Opener | Who::Holder => None,
        Who::Owner => Some("owner"),
        Who::Field(name) => Some(name),
    }
}

pub(crate) const COLUMNS: &str = "kind, title, columns, filters, sees, links, entry";

/// Writes the row of a shape that the entry of this number set.
pub(crate) async fn put(conn: &mut Conn, kind: &str, shape: &KindShape, entry: u64) -> Result<(), LedgerError> {
    let mut insert = sqlx::query(
        "INSERT INTO kind_shape (kind, title, columns, filters, sees, links, entry) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (kind) DO UPDATE SET title = $2, columns = $3, filters = $4, sees = $5, links = $6, entry = $7",
    )
    .bind(kind.to_owned());
    for (_, value) in shape.fields() {
        insert = insert.bind(value);
    }
    insert.bind(to_sql(entry)?).execute(conn).await?;
    Ok(())
}
