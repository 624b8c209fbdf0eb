//! A form as a page: facts above, tables, notes, boxes for signatures and the seal; at the foot of each printed page what it is and how far it is anchored.
//!
//! Invariants: no script, nothing loaded from elsewhere; whatever is not ours is escaped.

use std::fmt::Write as _;

use anlan_base::Day;
use anlan_tlog::encode_base64;

use super::super::paper::{bound, civil, escaped, in_style};
use super::{Asked, Form};
use crate::docx::day_in_words;

const STYLE: &str = include_str!("forms.css");
/// Characters of the root that a foot repeats: 72 bits, enough to tell two checkpoints apart by eye.
const ROOT_CHARS: usize = 12;

/// How a cell is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Text,
    Number,
    Digest,
}

#[derive(Clone, Debug)]
pub(super) struct Cell {
    text: String,
    set: Set,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), set: Set::Text }
    }

    pub(super) fn blank() -> Self {
        Self::text("")
    }

    pub(super) fn number(number: impl ToString) -> Self {
        Self { text: number.to_string(), set: Set::Number }
    }

    pub(super) fn digest(text: String) -> Self {
        Self { text, set: Set::Digest }
    }

    fn class(&self) -> &'static str {
        match self.set {
            Set::Text => "text",
            Set::Number => "number",
            Set::Digest => "digest",
        }
    }
}

pub(super) struct Table {
    /// Key; empty where the form has one table.
    pub(super) title: &'static str,
    /// Names of its columns: `forms-col-NAME`.
    pub(super) columns: &'static [&'static str],
    pub(super) rows: Vec<Vec<Cell>>,
    /// Rows that were left out.
    pub(super) more: u64,
}

/// What a form says. A fact is the name of `forms-fact-NAME` and its value.
pub(super) struct Sheet {
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) tables: Vec<Table>,
    pub(super) notes: Vec<String>,
}

/// The whole document.
pub(super) fn render(form: Form, asked: &Asked<'_>, sheet: &Sheet) -> String {
    let mut page = Page { form, asked, out: String::new() };
    page.head();
    page.facts(sheet);
    for table in &sheet.tables {
        page.table(table);
    }
    for note in &sheet.notes {
        page.note(note);
    }
    page.foot();
    page.out
}

struct Page<'a> {
    form: Form,
    asked: &'a Asked<'a>,
    out: String,
}

impl Page<'_> {
    fn put(&mut self, html: &str) {
        self.out.push_str(html);
        self.out.push('\n');
    }

    fn say(&self, key: &str) -> String {
        escaped(&self.asked.say(key))
    }

    fn note(&mut self, words: &str) {
        self.put(&format!("<p class=more>{}</p>", escaped(words)));
    }

    fn head(&mut self) {
        let (told, tag) = (self.asked.told, self.asked.lang().tag());
        let (title, unit) = (self.say(&format!("forms-{}", self.form.code())), escaped(&told.unit));
        let today = escaped(&day_in_words(self.asked.lang(), Day::of(told.at)));
        let margins = self.margins();
        self.put(&format!(
            "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} · {unit}</title>\n<style>\n{STYLE}{margins}</style></head><body>"
        ));
        if !told.watermark.is_empty() {
            self.put(&format!("<div class=watermark>{}</div>", escaped(&told.watermark)));
        }
        self.put(&format!("<main><h1>{title}</h1><p class=unit><span>{unit}</span><span>{today}</span></p>"));
    }

    /// What stands at the edge of every printed page.
    fn margins(&self) -> String {
        let asked = self.asked;
        let entry = asked.choices.made.to_string();
        let running = asked.says("pack-form-running", &[("form", self.form.code()), ("entry", &entry)]);
        let root: String = encode_base64(&asked.root).chars().take(ROOT_CHARS).collect();
        let foot = asked.says("pack-form-foot", &[("size", &asked.size.to_string()), ("root", &root), ("anchor", &asked.told.anchor)]);
        let caution = asked.say("forms-self");
        let label = asked.say(&format!("evidence-label-{}", asked.choices.label.code()));
        let places = [("top-left", running), ("top-right", label), ("bottom-left", format!("{foot} · {caution}"))];
        let boxes: String = places.iter().map(|(place, words)| format!("@{place} {{ content: \"{}\"; }} ", in_style(words))).collect();
        format!("@page {{ {boxes}@bottom-right {{ content: counter(page) \" / \" counter(pages); }} }}\n")
    }

    /// Facts two to a line; of an odd number the last takes the whole line. Then what the pack is of.
    fn facts(&mut self, sheet: &Sheet) {
        self.put("<table class=facts><tbody>");
        for line in sheet.facts.chunks(2) {
            let wide = if line.len() == 1 { " colspan=3" } else { "" };
            let cells: String = line
                .iter()
                .map(|(name, value)| format!("<th>{}</th><td{wide}>{}</td>", self.say(&format!("forms-fact-{name}")), escaped(value)))
                .collect();
            self.put(&format!("<tr>{cells}</tr>"));
        }
        self.put("</tbody></table>");
        let asked = self.asked;
        let (since, until) = (bound(asked.lang(), asked.period.since), bound(asked.lang(), asked.period.until));
        let scope = asked.sources.as_ref().map_or_else(|| asked.say("paper-scope-all"), |sources| sources.join("，"));
        let label = asked.say(&format!("evidence-label-{}", asked.choices.label.code()));
        let masked = asked.say(if asked.choices.masked { "paper-masked-yes" } else { "paper-masked-no" });
        let args = [("since", since.as_str()), ("until", &until), ("scope", &scope), ("label", &label), ("masked", &masked)];
        self.note(&asked.says("pack-form-of", &args));
    }

    fn table(&mut self, table: &Table) {
        if !table.title.is_empty() {
            let title = self.say(table.title);
            self.put(&format!("<h2>{title}</h2>"));
        }
        let heads: String =
            table.columns.iter().map(|name| format!("<th class=c-{name}>{}</th>", self.say(&format!("forms-col-{name}")))).collect();
        self.put(&format!("<div class=scroll><table class=grid><thead><tr>{heads}</tr></thead><tbody>"));
        for row in &table.rows {
            self.out.push_str("<tr>");
            for cell in row {
                // Writing to a String cannot fail.
                let _ = write!(self.out, "<td class={}>{}</td>", cell.class(), escaped(&cell.text));
            }
            self.put("</tr>");
        }
        if table.rows.is_empty() {
            let none = self.say("forms-table-none");
            self.put(&format!("<tr><td colspan={}>{none}</td></tr>", table.columns.len()));
        }
        self.put("</tbody></table></div>");
        if table.more > 0 {
            let words = self.asked.says("pack-form-more", &[("n", &table.more.to_string())]);
            self.note(&words);
        }
    }

    fn foot(&mut self) {
        let caution = self.say("forms-self");
        self.put(&format!("<p class=more><b>{caution}</b></p><div class=signs>"));
        let date = self.say("sign-date");
        for sign in self.form.signs() {
            let sign = self.say(sign);
            self.put(&format!("<div><b>{sign}：</b><i>{date}</i></div>"));
        }
        let seal = self.say("seal-box");
        self.put(&format!("<div class=seal><b>{seal}</b></div></div>"));
        let made = self.asked.says(
            "paper-made",
            &[("who", &self.asked.told.maker), ("at", &civil(self.asked.told.at)), ("entry", &self.asked.choices.made.to_string())],
        );
        self.note(&made);
        self.put("</main></body></html>");
    }
}
