//! What must hold between kinds: ids and numbers are theirs alone, links lead to kinds, copies fit.

use std::collections::{BTreeMap, BTreeSet};

use super::limits::{ENTRIES, KINDS};
use super::read::{Draft, shown};
use super::tree::{Step, Then as _, at};
use super::{Kind, KindTerm, Shape};

/// `others` are the kinds that are in force already; `all_read` is false where a file is missing, so that nothing is said of what leads to it.
pub(super) fn check(drafts: &[Draft<'_>], others: &super::Kinds, all_read: bool) {
    let known = || others.iter().chain(drafts.iter().map(|draft| &draft.kind));
    let mut by_id: BTreeMap<&str, &Kind> = BTreeMap::new();
    let mut by_number: BTreeMap<&str, &str> = BTreeMap::new();
    for kind in others.iter() {
        by_id.insert(&kind.id, kind);
        by_number.insert(&kind.number, &kind.id);
    }
    for draft in drafts {
        let kind = &draft.kind;
        if by_id.contains_key(kind.id.as_str()) && !kind.id.is_empty() {
            draft.tree.push(draft.tree.fault(at!["id"], "kind-id-twice").with("id", shown(&kind.id)));
        } else {
            by_id.insert(&kind.id, kind);
        }
        match by_number.get(kind.number.as_str()).filter(|_| !kind.number.is_empty()) {
            Some(other) => {
                let fault = draft.tree.fault(at!["number"], "kind-number-twice").with("number", shown(&kind.number));
                draft.tree.push(fault.with("other", *other));
            }
            None => drop(by_number.insert(&kind.number, &kind.id)),
        }
    }
    if let Some(draft) = drafts.get(KINDS.saturating_sub(others.iter().count())) {
        draft.tree.push(draft.tree.fault(&[], "kind-too-many").with("limit", KINDS.to_string()));
    }
    if !all_read {
        return;
    }
    let mut started: BTreeMap<&str, Vec<Started<'_>>> = BTreeMap::new();
    for kind in known() {
        if let Some(fanout) = &kind.fanout {
            started.entry(&fanout.child).or_default().push(Started { copies: &fanout.copies, link: None });
        }
        for opening in kind.moves.iter().flat_map(|a_move| &a_move.opens) {
            let opened = Started { copies: &opening.copies, link: opening.link.as_deref() };
            started.entry(&opening.kind).or_default().push(opened);
        }
    }
    for draft in drafts.iter().filter(|draft| draft.whole) {
        Links { draft, by_id: &by_id }.check();
        let started = started.get(draft.kind.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        opened_by_others(draft, started);
        never_filled(draft, started);
    }
}

/// How a record is opened by itself, with what it brings.
struct Started<'k> {
    copies: &'k BTreeMap<String, String>,
    link: Option<&'k str>,
}

struct Links<'d, 'a> {
    draft: &'d Draft<'a>,
    by_id: &'d BTreeMap<&'d str, &'d Kind>,
}

impl Links<'_, '_> {
    fn check(&self) {
        let (kind, places) = (&self.draft.kind, &self.draft.at);
        for (index, field) in kind.fields.iter().enumerate() {
            if let (Shape::Link { to }, Some(place)) = (&field.shape, places.fields.get(index)) {
                self.kind(at!["field", *place, "to"], to);
            }
        }
        for (index, a_move) in kind.moves.iter().enumerate() {
            for (opening, opens) in a_move.opens.iter().enumerate() {
                let way = at!["move", places.moves.get(index).copied().unwrap_or(index), "opens", opening].to_vec();
                let Some(other) = self.kind(&way.clone().then("kind"), &opens.kind) else { continue };
                self.copies(&way.clone().then("copies"), other, &opens.copies);
                if let Some(link) = &opens.link {
                    self.back(&way.clone().then("link"), other, link);
                }
            }
        }
        if let Some(fanout) = &kind.fanout
            && let Some(child) = self.kind(at!["fanout", "child"], &fanout.child)
        {
            self.copies(at!["fanout", "copies"], child, &fanout.copies);
        }
    }

    fn kind(&self, way: &[Step], id: &str) -> Option<&Kind> {
        let found = self.by_id.get(id).copied();
        if found.is_none() && !id.is_empty() {
            self.draft.tree.push(self.draft.tree.fault(way, "kind-no-kind").with("found", shown(id)));
        }
        found
    }

    /// Their field of shape link leads to this kind.
    fn back(&self, way: &[Step], other: &Kind, link: &str) {
        let leads = other.field(link).is_some_and(|field| matches!(&field.shape, Shape::Link { to } if *to == self.draft.kind.id));
        if !leads {
            let fault = self.draft.tree.fault(way, "kind-link-back").with("found", shown(link)).with("kind", shown(&other.id));
            self.draft.tree.push(fault.with("id", shown(&self.draft.kind.id)));
        }
    }

    fn copies(&self, way: &[Step], other: &Kind, copies: &BTreeMap<String, String>) {
        for (theirs, ours) in copies {
            let way = way.to_vec().then(theirs.as_str());
            if self.draft.vague.contains(ours) {
                continue;
            }
            let fault = |code| self.draft.tree.fault(&way, code);
            let (Some(to), Some(from)) = (other.field(theirs), self.draft.kind.field(ours)) else {
                let (name, kind) = match other.field(theirs) {
                    None => (theirs, &other.id),
                    Some(_) => (ours, &self.draft.kind.id),
                };
                self.draft.tree.push(fault("kind-copy-field").with("found", shown(name)).with("kind", shown(kind)));
                continue;
            };
            if let Some(sealed) = [to, from].into_iter().find(|field| !field.sealed.is_empty()) {
                self.draft.tree.push(fault("kind-sealed").with("found", shown(&sealed.name)));
            }
            if !takes(&to.shape, &from.shape) {
                let fault = fault("kind-copy").with("theirs", shown(theirs)).with("ours", shown(ours));
                self.draft.tree.push(fault.with("to", to.shape.id()).with("from", from.shape.id()));
            }
        }
    }
}

/// Whether whatever fits into `from` fits into `to` as it is.
fn takes(to: &Shape, from: &Shape) -> bool {
    match (to, from) {
        (Shape::Text { lines, most }, Shape::Text { lines: own, most: has }) => (*lines > 1 || *own == 1) && most >= has,
        (Shape::Number { least, most }, Shape::Number { least: from, most: until }) => least <= from && most >= until,
        (Shape::Choice { options }, Shape::Choice { options: has }) => {
            has.iter().all(|option| options.iter().any(|other| other.id == option.id))
        }
        (Shape::People { most }, Shape::People { most: has })
        | (Shape::Units { most }, Shape::Units { most: has })
        | (Shape::Attachment { most }, Shape::Attachment { most: has }) => most >= has,
        (Shape::Table { columns, most }, Shape::Table { columns: has, most: rows }) => {
            most >= rows && columns.iter().map(|column| column.shape).eq(has.iter().map(|column| column.shape))
        }
        (Shape::Link { to }, Shape::Link { to: other }) => to == other,
        _ => std::mem::discriminant(to) == std::mem::discriminant(from),
    }
}

/// A clock that starts with the opening takes its row from a field: whoever opens the record by itself copies it.
fn opened_by_others(draft: &Draft<'_>, started: &[Started<'_>]) {
    let kind = &draft.kind;
    for (index, clock) in kind.clocks.iter().enumerate().filter(|(_, clock)| clock.start.iter().any(|start| start == super::moves::OPEN)) {
        let KindTerm::Law { row: Some(field), .. } = &clock.term else { continue };
        let by_series = !kind.series.is_empty();
        if by_series || started.iter().any(|opened| !opened.copies.contains_key(field)) {
            let way = at!["clock", draft.at.clocks.get(index).copied().unwrap_or(index), "row"];
            draft.tree.push(draft.tree.fault(way, "kind-clock-uncopied").with("field", shown(field)));
        }
    }
}

/// A field that no form asks for and nothing writes would be empty for ever.
fn never_filled(draft: &Draft<'_>, started: &[Started<'_>]) {
    let kind = &draft.kind;
    let is_open_to_nobody = draft.tree.one_or_more(&draft.tree.top(), "opens", ENTRIES).first().is_some_and(|one| one == "none");
    if kind.opens.is_empty() && !is_open_to_nobody {
        return;
    }
    let mut filled: BTreeSet<&str> =
        started.iter().flat_map(|opened| opened.copies.keys().map(String::as_str).chain(opened.link)).collect();
    for a_move in &kind.moves {
        filled.extend(a_move.needs.iter().chain(&a_move.asks).chain(a_move.sets.iter().map(|(field, _)| field)).map(String::as_str));
    }
    if !kind.opens.is_empty() {
        filled.extend(kind.asked_at_opening().iter().map(|field| field.name.as_str()));
    }
    for (index, field) in kind.fields.iter().enumerate().filter(|(_, field)| !filled.contains(field.name.as_str())) {
        let way = at!["field", draft.at.fields.get(index).copied().unwrap_or(index), "name"];
        draft.tree.push(draft.tree.fault(way, "kind-field-never").with("found", shown(&field.name)));
    }
}
