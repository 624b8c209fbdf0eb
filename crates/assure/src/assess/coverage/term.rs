//! The term that a device's logs must be kept for: the longest that applies on this day (VERDICT-5).
//!
//! Invariant: lengths are counted on the calendar, per day (six months are 181 to 184 days); no length stands here.

use anlan_base::Day;
use anlan_law::clock::{Span, held_from};
use anlan_law::pack::Lawbook;
use anlan_law::term::{Sense, Term, Value};

/// The longest term, as it falls on a day.
#[derive(Clone, Debug)]
pub(in crate::assess) struct Longest<'b> {
    pub term: &'b Term,
    pub span: Span,
    /// The first day whose lines must still be there.
    pub oldest: Day,
    /// Days from there to today.
    pub days: u32,
    /// The others that apply.
    pub also: Vec<&'b Term>,
}

/// What terms are set for: by category of the list.
fn subject(category: &str) -> &'static str {
    match category {
        "machine_room" => "log.room",
        "server" | "website" => "log.server",
        _ => "log.device",
    }
}

/// None where no pack sets one.
pub(in crate::assess) fn longest<'b>(book: &'b Lawbook, category: &str, today: Day) -> Option<Longest<'b>> {
    let found = book.effective(subject(category), Sense::AtLeast)?;
    let all: Vec<&Term> = std::iter::once(found.from).chain(found.also).collect();
    let on_day = |term: &&'b Term| match term.value {
        Value::Length(span) => held_from(today, span).map(|oldest| (oldest, span, *term)),
        Value::Count(_) => None,
    };
    // Which of `P6M` and `P183D` is longer differs by the day; of equal ones that of a law is named.
    let (oldest, span, term) = all.iter().filter_map(on_day).min_by_key(|(oldest, _, term)| (*oldest, term.cites.is_empty()))?;
    let also = all.into_iter().filter(|other| other.id != term.id).collect();
    Some(Longest { term, span, oldest, days: today.days_since(oldest), also })
}

/// Where a term stands: `csl@2025 23(3)`, else the instrument.
pub(in crate::assess) fn basis(term: &Term) -> String {
    if let Some((version, places)) = term.cites.last_key_value() {
        let places: Vec<String> = places.iter().map(ToString::to_string).collect();
        return format!("{version} {}", places.join(", "));
    }
    let one = |basis: &anlan_law::duty::Basis| match &basis.at {
        Some(at) => format!("{} {at}", basis.instrument),
        None => basis.instrument.clone(),
    };
    term.other.iter().map(one).collect::<Vec<_>>().join(", ")
}
