//! The overview and a duty's verdict over HTTP: counts that add up, unknown that is never met, clocks of one's own units only, history page by page.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod caller;
mod house;
mod judged;

use anlan_base::parse_time;
use anlan_law::pack::Lawbook;
use anlan_ledger::VerdictState::{AtRisk, Failing, Met, Unknown};
use anlan_web::{HISTORY_ROWS, OVERVIEW_CLOCKS};
use axum::http::StatusCode;
use house::staff::Staff;
use house::{House, NOW, Person};
use judged::said;
use serde_json::json;

const START: &str = "2026-11-01T14:07:31+08:00";

fn duties() -> usize {
    Lawbook::shipped(&["cn", "campus", "enterprise", "government", "grid"]).unwrap().duties.len()
}

async fn office(start: &str) -> (House, Staff) {
    let house = House::new_at(start).await;
    house.first_run().await;
    let staff = house.staff().await;
    (house, staff)
}

/// The numbers of the headline, by the class of the state.
fn counts(html: &str) -> [usize; 4] {
    let line = html.split(" headline\"").nth(1).or_else(|| html.split("\"headline\"").nth(1)).unwrap();
    ["fail", "risk", "met", "unknown"].map(|class| {
        let after = line.split(&format!("class=\"state {class}\"")).nth(1).unwrap();
        let number = after.split("<b class=\"num\">").nth(1).unwrap();
        number.split('<').next().unwrap().parse().unwrap()
    })
}

/// The words of a duty's row.
fn row<'h>(html: &'h str, duty: &str) -> &'h str {
    let at = html.find(&format!("href=\"/compliance/duties/{duty}\"")).unwrap_or_else(|| panic!("{duty} is not listed"));
    let from = html[..at].rfind("<tr>").unwrap();
    let to = html[at..].find("</tr>").unwrap() + at;
    &html[from..to]
}

#[tokio::test]
async fn nothing_is_measured_and_the_overview_says_what_to_do() {
    let (house, person) = House::with_person().await;
    assert_eq!(house.get("/", &person).await.location(), "/overview");
    for lang in ["zh-CN", "en"] {
        let page = house.get_in("/overview", &person, lang).await;
        assert_eq!(page.status, StatusCode::OK);
        let html = page.text();
        assert!(!html.contains('‹'), "{lang} has a text without words");
        assert!(!html.contains(" style=") && html.matches("<script").count() == 1);
        assert!(html.len() < 100 * 1024, "{} bytes", html.len());
        assert_eq!(counts(html), [0, 0, 0, duties()]);
        assert!(!html.contains("<td><span class=\"state met\">"), "nothing is met");
        for link in ["/units/u1", "/people", "/logs"] {
            assert!(html.contains(&format!("href=\"{link}\"")), "{lang} {link}");
        }
    }
    let html = house.get("/overview", &person).await.text().to_owned();
    for part in ["还没有测量过", "还没有日志源", "单位还叫", "还没有任命", "还没有登记单位负责人", "没有待办"]
    {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(house.get("/overview", &Person::default()).await.location(), "/login?next=%2Foverview");
}

#[tokio::test]
async fn the_line_adds_up_and_unknown_is_never_met() {
    let (house, staff) = office(NOW).await;
    house
        .judge(&[
            said("D019", Failing).because("no-words-for-it", json!({ "name": "教学楼交换机" })).facts(json!({ "listed": 9, "gaps": 2 })),
            said("D003", AtRisk).facts(json!({ "required": 12, "signed": 11 })),
            said("D001", Met).facts(json!({ "required": 3, "in_force": 3, "review_overdue": 0 })),
            said("D008", Met).attested("局长（演示）", "2027-01-31", "SM-2026-0001"),
            said("D002", Unknown),
        ])
        .await;
    let chief = house.session_of(staff.chief.account).await;
    let html = house.get("/overview", &chief).await.text().to_owned();
    let counted = counts(&html);
    assert_eq!(counted, [1, 1, 2, duties() - 4]);
    assert_eq!(counted.iter().sum::<usize>(), duties());
    assert!(html.contains(&format!("<b class=\"num\">{}</b>项义务", duties())) && html.contains("其中声明 1 项"));
    assert!(row(&html, "D019").contains("教学楼交换机") && row(&html, "D019").contains("state fail"));
    assert!(row(&html, "D003").contains("11") && row(&html, "D003").contains("●"));
    assert!(row(&html, "D008").contains("○") && row(&html, "D008").contains("2027-01-31"));
    let order: Vec<usize> =
        ["D019", "D003", "D002", "D001"].map(|duty| html.find(&format!("duties/{duty}\"")).unwrap()).into_iter().collect();
    assert!(order.is_sorted(), "failing, at risk, unknown, met: {order:?}");
    let list = house.get("/compliance", &chief).await.text().to_owned();
    assert_eq!(counts(&list), counted, "the list counts the same");
}

// VERDICT-10
#[tokio::test]
async fn what_is_old_falls_to_unknown() {
    let (house, staff) = office(NOW).await;
    let now = parse_time(NOW).unwrap();
    house.judge(&[said("D001", Met), said("D003", AtRisk), said("D019", Failing)]).await;
    for (hours, seen) in [(25, [1, 1, 1, duties() - 3]), (27, [0, 0, 0, duties()])] {
        house.clock.set(now.plus_seconds(hours * 3_600));
        let chief = house.session_of(staff.chief.account).await;
        let html = house.get("/overview", &chief).await.text().to_owned();
        assert_eq!(counts(&html), seen, "after {hours} h");
        assert_eq!(html.contains("已过时"), hours > 26);
    }
    let chief = house.session_of(staff.chief.account).await;
    let html = house.get("/compliance/duties/D001", &chief).await.text().to_owned();
    assert!(html.contains("<span class=\"tag warn\">已过时</span>") && html.contains("state unknown"));
}

#[tokio::test]
async fn the_list_narrows_to_a_state() {
    let (house, staff) = office(NOW).await;
    house.judge(&[said("D001", Met), said("D003", AtRisk), said("D019", Failing)]).await;
    let chief = house.session_of(staff.chief.account).await;
    for (state, listed, absent) in
        [("failing", "D019", "D003"), ("at_risk", "D003", "D001"), ("met", "D001", "D019"), ("unknown", "D002", "D001")]
    {
        let html = house.get(&format!("/compliance?state={state}"), &chief).await.text().to_owned();
        assert!(html.contains(&format!("/compliance/duties/{listed}\"")), "{state}");
        assert!(!html.contains(&format!("/compliance/duties/{absent}\"")), "{state}");
    }
    assert_eq!(house.get("/compliance?state=fine", &chief).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_duty_opens_to_clause_question_sample_and_period() {
    let (house, staff) = office(NOW).await;
    let verdict = said("D019", Failing)
        .because("first-reason", json!({ "name": "教学楼交换机" }))
        .because("second-reason", json!({ "name": "<b>实验楼" }))
        .facts(json!({ "list_confirmed": true, "listed": 9, "heard": 8, "days_required": 184, "days_complete": 166, "gaps": 2 }))
        .asked("logs", "'source.ip:10.1.0.1' --since 2026-11-03 --until 2026-11-04", 1284)
        .asked("records", "/records/log-source?view=all", 9)
        .asked("records", "https://elsewhere.example/", 5)
        .saw("YJ-2026-0003 教学楼交换机", "/r/YJ-2026-0003")
        .saw("elsewhere", "//elsewhere.example/")
        .looked_back(183);
    house.judge(&[verdict]).await;
    let chief = house.session_of(staff.chief.account).await;
    for (lang, words) in [("zh-CN", ["有差距", "应接的日志源", "2026-05-22 14:07"]), ("en", ["Failing", "Facts", "2026-05-22 14:07"])]
    {
        let page = house.get_in("/compliance/duties/D019", &chief, lang).await;
        let html = page.text();
        for part in words.into_iter().chain([
            "href=\"/library/csl@2025#a23.3\"",
            "anlan log search &#39;source.ip:10.1.0.1&#39; --since 2026-11-03 --until 2026-11-04 --count",
            "1\u{202f}284",
            "href=\"/records/log-source?view=all\"",
            "href=\"/r/YJ-2026-0003\"",
            "first-reason 教学楼交换机",
            "second-reason &#60;b&#62;实验楼",
        ]) {
            assert!(html.contains(part), "{lang} {part}");
        }
        assert!(!html.contains("elsewhere.example"), "a link leads to our own pages only");
        assert!(!html.contains('‹') && html.len() < 100 * 1024);
    }
}

#[tokio::test]
async fn names_are_for_those_with_a_role_over_the_whole_operator() {
    let (house, staff) = office(NOW).await;
    let verdict = said("D019", Failing)
        .because("log-silent", json!({ "name": "二中核心交换机" }))
        .facts(json!({ "listed": 9, "gaps": 2 }))
        .asked("records", "/records/log-source?unit=u3", 2)
        .saw("二中核心交换机", "/r/YJ-2026-0003");
    house.judge(&[verdict, said("D008", Met).attested("局长（演示）", "2027-01-31", "SM-2026-0001")]).await;
    for (who, sees) in [(staff.chief, true), (staff.officer, true), (staff.security, true), (staff.teacher, false), (staff.other, false)] {
        let session = house.session_of(who.account).await;
        for path in ["/overview", "/compliance/duties/D019"] {
            let html = house.get(path, &session).await.text().to_owned();
            assert_eq!(html.contains("二中核心交换机"), sees, "{path} {}", who.account);
            assert!(html.contains("有差距"), "{path} the state is everybody's");
        }
        let html = house.get("/compliance/duties/D008", &session).await.text().to_owned();
        assert_eq!(html.contains("局长（演示） 声明") && html.contains("SM-2026-0001"), sees, "{}", who.account);
        let reads = house.tokens_of(who.account).await.reads;
        let told = house.read(&reads, "/api/v1/duties").await;
        assert_eq!(told.text().contains("二中核心交换机"), sees, "the API to {}", who.account);
    }
}

#[tokio::test]
async fn clocks_are_those_of_records_that_one_sees() {
    let (house, staff) = office(NOW).await;
    let now = parse_time(NOW).unwrap();
    house.work(&staff, now).await;
    let fresh =
        [("title", "门禁离线"), ("category", "network"), ("level", "general"), ("handling", "at_once"), ("happened", "2026-11-21T14:00")];
    house.open(&staff.teacher, "hazard", &fresh).await;
    let mine = house.session_of(staff.teacher.account).await;
    let html = house.get("/overview", &mine).await.text().to_owned();
    assert!(html.contains("class=\"clocks\"") && html.contains("学校网站首页可被改写"));
    assert!(html.contains("逾期") && html.contains("最近时限：剩"), "late and coming");
    assert!(html.find("门禁离线").unwrap() > html.find("学校网站首页可被改写").unwrap(), "the soonest first");
    assert!(html.contains("class=\"plain work\"") && html.contains("href=\"/todo\""));
    let other = house.session_of(staff.other.account).await;
    let html = house.get("/overview", &other).await.text().to_owned();
    assert!(!html.contains("学校网站首页可被改写") && !html.contains("class=\"clocks\""), "another school's clocks are not there");
}

#[tokio::test]
async fn the_history_goes_back_page_by_page() {
    let (house, staff) = office(START).await;
    let now = parse_time(NOW).unwrap();
    house
        .judge_days(now, 20, |back| {
            let state = if back.is_multiple_of(2) { Met } else { Failing };
            vec![said("D001", state).because(&format!("day-{back}"), json!({}))]
        })
        .await;
    let chief = house.session_of(staff.chief.account).await;
    let mut path = "/compliance/duties/D001".to_owned();
    let mut seen = Vec::new();
    for _ in 0..5 {
        let html = house.get(&path, &chief).await.text().to_owned();
        let past = html.split("id=\"history\"").nth(1).unwrap();
        let days = (0..=20).filter(|back| past.contains(&format!(">day-{back}<"))).collect::<Vec<_>>();
        assert!(days.len() <= HISTORY_ROWS);
        seen.extend(days);
        let Some(older) = past.split("href=\"").find(|link| link.starts_with("/compliance/duties/D001?before=")) else { break };
        path = older.split('#').next().unwrap().to_owned();
    }
    assert_eq!(seen, (1..=20).collect::<Vec<_>>(), "every earlier verdict once, the newest first");
    let html = house.get("/compliance/duties/D001?before=nonsense", &chief).await;
    assert_eq!(html.status, StatusCode::OK);
    let bar = house.get("/overview", &chief).await.text().to_owned();
    assert!(row(&bar, "D001").contains("<title>近 18"), "the days are told in words");
    assert!(row(&bar, "D001").contains("有差距 10 日"), "{}", row(&bar, "D001"));
}

#[tokio::test]
async fn a_page_of_the_history_and_the_clock_strip_have_limits() {
    let now = parse_time(NOW).unwrap();
    for kept in [HISTORY_ROWS - 1, HISTORY_ROWS, HISTORY_ROWS + 1] {
        let (house, staff) = office(START).await;
        let all = kept as u64;
        house.judge_days(now, all - 1, |back| vec![said("D001", if back.is_multiple_of(2) { Met } else { Failing })]).await;
        let chief = house.session_of(staff.chief.account).await;
        let html = house.get("/compliance/duties/D001", &chief).await.text().to_owned();
        assert_eq!(html.contains("?before="), kept > HISTORY_ROWS, "{kept} verdicts");
    }
    let (house, staff) = office(NOW).await;
    for open in 1..=OVERVIEW_CLOCKS + 1 {
        let fresh = [
            ("title", "门禁离线"),
            ("category", "network"),
            ("level", "general"),
            ("handling", "at_once"),
            ("happened", "2026-11-21T14:00"),
        ];
        house.open(&staff.teacher, "hazard", &fresh).await;
        if open < OVERVIEW_CLOCKS - 1 {
            continue;
        }
        let html = house.get("/overview", &house.session_of(staff.teacher.account).await).await.text().to_owned();
        assert_eq!(html.matches("<a class=\"clock ").count(), open.min(OVERVIEW_CLOCKS), "{open} records");
    }
}

#[tokio::test]
async fn who_may_has_everything_measured_and_others_do_not() {
    let (house, staff) = office(NOW).await;
    for (who, status) in [(staff.chief, 303), (staff.officer, 303), (staff.security, 303), (staff.audit, 403)] {
        let session = house.session_of(who.account).await;
        let answer = house.post("/compliance/measure", &session, &[("back", "/compliance")]).await;
        assert_eq!(answer.status.as_u16(), status, "{}", who.account);
        let page = house.get("/overview", &session).await;
        assert_eq!(page.text().contains("action=\"/compliance/measure\""), status == 303, "{}", who.account);
        if status == 303 {
            assert_eq!(answer.location(), "/compliance");
            let away = house.post("/compliance/measure", &session, &[("back", "//elsewhere.example/")]).await;
            assert_eq!(away.location(), "/overview");
        }
    }
}

#[tokio::test]
async fn the_api_tells_every_duty() {
    let (house, staff) = office(NOW).await;
    house.judge(&[said("D001", Met), said("D019", Failing).because("x-y", json!({}))]).await;
    let reads = house.tokens_of(staff.officer.account).await.reads;
    let told = house.read(&reads, "/api/v1/duties").await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let told = told.json();
    let all = told.as_array().unwrap();
    assert_eq!(all.len(), duties());
    let one = |id: &str| all.iter().find(|duty| duty["id"] == id).unwrap();
    assert_eq!((&one("D001")["state"], &one("D001")["kind"], &one("D001")["stale"]), (&json!("met"), &json!("computed"), &json!(false)));
    assert_eq!((&one("D019")["state"], &one("D019")["reason"]), (&json!("failing"), &json!("x-y")));
    assert_eq!((&one("D008")["state"], &one("D008")["kind"], &one("D008")["at"]), (&json!("unknown"), &json!("attested"), &json!(null)));
    assert!(one("D001")["at"].as_str().unwrap().starts_with("2026-11-21T14:07:31"));
    let none = house.read(&house.tokens_of(staff.officer.account).await.logs, "/api/v1/duties").await;
    assert_eq!(none.status, StatusCode::FORBIDDEN);
}
