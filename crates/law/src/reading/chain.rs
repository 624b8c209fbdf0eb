//! Chooses, among all numbers that may be headings, those that are: the sequences that count up.
//!
//! Invariant: linear in the candidates for each sequence that is chosen, and their number is limited.

/// Most articles that may be missing in one place.
pub const LONGEST_GAP: u32 = 40;
/// Most sequences of a page.
pub const MOST_CHAINS: usize = 64;
/// The weight of a number that is likely none of a sequence: less than what it adds to close a gap.
pub(super) const DOUBTFUL: f64 = 0.2;
/// What a missing number costs, in headings.
const GAP_COST: f64 = 0.3;
/// What it costs to step over the first number of another sequence.
const RESTART_COST: f64 = 3.0;
/// What distance costs, in headings for each character: so little that it only decides between equals.
const DISTANCE_COST: f64 = 1e-7;

/// A number at a place; `weight` says how well it stands there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbered {
    pub number: u32,
    pub at: usize,
    pub weight: f64,
}

#[derive(Clone, Copy)]
struct Link {
    score: f64,
    before: Option<usize>,
}

/// Splits the candidates into sequences, the best first cut out; each as indexes into `all`, in their order.
/// Whether the page has more of them than are looked for is told too.
pub(super) fn chains(all: &[Numbered]) -> (Vec<Vec<usize>>, bool) {
    let mut found = Vec::new();
    let mut more = false;
    let mut open = vec![(0, all.len())];
    while let Some((from, until)) = open.pop() {
        if found.len() >= MOST_CHAINS {
            more = true;
            break;
        }
        let chain = best(all, from..until);
        let (Some(first), Some(last)) = (chain.first().copied(), chain.last().copied()) else { continue };
        if last + 1 < until {
            open.push((last + 1, until));
        }
        if first > from {
            open.push((from, first));
        }
        found.push(chain);
    }
    found.sort_by_key(|chain| chain.first().copied());
    (found, more)
}

/// The best sequence of a part of the candidates.
pub(super) fn best(all: &[Numbered], range: std::ops::Range<usize>) -> Vec<usize> {
    let Some(nodes) = all.get(range.clone()) else { return Vec::new() };
    let most = nodes.iter().map(|n| n.number).max().unwrap_or(0) as usize;
    let mut latest: Vec<Option<usize>> = vec![None; most + 1];
    let mut strongest = latest.clone();
    let mut links: Vec<Link> = Vec::with_capacity(nodes.len());
    let mut ones: Vec<u32> = Vec::with_capacity(nodes.len());
    let mut seen = 0;
    for (index, node) in nodes.iter().enumerate() {
        let link = link(nodes, &links, &ones, (&latest, &strongest), index, seen);
        let number = node.number as usize;
        if let Some(slot) = strongest.get_mut(number)
            && slot.and_then(|old| links.get(old)).is_none_or(|old| old.score < link.score)
        {
            *slot = Some(index);
        }
        if let Some(slot) = latest.get_mut(number) {
            let hides = node.weight <= DOUBTFUL && slot.is_some_and(|old| ones.get(old) == Some(&seen));
            *slot = slot.filter(|_| hides).or(Some(index));
        }
        links.push(link);
        seen += u32::from(node.number == 1 && node.weight >= 1.0);
        ones.push(seen);
    }
    trace(&links, range.start)
}

type Ends<'a> = (&'a [Option<usize>], &'a [Option<usize>]);

fn link(nodes: &[Numbered], links: &[Link], ones: &[u32], ends: Ends<'_>, index: usize, seen: u32) -> Link {
    let Some(node) = nodes.get(index) else { return Link { score: 0.0, before: None } };
    let mut best = Link { score: node.weight, before: None };
    for gap in 0..=LONGEST_GAP {
        let Some(number) = node.number.checked_sub(gap + 1).filter(|number| *number > 0) else { break };
        for before in [ends.0, ends.1].iter().filter_map(|ends| ends.get(number as usize).copied().flatten()) {
            let (Some(link), Some(from)) = (links.get(before), nodes.get(before)) else { continue };
            let restarts = seen - ones.get(before).copied().unwrap_or(seen);
            let distance = node.at.saturating_sub(from.at) as f64 * DISTANCE_COST;
            let cost = f64::from(gap) * GAP_COST + f64::from(restarts.min(4)) * RESTART_COST + distance;
            let score = link.score + node.weight - cost;
            if score > best.score {
                best = Link { score, before: Some(before) };
            }
        }
    }
    best
}

fn trace(links: &[Link], offset: usize) -> Vec<usize> {
    let best = links.iter().enumerate().max_by(|(_, a), (_, b)| a.score.total_cmp(&b.score).then(std::cmp::Ordering::Greater));
    let mut at = best.map(|(index, _)| index);
    let mut chain = Vec::new();
    while let Some(index) = at {
        chain.push(index + offset);
        at = links.get(index).and_then(|link| link.before);
    }
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(all: &[u32]) -> Vec<Vec<u32>> {
        let nodes: Vec<Numbered> = all.iter().enumerate().map(|(at, number)| Numbered { number: *number, at, weight: 1.0 }).collect();
        chains(&nodes).0.iter().map(|chain| chain.iter().map(|i| all[*i]).collect()).collect()
    }

    #[test]
    fn sequences_are_told_apart() {
        let to = |n: u32| (1..=n).collect::<Vec<u32>>();
        assert_eq!(numbers(&to(9)), [to(9)]);
        assert_eq!(numbers(&[to(9), to(7)].concat()), [to(9), to(7)]);
        let quoted = numbers(&[vec![5, 6, 1, 2, 3, 4, 3, 1], to(9)].concat());
        assert_eq!(quoted.last(), Some(&to(9)));
        let lost: Vec<u32> = to(9).into_iter().filter(|n| *n != 4).collect();
        assert_eq!(numbers(&lost), std::slice::from_ref(&lost));
        assert_eq!(numbers(&[to(9), lost.clone()].concat()), [to(9), lost]);
    }

    #[test]
    fn a_reference_inside_does_not_break_the_sequence() {
        assert_eq!(numbers(&[1, 2, 3, 9, 4, 5, 2, 6, 7]), [vec![1, 2, 3, 4, 5, 6, 7]]);
    }

    #[test]
    fn a_gap_is_stepped_over_only_up_to_its_limit() {
        for (next, chains) in [(LONGEST_GAP, 1), (LONGEST_GAP + 1, 1), (LONGEST_GAP + 2, 2)] {
            let start: Vec<u32> = (1..=50).collect();
            let after: Vec<u32> = (0..50).map(|n| 50 + next + n).collect();
            assert_eq!(numbers(&[start, after].concat()).len(), chains, "{next}");
        }
    }
}
