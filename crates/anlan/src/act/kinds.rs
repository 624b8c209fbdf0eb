//! Answers what is asked of a unit's own kinds.

use std::io::Write;
use std::sync::Arc;

use anlan_ledger::AddKindError;
use anyhow::Result;
use serde_json::{Value, json};

use super::Asker;
use crate::commands::kind::{fault_json, shipped};
use crate::instance::Instance;
use crate::say::Say;

/// Keeps the files and puts them in force, or says what is wrong with them.
pub fn add(instance: &Instance, asker: &Asker<'_>, files: &[(String, String)], out: &mut dyn Write) -> Result<()> {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let book = shipped(&Say::in_language(asker.lang))?;
    let added = asker.handle.block_on(async {
        // A shell that opened the folder itself has no lawbook in force yet.
        if instance.ledger.kinds().is_empty() {
            instance.ledger.set_book(Arc::new(book)).await?;
        }
        let added = instance.ledger.add_kinds(&asker.actor, &files).await;
        instance.outbox.pump().await?;
        anyhow::Ok(added)
    })?;
    let object = match added {
        Ok(rows) => {
            let kept =
                rows.iter().map(|row| json!({ "entry": row.entry, "kind": row.kind, "digest": row.digest, "at": row.at.to_rfc3339() }));
            json!({ "kinds": kept.collect::<Vec<Value>>(), "faults": [] })
        }
        Err(AddKindError::Faults(faults)) => {
            let told = faults.iter().map(|fault| fault_json(asker.lang, fault, &fault.file));
            json!({ "kinds": [], "faults": told.collect::<Vec<Value>>() })
        }
        Err(AddKindError::Ledger(error)) => return Err(error.into()),
    };
    Ok(writeln!(out, "{object}")?)
}

/// The files of the unit's own kinds in force.
pub fn own(instance: &Instance, asker: &Asker<'_>, out: &mut dyn Write) -> Result<()> {
    for (kind, text) in asker.handle.block_on(instance.ledger.own_kind_files())? {
        writeln!(out, "{}", json!({ "kind": kind, "text": text }))?;
    }
    Ok(())
}
