//! Citations shown, and searches.

#![allow(clippy::unwrap_used, reason = "tests: a failure is told by the panic")]

use anlan_base::Day;
use anlan_base::text::Lang;
use anlan_law::concordance::Change;
use anlan_law::library::lookup::{QUERY_CHARS, TERMS};
use anlan_law::{Citation, Force, Library, Origin, SearchError, Unresolved};

fn library() -> &'static Library {
    Library::shipped()
}

fn cite(written: &str) -> Citation {
    library().cite(written, None).unwrap().remove(0)
}

fn day(written: &str) -> Day {
    written.parse().unwrap()
}

// LAWPACK-45
#[test]
fn a_citation_is_shown_as_of_a_day() {
    for (written, on, cited, today, starts) in [
        ("csl 21.3", "2024-05-01", "csl@2016 21(3)", "csl@2016 21(3)", Some("采取监测、记录网络运行状态")),
        ("csl 23.3", "2026-11-21", "csl@2025 23(3)", "csl@2025 23(3)", Some("采取监测、记录网络运行状态")),
        ("csl@2016 21(3)", "2026-11-21", "csl@2016 21(3)", "csl@2025 23(3)", Some("采取监测、记录网络运行状态")),
        ("csl@draft2 20(3)", "2026-11-21", "csl@draft2 20(3)", "csl@2025 23(3)", None),
        ("csl 61", "2026-11-21", "csl@2025 61", "csl@2025 61", None),
        ("csl@2025 63", "2024-05-01", "csl@2025 63", "", None),
        ("csl@2016 22¶2", "2024-05-01", "csl@2016 22¶2", "csl@2016 22¶2", Some("网络产品、服务的提供者应当为其")),
        ("csl 1", "2010-01-01", "csl@2025 1", "", Some("为了保障网络安全")),
    ] {
        let shown = library().show(&cite(written), day(on)).unwrap();
        assert_eq!(shown.citation.to_string(), cited, "{written}");
        assert_eq!(shown.today.iter().map(Citation::to_string).collect::<Vec<_>>().join(" "), today, "{written}");
        match starts {
            Some(starts) => assert!(shown.words.as_deref().unwrap().starts_with(starts), "{written}"),
            None => assert_eq!(shown.words, None, "{written}"),
        }
    }
    let old = library().show(&cite("csl@2016 21"), day("2026-11-21")).unwrap();
    assert_eq!(old.force, Force::Until(day("2025-12-31")));
    assert!(library().show(&cite("csl 61"), day("2026-11-21")).unwrap().resolved.entry.summary().is_some());
}

#[test]
fn what_does_not_exist_is_not_shown() {
    assert!(matches!(library().show(&cite("csl 82"), day("2026-11-21")), Err(Unresolved::Article { last: 81, .. })));
    assert!(matches!(library().show(&cite("csl@2030 1"), day("2026-11-21")), Err(Unresolved::Version(_))));
    let other = Citation { statute: "dsl".to_owned(), version: None, place: cite("csl 1").place };
    assert!(matches!(library().show(&other, day("2026-11-21")), Err(Unresolved::Version(_))));
}

fn articles(query: &str, version: &str) -> Vec<u32> {
    library().search(query).unwrap().iter().filter(|hit| hit.version.as_str() == version).map(|hit| hit.article).collect()
}

// LAWPACK-46
#[test]
fn articles_that_contain_all_words() {
    assert_eq!(articles("日志", "csl@2016"), [21]);
    assert_eq!(articles("日志", "csl@2025"), [23]);
    assert_eq!(articles("日志", "csl@draft2"), Vec::<u32>::new(), "the draft's copy lost the item");
    assert_eq!(articles("日志 六个月 备份", "csl@2016"), [21], "in any item of the article");
    assert_eq!(articles("人工智能", "csl@2025"), [20]);
    assert_eq!(articles("ARTIFICIAL", "csl@2025"), [20], "summaries in English too");
    assert_eq!(articles("网络，以及", "csl@2016"), articles("网络,以及", "csl@2016"));
    let hits = library().search("留存 日志").unwrap();
    assert_eq!(hits[0].version.as_str(), "csl@2025", "the newest first");
    let spot = &hits[0].spots[0];
    assert_eq!((spot.place.to_string().as_str(), spot.origin), ("23(3)", Origin::Text));
    assert_eq!(spot.ranges.iter().map(|range| &spot.text[range.clone()]).collect::<Vec<_>>(), ["留存", "日志"]);
    let hits = library().search("网络 网络安全").unwrap();
    let spot = hits.iter().flat_map(|hit| &hit.spots).find(|spot| spot.text.contains("网络安全")).unwrap();
    assert!(spot.ranges.windows(2).all(|pair| pair[0].end <= pair[1].start), "one inside the other is one range");
    assert!(spot.ranges.iter().any(|range| &spot.text[range.clone()] == "网络安全"));
}

#[test]
fn a_search_has_limits() {
    for (query, expected) in [
        (vec!["网"; TERMS - 1].join(" "), None),
        (vec!["网"; TERMS].join(" "), None),
        (vec!["网"; TERMS + 1].join(" "), Some(SearchError::ManyTerms)),
        ("网".repeat(QUERY_CHARS - 1), None),
        ("网".repeat(QUERY_CHARS), None),
        ("网".repeat(QUERY_CHARS + 1), Some(SearchError::Long)),
        (" 　".to_owned(), Some(SearchError::Empty)),
    ] {
        let error = library().search(&query).err();
        assert_eq!(error, expected, "{query}");
        for lang in [Lang::Zh, Lang::En] {
            assert!(error.is_none_or(|error| !error.message(lang).contains('‹')));
        }
    }
}

#[test]
fn what_is_new_in_one_version_is_in_none_before_it() {
    let trace = Library::shipped().trace(&"csl@2025".parse().unwrap(), "63".parse().unwrap()).unwrap();
    for version in ["csl@2016", "csl@draft2"] {
        let stop = trace.in_version(version).unwrap();
        assert_eq!(stop.landings, [], "{version}");
        assert_eq!(stop.endings.iter().map(|ending| ending.change).collect::<Vec<_>>(), [Change::New], "{version}");
    }
}

#[test]
fn an_article_that_got_a_paragraph_is_not_the_same_article() {
    let library = Library::shipped();
    for (place, change) in [("40", Change::Amended), ("40¶1", Change::Same), ("41", Change::Same)] {
        let trace = library.trace(&"csl@2016".parse().unwrap(), place.parse().unwrap()).unwrap();
        let landings = &trace.in_version("csl@2025").unwrap().landings;
        assert_eq!(landings.iter().map(|landing| landing.change).collect::<Vec<_>>(), [change], "{place}");
    }
}
