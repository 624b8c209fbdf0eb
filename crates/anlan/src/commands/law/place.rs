//! Places of a statute as the shell shows them: numbers in all versions, what became of them, and what to say where one does not exist.

use anlan_law::{Change, Citation, Ending, Landing, Library, Stop, Trace, Unresolved, VersionId};
use anyhow::Result;
use serde_json::{Value, json};

use super::today;
use crate::say::{Say, code};

/// The places that stand for the cited one in a version: `第二十三条第三项`, several joined, or why there is none.
pub fn stop_places(say: &Say, stop: &Stop) -> String {
    if stop.landings.is_empty() {
        return say.text(ending_key(stop.endings.first()), &[]);
    }
    let places = stop.landings.iter().map(|landing| landing_place(say, landing));
    places.collect::<Vec<_>>().join(&say.text("law-list-joint", &[]))
}

fn landing_place(say: &Say, landing: &Landing) -> String {
    let place = landing.place.show(say.lang);
    match landing.carried {
        anlan_law::Carried::Whole => place,
        anlan_law::Carried::ArticleOnly => say.text("law-somewhere-in", &[("place", &place)]),
    }
}

fn ending_key(ending: Option<&Ending>) -> &'static str {
    match ending.map(|ending| ending.change) {
        Some(Change::New) => "law-not-yet",
        Some(Change::Dropped) => "law-dropped",
        _ => "law-cannot-be-told",
    }
}

/// What became of the words: `文字相同`, `有修改`, each once; empty where the path has said that there is nothing.
pub fn stop_changes(say: &Say, stop: &Stop) -> String {
    let mut changes: Vec<Change> = stop.landings.iter().map(|landing| landing.change).collect();
    changes.extend(stop.endings.iter().filter(|_| !stop.landings.is_empty()).map(|ending| ending.change));
    changes.sort_unstable();
    changes.dedup();
    let said = changes.into_iter().map(|change| say.text(change.key(), &[]));
    said.collect::<Vec<_>>().join(&say.text("law-list-joint", &[]))
}

pub fn trace_json(trace: &Trace) -> Result<Value> {
    Ok(serde_json::to_value(&trace.stops)?)
}

/// Why a place is none, and where it stands in other versions, with the number that holds today.
pub fn unresolved(say: &Say, library: &Library, citation: &Citation, why: &Unresolved) -> anyhow::Error {
    let mut message = why.message(say.lang);
    for version in library.statute(&citation.statute).into_iter().flat_map(|statute| &statute.versions) {
        let Ok(trace) = library.trace(&version.id, citation.place) else { continue };
        let path = path(say, &version.id, &trace);
        message.push_str(&format!("\n  {}", say.text("law-stands-elsewhere", &[("version", version.id.as_str()), ("path", &path)])));
    }
    anyhow::Error::new(crate::say::Told { message, code: code::FAILED })
}

/// `第二十条第三项（csl@draft2）→ 2016 第二十一条第三项 → 2025 第二十三条第三项`; versions before the cited one follow behind `←`.
pub fn path(say: &Say, cited: &VersionId, trace: &Trace) -> String {
    let at = trace.stops.iter().position(|stop| stop.version == *cited).unwrap_or(0);
    let start = trace.stops.get(at).map(|stop| stop_places(say, stop)).unwrap_or_default();
    let mut path = say.text("law-path-start", &[("place", &start), ("version", cited.as_str())]);
    let later = trace.stops.iter().skip(at + 1).map(|stop| ("→", stop));
    for (arrow, stop) in later.chain(trace.stops.iter().take(at).rev().map(|stop| ("←", stop))) {
        if !path.ends_with('）') {
            path.push(' ');
        }
        path.push_str(&format!("{arrow} {} {}", stop.version.edition(), stop_places(say, stop)));
    }
    path
}

/// The version of a statute that holds today.
pub fn version_today(say: &Say, library: &Library, statute: &str) -> Result<VersionId> {
    let day = today();
    let version = library.version_on(statute, day).map(|version| version.id.clone());
    version.ok_or_else(|| say.told(code::FAILED, "law-none-in-force", &[("statute", statute), ("day", &day.to_string())]))
}

/// A citation in JSON: `{"statute","version","place"}`.
pub fn citation_json(citation: &Citation, version: &VersionId) -> Value {
    json!({ "statute": citation.statute, "version": version, "place": citation.place })
}
