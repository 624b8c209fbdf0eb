//! Whether the machine's clock is kept right, as the services that do it tell in their files; sealed as entries (`time.sync`).
//!
//! Invariants: files are read and nothing is asked or run; what no file tells is unknown, never yes; a sign that is older than [`FRESH_SECONDS`] is no.
//! Steps of the clock are losses in the log already (`ClockBack`).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use anlan_base::{Day, Instant, parse_time};
use anlan_ledger::Actor;
use anyhow::Result;
use serde::Serialize;

use crate::instance::Instance;

/// The act of an entry about it.
const ACT: &str = "time.sync";
/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(600);
/// Seconds after which a service that tells nothing new no longer keeps the clock: above all of them write more often.
const FRESH_SECONDS: u64 = 6 * 3_600;
/// Bytes of the end of a service's own log.
const TAIL_BYTES: u64 = 4 << 10;
/// Day 0 of Unix time in modified Julian days, as `loopstats` counts.
const MJD_EPOCH: u64 = 40_587;

/// Whether the clock is kept right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    Yes,
    /// A service did it, but not lately.
    No,
    /// No file tells.
    Unknown,
}

impl Kept {
    /// As entries and keys of the locale files have it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// What the files tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeSync {
    pub kept: Kept,
    /// The service: `timesyncd`, `chrony`, `ntpd`.
    pub by: Option<&'static str>,
    /// When it last did, nanoseconds.
    #[serde(skip)]
    pub last: Option<Instant>,
    /// How far the clock was off then, whichever way.
    pub offset_micros: Option<u64>,
    /// The server it asks, where it says so.
    pub source: Option<String>,
}

/// A sign of a service.
#[derive(Default)]
struct Sign {
    last: Option<Instant>,
    offset_micros: Option<u64>,
    source: Option<String>,
}

/// Reads the files of a service.
type Reader = fn(&Path) -> Option<Sign>;

/// Reads the files under `root` (`/`).
pub fn read(root: &Path, now: Instant) -> TimeSync {
    let services: [(&'static str, Reader); 3] = [("timesyncd", timesyncd), ("chrony", chrony), ("ntpd", ntpd)];
    let signs = services.into_iter().filter_map(|(by, read)| Some((by, read(root)?)));
    let Some((by, sign)) = signs.max_by_key(|(_, sign)| sign.last) else {
        return TimeSync { kept: Kept::Unknown, by: None, last: None, offset_micros: None, source: None };
    };
    let is_fresh = sign.last.is_some_and(|last| now.since(last) <= FRESH_SECONDS * Instant::SECOND);
    TimeSync {
        kept: if is_fresh { Kept::Yes } else { Kept::No },
        by: Some(by),
        last: sign.last,
        offset_micros: sign.offset_micros,
        source: sign.source,
    }
}

fn timesyncd(root: &Path) -> Option<Sign> {
    let last = changed(&root.join("run/systemd/timesync/synchronized"))?;
    Some(Sign { last: Some(last), ..Sign::default() })
}

/// The tracking log tells more; the file of the drift is written each hour in which the clock was kept.
fn chrony(root: &Path) -> Option<Sign> {
    let tracked = last_line(&root.join("var/log/chrony/tracking.log")).and_then(|line| tracking(&line));
    let drift = ["var/lib/chrony/chrony.drift", "var/lib/chrony/drift"].iter().find_map(|path| changed(&root.join(path)));
    either(tracked, drift)
}

fn ntpd(root: &Path) -> Option<Sign> {
    let loops = ["var/log/ntpsec/loopstats", "var/log/ntpstats/loopstats"];
    let looped = loops.iter().find_map(|path| last_line(&root.join(path)).and_then(|line| loopstats(&line)));
    let drifts = ["var/lib/ntpsec/ntp.drift", "var/lib/ntp/ntp.drift"];
    either(looped, drifts.iter().find_map(|path| changed(&root.join(path))))
}

/// The newer of a log's last line and the time at which a file was written.
fn either(logged: Option<Sign>, written: Option<Instant>) -> Option<Sign> {
    match (logged, written) {
        (Some(sign), written) if sign.last >= written => Some(sign),
        (_, Some(last)) => Some(Sign { last: Some(last), ..Sign::default() }),
        (sign, None) => sign,
    }
}

/// `2026-11-22 00:10:03 203.107.6.88 2 -12.345 0.012 -1.046e-04 N 1 …`
fn tracking(line: &str) -> Option<Sign> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [date, time, source, _, _, _, offset, ..] = words.as_slice() else { return None };
    let last = parse_time(&format!("{date}T{time}Z")).ok()?;
    Some(Sign { last: Some(last), offset_micros: micros(offset), source: Some((*source).to_owned()) })
}

/// `61366 603.123 -0.000104600 …`: modified Julian day, seconds of the day, offset in seconds.
fn loopstats(line: &str) -> Option<Sign> {
    let mut words = line.split_whitespace();
    let day: u64 = words.next()?.parse().ok()?;
    let seconds: u64 = words.next()?.split('.').next()?.parse().ok()?;
    let last = day.checked_sub(MJD_EPOCH)?.checked_mul(86_400)?.checked_add(seconds)?;
    Some(Sign { last: Some(Instant::from_unix_seconds(last)), offset_micros: words.next().and_then(micros), source: None })
}

/// Seconds as text to microseconds, whichever way.
fn micros(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    let micros = (seconds.abs() * 1e6).round();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a day")]
    (micros <= 86_400e6).then_some(micros as u64)
}

fn changed(path: &Path) -> Option<Instant> {
    let since = std::fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_nanos()).ok().map(Instant)
}

fn last_line(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES))).ok()?;
    let mut tail = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut tail).ok()?;
    String::from_utf8_lossy(&tail).lines().rfind(|line| !line.trim().is_empty()).map(str::to_owned)
}

/// Keeps an entry at start, once a day and when something else is told. Ends only with the task.
pub async fn run(instance: Arc<Instance>) {
    let mut kept: Option<(TimeSync, Day)> = None;
    loop {
        let now = instance.clock.now();
        let found = read(Path::new("/"), now);
        if is_new(kept.as_ref(), &found, Day::of(now)) {
            match keep(&instance, &found).await {
                Ok(()) => kept = Some((found, Day::of(now))),
                Err(error) => tracing::error!(%error, "whether the clock is kept right could not be recorded"),
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Offset and moment move all the time; the day, the service and its answer do not.
fn is_new(kept: Option<&(TimeSync, Day)>, found: &TimeSync, today: Day) -> bool {
    kept.is_none_or(|(kept, day)| *day != today || (kept.kept, kept.by, &kept.source) != (found.kept, found.by, &found.source))
}

async fn keep(instance: &Instance, found: &TimeSync) -> Result<()> {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let (last, offset) = (number(found.last.map(|last| last.0)), number(found.offset_micros));
    let fields = [
        ("state", found.kept.id()),
        ("by", found.by.unwrap_or_default()),
        ("last", last.as_str()),
        ("offset_micros", offset.as_str()),
        ("source", found.source.as_deref().unwrap_or_default()),
    ];
    instance.ledger.note_act(&Actor::System, ACT, &fields).await?;
    if found.kept == Kept::No {
        tracing::warn!(by = found.by, "the clock of this machine has not been kept right lately");
    }
    instance.outbox.pump().await
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes its files")]
mod tests {
    use super::*;

    fn put(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn what_no_file_tells_is_unknown_and_an_old_sign_is_no() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let nothing = read(root, Instant(0));
        assert_eq!((nothing.kept, nothing.by), (Kept::Unknown, None));
        put(root, "run/systemd/timesync/synchronized", "");
        let written = changed(&root.join("run/systemd/timesync/synchronized")).unwrap();
        for (seconds, kept) in [(FRESH_SECONDS - 1, Kept::Yes), (FRESH_SECONDS, Kept::Yes), (FRESH_SECONDS + 1, Kept::No)] {
            let found = read(root, written.plus_seconds(seconds));
            assert_eq!((found.kept, found.by, found.offset_micros), (kept, Some("timesyncd"), None), "{seconds}");
        }
    }

    #[test]
    fn services_tell_when_how_far_and_from_whom() {
        let line = "2026-11-22 00:10:03 203.107.6.88     2    -12.345      0.012 -1.046e-04 N  1  6.8e-05";
        let sign = tracking(line).unwrap();
        assert_eq!(sign.last.map(Instant::to_rfc3339), Some(parse_time("2026-11-22T00:10:03Z").unwrap().to_rfc3339()));
        assert_eq!((sign.offset_micros, sign.source.as_deref()), (Some(105), Some("203.107.6.88")));
        let sign = loopstats("61366 603.123 -0.000104600 12.3 0.0001 0.01 6").unwrap();
        assert_eq!((sign.last, sign.offset_micros), (Some(parse_time("2026-11-22T00:10:03Z").unwrap()), Some(105)));
        for line in ["", "===", "a b c", "2026-11-22 00:10:03 x", "99 603"] {
            assert!(tracking(line).is_none() && loopstats(line).is_none(), "{line}");
        }
        for (text, wanted) in [("nan", None), ("inf", None), ("1e300", None), ("-0", Some(0)), ("86400", Some(86_400_000_000)), ("x", None)]
        {
            assert_eq!(micros(text), wanted, "{text}");
        }
    }

    #[test]
    fn an_entry_is_kept_each_day_and_when_something_else_is_told() {
        let found = |kept| TimeSync { kept, by: Some("chrony"), last: None, offset_micros: Some(3), source: None };
        let before = (found(Kept::Yes), Day(9));
        assert!(is_new(None, &found(Kept::Yes), Day(9)));
        assert!(!is_new(Some(&before), &TimeSync { offset_micros: Some(4), ..found(Kept::Yes) }, Day(9)));
        assert!(is_new(Some(&before), &found(Kept::Yes), Day(10)));
        assert!(is_new(Some(&before), &found(Kept::No), Day(9)));
        assert!(is_new(Some(&before), &TimeSync { source: Some("a".into()), ..found(Kept::Yes) }, Day(9)));
    }
}
