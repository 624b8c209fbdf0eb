//! RELP frames, well made and not.
#![allow(clippy::unwrap_used)]

use anlan_base::Piece;
use anlan_base::limits::LINE_BYTES;
use anlan_wire::relp::{
    RELP_COMMAND_BYTES, RELP_DATA_BYTES, RELP_OFFER_BYTES, RELP_PENDING_BYTES, RELP_TXNR, RelpCommand, RelpDecoder, RelpError, RelpOffers,
    RelpStep, encode_frame, encode_open_response, encode_response, encode_server_close,
};
use proptest::prelude::*;

#[derive(Clone, Debug, PartialEq)]
enum Got {
    Line(u32, Piece, Vec<u8>, bool),
    Command(u32, RelpCommand, Vec<u8>),
}

fn decode(stream: &[u8], cuts: &[usize]) -> Result<(Vec<Got>, usize), RelpError> {
    let (mut decoder, mut got, mut pending, mut at) = (RelpDecoder::new(), Vec::new(), Vec::new(), 0);
    for end in cuts.iter().copied().chain([stream.len()]) {
        pending.extend_from_slice(&stream[at..end]);
        at = end;
        loop {
            let used = match decoder.next(&pending)? {
                RelpStep::More => break,
                RelpStep::Line { txnr, piece, line, last, used } => {
                    got.push(Got::Line(txnr, piece, pending[line].to_vec(), last));
                    used
                }
                RelpStep::Command { txnr, command, data, used } => {
                    got.push(Got::Command(txnr, command, pending[data].to_vec()));
                    used
                }
            };
            pending.drain(..used);
        }
        assert!(pending.len() < RELP_PENDING_BYTES, "{} bytes left over", pending.len());
    }
    assert!(decoder.between_frames() || !pending.is_empty() || got.is_empty() || !matches!(got.last(), Some(Got::Line(.., true))));
    Ok((got, pending.len()))
}

fn line(txnr: u32, text: &str) -> Got {
    Got::Line(txnr, Piece::WHOLE, text.as_bytes().to_vec(), true)
}

#[test]
fn frames_as_librelp_sends_them() {
    let open = "relp_version=0\nrelp_software=librelp,1.11.0,http://librelp.adiscon.com\ncommands=syslog";
    let stream = format!(
        "1 open {} {open}\n2 syslog 10 hello one\n\n3 syslog 9 hello one\n4 syslog 2 \n\n\n5 syslog 0\n6 syslog 0 \n7 close 0\n",
        open.len()
    );
    let expected = vec![
        Got::Command(1, RelpCommand::Open, open.as_bytes().to_vec()),
        line(2, "hello one"),
        line(3, "hello one"),
        line(4, "\n"),
        line(5, ""),
        line(6, ""),
        Got::Command(7, RelpCommand::Close, Vec::new()),
    ];
    assert_eq!(decode(stream.as_bytes(), &[]), Ok((expected.clone(), 0)));
    assert_eq!(decode(stream.as_bytes(), &(0..stream.len()).collect::<Vec<_>>()), Ok((expected, 0)));

    let offers = RelpOffers::parse(open.as_bytes());
    assert_eq!(offers.version, Some(0));
    assert_eq!(offers.software.as_deref(), Some("librelp,1.11.0,http://librelp.adiscon.com"));
    assert!(offers.offers_syslog());
    assert!(!RelpOffers::parse(b"relp_version=x\ncommands=\n\xff\xfe=1").offers_syslog());
}

#[test]
fn a_peer_that_lies_is_told_so() {
    let long_command = "c".repeat(RELP_COMMAND_BYTES + 1);
    for (stream, error) in [
        ("x", RelpError::Txnr),
        (" 1 open 0\n", RelpError::Txnr),
        ("1\n", RelpError::Txnr),
        ("1234567890 open 0\n", RelpError::Txnr),
        ("1  open 0\n", RelpError::Command),
        ("1 op3n 0\n", RelpError::Command),
        (&format!("1 {long_command} 0\n"), RelpError::Command),
        ("1 open\n", RelpError::Command),
        ("1 open -1 x\n", RelpError::Length),
        ("1 open 1\n", RelpError::Length),
        ("1 open 9999999999 x\n", RelpError::Length),
        ("1 syslog 3 abcd\n", RelpError::Trailer),
        ("1 syslog 0 x\n", RelpError::Trailer),
        ("1 syslog 67108865 x", RelpError::TooLong { length: RELP_DATA_BYTES + 1, limit: RELP_DATA_BYTES }),
        ("1 open 32769 x", RelpError::TooLong { length: RELP_OFFER_BYTES + 1, limit: RELP_OFFER_BYTES }),
    ] {
        assert_eq!(decode(stream.as_bytes(), &[]), Err(error), "{stream}");
        assert_eq!(decode(stream.as_bytes(), &(0..stream.len()).collect::<Vec<_>>()), Err(error), "byte by byte: {stream}");
    }
}

#[test]
fn what_fits_is_taken() {
    let command = "c".repeat(RELP_COMMAND_BYTES);
    for (stream, expected) in [
        (format!("{RELP_TXNR} {command} 0\n"), Got::Command(RELP_TXNR, RelpCommand::Unknown, Vec::new())),
        (
            format!("1 open {RELP_OFFER_BYTES} {}\n", "x".repeat(RELP_OFFER_BYTES)),
            Got::Command(1, RelpCommand::Open, vec![b'x'; RELP_OFFER_BYTES]),
        ),
    ] {
        assert_eq!(decode(stream.as_bytes(), &[]), Ok((vec![expected], 0)));
    }
    assert_eq!(decode(format!("1 syslog {RELP_DATA_BYTES} x").as_bytes(), &[]), Ok((Vec::new(), 19)));
}

#[test]
fn a_line_is_whole_up_to_its_limit() {
    for (length, expected) in [
        (LINE_BYTES - 1, vec![LINE_BYTES - 1]),
        (LINE_BYTES, vec![LINE_BYTES]),
        (LINE_BYTES + 1, vec![LINE_BYTES, 1]),
        (2 * LINE_BYTES, vec![LINE_BYTES, LINE_BYTES]),
        (2 * LINE_BYTES + 1, vec![LINE_BYTES, LINE_BYTES, 1]),
    ] {
        for feed in [false, true] {
            let mut data = vec![b'x'; length];
            if feed {
                data.push(b'\n');
            }
            let mut stream = Vec::new();
            encode_frame(&mut stream, 7, "syslog", &data);
            encode_frame(&mut stream, 8, "syslog", b"next");
            for reads in [vec![], (0..stream.len()).step_by(65_536).collect::<Vec<_>>()] {
                let (mut got, left) = decode(&stream, &reads).unwrap();
                assert_eq!((got.pop(), left), (Some(line(8, "next")), 0));
                let lengths: Vec<usize> = got.iter().map(|g| if let Got::Line(7, _, bytes, _) = g { bytes.len() } else { 0 }).collect();
                assert_eq!(lengths, expected, "{length} {feed}");
                let Some(Got::Line(_, piece, _, true)) = got.last() else { panic!("no last piece") };
                assert!(piece.is_last() || expected.len() == 1);
            }
        }
    }
}

#[test]
fn answers_are_frames() {
    let mut out = Vec::new();
    encode_response(&mut out, 3, 200, "OK");
    encode_open_response(&mut out, 1, "anlan,0.1,");
    encode_server_close(&mut out);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text, "3 rsp 6 200 OK\n1 rsp 62 200 OK\nrelp_version=0\nrelp_software=anlan,0.1,\ncommands=syslog\n0 serverclose 0\n");
}

proptest! {
    #[test]
    fn what_was_encoded_comes_out(
        frames in proptest::collection::vec((0..=RELP_TXNR, proptest::collection::vec(any::<u8>(), 0..60)), 0..12),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let (mut stream, mut expected) = (Vec::new(), Vec::new());
        for (txnr, data) in &frames {
            encode_frame(&mut stream, *txnr, "syslog", data);
            expected.push(Got::Line(*txnr, Piece::WHOLE, data.strip_suffix(b"\n").unwrap_or(data).to_vec(), true));
        }
        let mut cuts: Vec<usize> = cuts.iter().map(|c| c.index(stream.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(decode(&stream, &cuts), Ok((expected, 0)));
    }

    #[test]
    fn any_bytes_are_an_answer(stream in proptest::collection::vec(any::<u8>(), 0..100), digits in "[0-9]{1,10} [a-z]{1,8} [0-9]{1,3}") {
        let _ = decode(&stream, &[]);
        let _ = decode(&[digits.as_bytes(), &stream].concat(), &[]);
    }
}
