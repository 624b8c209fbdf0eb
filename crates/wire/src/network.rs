//! What network devices say behind their mnemonics: Cisco IOS, Huawei VRP, H3C Comware. The ASA has [`crate::asa`].

use crate::event::{Ecs, Outcome, Sheet};
use crate::scan::{after, between, contains, cut, cut_at, last_part, skip_spaces, trim_end, until, word};
use crate::{asa, pairs, sshd};

/// Reads the message behind a mnemonic, which stands in `sheet.process` and `sheet.code`.
pub(crate) fn read<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let facility = sheet.process;
    let named = until(facility, |b| b == b'-').0;
    if matches!(named, "ASA" | "PIX" | "FTD" | "FWSM") {
        return asa::read(text, sheet);
    }
    let name = last_part(sheet.code, |b| matches!(b, b'/' | b'-'));
    if sheet.code.contains('/') {
        comware_or_vrp(name, text, sheet);
    } else {
        ios(name, text, sheet);
    }
    sheet.act(name, None);
}

fn login<'a>(user: &'a str, source: &'a str, action: &'static str, outcome: Outcome, sheet: &mut Sheet<'a>) {
    sheet.set(Ecs::UserName, user.trim_matches(['*', '(', ')', '"', '\'']));
    if !source.is_empty() {
        sheet.source(source);
    }
    sheet.act(action, Some(outcome));
}

/// `Login Success [user: admin] [Source: 192.0.2.1] [localport: 22]`, `Configured from console by admin on vty0 (192.0.2.1)`, …
fn ios<'a>(name: &str, text: &'a str, sheet: &mut Sheet<'a>) {
    let bracket = |open: &str| between(text, open, b']').map_or("", |(value, _)| value);
    match name {
        "LOGIN_SUCCESS" => login(bracket("[user: "), bracket("[Source: "), "login", Outcome::Success, sheet),
        "LOGIN_FAILED" => {
            sheet.set(Ecs::EventReason, bracket("[Reason: "));
            login(bracket("[user: "), bracket("[Source: "), "login", Outcome::Failure, sheet);
        }
        "CONFIG_I" => {
            let user = after(text, " by ").map_or("", |rest| word(rest).0);
            login(user, between(text, "(", b')').map_or("", |(ip, _)| ip), "configuration_changed", Outcome::Success, sheet);
        }
        "LOGOUT" => {
            let user = after(text, "User ").map_or("", |rest| word(rest).0);
            login(user, between(text, "(", b')').map_or("", |(ip, _)| ip), "logout", Outcome::Success, sheet);
        }
        "IPACCESSLOGP" | "IPACCESSLOGDP" | "IPACCESSLOGS" | "IPACCESSLOGNP" => access_list(text, sheet),
        _ => {}
    }
}

/// `list 101 denied tcp 192.0.2.1(1234) -> 198.51.100.2(80), 1 packet`.
fn access_list<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let mut words = text.split(' ');
    sheet.set(Ecs::RuleName, words.nth(1).unwrap_or_default());
    let verdict = words.next().unwrap_or_default();
    let outcome = Outcome::of(verdict);
    sheet.act(if outcome == Some(Outcome::Success) { "flow_allowed" } else { "flow_denied" }, outcome);
    if let Some((left, right)) = cut_at(text, " -> ") {
        let (address, port) = left.rsplit(' ').next().and_then(|w| w.split_once('(')).unwrap_or_default();
        sheet.source(address);
        sheet.source_port(port.trim_end_matches(')'));
        let (address, port) = until(right, |b| matches!(b, b'(' | b' ' | b','));
        sheet.destination(address);
        sheet.destination_port(between(port, "(", b')').map_or("", |(port, _)| port));
    }
}

/// Huawei writes `Text. (Key=value, Key=value)`; H3C writes sentences.
fn comware_or_vrp<'a>(name: &'a str, text: &'a str, sheet: &mut Sheet<'a>) {
    let (action, outcome) = what(name, text);
    if let Some(action) = action {
        sheet.act(action, outcome);
    }
    // `-Line=vty0-IPAddr=192.0.2.1-User=admin; Command is display version`
    let text = if text.starts_with('-') { comware_places(text, sheet) } else { text };
    sentence(text, sheet);
    if let Some((_, listed)) = cut(text, b'(').filter(|(_, listed)| listed.contains('=')) {
        pairs::read_listed(listed, sheet);
    } else if text.contains('=') {
        pairs::read(text, sheet);
    }
}

/// What a mnemonic's name, or else its text, says about logins.
fn what(name: &str, text: &str) -> (Option<&'static str>, Option<Outcome>) {
    let failed = ["FAIL", "REJECT", "DENY"].iter().any(|w| name.contains(w))
        || ["ailed to log", "ogin failed", "failed to login"].iter().any(|w| text.contains(w));
    let outcome = if failed { Outcome::Failure } else { Outcome::Success };
    if ["LOGOUT", "LOGOFF", "OFFLINE"].iter().any(|w| name.contains(w)) {
        return (Some("logout"), Some(outcome));
    }
    if contains(name, "LOGIN") || contains(name, "SSH_FAIL") || (contains(name, "AUTHEN") && failed) {
        return (Some("login"), Some(outcome));
    }
    if ["CMDRECORD", "SHELL_CMD", "CMD"].iter().any(|w| name.contains(w)) {
        return (Some("command"), failed.then_some(Outcome::Failure));
    }
    (None, None)
}

/// `admin logged in from 192.0.2.1.`, `VTY login from 192.0.2.1`, `admin failed to log in from 192.0.2.1`, `Accepted password for …`.
fn sentence<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    if text.starts_with("Accepted ") || text.starts_with("Failed password") {
        sshd::read(text, sheet);
        return;
    }
    if let Some(rest) = after(text, " from ") {
        let (address, _) = until(skip_spaces(rest), |b| !(b.is_ascii_hexdigit() || matches!(b, b'.' | b':')));
        let address = address.trim_end_matches(['.', ':']);
        if crate::event::is_ip(address) {
            sheet.source(address);
        }
    }
    let who = [" logged in", " logged out", " failed to log", " login from", " logout from"].iter().find_map(|mark| text.split_once(mark));
    if let Some((who, _)) = who {
        let name = who.rsplit(' ').next().unwrap_or_default();
        // `VTY`, `Console` and `TTY` are lines, not people.
        if !["VTY", "TTY", "Console", "console", "User", "user", "AUX", "Con"].iter().any(|line| name.starts_with(line)) {
            sheet.set(Ecs::UserName, name.trim_matches(['*', '"', '\'']));
        }
    }
}

/// Comware's places, then a semicolon and what happened there, which is returned.
fn comware_places<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> &'a str {
    let (places, what) = cut(text, b';').unwrap_or((text, ""));
    for pair in places.split('-') {
        match pair.split_once('=') {
            Some(("IPAddr", address)) if crate::event::is_ip(address) => sheet.source(address),
            Some(("User", user)) => {
                sheet.set(Ecs::UserName, user.trim_matches('*'));
            }
            _ => {}
        }
    }
    if let Some(command) = after(what, "Command is ") {
        sheet.set(Ecs::ProcessCommandLine, trim_end(command, |b| b == b'.'));
        return "";
    }
    what
}
