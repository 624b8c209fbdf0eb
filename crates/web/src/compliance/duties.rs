//! `/compliance`: every duty by law and article, with how it stands, its time, what shows it, and what a breach costs today.

use std::collections::{BTreeMap, BTreeSet};

use anlan_assure::assess::State as Standing;
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::duty::{Count, Duty, Shown};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::Tab;
use super::book::{Law, Sides, Sure, law, probe_name};
use super::stand::{self, Stands};
use super::words::{each, joined, occasion};
use super::{cite, money};
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;

/// Characters of the filter's word.
pub(crate) const FILTER_CHARS: usize = 64;

/// A duty in the list.
struct Row {
    id: String,
    title: String,
    cites: String,
    clock: String,
    state: (&'static str, &'static str),
    /// Of unknown: why.
    why: &'static str,
    /// Computed (●), else attested (○).
    computed: bool,
    shown_by: String,
    /// What a breach costs at first, and at most where that is more.
    fine: (String, String),
    sure: Sure,
}

/// An article and its duties.
struct Group {
    title: String,
    link: String,
    was: String,
    part: String,
    rows: Vec<Row>,
}

/// A law, or an instrument whose text is not in the box.
struct Block {
    title: String,
    note: String,
    groups: Vec<Group>,
}

struct Chip {
    title: String,
    link: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "compliance.html")]
struct DutiesPage {
    page: Page,
    tab: Tab,
    count: Count,
    packs: Vec<(String, usize)>,
    kinds: Vec<Chip>,
    states: Vec<Chip>,
    /// As they stand in the address.
    kind: String,
    state: String,
    filter: String,
    clear: String,
    shown: usize,
    blocks: Vec<Block>,
    measured: bool,
    may_measure: bool,
}

/// What rows are drawn from.
struct Drawing<'a> {
    law: &'a Law,
    lang: Lang,
    stands: &'a Stands,
}

/// The states that the list can be narrowed to, worst first.
const STATES: [Standing; 4] = [Standing::Failing, Standing::AtRisk, Standing::Unknown, Standing::Met];

pub(crate) async fn duties(State(house): State<Shared>, who: Signed, pairs: Pairs) -> Result<Response, Failure> {
    let law = law()?;
    let today = Day::of(house.console.clock.now());
    let (kind, state, lang) = (pairs.get("kind"), pairs.get("state"), who.lang);
    let filter: String = pairs.get("q").trim().chars().take(FILTER_CHARS).collect();
    let of_kind = of_kind(law, kind).ok_or(Failure::NotFound)?;
    let wanted = STATES.into_iter().find(|one| stand::code(*one) == state);
    if wanted.is_none() && !state.is_empty() {
        return Err(Failure::NotFound);
    }
    let sides = law.sides(today);
    let stands = Stands::load(&house).await?;
    let fits = |duty: &Duty| wanted.is_none_or(|wanted| stands.of(duty).state == wanted) && matches(law, duty, &sides, &filter);
    let found: Vec<&Duty> = of_kind.iter().copied().filter(|duty| fits(duty)).collect();
    let page = DutiesPage {
        page: Page::signed(&house, &who, Section::Compliance, "duties-title"),
        tab: Tab::Duties,
        count: stands.count(of_kind.iter().copied()),
        packs: packs(law, lang, &of_kind),
        kinds: kinds(law, lang, kind, state, &filter),
        states: states(lang, kind, state, &filter),
        kind: kind.to_owned(),
        state: state.to_owned(),
        clear: address("/compliance", &[("kind", kind)]),
        filter,
        shown: found.len(),
        blocks: blocks(&Drawing { law, lang, stands: &stands }, &sides, &found),
        measured: stands.measured.is_some(),
        may_measure: super::MEASURERS.iter().any(|role| who.rights.has(*role)),
    };
    show(StatusCode::OK, &page)
}

/// The duties of a kind of operator, all where none is named. None where no pack knows the kind.
fn of_kind<'a>(law: &'a Law, kind: &str) -> Option<Vec<&'a Duty>> {
    if kind.is_empty() {
        return Some(law.book.duties.iter().collect());
    }
    let operator = law.book.operators.iter().find(|operator| operator.id == kind)?;
    let actors = law.book.actors_of(&[kind]).ok()?;
    Some(law.book.duties_for(&actors).into_iter().filter(|duty| operator.packs.contains(&duty.pack)).collect())
}

/// Of how many duties each pack is, where they are of several.
fn packs(law: &Law, lang: Lang, duties: &[&Duty]) -> Vec<(String, usize)> {
    let counts =
        law.book.packs.iter().map(|pack| (pack.title.show(lang).to_owned(), duties.iter().filter(|duty| duty.pack == pack.id).count()));
    let mut counts: Vec<(String, usize)> = counts.filter(|(_, count)| *count > 0).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// The states as chips, the chosen one marked.
fn states(lang: Lang, kind: &str, chosen: &str, filter: &str) -> Vec<Chip> {
    let chip = |id: &str, key: &str| Chip {
        title: text(lang, key, &[]),
        link: address("/compliance", &[("kind", kind), ("state", id), ("q", filter)]),
        on: id == chosen,
    };
    let all = std::iter::once(chip("", "duties-state-all"));
    all.chain(STATES.into_iter().map(|state| chip(stand::code(state), stand::mark(state).1))).collect()
}

fn kinds(law: &Law, lang: Lang, chosen: &str, state: &str, filter: &str) -> Vec<Chip> {
    let link = |id: &str| address("/compliance", &[("kind", id), ("state", state), ("q", filter)]);
    let chip = |id: &str, title: String| Chip { title, link: link(id), on: id == chosen };
    let mut chips = vec![chip("", text(lang, "duties-kind-all", &[]))];
    chips.extend(law.book.operators.iter().map(|kind| chip(&kind.id, kind.title.show(lang).to_owned())));
    chips
}

/// Whether a duty has the word of the filter: in its title or summary, as its id, in its citations, or as the number of an article of today or before.
fn matches(law: &Law, duty: &Duty, sides: &[Sides<'_>], filter: &str) -> bool {
    if filter.is_empty() {
        return true;
    }
    if filter.bytes().all(|b| b.is_ascii_digit()) {
        let versions = sides.iter().flat_map(|side| std::iter::once(side.now).chain(side.was));
        let mut places = versions.flat_map(|version| duty.places(&version.id));
        return places.any(|place| place.article.to_string() == filter);
    }
    let wanted = filter.to_lowercase();
    let words = [&duty.title, &duty.summary].map(|both| format!("{}\n{}", both.zh, both.en.to_lowercase()));
    let in_words = words.iter().any(|text| text.contains(&wanted));
    let places = duty.cites.values().flatten().map(|place| format!("{} {place}", place.zh())).collect::<Vec<_>>().join(" ");
    let in_others = || {
        let instruments = duty.other.iter().filter_map(|basis| law.book.instrument(&basis.instrument));
        instruments.map(|found| &found.title).any(|title| title.zh.contains(&wanted) || title.en.to_lowercase().contains(&wanted))
    };
    in_words || in_others() || duty.id.eq_ignore_ascii_case(filter) || places.contains(&wanted)
}

fn blocks(drawing: &Drawing<'_>, sides: &[Sides<'_>], duties: &[&Duty]) -> Vec<Block> {
    let mut blocks: Vec<Block> =
        sides.iter().map(|side| of_statute(drawing, side, duties)).filter(|block| !block.groups.is_empty()).collect();
    let cited: BTreeSet<&str> = sides
        .iter()
        .flat_map(|side| duties.iter().filter(|duty| !duty.places(&side.now.id).is_empty()))
        .map(|duty| duty.id.as_str())
        .collect();
    let rest: Vec<&Duty> = duties.iter().copied().filter(|duty| !cited.contains(duty.id.as_str())).collect();
    if !rest.is_empty() {
        blocks.push(of_instruments(drawing, sides, &rest));
    }
    blocks
}

fn of_statute(drawing: &Drawing<'_>, side: &Sides<'_>, duties: &[&Duty]) -> Block {
    let (law, lang) = (drawing.law, drawing.lang);
    let mut by_article: BTreeMap<u32, Vec<&Duty>> = BTreeMap::new();
    for duty in duties {
        if let Some(place) = duty.places(&side.now.id).first() {
            by_article.entry(place.article).or_default().push(duty);
        }
    }
    let groups = by_article.into_iter().map(|(article, duties)| {
        let place = anlan_law::Place::article(article);
        Group {
            title: place.show(lang),
            link: cite::link(side.now, place),
            was: cite::article_before(law, lang, side, article),
            part: side.now.part(article).map_or_else(String::new, |part| part.show(lang).to_owned()),
            rows: duties.into_iter().map(|duty| row(drawing, Some(side), duty)).collect(),
        }
    });
    Block { title: side.statute.title.show(lang).to_owned(), note: side.now.label.show(lang).to_owned(), groups: groups.collect() }
}

/// Duties that rest on other instruments alone, by the first of them.
fn of_instruments(drawing: &Drawing<'_>, sides: &[Sides<'_>], duties: &[&Duty]) -> Block {
    let (law, lang) = (drawing.law, drawing.lang);
    let mut by_instrument: Vec<(&str, Vec<&Duty>)> = Vec::new();
    for duty in duties {
        let id = duty.other.first().map_or("", |basis| basis.instrument.as_str());
        match by_instrument.iter_mut().find(|(other, _)| *other == id) {
            Some((_, duties)) => duties.push(duty),
            None => by_instrument.push((id, vec![duty])),
        }
    }
    let groups = by_instrument.into_iter().map(|(id, duties)| Group {
        title: law.instrument_title(lang, id),
        link: String::new(),
        was: String::new(),
        part: String::new(),
        rows: duties.into_iter().map(|duty| row(drawing, sides.first(), duty)).collect(),
    });
    Block { title: text(lang, "duties-other-instruments", &[]), note: text(lang, "duties-other-note", &[]), groups: groups.collect() }
}

fn row(drawing: &Drawing<'_>, side: Option<&Sides<'_>>, duty: &Duty) -> Row {
    let (law, lang) = (drawing.law, drawing.lang);
    let (by_nature, shown_by) = match &duty.shown {
        Shown::Probe { probe, .. } => (true, probe_name(lang, *probe)),
        Shown::Attestation { every, .. } => (false, text(lang, "duties-attested", &[("each", &each(lang, *every))])),
    };
    let stand = drawing.stands.of(duty);
    Row {
        id: duty.id.clone(),
        title: duty.title.show(lang).to_owned(),
        cites: cites(law, lang, side, duty),
        clock: occasion(lang, &duty.occasion),
        state: stand.mark(),
        why: stand.why_key(),
        computed: stand.verdict.map_or(by_nature, |verdict| verdict.computed),
        shown_by,
        fine: fine_today(law, lang, side, duty),
        sure: Sure::of(lang, duty.sureness, duty.unsure.as_ref()),
    }
}

/// The places of today, or the first other instrument.
pub(crate) fn cites(law: &Law, lang: Lang, side: Option<&Sides<'_>>, duty: &Duty) -> String {
    let places = side.map_or(&[][..], |side| duty.places(&side.now.id));
    if !places.is_empty() {
        return joined(lang, places.iter().map(|place| place.show(lang)));
    }
    let first = duty.other.first();
    first.map_or_else(String::new, |basis| {
        let title = law.instrument_title(lang, &basis.instrument);
        basis.at.as_ref().map_or_else(|| title.clone(), |at| format!("{title} {at}"))
    })
}

/// What a breach costs under the law of today, in one line; where that has no fine, under other instruments.
fn fine_today(law: &Law, lang: Lang, side: Option<&Sides<'_>>, duty: &Duty) -> (String, String) {
    let past = side.and_then(|side| side.was).map_or("", |was| was.id.as_str());
    let penalties = duty.penalties.iter().filter_map(|id| law.book.penalty(id)).filter(|penalty| penalty.law != past);
    money::one_line(lang, penalties).unwrap_or_else(|| (text(lang, "fine-none", &[]), String::new()))
}
