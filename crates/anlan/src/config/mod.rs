//! The settings of `anlan serve`: flag, then environment, then file, then default; each value knows where it came from.
//!
//! Invariants: a key stands in one table ([`Key`]); an unknown key, or a value that is not understood, is refused, never passed over. The file of `/etc` describes the
//! folder of this machine's own service: where another folder is named by flag or environment it is not read, unless it is named too.

mod file;
mod key;
mod layers;

use std::net::SocketAddr;
use std::path::PathBuf;

use anlan_base::text::Lang;
use anlan_ledger::PostgresUrl;
use anyhow::Result;
use clap::ArgMatches;

pub use key::Key;
pub use layers::{Layers, home};

use crate::database;
use crate::own_log::LogFormat;
use crate::say::{Say, Told, code};

/// The file that is read where none is named.
pub const DEFAULT_FILE: &str = "/etc/anlan/anlan.toml";
/// Names another file.
pub const FILE_VARIABLE: &str = "ANLAN_CONFIG";
/// Not opened, not used.
pub const OFF: &str = "off";

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Environment,
    /// And the line, from 1.
    File(PathBuf, usize),
    Default,
}

impl Origin {
    pub fn line(&self) -> usize {
        if let Self::File(_, line) = self { *line } else { 0 }
    }

    /// As `config show --origin` and faults write it.
    pub fn told(&self, key: &str) -> String {
        match self {
            Self::Flag => "--flag".to_owned(),
            Self::Environment => Key::of_name(key).map(Key::variable).unwrap_or_default(),
            Self::File(path, line) => format!("{}:{line}", path.display()),
            Self::Default => "default".to_owned(),
        }
    }
}

/// What is wrong, where, and by the words of its code what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub origin: Origin,
    pub key: String,
    pub why: &'static str,
    args: Vec<(&'static str, String)>,
}

impl Fault {
    pub fn new(origin: Origin, key: &str, why: &'static str) -> Self {
        Self { origin, key: key.to_owned(), why, args: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// One line: where, key, what to do.
    pub fn told(&self, say: &Say) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let key = if self.key.is_empty() { String::new() } else { format!("{}: ", self.key) };
        format!("{}: {key}{}", self.origin.told(&self.key), say.text(self.why, &args))
    }
}

/// A value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub key: Key,
    pub value: String,
    pub origin: Origin,
}

/// All settings, understood.
pub struct Settings {
    pub data: PathBuf,
    pub syslog: Option<SocketAddr>,
    pub syslog_tls: Option<SocketAddr>,
    pub relp: Option<SocketAddr>,
    pub console: Option<SocketAddr>,
    pub database: Option<PostgresUrl>,
    /// `None`: as the environment says.
    pub lang: Option<Lang>,
    pub log_level: tracing::Level,
    pub log_format: LogFormat,
}

impl Settings {
    /// What `anlan serve` runs by.
    ///
    /// # Errors
    /// When the file cannot be read, or anything in force is not understood: each fault on a line of its own.
    pub fn of_serve(say: &Say, m: &ArgMatches) -> Result<Self> {
        let layers = Layers::read(say, m)?;
        let (given, mut faults) = layers.given();
        match Self::of(&given) {
            Ok(mut settings) if faults.is_empty() => {
                // A path need not be UTF-8.
                if let Some(data) =
                    m.get_one::<PathBuf>("data").filter(|_| given.iter().any(|g| g.key == Key::Data && g.origin == Origin::Flag))
                {
                    settings.data.clone_from(data);
                }
                Ok(settings)
            }
            Ok(_) => Err(refused(say, &faults)),
            Err(more) => {
                faults.extend(more);
                Err(refused(say, &faults))
            }
        }
    }

    /// # Errors
    /// Every fault of the values.
    pub fn of(given: &[Given]) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader { given, faults: Vec::new() };
        let settings = Self {
            data: PathBuf::from(reader.text(Key::Data)),
            syslog: reader.address(Key::Syslog),
            syslog_tls: reader.address(Key::SyslogTls),
            relp: reader.address(Key::Relp),
            console: reader.address(Key::Console),
            database: reader.database(),
            lang: reader.lang(),
            log_level: reader.level(),
            log_format: reader.format(),
        };
        reader.clashes();
        if reader.faults.is_empty() { Ok(settings) } else { Err(reader.faults) }
    }

    pub fn listens(&self) -> bool {
        [self.syslog, self.syslog_tls, self.relp, self.console].iter().any(Option::is_some)
    }
}

fn refused(say: &Say, faults: &[Fault]) -> anyhow::Error {
    let lines: Vec<String> = faults.iter().map(|fault| format!("\n  {}", fault.told(say))).collect();
    anyhow::Error::new(Told { message: say.text("config-refused", &[("faults", &lines.concat())]), code: code::USAGE })
}

/// Understands values one by one and keeps what it could not.
struct Reader<'a> {
    given: &'a [Given],
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn find(&self, key: Key) -> (String, Origin) {
        let found = self.given.iter().find(|given| given.key == key);
        found.map_or_else(|| (key.default().to_owned(), Origin::Default), |given| (given.value.clone(), given.origin.clone()))
    }

    fn text(&mut self, key: Key) -> String {
        let (value, origin) = self.find(key);
        if value.is_empty() {
            self.faults.push(Fault::new(origin, key.name(), "config-empty"));
        }
        value
    }

    fn address(&mut self, key: Key) -> Option<SocketAddr> {
        let (value, origin) = self.find(key);
        if value == OFF {
            return None;
        }
        let address = value.parse().ok();
        if address.is_none() {
            self.faults.push(Fault::new(origin, key.name(), "config-address").with("got", value));
        }
        address
    }

    fn database(&mut self) -> Option<PostgresUrl> {
        let (value, origin) = self.find(Key::Database);
        if value == OFF {
            return None;
        }
        let url = PostgresUrl::parse(&value);
        // The value is not repeated: a password may stand in it.
        url.map_err(|fault| self.faults.push(Fault::new(origin, Key::Database.name(), database::key_of(fault)))).ok()
    }

    fn lang(&mut self) -> Option<Lang> {
        let (value, origin) = self.find(Key::Lang);
        match (value.as_str(), origin) {
            ("auto", _) => None,
            ("zh" | "zh-CN", _) => Some(Lang::Zh),
            ("en", _) => Some(Lang::En),
            // As every command takes it.
            (value, Origin::Environment) => Some(Lang::from_preference(value)),
            (got, origin) => {
                self.faults.push(Fault::new(origin, Key::Lang.name(), "config-choice").with("got", got).with("choices", "auto, zh, en"));
                None
            }
        }
    }

    fn level(&mut self) -> tracing::Level {
        let (value, origin) = self.find(Key::LogLevel);
        match value.as_str() {
            "error" => tracing::Level::ERROR,
            "warn" => tracing::Level::WARN,
            "info" => tracing::Level::INFO,
            "debug" => tracing::Level::DEBUG,
            got => {
                let fault = Fault::new(origin, Key::LogLevel.name(), "config-choice");
                self.faults.push(fault.with("got", got).with("choices", "error, warn, info, debug"));
                tracing::Level::WARN
            }
        }
    }

    fn format(&mut self) -> LogFormat {
        let (value, origin) = self.find(Key::LogFormat);
        LogFormat::parse(&value).unwrap_or_else(|| {
            let fault = Fault::new(origin, Key::LogFormat.name(), "config-choice");
            self.faults.push(fault.with("got", value).with("choices", "auto, text, pairs, json"));
            LogFormat::Auto
        })
    }

    /// Two listeners on one port.
    fn clashes(&mut self) {
        let addresses: Vec<(Key, Origin, SocketAddr)> = Key::LISTENERS
            .into_iter()
            .filter_map(|key| {
                let (value, origin) = self.find(key);
                Some((key, origin, value.parse().ok()?))
            })
            .collect();
        for (place, (key, origin, address)) in addresses.iter().enumerate() {
            let meets = |other: &SocketAddr| {
                let meet = other.ip() == address.ip() || other.ip().is_unspecified() || address.ip().is_unspecified();
                meet && other.port() == address.port() && address.port() != 0
            };
            if let Some((other, ..)) = addresses.iter().take(place).find(|(_, _, other)| meets(other)) {
                let fault = Fault::new(origin.clone(), key.name(), "config-clash");
                self.faults.push(fault.with("address", address.to_string()).with("other", other.name()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[(Key, &str)]) -> Result<Settings, Vec<&'static str>> {
        let given: Vec<Given> =
            values.iter().map(|(key, value)| Given { key: *key, value: (*value).to_owned(), origin: Origin::Flag }).collect();
        Settings::of(&given).map_err(|faults| faults.into_iter().map(|fault| fault.why).collect())
    }

    #[test]
    fn values_are_understood_or_refused() {
        for (values, wanted) in [
            (vec![], None),
            (vec![(Key::Syslog, "0.0.0.0:514"), (Key::Relp, "[::]:20514"), (Key::Console, "off")], None),
            (vec![(Key::Syslog, "514")], Some("config-address")),
            (vec![(Key::Console, "localhost:8443")], Some("config-address")),
            (vec![(Key::Data, "")], Some("config-empty")),
            (vec![(Key::Database, "postgres://a:secret@h/d")], Some("database-url-password")),
            (vec![(Key::Lang, "fr")], Some("config-choice")),
            (vec![(Key::LogLevel, "all")], Some("config-choice")),
            (vec![(Key::LogFormat, "xml")], Some("config-choice")),
            (vec![(Key::Syslog, "0.0.0.0:514"), (Key::Relp, "127.0.0.1:514")], Some("config-clash")),
            (vec![(Key::Syslog, "127.0.0.1:514"), (Key::Relp, "127.0.0.2:514")], None),
            (vec![(Key::Syslog, "127.0.0.1:0"), (Key::Relp, "127.0.0.1:0")], None),
        ] {
            assert_eq!(of(&values).err().and_then(|faults| faults.first().copied()), wanted, "{values:?}");
        }
    }

    #[test]
    fn a_password_is_not_repeated() {
        let given = [Given { key: Key::Database, value: "postgres://a:secret@h/d".into(), origin: Origin::Environment }];
        let Err(faults) = Settings::of(&given) else { panic!("refused") };
        let say = Say::in_language(Lang::En);
        assert!(faults.iter().all(|fault| !fault.told(&say).contains("secret")));
    }
}
