//! The door for the shell: `DIR/anlan.sock`, through which commands reach a running server.
//!
//! A request is one line of JSON: `{"lang":"zh-CN","ask":{…}}`. The answer is frames `u8 kind ‖ u32 length ‖ bytes`: kind 1 data, 2 the end (empty), 3 an error (`{"code":…,"message":…}`).
//!
//! Invariants: mode 0600, the peer's uid is recorded with every act; a request has a limit; a slow or silent caller holds one of few places, nothing else.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anlan_base::text::Lang;
use anlan_ledger::Actor;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tokio::net::UnixListener;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::act::{self, Asker};
use crate::ask::Ask;
use crate::instance::Instance;
use crate::say::{Told, code};

pub const SOCKET: &str = "anlan.sock";
/// Callers at a time; the next one waits.
const CALLERS: usize = 32;
/// Bytes of one request line: a whole text of the law, each byte written as `\u00xx` at worst, and what stands around it.
const REQUEST_BYTES: u64 = 6 * anlan_ledger::LAW_TEXT_BYTES as u64 + (64 << 10);
/// Bytes of one frame of an answer.
const FRAME_BYTES: usize = 1 << 20;
/// A caller that sends no whole request within this time is let go.
const REQUEST_WAIT: Duration = Duration::from_secs(10);

/// After a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

const DATA: u8 = 1;
const END: u8 = 2;
const ERROR: u8 = 3;

#[derive(Serialize, Deserialize)]
struct Request {
    lang: String,
    ask: Ask,
}

#[derive(Serialize, Deserialize)]
struct Refusal {
    code: u8,
    message: String,
}

/// Binds the socket anew (a stale one is removed: the folder's lock is held).
pub fn bind(instance: &Instance) -> Result<UnixListener> {
    let path = instance.dir.join(SOCKET);
    if instance.fs.exists(&path) {
        instance.fs.remove(&path)?;
    }
    let listener = UnixListener::bind(&path).with_context(|| path.display().to_string())?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers callers until the task is dropped.
pub async fn serve(listener: UnixListener, instance: Arc<Instance>) {
    let places = Arc::new(Semaphore::new(CALLERS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors: give the others time to close.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let Ok(uid) = stream.peer_cred().map(|peer| peer.uid()) else { continue };
        let Ok(stream) = stream.into_std() else { continue };
        let (instance, handle) = (instance.clone(), Handle::current());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = answer_caller(&stream, uid, &instance, &handle) {
                tracing::debug!(%error, "a caller at the door left");
            }
            drop(place);
        });
    }
}

fn answer_caller(stream: &UnixStream, uid: u32, instance: &Instance, handle: &Handle) -> Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(REQUEST_WAIT))?;
    let mut line = Vec::new();
    BufReader::new(stream.take(REQUEST_BYTES)).read_until(b'\n', &mut line)?;
    let request: Request = serde_json::from_slice(&line)?;
    let asker = Asker { actor: Actor::Uid(uid), lang: Lang::from_preference(&request.lang), handle };
    let mut out = BufWriter::with_capacity(FRAME_BYTES, Frames { stream });
    let answered = act::answer(instance, &asker, request.ask, &mut out);
    out.flush()?;
    match answered {
        Ok(()) => write_frame(stream, END, b""),
        Err(error) => write_frame(stream, ERROR, &serde_json::to_vec(&Refusal::of(&error))?),
    }?;
    Ok(())
}

impl Refusal {
    fn of(error: &anyhow::Error) -> Self {
        let code = error.downcast_ref::<Told>().map_or(code::FAILED, |told| told.code);
        let message = error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ");
        Self { code, message }
    }
}

struct Frames<'a> {
    stream: &'a UnixStream,
}

impl Write for Frames<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let part = &bytes[..bytes.len().min(FRAME_BYTES)];
        if !part.is_empty() {
            write_frame(self.stream, DATA, part)?;
        }
        Ok(part.len())
    }

    /// An empty frame: it finds out whether the caller is still there.
    fn flush(&mut self) -> std::io::Result<()> {
        write_frame(self.stream, DATA, b"")
    }
}

fn write_frame(mut stream: &UnixStream, kind: u8, bytes: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    stream.write_all(&[&[kind][..], &length, bytes].concat())
}

/// Asks the server that holds `dir`, writing the answer's data to `out`.
pub fn call(dir: &Path, lang: Lang, ask: Ask, out: &mut dyn Write) -> Result<()> {
    let path = dir.join(SOCKET);
    let mut stream = UnixStream::connect(&path).with_context(|| path.display().to_string())?;
    let mut line = serde_json::to_vec(&Request { lang: lang.tag().to_owned(), ask })?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = BufReader::with_capacity(1 << 16, stream);
    loop {
        let (kind, bytes) = read_frame(&mut answer)?;
        match kind {
            DATA => {
                out.write_all(&bytes)?;
                out.flush()?;
            }
            END => return Ok(()),
            ERROR => {
                let refusal: Refusal = serde_json::from_slice(&bytes)?;
                return Err(anyhow::Error::new(Told { message: refusal.message, code: refusal.code }));
            }
            other => bail!("frame of unknown kind {other} from {}", path.display()),
        }
    }
}

fn read_frame(answer: &mut impl Read) -> Result<(u8, Vec<u8>)> {
    let mut head = [0_u8; 5];
    answer.read_exact(&mut head).context("the server closed the connection")?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    if length > FRAME_BYTES {
        bail!("frame of {length} bytes is over the limit of {FRAME_BYTES}");
    }
    let mut bytes = vec![0; length];
    answer.read_exact(&mut bytes)?;
    Ok((head[0], bytes))
}
