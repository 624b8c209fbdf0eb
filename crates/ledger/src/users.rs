//! Users of the console: what a name may be, the row, language and password.

use anlan_base::{Instant, text::Lang};
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, to_sql};
use crate::delays::Key;
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::commitment;
use crate::{passwords, sessions};

/// Bytes of a user's or token's name.
pub const USER_NAME_BYTES: usize = 64;
const NAME_RULE: &str = "1 to 64 bytes of letters, digits and . _ - @";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    /// `None` until it is chosen: the browser's.
    pub lang: Option<Lang>,
}

/// Names of users and tokens: letters of any script, digits, `. _ - @`. They stand in source keys (`token:NAME`), entries and pages.
pub(crate) fn check_name(what: &'static str, name: &str) -> Result<(), LedgerError> {
    let fits = (1..=USER_NAME_BYTES).contains(&name.len()) && name.chars().all(|c| c.is_alphanumeric() || "._-@".contains(c));
    if fits { Ok(()) } else { Err(LedgerError::Unfit { what, got: name.chars().take(USER_NAME_BYTES).collect(), rule: NAME_RULE }) }
}

pub(crate) fn lang_of(tag: Option<&str>) -> Result<Option<Lang>, LedgerError> {
    match tag {
        None => Ok(None),
        Some(tag) => match [Lang::Zh, Lang::En].into_iter().find(|lang| lang.tag() == tag) {
            Some(lang) => Ok(Some(lang)),
            None => Err(LedgerError::damaged(format!("an account has the unknown language `{tag}`"))),
        },
    }
}

pub(crate) async fn insert(conn: &mut Conn, now: Instant, actor: &Actor, name: &str, password_hash: &str) -> Result<(), LedgerError> {
    let bound = commitment(password_hash.as_bytes());
    append(conn, now, actor, Act::UserCreate.as_str(), &[("user", name), ("password_kept", &bound)]).await?;
    sqlx::query("INSERT INTO account (name, lang, password_hash, created) VALUES ($1, NULL, $2, $3)")
        .bind(name)
        .bind(password_hash)
        .bind(to_sql(now.0)?)
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn any(conn: &mut Conn) -> Result<bool, LedgerError> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM account").fetch_one(conn).await?;
    Ok(count > 0)
}

pub(crate) async fn password_hash(conn: &mut Conn, name: &str) -> Result<Option<String>, LedgerError> {
    Ok(sqlx::query_scalar("SELECT password_hash FROM account WHERE name = $1").bind(name).fetch_optional(conn).await?)
}

impl Ledger {
    pub async fn has_users(&self) -> Result<bool, LedgerError> {
        any(&mut *self.db.look().await?).await
    }

    pub async fn users(&self) -> Result<Vec<User>, LedgerError> {
        let rows = sqlx::query("SELECT name, lang FROM account ORDER BY name").fetch_all(self.db.read()).await?;
        rows.iter().map(|row| Ok(User { name: row.try_get("name")?, lang: lang_of(row.try_get("lang")?)? })).collect()
    }

    pub async fn set_lang(&self, actor: &Actor, user: &str, lang: Lang) -> Result<(), LedgerError> {
        let mut tx = self.db.change().await?;
        let done = sqlx::query("UPDATE account SET lang = $2 WHERE name = $1").bind(user).bind(lang.tag()).execute(&mut *tx).await?;
        if done.rows_affected() != 1 {
            return Err(LedgerError::NotFound { what: "user", name: user.to_owned() });
        }
        append(&mut tx, self.clock.now(), actor, Act::UserLang.as_str(), &[("user", user), ("lang", lang.tag())]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes the password of the session's own user; the old one is asked for. Every session of the user ends, and a new one is opened: its secret is returned.
    pub async fn change_password(&self, secret: &str, old: &str, new: &str, peer: &str) -> Result<String, LedgerError> {
        let name = self.session(secret).await?.ok_or(LedgerError::Refused)?.user.name;
        passwords::judge(&self.account_rules(), &name, new)?;
        let keys = [Key::account(&name), Key::peer(peer)];
        let old_hash = self.prove_password(&name, old, peer, &keys).await?;
        let new_hash = self.hasher.hash(new).await?;
        let now = self.clock.now();
        let actor = Actor::User(name.clone());
        let mut tx = self.db.change().await?;
        let bound = commitment(new_hash.as_bytes());
        append(&mut tx, now, &actor, Act::UserPassword.as_str(), &[("user", &name), ("password_kept", &bound)]).await?;
        // Only over the hash that was proven: of two changes at once, one is refused.
        let done = sqlx::query("UPDATE account SET password_hash = $3 WHERE name = $1 AND password_hash = $2")
            .bind(&name)
            .bind(&old_hash)
            .bind(&new_hash)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() != 1 {
            return Err(LedgerError::Refused);
        }
        sessions::end_all(&mut tx, now, &actor, &name).await?;
        let secret = sessions::begin(&mut tx, now, &name, peer).await?;
        tx.commit().await?;
        Ok(secret)
    }
}
