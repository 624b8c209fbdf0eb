//! Any sequence of acts about people leaves an organization that can stand: no two administrators in one person, one head for each unit, paths that lead to
//! the root, nobody who left holding anything, and a directory that is the fold of the entries.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;
mod staff;

use std::collections::BTreeMap;

use anlan_law::kind::Role;
use anlan_ledger::engine::{People as _, PersonId, UNIT_LEVELS, UnitId};
use anlan_ledger::{Administrator, Directory, GraveAct, LedgerError, PersonChange, PostId, ProposalId};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use room::START;
use staff::{HEAD, SECURITY, SYSTEM, Staff, person, staff};

/// Acts that [`take`] knows.
const ACTS: usize = 18;

/// Who, whom, where, what: small numbers, so that acts meet.
#[derive(Clone, Debug)]
struct Step {
    act: u8,
    actor: u8,
    person: u64,
    other: u64,
    unit: u64,
    to: u64,
    role: usize,
}

fn step() -> impl Strategy<Value = Step> {
    (0..ACTS as u8, 0..6_u8, 1..9_u64, 1..9_u64, 1..7_u64, 1..7_u64, 0..Role::ALL.len())
        .prop_map(|(act, actor, person, other, unit, to, role)| Step { act, actor, person, other, unit, to, role })
}

/// Mostly those who may.
fn account(step: &Step) -> &'static str {
    match (step.actor, step.act) {
        (0, _) => [SYSTEM, SECURITY, HEAD, "sun.li"][step.role % 4],
        (_, 4 | 5 | 10..=13) => SECURITY,
        (_, 14 | 15) => HEAD,
        (_, 17) => "sun.li",
        _ => SYSTEM,
    }
}

/// One of the grants there are.
fn granted(staff: &Staff, step: &Step, wanted: fn(Role) -> bool) -> Option<(PersonId, Role, UnitId)> {
    let directory = staff.ledger().directory();
    let all: Vec<_> = directory.grants().filter(|row| wanted(row.role)).map(|row| (row.person, row.role, row.unit)).collect();
    all.get((step.person * step.unit) as usize % all.len().max(1)).copied()
}

/// A unit that is open, mostly not the root.
fn branch(staff: &Staff, number: u64) -> UnitId {
    let open: Vec<_> = staff.ledger().directory().units().filter(|row| !row.unit.closed).map(|row| row.unit.id).collect();
    open[number as usize % open.len()]
}

async fn take(staff: &Staff, step: &Step, n: usize) -> Result<(), LedgerError> {
    let ledger = staff.ledger();
    let who = staff.who(account(step));
    let (person_id, other, unit) = (PersonId(step.person), PersonId(step.other), UnitId(step.unit));
    let role = Role::ALL[step.role];
    let administrator = Administrator::ALL[step.role % 3];
    let shown = ledger.proposals(&staff.who(SECURITY)).await?;
    let (proposal, seen) = shown.first().map_or((ProposalId(1), String::new()), |shown| (shown.row.id, shown.row.state.clone()));
    match step.act {
        0 | 1 => ledger.add_unit(&who, &format!("单位{n}"), "", Some(unit)).await.map(|_| ()),
        2 => ledger.move_unit(&who, branch(staff, step.unit), branch(staff, step.to)).await,
        3 => ledger.close_unit(&who, branch(staff, step.unit), (step.role > 2).then_some(branch(staff, step.to))).await,
        4 | 5 => ledger.set_head(&who, unit, (step.role > 1).then_some(person_id)).await,
        6 => ledger.add_person(&who, &person(&format!("人{n}"), unit, None)).await.map(|_| ()),
        7 => {
            let change = PersonChange { unit: Some(unit), phone: Some(format!("1380013{n:04}")), ..PersonChange::default() };
            ledger.change_person(&who, person_id, &change).await
        }
        8 => ledger.leave(&who, person_id, "调离").await,
        9 => {
            let left: Vec<_> = ledger.directory().people().filter(|row| row.person.left).map(|row| row.person.id).collect();
            let Some(person) = left.get(step.person as usize % left.len().max(1)) else { return Ok(()) };
            ledger.return_person(&who, *person, unit).await
        }
        10 => ledger.grant(&who, person_id, role, unit).await,
        11 => {
            let Some((person, role, unit)) = granted(staff, step, |role| Administrator::of(role).is_none()) else { return Ok(()) };
            ledger.revoke(&who, person, role, unit).await
        }
        12 => ledger.propose(&who, &GraveAct::Appoint { person: person_id, administrator, unit }, "", "任命").await.map(|_| ()),
        13 => {
            let Some((person, role, unit)) = granted(staff, step, |role| Administrator::of(role).is_some()) else { return Ok(()) };
            let act = GraveAct::Dismiss { person, administrator: Administrator::of(role).unwrap(), unit };
            ledger.propose(&who, &act, "", "免职").await.map(|_| ())
        }
        14 | 15 => ledger.approve(&who, proposal, &seen, "").await,
        16 => {
            let post = ledger.add_post(&who, unit, "网管", true).await?;
            ledger.fill_post(&who, post, Some(person_id)).await?;
            ledger.fill_post(&who, PostId(1), Some(other)).await
        }
        _ => ledger.delegate_all(&who, other, START.plus_seconds(3_600 + n as u64), "休假").await,
    }
}

fn assert_stands(directory: &Directory) {
    let mut administrators: BTreeMap<PersonId, Administrator> = BTreeMap::new();
    for grant in directory.grants() {
        assert!(!directory.person(grant.person).unwrap().left);
        assert!(!directory.unit(grant.unit).unwrap().closed);
        assert_ne!(grant.role, Role::Head);
        if let Some(administrator) = Administrator::of(grant.role) {
            assert_eq!(*administrators.entry(grant.person).or_insert(administrator), administrator, "{}", grant.person);
        }
    }
    for row in directory.people() {
        assert_eq!(row.administrator, administrators.get(&row.person.id).copied());
        assert!(!directory.unit(row.person.unit).unwrap().closed || row.person.left);
        if row.person.left {
            assert_eq!(directory.rights(row.person.id).grants, []);
        }
    }
    for row in directory.units() {
        let unit = &row.unit;
        assert!(directory.with_role(Role::Head, unit.id).len() <= 1);
        assert_eq!(directory.with_role(Role::Head, unit.id).first().copied(), unit.head);
        assert!(unit.head.is_none_or(|head| !directory.person(head).unwrap().left));
        assert!(unit.path.matches('/').count() <= UNIT_LEVELS + 1);
        let above = unit.parent.map_or("/".to_owned(), |parent| directory.unit(parent).unwrap().path.clone());
        assert_eq!(unit.path, format!("{above}{}/", unit.id.0));
        assert!(unit.closed || unit.parent.is_none_or(|parent| !directory.unit(parent).unwrap().closed));
    }
    for post in directory.posts() {
        assert!(post.person().is_none_or(|person| post.closed.is_none() && !directory.person(person).unwrap().left));
    }
    for (away, stand_in) in directory.stand_ins() {
        assert!(!directory.person(away).unwrap().left && !directory.person(stand_in.person).unwrap().left);
        assert_ne!(directory.stands_in(away), Some(away));
    }
}

fn told(directory: &Directory) -> String {
    let units: Vec<_> = directory.units().collect();
    let people: Vec<_> = directory.people().map(|row| (row, directory.rights(row.person.id))).collect();
    format!("{units:?} {people:?} {:?} {:?}", directory.posts().collect::<Vec<_>>(), directory.grants().collect::<Vec<_>>())
}

async fn run(steps: Vec<Step>, done: &mut [usize; ACTS]) {
    let staff = staff().await;
    for (n, step) in steps.iter().enumerate() {
        staff.room.clock.advance_seconds(1);
        let before = staff.room.entries().await.len();
        match take(&staff, step, n).await {
            Ok(()) => done[usize::from(step.act)] += 1,
            Err(LedgerError::Refusal(_)) if step.act != 16 => assert_eq!(staff.room.entries().await.len(), before, "{step:?}"),
            Err(LedgerError::Refusal(_)) => {}
            Err(other) => panic!("{step:?}: {other}"),
        }
        assert_stands(&staff.ledger().directory());
    }
    staff.room.assert_sound().await;
    let reader = staff.room.reader().await.unwrap();
    assert_eq!(told(&reader.directory()), told(&staff.ledger().directory()));
}

#[test]
fn any_sequence_of_acts_can_stand() {
    let config = ProptestConfig { cases: 60, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() };
    let done = std::cell::RefCell::new([0; ACTS]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let steps = proptest::collection::vec(step(), 0..80);
    let judged = TestRunner::new(config).run(&steps, |steps| {
        runtime.block_on(run(steps, &mut done.borrow_mut()));
        Ok(())
    });
    judged.unwrap();
    assert!(done.borrow().iter().sum::<usize>() > 100, "most of it was refused: {:?}", done.borrow());
}
