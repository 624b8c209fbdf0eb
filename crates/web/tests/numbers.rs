//! Each number of each computed verdict, over a ledger with something in every register, against the list that its link opens: VERDICT-7.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "../../assure/tests/bureau/mod.rs"]
mod bureau;
mod house;

use std::collections::BTreeMap;

use anlan_assure::assess::How;
use anlan_base::Clock as _;
use anlan_ledger::{Actor, Standing, Step};
use bureau::Bureau;
use house::{House, PASSWORD, Person};

/// Pages of one list that are followed.
const PAGES: usize = 40;

/// Something in every register that a probe reads: late, missing, done alone, left.
async fn filled() -> Bureau {
    let mut bureau = Bureau::begin().await;
    bureau.hire("guard", bureau.first).await;
    for (series, kind) in [("monthly", "meeting"), ("monthly", "duty-report"), ("daily", "patrol")] {
        bureau.ledger.switch_series(&bureau.who("chief"), bureau.root, kind, series, true).await.unwrap();
    }
    let clerk = bureau.p("clerk");
    for category in ["general", "procedure"] {
        let rule = bureau.open("rule", bureau.root, &[("category", category), ("owner", &clerk)]).await;
        bureau.make(&rule, "approve", &[]).await;
        bureau.make(&rule, "issue", &[("from", &bureau.day(0))]).await;
    }
    bureau.open("personal-request", bureau.root, &[("kind", "delete"), ("requester", "甲")]).await;
    bureau.open("complaint", bureau.root, &[]).await;
    for (number, watcher) in [(10, "teacher"), (2, "guard")] {
        let hazard = bureau.open("hazard", bureau.first, &[("handling", "planned"), ("found_how", "scan")]).await;
        bureau.make(&hazard, "assign", &[("watcher", &bureau.p(watcher)), ("deadline", &bureau.day(number))]).await;
    }
    // More than one page of a list.
    for _ in 0..52 {
        let hazard = bureau.open("hazard", bureau.second, &[("handling", "planned")]).await;
        bureau.make(&hazard, "assign", &[("watcher", &bureau.p("guard")), ("deadline", &bureau.day(5))]).await;
    }
    let order = bureau.open("rectification", bureau.root, &[("form", "order"), ("deadline", &bureau.day(5))]).await;
    bureau.make(&order, "plan", &[]).await;
    bureau.open("rectification", bureau.root, &[("form", "talk"), ("deadline", &bureau.day(390))]).await;
    let vendor = bureau.open("supplier", bureau.root, &[("personal_information", "yes"), ("data", "学生姓名")]).await;
    bureau.make(&vendor, "engage", &[("agreement_on", &bureau.day(0)), ("until", &bureau.day(20))]).await;
    bureau.open("device", bureau.first, &[("sort", "security")]).await;
    let system = bureau.open("graded-system", bureau.root, &[("level", "3")]).await;
    assert!(!system.is_empty());
    let case = bureau.open("content-case", bureau.root, &[]).await;
    bureau.make(&case, "keep", &[("came", "found")]).await;
    bureau.make(&case, "decide", &[("confirmer", &bureau.p("chief"))]).await;
    bureau.make(&case, "execute", &[]).await;
    let admission = bureau.open("admission", bureau.first, &[("mac", "00:11:22:33:44:55")]).await;
    for name in ["endorse", "approve", "connect"] {
        bureau.make(&admission, name, &[]).await;
    }
    bureau.open("device", bureau.first, &[("mac", "00:11:22:33:44:66"), ("used_from", &bureau.day(1))]).await;
    let change = bureau.open("change", bureau.first, &[("owner", &bureau.p("teacher"))]).await;
    bureau.make(&change, "act_urgent", &[]).await;
    let (guard, signers) = (bureau.p("guard"), format!("[\"{}\"]", bureau.p("guard")));
    let letter = bureau.open("letter", bureau.first, &[("kind", "person"), ("signer", &guard), ("signers", &signers)]).await;
    let held = [("from", bureau.day(0)), ("until", bureau.day(300)), ("signer", guard.clone()), ("signers", signers.clone())];
    let held: Vec<(&str, &str)> = held.iter().map(|(name, value)| (*name, value.as_str())).collect();
    bureau.make(&letter, "present", &held).await;
    bureau.ledger.leave(&bureau.who("system"), bureau.people["guard"], "调离").await.unwrap();
    bureau.pass(45).await;
    bureau
}

async fn signed_in(house: &House, bureau: &Bureau, account: &str) -> Person {
    let once = bureau.ledger.reset_password(&Actor::System, account).await.unwrap();
    let Step::Wanted { pending, .. } = bureau.ledger.sign_in(account, &once, "192.0.2.9", Standing::Ordinary).await.unwrap() else {
        panic!("a one-time password is changed")
    };
    bureau.ledger.choose_password(&pending, PASSWORD).await.unwrap();
    house.session_of(account).await
}

fn unescaped(html: &str) -> String {
    html.replace("&#38;", "&").replace("&amp;", "&").replace("&#39;", "'")
}

/// Rows of a list over all its pages, as somebody follows its links.
async fn rows(house: &House, person: &Person, address: &str) -> u64 {
    let (mut rows, mut next) = (0, address.to_owned());
    for _ in 0..PAGES {
        let page = house.get(&next, person).await;
        assert_eq!(page.status.as_u16(), 200, "{next}");
        let html = page.text();
        assert!(!html.contains('‹'), "{next} has a text without words");
        rows += html.matches(" data-row>").count() as u64;
        let Some(link) = html.split("\" rel=\"next\">").next().filter(|before| before.len() < html.len()) else { return rows };
        next = unescaped(&link[link.rfind("href=\"").unwrap() + 6..]);
    }
    panic!("{address} has more than {PAGES} pages");
}

#[tokio::test]
async fn every_number_opens_to_the_list_that_gives_it() {
    let bureau = filled().await;
    let house = House::over_ledger(bureau.clock.clone(), bureau.ledger.clone(), bureau.vault.clone(), bureau.journal.clone());
    let audit = signed_in(&house, &bureau, "audit").await;
    let standings = house.assessor.assess().await.unwrap();
    let (mut counted, mut linked, mut filled): (BTreeMap<String, u64>, usize, usize) = (BTreeMap::new(), 0, 0);
    for verdict in standings.verdicts.iter().filter(|verdict| verdict.computed) {
        let page = unescaped(house.get(&format!("/compliance/duties/{}", verdict.duty), &audit).await.text());
        for asked in verdict.asked.iter().filter(|asked| asked.how == How::Records) {
            assert!(page.contains(&format!("href=\"{}\"", asked.text)), "{}: {} is no link", verdict.duty, asked.text);
            if !asked.text.starts_with("/records/") {
                assert_eq!(house.get(&asked.text, &audit).await.status.as_u16(), 200, "{}", asked.text);
                continue;
            }
            let seen = match counted.get(&asked.text) {
                Some(seen) => *seen,
                None => rows(&house, &audit, &asked.text).await,
            };
            counted.insert(asked.text.clone(), seen);
            assert_eq!(seen, asked.number, "{}: {}", verdict.duty, asked.text);
            filled += usize::from(asked.number > 0);
        }
        // A fact with lists is the sum of their numbers, and the page links it.
        for (fact, value) in &verdict.facts {
            let parts: Vec<u64> = verdict.asked.iter().filter(|asked| asked.facts.contains(fact)).map(|asked| asked.number).collect();
            if let (anlan_law::condition::Fact::Int(number), false) = (value, parts.is_empty()) {
                assert_eq!(u64::try_from(*number).unwrap(), parts.iter().sum::<u64>(), "{} {fact}", verdict.duty);
                linked += 1;
            }
        }
    }
    assert!(counted.len() > 40 && linked > 60 && filled > 25, "{} lists, {linked} facts, {filled} filled", counted.len());
    // Each of what is asked most stands for something here.
    for part in ["where=late:", "where=missed:", "where=has:from", "gone:", "number:", "in:urgent", "series:", "has:agreement_on"] {
        assert!(counted.iter().any(|(text, rows)| text.contains(part) && *rows > 0), "nothing is listed by {part}");
    }
    assert!(bureau.clock.now() > anlan_base::Instant(0));
}
