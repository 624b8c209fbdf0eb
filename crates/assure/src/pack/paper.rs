//! `检查佐证材料.html`: the paper of a pack, to be read, printed on A4, signed and sealed.
//!
//! Invariants: no script, nothing loaded from elsewhere; whatever is not ours is escaped; each page says how far it is anchored and that it is a self-check;
//! a part that was not chosen, and what was not measured, is named as such.

use std::fmt::Write as _;

use anlan_base::text::{Lang, text};
use anlan_base::{Day, Instant};

use super::Period;
use super::manifest::Choices;
use super::told::{DeviceTold, DutyTold, Heading, Told, state_code};
use crate::assess::State;

/// Gaps of a device that are told one by one.
const GAPS: usize = 12;
const STYLE: &str = include_str!("paper.css");

/// What the pack itself says.
pub(crate) struct Facts<'a> {
    pub(crate) told: &'a Told,
    pub(crate) choices: &'a Choices,
    pub(crate) period: Period,
    /// Sources of the scope; none for all.
    pub(crate) sources: Option<Vec<String>>,
    /// The checkpoint as it was signed: whoever keeps the page can type it again.
    pub(crate) checkpoint: String,
    pub(crate) vkey: String,
    pub(crate) lines: u64,
    pub(crate) masked_lines: u64,
    pub(crate) days: Vec<DayFile>,
}

/// One file of plain lines.
#[derive(Clone, Debug)]
pub(crate) struct DayFile {
    pub(crate) source: String,
    pub(crate) day: Day,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
}

struct Page<'a> {
    facts: &'a Facts<'a>,
    lang: Lang,
    out: String,
}

/// The whole document.
pub(crate) fn render(facts: &Facts<'_>) -> String {
    let mut page = Page { facts, lang: facts.choices.lang, out: String::new() };
    page.head();
    page.summary();
    page.devices();
    page.duties();
    page.plan();
    page.files();
    page.foot();
    page.out
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => out.push('\u{fffd}'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// As a string of a style sheet: all but letters and digits as numbers, so that nothing ends the string or the sheet.
pub(super) fn in_style(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { format!("\\{:06x} ", u32::from(c)) }).collect()
}

pub(super) fn civil(at: Instant) -> String {
    let civil = at.to_civil();
    civil.get(..16).unwrap_or(&civil).to_owned()
}

/// A time bound of the period; what is beyond any line is said so.
pub(super) fn bound(lang: Lang, at: Instant) -> String {
    match at.0 {
        0 => text(lang, "paper-from-first", &[]),
        u64::MAX => text(lang, "paper-to-newest", &[]),
        _ => civil(at),
    }
}

impl Page<'_> {
    fn say(&self, key: &str) -> String {
        escaped(&text(self.lang, key, &[]))
    }

    fn says(&self, key: &str, args: &[(&str, &str)]) -> String {
        escaped(&text(self.lang, key, args))
    }

    fn bound(&self, at: Instant) -> String {
        bound(self.lang, at)
    }

    fn put(&mut self, html: &str) {
        self.out.push_str(html);
        self.out.push('\n');
    }

    fn row(&mut self, head: &str, value: &str) {
        let head = self.say(head);
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "<tr><th>{head}</th><td>{value}</td></tr>");
    }

    fn heading(&mut self, key: &str) {
        let words = self.say(key);
        self.put(&format!("<h2>{words}</h2>"));
    }

    fn heads(&mut self, keys: &[&str]) {
        let cells: String = keys.iter().map(|key| format!("<th>{}</th>", self.say(key))).collect();
        self.put(&format!("<thead><tr>{cells}</tr></thead><tbody>"));
    }

    fn head(&mut self) {
        let told = self.facts.told;
        let (title, unit) = (self.say("paper-title"), escaped(&told.unit));
        let (tag, label) = (self.lang.tag(), self.label());
        let margins = self.margins();
        self.put(&format!(
            "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} · {unit}</title>\n<style>\n{STYLE}{margins}</style></head><body>"
        ));
        if !told.watermark.is_empty() {
            self.put(&format!("<div class=watermark>{}</div>", escaped(&told.watermark)));
        }
        self.put(&format!("<main><p class=label>{label}</p><h1>{title}</h1><p class=unit>{unit}</p>"));
    }

    /// What stands at the edge of every printed page: record, label, checkpoint, how far it is anchored.
    fn margins(&self) -> String {
        let Facts { told, choices, .. } = *self.facts;
        let say = |key: &str| text(self.lang, key, &[]);
        let code = choices.label.code();
        let running = text(self.lang, "paper-running", &[("unit", &told.unit), ("entry", &choices.made.to_string())]);
        let mut checkpoint = self.facts.checkpoint.lines();
        let (size, root) = (checkpoint.nth(1).unwrap_or_default(), checkpoint.next().unwrap_or_default());
        let anchor = format!("{} · {}", say("paper-self-check"), say("paper-anchor-short"));
        let left = [("top-left", running), ("top-right", say(&format!("evidence-label-{code}"))), ("bottom-left", anchor)];
        let boxes: String = left.iter().map(|(place, words)| format!("@{place} {{ content: \"{}\"; }} ", in_style(words))).collect();
        let checkpoint = in_style(&format!("{size} {root}  "));
        format!("@page {{ {boxes}@bottom-right {{ content: \"{checkpoint}\" counter(page) \" / \" counter(pages); }} }}\n")
    }

    fn label(&self) -> String {
        let code = self.facts.choices.label.code();
        self.say(&format!("evidence-label-{code}"))
    }

    fn summary(&mut self) {
        let facts = self.facts;
        let (told, choices) = (facts.told, facts.choices);
        self.put("<table class=facts>");
        let period = self.says("paper-period", &[("since", &self.bound(facts.period.since)), ("until", &self.bound(facts.period.until))]);
        self.row("paper-period-head", &period);
        let scope = facts.sources.as_ref().map_or_else(|| self.say("paper-scope-all"), |sources| escaped(&sources.join("，")));
        self.row("paper-scope", &scope);
        self.row("paper-purpose", &escaped(&choices.purpose));
        self.row("paper-visit", &escaped(&choices.visit));
        let made = self.says("paper-made", &[("who", &told.maker), ("at", &civil(told.at)), ("entry", &choices.made.to_string())]);
        self.row("paper-maker", &made);
        let lines = self.says("paper-lines", &[("lines", &facts.lines.to_string()), ("masked", &facts.masked_lines.to_string())]);
        self.row("paper-lines-head", &lines);
        let masked = self.say(if choices.masked { "paper-masked-yes" } else { "paper-masked-no" });
        self.row("paper-masked", &masked);
        self.put("</table>");
        self.findings();
    }

    /// The findings: one line of numbers, then what is worst.
    fn findings(&mut self) {
        self.heading("paper-findings");
        let told = self.facts.told;
        if told.duties.is_empty() {
            let words = self.say("paper-not-measured");
            self.put(&format!("<p class=note>{words}</p>"));
        } else {
            let count = |state: State| told.duties.iter().filter(|duty| duty.state == state).count().to_string();
            let words = self.says(
                "paper-count",
                &[
                    ("all", &told.duties.len().to_string()),
                    ("met", &count(State::Met)),
                    ("risk", &count(State::AtRisk)),
                    ("failing", &count(State::Failing)),
                    ("unknown", &count(State::Unknown)),
                ],
            );
            self.put(&format!("<p class=count>{words}</p>"));
        }
        let gaps: Vec<&DeviceTold> = told.devices.iter().filter(|device| !device.gaps.is_empty() || device.first.is_none()).collect();
        if !gaps.is_empty() {
            let words = self.says("paper-gaps-in", &[("count", &gaps.len().to_string()), ("of", &told.devices.len().to_string())]);
            self.put(&format!("<p class=count>{words}</p>"));
        }
        if let Some(count) = told.unverified.filter(|count| *count > 0) {
            let words = self.says("paper-unverified", &[("count", &count.to_string())]);
            self.put(&format!("<p class=count>{words}</p>"));
        }
        let left: Vec<String> = Heading::ALL
            .into_iter()
            .filter(|heading| !told.has(*heading))
            .map(|heading| heading.code())
            .map(|code| text(self.lang, &format!("evidence-heading-{code}"), &[]))
            .collect();
        if !left.is_empty() {
            let words = self.says("paper-left-out", &[("headings", &left.join("、"))]);
            self.put(&format!("<p class=note>{words}</p>"));
        }
        let caution = self.say("paper-self-check");
        self.put(&format!("<p class=caution>{caution}</p>"));
    }

    fn devices(&mut self) {
        if !self.facts.told.has(Heading::Coverage) {
            return;
        }
        self.heading("paper-coverage");
        let told = self.facts.told;
        let list = match &told.confirmed {
            Some(record) => self.says("paper-list-confirmed", &[("record", record)]),
            None => self.say("paper-list-unconfirmed"),
        };
        self.put(&format!("<p>{list}</p>"));
        if told.devices.is_empty() && told.unlisted.is_empty() {
            let words = self.say("paper-no-devices");
            self.put(&format!("<p class=note>{words}</p>"));
            return;
        }
        self.put("<table class=grid>");
        self.heads(&["paper-device", "paper-first", "paper-last", "paper-days", "paper-complete-on", "paper-gaps"]);
        for device in &told.devices {
            self.device(device, "");
        }
        for device in &told.unlisted {
            let unlisted = self.say("paper-unlisted");
            self.device(device, &unlisted);
        }
        self.put("</tbody></table>");
    }

    fn device(&mut self, device: &DeviceTold, note: &str) {
        let name = if device.name.is_empty() { &device.source } else { &device.name };
        let note = if note.is_empty() { String::new() } else { format!(" <small>{note}</small>") };
        let never = self.say("paper-never");
        let at = |at: Option<Instant>| at.map_or_else(|| never.clone(), civil);
        let on = device.complete_on.map_or_else(|| "—".to_owned(), |day| day.to_string());
        let gaps = self.gaps(device);
        let row = format!(
            "<tr><td>{}{note}<br><small>{}</small></td><td>{}</td><td>{}</td><td class=number>{} / {}</td><td class=date>{on}</td><td>{gaps}</td></tr>",
            escaped(name),
            escaped(&device.source),
            at(device.first),
            at(device.last),
            device.days_complete,
            device.days_required,
        );
        self.put(&row);
    }

    fn gaps(&self, device: &DeviceTold) -> String {
        let mut told: Vec<String> = Vec::new();
        for (cause, since, until) in device.gaps.iter().take(GAPS) {
            let key = if *cause == "lost" { "paper-gap-lost" } else { "paper-gap-silent" };
            told.push(self.says(key, &[("since", &civil(*since)), ("until", &civil(*until))]));
        }
        if device.gaps.len() > GAPS {
            told.push(self.says("paper-gaps-more", &[("count", &(device.gaps.len() - GAPS).to_string())]));
        }
        if let Some(since) = device.silent_since {
            told.push(self.says("paper-silent-now", &[("since", &civil(since))]));
        }
        if told.is_empty() {
            self.say(if device.first.is_some() { "paper-no-gaps" } else { "paper-never-heard" })
        } else {
            told.join("<br>")
        }
    }

    fn duties(&mut self) {
        let told = self.facts.told;
        if !told.has(Heading::Duties) || told.duties.is_empty() {
            return;
        }
        self.heading("paper-duties");
        let legend = self.say("paper-legend");
        self.put(&format!("<p class=note>{legend}</p><table class=grid>"));
        self.heads(&["paper-number", "paper-duty", "paper-clause", "paper-state", "paper-reason"]);
        for (number, duty) in (1_usize..).zip(&told.duties) {
            self.duty(number, duty);
        }
        self.put("</tbody></table>");
    }

    fn state(&self, duty: &DutyTold) -> String {
        let code = state_code(duty.state).replace('_', "-");
        let mark = if duty.computed { "●" } else { "○" };
        format!("<span class={code}>{mark} {}</span>", self.say(&format!("paper-state-{code}")))
    }

    fn duty(&mut self, number: usize, duty: &DutyTold) {
        let mut why: Vec<String> = duty.reasons.iter().map(|reason| escaped(reason)).collect();
        if duty.stale {
            why.insert(0, self.say("paper-stale"));
        }
        if let Some((person, until)) = &duty.who {
            why.push(self.says("paper-attested", &[("person", person), ("until", &until.to_string())]));
        }
        if why.is_empty() && duty.state == State::Unknown {
            why.push(self.say("paper-not-measured-yet"));
        }
        let measured = match duty.since {
            Some(since) => self.says("paper-measured-since", &[("since", &civil(since)), ("at", &civil(duty.at))]),
            None => self.says("paper-measured", &[("at", &civil(duty.at))]),
        };
        let index = duty.leaf.map_or_else(String::new, |leaf| self.says("paper-leaf", &[("leaf", &leaf.to_string())]));
        why.push(format!("<small>{measured} {index}</small>"));
        if self.facts.told.has(Heading::Asked) {
            for asked in &duty.asked {
                why.push(format!(
                    "<small class=asked>{} <code>{}</code> = {}</small>",
                    self.say("paper-asked"),
                    escaped(&asked.text),
                    asked.number
                ));
            }
        }
        let clauses: Vec<String> = duty.clauses.iter().map(|clause| escaped(clause)).collect();
        let row = format!(
            "<tr><td class=number>{number}</td><td>{}<br><small>{}</small></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&duty.title),
            escaped(&duty.id),
            clauses.join("<br>"),
            self.state(duty),
            why.join("<br>"),
        );
        self.put(&row);
    }

    /// What is not met, with room for measure, person and date.
    fn plan(&mut self) {
        let told = self.facts.told;
        if !told.has(Heading::Plan) {
            return;
        }
        let open: Vec<&DutyTold> = told.duties.iter().filter(|duty| duty.state != State::Met).collect();
        let waiting = told.devices.iter().filter(|device| device.days_complete < device.days_required);
        let waiting: Vec<&DeviceTold> = waiting.collect();
        if open.is_empty() && waiting.is_empty() {
            return;
        }
        self.heading("paper-plan");
        self.put("<table class=\"grid plan\">");
        self.heads(&["paper-number", "paper-issue", "paper-measure", "paper-responsible", "paper-deadline"]);
        let mut number = 0_usize;
        for device in waiting {
            number += 1;
            let days = (device.days_complete.to_string(), device.days_required.to_string());
            let issue = self.says("paper-plan-device", &[("device", &device.name), ("done", &days.0), ("required", &days.1)]);
            let on = device.complete_on.map_or_else(String::new, |day| day.to_string());
            self.put(&format!("<tr><td class=number>{number}</td><td>{issue}</td><td></td><td></td><td class=date>{on}</td></tr>"));
        }
        for duty in open {
            number += 1;
            let issue = format!("{}：{}", escaped(&duty.title), self.state(duty));
            self.put(&format!("<tr><td class=number>{number}</td><td>{issue}</td><td></td><td></td><td></td></tr>"));
        }
        self.put("</tbody></table>");
    }

    /// The files of plain lines, a row for each device.
    fn files(&mut self) {
        self.heading("paper-files");
        let mut by_source: std::collections::BTreeMap<&str, (Day, Day, usize, u64, u64)> = std::collections::BTreeMap::new();
        for DayFile { source, day, lines, bytes } in &self.facts.days {
            let row = by_source.entry(source).or_insert((*day, *day, 0, 0, 0));
            *row = (row.0.min(*day), row.1.max(*day), row.2 + 1, row.3 + lines, row.4 + bytes);
        }
        if by_source.is_empty() {
            let words = self.say("paper-no-lines");
            self.put(&format!("<p class=note>{words}</p>"));
            return;
        }
        self.put("<table class=grid>");
        self.heads(&["paper-source", "paper-file-days", "paper-file-count", "paper-file-lines", "paper-file-bytes"]);
        for (source, (first, last, files, lines, bytes)) in by_source {
            let source = escaped(source);
            self.put(&format!(
                "<tr><td>{source}</td><td class=date>{first} – {last}</td><td class=number>{files}</td><td class=number>{lines}</td><td class=number>{bytes}</td></tr>"
            ));
        }
        self.put("</tbody></table>");
        let words = self.say("paper-files-note");
        self.put(&format!("<p class=note>{words}</p>"));
    }

    fn foot(&mut self) {
        self.heading("paper-signatures");
        let boxes: String = ["paper-sign-maker", "paper-sign-head", "paper-sign-inspector", "paper-sign-seal"]
            .into_iter()
            .map(|key| format!("<div><b>{}</b><i>{}</i></div>", self.say(key), self.say("paper-sign-date")))
            .collect();
        self.put(&format!("<div class=boxes>{boxes}</div>"));
        self.heading("paper-anchor");
        let (anchor, advice) = (self.say("paper-self-only"), self.say("paper-anchor-advice"));
        let (checkpoint, vkey) = (escaped(&self.facts.checkpoint), escaped(&self.facts.vkey));
        let (checkpoint_head, vkey_head) = (self.say("paper-checkpoint"), self.say("paper-vkey"));
        self.put(&format!(
            "<p>{anchor}</p><div class=anchor><p>{checkpoint_head}</p><pre>{checkpoint}</pre><p>{vkey_head}</p><pre>{vkey}</pre></div><p class=note>{advice}</p>"
        ));
        self.put("</main></body></html>");
    }
}
