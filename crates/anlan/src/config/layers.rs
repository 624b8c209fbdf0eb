//! Where values are looked for, and in which order: flag, environment, file, default.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ArgMatches;
use clap::parser::ValueSource;

use super::file::{self, Written};
use super::{DEFAULT_FILE, FILE_VARIABLE, Fault, Given, Key, Origin};
use crate::say::{Say, code};

/// What flags, environment and file say, each by itself.
#[derive(Default)]
pub struct Layers {
    pub flags: Vec<(Key, String)>,
    pub environment: Vec<(Key, String)>,
    pub written: Written,
    /// The file that was read.
    pub file: Option<PathBuf>,
}

impl Layers {
    /// # Errors
    /// When the file that is named cannot be read.
    pub fn read(say: &Say, m: &ArgMatches) -> Result<Self> {
        let flags: Vec<(Key, String)> =
            Key::ALL.into_iter().filter_map(|key| key.flag().and_then(|flag| given_flag(m, flag)).map(|value| (key, value))).collect();
        let environment: Vec<(Key, String)> =
            Key::ALL.into_iter().filter_map(|key| variable(&key.variable()).map(|value| (key, value))).collect();
        let named = given_flag(m, "config").or_else(|| variable(FILE_VARIABLE)).map(PathBuf::from);
        let names_folder = flags.iter().chain(&environment).any(|(key, _)| *key == Key::Data);
        let file = named.or_else(|| Some(PathBuf::from(DEFAULT_FILE)).filter(|path| !names_folder && path.exists()));
        let mut layers = Self { flags, environment, written: Written::default(), file };
        if let Some(path) = &layers.file {
            let cannot = |error: std::io::Error| {
                say.told(code::UNREADABLE, "config-unreadable", &[("file", &path.display().to_string()), ("why", &error.to_string())])
            };
            layers.written = file::read(path, &file::load(path).map_err(cannot)?);
        }
        Ok(layers)
    }

    /// The value in force of every key, and what is wrong with the file.
    pub fn given(self) -> (Vec<Given>, Vec<Fault>) {
        let find = |values: &[(Key, String)], key: Key| values.iter().find(|(of, _)| *of == key).map(|(_, value)| value.clone());
        let of = |key: Key| {
            let flag = find(&self.flags, key).map(|value| (value, Origin::Flag));
            let environment = || find(&self.environment, key).map(|value| (value, Origin::Environment));
            let written =
                || self.written.values.iter().find(|(of, ..)| *of == key).map(|(_, value, origin)| (value.clone(), origin.clone()));
            let default = || (key.default().to_owned(), Origin::Default);
            let (value, origin) = flag.or_else(environment).or_else(written).unwrap_or_else(default);
            Given { key, value, origin }
        };
        (Key::ALL.into_iter().map(of).collect(), self.written.faults)
    }
}

/// The data folder where no flag names one: a command looks where the service keeps it. What is wrong with the file is not its concern.
pub fn home() -> String {
    let of_file = || {
        let path = variable(FILE_VARIABLE).unwrap_or_else(|| DEFAULT_FILE.to_owned());
        let path = Path::new(&path);
        let written = file::read(path, &file::load(path).ok()?);
        written.values.into_iter().find(|(key, ..)| *key == Key::Data).map(|(_, value, _)| value)
    };
    variable(&Key::Data.variable()).or_else(of_file).unwrap_or_else(|| Key::Data.default().to_owned())
}

/// What the command line itself says; a default of the argument is none.
fn given_flag(m: &ArgMatches, name: &str) -> Option<String> {
    let is_known = m.try_contains_id(name).unwrap_or(false);
    if !is_known || m.value_source(name) != Some(ValueSource::CommandLine) {
        return None;
    }
    m.get_raw(name)?.next_back().map(|value| value.to_string_lossy().into_owned())
}

#[allow(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flag_goes_before_environment_before_file_before_default() {
        let text = "syslog = \"file\"\nrelp = \"file\"\nconsole = \"file\"\n";
        let layers = Layers {
            flags: vec![(Key::Syslog, "flag".into())],
            environment: vec![(Key::Syslog, "env".into()), (Key::Relp, "env".into())],
            written: file::read(Path::new("f"), text),
            file: None,
        };
        let (given, faults) = layers.given();
        assert!(faults.is_empty());
        let of = |key: Key| given.iter().find(|g| g.key == key).map(|g| (g.value.as_str(), g.origin.clone())).unwrap();
        assert_eq!(of(Key::Syslog), ("flag", Origin::Flag));
        assert_eq!(of(Key::Relp), ("env", Origin::Environment));
        assert_eq!(of(Key::Console), ("file", Origin::File("f".into(), 3)));
        assert_eq!(of(Key::Data), ("./anlan-data", Origin::Default));
    }
}
