//! Joins the lines of batches in rising `seq`: classes interleave, so their batches overlap.
//!
//! Invariant: only batches that overlap are in memory at once, which is one for each class as long as no two batches of a class overlap.

use anlan_base::Seq;

use super::lines::Shown;

/// A batch's member and its shown lines.
pub(crate) struct Loaded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) shown: Vec<Shown>,
}

struct Cursor {
    batch: usize,
    loaded: Loaded,
    next: usize,
}

impl Cursor {
    fn seq(&self) -> Option<Seq> {
        self.loaded.shown.get(self.next).map(|line| line.seq)
    }
}

/// Calls `each(batch, line, raw)` for the shown lines of all batches in rising `seq`. `firsts[i]` is the first seq of batch `i`; `load(i)`
/// is called once for every batch, and gives none for a batch whose lines shall be left out.
pub(crate) fn merge<E>(
    firsts: &[Seq],
    mut load: impl FnMut(usize) -> Result<Option<Loaded>, E>,
    mut each: impl FnMut(usize, &Shown, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut pending: Vec<usize> = (0..firsts.len()).collect();
    pending.sort_by_key(|i| std::cmp::Reverse(firsts.get(*i)));
    let mut active: Vec<Cursor> = Vec::new();
    loop {
        active.sort_by_key(Cursor::seq);
        let coming = pending.last().and_then(|i| firsts.get(*i)).copied();
        let now = active.first().and_then(Cursor::seq);
        let due = coming.is_some_and(|coming| now.is_none_or(|now| coming <= now));
        if due {
            let Some(batch) = pending.pop() else { return Ok(()) };
            if let Some(loaded) = load(batch)?.filter(|loaded| !loaded.shown.is_empty()) {
                active.push(Cursor { batch, loaded, next: 0 });
            }
            continue;
        }
        let other = active.get(1).and_then(Cursor::seq);
        let Some(cursor) = active.first_mut() else { return Ok(()) };
        let bound = [coming, other].into_iter().flatten().min();
        run(cursor, bound, &mut each)?;
        if cursor.seq().is_none() {
            active.swap_remove(0);
        }
    }
}

/// Hands over lines of one batch up to `bound`, at least one.
fn run<E>(cursor: &mut Cursor, bound: Option<Seq>, each: &mut impl FnMut(usize, &Shown, &[u8]) -> Result<(), E>) -> Result<(), E> {
    let mut handed = false;
    while let Some(line) = cursor.loaded.shown.get(cursor.next) {
        if handed && bound.is_some_and(|bound| bound <= line.seq) {
            break;
        }
        let raw = cursor.loaded.bytes.get(line.raw.clone()).unwrap_or_default();
        each(cursor.batch, line, raw)?;
        cursor.next += 1;
        handed = true;
    }
    Ok(())
}
