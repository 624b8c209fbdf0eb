//! The text of `manifest.txt`: what the pack holds, member by member, under the log's signature.
//!
//! Invariant: [`Manifest::parse`] accepts exactly what [`Manifest::render`] writes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anlan_base::text::Lang;
use anlan_base::{Instant, SourceKey};
use anlan_tlog::{Hash, hex, parse_decimal, unhex32};
use anlan_vault::Scope;

use super::Period;

const FIRST: &str = "anlan-pack/1";
const SECOND: &str = "anlan-pack/2";
/// Bytes of a purpose, and of the number of a visit.
pub const CHOICE_BYTES: usize = 512;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub origin: String,
    pub period: Period,
    /// Size of the checkpoint.
    pub size: u64,
    pub scope: Scope,
    /// What was chosen for this pack; none in version 1.
    pub choices: Option<Choices>,
    /// Every member but the manifest, as they stand in the ZIP.
    pub files: Vec<FileLine>,
}

/// What was chosen when the pack was made, and who recorded it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub label: Label,
    pub masked: bool,
    /// At most [`CHOICE_BYTES`] without control characters; may be empty.
    pub purpose: String,
    /// Number of the inspection's record; as the purpose.
    pub visit: String,
    /// Number of the ledger's entry.
    pub made: u64,
    pub lang: Lang,
}

/// How confidential a pack is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Label {
    None,
    #[default]
    Internal,
    Sensitive,
}

impl Label {
    pub const ALL: [Self; 3] = [Self::None, Self::Internal, Self::Sensitive];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Internal => "internal",
            Self::Sensitive => "sensitive",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.code() == code)
    }
}

impl Choices {
    /// Whether a purpose or a visit can stand in a manifest.
    #[must_use]
    pub fn fits(text: &str) -> bool {
        text.len() <= CHOICE_BYTES && !text.chars().any(char::is_control)
    }

    fn render(&self, text: &mut String) {
        let masked = if self.masked { "yes" } else { "no" };
        let Self { label, purpose, visit, made, lang, .. } = self;
        // Writing to a String cannot fail.
        let _ =
            writeln!(text, "label {}\nmasked {masked}\npurpose {purpose}\nvisit {visit}\nmade {made}\nlang {}", label.code(), lang.tag());
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    pub digest: Hash,
    pub length: u64,
    pub name: String,
}

impl Manifest {
    #[must_use]
    pub fn render(&self) -> String {
        let Period { since, until } = self.period;
        let magic = if self.choices.is_some() { SECOND } else { FIRST };
        let mut text = format!("{magic}\norigin {}\nsince {}\nuntil {}\nsize {}\nscope ", self.origin, since.0, until.0, self.size);
        match &self.scope {
            Scope::All => text.push_str("all"),
            Scope::Sources(sources) => {
                text.push_str("sources");
                for source in sources {
                    text.push(' ');
                    text.push_str(source.as_str());
                }
            }
        }
        text.push('\n');
        if let Some(choices) = &self.choices {
            choices.render(&mut text);
        }
        for file in &self.files {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "file {} {} {}", hex(&file.digest), file.length, file.name);
        }
        text
    }

    /// The number of the first line that does not parse is the error; it counts from 1.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let body = text.strip_suffix('\n').ok_or(1_usize)?;
        let mut lines = body.split('\n').enumerate().map(|(i, line)| (i + 1, line));
        let mut after = |prefix: &str| {
            let (number, line) = lines.next().ok_or(0_usize)?;
            line.strip_prefix(prefix).map(|rest| (number, rest)).ok_or(number)
        };
        let (number, magic) = after("")?;
        if magic != FIRST && magic != SECOND {
            return Err(number);
        }
        let (_, origin) = after("origin ")?;
        let since = after("since ").and_then(decimal)?;
        let until = after("until ").and_then(decimal)?;
        let size = after("size ").and_then(decimal)?;
        let (number, scope) = after("scope ")?;
        let scope = parse_scope(scope).ok_or(number)?;
        let choices = if magic == SECOND { Some(parse_choices(&mut after)?) } else { None };
        let files = lines.map(|(number, line)| parse_file(line).ok_or(number)).collect::<Result<_, _>>()?;
        if since > until {
            return Err(4);
        }
        let period = Period { since: Instant(since), until: Instant(until) };
        Ok(Self { origin: origin.to_owned(), period, size, scope, choices, files })
    }
}

/// The lines of version 2 between scope and files.
fn parse_choices<'a>(after: &mut impl FnMut(&str) -> Result<(usize, &'a str), usize>) -> Result<Choices, usize> {
    let mut one = |prefix: &str| after(prefix);
    let (number, label) = one("label ")?;
    let label = Label::parse(label).ok_or(number)?;
    let (number, masked) = one("masked ")?;
    let masked = ["no", "yes"].iter().position(|code| *code == masked).ok_or(number)? == 1;
    let mut text = |prefix: &str| one(prefix).and_then(|(number, text)| Choices::fits(text).then(|| text.to_owned()).ok_or(number));
    let (purpose, visit) = (text("purpose ")?, text("visit ")?);
    let made = after("made ").and_then(decimal)?;
    let (number, lang) = after("lang ")?;
    let lang = [Lang::Zh, Lang::En].into_iter().find(|known| known.tag() == lang).ok_or(number)?;
    Ok(Choices { label, masked, purpose, visit, made, lang })
}

fn decimal((number, text): (usize, &str)) -> Result<u64, usize> {
    parse_decimal(text).ok_or(number)
}

fn parse_scope(text: &str) -> Option<Scope> {
    if text == "all" {
        return Some(Scope::All);
    }
    let keys: Vec<&str> = text.strip_prefix("sources ")?.split(' ').collect();
    if !keys.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let sources = keys.into_iter().map(|key| SourceKey::new(key).ok()).collect::<Option<BTreeSet<_>>>()?;
    Some(Scope::Sources(sources))
}

fn parse_file(line: &str) -> Option<FileLine> {
    let mut parts = line.strip_prefix("file ")?.splitn(3, ' ');
    let digest = unhex32(parts.next()?)?;
    let length = parse_decimal(parts.next()?)?;
    let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
    Some(FileLine { digest, length, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Manifest {
        let scope = Scope::Sources(["ip:192.0.2.1", "token:a"].map(|key| SourceKey::new(key).unwrap()).into());
        let files = vec![FileLine { digest: [7; 32], length: 12, name: "README.txt".to_owned() }];
        let period = Period { since: Instant(5), until: Instant(9) };
        Manifest { origin: "anlan.local/00".to_owned(), period, size: 3, scope, choices: None, files }
    }

    fn chosen() -> Choices {
        let (purpose, visit) = ("监督检查 a b".to_owned(), String::new());
        Choices { label: Label::Sensitive, masked: true, purpose, visit, made: 7, lang: Lang::En }
    }

    // PACK-14
    #[test]
    fn what_version_2_would_not_write_is_refused() {
        let long = "a".repeat(CHOICE_BYTES - 1);
        let choices = Choices { purpose: format!("{long}b"), ..chosen() };
        let good = Manifest { choices: Some(choices), ..sample() }.render();
        assert!(Manifest::parse(&good).is_ok());
        for (from, to, line) in [
            ("anlan-pack/2", "anlan-pack/1", 7),
            ("anlan-pack/2", "anlan-pack/3", 1),
            ("label sensitive", "label secret", 7),
            ("label sensitive\n", "", 7),
            ("masked yes", "masked Yes", 8),
            ("masked yes", "masked ", 8),
            ("ab\nvisit", "abc\nvisit", 9),
            ("ab\nvisit", "a\u{85}\nvisit", 9),
            ("visit \n", "visit\n", 10),
            ("made 7", "made 07", 11),
            ("lang en", "lang zh", 12),
            ("lang en\n", "lang en\nlang en\n", 13),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good, "{from}");
            assert_eq!(Manifest::parse(&bad), Err(line), "{from} -> {to}");
        }
    }

    #[test]
    fn a_manifest_reads_back() {
        for scope in [Scope::All, sample().scope] {
            for choices in [None, Some(chosen())] {
                let manifest = Manifest { scope: scope.clone(), choices, ..sample() };
                assert_eq!(Manifest::parse(&manifest.render()), Ok(manifest));
            }
        }
    }

    #[test]
    fn what_render_would_not_write_is_refused() {
        let good = sample().render();
        for (from, to, line) in [
            ("anlan-pack/1", "anlan-pack/2", 7),
            ("anlan-pack/1\n", "anlan-pack/1 \n", 1),
            ("since 5", "since 05", 3),
            ("since 5", "since 10", 4),
            ("since 5", "since +5", 3),
            ("until 9", "until 18446744073709551616", 4),
            ("size 3", "size ", 5),
            ("scope sources ip:192.0.2.1 token:a", "scope sources token:a ip:192.0.2.1", 6),
            ("scope sources ip:192.0.2.1 token:a", "scope sources token:a token:a", 6),
            ("scope sources ip:192.0.2.1 token:a", "scope sources", 6),
            ("scope sources ip:192.0.2.1 token:a", "scope sources ", 6),
            ("scope sources ip:192.0.2.1 token:a", "scope sources  token:a", 6),
            ("scope sources ip:192.0.2.1 token:a", "scope ALL", 6),
            ("file 0707", "file 0g07", 7),
            (" 12 README", " 012 README", 7),
            (" 12 README.txt", " 12 ", 7),
            ("README.txt\n", "README.txt\n\n", 8),
            ("README.txt\n", "README.txt", 1),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good, "{from}");
            assert_eq!(Manifest::parse(&bad), Err(line), "{from} -> {to}");
        }
    }
}
