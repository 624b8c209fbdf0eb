//! Grants at the crate's boundary: who gives what to whom, and that the three administrators exclude each other.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod room;
mod staff;

use anlan_law::kind::Role;
use anlan_ledger::engine::{People as _, PersonId, UnitId};
use anlan_ledger::{Administrator, GRANTS_EACH, Held, NewPerson, PersonChange, Place, Why};
use room::{Room, admin};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use staff::{AUDIT, HEAD, SECURITY, SYSTEM, alone, assert_refused, person, staff};

fn pairs() -> impl Iterator<Item = (Administrator, Administrator)> {
    Administrator::ALL.into_iter().flat_map(|held| Administrator::ALL.into_iter().map(move |wanted| (held, wanted)))
}

/// As the ledger itself connects: with its constraints.
async fn constrained(room: &Room) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let (url, setup) = match &room.place {
        Place::Sqlite(file) => (format!("sqlite://{}", file.display()), "PRAGMA foreign_keys = ON"),
        Place::Postgres(url) => (url.as_str().to_owned(), "SET search_path = anlan"),
    };
    let mut conn = AnyConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(setup).execute(&mut conn).await.unwrap();
    conn
}

// ENT-6
#[tokio::test]
async fn each_pair_of_administrators_is_refused_by_the_rule() {
    for (held, wanted) in pairs() {
        let staff = staff().await;
        let (school, class) = (staff.unit("一中", staff.root).await, staff.unit("二小", staff.root).await);
        staff.agreed(&staff.appoint("sun.li", held, school)).await.unwrap();
        for unit in [school, class, staff.root] {
            let act = staff.appoint("sun.li", wanted, unit);
            if held == wanted {
                let answer = staff.agreed(&act).await;
                if unit == school { assert_refused(answer, Why::GrantThere) } else { answer.unwrap() }
            } else {
                assert_refused(staff.propose(SECURITY, &act).await, Why::AdministratorsExclude);
            }
        }
        let row = staff.ledger().directory().person_row(staff.id("sun.li")).unwrap().clone();
        assert_eq!(row.administrator, Some(held));
        staff.room.assert_sound().await;
    }
}

/// Two proposals for one person: the second is judged again when it is approved.
#[tokio::test]
async fn each_pair_is_refused_at_the_approval_too() {
    for (first, second) in pairs().filter(|(first, second)| first != second) {
        let staff = staff().await;
        let one = staff.propose(SECURITY, &staff.appoint("sun.li", first, staff.root)).await.unwrap();
        let other = staff.propose(SECURITY, &staff.appoint("sun.li", second, staff.root)).await.unwrap();
        staff.approve(HEAD, one).await.unwrap();
        assert_refused(staff.approve(HEAD, other).await, Why::ProposalStale);
        staff.room.assert_sound().await;
    }
}

// ENT-6
#[tokio::test]
async fn each_pair_of_administrators_is_refused_by_the_database() {
    let staff = staff().await;
    let school = staff.unit("一中", staff.root).await;
    let mut conn = constrained(&staff.room).await;
    for (held, wanted) in pairs() {
        let account = match held {
            Administrator::System => SYSTEM,
            Administrator::Security => SECURITY,
            Administrator::Audit => AUDIT,
        };
        let id = staff.id(account).0;
        let role = wanted.role().id();
        let insert = |said: &str| {
            AssertSqlSafe(format!(
                "INSERT INTO role_grant (person, role, unit, administrator, entry, at, bootstrap) VALUES ({id}, '{role}', {}, {said}, 1, 1, 0)",
                school.0
            ))
        };
        let honest = sqlx::query(insert(&format!("'{role}'"))).execute(&mut conn).await;
        assert_eq!(honest.is_ok(), held == wanted, "{held:?} {wanted:?}");
        // Nor by saying nothing, or something else.
        for said in ["NULL", &format!("'{}'", held.role().id())] {
            let sly = sqlx::query(insert(said)).execute(&mut conn).await;
            assert!(sly.is_err(), "{held:?} {wanted:?} {said}");
        }
        // Nor by making the person another one first.
        if held != wanted {
            let update = AssertSqlSafe(format!("UPDATE person SET administrator = '{role}' WHERE id = {id}"));
            assert!(sqlx::query(update).execute(&mut conn).await.is_err(), "{held:?} {wanted:?}");
        }
        let none = AssertSqlSafe(format!("UPDATE person SET administrator = NULL WHERE id = {id}"));
        assert!(sqlx::query(none).execute(&mut conn).await.is_err());
        let undo = AssertSqlSafe(format!("DELETE FROM role_grant WHERE unit = {}", school.0));
        sqlx::query(undo).execute(&mut conn).await.unwrap();
    }
    for other in ["handler", "head"] {
        let disguised = AssertSqlSafe(format!(
            "INSERT INTO role_grant (person, role, unit, administrator, entry, at, bootstrap) VALUES (1, '{other}', 2, 'system', 1, 1, 0)"
        ));
        assert!(sqlx::query(disguised).execute(&mut conn).await.is_err());
    }
    conn.close().await.unwrap();
    staff.room.assert_sound().await;
}

#[tokio::test]
async fn the_first_of_security_and_of_audit_are_appointed_alone_and_once() {
    let staff = alone().await;
    for account in [SECURITY, AUDIT, HEAD, "sun.li"] {
        staff.hire(account, staff.root).await;
    }
    let school = staff.unit("一中", staff.root).await;
    let ledger = staff.ledger();
    let give = |by: &'static str, to: &'static str, role: Role, unit: UnitId| {
        let (who, id, ledger) = (staff.who(by), staff.id(to), staff.room.ledger.clone());
        async move { ledger.grant(&who, id, role, unit).await }
    };
    // Before there is anybody of security, nobody grants anything else.
    assert_refused(give(SYSTEM, HEAD, Role::Handler, staff.root).await, Why::NotYours);
    assert_refused(give(SYSTEM, AUDIT, Role::Audit, staff.root).await, Why::NeedsProposal);
    assert_refused(give(SYSTEM, SECURITY, Role::Security, school).await, Why::NeedsProposal);
    assert_refused(give(SYSTEM, SYSTEM, Role::Security, staff.root).await, Why::OwnAffair);
    give(SYSTEM, SECURITY, Role::Security, staff.root).await.unwrap();
    let marked = staff.room.entries().await.into_iter().rfind(|entry| entry.text("act") == Some("grant.add")).unwrap();
    assert_eq!((marked.text("bootstrap"), marked.text("by"), marked.text("actor")), (Some("yes"), Some("p1"), Some("user:zhang.wei")));

    assert_refused(give(SYSTEM, "sun.li", Role::Security, staff.root).await, Why::NeedsProposal);
    assert_refused(give(SECURITY, "sun.li", Role::Security, staff.root).await, Why::NeedsProposal);
    assert_refused(give(SECURITY, "sun.li", Role::System, staff.root).await, Why::NeedsProposal);
    assert_refused(give(SYSTEM, AUDIT, Role::Audit, staff.root).await, Why::NeedsProposal);
    assert_refused(give(SECURITY, SECURITY, Role::Audit, staff.root).await, Why::OwnAffair);
    assert_refused(give(SECURITY, SYSTEM, Role::Audit, staff.root).await, Why::AdministratorsExclude);
    give(SECURITY, AUDIT, Role::Audit, staff.root).await.unwrap();
    assert_refused(give(SECURITY, "sun.li", Role::Audit, staff.root).await, Why::NeedsProposal);

    // Once is once: also when there is none any more.
    ledger.set_head(&staff.who(SECURITY), staff.root, Some(staff.id(HEAD))).await.unwrap();
    staff.agreed(&staff.dismiss(AUDIT, Administrator::Audit, staff.root)).await.unwrap();
    assert_refused(give(SECURITY, AUDIT, Role::Audit, staff.root).await, Why::NeedsProposal);
    staff.room.assert_sound().await;
}

#[tokio::test]
async fn system_makes_people_security_grants_and_audit_changes_nothing() {
    let staff = staff().await;
    let school = staff.unit("一中", staff.root).await;
    let sun = staff.id("sun.li");
    let ledger = staff.ledger();
    for (by, why) in [(SYSTEM, Why::NotYours), (AUDIT, Why::NotYours), (HEAD, Why::NotYours), ("qian.jin", Why::NoSuchUnit)] {
        let who = staff.who(by);
        assert_refused(ledger.grant(&who, sun, Role::Handler, school).await, why);
        assert_refused(ledger.set_head(&who, school, Some(sun)).await, why);
    }
    for by in [SECURITY, AUDIT, HEAD] {
        let who = staff.who(by);
        assert_refused(ledger.add_person(&who, &person("王", school, None)).await, Why::NotYours);
        assert_refused(ledger.add_unit(&who, "校", "", Some(school)).await, Why::NotYours);
        assert_refused(ledger.add_post(&who, school, "网管", false).await, Why::NotYours);
        assert_refused(ledger.leave(&who, sun, "调离").await, Why::NotYours);
    }
    staff.grant("sun.li", Role::Handler, school).await.unwrap();
    assert_refused(ledger.revoke(&staff.who(AUDIT), sun, Role::Handler, school).await, Why::NotYours);
    assert_refused(ledger.revoke(&staff.who(SECURITY), sun, Role::Reader, school).await, Why::NoSuchGrant);
    ledger.revoke(&staff.who(SECURITY), sun, Role::Handler, school).await.unwrap();
    assert_eq!(staff.who("sun.li").grants, []);
    staff.room.assert_sound().await;
}

#[tokio::test]
async fn nobody_grants_to_themselves() {
    let staff = staff().await;
    for role in Role::ALL {
        let answer = staff.grant(SECURITY, role, staff.root).await;
        let why = if Administrator::of(role).is_some() { Why::NeedsProposal } else { Why::OwnAffair };
        assert_refused(answer, why);
    }
    for administrator in Administrator::ALL {
        assert_refused(staff.propose(SECURITY, &staff.appoint(SECURITY, administrator, staff.root)).await, Why::OwnAffair);
    }
}

#[tokio::test]
async fn grants_reach_down_end_and_have_limits() {
    let staff = staff().await;
    let school = staff.unit("一中", staff.root).await;
    let path = staff.ledger().directory().unit(school).unwrap().path.clone();
    for role in Role::ALL.into_iter().filter(|role| Administrator::of(*role).is_none() && *role != Role::Head) {
        staff.grant("sun.li", role, school).await.unwrap();
        assert!(staff.who("sun.li").reaches(role, &path) && !staff.who("sun.li").reaches(role, "/1/"));
        assert_refused(staff.grant("sun.li", role, school).await, Why::GrantThere);
    }
    assert_refused(staff.grant("sun.li", Role::Head, school).await, Why::HeadIsSet);
    assert_refused(staff.grant("sun.li", Role::Reader, UnitId(99)).await, Why::NoSuchUnit);
    let security = staff.who(SECURITY);
    assert_refused(staff.ledger().grant(&security, PersonId(99), Role::Reader, school).await, Why::NoSuchPerson);

    let many = staff.known("李四", staff.root).await;
    for n in 1..=GRANTS_EACH {
        let unit = staff.unit(&format!("单位{n}"), staff.root).await;
        staff.ledger().grant(&security, many, Role::Reader, unit).await.unwrap();
    }
    assert_refused(staff.ledger().grant(&security, many, Role::Staff, school).await, Why::TooMany);
    staff.room.assert_sound().await;
}

#[tokio::test]
async fn who_was_granted_first_comes_first() {
    let staff = staff().await;
    for account in ["qian.jin", "sun.li", HEAD] {
        staff.grant(account, Role::Handler, staff.root).await.unwrap();
    }
    let order = staff.ledger().directory().with_role(Role::Handler, staff.root);
    assert_eq!(order, [SYSTEM, "qian.jin", "sun.li", HEAD].map(|account| staff.id(account)));
    staff.ledger().revoke(&staff.who(SECURITY), staff.id(SYSTEM), Role::Handler, staff.root).await.unwrap();
    staff.ledger().grant(&staff.who(SECURITY), staff.id(SYSTEM), Role::Handler, staff.root).await.unwrap();
    assert_eq!(staff.ledger().directory().with_role(Role::Handler, staff.root).last(), Some(&staff.id(SYSTEM)));
}

#[tokio::test]
async fn administrators_have_an_account_and_are_not_one_person_twice() {
    let staff = staff().await;
    let who = staff.who(SYSTEM);
    let li = NewPerson { phone: "13800138000".into(), ..person("李四", staff.root, None) };
    let without = staff.ledger().add_person(&who, &li).await.unwrap();
    let act = anlan_ledger::GraveAct::Appoint { person: without, administrator: Administrator::System, unit: staff.root };
    assert_refused(staff.propose(SECURITY, &act).await, Why::AccountMissing);

    let phone = |text: &str| PersonChange { phone: Some(text.into()), ..PersonChange::default() };
    staff.ledger().change_person(&who, staff.id("sun.li"), &phone("13800138000")).await.unwrap();
    staff.ledger().change_person(&who, staff.id("qian.jin"), &phone("13800138000")).await.unwrap();
    staff.agreed(&staff.appoint("sun.li", Administrator::System, staff.root)).await.unwrap();
    assert_refused(staff.propose(SECURITY, &staff.appoint("qian.jin", Administrator::Audit, staff.root)).await, Why::SamePersonTwice);
    // Nor by taking the number afterwards.
    assert_refused(staff.ledger().change_person(&who, staff.id(AUDIT), &phone("13800138000")).await, Why::SamePersonTwice);
    staff.room.assert_sound().await;
}

/// A school with one person: the bureau holds what the school cannot separate, and the page can say so.
#[tokio::test]
async fn separation_says_who_is_missing_and_who_sits_elsewhere() {
    let staff = staff().await;
    let school = staff.unit("一中", staff.root).await;
    let other = staff.unit("二小", staff.root).await;
    let teacher = staff.hire("zhou.yun", school).await;
    let held = |unit: UnitId| staff.ledger().directory().separation(unit).unwrap();
    assert!(held(staff.root).is_separate());
    assert_eq!(held(staff.root).held[0], (Administrator::System, Held::Here(vec![staff.id(SYSTEM)])));
    assert_eq!(held(school).held[2], (Administrator::Audit, Held::Elsewhere(vec![staff.id(AUDIT)])));
    staff.agreed(&staff.appoint("zhou.yun", Administrator::System, school)).await.unwrap();
    assert_eq!(held(school).held[0], (Administrator::System, Held::Here(vec![teacher])));
    staff.agreed(&staff.dismiss(AUDIT, Administrator::Audit, staff.root)).await.unwrap();
    staff.agreed(&staff.appoint("qian.jin", Administrator::Audit, school)).await.unwrap();
    assert_eq!(held(school).held[2], (Administrator::Audit, Held::Elsewhere(vec![staff.id("qian.jin")])));
    for unit in [other, staff.root] {
        assert_eq!(held(unit).missing().collect::<Vec<_>>(), [Administrator::Audit]);
        assert!(!held(unit).is_separate());
    }
    assert_eq!(staff.ledger().directory().separation(UnitId(99)), None);
    let alone = alone().await;
    let held = alone.ledger().directory().separation(alone.root).unwrap();
    assert_eq!(held.missing().collect::<Vec<_>>(), [Administrator::Security, Administrator::Audit]);
}

#[tokio::test]
async fn the_last_administrator_of_system_and_security_stays() {
    let staff = staff().await;
    staff.agreed(&staff.appoint("sun.li", Administrator::Security, staff.root)).await.unwrap();
    let last = staff.dismiss(SYSTEM, Administrator::System, staff.root);
    assert_refused(staff.propose(SECURITY, &last).await, Why::LastAdministrator);
    staff.agreed(&staff.dismiss("sun.li", Administrator::Security, staff.root)).await.unwrap();
    assert_refused(staff.propose(SECURITY, &staff.dismiss(SECURITY, Administrator::Security, staff.root)).await, Why::OwnAffair);
    staff.agreed(&staff.appoint("qian.jin", Administrator::System, staff.root)).await.unwrap();
    staff.agreed(&last).await.unwrap();
    // Who is no administrator any more may leave.
    staff.ledger().leave(&staff.who("qian.jin"), staff.id(SYSTEM), "退休").await.unwrap();
    staff.room.assert_sound().await;
}

#[tokio::test]
async fn nobody_is_put_in_an_administrators_place_by_a_new_account() {
    let staff = staff().await;
    staff.ledger().add_account(&admin(), "shadow").await.unwrap();
    let shadow = PersonChange { account: Some("shadow".into()), ..PersonChange::default() };
    assert_refused(staff.ledger().change_person(&staff.who(SYSTEM), staff.id(SECURITY), &shadow).await, Why::AccountFixed);
}

/// Who has the database in hands and writes a sound entry still cannot appoint alone.
#[tokio::test]
async fn an_administrator_whom_nobody_agreed_to_is_named() {
    let staff = staff().await;
    staff.grant("sun.li", Role::Handler, staff.root).await.unwrap();
    let last = staff.room.entries().await.last().unwrap().number;
    staff.room.forge(last, |row| room::field(row, "role").value = Some(b"audit".to_vec())).await;
    let id = staff.id("sun.li").0;
    let rows = [
        format!("UPDATE person SET administrator = 'audit' WHERE id = {id}"),
        format!("UPDATE role_grant SET role = 'audit', administrator = 'audit' WHERE person = {id}"),
    ];
    for row in rows {
        staff.room.tamper(Box::leak(row.into_boxed_str())).await;
    }
    assert!(staff.ledger().check_projections().await.unwrap().contains(&"entry".to_owned()));
}
