//! A form that brings one file or one pasted text, read piece by piece up to a limit.
//!
//! Invariants: the form's token comes first and is checked before a byte of the file is kept; what is too large is read to its end and thrown away,
//! so that the browser hears why; beside the content only short fields are read, a few of them.

use anlan_base::text::{Lang, text};
use anlan_ledger::LAW_TEXT_BYTES;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use bytes::Bytes;

use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::session::{Signed, TOKEN_FIELD, same, signed_from_us};

/// Bytes of the file or of the pasted text.
pub(crate) const UPLOAD_BYTES: usize = LAW_TEXT_BYTES;
/// Bytes of the whole form that are read in order to be thrown away; a larger one is cut off.
pub(crate) const UPLOAD_BODY_BYTES: usize = 8 * UPLOAD_BYTES;
/// Bytes of any other field.
pub(crate) const UPLOAD_FIELD_BYTES: usize = 1024;
/// Parts of the form, the content's included.
pub(crate) const UPLOAD_PARTS: usize = 8;
/// Characters of a file's name that are kept.
pub(crate) const UPLOAD_NAME_CHARS: usize = 80;
/// The field of the file, and that of the pasted text.
pub(crate) const FILE_FIELD: &str = "file";
pub(crate) const TEXT_FIELD: &str = "text";

/// What was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Brought {
    Nothing,
    /// A file and a text: only one can be meant.
    Both,
    TooLarge,
    /// Pasted; lines end with `\n`, because browsers rewrite the ends of lines.
    Text(String),
    /// The name without folders and control characters, perhaps empty.
    File {
        name: String,
        bytes: Bytes,
    },
}

impl Brought {
    /// Why there is nothing to read, in the reader's language.
    pub(crate) fn wrong(&self, lang: Lang) -> Option<String> {
        match self {
            Self::Nothing => Some(text(lang, "upload-nothing", &[])),
            Self::Both => Some(text(lang, "upload-both", &[])),
            Self::TooLarge => Some(text(lang, "upload-too-large", &[("max", &(UPLOAD_BYTES / 1024).to_string())])),
            Self::Text(_) | Self::File { .. } => None,
        }
    }

    /// The status of the page that tells it.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Nothing | Self::Both => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Text(_) | Self::File { .. } => StatusCode::OK,
        }
    }
}

/// A form with a file of a signed-in person: from our origin, with the session's token as its first field.
pub(crate) struct SignedUpload {
    pub(crate) who: Signed,
    /// The short fields.
    pub(crate) form: Pairs,
    pub(crate) brought: Brought,
}

/// The limit for a route that takes a [`SignedUpload`].
pub(crate) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(UPLOAD_BODY_BYTES)
}

impl FromRequest<Shared> for SignedUpload {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Failure> {
        let (who, request) = signed_from_us(request, state).await?;
        // Without a form of this kind there is no token either.
        let mut form = Multipart::from_request(request, state).await.map_err(|_| Failure::Forged)?;
        let token = match form.next_field().await {
            Ok(Some(field)) if field.name() == Some(TOKEN_FIELD) => field,
            Err(error) if is_too_long(&error) => return Ok(Self { who, form: Pairs::default(), brought: Brought::TooLarge }),
            _ => return Err(Failure::Forged),
        };
        if !same(&short(token).await?, &who.session.csrf) {
            return Err(Failure::Forged);
        }
        let (form, brought) = read(form).await?;
        Ok(Self { who, form, brought })
    }
}

/// A file's or a text's content so far.
#[derive(Default)]
struct Content {
    bytes: Vec<u8>,
    is_too_large: bool,
}

async fn read(mut form: Multipart) -> Result<(Pairs, Brought), Failure> {
    let mut fields = Vec::new();
    let (mut file, mut pasted) = (None, None);
    for part in 0.. {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) if is_too_long(&error) => return Ok((Pairs(fields), Brought::TooLarge)),
            Err(_) => return Err(Failure::BadForm),
        };
        if part >= UPLOAD_PARTS {
            return Err(Failure::BadForm);
        }
        match field.name().unwrap_or_default() {
            FILE_FIELD => {
                let name = file_name(field.file_name().unwrap_or_default());
                file = Some((name, content(field).await?));
            }
            TEXT_FIELD => pasted = Some(content(field).await?),
            name => {
                let name = name.to_owned();
                fields.push((name, short(field).await?));
            }
        }
    }
    Ok((Pairs(fields), brought(file, pasted)?))
}

fn brought(file: Option<(String, Content)>, pasted: Option<Content>) -> Result<Brought, Failure> {
    // A field that was left empty is sent too.
    let file = file.filter(|(_, content)| content.is_too_large || !content.bytes.is_empty());
    let pasted = pasted.filter(|content| content.is_too_large || !content.bytes.trim_ascii().is_empty());
    Ok(match (file, pasted) {
        (None, None) => Brought::Nothing,
        (Some(_), Some(_)) => Brought::Both,
        (Some((_, content)), None) | (None, Some(content)) if content.is_too_large => Brought::TooLarge,
        (Some((name, content)), None) => Brought::File { name, bytes: content.bytes.into() },
        (None, Some(content)) => Brought::Text(String::from_utf8(content.bytes).map_err(|_| Failure::BadForm)?.replace("\r\n", "\n")),
    })
}

fn is_too_long(error: &MultipartError) -> bool {
    error.status() == StatusCode::PAYLOAD_TOO_LARGE
}

async fn content(mut field: Field<'_>) -> Result<Content, Failure> {
    let mut content = Content::default();
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) if content.is_too_large || content.bytes.len() + chunk.len() > UPLOAD_BYTES => {
                content = Content { bytes: Vec::new(), is_too_large: true };
            }
            Ok(Some(chunk)) => content.bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(content),
            Err(error) if is_too_long(&error) => return Ok(Content { bytes: Vec::new(), is_too_large: true }),
            Err(_) => return Err(Failure::BadForm),
        }
    }
}

async fn short(mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| Failure::BadForm)? {
        if bytes.len() + chunk.len() > UPLOAD_FIELD_BYTES {
            return Err(Failure::BadForm);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Failure::BadForm)
}

/// The last part of a path, without control characters, cut.
fn file_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(UPLOAD_NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_name_is_its_last_part_and_cut() {
        for (sent, kept) in [("a.txt", "a.txt"), ("C:\\law\\法.txt", "法.txt"), ("../../etc/passwd", "passwd"), ("a\nb", "ab"), ("", "")]
        {
            assert_eq!(file_name(sent), kept);
        }
        for (len, kept) in [
            (UPLOAD_NAME_CHARS - 1, UPLOAD_NAME_CHARS - 1),
            (UPLOAD_NAME_CHARS, UPLOAD_NAME_CHARS),
            (UPLOAD_NAME_CHARS + 1, UPLOAD_NAME_CHARS),
        ] {
            assert_eq!(file_name(&"名".repeat(len)).chars().count(), kept);
        }
    }

    #[test]
    fn one_thing_is_brought() {
        let of = |bytes: &[u8]| Content { bytes: bytes.to_vec(), is_too_large: false };
        let large = || Content { bytes: Vec::new(), is_too_large: true };
        let file = |content| Some(("a".to_owned(), content));
        assert_eq!(brought(None, None).ok(), Some(Brought::Nothing));
        assert_eq!(brought(file(of(b"")), Some(of(b" \r\n"))).ok(), Some(Brought::Nothing));
        assert_eq!(brought(file(of(b"x")), Some(of(b"y"))).ok(), Some(Brought::Both));
        assert_eq!(brought(file(large()), Some(of(b""))).ok(), Some(Brought::TooLarge));
        assert_eq!(brought(None, Some(of(b"a\r\nb"))).ok(), Some(Brought::Text("a\nb".into())));
        assert_eq!(brought(None, Some(of(b"\xff"))).err(), Some(Failure::BadForm));
    }
}
