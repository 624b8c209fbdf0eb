//! 日志留存登记表: each device that must log against its term, from the coverage as it is measured now.

use anlan_assure::assess::coverage::{Coverage, DeviceCoverage, Gap};
use anlan_assure::docx::day_in_words;
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::kind::Kinds;

use super::sheet::{Cell, Fact, Sheet, Table, fact, unit};
use crate::console::Shared;
use crate::failure::Failure;
use crate::records::words;
use crate::session::Signed;
use crate::shown;
use crate::sources::coverage_for;
use crate::sources::device::{Standing, Telling, cause};
use crate::sources::reach::Reach;

/// Devices on one sheet.
pub(super) const DEVICES: usize = 1_000;
/// Gaps that a device's row names, the last ones.
const GAPS: usize = 3;
const BYTES: usize = 128;

pub(super) const COLUMNS: &[&str] =
    &["no", "device", "category", "source", "dept", "first", "last", "term", "days", "full", "gaps", "state"];

/// The coverage as the asker may see it; none where it cannot be measured.
pub(super) async fn seen(house: &Shared, who: &Signed) -> Result<Coverage, Failure> {
    let directory = house.console.ledger.directory();
    let reach = Reach { directory: &directory, who: &who.rights, logs: house.console.ledger.sources_in_scope(&who.rights) };
    coverage_for(house, &reach).await.ok_or_else(|| Failure::internal("the coverage could not be measured"))
}

pub(super) async fn sheet(house: &Shared, who: &Signed) -> Result<Sheet, Failure> {
    let (lang, now) = (who.lang, house.console.clock.now());
    let coverage = seen(house, who).await?;
    let (book, directory) = (house.console.ledger.lawbook()?, house.console.ledger.directory());
    let kinds: &Kinds = &house.console.ledger.kinds();
    let telling = Telling { lang, now, book: &book, kinds, directory: &directory };
    let all = coverage.devices.len() + coverage.unlisted.len();
    let devices = coverage.devices.iter().map(|device| (device, true)).chain(coverage.unlisted.iter().map(|device| (device, false)));
    let rows = (1..).zip(devices.take(DEVICES)).map(|(number, (device, listed))| row(&telling, number, device, listed)).collect();
    Ok(Sheet {
        facts: facts(&coverage, lang, unit(house, who), Day::of(now)),
        tables: vec![Table { title: String::new(), columns: COLUMNS, rows, more: all.saturating_sub(DEVICES) }],
        notes: Vec::new(),
        chooser: None,
    })
}

/// Whether the list was confirmed, in words.
pub(super) fn list_words(lang: Lang, coverage: &Coverage) -> String {
    match &coverage.confirmed {
        Some(record) => text(lang, "forms-confirmed", &[("record", record)]),
        None => text(lang, "forms-unconfirmed", &[]),
    }
}

fn facts(coverage: &Coverage, lang: Lang, unit: String, today: Day) -> Vec<Fact> {
    let full = coverage.devices.iter().filter(|device| Standing::of(device) == Standing::Complete).count();
    let unverified = coverage.unverified.map_or_else(|| text(lang, "forms-unverified-unknown", &[]), |count| count.to_string());
    vec![
        fact(lang, "unit", Cell::text(unit)),
        fact(lang, "made", Cell::text(day_in_words(lang, today))),
        fact(lang, "list", Cell::text(list_words(lang, coverage))),
        fact(lang, "devices", Cell::text(coverage.devices.len().to_string())),
        fact(lang, "complete", Cell::text(full.to_string())),
        fact(lang, "unverified", Cell::text(unverified)),
    ]
}

fn row(telling: &Telling<'_>, number: usize, device: &DeviceCoverage, listed: bool) -> Vec<Cell> {
    let lang = telling.lang;
    let term = telling.term(&device.term);
    let never = || text(lang, "forms-never", &[]);
    let state = text(lang, Standing::of(device).mark().1, &[]);
    let state = if listed { state } else { format!("{state}\n{}", text(lang, "forms-unlisted", &[])) };
    let (done, of) = (device.days_complete.min(device.days_required).to_string(), device.days_required.to_string());
    vec![
        Cell::number(number),
        Cell::text(shown::plain(&device.name, BYTES)),
        Cell::text(telling.category(&device.category)),
        Cell::text(shown::plain(&device.source, BYTES)),
        Cell::text(words::unit(telling.directory, device.unit)),
        Cell::text(device.first.map_or_else(never, words::moment)),
        Cell::text(device.last.map_or_else(never, words::moment)),
        Cell::text(term.basis),
        Cell::number(text(lang, "forms-days", &[("done", &done), ("of", &of)])),
        Cell::text(device.complete_on.map_or_else(|| "—".to_owned(), |day| day_in_words(lang, day))),
        Cell::text(gaps(lang, device)),
        Cell::text(state),
    ]
}

fn gaps(lang: Lang, device: &DeviceCoverage) -> String {
    let told = |gap: &Gap| {
        let cause = text(lang, cause(gap.cause), &[]);
        text(lang, "forms-gap", &[("cause", &cause), ("since", &words::moment(gap.since)), ("until", &words::moment(gap.until))])
    };
    let mut lines: Vec<String> = device.gaps.iter().rev().take(GAPS).map(told).collect();
    if device.gaps.len() > GAPS {
        lines.push(text(lang, "forms-gaps-more", &[("n", &(device.gaps.len() - GAPS).to_string())]));
    }
    match (lines.is_empty(), device.first) {
        (false, _) => lines.join("\n"),
        (true, Some(_)) => text(lang, "forms-gaps-none", &[]),
        (true, None) => text(lang, "forms-never", &[]),
    }
}
