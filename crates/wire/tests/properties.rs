//! Whatever comes in: an event comes out, its message is a range of the line, and all details agree.
#![allow(clippy::unwrap_used)]

use anlan_base::Instant;
use anlan_wire::{Detail, Note, line_text, parse, parse_for};
use proptest::prelude::*;

const RECEIVED: Instant = Instant(1_795_222_800_000_000_000);
const COLUMNS: [&str; 6] = ["host.name", "process.name", "user.name", "source.ip", "event.action", "event.outcome"];

fn check(raw: &[u8]) {
    let event = parse(raw, RECEIVED);
    assert!(event.message.start <= event.message.end && event.message.end <= raw.len(), "{:?} of {}", event.message, raw.len());
    let mut notes = event.notes.clone();
    notes.dedup();
    assert_eq!(notes, event.notes);
    let columns = parse_for(raw, RECEIVED, Detail::Columns);
    assert_eq!(
        (&columns.claimed, &columns.priority, &columns.message, &columns.notes),
        (&event.claimed, &event.priority, &event.message, &event.notes)
    );
    for name in COLUMNS {
        assert_eq!(columns.field(name), event.field(name), "{name}");
        assert!(event.fields.iter().filter(|(n, _)| n == name).count() <= 1);
    }
    assert!(columns.fields.len() <= COLUMNS.len());
    let _ = parse_for(raw, RECEIVED, Detail::Header);
    let _ = line_text(raw);
}

fn pieces_of_logs() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "<13>",
        "<999>",
        "<",
        "1 ",
        "2026-11-21T09:00:00+08:00 ",
        "Nov 21 09:00:00 ",
        "*Mar  1 00:00:01.123: ",
        "%",
        "%%01",
        "SHELL/5/LOGIN(l)[12]:",
        "%ASA-6-302013: ",
        "host ",
        "sshd[1]: ",
        "sudo: ",
        "su: ",
        "CRON[2]: ",
        "kernel: ",
        "nginx: ",
        "pam_unix(sshd:auth): ",
        "- ",
        "- - - ",
        "[a b=\"c\"]",
        "[",
        "]",
        "\"",
        "\\",
        "\\\"",
        "{",
        "}",
        "{\"a\":",
        "\"b\"",
        ",",
        ":",
        "=",
        "a=",
        "'",
        "(",
        ")",
        "CEF:0|",
        "|",
        "LEEF:2.0|",
        "\t",
        "user ",
        " from ",
        " port ",
        " for ",
        " by ",
        "192.0.2.1",
        "::1",
        "/",
        " : ",
        " ; ",
        "COMMAND=",
        "Failed ",
        "Accepted ",
        "Disconnected ",
        "(to ",
        "IN= SRC=",
        " -> ",
        "Built outbound TCP connection 1 for ",
        "Deny ",
        "[21/Nov/2026:09:00:00 +0800]",
        " ",
        "",
        "安澜",
        "\u{feff}",
        "\0",
        "\r",
        "[Sat Nov 21 09:00:00 2026]",
        "[client ",
        "[error] 1#2: *3 ",
        "x",
    ]);
    proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_an_event(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&raw);
    }

    #[test]
    fn any_text_is_an_event(text in pieces_of_logs(), cut in any::<prop::sample::Index>()) {
        check(text.as_bytes());
        // Cut anywhere, and as GB18030 too.
        check(&text.as_bytes()[..cut.index(text.len() + 1)]);
        let (gb, _, _) = encoding_rs::GB18030.encode(&text);
        check(&gb[..cut.index(gb.len() + 1)]);
    }

    #[test]
    fn bytes_behind_a_header_are_an_event(header in pieces_of_logs(), raw in proptest::collection::vec(any::<u8>(), 0..60)) {
        check(&[header.as_bytes(), &raw].concat());
    }
}

#[test]
fn long_lines_cost_one_pass() {
    // A quadratic parser would take minutes for these.
    let mib = 1 << 16;
    for unit in [
        "=",
        "a=",
        "a=,",
        "\"",
        "\\",
        "[",
        "{",
        "{\"a\":",
        "[1,",
        "a=\"",
        " ",
        "(",
        ")",
        "|",
        ":",
        "\u{e4}",
        " = ",
        "a=1 ",
        "x[",
        "%",
        " from ",
        "\"a\":1,",
        ";",
        "a=1,",
        " to ",
        "[a b=\"c\"]",
    ] {
        for head in [
            "",
            "<13>Nov 21 09:00:00 h p: ",
            "<13>1 - h p 1 - ",
            "<13>1 - h sshd 1 - - Failed password for ",
            "CEF:0|a|b|c|d|e|f|",
            "LEEF:1.0|a|b|c|d|",
            "{",
            "{\"a\":",
            "x ",
            "<13>1 - h nginx 1 - - ",
            "<13>1 - h sudo 1 - - a : ",
        ] {
            let line = format!("{head}{}", unit.repeat((mib - head.len()) / unit.len()));
            let t0 = std::time::Instant::now();
            check(line.as_bytes());
            if t0.elapsed().as_millis() > 60 {
                println!("SLOW {head:?} {unit:?} {:?}", t0.elapsed());
            }
            let bytes: Vec<u8> = line.bytes().chain([0xff]).collect();
            let event = parse(&bytes, RECEIVED);
            assert!(event.notes.contains(&Note::NotText));
        }
    }
}
