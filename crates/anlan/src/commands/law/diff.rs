//! `anlan law diff`: two versions by article, words added and removed.

use std::process::ExitCode;

use anlan_law::{Change, Compared, Difference, Ending, Piece, Place, Row, VersionId, numeral};
use anyhow::Result;
use clap::ArgMatches;

use super::marks::{Mark, Marks};
use super::{Report, known_versions, library, print_json, version};
use crate::instance::Opening;
use crate::say::{Say, code};

pub fn run(say: &Say, m: &ArgMatches) -> Result<ExitCode> {
    let library = library(say, m, Opening::Existing)?;
    let named = |name: &str| m.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let (from, to) = (version(say, &library, named("from"))?, version(say, &library, named("to"))?);
    if from.statute() != to.statute() {
        return Err(say.told(code::USAGE, "law-no-version", &[("got", to.as_str()), ("known", &known_versions(&library))]));
    }
    let mut difference = library.difference(&from, &to)?;
    let article = m.get_one::<u32>("article").copied();
    if let Some(article) = article {
        keep(say, &mut difference, article)?;
    }
    if m.get_flag("json") {
        print_json(say, &serde_json::to_value(&difference)?)?;
    } else {
        let marks = Marks::new(say.is_coloured());
        report(say, &difference, article.is_some(), &marks).print_marked(say, &marks)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The rows of an article by its number in the second version; by its number in the first where the second has none such.
fn keep(say: &Say, difference: &mut Difference, article: u32) -> Result<()> {
    let is_later = difference.rows.iter().any(|row| row.to.contains(&article));
    difference.rows.retain(|row| if is_later { row.to.contains(&article) } else { row.from.contains(&article) });
    if difference.rows.is_empty() {
        let place = Place::article(article).show(say.lang);
        return Err(say.told(
            code::FAILED,
            "law-diff-no-article",
            &[("place", &place), ("from", difference.from.as_str()), ("to", difference.to.as_str())],
        ));
    }
    Ok(())
}

/// `all`: rows whose words are the same are shown too.
fn report(say: &Say, difference: &Difference, all: bool, marks: &Marks) -> Report {
    let mut report = Report::default();
    let (from, to) = (difference.from.as_str(), difference.to.as_str());
    report.line(&say.text("law-diff-heading", &[("from", from), ("to", to)]));
    report.line(&marks.legend(say));
    let mut same = 0;
    for row in &difference.rows {
        if row.change == Change::Same && !all {
            same += 1;
            continue;
        }
        report.gap();
        rows(say, row, difference, marks, &mut report);
    }
    if same > 0 {
        report.gap();
        report.line(&say.text("law-diff-same", &[("count", &same.to_string())]));
    }
    report
}

fn rows(say: &Say, row: &Row, difference: &Difference, marks: &Marks, report: &mut Report) {
    let change = say.text(row.change.key(), &[]);
    let (from, to) = (articles(say, &row.from), articles(say, &row.to));
    report.line(&format!("{from} → {to}  {change}"));
    for note in &row.notes {
        report.at(2, note.show(say.lang));
    }
    for ending in &row.endings {
        report.at(2, &ended(say, ending, &difference.from));
    }
    match &row.compared {
        Compared::Words { pieces } => report.at(2, &pieces.iter().map(|piece| marked(piece, marks)).collect::<String>()),
        Compared::NoText { version } => report.at(2, &say.text("law-diff-no-text", &[("version", version.as_str())])),
    }
}

fn ended(say: &Say, ending: &Ending, from: &VersionId) -> String {
    let place = ending.place.show(say.lang);
    let args = [("place", place.as_str()), ("version", from.as_str()), ("change", &say.text(ending.change.key(), &[]))];
    let said = say.text("law-diff-ending", &args);
    match &ending.note {
        Some(note) => format!("{said} {}", note.show(say.lang)),
        None => said,
    }
}

fn marked(piece: &Piece, marks: &Marks) -> String {
    match piece {
        Piece::Same(text) => marks.plain(text),
        Piece::Removed(text) => marks.mark(Mark::Removed, text),
        Piece::Added(text) => marks.mark(Mark::Added, text),
        Piece::LostBefore(text) | Piece::LostAfter(text) => marks.mark(Mark::Lost, text),
    }
}

/// `第二十一条`, or `∅`.
fn articles(say: &Say, numbers: &[u32]) -> String {
    if numbers.is_empty() {
        return "∅".to_owned();
    }
    let shown = numbers.iter().map(|number| match say.lang {
        anlan_base::text::Lang::Zh => format!("第{}条", numeral::chinese(*number)),
        anlan_base::text::Lang::En => Place::article(*number).en(),
    });
    shown.collect::<Vec<_>>().join(&say.text("law-list-joint", &[]))
}
