//! Probes over accounts, administrators, letters and posts, each met, failing and unknown: VERDICT-1, VERDICT-7.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod bureau;

use anlan_ledger::Actor;
use bureau::{Bureau, OUT, expect};

#[tokio::test]
async fn accounts_without_owner_of_leavers_and_unused_are_told() {
    let mut bureau = Bureau::begin().await;
    let fine = [
        ("accounts", 8),
        ("ownerless", 0),
        ("shared", 0),
        ("dormant", 0),
        ("leavers", 0),
        ("least_length", 8),
        ("oldest_password_days", 0),
    ];
    expect(&bureau, "accounts.policy", &[], &fine, None).await;
    bureau.ledger.add_account(&Actor::System, "nobody").await.unwrap();
    expect(&bureau, "accounts.policy", &[], &[("accounts", 9), ("ownerless", 1)], Some("staff-account-ownerless")).await;
    bureau.ledger.disable_account(&Actor::System, "nobody", "").await.unwrap();
    expect(&bureau, "accounts.policy", &[], &[("accounts", 8), ("ownerless", 0)], None).await;
    bureau.hire("guard", bureau.first).await;
    bureau.ledger.leave(&bureau.who("system"), bureau.people["guard"], "调离").await.unwrap();
    // Whoever leaves has no account any more; where it is opened again by hand, it stands out.
    expect(&bureau, "accounts.policy", &[], &[("leavers", 0)], None).await;
    bureau.ledger.enable_account(&Actor::System, "guard").await.unwrap();
    expect(&bureau, "accounts.policy", &[], &[("leavers", 1)], Some("staff-account-leaver")).await;
    bureau.ledger.disable_account(&Actor::System, "guard", "").await.unwrap();
    bureau.pass(90).await;
    expect(&bureau, "accounts.policy", &[], &[("dormant", 0), ("oldest_password_days", 90)], None).await;
    bureau.pass(1).await;
    expect(&bureau, "accounts.policy", &[], &[("dormant", 8), ("oldest_password_days", 91)], Some("staff-account-dormant")).await;
    bureau.ledger.login("system", "correct horse battery", "192.0.2.7:50000").await.unwrap();
    expect(&bureau, "accounts.policy", &[], &[("dormant", 7)], None).await;
}

#[tokio::test]
async fn three_administrators_are_three_people() {
    let bureau = Bureau::begin().await;
    expect(&bureau, "roles.separated", &[], &[("administrators", 3), ("in_two_roles", 0), ("posts_empty", 0)], None).await;
    let bureau = Bureau::begin_with(&["system", "security"]).await;
    expect(&bureau, "roles.separated", &[], &[("administrators", 2), ("posts_empty", 1)], Some("staff-role-missing")).await;
}

#[tokio::test]
async fn everybody_with_a_role_and_every_unit_signs() {
    let bureau = Bureau::begin().await;
    // Seven people with roles or at the head of a unit and three units; system, security, audit, chief, clerk, head, teacher, other.
    expect(&bureau, "letters.signed", &[], &[("required", 11), ("signed", 0), ("held_by_leavers", OUT)], Some("staff-letter-unit")).await;
    let (teacher, signers) = (bureau.p("teacher"), format!("[\"{}\"]", bureau.p("teacher")));
    let given = [("kind", "person"), ("signer", teacher.as_str()), ("signers", signers.as_str())];
    let letter = bureau.open("letter", bureau.first, &given).await;
    bureau
        .make(&letter, "present", &[("from", &bureau.day(0)), ("until", &bureau.day(300)), ("signer", &teacher), ("signers", &signers)])
        .await;
    expect(&bureau, "letters.signed", &[], &[("signed", 0)], None).await;
    bureau.make(&letter, "sign", &[("confirmer", &bureau.p("head"))]).await;
    bureau.make(&letter, "countersign", &[("signed_on", &bureau.day(0))]).await;
    expect(&bureau, "letters.signed", &[], &[("required", 11), ("signed", 1), ("held_by_leavers", 0)], None).await;
    bureau.ledger.leave(&bureau.who("system"), bureau.people["teacher"], "调离").await.unwrap();
    expect(&bureau, "letters.signed", &[], &[("required", 10), ("signed", 0), ("held_by_leavers", 1)], Some("staff-letter-leaver")).await;
    // A hand-over in its time is no gap.
    bureau.make(&letter, "change", &[("successor", &bureau.p("head"))]).await;
    expect(&bureau, "letters.signed", &[], &[("held_by_leavers", 0)], None).await;
    bureau.pass(30).await;
    expect(&bureau, "letters.signed", &[], &[("held_by_leavers", 1)], None).await;
}

#[tokio::test]
async fn posts_are_filled_by_people_who_are_here_and_were_checked() {
    let mut bureau = Bureau::begin().await;
    assert!(bureau.measure("posts.filled", &[]).await.is_none());
    assert!(bureau.measure("posts.filled", &["no_such_post"]).await.is_none());
    expect(&bureau, "posts.filled", &["security_lead"], &[("required", 1), ("filled", 0)], Some("staff-post-empty")).await;
    expect(&bureau, "posts.filled", &["content_lead", "content_reviewer"], &[("required", 2), ("filled", 0)], None).await;
    expect(&bureau, "posts.filled", &["key_post"], &[("required", 0), ("unchecked", 0)], Some("staff-no-key-posts")).await;
    expect(&bureau, "posts.filled", &["cii_key_post"], &[("required", OUT)], Some("staff-no-cii-posts")).await;
    expect(&bureau, "posts.filled", &["department_security_officer"], &[("required", 2), ("filled", 0)], Some("staff-department-empty"))
        .await;
    bureau.hire("lead", bureau.root).await;
    let lead = bureau.p("lead");
    let of_school = [("post", "security_lead"), ("key", "ordinary"), ("person", lead.as_str())];
    let post = bureau.open("appointment", bureau.first, &of_school).await;
    bureau.make(&post, "appoint", &[("from", &bureau.day(0))]).await;
    expect(&bureau, "posts.filled", &["security_lead"], &[("filled", 0)], Some("staff-post-elsewhere")).await;
    let whole = [("post", "security_lead"), ("key", "key_post"), ("person", lead.as_str())];
    let post = bureau.open("appointment", bureau.root, &whole).await;
    bureau.make(&post, "attest", &[("ban_on", &bureau.day(0))]).await;
    bureau.make(&post, "appoint_checked", &[("from", &bureau.day(0))]).await;
    expect(&bureau, "posts.filled", &["security_lead"], &[("required", 1), ("filled", 1)], None).await;
    expect(&bureau, "posts.filled", &["key_post"], &[("required", 1), ("filled", 1), ("unchecked", 0)], None).await;
    bureau.ledger.leave(&bureau.who("system"), bureau.people["lead"], "调离").await.unwrap();
    expect(&bureau, "posts.filled", &["security_lead"], &[("filled", 0)], Some("staff-post-empty")).await;
}

#[tokio::test]
async fn an_operator_without_departments_knows_of_no_officers() {
    let bureau = Bureau::alone().await;
    expect(&bureau, "posts.filled", &["department_security_officer"], &[("required", OUT), ("filled", 0)], Some("staff-no-departments"))
        .await;
}

#[tokio::test]
async fn a_key_post_of_the_directory_asks_for_an_appointment_and_a_check() {
    let bureau = Bureau::begin().await;
    let system = bureau.who("system");
    let post = bureau.ledger.add_post(&system, bureau.root, "核心机房管理员", true).await.unwrap();
    expect(&bureau, "posts.filled", &["key_post"], &[("required", 1), ("filled", 0), ("unchecked", 0)], Some("staff-post-vacant")).await;
    bureau.ledger.fill_post(&system, post, Some(bureau.people["clerk"])).await.unwrap();
    expect(&bureau, "posts.filled", &["key_post"], &[("required", 1), ("filled", 1), ("unchecked", 1)], Some("staff-post-unregistered"))
        .await;
}
