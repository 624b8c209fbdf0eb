//! 日志提取清单: what goes with original lines that are taken away. The visit as its record has it, the files of chosen devices and days with their
//! digests, and what the visit's notes say was shown and handed over.
//!
//! Invariants: a device outside the asker's rights is refused as if it were not there; the digests are those of the bytes that `/inspection/day` hands
//! over; what is beyond a limit says so and has no digest.

use anlan_assure::docx::day_in_words;
use anlan_base::text::{Lang, text};
use anlan_base::{Day, SourceKey};
use anlan_ledger::records::{ListAsk, Shown, StateAsk};

use super::sheet::{Cell, Fact, Sheet, Table, fact, unit};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::inspection::{DayFile, DeviceDay, read_day};
use crate::page::grouped;
use crate::people::choose::choice;
use crate::records::form::Choice;
use crate::records::words;
use crate::session::Signed;
use crate::shown;
use crate::sources::reach::Reach;

pub(super) const COLUMNS: &[&str] = &["no", "device", "day", "file", "lines", "bytes", "sha256", "sm3", "remark"];
pub(super) const NOTE_COLUMNS: &[&str] = &["no", "at", "who", "words"];
/// Device-days that are read for one sheet.
pub const DEVICE_DAYS: usize = 31;
/// Devices and visits that can be chosen from.
const OFFERED: usize = 500;
const VISITS: u32 = 20;
/// Notes of a visit, the last ones.
const NOTES: usize = 200;
/// Empty rows of a sheet for which nothing was chosen.
const EMPTY_ROWS: usize = 8;
const VISIT: &str = "visit";

/// What can be chosen before printing.
pub(super) struct Chooser {
    pub(super) sources: Vec<Choice>,
    pub(super) visits: Vec<Choice>,
    pub(super) since: String,
    pub(super) until: String,
    pub(super) today: String,
}

/// The chosen device-days; more than [`DEVICE_DAYS`] are refused.
fn chosen(house: &Shared, who: &Signed, pairs: &Pairs) -> Result<Vec<DeviceDay>, Failure> {
    let sources: Vec<&String> =
        pairs.0.iter().filter(|(name, value)| name == "source" && !value.is_empty()).map(|(_, value)| value).collect();
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let day = |name: &str| pairs.get(name).parse::<Day>().map_err(|_| Failure::BadForm);
    let (since, until) = (day("since")?, day("until")?);
    let days = (since.0..=until.0).count();
    if days == 0 || days.saturating_mul(sources.len()) > DEVICE_DAYS {
        return Err(Failure::BadForm);
    }
    let mut out = Vec::new();
    for source in sources {
        for day in since.0..=until.0 {
            let asked = Pairs(vec![("source".to_owned(), source.clone()), ("day".to_owned(), Day(day).to_string())]);
            out.push(DeviceDay::read(house, who, &asked)?);
        }
    }
    Ok(out)
}

pub(super) async fn sheet(house: &Shared, who: &Signed, pairs: &Pairs) -> Result<Sheet, Failure> {
    let lang = who.lang;
    let visit = visit(house, who, pairs.get("visit")).await?;
    let names = crate::logs::source_names(house).await?;
    let mut rows = Vec::new();
    for (number, asked) in (1..).zip(chosen(house, who, pairs)?) {
        let read = asked.clone();
        let file = house.beside(move |console| read_day(&console.vault, &read, None)).await?;
        rows.push(row(lang, number, &asked, names.get(&asked.key), file.as_ref()));
    }
    if rows.is_empty() {
        rows = (1..=EMPTY_ROWS).map(empty_row).collect();
    }
    let mut tables = vec![Table { title: text(lang, "forms-table-lines", &[]), columns: COLUMNS, rows, more: 0 }];
    if let Some(visit) = &visit {
        let (rows, more) = notes(house, who, &visit.record.number).await?;
        tables.push(Table { title: text(lang, "forms-table-notes", &[]), columns: NOTE_COLUMNS, rows, more });
    }
    let bounds = text(lang, "forms-digests-bounds", &[("n", &DEVICE_DAYS.to_string())]);
    Ok(Sheet {
        facts: facts(house, who, visit.as_ref()),
        tables,
        notes: vec![text(lang, "forms-digests", &[]), bounds],
        chooser: Some(chooser(house, who, pairs).await?),
    })
}

/// The visit of the address; no such page where it is none of the asker's.
async fn visit(house: &Shared, who: &Signed, number: &str) -> Result<Option<Shown>, Failure> {
    if number.is_empty() {
        return Ok(None);
    }
    let shown = house.console.ledger.record(&who.rights, number).await?.filter(|shown| shown.record.kind == VISIT);
    shown.map(Some).ok_or(Failure::NotFound)
}

/// Blanks where no visit was chosen.
fn facts(house: &Shared, who: &Signed, visit: Option<&Shown>) -> Vec<Fact> {
    let lang = who.lang;
    let (kinds, directory) = (house.console.ledger.kinds(), house.console.ledger.directory());
    let value = |name: &str| {
        let field = kinds.get(VISIT).and_then(|kind| kind.field(name));
        let held = visit.and_then(|visit| visit.record.values.get(name));
        field.zip(held).map_or_else(String::new, |(field, held)| words::value(field, held, &*directory, lang))
    };
    let officer = |name: &str, card: &str| format!("{} {}", value(name), value(card)).trim().to_owned();
    let officers = [officer("officer_1", "card_1"), officer("officer_2", "card_2")];
    let officers = officers.into_iter().filter(|officer| !officer.is_empty()).collect::<Vec<_>>().join("\n");
    let number = visit.map_or_else(String::new, |visit| format!("{} {}", visit.record.number, value("title")));
    let today = Day::of(house.console.clock.now());
    vec![
        fact(lang, "unit", Cell::text(unit(house, who))),
        fact(lang, "made", Cell::text(day_in_words(lang, today))),
        fact(lang, "visit", Cell::blank(number)),
        fact(lang, "authority", Cell::blank(value("authority"))),
        fact(lang, "instrument", Cell::blank(value("instrument"))),
        fact(lang, "officers", Cell::blank(officers)),
        fact(lang, "present", Cell::blank(value("receivers"))),
        fact(lang, "reason", Cell::blank("")),
    ]
}

fn row(lang: Lang, number: usize, asked: &DeviceDay, name: Option<&String>, file: Option<&DayFile>) -> Vec<Cell> {
    let source = asked.key.to_string();
    let device = name.map_or_else(|| source.clone(), |name| format!("{}\n{source}", shown::plain(name, 128)));
    let day = day_in_words(lang, asked.day);
    let Some(file) = file else {
        let mut cells = vec![Cell::number(number), Cell::text(device), Cell::text(day), Cell::text(asked.file_name("log"))];
        cells.extend((0..4).map(|_| Cell::text("")));
        cells.push(Cell::text(text(lang, "forms-too-large", &[])));
        return cells;
    };
    vec![
        Cell::number(number),
        Cell::text(device),
        Cell::text(day),
        Cell::text(asked.file_name("log")),
        Cell::number(grouped(file.lines)),
        Cell::number(grouped(file.digests.bytes)),
        Cell::digest(file.digests.sha256.clone()),
        Cell::digest(file.digests.sm3.clone()),
        Cell::blank(""),
    ]
}

fn empty_row(number: usize) -> Vec<Cell> {
    let blanks = COLUMNS.iter().skip(1).map(|_| Cell::blank(""));
    std::iter::once(Cell::number(number)).chain(blanks).collect()
}

/// What the visit's notes say, oldest first.
async fn notes(house: &Shared, who: &Signed, number: &str) -> Result<(Vec<Vec<Cell>>, usize), Failure> {
    let history = house.console.ledger.history(&who.rights, number).await?.unwrap_or_default();
    let directory = house.console.ledger.directory();
    let notes: Vec<_> =
        history.into_iter().filter(|row| row.act == "record.note").filter_map(|row| Some((row.at, row.person, row.text?))).collect();
    let more = notes.len().saturating_sub(NOTES);
    let row = |(number, (at, person, words_of)): (usize, &(anlan_base::Instant, _, String))| {
        vec![
            Cell::number(number),
            Cell::text(words::moment(*at)),
            Cell::text(words::person(&*directory, *person, who.lang)),
            Cell::text(words_of.clone()),
        ]
    };
    Ok(((1..).zip(notes.iter().skip(more)).map(row).collect(), more))
}

async fn chooser(house: &Shared, who: &Signed, pairs: &Pairs) -> Result<Chooser, Failure> {
    let directory = house.console.ledger.directory();
    let reach = Reach { directory: &directory, who: &who.rights, logs: house.console.ledger.sources_in_scope(&who.rights) };
    let mut sources = Vec::new();
    for row in house.console.ledger.sources().await?.into_iter().filter(|row| reach.reads(&row.key)).take(OFFERED) {
        let title = row.name.clone().unwrap_or_else(|| row.key.to_string());
        sources.push(Choice { chosen: is_chosen(pairs, &row.key), ..choice(&row.key, &shown::plain(&title, 128)) });
    }
    let mut visits = Vec::new();
    if house.console.ledger.kinds().get(VISIT).is_some() {
        let ask = ListAsk { kind: Some(VISIT.to_owned()), state: StateAsk::All, limit: VISITS, ..ListAsk::default() };
        for row in house.console.ledger.list(&who.rights, &ask).await?.rows {
            let title = format!("{} {}", row.number, shown::plain(&row.title, 128));
            visits.push(Choice { chosen: row.number == pairs.get("visit"), ..choice(&row.number, &title) });
        }
    }
    let today = Day::of(house.console.clock.now()).to_string();
    let or_today = |name: &str| if pairs.get(name).is_empty() { today.clone() } else { pairs.get(name).to_owned() };
    Ok(Chooser { sources, visits, since: or_today("since"), until: or_today("until"), today })
}

fn is_chosen(pairs: &Pairs, key: &SourceKey) -> bool {
    pairs.0.iter().any(|(name, value)| name == "source" && value == key.as_str())
}
