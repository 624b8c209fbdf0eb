//! The systems and rules that the founding documents describe (`packs/cn/systems.toml`): what each asks for, of whom, where it stands, and what kinds of
//! software it needs. It is the scope of the product; `docs/trace.toml` says which code answers which row.
//!
//! Invariants: a file is read whole or refused with every fault at its line; ids are unique; every row has at least one quotation of a page that the file names;
//! quotations are verbatim, everything else is our own words.

mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::{Bilingual, Fault};

/// Bytes of one file of systems.
pub const LONGEST_SYSTEMS_FILE: usize = 1 << 20;
/// Rows of one file.
pub const MOST_SYSTEMS: usize = 999;
/// Quotations of one row.
pub const MOST_QUOTATIONS: usize = 8;
/// Characters of one quotation: enough to find the place, too short to be a copy.
pub const LONGEST_QUOTATION: usize = 40;
/// Characters of one text in one language.
pub const LONGEST_TEXT: usize = 400;
/// Articles that one row names in one version.
pub const MOST_ARTICLES: usize = 16;
/// Faults that are told of one file; the rest shows once these are gone.
pub const MOST_FAULTS: usize = 100;

/// Number of a row, shown as `SYS-069`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemId(u16);

impl SystemId {
    /// None where the number is not in 1..=999.
    #[must_use]
    pub fn new(number: u16) -> Option<Self> {
        (1..=999).contains(&number).then_some(Self(number))
    }

    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for SystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SYS-{:03}", self.0)
    }
}

/// The text is no `SYS-` with three digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an id such as SYS-069")]
pub struct NoSystemId;

impl FromStr for SystemId {
    type Err = NoSystemId;

    fn from_str(text: &str) -> Result<Self, NoSystemId> {
        let digits = text.strip_prefix("SYS-").filter(|d| d.len() == 3 && d.bytes().all(|b| b.is_ascii_digit()));
        digits.and_then(|d| d.parse().ok()).and_then(Self::new).ok_or(NoSystemId)
    }
}

/// What software must do so that a row is carried. A form (register, document) does not stand for machinery or a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Enforces or performs it.
    Machinery,
    /// Measures it as evidence.
    Measure,
    /// Keeps its register, workflow, clock.
    Register,
    /// Produces its document.
    Document,
}

impl Need {
    pub const ALL: [Self; 4] = [Self::Machinery, Self::Measure, Self::Register, Self::Document];

    /// Its word in packs and in the trace.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Machinery => "machinery",
            Self::Measure => "measure",
            Self::Register => "register",
            Self::Document => "document",
        }
    }

    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.word() == word)
    }

    /// Whether a form is all it is: kept or printed, without a fact behind it.
    #[must_use]
    pub fn is_form(self) -> bool {
        matches!(self, Self::Register | Self::Document)
    }
}

/// A group of rows, A to N.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub letter: char,
    pub name: Bilingual,
}

/// A founding document, or a part of one: `004`, `004·E`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub id: String,
    pub name: Bilingual,
}

/// A few words of a page, as they stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotation {
    pub page: String,
    /// From 1.
    pub line: u32,
    /// Punctuation of the page's own width.
    pub text: String,
    /// Such as `draft` where the words are the draft's and the final text is in no page.
    pub note: Option<String>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    pub id: SystemId,
    pub group: Group,
    pub name: Bilingual,
    /// On whom the documents put it.
    pub who: Bilingual,
    /// What it asks for, with the documents' own numbers.
    pub requires: Bilingual,
    /// Where it stands, in words; the law's articles are in `articles` too.
    pub source: Bilingual,
    /// By version (`csl@2016`): `21(3)`, `22 para 1`, `33`.
    pub articles: BTreeMap<String, Vec<String>>,
    /// Empty where software has nothing to do (an act of the state).
    pub needs: BTreeSet<Need>,
    pub quotations: Vec<Quotation>,
}

/// A whole file: the pages that its rows stand in, and the rows in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub pages: Vec<Page>,
    pub systems: Vec<System>,
}

/// The rows of `cn/systems.toml`. Format: spec/lawpack.md, "Systems".
///
/// # Errors
/// The faults of the file, at most [`MOST_FAULTS`], in the order of their lines.
pub fn parse_systems(file: &str, text: &str) -> Result<Vec<System>, Vec<Fault>> {
    parse_scope(file, text).map(|scope| scope.systems)
}

/// The rows with the pages that they quote.
///
/// # Errors
/// As [`parse_systems`].
pub fn parse_scope(file: &str, text: &str) -> Result<Scope, Vec<Fault>> {
    if text.len() > LONGEST_SYSTEMS_FILE {
        return Err(vec![Fault::new(file, 0, "", "system-file-long").with("most", LONGEST_SYSTEMS_FILE.to_string())]);
    }
    read::scope(file, text)
}

/// Whether the text names an article, such as `21(3)`, `53 para 3`, `33`.
fn is_article(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.len() <= 3 && !part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit());
    let (article, paragraph) = text.split_once(" para ").map_or((text, None), |(article, paragraph)| (article, Some(paragraph)));
    let (number, item) = match article.split_once('(') {
        Some((number, rest)) => (number, rest.strip_suffix(')').or(Some(""))),
        None => (article, None),
    };
    digits(number) && item.is_none_or(digits) && paragraph.is_none_or(digits)
}
