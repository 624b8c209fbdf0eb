//! One's own work: the first lines of what is to be done.

use anlan_base::Instant;
use anlan_base::text::text;
use anlan_ledger::LedgerError;
use anlan_ledger::records::{TodoAsk, TodoPage, TodoRow, WhyTodo};

use crate::console::Shared;
use crate::failure::Failure;
use crate::records::words;
use crate::session::Signed;

/// Lines that are shown.
const LINES: u32 = 8;

pub(super) struct Line {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) why: String,
    /// Class and words; empty where nothing is due.
    pub(super) left: (&'static str, String),
}

#[derive(Default)]
pub(super) struct Work {
    pub(super) lines: Vec<Line>,
    pub(super) more: bool,
}

pub(super) async fn work(house: &Shared, who: &Signed, now: Instant) -> Result<Work, Failure> {
    let found: TodoPage = match house.console.ledger.todo(&who.rights, &TodoAsk { limit: LINES, ..TodoAsk::default() }).await {
        Ok(found) => found,
        Err(LedgerError::NoBook) => return Ok(Work::default()),
        Err(error) => return Err(error.into()),
    };
    let line = |row: &TodoRow| Line {
        href: format!("/r/{}", row.record.number),
        title: if row.record.title.is_empty() { row.record.number.clone() } else { row.record.title.clone() },
        why: text(who.lang, why(row, who), &[]),
        left: row.record.due.map_or(("", String::new()), |due| words::left(who.lang, now, due)),
    };
    Ok(Work { lines: found.rows.iter().map(line).collect(), more: found.next.is_some() })
}

fn why(row: &TodoRow, who: &Signed) -> &'static str {
    match row.why {
        _ if Some(row.person) != who.rights.person => "why-delegate",
        WhyTodo::Holds => "why-holder",
        WhyTodo::Approves => "why-approve",
        WhyTodo::Asked => "why-ask",
        WhyTodo::Escalated => "why-escalated",
    }
}
