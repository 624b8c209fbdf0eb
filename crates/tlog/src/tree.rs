//! Merkle trees of RFC 6962 section 2.1 over leaf hashes: roots, inclusion and consistency, made and checked.
//!
//! Invariant: everything that is made here comes from ranges of leaves, so that a caller who keeps tiles instead of leaves
//! ([`inclusion_ranges`], [`subtrees`]) gets the same proofs.

use std::ops::Range;

use crate::hash::{Hash, sha256};

/// `SHA-256(0x00 ‖ entry)`
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut digest = crate::Digest::new();
    digest.update(&[0]);
    digest.update(entry);
    digest.finish()
}

/// `SHA-256(0x01 ‖ left ‖ right)`
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&bytes)
}

/// Root of a tree over these leaf hashes (empty tree: SHA-256 of nothing).
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    frontier.root()
}

/// Root of the tree over the first `size` leaves; `None` when there are fewer.
#[must_use]
pub fn root_of_first(size: u64, leaves: &[Hash]) -> Option<Hash> {
    leaves.get(..usize::try_from(size).ok()?).map(root)
}

/// Streams leaf hashes, keeps the right edge: root of any number of leaves in O(log n) memory.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    pub size: u64,
    /// Roots of the complete subtrees, largest first; their number is that of the one bits of `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    #[must_use]
    pub fn root(&self) -> Hash {
        root_of_subtrees(&self.peaks)
    }
}

/// Root of a tree from its complete subtrees, largest first (as [`subtrees`] lists them); of nothing, SHA-256 of nothing.
#[must_use]
pub fn root_of_subtrees(peaks: &[Hash]) -> Hash {
    let Some((last, rest)) = peaks.split_last() else { return sha256(&[]) };
    rest.iter().rev().fold(*last, |right, left| node_hash(left, &right))
}

/// Root of a log whose right edge is known: `edges[l]` holds the hashes of the partial tile of level `l` (fewer than 256, perhaps none).
#[must_use]
pub fn edge_root(edges: &[Vec<Hash>]) -> Hash {
    let mut below: Option<Hash> = None;
    for edge in edges {
        let mut frontier = Frontier::default();
        edge.iter().copied().chain(below).for_each(|hash| frontier.push(hash));
        below = (frontier.size > 0).then(|| frontier.root());
    }
    below.unwrap_or_else(|| sha256(&[]))
}

/// The complete subtrees whose roots, folded from the right, give the hash of the leaves in `range`: (height, index at that height).
/// `range` is one that [`inclusion_ranges`] or [`consistency_ranges`] gave, or begins at 0.
#[must_use]
pub fn subtrees(range: Range<u64>) -> Vec<(u8, u64)> {
    let mut parts = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let height = (range.end - at).ilog2();
        parts.push((u8::try_from(height).unwrap_or(63), at >> height));
        at += 1 << height;
    }
    parts
}

/// The leaves under each hash of the audit path of leaf `index`, sibling first (RFC 6962 section 2.1.1). Empty when `index` is not below `size`.
#[must_use]
pub fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut path = Vec::new();
    if index >= size {
        return path;
    }
    let (mut low, mut high) = (0, size);
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(middle..high);
            high = middle;
        } else {
            path.push(low..middle);
            low = middle;
        }
    }
    path.reverse();
    path
}

/// The leaves under each hash of the consistency proof from `old` to `new` leaves (RFC 6962 section 2.1.2).
/// Empty when `old` is 0 or not below `new`.
#[must_use]
pub fn consistency_ranges(old: u64, new: u64) -> Vec<Range<u64>> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return path;
    }
    let (mut low, mut high) = (0, new);
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(middle..high);
            high = middle;
        } else {
            path.push(low..middle);
            low = middle;
        }
    }
    // The old root itself is known to the reader; a part of it is not.
    if low > 0 {
        path.push(low..high);
    }
    path.reverse();
    path
}

/// The largest power of two below `n`, for `n` > 1.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Audit path of leaf `i` in the tree over `leaves`, sibling first. Empty when there is no such leaf.
#[must_use]
pub fn inclusion_path(i: usize, leaves: &[Hash]) -> Vec<Hash> {
    roots_of(inclusion_ranges(i as u64, leaves.len() as u64), leaves)
}

/// Consistency proof from the first `old` leaves to all of them.
#[must_use]
pub fn consistency_path(old: usize, leaves: &[Hash]) -> Vec<Hash> {
    roots_of(consistency_ranges(old as u64, leaves.len() as u64), leaves)
}

#[allow(clippy::cast_possible_truncation, reason = "the ranges lie within a slice")]
fn roots_of(ranges: Vec<Range<u64>>, leaves: &[Hash]) -> Vec<Hash> {
    ranges.into_iter().filter_map(|r| leaves.get(r.start as usize..r.end as usize)).map(root).collect()
}

/// The root that an audit path leads to; `None` when its length is not that of (`i`, `size`). Algorithm of RFC 9162 section 2.1.3.2.
#[must_use]
pub fn root_from_inclusion(i: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if i >= size {
        return None;
    }
    let (mut index, mut last) = (i, size - 1);
    let mut node = leaf;
    for sibling in path {
        if last == 0 {
            return None;
        }
        if index & 1 == 1 || index == last {
            node = node_hash(sibling, &node);
            let shift = index.trailing_zeros();
            (index, last) = (up(index, shift), up(last, shift));
        } else {
            node = node_hash(&node, sibling);
        }
        (index, last) = (index >> 1, last >> 1);
    }
    (last == 0).then_some(node)
}

/// Climbs past the levels at which a node on the right edge has no sibling.
fn up(index: u64, shift: u32) -> u64 {
    if shift < 64 { index >> shift } else { 0 }
}

/// Whether `path` proves that the tree (`new`, `new_root`) begins with (`old`, `old_root`). Algorithm of RFC 9162 section 2.1.4.2.
/// An empty old tree is the beginning of every tree, a tree that of itself, both with an empty path.
#[must_use]
pub fn consistent(old: u64, old_root: &Hash, new: u64, new_root: &Hash, path: &[Hash]) -> bool {
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return path.is_empty() && *old_root == sha256(&[]);
    }
    old < new && roots_from_consistency(old, new, old_root, path) == Some((*old_root, *new_root))
}

fn roots_from_consistency(old: u64, new: u64, old_root: &Hash, path: &[Hash]) -> Option<(Hash, Hash)> {
    let shift = (old - 1).trailing_ones();
    let (mut index, mut last) = (up(old - 1, shift), up(new - 1, shift));
    let (first, rest) = if old.is_power_of_two() { (*old_root, path) } else { path.split_first().map(|(f, r)| (*f, r))? };
    let (mut old_node, mut new_node) = (first, first);
    for sibling in rest {
        if last == 0 {
            return None;
        }
        if index & 1 == 1 || index == last {
            old_node = node_hash(sibling, &old_node);
            new_node = node_hash(sibling, &new_node);
            let shift = index.trailing_zeros();
            (index, last) = (up(index, shift), up(last, shift));
        } else {
            new_node = node_hash(&new_node, sibling);
        }
        (index, last) = (index >> 1, last >> 1);
    }
    (last == 0).then_some((old_node, new_node))
}
