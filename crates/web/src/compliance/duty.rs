//! `/compliance/duties/{id}`: one duty: how it stands and why, its citations per version, its time, what shows it, and what a breach costs.

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::duty::{Duty, Shown};
use anlan_law::liability::{Penalty, Who};
use anlan_law::{Force, Version};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Tab;
use super::book::{Law, Sure, law, probe_name};
use super::cite::{self, Cited};
use super::clocks::ClockRow;
use super::condition::in_words;
use super::stricter::{TermRow, stricter};
use super::verdict::{self, VerdictShown};
use super::words::{joined, named, occasion, part, span};
use super::{clocks, money};
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;

/// The citations in one version.
struct InVersion {
    label: String,
    is_now: bool,
    cites: Vec<Cited>,
}

/// A condition as it is shown.
struct Said {
    lines: Vec<String>,
    text: String,
}

/// What shows the duty.
struct ShownBy {
    computed: bool,
    /// The probe and what it looks at, or what is attested and for how long.
    what: String,
    met: Option<Said>,
    at_risk: Option<Said>,
}

/// A tier of a penalty, in words.
pub(super) struct TierRow {
    pub(super) when: String,
    pub(super) unit: String,
    pub(super) person: String,
    pub(super) also: String,
}

/// A penalty, in words.
pub(super) struct Fined {
    /// For links; empty where it stands on the page already.
    pub(super) id: String,
    pub(super) place: String,
    pub(super) link: String,
    pub(super) what: String,
    pub(super) tiers: Vec<TierRow>,
    /// Penalties of other laws that it refers to, which set the fine: id, and law and place.
    pub(super) refers: Vec<(String, String)>,
    pub(super) sure: Sure,
}

/// The penalties of one law.
struct Side {
    label: String,
    fines: Vec<Fined>,
}

struct System {
    id: String,
    name: String,
}

#[derive(Template)]
#[template(path = "compliance_duty.html")]
struct DutyPage {
    page: Page,
    tab: Tab,
    id: String,
    summary: String,
    verdict: VerdictShown,
    actor: String,
    actor_note: String,
    versions: Vec<InVersion>,
    others: Vec<(String, Sure)>,
    occasion: String,
    clocks: Vec<ClockRow>,
    control: String,
    evidence: String,
    shown: ShownBy,
    then: Option<Side>,
    now: Option<Side>,
    elsewhere: Vec<Side>,
    consequence: String,
    systems: Vec<System>,
    stricter: Vec<TermRow>,
    pack: String,
    sure: Sure,
}

pub(crate) async fn duty(State(house): State<Shared>, who: Signed, Path(id): Path<String>, pairs: Pairs) -> Result<Response, Failure> {
    let law = law()?;
    let lang = who.lang;
    let duty = law.book.duty(&id).ok_or(Failure::NotFound)?;
    let before = pairs.get("before").parse().ok();
    let today = Day::of(house.console.clock.now());
    let sides = law.sides(today);
    let side = sides.first();
    let mut page = Page::signed(&house, &who, Section::Compliance, "duties-title");
    page.title = duty.title.show(lang).to_owned();
    let actor = law.book.actor(&duty.actor);
    let template = DutyPage {
        page,
        tab: Tab::Duties,
        id: duty.id.clone(),
        summary: duty.summary.show(lang).to_owned(),
        verdict: verdict::shown(&house, &who, duty, before).await?,
        actor: actor.map_or_else(|| duty.actor.clone(), |actor| actor.title.show(lang).to_owned()),
        actor_note: actor.and_then(|actor| actor.note.as_ref()).map_or_else(String::new, |note| note.show(lang).to_owned()),
        versions: versions(law, lang, today, duty),
        others: others(law, lang, duty),
        occasion: occasion(lang, &duty.occasion),
        clocks: law.clocks_of(duty).into_iter().map(|clock| clocks::row(lang, clock)).collect(),
        control: duty.control.show(lang).to_owned(),
        evidence: duty.evidence.show(lang).to_owned(),
        shown: shown(lang, duty),
        then: side.and_then(|side| side.was).map(|was| of_version(law, lang, duty, was)),
        now: side.map(|side| of_version(law, lang, duty, side.now)),
        elsewhere: elsewhere(law, lang, duty),
        consequence: duty.consequence.as_ref().map_or_else(String::new, |words| words.show(lang).to_owned()),
        systems: duty.systems.iter().map(|id| system(law, lang, id)).collect(),
        stricter: stricter(law, lang, duty),
        pack: law.pack_title(lang, &duty.pack),
        sure: Sure::of(lang, duty.sureness, duty.unsure.as_ref()),
    };
    show(StatusCode::OK, &template)
}

/// The citations per version, the newest first.
fn versions(law: &Law, lang: Lang, today: Day, duty: &Duty) -> Vec<InVersion> {
    let all = law.book.library.statutes().iter().flat_map(|statute| statute.versions.iter().rev().map(move |version| (statute, version)));
    let with_places = all.filter(|(_, version)| !duty.places(&version.id).is_empty());
    let told = with_places.map(|(statute, version)| InVersion {
        label: match lang {
            Lang::Zh => format!("《{}》{}", statute.short.zh, version.label.zh),
            Lang::En => format!("{}, {}", statute.short.en, version.label.en),
        },
        is_now: version.force(today) == Force::InForce,
        cites: duty.places(&version.id).iter().map(|place| cite::cited(law, lang, version, *place)).collect(),
    });
    let mut versions: Vec<InVersion> = told.collect();
    say_same(lang, &mut versions);
    versions
}

/// Of words that stood the same in the newer version says only that.
fn say_same(lang: Lang, versions: &mut [InVersion]) {
    let mut seen: Vec<String> = Vec::new();
    for cite in versions.iter_mut().flat_map(|version| &mut version.cites).filter(|cite| !cite.words.is_empty()) {
        if seen.contains(&cite.words) {
            cite.words = text(lang, "duty-same-words", &[]);
        } else {
            seen.push(cite.words.clone());
        }
    }
}

/// The instruments whose text is not in the box.
fn others(law: &Law, lang: Lang, duty: &Duty) -> Vec<(String, Sure)> {
    let told = duty.other.iter().map(|basis| {
        let instrument = law.book.instrument(&basis.instrument);
        let mut words = law.instrument_title(lang, &basis.instrument);
        if let Some(number) = instrument.and_then(|instrument| instrument.number.as_ref()) {
            words = format!("{words} {number}");
        }
        if let Some(at) = &basis.at {
            words = format!("{words} · {at}");
        }
        let sure = instrument.map_or_else(Sure::default, |found| Sure::of(lang, found.sureness, found.unsure.as_ref()));
        (words, sure)
    });
    told.collect()
}

fn shown(lang: Lang, duty: &Duty) -> ShownBy {
    match &duty.shown {
        Shown::Probe { probe, of, met, at_risk } => {
            let probe_words = probe_name(lang, *probe);
            let what = if of.is_empty() {
                probe_words
            } else {
                let looks = joined(lang, of.iter().map(|one| named(lang, &format!("duty-of-{}", part(one)), one)));
                text(lang, "duty-condition-looks", &[("probe", &probe_words), ("of", &looks)])
            };
            let said = |written: &str| Said { lines: in_words(lang, probe.name(), written).unwrap_or_default(), text: written.to_owned() };
            ShownBy { computed: true, what, met: Some(said(met.text())), at_risk: at_risk.as_ref().map(|weaker| said(weaker.text())) }
        }
        Shown::Attestation { what, every } => {
            let term = text(lang, "duty-attested-every", &[("span", &span(lang, *every))]);
            let what = text(lang, "duty-attested-what", &[("what", what.show(lang)), ("term", &term)]);
            ShownBy { computed: false, what, met: None, at_risk: None }
        }
    }
}

fn of_version(law: &Law, lang: Lang, duty: &Duty, version: &Version) -> Side {
    let fines = law.book.penalties_of(duty, version.id.as_str()).into_iter().map(|penalty| fined(law, lang, penalty, Some(version)));
    Side { label: version.label.show(lang).to_owned(), fines: fines.collect() }
}

/// Penalties of instruments that are not statutes of the box.
fn elsewhere(law: &Law, lang: Lang, duty: &Duty) -> Vec<Side> {
    let mut sides: Vec<(&str, Side)> = Vec::new();
    for penalty in duty.penalties.iter().filter_map(|id| law.book.penalty(id)).filter(|penalty| !penalty.law.contains('@')) {
        let told = fined(law, lang, penalty, None);
        match sides.iter_mut().find(|(id, _)| *id == penalty.law) {
            Some((_, side)) => side.fines.push(told),
            None => sides.push((&penalty.law, Side { label: law.instrument_title(lang, &penalty.law), fines: vec![told] })),
        }
    }
    sides.into_iter().map(|(_, side)| side).collect()
}

pub(super) fn fined(law: &Law, lang: Lang, penalty: &Penalty, version: Option<&Version>) -> Fined {
    let tiers = penalty.tiers.iter().map(|tier| TierRow {
        when: tier.when.show(lang).to_owned(),
        unit: money::ranges(lang, &tier.fines, Who::Unit),
        person: money::ranges(lang, &tier.fines, Who::Person),
        also: tier.also.as_ref().map_or_else(String::new, |words| words.show(lang).to_owned()),
    });
    Fined {
        id: penalty.id.clone(),
        place: penalty.at.show(lang),
        link: version.map_or_else(String::new, |version| cite::link(version, penalty.at)),
        what: penalty.what.show(lang).to_owned(),
        tiers: tiers.collect(),
        refers: penalty
            .refers
            .iter()
            .filter_map(|id| law.book.penalty(id))
            .map(|other| (other.id.clone(), placed(law, lang, other)))
            .collect(),
        sure: Sure::of(lang, penalty.sureness, penalty.unsure.as_ref()),
    }
}

/// Law and place of a penalty.
fn placed(law: &Law, lang: Lang, penalty: &Penalty) -> String {
    let title = law.instrument_title(lang, &penalty.law);
    match lang {
        Lang::Zh => format!("《{title}》{}", penalty.at.zh()),
        Lang::En => format!("{title} {}", penalty.at.en()),
    }
}

fn system(law: &Law, lang: Lang, id: &str) -> System {
    System { id: id.to_owned(), name: law.system(id).map_or_else(String::new, |system| system.name.show(lang).to_owned()) }
}
