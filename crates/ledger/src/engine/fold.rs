//! What an entry does to a record. Reads nothing but the entry (REC-1).
//!
//! Most fields mean the same in every act: `to`, `f.NAME`, `c.NAME.…`, `holder`, `delegate`, `people`. What an act adds stands in `follow`.
//!
//! Invariants: unknown acts and fields change nothing but the version; damage is an error, never a panic; every list has a limit.

use std::collections::BTreeMap;

use anlan_base::Instant;
use anlan_law::kind::AskWhat;

use super::fact::{Fact, Read, a_text, moment, names_of, people_of};
use super::record::{Ask, AskState, Pending, Record};
use super::{PersonId, UnitId, Urging, Values};

/// Urgings that a record keeps, the newest; the others stand in the history.
pub const URGED: usize = 100;
/// Asks of one record; more are refused.
pub const ASKS: usize = 1_000;

impl Record {
    /// The record that an entry `record.open` makes.
    ///
    /// # Errors
    /// [`Damage`](super::Damage): the field that is missing or cannot be read.
    pub fn open(fact: &Fact<'_>) -> Read<Self> {
        if fact.act != "record.open" {
            return Err(fact.damage("act"));
        }
        let occurrence = fact.parsed("occurrence", moment)?;
        let series = fact.parsed("series", a_text)?.map(|name| Ok((name, occurrence.ok_or_else(|| fact.damage("occurrence"))?)));
        let mut record = Self {
            number: fact.needed("record", a_text)?,
            kind: fact.needed("kind", a_text)?,
            unit: fact.needed("unit", UnitId::parse)?,
            parent: fact.parsed("parent", a_text)?,
            series: series.transpose()?,
            state: fact.needed("to", a_text)?,
            ended: false,
            voided: false,
            values: Values::new(),
            erased: Vec::new(),
            opener: fact.somebody("opener")?.flatten(),
            holder: None,
            delegate: None,
            opened: fact.at,
            happened: fact.parsed("happened", moment)?.unwrap_or(fact.at),
            late_entry: fact.is_yes("late_entry")?,
            pending: None,
            asks: Vec::new(),
            clocks: BTreeMap::new(),
            made: BTreeMap::new(),
            urged: Vec::new(),
            version: fact.number,
            changed: fact.at,
        };
        record.common(fact)?;
        Ok(record)
    }

    /// Follows an entry about the record.
    ///
    /// # Errors
    /// [`Damage`](super::Damage): a field that cannot be read. The record may have followed half of the entry and is not to be used.
    pub fn apply(&mut self, fact: &Fact<'_>) -> Read<()> {
        self.follow(fact)?;
        self.version = fact.number;
        self.changed = fact.at;
        Ok(())
    }

    fn follow(&mut self, fact: &Fact<'_>) -> Read<()> {
        match fact.act {
            "record.open" => Err(fact.damage("act")),
            "record.propose" => self.propose(fact),
            "record.object" | "record.withdraw" => {
                self.pending = None;
                self.common(fact)
            }
            "record.move" | "record.approve" => self.make(fact),
            "record.void" => {
                self.voided = true;
                self.pending = None;
                self.common(fact)
            }
            "record.erase" => self.erase(fact),
            "record.urge" => self.urge(fact),
            "record.answer" => self.answer(fact),
            "record.remind" | "record.late" | "record.escalate" => {
                self.told(fact)?;
                self.common(fact)
            }
            _ if fact.act.starts_with("record.") => self.common(fact),
            _ => Ok(()),
        }
    }

    /// A move that took effect.
    fn make(&mut self, fact: &Fact<'_>) -> Read<()> {
        let name = fact.needed("move", a_text)?;
        let maker = match fact.parsed("proposer", PersonId::parse)? {
            Some(proposer) => Some(proposer),
            None => fact.parsed("person", PersonId::parse)?,
        };
        if let Some(maker) = maker {
            self.made.insert(name, maker);
        }
        self.pending = None;
        self.common(fact)
    }

    fn propose(&mut self, fact: &Fact<'_>) -> Read<()> {
        self.pending = Some(Pending {
            name: fact.needed("move", a_text)?,
            values: values(fact).map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            reason: fact.parsed("reason", a_text)?,
            proposer: fact.needed("person", PersonId::parse)?,
            at: fact.at,
            approver: fact.needed("approver", PersonId::parse)?,
        });
        Ok(())
    }

    fn erase(&mut self, fact: &Fact<'_>) -> Read<()> {
        for name in names_of(&fact.needed("what", a_text)?) {
            self.values.remove(name);
            if let Some(pending) = &mut self.pending {
                pending.values.remove(name);
            }
            if !self.erased.iter().any(|erased| erased == name) {
                self.erased.push(name.to_owned());
            }
        }
        // In one order, whether or not a value that was entered again stands in its entry still.
        self.erased.sort_unstable();
        self.common(fact)
    }

    fn urge(&mut self, fact: &Fact<'_>) -> Read<()> {
        let weight = fact.needed("weight", Urging::from_id)?;
        if self.urged.len() >= URGED {
            self.urged.remove(0);
        }
        self.urged.push((weight, fact.at));
        self.common(fact)
    }

    fn answer(&mut self, fact: &Fact<'_>) -> Read<()> {
        let person = fact.needed("person", PersonId::parse)?;
        let what = fact.needed("what", AskWhat::from_id)?;
        let answered =
            AskState::Answered { agrees: fact.is_yes("agrees")?, text: fact.get("text").unwrap_or_default().to_owned(), at: fact.at };
        let open = |ask: &&mut Ask| ask.person == person && ask.what == what && ask.state == AskState::Open;
        if let Some(ask) = self.asks.iter_mut().find(open) {
            ask.state = answered;
        }
        self.common(fact)
    }

    /// What a field means in every act.
    fn common(&mut self, fact: &Fact<'_>) -> Read<()> {
        if let Some(to) = fact.get("to") {
            to.clone_into(&mut self.state);
            self.ended = false;
        }
        self.ended |= fact.is_yes("ended")?;
        for (name, value) in values(fact) {
            self.erased.retain(|erased| erased != name);
            if value.is_empty() {
                self.values.remove(name)
            } else {
                self.values.insert(name.to_owned(), value.to_owned())
            };
        }
        if let Some(unit) = fact.parsed("unit", UnitId::parse)? {
            self.unit = unit;
        }
        if let Some(holder) = fact.somebody("holder")? {
            self.holder = holder;
        }
        self.delegated(fact)?;
        if let (Some(approver), Some(pending)) = (fact.parsed("approver", PersonId::parse)?, &mut self.pending) {
            pending.approver = approver;
        }
        self.asked(fact)?;
        self.clocked(fact)
    }

    fn delegated(&mut self, fact: &Fact<'_>) -> Read<()> {
        match fact.somebody("delegate")? {
            Some(Some(person)) => self.delegate = Some((person, fact.needed("until", moment)?)),
            Some(None) => self.delegate = None,
            None => {}
        }
        Ok(())
    }

    /// People who are asked stand in `people`, beside `what` they are asked for; in entries by Anlan itself `people` are those who were told.
    fn asked(&mut self, fact: &Fact<'_>) -> Read<()> {
        if !matches!(fact.act, "record.open" | "record.move" | "record.approve" | "record.ask") {
            return Ok(());
        }
        let Some(people) = fact.parsed("people", people_of)? else { return Ok(()) };
        let what = fact.needed("what", AskWhat::from_id)?;
        for person in people {
            let open = self.asks.iter().any(|ask| ask.person == person && ask.what == what && ask.state == AskState::Open);
            if !open && self.asks.len() < ASKS {
                self.asks.push(Ask { person, what, asked: fact.at, state: AskState::Open });
            }
        }
        Ok(())
    }
}

/// `f.NAME` and its value.
fn values<'a>(fact: &Fact<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    fact.fields.iter().filter_map(|(name, value)| Some((name.strip_prefix("f.")?, value.as_str())))
}

/// When the record's last entry about it says that it was late: also before Anlan told of it.
pub(super) fn is_late(due: Instant, at: Instant) -> bool {
    at > due
}
