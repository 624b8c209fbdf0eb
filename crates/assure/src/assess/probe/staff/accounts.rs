//! `accounts.policy`: accounts of the console against the rules in force.
//!
//! Invariants: an account that is disabled counts nowhere; the number of days after which one is dormant is a pack's (`accounts.toml`), and where no pack
//! says one, or the last sign-ins lie too far back to be read, `dormant` is left out.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::{Day, Instant};
use anlan_ledger::AccountRow;
use anlan_ledger::engine::PersonId;

use super::super::registers::question::person_name;
use crate::assess::{AssessError, How, Measured, Site};

const DAY_SECONDS: u64 = 86_400;

pub(in crate::assess) async fn accounts_policy(site: &Site, _of: &[String]) -> Result<Option<Measured>, AssessError> {
    let all = site.ledger.accounts().await?;
    let accounts: Vec<&AccountRow> = all.iter().filter(|account| account.disabled.is_none()).collect();
    let mut measured = Measured::default();
    let owners = owners(site);
    let owned = |account: &AccountRow| owners.get(&account.name).map_or(0, Vec::len);
    let ownerless: Vec<&AccountRow> = accounts.iter().copied().filter(|account| owned(account) == 0).collect();
    let shared: Vec<&AccountRow> = accounts.iter().copied().filter(|account| owned(account) > 1).collect();
    let leavers = leavers(site, &accounts, &owners);
    for (account, person) in &leavers {
        measured.reason("staff-account-leaver", &[("account", account), ("person", &person_name(site, *person))]);
        measured.saw(account.as_str(), format!("/people/{person}"));
    }
    for (code, found) in [("staff-account-ownerless", &ownerless), ("staff-account-shared", &shared)] {
        for account in found {
            measured.reason(code, &[("account", &account.name)]);
        }
    }
    measured = dormant(site, measured, &accounts).await?;
    measured = passwords(site, measured, &accounts);
    asked_people(site, &mut measured);
    for (fact, found) in
        [("accounts", accounts.len()), ("ownerless", ownerless.len()), ("shared", shared.len()), ("leavers", leavers.len())]
    {
        measured.asked_for(&[fact], How::Records, "/people", found as u64);
    }
    let rules = site.ledger.account_rules();
    Ok(Some(
        measured
            .count("accounts", accounts.len())
            .count("ownerless", ownerless.len())
            .count("shared", shared.len())
            .count("leavers", leavers.len())
            .count("least_length", rules.password_shortest),
    ))
}

/// The list of people in service, whose accounts these are.
pub(super) fn asked_people(site: &Site, measured: &mut Measured) {
    let here = site.ledger.directory().people().filter(|row| !row.person.left).count();
    measured.asked(How::Records, "/people", u64::try_from(here).unwrap_or(u64::MAX));
}

/// Whose each account is, as the directory has it; those who left too.
fn owners(site: &Site) -> BTreeMap<String, Vec<PersonId>> {
    let mut owners: BTreeMap<String, Vec<PersonId>> = BTreeMap::new();
    for row in site.ledger.directory().people() {
        if let Some(account) = &row.person.account {
            owners.entry(account.clone()).or_default().push(row.person.id);
        }
    }
    owners
}

fn leavers(site: &Site, accounts: &[&AccountRow], owners: &BTreeMap<String, Vec<PersonId>>) -> Vec<(String, PersonId)> {
    let directory = site.ledger.directory();
    let has_left = |person: &PersonId| directory.person_row(*person).is_some_and(|row| row.person.left);
    let of = |account: &&AccountRow| {
        owners.get(&account.name)?.iter().copied().find(|person| has_left(person)).map(|person| (account.name.clone(), person))
    };
    accounts.iter().filter_map(of).collect()
}

/// Accounts that nobody signed in to for as long as the packs allow; new ones are not counted before that long has passed.
async fn dormant(site: &Site, mut measured: Measured, accounts: &[&AccountRow]) -> Result<Measured, AssessError> {
    let Some(days) = site.book.accounts.dormant_days else { return Ok(measured) };
    let since = site.now.minus_seconds(u64::from(days) * DAY_SECONDS);
    let old: BTreeSet<String> = accounts.iter().filter(|account| account.created < since).map(|account| account.name.clone()).collect();
    let Some(seen) = site.ledger.last_sign_ins(&old, since).await? else {
        measured.reason("staff-sign-ins-unread", &[]);
        return Ok(measured);
    };
    let dormant: Vec<&String> = old.iter().filter(|account| !seen.contains_key(*account)).collect();
    for account in &dormant {
        measured.reason("staff-account-dormant", &[("account", account), ("days", &days.to_string())]);
    }
    measured.since = Some(since);
    measured.asked_for(&["dormant"], How::Records, "/people", dormant.len() as u64);
    Ok(measured.count("dormant", dormant.len()))
}

/// The oldest password in use. A one-time one that was given out counts too: it is the one that opens the door.
fn passwords(site: &Site, mut measured: Measured, accounts: &[&AccountRow]) -> Measured {
    let days = |set: Instant| Day::of(site.now).days_since(Day::of(set));
    let Some(oldest) = accounts.iter().min_by_key(|account| account.password_set) else { return measured };
    let age = days(oldest.password_set);
    measured.reason("staff-password-oldest", &[("account", &oldest.name), ("days", &age.to_string())]);
    measured.count("oldest_password_days", age)
}
