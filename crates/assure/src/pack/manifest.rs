//! The text of `manifest.txt`: what the pack holds, member by member, under the log's signature.
//!
//! Invariant: [`Manifest::parse`] accepts exactly what [`Manifest::render`] writes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anlan_base::{Instant, SourceKey};
use anlan_tlog::{Hash, hex, parse_decimal, unhex32};
use anlan_vault::Scope;

use super::Period;

const MAGIC: &str = "anlan-pack/1";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub origin: String,
    pub period: Period,
    /// Size of the checkpoint.
    pub size: u64,
    pub scope: Scope,
    /// Every member but the manifest, as they stand in the ZIP.
    pub files: Vec<FileLine>,
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
        let mut text = format!("{MAGIC}\norigin {}\nsince {}\nuntil {}\nsize {}\nscope ", self.origin, since.0, until.0, self.size);
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
        let (number, rest) = after(MAGIC)?;
        if !rest.is_empty() {
            return Err(number);
        }
        let (_, origin) = after("origin ")?;
        let since = after("since ").and_then(decimal)?;
        let until = after("until ").and_then(decimal)?;
        let size = after("size ").and_then(decimal)?;
        let (number, scope) = after("scope ")?;
        let scope = parse_scope(scope).ok_or(number)?;
        let files = lines.map(|(number, line)| parse_file(line).ok_or(number)).collect::<Result<_, _>>()?;
        if since > until {
            return Err(4);
        }
        let period = Period { since: Instant(since), until: Instant(until) };
        Ok(Self { origin: origin.to_owned(), period, size, scope, files })
    }
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
        Manifest { origin: "anlan.local/00".to_owned(), period, size: 3, scope, files }
    }

    #[test]
    fn a_manifest_reads_back() {
        for scope in [Scope::All, sample().scope] {
            let manifest = Manifest { scope, ..sample() };
            assert_eq!(Manifest::parse(&manifest.render()), Ok(manifest));
        }
    }

    #[test]
    fn what_render_would_not_write_is_refused() {
        let good = sample().render();
        for (from, to, line) in [
            ("anlan-pack/1", "anlan-pack/2", 1),
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
