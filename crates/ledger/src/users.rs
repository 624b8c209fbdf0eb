//! Users of the console: what a name may be, the row, language and password.

use anlan_base::{Instant, text::Lang};
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, instant, to_sql};
use crate::delays::Key;
use crate::entry::{Act, Actor, PAGE, append, page};
use crate::error::LedgerError;
use crate::secret::commitment;
use crate::sessions::Opening;
use crate::sign_in::Factor;
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

/// Adds an account in the caller's transaction. A one-time password holds until the instant given.
pub(crate) async fn insert(
    conn: &mut Conn,
    now: Instant,
    actor: &Actor,
    name: &str,
    password_hash: &str,
    one_time_until: Option<Instant>,
) -> Result<(), LedgerError> {
    let bound = commitment(password_hash.as_bytes());
    let until = one_time_until.map(|until| until.0.to_string());
    let mut fields = vec![("user", name), ("password_kept", bound.as_str())];
    fields.extend(until.as_deref().map(|until| ("one_time_until", until)));
    append(conn, now, actor, Act::UserCreate.as_str(), &fields).await?;
    sqlx::query("INSERT INTO account (name, lang, password_hash, created, password_set, one_time_until) VALUES ($1, NULL, $2, $3, $3, $4)")
        .bind(name)
        .bind(password_hash)
        .bind(to_sql(now.0)?)
        .bind(one_time_until.map(|until| to_sql(until.0)).transpose()?)
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets a person's own password, in the caller's transaction, only over the hash that was proven: of two changes at once, one is refused.
pub(crate) async fn replace_password(
    conn: &mut Conn,
    now: Instant,
    actor: &Actor,
    name: &str,
    proven: &str,
    new_hash: &str,
) -> Result<(), LedgerError> {
    let bound = commitment(new_hash.as_bytes());
    append(conn, now, actor, Act::UserPassword.as_str(), &[("user", name), ("password_kept", &bound)]).await?;
    let done = sqlx::query(
        "UPDATE account SET password_hash = $3, password_set = $4, one_time_until = NULL WHERE name = $1 AND password_hash = $2 AND disabled IS NULL",
    )
    .bind(name)
    .bind(proven)
    .bind(new_hash)
    .bind(to_sql(now.0)?)
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(LedgerError::Refused) }
}

pub(crate) async fn any(conn: &mut Conn) -> Result<bool, LedgerError> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM account").fetch_one(conn).await?;
    Ok(count > 0)
}

/// What signing in looks at.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    /// The PHC string of the password.
    pub(crate) hash: String,
    pub(crate) password_set: Instant,
    /// Set where the password was given out by an administrator.
    pub(crate) one_time_until: Option<Instant>,
    pub(crate) disabled: bool,
}

pub(crate) async fn credentials(conn: &mut Conn, name: &str) -> Result<Option<Credentials>, LedgerError> {
    let row = sqlx::query("SELECT password_hash, password_set, one_time_until, disabled FROM account WHERE name = $1")
        .bind(name)
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Credentials {
        hash: row.try_get("password_hash")?,
        password_set: instant(row.try_get("password_set")?)?,
        one_time_until: row.try_get::<Option<i64>, _>("one_time_until")?.map(instant).transpose()?,
        disabled: row.try_get::<Option<i64>, _>("disabled")?.is_some(),
    }))
}

/// Fills `password_set` of accounts that are older than the column, from the entries.
pub(crate) async fn date_passwords(conn: &mut Conn) -> Result<(), LedgerError> {
    let mut next = 1;
    loop {
        let entries = page(conn, next, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        next = last.number + 1;
        for entry in &entries {
            let sets = matches!(entry.text("act").and_then(Act::parse), Some(Act::UserCreate | Act::UserPassword));
            let (Some(name), Some(at)) = (entry.text("user").filter(|_| sets), entry.text("at").and_then(|at| at.parse().ok())) else {
                continue;
            };
            sqlx::query("UPDATE account SET password_set = $2 WHERE name = $1").bind(name).bind(to_sql(at)?).execute(&mut *conn).await?;
        }
    }
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
        let session = self.session(secret).await?.ok_or(LedgerError::Refused)?;
        let name = session.user.name;
        passwords::judge(&self.account_rules(), &name, new)?;
        if old == new {
            return Err(passwords::PasswordFault::Same.into());
        }
        let old_hash = self.prove_password(&name, old, peer).await?;
        let new_hash = self.hasher.hash(new).await?;
        let now = self.clock.now();
        let actor = Actor::User(name.clone());
        let mut tx = self.db.change().await?;
        replace_password(&mut tx, now, &actor, &name, &old_hash, &new_hash).await?;
        sessions::end_all(&mut tx, now, &actor, &name).await?;
        // No code was asked for: where there is an authenticator the new session is as fresh as the old one was.
        let proven = if session.second_factor { session.proven } else { now };
        let opening = Opening { user: &name, peer, administrator: session.administrator, factor: Factor::None, proven };
        let secret = sessions::begin(&mut tx, now, &self.account_rules(), &opening).await?;
        tx.commit().await?;
        self.pendings().forget_account(&name);
        self.delays().clear(&[Key::account(&name), Key::peer(peer)]);
        Ok(secret)
    }
}
