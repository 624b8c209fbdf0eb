//! `posts.filled`: posts that must have somebody in them, by the register of appointments and the directory.
//!
//! Invariants: a post is filled while an appointment to it is in force and the person is still here; a post of the whole operator is filled at the root,
//! or by somebody whose appointment covers it.

use std::collections::BTreeSet;

use anlan_ledger::engine::{PersonId, Record, UnitId, units_of};
use anlan_ledger::records::StateAsk;

use super::super::registers::question::{Question, Valued, has_option, kind_of, option_name, person_name, tell, title_of, unit_name};
use crate::assess::{AssessError, How, Measured, Site};

const APPOINTMENT: &str = "appointment";
/// In its time, and by somebody who is still here. While the next one is not there yet, the one before still answers for the post.
const HELD: [&str; 5] = ["in:in_post,handing_over,to_confirm", "!future:from", "!past:until", "has:person", "!gone:person"];
/// Nobody attested before the appointment that no ban was found, or, where the post asks for it, that the background was checked.
const UNCHECKED: [&str; 3] = [
    "is:key=key_post,cii_key_post",
    "!is:ban_result=clear|!has:ban_on|is:key=cii_key_post",
    "!is:ban_result=clear|!has:ban_on|!is:clearance_result=passed|!has:clearance_on",
];

/// Appointments that are held now, and their list.
struct Posts<'a> {
    held_now: Question,
    held: Vec<&'a Record>,
}

impl Posts<'_> {
    /// Those for which the conditions hold, noted beside their list.
    fn pick(&self, site: &Site, measured: &mut Measured, facts: &[&str], only: &[&str]) -> Result<Vec<&Record>, AssessError> {
        let asked = self.held_now.clone().only(only)?;
        let picked = asked.picked(site, self.held.iter().copied());
        asked.told(measured, facts, picked.len());
        Ok(picked)
    }
}

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
    let held_now = Question::of(APPOINTMENT, StateAsk::Open).only(HELD)?;
    let held = held_now.picked(site, &read.rows);
    let posts = Posts { held_now, held };
    let (mut required, mut filled, mut unchecked) = (Some(0), 0, 0);
    for name in of {
        let found = match name.as_str() {
            "key_post" | "cii_key_post" => key_posts(site, &mut measured, name, &posts)?,
            "department_security_officer" => departments(site, &mut measured, &posts)?,
            _ => of_operator(site, &mut measured, name, &posts)?,
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

/// One of the whole operator.
fn of_operator(site: &Site, measured: &mut Measured, post: &str, posts: &Posts<'_>) -> Result<Found, AssessError> {
    let of_post = format!("is:post={post}");
    let root = site.ledger.directory().root().map(|root| root.id);
    let covers = root.map_or_else(|| "in:in_post".to_owned(), |root| format!("covers:covers={root}"));
    let all = posts.pick(site, measured, &[], &[&of_post])?;
    let whole = posts.pick(site, measured, &[], &[&of_post, &covers])?;
    let part: Vec<&Record> = all.into_iter().filter(|record| !whole.iter().any(|one| one.number == record.number)).collect();
    let unchecked = posts.pick(site, measured, &["unchecked"], &[[of_post.as_str(), &covers].as_slice(), &UNCHECKED].concat())?;
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
    Ok(Found { required: Some(1), filled: usize::from(!whole.is_empty()), unchecked: unchecked.len() })
}

/// One in each unit below the operator.
fn departments(site: &Site, measured: &mut Measured, posts: &Posts<'_>) -> Result<Found, AssessError> {
    let officers = posts.pick(site, measured, &[], &["is:post=department_officer"])?;
    let directory = site.ledger.directory();
    let departments: BTreeSet<UnitId> =
        directory.units().filter(|row| !row.unit.closed && row.unit.parent.is_some()).map(|row| row.unit.id).collect();
    let filled: BTreeSet<UnitId> =
        officers.iter().flat_map(|record| units_of(record.value("covers")).unwrap_or_default().into_iter().chain([record.unit])).collect();
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
fn key_posts(site: &Site, measured: &mut Measured, key: &str, posts: &Posts<'_>) -> Result<Found, AssessError> {
    let of_key = if key == "key_post" { "is:key=key_post,cii_key_post" } else { "is:key=cii_key_post" };
    let appointments = posts.pick(site, measured, &[], &[of_key])?;
    let unchecked = posts.pick(site, measured, &["unchecked"], &[[of_key].as_slice(), &UNCHECKED].concat())?;
    let of_key = appointments;
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
    let (mut more, mut filled, mut bare) = (0, 0, 0);
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
        more += 1;
    }
    if bare > 0 {
        measured.asked_for(&["unchecked"], How::Records, "/people", bare as u64);
    }
    if of_key.is_empty() && more == 0 {
        measured.reason("staff-no-key-posts", &[]);
    }
    Ok(Found { required: Some(of_key.len() + more), filled: of_key.len() + filled, unchecked: unchecked.len() + bare })
}
