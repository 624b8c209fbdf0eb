//! Builds the pack that somebody asked for, from the shell or in the console: measures, records who asked for what, builds.
//!
//! Invariants: the entry (`pack.build`) is in the log before the pack's checkpoint is taken, so the pack holds its own making (PACK-15); whether the asker may see
//! these sources was decided before.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use anlan_assure::assess::coverage::coverage;
use anlan_assure::{AssureError, Choices, Mask, PackRequest, Told, build_pack};
use anlan_base::text::{Lang, text};
use anlan_ledger::Actor;
use anlan_vault::Scope;
use anlan_web::PackWish;
use anyhow::Result;
use tokio::runtime::Handle;

use crate::instance::Instance;
use crate::output::Spool;
use crate::wiring::assessor_of;

/// Blocking. The pack as a file that has no name any more: it is gone when the handle is.
pub fn build(instance: &Instance, handle: &Handle, actor: &Actor, wish: &PackWish) -> Result<File> {
    let mask = mask(instance);
    let told = handle.block_on(told(instance, actor, wish));
    let made = handle.block_on(recorded(instance, actor, wish))?;
    let choices =
        Choices { label: wish.label, masked: wish.masked, purpose: wish.purpose.clone(), visit: wish.visit.clone(), made, lang: wish.lang };
    let told = if wish.names { told } else { told.masked(&mask) };
    let (since, until, scope) = (wish.since, wish.until, wish.scope.clone());
    let request = PackRequest { since, until, scope, choices, mask, told, proofs: wish.proofs.clone(), papers: Vec::new() };
    let spool = Spool::new(&instance.dir)?;
    let mut file = spool.file()?;
    build_pack(&instance.vault, &instance.journal, &request, &instance.fs, spool.dir(), file.try_clone()?)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Why there is no pack, where the asker can do something about it.
pub fn refusal(error: &anyhow::Error, lang: Lang) -> Option<String> {
    let say = |key: &str, args: &[(&str, &str)]| Some(text(lang, key, args));
    match error.downcast_ref::<AssureError>()? {
        AssureError::PeriodBackwards => say("evidence-period-backwards", &[]),
        AssureError::EmptyScope => say("evidence-no-sources", &[]),
        AssureError::NoSuchLine(seq) => say("no-such-line", &[("seq", &seq.to_string())]),
        AssureError::ProofOfMasked(seq) => say("evidence-proof-masked", &[("seq", &seq.to_string())]),
        AssureError::TooManyChosen => say("evidence-too-many", &[]),
        AssureError::UnfitChoice => say("evidence-unfit", &[]),
        _ => None,
    }
}

/// Verdicts and coverage as they stand after measuring anew. Without them the pack says that it has none.
async fn told(instance: &Instance, actor: &Actor, wish: &PackWish) -> Told {
    let directory = instance.ledger.directory();
    let unit = directory.root().map(|unit| unit.name.clone()).unwrap_or_default();
    let watermark = if instance.is_demo() { text(wish.lang, "evidence-demo", &[]) } else { String::new() };
    let maker = maker(instance, actor);
    let told = Told { unit, maker, at: instance.clock.now(), headings: wish.headings.clone(), watermark, ..Told::default() };
    let shows = |source: &str| match &wish.scope {
        Scope::All => true,
        Scope::Sources(sources) => sources.iter().any(|key| key.as_str() == source || key.address() == Some(source)),
    };
    let measured = async {
        let assessor = assessor_of(instance, wish.lang).await?;
        let standings = assessor.assess().await?;
        let site = assessor.site();
        let coverage = coverage(&site).await?;
        instance.outbox.pump().await?;
        anyhow::Ok((standings, coverage, site.book))
    };
    match measured.await {
        Ok((standings, coverage, book)) => told.with(&standings, &coverage, &book, wish.lang, shows),
        Err(error) => {
            tracing::error!(%error, "a pack is built without measurements");
            told
        }
    }
}

fn maker(instance: &Instance, actor: &Actor) -> String {
    let Actor::User(account) = actor else { return actor.to_string() };
    let directory = instance.ledger.directory();
    let person = directory.person_of(account).and_then(|id| directory.person_row(id));
    person.map_or_else(|| account.clone(), |row| row.person.name.clone())
}

/// Names, numbers and addresses of the people in the register.
fn mask(instance: &Instance) -> Mask {
    let directory = instance.ledger.directory();
    let known = directory.people().flat_map(|row| [Some(row.person.name.clone()), row.phone.clone(), row.email.clone()]);
    Mask::new(known.flatten())
}

/// Records who asked for what (I7), where that was not done yet; the number of the entry, whose leaf is in the log.
async fn recorded(instance: &Instance, actor: &Actor, wish: &PackWish) -> Result<u64> {
    let number = match wish.made {
        Some(number) => number,
        None => {
            instance
                .ledger
                .note_numbered(actor, PackWish::ACT, &wish.fields().iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
                .await?
        }
    };
    instance.outbox.pump().await?;
    Ok(number)
}
