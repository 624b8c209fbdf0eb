//! 监督检查配合 and the list of what must log: what is told, to whom; what is shown and handed over leaves its note and its entry, and the digests are
//! those of the bytes.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod caller;
mod house;
mod inspected;

use anlan_base::{Clock as _, Day, SourceKey};
use anlan_web::EXPORT_LINES;
use axum::http::StatusCode;
use house::{Answer, House, Person};
use inspected::{DEVICES, FOREIGN, Inspected, UNLISTED, inspected};
use sha2::{Digest, Sha256};

async fn school() -> (House, Inspected, Person) {
    let house = House::new_at(inspected::START).await;
    let school = inspected(&house).await;
    let teacher = house.session_of(school.staff.teacher.account).await;
    (house, school, teacher)
}

fn yesterday(house: &House) -> String {
    Day(Day::of(house.clock.now()).0 - 1).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Notes of a record, oldest first.
async fn notes(house: &House, school: &Inspected) -> Vec<String> {
    let rights = house.ledger.rights_of(school.staff.teacher.account);
    let history = house.ledger.history(&rights, &school.visit).await.unwrap().unwrap();
    history.into_iter().filter(|row| row.act == "record.note").filter_map(|row| row.text).collect()
}

/// The newest entry of an act, as its fields.
async fn entry(house: &House, act: &str) -> Option<Vec<(String, String)>> {
    let entries = house.ledger.entries(1, 1000).await.unwrap();
    let newest = entries.iter().rev().find(|entry| entry.text("act") == Some(act))?;
    Some(newest.fields.iter().map(|field| (field.name.clone(), String::from_utf8(field.value.clone().unwrap()).unwrap())).collect())
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[tokio::test]
async fn the_list_tells_each_device_against_its_term() {
    let (house, school, teacher) = school().await;
    let page = house.get("/sources", &teacher).await;
    assert_eq!(page.status, StatusCode::OK);
    let html = page.text();
    for (title, _, address) in DEVICES {
        assert!(html.contains(title) && html.contains(address), "{title}");
    }
    for told in ["从未收到", "留存中", "静默", "第 7 天", "《中华人民共和国网络安全法》第二十三条第三项"] {
        assert!(html.contains(told), "{told}\n{html}");
    }
    assert!(html.contains("清单已经单位负责人确认") && html.contains(&format!("/r/{}", school.records[0])));
    assert!(!html.contains("二中防火墙") && !html.contains(FOREIGN), "another school's device");
    assert!(html.contains(UNLISTED), "heard and not listed");
    let form = format!("/records/log-source/new?unit={}&amp;f.address={UNLISTED}", school.staff.teacher.unit);
    assert!(html.contains(&form) || html.contains(&form.replace("&amp;", "&#38;")), "{form}\n{html}");
    assert!(!html.contains("/r/QR-2026-0002"), "the record of the other school's confirmation");
    let english = house.get_in("/sources", &teacher, "en").await;
    assert!(english.text().contains("Never heard") || english.text().contains("从未收到"));
}

#[tokio::test]
async fn a_source_goes_onto_the_list_by_its_button() {
    let (house, school, teacher) = school().await;
    let form = house.get(&format!("/records/log-source/new?f.address={UNLISTED}"), &teacher).await;
    assert!(form.text().contains(&format!("value=\"{UNLISTED}\"")), "{}", form.text());
    let values = [("title", "汇聚交换机"), ("category", "switch"), ("address", UNLISTED)];
    house.open(&school.staff.teacher, "log-source", &values).await;
    let page = house.get("/sources", &teacher).await;
    assert!(page.text().contains("汇聚交换机") && page.text().contains("尚未经单位负责人确认"), "a change unconfirms");
    assert!(page.text().contains(&format!("/r/{}", school.list)), "the confirmation that is there is sent again, no second one opened");
}

#[tokio::test]
async fn listing_an_address_of_another_unit_opens_nobodys_logs() {
    let (house, school, teacher) = school().await;
    house.open(&school.staff.teacher, "log-source", &[("title", "冒名"), ("category", "switch"), ("address", FOREIGN)]).await;
    let page = house.get("/sources", &teacher).await;
    let row = page.text().split("冒名").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("第 0 天") && !row.contains("/logs?"), "{row}");
    let told = house.get("/api/v1/coverage", &teacher).await.json();
    let device = told["devices"].as_array().unwrap().iter().find(|device| device["name"] == "冒名").unwrap();
    assert_eq!((device["standing"].as_str(), device["first"].is_null()), (Some("never"), true));
}

#[tokio::test]
async fn coverage_by_the_api_is_scoped() {
    let (house, school, teacher) = school().await;
    let told = house.get("/api/v1/coverage", &teacher).await.json();
    let names: Vec<&str> = told["devices"].as_array().unwrap().iter().filter_map(|device| device["name"].as_str()).collect();
    assert_eq!((names.len(), told["confirmed"].as_bool()), (DEVICES.len(), Some(true)));
    assert!(!names.contains(&"二中防火墙"));
    let other = house.session_of(school.staff.other.account).await;
    let theirs = house.get("/api/v1/coverage", &other).await.json();
    assert_eq!(theirs["devices"].as_array().unwrap().len(), 1);
    let nobody = house.get("/api/v1/coverage", &Person::default()).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let growing = &told["devices"].as_array().unwrap().iter().find(|device| device["name"] == DEVICES[0].0).unwrap();
    let days: u64 = growing["cells"].as_array().unwrap().iter().map(|run| run["days"].as_u64().unwrap()).sum();
    assert_eq!(days, growing["days_required"].as_u64().unwrap() + 1);
}

#[tokio::test]
async fn the_screen_answers_each_point_and_says_what_it_is() {
    let (house, school, teacher) = school().await;
    let page = house.get(&format!("/inspection?visit={}", school.visit), &teacher).await;
    let html = page.text();
    assert_eq!(page.status, StatusCode::OK, "{html}");
    for told in
        ["日志留存不少于六个月", "网络安全等级保护义务", "技术支持和协助", "本结论为自查，不替代检查或测评", "仅自证", "可能", "从未收到"]
    {
        assert!(html.contains(told), "{told}\n{html}");
    }
    assert_eq!(html.matches("class=\"point\"").count(), 11);
    assert!(html.contains("第 ") && html.contains(&school.visit));
    assert!(!html.contains("二中防火墙") && !html.contains(FOREIGN));
    let inspector = house.session_of(school.staff.other.account).await;
    let theirs = house.get(&format!("/inspection?visit={}", school.visit), &inspector).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND, "another school's visit");
    for wrong in ["JC-2026-9999", "x", "%00", "YH-2026-0001"] {
        assert_eq!(house.get(&format!("/inspection?visit={wrong}"), &teacher).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn what_is_handed_over_has_the_digests_that_were_told() {
    let (house, school, teacher) = school().await;
    let day = yesterday(&house);
    let path = format!("/inspection/day?source=10.1.0.1&day={day}&visit={}", school.visit);
    let page = house.get(&path, &teacher).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let before = notes(&house, &school).await.len();
    let fields = [("source", "10.1.0.1"), ("day", day.as_str()), ("form", "log"), ("visit", &school.visit), ("to", "")];
    let file = house.post("/inspection/export", &teacher, &fields).await;
    assert_eq!(file.status, StatusCode::OK);
    let sha256 = hex(&Sha256::digest(&file.body));
    let sm3 = anlan_assure::digests::digests(&file.body).sm3;
    assert!(page.text().contains(&sha256) && page.text().contains(&sm3), "the page tells the digests of the bytes");
    assert_eq!(file.body.iter().filter(|byte| **byte == b'\n').count(), 12, "a line every two hours");
    assert_eq!(file.headers["content-disposition"], format!("attachment; filename=\"10.1.0.1_{day}.log\""));
    let entry = entry(&house, "log.export").await.unwrap();
    assert_eq!((value(&entry, "sha256"), value(&entry, "sm3")), (sha256.as_str(), sm3.as_str()));
    assert_eq!(
        (value(&entry, "source"), value(&entry, "day"), value(&entry, "visit")),
        ("ip:10.1.0.1", day.as_str(), school.visit.as_str())
    );
    assert!(value(&entry, "to").contains("公安局"), "the visit's authority where nobody was named");
    let notes = notes(&house, &school).await;
    assert_eq!(notes.len(), before + 1);
    assert!(notes[before].contains(&sha256) && notes[before].contains(&sm3) && notes[before].contains("公安局"), "{notes:?}");
}

/// Members of a ZIP without compression, by its local headers.
fn members(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let number = |at: usize, bytes: usize| zip[at..at + bytes].iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let (mut out, mut at) = (Vec::new(), 0);
    while zip[at..].starts_with(b"PK\x03\x04") {
        let (size, name, extra) = (number(at + 18, 4), number(at + 26, 2), number(at + 28, 2));
        let start = at + 30 + name + extra;
        out.push((String::from_utf8(zip[at + 30..at + 30 + name].to_vec()).unwrap(), zip[start..start + size].to_vec()));
        at = start + size;
    }
    out
}

#[tokio::test]
async fn a_zip_holds_the_lines_their_digests_and_how_to_check_them() {
    let (house, _, teacher) = school().await;
    let day = yesterday(&house);
    let asked = |form: &'static str| [("source", "10.1.0.1"), ("day", day.as_str()), ("form", form), ("to", "网安大队")];
    let zip = house.post("/inspection/export", &teacher, &asked("zip")).await;
    let log = house.post("/inspection/export", &teacher, &asked("log")).await;
    let sums = house.post("/inspection/export", &teacher, &asked("sums")).await;
    let members = members(&zip.body);
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [format!("10.1.0.1_{day}.log").as_str(), "校验值.txt", "说明.txt"]);
    assert_eq!(members[0].1, log.body);
    assert_eq!(members[1].1, sums.body);
    let digests = anlan_assure::digests::digests(&log.body);
    assert_eq!(sums.text(), format!("anlan-sums/1\n{} {} {} 10.1.0.1_{day}.log\n", digests.sha256, digests.sm3, log.body.len()));
    let about = String::from_utf8(members[2].1.clone()).unwrap();
    assert!(about.contains("本结论为自查，不替代检查或测评") && about.contains("网安大队"), "{about}");
}

#[tokio::test]
async fn a_day_that_goes_on_is_handed_over_as_far_as_it_was_told() {
    let (house, _, teacher) = school().await;
    let today = Day::of(house.clock.now()).to_string();
    let path = format!("/inspection/day?source=10.1.0.1&day={today}");
    let page = house.get(&path, &teacher).await;
    let last = page.text().split("name=\"last\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    house.clock.advance_seconds(1);
    house.keep("ip:10.1.0.1", &[b"<189>1 later"]);
    let fields = [("source", "10.1.0.1"), ("day", today.as_str()), ("form", "log"), ("last", last.as_str())];
    let file = house.post("/inspection/export", &teacher, &fields).await;
    assert!(page.text().contains(&hex(&Sha256::digest(&file.body))));
    assert!(!file.text().contains("later"));
}

#[tokio::test]
async fn another_units_device_is_as_if_it_were_not_there() {
    let (house, school, teacher) = school().await;
    let (day, entries) = (yesterday(&house), house.acts().await.len());
    let audit = house.session_of(school.staff.audit.account).await;
    assert_eq!(house.get(&format!("/inspection/day?source={FOREIGN}&day={day}"), &audit).await.status, StatusCode::OK);
    for source in [FOREIGN, "ip:10.2.0.1", "10.77.0.1", "token:nobody"] {
        let page = house.get(&format!("/inspection/day?source={source}&day={day}"), &teacher).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{source}");
        for form in ["log", "zip", "sums"] {
            let fields = [("source", source), ("day", day.as_str()), ("form", form), ("visit", &school.visit)];
            assert_eq!(house.post("/inspection/export", &teacher, &fields).await.status, StatusCode::NOT_FOUND, "{source} {form}");
        }
        let fields = [("visit", school.visit.as_str()), ("what", "lines"), ("source", source), ("day", &day)];
        assert_eq!(house.post("/inspection/show", &teacher, &fields).await.status, StatusCode::NOT_FOUND, "{source}");
    }
    assert_eq!(house.acts().await.iter().skip(entries).filter(|act| *act == "log.export" || *act == "record.note").count(), 0);
}

#[tokio::test]
async fn forged_parameters_change_nothing() {
    let (house, school, teacher) = school().await;
    let (day, entries) = (yesterday(&house), house.acts().await.len());
    let good = [("source", "10.1.0.1"), ("day", day.as_str()), ("form", "log"), ("visit", school.visit.as_str()), ("to", ""), ("last", "")];
    let long = "局".repeat(101);
    for (name, wrong, status) in [
        ("source", "", 400),
        ("source", "a b", 400),
        ("day", "", 400),
        ("day", "2026-13-01", 400),
        ("day", "2026-11-20T00:00", 400),
        ("form", "", 400),
        ("form", "exe", 400),
        ("visit", "JC-2026-9999", 404),
        ("visit", "' OR 1=1", 404),
        ("to", long.as_str(), 400),
        ("to", "a\u{202e}b", 400),
        ("last", "-1", 400),
        ("last", "x", 400),
    ] {
        let fields: Vec<(&str, &str)> = good.iter().map(|(known, value)| (*known, if *known == name { wrong } else { value })).collect();
        let answer = house.post("/inspection/export", &teacher, &fields).await;
        assert_eq!(answer.status.as_u16(), status, "{name}={wrong:?}");
    }
    for query in ["?source=10.1.0.1&day=x", "?source=&day=2026-11-20", "", "?source=10.1.0.1&day=2026-11-20&visit=x"] {
        assert!(house.get(&format!("/inspection/day{query}"), &teacher).await.status.is_client_error(), "{query}");
    }
    let show = [("visit", school.visit.as_str()), ("what", "lines"), ("source", "10.1.0.1"), ("day", day.as_str()), ("q", "")];
    for (name, wrong, status) in [("what", "all", 400), ("visit", "", 400), ("q", "a\u{202e}b", 400), ("day", "0", 400)] {
        let fields: Vec<(&str, &str)> = show.iter().map(|(known, value)| (*known, if *known == name { wrong } else { value })).collect();
        assert_eq!(house.post("/inspection/show", &teacher, &fields).await.status.as_u16(), status, "{name}={wrong:?}");
    }
    let fields = [("visit", school.visit.as_str()), ("what", "point"), ("point", "mps-176-7-99")];
    assert_eq!(house.post("/inspection/show", &teacher, &fields).await.status, StatusCode::NOT_FOUND);
    for (len, status) in [(511, 303), (512, 303), (513, 400)] {
        let query = "a".repeat(len);
        let fields: Vec<(&str, &str)> =
            show.iter().map(|(known, value)| (*known, if *known == "q" { query.as_str() } else { value })).collect();
        assert_eq!(house.post("/inspection/show", &teacher, &fields).await.status.as_u16(), status, "{len}");
    }
    let kept = house.acts().await.into_iter().skip(entries).filter(|act| act == "log.export").count();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn what_is_shown_is_noted_in_the_visit() {
    let (house, school, teacher) = school().await;
    let day = yesterday(&house);
    let fields = [("visit", school.visit.as_str()), ("what", "lines"), ("source", "10.1.0.1"), ("day", day.as_str()), ("q", "netadmin")];
    let shown = house.post("/inspection/show", &teacher, &fields).await;
    assert_eq!(shown.status, StatusCode::SEE_OTHER);
    let lines = house.get(shown.location(), &teacher).await;
    assert!(lines.text().contains("netadmin"), "{}", shown.location());
    let point = [("visit", school.visit.as_str()), ("what", "point"), ("point", "mps-176-7-3")];
    let answer = house.post("/inspection/show", &teacher, &point).await;
    assert!(answer.location().starts_with(&format!("/inspection?visit={}", school.visit)), "{}", answer.location());
    let notes = notes(&house, &school).await;
    assert_eq!(notes.len(), 2);
    assert!(notes[0].contains("10.1.0.1") && notes[0].contains(&day) && notes[0].contains("netadmin"), "{notes:?}");
    assert!(notes[1].contains("日志留存不少于六个月"), "{notes:?}");
    let audit = house.session_of(school.staff.audit.account).await;
    let refused = house.post("/inspection/show", &audit, &point).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "who has no hand in the record notes nothing in it");
    assert!(refused.text().contains(&school.visit));
}

#[tokio::test]
async fn too_many_lines_are_refused_whole() {
    let (house, _, teacher) = school().await;
    let today = Day::of(house.clock.now()).to_string();
    let fields = [("source", "10.1.0.3"), ("day", today.as_str()), ("form", "sums")];
    let ask = async || house.post("/inspection/export", &teacher, &fields).await.status.as_u16();
    let have = house.vault.sources().unwrap().into_iter().find(|source| source.source.as_str() == "ip:10.1.0.3").unwrap();
    let have = have.days.iter().find(|(day, _)| day.to_string() == today).map_or(0, |(_, lines)| *lines);
    let mut missing = EXPORT_LINES - 1 - have;
    while missing > 0 {
        let lines: Vec<&[u8]> = vec![b"x"; missing.min(4_000) as usize];
        missing -= lines.len() as u64;
        house.keep("ip:10.1.0.3", &lines);
    }
    for status in [200, 200, 422] {
        assert_eq!(ask().await, status);
        house.keep("ip:10.1.0.3", &[b"x"]);
    }
}

fn refresh(answer: &Answer) -> Option<&str> {
    answer.headers.get("refresh").map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_page_of_connecting_waits_and_turns_green() {
    let (house, _, teacher) = school().await;
    let page = house.get("/sources/connect", &teacher).await;
    for told in ["5514", "20514", "info-center loghost", "logging host", "logging server", "im_msvistalog", "anlan.example"] {
        assert!(page.text().contains(told), "{told}");
    }
    assert_eq!(refresh(&page), None);
    let system = house.session_of(house::USER).await;
    let waits = house.get("/sources/connect?address=10.9.9.9", &system).await;
    assert_eq!(refresh(&waits), Some("5; url=/sources/connect?address=10.9.9.9&looks=1"));
    for (looks, again) in [(119, true), (120, false), (121, false)] {
        let page = house.get(&format!("/sources/connect?address=10.9.9.9&looks={looks}"), &system).await;
        assert_eq!(refresh(&page).is_some(), again, "{looks}");
    }
    house.keep("ip:10.9.9.9", &[b"<14>first"]);
    house.ledger.source(&SourceKey::new("ip:10.9.9.9").unwrap()).await.unwrap();
    let came = house.get("/sources/connect?address=10.9.9.9", &system).await;
    assert!(came.text().contains("已收到") && refresh(&came).is_none());
    assert!(!house.get("/sources/connect?address=10.9.9.9", &teacher).await.text().contains("已收到"), "it belongs to the top unit as yet");
    assert!(!house.get(&format!("/sources/connect?address={FOREIGN}"), &teacher).await.text().contains("已收到"));
    for wrong in ["x", "10.1.0.1/24", "<script>", "1e3"] {
        let page = house.get(&format!("/sources/connect?address={}", house::percent(wrong)), &teacher).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(!page.text().contains("<script>") && refresh(&page).is_none());
    }
}

#[tokio::test]
async fn a_test_line_goes_the_whole_way_and_is_no_device() {
    let (house, school, teacher) = school().await;
    let officer = house.session_of(school.staff.officer.account).await;
    let unlisted =
        |page: &str| page.split(r#"<span class="state unknown"><b class="num">"#).nth(1).unwrap().split('<').next().unwrap().to_owned();
    let before = unlisted(house.get("/sources", &officer).await.text());
    let sent = house.post("/sources/connect/try", &teacher, &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let seq = sent.location().split("sent=").nth(1).unwrap().to_owned();
    let line = house.vault.line(seq.parse().unwrap()).unwrap().unwrap();
    assert!(String::from_utf8(line.raw.to_vec()).unwrap().contains("测试日志"));
    assert_eq!(line.source.as_str(), "console");
    let entry = entry(&house, "source.try").await.unwrap();
    assert_eq!((value(&entry, "seq"), value(&entry, "actor")), (seq.as_str(), "user:laoshi"));
    let page = house.get("/sources", &officer).await;
    assert!(page.text().contains("控制台（测试日志）"), "{}", page.text());
    // It is shown, and counts neither as a device nor as one that is missing from the list.
    assert_eq!(unlisted(page.text()), before, "{}", page.text());
    let coverage = anlan_assure::assess::coverage::coverage(&house.assessor.site()).await.unwrap();
    assert!(coverage.unlisted.iter().all(|one| one.source != "console"));
    let audit = house.session_of(school.staff.audit.account).await;
    assert_eq!(house.post("/sources/connect/try", &audit, &[]).await.status, StatusCode::FORBIDDEN);
}
