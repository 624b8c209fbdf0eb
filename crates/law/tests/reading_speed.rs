//! Hostile pages: the reader's time grows with the page and not faster. Ten megabytes each in an optimised build, little in a debug build; times are printed.
#![allow(clippy::print_stdout, reason = "times are for people")]

use std::time::{Duration, Instant};

use anlan_law::reading::{Reading, read};

mod support_reading;
use support_reading::known;

const BYTES: usize = if cfg!(debug_assertions) { 1 << 17 } else { 10 << 20 };

fn filled(pieces: impl Iterator<Item = String>) -> String {
    let mut page = String::with_capacity(BYTES + 100);
    for piece in pieces {
        page.push_str(&piece);
        if page.len() >= BYTES {
            break;
        }
    }
    page
}

fn timed(name: &str, page: &str) -> (Reading, Duration) {
    let start = Instant::now();
    let reading = read("hostile.txt", page.as_bytes(), &[known()]);
    let took = start.elapsed();
    println!(
        "{name}: {} bytes in {took:?}, {} documents, {} findings and {} more",
        page.len(),
        reading.documents.len(),
        reading.findings.len(),
        reading.more_findings
    );
    (reading, took)
}

fn again(piece: &str) -> String {
    filled(std::iter::repeat(piece.to_owned()))
}

fn hostile() -> Vec<(&'static str, String)> {
    let clean = support_reading::clean();
    let line = clean.replace('\n', "");
    let numbered = |unit: &'static str| filled((1_u32..).map(move |n| format!("第{}条{unit}", n % 9_999 + 1)));
    vec![
        ("first articles", again("第一条\n")),
        ("first articles in one line", again("第一条")),
        ("first articles behind titles", again("规章制度第一条 甲。\n")),
        ("counting headings", numbered("\n应当。\n")),
        ("counting headings in one line", numbered("应当。")),
        ("falling headings", filled((1_u32..).map(|n| format!("第{}条应当。\n", 9_999 - n % 9_998)))),
        (
            "short runs",
            again("第一条应当。\n第二条应当。\n第三条应当。\n第四条应当。\n第五条应当。\n第六条应当。\n第七条应当。\n第八条应当。\n"),
        ),
        ("chapters and articles", filled((1_u32..).map(|n| format!("第{n}章甲\n第{n}条应当。\n")))),
        ("digits", again("1234567890")),
        ("digits with marks", again("1、2.3)")),
        ("items that jump", again("第一条下列：\n（一）甲；\n（二十）乙；\n（一）甲；\n")),
        ("deep nesting", again("一、（一）1、1.（1）1）①a.")),
        ("spaces", again(" ")),
        ("ideographic spaces", again("\u{3000}\n")),
        ("one character", again("法")),
        ("titles", again("某某管理规章制度\n")),
        ("titles with lists", again("某某管理规章制度\n一、甲。\n二、乙。\n三、丙。\n")),
        ("parts in one line", again(" 篇二 信息安全责任书 一、甲。二、乙。三、丙。")),
        ("stray marks", again("责任；。")),
        ("masks", again("甲***乙")),
        ("quotes", again("“”\"'`")),
        ("open quotes behind headings", again("第二条“甲")),
        ("appendices", again("甲附录一中华人民共和国")),
        ("adverts", again("公司专注于网站建设客户团队报价\n")),
        ("replacement characters", again("\u{fffd}")),
        ("many copies", again(&clean)),
        ("many copies in one line", again(&line)),
        ("many drafts", again(&clean.replace("养护法\n", "养护法（草案）\n").replace("（三）", "（四）"))),
        ("page numbers", again("第一条应当\n- 12 -\n")),
        ("headings that read like references", filled((1_u32..).map(|n| format!("甲。\n第{}条的规定\n", n % 9_999 + 1)))),
        ("Markdown", again("# 第一章\n**第一条** **甲** \\- **\n")),
        ("numbered titles", again("某某制度\n一、机房管理制度\n二、用户登记制度\n1、甲。\n")),
        ("running heads", again(&format!("{}\n中华人民共和国河堤养护法\n", "第一条应当\n第二条应当"))),
        ("masks in a row", again("***]**号")),
        ("citations", again("《法》第三条规定：甲乙丙丁戊己庚辛。")),
        ("explanations", again("一、草案二次审议稿第四条、第五条、第六条。\n二、草案二次审议稿第二十条第三项。\n")),
    ]
}

#[test]
fn hostile_pages_take_time_in_proportion() {
    for (name, page) in hostile() {
        let (reading, took) = timed(name, &page);
        assert!(reading.findings.len() <= anlan_law::reading::MOST_FINDINGS);
        // An optimised build is held to the promise; a debug build, which shares its machine, only to an order of magnitude.
        let most = if cfg!(debug_assertions) { Duration::from_secs(60) } else { Duration::from_secs(2) };
        assert!(took < most, "{name} took {took:?}");
    }
}

#[test]
fn ordinary_pages_are_read_at_once() {
    let page: String = std::iter::repeat_n(support_reading::clean(), 12).collect();
    timed("ordinary page", &page);
}
