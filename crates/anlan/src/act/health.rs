//! Answers what `anlan doctor` asks: how much is stored, how it was verified and anchored, whether the disk will do, whether the clock is kept right.

use std::io::Write;
use std::path::Path;

use anlan_assure::assess::{Anchored, anchored, anchors, collector_stops, coverage, last_verification, room};
use anlan_base::text::Lang;
use anyhow::Result;
use serde_json::{Value, json};

use super::Asker;
use crate::instance::Instance;
use crate::timesync;
use crate::wiring::assessor_of;

/// Writes one JSON object.
pub fn doctor(instance: &Instance, asker: &Asker<'_>, out: &mut dyn Write) -> Result<()> {
    let status = instance.vault.status();
    let now = instance.clock.now();
    let mut facts = json!({
        "folder": instance.dir.display().to_string(),
        "time": now.to_rfc3339(),
        "log_size": instance.journal.size(),
        "vkey": instance.vkey(),
        "lines": status.lines,
        "raw_bytes": status.raw_bytes,
        "unsealed_lines": status.unsealed_lines,
        "wal_bytes": status.wal_bytes,
        "segments": status.segments,
        "segment_bytes": status.segment_bytes,
        "time_sync": timesync::read(Path::new("/"), now),
    });
    let store = asker.handle.block_on(store(instance, asker.lang))?;
    if let (Some(facts), Value::Object(store)) = (facts.as_object_mut(), store) {
        facts.extend(store);
    }
    Ok(writeln!(out, "{facts}")?)
}

/// What the probes of the store count; `doctor --show` gives each number alone.
async fn store(instance: &Instance, lang: Lang) -> Result<Value> {
    let site = assessor_of(instance, lang).await?.site();
    let verified = last_verification(&site.ledger).await?.map(|last| {
        json!({
            "day": last.day.to_string(), "segments": last.segments, "stored": last.stored, "lines": last.lines,
            "failed": last.failed + last.log, "names": last.names,
        })
    });
    let found = anchors(&site).await?;
    let farthest = anchored(&site).await?;
    let until = match &farthest {
        Anchored::SelfOnly => None,
        Anchored::Outside { until, .. } => Some(until.to_rfc3339()),
    };
    let room = room(&site)?;
    let lost = coverage::lost(&site)?;
    Ok(json!({
        "verified": verified,
        "collector_stops": collector_stops(&site.ledger, site.now).await?.len(),
        "anchors": {
            "count": found.iter().filter(|anchor| anchor.until.is_some()).count(),
            "differ": found.iter().filter(|anchor| anchor.until.is_none()).count(),
            "until": until,
            "standing": anlan_web::anchored_words(&farthest, lang),
        },
        "room": { "days_fit": room.days_fit(), "free": room.free, "held": room.held, "per_day": room.per_day, "days": room.days },
        "lost": { "days": coverage::LOST_DAYS, "down_minutes": lost.down_minutes, "dropped_lines": lost.dropped_lines },
    }))
}
