//! What is being put right: open hazards, findings and orders, with measure, person and date as their records have them.

use anlan_base::Day;
use anlan_base::text::Lang;
use anlan_law::kind::Kind;
use anlan_ledger::Directory;
use anlan_ledger::engine::Record;
use anlan_ledger::records::{ListAsk, Order, StateAsk};

use crate::console::Shared;
use crate::failure::Failure;
use crate::records::words;
use crate::session::Signed;
use crate::shown;

/// Registers, and which of their fields say what is wrong, the measure, who and by when.
const REGISTERS: [Register; 3] = [
    Register { kind: "rectification", measure: &["ordered"], due: "deadline" },
    Register { kind: "hazard", measure: &["measure"], due: "deadline" },
    Register { kind: "finding", measure: &["opinion"], due: "report_by" },
];
/// Open records of each register on one sheet.
pub(super) const RECORDS: u32 = 50;
const BYTES: usize = 600;

struct Register {
    kind: &'static str,
    /// The first that is filled.
    measure: &'static [&'static str],
    due: &'static str,
}

pub(super) struct Going {
    pub(super) number: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) measure: String,
    /// Empty where nobody is named.
    pub(super) owner: String,
    pub(super) due: String,
    pub(super) state: String,
}

/// The open records that the asker may see, soonest due first; and how many were left out.
pub(super) async fn going(house: &Shared, who: &Signed) -> Result<(Vec<Going>, usize), Failure> {
    let ledger = &house.console.ledger;
    let (kinds, directory) = (ledger.kinds(), ledger.directory());
    let (mut out, mut more) = (Vec::new(), 0);
    for register in &REGISTERS {
        let Some(kind) = kinds.get(register.kind).filter(|kind| ledger.may_see(&who.rights, kind)) else { continue };
        let ask = ListAsk {
            kind: Some(register.kind.to_owned()),
            state: StateAsk::Open,
            order: Order::Due,
            limit: RECORDS,
            ..ListAsk::default()
        };
        let found = ledger.list(&who.rights, &ask).await?;
        let open: u64 = found.totals.iter().filter(|total| !total.ended).map(|total| total.records).sum();
        more += usize::try_from(open).unwrap_or(usize::MAX).saturating_sub(found.rows.len());
        for row in &found.rows {
            let Some(shown) = ledger.record(&who.rights, &row.number).await? else { continue };
            out.push(told(register, kind, &shown.record, &row.title, &directory, who.lang));
        }
    }
    Ok((out, more))
}

fn told(register: &Register, kind: &Kind, record: &Record, title: &str, directory: &Directory, lang: Lang) -> Going {
    let value = |name: &str| {
        let value = record.values.get(name).map_or("", String::as_str);
        kind.field(name).map_or_else(String::new, |field| words::value(field, value, directory, lang))
    };
    let measure = register.measure.iter().map(|name| value(name)).find(|told| !told.is_empty()).unwrap_or_default();
    let due = value(register.due);
    let due = due.parse::<Day>().map_or(due, |day| anlan_assure::docx::day_in_words(lang, day));
    Going {
        number: record.number.clone(),
        kind: kind.title.show(lang).to_owned(),
        title: shown::plain(title, BYTES),
        measure: shown::plain(&measure, BYTES),
        owner: value("owner"),
        due,
        state: words::state(Some(kind), &record.state, record.ended, false, lang).1,
    }
}
