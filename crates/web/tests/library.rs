//! The library: what is read, compared and searched, in both languages.

mod house;
mod law_texts;

use axum::http::StatusCode;
use house::{Answer, House, Person};

async fn page(house: &House, person: &Person, path: &str) -> String {
    let answer = house.get(path, person).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.text().to_owned()
}

/// The part of a page from one article's beginning to its end.
fn article(html: &str, number: u32) -> &str {
    let from = html.find(&format!("<article id=\"a{number}\"")).unwrap_or_else(|| panic!("no article {number}"));
    let rest = &html[from..];
    rest.split("</article>").next().unwrap_or_default()
}

fn ids(html: &str) -> Vec<&str> {
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn every_page_needs_a_session_and_is_dressed() {
    let (house, person) = House::with_person().await;
    for path in [
        "/library",
        "/library/csl@2016",
        "/library/csl@2025",
        "/library/csl@draft2",
        "/library/compare",
        "/library/compare?from=csl@draft2&to=csl@2016",
        "/library/search?q=%E6%97%A5%E5%BF%97",
        "/library/search",
        "/library/import",
        "/library/import?version=csl@2025",
    ] {
        let answer = house.get(path, &Person::default()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/login?next=%2Flibrary"), "{path}");
        for lang in ["zh-CN", "en"] {
            let answer = house.get_in(path, &person, lang).await;
            let html = answer.text();
            assert_eq!(answer.status, StatusCode::OK, "{path} {lang}");
            assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{path} {lang}");
            assert!(!html.contains('‹'), "{path} {lang} has a text without words");
            assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick"), "{path} {lang}");
            assert!(html.len() < 100 * 1024, "{path} {lang} takes {} bytes", html.len());
            let mut seen = ids(html);
            let count = seen.len();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), count, "{path} {lang} has an id twice");
        }
    }
    for path in ["/library/csl@1999", "/library/nonsense", "/library/compare?from=csl@1999", "/library/texts/1", "/library/texts/x"] {
        let answer = house.get(path, &person).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_index_says_what_holds_and_how_the_words_are_known() {
    let (house, person) = House::with_person().await;
    let html = page(&house, &person, "/library").await;
    for words in [
        "中华人民共和国网络安全法",
        "csl@2025",
        "csl@2016",
        "csl@draft2",
        "施行中",
        "已失效",
        "从未施行",
        "互校 68",
        "补足 11",
        "缺项 8",
        "还没有导入过文本",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(html.contains("官方文本未收录"));
    assert!(html.contains("校园网管理") && html.contains("campus 2026"), "the packs of the box");
    assert!(
        html.contains("href=\"/library/import\"")
            && html.contains("href=\"/library/compare\"")
            && html.contains("action=\"/library/search\"")
    );
}

#[tokio::test]
async fn a_version_is_read_with_anchors_and_its_numbers_elsewhere() {
    let (house, person) = House::with_person().await;
    let html = page(&house, &person, "/library/csl@2016").await;
    for anchor in ["a1", "a21", "a21.1", "a21.3", "a53p2", "a79", "p21"] {
        assert_eq!(ids(&html).iter().filter(|id| **id == anchor).count(), 1, "{anchor}");
    }
    let html21 = article(&html, 21);
    assert!(html21.contains("（三）采取监测、记录网络运行状态、网络安全事件的技术措施，并按照规定留存相关的网络日志不少于六个月；"));
    assert!(html21.contains("href=\"csl@2025?article=23#a23\"") && html21.contains("href=\"csl@draft2?article=20#a20\""));
    assert!(html21.contains("href=\"/compliance/duties/D"), "the duties that cite it stand beside it");
    assert!(html21.contains("href=\"/compliance/fines#csl-2016-59-1\""), "and the fines");
    assert!(html21.contains("可能") || html21.contains("待核实"), "what is not certain says so");
    assert!(article(&html, 70).contains("补足"), "completed articles say so");
    let english = house.get_in("/library/csl@2016", &person, "en").await;
    let html21 = article(english.text(), 21);
    assert!(
        html21.contains("lang=zh-CN") && html21.contains("网络日志不少于六个月") && html21.contains("Art. 21"),
        "the law is never translated"
    );
}

#[tokio::test]
async fn a_change_of_version_keeps_the_article() {
    let (house, person) = House::with_person().await;
    let html = page(&house, &person, "/library/csl@2016?article=21").await;
    let switch = &html[html.find("id=\"versions\"").unwrap()..];
    assert!(switch.contains("href=\"/library/csl@2025?article=23#a23\""));
    assert!(switch.contains("href=\"/library/csl@draft2?article=20#a20\""));
    assert!(html.contains("<article id=\"a21\" aria-current=\"true\">"));
    // A new article has nothing to keep to.
    let html = page(&house, &person, "/library/csl@2025?article=3").await;
    assert!(html.contains("href=\"/library/csl@2016\""));
}

#[tokio::test]
async fn a_day_chooses_the_version_in_force() {
    let (house, person) = House::with_person().await;
    for (asked, to) in [
        ("/library/csl", "/library/csl@2025"),
        ("/library/csl?on=2024-05-01", "/library/csl@2016?on=2024-05-01"),
        ("/library/csl@2025?on=2024-05-01&article=23", "/library/csl@2016?on=2024-05-01&article=21#a21"),
        ("/library/csl@draft2?on=2026-01-01&article=20", "/library/csl@2025?on=2026-01-01&article=23#a23"),
        ("/library/csl@2025?on=2025-12-31", "/library/csl@2016?on=2025-12-31"),
        ("/library/csl@2016?on=2017-06-01", ""),
        ("/library/csl@2016?on=2017-05-31", ""),
    ] {
        let answer = house.get(asked, &person).await;
        let status = if to.is_empty() { StatusCode::OK } else { StatusCode::SEE_OTHER };
        assert_eq!((answer.status, answer.location()), (status, to), "{asked}");
    }
    let html = page(&house, &person, "/library/csl@2016?on=2024-05-01").await;
    assert!(html.contains("2024-05-01 当日施行的是2016年文本（2017-06-01 至 2025-12-31）。"));
    let html = page(&house, &person, "/library/csl@2025?on=2026-05-01").await;
    assert!(html.contains("末条仍写2017年6月1日"), "the last article is no proof of validity");
    assert!(article(&html, 81).contains("2017年6月1日"));
    let html = page(&house, &person, "/library/csl@2016?on=2010-01-01").await;
    assert!(html.contains("2010-01-01 当日没有任何版本施行"));
    let html = page(&house, &person, "/library/csl@2016?on=soon%3Cb%3E").await;
    assert!(html.contains("role=\"alert\"") && !html.contains("<b>soon") && !html.contains("soon<b>"));
}

#[tokio::test]
async fn what_the_source_lost_is_a_gap_and_the_other_copies_speak() {
    let (house, person) = House::with_person().await;
    let html = page(&house, &person, "/library/csl@draft2").await;
    let lost = article(&html, 20);
    let from = lost.find("id=\"a20.3\"").unwrap();
    let gap = &lost[from..from + lost[from..].find("</div>").unwrap()];
    assert!(gap.contains("来源缺失") && gap.contains("说明第三点"), "{gap}");
    assert!(gap.contains("href=\"/library/csl@2016?article=21#a21.3\"") && gap.contains("网络日志不少于六个月"), "{gap}");
    assert_eq!(html.matches("class=\"item lost\"").count(), 8);
}

#[tokio::test]
async fn a_changed_article_without_official_text_says_so() {
    let (house, person) = House::with_person().await;
    let html = page(&house, &person, "/library/csl@2025").await;
    let changed = article(&html, 61);
    assert!(changed.contains("官方文本未收录") && changed.contains("不是法律原文"));
    assert!(changed.contains("href=\"/library/import?version=csl@2025\""));
    assert!(changed.contains("class=\"ours\""));
    for anchor in ["a61p1", "a61p3", "a62p1", "a71.1"] {
        assert!(ids(&html).contains(&anchor), "{anchor}: a citation finds its place in a summary");
    }
    assert!(!article(&html, 23).contains("class=\"ours\""), "unchanged articles show their text");
}

#[tokio::test]
async fn words_are_marked_where_they_stand() {
    let (house, person) = House::with_person().await;
    let html = page(&house, &person, "/library/csl@2016?q=%E6%97%A5%E5%BF%97").await;
    assert!(article(&html, 21).contains("网络<mark>日志</mark>不少于六个月"));
    assert!(html.contains("<a href=\"#a21\">第二十一条</a>"));
    let html = page(&house, &person, "/library/csl@2016?q=%3Cscript%3E").await;
    assert!(!html.contains("<script>") && html.contains("没有“"));
}

#[tokio::test]
async fn versions_are_compared_word_by_word() {
    let (house, person) = House::with_person().await;
    let html = page(&house, &person, "/library/compare?from=csl@draft2&to=csl@2016").await;
    assert!(html.contains("建设<ins>和互联互通</ins>"), "added words are marked by an element of their own");
    assert!(html.contains("<del>公众</del>的监督"));
    assert!(!html.contains(">第一条</a> → "), "unchanged articles are left out");
    assert!(html.contains(">第二十条</a> → "), "those with a lost item are not");
    let all = page(&house, &person, "/library/compare?from=csl@draft2&to=csl@2016&show=all").await;
    assert!(all.contains(">第一条</a> → "));
    let one = page(&house, &person, "/library/compare?from=csl@draft2&to=csl@2016&article=21").await;
    assert_eq!(one.matches("<article>").count(), 1);
    assert!(one.contains("<span class=\"tag bad\">来源缺失</span>"), "a lost item is a gap");
    assert!(one.contains("<span class=\"only\">（三）采取监测"), "and what the other copy has is no addition");
    assert!(!one.contains("<ins>（三）"));
    assert!(one.contains("说明第三点印证"), "with the note");
    let html = page(&house, &person, "/library/compare?to=csl@2025").await;
    assert!(html.contains("网络安全法：2016年 → 2025年修正") && html.contains("不能逐字对照"));
    for path in ["/library/compare?from=csl@1999&to=csl@2016", "/library/compare?to=x"] {
        assert_eq!(house.get(path, &person).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_search_finds_articles_of_all_versions() {
    let (house, person) = House::with_person().await;
    let find = async |query: &str| -> Answer { house.get(&format!("/library/search?q={}", house::percent(query)), &person).await };
    let answer = find("日志").await;
    let html = answer.text();
    assert!(html.contains("网络<mark>日志</mark>不少于六个月"));
    assert!(html.contains("href=\"/library/csl@2025?article=23#a23.3\"") && html.contains("href=\"/library/csl@2016?article=21#a21.3\""));
    let answer = find("网络").await;
    let next = answer.text().split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap().to_owned();
    assert!(next.contains("from=40"), "{next}");
    let second = page(&house, &person, "/library/search?q=%E7%BD%91%E7%BB%9C&from=40").await;
    assert!(second.contains("rel=\"prev\""));
    for (query, status) in [("没有这样的词", 200), ("", 200), ("<script>alert(1)</script>", 200)] {
        let answer = find(query).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
        assert!(!answer.text().contains("<script>"));
    }
    for (chars, status) in [(199, 200), (200, 200), (201, 400)] {
        assert_eq!(find(&"日".repeat(chars)).await.status.as_u16(), status, "{chars}");
    }
}
