//! A record's form as it was sent: short texts, and files that go to the disk piece by piece.
//!
//! Invariants: the form's token comes first and is checked before a byte of a file is read; a file is kept whole under its digest or not at all;
//! what is too large is read to its end and thrown away, so that the browser hears why.

use anlan_ledger::LedgerError;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;

use tokio::io::AsyncWriteExt as _;

use super::form::Kept;
use super::open::told;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::session::{Signed, TOKEN_FIELD, same, signed_from_us};

/// Bytes of the whole form; a larger one is cut off.
pub(crate) const RECORD_FORM_BYTES: usize = 128 << 20;
/// Bytes of one text.
pub(crate) const RECORD_TEXT_BYTES: usize = 128 << 10;
/// Parts of the form: fields, cells of tables, ticked people and units, files.
pub(crate) const RECORD_PARTS: usize = 4_000;
/// Bytes between the browser and the disk.
const PIPE_BYTES: usize = 256 << 10;
/// Characters of a file's name that are kept.
const FILE_NAME_CHARS: usize = 80;

/// A form of a signed-in person: from our origin, with the session's token as its first field.
pub(crate) struct RecordForm {
    pub(crate) who: Signed,
    pub(crate) form: Pairs,
    /// Field name (`f.proof`) and the kept file.
    pub(crate) files: Vec<(String, Kept)>,
    /// Field name and why its file was not kept, in the reader's language.
    pub(crate) refused: Vec<(String, String)>,
}

impl RecordForm {
    /// The version that the form was drawn from.
    pub(crate) fn seen(&self) -> Option<u64> {
        self.form.get("seen").parse().ok()
    }
}

impl FromRequest<Shared> for RecordForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Failure> {
        let (who, request) = signed_from_us(request, state).await?;
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| Failure::Forged)?;
        let token = match parts.next_field().await {
            Ok(Some(field)) if field.name() == Some(TOKEN_FIELD) => field,
            _ => return Err(Failure::Forged),
        };
        if !same(&short(token).await?, &who.session.csrf) {
            return Err(Failure::Forged);
        }
        let mut sent = Self { who, form: Pairs::default(), files: Vec::new(), refused: Vec::new() };
        sent.read(parts, state).await?;
        Ok(sent)
    }
}

impl RecordForm {
    async fn read(&mut self, mut parts: Multipart, house: &Shared) -> Result<(), Failure> {
        for part in 0.. {
            let field = match parts.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => return Ok(()),
                Err(error) => return Err(of(&error)),
            };
            if part >= RECORD_PARTS {
                return Err(Failure::BadForm);
            }
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(file_name) {
                // A file input that was left empty is sent too.
                Some(file) if file.is_empty() => drain(field).await?,
                Some(file) => self.keep(name, file, field, house).await?,
                None => self.form.0.push((name, short(field).await?)),
            }
        }
        Ok(())
    }

    async fn keep(&mut self, name: String, file: String, mut field: Field<'_>, house: &Shared) -> Result<(), Failure> {
        let (mut inward, outward) = tokio::io::duplex(PIPE_BYTES);
        let reading = async move {
            let mut wanted = true;
            while let Some(chunk) = field.chunk().await.map_err(|error| of(&error))? {
                // What is no longer wanted is read to its end, so that the browser hears why.
                wanted = wanted && inward.write_all(&chunk).await.is_ok();
            }
            Ok::<_, Failure>(())
        };
        let (read, kept) = tokio::join!(reading, house.console.ledger.keep_attachment(&file, outward));
        read?;
        match kept {
            Ok(kept) => self.files.push((name, Kept::of(kept))),
            Err(LedgerError::Refusal(refusal)) => self.refused.push((name, told(&refusal, self.who.lang))),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

fn of(error: &MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Failure::TooLarge } else { Failure::BadForm }
}

async fn drain(mut field: Field<'_>) -> Result<(), Failure> {
    while field.chunk().await.map_err(|error| of(&error))?.is_some() {}
    Ok(())
}

async fn short(mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| of(&error))? {
        if bytes.len() + chunk.len() > RECORD_TEXT_BYTES {
            return Err(Failure::BadForm);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Failure::BadForm)
}

/// The last part of a path, without control characters, cut.
fn file_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(FILE_NAME_CHARS).collect()
}
