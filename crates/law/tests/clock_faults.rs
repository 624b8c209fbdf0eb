//! Packs with each possible mistake in their clocks, calendars and cases: file, line, key and code of every fault, and words for it.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use anlan_base::text::Lang;
use anlan_law::Fault;
use anlan_law::clock::{
    CALENDAR_FILE_BYTES, CASE_FILE_BYTES, CASES, CLOCK_FILE_BYTES, CLOCKS, Calendars, Clocks, ENTRIES, FACTS, HOLIDAY_DAYS, HOLIDAYS,
    TEXT_CHARS, parse_calendars, parse_clocks, run_cases,
};

const SOUND: &str = r#"[[clock]]
id = "one"
name = { zh = "一", en = "One" }
start = "received"
stop = "answered"
within = "P3D"
basis = [{ zh = "依据", en = "Basis" }]
sureness = "certain"
"#;

/// `SOUND` with a line put in the place of the one that begins with `key`, or added where none does.
fn with(key: &str, line: &str) -> String {
    let mut lines: Vec<&str> = SOUND.lines().collect();
    match lines.iter().position(|old| old.starts_with(key) && !key.is_empty()) {
        Some(at) if line.is_empty() => drop(lines.remove(at)),
        Some(at) => lines[at] = line,
        None => lines.push(line),
    }
    lines.join("\n")
}

fn faults(text: &str) -> Vec<Fault> {
    parse_clocks(&[("cn/clocks.toml", text)]).err().unwrap_or_default()
}

/// Words for the faults of this part; what any file of a pack can have is said elsewhere.
fn spoken(faults: &[Fault]) {
    for fault in faults.iter().filter(|fault| fault.code.starts_with("clock-") || fault.code.starts_with("calendar-")) {
        for lang in [Lang::Zh, Lang::En] {
            for words in [fault.what(lang), fault.remedy(lang)] {
                assert!(!words.contains('‹') && !words.contains('{'), "{}: {words}", fault.code);
            }
        }
    }
}

fn assert_one(faults: &[Fault], line: usize, key: &str, code: &str) {
    let found: Vec<_> = faults.iter().map(|fault| (fault.line, fault.key.as_str(), fault.code)).collect();
    assert_eq!(found, [(line, key, code)]);
    spoken(faults);
}

#[test]
fn a_sound_clock_has_no_fault() {
    assert_eq!(faults(SOUND), []);
}

#[test]
fn each_mistake_names_its_line_and_key() {
    // LAWPACK-50 LAWPACK-51 LAWPACK-52
    for (key, line, at, path, code) in [
        ("id", "id = \"One\"", 2, "id", "clock-id"),
        ("id", "id = \"\"", 2, "id", "clock-id"),
        ("id", "id = \"-a\"", 2, "id", "clock-id"),
        ("name", "name = { zh = \"\", en = \"One\" }", 3, "name", "clock-text"),
        ("start", "start = \"Received\"", 4, "start", "clock-fact"),
        ("start", "", 1, "", "clock-start-missing"),
        ("stop", "stop = \"an swered\"", 5, "stop", "clock-fact"),
        ("within", "within = \"3 days\"", 6, "within", "clock-length-form"),
        ("within", "within = \"P0D\"", 6, "within", "clock-length-zero"),
        ("within", "within = \"P9999D\"", 6, "within", "clock-length-long"),
        ("within", "", 1, "", "clock-term"),
        ("-", "every = \"P1Y\"", 1, "", "clock-term"),
        ("-", "at = \"12:00\"", 9, "at", "clock-misplaced"),
        ("-", "by = \"severity\"", 9, "by", "clock-misplaced"),
        ("-", "on = [\"MON\"]", 9, "on", "clock-misplaced"),
        ("-", "duties = [\"D048\", \"48\"]", 9, "duties.1", "clock-duty"),
        ("-", "recipients = [{ zh = \"公安\", en = \" \" }]", 9, "recipients", "clock-text"),
        ("-", "pauses = [{ from = \"a\", until = \"B\" }]", 9, "pauses", "clock-fact"),
        ("-", "applies = \"facts.grade <= 3\"", 9, "applies", "condition-fact"),
        ("-", "applies = \"1 +\"", 9, "applies", "condition-syntax"),
        ("-", "applies = \"1 + 1\"", 9, "applies", "condition-not-bool"),
        ("basis", "basis = []", 7, "basis", "clock-basis"),
        ("sureness", "sureness = \"likely\"", 8, "sureness", "clock-unsure-note"),
        ("-", "unsure = { zh = \"疑\", en = \"Doubt\" }", 9, "unsure", "clock-sure-note"),
        ("within", "within = \"PT4H\"\nunit = \"working_day\"", 6, "within", "clock-length-working"),
        ("within", "within = \"PT4H\"\nroll = \"next_working_day\"", 7, "roll", "clock-misplaced"),
        ("within", "keep = \"PT4H\"", 6, "keep", "clock-keep"),
        ("within", "by = \"severity\"\nrows = {}", 7, "rows", "clock-rows"),
        ("within", "by = \"severity\"\nrows = { high = \"soon\" }", 7, "rows.high", "clock-length-form"),
        ("within", "rows = { high = \"P1D\" }", 1, "by", "clock-misplaced"),
        ("-", "colour = \"red\"", 9, "colour", "unknown-key"),
        ("stop", "", 1, "stop", "missing-key"),
        ("sureness", "sureness = \"perhaps\"", 8, "sureness", "bad-value"),
    ] {
        let found = faults(&with(key, line));
        let whole = if path.is_empty() { "clock.one".to_owned() } else { format!("clock.one.{path}") };
        let whole = if code == "clock-id" { found.first().unwrap().key.clone() } else { whole };
        assert_one(&found, at, &whole, code);
    }
}

#[test]
fn days_of_the_calendar_have_their_own_keys() {
    // LAWPACK-55
    let recurring = |lines: &str| with("within", lines).replace("start = \"received\"\n", "");
    for (lines, code) in [
        ("each = \"month\"\non = [\"28\"]", None),
        ("each = \"month\"\non = [\"28\"]\nat = \"12:00\"\nroll = \"next_working_day\"", None),
        ("date = \"2026-12-31\"", None),
        ("each = \"month\"\non = [\"32\"]", Some("clock-each")),
        ("each = \"month\"", Some("clock-each")),
        ("each = \"fortnight\"", Some("clock-each")),
        ("each = \"day\"\nroll = \"next_working_day\"", Some("clock-misplaced")),
        ("each = \"day\"\nunit = \"working_day\"", Some("clock-misplaced")),
        ("each = \"day\"\nat = \"24:00\"", Some("clock-at")),
        ("each = \"day\"\nstart = \"a\"", Some("clock-start-needless")),
        ("date = \"2026-02-30\"", Some("clock-date")),
        ("date = \"2800-01-01\"", Some("clock-date")),
    ] {
        let found = faults(&recurring(lines));
        assert_eq!(found.first().map(|fault| fault.code), code, "{lines}: {found:?}");
        spoken(&found);
    }
}

#[test]
fn every_fault_of_every_file_is_named() {
    // LAWPACK-50
    let two = format!("{}\n{}", with("within", "within = \"soon\""), SOUND.replace("\"one\"", "\"Two\""));
    let found = parse_clocks(&[("a/clocks.toml", &two), ("b/clocks.toml", "clock = 3"), ("c/clocks.toml", "= 1")]).unwrap_err();
    let places: Vec<_> = found.iter().map(|fault| (fault.file.as_str(), fault.line)).collect();
    assert!(places.contains(&("a/clocks.toml", 6)) && places.contains(&("a/clocks.toml", 10)), "{places:?}");
    assert!(places.iter().any(|(file, _)| *file == "b/clocks.toml") && places.iter().any(|(file, _)| *file == "c/clocks.toml"));
    let twice = parse_clocks(&[("a/clocks.toml", SOUND), ("b/clocks.toml", SOUND)]).unwrap_err();
    assert_eq!((twice.len(), twice[0].file.as_str(), twice[0].line, twice[0].code), (1, "b/clocks.toml", 2, "clock-twice"));
    spoken(&twice);
}

#[test]
fn a_condition_may_name_a_fact_of_another_file() {
    let fact = "[[fact]]\nname = \"grade\"\nkind = \"int\"\nwhat = { zh = \"等级\", en = \"Grade\" }\n";
    let clock = with("-", "applies = \"facts.grade <= 3\"");
    let clocks = parse_clocks(&[("a/clocks.toml", &clock), ("b/clocks.toml", fact)]).unwrap();
    assert_eq!(clocks.fact("grade").unwrap().what.en, "Grade");
    assert_eq!(clocks.get("one").unwrap().applies.as_ref().unwrap().names().collect::<Vec<_>>(), ["grade"]);
    let again = parse_clocks(&[("a/clocks.toml", fact), ("b/clocks.toml", fact)]).unwrap_err();
    assert_eq!(again[0].code, "clock-twice");
}

#[test]
fn limits_of_clocks() {
    // LAWPACK-52
    let clocks = |count: usize| (0..count).map(|number| SOUND.replace("\"one\"", &format!("\"c{number}\""))).collect::<Vec<_>>();
    for (count, fits) in [(CLOCKS - 1, true), (CLOCKS, true), (CLOCKS + 1, false)] {
        let all = clocks(count);
        let (first, second) = all.split_at(count / 2);
        let (first, second) = (first.concat(), second.concat());
        assert_eq!(parse_clocks(&[("a/clocks.toml", &first), ("b/clocks.toml", &second)]).is_ok(), fits, "{count}");
    }
    for (count, fits) in [(ENTRIES - 1, true), (ENTRIES, true), (ENTRIES + 1, false)] {
        let recipients = "{ zh = \"甲\", en = \"A\" }, ".repeat(count);
        assert_eq!(faults(&with("-", &format!("recipients = [{recipients}]"))).is_empty(), fits, "{count}");
    }
    for (chars, fits) in [(TEXT_CHARS - 1, true), (TEXT_CHARS, true), (TEXT_CHARS + 1, false)] {
        let name = "字".repeat(chars);
        assert_eq!(faults(&with("name", &format!("name = {{ zh = \"{name}\", en = \"A\" }}"))).is_empty(), fits, "{chars}");
    }
    for (count, fits) in [(FACTS - 1, true), (FACTS, true), (FACTS + 1, false)] {
        let mut text = String::new();
        for number in 0..count {
            let _ = write!(text, "[[fact]]\nname = \"f{number}\"\nkind = \"bool\"\nwhat = {{ zh = \"甲\", en = \"A\" }}\n");
        }
        assert_eq!(faults(&text).is_empty(), fits, "{count}");
    }
    for (bytes, fits) in [(CLOCK_FILE_BYTES - 1, true), (CLOCK_FILE_BYTES, true), (CLOCK_FILE_BYTES + 1, false)] {
        let text = format!("{SOUND}#{}", " ".repeat(bytes - SOUND.len() - 1));
        assert_eq!(faults(&text).is_empty(), fits, "{bytes}");
    }
    for (bytes, fits) in [(63, true), (64, true), (65, false)] {
        assert_eq!(faults(&with("id", &format!("id = \"{}\"", "a".repeat(bytes)))).is_empty(), fits, "{bytes}");
    }
}

const YEAR: &str = r#"year = 2030

[notice]
title = { zh = "通知", en = "Notice" }
number = "某发〔2029〕1号"
dated = "2029-11-01"
sureness = "certain"

[[holiday]]
name = { zh = "假", en = "Holiday" }
from = "2030-10-03"
to = "2030-10-09"
work = ["2030-09-29", "2030-10-12"]
"#;

fn year_faults(text: &str) -> Vec<Fault> {
    parse_calendars(&[("cn/calendars/2030.toml", text)]).err().unwrap_or_default()
}

#[test]
fn calendars_are_read_or_refused_with_line_and_key() {
    // LAWPACK-61 LAWPACK-62
    let calendars = parse_calendars(&[("cn/calendars/2030.toml", YEAR)]).unwrap();
    let notice = &calendars.notices[&2030];
    assert_eq!((notice.number.as_deref(), notice.made_up.len(), notice.holidays.len()), (Some("某发〔2029〕1号"), 2, 1));
    for (old, new, line, key, code) in [
        ("2030-10-03", "2030-10-32", 11, "holiday.1.from", "calendar-date"),
        ("to = \"2030-10-09\"", "to = \"2030-10-02\"", 12, "holiday.1.to", "calendar-range"),
        ("\"2030-09-29\"", "\"2030-09-30\"", 13, "holiday.1.work.0", "calendar-not-a-weekend"),
        ("\"2030-10-12\"", "\"2030-10-05\"", 13, "holiday.1.work.1", "calendar-off-and-worked"),
        ("\"2030-10-12\"", "\"2030-09-29\"", 13, "holiday.1.work.1", "calendar-twice"),
        ("\"2030-10-12\"", "\"2031-01-04\"", 13, "holiday.1.work.1", "calendar-other-year"),
        ("\"2030-10-12\"", "\"last\"", 13, "holiday.1.work.1", "calendar-date"),
        ("year = 2030", "year = 2031", 1, "year", "calendar-name"),
        ("dated = \"2029-11-01\"", "dated = \"soon\"", 6, "notice.dated", "calendar-date"),
        ("sureness = \"certain\"", "", 3, "notice.sureness", "missing-key"),
        ("from =", "since =", 11, "holiday.1.since", "unknown-key"),
    ] {
        let found = year_faults(&YEAR.replace(old, new));
        let first = found.first().unwrap();
        assert_eq!(first.code, code, "{new}: {found:?}");
        if !matches!(code, "missing-key" | "unknown-key") {
            assert_eq!((first.line, first.key.as_str()), (line, key), "{new}");
        }
        spoken(&found);
    }
    let twice = parse_calendars(&[("cn/calendars/2030.toml", YEAR), ("own/calendars/2030.toml", YEAR)]).unwrap_err();
    assert_eq!((twice[0].file.as_str(), twice[0].code), ("own/calendars/2030.toml", "calendar-year-twice"));
}

#[test]
fn limits_of_calendars() {
    // LAWPACK-62
    let head = YEAR.split("[[holiday]]").next().unwrap();
    for (days, fits) in [(HOLIDAY_DAYS - 1, true), (HOLIDAY_DAYS, true), (HOLIDAY_DAYS + 1, false)] {
        let last = "2030-03-01".parse::<anlan_base::Day>().unwrap().plus_days(days - 1).unwrap();
        let text = format!("{head}[[holiday]]\nname = {{ zh = \"假\", en = \"H\" }}\nfrom = \"2030-03-01\"\nto = \"{last}\"\n");
        assert_eq!(year_faults(&text).is_empty(), fits, "{days}");
    }
    for (count, fits) in [(HOLIDAYS - 1, true), (HOLIDAYS, true), (HOLIDAYS + 1, false)] {
        let mut text = head.to_owned();
        for number in 0..count {
            let day = "2030-03-01".parse::<anlan_base::Day>().unwrap().plus_days(u32::try_from(number).unwrap()).unwrap();
            let _ = write!(text, "[[holiday]]\nname = {{ zh = \"假\", en = \"H\" }}\nfrom = \"{day}\"\nto = \"{day}\"\n");
        }
        assert_eq!(year_faults(&text).is_empty(), fits, "{count}");
    }
    for (bytes, fits) in [(CALENDAR_FILE_BYTES - 1, true), (CALENDAR_FILE_BYTES, true), (CALENDAR_FILE_BYTES + 1, false)] {
        let text = format!("{YEAR}#{}", " ".repeat(bytes - YEAR.len() - 1));
        assert_eq!(year_faults(&text).is_empty(), fits, "{bytes}");
    }
}

fn pack() -> (Clocks, Calendars) {
    (parse_clocks(&[("cn/clocks.toml", SOUND)]).unwrap(), parse_calendars(&[("cn/calendars/2030.toml", YEAR)]).unwrap())
}

fn case_faults(text: &str) -> Vec<Fault> {
    let (clocks, calendars) = pack();
    run_cases(&[("cn/cases/clocks.toml", text)], &clocks, &calendars)
}

#[test]
fn cases_that_fail_say_what_was_expected_and_computed() {
    // LAWPACK-60
    assert_eq!(case_faults("[[case]]\nclock = \"one\"\nstart = \"2030-10-02T09:00\"\ndue = \"2030-10-05\"\n"), []);
    for (lines, line, key, code) in [
        ("clock = \"one\"\nstart = \"2030-10-02\"\ndue = \"2030-10-06\"", 4, "due", "clock-case-differs"),
        ("clock = \"one\"\nstart = \"2030-10-02\"\nnone = \"not_set\"", 2, "due", "clock-case-differs"),
        ("clock = \"one\"\nstart = \"2030-10-02\"\ndue = \"2030-10-05\"\nguessed = true", 5, "guessed", "clock-case-differs"),
        ("clock = \"one\"\nstart = \"2030-10-02\"\ndue = \"2030-10-05\"\nterm_days = 4", 5, "term_days", "clock-case-differs"),
        (
            "clock = \"one\"\nstart = \"2030-10-02\"\ndue = \"2030-10-05\"\nlast_working_day = \"none\"",
            5,
            "last_working_day",
            "clock-case-differs",
        ),
        ("clock = \"one\"\nstart = \"2030-10-02\"\ndue = \"2030-10-05\"\nthen = [\"2030-10-06\"]", 5, "then", "clock-case-differs"),
        ("clock = \"two\"\nstart = \"2030-10-02\"\ndue = \"2030-10-05\"", 2, "clock", "clock-case-clock"),
        ("start = \"2030-10-02\"\ndue = \"2030-10-05\"", 1, "", "clock-case-what"),
        ("clock = \"one\"\nlength = \"P1D\"\nstart = \"2030-10-02\"\ndue = \"2030-10-05\"", 1, "", "clock-case-what"),
        ("length = \"P1\"\nstart = \"2030-10-02\"\ndue = \"2030-10-05\"", 2, "length", "clock-length-form"),
        ("clock = \"one\"\nstart = \"2030-10-02\"", 1, "", "clock-case-expects"),
        ("clock = \"one\"\nstart = \"soon\"\ndue = \"2030-10-05\"", 3, "start", "clock-case-time"),
        ("clock = \"one\"\nstart = \"2030-10-02\"\ndue = \"soon\"", 4, "due", "clock-case-time"),
        ("clock = \"one\"\nstart = \"2030-10-02\"\nwhen = \"soon\"", 4, "when", "unknown-key"),
    ] {
        let found = case_faults(&format!("[[case]]\n{lines}\n"));
        let found: Vec<Fault> = found.into_iter().filter(|fault| fault.code != "clock-case-none").collect();
        let whole = if key.is_empty() { "case.1".to_owned() } else { format!("case.1.{key}") };
        let at = if code == "clock-case-differs" && key == "due" && lines.contains("none") { 1 } else { line };
        assert_one(&found, at, &whole, code);
    }
}

#[test]
fn a_clock_without_a_case_is_a_fault() {
    // LAWPACK-60
    let found = case_faults("");
    assert_eq!((found[0].file.as_str(), found[0].line, found[0].code), ("cn/clocks.toml", 1, "clock-case-none"));
    spoken(&found);
}

#[test]
fn limits_of_cases() {
    // LAWPACK-60
    let one = "[[case]]\nclock = \"one\"\nstart = \"2030-10-02\"\ndue = \"2030-10-05\"\n";
    for (count, fits) in [(CASES - 1, true), (CASES, true), (CASES + 1, false)] {
        assert_eq!(case_faults(&one.repeat(count)).is_empty(), fits, "{count}");
    }
    for (bytes, fits) in [(CASE_FILE_BYTES - 1, true), (CASE_FILE_BYTES, true), (CASE_FILE_BYTES + 1, false)] {
        let text = format!("{one}#{}", " ".repeat(bytes - one.len() - 1));
        assert_eq!(case_faults(&text).is_empty(), fits, "{bytes}");
    }
}
