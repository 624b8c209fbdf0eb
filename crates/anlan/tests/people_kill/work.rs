//! What each person does all day: opens records of several kinds, moves them, corrects them, attaches files, writes on colleagues' records, sends tasks down.
//!
//! Invariant: what stands in [`Done`] was acknowledged by the server, word for word; an opening that was sent and not answered stays with its desk, with its key.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anlan_base::{Clock as _, SystemClock};
use anlan_ledger::engine::UnitId;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{Office, Person, SCHOOLS};

/// Something that was acknowledged.
#[derive(Clone, Debug)]
pub struct Change {
    pub number: String,
    /// Number of the entry.
    pub version: u64,
    pub act: &'static str,
    /// A field of that entry and what it holds.
    pub field: &'static str,
    pub value: String,
    /// Records that it opened beside.
    pub opened: Vec<String>,
}

/// An opening that may be sent again under its key.
#[derive(Clone, Debug)]
pub struct Opening {
    pub kind: &'static str,
    pub key: String,
    pub body: Value,
}

#[derive(Clone, Debug)]
pub struct Opened {
    pub seat: usize,
    pub opening: Opening,
    pub number: String,
}

/// All that people were told.
#[derive(Default)]
pub struct Done {
    pub changes: Mutex<Vec<Change>>,
    pub openings: Mutex<Vec<Opened>>,
    /// Digests of files with their bytes.
    pub files: Mutex<BTreeMap<String, Vec<u8>>>,
    of_unit: Mutex<BTreeMap<UnitId, Vec<(String, u64)>>>,
    count: AtomicUsize,
}

impl Done {
    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    fn keep(&self, change: Change) {
        self.changes.lock().unwrap().push(change);
        self.count.fetch_add(1, Ordering::SeqCst);
    }
}

pub struct Desk {
    seat: usize,
    token: String,
    person: String,
    unit: UnitId,
    is_bureau: bool,
    turn: u64,
    /// Sent, and not answered.
    pub doubt: Option<Opening>,
}

/// A day in Beijing, so many days from now.
fn day(ahead: u64) -> String {
    SystemClock.now().plus_nanos(ahead * 86_400 * 1_000_000_000).to_civil().chars().take(10).collect()
}

/// A moment an hour ago.
fn lately() -> String {
    SystemClock.now().minus_seconds(3_600).to_civil().replace(' ', "T").chars().take(16).collect()
}

/// The smallest picture there is, no two alike.
fn picture(text: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", text.as_bytes()].concat()
}

/// The answer of a command that must be taken.
fn taken(answer: &Answer) -> Value {
    assert!(matches!(answer.status, 200 | 201), "{} {}", answer.status, answer.text());
    answer.json()
}

impl Desk {
    pub fn new(seat: usize, person: &Person) -> Self {
        let (token, id) = (person.token.clone(), person.id.to_string());
        Self { seat, token, person: id, unit: person.unit, is_bureau: person.is_bureau, turn: 0, doubt: None }
    }

    /// Until the server is gone.
    pub fn work(&mut self, office: &Office, port: u16, over: &AtomicBool, done: &Done) {
        let Ok(mut caller) = Caller::new(&office.dir, port, &self.token) else { return };
        while !over.load(Ordering::SeqCst) {
            self.turn += 1;
            let walked = match (self.is_bureau, (self.seat as u64 + self.turn) % 3) {
                (true, _) => self.send_down(office, &mut caller, done),
                (_, 0) => self.hazard(&mut caller, done),
                (_, 1) => self.complaint(&mut caller, done),
                _ => self.meeting(&mut caller, done),
            };
            if walked.and_then(|()| self.colleague(&mut caller, done)).is_err() {
                return;
            }
        }
    }

    /// What was in doubt at the kill: under its key, so that it is there once.
    pub fn send_again(&mut self, office: &Office, port: u16, done: &Done) {
        let Some(opening) = self.doubt.take() else { return };
        let mut caller = Caller::new(&office.dir, port, &self.token).unwrap();
        self.open(&mut caller, done, opening).unwrap();
    }

    fn said(&self, what: &str) -> String {
        format!("{what} of seat {} turn {}", self.seat, self.turn)
    }

    fn opening(&self, kind: &'static str, values: &Value) -> Opening {
        let mut values = values.clone();
        values["title"] = json!(self.said(kind));
        let body = json!({ "unit": self.unit.to_string(), "values": values });
        Opening { kind, key: format!("{}-{}", self.seat, self.turn), body }
    }

    fn open(&mut self, caller: &mut Caller, done: &Done, opening: Opening) -> std::io::Result<String> {
        self.doubt = Some(opening.clone());
        let answer = taken(&caller.post_once(&format!("/api/v1/kinds/{}/records", opening.kind), &opening.key, &opening.body)?);
        self.doubt = None;
        let (number, version) = (answer["number"].as_str().unwrap().to_owned(), answer["version"].as_u64().unwrap());
        let value = opening.body["values"]["title"].as_str().unwrap().to_owned();
        done.keep(Change { number: number.clone(), version, act: "record.open", field: "f.title", value, opened: Vec::new() });
        done.openings.lock().unwrap().push(Opened { seat: self.seat, opening, number: number.clone() });
        done.of_unit.lock().unwrap().entry(self.unit).or_default().push((number.clone(), version));
        Ok(number)
    }

    /// One command on a record, and what is to be found of it: field and value.
    fn change(
        &self,
        caller: &mut Caller,
        done: &Done,
        number: &str,
        (act, path): (&'static str, &str),
        body: &Value,
        (field, value): (&'static str, &str),
    ) -> std::io::Result<()> {
        let answer = taken(&caller.post(&format!("/api/v1/records/{number}/{path}"), body)?);
        let opened = answer["opened"].as_array().unwrap().iter().map(|number| number.as_str().unwrap().to_owned()).collect();
        let version = answer["version"].as_u64().unwrap();
        done.keep(Change { number: number.to_owned(), version, act, field, value: value.to_owned(), opened });
        Ok(())
    }

    fn correct(&self, caller: &mut Caller, done: &Done, number: &str, name: &str, field: &'static str) -> std::io::Result<()> {
        let value = self.said("corrected");
        let body = json!({ "values": { name: value }, "reason": "写错" });
        self.change(caller, done, number, ("record.correct", "acts/correct"), &body, (field, &value))
    }

    fn hazard(&mut self, caller: &mut Caller, done: &Done) -> std::io::Result<()> {
        let values = json!({ "happened": lately(), "category": "network", "level": "general", "handling": "at_once" });
        let number = self.open(caller, done, self.opening("hazard", &values))?;
        let measure = self.said("measure");
        let body = json!({ "values": { "owner": self.person, "measure": measure } });
        self.change(caller, done, &number, ("record.move", "moves/order"), &body, ("f.measure", &measure))?;
        let bytes = picture(&self.said("picture"));
        let file = taken(&caller.send_file("proof.png", &bytes)?);
        let digest = file["digest"].as_str().unwrap().to_owned();
        let body = json!({ "values": { "done": self.said("fixed"), "proof": [file], "fixed_on": day(0) } });
        self.change(caller, done, &number, ("record.move", "moves/fix"), &body, ("f.done", &self.said("fixed")))?;
        done.files.lock().unwrap().insert(digest, bytes);
        self.correct(caller, done, &number, "place", "f.place")
    }

    fn complaint(&mut self, caller: &mut Caller, done: &Done) -> std::io::Result<()> {
        let values = json!({ "happened": lately(), "came": "phone", "kind": "account", "what": "打不开" });
        let number = self.open(caller, done, self.opening("complaint", &values))?;
        self.correct(caller, done, &number, "what", "f.what")
    }

    fn meeting(&mut self, caller: &mut Caller, done: &Done) -> std::io::Result<()> {
        let number = self.open(caller, done, self.opening("meeting", &json!({})))?;
        self.correct(caller, done, &number, "agenda", "f.agenda")
    }

    /// One task for every school.
    fn send_down(&mut self, office: &Office, caller: &mut Caller, done: &Done) -> std::io::Result<()> {
        let number = self.open(caller, done, self.opening("task", &json!({ "text": "请查收" })))?;
        let units: Vec<String> = office.schools.iter().map(ToString::to_string).collect();
        assert_eq!(units.len(), SCHOOLS);
        let body = json!({ "values": { "units": units, "wants": "receipt", "due": day(10), "sum_by": day(12) } });
        self.change(caller, done, &number, ("record.move", "moves/issue"), &body, ("move", "issue"))
    }

    /// A word on what somebody of the same unit opened, and a correction that may come too late.
    fn colleague(&self, caller: &mut Caller, done: &Done) -> std::io::Result<()> {
        let found = {
            let all = done.of_unit.lock().unwrap();
            all.get(&self.unit).and_then(|list| list.get((self.turn as usize * 7 + self.seat) % list.len().max(1)).cloned())
        };
        let Some((number, seen)) = found else { return Ok(()) };
        let text = self.said("note");
        self.change(caller, done, &number, ("record.note", "acts/note"), &json!({ "text": text }), ("text", &text))?;
        let body = json!({ "values": { "title": "too late" }, "reason": "旧", "seen": seen });
        let answer = caller.post(&format!("/api/v1/records/{number}/acts/correct"), &body)?;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (409, Some("stale")), "{}", answer.text());
        Ok(())
    }
}
