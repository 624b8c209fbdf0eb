//! Fields: what a record holds under a name.

use std::collections::BTreeSet;

use super::limits::{
    ATTACHED, ATTACHED_MOST, BOX_CHARS, BOX_LINES, COLUMNS, ENTRIES, FIELDS, LINE_CHARS, NAMED, NAMED_MOST, OPTIONS, ROWS, ROWS_MOST,
    TEXT_CHARS,
};
use super::read::shown;
use super::tree::{Spot, Step, Then as _, Tree};
use super::{Cell, ChoiceOption, Column, Field, Role, Shape};
use crate::condition::{self, Condition, Refusal};

const COMMON: &[&str] = &["name", "title", "hint", "type", "required", "required_when", "personal", "sealed", "filter"];
/// Keys that only some types have.
const OWN: &[(&str, &[&str])] = &[
    ("text", &["lines", "most"]),
    ("number", &["least", "most"]),
    ("choice", &["options"]),
    ("date", &[]),
    ("time", &[]),
    ("yes", &[]),
    ("person", &[]),
    ("people", &["most"]),
    ("unit", &[]),
    ("units", &["most"]),
    ("source", &[]),
    ("asset", &[]),
    ("attachment", &["most"]),
    ("table", &["columns", "most"]),
    ("link", &["to"]),
];

/// The fields of a file; `at` takes their places, `vague` the names of those whose type cannot be read.
pub(super) fn read(tree: &Tree<'_>, top: &Spot<'_>, at: &mut Vec<usize>, vague: &mut BTreeSet<String>) -> Vec<Field> {
    if !tree.needs(top, "field") {
        return Vec::new();
    }
    let mut fields = Vec::new();
    let spots = tree.tables(top, "field", FIELDS);
    for spot in &spots {
        let (field, is_vague) = field(tree, spot);
        if is_vague {
            vague.insert(field.name.clone());
        }
        at.push(spot.index());
        fields.push(field);
    }
    for (index, spot) in spots.iter().enumerate() {
        let condition = condition(tree, spot, "required_when", &fields, vague);
        if let Some(field) = fields.get_mut(index) {
            field.required_when = condition;
        }
    }
    fields
}

fn field(tree: &Tree<'_>, spot: &Spot<'_>) -> (Field, bool) {
    let every: Vec<&str> = OWN.iter().flat_map(|(_, own)| own.iter().copied()).collect::<BTreeSet<&str>>().into_iter().collect();
    tree.only(spot, &[COMMON, &every].concat());
    let shape = shape(tree, spot);
    let required = tree.flag(spot, "required");
    if required && tree.has(spot, "required_when") {
        tree.push(tree.fault(&spot.to("required_when"), "kind-required-twice"));
    }
    let field = Field {
        name: tree.name(spot, "name"),
        title: tree.words(spot, "title"),
        hint: tree.words_if_any(spot, "hint"),
        required,
        required_when: None,
        personal: tree.flag(spot, "personal"),
        sealed: sealed(tree, spot),
        filter: tree.flag(spot, "filter"),
        shape: shape.clone().unwrap_or(Shape::Yes),
    };
    (field, shape.is_none())
}

fn sealed(tree: &Tree<'_>, spot: &Spot<'_>) -> Vec<Role> {
    let mut roles = Vec::new();
    for (index, text) in tree.texts(spot, "sealed", ENTRIES).iter().enumerate() {
        let way = spot.to("sealed").then(index);
        match Role::from_id(text) {
            Some(role) if roles.contains(&role) => tree.push(tree.fault(&way, "kind-twice").with("name", shown(text))),
            Some(role) => roles.push(role),
            None if text.is_empty() => {}
            None => tree.push(tree.fault(&way, "kind-role").with("found", shown(text)).with("known", super::read::roles())),
        }
    }
    if roles.is_empty() && tree.length(spot, "sealed") == Some(0) && tree.has(spot, "sealed") {
        tree.push(tree.fault(&spot.to("sealed"), "kind-sealed-empty"));
    }
    roles
}

/// None where the type or what belongs to it cannot be read.
fn shape(tree: &Tree<'_>, spot: &Spot<'_>) -> Option<Shape> {
    let found = tree.needed_text(spot, "type")?;
    let Some((kind, own)) = OWN.iter().find(|(kind, _)| *kind == found) else {
        let known: Vec<&str> = OWN.iter().map(|(kind, _)| *kind).collect();
        tree.push(tree.fault(&spot.to("type"), "kind-field-type").with("found", shown(found)).with("known", known.join(", ")));
        return None;
    };
    let every: BTreeSet<&str> = OWN.iter().flat_map(|(_, own)| own.iter().copied()).collect();
    for key in every.into_iter().filter(|key| !own.contains(key) && tree.has(spot, key)) {
        tree.push(tree.fault(&spot.to(key), "kind-key-unfit").with("name", key).with("type", *kind));
    }
    Some(match *kind {
        "text" => text(tree, spot),
        "number" => number(tree, spot),
        "choice" => Shape::Choice { options: options(tree, spot) },
        "date" => Shape::Date,
        "time" => Shape::Time,
        "yes" => Shape::Yes,
        "person" => Shape::Person,
        "people" => Shape::People { most: most(tree, spot, NAMED, NAMED_MOST) },
        "unit" => Shape::Unit,
        "units" => Shape::Units { most: most(tree, spot, NAMED, NAMED_MOST) },
        "source" => Shape::Source,
        "asset" => Shape::Asset,
        "attachment" => Shape::Attachment { most: most(tree, spot, ATTACHED, ATTACHED_MOST) },
        "table" => Shape::Table { columns: columns(tree, spot), most: most(tree, spot, ROWS, ROWS_MOST) },
        _ => Shape::Link { to: tree.needed_text(spot, "to")?.to_owned() },
    })
}

fn text(tree: &Tree<'_>, spot: &Spot<'_>) -> Shape {
    // Where the number cannot be read, more than one line were meant.
    let lines = tree.number(spot, "lines", 1..=BOX_LINES).unwrap_or(if tree.has(spot, "lines") { BOX_LINES } else { 1 });
    let most = most(tree, spot, if lines == 1 { LINE_CHARS } else { BOX_CHARS }, TEXT_CHARS);
    Shape::Text { lines: u16::try_from(lines).unwrap_or(1), most }
}

fn number(tree: &Tree<'_>, spot: &Spot<'_>) -> Shape {
    let least = tree.number(spot, "least", i64::MIN..=i64::MAX).unwrap_or(0);
    let most = tree.number(spot, "most", i64::MIN..=i64::MAX).unwrap_or(i64::MAX);
    if least > most {
        let key = if tree.has(spot, "most") { "most" } else { "least" };
        tree.push(tree.fault(&spot.to(key), "kind-least-most").with("least", least.to_string()).with("most", most.to_string()));
    }
    Shape::Number { least, most }
}

fn most(tree: &Tree<'_>, spot: &Spot<'_>, absent: i64, limit: i64) -> u32 {
    let most = tree.number(spot, "most", 1..=limit).unwrap_or(absent);
    u32::try_from(most).unwrap_or(1)
}

fn options(tree: &Tree<'_>, spot: &Spot<'_>) -> Vec<ChoiceOption> {
    if !tree.needs(spot, "options") {
        return Vec::new();
    }
    let mut options: Vec<ChoiceOption> = Vec::new();
    for inner in tree.tables(spot, "options", OPTIONS) {
        tree.only(&inner, &["id", "title"]);
        let option = ChoiceOption { id: tree.id(&inner, "id"), title: tree.words(&inner, "title") };
        let same = |key: &str, is: &dyn Fn(&ChoiceOption) -> bool, name: &str| {
            if !name.is_empty() && options.iter().any(is) {
                tree.push(tree.fault(&inner.to(key), "kind-twice").with("name", shown(name)));
            }
        };
        same("id", &|other| other.id == option.id, &option.id);
        // Sheets that are read in name options by their titles.
        same("title", &|other| other.title.zh == option.title.zh, &option.title.zh);
        options.push(option);
    }
    if options.is_empty() && tree.length(spot, "options") == Some(0) {
        tree.push(tree.fault(&spot.to("options"), "kind-list-empty"));
    }
    options
}

fn columns(tree: &Tree<'_>, spot: &Spot<'_>) -> Vec<Column> {
    if !tree.needs(spot, "columns") {
        return Vec::new();
    }
    let mut columns: Vec<Column> = Vec::new();
    for inner in tree.tables(spot, "columns", COLUMNS) {
        tree.only(&inner, &["name", "title", "type"]);
        let name = tree.name(&inner, "name");
        if !name.is_empty() && columns.iter().any(|other| other.name == name) {
            tree.push(tree.fault(&inner.to("name"), "kind-twice").with("name", shown(&name)));
        }
        let found = tree.needed_text(&inner, "type");
        let cell = found.and_then(|found| Cell::ALL.into_iter().find(|cell| cell.id() == found));
        if let (Some(found), None) = (found, cell) {
            let known = Cell::ALL.map(Cell::id).join(", ");
            tree.push(tree.fault(&inner.to("type"), "kind-field-type").with("found", shown(found)).with("known", known));
        }
        columns.push(Column { name, title: tree.words(&inner, "title"), shape: cell.unwrap_or(Cell::Text) });
    }
    if columns.is_empty() && tree.length(spot, "columns") == Some(0) {
        tree.push(tree.fault(&spot.to("columns"), "kind-list-empty"));
    }
    columns
}

/// A condition over the fields; a fault where it cannot be read.
pub(super) fn condition(tree: &Tree<'_>, spot: &Spot<'_>, key: &str, fields: &[Field], vague: &BTreeSet<String>) -> Option<Condition> {
    let text = tree.text(spot, key)?;
    let way = spot.to(key);
    if vague.iter().any(|name| text.contains(name.as_str())) {
        return None;
    }
    let declared = |name: &str| fields.iter().find(|field| field.name == name).map(|field| field.shape.fact());
    let read = Condition::read(text, &declared);
    match read {
        Ok(condition) => {
            options_of(tree, &way, text, fields);
            Some(condition)
        }
        Err(refusal) => {
            tree.push(refused(tree, &way, refusal, fields));
            None
        }
    }
}

fn refused(tree: &Tree<'_>, way: &[Step], refusal: Refusal, fields: &[Field]) -> crate::Fault {
    let fault = |code| tree.fault(way, code);
    match refusal {
        Refusal::Long => fault("condition-long").with("limit", condition::MOST_BYTES.to_string()),
        Refusal::Deep => fault("condition-deep").with("limit", condition::MOST_DEPTH.to_string()),
        Refusal::Syntax(reason) => fault("condition-syntax").with("reason", reason),
        Refusal::Fact(name) => {
            let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            fault("kind-condition-field").with("name", shown(&name)).with("known", known.join(", "))
        }
        Refusal::Type(sign) => fault("kind-condition-type").with("sign", sign),
        Refusal::Form(found) => fault("condition-form").with("found", shown(&found)),
        Refusal::NotBool => fault("condition-not-bool"),
    }
}

/// A choice is compared only with options that it has: any other comparison is false for ever.
fn options_of(tree: &Tree<'_>, way: &[Step], text: &str, fields: &[Field]) {
    for after in text.split("facts.").skip(1) {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
        let Some((name, rest)) = after.split_at_checked(end) else { continue };
        let rest = rest.trim_start();
        let Some(rest) = rest.strip_prefix("==").or_else(|| rest.strip_prefix("!=")).map(str::trim_start) else { continue };
        let Some(mark) = rest.chars().next().filter(|mark| ['\'', '"'].contains(mark)) else { continue };
        let Some(found) = rest.get(1..).and_then(|inside| inside.split(mark).next()) else { continue };
        let Some(Shape::Choice { options }) = fields.iter().find(|field| field.name == name).map(|field| &field.shape) else { continue };
        if !found.is_empty() && !options.iter().any(|option| option.id == found) {
            let known: Vec<&str> = options.iter().map(|option| option.id.as_str()).collect();
            let fault = tree.fault(way, "kind-condition-option").with("name", name).with("found", shown(found));
            tree.push(fault.with("known", known.join(", ")));
        }
    }
}

impl Shape {
    /// As files write it.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Number { .. } => "number",
            Self::Choice { .. } => "choice",
            Self::Date => "date",
            Self::Time => "time",
            Self::Yes => "yes",
            Self::Person => "person",
            Self::People { .. } => "people",
            Self::Unit => "unit",
            Self::Units { .. } => "units",
            Self::Source => "source",
            Self::Asset => "asset",
            Self::Attachment { .. } => "attachment",
            Self::Table { .. } => "table",
            Self::Link { .. } => "link",
        }
    }

    /// The type that conditions see.
    #[must_use]
    pub fn fact(&self) -> condition::Kind {
        match self {
            Self::Number { .. } => condition::Kind::Int,
            Self::Yes => condition::Kind::Bool,
            _ => condition::Kind::Text,
        }
    }
}
