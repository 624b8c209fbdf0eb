//! The Logs and Sources pages over a real vault.

mod house;

use anlan_base::{Clock, Seq};
use anlan_web::PAGE_ROWS;
use axum::http::StatusCode;
use house::{House, percent};

const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u{202e}\u{1b}[31m";
const PAGE_BYTES: usize = 100 * 1024;

#[tokio::test]
async fn an_empty_vault_says_how_to_begin() {
    let (house, person) = House::with_person().await;
    for (lang, law) in [("zh-CN", "《网络安全法》"), ("en", "Cybersecurity Law")] {
        let page = house.get_in("/logs", &person, lang).await;
        for part in [
            law,
            "target=&#34;anlan.example&#34; port=&#34;5514&#34;",
            "port=&#34;6514&#34;",
            "port=&#34;20514&#34;",
            "omrelp",
            "logger --tcp",
        ] {
            assert!(page.text().contains(part), "{lang} {part}");
        }
    }
}

#[tokio::test]
async fn lines_are_found_and_their_words_marked() {
    let (house, person) = House::with_person().await;
    house.keep(
        "ip:192.0.2.1",
        &[
            b"<38>Nov 21 14:00:00 srv05 sshd[1]: Failed password for root from 203.0.113.77 port 51022 ssh2",
            b"<38>Nov 21 14:00:00 srv05 cron[2]: nothing",
        ],
    );
    let page = house.get("/logs?q=failed", &person).await;
    assert!(page.text().contains("<mark>Failed</mark> password for root"), "{}", page.text());
    assert!(page.text().contains("srv05"));
    assert!(!page.text().contains("nothing"));
    assert!(page.text().contains("<svg class=\"histogram\""));
    assert!(page.text().contains("/logs?q=failed%20AND%20user.name%3Aroot"), "a value narrows the query");
    let none = house.get("/logs?q=no-such-word", &person).await;
    assert_eq!(none.status, StatusCode::OK);
    assert!(none.text().contains("没有相符的日志"));
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_answered_at_its_column() {
    let (house, person) = House::with_person().await;
    house.keep("ip:192.0.2.1", &[b"x"]);
    let page = house.get(&format!("/logs?q={}", percent("登录 AND (a")), &person).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text().contains("<span>登录 AND (a</span>▲"), "{}", page.text());
    assert!(page.text().contains("第 10 列"));
    for (len, status) in [(511, 200), (512, 200), (513, 400)] {
        assert_eq!(house.get(&format!("/logs?q={}", "a".repeat(len)), &person).await.status.as_u16(), status, "{len}");
    }
    let page = house.get("/logs?range=custom&since=nonsense", &person).await;
    assert!(page.text().contains("nonsense") && page.text().contains("role=\"alert\""));
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let (house, person) = House::with_person().await;
    let evil = EVIL.as_bytes();
    let line = [b"<38>1 2026-11-21T14:00:00+08:00 <b>host</b> <i>app</i> - - - ", evil].concat();
    let json = serde_json::json!({ "message": EVIL, EVIL: EVIL }).to_string();
    let seq = house.keep("token:<script>alert(3)</script>", &[&line, evil, json.as_bytes(), b"{\"a\":\"</textarea>\"}"]);
    house.ledger.source(&anlan_base::SourceKey::new("token:<script>alert(3)</script>").unwrap()).await.unwrap();
    let mut paths = vec![
        "/logs".to_owned(),
        format!("/logs?q={}", percent(EVIL)),
        format!("/logs?q={}", percent(&format!("\"{EVIL}"))),
        "/sources".into(),
    ];
    paths.extend((0..4).map(|i| format!("/logs/{}", Seq(seq.0 + i))));
    for path in paths {
        let page = house.get(&path, &person).await;
        let html = page.text();
        for part in ["<script>", "<img", "<b>host", "<i>app", "onerror=alert(2)>"] {
            assert!(!html.contains(part), "{path} {part}\n{html}");
        }
        // The query itself stands in its box as it was written.
        assert!(path.contains("q=") || !html.contains(['\u{202e}', '\u{1b}']), "{path}\n{html}");
    }
    let named = house.post("/sources/name", &person, &[("key", "token:<script>alert(3)</script>"), ("name", "<img src=x>")]).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER);
    assert!(!house.get("/sources", &person).await.text().contains("<img"));
    assert!(!house.get("/logs", &person).await.text().contains("<img"));
    let live = house.get("/logs/live?q=*&after=1", &person).await;
    assert_eq!(live.headers["content-type"], "application/json");
}

#[tokio::test]
async fn pages_of_lines_follow_each_other_without_a_hole() {
    let (house, person) = House::with_person().await;
    let lines: Vec<String> = (0..PAGE_ROWS * 2 + 1).map(|i| format!("<38>Nov 21 14:00:00 srv app: number n{i}n")).collect();
    let bytes: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
    house.keep("ip:192.0.2.1", &bytes);
    let mut seen = Vec::new();
    let mut path = "/logs?q=number&range=7d".to_owned();
    for rows in [PAGE_ROWS, PAGE_ROWS, 1] {
        let page = house.get(&path, &person).await;
        let numbers: Vec<usize> = page.text().split("</mark> n").skip(1).map(|s| s.split('n').next().unwrap().parse().unwrap()).collect();
        assert_eq!(numbers.len(), rows);
        seen.extend(numbers);
        path = page
            .text()
            .split("<a href=\"")
            .find(|s| s.contains("rel=\"next\"") && s.starts_with("/logs?"))
            .map_or_else(String::new, |s| s.split('"').next().unwrap().replace("&#38;", "&"));
        // A line that comes in between does not move the pages.
        house.keep("ip:192.0.2.1", &[b"<38>Nov 21 14:00:00 srv app: number later"]);
    }
    assert_eq!(seen, (0..PAGE_ROWS * 2 + 1).rev().collect::<Vec<_>>());
    assert_eq!(path, "", "the last page has no next");
}

#[tokio::test]
async fn pages_stay_small() {
    let (house, person) = House::with_person().await;
    let long = format!("<38>Nov 21 14:00:00 srv app: {}", "<&\"'>错误 failed user=root ".repeat(4000));
    let seq = house.keep("ip:192.0.2.1", &vec![long.as_bytes(); PAGE_ROWS]);
    house.keep("ip:192.0.2.2", &[&[0xff; 100_000], &vec![b'<'; 1 << 20]]);
    for i in 0..40 {
        house.keep(&format!("ip:198.51.100.{i}"), &[b"x"]);
    }
    let paths = [
        "/logs".to_owned(),
        format!("/logs?range=term&q=failed%20OR%20{}", "%E9%94%99".repeat(160)),
        format!("/logs/{seq}"),
        "/sources".into(),
    ];
    for path in paths {
        let page = house.get(&path, &person).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.len() <= PAGE_BYTES, "{path} has {} bytes", page.body.len());
    }
}

#[tokio::test]
async fn a_line_shows_its_bytes_and_every_look_is_recorded() {
    let (house, person) = House::with_person().await;
    let seq = house.keep("ip:192.0.2.1", &[b"<38>Nov 21 14:05:31 srv05 sshd[1]: tab\there", &[0xff, 0x00, 0xfe]]);
    let page = house.get(&format!("/logs/{seq}"), &person).await;
    let html = page.text();
    assert!(html.contains("tab<span class=\"ctl\">\\x09</span>here"), "{html}");
    assert!(html.contains("2026-11-21T14:07:31.000000+08:00"), "received");
    assert!(html.contains("早于接收 120.0 秒"), "{html}");
    assert!(html.contains("host.name") && html.contains("SHA-256"));
    let bytes = house.get(&format!("/logs/{}", Seq(seq.0 + 1)), &person).await;
    assert!(bytes.text().contains("00000000  ff 00 fe"), "{}", bytes.text());

    let raw = house.get(&format!("/logs/{}/raw", Seq(seq.0 + 1)), &person).await;
    assert_eq!(raw.body.as_ref(), [0xff, 0x00, 0xfe]);
    assert!(raw.headers["content-disposition"].to_str().unwrap().contains("attachment"));
    let proof = house.get(&format!("/logs/{seq}/proof"), &person).await;
    assert_eq!(proof.text(), format!("proof of {seq}\n"));
    assert_eq!(proof.headers["content-disposition"], format!("attachment; filename=\"{seq}.tlog-proof\""));
    let acts = house.acts().await;
    assert_eq!(acts[acts.len() - 4..], ["line.view", "line.view", "line.download", "line.prove"]);
}

#[tokio::test]
async fn the_live_tail_brings_what_is_new() {
    let (house, person) = House::with_person().await;
    house.keep("ip:192.0.2.1", &[b"old line"]);
    let first = house.get("/logs/live?q=line", &person).await.json();
    assert_eq!(first["rows"].as_array().unwrap().len(), 0);
    house.clock.advance_seconds(1);
    house.keep("ip:192.0.2.1", &[b"new line", b"other"]);
    let next = house.get(&format!("/logs/live?q=line&after={}", first["after"].as_str().unwrap()), &person).await.json();
    assert_eq!(next["rows"].as_array().unwrap().len(), 1);
    assert_eq!(next["rows"][0]["parts"], serde_json::json!([["new ", 0], ["line", 1]]));
    let rest = house.get(&format!("/logs/live?q=line&after={}", next["after"].as_str().unwrap()), &person).await.json();
    assert_eq!(rest["rows"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn sources_are_named_and_their_silence_is_shown() {
    let (house, _) = House::with_person().await;
    house.keep("ip:192.0.2.1", &[b"x"]);
    house.clock.set(house.clock.now().plus_seconds(3 * 86_400));
    house.keep("ip:192.0.2.2", &[b"x"]);
    for key in ["ip:192.0.2.1", "ip:192.0.2.3"] {
        house.ledger.source(&anlan_base::SourceKey::new(key).unwrap()).await.unwrap();
    }
    let person = house.person().await;
    let page = house.get("/sources", &person).await;
    let html = page.text();
    for part in ["state met\">有日志", "state risk\">超过一天没有日志", "state unknown\">未收到", "3 天前", "1 天有日志，2 天没有"]
    {
        assert!(html.contains(part), "{part}\n{html}");
    }
    let answer = house.post("/sources/name", &person, &[("key", "ip:192.0.2.1"), ("name", "教学楼三层交换机")]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sources"));
    assert!(house.get("/sources", &person).await.text().contains("<b>教学楼三层交换机</b>"));
    for (key, name, status) in [("ip:192.0.2.9", "x", 404), ("a b", "x", 400), ("ip:192.0.2.1", "a\u{202e}b", 422)] {
        assert_eq!(house.post("/sources/name", &person, &[("key", key), ("name", name)]).await.status.as_u16(), status, "{key} {name}");
    }
}

#[tokio::test]
async fn tokens_are_made_shown_once_and_revoked() {
    let (house, person) = House::with_person().await;
    let made = house.post("/settings/tokens", &person, &[("name", "web01"), ("scope", "logs:write")]).await;
    let secret = made.text().split("anlan_").nth(1).map(|s| format!("anlan_{}", &s[..43])).unwrap();
    assert_eq!(house.ledger.check_token(&secret).await.unwrap().as_deref(), Some("web01"));
    assert!(!house.get("/settings", &person).await.text().contains(&secret));
    assert_eq!(house.post("/settings/tokens", &person, &[("name", "web01")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.post("/settings/tokens", &person, &[("name", "a b")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.post("/settings/tokens/revoke", &person, &[("name", "web01")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.ledger.check_token(&secret).await.unwrap(), None);
    assert_eq!(house.post("/settings/tokens/revoke", &person, &[("name", "no-such")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sealed_lines_are_shown_like_unsealed_ones() {
    let (house, person) = House::with_person().await;
    let seq =
        house.keep("ip:192.0.2.1", &[b"<38>Nov 21 14:00:00 srv05 sshd[1]: Failed password for root from 203.0.113.77 port 51022 ssh2"]);
    house.vault.seal_all().unwrap();
    house.keep("ip:192.0.2.1", &[b"<38>Nov 21 14:00:01 srv05 sshd[1]: another"]);
    for path in [
        "/logs".to_owned(),
        "/logs?q=failed".into(),
        "/logs?range=term".into(),
        format!("/logs/{seq}"),
        format!("/logs/{seq}/raw"),
        "/sources".into(),
    ] {
        assert_eq!(house.get(&path, &person).await.status, StatusCode::OK, "{path}");
    }
    assert!(house.get("/logs?q=failed", &person).await.text().contains("<mark>Failed</mark>"));
}

#[tokio::test]
async fn the_live_tail_says_when_it_passes_lines_over() {
    let (house, person) = House::with_person().await;
    for (lines, more) in [(99, false), (100, false), (101, true)] {
        let after = house.keep("ip:192.0.2.1", &[b"before"]);
        house.keep("ip:192.0.2.1", &vec![&b"line"[..]; lines]);
        let answer = house.get(&format!("/logs/live?after={after}"), &person).await.json();
        assert_eq!((answer["rows"].as_array().unwrap().len(), answer["more"].as_bool().unwrap()), (lines.min(100), more), "{lines}");
    }
}

#[tokio::test]
async fn sources_stand_on_pages() {
    let (house, person) = House::with_person().await;
    for (sources, pages) in [(24, 1), (25, 1), (26, 2)] {
        for i in 0..sources {
            house.keep(&format!("ip:198.51.100.{i:03}"), &[b"x"]);
        }
        let first = house.get("/sources", &person).await;
        let next = first.text().split("<a href=\"").find(|s| s.contains("rel=\"next\"") && s.starts_with("/sources?after="));
        assert_eq!(next.is_some(), pages == 2, "{sources}");
        if let Some(next) = next {
            let second = house.get(next.split('"').next().unwrap(), &person).await;
            assert_eq!(second.text().matches("<details><summary>").count(), 1);
            assert!(second.text().contains("ip:198.51.100.025"));
        }
    }
}
