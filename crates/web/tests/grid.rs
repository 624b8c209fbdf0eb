//! Every route × nobody, each role alone in unit A, each alone in unit B, a token of each scope, a disabled account. `routes.grid.txt` is what was
//! reviewed: a change of it is accepted by hand, never by this test.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may; it leaves what it saw beside the build for whoever accepts it"
)]

mod authenticator;
mod caller;
mod house;
mod world;

use std::fmt::Write as _;

use anlan_law::kind::Role;
use anlan_web::{Need, Route};
use house::{Answer, Person};
use world::{World, all_routes, bare, is_of_a_unit, nobody};

const HEAD: &str = "\
# What each route answers to whom, asked for things of unit A; changes are asked with an empty form. Made by tests/grid.rs; read a change before you accept it.
# -   nobody            x    an account that was disabled            in   sent to the sign-in page
# sy  system            se   security          au   audit             he   head        le   leader      du   duty
# ha  handler           ap   approver          re   reader            st   staff       ir   inspector   (each alone, at A or at B)
# lw  logs:write        lr   logs:read          rr   records:read      rw   records:write     (tokens of the handler of A)
";

fn told(answer: &Answer) -> String {
    match answer.status.as_u16() {
        303 if answer.location().starts_with("/login") => "in".to_owned(),
        status => status.to_string(),
    }
}

fn short(role: Role) -> &'static str {
    match role {
        Role::Inspector => "ir",
        other => &other.id()[..2],
    }
}

fn row(method: &str, path: &str, cells: &[Vec<String>]) -> String {
    let cells: Vec<String> =
        cells.iter().map(|group| group.iter().map(|cell| format!("{cell:<3}")).collect::<Vec<_>>().join(" ")).collect();
    format!("{method:<4} {path:<46} {}", cells.join(" | ")).trim_end().to_owned()
}

/// What somebody of unit B got to see or to change of unit A.
fn reached(answer: &Answer) -> bool {
    answer.status.is_success() || (answer.status.as_u16() == 303 && told(answer) != "in")
}

#[tokio::test]
async fn every_route_answers_everybody_as_reviewed() {
    let world = World::new().await;
    let roles = || Role::ALL.iter().map(|role| short(*role).to_owned()).collect::<Vec<_>>();
    let mut grid = HEAD.to_owned();
    let heads = [vec!["-".to_owned()], roles(), roles(), ["lw", "lr", "rr", "rw"].map(str::to_owned).to_vec(), vec!["x".to_owned()]];
    writeln!(
        grid,
        "{}",
        row("#", "", &[vec!["   ".into()], vec![format!("{:<43}", "A")], vec![format!("{:<43}", "B")], vec![format!("{:<15}", "token")]])
    )
    .unwrap();
    writeln!(grid, "{}", row("#", "", &heads)).unwrap();
    let mut leaks = Vec::new();
    for route in all_routes() {
        let signed_out = nobody();
        let mut cells = vec![vec![told(&world.ask_route(route, &signed_out, "").await)]];
        for (side, members) in [("A", &world.in_a), ("B", &world.in_b)] {
            let mut group = Vec::new();
            for member in members {
                let again = world.house.session_of(member.worker.account);
                // A route that ends the session gets one of its own.
                let session = if route.path == "/logout" { again.await } else { member.session.clone() };
                let answer = world.ask_route(route, &session, "").await;
                assert!(!answer.status.is_server_error(), "{} {} {side} {:?}: {}", route.method, route.path, member.role, answer.text());
                if side == "B" && is_of_a_unit(route) && reached(&answer) {
                    leaks.push(format!("{} {} as {:?} of unit B: {}", route.method, route.path, member.role, answer.status));
                }
                group.push(told(&answer));
            }
            cells.push(group);
        }
        let mut tokens = Vec::new();
        for token in [&world.tokens.logs, &world.tokens.searches, &world.tokens.reads, &world.tokens.writes] {
            tokens.push(told(&world.ask_route(route, &Person::default(), token).await));
        }
        cells.push(tokens);
        let bearer = if route.path.starts_with("/api/") { world.disabled_token.as_str() } else { "" };
        cells.push(vec![told(&world.ask_route(route, &world.disabled, bearer).await)]);
        writeln!(grid, "{}", row(route.method, route.path, &cells)).unwrap();
    }
    assert!(leaks.is_empty(), "unit B reaches what is of unit A:\n{}", leaks.join("\n"));
    reviewed("routes.grid.txt", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/routes.grid.txt"), &grid);
}

/// Holds what was seen against what was reviewed, and says how to accept a difference.
fn reviewed(name: &str, file: &str, seen: &str) {
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    if kept == seen {
        return;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/accept");
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(format!("{folder}/{name}"), seen).unwrap();
    let (old, new): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), seen.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
    let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    let told: Vec<String> = gone.chain(come).collect();
    panic!(
        "{name} differs from what was reviewed:\n{}\nWhere each line is meant so: cp target/accept/{name} crates/web/tests/{name}",
        told.join("\n")
    );
}

/// Changes that leave no entry, and why. A new one stands here on purpose or not at all.
const NO_ENTRY: [(&str, &str); 6] = [
    ("/library/import", "a text is read; it is kept, with an entry, only when somebody confirms it"),
    ("/records/{kind}/import", "a sheet is read; its rows are kept, each with its entries, only when somebody confirms it"),
    ("/compliance/check", "what is checked is neither stored nor logged"),
    ("/account/factor", "an authenticator is offered; the first code enrols it, with an entry"),
    ("/api/v1/files", "a file waits for an entry that names it, and is forgotten without"),
    ("/api/v1/events", "lines are leaves of their own"),
];

#[test]
fn every_change_names_its_entry_or_says_why_there_is_none() {
    for route in all_routes() {
        let exempt = NO_ENTRY.iter().any(|(path, _)| *path == route.path);
        let changes = route.method != "get";
        assert_eq!(
            changes && route.act.is_none(),
            changes && exempt,
            "{} {}: name its act, or add it to NO_ENTRY with a reason",
            route.method,
            route.path
        );
        assert!(changes || route.act.is_none(), "{} {}: a get changes nothing", route.method, route.path);
    }
    for (path, _) in NO_ENTRY {
        assert!(all_routes().any(|route| route.path == path && route.method == "post"), "{path} is no route any more");
    }
}

#[tokio::test]
async fn every_change_writes_the_entry_that_it_names() {
    let world = World::new().await;
    let mut missing = Vec::new();
    for route in all_routes() {
        let Some(act) = route.act else { continue };
        let (answer, acts) = if route.path == "/first-run" {
            world::drives::first_run().await
        } else {
            let before = world.house.entry_count().await;
            let answer = world.drive(route).await;
            let new = world.house.ledger.entries(before + 1, 1000).await.unwrap();
            (answer, new.iter().filter_map(|entry| entry.text("act").map(str::to_owned)).collect())
        };
        let went = answer.status.is_success() || answer.status.as_u16() == 303;
        if !went || !acts.iter().any(|written| written == act) {
            missing.push(format!("{} {}: {} answered, {acts:?} written, {act} named", route.method, route.path, answer.status));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[tokio::test]
async fn no_change_is_made_without_a_session_from_elsewhere_or_with_a_forged_token() {
    let world = World::new().await;
    let member = world.of_a(Role::Handler);
    let system = world.house.person().await;
    let entries = world.house.entry_count().await;
    let forged = |person: &Person| Person { token: "0".repeat(64), ..person.clone() };
    for route in all_routes().filter(|route| route.method == "post") {
        let path = world.filled(route.path);
        let ask = async |person: &Person, site| told(&world.house.ask(bare(route, &path, person, "", site)).await);
        let is_door = matches!(route.need, Need::Door) || route.path == "/language";
        for person in [&member.session, &system] {
            for site in [Some("cross-site"), Some("same-site"), Some("none"), None] {
                let answer = ask(person, site).await;
                assert!(refused(route, &answer), "{} from {site:?}: {answer}", route.path);
            }
            let answer = ask(&forged(person), Some("same-origin")).await;
            assert!(refused(route, &answer), "{} with a forged token: {answer}", route.path);
        }
        let answer = ask(&Person::default(), Some("same-origin")).await;
        assert!(refused(route, &answer) || (!is_door && answer == "in"), "{} without a session: {answer}", route.path);
        let mut visitor = nobody();
        visitor.token = "f".repeat(64);
        let answer = ask(&visitor, Some("same-origin")).await;
        assert!(refused(route, &answer) || (!is_door && answer == "in"), "{} with a forged door token: {answer}", route.path);
    }
    assert_eq!(world.house.entry_count().await, entries, "nothing was changed");
}

/// Pages refuse with 403; the API, which takes no cookie for a change, with 401.
fn refused(route: &Route, answer: &str) -> bool {
    answer == if route.path.starts_with("/api/") { "401" } else { "403" }
}
