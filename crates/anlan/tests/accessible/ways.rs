//! Pages that a route's name does not lead to: those that look otherwise to other people, the form of each new record, and the forms of moves, as links of
//! the pages themselves lead there.
//!
//! Invariant: what a page offers to somebody is opened by that person; a form that is offered and refused is a fault.

use serde_json::Value;

use crate::county::Visitor;

/// Pages whose content hangs on who looks, and who does.
pub const OTHERS: [(&str, &[&str]); 5] = [
    ("juzhang", &["/overview", "/todo", "/sources", "/inspection", "/evidence", "/proposals", "/records/log-list", "/people", "/paper"]),
    ("anquan", &["/overview", "/people", "/people/p1", "/units/u1", "/proposals", "/account"]),
    ("shenji", &["/overview", "/people", "/proposals", "/logs", "/inspection"]),
    ("xitong", &["/people", "/people/p7", "/units/u1", "/settings/anchors", "/proposals"]),
    ("yizhong-laoshi", &["/overview", "/sources", "/inspection", "/records/task-answer", "/people"]),
];

/// Links of one page, read without opening it in the window: all whose path fits the pattern.
const LINKS: &str = "const done = arguments[0];
fetch('PAGE').then(answer => answer.text()).then(text => {
  const page = new DOMParser().parseFromString(text, 'text/html');
  done([...page.querySelectorAll('main a[href]')].map(a => a.getAttribute('href')).filter(href => /PATTERN/.test(href)));
}, wrong => done(String(wrong)));";

/// Records of a kind whose moves are looked up: the first ones of its list are in different states.
const RECORDS: usize = 2;

fn links(visitor: &Visitor<'_>, page: &str, pattern: &str) -> Vec<String> {
    let found = visitor.browser.answer(&LINKS.replace("PAGE", page).replace("PATTERN", pattern));
    let list = found.as_array().unwrap_or_else(|| panic!("{page}: {found}"));
    let mut links: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    links.dedup();
    links
}

/// The form of a new record of each kind, one form of each kind and move, and one of each act, that whoever is signed in is offered.
pub fn forms(visitor: &Visitor<'_>) -> Vec<String> {
    let mut forms = links(visitor, "/records", "^.records.[a-z-]+.new$");
    let mut moves: Vec<(String, String)> = Vec::new();
    for list in links(visitor, "/records", "^.records.[a-z-]+$") {
        for record in links(visitor, &format!("{list}?view=all"), "^.r.[A-Z]+-[0-9-]+$").into_iter().take(RECORDS) {
            for form in links(visitor, &record, "^.r.[^/]+.(do|act).") {
                // What every record takes looks alike in each kind.
                let kind = if form.contains("/act/") { "" } else { list.as_str() };
                let name = (kind.to_owned(), form.rsplit('/').next().unwrap_or_default().to_owned());
                if !moves.contains(&name) {
                    moves.push(name);
                    forms.push(form);
                }
            }
        }
    }
    forms
}
