//! Housekeeping: closes batches, sequences their leaves, seals segments, closes days.
//!
//! Invariants:
//! - a batch's frame is on disk before its leaf is sequenced (WAL-3);
//! - leaves are sequenced in the order of their frames;
//! - a segment is on disk before its seal is sequenced, its seal before its lines leave the write-ahead log;
//! - a day's leaf comes after all leaves of its batches.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use anlan_base::{Class, Day, Instant, Seq};
use anlan_tlog::envelope::{Body, Loss, LossReason, LossSource, Seal};
use anlan_tlog::sha256;

use crate::batch::{self, ClassBook, Closed, Cut, Ends};
use crate::catalog;
use crate::day;
use crate::line::Line;
use crate::segment::{self, SealBatch, Segment};
use crate::store::{Vault, VaultError, panicked};
use crate::unsealed::Frame;
use crate::wal::Record;

/// Nanoseconds between two goes of sequencing, so that load makes few checkpoints.
const SEQUENCE_EVERY: u64 = Instant::SECOND;
/// Leaves given to the log in one go at most.
const LEAVES_PER_APPEND: usize = 4096;
/// Segments sealed in one turn at most, so that a turn ends.
const SEALS_PER_TURN: usize = 8;
/// Segments encoded side by side at most, when several are due.
const ENCODERS: usize = 2;
/// Segments that may be under way: one more than is encoded, so that no encoder rests while the oldest is still at work.
const UNDER_WAY: usize = ENCODERS + 1;
/// How often batches are closed while segments are encoded.
const CLOSE_EVERY: Duration = Duration::from_millis(50);
/// Nanoseconds that the clock may step back without a word.
pub(crate) const CLOCK_TOLERANCE: u64 = 5 * Instant::SECOND;

/// What housekeeping remembers.
pub(crate) struct Keeper {
    pub books: BTreeMap<Class, ClassBook>,
    pub sequenced_at: Option<Instant>,
    /// The latest reading of the clock since it was last set back.
    pub clock_high: Instant,
    pub first_day: Day,
}

/// Which open batches are closed.
#[derive(Clone, Copy)]
enum Closing<'a> {
    /// Those that are full, 60 s old or of an ended day.
    Due,
    Class(&'a Class),
    All,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// At most once in [`SEQUENCE_EVERY`].
    Measured,
    Now,
}

/// How much of a class becomes a segment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sealing {
    /// What fills a segment or is of an ended day.
    Due,
    All,
}

/// Closed batches of a class that become a segment: `count` after the first `skip`.
struct Run {
    class: Class,
    skip: usize,
    count: usize,
}

/// Segments under way, in the order in which they were begun and are kept.
#[derive(Default)]
struct UnderWay {
    /// How many were begun before the front one.
    kept: usize,
    runs: VecDeque<(Run, Option<Encoded>)>,
}

impl UnderWay {
    fn begun(&self) -> usize {
        self.kept + self.runs.len()
    }

    fn takes_more(&self) -> bool {
        let encoding = self.runs.iter().filter(|(_, encoded)| encoded.is_none()).count();
        encoding < ENCODERS && self.runs.len() < UNDER_WAY && self.begun() < SEALS_PER_TURN
    }

    /// Closed batches of the class that are under way.
    fn batches_of(&self, class: &Class) -> usize {
        self.runs.iter().filter(|(run, _)| run.class == *class).map(|(run, _)| run.count).sum()
    }

    fn encoded(&mut self, number: usize, encoded: Encoded) {
        if let Some((_, waiting)) = number.checked_sub(self.kept).and_then(|at| self.runs.get_mut(at)) {
            *waiting = Some(encoded);
        }
    }

    /// The oldest one, where it is encoded.
    fn next_to_keep(&mut self) -> Option<(Run, Encoded)> {
        let (run, encoded) = self.runs.pop_front_if(|(_, encoded)| encoded.is_some())?;
        self.kept += 1;
        encoded.map(|encoded| (run, encoded))
    }
}

/// The lines of a segment to be.
struct Load {
    class: Class,
    day: Day,
    first: Seq,
    last: Seq,
    rows: u32,
    batches: Vec<SealBatch>,
}

struct Encoded {
    class: Class,
    day: Day,
    first: Seq,
    last: Seq,
    rows: u32,
    file: Vec<u8>,
}

impl Load {
    fn encode(self) -> Result<Encoded, VaultError> {
        let Self { class, day, first, last, rows, batches } = self;
        let file = segment::encode(&class, day, &batches)?;
        Ok(Encoded { class, day, first, last, rows, file })
    }
}

/// Encodes one segment in a thread of its own and says so, even where it panics.
struct Encoder {
    number: usize,
    done: mpsc::Sender<(usize, Result<Encoded, VaultError>)>,
}

impl Encoder {
    fn encode(self, load: Load) {
        // Nobody listens any more where the turn has failed; then nothing is to be said.
        let _ = self.done.send((self.number, load.encode()));
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.done.send((self.number, Err(panicked())));
        }
    }
}

/// The present, as housekeeping sees it for one turn.
#[derive(Clone, Copy)]
struct Present {
    now: Instant,
    /// No line of an earlier day can come any more.
    today: Day,
}

impl Vault {
    /// One turn of housekeeping: closes old batches, sequences leaves, seals, closes days. The server calls it from one thread; tests call it by hand.
    pub fn turn(&self) -> Result<(), VaultError> {
        let done = self.keeper().and_then(|mut keeper| self.turn_with(&mut keeper));
        self.fatal(done)
    }

    fn turn_with(&self, keeper: &mut Keeper) -> Result<(), VaultError> {
        let present = self.present(keeper)?;
        self.close_batches(keeper, present, Closing::Due)?;
        self.sequence(keeper, present, Pace::Measured)?;
        if self.seal_due(keeper, present, Sealing::Due)? == 0 {
            self.relieve(keeper, present)?;
        }
        self.close_days(keeper, present)
    }

    /// Closes, sequences and seals everything and empties the write-ahead log (SIGTERM). Nobody may append meanwhile.
    pub fn seal_all(&self) -> Result<(), VaultError> {
        let done = self.keeper().and_then(|mut keeper| {
            let present = self.present(&mut keeper)?;
            self.close_batches(&mut keeper, present, Closing::All)?;
            self.sequence(&mut keeper, present, Pace::Now)?;
            while self.seal_due(&mut keeper, present, Sealing::All)? > 0 {}
            self.close_days(&keeper, present)?;
            self.writer()?.drop_done()
        });
        self.fatal(done)
    }

    /// Runs `look` while no batch is closed, no leaf sequenced and no segment made: what then lies in `events/` is sealed, and what lies in `wal/` belongs to the log
    /// as it stands. Lines may still be appended to the newest write-ahead file.
    pub fn at_rest<T>(&self, look: impl FnOnce() -> T) -> Result<T, VaultError> {
        let _keeper = self.keeper()?;
        Ok(look())
    }

    /// After opening: what recovery found waiting is sequenced, files that nothing needs go.
    pub(crate) fn resume(&self) -> Result<(), VaultError> {
        let mut keeper = self.keeper()?;
        let present = self.present(&mut keeper)?;
        self.sequence(&mut keeper, present, Pace::Now)?;
        self.writer()?.drop_done()
    }

    /// Closes the open batch of a class and sequences its leaf (a proof is asked for).
    pub(crate) fn close_class(&self, keeper: &mut Keeper, class: &Class) -> Result<(), VaultError> {
        let present = self.present(keeper)?;
        self.close_batches(keeper, present, Closing::Class(class))?;
        self.sequence(keeper, present, Pace::Now)
    }

    pub(crate) fn keeper(&self) -> Result<MutexGuard<'_, Keeper>, VaultError> {
        let keeper = self.keeper.lock().map_err(|_| panicked())?;
        self.alive()?;
        Ok(keeper)
    }

    /// Reads the clock; notes when it was set back; lets no later line fall on a day before today.
    fn present(&self, keeper: &mut Keeper) -> Result<Present, VaultError> {
        let now = self.clock.now();
        if now.0.saturating_add(CLOCK_TOLERANCE) < keeper.clock_high.0 {
            let loss = Loss { reason: LossReason::ClockBack, source: LossSource::default(), count: 0, from: keeper.clock_high, until: now };
            self.writer()?.record(&[Record::Loss(loss)], now, || self.journal.size())?;
            keeper.clock_high = now;
        }
        keeper.clock_high = keeper.clock_high.max(now);
        let mut writer = self.writer()?;
        let today = Day::of_seq(writer.next_seq(now));
        writer.last = writer.last.max(Seq(today.start().0.saturating_sub(1)));
        Ok(Present { now, today })
    }

    fn close_batches(&self, keeper: &mut Keeper, present: Present, closing: Closing<'_>) -> Result<(), VaultError> {
        let classes = match closing {
            Closing::Class(class) => vec![class.clone()],
            Closing::Due | Closing::All => self.shelf()?.classes(),
        };
        let mut closed = Vec::new();
        for class in &classes {
            let book = keeper.books.entry(class.clone()).or_default();
            let frames = self.shelf()?.frames_between(class, Seq(book.batched.0.saturating_add(1)), Seq(u64::MAX));
            for cut in batch::cut(&frames, book.batched) {
                if is_due(book, &cut, present, closing) {
                    closed.push(batch::close(class, &frames, &cut)?);
                }
            }
        }
        self.write_batches(keeper, present.now, closed)
    }

    /// Makes the batches durable, all with one fsync.
    fn write_batches(&self, keeper: &mut Keeper, now: Instant, closed: Vec<Closed>) -> Result<(), VaultError> {
        if closed.is_empty() {
            return Ok(());
        }
        let record = |closed: &Closed| Record::Batch { batch: closed.batch.clone(), key: closed.key };
        let records: Vec<_> = closed.iter().map(record).collect();
        self.writer()?.record(&records, now, || self.journal.size())?;
        for closed in closed {
            keeper.books.entry(closed.batch.class.clone()).or_default().push(closed);
        }
        Ok(())
    }

    fn sequence(&self, keeper: &mut Keeper, present: Present, pace: Pace) -> Result<(), VaultError> {
        // A clock that was set back counts as a pause that is over.
        let rested = keeper.sequenced_at.is_none_or(|at| present.now < at || present.now.since(at) >= SEQUENCE_EVERY);
        if pace == Pace::Measured && !rested {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.writer()?.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        for part in waiting.chunks(LEAVES_PER_APPEND) {
            let bodies: Vec<Body> = part.iter().map(|leaf| leaf.body.clone()).collect();
            let indexes = self.journal.append(&bodies)?;
            for (leaf, body) in indexes.zip(&bodies) {
                if let Body::Batch(batch) = body {
                    keeper.books.entry(batch.class.clone()).or_default().set_leaf(batch.first, leaf);
                }
            }
        }
        self.writer()?.sequenced(&waiting);
        keeper.sequenced_at = Some(present.now);
        Ok(())
    }

    /// Seals what is due, at most [`SEALS_PER_TURN`] segments, encoded in threads of their own; batches are closed and sequenced beside them. Answers how many.
    fn seal_due(&self, keeper: &mut Keeper, present: Present, sealing: Sealing) -> Result<usize, VaultError> {
        let (done, finished) = mpsc::channel();
        let mut under_way = UnderWay::default();
        std::thread::scope(|scope| {
            loop {
                while under_way.takes_more() {
                    let Some(run) = self.next_run(keeper, &under_way, present, sealing) else { break };
                    let load = self.load(keeper, &run)?;
                    let encoder = Encoder { number: under_way.begun(), done: done.clone() };
                    scope.spawn(move || encoder.encode(load));
                    under_way.runs.push_back((run, None));
                }
                if under_way.runs.is_empty() {
                    return Ok(under_way.begun());
                }
                match finished.recv_timeout(CLOSE_EVERY) {
                    Ok((number, encoded)) => under_way.encoded(number, encoded?),
                    Err(RecvTimeoutError::Timeout) => {
                        self.close_batches(keeper, present, Closing::Due)?;
                        self.sequence(keeper, Present { now: self.clock.now(), ..present }, Pace::Measured)?;
                    }
                    Err(RecvTimeoutError::Disconnected) => return Err(panicked()),
                }
                while let Some((run, encoded)) = under_way.next_to_keep() {
                    self.keep_segment(keeper, encoded, run.count)?;
                }
            }
        })
    }

    /// Seals, however little it is, the class that weighs most when memory is tight, or that holds back the oldest write-ahead file when there are many.
    fn relieve(&self, keeper: &mut Keeper, present: Present) -> Result<(), VaultError> {
        let class = if self.room.is_tight()? { self.shelf()?.heaviest() } else { self.holding_back()? };
        let Some(class) = class else { return Ok(()) };
        self.close_class(keeper, &class)?;
        let (rows, bytes) = (self.options.seal_rows, self.options.seal_bytes);
        let count = keeper.books.get(&class).map_or(0, |book| run(book, 0, rows, bytes, present.today, Sealing::All));
        if count == 0 {
            return Ok(());
        }
        let encoded = self.load(keeper, &Run { class, skip: 0, count })?.encode()?;
        self.keep_segment(keeper, encoded, count)
    }

    fn holding_back(&self) -> Result<Option<Class>, VaultError> {
        let writer = self.writer()?;
        if writer.bytes() <= self.options.wal_bytes {
            return Ok(None);
        }
        let unsealed = |(class, last): (&Class, &Seq)| (writer.sealed.get(class).is_none_or(|to| to < last)).then(|| class.clone());
        Ok(writer.files.front().and_then(|file| file.last_of.iter().find_map(unsealed)))
    }

    /// What is to be sealed after what is under way.
    fn next_run(&self, keeper: &Keeper, under_way: &UnderWay, present: Present, sealing: Sealing) -> Option<Run> {
        let (rows, bytes) = (self.options.seal_rows, self.options.seal_bytes);
        keeper.books.iter().find_map(|(class, book)| {
            let skip = under_way.batches_of(class);
            let count = run(book, skip, rows, bytes, present.today, sealing);
            (count > 0).then(|| Run { class: class.clone(), skip, count })
        })
    }

    /// The batches of a run with their lines.
    fn load(&self, keeper: &Keeper, run: &Run) -> Result<Load, VaultError> {
        let book = keeper.books.get(&run.class);
        let batches: Vec<&Closed> = book.into_iter().flat_map(|book| book.closed.iter().skip(run.skip).take(run.count)).collect();
        let (Some(head), Some(tail)) = (batches.first(), batches.last()) else {
            return Err(VaultError::Inconsistent(format!("no batch of {} to seal", run.class)));
        };
        let (day, first, last) = (head.batch.day, head.batch.first, tail.batch.last);
        let frames = self.shelf()?.frames_between(&run.class, first, last);
        let sealed = batches.iter().map(|closed| seal_batch(&frames, closed)).collect::<Result<Vec<_>, _>>()?;
        let rows = batches.iter().map(|closed| closed.batch.count).sum();
        Ok(Load { class: run.class.clone(), day, first, last, rows, batches: sealed })
    }

    /// Puts an encoded segment in the place of the first `count` batches of its class.
    fn keep_segment(&self, keeper: &mut Keeper, encoded: Encoded, count: usize) -> Result<(), VaultError> {
        let Encoded { class, day, first, last, rows, file } = encoded;
        let folder = catalog::folder(&self.dir, &class, day);
        let path = folder.join(catalog::file_name(first));
        self.fs.create_dir_all(&folder)?;
        self.fs.replace(&path, &file)?;
        let (batches, size, digest) = (u32::try_from(count).unwrap_or(u32::MAX), file.len() as u64, sha256(&file));
        drop(file);
        self.journal.append(&[Body::Seal(Seal { class: class.clone(), day, first, last, rows, batches, size, digest })])?;
        let segment = Arc::new(Segment::open(Arc::clone(&self.fs), path)?);
        let freed = self.shelf.write().map_err(|_| panicked())?.seal(segment);
        self.room.free(freed)?;
        if let Some(book) = keeper.books.get_mut(&class) {
            book.closed.drain(..count);
        }
        let mut writer = self.writer()?;
        writer.sealed.insert(class, last);
        writer.drop_done()
    }

    /// Closes the days before today. Their batches are closed and, but for a short pause, sequenced by the same turn.
    fn close_days(&self, keeper: &Keeper, present: Present) -> Result<(), VaultError> {
        let next = self.shelf()?.closed_day().map_or(keeper.first_day, Day::next);
        let end = present.today.min(Day(next.0.saturating_add(day::DAYS_PER_TURN)));
        if next >= end || self.waits_for_leaf(present.today)? {
            return Ok(());
        }
        let mut leaves = Vec::new();
        for day in (next.0..end.0).map(Day) {
            let rows = self.shelf()?.day_rows(day);
            leaves.push(day::leaf(&self.journal, day, &rows)?);
        }
        self.journal.append(&leaves)?;
        self.shelf.write().map_err(|_| panicked())?.close_day(Day(end.0 - 1));
        Ok(())
    }

    /// Whether the leaf of a batch of a day before today waits.
    fn waits_for_leaf(&self, today: Day) -> Result<bool, VaultError> {
        let writer = self.writer()?;
        Ok(writer.waiting.iter().any(|leaf| matches!(&leaf.body, Body::Batch(batch) if batch.day < today)))
    }
}

fn is_due(book: &mut ClassBook, cut: &Cut, present: Present, closing: Closing<'_>) -> bool {
    let asked = matches!(closing, Closing::All | Closing::Class(_));
    asked || cut.ends == Ends::Full || cut.day() < present.today || book.is_aged(cut.first, present.now)
}

/// How many closed batches after the first `skip` make the next segment: whole, sequenced, of one day.
fn run(book: &ClassBook, skip: usize, seal_rows: usize, seal_bytes: usize, today: Day, sealing: Sealing) -> usize {
    let Some(day) = book.closed.get(skip).map(|closed| closed.batch.day) else { return 0 };
    let (mut count, mut rows, mut bytes) = (0, 0_u64, 0_u64);
    for closed in book.closed.iter().skip(skip).take_while(|closed| closed.batch.day == day) {
        if closed.leaf.is_none() {
            return 0;
        }
        count += 1;
        rows += u64::from(closed.batch.count);
        bytes += closed.bytes;
        if rows >= seal_rows as u64 || bytes >= seal_bytes as u64 {
            return count;
        }
    }
    if sealing == Sealing::All || day < today { count } else { 0 }
}

/// A batch with its lines, for the segment.
fn seal_batch(frames: &[Arc<Frame>], closed: &Closed) -> Result<SealBatch, VaultError> {
    let lines = lines_between(frames, closed.batch.first, closed.batch.last);
    if lines.len() != closed.batch.count as usize {
        let (class, first) = (&closed.batch.class, closed.batch.first);
        return Err(VaultError::Inconsistent(format!("batch {class} {first} has {} of {} lines", lines.len(), closed.batch.count)));
    }
    Ok(SealBatch { batch: closed.batch.clone(), key: closed.key, lines })
}

/// The lines of `first..=last` in the frames of one class.
pub(crate) fn lines_between(frames: &[Arc<Frame>], first: Seq, last: Seq) -> Vec<Line> {
    let start = frames.partition_point(|frame| frame.last() < first);
    let touched = frames.iter().skip(start).take_while(|frame| frame.first() <= last);
    touched.flat_map(|frame| frame.between(first, last).iter().map(|line| frame.line(line))).collect()
}
