//! What a command would meet, without doing it: previews of sheets ask it row by row.
//!
//! Invariant: judged as the command itself is, with the asker's rights; nothing is written, and nothing is told of what they may not see (REC-9, REC-10).

use super::commands::{as_now, kind_of, not_there, refusal};
use super::read::{unsealed, visible};
use super::store;
use crate::Ledger;
use crate::engine::{self, Command, Record, Rights};
use crate::error::LedgerError;

impl Ledger {
    /// A record without its sealed values; none outside the asker's rights. Costs less than [`Ledger::record`].
    pub async fn glimpse(&self, who: &Rights, number: &str) -> Result<Option<Record>, LedgerError> {
        let (laws, directory) = (self.laws()?, self.directory());
        let mut look = self.db.look().await?;
        let Some(held) = visible(&mut look, number, who, &laws, &directory).await? else { return Ok(None) };
        let kind = kind_of(&held, &laws)?;
        Ok(Some(unsealed(held.record, kind).0))
    }

    /// Whether a command would be taken now: on a record, or [`Command::Open`] of a kind.
    ///
    /// # Errors
    /// What [`Ledger::act_on`] or [`Ledger::open_record`] would answer.
    pub async fn try_out(&self, who: &Rights, kind: &str, number: Option<&str>, command: &Command) -> Result<(), LedgerError> {
        let (laws, people, checkpoint) = (self.laws()?, self.directory(), self.checkpoint());
        let who = &as_now(who, &people);
        let kind = laws.kinds.get(kind).ok_or_else(|| LedgerError::NotFound { what: "kind", name: kind.to_owned() })?;
        let mut look = self.db.look().await?;
        let held = match number {
            Some(number) => Some(store::load(&mut look, number).await?.ok_or_else(|| not_there(number))?),
            None => None,
        };
        let record = held.as_ref().map(|held| &held.record);
        let context = laws.context(self.clock.now(), who, &*people, &checkpoint);
        let drafts = engine::decide(kind, record, command, &context).map_err(|why| refusal(why, number.unwrap_or_default()))?;
        self.check_values(&mut look, kind, command, &drafts, who, &laws, &*people).await
    }
}
