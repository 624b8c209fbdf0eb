//! What listens where: addresses as bound, both families, and what cannot be bound.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use anlan_base::SystemClock;
use anlan_intake::{Listening, OpenBook, Reach, Receivers, Service};
use support::{Station, plain, send};

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_asked_for_listens() {
    let station = Station::start(plain());
    let bound = station.receivers.bound();
    let rows = station.receivers.reachable();
    assert_eq!(rows.iter().map(|row| row.service).collect::<Vec<_>>(), [Service::SyslogUdp, Service::SyslogTcp, Service::Relp]);
    assert!(rows.iter().all(|row| row.reach == Reach::Loopback && row.address.port() != 0));
    assert_eq!((rows[0].address, rows[1].address, bound.syslog_tls), (bound.syslog.unwrap(), bound.syslog.unwrap(), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_families_reach_the_wildcard_and_are_named_apart() {
    let any: SocketAddr = "[::]:0".parse().unwrap();
    if UdpSocket::bind("[::1]:0").is_err() {
        println!("left out: no IPv6 on this machine");
        return;
    }
    let station = Station::start(Listening::new().syslog(any));
    assert!(station.receivers.reachable().iter().all(|row| row.reach == Reach::All));
    let port = station.syslog().port();
    for (address, own) in [("127.0.0.1", "127.0.0.1:0"), ("::1", "[::1]:0")] {
        let server = SocketAddr::new(address.parse().unwrap(), port);
        send(server, &[b"<13>over TCP\n"]).await;
        UdpSocket::bind(own).unwrap().send_to(b"<13>over UDP", server).unwrap();
    }
    station.keeps(4).await;
    let mut sources: Vec<String> = station.lines().iter().map(|line| format!("{} {}", line.source, line.origin.as_str())).collect();
    sources.sort();
    assert_eq!(sources, ["ip:127.0.0.1 tcp", "ip:127.0.0.1 udp", "ip:::1 tcp", "ip:::1 udp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named() {
    let station = Station::start(plain());
    let start =
        |listening| Receivers::start(listening, station.inlet.clone(), Arc::new(OpenBook), station.noted.clone(), Arc::new(SystemClock));
    for (listening, said) in [
        (Listening::new().syslog(station.syslog()), format!("cannot listen for tcp on {}", station.syslog())),
        (Listening::new().relp(station.relp()), format!("cannot listen for relp on {}", station.relp())),
    ] {
        let error = start(listening).err().unwrap().to_string();
        assert!(error.starts_with(&said), "{error}");
    }
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let error = start(Listening::new().syslog(udp.local_addr().unwrap())).err().unwrap();
    assert_eq!(error.service, Service::SyslogUdp);
    send(station.syslog(), &[b"<13>the first ones still listen\n"]).await;
    station.keeps(1).await;
}
