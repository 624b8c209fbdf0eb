//! Syslog over UDP: one datagram is one line; what is dropped is counted, to the datagram.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use std::net::UdpSocket;

use anlan_base::Origin;
use anlan_intake::Limits;
use anlan_vault::InletOptions;
use anlan_vault::LossReason;
use support::{Station, plain, quick};

#[tokio::test(flavor = "multi_thread")]
async fn a_datagram_is_a_line() {
    let station = Station::start(plain());
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    let longest = [b'x'; 65_507];
    let sent: [(&[u8], Option<&[u8]>); 10] = [
        (b"<13>plain", Some(b"<13>plain")),
        (b"<13>line feed\n", Some(b"<13>line feed")),
        (b"<13>two line feeds\n\n", Some(b"<13>two line feeds\n")),
        (b"<13>inside\nand after", Some(b"<13>inside\nand after")),
        (b"<13>carriage return\r\n", Some(b"<13>carriage return\r")),
        (b"<13>NUL\0", Some(b"<13>NUL\0")),
        (b"", None),
        (b"\n", None),
        (b"14 <13>no octets counted here", Some(b"14 <13>no octets counted here")),
        (&longest, Some(&longest)),
    ];
    for (datagram, _) in sent {
        sender.send_to(datagram, station.syslog()).unwrap();
    }
    let expected: Vec<&[u8]> = sent.iter().filter_map(|(_, line)| *line).collect();
    station.keeps(expected.len() as u64).await;
    let (lines, noted) = station.stop().await;
    assert!(lines.iter().map(|line| &line.raw[..]).collect::<Vec<_>>() == expected);
    assert!(lines.iter().all(|line| line.origin == Origin::Udp && line.source.as_str() == "ip:127.0.0.1"));
    assert_eq!(noted.all(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn overload_loses_what_is_counted_and_nothing_else() {
    const SENT: u64 = 30_000;
    let queue = InletOptions { queue_bytes: 64 * 1_024, source_bytes: 16 * 1_024 };
    let station = Station::with_queue(plain().limits(Limits { udp_buffer_bytes: 64 * 1_024, ..quick() }), queue);
    let address = station.syslog();
    let flood = tokio::task::spawn_blocking(move || {
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for n in 0..SENT {
            sender.send_to(format!("<13>datagram {n} {}", "x".repeat(200)).as_bytes(), address).unwrap();
        }
    });
    flood.await.unwrap();
    let vault = std::sync::Arc::clone(&station.vault);
    let (_, noted) = station.stop().await;
    let (kernel, queue) = (noted.count(LossReason::Kernel), noted.count(LossReason::Queue));
    println!("of {SENT}: {} kept, {kernel} dropped by the kernel, {queue} by the queue", vault.status().lines);
    assert_eq!(vault.status().lines + kernel + queue, SENT);
    assert!(kernel + queue > 0, "this was meant to be too much");
    for (reason, source, _) in noted.all() {
        let expected = if reason == LossReason::Kernel { format!("udp:{address}") } else { "ip:127.0.0.1".to_owned() };
        assert_eq!(source, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_takes_what_the_kernel_holds() {
    let station = Station::start(plain());
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for n in 0..2_000 {
        sender.send_to(format!("<13>datagram {n}").as_bytes(), station.syslog()).unwrap();
    }
    let vault = std::sync::Arc::clone(&station.vault);
    let (_, noted) = station.stop().await;
    assert_eq!(vault.status().lines, 2_000);
    assert_eq!(noted.all(), []);
}

/// `logger` of util-linux, over UDP and over TCP.
#[tokio::test(flavor = "multi_thread")]
async fn what_logger_sends_is_kept_as_it_sent_it() {
    let station = Station::start(plain());
    let port = station.syslog().port().to_string();
    let message = "用户 admin 登录失败 \u{7} tab\t100%";
    let logger = |way: &'static str, port: String| {
        let run = std::process::Command::new("logger")
            .args(["-n", "127.0.0.1", "-P", &port, way, "--rfc3164", "-p", "local4.notice", "-t", "web01", "--", message])
            .status();
        run.is_ok_and(|status| status.success())
    };
    if !logger("-d", port.clone()) {
        println!("left out: logger is not installed");
        return;
    }
    station.keeps(1).await;
    assert!(logger("-T", port));
    station.keeps(2).await;
    for raw in station.raw() {
        let text = String::from_utf8(raw).unwrap();
        assert!(text.starts_with("<165>") && text.ends_with(&format!(" web01: {message}")), "{text:?}");
    }
    let (_, noted) = station.stop().await;
    assert_eq!(noted.all(), []);
}
