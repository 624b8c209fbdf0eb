//! ARCHITECTURE.md's crate table against `cargo metadata`: an arrow that is not in the table is a fault, and so is a direct dependency without its reason.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tree;
use crate::shell::{command, output};

pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let allowed = table(tree.text("ARCHITECTURE.md"));
    let reasons = tree.text("docs/dependencies.md");
    let metadata: Value =
        serde_json::from_str(&output(command("cargo", &["metadata", "--format-version", "1", "--no-deps", "--locked"]))?)?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("cargo metadata has no packages")?;
    let mut faults = Vec::new();
    let mut outside = BTreeSet::new();
    for package in packages {
        let room = room_of(package.get("name").and_then(Value::as_str).unwrap_or_default());
        for dependency in package.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
            let name = dependency.get("name").and_then(Value::as_str).unwrap_or_default();
            let is_ours = name.starts_with("anlan-");
            if !is_ours {
                outside.insert(name.to_owned());
            }
            let is_normal = dependency.get("kind").is_none_or(Value::is_null);
            if !is_ours || !is_normal || matches!(room, "xtask" | "fuzz") {
                continue;
            }
            let to = room_of(name);
            match allowed.get(room) {
                None => faults.push(format!("ARCHITECTURE.md: crate `{room}` is missing from the crate table")),
                Some(edges) if !edges.contains("all") && !edges.contains(to) => {
                    faults.push(format!("crates/{room}/Cargo.toml: the crate table has no edge {room} -> {to}"));
                }
                Some(_) => {}
            }
        }
    }
    faults.extend(
        outside
            .iter()
            .filter(|name| !reasons.contains(&format!("`{name}`")))
            .map(|name| format!("docs/dependencies.md: no reason for `{name}`")),
    );
    Ok(faults)
}

fn room_of(package: &str) -> &str {
    package.strip_prefix("anlan-").unwrap_or(package)
}

/// Rows `| `crate` | sentence | may use | never |` under the heading of the crate table.
fn table(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut rows = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, _, edges, _, _] = cells.as_slice() else { continue };
        let Some(name) = name.strip_prefix('`').and_then(|n| n.strip_suffix('`')) else { continue };
        rows.insert(name.to_owned(), edges.split(',').map(|edge| edge.trim().to_owned()).filter(|edge| edge != "–").collect());
    }
    rows
}
