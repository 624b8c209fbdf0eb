//! The kinds in `packs/`, as they lie in the folder: sound, and everything they name is there. What is wrong is printed with file, line and remedy.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use anlan_base::text::Lang;
use anlan_law::pack::Lawbook;
use anlan_law::shipped;

fn packs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")
}

/// Files of kinds by their paths below `packs/`.
fn kinds() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for pack in std::fs::read_dir(packs()).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(entries) = std::fs::read_dir(pack.join("kinds")) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let inside = path.strip_prefix(packs()).unwrap().to_str().unwrap().to_owned();
            files.push((inside, std::fs::read_to_string(&path).unwrap()));
        }
    }
    files.sort();
    files
}

// KIND-1
#[test]
fn the_kinds_in_the_folder_are_sound() {
    let kinds = kinds();
    let others = shipped::FILES.iter().copied().filter(|(path, _)| !path.contains("/kinds/"));
    let files: Vec<(&str, &str)> = others.chain(kinds.iter().map(|(path, text)| (path.as_str(), text.as_str()))).collect();
    let packs: std::collections::BTreeSet<&str> = files.iter().filter_map(|(path, _)| path.split('/').next()).collect();
    let faults = Lawbook::load(&files, &packs.into_iter().collect::<Vec<&str>>(), None).err().unwrap_or_default();
    let told: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}:{} {}\n    {} {}", fault.file, fault.line, fault.key, fault.what(Lang::En), fault.remedy(Lang::En)))
        .collect();
    assert!(told.is_empty(), "{} faults\n{}", told.len(), told.join("\n"));
}
