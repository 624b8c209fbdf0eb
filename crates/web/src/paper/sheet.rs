//! One computed form as a sheet: facts above, tables, notes, boxes for signatures and the seal, the foot.

use anlan_assure::docx::day_in_words;
use anlan_base::Day;
use anlan_base::text::{Lang, text};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::foot::{Foot, foot};
use super::forms::Form;
use super::{check, extraction, plan, register};
use crate::assets;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, show};
use crate::session::Signed;

/// How a cell is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Text,
    Number,
    Digest,
    /// To be filled in on the screen or by hand.
    Blank,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) set: Set,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), set: Set::Text }
    }

    pub(super) fn number(number: impl ToString) -> Self {
        Self { text: number.to_string(), set: Set::Number }
    }

    pub(super) fn digest(text: impl Into<String>) -> Self {
        Self { text: text.into(), set: Set::Digest }
    }

    pub(super) fn blank(text: impl Into<String>) -> Self {
        Self { text: text.into(), set: Set::Blank }
    }

    fn class(&self) -> &'static str {
        match self.set {
            Set::Text => "text",
            Set::Number => "number",
            Set::Digest => "digest",
            Set::Blank => "text blank",
        }
    }

    fn is_blank(&self) -> bool {
        self.set == Set::Blank
    }
}

pub(super) struct Table {
    /// Empty where the form has one table.
    pub(super) title: String,
    /// Names of its columns: `forms-col-NAME`.
    pub(super) columns: &'static [&'static str],
    pub(super) rows: Vec<Vec<Cell>>,
    /// Rows that were left out.
    pub(super) more: usize,
}

/// A label and what stands beside it.
pub(super) struct Fact {
    label: String,
    cell: Cell,
}

pub(super) fn fact(lang: Lang, name: &str, cell: Cell) -> Fact {
    Fact { label: text(lang, &format!("forms-fact-{name}"), &[]), cell }
}

/// What a form says.
pub(super) struct Sheet {
    pub(super) facts: Vec<Fact>,
    pub(super) tables: Vec<Table>,
    pub(super) notes: Vec<String>,
    /// What can be chosen before printing.
    pub(super) chooser: Option<extraction::Chooser>,
}

#[derive(Template)]
#[template(path = "paper_sheet.html")]
struct SheetPage {
    page: Page,
    paper: &'static str,
    title: String,
    unit: String,
    today: String,
    sheet: Sheet,
    signs: Vec<String>,
    foot: Foot,
}

impl SheetPage {
    /// Facts two to a line; of an odd number the last takes the whole line.
    fn lines(&self) -> Vec<&[Fact]> {
        self.sheet.facts.chunks(2).collect()
    }

    fn head(&self, column: &str) -> String {
        self.page.t(&format!("forms-col-{column}"))
    }
}

pub(crate) async fn paper(State(house): State<Shared>, who: Signed, Path(form): Path<String>, pairs: Pairs) -> Result<Response, Failure> {
    let form = Form::read(&form).ok_or(Failure::NotFound)?;
    let sheet = match form {
        Form::LogRegister => register::sheet(&house, &who).await?,
        Form::SelfCheck => check::sheet(&house, &who).await?,
        Form::Plan => plan::sheet(&house, &who).await?,
        Form::Extraction => extraction::sheet(&house, &who, &pairs).await?,
    };
    let lang = who.lang;
    let id = text(lang, "forms-foot-form", &[("id", form.id())]);
    let page = SheetPage {
        page: Page::signed(&house, &who, Section::Compliance, "forms-title"),
        paper: assets::paper_css_address(),
        title: text(lang, &format!("forms-{}", form.id()), &[]),
        unit: if matches!(form, Form::SelfCheck | Form::Plan) { operator(&house) } else { unit(&house, &who) },
        today: day_in_words(lang, Day::of(house.console.clock.now())),
        sheet,
        signs: form.signs().iter().map(|key| text(lang, key, &[])).collect(),
        foot: foot(&house, lang, &id).await,
    };
    show(StatusCode::OK, &page)
}

/// The operator: duties are measured for all of it.
pub(super) fn operator(house: &Shared) -> String {
    house.console.ledger.directory().root().map_or_else(String::new, |unit| unit.name.clone())
}

/// The unit that the sheet is of: the asker's own, else the operator.
pub(super) fn unit(house: &Shared, who: &Signed) -> String {
    let directory = house.console.ledger.directory();
    let own = crate::records::own_unit(house, who).and_then(|unit| anlan_ledger::engine::People::unit(&*directory, unit));
    own.or_else(|| directory.root()).map_or_else(String::new, |unit| unit.name.clone())
}
