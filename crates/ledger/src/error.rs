//! What can go wrong, said as what, where and what next. Refusals that a person meets are variants of their own, so that pages can say them in both languages.

use crate::passwords::PasswordFault;
use crate::tokens::TokenFault;

#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("the ledger's database failed: {0}; check the disk, then start again")]
    Sql(#[from] sqlx::Error),
    #[error("{} could not be opened: {error}; is this an Anlan data folder, and may you read it?", file.display())]
    Open { file: std::path::PathBuf, error: sqlx::Error },
    #[error(
        "the database {url} could not be reached: {error}; does the server run, and does the file that PGPASSFILE names hold the password?"
    )]
    Unreached { url: String, error: sqlx::Error },
    #[error("another process writes to the ledger in {url}: one at a time may; stop that one first")]
    Held { url: String },
    #[error("the database holds the ledger of another folder, whose log is {owner}: name a database of its own")]
    Foreign { owner: String },
    #[error("the database already holds a ledger: name an empty one")]
    NotEmpty,
    #[error("`{what}` does not name a database: {fault}")]
    Place { what: String, fault: crate::place::UrlFault },
    #[error("PostgreSQL runs with {setting} = {value}, so what it acknowledges can be lost: set it to `on`")]
    Forgetful { setting: &'static str, value: String },
    #[error("the ledger's file could not be read: {0}; check the path and its permissions")]
    Io(#[from] std::io::Error),
    /// Wrong name or password; or a first-run code that is wrong, used, late or no longer wanted. Which one is not said to the asker.
    #[error("refused: the name, password or code is not right, or the code is used or older than 30 minutes")]
    Refused,
    /// Too many failures from this account or address.
    #[error("too many failed attempts: wait {seconds} s, then try again")]
    Wait { seconds: u64 },
    /// All places for password checks are taken.
    #[error("too many sign-ins at once: try again in a few seconds")]
    Busy,
    #[error("{0}")]
    Password(#[from] PasswordFault),
    /// The secret of an authenticator cannot be read: its key is missing or another, or its row was changed.
    #[error(
        "the kept secret of an authenticator cannot be read: is the key of the ledger's secrets the right one? An administrator can remove the authenticator"
    )]
    Sealed,
    /// The one-time password was right, but its days are over: an administrator must give out another.
    #[error("the one-time password is too old: ask an administrator for another")]
    OneTimeLate,
    /// A grave act: password (and code) must be proven again first, see `Ledger::step_up`.
    #[error("prove your password again, then repeat this")]
    StepUp,
    /// What an API token may not be.
    #[error("{0}")]
    Token(#[from] TokenFault),
    /// What was asked of a record, unit or person is not to be; its code is a key of the locale files.
    #[error("refused: {0}")]
    Refusal(#[from] crate::engine::Refusal),
    /// The record is newer than what the form showed (REC-3).
    #[error("{number} has changed meanwhile: look at it again, then repeat this")]
    Stale { number: String },
    /// No lawbook is in force yet.
    #[error("the ledger has no lawbook in force: start the server, or name the packs")]
    NoBook,
    /// A name, act or field that does not fit its rule.
    #[error("{what} `{got}` does not fit: {rule}")]
    Unfit { what: &'static str, got: String, rule: &'static str },
    #[error("{what} `{name}` is there already: choose another name")]
    Exists { what: &'static str, name: String },
    #[error("there is no {what} `{name}`: list them to see what there is")]
    NotFound { what: &'static str, name: String },
    #[error("no room for another {what}: {limit} is the limit; remove one first")]
    Full { what: &'static str, limit: usize },
    #[error("the ledger is open for reading only")]
    ReadOnly,
    #[error("the ledger was written by a newer release (schema {found}, this one knows {known}): use that release")]
    Newer { found: i64, known: i64 },
    #[error(
        "the ledger was written by an older release (schema {found}, this one knows {known}): start the server once, which brings it up to date"
    )]
    Older { found: i64, known: i64 },
    /// A row that no release of ours could have written.
    #[error("the ledger is damaged: {what}; run `anlan verify` on the folder")]
    Damaged { what: String },
    #[error("entry {number} is already bound to another leaf than {leaf}; run `anlan verify` on the folder")]
    Rebound { number: u64, leaf: u64 },
    #[error("the machine gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("a password could not be hashed: {0}")]
    Hash(String),
}

impl LedgerError {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}
