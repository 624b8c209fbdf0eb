//! The house rules that a program can check. Each rule is one function from the tree to the faults it found.
//!
//! Invariants: rules only read; a fault names file, line where there is one, and what to do.

mod edges;
mod locales;
mod routes;
mod sources;
mod specs;
mod trace;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::shell::{command, output, root};

pub fn tidy() -> Result<()> {
    let tree = Tree::read()?;
    let mut faults = Vec::new();
    faults.extend(edges::check(&tree)?);
    faults.extend(locales::check(&tree));
    faults.extend(routes::check(&tree));
    faults.extend(sources::check(&tree));
    faults.extend(specs::check(&tree));
    faults.extend(trace::check(&tree)?);
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} fault(s)", faults.len());
    }
    println!("tidy: {} files, no fault", tree.files.len());
    Ok(())
}

/// The text files that git tracks or would track.
pub struct Tree {
    pub files: Vec<(PathBuf, String)>,
}

impl Tree {
    pub fn read() -> Result<Self> {
        let listed = output(command("git", &["ls-files", "--cached", "--others", "--exclude-standard"]))?;
        let mut files = Vec::new();
        for name in listed.lines() {
            let path = root().join(name);
            if let Ok(text) = std::fs::read_to_string(&path) {
                files.push((PathBuf::from(name), text));
            }
        }
        Ok(Self { files })
    }

    pub fn text(&self, name: &str) -> &str {
        self.files.iter().find(|(path, _)| path == Path::new(name)).map_or("", |(_, text)| text)
    }

    pub fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files.iter().filter_map(move |(path, text)| {
            let name = path.to_str()?;
            name.ends_with(ending).then_some((name, text.as_str()))
        })
    }
}
