//! How much a kind may hold: one less, just so much, one more. And files made to take long.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use anlan_law::Fault;
use anlan_law::clock::Clocks;
use anlan_law::kind::limits::{
    CLOCKS, COLUMNS, ENTRIES, ESCALATIONS, FAULTS, FIELDS, FILTERS, FORMS, KIND_FILE_BYTES, KIND_TEXT_CHARS, KINDS, LISTED, MOVES,
    NAME_BYTES, OPENINGS, OPTIONS, REMINDERS, SERIES, STATES,
};
use anlan_law::kind::{Kinds, World, parse};

fn read(text: &str) -> Vec<Fault> {
    read_all(&[("case.toml", text)])
}

fn read_all(files: &[(&str, &str)]) -> Vec<Fault> {
    let (clocks, others) = (Clocks::default(), Kinds::default());
    parse(files, &World { clocks: &clocks, systems: None, others: &others }).err().unwrap_or_default()
}

fn words(text: &str) -> String {
    format!("{{ zh = \"{text}\", en = \"{text}\" }}")
}

/// A kind with one text field, an open state and an end, and the lines that are given: of the head, and behind the parts.
fn kind(head: &str, parts: &str) -> String {
    let title = words("x");
    format!(
        "schema = \"anlan-kind/1\"\nid = \"case\"\ntitle = {title}\nnumber = \"AA\"\nplace = \"work\"\nopens = [\"staff\"]\n\
         title_field = \"f\"\n{head}\n[[field]]\nname = \"f\"\ntitle = {title}\ntype = \"text\"\n\
         [[state]]\nname = \"s\"\ntitle = {title}\n[[state]]\nname = \"end\"\ntitle = {title}\nends = true\n\
         [[move]]\nname = \"m\"\ntitle = {title}\npast = {title}\nfrom = \"s\"\nto = \"end\"\nwho = [\"head\"]\n{parts}\n"
    )
}

fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

fn list(count: usize, entry: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(entry).collect::<Vec<_>>().join(", "))
}

// KIND-8
#[test]
fn each_limit_is_kept() {
    let title = &words("x");
    let field = |index: usize, more: &str| format!("[[field]]\nname = \"n{index}\"\ntitle = {title}\n{more}\n");
    let state = |index: usize| {
        format!(
            "[[state]]\nname = \"n{index}\"\ntitle = {title}\n[[move]]\nname = \"n{index}\"\ntitle = {title}\npast = {title}\n\
             from = [\"s\", \"n{index}\"]\nto = \"n{index}\"\nwho = [\"head\"]\n"
        )
    };
    let a_move = |index: usize| {
        format!("[[move]]\nname = \"n{index}\"\ntitle = {title}\npast = {title}\nfrom = \"s\"\nto = \"end\"\nwho = [\"head\"]\n")
    };
    let clock = |index: usize| format!("[[clock]]\nname = \"n{index}\"\ntitle = {title}\nstart = [\"open\"]\nlength = \"P1D\"\n");
    let series = |index: usize| format!("[[series]]\nname = \"n{index}\"\ntitle = {title}\neach = \"day\"\n");
    let print = |index: usize| format!("[[print]]\nname = \"n{index}\"\ntitle = {title}\nof = \"record\"\nrows = [[\"f\"]]\n");
    type Make<'a> = Box<dyn Fn(usize) -> String + 'a>;
    let cases: Vec<(&str, usize, Make<'_>)> = vec![
        ("fields", FIELDS, Box::new(|n| kind("", &many(n - 1, |index| field(index, "type = \"date\""))))),
        // Each further state leads to the end through its own move, so that only their number is at fault.
        (
            "states",
            STATES,
            Box::new(|n| {
                let ways = list(n - 2, |index| format!("\"n{index}\""));
                let out =
                    format!("[[move]]\nname = \"out\"\ntitle = {title}\npast = {title}\nfrom = {ways}\nto = \"end\"\nwho = [\"head\"]\n");
                kind("", &(many(n - 2, state) + &out))
            }),
        ),
        ("moves", MOVES, Box::new(|n| kind("", &many(n - 1, a_move)))),
        ("clocks", CLOCKS, Box::new(|n| kind("", &many(n, clock)))),
        ("series", SERIES, Box::new(|n| kind("", &many(n, series)))),
        ("forms", FORMS, Box::new(|n| kind("", &many(n, print)))),
        (
            "options",
            OPTIONS,
            Box::new(|n| {
                let options = list(n, |index| format!("{{ id = \"o{index}\", title = {} }}", words(&index.to_string())));
                kind("", &field(0, &format!("type = \"choice\"\noptions = {options}")))
            }),
        ),
        (
            "columns of a table",
            COLUMNS,
            Box::new(|n| {
                let columns = list(n, |index| format!("{{ name = \"c{index}\", title = {title}, type = \"text\" }}"));
                kind("", &field(0, &format!("type = \"table\"\ncolumns = {columns}")))
            }),
        ),
        (
            "columns of a printed list",
            COLUMNS,
            Box::new(|n| {
                let columns = list(n, |_| "\"f\"".to_owned());
                kind("", &format!("[[print]]\nname = \"p\"\ntitle = {title}\nof = \"list\"\ncolumns = {columns}\n"))
            }),
        ),
        (
            "columns of the list",
            LISTED,
            Box::new(|n| {
                let names = list(n, |index| format!("\"n{index}\""));
                kind(&format!("list = {names}"), &many(n, |index| field(index, "type = \"date\"")))
            }),
        ),
        ("filters", FILTERS, Box::new(|n| kind("", &many(n, |index| field(index, "type = \"unit\"\nfilter = true"))))),
        (
            "reminders",
            REMINDERS,
            Box::new(|n| kind("", &(clock(0) + &format!("remind = {}\n", list(n, |index| format!("\"P{}D\"", index + 1)))))),
        ),
        (
            "escalations",
            ESCALATIONS,
            Box::new(|n| {
                let steps = list(n, |index| format!("{{ after = \"P{}D\", to = [\"head\"] }}", index + 1));
                kind("", &(clock(0) + &format!("escalate = {steps}\n")))
            }),
        ),
        (
            "records opened by a move",
            OPENINGS,
            Box::new(|n| kind("", &(a_move(0) + &format!("opens = {}\n", list(n, |_| "{ kind = \"case\" }".to_owned()))))),
        ),
        ("entries of a list", ENTRIES, Box::new(|n| kind(&format!("basis = {}", list(n, |_| title.clone())), ""))),
    ];
    for (what, limit, make) in &cases {
        for (count, fits) in [(limit - 1, true), (*limit, true), (limit + 1, false)] {
            let faults = read(&make(count));
            assert_eq!(faults.iter().all(|fault| fault.code != "kind-many"), fits, "{what}: {count}: {faults:?}");
            assert!(!fits || faults.is_empty(), "{what}: {count}: {faults:?}");
        }
    }
}

// KIND-8
#[test]
fn texts_names_and_files_have_limits() {
    for (length, fits) in [(KIND_TEXT_CHARS - 1, true), (KIND_TEXT_CHARS, true), (KIND_TEXT_CHARS + 1, false)] {
        let faults = read(&kind(&format!("about = {}", words(&"字".repeat(length))), ""));
        assert_eq!(faults.is_empty(), fits, "{length}");
        assert!(faults.iter().all(|fault| fault.code == "text-long"));
    }
    for (length, fits) in [(NAME_BYTES - 1, true), (NAME_BYTES, true), (NAME_BYTES + 1, false)] {
        let name = "n".repeat(length);
        let faults = read(&kind("", &format!("[[field]]\nname = \"{name}\"\ntitle = {}\ntype = \"date\"\n", words("x"))));
        assert_eq!(faults.is_empty(), fits, "{length}");
    }
    for (length, fits) in [(KIND_FILE_BYTES - 1, true), (KIND_FILE_BYTES, true), (KIND_FILE_BYTES + 1, false)] {
        let mut text = kind("", "") + "#";
        text.push_str(&"-".repeat(length - text.len()));
        let faults = read(&text);
        assert_eq!(faults.is_empty(), fits, "{length}");
        assert!(faults.iter().all(|fault| fault.code == "kind-file-large"));
    }
}

// KIND-8
#[test]
fn kinds_have_a_limit_together() {
    let letters = |index: usize| [b'A' + u8::try_from(index / 26).unwrap(), b'A' + u8::try_from(index % 26).unwrap()];
    for (count, fits) in [(KINDS - 1, true), (KINDS, true), (KINDS + 1, false), (KINDS + 40, false)] {
        let files: Vec<(String, String)> = (0..count)
            .map(|index| {
                let number = String::from_utf8(letters(index).to_vec()).unwrap();
                let text = kind("", "").replace("\"case\"", &format!("\"case{index}\"")).replace("\"AA\"", &format!("\"{number}\""));
                (format!("case{index}.toml"), text)
            })
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let faults = read_all(&files);
        assert_eq!(faults.is_empty(), fits, "{count}: {:?}", faults.first());
        assert!(faults.iter().all(|fault| fault.code == "kind-too-many"));
    }
}

// KIND-2
#[test]
fn ids_and_numbers_belong_to_one_kind() {
    let one = kind("", "");
    let faults = read_all(&[("case.toml", &one), ("b/case.toml", &one.replace("\"AA\"", "\"AB\""))]);
    assert_eq!(
        faults.iter().map(|fault| (fault.file.as_str(), fault.line, fault.code)).collect::<Vec<_>>(),
        [("b/case.toml", 2, "kind-id-twice")]
    );
    let faults = read_all(&[("case.toml", &one), ("other.toml", &one.replace("\"case\"", "\"other\""))]);
    assert_eq!(
        faults.iter().map(|fault| (fault.file.as_str(), fault.line, fault.code)).collect::<Vec<_>>(),
        [("other.toml", 4, "kind-number-twice")]
    );
    let faults = read_all(&[("visit.toml", &one)]);
    assert_eq!(faults.iter().map(|fault| (fault.line, fault.code)).collect::<Vec<_>>(), [(2, "kind-file-name")]);
}

/// A file at its limit, made of what costs most, is refused or read within seconds, and without a long list of faults.
// KIND-8
#[test]
fn files_made_to_take_long_do_not() {
    let fill = |piece: &str| piece.repeat(KIND_FILE_BYTES / piece.len());
    let mut numbered = String::new();
    for index in 0..KIND_FILE_BYTES / 12 {
        let _ = writeln!(numbered, "k{index} = 1");
    }
    numbered.truncate(KIND_FILE_BYTES);
    let deep = |open: &str, close: &str, depth: usize| format!("x = {}1{}", open.repeat(depth), close.repeat(depth));
    let texts = [
        fill("["),
        fill("{"),
        fill("a."),
        fill("\""),
        fill("\n"),
        fill("[[field]]\n"),
        fill("[[move]]\n"),
        fill("[a.b.c.d]\n"),
        fill("x = 1\n"),
        fill("=\n"),
        fill("\u{0}"),
        fill("字"),
        numbered,
        deep("[", "]", 60_000),
        deep("{ a = ", " }", 30_000),
        format!("{} = 1", fill("a.").trim_end_matches('.')),
        format!("[{}]\nx = 1", fill("a.").trim_end_matches('.')),
        kind(
            "",
            &many(1_500, |index| {
                format!("[[move]]\nname = \"n{index}\"\nfrom = \"s{index}\"\nto = \"s{}\"\nwho = [\"head\"]\n", index + 1)
            }),
        ),
        format!("list = {}", list(20_000, |index| format!("\"f{index}\""))),
        format!("basis = {}", list(9_000, |_| "{ a = 1, b = 2, c = 3 }".to_owned())),
    ];
    for text in texts {
        let text = text.get(..KIND_FILE_BYTES.min(text.len())).unwrap_or(&text);
        let began = std::time::Instant::now();
        let faults = read(text);
        let shown: String = text.chars().take(30).collect();
        assert!(!faults.is_empty() && faults.len() <= FAULTS, "{shown}: {}", faults.len());
        assert!(began.elapsed().as_secs() < 10, "{shown}: {:?}", began.elapsed());
    }
}
