//! Texts of the law that somebody brought in: an official text that is not in the box, or a page with its damage.
//!
//! Invariants: the text as it came stands in its entry, once, under its digest; nothing is replaced: of two texts of one version the later one is shown, both are kept.

use anlan_base::Instant;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Row, from_sql, instant, to_sql};
use crate::entry::{Act, Actor, VALUE_BYTES, append, one};
use crate::error::LedgerError;

/// Bytes of one text.
pub const LAW_TEXT_BYTES: usize = VALUE_BYTES;
/// Texts kept, at most.
pub const LAW_TEXTS: usize = 128;
/// Bytes of the name a text came under.
pub const LAW_TEXT_NAME_BYTES: usize = 255;
const NAME_RULE: &str = "1 to 255 bytes without control characters";
const TEXT_RULE: &str = "1 byte to 1 MiB of UTF-8";

/// A text that was brought in, without its words: [`Ledger::law_text`] reads those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawTextRow {
    /// The number of its entry.
    pub entry: u64,
    /// Such as `csl@2025`; none where the text was not recognised.
    pub version: Option<String>,
    /// File name, or what the person called it.
    pub name: String,
    /// SHA-256 of the text, lower-case hex.
    pub digest: String,
    pub at: Instant,
}

impl LawTextRow {
    fn of(row: &Row) -> Result<Self, LedgerError> {
        Ok(Self {
            entry: from_sql(row.try_get("entry")?)?,
            version: row.try_get("version")?,
            name: row.try_get("name")?,
            digest: row.try_get("digest")?,
            at: instant(row.try_get("at")?)?,
        })
    }
}

/// SHA-256 as lower-case hex.
pub(crate) fn digest_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check(name: &str, text: &str) -> Result<(), LedgerError> {
    if name.is_empty() || name.len() > LAW_TEXT_NAME_BYTES || name.chars().any(char::is_control) {
        return Err(LedgerError::Unfit { what: "name of the text", got: name.chars().take(64).collect(), rule: NAME_RULE });
    }
    if text.is_empty() || text.len() > LAW_TEXT_BYTES {
        return Err(LedgerError::Unfit { what: "text", got: format!("{} bytes", text.len()), rule: TEXT_RULE });
    }
    Ok(())
}

impl Ledger {
    /// Keeps a text of the law as it came.
    pub async fn import_law_text(&self, actor: &Actor, version: Option<&str>, name: &str, text: &str) -> Result<LawTextRow, LedgerError> {
        check(name, text)?;
        let (at, digest) = (self.clock.now(), digest_of(text));
        let mut tx = self.db.change().await?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM law_text").fetch_one(&mut *tx).await?;
        if usize::try_from(count).unwrap_or(usize::MAX) >= LAW_TEXTS {
            return Err(LedgerError::Full { what: "text of the law", limit: LAW_TEXTS });
        }
        let fields = [("version", version.unwrap_or_default()), ("name", name), ("digest", digest.as_str()), ("text", text)];
        let entry = append(&mut tx, at, actor, Act::LawImport.as_str(), &fields).await?;
        sqlx::query("INSERT INTO law_text (entry, version, name, digest, at) VALUES ($1, $2, $3, $4, $5)")
            .bind(to_sql(entry)?)
            .bind(version)
            .bind(name)
            .bind(&digest)
            .bind(to_sql(at.0)?)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(LawTextRow { entry, version: version.map(str::to_owned), name: name.to_owned(), digest, at })
    }

    /// All texts that were brought in, oldest first.
    pub async fn law_texts(&self) -> Result<Vec<LawTextRow>, LedgerError> {
        let rows = sqlx::query("SELECT entry, version, name, digest, at FROM law_text ORDER BY entry").fetch_all(self.db.read()).await?;
        rows.iter().map(LawTextRow::of).collect()
    }

    /// A text with its words; none where there is no such entry.
    pub async fn law_text(&self, entry: u64) -> Result<Option<(LawTextRow, String)>, LedgerError> {
        let mut look = self.db.look().await?;
        let row = sqlx::query("SELECT entry, version, name, digest, at FROM law_text WHERE entry = $1")
            .bind(to_sql(entry)?)
            .fetch_optional(&mut *look)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let kept = LawTextRow::of(&row)?;
        let held = one(&mut look, entry).await?;
        let text = held.as_ref().and_then(|held| held.text("text")).filter(|text| digest_of(text) == kept.digest).map(str::to_owned);
        let text = text.ok_or_else(|| LedgerError::damaged(format!("the text of entry {entry} is not what its digest says")))?;
        Ok(Some((kept, text)))
    }
}
