//! `/sources`: the devices that must log with how far they cover their term, and who else sends.

use std::cmp::Ordering;

use anlan_assure::assess::coverage::{self, Coverage};
use anlan_base::text::text;
use anlan_base::{Day, Instant, SourceKey};
use anlan_law::kind::{Kinds, Role, Shape};
use anlan_ledger::records::{ListAsk, StateAsk};
use anlan_ledger::{SOURCE_NAME_CHARS, SourceRow};
use anlan_vault::SourceActivity;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::connect;
use super::device::{self, Device, LIST, LISTED, Standing, Telling};
use super::reach::{Reach, key_of};
use crate::address::address;
use crate::chart::{self, Beat};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, ago, grouped, show};
use crate::people::choose::{self, chosen};
use crate::period::months_back;
use crate::records::form::Choice;
use crate::session::Signed;

/// Sources of one page.
pub(crate) const PAGE_SOURCES: usize = 25;
/// Listed devices of one page.
pub(crate) const PAGE_DEVICES: usize = 20;
/// A source that was not heard for this long is called quiet, and after the second while, silent. How the page speaks, not a duty.
const QUIET_NANOS: u64 = 24 * 3600 * Instant::SECOND;
const SILENT_NANOS: u64 = 7 * QUIET_NANOS;
const BEAT_MONTHS: u32 = 6;
/// Who says what a source is called.
const KEEPERS: [Role; 3] = [Role::Duty, Role::Handler, Role::Security];

/// A source that is not listed.
struct Row {
    key: String,
    name: String,
    class: String,
    unit: String,
    /// Units that the reader may say it belongs to; empty where it is not theirs to say.
    units: Vec<Choice>,
    may_name: bool,
    /// The form that lists it; empty where the reader may not open it, and for the console itself.
    list: String,
    is_console: bool,
    /// Class of the state in the stylesheet, and the key of its word.
    state: (&'static str, &'static str),
    last: String,
    last_ago: String,
    today: String,
    total: String,
    rate: String,
    beat: Beat,
}

/// How the list stands, in numbers.
#[derive(Default)]
struct Sums {
    listed: usize,
    complete: usize,
    growing: usize,
    failing: usize,
    unlisted: usize,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    page: Page,
    sums: Sums,
    is_confirmed: bool,
    /// Number of the record by which it was; empty where that is another unit's.
    confirmed: String,
    /// Forms for a device and for the confirmation; empty where the reader may not open them.
    add: String,
    confirm: String,
    devices: Vec<Device>,
    rows: Vec<Row>,
    beat_from: String,
    next_devices: String,
    next: String,
    first: String,
    /// What went wrong with a name or a unit.
    wrong: String,
    may_place: bool,
    is_measured: bool,
}

/// A source as the two rooms know it.
pub(super) struct Known {
    pub(super) key: SourceKey,
    pub(super) row: Option<SourceRow>,
    pub(super) activity: Option<SourceActivity>,
}

fn state_of(last: Option<Instant>, now: Instant) -> (&'static str, &'static str) {
    let Some(last) = last else { return ("unknown", "source-never") };
    let silence = now.since(last);
    match () {
        () if silence <= QUIET_NANOS => ("met", "source-heard"),
        () if silence <= SILENT_NANOS => ("risk", "source-quiet"),
        () => ("fail", "source-silent"),
    }
}

/// Joins what was registered and what was heard, by rising key.
fn join(mut rows: Vec<SourceRow>, mut heard: Vec<SourceActivity>) -> Vec<Known> {
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    heard.sort_by(|a, b| a.source.cmp(&b.source));
    let (mut rows, mut heard) = (rows.into_iter().peekable(), heard.into_iter().peekable());
    let mut out = Vec::new();
    loop {
        let order = match (rows.peek(), heard.peek()) {
            (Some(row), Some(activity)) => row.key.cmp(&activity.source),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return out,
        };
        let row = if order.is_le() { rows.next() } else { None };
        let activity = if order.is_ge() { heard.next() } else { None };
        let Some(key) = row.as_ref().map(|r| r.key.clone()).or_else(|| activity.as_ref().map(|a| a.source.clone())) else { return out };
        out.push(Known { key, row, activity });
    }
}

/// What draws the rows of sources.
struct Drawing<'a> {
    reach: &'a Reach<'a>,
    who: &'a Signed,
    units: Vec<Choice>,
    kinds: &'a Kinds,
    may_list: bool,
    now: Instant,
}

impl Drawing<'_> {
    fn row(&self, known: &Known) -> Row {
        let (lang, reach) = (self.who.lang, self.reach);
        let unit = reach.directory.unit_of_source(&known.key);
        let places = known.row.is_some() && reach.places(&known.key);
        let activity = known.activity.as_ref();
        let last = activity.map(|a| a.last.received());
        let today = Day::of(self.now);
        let days = activity.map_or(&[][..], |a| &a.days);
        let first = activity.map_or(today.next(), |a| Day::of_seq(a.first));
        let name = known.row.as_ref().and_then(|r| r.name.clone()).unwrap_or_default();
        let is_console = connect::is_console(&known.key);
        let unit_id = unit.map_or_else(String::new, |unit| unit.id.to_string());
        let listable = self.may_list && !is_console && reach.reads(&known.key);
        Row {
            key: known.key.to_string(),
            list: if listable { list_form(self.kinds, &known.key, &name, &unit_id) } else { String::new() },
            is_console,
            name,
            class: known.row.as_ref().map_or_else(String::new, |r| r.class.to_string()),
            unit: unit.map_or_else(String::new, |unit| unit.name.clone()),
            units: if places { chosen(self.units.clone(), &unit_id) } else { Vec::new() },
            may_name: reach.reads(&known.key) && KEEPERS.iter().any(|role| self.who.rights.has(*role)),
            state: state_of(last, self.now),
            last: last.map_or_else(String::new, Instant::to_civil),
            last_ago: last.map_or_else(String::new, |last| ago(lang, self.now.since(last))),
            today: grouped(days.iter().filter(|(day, _)| *day == today).map(|(_, n)| n).sum()),
            total: grouped(activity.map_or(0, |a| a.lines)),
            rate: chart::rate_line(days, today),
            beat: chart::beat(days, first, months_back(today, BEAT_MONTHS), today),
        }
    }
}

/// The form that puts a source on the list, with what is known filled in. Empty where there is no such kind.
fn list_form(kinds: &Kinds, key: &SourceKey, name: &str, unit: &str) -> String {
    let Some(kind) = kinds.get(LISTED) else { return String::new() };
    let known = kind.fields.iter().find(|field| field.shape == Shape::Source).or_else(|| kind.field("address"));
    let written = match known.map(|field| &field.shape) {
        Some(Shape::Source) => key.as_str(),
        _ => key.address().unwrap_or(key.as_str()),
    };
    let field = known.map_or_else(String::new, |field| format!("f.{}", field.name));
    let title = format!("f.{}", kind.title_field);
    let mut pairs = vec![("unit", unit), (title.as_str(), name)];
    if !field.is_empty() {
        pairs.push((field.as_str(), written));
    }
    address(&format!("/records/{LISTED}/new"), &pairs)
}

/// The form of a kind, where the reader may open one.
fn form_of(house: &Shared, who: &Signed, kinds: &Kinds, id: &str) -> String {
    let may = kinds.get(id).is_some_and(|kind| !house.console.ledger.units_to_open(&who.rights, kind).is_empty());
    if may { format!("/records/{id}/new") } else { String::new() }
}

/// Where the list is confirmed: the record of it that is still open, else the form of a new one; empty where the reader has neither.
async fn confirmation(house: &Shared, who: &Signed, kinds: &Kinds) -> Result<String, Failure> {
    if kinds.get(LIST).is_none() {
        return Ok(String::new());
    }
    let ask = ListAsk { kind: Some(LIST.to_owned()), state: StateAsk::Open, limit: 1, ..ListAsk::default() };
    let found = house.console.ledger.list(&who.rights, &ask).await?;
    Ok(found.rows.first().map_or_else(|| form_of(house, who, kinds, LIST), |row| format!("/r/{}", row.number)))
}

/// The record by which the list was confirmed, where the reader may see it.
async fn confirmed_by(house: &Shared, who: &Signed, number: Option<&str>) -> Result<String, Failure> {
    let Some(number) = number else { return Ok(String::new()) };
    let seen = house.console.ledger.record(&who.rights, number).await?;
    Ok(seen.map_or_else(String::new, |shown| shown.record.number))
}

pub(super) async fn known(house: &Shared) -> Result<Vec<Known>, Failure> {
    let heard = house.beside(|console| Ok(console.vault.sources()?)).await?;
    Ok(join(house.console.ledger.sources().await?, heard))
}

/// The coverage as this reader may see it; none where it could not be measured, which the operator's log explains.
pub(crate) async fn coverage_for(house: &Shared, reach: &Reach<'_>) -> Option<Coverage> {
    match coverage::coverage(&house.console.assessor.site()).await {
        Ok(measured) => Some(reach.seen(measured)),
        Err(error) => {
            tracing::error!(%error, "the coverage of the listed devices could not be measured");
            None
        }
    }
}

pub(crate) async fn sources(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw(&house, &who, &pairs, StatusCode::OK, String::new()).await
}

pub(super) async fn draw(house: &Shared, who: &Signed, pairs: &Pairs, status: StatusCode, wrong: String) -> Result<Response, Failure> {
    let directory = house.console.ledger.directory();
    let units = choose::units(&directory, &who.rights, &[Role::System]);
    let may_place = units.len() > 1;
    let reach = Reach { directory: &directory, who: &who.rights, logs: house.console.ledger.sources_in_scope(&who.rights) };
    let measured = coverage_for(house, &reach).await;
    let is_measured = measured.is_some();
    let coverage = measured.unwrap_or_default();
    let (kinds, book) = (house.console.ledger.kinds(), house.console.ledger.lawbook()?);
    let now = house.console.clock.now();
    let listed: Vec<SourceKey> = coverage.devices.iter().filter_map(|device| key_of(&device.source)).collect();
    // The scope comes before every count.
    let others: Vec<Known> =
        known(house).await?.into_iter().filter(|known| reach.sees(&known.key) && !listed.contains(&known.key)).collect();
    let devices = device::worst_first(&coverage);
    let sums = sums(&coverage, others.iter().filter(|known| !connect::is_console(&known.key)).count());
    let (shown_devices, next_devices) = page_of(&devices, pairs.get("from"));
    let after = pairs.get("after");
    let rest: Vec<&Known> = others.iter().filter(|k| k.key.as_str() > after).collect();
    let shown = &rest[..rest.len().min(PAGE_SOURCES)];
    let next = shown.last().filter(|_| rest.len() > PAGE_SOURCES);
    let telling = Telling { lang: who.lang, now, book: &book, kinds: &kinds, directory: &directory };
    let add = form_of(house, who, &kinds, LISTED);
    let drawing = Drawing { reach: &reach, who, units, kinds: &kinds, may_list: !add.is_empty(), now };
    let page = SourcesPage {
        page: Page::signed(house, who, Section::Sources, "sources-title"),
        sums,
        is_confirmed: coverage.confirmed.is_some(),
        confirmed: confirmed_by(house, who, coverage.confirmed.as_deref()).await?,
        confirm: confirmation(house, who, &kinds).await?,
        add,
        devices: shown_devices.iter().map(|device| telling.device(device)).collect(),
        rows: shown.iter().map(|known| drawing.row(known)).collect(),
        beat_from: months_back(Day::of(now), BEAT_MONTHS).to_string(),
        next_devices: next_devices.map_or_else(String::new, |record| address("/sources", &[("from", record)])),
        next: next.map_or_else(String::new, |k| address("/sources", &[("after", k.key.as_str())])),
        first: if after.is_empty() && pairs.get("from").is_empty() { String::new() } else { "/sources".to_owned() },
        wrong,
        may_place,
        is_measured,
    };
    show(status, &page)
}

/// The devices of a page that begins at a record, and the record that the next page begins at.
fn page_of<'c>(devices: &[&'c coverage::DeviceCoverage], from: &str) -> (Vec<&'c coverage::DeviceCoverage>, Option<&'c str>) {
    let start = devices.iter().position(|device| !from.is_empty() && device.record.as_deref() == Some(from)).unwrap_or(0);
    let rest = devices.get(start..).unwrap_or_default();
    let shown = rest.iter().take(PAGE_DEVICES).copied().collect();
    (shown, rest.get(PAGE_DEVICES).and_then(|device| device.record.as_deref()))
}

fn sums(coverage: &Coverage, unlisted: usize) -> Sums {
    let mut sums = Sums { listed: coverage.devices.len(), unlisted, ..Sums::default() };
    for device in &coverage.devices {
        match Standing::of(device) {
            Standing::Complete => sums.complete += 1,
            Standing::Growing => sums.growing += 1,
            Standing::Never | Standing::Silent | Standing::Holed => sums.failing += 1,
        }
    }
    sums
}

/// What went wrong, on the first page.
pub(super) fn name_wrong(who: &Signed) -> String {
    text(who.lang, "source-name-wrong", &[("max", &SOURCE_NAME_CHARS.to_string())])
}

#[cfg(test)]
mod tests {
    use anlan_assure::assess::coverage::DeviceCoverage;
    use anlan_ledger::engine::UnitId;

    use super::*;

    #[test]
    fn silence_grows_by_steps() {
        let now = Instant(SILENT_NANOS * 3);
        for (back, state) in
            [(0, "met"), (QUIET_NANOS, "met"), (QUIET_NANOS + 1, "risk"), (SILENT_NANOS, "risk"), (SILENT_NANOS + 1, "fail")]
        {
            assert_eq!(state_of(Some(Instant(now.0 - back)), now).0, state, "{back}");
        }
        assert_eq!(state_of(None, now).0, "unknown");
    }

    fn device(number: usize) -> DeviceCoverage {
        DeviceCoverage {
            record: Some(format!("RZ-2026-{number:04}")),
            name: format!("设备{number}"),
            source: format!("10.0.0.{number}"),
            unit: UnitId(1),
            category: "switch".into(),
            first: None,
            last: None,
            days_required: 183,
            term: "log-six-months".into(),
            days_complete: 0,
            complete_on: None,
            cells: Vec::new(),
            gaps: Vec::new(),
            expected_seconds: None,
            silent_since: None,
        }
    }

    #[test]
    fn listed_devices_come_in_pages() {
        for (count, shown, more) in
            [(PAGE_DEVICES - 1, PAGE_DEVICES - 1, false), (PAGE_DEVICES, PAGE_DEVICES, false), (PAGE_DEVICES + 1, PAGE_DEVICES, true)]
        {
            let all: Vec<_> = (0..count).map(device).collect();
            let devices: Vec<_> = all.iter().collect();
            let (page, next) = page_of(&devices, "");
            assert_eq!((page.len(), next.is_some()), (shown, more), "{count}");
            if let Some(next) = next {
                let (page, next) = page_of(&devices, next);
                assert_eq!((page.len(), next), (1, None));
            }
        }
    }
}
