//! Which pages there are, and who of the demo opens each: from the route table.
//!
//! Invariant: every GET route is a page with its account, a file, or in a list with the reason.

use anlan_law::kind::Role;
use anlan_web::{Need, ROUTES};

/// By the roles that a route wants: most are open to the handler, the rest to an administrator.
pub const ACCOUNTS: [&str; 3] = ["keyuan", "xitong", "anquan"];

/// Answers that are no page: files, data, and what sends on to another page.
const FILES: [&str; 10] = [".docx", "/metrics", "/proof", "/raw", ".zip", ".xlsx", ".csv", "/live", "/{digest}", "/health"];
/// Only before anybody is there, in the middle of signing in, or after an upload of one's own.
const MADE_BY_A_FORM: [&str; 8] = [
    "/",
    "/first-run",
    "/login",
    "/login/step",
    "/library/import/{digest}",
    "/library/texts/{entry}",
    "/records/{kind}/import/{id}",
    "/evidence/{id}",
];

/// Stands in for the number of a line, which the demo tells.
pub const LINE: &str = "LINE";

/// What stands in for a parameter.
const PARAMETERS: [(&str, &str); 13] = [
    ("/paper/{form}", "/paper/self-check"),
    ("/proposals/erase", "/proposals/erase?record=YH-2026-0010"),
    ("/inspection/day", "/inspection/day?source=ip%3A10.1.0.1&day=2026-11-20"),
    ("/compliance/duties/{id}", "/compliance/duties/D019"),
    ("/units/{id}", "/units/u1"),
    ("/people/{id}", "/people/p1"),
    ("{seq}", LINE),
    ("{kind}", "hazard"),
    ("{number}", "YH-2026-0010"),
    ("{verb}", "note"),
    ("/do/{name}", "/do/assign"),
    ("/print/{form}", "/print/notice"),
    ("{version}", "csl@2025"),
];

fn is_page(path: &str) -> bool {
    let is_data = path.starts_with("/api/") || path.starts_with("/assets/");
    !is_data && !MADE_BY_A_FORM.contains(&path) && !FILES.iter().any(|ending| path.ends_with(ending))
}

fn account(need: Need) -> Option<&'static str> {
    let roles = match need {
        Need::Session => return Some(ACCOUNTS[0]),
        Need::Open | Need::Door | Need::Token(_) => return None,
        Need::Role(roles) | Need::Root(roles) => roles,
    };
    let has = |role: Role| roles.contains(&role);
    Some(
        ACCOUNTS[if has(Role::Handler) || has(Role::Duty) {
            0
        } else if has(Role::System) {
            1
        } else {
            2
        }],
    )
}

fn filled(path: &str) -> String {
    let filled = PARAMETERS.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    assert!(!filled.contains('{'), "{path}: say what stands in for its parameter");
    filled
}

/// The pages that this account opens.
pub fn of(who: &str) -> Vec<String> {
    let pages = ROUTES.iter().filter(|route| route.method == "get" && is_page(route.path));
    pages.filter(|route| account(route.need) == Some(who)).map(|route| filled(route.path)).collect()
}

#[test]
fn every_route_has_its_place() {
    let open = |path: &&str| ROUTES.iter().any(|route| route.method == "get" && route.path == *path);
    assert!(MADE_BY_A_FORM.iter().all(open), "a path of the list is no route");
    let all: usize = ACCOUNTS.iter().map(|who| of(who).len()).sum();
    let nobody: Vec<&str> = ROUTES
        .iter()
        .filter(|route| route.method == "get" && is_page(route.path) && account(route.need).is_none())
        .map(|route| route.path)
        .collect();
    assert!(nobody.is_empty(), "{nobody:?}");
    assert!(all > 30, "{all}");
}
