//! Words in the two languages of the product, and how sure a statement is.

use serde::{Deserialize, Serialize};

/// A text in Chinese and its reference translation. Both come from packs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

/// How sure a statement of a pack is. Whatever is not certain says so wherever it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sureness {
    /// Read in the text itself or in two independent copies.
    #[default]
    Certain,
    /// One good secondary source.
    Likely,
    /// To be checked before anyone relies on it.
    Unsure,
}
