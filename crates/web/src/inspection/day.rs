//! `/inspection/day`: the lines of one device on one day, with the digests of the file that would be handed over.
//!
//! Invariants: the file is that of a pack's `text/` (spec/pack.md): raw bytes in the order of receipt, a line feed after each frame; what is
//! larger than a limit is refused whole, never cut.

use anlan_assure::assess::coverage::Cell;
use anlan_assure::digests::{Digests, digests};
use anlan_base::{Day, Instant, Piece, Seq, SourceKey};
use anlan_vault::{Query, Scope, Search, Vault};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;

use super::visit::{self, Visit};
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::logs::scope;
use crate::page::{Page, Section, grouped, show};
use crate::session::Signed;
use crate::shown;
use crate::sources::device::{self, Telling};
use crate::sources::reach::{Reach, key_of, lines_of};

/// Lines of one device-day that are handed over here; more of them go into an evidence pack.
pub const EXPORT_LINES: u64 = 200_000;
/// Bytes of its file.
pub const EXPORT_BYTES: usize = 32 << 20;
/// Lines that are read at a time.
const STEP: usize = 10_000;
/// Bytes of a query that is noted with what was shown.
pub(super) const QUERY_BYTES: usize = 512;

/// What is asked for: a source the asker may read, and a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeviceDay {
    pub(crate) key: SourceKey,
    pub(crate) day: Day,
}

impl DeviceDay {
    /// Of an address or a form: another unit's device is none.
    pub(crate) fn read(house: &Shared, who: &Signed, pairs: &Pairs) -> Result<Self, Failure> {
        let key = key_of(pairs.get("source")).ok_or(Failure::BadForm)?;
        let day = pairs.get("day").parse().map_err(|_| Failure::BadForm)?;
        if !scope(house, &who.rights).allows(&key) {
            return Err(Failure::NotFound);
        }
        Ok(Self { key, day })
    }

    /// Its search page, with a query beside.
    pub(super) fn logs(&self, query: &str) -> String {
        let own = lines_of(&self.key);
        let asked = if query.trim().is_empty() { own } else { format!("{own} AND ({})", query.trim()) };
        let (since, until) = (format!("{}T00:00:00", self.day), format!("{}T00:00:00", self.day.next()));
        address("/logs", &[("q", &asked), ("range", "custom"), ("since", &since), ("until", &until)])
    }

    /// What its file is called: letters, digits, dot, hyphen and underscore only.
    pub(crate) fn file_name(&self, ending: &str) -> String {
        let name = self.key.address().unwrap_or(self.key.as_str());
        let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' }).collect();
        format!("{}_{}.{ending}", plain.trim_start_matches('.'), self.day)
    }
}

/// The file of a device-day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DayFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) lines: u64,
    pub(crate) first: Option<Seq>,
    pub(crate) last: Option<Seq>,
    pub(crate) digests: Digests,
}

/// Reads the lines of a device-day up to and with `last`; none where there are too many, or too many bytes.
pub(crate) fn read(vault: &Vault, asked: &DeviceDay, last: Option<Seq>) -> Result<Option<DayFile>, Failure> {
    let end = asked.day.next().start();
    let until = last.map_or(end, |last| end.min(Instant(last.0.saturating_add(1))));
    let scope = Scope::Sources([asked.key.clone()].into());
    let search =
        |until, limit| Search { query: Query::all(), since: Some(asked.day.start()), until: Some(until), scope: scope.clone(), limit };
    if vault.count(&search(until, 0))? > EXPORT_LINES {
        return Ok(None);
    }
    let mut kept: Vec<(Seq, Piece, Bytes)> = Vec::new();
    let mut room = Room::new();
    let mut before = until;
    loop {
        let found = vault.search(&search(before, STEP))?;
        for hit in &found.lines {
            if !room.takes(hit.line.raw.len()) {
                return Ok(None);
            }
            // A copy: a slice of a page would keep the page.
            kept.push((hit.line.seq, hit.line.piece, Bytes::copy_from_slice(&hit.line.raw)));
        }
        match found.lines.last().filter(|_| found.more) {
            Some(oldest) => before = oldest.line.seq.received(),
            None => break,
        }
    }
    kept.reverse();
    Ok(Some(joined(&kept)))
}

/// What still fits.
struct Room {
    lines: u64,
    bytes: usize,
}

impl Room {
    fn new() -> Self {
        Self { lines: EXPORT_LINES, bytes: EXPORT_BYTES }
    }

    /// Whether one more line of so many bytes, and its line feed, fits.
    fn takes(&mut self, bytes: usize) -> bool {
        let (Some(lines), Some(bytes)) = (self.lines.checked_sub(1), self.bytes.checked_sub(bytes + 1)) else { return false };
        (self.lines, self.bytes) = (lines, bytes);
        true
    }
}

/// Raw bytes and a line feed each; a piece that is not the last of its frame has none.
fn joined(lines: &[(Seq, Piece, Bytes)]) -> DayFile {
    let mut bytes = Vec::with_capacity(lines.iter().map(|(_, _, raw)| raw.len() + 1).sum());
    for (_, piece, raw) in lines {
        bytes.extend_from_slice(raw);
        if piece.is_whole() || piece.is_last() {
            bytes.push(b'\n');
        }
    }
    let digests = digests(&bytes);
    let seq = |line: Option<&(Seq, Piece, Bytes)>| line.map(|(seq, ..)| *seq);
    DayFile { lines: lines.len() as u64, first: seq(lines.first()), last: seq(lines.last()), digests, bytes }
}

/// What the page says about the file.
struct Told {
    lines: String,
    bytes: String,
    first: String,
    last: String,
    /// The last line that is in it: more may come while the day goes on.
    last_seq: String,
    sha256: String,
    sm3: String,
}

#[derive(Template)]
#[template(path = "inspection_day.html")]
struct DayPage {
    page: Page,
    name: String,
    category: String,
    unit: String,
    source: String,
    day: String,
    before: String,
    after: String,
    /// How the day stands in the device's term; empty where it has none.
    cell: &'static str,
    open: bool,
    told: Option<Told>,
    limits: (String, String),
    query: String,
    logs: String,
    visit: Option<Visit>,
    back: String,
    wrong: String,
    foot: super::view::Foot,
}

pub(crate) async fn day(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    draw(&house, &who, &pairs, StatusCode::OK, String::new()).await
}

pub(super) async fn draw(house: &Shared, who: &Signed, pairs: &Pairs, status: StatusCode, wrong: String) -> Result<Response, Failure> {
    let asked = DeviceDay::read(house, who, pairs)?;
    let visit = visit::chosen(house, who, pairs.get("visit")).await?;
    let query: String = pairs.get("q").to_owned();
    if query.len() > QUERY_BYTES {
        return Err(Failure::BadForm);
    }
    let of = asked.clone();
    let file = house.beside(move |console| read(&console.vault, &of, None)).await?;
    let directory = house.console.ledger.directory();
    let reach = Reach { directory: &directory, who: &who.rights, logs: house.console.ledger.sources_in_scope(&who.rights) };
    let coverage = crate::sources::coverage_for(house, &reach).await.unwrap_or_default();
    let mut devices = coverage.devices.iter().chain(&coverage.unlisted);
    let device = devices.find(|device| key_of(&device.source).as_ref() == Some(&asked.key));
    let cell = device.and_then(|device| device.cells.iter().find(|(day, _)| *day == asked.day)).map(|(_, cell)| *cell);
    let (kinds, book, now) = (house.console.ledger.kinds(), house.console.ledger.lawbook()?, house.console.clock.now());
    let telling = Telling { lang: who.lang, now, book: &book, kinds: &kinds, directory: &directory };
    let told_device = device.map(|device| telling.device(device));
    let name = told_device.as_ref().map(|device| device.name.clone()).filter(|name| !name.is_empty());
    let named = house.console.ledger.source_known(&asked.key).filter(|row| row.key == asked.key).and_then(|row| row.name);
    let at = |day: Day| {
        let visit = pairs.get("visit");
        address("/inspection/day", &[("source", asked.key.as_str()), ("day", &day.to_string()), ("visit", visit)])
    };
    let mut page = Page::signed(house, who, Section::Inspection, "inspect-day-title");
    // After a form that was refused there is nothing to come back to but the page.
    page.here = at(asked.day);
    let page = DayPage {
        name: shown::plain(&name.or(named).unwrap_or_else(|| asked.key.to_string()), 128),
        category: told_device.as_ref().map_or_else(String::new, |device| device.category.clone()),
        unit: directory.unit_of_source(&asked.key).map_or_else(String::new, |unit| unit.name.clone()),
        source: asked.key.to_string(),
        before: if asked.day.0 > 0 { at(Day(asked.day.0 - 1)) } else { String::new() },
        after: if asked.day < Day::of(now) { at(asked.day.next()) } else { String::new() },
        day: asked.day.to_string(),
        cell: cell.map_or("", device::cause),
        open: cell == Some(Cell::Open) || asked.day == Day::of(now),
        told: file.map(|file| told(&file)),
        limits: (grouped(EXPORT_LINES), grouped((EXPORT_BYTES >> 20) as u64)),
        logs: asked.logs(&query),
        query,
        back: address("/inspection", &[("visit", pairs.get("visit"))]),
        visit,
        wrong,
        foot: super::view::foot(house, who, &super::view::stands(house).await?, &book)?,
        page,
    };
    show(status, &page)
}

fn told(file: &DayFile) -> Told {
    let at = |seq: Option<Seq>| seq.map_or_else(String::new, |seq| seq.received().to_rfc3339());
    Told {
        lines: grouped(file.lines),
        bytes: grouped(file.digests.bytes),
        first: at(file.first),
        last: at(file.last),
        last_seq: file.last.map_or_else(String::new, |seq| seq.to_string()),
        sha256: file.digests.sha256.clone(),
        sm3: file.digests.sm3.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_bytes_have_a_limit() {
        for (bytes, fits) in [(EXPORT_BYTES - 2, true), (EXPORT_BYTES - 1, true), (EXPORT_BYTES, false)] {
            assert_eq!(Room::new().takes(bytes), fits, "{bytes} and a line feed");
        }
        let mut room = Room::new();
        let taken = (0..EXPORT_LINES + 1).take_while(|_| room.takes(0)).count() as u64;
        assert_eq!(taken, EXPORT_LINES);
    }

    #[test]
    fn the_file_is_that_of_a_pack() {
        let line = |seq, piece, raw: &'static [u8]| (Seq(seq), piece, Bytes::from_static(raw));
        let file = joined(&[
            line(1, Piece::WHOLE, b"a"),
            line(2, Piece::part(1, false), b"long "),
            line(3, Piece::part(2, true), b"frame"),
            line(4, Piece::WHOLE, b"\xff\x00"),
        ]);
        assert_eq!(file.bytes, b"a\nlong frame\n\xff\x00\n");
        assert_eq!((file.lines, file.first, file.last), (4, Some(Seq(1)), Some(Seq(4))));
        assert_eq!(file.digests, digests(&file.bytes));
    }

    #[test]
    fn file_names_hold_nothing_that_a_path_or_a_header_could_take_amiss() {
        for (key, name) in [
            ("ip:10.2.0.5", "10.2.0.5_2026-11-21.log"),
            ("ip:2001:db8::1", "2001_db8__1_2026-11-21.log"),
            ("token:../\"x", "token_..__x_2026-11-21.log"),
            ("..", "_2026-11-21.log"),
        ] {
            let asked = DeviceDay { key: SourceKey::new(key).unwrap(), day: "2026-11-21".parse().unwrap() };
            assert_eq!(asked.file_name("log"), name);
        }
    }
}
