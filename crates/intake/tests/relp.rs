//! RELP on real sockets: answers only after the line is on disk, in order; liars are let go and disturb nobody.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use anlan_base::{Origin, Piece};
use anlan_intake::Limits;
use anlan_vault::LossReason;
use support::relp_client::{RelpClient, rsp, serverclose, syslog};
use support::{MIB, Station, plain, quick, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_open_to_close() {
    let station = Station::start(plain());
    let mut client = RelpClient::open(station.relp()).await;
    client.say(&syslog(2, b"<13>one")).await;
    assert_eq!(client.hear().await, Some(rsp(2, "200 OK")));
    assert_eq!(station.raw(), [b"<13>one"], "kept when it is answered");
    client.say(&syslog(3, b"<13>\xb5\xda\xb6\xfe\xd0\xd0 \0 \r\n")).await;
    client.say(b"4 frobnicate 3 abc\n5 starttls 0\n6 syslog 0\n7 close 0\n").await;
    let rest = client.hear_all().await;
    assert_eq!(
        rest,
        [
            rsp(3, "200 OK"),
            rsp(4, "500 command not supported"),
            rsp(5, "500 command not supported"),
            rsp(6, "200 OK"),
            rsp(7, "200 OK"),
            serverclose()
        ]
    );
    let (lines, noted) = station.stop().await;
    assert_eq!(lines.iter().map(|line| &line.raw[..]).collect::<Vec<_>>(), [&b"<13>one"[..], b"<13>\xb5\xda\xb6\xfe\xd0\xd0 \0 \r"]);
    assert!(lines.iter().all(|line| line.origin == Origin::Relp));
    assert_eq!(noted.all(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answered_line_is_there_and_answers_are_in_order() {
    let station = Station::start(plain());
    let mut client = RelpClient::open(station.relp()).await;
    let mut sent = Vec::new();
    for round in 0..20_u32 {
        // Twice the window at once: more than is allowed is still answered in order.
        let txnrs = 2 + round * 256..2 + (round + 1) * 256;
        let frames: Vec<u8> = txnrs.clone().flat_map(|txnr| syslog(txnr, format!("<13>line {txnr}").as_bytes())).collect();
        for part in frames.chunks(777) {
            client.say(part).await;
        }
        for txnr in txnrs {
            assert_eq!(client.hear().await, Some(rsp(txnr, "200 OK")));
            sent.push(format!("<13>line {txnr}").into_bytes());
        }
        assert_eq!(station.count(), sent.len() as u64);
    }
    assert!(station.raw() == sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lines_are_answered_once_all_pieces_are_kept() {
    let station = Station::start(plain());
    let mut client = RelpClient::open(station.relp()).await;
    for (txnr, length, pieces) in [(2, MIB - 1, 1), (3, MIB, 1), (4, MIB + 1, 2), (5, 3 * MIB, 3)] {
        let before = station.count();
        client.say(&syslog(txnr, &vec![b'x'; length])).await;
        assert_eq!(client.hear().await, Some(rsp(txnr, "200 OK")));
        assert_eq!(station.count() - before, pieces, "{length}");
    }
    let (lines, _) = station.stop().await;
    assert_eq!(lines[3].piece, Piece::part(2, true));
    assert_eq!(lines[6].piece, Piece::part(3, true));
}

/// Frames that are wrong after one good one, which is answered all the same; then the server says goodbye.
#[tokio::test(flavor = "multi_thread")]
async fn liars_are_let_go_and_nobody_else_notices() {
    let station = Station::start(plain());
    let mut honest = RelpClient::open(station.relp()).await;
    let mut txnr = 1;
    let wrongs: [&[u8]; 9] = [
        b"3 syslog 3 too long for its length\n",
        b"3 syslog 999999999 x",
        b"3 syslog 9999999999999999999 x",
        b"3 syslog -1 x\n",
        b"3 syslog x\n",
        b"1000000000 syslog 1 x\n",
        b"99999999999999999999999999999999999999",
        b"GET / HTTP/1.1\r\nHost: anlan\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ];
    for (n, wrong) in wrongs.into_iter().enumerate() {
        let mut liar = RelpClient::open(station.relp()).await;
        liar.say(&syslog(2, format!("<13>before lie {n}").as_bytes())).await;
        liar.try_say(wrong).await;
        assert_eq!(liar.hear_all().await, [rsp(2, "200 OK"), serverclose()], "{}", wrong.escape_ascii());
        txnr += 1;
        honest.say(&syslog(txnr, b"<13>honest")).await;
        assert_eq!(honest.hear().await, Some(rsp(txnr, "200 OK")));
    }
    let (lines, noted) = station.stop().await;
    assert_eq!(lines.len(), 18);
    assert_eq!(noted.count(LossReason::CutFrame), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_leaves_inside_a_frame_is_counted() {
    for (begun, cut) in [(&b""[..], 0), (b"3", 1), (b"3 sysl", 1), (b"3 syslog 100 <13>abc", 1), (b"3 syslog 3 abc", 1)] {
        let station = Station::start(plain());
        let mut client = RelpClient::open(station.relp()).await;
        client.say(&syslog(2, b"<13>whole")).await;
        assert_eq!(client.hear().await, Some(rsp(2, "200 OK")));
        client.say(begun).await;
        drop(client);
        until("no connection", || station.receivers.connections() == 0).await;
        let (lines, noted) = station.stop().await;
        assert_eq!(lines.len(), 1, "what was not answered is the sender's to send again");
        assert_eq!(noted.count(LossReason::CutFrame), cut, "{}", begun.escape_ascii());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_answers_what_is_owed_and_says_goodbye() {
    let station = Station::start(plain());
    let mut client = RelpClient::open(station.relp()).await;
    client.say(&(2..102).flat_map(|txnr| syslog(txnr, b"<13>x")).collect::<Vec<u8>>()).await;
    let stopping = tokio::spawn(station.stop());
    let heard = client.hear_all().await;
    let (lines, noted) = stopping.await.unwrap();
    assert_eq!(heard.last(), Some(&serverclose()));
    let answered = heard.len() - 1;
    assert_eq!(heard[..answered], (2..).take(answered).map(|txnr| rsp(txnr, "200 OK")).collect::<Vec<_>>());
    assert_eq!(lines.len(), answered);
    assert_eq!(noted.all(), []);
}

/// Frames are taken only as fast as their answers are: with a small window and nobody who takes answers, reading stops.
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_takes_no_answers_is_not_read_for_ever() {
    const FRAMES: u32 = 2_000_000;
    let station = Station::start(plain().limits(Limits { relp_window: 2, ..quick() }));
    let mut deaf = RelpClient::connect_with(station.relp(), 4_096).await;
    let sending = tokio::spawn(async move {
        for block in 0..FRAMES / 1_000 {
            let frames: Vec<u8> = (0..1_000).flat_map(|n| syslog(2 + block * 1_000 + n, b"<13>x")).collect();
            deaf.try_say(&frames).await;
        }
    });
    let mut honest = RelpClient::open(station.relp()).await;
    let mut txnr = 2;
    let mut before = 0;
    let mut still = 0;
    while still < 20 {
        honest.say(&syslog(txnr, b"<13>honest")).await;
        assert_eq!(honest.hear().await, Some(rsp(txnr, "200 OK")));
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        let now = station.count();
        still = if now == before + 1 { still + 1 } else { 0 };
        before = now;
        txnr += 1;
    }
    println!("{} frames of a peer that takes no answers were kept, then it was not read any more", station.count());
    assert!(!sending.is_finished() && station.count() < u64::from(FRAMES));
    sending.abort();
}
