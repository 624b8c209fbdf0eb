//! Where lines end: streams in both framings, pieces, and that reads may be cut anywhere.
#![allow(clippy::unwrap_used)]

use anlan_base::Piece;
use anlan_base::limits::LINE_BYTES;
use anlan_wire::frame::{FRAME_BYTES, PENDING_BYTES, StreamEnd, StreamSplitter, pieces};
use proptest::prelude::*;

type Lines = Vec<(Piece, Vec<u8>)>;

/// Feeds `stream` in reads that end at `cuts`, as a receiver would.
fn split(stream: &[u8], cuts: &[usize]) -> (Lines, StreamEnd) {
    let (mut splitter, mut lines, mut pending) = (StreamSplitter::new(), Vec::new(), Vec::new());
    let mut at = 0;
    for end in cuts.iter().copied().chain([stream.len()]) {
        pending.extend_from_slice(&stream[at..end]);
        at = end;
        let used = splitter.split(&pending, |piece, range| lines.push((piece, pending[range].to_vec())));
        pending.drain(..used);
        assert!(pending.len() <= PENDING_BYTES, "{} bytes left over", pending.len());
    }
    let end = splitter.finish(&pending, |piece, range| lines.push((piece, pending[range].to_vec())));
    (lines, end)
}

fn whole(lines: &[&str]) -> Lines {
    lines.iter().map(|l| (Piece::WHOLE, l.as_bytes().to_vec())).collect()
}

#[test]
fn framing_is_told_frame_by_frame() {
    use StreamEnd::{Between, InsideCounted, InsideLine};
    for (stream, lines, end) in [
        ("", &[][..], Between),
        ("<13>a\n<13>b\n", &["<13>a", "<13>b"], Between),
        ("<13>a\r\n\r\n", &["<13>a\r", "\r"], Between),
        ("\n\n<13>a\n\n\n<13>b\n\n", &["<13>a", "<13>b"], Between),
        ("<13>a\n<13>b", &["<13>a", "<13>b"], InsideLine),
        ("5 <13>a6 <13>bb", &["<13>a", "<13>bb"], Between),
        ("5 <13>a<13>b\n5 <13>c", &["<13>a", "<13>b", "<13>c"], Between),
        ("<13>a\n5 <13>b<13>c\n", &["<13>a", "<13>b", "<13>c"], Between),
        // The count says what belongs to the line: line feeds, NUL and carriage returns inside it do.
        ("8 <13>a\n\nb7 <13>b\r\n", &["<13>a\n\nb", "<13>b\r\n"], Between),
        // A line feed or NUL after a counted frame is framing.
        ("5 <13>a\n6 <13>bb\n", &["<13>a", "<13>bb"], Between),
        ("5 <13>a\x006 <13>bb\0", &["<13>a", "<13>bb"], Between),
        ("5 <13>a\0\0<13>b\n", &["<13>a", "\0<13>b"], Between),
        // Counted frames without a priority: known by the next count, or by the frame before.
        ("5 hello5 world", &["hello", "world"], Between),
        ("5 <13>a5 hello", &["<13>a", "hello"], Between),
        ("5 hello", &["hello"], Between),
        ("5 hell", &["5 hell"], InsideLine),
        // Lines that begin with a number are lines.
        ("12 Nov 21 09:00:00 host x\n", &["12 Nov 21 09:00:00 host x"], Between),
        ("5 hello there\n5 hello\n", &["5 hello there", "5 hello"], Between),
        ("2026-11-21 a\n000123: b\n", &["2026-11-21 a", "000123: b"], Between),
        // Counts that cannot be.
        ("0 <13>a\n", &["0 <13>a"], Between),
        ("05 <13>a\n", &["05 <13>a"], Between),
        ("99999999999 <13>a\n", &["99999999999 <13>a"], Between),
        ("67108865 <13>a\n", &["67108865 <13>a"], Between),
        ("5<13>a\n", &["5<13>a"], Between),
        // Counts that lie: too short, too long.
        ("3 <13>a\n5 <13>b", &["<13", ">a", "<13>b"], Between),
        ("20 <13>a\n5 <13>b", &["<13>a\n5 <13>b"], InsideCounted { missing: 7 }),
        ("5 <13>a20 ", &["<13>a"], InsideCounted { missing: 20 }),
        ("12", &["12"], InsideLine),
        ("12 ", &["12 "], InsideLine),
        // Bytes that are no text.
        ("\0\n<13>\0a\n", &["\0", "<13>\0a"], Between),
    ] {
        assert_eq!(split(stream.as_bytes(), &[]), (whole(lines), end), "{stream:?}");
        let each: Vec<usize> = (0..stream.len()).collect();
        assert_eq!(split(stream.as_bytes(), &each), (whole(lines), end), "byte by byte: {stream:?}");
    }
}

#[test]
fn a_line_is_whole_up_to_its_limit() {
    for (length, expected) in [
        (LINE_BYTES - 1, vec![LINE_BYTES - 1]),
        (LINE_BYTES, vec![LINE_BYTES]),
        (LINE_BYTES + 1, vec![LINE_BYTES, 1]),
        (2 * LINE_BYTES, vec![LINE_BYTES, LINE_BYTES]),
        (2 * LINE_BYTES + 7, vec![LINE_BYTES, LINE_BYTES, 7]),
    ] {
        let line: Vec<u8> = b"<13>".iter().copied().chain((0_u8..250).cycle().filter(|b| *b != b'\n')).take(length).collect();
        let by_feed = [&line[..], b"\n<13>next\n"].concat();
        let by_count = [format!("{length} ").as_bytes(), &line[..], b"8 <13>next"].concat();
        let cut_off = line.clone();
        for (stream, next) in [(by_feed, true), (by_count, true), (cut_off, false)] {
            for reads in [vec![], (0..stream.len()).step_by(65_536).collect(), (0..stream.len()).step_by(999_983).collect::<Vec<_>>()] {
                let (mut lines, end) = split(&stream, &reads);
                assert_eq!(end, if next { StreamEnd::Between } else { StreamEnd::InsideLine });
                if next {
                    assert_eq!(lines.pop(), Some((Piece::WHOLE, b"<13>next".to_vec())));
                }
                assert_pieces(&lines, &expected, &line);
            }
        }
        let cut: Vec<_> = pieces(length).map(|(piece, range)| (piece, line[range].to_vec())).collect();
        assert_pieces(&cut, &expected, &line);
    }
    assert_eq!(pieces(0).collect::<Vec<_>>(), [(Piece::WHOLE, 0..0)]);
}

fn assert_pieces(lines: &Lines, lengths: &[usize], line: &[u8]) {
    assert_eq!(lines.iter().map(|(_, bytes)| bytes.len()).collect::<Vec<_>>(), lengths);
    assert!(lines.iter().flat_map(|(_, bytes)| bytes).eq(line));
    for (i, (piece, _)) in lines.iter().enumerate() {
        let expected = if lengths.len() == 1 { Piece::WHOLE } else { Piece::part(i as u32 + 1, i + 1 == lengths.len()) };
        assert_eq!(*piece, expected);
    }
}

#[test]
fn a_long_counted_frame_that_is_cut_off_keeps_what_came() {
    let mut stream = format!("{} <13>", 3 * LINE_BYTES).into_bytes();
    let header = stream.len() - 4;
    stream.resize(header + 2 * LINE_BYTES, b'x');
    let (lines, end) = split(&stream, &[]);
    assert_pieces(&lines, &[LINE_BYTES, LINE_BYTES], &stream[header..]);
    assert_eq!(end, StreamEnd::InsideCounted { missing: LINE_BYTES });
}

#[test]
fn an_octet_count_has_a_limit() {
    for (count, counted) in [(FRAME_BYTES - 1, true), (FRAME_BYTES, true), (FRAME_BYTES + 1, false)] {
        let (lines, end) = split(format!("{count} <13>a\n").as_bytes(), &[]);
        if counted {
            assert_eq!((lines, end), (whole(&["<13>a\n"]), StreamEnd::InsideCounted { missing: count - 6 }));
        } else {
            assert_eq!((lines, end), (whole(&[&format!("{count} <13>a")]), StreamEnd::Between));
        }
    }
}

#[derive(Clone, Debug)]
enum Sent {
    Line(Vec<u8>),
    Counted(Vec<u8>),
}

fn sent() -> impl Strategy<Value = Sent> {
    let text = proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'<'), Just(b' '), b'0'..=b'9', any::<u8>()], 0..40);
    (any::<bool>(), text).prop_map(|(counted, mut text)| {
        text.splice(0..0, *b"<13>");
        if counted {
            return Sent::Counted(text);
        }
        text.retain(|b| *b != b'\n');
        Sent::Line(text)
    })
}

proptest! {
    #[test]
    fn what_was_sent_comes_out(all in proptest::collection::vec(sent(), 0..20), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..20)) {
        let (mut stream, mut expected) = (Vec::new(), Vec::new());
        for one in all {
            match one {
                Sent::Line(text) => {
                    stream.extend_from_slice(&text);
                    stream.push(b'\n');
                    expected.push((Piece::WHOLE, text));
                }
                Sent::Counted(text) => {
                    stream.extend_from_slice(format!("{} ", text.len()).as_bytes());
                    stream.extend_from_slice(&text);
                    expected.push((Piece::WHOLE, text));
                }
            }
        }
        let mut cuts: Vec<usize> = cuts.iter().map(|c| c.index(stream.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(split(&stream, &cuts), (expected, StreamEnd::Between));
    }

    #[test]
    fn reads_may_be_cut_anywhere(
        stream in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'<'), Just(b' '), Just(0), b'0'..=b'9', any::<u8>()], 0..200),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|c| c.index(stream.len() + 1)).collect();
        cuts.sort_unstable();
        let (lines, end) = split(&stream, &[]);
        prop_assert_eq!(&split(&stream, &cuts), &(lines.clone(), end));
        // Every byte of a line stands in the stream, in order, and what lies between is framing.
        let mut at = 0;
        for (_, line) in &lines {
            while !stream[at..].starts_with(line) {
                prop_assert!(matches!(stream[at], b'\n' | b' ' | 0 | b'0'..=b'9'), "lost {:?}", stream[at]);
                at += 1;
            }
            at += line.len();
        }
        prop_assert!(stream[at..].iter().all(|b| matches!(b, b'\n' | b' ' | 0 | b'0'..=b'9')));
    }
}
