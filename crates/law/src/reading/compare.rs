//! Comparing texts word by word: how alike they are, and where they differ. Marks and widths do not count.
//!
//! Invariant: what it costs is bounded by [`LONGEST_COMPARED`] and [`MOST_EDITS`], whatever stands in the texts.

use std::ops::Range;

/// Most characters of an article that are compared; what is behind is not.
pub const LONGEST_COMPARED: usize = 6_000;
/// Most single-character changes that are told apart; texts that differ more differ as a whole.
pub const MOST_EDITS: usize = 400;

/// A difference: these characters stand in one text where those stand in the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    pub old: Range<usize>,
    pub new: Range<usize>,
}

/// Letters, digits and Han characters.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

/// The words of a text without its marks.
pub(super) fn words(text: &str) -> Vec<char> {
    text.chars().filter(|c| is_word(*c)).take(LONGEST_COMPARED).collect()
}

/// From 0 to 1: twice the pairs of characters that both have, over the pairs of both.
pub(super) fn likeness(one: &[char], other: &[char]) -> f64 {
    if one == other {
        return 1.0;
    }
    // Texts of very different length cannot be alike.
    if one.len().min(other.len()) * 8 < one.len().max(other.len()) {
        return 0.0;
    }
    let (one, other) = (pairs(one), pairs(other));
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let (mut i, mut j, mut both) = (0, 0, 0_usize);
    while let (Some(a), Some(b)) = (one.get(i), other.get(j)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                both += 1;
                i += 1;
                j += 1;
            }
        }
    }
    2.0 * both as f64 / (one.len() + other.len()) as f64
}

fn pairs(text: &[char]) -> Vec<(char, char)> {
    let mut pairs: Vec<(char, char)> = text.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect();
    pairs.sort_unstable();
    pairs
}

/// The differences between two texts in their order; empty when they are equal.
pub(super) fn diff(old: &[char], new: &[char]) -> Vec<Hunk> {
    let front = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.get(front..).unwrap_or_default(), new.get(front..).unwrap_or_default());
    let back = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_mid, new_mid) = (old_rest.len() - back, new_rest.len() - back);
    if old_mid == 0 && new_mid == 0 {
        return Vec::new();
    }
    let whole = vec![Hunk { old: front..front + old_mid, new: front..front + new_mid }];
    if old_mid == 0 || new_mid == 0 {
        return whole;
    }
    let (old_mid, new_mid) = (old_rest.get(..old_mid).unwrap_or_default(), new_rest.get(..new_mid).unwrap_or_default());
    let Some(same) = matches(old_mid, new_mid) else { return whole };
    let mut hunks = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (x, y) in same.into_iter().chain([(old_mid.len(), new_mid.len())]) {
        if x > i || y > j {
            hunks.push(Hunk { old: front + i..front + x, new: front + j..front + y });
        }
        (i, j) = (x + 1, y + 1);
    }
    hunks
}

/// Pairs of equal characters on a shortest way from one text to the other; none where it takes more than [`MOST_EDITS`] (E. W. Myers, 1986).
fn matches(old: &[char], new: &[char]) -> Option<Vec<(usize, usize)>> {
    let most = MOST_EDITS.min(old.len() + new.len());
    let offset = most as isize + 1;
    let at = |k: isize| usize::try_from(k + offset).unwrap_or(0);
    let mut reach = vec![0_usize; 2 * most + 3];
    let mut trace: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=most as isize {
        let row = reach.get(at(-edits - 1)..=at(edits + 1)).unwrap_or_default().to_vec();
        trace.push(row);
        for k in (-edits..=edits).step_by(2) {
            let (left, right) = (reach.get(at(k - 1)).copied().unwrap_or(0), reach.get(at(k + 1)).copied().unwrap_or(0));
            let mut x = if k == -edits || (k != edits && left < right) { right } else { left + 1 };
            let mut y = usize::try_from(x as isize - k).unwrap_or(usize::MAX);
            while let (Some(a), Some(b)) = (old.get(x), new.get(y))
                && a == b
            {
                x += 1;
                y += 1;
            }
            if let Some(slot) = reach.get_mut(at(k)) {
                *slot = x;
            }
            if x >= old.len() && y >= new.len() {
                return Some(walk_back(old.len(), new.len(), &trace));
            }
        }
    }
    None
}

fn walk_back(mut x: usize, mut y: usize, trace: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let mut same = Vec::new();
    for (edits, row) in trace.iter().enumerate().rev() {
        let edits = edits as isize;
        let k = x as isize - y as isize;
        let value = |k: isize| usize::try_from(k + edits + 1).ok().and_then(|i| row.get(i)).copied().unwrap_or(0);
        let from = if k == -edits || (k != edits && value(k - 1) < value(k + 1)) { k + 1 } else { k - 1 };
        let (before_x, before_y) =
            if edits == 0 { (0, 0) } else { (value(from), usize::try_from(value(from) as isize - from).unwrap_or(0)) };
        while x > before_x && y > before_y {
            x -= 1;
            y -= 1;
            same.push((x, y));
        }
        (x, y) = (before_x, before_y);
    }
    same.reverse();
    same
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(old: &str, new: &str) -> Vec<(String, String)> {
        let (old, new) = (words(old), words(new));
        let text = |all: &[char], range: Range<usize>| all[range].iter().collect::<String>();
        diff(&old, &new).into_iter().map(|h| (text(&old, h.old), text(&new, h.new))).collect()
    }

    #[test]
    fn differences_are_found_where_they_stand() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(changes("关键信息基砾设施，运营者", "关键信息基础设施,运营者"), [pair("砾", "础")]);
        assert_eq!(changes("甲乙丙丁", "甲乙丙丁"), []);
        assert_eq!(changes("甲乙丙丁", "甲丙丁戊"), [pair("乙", ""), pair("", "戊")]);
        assert_eq!(changes("", "甲"), [pair("", "甲")]);
        assert_eq!(changes("防止泄霁、毁损或者泄霁", "防止泄露、毁损或者泄露"), [pair("霁", "露"), pair("霁", "露")]);
    }

    #[test]
    fn texts_that_differ_too_much_differ_as_a_whole() {
        let old: String = ('一'..).take(MOST_EDITS + 9).collect();
        let new: String = ('一'..).skip(9_000).take(MOST_EDITS + 9).collect();
        assert_eq!(diff(&words(&old), &words(&new)).len(), 1);
    }

    #[test]
    fn likeness_is_between_nothing_and_one() {
        assert!(likeness(&words("国家实行网络安全等级保护制度"), &words("国家实行网络安全等级保护")) > 0.9);
        assert!(likeness(&words("国家实行网络安全等级保护制度"), &words("军事网络由中央军委规定")) < 0.2);
    }
}
