//! What lists show beside a row that no column keeps: whether its holder was urged (催办) or is supervised (督办).
//!
//! Invariant: the entries say it; only rows that the caller was shown already, and that are still open, are looked at.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::asked::RecordRow;
use super::binds::{Binds, bound_query};
use super::list::IN_LIST;
use crate::Ledger;
use crate::database::from_sql;
use crate::engine::Urging;
use crate::error::LedgerError;

const URGE: &str = "record.urge";

impl Ledger {
    /// Of these rows, which were urged, and how hard.
    pub async fn urgings(&self, rows: &[RecordRow]) -> Result<BTreeMap<String, Urging>, LedgerError> {
        let open: Vec<&str> = rows.iter().filter(|row| !row.ended && !row.voided).map(|row| row.number.as_str()).collect();
        let mut urged = BTreeMap::new();
        let mut look = self.db.look().await?;
        for run in open.chunks(IN_LIST) {
            let mut binds = Binds::default();
            let sql = format!(
                "SELECT r.number AS record, e.number AS entry, e.body FROM record r JOIN record_entry x ON x.record = r.id JOIN entry e ON e.number = x.entry \
                 WHERE r.number IN ({})",
                binds.texts(run.iter().copied())
            );
            for row in bound_query!(sql, binds).fetch_all(&mut *look).await? {
                let body: Vec<u8> = row.try_get("body")?;
                // Few entries are urgings: the others are not read.
                if !body.windows(URGE.len()).any(|bytes| bytes == URGE.as_bytes()) {
                    continue;
                }
                let (record, entry): (String, i64) = (row.try_get("record")?, row.try_get("entry")?);
                if let Some(weight) = weight_of(from_sql(entry)?, &body) {
                    let held = urged.entry(record).or_insert(weight);
                    if weight == Urging::Supervise {
                        *held = weight;
                    }
                }
            }
        }
        Ok(urged)
    }
}

fn weight_of(number: u64, body: &[u8]) -> Option<Urging> {
    let fields = crate::body::decode(number, body).ok()?;
    let text =
        |name: &str| fields.iter().find(|field| field.name == name).and_then(|field| std::str::from_utf8(field.value.as_deref()?).ok());
    (text("act") == Some(URGE)).then(|| text("weight").and_then(Urging::from_id)).flatten()
}
