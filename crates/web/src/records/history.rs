//! How a record came to be as it is: each entry with who, when, what was there before and what after, and its leaf in the log.

use anlan_base::text::{Lang, text};
use anlan_law::kind::Kind;
use anlan_ledger::Directory;
use anlan_ledger::engine::Urging;
use anlan_ledger::records::{FieldChange, HistoryRow};

use super::form::say;
use super::words;

pub(crate) struct Step {
    pub(crate) title: String,
    pub(crate) text: String,
    /// Label, before, after.
    pub(crate) changes: Vec<(String, String, String)>,
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) leaf: String,
    pub(crate) late: bool,
}

/// Newest first.
pub(crate) fn steps(kind: &Kind, rows: &[HistoryRow], directory: &Directory, lang: Lang) -> Vec<Step> {
    rows.iter().rev().map(|row| step(kind, row, directory, lang)).collect()
}

fn step(kind: &Kind, row: &HistoryRow, directory: &Directory, lang: Lang) -> Step {
    let told = |name: &str, value: &str| {
        kind.field(name).map_or_else(|| value.to_owned(), |field| words::short(&words::value(field, value, directory, lang)))
    };
    let label = |name: &str| kind.field(name).map_or_else(|| name.to_owned(), |field| say(&field.title, lang).to_owned());
    let side = |change: &FieldChange, value: &Option<String>| match value {
        _ if change.sealed => text(lang, "fact-sealed", &[]),
        None => String::new(),
        Some(value) => told(&change.field, value),
    };
    // A form sends along what it showed and nobody changed.
    let differs = |change: &&FieldChange| change.sealed || change.before.as_deref().unwrap_or("") != change.after.as_deref().unwrap_or("");
    let changes =
        row.changes.iter().filter(differs).map(|change| (label(&change.field), side(change, &change.before), side(change, &change.after)));
    Step {
        title: title(kind, row, lang),
        text: said(row, directory, lang),
        changes: changes.collect(),
        at: words::moment(row.at),
        who: row.person.map_or_else(|| text(lang, "actor-system", &[]), |person| words::person(directory, Some(person), lang)),
        leaf: row.leaf.map_or_else(String::new, |leaf| leaf.to_string()),
        late: matches!(row.act.as_str(), "record.late" | "record.escalate"),
    }
}

fn title(kind: &Kind, row: &HistoryRow, lang: Lang) -> String {
    let a_move = row.made.as_deref().and_then(|name| kind.a_move(name));
    let clock = row.clock.as_deref().map(|name| words::clock(kind, name, lang));
    match (row.act.as_str(), a_move) {
        ("record.move" | "record.approve", Some(a_move)) => say(&a_move.past, lang).to_owned(),
        ("record.urge", _) if row.weight == Some(Urging::Supervise) => text(lang, "act-supervise", &[]),
        ("record.propose", Some(a_move)) => text(lang, "step-propose", &[("what", say(&a_move.title, lang))]),
        (act, _) => text(lang, &format!("step-{}", act.trim_start_matches("record.")), &[("what", clock.unwrap_or_default())]),
    }
}

/// Reason, text and whom it went to, in one line.
fn said(row: &HistoryRow, directory: &Directory, lang: Lang) -> String {
    let people = row.people.iter().map(|person| words::person(directory, Some(*person), lang)).collect::<Vec<_>>().join(" ");
    let people = if people.is_empty() { people } else { format!("→ {people}") };
    let parts = [row.reason.clone().unwrap_or_default(), row.text.clone().unwrap_or_default(), people];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
