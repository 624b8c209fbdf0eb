//! 整改计划: devices short of their term, duties that are not met, records that are open; each with the measure, and blanks for who and by when.

use anlan_assure::assess::State;
use anlan_assure::assess::coverage::{Coverage, DeviceCoverage};
use anlan_assure::docx::day_in_words;
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::pack::Lawbook;

use super::check::{Told, count_words, duties, unbuilt_note};
use super::going::{Going, going};
use super::register::{DEVICES, list_words, seen};
use super::sheet::{Cell, Sheet, Table, fact, operator};
use crate::compliance::book::law;
use crate::compliance::stand::{Stands, sees_names};
use crate::console::Shared;
use crate::failure::Failure;
use crate::session::Signed;
use crate::shown;
use crate::sources::device::{Telling, worst_first};

pub(super) const COLUMNS: &[&str] = &["no", "problem", "basis", "measure", "owner", "due", "result"];

/// Devices that do not fill their term.
pub(super) fn short(coverage: &Coverage) -> Vec<&DeviceCoverage> {
    worst_first(coverage).into_iter().filter(|device| device.days_complete < device.days_required || device.first.is_none()).collect()
}

/// What is wrong with a device, and what is to be done.
pub(super) fn device_words(lang: Lang, device: &DeviceCoverage) -> (String, String) {
    let (days, of) = (device.days_complete.to_string(), device.days_required.to_string());
    let name = shown::plain(&device.name, 128);
    let problem = text(lang, "forms-device-short", &[("device", &name), ("days", &days), ("of", &of)]);
    let measure = if device.first.is_none() || device.silent_since.is_some() { "forms-device-connect" } else { "forms-device-wait" };
    (problem, text(lang, measure, &[]))
}

pub(super) async fn sheet(house: &Shared, who: &Signed) -> Result<Sheet, Failure> {
    let (law, lang, now) = (law()?, who.lang, house.console.clock.now());
    let names = sees_names(house, &who.rights);
    let stands = Stands::load(house).await?;
    let duties = duties(law, &stands, lang, Day::of(now), names);
    let coverage = seen(house, who).await?;
    let (open, more) = going(house, who).await?;
    let book = house.console.ledger.lawbook()?;
    let book: &Lawbook = &book;
    let (kinds, directory) = (house.console.ledger.kinds(), house.console.ledger.directory());
    let telling = Telling { lang, now, book, kinds: &kinds, directory: &directory };
    let waiting = short(&coverage);
    let devices = (1..).zip(waiting.iter().take(DEVICES)).map(|(number, device)| device_row(&telling, number, device)).collect();
    let wrong = duties.told.iter().filter(|told| told.stand.state != State::Met);
    let gaps = (1..).zip(wrong).map(|(number, told)| duty_row(lang, number, told)).collect();
    let going = (1..).zip(&open).map(|(number, going)| going_row(number, going)).collect();
    let table = |key: &str, rows, more| Table { title: text(lang, key, &[]), columns: COLUMNS, rows, more };
    Ok(Sheet {
        facts: vec![
            fact(lang, "unit", Cell::text(operator(house))),
            fact(lang, "made", Cell::text(day_in_words(lang, Day::of(now)))),
            fact(lang, "count", Cell::text(count_words(lang, law, &stands))),
            fact(lang, "list", Cell::text(list_words(lang, &coverage))),
        ],
        tables: vec![
            table("forms-table-devices", devices, waiting.len().saturating_sub(DEVICES)),
            table("forms-table-gaps", gaps, 0),
            table("forms-table-going", going, more),
        ],
        notes: unbuilt_note(lang, &duties.unbuilt).into_iter().collect(),
        chooser: None,
    })
}

fn device_row(telling: &Telling<'_>, number: usize, device: &DeviceCoverage) -> Vec<Cell> {
    let (problem, measure) = device_words(telling.lang, device);
    let due = device.complete_on.map_or_else(String::new, |day| day_in_words(telling.lang, day));
    vec![
        Cell::number(number),
        Cell::text(problem),
        Cell::text(telling.term(&device.term).basis),
        Cell::blank(measure),
        Cell::blank(""),
        Cell::blank(due),
        Cell::blank(""),
    ]
}

fn duty_row(lang: Lang, number: usize, told: &Told<'_>) -> Vec<Cell> {
    vec![
        Cell::number(number),
        Cell::text(format!("{}：{}\n{}", told.duty.title.show(lang), told.state(lang), told.sentence)),
        Cell::text(told.basis.clone()),
        Cell::blank(told.duty.control.show(lang)),
        Cell::blank(""),
        Cell::blank(""),
        Cell::blank(""),
    ]
}

fn going_row(number: usize, going: &Going) -> Vec<Cell> {
    vec![
        Cell::number(number),
        Cell::text(going.title.clone()),
        Cell::text(format!("{}\n{}", going.kind, going.number)),
        Cell::blank(going.measure.clone()),
        Cell::blank(going.owner.clone()),
        Cell::blank(going.due.clone()),
        Cell::text(going.state.clone()),
    ]
}
