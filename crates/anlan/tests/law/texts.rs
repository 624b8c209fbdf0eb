//! `law show`, `cite`, `diff`, `search`: the texts in the box.

use crate::law;

#[test]
fn a_citation_is_followed_through_the_versions() {
    for (lang, args, path) in [
        (
            "zh",
            vec!["cite", "第二十条第三项", "--in", "csl@draft2"],
            "第二十条第三项（csl@draft2）→ 2016 第二十一条第三项 → 2025 第二十三条第三项",
        ),
        ("en", vec!["cite", "第二十条第三项", "--in", "csl@draft2"], "Art. 20(3) (csl@draft2) → 2016 Art. 21(3) → 2025 Art. 23(3)"),
        ("zh", vec!["cite", "csl@2016", "21(3)"], "第二十一条第三项（csl@2016）→ 2025 第二十三条第三项 ← draft2 第二十条第三项"),
        (
            "zh",
            vec!["cite", "《网络安全法》（2016年）第二十一条第三项"],
            "第二十一条第三项（csl@2016）→ 2025 第二十三条第三项 ← draft2 第二十条第三项",
        ),
    ] {
        let answer = law(lang, &args);
        assert_eq!(answer.code, 0, "{args:?}: {}", answer.talk);
        assert_eq!(answer.out.lines().next(), Some(path), "{args:?}");
        answer.fits();
    }
    let json = law("zh", &["cite", "第二十条第三项", "--in", "csl@draft2", "--json"]).json();
    let stops = json["citations"][0]["stops"].as_array().unwrap();
    let numbers: Vec<(&str, u64)> =
        stops.iter().map(|s| (s["version"].as_str().unwrap(), s["landings"][0]["place"]["article"].as_u64().unwrap())).collect();
    assert_eq!(numbers, [("csl@draft2", 20), ("csl@2016", 21), ("csl@2025", 23)]);
    assert_eq!(json["citations"][0]["certainty"], "lost", "the draft's page lost the words");
}

#[test]
fn what_cannot_be_cited_is_refused_with_what_to_do() {
    for (args, code, says) in [
        (vec!["cite", "第九十九条"], 1, "81"),
        (vec!["cite", "21.3"], 1, "第二十三条第三项"),
        (vec!["cite", "日志"], 2, "日志"),
        (vec!["cite", "第二十条", "--in", "csl@1999"], 2, "csl@2016"),
        (vec!["cite"], 2, "--help"),
        (vec!["show", "csl", "21", "--as-of", "2010-01-01"], 1, "anlan law show csl"),
        (vec!["show", "csl", "21", "--as-of", "yesterday"], 2, "YYYY-MM-DD"),
        (vec!["show", "psl", "21"], 2, "csl"),
        (vec!["show", "csl", "21", "--as-of", "2024-05-01", "--in", "csl@2016"], 2, "--help"),
        (vec!["show", "csl", "csl@2016 21", "--in", "csl@2025"], 2, "csl@2025"),
        (vec!["diff", "csl@2016"], 2, "--help"),
        (vec!["diff", "csl@2016", "csl@2025", "--article", "999"], 1, "csl@2025"),
        (vec!["search", " "], 2, ""),
        (vec!["nonsense"], 2, "--help"),
    ] {
        let answer = law("zh", &args);
        assert_eq!(answer.code, code, "{args:?}: {}", answer.talk);
        assert!(answer.talk.contains(says), "{args:?} said: {}", answer.talk);
        assert_eq!(answer.out, "", "{args:?}");
    }
}

#[test]
fn an_article_is_shown_in_the_version_of_the_day() {
    for (args, version, why, says) in [
        (vec!["show", "csl", "21.3", "--as-of", "2024-05-01"], "csl@2016", "as_of", "六个月"),
        (vec!["show", "csl", "21.3", "--as-of", "2025-12-31"], "csl@2016", "as_of", "六个月"),
        (vec!["show", "csl", "23.3", "--as-of", "2026-01-01"], "csl@2025", "as_of", "六个月"),
        (vec!["show", "网络安全法", "第二十三条第三项"], "csl@2025", "today", "六个月"),
        (vec!["show", "csl", "21.3", "--in", "csl@2016"], "csl@2016", "asked", "六个月"),
        (vec!["show", "csl@2016", "21.3"], "csl@2016", "asked", "六个月"),
    ] {
        let json = law("zh", &[args.clone(), vec!["--json"]].concat()).json();
        let place = &json["places"][0];
        assert_eq!((place["citation"]["version"].as_str(), place["why"].as_str()), (Some(version), Some(why)), "{args:?}");
        assert!(place["text"].as_str().unwrap().contains(says), "{args:?}");
        for lang in ["zh", "en"] {
            let answer = law(lang, &args);
            answer.fits();
            assert!(answer.out.contains(version), "{args:?}: {}", answer.out);
            for other in ["csl@draft2", "csl@2016", "csl@2025"] {
                assert!(answer.out.contains(other), "numbers in all versions: {}", answer.out);
            }
        }
    }
}

#[test]
fn what_is_not_the_official_text_says_so() {
    let changed = law("zh", &["show", "csl", "61", "--in", "csl@2025"]);
    assert!(changed.out.contains("不是官方文本") && changed.out.contains("anlan law import"), "{}", changed.out);
    let json = law("zh", &["show", "csl", "61", "--in", "csl@2025", "--json"]).json();
    assert!(json["places"][0]["text"].is_null() && json["places"][0]["summary"]["zh"].is_string());
    let lost = law("zh", &["show", "csl@draft2", "20"]);
    let third = lost.out.lines().position(|line| line.contains("（三）") && line.contains("来源缺失"));
    let second = lost.out.lines().position(|line| line.contains("（二）"));
    assert!(second < third && third.is_some(), "in its place: {}", lost.out);
    let unchecked = law("en", &["show", "csl@2016", "76", "--json"]).json();
    assert_eq!(unchecked["places"][0]["provenance"]["kind"], "completed");
}

#[test]
fn the_versions_are_listed() {
    for lang in ["zh", "en"] {
        let answer = law(lang, &["show", "csl"]);
        answer.fits();
        assert!(answer.out.contains("2026-01-01") && answer.out.contains("csl@draft2"), "{}", answer.out);
    }
    let json = law("en", &["show", "csl", "--as-of", "2024-05-01", "--json"]).json();
    let states: Vec<&str> = json["versions"].as_array().unwrap().iter().map(|v| v["force"].as_str().unwrap()).collect();
    assert_eq!(states, ["never", "in_force", "not_yet"]);
}

#[test]
fn versions_are_compared_by_article() {
    let one = law("zh", &["diff", "csl@2016", "csl@2025", "--article", "21"]);
    one.fits();
    assert!(one.out.contains("第十九条 → 第二十一条"), "{}", one.out);
    let all = law("zh", &["diff", "csl@draft2", "csl@2016"]);
    all.fits();
    assert!(all.out.contains("{+") && all.out.contains("[-") && !all.out.contains('\u{1b}'), "signs, no colours off a terminal");
    let item = law("zh", &["diff", "csl@draft2", "csl@2016", "--article", "21"]);
    let bare = item.out.replace(['\n', ' '], "");
    assert!(bare.contains("{?（三）采取监测、") && bare.contains("六个月；?}"), "a lost item is no change: {}", item.out);
    for (from, to, rows) in [("csl@2025", "csl@2016", 81), ("csl@2016", "csl@2016", 79), ("csl@draft2", "csl@2025", 75)] {
        let json = law("zh", &["diff", from, to, "--json"]).json();
        assert!(json["rows"].as_array().unwrap().len() + 10 >= rows, "{from} {to}");
    }
    let json = law("zh", &["diff", "csl@draft2", "csl@2016", "--article", "21", "--json"]).json();
    assert_eq!((json["from"].as_str(), json["rows"].as_array().unwrap().len()), (Some("csl@draft2"), 1));
    assert_eq!((&json["rows"][0]["from"][0], &json["rows"][0]["to"][0]), (&20.into(), &21.into()));
    let summary = law("zh", &["diff", "csl@2016", "csl@2025", "--article", "61"]);
    assert!(summary.out.contains("官方文本不在本机"), "{}", summary.out);
}

#[test]
fn words_are_found_in_every_version() {
    let answer = law("zh", &["search", "网络日志"]);
    answer.fits();
    assert!(answer.out.contains("csl@2025  第二十三条") && answer.out.contains("csl@2016  第二十一条"), "{}", answer.out);
    let one = law("en", &["search", "日志", "留存", "--in", "csl@2016", "--json"]).json();
    let hits: Vec<(&str, u64)> =
        one["hits"].as_array().unwrap().iter().map(|hit| (hit["version"].as_str().unwrap(), hit["article"].as_u64().unwrap())).collect();
    assert_eq!(hits, [("csl@2016", 21)]);
    let none = law("zh", &["search", "量子"]);
    assert_eq!((none.code, none.out.as_str()), (0, ""));
}
