//! Builds the pack that somebody asked for, from the shell or in the console: measures, records who asked for what, builds.
//!
//! Invariants: the entry (`pack.build`) is in the log before the pack's checkpoint is taken, so the pack holds its own making (PACK-15); whether the asker may see
//! these sources was decided before.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use anlan_assure::assess::coverage::coverage;
use anlan_assure::assess::{Anchored, AssessError, anchored};
use anlan_assure::pack::open::{open, visit};
use anlan_assure::{AssureError, Choices, Mask, PackRequest, Told, Words, build_pack};
use anlan_base::text::{Lang, text};
use anlan_law::kind::Role;
use anlan_ledger::Actor;
use anlan_ledger::engine::{Grant, Rights};
use anlan_vault::Scope;
use anlan_web::PackWish;
use anyhow::Result;
use tokio::runtime::Handle;

use crate::instance::Instance;
use crate::output::Spool;
use crate::wiring::assessor_of;

/// Characters of a moment up to its minutes.
const CIVIL_MINUTES: usize = 16;
/// Roles with which records are read for whoever holds the shell: all of the folder is theirs.
const SHELL: [Role; 4] = [Role::Leader, Role::Security, Role::Audit, Role::Handler];

/// Blocking. The pack as a file that has no name any more: it is gone when the handle is.
pub fn build(instance: &Instance, handle: &Handle, actor: &Actor, wish: &PackWish) -> Result<File> {
    let mask = mask(instance);
    let told = handle.block_on(told(instance, actor, wish));
    let made = handle.block_on(recorded(instance, actor, wish))?;
    let choices =
        Choices { label: wish.label, masked: wish.masked, purpose: wish.purpose.clone(), visit: wish.visit.clone(), made, lang: wish.lang };
    let told = if wish.names { told } else { told.masked(&mask) };
    let (since, until, scope) = (wish.since, wish.until, wish.scope.clone());
    let (proofs, forms) = (wish.proofs.clone(), wish.forms.clone());
    let request = PackRequest { since, until, scope, choices, mask, told, proofs, forms, papers: Vec::new() };
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
        anyhow::Ok((standings, coverage, site))
    };
    match measured.await {
        Ok((standings, coverage, site)) => {
            let words = Words { lang: wish.lang, book: &site.book, kinds: &instance.ledger.kinds(), directory: &directory };
            let anchor = anchor(anchored(&site).await, wish.lang);
            recorded_beside(instance, actor, wish, Told { anchor, ..told.with(&standings, &coverage, &words, shows) }).await
        }
        Err(error) => {
            tracing::error!(%error, "a pack is built without measurements");
            told
        }
    }
}

/// 仅自证, or 已外部存证 with until when and how.
fn anchor(anchored: Result<Anchored, AssessError>, lang: Lang) -> String {
    match anchored {
        Ok(Anchored::Outside { until, way, .. }) => {
            let way = text(lang, &format!("anchor-way-{}", way.id()), &[]);
            let until: String = until.to_civil().chars().take(CIVIL_MINUTES).collect();
            text(lang, "forms-anchored", &[("until", &until), ("way", &way)])
        }
        Ok(Anchored::SelfOnly) => text(lang, "anchor-self", &[]),
        Err(error) => {
            tracing::error!(%error, "how far the log is anchored could not be read");
            text(lang, "anchor-self", &[])
        }
    }
}

/// The records that forms tell of, as far as the asker may see them.
async fn recorded_beside(instance: &Instance, actor: &Actor, wish: &PackWish, told: Told) -> Told {
    let rights = rights(instance, actor);
    let found = async {
        let (open, open_more) = open(&instance.ledger, &rights, wish.lang).await?;
        anyhow::Ok((open, open_more, visit(&instance.ledger, &rights, &wish.visit, wish.lang).await?))
    };
    match found.await {
        Ok((open, open_more, visit)) => Told { open, open_more, visit, ..told },
        Err(error) => {
            tracing::error!(%error, "a pack is built without records");
            told
        }
    }
}

/// A person's own; at the shell the operator's, who reads all of the folder.
fn rights(instance: &Instance, actor: &Actor) -> Rights {
    if let Actor::User(account) = actor {
        return instance.ledger.rights_of(account);
    }
    let directory = instance.ledger.directory();
    let whole = |role: Role| directory.root().map(|root| Grant { role, unit: root.id, path: root.path.clone() });
    Rights { grants: SHELL.into_iter().filter_map(whole).collect(), ..Rights::default() }
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
