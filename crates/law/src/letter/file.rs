//! The lines of a letter or rule that somebody hands in: plain text, Markdown, Word (.docx).
//!
//! Invariants: what a file is, is told by its bytes, never by its name; nothing is read past [`FILE_BYTES`]; a file that is none of these is refused by name.

use anlan_base::text::{Lang, text};
use thiserror::Error;

use crate::decode;

use super::word::{self, UNPACKED_BYTES};

/// Bytes of a file.
pub const FILE_BYTES: usize = 8 << 20;

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LetterError {
    #[error("more than {FILE_BYTES} bytes")]
    Long,
    #[error("the Word file unpacks to more than {UNPACKED_BYTES} bytes")]
    Unpacked,
    #[error("the Word file is damaged")]
    Word,
    #[error("the archive is no Word file")]
    NoDocument,
    #[error("a Word file of the old kind (.doc)")]
    OldWord,
    #[error("a PDF file")]
    Pdf,
    #[error("an RTF file")]
    Rtf,
    #[error("neither UTF-8, UTF-16 nor GB18030")]
    Encoding,
}

impl LetterError {
    /// In the reader's language, with what to do.
    #[must_use]
    pub fn message(self, lang: Lang) -> String {
        let (key, most) = match self {
            Self::Long => ("law-letter-long", FILE_BYTES),
            Self::Unpacked => ("law-letter-unpacked", UNPACKED_BYTES),
            Self::Word => ("law-letter-word", 0),
            Self::NoDocument => ("law-letter-no-document", 0),
            Self::OldWord => ("law-letter-old-word", 0),
            Self::Pdf => ("law-letter-pdf", 0),
            Self::Rtf => ("law-letter-rtf", 0),
            Self::Encoding => ("law-letter-encoding", 0),
        };
        text(lang, key, &[("most", &(most >> 20).to_string())])
    }
}

/// The lines of a text file, or the paragraphs of a Word file.
pub(crate) fn lines(bytes: &[u8]) -> Result<Vec<String>, LetterError> {
    if bytes.len() > FILE_BYTES {
        return Err(LetterError::Long);
    }
    match bytes {
        [b'P', b'K', 3, 4, ..] => word::paragraphs(bytes),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(LetterError::OldWord),
        [b'%', b'P', b'D', b'F', ..] => Err(LetterError::Pdf),
        [b'{', b'\\', b'r', b't', b'f', ..] => Err(LetterError::Rtf),
        _ => Ok(decode::text(bytes).ok_or(LetterError::Encoding)?.lines().map(str::to_owned).collect()),
    }
}
