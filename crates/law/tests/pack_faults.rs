//! Packs that are refused: each fault with its file, line and key, and a remedy in both languages.

use anlan_base::text::Lang;
use anlan_law::pack::{FILES_MOST, Lawbook, MOST_FILE_BYTES, MOST_OF_A_KIND, MOST_QUESTIONS, MOST_RECORDS, MOST_TEXT_CHARS, lint};
use anlan_law::shipped::FILES;
use anlan_law::{Fault, condition};
use proptest::prelude::*;

/// The packs of the box with one text changed in one file; what is to be changed must be there.
fn changed(file: &str, from: &str, to: &str) -> Vec<(String, String)> {
    let mut found = false;
    let files = FILES.iter().map(|(path, text)| {
        if *path != file {
            return ((*path).to_owned(), (*text).to_owned());
        }
        found |= text.contains(from);
        ((*path).to_owned(), text.replacen(from, to, 1))
    });
    let files = files.collect();
    assert!(found, "{file} has no {from}");
    files
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

fn faults_of(file: &str, from: &str, to: &str) -> Vec<Fault> {
    lint(&borrowed(&changed(file, from, to)))
}

fn show(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{}:{} {} {}: {}\n", fault.file, fault.line, fault.key, fault.code, fault.what(Lang::En))).collect()
}

/// One thing that is wrong brings few faults: its own, and those of what it was for.
const FOLLOWING: usize = 4;

/// File, what is changed, to what; code and key of a fault that must be there.
const REFUSED: &[(&str, &str, &str, &str, &str)] = &[
    // LAWPACK-2
    ("cn/duties.toml", "id = \"D001\"", "id = \"D001\"\nid = \"D001\"", "not-toml", ""),
    ("cn/duties.toml", "actor = \"network_operator\"", "actor = \"network_operator\"\nnote = \"x\"", "unknown-key", "duty.D001.note"),
    ("cn/duties.toml", "actor = \"network_operator\"\n", "", "missing-key", "duty.D001.actor"),
    ("cn/duties.toml", "clock = { kind = \"state\" }", "clock = { kind = \"stat\" }", "bad-value", "duty.D002.clock.kind"),
    ("cn/duties.toml", "[[duty]]", "x = 1\n[[duty]]", "unknown-key", "x"),
    ("cn/duties.toml", "id = \"D002\"", "id = \"D001\"", "id-twice", "duty.D001.id"),
    ("cn/duties.toml", "id = \"D001\"", "id = \"D 1\"", "bad-id", "duty.D 1.id"),
    ("cn/duties.toml", "en = \"Internal security rules\"", "en = \" \"", "text-empty", "duty.D001.title.en"),
    ("cn/pack.toml", "anlan-lawpack/1", "anlan-lawpack/2", "schema", "schema"),
    ("cn/pack.toml", "id = \"cn\"", "id = \"de\"", "pack-id", "id"),
    ("cn/pack.toml", "version", "versions", "unknown-key", "versions"),
    // LAWPACK-6, LAWPACK-7, LAWPACK-26
    ("cn/duties.toml", "\"csl@2016\" = [\"21(1)\"]", "\"csl@2016\" = [\"21(6)\"]", "cite-place", "duty.D001.cites.csl@2016"),
    ("cn/duties.toml", "\"csl@2016\" = [\"63¶3\"]", "\"csl@2016\" = [\"63¶4\"]", "cite-place", "duty.D006.cites.csl@2016"),
    ("cn/duties.toml", "\"csl@2025\" = [\"23(1)\"]", "\"csl@2025\" = [\"82\"]", "cite-place", "duty.D001.cites.csl@2025"),
    ("cn/duties.toml", "\"csl@2025\" = [\"23(1)\"]", "\"csl@2027\" = [\"23(1)\"]", "cite-version", "duty.D001.cites.csl@2027"),
    ("cn/duties.toml", "\"csl@2025\" = [\"23(1)\"]", "\"CSL\" = [\"23(1)\"]", "bad-version", "duty.D001.cites.CSL"),
    ("cn/duties.toml", "\"csl@2025\" = [\"23(1)\"]", "\"csl@2025\" = [\"二十三\"]", "bad-place", "duty.D001.cites.csl@2025"),
    ("cn/duties.toml", "\"csl@2025\" = [\"23(1)\"]", "\"csl@2025\" = []", "cites-empty", "duty.D001.cites.csl@2025"),
    ("cn/duties.toml", "\"csl@2025\" = [\"23(1)\"]", "\"csl@2025\" = [\"23(2)\"]", "cites-version", "duty.D001.cites.csl@2025"),
    ("cn/duties.toml", ", \"csl@2025\" = [\"23(1)\"]", "", "cites-version", "duty.D001.cites.csl@2025"),
    // LAWPACK-9
    ("cn/duties.toml", "actor = \"network_operator\"", "actor = \"baker\"", "actor-unknown", "duty.D001.actor"),
    ("cn/duties.toml", "\"SYS-157\"", "\"SYS-249\"", "system-none", "duty.D001.systems"),
    ("cn/duties.toml", "instrument = \"mps-order-33\"", "instrument = \"mps-order-34\"", "instrument-unknown", "duty.D003.other"),
    ("cn/duties.toml", "[\"csl-2016-59-1\"", "[\"csl-2016-58-1\"", "penalty-unknown", "duty.D001.penalties"),
    (
        "cn/duties.toml",
        "penalties = [\"csl-2016-59-1\", \"csl-2025-61-1\", \"csl-2025-61-3\"]",
        "penalties = [\"csl-2025-64\"]",
        "penalty-other",
        "duty.D001.penalties",
    ),
    (
        "cn/duties.toml",
        "penalties = [\"csl-2016-59-1\", \"csl-2025-61-1\", \"csl-2025-61-3\"]\n",
        "",
        "duty-no-consequence",
        "duty.D001.penalties",
    ),
    ("cn/inspection.toml", "\"D036\"", "\"D999\"", "duty-unknown", "point.mps-176-7-1.duties"),
    ("cn/actors.toml", "\"cn\", \"campus\"", "\"cn\", \"moon\"", "pack-unknown", "operator.school.packs"),
    ("cn/grades.toml", "scale = \"cac\"", "scale = \"moon\"", "scale-unknown", "grade.cac-1.scale"),
    ("cn/grades.toml", "rank = 2", "rank = 1", "rank-twice", "grade.cac-2.rank"),
    // LAWPACK-10
    ("cn/duties.toml", "name = \"posts.filled\"", "name = \"posts.full\"", "probe-unknown", "duty.D002.probe.name"),
    (
        "cn/duties.toml",
        "name = \"tasks.answered\", of = [\"monthly_meeting\"]",
        "name = \"tasks.answered\"",
        "probe-of",
        "duty.D007.probe.of",
    ),
    (
        "cn/duties.toml",
        "probe = { name = \"log.fields\" }",
        "probe = { name = \"log.fields\", of = [\"x\"] }",
        "probe-of",
        "duty.D020.probe.of",
    ),
    ("cn/duties.toml", "of = [\"grid_item\"]", "of = [\"grid_thing\"]", "duty-no-clock", "duty.D013.probe.of"),
    ("cn/duties.toml", "probe = { name = \"log.fields\" }\n", "", "duty-shown", "duty.D020"),
    ("cn/duties.toml", "condition = \"facts.sources > 0 && facts.percent_complete >= 95\"\n", "", "missing-key", "duty.D020.condition"),
    (
        "cn/duties.toml",
        "attestation = { every = \"P1Y\"",
        "attestation = { every = \"1 year\"",
        "bad-length",
        "duty.D008.attestation.every",
    ),
    // LAWPACK-12
    ("cn/duties.toml", "facts.percent_complete >= 95", "facts.percent >= 95", "condition-fact", "duty.D020.condition"),
    ("cn/duties.toml", "facts.percent_complete >= 95", "facts.percent_complete >= 'a'", "condition-type", "duty.D020.condition"),
    ("cn/duties.toml", "facts.percent_complete >= 95", "facts.percent_complete >=", "condition-syntax", "duty.D020.condition"),
    ("cn/duties.toml", "facts.sources > 0 && facts.percent_complete >= 95", "facts.sources", "condition-not-bool", "duty.D020.condition"),
    ("cn/duties.toml", "facts.percent_complete >= 95", "[1].size() >= 95", "condition-form", "duty.D020.condition"),
    (
        "cn/penalties.toml",
        "condition = \"facts.refused || facts.harm\"",
        "condition = \"facts.refuse\"",
        "condition-fact",
        "penalty.csl-2016-59-1.tier.1.condition",
    ),
    ("cn/grades.toml", "facts.persons >= 100000000", "facts.people >= 100000000", "condition-fact", "grade.cac-1.criterion.6.condition"),
    // LAWPACK-8
    (
        "cn/penalties.toml",
        "from = 10000, to = 100000 }",
        "from = 100000, to = 100000 }",
        "fine-range",
        "penalty.csl-2016-59-1.tier.1.fines",
    ),
    ("cn/penalties.toml", "at = \"59¶1\"", "at = \"59¶9\"", "cite-place", "penalty.csl-2016-59-1.at"),
    ("cn/penalties.toml", "at = \"59¶1\"\n", "", "missing-key", "penalty.csl-2016-59-1.at"),
    ("cn/penalties.toml", "law = \"pipl\"", "law = \"pipe\"", "instrument-unknown", "penalty.pipl-66.law"),
    ("cn/penalties.toml", "answers = [\"21\", \"25\"]", "answers = [\"99\"]", "cite-place", "penalty.csl-2016-59-1.answers"),
    ("cn/penalties.toml", "refers = [\"pipl-66\"]", "refers = [\"pipl-67\"]", "penalty-unknown", "penalty.csl-2025-71-1-2.refers"),
    // LAWPACK-15, LAWPACK-18
    (
        "cn/duties.toml",
        "kind = \"review\", every = \"P1Y\"",
        "kind = \"review\", every = \"yearly\"",
        "bad-length",
        "duty.D001.clock.every",
    ),
    ("cn/duties.toml", "kind = \"review\", every = \"P1Y\"", "kind = \"review\"", "missing-key", "duty.D001.clock.every"),
    ("cn/duties.toml", "kind = \"state\"", "kind = \"state\", every = \"P1Y\"", "occasion-key", "duty.D002.clock.every"),
    ("cn/duties.toml", "within = [\"P5D\"]", "within = [\"P5D\"], by = \"order\"", "occasion-due", "duty.D004.clock"),
    ("cn/duties.toml", "weekdays = [\"MON\"]", "weekdays = [\"Monday\"]", "occasion-weekday", "duty.D084.clock.weekdays"),
    ("cn/duties.toml", "days = [1, 11, 21, 28]", "days = [0]", "occasion-days", "duty.D084.clock.days"),
    (
        "cn/duties.toml",
        "unsure = { zh = \"罚款数额未经核对。\", en = \"The amounts of the fine were not checked.\" }\n",
        "",
        "unsure-why",
        "duty.D005.sureness",
    ),
    // LAWPACK-19, LAWPACK-20
    ("cn/terms.toml", "length = \"P6M\"", "length = \"P6M\"\ncount = 6", "term-value", "term.log-six-months"),
    ("cn/terms.toml", "subject = \"log\"", "subject = \"Log\"", "bad-subject", "term.log-six-months.subject"),
    (
        "cn/terms.toml",
        "cites = { \"csl@2016\" = [\"21(3)\"], \"csl@2025\" = [\"23(3)\"] }\n",
        "",
        "term-no-basis",
        "term.log-six-months.cites",
    ),
    ("government/terms.toml", "length = \"P3M\"", "count = 3", "term-kinds", "term.government-device-log"),
    (
        "government/terms.toml",
        "subject = \"log.device\"\nwhat = { zh = \"网络设备日志保存（短于法律规定的六个月）\", en = \"Logs of network devices kept (shorter than the six months of the Law)\" }\nsense = \"at_least\"",
        "subject = \"log.device\"\nwhat = { zh = \"上限\", en = \"Ceiling\" }\nsense = \"at_most\"",
        "term-floor-above",
        "term.government-device-log",
    ),
    ("campus/terms.toml", "line = 175", "line = 176", "source-unquoted", "term.campus-room-log.source.line"),
    ("cn/instruments.toml", "from = \"1997-12-30\"", "from = \"1997-13-30\"", "bad-date", "instrument.mps-order-33.from"),
    // LAWPACK-24, LAWPACK-25
    (
        "cn/cases/penalties.toml",
        "unit_yuan = [10000, 100000]",
        "unit_yuan = [10000, 100001]",
        "case-differs",
        "case.csl-2016-59-1-aggravated.expect",
    ),
    (
        "cn/cases/penalties.toml",
        "facts = { refused = true }",
        "facts = { refused = 1 }",
        "condition-fact",
        "case.csl-2016-59-1-aggravated.facts.refused",
    ),
    ("cn/cases/penalties.toml", "penalty = \"csl-2016-59-1\"", "penalty = \"moon\"", "penalty-unknown", "case.csl-2016-59-1-base.penalty"),
    ("cn/cases/penalties.toml", "penalty = \"csl-2016-59-1\"\n", "", "case-of-what", "case.csl-2016-59-1-base"),
    (
        "cn/cases/penalties.toml",
        "id = \"csl-2016-59-1-aggravated\"\npenalty = \"csl-2016-59-1\"",
        "id = \"moved\"\npenalty = \"csl-2016-59-2\"",
        "case-missing",
        "csl-2016-59-1.aggravated",
    ),
    ("cn/cases/grades.toml", "criterion = \"loss\"", "criterion = \"portal\"", "case-differs", "case.cac-1-loss.expect"),
    ("cn/cases/grades.toml", "scale = \"cac\"", "scale = \"moon\"", "scale-unknown", "case.cac-1-portal.scale"),
    ("cn/cases/terms.toml", "term = \"campus-room-log\"", "term = \"log-six-months\"", "case-differs", "case.room-over-law.expect"),
];

#[test]
fn each_fault_names_file_line_key_and_remedy() {
    let halves = REFUSED.split_at(REFUSED.len() / 2);
    std::thread::scope(|both| {
        both.spawn(|| refused(halves.0));
        both.spawn(|| refused(halves.1));
    });
}

fn refused(cases: &[(&str, &str, &str, &str, &str)]) {
    for (file, from, to, code, key) in cases {
        let faults = faults_of(file, from, to);
        assert!(faults.len() <= FOLLOWING, "{file}: {to} brings {}", show(&faults));
        let fault = faults.iter().find(|fault| fault.code == *code && fault.key == *key);
        let fault = fault.unwrap_or_else(|| panic!("{file}: {to} should be {code} at {key}:\n{}", show(&faults)));
        let in_file = fault.file == *file || (*code == "case-missing" && fault.file == "cn/penalties.toml");
        assert!(in_file, "{}", show(&faults));
        let told_by_line = !["cites-version", "penalty-other", "case-missing", "duty-no-clock"].contains(code);
        assert!(!told_by_line || fault.line > 0, "{code} has no line");
        for lang in [Lang::Zh, Lang::En] {
            for text in [fault.what(lang), fault.remedy(lang)] {
                assert!(!text.contains('‹') && !text.contains("{$") && !text.is_empty(), "{code}: {text}");
            }
        }
    }
}

// LAWPACK-2
#[test]
fn the_line_is_that_of_the_key() {
    let faults = faults_of("cn/duties.toml", "actor = \"network_operator\"", "actor = \"baker\"");
    let text = FILES.iter().find(|(path, _)| *path == "cn/duties.toml").map_or("", |(_, text)| text);
    let line = text.lines().position(|line| line.starts_with("actor")).expect("an actor") + 1;
    assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<usize>>(), [line]);
}

// LAWPACK-2
#[test]
fn one_bad_record_does_not_hide_the_others() {
    let files = changed("cn/duties.toml", "actor = \"network_operator\"", "actor = \"baker\"");
    let files: Vec<(String, String)> = files
        .into_iter()
        .map(|(path, text)| if path == "cn/duties.toml" { (path, text.replacen("kind = \"state\"", "kind = 7", 1)) } else { (path, text) })
        .collect();
    let codes: Vec<&str> = lint(&borrowed(&files)).iter().map(|fault| fault.code).collect();
    assert!(codes.contains(&"actor-unknown") && codes.contains(&"bad-value"), "{codes:?}");
}

// LAWPACK-1, LAWPACK-23
#[test]
fn packs_that_are_missing_or_needed_are_told() {
    let codes = |enabled: &[&str]| match Lawbook::load(FILES, enabled, None) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.code).collect::<Vec<&str>>(),
    };
    assert_eq!(codes(&["moon"]), ["pack-missing"]);
    assert!(codes(&["campus"]).contains(&"pack-needs"));
    assert!(codes(&["cn", "grid"]).is_empty());
    let files = [FILES, &[("cn/words.toml", "")]].concat();
    let faults = Lawbook::load(&files, &["cn"], None).expect_err("an unknown file");
    assert_eq!((faults[0].code, faults[0].file.as_str()), ("unknown-file", "cn/words.toml"));
}

// LAWPACK-4
#[test]
fn limits_hold_at_their_edges() {
    let codes = |files: &[(&str, &str)]| match Lawbook::load(files, &["x"], None) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.code).collect::<Vec<&str>>(),
    };
    let head = ("x/pack.toml", "schema = \"anlan-lawpack/1\"\nid = \"x\"\nversion = \"1\"\ntitle = { zh = \"一\", en = \"One\" }\n");
    for (bytes, fits) in [(MOST_FILE_BYTES - 1, true), (MOST_FILE_BYTES, true), (MOST_FILE_BYTES + 1, false)] {
        let text = format!("#{}", " ".repeat(bytes - 1));
        let found = codes(&[head, ("x/terms.toml", &text)]);
        assert_eq!(found, if fits { vec![] } else { vec!["file-large"] }, "{bytes}");
    }
    let record = |number: usize| format!("[[instrument]]\nid = \"i{number}\"\nkind = \"law\"\ntitle = {{ zh = \"一\", en = \"One\" }}\n");
    for (count, fits) in [(MOST_RECORDS - 1, true), (MOST_RECORDS, true), (MOST_RECORDS + 1, false)] {
        let text: String = (0..count).map(record).collect();
        let found = codes(&[head, ("x/instruments.toml", &text)]);
        assert_eq!(found, if fits { vec![] } else { vec!["too-many"] }, "{count}");
    }
    for (chars, fits) in [(MOST_TEXT_CHARS - 1, true), (MOST_TEXT_CHARS, true), (MOST_TEXT_CHARS + 1, false)] {
        let text = format!("[[instrument]]\nid = \"i\"\nkind = \"law\"\ntitle = {{ zh = \"{}\", en = \"One\" }}\n", "一".repeat(chars));
        let found = codes(&[head, ("x/instruments.toml", &text)]);
        assert_eq!(found, if fits { vec![] } else { vec!["text-long"] }, "{chars}");
    }
    for (count, fits) in [(MOST_QUESTIONS - 1, true), (MOST_QUESTIONS, true), (MOST_QUESTIONS + 1, false)] {
        let fact = |number: usize| format!("[[fact]]\nname = \"f{number}\"\nkind = \"int\"\ntitle = {{ zh = \"一\", en = \"One\" }}\n");
        let text: String = (0..count).map(fact).collect();
        assert_eq!(codes(&[head, ("x/grades.toml", &text)]), if fits { vec![] } else { vec!["too-many"] }, "{count}");
    }
    for (count, fits) in [(FILES_MOST - 1, true), (FILES_MOST, true), (FILES_MOST + 1, false)] {
        let names: Vec<String> = (1..count).map(|number| format!("x/cases/{number}.toml")).collect();
        let mut files = vec![head];
        files.extend(names.iter().map(|name| (name.as_str(), "")));
        let found = codes(&files);
        assert_eq!(found.contains(&"too-many-files"), !fits, "{count}");
    }
}

// LAWPACK-4
#[test]
fn records_of_several_packs_together_are_limited() {
    let heads: Vec<(String, String)> = ["a", "b", "c"]
        .iter()
        .map(|id| {
            (
                format!("{id}/pack.toml"),
                format!("schema = \"anlan-lawpack/1\"\nid = \"{id}\"\nversion = \"1\"\ntitle = {{ zh = \"一\", en = \"One\" }}\n"),
            )
        })
        .collect();
    let list = |id: &str, count: usize| {
        let record = |number: usize| format!("[[actor]]\nid = \"{id}{number}\"\ntitle = {{ zh = \"一\", en = \"One\" }}\n");
        (format!("{id}/actors.toml"), (0..count).map(record).collect::<String>())
    };
    let rest = MOST_OF_A_KIND - 2 * MOST_RECORDS;
    for (last, fits) in [(rest - 1, true), (rest, true), (rest + 1, false)] {
        let mut files = heads.clone();
        files.extend([list("a", MOST_RECORDS), list("b", MOST_RECORDS), list("c", last)]);
        assert_eq!(Lawbook::load(&borrowed(&files), &["a", "b", "c"], None).is_ok(), fits, "{last}");
    }
}

// LAWPACK-13
#[test]
fn long_and_deep_conditions_are_refused() {
    let long = format!("facts.sources > 0{}", " ".repeat(condition::MOST_BYTES));
    let deep = format!("{}true{}", "(".repeat(condition::MOST_DEPTH + 1), ")".repeat(condition::MOST_DEPTH + 1));
    for (text, code) in [(long, "condition-long"), (deep, "condition-deep")] {
        let faults = faults_of("cn/duties.toml", "facts.sources > 0 && facts.percent_complete >= 95", &text);
        assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<&str>>(), [code]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    /// A file with a piece cut out or doubled is read or refused, never a panic, and its faults have a place.
    #[test]
    fn damaged_files_are_read_or_refused(index in 0..FILES.len(), at in 0.0..1.0_f64, length in 0_usize..200, doubled: bool) {
        let (file, text) = FILES[index];
        let start = text.floor_char_boundary((text.len() as f64 * at) as usize);
        let end = text.floor_char_boundary((start + length).min(text.len()));
        let piece = if doubled { text[start..end].repeat(2) } else { String::new() };
        let broken = format!("{}{piece}{}", &text[..start], &text[end..]);
        let files: Vec<(&str, &str)> = FILES.iter().map(|(path, text)| (*path, if *path == file { broken.as_str() } else { *text })).collect();
        for fault in lint(&files) {
            prop_assert!(!fault.file.is_empty() && !fault.code.is_empty());
        }
    }
}
