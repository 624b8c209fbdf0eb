//! Accounts on Unix machines: PAM, sudo, su, cron, login, changes of users.

use crate::event::{Ecs, Outcome, Sheet};
use crate::scan::{after, between, contains, cut, cut_at, cut_last, skip_spaces, word};

/// `pam_unix(sshd:auth): …`, or what follows it where a program logs in its module's name. Returns whether it was PAM's.
pub(crate) fn pam<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let text = match text.strip_prefix("pam_").and_then(|rest| cut(rest, b':')) {
        // The first colon may stand inside `(sshd:auth)`.
        Some((head, rest)) if head.contains('(') && !head.contains(')') => cut(rest, b':').map_or(rest, |(_, rest)| rest),
        Some((_, rest)) => rest,
        None => text,
    };
    let text = skip_spaces(text);
    if let Some(user) = text.strip_prefix("session opened for user ") {
        return session("session_opened", user, sheet);
    }
    if let Some(user) = text.strip_prefix("session closed for user ") {
        return session("session_closed", user, sheet);
    }
    if let Some(user) = text.strip_prefix("password changed for ") {
        return session("password_changed", user, sheet);
    }
    if text.starts_with("check pass; user unknown") || text.starts_with("bad username") {
        sheet.act("authentication", Some(Outcome::Failure));
        return true;
    }
    if let Some((what, pairs)) = cut(text, b';')
        && (what.ends_with("uthentication failure") || what.ends_with("uthentication failures"))
    {
        return failure(pairs, sheet);
    }
    false
}

fn session<'a>(action: &'static str, user: &'a str, sheet: &mut Sheet<'a>) -> bool {
    sheet.set(Ecs::UserName, word(user).0.split('(').next().unwrap_or_default());
    sheet.act(action, Some(Outcome::Success));
    true
}

/// ` logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`.
fn failure<'a>(pairs: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let mut asked_by = "";
    for pair in pairs.split(' ') {
        match pair.split_once('=') {
            Some(("rhost", host)) => sheet.source(host),
            Some(("user", user)) => {
                sheet.set(Ecs::UserName, user);
            }
            Some(("ruser" | "logname", user)) if !user.is_empty() => asked_by = user,
            _ => {}
        }
    }
    sheet.set(Ecs::UserName, asked_by);
    sheet.act("authentication", Some(Outcome::Failure));
    true
}

/// `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls`, with a reason first where it was refused.
pub(crate) fn sudo<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some((user, rest)) = cut_at(text, " : ") else { return pam(text, sheet) };
    sheet.set(Ecs::UserName, user.trim());
    let (rest, command) =
        after(rest, "COMMAND=").map_or((rest, ""), |command| (rest.get(..rest.len() - command.len()).unwrap_or(rest), command));
    let mut reason = "";
    for part in rest.split(" ; ") {
        match part.split_once('=') {
            Some(("TTY", _)) => {}
            Some(("PWD", folder)) => {
                sheet.set(Ecs::ProcessWorkingDirectory, folder);
            }
            Some(("USER", name)) => {
                sheet.set(Ecs::UserEffectiveName, name);
            }
            None if reason.is_empty() && part != "COMMAND=" => reason = part.trim(),
            _ => {}
        }
    }
    sheet.set(Ecs::ProcessCommandLine, command);
    sheet.set(Ecs::EventReason, reason);
    sheet.act("sudo", Some(if reason.is_empty() { Outcome::Success } else { Outcome::Failure }));
    true
}

/// The ways in which three kinds of `su` say who became whom.
pub(crate) fn su<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let (failed, rest) =
        match text.strip_prefix("FAILED SU ").or_else(|| text.strip_prefix("FAILED su ")).or_else(|| text.strip_prefix("BAD SU ")) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("Successful su ").unwrap_or(text)),
        };
    let became = if let Some(who) = rest.strip_prefix("(to ") {
        // `(to root) alice on pts/0`
        cut(who, b')').map(|(target, user)| (word(skip_spaces(user)).0, target))
    } else if let Some(who) = rest.strip_prefix("for ") {
        // `for root by alice`
        cut_at(who, " by ").map(|(target, user)| (word(user).0, target))
    } else if let Some(who) = rest.strip_prefix("+ ").or_else(|| rest.strip_prefix("- ")) {
        // `+ pts/0 alice:root`
        cut_last(who, b' ').and_then(|(_, pair)| cut(pair, b':'))
    } else {
        // `alice to root on /dev/ttyp0`
        cut_at(rest, " to ").and_then(|(user, target)| contains(target, " on ").then(|| (user, word(target).0)))
    };
    let Some((user, target)) = became else { return false };
    let failed = failed || rest.starts_with("- ");
    sheet.set(Ecs::UserName, user);
    sheet.set(Ecs::UserEffectiveName, target);
    sheet.act("su", Some(if failed { Outcome::Failure } else { Outcome::Success }));
    true
}

/// `(root) CMD (run-parts /etc/cron.hourly)`.
pub(crate) fn cron<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    let Some((user, rest)) = text.strip_prefix('(').and_then(|rest| cut(rest, b')')) else { return false };
    let (verb, rest) = word(skip_spaces(rest));
    let action = match verb {
        "CMD" => "cron_command",
        "RELOAD" => "cron_reload",
        "REPLACE" | "BEGIN" | "END" => "crontab_edit",
        "LIST" => "crontab_list",
        "DELETE" => "crontab_delete",
        _ => return false,
    };
    sheet.set(Ecs::UserName, user);
    if verb == "CMD" {
        let command = rest.strip_prefix('(').unwrap_or(rest);
        sheet.set(Ecs::ProcessCommandLine, command.strip_suffix(')').unwrap_or(command));
    }
    sheet.act(action, None);
    true
}

/// login, systemd-logind, useradd, userdel, passwd.
pub(crate) fn account<'a>(text: &'a str, sheet: &mut Sheet<'a>) -> bool {
    if let Some((name, _)) = between(text, "new user: name=", b',') {
        return named("user_created", name, Outcome::Success, sheet);
    }
    if let Some((name, _)) = between(text, "delete user '", b'\'') {
        return named("user_deleted", name, Outcome::Success, sheet);
    }
    if let Some((name, _)) = between(text, "change user '", b'\'') {
        return named("user_changed", name, Outcome::Success, sheet);
    }
    if let Some(rest) = text.strip_prefix("New session ") {
        return named("session_opened", after(rest, " of user ").unwrap_or_default().trim_end_matches('.'), Outcome::Success, sheet);
    }
    if let Some(rest) = text.strip_prefix("FAILED LOGIN ") {
        if let Some(host) = after(rest, "FROM ") {
            sheet.source(word(host).0);
        }
        return named("login", after(rest, "FOR ").unwrap_or_default().split(',').next().unwrap_or_default(), Outcome::Failure, sheet);
    }
    if text.starts_with("ROOT LOGIN ") {
        return named("login", "root", Outcome::Success, sheet);
    }
    if text.starts_with("LOGIN ON ") {
        return named("login", after(text, " BY ").map_or("", |name| word(name).0), Outcome::Success, sheet);
    }
    false
}

fn named<'a>(action: &'static str, name: &'a str, outcome: Outcome, sheet: &mut Sheet<'a>) -> bool {
    sheet.set(Ecs::UserName, name);
    sheet.act(action, Some(outcome));
    true
}
