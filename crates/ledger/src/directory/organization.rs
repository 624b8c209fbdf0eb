//! Units, people, posts, grants and proposals as the entries make them: the one fold, for memory, for the tables and for the verifier.
//!
//! Invariants: nothing here asks who may; what could not stand (a second administrator's role, an administrator whom one person alone appointed, a unit below
//! itself, a grant to somebody who left) is refused by the fold itself; somebody who leaves holds nothing from that entry on.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;
use anlan_law::kind::Role;

use super::facts::Fact;
use super::rows::{Administrator, GrantRow, Holding, PersonRow, PostRow, ProposalRow, Stage, StandIn, UnitRow};
use super::{PostId, ProposalId};
use crate::engine::{Person, PersonId, UNIT_LEVELS, Unit, UnitId};
use crate::proposals::GraveAct;

pub(crate) type GrantKey = (PersonId, Role, UnitId);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Organization {
    pub units: BTreeMap<UnitId, UnitRow>,
    pub people: BTreeMap<PersonId, PersonRow>,
    pub posts: BTreeMap<PostId, PostRow>,
    pub grants: BTreeMap<GrantKey, GrantRow>,
    pub stand_ins: BTreeMap<PersonId, StandIn>,
    pub source_units: BTreeMap<String, UnitId>,
    pub proposals: BTreeMap<ProposalId, ProposalRow>,
    /// Entries in which a phone or an e-mail stands.
    pub personal: BTreeSet<(PersonId, u64)>,
    /// Whose account is whose.
    pub accounts: BTreeMap<String, PersonId>,
    /// Administrators who were ever appointed, with the first entry: whoever appoints the first one alone does so once.
    pub appointed: BTreeMap<Administrator, u64>,
}

/// Rows that a fact changed: they are written anew, or removed where they are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub units: BTreeSet<UnitId>,
    pub people: BTreeSet<PersonId>,
    pub posts: BTreeSet<PostId>,
    pub grants: BTreeSet<GrantKey>,
    pub stand_ins: BTreeSet<PersonId>,
    pub sources: BTreeSet<String>,
    pub proposals: BTreeSet<ProposalId>,
    pub personal: BTreeSet<(PersonId, u64)>,
    pub appointed: BTreeSet<Administrator>,
}

/// When and in which entry a fact was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub at: Instant,
    pub entry: u64,
}

/// Levels of the unit with this path: 1 for the root.
pub(crate) fn level(path: &str) -> usize {
    path.matches('/').count().saturating_sub(1)
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl Organization {
    pub(crate) fn root(&self) -> Option<&UnitRow> {
        self.units.values().find(|row| row.unit.parent.is_none())
    }

    /// A unit that is open.
    pub(crate) fn open_unit(&self, id: UnitId) -> Option<&UnitRow> {
        self.units.get(&id).filter(|row| !row.unit.closed)
    }

    /// A person who has not left.
    pub(crate) fn here(&self, id: PersonId) -> Option<&PersonRow> {
        self.people.get(&id).filter(|row| !row.person.left)
    }

    pub(crate) fn next_unit(&self) -> UnitId {
        UnitId(self.units.last_key_value().map_or(1, |(id, _)| id.0 + 1))
    }

    pub(crate) fn next_person(&self) -> PersonId {
        PersonId(self.people.last_key_value().map_or(1, |(id, _)| id.0 + 1))
    }

    pub(crate) fn next_post(&self) -> PostId {
        PostId(self.posts.last_key_value().map_or(1, |(id, _)| id.0 + 1))
    }

    pub(crate) fn grants_of(&self, person: PersonId) -> impl Iterator<Item = &GrantRow> {
        let from = (person, Role::ALL[0], UnitId(0));
        self.grants.range(from..).take_while(move |(key, _)| key.0 == person).map(|(_, row)| row)
    }

    /// None: the fact cannot have been written in this state.
    pub(crate) fn apply(&mut self, fact: &Fact, stamp: Stamp) -> Option<Touched> {
        let mut touched = Touched::default();
        self.apply_to_units(fact, stamp, &mut touched)?;
        self.apply_to_people(fact, stamp, &mut touched)?;
        self.apply_to_rights(fact, stamp, &mut touched)?;
        self.touch(fact, stamp, &mut touched);
        Some(touched)
    }

    fn apply_to_units(&mut self, fact: &Fact, stamp: Stamp, touched: &mut Touched) -> Option<()> {
        match fact {
            Fact::UnitAdd { unit, parent, name, label } => self.unit_add(*unit, *parent, name, label.clone())?,
            Fact::UnitChange { unit, name, label } => {
                let row = self.units.get_mut(unit)?;
                row.unit.name = name.clone().unwrap_or_else(|| row.unit.name.clone());
                row.label = label.as_deref().map_or_else(|| row.label.clone(), filled);
            }
            Fact::UnitMove { unit, parent } => self.unit_move(*unit, *parent, touched)?,
            Fact::UnitClose { unit, successor } => self.unit_close(*unit, *successor, stamp, touched)?,
            Fact::UnitHead { unit, head } => {
                if let Some(head) = head {
                    self.here(*head)?;
                }
                self.open_unit(*unit)?;
                self.units.get_mut(unit)?.unit.head = *head;
            }
            Fact::SourceUnit { source, unit } => {
                self.open_unit(*unit)?;
                self.source_units.insert(source.clone(), *unit);
            }
            Fact::PostAdd { post, unit, title, key_post } => self.post_add(*post, *unit, title, *key_post, stamp)?,
            Fact::PostFill { post, person } => self.post_fill(*post, *person, stamp)?,
            Fact::PostClose { post } => {
                let row = self.posts.get_mut(post).filter(|row| row.closed.is_none() && row.person().is_none())?;
                row.closed = Some(stamp.at);
            }
            _ => {}
        }
        Some(())
    }

    fn apply_to_people(&mut self, fact: &Fact, stamp: Stamp, touched: &mut Touched) -> Option<()> {
        match fact {
            Fact::PersonAdd { person, unit, name, phone, email, account } => {
                self.person_add(*person, *unit, name, [phone, email, account], stamp, touched)?;
            }
            Fact::PersonChange { person, unit, name, phone, email, account } => {
                self.person_move(*person, *unit, name.as_deref())?;
                self.person_change(*person, [phone, email, account], stamp, touched)?;
            }
            Fact::PersonLeave { person, reason } => self.person_leave(*person, reason, stamp, touched)?,
            Fact::PersonReturn { person, unit } => {
                self.open_unit(*unit)?;
                let row = self.people.get_mut(person).filter(|row| row.person.left)?;
                (row.person.left, row.left_at, row.left_why, row.person.unit) = (false, None, None, *unit);
            }
            Fact::PersonErase { person, fields, proposal } => {
                let row = self.people.get_mut(person)?;
                for field in fields {
                    match field.as_str() {
                        "phone" => row.phone = None,
                        "email" => row.email = None,
                        _ => return None,
                    }
                }
                self.is_about(*proposal, &GraveAct::ErasePerson { person: *person, fields: fields.clone() })?;
                self.used_by(Some(*proposal), stamp, touched)?;
            }
            Fact::PersonAway { person, to, until, reason } => {
                self.here(*person)?;
                self.here(*to).filter(|row| row.person.id != *person)?;
                self.stand_ins.insert(*person, StandIn { person: *to, until: *until, reason: reason.clone() });
            }
            Fact::PersonBack { person } => drop(self.stand_ins.remove(person)?),
            _ => {}
        }
        Some(())
    }

    /// What the fact itself names.
    fn touch(&self, fact: &Fact, stamp: Stamp, touched: &mut Touched) {
        match fact {
            Fact::UnitAdd { unit, .. }
            | Fact::UnitChange { unit, .. }
            | Fact::UnitMove { unit, .. }
            | Fact::UnitClose { unit, .. }
            | Fact::UnitHead { unit, .. } => drop(touched.units.insert(*unit)),
            Fact::PersonAdd { person, .. }
            | Fact::PersonChange { person, .. }
            | Fact::PersonLeave { person, .. }
            | Fact::PersonReturn { person, .. }
            | Fact::PersonErase { person, .. } => drop(touched.people.insert(*person)),
            Fact::PersonAway { person, .. } | Fact::PersonBack { person } => drop(touched.stand_ins.insert(*person)),
            Fact::PostAdd { post, .. } | Fact::PostFill { post, .. } | Fact::PostClose { post } => drop(touched.posts.insert(*post)),
            Fact::GrantAdd { person, role, unit, .. } | Fact::GrantRevoke { person, role, unit, .. } => {
                touched.grants.insert((*person, *role, *unit));
                touched.people.insert(*person);
            }
            Fact::SourceUnit { source, .. } => drop(touched.sources.insert(source.clone())),
            Fact::ProposalMake { .. } => drop(touched.proposals.insert(ProposalId(stamp.entry))),
            Fact::ProposalApprove { proposal, .. }
            | Fact::ProposalObject { proposal, .. }
            | Fact::ProposalWithdraw { proposal, .. }
            | Fact::ProposalUse { proposal } => drop(touched.proposals.insert(*proposal)),
        }
    }

    fn unit_add(&mut self, id: UnitId, parent: Option<UnitId>, name: &str, label: Option<String>) -> Option<()> {
        let above = match parent {
            None => self.units.is_empty().then(|| "/".to_owned())?,
            Some(parent) => self.open_unit(parent)?.unit.path.clone(),
        };
        let path = format!("{above}{}/", id.0);
        (level(&path) <= UNIT_LEVELS && self.next_unit() == id).then_some(())?;
        let unit = Unit { id, name: name.to_owned(), parent, path, head: None, closed: false };
        self.units.insert(id, UnitRow { unit, label, closed: None });
        Some(())
    }

    /// The unit and all below it.
    pub(crate) fn subtree(&self, id: UnitId) -> Vec<UnitId> {
        let Some(top) = self.units.get(&id) else { return Vec::new() };
        self.units.values().filter(|row| row.unit.is_within(&top.unit.path)).map(|row| row.unit.id).collect()
    }

    /// Levels of the unit and what lies below it.
    pub(crate) fn height(&self, id: UnitId) -> usize {
        let Some(top) = self.units.get(&id) else { return 0 };
        let deepest = self.subtree(id).iter().filter_map(|id| self.units.get(id)).map(|row| level(&row.unit.path)).max().unwrap_or(0);
        (deepest + 1).saturating_sub(level(&top.unit.path))
    }

    fn unit_move(&mut self, id: UnitId, parent: UnitId, touched: &mut Touched) -> Option<()> {
        let old = self.open_unit(id).filter(|row| row.unit.parent.is_some())?.unit.path.clone();
        let above = self.open_unit(parent).filter(|row| !row.unit.is_within(&old))?.unit.path.clone();
        (level(&above) + self.height(id) <= UNIT_LEVELS).then_some(())?;
        for below in self.subtree(id) {
            let unit = &mut self.units.get_mut(&below)?.unit;
            unit.path = format!("{above}{}/{}", id.0, unit.path.strip_prefix(&old)?);
            touched.units.insert(below);
        }
        self.units.get_mut(&id)?.unit.parent = Some(parent);
        Some(())
    }

    /// What is in the unit goes to the successor: units below, people, sources. Grants end, posts are vacated and closed: both are given anew.
    fn unit_close(&mut self, id: UnitId, successor: Option<UnitId>, stamp: Stamp, touched: &mut Touched) -> Option<()> {
        self.open_unit(id).filter(|row| row.unit.parent.is_some())?;
        let children: Vec<_> = self.children(id).map(|row| row.unit.id).collect();
        let people: Vec<_> =
            self.people.values().filter(|row| row.person.unit == id && !row.person.left).map(|row| row.person.id).collect();
        let sources: Vec<_> = self.source_units.iter().filter(|(_, unit)| **unit == id).map(|(key, _)| key.clone()).collect();
        let grants: Vec<_> = self.grants.keys().filter(|key| key.2 == id).copied().collect();
        let posts: Vec<_> = self.posts.values().filter(|row| row.unit == id && row.closed.is_none()).map(|row| row.id).collect();
        if let Some(successor) = successor {
            self.open_unit(successor).filter(|row| row.unit.id != id)?;
            for child in children {
                self.unit_move(child, successor, touched)?;
            }
            for person in people {
                self.people.get_mut(&person)?.person.unit = successor;
                touched.people.insert(person);
            }
            for source in sources {
                self.source_units.insert(source.clone(), successor);
                touched.sources.insert(source);
            }
        } else if !(children.is_empty() && people.is_empty() && sources.is_empty()) {
            return None;
        }
        for key in grants {
            self.grant_end(key, touched)?;
        }
        for post in posts {
            self.vacate(post, stamp, touched);
            self.posts.get_mut(&post)?.closed = Some(stamp.at);
            touched.posts.insert(post);
        }
        let row = self.units.get_mut(&id)?;
        (row.unit.closed, row.closed, row.unit.head) = (true, Some(stamp.at), None);
        Some(())
    }

    /// Open units directly below.
    pub(crate) fn children(&self, id: UnitId) -> impl Iterator<Item = &UnitRow> {
        self.units.values().filter(move |row| row.unit.parent == Some(id) && !row.unit.closed)
    }

    fn person_add(
        &mut self,
        id: PersonId,
        unit: UnitId,
        name: &str,
        kept: [&Option<String>; 3],
        stamp: Stamp,
        touched: &mut Touched,
    ) -> Option<()> {
        self.open_unit(unit)?;
        (self.next_person() == id).then_some(())?;
        let person = Person { id, name: name.to_owned(), unit, account: None, left: false };
        let row = PersonRow { person, phone: None, email: None, administrator: None, added: stamp.at, left_at: None, left_why: None };
        self.people.insert(id, row);
        self.person_change(id, kept, stamp, touched)
    }

    fn person_move(&mut self, id: PersonId, unit: Option<UnitId>, name: Option<&str>) -> Option<()> {
        self.here(id)?;
        if let Some(unit) = unit {
            self.open_unit(unit)?;
            self.people.get_mut(&id)?.person.unit = unit;
        }
        if let Some(name) = name {
            self.people.get_mut(&id)?.person.name = name.to_owned();
        }
        Some(())
    }

    /// Phone, e-mail, account.
    fn person_change(
        &mut self,
        id: PersonId,
        [phone, email, account]: [&Option<String>; 3],
        stamp: Stamp,
        touched: &mut Touched,
    ) -> Option<()> {
        let row = self.people.get_mut(&id)?;
        if let Some(account) = account {
            if row.person.account.is_some() || self.accounts.insert(account.clone(), id).is_some() {
                return None;
            }
            row.person.account = Some(account.clone());
        }
        row.phone = phone.as_deref().map_or_else(|| row.phone.clone(), filled);
        row.email = email.as_deref().map_or_else(|| row.email.clone(), filled);
        if phone.is_some() || email.is_some() {
            self.personal.insert((id, stamp.entry));
            touched.personal.insert((id, stamp.entry));
        }
        Some(())
    }

    fn person_leave(&mut self, id: PersonId, reason: &str, stamp: Stamp, touched: &mut Touched) -> Option<()> {
        self.here(id)?;
        for grant in self.grants_of(id).map(GrantRow::key).collect::<Vec<_>>() {
            self.grant_end(grant, touched)?;
        }
        for row in self.units.values_mut().filter(|row| row.unit.head == Some(id)) {
            row.unit.head = None;
            touched.units.insert(row.unit.id);
        }
        for post in self.posts.values().filter(|row| row.person() == Some(id)).map(|row| row.id).collect::<Vec<_>>() {
            self.vacate(post, stamp, touched);
        }
        for away in self.stand_ins.iter().filter(|(away, to)| **away == id || to.person == id).map(|(away, _)| *away).collect::<Vec<_>>() {
            self.stand_ins.remove(&away);
            touched.stand_ins.insert(away);
        }
        for row in self.proposals.values_mut().filter(|row| row.hangs_on(id)) {
            row.stage = Stage::Void;
            touched.proposals.insert(row.id);
        }
        let row = self.people.get_mut(&id)?;
        (row.person.left, row.left_at, row.left_why) = (true, Some(stamp.at), Some(reason.to_owned()));
        Some(())
    }

    fn vacate(&mut self, post: PostId, stamp: Stamp, touched: &mut Touched) {
        if let Some(row) = self.posts.get_mut(&post).filter(|row| row.person().is_some()) {
            row.holdings.push(Holding { entry: stamp.entry, person: None, at: stamp.at });
            touched.posts.insert(post);
        }
    }

    fn post_add(&mut self, id: PostId, unit: UnitId, title: &str, key_post: bool, stamp: Stamp) -> Option<()> {
        self.open_unit(unit)?;
        let row = PostRow { id, unit, title: title.to_owned(), key_post, added: stamp.at, closed: None, holdings: Vec::new() };
        (self.next_post() == id).then(|| self.posts.insert(id, row))?;
        Some(())
    }

    fn post_fill(&mut self, post: PostId, person: Option<PersonId>, stamp: Stamp) -> Option<()> {
        if let Some(person) = person {
            self.here(person)?;
        }
        let row = self.posts.get_mut(&post).filter(|row| row.closed.is_none() && row.person() != person)?;
        row.holdings.push(Holding { entry: stamp.entry, person, at: stamp.at });
        Some(())
    }
}
