//! Letters and rules of units, checked for citations that no longer hold.

#![allow(clippy::unwrap_used, reason = "tests: a failure is told by the panic")]

use std::io::Write;

use anlan_base::Day;
use anlan_base::text::Lang;
use anlan_law::letter::file::FILE_BYTES;
use anlan_law::letter::{CITATIONS, listed};
use anlan_law::{Asked, Extent, LetterCitation, LetterError, LetterReport, Library, Place};
use proptest::prelude::*;

fn day(written: &str) -> Day {
    written.parse().unwrap()
}

fn asked() -> Asked {
    Asked { today: day("2026-11-21"), written: None }
}

fn check(text: &str) -> LetterReport {
    Library::shipped().check_letter(text.as_bytes(), "letter.txt", asked()).unwrap()
}

fn told(finding: &LetterCitation) -> String {
    let json = serde_json::to_value(finding).unwrap();
    let places = finding.today_places.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    format!(
        "{}:{} {} {} -> {} ({})",
        finding.line,
        finding.column,
        json["kind"].as_str().unwrap(),
        finding.found,
        places,
        json["reason"].as_str().unwrap()
    )
}

fn findings(text: &str) -> Vec<String> {
    check(text).findings.iter().map(told).collect()
}

const LETTER: &str = "\
网络与信息安全责任书

为落实《中华人民共和国网络安全法》，明确责任，学校与各部门签订本责任书。

第一条 各部门应当依照《网络安全法》第二十一条第（三）项的要求，留存相关的网络日志不少于六个月。
第二条 发生网络安全事件时，按照网络安全法第二十五条启动应急预案，并按规定报告。
第三条 收集学生个人信息，遵守《网络安全法》第四十一条至第四十三条和《个人信息保护法》第二十八条。
第四条 对公安机关的工作提供技术支持和协助（网安法第28条），并配合监督检查（《网络安全法》第四十九条第二款）。
第五条 不履行上述义务的，依据《网络安全法》第五十九条第一款、第六十九条第二项处理。
第六条 本责任书第二条所称事件，由信息中心认定。

                                        2023年9月1日
";

/// Everything the letter has to list: where, what, and the number of today.
const LISTED: &[&str] = &[
    "5:12 outdated 《网络安全法》第二十一条第（三）项 -> 23(3) (number)",
    "6:17 outdated 网络安全法第二十五条 -> 27 (date)",
    "7:16 outdated 《网络安全法》第四十一条至第四十三条 -> 43 44 45 (date)",
    "8:23 outdated 网安法第28条 -> 30 (date)",
    "8:40 outdated 《网络安全法》第四十九条第二款 -> 51¶2 (number)",
    "9:16 outdated 《网络安全法》第五十九条第一款 -> 61¶1 (date)",
    "9:32 outdated 第六十九条第二项 -> 70(1) (number)",
];

// LAWPACK-47
#[test]
fn a_letter_with_the_numbers_of_2016_is_told_each_number_of_today() {
    let report = check(LETTER);
    assert_eq!(report.findings.iter().map(told).collect::<Vec<_>>(), LISTED);
    assert_eq!(report.written, Some(day("2023-09-01")));
    assert_eq!((report.citations, report.extent), (9, Extent::Whole));
    let json = serde_json::to_value(&report.findings[0]).unwrap();
    assert_eq!((json["file"].as_str(), json["line"].as_u64(), json["column"].as_u64()), (Some("letter.txt"), Some(5), Some(12)));
    assert_eq!(json["today"].as_str(), Some("《网络安全法》第二十三条第三项"));
    assert_eq!(report.findings[2].today.as_deref(), Some("《网络安全法》第四十三条至第四十五条"));
    for finding in &report.findings {
        for lang in [Lang::Zh, Lang::En] {
            assert!(!finding.explain(Library::shipped(), lang).contains('‹'));
        }
    }
}

#[test]
fn without_a_date_the_words_decide() {
    let undated = LETTER.replace("2023年9月1日", "");
    let listed: Vec<String> =
        LISTED.iter().map(|line| line.replace("(date)", if line.contains("至") { "(others)" } else { "(words)" })).collect();
    assert_eq!(findings(&undated), listed);
}

#[test]
fn gb18030_and_byte_order_marks_are_read() {
    let expected: Vec<String> = LISTED.iter().map(|line| (*line).to_owned()).collect();
    let (gb, _, _) = encoding_rs::GB18030.encode(LETTER);
    let mut bom = vec![0xef, 0xbb, 0xbf];
    bom.extend_from_slice(LETTER.as_bytes());
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(LETTER.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [gb.to_vec(), bom, utf16] {
        let report = Library::shipped().check_letter(&bytes, "letter.txt", asked()).unwrap();
        assert_eq!(report.findings.iter().map(told).collect::<Vec<_>>(), expected);
    }
}

// LAWPACK-48
#[test]
fn how_a_citation_is_read() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        // the same number, the same meaning
        ("《网络安全法》第一条、第二条", &[][..]),
        // today's numbers
        ("《网络安全法》第二十三条第三项，留存网络日志不少于六个月。", &[]),
        ("《网络安全法》第二十七条，制定网络安全事件应急预案。", &[]),
        // words beside it
        ("留存相关的网络日志不少于六个月（《网络安全法》第二十一条）。", &["1:17 outdated 《网络安全法》第二十一条 -> 23 (words)"]),
        (
            "《网络安全法》第二十三条规定网络关键设备和网络安全专用产品应当安全认证合格。",
            &["1:1 outdated 《网络安全法》第二十三条 -> 25 (words)"],
        ),
        ("《网络安全法》第二十三条规定网络运营者履行等级保护义务，防止网络数据泄露。", &[]),
        (
            "依照《网络安全法》第二十一条留存日志，第二十五条制定应急预案。",
            &["1:3 outdated 《网络安全法》第二十一条 -> 23 (words)", "1:20 outdated 第二十五条 -> 27 (words)"],
        ),
        // the version is named
        ("《网络安全法》（2016年）第二十四条", &["1:1 outdated 《网络安全法》（2016年）第二十四条 -> 26 (named)"]),
        ("新修订的《网络安全法》第二十四条", &[]),
        ("《网络安全法（草案）》第二十条第三项", &["1:1 outdated 《网络安全法（草案）》第二十条第三项 -> 23(3) (named)"]),
        ("草案二次审议稿第六十六条第一项", &["1:1 broken 草案二次审议稿第六十六条第一项 ->  (repealed)"]),
        // no such place
        ("《网络安全法》第八十二条", &["1:1 broken 《网络安全法》第八十二条 ->  (nowhere)"]),
        ("《网络安全法》第二十一条第九项", &["1:1 broken 《网络安全法》第二十一条第九项 ->  (nowhere)"]),
        // nothing decides
        ("《网络安全法》第二十四条", &["1:1 ambiguous 《网络安全法》第二十四条 ->  (undecided)"]),
        ("《网络安全法》第二十四条\n2026年3月1日", &[]),
        ("《网络安全法》第二十四条\n2025年11月30日", &["1:1 outdated 《网络安全法》第二十四条 -> 26 (date)"]),
        ("《网络安全法》第二十四条\n2024年3月1日", &["1:1 outdated 《网络安全法》第二十四条 -> 26 (date)"]),
        (
            "按第二十一条第三项留存日志。依照《网络安全法》第二十四条和第二十一条第三项。",
            &["1:17 outdated 《网络安全法》第二十四条 -> 26 (others)", "1:30 outdated 第二十一条第三项 -> 23(3) (number)"],
        ),
        // without the law's name: the words have to fit, and the letter must have no such article
        (
            "一、依照《网络安全法》第二十三条第三项管理。\n二、按第二十一条第（三）项，留存网络日志不少于六个月。\n三、按第二十五条长期有效。",
            &["2:4 outdated 第二十一条第（三）项 -> 23(3) (number)"],
        ),
        ("第三十条 依照《网络安全法》第一条管理。\n第三十一条 按第二十一条第（三）项，留存网络日志不少于六个月。", &[]),
        // merged and split
        ("《网络安全法》第六十八条第二款\n2020年1月1日", &["1:1 outdated 《网络安全法》第六十八条第二款 -> 69¶3 (date)"]),
        ("《网络安全法》第十八条\n2020年1月1日", &["1:1 outdated 《网络安全法》第十八条 -> 19 20¶2 (date)"]),
        // other laws, and the letter's own articles
        ("《数据安全法》第二十一条、个人信息保护法第五十一条、《网络安全法实施办法》第三条", &[]),
        ("第二十一条 本制度第二十四条留存日志不少于六个月。", &[]),
        ("根据《网络安全法》和本制度第二十一条第三项", &[]),
        (
            "依照《网络安全法》第二十一条第三项、《数据安全法》第二十七条、第二十九条",
            &["1:3 outdated 《网络安全法》第二十一条第三项 -> 23(3) (number)"],
        ),
        // 本法 and 该法
        ("网络安全法宣传提纲\n本法第二十一条第三项要求留存日志。", &["2:1 outdated 本法第二十一条第三项 -> 23(3) (number)"]),
        ("数据安全法宣传提纲\n本法第二十一条第三项要求留存日志。", &[]),
        ("应当遵守《网络安全法》。该法第二十一条第三项要求留存日志。", &["1:13 outdated 该法第二十一条第三项 -> 23(3) (number)"]),
        ("应当遵守《数据安全法》。该法第二十一条第三项要求留存日志。", &[]),
    ] {
        let found = findings(text);
        if found != expected {
            wrong.push(format!("{text}\n  found {found:?}\n  expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Forms of citations and dates that offices use. Every letter is dated where nothing else decides.
#[test]
fn how_offices_write_citations() {
    let old = |text: &str| format!("{text}\n2019年3月1日");
    for (text, expected) in [
        (
            "《中华人民共和国网络安全法》（以下简称《网络安全法》）第六十一条、第六十八条",
            &[
                "1:1 outdated 《中华人民共和国网络安全法》（以下简称《网络安全法》）第六十一条 -> 64 (date)",
                "1:34 outdated 第六十八条 -> 69 (date)",
            ][..],
        ),
        ("《网络安全法》（第二十一条）", &["1:9 outdated 第二十一条 -> 23 (date)"]),
        ("《网络安全法》（参见《数据安全法》第二十七条）第三条", &[]),
        ("《网 络 安 全 法》第二十一条", &["1:1 outdated 《网 络 安 全 法》第二十一条 -> 23 (date)"]),
        ("“网络安全法”第二十一条", &["1:2 outdated 网络安全法”第二十一条 -> 23 (date)"]),
        ("**《网络安全法》**第二十一条", &["1:3 outdated 《网络安全法》**第二十一条 -> 23 (date)"]),
        ("| 《网络安全法》 | 第二十一条 |", &["1:3 outdated 《网络安全法》 | 第二十一条 -> 23 (date)"]),
        ("《网络安全法》：第二十一条", &["1:1 outdated 《网络安全法》：第二十一条 -> 23 (date)"]),
        ("《网络安全法》21条", &["1:1 outdated 《网络安全法》21条 -> 23 (date)"]),
        ("落实《网络安全法》三条要求", &[]),
        (
            "《网络安全法》第二十一条、二十五条和三条意见",
            &["1:1 outdated 《网络安全法》第二十一条 -> 23 (date)", "1:14 outdated 二十五条 -> 27 (date)"],
        ),
        // a list's mark before the article, and an article at the head of a sentence: only with words that fit
        ("《网络安全法》第一条；（二）第二十一条第三项：网络日志；", &["1:15 outdated 第二十一条第三项 -> 23(3) (number)"]),
        ("《网络安全法》第一条。\n二、第四十七条规定，发现违法信息立即停止传输。", &["2:3 outdated 第四十七条 -> 49 (date)"]),
        ("《网络安全法》第一条。\n二、第四十七条规定，食堂每日消毒。", &[]),
        ("《网络安全法》第一条。\n本办法第四十七条规定，发现违法信息立即停止传输。", &[]),
        // lines that were broken at a width
        ("按照《中华人民共和国网络安\n全法》第二十一条", &["1:3 outdated 《中华人民共和国网络安全法》第二十一条 -> 23 (date)"]),
        (
            "按照《网络安全法》第二\n十一条、第\n二十五条办理",
            &["1:3 outdated 《网络安全法》第二十一条 -> 23 (date)", "2:5 outdated 第二十五条 -> 27 (date)"],
        ),
        ("某校贯彻《网络安全法》\n第二十一条 日志留存六个月。", &[]),
    ] {
        assert_eq!(findings(&old(text)), expected, "{text}");
    }
    for (text, expected) in [
        ("旧《网络安全法》第二十一条", &["1:2 outdated 《网络安全法》第二十一条 -> 23 (named)"][..]),
        ("修改前的《网络安全法》第二十一条", &["1:5 outdated 《网络安全法》第二十一条 -> 23 (named)"]),
        ("2017年6月1日起施行的《网络安全法》第二十一条", &["1:14 outdated 《网络安全法》第二十一条 -> 23 (named)"]),
        ("2016年11月7日通过的《网络安全法》第二十一条", &["1:14 outdated 《网络安全法》第二十一条 -> 23 (named)"]),
        ("2026年1月1日起施行的《网络安全法》第二十三条", &[]),
        (
            "《网络安全法》（2016年11月7日第十二届全国人民代表大会常务委员会第二十四次会议通过，根据2025年10月28日第十四届全国人民代表大会常务委员会第十八次会议决定修正）第二十四条",
            &[],
        ),
        ("《网络安全法》第三十一条\n正文\n正文\n正文\n正文\n2023 年 9 月   日", &["1:1 outdated 《网络安全法》第三十一条 -> 33 (date)"]),
        ("《网络安全法》第三十一条\n正文\n正文\n正文\n正文\n2026年   月   日", &[]),
    ] {
        assert_eq!(findings(text), expected, "{text}");
    }
}

#[test]
fn so_much_is_read_between_a_name_and_its_article() {
    let count = |text: &str| check(text).citations;
    for (chars, expected) in [(159, 1), (160, 1), (161, 0)] {
        assert_eq!(count(&format!("《网络安全法》（{}）第二十一条", "注".repeat(chars))), expected, "{chars} characters of a remark");
    }
    for (signs, expected) in [(11, 1), (12, 1), (13, 0)] {
        assert_eq!(count(&format!("《网络安全法》{}第二十一条", "*".repeat(signs))), expected, "{signs} signs");
    }
    for (lines, expected) in [(7, 7), (8, 8), (9, 8)] {
        let more: String =
            (1..lines).map(|line| format!("、第\n二十{}条", ["一", "二", "三", "四", "五", "六", "七", "八"][line - 1])).collect();
        assert_eq!(count(&format!("《网络安全法》第二十条{more}")), expected, "a list over {lines} lines");
    }
    for (ends, expected) in [(19_998, 1), (19_999, 1), (20_000, 0)] {
        let before = "法\n条\n".repeat(ends);
        assert_eq!(count(&format!("{before}《网络安全法》第二\n十一条")), expected, "behind {ends} ends of lines");
    }
}

#[test]
fn lists_are_written_as_people_write_them() {
    for (places, expected) in [
        (&["23(1)", "23(2)", "23(3)", "23(4)"][..], "第二十三条第一项至第四项"),
        (&["23(1)", "23(2)"], "第二十三条第一项、第二项"),
        (&["23(1)", "23(3)", "24(3)"], "第二十三条第一项、第三项、第二十四条第三项"),
        (&["24¶1", "24¶2", "24¶3", "26"], "第二十四条第一款至第三款、第二十六条"),
        (&["19", "20¶2"], "第十九条、第二十条第二款"),
        (&["43", "44", "45", "49", "50"], "第四十三条至第四十五条、第四十九条、第五十条"),
        (&[], ""),
    ] {
        let places: Vec<Place> = places.iter().map(|place| place.parse().unwrap()).collect();
        assert_eq!(listed(&places), expected);
    }
}

#[test]
fn a_broken_citation_says_what_there_is_and_what_may_be_meant() {
    let explained = |text: &str| {
        let report = check(text);
        report.findings.iter().map(|finding| finding.explain(Library::shipped(), Lang::Zh)).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        explained("《网络安全法》第二十一条第三款\n2022年3月1日"),
        "《网络安全法》（2016年）第 21 条没有第 3 款，共 1 款；是否指第二十一条第三项？今为第二十三条第三项"
    );
    assert_eq!(
        explained("《网络安全法》第九十条"),
        "《网络安全法》（2025年修正）没有第 90 条，最后一条是第 81 条；《网络安全法》（2016年）没有第 90 条，最后一条是第 79 条"
    );
}

#[test]
fn an_ambiguous_citation_names_both_readings() {
    let report = check("《网络安全法》第二十四条");
    let readings: Vec<String> = report.findings[0]
        .readings
        .iter()
        .map(|reading| format!("{} {}", reading.version, reading.today.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")))
        .collect();
    assert_eq!(readings, ["csl@2016 26", "csl@2025 24"]);
    assert!(report.findings[0].explain(Library::shipped(), Lang::Zh).contains("第二十六条"));
}

#[test]
fn the_day_of_writing_may_be_given() {
    let text = "《网络安全法》第二十四条".as_bytes();
    for (written, count) in [("2024-01-01", 1), ("2025-10-27", 1), ("2025-12-31", 1), ("2026-01-01", 0)] {
        let asked = Asked { written: Some(day(written)), ..asked() };
        assert_eq!(Library::shipped().check_letter(text, "x", asked).unwrap().findings.len(), count, "{written}");
    }
    let before = Asked { today: day("2024-05-01"), written: Some(day("2024-01-01")) };
    assert!(
        Library::shipped().check_letter(LETTER.as_bytes(), "x", before).unwrap().findings.is_empty(),
        "in 2024 the numbers of 2016 held"
    );
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A Word file with a paragraph for each line, cut into runs as Word cuts them.
fn word(text: &str) -> Vec<u8> {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"x\" xmlns:mc=\"y\"><w:body>");
    for line in text.lines() {
        xml.push_str("<w:p><w:pPr><w:jc w:val=\"both\"/></w:pPr>");
        let signs: Vec<char> = line.chars().collect();
        for run in signs.chunks(7) {
            xml.push_str("<w:r><w:t xml:space=\"preserve\">");
            xml.push_str(&run.iter().collect::<String>().replace('&', "&amp;").replace('<', "&lt;"));
            xml.push_str("</w:t></w:r>");
        }
        xml.push_str("<w:del><w:r><w:delText>《网络安全法》第二十四条</w:delText></w:r></w:del>");
        xml.push_str(
            "<mc:AlternateContent><mc:Fallback><w:r><w:t>《网络安全法》第二十四条</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>",
        );
    }
    xml.push_str("</w:body></w:document>");
    zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", xml.as_bytes())])
}

// LAWPACK-49
#[test]
fn a_word_file_is_read_paragraph_by_paragraph() {
    let report = Library::shipped().check_letter(&word(LETTER), "letter.docx", asked()).unwrap();
    assert_eq!(report.findings.iter().map(told).collect::<Vec<_>>(), LISTED);
    assert_eq!(report.lines, LETTER.lines().collect::<Vec<_>>());
    let nested = "<d xmlns:w=\"x\"><w:p><w:r><w:t>外&#x4e00;&amp;</w:t><w:tab/><w:pict><w:p><w:r><w:t>内</w:t></w:r></w:p></w:pict><w:t>后</w:t></w:r></w:p><w:p/></d>";
    let report = Library::shipped().check_letter(&zipped(&[("word/document.xml", nested.as_bytes())]), "x", asked()).unwrap();
    assert_eq!(report.lines, ["内", "外一& 后", ""]);
}

fn refused(bytes: &[u8]) -> Option<LetterError> {
    let error = Library::shipped().check_letter(bytes, "x", asked()).err();
    for lang in [Lang::Zh, Lang::En] {
        assert!(error.is_none_or(|error| !error.message(lang).contains('‹')));
    }
    error
}

fn document(length: usize) -> Vec<u8> {
    let (open, close) = ("<w:p><w:t>", "</w:t></w:p>");
    let xml = format!("{open}{}{close}", "a".repeat(length - open.len() - close.len()));
    zipped(&[("word/document.xml", xml.as_bytes())])
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    const UNPACKED: usize = 16 << 20;
    for (bytes, expected) in [
        (vec![b' '; FILE_BYTES - 1], None),
        (vec![b' '; FILE_BYTES], None),
        (vec![b' '; FILE_BYTES + 1], Some(LetterError::Long)),
        (document(UNPACKED - 1), None),
        (document(UNPACKED), None),
        (document(UNPACKED + 1), Some(LetterError::Unpacked)),
        (zipped(&[("word/other.xml", b"<a/>")]), Some(LetterError::NoDocument)),
        (zipped(&[("word/document.xml", b"<a><b></a>")]), Some(LetterError::Word)),
        (zipped(&[("word/document.xml", &[0xff, 0xfe, 0xfd])]), Some(LetterError::Word)),
        (b"PK\x03\x04and nothing".to_vec(), Some(LetterError::Word)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec(), Some(LetterError::OldWord)),
        (b"%PDF-1.7".to_vec(), Some(LetterError::Pdf)),
        (br"{\rtf1\ansi 1}".to_vec(), Some(LetterError::Rtf)),
        (vec![0x81, 0xff, 0xff], Some(LetterError::Encoding)),
        (Vec::new(), None),
    ] {
        assert_eq!(refused(&bytes), expected, "{:?}", bytes.iter().take(12).collect::<Vec<_>>());
    }
    for (nested, expected) in [(15, None), (16, None), (17, Some(LetterError::Word))] {
        let xml = format!("{}{}", "<w:p>".repeat(nested), "</w:p>".repeat(nested));
        assert_eq!(refused(&zipped(&[("word/document.xml", xml.as_bytes())])), expected, "{nested}");
    }
}

#[test]
fn a_bomb_is_refused_before_it_unpacks() {
    let bomb = zipped(&[("word/document.xml", &vec![b' '; 64 << 20])]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(refused(&bomb), Some(LetterError::Unpacked));
}

#[test]
fn so_many_citations_are_judged() {
    for (count, extent) in [(CITATIONS - 1, Extent::Whole), (CITATIONS, Extent::Whole), (CITATIONS + 1, Extent::Cut)] {
        let report = check(&"《网络安全法》第二十一条第三项\n".repeat(count));
        assert_eq!((report.extent, report.citations), (extent, count.min(CITATIONS)), "{count}");
    }
}

#[test]
fn hostile_letters_end_soon() {
    for sign in ["第二十一条，", "网安法第一条至第七十九条 ", "（第二十一条", "《网络安全法》（第一条，", "该法第三条"]
    {
        let text = sign.repeat((1 << 19) / sign.len());
        let _ = check(&text);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), is_zip in any::<bool>()) {
        let bytes = if is_zip { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
        let _ = Library::shipped().check_letter(&bytes, "x", asked());
    }

    #[test]
    fn no_text_makes_it_panic(text in "[《》（）第条款项至、，。本该法网络安全二十一三0-9年月日\\n]{0,120}") {
        for finding in check(&text).findings {
            let line = text.lines().nth(finding.line - 1).unwrap();
            let found: String = line.chars().skip(finding.column - 1).take(finding.found.chars().count()).collect();
            prop_assert_eq!(found, finding.found);
        }
    }

    #[test]
    fn no_word_document_makes_it_panic(xml in "(<(/)?w:(p|t|br)>|[网第一条&;<>]){0,40}") {
        let _ = Library::shipped().check_letter(&zipped(&[("word/document.xml", xml.as_bytes())]), "x", asked());
    }
}
