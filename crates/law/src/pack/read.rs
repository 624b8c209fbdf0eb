//! From records as written to checked ones: ids, lengths, places, conditions, probes. What needs other files is checked when all are read.

use std::collections::BTreeMap;

use anlan_base::Weekday;

use super::raw;
use super::source::{Site, Sited};
use crate::clock::{Span, Unit};
use crate::condition::{self, Condition, Kind, Refusal};
use crate::duty::{Deadline, Due, Duty, Occasion, Shown};
use crate::fault::Fault;
use crate::grade::{Criterion, Grade};
use crate::heading::{Category, InspectionPoint, Instrument};
use crate::liability::{Penalty, Tier};
use crate::place::{self, Place};
use crate::probe::{Of, Probe};
use crate::term::{Term, Value};
use crate::version::VersionId;
use crate::words::{Bilingual, Sureness};

/// The longest text in one language, in characters.
pub const MOST_TEXT_CHARS: usize = 600;
/// The longest id, in bytes.
pub const MOST_ID_BYTES: usize = 60;

/// Reads records into one list, faults into another.
pub(super) struct Reader<'f> {
    pub pack: String,
    pub faults: &'f mut Vec<Fault>,
}

impl Reader<'_> {
    pub fn duty(&mut self, sited: Sited<'_, raw::Duty>) -> Option<Duty> {
        let Sited { value: raw, site } = sited;
        let before = self.faults.len();
        self.id(&site, &raw.id);
        for (key, text) in [("title", &raw.title), ("summary", &raw.summary), ("control", &raw.control), ("evidence", &raw.evidence)] {
            self.words(&site, &[key], text);
        }
        self.sure(&site, raw.sureness, raw.unsure.as_ref());
        let cites = self.cites(&site, &raw.cites);
        let occasion = self.occasion(&site, &raw.clock);
        let shown = self.shown(&site, &raw);
        if raw.penalties.is_empty() && raw.consequence.is_none() {
            self.faults.push(site.fault(&["penalties"], "duty-no-consequence"));
        }
        let (Some(occasion), Some(shown)) = (occasion, shown) else { return None };
        (self.faults.len() == before).then(|| Duty {
            id: raw.id,
            pack: self.pack.clone(),
            title: raw.title,
            actor: raw.actor,
            cites,
            other: raw.other,
            summary: raw.summary,
            control: raw.control,
            evidence: raw.evidence,
            occasion,
            shown,
            penalties: raw.penalties,
            consequence: raw.consequence,
            systems: raw.systems,
            sureness: raw.sureness,
            unsure: raw.unsure,
        })
    }

    fn occasion(&mut self, site: &Site<'_>, raw: &raw::Occasion) -> Option<Occasion> {
        use raw::OccasionKind as K;
        let given = [
            ("every", raw.every.is_some()),
            ("least", raw.least.is_some()),
            ("on", raw.on.is_some()),
            ("from", raw.from.is_some()),
            ("within", raw.within.is_some()),
            ("by", raw.by.is_some()),
            ("then", raw.then.is_some()),
            ("weekdays", raw.weekdays.is_some()),
            ("days", raw.days.is_some()),
        ];
        let allowed: &[&str] = match raw.kind {
            K::State | K::Continuous | K::Daily | K::Monthly => &[],
            K::Yearly | K::Review => &["every"],
            K::Retention => &["least"],
            K::Calendar => &["weekdays", "days"],
            K::Event => &["on"],
            K::Deadline => &["from", "within", "by", "then"],
        };
        if let Some((key, _)) = given.iter().find(|(key, there)| *there && !allowed.contains(key)) {
            self.faults.push(site.fault(&["clock", key], "occasion-key"));
            return None;
        }
        match raw.kind {
            K::State => Some(Occasion::State),
            K::Continuous => Some(Occasion::Continuous),
            K::Daily => Some(Occasion::Daily),
            K::Monthly => Some(Occasion::Monthly),
            K::Yearly => self.span(site, &["clock", "every"], raw.every.as_deref(), Unit::CalendarDay).map(Occasion::Yearly),
            K::Review => self.span(site, &["clock", "every"], raw.every.as_deref(), Unit::CalendarDay).map(Occasion::Review),
            K::Retention => self.span(site, &["clock", "least"], raw.least.as_deref(), Unit::CalendarDay).map(Occasion::Retention),
            K::Event => self.needed(site, &["clock", "on"], raw.on.clone()).map(Occasion::Event),
            K::Calendar => self.days(site, raw),
            K::Deadline => self.deadline(site, raw).map(Occasion::Deadline),
        }
    }

    fn days(&mut self, site: &Site<'_>, raw: &raw::Occasion) -> Option<Occasion> {
        let mut weekdays = Vec::new();
        for code in raw.weekdays.iter().flatten() {
            match Weekday::from_code(code) {
                Some(day) => weekdays.push(day),
                None => self.faults.push(site.fault(&["clock", "weekdays"], "occasion-weekday").with("found", code.as_str())),
            }
        }
        let days = raw.days.clone().unwrap_or_default();
        if days.iter().any(|day| !(1..=31).contains(day)) || (days.is_empty() && weekdays.is_empty()) {
            self.faults.push(site.fault(&["clock", "days"], "occasion-days"));
            return None;
        }
        Some(Occasion::Calendar { weekdays, days })
    }

    fn deadline(&mut self, site: &Site<'_>, raw: &raw::Occasion) -> Option<Deadline> {
        let from = self.needed(site, &["clock", "from"], raw.from.clone())?;
        let unit = if raw.unit == raw::DayUnit::WorkingDay { Unit::WorkingDay } else { Unit::CalendarDay };
        let due = match (&raw.within, raw.by) {
            (Some(within), None) if !within.is_empty() => {
                let spans: Option<Vec<Span>> = within.iter().map(|text| self.span(site, &["clock", "within"], Some(text), unit)).collect();
                Due::Within(spans?)
            }
            (None, Some(by)) => Due::By(by),
            _ => {
                self.faults.push(site.fault(&["clock"], "occasion-due"));
                return None;
            }
        };
        let then = match &raw.then {
            Some(text) => Some(self.span(site, &["clock", "then"], Some(text), Unit::CalendarDay)?),
            None => None,
        };
        Some(Deadline { due, from, then })
    }

    fn shown(&mut self, site: &Site<'_>, raw: &raw::Duty) -> Option<Shown> {
        match (&raw.probe, &raw.attestation) {
            (Some(probe), None) => self.probe(site, raw, probe),
            (None, Some(attestation)) if raw.condition.is_none() && raw.at_risk.is_none() => {
                self.words(site, &["attestation", "what"], &attestation.what);
                let every = self.span(site, &["attestation", "every"], Some(&attestation.every), Unit::CalendarDay)?;
                Some(Shown::Attestation { what: attestation.what.clone(), every })
            }
            _ => {
                self.faults.push(site.fault(&[], "duty-shown"));
                None
            }
        }
    }

    fn probe(&mut self, site: &Site<'_>, raw: &raw::Duty, written: &raw::Probe) -> Option<Shown> {
        let Some(probe) = Probe::named(&written.name) else {
            let known: Vec<&str> = Probe::ALL.iter().map(|probe| probe.name()).collect();
            let fault = site.fault(&["probe", "name"], "probe-unknown").with("found", written.name.as_str());
            self.faults.push(fault.with("known", known.join(", ")));
            return None;
        };
        let of_fits = match probe.of() {
            Of::Never => written.of.is_empty(),
            Of::May => true,
            Of::Must => !written.of.is_empty(),
        };
        if !of_fits {
            self.faults.push(site.fault(&["probe", "of"], "probe-of").with("probe", probe.name()));
        }
        let Some(text) = &raw.condition else {
            self.faults.push(site.fault(&["condition"], "missing-key").with("name", "condition"));
            return None;
        };
        let declared = |name: &str| probe.fact(name);
        let facts = || probe.facts().iter().map(|(name, _)| *name).collect::<Vec<&str>>().join(", ");
        let met = self.condition(site, &["condition"], text, &declared, &facts)?;
        let at_risk = match &raw.at_risk {
            Some(text) => Some(self.condition(site, &["at_risk"], text, &declared, &facts)?),
            None => None,
        };
        Some(Shown::Probe { probe, of: written.of.clone(), met, at_risk })
    }

    pub fn penalty(&mut self, sited: Sited<'_, raw::Penalty>, questions: &BTreeMap<String, Kind>) -> Option<Penalty> {
        let Sited { value: raw, site } = sited;
        let before = self.faults.len();
        self.id(&site, &raw.id);
        self.words(&site, &["what"], &raw.what);
        self.sure(&site, raw.sureness, raw.unsure.as_ref());
        let at = self.place(&site, &["at"], &raw.at);
        let answers = raw.answers.iter().filter_map(|text| self.place(&site, &["answers"], text)).collect();
        let mut tiers: Vec<Tier> = Vec::new();
        for (index, tier) in raw.tier.into_iter().enumerate() {
            let number = index.to_string();
            if tiers.iter().any(|other| other.id == tier.id) {
                self.faults.push(site.fault(&["tier", &number, "id"], "id-twice").with("id", tier.id.as_str()));
            }
            for fine in tier.fines.iter().filter(|fine| fine.from >= fine.to) {
                let fault = site.fault(&["tier", &number, "fines"], "fine-range");
                self.faults.push(fault.with("from", fine.from.to_string()).with("to", fine.to.to_string()));
            }
            let condition = self.asked(&site, &["tier", &number, "condition"], &tier.condition, questions);
            let Some(condition) = condition else { continue };
            tiers.push(Tier { id: tier.id, when: tier.when, condition, fines: tier.fines, also: tier.also });
        }
        if tiers.is_empty() {
            self.faults.push(site.fault(&["tier"], "penalty-empty"));
        }
        let at = at?;
        let (pack, refers, sureness) = (self.pack.clone(), raw.refers, raw.sureness);
        (self.faults.len() == before).then_some(Penalty {
            id: raw.id,
            pack,
            law: raw.law,
            at,
            answers,
            what: raw.what,
            tiers,
            refers,
            sureness,
            unsure: raw.unsure,
        })
    }

    pub fn grade(&mut self, sited: Sited<'_, raw::Grade>, questions: &BTreeMap<String, Kind>) -> Option<Grade> {
        let Sited { value: raw, site } = sited;
        let before = self.faults.len();
        self.id(&site, &raw.id);
        self.words(&site, &["title"], &raw.title);
        let mut criteria = Vec::new();
        for (index, criterion) in raw.criterion.into_iter().enumerate() {
            let number = index.to_string();
            self.words(&site, &["criterion", &number, "what"], &criterion.what);
            let condition = self.asked(&site, &["criterion", &number, "condition"], &criterion.condition, questions);
            let Some(condition) = condition else { continue };
            criteria.push(Criterion { id: criterion.id, what: criterion.what, condition, sureness: criterion.sureness });
        }
        let (id, scale, rank, title) = (raw.id, raw.scale, raw.rank, raw.title);
        (self.faults.len() == before).then_some(Grade { id, scale, rank, title, criteria })
    }

    pub fn term(&mut self, sited: Sited<'_, raw::Term>) -> Option<Term> {
        let Sited { value: raw, site } = sited;
        let before = self.faults.len();
        self.id(&site, &raw.id);
        self.subject(&site, &raw.subject);
        self.words(&site, &["what"], &raw.what);
        self.sure(&site, raw.sureness, raw.unsure.as_ref());
        let cites = self.cites(&site, &raw.cites);
        if cites.is_empty() && raw.other.is_empty() && raw.source.is_none() {
            self.faults.push(site.fault(&["cites"], "term-no-basis"));
        }
        let value = self.value(&site, raw.length.as_deref(), raw.unit, raw.count)?;
        (self.faults.len() == before).then(|| Term {
            id: raw.id,
            pack: self.pack.clone(),
            subject: raw.subject,
            what: raw.what,
            sense: raw.sense,
            value,
            cites,
            other: raw.other,
            source: raw.source,
            sureness: raw.sureness,
            unsure: raw.unsure,
        })
    }

    pub fn own_term(&mut self, sited: Sited<'_, raw::Override>) -> Option<(Term, Fault)> {
        let Sited { value: raw, site } = sited;
        let before = self.faults.len();
        self.id(&site, &raw.id);
        self.subject(&site, &raw.subject);
        self.words(&site, &["reason"], &raw.reason);
        let key = if raw.count.is_some() { "count" } else { "length" };
        let value = self.value(&site, raw.length.as_deref(), raw.unit, raw.count)?;
        let term = Term {
            id: raw.id,
            pack: self.pack.clone(),
            subject: raw.subject,
            what: raw.reason,
            sense: raw.sense,
            value,
            cites: BTreeMap::new(),
            other: Vec::new(),
            source: None,
            sureness: Sureness::Certain,
            unsure: None,
        };
        (self.faults.len() == before).then(|| (term, site.fault(&[key], "override-weaker")))
    }

    fn value(&mut self, site: &Site<'_>, length: Option<&str>, unit: raw::DayUnit, count: Option<u32>) -> Option<Value> {
        let unit = if unit == raw::DayUnit::WorkingDay { Unit::WorkingDay } else { Unit::CalendarDay };
        match (length, count) {
            (Some(_), None) => self.span(site, &["length"], length, unit).map(Value::Length),
            (None, Some(count)) => Some(Value::Count(count)),
            _ => {
                self.faults.push(site.fault(&[], "term-value"));
                None
            }
        }
    }

    pub fn instrument(&mut self, sited: Sited<'_, raw::Instrument>) -> Option<Instrument> {
        let Sited { value: raw, site } = sited;
        self.id(&site, &raw.id);
        self.words(&site, &["title"], &raw.title);
        self.sure(&site, raw.sureness, raw.unsure.as_ref());
        let from = match &raw.from {
            Some(text) => match text.parse() {
                Ok(day) => Some(day),
                Err(_) => {
                    self.faults.push(site.fault(&["from"], "bad-date").with("found", text.as_str()));
                    return None;
                }
            },
            None => None,
        };
        let (kind, sureness, unsure) = (raw.kind, raw.sureness, raw.unsure);
        Some(Instrument {
            id: raw.id,
            kind,
            title: raw.title,
            number: raw.number,
            from,
            replaces: raw.replaces,
            note: raw.note,
            sureness,
            unsure,
        })
    }

    pub fn category(&mut self, sited: Sited<'_, raw::Category>) -> Option<Category> {
        let Sited { value: raw, site } = sited;
        self.id(&site, &raw.id);
        self.words(&site, &["title"], &raw.title);
        let cites = self.cites(&site, &raw.cites);
        Some(Category { id: raw.id, title: raw.title, cites, sureness: raw.sureness })
    }

    pub fn point(&mut self, sited: Sited<'_, raw::Point>) -> Option<InspectionPoint> {
        let Sited { value: raw, site } = sited;
        self.id(&site, &raw.id);
        self.words(&site, &["title"], &raw.title);
        self.sure(&site, raw.sureness, raw.unsure.as_ref());
        let duties = raw.duties.into_iter().collect();
        let (number, basis, sureness) = (raw.number, raw.basis, raw.sureness);
        Some(InspectionPoint { id: raw.id, number, title: raw.title, basis, duties, sureness, unsure: raw.unsure })
    }

    fn asked(&mut self, site: &Site<'_>, path: &[&str], text: &str, questions: &BTreeMap<String, Kind>) -> Option<Condition> {
        let facts = || questions.keys().map(String::as_str).collect::<Vec<&str>>().join(", ");
        self.condition(site, path, text, &|name| questions.get(name).copied(), &facts)
    }

    fn condition(
        &mut self,
        site: &Site<'_>,
        path: &[&str],
        text: &str,
        declared: &dyn Fn(&str) -> Option<Kind>,
        facts: &dyn Fn() -> String,
    ) -> Option<Condition> {
        let fault = |code| site.fault(path, code);
        let fault = match Condition::read(text, declared) {
            Ok(condition) => return Some(condition),
            Err(Refusal::Long) => fault("condition-long").with("limit", condition::MOST_BYTES.to_string()),
            Err(Refusal::Deep) => fault("condition-deep").with("limit", condition::MOST_DEPTH.to_string()),
            Err(Refusal::Syntax(reason)) => fault("condition-syntax").with("reason", reason),
            Err(Refusal::Fact(name)) => fault("condition-fact").with("name", name).with("known", facts()),
            Err(Refusal::Type(sign)) => fault("condition-type").with("sign", sign),
            Err(Refusal::Form(found)) => fault("condition-form").with("found", found),
            Err(Refusal::NotBool) => fault("condition-not-bool"),
        };
        self.faults.push(fault);
        None
    }

    fn cites(&mut self, site: &Site<'_>, written: &raw::Cites) -> BTreeMap<VersionId, Vec<Place>> {
        let mut cites = BTreeMap::new();
        for (version, places) in written {
            let Ok(id) = version.parse::<VersionId>() else {
                self.faults.push(site.fault(&["cites", version], "bad-version").with("found", version.as_str()));
                continue;
            };
            let places: Vec<Place> = places.iter().filter_map(|text| self.place(site, &["cites", version], text)).collect();
            cites.insert(id, places);
        }
        cites
    }

    fn place(&mut self, site: &Site<'_>, path: &[&str], text: &str) -> Option<Place> {
        match place::list(text).as_deref() {
            Ok([place]) => Some(*place),
            _ => {
                self.faults.push(site.fault(path, "bad-place").with("found", text));
                None
            }
        }
    }

    fn span(&mut self, site: &Site<'_>, path: &[&str], text: Option<&str>, unit: Unit) -> Option<Span> {
        let text = self.needed(site, path, text)?;
        match Span::parse(text, unit) {
            Ok(span) => Some(span),
            Err(_) => {
                self.faults.push(site.fault(path, "bad-length").with("found", text));
                None
            }
        }
    }

    fn needed<T>(&mut self, site: &Site<'_>, path: &[&str], value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.faults.push(site.fault(path, "missing-key").with("name", path.last().copied().unwrap_or_default()));
        }
        value
    }

    pub fn id(&mut self, site: &Site<'_>, id: &str) {
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if id.is_empty() || id.len() > MOST_ID_BYTES || !plain {
            self.faults.push(site.fault(&["id"], "bad-id").with("limit", MOST_ID_BYTES.to_string()));
        }
    }

    fn subject(&mut self, site: &Site<'_>, subject: &str) {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if subject.len() > MOST_ID_BYTES || !subject.split('.').all(plain) {
            self.faults.push(site.fault(&["subject"], "bad-subject"));
        }
    }

    pub fn words(&mut self, site: &Site<'_>, path: &[&str], words: &Bilingual) {
        for (lang, text) in [("zh", &words.zh), ("en", &words.en)] {
            let path = [path, &[lang]].concat();
            if text.trim().is_empty() {
                self.faults.push(site.fault(&path, "text-empty"));
            } else if text.chars().count() > MOST_TEXT_CHARS {
                self.faults.push(site.fault(&path, "text-long").with("limit", MOST_TEXT_CHARS.to_string()));
            }
        }
    }

    /// What is not certain says what is not.
    fn sure(&mut self, site: &Site<'_>, sureness: Sureness, unsure: Option<&Bilingual>) {
        match unsure {
            Some(words) => self.words(site, &["unsure"], words),
            None if sureness == Sureness::Certain => {}
            None => self.faults.push(site.fault(&["sureness"], "unsure-why")),
        }
    }
}
