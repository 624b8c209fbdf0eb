//! API tokens: `anlan_` and 43 characters of base64url, shown once, kept as SHA-256.
//!
//! Invariants: a name is given once for ever, for it names a source (`token:NAME`); the last use is kept to [`TOUCH_SECONDS`] and is no entry.

use anlan_base::Instant;
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{instant, to_sql};
use crate::entry::{Act, Actor, append};
use crate::error::LedgerError;
use crate::secret::{SECRET_CHARS, commitment, kept, new_secret};
use crate::sessions::TOUCH_SECONDS;
use crate::users::check_name;

/// Tokens that are not revoked, at most.
pub const TOKENS: usize = 1_000;
const PREFIX: &str = "anlan_";

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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    pub name: String,
    pub created: Instant,
    pub last_used: Option<Instant>,
    pub revoked: bool,
}

fn looks_right(token: &str) -> bool {
    let Some(secret) = token.strip_prefix(PREFIX) else { return false };
    secret.len() == SECRET_CHARS && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl Ledger {
    /// Makes an API token; returns it once (`anlan_` + 43 base64url).
    pub async fn add_token(&self, actor: &Actor, name: &str) -> Result<String, LedgerError> {
        check_name("token name", name)?;
        let token = format!("{PREFIX}{}", new_secret()?);
        let secret_hash = kept(&token);
        let now = self.clock.now();
        let mut tx = self.db.change().await?;
        let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM token WHERE name = $1").bind(name).fetch_one(&mut *tx).await?;
        if known > 0 {
            return Err(LedgerError::Exists { what: "token", name: name.to_owned() });
        }
        let live: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM token WHERE revoked IS NULL").fetch_one(&mut *tx).await?;
        if usize::try_from(live).unwrap_or(usize::MAX) >= self.options.tokens {
            return Err(LedgerError::Full { what: "token", limit: self.options.tokens });
        }
        append(&mut tx, now, actor, Act::TokenAdd.as_str(), &[("token", name), ("secret_kept", &commitment(&secret_hash))]).await?;
        sqlx::query("INSERT INTO token (name, secret_hash, created, last_used, revoked) VALUES ($1, $2, $3, NULL, NULL)")
            .bind(name)
            .bind(secret_hash.as_slice())
            .bind(to_sql(now.0)?)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(token)
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
        append(&mut tx, now, actor, Act::TokenRevoke.as_str(), &[("token", name)]).await?;
        sqlx::query("UPDATE token SET revoked = $2 WHERE name = $1").bind(name).bind(to_sql(now.0)?).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The token's name when it is good.
    pub async fn check_token(&self, token: &str) -> Result<Option<String>, LedgerError> {
        if !looks_right(token) {
            return Ok(None);
        }
        let row = sqlx::query("SELECT name, last_used FROM token WHERE secret_hash = $1 AND revoked IS NULL")
            .bind(kept(token).as_slice())
            .fetch_optional(self.db.read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let name: String = row.try_get("name")?;
        let now = self.clock.now();
        let last_used = row.try_get::<Option<i64>, _>("last_used")?.map(instant).transpose()?;
        if last_used.is_none_or(|used| now.since(used) >= TOUCH_SECONDS * Instant::SECOND) {
            let mut tx = self.db.change().await?;
            sqlx::query("UPDATE token SET last_used = $2 WHERE name = $1").bind(&name).bind(to_sql(now.0)?).execute(&mut *tx).await?;
            tx.commit().await?;
        }
        Ok(Some(name))
    }

    /// All tokens by name, revoked ones too.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, LedgerError> {
        let rows = sqlx::query("SELECT name, created, last_used, revoked FROM token ORDER BY name").fetch_all(self.db.read()).await?;
        let row = |row: &crate::database::Row| {
            Ok(TokenRow {
                name: row.try_get("name")?,
                created: instant(row.try_get("created")?)?,
                last_used: row.try_get::<Option<i64>, _>("last_used")?.map(instant).transpose()?,
                revoked: row.try_get::<Option<i64>, _>("revoked")?.is_some(),
            })
        };
        rows.iter().map(row).collect()
    }
}
