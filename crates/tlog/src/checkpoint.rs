//! Checkpoints (C2SP tlog-checkpoint) without extension lines: origin, size, root.

use crate::Hash;
use crate::strict64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    /// The text of the note, to be signed. `origin` holds no line feed.
    #[must_use]
    pub fn render(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, strict64::encode(&self.root))
    }

    /// Reads exactly what [`Checkpoint::render`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty())?;
        let size = crate::decimal::parse_u64(lines.next()?)?;
        let root = strict64::decode_hash(lines.next()?)?;
        lines.next().is_none().then(|| Self { origin: origin.to_owned(), size, root })
    }
}
