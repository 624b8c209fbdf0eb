//! A kind out of its file, as it is written there; what must hold between its parts is looked at in `check` and `links`.
//!
//! Invariant: the parts stand in the order of the file, each with its place in it, so that later faults name the right line.

use std::collections::BTreeSet;
use std::fmt;

use super::limits::{ENTRIES, LISTED, NAME_BYTES, NUMBER_LETTERS};
use super::tree::{Spot, Then as _, Tree, at, is_name};
use super::{Cell, Field, Kind, KindClock, Move, Print, Role, Section, Series, State, Who, clocks, fields, forms, moves};
use crate::words::{Bilingual, Sureness};

/// The only schema that is read.
pub const KIND_SCHEMA: &str = "anlan-kind/1";

const KEYS: &[&str] = &[
    "schema",
    "id",
    "title",
    "about",
    "number",
    "place",
    "asset",
    "sees",
    "opens",
    "asks",
    "title_field",
    "list",
    "systems",
    "basis",
    "sureness",
    "unsure",
    "field",
    "state",
    "move",
    "clock",
    "series",
    "fanout",
    "print",
];

/// A kind with the places of its parts in the file.
pub(super) struct Draft<'a> {
    pub tree: Tree<'a>,
    pub kind: Kind,
    pub at: Places,
    /// Fields whose type could not be read: nothing can be said of what fits them.
    pub vague: BTreeSet<String>,
    /// Every part was read, so that a name that is not there is not there.
    pub whole: bool,
}

/// For each part of the kind its index in the file.
#[derive(Default)]
pub(super) struct Places {
    pub fields: Vec<usize>,
    pub states: Vec<usize>,
    pub moves: Vec<usize>,
    pub clocks: Vec<usize>,
    pub series: Vec<usize>,
    pub print: Vec<usize>,
}

/// Reads a parsed file. `pack` is the pack that it ships in.
pub(super) fn draft<'a>(tree: Tree<'a>, pack: Option<&str>) -> Draft<'a> {
    let mut at = Places::default();
    let mut vague = BTreeSet::new();
    let kind = {
        let top = tree.top();
        tree.only(&top, KEYS);
        schema(&tree, &top);
        let (fields, states) = (fields::read(&tree, &top, &mut at.fields, &mut vague), moves::states(&tree, &top, &mut at.states));
        let moves = moves::read(&tree, &top, &fields, &vague, &mut at.moves);
        let clocks = clocks::read(&tree, &top, &fields, &vague, &mut at.clocks);
        let series = clocks::series(&tree, &top, &mut at.series);
        let print = forms::print(&tree, &top, &mut at.print);
        let fanout = forms::fanout(&tree, &top);
        let sureness = sureness(&tree, &top);
        Kind {
            id: id(&tree, &top),
            pack: pack.map(str::to_owned),
            title: tree.words(&top, "title"),
            about: tree.words_if_any(&top, "about"),
            number: number(&tree, &top),
            place: section(&tree, &top),
            asset: tree.flag(&top, "asset"),
            sees: people(&tree, &top, "sees"),
            opens: opens(&tree, &top),
            asks: tree.texts(&top, "asks", ENTRIES),
            title_field: tree.needed_text(&top, "title_field").unwrap_or_default().to_owned(),
            list: tree.texts(&top, "list", LISTED),
            systems: tree.texts(&top, "systems", ENTRIES),
            basis: tree.words_list(&top, "basis", ENTRIES),
            sureness: sureness.0,
            unsure: sureness.1,
            fields,
            states,
            moves,
            clocks,
            series,
            fanout,
            print,
        }
    };
    let whole = whole(&tree, &at);
    Draft { tree, kind, at, vague, whole }
}

/// Whether every part that is written was read.
fn whole(tree: &Tree<'_>, at: &Places) -> bool {
    let read = [("field", &at.fields), ("state", &at.states), ("move", &at.moves), ("clock", &at.clocks), ("series", &at.series)];
    read.into_iter().all(|(key, read)| tree.length(&tree.top(), key).is_some_and(|length| length == read.len()))
}

fn schema(tree: &Tree<'_>, top: &Spot<'_>) {
    match tree.needed_text(top, "schema") {
        Some(found) if found != KIND_SCHEMA => {
            let found: String = found.chars().take(NAME_BYTES).collect();
            tree.push(tree.fault(at!["schema"], "schema").with("found", found).with("wanted", KIND_SCHEMA));
        }
        _ => {}
    }
}

fn id(tree: &Tree<'_>, top: &Spot<'_>) -> String {
    let Some(id) = tree.needed_text(top, "id") else { return String::new() };
    if !is_name(id, "_-") {
        tree.push(tree.fault(at!["id"], "kind-id").with("limit", NAME_BYTES.to_string()));
        return id.to_owned();
    }
    let file = tree.path.rsplit('/').next().unwrap_or_default();
    if file != format!("{id}.toml") {
        tree.push(tree.fault(at!["id"], "kind-file-name").with("wanted", format!("{id}.toml")));
    }
    id.to_owned()
}

fn number(tree: &Tree<'_>, top: &Spot<'_>) -> String {
    let Some(number) = tree.needed_text(top, "number") else { return String::new() };
    if !NUMBER_LETTERS.contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_uppercase()) {
        tree.push(tree.fault(at!["number"], "kind-number"));
    }
    number.to_owned()
}

fn section(tree: &Tree<'_>, top: &Spot<'_>) -> Section {
    let Some(found) = tree.needed_text(top, "place") else { return Section::Work };
    Section::from_id(found).unwrap_or_else(|| {
        let known: Vec<&str> = Section::ALL.into_iter().map(Section::id).collect();
        tree.push(tree.fault(at!["place"], "kind-word").with("found", shown(found)).with("known", known.join(", ")));
        Section::Work
    })
}

/// What is not certain says what is not.
fn sureness(tree: &Tree<'_>, top: &Spot<'_>) -> (Sureness, Option<Bilingual>) {
    let sureness = match tree.text(top, "sureness") {
        None | Some("certain") => Sureness::Certain,
        Some("likely") => Sureness::Likely,
        Some("unsure") => Sureness::Unsure,
        Some(found) => {
            tree.push(tree.fault(at!["sureness"], "kind-word").with("found", shown(found)).with("known", "certain, likely, unsure"));
            return (Sureness::Certain, tree.words_if_any(top, "unsure"));
        }
    };
    let unsure = tree.words_if_any(top, "unsure");
    if sureness != Sureness::Certain && !tree.has(top, "unsure") {
        tree.push(tree.fault(at!["sureness"], "unsure-why"));
    }
    if sureness == Sureness::Certain && unsure.is_some() {
        tree.push(tree.fault(at!["unsure"], "clock-sure-note"));
    }
    (sureness, unsure)
}

/// `none`, or a list of roles.
fn opens(tree: &Tree<'_>, top: &Spot<'_>) -> Vec<Who> {
    if !tree.needs(top, "opens") {
        return Vec::new();
    }
    match tree.one_or_more(top, "opens", ENTRIES).as_slice() {
        [one] if one == "none" => Vec::new(),
        [] => {
            tree.push(tree.fault(at!["opens"], "kind-opens-empty"));
            Vec::new()
        }
        _ => people(tree, top, "opens"),
    }
}

/// A list of roles and relations; what cannot be read is a fault.
pub(super) fn people(tree: &Tree<'_>, spot: &Spot<'_>, key: &str) -> Vec<Who> {
    let mut people = Vec::new();
    for (index, text) in tree.texts(spot, key, ENTRIES).iter().enumerate() {
        let way = spot.to(key).then(index);
        match who(text) {
            Some(who) if people.contains(&who) => tree.push(tree.fault(&way, "kind-twice").with("name", shown(text))),
            Some(who) => people.push(who),
            None if text.is_empty() => {}
            None => tree.push(tree.fault(&way, "kind-who").with("found", shown(text)).with("known", roles())),
        }
    }
    people
}

/// As kinds write somebody.
pub(super) fn who(text: &str) -> Option<Who> {
    match text {
        "opener" => Some(Who::Opener),
        "owner" => Some(Who::Owner),
        "holder" => Some(Who::Holder),
        _ => match text.split_once(':') {
            Some(("above", role)) => Role::from_id(role).map(Who::Above),
            Some(("field", name)) => is_name(name, "_").then(|| Who::Field(name.to_owned())),
            Some(_) => None,
            None => Role::from_id(text).map(Who::Role),
        },
    }
}

/// The roles that may be named.
pub(super) fn roles() -> String {
    Role::ALL.map(Role::id).join(", ")
}

/// What stood there, cut to what a message can hold.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// As files write it.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => f.write_str(role.id()),
            Self::Above(role) => write!(f, "above:{}", role.id()),
            Self::Opener => f.write_str("opener"),
            Self::Owner => f.write_str("owner"),
            Self::Holder => f.write_str("holder"),
            Self::Field(name) => write!(f, "field:{name}"),
        }
    }
}

impl Cell {
    pub const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Date, Self::Yes];

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Yes => "yes",
        }
    }
}

/// Parts that have a name of their own.
pub(super) trait Named {
    fn name(&self) -> &str;
}

macro_rules! named {
    ($($part:ty),*) => { $(impl Named for $part { fn name(&self) -> &str { &self.name } })* };
}
named!(Field, State, Move, KindClock, Series, Print);
