//! A RELP client that says exactly what it is told, right or wrong.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::PATIENCE;

pub struct RelpClient {
    stream: TcpStream,
    read: Vec<u8>,
}

/// A frame of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub txnr: u32,
    pub command: String,
    pub data: String,
}

pub fn syslog(txnr: u32, line: &[u8]) -> Vec<u8> {
    let mut frame = format!("{txnr} syslog {} ", line.len()).into_bytes();
    frame.extend_from_slice(line);
    frame.push(b'\n');
    frame
}

impl RelpClient {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    /// Connects with room for so few bytes of answers.
    pub async fn connect_with(address: SocketAddr, receive_buffer: u32) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(receive_buffer).unwrap();
        Self { stream: socket.connect(address).await.unwrap(), read: Vec::new() }
    }

    /// Connects and opens the session.
    pub async fn open(address: SocketAddr) -> Self {
        let mut client = Self::connect(address).await;
        let offers = "relp_version=0\nrelp_software=test,1,\ncommands=syslog";
        client.say(format!("1 open {} {offers}\n", offers.len()).as_bytes()).await;
        let answer = client.hear().await.unwrap();
        assert_eq!((answer.txnr, answer.command.as_str()), (1, "rsp"));
        assert!(answer.data.starts_with("200 OK\n") && answer.data.contains("commands=syslog"), "{answer:?}");
        client
    }

    pub async fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Says what may not be taken any more.
    pub async fn try_say(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// The next frame; `None` when the server has closed.
    pub async fn hear(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.take() {
                return Some(frame);
            }
            let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await.expect("an answer");
            if matches!(read, Ok(0) | Err(_)) {
                return None;
            }
        }
    }

    /// Everything until the server closes.
    pub async fn hear_all(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.hear().await {
            frames.push(frame);
        }
        frames
    }

    fn take(&mut self) -> Option<Frame> {
        let text = self.read.clone();
        let mut parts = text.splitn(3, |b| *b == b' ');
        let txnr = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
        let command = String::from_utf8(parts.next()?.to_vec()).ok()?;
        let rest = parts.next()?;
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let length: usize = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
        let begin = if length == 0 { digits } else { digits + 1 };
        if rest.len() <= begin + length {
            return None;
        }
        assert_eq!(rest[begin + length], b'\n');
        let data = String::from_utf8(rest[begin..begin + length].to_vec()).unwrap();
        let used = text.len() - rest.len() + begin + length + 1;
        self.read.drain(..used);
        Some(Frame { txnr, command, data })
    }
}

pub fn rsp(txnr: u32, data: &str) -> Frame {
    Frame { txnr, command: "rsp".to_owned(), data: data.to_owned() }
}

pub fn serverclose() -> Frame {
    Frame { txnr: 0, command: "serverclose".to_owned(), data: String::new() }
}
