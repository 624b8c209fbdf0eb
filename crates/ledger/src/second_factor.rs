//! Authenticators (TOTP) of accounts and their recovery codes: enrolling, using, taking away.
//!
//! Invariants: a secret is enrolled only by a first code of it; until then it lies in memory; a code and a recovery code are taken once; no entry holds a secret,
//! a code, or more than a commitment to their kept form.

use std::collections::HashMap;

use anlan_base::Instant;
use sqlx::Row as _;

use crate::database::{Conn, from_sql, to_sql};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{commitment, kept, new_typed_code, random, typed_plain};
use crate::sign_in::{Factor, Step, Wanted};
use crate::{Ledger, sealed, sessions, totp};

/// Recovery codes of one account.
pub const RECOVERY_CODES: usize = 10;
/// How long an authenticator may be offered before its first code.
pub const OFFER_SECONDS: u64 = 10 * 60;
/// Offers at once; then the oldest is forgotten.
pub const OFFERS: usize = 1_000;

/// An authenticator that is offered: shown once, as text and as a picture of [`Self::uri`].
#[derive(Clone, PartialEq, Eq)]
pub struct Offer {
    account: String,
    /// Base 32, 32 characters.
    pub secret: String,
}

impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Offer({}, …)", self.account)
    }
}

impl Offer {
    /// `otpauth://totp/…` as apps read it from a picture. The issuer tells several installations apart.
    #[must_use]
    pub fn uri(&self, issuer: &str) -> String {
        let (issuer, account) = (escaped(issuer), escaped(&self.account));
        let (digits, period) = (totp::CODE_DIGITS, totp::CODE_STEP_SECONDS);
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={digits}&period={period}", self.secret)
    }
}

fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Offered secrets that wait for their first code, by account.
#[derive(Default)]
pub(crate) struct Offers(HashMap<String, ([u8; totp::SECRET_BYTES], Instant)>);

impl Offers {
    fn put(&mut self, account: &str, secret: [u8; totp::SECRET_BYTES], now: Instant) {
        if self.0.len() >= OFFERS && !self.0.contains_key(account) {
            let oldest = self.0.iter().min_by_key(|(_, (_, made))| *made).map(|(account, _)| account.clone());
            oldest.map(|oldest| self.0.remove(&oldest));
        }
        self.0.insert(account.to_owned(), (secret, now));
    }

    fn get(&self, account: &str, now: Instant) -> Option<[u8; totp::SECRET_BYTES]> {
        let (secret, made) = self.0.get(account)?;
        (now < made.plus_seconds(OFFER_SECONDS)).then_some(*secret)
    }
}

struct Enrolled {
    secret: Vec<u8>,
    last_step: u64,
}

async fn enrolled(conn: &mut Conn, account: &str) -> Result<Option<Enrolled>, LedgerError> {
    let row = sqlx::query("SELECT secret, last_step FROM second_factor WHERE account = $1").bind(account).fetch_optional(conn).await?;
    row.map(|row| Ok(Enrolled { secret: row.try_get("secret")?, last_step: from_sql(row.try_get("last_step")?)? })).transpose()
}

pub(crate) async fn is_enrolled(conn: &mut Conn, account: &str) -> Result<bool, LedgerError> {
    Ok(enrolled(conn, account).await?.is_some())
}

/// How a recovery code is kept: it belongs to its account.
fn recovery_hash(account: &str, code: &str) -> [u8; 32] {
    kept(&format!("{account}\n{}", typed_plain(code)))
}

/// New codes in place of those there are, as shown, and their commitments for the entry.
async fn renew_codes(conn: &mut Conn, account: &str) -> Result<(Vec<String>, String), LedgerError> {
    sqlx::query("DELETE FROM recovery_code WHERE account = $1").bind(account).execute(&mut *conn).await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    let mut bound = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = new_typed_code()?;
        let hash = recovery_hash(account, &code);
        sqlx::query("INSERT INTO recovery_code (code_hash, account, used) VALUES ($1, $2, NULL)")
            .bind(hash.as_slice())
            .bind(account)
            .execute(&mut *conn)
            .await?;
        bound.push(commitment(&hash));
        codes.push(code);
    }
    Ok((codes, bound.join(",")))
}

async fn delete(conn: &mut Conn, account: &str) -> Result<bool, LedgerError> {
    sqlx::query("DELETE FROM recovery_code WHERE account = $1").bind(account).execute(&mut *conn).await?;
    let gone = sqlx::query("DELETE FROM second_factor WHERE account = $1").bind(account).execute(conn).await?;
    Ok(gone.rows_affected() == 1)
}

impl Ledger {
    /// Offers an authenticator to the session's person; one that is enrolled stays until the new one is confirmed.
    ///
    /// # Errors
    /// [`LedgerError::StepUp`] where the session is not fresh.
    pub async fn offer_authenticator(&self, secret: &str) -> Result<Offer, LedgerError> {
        let session = self.fresh_session(secret).await?;
        self.offer(&session.user.name)
    }

    /// Enrols the offered authenticator by its first code: returns the recovery codes, shown once. Every other session of the person ends.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] where the code is wrong or the offer is too old.
    pub async fn confirm_authenticator(&self, secret: &str, code: &str) -> Result<Vec<String>, LedgerError> {
        let name = self.session(secret).await?.ok_or(LedgerError::Refused)?.user.name;
        self.enrol(&name, code, Some(kept(secret))).await
    }

    /// As [`Self::offer_authenticator`], during a sign-in that wants one.
    pub async fn offer_first_authenticator(&self, pending: &str) -> Result<Offer, LedgerError> {
        let on_its_way = self.waiting_for(pending, |wanted| wanted == Wanted::SecondFactor)?;
        self.offer(&on_its_way.account)
    }

    /// As [`Self::confirm_authenticator`], during a sign-in that wants one; the sign-in goes on.
    pub async fn confirm_first_authenticator(&self, pending: &str, code: &str) -> Result<(Vec<String>, Step), LedgerError> {
        let on_its_way = self.waiting_for(pending, |wanted| wanted == Wanted::SecondFactor)?;
        let codes = self.enrol(&on_its_way.account, code, None).await?;
        Ok((codes, self.go_on_with_code(pending, on_its_way).await?))
    }

    /// New recovery codes for the session's person; the old ones no longer hold.
    ///
    /// # Errors
    /// [`LedgerError::StepUp`] where the session is not fresh; [`LedgerError::NotFound`] where no authenticator is enrolled.
    pub async fn new_recovery_codes(&self, secret: &str) -> Result<Vec<String>, LedgerError> {
        let name = self.fresh_session(secret).await?.user.name;
        let mut tx = self.db.change().await?;
        if !is_enrolled(&mut tx, &name).await? {
            return Err(LedgerError::NotFound { what: "authenticator", name });
        }
        let (codes, bound) = renew_codes(&mut tx, &name).await?;
        let fields = [("user", name.as_str()), ("codes_kept", &bound)];
        append(&mut tx, self.clock.now(), &Actor::User(name.clone()), Act::FactorCodes.as_str(), &fields).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// How many recovery codes the session's person has left.
    pub async fn recovery_codes_left(&self, secret: &str) -> Result<u64, LedgerError> {
        let name = self.session(secret).await?.ok_or(LedgerError::Refused)?.user.name;
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used IS NULL")
            .bind(&name)
            .fetch_one(self.db.read())
            .await?;
        from_sql(left)
    }

    /// Takes an account's authenticator and recovery codes away, where they are lost. Every session of the account ends; where its standing needs one,
    /// the next sign-in asks for a new one.
    pub async fn remove_authenticator(&self, actor: &Actor, name: &str) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let mut tx = self.db.change().await?;
        if !delete(&mut tx, name).await? {
            return Err(LedgerError::NotFound { what: "authenticator", name: name.to_owned() });
        }
        append(&mut tx, now, actor, Act::FactorRemove.as_str(), &[("user", name)]).await?;
        sessions::end_all(&mut tx, now, actor, name).await?;
        tx.commit().await?;
        self.pendings().forget_account(name);
        Ok(())
    }

    fn offers(&self) -> std::sync::MutexGuard<'_, Offers> {
        self.offers.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn offer(&self, account: &str) -> Result<Offer, LedgerError> {
        let secret = random::<{ totp::SECRET_BYTES }>()?;
        self.offers().put(account, secret, self.clock.now());
        Ok(Offer { account: account.to_owned(), secret: totp::base32(&secret) })
    }

    /// `own` is the session that goes on.
    async fn enrol(&self, account: &str, code: &str, own: Option<[u8; 32]>) -> Result<Vec<String>, LedgerError> {
        let now = self.clock.now();
        let secret = self.offers().get(account, now).ok_or(LedgerError::Refused)?;
        let step = totp::step_of(&secret, code, now, None).ok_or(LedgerError::Refused)?;
        let sealed = sealed::seal(self.options.seal_key, account, &secret)?;
        let actor = Actor::User(account.to_owned());
        let mut tx = self.db.change().await?;
        // Taken within the transaction: of two confirmations at once, one is refused.
        self.offers().0.remove(account).ok_or(LedgerError::Refused)?;
        delete(&mut tx, account).await?;
        sqlx::query("INSERT INTO second_factor (account, secret, enrolled, last_step) VALUES ($1, $2, $3, $4)")
            .bind(account)
            .bind(&sealed)
            .bind(to_sql(now.0)?)
            .bind(to_sql(step)?)
            .execute(&mut *tx)
            .await?;
        let (codes, bound) = renew_codes(&mut tx, account).await?;
        let (step, kept) = (step.to_string(), commitment(&sealed));
        let fields = [("user", account), ("secret_kept", &kept), ("codes_kept", &bound), ("step", &step)];
        append(&mut tx, now, &actor, Act::FactorEnrol.as_str(), &fields).await?;
        sessions::end_all_but(&mut tx, now, &actor, account, own.as_ref().map(<[u8; 32]>::as_slice)).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Takes a code of the authenticator or a recovery code, once; none where it is neither.
    pub(crate) async fn use_code(&self, account: &str, typed: &str) -> Result<Option<Factor>, LedgerError> {
        let now = self.clock.now();
        let actor = Actor::User(account.to_owned());
        let mut tx = self.db.change().await?;
        let Some(enrolled) = enrolled(&mut tx, account).await? else { return Ok(None) };
        if typed_plain(typed).chars().count() == totp::CODE_DIGITS {
            let secret = sealed::open(self.options.seal_key, account, &enrolled.secret)?;
            let Some(step) = totp::step_of(&secret, typed, now, Some(enrolled.last_step)) else { return Ok(None) };
            let done = sqlx::query("UPDATE second_factor SET last_step = $2 WHERE account = $1 AND last_step < $2")
                .bind(account)
                .bind(to_sql(step)?)
                .execute(&mut *tx)
                .await?;
            append(&mut tx, now, &actor, Act::FactorUse.as_str(), &[("user", account), ("step", &step.to_string())]).await?;
            return Ok(if done.rows_affected() == 1 { tx.commit().await.map(|()| Some(Factor::Code))? } else { None });
        }
        let hash = recovery_hash(account, typed);
        let done = sqlx::query("UPDATE recovery_code SET used = $3 WHERE code_hash = $1 AND account = $2 AND used IS NULL")
            .bind(hash.as_slice())
            .bind(account)
            .bind(to_sql(now.0)?)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() != 1 {
            return Ok(None);
        }
        append(&mut tx, now, &actor, Act::FactorRecover.as_str(), &[("user", account), ("code_kept", &commitment(&hash))]).await?;
        tx.commit().await?;
        Ok(Some(Factor::Recovery))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_reads_as_apps_want_it() {
        let offer = Offer { account: "张伟@一中".into(), secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into() };
        assert_eq!(
            offer.uri("Anlan & Co"),
            "otpauth://totp/Anlan%20%26%20Co:%E5%BC%A0%E4%BC%9F%40%E4%B8%80%E4%B8%AD?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Anlan%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
        assert!(!format!("{offer:?}").contains("GEZD"));
    }

    #[test]
    fn offers_have_a_limit_and_an_end() {
        for (count, kept) in [(OFFERS - 1, OFFERS - 1), (OFFERS, OFFERS), (OFFERS + 1, OFFERS)] {
            let mut offers = Offers::default();
            (0..count).for_each(|n| offers.put(&n.to_string(), [0; totp::SECRET_BYTES], Instant(n as u64)));
            assert_eq!((offers.0.len(), offers.0.contains_key("0")), (kept, count <= OFFERS));
        }
        let mut offers = Offers::default();
        offers.put("a", [7; totp::SECRET_BYTES], Instant(0));
        let end = OFFER_SECONDS * Instant::SECOND;
        for (at, holds) in [(end - 1, true), (end, false), (end + 1, false)] {
            assert_eq!(offers.get("a", Instant(at)).is_some(), holds);
        }
    }
}
