//! Services of a network: DNS, DHCP, proxies, FTP, honeypots.

use crate::event::{Ecs, Outcome, Sheet, is_ip};
use crate::scan::{after, between, contains, cut, cut_at, cut_last, skip_spaces, until, word};

/// Returns whether the program's line was understood.
pub(crate) fn read<'a>(program: &str, text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    match program {
        "named" => named(text, sheet),
        "dhcpd" => dhcpd(text, sheet),
        "squid" => squid(text, sheet),
        "cowrie" => cowrie(text, sheet),
        _ => ftpd(text, sheet),
    }
}

/// `client [@0x…] 192.0.2.1#26877 (example.org): query: example.org IN A + (192.0.2.53)`.
fn named<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some(rest) = text.strip_prefix("client ") else { return false };
    let rest = if rest.starts_with('@') { word(rest).1 } else { rest };
    let Some((address, after_address)) = cut(rest, b'#') else { return false };
    sheet.source(address);
    sheet.source_port(until(after_address, |b| !b.is_ascii_digit()).0);
    if let Some(query) = after(after_address, "query: ") {
        sheet.set(Ecs::DnsQuestionName, word(query).0);
        sheet.act("dns_query", None);
    } else if contains(after_address, " denied") {
        sheet.act("dns_query", Some(Outcome::Failure));
    }
    true
}

/// `DHCPACK on 192.0.2.7 to 00:00:5e:00:53:01 (name) via eth0`.
fn dhcpd<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let (verb, rest) = word(text);
    if !verb.starts_with("DHCP") {
        return false;
    }
    let address = word(cut(rest, b' ').map_or("", |(_, rest)| rest)).0;
    if is_ip(address) {
        sheet.source(address);
    }
    for mark in [" to ", "from "] {
        let mac = after(rest, mark).map_or("", |rest| word(rest).0);
        if mac.len() == 17 {
            sheet.set(Ecs::SourceMac, mac);
        }
    }
    if let Some((name, _)) = between(rest, "(", b')') {
        sheet.set(Ecs::SourceDomain, name);
    }
    let outcome = match verb {
        "DHCPACK" => Some(Outcome::Success),
        "DHCPNAK" | "DHCPDECLINE" => Some(Outcome::Failure),
        _ => None,
    };
    sheet.act(verb, outcome);
    true
}

/// `1790849705.743    361 192.0.2.50 TCP_TUNNEL/200 2463 CONNECT example.org:443 USER HIER_DIRECT/198.51.100.3 TYPE`.
fn squid<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let mut rest = text;
    let mut words = std::iter::from_fn(|| {
        let (next, after) = word(skip_spaces(rest));
        rest = after;
        (!next.is_empty()).then_some(next)
    });
    let (Some(time), Some(_), Some(client), Some(result), Some(bytes), Some(method), Some(url)) =
        (words.next(), words.next(), words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    let Some((action, status)) = cut(result, b'/') else { return false };
    if !sheet.claimed()
        && let Some(at) = crate::moment::epoch(time)
    {
        sheet.claim_instant(at);
    }
    sheet.source(client);
    sheet.set(Ecs::UserName, words.next().unwrap_or_default());
    if let Some((_, peer)) = words.next().and_then(|hierarchy| cut(hierarchy, b'/')).filter(|(_, peer)| *peer != "-") {
        sheet.destination(peer);
    }
    sheet.set(Ecs::HttpMethod, method);
    sheet.set(Ecs::UrlOriginal, url);
    sheet.set(Ecs::HttpStatus, status);
    sheet.set(Ecs::HttpBytes, bytes);
    sheet.set(Ecs::EventCode, action);
    let refused = contains(action, "DENIED") || matches!(status.as_bytes().first(), Some(b'4' | b'5'));
    sheet.act("http_request", Some(if refused { Outcome::Failure } else { Outcome::Success }));
    true
}

/// `connection from 192.0.2.1 (NAME) at …`; vsftpd's `[alice] OK LOGIN: Client "192.0.2.1"`.
fn ftpd<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    if let Some(rest) = text.strip_prefix("connection from ") {
        let (address, rest) = word(rest);
        sheet.source(address);
        if let Some((name, _)) = between(rest, "(", b')') {
            sheet.set(Ecs::SourceDomain, name);
        }
        sheet.act("ftp_connect", None);
        return true;
    }
    let Some(outcome) = [(" OK LOGIN", Outcome::Success), (" FAIL LOGIN", Outcome::Failure)].iter().find(|(mark, _)| text.contains(mark))
    else {
        return false;
    };
    if let Some((client, _)) = between(text, "Client \"", b'"') {
        sheet.source(client.trim_start_matches("::ffff:"));
    }
    let user = text.get(..text.find(outcome.0).unwrap_or_default()).unwrap_or_default();
    sheet.set(Ecs::UserName, user.rsplit('[').next().unwrap_or_default().trim_end_matches(']'));
    sheet.act("ftp_login", Some(outcome.1));
    true
}

/// `[CowrieTelnetTransport,735,192.0.2.9] CMD: ls`, `[…] login attempt [root/secret] failed`, `[…] New connection: 192.0.2.9:5000 (…)`.
fn cowrie<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some((channel, rest)) = text.strip_prefix('[').and_then(|rest| cut_at(rest, "] ")) else { return false };
    if let Some((_, address)) = cut_last(channel, b',').filter(|(_, address)| is_ip(address)) {
        sheet.source(address);
    }
    if let Some(attempt) = rest.strip_prefix("login attempt [") {
        sheet.set(Ecs::UserName, until(attempt, |b| matches!(b, b'/' | b']')).0);
        let outcome = if attempt.ends_with("succeeded") { Outcome::Success } else { Outcome::Failure };
        sheet.act("login", Some(outcome));
    } else if let Some(command) = rest.strip_prefix("CMD: ") {
        sheet.set(Ecs::ProcessCommandLine, command);
        sheet.act("command", None);
    } else if let Some(peer) = rest.strip_prefix("New connection: ") {
        let (address, port) = cut_last(word(peer).0, b':').unwrap_or_default();
        sheet.source(address);
        sheet.source_port(port);
        sheet.act("connect", None);
    } else if rest.starts_with("Connection lost") || rest == "connection lost" || rest.starts_with("remote close") {
        sheet.act("disconnect", None);
    }
    true
}
