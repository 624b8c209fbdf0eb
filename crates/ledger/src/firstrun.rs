//! The one-time code of the first run: whoever reads it on the server's terminal makes the first user.
//!
//! Invariants: one code at a time; it holds for [`CODE_SECONDS`], once, and only while there is no user; it is kept as its SHA-256.

use std::sync::atomic::{AtomicU32, Ordering};

use anlan_base::Instant;
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, instant, to_sql};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{commitment, kept, new_typed, typed_plain};
use crate::{passwords, users};

/// How long a code holds.
pub const CODE_SECONDS: u64 = 30 * 60;
/// Refused codes that become entries while the process runs. 60 bits cannot be guessed in half an hour; the disk must not be filled by trying.
pub const CODE_REFUSALS: u32 = 100;
const CODE_CHARS: usize = 12;
const SLOT: i64 = 1;

/// Refused codes that became entries.
#[derive(Debug, Default)]
pub(crate) struct Refusals(AtomicU32);

impl Refusals {
    fn has_room(&self) -> bool {
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| (n < CODE_REFUSALS).then_some(n + 1)).is_ok()
    }
}

enum Judged {
    Good,
    Bad(&'static str),
}

fn new_code() -> Result<String, LedgerError> {
    new_typed::<CODE_CHARS>()
}

async fn judge(conn: &mut Conn, code: &str, now: Instant) -> Result<Judged, LedgerError> {
    if users::any(conn).await? {
        return Ok(Judged::Bad("user exists"));
    }
    let row = sqlx::query("SELECT code_hash, expires FROM first_run WHERE slot = $1").bind(SLOT).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(Judged::Bad("no code")) };
    let code_hash: Vec<u8> = row.try_get("code_hash")?;
    if code_hash != kept(&typed_plain(code)) {
        return Ok(Judged::Bad("wrong"));
    }
    Ok(if now > instant(row.try_get("expires")?)? { Judged::Bad("late") } else { Judged::Good })
}

async fn forget(conn: &mut Conn) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM first_run WHERE slot = $1").bind(SLOT).execute(conn).await?;
    Ok(())
}

impl Ledger {
    /// Makes and stores (hashed) a one-time code for the first run, 60 bits, 30 minutes; `7Q4K-9M2T-XW6P`. An older code no longer holds.
    /// Refused when a user exists.
    pub async fn first_run_code(&self) -> Result<String, LedgerError> {
        let code = new_code()?;
        let code_hash = kept(&typed_plain(&code));
        let now = self.clock.now();
        let expires = now.plus_seconds(CODE_SECONDS);
        let mut tx = self.db.change().await?;
        if users::any(&mut tx).await? {
            return Err(LedgerError::Refused);
        }
        let fields = [("expires", &*expires.0.to_string()), ("code_kept", &*commitment(&code_hash))];
        append(&mut tx, now, &Actor::System, Act::FirstRunCode.as_str(), &fields).await?;
        forget(&mut tx).await?;
        sqlx::query("INSERT INTO first_run (slot, code_hash, expires) VALUES ($1, $2, $3)")
            .bind(SLOT)
            .bind(code_hash.as_slice())
            .bind(to_sql(expires.0)?)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Redeems the code and makes the first user. Refused when wrong, used, late, or a user exists. A name or password that is not taken leaves the code as it was.
    pub async fn redeem_first_run(&self, code: &str, name: &str, password: &str) -> Result<(), LedgerError> {
        let judged = judge(&mut *self.db.look().await?, code, self.clock.now()).await?;
        if let Judged::Bad(reason) = judged {
            return self.refuse_code(reason).await;
        }
        users::check_name("user name", name)?;
        passwords::judge(&self.account_rules(), name, password)?;
        let password_hash = self.hasher.hash(password).await?;
        let now = self.clock.now();
        let mut change = self.change().await?;
        // Judged again: hashing takes a while, and somebody else may have used the code.
        if let Judged::Bad(reason) = judge(&mut change.tx, code, now).await? {
            change.abandon().await?;
            return self.refuse_code(reason).await;
        }
        forget(&mut change.tx).await?;
        users::insert(&mut change.tx, now, &Actor::System, name, &password_hash, None).await?;
        change.begin().await?;
        change.commit(self.clock.clone()).await
    }

    async fn refuse_code(&self, reason: &str) -> Result<(), LedgerError> {
        if self.firstrun.has_room() {
            let mut tx = self.db.change().await?;
            append(&mut tx, self.clock.now(), &Actor::System, Act::FirstRunRefused.as_str(), &[("reason", reason)]).await?;
            tx.commit().await?;
        }
        Err(LedgerError::Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_look_like_the_example_and_read_as_people_type_them() {
        let code = new_code().unwrap();
        assert_eq!(code.len(), 14);
        assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4]);
        for typed in
            [code.to_lowercase(), code.replace('-', ""), format!(" {} ", code.replace('-', " ")), code.replace('0', "o").replace('1', "L")]
        {
            assert_eq!(typed_plain(&typed), typed_plain(&code));
        }
        assert_ne!(typed_plain(&format!("{code}X")), typed_plain(&code));
    }

    #[test]
    fn refusals_have_a_limit() {
        let refusals = Refusals::default();
        let noted: Vec<bool> = (0..=CODE_REFUSALS).map(|_| refusals.has_room()).collect();
        assert_eq!(noted[CODE_REFUSALS as usize - 2..], [true, true, false]);
    }
}
