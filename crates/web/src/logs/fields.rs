//! The field list beside the rows: the common values among the lines shown, each a link that narrows the query.

use std::collections::BTreeMap;

use anlan_vault::Hit;

use crate::address::address;
use crate::shown;

/// Fields in the list.
const FIELDS: usize = 8;
/// Values of one field.
const VALUES: usize = 5;
/// Bytes of a value that is worth a link.
const VALUE_BYTES: usize = 64;
/// Bytes that all links together take in the page.
const LINK_BYTES: usize = 16 * 1024;

pub(crate) struct FieldList {
    pub(crate) name: String,
    pub(crate) values: Vec<Value>,
}

pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) count: usize,
    pub(crate) link: String,
}

/// `query` is what the person wrote; `rest` are the other parts of the address.
pub(crate) fn common(hits: &[Hit], query: &str, rest: &[(&str, &str)]) -> Vec<FieldList> {
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (name, value) in hits.iter().flat_map(|hit| &hit.fields) {
        if is_narrowing(name, value) {
            *counts.entry(name).or_default().entry(value).or_default() += 1;
        }
    }
    let mut fields: Vec<_> = counts.into_iter().filter(|(_, values)| values.len() <= VALUES || values.values().any(|n| *n > 1)).collect();
    fields.sort_by_key(|(name, values)| (rank(name), usize::MAX - values.values().sum::<usize>()));
    let mut budget = LINK_BYTES;
    fields.truncate(FIELDS);
    let lists =
        fields.into_iter().map(|(name, values)| FieldList { name: name.to_owned(), values: top(name, values, query, rest, &mut budget) });
    lists.filter(|list| !list.values.is_empty()).collect()
}

fn top(name: &str, values: BTreeMap<&str, usize>, query: &str, rest: &[(&str, &str)], budget: &mut usize) -> Vec<Value> {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by_key(|(_, n)| usize::MAX - n);
    let mut out = Vec::new();
    for (value, count) in values.into_iter().take(VALUES) {
        let narrowed = narrow(query, name, value);
        let mut pairs = vec![("q", narrowed.as_str())];
        pairs.extend_from_slice(rest);
        let link = address("/logs", &pairs);
        let Some(left) = budget.checked_sub(link.len()) else { break };
        *budget = left;
        out.push(Value { text: shown::plain(value, VALUE_BYTES), count, link });
    }
    out
}

/// Values that can be written in a query and tell lines apart.
fn is_narrowing(name: &str, value: &str) -> bool {
    let writable = !value.is_empty() && value.len() <= VALUE_BYTES && !value.contains(['"', '\\']) && !value.chars().any(char::is_control);
    writable
        && name.contains('.')
        && !matches!(name, "@timestamp" | "anlan.origin" | "log.source.address" | "process.pid" | "process.entity_id")
}

/// The fields that people ask for first.
fn rank(name: &str) -> usize {
    const FIRST: [&str; 6] = ["host.name", "process.name", "event.outcome", "event.action", "user.name", "source.ip"];
    FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len())
}

/// The query, and this field has this value.
pub(crate) fn narrow(query: &str, name: &str, value: &str) -> String {
    let bare =
        value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) && !matches!(value, "AND" | "OR" | "NOT");
    let term = if bare { format!("{name}:{value}") } else { format!("{name}:\"{value}\"") };
    let query = query.trim();
    if query.is_empty() || query == "*" {
        return term;
    }
    if query.split_whitespace().any(|word| word == "OR") { format!("({query}) AND {term}") } else { format!("{query} AND {term}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_narrows_the_query() {
        for (query, value, narrowed) in [
            ("", "root", "user.name:root"),
            ("*", "root", "user.name:root"),
            ("failed", "a b", "failed AND user.name:\"a b\""),
            ("a OR b", "root", "(a OR b) AND user.name:root"),
            ("x", "管理员", "x AND user.name:\"管理员\""),
            ("x", "OR", "x AND user.name:\"OR\""),
        ] {
            assert_eq!(narrow(query, "user.name", value), narrowed);
        }
    }
}
