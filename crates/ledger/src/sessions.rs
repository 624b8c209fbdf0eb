//! Sessions of the console.
//!
//! Invariants: a session is found by the SHA-256 of its secret and ends, as the rules in force say, some time after its last use and after its beginning;
//! each sign-in makes a new secret; a change of password, authenticator, standing or grants ends the sessions that were there.

use anlan_base::Instant;
use anlan_law::accounts::AccountRules;
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Row, instant, to_sql};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{SECRET_CHARS, commitment, derived, hex, kept, new_secret};
use crate::sign_in::Factor;
use crate::users::{self, User};

/// A session ends this long after its last use, or earlier where the rules say so.
pub const IDLE_SECONDS: u64 = 60 * 60;
/// A session ends this long after its beginning, used or not, or earlier where the rules say so.
pub const ABSOLUTE_SECONDS: u64 = 12 * 60 * 60;
/// The last use is written at most this often, so a session may end this much earlier than its idle time after it.
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
    /// Opened with the standing of an administrator.
    pub administrator: bool,
    /// The account has an authenticator: a step-up asks for its code too.
    pub second_factor: bool,
    /// When password (and code) were last proven in it.
    pub proven: Instant,
    /// Until when that proof holds for grave acts.
    pub fresh_until: Instant,
}

impl Session {
    /// Whether the proof of password and code is new enough for a grave act; if not, see [`Ledger::step_up`].
    #[must_use]
    pub fn is_fresh(&self, now: Instant) -> bool {
        now < self.fresh_until
    }
}

/// What a new session is opened with.
pub(crate) struct Opening<'a> {
    pub(crate) user: &'a str,
    pub(crate) peer: &'a str,
    pub(crate) administrator: bool,
    pub(crate) factor: Factor,
    pub(crate) proven: Instant,
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
    administrator: bool,
    proven: Instant,
}

impl Stored {
    fn of(row: &Row) -> Result<Self, LedgerError> {
        Ok(Self {
            secret_hash: row.try_get("secret_hash")?,
            peer: row.try_get("peer")?,
            opened: instant(row.try_get("opened")?)?,
            seen: instant(row.try_get("seen")?)?,
            administrator: row.try_get::<i64, _>("administrator")? != 0,
            proven: instant(row.try_get("proven")?)?,
        })
    }

    fn ends(&self, rules: &AccountRules) -> Instant {
        self.seen.plus_seconds(idle_seconds(rules, self.administrator)).min(self.opened.plus_seconds(absolute_seconds(rules)))
    }

    fn id(&self) -> String {
        commitment(&self.secret_hash)
    }
}

fn idle_seconds(rules: &AccountRules, administrator: bool) -> u64 {
    let minutes = if administrator { rules.administrator_idle_minutes } else { rules.idle_minutes };
    (u64::from(minutes) * 60).min(IDLE_SECONDS)
}

fn absolute_seconds(rules: &AccountRules) -> u64 {
    (u64::from(rules.session_hours) * 3600).min(ABSOLUTE_SECONDS)
}

pub(crate) fn cut(peer: &str) -> String {
    peer.chars().filter(|c| !c.is_control()).take(PEER_CHARS).collect()
}

/// Opens a session in the caller's transaction; returns its secret.
pub(crate) async fn begin(conn: &mut Conn, now: Instant, rules: &AccountRules, opening: &Opening<'_>) -> Result<String, LedgerError> {
    let user = opening.user;
    let actor = Actor::User(user.to_owned());
    sweep(conn, now, rules).await?;
    let open: Vec<Vec<u8>> = sqlx::query_scalar("SELECT secret_hash FROM session WHERE account = $1 ORDER BY opened, secret_hash")
        .bind(user)
        .fetch_all(&mut *conn)
        .await?;
    for oldest in open.iter().take((open.len() + 1).saturating_sub(SESSIONS_PER_USER)) {
        end(conn, now, &actor, user, oldest).await?;
    }
    let secret = new_secret()?;
    let secret_hash = kept(&secret);
    let peer = cut(opening.peer);
    let (session, proven) = (commitment(&secret_hash), opening.proven.0.to_string());
    let mut fields = vec![("user", user), ("peer", &*peer), ("session", &*session), ("proven", &*proven)];
    fields.extend(opening.administrator.then_some(("administrator", "1")));
    fields.extend(opening.factor.as_str().map(|factor| ("factor", factor)));
    append(conn, now, &actor, Act::SessionOpen.as_str(), &fields).await?;
    sqlx::query(
        "INSERT INTO session (secret_hash, account, peer, opened, seen, administrator, proven) VALUES ($1, $2, $3, $4, $4, $5, $6)",
    )
    .bind(secret_hash.as_slice())
    .bind(user)
    .bind(&peer)
    .bind(to_sql(now.0)?)
    .bind(i64::from(opening.administrator))
    .bind(to_sql(opening.proven.0)?)
    .execute(conn)
    .await?;
    Ok(secret)
}

/// Rows of sessions that ran out: nothing follows from them any more.
async fn sweep(conn: &mut Conn, now: Instant, rules: &AccountRules) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM session WHERE opened <= $1 OR (administrator = 0 AND seen <= $2) OR (administrator = 1 AND seen <= $3)")
        .bind(to_sql(now.minus_seconds(absolute_seconds(rules)).0)?)
        .bind(to_sql(now.minus_seconds(idle_seconds(rules, false)).0)?)
        .bind(to_sql(now.minus_seconds(idle_seconds(rules, true)).0)?)
        .execute(conn)
        .await?;
    Ok(())
}

async fn end(conn: &mut Conn, now: Instant, actor: &Actor, user: &str, secret_hash: &[u8]) -> Result<(), LedgerError> {
    append(conn, now, actor, Act::SessionClose.as_str(), &[("user", user), ("session", &commitment(secret_hash))]).await?;
    sqlx::query("DELETE FROM session WHERE secret_hash = $1").bind(secret_hash).execute(conn).await?;
    Ok(())
}

/// Ends every session of a user, in the caller's transaction: whenever password, authenticator, standing or grants change.
pub(crate) async fn end_all(conn: &mut Conn, now: Instant, actor: &Actor, user: &str) -> Result<(), LedgerError> {
    end_all_but(conn, now, actor, user, None).await
}

/// Ends every session of a user but the one whose secret has this hash.
pub(crate) async fn end_all_but(conn: &mut Conn, now: Instant, actor: &Actor, user: &str, own: Option<&[u8]>) -> Result<(), LedgerError> {
    let open: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT secret_hash FROM session WHERE account = $1 ORDER BY opened").bind(user).fetch_all(&mut *conn).await?;
    for secret_hash in open.into_iter().filter(|secret_hash| own != Some(secret_hash.as_slice())) {
        end(conn, now, actor, user, &secret_hash).await?;
    }
    Ok(())
}

impl Ledger {
    /// The session of a cookie's secret, while it lasts.
    pub async fn session(&self, secret: &str) -> Result<Option<Session>, LedgerError> {
        if secret.len() != SECRET_CHARS {
            return Ok(None);
        }
        let secret_hash = kept(secret);
        let row = sqlx::query(
            "SELECT s.secret_hash, s.peer, s.opened, s.seen, s.administrator, s.proven, a.name, a.lang, f.account AS factor FROM session s \
             JOIN account a ON a.name = s.account LEFT JOIN second_factor f ON f.account = a.name WHERE s.secret_hash = $1 AND a.disabled IS NULL",
        )
        .bind(secret_hash.as_slice())
        .fetch_optional(self.db.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let mut stored = Stored::of(&row)?;
        let (now, rules) = (self.clock.now(), self.account_rules());
        if now >= stored.ends(&rules) {
            return Ok(None);
        }
        let name: String = row.try_get("name")?;
        if !stored.administrator && self.became_administrator_after(&name, stored.opened) {
            return Ok(None);
        }
        if now.since(stored.seen) >= TOUCH_SECONDS * Instant::SECOND {
            self.touch(&secret_hash, now).await?;
            stored.seen = now;
        }
        let lang: Option<String> = row.try_get("lang")?;
        let user = User { name, lang: users::lang_of(lang.as_deref())? };
        Ok(Some(Session {
            user,
            csrf: derived("anlan-csrf", secret),
            expires: stored.ends(&rules),
            administrator: stored.administrator,
            second_factor: row.try_get::<Option<String>, _>("factor")?.is_some(),
            proven: stored.proven,
            fresh_until: stored.proven.plus_seconds(u64::from(rules.fresh_minutes) * 60),
        }))
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
        let (now, rules) = (self.clock.now(), self.account_rules());
        let rows = sqlx::query("SELECT secret_hash, peer, opened, seen, administrator, proven FROM session WHERE account = $1 ORDER BY opened DESC, secret_hash")
            .bind(&session.user.name)
            .fetch_all(self.db.read())
            .await?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in &rows {
            let stored = Stored::of(row)?;
            if now < stored.ends(&rules) {
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
