//! From the sign-in to a duty's question and back, by the keyboard alone.

use serde_json::{Value, json};

use crate::county::{County, PASSWORD, Visitor};
use crate::server::browser::Browser;

/// A page with more stops than this before what one looks for is no longer used by the keyboard.
const MOST_STOPS: usize = 120;

fn focused(visitor: &Visitor<'_>) -> String {
    let script =
        "const e = document.activeElement; return e === document.body ? '' : (e.name || e.getAttribute('href') || e.innerText.trim());";
    visitor.browser.script(script).as_str().unwrap_or_default().to_owned()
}

/// Goes from stop to stop until the one that is wanted; each stop is seen.
fn tab_to(visitor: &Visitor<'_>, wanted: &str) -> usize {
    for stop in 1..=MOST_STOPS {
        visitor.key("Tab");
        let seen = "const e = document.activeElement; if (e === document.body) return true;
            const s = getComputedStyle(e), box = e.getBoundingClientRect();
            return (s.outlineStyle !== 'none' || e.matches('summary')) && box.width > 0 && box.bottom > 0 && box.top < innerHeight;";
        assert_eq!(visitor.browser.script(seen), Value::Bool(true), "the focus is not seen at {} on {}", focused(visitor), visitor.path());
        if focused(visitor) == wanted {
            return stop;
        }
    }
    panic!("{wanted} is not reached within {MOST_STOPS} stops on {}", visitor.path());
}

fn enter(visitor: &Visitor<'_>) {
    visitor.browser.script("window.here = true");
    visitor.key("Enter");
    visitor.arrive();
}

fn type_in(visitor: &Visitor<'_>, words: &str) {
    visitor.browser.devtools("Input.insertText", &json!({"text": words}));
}

/// Two keys, as the help behind `?` says.
fn go_by(visitor: &Visitor<'_>, letter: &str) {
    visitor.browser.script("window.here = true");
    visitor.key("g");
    visitor.key(letter);
    visitor.arrive();
}

#[test]
fn a_duty_and_back_without_a_mouse() {
    let county = County::open();
    let Some(browser) = Browser::start(&county.folder("keyboard"), "zh-CN") else { return };
    browser.desktop();
    let visitor = Visitor { browser: &browser, base: &county.base };
    visitor.go("/login");
    tab_to(&visitor, "name");
    type_in(&visitor, "keyuan");
    assert_eq!(tab_to(&visitor, "password"), 1);
    type_in(&visitor, PASSWORD);
    enter(&visitor);
    assert_eq!(visitor.path(), "/overview");
    // The first stop of every page leads past the rail.
    assert_eq!(tab_to(&visitor, "#content"), 1);
    visitor.key("Enter");
    tab_to(&visitor, "/compliance/duties/D019");
    enter(&visitor);
    assert_eq!(visitor.path(), "/compliance/duties/D019");
    // A question of the verdict, asked again where its number came from.
    tab_to(&visitor, "#content");
    visitor.key("Enter");
    tab_to(&visitor, "/records/log-source?view=is:in_use");
    enter(&visitor);
    assert!(visitor.path().starts_with("/records/log-source"), "{}", visitor.path());
    visitor.key("?");
    visitor.until("help", || visitor.browser.exists("#keys[open]"));
    visitor.key("Escape");
    visitor.until("end of the help", || !visitor.browser.exists("#keys[open]"));
    visitor.key("j");
    assert!(visitor.browser.exists("#rows [aria-selected=true]"));
    go_by(&visitor, "c");
    assert_eq!(visitor.path(), "/compliance");
    go_by(&visitor, "o");
    assert_eq!(visitor.path(), "/overview");
}
