//! Role × kind × move as text, for review: one line for each move, one column for each role.
//!
//! Invariant: it says what the kinds say; who may in place of a vacant post (`who`) is no part of it.

use std::fmt::Write as _;

use anlan_law::kind::{Eyes, Kind, Kinds, Role, Who};

use super::who::who_text;

const LEGEND: &str = "\
✔ may     2 proposes, another approves     a approves     2a both, but not the own proposal
↑ only where granted at a unit above; with 2 and a the same     ✘ may not
Beside the roles: relations that may too (2: and a second person approves). `-name`: who made that move last may not make this one. `!`: step-up.
The head of a unit counts as granted `head`. Where nobody who is there may, the heads from the record's unit up may.
`correct` and `hand`: in whose hands it is, head, leader; correct also who opened it. `void`: head, leader, or who opened it while nobody else has made a move.
";

/// The grid of these kinds.
#[must_use]
pub fn grid(kinds: &Kinds) -> String {
    let mut out = String::from(LEGEND);
    for kind in kinds.iter() {
        of_kind(kind, &mut out);
    }
    out
}

fn of_kind(kind: &Kind, out: &mut String) {
    let head: String = Role::ALL.iter().map(|role| format!(" {:>9}", role.id())).collect();
    let _ = writeln!(out, "\n{:<28}{head}", format!("{} {}", kind.number, kind.id));
    let everyone: Vec<Who> = Role::ALL.iter().filter(|role| **role != Role::Inspector).map(|role| Who::Role(*role)).collect();
    let mut sees = if kind.sees.is_empty() { everyone } else { kind.sees.clone() };
    if !sees.contains(&Who::Role(Role::Audit)) {
        sees.push(Who::Role(Role::Audit));
    }
    line(out, "(sees)", &sees, None, "");
    line(out, "(opens)", &kind.opens, None, "");
    for a_move in &kind.moves {
        let mut notes: String = a_move.other_than.iter().map(|name| format!(" -{name}")).collect();
        if a_move.grave {
            notes.push_str(" !");
        }
        let by = match &a_move.eyes {
            Eyes::Two => None,
            Eyes::Four { by } if by.is_empty() => Some(&a_move.who),
            Eyes::Four { by } => Some(by),
        };
        line(out, &a_move.name, &a_move.who, by.map(Vec::as_slice), &notes);
    }
    for field in kind.fields.iter().filter(|field| !field.sealed.is_empty()) {
        let roles: Vec<Who> = field.sealed.iter().map(|role| Who::Role(*role)).collect();
        line(out, &format!("(unseals {})", field.name), &roles, None, "");
    }
}

fn line(out: &mut String, name: &str, who: &[Who], by: Option<&[Who]>, notes: &str) {
    let cells: String = Role::ALL.iter().map(|role| format!(" {:>9}", cell(*role, who, by))).collect();
    let relations = |list: &[Who], mark: &str| -> String {
        let related = list.iter().filter(|who| !matches!(who, Who::Role(_) | Who::Above(_)));
        related.map(|who| format!(" {}{mark}", who_text(who))).collect()
    };
    let made = relations(who, if by.is_some() { "(2)" } else { "" });
    let approved = relations(by.unwrap_or_default(), "(a)");
    let _ = writeln!(out, "{}", format!("  {name:<26}{cells} {made}{approved}{notes}").trim_end());
}

fn cell(role: Role, who: &[Who], by: Option<&[Who]>) -> String {
    let in_list = |list: &[Who]| match (list.contains(&Who::Role(role)), list.contains(&Who::Above(role))) {
        (true, _) => Some(""),
        (false, true) => Some("↑"),
        (false, false) => None,
    };
    let (makes, approves) = (in_list(who), by.and_then(in_list));
    match (makes, by, approves) {
        (None, _, None) => "✘".to_owned(),
        (Some(""), None, _) => "✔".to_owned(),
        (Some(above), None, _) => above.to_owned(),
        (Some(above), Some(_), None) => format!("{above}2"),
        (None, _, Some(above)) => format!("{above}a"),
        (Some(makes), Some(_), Some(approves)) => format!("{makes}2{approves}a"),
    }
}
