//! An article as a tree: paragraphs (款), each with its items (项).
//!
//! Invariant: texts are normalised: full-width punctuation, no spaces between Chinese characters, no marks that the page added.

use serde::{Deserialize, Serialize};

use crate::numeral;

/// One article (条) of a statute or rule set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// From 1, as printed.
    pub number: u32,
    /// Chapter and section that it stands in, such as `第三章 网络运行安全 第一节 一般规定`; empty where there is none.
    #[serde(default)]
    pub part: String,
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph (款): its own words, then its items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    pub text: String,
    #[serde(default)]
    pub items: Vec<Item>,
}

/// An item (项), `（三）…`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// From 1, as printed.
    pub number: u32,
    /// Without its number.
    pub text: String,
}

impl Article {
    /// All words of the article in one line, items with their numbers: `…：（一）…；（二）…。`
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for paragraph in &self.paragraphs {
            text.push_str(&paragraph.text);
            for item in &paragraph.items {
                text.push('（');
                text.push_str(&numeral::chinese(item.number));
                text.push('）');
                text.push_str(&item.text);
            }
        }
        text
    }

    /// The items of all paragraphs.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.paragraphs.iter().flat_map(|paragraph| &paragraph.items)
    }
}
