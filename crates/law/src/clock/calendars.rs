//! Holiday calendars out of the files of packs: one file for each year's notice of the State Council.
//!
//! Invariant: a calendar with a fault is not taken; a year without one is counted as Monday to Friday and says so (`anlan_base`).

use std::collections::BTreeMap;
use std::ops::Range;

use anlan_base::{CalendarError, Day, WorkCalendar, YearDays};
use serde::Deserialize;
use toml::Spanned;

use super::read::shown;
use crate::fault::{Fault, line_at};
use crate::pack::source::{Site, Sited, Source};
use crate::words::{Bilingual, Sureness};

/// Bytes of one calendar file.
pub const CALENDAR_FILE_BYTES: usize = 64 << 10;
/// Holidays of one notice.
pub const HOLIDAYS: usize = 32;
/// Days of one holiday, and made-up days of it.
pub const HOLIDAY_DAYS: u32 = 31;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    year: Spanned<u32>,
    notice: RawNotice,
    #[allow(dead_code, reason = "read one by one, so that each has its own faults")]
    #[serde(default)]
    holiday: Vec<RawHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNotice {
    title: Bilingual,
    number: Option<String>,
    dated: Spanned<String>,
    sureness: Sureness,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoliday {
    name: Bilingual,
    from: String,
    to: String,
    #[serde(default)]
    work: Vec<String>,
}

/// A year's notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub title: Bilingual,
    /// Such as `国办发明电〔2025〕7号`; none where it is not sure.
    pub number: Option<String>,
    pub dated: Day,
    pub sureness: Sureness,
    /// The holidays in the order of the notice, each with its days off from and to.
    pub holidays: Vec<(Bilingual, Day, Day)>,
    pub made_up: Vec<Day>,
}

/// The calendars of all packs in force, and the notices that they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendars {
    pub work: WorkCalendar,
    pub notices: BTreeMap<u32, Notice>,
}

/// The calendars of all `files`, each a path and its text; or what is wrong with them.
///
/// # Errors
/// Every fault of every file.
pub fn parse_calendars(files: &[(&str, &str)]) -> Result<Calendars, Vec<Fault>> {
    let (mut calendars, mut faults) = (Calendars::default(), Vec::new());
    for (path, text) in files {
        if text.len() > CALENDAR_FILE_BYTES {
            faults.push(Fault::new(path, 0, "", "clock-file-large").with("limit", CALENDAR_FILE_BYTES.to_string()));
            continue;
        }
        match Source::parse(path, text) {
            Ok(source) => read_year(&source, &mut calendars, &mut faults),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(calendars) } else { Err(faults) }
}

fn read_year(source: &Source<'_>, calendars: &mut Calendars, faults: &mut Vec<Fault>) {
    let before = faults.len();
    let Some(file) = source.whole::<RawFile>(faults) else { return };
    let whole = |key: &str, code, span: Range<usize>| Fault::new(source.path, line_at(source.text, span.start), key, code);
    let (year, at_year) = (*file.year.get_ref(), file.year.span());
    let dated = file.notice.dated.get_ref();
    let Ok(dated) = dated.parse::<Day>() else {
        return faults.push(whole("notice.dated", "calendar-date", file.notice.dated.span()).with("value", shown(dated)));
    };
    if !source.path.ends_with(&format!("/{year}.toml")) {
        faults.push(whole("year", "calendar-name", at_year.clone()).with("year", year.to_string()));
    }
    let mut notice = Notice {
        title: file.notice.title,
        number: file.notice.number,
        dated,
        sureness: file.notice.sureness,
        holidays: Vec::new(),
        made_up: Vec::new(),
    };
    let mut days = YearDays::default();
    let holidays = source.records::<RawHoliday>("holiday", faults);
    if holidays.len() > HOLIDAYS {
        return faults.push(whole("holiday", "too-many", at_year).with("limit", HOLIDAYS.to_string()));
    }
    for Sited { value, site } in holidays {
        read_holiday(&value, &site, year, (&mut notice, &mut days), faults);
    }
    if faults.len() > before {
        return;
    }
    match calendars.work.add_year(year, days) {
        Ok(()) => drop(calendars.notices.insert(year, notice)),
        Err(error) => faults.push(refused(whole("year", "", at_year), error)),
    }
}

fn read_holiday(raw: &RawHoliday, site: &Site<'_>, year: u32, into: (&mut Notice, &mut YearDays), faults: &mut Vec<Fault>) {
    let (notice, days) = into;
    let mut date = |path: &[&str], text: &str| {
        let day = text.parse::<Day>().ok().filter(|day| *day <= Day::LAST);
        if day.is_none() {
            faults.push(site.fault(path, "calendar-date").with("value", shown(text)));
        }
        day
    };
    let (from, to) = (date(&["from"], &raw.from), date(&["to"], &raw.to));
    let work: Vec<(String, Option<Day>)> =
        raw.work.iter().enumerate().map(|(index, text)| (index.to_string(), date(&["work", &index.to_string()], text))).collect();
    let (Some(from), Some(to)) = (from, to) else { return };
    if to < from || to.days_since(from) >= HOLIDAY_DAYS || work.len() > HOLIDAY_DAYS as usize {
        return faults.push(site.fault(&["to"], "calendar-range").with("limit", HOLIDAY_DAYS.to_string()));
    }
    for day in (from.0..=to.0).map(Day) {
        if let Some(error) = misplaced(day, year) {
            faults.push(refused(site.fault(&["from"], ""), error));
        } else if !days.off.insert(day) {
            faults.push(site.fault(&["from"], "calendar-twice").with("day", day.to_string()));
        } else if days.made_up.contains(&day) {
            faults.push(refused(site.fault(&["from"], ""), CalendarError::OffAndWorked(day)));
        }
    }
    for (index, day) in work.into_iter().filter_map(|(index, day)| Some((index, day?))) {
        let path = ["work", index.as_str()];
        if let Some(error) = misplaced(day, year) {
            faults.push(refused(site.fault(&path, ""), error));
        } else if !day.weekday().is_weekend() {
            faults.push(refused(site.fault(&path, ""), CalendarError::NotAWeekend(day)));
        } else if days.off.contains(&day) {
            faults.push(refused(site.fault(&path, ""), CalendarError::OffAndWorked(day)));
        } else if !days.made_up.insert(day) {
            faults.push(site.fault(&path, "calendar-twice").with("day", day.to_string()));
        }
        notice.made_up.push(day);
    }
    notice.holidays.push((raw.name.clone(), from, to));
}

fn misplaced(day: Day, year: u32) -> Option<CalendarError> {
    let date = day.civil();
    let fits = date.year() == year || (date.year() + 1 == year && date.month() == 12);
    (!fits).then_some(CalendarError::OtherYear(day))
}

fn refused(mut fault: Fault, error: CalendarError) -> Fault {
    let (code, name, value) = match error {
        CalendarError::YearTwice(year) => ("calendar-year-twice", "year", year.to_string()),
        CalendarError::OffAndWorked(day) => ("calendar-off-and-worked", "day", day.to_string()),
        CalendarError::NotAWeekend(day) => ("calendar-not-a-weekend", "day", day.to_string()),
        CalendarError::OtherYear(day) => ("calendar-other-year", "day", day.to_string()),
        CalendarError::TooManyYears => ("too-many", "limit", anlan_base::calendar::YEARS.to_string()),
    };
    fault.code = code;
    fault.with(name, value)
}
