//! What the tables of sign-in must say, folded from the entries, and what they do say: accounts, authenticators, recovery codes, tokens, sessions, the
//! first run's code. Part of `projections.rs`, with its invariants.

use std::collections::BTreeMap;

use anlan_base::Instant;
use sqlx::Row as _;

use crate::database::{Conn, Row, from_sql};
use crate::entry::{Act, EntryRow};
use crate::error::LedgerError;
use crate::secret::commitment;
use crate::sessions::ABSOLUTE_SECONDS;
use crate::tokens::Scope;

#[derive(Debug, PartialEq, Eq)]
struct Account {
    lang: Option<String>,
    password_kept: String,
    created: u64,
    password_set: u64,
    one_time_until: Option<u64>,
    disabled: Option<u64>,
}

#[derive(Debug, PartialEq, Eq)]
struct Authenticator {
    secret_kept: String,
    enrolled: u64,
    last_step: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct RecoveryCode {
    account: String,
    used: Option<u64>,
}

#[derive(Debug, PartialEq, Eq)]
struct Token {
    secret_kept: String,
    created: u64,
    revoked: Option<u64>,
    owner: Option<String>,
    scopes: String,
    expires: Option<u64>,
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
    administrator: bool,
    proven: u64,
}

/// The tables, as rows by their keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AccountTables {
    accounts: BTreeMap<String, Account>,
    authenticators: BTreeMap<String, Authenticator>,
    recovery_codes: BTreeMap<String, RecoveryCode>,
    tokens: BTreeMap<String, Token>,
    code: Option<Code>,
    /// Sessions may be lost (they run out), but each that stands was opened by an entry.
    sessions: BTreeMap<String, Opened>,
}

fn put_new<K: Ord, T>(rows: &mut BTreeMap<K, T>, key: K, row: T) -> Option<()> {
    rows.insert(key, row).is_none().then_some(())
}

/// The text of a field; none where it is missing or erased.
fn text(entry: &EntryRow, name: &str) -> Option<String> {
    entry.text(name).map(str::to_owned)
}

fn number_in(entry: &EntryRow, name: &str) -> Option<u64> {
    entry.text(name)?.parse().ok()
}

/// A field that an act may leave out. The outer option is none where it is there and says nothing readable.
fn may_be<T>(entry: &EntryRow, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    let Some(field) = entry.fields.iter().find(|field| field.name == name) else { return Some(None) };
    let value = std::str::from_utf8(field.value.as_deref()?).ok()?;
    read(value).map(Some)
}

impl AccountTables {
    /// Follows an entry of one of these tables. The outer option is none where the act is of no such table, the inner where the entry cannot have been
    /// written by a ledger that was in this state.
    pub(crate) fn fold(&mut self, act: Act, at: u64, entry: &EntryRow) -> Option<Option<()>> {
        Some(match act {
            Act::FirstRunRefused | Act::LoginRefused => Some(()),
            Act::FirstRunCode => self.first_run(entry),
            Act::UserCreate => self.create(at, entry),
            Act::UserLang | Act::UserPassword | Act::UserReset | Act::UserDisable | Act::UserEnable => self.account(act, at, entry),
            Act::SessionOpen | Act::SessionProve | Act::SessionClose => self.session(act, at, entry),
            Act::FactorEnrol | Act::FactorCodes | Act::FactorUse | Act::FactorRecover | Act::FactorRemove => self.factor(act, at, entry),
            Act::TokenAdd => self.token(at, entry),
            Act::TokenRevoke => self.tokens.get_mut(&text(entry, "token")?).map(|token| token.revoked = Some(at)),
            _ => return None,
        })
    }

    fn first_run(&mut self, entry: &EntryRow) -> Option<()> {
        self.code = Some(Code { code_kept: text(entry, "code_kept")?, expires: number_in(entry, "expires")? });
        Some(())
    }

    fn create(&mut self, at: u64, entry: &EntryRow) -> Option<()> {
        self.code = None;
        let account = Account {
            lang: None,
            password_kept: text(entry, "password_kept")?,
            created: at,
            password_set: at,
            one_time_until: may_be(entry, "one_time_until", |until| until.parse().ok())?,
            disabled: None,
        };
        put_new(&mut self.accounts, text(entry, "user")?, account)
    }

    fn account(&mut self, act: Act, at: u64, entry: &EntryRow) -> Option<()> {
        let account = self.accounts.get_mut(&text(entry, "user")?)?;
        match act {
            Act::UserLang => account.lang = Some(text(entry, "lang")?),
            Act::UserDisable => account.disabled = Some(at),
            Act::UserEnable => account.disabled = None,
            _ => {
                let until = if act == Act::UserReset { Some(number_in(entry, "one_time_until")?) } else { None };
                (account.password_kept, account.password_set, account.one_time_until) = (text(entry, "password_kept")?, at, until);
            }
        }
        Some(())
    }

    fn session(&mut self, act: Act, at: u64, entry: &EntryRow) -> Option<()> {
        let key = text(entry, "session")?;
        match act {
            Act::SessionClose => self.sessions.remove(&key).map(drop),
            Act::SessionProve => self.sessions.get_mut(&key).map(|session| session.proven = at),
            _ => {
                // As the ledger does when it opens one; rules may end them earlier.
                let oldest = Instant(at).minus_seconds(ABSOLUTE_SECONDS);
                self.sessions.retain(|_, session| session.at > oldest.0);
                let opened = Opened {
                    account: text(entry, "user")?,
                    peer: text(entry, "peer")?,
                    at,
                    administrator: may_be(entry, "administrator", |is| (is == "1").then_some(()))?.is_some(),
                    proven: may_be(entry, "proven", |proven| proven.parse().ok())?.unwrap_or(at),
                };
                put_new(&mut self.sessions, key, opened)
            }
        }
    }

    fn factor(&mut self, act: Act, at: u64, entry: &EntryRow) -> Option<()> {
        let user = text(entry, "user")?;
        match act {
            Act::FactorEnrol => {
                let authenticator =
                    Authenticator { secret_kept: text(entry, "secret_kept")?, enrolled: at, last_step: number_in(entry, "step")? };
                self.authenticators.insert(user.clone(), authenticator);
                self.codes(&user, entry)
            }
            Act::FactorCodes => {
                self.authenticators.get(&user)?;
                self.codes(&user, entry)
            }
            Act::FactorUse => {
                let (authenticator, step) = (self.authenticators.get_mut(&user)?, number_in(entry, "step")?);
                // A code that was taken twice is one too many.
                (step > authenticator.last_step).then(|| authenticator.last_step = step)
            }
            Act::FactorRecover => {
                let code = self.recovery_codes.get_mut(&text(entry, "code_kept")?)?;
                (code.account == user && code.used.is_none()).then(|| code.used = Some(at))
            }
            _ => {
                self.recovery_codes.retain(|_, code| code.account != user);
                self.authenticators.remove(&user).map(drop)
            }
        }
    }

    fn codes(&mut self, user: &str, entry: &EntryRow) -> Option<()> {
        self.recovery_codes.retain(|_, code| code.account != user);
        for kept in entry.text("codes_kept")?.split(',') {
            put_new(&mut self.recovery_codes, kept.to_owned(), RecoveryCode { account: user.to_owned(), used: None })?;
        }
        Some(())
    }

    fn token(&mut self, at: u64, entry: &EntryRow) -> Option<()> {
        let token = Token {
            secret_kept: text(entry, "secret_kept")?,
            created: at,
            revoked: None,
            owner: may_be(entry, "owner", |owner| Some(owner.to_owned()))?,
            scopes: may_be(entry, "scopes", |scopes| Some(scopes.to_owned()))?.unwrap_or_else(|| Scope::LogsWrite.as_str().to_owned()),
            expires: may_be(entry, "expires", |expires| expires.parse().ok())?,
        };
        put_new(&mut self.tokens, text(entry, "token")?, token)
    }

    /// Names of tables, and whether each says what follows from the entries.
    pub(crate) fn follow(&self, actual: &Self) -> [(&'static str, bool); 6] {
        let sessions_follow = actual.sessions.iter().all(|(key, session)| self.sessions.get(key) == Some(session));
        [
            ("account", self.accounts == actual.accounts),
            ("second_factor", self.authenticators == actual.authenticators),
            ("recovery_code", self.recovery_codes == actual.recovery_codes),
            ("token", self.tokens == actual.tokens),
            ("first_run", self.code == actual.code),
            ("session", sessions_follow),
        ]
    }

    /// The tables as they stand.
    pub(crate) async fn read(conn: &mut Conn) -> Result<Self, LedgerError> {
        let mut tables = Self::default();
        tables.read_accounts(conn).await?;
        tables.read_factors(conn).await?;
        let tokens = "SELECT name, secret_hash, created, revoked, owner, scopes, expires FROM token";
        for row in sqlx::query(tokens).fetch_all(&mut *conn).await? {
            let token = Token {
                secret_kept: bound(&row, "secret_hash")?,
                created: number(&row, "created")?,
                revoked: maybe(&row, "revoked")?,
                owner: row.try_get("owner")?,
                scopes: row.try_get("scopes")?,
                expires: maybe(&row, "expires")?,
            };
            tables.tokens.insert(row.try_get("name")?, token);
        }
        for row in sqlx::query("SELECT code_hash, expires FROM first_run ORDER BY slot").fetch_all(&mut *conn).await? {
            tables.code = Some(Code { code_kept: bound(&row, "code_hash")?, expires: number(&row, "expires")? });
        }
        let sessions = "SELECT secret_hash, account, peer, opened, administrator, proven FROM session";
        for row in sqlx::query(sessions).fetch_all(&mut *conn).await? {
            let opened = Opened {
                account: row.try_get("account")?,
                peer: row.try_get("peer")?,
                at: number(&row, "opened")?,
                administrator: number(&row, "administrator")? == 1,
                proven: number(&row, "proven")?,
            };
            tables.sessions.insert(bound(&row, "secret_hash")?, opened);
        }
        Ok(tables)
    }

    async fn read_accounts(&mut self, conn: &mut Conn) -> Result<(), LedgerError> {
        let all = "SELECT name, lang, password_hash, created, password_set, one_time_until, disabled FROM account";
        for row in sqlx::query(all).fetch_all(conn).await? {
            let hash: String = row.try_get("password_hash")?;
            let account = Account {
                lang: row.try_get("lang")?,
                password_kept: commitment(hash.as_bytes()),
                created: number(&row, "created")?,
                password_set: number(&row, "password_set")?,
                one_time_until: maybe(&row, "one_time_until")?,
                disabled: maybe(&row, "disabled")?,
            };
            self.accounts.insert(row.try_get("name")?, account);
        }
        Ok(())
    }

    async fn read_factors(&mut self, conn: &mut Conn) -> Result<(), LedgerError> {
        for row in sqlx::query("SELECT account, secret, enrolled, last_step FROM second_factor").fetch_all(&mut *conn).await? {
            let authenticator = Authenticator {
                secret_kept: bound(&row, "secret")?,
                enrolled: number(&row, "enrolled")?,
                last_step: number(&row, "last_step")?,
            };
            self.authenticators.insert(row.try_get("account")?, authenticator);
        }
        for row in sqlx::query("SELECT code_hash, account, used FROM recovery_code").fetch_all(conn).await? {
            let code = RecoveryCode { account: row.try_get("account")?, used: maybe(&row, "used")? };
            self.recovery_codes.insert(bound(&row, "code_hash")?, code);
        }
        Ok(())
    }
}

fn number(row: &Row, column: &str) -> Result<u64, LedgerError> {
    from_sql(row.try_get(column)?)
}

fn maybe(row: &Row, column: &str) -> Result<Option<u64>, LedgerError> {
    row.try_get::<Option<i64>, _>(column)?.map(from_sql).transpose()
}

/// What an entry says of the bytes that a column keeps.
fn bound(row: &Row, column: &str) -> Result<String, LedgerError> {
    Ok(commitment(&row.try_get::<Vec<u8>, _>(column)?))
}
