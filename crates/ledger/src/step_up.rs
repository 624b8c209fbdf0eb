//! Proving oneself again within a session, before a grave act.
//!
//! Invariant: a session is fresh for `fresh_minutes` of the rules after password, and code where the account has an authenticator, were last proven in it;
//! the proof is an entry.

use crate::Ledger;
use crate::database::to_sql;
use crate::delays::Key;
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{commitment, kept};
use crate::sessions::Session;
use crate::users;

impl Ledger {
    /// Proves the session's person again: the password, and a code where [`Session::second_factor`] says so. Then [`Session::is_fresh`] holds for a while.
    ///
    /// # Errors
    /// As signing in; [`LedgerError::Refused`] too where the session is none, or a code is wanted and none is given (that is not charged as a failure).
    pub async fn step_up(&self, secret: &str, password: &str, code: Option<&str>, peer: &str) -> Result<(), LedgerError> {
        let session = self.session(secret).await?.ok_or(LedgerError::Refused)?;
        let name = session.user.name;
        if session.second_factor && code.is_none() {
            return Err(LedgerError::Refused);
        }
        let proven = self.prove_password(&name, password, peer).await?;
        if let Some(code) = code.filter(|_| session.second_factor) {
            self.prove_code(&name, code, peer).await?;
        }
        let (now, secret_hash) = (self.clock.now(), kept(secret));
        let mut tx = self.db.change().await?;
        if users::credentials(&mut tx, &name).await?.is_none_or(|account| account.hash != proven) {
            return Err(LedgerError::Refused);
        }
        let done = sqlx::query("UPDATE session SET proven = $2 WHERE secret_hash = $1")
            .bind(secret_hash.as_slice())
            .bind(to_sql(now.0)?)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() != 1 {
            return Err(LedgerError::Refused);
        }
        let fields = [("user", name.as_str()), ("session", &commitment(&secret_hash))];
        append(&mut tx, now, &Actor::User(name.clone()), Act::SessionProve.as_str(), &fields).await?;
        tx.commit().await?;
        self.delays().clear(&[Key::account(&name), Key::peer(peer)]);
        Ok(())
    }

    /// The session of a secret, fresh enough for a grave act.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] where there is no such session, [`LedgerError::StepUp`] where it must be proven again.
    pub async fn fresh_session(&self, secret: &str) -> Result<Session, LedgerError> {
        let session = self.session(secret).await?.ok_or(LedgerError::Refused)?;
        if session.is_fresh(self.clock.now()) { Ok(session) } else { Err(LedgerError::StepUp) }
    }
}
