//! API tokens: `anlan_` and 43 characters of base64url, shown once, kept as SHA-256.
//!
//! Invariants: a name is given once for ever, for it names a source (`token:NAME`); a token opens what its scopes say and nothing more; one that is revoked, at its
//! end, or whose owner is disabled is refused; the last use is kept to [`TOUCH_SECONDS`] and is no entry.

use anlan_base::Instant;
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Row, instant, to_sql};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{SECRET_CHARS, commitment, kept, new_secret};
use crate::sessions::TOUCH_SECONDS;
use crate::users::{self, check_name};

/// Tokens that are not revoked, at most.
pub const TOKENS: usize = 1_000;
const PREFIX: &str = "anlan_";
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// Why an API token is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("an API token needs at least one scope")]
    NoScope,
    #[error("an API token holds at most {longest_days} days, and ends in the future")]
    Expiry { longest_days: u32 },
    #[error("an account that is disabled cannot own an API token")]
    OwnerDisabled,
}

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Sending log lines.
    LogsWrite,
    /// Reading log lines and how far they cover their terms, as far as the owner may.
    LogsRead,
    /// Reading records, as far as the owner may.
    RecordsRead,
    /// Changing records, as far as the owner may.
    RecordsWrite,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::LogsWrite, Self::LogsRead, Self::RecordsRead, Self::RecordsWrite];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LogsWrite => "logs:write",
            Self::LogsRead => "logs:read",
            Self::RecordsRead => "records:read",
            Self::RecordsWrite => "records:write",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

fn written(scopes: &[Scope]) -> String {
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

fn scopes_of(row: &Row) -> Result<Vec<Scope>, LedgerError> {
    let text: String = row.try_get("scopes")?;
    let scopes: Option<Vec<Scope>> = text.split(' ').map(Scope::parse).collect();
    scopes.ok_or_else(|| LedgerError::damaged(format!("a token has the unknown scopes `{text}`")))
}

/// A token to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    pub name: &'a str,
    /// The account on whose behalf it acts; when that is disabled the token is revoked.
    pub owner: Option<&'a str>,
    pub scopes: &'a [Scope],
    /// Its end; where none is said, as many days from now as the rules say.
    pub expires: Option<Instant>,
}

/// A token that was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHolder {
    pub name: String,
    pub owner: Option<String>,
    pub scopes: Vec<Scope>,
}

impl TokenHolder {
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    pub name: String,
    pub owner: Option<String>,
    pub scopes: Vec<Scope>,
    pub created: Instant,
    /// None: made before tokens had an end.
    pub expires: Option<Instant>,
    pub last_used: Option<Instant>,
    pub revoked: bool,
}

fn looks_right(token: &str) -> bool {
    let Some(secret) = token.strip_prefix(PREFIX) else { return false };
    secret.len() == SECRET_CHARS && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl Ledger {
    /// [`Self::make_token`] for sending log lines, owned by the user who makes it, with the usual end.
    pub async fn add_token(&self, actor: &Actor, name: &str) -> Result<String, LedgerError> {
        let owner = match actor {
            Actor::User(user) => users::credentials(&mut *self.db.look().await?, user).await?.map(|_| user.as_str()),
            _ => None,
        };
        self.make_token(actor, &NewToken { name, owner, scopes: &[Scope::LogsWrite], expires: None }).await
    }

    /// Makes an API token; returns it once (`anlan_` + 43 base64url).
    ///
    /// # Errors
    /// [`LedgerError::Token`] for what a token may not be; [`LedgerError::Unfit`] for the name, [`LedgerError::Exists`], [`LedgerError::Full`] at [`TOKENS`];
    /// [`LedgerError::NotFound`] for the owner.
    pub async fn make_token(&self, actor: &Actor, new: &NewToken<'_>) -> Result<String, LedgerError> {
        check_name("token name", new.name)?;
        let now = self.clock.now();
        let expires = self.token_end(now, new.expires)?;
        if new.scopes.is_empty() {
            return Err(TokenFault::NoScope.into());
        }
        let token = format!("{PREFIX}{}", new_secret()?);
        let secret_hash = kept(&token);
        let scopes = written(new.scopes);
        let mut tx = self.db.change().await?;
        self.has_room_for_token(&mut tx, now, new).await?;
        let (bound, end) = (commitment(&secret_hash), expires.0.to_string());
        let mut fields = vec![("token", new.name), ("secret_kept", &*bound), ("scopes", &*scopes), ("expires", &*end)];
        fields.extend(new.owner.map(|owner| ("owner", owner)));
        append(&mut tx, now, actor, Act::TokenAdd.as_str(), &fields).await?;
        sqlx::query(
            "INSERT INTO token (name, secret_hash, created, last_used, revoked, owner, scopes, expires) VALUES ($1, $2, $3, NULL, NULL, $4, $5, $6)",
        )
        .bind(new.name)
        .bind(secret_hash.as_slice())
        .bind(to_sql(now.0)?)
        .bind(new.owner)
        .bind(&scopes)
        .bind(to_sql(expires.0)?)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(token)
    }

    fn token_end(&self, now: Instant, wanted: Option<Instant>) -> Result<Instant, TokenFault> {
        let rules = self.account_rules();
        let after = |days: u32| now.plus_seconds(u64::from(days) * DAY_SECONDS);
        let end = wanted.unwrap_or_else(|| after(rules.token_days.min(rules.token_longest_days)));
        let fits = now < end && end <= after(rules.token_longest_days);
        if fits { Ok(end) } else { Err(TokenFault::Expiry { longest_days: rules.token_longest_days }) }
    }

    async fn has_room_for_token(&self, conn: &mut Conn, now: Instant, new: &NewToken<'_>) -> Result<(), LedgerError> {
        let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM token WHERE name = $1").bind(new.name).fetch_one(&mut *conn).await?;
        if known > 0 {
            return Err(LedgerError::Exists { what: "token", name: new.name.to_owned() });
        }
        let live: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM token WHERE revoked IS NULL AND (expires IS NULL OR expires > $1)")
            .bind(to_sql(now.0)?)
            .fetch_one(&mut *conn)
            .await?;
        if usize::try_from(live).unwrap_or(usize::MAX) >= self.options.tokens {
            return Err(LedgerError::Full { what: "token", limit: self.options.tokens });
        }
        let Some(owner) = new.owner else { return Ok(()) };
        match users::credentials(conn, owner).await? {
            None => Err(LedgerError::NotFound { what: "user", name: owner.to_owned() }),
            Some(account) if account.disabled => Err(TokenFault::OwnerDisabled.into()),
            Some(_) => Ok(()),
        }
    }

    /// From now on the token is refused. It stays in the list. Revoking again changes nothing.
    pub async fn revoke_token(&self, actor: &Actor, name: &str) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let mut tx = self.db.change().await?;
        let revoked: Option<Option<i64>> =
            sqlx::query_scalar("SELECT revoked FROM token WHERE name = $1").bind(name).fetch_optional(&mut *tx).await?;
        match revoked {
            None => return Err(LedgerError::NotFound { what: "token", name: name.to_owned() }),
            Some(Some(_)) => return Ok(()),
            Some(None) => {}
        }
        revoke(&mut tx, now, actor, name).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The token's name when it is good and may send log lines.
    pub async fn check_token(&self, token: &str) -> Result<Option<String>, LedgerError> {
        Ok(self.token_holder(token).await?.filter(|holder| holder.may(Scope::LogsWrite)).map(|holder| holder.name))
    }

    /// Who comes with this token, when it is good; what it opens is the caller's to ask ([`TokenHolder::may`]).
    pub async fn token_holder(&self, token: &str) -> Result<Option<TokenHolder>, LedgerError> {
        if !looks_right(token) {
            return Ok(None);
        }
        let now = self.clock.now();
        let row = sqlx::query(
            "SELECT t.name, t.last_used, t.owner, t.scopes FROM token t LEFT JOIN account a ON a.name = t.owner \
             WHERE t.secret_hash = $1 AND t.revoked IS NULL AND (t.expires IS NULL OR t.expires > $2) AND a.disabled IS NULL",
        )
        .bind(kept(token).as_slice())
        .bind(to_sql(now.0)?)
        .fetch_optional(self.db.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let name: String = row.try_get("name")?;
        let last_used = row.try_get::<Option<i64>, _>("last_used")?.map(instant).transpose()?;
        if last_used.is_none_or(|used| now.since(used) >= TOUCH_SECONDS * Instant::SECOND) {
            let mut tx = self.db.change().await?;
            sqlx::query("UPDATE token SET last_used = $2 WHERE name = $1").bind(&name).bind(to_sql(now.0)?).execute(&mut *tx).await?;
            tx.commit().await?;
        }
        Ok(Some(TokenHolder { name, owner: row.try_get("owner")?, scopes: scopes_of(&row)? }))
    }

    /// All tokens by name, revoked ones and those at their end too.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, LedgerError> {
        let all = "SELECT name, owner, scopes, created, expires, last_used, revoked FROM token ORDER BY name";
        let rows = sqlx::query(all).fetch_all(self.db.read()).await?;
        let row = |row: &Row| {
            let maybe = |column| row.try_get::<Option<i64>, _>(column)?.map(instant).transpose();
            Ok(TokenRow {
                name: row.try_get("name")?,
                owner: row.try_get("owner")?,
                scopes: scopes_of(row)?,
                created: instant(row.try_get("created")?)?,
                expires: maybe("expires")?,
                last_used: maybe("last_used")?,
                revoked: maybe("revoked")?.is_some(),
            })
        };
        rows.iter().map(row).collect()
    }
}

async fn revoke(conn: &mut Conn, now: Instant, actor: &Actor, name: &str) -> Result<(), LedgerError> {
    append(conn, now, actor, Act::TokenRevoke.as_str(), &[("token", name)]).await?;
    sqlx::query("UPDATE token SET revoked = $2 WHERE name = $1").bind(name).bind(to_sql(now.0)?).execute(conn).await?;
    Ok(())
}

/// Revokes every token that an account owns, in the caller's transaction.
pub(crate) async fn revoke_owned(conn: &mut Conn, now: Instant, actor: &Actor, owner: &str) -> Result<(), LedgerError> {
    let names: Vec<String> = sqlx::query_scalar("SELECT name FROM token WHERE owner = $1 AND revoked IS NULL ORDER BY name")
        .bind(owner)
        .fetch_all(&mut *conn)
        .await?;
    for name in names {
        revoke(conn, now, actor, &name).await?;
    }
    Ok(())
}
