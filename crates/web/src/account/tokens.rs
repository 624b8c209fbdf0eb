//! API tokens: one's own, and all of them for administrators of the system.
//!
//! Invariants: a token is shown once; who sends log lines is the administrators' to say; a token is worth no more than its owner's rights.

use anlan_base::Instant;
use anlan_base::text::{Lang, text};
use anlan_law::kind::Role;
use anlan_ledger::engine::Rights;
use anlan_ledger::{LOG_READERS, LedgerError, NewToken, Scope, TokenFault, TokenRow};
use axum::http::StatusCode;

use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::people::choose::choice;
use crate::people::told::{Turned, turned};
use crate::records::form::Choice;
use crate::records::words::moment;
use crate::session::Signed;

/// Characters of a token's name; `token:NAME` is the source of what it sends.
pub(crate) const TOKEN_NAME: usize = 64;
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// A token in a list.
pub(crate) struct Token {
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) scopes: Vec<&'static str>,
    pub(crate) created: String,
    pub(crate) expires: String,
    pub(crate) last_used: String,
    pub(crate) state: (&'static str, String),
    pub(crate) good: bool,
}

impl Token {
    pub(crate) fn new(row: TokenRow, now: Instant, lang: Lang) -> Self {
        let over = row.expires.is_some_and(|end| end <= now);
        let (class, key) = match (row.revoked, over) {
            (true, _) => ("unknown", "token-revoked"),
            (false, true) => ("unknown", "token-over"),
            (false, false) => ("met", "token-good"),
        };
        Self {
            name: row.name,
            owner: row.owner.unwrap_or_else(|| text(lang, "token-owner-none", &[])),
            scopes: row.scopes.iter().map(|scope| scope.as_str()).collect(),
            created: moment(row.created),
            expires: row.expires.map_or_else(|| text(lang, "token-endless", &[]), moment),
            last_used: row.last_used.map_or_else(String::new, moment),
            state: (class, text(lang, key, &[])),
            good: !row.revoked && !over,
        }
    }
}

fn may_give(who: &Rights, scope: Scope) -> bool {
    match scope {
        Scope::LogsWrite => who.has(Role::System),
        Scope::LogsRead => LOG_READERS.iter().any(|role| who.has(*role)),
        Scope::RecordsRead | Scope::RecordsWrite => true,
    }
}

/// Scopes that somebody may give to a token.
pub(crate) fn scopes(who: &Rights, lang: Lang) -> Vec<Choice> {
    let may = Scope::ALL.into_iter().filter(|scope| may_give(who, *scope));
    may.map(|scope| choice(scope.as_str(), &text(lang, &format!("scope-{}", scope.as_str().replace(':', "-")), &[]))).collect()
}

fn is_token_name(name: &str) -> bool {
    (1..=TOKEN_NAME).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn unfit(text: String) -> Turned {
    Turned { status: StatusCode::UNPROCESSABLE_ENTITY, text }
}

/// Makes a token as its form asks, owned by whoever asks: returns it, or why not.
pub(crate) async fn make(house: &Shared, who: &Signed, form: &Pairs) -> Result<Result<String, Turned>, Failure> {
    let (name, lang, ledger) = (form.get("name").trim(), who.lang, &house.console.ledger);
    if !is_token_name(name) {
        return Ok(Err(unfit(text(lang, "token-name-wrong", &[("max", &TOKEN_NAME.to_string())]))));
    }
    let sent = form.0.iter().filter(|(field, _)| field == "scope").map(|(_, value)| Scope::parse(value).ok_or(Failure::BadForm));
    let scopes = sent.collect::<Result<Vec<_>, _>>()?;
    if scopes.iter().any(|scope| !may_give(&who.rights, *scope)) {
        return Err(Failure::Forbidden { roles: &[Role::System] });
    }
    let longest_days = ledger.account_rules().token_longest_days;
    let expires = match form.get("days").trim() {
        "" => None,
        days => match days.parse::<u32>().ok().filter(|days| (1..=longest_days).contains(days)) {
            Some(days) => Some(house.console.clock.now().plus_seconds(u64::from(days) * DAY_SECONDS)),
            None => return turned(lang, TokenFault::Expiry { longest_days }.into()).map(Err),
        },
    };
    let new = NewToken { name, owner: Some(&who.session.user.name), scopes: &scopes, expires };
    match ledger.make_token(&who.actor(), &new).await {
        Ok(token) => Ok(Ok(token)),
        Err(LedgerError::Exists { .. }) => Ok(Err(unfit(text(lang, "token-name-taken", &[("name", name)])))),
        Err(LedgerError::Full { limit, .. }) => Ok(Err(unfit(text(lang, "tokens-full", &[("max", &limit.to_string())])))),
        Err(error) => turned(lang, error).map(Err),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_name_has_a_limit() {
        for (len, fits) in [(0, false), (1, true), (TOKEN_NAME - 1, true), (TOKEN_NAME, true), (TOKEN_NAME + 1, false)] {
            assert_eq!(is_token_name(&"t".repeat(len)), fits, "{len}");
        }
        assert!(!is_token_name("a b"));
    }
}
