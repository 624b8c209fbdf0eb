//! Openings that a program may send again (`Idempotency-Key`): the same key gives the same record.
//!
//! Invariants: the key is kept in the transaction that opens the record, so an opening that was acknowledged is never made twice; a key with another
//! content is refused; keys are forgotten after [`KEY_SECONDS`], and of one account at most [`KEYS`] are kept.

use anlan_base::Instant;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use super::commands::{Done, actor_of, as_now};
use super::files::hex;
use super::store;
use super::write::Writer;
use crate::Ledger;
use crate::database::{Conn, to_sql};
use crate::engine::{self, Command, Refusal, Rights};
use crate::error::LedgerError;

/// How long a key is known.
pub const KEY_SECONDS: u64 = 24 * 3_600;
/// Keys of one account that are known at the same time.
pub const KEYS: u32 = 10_000;
/// Bytes of a key: visible ASCII.
pub const KEY_BYTES: usize = 64;

/// What became of an opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    Now(Done),
    /// An earlier call with the same key opened it.
    Before(Done),
}

impl Opened {
    #[must_use]
    pub fn done(self) -> Done {
        match self {
            Self::Now(done) | Self::Before(done) => done,
        }
    }
}

/// A key with what it stands for.
struct Key<'a> {
    account: &'a str,
    key: &'a str,
    digest: String,
}

impl<'a> Key<'a> {
    fn of(who: &'a Rights, key: &'a str, kind: &str, command: &Command) -> Result<Self, LedgerError> {
        if !(1..=KEY_BYTES).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(LedgerError::Refusal(Refusal::new("once-key").with("most", KEY_BYTES.to_string())));
        }
        // Values are sorted by their names, so the same content has the same text.
        let digest = hex(&Sha256::digest(format!("{kind}\n{command:?}")));
        Ok(Self { account: who.account.as_deref().unwrap_or_default(), key, digest })
    }

    /// The record that the key opened.
    async fn known(&self, conn: &mut Conn, now: Instant) -> Result<Option<String>, LedgerError> {
        let row = sqlx::query("SELECT digest, number FROM opened_once WHERE account = $1 AND key = $2 AND at > $3")
            .bind(self.account.to_owned())
            .bind(self.key.to_owned())
            .bind(to_sql(forgotten(now).0)?)
            .fetch_optional(conn)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let digest: String = row.try_get("digest")?;
        if digest != self.digest {
            return Err(LedgerError::Refusal(Refusal::new("once-differs")));
        }
        Ok(Some(row.try_get("number")?))
    }

    async fn keep(&self, conn: &mut Conn, now: Instant, number: &str) -> Result<(), LedgerError> {
        sqlx::query("DELETE FROM opened_once WHERE at <= $1").bind(to_sql(forgotten(now).0)?).execute(&mut *conn).await?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM opened_once WHERE account = $1")
            .bind(self.account.to_owned())
            .fetch_one(&mut *conn)
            .await?;
        if count >= i64::from(KEYS) {
            return Err(LedgerError::Refusal(Refusal::new("once-full").with("most", KEYS.to_string())));
        }
        sqlx::query("INSERT INTO opened_once (account, key, digest, number, at) VALUES ($1, $2, $3, $4, $5)")
            .bind(self.account.to_owned())
            .bind(self.key.to_owned())
            .bind(self.digest.clone())
            .bind(number.to_owned())
            .bind(to_sql(now.0)?)
            .execute(conn)
            .await?;
        Ok(())
    }
}

/// Keys of this moment and before are forgotten.
fn forgotten(now: Instant) -> Instant {
    now.minus_seconds(KEY_SECONDS)
}

impl Ledger {
    /// As [`Ledger::open_record`]; with a key that opened one before, nothing is opened and that record is answered.
    ///
    /// # Errors
    /// As there; refusals `once-key`, `once-differs` and `once-full` of the key.
    pub async fn open_once(&self, who: &Rights, kind: &str, command: Command, key: Option<&str>) -> Result<Opened, LedgerError> {
        let key = key.map(|key| Key::of(who, key, kind, &command)).transpose()?;
        let laws = self.laws()?;
        let checkpoint = self.checkpoint();
        let turn = self.turn().await;
        let mut tx = self.db.change().await?;
        let (people, now) = (turn.directory(), self.clock.now());
        if let Some(key) = &key
            && let Some(number) = key.known(&mut tx, now).await?
        {
            return before(&mut tx, number).await;
        }
        let who = &as_now(who, &people);
        let kind = laws.kinds.get(kind).ok_or_else(|| LedgerError::NotFound { what: "kind", name: kind.to_owned() })?;
        let drafts = engine::decide(kind, None, &command, &laws.context(now, who, &*people, &checkpoint)).map_err(LedgerError::Refusal)?;
        self.check_values(&mut tx, kind, &command, &drafts, who, &laws, &*people).await?;
        let writer = Writer { now, actor: &actor_of(who), laws: &laws, people: &*people };
        let mut opened = writer.write(&mut tx, None, &drafts).await?.opened.into_iter();
        let first = opened.next().ok_or_else(|| LedgerError::damaged("a record was opened and is not there"))?;
        if let Some(key) = &key {
            key.keep(&mut tx, now, &first.record.number).await?;
        }
        tx.commit().await?;
        Ok(Opened::Now(Done {
            number: first.record.number,
            version: first.record.version,
            proposed: false,
            opened: opened.map(|held| held.record.number).collect(),
        }))
    }
}

async fn before(conn: &mut Conn, number: String) -> Result<Opened, LedgerError> {
    let held = store::load(conn, &number).await?.ok_or_else(|| LedgerError::damaged(format!("{number} was opened and is not there")))?;
    Ok(Opened::Before(Done { number, version: held.record.version, proposed: false, opened: Vec::new() }))
}
