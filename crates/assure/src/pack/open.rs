//! Records that the forms of a pack tell of: what is being put right, and the inspection for which the pack is made.
//!
//! Invariant: what lies beyond the asker's rights is as if there were none.

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::kind::{Field, Kind, Shape};
use anlan_ledger::engine::{People, PersonId, Record, Rights};
use anlan_ledger::records::{ListAsk, Order, StateAsk};
use anlan_ledger::{Directory, Ledger, LedgerError};

use super::told::{OpenTold, VisitTold};
use crate::docx::day_in_words;

/// Registers, and which of their fields hold the measure and the deadline.
const REGISTERS: [(&str, &str, &str); 3] =
    [("rectification", "ordered", "deadline"), ("hazard", "measure", "deadline"), ("finding", "opinion", "report_by")];
const VISIT: &str = "visit";
/// Open records of each register.
const RECORDS: u32 = 50;

/// Open hazards, findings and orders, soonest due first, and how many were left out.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn open(ledger: &Ledger, who: &Rights, lang: Lang) -> Result<(Vec<OpenTold>, u64), LedgerError> {
    let (kinds, directory) = (ledger.kinds(), ledger.directory());
    let (mut out, mut more) = (Vec::new(), 0);
    for (id, measure, due) in REGISTERS {
        let Some(kind) = kinds.get(id).filter(|kind| ledger.may_see(who, kind)) else { continue };
        let ask = ListAsk { kind: Some(id.to_owned()), state: StateAsk::Open, order: Order::Due, limit: RECORDS, ..ListAsk::default() };
        let found = ledger.list(who, &ask).await?;
        let all: u64 = found.totals.iter().filter(|total| !total.ended).map(|total| total.records).sum();
        more += all.saturating_sub(found.rows.len() as u64);
        for row in &found.rows {
            let Some(shown) = ledger.record(who, &row.number).await? else { continue };
            let telling = Telling { kind, record: &shown.record, directory: &directory, lang };
            out.push(OpenTold {
                number: row.number.clone(),
                kind: kind.title.show(lang).to_owned(),
                title: row.title.clone(),
                measure: telling.value(measure),
                owner: telling.value("owner"),
                due: telling.value(due),
                state: kind.state(&shown.record.state).map_or(&*shown.record.state, |state| state.title.show(lang)).to_owned(),
            });
        }
    }
    Ok((out, more))
}

/// The inspection of this number; none where it is none of the asker's.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn visit(ledger: &Ledger, who: &Rights, number: &str, lang: Lang) -> Result<Option<VisitTold>, LedgerError> {
    let (kinds, directory) = (ledger.kinds(), ledger.directory());
    let Some(kind) = kinds.get(VISIT).filter(|_| !number.is_empty()) else { return Ok(None) };
    let Some(shown) = ledger.record(who, number).await?.filter(|shown| shown.record.kind == VISIT) else { return Ok(None) };
    let telling = Telling { kind, record: &shown.record, directory: &directory, lang };
    let officer = |name: &str, card: &str| format!("{} {}", telling.value(name), telling.value(card)).trim().to_owned();
    let officers = [officer("officer_1", "card_1"), officer("officer_2", "card_2")];
    Ok(Some(VisitTold {
        title: telling.value("title"),
        authority: telling.value("authority"),
        instrument: telling.value("instrument"),
        officers: officers.iter().filter(|officer| !officer.is_empty()).cloned().collect::<Vec<_>>().join("\n"),
        present: telling.value("receivers"),
    }))
}

struct Telling<'a> {
    kind: &'a Kind,
    record: &'a Record,
    directory: &'a Directory,
    lang: Lang,
}

impl Telling<'_> {
    /// Empty where the record or its kind has no such field.
    fn value(&self, name: &str) -> String {
        let held = self.record.values.get(name).map_or("", String::as_str);
        self.kind.field(name).filter(|_| !held.is_empty()).map_or_else(String::new, |field| self.words(field, held))
    }

    fn words(&self, field: &Field, held: &str) -> String {
        let person = |id: &str| PersonId::parse(id).and_then(|id| People::person(self.directory, id)).map(|person| person.name.clone());
        match &field.shape {
            Shape::Person => person(held).unwrap_or_else(|| held.to_owned()),
            Shape::People { .. } => {
                let ids: Vec<String> = serde_json::from_str(held).unwrap_or_default();
                let names: Vec<String> = ids.iter().filter_map(|id| person(id)).collect();
                names.join(&text(self.lang, "list-comma", &[]))
            }
            _ => held.parse::<Day>().map_or_else(|_| held.to_owned(), |day| day_in_words(self.lang, day)),
        }
    }
}
