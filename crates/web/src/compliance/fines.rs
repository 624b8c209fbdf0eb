//! `/compliance/fines`: what a breach costs, article by article, in the version before and in today's.

use std::collections::BTreeSet;

use anlan_base::Day;
use anlan_base::text::Lang;
use anlan_law::Place;
use anlan_law::liability::{Measure, Penalty};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::Tab;
use super::book::{Law, Sides, law};
use super::cite;
use super::duty::{Fined, fined};
use super::words::joined;
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::{Page, Section, show};
use crate::session::Signed;

/// A duty that hangs on a fine.
struct Hung {
    id: String,
    title: String,
}

/// An article of today beside the articles before that it answers to.
struct Pair {
    title: String,
    link: String,
    was: String,
    then: Vec<Fined>,
    now: Vec<Fined>,
    /// Class and key of what became of the amounts.
    change: (&'static str, &'static str),
    duties: Vec<Hung>,
}

/// The penalties of an instrument whose text is not in the box.
struct Other {
    title: String,
    fines: Vec<Fined>,
    duties: Vec<Hung>,
}

struct Block {
    title: String,
    since: String,
    pairs: Vec<Pair>,
}

#[derive(Template)]
#[template(path = "compliance_fines.html")]
struct FinesPage {
    page: Page,
    tab: Tab,
    blocks: Vec<Block>,
    others: Vec<Other>,
}

pub(crate) async fn fines(State(house): State<Shared>, who: Signed) -> Result<Response, Failure> {
    let law = law()?;
    let sides = law.sides(Day::of(house.console.clock.now()));
    let page = FinesPage {
        page: Page::signed(&house, &who, Section::Compliance, "fines-title"),
        tab: Tab::Fines,
        blocks: sides.iter().map(|side| block(law, who.lang, side)).filter(|block| !block.pairs.is_empty()).collect(),
        others: others(law, who.lang),
    };
    show(StatusCode::OK, &page)
}

fn block(law: &Law, lang: Lang, side: &Sides<'_>) -> Block {
    let now = law.book.fines(side.now.id.as_str());
    let before = side.was.map_or_else(Vec::new, |was| law.book.fines(was.id.as_str()));
    let mut told = BTreeSet::new();
    let articles: BTreeSet<u32> = now.iter().map(|penalty| penalty.at.article).collect();
    let mut pairs = Vec::new();
    for article in articles {
        let was = side.was.map_or_else(Vec::new, |was| cite::before(&law.book.library, side.now, was, article));
        let of_now: Vec<&Penalty> = now.iter().copied().filter(|penalty| penalty.at.article == article).collect();
        let of_then: Vec<&Penalty> = before.iter().copied().filter(|penalty| was.iter().any(|place| meet(*place, penalty.at))).collect();
        let mut told_now = pair(law, lang, side, article, &was, &of_then, &of_now);
        // An article that was split stands beside each of its parts; a link leads to the first.
        for fine in told_now.then.iter_mut().filter(|fine| told.contains(fine.id.as_str())) {
            fine.id.clear();
        }
        told.extend(of_then.iter().map(|penalty| penalty.id.as_str()));
        pairs.push(told_now);
    }
    let left: Vec<&Penalty> = before.iter().copied().filter(|penalty| !told.contains(penalty.id.as_str())).collect();
    pairs.extend(left.iter().map(|penalty| dropped(law, lang, side, penalty)));
    Block { title: side.statute.title.show(lang).to_owned(), since: side.now.from.map_or_else(String::new, |day| day.to_string()), pairs }
}

/// Whether one place lies in the other; what is not named is all of it.
fn meet(a: Place, b: Place) -> bool {
    let fits = |a: Option<u32>, b: Option<u32>| a.is_none() || b.is_none() || a == b;
    a.article == b.article && fits(a.paragraph, b.paragraph) && fits(a.item, b.item)
}

fn pair(law: &Law, lang: Lang, side: &Sides<'_>, article: u32, was: &[Place], then: &[&Penalty], now: &[&Penalty]) -> Pair {
    let place = Place::article(article);
    Pair {
        title: place.show(lang),
        link: cite::link(side.now, place),
        was: joined(lang, was.iter().map(|place| place.show(lang))),
        then: then.iter().map(|penalty| fined(law, lang, penalty, side.was)).collect(),
        now: now.iter().map(|penalty| fined(law, lang, penalty, Some(side.now))).collect(),
        change: change(then, now),
        duties: hung(law, lang, now),
    }
}

/// A penalty of before that no article of today answers to.
fn dropped(law: &Law, lang: Lang, side: &Sides<'_>, penalty: &Penalty) -> Pair {
    Pair {
        title: String::new(),
        link: String::new(),
        was: Place::article(penalty.at.article).show(lang),
        then: vec![fined(law, lang, penalty, side.was)],
        now: Vec::new(),
        change: ("", "fines-absent"),
        duties: hung(law, lang, &[penalty]),
    }
}

/// What became of the amounts, by the largest that a unit or a person may be fined.
fn change(then: &[&Penalty], now: &[&Penalty]) -> (&'static str, &'static str) {
    if then.is_empty() {
        return ("accent", "fines-new");
    }
    if yuan(now).next().is_none() && now.iter().any(|penalty| !penalty.refers.is_empty()) {
        return ("accent", "fines-refers");
    }
    let most = |penalties: &[&Penalty]| yuan(penalties).map(|(_, to)| to).max().unwrap_or(0);
    match most(then).cmp(&most(now)) {
        std::cmp::Ordering::Less => ("warn", "fines-higher"),
        std::cmp::Ordering::Greater => ("", "fines-lower"),
        std::cmp::Ordering::Equal if yuan(then).collect::<BTreeSet<_>>() == yuan(now).collect() => ("", "fines-same"),
        std::cmp::Ordering::Equal => ("warn", "fines-tiers"),
    }
}

fn yuan<'a>(penalties: &'a [&'a Penalty]) -> impl Iterator<Item = (u64, u64)> + 'a {
    let fines = penalties.iter().flat_map(|penalty| &penalty.tiers).flat_map(|tier| &tier.fines);
    fines.filter(|fine| fine.of == Measure::Yuan).map(|fine| (fine.from, fine.to))
}

/// The duties that name one of these penalties.
fn hung(law: &Law, lang: Lang, penalties: &[&Penalty]) -> Vec<Hung> {
    let names = |duty: &&anlan_law::duty::Duty| penalties.iter().any(|penalty| duty.penalties.contains(&penalty.id));
    law.book.duties.iter().filter(names).map(|duty| Hung { id: duty.id.clone(), title: duty.title.show(lang).to_owned() }).collect()
}

fn others(law: &Law, lang: Lang) -> Vec<Other> {
    let laws = law.book.laws_with_fines().into_iter().filter(|id| !id.contains('@'));
    let told = laws.map(|id| {
        let penalties = law.book.fines(id);
        Other {
            title: law.instrument_title(lang, id),
            fines: penalties.iter().map(|penalty| fined(law, lang, penalty, None)).collect(),
            duties: hung(law, lang, &penalties),
        }
    });
    told.collect()
}
