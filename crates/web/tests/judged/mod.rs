//! Verdicts as a judge would have kept them, day by day: for tests of pages and for the preview, without a probe.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

use anlan_base::Instant;
use anlan_ledger::{Reached, VerdictState};
use serde_json::{Value, json};

use crate::house::House;

const HOUR: u64 = 3_600;

/// What a verdict says.
#[derive(Clone, Debug)]
pub struct Said {
    pub duty: &'static str,
    pub state: VerdictState,
    pub computed: bool,
    pub body: Value,
}

pub fn said(duty: &'static str, state: VerdictState) -> Said {
    let why = if state == VerdictState::Unknown { json!("not_measured") } else { Value::Null };
    let body = json!({ "why": why, "since": null, "facts": {}, "reasons": [], "asked": [], "sample": [], "who": null });
    Said { duty, state, computed: true, body }
}

impl Said {
    pub fn facts(mut self, facts: Value) -> Self {
        self.body["facts"] = facts;
        self
    }

    pub fn because(mut self, code: &str, args: Value) -> Self {
        self.body["reasons"].as_array_mut().unwrap().push(json!({ "code": code, "args": args }));
        self
    }

    pub fn asked(mut self, how: &str, text: &str, number: u64) -> Self {
        self.body["asked"].as_array_mut().unwrap().push(json!({ "how": how, "text": text, "number": number }));
        self
    }

    pub fn saw(mut self, what: &str, at: &str) -> Self {
        self.body["sample"].as_array_mut().unwrap().push(json!({ "what": what, "at": at }));
        self
    }

    /// From so many days before the measurement.
    pub fn looked_back(mut self, days: u64) -> Self {
        self.body["since"] = json!(days);
        self
    }

    pub fn attested(mut self, person: &str, until: &str, record: &str) -> Self {
        self.computed = false;
        self.body["who"] = json!({ "person": person, "until": until, "record": record });
        self
    }

    fn reached(&self, now: Instant) -> Reached {
        let mut body = self.body.clone();
        body["at"] = json!(now.0.to_string());
        body["until"] = json!(now.0.to_string());
        if let Some(days) = body["since"].as_u64() {
            body["since"] = json!(now.minus_seconds(days * 24 * HOUR).0.to_string());
        }
        Reached { duty: self.duty.to_owned(), state: self.state, computed: self.computed, body: body.to_string() }
    }
}

impl House {
    /// Keeps these verdicts now.
    pub async fn judge(&self, said: &[Said]) {
        use anlan_base::Clock as _;
        let now = self.clock.now();
        let reached: Vec<Reached> = said.iter().map(|one| one.reached(now)).collect();
        self.ledger.keep_measurement(&reached, &[]).await.unwrap();
    }

    /// Measures once on each of the days before now, the oldest first, at the hour of now; then now.
    pub async fn judge_days(&self, now: Instant, days: u64, said: impl Fn(u64) -> Vec<Said>) {
        for back in (0..=days).rev() {
            self.clock.set(now.minus_seconds(back * 24 * HOUR));
            self.judge(&said(back)).await;
        }
    }
}
