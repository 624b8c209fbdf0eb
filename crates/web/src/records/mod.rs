//! Registers, cases and approvals: one list, one page, one form and one print for every kind, and the list of what is to be done.
//!
//! Invariants:
//! - nothing here knows a kind by name; what a page shows and asks follows from the kind's file;
//! - who may see or do something is the ledger's answer; a record that one may not see is answered as if there were none;
//! - every filter stands in the address; a page works without a script.

mod acts;
mod agenda;
mod cells;
mod export;
mod facts;
mod files;
pub(crate) mod form;
mod hints;
mod history;
mod import;
mod index;
mod list;
mod moves;
mod narrow;
mod open;
mod plan;
mod print;
mod record;
mod review;
mod sent;
mod sheets;
mod summary;
mod todo;
mod views;
pub(crate) mod words;

use anlan_law::kind::Kind;
use anlan_ledger::engine::{People, Rights, UnitId};

use crate::console::House;
use crate::failure::Failure;
use crate::sources::reach::Reach;

pub(crate) use acts::{act, act_form, bulk, urge_missing};
pub(crate) use agenda::agenda;
pub(crate) use export::{csv as list_csv, xlsx as list_xlsx};
pub(crate) use files::{answer as file_answer, file};
pub(crate) use import::{import_form, import_keep, import_review, import_upload, template};
pub(crate) use index::index;
pub(crate) use list::list;
pub(crate) use moves::{make_move, move_form};
pub(crate) use open::{open, open_form, own_unit};
pub(crate) use print::{print_list, print_record};
pub(crate) use record::record;
pub(crate) use sent::RECORD_FORM_BYTES;
pub(crate) use sheets::Sheets;
pub(crate) use summary::summary;
pub(crate) use todo::{todo, todo_count};
pub(crate) use views::{drop_view, keep_view};

/// People, units and sources that a form lets one choose, as the ledger has them at this moment.
pub(crate) struct Chosen<'a> {
    directory: &'a anlan_ledger::Directory,
    sources: Vec<form::Choice>,
}

impl House {
    /// The kind of an address, or no such page.
    pub(crate) fn kind(&self, kinds: &anlan_law::kind::Kinds, id: &str) -> Result<Kind, Failure> {
        kinds.get(id).cloned().ok_or(Failure::NotFound)
    }
}

impl<'a> Chosen<'a> {
    /// Sources are those of units that the person sees: the others' names are not theirs to read.
    pub(crate) async fn load(house: &House, directory: &'a anlan_ledger::Directory, who: &Rights) -> Result<Self, Failure> {
        let reach = Reach { directory, who, logs: house.console.ledger.sources_in_scope(who) };
        let mut sources = house.console.ledger.sources().await?;
        sources.retain(|source| reach.sees(&source.key));
        let choice = |source: anlan_ledger::SourceRow| form::Choice {
            title: source.name.unwrap_or_else(|| source.key.as_str().to_owned()),
            id: source.key.as_str().to_owned(),
            group: String::new(),
            chosen: false,
        };
        Ok(Self { directory, sources: sources.into_iter().map(choice).collect() })
    }
}

impl form::Offers for Chosen<'_> {
    fn people(&self) -> Vec<form::Choice> {
        let people = self.directory.people().map(|row| &row.person).filter(|person| !person.left);
        let mut all: Vec<form::Choice> = people
            .map(|person| form::Choice {
                id: person.id.to_string(),
                title: person.name.clone(),
                group: self.directory.unit(person.unit).map_or_else(String::new, |unit| unit.name.clone()),
                chosen: false,
            })
            .collect();
        all.sort_by(|a, b| (&a.group, &a.title).cmp(&(&b.group, &b.title)));
        all
    }

    fn units(&self) -> Vec<form::Choice> {
        let open = self.directory.units().map(|row| &row.unit).filter(|unit| !unit.closed);
        open.map(|unit| form::Choice { id: unit.id.to_string(), title: indented(unit), group: String::new(), chosen: false }).collect()
    }

    fn sources(&self) -> Vec<form::Choice> {
        self.sources.clone()
    }
}

/// A unit's name, set in by its depth below the root.
pub(crate) fn indented(unit: &anlan_ledger::engine::Unit) -> String {
    let depth = unit.path.matches('/').count().saturating_sub(2);
    format!("{}{}", "　".repeat(depth), unit.name)
}

/// The unit of an address or form, if it is one.
pub(crate) fn unit_of(text: &str) -> Option<UnitId> {
    UnitId::parse(text)
}
