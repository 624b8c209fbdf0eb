//! Answers an [`Ask`] from an open folder. The server and the shell run this same code.

mod duties;
mod health;
mod kinds;

use std::io::Write;
use std::time::Duration;

use anlan_assure::{Form, Heading, Label};
use anlan_base::text::Lang;
use anlan_base::{Day, Instant, Seq, SourceKey};
use anlan_ledger::Actor;
use anlan_vault::{Hit, Query, Scope, Search};
use anlan_web::{PackWish, hit_json};
use anyhow::Result;
use serde_json::json;
use tokio::runtime::Handle;

use crate::ask::{Ask, PackAsk};
use crate::evidence;
use crate::instance::{Instance, told};
use crate::say::{Told, code};

/// Lines fetched at a time: the first page small, so that the first lines come at once.
const FIRST_PAGE: usize = 1_000;
const PAGE: usize = 50_000;
/// A tail looks this often for new lines, and a quiet one now and then whether its reader is still there.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS_STILL_THERE: usize = 50;

/// Who asks, in which language, on which runtime.
pub struct Asker<'a> {
    pub actor: Actor,
    pub lang: Lang,
    pub handle: &'a Handle,
}

/// Blocking. Writes the answer's bytes to `out`; what they are is said at each [`Ask`].
pub fn answer(instance: &Instance, asker: &Asker<'_>, ask: Ask, out: &mut dyn Write) -> Result<()> {
    if let Some((act, fields)) = ask.act() {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        instance.note_act(asker.handle, &asker.actor, act, &fields)?;
    }
    match ask {
        Ask::Search { query, since, until, limit } => {
            search(instance, &request(asker.lang, &query, since, until)?, limit.unwrap_or(u64::MAX), out)
        }
        Ask::Count { query, since, until } => Ok(writeln!(out, "{}", instance.vault.count(&request(asker.lang, &query, since, until)?)?)?),
        Ask::Tail { query } => tail(instance, asker, &query, out),
        Ask::Prove { seq } => prove(instance, asker.lang, Seq(seq), out),
        Ask::Pack(ask) => pack(instance, asker, &ask, out),
        Ask::Key => Ok(writeln!(out, "{}", instance.vkey())?),
        Ask::TokenAdd { name } => token_add(instance, asker, &name, out),
        Ask::Sources => sources(instance, asker, out),
        Ask::LawImport { version, name, text } => law_import(instance, asker, version.as_deref(), &name, &text, out),
        Ask::LawTexts => law_texts(instance, asker, out),
        Ask::KindAdd { files } => kinds::add(instance, asker, &files, out),
        Ask::Kinds => kinds::own(instance, asker, out),
        Ask::Duties => duties::status(instance, asker, out),
        Ask::Backup => crate::backup::make::make(instance, asker.handle, out),
        Ask::BackupKept { .. } => Ok(()),
        Ask::Doctor => health::doctor(instance, asker, out),
    }
}

fn request(lang: Lang, query: &str, since: Option<u64>, until: Option<u64>) -> Result<Search> {
    let query: Query = query.parse().map_err(|error: anlan_vault::QueryError| {
        let column = error.column.to_string();
        told(lang, code::USAGE, "query-error", &[("query", query), ("column", &column), ("expected", &error.expected)])
    })?;
    Ok(Search { query, since: since.map(Instant), until: until.map(Instant), scope: Scope::All, limit: FIRST_PAGE })
}

fn search(instance: &Instance, first: &Search, limit: u64, out: &mut dyn Write) -> Result<()> {
    let mut request = first.clone();
    let mut left = usize::try_from(limit).unwrap_or(usize::MAX);
    while left > 0 {
        request.limit = request.limit.min(left);
        let found = instance.vault.search(&request)?;
        for hit in &found.lines {
            writeln!(out, "{}", hit_json(hit))?;
        }
        left -= found.lines.len().min(left);
        let Some(last) = found.lines.last().filter(|_| found.more) else { break };
        request.until = Some(last.line.seq.received());
        request.limit = PAGE;
    }
    Ok(out.flush()?)
}

fn tail(instance: &Instance, asker: &Asker<'_>, query: &str, out: &mut dyn Write) -> Result<()> {
    let watch = instance.vault.watch();
    let mut request = request(asker.lang, query, None, None)?;
    request.limit = PAGE;
    let mut seen = *watch.borrow();
    loop {
        let newest = *watch.borrow();
        while seen < newest {
            let (hits, until) = next_page(instance, &mut request, seen, newest)?;
            for hit in hits.iter().rev() {
                writeln!(out, "{}", hit_json(hit))?;
            }
            seen = until;
        }
        out.flush()?;
        // No timer of the runtime: it may be gone before a tail is.
        for _ in 0..LOOKS_STILL_THERE {
            std::thread::sleep(LOOK);
            if *watch.borrow() > seen {
                break;
            }
        }
    }
}

/// Matches after `seen`, and up to where they are all: fewer than all up to `newest` where that would be more than a page.
fn next_page(instance: &Instance, request: &mut Search, seen: Seq, newest: Seq) -> Result<(Vec<Hit>, Seq)> {
    let mut until = newest;
    loop {
        request.since = Some(Instant(seen.0 + 1));
        request.until = Some(Instant(until.0.saturating_add(1)));
        let found = instance.vault.search(request)?;
        if !found.more {
            return Ok((found.lines, until));
        }
        until = Seq(seen.0 + (until.0 - seen.0).div_ceil(2));
    }
}

fn prove(instance: &Instance, lang: Lang, seq: Seq, out: &mut dyn Write) -> Result<()> {
    let proof = match anlan_assure::prove(&instance.vault, &instance.journal, seq, &Scope::All) {
        Err(anlan_assure::AssureError::NoSuchLine(seq)) => {
            return Err(told(lang, code::FAILED, "no-such-line", &[("seq", &seq.to_string())]));
        }
        other => other?,
    };
    Ok(out.write_all(&proof)?)
}

fn pack(instance: &Instance, asker: &Asker<'_>, ask: &PackAsk, out: &mut dyn Write) -> Result<()> {
    let unfit = |got: &str| told(asker.lang, code::USAGE, "evidence-source-malformed", &[("got", got)]);
    let keys = ask.sources.iter().map(|key| SourceKey::new(key).map_err(|_| unfit(key)));
    let wish = PackWish {
        since: Instant(ask.since),
        until: Instant(ask.until),
        scope: if ask.sources.is_empty() { Scope::All } else { Scope::Sources(keys.collect::<Result<_>>()?) },
        label: Label::parse(&ask.label).unwrap_or_default(),
        masked: ask.masked,
        names: true,
        lang: Lang::from_preference(&ask.lang),
        purpose: ask.purpose.clone(),
        visit: ask.visit.clone(),
        headings: Heading::ALL.to_vec(),
        forms: forms(&ask.forms),
        proofs: ask.proofs.iter().copied().map(Seq).collect(),
        made: None,
    };
    let built = evidence::build(instance, asker.handle, &asker.actor, &wish);
    let mut file = built.map_err(|error| match evidence::refusal(&error, asker.lang) {
        Some(message) => anyhow::Error::new(Told { message, code: code::FAILED }),
        None => error,
    })?;
    std::io::copy(&mut file, out)?;
    Ok(out.flush()?)
}

/// Those that are named; all where none is.
fn forms(named: &[String]) -> Vec<Form> {
    if named.is_empty() {
        return Form::ALL.to_vec();
    }
    Form::ALL.into_iter().filter(|form| named.iter().any(|name| name == form.code())).collect()
}

fn token_add(instance: &Instance, asker: &Asker<'_>, name: &str, out: &mut dyn Write) -> Result<()> {
    let token = asker.handle.block_on(async {
        let token = instance.ledger.add_token(&asker.actor, name).await?;
        instance.outbox.pump().await?;
        anyhow::Ok(token)
    })?;
    Ok(writeln!(out, "{token}")?)
}

fn sources(instance: &Instance, asker: &Asker<'_>, out: &mut dyn Write) -> Result<()> {
    let rows = asker.handle.block_on(instance.ledger.sources())?;
    let active = instance.vault.sources()?;
    for row in rows {
        let heard = active.iter().find(|activity| activity.source == row.key);
        let object = json!({
            "source": row.key.as_str(),
            "name": row.name,
            "class": row.class.as_str(),
            "first_heard": row.first_heard.to_rfc3339(),
            "last_seen": heard.map(|h| h.last.received().to_rfc3339()),
            "lines": heard.map_or(0, |h| h.lines),
            "lines_today": heard.and_then(|h| h.days.last()).filter(|(day, _)| *day == Day::of(instance.clock.now())).map_or(0, |(_, n)| *n),
        });
        writeln!(out, "{object}")?;
    }
    Ok(())
}

fn law_import(instance: &Instance, asker: &Asker<'_>, version: Option<&str>, name: &str, text: &str, out: &mut dyn Write) -> Result<()> {
    let row = asker.handle.block_on(async {
        let row = instance.ledger.import_law_text(&asker.actor, version, name, text).await?;
        instance.outbox.pump().await?;
        anyhow::Ok(row)
    })?;
    let object = json!({
        "entry": row.entry, "version": row.version, "name": row.name, "digest": row.digest, "at": row.at.to_rfc3339(),
    });
    Ok(writeln!(out, "{object}")?)
}

/// Texts of no known version are left out: they can be laid over nothing.
fn law_texts(instance: &Instance, asker: &Asker<'_>, out: &mut dyn Write) -> Result<()> {
    for row in asker.handle.block_on(instance.ledger.law_texts())?.iter().filter(|row| row.version.is_some()) {
        let Some((row, text)) = asker.handle.block_on(instance.ledger.law_text(row.entry))? else { continue };
        let object = json!({
            "entry": row.entry, "version": row.version, "name": row.name, "digest": row.digest, "at": row.at.0, "text": text,
        });
        writeln!(out, "{object}")?;
    }
    Ok(())
}
