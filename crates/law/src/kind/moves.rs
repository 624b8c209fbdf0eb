//! States and moves: where a record can be, and who brings it on.

use std::collections::BTreeSet;

use super::limits::{ENTRIES, MOVES, OPENINGS, STATES};
use super::read::{people, shown};
use super::tree::{Spot, Then as _, Tree};
use super::{AskPeople, AskWhat, Eyes, Field, Move, Opening, Role, Setting, State, Who, fields};

const KEYS: &[&str] = &[
    "name",
    "title",
    "past",
    "from",
    "to",
    "who",
    "needs",
    "asks",
    "reason",
    "second",
    "by",
    "other_than",
    "when",
    "grave",
    "sets",
    "opens",
    "asks_people",
];

/// In a file `opener` stands for who opened the record; the other lists of moves call the opening `open`.
pub(super) const OPENER: &str = "opener";
/// The opening of a record, where moves are named.
pub(super) const OPEN: &str = "open";

pub(super) fn states(tree: &Tree<'_>, top: &Spot<'_>, at: &mut Vec<usize>) -> Vec<State> {
    if !tree.needs(top, "state") {
        return Vec::new();
    }
    let mut states = Vec::new();
    for spot in tree.tables(top, "state", STATES) {
        tree.only(&spot, &["name", "title", "holder", "ends"]);
        let holder = people(tree, &spot, "holder");
        at.push(spot.index());
        states.push(State { name: tree.name(&spot, "name"), title: tree.words(&spot, "title"), holder, ends: tree.flag(&spot, "ends") });
    }
    states
}

/// Whoever holds a record whose state does not say: `owner` where there is such a field, then `handler`, then `head`.
pub(super) fn usual_holders(fields: &[Field]) -> Vec<Who> {
    let owner = fields.iter().any(|field| field.name == "owner").then_some(Who::Owner);
    owner.into_iter().chain([Who::Role(Role::Handler), Who::Role(Role::Head)]).collect()
}

/// `fields` are those of the kind, for conditions.
pub(super) fn read(tree: &Tree<'_>, top: &Spot<'_>, fields: &[Field], vague: &BTreeSet<String>, at: &mut Vec<usize>) -> Vec<Move> {
    let mut moves = Vec::new();
    for spot in tree.tables(top, "move", MOVES) {
        tree.only(&spot, KEYS);
        at.push(spot.index());
        moves.push(one(tree, &spot, fields, vague));
    }
    moves
}

fn one(tree: &Tree<'_>, spot: &Spot<'_>, fields: &[Field], vague: &BTreeSet<String>) -> Move {
    let from = if tree.needs(spot, "from") { tree.one_or_more(spot, "from", STATES) } else { Vec::new() };
    let who = if tree.needs(spot, "who") { people(tree, spot, "who") } else { Vec::new() };
    let other_than = tree.texts(spot, "other_than", ENTRIES);
    Move {
        name: tree.name(spot, "name"),
        title: tree.words(spot, "title"),
        past: tree.words(spot, "past"),
        from,
        to: tree.text(spot, "to").map(str::to_owned),
        eyes: eyes(tree, spot, &who),
        who,
        needs: tree.texts(spot, "needs", ENTRIES),
        asks: tree.texts(spot, "asks", ENTRIES),
        reason: tree.flag(spot, "reason"),
        other_than: other_than.into_iter().map(|name| if name == OPENER { OPEN.to_owned() } else { name }).collect(),
        when: fields::condition(tree, spot, "when", fields, vague),
        grave: tree.flag(spot, "grave"),
        sets: sets(tree, spot),
        opens: openings(tree, spot),
        asks_people: asks_people(tree, spot),
    }
}

fn eyes(tree: &Tree<'_>, spot: &Spot<'_>, who: &[Who]) -> Eyes {
    let by = people(tree, spot, "by");
    match tree.flag(spot, "second") {
        true => Eyes::Four { by: if by.is_empty() { who.to_vec() } else { by } },
        false => {
            if tree.has(spot, "by") {
                tree.push(tree.fault(&spot.to("by"), "kind-by-needless"));
            }
            Eyes::Two
        }
    }
}

fn sets(tree: &Tree<'_>, spot: &Spot<'_>) -> Vec<(String, Setting)> {
    let mut sets = Vec::new();
    for (field, text) in tree.pairs(spot, "sets", ENTRIES) {
        let setting = match text.strip_prefix('@') {
            None => Setting::Text(text),
            Some("now") => Setting::Now,
            Some("today") => Setting::Today,
            Some("actor") => Setting::Actor,
            Some("checkpoint") => Setting::Checkpoint,
            Some(_) => {
                tree.push(tree.fault(&spot.to("sets").then(field.as_str()), "kind-setting").with("found", shown(&text)));
                continue;
            }
        };
        sets.push((field, setting));
    }
    sets
}

fn openings(tree: &Tree<'_>, spot: &Spot<'_>) -> Vec<Opening> {
    let mut openings = Vec::new();
    for inner in tree.tables(spot, "opens", OPENINGS) {
        tree.only(&inner, &["kind", "copies", "link"]);
        openings.push(Opening {
            kind: tree.needed_text(&inner, "kind").unwrap_or_default().to_owned(),
            copies: tree.pairs(&inner, "copies", ENTRIES).into_iter().collect(),
            link: tree.text(&inner, "link").map(str::to_owned),
        });
    }
    openings
}

fn asks_people(tree: &Tree<'_>, spot: &Spot<'_>) -> Option<AskPeople> {
    let inner = tree.table(spot, "asks_people")?;
    tree.only(&inner, &["field", "what"]);
    let field = tree.needed_text(&inner, "field")?.to_owned();
    let found = tree.needed_text(&inner, "what")?;
    let what = AskWhat::from_id(found);
    if what.is_none() {
        let known = AskWhat::ALL.map(AskWhat::id).join(", ");
        tree.push(tree.fault(&inner.to("what"), "kind-word").with("found", shown(found)).with("known", known));
    }
    what.map(|what| AskPeople { field, what })
}
