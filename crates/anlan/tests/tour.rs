//! The README's tour, taken in a browser by following its words, in both languages.
//!
//! Invariants: what is opened, filled in, pressed, seen and run stands in the README and nowhere here, so the test fails when words and pages part.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod county;
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use county::{County, Visitor};
use serde_json::{Value, json};
use server::browser::Browser;
use server::{ANLAN, root};

const STEPS_EXPECTED: usize = 13;
const PATIENCE: Duration = Duration::from_secs(60);

/// What one piece of a step asks for, in the order of the words.
#[derive(Clone, Debug, PartialEq)]
enum Do {
    Open(String),
    Fill(String),
    /// The demo printed this when it started.
    Printed(String),
    Press(String),
    See(String),
}

#[derive(Debug)]
struct Step {
    said: String,
    pieces: Vec<Do>,
    command: Option<String>,
}

struct Edition {
    file: &'static str,
    title: &'static str,
    browser: &'static str,
    language: &'static str,
    key: &'static str,
}

const EDITIONS: [Edition; 2] = [
    Edition { file: "README.zh-CN.md", title: "## 走一遍", browser: "zh-CN", language: "zh", key: "公钥" },
    Edition { file: "README.md", title: "## A tour", browser: "en", language: "en", key: "KEY" },
];

/// `code` is opened, filled in or was printed; **bold** is pressed; “quoted” is seen.
fn pieces(line: &str) -> Vec<Do> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(['`', '*', '“']) {
        let (open, close) = match rest[at..].chars().next().unwrap() {
            '`' => ("`", "`"),
            '*' => ("**", "**"),
            _ => ("“", "”"),
        };
        let inside = rest[at..].strip_prefix(open).unwrap_or_else(|| panic!("a single star in {line}"));
        let (words, after) = inside.split_once(close).unwrap_or_else(|| panic!("{open} is not closed in {line}"));
        let words = words.to_owned();
        found.push(match open {
            "`" if words.starts_with('/') => Do::Open(words),
            "`" if words.ends_with('/') => Do::Printed(words),
            "`" => Do::Fill(words),
            "**" => Do::Press(words),
            _ => Do::See(words),
        });
        rest = after;
    }
    found
}

fn is_step(line: &str) -> bool {
    line.split_once(". ").is_some_and(|(number, _)| number.parse::<u8>().is_ok())
}

fn steps(readme: &str, title: &str) -> Vec<Step> {
    let (_, after) = readme.split_once(title).unwrap_or_else(|| panic!("no {title}"));
    let tour = after.split("\n## ").next().unwrap();
    let mut steps: Vec<Step> = Vec::new();
    let mut is_code = false;
    for line in tour.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if is_code {
            steps.last_mut().unwrap().command = Some(line.to_owned());
        } else if is_step(line) {
            steps.push(Step { said: line.to_owned(), pieces: pieces(line), command: None });
        }
    }
    steps
}

struct Tourist<'a> {
    county: &'a County,
    visitor: Visitor<'a>,
    edition: &'a Edition,
    downloads: PathBuf,
    /// Fields filled in on this page so far.
    filled: usize,
}

impl Tourist<'_> {
    fn take(&mut self, step: &Step) {
        println!("{}", step.said);
        if let Some(command) = &step.command {
            let answer = self.run(command);
            for piece in &step.pieces {
                match piece {
                    Do::See(words) => assert!(answer.contains(words.as_str()), "{words}: {answer}"),
                    Do::Printed(words) => assert!(self.county.said.contains(words.as_str()), "{words}"),
                    other => panic!("{other:?} beside a command"),
                }
            }
            return;
        }
        for piece in &step.pieces {
            match piece {
                Do::Open(path) => self.open(path),
                Do::Fill(value) => self.fill(value),
                Do::Printed(words) => assert!(self.county.said.contains(words.as_str()), "{words}"),
                Do::Press(words) => self.press(words),
                Do::See(words) => self.see(words),
            }
        }
    }

    fn open(&mut self, path: &str) {
        self.filled = 0;
        if self.visitor.path() != path {
            self.visitor.go(path);
        }
        assert_eq!(self.visitor.path(), path);
    }

    /// Into the next field that takes words.
    fn fill(&mut self, value: &str) {
        let script = format!(
            "const fields = [...document.querySelectorAll('main input')].filter(e => e.offsetParent && ['text', 'password', 'date'].includes(e.type));
             const field = fields[{}]; if (!field) return null; field.value = {}; return field.value;",
            self.filled,
            json!(value)
        );
        assert_eq!(self.visitor.browser.script(&script), value, "no field for {value} on {}", self.visitor.path());
        self.filled += 1;
    }

    /// The first link or button in sight that begins with these words.
    fn press(&mut self, words: &str) {
        self.filled = 0;
        let find = format!(
            "[...document.querySelectorAll('a, button')].find(e => e.offsetParent && e.innerText.trim().split('\\n')[0].trim() === {})",
            json!(words)
        );
        let is_there = format!("return !!{find}");
        self.visitor.until(words, || self.visitor.browser.script(&is_there) == Value::Bool(true));
        let is_file = self.visitor.browser.script(&format!("return ({find}.getAttribute('href') || '').endsWith('.zip')"));
        if is_file == Value::Bool(true) {
            self.visitor.browser.script(&format!("{find}.click()"));
            self.file(".zip");
            return;
        }
        self.visitor.leave(&format!("{find}.click()"));
    }

    fn see(&self, words: &str) {
        let seen = format!("return document.body.innerText.includes({})", json!(words));
        self.visitor.until(words, || self.visitor.browser.script(&seen) == Value::Bool(true));
    }

    /// What was downloaded, once it is whole.
    fn file(&self, ending: &str) -> PathBuf {
        let begun = Instant::now();
        loop {
            let mut files = std::fs::read_dir(&self.downloads).unwrap().map(|entry| entry.unwrap().path());
            if let Some(path) = files.find(|path| path.to_str().unwrap().ends_with(ending)) {
                return path;
            }
            assert!(begun.elapsed() < PATIENCE, "no {ending} was downloaded");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// The command as it stands, with the key that was printed and the file that was downloaded.
    fn run(&self, command: &str) -> String {
        let mut run = Command::new(ANLAN);
        run.env("ANLAN_LANG", "zh").current_dir(&self.downloads);
        let mut words = command.split(' ');
        let mut program = words.next().unwrap();
        if let Some((name, value)) = program.split_once('=') {
            run.env(name, value);
            program = words.next().unwrap();
        }
        assert_eq!(program, "./target/release/anlan");
        let said = self.county.said.split_whitespace().find(|word| *word == self.county.vkey).expect("the demo prints its key");
        run.args(words.map(|word| if word == self.edition.key { said } else { word }));
        let out = run.output().unwrap();
        assert!(out.status.success(), "{command}: {}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }
}

fn readme(edition: &Edition) -> String {
    std::fs::read_to_string(root().join(edition.file)).unwrap()
}

fn tour(county: &County, edition: &Edition) {
    let text = readme(edition);
    assert!(text.contains("anlan demo --console 127.0.0.1:8443"), "the demo is started by a command of the README");
    let steps = steps(&text, edition.title);
    assert_eq!(steps.len(), STEPS_EXPECTED, "{}", edition.file);
    let downloads = county.folder(edition.language);
    let Some(browser) = Browser::start(&downloads, edition.browser) else { return };
    browser.desktop();
    browser.open(&county.base);
    let mut tourist = Tourist { county, visitor: Visitor { browser: &browser, base: &county.base }, edition, downloads, filled: 0 };
    for step in &steps {
        tourist.take(step);
    }
}

#[test]
fn the_readme_leads_through_the_demo() {
    let county = County::open();
    // One after the other: packs are built one at a time.
    for edition in &EDITIONS {
        tour(&county, edition);
    }
}

#[test]
fn both_editions_open_press_and_fill_in_as_often() {
    let [zh, en] = EDITIONS.map(|edition| {
        let kind = |piece: &Do| match piece {
            Do::Open(path) => path.clone(),
            Do::Fill(value) | Do::Printed(value) => value.clone(),
            Do::Press(_) => "press".to_owned(),
            Do::See(_) => String::new(),
        };
        let of = |step: Step| step.pieces.iter().map(kind).filter(|kind| !kind.is_empty()).collect::<Vec<_>>();
        steps(&readme(&edition), edition.title).into_iter().map(of).collect::<Vec<_>>()
    });
    assert_eq!(zh, en);
}

#[test]
fn words_of_a_step() {
    let table = [
        ("1. go to `/login`, see “a”", vec![Do::Open("/login".into()), Do::See("a".into())]),
        ("2. `x`, **press it** `demo/`", vec![Do::Fill("x".into()), Do::Press("press it".into()), Do::Printed("demo/".into())]),
        ("3. nothing", vec![]),
    ];
    for (line, expected) in table {
        assert_eq!(pieces(line), expected, "{line}");
    }
    assert!(!is_step("1 not a step") && !is_step("x. neither"));
}

/// `cargo xtask pictures`: what the READMEs show, taken on the first screen of a desktop.
#[test]
#[ignore = "writes pictures of the READMEs; run by cargo xtask pictures"]
fn pictures() {
    let folder = std::env::var_os("ANLAN_PICTURES").expect("the folder is named in ANLAN_PICTURES");
    let county = County::whole();
    let browser = Browser::start(&county.folder("pictures"), "zh-CN").expect("chromedriver");
    browser.desktop();
    let visitor = Visitor { browser: &browser, base: &county.base };
    visitor.sign_in("keyuan", None);
    for name in ["overview", "sources"] {
        visitor.go(&format!("/{name}"));
        // The mark in the corner stays; the one across the page would hide words and double the file.
        browser.script("const s = new CSSStyleSheet(); s.replaceSync('html::after {display:none}'); document.adoptedStyleSheets = [s];");
        browser.picture(&Path::new(&folder).join(format!("{name}.png")));
    }
}
