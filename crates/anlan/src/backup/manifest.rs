//! The manifest: what a backup holds, signed by the log's key.

use anlan_base::Instant;
use anlan_ledger::Copied;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::note::VerifyingKey;

use super::{FILES, MAGIC};

/// One member of the tar, in the order in which they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub size: u64,
    pub digest: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub made: Instant,
    pub key: VerifyingKey,
    /// The log as it was copied.
    pub checkpoint: Checkpoint,
    pub copied: Copied,
    pub entries: Vec<Entry>,
}

impl Manifest {
    /// The text of the note, to be signed.
    pub fn render(&self) -> String {
        use std::fmt::Write as _;
        let checkpoint = self.checkpoint.render();
        let mut text = format!(
            "{MAGIC}\nmade {}\nkey {}\nledger {} {}\n{checkpoint}",
            self.made.0,
            self.key.render(),
            self.copied.schema,
            self.copied.entries
        );
        for entry in &self.entries {
            let _ = writeln!(text, "{} {} {}", anlan_tlog::hex(&entry.digest), entry.size, entry.name);
        }
        text
    }

    /// Reads exactly what [`Self::render`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next()? != MAGIC {
            return None;
        }
        let made = Instant(lines.next()?.strip_prefix("made ")?.parse().ok()?);
        let key = VerifyingKey::parse(lines.next()?.strip_prefix("key ")?).ok()?;
        let (schema, entries) = lines.next()?.strip_prefix("ledger ")?.split_once(' ')?;
        let copied = Copied { schema: schema.parse().ok()?, entries: entries.parse().ok()? };
        let checkpoint = Checkpoint::parse(&format!("{}\n{}\n{}\n", lines.next()?, lines.next()?, lines.next()?))?;
        let entries = lines.take(FILES + 1).map(entry).collect::<Option<Vec<_>>>()?;
        let manifest = Self { made, key, checkpoint, copied, entries };
        // One manifest has one text; more files than the limit do not come out the same.
        (manifest.entries.len() <= FILES && manifest.render() == text).then_some(manifest)
    }
}

fn entry(line: &str) -> Option<Entry> {
    let (digest, rest) = line.split_once(' ')?;
    let (size, name) = rest.split_once(' ')?;
    if digest.len() != 64 || name.is_empty() {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(digest.get(at * 2..at * 2 + 2)?, 16).ok();
    let bytes = (0..32).map(byte).collect::<Option<Vec<u8>>>()?;
    Some(Entry { name: name.to_owned(), size: size.parse().ok()?, digest: bytes.try_into().ok()? })
}
