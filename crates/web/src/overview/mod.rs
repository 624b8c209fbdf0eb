//! `/overview`: are we lawful today? How all duties stand in one line, running clocks, each duty with its reason and its days, one's own work,
//! and what is left to set up.
//!
//! Invariants:
//! - nothing is measured here: verdicts are read as they are kept;
//! - clocks and work are those of records that the reader may see;
//! - the counts of the line add up to the number of duties, and unknown is never met (I9).

mod grid;
mod running;
mod setup;
mod work;

use anlan_base::Day;
use anlan_base::text::text;
use anlan_law::duty::Count;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::compliance::book::law;
use crate::compliance::stand::{Stands, sees_names};
use crate::compliance::{MEASURERS, days};
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::{Page, Section, ago, show};
use crate::session::Signed;
pub use running::CLOCKS as OVERVIEW_CLOCKS;

use grid::Grid;
use running::Strip;
use setup::Step;
use work::Work;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    page: Page,
    now: String,
    count: Count,
    /// Met by somebody's word: they are told apart.
    attested: usize,
    strip: Strip,
    grid: Grid,
    work: Work,
    steps: Vec<Step>,
    /// Nothing sends logs yet.
    sourceless: bool,
    measured: String,
    may_measure: bool,
}

pub(crate) async fn overview(State(house): State<Shared>, who: Signed) -> Result<Response, Failure> {
    let law = law()?;
    let now = house.console.clock.now();
    let today = Day::of(now);
    let lang = who.lang;
    let names = sees_names(&house, &who.rights);
    let stands = Stands::load(&house).await?;
    let days = days(&house, today).await?;
    let sourceless = house.console.ledger.sources().await?.is_empty();
    let template = OverviewPage {
        page: Page::signed(&house, &who, Section::Overview, "overview-title"),
        now: crate::records::words::moment(now),
        count: stands.count(&law.book.duties),
        attested: stands.attested(&law.book.duties),
        strip: running::strip(&house, &who, now).await?,
        grid: grid::grid(law, lang, &stands, &days, now, names),
        work: work::work(&house, &who, now).await?,
        steps: if names { setup::steps(&house, &who, law, &stands, sourceless).await? } else { Vec::new() },
        sourceless,
        measured: stands.measured.map_or_else(String::new, |at| text(lang, "overview-measured", &[("ago", &ago(lang, now.since(at)))])),
        may_measure: MEASURERS.iter().any(|role| who.rights.has(*role)),
    };
    show(StatusCode::OK, &template)
}
