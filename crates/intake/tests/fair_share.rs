//! Back-pressure and fair share: a sender that sends without end is slowed, and another one is not.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anlan_vault::InletOptions;
use support::{Station, plain};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

#[tokio::test(flavor = "multi_thread")]
async fn one_noisy_source_does_not_starve_another() {
    let station = Station::with_queue(plain(), InletOptions { queue_bytes: 4 << 20, source_bytes: 1 << 20 });
    let sent = Arc::new(AtomicU64::new(0));
    let noise = {
        let (address, sent) = (station.syslog(), Arc::clone(&sent));
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let lines = "<13>noise noise noise noise noise noise noise noise noise\n".repeat(1_000);
            loop {
                stream.write_all(lines.as_bytes()).await.unwrap();
                sent.fetch_add(1_000, Ordering::SeqCst);
            }
        })
    };
    support::until("noise", || station.count() > 10_000).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut quiet = socket.connect(station.syslog()).await.unwrap();
    let mut slowest = std::time::Duration::ZERO;
    for n in 1..=20 {
        let begun = std::time::Instant::now();
        quiet.write_all(format!("<13>quiet {n}\n").as_bytes()).await.unwrap();
        support::until("the quiet line", || kept_of(&station, "ip:127.0.0.2") == n).await;
        slowest = slowest.max(begun.elapsed());
    }
    noise.abort();
    println!("noise: {} lines; slowest quiet line found after {slowest:?}", sent.load(Ordering::SeqCst));
    assert!(slowest < std::time::Duration::from_secs(5), "{slowest:?}");
}

fn kept_of(station: &Station, source: &str) -> u64 {
    station.vault.sources().unwrap().iter().find(|activity| activity.source.as_str() == source).map_or(0, |activity| activity.lines)
}
