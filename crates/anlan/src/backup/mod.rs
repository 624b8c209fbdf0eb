//! Backups (`spec/backup.md`): one file with the whole folder and the ledger's rows, whichever engine holds them.
//!
//! Invariants: the file is an ordinary tar whose every byte follows from its manifest and the files' bytes, so that a changed byte is named; the manifest is signed by the log's key.

pub mod check;
pub mod make;
mod manifest;
pub mod restore;
mod tar;

/// Members: what lay in the folder, the ledger's rows, the manifest, and where it begins.
const DATA: &str = "data/";
const LEDGER: &str = "ledger/";
const MANIFEST: &str = "manifest";
const END: &str = "end";
/// First line of manifest and end.
const MAGIC: &str = "anlan-backup/1";

/// Files of one backup at most.
const FILES: usize = 4_000_000;
/// Bytes of the manifest at most.
const MANIFEST_BYTES: u64 = 1 << 30;
/// Bytes of one member at most: what the header of a tar can say.
const MEMBER_BYTES: u64 = (8 << 30) - 1;

/// Names in the data folder that are not copied: they belong to a running process or to this machine, or the rows stand in their place.
const NOT_COPIED: [&str; 7] = ["anlan.lock", "anlan.sock", "tmp", "database", "ledger.db", "ledger.db-wal", "ledger.db-shm"];

/// The content of the last member: where the manifest's header begins.
fn end_text(manifest_at: u64) -> String {
    format!("{MAGIC}\nmanifest {manifest_at:020}\n")
}
