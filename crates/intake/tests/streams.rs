//! Syslog over TCP and TLS, on real sockets into a real vault: what is kept is what was sent, less the framing.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use anlan_base::{Origin, Piece};
use anlan_intake::{Limits, Listening};
use anlan_vault::LossReason;
use support::{MIB, Station, local, plain, quick, resident, send, tls, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn counted(line: &[u8]) -> Vec<u8> {
    [format!("{} ", line.len()).as_bytes(), line].concat()
}

fn cut(bytes: &[u8], size: usize) -> Vec<&[u8]> {
    bytes.chunks(size).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_do_not_depend_on_how_the_stream_is_cut() {
    let station = Station::start(plain());
    let lines: [&[u8]; 8] = [
        b"<13>line feed",
        b"<14>counted, with\nline feeds\ninside",
        b"<15>half a character \xe4\xb8",
        "<15>安澜".as_bytes(),
        b"<16>NUL \0 inside",
        b"<17>carriage return\r",
        b"<18>\xc9\xfd\xbc\xb6\xcd\xea\xb3\xc9",
        b"1 <19>not a count\x01",
    ];
    let mut stream = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        if n % 2 == 1 {
            stream.extend(counted(line));
        } else {
            stream.extend_from_slice(line);
            stream.push(b'\n');
        }
    }
    let mut sent = 0;
    for size in [1, 2, 3, 7, 19, stream.len()] {
        send(station.syslog(), &cut(&stream, size)).await;
        sent += lines.len() as u64;
        station.keeps(sent).await;
        let kept = station.raw();
        assert_eq!(kept[kept.len() - lines.len()..], lines, "written {size} bytes at a time");
    }
    let (lines, noted) = station.stop().await;
    assert!(
        lines.iter().all(|line| line.origin == Origin::Tcp && line.source.as_str() == "ip:127.0.0.1" && line.class.as_str() == "network")
    );
    assert_eq!(noted.all(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_feed_at_the_end_of_a_counted_frame_is_framing_too() {
    let station = Station::start(plain());
    send(station.syslog(), &[&counted(b"<13>one\n"), &counted(b"<13>two"), &counted(b"<13>three\n\n")]).await;
    station.keeps(3).await;
    assert_eq!(station.raw(), [&b"<13>one"[..], b"<13>two", b"<13>three\n"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_up_to_the_limit_are_whole_and_longer_ones_are_pieces() {
    let station = Station::start(plain());
    let mut expected = Vec::new();
    for (length, pieces) in [
        (MIB - 1, vec![(Piece::WHOLE, MIB - 1)]),
        (MIB, vec![(Piece::WHOLE, MIB)]),
        (MIB + 1, vec![(Piece::part(1, false), MIB), (Piece::part(2, true), 1)]),
        (2 * MIB + 5, vec![(Piece::part(1, false), MIB), (Piece::part(2, false), MIB), (Piece::part(3, true), 5)]),
    ] {
        let line: Vec<u8> = (0..length).map(|i| b'a' + (i % 23) as u8).collect();
        send(station.syslog(), &[&line, b"\n"]).await;
        let marked = [b"<1>", &line[3..]].concat();
        send(station.syslog(), &[&counted(&marked)]).await;
        for body in [&line, &marked] {
            let mut at = 0;
            for (piece, size) in &pieces {
                expected.push((*piece, body[at..at + size].to_vec()));
                at += size;
            }
        }
        station.keeps(expected.len() as u64).await;
    }
    let (lines, noted) = station.stop().await;
    let kept: Vec<(Piece, Vec<u8>)> = lines.into_iter().map(|line| (line.piece, line.raw.to_vec())).collect();
    assert!(kept == expected, "{:?}", kept.iter().map(|(piece, raw)| (*piece, raw.len())).collect::<Vec<_>>());
    assert_eq!(noted.all(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_cut_by_the_end_is_kept_and_counted() {
    for (sent, kept, cut) in [
        (&b"<13>whole\n"[..], vec![&b"<13>whole"[..]], 0),
        (b"<13>whole\n<13>no end", vec![b"<13>whole", b"<13>no end"], 1),
        (b"10 <13>ab", vec![b"<13>ab"], 1),
        (b"6 <13>ab12 <13>cd", vec![b"<13>ab", b"<13>cd"], 1),
        (b"6 <13>ab6 ", vec![b"<13>ab"], 1),
        (b"\n\n", vec![], 0),
        (b"", vec![], 0),
    ] {
        let station = Station::start(plain());
        send(station.syslog(), &[sent]).await;
        station.keeps(kept.len() as u64).await;
        let (lines, noted) = station.stop().await;
        assert_eq!(lines.iter().map(|line| &line.raw[..]).collect::<Vec<_>>(), kept);
        let expected = if cut == 0 { vec![] } else { vec![(LossReason::CutFrame, "ip:127.0.0.1".to_owned(), cut)] };
        assert_eq!(noted.all(), expected, "{}", sent.escape_ascii());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_takes_what_has_arrived() {
    let station = Station::start(plain());
    let mut open = TcpStream::connect(station.syslog()).await.unwrap();
    open.write_all(b"<13>first\n").await.unwrap();
    station.keeps(1).await;
    let many: Vec<u8> = (0..5_000).flat_map(|n| format!("<13>line {n} before the end\n").into_bytes()).collect();
    open.write_all(&many).await.unwrap();
    open.write_all(b"<13>no end").await.unwrap();
    let vault = std::sync::Arc::clone(&station.vault);
    let (_, noted) = station.stop().await;
    assert_eq!(vault.status().lines, 5_002);
    assert_eq!(noted.all(), [(LossReason::CutFrame, "ip:127.0.0.1".to_owned(), 1)]);
    let mut rest = Vec::new();
    assert!(matches!(open.read_to_end(&mut rest).await, Ok(0) | Err(_)), "the connection is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_carries_the_same_lines() {
    let certificate = tls::certificate();
    let station = Station::start(Listening::new().syslog_tls(local(), certificate.server.clone()).limits(quick()));
    let mut stream = certificate.connect(station.tls()).await;
    let long = vec![b'x'; MIB];
    for part in [&b"<13>over TLS\n"[..], b"22 <14>counted\nover TLS..", &long, b"\n<13>no end"] {
        stream.write_all(part).await.unwrap();
        stream.flush().await.unwrap();
    }
    stream.shutdown().await.unwrap();
    station.keeps(4).await;
    let (lines, noted) = station.stop().await;
    let kept: Vec<&[u8]> = lines.iter().map(|line| &line.raw[..]).collect();
    assert!(kept == [&b"<13>over TLS"[..], b"<14>counted\nover TLS..", &long, b"<13>no end"]);
    assert!(lines.iter().all(|line| line.origin == Origin::Tls));
    assert_eq!(noted.count(LossReason::CutFrame), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_does_not_speak_tls_is_let_go() {
    let certificate = tls::certificate();
    let limits = Limits { handshake: std::time::Duration::from_millis(100), ..quick() };
    let station = Station::start(Listening::new().syslog_tls(local(), certificate.server.clone()).limits(limits));
    send(station.tls(), &[b"<13>plain text on the TLS port\n"]).await;
    let mut silent = TcpStream::connect(station.tls()).await.unwrap();
    let mut answer = Vec::new();
    assert!(matches!(silent.read_to_end(&mut answer).await, Ok(0) | Err(_)), "closed after the handshake's time");
    until("no connection", || station.receivers.connections() == 0).await;
    let mut stream = certificate.connect(station.tls()).await;
    stream.write_all(b"<13>still served\n").await.unwrap();
    stream.flush().await.unwrap();
    station.keeps(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_are_refused_and_the_others_go_on() {
    let limits = Limits { connections: 4, connections_of_one_source: 4, ..quick() };
    let station = Station::start(plain().limits(limits));
    let mut open = Vec::new();
    for n in 1..=4 {
        open.push(TcpStream::connect(station.syslog()).await.unwrap());
        until("the connection", || station.receivers.connections() == n).await;
    }
    let mut refused = TcpStream::connect(station.syslog()).await.unwrap();
    assert!(matches!(refused.read(&mut [0; 1]).await, Ok(0) | Err(_)), "the fifth is closed");
    for stream in &mut open {
        stream.write_all(b"<13>still here\n").await.unwrap();
    }
    station.keeps(4).await;
    open.pop();
    until("a free seat", || station.receivers.connections() == 3).await;
    send(station.syslog(), &[b"<13>newcomer\n"]).await;
    station.keeps(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_gives_way_when_the_house_is_full() {
    let limits = Limits { connections: 1, connections_of_one_source: 1, idle_gives_way: std::time::Duration::ZERO, ..quick() };
    let station = Station::start(plain().limits(limits));
    let mut idle = TcpStream::connect(station.syslog()).await.unwrap();
    idle.write_all(b"<13>said long ago\n<13>cut").await.unwrap();
    station.keeps(1).await;
    send(station.syslog(), &[b"<13>newcomer\n"]).await;
    assert!(matches!(idle.read(&mut [0; 1]).await, Ok(0) | Err(_)), "the idle one is closed");
    station.keeps(3).await;
    let (_, noted) = station.stop().await;
    assert_eq!(noted.count(LossReason::CutFrame), 1, "what it had begun is kept and counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_begin_a_long_frame_hold_bounded_memory_and_disturb_nobody() {
    let limits =
        Limits { long_frames: 4, long_frames_of_one_source: 4, long_frame_patience: std::time::Duration::from_millis(300), ..quick() };
    let station = Station::start(plain().limits(limits));
    let before = resident();
    let mut liars = Vec::new();
    for _ in 0..50 {
        let address = station.syslog();
        liars.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let _ = stream.write_all(&vec![b'x'; 900 * 1_024]).await;
            let mut end = Vec::new();
            let _ = stream.read_to_end(&mut end).await;
        }));
    }
    until("the liars", || station.receivers.connections() == 50).await;
    send(station.syslog(), &[b"<13>somebody else\n"]).await;
    until("the other's line", || station.raw().contains(&b"<13>somebody else".to_vec())).await;
    let grown = resident().saturating_sub(before) / MIB;
    println!("50 unfinished frames of 900 KiB: {grown} MiB more resident");
    for liar in liars {
        liar.await.unwrap();
    }
    let (lines, noted) = station.stop().await;
    assert_eq!(lines.len(), 51, "what came of each is kept");
    assert_eq!(noted.count(LossReason::CutFrame), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_idle_connections_are_cheap() {
    const IDLE: usize = 2_000;
    let station = Station::start(plain());
    send(station.syslog(), &[b"<13>warm\n"]).await;
    let before = resident();
    let mut idle = Vec::new();
    for n in 0..IDLE {
        let mut stream = TcpStream::connect(station.syslog()).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(b"<13>here I am\n").await.unwrap();
        }
        idle.push(stream);
    }
    until("all connections", || station.receivers.connections() == IDLE).await;
    station.keeps(1 + IDLE as u64 / 2).await;
    let each = resident().saturating_sub(before) / IDLE;
    println!("{IDLE} idle connections: {each} bytes of memory each, both ends");
    assert!(each < 16 * 1_024, "{each} bytes for an idle connection");
    send(station.syslog(), &[b"<13>not disturbed\n"]).await;
    station.keeps(2 + IDLE as u64 / 2).await;
}

/// Bytes of no protocol at all, in pieces of every size, over all three plain listeners.
#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_kept_or_let_go_and_disturbs_nobody() {
    let station = Station::start(plain());
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let garbage: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
    .take(200_000)
    .collect();
    send(station.syslog(), &cut(&garbage, 1_777)).await;
    let line_feeds = garbage.iter().filter(|b| **b == b'\n').count();
    until("all of it", || station.raw().iter().map(Vec::len).sum::<usize>() + line_feeds == garbage.len()).await;
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    for datagram in garbage.chunks(999) {
        udp.send_to(datagram, station.syslog()).unwrap();
        udp.send_to(datagram, station.relp()).unwrap();
    }
    for start in 0..50 {
        let mut stream = TcpStream::connect(station.relp()).await.unwrap();
        let _ = stream.write_all(&garbage[start * 1_000..]).await;
    }
    let before = station.count();
    send(station.syslog(), &[b"<13>not disturbed\n"]).await;
    station.keeps(before + 1).await;
}
