//! Citations: read from a line, found in running text, displayed and read back.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests: a failure is told by the panic")]

use anlan_base::text::Lang;
use anlan_law::place::{self, PLACES_MOST};
use anlan_law::{Citation, Law, Library, Place, VersionId};
use proptest::prelude::*;

fn library() -> &'static Library {
    Library::shipped()
}

fn listed(places: &[Place]) -> String {
    places.iter().map(Place::to_string).collect::<Vec<_>>().join(" ")
}

// LAWPACK-40
#[test]
fn lists_in_figures() {
    for (written, expected) in [
        ("21", "21"),
        ("21(3)", "21(3)"),
        ("21.3", "21(3)"),
        ("21（3）", "21(3)"),
        ("25, 53 para 3", "25 53¶3"),
        ("56, 49 para 2", "56 49¶2"),
        ("69(2)(3)", "69(2) 69(3)"),
        ("68, 69(1)", "68 69(1)"),
        ("74, 72", "74 72"),
        ("61 para 1 and 3", "61¶1 61¶3"),
        ("61 para 1 and 63 para 3", "61¶1 63¶3"),
        ("59 para 1", "59¶1"),
        ("53¶3", "53¶3"),
        ("60¶1(2)", "60¶1(2)"),
        ("60 para. 1 (2)", "60¶1(2)"),
        ("Art. 21(3)", "21(3)"),
        ("Articles 41-43", "41 42 43"),
        ("41–43, 50", "41 42 43 50"),
    ] {
        assert_eq!(place::list(written).as_deref().map(listed), Ok(expected.to_owned()), "{written}");
    }
    for (wrong, at) in [
        ("", 0),
        ("x", 0),
        ("0", 0),
        ("21(", 3),
        ("21(0)", 3),
        ("21,", 3),
        ("71 (refers to PIPL)", 4),
        ("43-41", 5),
        ("21 22", 3),
        ("21(3", 4),
        ("99999", 0),
    ] {
        assert_eq!(place::list(wrong).map_err(|error| error.at), Err(at), "{wrong}");
    }
}

// LAWPACK-41
#[test]
fn a_list_or_range_has_a_limit() {
    let list = |count: usize| vec!["7"; count].join(",");
    for (count, is_read) in [(PLACES_MOST - 1, true), (PLACES_MOST, true), (PLACES_MOST + 1, false)] {
        assert_eq!(place::list(&list(count)).is_ok(), is_read, "{count}");
        assert_eq!(place::list(&format!("1-{count}")).is_ok(), is_read, "1-{count}");
        let chinese = library().citations_in(&format!("《网络安全法》第1条至第{count}条"));
        assert_eq!(chinese[0].places.len(), if is_read { count } else { 2 }, "{count}");
    }
}

fn cited(written: &str, version: Option<&str>) -> String {
    let version: Option<VersionId> = version.map(|version| version.parse().unwrap());
    match library().cite(written, version.as_ref()) {
        Ok(citations) => citations.iter().map(Citation::to_string).collect::<Vec<_>>().join("; "),
        Err(error) => format!("error at {}", error.at),
    }
}

#[test]
fn lines_that_are_citations() {
    for (written, expected) in [
        ("csl 21.3", "csl 21(3)"),
        ("csl@2016 21.3", "csl@2016 21(3)"),
        ("csl@2016 21(3)", "csl@2016 21(3)"),
        ("CSL 63 para 3", "csl 63¶3"),
        ("csl 53¶3", "csl 53¶3"),
        ("21(3)", "csl 21(3)"),
        ("59 para 1", "csl 59¶1"),
        ("Cybersecurity Law (2016) Art. 21(3)", "csl@2016 21(3)"),
        ("Cybersecurity Law, Art. 21", "csl 21"),
        ("网络安全法 21(3)", "csl 21(3)"),
        ("第二十条第三项", "csl 20(3)"),
        (" 第二十一条第一款第三项 ", "csl 21¶1(3)"),
        ("《网络安全法》第二十一条第（三）项", "csl 21(3)"),
        ("《中华人民共和国网络安全法》第21条", "csl 21"),
        ("网络安全法第21条第3项", "csl 21(3)"),
        ("网安法第２１条（三）项", "csl 21(3)"),
        ("第 二 十 一 条", "csl 21"),
        ("第二十二条第一款、第二款和第四十八条第一款", "csl 22¶1; csl 22¶2; csl 48¶1"),
        ("第四十一条至第四十三条", "csl 41; csl 42; csl 43"),
        ("第四十一至四十三条", "csl 41; csl 42; csl 43"),
        ("第二十一、二十五条", "csl 21; csl 25"),
        ("第六十九条第二项、第三项", "csl 69(2); csl 69(3)"),
        ("第六十九条第二、三项", "csl 69(2); csl 69(3)"),
        ("第三十四条第（一）至（三）项", "csl 34(1); csl 34(2); csl 34(3)"),
        ("第六十条第一款第一项、第二项", "csl 60¶1(1); csl 60¶1(2)"),
        ("《网络安全法》（2016年）第二十一条", "csl@2016 21"),
        ("《网络安全法》（2025年修正）第二十三条", "csl@2025 23"),
        ("《网络安全法（草案）》第二十条第三项", "csl@draft2 20(3)"),
        ("草案二次审议稿第二十条第三项", "csl@draft2 20(3)"),
        ("csl", "error at 3"),
        ("", "error at 0"),
        ("第条", "error at 0"),
        ("第二十一条吗", "error at 15"),
        ("《数据安全法》第二十七条", "error at 0"),
        ("csl@ 21", "error at 3"),
        ("csl@2016x! 21", "error at 9"),
    ] {
        assert_eq!(cited(written, None), expected, "{written}");
    }
    assert_eq!(cited("第二十条第三项", Some("csl@draft2")), "csl@draft2 20(3)");
    assert_eq!(cited("《网络安全法》第二十条", Some("csl@2016")), "csl@2016 20");
    assert_eq!(cited("csl@2016 21", Some("csl@draft2")), "csl@2016 21", "what is written beats the default");
}

#[test]
fn errors_are_told_in_both_languages() {
    for written in ["", "csl x", "第二十一条吗"] {
        let error = library().cite(written, None).unwrap_err();
        for lang in [Lang::Zh, Lang::En] {
            assert!(!error.message(lang).contains('‹'), "{written}");
        }
    }
}

fn told(text: &str) -> Vec<String> {
    library()
        .citations_in(text)
        .iter()
        .map(|found| {
            let law = match &found.law {
                Law::Named { version: Some(version), .. } => version.to_string(),
                Law::Named { statute, .. } => statute.clone(),
                Law::ThisLaw => "this".to_owned(),
                Law::ThatLaw => "that".to_owned(),
                Law::Other(title) => title.clone(),
                Law::Bare => "bare".to_owned(),
            };
            format!("{law} {} [{}] #{}", listed(&found.places), &text[found.range.clone()], found.chain)
        })
        .collect()
}

// LAWPACK-42
#[test]
fn citations_in_running_text() {
    for (text, expected) in [
        (
            "违反本法第二十二条第一款、第二款和第四十八条第一款规定，",
            &["this 22¶1 [第二十二条第一款] #0", "this 22¶2 [第二款] #0", "this 48¶1 [第四十八条第一款] #0"][..],
        ),
        ("依照《网络安全法》第四十一条至第四十三条", &["csl 41 42 43 [第四十一条至第四十三条] #0"]),
        (
            "《网络安全法》第二十一条、《数据安全法》第二十七条、第二十九条",
            &["csl 21 [第二十一条] #0", "数据安全法 27 [第二十七条] #1", "数据安全法 29 [第二十九条] #1"],
        ),
        ("《网络安全法》及《数据安全法》第二十一条", &["数据安全法 21 [第二十一条] #0"]),
        ("网络安全法实施条例第三条", &["bare 3 [第三条] #0"]),
        ("个人信息保护法第五十一条，本制度第三条", &["bare 51 [第五十一条] #0", "bare 3 [第三条] #1"]),
        ("《网络安全法》第三章第一节第二十一条", &["csl 21 [第二十一条] #0"]),
        ("《网络安全法》的第二十一条第（三）项", &["csl 21(3) [第二十一条第（三）项] #0"]),
        ("新修订的《网络安全法》第二十三条", &["csl@2025 23 [第二十三条] #0"]),
        ("《网络安全法》（2016年11月7日通过）第二十一条", &["csl@2016 21 [第二十一条] #0"]),
        ("该法第二十五条", &["that 25 [第二十五条] #0"]),
        ("第二条例外", &[]),
        ("第二十一条第三项目", &["bare 21 [第二十一条] #0"]),
        ("《网络安全法》\n第二十一条", &["bare 21 [第二十一条] #0"]),
        ("《网络安全法", &[]),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

fn any_place() -> impl Strategy<Value = Place> {
    (1_u32..=9_999, proptest::option::of(1_u32..=99), proptest::option::of(1_u32..=99)).prop_map(|(article, paragraph, item)| Place {
        article,
        paragraph,
        item,
    })
}

proptest! {
    // LAWPACK-43
    #[test]
    fn what_is_displayed_reads_back(place in any_place(), version in proptest::option::of(prop_oneof!["csl@draft2", "csl@2016", "csl@2025"])) {
        let citation = Citation { statute: "csl".to_owned(), version: version.map(|version| version.parse().unwrap()), place };
        for written in [citation.to_string(), citation.show(library(), Lang::Zh), citation.show(library(), Lang::En)] {
            prop_assert_eq!(library().cite(&written, None), Ok(vec![citation.clone()]), "{}", written);
        }
        prop_assert_eq!(place.to_string().parse::<Place>(), Ok(place));
    }

    #[test]
    fn no_text_makes_reading_panic(text in "[《》第条款项至、和（）()一二三十百0-9a-z@,.¶ 网络安全法本草案\\n]{0,80}") {
        let _ = library().cite(&text, None);
        let _ = place::list(&text);
        for found in library().citations_in(&text) {
            prop_assert!(text.get(found.range.clone()).is_some() && text.get(found.whole).is_some());
            prop_assert!(!found.places.is_empty());
        }
    }

    #[test]
    fn no_characters_make_reading_panic(text in "\\PC{0,60}") {
        let _ = library().cite(&text, None);
        let _ = library().citations_in(&text);
    }
}

#[test]
fn hostile_text_is_read_in_one_walk() {
    for sign in ["《", "第", "第一", "第一条、", "第一条至", "（", "《网络安全法》", "网络安全法（"] {
        let text = sign.repeat((1 << 17) / sign.len());
        let _ = library().citations_in(&text);
    }
}
