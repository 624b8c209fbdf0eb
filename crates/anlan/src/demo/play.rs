//! Plays one step of the story by the ways that the console takes: the same commands, the same rights, the same refusals.

use std::collections::BTreeMap;

use anlan_ledger::engine::{Command, Rights, UnitId, Urging, Values};
use anlan_ledger::records::{Attachment, Done, ListAsk, StateAsk};
use anlan_ledger::{Ledger, LedgerError};
use anyhow::{Context, Result, bail};

use super::people::Cast;
use super::story::{Cue, Step};

/// Bytes of the made-up files: they say what they are.
const PAPER: &str = "演示数据\n\n本文件由演示程序生成，不是真实材料，不作任何证明。\n";
/// The record of a scene that a step does not name.
const OWN: &str = "";

/// Numbers of the records of all scenes by their names.
#[derive(Default)]
pub struct Numbers(BTreeMap<(usize, String), String>);

/// Open records of a kind that are looked through.
const NEWEST: u32 = 50;

/// One step on its way.
struct Stage<'a> {
    ledger: &'a Ledger,
    cast: &'a Cast,
    numbers: &'a mut BTreeMap<(usize, String), String>,
}

impl Numbers {
    pub async fn play(&mut self, ledger: &Ledger, cast: &Cast, cue: &Cue) -> Result<()> {
        let mut stage = Stage { ledger, cast, numbers: &mut self.0 };
        for who in cue.step.who.split(',').map(str::trim) {
            stage.act(cue, who).await.with_context(|| format!("demo/story/{}: {who}", cue.place))?;
        }
        Ok(())
    }
}

impl Stage<'_> {
    async fn act(&mut self, cue: &Cue, who: &str) -> Result<()> {
        let step = &cue.step;
        let rights = self.ledger.rights_of(who);
        let values = self.values(cue).await?;
        if !step.open.is_empty() {
            let unit = if step.unit.is_empty() { self.cast.unit_of(who)? } else { self.cast.unit(&step.unit)? };
            let command = Command::Open { unit, values, happened: None };
            let done = self.ledger.open_record(&rights, &step.open, command).await.map_err(in_words)?;
            let name = if step.into.is_empty() { OWN } else { &step.into };
            self.numbers.insert((cue.playing, name.to_owned()), done.number);
            return Ok(());
        }
        if !step.switch_on.is_empty() {
            let (kind, series) = step.switch_on.split_once('/').context("a series is KIND/SERIES")?;
            return self.ledger.switch_series(&rights, self.cast.unit_of(who)?, kind, series, true).await.map_err(in_words);
        }
        if !step.take.is_empty() {
            let number = self.newest(&step.take, self.cast.unit_of(who)?, &rights).await?;
            self.numbers.insert((cue.playing, OWN.to_owned()), number);
            return Ok(());
        }
        let number = self.number(cue, &step.record)?;
        let command = self.command(step, values, &number, &rights).await?;
        let done = self.ledger.act_on(&rights, &number, None, command).await.map_err(in_words)?;
        self.name_opened(cue, &done)
    }

    async fn command(&self, step: &Step, values: Values, number: &str, rights: &Rights) -> Result<Command> {
        let reason = (!step.reason.is_empty()).then(|| step.reason.clone());
        Ok(if !step.make.is_empty() {
            Command::Move { name: step.make.clone(), values, reason }
        } else if step.approve {
            let seen = self.ledger.record(rights, number).await?.context("what is to be approved")?.record.version;
            Command::Approve { seen, reason }
        } else if !step.answer.is_empty() {
            Command::Answer { agrees: true, text: step.answer.clone() }
        } else if !step.urge.is_empty() {
            Command::Urge { text: step.urge.clone(), weight: Urging::Remind }
        } else if !step.supervise.is_empty() {
            Command::Urge { text: step.supervise.clone(), weight: Urging::Supervise }
        } else if !step.note.is_empty() {
            Command::Note { text: step.note.clone() }
        } else {
            bail!("a step does something")
        })
    }

    /// The newest open record of a kind in a unit.
    async fn newest(&self, kind: &str, unit: UnitId, rights: &Rights) -> Result<String> {
        let ask = ListAsk { kind: Some(kind.to_owned()), state: StateAsk::Open, limit: NEWEST, ..ListAsk::default() };
        let found = self.ledger.list(rights, &ask).await?;
        let newest = found.rows.into_iter().filter(|row| row.unit == unit).map(|row| row.number).max();
        newest.with_context(|| format!("no open {kind} here"))
    }

    /// Gives what a move opened the names of `into`, in the order in which it was opened.
    fn name_opened(&mut self, cue: &Cue, done: &Done) -> Result<()> {
        if cue.step.into.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = cue.step.into.split(',').map(str::trim).collect();
        if names.len() != done.opened.len() {
            bail!("{} records were opened, {} are named", done.opened.len(), names.len());
        }
        for (name, number) in names.into_iter().zip(&done.opened) {
            self.numbers.insert((cue.playing, name.to_owned()), number.clone());
        }
        Ok(())
    }

    fn number(&self, cue: &Cue, name: &str) -> Result<String> {
        let known = self.numbers.get(&(cue.playing, name.to_owned()));
        known.cloned().with_context(|| format!("no record is called `{name}` here"))
    }

    async fn values(&self, cue: &Cue) -> Result<Values> {
        let mut values = Values::new();
        for (name, written) in &cue.step.values {
            values.insert(name.clone(), self.value(cue, written).await.with_context(|| name.clone())?);
        }
        Ok(values)
    }

    /// `@p`, `@ps`: people; `@u`, `@us`: units; `@f`: a file; `@r`: a record of the scene; anything else is the value itself.
    async fn value(&self, cue: &Cue, written: &str) -> Result<String> {
        let Some((sign, rest)) = written.strip_prefix('@').and_then(|rest| rest.split_once(' ')) else { return Ok(written.to_owned()) };
        let several = || rest.split(',').map(str::trim);
        Ok(match sign {
            "p" => self.cast.person(rest)?.to_string(),
            "ps" => list(several().map(|who| Ok(self.cast.person(who)?.to_string())))?,
            "u" => self.cast.unit(rest)?.to_string(),
            "us" => list(several().map(|unit| Ok(self.cast.unit(unit)?.to_string())))?,
            "f" => {
                let paper = format!("{PAPER}\n{rest}\n");
                Attachment::value_of(&[self.ledger.keep_attachment(rest, paper.as_bytes()).await.map_err(in_words)?])
            }
            "r" => self.number(cue, rest)?,
            _ => bail!("no such sign: @{sign}"),
        })
    }
}

fn list(of: impl Iterator<Item = Result<String>>) -> Result<String> {
    Ok(serde_json::to_string(&of.collect::<Result<Vec<String>>>()?)?)
}

/// A refusal with its field and what it says.
fn in_words(error: LedgerError) -> anyhow::Error {
    match error {
        LedgerError::Refusal(refusal) => {
            anyhow::anyhow!("{} {} {}", refusal.code, refusal.field.as_deref().unwrap_or(""), refusal.say(anlan_base::text::Lang::En))
        }
        other => other.into(),
    }
}
