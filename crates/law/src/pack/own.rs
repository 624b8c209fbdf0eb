//! A unit's own terms: stricter than the packs on every date, or refused.

use super::Lawbook;
use super::raw;
use super::read::Reader;
use super::source::Source;
use crate::fault::Fault;

/// Lays the terms of a unit's file over the packs.
pub(super) fn lay_over(book: &mut Lawbook, path: &str, text: &str, faults: &mut Vec<Fault>) {
    let source = match Source::parse(path, text) {
        Ok(source) => source,
        Err(more) => return faults.extend(more),
    };
    source.keys(&["override"], faults);
    let mut reader = Reader { pack: path.to_owned(), faults };
    for sited in source.records::<raw::Override>("override", reader.faults) {
        let site = sited.site.clone();
        let Some((term, weaker)) = reader.own_term(sited) else { continue };
        if book.terms.iter().any(|other| other.id == term.id) {
            reader.faults.push(site.fault(&["id"], "id-twice").with("id", term.id.as_str()));
            continue;
        }
        let Some(law) = book.effective(&term.subject, term.sense) else {
            reader.faults.push(site.fault(&["subject"], "override-nothing").with("subject", term.subject.as_str()));
            continue;
        };
        let all = std::iter::once(law.from).chain(law.also.iter().copied());
        match all.into_iter().find(|other| !term.value.surely_as_strict(term.sense, other.value)) {
            Some(other) => {
                let fault = weaker.with("found", term.value.to_string()).with("wanted", other.value.to_string());
                reader.faults.push(fault.with("pack", other.pack.as_str()));
            }
            None => book.terms.push(term),
        }
    }
}
