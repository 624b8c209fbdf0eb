//! RELP frames (`TXNR SP COMMAND SP DATALEN [SP DATA] LF`): what a server must read and write.
//!
//! Source: the RELP specification that comes with librelp (`relp.html`). Invariants: pure and without a buffer of its own, as [`crate::frame`]; a length is
//! believed only up to its limit, and nothing is set aside for it; a peer that breaks the format is an error, for its frames can no longer be told apart.
//! What the caller must keep is at most [`RELP_PENDING_BYTES`].

use std::ops::Range;

use anlan_base::Piece;
use anlan_base::limits::LINE_BYTES;
use thiserror::Error;

use crate::frame::{FRAME_BYTES, part};

/// The greatest transaction number.
pub const RELP_TXNR: u32 = 999_999_999;
/// Letters of a command.
pub const RELP_COMMAND_BYTES: usize = 32;
/// Data of a `syslog` frame.
pub const RELP_DATA_BYTES: usize = FRAME_BYTES;
/// Data of any other frame (offers, reasons).
pub const RELP_OFFER_BYTES: usize = 32 << 10;
/// Digits of a transaction number or a length.
const DIGITS: usize = 9;
/// The most that [`RelpDecoder::next`] waits for: header, a line, the line feed that may end its data, the trailer.
pub const RELP_PENDING_BYTES: usize = 2 * (DIGITS + 1) + RELP_COMMAND_BYTES + 1 + LINE_BYTES + 2;

const LF: u8 = b'\n';

/// How a peer broke the format. The connection cannot go on.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RelpError {
    #[error("RELP: a transaction number is 1 to 9 digits and a space")]
    Txnr,
    #[error("RELP: a command is 1 to 32 letters and a space")]
    Command,
    #[error("RELP: a length is 1 to 9 digits, then a space and data, or a line feed")]
    Length,
    #[error("RELP: {length} bytes of data announced, {limit} at most are taken")]
    TooLong { length: usize, limit: usize },
    #[error("RELP: no line feed after the data: the announced length was wrong")]
    Trailer,
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelpCommand {
    Open,
    Close,
    StartTls,
    /// A name that this end does not know; to be answered with 500.
    Unknown,
}

/// What the buffer's beginning holds. Ranges are of the buffer; `used` bytes are to be taken off before the next call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelpStep {
    /// Not yet a whole step: read on, and call again with the same bytes and more.
    More,
    /// A line, or one piece of it, of a `syslog` frame; may be empty. It is answered after the step that is `last`.
    Line {
        txnr: u32,
        piece: Piece,
        line: Range<usize>,
        last: bool,
        used: usize,
    },
    Command {
        txnr: u32,
        command: RelpCommand,
        data: Range<usize>,
        used: usize,
    },
}

struct Header {
    txnr: u32,
    command: Range<usize>,
    length: usize,
    /// Where the data begins; with no data, where the line feed stands.
    data: usize,
}

/// A `syslog` frame of which pieces were handed over.
#[derive(Clone, Copy, Debug)]
struct Long {
    txnr: u32,
    left: usize,
    pieces: usize,
}

/// Reads the frames of one connection, of either side.
///
/// rsyslog's templates usually end in a line feed, which omrelp sends inside the data: exactly one line feed at the end of a `syslog` frame's data is taken
/// for framing, as imrelp does (its parser drops one trailing line feed), so that the same line has the same raw bytes over RELP as over TCP.
#[derive(Debug, Default)]
pub struct RelpDecoder {
    long: Option<Long>,
}

impl RelpDecoder {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Is the connection between two frames (given that no bytes are left over)?
    #[must_use]
    pub fn between_frames(&self) -> bool {
        self.long.is_none()
    }

    /// Reads the next step. After an error the decoder is of no further use.
    pub fn next(&mut self, buffer: &[u8]) -> Result<RelpStep, RelpError> {
        if let Some(long) = self.long {
            return self.line(buffer, 0, long);
        }
        let Some(header) = read_header(buffer)? else { return Ok(RelpStep::More) };
        let name = buffer.get(header.command.clone()).unwrap_or_default();
        if name == b"syslog" {
            check_length(header.length, RELP_DATA_BYTES)?;
            return self.line(buffer, header.data, Long { txnr: header.txnr, left: header.length, pieces: 0 });
        }
        check_length(header.length, RELP_OFFER_BYTES)?;
        let end = header.data + header.length;
        if !trailer(buffer, end)? {
            return Ok(RelpStep::More);
        }
        Ok(RelpStep::Command { txnr: header.txnr, command: command(name), data: header.data..end, used: end + 1 })
    }

    fn line(&mut self, buffer: &[u8], start: usize, long: Long) -> Result<RelpStep, RelpError> {
        let Long { txnr, left, pieces } = long;
        let here = buffer.len().saturating_sub(start);
        // The last byte of the data may be framing: a frame one byte longer than a line may still be whole.
        if left <= LINE_BYTES + 1 {
            let end = start + left;
            if !trailer(buffer, end)? {
                return Ok(RelpStep::More);
            }
            let line = start..end - usize::from(left > 0 && buffer.get(end - 1) == Some(&LF));
            if line.len() <= LINE_BYTES {
                self.long = None;
                let piece = if pieces == 0 { Piece::WHOLE } else { part(pieces, true) };
                return Ok(RelpStep::Line { txnr, piece, line, last: true, used: end + 1 });
            }
        } else if here < LINE_BYTES {
            return Ok(RelpStep::More);
        }
        self.long = Some(Long { txnr, left: left - LINE_BYTES, pieces: pieces + 1 });
        let end = start + LINE_BYTES;
        Ok(RelpStep::Line { txnr, piece: part(pieces, false), line: start..end, last: false, used: end })
    }
}

fn command(name: &[u8]) -> RelpCommand {
    match name {
        b"open" => RelpCommand::Open,
        b"close" => RelpCommand::Close,
        b"starttls" => RelpCommand::StartTls,
        _ => RelpCommand::Unknown,
    }
}

fn check_length(length: usize, limit: usize) -> Result<(), RelpError> {
    if length > limit { Err(RelpError::TooLong { length, limit }) } else { Ok(()) }
}

/// Has the frame's line feed come, at `end`?
fn trailer(buffer: &[u8], end: usize) -> Result<bool, RelpError> {
    match buffer.get(end) {
        None => Ok(false),
        Some(&LF) => Ok(true),
        Some(_) => Err(RelpError::Trailer),
    }
}

fn read_header(buffer: &[u8]) -> Result<Option<Header>, RelpError> {
    let Some((txnr, at)) = number(buffer, 0, RelpError::Txnr)? else { return Ok(None) };
    expect_space(buffer, at, RelpError::Txnr)?;
    let Some(name) = name_end(buffer, at + 1)? else { return Ok(None) };
    let Some((length, end)) = number(buffer, name + 1, RelpError::Length)? else { return Ok(None) };
    let length = usize::try_from(length).map_err(|_| RelpError::Length)?;
    let data = match buffer.get(end) {
        Some(b' ') => end + 1,
        Some(&LF) if length == 0 => end,
        _ => return Err(RelpError::Length),
    };
    Ok(Some(Header { txnr, command: at + 1..name, length, data }))
}

/// The number at `from` and where it ends, once a byte that is no digit follows.
fn number(buffer: &[u8], from: usize, error: RelpError) -> Result<Option<(u32, usize)>, RelpError> {
    let mut value = 0_u32;
    for (count, byte) in buffer.iter().skip(from).enumerate() {
        if !byte.is_ascii_digit() {
            return if count == 0 { Err(error) } else { Ok(Some((value, from + count))) };
        }
        if count == DIGITS {
            return Err(error);
        }
        value = value * 10 + u32::from(byte - b'0');
    }
    Ok(None)
}

fn expect_space(buffer: &[u8], at: usize, error: RelpError) -> Result<(), RelpError> {
    if buffer.get(at) == Some(&b' ') { Ok(()) } else { Err(error) }
}

/// Where the space after the command stands.
fn name_end(buffer: &[u8], from: usize) -> Result<Option<usize>, RelpError> {
    for (count, byte) in buffer.iter().skip(from).enumerate() {
        if *byte == b' ' && count > 0 {
            return Ok(Some(from + count));
        }
        if !byte.is_ascii_alphabetic() || count == RELP_COMMAND_BYTES {
            return Err(RelpError::Command);
        }
    }
    Ok(None)
}

/// What a client offers in `open`: `name=value` lines; unknown ones are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelpOffers {
    pub version: Option<u32>,
    pub software: Option<String>,
    pub commands: Vec<String>,
}

impl RelpOffers {
    /// Never fails: an offer that cannot be read is one that was not made.
    #[must_use]
    pub fn parse(data: &[u8]) -> Self {
        let mut offers = Self::default();
        for line in String::from_utf8_lossy(data).lines() {
            let Some((name, value)) = line.split_once('=') else { continue };
            match name.trim() {
                "relp_version" => offers.version = value.trim().parse().ok(),
                "relp_software" => offers.software = Some(value.trim().to_owned()),
                "commands" => offers.commands = value.split(',').map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect(),
                _ => {}
            }
        }
        offers
    }

    /// May this client send lines? Version 0 is the only one there is (librelp also says 1 while it tries things out).
    #[must_use]
    pub fn offers_syslog(&self) -> bool {
        self.commands.iter().any(|c| c == "syslog")
    }
}

/// Appends one frame. `command` and `txnr` are the caller's to keep within the limits; data of more than 9 digits' length is not sent at all.
pub fn encode_frame(out: &mut Vec<u8>, txnr: u32, command: &str, data: &[u8]) {
    debug_assert!(txnr <= RELP_TXNR && command.len() <= RELP_COMMAND_BYTES);
    if data.len() > RELP_TXNR as usize {
        return;
    }
    out.extend_from_slice(format!("{txnr} {command} {}", data.len()).as_bytes());
    if !data.is_empty() {
        out.push(b' ');
        out.extend_from_slice(data);
    }
    out.push(LF);
}

/// Appends the answer `rsp`: 200 and what was done, or 500 and why not.
pub fn encode_response(out: &mut Vec<u8>, txnr: u32, code: u16, text: &str) {
    encode_frame(out, txnr, "rsp", format!("{code:03} {text}").as_bytes());
}

/// Appends the answer to `open`: what this end speaks. `software` is `name,version,url`.
pub fn encode_open_response(out: &mut Vec<u8>, txnr: u32, software: &str) {
    let text = format!("200 OK\nrelp_version=0\nrelp_software={software}\ncommands=syslog");
    encode_frame(out, txnr, "rsp", text.as_bytes());
}

/// Appends the hint that the server goes away; clients open anew and send again what was not answered.
pub fn encode_server_close(out: &mut Vec<u8>) {
    encode_frame(out, 0, "serverclose", b"");
}
