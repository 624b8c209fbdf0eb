//! The visit in which something is shown or handed over: a record of the kind `visit`, named in the address.
//!
//! Invariant: a visit is one that the asker may see, and noting in it is judged by the ledger like every other note.

use anlan_base::text::text;
use anlan_ledger::LedgerError;
use anlan_ledger::engine::Command;
use anlan_ledger::records::{ListAsk, RecordRow, StateAsk};

use crate::console::Shared;
use crate::failure::Failure;
use crate::people::told;
use crate::session::Signed;
use crate::shown;

/// The kind of visits.
const KIND: &str = "visit";
/// Visits that a page offers.
const OFFERED: u32 = 20;
/// Characters of who takes what is handed over.
pub(crate) const TO_CHARS: usize = 100;
/// Bytes of a title on a page.
const TITLE_BYTES: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) number: String,
    pub(super) title: String,
    pub(super) authority: String,
    pub(super) chosen: bool,
}

impl Visit {
    fn of(row: &RecordRow) -> Self {
        let authority = row.values.get("authority").map_or("", String::as_str);
        Self {
            number: row.number.clone(),
            title: shown::plain(&row.title, TITLE_BYTES),
            authority: shown::plain(authority, TITLE_BYTES),
            chosen: false,
        }
    }
}

/// The visit of an address: none where none is named; no such page where it is no visit, or none of the asker's.
pub(super) async fn chosen(house: &Shared, who: &Signed, number: &str) -> Result<Option<Visit>, Failure> {
    if number.is_empty() {
        return Ok(None);
    }
    let shown = house.console.ledger.record(&who.rights, number).await?.filter(|shown| shown.record.kind == KIND);
    let record = shown.ok_or(Failure::NotFound)?.record;
    let value = |name: &str| shown::plain(record.values.get(name).map_or("", String::as_str), TITLE_BYTES);
    Ok(Some(Visit { title: value("title"), authority: value("authority"), number: record.number, chosen: true }))
}

/// Visits that are going on, newest first; the chosen one first of all.
pub(super) async fn offered(house: &Shared, who: &Signed, chosen: Option<&Visit>) -> Result<Vec<Visit>, Failure> {
    if house.console.ledger.kinds().get(KIND).is_none() {
        return Ok(Vec::new());
    }
    let ask = ListAsk { kind: Some(KIND.to_owned()), state: StateAsk::Open, limit: OFFERED, ..ListAsk::default() };
    let found = house.console.ledger.list(&who.rights, &ask).await?;
    let others = found.rows.iter().map(Visit::of).filter(|visit| chosen.is_none_or(|chosen| chosen.number != visit.number));
    Ok(chosen.cloned().into_iter().chain(others).collect())
}

/// The form of a new visit; empty where the asker may not open one.
pub(super) fn new_form(house: &Shared, who: &Signed) -> String {
    let kinds = house.console.ledger.kinds();
    let may = kinds.get(KIND).is_some_and(|kind| !house.console.ledger.units_to_open(&who.rights, kind).is_empty());
    if may { format!("/records/{KIND}/new") } else { String::new() }
}

/// Why a note in the visit would be refused, in the asker's language; none: it would be taken.
pub(super) async fn refused(house: &Shared, who: &Signed, visit: &Visit, words: &str) -> Result<Option<String>, Failure> {
    let command = Command::Note { text: words.to_owned() };
    match house.console.ledger.try_out(&who.rights, KIND, Some(&visit.number), &command).await {
        Ok(()) => Ok(None),
        Err(LedgerError::Refusal(refusal)) => {
            let why = told::refusal(who.lang, &refusal);
            Ok(Some(text(who.lang, "inspect-note-refused", &[("visit", &visit.number), ("why", &why)])))
        }
        Err(other) => Err(other.into()),
    }
}

/// Notes what was shown or handed over.
pub(super) async fn note(house: &Shared, who: &Signed, visit: &Visit, words: String) -> Result<(), Failure> {
    house.console.ledger.act_on(&who.rights, &visit.number, None, Command::Note { text: words }).await?;
    Ok(())
}

/// Who takes it, as typed: one line of visible text of limited length; else the visit's authority.
pub(super) fn taker(typed: &str, visit: Option<&Visit>) -> Result<String, Failure> {
    let typed = typed.trim();
    if typed.chars().count() > TO_CHARS || shown::plain(typed, usize::MAX) != typed {
        return Err(Failure::BadForm);
    }
    Ok(if typed.is_empty() { visit.map_or_else(String::new, |visit| visit.authority.clone()) } else { typed.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_it_is_a_short_visible_line() {
        for (len, fits) in [(TO_CHARS - 1, true), (TO_CHARS, true), (TO_CHARS + 1, false)] {
            assert_eq!(taker(&"局".repeat(len), None).is_ok(), fits, "{len}");
        }
        assert!(taker("a\u{202e}b", None).is_err());
        let visit = Visit { number: "JC-2026-0001".into(), title: String::new(), authority: "县公安局".into(), chosen: true };
        assert_eq!(taker(" ", Some(&visit)).unwrap(), "县公安局");
        assert_eq!(taker("网安大队", Some(&visit)).unwrap(), "网安大队");
    }
}
