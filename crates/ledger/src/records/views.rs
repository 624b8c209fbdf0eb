//! Saved views: a name for a list's query, by account.

use sqlx::Row as _;

use crate::Ledger;
use crate::entry::{self, Actor};
use crate::error::LedgerError;

/// Views of one account.
pub const VIEWS: usize = 50;
pub const VIEW_NAME_CHARS: usize = 60;
pub const VIEW_QUERY_BYTES: usize = 2_000;
pub(crate) const VIEW_SAVE: &str = "view.save";
pub(crate) const VIEW_DROP: &str = "view.drop";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    pub name: String,
    /// As it stands in the address, without the question mark.
    pub query: String,
}

fn checked(name: &str, query: &str) -> Result<(), LedgerError> {
    let fits = |text: &str| !text.trim().is_empty() && !text.chars().any(char::is_control);
    if !fits(name) || name.chars().count() > VIEW_NAME_CHARS {
        return Err(LedgerError::Unfit { what: "view", got: name.chars().take(VIEW_NAME_CHARS).collect(), rule: "1 to 60 characters" });
    }
    if query.len() > VIEW_QUERY_BYTES || query.chars().any(char::is_control) {
        return Err(LedgerError::Unfit { what: "query", got: format!("{} bytes", query.len()), rule: "at most 2,000 bytes" });
    }
    Ok(())
}

impl Ledger {
    /// The views that an account saved, by name.
    pub async fn saved_views(&self, account: &str) -> Result<Vec<SavedView>, LedgerError> {
        let rows = sqlx::query("SELECT name, query FROM saved_view WHERE account = $1 ORDER BY name")
            .bind(account.to_owned())
            .fetch_all(self.db.read())
            .await?;
        rows.iter().map(|row| Ok(SavedView { name: row.try_get("name")?, query: row.try_get("query")? })).collect()
    }

    /// Saves a view; one of the same name is replaced.
    pub async fn save_view(&self, account: &str, name: &str, query: &str) -> Result<(), LedgerError> {
        let name = name.trim();
        checked(name, query)?;
        let mut tx = self.db.change().await?;
        let others: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM saved_view WHERE account = $1 AND name <> $2")
            .bind(account.to_owned())
            .bind(name.to_owned())
            .fetch_one(&mut *tx)
            .await?;
        if usize::try_from(others).unwrap_or(usize::MAX) >= VIEWS {
            return Err(LedgerError::Full { what: "view", limit: VIEWS });
        }
        let actor = Actor::User(account.to_owned());
        entry::append(&mut tx, self.clock.now(), &actor, VIEW_SAVE, &[("user", account), ("name", name), ("query", query)]).await?;
        sqlx::query(
            "INSERT INTO saved_view (account, name, query) VALUES ($1, $2, $3) ON CONFLICT (account, name) DO UPDATE SET query = $3",
        )
        .bind(account.to_owned())
        .bind(name.to_owned())
        .bind(query.to_owned())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    pub async fn drop_view(&self, account: &str, name: &str) -> Result<(), LedgerError> {
        let mut tx = self.db.change().await?;
        let gone = sqlx::query("DELETE FROM saved_view WHERE account = $1 AND name = $2")
            .bind(account.to_owned())
            .bind(name.to_owned())
            .execute(&mut *tx)
            .await?;
        if gone.rows_affected() == 0 {
            return Err(LedgerError::NotFound { what: "view", name: name.chars().take(VIEW_NAME_CHARS).collect() });
        }
        entry::append(&mut tx, self.clock.now(), &Actor::User(account.to_owned()), VIEW_DROP, &[("user", account), ("name", name)]).await?;
        tx.commit().await?;
        Ok(())
    }
}
