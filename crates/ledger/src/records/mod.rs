//! Records in the database: commands on them, lists, 待办, what time brings, files beside them.
//!
//! Invariants:
//! - one command is one transaction: its entries, the numbers, every row that follows from them (REC-2, REC-11);
//! - what is decided on is folded from entries; rows only answer lists, and `check.rs` names each that does not follow;
//! - nothing outside the asker's rights is told of, nor any sealed value (REC-9, REC-10);
//! - every list, search and tick has a bound, and says when it came to it.

mod asked;
pub(crate) mod binds;
mod bulk;
pub(crate) mod check;
mod commands;
mod condition;
mod erase;
mod file_types;
mod files;
mod follow;
mod list;
mod marks;
mod narrowed;
mod once;
mod opening;
mod read;
mod rows;
mod scope;
mod shape;
mod store;
mod survey;
mod ticker;
mod todo;
mod trial;
mod views;
mod write;

pub use asked::{LIST_ROWS, ListAsk, ListPage, Order, RecordRow, StateAsk, StateTotal, WORDS_CHARS};
#[doc(hidden)]
pub use bulk::Bulk;
pub use commands::{Done, MANY};
pub use condition::{CONDITION_BYTES, CONDITIONS, ClockIs, Condition, Judge, NAMED, TESTS, Test, What};
pub use files::{Attachment, FILE_BYTES, FILE_NAME_CHARS, UNNAMED_SECONDS};
pub use follow::REHELD;
pub use list::CANDIDATES;
pub use narrowed::{LOOKED, NARROW_FOLDS};
pub use once::{KEY_BYTES, KEY_SECONDS, KEYS, Opened};
pub use read::{CHILDREN, Children, FieldChange, HistoryRow, LINKS, SUMMARY_ROWS, Shown, SummaryRow};
pub use shape::FILTERS;
pub use store::ENTRIES;
pub use survey::{SIGN_IN_ENTRIES, SURVEY_FOLDS};
pub use ticker::{OPENED, SeriesRun, Ticked, WOKEN};
pub use todo::{DeadlineRow, TODO_COUNTED, TODO_ROWS, TodoAsk, TodoCounts, TodoOf, TodoPage, TodoRow, Why as WhyTodo};
pub use views::{SavedView, VIEW_NAME_CHARS, VIEW_QUERY_BYTES, VIEWS};
pub use write::OPENED_AT_ONCE;

pub(crate) use files::Shelves;
pub(crate) use follow::reproject;
pub(crate) use shape::{COLUMNS as SHAPE_COLUMNS, KIND_SHAPE, KindShape, put as put_shape};
