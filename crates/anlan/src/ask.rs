//! What a command asks of the data folder: the same request whether it is answered here or by the running server.

use serde::{Deserialize, Serialize};

/// One request. Times are nanoseconds since 1970; `seq` too.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    /// Answers one JSON object a line, newest first.
    Search { query: String, since: Option<u64>, until: Option<u64>, limit: Option<u64> },
    /// Answers one number.
    Count { query: String, since: Option<u64>, until: Option<u64> },
    /// Answers JSON lines for ever, oldest first.
    Tail { query: String },
    /// Answers the bytes of a `.tlog-proof`.
    Prove { seq: u64 },
    /// Answers the bytes of a pack.
    Pack(PackAsk),
    /// Answers the vkey.
    Key,
    /// Answers the new token.
    TokenAdd { name: String },
    /// Answers one JSON object a line.
    Sources,
    /// Answers one JSON object.
    Doctor,
    /// Answers the bytes of a backup (`spec/backup.md`).
    Backup,
    /// Notes a backup that was written whole and opened again; answers nothing. When it was made (nanoseconds), leaves of its log, members.
    BackupKept { made: u64, log_size: u64, members: u64 },
    /// Answers one JSON object: the entry that keeps the text.
    LawImport { version: Option<String>, name: String, text: String },
    /// Answers one JSON object a line, each a kept text with its words: the later of each version last.
    LawTexts,
    /// Puts files of kinds in force, all or none: names with texts. Answers one JSON object: `kinds` that were kept, or `faults`.
    KindAdd { files: Vec<(String, String)> },
    /// Answers one JSON object a line, `kind` and `text`: the unit's own kinds in force.
    Kinds,
    /// Measures all duties anew. Answers one JSON array (`spec/verdict.md`).
    Duties,
}

/// What is wished of a pack, in the words of the shell.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct PackAsk {
    pub since: u64,
    pub until: u64,
    /// Keys of sources; empty for all.
    pub sources: Vec<String>,
    pub label: String,
    pub masked: bool,
    pub lang: String,
    pub purpose: String,
    pub visit: String,
    pub proofs: Vec<u64>,
    /// Codes of forms, or `none`; all where there are none.
    #[serde(default)]
    pub forms: Vec<String>,
}

impl Ask {
    /// The act and its fields for the ledger (I7): reads of logs and evidence are recorded too.
    pub fn act(&self) -> Option<(&'static str, Vec<(&'static str, String)>)> {
        Some(match self {
            Self::Search { query, .. } => ("log.search", vec![("query", query.clone())]),
            Self::Count { query, .. } => ("log.count", vec![("query", query.clone())]),
            Self::Tail { query } => ("log.tail", vec![("query", query.clone())]),
            Self::Prove { seq } => ("proof.make", vec![("seq", seq.to_string())]),
            Self::Backup => ("backup.make", vec![]),
            Self::BackupKept { made, log_size, members } => {
                ("backup.kept", vec![("made", made.to_string()), ("log_size", log_size.to_string()), ("members", members.to_string())])
            }
            Self::Duties => ("duty.status", vec![]),
            // It is recorded where it is built, since the pack names the entry.
            Self::Pack(_) => return None,
            // The ledger records an import itself; texts of the law and kinds are nobody's secret.
            Self::Key | Self::TokenAdd { .. } | Self::Sources | Self::Doctor => return None,
            Self::LawImport { .. } | Self::LawTexts | Self::KindAdd { .. } | Self::Kinds => return None,
        })
    }
}
