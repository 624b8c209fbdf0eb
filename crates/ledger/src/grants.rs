//! Grants: a role in a unit and everything below it. The three administrators exclude each other, per person (三员分立).
//!
//! Invariants: system administrators make accounts and people, security administrators grant: neither does the other's; nobody grants to themselves;
//! the first administrator of security, then the first of audit, is appointed by one person, once (marked `bootstrap`); every other appointment
//! of an administrator, and every end of one, takes two people (`proposals.rs`). A database constraint holds the exclusion a second time.

use anlan_law::kind::Role;

use crate::Ledger;
use crate::directory::facts::Fact;
use crate::directory::reach::room;
use crate::directory::{Administrator, Directory, Why};
use crate::engine::{PersonId, Refusal, Rights, UnitId};
use crate::error::LedgerError;
use crate::people::is_another_administrator;

/// Grants of one person.
pub const GRANTS_EACH: usize = 100;

/// Who appoints the first one alone; nobody appoints the first administrator of the system, who comes with the first account.
fn appoints_first(administrator: Administrator) -> Option<Role> {
    match administrator {
        Administrator::System => None,
        Administrator::Security => Some(Role::System),
        Administrator::Audit => Some(Role::Security),
    }
}

/// What holds for every grant, whoever makes it.
pub(crate) fn can_hold(directory: &Directory, person: PersonId, role: Role, unit: UnitId) -> Result<(), Refusal> {
    let row = directory.somebody(person)?;
    if role == Role::Head {
        return Err(Why::HeadIsSet.into());
    }
    if directory.unit_row(unit).ok_or(Why::NoSuchUnit)?.unit.closed {
        return Err(Why::UnitClosed.into());
    }
    let (mut count, mut is_there) = (0, false);
    for grant in directory.grants_of(person) {
        count += 1;
        is_there |= grant.role == role && grant.unit == unit;
    }
    if is_there {
        return Err(Why::GrantThere.into());
    }
    room(count, GRANTS_EACH)?;
    let Some(wanted) = Administrator::of(role) else { return Ok(()) };
    if let Some(held) = row.administrator.filter(|held| *held != wanted) {
        return Err(Why::AdministratorsExclude.refusal().with("role", held.role().id()));
    }
    if row.person.account.is_none() {
        return Err(Why::AccountMissing.into());
    }
    if is_another_administrator(directory, person, row.phone.as_deref(), row.email.as_deref()) {
        return Err(Why::SamePersonTwice.into());
    }
    Ok(())
}

fn not_oneself(who: &Rights, person: PersonId) -> Result<(), Refusal> {
    if who.person == Some(person) { Err(Why::OwnAffair.into()) } else { Ok(()) }
}

/// Whether this appointment is the first of its kind, and who asks may make it alone: at the root only.
fn is_bootstrap(directory: &Directory, who: &Rights, administrator: Administrator, unit: UnitId) -> bool {
    let Some(role) = appoints_first(administrator) else { return false };
    let root = directory.root().filter(|root| root.id == unit);
    !directory.organization.appointed.contains_key(&administrator) && root.is_some_and(|root| who.reaches(role, &root.path))
}

fn plan_grant(directory: &Directory, who: &Rights, person: PersonId, role: Role, unit: UnitId) -> Result<Vec<Fact>, Refusal> {
    let bootstrap = match Administrator::of(role) {
        None => {
            directory.reached(who, Role::Security, unit)?;
            false
        }
        Some(administrator) => {
            directory.reached_by(who, &[Role::System, Role::Security], unit)?;
            if !is_bootstrap(directory, who, administrator, unit) {
                return Err(Why::NeedsProposal.into());
            }
            true
        }
    };
    not_oneself(who, person)?;
    can_hold(directory, person, role, unit)?;
    Ok(vec![Fact::GrantAdd { person, role, unit, proposal: None, bootstrap }])
}

fn plan_revoke(directory: &Directory, who: &Rights, person: PersonId, role: Role, unit: UnitId) -> Result<Vec<Fact>, Refusal> {
    directory.reached(who, Role::Security, unit)?;
    if !directory.organization.grants.contains_key(&(person, role, unit)) {
        return Err(Why::NoSuchGrant.into());
    }
    if Administrator::of(role).is_some() {
        return Err(Why::NeedsProposal.into());
    }
    Ok(vec![Fact::GrantRevoke { person, role, unit, proposal: None }])
}

/// Whether the operator would be left without an administrator of the system, or of security, at the root.
pub(crate) fn is_last(directory: &Directory, person: PersonId, administrator: Administrator, unit: UnitId) -> bool {
    let Some(root) = directory.root() else { return false };
    let role = administrator.role();
    let others = directory.grants().filter(|row| row.role == role && row.unit == root.id && row.person != person).count();
    administrator != Administrator::Audit && unit == root.id && others == 0
}

/// How one of the three is held over a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// By nobody: 未分设.
    Missing,
    /// By people of the unit.
    Here(Vec<PersonId>),
    /// By people of other units only, such as the bureau above.
    Elsewhere(Vec<PersonId>),
}

/// Whether the three administrators of a unit are appointed and kept apart. That no person is two of them is held by the grants themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Separation {
    pub unit: UnitId,
    pub held: [(Administrator, Held); 3],
}

impl Separation {
    /// Those who are not appointed: the page says 未分设.
    pub fn missing(&self) -> impl Iterator<Item = Administrator> {
        self.held.iter().filter(|(_, held)| *held == Held::Missing).map(|(administrator, _)| *administrator)
    }

    #[must_use]
    pub fn is_separate(&self) -> bool {
        self.missing().next().is_none()
    }
}

impl Directory {
    /// None where there is no such unit.
    #[must_use]
    pub fn separation(&self, unit: UnitId) -> Option<Separation> {
        let path = &self.unit_row(unit)?.unit.path;
        let is_over = |grant: UnitId| self.unit_row(grant).is_some_and(|row| path.starts_with(&row.unit.path));
        let is_here = |person: &PersonId| {
            let home = self.person_row(*person).and_then(|row| self.unit_row(row.person.unit));
            home.is_some_and(|home| home.unit.is_within(path))
        };
        let held = |administrator: Administrator| {
            let over = self.grants().filter(|row| row.role == administrator.role() && is_over(row.unit)).map(|row| row.person);
            let all: std::collections::BTreeSet<_> = over.collect();
            let here: Vec<_> = all.iter().copied().filter(is_here).collect();
            let held = match (all.is_empty(), here.is_empty()) {
                (true, _) => Held::Missing,
                (false, false) => Held::Here(here),
                (false, true) => Held::Elsewhere(all.into_iter().collect()),
            };
            (administrator, held)
        };
        Some(Separation { unit, held: Administrator::ALL.map(held) })
    }
}

impl Ledger {
    /// Grants a role in a unit and below. The first administrator of security, and the first of audit, can be appointed so; others need a proposal.
    pub async fn grant(&self, who: &Rights, person: PersonId, role: Role, unit: UnitId) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| Ok((plan_grant(directory, who, person, role, unit)?, ()))).await
    }

    /// Ends a grant that is no administrator's.
    pub async fn revoke(&self, who: &Rights, person: PersonId, role: Role, unit: UnitId) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| Ok((plan_revoke(directory, who, person, role, unit)?, ()))).await
    }
}
