//! Reaches verdicts, keeps them in the ledger and gives them back.
//!
//! Invariants: see spec/verdict.md, "Keeping"; one assessment runs at a time; a duty whose probe fails is unknown, and says so.

use std::collections::{BTreeMap, BTreeSet};

use anlan_base::text::{Lang, text};
use anlan_base::{Day, Instant};
use anlan_law::condition::Facts;
use anlan_law::duty::{Count, Known, Shown, Why};
use anlan_ledger::Reached;
pub use anlan_ledger::VerdictState as State;

use super::coverage::Remembered;
use super::judge::{Evidence, Found, Pair, standing, terms};
use super::{Asked, AssessError, Reason, Sample, Site, attest, kept, probe};

/// A computed verdict whose last measurement is older is shown as unknown: a day, and two hours for a late one.
pub const STALE: u64 = 26 * 3_600 * Instant::SECOND;

/// Who attested, until when, in which record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// Their name; their id (`p12`) where the directory has none.
    pub person: String,
    pub until: Day,
    pub record: String,
}

/// A verdict on one duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub duty: String,
    pub state: State,
    /// Of `unknown`: why.
    pub why: Option<Why>,
    /// Computed (●), else attested (○).
    pub computed: bool,
    /// When it was last measured; in a history, when it was reached.
    pub at: Instant,
    pub since: Option<Instant>,
    pub facts: Facts,
    pub reasons: Vec<Reason>,
    pub asked: Vec<Asked>,
    pub sample: Vec<Sample>,
    pub who: Option<Attested>,
    /// Its entry in the ledger and that entry's leaf in the log; none where it was not kept.
    pub entry: Option<u64>,
    pub leaf: Option<u64>,
    /// The measurement is too old: shown as unknown.
    pub stale: bool,
}

impl Verdict {
    /// Why it is so, in one sentence: the worst reason, else who attested it; empty where neither is there.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        match (self.reasons.first(), &self.who) {
            (Some(reason), _) => reason.say(lang),
            (None, Some(who)) => text(lang, "reason-measured-attested", &[("person", &who.person), ("until", &who.until.to_string())]),
            (None, None) => String::new(),
        }
    }

    /// As it is to be shown now: what is too old, or attested until a day that has passed, is unknown.
    fn shown(mut self, measured: Instant, now: Instant) -> Self {
        self.at = measured;
        let over = |who: &Attested| who.until < Day::of(now);
        if self.computed && now.0.saturating_sub(measured.0) > STALE {
            self.stale = true;
            self.why = Some(self.why.unwrap_or(Why::NotMeasured));
            self.reasons.insert(0, Reason::new("measured-stale", &[("at", &measured.to_civil())]));
            self.state = State::Unknown;
        } else if let Some(who) = self.who.as_ref().filter(|who| over(who)) {
            self.reasons.insert(0, Reason::new("measured-attested-over", &[("until", &who.until.to_string()), ("record", &who.record)]));
            (self.state, self.why) = (State::Unknown, Some(Why::NotAttested));
        }
        self
    }
}

/// All duties of the packs as they stand.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    /// In the order of the packs. A duty that was never measured has none, and counts as unknown.
    pub verdicts: Vec<Verdict>,
    pub count: Count,
}

/// Runs probes over a site whenever asked, one at a time. Wired by the binary, shared with the console.
pub struct Assessor {
    site: Box<dyn Fn() -> Site + Send + Sync>,
    turn: tokio::sync::Mutex<()>,
    coverage: Remembered,
}

impl Assessor {
    /// `site` answers with what is to be looked at now: the book in force and the clock are asked anew each time.
    #[must_use]
    pub fn new(site: impl Fn() -> Site + Send + Sync + 'static) -> Self {
        Self { site: Box::new(site), turn: tokio::sync::Mutex::new(()), coverage: Remembered::default() }
    }

    /// What is looked at, now.
    #[must_use]
    pub fn site(&self) -> Site {
        Site { coverage: self.coverage.clone(), ..(self.site)() }
    }

    /// Measures everything, keeps what changed and answers with how all duties stand.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn assess(&self) -> Result<Standings, AssessError> {
        let turn = self.turn.lock().await;
        let site = Site { coverage: Remembered::once(), ..self.site() };
        let found = measure_all(&site).await;
        let given = attest::given(&site).await?;
        let terms = terms(&site.book.duties);
        let evidence = Evidence { built: probe::BUILT, found: &found, given: &given, terms: &terms, now: site.now };
        let verdicts: Vec<Verdict> = site.book.duties.iter().map(|duty| kept::cut(evidence.judge(duty))).collect();
        keep(&site, &verdicts).await?;
        drop(turn);
        self.standings().await
    }

    /// How all duties stood at the last measurement; what is too old is unknown.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn standings(&self) -> Result<Standings, AssessError> {
        let site = self.site();
        let Some(measured) = site.ledger.last_measured().await? else { return Ok(counted(&site, Vec::new())) };
        let directory = site.ledger.directory();
        let mut by_duty = BTreeMap::new();
        for row in site.ledger.verdicts().await? {
            let verdict = kept::named(kept::verdict(row)?, &directory).shown(measured, site.now);
            by_duty.insert(verdict.duty.clone(), verdict);
        }
        let verdicts = site.book.duties.iter().filter_map(|duty| by_duty.remove(&duty.id)).collect();
        Ok(counted(&site, verdicts))
    }

    /// Earlier verdicts of a duty, newest first, before the entry `before`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn history(&self, duty: &str, before: Option<u64>, most: u32) -> Result<Vec<Verdict>, AssessError> {
        let site = self.site();
        let directory = site.ledger.directory();
        let rows = site.ledger.verdict_history(duty, before, most).await?;
        rows.into_iter().map(|row| Ok(kept::named(kept::verdict(row)?, &directory))).collect()
    }

    /// The worst state of each day, by duty; days without a measurement have no row.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn days(&self, since: Day, until: Day) -> Result<BTreeMap<String, BTreeMap<Day, State>>, AssessError> {
        let mut by_duty: BTreeMap<String, BTreeMap<Day, State>> = BTreeMap::new();
        for (day, states) in self.site().ledger.verdict_days(since, until).await? {
            for (duty, state) in states {
                by_duty.entry(duty).or_default().insert(day, state);
            }
        }
        Ok(by_duty)
    }
}

/// Duties without a verdict count as what they are: unknown.
fn counted(site: &Site, verdicts: Vec<Verdict>) -> Standings {
    let of: BTreeMap<&str, &Verdict> = verdicts.iter().map(|verdict| (verdict.duty.as_str(), verdict)).collect();
    let standings = site.book.duties.iter().map(|duty| match of.get(duty.id.as_str()) {
        Some(verdict) => standing(verdict.state, verdict.why),
        None => duty.standing(probe::BUILT, Known::Nothing),
    });
    let count = Count::of(standings);
    Standings { verdicts, count }
}

/// Runs each pair of probe and what it looks at once. One that errs or panics leaves the others alone.
async fn measure_all(site: &Site) -> Found {
    let pairs: BTreeSet<Pair> = site
        .book
        .duties
        .iter()
        .filter_map(|duty| match &duty.shown {
            Shown::Probe { probe, of, .. } if probe::BUILT.contains(probe) => Some((*probe, of.clone())),
            _ => None,
        })
        .collect();
    let mut found = Found::new();
    for pair in pairs {
        let (site, (probe, of)) = (site.clone(), pair.clone());
        let measured = match tokio::spawn(async move { probe::measure(&site, probe, &of).await }).await {
            Ok(Ok(Some(measured))) => Ok(measured),
            Ok(Ok(None)) => continue,
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(AssessError::CutOff.to_string()),
        };
        found.insert(pair, measured);
    }
    found
}

/// Keeps what differs from what stands, and that everything was measured.
async fn keep(site: &Site, verdicts: &[Verdict]) -> Result<(), AssessError> {
    let mut before = BTreeMap::new();
    for row in site.ledger.verdicts().await? {
        before.insert(row.duty.clone(), kept::verdict(row)?);
    }
    let changed = |verdict: &&Verdict| before.get(&verdict.duty).is_none_or(|old| kept::differs(verdict, old));
    let reached: Vec<Reached> = verdicts.iter().filter(changed).map(kept::reached).collect();
    let judged: BTreeSet<&str> = verdicts.iter().map(|verdict| verdict.duty.as_str()).collect();
    let dropped: Vec<String> = before.into_keys().filter(|duty| !judged.contains(duty.as_str())).collect();
    Ok(site.ledger.keep_measurement(&reached, &dropped).await?)
}
