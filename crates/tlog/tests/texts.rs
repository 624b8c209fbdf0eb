//! Texts of the log: notes, keys, checkpoints, tile names, day details, envelopes. What a decoder accepts encodes back to the same bytes.
#![allow(clippy::unwrap_used, reason = "a test")]

use anlan_base::{Class, Day, Instant, Seq, SourceKey};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{
    Batch, Body, DayLeaf, DayRow, Dropped, ENVELOPE_BYTES, Envelope, EnvelopeError, Loss, LossReason, LossSource, Seal, parse_detail,
    render_detail,
};
use anlan_tlog::note::{KEY_NAME_BYTES, KeyName, Note, NoteError, SIGNATURES, Signer, VerifyingKey};
use anlan_tlog::{decode_base64, encode_base64, hex, parse_decimal, tile, unhex32};
use proptest::prelude::*;

const ORIGIN: &str = "anlan.local/0123456789abcdef";

fn signer() -> Signer {
    Signer::from_seed(ORIGIN, [7; 32]).unwrap()
}

/// FMT-1
#[test]
fn fmt_1_base64_is_strict() {
    for (text, bytes) in [("", &b""[..]), ("AA==", b"\0"), ("//79", b"\xff\xfe\xfd"), ("YWI=", b"ab")] {
        assert_eq!(decode_base64(text).unwrap(), bytes);
        assert_eq!(encode_base64(bytes), text);
    }
    for wrong in ["A", "AA", "AA=", "AB==", "YWJ=", "AA==\n", " AA==", "AA==AA==", "-_79", "A A=", "====", "AAAA=", "YWI"] {
        assert!(decode_base64(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn hex_and_decimals_are_strict() {
    let hash: [u8; 32] = std::array::from_fn(|i| (i * 9) as u8);
    assert_eq!(unhex32(&hex(&hash)), Some(hash));
    let upper = hex(&hash).to_uppercase();
    for wrong in ["", "00", &upper, &hex(&[1; 31]), &hex(&[1; 33]), &"g".repeat(64), &"é".repeat(32)] {
        assert_eq!(unhex32(wrong), None, "{wrong}");
    }
    for (text, value) in [("0", Some(0)), ("10", Some(10)), ("18446744073709551615", Some(u64::MAX))] {
        assert_eq!(parse_decimal(text), value);
    }
    for wrong in ["", "00", "01", "+1", "-1", " 1", "1 ", "18446744073709551616", "１"] {
        assert_eq!(parse_decimal(wrong), None, "{wrong}");
    }
}

/// The example of C2SP signed-note.
#[test]
fn the_example_of_c2sp_opens() {
    let key = VerifyingKey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
    let note = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    assert_eq!(key.open(note.as_bytes()).unwrap(), "This is an example message.\n");
    assert_eq!(key.render(), "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
}

#[test]
fn keys_read_back_and_nothing_else_does() {
    let signer = signer();
    let (private, public) = (signer.render_private(), signer.verifying_key().render());
    assert!(private.ends_with('\n') && private.starts_with("PRIVATE+KEY+anlan.local/"));
    assert_eq!(Signer::parse(&private).unwrap().verifying_key(), signer.verifying_key());
    assert_eq!(Signer::parse(private.trim_end()).unwrap().render_private(), private);
    assert_eq!(VerifyingKey::parse(&public).unwrap(), signer.verifying_key());
    for text in [&private, &public] {
        let text = text.trim_end();
        for place in 0..text.len() {
            let mut changed = text.as_bytes().to_vec();
            changed[place] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(VerifyingKey::parse(&changed).is_err(), "{changed}");
            assert!(Signer::parse(&changed).is_err(), "{changed}");
        }
        for wrong in [format!("{text}\n\n"), format!(" {text}"), format!("{text} "), text[..text.len() - 1].to_owned(), String::new()] {
            assert!(VerifyingKey::parse(&wrong).is_err() && Signer::parse(&wrong).is_err(), "{wrong}");
        }
    }
    assert!(VerifyingKey::parse(&format!("{public}\n")).is_err());
    assert!(!format!("{signer:?}").contains(&encode_base64(&[7; 32])[..10]));
}

#[test]
fn a_key_name_has_a_limit_and_no_spaces() {
    for (len, fits) in [(0, false), (1, true), (KEY_NAME_BYTES - 1, true), (KEY_NAME_BYTES, true), (KEY_NAME_BYTES + 1, false)] {
        assert_eq!(KeyName::new(&"k".repeat(len)).is_ok(), fits, "{len}");
        assert_eq!(Signer::from_seed(&"k".repeat(len), [1; 32]).is_ok(), fits, "{len}");
    }
    for wrong in ["a b", "a+b", "a\nb", "a\u{3000}b", "a\u{a0}b", "\u{7f}"] {
        assert_eq!(KeyName::new(wrong), Err(NoteError::Name), "{wrong:?}");
    }
    assert_eq!(KeyName::new("安澜.example").unwrap(), *"安澜.example");
}

fn line(name: &str, bytes: &[u8]) -> String {
    format!("— {name} {}\n", encode_base64(bytes))
}

/// PACK-2, PACK-3: how strict notes are.
#[test]
fn pack_3_signature_lines() {
    let signer = signer();
    let key = signer.verifying_key();
    let text = "a\n\nb\n";
    let good = String::from_utf8(signer.sign(text)).unwrap();
    let witness = line("witness.example", &[1; 5]);
    let ours = good.strip_prefix("a\n\nb\n\n").unwrap().to_owned();
    let head = "a\n\nb\n\n";
    assert_eq!(key.open(good.as_bytes()).unwrap(), text);
    let cases = [
        (format!("{good}{witness}"), Ok(text)),
        (format!("{good}{}", witness.repeat(SIGNATURES - 2)), Ok(text)),
        (format!("{good}{}", witness.repeat(SIGNATURES - 1)), Ok(text)),
        (format!("{good}{}", witness.repeat(SIGNATURES)), Err(NoteError::Form)),
        // Our name with another key's id is another key.
        (format!("{good}{}", line(ORIGIN, &[1; 68])), Ok(text)),
        (format!("{head}{witness}{ours}"), Err(NoteError::NotSigned)),
        (format!("{good}{ours}"), Err(NoteError::SignedTwice)),
        (format!("{head}{witness}"), Err(NoteError::NotSigned)),
        (head.to_owned(), Err(NoteError::Form)),
        (format!("{good}\n"), Err(NoteError::Form)),
        (format!("{good}{}", line("w", &[1; 4])), Err(NoteError::Form)),
        (format!("{good}{}", line("w", &[1; 5])), Ok(text)),
        (format!("{good}{}", line("w", &[1; 6])), Ok(text)),
        (format!("{good}{}", line("", &[1; 5])), Err(NoteError::Form)),
        (format!("{good}{}", line("w+x", &[1; 5])), Err(NoteError::Form)),
        (format!("{good}{}", line("w\u{3000}x", &[1; 5])), Err(NoteError::Form)),
        (format!("{good}— w  AAAAAAA=\n"), Err(NoteError::Form)),
        (format!("{good}— w AAAAAAB=\n"), Err(NoteError::Form)),
        (format!("{good}- w AAAAAAA=\n"), Err(NoteError::Form)),
        (format!("{good}— w AAAAAAA= \n"), Err(NoteError::Form)),
        (format!("{good}— w AAAAAAA="), Err(NoteError::Form)),
        (good.replace("\nb\n", "\nc\n"), Err(NoteError::Signature)),
        (good.replace("\nb\n", "\n\t\n"), Err(NoteError::Encoding)),
        (good.replace("\nb\n", "\n\r\n"), Err(NoteError::Encoding)),
        (String::new(), Err(NoteError::Form)),
    ];
    for (note, expected) in cases {
        assert_eq!(key.open(note.as_bytes()), expected, "{note}");
    }
    // PACK-2
    let latin = [b"\xe9\n\n".as_slice(), ours.as_bytes()].concat();
    assert_eq!(key.open(&latin), Err(NoteError::Encoding));
}

/// `S` and `S + L` both satisfy the equation; only the first is a signature.
#[test]
fn a_signature_with_s_out_of_range_is_refused() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0x10,
    ];
    let signer = signer();
    let note = signer.sign("text\n");
    let parsed = Note::parse(&note).unwrap();
    let mut signature = parsed.signatures[0].bytes.clone();
    let mut carry = 0_u16;
    for (byte, add) in signature[36..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    let bent = format!("text\n\n{}", line(ORIGIN, &signature));
    assert_eq!(signer.verifying_key().open(bent.as_bytes()), Err(NoteError::Signature));
}

#[test]
fn every_flipped_bit_of_a_note_is_refused() {
    let signer = signer();
    let key = signer.verifying_key();
    let note = signer.sign(&Checkpoint { origin: ORIGIN.to_owned(), size: 9, root: [1; 32] }.render());
    for place in 0..note.len() * 8 {
        let mut bent = note.clone();
        bent[place / 8] ^= 1 << (place % 8);
        assert!(key.open(&bent).is_err(), "bit {place}");
    }
}

#[test]
fn checkpoints_are_strict() {
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size: 0, root: [255; 32] };
    let text = checkpoint.render();
    assert_eq!(Checkpoint::parse(&text), Some(checkpoint));
    let root = encode_base64(&[255; 32]);
    for wrong in [
        String::new(),
        "\n".to_owned(),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        format!("{text}extension\n"),
        format!("\n0\n{root}\n"),
        format!("o\n00\n{root}\n"),
        format!("o\n+1\n{root}\n"),
        format!("o\n\n{root}\n"),
        format!("o\n18446744073709551616\n{root}\n"),
        format!("o\n1\n{root}=\n"),
        format!("o\n1\n{}\n", encode_base64(&[1; 31])),
        format!("o\n1\n{}\n", encode_base64(&[1; 33])),
        format!("o\n1\n{}\n", root.replace("8=", "9=")),
        format!("o\r\n1\n{root}\r\n"),
    ] {
        assert_eq!(Checkpoint::parse(&wrong), None, "{wrong:?}");
    }
}

#[test]
fn tile_names_of_c2sp() {
    for (level, n, width, path) in [
        (Some(0), 0, 256, "tile/0/000"),
        (Some(0), 273, 112, "tile/0/273.p/112"),
        (Some(1), 1_234_067, 256, "tile/1/x001/x234/067"),
        (None, 999, 256, "tile/entries/999"),
        (None, 1000, 1, "tile/entries/x001/000.p/1"),
        (Some(7), u64::MAX, 256, "tile/7/x018/x446/x744/x073/x709/x551/615"),
    ] {
        assert_eq!(tile::path(level, n, width), path);
        assert_eq!(tile::parse_path(path), Some((level, n, width)));
    }
    for wrong in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x1/000",
        "tile/00/000",
        "tile/64/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/x001/x002",
        "/tile/0/000",
        "tile/0/000/",
        "tile/entries/00x",
        "tile/Entries/000",
        "tile/0/018/446/744/073/709/551/616",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert_eq!(tile::parse_path(wrong), None, "{wrong}");
    }
}

/// The example of C2SP tlog-tiles: a tree of 70,000.
#[test]
fn tiles_of_a_size() {
    assert_eq!(tile::levels(70_000).collect::<Vec<_>>(), [(0, 273, 112), (1, 1, 17), (2, 0, 1)]);
    assert_eq!(tile::levels(256).collect::<Vec<_>>(), [(0, 1, 0), (1, 0, 1)]);
    assert_eq!(tile::levels(u64::MAX).count(), 8);
    assert_eq!(tile::all(0), []);
    assert_eq!(tile::all(257), [(None, 0, 256), (None, 1, 1), (Some(0), 0, 256), (Some(0), 1, 1), (Some(1), 0, 1)]);
    assert_eq!(tile::all(70_000).len(), 274 + 274 + 2 + 1);
}

fn class() -> Class {
    Class::new(&"c".repeat(32)).unwrap()
}

fn bodies() -> Vec<Body> {
    let (day, first, last) = (Day(20_000), Seq(5), Seq(u64::MAX));
    vec![
        Body::Batch(Batch { class: class(), day, count: 4096, first, last, root: [1; 32] }),
        Body::Seal(Seal { class: class(), day, first, last, rows: 1, batches: 2, size: 3, digest: [2; 32] }),
        Body::Drop(Dropped { class: class(), day, first, digest: [3; 32] }),
        Body::Loss(Loss { reason: LossReason::ClockBack, source: "".into(), count: 0, from: Instant(9), until: Instant(1) }),
        Body::Loss(Loss { reason: LossReason::Queue, source: "k".repeat(128).into(), count: 1, from: Instant(1), until: Instant(9) }),
        Body::Day(DayLeaf { day, lines: 1, bytes: u64::MAX, detail: [4; 32] }),
        Body::Entry { number: 1, digest: [5; 32] },
        Body::Key { public: [6; 32], origin: KeyName::new(&"o".repeat(KEY_NAME_BYTES)).unwrap() },
        Body::Restore { size: 1, root: [7; 32] },
    ]
}

/// TLOG-4, TLOG-6
#[test]
fn tlog_4_tlog_6_envelopes_fit_and_nothing_follows() {
    for body in bodies() {
        let envelope = Envelope { at: Instant(u64::MAX), body };
        let bytes = envelope.encode();
        assert!(bytes.len() <= ENVELOPE_BYTES, "TLOG-4: {envelope:?}");
        assert_eq!(Envelope::decode(&bytes), Ok(envelope));
        for end in 0..bytes.len() {
            assert!(Envelope::decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        // TLOG-6
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(Envelope::decode(&longer), Err(EnvelopeError::Trailing));
        for place in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[place / 8] ^= 1 << (place % 8);
            if let Ok(read) = Envelope::decode(&bent) {
                assert_eq!(read.encode(), bent, "bit {place}");
            }
        }
    }
    assert_eq!(Envelope::decode(&[0xA1; ENVELOPE_BYTES + 1]), Err(EnvelopeError::TooLong));
    assert_eq!(Envelope::decode(&[0xA1; ENVELOPE_BYTES]), Err(EnvelopeError::Version(0xA1)));
    assert_eq!(Envelope::decode(&[0xA1, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0]), Err(EnvelopeError::Type(9)));
    assert_eq!(Envelope::decode(&[0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Err(EnvelopeError::Type(0)));
    assert_eq!(Envelope::decode(&[]), Err(EnvelopeError::Magic));
}

/// TLOG-2
#[test]
fn tlog_2_a_batch_has_1_to_4096_lines() {
    for (count, fits) in [(0, false), (1, true), (4095, true), (4096, true), (4097, false)] {
        let batch = Batch { class: class(), day: Day(1), count, first: Seq(1), last: Seq(9), root: [0; 32] };
        assert_eq!(Envelope::decode(&Envelope { at: Instant(1), body: Body::Batch(batch) }.encode()).is_ok(), fits, "{count}");
    }
}

#[test]
fn fields_out_of_range_are_refused() {
    let last_day = Day::of(Instant(u64::MAX)).0;
    for (day, fits) in [(0, true), (last_day - 1, true), (last_day, true), (last_day + 1, false), (u32::MAX, false)] {
        let body = Body::Day(DayLeaf { day: Day(day), lines: 0, bytes: 0, detail: [0; 32] });
        assert_eq!(Envelope::decode(&Envelope { at: Instant(1), body }.encode()).is_ok(), fits, "{day}");
    }
    let batch = Batch { class: class(), day: Day(1), count: 1, first: Seq(2), last: Seq(1), root: [0; 32] };
    assert_eq!(Envelope::decode(&Envelope { at: Instant(1), body: Body::Batch(batch) }.encode()), Err(EnvelopeError::Body));
}

#[test]
fn the_source_of_a_loss_is_cut_to_fit() {
    for (len, kept) in [(0, 0), (127, 127), (128, 128), (129, 128), (1000, 128)] {
        assert_eq!(LossSource::new(&"k".repeat(len)).len(), kept);
    }
    assert_eq!(LossSource::new("udp 127.0.0.1\n").as_str(), "udp_127.0.0.1_");
    assert_eq!(LossSource::new(&"安".repeat(43)).as_str(), "安".repeat(42));
    assert!(LossSource::new(&format!("{}\u{3000}", "k".repeat(125))).len() <= 128);
}

fn row(class: &str, source: &str, lines: u64) -> DayRow {
    DayRow { class: Class::new(class).unwrap(), source: SourceKey::new(source).unwrap(), lines, bytes: 9, first: Seq(1), last: Seq(2) }
}

#[test]
fn day_details_are_strict() {
    let rows = [row("app", "ip:1", 3), row("network", "ip:1", 1), row("network", "ip:2", 2)];
    let text = "anlan-day/1\nday 2026-11-21\napp\tip:1\t3\t9\t1\t2\nnetwork\tip:1\t1\t9\t1\t2\nnetwork\tip:2\t2\t9\t1\t2\n";
    let day: Day = "2026-11-21".parse().unwrap();
    assert_eq!(render_detail(day, &rows), text);
    let turned = [rows[2].clone(), rows[0].clone(), rows[1].clone()];
    assert_eq!(render_detail(day, &turned), text);
    assert_eq!(parse_detail(text.as_bytes()), Some((day, rows.to_vec())));
    let empty = "anlan-day/1\nday 2026-11-21\n";
    assert_eq!(parse_detail(empty.as_bytes()), Some((day, vec![])));
    for wrong in [
        String::new(),
        "anlan-day/1\n".to_owned(),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        text.replace("/1", "/2"),
        text.replace("11-21", "11-31"),
        text.replace("2026-11-21", "9999-11-21"),
        text.replace("app", "zpp"),
        text.replace("ip:2", "ip:1"),
        text.replace("\t3\t", "\t03\t"),
        text.replace("\t3\t", "\t0\t"),
        text.replace("\t3\t", " 3\t"),
        text.replace("\t1\t2\n", "\t2\t1\n"),
        text.replace("\t2\n", "\t2\t\n"),
        text.replace('\n', "\r\n"),
    ] {
        assert_eq!(parse_detail(wrong.as_bytes()), None, "{wrong:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_that_decode_encode_back(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0_u8..10) {
        let mut bytes = bytes;
        if let [magic, version, place, ..] = bytes.as_mut_slice() {
            (*magic, *version, *place) = (0xA1, 1, kind);
        }
        if let Ok(envelope) = Envelope::decode(&bytes) {
            prop_assert_eq!(envelope.encode(), bytes);
        }
    }

    #[test]
    fn any_path_that_parses_is_rendered_back(level in prop::option::of(0_u8..64), n: u64, width in 1_u16..=256) {
        prop_assert_eq!(tile::parse_path(&tile::path(level, n, width)), Some((level, n, width)));
    }

    #[test]
    fn any_text_as_a_note_does_not_panic(text in "(— |\n|a|b|AAAAAAA=| ){0,30}") {
        let _ = Note::parse(text.as_bytes());
        let _ = tile::parse_path(&text);
        let _ = VerifyingKey::parse(&text);
        let _ = parse_detail(text.as_bytes());
    }

    #[test]
    fn any_loss_source_encodes(text in ".*") {
        let loss = Loss { reason: LossReason::Kernel, source: text.as_str().into(), count: 1, from: Instant(1), until: Instant(2) };
        let envelope = Envelope { at: Instant(3), body: Body::Loss(loss) };
        prop_assert_eq!(Envelope::decode(&envelope.encode()), Ok(envelope));
    }
}
