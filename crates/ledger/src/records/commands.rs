//! Commands on records: one command, one transaction.
//!
//! Invariants: what is decided on is read under the write lock, so it still holds when it is written; a record that the asker may not see is not there (REC-9).

use std::collections::BTreeSet;

use anlan_law::kind::{Kind, Shape};

use super::files;
use super::store::{self, Held};
use super::write::Writer;
use crate::Ledger;
use crate::book::Laws;
use crate::database::Conn;
use crate::directory::Directory;
use crate::engine::{self, Command, Draft, People, Refusal, Rights, Values};
use crate::entry::Actor;
use crate::error::LedgerError;

/// Records that one call acts on.
pub const MANY: usize = 500;

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub number: String,
    /// The record's version now.
    pub version: u64,
    /// It waits for a second person.
    pub proposed: bool,
    /// Numbers of records that it opened, beside this one.
    pub opened: Vec<String>,
}

/// As whom a person acts.
pub(crate) fn actor_of(who: &Rights) -> Actor {
    who.account.clone().map_or(Actor::System, Actor::User)
}

/// Rights that ended meanwhile are worth nothing.
pub(crate) fn as_now(who: &Rights, people: &Directory) -> Rights {
    if who.account.is_some() { people.rights_now(who) } else { who.clone() }
}

pub(crate) fn not_there(number: &str) -> LedgerError {
    LedgerError::NotFound { what: "record", name: number.chars().take(40).collect() }
}

/// Refusals that are errors of their own.
pub(crate) fn refusal(refusal: Refusal, number: &str) -> LedgerError {
    match refusal.code {
        "stale" => LedgerError::Stale { number: number.to_owned() },
        "not-there" => not_there(number),
        _ => LedgerError::Refusal(refusal),
    }
}

impl Ledger {
    /// Opens a record of a kind; the command is [`Command::Open`].
    pub async fn open_record(&self, who: &Rights, kind: &str, command: Command) -> Result<Done, LedgerError> {
        Ok(self.open_once(who, kind, command, None).await?.done())
    }

    /// A command on a record. `seen` is the version that the asker looked at: where there is a newer one, [`LedgerError::Stale`].
    pub async fn act_on(&self, who: &Rights, number: &str, seen: Option<u64>, command: Command) -> Result<Done, LedgerError> {
        self.act(who, number, seen, &command).await.map(|(done, _)| done)
    }

    /// The same command on many records, each for itself.
    pub async fn act_on_many(&self, who: &Rights, numbers: &[String], command: Command) -> Vec<(String, Result<Done, LedgerError>)> {
        let mut done = Vec::with_capacity(numbers.len().min(MANY));
        for (nth, number) in numbers.iter().enumerate() {
            let one = match nth {
                ..MANY => self.act(who, number, None, &command).await.map(|(done, _)| done),
                _ => Err(LedgerError::Full { what: "record in one go", limit: MANY }),
            };
            done.push((number.clone(), one));
        }
        done
    }

    /// Shows sealed fields; that they were shown is an entry before (REC-10).
    pub async fn unseal(&self, who: &Rights, number: &str, fields: &[String], reason: &str) -> Result<Values, LedgerError> {
        let command = Command::Unseal { fields: fields.to_vec(), reason: reason.to_owned() };
        let (_, held) = self.act(who, number, None, &command).await?;
        Ok(held.record.values.into_iter().filter(|(name, _)| fields.contains(name)).collect())
    }

    async fn act(&self, who: &Rights, number: &str, seen: Option<u64>, command: &Command) -> Result<(Done, Held), LedgerError> {
        if matches!(command, Command::Erase { .. }) {
            return Err(LedgerError::Refusal(Refusal::new("needs-proposal")));
        }
        let laws = self.laws()?;
        let checkpoint = self.checkpoint();
        let turn = self.turn().await;
        let mut tx = self.db.change().await?;
        let (people, now) = (turn.directory(), self.clock.now());
        let who = &as_now(who, &people);
        let held = store::load(&mut tx, number).await?.ok_or_else(|| not_there(number))?;
        let kind = kind_of(&held, &laws)?;
        if !engine::sees(&held.record, kind, who, &*people) {
            return Err(not_there(number));
        }
        if seen.is_some_and(|seen| seen != held.record.version) {
            return Err(LedgerError::Stale { number: number.to_owned() });
        }
        let context = laws.context(now, who, &*people, &checkpoint);
        let drafts = engine::decide(kind, Some(&held.record), command, &context).map_err(|why| refusal(why, number))?;
        self.check_values(&mut tx, kind, command, &drafts, who, &laws, &*people).await?;
        let writer = Writer { now, actor: &actor_of(who), laws: &laws, people: &*people };
        let written = writer.write(&mut tx, Some(held), &drafts).await?;
        tx.commit().await?;
        let held = written.this.ok_or_else(|| LedgerError::damaged("a record was acted on and is not there"))?;
        let done = Done {
            number: number.to_owned(),
            version: held.record.version,
            proposed: drafts.iter().any(|draft| draft.act == "record.propose"),
            opened: written.opened.into_iter().map(|held| held.record.number).collect(),
        };
        Ok((done, held))
    }

    /// What only the store knows of values: that files are on disk (REC-12), and that records which are named are there and may be seen.
    #[allow(clippy::too_many_arguments, reason = "all of it is what the command was judged by")]
    pub(super) async fn check_values(
        &self,
        conn: &mut Conn,
        kind: &Kind,
        command: &Command,
        drafts: &[Draft],
        who: &Rights,
        laws: &Laws,
        people: &dyn People,
    ) -> Result<(), LedgerError> {
        let named: BTreeSet<String> = drafts.iter().flat_map(|draft| files::named(&draft.fields)).collect();
        let shelf = self.shelves.get();
        if named.iter().any(|digest| shelf.as_ref().is_none_or(|shelf| !shelf.has(digest))) {
            return Err(LedgerError::Refusal(Refusal::new("attachment-missing")));
        }
        let (Command::Open { values, .. } | Command::Move { values, .. } | Command::Correct { values, .. }) = command else {
            return Ok(());
        };
        for (name, value) in values.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let shape = kind.field(name).map(|field| &field.shape);
            if matches!(shape, Some(Shape::Link { .. } | Shape::Asset)) {
                let target = store::load(conn, value.trim()).await?;
                let seen = target.is_some_and(|held| {
                    laws.kinds.get(&held.record.kind).is_some_and(|kind| engine::sees(&held.record, kind, who, people))
                });
                if !seen {
                    return Err(LedgerError::Refusal(Refusal::new("value-link").at(name).with("value", value.trim())));
                }
            }
        }
        Ok(())
    }
}

/// The kind of a record as it is in force.
pub(crate) fn kind_of<'l>(held: &Held, laws: &'l Laws) -> Result<&'l Kind, LedgerError> {
    let gone = || LedgerError::Refusal(Refusal::new("kind-gone").with("kind", held.record.kind.as_str()));
    laws.kinds.get(&held.record.kind).ok_or_else(gone)
}
