//! A real rsyslog forwards to Anlan: what is kept equals, byte for byte, what the same rsyslog writes to a file with the same template.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use anlan_intake::Listening;
use support::rsyslog_peer::{Forward, RsyslogPeer, Template, is_installed};
use support::{Station, local, quick, tls};

/// Lines as devices write them, with what is hard: GB18030, control characters, half a character, empty fields, long lines, what looks like a count.
fn fixture(forward: &Forward) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = vec![
        b"%%01INFO/4/LOGIN(l)[12]: User admin login from 192.0.2.9".to_vec(),
        "用户 张三 登录成功".as_bytes().to_vec(),
        b"\xd3\xc3\xbb\xa7 \xd5\xc5\xc8\xfd \xb5\xc7\xc2\xbc\xb3\xc9\xb9\xa6".to_vec(),
        b"GB18030 four bytes \x81\x30\x81\x30 \x95\x32\x82\x36".to_vec(),
        b"half a character \xe5\xae".to_vec(),
        b"tab\there, bell \x07, escape \x1b[31mred\x1b[0m, delete \x7f".to_vec(),
        b"carriage return at the end\r".to_vec(),
        b"   leading and trailing blanks   ".to_vec(),
        b"12 looks like a count".to_vec(),
        b"percent % hash # quote ' \" backslash \\ #012".to_vec(),
        b"<34>a priority of its own".to_vec(),
        [b"long ".as_slice(), &[b'y'; 100_000]].concat(),
    ];
    if *forward != Forward::Relp {
        // omrelp itself ends a message at a NUL.
        lines.push(b"NUL \0 inside".to_vec());
    }
    lines.extend((0..3_000).map(|n| format!("session {n} opened for user u{} by (uid={})", n % 7, n % 13).into_bytes()));
    lines
        .into_iter()
        .flat_map(|mut line| {
            line.push(b'\n');
            line
        })
        .collect()
}

async fn forwards(lines: &[u8], template: Template, forward: Forward, listening: Listening) {
    if !is_installed(&forward) {
        return;
    }
    let station = Station::start(listening.limits(quick()));
    let bound = station.receivers.bound();
    let server = match forward {
        Forward::TcpLineFeed | Forward::TcpOctetCounted => bound.syslog,
        Forward::Tls { .. } => bound.syslog_tls,
        Forward::Relp => bound.relp,
    };
    let count = lines.split(|b| *b == b'\n').filter(|line| !line.is_empty()).count() as u64;
    let peer = RsyslogPeer::start(lines, template, &forward, server.unwrap());
    let waited = tokio::time::timeout(support::PATIENCE, async {
        while station.count() < count {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "{} of {count} lines came; rsyslog says: {}", station.count(), peer.complaints());
    let written = peer.written();
    drop(peer);
    let (kept, noted) = station.stop().await;
    let kept: Vec<u8> = kept.iter().flat_map(|line| [&line.raw[..], b"\n"].concat()).collect();
    let differs = kept.split(|b| *b == b'\n').zip(written.split(|b| *b == b'\n')).find(|(a, b)| a != b);
    assert!(
        kept == written,
        "{} first differs: {:?}",
        forward.name(),
        differs.map(|(a, b)| (a.escape_ascii().to_string(), b.escape_ascii().to_string()))
    );
    println!("{count} lines, {} bytes, equal; losses {:?}", kept.len(), noted.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn tcp_with_line_feeds() {
    forwards(&fixture(&Forward::TcpLineFeed), Template::Syslog, Forward::TcpLineFeed, Listening::new().syslog(local())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tcp_with_octet_counting() {
    forwards(&fixture(&Forward::TcpOctetCounted), Template::Syslog, Forward::TcpOctetCounted, Listening::new().syslog(local())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tls() {
    let certificate = tls::certificate();
    let forward = Forward::Tls { certificate: certificate.pem.clone() };
    forwards(&fixture(&forward), Template::Syslog, forward, Listening::new().syslog_tls(local(), certificate.server)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relp() {
    forwards(&fixture(&Forward::Relp), Template::Syslog, Forward::Relp, Listening::new().relp(local())).await;
}

/// Lines without any syslog header.
#[tokio::test(flavor = "multi_thread")]
async fn bare_lines() {
    for forward in [Forward::TcpLineFeed, Forward::Relp] {
        forwards(&fixture(&forward), Template::Bare, forward, Listening::new().syslog(local()).relp(local())).await;
    }
}

/// The samples that lie beside the project, where they do.
#[tokio::test(flavor = "multi_thread")]
async fn sample_logs() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/logs");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("left out: no sample logs beside the project");
        return;
    };
    let certificate = tls::certificate();
    for file in files.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "log")) {
        let mut lines = std::fs::read(&file).unwrap();
        if !lines.ends_with(b"\n") {
            lines.push(b'\n');
        }
        println!("{}", file.display());
        for forward in [Forward::TcpLineFeed, Forward::Tls { certificate: certificate.pem.clone() }, Forward::Relp] {
            let listening = Listening::new().syslog(local()).syslog_tls(local(), certificate.server.clone()).relp(local());
            forwards(&lines, Template::Syslog, forward, listening).await;
        }
    }
}
