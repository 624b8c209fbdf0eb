//! XLSX going out. Texts are strings, so no program runs them.

use anlan_base::{Day, Instant, TimeOfDay};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{CELLS_OUT, Cell, Sheet, SheetError};

/// Characters of a sheet's name, and what may not stand in it.
const NAME_CHARS: usize = 31;
const NOT_IN_NAMES: [char; 8] = ['[', ']', ':', '*', '?', '/', '\\', '\''];
/// The serial number of 1970-01-01 in sheets.
const EPOCH_SERIAL: f64 = 25_569.0;
/// Programs keep 15 digits of a number; a longer one is written as text.
const EXACT: i64 = 1_000_000_000_000_000;
/// Columns are as wide as their heads and this many first rows ask for, within bounds. In widths of a digit.
const WIDTH_ROWS: usize = 200;
const NARROWEST: usize = 8;
const WIDEST: usize = 48;

struct Looks {
    head: Format,
    text: Format,
    number: Format,
    date: Format,
    moment: Format,
    foot: Format,
}

impl Looks {
    fn new() -> Self {
        let top = || Format::new().set_align(FormatAlign::Top);
        Self {
            head: top().set_bold().set_text_wrap(),
            text: top().set_text_wrap(),
            number: top().set_num_format("0"),
            date: top().set_num_format("yyyy-mm-dd"),
            moment: top().set_num_format("yyyy-mm-dd hh:mm"),
            foot: top().set_bold(),
        }
    }
}

/// A file of these sheets. `made` is told in its properties.
///
/// # Errors
/// Where a sheet or all of them together are larger than the limits.
pub fn xlsx(sheets: &[Sheet], made: Instant) -> Result<Vec<u8>, SheetError> {
    let mut cells = 0;
    for sheet in sheets {
        sheet.check()?;
        cells += sheet.rows.iter().map(Vec::len).sum::<usize>();
    }
    if cells > CELLS_OUT {
        return Err(SheetError::Cells { most: CELLS_OUT });
    }
    written(sheets, made).map_err(|error| SheetError::Write(error.to_string()))
}

fn written(sheets: &[Sheet], made: Instant) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let at = ExcelDateTime::from_serial_datetime(serial_of(made))?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&at));
    let looks = Looks::new();
    let mut taken: Vec<String> = Vec::new();
    for sheet in sheets {
        let name = name_of(&sheet.name, &taken);
        put(book.add_worksheet().set_name(&name)?, sheet, &looks)?;
        taken.push(name.to_lowercase());
    }
    book.save_to_buffer()
}

fn put(page: &mut Worksheet, sheet: &Sheet, looks: &Looks) -> Result<(), XlsxError> {
    for (column, head) in (0_u16..).zip(&sheet.heads) {
        page.write_string_with_format(0, column, Cell::fitted(head), &looks.head)?;
    }
    for (line, row) in (1_u32..).zip(&sheet.rows) {
        for (column, cell) in (0_u16..).zip(row) {
            put_cell(page, line, column, cell, looks, None)?;
        }
    }
    let below = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX).saturating_add(1);
    for (column, cell) in (0_u16..).zip(&sheet.foot) {
        put_cell(page, below, column, cell, looks, Some(&looks.foot))?;
    }
    for (column, width) in (0_u16..).zip(widths(sheet)) {
        page.set_column_width(column, width)?;
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}

fn put_cell(page: &mut Worksheet, line: u32, column: u16, cell: &Cell, looks: &Looks, look: Option<&Format>) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => drop(page.write_string_with_format(line, column, Cell::fitted(text), look.unwrap_or(&looks.text))?),
        Cell::Number(number) if (-EXACT..EXACT).contains(number) => {
            #[allow(clippy::cast_precision_loss, reason = "up to 15 digits are exact")]
            page.write_number_with_format(line, column, *number as f64, look.unwrap_or(&looks.number))?;
        }
        Cell::Number(number) => drop(page.write_string_with_format(line, column, number.to_string(), look.unwrap_or(&looks.text))?),
        Cell::Date(day) => drop(page.write_number_with_format(line, column, serial(*day), &looks.date)?),
        Cell::Moment(at) => drop(page.write_number_with_format(line, column, serial_of(*at), &looks.moment)?),
    }
    Ok(())
}

fn serial(day: Day) -> f64 {
    EPOCH_SERIAL + f64::from(day.0)
}

fn serial_of(at: Instant) -> f64 {
    let time = TimeOfDay::of(at);
    serial(Day::of(at)) + f64::from(u32::from(time.hour()) * 60 + u32::from(time.minute())) / 1440.0
}

/// As a sheet may be called; one that is taken gets a number.
fn name_of(name: &str, taken: &[String]) -> String {
    let clean: String = name.chars().filter(|c| !c.is_control() && !NOT_IN_NAMES.contains(c)).take(NAME_CHARS).collect();
    let clean = if clean.trim().is_empty() { "1".to_owned() } else { clean.trim().to_owned() };
    if !taken.contains(&clean.to_lowercase()) {
        return clean;
    }
    let numbered = (2..).map(|n: usize| {
        let tail = format!(" {n}");
        let head: String = clean.chars().take(NAME_CHARS - tail.len()).collect();
        format!("{head}{tail}")
    });
    numbered.into_iter().find(|name| !taken.contains(&name.to_lowercase())).unwrap_or(clean)
}

/// In widths of a digit; a character beyond Latin counts two.
fn widths(sheet: &Sheet) -> Vec<f64> {
    let wide =
        |text: &str| text.lines().map(|line| line.chars().map(|c| if c > '\u{2e80}' { 2 } else { 1 }).sum::<usize>()).max().unwrap_or(0);
    let of = |cell: &Cell| match cell {
        Cell::Empty => 0,
        Cell::Text(text) => wide(text),
        Cell::Number(number) => number.to_string().len(),
        Cell::Date(_) => 10,
        Cell::Moment(_) => 16,
    };
    let width = |(column, head): (usize, &String)| {
        let cells = sheet.rows.iter().take(WIDTH_ROWS).filter_map(|row| row.get(column)).map(of);
        let most = cells.chain([wide(head)]).max().unwrap_or(0);
        u32::try_from(most.clamp(NARROWEST, WIDEST) + 2).map_or(10.0, f64::from)
    };
    sheet.heads.iter().enumerate().map(width).collect()
}
