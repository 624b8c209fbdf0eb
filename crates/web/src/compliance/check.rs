//! `/compliance/check`: a document's citations against today's numbers.
//!
//! Invariant: what is brought is read in memory and dropped with the answer; neither it nor its name is stored or logged.

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::letter::listed;
use anlan_law::{Asked, Extent, LetterCitation, LetterKind, LetterReport, Place, Version};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::Tab;
use super::book::{Law, law};
use super::cite;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::session::Signed;
use crate::shown;
use crate::upload::{Brought, SignedUpload};

/// Findings that the page lists.
pub(crate) const ROWS: usize = 500;
/// Bytes of the text that the page shows with its marks.
pub(crate) const TEXT_BYTES: usize = 128 * 1024;

/// A number that holds today.
struct Today {
    text: String,
    link: String,
}

struct Row {
    number: usize,
    /// Class of the mark and key of the word.
    kind: (&'static str, &'static str),
    place: String,
    found: String,
    today: Vec<Today>,
    why: String,
}

/// A piece of a line; marked where `number` is not 0.
struct Piece {
    text: String,
    number: usize,
    kind: &'static str,
}

/// What came out.
struct Outcome {
    file: String,
    citations: String,
    found: usize,
    is_cut: bool,
    written: String,
    rows: Vec<Row>,
    lines: Vec<Vec<Piece>>,
    is_text_cut: bool,
}

#[derive(Template)]
#[template(path = "compliance_check.html")]
struct CheckPage {
    page: Page,
    tab: Tab,
    wrong: String,
    written: String,
    outcome: Option<Outcome>,
}

pub(crate) async fn form(State(house): State<Shared>, who: Signed) -> Result<Response, Failure> {
    draw(&house, &who, StatusCode::OK, String::new(), "", None)
}

fn draw(
    house: &Shared,
    who: &Signed,
    status: StatusCode,
    wrong: String,
    written: &str,
    outcome: Option<Outcome>,
) -> Result<Response, Failure> {
    let mut page = Page::signed(house, who, Section::Compliance, "lettercheck-title");
    // After a form there is nothing to come back to but the form.
    "/compliance/check".clone_into(&mut page.here);
    show(status, &CheckPage { page, tab: Tab::Check, wrong, written: written.to_owned(), outcome })
}

pub(crate) async fn check(State(house): State<Shared>, upload: SignedUpload) -> Result<Response, Failure> {
    let SignedUpload { who, form, brought } = upload;
    let written = form.get("written").trim().to_owned();
    let refuse = |status, wrong: String| draw(&house, &who, status, wrong, &written, None);
    if let Some(wrong) = brought.wrong(who.lang) {
        return refuse(brought.status(), wrong);
    }
    let Ok(day) = written_on(&form) else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, text(who.lang, "legalclock-start-wrong", &[("written", &written)]));
    };
    let asked = Asked { today: Day::of(house.console.clock.now()), written: day };
    let law = law()?;
    let (name, bytes) = match brought {
        Brought::File { name, bytes } => (name, bytes),
        Brought::Text(pasted) => (String::new(), pasted.into()),
        Brought::Nothing | Brought::Both | Brought::TooLarge => return Err(Failure::BadForm),
    };
    let is_word = bytes.starts_with(b"PK");
    let file = name.clone();
    let read = house.beside(move |_| Ok(law.book.library.check_letter(&bytes, &name, asked))).await?;
    match read {
        Err(error) => refuse(StatusCode::UNPROCESSABLE_ENTITY, error.message(who.lang)),
        Ok(report) => {
            let outcome = outcome(law, who.lang, asked.today, file, is_word, &report);
            draw(&house, &who, StatusCode::OK, String::new(), &written, Some(outcome))
        }
    }
}

/// The day the document was written on, where the person gave one.
fn written_on(form: &Pairs) -> Result<Option<Day>, anlan_base::ParseTimeError> {
    match form.get("written").trim() {
        "" => Ok(None),
        day => day.parse().map(Some),
    }
}

fn outcome(law: &Law, lang: Lang, today: Day, file: String, is_word: bool, report: &LetterReport) -> Outcome {
    let rows = report.findings.iter().take(ROWS).enumerate().map(|(at, finding)| row(law, lang, today, is_word, at + 1, finding));
    let (lines, is_text_cut) = marked(&report.lines, &report.findings);
    Outcome {
        file: shown::plain(&file, 200),
        citations: grouped(u64::try_from(report.citations).unwrap_or(u64::MAX)),
        found: report.findings.len(),
        is_cut: report.extent == Extent::Cut || report.findings.len() > ROWS,
        written: report.written.map_or_else(String::new, |day| day.to_string()),
        rows: rows.collect(),
        lines,
        is_text_cut,
    }
}

fn mark(kind: LetterKind) -> (&'static str, &'static str) {
    match kind {
        LetterKind::Outdated => ("risk", "lettercheck-outdated"),
        LetterKind::Broken => ("fail", "lettercheck-broken"),
        LetterKind::Ambiguous => ("unknown", "lettercheck-ambiguous"),
    }
}

fn row(law: &Law, lang: Lang, today: Day, is_word: bool, number: usize, finding: &LetterCitation) -> Row {
    let key = if is_word { "lettercheck-paragraph" } else { "lettercheck-at" };
    let now = law.book.library.version_on(&finding.statute, today);
    let mut places = finding.today_places.clone();
    for reading in &finding.readings {
        places.extend(reading.today.iter().filter(|place| !places.contains(place)).copied().collect::<Vec<Place>>());
    }
    Row {
        number,
        kind: mark(finding.kind),
        place: text(lang, key, &[("line", &finding.line.to_string()), ("column", &finding.column.to_string())]),
        found: shown::plain(&finding.found, 400),
        today: now.map_or_else(Vec::new, |version| places.iter().map(|place| linked(lang, version, *place)).collect()),
        why: finding.explain(&law.book.library, lang),
    }
}

fn linked(lang: Lang, version: &Version, place: Place) -> Today {
    let text = match lang {
        Lang::Zh => listed(&[place]),
        Lang::En => place.en(),
    };
    Today { text, link: cite::link(version, place) }
}

/// The lines of the document with its findings marked, up to a budget; whether something was left off.
fn marked(lines: &[String], findings: &[LetterCitation]) -> (Vec<Vec<Piece>>, bool) {
    let mut out = Vec::new();
    let mut budget = TEXT_BYTES;
    let mut next = 0;
    for (at, line) in lines.iter().enumerate() {
        let cost = line.len().max(1);
        if cost > budget {
            return (out, true);
        }
        budget -= cost;
        let mut pieces = Vec::new();
        let mut done = 0;
        while let Some(finding) = findings.get(next).filter(|finding| finding.line == at + 1) {
            let start = line.char_indices().nth(finding.column - 1).map_or(line.len(), |(byte, _)| byte);
            let end = (start + finding.found.len()).min(line.len());
            // Places of one list may share their beginning: the later one goes on where the one before ended.
            let start = start.max(done);
            if let (Some(before), Some(found)) = (line.get(done..start), line.get(start..end)) {
                push(&mut pieces, before, 0, "");
                push(&mut pieces, found, next + 1, mark(finding.kind).0);
                done = end;
            }
            next += 1;
        }
        push(&mut pieces, line.get(done..).unwrap_or_default(), 0, "");
        out.push(pieces);
    }
    (out, false)
}

fn push(pieces: &mut Vec<Piece>, text: &str, number: usize, kind: &'static str) {
    if !text.is_empty() {
        pieces.push(Piece { text: shown::plain(text, usize::MAX), number, kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> LetterReport {
        let asked = Asked { today: "2026-11-21".parse().unwrap(), written: None };
        anlan_law::Library::shipped().check_letter(text.as_bytes(), "", asked).unwrap()
    }

    #[test]
    fn marks_stand_where_the_findings_are() {
        let report = report("一、落实《网络安全法（2016年）》第二十一条，\n二、执行网络安全法（2016年）第二十五条<b>。");
        let (lines, is_cut) = marked(&report.lines, &report.findings);
        assert!(!is_cut);
        assert_eq!(report.findings.len(), 2);
        let drawn: Vec<String> = lines
            .iter()
            .map(|pieces| pieces.iter().map(|p| if p.number == 0 { p.text.clone() } else { format!("[{}{}]", p.number, p.text) }).collect())
            .collect();
        assert_eq!(drawn, ["一、落实[1《网络安全法（2016年）》第二十一条]，", "二、执行[2网络安全法（2016年）第二十五条]<b>。"]);
    }

    #[test]
    fn the_text_that_is_shown_has_a_limit() {
        for (len, is_cut) in [(TEXT_BYTES - 1, false), (TEXT_BYTES, false), (TEXT_BYTES + 1, true)] {
            assert_eq!(marked(&["a".repeat(len)], &[]).1, is_cut, "{len}");
        }
        assert!(marked(&vec![String::new(); TEXT_BYTES + 1], &[]).1, "empty lines cost too");
    }
}
