//! Units: the tree with heads, posts, recurring registers and whether the three administrators are appointed apart.
//!
//! Invariants: what is not appointed is said plainly (未分设), with the way out; a unit is never deleted, only closed; one sees units that some role of one's own
//! reaches, and one's own.

mod acts;
mod tree;
mod unit;

use anlan_base::text::{Lang, text};
use anlan_ledger::engine::UnitId;
use anlan_ledger::{Directory, Held};

use crate::people::told::role;
use crate::records::words;

pub(crate) use acts::{add, change, close, close_post, fill_post, move_to, post, series, set_head};
pub(crate) use tree::units;
pub(crate) use unit::unit;

/// One of the three administrators over a unit: class, role, and who.
pub(crate) struct Separated {
    pub(crate) class: &'static str,
    pub(crate) role: String,
    pub(crate) word: String,
    pub(crate) who: String,
}

/// How the three are held over a unit.
pub(crate) fn separation(directory: &Directory, unit: UnitId, lang: Lang) -> Vec<Separated> {
    let Some(separation) = directory.separation(unit) else { return Vec::new() };
    let comma = text(lang, "list-comma", &[]);
    let told = |people: &[anlan_ledger::engine::PersonId]| {
        people.iter().map(|id| words::person(directory, Some(*id), lang)).collect::<Vec<_>>().join(&comma)
    };
    let drawn = separation.held.iter().map(|(administrator, held)| {
        let (class, key, who) = match held {
            Held::Missing => ("fail", "separate-missing", String::new()),
            Held::Here(people) => ("met", "separate-here", told(people)),
            Held::Elsewhere(people) => ("met", "separate-elsewhere", told(people)),
        };
        Separated { class, role: role(lang, administrator.role()), word: text(lang, key, &[]), who }
    });
    drawn.collect()
}

/// Who is missing, in words; empty where nobody is.
pub(crate) fn missing(directory: &Directory, unit: UnitId, lang: Lang) -> String {
    let Some(separation) = directory.separation(unit) else { return String::new() };
    let roles: Vec<String> = separation.missing().map(|administrator| role(lang, administrator.role())).collect();
    roles.join(&text(lang, "list-comma", &[]))
}
