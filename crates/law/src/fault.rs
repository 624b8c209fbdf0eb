//! What is wrong in a pack: which file, line and key, why, and what to do. The words stand in `locales/*/law.ftl`.
//!
//! Invariant: a pack with a fault is never put in force; the last good one stays.

use anlan_base::text::{Lang, text};

/// A fault in a pack. `fault-<code>` is its text, `fault-<code>-remedy` what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Path inside the pack's folder, such as `cn/duties.toml`.
    pub file: String,
    /// From 1; 0 where no line can be told.
    pub line: usize,
    /// Dotted key, such as `duty.D019.cites.csl@2025`.
    pub key: String,
    pub code: &'static str,
    /// Placeholders of the text and of the remedy.
    pub args: Vec<(&'static str, String)>,
}

impl Fault {
    #[must_use]
    pub fn new(file: &str, line: usize, key: impl Into<String>, code: &'static str) -> Self {
        Self { file: file.to_owned(), line, key: key.into(), code, args: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// What is wrong, in the reader's language.
    #[must_use]
    pub fn what(&self, lang: Lang) -> String {
        self.say(lang, "")
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self, lang: Lang) -> String {
        self.say(lang, "-remedy")
    }

    fn say(&self, lang: Lang, part: &str) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(lang, &format!("fault-{}{part}", self.code), &args)
    }
}

/// The line, from 1, of a byte of a file.
#[must_use]
pub fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte.min(text.len())).unwrap_or_default();
    before.iter().filter(|b| **b == b'\n').count() + 1
}
