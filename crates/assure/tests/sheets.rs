//! Tables out and in again: nothing runs, nothing is lost, everything is bounded.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::io::{Cursor, Read as _, Write as _};

use anlan_assure::sheet::{self, Cell, Given, Sheet, SheetError};
use anlan_base::{Day, Instant, parse_time};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

const MADE: Instant = Instant(1_760_000_000_000_000_000);

fn one(rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet { name: "隐患".into(), heads: vec!["名称".into(), "数".into(), "日".into(), "时".into()], rows, foot: Vec::new() }
}

fn rows(given: &Given) -> Vec<Vec<&str>> {
    given.rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}

/// The text of one part of a file.
fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        file.start_file(*name, SimpleFileOptions::default()).unwrap();
        file.write_all(bytes).unwrap();
    }
    file.finish().unwrap().into_inner()
}

#[test]
fn numbers_dates_and_moments_are_what_they_are() {
    let day: Day = "2026-10-09".parse().unwrap();
    let at = parse_time("2026-10-09T17:31").unwrap();
    let sheet = one(vec![vec![Cell::text("机房漏水"), Cell::Number(-12), Cell::Date(day), Cell::Moment(at)]]);
    let told = sheet::read(&sheet::xlsx(std::slice::from_ref(&sheet), MADE).unwrap()).unwrap();
    assert_eq!(told.heads, ["名称", "数", "日", "时"]);
    assert_eq!(rows(&told), [["机房漏水", "-12", "2026-10-09", "2026-10-09T17:31"]]);
    let text = sheet::csv(&sheet).unwrap();
    assert_eq!(String::from_utf8(text.clone()).unwrap(), "\u{feff}名称,数,日,时\r\n机房漏水,-12,2026-10-09,2026-10-09 17:31\r\n");
    assert_eq!(rows(&sheet::read(&text).unwrap()), [["机房漏水", "-12", "2026-10-09", "2026-10-09 17:31"]]);
}

#[test]
fn every_minute_of_a_day_comes_back() {
    let day: Day = "2026-02-28".parse().unwrap();
    let minutes = (1..1_440).map(|minute| vec![Cell::Moment(day.start().plus_seconds(minute * 60))]);
    let sheet = Sheet { heads: vec!["t".into()], rows: minutes.collect(), ..Sheet::default() };
    let told = sheet::read(&sheet::xlsx(&[sheet], MADE).unwrap()).unwrap();
    for (minute, row) in (1..).zip(&told.rows) {
        assert_eq!(row.cells, [format!("2026-02-28T{:02}:{:02}", minute / 60, minute % 60)]);
    }
}

#[test]
fn a_formula_stays_text_in_both_forms() {
    for text in
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://192.0.2.1\")", "＝1", "＋1", "－1", "＠a", "'=1", "''-x", "'", "'x"]
    {
        let sheet = one(vec![vec![Cell::text(text), Cell::Number(-1)]]);
        let told = String::from_utf8(sheet::csv(&sheet).unwrap()).unwrap();
        let line = told.lines().nth(1).unwrap().trim_start_matches('"');
        assert!(!line.starts_with(['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠']), "{text}: {line}");
        assert_eq!(rows(&sheet::read(told.as_bytes()).unwrap())[0], [text, "-1"], "{told}");
        let file = sheet::xlsx(&[sheet], MADE).unwrap();
        assert!(!part(&file, "xl/worksheets/sheet1.xml").contains("<f>"), "{text}");
        assert_eq!(rows(&sheet::read(&file).unwrap())[0], [text, "-1"]);
    }
    let heads = Sheet { heads: vec!["=cmd|' /C calc'!A0".into()], ..Sheet::default() };
    assert!(String::from_utf8(sheet::csv(&heads).unwrap()).unwrap().starts_with("\u{feff}'=cmd"));
}

#[test]
fn a_formula_that_comes_in_is_its_last_result() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    page.write_string(0, 0, "数").unwrap();
    page.write_formula(1, 0, rust_xlsxwriter::Formula::new("=WEBSERVICE(\"http://192.0.2.1\")").set_result("7")).unwrap();
    let given = sheet::read(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(rows(&given), [["7"]]);
}

#[test]
fn texts_are_read_in_the_encodings_and_with_the_signs_that_people_have() {
    let plain = "名称,数\n机房,1\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(plain);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("名称\t数\n机房\t1\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases: [&[u8]; 6] = [
        plain.as_bytes(),
        &gb,
        &wide,
        "名称;数\r\n机房;1".as_bytes(),
        "\u{feff}\n\n名称,数,\n,,\n\"机房\",1,,".as_bytes(),
        "名称\t数\n机房\t1".as_bytes(),
    ];
    for bytes in cases {
        let given = sheet::read(bytes).unwrap();
        assert_eq!(given.heads.iter().filter(|head| !head.is_empty()).collect::<Vec<_>>(), ["名称", "数"]);
        assert_eq!(rows(&given), [["机房", "1"]]);
    }
}

#[test]
fn rows_tell_where_they_stand() {
    let given = sheet::read("a,b\n\n1,\"x\ny\"\n\n2,z\n".as_bytes()).unwrap();
    assert_eq!(given.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 6]);
}

#[test]
fn what_is_no_sheet_is_told() {
    let bomb = zipped(&[("xl/sharedStrings.xml", &vec![b' '; usize::try_from(sheet::UNPACKED_BYTES).unwrap() + 1])]);
    assert!(bomb.len() < sheet::BYTES_IN);
    let many: Vec<(String, &[u8])> = (0..=sheet::PARTS_IN).map(|n| (format!("{n}"), b"".as_slice())).collect();
    let many = zipped(&many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect::<Vec<_>>());
    let cases: [(&[u8], SheetError); 8] = [
        (b"", SheetError::Empty),
        (b"\n\n , \n", SheetError::Empty),
        (b"PK\x03\x04 and no more", SheetError::NotASheet),
        (&zipped(&[("word/document.xml", b"<w/>")]), SheetError::NotASheet),
        (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1], SheetError::OldFormat),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", SheetError::NotASheet),
        (&bomb, SheetError::Unpacked { most: sheet::UNPACKED_BYTES }),
        (&many, SheetError::Unpacked { most: sheet::UNPACKED_BYTES }),
    ];
    for (bytes, why) in cases {
        assert_eq!(sheet::read(bytes).unwrap_err(), why, "{:?}", &bytes[..bytes.len().min(12)]);
    }
}

#[test]
fn a_cell_in_a_far_corner_costs_nothing() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    page.write_string(0, 0, "a").unwrap();
    page.write_string(1_048_575, 3, "z").unwrap();
    let given = sheet::read(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!((given.rows.len(), given.rows[0].line), (1, 1_048_576));
    page_too_wide(&mut book);
}

fn page_too_wide(book: &mut rust_xlsxwriter::Workbook) {
    book.worksheet_from_index(0).unwrap().write_string(1, 16_383, "z").unwrap();
    assert_eq!(sheet::read(&book.save_to_buffer().unwrap()).unwrap_err(), SheetError::Columns { most: sheet::COLUMNS });
}

#[test]
fn what_comes_in_has_limits() {
    for (count, fits) in [(sheet::ROWS_IN - 1, true), (sheet::ROWS_IN, true), (sheet::ROWS_IN + 1, false)] {
        let text = format!("a\n{}", "1\n".repeat(count));
        assert_eq!(sheet::read(text.as_bytes()).map(|given| given.rows.len()).ok(), fits.then_some(count), "{count}");
    }
    for (count, fits) in [(sheet::COLUMNS - 1, true), (sheet::COLUMNS, true), (sheet::COLUMNS + 1, false)] {
        assert_eq!(sheet::read(vec!["x"; count].join(",").as_bytes()).is_ok(), fits, "{count}");
    }
    for (bytes, fits) in [(sheet::BYTES_IN - 1, true), (sheet::BYTES_IN, true), (sheet::BYTES_IN + 1, false)] {
        assert_eq!(sheet::read("a".repeat(bytes).as_bytes()).is_ok(), fits, "{bytes}");
    }
    let of_parts = |count: usize| {
        let parts: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        sheet::read(&zipped(&parts.iter().map(|name| (name.as_str(), b"".as_slice())).collect::<Vec<_>>())).unwrap_err()
    };
    for (count, fits) in [(sheet::PARTS_IN - 1, true), (sheet::PARTS_IN, true), (sheet::PARTS_IN + 1, false)] {
        assert_eq!(of_parts(count) == SheetError::NotASheet, fits, "{count}");
    }
    for (more, fits) in [(-1_i64, true), (0, true), (1, false)] {
        let size = usize::try_from(i64::try_from(sheet::UNPACKED_BYTES).unwrap() + more).unwrap();
        let why = sheet::read(&zipped(&[("x", &vec![b' '; size])])).unwrap_err();
        assert_eq!(why == SheetError::NotASheet, fits, "{more}");
    }
}

#[test]
fn what_goes_out_has_limits() {
    let tall = |count: usize| Sheet { heads: vec!["a".into()], rows: vec![Vec::new(); count], ..Sheet::default() };
    for (count, fits) in [(sheet::ROWS_OUT - 1, true), (sheet::ROWS_OUT, true), (sheet::ROWS_OUT + 1, false)] {
        assert_eq!(sheet::csv(&tall(count)).is_ok(), fits, "{count}");
        assert_eq!(sheet::xlsx(&[tall(count)], MADE).is_ok(), fits, "{count}");
    }
    for (count, fits) in [(sheet::COLUMNS - 1, true), (sheet::COLUMNS, true), (sheet::COLUMNS + 1, false)] {
        let wide = Sheet { heads: vec!["a".into(); count], ..Sheet::default() };
        assert_eq!(sheet::csv(&wide).is_ok(), fits, "{count}");
    }
    let per_row = 100;
    for (more, fits) in [(0, true), (1, false)] {
        let mut rows = vec![vec![Cell::Empty; per_row]; sheet::CELLS_OUT / per_row];
        rows.push(vec![Cell::Empty; more]);
        assert_eq!(sheet::xlsx(&[Sheet { rows, ..Sheet::default() }], MADE).is_ok(), fits, "{more}");
    }
    for (count, kept) in
        [(sheet::CELL_CHARS - 1, sheet::CELL_CHARS - 1), (sheet::CELL_CHARS, sheet::CELL_CHARS), (sheet::CELL_CHARS + 1, sheet::CELL_CHARS)]
    {
        let sheet = one(vec![vec![Cell::text("字".repeat(count))]]);
        assert_eq!(rows(&sheet::read(&sheet::xlsx(&[sheet], MADE).unwrap()).unwrap())[0][0].chars().count(), kept);
    }
}

#[test]
fn sheets_are_told_apart_whatever_they_are_called() {
    let named = |name: &str| Sheet { name: name.into(), heads: vec!["a".into()], ..Sheet::default() };
    let long = "表".repeat(40);
    let file = sheet::xlsx(&[named("[a]/b:*?\\"), named("AB"), named(""), named(&long), named(&long)], MADE).unwrap();
    let book = part(&file, "xl/workbook.xml");
    for name in ["\"ab\"", "\"AB 2\"", "\"1\"", &format!("\"{}\"", "表".repeat(31)), &format!("\"{} 2\"", "表".repeat(29))] {
        assert!(book.contains(&format!("name={name}")), "{name} {book}");
    }
}

#[test]
fn sums_stand_under_a_table_and_a_long_number_keeps_its_digits() {
    let sheet = Sheet { foot: vec![Cell::text("合计"), Cell::Number(3)], ..one(vec![vec![Cell::text("a"), Cell::Number(i64::MAX)]]) };
    let given = sheet::read(&sheet::xlsx(&[sheet], MADE).unwrap()).unwrap();
    assert_eq!(rows(&given), [vec!["a", "9223372036854775807"], vec!["合计", "3"]]);
}

proptest! {
    #[test]
    fn any_text_goes_out_and_comes_back(texts in prop::collection::vec("[ -~＝＋－＠'\"\n\t一-三]{1,12}", 1..5)) {
        let texts: Vec<String> = texts.into_iter().map(|text| format!("{}x", text)).collect();
        let sheet = Sheet { heads: vec!["h".into(); texts.len()], rows: vec![texts.iter().map(Cell::text).collect()], ..Sheet::default() };
        let given = sheet::read(&sheet::csv(&sheet).unwrap()).unwrap();
        prop_assert_eq!(&given.rows[0].cells, &texts);
        let given = sheet::read(&sheet::xlsx(&[sheet], MADE).unwrap()).unwrap();
        prop_assert_eq!(&given.rows[0].cells, &texts);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = sheet::read(&bytes);
        let _ = sheet::read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }
}
