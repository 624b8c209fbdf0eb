//! Sign-in and sessions of the console.
//!
//! Invariants: a session is found by the SHA-256 of its secret and ends [`IDLE_SECONDS`] after its last use and [`ABSOLUTE_SECONDS`] after its beginning;
//! each sign-in makes a new secret; a sign-in that fails is an entry; the name of no account is told by an answer or its time.

use anlan_base::Instant;
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Row, instant, to_sql};
use crate::delays::{Delays, Key};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{SECRET_CHARS, commitment, derived, hex, kept, new_secret};
use crate::users::{self, User};

/// A session ends this long after its last use.
pub const IDLE_SECONDS: u64 = 60 * 60;
/// A session ends this long after its beginning, used or not.
pub const ABSOLUTE_SECONDS: u64 = 12 * 60 * 60;
/// The last use is written at most this often, so a session may end this much earlier than [`IDLE_SECONDS`] after it.
pub const TOUCH_SECONDS: u64 = 60;
/// Sessions of one user at once; one more ends the oldest.
pub const SESSIONS_PER_USER: usize = 20;
/// Characters of a peer's address that are kept.
const PEER_CHARS: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub user: User,
    /// Stands in forms; follows from the secret, which it does not tell.
    pub csrf: String,
    /// When it ends if it is not used again.
    pub expires: Instant,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Names the session without telling its secret.
    pub id: String,
    pub peer: String,
    pub opened: Instant,
    pub seen: Instant,
    /// The session that asks.
    pub own: bool,
}

struct Stored {
    secret_hash: Vec<u8>,
    peer: String,
    opened: Instant,
    seen: Instant,
}

impl Stored {
    fn of(row: &Row) -> Result<Self, LedgerError> {
        Ok(Self {
            secret_hash: row.try_get("secret_hash")?,
            peer: row.try_get("peer")?,
            opened: instant(row.try_get("opened")?)?,
            seen: instant(row.try_get("seen")?)?,
        })
    }

    fn ends(&self) -> Instant {
        self.seen.plus_seconds(IDLE_SECONDS).min(self.opened.plus_seconds(ABSOLUTE_SECONDS))
    }

    fn id(&self) -> String {
        commitment(&self.secret_hash)
    }
}

fn cut(peer: &str) -> String {
    peer.chars().filter(|c| !c.is_control()).take(PEER_CHARS).collect()
}

/// Opens a session in the caller's transaction; returns its secret.
pub(crate) async fn begin(conn: &mut Conn, now: Instant, user: &str, peer: &str) -> Result<String, LedgerError> {
    let actor = Actor::User(user.to_owned());
    sweep(conn, now).await?;
    let open: Vec<Vec<u8>> = sqlx::query_scalar("SELECT secret_hash FROM session WHERE account = $1 ORDER BY opened, secret_hash")
        .bind(user)
        .fetch_all(&mut *conn)
        .await?;
    for oldest in open.iter().take((open.len() + 1).saturating_sub(SESSIONS_PER_USER)) {
        end(conn, now, &actor, user, oldest).await?;
    }
    let secret = new_secret()?;
    let secret_hash = kept(&secret);
    let peer = cut(peer);
    append(conn, now, &actor, Act::SessionOpen.as_str(), &[("user", user), ("peer", &peer), ("session", &commitment(&secret_hash))])
        .await?;
    sqlx::query("INSERT INTO session (secret_hash, account, peer, opened, seen) VALUES ($1, $2, $3, $4, $4)")
        .bind(secret_hash.as_slice())
        .bind(user)
        .bind(&peer)
        .bind(to_sql(now.0)?)
        .execute(conn)
        .await?;
    Ok(secret)
}

/// Rows of sessions that ran out: nothing follows from them any more.
async fn sweep(conn: &mut Conn, now: Instant) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM session WHERE seen <= $1 OR opened <= $2")
        .bind(to_sql(now.minus_seconds(IDLE_SECONDS).0)?)
        .bind(to_sql(now.minus_seconds(ABSOLUTE_SECONDS).0)?)
        .execute(conn)
        .await?;
    Ok(())
}

async fn end(conn: &mut Conn, now: Instant, actor: &Actor, user: &str, secret_hash: &[u8]) -> Result<(), LedgerError> {
    append(conn, now, actor, Act::SessionClose.as_str(), &[("user", user), ("session", &commitment(secret_hash))]).await?;
    sqlx::query("DELETE FROM session WHERE secret_hash = $1").bind(secret_hash).execute(conn).await?;
    Ok(())
}

pub(crate) async fn end_all(conn: &mut Conn, now: Instant, actor: &Actor, user: &str) -> Result<(), LedgerError> {
    let open: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT secret_hash FROM session WHERE account = $1 ORDER BY opened").bind(user).fetch_all(&mut *conn).await?;
    for secret_hash in open {
        end(conn, now, actor, user, &secret_hash).await?;
    }
    Ok(())
}

impl Ledger {
    /// Checks a password (argon2id, growing delay after failures) and opens a session: returns the cookie's secret.
    pub async fn login(&self, name: &str, password: &str, peer: &str) -> Result<String, LedgerError> {
        let keys = [Key::account(name), Key::peer(peer)];
        let proven = self.prove_password(name, password, peer, &keys).await?;
        let mut tx = self.db.change().await?;
        // The password may have been changed while the old one was being checked.
        if users::password_hash(&mut tx, name).await?.as_ref() != Some(&proven) {
            return Err(LedgerError::Refused);
        }
        let secret = begin(&mut tx, self.clock.now(), name, peer).await?;
        tx.commit().await?;
        Ok(secret)
    }

    fn delays(&self) -> std::sync::MutexGuard<'_, Delays> {
        self.delays.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Returns the hash the password was proven against. A failure is charged to the keys and becomes an entry.
    pub(crate) async fn prove_password(&self, name: &str, password: &str, peer: &str, keys: &[Key]) -> Result<String, LedgerError> {
        self.delays().charge(keys, self.clock.now()).map_err(|seconds| LedgerError::Wait { seconds })?;
        let judged = self.judge_password(name, password).await;
        let (stored, good) = judged.inspect_err(|_| self.delays().refund(keys))?;
        match stored {
            Some(proven) if good => {
                self.delays().clear(keys);
                Ok(proven)
            }
            stored => {
                self.note_refused(stored.is_some().then_some(name), peer).await?;
                Err(LedgerError::Refused)
            }
        }
    }

    async fn judge_password(&self, name: &str, password: &str) -> Result<(Option<String>, bool), LedgerError> {
        let stored = users::password_hash(&mut *self.db.look().await?, name).await?;
        let good = self.hasher.verify(password, stored.clone()).await?;
        Ok((stored, good))
    }

    /// The name is kept only where it is an account's: what else people type there is often a password.
    async fn note_refused(&self, account: Option<&str>, peer: &str) -> Result<(), LedgerError> {
        let turned_away = self.delays().take_turned_away().to_string();
        let peer = cut(peer);
        let mut fields = vec![("peer", peer.as_str()), ("turned_away", turned_away.as_str())];
        fields.extend(account.map(|name| ("user", name)));
        let mut tx = self.db.change().await?;
        append(&mut tx, self.clock.now(), &Actor::System, Act::LoginRefused.as_str(), &fields).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The session of a cookie's secret, while it lasts.
    pub async fn session(&self, secret: &str) -> Result<Option<Session>, LedgerError> {
        if secret.len() != SECRET_CHARS {
            return Ok(None);
        }
        let secret_hash = kept(secret);
        let row = sqlx::query(
            "SELECT s.secret_hash, s.peer, s.opened, s.seen, a.name, a.lang FROM session s JOIN account a ON a.name = s.account WHERE s.secret_hash = $1",
        )
        .bind(secret_hash.as_slice())
        .fetch_optional(self.db.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let mut stored = Stored::of(&row)?;
        let now = self.clock.now();
        if now >= stored.ends() {
            return Ok(None);
        }
        if now.since(stored.seen) >= TOUCH_SECONDS * Instant::SECOND {
            self.touch(&secret_hash, now).await?;
            stored.seen = now;
        }
        let lang: Option<String> = row.try_get("lang")?;
        let user = User { name: row.try_get("name")?, lang: users::lang_of(lang.as_deref())? };
        Ok(Some(Session { user, csrf: derived("anlan-csrf", secret), expires: stored.ends() }))
    }

    async fn touch(&self, secret_hash: &[u8], now: Instant) -> Result<(), LedgerError> {
        let mut tx = self.db.change().await?;
        sqlx::query("UPDATE session SET seen = $2 WHERE secret_hash = $1 AND seen < $2")
            .bind(secret_hash)
            .bind(to_sql(now.0)?)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the session of this secret. One that is gone already is no error.
    pub async fn logout(&self, secret: &str) -> Result<(), LedgerError> {
        let secret_hash = kept(secret);
        let mut tx = self.db.change().await?;
        let user: Option<String> = sqlx::query_scalar("SELECT account FROM session WHERE secret_hash = $1")
            .bind(secret_hash.as_slice())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(user) = user else { return Ok(()) };
        end(&mut tx, self.clock.now(), &Actor::User(user.clone()), &user, &secret_hash).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The sessions of the asking session's own user, newest first; empty when the secret is no session's.
    pub async fn own_sessions(&self, secret: &str) -> Result<Vec<SessionRow>, LedgerError> {
        let Some(session) = self.session(secret).await? else { return Ok(Vec::new()) };
        let own = kept(secret);
        let now = self.clock.now();
        let rows = sqlx::query("SELECT secret_hash, peer, opened, seen FROM session WHERE account = $1 ORDER BY opened DESC, secret_hash")
            .bind(&session.user.name)
            .fetch_all(self.db.read())
            .await?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in &rows {
            let stored = Stored::of(row)?;
            if now < stored.ends() {
                sessions.push(SessionRow {
                    id: stored.id(),
                    own: stored.secret_hash == own,
                    peer: stored.peer,
                    opened: stored.opened,
                    seen: stored.seen,
                });
            }
        }
        Ok(sessions)
    }

    /// Ends another session of the asking session's own user, by the `id` of [`Self::own_sessions`].
    pub async fn revoke_session(&self, secret: &str, id: &str) -> Result<(), LedgerError> {
        let user = self.session(secret).await?.ok_or(LedgerError::Refused)?.user.name;
        let mut tx = self.db.change().await?;
        let open: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT secret_hash FROM session WHERE account = $1").bind(&user).fetch_all(&mut *tx).await?;
        let Some(found) = open.iter().find(|secret_hash| commitment(secret_hash) == id) else {
            return Err(LedgerError::NotFound { what: "session", name: hex(&kept(id)[..4]) });
        };
        end(&mut tx, self.clock.now(), &Actor::User(user.clone()), &user, found).await?;
        tx.commit().await?;
        Ok(())
    }
}
