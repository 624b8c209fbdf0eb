//! Fills an empty ledger with as many units, people, records and entries as a bench asks for, by the encoders that write them otherwise.
//!
//! Invariant: what it leaves is sound: `check_projections` finds nothing.

use std::collections::BTreeMap;

use anlan_base::{Day, Instant};
use anlan_law::kind::{Kind, Role, Shape};

use super::binds::Bound;
use super::rows::Rows;
use super::store::{self, Held, Tallies};
use crate::Ledger;
use crate::book::shapes;
use crate::database::to_sql;
use crate::directory::facts::Fact as Change;
use crate::engine::{Fact, People as _, PersonId, Record, UnitId};
use crate::entry::{self, Actor, append_all};
use crate::error::LedgerError;

/// Records of one transaction.
const RUN: u64 = 2_000;
const WORDS: [&str; 24] = [
    "教学楼",
    "实验楼",
    "宿舍",
    "食堂",
    "机房",
    "弱电间",
    "配电箱",
    "消火栓",
    "灭火器",
    "交换机",
    "服务器",
    "网站",
    "口令",
    "漏洞",
    "日志",
    "备份",
    "线路",
    "老化",
    "渗水",
    "堵塞",
    "过期",
    "缺失",
    "未整改",
    "需更换",
];

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    pub records: u64,
    pub entries_each: u64,
    pub districts: u64,
    pub units: u64,
}

/// A small generator: the same numbers for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = self.roll(u64::try_from(from.len()).unwrap_or(1));
        from.get(usize::try_from(at).unwrap_or(0))
    }
}

type Fields = Vec<(String, String)>;

/// One record with all its entries, before they have numbers.
struct Life {
    acts: Vec<(&'static str, Instant, Fields)>,
}

struct Maker<'a> {
    bulk: Bulk,
    dice: Dice,
    now: Instant,
    kinds: Vec<&'a Kind>,
    numbers: BTreeMap<(String, u32), u64>,
}

impl Ledger {
    /// Makes the units and their people: a head, a handler and a member of staff each. Ids rise from those that are there.
    pub async fn fill_units(&self, bulk: &Bulk) -> Result<(), LedgerError> {
        let mut change = self.change().await?;
        let root = match change.organization.root() {
            Some(root) => root.unit.id,
            None => {
                let root = Change::UnitAdd { unit: UnitId(1), parent: None, name: "教育局".into(), label: None };
                change.write(&Actor::System, None, &root).await?;
                UnitId(1)
            }
        };
        let mut districts = Vec::new();
        for nth in 1..bulk.units {
            let unit = change.organization.next_unit();
            let at = usize::try_from(nth % bulk.districts.max(1)).unwrap_or(0);
            let parent = if nth <= bulk.districts { root } else { districts.get(at).copied().unwrap_or(root) };
            if nth <= bulk.districts {
                districts.push(unit);
            }
            change
                .write(&Actor::System, None, &Change::UnitAdd { unit, parent: Some(parent), name: format!("单位{nth}"), label: None })
                .await?;
        }
        let units: Vec<UnitId> = change.organization.units.keys().copied().collect();
        for unit in units {
            for role in [Role::Head, Role::Handler, Role::Staff] {
                let person = change.organization.next_person();
                let add = Change::PersonAdd { person, unit, name: format!("{}{unit}", role.id()), phone: None, email: None, account: None };
                change.write(&Actor::System, None, &add).await?;
                let given = match role {
                    Role::Head => Change::UnitHead { unit, head: Some(person) },
                    _ => Change::GrantAdd { person, role, unit, proposal: None, bootstrap: false },
                };
                change.write(&Actor::System, None, &given).await?;
            }
        }
        self.finish(change).await
    }

    /// Makes the records, `told` after each transaction with how many there are.
    pub async fn fill_records(&self, bulk: &Bulk, mut told: impl FnMut(u64)) -> Result<(), LedgerError> {
        let laws = self.laws()?;
        let directory = self.directory();
        let units: Vec<UnitId> = directory.units().map(|row| row.unit.id).collect();
        let mut maker = Maker {
            bulk: *bulk,
            dice: Dice(0x9E37_79B9_7F4A_7C15),
            now: self.clock.now(),
            kinds: laws.kinds.iter().collect(),
            numbers: BTreeMap::new(),
        };
        let shapes = shapes(&mut *self.db.look().await?).await?;
        let mut made = 0;
        while made < bulk.records {
            let mut tx = self.db.change().await?;
            let run = RUN.min(bulk.records - made);
            let mut lives = Vec::new();
            for nth in 0..run {
                let unit = maker.dice.pick(&units).copied().unwrap_or(UnitId(1));
                let head = directory.with_role(Role::Head, unit).first().copied();
                let handler = directory.with_role(Role::Handler, unit).first().copied().or(head);
                let people = head.zip(handler).unwrap_or((PersonId(1), PersonId(1)));
                lives.push(maker.life(unit, people, made + nth));
            }
            let drafts: Vec<Vec<(&str, &str)>> = lives
                .iter()
                .flat_map(|life| &life.acts)
                .map(|(_, _, fields)| fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect())
                .collect();
            let acts = lives.iter().flat_map(|life| &life.acts).zip(&drafts);
            let entries: Vec<entry::Draft<'_>> =
                acts.map(|((act, at, _), fields)| entry::Draft { at: *at, actor: &Actor::System, act, fields }).collect();
            let mut number = append_all(&mut tx, &entries).await?;
            let (mut tallies, mut rows, mut pairs) = (Tallies::new(), Vec::new(), Vec::new());
            for life in &lives {
                let held = folded(life, &mut number, &mut pairs)?;
                let shape = shapes.get(&held.record.kind).ok_or_else(|| LedgerError::damaged("a kind without a shape"))?;
                let path = directory.unit(held.record.unit).map_or("", |unit| unit.path.as_str());
                let its = Rows::of(&held.record, shape, path);
                store::count(&mut tallies, &its, 1);
                rows.push((to_sql(held.id)?, its));
            }
            store::insert(&mut tx, "record_entry (record, entry)", &pairs).await?;
            store::insert_records(&mut tx, &rows).await?;
            store::add_tallies(&mut tx, &tallies).await?;
            for ((letters, year), last) in given_in(&lives) {
                store::take_numbers(&mut tx, &letters, year, usize::try_from(last).unwrap_or(0)).await?;
            }
            tx.commit().await?;
            made += run;
            told(made);
        }
        Ok(())
    }

    /// The rights of a person without an account.
    #[must_use]
    pub fn rights_of_person(&self, person: PersonId) -> crate::engine::Rights {
        self.directory().rights(person)
    }
}

fn folded(life: &Life, number: &mut u64, pairs: &mut Vec<Vec<Bound>>) -> Result<Held, LedgerError> {
    let mut held: Option<Held> = None;
    for (act, at, fields) in &life.acts {
        let fact = Fact { number: *number, at: *at, act, fields };
        let unfit = |damage: crate::engine::Damage| LedgerError::damaged(damage.to_string());
        match &mut held {
            None => held = Some(Held { id: *number, record: Record::open(&fact).map_err(unfit)?, files: Default::default(), entries: 1 }),
            Some(held) => held.record.apply(&fact).map_err(unfit)?,
        }
        let id = held.as_ref().map_or(*number, |held| held.id);
        pairs.push(vec![Bound::Int(to_sql(id)?), Bound::Int(to_sql(*number)?)]);
        *number += 1;
    }
    held.ok_or_else(|| LedgerError::damaged("a record without entries"))
}

fn field(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

impl Maker<'_> {
    fn life(&mut self, unit: UnitId, (head, handler): (PersonId, PersonId), nth: u64) -> Life {
        let hazard = self.kinds.iter().find(|kind| kind.id == "hazard").copied();
        let any = self.kinds.get(usize::try_from(self.dice.roll(self.kinds.len() as u64)).unwrap_or(0)).copied();
        let Some(kind) = (if self.dice.roll(10) < 3 { hazard.or(any) } else { any }) else { return Life { acts: Vec::new() } };
        // Two years, oldest first.
        let span = 2 * 365 * 86_400 * Instant::SECOND;
        let opened = Instant(self.now.0 - span + span / self.bulk.records.max(1) * nth);
        let number = self.number(kind, opened);
        let ended = self.dice.roll(100) < 85;
        let mut fields = vec![
            field("record", number.as_str()),
            field("kind", kind.id.as_str()),
            field("unit", unit.to_string()),
            field("to", kind.states.first().map(|state| state.name.as_str()).unwrap_or_default()),
            field("opener", handler.to_string()),
            field("person", handler.to_string()),
            field("holder", handler.to_string()),
            field("happened", opened.0.to_string()),
        ];
        if self.dice.roll(20) == 0 {
            fields.push(field("late_entry", "yes"));
        }
        if let Some(clock) = kind.clocks.first().filter(|_| !ended) {
            let due = opened.plus_nanos((20 + self.dice.roll(500)) * 86_400 * Instant::SECOND);
            fields.push(field(&format!("c.{}.started", clock.name), opened.0.to_string()));
            fields.push(field(&format!("c.{}.due", clock.name), due.0.to_string()));
        }
        self.values(kind, [head, handler], &mut fields);
        let mut acts = vec![("record.open", opened, fields)];
        for step in 1..self.bulk.entries_each {
            let at = opened.plus_nanos(step * 3_600 * Instant::SECOND);
            let last = step + 1 == self.bulk.entries_each;
            let fields = self.step(kind, &number, handler, ended && last, last);
            acts.push((if fields.len() > 3 { "record.move" } else { "record.note" }, at, fields));
        }
        Life { acts }
    }

    fn number(&mut self, kind: &Kind, opened: Instant) -> String {
        let year = Day::of(opened).civil().year();
        let last = self.numbers.entry((kind.number.clone(), year)).or_default();
        *last += 1;
        store::number_text(&kind.number, year, *last)
    }

    fn step(&mut self, kind: &Kind, number: &str, person: PersonId, ends: bool, last: bool) -> Vec<(String, String)> {
        let mut fields = vec![field("record", number), field("person", person.to_string())];
        let wanted: Vec<_> = kind.states.iter().filter(|state| state.ends == ends).collect();
        let state = wanted.get(usize::try_from(self.dice.roll(wanted.len() as u64)).unwrap_or(0));
        let Some(state) = state.filter(|_| last || self.dice.roll(3) == 0) else {
            fields.push(field("text", "已到现场查看，情况属实，正在安排处理。"));
            return fields;
        };
        fields.push(field("move", kind.moves.first().map(|a_move| a_move.name.as_str()).unwrap_or_default()));
        fields.push(field("to", state.name.as_str()));
        if ends {
            fields.push(field("ended", "yes"));
            fields.push(field("holder", ""));
        }
        fields
    }

    fn values(&mut self, kind: &Kind, people: [PersonId; 2], fields: &mut Fields) {
        let mut title = String::new();
        for _ in 0..3 {
            title.push_str(self.dice.pick(&WORDS).copied().unwrap_or_default());
        }
        for known in kind.fields.iter().filter(|known| known.filter || known.name == kind.title_field || kind.list.contains(&known.name)) {
            let value = match &known.shape {
                Shape::Text { .. } if known.name == kind.title_field => title.clone(),
                Shape::Text { .. } => self.dice.pick(&WORDS).copied().unwrap_or_default().to_owned(),
                Shape::Choice { options } => self.dice.pick(options).map(|option| option.id.clone()).unwrap_or_default(),
                Shape::Person => self.dice.pick(&people).map(ToString::to_string).unwrap_or_default(),
                Shape::Date => "2026-10-09".to_owned(),
                Shape::Yes => "yes".to_owned(),
                _ => continue,
            };
            fields.push((format!("f.{}", known.name), value));
        }
    }
}

/// How many numbers the lives of one run took.
fn given_in(lives: &[Life]) -> BTreeMap<(String, u32), u64> {
    let mut given = BTreeMap::new();
    for life in lives {
        let number = life.acts.first().and_then(|(_, _, fields)| fields.first()).map(|(_, number)| number.as_str()).unwrap_or_default();
        let mut parts = number.split('-');
        if let (Some(letters), Some(year)) = (parts.next(), parts.next().and_then(|year| year.parse().ok())) {
            *given.entry((letters.to_owned(), year)).or_default() += 1;
        }
    }
    given
}
