//! Moves entries of older releases, one row for each field, into their bodies.
//!
//! Invariant: damage is never repaired on the way: a row whose values were not what its digests say becomes a body whose check does not hold, or nothing is moved at all.

use std::collections::BTreeMap;

use sqlx::Row as _;

use crate::body::{Form, encode_checked};
use crate::database::{Conn, Row};
use crate::entry::{FIELDS, NAME_BYTES, VALUE_BYTES, entry_digest, field_digest};
use crate::error::LedgerError;

/// Entries that are in memory at once.
const RUN: i64 = 100;

struct OldField {
    name: String,
    /// Both, or neither.
    kept: Option<([u8; 16], Vec<u8>)>,
    digest: [u8; 32],
    is_sound: bool,
}

impl OldField {
    fn of(row: &Row) -> Result<(i64, Self), LedgerError> {
        let (salt, value): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.try_get("salt")?, row.try_get("value")?);
        let digest: Vec<u8> = row.try_get("digest")?;
        let told: Option<[u8; 32]> = digest.try_into().ok();
        let is_erased = salt.is_none() && value.is_none();
        let whole: Option<[u8; 16]> = salt.and_then(|salt| salt.try_into().ok()).filter(|_| value.is_some());
        let value = value.unwrap_or_default();
        let is_sound = told.is_some() && (is_erased || whole.map(|salt| field_digest(&salt, &value)) == told);
        let kept = (!is_erased).then(|| (whole.unwrap_or_default(), value));
        Ok((row.try_get("number")?, Self { name: row.try_get("name")?, kept, digest: told.unwrap_or_default(), is_sound }))
    }

    fn is_fit(&self) -> bool {
        (1..=NAME_BYTES).contains(&self.name.len()) && self.kept.as_ref().is_none_or(|(_, value)| value.len() <= VALUE_BYTES)
    }

    fn form(&self) -> Form<'_> {
        match &self.kept {
            Some((salt, value)) => Form::Kept { salt, value },
            None => Form::Erased { digest: self.digest },
        }
    }
}

fn body_of(number: i64, fields: &[OldField]) -> Result<Vec<u8>, LedgerError> {
    let Some(unsigned) = u64::try_from(number).ok().filter(|_| fields.len() <= FIELDS && fields.iter().all(OldField::is_fit)) else {
        return Err(LedgerError::damaged(format!("entry {number} has fields that no release could have written")));
    };
    let forms: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.form())).collect();
    let digests: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.digest)).collect();
    let mut digest = entry_digest(unsigned, &digests);
    if !fields.iter().all(|field| field.is_sound) {
        digest.iter_mut().for_each(|byte| *byte = !*byte);
    }
    Ok(encode_checked(&digest, &forms))
}

async fn refuse_strays(conn: &mut Conn) -> Result<(), LedgerError> {
    let strays = "SELECT COUNT(*) FROM entry_field f WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.number = f.number)";
    let count: i64 = sqlx::query_scalar(strays).fetch_one(conn).await?;
    if count > 0 { Err(LedgerError::damaged(format!("{count} fields belong to no entry"))) } else { Ok(()) }
}

/// Fills `entry.body` from `entry_field`, then drops that table.
pub(crate) async fn into_bodies(conn: &mut Conn) -> Result<(), LedgerError> {
    refuse_strays(conn).await?;
    let mut after = i64::MIN;
    loop {
        let numbers: Vec<i64> = sqlx::query_scalar("SELECT number FROM entry WHERE number > $1 ORDER BY number LIMIT $2")
            .bind(after)
            .bind(RUN)
            .fetch_all(&mut *conn)
            .await?;
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { break };
        let rows = sqlx::query("SELECT number, name, salt, value, digest FROM entry_field WHERE number >= $1 AND number <= $2")
            .bind(first)
            .bind(last)
            .fetch_all(&mut *conn)
            .await?;
        let mut entries: BTreeMap<i64, Vec<OldField>> = numbers.iter().map(|number| (*number, Vec::new())).collect();
        for row in &rows {
            let (number, field) = OldField::of(row)?;
            entries.entry(number).or_default().push(field);
        }
        for (number, mut fields) in entries {
            fields.sort_unstable_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
            let body = body_of(number, &fields)?;
            sqlx::query("UPDATE entry SET body = $2 WHERE number = $1").bind(number).bind(body).execute(&mut *conn).await?;
        }
        after = *last;
    }
    sqlx::query("DROP TABLE entry_field").execute(conn).await?;
    Ok(())
}
