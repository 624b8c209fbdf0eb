//! Where the folder's ledger is, and that it is this folder's.
//!
//! Invariants: once entries stand in the log, no other database takes the place of the one that holds them unless it is bound to the same log; a password comes from
//! the file that `PGPASSFILE` names, from nowhere else.

use std::path::Path;
use std::sync::Arc;

use anlan_base::Clock;
use anlan_base::text::Lang;
use anlan_journal::{Fs, Journal};
use anlan_ledger::{Ledger, LedgerError, LedgerOptions, Place, PostgresUrl};
use anyhow::{Context, Result};

use crate::instance::told;
use crate::say::code;

/// Remembers a database that is not in the folder (`spec/folder.md`).
pub const REMEMBERED: &str = "database";
/// Leaves of a log that has only its key.
const NEW_LOG: u64 = 1;

/// The URL that `--database` gives.
pub fn parse(lang: Lang, text: &str) -> Result<PostgresUrl> {
    // The text is not repeated: a password may stand in it.
    PostgresUrl::parse(text).map_err(|fault| told(lang, code::USAGE, key_of(fault), &[]))
}

pub fn key_of(fault: anlan_ledger::UrlFault) -> &'static str {
    use anlan_ledger::UrlFault;
    match fault {
        UrlFault::Form => "database-url-form",
        UrlFault::Password => "database-url-password",
        UrlFault::NoHost => "database-url-no-host",
        UrlFault::NoDatabase => "database-url-no-database",
        UrlFault::Parameter => "database-url-parameter",
    }
}

/// Opens the ledger where the folder has it, or where it is asked to be from now on.
pub async fn open(
    fs: &dyn Fs,
    dir: &Path,
    asked: Option<PostgresUrl>,
    journal: &Journal,
    clock: Arc<dyn Clock>,
    options: LedgerOptions,
    lang: Lang,
) -> Result<Ledger> {
    let remembered = Place::of_folder(dir).map_err(|error| in_words(lang, error))?;
    let place = asked.map_or_else(|| remembered.clone(), Place::Postgres);
    let moves = place != remembered;
    let origin = journal.verifying_key().name.to_string();
    if moves && matches!(&remembered, Place::Sqlite(file) if fs.exists(file)) {
        return Err(told(lang, code::FAILED, "database-in-folder", &[("dir", &dir.display().to_string())]));
    }
    let is_new = journal.size() <= NEW_LOG;
    if moves && is_new {
        remember(fs, dir, &place)?;
    }
    let ledger = open_at(&place, clock, options, lang).await?;
    if moves && !is_new {
        if ledger.owner().await?.is_none_or(|owner| owner != origin) {
            return Err(told(lang, code::FAILED, "database-not-this-ledger", &[("database", &place.to_string())]));
        }
        remember(fs, dir, &place)?;
    }
    ledger.claim(&origin).await.map_err(|error| in_words(lang, error))?;
    Ok(ledger)
}

/// Keeps in the folder where its ledger is.
pub fn remember(fs: &dyn Fs, dir: &Path, place: &Place) -> Result<()> {
    match place.remembered() {
        Some(text) => Ok(fs.replace(&dir.join(REMEMBERED), text.as_bytes())?),
        None => Ok(()),
    }
}

/// Opens a ledger for writing; what people can mend is said in their language.
pub async fn open_at(place: &Place, clock: Arc<dyn Clock>, options: LedgerOptions, lang: Lang) -> Result<Ledger> {
    refuse_password_in_environment(place, lang)?;
    Ledger::open_database(place, clock, options).await.map_err(|error| in_words(lang, error)).with_context(|| place.to_string())
}

/// Seen by whoever sees the process. Also for readers.
#[allow(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
pub fn refuse_password_in_environment(place: &Place, lang: Lang) -> Result<()> {
    if matches!(place, Place::Postgres(_)) && std::env::var_os("PGPASSWORD").is_some() {
        return Err(told(lang, code::USAGE, "database-password-in-environment", &[]));
    }
    Ok(())
}

/// Errors about the database in the reader's language; others as they are.
pub fn in_words(lang: Lang, error: LedgerError) -> anyhow::Error {
    let (key, args) = match &error {
        LedgerError::Unreached { url, error } => ("database-unreached", vec![("database", url.clone()), ("why", error.to_string())]),
        LedgerError::Held { url } => ("database-held", vec![("database", url.clone())]),
        LedgerError::Foreign { owner } => ("database-foreign", vec![("owner", owner.clone())]),
        LedgerError::Place { what, fault } => (key_of(*fault), vec![("file", what.clone())]),
        LedgerError::Forgetful { setting, value } => {
            ("database-forgetful", vec![("setting", (*setting).to_owned()), ("value", value.clone())])
        }
        LedgerError::NotEmpty => ("database-not-empty", vec![]),
        _ => return error.into(),
    };
    let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    told(lang, code::FAILED, key, &args)
}
