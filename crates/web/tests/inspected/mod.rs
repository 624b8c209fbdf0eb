//! A school whose devices have been sending for a week: listed and confirmed by its head, one listed and never heard, one heard and not listed; beside
//! it a school whose devices are none of the first one's business. A visit is announced.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use anlan_base::{Clock as _, Instant, SourceKey, parse_time};
use anlan_ledger::engine::UnitId;

use crate::house::staff::{Staff, Worker};
use crate::house::{House, NOW, USER};

/// When the house of [`inspected`] must begin: a week and an hour before now, for no line can be older than the vault.
pub const START: &str = "2026-11-14T13:07:31+08:00";
/// Days of lines before today.
pub const WEEK: u64 = 7;
/// Title, category, address.
pub const DEVICES: [(&str, &str, &str); 4] = [
    ("出口防火墙", "firewall_nat", "10.1.0.1"),
    ("教学楼核心交换机", "switch", "10.1.0.2"),
    ("教务系统服务器", "server", "10.1.0.3"),
    ("学校网站", "website", "10.1.0.4"),
];
/// Silent on this day before today.
pub const SILENT: u64 = 3;
/// Heard in the school and not listed.
pub const UNLISTED: &str = "10.1.0.9";
/// Of the other school.
pub const FOREIGN: &str = "10.2.0.1";

pub struct Inspected {
    pub staff: Staff,
    pub records: Vec<String>,
    pub list: String,
    pub visit: String,
}

/// All of it, from the start of the week to now.
pub async fn inspected(house: &House) -> Inspected {
    house.first_run().await;
    let staff = house.staff().await;
    let now = parse_time(NOW).unwrap();
    assert_eq!(house.clock.now(), parse_time(START).unwrap());
    place(house, &staff).await;
    let mut records = Vec::new();
    for (title, category, address) in DEVICES {
        let values = [("title", title), ("category", category), ("address", address), ("interval", "240")];
        records.push(house.open(&staff.teacher, "log-source", &values).await);
    }
    house.open(&staff.other, "log-source", &[("title", "二中防火墙"), ("category", "firewall_nat"), ("address", FOREIGN)]).await;
    let list = confirmed(house, &staff, staff.schools[0], &staff.principal).await;
    confirmed(house, &staff, staff.schools[1], &staff.other).await;
    lines(house, now);
    house.clock.set(now);
    let visit = visit(house, &staff.teacher).await;
    Inspected { staff, records, list, visit }
}

/// Each source belongs to its school.
async fn place(house: &House, staff: &Staff) {
    let system = house.ledger.rights_of(USER);
    let own = DEVICES.iter().map(|(_, _, address)| (*address, staff.schools[0])).chain([(UNLISTED, staff.schools[0])]);
    for (address, unit) in own.chain([(FOREIGN, staff.schools[1])]) {
        let key = SourceKey::new(&format!("ip:{address}")).unwrap();
        house.ledger.source(&key).await.unwrap();
        house.ledger.set_source_unit(&system, &key, unit).await.unwrap();
    }
}

/// The bureau's officer submits, the school's head confirms.
async fn confirmed(house: &House, staff: &Staff, unit: UnitId, head: &Worker) -> String {
    let scope = [("scope", "校园网全部出口和服务器")];
    let officer = Worker { unit, ..staff.officer };
    let number = house.open(&officer, "log-list", &[("title", "2026年应接日志源清单"), scope[0]]).await;
    house.make(&officer, &number, "submit", &scope, None).await;
    house.make(head, &number, "confirm", &[], None).await;
    number
}

/// A line every two hours of each device but the last, which never sends; the second is silent for a day.
fn lines(house: &House, now: Instant) {
    for step in (0..WEEK * 12).rev() {
        let back = step * 7_200 + 120;
        house.clock.set(now.minus_seconds(back));
        for (at, address) in [DEVICES[0].2, DEVICES[1].2, DEVICES[2].2, UNLISTED, FOREIGN].into_iter().enumerate() {
            if at == 1 && back / 86_400 == SILENT {
                continue;
            }
            let line = format!("<189>1 {} dev{at} app - - - 第 {step} 条：用户 netadmin 登录成功", house.clock.now().to_rfc3339());
            house.keep(&format!("ip:{address}"), &[line.as_bytes()]);
        }
    }
}

async fn visit(house: &House, who: &Worker) -> String {
    let values = [("title", "公安网安年度检查"), ("authority", "清源县公安局网安大队（演示）"), ("sort", "yearly")];
    house.open(who, "visit", &values).await
}
