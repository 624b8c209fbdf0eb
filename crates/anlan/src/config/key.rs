//! The keys of the configuration: name in the file, variable of the environment, flag of `anlan serve`, default.

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Data,
    Syslog,
    SyslogTls,
    Relp,
    Console,
    Database,
    Lang,
    LogLevel,
    LogFormat,
}

/// A word is taken for another key where at most so many letters differ.
const NEAR: usize = 3;

impl Key {
    pub const ALL: [Self; 9] =
        [Self::Data, Self::Syslog, Self::SyslogTls, Self::Relp, Self::Console, Self::Database, Self::Lang, Self::LogLevel, Self::LogFormat];
    /// Those that listen on TCP (syslog on UDP too).
    pub const LISTENERS: [Self; 4] = [Self::Syslog, Self::SyslogTls, Self::Relp, Self::Console];

    /// As the file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Syslog => "syslog",
            Self::SyslogTls => "syslog_tls",
            Self::Relp => "relp",
            Self::Console => "console",
            Self::Database => "database",
            Self::Lang => "lang",
            Self::LogLevel => "log_level",
            Self::LogFormat => "log_format",
        }
    }

    /// The variable of the environment.
    pub fn variable(self) -> String {
        format!("ANLAN_{}", self.name().to_ascii_uppercase())
    }

    /// The flag of `anlan serve`, without its dashes.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Self::SyslogTls => Some("syslog-tls"),
            Self::Data | Self::Syslog | Self::Relp | Self::Console | Self::Database => Some(self.name()),
            Self::Lang | Self::LogLevel | Self::LogFormat => None,
        }
    }

    /// What holds where nothing is said.
    pub fn default(self) -> &'static str {
        match self {
            Self::Data => "./anlan-data",
            Self::Syslog | Self::SyslogTls | Self::Relp | Self::Console | Self::Database => super::OFF,
            Self::Lang => "auto",
            Self::LogLevel => "warn",
            Self::LogFormat => "auto",
        }
    }

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The key that was perhaps meant.
    pub fn nearest(name: &str) -> Option<Self> {
        let name: String = name.chars().take(64).map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect();
        let near = |key: &Self| distance(&name, key.name());
        Self::ALL.into_iter().min_by_key(near).filter(|key| near(key) <= NEAR.min(key.name().len() / 2))
    }
}

/// Letters to change, add or take away (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(&b) {
            let next = (before + usize::from(letter != *other)).min(*cell + 1).min(left + 1);
            before = std::mem::replace(cell, next);
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_perhaps_meant_is_found() {
        for (written, meant) in [
            ("sislog", Some(Key::Syslog)),
            ("syslog-tls", Some(Key::SyslogTls)),
            ("Database", Some(Key::Database)),
            ("databse", Some(Key::Database)),
            ("loglevel", Some(Key::LogLevel)),
            ("logformat", Some(Key::LogFormat)),
            ("dat", Some(Key::Data)),
            ("retention", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(Key::nearest(written), meant, "{written}");
        }
    }

    #[test]
    fn names_are_found_again() {
        for key in Key::ALL {
            assert_eq!(Key::of_name(key.name()), Some(key));
        }
        assert_eq!(Key::SyslogTls.variable(), "ANLAN_SYSLOG_TLS");
    }
}
