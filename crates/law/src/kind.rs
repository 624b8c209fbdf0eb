//! Kinds: what a register, case or approval holds, which moves people make, which clocks run. Format: `spec/kind.md`.
//!
//! Invariants: a [`Kind`] has no fault, or there is none; every name in it leads somewhere; nothing here knows a record, a person or a database.
//! [`parse`] reads files, [`Shape::canonical`] what people type, [`Kind::facts`] what conditions see.

mod check;
mod clocks;
mod facts;
mod fields;
mod forms;
mod graph;
pub mod limits;
mod links;
mod moves;
mod parse;
mod read;
mod timing;
mod tree;
mod value;

use std::collections::BTreeMap;

use anlan_base::TimeOfDay;

use crate::clock::{Length, Recurrence, Roll, Span};
use crate::condition::Condition;
use crate::words::{Bilingual, Sureness};

pub use parse::{World, id_of, parse};
pub use read::KIND_SCHEMA;
pub use value::{Attached, ValueFault};

/// What a person may be to a unit. A closed list: kinds name them, grants give them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 系统管理员: accounts, configuration, backup. Excludes the two others, per person.
    System,
    /// 安全管理员: grants, rules, holds.
    Security,
    /// 审计管理员: reads what was done, changes nothing.
    Audit,
    /// 单位负责人.
    Head,
    /// 分管领导.
    Leader,
    /// 值班员.
    Duty,
    /// 处置员.
    Handler,
    /// 审批人.
    Approver,
    /// 查询员.
    Reader,
    /// 员工.
    Staff,
    /// 外部检查人员: sees what `sees` of a kind names them for, changes nothing.
    Inspector,
}

impl Role {
    pub const ALL: [Self; 11] = [
        Self::System,
        Self::Security,
        Self::Audit,
        Self::Head,
        Self::Leader,
        Self::Duty,
        Self::Handler,
        Self::Approver,
        Self::Reader,
        Self::Staff,
        Self::Inspector,
    ];

    /// As kinds, entries and addresses write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Security => "security",
            Self::Audit => "audit",
            Self::Head => "head",
            Self::Leader => "leader",
            Self::Duty => "duty",
            Self::Handler => "handler",
            Self::Approver => "approver",
            Self::Reader => "reader",
            Self::Staff => "staff",
            Self::Inspector => "inspector",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// The three administrators, who exclude each other.
    #[must_use]
    pub fn is_administrator(self) -> bool {
        matches!(self, Self::System | Self::Security | Self::Audit)
    }
}

/// Somebody, as kinds name them: `who`, `by`, `holder`, `sees`, `to`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Granted at the record's unit or above it.
    Role(Role),
    /// Granted at a unit strictly above the record's.
    Above(Role),
    /// Who opened the record.
    Opener,
    /// The person in the field `owner`.
    Owner,
    /// In whose hands the record is.
    Holder,
    /// The person, or each of the people, in this field.
    Field(String),
}

/// Where the console shows a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Work,
    Hazards,
    Access,
    Incidents,
    Personal,
    Complaints,
    People,
    Compliance,
    Content,
    Assets,
}

impl Section {
    pub const ALL: [Self; 10] = [
        Self::Work,
        Self::Hazards,
        Self::Access,
        Self::Incidents,
        Self::Personal,
        Self::Complaints,
        Self::People,
        Self::Compliance,
        Self::Content,
        Self::Assets,
    ];

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Hazards => "hazards",
            Self::Access => "access",
            Self::Incidents => "incidents",
            Self::Personal => "personal",
            Self::Complaints => "complaints",
            Self::People => "people",
            Self::Compliance => "compliance",
            Self::Content => "content",
            Self::Assets => "assets",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.id() == id)
    }
}

/// A register, case or approval, as its file declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    pub id: String,
    /// The pack it ships in; none where a unit added it.
    pub pack: Option<String>,
    pub title: Bilingual,
    pub about: Option<Bilingual>,
    /// Capital letters before the year: `YH`.
    pub number: String,
    pub place: Section,
    pub asset: bool,
    /// Empty: everyone with a role in the unit.
    pub sees: Vec<Who>,
    /// Empty: nobody; by fan-out, effect or series only.
    pub opens: Vec<Who>,
    /// What the opening form asks for beside the fields that must be filled; see [`Kind::asked_at_opening`].
    pub asks: Vec<String>,
    pub title_field: String,
    pub list: Vec<String>,
    pub systems: Vec<String>,
    pub basis: Vec<Bilingual>,
    pub sureness: Sureness,
    pub unsure: Option<Bilingual>,
    pub fields: Vec<Field>,
    /// The first is where a record begins.
    pub states: Vec<State>,
    pub moves: Vec<Move>,
    pub clocks: Vec<KindClock>,
    pub series: Vec<Series>,
    pub fanout: Option<Fanout>,
    pub print: Vec<Print>,
}

/// What a record holds under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub title: Bilingual,
    pub hint: Option<Bilingual>,
    pub shape: Shape,
    /// Must be filled when the record is opened.
    pub required: bool,
    pub required_when: Option<Condition>,
    pub personal: bool,
    /// Empty: not sealed. Else the roles that may see it, with a reason.
    pub sealed: Vec<Role>,
    pub filter: bool,
}

/// What fits into a field. Values are kept as canonical texts, see [`Shape`]'s variants; empty means not filled.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// As typed, line feeds only in boxes of more than one line.
    Text { lines: u16, most: u32 },
    /// Decimal digits with an optional minus.
    Number { least: i64, most: i64 },
    /// The option's id.
    Choice { options: Vec<ChoiceOption> },
    /// `2026-10-09`.
    Date,
    /// `2026-10-09T08:30` in Beijing time.
    Time,
    /// `yes` or `no`.
    Yes,
    /// `p12`.
    Person,
    /// JSON list of `p12`.
    People { most: u32 },
    /// `u3`.
    Unit,
    /// JSON list of `u3`.
    Units { most: u32 },
    /// A source's key.
    Source,
    /// The number of a record whose kind is an asset.
    Asset,
    /// JSON list of `{ "name", "digest", "size", "type" }`.
    Attachment { most: u32 },
    /// JSON list of rows, each a list of canonical texts.
    Table { columns: Vec<Column>, most: u32 },
    /// The number of a record of this kind.
    Link { to: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    pub id: String,
    pub title: Bilingual,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub title: Bilingual,
    pub shape: Cell,
}

/// What fits into a cell of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    Text,
    Number,
    Date,
    Yes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub name: String,
    pub title: Bilingual,
    /// In order; the first living person counts. Never empty: the default is filled in.
    pub holder: Vec<Who>,
    pub ends: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub name: String,
    pub title: Bilingual,
    pub past: Bilingual,
    pub from: Vec<String>,
    /// None: the record stays in its state.
    pub to: Option<String>,
    pub who: Vec<Who>,
    pub needs: Vec<String>,
    pub asks: Vec<String>,
    pub reason: bool,
    pub eyes: Eyes,
    /// Moves whose last maker may not make this one; `open` stands for who opened the record (`opener` in files).
    pub other_than: Vec<String>,
    pub when: Option<Condition>,
    pub grave: bool,
    pub sets: Vec<(String, Setting)>,
    pub opens: Vec<Opening>,
    pub asks_people: Option<AskPeople>,
}

/// How many people a move takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Eyes {
    Two,
    /// One proposes, another of these approves.
    Four {
        by: Vec<Who>,
    },
}

/// What a move writes into a field by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    Text(String),
    Now,
    Today,
    Actor,
    /// The log's checkpoint at that moment: origin, size, root hash, one a line. For a text field of more than one line.
    Checkpoint,
}

/// A record that a move opens in the same unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    pub kind: String,
    /// Their field to ours.
    pub copies: BTreeMap<String, String>,
    /// Their field of shape link that leads back to us.
    pub link: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskPeople {
    /// A field of shape people.
    pub field: String,
    pub what: AskWhat,
}

/// What a person is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskWhat {
    Read,
    Sign,
    /// 会签.
    Opinion,
}

impl AskWhat {
    pub const ALL: [Self; 3] = [Self::Read, Self::Sign, Self::Opinion];

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Sign => "sign",
            Self::Opinion => "opinion",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.id() == id)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct KindClock {
    pub name: String,
    pub title: Bilingual,
    /// Moves, or `open`. Each one starts it anew.
    pub start: Vec<String>,
    pub stop: Vec<String>,
    /// It starts only where this holds; a record may be of a sort that the law gives no term for.
    pub when: Option<Condition>,
    pub term: KindTerm,
    /// A date field: an earlier day that a person set.
    pub own: Option<String>,
    pub pauses: Vec<(String, String)>,
    /// So long before it is due.
    pub remind: Vec<Span>,
    pub escalate: Vec<Escalation>,
}

/// How long a kind's clock runs.
#[derive(Clone, Debug, PartialEq)]
pub enum KindTerm {
    Length {
        length: Length,
        roll: Roll,
    },
    /// A clock of the law pack; `row` is the field that chooses the row of its table.
    Law {
        clock: String,
        row: Option<String>,
    },
    /// The date or moment in a field; on a date until `at`, else the day's end.
    Field {
        field: String,
        at: Option<TimeOfDay>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// None: at once.
    pub after: Option<Span>,
    pub to: Vec<Who>,
}

/// Records that are due again and again in every unit where the series is switched on.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub title: Bilingual,
    pub when: SeriesTerm,
    /// Moves that do what the series asks for; a state that ends stops it in any case.
    pub stop: Vec<String>,
    /// So long before it is due the record is opened; none: when the one before was due.
    pub ahead: Option<Span>,
    pub remind: Vec<Span>,
    pub escalate: Vec<Escalation>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SeriesTerm {
    Own {
        recurrence: Recurrence,
    },
    /// A clock of the law pack that recurs.
    Law {
        clock: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fanout {
    pub on: String,
    pub units: String,
    pub child: String,
    pub copies: BTreeMap<String, String>,
}

/// A printed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    pub name: String,
    pub title: Bilingual,
    pub of: PrintOf,
    pub signs: Vec<Bilingual>,
    pub seal: bool,
    /// Originals that are printed.
    pub copies: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrintOf {
    /// Lines of the form, each of one or more fields; `@number`, `@unit`, `@opened`, `@state`, `@clocks`, `@history`.
    Record {
        rows: Vec<Vec<String>>,
    },
    List {
        columns: Vec<String>,
    },
}

/// All kinds in force.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kinds {
    all: BTreeMap<String, Kind>,
}

impl Kinds {
    #[must_use]
    pub fn new(kinds: Vec<Kind>) -> Self {
        Self { all: kinds.into_iter().map(|kind| (kind.id.clone(), kind)).collect() }
    }

    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Kind> {
        self.all.get(id)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// In the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.all.values()
    }

    /// The kind whose records are numbered so: `YH` of `YH-2026-0012`.
    #[must_use]
    pub fn numbered(&self, number: &str) -> Option<&Kind> {
        let letters = number.split('-').next()?;
        self.iter().find(|kind| kind.number == letters)
    }
}

impl Kind {
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields of the opening form, in their order: those that must be filled or may have to be, and those of `asks`; where that is empty,
    /// those that no move fills.
    #[must_use]
    pub fn asked_at_opening(&self) -> Vec<&Field> {
        let by_move = |a_move: &Move, name: &str| {
            let named = a_move.needs.iter().chain(&a_move.asks).any(|field| field == name);
            named || a_move.sets.iter().any(|(field, _)| field == name)
        };
        let extra = |name: &str| match self.asks.as_slice() {
            [] => !self.moves.iter().any(|a_move| by_move(a_move, name)),
            asks => asks.iter().any(|field| field == name),
        };
        self.fields.iter().filter(|field| field.required || field.required_when.is_some() || extra(&field.name)).collect()
    }

    #[must_use]
    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    #[must_use]
    pub fn a_move(&self, name: &str) -> Option<&Move> {
        self.moves.iter().find(|a_move| a_move.name == name)
    }

    #[must_use]
    pub fn clock(&self, name: &str) -> Option<&KindClock> {
        self.clocks.iter().find(|clock| clock.name == name)
    }
}
