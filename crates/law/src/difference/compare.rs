//! Two texts compared word by word.
//!
//! Invariants: linear space; a bound on the work; what is not named as different is the same on both sides, word for word.

use std::ops::Range;

/// Words removed and added up to which two texts are compared; beyond it the whole text counts as replaced.
pub(crate) const COST: usize = 4_000;
/// Words of one side of a comparison.
pub(crate) const WORDS: usize = 40_000;

/// A word and the byte where it starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a> {
    pub text: &'a str,
    pub at: usize,
}

/// Cuts a text into words: a Chinese character, a number of an item, a reference to an article, a run of letters or digits.
pub(crate) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = marked(rest, '（', '）').or_else(|| marked(rest, '第', '条')).unwrap_or_else(|| plain(rest));
        words.push(Word { text: &rest[..length], at });
        at += length;
    }
    words
}

/// `（三）`, `第二十一条`.
fn marked(rest: &str, open: char, close: char) -> Option<usize> {
    let inner = rest.strip_prefix(open)?;
    let length = inner.find(|c| !crate::numeral::is_numeral(c))?;
    (length > 0 && inner[length..].starts_with(close)).then(|| open.len_utf8() + length + close.len_utf8())
}

fn plain(rest: &str) -> usize {
    let run = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    if run > 0 { run } else { rest.chars().next().map_or(1, char::len_utf8) }
}

pub(crate) fn is_punctuation(words: &[Word<'_>]) -> bool {
    words.iter().all(|word| word.text.chars().all(|c| matches!(c, '，' | '。' | '；' | '：' | '、' | ',' | '.' | ';' | ':')))
}

/// What differs: words of the old side and of the new, in order.
#[derive(Default)]
struct Runs(Vec<(Range<usize>, Range<usize>)>);

impl Runs {
    fn push(&mut self, old: Range<usize>, new: Range<usize>) {
        if old.is_empty() && new.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some((last_old, last_new)) if last_old.end == old.start && last_new.end == new.start => {
                last_old.end = old.end;
                last_new.end = new.end;
            }
            _ => self.0.push((old, new)),
        }
    }
}

/// What differs between two texts, in order. Past [`WORDS`] or [`COST`] the rest counts as replaced.
pub(crate) fn compare(old: &[Word<'_>], new: &[Word<'_>]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut runs = Runs::default();
    let mut budget = COST;
    if old.len() > WORDS || new.len() > WORDS {
        runs.push(0..old.len(), 0..new.len());
    } else {
        halves(old, new, 0..old.len(), 0..new.len(), &mut budget, &mut runs);
    }
    runs.0
}

/// Myers' comparison in linear space: the middle of a shortest path, then both halves. `budget` is what work is left.
fn halves(a: &[Word<'_>], b: &[Word<'_>], mut old: Range<usize>, mut new: Range<usize>, budget: &mut usize, runs: &mut Runs) {
    while !old.is_empty() && !new.is_empty() && a[old.start].text == b[new.start].text {
        old.start += 1;
        new.start += 1;
    }
    while !old.is_empty() && !new.is_empty() && a[old.end - 1].text == b[new.end - 1].text {
        old.end -= 1;
        new.end -= 1;
    }
    if old.is_empty() || new.is_empty() {
        return runs.push(old, new);
    }
    match middle(&a[old.clone()], &b[new.clone()], budget) {
        Some((x, y)) if (x, y) != (0, 0) && (x, y) != (old.len(), new.len()) => {
            halves(a, b, old.start..old.start + x, new.start..new.start + y, budget, runs);
            halves(a, b, old.start + x..old.end, new.start + y..new.end, budget, runs);
        }
        _ => runs.push(old, new),
    }
}

/// A point on a shortest path, found from both ends at once. None where the budget is used up.
fn middle(a: &[Word<'_>], b: &[Word<'_>], budget: &mut usize) -> Option<(usize, usize)> {
    let (n, m) = (isize::try_from(a.len()).ok()?, isize::try_from(b.len()).ok()?);
    let delta = n - m;
    let most = usize::try_from((n + m + 1) / 2).ok()?;
    let width = 2 * most + 2;
    let (mut down, mut up) = (vec![0_isize; width], vec![0_isize; width]);
    let slot = |k: isize| usize::try_from(k.rem_euclid(isize::try_from(width).unwrap_or(1))).unwrap_or(0);
    for d in 0..=isize::try_from(most).ok()? {
        *budget = budget.checked_sub(1)?;
        for k in (-d..=d).step_by(2) {
            let mut x =
                if k == -d || (k != d && down[slot(k - 1)] < down[slot(k + 1)]) { down[slot(k + 1)] } else { down[slot(k - 1)] + 1 };
            let start = x;
            while x < n && x - k < m && x - k >= 0 && same(a, x, b, x - k) {
                x += 1;
            }
            down[slot(k)] = x;
            let k_up = delta - k;
            if delta % 2 != 0 && (1 - d..d).contains(&k_up) && x + up[slot(k_up)] >= n {
                return point(start, start - k, n, m);
            }
        }
        for k in (-d..=d).step_by(2) {
            let mut x = if k == -d || (k != d && up[slot(k - 1)] < up[slot(k + 1)]) { up[slot(k + 1)] } else { up[slot(k - 1)] + 1 };
            while x < n && x - k < m && x - k >= 0 && same(a, n - 1 - x, b, m - 1 - (x - k)) {
                x += 1;
            }
            up[slot(k)] = x;
            let k_down = delta - k;
            if delta % 2 == 0 && (-d..=d).contains(&k_down) && x + down[slot(k_down)] >= n {
                return point(n - x, m - (x - k), n, m);
            }
        }
    }
    None
}

fn same(a: &[Word<'_>], x: isize, b: &[Word<'_>], y: isize) -> bool {
    fn text<'a>(words: &[Word<'a>], at: isize) -> Option<&'a str> {
        Some(words.get(usize::try_from(at).ok()?)?.text)
    }
    text(a, x).is_some_and(|one| text(b, y) == Some(one))
}

fn point(x: isize, y: isize, n: isize, m: isize) -> Option<(usize, usize)> {
    Some((usize::try_from(x.clamp(0, n)).ok()?, usize::try_from(y.clamp(0, m)).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
        words.iter().map(|word| word.text).collect()
    }

    /// Everything between the runs is the same on both sides.
    fn check(old: &[Word<'_>], new: &[Word<'_>]) -> usize {
        let (mut at_old, mut at_new, mut changed) = (0, 0, 0);
        for (removed, added) in compare(old, new) {
            assert_eq!(texts(&old[at_old..removed.start]), texts(&new[at_new..added.start]));
            changed += removed.len() + added.len();
            (at_old, at_new) = (removed.end, added.end);
        }
        assert_eq!(texts(&old[at_old..]), texts(&new[at_new..]));
        changed
    }

    fn longest_common(old: &[&str], new: &[&str]) -> usize {
        let mut row = vec![0; new.len() + 1];
        for a in old {
            let mut diagonal = 0;
            for (at, b) in new.iter().enumerate() {
                let best = if a == b { diagonal + 1 } else { row[at].max(row[at + 1]) };
                diagonal = std::mem::replace(&mut row[at + 1], best);
            }
        }
        row[new.len()]
    }

    proptest! {
        #[test]
        fn a_shortest_difference_is_found(before in "[网络安全、]{0,40}", after in "[网络安全、]{0,40}") {
            let (old, new) = (words(&before), words(&after));
            let changed = check(&old, &new);
            prop_assert_eq!(changed, old.len() + new.len() - 2 * longest_common(&texts(&old), &texts(&new)));
        }
    }

    #[test]
    fn words_are_characters_numbers_and_references() {
        assert_eq!(
            texts(&words("第二十一条（三）日志6个月，syslog")),
            ["第二十一条", "（三）", "日", "志", "6", "个", "月", "，", "syslog"]
        );
        assert_eq!(texts(&words("第条（）")), ["第", "条", "（", "）"]);
    }

    #[test]
    fn long_texts_are_compared_up_to_the_limit() {
        for (count, changed) in [(WORDS - 1, 0), (WORDS, 0), (WORDS + 1, 2 * (WORDS + 1))] {
            let text = "网".repeat(count);
            assert_eq!(check(&words(&text), &words(&text)), changed, "{count}");
        }
    }

    #[test]
    fn work_is_bounded_and_the_rest_counts_as_replaced() {
        let text = |seed: u32| (0..20_000_u32).map(|n| char::from_u32(0x4e00 + n.wrapping_mul(seed) % 5_000)).collect::<Option<String>>();
        let (before, after) = (text(7_919).expect("characters"), text(104_729).expect("characters"));
        assert!(check(&words(&before), &words(&after)) > COST);
    }
}
