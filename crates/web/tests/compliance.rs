//! The pages of Compliance over HTTP: duties by kind of operator, one duty, fines, clocks, and the check of a document's citations.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use std::io::Write;

use anlan_base::text::{Lang, text};
use anlan_law::clock::Term;
use anlan_law::condition::Condition;
use anlan_law::duty::{By, Due, Duty, Occasion, Shown};
use anlan_law::pack::Lawbook;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use house::{Answer, HOST, House, Person};

const PAGES: [&str; 7] = [
    "/compliance",
    "/compliance?kind=school&q=%E6%97%A5%E5%BF%97",
    "/compliance/duties/D019",
    "/compliance/fines",
    "/compliance/check",
    "/compliance/clocks",
    "/compliance/clocks?clock=deletion-request&start=2026-09-25T23:59&day=2026-11-21",
];

fn book() -> Lawbook {
    Lawbook::shipped(&["cn", "campus", "enterprise", "government", "grid"]).unwrap()
}

/// A multipart form with the token first, as our page sends it.
fn upload(person: &Person, parts: &[(&str, Option<&str>, &[u8])]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, file, content) in [("token", None, person.token.as_bytes())].iter().chain(parts) {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\""));
        write!(body, "--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").unwrap();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let request = Request::post("/compliance/check").header(header::HOST, HOST).header(header::COOKIE, &person.cookie);
    let request = request.header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    request.body(Body::from(body)).unwrap()
}

async fn check(house: &House, person: &Person, letter: &str) -> Answer {
    house.ask(upload(person, &[("text", None, letter.as_bytes())])).await
}

#[tokio::test]
async fn every_page_needs_a_session_and_speaks_both_languages() {
    let (house, person) = House::with_person().await;
    for path in PAGES {
        let stranger = house.get(path, &Person::default()).await;
        assert_eq!(stranger.status, StatusCode::SEE_OTHER, "{path}");
        assert!(stranger.location().starts_with("/login?next=%2Fcompliance"), "{path} {}", stranger.location());
        for (lang, word) in [("zh-CN", "合规"), ("en", "Compliance")] {
            let page = house.get_in(path, &person, lang).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let html = page.text();
            assert!(html.contains(word), "{path} {lang}");
            assert!(!html.contains('‹'), "{path} {lang} has a text without words");
            assert!(!html.contains(" style=") && !html.contains("<style") && html.matches("<script").count() == 1, "{path}");
            assert!(html.len() < 100 * 1024, "{path} {lang} {} bytes", html.len());
        }
    }
}

#[tokio::test]
async fn wrong_ids_are_not_found() {
    let (house, person) = House::with_person().await;
    for path in
        ["/compliance?kind=nobody", "/compliance/duties/D999", "/compliance/duties/d019", "/compliance/clocks?clock=none", "/compliance/x"]
    {
        assert_eq!(house.get(path, &person).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn nothing_is_measured_and_the_page_says_so() {
    let (house, person) = House::with_person().await;
    let page = house.get("/compliance", &person).await;
    let html = page.text();
    let total = book().duties.len();
    assert!(html.contains(&format!("<b class=\"num\">{total}</b>项义务")), "all duties are counted");
    for (class, count) in [("met", 0), ("risk", 0), ("fail", 0), ("unknown", total)] {
        assert!(html.contains(&format!("<span class=\"state {class}\"><b class=\"num\">{count}</b>")), "{class} {count}");
    }
    assert!(html.contains("未知不等于符合"));
    assert!(!html.contains("<td><span class=\"state met\">"), "no row is a pass");
}

#[tokio::test]
async fn the_list_follows_the_kind_of_operator() {
    let (house, person) = House::with_person().await;
    let book = book();
    assert!(book.operators.len() >= 5);
    for kind in &book.operators {
        let html = house.get(&format!("/compliance?kind={}", kind.id), &person).await.text().to_owned();
        let applies = |duty: &Duty| kind.actors.contains(&duty.actor) && kind.packs.contains(&duty.pack);
        for duty in &book.duties {
            let is_listed = html.contains(&format!("href=\"/compliance/duties/{}\"", duty.id));
            assert_eq!(is_listed, applies(duty), "{} {}", kind.id, duty.id);
        }
        let count = book.duties.iter().filter(|duty| applies(duty)).count();
        assert!(html.contains(&format!("<b class=\"num\">{count}</b>项义务")), "{}", kind.id);
    }
}

#[tokio::test]
async fn duties_are_filtered_by_word_article_and_id() {
    let (house, person) = House::with_person().await;
    for (query, listed, absent) in [
        ("%E6%97%A5%E5%BF%97", "D019", "D008"),
        ("logs", "D019", "D008"),
        ("23", "D019", "D009"),
        ("21", "D019", "D009"),
        ("d019", "D019", "D018"),
        ("23(3)", "D019", "D001"),
        ("%E7%AC%AC%E4%BA%8C%E5%8D%81%E4%B8%89%E6%9D%A1%E7%AC%AC%E4%B8%89%E9%A1%B9", "D019", "D001"),
    ] {
        let html = house.get(&format!("/compliance?q={query}"), &person).await.text().to_owned();
        assert!(html.contains(&format!("/compliance/duties/{listed}\"")), "{query}");
        assert!(!html.contains(&format!("/compliance/duties/{absent}\"")), "{query}");
    }
    let html = house.get("/compliance?q=%3Cb%3Enothing", &person).await.text().to_owned();
    assert!(html.contains("没有相符的义务") && !html.contains("<b>nothing"), "what was asked is escaped");
    for (len, shown) in [(63, 63), (64, 64), (65, 64)] {
        let html = house.get(&format!("/compliance?q={}", "z".repeat(len)), &person).await.text().to_owned();
        assert!(html.contains(&format!("value=\"{}\"", "z".repeat(shown))), "{len}");
    }
}

#[tokio::test]
async fn a_duty_shows_its_citations_conditions_fines_and_stricter_terms() {
    let (house, person) = House::with_person().await;
    let html = house.get("/compliance/duties/D019", &person).await.text().to_owned();
    for part in [
        "网络日志留存不少于六个月",
        "本产品的概括，不是法律条文",
        "href=\"/library/csl@2025#a23.3\"",
        "href=\"/library/csl@2016#a21.3\"",
        "第二十三条第三项",
        "第二十一条第三项",
        "没有日志缺口",
        "facts.gaps == 0",
        "第五十九条第一款",
        "第六十一条第一款",
        "1 万–10 万元",
        "5 万–50 万元",
        "SYS-069",
        "不少于 1 年",
        "从严",
        "尚无事实",
        "公安部令第82号",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let unsure = house.get_in("/compliance/duties/D036", &person, "en").await.text().to_owned();
    assert!(unsure.contains("likely") && unsure.contains("The 30 days and the amounts come from secondary sources."));
    let attested = house.get("/compliance/duties/D008", &person).await.text().to_owned();
    assert!(attested.contains("由具名的人声明") && attested.contains("尚无声明"));
}

#[tokio::test]
async fn every_duty_and_every_clock_opens() {
    let (house, person) = House::with_person().await;
    let book = book();
    for duty in &book.duties {
        for lang in ["zh-CN", "en"] {
            let page = house.get_in(&format!("/compliance/duties/{}", duty.id), &person, lang).await;
            assert_eq!(page.status, StatusCode::OK, "{}", duty.id);
            assert!(!page.text().contains('‹'), "{} {lang}", duty.id);
        }
    }
    for clock in book.clocks.iter() {
        let page = house.get(&format!("/compliance/clocks?clock={}&start=2026-09-30T23:59", clock.id), &person).await;
        assert_eq!(page.status, StatusCode::OK, "{}", clock.id);
        assert!(page.text().contains("class=\"card slim clock\""), "{}", clock.id);
    }
}

/// Addresses into the reading view that a page holds.
fn citations(html: &str) -> impl Iterator<Item = (&str, &str)> {
    html.split("href=\"/library/").skip(1).filter_map(|rest| rest.split('"').next()?.split_once('#'))
}

#[tokio::test]
async fn citations_lead_to_their_places() {
    let (house, person) = House::with_person().await;
    let mut texts = std::collections::BTreeMap::new();
    let ids: Vec<String> = book().duties.into_iter().map(|duty| format!("/compliance/duties/{}", duty.id)).collect();
    let mut seen = 0;
    for path in ids.iter().map(String::as_str).chain(["/compliance", "/compliance/fines"]) {
        let page = house.get(path, &person).await;
        for (version, anchor) in citations(page.text()) {
            if !texts.contains_key(version) {
                texts.insert(version.to_owned(), house.get(&format!("/library/{version}"), &person).await.text().to_owned());
            }
            assert!(texts[version].contains(&format!("id=\"{anchor}\"")), "{path} {version} {anchor}");
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen}");
}

#[tokio::test]
async fn fines_stand_side_by_side() {
    let (house, person) = House::with_person().await;
    let html = house.get("/compliance/fines", &person).await.text().to_owned();
    let book = book();
    for penalty in &book.penalties {
        assert_eq!(html.matches(&format!("id=\"{}\"", penalty.id)).count(), 1, "{}", penalty.id);
    }
    assert!(html.contains("200 万–1\u{202f}000 万元") && html.contains("有加重") && html.contains("新增"));
    let english = house.get_in("/compliance/fines", &person, "en").await.text().to_owned();
    assert!(english.contains("2\u{202f}000\u{202f}000–10\u{202f}000\u{202f}000 yuan"));
}

#[tokio::test]
async fn clocks_are_computed_with_their_reasons() {
    let (house, person) = House::with_person().await;
    let path = "/compliance/clocks?clock=deletion-request&start=2026-09-25T10:00";
    let html = house.get(path, &person).await.text().to_owned();
    for part in ["2026-10-22 24:00", "周四", "放假 5 天", "调休上班 1 天", "已过", "到期", "可能"] {
        assert!(html.contains(part), "{part}");
    }
    let table = house.get("/compliance/clocks?clock=grid-handling&start=2026-11-20T23:59", &person).await.text().to_owned();
    for part in ["2026-11-23 24:00", "2026-11-25 24:00", "2026-11-27 24:00", "社区自办"] {
        assert!(table.contains(part), "{part}");
    }
    let ordered = "/compliance/clocks?clock=authority-order&start=2026-11-20T10:00";
    assert!(house.get(ordered, &person).await.text().contains("没有到期时间"));
    assert!(house.get(&format!("{ordered}&until=2026-11-30T18:00"), &person).await.text().contains("2026-11-30 18:00"));
    let open = house.get("/compliance/clocks?clock=complaint&start=2026-11-20T10:00", &person).await.text().to_owned();
    assert!(open.contains("没有到期时间"), "no number is invented");
}

#[tokio::test]
async fn times_that_cannot_be_read_are_told() {
    let (house, person) = House::with_person().await;
    for query in ["clock=complaint&start=yesterday", "clock=complaint&start=2026-13-01T10:00", "clock=complaint&until=x", "day=2026-02-30"]
    {
        let page = house.get(&format!("/compliance/clocks?{query}"), &person).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(page.text().contains("role=\"alert\""), "{query}");
    }
}

#[tokio::test]
async fn retention_is_counted_per_day() {
    let (house, person) = House::with_person().await;
    for (day, days, through) in
        [("2026-11-21", "181 日", "2027-05-21"), ("2026-08-28", "184 日", "2027-02-28"), ("2026-09-01", "181 日", "2027-03-01")]
    {
        let html = house.get(&format!("/compliance/clocks?day={day}"), &person).await.text().to_owned();
        assert!(html.contains(days) && html.contains(through), "{day}");
    }
}

#[tokio::test]
async fn a_letter_with_old_numbers_is_told_today_s() {
    let (house, person) = House::with_person().await;
    let letter = "责任书\n一、落实《网络安全法》（2016年）第二十一条第三项，<b>留存日志。\n二、执行《网络安全法》第二百条。";
    for answer in [
        check(&house, &person, letter).await,
        house.ask(upload(&person, &[("file", Some("letter.txt"), letter.as_bytes()), ("text", None, b"")])).await,
        house.ask(upload(&person, &[("file", Some("letter.docx"), &word_file(letter)), ("text", None, b"")])).await,
    ] {
        assert_eq!(answer.status, StatusCode::OK);
        let html = answer.text();
        for part in [
            "href=\"/library/csl@2025#a23.3\"",
            "第二十三条第三项",
            "已变号",
            "不存在",
            "<mark class=\"risk\" id=\"m1\">",
            "&#60;b&#62;留存日志",
        ] {
            assert!(html.contains(part), "{part}");
        }
        assert!(html.contains("第 2 行第 5 字") || html.contains("第 2 段第 5 字"));
    }
    let acts = house.acts().await;
    assert!(!acts.iter().any(|act| act.contains("letter")), "nothing is recorded of it: {acts:?}");
}

#[tokio::test]
async fn a_letter_without_faults_says_so() {
    let (house, person) = House::with_person().await;
    let good = check(&house, &person, "依据《网络安全法》（2025年修正）第二十三条第三项，留存日志。").await;
    assert!(good.text().contains("没有需要更正的"));
    let none = check(&house, &person, "今日无事。").await;
    assert!(none.text().contains("没有引用收录在库的法律"));
}

#[tokio::test]
async fn what_cannot_be_checked_is_told() {
    let (house, person) = House::with_person().await;
    for (parts, status) in [
        (vec![], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("file", Some("a.pdf"), &b"%PDF-1.7"[..])], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("file", Some("a.docx"), &b"PK\x03\x04nothing"[..])], StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("text", None, &b"x"[..]), ("written", None, &b"soon"[..])], StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = house.ask(upload(&person, &parts)).await;
        assert_eq!(answer.status, status, "{parts:?}");
        assert!(answer.text().contains("role=\"alert\""), "{parts:?}");
    }
    let stranger = Person { token: "0".repeat(64), ..person.clone() };
    assert_eq!(check(&house, &stranger, "x").await.status, StatusCode::FORBIDDEN);
    let nobody = check(&house, &Person { cookie: String::new(), ..person }, "x").await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_list_of_findings_has_a_limit() {
    let (house, person) = House::with_person().await;
    for (count, rows) in [(499, 499), (500, 500), (501, 500)] {
        let letter = "《网络安全法》（2016年）第二十一条。\n".repeat(count);
        let html = check(&house, &person, &letter).await.text().to_owned();
        assert_eq!(html.matches("<tr id=\"r").count(), rows, "{count}");
        assert_eq!(html.contains("只列出前 500 处"), count > rows, "{count}");
    }
}

/// A Word file with a paragraph for each line.
fn word_file(text: &str) -> Vec<u8> {
    let paragraphs: String = text.lines().map(|line| format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", line.replace('<', "&lt;"))).collect();
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{paragraphs}</w:body></w:document>"
    );
    stored_zip("word/document.xml", document.as_bytes())
}

/// An archive of one file, not compressed.
fn stored_zip(name: &str, content: &[u8]) -> Vec<u8> {
    let sum = crc32(content);
    let size = u32::try_from(content.len()).unwrap();
    let length = u16::try_from(name.len()).unwrap();
    let mut shared = Vec::new();
    for half in [20_u16, 0, 0, 0, 0] {
        shared.extend(half.to_le_bytes());
    }
    for word in [sum, size, size] {
        shared.extend(word.to_le_bytes());
    }
    shared.extend(length.to_le_bytes());
    shared.extend([0, 0]);
    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend(&shared);
    zip.extend(name.as_bytes());
    zip.extend(content);
    let at = u32::try_from(zip.len()).unwrap();
    zip.extend(b"PK\x01\x02\x14\x00");
    zip.extend(&shared);
    zip.extend([0; 14]);
    zip.extend(name.as_bytes());
    let central = u32::try_from(zip.len()).unwrap() - at;
    zip.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    zip.extend(central.to_le_bytes());
    zip.extend(at.to_le_bytes());
    zip.extend([0, 0]);
    zip
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

/// Every name that the packs in the box use has words in both languages.
#[test]
fn names_of_packs_have_words() {
    let book = book();
    let mut wanted = Vec::new();
    for duty in &book.duties {
        if let Shown::Probe { probe, of, met, at_risk } = &duty.shown {
            wanted.push(("duty-probe".to_owned(), probe.name().to_owned()));
            wanted.extend(of.iter().map(|one| ("duty-of".to_owned(), one.clone())));
            let facts = |condition: &Condition| condition.names().map(str::to_owned).collect::<Vec<_>>();
            let names = facts(met).into_iter().chain(at_risk.as_ref().map(facts).unwrap_or_default());
            wanted.extend(names.map(|fact| (format!("duty-fact-{}", probe.name()), fact)));
        }
        match &duty.occasion {
            Occasion::Event(event) => wanted.push(("duty-when".to_owned(), event.clone())),
            Occasion::Deadline(deadline) => {
                wanted.push(("duty-when".to_owned(), deadline.from.clone()));
                assert!(!matches!(&deadline.due, Due::Within(spans) if spans.is_empty()));
                assert!(!matches!(deadline.due, Due::By(By::Immediate)) || !deadline.from.is_empty());
            }
            _ => {}
        }
    }
    for clock in book.clocks.iter() {
        wanted.extend(clock.start.iter().map(|fact| ("duty-when".to_owned(), fact.clone())));
        wanted.extend(clock.applies.iter().flat_map(Condition::names).map(|fact| ("duty-fact-clock".to_owned(), fact.to_owned())));
        if let Term::Table { rows, .. } = &clock.term {
            wanted.extend(rows.keys().map(|row| ("duty-value".to_owned(), row.clone())));
        }
    }
    for (family, name) in wanted {
        let key = format!("{family}-{name}").replace(['.', '_'], "-");
        for lang in [Lang::Zh, Lang::En] {
            assert!(!text(lang, &key, &[]).starts_with('‹'), "{key} has no words");
        }
    }
}
