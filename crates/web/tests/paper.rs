//! Paper: each form has the fields that spec/forms.md lists, in its order and words; each page says what it is; nothing is made up; letters are letters.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod caller;
mod house;
mod inspected;
mod judged;

use anlan_ledger::VerdictState::{AtRisk, Failing, Met};
use axum::http::{StatusCode, header};
use house::{House, Person};
use inspected::{DEVICES, Inspected, inspected};
use judged::said;
use serde_json::json;

const SPEC: &str = include_str!("../../../spec/forms.md");
const COMPUTED: [&str; 4] = ["log-register", "self-check", "rectification-plan", "extraction-list"];

async fn school() -> (House, Inspected, Person) {
    let house = House::new_at(inspected::START).await;
    let school = inspected(&house).await;
    house
        .judge(&[
            said("D019", Failing).because("no-words-for-it", json!({ "name": "教学楼交换机" })).saw("LY-2026-0002", ""),
            said("D001", AtRisk),
            said("D004", Met).attested("一中校长（演示）", "2027-01-01", "SM-2026-0001"),
        ])
        .await;
    let officer = house.session_of(school.staff.officer.account).await;
    (house, school, officer)
}

/// The labels of a form, zh and en, in the order of the spec.
fn fields(form: &str) -> Vec<[String; 2]> {
    let section = SPEC.split(&format!("## `{form}`")).nth(1).unwrap_or_else(|| panic!("{form} is not in the spec"));
    let section = section.split("\n## ").next().unwrap();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = section.lines().filter(|line| line.starts_with("| `")).map(cells);
    rows.map(|cells| [cells[2].clone(), cells[3].clone()]).collect()
}

/// Each label follows the one before.
fn in_order(html: &str, form: &str, lang: usize) {
    let mut rest = html;
    for field in fields(form) {
        let label = format!(">{}</th>", field[lang]);
        let at = rest.find(&label).unwrap_or_else(|| panic!("{form}: {label} does not follow in\n{rest}"));
        rest = &rest[at + label.len()..];
    }
}

/// What stands on each sheet.
fn is_honest(html: &str, id: &str, signs: usize) {
    let foot = html.split("class=\"foot\"").nth(1).unwrap();
    for told in [id, "检查点 ", " · 根 ", "仅自证", "本结论为自查，不替代检查或测评"] {
        assert!(foot.contains(told), "{told} is not in\n{foot}");
    }
    assert_eq!(html.matches("class=\"sign\"").count(), signs, "{id}");
    assert_eq!(html.matches("class=\"seal\"").count(), 1, "{id}");
    assert!(!html.contains('‹') && !html.contains(" style=") && !html.contains("<script"), "{id}");
}

// FORMS-1 FORMS-2 FORMS-3 FORMS-4
#[tokio::test]
async fn computed_forms_have_the_fields_of_the_spec() {
    let (house, school, officer) = school().await;
    for form in COMPUTED {
        let path = if form == "extraction-list" { format!("/paper/{form}?visit={}", school.visit) } else { format!("/paper/{form}") };
        let page = house.get(&path, &officer).await;
        assert_eq!(page.status, StatusCode::OK, "{form}");
        in_order(page.text(), form, 0);
        is_honest(page.text(), &format!("表单 {form}"), 3);
        assert!(page.text().contains("2026年11月21日"), "{form} is dated");
        let english = house.get_in(&path, &officer, "en").await;
        in_order(english.text(), form, 1);
        assert!(english.text().contains("2026-11-21") && !english.text().contains('‹'), "{form}");
    }
    // A form is read without the console beside it: law and place, and no page of where a rule was found.
    let check = house.get("/paper/self-check", &officer).await;
    assert!(check.text().contains("《中华人民共和国网络安全法》第") && !check.text().contains("来源页"), "{}", check.text());
    assert_eq!(house.get("/paper/none", &officer).await.status, StatusCode::NOT_FOUND);
}

// FORMS-1 FORMS-2 FORMS-3 FORMS-4
#[tokio::test]
async fn printed_forms_have_the_fields_of_the_spec() {
    let (house, school, _) = school().await;
    let teacher = &school.staff.teacher;
    let order = [
        ("title", "日志留存不足六个月"),
        ("form", "order"),
        ("authority", "清源县公安局网安大队（演示）"),
        ("order_no", "清公网改字〔2026〕3号"),
        ("happened", "2026-11-20T09:00"),
        ("deadline", "2026-12-20"),
        ("ordered", "接入全部设备日志"),
    ];
    let order = house.open(teacher, "rectification", &order).await;
    let letter = house.open(teacher, "letter", &[("title", "2026年网络安全责任书"), ("kind", "department")]).await;
    let month = house.open(teacher, "duty-report", &[("month", "2026-10")]).await;
    let session = house.session_of(teacher.account).await;
    let forms = [
        ("hazard/ledger", "/records/hazard/print?form=ledger".to_owned(), "表单 hazard/ledger".to_owned()),
        ("rectification/report", format!("/r/{order}/print/report"), format!("记录 {order}")),
        ("letter/letter", format!("/r/{letter}/print/letter"), format!("记录 {letter}")),
        ("duty-report/report", format!("/r/{month}/print/report"), format!("记录 {month}")),
    ];
    for (form, path, id) in forms {
        let page = house.get(&path, &session).await;
        assert_eq!(page.status, StatusCode::OK, "{form}");
        in_order(page.text(), form, 0);
        let foot = page.text().split("class=\"foot\"").nth(1).unwrap();
        for told in [id.as_str(), "检查点 ", " · 根 ", "仅自证", "本结论为自查，不替代检查或测评"] {
            assert!(foot.contains(told), "{form}: {told}\n{foot}");
        }
        in_order(house.get_in(&path, &session, "en").await.text(), form, 1);
    }
    // Rows of two pairs are as wide as those of three.
    let report = house.get(&format!("/r/{month}/print/report"), &session).await;
    assert!(report.text().contains("colspan=\"3\"") && report.text().contains("colspan=\"5\""), "{}", report.text());
    let index = house.get("/paper", &session).await;
    for told in ["隐患整改台账", "整改报告", "责任书", "网络安全值班及事件月报", order.as_str(), letter.as_str(), month.as_str()]
    {
        assert!(index.text().contains(told), "{told}");
    }
}

/// The cells of the row that holds some words.
fn row<'h>(html: &'h str, words: &str) -> Vec<&'h str> {
    let at = html.find(words).unwrap_or_else(|| panic!("{words} is not told"));
    let from = html[..at].rfind("<tr>").unwrap();
    let to = html[at..].find("</tr>").unwrap() + at;
    html[from..to].split("<td").skip(1).map(|cell| cell.split_once('>').unwrap().1.split("</td>").next().unwrap()).collect()
}

// FORMS-5 FORMS-7
#[tokio::test]
async fn unknown_stays_unknown_and_nobody_is_named_who_is_not_known() {
    let (house, school, officer) = school().await;
    let hazard = [
        ("title", "机房交换机使用默认口令"),
        ("category", "network"),
        ("level", "larger"),
        ("handling", "planned"),
        ("happened", "2026-11-20T09:00"),
    ];
    let hazard = house.open(&school.staff.teacher, "hazard", &hazard).await;
    let page = house.get("/paper/self-check", &officer).await;
    let failing = row(page.text(), "\nD019");
    assert!(failing[3].contains("● 有差距") && failing[5].contains("教学楼交换机") && failing[4].contains("LY-2026-0002"), "{failing:?}");
    assert!(!failing[6].is_empty(), "the measure is the pack's");
    assert_eq!((failing[7], failing[8]), ("", ""), "who and when are blanks");
    let attested = row(page.text(), "\nD004");
    assert!(attested[3].contains("○ 自查符合") && attested[4].contains("SM-2026-0001"), "{attested:?}");
    let unknown = row(page.text(), "\nD002");
    assert!(unknown[3].contains("无法确认"), "{unknown:?}");
    assert!(page.text().contains("尚不能测量，计入无法确认"));
    let open = row(page.text(), &hazard);
    assert!(open[2].contains("机房交换机使用默认口令") && open[5].is_empty(), "{open:?}");
    let plan = house.get("/paper/rectification-plan", &officer).await;
    assert!(plan.text().contains("教学楼交换机") && plan.text().contains(&hazard) && plan.text().contains(DEVICES[3].0));
    assert!(!plan.text().contains("● 自查符合") && !plan.text().contains("○ 自查符合"), "what is met is no plan");
    assert!(plan.text().contains("contenteditable=\"true\""));
}

// FORMS-6
#[tokio::test]
async fn another_units_devices_and_records_are_not_told() {
    let (house, school, officer) = school().await;
    let teacher = house.session_of(school.staff.teacher.account).await;
    let register = house.get("/paper/log-register", &teacher).await;
    assert!(register.text().contains(DEVICES[0].0) && !register.text().contains("二中防火墙"));
    assert!(house.get("/paper/log-register", &officer).await.text().contains("二中防火墙"));
    let check = house.get("/paper/self-check", &teacher).await;
    assert!(!check.text().contains("教学楼交换机"), "names are for those who see the whole operator");
    let chosen = |source: &str| format!("/paper/extraction-list?source=ip%3A{source}&since=2026-11-20&until=2026-11-20");
    assert_eq!(house.get(&chosen(inspected::FOREIGN), &teacher).await.status, StatusCode::NOT_FOUND);
    let own = house.get(&chosen(DEVICES[0].2), &teacher).await;
    let cells = row(own.text(), "10.1.0.1_2026-11-20.log");
    assert_eq!((cells[4], cells[6].len(), cells[7].len()), ("12", 64, 64), "{cells:?}");
    let other = house.session_of(school.staff.other.account).await;
    assert_eq!(house.get(&format!("/paper/extraction-list?visit={}", school.visit), &other).await.status, StatusCode::NOT_FOUND);
    for (until, status) in [("2026-11-20", StatusCode::OK), ("2026-11-21", StatusCode::OK), ("2026-11-22", StatusCode::BAD_REQUEST)] {
        let path = format!("/paper/extraction-list?source=ip%3A{}&since=2026-10-22&until={until}", DEVICES[0].2);
        assert_eq!(house.get(&path, &teacher).await.status, status, "31 device-days, {until}");
    }
}

#[tokio::test]
async fn letters_are_downloaded_by_those_who_see_the_record() {
    let (house, school, officer) = school().await;
    let values = [
        ("title", "关于开展网络安全自查的通知"),
        ("sort", "notice"),
        ("doc_no", "清教发〔2026〕18号"),
        ("addressee", "主送：各学校\n抄送：县公安局"),
        ("text", "一、要求\n各校请于本月内完成自查。"),
    ];
    let number = house.open(&school.staff.officer, "document", &values).await;
    let letter = house.get(&format!("/r/{number}/letter.docx"), &officer).await;
    assert_eq!(letter.status, StatusCode::OK);
    assert!(letter.headers[header::CONTENT_TYPE].to_str().unwrap().ends_with("wordprocessingml.document"));
    // Members are stored, so that the words stand in the file as they are.
    let text = String::from_utf8_lossy(&letter.body).into_owned();
    for told in ["关于开展网络安全自查的通知", "清教发〔2026〕18号", "各学校：", "抄送：县公安局。", "一、要求", "清源县教育局（演示）文件"]
    {
        assert!(text.contains(told), "{told}");
    }
    let other = house.session_of(school.staff.other.account).await;
    assert_eq!(house.get(&format!("/r/{number}/letter.docx"), &other).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&format!("/r/{}/letter.docx", school.visit), &officer).await.status, StatusCode::NOT_FOUND, "no letter");
    let report = house.get("/paper/report.docx", &officer).await;
    let text = String::from_utf8_lossy(&report.body).into_owned();
    for told in [
        "网络安全自查报告",
        "一、自查结论",
        "有差距1项",
        "教学楼交换机",
        "签发人：",
        "本结论为自查，不替代检查或测评",
        "仅自证",
        "（主送机关）",
    ] {
        assert!(text.contains(told), "{told}");
    }
    let index = house.get("/paper", &officer).await;
    assert!(index.text().contains(&format!("/r/{number}/letter.docx")) && index.text().contains("/paper/report.docx"));
}

#[test]
fn the_stylesheet_of_paper_is_small() {
    assert!(include_str!("../assets/paper.css").len() <= 20 * 1024);
}
