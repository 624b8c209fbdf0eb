//! `/library`: the texts of the law with their versions and damage, read, compared, searched and brought in.
//!
//! Invariants:
//! - the words of the law are shown as the library has them, never translated; what is ours (summaries, notes) says that it is ours;
//! - what the box does not have is a visible gap with its reason, never an empty place;
//! - a text that somebody brought in is hostile: escaped by the templates, hidden characters visible, cut to named lengths with a word about the rest.

mod annotated;
mod article;
mod compare;
mod found;
mod import;
mod index;
mod pending;
mod reading;
mod search;
mod shelf;
mod side;
mod texts;
mod words;

pub(crate) use compare::compare;
pub(crate) use import::{form as import_form, keep as import_keep, review as import_review, upload as import_upload};
pub(crate) use index::index;
pub(crate) use pending::PendingTexts;
pub(crate) use reading::reading;
pub(crate) use search::search;
pub(crate) use shelf::Shelf;
pub(crate) use texts::text;
