//! The append-only `entry`: numbers without holes, fields with salted digests, and the digest a leaf commits to (`spec/entry.md`).
//!
//! Invariants: entries are only ever added; every entry has `at`, `actor` and `act`; no field holds a secret, nor what would identify one.

use std::fmt;

use anlan_base::Instant;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Row, from_sql, to_sql};
use crate::error::LedgerError;
use crate::secret::random;

/// Bytes of a field's or act's name.
pub const NAME_BYTES: usize = 64;
/// Bytes of a field's value.
pub const VALUE_BYTES: usize = 1 << 20;
/// Fields of one entry, `at`, `actor` and `act` among them.
pub const FIELDS: usize = 64;
/// Entries that one call returns.
pub const PAGE: u32 = 1_000;

/// Who acts: a user of the console, a peer of the local socket (by uid), an API token, or Anlan itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    User(String),
    Uid(u32),
    Token(String),
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user:{name}"),
            Self::Uid(uid) => write!(f, "uid:{uid}"),
            Self::Token(name) => write!(f, "token:{name}"),
            Self::System => f.write_str("system"),
        }
    }
}

/// Acts that a projection follows or that the ledger writes itself. Others are free text, see [`Ledger::note_act`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    FirstRunCode,
    FirstRunRefused,
    UserCreate,
    UserLang,
    UserPassword,
    SessionOpen,
    SessionClose,
    LoginRefused,
    TokenAdd,
    TokenRevoke,
    SourceHeard,
    SourceName,
    LawImport,
}

impl Act {
    const ALL: [Self; 13] = [
        Self::FirstRunCode,
        Self::FirstRunRefused,
        Self::UserCreate,
        Self::UserLang,
        Self::UserPassword,
        Self::SessionOpen,
        Self::SessionClose,
        Self::LoginRefused,
        Self::TokenAdd,
        Self::TokenRevoke,
        Self::SourceHeard,
        Self::SourceName,
        Self::LawImport,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::FirstRunCode => "firstrun.code",
            Self::FirstRunRefused => "firstrun.refused",
            Self::UserCreate => "user.create",
            Self::UserLang => "user.lang",
            Self::UserPassword => "user.password",
            Self::SessionOpen => "session.open",
            Self::SessionClose => "session.close",
            Self::LoginRefused => "login.refused",
            Self::TokenAdd => "token.add",
            Self::TokenRevoke => "token.revoke",
            Self::SourceHeard => "source.heard",
            Self::SourceName => "source.name",
            Self::LawImport => "law.import",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    pub number: u64,
    /// In rising byte order of their names.
    pub fields: Vec<EntryField>,
    /// Index of the entry's leaf in the log, once it is known.
    pub leaf: Option<u64>,
}

/// Salt and value are both there, or both erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryField {
    pub name: String,
    pub salt: Option<[u8; 16]>,
    pub value: Option<Vec<u8>>,
    pub digest: [u8; 32],
}

/// Why a row is not an entry as `spec/entry.md` says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    #[error("field `{name}` is not what its digest says")]
    Value { name: String },
    #[error("field `{name}` has a salt without a value, or a value without a salt")]
    HalfErased { name: String },
    #[error("field `{name}` is missing")]
    Missing { name: &'static str },
}

impl EntryRow {
    /// The digest that the entry's leaf must carry, from the fields' digests as they stand.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let fields: Vec<_> = self.fields.iter().map(|field| (field.name.as_str(), field.digest)).collect();
        entry_digest(self.number, &fields)
    }

    /// Holds every value against its digest; then [`Self::digest`] speaks for the values too.
    pub fn check(&self) -> Result<[u8; 32], EntryFault> {
        for field in &self.fields {
            let name = || field.name.clone();
            match (&field.salt, &field.value) {
                (Some(salt), Some(value)) if field_digest(salt, value) == field.digest => {}
                (Some(_), Some(_)) => return Err(EntryFault::Value { name: name() }),
                (None, None) => {}
                _ => return Err(EntryFault::HalfErased { name: name() }),
            }
        }
        for name in ["at", "actor", "act"] {
            if !self.fields.iter().any(|field| field.name == name) {
                return Err(EntryFault::Missing { name });
            }
        }
        Ok(self.digest())
    }

    /// The text of a field; `None` when it is not there, erased, or no text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.name == name)?;
        std::str::from_utf8(field.value.as_deref()?).ok()
    }
}

/// `SHA-256(0x03 ‖ salt ‖ value)`.
#[must_use]
pub fn field_digest(salt: &[u8; 16], value: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix([3]).chain_update(salt).chain_update(value).finalize().into()
}

/// What an entry's leaf commits to. The fields (name, field digest) may come in any order; names have 1 to 64 bytes, as `spec/entry.md` says.
#[must_use]
pub fn entry_digest(number: u64, fields: &[(&str, [u8; 32])]) -> [u8; 32] {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| name.as_bytes());
    let mut hash = Sha256::new_with_prefix(b"anlan-entry\x01");
    hash.update(number.to_be_bytes());
    hash.update(u16::try_from(sorted.len()).unwrap_or(u16::MAX).to_be_bytes());
    for (name, digest) in sorted {
        hash.update([u8::try_from(name.len()).unwrap_or(u8::MAX)]);
        hash.update(name.as_bytes());
        hash.update(digest);
    }
    hash.finalize().into()
}

const NAME_RULE: &str = "1 to 64 of a-z, 0-9, `.` and `_`";

fn check_name(what: &'static str, name: &str) -> Result<(), LedgerError> {
    let fits = (1..=NAME_BYTES).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'_');
    if fits { Ok(()) } else { Err(LedgerError::Unfit { what, got: name.chars().take(NAME_BYTES).collect(), rule: NAME_RULE }) }
}

/// Adds an entry in the caller's transaction and returns its number.
pub(crate) async fn append(conn: &mut Conn, at: Instant, actor: &Actor, act: &str, fields: &[(&str, &str)]) -> Result<u64, LedgerError> {
    let (at, actor) = (at.0.to_string(), actor.to_string());
    let mut all = vec![("at", at.as_str()), ("actor", actor.as_str()), ("act", act)];
    all.extend_from_slice(fields);
    check_fields(act, &mut all)?;
    let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM entry").fetch_one(&mut *conn).await?;
    let number = last + 1;
    sqlx::query("INSERT INTO entry (number, leaf) VALUES ($1, NULL)").bind(number).execute(&mut *conn).await?;
    for (name, value) in all {
        let salt = random::<16>()?;
        sqlx::query("INSERT INTO entry_field (number, name, salt, value, digest) VALUES ($1, $2, $3, $4, $5)")
            .bind(number)
            .bind(name)
            .bind(salt.as_slice())
            .bind(value.as_bytes())
            .bind(field_digest(&salt, value.as_bytes()).as_slice())
            .execute(&mut *conn)
            .await?;
    }
    from_sql(number)
}

fn check_fields(act: &str, fields: &mut [(&str, &str)]) -> Result<(), LedgerError> {
    check_name("act", act)?;
    if fields.len() > FIELDS {
        return Err(LedgerError::Full { what: "field in one entry", limit: FIELDS });
    }
    fields.sort_unstable_by_key(|(name, _)| name.as_bytes());
    for (name, value) in fields.iter() {
        check_name("field", name)?;
        if value.len() > VALUE_BYTES {
            return Err(LedgerError::Unfit { what: "value of field", got: (*name).to_owned(), rule: "at most 1 MiB" });
        }
    }
    match fields.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(LedgerError::Exists { what: "field", name: pair[0].0.to_owned() }),
        None => Ok(()),
    }
}

fn bytes<const N: usize>(value: &[u8], what: &str, number: i64) -> Result<[u8; N], LedgerError> {
    value.try_into().map_err(|_| LedgerError::damaged(format!("{what} of entry {number} has {} bytes, not {N}", value.len())))
}

fn field_of(row: &Row) -> Result<(i64, EntryField), LedgerError> {
    let number: i64 = row.try_get("number")?;
    let salt: Option<Vec<u8>> = row.try_get("salt")?;
    let digest: Vec<u8> = row.try_get("digest")?;
    let field = EntryField {
        name: row.try_get("name")?,
        salt: salt.map(|salt| bytes(&salt, "a salt", number)).transpose()?,
        value: row.try_get("value")?,
        digest: bytes(&digest, "a digest", number)?,
    };
    Ok((number, field))
}

/// Up to `limit` entries from the number `from` on, oldest first.
pub(crate) async fn page(conn: &mut Conn, from: u64, limit: u32) -> Result<Vec<EntryRow>, LedgerError> {
    let heads: Vec<(i64, Option<i64>)> = sqlx::query_as("SELECT number, leaf FROM entry WHERE number >= $1 ORDER BY number LIMIT $2")
        .bind(to_sql(from)?)
        .bind(i64::from(limit.min(PAGE)))
        .fetch_all(&mut *conn)
        .await?;
    let (Some(first), Some(last)) = (heads.first(), heads.last()) else { return Ok(Vec::new()) };
    let rows = sqlx::query("SELECT number, name, salt, value, digest FROM entry_field WHERE number >= $1 AND number <= $2 ORDER BY number")
        .bind(first.0)
        .bind(last.0)
        .fetch_all(&mut *conn)
        .await?;
    let mut fields = rows.iter().map(field_of).peekable();
    let mut entries = Vec::with_capacity(heads.len());
    for (number, leaf) in heads {
        let mut own = Vec::new();
        // Fields of a number that has no entry are passed over here and found by `check_projections`.
        while let Some(next) = fields.next_if(|next| next.as_ref().map_or(true, |(of, _)| *of <= number)) {
            let (of, field) = next?;
            if of == number {
                own.push(field);
            }
        }
        own.sort_unstable_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        entries.push(EntryRow { number: from_sql(number)?, fields: own, leaf: leaf.map(from_sql).transpose()? });
    }
    Ok(entries)
}

impl Ledger {
    /// Up to `limit` (at most [`PAGE`]) entries from the number `from` on, oldest first. Their values are not held against their digests: see [`EntryRow::check`].
    pub async fn entries(&self, from: u64, limit: u32) -> Result<Vec<EntryRow>, LedgerError> {
        page(&mut *self.db.look().await?, from, limit).await
    }

    /// When the newest of these acts was recorded; none where there is no such entry. Entries are looked at from the newest back, so a recent act costs little.
    pub async fn last_act_at(&self, acts: &[&str; 3]) -> Result<Option<Instant>, LedgerError> {
        let [first, second, third] = acts.map(str::as_bytes);
        let newest = "SELECT number FROM entry_field WHERE name = 'act' AND value IN ($1, $2, $3) ORDER BY number DESC LIMIT 1";
        let number: Option<i64> = sqlx::query_scalar(newest).bind(first).bind(second).bind(third).fetch_optional(self.db.read()).await?;
        let Some(number) = number else { return Ok(None) };
        let entry = page(&mut *self.db.look().await?, from_sql(number)?, 1).await?;
        let at = entry.first().and_then(|entry| entry.text("at")?.parse().ok()).map(Instant);
        at.map(Some).ok_or_else(|| LedgerError::damaged(format!("entry {number} has no time")))
    }

    /// Records a read or another act that changes no projection (I7: proofs made, packs built, searches by an auditor).
    /// Acts that a projection follows are refused.
    pub async fn note_act(&self, actor: &Actor, act: &str, fields: &[(&str, &str)]) -> Result<(), LedgerError> {
        if Act::parse(act).is_some() {
            return Err(LedgerError::Unfit { what: "act", got: act.to_owned(), rule: "an act the ledger writes itself cannot be noted" });
        }
        let mut tx = self.db.change().await?;
        append(&mut tx, self.clock.now(), actor, act, fields).await?;
        tx.commit().await?;
        Ok(())
    }
}
