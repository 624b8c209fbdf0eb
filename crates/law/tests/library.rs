//! The shipped statutes, their concordance, and what resolves in which version.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests: a failure is told by the panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anlan_base::Day;
use anlan_base::text::Lang;
use anlan_law::shipped::FILES;
use anlan_law::{Article, Certainty, Change, Force, ImportError, Library, Paragraph, Paragraphs, Place, Provenance, Unresolved, VersionId};

fn library() -> &'static Library {
    Library::shipped()
}

fn id(version: &str) -> VersionId {
    version.parse().unwrap()
}

fn place(written: &str) -> Place {
    written.parse().unwrap()
}

fn day(written: &str) -> Day {
    written.parse().unwrap()
}

/// A file that lies beside the workspace, where it is there.
fn beside(path: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("left out: {} is not there", path.display());
    }
    text
}

fn walk(folder: &Path, root: &Path, files: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, root, files);
        } else {
            files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
        }
    }
}

// LAWPACK-30
#[test]
fn every_file_of_the_packs_is_compiled_in_once() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let mut folder = BTreeSet::new();
    walk(&root, &root, &mut folder);
    let listed: Vec<String> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert!(listed.is_sorted() && listed.windows(2).all(|pair| pair[0] != pair[1]), "sorted, each once");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), folder, "crates/law/src/shipped.rs lists every file of packs/");
}

#[test]
fn the_shipped_statutes_have_no_fault() {
    if let Err(faults) = Library::parse(FILES) {
        panic!("{faults:#?}");
    }
    assert_eq!(library().statutes().len(), 1);
}

// LAWPACK-31
#[test]
fn validity_is_that_of_the_version_not_of_its_last_article() {
    for (on, version) in [
        ("2017-05-31", None),
        ("2017-06-01", Some("csl@2016")),
        ("2024-05-01", Some("csl@2016")),
        ("2025-12-31", Some("csl@2016")),
        ("2026-01-01", Some("csl@2025")),
        ("2026-11-21", Some("csl@2025")),
    ] {
        assert_eq!(library().version_on("csl", day(on)).map(|version| version.id.as_str()), version, "{on}");
    }
    let now = library().version(&id("csl@2025")).unwrap();
    assert!(now.entry(81).unwrap().text().unwrap().text().contains("2017年6月1日"));
    assert_eq!(now.force(day("2025-12-31")), Force::From(day("2026-01-01")));
    assert_eq!(library().version(&id("csl@2016")).unwrap().force(day("2026-01-01")), Force::Until(day("2025-12-31")));
    assert_eq!(library().version(&id("csl@draft2")).unwrap().force(day("2026-01-01")), Force::Never);
}

fn official(name: &str) -> Option<Vec<serde_json::Value>> {
    let json: serde_json::Value = serde_json::from_str(&beside(name)?).unwrap();
    Some(json["articles"].as_array().unwrap().clone())
}

#[test]
fn the_text_of_2016_is_the_reference_text() {
    let Some(articles) = official("statutes/csl-2016.json") else { return };
    let version = library().version(&id("csl@2016")).unwrap();
    assert_eq!(version.entries().len(), articles.len());
    for (entry, article) in version.entries().iter().zip(&articles) {
        let text = entry.text().unwrap();
        assert_eq!(text.text(), article["text"].as_str().unwrap(), "{}", entry.number);
        assert_eq!(text.part, article["part"].as_str().unwrap(), "{}", entry.number);
        assert_eq!(version.part(entry.number).unwrap().zh, text.part);
    }
}

// LAWPACK-34
#[test]
fn of_2025_only_unchanged_words_stand_in_the_box() {
    let version = library().version(&id("csl@2025")).unwrap();
    let summaries: Vec<u32> = version.entries().iter().filter(|entry| entry.summary().is_some()).map(|entry| entry.number).collect();
    assert_eq!(summaries, [3, 19, 20, 36, 42, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 73, 75, 77]);
    assert!(
        version.entries().iter().filter(|entry| entry.text().is_some()).all(|entry| matches!(entry.provenance, Provenance::Same { .. }))
    );
    let Some(articles) = official("statutes/csl-2025.json") else { return };
    for (entry, article) in version.entries().iter().zip(&articles) {
        let official = article["text"].as_str().unwrap();
        match entry.text() {
            Some(text) => assert_eq!(text.text(), official, "{}", entry.number),
            None => assert!(!official.contains(entry.summary().unwrap().zh.trim_end_matches('。')), "{}", entry.number),
        }
    }
}

// LAWPACK-33
#[test]
fn how_words_are_known_is_said() {
    let v2016 = library().version(&id("csl@2016")).unwrap();
    for (article, provenance, paragraphs) in [
        (1, Provenance::Voted { copies: 2 }, Paragraphs::Checked),
        (21, Provenance::Voted { copies: 1 }, Paragraphs::Checked),
        (68, Provenance::Voted { copies: 1 }, Paragraphs::Checked),
        (69, Provenance::Completed, Paragraphs::Unchecked),
        (79, Provenance::Completed, Paragraphs::Unchecked),
    ] {
        let entry = v2016.entry(article).unwrap();
        assert_eq!((&entry.provenance, entry.paragraphs), (&provenance, paragraphs), "{article}");
    }
    let v2025 = library().version(&id("csl@2025")).unwrap();
    assert_eq!(v2025.entry(23).unwrap().provenance, Provenance::Same { version: id("csl@2016"), article: 21 });
    assert_eq!(v2025.entry(76).unwrap().paragraphs, Paragraphs::Unchecked, "as the article it is taken from");
}

// LAWPACK-35
#[test]
fn items_that_the_source_lost_are_named_and_not_filled_in() {
    let draft = library().version(&id("csl@draft2")).unwrap();
    let lost: Vec<String> = draft
        .entries()
        .iter()
        .flat_map(|entry| entry.lost.iter().map(|lost| Place::article(entry.number).with_item(lost.item).to_string()))
        .collect();
    assert_eq!(lost, ["20(3)", "32(1)", "37(1)", "37(2)", "37(3)", "52(2)", "58(2)", "66(2)"]);
    let resolved = library().resolve(&id("csl@draft2"), place("20(3)")).unwrap();
    let Certainty::Lost(lost) = resolved.certainty else { panic!("{:?}", resolved.certainty) };
    assert!(lost.note.zh.contains("六个月"));
    assert_eq!(resolved.entry.words(resolved.place), None);
}

// LAWPACK-36
#[test]
fn places_resolve_or_what_exists_is_named() {
    for (version, written, expected) in [
        ("csl@2016", "21(3)", "certain"),
        ("csl@2016", "21¶1(3)", "certain"),
        ("csl@2016", "63 para 3", "certain"),
        ("csl@2016", "69(2)", "certain"),
        ("csl@2016", "73 para 2", "unchecked"),
        ("csl@2025", "23(3)", "certain"),
        ("csl@2025", "66 para 3", "certain"),
        ("csl@2025", "61 para 3", "unchecked"),
        ("csl@2025", "71(2)", "certain"),
        ("csl@2025", "24 para 2", "certain"),
        ("csl@draft2", "20(3)", "lost"),
        ("csl@2016", "80", "article ..79"),
        ("csl@draft2", "76", "article ..75"),
        ("csl@2016", "21(6)", "item [1, 2, 3, 4, 5]"),
        ("csl@2025", "21(3)", "item []"),
        ("csl@2016", "63 para 4", "paragraph ..3"),
        ("csl@2016", "22¶1(1)", "item []"),
        ("csl@2099", "1", "version"),
    ] {
        let found = match library().resolve(&id(version), place(written)) {
            Ok(resolved) => match resolved.certainty {
                Certainty::Certain => "certain".to_owned(),
                Certainty::ParagraphUnchecked => "unchecked".to_owned(),
                Certainty::Lost(_) => "lost".to_owned(),
            },
            Err(error) => {
                for lang in [Lang::Zh, Lang::En] {
                    assert!(!error.message(lang).contains('‹'), "{}", error.message(lang));
                }
                match error {
                    Unresolved::Version(_) => "version".to_owned(),
                    Unresolved::Article { last, .. } => format!("article ..{last}"),
                    Unresolved::Paragraph { count, .. } => format!("paragraph ..{count}"),
                    Unresolved::Item { items, .. } => format!("item {items:?}"),
                }
            }
        };
        assert_eq!(found, expected, "{version} {written}");
    }
}

fn answers(version: &str, written: &str, target: &str) -> String {
    let trace = library().trace(&id(version), place(written)).unwrap();
    let stop = trace.in_version(target).unwrap();
    stop.landings.iter().map(|landing| landing.place.to_string()).collect::<Vec<_>>().join(" ")
}

// LAWPACK-38
#[test]
fn places_are_carried_through_the_versions() {
    for (version, written, target, expected) in [
        ("csl@draft2", "20(3)", "csl@2016", "21(3)"),
        ("csl@draft2", "20(3)", "csl@2025", "23(3)"),
        ("csl@2025", "23(3)", "csl@draft2", "20(3)"),
        ("csl@2016", "21(3)", "csl@2025", "23(3)"),
        ("csl@2016", "1", "csl@2025", "1"),
        ("csl@2016", "22 para 2", "csl@2025", "24¶2"),
        ("csl@2016", "34(4)", "csl@2025", "36(4)"),
        ("csl@2016", "18", "csl@2025", "19 20¶2"),
        ("csl@2016", "18 para 1", "csl@2025", "19"),
        ("csl@2016", "18 para 2", "csl@2025", "20¶2"),
        ("csl@2016", "40", "csl@2025", "42"),
        ("csl@2016", "59", "csl@2025", "61"),
        ("csl@2016", "59 para 2", "csl@2025", "61¶2"),
        ("csl@2016", "60(2)", "csl@2025", "62(2)"),
        ("csl@2016", "64", "csl@2025", "71"),
        ("csl@2016", "64 para 1", "csl@2025", "71(2)"),
        ("csl@2016", "66", "csl@2025", "71(3)"),
        ("csl@2016", "68", "csl@2025", "69"),
        ("csl@2016", "69", "csl@2025", "69¶1 70"),
        ("csl@2016", "69(1)", "csl@2025", "69¶1"),
        ("csl@2016", "69(2)", "csl@2025", "70(1)"),
        ("csl@2016", "70", "csl@2025", "71(1)"),
        ("csl@2016", "75", "csl@2025", "77"),
        ("csl@2025", "71", "csl@2016", "64 66 70"),
        ("csl@2025", "71(3)", "csl@2016", "66"),
        ("csl@2025", "69", "csl@2016", "68 69(1)"),
        ("csl@2025", "63", "csl@2016", ""),
        ("csl@2025", "20", "csl@2016", "18¶2"),
        ("csl@2016", "13", "csl@draft2", ""),
        ("csl@draft2", "66(1)", "csl@2016", ""),
        ("csl@draft2", "66(2)", "csl@2016", ""),
        ("csl@draft2", "66(3)", "csl@2025", "70(1)"),
        ("csl@draft2", "38", "csl@2025", "32"),
        ("csl@draft2", "40 para 3", "csl@2016", "41¶1"),
        ("csl@draft2", "70", "csl@2025", "75"),
        ("csl@draft2", "13", "csl@2016", "14"),
    ] {
        assert_eq!(answers(version, written, target), expected, "{version} {written} in {target}");
    }
    let trace = library().trace(&id("csl@draft2"), place("66")).unwrap();
    let endings: Vec<(String, Change)> =
        trace.in_version("csl@2016").unwrap().endings.iter().map(|ending| (ending.place.to_string(), ending.change)).collect();
    assert_eq!(endings, [("66¶1(1)".to_owned(), Change::Dropped), ("66¶1(2)".to_owned(), Change::Unknown)]);
}

// LAWPACK-37
#[test]
fn the_concordance_comes_back() {
    let statute = library().statute("csl").unwrap();
    for version in &statute.versions {
        for entry in version.entries() {
            let trace = library().trace(&version.id, Place::article(entry.number)).unwrap();
            for stop in &trace.stops {
                for landing in &stop.landings {
                    let back = library().trace(&stop.version, Place::article(landing.place.article)).unwrap();
                    let home = back.in_version(version.id.as_str()).unwrap();
                    assert!(home.landings.iter().any(|home| home.place.article == entry.number), "{} {}", version.id, entry.number);
                }
                let is_told = !stop.landings.is_empty() || trace.stops.iter().any(|stop| !stop.endings.is_empty());
                assert!(is_told, "{} {} in {}: neither there nor told why", version.id, entry.number, stop.version);
            }
        }
    }
}

#[test]
fn the_concordance_is_the_reference_table() {
    let Some(table) = beside("statutes/concordance.tsv") else { return };
    let statute = library().statute("csl").unwrap();
    let mut rows: [BTreeMap<String, BTreeSet<String>>; 2] = Default::default();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        for (step, pair) in rows.iter_mut().zip(cells.windows(2)) {
            if pair[0] != "-" {
                step.entry(pair[0].to_owned()).or_default().extend(pair[1].split(',').map(str::to_owned));
            } else if pair[1] != "-" {
                step.entry(format!("new {}", pair[1])).or_default();
            }
        }
    }
    for (step, mut expected) in statute.steps.iter().zip(rows) {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for link in step.links.iter().filter(|link| link.change != Change::Moved) {
            match (link.from, link.to) {
                (Some(from), Some(to)) => drop(found.entry(from.article.to_string()).or_default().insert(to.article.to_string())),
                (Some(from), None) => drop(found.entry(from.article.to_string()).or_default()),
                (None, _) => {}
            }
        }
        let reached: BTreeSet<String> = found.values().flatten().cloned().collect();
        for link in step.links.iter().filter(|link| link.from.is_none()) {
            let to = link.to.unwrap().article.to_string();
            if !reached.contains(&to) {
                found.entry(format!("new {to}")).or_default();
            }
        }
        expected.retain(|from, _| from != "-");
        assert_eq!(found, expected, "{} to {}", step.from, step.to);
    }
}

#[test]
fn links_that_say_the_words_are_the_same_are_right() {
    let statute = library().statute("csl").unwrap();
    for (step, pair) in statute.steps.iter().zip(statute.versions.windows(2)) {
        for link in step.links.iter().filter(|link| link.change == Change::Same) {
            let (from, to) = (link.from.unwrap(), link.to.unwrap());
            let (Some(source), Some(target)) = (pair[0].entry(from.article), pair[1].entry(to.article)) else { panic!("{link:?}") };
            let (Some(before), Some(after)) = (source.words(from), target.words(to)) else { continue };
            if source.lost.is_empty() {
                let bare = |text: String| text.replace(['，', '；', '。'], "");
                assert_eq!(bare(before), bare(after), "{link:?}");
            }
        }
    }
}

fn articles_of_2025() -> Vec<Article> {
    let version = library().version(&id("csl@2025")).unwrap();
    version
        .entries()
        .iter()
        .map(|entry| match entry.text() {
            Some(text) => text.clone(),
            None => {
                let paragraphs = (1..=entry.paragraph_count())
                    .map(|paragraph| Paragraph {
                        text: format!("导入的第{paragraph}款。"),
                        items: entry
                            .items_of(paragraph)
                            .into_iter()
                            .map(|number| anlan_law::Item { number, text: format!("导入{number}；") })
                            .collect(),
                    })
                    .collect();
                Article { number: entry.number, part: String::new(), paragraphs }
            }
        })
        .collect()
}

// LAWPACK-39
#[test]
fn an_imported_text_fills_what_the_box_has_no_words_for() {
    let version = id("csl@2025");
    let mut articles = articles_of_2025();
    articles[22].paragraphs[0].text.push_str("另加。");
    let laid = library().with_text(&version, &articles, "d1", day("2026-02-03")).unwrap();
    let shown = laid.version(&version).unwrap();
    assert_eq!(shown.entry(61).unwrap().provenance, Provenance::Imported);
    assert_eq!(shown.entry(61).unwrap().words(place("61 para 3")).as_deref(), Some("导入的第3款。"));
    assert_eq!(shown.entry(23).unwrap().text(), library().version(&version).unwrap().entry(23).unwrap().text(), "the box's words stay");
    let imported = shown.imported.as_ref().unwrap();
    assert_eq!((imported.digest.as_str(), imported.on, imported.differs.as_slice()), ("d1", day("2026-02-03"), [23].as_slice()));

    let short = library().with_text(&version, &articles[..80], "d1", day("2026-02-03"));
    assert_eq!(short, Err(ImportError::Articles { expected: 81, found: 80 }));
    articles[70].paragraphs[0].items.pop();
    assert_eq!(
        library().with_text(&version, &articles, "d1", day("2026-02-03")),
        Err(ImportError::Items { article: 71, expected: vec![1, 2, 3], found: vec![1, 2] })
    );
    assert!(matches!(library().with_text(&id("csl@2030"), &articles, "d1", day("2026-02-03")), Err(ImportError::Version(_))));
}

/// The shipped statute with some text replaced, and what is wrong with it.
fn faults(path: &str, from: &str, to: &str) -> Vec<String> {
    let path = format!("cn/statutes/csl/{path}");
    let changed: Vec<(&str, String)> = FILES
        .iter()
        .filter(|(name, _)| name.contains("/statutes/"))
        .map(|(name, text)| {
            assert!(*name != path || text.contains(from), "{from}");
            (*name, if *name == path { text.replacen(from, to, 1) } else { (*text).to_owned() })
        })
        .collect();
    let files: Vec<(&str, &str)> = changed.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (*name, text.as_str())).collect();
    let faults = Library::parse(&files).err().unwrap_or_default();
    for fault in &faults {
        for lang in [Lang::Zh, Lang::En] {
            assert!(!fault.what(lang).contains(['‹', '{']) && !fault.remedy(lang).contains(['‹', '{']), "{}", fault.code);
        }
    }
    faults.iter().map(|fault| format!("{} {} {}", fault.file.rsplit('/').next().unwrap(), u8::from(fault.line > 0), fault.code)).collect()
}

// LAWPACK-32
#[test]
fn a_bad_statute_is_refused_with_file_and_line() {
    let whole = |path: &str| FILES.iter().find(|(name, _)| name.ends_with(path)).unwrap().1;
    for (path, from, to, expected) in [
        ("statute.toml", "id = \"csl\"", "id = csl", &["statute.toml 1 statute-syntax"][..]),
        ("statute.toml", "names =", "nanes =", &["statute.toml 1 statute-syntax"]),
        ("statute.toml", "draft2.toml", "draft3.toml", &["statute.toml 1 statute-no-file"]),
        ("statute.toml", "2017-06-01", "2017-06-31", &["statute.toml 1 statute-day"]),
        ("statute.toml", "csl@draft2", "dsl@draft2", &["statute.toml 1 statute-version"]),
        ("statute.toml", "csl@draft2", "csl@2016", &["draft2.toml 1 statute-other-version", "statute.toml 1 statute-version"]),
        ("statute.toml", "2025-12-31", "2026-01-01", &["statute.toml 1 statute-validity"]),
        ("statute.toml", "2025-12-31", "2017-05-31", &["statute.toml 1 statute-validity"]),
        ("2016.toml", "version = \"csl@2016\"", "version = \"csl@2015\"", &["2016.toml 1 statute-other-version"]),
        ("2016.toml", "number = 2\n", "number = 3\n", &["2016.toml 1 statute-order"]),
        ("2016.toml", "{ number = 2, text", "{ number = 6, text", &["2016.toml 1 statute-items"]),
        (
            "2016.toml",
            "  { text = \"为了保障网络安全，维护网络空间主权和国家安全、社会公共利益，保护公民、法人和其他组织的合法权益，促进经济社会信息化健康发展，制定本法。\" },\n",
            "",
            &["2016.toml 1 statute-empty"],
        ),
        ("draft2.toml", "paragraph = 1, item = 3", "paragraph = 1, item = 2", &["draft2.toml 1 statute-items"]),
        ("draft2.toml", "paragraph = 1, item = 3", "paragraph = 2, item = 3", &["draft2.toml 1 statute-items"]),
        ("2025.toml", "same = 1\n", "same = 99\n", &["2025.toml 1 statute-same"]),
        ("2025.toml", "like = 34\n", "like = 34\nshape = [5]\n", &["2025.toml 1 statute-summary"]),
        ("2025.toml", "like = 34\n", "", &["2025.toml 1 statute-summary"]),
        (
            "concordance.toml",
            "from = \"1\"",
            "from = \"99\"",
            &["concordance.toml 1 concordance-place", "concordance.toml 1 concordance-uncovered"],
        ),
        (
            "concordance.toml",
            "from = \"1\"",
            "from = \"x\"",
            &["concordance.toml 1 concordance-place", "concordance.toml 1 concordance-uncovered"],
        ),
        (
            "concordance.toml",
            "{ to = \"13\", change = \"new\" }",
            "{ to = \"13\", change = \"same\" }",
            &["concordance.toml 1 concordance-ends"],
        ),
        ("concordance.toml", "  { from = \"1\", to = \"1\", change = \"same\" },\n", "", &["concordance.toml 1 concordance-uncovered"; 2]),
        ("concordance.toml", "to = \"csl@2016\"", "to = \"csl@2025\"", &["concordance.toml 1 concordance-steps"]),
        ("draft2.toml", whole("draft2.toml"), "", &["statute.toml 1 statute-no-file"]),
    ] {
        let mut found = faults(path, from, to);
        found.sort_by_key(|fault| !expected.contains(&fault.as_str()));
        found.truncate(expected.len());
        found.sort();
        assert_eq!(found, expected, "{path}: {from} -> {to}");
    }
}

#[test]
fn statute_files_have_limits() {
    use anlan_law::library::file::{ARTICLES, FILE_BYTES};
    let article =
        |number: usize| format!("\n[[article]]\nnumber = {number}\nprovenance = \"completed\"\nparagraphs = [{{ text = \"x\" }}]\n");
    let file = |count: usize| format!("version = \"csl@2016\"\n{}", (1..=count).map(article).collect::<String>());
    let statute = "id = \"csl\"\ntitle = { zh = \"x\", en = \"x\" }\nshort = { zh = \"x\", en = \"x\" }\nconcordance = \"c.toml\"\n[[version]]\nid = \"csl@2016\"\nfile = \"a.toml\"\nlabel = { zh = \"x\", en = \"x\" }\nnote = { zh = \"x\", en = \"x\" }\n";
    let codes = |text: &str| -> Vec<&'static str> {
        let files = [("x/statutes/csl/statute.toml", statute), ("x/statutes/csl/a.toml", text), ("x/statutes/csl/c.toml", "step = []")];
        Library::parse(&files).err().unwrap_or_default().iter().map(|fault| fault.code).collect()
    };
    for (count, expected) in [(ARTICLES - 1, vec![]), (ARTICLES, vec![]), (ARTICLES + 1, vec!["statute-many-articles"])] {
        assert_eq!(codes(&file(count)), expected, "{count} articles");
    }
    for (bytes, expected) in [(FILE_BYTES - 1, vec![]), (FILE_BYTES, vec![]), (FILE_BYTES + 1, vec!["statute-too-big"])] {
        let text = file(1);
        let padding = "#".repeat(bytes - text.len());
        assert_eq!(codes(&(text + &padding)), expected, "{bytes} bytes");
    }
}

#[test]
fn pages_are_recognised_by_the_known_texts() {
    let known = library().known_texts();
    assert_eq!(
        known.iter().map(|known| (known.id.as_str(), known.articles.len())).collect::<Vec<_>>(),
        [("csl@draft2", 75), ("csl@2016", 79), ("csl@2025", 62)]
    );
    let Some(page) = beside("samples/texts/002.txt") else { return };
    let reading = anlan_law::reading::read("002.txt", page.as_bytes(), &known);
    let versions: Vec<&str> = reading.documents.iter().filter_map(|document| document.version.as_deref()).collect();
    assert_eq!(versions, ["csl@draft2", "csl@2016"]);
}

#[test]
fn the_official_text_of_2025_can_be_laid_over() {
    let Some(articles) = official("statutes/csl-2025.json") else { return };
    let mut page = "中华人民共和国网络安全法\n".to_owned();
    let mut part = "";
    for article in &articles {
        let heading = article["part"].as_str().unwrap();
        if heading != part {
            part = heading;
            page.push_str(&heading.replace(" 第", "\n第"));
            page.push('\n');
        }
        page.push_str(&format!("{}　{}\n", article["display"].as_str().unwrap(), article["text"].as_str().unwrap()));
    }
    let reading = anlan_law::reading::read("paste", page.as_bytes(), &library().known_texts());
    let read: Vec<Article> = reading.documents[0].articles.iter().map(anlan_law::reading::ReadArticle::to_article).collect();
    let version = id("csl@2025");
    let laid = library().with_text(&version, &read, "d", day("2026-02-03")).unwrap();
    let shown = laid.version(&version).unwrap();
    assert_eq!(shown.imported.as_ref().unwrap().differs, Vec::<u32>::new());
    for (entry, article) in shown.entries().iter().zip(&articles) {
        assert_eq!(entry.text().unwrap().text(), article["text"].as_str().unwrap(), "{}", entry.number);
    }
}
