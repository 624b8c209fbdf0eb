//! `letters.signed`: people and units that must have a responsibility letter in force today.
//!
//! Invariants: whoever is in service and has a role or a post must have signed, and so must every open unit; a letter counts while its record is in force
//! and today lies in its term.

use std::collections::BTreeSet;

use anlan_base::Day;
use anlan_ledger::engine::{PersonId, Record, UnitId, people_of};
use anlan_ledger::records::StateAsk;

use super::super::registers::question::{Question, Valued, ever, is_here, kind_of, person_name, tell, title_of, unit_name};
use crate::assess::{AssessError, How, Measured, Site};

const LETTER: &str = "letter";
/// Letters that a unit signs as a whole.
const OF_UNITS: [&str; 5] = ["police", "superior", "department", "site", "grid"];
/// Somebody holds it, whoever has gone still stands for it, and no hand-over runs in its time.
const LEFT: [&str; 4] = ["in:in_force,handing_over,countersigning", "has:signer", "gone:signer", "!in:handing_over|!intime:handover"];

pub(in crate::assess) async fn letters_signed(site: &Site, _of: &[String]) -> Result<Option<Measured>, AssessError> {
    if kind_of(site, LETTER).is_none() {
        return Ok(None);
    }
    let mut measured = Measured::default();
    Question::is(LETTER, "in_force").asked(site, &mut measured).await?;
    let read = Question::of(LETTER, StateAsk::Open).records(site, None).await?;
    if !read.whole {
        measured.reason("reg-cut", &[]);
        return Ok(Some(measured));
    }
    let today = Day::of(site.now);
    let valid: Vec<&Record> = read.rows.iter().filter(|letter| is_valid(letter, today)).collect();
    let people: BTreeSet<PersonId> = valid.iter().flat_map(|letter| signers(letter)).collect();
    let units: BTreeSet<UnitId> =
        valid.iter().filter(|letter| OF_UNITS.contains(&letter.value("kind"))).map(|letter| letter.unit).collect();
    let left = Question::of(LETTER, StateAsk::Open).only(LEFT)?;
    let leavers = left.picked(site, &read.rows);
    for letter in &leavers {
        tell(&mut measured, "staff-letter-leaver", &letter.number, &title_of(site, letter));
    }
    let (wanted_people, wanted_units) = (people_required(site), units_required(site));
    for unit in wanted_units.difference(&units) {
        measured.reason("staff-letter-unit", &[("unit", &unit_name(site, *unit))]);
    }
    for person in wanted_people.difference(&people) {
        measured.reason("staff-letter-person", &[("person", &person_name(site, *person))]);
    }
    valid.iter().for_each(|letter| measured.saw(letter.number.as_str(), format!("/r/{}", letter.number)));
    let signed = wanted_people.intersection(&people).count() + wanted_units.intersection(&units).count();
    let required = wanted_people.len() + wanted_units.len();
    if required > 0 {
        let of_people = |people: usize| (people, "/people");
        let signed_people = wanted_people.intersection(&people).count();
        for (fact, parts) in [
            ("required", [of_people(wanted_people.len()), (wanted_units.len(), "/units")]),
            ("signed", [of_people(signed_people), (signed - signed_people, "/units")]),
        ] {
            parts.iter().for_each(|(number, page)| measured.asked_for(&[fact], How::Records, *page, *number as u64));
        }
        measured = measured.count("required", required).count("signed", signed);
    }
    // Where no letter was ever entered, nothing says what those who left held.
    if ever(site, LETTER).await? > 0 {
        left.told(&mut measured, &["held_by_leavers"], leavers.len());
        measured = measured.count("held_by_leavers", leavers.len());
    }
    Ok(Some(measured))
}

fn is_valid(letter: &Record, today: Day) -> bool {
    let began = letter.day("from").is_some_and(|from| from <= today);
    letter.state == "in_force" && began && letter.day("until").is_some_and(|until| until >= today)
}

fn signers(letter: &Record) -> BTreeSet<PersonId> {
    let several = people_of(letter.value("signers")).unwrap_or_default();
    letter.person("signer").into_iter().chain(several).collect()
}

/// In service, with a role, as a head, or in a post.
fn people_required(site: &Site) -> BTreeSet<PersonId> {
    let directory = site.ledger.directory();
    let granted = directory.grants().map(|grant| grant.person);
    let heads = directory.units().filter(|row| !row.unit.closed).filter_map(|row| row.unit.head);
    let posts = directory.posts().filter(|post| post.closed.is_none()).filter_map(|post| post.person());
    granted.chain(heads).chain(posts).filter(|person| is_here(site, *person)).collect()
}

fn units_required(site: &Site) -> BTreeSet<UnitId> {
    site.ledger.directory().units().filter(|row| !row.unit.closed).map(|row| row.unit.id).collect()
}
