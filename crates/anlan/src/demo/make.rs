//! Makes the folder: day by day, lines and acts in the order of their moments, by the simulated clock.
//!
//! Invariants: each line's seq is its moment on the simulated clock; each act is a command with somebody's rights; nothing is written around vault and ledger.

use std::path::Path;
use std::sync::Arc;

use anlan_assure::assess::{StoreSite, collector_stops, last_verification, verify_store};
use anlan_base::text::Lang;
use anlan_base::{Class, Clock as _, Day, Instant, Piece, SourceKey, WorkCalendar};
use anlan_ledger::{Actor, HashCost};
use anlan_tlog::note::Signer;
use anlan_vault::{Chunk, Loss, LossReason, LossSource};
use anyhow::{Context, Result};
use bytes::Bytes;

use super::backup;
use super::clock::DemoClock;
use super::devices::{DEVICES, DROPPED, STRAY};
use super::people::{Account, Cast};
use super::play::Numbers;
use super::quick_fs::QuickFs;
use super::span::Span;
use super::story::{self, Cue};
use super::traffic::{Sent, Traffic, device};
use crate::instance::{Instance, Opening, World};
use crate::life;
use crate::say::Say;
use crate::wiring::put_law_in_force;

/// Passwords of the demo are printed: hashing them costs little, so that a debug build is quick too.
const HASH_COST: HashCost = HashCost { memory_kib: 1_024, passes: 1, lanes: 1 };
/// When the ledger looks at what time brings: seconds of the day.
const TICKS: [u64; 3] = [8 * 3_600 + 2_100, 12 * 3_600 + 300, 17 * 3_600 + 2_100];
/// When the store is looked at and the duties are measured: seconds of the day.
const MEASURED: u64 = 6 * 3_600 + 1_800;
/// Days on which that is done: these last ones, fewer in the small variant, and before them every so many.
const LAST_MEASURED: u32 = 14;
const SMALL_LAST_MEASURED: u32 = 2;
const MEASURED_EVERY: u32 = 14;
/// Datagrams that are dropped once.
const DROPPED_DATAGRAMS: u64 = 380;
/// After midnight the day before is closed.
const DAY_CLOSES: u64 = 5;
/// Seconds whose lines come together, at this scale and at most.
const MOST_TOGETHER: u64 = 20;

/// How the demo is made.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    pub scale: u64,
    /// Days of it; where none are asked for, as many as the scale has.
    pub days: Option<u32>,
}

impl Plan {
    pub fn span(&self) -> Span {
        self.days.map_or_else(|| Span::of(self.scale), Span::of_days)
    }
}

/// What was made.
pub struct Made {
    pub accounts: Vec<Account>,
    pub lines: u64,
    pub vkey: String,
}

/// What happens at a moment beside lines.
enum Happening<'a> {
    Cue(&'a Cue),
    Tick,
    Measure,
    Drops(Instant),
    /// A backup; the earlier one is brought back into another folder too.
    Backup,
    PowerFails,
    PowerReturns,
}

/// The key of a demo: everybody who reads this can make it, so it proves nothing, and says so by its name.
pub fn key(seed: u64) -> Result<Signer> {
    let of_seed = anlan_tlog::sha256(format!("anlan demo {seed}").as_bytes());
    let name: String = anlan_tlog::hex(&of_seed).chars().take(16).collect();
    Ok(Signer::from_seed(&format!("demo.anlan.local/{name}"), of_seed)?)
}

/// Makes the folder and closes it.
pub async fn make(say: &Say, dir: &Path, plan: Plan) -> Result<Made> {
    let span = plan.span();
    let mut maker = Maker::begin(dir, say.lang, plan, span).await?;
    let calendar = maker.instance()?.ledger.lawbook()?.calendars.work.clone();
    let cues = story::cues(span, &calendar)?;
    for day in span.days() {
        say.progress(&say.text("demo-making", &[("day", &day.to_string())]));
        maker.day(day, &calendar, &cues).await?;
    }
    say.progress("");
    maker.end().await
}

struct Maker<'a> {
    dir: &'a Path,
    lang: Lang,
    plan: Plan,
    span: Span,
    clock: Arc<DemoClock>,
    /// None while the power is out.
    open: Option<Instance>,
    cast: Cast,
    numbers: Numbers,
    lines: u64,
}

impl<'a> Maker<'a> {
    async fn begin(dir: &'a Path, lang: Lang, plan: Plan, span: Span) -> Result<Self> {
        let clock = Arc::new(DemoClock::at(span.birth()));
        let mut maker = Self { dir, lang, plan, span, clock, open: None, cast: Cast::default(), numbers: Numbers::default(), lines: 0 };
        maker.open().await?;
        let instance = maker.open.as_ref().context("just opened")?;
        maker.cast = Cast::enter(&instance.ledger, &*maker.clock).await?;
        for device in DEVICES {
            let (key, xitong) = (SourceKey::new(&format!("ip:{}", device.address))?, "xitong");
            instance.ledger.source(&key).await?;
            instance.ledger.name_source(&Actor::User(xitong.to_owned()), &key, device.title).await?;
            instance.ledger.set_source_unit(&instance.ledger.rights_of(xitong), &key, maker.cast.unit(device.unit)?).await?;
        }
        instance.outbox.pump().await?;
        Ok(maker)
    }

    fn instance(&self) -> Result<&Instance> {
        self.open.as_ref().context("the demo's power is out")
    }

    async fn open(&mut self) -> Result<()> {
        let new_key = Some(key(self.plan.seed)?);
        let world = World { fs: Arc::new(QuickFs), clock: self.clock.clone(), hash_cost: HASH_COST, new_key };
        let instance = Instance::open_in(world, self.dir, Opening::ToServe, self.lang, None).await?;
        put_law_in_force(&instance, self.lang).await?;
        life::note(&instance.ledger, &instance.outbox, life::START).await?;
        self.open = Some(instance);
        Ok(())
    }

    async fn close(&mut self) -> Result<()> {
        let Some(instance) = self.open.take() else { return Ok(()) };
        life::note(&instance.ledger, &instance.outbox, life::STOP).await?;
        tokio::task::block_in_place(|| instance.vault.seal_all())?;
        instance.ledger.close().await;
        Ok(())
    }

    /// One day: what happens, and the lines between.
    async fn day(&mut self, day: Day, calendar: &WorkCalendar, cues: &[Cue]) -> Result<()> {
        let traffic = Traffic { seed: self.plan.seed, scale: self.plan.scale, span: self.span };
        let sent = traffic.of_day(day, calendar);
        let (birth, present) = (self.span.birth(), self.span.present());
        let sent = sent.iter().filter(|one| birth < one.at && one.at <= present);
        let mut sent = sent.peekable();
        for (at, happening) in self.happenings(day, cues) {
            self.receive(std::iter::from_fn(|| sent.next_if(|one| one.at <= at)))?;
            self.clock.set(at.max(self.clock.now()));
            self.happens(happening).await?;
        }
        self.receive(sent)?;
        if day < self.span.last {
            self.clock.set(day.next().start().plus_seconds(DAY_CLOSES));
            tokio::task::block_in_place(|| self.instance()?.vault.turn().map_err(anyhow::Error::from))?;
        }
        Ok(())
    }

    fn happenings<'c>(&self, day: Day, cues: &'c [Cue]) -> Vec<(Instant, Happening<'c>)> {
        let mut all: Vec<(Instant, Happening<'c>)> = TICKS.map(|second| (day.start().plus_seconds(second), Happening::Tick)).into();
        all.extend(cues.iter().filter(|cue| Day::of(cue.at) == day).map(|cue| (cue.at, Happening::Cue(cue))));
        if self.is_measured(day) {
            all.push((day.start().plus_seconds(MEASURED), Happening::Measure));
        }
        let (since, until) = self.span.drops();
        if Day::of(until) == day {
            all.push((until, Happening::Drops(since)));
        }
        all.extend(self.span.backups().into_iter().filter(|at| Day::of(*at) == day).map(|at| (at, Happening::Backup)));
        let (fails, returns) = self.span.downtime();
        if Day::of(fails) == day {
            all.extend([(fails, Happening::PowerFails), (returns, Happening::PowerReturns)]);
        }
        all.retain(|(at, _)| self.span.birth() < *at && *at <= self.span.present());
        all.sort_by_key(|(at, _)| *at);
        all
    }

    fn is_measured(&self, day: Day) -> bool {
        let back = self.span.last.days_since(day);
        let last = if self.plan.scale == 0 { SMALL_LAST_MEASURED } else { LAST_MEASURED };
        (back < last || back.is_multiple_of(MEASURED_EVERY)) && Day::of(self.span.downtime().0) != day
    }

    async fn happens(&mut self, happening: Happening<'_>) -> Result<()> {
        match happening {
            Happening::PowerFails => return self.close().await,
            Happening::PowerReturns => return self.open().await,
            Happening::Cue(cue) => {
                let instance = self.open.as_ref().context("the demo's power is out")?;
                self.numbers.play(&instance.ledger, &self.cast, cue).await?;
            }
            Happening::Measure => self.measure().await?,
            Happening::Drops(since) => self.drop_datagrams(since)?,
            Happening::Backup => {
                let instance = self.open.as_ref().context("the demo's power is out")?;
                instance.outbox.pump().await?;
                backup::make(instance, self.lang, Day::of(self.clock.now()) < self.span.last).await?;
            }
            Happening::Tick => while self.instance()?.ledger.tick().await?.more {},
        }
        self.instance()?.outbox.pump().await
    }

    /// What a server does every day and every hour: looks at the store, measures the duties.
    async fn measure(&self) -> Result<()> {
        let instance = self.instance()?;
        let last = last_verification(&instance.ledger).await?;
        let key = instance.journal.verifying_key();
        let store = StoreSite { fs: instance.fs.clone(), dir: &instance.dir, key: &key };
        let now = self.clock.now();
        let found = tokio::task::block_in_place(|| verify_store(&store, last.as_ref(), now, &mut || true));
        if let Some(found) = found {
            let stops = collector_stops(&instance.ledger, found.at).await?;
            let (act, fields) = found.entry(stops.len() as u64);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            instance.ledger.note_act(&Actor::System, act, &fields).await?;
            instance.outbox.pump().await?;
        }
        instance.assessor.get().context("the law is in force")?.assess().await?;
        Ok(())
    }

    /// Datagrams that the kernel dropped, as a receiver counts them.
    fn drop_datagrams(&self, from: Instant) -> Result<()> {
        let source = LossSource::new(&format!("ip:{DROPPED}"));
        let loss = Loss { reason: LossReason::Kernel, source, count: DROPPED_DATAGRAMS, from, until: self.clock.now() };
        tokio::task::block_in_place(|| self.instance()?.vault.note_losses(&[loss]).map_err(anyhow::Error::from))
    }

    /// Keeps lines at their moments; what comes while the power is out is lost.
    fn receive<'s>(&mut self, sent: impl Iterator<Item = &'s Sent>) -> Result<()> {
        let Some(instance) = &self.open else {
            sent.for_each(drop);
            return Ok(());
        };
        let together = self.plan.scale.clamp(1, MOST_TOGETHER) * Instant::SECOND;
        let mut waiting: Vec<&Sent> = Vec::new();
        let mut kept = 0;
        let mut keep = |waiting: &mut Vec<&Sent>| -> Result<()> {
            let Some(last) = waiting.last() else { return Ok(()) };
            self.clock.set(last.at);
            kept += waiting.len() as u64;
            let chunks = waiting.drain(..).map(chunk).collect::<Result<Vec<_>>>()?;
            instance.vault.append(&chunks)?;
            Ok(())
        };
        for one in sent {
            if waiting.first().is_some_and(|first| first.at.0 / together != one.at.0 / together) {
                keep(&mut waiting)?;
            }
            waiting.push(one);
        }
        keep(&mut waiting)?;
        self.lines += kept;
        Ok(())
    }

    async fn end(mut self) -> Result<Made> {
        self.clock.set(self.span.present());
        self.measure().await?;
        self.instance()?.outbox.pump().await?;
        let vkey = self.instance()?.vkey();
        self.close().await?;
        Ok(Made { accounts: self.cast.accounts, lines: self.lines, vkey })
    }
}

/// A line as a receiver hands it over.
pub fn chunk(sent: &Sent) -> Result<Chunk> {
    let device = if sent.device < DEVICES.len() { device(sent.device) } else { &STRAY };
    let source = SourceKey::new(&format!("ip:{}", device.address))?;
    let lines = vec![(Piece::WHOLE, Bytes::copy_from_slice(sent.raw.as_bytes()))];
    Ok(Chunk { class: Class::network(), source, origin: device.origin, lines })
}
