//! Bad input, on the real binary: a clear answer, bounded memory, nobody else disturbed.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::Duration;

use server::https::{connect, post_events};
use server::relp::Sender;
use server::{Server, lines, token};

const MIB: usize = 1 << 20;
/// Peak memory that no garbage may push the server over, in KiB (a debug build; the queue's limits are below it).
const MEMORY_KIB: u64 = 700 << 10;

fn tcp(server: &Server, bytes: &[u8]) {
    TcpStream::connect(("127.0.0.1", server.syslog)).unwrap().write_all(bytes).unwrap();
}

#[test]
fn long_lines_odd_bytes_and_bombs_are_kept_and_nobody_is_disturbed() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Server::start(&dir);
    let mut sent: Vec<Vec<u8>> = Vec::new();
    for length in [MIB - 1, MIB] {
        sent.push([b"long ".to_vec(), vec![b'x'; length - 5]].concat());
    }
    sent.push(b"<13>nul \0 in the middle".to_vec());
    sent.push("<13>半个字".as_bytes()[..9].to_vec());
    sent.push(vec![0x80, 0xff, 0xfe]);
    sent.push(b"\x1b]0;title\x07\x1b[2J".to_vec());
    sent.push("{\"a\":".repeat(100_000).into_bytes());
    sent.push([b"CEF:0|".to_vec(), b"a=b ".repeat(50_000)].concat());
    for line in &sent {
        tcp(&server, &[line.as_slice(), b"\n"].concat());
    }
    let long = [b"long ".to_vec(), vec![b'y'; MIB - 4]].concat();
    tcp(&server, &[long.as_slice(), b"\n"].concat());
    server.wait_for("*", sent.len() as u64 + 2);
    let kept: Vec<Vec<u8>> = lines(&dir, "*").into_iter().map(|(_, raw)| raw).collect();
    for line in &sent {
        assert!(kept.contains(line), "a line of {} bytes beginning {:?} is not kept as it was", line.len(), &line[..line.len().min(20)]);
    }
    let pieces: Vec<u8> = kept.iter().filter(|raw| !sent.contains(raw)).flatten().copied().collect();
    assert_eq!(pieces.len(), long.len(), "1 MiB + 1 is kept as two pieces");
    assert_eq!(pieces, long);
    assert!(server.peak_kib() < MEMORY_KIB, "{} KiB", server.peak_kib());
    server.stop();
}

#[test]
fn liars_and_idlers_disturb_nobody() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Server::start(&dir);
    let token = token(&dir, "load");
    let idle: Vec<TcpStream> = (0..idle_connections()).map(|_| TcpStream::connect(("127.0.0.1", server.syslog)).unwrap()).collect();
    for lie in [
        &b"1 syslog 99999999999 x\n"[..],
        b"1 syslog 5 ab\n2 syslog 1 c\n",
        b"999999999999 open 0\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\0",
        b"1 syslog -1 \n",
    ] {
        let mut liar = TcpStream::connect(("127.0.0.1", server.relp)).unwrap();
        liar.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        liar.write_all(lie).unwrap();
        let _ = liar.read(&mut [0; 256]);
    }
    tcp(&server, b"99999999999999999999 <13>octet count that lies\n");
    let mut honest = Sender::open(server.relp).unwrap();
    let number = honest.send("syslog", b"<13>honest line").unwrap();
    assert_eq!(honest.answer().unwrap(), (number, true), "an honest RELP peer is served");
    assert_eq!(post_events(&dir, server.console, &token, b"honest http").unwrap().status / 100, 2);
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"honest datagram", ("127.0.0.1", server.syslog)).unwrap();
    server.wait_for("honest", 3);
    println!("{} idle connections: peak {} MiB", idle.len(), server.peak_kib() / 1024);
    assert!(server.peak_kib() < MEMORY_KIB, "{} KiB", server.peak_kib());
    drop(idle);
    server.stop();
}

/// 10,000, or what the machine's limit of open files leaves.
fn idle_connections() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let soft: usize = line.split_whitespace().nth(3).and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
    let count = 10_000.min(soft.saturating_sub(200));
    if count < 10_000 {
        println!("the limit of open files leaves {count} idle connections");
    }
    count
}

#[test]
fn the_api_answers_wrong_bodies_clearly() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Server::start(&dir);
    let token = token(&dir, "load");
    assert_eq!(post_events(&dir, server.console, "wrong", b"x").unwrap().status, 401);
    let bomb = "[".repeat(2 * MIB);
    let answer = post_events(&dir, server.console, &token, bomb.as_bytes()).unwrap();
    assert_eq!(answer.status / 100, 2, "a JSON bomb is a line like any other: {}", answer.text());
    let mut half = connect(&dir, server.console).unwrap();
    half.write_all(
        format!("POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\nhalf a body\n")
            .as_bytes(),
    )
    .unwrap();
    drop(half);
    assert_eq!(post_events(&dir, server.console, &token, b"still served").unwrap().status / 100, 2);
    assert_eq!(server.count("\"still served\""), 1);
    assert!(server.peak_kib() < MEMORY_KIB, "{} KiB", server.peak_kib());
    server.stop();
}
