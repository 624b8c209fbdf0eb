//! `roles.separated`: the three administrators of the operator, per person.
//!
//! Invariant: the grants say who holds what; the ledger refuses a second of the three to one person, and this looks again.

use std::collections::{BTreeMap, BTreeSet};

use anlan_ledger::Administrator;
use anlan_ledger::engine::PersonId;

use super::super::registers::question::person_name;
use super::accounts::asked_people;
use crate::assess::{AssessError, How, Measured, Site};

pub(in crate::assess) async fn roles_separated(site: &Site, _of: &[String]) -> Result<Option<Measured>, AssessError> {
    let directory = site.ledger.directory();
    let mut held: BTreeMap<PersonId, BTreeSet<Administrator>> = BTreeMap::new();
    for grant in directory.grants() {
        if let Some(administrator) = Administrator::of(grant.role) {
            held.entry(grant.person).or_default().insert(administrator);
        }
    }
    let mut measured = Measured::default();
    let twice: Vec<PersonId> = held.iter().filter(|(_, roles)| roles.len() > 1).map(|(person, _)| *person).collect();
    for person in &twice {
        measured.reason("staff-two-roles", &[("person", &person_name(site, *person))]);
    }
    let Some(separation) = directory.root().and_then(|root| directory.separation(root.id)) else { return Ok(None) };
    let missing: Vec<Administrator> = separation.missing().collect();
    for administrator in &missing {
        measured.reason("staff-role-missing", &[("role", administrator.role().id())]);
    }
    held.keys().for_each(|person| measured.saw(person_name(site, *person), format!("/people/{person}")));
    asked_people(site, &mut measured);
    for (fact, found) in [("administrators", held.len()), ("in_two_roles", twice.len()), ("posts_empty", missing.len())] {
        measured.asked_for(&[fact], How::Records, "/people", found as u64);
    }
    Ok(Some(measured.count("administrators", held.len()).count("in_two_roles", twice.len()).count("posts_empty", missing.len())))
}
