//! Web servers: access logs in common and combined form, error logs of Apache and nginx.

use std::borrow::Cow;

use crate::event::{Ecs, Outcome, Sheet, is_ip, is_number};
use crate::moment;
use crate::scan::{between, closing_quote, cut, cut_last, cut_last_at, skip_spaces, trim_end, word};

/// Bytes before the `[` of an access line's time: a virtual host, addresses, an identity, a user.
const WHO_BYTES: usize = 512;

/// Returns whether it was a web server's line.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    if text.starts_with('[') {
        return if text.as_bytes().get(1).is_some_and(u8::is_ascii_uppercase) {
            apache_error(text, sheet)
        } else {
            nginx_error(text, sheet)
        };
    }
    if let Some((stamp, length)) = moment::iso(text) {
        sheet.claim(&stamp);
        return nginx_error(skip_spaces(text.get(length..).unwrap_or_default()), sheet);
    }
    access(text, sheet)
}

/// `[VHOST ]ADDRESS IDENT USER [TIME] "METHOD URL PROTOCOL" STATUS BYTES["REFERRER" "AGENT"]`; the whole may stand in quotes.
fn access<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let line = text.strip_prefix('"').unwrap_or(text);
    let Some((who, rest)) = cut(line, b'[') else { return false };
    let Some(stamp) = moment::common_log(rest).filter(|_| who.len() <= WHO_BYTES) else { return false };
    let Some((_, rest)) = cut(rest, b']') else { return false };
    sheet.claim(&stamp);
    identity(who, sheet);
    if let Some(rest) = request(skip_spaces(rest), sheet) {
        answer(rest, sheet);
    }
    sheet.act("http_request", None);
    true
}

/// `[VHOST ]ADDRESS IDENT USER `; of several addresses (behind proxies) the first is the client.
fn identity<'a>(who: &'a str, sheet: &mut Sheet<'a>) {
    let Some((rest, user)) = cut_last(trim_end(who, |b| b == b' '), b' ') else { return sheet.source(word(who).0) };
    sheet.set(Ecs::UserName, user.trim_matches('"'));
    let Some((mut rest, _ident)) = cut_last(rest, b' ') else { return sheet.source(rest) };
    // The leftmost address; the nearest word where none is one.
    let mut client = "";
    while !rest.is_empty() {
        let (before, word) = cut_last(rest, b' ').unwrap_or(("", rest));
        let address = trim_end(word, |b| b == b',');
        if client.is_empty() || is_ip(address) {
            client = address;
        }
        rest = before;
    }
    sheet.source(client);
}

/// `"METHOD URL HTTP/x"`; what is no request (a TLS handshake on a plain port) is kept as the URL.
fn request<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> Option<&'a str> {
    let inner = text.strip_prefix('"')?;
    let end = closing_quote(inner, b'"')?;
    let line = inner.get(..end)?;
    let (method, rest) = word(line);
    if !rest.is_empty() && method.len() <= 20 && method.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-')) {
        sheet.set(Ecs::HttpMethod, method);
        let (url, version) = cut_last_at(rest, " HTTP/").unwrap_or((rest, ""));
        sheet.set(Ecs::UrlOriginal, url);
        sheet.set(Ecs::HttpVersion, version);
    } else {
        sheet.set(Ecs::UrlOriginal, line);
    }
    inner.get(end + 1..)
}

/// ` STATUS BYTES "REFERRER" "AGENT"`.
fn answer<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let (status, rest) = word(skip_spaces(text));
    let status = status.trim_end_matches('"');
    if status.len() != 3 || !is_number(status) {
        return;
    }
    sheet.set(Ecs::HttpStatus, status);
    let outcome = if status.as_bytes().first().is_some_and(|b| *b < b'4') { Outcome::Success } else { Outcome::Failure };
    sheet.act("http_request", Some(outcome));
    let (bytes, rest) = word(rest);
    let bytes = bytes.trim_end_matches('"');
    if is_number(bytes) {
        sheet.set(Ecs::HttpBytes, bytes);
    }
    let Some((referrer, rest)) = quoted(rest) else { return };
    sheet.set(Ecs::HttpReferrer, referrer);
    if let Some((agent, _)) = quoted(rest) {
        sheet.set(Ecs::UserAgent, agent);
    }
}

fn quoted(text: &str) -> Option<(&str, &str)> {
    let inner = skip_spaces(text).strip_prefix('"')?;
    // A line that was cut off has no closing quote.
    let end = closing_quote(inner, b'"').unwrap_or(inner.len());
    Some((inner.get(..end)?, inner.get(end + 1..).unwrap_or_default()))
}

/// `[Sun Dec 04 04:47:44.123456 2005] [core:error] [pid 12:tid 34] [client 192.0.2.1:5678] AH00124: …`.
fn apache_error<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some((time, mut rest)) = text.strip_prefix('[').and_then(|rest| cut(rest, b']')) else { return false };
    // `Sun ` comes first. The bracket that ends the time is needed to know the year for one.
    let Some((stamp, _)) = text.get(5..time.len() + 2).and_then(moment::bsd) else { return false };
    sheet.claim(&stamp);
    let mut first = true;
    while let Some((part, after)) = skip_spaces(rest).strip_prefix('[').and_then(|inner| cut(inner, b']')) {
        if let Some(client) = part.strip_prefix("client ") {
            client_port(client, sheet);
        } else if let Some(pid) = part.strip_prefix("pid ") {
            sheet.set(Ecs::ProcessPid, pid.split(':').next().unwrap_or_default());
        } else if first {
            level(part.rsplit(':').next().unwrap_or(part), sheet);
        } else {
            break;
        }
        first = false;
        rest = after;
    }
    message_after(skip_spaces(rest), sheet);
    true
}

/// `rest` ends where the message did.
fn message_after(rest: &str, sheet: &mut Sheet<'_>) {
    sheet.event.message.start = sheet.event.message.end.saturating_sub(rest.len()).max(sheet.event.message.start);
}

fn client_port<'a>(client: &'a str, sheet: &mut Sheet<'a>) {
    match client.rsplit_once(':') {
        Some((address, port)) if !is_ip(client) => {
            sheet.source(address.trim_matches(['[', ']']));
            sheet.source_port(port);
        }
        _ => sheet.source(client),
    }
}

/// `[error] 12#34: *56 …, client: 192.0.2.1, server: NAME, request: "GET / HTTP/1.1", host: "NAME"`.
fn nginx_error<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some((name, rest)) = text.strip_prefix('[').and_then(|rest| cut(rest, b']')) else { return false };
    let (pid, rest) = word(skip_spaces(rest));
    let Some(pid) = pid.strip_suffix(':').and_then(|pid| pid.split('#').next()).filter(|pid| is_number(pid)) else { return false };
    level(name, sheet);
    sheet.set(Ecs::ProcessPid, pid);
    if let Some((client, _)) = between(rest, ", client: ", b',') {
        client_port(client, sheet);
    }
    if let Some((domain, _)) = between(rest, ", host: \"", b'"') {
        sheet.set(Ecs::UrlDomain, domain);
    }
    if let Some(at) = rest.find(", request: ") {
        request(rest.get(at + 11..).unwrap_or_default(), sheet);
    }
    true
}

fn level<'a>(name: &'a str, sheet: &mut Sheet<'a>) {
    sheet.set(Ecs::LogLevel, Cow::Borrowed(name));
}
