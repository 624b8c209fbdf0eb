//! Answers how the duties stand, measured anew.

use std::io::Write;

use anlan_assure::assess::{Standings, Verdict};
use anlan_base::text::{Lang, text};
use anlan_law::condition::Fact;
use anlan_law::duty::Duty;
use anyhow::Result;
use serde_json::{Value, json};

use super::Asker;
use crate::instance::Instance;
use crate::wiring::assessor_of;

/// Facts that one sentence tells.
const FACTS_TOLD: usize = 4;

/// Measures, keeps, and writes one JSON array, a duty each, in the order of the packs.
pub fn status(instance: &Instance, asker: &Asker<'_>, out: &mut dyn Write) -> Result<()> {
    let (standings, duties) = asker.handle.block_on(async {
        let assessor = assessor_of(instance, asker.lang).await?;
        let standings = assessor.assess().await?;
        instance.outbox.pump().await?;
        anyhow::Ok((standings, assessor.site().book.duties.clone()))
    })?;
    let rows: Vec<Value> = duties.iter().filter_map(|duty| Some(row(asker.lang, duty, of(&standings, duty)?))).collect();
    Ok(writeln!(out, "{}", Value::from(rows))?)
}

fn of<'a>(standings: &'a Standings, duty: &Duty) -> Option<&'a Verdict> {
    standings.verdicts.iter().find(|verdict| verdict.duty == duty.id)
}

fn row(lang: Lang, duty: &Duty, verdict: &Verdict) -> Value {
    json!({
        "id": duty.id,
        "title": duty.title.show(lang),
        "state": verdict.state.as_str(),
        "kind": if verdict.computed { "computed" } else { "attested" },
        "reason": reason(lang, duty, verdict),
        "at": verdict.at.to_rfc3339(),
        "stale": verdict.stale,
    })
}

/// The worst reason; where there is none, the facts.
fn reason(lang: Lang, duty: &Duty, verdict: &Verdict) -> String {
    let said = verdict.sentence(lang);
    if !said.is_empty() {
        return said;
    }
    let declared = duty.probe().map_or(&[][..], |probe| probe.facts());
    let facts = declared.iter().filter_map(|(name, _)| Some((*name, verdict.facts.get(*name)?)));
    let told: Vec<String> = facts.take(FACTS_TOLD).map(|(name, fact)| fact_told(lang, duty, name, fact)).collect();
    told.join(&text(lang, "duty-status-and", &[]))
}

fn fact_told(lang: Lang, duty: &Duty, name: &str, fact: &Fact) -> String {
    let part = |written: &str| written.replace(['.', '_'], "-");
    let probe = duty.probe().map_or("", |probe| probe.name());
    let value = match fact {
        Fact::Bool(true) => text(lang, "word-yes", &[]),
        Fact::Bool(false) => text(lang, "word-no", &[]),
        Fact::Int(number) => number.to_string(),
        Fact::Text(written) => written.clone(),
    };
    text(lang, "duty-status-fact", &[("fact", &text(lang, &format!("duty-fact-{}-{}", part(probe), part(name)), &[])), ("value", &value)])
}
