//! Syslog over RELP: each frame is answered with 200 only after its line is on disk (I1), in the order in which frames came.
//!
//! Invariants: at most [`Limits::relp_window`](crate::limits::Limits) frames (and those of one read) wait for their answer, then reading stops. What was not
//! answered is the sender's to send again; a connection that ends or breaks inside a frame is a counted loss until it does.

use std::ops::Range;
use std::sync::Arc;

use anlan_base::{Origin, Piece};
use anlan_vault::Ticket;
use anlan_wire::relp::{RelpCommand, RelpDecoder, RelpError, RelpStep, encode_open_response, encode_response, encode_server_close};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Semaphore, mpsc};

use crate::connections::Seat;
use crate::desk::{Clerk, Desk};
use crate::inflow::{Inflow, Next};
use crate::losses::LossReason;

const SOFTWARE: &str = concat!("anlan,", env!("CARGO_PKG_VERSION"), ",");
/// Reads whose answers are under way; the window is the real limit.
const READS_OWED: usize = 16;

/// Answers owed for the frames of one read, and their places in the window.
struct Debt {
    owed: Vec<Owed>,
    places: usize,
}

enum Owed {
    /// Answers to be given when the ticket says that the lines are on disk; no ticket where there was no byte to keep.
    Kept {
        ticket: Option<Ticket>,
        txnrs: Vec<u32>,
    },
    Open {
        txnr: u32,
    },
    Close {
        txnr: u32,
    },
    Refused {
        txnr: u32,
    },
}

/// A step of the peer, its line a range of the bytes used.
enum Asked {
    Line { txnr: u32, piece: Piece, line: Range<usize>, last: bool },
    Command { txnr: u32, command: RelpCommand },
}

/// Why a connection is no longer read.
#[derive(Debug, PartialEq, Eq)]
enum Why {
    /// Between two frames, or at the peer's `close`.
    Ended,
    InsideFrame,
    Broken(RelpError),
    Stopping,
    QueueClosed,
}

/// Receives frames until the peer ends, or the connection has to; then gives the answers that are still owed.
pub(crate) async fn receive<R, W>(reader: R, writer: W, seat: &Seat, desk: &Desk)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let window = Arc::new(Semaphore::new(desk.limits.relp_window));
    let (owe, owed) = mpsc::channel(READS_OWED);
    let mut frames = Frames {
        inflow: Inflow::new(reader, desk, seat),
        decoder: RelpDecoder::new(),
        clerk: Clerk::new(desk, seat, Origin::Relp).await,
        window: Arc::clone(&window),
        owe,
    };
    let answering = answer(writer, owed, window);
    tokio::pin!(answering);
    let why = tokio::select! {
        why = frames.receive(seat, desk) => why,
        () = &mut answering => return,
    };
    match why {
        Why::InsideFrame => frames.clerk.lost(LossReason::CutFrame, 1),
        Why::Broken(error) => {
            tracing::warn!(peer = %seat.peer(), %error, "a RELP connection was closed because it cannot be understood");
            frames.clerk.lost(LossReason::CutFrame, 1);
        }
        Why::Ended | Why::Stopping | Why::QueueClosed => {}
    }
    drop(frames);
    if tokio::time::timeout(desk.limits.shutdown_patience, answering).await.is_err() {
        tracing::warn!(peer = %seat.peer(), "a RELP peer did not take its last answers");
    }
}

struct Frames<'a, R> {
    inflow: Inflow<'a, R>,
    decoder: RelpDecoder,
    clerk: Clerk<'a>,
    window: Arc<Semaphore>,
    owe: mpsc::Sender<Debt>,
}

impl<R: AsyncRead + Unpin> Frames<'_, R> {
    async fn receive(&mut self, seat: &Seat, desk: &Desk) -> Why {
        loop {
            let (asked, bytes, broken) = tokio::select! {
                biased;
                () = desk.stopping() => return Why::Stopping,
                () = seat.asked_to_leave() => return self.why_at_end(),
                read = self.read() => match read {
                    Ok(read) => read,
                    Err(why) => return why,
                },
            };
            let closes = asked.iter().any(|asked| matches!(asked, Asked::Command { command: RelpCommand::Close, .. }));
            if let Err(why) = self.take(asked, &bytes).await {
                return why;
            }
            if let Some(error) = broken {
                return Why::Broken(error);
            }
            if closes {
                return Why::Ended;
            }
        }
    }

    async fn read(&mut self) -> Result<(Vec<Asked>, Bytes, Option<RelpError>), Why> {
        let mut asked = Vec::new();
        let mut broken = None;
        let Self { inflow, decoder, .. } = self;
        let next = inflow.next(|bytes| {
            let (used, error) = decode(decoder, bytes, &mut asked);
            broken = error;
            used
        });
        match next.await {
            Next::Used(bytes) => Ok((asked, bytes, broken)),
            Next::Ended => Err(self.why_at_end()),
            Next::Failed(error) => {
                tracing::debug!(%error, "a RELP connection broke");
                Err(self.why_at_end())
            }
            Next::Stalled => {
                tracing::warn!("a RELP connection was closed because a long frame was not finished in time");
                Err(Why::InsideFrame)
            }
        }
    }

    fn why_at_end(&self) -> Why {
        if self.inflow.held().is_empty() && self.decoder.between_frames() { Why::Ended } else { Why::InsideFrame }
    }

    /// Hands over the lines of one read and owes their answers.
    async fn take(&mut self, asked: Vec<Asked>, bytes: &Bytes) -> Result<(), Why> {
        if asked.is_empty() {
            return Ok(());
        }
        let frames = asked.iter().filter(|asked| !matches!(asked, Asked::Line { last: false, .. })).count();
        let places = self.places(frames).await;
        let mut owed = Vec::new();
        let mut lines = Vec::new();
        let mut txnrs = Vec::new();
        for asked in asked {
            match asked {
                Asked::Line { txnr, piece, line, last } => {
                    if !line.is_empty() {
                        lines.push((piece, bytes.slice(line)));
                    }
                    if last {
                        txnrs.push(txnr);
                    }
                }
                Asked::Command { txnr, command } => {
                    self.hand_over(&mut lines, &mut txnrs, &mut owed).await?;
                    owed.push(owed_for(txnr, command));
                }
            }
        }
        self.hand_over(&mut lines, &mut txnrs, &mut owed).await?;
        self.owe.send(Debt { owed, places }).await.map_err(|_| Why::Ended)
    }

    /// Waits for places in the window. More frames than it has were sent against the rules, but their bytes are here already.
    async fn places(&self, frames: usize) -> usize {
        let places = u32::try_from(frames).unwrap_or(u32::MAX);
        let places = places.min(u32::try_from(self.clerk.limits().relp_window).unwrap_or(u32::MAX));
        match self.window.acquire_many(places).await {
            Ok(permits) => {
                permits.forget();
                places as usize
            }
            Err(_) => 0,
        }
    }

    async fn hand_over(&mut self, lines: &mut Vec<(Piece, Bytes)>, txnrs: &mut Vec<u32>, owed: &mut Vec<Owed>) -> Result<(), Why> {
        if lines.is_empty() && txnrs.is_empty() {
            return Ok(());
        }
        let txnrs = std::mem::take(txnrs);
        let lines = std::mem::take(lines);
        let ticket = if lines.is_empty() { None } else { Some(self.clerk.hand_over(lines).await.map_err(|_| Why::QueueClosed)?) };
        owed.push(Owed::Kept { ticket, txnrs });
        Ok(())
    }
}

fn owed_for(txnr: u32, command: RelpCommand) -> Owed {
    match command {
        RelpCommand::Open => Owed::Open { txnr },
        RelpCommand::Close => Owed::Close { txnr },
        RelpCommand::StartTls | RelpCommand::Unknown => Owed::Refused { txnr },
    }
}

/// Reads all steps there are: bytes used, and what was wrong after them. Nothing after a `close` counts.
fn decode(decoder: &mut RelpDecoder, bytes: &[u8], asked: &mut Vec<Asked>) -> (usize, Option<RelpError>) {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match decoder.next(rest) {
            Ok(RelpStep::More) => return (at, None),
            Ok(RelpStep::Line { txnr, piece, line, last, used }) => {
                asked.push(Asked::Line { txnr, piece, line: at + line.start..at + line.end, last });
                at += used;
            }
            Ok(RelpStep::Command { txnr, command, used, .. }) => {
                asked.push(Asked::Command { txnr, command });
                at += used;
                if command == RelpCommand::Close {
                    return (bytes.len(), None);
                }
            }
            Err(error) => return (at, Some(error)),
        }
    }
}

/// Gives the answers in order, each as soon as it may be given, and says at the end that the server goes away.
async fn answer<W: AsyncWrite + Unpin>(mut writer: W, mut owed: mpsc::Receiver<Debt>, window: Arc<Semaphore>) {
    while let Some(debt) = owed.recv().await {
        for owed in debt.owed {
            let Some(answers) = answers_to(owed).await else { return say_goodbye(writer).await };
            if let Err(error) = writer.write_all(&answers).await {
                tracing::debug!(%error, "a RELP peer took no answer");
                return;
            }
        }
        window.add_permits(debt.places);
    }
    say_goodbye(writer).await;
}

/// `None` when lines could not be kept: then nothing may be answered any more.
async fn answers_to(owed: Owed) -> Option<Vec<u8>> {
    let mut answers = Vec::new();
    match owed {
        Owed::Kept { ticket, txnrs } => {
            if let Some(ticket) = ticket {
                ticket.wait().await.ok()?;
            }
            for txnr in txnrs {
                encode_response(&mut answers, txnr, 200, "OK");
            }
        }
        Owed::Open { txnr } => encode_open_response(&mut answers, txnr, SOFTWARE),
        Owed::Close { txnr } => encode_response(&mut answers, txnr, 200, "OK"),
        Owed::Refused { txnr } => encode_response(&mut answers, txnr, 500, "command not supported"),
    }
    Some(answers)
}

async fn say_goodbye<W: AsyncWrite + Unpin>(mut writer: W) {
    let mut hint = Vec::new();
    encode_server_close(&mut hint);
    // The peer may be gone already.
    let _ = writer.write_all(&hint).await;
    let _ = writer.shutdown().await;
}
