//! The Logs pages: search, live tail, one line.

mod fields;
pub(crate) mod line;
pub(crate) mod live;
pub(crate) mod search;

use std::collections::HashMap;

use anlan_base::{Instant, Seq, SourceKey};
use anlan_ledger::SourceScope;
use anlan_ledger::engine::Rights;
use anlan_vault::{Hit, Query, QueryError, Scope};

use crate::console::Shared;
use crate::failure::Failure;
use crate::shown::{self, Part};

/// Rows of one page of lines.
pub const PAGE_ROWS: usize = 50;
/// Bytes of a query written in the console.
pub(crate) const QUERY_BYTES: usize = 512;
/// Bytes of a name in a row.
const NAME_BYTES: usize = 64;

/// One line in a list.
pub(crate) struct Row {
    pub(crate) seq: Seq,
    /// `11-21 14:02:11.482`.
    pub(crate) time: String,
    /// With zone and microseconds.
    pub(crate) exact: String,
    pub(crate) source: String,
    pub(crate) host: String,
    pub(crate) program: String,
    pub(crate) failed: bool,
    pub(crate) parts: Vec<Part>,
}

impl Row {
    fn new(hit: &Hit, names: &HashMap<SourceKey, String>, words: &[String]) -> Self {
        let field = |name: &str| shown::plain(field(hit, name), NAME_BYTES);
        let source = names.get(&hit.line.source).map_or_else(|| hit.line.source.as_str(), String::as_str);
        Self {
            seq: hit.line.seq,
            time: short_time(hit.line.seq.received()),
            exact: hit.line.seq.received().to_rfc3339(),
            source: shown::plain(source, NAME_BYTES),
            host: field("host.name"),
            program: field("process.name"),
            failed: field("event.outcome") == "failure",
            parts: shown::marked(&hit.message, words),
        }
    }
}

pub(crate) fn field<'a>(hit: &'a Hit, name: &str) -> &'a str {
    hit.fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
}

/// `11-21 14:02:11.482`, Beijing time.
pub(crate) fn short_time(at: Instant) -> String {
    at.to_rfc3339().get(5..23).unwrap_or_default().replace('T', " ")
}

/// Reads a query of a program; nothing asks for all.
pub(crate) fn read_query(written: &str) -> Result<Query, QueryError> {
    if written.trim().is_empty() { Ok(Query::all()) } else { written.parse() }
}

/// Reads a query that stands in an address of ours, and so many times in the page.
fn read_page_query(written: &str) -> Result<Query, QueryError> {
    if written.len() > QUERY_BYTES {
        let column = written.chars().count() + 1;
        return Err(QueryError { column, expected: format!("at most {QUERY_BYTES} bytes") });
    }
    read_query(written)
}

/// The names that people gave to sources.
pub(crate) async fn source_names(house: &Shared) -> Result<HashMap<SourceKey, String>, Failure> {
    let rows = house.console.ledger.sources().await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.key, row.name?))).collect())
}

/// Whose lines somebody may see: the sources of units in which they hold a role that reads logs.
pub(crate) fn scope(house: &Shared, who: &Rights) -> Scope {
    match house.console.ledger.sources_in_scope(who) {
        SourceScope::All => Scope::All,
        SourceScope::Only(keys) => Scope::Sources(keys),
    }
}
