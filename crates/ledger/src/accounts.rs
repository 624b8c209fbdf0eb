//! Accounts in the hands of administrators: making, resetting, disabling, and the list of them.
//!
//! Invariants: a password that an administrator gives out is random, shown once, holds a few days and must be changed at the first sign-in; who is disabled
//! has no session and no token left; accounts are never deleted, for entries name them. Whether the actor may is the caller's to ask.

use anlan_base::Instant;
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Row, instant, to_sql};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{commitment, new_typed_code, typed_plain};
use crate::users::check_name;
use crate::{sessions, tokens, users};

/// Accounts of one operator, disabled ones too.
pub const ACCOUNTS: usize = 10_000;
/// Characters of the reason for which an account is disabled.
pub const REASON_CHARS: usize = 500;
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// An account as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    pub name: String,
    pub created: Instant,
    /// When its password was last set.
    pub password_set: Instant,
    /// Until when its one-time password holds; none where the password is its own.
    pub one_time_until: Option<Instant>,
    /// Since when it is disabled.
    pub disabled: Option<Instant>,
    /// Whether it has an authenticator.
    pub second_factor: bool,
}

impl AccountRow {
    fn of(row: &Row) -> Result<Self, LedgerError> {
        let maybe = |column| row.try_get::<Option<i64>, _>(column)?.map(instant).transpose();
        Ok(Self {
            name: row.try_get("name")?,
            created: instant(row.try_get("created")?)?,
            password_set: instant(row.try_get("password_set")?)?,
            one_time_until: maybe("one_time_until")?,
            disabled: maybe("disabled")?,
            second_factor: row.try_get::<Option<String>, _>("factor")?.is_some(),
        })
    }
}

const LIST: &str = "SELECT a.name, a.created, a.password_set, a.one_time_until, a.disabled, f.account AS factor FROM account a \
                    LEFT JOIN second_factor f ON f.account = a.name ORDER BY a.name";

fn unknown(name: &str) -> LedgerError {
    LedgerError::NotFound { what: "user", name: name.to_owned() }
}

async fn has_room(conn: &mut Conn, name: &str, limit: usize) -> Result<(), LedgerError> {
    if users::credentials(conn, name).await?.is_some() {
        return Err(LedgerError::Exists { what: "user", name: name.to_owned() });
    }
    let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM account").fetch_one(conn).await?;
    if usize::try_from(there).unwrap_or(usize::MAX) >= limit {
        return Err(LedgerError::Full { what: "user", limit });
    }
    Ok(())
}

/// Disables an account in the caller's transaction. What waits for its second factor is forgotten by the caller after the commit.
pub(crate) async fn disable(conn: &mut Conn, now: Instant, actor: &Actor, name: &str, reason: &str) -> Result<(), LedgerError> {
    if users::credentials(conn, name).await?.ok_or_else(|| unknown(name))?.disabled {
        return Ok(());
    }
    append(conn, now, actor, Act::UserDisable.as_str(), &[("user", name), ("reason", reason)]).await?;
    sqlx::query("UPDATE account SET disabled = $2 WHERE name = $1").bind(name).bind(to_sql(now.0)?).execute(&mut *conn).await?;
    sessions::end_all(conn, now, actor, name).await?;
    tokens::revoke_owned(conn, now, actor, name).await
}

/// Enables an account in the caller's transaction.
pub(crate) async fn enable(conn: &mut Conn, now: Instant, actor: &Actor, name: &str) -> Result<(), LedgerError> {
    if !users::credentials(conn, name).await?.ok_or_else(|| unknown(name))?.disabled {
        return Ok(());
    }
    append(conn, now, actor, Act::UserEnable.as_str(), &[("user", name)]).await?;
    sqlx::query("UPDATE account SET disabled = NULL WHERE name = $1").bind(name).execute(conn).await?;
    Ok(())
}

impl Ledger {
    /// All accounts by name.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, LedgerError> {
        sqlx::query(LIST).fetch_all(self.db.read()).await?.iter().map(AccountRow::of).collect()
    }

    /// Makes an account: returns its one-time password, `7Q4K-9M2T-XW6P-3FHD`, which is shown once. It may be typed in any case and without dashes.
    /// It has no rights until somebody grants them.
    ///
    /// # Errors
    /// [`LedgerError::Unfit`] for the name, [`LedgerError::Exists`], [`LedgerError::Full`] at [`ACCOUNTS`].
    pub async fn add_account(&self, actor: &Actor, name: &str) -> Result<String, LedgerError> {
        check_name("user name", name)?;
        // Before the hash, so that a name that is taken costs nothing; and again when it counts.
        has_room(&mut *self.db.look().await?, name, self.options.accounts).await?;
        let (password, hash) = self.one_time_password().await?;
        let now = self.clock.now();
        let mut tx = self.db.change().await?;
        has_room(&mut tx, name, self.options.accounts).await?;
        users::insert(&mut tx, now, actor, name, &hash, Some(self.one_time_end(now))).await?;
        tx.commit().await?;
        Ok(password)
    }

    /// Gives out another one-time password, where the own one is forgotten or the last one was too old. Every session of the account ends; an authenticator
    /// stays.
    pub async fn reset_password(&self, actor: &Actor, name: &str) -> Result<String, LedgerError> {
        let (password, hash) = self.one_time_password().await?;
        let now = self.clock.now();
        let until = self.one_time_end(now);
        let mut tx = self.db.change().await?;
        let done = sqlx::query("UPDATE account SET password_hash = $2, password_set = $3, one_time_until = $4 WHERE name = $1")
            .bind(name)
            .bind(&hash)
            .bind(to_sql(now.0)?)
            .bind(to_sql(until.0)?)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() != 1 {
            return Err(unknown(name));
        }
        let fields = [("user", name), ("password_kept", &commitment(hash.as_bytes())), ("one_time_until", &until.0.to_string())];
        append(&mut tx, now, actor, Act::UserReset.as_str(), &fields).await?;
        sessions::end_all(&mut tx, now, actor, name).await?;
        tx.commit().await?;
        self.pendings().forget_account(name);
        Ok(password)
    }

    /// From now on the account cannot sign in; its sessions end, the tokens it owns are revoked. Disabling again changes nothing.
    pub async fn disable_account(&self, actor: &Actor, name: &str, reason: &str) -> Result<(), LedgerError> {
        if reason.chars().nth(REASON_CHARS).is_some() {
            return Err(LedgerError::Unfit { what: "reason", got: reason.chars().take(20).collect(), rule: "at most 500 characters" });
        }
        let mut tx = self.db.change().await?;
        disable(&mut tx, self.clock.now(), actor, name, reason).await?;
        tx.commit().await?;
        self.pendings().forget_account(name);
        Ok(())
    }

    /// The account can sign in again with the password it had; its tokens stay revoked. Enabling again changes nothing.
    pub async fn enable_account(&self, actor: &Actor, name: &str) -> Result<(), LedgerError> {
        let mut tx = self.db.change().await?;
        enable(&mut tx, self.clock.now(), actor, name).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends every session of an account, for an administrator.
    pub async fn end_sessions(&self, actor: &Actor, name: &str) -> Result<(), LedgerError> {
        let mut tx = self.db.change().await?;
        users::credentials(&mut tx, name).await?.ok_or_else(|| unknown(name))?;
        sessions::end_all(&mut tx, self.clock.now(), actor, name).await?;
        tx.commit().await?;
        self.pendings().forget_account(name);
        Ok(())
    }

    /// As shown, and the hash of how it is typed.
    async fn one_time_password(&self) -> Result<(String, String), LedgerError> {
        let password = new_typed_code()?;
        let hash = self.hasher.hash(&typed_plain(&password)).await?;
        Ok((password, hash))
    }

    fn one_time_end(&self, now: Instant) -> Instant {
        now.plus_seconds(u64::from(self.account_rules().one_time_days) * DAY_SECONDS)
    }
}
