//! People and their accounts: who there is, what they may, who comes, changes and leaves.
//!
//! Invariants:
//! - who may see or change what is the ledger's answer; somebody whom one may not see is answered as if there were none;
//! - what one may not do is not offered, and where it matters the page says who may;
//! - a one-time password is shown once, in the answer to the form that made it;
//! - whoever resets passwords does not remove authenticators, so that no administrator takes another's account alone.

mod accounts;
mod acts;
pub(crate) mod choose;
mod list;
mod person;
pub(crate) mod proof;
pub(crate) mod told;

use anlan_base::text::{Lang, text};
use anlan_law::kind::Role;
use anlan_ledger::Directory;
use anlan_ledger::engine::{People as _, PersonId, Rights, UnitId};

use crate::records;

pub(crate) use accounts::{disable, enable, make_account, remove_factor, reset};
pub(crate) use acts::{add, appoint, change, dismiss, erase, grant, leave, return_person, revoke};
pub(crate) use list::people;
pub(crate) use person::person;

/// Roles that see phones, addresses and the state of accounts.
pub(crate) const KEEPERS: [Role; 3] = [Role::System, Role::Security, Role::Audit];
/// These see phones and addresses of their units.
pub(crate) const CONTACTS: [Role; 5] = [Role::System, Role::Security, Role::Audit, Role::Head, Role::Leader];

/// Eyes of grave acts, and the auditor.
pub(crate) const EYES: [Role; 6] = [Role::System, Role::Security, Role::Audit, Role::Head, Role::Leader, Role::Handler];

/// Whether one of the roles reaches a unit.
pub(crate) fn reaches(directory: &Directory, who: &Rights, roles: &[Role], unit: UnitId) -> bool {
    directory.unit(unit).is_some_and(|unit| roles.iter().any(|role| who.reaches(*role, &unit.path)))
}

/// Whether the asker sees a unit: some role of theirs reaches it, or it is their own.
pub(crate) fn sees_unit(directory: &Directory, who: &Rights, unit: UnitId) -> bool {
    let own = who.person.and_then(|person| directory.person(person)).map(|person| person.unit);
    own == Some(unit) || directory.unit(unit).is_some_and(|unit| who.touches(&unit.path))
}

/// Who holds a role over a unit: the nearest first.
pub(crate) fn holders(directory: &Directory, role: Role, unit: UnitId) -> Vec<PersonId> {
    let mut found = Vec::new();
    let mut at = directory.unit(unit);
    while let Some(unit) = at {
        found.extend(directory.with_role(role, unit.id));
        at = unit.parent.and_then(|parent| directory.unit(parent));
    }
    found
}

/// 系统管理员：张三、李四, for what is not one's own to do.
pub(crate) fn told_holders(directory: &Directory, role: Role, unit: UnitId, lang: Lang) -> String {
    let names: Vec<String> =
        holders(directory, role, unit).into_iter().map(|id| records::words::person(directory, Some(id), lang)).collect();
    let names = if names.is_empty() { text(lang, "vacant", &[]) } else { names.join(text(lang, "list-comma", &[]).as_str()) };
    text(lang, "who-may", &[("role", &told::role(lang, role)), ("people", &names)])
}
