//! What somebody wishes of a pack. The console and the shell ask for it in the same words.

use anlan_assure::{Form, Heading, Label};
use anlan_base::text::Lang;
use anlan_base::{Instant, Seq};
use anlan_vault::Scope;

/// A pack to be built. Whether the asker may see these sources is decided before.
#[derive(Clone, Debug)]
pub struct PackWish {
    pub since: Instant,
    pub until: Instant,
    pub scope: Scope,
    pub label: Label,
    pub masked: bool,
    /// Whether persons' names stand in reasons and attestations.
    pub names: bool,
    pub lang: Lang,
    pub purpose: String,
    pub visit: String,
    pub headings: Vec<Heading>,
    /// Forms that are filled in.
    pub forms: Vec<Form>,
    pub proofs: Vec<Seq>,
    /// Number of the entry, where it was recorded already.
    pub made: Option<u64>,
}

impl PackWish {
    pub const ACT: &'static str = "pack.build";

    /// The fields of its entry.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let scope = match &self.scope {
            Scope::All => "all".to_owned(),
            Scope::Sources(sources) => joined(sources.iter()),
        };
        vec![
            ("since", self.since.0.to_string()),
            ("until", self.until.0.to_string()),
            ("sources", scope),
            ("label", self.label.code().to_owned()),
            ("masked", if self.masked { "yes" } else { "no" }.to_owned()),
            ("lang", self.lang.tag().to_owned()),
            ("purpose", self.purpose.clone()),
            ("visit", self.visit.clone()),
            ("headings", joined(self.headings.iter().map(|heading| heading.code()))),
            ("forms", joined(self.forms.iter().map(|form| form.code()))),
            ("proofs", joined(self.proofs.iter())),
        ]
    }
}

fn joined(parts: impl Iterator<Item = impl ToString>) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(" ")
}

/// Why there is no pack.
#[derive(Debug, thiserror::Error)]
pub enum PackFault {
    /// In words for the asker.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Failed(String),
}
