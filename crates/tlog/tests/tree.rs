//! Trees against a second, recursive reading of RFC 6962, for every size up to 300.

use anlan_tlog::{
    Frontier, Hash, consistency_path, consistency_ranges, consistent, edge_root, inclusion_path, inclusion_ranges, leaf_hash, node_hash,
    root, root_from_inclusion, root_of_first, root_of_subtrees, sha256, subtrees, tile,
};

const SIZES: usize = 300;

fn leaves(n: usize) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

/// RFC 6962 section 2.1, as it is written there.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [leaf] => *leaf,
        _ => {
            let k = leaves.len().next_power_of_two() / 2;
            node_hash(&mth(&leaves[..k]), &mth(&leaves[k..]))
        }
    }
}

/// Section 2.1.1.
fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return vec![];
    }
    let k = leaves.len().next_power_of_two() / 2;
    let (mut deeper, sibling) =
        if m < k { (path(m, &leaves[..k]), mth(&leaves[k..])) } else { (path(m - k, &leaves[k..]), mth(&leaves[..k])) };
    deeper.push(sibling);
    deeper
}

/// Section 2.1.2.
fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { vec![] } else { vec![mth(leaves)] };
    }
    let k = leaves.len().next_power_of_two() / 2;
    let (mut deeper, sibling) = if m <= k {
        (subproof(m, &leaves[..k], whole), mth(&leaves[k..]))
    } else {
        (subproof(m - k, &leaves[k..], false), mth(&leaves[..k]))
    };
    deeper.push(sibling);
    deeper
}

#[test]
fn roots_of_every_size() {
    let all = leaves(SIZES);
    let mut frontier = Frontier::default();
    for n in 0..=SIZES {
        let expected = mth(&all[..n]);
        assert_eq!(root(&all[..n]), expected, "{n}");
        assert_eq!(root_of_first(n as u64, &all), Some(expected), "{n}");
        assert_eq!((frontier.size, frontier.root()), (n as u64, expected), "{n}");
        let parts: Vec<Hash> = subtrees(0..n as u64).iter().map(|(h, i)| mth(&all[(*i as usize) << h..((*i + 1) as usize) << h])).collect();
        assert_eq!(root_of_subtrees(&parts), expected, "{n}");
        if n < SIZES {
            frontier.push(all[n]);
        }
    }
    assert_eq!(root_of_first(SIZES as u64 + 1, &all), None);
}

#[test]
fn the_right_edge_of_the_tiles_gives_the_root() {
    let all = leaves(70_000);
    for n in [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 65_792, 70_000] {
        let edges: Vec<Vec<Hash>> = tile::levels(n as u64)
            .map(|(level, full, width)| {
                let span = 1_usize << (8 * level);
                (0..usize::from(width)).map(|i| (full as usize * 256 + i) * span).map(|at| root(&all[at..at + span])).collect()
            })
            .collect();
        assert_eq!(edge_root(&edges), root(&all[..n]), "{n}");
    }
}

#[test]
fn inclusion_of_every_leaf_in_every_size() {
    let all = leaves(SIZES);
    for n in 1..=SIZES {
        let (tree, expected) = (&all[..n], mth(&all[..n]));
        for (i, leaf) in tree.iter().enumerate() {
            let proof = inclusion_path(i, tree);
            if n <= 70 || i % 37 == 0 {
                assert_eq!(proof, path(i, tree), "{i} of {n}");
            }
            assert_eq!(root_from_inclusion(i as u64, n as u64, *leaf, &proof), Some(expected), "{i} of {n}");
            assert_eq!(inclusion_ranges(i as u64, n as u64).len(), proof.len());
            wrong_inclusion(i, n, *leaf, &proof, &expected);
        }
    }
    assert!(inclusion_path(5, &all[..5]).is_empty());
}

fn wrong_inclusion(i: usize, n: usize, leaf: Hash, proof: &[Hash], expected: &Hash) {
    let mut long = proof.to_vec();
    long.push([7; 32]);
    assert_eq!(root_from_inclusion(i as u64, n as u64, leaf, &long), None, "{i} of {n}");
    if let Some((_, short)) = proof.split_last() {
        assert_eq!(root_from_inclusion(i as u64, n as u64, leaf, short), None, "{i} of {n}");
    }
    assert_eq!(root_from_inclusion(n as u64, n as u64, leaf, proof), None);
    let next = (i + 1) % n;
    if next != i {
        assert_ne!(root_from_inclusion(next as u64, n as u64, leaf, proof).as_ref(), Some(expected), "{next} for {i} of {n}");
    }
}

#[test]
fn consistency_of_every_pair_of_sizes() {
    let all = leaves(SIZES);
    let roots: Vec<Hash> = (0..=SIZES).map(|n| mth(&all[..n])).collect();
    for new in 0..=SIZES {
        for old in 0..=new {
            let proof = consistency_path(old, &all[..new]);
            if 0 < old && old < new && (new <= 70 || old % 37 == 0) {
                assert_eq!(proof, subproof(old, &all[..new], true), "{old} to {new}");
            }
            let (o, n) = (old as u64, new as u64);
            assert!(consistent(o, &roots[old], n, &roots[new], &proof), "{old} to {new}");
            assert!(!consistent(o, &[9; 32], n, &roots[new], &proof), "{old} to {new}");
            assert!(old == 0 || !consistent(o, &roots[old], n, &[9; 32], &proof), "{old} to {new}");
            let mut long = proof.clone();
            long.push([7; 32]);
            assert!(!consistent(o, &roots[old], n, &roots[new], &long), "{old} to {new}");
            for k in 0..proof.len() {
                let mut bent = proof.clone();
                bent[k][0] ^= 1;
                assert!(!consistent(o, &roots[old], n, &roots[new], &bent), "{old} to {new}, hash {k}");
            }
            if let Some((_, short)) = proof.split_last() {
                assert!(!consistent(o, &roots[old], n, &roots[new], short), "{old} to {new}");
            }
        }
    }
    assert!(!consistent(2, &roots[2], 1, &roots[1], &[]));
    assert!(consistency_ranges(3, 3).is_empty() && consistency_ranges(4, 3).is_empty() && consistency_ranges(0, 3).is_empty());
}

#[test]
fn sizes_near_the_end_of_u64_do_not_overflow() {
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        for index in [0, 1, size / 2, size - 2, size - 1] {
            let ranges = inclusion_ranges(index, size);
            assert!(ranges.len() <= 64);
            assert!(ranges.iter().all(|r| !subtrees(r.clone()).is_empty()));
            let path = vec![[3; 32]; ranges.len()];
            assert!(root_from_inclusion(index, size, [1; 32], &path).is_some(), "{index} of {size}");
        }
        let proof = vec![[3; 32]; consistency_ranges(size - 1, size).len()];
        assert!(!consistent(size - 1, &[1; 32], size, &[2; 32], &proof));
    }
}
