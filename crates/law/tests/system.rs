//! Files of systems: what is read, what is refused and at which line, and the limits.

use std::collections::BTreeMap;
use std::fmt::Write;

use anlan_base::text::Lang;
use anlan_law::system::{
    LONGEST_QUOTATION, LONGEST_SYSTEMS_FILE, LONGEST_TEXT, MOST_ARTICLES, MOST_FAULTS, MOST_QUOTATIONS, MOST_SYSTEMS, Need, System,
    SystemId, parse_scope, parse_systems,
};
use proptest::prelude::*;

const HEAD: &str = r#"[[group]]
letter = "A"
name = { zh = "组", en = "Group" }

[[page]]
id = "001"
name = { zh = "页", en = "Page" }

"#;

/// Lines of [`HEAD`]: the tests name lines of the rows.
const HEAD_LINES: usize = 8;

const ROW: &str = r#"[[system]]
id = "SYS-001"
group = "A"
name = { zh = "名", en = "Name" }
who = { zh = "谁", en = "Who" }
requires = { zh = "要求", en = "Wanted" }
source = { zh = "出处", en = "Source" }
articles = { "csl@2016" = ["21(1)", "22 para 1"] }
needs = ["measure", "register"]
[[system.quotation]]
page = "001"
line = 7
text = "原文"
"#;

type Told = (usize, String, &'static str);

fn parse(rows: &str) -> Result<Vec<System>, Vec<Told>> {
    parse_systems("cn/systems.toml", &format!("{HEAD}{rows}")).map_err(|faults| {
        for fault in &faults {
            assert_eq!(fault.file, "cn/systems.toml");
            for lang in [Lang::Zh, Lang::En] {
                for said in [fault.what(lang), fault.remedy(lang)] {
                    assert!(!said.contains("fault-") && !said.contains('{'), "{said}");
                }
            }
        }
        faults.into_iter().map(|fault| (fault.line.saturating_sub(HEAD_LINES), fault.key, fault.code)).collect()
    })
}

// LAWPACK-70
#[test]
fn a_row_is_read_whole() {
    let rows = parse(ROW).expect("the row is sound");
    let [system] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((system.id.to_string().as_str(), system.id.number(), system.group.letter), ("SYS-001", 1, 'A'));
    assert_eq!((system.name.zh.as_str(), system.who.en.as_str(), system.source.en.as_str()), ("名", "Who", "Source"));
    assert_eq!(system.articles, BTreeMap::from([("csl@2016".to_owned(), vec!["21(1)".to_owned(), "22 para 1".to_owned()])]));
    assert_eq!(system.needs.iter().map(|need| need.word()).collect::<Vec<_>>(), ["measure", "register"]);
    assert!(!Need::Measure.is_form() && Need::Register.is_form());
    let [quotation] = system.quotations.as_slice() else { panic!("{:?}", system.quotations) };
    assert_eq!((quotation.page.as_str(), quotation.line, quotation.text.as_str(), &quotation.note), ("001", 7, "原文", &None));
    let scope = parse_scope("f", &format!("{HEAD}{ROW}")).expect("sound");
    assert_eq!(scope.pages[0].name.en, "Page");
}

#[test]
fn ids_have_one_form() {
    let cases = [
        ("SYS-001", Some(1)),
        ("SYS-999", Some(999)),
        ("SYS-000", None),
        ("SYS-1", None),
        ("SYS-0001", None),
        ("sys-001", None),
        ("", None),
    ];
    for (text, number) in cases {
        assert_eq!(text.parse::<SystemId>().ok().map(SystemId::number), number, "{text}");
    }
}

// LAWPACK-71, LAWPACK-72, LAWPACK-73
#[test]
fn faults_are_told_at_their_lines() {
    let cases: &[(&str, &str, usize, &str, &str)] = &[
        ("\"SYS-001\"", "\"SYS-1\"", 2, "system.SYS-1.id", "system-id"),
        ("group = \"A\"", "group = \"Z\"", 3, "system.SYS-001.group", "system-group"),
        ("group = \"A\"", "gruop = \"A\"", 1, "system.SYS-001.group", "system-missing"),
        ("group = \"A\"", "group = \"A\"\nmore = 1", 4, "system.SYS-001.more", "system-unknown"),
        ("zh = \"名\"", "zh = \"\"", 4, "system.SYS-001.name.zh", "system-empty"),
        ("zh = \"名\", ", "", 4, "system.SYS-001.name.zh", "system-missing"),
        ("zh = \"名\"", "zh = \"名\", de = \"x\"", 4, "system.SYS-001.name.de", "system-unknown"),
        ("name = { zh = \"名\", en = \"Name\" }", "name = \"Name\"", 4, "system.SYS-001.name", "system-type"),
        ("\"22 para 1\"", "\"22.1\"", 8, "system.SYS-001.articles.csl@2016", "system-article"),
        ("\"22 para 1\"", "\"21()\"", 8, "system.SYS-001.articles.csl@2016", "system-article"),
        ("\"22 para 1\"", "\"021\"", 8, "system.SYS-001.articles.csl@2016", "system-article"),
        ("\"register\"", "\"form\"", 9, "system.SYS-001.needs", "system-need"),
        ("\"register\"", "\"measure\"", 9, "system.SYS-001.needs", "system-duplicate"),
        ("needs = [\"measure\", \"register\"]", "needs = \"measure\"", 9, "system.SYS-001.needs", "system-type"),
        ("page = \"001\"", "page = \"009\"", 11, "system.SYS-001.quotation.009.page", "system-page"),
        ("line = 7", "line = 0", 12, "system.SYS-001.quotation.001.line", "system-type"),
        ("line = 7", "line = \"7\"", 12, "system.SYS-001.quotation.001.line", "system-type"),
        ("text = \"原文\"", "text = \"原文\"\nwhere = 1", 14, "system.SYS-001.quotation.001.where", "system-unknown"),
        ("text = \"原文\"", "text = ", 13, "", "system-toml"),
    ];
    for (found, put, line, key, code) in cases {
        let faults = parse(&ROW.replacen(found, put, 1)).expect_err(put);
        assert!(faults.contains(&(*line, (*key).to_owned(), *code)), "{put}: {faults:?}");
    }
    let unquoted = ROW.split("[[system.quotation]]").next().expect("there is a row");
    assert_eq!(parse(unquoted), Err(vec![(1, "system.SYS-001".to_owned(), "system-unquoted")]));
    assert_eq!(parse(&format!("{ROW}{ROW}")), Err(vec![(14, "system.SYS-001".to_owned(), "system-duplicate")]));
}

#[test]
fn several_faults_are_told_in_the_order_of_the_file() {
    let text = ROW.replace("line = 7", "line = 0").replace("\"register\"", "\"form\"").replace("SYS-001", "S");
    let lines: Vec<usize> = parse(&text).expect_err("three faults").into_iter().map(|(line, ..)| line).collect();
    assert_eq!(lines, [2, 9, 12]);
}

#[test]
fn what_stands_in_the_head_is_checked_too() {
    let cases =
        [("\"A\"", "\"a\"", "system-duplicate"), ("[[page]]", "[page]", "system-type"), ("[[group]]", "[[grup]]", "system-unknown")];
    for (found, put, code) in cases {
        let faults = parse_systems("f", &format!("{}{ROW}", HEAD.replacen(found, put, 1))).expect_err(put);
        assert!(faults.iter().any(|fault| fault.code == code), "{put}: {faults:?}");
    }
    let twice = parse_systems("f", &format!("{HEAD}{HEAD}{ROW}")).expect_err("everything stands twice");
    let told: Vec<_> = twice.iter().map(|fault| (fault.line, fault.code)).collect();
    assert_eq!(told, [(10, "system-duplicate"), (14, "system-duplicate")]);
}

/// A file with so many of something.
type Made<'a> = &'a dyn Fn(usize) -> String;

// LAWPACK-74
#[test]
fn everything_has_a_limit() {
    let quoted = |n: usize| ROW.replace("原文", &"文".repeat(n));
    let named = |n: usize| ROW.replace("zh = \"名\"", &format!("zh = \"{}\"", "名".repeat(n)));
    let cited = |n: usize| ROW.replace("\"21(1)\", \"22 para 1\"", &vec!["\"21\""; n].join(", "));
    let one_more = "[[system.quotation]]\npage = \"001\"\nline = 1\ntext = \"文\"\n";
    let with_quotations = |n: usize| format!("{ROW}{}", one_more.repeat(n - 1));
    let rows = |n: usize| (1..=n).map(|number| ROW.replace("SYS-001", &format!("SYS-{:03}", number.min(999)))).collect::<String>();
    let cases: [(Made, usize, &str); 5] = [
        (&quoted, LONGEST_QUOTATION, "system-long"),
        (&named, LONGEST_TEXT, "system-long"),
        (&cited, MOST_ARTICLES, "system-many"),
        (&with_quotations, MOST_QUOTATIONS, "system-many"),
        (&rows, MOST_SYSTEMS, "system-many"),
    ];
    for (make, most, code) in cases {
        for fits in [most - 1, most] {
            assert!(parse(&make(fits)).is_ok(), "{code} {fits}");
        }
        let faults = parse(&make(most + 1)).expect_err("one more than the limit");
        assert!(faults.iter().any(|(_, _, found)| *found == code), "{code} {most}: {faults:?}");
    }
}

#[test]
fn a_file_has_a_limit() {
    let sound = format!("{HEAD}{ROW}");
    for (length, is_read) in [(LONGEST_SYSTEMS_FILE - 1, true), (LONGEST_SYSTEMS_FILE, true), (LONGEST_SYSTEMS_FILE + 1, false)] {
        let padded = format!("{sound}#{}", "x".repeat(length - sound.len() - 1));
        assert_eq!(padded.len(), length);
        assert_eq!(parse_systems("f", &padded).is_ok(), is_read, "{length}");
    }
}

#[test]
fn faults_have_a_limit() {
    for (strangers, told) in [(MOST_FAULTS - 1, MOST_FAULTS - 1), (MOST_FAULTS, MOST_FAULTS), (MOST_FAULTS + 1, MOST_FAULTS)] {
        let mut text = String::new();
        for number in 0..strangers {
            let _ = writeln!(text, "x{number} = 1");
        }
        let faults = parse_systems("f", &format!("{text}{HEAD}{ROW}")).expect_err("strangers");
        assert_eq!(faults.len(), told);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        text in "(\\[\\[(system|group|page|system\\.quotation)\\]\\]\n|[a-z]{1,5} = (1|\"x\"|\\[1\\]|\\{ zh = 1 \\})\n|.{0,9}|\n){0,40}"
    ) {
        let _ = parse_systems("f", &text);
    }

    #[test]
    fn a_cut_file_is_read_or_refused(at in 0..600_usize) {
        let cut: String = format!("{HEAD}{ROW}").chars().take(at).collect();
        let _ = parse_systems("f", &cut);
    }
}
