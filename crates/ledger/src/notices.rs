//! Notices: what people are to be told of records, in the console and by letter. They name the record and its deadline, never what it holds.
//!
//! Invariants: a notice is written in the transaction of the entry that it follows from, once for each person; nobody is told of what they did themselves;
//! a letter is tried until a server took it or [`TRY_DAYS`] have passed, also after a restart; nothing here sends.

use std::collections::BTreeSet;

use anlan_base::Instant;
use anlan_base::text::Lang;
use sqlx::Row as _;

use crate::Ledger;
use crate::database::{Conn, Row, from_sql, instant, to_sql};
use crate::engine::{ClockState, PersonId, Record};
use crate::error::LedgerError;

/// Days in which a letter is tried.
pub const TRY_DAYS: u64 = 5;
/// Days after which a notice is forgotten.
pub const NOTICE_DAYS: u64 = 400;
/// Notices of one page.
pub const NOTICES: u32 = 100;
/// Letters that one call hands out.
pub const LETTERS: u32 = 100;
/// Notices that one call forgets.
const FORGOTTEN: i64 = 1_000;
/// Seconds until a letter is tried again: this, doubled with each try, up to that.
const FIRST_WAIT: u64 = 20;
const LONGEST_WAIT: u64 = 4 * 3_600;
const DAY: u64 = 24 * 3_600;

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeWhy {
    /// A deadline is near.
    Remind,
    Late,
    /// What is in another's hands is late.
    Escalate,
    Urge,
    /// A reading, signature or opinion is asked for.
    Ask,
    /// It came into their hands.
    Hand,
    /// They are asked to approve.
    Approve,
}

impl NoticeWhy {
    pub const ALL: [Self; 7] = [Self::Remind, Self::Late, Self::Escalate, Self::Urge, Self::Ask, Self::Hand, Self::Approve];

    /// As the table and keys of the locale files have it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Late => "late",
            Self::Escalate => "escalate",
            Self::Urge => "urge",
            Self::Ask => "ask",
            Self::Hand => "hand",
            Self::Approve => "approve",
        }
    }

    fn from_id(id: &str) -> Result<Self, LedgerError> {
        let why = Self::ALL.into_iter().find(|why| why.id() == id);
        why.ok_or_else(|| LedgerError::damaged(format!("a notice is of the unknown sort `{id}`")))
    }
}

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The number of the entry that it follows from.
    pub entry: u64,
    pub person: PersonId,
    /// `YH-2026-0012`.
    pub record: String,
    pub kind: String,
    pub why: NoticeWhy,
    pub due: Option<Instant>,
    pub at: Instant,
    /// When a server took the letter.
    pub sent: Option<Instant>,
}

/// A notice that is to go out as a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub notice: Notice,
    /// How often it was tried.
    pub tries: u32,
    /// None where the person has no address, or has left: there is nowhere to send it.
    pub email: Option<String>,
    /// As their account has it; Chinese where it says nothing.
    pub lang: Lang,
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The server took it.
    Sent,
    /// It did not: try again later, while there is time.
    NotNow,
    /// It will never: there is no address.
    Never,
}

/// Who is told of an entry, and why. `record` is as it is after its transaction.
fn told(act: &str, fields: &[(String, String)], record: &Record) -> Option<(NoticeWhy, BTreeSet<PersonId>)> {
    let text = |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let people = |name: &str| -> BTreeSet<PersonId> {
        let ids = text(name).split(|c: char| !c.is_ascii_alphanumeric());
        ids.filter_map(PersonId::parse).collect()
    };
    let acting = || record.acting().into_iter().collect();
    let (why, mut people) = match act {
        "record.remind" => (NoticeWhy::Remind, people("people")),
        "record.late" => (NoticeWhy::Late, people("people")),
        "record.escalate" => (NoticeWhy::Escalate, people("people")),
        "record.urge" => (NoticeWhy::Urge, acting()),
        "record.ask" => (NoticeWhy::Ask, people("people")),
        "record.delegate" => (NoticeWhy::Hand, people("delegate")),
        "record.propose" => (NoticeWhy::Approve, people("approver")),
        "record.open" | "record.move" | "record.approve" | "record.hand" if !record.ended => (NoticeWhy::Hand, people("holder")),
        _ => return None,
    };
    if let Some(actor) = PersonId::parse(text("person")) {
        people.remove(&actor);
    }
    (!people.is_empty()).then_some((why, people))
}

/// The deadline that a notice names: of the clock that it is about, else the soonest.
fn due_of(fields: &[(String, String)], record: &Record) -> Option<Instant> {
    let clock = fields.iter().find(|(name, _)| name == "clock").and_then(|(_, name)| record.clocks.get(name));
    match clock {
        Some(ClockState::Running(running) | ClockState::Paused { running, .. }) => Some(running.due),
        Some(ClockState::Stopped { due, .. }) => Some(*due),
        None => record.due(),
    }
}

/// Writes the notices that follow from an entry, in its transaction.
pub(crate) async fn keep(
    conn: &mut Conn,
    entry: u64,
    at: Instant,
    act: &str,
    fields: &[(String, String)],
    record: &Record,
) -> Result<(), LedgerError> {
    let Some((why, people)) = told(act, fields, record) else { return Ok(()) };
    let due = due_of(fields, record).map(|due| to_sql(due.0)).transpose()?;
    for person in people {
        sqlx::query(
            "INSERT INTO notice (entry, person, record, kind, why, due, at, tries, try_at, sent) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $7, NULL)",
        )
        .bind(to_sql(entry)?)
        .bind(to_sql(person.0)?)
        .bind(record.number.clone())
        .bind(record.kind.clone())
        .bind(why.id())
        .bind(due)
        .bind(to_sql(at.0)?)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// When a letter is tried again after `tries` tries; none where its days are over.
fn next_try(at: Instant, tries: u32, now: Instant) -> Option<Instant> {
    let wait = FIRST_WAIT.checked_shl(tries.saturating_sub(1)).unwrap_or(LONGEST_WAIT).clamp(FIRST_WAIT, LONGEST_WAIT);
    let next = now.plus_seconds(wait);
    (next <= at.plus_seconds(TRY_DAYS * DAY)).then_some(next)
}

const COLUMNS: &str = "entry, person, record, kind, why, due, at, sent";

fn notice_of(row: &Row) -> Result<Notice, LedgerError> {
    let why: String = row.try_get("why")?;
    let moment = |name: &str| -> Result<Option<Instant>, LedgerError> { row.try_get::<Option<i64>, _>(name)?.map(instant).transpose() };
    Ok(Notice {
        entry: from_sql(row.try_get("entry")?)?,
        person: PersonId(from_sql(row.try_get("person")?)?),
        record: row.try_get("record")?,
        kind: row.try_get("kind")?,
        why: NoticeWhy::from_id(&why)?,
        due: moment("due")?,
        at: instant(row.try_get("at")?)?,
        sent: moment("sent")?,
    })
}

impl Ledger {
    /// What a person was told, newest first; those before the entry `before`, at most [`NOTICES`].
    pub async fn notices(&self, person: PersonId, before: Option<u64>) -> Result<Vec<Notice>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} FROM notice WHERE person = $1 AND entry < $2 ORDER BY entry DESC LIMIT $3");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(to_sql(person.0)?)
            .bind(before.map(to_sql).transpose()?.unwrap_or(i64::MAX))
            .bind(i64::from(NOTICES))
            .fetch_all(self.db.read())
            .await?;
        rows.iter().map(notice_of).collect()
    }

    /// Letters whose time has come, longest waiting first, at most [`LETTERS`].
    pub async fn letters(&self) -> Result<Vec<Letter>, LedgerError> {
        let sql = format!("SELECT {COLUMNS}, tries FROM notice WHERE try_at <= $1 ORDER BY try_at, entry, person LIMIT $2");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(to_sql(self.clock.now().0)?)
            .bind(i64::from(LETTERS))
            .fetch_all(self.db.read())
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let (directory, users) = (self.directory(), self.users().await?);
        let mut letters = Vec::with_capacity(rows.len());
        for row in &rows {
            let notice = notice_of(row)?;
            let person = directory.people().find(|row| row.person.id == notice.person && !row.person.left);
            let account = person.and_then(|row| row.person.account.as_deref());
            let lang = account.and_then(|name| users.iter().find(|user| user.name == name)).and_then(|user| user.lang);
            let tries = u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX);
            let email = person.and_then(|row| row.email.clone()).filter(|email| !email.is_empty());
            letters.push(Letter { notice, tries, email, lang: lang.unwrap_or_default() });
        }
        Ok(letters)
    }

    /// Keeps what became of a letter. Once a server took it, it is not handed out again.
    pub async fn letter_done(&self, letter: &Letter, delivery: Delivery) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let tries = letter.tries.saturating_add(1);
        let (sent, next) = match delivery {
            Delivery::Sent => (Some(now), None),
            Delivery::NotNow => (None, next_try(letter.notice.at, tries, now)),
            Delivery::Never => (None, None),
        };
        let number = |at: Option<Instant>| at.map(|at| to_sql(at.0)).transpose();
        let mut tx = self.db.change().await?;
        sqlx::query("UPDATE notice SET tries = $3, try_at = $4, sent = $5 WHERE entry = $1 AND person = $2 AND sent IS NULL")
            .bind(to_sql(letter.notice.entry)?)
            .bind(to_sql(letter.notice.person.0)?)
            .bind(i64::from(tries))
            .bind(number(next)?)
            .bind(number(sent)?)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts aside letters that are older than [`TRY_DAYS`] and forgets notices that are older than [`NOTICE_DAYS`]; a bounded number with each call.
    pub async fn tidy_notices(&self) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let before = |days: u64| to_sql(now.minus_seconds(days * DAY).0);
        let mut tx = self.db.change().await?;
        sqlx::query("UPDATE notice SET try_at = NULL WHERE try_at IS NOT NULL AND at < $1")
            .bind(before(TRY_DAYS)?)
            .execute(&mut *tx)
            .await?;
        let oldest: Option<i64> = sqlx::query_scalar("SELECT entry FROM notice WHERE at < $1 ORDER BY at, entry LIMIT 1 OFFSET $2")
            .bind(before(NOTICE_DAYS)?)
            .bind(FORGOTTEN)
            .fetch_optional(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM notice WHERE at < $1 AND entry < $2")
            .bind(before(NOTICE_DAYS)?)
            .bind(oldest.unwrap_or(i64::MAX))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant(1_760_000_000 * Instant::SECOND);

    #[test]
    fn a_letter_waits_longer_with_each_try_and_not_for_ever() {
        let wait = |tries| next_try(START, tries, START).map(|next| next.since(START) / Instant::SECOND);
        for (tries, seconds) in
            [(0, 20), (1, 20), (2, 40), (3, 80), (10, 10_240), (11, LONGEST_WAIT), (70, LONGEST_WAIT), (u32::MAX, LONGEST_WAIT)]
        {
            assert_eq!(wait(tries), Some(seconds), "{tries}");
        }
        for (left, tried) in [(19, false), (20, true), (21, true)] {
            let now = START.plus_seconds(TRY_DAYS * DAY - left);
            assert_eq!(next_try(START, 1, now).is_some(), tried, "{left}");
        }
    }
}
