//! The outbox to the log: entries whose leaf's index is not known yet, and the writing back of indexes.
//!
//! Invariant: an index, once written, stands; writing the same again changes nothing, so start-up may repeat what a crash cut off.

use crate::Ledger;
use crate::database::{Conn, to_sql};
use crate::entry::{PAGE, page};
use crate::error::LedgerError;

/// The one row of `owner`.
const SLOT: i64 = 1;

impl Ledger {
    /// Binds the ledger to the log of this origin. The first that asks is the owner for ever; any other is refused, for its log would not hold these entries.
    pub async fn claim(&self, origin: &str) -> Result<(), LedgerError> {
        let mut tx = self.db.change().await?;
        match owner(&mut tx).await? {
            Some(owner) if owner == origin => return Ok(()),
            Some(owner) => return Err(LedgerError::Foreign { owner }),
            None => {}
        }
        sqlx::query("INSERT INTO owner (slot, origin) VALUES ($1, $2)").bind(SLOT).bind(origin).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The origin of the log that [`Self::claim`] bound the ledger to; none before.
    pub async fn owner(&self) -> Result<Option<String>, LedgerError> {
        owner(&mut *self.db.look().await?).await
    }

    /// Entries whose leaf index is not known yet, oldest first: (number, digest). At most [`PAGE`] at once.
    /// An entry that is not what its digests say is not handed out: it would be made true by being sequenced.
    pub async fn outbox(&self, limit: u32) -> Result<Vec<(u64, [u8; 32])>, LedgerError> {
        let mut look = self.db.look().await?;
        let waiting: Vec<i64> = sqlx::query_scalar("SELECT number FROM entry WHERE leaf IS NULL ORDER BY number LIMIT $1")
            .bind(i64::from(limit.min(PAGE)))
            .fetch_all(&mut *look)
            .await?;
        let mut out = Vec::with_capacity(waiting.len());
        let mut at = 0;
        // Waiting entries are nearly always neighbours: read each run of them at once.
        while let Some(run) = waiting.get(at..).filter(|rest| !rest.is_empty()).map(run_length) {
            let first = crate::database::from_sql(waiting[at])?;
            for row in page(&mut look, first, u32::try_from(run).unwrap_or(PAGE)).await? {
                let digest = row.check().map_err(|fault| LedgerError::damaged(format!("entry {}: {fault}", row.number)))?;
                out.push((row.number, digest));
            }
            at += run;
        }
        Ok(out)
    }

    /// Writes back the leaf indexes of entries: (number, leaf). All or none; the same pair may come again.
    pub async fn sequenced(&self, number_and_leaf: &[(u64, u64)]) -> Result<(), LedgerError> {
        if number_and_leaf.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.change().await?;
        for &(number, leaf) in number_and_leaf {
            let done = sqlx::query("UPDATE entry SET leaf = $2 WHERE number = $1 AND (leaf IS NULL OR leaf = $2)")
                .bind(to_sql(number)?)
                .bind(to_sql(leaf)?)
                .execute(&mut *tx)
                .await?;
            if done.rows_affected() != 1 {
                return Err(LedgerError::Rebound { number, leaf });
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

async fn owner(conn: &mut Conn) -> Result<Option<String>, LedgerError> {
    Ok(sqlx::query_scalar("SELECT origin FROM owner WHERE slot = $1").bind(SLOT).fetch_optional(conn).await?)
}

fn run_length(numbers: &[i64]) -> usize {
    1 + numbers.windows(2).take_while(|pair| pair[1] == pair[0] + 1).count()
}
