//! What somebody wishes of a pack. The console and the shell ask for it in the same words.

use anlan_assure::{Heading, Label};
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
    pub proofs: Vec<Seq>,
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
