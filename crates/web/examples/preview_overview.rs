//! Serves the overview and the pages of duties, with made-up verdicts of half a year: `cargo run -p anlan-web --example preview_overview [PORT]`.
//!
//! PORT: the chief of a bureau; +1: a teacher of one of its schools; +2: the first user of an empty folder. The clock stands still.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a developer's example")]

#[path = "../tests/house/mod.rs"]
mod house;
#[path = "../tests/judged/mod.rs"]
mod judged;

use anlan_base::{SourceKey, parse_time};
use anlan_ledger::VerdictState::{AtRisk, Failing, Met, Unknown};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use house::{House, NOW, Person};
use judged::{Said, said};
use serde_json::json;

const DAYS: u64 = 190;

/// Signs every request in; lets cookies work without TLS.
async fn relax(person: Person, mut request: Request, next: Next) -> Response {
    request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(&person.cookie).unwrap());
    let mut response = next.run(request).await;
    response.headers_mut().remove(header::STRICT_TRANSPORT_SECURITY);
    response
}

async fn serve(router: Router, person: Person, port: u16) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!("http://{}/", listener.local_addr().unwrap());
    axum::serve(listener, router.layer(from_fn(move |request, next| relax(person.clone(), request, next)))).await.unwrap();
}

fn logs(back: u64) -> Said {
    let state = match back {
        0..=18 => Failing,
        19..=130 => Met,
        _ => AtRisk,
    };
    let said = said("D019", state).facts(json!({
        "list_confirmed": true, "listed": 9, "heard": 9, "days_required": 184, "days_complete": if state == Failing { 18 } else { 184 },
        "gaps": u8::from(state == Failing), "unverified": 0,
    }));
    let said = said.looked_back(184).asked("logs", "'log.source.address:10.1.0.2' --since 2026-11-03 --until 2026-11-21", 0);
    let said = said.asked("records", "/records/log-source?view=all", 9).saw("YJ-2026-0003 教学楼汇聚交换机", "/r/YJ-2026-0003");
    match state {
        Failing => said
            .because("log-silent-since", json!({ "name": "教学楼汇聚交换机", "since": "2026-11-03 02:14" }))
            .because("log-unlisted", json!({ "name": "实验楼打印服务器", "source": "10.9.0.7" }))
            .because("log-term", json!({ "length": "6 个月", "days": "184", "term": "网络日志", "basis": "《网络安全法》第二十三条第三项", "also": "机房值守 1 年" })),
        Met => said,
        _ => said.because("log-young", json!({ "name": "出口防火墙", "day": (200 - back).to_string(), "of": "184", "date": "2026-07-14" })),
    }
}

fn of_day(back: u64) -> Vec<Said> {
    let restored = if back % 97 < 11 { AtRisk } else { Met };
    let overdue = match back {
        0..=4 | 60..=71 => Failing,
        5..=9 => AtRisk,
        _ => Met,
    };
    let mut all = vec![
        logs(back),
        said("D025", restored)
            .facts(json!({ "sets": 3, "without_backup": 0, "without_restore_test": 0, "days_since_test": 84 }))
            .because("store-tested", json!({ "day": "2026-08-29" })),
        said("D010", overdue)
            .facts(json!({ "open": 7, "overdue": 2, "unwatched": 1 }))
            .because("reg-hazard-overdue", json!({ "record": "YH-2026-0031", "title": "机房交换机使用默认口令" })),
        said("D001", Met).facts(json!({ "required": 6, "in_force": 6, "review_overdue": 0, "outdated_citations": 0 })),
        said("D003", if back < 40 { AtRisk } else { Met })
            .facts(json!({ "required": 42, "signed": 39, "held_by_leavers": 0 }))
            .because("staff-letter-person", json!({ "person": "李四（演示）" })),
        said("D008", Met).attested("局长（演示）", "2027-01-31", "SM-2026-0001"),
        said("D002", Met).facts(json!({ "required": 1, "filled": 1, "unchecked": 0 })),
    ];
    if back > 30 {
        all.push(said("D020", if back.is_multiple_of(5) { Unknown } else { Met }).facts(json!({ "sources": 9, "percent_complete": 97 })));
    }
    all.push(said("D024", Unknown).because("store-never-verified", json!({})));
    all
}

#[tokio::main]
async fn main() {
    let now = parse_time(NOW).unwrap();
    let full = House::new_at(&now.minus_seconds((DAYS + 1) * 86_400).to_civil().replace(' ', "T")).await;
    full.first_run().await;
    let staff = full.staff().await;
    for (address, name) in [("ip:10.1.0.1", "核心交换机"), ("ip:10.1.0.2", "教学楼汇聚交换机")] {
        let key = SourceKey::new(address).unwrap();
        full.ledger.source(&key).await.unwrap();
        full.ledger.name_source(&anlan_ledger::Actor::System, &key, name).await.unwrap();
    }
    full.judge_days(now.minus_seconds(120), DAYS, of_day).await;
    full.work(&staff, now).await;
    let fresh =
        [("title", "门禁离线"), ("category", "network"), ("level", "general"), ("handling", "at_once"), ("happened", "2026-11-21T14:00")];
    full.open(&staff.teacher, "hazard", &fresh).await;
    let (chief, teacher) = (full.session_of(staff.chief.account).await, full.session_of(staff.teacher.account).await);
    let (empty, nobody) = House::with_person().await;
    let port: u16 = std::env::args().nth(1).map_or(8650, |port| port.parse().unwrap());
    tokio::join!(
        serve(full.router.clone(), chief, port),
        serve(full.router.clone(), teacher, port + 1),
        serve(empty.router.clone(), nobody, port + 2)
    );
}
