//! Cisco ASA, PIX, FTD: connections built, torn down, denied; logins. By message number where the shape asks for it.

use crate::event::{Ecs, Outcome, Sheet, is_ip};
use crate::scan::{after, between, cut, cut_at, cut_last, until, word};

/// Reads the text behind `%ASA-6-302013: `.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    match sheet.code {
        "302013" | "302015" | "302020" | "302003" | "302303" => built(text, sheet),
        "302014" | "302016" | "302021" | "302304" => torn_down(text, sheet),
        "106100" => listed(text, sheet),
        "106023" | "106006" | "106007" | "106001" | "106010" | "106014" | "106015" | "106021" | "710003" | "313001" | "313004" => {
            denied(text, sheet)
        }
        "111008" | "111010" | "111009" => command(text, sheet),
        _ => people(text, sheet),
    }
}

/// `[IF:]ADDRESS[/PORT]`, and what follows the word.
struct Place<'a> {
    address: &'a str,
    port: &'a str,
}

fn place(text: &str) -> Place<'_> {
    let word = until(text, |b| matches!(b, b' ' | b'(' | b',')).0;
    let (host, port) = cut_last(word, b'/').unwrap_or((word, ""));
    // The interface stands before a colon, which an IPv6 address has too.
    let address = if is_ip(host) { host } else { cut(host, b':').map_or(host, |(_, address)| address) };
    Place { address, port }
}

fn flow<'a>(source: Place<'a>, destination: Place<'a>, sheet: &mut Sheet<'a>) {
    sheet.source(source.address);
    sheet.source_port(source.port);
    sheet.destination(destination.address);
    sheet.destination_port(destination.port);
}

/// Among the first words stands the protocol.
fn transport(text: &str, sheet: &mut Sheet<'_>) {
    for word in text.as_bytes().split(|b| matches!(b, b' ' | b',')).take(6) {
        let name = match word {
            b"TCP" | b"tcp" => "tcp",
            b"UDP" | b"udp" => "udp",
            b"ICMP" | b"icmp" => "icmp",
            _ => continue,
        };
        sheet.set(Ecs::NetworkTransport, name);
        return;
    }
}

/// `Built outbound TCP connection 1 for outside:A/443 (…) to inside:B/44366 (…)`: what is outbound comes from the second place.
fn built<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    transport(text, sheet);
    let outbound = text.starts_with("Built outbound");
    if let Some((first, second)) = two_places(text, " for ", " to ") {
        if outbound { flow(second, first, sheet) } else { flow(first, second, sheet) }
    } else if let Some((foreign, local)) = two_places(text, "faddr ", " laddr ") {
        if outbound { flow(local, foreign, sheet) } else { flow(foreign, local, sheet) }
    }
    user_in_brackets(text, sheet);
    sheet.act("flow_created", Some(Outcome::Success));
}

fn torn_down<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    transport(text, sheet);
    if let Some((first, second)) = two_places(text, " for ", " to ").or_else(|| two_places(text, "faddr ", " laddr ")) {
        flow(first, second, sheet);
    }
    user_in_brackets(text, sheet);
    sheet.act("flow_ended", None);
}

fn two_places<'a>(text: &'a str, first: &str, second: &str) -> Option<(Place<'a>, Place<'a>)> {
    let rest = after(text, first)?;
    Some((place(rest), place(after(rest, second)?)))
}

/// `… (alice)` at the end, where users are known.
fn user_in_brackets<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let Some((_, inner)) = text.strip_suffix(')').and_then(|rest| cut_last(rest, b'(')) else { return };
    if !inner.bytes().any(|b| matches!(b, b'/' | b' ' | b':')) && !is_ip(inner) {
        sheet.set(Ecs::UserName, inner);
    }
}

/// `access-list NAME denied tcp inside/A(1234) -> outside/B(80) hit-cnt 1`.
fn listed<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let mut words = text.split(' ');
    sheet.set(Ecs::RuleName, words.nth(1).unwrap_or_default());
    let allowed = words.next() == Some("permitted");
    transport(text, sheet);
    if let Some((left, right)) = cut_at(text, " -> ") {
        let side = |word: &'a str| {
            let (host, port) = word.split_once('(').unwrap_or((word, ""));
            Place { address: host.rsplit('/').next().unwrap_or(host), port: port.split(')').next().unwrap_or_default() }
        };
        flow(side(left.rsplit(' ').next().unwrap_or_default()), side(word(right).0), sheet);
    }
    let (action, outcome) = if allowed { ("flow_allowed", Outcome::Success) } else { ("flow_denied", Outcome::Failure) };
    sheet.act(action, Some(outcome));
}

/// `Deny tcp src outside:A/1 dst inside:B/2 by access-group "X"`, `Inbound TCP connection denied from A/1 to B/2 flags SYN`.
fn denied<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    transport(text, sheet);
    if let Some((source, destination)) = two_places(text, " src ", " dst ").or_else(|| two_places(text, " from ", " to ")) {
        flow(source, destination, sheet);
    }
    if let Some((rule, _)) = between(text, "access-group \"", b'"') {
        sheet.set(Ecs::RuleName, rule);
    }
    sheet.act("flow_denied", Some(Outcome::Failure));
}

/// `User 'alice' executed the 'write' command.`, `User 'alice', running 'CLI' from IP A, executed 'show run'`.
fn command<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    if let Some((user, _)) = between(text, "User '", b'\'') {
        sheet.set(Ecs::UserName, user);
    }
    if let Some(rest) = after(text, " from IP ") {
        sheet.source(word(rest).0.trim_end_matches(','));
    }
    if let Some((command, _)) = after(text, "executed ").and_then(|rest| between(rest, "'", b'\'')) {
        sheet.set(Ecs::ProcessCommandLine, command);
    }
    sheet.act("command", Some(Outcome::Success));
}

/// Logins and sessions: `AAA user authentication Successful : server = A : user = alice`, `Group <G> User <alice> IP <A> …`,
/// `Group = G, Username = alice, IP = A, Session disconnected`, `Login denied from A/1 to inside:B/ssh for user "alice"`.
fn people<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let user = ["User <", "Username = ", "user = ", "Uname: ", "for user \"", "user '", "User '"].iter().find_map(|mark| after(text, mark));
    if let Some(user) = user {
        sheet.set(Ecs::UserName, until(user, |b| matches!(b, b'>' | b',' | b' ' | b'"' | b'\'')).0);
    }
    let source = ["IP <", "user IP = ", "IP = ", "IP address: ", "denied from ", "permitted from ", " from IP "]
        .iter()
        .find_map(|mark| after(text, mark));
    if let Some(source) = source {
        let address = until(source, |b| matches!(b, b'>' | b',' | b' ' | b'/')).0;
        if is_ip(address) {
            sheet.source(address);
        }
    }
    if let Some((action, outcome)) = of_people(text) {
        sheet.act(action, outcome);
    }
    let code = sheet.code;
    sheet.act(code, None);
}

fn of_people(text: &str) -> Option<(&'static str, Option<Outcome>)> {
    const SAYS: [(&str, &str, Option<Outcome>); 11] = [
        ("authentication Successful", "authentication", Some(Outcome::Success)),
        ("authentication succeeded", "authentication", Some(Outcome::Success)),
        ("authentication Rejected", "authentication", Some(Outcome::Failure)),
        ("authentication failed", "authentication", Some(Outcome::Failure)),
        ("Login permitted", "login", Some(Outcome::Success)),
        ("Login denied", "login", Some(Outcome::Failure)),
        ("Session disconnected", "session_closed", Some(Outcome::Success)),
        ("WebVPN session started", "session_opened", Some(Outcome::Success)),
        ("WebVPN session terminated", "session_closed", Some(Outcome::Success)),
        ("session started", "session_opened", Some(Outcome::Success)),
        ("assigned to session", "session_opened", Some(Outcome::Success)),
    ];
    SAYS.iter().find(|(mark, ..)| after(text, mark).is_some()).map(|(_, action, outcome)| (*action, *outcome))
}
