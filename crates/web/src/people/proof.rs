//! Proving oneself once more before a grave act: the password, and a code where there is an authenticator.

use anlan_base::text::text;
use anlan_ledger::LedgerError;

use super::told::{Turned, turned};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::session::Signed;

/// Whether a form must ask, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// It was proven a moment ago.
    Nothing,
    Password,
    PasswordAndCode,
}

impl Asks {
    pub(crate) fn of(house: &Shared, who: &Signed) -> Self {
        match (who.session.is_fresh(house.console.clock.now()), who.session.second_factor) {
            (true, _) => Self::Nothing,
            (false, false) => Self::Password,
            (false, true) => Self::PasswordAndCode,
        }
    }

    pub(crate) fn anything(self) -> bool {
        self != Self::Nothing
    }

    pub(crate) fn code(self) -> bool {
        self == Self::PasswordAndCode
    }
}

/// Takes the proof that a form carries, where one is wanted.
pub(crate) async fn prove(house: &Shared, who: &Signed, form: &Pairs) -> Result<Result<(), Turned>, Failure> {
    if !Asks::of(house, who).anything() {
        return Ok(Ok(()));
    }
    let password = form.get("proof");
    if password.is_empty() {
        return turned(who.lang, LedgerError::StepUp).map(Err);
    }
    let code = Some(form.get("code").trim()).filter(|code| !code.is_empty());
    match house.console.ledger.step_up(&who.secret, password, code, &who.peer).await {
        Ok(()) => Ok(Ok(())),
        Err(LedgerError::Refused) => {
            Ok(Err(Turned { status: axum::http::StatusCode::UNPROCESSABLE_ENTITY, text: text(who.lang, "proof-refused", &[]) }))
        }
        Err(error) => turned(who.lang, error).map(Err),
    }
}
