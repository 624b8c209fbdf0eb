//! Where a ledger's database is: a SQLite file, or PostgreSQL by URL.
//!
//! Invariants: no password ever stands in a URL, for URLs are remembered, printed and seen in lists of processes; a URL names host and database, so that nothing is
//! taken from the environment but `PGPASSFILE`.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::LedgerError;

/// Bytes of a URL.
pub const URL_BYTES: usize = 1_024;
/// Which other parameters a URL may carry.
const PARAMETERS: [&str; 4] = ["host", "port", "user", "sslmode"];

/// Why a text is not taken as the URL of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    #[error("it is not postgres://USER@HOST/DATABASE")]
    Form,
    #[error(
        "it carries a password, which others could see: put the password into the file that PGPASSFILE names, and take it out of the URL"
    )]
    Password,
    #[error("it names no host: write postgres://USER@HOST/DATABASE, or ?host=/var/run/postgresql for a socket")]
    NoHost,
    #[error("it names no database: write postgres://USER@HOST/DATABASE")]
    NoDatabase,
    #[error("it has a parameter other than host, port, user and sslmode")]
    Parameter,
}

/// `postgres://USER@HOST[:PORT]/DATABASE[?host=DIR&port=N&user=NAME&sslmode=MODE]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresUrl(String);

impl PostgresUrl {
    pub fn parse(text: &str) -> Result<Self, UrlFault> {
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")).ok_or(UrlFault::Form)?;
        if text.len() > URL_BYTES || text.contains('#') || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(UrlFault::Form);
        }
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = address.split_once('/').unwrap_or((address, ""));
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let mut hosts = usize::from(!host.is_empty() && !host.starts_with(':'));
        for (key, value) in query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
            match key {
                "password" => return Err(UrlFault::Password),
                "host" if !value.is_empty() => hosts += 1,
                _ if !PARAMETERS.contains(&key) => return Err(UrlFault::Parameter),
                _ => {}
            }
        }
        if user.contains(':') {
            return Err(UrlFault::Password);
        }
        if database.is_empty() || database.contains('/') {
            return Err(UrlFault::NoDatabase);
        }
        if hosts == 0 {
            return Err(UrlFault::NoHost);
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a ledger's database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Sqlite(PathBuf),
    Postgres(PostgresUrl),
}

/// What `DIR/database` begins with.
const MAGIC: &str = "anlan-database/1";

impl Place {
    /// The database of a data folder: `DIR/ledger.db`, unless `DIR/database` names another (`spec/folder.md`).
    pub fn of_folder(dir: &Path) -> Result<Self, LedgerError> {
        let file = dir.join("database");
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::Sqlite(dir.join("ledger.db"))),
            Err(error) => return Err(LedgerError::Io(error)),
        };
        let text = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix('\n'));
        let url = text.and_then(|text| text.split_once('\n')).filter(|(magic, _)| *magic == MAGIC).map(|(_, url)| url);
        let unfit = |fault| LedgerError::Place { what: file.display().to_string(), fault };
        Ok(Self::Postgres(PostgresUrl::parse(url.ok_or_else(|| unfit(UrlFault::Form))?).map_err(unfit)?))
    }

    /// What `DIR/database` holds for this place; none for the file in the folder itself.
    #[must_use]
    pub fn remembered(&self) -> Option<String> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(url) => Some(format!("{MAGIC}\n{}\n", url.as_str())),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => file.display().fmt(f),
            Self::Postgres(url) => f.write_str(url.as_str()),
        }
    }
}

/// The URL under which `sqlx` opens a file. The folder must be there; its real name is taken, for a URL knows no `..` through a symbolic link.
pub(crate) fn sqlite_url(file: &Path, query: &str) -> std::io::Result<String> {
    let name = file.file_name().ok_or_else(|| std::io::Error::other("the path names no file"))?;
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let whole = parent.canonicalize()?.join(name);
    let text = whole.to_str().ok_or_else(|| std::io::Error::other("the path is not UTF-8"))?;
    Ok(format!("sqlite://{}?{query}", encoded(text)))
}

fn encoded(path: &str) -> String {
    use std::fmt::Write as _;
    path.bytes().fold(String::with_capacity(path.len()), |mut out, byte| {
        let _ = match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => write!(out, "{}", char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => write!(out, "{}", char::from(byte)),
            _ => write!(out, "%{byte:02X}"),
        };
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_carry_no_password_and_name_host_and_database() {
        let table: [(&str, Result<(), UrlFault>); 19] = [
            ("postgres://anlan@db.example/anlan", Ok(())),
            ("postgresql://anlan@db.example:5433/anlan", Ok(())),
            ("postgres://anlan@[::1]:5433/anlan?sslmode=disable", Ok(())),
            ("postgres:///anlan?host=/var/run/postgresql", Ok(())),
            ("postgres://localhost/anlan?host=/run/pg&port=5433&user=a", Ok(())),
            ("postgres://anlan:secret@db/anlan", Err(UrlFault::Password)),
            ("postgres://anlan:@db/anlan", Err(UrlFault::Password)),
            ("postgres://db/anlan?password=secret", Err(UrlFault::Password)),
            ("postgres://db/anlan?options=-cfsync=off", Err(UrlFault::Parameter)),
            ("postgres://db/anlan?Password=x", Err(UrlFault::Parameter)),
            ("postgres://db/anlan?p%61ssword=x", Err(UrlFault::Parameter)),
            ("postgres://db", Err(UrlFault::NoDatabase)),
            ("postgres://db/", Err(UrlFault::NoDatabase)),
            ("postgres:///anlan", Err(UrlFault::NoHost)),
            ("postgres://anlan@:5432/anlan", Err(UrlFault::NoHost)),
            ("mysql://db/anlan", Err(UrlFault::Form)),
            ("ledger.db", Err(UrlFault::Form)),
            ("postgres://db/an lan", Err(UrlFault::Form)),
            ("postgres://db/anlan#x", Err(UrlFault::Form)),
        ];
        for (text, expected) in table {
            assert_eq!(PostgresUrl::parse(text).map(drop), expected, "{text}");
        }
        let long = |bytes: usize| PostgresUrl::parse(&format!("postgres://db/{}", "a".repeat(bytes - 14))).is_ok();
        assert_eq!([URL_BYTES - 1, URL_BYTES, URL_BYTES + 1].map(long), [true, true, false]);
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test writes the file of a folder")]
    fn a_folder_remembers_its_database() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Place::of_folder(dir.path()).unwrap(), Place::Sqlite(dir.path().join("ledger.db")));
        let place = Place::Postgres(PostgresUrl::parse("postgres://db/anlan").unwrap());
        let kept = place.remembered().unwrap();
        std::fs::write(dir.path().join("database"), &kept).unwrap();
        assert_eq!(Place::of_folder(dir.path()).unwrap(), place);
        for bad in ["", "anlan-database/1", "anlan-database/2\npostgres://db/anlan\n", "anlan-database/1\npostgres://u:p@db/anlan\n", "x\n"]
        {
            std::fs::write(dir.path().join("database"), bad).unwrap();
            assert!(matches!(Place::of_folder(dir.path()), Err(LedgerError::Place { .. })), "{bad:?}");
        }
    }
}
