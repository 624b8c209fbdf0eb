//! Two years of people and time from one seed: they open, move, forget, approve late, object, delegate, hand over, resign, are replaced; the server is
//! down now and then. What must hold is in `checks`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use anlan_base::{Day, Instant};
use anlan_law::kind::{AskWhat, Cell, Column, Field, Kind, Move, Role, Shape};
use anlan_ledger::engine::{
    AskState, Command, HandTo, PersonId, Record, UnitId, Urging, Values, Verb, may, may_do, may_open, series_due, series_open,
};

use crate::chance::Chance;
use crate::checks::Checks;
use crate::world::{Desk, NOBODY, Town};

const HOUR: u64 = 3_600;
/// Steps that two years are made of.
pub const STEPS: u64 = 250;
const YEARS_2: u64 = 2 * 365 * 24 * HOUR;
/// Working units beside the root.
const UNITS: u64 = 6;

pub struct Life {
    pub desk: Desk,
    chance: Chance,
    pub checks: Checks,
    next_person: u64,
    /// Series that are switched on: unit, kind, series, since, newest occurrence.
    series: Vec<(UnitId, String, usize, Instant, Option<Instant>)>,
    began: Instant,
    pub refused: u64,
    pub done: u64,
}

impl Life {
    pub fn new(seed: u64) -> Self {
        let (law, kinds) = crate::world::shipped();
        let mut chance = Chance::new(seed);
        let (town, next_person) = people(&mut chance);
        let began = crate::world::at("2025-01-06T08:00");
        let desk = Desk::new(town, kinds, law, began);
        let mut life = Self { desk, chance, checks: Checks::default(), next_person, series: Vec::new(), began, refused: 0, done: 0 };
        life.switch_series();
        life
    }

    /// Each series runs in one unit, from some day in the two years on, so that a run has each sort of recurrence and none in thousands.
    fn switch_series(&mut self) {
        let all: Vec<(String, usize)> =
            self.desk.kinds.iter().flat_map(|kind| (0..kind.series.len()).map(|nth| (kind.id.clone(), nth))).collect();
        for (kind, nth) in all {
            let unit = UnitId(1 + self.chance.next() % (UNITS + 1));
            // Frequent ones only near the end.
            let first = if self.chance.in_hundred(10) { 0 } else { 670 };
            let since = self.began.plus_seconds((first + self.chance.next() % 60) * 24 * HOUR);
            self.series.push((unit, kind, nth, since, None));
        }
    }

    pub fn run(&mut self, steps: u64) {
        for step in 0..steps {
            self.step();
            if step % 50 == 49 {
                self.checks.all(&self.desk);
            }
        }
        self.tick();
        self.checks.all(&self.desk);
        self.checks.replay(&self.desk);
    }

    fn step(&mut self) {
        let mean = YEARS_2 / STEPS;
        let down = self.chance.in_hundred(2);
        let ahead = self.chance.next() % (2 * mean) + if down { 10 * 24 * HOUR } else { 0 };
        self.pass(ahead, down);
        for _ in 0..1 + self.chance.below(4) {
            self.event();
            self.checks.recent(&self.desk);
        }
    }

    /// Time passes; the ticker runs in between, but not while the server is down.
    fn pass(&mut self, seconds: u64, down: bool) {
        let until = self.desk.now.plus_seconds(seconds.max(60));
        while !down && self.desk.now < until {
            let next = self.desk.wakes().map_or(until, |wake| wake.min(until)).max(self.desk.now.plus_seconds(60)).min(until);
            self.desk.now = next;
            self.tick();
        }
        self.desk.now = until;
        self.tick();
    }

    fn tick(&mut self) {
        self.desk.tick();
        self.run_series();
        self.desk.tick();
        self.checks.clocks(&self.desk);
    }

    fn run_series(&mut self) {
        for at in 0..self.series.len() {
            // At most this many at a time; the rest comes with the next tick.
            for _ in 0..50 {
                let (unit, kind, nth, since, last) = self.series[at].clone();
                let context = self.desk.context(&NOBODY);
                if since > self.desk.now {
                    break;
                }
                let kind = self.desk.kinds.get(&kind).unwrap();
                let series = &kind.series[nth];
                let Ok(Some(next)) = series_due(series, since, last, &context) else { break };
                assert!(last.is_none_or(|last| next > last), "an occurrence came twice");
                let drafts = series_open(kind, series, unit, next, &context).unwrap();
                self.desk.write(None, drafts);
                self.series[at].4 = Some(next);
            }
        }
    }

    fn event(&mut self) {
        match self.chance.below(100) {
            0..12 => self.open(),
            12..62 => self.work(),
            62..76 => self.approvals(),
            76..90 => self.aside(),
            90..98 => self.people(),
            _ => self.everybody_returns(),
        }
    }

    fn open(&mut self) {
        let kinds = self.desk.kinds.clone();
        let all: Vec<&Kind> = kinds.iter().collect();
        let kind = *self.chance.one(&all).unwrap();
        let unit = UnitId(1 + self.chance.next() % (UNITS + 1));
        let people = self.desk.town.living();
        let may = |person: &&PersonId| may_open(kind, unit, &self.desk.context(&self.desk.town_rights(**person))).is_ok();
        let able: Vec<PersonId> = people.iter().filter(may).copied().collect();
        let Some(actor) = self.chance.one(&able).copied() else { return };
        let mut given = Values::new();
        for field in &kind.fields {
            if field.required || self.chance.in_hundred(30) {
                self.fill(field, &mut given);
            }
        }
        let back = self.chance.next() % (72 * HOUR);
        let happened = self.chance.in_hundred(30).then(|| Instant(self.desk.now.0 - back * Instant::SECOND));
        let mut command = Command::Open { unit, values: given.clone(), happened };
        // A form that lacks something is filled in until it fits.
        for _ in 0..8 {
            match self.desk.command(actor, &kind.id, None, &command) {
                Ok(_) => return self.done += 1,
                Err(refusal) => {
                    self.refused += 1;
                    let Some(field) = refusal.field.as_deref().and_then(|name| kind.field(name)) else { return };
                    if refusal.code == "field-required" {
                        self.fill(field, &mut given)
                    } else {
                        drop(given.remove(&field.name))
                    };
                    command = Command::Open { unit, values: given.clone(), happened };
                }
            }
        }
    }

    /// Somebody looks at a record of theirs, late ones first, and makes a move; or forgets.
    fn work(&mut self) {
        let Some(number) = self.some_record() else { return };
        let record = self.desk.records[&number].clone();
        let kinds = self.desk.kinds.clone();
        let kind = kinds.get(&record.kind).unwrap();
        let Some(actor) = self.somebody(&record, kind) else { return };
        let rights = self.desk.town_rights(actor);
        let moves: Vec<String> =
            may(&record, kind, &self.desk.context(&rights)).into_iter().filter(|told| told.may()).map(|told| told.name).collect();
        let Some(name) = self.chance.one(&moves).cloned() else { return };
        self.make(actor, &number, kind, kind.a_move(&name).unwrap());
    }

    fn make(&mut self, actor: PersonId, number: &str, kind: &Kind, a_move: &Move) {
        let record = self.desk.records[number].clone();
        let mut given = Values::new();
        for name in &a_move.needs {
            if !record.values.contains_key(name) || self.chance.in_hundred(30) {
                self.fill(kind.field(name).unwrap(), &mut given);
            }
        }
        for name in &a_move.asks {
            if self.chance.in_hundred(40) {
                self.fill(kind.field(name).unwrap(), &mut given);
            }
        }
        for _ in 0..8 {
            let command = Command::Move { name: a_move.name.clone(), values: given.clone(), reason: Some("情况说明".to_owned()) };
            match self.desk.act(actor, number, &command) {
                Ok(_) => return self.done += 1,
                Err(refusal) => {
                    self.refused += 1;
                    let Some(field) = refusal.field.as_deref().and_then(|name| kind.field(name)) else { return };
                    self.fill(field, &mut given);
                }
            }
        }
    }

    fn some_record(&mut self) -> Option<String> {
        let open: Vec<&Record> = self.desk.records.values().filter(|record| !record.voided).collect();
        let late: Vec<&Record> = open.iter().copied().filter(|record| record.running().any(|(_, running)| running.missed)).collect();
        let alive: Vec<&Record> = open.iter().copied().filter(|record| !record.ended).collect();
        let from = match self.chance.below(10) {
            0..4 if !late.is_empty() => late,
            4..9 => alive,
            _ => open,
        };
        self.chance.one(&from).map(|record| record.number.clone())
    }

    /// Mostly in whose hands it is; else anybody who may make one of its moves.
    fn somebody(&mut self, record: &Record, kind: &Kind) -> Option<PersonId> {
        if self.chance.in_hundred(60)
            && let Some(person) = record.acting().filter(|person| self.desk.town.is_there(*person))
        {
            return Some(person);
        }
        let people: Vec<PersonId> = may(record, kind, &self.desk.context(&NOBODY)).into_iter().flat_map(|told| told.people).collect();
        self.chance.one(&people).copied()
    }

    fn approvals(&mut self) {
        let waiting: Vec<String> =
            self.desk.records.values().filter(|record| record.pending.is_some()).map(|record| record.number.clone()).collect();
        let Some(number) = self.chance.one(&waiting).cloned() else { return self.work() };
        let record = &self.desk.records[&number];
        let pending = record.pending.clone().unwrap();
        let (seen, stale) = (record.version, self.chance.in_hundred(5));
        let (actor, command) = match self.chance.below(10) {
            0..7 => (pending.approver, Command::Approve { seen: if stale { seen - 1 } else { seen }, reason: None }),
            7..9 => (pending.approver, Command::Object { reason: "不同意".to_owned() }),
            _ => (pending.proposer, Command::Withdraw),
        };
        let done = self.desk.act(actor, &number, &command);
        assert!(!stale || done.is_err() || !matches!(command, Command::Approve { .. }), "a stale approval passed");
        match done {
            Ok(_) => self.done += 1,
            Err(refusal) => {
                self.refused += 1;
                // What does not hold any more is turned down, so that it waits for nobody.
                if refusal.code == "proposal-void" && self.desk.town.is_there(pending.approver) {
                    self.desk.act(pending.approver, &number, &Command::Object { reason: "条件已变".to_owned() }).unwrap();
                }
            }
        }
    }

    /// What one does with a record beside its moves.
    fn aside(&mut self) {
        let Some(number) = self.some_record() else { return };
        let record = self.desk.records[&number].clone();
        let kinds = self.desk.kinds.clone();
        let kind = kinds.get(&record.kind).unwrap();
        let living = self.desk.town.living();
        let asked = record.asks.iter().find(|ask| ask.state == AskState::Open).map(|ask| ask.person);
        let actor = match asked.filter(|person| self.desk.town.is_there(*person)) {
            Some(person) if self.chance.in_hundred(50) => person,
            _ if self.chance.in_hundred(60) => match record.holder {
                Some(holder) => holder,
                None => return,
            },
            _ => *self.chance.one(&living).unwrap(),
        };
        let rights = self.desk.town_rights(actor);
        let verbs = may_do(&record, kind, &self.desk.context(&rights));
        let Some(verb) = self.chance.one(&verbs).copied() else { return };
        let Some(command) = self.verb(verb, &record, kind, &living) else { return };
        match self.desk.act(actor, &number, &command) {
            Ok(_) => self.done += 1,
            Err(_) => self.refused += 1,
        }
    }

    fn verb(&mut self, verb: Verb, record: &Record, kind: &Kind, living: &[PersonId]) -> Option<Command> {
        let reason = || "原因说明".to_owned();
        let other = *self.chance.one(living)?;
        Some(match verb {
            Verb::Approve | Verb::Object | Verb::Withdraw => return None,
            Verb::Correct => {
                let mut given = Values::new();
                let field = self.chance.one(&kind.fields)?.clone();
                self.fill(&field, &mut given);
                Command::Correct { values: given, reason: reason() }
            }
            // Few are void.
            Verb::Void if self.chance.in_hundred(90) => return None,
            Verb::Void => Command::Void { reason: reason() },
            Verb::Erase => {
                let personal = kind.fields.iter().filter(|field| field.personal && record.values.contains_key(&field.name));
                Command::Erase { fields: personal.map(|field| field.name.clone()).take(1).collect(), reason: reason() }
            }
            Verb::Note => Command::Note { text: "备注".to_owned() },
            Verb::HandOver if self.chance.in_hundred(20) => {
                Command::HandOver { to: HandTo::Unit(UnitId(1 + self.chance.next() % (UNITS + 1))), reason: reason() }
            }
            Verb::HandOver => Command::HandOver { to: HandTo::Person(other), reason: reason() },
            Verb::Delegate => {
                let until = self.desk.now.plus_seconds((1 + self.chance.next() % 30) * 24 * HOUR);
                Command::Delegate { to: other, until, reason: reason() }
            }
            Verb::Urge => Command::Urge { text: "请抓紧办理".to_owned(), weight: Urging::Remind },
            Verb::Supervise => Command::Urge { text: "督办".to_owned(), weight: Urging::Supervise },
            Verb::Ask => {
                let what = *self.chance.one(&AskWhat::ALL)?;
                Command::Ask { people: vec![other], what, text: "请阅".to_owned() }
            }
            Verb::Answer => Command::Answer { agrees: self.chance.in_hundred(80), text: "已阅".to_owned() },
            Verb::Unseal => {
                let sealed = kind.fields.iter().filter(|field| !field.sealed.is_empty());
                Command::Unseal { fields: sealed.map(|field| field.name.clone()).take(1).collect(), reason: reason() }
            }
        })
    }

    /// People resign, are replaced, lose a role, get one, go on leave.
    fn people(&mut self) {
        let living: Vec<PersonId> = self.desk.town.living().into_iter().filter(|person| *person != PersonId(1)).collect();
        let Some(person) = self.chance.one(&living).copied() else { return };
        let roles = self.desk.town.granted(person).to_vec();
        match self.chance.below(10) {
            0..3 => {
                let unit = self.desk.town.people[&person].unit;
                self.desk.town.leave(person);
                // The post stays vacant for a while, or for ever.
                if self.chance.in_hundred(60) {
                    let roles: Vec<Role> = roles.iter().map(|(role, _)| *role).collect();
                    self.next_person += 1;
                    self.desk.town.add_person(self.next_person, unit.0, &roles);
                }
            }
            3..5 => {
                if let Some((role, _)) = self.chance.one(&roles).copied().filter(|(role, _)| *role != Role::System) {
                    self.desk.town.revoke(person, role);
                }
            }
            5..8 => {
                let role = *self.chance.one(&WORKING).unwrap();
                let unit = self.desk.town.people[&person].unit;
                self.desk.town.grant(person, role, unit);
            }
            _ => {
                let other = *self.chance.one(&living).unwrap();
                if other != person {
                    self.desk.town.standing_in.insert(person, other);
                }
            }
        }
        self.desk.people_changed();
    }

    fn everybody_returns(&mut self) {
        self.desk.town.standing_in.clear();
        let vacant: Vec<UnitId> = self.desk.town.units.values().filter(|unit| unit.head.is_none()).map(|unit| unit.id).collect();
        if let Some(unit) = self.chance.one(&vacant) {
            self.next_person += 1;
            self.desk.town.add_person(self.next_person, unit.0, &[Role::Head]);
        }
        self.desk.people_changed();
    }

    /// A value that the field takes.
    fn fill(&mut self, field: &Field, into: &mut Values) {
        let now = self.desk.now;
        let days = self.chance.next() % 25;
        let living = self.desk.town.living();
        let value = match &field.shape {
            Shape::Text { .. } => format!("内容{}", self.chance.below(1_000)),
            Shape::Number { least, most } => (*least + self.chance.below((*most - *least).clamp(1, 50) as usize) as i64).to_string(),
            Shape::Choice { options } => self.chance.one(options).unwrap().id.clone(),
            Shape::Date => Day::of(now.plus_seconds(days * 24 * HOUR)).to_string(),
            Shape::Time => {
                let text = now.plus_seconds(days * 24 * HOUR).to_civil();
                text[..16].replace(' ', "T")
            }
            Shape::Yes => if self.chance.in_hundred(50) { "yes" } else { "no" }.to_owned(),
            Shape::Person => self.chance.one(&living).unwrap().to_string(),
            Shape::People { .. } => (0..2).map(|_| self.chance.one(&living).unwrap().to_string()).collect::<Vec<_>>().join(","),
            Shape::Unit => UnitId(1 + self.chance.next() % (UNITS + 1)).to_string(),
            Shape::Units { .. } => (0..3).map(|_| UnitId(1 + self.chance.next() % (UNITS + 1)).to_string()).collect::<Vec<_>>().join(","),
            Shape::Source => "switch-1".to_owned(),
            Shape::Asset => match self.numbers(|kind| kind.asset) {
                Some(number) => number,
                None => return,
            },
            Shape::Link { to } => match self.numbers(|kind| kind.id == *to) {
                Some(number) => number,
                None => return,
            },
            Shape::Attachment { .. } => format!(r#"[{{"name":"图.png","digest":"{}","size":12,"type":"image/png"}}]"#, "ab".repeat(32)),
            Shape::Table { columns, .. } => {
                let today = Day::of(now).to_string();
                let cell = |column: &Column| match column.shape {
                    Cell::Text | Cell::Number => "1".to_owned(),
                    Cell::Date => today.clone(),
                    Cell::Yes => "yes".to_owned(),
                };
                let cells: Vec<String> = columns.iter().map(|column| format!("\"{}\"", cell(column))).collect();
                format!("[[{}]]", cells.join(","))
            }
        };
        into.insert(field.name.clone(), value);
    }

    fn numbers(&mut self, wanted: impl Fn(&Kind) -> bool) -> Option<String> {
        let fits = |record: &&Record| self.desk.kinds.get(&record.kind).is_some_and(&wanted);
        let all: Vec<String> = self.desk.records.values().filter(fits).map(|record| record.number.clone()).collect();
        self.chance.one(&all).cloned()
    }
}

const WORKING: [Role; 6] = [Role::Leader, Role::Duty, Role::Handler, Role::Approver, Role::Staff, Role::Security];

/// A bureau with two districts and four schools; some posts are vacant from the start.
fn people(chance: &mut Chance) -> (Town, u64) {
    let mut town = Town::default();
    town.add_unit(1, "教育局", None);
    town.add_unit(2, "东区", Some(1));
    town.add_unit(3, "西区", Some(1));
    for id in 4..=UNITS + 1 {
        town.add_unit(id, &format!("学校{id}"), Some(2 + id % 2));
    }
    let mut id = 1;
    town.add_person(id, 1, &[Role::System]);
    for (unit, roles) in (1..=UNITS + 1)
        .flat_map(|unit| [Role::Head, Role::Handler, Role::Approver, Role::Duty, Role::Staff, Role::Leader].map(|role| (unit, role)))
    {
        let vacant = chance.in_hundred(if unit == 1 { 5 } else { 35 });
        if !vacant {
            id += 1;
            town.add_person(id, unit, &[roles]);
        }
    }
    for role in [Role::Security, Role::Audit, Role::Handler] {
        id += 1;
        town.add_person(id, 1, &[role]);
    }
    (town, id)
}

impl Desk {
    pub fn town_rights(&self, person: PersonId) -> anlan_ledger::engine::Rights {
        use anlan_ledger::engine::People;
        self.town.rights(person)
    }
}
