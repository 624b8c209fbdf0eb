//! 日志提取清单: the files of plain lines that go with the pack, each with lines, bytes and digests, and the visit for which it is made.

use std::collections::BTreeMap;

use anlan_tlog::hex;

use super::Asked;
use super::rows::cut;
use super::sheet::{Cell, Sheet, Table};
use crate::docx::day_in_words;

const COLUMNS: &[&str] = &["no", "device", "day", "file", "lines", "bytes", "sha256", "sm3", "remark"];
/// Files that are listed one by one; all of them stand in `目录.xlsx`.
pub(super) const FILES: usize = 2_000;

pub(super) fn list(asked: &Asked<'_>) -> Sheet {
    let told = asked.told;
    let names: BTreeMap<&str, &str> =
        told.devices.iter().chain(&told.unlisted).map(|device| (device.source.as_str(), device.name.as_str())).collect();
    let (shown, more) = cut(&asked.files, FILES);
    let rows = (1_usize..).zip(shown).map(|(number, file)| {
        let address = file.source.split_once(':').map_or(file.source.as_str(), |(_, address)| address);
        let name = names.get(file.source.as_str()).or_else(|| names.get(address)).copied().unwrap_or_default();
        vec![
            Cell::number(number),
            Cell::text(format!("{name}\n{}", file.source).trim_start()),
            Cell::text(day_in_words(asked.lang(), file.day)),
            Cell::text(&*file.name),
            Cell::number(file.lines),
            Cell::number(file.bytes),
            Cell::digest(hex(&file.sha256)),
            Cell::digest(hex(&file.sm3)),
            Cell::blank(),
        ]
    });
    let visit = told.visit.clone().unwrap_or_default();
    let number = format!("{} {}", asked.choices.visit, visit.title);
    Sheet {
        facts: vec![
            ("unit", told.unit.clone()),
            ("made", asked.today()),
            ("visit", number.trim().to_owned()),
            ("authority", visit.authority),
            ("instrument", visit.instrument),
            ("officers", visit.officers),
            ("present", visit.present),
            ("reason", asked.choices.purpose.clone()),
        ],
        tables: vec![Table { title: "forms-table-lines", columns: COLUMNS, rows: rows.collect(), more }],
        notes: vec![asked.say("forms-digests")],
    }
}
