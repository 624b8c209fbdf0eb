//! Four eyes at the crate's boundary (I6): two people, one state, one use.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;
mod staff;

use anlan_law::kind::Role;
use anlan_ledger::engine::PersonId;
use anlan_ledger::{
    Administrator, GraveAct, LedgerError, NewPerson, PROPOSAL_DAYS, PROPOSALS_OPEN, ProposalId, ProposalStanding, Stage, Why,
};
use room::START;
use staff::{AUDIT, HEAD, SECURITY, SYSTEM, Staff, assert_refused, person, staff};

const DAY: u64 = 86_400;

fn hold(name: &str) -> GraveAct {
    GraveAct::ReleaseHold { hold: name.into() }
}

async fn standing(staff: &Staff, id: ProposalId) -> ProposalStanding {
    staff.ledger().proposals(&staff.who(HEAD)).await.unwrap().into_iter().find(|shown| shown.row.id == id).unwrap().standing
}

/// Of another room, whose state is `state`.
async fn propose(staff: &Staff, who: &str, act: &GraveAct, state: &str) -> Result<ProposalId, LedgerError> {
    staff.ledger().propose(&staff.who(who), act, state, "核查完毕").await
}

async fn approve(staff: &Staff, who: &str, id: ProposalId, state: &str) -> Result<(), LedgerError> {
    let shown = staff.ledger().proposals(&staff.who(HEAD)).await.unwrap();
    let seen = shown.into_iter().find(|shown| shown.row.id == id).unwrap().row.state;
    staff.ledger().approve(&staff.who(who), id, &seen, state).await
}

#[tokio::test]
async fn proposal_and_approval_are_two_entries_by_two_people() {
    let staff = staff().await;
    let id = staff.propose(SECURITY, &staff.appoint("sun.li", Administrator::System, staff.root)).await.unwrap();
    assert!(!staff.who("sun.li").has(Role::System));
    staff.room.clock.advance_seconds(60);
    staff.approve(HEAD, id).await.unwrap();
    assert!(staff.who("sun.li").has(Role::System));
    let entries = staff.room.entries().await;
    let told: Vec<_> =
        entries.iter().rev().take(3).rev().map(|entry| ["act", "actor", "by", "proposal"].map(|name| entry.text(name))).collect();
    let number = id.to_string();
    let (security, head) = (staff.id(SECURITY).to_string(), staff.id(HEAD).to_string());
    assert_eq!(
        told,
        [
            [Some("proposal.make"), Some("user:li.na"), Some(security.as_str()), None],
            [Some("proposal.approve"), Some("user:chen.jie"), Some(head.as_str()), Some(number.as_str())],
            [Some("grant.add"), Some("user:chen.jie"), Some(head.as_str()), Some(number.as_str())],
        ]
    );
    assert_eq!(entries[usize::try_from(id.0).unwrap() - 1].text("act"), Some("proposal.make"));
    assert_eq!(standing(&staff, id).await, ProposalStanding::Used);
    staff.room.assert_sound().await;
}

// ENT-8
#[tokio::test]
async fn only_another_person_with_the_right_approves() {
    let staff = staff().await;
    staff.agreed(&staff.appoint("qian.jin", Administrator::Security, staff.root)).await.unwrap();
    let act = staff.appoint("sun.li", Administrator::Security, staff.root);
    for (who, why) in [(AUDIT, Why::NotYours), (HEAD, Why::NotYours), ("sun.li", Why::NotYours)] {
        assert_refused(staff.propose(who, &act).await, why);
    }
    let id = staff.propose("qian.jin", &act).await.unwrap();
    assert_refused(staff.propose(SECURITY, &act).await, Why::ProposalThere);
    for (who, why) in [("qian.jin", Why::OwnAffair), (SYSTEM, Why::NotYours), (AUDIT, Why::NotYours), ("sun.li", Why::NoSuchProposal)] {
        assert_refused(staff.approve(who, id).await, why);
        assert_refused(staff.ledger().object(&staff.who(who), id, "不同意").await, why);
    }
    assert_refused(staff.ledger().withdraw(&staff.who(HEAD), id).await, Why::NotYours);
    staff.approve(SECURITY, id).await.unwrap();
    assert_refused(staff.approve(HEAD, id).await, Why::ProposalDecided);
    staff.room.assert_sound().await;
}

/// Whom it is about neither proposes nor approves it, also as a head.
#[tokio::test]
async fn nobody_approves_what_is_about_themselves() {
    let staff = staff().await;
    let id = staff.propose(SECURITY, &staff.appoint(HEAD, Administrator::System, staff.root)).await.unwrap();
    assert_refused(staff.approve(HEAD, id).await, Why::OwnAffair);
}

#[tokio::test]
async fn objected_and_withdrawn_are_over() {
    let staff = staff().await;
    let act = staff.appoint("sun.li", Administrator::Audit, staff.root);
    let id = staff.propose(SECURITY, &act).await.unwrap();
    assert_refused(staff.ledger().object(&staff.who(HEAD), id, "").await, Why::ReasonMissing);
    staff.ledger().object(&staff.who(HEAD), id, "人选不当").await.unwrap();
    let other = staff.propose(SECURITY, &act).await.unwrap();
    staff.ledger().withdraw(&staff.who(SECURITY), other).await.unwrap();
    for (id, stands) in [(id, ProposalStanding::Objected), (other, ProposalStanding::Withdrawn)] {
        assert_eq!(standing(&staff, id).await, stands);
        assert_refused(staff.approve(HEAD, id).await, Why::ProposalDecided);
        assert_refused(staff.ledger().object(&staff.who(HEAD), id, "晚了").await, Why::ProposalDecided);
        assert_refused(staff.ledger().withdraw(&staff.who(SECURITY), id).await, Why::ProposalDecided);
        assert_refused(staff.ledger().take_approval(&staff.who(SECURITY), id, "").await, Why::ProposalDecided);
    }
    staff.room.assert_sound().await;
}

/// Each changes what the proposal was made against.
#[tokio::test]
async fn a_stale_proposal_is_looked_at_again_and_refused() {
    for change in 0..5 {
        let staff = staff().await;
        let (school, other) = (staff.unit("一中", staff.root).await, staff.unit("南片", staff.root).await);
        let id = staff.propose(SECURITY, &staff.appoint("sun.li", Administrator::System, school)).await.unwrap();
        let (who, sun) = (staff.who(SYSTEM), staff.id("sun.li"));
        let ledger = staff.ledger();
        match change {
            0 => staff.grant("sun.li", Role::Reader, staff.root).await.unwrap(),
            1 => ledger.move_unit(&who, school, other).await.unwrap(),
            2 => {
                let moved = anlan_ledger::PersonChange { unit: Some(other), ..anlan_ledger::PersonChange::default() };
                ledger.change_person(&who, sun, &moved).await.unwrap();
            }
            3 => ledger.leave(&who, sun, "调离").await.unwrap(),
            _ => ledger.close_unit(&who, school, None).await.unwrap(),
        }
        assert_eq!(standing(&staff, id).await, ProposalStanding::Stale, "{change}");
        assert_refused(staff.approve(HEAD, id).await, Why::ProposalStale);
        staff.room.assert_sound().await;
    }
}

#[tokio::test]
async fn an_approver_who_looked_at_something_else_is_refused() {
    let staff = staff().await;
    let id = staff.propose(SECURITY, &staff.appoint("sun.li", Administrator::Audit, staff.root)).await.unwrap();
    assert_refused(staff.ledger().approve(&staff.who(HEAD), id, "another state", "").await, Why::ProposalStale);
}

#[tokio::test]
async fn the_state_of_another_room_binds_at_approval_and_at_use() {
    let staff = staff().await;
    staff.grant("sun.li", Role::Handler, staff.root).await.unwrap();
    let id = propose(&staff, "sun.li", &hold("H-7"), "until 2027").await.unwrap();
    assert_refused(approve(&staff, HEAD, id, "until 2028").await, Why::ProposalStale);
    assert_refused(staff.ledger().take_approval(&staff.who(HEAD), id, "until 2027").await, Why::ProposalNotApproved);
    approve(&staff, HEAD, id, "until 2027").await.unwrap();
    assert_eq!(standing(&staff, id).await, ProposalStanding::Approved);
    assert_refused(staff.ledger().take_approval(&staff.who(HEAD), id, "until 2028").await, Why::ProposalStale);
    assert_refused(staff.ledger().take_approval(&staff.who(AUDIT), id, "until 2027").await, Why::NotYours);
    assert_refused(staff.ledger().take_approval(&staff.who("qian.jin"), id, "until 2027").await, Why::NoSuchProposal);
    let approved = staff.ledger().take_approval(&staff.who("sun.li"), id, "until 2027").await.unwrap();
    assert_eq!((approved.act(), approved.proposer(), approved.approver()), (&hold("H-7"), staff.id("sun.li"), staff.id(HEAD)));
    assert_refused(staff.ledger().take_approval(&staff.who("sun.li"), id, "until 2027").await, Why::ProposalDecided);
    staff.room.assert_sound().await;
}

#[tokio::test]
async fn proposals_and_approvals_run_out() {
    for (nanos, fits) in [(-1_i64, true), (0, true), (1, false)] {
        let staff = staff().await;
        let end = START.plus_seconds(PROPOSAL_DAYS * DAY).0.checked_add_signed(nanos).unwrap();
        let open = propose(&staff, SECURITY, &hold("H-1"), "").await.unwrap();
        let approved = propose(&staff, SECURITY, &hold("H-2"), "").await.unwrap();
        approve(&staff, HEAD, approved, "").await.unwrap();
        staff.room.clock.set(anlan_base::Instant(end));
        let (one, other) = (approve(&staff, HEAD, open, "").await, staff.ledger().take_approval(&staff.who(HEAD), approved, "").await);
        if fits {
            one.unwrap();
            other.unwrap();
        } else {
            assert_refused(one, Why::ProposalExpired);
            assert_refused(other, Why::ProposalExpired);
            assert_eq!(standing(&staff, open).await, ProposalStanding::Expired);
            // What ran out stands in nobody's way.
            propose(&staff, SECURITY, &hold("H-1"), "").await.unwrap();
        }
        staff.room.assert_sound().await;
    }
}

#[tokio::test]
async fn what_hangs_on_somebody_who_left_is_void_for_ever() {
    let staff = staff().await;
    let who = staff.who(SYSTEM);
    for account in ["sun.li", "qian.jin"] {
        staff.grant(account, Role::Handler, staff.root).await.unwrap();
    }
    staff.grant("qian.jin", Role::Leader, staff.root).await.unwrap();
    let open = propose(&staff, "sun.li", &hold("H-1"), "").await.unwrap();
    let by_leaver = propose(&staff, "sun.li", &hold("H-2"), "").await.unwrap();
    let approved_by_leaver = propose(&staff, SECURITY, &hold("H-3"), "").await.unwrap();
    let only_objected = propose(&staff, SECURITY, &hold("H-4"), "").await.unwrap();
    approve(&staff, HEAD, by_leaver, "").await.unwrap();
    approve(&staff, "qian.jin", approved_by_leaver, "").await.unwrap();
    staff.ledger().object(&staff.who("qian.jin"), only_objected, "不急").await.unwrap();
    for account in ["sun.li", "qian.jin"] {
        staff.ledger().leave(&who, staff.id(account), "调离").await.unwrap();
    }
    staff.room.assert_sound().await;
    for account in ["sun.li", "qian.jin"] {
        staff.ledger().return_person(&who, staff.id(account), staff.root).await.unwrap();
        staff.grant(account, Role::Handler, staff.root).await.unwrap();
    }
    for id in [open, by_leaver, approved_by_leaver] {
        assert_eq!(standing(&staff, id).await, ProposalStanding::Void);
        assert_refused(approve(&staff, HEAD, id, "").await, Why::ProposalVoid);
        assert_refused(staff.ledger().take_approval(&staff.who(HEAD), id, "").await, Why::ProposalVoid);
    }
    assert_eq!(standing(&staff, only_objected).await, ProposalStanding::Objected);
    staff.room.assert_sound().await;
}

/// The right is asked for at every step, of the proposer and of the approver.
#[tokio::test]
async fn who_lost_the_right_meanwhile_decides_nothing() {
    let staff = staff().await;
    staff.grant("sun.li", Role::Handler, staff.root).await.unwrap();
    staff.grant("qian.jin", Role::Leader, staff.root).await.unwrap();
    let open = propose(&staff, "sun.li", &hold("H-1"), "").await.unwrap();
    let approved = propose(&staff, SECURITY, &hold("H-2"), "").await.unwrap();
    let leader = staff.who("qian.jin");
    approve(&staff, "qian.jin", approved, "").await.unwrap();
    staff.ledger().revoke(&staff.who(SECURITY), staff.id("sun.li"), Role::Handler, staff.root).await.unwrap();
    staff.ledger().revoke(&staff.who(SECURITY), staff.id("qian.jin"), Role::Leader, staff.root).await.unwrap();
    assert_refused(approve(&staff, HEAD, open, "").await, Why::ProposalVoid);
    assert_refused(staff.ledger().take_approval(&staff.who(HEAD), approved, "").await, Why::ProposalVoid);
    let other = propose(&staff, SECURITY, &hold("H-3"), "").await.unwrap();
    assert_refused(staff.ledger().approve(&leader, other, "", "").await, Why::NoSuchProposal);
}

// ENT-8
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_decisions_at_once_one_counts() {
    let staff = staff().await;
    staff.grant("qian.jin", Role::Leader, staff.root).await.unwrap();
    for round in 0..10 {
        let id = propose(&staff, SECURITY, &hold(&format!("H-{round}")), "").await.unwrap();
        let seen = staff.ledger().proposals(&staff.who(HEAD)).await.unwrap()[0].row.state.clone();
        let decide = |who: &'static str, objects: bool| {
            let (ledger, rights, seen) = (staff.room.ledger.clone(), staff.who(who), seen.clone());
            tokio::spawn(async move {
                if objects { ledger.object(&rights, id, "不急").await } else { ledger.approve(&rights, id, &seen, "").await }
            })
        };
        let tries = [decide(HEAD, false), decide("qian.jin", false), decide("qian.jin", true), decide(HEAD, false)];
        let mut good = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(()) => good += 1,
                Err(error) => assert_refused::<()>(Err(error), Why::ProposalDecided),
            }
        }
        assert_eq!(good, 1);
        let take = || {
            let (ledger, rights) = (staff.room.ledger.clone(), staff.who(HEAD));
            tokio::spawn(async move { ledger.take_approval(&rights, id, "").await.is_ok() })
        };
        let was_approved = standing(&staff, id).await == ProposalStanding::Approved;
        let takes = [take(), take(), take()];
        let mut taken = 0;
        for one in takes {
            taken += usize::from(one.await.unwrap());
        }
        assert_eq!(taken, usize::from(was_approved));
    }
    staff.room.assert_sound().await;
}

#[tokio::test]
async fn phone_and_address_are_erased_from_every_entry_and_the_proof_stands() {
    let staff = staff().await;
    let who = staff.who(SYSTEM);
    let li = NewPerson { phone: "13800138000".into(), email: "li@example.cn".into(), ..person("李四", staff.root, None) };
    let id = staff.ledger().add_person(&who, &li).await.unwrap();
    let other = anlan_ledger::PersonChange { phone: Some("13900139000".into()), ..anlan_ledger::PersonChange::default() };
    staff.ledger().change_person(&who, id, &other).await.unwrap();
    let leaves = staff.ledger().outbox(1_000).await.unwrap();

    let act = GraveAct::ErasePerson { person: id, fields: vec!["phone".into()] };
    let proposal = staff.propose(SECURITY, &act).await.unwrap();
    staff.approve(HEAD, proposal).await.unwrap();
    let row = staff.ledger().directory().person_row(id).unwrap().clone();
    assert_eq!((row.phone, row.email.as_deref()), (None, Some("li@example.cn")));
    let values: Vec<_> = staff.room.entries().await.into_iter().flat_map(|entry| entry.fields).filter_map(|field| field.value).collect();
    for gone in ["13800138000", "13900139000"] {
        assert!(!values.iter().any(|value| value.as_slice() == gone.as_bytes()), "{gone}");
    }
    assert!(values.iter().any(|value| value == b"li@example.cn"));
    assert_eq!(staff.ledger().outbox(1_000).await.unwrap()[..leaves.len()], leaves, "leaves are as they were");
    staff.room.assert_sound().await;

    // Another phone comes, and goes again.
    staff.ledger().change_person(&who, id, &other).await.unwrap();
    staff.room.assert_sound().await;
    staff.ledger().leave(&who, id, "退休").await.unwrap();
    staff.agreed(&GraveAct::ErasePerson { person: id, fields: vec!["phone".into(), "email".into()] }).await.unwrap();
    staff.room.assert_sound().await;
    staff.ledger().close().await;
    let again = staff.room.reopen().await.unwrap();
    assert_eq!(again.check_projections().await.unwrap(), Vec::<String>::new());
    let kept = again.directory().person_row(id).unwrap().clone();
    assert_eq!((kept.phone, kept.email), (None, None));
    again.close().await;
}

#[tokio::test]
async fn open_proposals_have_a_limit() {
    let staff = staff().await;
    for n in 0..PROPOSALS_OPEN {
        propose(&staff, SECURITY, &hold(&format!("H-{n}")), "").await.unwrap();
    }
    assert_refused(propose(&staff, SECURITY, &hold("H"), "").await, Why::TooMany);
    let any = staff.ledger().proposals(&staff.who(HEAD)).await.unwrap()[0].row.id;
    staff.ledger().object(&staff.who(HEAD), any, "太多").await.unwrap();
    propose(&staff, SECURITY, &hold("H"), "").await.unwrap();
}

#[tokio::test]
async fn who_may_not_know_of_a_proposal_sees_none() {
    let staff = staff().await;
    let id = propose(&staff, SECURITY, &hold("H-1"), "").await.unwrap();
    for (who, count) in [(SECURITY, 1), (HEAD, 1), (AUDIT, 1), ("sun.li", 0), ("nobody", 0)] {
        assert_eq!(staff.ledger().proposals(&staff.who(who)).await.unwrap().len(), count, "{who}");
    }
    assert_refused(staff.ledger().withdraw(&staff.who("sun.li"), id).await, Why::NoSuchProposal);
    assert_refused(staff.ledger().withdraw(&staff.who(SECURITY), ProposalId(999)).await, Why::NoSuchProposal);
    let shown = staff.ledger().proposals(&staff.who(HEAD)).await.unwrap();
    assert_eq!((shown[0].row.stage, shown[0].approve.is_ok()), (Stage::Open, true));
    assert!(staff.ledger().proposals(&staff.who(SECURITY)).await.unwrap()[0].approve.is_err());
    let unknown = GraveAct::ErasePerson { person: PersonId(99), fields: vec!["phone".into()] };
    assert_refused(staff.propose(SECURITY, &unknown).await, Why::NoSuchPerson);
    let nothing = GraveAct::EraseRecord { record: "TS-2026-0001".into(), fields: vec!["reporter".into()] };
    assert_refused(staff.propose(SECURITY, &nothing).await, Why::NotPossible);
}
