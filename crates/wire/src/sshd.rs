//! What OpenSSH says about who came, from where, and whether the door opened.

use crate::event::{Ecs, Outcome, Sheet};
use crate::scan::{after, between, cut, cut_at, cut_last, cut_last_at, trim_end, until, word};

const LOGIN: &str = "ssh_login";
const DISCONNECT: &str = "ssh_disconnect";
const CONNECT: &str = "ssh_connect";

/// Returns whether the line was one of sshd's own.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let text = text.strip_prefix("error: ").or_else(|| text.strip_prefix("fatal: ")).unwrap_or(text);
    let (first, rest) = word(text);
    match first {
        "Accepted" | "Failed" | "Postponed" | "Partial" => attempt(first, rest, sheet),
        "Invalid" | "Illegal" => attempt_of_invalid(rest, sheet),
        "input_userauth_request:" => {
            user(rest.strip_suffix(" [preauth]").unwrap_or(rest), sheet);
            act(LOGIN, Some(Outcome::Failure), sheet);
        }
        "maximum" => {
            for_user_from(text, sheet);
            act(LOGIN, Some(Outcome::Failure), sheet);
        }
        "Connection" | "Disconnected" | "Disconnecting" | "Disconnecting:" | "Received" | "Close" => return ending(text, rest, sheet),
        "User" => return refused(rest, sheet),
        "PAM:" | "PAM" => return pam(rest, sheet),
        "Did" | "Bad" | "Unable" | "kex_exchange_identification:" | "banner" | "ssh_dispatch_run_fatal:" | "Timeout" | "Protocol" => {
            source_anywhere(rest, sheet);
            act(CONNECT, Some(Outcome::Failure), sheet);
        }
        "reverse" | "Address" => return reverse_mapping(first, rest, sheet),
        "Starting" => {
            if let Some((_, rest)) = cut_at(rest, " for ") {
                user_from(rest, sheet);
            }
            act("ssh_session", Some(Outcome::Success), sheet);
        }
        "Exceeded" | "Too" => {
            for_user_from(text, sheet);
            act(LOGIN, Some(Outcome::Failure), sheet);
        }
        _ => return false,
    }
    true
}

fn act<'a>(action: &'static str, outcome: Option<Outcome>, sheet: &mut Sheet<'a>) {
    sheet.act(action, outcome);
}

/// `Accepted METHOD for USER from IP port N ssh2`, and the same with `Failed`.
fn attempt<'a>(first: &str, rest: &'a str, sheet: &mut Sheet<'a>) {
    if let Some(who) = after(rest, "for ") {
        user_from(who, sheet);
    }
    let outcome = match first {
        "Accepted" => Some(Outcome::Success),
        "Failed" => Some(Outcome::Failure),
        _ => None,
    };
    act(LOGIN, outcome, sheet);
}

/// `Invalid user USER from IP[ port N]`.
fn attempt_of_invalid<'a>(rest: &'a str, sheet: &mut Sheet<'a>) {
    user_from(rest, sheet);
    act(LOGIN, Some(Outcome::Failure), sheet);
}

fn for_user_from<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    if let Some(who) = after(text, " for ") {
        user_from(who, sheet);
    }
}

/// `[invalid user ]USER from IP[ port N]`. A user may be called anything, ` from ` too: the last one counts.
fn user_from<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    match cut_last_at(text, " from ") {
        Some((who, place)) => {
            user(who, sheet);
            address_port(place, sheet);
        }
        // An empty user leaves `user  from`, of which one space is left when it stands first.
        None if text.starts_with("from ") => address_port(text.get(5..).unwrap_or_default(), sheet),
        None => user(text.strip_suffix(" [preauth]").unwrap_or(text), sheet),
    }
}

fn user<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let name =
        ["invalid user ", "illegal user ", "authenticating user ", "user "].iter().find_map(|p| text.strip_prefix(p)).unwrap_or(text);
    sheet.set(Ecs::UserName, name.trim());
}

/// `IP[ port N]…`; older versions end the address with a colon.
fn address_port<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let (address, rest) = word(text);
    sheet.source(trim_end(address, |b| matches!(b, b':' | b',' | b')')));
    if let Some(port) = rest.strip_prefix("port ") {
        sheet.source_port(until(port, |b| !b.is_ascii_digit()).0);
    }
}

/// The address before ` port N`, or after ` from `.
fn source_anywhere<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    if let Some(rest) = after(text, " from ").or_else(|| after(text, " with ")).or_else(|| after(text, " by ")) {
        address_port(rest, sheet);
    }
}

/// `Connection closed by [authenticating user USER ]IP port N`, `Received disconnect from IP: 11: …`, `Disconnected from user USER IP port N`.
fn ending<'a>(text: &'a str, rest: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some((what, who)) = (if text.starts_with("Disconnecting") {
        Some(("Disconnecting", rest))
    } else {
        cut_at(text, " from ").or_else(|| cut_at(text, " by "))
    }) else {
        act(DISCONNECT, None, sheet);
        return true;
    };
    let (who, port) = cut_at(who, " port ").unwrap_or((who, ""));
    sheet.source_port(until(port, |b| !b.is_ascii_digit()).0);
    let named = ["invalid user ", "authenticating user ", "user "].iter().find_map(|p| who.strip_prefix(p));
    match named {
        Some(named) => {
            let (name, address) = cut_last(named, b' ').unwrap_or(("", named));
            sheet.set(Ecs::UserName, name.trim());
            sheet.source(address);
        }
        None if what == "Disconnecting" => {
            if let Some((_, name)) = cut_at(rest, " for ") {
                user(word(name).0, sheet);
            }
        }
        None => sheet.source(trim_end(word(who).0, |b| b == b':')),
    }
    act(if what == "Connection" { CONNECT } else { DISCONNECT }, None, sheet);
    true
}

/// `User USER from HOST not allowed because …`.
fn refused<'a>(rest: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some((who, _)) = cut_at(rest, " not allowed") else { return false };
    user_from(who, sheet);
    act(LOGIN, Some(Outcome::Failure), sheet);
    true
}

/// `PAM: Authentication failure for [illegal user ]USER from HOST`, `PAM N more authentication failures; logname= … rhost=… user=…`.
fn pam<'a>(rest: &'a str, sheet: &mut Sheet<'a>) -> bool {
    if crate::accounts::pam(rest, sheet) {
        return true;
    }
    let Some((_, who)) = cut_at(rest, " for ") else { return false };
    user_from(who, sheet);
    act(LOGIN, Some(Outcome::Failure), sheet);
    true
}

/// `reverse mapping checking getaddrinfo for NAME [IP] failed`, `Address IP maps to NAME, but …`.
fn reverse_mapping<'a>(first: &str, rest: &'a str, sheet: &mut Sheet<'a>) -> bool {
    if first == "Address" {
        sheet.source(word(rest).0);
        if let Some((name, _)) = after(rest, "maps to ").and_then(|name| cut(name, b',')) {
            sheet.set(Ecs::SourceDomain, name);
        }
    } else {
        let Some((address, _)) = between(rest, "[", b']') else { return false };
        sheet.source(address);
        sheet.set(Ecs::SourceDomain, after(rest, " for ").map_or("", |name| word(name).0));
    }
    act("ssh_reverse_mapping", Some(Outcome::Failure), sheet);
    true
}
