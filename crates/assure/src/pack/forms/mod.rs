//! `papers/`: the forms that offices sign and seal, as pages of a pack that open offline (`spec/forms.md`).
//!
//! Invariants: a form has the fields of its table in their order; what nobody knows is a blank; unknown is never met; nothing is told beyond what was handed in,
//! which is cut to the asker's rights and, in a masked pack, covered.

mod extraction;
mod rows;
mod sheet;

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_tlog::Hash;

use super::Period;
use super::manifest::Choices;
use super::told::Told;

pub use rows::OPEN_ROWS;

/// A form that a pack can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    LogRegister,
    SelfCheck,
    Plan,
    Extraction,
}

impl Form {
    pub const ALL: [Self; 4] = [Self::LogRegister, Self::SelfCheck, Self::Plan, Self::Extraction];

    /// As `spec/forms.md`, addresses and the keys of its words have it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::LogRegister => "log-register",
            Self::SelfCheck => "self-check",
            Self::Plan => "rectification-plan",
            Self::Extraction => "extraction-list",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.code() == code)
    }

    /// Its name under `papers/`, the same in every language.
    #[must_use]
    pub fn member(self) -> &'static str {
        match self {
            Self::LogRegister => "日志留存登记表.html",
            Self::SelfCheck => "网络安全自查表.html",
            Self::Plan => "整改计划.html",
            Self::Extraction => "日志提取清单.html",
        }
    }

    /// Keys of who signs it.
    #[must_use]
    pub fn signs(self) -> &'static [&'static str] {
        match self {
            Self::LogRegister => &["forms-sign-keeper", "forms-sign-checker", "forms-sign-head"],
            Self::SelfCheck | Self::Plan => &["forms-sign-writer", "forms-sign-checker", "forms-sign-head"],
            Self::Extraction => &["forms-sign-taker", "forms-sign-officers", "forms-sign-present"],
        }
    }
}

/// A file of plain lines under `text/`.
pub(super) struct TextFile {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) day: Day,
    pub(super) lines: u64,
    pub(super) bytes: u64,
    pub(super) sha256: Hash,
    pub(super) sm3: Hash,
}

/// What the forms are made of.
pub(super) struct Asked<'a> {
    pub(super) told: &'a Told,
    pub(super) choices: &'a Choices,
    pub(super) period: Period,
    /// Sources of the scope; none for all.
    pub(super) sources: Option<Vec<String>>,
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) files: Vec<TextFile>,
}

impl Asked<'_> {
    fn lang(&self) -> Lang {
        self.choices.lang
    }

    fn say(&self, key: &str) -> String {
        text(self.choices.lang, key, &[])
    }

    fn says(&self, key: &str, args: &[(&str, &str)]) -> String {
        text(self.choices.lang, key, args)
    }
}

/// The whole page of a form.
pub(super) fn page(form: Form, asked: &Asked<'_>) -> String {
    let content = match form {
        Form::LogRegister => rows::register(asked),
        Form::SelfCheck => rows::check(asked),
        Form::Plan => rows::plan(asked),
        Form::Extraction => extraction::list(asked),
    };
    sheet::render(form, asked, &content)
}
