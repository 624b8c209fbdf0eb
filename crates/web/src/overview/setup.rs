//! What is left to set up: one line each, with the page where it is done. A line goes away by itself when it is done.
//!
//! Invariant: read from the directory, the register and kept facts; what was never measured makes no line but its own.

use anlan_base::text::{Lang, text};
use anlan_law::condition::Fact;
use anlan_law::probe::Probe;
use anlan_ledger::ROOT_NAME;
use anlan_ledger::records::{ListAsk, StateAsk};

use crate::compliance::book::Law;
use crate::compliance::stand::Stands;
use crate::console::Shared;
use crate::failure::Failure;
use crate::people::told;
use crate::session::Signed;

/// The list of what must log, and its confirmation by the unit's head.
const LISTED: &str = "log-source";
const CONFIRMED: &str = "log-list";
/// Responsibility letters.
const LETTER: &str = "letter";

pub(super) struct Step {
    pub(super) what: String,
    pub(super) href: String,
    /// What to do there.
    pub(super) act: String,
}

fn step(lang: Lang, key: &str, href: String, args: &[(&str, &str)]) -> Step {
    Step { what: text(lang, key, args), href, act: text(lang, &format!("{key}-act"), &[]) }
}

pub(super) async fn steps(house: &Shared, who: &Signed, law: &Law, stands: &Stands, sourceless: bool) -> Result<Vec<Step>, Failure> {
    let lang = who.lang;
    let mut steps = of_directory(house, lang);
    if sourceless {
        steps.push(step(lang, "setup-connect", "/sources/connect".to_owned(), &[]));
    }
    steps.extend(of_list(house, who, law, stands).await?);
    let fact = |probe, name| stands.fact(&law.book.duties, probe, name);
    if matches!(fact(Probe::LettersSigned, "signed"), Some(Fact::Int(0))) {
        steps.push(step(lang, "setup-letter", format!("/records/{LETTER}"), &[]));
    }
    if matches!(fact(Probe::BackupRestored, "without_backup"), Some(Fact::Int(1..))) {
        steps.push(step(lang, "setup-backup", of_probe(law, Probe::BackupRestored), &[]));
    }
    if matches!(fact(Probe::StoreAnchored, "anchors"), Some(Fact::Int(0))) {
        let href = if crate::routes::has_at_root(house, who, anlan_law::kind::Role::System) {
            "/settings".to_owned()
        } else {
            of_probe(law, Probe::StoreAnchored)
        };
        steps.push(step(lang, "setup-key", href, &[]));
    }
    Ok(steps)
}

/// The first duty that a probe shows.
fn of_probe(law: &Law, probe: Probe) -> String {
    let duty = law.book.duties.iter().find(|duty| duty.probe() == Some(probe));
    duty.map_or_else(|| "/compliance".to_owned(), |duty| format!("/compliance/duties/{}", duty.id))
}

/// The root's name, its head, and the three administrators.
fn of_directory(house: &Shared, lang: Lang) -> Vec<Step> {
    let directory = house.console.ledger.directory();
    let Some(root) = directory.root() else { return Vec::new() };
    let page = format!("/units/{}", root.id);
    let mut steps = Vec::new();
    if root.name == ROOT_NAME {
        steps.push(step(lang, "setup-name", page.clone(), &[]));
    }
    let missing = directory.separation(root.id);
    let missing: Vec<String> = missing.iter().flat_map(|found| found.missing()).map(|one| told::role(lang, one.role())).collect();
    if !missing.is_empty() {
        let roles = missing.join(&text(lang, "list-comma", &[]));
        steps.push(step(lang, "setup-roles", "/people".to_owned(), &[("roles", &roles)]));
    }
    if root.head.is_none() {
        steps.push(step(lang, "setup-head", page, &[]));
    }
    steps
}

/// The list of what must log: made, then confirmed by the head.
async fn of_list(house: &Shared, who: &Signed, law: &Law, stands: &Stands) -> Result<Option<Step>, Failure> {
    let ledger = &house.console.ledger;
    if ledger.kinds().get(LISTED).is_none()
        || stands.fact(&law.book.duties, Probe::LogCoverage, "list_confirmed") == Some(&Fact::Bool(true))
    {
        return Ok(None);
    }
    let ask = ListAsk { kind: Some(LISTED.to_owned()), state: StateAsk::All, limit: 1, ..ListAsk::default() };
    let is_empty = ledger.list(&who.rights, &ask).await?.rows.is_empty();
    let (key, kind) = if is_empty { ("setup-list", LISTED) } else { ("setup-confirm", CONFIRMED) };
    Ok(Some(step(who.lang, key, format!("/records/{kind}"), &[])))
}
