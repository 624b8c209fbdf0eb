//! The proof of a folder of packs: all packs load together, their cases come out as expected, and citations answer to each other over the versions.

use std::collections::BTreeSet;

use super::{Lawbook, cases, draft, only};
use crate::clock::run_cases;
use crate::concordance::Landing;
use crate::duty::{Duty, Shown};
use crate::fault::Fault;
use crate::liability::Penalty;
use crate::library::Library;
use crate::place::Place;
use crate::probe::Probe;
use crate::version::VersionId;

/// Every fault of a folder of packs, in the order of files and lines; empty where it is sound.
///
/// `files` are paths below the folder (`cn/duties.toml`) with their texts. Each pack is loaded with all others.
#[must_use]
pub fn lint(files: &[(&str, &str)]) -> Vec<Fault> {
    let packs: BTreeSet<&str> = files.iter().map(|(path, _)| draft::pack_of(path)).collect();
    let enabled: Vec<&str> = packs.into_iter().collect();
    let book = match Lawbook::load(files, &enabled, None) {
        Ok(book) => book,
        Err(faults) => return faults,
    };
    let mut faults = Vec::new();
    let is_clocks = |inside: &str| inside.strip_prefix("cases/").is_some_and(|name| name.starts_with("clocks"));
    let all_cases = only(files, |inside| inside.starts_with("cases/"));
    let (clock_cases, own_cases): (Vec<_>, Vec<_>) =
        all_cases.into_iter().partition(|(path, _)| path.split_once('/').is_some_and(|(_, inside)| is_clocks(inside)));
    cases::run(&own_cases, &book, &mut faults);
    faults.extend(run_cases(&clock_cases, &book.clocks, &book.calendars));
    for duty in &book.duties {
        versions(duty, &book.library, &mut faults);
        answers(duty, &book, &mut faults);
        clocked(duty, &book, &mut faults);
    }
    faults.sort();
    faults
}

/// A duty that is shown by clocks names kinds of cases on which its clocks run.
fn clocked(duty: &Duty, book: &Lawbook, faults: &mut Vec<Fault>) {
    let Shown::Probe { probe: Probe::ClocksMissed, of, .. } = &duty.shown else { return };
    for kind in of {
        let runs = book.clocks.iter().any(|clock| clock.of.as_deref() == Some(kind) && clock.duties.contains(&duty.id));
        if !runs {
            faults.push(fault(duty, "probe.of", "duty-no-clock").with("found", kind.as_str()));
        }
    }
}

fn fault(duty: &Duty, part: &str, code: &'static str) -> Fault {
    Fault::new(&format!("{}/duties.toml", duty.pack), 0, format!("duty.{}.{part}", duty.id), code)
}

/// A duty that cites one version cites each other version in which the place goes on, with the numbers of the concordance.
fn versions(duty: &Duty, library: &Library, faults: &mut Vec<Fault>) {
    let in_force = |version: &VersionId| library.version(version).is_some_and(|version| version.from.is_some());
    for (version, places) in duty.cites.iter().filter(|(version, _)| in_force(version)) {
        for place in places {
            let Ok(trace) = library.trace(version, *place) else { continue };
            for stop in trace.stops.iter().filter(|stop| stop.version != *version && in_force(&stop.version) && !stop.landings.is_empty()) {
                if !meets(duty.places(&stop.version), &stop.landings, library, &stop.version) {
                    let wanted = stop.landings.iter().map(|landing| landing.place.to_string()).collect::<Vec<String>>().join(", ");
                    let key = format!("cites.{}", stop.version);
                    let found = fault(duty, &key, "cites-version").with("place", place.to_string()).with("from", version.as_str());
                    faults.push(found.with("version", stop.version.as_str()).with("wanted", wanted));
                }
            }
        }
    }
}

/// One of the cited places is, holds or lies in a place where the other version's place landed.
fn meets(cited: &[Place], landings: &[Landing], library: &Library, version: &VersionId) -> bool {
    let full = |place: Place| library.resolve(version, place).map_or(place, |resolved| resolved.place);
    cited.iter().any(|cited| {
        let cited = full(*cited);
        landings.iter().map(|landing| full(landing.place)).any(|landed| cited.covers(landed) || landed.covers(cited))
    })
}

/// A penalty of a duty punishes the breach of a place that the duty cites.
fn answers(duty: &Duty, book: &Lawbook, faults: &mut Vec<Fault>) {
    for penalty in duty.penalties.iter().filter_map(|id| book.penalty(id)) {
        let Ok(version) = penalty.law.parse::<VersionId>() else { continue };
        if !penalty.answers.is_empty() && !punishes(penalty, duty.places(&version)) {
            let wanted = penalty.answers.iter().map(Place::to_string).collect::<Vec<String>>().join(", ");
            faults.push(fault(duty, "penalties", "penalty-other").with("penalty", penalty.id.as_str()).with("wanted", wanted));
        }
    }
}

fn punishes(penalty: &Penalty, cited: &[Place]) -> bool {
    penalty.answers.iter().any(|place| cited.iter().any(|cited| place.covers(*cited) || cited.covers(*place)))
}
