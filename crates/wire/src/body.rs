//! Which parser reads the message: by what it begins with, by the event's code, by the program, at last by its shape.

use crate::event::Sheet;
use crate::scan::{contains, cut, last_part, skip_spaces, trim_end, until};
use crate::{accounts, cef, json, mnemonic, network, pairs, services, sshd, web};

/// Reads the message for what ECS has names for.
pub(crate) fn read<'a>(message: &'a str, sheet: &mut Sheet<'a>) {
    let text = repeated(skip_spaces(trim_end(message, |b| b.is_ascii_whitespace())));
    match text.as_bytes().first() {
        None => return,
        Some(b'{') => return json::read(text, sheet),
        Some(b'C') if text.starts_with("CEF:") => return cef::read_cef(text, sheet),
        Some(b'L') if text.starts_with("LEEF:") => return cef::read_leef(text, sheet),
        Some(b'%') => {
            if let Some(message) = mnemonic::read(text, sheet) {
                return network::read(message, sheet);
            }
        }
        Some(_) => {}
    }
    if !sheet.code.is_empty() {
        return network::read(text, sheet);
    }
    if !by_program(text, sheet) {
        by_shape(text, sheet);
    }
}

/// rsyslog's `message repeated 3 times: [ MESSAGE]` says MESSAGE.
fn repeated(text: &str) -> &str {
    let inner = text.strip_prefix("message repeated ").and_then(|rest| cut(rest, b'[')).and_then(|(_, inner)| inner.strip_suffix(']'));
    inner.map_or(text, skip_spaces)
}

/// Returns whether the program's own parser read it.
fn by_program<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    if text.starts_with("pam_") && accounts::pam(text, sheet) {
        return true;
    }
    let program = last_part(sheet.process, |b| b == b'/');
    match program {
        "sshd" | "sshd-session" | "sshd_pam_unix" | "dropbear" => sshd::read(text, sheet) || accounts::pam(text, sheet),
        "sudo" => accounts::sudo(text, sheet),
        "su" | "su_pam_unix" => accounts::su(text, sheet) || accounts::pam(text, sheet),
        "CRON" | "cron" | "crond" | "crontab" | "anacron" => accounts::cron(text, sheet) || accounts::pam(text, sheet),
        "login" | "login_pam_unix" | "systemd-logind" | "useradd" | "userdel" | "usermod" | "passwd" | "chpasswd" => {
            accounts::account(text, sheet) || accounts::pam(text, sheet)
        }
        "nginx" | "apache" | "apache2" | "httpd" | "tengine" | "openresty" | "caddy" | "lighttpd" => web::read(text, sheet),
        "named" | "dhcpd" | "squid" | "ftpd" | "vsftpd" | "cowrie" => services::read(program, text, sheet),
        "kernel" => pairs::firewall(text, sheet),
        _ => false,
    }
}

fn by_shape<'a>(text: &'a str, sheet: &mut Sheet<'a>) {
    let (key, rest) = until(text, |b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')));
    if rest.starts_with('=') && !key.is_empty() {
        return pairs::read(text, sheet);
    }
    let begins_like_access = matches!(text.as_bytes().first(), Some(b'"' | b'[' | b':' | b'0'..=b'9' | b'a'..=b'f'));
    if begins_like_access && web::read(text, sheet) {
        return;
    }
    if accounts::pam(text, sheet) {
        return;
    }
    // Without two pairs at least there is nothing left to read: one is an accident.
    let Some((_, rest)) = cut(text, b'=') else { return };
    if memchr::memchr(b'=', rest.as_bytes()).is_none() || pairs::firewall(text, sheet) {
        return;
    }
    if !contains(text, "://") {
        pairs::read(text, sheet);
    }
}
