//! Official letters: what is in the file, in the order of the standard; what another office program makes of it.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a test may")]

use std::io::Read as _;
use std::process::Command;

use anlan_assure::docx::{BLOCKS, Block, HEADING_CHARS, Letter, Way, blocks, docx};
use anlan_base::Day;
use anlan_base::text::Lang;

fn letter() -> Letter {
    let body = "各学校：\n一、总体情况\n截至目前，共收到二十三所学校报送的材料。\n（一）存在问题\n个别学校未按期报送 <b>&\u{1}。\n请于收到之日起十个工作日内整改。";
    let mut body = blocks(body);
    body.push(Block::Table {
        heads: ["序号", "单位"].map(str::to_owned).to_vec(),
        shares: vec![1, 4],
        rows: vec![["1", "第三中学（演示）"].map(str::to_owned).to_vec()],
    });
    Letter {
        lang: Lang::Zh,
        way: Way::Down,
        organ: "清源县教育局（演示）".into(),
        urgency: "加急".into(),
        number: "清教发〔2026〕18号".into(),
        signer: "张明".into(),
        title: "关于网络安全自查情况的通报".into(),
        to: "各学校、幼儿园".into(),
        body,
        attachments: vec!["未报送单位名单".into(), "整改计划".into()],
        date: Some("2026-11-21".parse::<Day>().unwrap()),
        remark: "联系人：李科员".into(),
        copies: "县公安局，县委网信办".into(),
    }
}

fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut file = zip.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

fn part<'a>(parts: &'a [(String, String)], name: &str) -> &'a str {
    &parts.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
}

/// Style and words of each paragraph, in the order of the document.
fn paragraphs(document: &str) -> Vec<(String, String)> {
    let told = |paragraph: &str| {
        let style = paragraph.split("w:pStyle w:val=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
        let words: String =
            paragraph.split("<w:t xml:space=\"preserve\">").skip(1).filter_map(|rest| rest.split("</w:t>").next()).collect();
        (style.to_owned(), words)
    };
    document.split("<w:p>").skip(1).map(told).filter(|(_, words)| !words.is_empty()).collect()
}

// FORMS-9
#[test]
fn the_parts_stand_in_the_order_of_the_standard() {
    let parts = parts(&docx(&letter()).unwrap());
    let found = paragraphs(part(&parts, "word/document.xml"));
    let told: Vec<(&str, &str)> = found.iter().map(|(style, words)| (style.as_str(), words.as_str())).collect();
    let wanted = [
        ("Mark", "加急"),
        ("Organ", "清源县教育局（演示）文件"),
        ("Number", "清教发〔2026〕18号"),
        ("Title", "关于网络安全自查情况的通报"),
        ("To", "各学校、幼儿园："),
        ("Text", "各学校："),
        ("Heading1", "一、总体情况"),
        ("Text", "截至目前，共收到二十三所学校报送的材料。"),
        ("Heading2", "（一）存在问题"),
        ("Text", "个别学校未按期报送 &lt;b&gt;&amp;。"),
        ("Text", "请于收到之日起十个工作日内整改。"),
        ("CellHead", "序号"),
        ("CellHead", "单位"),
        ("Cell", "1"),
        ("Cell", "第三中学（演示）"),
        ("Attachment", "附件：1. 未报送单位名单"),
        ("Attachment", "2. 整改计划"),
        ("Seal", "（印章）"),
        ("Seal", "清源县教育局（演示）"),
        ("Seal", "2026年11月21日"),
        ("Remark", "（联系人：李科员）"),
        ("Record", "抄送：县公安局，县委网信办。"),
        ("Record", "清源县教育局（演示）2026年11月21日印发"),
    ];
    assert_eq!(told, wanted);
    let styles = part(&parts, "word/styles.xml");
    for style in wanted.map(|(style, _)| style) {
        assert!(styles.contains(&format!("w:styleId=\"{style}\"")), "{style}");
    }
    for (footer, side) in [("word/footer1.xml", "right"), ("word/footer2.xml", "left")] {
        let footer = part(&parts, footer);
        assert!(footer.contains("— ") && footer.contains(" PAGE ") && footer.contains(&format!("<w:jc w:val=\"{side}\"/>")), "{footer}");
    }
    assert!(part(&parts, "word/settings.xml").contains("evenAndOddHeaders"));
    let up = docx(&Letter { way: Way::Up, ..letter() }).unwrap();
    let up = self::parts(&up);
    assert!(part(&up, "word/document.xml").contains("签发人：") && part(&up, "word/document.xml").contains("张明"));
}

// FORMS-10
#[test]
fn what_is_not_known_is_blank_and_what_xml_cannot_hold_is_left_out() {
    let bare = Letter {
        urgency: String::new(),
        signer: String::new(),
        to: String::new(),
        body: Vec::new(),
        attachments: Vec::new(),
        date: None,
        remark: String::new(),
        copies: String::new(),
        title: "a\u{0}b\u{8}\u{fffe}<&>\"'\u{202e}".into(),
        ..letter()
    };
    let parts = parts(&docx(&bare).unwrap());
    let document = part(&parts, "word/document.xml");
    assert!(document.contains("ab&lt;&amp;&gt;&quot;'\u{202e}"), "{document}");
    assert!(document.contains("年　　月　　日") && !document.contains("抄送") && !document.contains("附件"));
    assert!(!document.chars().any(|c| c < ' ' && c != '\n'));
    assert_eq!(docx(&bare).unwrap(), docx(&bare).unwrap());
}

#[test]
fn headings_are_short_lines_of_their_form() {
    for (line, is) in [
        ("一、总体情况", 'h'),
        ("十二、其他", 'h'),
        ("（三）问题", 's'),
        ("一、这一句有句号。所以是正文", 't'),
        ("、没有数字", 't'),
        ("（）空的", 't'),
        ("一般情况", 't'),
        ("1. 条目", 't'),
    ] {
        let found = match blocks(line).pop().unwrap() {
            Block::Heading(_) => 'h',
            Block::Subheading(_) => 's',
            _ => 't',
        };
        assert_eq!(found, is, "{line}");
    }
    for (length, heading) in [(HEADING_CHARS - 1, true), (HEADING_CHARS, true), (HEADING_CHARS + 1, false)] {
        let line = format!("一、{}", "字".repeat(length - 2));
        assert_eq!(matches!(blocks(&line).first(), Some(Block::Heading(_))), heading, "{length}");
    }
    assert!(blocks(" \n\n").is_empty());
}

#[test]
fn a_letter_that_is_too_long_says_so() {
    for (count, cut) in [(BLOCKS - 1, false), (BLOCKS, false), (BLOCKS + 1, true)] {
        let letter = Letter { body: vec![Block::Text("段".into()); count], ..letter() };
        let parts = parts(&docx(&letter).unwrap());
        assert_eq!(part(&parts, "word/document.xml").contains("正文过长"), cut, "{count}");
    }
}

/// Opened by LibreOffice: the words come out as they went in, in their order. Where it is not installed one line says that this was left out.
#[test]
fn libreoffice_reads_the_same_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.docx");
    std::fs::write(&path, docx(&letter()).unwrap()).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let args = ["--headless", "--norestore", "--convert-to", "txt:Text (encoded):UTF8", "--outdir"];
    let made = Command::new("soffice").arg(profile).args(args).arg(folder.path()).arg(&path).output();
    let Ok(made) = made else {
        println!("left out: soffice is not installed");
        return;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = std::fs::read_to_string(folder.path().join("letter.txt")).unwrap();
    let mut rest = text.as_str();
    for words in [
        "加急",
        "清源县教育局（演示）文件",
        "清教发〔2026〕18号",
        "关于网络安全自查情况的通报",
        "各学校、幼儿园：",
        "一、总体情况",
        "截至目前，共收到二十三所学校报送的材料。",
        "（一）存在问题",
        "个别学校未按期报送 <b>&。",
        "第三中学（演示）",
        "附件：1. 未报送单位名单",
        "2. 整改计划",
        "（印章）",
        "2026年11月21日",
        "（联系人：李科员）",
    ] {
        let at = rest.find(words).unwrap_or_else(|| panic!("{words} does not follow in\n{text}"));
        rest = &rest[at + words.len()..];
    }
    // A floating table comes where the program likes.
    for words in ["抄送：县公安局，县委网信办。", "2026年11月21日印发"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}
