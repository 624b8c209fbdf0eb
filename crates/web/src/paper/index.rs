//! All forms and letters on one page, with what each is for, where it comes from, and the latest records that one prints.

use anlan_base::text::text;
use anlan_law::kind::{Kind, PrintOf};
use anlan_ledger::records::{ListAsk, StateAsk};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::forms::{Form, PRINTED, Printed};
use crate::console::Shared;
use crate::failure::Failure;
use crate::page::{Page, Section, show};
use crate::session::Signed;
use crate::shown;

/// Records of a kind that the page links.
const LATEST: u32 = 3;

struct Link {
    title: String,
    href: String,
}

struct Row {
    title: String,
    about: String,
    /// Computed (●), else from a register.
    computed: bool,
    links: Vec<Link>,
    /// Why there is no link.
    none: &'static str,
}

#[derive(Template)]
#[template(path = "paper.html")]
struct IndexPage {
    page: Page,
    forms: Vec<Row>,
    letters: Vec<Row>,
}

pub(crate) async fn index(State(house): State<Shared>, who: Signed) -> Result<Response, Failure> {
    let lang = who.lang;
    let say = |key: &str| text(lang, key, &[]);
    let open = |href: String| vec![Link { title: text(lang, "forms-open", &[]), href }];
    let computed = |form: &Form| Row {
        title: say(&format!("forms-{}", form.id())),
        about: say(&format!("forms-{}-about", form.id())),
        computed: true,
        links: open(format!("/paper/{}", form.id())),
        none: "",
    };
    let mut forms: Vec<Row> = Form::ALL.iter().map(computed).collect();
    for printed in &PRINTED {
        forms.push(of_register(&house, &who, printed).await?);
    }
    let download = vec![Link { title: say("forms-letter"), href: "/paper/report.docx".to_owned() }];
    let report = Row { title: say("forms-report"), about: say("forms-report-about"), computed: true, links: download, none: "" };
    let documents = latest(&house, &who, "document", |number| format!("/r/{number}/letter.docx")).await?;
    let none = if documents.is_some() { "forms-none" } else { "forms-not-yours" };
    let documents = Row {
        title: say("forms-documents"),
        about: say("forms-documents-about"),
        computed: false,
        links: documents.unwrap_or_default(),
        none,
    };
    let page = Page::signed(&house, &who, Section::Compliance, "forms-title");
    show(StatusCode::OK, &IndexPage { page, forms, letters: vec![report, documents] })
}

async fn of_register(house: &Shared, who: &Signed, printed: &Printed) -> Result<Row, Failure> {
    let lang = who.lang;
    let kinds = house.console.ledger.kinds();
    let form = kinds.get(printed.kind).and_then(|kind: &Kind| kind.print.iter().find(|form| form.name == printed.form));
    let title = form.map_or_else(|| printed.kind.to_owned(), |form| form.title.show(lang).to_owned());
    let is_list = form.is_some_and(|form| matches!(form.of, PrintOf::List { .. }));
    let found = latest(house, who, printed.kind, |number| format!("/r/{number}/print/{}", printed.form)).await?;
    let (links, none) = match found {
        None => (Vec::new(), "forms-not-yours"),
        Some(_) if is_list => {
            let href = format!("/records/{}/print?form={}", printed.kind, printed.form);
            (vec![Link { title: text(lang, "forms-open", &[]), href }], "")
        }
        Some(links) => (links, "forms-none"),
    };
    Ok(Row { title, about: text(lang, printed.about, &[]), computed: false, links, none })
}

/// The latest records of a kind; none where the asker may not see its register.
async fn latest(house: &Shared, who: &Signed, kind: &str, href: impl Fn(&str) -> String) -> Result<Option<Vec<Link>>, Failure> {
    let ledger = &house.console.ledger;
    let kinds = ledger.kinds();
    let Some(_) = kinds.get(kind).filter(|kind| ledger.may_see(&who.rights, kind)) else { return Ok(None) };
    let ask = ListAsk { kind: Some(kind.to_owned()), state: StateAsk::All, limit: LATEST, ..ListAsk::default() };
    let found = ledger.list(&who.rights, &ask).await?;
    let link = |row: &anlan_ledger::records::RecordRow| Link {
        title: format!("{} {}", row.number, shown::plain(&row.title, 80)),
        href: href(&row.number),
    };
    Ok(Some(found.rows.iter().map(link).collect()))
}
