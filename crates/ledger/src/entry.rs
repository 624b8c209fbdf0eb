//! The append-only `entry`: numbers without holes, fields with salted digests, and the digest a leaf commits to (`spec/entry.md`).
//!
//! Invariants: entries are only ever added; every entry has `at`, `actor` and `act`; no field holds a secret, nor what would identify one.

use std::fmt;

use anlan_base::Instant;
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;

use crate::Ledger;
use crate::body::{self, Form};
use crate::database::{Conn, from_sql, to_sql};
use crate::error::LedgerError;

/// Bytes of a field's or act's name.
pub const NAME_BYTES: usize = 64;
/// Bytes of a field's value.
pub const VALUE_BYTES: usize = 1 << 20;
/// Fields of one entry, `at`, `actor` and `act` among them.
pub const FIELDS: usize = 64;
/// Entries that one call returns.
pub const PAGE: u32 = 1_000;
/// Rows of one statement of [`append_all`]; few, for the reason that `records::store` gives.
const ROWS: usize = 100;

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
    UserReset,
    UserDisable,
    UserEnable,
    SessionOpen,
    SessionProve,
    SessionClose,
    FactorEnrol,
    FactorCodes,
    FactorUse,
    FactorRecover,
    FactorRemove,
    LoginRefused,
    TokenAdd,
    TokenRevoke,
    SourceHeard,
    SourceName,
    LawImport,
}

/// Families of acts that projections follow too.
const FOLLOWED: [&str; 11] =
    ["record.", "kind.", "series.", "view.", "unit.", "person.", "post.", "grant.", "proposal.", "source.unit", "verdict."];

impl Act {
    const ALL: [Self; 22] = [
        Self::FirstRunCode,
        Self::FirstRunRefused,
        Self::UserCreate,
        Self::UserLang,
        Self::UserPassword,
        Self::UserReset,
        Self::UserDisable,
        Self::UserEnable,
        Self::SessionOpen,
        Self::SessionProve,
        Self::SessionClose,
        Self::FactorEnrol,
        Self::FactorCodes,
        Self::FactorUse,
        Self::FactorRecover,
        Self::FactorRemove,
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
            Self::UserReset => "user.reset",
            Self::UserDisable => "user.disable",
            Self::UserEnable => "user.enable",
            Self::SessionOpen => "session.open",
            Self::SessionProve => "session.prove",
            Self::SessionClose => "session.close",
            Self::FactorEnrol => "factor.enrol",
            Self::FactorCodes => "factor.codes",
            Self::FactorUse => "factor.use",
            Self::FactorRecover => "factor.recover",
            Self::FactorRemove => "factor.remove",
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
    /// The row's bytes are not those of an entry: then there are no fields.
    pub is_broken: bool,
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
    #[error("its bytes are not those of an entry")]
    Broken,
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
        if self.is_broken {
            return Err(EntryFault::Broken);
        }
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

/// An entry that is to be added, with the fields of its act.
pub(crate) struct Draft<'a> {
    pub at: Instant,
    pub actor: &'a Actor,
    pub act: &'a str,
    pub fields: &'a [(&'a str, &'a str)],
}

impl Draft<'_> {
    fn body(&self, number: u64) -> Result<Vec<u8>, LedgerError> {
        let (at, actor) = (self.at.0.to_string(), self.actor.to_string());
        let mut all = vec![("at", at.as_str()), ("actor", actor.as_str()), ("act", self.act)];
        all.extend_from_slice(self.fields);
        check_fields(self.act, &mut all)?;
        let mut salts = vec![[0_u8; 16]; all.len()];
        getrandom::fill(salts.as_flattened_mut())?;
        let forms = all.iter().zip(&salts).map(|((name, value), salt)| (*name, Form::Kept { salt, value: value.as_bytes() }));
        Ok(body::encode(number, &forms.collect::<Vec<_>>()))
    }
}

/// The number of the newest entry; 0 where there is none. Answered from the end of the index.
pub(crate) async fn newest(conn: &mut Conn) -> Result<u64, LedgerError> {
    let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM entry").fetch_one(conn).await?;
    from_sql(last)
}

/// Adds an entry in the caller's transaction and returns its number.
pub(crate) async fn append(conn: &mut Conn, at: Instant, actor: &Actor, act: &str, fields: &[(&str, &str)]) -> Result<u64, LedgerError> {
    append_all(conn, &[Draft { at, actor, act, fields }]).await
}

/// Adds entries in the caller's transaction, many to a statement; returns the number of the first, the others follow it.
pub(crate) async fn append_all(conn: &mut Conn, drafts: &[Draft<'_>]) -> Result<u64, LedgerError> {
    let first = newest(conn).await? + 1;
    let mut number = first;
    for run in drafts.chunks(ROWS) {
        let places = (0..run.len()).map(|row| format!("(${}, NULL, ${})", 2 * row + 1, 2 * row + 2)).collect::<Vec<_>>().join(", ");
        let mut insert = sqlx::query(AssertSqlSafe(format!("INSERT INTO entry (number, leaf, body) VALUES {places}")));
        for draft in run {
            insert = insert.bind(to_sql(number)?).bind(draft.body(number)?);
            number += 1;
        }
        insert.execute(&mut *conn).await?;
    }
    Ok(first)
}

/// Erases fields of an entry in the caller's transaction: their salts and values go, their digests stay, so the leaf still checks.
/// Whoever calls this records in an entry of its own who had it done and why. Names that the entry does not have, or that are erased, are passed over.
pub(crate) async fn erase_fields(conn: &mut Conn, number: u64, names: &[&str]) -> Result<(), LedgerError> {
    let kept: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT body FROM entry WHERE number = $1").bind(to_sql(number)?).fetch_optional(&mut *conn).await?;
    let kept = kept.ok_or_else(|| LedgerError::NotFound { what: "entry", name: number.to_string() })?;
    let left = body::erase(number, &kept, names).map_err(|fault| LedgerError::damaged(format!("entry {number}: {fault}")))?;
    sqlx::query("UPDATE entry SET body = $2 WHERE number = $1").bind(to_sql(number)?).bind(left).execute(conn).await?;
    Ok(())
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

/// A row as it stands: number, leaf, body.
pub(crate) type Stored = (i64, Option<i64>, Vec<u8>);

pub(crate) fn row_of((number, leaf, bytes): &Stored) -> Result<EntryRow, LedgerError> {
    let number = from_sql(*number)?;
    let fields = body::decode(number, bytes);
    Ok(EntryRow { number, leaf: leaf.map(from_sql).transpose()?, is_broken: fields.is_err(), fields: fields.unwrap_or_default() })
}

/// Up to `limit` entries from the number `from` on, oldest first.
pub(crate) async fn page(conn: &mut Conn, from: u64, limit: u32) -> Result<Vec<EntryRow>, LedgerError> {
    let rows: Vec<Stored> = sqlx::query_as("SELECT number, leaf, body FROM entry WHERE number >= $1 ORDER BY number LIMIT $2")
        .bind(to_sql(from)?)
        .bind(i64::from(limit.min(PAGE)))
        .fetch_all(conn)
        .await?;
    rows.iter().map(row_of).collect()
}

/// Up to `limit` entries below the number `before`, newest first.
pub(crate) async fn page_back(conn: &mut Conn, before: u64, limit: u32) -> Result<Vec<EntryRow>, LedgerError> {
    let rows: Vec<Stored> = sqlx::query_as("SELECT number, leaf, body FROM entry WHERE number < $1 ORDER BY number DESC LIMIT $2")
        .bind(to_sql(before)?)
        .bind(i64::from(limit.min(PAGE)))
        .fetch_all(conn)
        .await?;
    rows.iter().map(row_of).collect()
}

/// One entry; none where there is no such number.
pub(crate) async fn one(conn: &mut Conn, number: u64) -> Result<Option<EntryRow>, LedgerError> {
    Ok(page(conn, number, 1).await?.pop().filter(|entry| entry.number == number))
}

/// An act and its fields, see [`Ledger::note_acts`].
pub type NotedAct<'a> = (&'a str, &'a [(&'a str, &'a str)]);

impl Ledger {
    /// Up to `limit` (at most [`PAGE`]) entries from the number `from` on, oldest first. Their values are not held against their digests: see [`EntryRow::check`].
    pub async fn entries(&self, from: u64, limit: u32) -> Result<Vec<EntryRow>, LedgerError> {
        page(&mut *self.db.look().await?, from, limit).await
    }

    /// When the newest of these acts was recorded; none where there is no such entry. Entries are looked at from the newest back, so a recent act costs little.
    pub async fn last_act_at(&self, acts: &[&str; 3]) -> Result<Option<Instant>, LedgerError> {
        let mut look = self.db.look().await?;
        let mut before = newest(&mut look).await? + 1;
        loop {
            let entries = page_back(&mut look, before, PAGE).await?;
            let Some(oldest) = entries.last().map(|entry| entry.number) else { return Ok(None) };
            before = oldest;
            let Some(found) = entries.iter().find(|entry| entry.text("act").is_some_and(|act| acts.contains(&act))) else { continue };
            let at = found.text("at").and_then(|at| at.parse().ok()).map(Instant);
            return at.map(Some).ok_or_else(|| LedgerError::damaged(format!("entry {} has no time", found.number)));
        }
    }

    /// Records a read or another act that changes no projection (I7: proofs made, packs built, searches by an auditor).
    /// Acts that a projection follows are refused.
    pub async fn note_act(&self, actor: &Actor, act: &str, fields: &[(&str, &str)]) -> Result<(), LedgerError> {
        self.note_acts(actor, &[(act, fields)]).await
    }

    /// As [`Self::note_act`]; answers with the entry's number, for what must name it.
    pub async fn note_numbered(&self, actor: &Actor, act: &str, fields: &[(&str, &str)]) -> Result<u64, LedgerError> {
        self.append_noted(actor, &[(act, fields)]).await
    }

    /// Records many such acts, all or none: (act, fields).
    pub async fn note_acts(&self, actor: &Actor, acts: &[NotedAct<'_>]) -> Result<(), LedgerError> {
        self.append_noted(actor, acts).await.map(|_| ())
    }

    /// Answers with the number of the first entry.
    async fn append_noted(&self, actor: &Actor, acts: &[NotedAct<'_>]) -> Result<u64, LedgerError> {
        if let Some((act, _)) =
            acts.iter().find(|(act, _)| Act::parse(act).is_some() || FOLLOWED.iter().any(|family| act.starts_with(family)))
        {
            return Err(LedgerError::Unfit {
                what: "act",
                got: (*act).to_owned(),
                rule: "an act the ledger writes itself cannot be noted",
            });
        }
        let at = self.clock.now();
        let drafts: Vec<_> = acts.iter().map(|(act, fields)| Draft { at, actor, act, fields }).collect();
        let mut tx = self.db.change().await?;
        let first = append_all(&mut tx, &drafts).await?;
        tx.commit().await?;
        Ok(first)
    }
}
