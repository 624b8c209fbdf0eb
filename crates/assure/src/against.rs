//! The older checkpoint that a reader kept and gives to compare with.

use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::note::VerifyingKey;

use crate::pack::CHECKPOINT_BYTES;
use crate::report::{Check, Report, Verdict};

/// Opens it; anything that is not a checkpoint signed by this key is a usage error (2), its origin aside, which is judged later (1).
pub(crate) fn open(older: Option<&[u8]>, key: &VerifyingKey) -> Result<Option<Checkpoint>, Report> {
    let Some(bytes) = older else { return Ok(None) };
    let fits = bytes.len() as u64 <= CHECKPOINT_BYTES;
    let text = if fits { key.open(bytes).ok() } else { None };
    text.and_then(Checkpoint::parse)
        .map(Some)
        .ok_or_else(|| Report::refused(Verdict::Usage, Check::failed("verify-against-not-checkpoint", vec![])))
}

/// Compares `older` with the log of `now`, whose first `older.size` leaves have `root` (none where there are fewer).
pub(crate) fn compare(older: &Checkpoint, now: &Checkpoint, root: Option<anlan_tlog::Hash>) -> Check {
    let sizes = vec![("older", older.size.to_string()), ("size", now.size.to_string())];
    if older.origin != now.origin {
        return Check::failed("verify-against-origin", vec![("older", older.origin.clone()), ("origin", now.origin.clone())]);
    }
    if older.size > now.size {
        return Check::failed("verify-against-larger", sizes);
    }
    if root != Some(older.root) {
        return Check::failed("verify-against-rewritten", sizes);
    }
    Check::held("verify-against-held", sizes)
}
