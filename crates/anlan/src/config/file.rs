//! Reads `anlan.toml`: flat keys, text values, each with its line.
//!
//! Invariants: what is not understood is a fault with its line; at most [`CONFIG_BYTES`] are read.

use std::io::Read as _;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{Fault, Key, Origin};

/// Bytes of a configuration file.
pub const CONFIG_BYTES: usize = 64 << 10;

/// What the file says, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Written {
    pub values: Vec<(Key, String, Origin)>,
    pub faults: Vec<Fault>,
}

/// The text of the file, one byte more than allowed at most.
///
/// # Errors
/// When it cannot be read, or is not UTF-8.
pub fn load(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(CONFIG_BYTES as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

pub fn read(path: &Path, text: &str) -> Written {
    let mut written = Written::default();
    let at = |line| Origin::File(path.to_owned(), line);
    if text.len() > CONFIG_BYTES {
        written.faults.push(Fault::new(at(1), "", "config-large").with("limit", CONFIG_BYTES.to_string()));
        return written;
    }
    let line_of = |start: usize| 1 + text.as_bytes().iter().take(start).filter(|&&b| b == b'\n').count();
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = error.span().map_or(1, |span| line_of(span.start));
        written.faults.push(Fault::new(at(line), "", "config-not-toml").with("reason", error.message()));
    }
    for (name, value) in root.get_ref() {
        let origin = at(line_of(name.span().start));
        let name = name.get_ref().as_ref();
        match (Key::of_name(name), value.get_ref()) {
            (Some(key), DeValue::String(value)) => written.values.push((key, value.to_string(), origin)),
            (Some(_), _) => written.faults.push(Fault::new(origin, name, "config-not-text")),
            (None, _) => written.faults.push(unknown(origin, name)),
        }
    }
    written.faults.sort_by_key(|fault| fault.origin.line());
    written
}

fn unknown(origin: Origin, name: &str) -> Fault {
    let all = Key::ALL.map(Key::name).join(", ");
    match Key::nearest(name) {
        Some(key) => Fault::new(origin, name, "config-unknown-near").with("meant", key.name()),
        None => Fault::new(origin, name, "config-unknown").with("all", all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(usize, String, &'static str)> {
        let written = read(Path::new("f"), text);
        written.faults.into_iter().map(|fault| (fault.origin.line(), fault.key, fault.why)).collect()
    }

    #[test]
    fn every_fault_has_its_line_and_key() {
        for (text, wanted) in [
            ("", vec![]),
            ("# nothing\n\nsyslog = \"0.0.0.0:514\"\n", vec![]),
            ("data = \"/a\"\nsislog = \"0.0.0.0:514\"\n", vec![(2, "sislog", "config-unknown-near")]),
            ("retention = \"1\"\n", vec![(1, "retention", "config-unknown")]),
            ("\nrelp = 514\n", vec![(2, "relp", "config-not-text")]),
            ("[listen]\nsyslog = \"x\"\n", vec![(1, "listen", "config-unknown")]),
            ("data = \"/a\"\ndata = \"/b\"\n", vec![(2, "", "config-not-toml")]),
            ("data = /a\n", vec![(1, "", "config-not-toml")]),
        ] {
            let found = faults(text);
            let found: Vec<_> = found.iter().map(|(line, key, why)| (*line, key.as_str(), *why)).collect();
            assert_eq!(found.first(), wanted.first(), "{text}");
            assert_eq!(found.is_empty(), wanted.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_file_has_a_limit() {
        for (bytes, is_large) in [(CONFIG_BYTES - 1, false), (CONFIG_BYTES, false), (CONFIG_BYTES + 1, true)] {
            assert_eq!(!faults(&"#".repeat(bytes)).is_empty(), is_large, "{bytes}");
        }
    }
}
