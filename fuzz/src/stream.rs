//! Streams of a connection: where lines end does not depend on how the bytes came.
//!
//! The first [`CUTS`] bytes of an input say how the rest is cut into reads; in the rest a byte 0xFF stands for a run of letters, so that a small input can hold
//! lines longer than a line may be.

use std::ops::Range;

use anlan_base::Piece;
use anlan_base::limits::LINE_BYTES;
use anlan_wire::frame::{PENDING_BYTES, StreamEnd, StreamSplitter};
use anlan_wire::relp::{
    RELP_PENDING_BYTES, RELP_TXNR, RelpCommand, RelpDecoder, RelpError, RelpOffers, RelpStep, encode_frame, encode_open_response,
};

const CUTS: usize = 4;
const RUN: usize = 400_000;
/// Longer streams are cut into reads of a kilobyte and more.
const SMALL: usize = 4_096;
/// Runs of one input at most.
const RUNS: usize = 8;

fn cuts_and_stream(data: &[u8]) -> (&[u8], Vec<u8>) {
    let (cuts, rest) = data.split_at(data.len().min(CUTS));
    let (mut stream, mut runs) = (Vec::with_capacity(rest.len()), 0);
    for &byte in rest {
        if byte == 0xff && runs < RUNS {
            runs += 1;
            stream.resize(stream.len() + RUN, b'a');
        } else {
            stream.push(byte);
        }
    }
    (cuts, stream)
}

/// Where reads end in a stream of `length` bytes: widths as the bytes of `cuts` say, over and over.
fn ends(cuts: &[u8], length: usize) -> Vec<usize> {
    let unit = if length > SMALL { 1_024 } else { 1 };
    let mut widths = cuts.iter().map(|&cut| usize::from(cut) * unit + 1).cycle();
    let mut ends = Vec::new();
    let mut at = 0;
    while at < length {
        at = length.min(at + widths.next().unwrap_or(length));
        ends.push(at);
    }
    ends
}

/// A line, and where in the stream it lies.
type Placed = (Piece, Range<usize>);

fn split(stream: &[u8], ends: &[usize]) -> (Vec<Placed>, StreamEnd) {
    let mut splitter = StreamSplitter::new();
    let mut lines = Vec::new();
    let mut start = 0;
    for &end in ends {
        let used = splitter.split(&stream[start..end], |piece, line| lines.push((piece, start + line.start..start + line.end)));
        start += used;
        assert!(start <= end && end - start <= PENDING_BYTES, "what waits is bounded");
    }
    let end = splitter.finish(&stream[start..], |piece, line| lines.push((piece, start + line.start..start + line.end)));
    (lines, end)
}

/// Any way of cutting a stream gives the same lines; only framing lies between them; as counted frames they read the same again.
pub fn rfc6587_stream(data: &[u8]) -> bool {
    let (cuts, stream) = cuts_and_stream(data);
    let (lines, end) = split(&stream, &[stream.len()]);
    assert_eq!(split(&stream, &ends(cuts, stream.len())), (lines.clone(), end));
    if stream.len() <= SMALL {
        assert_eq!(split(&stream, &ends(&[0], stream.len())), (lines.clone(), end));
    }
    let mut at = 0;
    for (_, line) in &lines {
        assert!(line.start >= at && line.end > line.start && line.end <= stream.len());
        assert!(is_framing(&stream[at..line.start]));
        at = line.end;
    }
    assert!(is_framing(&stream[at..]));
    check_pieces(&lines);
    let whole = lines.iter().all(|(piece, _)| piece.is_whole());
    if whole && lines.first().is_some_and(|(_, line)| stream[line.start] == b'<') {
        counted_frames_read_back(&stream, &lines);
    }
    end == StreamEnd::Between
}

fn is_framing(gap: &[u8]) -> bool {
    gap.iter().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'\n' | 0))
}

/// A long frame is pieces 1, 2, … of a line's length, and one last.
fn check_pieces(lines: &[Placed]) {
    let mut before = 0;
    for (piece, line) in lines {
        if piece.is_whole() {
            assert_eq!(before, 0, "no frame is left without its end");
            assert!(line.len() <= LINE_BYTES);
            continue;
        }
        assert_eq!(piece.number(), before + 1);
        assert!(if piece.is_last() { line.len() <= LINE_BYTES } else { line.len() == LINE_BYTES });
        before = if piece.is_last() { 0 } else { piece.number() };
    }
    assert_eq!(before, 0, "the last frame has an end");
}

fn counted_frames_read_back(stream: &[u8], lines: &[Placed]) {
    let mut counted = Vec::new();
    let mut places = Vec::new();
    for (_, line) in lines {
        counted.extend_from_slice(format!("{} ", line.len()).as_bytes());
        places.push((Piece::WHOLE, counted.len()..counted.len() + line.len()));
        counted.extend_from_slice(&stream[line.clone()]);
    }
    assert_eq!(split(&counted, &[counted.len()]), (places, StreamEnd::Between));
}

/// The steps in a stream, ranges being the stream's, and the error that ended it.
fn steps(stream: &[u8], ends: &[usize]) -> (Vec<RelpStep>, Option<RelpError>) {
    let mut decoder = RelpDecoder::new();
    let (mut steps, mut start) = (Vec::new(), 0);
    for &end in ends {
        loop {
            let place = |range: Range<usize>| start + range.start..start + range.end;
            let (step, used) = match decoder.next(&stream[start..end]) {
                Ok(RelpStep::More) => break,
                Ok(RelpStep::Line { txnr, piece, line, last, used }) => {
                    (RelpStep::Line { txnr, piece, line: place(line), last, used }, used)
                }
                Ok(RelpStep::Command { txnr, command, data, used }) => (RelpStep::Command { txnr, command, data: place(data), used }, used),
                Err(error) => return (steps, Some(error)),
            };
            assert!(used > 0 && start + used <= end);
            start += used;
            steps.push(step);
        }
        assert!(end - start <= RELP_PENDING_BYTES, "what waits is bounded");
    }
    (steps, None)
}

/// Any way of cutting a stream gives the same steps and the same error; what was read reads the same when it is written again.
pub fn relp_frames(data: &[u8]) -> bool {
    let (cuts, stream) = cuts_and_stream(data);
    let (found, error) = steps(&stream, &[stream.len()]);
    assert_eq!(steps(&stream, &ends(cuts, stream.len())), (found.clone(), error));
    if stream.len() <= SMALL {
        assert_eq!(steps(&stream, &ends(&[0], stream.len())), (found.clone(), error));
    }
    let (mut at, mut again) = (0, Vec::new());
    for step in &found {
        let (range, txnr) = match step {
            RelpStep::Line { line, txnr, last, piece, .. } => {
                assert!(line.len() <= LINE_BYTES && *last == (piece.is_whole() || piece.is_last()));
                (line, *txnr)
            }
            RelpStep::Command { data, txnr, .. } => (data, *txnr),
            RelpStep::More => unreachable!("is no step"),
        };
        assert!(range.start >= at && range.end <= stream.len() && txnr <= RELP_TXNR);
        at = range.end;
        write_again(&stream, step, &mut again);
    }
    let said = |stream: &[u8], steps: &[RelpStep]| steps.iter().filter_map(|step| meaning(stream, step)).collect::<Vec<_>>();
    let (read, rewritten) = steps(&again, &[again.len()]);
    assert_eq!((said(&again, &read), rewritten), (said(&stream, &found), None));
    error.is_none() && !found.is_empty()
}

/// What a step says, wherever it lies; nothing for a piece of a long frame.
fn meaning(stream: &[u8], step: &RelpStep) -> Option<(u32, Option<RelpCommand>, Vec<u8>)> {
    match step {
        RelpStep::Line { txnr, piece, line, .. } => piece.is_whole().then(|| (*txnr, None, stream[line.clone()].to_vec())),
        RelpStep::Command { txnr, command, data, .. } => Some((*txnr, Some(*command), stream[data.clone()].to_vec())),
        RelpStep::More => None,
    }
}

fn write_again(stream: &[u8], step: &RelpStep, out: &mut Vec<u8>) {
    let Some((txnr, command, mut data)) = meaning(stream, step) else { return };
    let name = match command {
        None => "syslog",
        Some(RelpCommand::Open) => "open",
        Some(RelpCommand::Close) => "close",
        Some(RelpCommand::StartTls) => "starttls",
        Some(RelpCommand::Unknown) => "rsp",
    };
    if command.is_none() {
        // One line feed at the end of a line's data is framing.
        data.push(b'\n');
    }
    encode_frame(out, txnr, name, &data);
}

/// Offers that were read read the same when they are written; so does our own answer.
pub fn relp_offers(data: &[u8]) -> bool {
    let offers = RelpOffers::parse(data);
    assert!(offers.commands.iter().all(|c| !c.is_empty() && c.trim() == c && !c.contains([',', '\n'])));
    let mut text = String::new();
    if let Some(version) = offers.version {
        text.push_str(&format!("relp_version={version}\n"));
    }
    if let Some(software) = &offers.software {
        text.push_str(&format!("relp_software={software}\n"));
    }
    text.push_str(&format!("commands={}\n", offers.commands.join(",")));
    assert_eq!(RelpOffers::parse(text.as_bytes()), offers);
    let software = offers.software.unwrap_or_default();
    let mut frame = Vec::new();
    encode_open_response(&mut frame, 1, &software);
    let (answer, error) = steps(&frame, &[frame.len()]);
    let [RelpStep::Command { command: RelpCommand::Unknown, data, .. }] = answer.as_slice() else { panic!("{error:?}") };
    let own = RelpOffers::parse(&frame[data.clone()]);
    assert!(own.offers_syslog() && own.version == Some(0) && own.software == Some(software));
    true
}
