//! A world in memory for the engine: units, people, grants, and a desk that keeps entries and records as the store does.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use anlan_base::{Day, Instant, WorkCalendar, parse_time};
use anlan_law::clock::{Clocks, parse_calendars, parse_clocks};
use anlan_law::kind::{Kind, Kinds, Role, World, parse};
use anlan_law::shipped::FILES;
use anlan_ledger::engine::{
    Command, Context, Draft, Fact, Grant, NEW_RECORD, On, People, Person, PersonId, Record, Refusal, Rights, THIS_RECORD, Unit, UnitId,
    Values, decide, due_work, rehold,
};

pub const CHECKPOINT: &str = "anlan.example/1\n42\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// Beijing time as people write it.
pub fn at(text: &str) -> Instant {
    parse_time(text).unwrap()
}

pub fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Laws as they ship: clocks and holidays, without the texts.
pub struct Law {
    pub clocks: Clocks,
    pub calendar: WorkCalendar,
}

impl Law {
    pub fn shipped() -> Self {
        let of = |folder: &str| FILES.iter().filter(|(path, _)| path.starts_with(folder)).copied().collect::<Vec<_>>();
        let clocks = parse_clocks(&of("cn/clocks")).expect("what ships is sound");
        let calendar = parse_calendars(&of("cn/calendars/")).expect("what ships is sound").work;
        Self { clocks, calendar }
    }

    pub fn kinds(&self, files: &[(&str, &str)]) -> Kinds {
        let world = World { clocks: &self.clocks, systems: None, others: &Kinds::default() };
        parse(files, &world).unwrap_or_else(|faults| panic!("{faults:#?}"))
    }

    pub fn shipped_kinds(&self) -> Kinds {
        self.kinds(&FILES.iter().filter(|(path, _)| path.starts_with("cn/kinds/")).copied().collect::<Vec<_>>())
    }
}

/// Read once: what ships is the same for every run.
static SHIPPED: LazyLock<(Arc<Law>, Arc<Kinds>)> = LazyLock::new(|| {
    let law = Law::shipped();
    let kinds = law.shipped_kinds();
    (Arc::new(law), Arc::new(kinds))
});

pub fn shipped() -> (Arc<Law>, Arc<Kinds>) {
    SHIPPED.clone()
}

/// Units, people and grants.
#[derive(Clone, Default)]
pub struct Town {
    pub units: BTreeMap<UnitId, Unit>,
    pub people: BTreeMap<PersonId, Person>,
    /// In the order in which they were granted.
    holding: BTreeMap<(Role, UnitId), Vec<PersonId>>,
    granted: BTreeMap<PersonId, Vec<(Role, UnitId)>>,
    pub standing_in: BTreeMap<PersonId, PersonId>,
}

impl Town {
    pub fn add_unit(&mut self, id: u64, name: &str, parent: Option<u64>) -> UnitId {
        let above = parent.map_or("/", |parent| self.units[&UnitId(parent)].path.as_str());
        let path = format!("{above}{id}/");
        let unit = Unit { id: UnitId(id), name: name.to_owned(), parent: parent.map(UnitId), path, head: None, closed: false };
        self.units.insert(UnitId(id), unit);
        UnitId(id)
    }

    pub fn add_person(&mut self, id: u64, unit: u64, roles: &[Role]) -> PersonId {
        let person =
            Person { id: PersonId(id), name: format!("人{id}"), unit: UnitId(unit), account: Some(format!("a{id}")), left: false };
        self.people.insert(PersonId(id), person);
        for role in roles {
            self.grant(PersonId(id), *role, UnitId(unit));
            if *role == Role::Head {
                self.units.get_mut(&UnitId(unit)).unwrap().head = Some(PersonId(id));
            }
        }
        PersonId(id)
    }

    pub fn grant(&mut self, person: PersonId, role: Role, unit: UnitId) {
        self.holding.entry((role, unit)).or_default().push(person);
        self.granted.entry(person).or_default().push((role, unit));
    }

    pub fn granted(&self, person: PersonId) -> &[(Role, UnitId)] {
        self.granted.get(&person).map_or(&[], Vec::as_slice)
    }

    pub fn leave(&mut self, person: PersonId) {
        self.people.get_mut(&person).unwrap().left = true;
        for people in self.holding.values_mut() {
            people.retain(|holder| *holder != person);
        }
        self.granted.remove(&person);
        for unit in self.units.values_mut().filter(|unit| unit.head == Some(person)) {
            unit.head = None;
        }
        self.standing_in.retain(|away, stand_in| *away != person && *stand_in != person);
    }

    pub fn revoke(&mut self, person: PersonId, role: Role) {
        for people in self.holding.iter_mut().filter(|((held, _), _)| *held == role).map(|(_, people)| people) {
            people.retain(|holder| *holder != person);
        }
        self.granted.entry(person).or_default().retain(|(held, _)| *held != role);
        if role == Role::Head {
            for unit in self.units.values_mut().filter(|unit| unit.head == Some(person)) {
                unit.head = None;
            }
        }
    }

    pub fn is_there(&self, person: PersonId) -> bool {
        self.people.get(&person).is_some_and(|person| !person.left)
    }

    pub fn living(&self) -> Vec<PersonId> {
        self.people.values().filter(|person| !person.left).map(|person| person.id).collect()
    }
}

impl People for Town {
    fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    fn with_role(&self, role: Role, unit: UnitId) -> Vec<PersonId> {
        self.holding.get(&(role, unit)).cloned().unwrap_or_default()
    }

    fn stands_in(&self, person: PersonId) -> Option<PersonId> {
        self.standing_in.get(&person).copied()
    }

    fn rights(&self, person: PersonId) -> Rights {
        let grant = |(role, unit): &(Role, UnitId)| Grant { role: *role, unit: *unit, path: self.units[unit].path.clone() };
        let grants = self.granted(person).iter().map(grant).collect();
        Rights { person: Some(person), account: self.people.get(&person).and_then(|person| person.account.clone()), grants }
    }
}

/// An entry as the store keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub number: u64,
    pub at: Instant,
    pub act: &'static str,
    pub fields: Vec<(String, String)>,
}

impl Kept {
    pub fn fact(&self) -> Fact<'_> {
        Fact { number: self.number, at: self.at, act: self.act, fields: &self.fields }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Entries, and the records that follow from them.
pub struct Desk {
    pub town: Town,
    pub kinds: Arc<Kinds>,
    pub law: Arc<Law>,
    pub now: Instant,
    pub entries: Vec<Kept>,
    /// Of each record, its entries by their place in `entries`.
    pub history: BTreeMap<String, Vec<usize>>,
    pub records: BTreeMap<String, Record>,
    numbers: BTreeMap<(String, u32), u32>,
    wakes: BTreeSet<(Instant, String)>,
}

pub static NOBODY: Rights = Rights { person: None, account: None, grants: Vec::new() };

impl Desk {
    pub fn new(town: Town, kinds: Arc<Kinds>, law: Arc<Law>, now: Instant) -> Self {
        let (entries, history, records, numbers) = (Vec::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { town, kinds, law, now, entries, history, records, numbers, wakes: BTreeSet::new() }
    }

    pub fn context<'a>(&'a self, actor: &'a Rights) -> Context<'a> {
        Context {
            now: self.now,
            actor,
            kinds: &self.kinds,
            clocks: &self.law.clocks,
            calendar: &self.law.calendar,
            people: &self.town,
            checkpoint: CHECKPOINT,
        }
    }

    pub fn kind_of(&self, number: &str) -> &Kind {
        self.kinds.get(&self.records[number].kind).unwrap()
    }

    /// Opens a record and returns its number.
    pub fn open(&mut self, actor: PersonId, kind: &str, unit: UnitId, given: &[(&str, &str)]) -> Result<String, Refusal> {
        self.command(actor, kind, None, &Command::Open { unit, values: values(given), happened: None }).map(|opened| opened[0].clone())
    }

    pub fn act(&mut self, actor: PersonId, number: &str, command: &Command) -> Result<Vec<String>, Refusal> {
        let kind = self.records[number].kind.clone();
        self.command(actor, &kind, Some(number), command)
    }

    pub fn make(&mut self, actor: PersonId, number: &str, name: &str, given: &[(&str, &str)]) -> Result<Vec<String>, Refusal> {
        self.act(actor, number, &Command::Move { name: name.to_owned(), values: values(given), reason: Some("理由".to_owned()) })
    }

    /// What the store does with a command: decides, numbers, writes, folds. Returns the numbers of what was opened.
    pub fn command(&mut self, actor: PersonId, kind: &str, number: Option<&str>, command: &Command) -> Result<Vec<String>, Refusal> {
        let rights = self.town.rights(actor);
        let record = number.map(|number| &self.records[number]);
        let drafts = decide(self.kinds.get(kind).unwrap(), record, command, &self.context(&rights))?;
        Ok(self.write(number, drafts))
    }

    /// Writes drafts in order; returns the numbers of what was opened.
    pub fn write(&mut self, this: Option<&str>, drafts: Vec<Draft>) -> Vec<String> {
        let mut opened: Vec<String> = Vec::new();
        for draft in &drafts {
            if let (On::New { nth, kind, .. }, "record.open") = (&draft.on, draft.act) {
                assert_eq!(*nth, opened.len(), "new records come in order");
                opened.push(self.next_number(kind));
            }
        }
        for draft in drafts {
            let number = match &draft.on {
                On::This => this.unwrap().to_owned(),
                On::New { nth, .. } => opened[*nth].clone(),
            };
            let filled = |value: String| match value.strip_prefix(NEW_RECORD) {
                Some(nth) => opened[nth.parse::<usize>().unwrap()].clone(),
                None if value == THIS_RECORD => this.unwrap().to_owned(),
                None => value,
            };
            let mut fields: Vec<_> = draft.fields.into_iter().map(|(name, value)| (name, filled(value))).collect();
            fields.push(("record".to_owned(), number.clone()));
            assert!(fields.len() + 3 <= anlan_ledger::FIELDS, "{} has {} fields", draft.act, fields.len());
            let names: BTreeSet<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names.len(), fields.len(), "{}: a field stands twice", draft.act);
            self.keep(&number, draft.act, fields);
        }
        opened
    }

    fn keep(&mut self, number: &str, act: &'static str, fields: Vec<(String, String)>) {
        let kept = Kept { number: self.entries.len() as u64 + 1, at: self.now, act, fields };
        let wake = self.records.get(number).and_then(Record::wakes);
        match self.records.get_mut(number) {
            Some(record) => record.apply(&kept.fact()).unwrap(),
            None => drop(self.records.insert(number.to_owned(), Record::open(&kept.fact()).unwrap())),
        }
        if let Some(wake) = wake {
            self.wakes.remove(&(wake, number.to_owned()));
        }
        if let Some(wake) = self.records[number].wakes().filter(|_| !self.records[number].ended) {
            self.wakes.insert((wake, number.to_owned()));
        }
        if act == "record.erase" {
            self.erase(number, kept.get("what").unwrap());
        }
        self.history.entry(number.to_owned()).or_default().push(self.entries.len());
        self.entries.push(kept);
    }

    /// The values go from all entries of the record, as the store erases them.
    fn erase(&mut self, number: &str, names: &str) {
        for index in &self.history[number] {
            self.entries[*index].fields.retain(|(field, _)| !names.split(',').any(|name| field.strip_prefix("f.") == Some(name)));
        }
    }

    fn next_number(&mut self, kind: &str) -> String {
        let letters = &self.kinds.get(kind).unwrap().number;
        let year = Day::of(self.now).civil().year();
        let last = self.numbers.entry((letters.clone(), year)).or_default();
        *last += 1;
        format!("{letters}-{year}-{last:04}")
    }

    /// What the ticker does; returns the numbers of the records that something was due for.
    pub fn tick(&mut self) -> Vec<String> {
        let mut touched = Vec::new();
        for _ in 0..10_000 {
            let Some((wake, number)) = self.wakes.first().cloned() else { return touched };
            if wake > self.now {
                return touched;
            }
            let drafts = due_work(&self.records[&number], &self.context(&NOBODY));
            assert!(!drafts.is_empty(), "{number} wakes at {} and nothing is due", wake.to_civil());
            self.write(Some(&number), drafts);
            touched.push(number);
        }
        panic!("the ticker comes to no end");
    }

    /// What the store does after people changed; returns the numbers of the records that went to other hands.
    pub fn people_changed(&mut self) -> Vec<String> {
        let open: Vec<String> =
            self.records.values().filter(|record| !record.ended || record.pending.is_some()).map(|record| record.number.clone()).collect();
        let mut touched = Vec::new();
        for number in open {
            if let Some(draft) = rehold(&self.records[&number], &self.context(&NOBODY)) {
                self.write(Some(&number), vec![draft]);
                assert_eq!(rehold(&self.records[&number], &self.context(&NOBODY)), None, "{number}: once is enough");
                touched.push(number);
            }
        }
        touched
    }

    /// The record as its entries give it once more.
    pub fn replayed(&self, number: &str) -> Record {
        let mut facts = self.history[number].iter().map(|index| self.entries[*index].fact());
        let mut record = Record::open(&facts.next().unwrap()).unwrap();
        for fact in facts {
            record.apply(&fact).unwrap();
        }
        record
    }

    pub fn acts(&self, number: &str) -> Vec<&'static str> {
        self.history[number].iter().map(|index| self.entries[*index].act).collect()
    }

    pub fn last(&self, number: &str) -> &Kept {
        &self.entries[*self.history[number].last().unwrap()]
    }

    /// The first moment at which something is due.
    pub fn wakes(&self) -> Option<Instant> {
        self.wakes.first().map(|(at, _)| *at)
    }
}
