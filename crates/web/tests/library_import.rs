//! Texts of the law that people bring in: read, shown with their damage, kept on their word, and then shown in their version.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;
mod law_texts;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use house::{Answer, HOST, House, Person};
use law_texts::{DAMAGED, whole};

const LIMIT: usize = anlan_ledger::LAW_TEXT_BYTES;

/// A part of a multipart form: name, file name, content.
type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

fn multipart(path: &str, person: &Person, parts: &[Part<'_>], site: &str) -> Request<Body> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend_from_slice(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    Request::post(path)
        .header(header::HOST, HOST)
        .header(header::COOKIE, &person.cookie)
        .header("sec-fetch-site", site)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap()
}

/// The form as a browser sends it: the token first, then both fields, one of them empty.
async fn bring(house: &House, person: &Person, name: &str, file: &[u8], text: &str) -> Answer {
    let parts: [Part<'_>; 3] = [("token", None, person.token.as_bytes()), ("file", Some(name), file), ("text", None, text.as_bytes())];
    house.ask(multipart("/library/import", person, &parts, "same-origin")).await
}

/// Brings a file and returns the address of what was read.
async fn read(house: &House, person: &Person, name: &str, content: &str) -> String {
    let answer = bring(house, person, name, content.as_bytes(), "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location().to_owned()
}

#[tokio::test]
async fn a_damaged_page_is_read_kept_and_shown() {
    let (house, person) = House::with_person().await;
    let review = read(&house, &person, "网页.txt", DAMAGED).await;
    assert!(house.ledger.law_texts().await.unwrap().is_empty(), "reading keeps nothing");
    for lang in ["zh-CN", "en"] {
        let answer = house.get_in(&review, &person, lang).await;
        let html = answer.text();
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!html.contains('‹') && !html.contains(" style="), "{lang}");
        assert!(!html.contains("<script>alert") && html.contains("script&#62;alert(1)"), "what stands in the page is text");
        assert!(html.contains("网页.txt") && html.contains("网络安全法"));
    }
    let html = house.get(&review, &person).await.text().to_owned();
    assert!(html.contains("漏项") && html.contains("第二十一条第三项"), "the lost item is named");
    assert!(html.contains("网络日志不少于六个月"), "with the words that were expected");
    assert!(html.contains("标题粘连") && html.contains("文字中断"));
    for number in ["1", "2", "3"] {
        assert!(html.contains(&format!("id=\"f{number}\"")) && html.contains(&format!("href=\"#f{number}\"")), "{number}");
    }
    assert!(html.contains("value=\"csl@2016\""), "the version was recognised");
    assert!(html.contains("不是该版本的完整文本"), "and what keeping it would do is said before");

    let answer = house.post(&format!("{review}/keep"), &person, &[("version", "csl@2016")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let kept = house.ledger.law_texts().await.unwrap();
    assert_eq!((kept.len(), kept[0].version.as_deref(), kept[0].name.as_str()), (1, Some("csl@2016"), "网页.txt"));
    assert_eq!(answer.location(), format!("/library/texts/{}", kept[0].entry));
    let html = house.get(answer.location(), &person).await.text().to_owned();
    assert!(html.contains(&kept[0].digest) && html.contains(house::USER) && html.contains("2026-11-21 14:07:31"));
    assert!(html.contains("漏项") && html.contains("未采用"));
    let index = house.get("/library", &person).await.text().to_owned();
    assert!(index.contains("网页.txt") && index.contains(&kept[0].digest));
    assert!(!house.get("/library/csl@2016", &person).await.text().contains("导入了官方文本"), "a damaged page is not laid over the law");
    let again = house.post(&format!("{review}/keep"), &person, &[("version", "csl@2016")]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "kept once");
}

#[tokio::test]
async fn an_official_text_is_shown_in_its_version() {
    let (house, person) = House::with_person().await;
    assert!(house.get("/library/csl@2025", &person).await.text().contains("不是法律原文"));
    let text = whole("csl@2025").replace('\n', "\r\n");
    let answer = bring(&house, &person, "", b"", &text).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let review = answer.location().to_owned();
    let html = house.get(&review, &person).await.text().to_owned();
    assert!(html.contains("value=\"csl@2025\"") && html.contains("与该版本条、项一一相符：19 条"), "{html}");
    let answer = house.post(&format!("{review}/keep"), &person, &[("version", "csl@2025")]).await;
    let kept = &house.ledger.law_texts().await.unwrap()[0];
    assert_eq!(answer.location(), format!("/library/texts/{}", kept.entry));
    let html = house.get("/library/csl@2025", &person).await.text().to_owned();
    assert!(html.contains("2026-11-21 导入了官方文本") && html.contains(&kept.digest), "with its day and digest");
    assert!(html.contains("示例文字，代替第六十一条第1款的官方文本") && !html.contains("不是法律原文"));
    assert!(house.get("/library", &person).await.text().contains("导入 19"));
    let compared = house.get("/library/compare", &person).await.text().to_owned();
    assert!(!compared.contains("不能逐字对照"), "now the words can be compared");
    // A later text of the same version takes its place.
    let later = whole("csl@2025").replace("示例文字，代替第六十一条", "后一份文字，代替第六十一条");
    house.ledger.import_law_text(&anlan_ledger::Actor::System, Some("csl@2025"), "later.txt", &later).await.unwrap();
    let html = house.get("/library/csl@2025", &person).await.text().to_owned();
    assert!(html.contains("后一份文字，代替第六十一条"), "also one that came in at the shell");
    let index = house.get("/library", &person).await.text().to_owned();
    assert!(index.contains("已被替代") && index.contains("正在显示"));
}

#[tokio::test]
async fn a_text_has_a_limit() {
    let (house, person) = House::with_person().await;
    for (bytes, status) in [(LIMIT - 1, 303), (LIMIT, 303), (LIMIT + 1, 413), (3 * LIMIT, 413), (9 * LIMIT, 413)] {
        let content = "x".repeat(bytes);
        let answer = bring(&house, &person, "a.txt", content.as_bytes(), "").await;
        assert_eq!(answer.status.as_u16(), status, "file of {bytes}");
        let answer = bring(&house, &person, "", b"", &content).await;
        assert_eq!(answer.status.as_u16(), status, "text of {bytes}");
        assert_eq!(answer.text().contains("没有读取"), status == 413);
    }
    // Half a million characters of two bytes each are too large as UTF-8.
    let gb18030 = [0xb7_u8, 0xa8].repeat(LIMIT / 2);
    assert_eq!(bring(&house, &person, "a.txt", &gb18030, "").await.status.as_u16(), 413);
    for (file, text, status) in
        [(&b""[..], "", 422), (&b"a"[..], "b", 422), (&b"\xff\xd8\xff\xe0\x00\x10JFIF"[..], "", 422), (&b"a\0b"[..], "", 422)]
    {
        assert_eq!(bring(&house, &person, "a.txt", file, text).await.status.as_u16(), status, "{file:?} {text}");
    }
}

#[tokio::test]
async fn a_long_text_is_shown_in_parts() {
    let (house, person) = House::with_person().await;
    let hostile = "第一条 <b>&\u{202e}\n".repeat(20_000);
    let review = read(&house, &person, "long.txt", &hostile).await;
    let first = house.get(&review, &person).await;
    assert!(first.text().len() < 150 * 1024, "{}", first.text().len());
    assert!(first.text().contains("?part=2") && first.text().contains("原文未完"));
    assert!(!first.text().contains("<b>&") && first.text().contains("\\u{202e}"));
    for part in ["2", "999999", "0", "x"] {
        let answer = house.get(&format!("{review}?part={part}"), &person).await;
        assert_eq!(answer.status, StatusCode::OK, "{part}");
        assert!(answer.text().len() < 150 * 1024);
    }
}

#[tokio::test]
async fn other_people_s_forms_are_refused() {
    let (house, person) = House::with_person().await;
    let token = person.token.clone();
    let file: Part<'_> = ("file", Some("a.txt"), b"text");
    let good: Part<'_> = ("token", None, token.as_bytes());
    let wrong: Part<'_> = ("token", None, b"0000000000000000000000000000000000000000000000000000000000000000");
    for (parts, site) in [
        (vec![good, file], "cross-site"),
        (vec![good, file], "same-site"),
        (vec![wrong, file], "same-origin"),
        (vec![file], "same-origin"),
        (vec![file, good], "same-origin"),
    ] {
        let answer = house.ask(multipart("/library/import", &person, &parts, site)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{parts:?} {site}");
    }
    let answer = house.ask(multipart("/library/import", &Person::default(), &[good, file], "same-origin")).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/login"));
    let plain = house.post("/library/import", &person, &[("text", "x")]).await;
    assert_eq!(plain.status, StatusCode::FORBIDDEN, "a form of another kind carries no token that counts");

    let review = read(&house, &person, "a.txt", DAMAGED).await;
    assert_eq!(house.get(&review, &Person::default()).await.status, StatusCode::SEE_OTHER, "no session, no text");
    for site in ["cross-site", "none"] {
        let answer = house.ask(house::form(&format!("{review}/keep"), &person, &[], Some(site))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{site}");
    }
    for version in ["csl@1999", "nonsense"] {
        let answer = house.post(&format!("{review}/keep"), &person, &[("version", version)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{version}");
    }
    assert!(house.ledger.law_texts().await.unwrap().is_empty());
}

#[tokio::test]
async fn no_more_texts_are_kept_than_the_ledger_holds() {
    let (house, person) = House::with_person().await;
    for n in 0..anlan_ledger::LAW_TEXTS {
        house.ledger.import_law_text(&anlan_ledger::Actor::System, None, "a.txt", &format!("text {n}")).await.unwrap();
    }
    let review = read(&house, &person, "b.txt", "one more").await;
    let answer = house.post(&format!("{review}/keep"), &person, &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("达到上限"));
    assert_eq!(house.get("/library", &person).await.status, StatusCode::OK);
}
