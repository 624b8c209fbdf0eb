//! What a pack tells about duties and coverage, as it is handed in: words ready to be set, in the pack's language.
//!
//! Invariant: nothing is measured here; a pack without measurements says that it has none.

use anlan_base::text::Lang;
use anlan_base::{Day, Instant};
use anlan_law::duty::Why;
use anlan_law::kind::{Kinds, Shape};
use anlan_law::pack::Lawbook;
use anlan_law::term::Term;
use anlan_law::version::Force;
use anlan_ledger::Directory;
use anlan_ledger::engine::People;
use serde_json::{Value, json};

use super::mask::Mask;
use crate::assess::coverage::{Cell, Coverage, DeviceCoverage};
use crate::assess::{Asked, Standings, State, Verdict};

/// Kind of the list of what must log.
const LISTED: &str = "log-source";
/// Things that a verdict names.
const SAMPLE: usize = 3;

/// A part of the paper that may be left out; the paper names those that were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    Duties,
    Coverage,
    Plan,
    Asked,
}

impl Heading {
    pub const ALL: [Self; 4] = [Self::Duties, Self::Coverage, Self::Plan, Self::Asked];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Duties => "duties",
            Self::Coverage => "coverage",
            Self::Plan => "plan",
            Self::Asked => "asked",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|heading| heading.code() == code)
    }
}

/// What the paper and `verdicts.json` say.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The operator, or the unit whose sources these are.
    pub unit: String,
    /// Who made the pack, as the console calls them.
    pub maker: String,
    /// When it was made.
    pub at: Instant,
    pub headings: Vec<Heading>,
    pub duties: Vec<DutyTold>,
    pub devices: Vec<DeviceTold>,
    /// Heard and not listed.
    pub unlisted: Vec<DeviceTold>,
    /// Number of the record in which the head confirmed the list.
    pub confirmed: Option<String>,
    /// Segments of the period that were not verified, or did not check; none where nothing was ever verified.
    pub unverified: Option<u64>,
    /// Open hazards, findings and orders that the asker may see, and how many more there are.
    pub open: Vec<OpenTold>,
    pub open_more: u64,
    /// The inspection for which the pack is made, where it is a record that the asker may see.
    pub visit: Option<VisitTold>,
    /// 仅自证, or 已外部存证 with until when and how.
    pub anchor: String,
    /// Watermark of demonstration data; empty otherwise.
    pub watermark: String,
}

/// Something that is being put right, as its record has it; what it does not say is empty.
#[derive(Clone, Debug, Default)]
pub struct OpenTold {
    pub number: String,
    pub kind: String,
    pub title: String,
    pub measure: String,
    pub owner: String,
    pub due: String,
    pub state: String,
}

/// An inspection; what its record does not say is empty.
#[derive(Clone, Debug, Default)]
pub struct VisitTold {
    pub title: String,
    pub authority: String,
    pub instrument: String,
    pub officers: String,
    pub present: String,
}

#[derive(Clone, Debug)]
pub struct DutyTold {
    pub id: String,
    pub title: String,
    pub state: State,
    /// Computed (●), else attested (○).
    pub computed: bool,
    pub stale: bool,
    pub at: Instant,
    pub since: Option<Instant>,
    pub clauses: Vec<String>,
    /// Sentences.
    pub reasons: Vec<String>,
    pub codes: Vec<String>,
    pub asked: Vec<Asked>,
    /// What it speaks of, the first few.
    pub sample: Vec<String>,
    /// What the packs say is to be done.
    pub control: String,
    /// Nothing measures it yet.
    pub unbuilt: bool,
    /// Who attested, and until when.
    pub who: Option<(String, Day)>,
    /// Its entry in the ledger and that entry's leaf.
    pub entry: Option<u64>,
    pub leaf: Option<u64>,
}

#[derive(Clone, Debug)]
pub struct DeviceTold {
    pub name: String,
    pub source: String,
    pub first: Option<Instant>,
    pub last: Option<Instant>,
    pub days_required: u32,
    pub days_complete: u32,
    pub complete_on: Option<Day>,
    /// Cause, since, until.
    pub gaps: Vec<(&'static str, Instant, Instant)>,
    pub silent_since: Option<Instant>,
    /// Whether it was heard before its term began.
    pub older: bool,
    /// Words of its category, unit and term.
    pub category: String,
    pub dept: String,
    pub term: String,
}

impl DeviceTold {
    pub(crate) fn title(&self) -> &str {
        if self.name.is_empty() { &self.source } else { &self.name }
    }

    /// Whether it fills its term.
    pub(crate) fn is_full(&self) -> bool {
        self.first.is_some() && self.days_complete >= self.days_required
    }

    /// The key of how it stands: younger than its term is never complete.
    pub(crate) fn standing(&self) -> &'static str {
        match () {
            () if self.first.is_none() => "device-never",
            () if self.silent_since.is_some() => "device-silent",
            () if self.days_required > 0 && self.days_complete >= self.days_required => "device-complete",
            () if self.older => "device-holed",
            () => "device-growing",
        }
    }
}

/// What words are taken from.
pub struct Words<'a> {
    pub lang: Lang,
    pub book: &'a Lawbook,
    pub kinds: &'a Kinds,
    pub directory: &'a Directory,
}

impl Told {
    /// Duties and devices as they stand, in the words of `lang`. `shows` keeps out devices beyond the asker's rights.
    #[must_use]
    pub fn with(mut self, standings: &Standings, coverage: &Coverage, words: &Words<'_>, shows: impl Fn(&str) -> bool) -> Self {
        let today = Day::of(self.at);
        self.duties = standings.verdicts.iter().map(|verdict| duty(verdict, words.book, words.lang, today)).collect();
        let devices = |devices: &[DeviceCoverage]| devices.iter().filter(|one| shows(&one.source)).map(|one| device(one, words)).collect();
        self.devices = devices(&coverage.devices);
        self.unlisted = devices(&coverage.unlisted);
        self.confirmed.clone_from(&coverage.confirmed);
        self.unverified = coverage.unverified;
        self
    }

    pub(crate) fn has(&self, heading: Heading) -> bool {
        self.headings.contains(&heading)
    }

    /// Persons' names covered, everywhere they may stand.
    #[must_use]
    pub fn masked(mut self, mask: &Mask) -> Self {
        let cover = |text: &mut String| *text = mask.text(text);
        cover(&mut self.maker);
        for duty in &mut self.duties {
            duty.reasons.iter_mut().for_each(cover);
            duty.asked.iter_mut().for_each(|asked| cover(&mut asked.text));
            duty.sample.iter_mut().for_each(cover);
            if let Some((person, _)) = &mut duty.who {
                cover(person);
            }
        }
        for open in &mut self.open {
            [&mut open.title, &mut open.measure, &mut open.owner].into_iter().for_each(cover);
        }
        if let Some(visit) = &mut self.visit {
            [&mut visit.title, &mut visit.officers, &mut visit.present].into_iter().for_each(cover);
        }
        self
    }

    /// `verdicts.json`.
    pub(crate) fn json(&self) -> String {
        let duties: Vec<Value> = self.duties.iter().map(duty_json).collect();
        let devices = |devices: &[DeviceTold]| devices.iter().map(device_json).collect::<Vec<Value>>();
        let all = json!({
            "format": "anlan-verdicts/1",
            "at": self.at.0.to_string(),
            "verdicts": duties,
            "coverage": devices(&self.devices),
            "unlisted": devices(&self.unlisted),
            "confirmed": self.confirmed,
        });
        // A value of strings and numbers always has a text.
        serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
    }
}

fn duty(verdict: &Verdict, book: &Lawbook, lang: Lang, today: Day) -> DutyTold {
    let known = book.duty(&verdict.duty);
    DutyTold {
        id: verdict.duty.clone(),
        title: known.map_or_else(|| verdict.duty.clone(), |duty| duty.title.show(lang).to_owned()),
        state: if verdict.stale { State::Unknown } else { verdict.state },
        computed: verdict.computed,
        stale: verdict.stale,
        at: verdict.at,
        since: verdict.since,
        clauses: known.map(|duty| clauses(duty, book, lang, today)).unwrap_or_default(),
        reasons: verdict.reasons.iter().map(|reason| reason.say(lang)).collect(),
        codes: verdict.reasons.iter().map(|reason| reason.code.clone()).collect(),
        asked: verdict.asked.clone(),
        sample: verdict.sample.iter().take(SAMPLE).map(|one| one.what.clone()).collect(),
        control: known.map(|duty| duty.control.show(lang).to_owned()).unwrap_or_default(),
        unbuilt: verdict.state == State::Unknown && verdict.why == Some(Why::NotBuilt) && !verdict.stale,
        who: verdict.who.as_ref().map(|who| (who.person.clone(), who.until)),
        entry: verdict.entry,
        leaf: verdict.leaf,
    }
}

/// Places in the versions that are in force today, and other instruments.
fn clauses(duty: &anlan_law::duty::Duty, book: &Lawbook, lang: Lang, today: Day) -> Vec<String> {
    let in_force = duty.cites.iter().filter_map(|(id, places)| {
        let version = book.library.version(id).filter(|version| version.force(today) == Force::InForce)?;
        let places: Vec<String> = places.iter().map(|place| place.show(lang)).collect();
        let title = book.library.statute(id.statute()).map_or(id.as_str(), |statute| statute.title.show(lang));
        Some(format!("{title}（{}）{}", version.label.show(lang), places.join("、")))
    });
    let others = duty.other.iter().map(|basis| {
        let title = book.instrument(&basis.instrument).map_or(basis.instrument.as_str(), |instrument| instrument.title.show(lang));
        basis.at.as_ref().map_or_else(|| title.to_owned(), |at| format!("{title} {at}"))
    });
    in_force.chain(others).collect()
}

/// Where a term stands: the newest version that cites it, else another instrument.
fn basis(term: &Term, book: &Lawbook, lang: Lang) -> String {
    let cited = term.cites.iter().next_back().map(|(version, places)| {
        let title = book.library.statute(version.statute()).map_or(version.as_str(), |statute| statute.title.show(lang));
        let places: Vec<String> = places.iter().map(|place| place.show(lang)).collect();
        match lang {
            Lang::Zh => format!("《{title}》{}", places.join("、")),
            Lang::En => format!("{title} {}", places.join(", ")),
        }
    });
    let other = || {
        let basis = term.other.first()?;
        let title = book.instrument(&basis.instrument).map_or(basis.instrument.as_str(), |one| one.title.show(lang));
        Some(basis.at.as_ref().map_or_else(|| title.to_owned(), |at| format!("{title} {at}")))
    };
    cited.or_else(other).unwrap_or_default()
}

/// The words of the list's own field.
fn category(id: &str, words: &Words<'_>) -> String {
    let field = words.kinds.get(LISTED).and_then(|kind| kind.field("category"));
    let option = field.and_then(|field| match &field.shape {
        Shape::Choice { options } => options.iter().find(|option| option.id == id),
        _ => None,
    });
    option.map_or_else(|| id.to_owned(), |option| option.title.show(words.lang).to_owned())
}

fn device(of: &DeviceCoverage, words: &Words<'_>) -> DeviceTold {
    let term = words.book.terms.iter().find(|term| term.id == of.term);
    let cause = |cell: Cell| match cell {
        Cell::Lost => "lost",
        Cell::Before | Cell::Covered | Cell::Silent | Cell::Open => "silent",
    };
    DeviceTold {
        name: of.name.clone(),
        source: of.source.clone(),
        first: of.first,
        last: of.last,
        days_required: of.days_required,
        days_complete: of.days_complete,
        complete_on: of.complete_on,
        gaps: of.gaps.iter().map(|gap| (cause(gap.cause), gap.since, gap.until)).collect(),
        silent_since: of.silent_since,
        older: of.first.zip(of.cells.first()).is_some_and(|(first, (oldest, _))| Day::of(first) <= *oldest),
        category: category(&of.category, words),
        dept: People::unit(words.directory, of.unit).map_or_else(String::new, |unit| unit.name.clone()),
        term: term.map_or_else(String::new, |term| basis(term, words.book, words.lang)),
    }
}

/// As `verdicts.json` and the shell write it.
pub(crate) fn state_code(state: State) -> &'static str {
    match state {
        State::Met => "met",
        State::AtRisk => "at_risk",
        State::Failing => "failing",
        State::Unknown => "unknown",
    }
}

fn nanos(at: Option<Instant>) -> Option<String> {
    at.map(|at| at.0.to_string())
}

fn duty_json(duty: &DutyTold) -> Value {
    json!({
        "duty": duty.id,
        "title": duty.title,
        "state": state_code(duty.state),
        "kind": if duty.computed { "computed" } else { "attested" },
        "stale": duty.stale,
        "at": duty.at.0.to_string(),
        "since": nanos(duty.since),
        "clauses": duty.clauses,
        "reasons": duty.reasons,
        "codes": duty.codes,
        "asked": duty.asked,
        "who": duty.who.as_ref().map(|(person, until)| json!({ "person": person, "until": until.to_string() })),
        "entry": duty.entry,
        "leaf": duty.leaf,
    })
}

fn device_json(device: &DeviceTold) -> Value {
    let gaps: Vec<Value> = device
        .gaps
        .iter()
        .map(|(cause, since, until)| json!({ "cause": cause, "since": since.0.to_string(), "until": until.0.to_string() }))
        .collect();
    json!({
        "device": device.name,
        "source": device.source,
        "first": nanos(device.first),
        "last": nanos(device.last),
        "days_required": device.days_required,
        "days_complete": device.days_complete,
        "complete_on": device.complete_on.map(|day| day.to_string()),
        "gaps": gaps,
        "silent_since": nanos(device.silent_since),
    })
}
