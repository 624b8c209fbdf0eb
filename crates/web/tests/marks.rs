//! What a reader is shown beside a record: marks of urging, forms only for those who may use them, sources of one's own units, the printed list in full,
//! how much is to be done.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use anlan_base::SourceKey;
use anlan_ledger::engine::{Command, Urging};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use house::staff::{Staff, Worker};
use house::{House, USER};

async fn office() -> (House, Staff) {
    let house = House::new().await;
    house.first_run().await;
    let staff = house.staff().await;
    (house, staff)
}

const HAZARD: [(&str, &str); 7] = [
    ("title", "机房门未锁"),
    ("happened", "2026-11-20T09:30"),
    ("place", "实验楼三层弱电间"),
    ("category", "room"),
    ("level", "general"),
    ("handling", "at_once"),
    ("what", "门锁损坏"),
];

async fn urge(house: &House, who: &Worker, number: &str, weight: Urging) {
    let command = Command::Urge { text: "请抓紧".into(), weight };
    house.ledger.act_on(&house.ledger.rights_of(who.account), number, None, command).await.unwrap();
}

#[tokio::test]
async fn who_was_urged_is_marked_wherever_the_record_is_listed() {
    let (house, staff) = office().await;
    let units = format!("[\"{}\",\"{}\"]", staff.schools[0], staff.schools[1]);
    let task = house.open(&staff.chief, "task", &[("title", "报送整改情况"), ("text", "请报送")]).await;
    let fields = [("units", units.as_str()), ("wants", "text"), ("due", "2026-12-01"), ("sum_by", "2026-12-10")];
    house.make(&staff.chief, &task, "issue", &fields, None).await;
    let chief = house.session_of(staff.chief.account).await;
    let rights = house.ledger.rights_of(staff.chief.account);
    let children = house.ledger.children(&rights, &task).await.unwrap().unwrap().rows;
    let pages = [format!("/r/{task}"), "/records/task-answer".to_owned()];
    for page in &pages {
        let html = house.get(page, &chief).await.text().to_owned();
        assert!(!html.contains(">已催办</span>") && !html.contains(">督办</span>"), "{page}");
    }
    urge(&house, &staff.chief, &children[0].number, Urging::Remind).await;
    urge(&house, &staff.chief, &children[1].number, Urging::Remind).await;
    urge(&house, &staff.chief, &children[1].number, Urging::Supervise).await;
    for page in &pages {
        let html = house.get(page, &chief).await.text().to_owned();
        for (child, tag) in
            [(&children[0], "<span class=\"tag warn\">已催办</span>"), (&children[1], "<span class=\"tag bad\">督办</span>")]
        {
            let row = html.split("<tr").find(|row| row.contains(&format!(">{}</a>", child.number))).unwrap();
            assert!(row.contains(tag), "{page}: {row}");
        }
    }
    let workers = [staff.principal, staff.teacher, staff.other];
    let urged = children.iter().take(2).find_map(|child| workers.into_iter().find(|worker| Some(worker.id) == child.holder)).unwrap();
    let theirs = house.session_of(urged.account).await;
    let todo = house.get("/todo", &theirs).await.text().to_owned();
    assert!(todo.contains(">已催办</span>") || todo.contains(">督办</span>"), "whoever holds it reads that they were urged");
}

#[tokio::test]
async fn a_form_is_drawn_for_those_who_may_use_it() {
    let (house, staff) = office().await;
    let number = house.open(&staff.teacher, "hazard", &HAZARD).await;
    let (principal, teacher) = (house.session_of(staff.principal.account).await, house.session_of(staff.teacher.account).await);
    let other = house.session_of(staff.other.account).await;
    for (person, path, status) in [
        (&principal, format!("/r/{number}/do/order"), 200),
        (&principal, format!("/r/{number}/act/correct"), 200),
        // Another unit does not see it at all.
        (&other, format!("/r/{number}/do/order"), 404),
        (&other, format!("/r/{number}/act/note"), 404),
        // Nobody strikes off what was not fixed.
        (&principal, format!("/r/{number}/do/strike_off"), 409),
        (&principal, format!("/r/{number}/do/nothing"), 404),
    ] {
        let answer = house.get(&path, person).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
    }
    let rights = house.ledger.rights_of(staff.teacher.account);
    let shown = house.ledger.record(&rights, &number).await.unwrap().unwrap();
    let (mut may, mut not) = (0, 0);
    for a_move in &shown.may {
        let answer = house.get(&format!("/r/{number}/do/{}", a_move.name), &teacher).await;
        match &a_move.refusal {
            None => may += usize::from(answer.status == StatusCode::OK),
            Some(refusal) => {
                let status = if refusal.code == "not-yours" { StatusCode::FORBIDDEN } else { StatusCode::CONFLICT };
                assert_eq!(answer.status, status, "{}", a_move.name);
                assert!(!answer.text().contains(&format!("action=\"/r/{number}/do/{}\"", a_move.name)) || refusal.code != "not-yours");
                not += 1;
            }
        }
    }
    assert_eq!(may + not, shown.may.len());
}

#[tokio::test]
async fn a_form_offers_sources_of_ones_own_units() {
    let (house, staff) = office().await;
    let system = house.ledger.rights_of(USER);
    for (key, unit) in [("ip:10.1.0.1", staff.schools[0]), ("ip:10.2.0.1", staff.schools[1])] {
        let key = SourceKey::new(key).unwrap();
        house.ledger.source(&key).await.unwrap();
        house.ledger.set_source_unit(&system, &key, unit).await.unwrap();
    }
    let forms = [(staff.teacher, [true, false]), (staff.officer, [true, true])];
    for (who, offered) in forms {
        let session = house.session_of(who.account).await;
        let form = house.get("/records/device/new", &session).await;
        assert_eq!(form.status, StatusCode::OK, "{}", who.account);
        for (key, is_offered) in ["ip:10.1.0.1", "ip:10.2.0.1"].into_iter().zip(offered) {
            assert_eq!(form.text().contains(&format!("value=\"{key}\"")), is_offered, "{} {key}", who.account);
        }
    }
}

#[tokio::test]
async fn the_printed_list_is_filled_in_every_column() {
    let (house, staff) = office().await;
    let number = house.open(&staff.teacher, "hazard", &HAZARD).await;
    let owner = staff.teacher.id.to_string();
    house.make(&staff.principal, &number, "order", &[("owner", &owner), ("measure", "更换门锁并登记钥匙")], None).await;
    let session = house.session_of(staff.principal.account).await;
    let html = house.get("/records/hazard/print?form=ledger", &session).await.text().to_owned();
    for told in [number.as_str(), "实验楼三层弱电间", "更换门锁并登记钥匙"] {
        assert!(html.contains(told), "{told}");
    }
}

#[tokio::test]
async fn how_much_is_to_be_done_stands_on_every_page() {
    let (house, staff) = office().await;
    let number = house.open(&staff.teacher, "hazard", &HAZARD).await;
    let holder = house.ledger.record(&house.ledger.rights_of(staff.principal.account), &number).await.unwrap().unwrap().record.holder;
    let worker = [staff.principal, staff.teacher].into_iter().find(|worker| Some(worker.id) == holder).unwrap();
    let principal = house.session_of(worker.account).await;
    let badge = "</span><span class=\"count\">1</span></a>";
    for path in ["/overview", "/todo", "/records", "/records/hazard", "/people", "/library", "/account", "/records/hazard/new"] {
        assert!(house.get(path, &principal).await.text().contains(badge), "{path}");
    }
    // A change that is refused draws a page too.
    let body = format!("--edge\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{}\r\n--edge--\r\n", principal.token);
    let request = Request::post(format!("/r/{number}/do/order"))
        .header(header::HOST, house::HOST)
        .header(header::COOKIE, &principal.cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    let refused = house.ask(request.body(Body::from(body)).unwrap()).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains(badge), "{}", refused.status);
    let keys = house.get("/overview", &principal).await.text().split("<dialog id=\"keys\"").nth(1).unwrap().to_owned();
    for letter in ["o", "t", "d", "r", "h", "i", "q", "p", "u", "v", "b"] {
        assert!(keys.contains(&format!("<kbd>{letter}</kbd>")), "{letter}");
    }
}
