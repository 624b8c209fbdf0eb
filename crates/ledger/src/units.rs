//! The unit tree: one root, at most [`UNIT_LEVELS`] levels, one head each or none.
//!
//! Invariants: units are never deleted, only closed; a unit that is not empty is closed only with a successor; the head is named by a security
//! administrator, for being head is a right; everything else is the system administrator's.

use anlan_base::SourceKey;
use anlan_law::kind::Role;

use crate::Ledger;
use crate::directory::facts::Fact;
use crate::directory::organization::level;
use crate::directory::reach::{label, name, room};
use crate::directory::{Administrator, Directory, Why};
use crate::engine::{PersonId, Refusal, Rights, UNIT_LEVELS, UnitId};
use crate::error::LedgerError;

/// Units of one operator, closed ones too.
pub const UNITS: usize = 2_000;

fn name_is_free(directory: &Directory, parent: Option<UnitId>, name: &str, but: Option<UnitId>) -> Result<(), Refusal> {
    let siblings = directory.units().map(|row| &row.unit).filter(|unit| unit.parent == parent && !unit.closed && Some(unit.id) != but);
    let taken = siblings.into_iter().any(|unit| unit.name == name);
    if taken { Err(Why::SameName.refusal().at("name")) } else { Ok(()) }
}

fn deep_enough(above: &str, height: usize) -> Result<(), Refusal> {
    if level(above) + height <= UNIT_LEVELS { Ok(()) } else { Err(Why::UnitTooDeep.refusal().with("most", UNIT_LEVELS.to_string())) }
}

fn plan_add(directory: &Directory, who: &Rights, title: &str, grid: &str, parent: UnitId) -> Result<(Vec<Fact>, UnitId), Refusal> {
    let above = directory.reached(who, Role::System, parent)?;
    room(directory.organization.units.len(), UNITS)?;
    deep_enough(&above.unit.path, 1)?;
    let (name, label) = (name("name", title)?, label("label", grid)?);
    name_is_free(directory, Some(parent), &name, None)?;
    let unit = directory.organization.next_unit();
    let label = (!label.is_empty()).then_some(label);
    Ok((vec![Fact::UnitAdd { unit, parent: Some(parent), name, label }], unit))
}

fn plan_move(directory: &Directory, who: &Rights, id: UnitId, to: UnitId) -> Result<Vec<Fact>, Refusal> {
    let unit = &directory.reached(who, Role::System, id)?.unit;
    let Some(parent) = unit.parent else { return Err(Why::UnitIsRoot.into()) };
    directory.reached(who, Role::System, parent)?;
    let above = &directory.reached(who, Role::System, to)?.unit;
    if above.is_within(&unit.path) {
        return Err(Why::UnitBelowItself.into());
    }
    if parent == to {
        return Ok(Vec::new());
    }
    deep_enough(&above.path, directory.organization.height(id))?;
    name_is_free(directory, Some(to), &unit.name, Some(id))?;
    Ok(vec![Fact::UnitMove { unit: id, parent: to }])
}

fn is_in_use(directory: &Directory, id: UnitId) -> bool {
    let all = &directory.organization;
    all.children(id).next().is_some()
        || directory.people().any(|row| row.person.unit == id && !row.person.left)
        || directory.posts().any(|row| row.unit == id && row.closed.is_none() && row.person().is_some())
        || directory.grants().any(|row| row.unit == id)
        || all.source_units.values().any(|unit| *unit == id)
}

fn plan_close(directory: &Directory, who: &Rights, id: UnitId, successor: Option<UnitId>) -> Result<Vec<Fact>, Refusal> {
    let unit = &directory.reached(who, Role::System, id)?.unit;
    let Some(parent) = unit.parent else { return Err(Why::UnitIsRoot.into()) };
    directory.reached(who, Role::System, parent)?;
    // An administrator's role ends by two people, not by closing a unit around it.
    if directory.grants().any(|row| row.unit == id && Administrator::of(row.role).is_some()) {
        return Err(Why::NeedsProposal.into());
    }
    match successor {
        None if is_in_use(directory, id) => return Err(Why::UnitInUse.into()),
        None => {}
        Some(successor) => {
            let heir = &directory.reached(who, Role::System, successor)?.unit;
            if heir.is_within(&unit.path) {
                return Err(Why::BadSuccessor.into());
            }
            for child in directory.organization.children(id) {
                deep_enough(&heir.path, directory.organization.height(child.unit.id))?;
                name_is_free(directory, Some(successor), &child.unit.name, None)?;
            }
        }
    }
    Ok(vec![Fact::UnitClose { unit: id, successor }])
}

fn plan_head(directory: &Directory, who: &Rights, id: UnitId, head: Option<PersonId>) -> Result<Vec<Fact>, Refusal> {
    let unit = &directory.reached(who, Role::Security, id)?.unit;
    if let Some(head) = head {
        directory.somebody(head)?;
        if who.person == Some(head) {
            return Err(Why::OwnAffair.into());
        }
    }
    Ok(if unit.head == head { Vec::new() } else { vec![Fact::UnitHead { unit: id, head }] })
}

impl Ledger {
    /// Adds a unit below another (none: below the root). `label` says what kind of level it is, such as 一级网格; empty: nothing.
    pub async fn add_unit(&self, who: &Rights, name: &str, label: &str, parent: Option<UnitId>) -> Result<UnitId, LedgerError> {
        self.changed_by(who, |directory, who, _| {
            let root = directory.root().map(|root| root.id);
            plan_add(directory, who, name, label, parent.or(root).ok_or(Why::NoSuchUnit)?)
        })
        .await
    }

    /// Gives a unit another name and label.
    pub async fn rename_unit(&self, who: &Rights, unit: UnitId, title: &str, grid: &str) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| {
            let row = directory.reached(who, Role::System, unit)?;
            let (name, label) = (name("name", title)?, label("label", grid)?);
            name_is_free(directory, row.unit.parent, &name, Some(unit))?;
            let same = row.unit.name == name && row.label.as_deref().unwrap_or_default() == label;
            let facts = if same { Vec::new() } else { vec![Fact::UnitChange { unit, name: Some(name), label: Some(label) }] };
            Ok((facts, ()))
        })
        .await
    }

    /// Puts a unit, with all below it, under another one.
    pub async fn move_unit(&self, who: &Rights, unit: UnitId, to: UnitId) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| Ok((plan_move(directory, who, unit, to)?, ()))).await
    }

    /// Closes a unit. What is still in it goes to the successor: units below, people, sources, open records; its grants end and its posts are closed.
    pub async fn close_unit(&self, who: &Rights, unit: UnitId, successor: Option<UnitId>) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| Ok((plan_close(directory, who, unit, successor)?, ()))).await
    }

    /// Names the head of a unit; none: the place is vacant.
    pub async fn set_head(&self, who: &Rights, unit: UnitId, head: Option<PersonId>) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| Ok((plan_head(directory, who, unit, head)?, ()))).await
    }

    /// Says to which unit a source belongs: only who may read that unit's logs sees it.
    pub async fn set_source_unit(&self, who: &Rights, source: &SourceKey, unit: UnitId) -> Result<(), LedgerError> {
        if self.source_known(source).is_none_or(|row| row.key != *source) {
            return Err(Why::NoSuchSource.into());
        }
        self.changed_by(who, |directory, who, _| {
            let now = directory.unit_of_source(source).ok_or(Why::NoSuchSource)?.id;
            directory.reached(who, Role::System, now)?;
            directory.reached(who, Role::System, unit)?;
            let facts = if now == unit { Vec::new() } else { vec![Fact::SourceUnit { source: source.as_str().to_owned(), unit }] };
            Ok((facts, ()))
        })
        .await
    }
}
