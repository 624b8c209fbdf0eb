//! The members of a pack that are for people and other programs: guide, paper, verdicts, verifier, list, digests.
//!
//! Invariant: they say what the rest of the pack holds; they follow from the request, the checkpoint and the members that stand already.

use std::collections::BTreeMap;

use anlan_base::text::{Lang, text};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::note::VerifyingKey;
use anlan_vault::Scope;

use super::build::{PackRequest, Ready};
use super::forms::{self, TextFile};
use super::paper::{self, DayFile, Facts};
use super::sums::{Sums, is_listed};
use super::table::{Row, table};
use super::told::Told;
use super::{GUIDE, PAPER, PAPERS, Period, SUMS, VERDICTS, VERIFIER};
use crate::AssureError;

/// The verifier for a browser, as it lies in every pack.
pub const BROWSER_VERIFIER: &str = include_str!("../../../../verify/verify.html");
/// Folders of which the list tells number and bytes alone.
const FOLDED: [&str; 3] = ["lines/", "log/tile/", "masked/"];

/// The pack's copy says where it came from.
fn in_pack(verifier: &str) -> String {
    verifier.replacen("<html ", "<html data-in-pack ", 1)
}

pub(super) struct People<'a> {
    request: &'a PackRequest,
    checkpoint: Checkpoint,
    /// The checkpoint as it was signed.
    note: String,
    vkey: String,
    /// Lines that stand as copies.
    masked: u64,
    told: Told,
}

impl<'a> People<'a> {
    pub(super) fn new(request: &'a PackRequest, (checkpoint, note): (&Checkpoint, &[u8]), key: &VerifyingKey, masked: u64) -> Self {
        let note = String::from_utf8_lossy(note).into_owned();
        let told = if request.choices.masked { request.told.clone().masked(&request.mask) } else { request.told.clone() };
        Self { request, checkpoint: checkpoint.clone(), note, vkey: key.render(), masked, told }
    }

    fn period(&self) -> Period {
        Period { since: self.request.since, until: self.request.until }
    }

    fn sources(&self) -> Option<Vec<String>> {
        match &self.request.scope {
            Scope::All => None,
            Scope::Sources(sources) => Some(sources.iter().map(ToString::to_string).collect()),
        }
    }

    /// The forms that were chosen, by the names of their members.
    pub(super) fn forms(&self, ready: &BTreeMap<String, Ready>) -> Vec<(String, String)> {
        let file = |(name, ready): (&String, &Ready)| {
            let (source, day, lines) = ready.of.as_ref()?;
            let (source, sm3) = (source.to_string(), ready.sm3.unwrap_or_default());
            Some(TextFile { name: name.clone(), source, day: *day, lines: *lines, bytes: ready.length, sha256: ready.digest, sm3 })
        };
        let asked = forms::Asked {
            told: &self.told,
            choices: &self.request.choices,
            period: self.period(),
            sources: self.sources(),
            size: self.checkpoint.size,
            root: self.checkpoint.root,
            files: ready.iter().filter_map(file).collect(),
        };
        self.request.forms.iter().map(|form| (format!("{PAPERS}{}", form.member()), forms::page(*form, &asked))).collect()
    }

    /// The texts, by the names of their members.
    pub(super) fn texts(&self, ready: &BTreeMap<String, Ready>) -> [(&'static str, String); 4] {
        let days: Vec<DayFile> = ready
            .values()
            .filter_map(|ready| {
                let (source, day, lines) = ready.of.as_ref()?;
                Some(DayFile { source: source.to_string(), day: *day, lines: *lines, bytes: ready.length })
            })
            .collect();
        let facts = Facts {
            told: &self.told,
            choices: &self.request.choices,
            period: self.period(),
            sources: self.sources(),
            checkpoint: self.note.clone(),
            vkey: self.vkey.clone(),
            lines: days.iter().map(|day| day.lines).sum(),
            masked_lines: self.masked,
            days,
        };
        [(GUIDE, self.guide()), (PAPER, paper::render(&facts)), (VERDICTS, self.told.json()), (VERIFIER, in_pack(BROWSER_VERIFIER))]
    }

    /// How to read and verify, Chinese first.
    fn guide(&self) -> String {
        let Period { since, until } = self.period();
        let (since, until, size) = (since.to_rfc3339(), until.to_rfc3339(), self.checkpoint.size.to_string());
        let entry = self.request.choices.made.to_string();
        let args = [("origin", self.checkpoint.origin.as_str()), ("since", &since), ("until", &until), ("size", &size), ("entry", &entry)];
        let masked = if self.request.choices.masked { "pack-guide-masked" } else { "pack-guide-raw" };
        let in_one = |lang| format!("{}\n\n{}\n", text(lang, "pack-guide", &args), text(lang, masked, &[]));
        let mark = if self.told.watermark.is_empty() { String::new() } else { format!("{}\n\n", self.told.watermark) };
        format!("{mark}{}\n----\n\n{}", in_one(Lang::Zh), in_one(Lang::En))
    }

    /// `目录.xlsx`.
    pub(super) fn table(&self, ready: &BTreeMap<String, Ready>) -> Result<Vec<u8>, AssureError> {
        let lang = self.request.choices.lang;
        let mut rows = Vec::new();
        for (name, ready) in ready.iter().filter(|(name, _)| !FOLDED.iter().any(|folder| name.starts_with(folder))) {
            let of = ready.of.as_ref().map(|(source, day, lines)| (source.to_string(), *day, *lines));
            rows.push(Row { name: name.clone(), of, members: 1, bytes: ready.length, digests: Some((ready.digest, ready.sm3)) });
        }
        for folder in FOLDED {
            let inside: Vec<&Ready> = ready.iter().filter(|(name, _)| name.starts_with(folder)).map(|(_, ready)| ready).collect();
            let bytes = inside.iter().map(|ready| ready.length).sum();
            rows.push(Row { name: folder.to_owned(), of: None, members: inside.len() as u64, bytes, digests: None });
        }
        table(&rows, &self.facts(), lang, self.told.at).map_err(|error| AssureError::Table(error.to_string()))
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let choices = &self.request.choices;
        let Period { since, until } = self.period();
        let say = |key: &str| text(choices.lang, key, &[]);
        let code = choices.label.code();
        vec![
            ("paper-unit", self.told.unit.clone()),
            ("table-since", since.to_rfc3339()),
            ("table-until", until.to_rfc3339()),
            ("paper-scope", self.sources().map_or_else(|| say("paper-scope-all"), |sources| sources.join("\n"))),
            ("table-label", say(&format!("evidence-label-{code}"))),
            ("paper-masked", say(if choices.masked { "paper-masked-yes" } else { "paper-masked-no" })),
            ("paper-purpose", choices.purpose.clone()),
            ("paper-visit", choices.visit.clone()),
            ("table-entry", choices.made.to_string()),
            ("paper-checkpoint", self.note.clone()),
            ("paper-vkey", self.vkey.clone()),
            ("table-caution", say("paper-self-check")),
        ]
    }

    /// `校验值.txt`.
    pub(super) fn sums(ready: &BTreeMap<String, Ready>) -> String {
        let mut sums = Sums::new();
        for (name, ready) in ready.iter().filter(|(name, _)| is_listed(name) && name.as_str() != SUMS) {
            sums.line(&ready.digest, &ready.sm3.unwrap_or_default(), ready.length, name);
        }
        sums.finish()
    }
}
