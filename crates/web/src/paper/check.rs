//! 网络安全自查表: each duty with its basis, how it stands, what shows it, what is wrong and what is done; then what is being put right.

use anlan_assure::assess::State;
use anlan_assure::docx::day_in_words;
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::duty::{Duty, Why};

use super::going::{Going, going};
use super::sheet::{Cell, Sheet, Table, fact, operator};
use crate::compliance::book::{Law, Sides, law};
use crate::compliance::cites;
use crate::compliance::stand::{Stand, Stands, sees_names};
use crate::console::Shared;
use crate::failure::Failure;
use crate::records::words;
use crate::session::Signed;
use crate::shown;

pub(super) const COLUMNS: &[&str] = &["no", "duty", "basis", "situation", "evidence", "problem", "measure", "owner", "due"];
pub(super) const OPEN_COLUMNS: &[&str] = &["no", "record", "problem", "measure", "owner", "due", "state"];
/// Things of a sample that a row names.
const SAMPLE: usize = 3;
const BYTES: usize = 600;

/// A duty as the forms tell it.
pub(super) struct Told<'a> {
    pub(super) duty: &'a Duty,
    pub(super) stand: Stand<'a>,
    pub(super) basis: String,
    pub(super) sentence: String,
}

impl Told<'_> {
    /// ● 有差距.
    pub(super) fn state(&self, lang: Lang) -> String {
        format!("{} {}", if self.stand.computed { '●' } else { '○' }, text(lang, self.stand.mark().1, &[]))
    }
}

/// Duties worst first; those that cannot be measured yet apart.
pub(super) struct Duties<'a> {
    pub(super) told: Vec<Told<'a>>,
    pub(super) unbuilt: Vec<&'a Duty>,
}

pub(super) fn duties<'a>(law: &'a Law, stands: &'a Stands, lang: Lang, today: Day, names: bool) -> Duties<'a> {
    let sides = law.sides(today);
    let (mut told, mut unbuilt) = (Vec::new(), Vec::new());
    for duty in &law.book.duties {
        let stand = stands.of(duty);
        if stand.state == State::Unknown && stand.why == Some(Why::NotBuilt) && !stand.stale {
            unbuilt.push(duty);
            continue;
        }
        let sentence = shown::plain(&stand.sentence(lang, duty, names), BYTES);
        told.push(Told { basis: basis(law, lang, sides.first(), duty), sentence, duty, stand });
    }
    let rank = |state: State| match state {
        State::Failing => 0,
        State::AtRisk => 1,
        State::Unknown => 2,
        State::Met => 3,
    };
    told.sort_by_key(|told| rank(told.stand.state));
    Duties { told, unbuilt }
}

/// Law and place, for a form is read without the console beside it; else the first other instrument.
fn basis(law: &Law, lang: Lang, side: Option<&Sides<'_>>, duty: &Duty) -> String {
    let cited = cites(law, lang, side, duty);
    let of_law = side.filter(|side| !duty.places(&side.now.id).is_empty());
    match (of_law.map(|side| side.statute.title.show(lang)), lang) {
        (Some(title), Lang::Zh) => format!("《{title}》{cited}"),
        (Some(title), Lang::En) => format!("{title} {cited}"),
        (None, _) => cited,
    }
}

/// The duties that nothing measures yet, in one note; empty where there are none.
pub(super) fn unbuilt_note(lang: Lang, unbuilt: &[&Duty]) -> Option<String> {
    let titles: Vec<&str> = unbuilt.iter().map(|duty| duty.title.show(lang)).collect();
    let titles = titles.join(&text(lang, "list-comma", &[]));
    (!unbuilt.is_empty()).then(|| text(lang, "forms-unbuilt", &[("n", &unbuilt.len().to_string()), ("titles", &titles)]))
}

pub(super) fn count_words(lang: Lang, law: &Law, stands: &Stands) -> String {
    let count = stands.count(&law.book.duties);
    let (all, met, risk) = (count.total().to_string(), count.met.to_string(), count.at_risk.to_string());
    let (failing, unknown) = (count.failing.to_string(), count.unknown.to_string());
    text(lang, "forms-count", &[("all", &all), ("met", &met), ("risk", &risk), ("failing", &failing), ("unknown", &unknown)])
}

pub(super) fn measured_words(lang: Lang, stands: &Stands) -> String {
    stands.measured.map_or_else(|| text(lang, "forms-never-measured", &[]), words::moment)
}

pub(super) async fn sheet(house: &Shared, who: &Signed) -> Result<Sheet, Failure> {
    let (law, lang, today) = (law()?, who.lang, Day::of(house.console.clock.now()));
    let names = sees_names(house, &who.rights);
    let stands = Stands::load(house).await?;
    let duties = duties(law, &stands, lang, today, names);
    let (open, more) = going(house, who).await?;
    let rows = (1..).zip(&duties.told).map(|(number, told)| row(lang, number, told, names)).collect();
    let open = (1..).zip(&open).map(|(number, going)| open_row(number, going)).collect();
    let title = |key: &str| text(lang, key, &[]);
    Ok(Sheet {
        facts: vec![
            fact(lang, "unit", Cell::text(operator(house))),
            fact(lang, "made", Cell::text(day_in_words(lang, today))),
            fact(lang, "count", Cell::text(count_words(lang, law, &stands))),
            fact(lang, "measured", Cell::text(measured_words(lang, &stands))),
        ],
        tables: vec![
            Table { title: title("forms-table-duties"), columns: COLUMNS, rows, more: 0 },
            Table { title: title("forms-table-open"), columns: OPEN_COLUMNS, rows: open, more },
        ],
        notes: std::iter::once(title("forms-legend")).chain(unbuilt_note(lang, &duties.unbuilt)).collect(),
        chooser: None,
    })
}

fn row(lang: Lang, number: usize, told: &Told<'_>, names: bool) -> Vec<Cell> {
    let is_met = told.stand.state == State::Met;
    let (problem, measure) = match is_met {
        true => (String::new(), String::new()),
        false => (told.sentence.clone(), told.duty.control.show(lang).to_owned()),
    };
    let situation = if is_met { format!("{}\n{}", told.state(lang), told.sentence) } else { told.state(lang) };
    vec![
        Cell::number(number),
        Cell::text(format!("{}\n{}", told.duty.title.show(lang), told.duty.id)),
        Cell::text(told.basis.clone()),
        Cell::text(situation.trim_end()),
        Cell::text(evidence(lang, &told.stand, names)),
        Cell::text(problem),
        Cell::blank(measure),
        Cell::blank(""),
        Cell::blank(""),
    ]
}

/// The verdict's entry and leaf, the attestation's record, and things of the sample.
fn evidence(lang: Lang, stand: &Stand<'_>, names: bool) -> String {
    let Some(verdict) = stand.verdict else { return String::new() };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(verdict.entry.map(|entry| text(lang, "forms-entry", &[("entry", &entry.to_string())])));
    parts.extend(verdict.leaf.map(|leaf| text(lang, "forms-leaf", &[("leaf", &leaf.to_string())])));
    if names {
        parts.extend(verdict.who.as_ref().map(|who| who.record.clone()));
        parts.extend(verdict.sample.iter().take(SAMPLE).map(|one| shown::plain(&one.what, 64)));
    }
    parts.join("\n")
}

fn open_row(number: usize, going: &Going) -> Vec<Cell> {
    vec![
        Cell::number(number),
        Cell::text(format!("{}\n{}", going.number, going.kind)),
        Cell::text(going.title.clone()),
        Cell::blank(going.measure.clone()),
        Cell::blank(going.owner.clone()),
        Cell::blank(going.due.clone()),
        Cell::text(going.state.clone()),
    ]
}
