//! A queue that serves many sources fairly. Pure.
//!
//! Invariants: items of a source leave in the order in which they came; every source that waits has its first item in the next group; beyond that a source
//! gets at most its quota in a group, and a group ends at its size.

use std::collections::{HashMap, VecDeque};

use anlan_base::SourceKey;

/// Bytes that one source gets in a group beyond its first item.
pub(crate) const SOURCE_GROUP_BYTES: usize = 1 << 20;
/// Bytes of a group, once every source had its first item.
pub(crate) const GROUP_BYTES: usize = 8 << 20;

struct Item<T> {
    value: T,
    bytes: usize,
}

pub(crate) struct FairQueue<T> {
    sources: HashMap<SourceKey, VecDeque<Item<T>>>,
    /// Sources with items, the one served first in front.
    ring: VecDeque<SourceKey>,
}

impl<T> Default for FairQueue<T> {
    fn default() -> Self {
        Self { sources: HashMap::new(), ring: VecDeque::new() }
    }
}

/// What a source gives to the group that is being taken.
struct Share<T> {
    source: SourceKey,
    items: Vec<T>,
    bytes: usize,
}

impl<T> FairQueue<T> {
    pub(crate) fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.sources.values().map(VecDeque::len).sum()
    }

    pub(crate) fn push(&mut self, source: &SourceKey, value: T, bytes: usize) {
        let item = Item { value, bytes };
        match self.sources.get_mut(source) {
            Some(items) => items.push_back(item),
            None => {
                self.sources.insert(source.clone(), VecDeque::from([item]));
                self.ring.push_back(source.clone());
            }
        }
    }

    /// Takes the next group, the items of a source together. Round-robin: one item of each source, then another of each, until the group is full.
    pub(crate) fn take_group(&mut self) -> Vec<T> {
        let mut total = 0;
        let ring = std::mem::take(&mut self.ring);
        let mut shares: Vec<Share<T>> = ring.into_iter().map(|source| Share { source, items: Vec::new(), bytes: 0 }).collect();
        for share in &mut shares {
            total += self.give(share);
        }
        let mut given = true;
        while given && total < GROUP_BYTES {
            given = false;
            for share in shares.iter_mut().filter(|share| share.bytes < SOURCE_GROUP_BYTES) {
                let bytes = self.give(share);
                given |= bytes > 0;
                total += bytes;
            }
        }
        self.rotate(&shares);
        shares.into_iter().flat_map(|share| share.items).collect()
    }

    /// Moves the next item of a source to its share; answers its bytes, 0 when there is none.
    fn give(&mut self, share: &mut Share<T>) -> usize {
        let Some(item) = self.sources.get_mut(&share.source).and_then(VecDeque::pop_front) else { return 0 };
        share.items.push(item.value);
        share.bytes += item.bytes;
        item.bytes.max(1)
    }

    /// Sources with items left wait again, the one that was served first last.
    fn rotate(&mut self, shares: &[Share<T>]) {
        for share in shares {
            if self.sources.get(&share.source).is_some_and(VecDeque::is_empty) {
                self.sources.remove(&share.source);
            } else {
                self.ring.push_back(share.source.clone());
            }
        }
        if !self.ring.is_empty() {
            self.ring.rotate_left(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(n: usize) -> SourceKey {
        SourceKey::new(&format!("token:s{n}")).unwrap()
    }

    #[test]
    fn a_noisy_source_delays_another_by_no_more_than_one_group() {
        let mut queue = FairQueue::default();
        for n in 0..100 {
            queue.push(&source(0), (0, n), SOURCE_GROUP_BYTES / 4);
        }
        queue.push(&source(1), (1, 0), 100);
        let group = queue.take_group();
        assert!(group.contains(&(1, 0)));
        assert_eq!(group.iter().filter(|(source, _)| *source == 0).count(), 4);
    }

    #[test]
    fn items_of_a_source_keep_their_order_and_none_is_lost() {
        let mut queue = FairQueue::default();
        for n in 0..200 {
            queue.push(&source(n % 7), (n % 7, n), 1000 * n);
        }
        let mut seen = Vec::new();
        while !queue.is_empty() {
            seen.extend(queue.take_group());
        }
        assert_eq!(seen.len(), 200);
        for of in 0..7 {
            let of_source: Vec<_> = seen.iter().filter(|(source, _)| *source == of).map(|(_, n)| *n).collect();
            assert!(of_source.is_sorted(), "{of}");
        }
    }

    #[test]
    fn a_group_ends_at_its_size_but_every_source_is_served() {
        for (item, items_of_first) in [(SOURCE_GROUP_BYTES - 1, 2), (SOURCE_GROUP_BYTES, 1), (SOURCE_GROUP_BYTES + 1, 1)] {
            let mut queue = FairQueue::default();
            for _ in 0..3 {
                queue.push(&source(0), 0, item);
            }
            assert_eq!(queue.take_group().len(), items_of_first, "{item}");
        }
        let sources = 3 * GROUP_BYTES / SOURCE_GROUP_BYTES;
        let mut queue = FairQueue::default();
        for n in 0..2 * sources {
            queue.push(&source(n % sources), n, SOURCE_GROUP_BYTES);
        }
        assert_eq!(queue.take_group().len(), sources);
    }
}
