//! Every page that somebody of the demo may open, as people use it who do not see it as it was drawn: axe's faults, both languages, light and dark,
//! desk and phone, and the keyboard alone.
//!
//! Invariants: pages are those of the route table, so a new page is looked at without being named here; a route that is no page, or that only an
//! upload makes, stands in a list below. Each page is looked at in all eight ways by our own checks; axe's rules of structure run where the structure
//! can differ (each language on each screen), its rules of colour where colours can (light and dark on each screen). The forms that pages lead to, and what
//! other people see on the same pages, are looked at in one language each: they are made of the same parts. axe-core is not ours: `cargo xtask test`
//! fetches it, and where it is missing one line says so and our own checks run alone.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

#[path = "../county/mod.rs"]
mod county;
mod keyboard;
mod pages;
#[path = "../server/mod.rs"]
mod server;
mod ways;

use std::fmt::Write as _;

use county::{County, Visitor};
use serde_json::{Value, json};
use server::browser::Browser;

/// What `cargo xtask test` fetches: see xtask/src/setup.rs.
const AXE: &str = "target/tools/axe-core-4.10.3/axe.min.js";

/// New records and moves that the handler of the county is offered, at least.
const FORMS_AT_LEAST: usize = 60;

/// What a page owes that axe does not ask, or asks less strictly.
const OWN: &str = "
const faults = [];
const say = (what, e) => faults.push(what + ': ' + (e ? e.outerHTML.slice(0, 160) : ''));
const shown = e => e.getClientRects().length > 0 && e.checkVisibility();
if (!document.querySelector('main.sheet') && document.querySelectorAll('h1').length !== 1) say('not one h1');
if (!['zh-CN', 'en'].includes(document.documentElement.lang)) say('no language');
for (const e of document.querySelectorAll('th:not([scope])')) say('th without scope', e);
for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
  if (shown(e) && !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) say('no label', e);
for (const e of document.querySelectorAll('a[href], button'))
  if (shown(e) && !(e.innerText.trim() || e.getAttribute('aria-label') || e.querySelector('[aria-label], title, img[alt]'))) say('no name', e);
const wide = document.scrollingElement.scrollWidth - document.documentElement.clientWidth;
if (wide > 1) say('scrolls sideways by ' + wide, [...document.querySelectorAll('main *')].find(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.flush, .raw, pre, svg')));
const first = [...document.querySelectorAll('main a[href], main button, main input:not([type=hidden])')].find(shown);
if (first) { first.focus({focusVisible: true}); const s = getComputedStyle(first); if (s.outlineStyle === 'none' && s.boxShadow === 'none') say('focus is not seen', first); first.blur(); }
return faults;";

/// What axe calls serious or critical, with the place of the first few.
const AXE_ASKED: &str = "
const done = arguments[0];
axe.run({resultTypes: ['violations'], preload: false, RULES}).then(found => done(found.violations.filter(one => ['serious', 'critical'].includes(one.impact))
  .flatMap(one => one.nodes.slice(0, 3).map(node =>
    one.id + ' ' + node.target.join(' ') + ' ' + node.html.slice(0, 120) + ' ' + (node.any.concat(node.all)[0] || {message: ''}).message))),
  wrong => done([String(wrong)]));";

/// Which of axe's rules run.
#[derive(Clone, Copy, PartialEq)]
enum Rules {
    All,
    /// Those that hang on colours.
    Colour,
    /// The rest.
    Structure,
    None,
}

impl Rules {
    fn asked(self) -> String {
        let colour = "'color-contrast', 'link-in-text-block'";
        let rules = match self {
            Self::All | Self::None => String::new(),
            Self::Colour => format!("runOnly: {{type: 'rule', values: [{colour}]}}"),
            Self::Structure => "rules: {'color-contrast': {enabled: false}, 'link-in-text-block': {enabled: false}}".to_owned(),
        };
        AXE_ASKED.replace("RULES", &rules)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Screen {
    Desk,
    Phone,
}

struct Look<'a> {
    visitor: Visitor<'a>,
    language: &'static str,
    has_axe: bool,
    faults: String,
}

impl Look<'_> {
    fn at(&mut self, path: &str, screen: Screen, scheme: &str, rules: Rules) {
        let browser = self.visitor.browser;
        match screen {
            Screen::Desk => browser.desktop(),
            Screen::Phone => browser.phone(),
        }
        browser.devtools("Emulation.setEmulatedMedia", &json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}));
        let wide = if screen == Screen::Desk { 1366 } else { 390 };
        let own = browser.script(OWN);
        let axe = if self.has_axe && rules != Rules::None { browser.answer(&rules.asked()) } else { Value::Null };
        for fault in [own, axe].iter().filter_map(Value::as_array).flatten() {
            writeln!(self.faults, "{path} {} {wide} {scheme}: {}", self.language, fault.as_str().unwrap_or_default()).unwrap();
        }
    }

    fn open(&self, path: &str) {
        self.visitor.go(path);
        assert_eq!(self.visitor.path(), path, "the page was not opened");
        let browser = self.visitor.browser;
        assert_eq!(browser.attribute("html", "lang"), self.language, "{path}");
        assert!(browser.exists("main"), "{path} is no page: {}", browser.source());
        let status = browser.script("return performance.getEntriesByType('navigation')[0].responseStatus");
        assert_eq!(status, 200, "{path}: {}", browser.text("main"));
    }

    /// All four ways of one language; colours do not hang on the language, so each language looks at those of one screen.
    fn page(&mut self, path: &str) {
        self.open(path);
        for screen in [Screen::Desk, Screen::Phone] {
            let is_mine = (screen == Screen::Desk) == (self.language == "zh-CN");
            self.at(path, screen, "light", if is_mine { Rules::All } else { Rules::Structure });
            self.at(path, screen, "dark", if is_mine { Rules::Colour } else { Rules::None });
        }
    }

    /// A page made of parts that were looked at elsewhere.
    fn glance(&mut self, path: &str) {
        self.open(path);
        self.at(path, Screen::Desk, "light", Rules::All);
        self.at(path, Screen::Desk, "dark", Rules::Colour);
        self.at(path, Screen::Phone, "light", Rules::None);
    }
}

/// Hands axe to every page; false, and one line that says so, where it is not there.
fn with_axe(browser: &Browser) -> bool {
    let axe = std::fs::read_to_string(server::root().join(AXE)).ok();
    match &axe {
        Some(source) => drop(browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": source}))),
        None => println!("left out: axe-core is not there; cargo xtask test fetches it"),
    }
    axe.is_some()
}

/// Looks at every page in one language; returns the faults, a line each.
fn look(county: &County, language: &'static str, code: usize) -> String {
    let Some(browser) = Browser::start(&county.folder(language), language) else { return String::new() };
    let has_axe = with_axe(&browser);
    let visitor = Visitor { browser: &browser, base: &county.base };
    let mut look = Look { visitor, language, has_axe, faults: String::new() };
    look.page("/login");
    for account in pages::ACCOUNTS {
        let paths = pages::of(account);
        let codes = county.recovery_codes(account);
        look.visitor.sign_in(account, codes.get(code).map(String::as_str));
        for path in paths {
            look.page(&path.replace(pages::LINE, &county.line));
        }
    }
    look.faults
}

#[test]
fn no_page_has_a_serious_fault() {
    let county = County::open();
    let faults = std::thread::scope(|scope| {
        let both = [("zh-CN", 0), ("en", 1)].map(|(language, code)| {
            let county = &county;
            scope.spawn(move || look(county, language, code))
        });
        both.map(|one| one.join().unwrap()).concat()
    });
    assert!(faults.is_empty(), "{faults}");
}

/// Looks at the forms and at what other people see; each page in one language, by turns.
fn look_at_others(county: &County, language: &'static str, turn: usize) -> String {
    let Some(browser) = Browser::start(&county.folder(language), language) else { return String::new() };
    let has_axe = with_axe(&browser);
    let visitor = Visitor { browser: &browser, base: &county.base };
    let mut look = Look { visitor, language, has_axe, faults: String::new() };
    for (account, pages) in ways::OTHERS {
        let codes = county.recovery_codes(account);
        look.visitor.sign_in(account, codes.get(turn).map(String::as_str));
        for path in pages.iter().skip(turn).step_by(2) {
            look.glance(path);
        }
    }
    look.visitor.sign_in(pages::ACCOUNTS[0], None);
    let forms = ways::forms(&look.visitor);
    assert!(forms.len() >= FORMS_AT_LEAST, "{forms:?}");
    for path in forms.iter().skip(turn).step_by(2) {
        look.glance(path);
    }
    look.faults
}

#[test]
fn no_form_and_no_other_view_has_a_serious_fault() {
    let county = County::open();
    let faults = std::thread::scope(|scope| {
        let both = [("zh-CN", 0), ("en", 1)].map(|(language, turn)| {
            let county = &county;
            scope.spawn(move || look_at_others(county, language, turn))
        });
        both.map(|one| one.join().unwrap()).concat()
    });
    assert!(faults.is_empty(), "{faults}");
}
