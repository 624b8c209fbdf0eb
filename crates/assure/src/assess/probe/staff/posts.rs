//! `posts.filled`: posts that must have somebody in them, by the register of appointments and the directory.
//!
//! Invariants: a post is filled while an appointment to it is in force and the person is still here; a post of the whole operator is filled at the root,
//! or by somebody whose appointment covers it.

use std::collections::BTreeSet;

use anlan_base::Day;
use anlan_ledger::engine::{PersonId, Record, UnitId, units_of};
use anlan_ledger::records::StateAsk;

use super::super::registers::question::{
    Question, Valued, has_option, is_here, kind_of, option_name, person_name, tell, title_of, unit_name,
};
use crate::assess::{AssessError, Measured, Site};

const APPOINTMENT: &str = "appointment";
/// While the next one is not there yet, the one before still answers for the post.
const IN_POST: [&str; 3] = ["in_post", "handing_over", "to_confirm"];

pub(in crate::assess) async fn posts_filled(site: &Site, of: &[String]) -> Result<Option<Measured>, AssessError> {
    if of.is_empty() || kind_of(site, APPOINTMENT).is_none() {
        return Ok(None);
    }
    let is_post = |name: &String| has_option(site, APPOINTMENT, "post", name);
    let is_known = |name: &String| matches!(name.as_str(), "key_post" | "cii_key_post" | "department_security_officer") || is_post(name);
    if !of.iter().all(is_known) {
        return Ok(None);
    }
    let mut measured = Measured::default();
    let read = Question::of(APPOINTMENT, StateAsk::Open).records(site, None).await?;
    if !read.whole {
        measured.reason("reg-cut", &[]);
        return Ok(Some(measured));
    }
    let held: Vec<&Record> = read.rows.iter().filter(|record| is_held(site, record)).collect();
    let (mut required, mut filled, mut unchecked) = (Some(0), 0, 0);
    for name in of {
        let found = match name.as_str() {
            "key_post" | "cii_key_post" => key_posts(site, &mut measured, name, &held).await?,
            "department_security_officer" => departments(site, &mut measured, &held).await?,
            _ => of_operator(site, &mut measured, name, &held).await?,
        };
        required = required.zip(found.required).map(|(before, more)| before + more);
        (filled, unchecked) = (filled + found.filled, unchecked + found.unchecked);
    }
    measured = measured.count("filled", filled).count("unchecked", unchecked);
    Ok(Some(match required {
        Some(required) => measured.count("required", required),
        None => measured,
    }))
}

struct Found {
    /// None where nothing says how many there must be.
    required: Option<usize>,
    filled: usize,
    unchecked: usize,
}

fn is_held(site: &Site, record: &Record) -> bool {
    let today = Day::of(site.now);
    let is_now = record.day("from").is_none_or(|from| from <= today) && record.day("until").is_none_or(|until| until >= today);
    IN_POST.contains(&record.state.as_str()) && is_now && record.person("person").is_some_and(|person| is_here(site, person))
}

/// One of the whole operator.
async fn of_operator(site: &Site, measured: &mut Measured, post: &str, held: &[&Record]) -> Result<Found, AssessError> {
    Question::is(APPOINTMENT, "in_post").by("post", post).asked(site, measured).await?;
    let root = site.ledger.directory().root().map(|root| root.id);
    let covers = |record: &Record| {
        Some(record.unit) == root || units_of(record.value("covers")).unwrap_or_default().into_iter().any(|unit| Some(unit) == root)
    };
    let (whole, part): (Vec<&Record>, Vec<&Record>) =
        held.iter().copied().filter(|record| record.value("post") == post).partition(|record| covers(record));
    let name = option_name(site, APPOINTMENT, "post", post);
    match (whole.first(), part.first()) {
        (Some(record), _) => measured.saw(record.number.as_str(), format!("/r/{}", record.number)),
        (None, Some(record)) => {
            measured
                .reason("staff-post-elsewhere", &[("post", &name), ("record", &record.number), ("unit", &unit_name(site, record.unit))]);
            measured.saw(record.number.as_str(), format!("/r/{}", record.number));
        }
        (None, None) => measured.reason("staff-post-empty", &[("post", &name)]),
    }
    Ok(Found {
        required: Some(1),
        filled: usize::from(!whole.is_empty()),
        unchecked: whole.iter().filter(|record| !is_checked(record)).count(),
    })
}

/// One in each unit below the operator.
async fn departments(site: &Site, measured: &mut Measured, held: &[&Record]) -> Result<Found, AssessError> {
    Question::is(APPOINTMENT, "in_post").by("post", "department_officer").asked(site, measured).await?;
    let directory = site.ledger.directory();
    let departments: BTreeSet<UnitId> =
        directory.units().filter(|row| !row.unit.closed && row.unit.parent.is_some()).map(|row| row.unit.id).collect();
    let officers = held.iter().filter(|record| record.value("post") == "department_officer");
    let filled: BTreeSet<UnitId> =
        officers.flat_map(|record| units_of(record.value("covers")).unwrap_or_default().into_iter().chain([record.unit])).collect();
    for unit in departments.difference(&filled) {
        measured.reason("staff-department-empty", &[("unit", &unit_name(site, *unit))]);
    }
    let filled = departments.intersection(&filled).count();
    if departments.is_empty() {
        measured.reason("staff-no-departments", &[]);
    }
    Ok(Found { required: (!departments.is_empty()).then_some(departments.len()), filled, unchecked: 0 })
}

/// Key posts that somebody holds, and those that the directory knows as such.
async fn key_posts(site: &Site, measured: &mut Measured, key: &str, held: &[&Record]) -> Result<Found, AssessError> {
    Question::is(APPOINTMENT, "in_post").by("key", key).asked(site, measured).await?;
    let of_key: Vec<&Record> = held
        .iter()
        .copied()
        .filter(|record| record.value("key") == key || (key == "key_post" && record.value("key") == "cii_key_post"))
        .collect();
    let unchecked: Vec<&Record> = of_key.iter().copied().filter(|record| !is_checked(record)).collect();
    for record in &unchecked {
        tell(measured, "staff-post-unchecked", &record.number, &title_of(site, record));
    }
    of_key.iter().for_each(|record| measured.saw(record.number.as_str(), format!("/r/{}", record.number)));
    if key == "cii_key_post" {
        let required = (!of_key.is_empty()).then_some(of_key.len());
        if required.is_none() {
            measured.reason("staff-no-cii-posts", &[]);
        }
        return Ok(Found { required, filled: of_key.len(), unchecked: unchecked.len() });
    }
    let directory = site.ledger.directory();
    let appointed: BTreeSet<PersonId> = of_key.iter().filter_map(|record| record.person("person")).collect();
    let (mut posts, mut filled, mut bare) = (0, 0, 0);
    for post in directory.posts().filter(|post| post.key_post && post.closed.is_none()) {
        match post.person() {
            // The same person's appointment stands in the register already.
            Some(person) if appointed.contains(&person) => continue,
            Some(person) => {
                (filled, bare) = (filled + 1, bare + 1);
                measured.reason("staff-post-unregistered", &[("post", &post.title), ("person", &person_name(site, person))]);
            }
            None => measured.reason("staff-post-vacant", &[("post", &post.title), ("unit", &unit_name(site, post.unit))]),
        }
        posts += 1;
    }
    if of_key.is_empty() && posts == 0 {
        measured.reason("staff-no-key-posts", &[]);
    }
    Ok(Found { required: Some(of_key.len() + posts), filled: of_key.len() + filled, unchecked: unchecked.len() + bare })
}

/// Somebody attested before the appointment that no ban was found, and where the post asks for it, that the background was checked.
fn is_checked(record: &Record) -> bool {
    let is_clear = record.value("ban_result") == "clear" && record.has("ban_on");
    match record.value("key") {
        "cii_key_post" => is_clear && record.value("clearance_result") == "passed" && record.has("clearance_on"),
        "key_post" => is_clear,
        _ => true,
    }
}
