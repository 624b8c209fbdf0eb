//! People of the operator, with an account or without: who comes, what changes, who leaves and comes back, who stands in.
//!
//! Invariants: an account belongs to one person for ever; phone and e-mail can be erased lawfully from every entry they stand in; who leaves loses grants,
//! posts and account in the same transaction; nobody is put in an administrator's place by giving them an account.

use anlan_base::Instant;
use anlan_law::kind::Role;

use crate::directory::facts::Fact;
use crate::directory::reach::{email, name, phone, reason, room, too_many};
use crate::directory::turn::actor;
use crate::directory::{Directory, PersonRow, Why};
use crate::engine::{People as _, PersonId, Refusal, Rights, UnitId};
use crate::error::LedgerError;
use crate::{Ledger, accounts, users};

/// People of one operator, those who left too.
pub const PEOPLE: usize = 50_000;
/// People added at once.
pub const PEOPLE_AT_ONCE: usize = 2_000;
/// Days for which somebody may stand in.
pub const STAND_IN_DAYS: u64 = 366;
const DAY_SECONDS: u64 = 24 * 60 * 60;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    pub name: String,
    pub unit: UnitId,
    /// Empty: none.
    pub phone: String,
    /// Empty: none.
    pub email: String,
    /// An account that is there and nobody's.
    pub account: Option<String>,
}

/// What is absent stays as it is; an empty phone or e-mail is taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonChange {
    pub name: Option<String>,
    pub unit: Option<UnitId>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// For somebody who has none; it is never taken away nor changed.
    pub account: Option<String>,
}

fn account_is_free(directory: &Directory, account: &str) -> Result<(), Refusal> {
    if directory.person_of(account).is_some() { Err(Why::AccountTaken.refusal().at("account")) } else { Ok(()) }
}

/// Another administrator with this phone or e-mail would be the same person twice.
pub(crate) fn is_another_administrator(directory: &Directory, person: PersonId, phone: Option<&str>, email: Option<&str>) -> bool {
    let same = |a: Option<&str>, b: Option<&str>| a.is_some_and(|a| !a.is_empty() && b.is_some_and(|b| b.eq_ignore_ascii_case(a)));
    let others = directory.people().filter(|row| row.person.id != person && row.administrator.is_some());
    others.into_iter().any(|row| same(phone, row.phone.as_deref()) || same(email, row.email.as_deref()))
}

fn plan_add(directory: &Directory, who: &Rights, new: &[NewPerson]) -> Result<(Vec<Fact>, Vec<PersonId>), Refusal> {
    if new.len() > PEOPLE_AT_ONCE {
        return Err(too_many(PEOPLE_AT_ONCE));
    }
    let there = directory.organization.people.len();
    let next = directory.organization.next_person().0;
    let (mut facts, mut ids) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
    let mut accounts = std::collections::BTreeSet::new();
    for (id, one) in (next..).zip(new) {
        room(there + ids.len(), PEOPLE)?;
        directory.reached(who, Role::System, one.unit)?;
        if let Some(account) = &one.account {
            account_is_free(directory, account)?;
            if !accounts.insert(account) {
                return Err(Why::AccountTaken.refusal().at("account"));
            }
        }
        let kept = |text: String| (!text.is_empty()).then_some(text);
        let person = PersonId(id);
        facts.push(Fact::PersonAdd {
            person,
            unit: one.unit,
            name: name("name", &one.name)?,
            phone: kept(phone(&one.phone)?),
            email: kept(email(&one.email)?),
            account: one.account.clone(),
        });
        ids.push(person);
    }
    Ok((facts, ids))
}

/// One's own phone and e-mail are one's own to change; the rest is the system administrator's.
fn may_change<'a>(directory: &'a Directory, who: &Rights, id: PersonId, change: &PersonChange) -> Result<&'a PersonRow, Refusal> {
    let only_contact = change.name.is_none() && change.unit.is_none() && change.account.is_none();
    if who.person == Some(id) && only_contact {
        return directory.somebody(id);
    }
    directory.person_in_reach(who, Role::System, id)?;
    if let Some(unit) = change.unit {
        directory.reached(who, Role::System, unit)?;
    }
    directory.somebody(id)
}

fn may_have_account(directory: &Directory, row: &PersonRow, account: &str) -> Result<(), Refusal> {
    if row.person.account.is_some() {
        return Err(Why::AccountFixed.refusal().at("account"));
    }
    // Grants that somebody has without an account would go to whoever signs in with the new one; those of administrators are never given so.
    if row.administrator.is_some() {
        return Err(Why::AccountOfAdministrator.refusal().at("account"));
    }
    account_is_free(directory, account)
}

fn plan_change(directory: &Directory, who: &Rights, id: PersonId, change: &PersonChange) -> Result<Vec<Fact>, Refusal> {
    let row = may_change(directory, who, id, change)?;
    if let Some(account) = &change.account {
        may_have_account(directory, row, account)?;
    }
    let differs = |new: &String, old: Option<&str>| new != old.unwrap_or_default();
    let name = change.name.as_deref().map(|text| name("name", text)).transpose()?.filter(|new| differs(new, Some(&row.person.name)));
    let phone = change.phone.as_deref().map(phone).transpose()?.filter(|new| differs(new, row.phone.as_deref()));
    let email = change.email.as_deref().map(email).transpose()?.filter(|new| differs(new, row.email.as_deref()));
    if row.administrator.is_some() && is_another_administrator(directory, id, phone.as_deref(), email.as_deref()) {
        return Err(Why::SamePersonTwice.into());
    }
    let unit = change.unit.filter(|unit| *unit != row.person.unit);
    let account = change.account.clone();
    let nothing = name.is_none() && phone.is_none() && email.is_none() && unit.is_none() && account.is_none();
    Ok(if nothing { Vec::new() } else { vec![Fact::PersonChange { person: id, unit, name, phone, email, account }] })
}

fn plan_leave(directory: &Directory, who: &Rights, id: PersonId, why: &str) -> Result<(Fact, Option<String>, String), Refusal> {
    let row = directory.person_in_reach(who, Role::System, id)?;
    directory.somebody(id)?;
    if who.person == Some(id) {
        return Err(Why::OwnAffair.into());
    }
    // Else one person alone could end an administrator's role.
    if row.administrator.is_some() {
        return Err(Why::NeedsProposal.into());
    }
    let reason = reason(why)?;
    Ok((Fact::PersonLeave { person: id, reason: reason.clone() }, row.person.account.clone(), reason))
}

fn plan_return(directory: &Directory, who: &Rights, id: PersonId, unit: UnitId) -> Result<(Fact, Option<String>), Refusal> {
    let row = directory.person_in_reach(who, Role::System, id)?;
    directory.reached(who, Role::System, unit)?;
    if !row.person.left {
        return Err(Why::PersonStillHere.into());
    }
    Ok((Fact::PersonReturn { person: id, unit }, row.person.account.clone()))
}

fn plan_stand_in(directory: &Directory, who: &Rights, to: PersonId, until: Instant, why: &str, now: Instant) -> Result<Vec<Fact>, Refusal> {
    let person = who.person.ok_or(Why::NotYours)?;
    directory.somebody(to)?;
    if to == person {
        return Err(Why::OwnAffair.into());
    }
    // So that nobody ever stands in for somebody who stands in for them.
    if directory.stands_in(to).is_some() {
        return Err(Why::StandInAway.into());
    }
    if until <= now || until > now.plus_seconds(STAND_IN_DAYS * DAY_SECONDS) {
        return Err(Why::UntilPast.refusal().at("until").with("most", STAND_IN_DAYS.to_string()));
    }
    Ok(vec![Fact::PersonAway { person, to, until, reason: reason(why)? }])
}

impl Ledger {
    async fn account_there(&self, account: Option<&str>) -> Result<(), LedgerError> {
        let Some(account) = account else { return Ok(()) };
        match users::credentials(&mut *self.db.look().await?, account).await? {
            Some(_) => Ok(()),
            None => Err(LedgerError::Refusal(Why::NoSuchAccount.refusal().at("account"))),
        }
    }

    pub async fn add_person(&self, who: &Rights, new: &NewPerson) -> Result<PersonId, LedgerError> {
        let ids = self.add_people(who, std::slice::from_ref(new)).await?;
        ids.first().copied().ok_or_else(|| Why::NotPossible.into())
    }

    /// Adds up to [`PEOPLE_AT_ONCE`] people, all or none.
    pub async fn add_people(&self, who: &Rights, new: &[NewPerson]) -> Result<Vec<PersonId>, LedgerError> {
        for one in new.iter().take(PEOPLE_AT_ONCE) {
            self.account_there(one.account.as_deref()).await?;
        }
        self.changed_by(who, |directory, who, _| plan_add(directory, who, new)).await
    }

    pub async fn change_person(&self, who: &Rights, person: PersonId, change: &PersonChange) -> Result<(), LedgerError> {
        self.account_there(change.account.as_deref()).await?;
        self.changed_by(who, |directory, who, _| Ok((plan_change(directory, who, person, change)?, ()))).await
    }

    /// Somebody leaves: their grants end, posts and units they headed are vacant, their account is disabled, their proposals are void, and their work goes to
    /// others. An administrator's role is ended first, by two people.
    pub async fn leave(&self, who: &Rights, person: PersonId, reason: &str) -> Result<(), LedgerError> {
        let mut change = self.change().await?;
        let directory = change.directory();
        let who = directory.rights_now(who);
        let (fact, account, why) = plan_leave(&directory, &who, person, reason)?;
        let actor = actor(&who)?;
        change.write(&actor, Some(&who), &fact).await?;
        if let Some(account) = &account {
            let why: String = why.chars().take(accounts::REASON_CHARS).collect();
            accounts::disable(&mut change.tx, change.now, &actor, account, &why).await?;
        }
        self.finish(change).await?;
        if let Some(account) = &account {
            self.pendings().forget_account(account);
        }
        Ok(())
    }

    /// Somebody who left comes back to a unit. The account can sign in again; grants and posts are given anew.
    pub async fn return_person(&self, who: &Rights, person: PersonId, unit: UnitId) -> Result<(), LedgerError> {
        let mut change = self.change().await?;
        let directory = change.directory();
        let who = directory.rights_now(who);
        let (fact, account) = plan_return(&directory, &who, person, unit)?;
        let actor = actor(&who)?;
        change.write(&actor, Some(&who), &fact).await?;
        if let Some(account) = &account {
            accounts::enable(&mut change.tx, change.now, &actor, account).await?;
        }
        self.finish(change).await
    }

    /// 委托代办 of all one's work until a moment. Rights do not pass over.
    pub async fn delegate_all(&self, who: &Rights, to: PersonId, until: Instant, reason: &str) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, now| Ok((plan_stand_in(directory, who, to, until, reason, now)?, ()))).await
    }

    /// Back again, before the time or after it.
    pub async fn end_delegation(&self, who: &Rights) -> Result<(), LedgerError> {
        self.changed_by(who, |directory, who, _| {
            let person = who.person.ok_or(Why::NotYours)?;
            if !directory.organization.stand_ins.contains_key(&person) {
                return Err(Why::NoStandIn.into());
            }
            Ok((vec![Fact::PersonBack { person }], ()))
        })
        .await
    }
}
