//! What the tables must say, folded from the entries alone, and the comparison with what they do say.
//!
//! Invariants: the fold is pure; it reads only values that their digests bear out; a field of a folded act that was erased makes its projection unfounded, and so named.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::Instant;
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Row, from_sql};
use crate::entry::{Act, EntryRow, PAGE, page};
use crate::error::LedgerError;
use crate::law_texts::digest_of;
use crate::secret::commitment;
use crate::sessions::ABSOLUTE_SECONDS;

#[derive(Debug, PartialEq, Eq)]
struct Account {
    lang: Option<String>,
    password_kept: String,
    created: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct Token {
    secret_kept: String,
    created: u64,
    revoked: Option<u64>,
}

#[derive(Debug, PartialEq, Eq)]
struct Source {
    class: String,
    name: Option<String>,
    first_heard: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct LawText {
    version: Option<String>,
    name: String,
    digest: String,
    at: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct Code {
    code_kept: String,
    expires: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct Opened {
    account: String,
    peer: String,
    at: u64,
}

/// The tables, as rows by their keys.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tables {
    accounts: BTreeMap<String, Account>,
    tokens: BTreeMap<String, Token>,
    sources: BTreeMap<String, Source>,
    law_texts: BTreeMap<u64, LawText>,
    code: Option<Code>,
    /// Sessions may be lost (they run out), but each that stands was opened by an entry.
    sessions: BTreeMap<String, Opened>,
}

impl Tables {
    /// `None` when the entry cannot have been written by a ledger that was in this state.
    fn fold(&mut self, entry: &EntryRow) -> Option<()> {
        let at: u64 = entry.text("at")?.parse().ok()?;
        let field = |name: &str| entry.text(name).map(str::to_owned);
        match Act::parse(entry.text("act")?) {
            None | Some(Act::FirstRunRefused | Act::LoginRefused) => {}
            Some(Act::FirstRunCode) => self.code = Some(Code { code_kept: field("code_kept")?, expires: field("expires")?.parse().ok()? }),
            Some(Act::UserCreate) => {
                self.code = None;
                let account = Account { lang: None, password_kept: field("password_kept")?, created: at };
                put_new(&mut self.accounts, field("user")?, account)?;
            }
            Some(Act::UserLang) => self.accounts.get_mut(&field("user")?)?.lang = Some(field("lang")?),
            Some(Act::UserPassword) => self.accounts.get_mut(&field("user")?)?.password_kept = field("password_kept")?,
            Some(Act::SessionOpen) => {
                // As the ledger does when it opens one.
                let oldest = Instant(at).minus_seconds(ABSOLUTE_SECONDS);
                self.sessions.retain(|_, session| session.at > oldest.0);
                put_new(&mut self.sessions, field("session")?, Opened { account: field("user")?, peer: field("peer")?, at })?;
            }
            Some(Act::SessionClose) => drop(self.sessions.remove(&field("session")?)?),
            Some(Act::TokenAdd) => {
                put_new(&mut self.tokens, field("token")?, Token { secret_kept: field("secret_kept")?, created: at, revoked: None })?
            }
            Some(Act::TokenRevoke) => self.tokens.get_mut(&field("token")?)?.revoked = Some(at),
            Some(Act::SourceHeard) => {
                put_new(&mut self.sources, field("source")?, Source { class: field("class")?, name: None, first_heard: at })?
            }
            Some(Act::LawImport) => {
                let digest = field("digest").filter(|digest| entry.text("text").is_some_and(|text| digest_of(text) == *digest))?;
                let version = field("version").map(|version| (!version.is_empty()).then_some(version))?;
                put_new(&mut self.law_texts, entry.number, LawText { version, name: field("name")?, digest, at })?;
            }
            Some(Act::SourceName) => self.sources.get_mut(&field("source")?)?.name = Some(field("name")?).filter(|name| !name.is_empty()),
        }
        Some(())
    }

    fn differences(&self, actual: &Self) -> BTreeSet<&'static str> {
        let sessions_follow = actual.sessions.iter().all(|(key, session)| self.sessions.get(key) == Some(session));
        let follow = [
            ("account", self.accounts == actual.accounts),
            ("token", self.tokens == actual.tokens),
            ("source", self.sources == actual.sources),
            ("law_text", self.law_texts == actual.law_texts),
            ("first_run", self.code == actual.code),
            ("session", sessions_follow),
        ];
        follow.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
    }
}

fn put_new<K: Ord, T>(rows: &mut BTreeMap<K, T>, key: K, row: T) -> Option<()> {
    rows.insert(key, row).is_none().then_some(())
}

async fn actual(conn: &mut Conn) -> Result<Tables, LedgerError> {
    let mut tables = Tables::default();
    for row in sqlx::query("SELECT name, lang, password_hash, created FROM account").fetch_all(&mut *conn).await? {
        let hash: String = row.try_get("password_hash")?;
        let account = Account { lang: row.try_get("lang")?, password_kept: commitment(hash.as_bytes()), created: number(&row, "created")? };
        tables.accounts.insert(row.try_get("name")?, account);
    }
    for row in sqlx::query("SELECT name, secret_hash, created, revoked FROM token").fetch_all(&mut *conn).await? {
        let revoked: Option<i64> = row.try_get("revoked")?;
        let token = Token {
            secret_kept: bound(&row, "secret_hash")?,
            created: number(&row, "created")?,
            revoked: revoked.map(from_sql).transpose()?,
        };
        tables.tokens.insert(row.try_get("name")?, token);
    }
    for row in sqlx::query("SELECT source_key, class, name, first_heard FROM source").fetch_all(&mut *conn).await? {
        let source = Source { class: row.try_get("class")?, name: row.try_get("name")?, first_heard: number(&row, "first_heard")? };
        tables.sources.insert(row.try_get("source_key")?, source);
    }
    for row in sqlx::query("SELECT entry, version, name, digest, at FROM law_text").fetch_all(&mut *conn).await? {
        let text = LawText {
            version: row.try_get("version")?,
            name: row.try_get("name")?,
            digest: row.try_get("digest")?,
            at: number(&row, "at")?,
        };
        tables.law_texts.insert(number(&row, "entry")?, text);
    }
    for row in sqlx::query("SELECT code_hash, expires FROM first_run ORDER BY slot").fetch_all(&mut *conn).await? {
        tables.code = Some(Code { code_kept: bound(&row, "code_hash")?, expires: number(&row, "expires")? });
    }
    for row in sqlx::query("SELECT secret_hash, account, peer, opened FROM session").fetch_all(&mut *conn).await? {
        let opened = Opened { account: row.try_get("account")?, peer: row.try_get("peer")?, at: number(&row, "opened")? };
        tables.sessions.insert(bound(&row, "secret_hash")?, opened);
    }
    Ok(tables)
}

fn number(row: &Row, column: &str) -> Result<u64, LedgerError> {
    from_sql(row.try_get(column)?)
}

fn bound(row: &Row, column: &str) -> Result<String, LedgerError> {
    Ok(commitment(&row.try_get::<Vec<u8>, _>(column)?))
}

/// Entries below number 1, which no page shows, and rows beside the one of the first run.
async fn strays(conn: &mut Conn) -> Result<BTreeSet<&'static str>, LedgerError> {
    let entries: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM entry WHERE number < 1").fetch_one(&mut *conn).await?;
    let codes: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM first_run WHERE slot <> 1").fetch_one(conn).await?;
    let found = [("entry", entries), ("first_run", codes)];
    Ok(found.into_iter().filter(|(_, count)| *count > 0).map(|(name, _)| name).collect())
}

impl Ledger {
    /// Names of tables whose rows are not what the entries say (empty: all follow). `entry` stands for a hole in the numbers, a row that is not what its
    /// check says, or an act that could not have followed those before it. Digests are not held against
    /// leaves here: whoever has the log does that with [`EntryRow::check`].
    pub async fn check_projections(&self) -> Result<Vec<String>, LedgerError> {
        let mut look = self.db.look().await?;
        let mut expected = Tables::default();
        let mut wrong = strays(&mut look).await?;
        let mut next = 1;
        loop {
            let entries = page(&mut look, next, PAGE).await?;
            let Some(last) = entries.last().map(|entry| entry.number) else { break };
            for entry in &entries {
                let follows = entry.number == next && entry.check().is_ok() && expected.fold(entry).is_some();
                if !follows {
                    wrong.insert("entry");
                }
                next = entry.number + 1;
            }
            next = last + 1;
        }
        wrong.extend(expected.differences(&actual(&mut look).await?));
        Ok(wrong.into_iter().map(str::to_owned).collect())
    }
}
