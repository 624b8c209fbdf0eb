//! Fan-out to units, and printed forms.

use super::limits::{COLUMNS, ENTRIES, FORMS, ORIGINALS};
use super::read::shown;
use super::tree::{Spot, Tree};
use super::{Fanout, Print, PrintOf};

/// What a line of a form may show beside fields.
pub(super) const SHOWN: [&str; 6] = ["@number", "@unit", "@opened", "@state", "@clocks", "@history"];
/// What a column of a printed list may show beside fields: all but what takes many lines.
pub(super) const SHOWN_IN_LISTS: [&str; 5] = ["@number", "@unit", "@opened", "@state", "@clocks"];

pub(super) fn fanout(tree: &Tree<'_>, top: &Spot<'_>) -> Option<Fanout> {
    let spot = tree.table(top, "fanout")?;
    tree.only(&spot, &["move", "units", "child", "copies"]);
    let (on, units, child) = (tree.needed_text(&spot, "move"), tree.needed_text(&spot, "units"), tree.needed_text(&spot, "child"));
    let copies = tree.pairs(&spot, "copies", ENTRIES).into_iter().collect();
    Some(Fanout { on: on?.to_owned(), units: units?.to_owned(), child: child?.to_owned(), copies })
}

pub(super) fn print(tree: &Tree<'_>, top: &Spot<'_>, at: &mut Vec<usize>) -> Vec<Print> {
    let mut forms = Vec::new();
    for spot in tree.tables(top, "print", FORMS) {
        tree.only(&spot, &["name", "title", "of", "rows", "columns", "signs", "seal", "copies"]);
        let Some(of) = of(tree, &spot) else { continue };
        at.push(spot.index());
        forms.push(Print {
            name: tree.name(&spot, "name"),
            title: tree.words(&spot, "title"),
            of,
            signs: tree.words_list(&spot, "signs", ENTRIES),
            seal: tree.flag(&spot, "seal"),
            copies: tree.number(&spot, "copies", 1..=ORIGINALS).and_then(|copies| u8::try_from(copies).ok()).unwrap_or(1),
        });
    }
    forms
}

fn of(tree: &Tree<'_>, spot: &Spot<'_>) -> Option<PrintOf> {
    let (found, key, other) = match tree.needed_text(spot, "of")? {
        "record" => ("record", "rows", "columns"),
        "list" => ("list", "columns", "rows"),
        found => {
            let fault = tree.fault(&spot.to("of"), "kind-word").with("found", shown(found));
            tree.push(fault.with("known", "record, list"));
            return None;
        }
    };
    if tree.has(spot, other) {
        tree.push(tree.fault(&spot.to(other), "kind-key-unfit").with("name", other).with("type", found));
    }
    if !tree.needs(spot, key) {
        return None;
    }
    if tree.length(spot, key) == Some(0) {
        tree.push(tree.fault(&spot.to(key), "kind-list-empty"));
    }
    Some(match found {
        "record" => PrintOf::Record { rows: tree.rows(spot, "rows", ENTRIES) },
        _ => PrintOf::List { columns: tree.texts(spot, "columns", COLUMNS) },
    })
}
