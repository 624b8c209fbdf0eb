//! A RELP sender that keeps a record of what was acknowledged. Written for the tests from the protocol's description; it shares no code with the product.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Sender {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
    next: u32,
}

/// Answers a peer may leave open (librelp's default window is 128).
pub const WINDOW: usize = 100;

impl Sender {
    pub fn open(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let answers = BufReader::new(stream.try_clone()?);
        let mut sender = Self { stream, answers, next: 1 };
        sender.send("open", b"relp_version=0\nrelp_software=anlan-test\ncommands=syslog")?;
        sender.answer()?;
        Ok(sender)
    }

    /// Sends one frame; returns its transaction number.
    pub fn send(&mut self, command: &str, data: &[u8]) -> std::io::Result<u32> {
        let number = self.next;
        self.next += 1;
        let mut frame = format!("{number} {command} {} ", data.len()).into_bytes();
        frame.extend_from_slice(data);
        frame.push(b'\n');
        self.stream.write_all(&frame)?;
        Ok(number)
    }

    /// The next answer: transaction number and whether it says 200.
    pub fn answer(&mut self) -> std::io::Result<(u32, bool)> {
        let number = self.word()?;
        let command = self.word()?;
        let length: usize = self.word()?.parse().map_err(|_| std::io::ErrorKind::InvalidData)?;
        let mut data = vec![0; length];
        self.answers.read_exact(&mut data)?;
        let mut end = [0];
        self.answers.read_exact(&mut end)?;
        let number = number.parse().map_err(|_| std::io::ErrorKind::InvalidData)?;
        Ok((number, command == "rsp" && data.starts_with(b"200")))
    }

    fn word(&mut self) -> std::io::Result<String> {
        let mut word = String::new();
        let mut byte = [0];
        loop {
            self.answers.read_exact(&mut byte)?;
            match byte[0] {
                b' ' => return Ok(word),
                b'\n' if word.is_empty() => {}
                b => word.push(char::from(b)),
            }
        }
    }
}
