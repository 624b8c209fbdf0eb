//! `/r/{number}/letter.docx`: a registered document, or the circular of a task or campaign, as an official letter.
//!
//! Invariant: only what the record holds and the reader may see stands in the letter; sealed fields are as if empty.

use anlan_assure::docx::{Letter, Way, blocks, docx};
use anlan_base::text::text;
use anlan_base::{Day, Instant};
use anlan_law::kind::Kind;
use anlan_ledger::Directory;
use anlan_ledger::records::Shown;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::address::encode;
use crate::console::Shared;
use crate::failure::Failure;
use crate::records::form::Kept;
use crate::records::words;
use crate::session::Signed;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// Sorts of documents that go up: 报告 and 请示 name their signer.
const UP: [&str; 2] = ["report", "request"];

/// Kinds that hold letters, and which of their fields say what.
struct Source {
    kind: &'static str,
    title: &'static str,
    text: &'static str,
    to: &'static str,
    number: &'static str,
    date: &'static str,
}

const SOURCES: [Source; 3] = [
    Source { kind: "document", title: "title", text: "text", to: "addressee", number: "doc_no", date: "issued_on" },
    Source { kind: "task", title: "circular_title", text: "circular", to: "units", number: "doc_no", date: "" },
    Source { kind: "campaign", title: "circular_title", text: "circular", to: "units", number: "doc_no", date: "" },
];

/// The values of a record, told.
struct Record<'a> {
    shown: &'a Shown,
    kind: &'a Kind,
    directory: &'a Directory,
    who: &'a Signed,
}

impl Record<'_> {
    fn held(&self, name: &str) -> &str {
        self.shown.record.values.get(name).map_or("", String::as_str)
    }

    fn told(&self, name: &str) -> String {
        self.kind.field(name).map_or_else(String::new, |field| words::value(field, self.held(name), self.directory, self.who.lang))
    }
}

pub(crate) async fn letter(State(house): State<Shared>, who: Signed, Path(number): Path<String>) -> Result<Response, Failure> {
    let ledger = &house.console.ledger;
    let shown = ledger.record(&who.rights, &number).await?.ok_or(Failure::NotFound)?;
    let source = SOURCES.iter().find(|source| source.kind == shown.record.kind).ok_or(Failure::NotFound)?;
    let (kinds, directory) = (ledger.kinds(), ledger.directory());
    let kind = house.kind(&kinds, &shown.record.kind)?;
    let record = Record { shown: &shown, kind: &kind, directory: &directory, who: &who };
    if record.held(source.title).is_empty() {
        return Err(Failure::NotFound);
    }
    let letter = of_record(&record, source, &marked(&house, &who));
    attached(&format!("{number}.docx"), &letter)
}

/// 演示数据, in the place of the urgency, where all of it is made up.
pub(super) fn marked(house: &Shared, who: &Signed) -> String {
    if house.console.prover.is_demo() { text(who.lang, "forms-demo", &[]) } else { String::new() }
}

fn of_record(record: &Record<'_>, source: &Source, mark: &str) -> Letter {
    let lang = record.who.lang;
    let (to, copies) = recipients(&record.told(source.to));
    let urgency = if matches!(record.held("urgency"), "" | "plain") { String::new() } else { record.told("urgency") };
    let year = Day::of(record.shown.record.opened).civil().year().to_string();
    let number = record.held(source.number);
    Letter {
        lang,
        way: if UP.contains(&record.held("sort")) { Way::Up } else { Way::Down },
        organ: words::unit(record.directory, record.shown.record.unit),
        urgency: [mark, &urgency].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("　"),
        number: if number.is_empty() { text(lang, "letter-number-blank", &[("year", &year)]) } else { number.to_owned() },
        signer: if record.held("issuer").is_empty() { String::new() } else { record.told("issuer") },
        title: record.held(source.title).to_owned(),
        to,
        body: blocks(record.held(source.text)),
        attachments: Kept::list(record.held("files")).into_iter().map(|file| stem(&file.name)).collect(),
        date: record.held(source.date).parse().ok(),
        remark: String::new(),
        copies,
    }
}

/// A file's name without its ending.
fn stem(name: &str) -> String {
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or(name, |(stem, _)| stem).to_owned()
}

/// 主送 and 抄送 of one field: what follows 抄送 are copies.
fn recipients(written: &str) -> (String, String) {
    let (to, copies) = written.split_once("抄送").unwrap_or((written, ""));
    let edges = |c: char| c.is_whitespace() || "：:，,；;。、".contains(c);
    let to = to.trim_matches(edges);
    let to = to.strip_prefix("主送").unwrap_or(to).trim_matches(edges);
    (to.to_owned(), copies.trim_matches(edges).to_owned())
}

/// A letter to be downloaded.
pub(super) fn attached(name: &str, letter: &Letter) -> Result<Response, Failure> {
    let bytes = docx(letter).map_err(Failure::internal)?;
    let disposition = format!("attachment; filename=\"letter.docx\"; filename*=UTF-8''{}", encode(name));
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, DOCX.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// The day of an instant as files are named by.
pub(super) fn named_day(at: Instant) -> String {
    Day::of(at).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_and_copies_are_told_apart() {
        for (written, to, copies) in [
            ("各学校、幼儿园", "各学校、幼儿园", ""),
            ("主送：各学校\n抄送：县公安局，县委网信办。", "各学校", "县公安局，县委网信办"),
            ("主送各学校；抄送县公安局", "各学校", "县公安局"),
            ("抄送：县公安局", "", "县公安局"),
            ("", "", ""),
        ] {
            assert_eq!(recipients(written), (to.to_owned(), copies.to_owned()), "{written}");
        }
    }

    #[test]
    fn an_attachment_is_named_without_its_ending() {
        for (name, stem_of) in [("任务表.xlsx", "任务表"), ("说明", "说明"), (".profile", ".profile"), ("a.b.pdf", "a.b")] {
            assert_eq!(stem(name), stem_of);
        }
    }
}
