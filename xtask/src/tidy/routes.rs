//! The console's routes stand in one table (`crates/web/src/routes.rs`): nobody serves a path beside it, every change names its act, and no path stands twice.

use std::collections::BTreeSet;

use super::Tree;

const TABLE: &str = "crates/web/src/routes.rs";
/// Rooms that could serve a path.
const SERVERS: [&str; 2] = ["crates/web/", "crates/anlan/"];
/// What would serve a path without a row.
const BESIDE: [&str; 4] = [".route(", ".nest(", ".route_service(", ".nest_service("];

pub fn check(tree: &Tree) -> Vec<String> {
    let table = tree.text(TABLE);
    let mut faults = rows(table);
    for (name, text) in tree
        .ending(".rs")
        .filter(|(name, _)| SERVERS.iter().any(|room| name.starts_with(room)) && *name != TABLE && !name.contains("/tests/"))
    {
        faults.extend(beside(name, text));
    }
    faults
}

fn beside(name: &str, text: &str) -> Vec<String> {
    let lines = text.lines().enumerate().filter(|(_, line)| BESIDE.iter().any(|call| line.contains(call)));
    lines.map(|(at, _)| format!("{name}:{}: serves a path that is not in the table: put the route into {TABLE}", at + 1)).collect()
}

/// `method "path" need, body, act => handler;`
fn rows(table: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (at, line) in table.lines().enumerate() {
        let line = line.trim();
        let Some((method, rest)) = line.split_once(' ').filter(|(method, _)| matches!(*method, "get" | "post" | "put" | "delete")) else {
            continue;
        };
        let Some((path, rest)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) else { continue };
        if !seen.insert((method.to_owned(), path.to_owned())) {
            faults.push(format!("{TABLE}:{}: {method} {path} stands twice", at + 1));
        }
        let changes = method != "get" && rest.split("=>").next().is_some_and(|row| row.contains(", None"));
        if changes && !line.contains("// no entry:") {
            faults.push(format!("{TABLE}:{}: {method} {path} names no act: name the entry that it leaves, or say `// no entry:`", at + 1));
        }
    }
    if seen.is_empty() {
        faults.push(format!("{TABLE}: no route was read"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_beside_the_table_and_changes_without_an_act_are_faults() {
        assert_eq!(beside("crates/web/src/logs/mod.rs", "fn f() {\n    Router::new().route(\"/x\", get(x))\n}\n").len(), 1);
        let good = "get \"/a\" Need::Open, Form, None => a;\npost \"/a\" Need::Session, Form, Some(\"a.b\") => b;\npost \"/c\" Need::Session, Form, None => c; // no entry:\n";
        assert_eq!(rows(good), Vec::<String>::new());
        assert_eq!(rows(&format!("{good}get \"/a\" Need::Open, Form, None => a;")).len(), 1);
        assert_eq!(rows("post \"/c\" Need::Session, Form, None => c;").len(), 1);
        assert_eq!(rows("").len(), 1);
    }
}
