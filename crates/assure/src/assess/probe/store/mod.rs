//! What is stored: verified, anchored outside, room on the disk, backups that were brought back.
//!
//! Invariants: facts follow from entries of upkeep, from records and from the disk as it is now; what is told of the outside (an anchor, a backup) counts only where
//! an entry or a record says that it is there.

mod anchored;
mod backups;
mod room;
mod verified;

use anlan_base::{Day, Instant};
use anlan_ledger::records::{LIST_ROWS, ListAsk, RecordRow, StateAsk};

pub(in crate::assess) use anchored::store_anchored;
pub use anchored::{Anchor, Anchored, Way, anchored, anchors};
pub(in crate::assess) use backups::backup_restored;
pub(in crate::assess) use room::store_room;
pub use room::{Room, room};
pub(in crate::assess) use verified::store_verified;
pub use verified::{StoreSite, Verification, collector_stops, last_verification, verify_store};

use super::super::{AssessError, Site};

/// Records of one kind that a probe of the store reads.
const RECORDS_READ: usize = 10_000;

/// Records of a kind, of all units, last changed first, and how many there are. Nothing where no pack has the kind.
async fn records(site: &Site, kind: &str, state: StateAsk, most: usize) -> Result<(Vec<RecordRow>, u64), AssessError> {
    if site.ledger.kinds().get(kind).is_none() {
        return Ok((Vec::new(), 0));
    }
    let mut ask = ListAsk {
        kind: Some(kind.to_owned()),
        state,
        order: anlan_ledger::records::Order::Changed,
        limit: LIST_ROWS,
        ..ListAsk::default()
    };
    let (mut rows, mut total) = (Vec::new(), 0);
    loop {
        let page = site.ledger.survey(&ask).await?;
        total = page.total.unwrap_or(total);
        rows.extend(page.rows);
        ask.after = page.next;
        if ask.after.is_none() || rows.len() >= most {
            break;
        }
    }
    let read = rows.len() as u64;
    rows.truncate(most);
    Ok((rows, total.max(read)))
}

/// Whole Beijing days from `then` to now; 0 where that lies ahead.
fn days_since(site: &Site, then: Instant) -> u32 {
    Day::of(site.now).days_since(Day::of(then))
}
