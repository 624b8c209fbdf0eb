//! What a verification found, as data: each check is a key of `locales/*/verify.ftl` with arguments and an outcome.
//!
//! Invariants: a report with a failed check is never sound; findings of one kind are cut at [`FINDINGS_SHOWN`] and the rest counted, so that
//! a report of a ruined file stays short.

use anlan_base::text::{self, Lang};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// Findings of one check that are told one by one; the rest are counted.
pub const FINDINGS_SHOWN: usize = 8;

/// One check of a verification: key of its text in the locale files, arguments, and whether it held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub key: &'static str,
    pub args: Vec<(&'static str, String)>,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Held,
    Failed,
    Info,
}

/// What the whole answer is; [`Verdict::code`] is the exit code of `spec/pack.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Sound,
    Damaged,
    NotOurs,
    Usage,
}

impl Verdict {
    /// 0 sound, 1 damaged, 2 usage, 3 cannot be opened or none of our formats.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Sound => 0,
            Self::Damaged => 1,
            Self::Usage => 2,
            Self::NotOurs => 3,
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Self::Sound => "verify-verdict-sound",
            Self::Damaged => "verify-verdict-damaged",
            Self::Usage => "verify-verdict-usage",
            Self::NotOurs => "verify-verdict-not-ours",
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Damaged => "damaged",
            Self::Usage => "usage",
            Self::NotOurs => "not-ours",
        }
    }
}

/// How far the answer is anchored outside (I4): only by the key itself, or by an older checkpoint that the reader kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    SelfOnly,
    Against { size: u64 },
}

#[derive(Clone, Debug)]
pub struct Report {
    pub checks: Vec<Check>,
    pub verdict: Verdict,
    pub anchor: Anchor,
}

impl Report {
    /// A report of one failed check that ended the verification before it began.
    #[must_use]
    pub fn refused(verdict: Verdict, check: Check) -> Self {
        Self { checks: vec![check], verdict, anchor: Anchor::SelfOnly }
    }

    /// One line for each check, then the verdict, then how far it is anchored.
    #[must_use]
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let mut lines: Vec<String> = self.checks.iter().map(|check| check.line(lang)).collect();
        lines.push(text::text(lang, self.verdict.key(), &[]));
        lines.push(match self.verdict {
            Verdict::Sound => self.anchor.line(lang),
            // What does not check is anchored nowhere, whatever was given to compare it with.
            Verdict::Damaged | Verdict::NotOurs | Verdict::Usage => text::text(lang, "verify-anchor-none", &[]),
        });
        lines
    }
}

impl Anchor {
    fn line(&self, lang: Lang) -> String {
        match self {
            Self::SelfOnly => text::text(lang, "verify-anchor-self", &[]),
            Self::Against { size } => text::text(lang, "verify-anchor-against", &[("size", &size.to_string())]),
        }
    }
}

impl Check {
    #[must_use]
    pub fn held(key: &'static str, args: Vec<(&'static str, String)>) -> Self {
        Self { key, args, outcome: Outcome::Held }
    }

    #[must_use]
    pub fn failed(key: &'static str, args: Vec<(&'static str, String)>) -> Self {
        Self { key, args, outcome: Outcome::Failed }
    }

    #[must_use]
    pub fn info(key: &'static str, args: Vec<(&'static str, String)>) -> Self {
        Self { key, args, outcome: Outcome::Info }
    }

    fn line(&self, lang: Lang) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mark = match self.outcome {
            Outcome::Held => "✓",
            Outcome::Failed => "✗",
            Outcome::Info => "·",
        };
        format!("{mark} {}", text::text(lang, self.key, &args))
    }
}

/// Gathers the findings of one check; [`Findings::into_checks`] gives either what held or what failed.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    shown: Vec<Check>,
    more: u64,
}

impl Findings {
    pub(crate) fn add(&mut self, key: &'static str, args: Vec<(&'static str, String)>) {
        if self.shown.len() < FINDINGS_SHOWN {
            self.shown.push(Check::failed(key, args));
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn push(&mut self, check: Check) {
        self.add(check.key, check.args);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// `held` when nothing was found, else the findings.
    pub(crate) fn into_checks(mut self, held: Check) -> Vec<Check> {
        if self.shown.is_empty() {
            return vec![held];
        }
        if self.more > 0 {
            self.shown.push(Check::failed("verify-more", vec![("count", self.more.to_string())]));
        }
        self.shown
    }
}

/// Sound when no check failed.
pub(crate) fn judge(checks: &[Check]) -> Verdict {
    if checks.iter().any(|check| check.outcome == Outcome::Failed) { Verdict::Damaged } else { Verdict::Sound }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Check", 3)?;
        out.serialize_field("check", self.key)?;
        out.serialize_field("outcome", &self.outcome)?;
        out.serialize_field("args", &Args(&self.args))?;
        out.end()
    }
}

struct Args<'a>(&'a [(&'static str, String)]);

impl Serialize for Args<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// `{"verdict":"sound","code":0,"anchor":"self","anchored_size":null,"checks":[…]}`
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (anchor, size) = match self.anchor {
            Anchor::SelfOnly => ("self", None),
            Anchor::Against { size } => ("against", Some(size)),
        };
        let mut out = serializer.serialize_struct("Report", 5)?;
        out.serialize_field("verdict", self.verdict.name())?;
        out.serialize_field("code", &self.verdict.code())?;
        out.serialize_field("anchor", anchor)?;
        out.serialize_field("anchored_size", &size)?;
        out.serialize_field("checks", &self.checks)?;
        out.end()
    }
}
