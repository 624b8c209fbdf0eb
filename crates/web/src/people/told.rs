//! How refusals are told: every reason of the ledger in the reader's language, with the status of its page.
//!
//! Invariant: what is outside the asker's reach is answered as if there were none.

use anlan_base::text::{Lang, text};
use anlan_law::kind::Role;
use anlan_ledger::engine::Refusal;
use anlan_ledger::{LedgerError, PasswordFault, TokenFault};
use axum::http::StatusCode;

use crate::failure::Failure;

/// Why a form was turned away.
pub(crate) struct Turned {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

/// Refusals that records have too, there with people or a name beside them.
const ALSO_OF_RECORDS: [&str; 4] = ["not-yours", "unit-closed", "person-left", "proposal-void"];
/// What is not there, or out of reach.
const ABSENT: [&str; 6] = ["no-such-unit", "no-such-person", "no-such-post", "no-such-grant", "no-such-proposal", "no-such-source"];
const NOT_ALLOWED: [&str; 4] = ["not-yours", "own-affair", "series-not-yours", "administrators-exclude"];

pub(crate) fn role(lang: Lang, role: Role) -> String {
    text(lang, &format!("role-{}", role.id()), &[])
}

/// A refusal as one sentence.
pub(crate) fn refusal(lang: Lang, refusal: &Refusal) -> String {
    let named = |(name, value): &(&'static str, String)| match (*name, Role::from_id(value)) {
        ("role", Some(held)) => (*name, role(lang, held)),
        _ => (*name, value.clone()),
    };
    let args: Vec<(&str, String)> = refusal.args.iter().map(named).collect();
    let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let bare = args.is_empty() && ALSO_OF_RECORDS.contains(&refusal.code);
    let key = if bare { format!("refusal-staff-{}", refusal.code) } else { format!("refusal-{}", refusal.code) };
    text(lang, &key, &args)
}

/// Why a password is not taken.
pub(crate) fn password(lang: Lang, fault: PasswordFault) -> String {
    let (key, numbers): (&str, Vec<(&str, u32)>) = match fault {
        PasswordFault::Short { shortest } => ("password-short", vec![("min", shortest)]),
        PasswordFault::Long { longest } => ("password-long", vec![("max", longest)]),
        PasswordFault::Classes { wanted, found } => ("password-classes", vec![("wanted", wanted), ("found", found)]),
        PasswordFault::Common => ("password-common", vec![]),
        PasswordFault::Name => ("password-name", vec![]),
        PasswordFault::Same => ("password-same", vec![]),
    };
    let numbers: Vec<(&str, String)> = numbers.into_iter().map(|(name, n)| (name, n.to_string())).collect();
    let args: Vec<(&str, &str)> = numbers.iter().map(|(name, n)| (*name, n.as_str())).collect();
    text(lang, key, &args)
}

fn token(lang: Lang, fault: TokenFault) -> String {
    match fault {
        TokenFault::NoScope => text(lang, "token-no-scope", &[]),
        TokenFault::Expiry { longest_days } => text(lang, "token-expiry-wrong", &[("days", &longest_days.to_string())]),
        TokenFault::OwnerDisabled => text(lang, "token-owner-disabled", &[]),
    }
}

/// What to tell somebody whom the ledger turned away; other errors are ours.
pub(crate) fn turned(lang: Lang, error: LedgerError) -> Result<Turned, Failure> {
    let unfit = |text| Turned { status: StatusCode::UNPROCESSABLE_ENTITY, text };
    Ok(match error {
        LedgerError::Refusal(why) if ABSENT.contains(&why.code) => return Err(Failure::NotFound),
        LedgerError::Refusal(why) if NOT_ALLOWED.contains(&why.code) => Turned { status: StatusCode::FORBIDDEN, text: refusal(lang, &why) },
        LedgerError::Refusal(why) => unfit(refusal(lang, &why)),
        LedgerError::Password(fault) => unfit(password(lang, fault)),
        LedgerError::Token(fault) => unfit(token(lang, fault)),
        LedgerError::Exists { name, .. } => unfit(text(lang, "name-taken", &[("name", &name)])),
        LedgerError::Full { limit, .. } => unfit(text(lang, "refusal-too-many", &[("most", &limit.to_string())])),
        LedgerError::Unfit { .. } => unfit(text(lang, "name-unfit", &[])),
        LedgerError::Refused => unfit(text(lang, "proof-refused", &[])),
        LedgerError::Wait { seconds } => unfit(text(lang, "login-wait", &[("seconds", &seconds.to_string())])),
        LedgerError::StepUp => unfit(text(lang, "proof-wanted", &[])),
        other => return Err(other.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anlan_ledger::Why;

    #[test]
    fn every_refusal_has_words_in_both_languages() {
        for why in Why::ALL {
            for lang in [Lang::Zh, Lang::En] {
                let args = [("most", "3".to_owned()), ("role", "audit".to_owned())];
                let bare = refusal(lang, &Refusal::from(*why));
                let full = refusal(lang, &args.into_iter().fold(Refusal::from(*why), |refusal, (name, value)| refusal.with(name, value)));
                let told = if ALSO_OF_RECORDS.contains(&why.code()) { &bare } else { &full };
                assert!(!told.starts_with('‹') && !told.contains("{$"), "{why:?} {told}");
                assert!(!bare.contains("$people") && !bare.contains("$name"), "{why:?} {bare}");
            }
        }
    }
}
