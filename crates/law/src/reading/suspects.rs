//! Words of a page that are probably misread: the same words stand elsewhere in it with another character in one place.
//!
//! Invariant: linear in the page, and only pages with signs of machine reading, or characters that stand nowhere else, are suspected.

use std::collections::HashMap;

use super::normal::{Flow, is_han};

/// Most characters of a page that are looked at.
pub const LONGEST_LOOKED_AT: usize = 300_000;
/// Most suspects that are told.
pub const MOST_SUSPECTS: usize = 200;
/// Characters that stand for one another by sense, not by a scanner's mistake.
const CHANGEABLE: &str = "甲乙丙丁上下左右前后内外大小高中低多少有无不可能应须得省市县区乡镇村国东南西北部年月日时分两双单正副新旧长短进出入收发买卖男女父母老师生个本该此其各每某第零一二三四五六七八九十百千万亿〇元条款项章节";

pub(super) struct Suspect {
    pub at: usize,
    pub found: String,
    pub expected: String,
    pub confidence: f64,
}

type Context = (char, char, char, char);
type Seen = (Context, char, usize);

/// Characters in a context of two before and two behind in which another stands more often.
pub(super) fn find(flow: &Flow, read_by_machine: bool) -> Vec<Suspect> {
    let glyphs = flow.glyphs.get(..flow.glyphs.len().min(LONGEST_LOOKED_AT)).unwrap_or_default();
    let mut seen: Vec<Seen> = Vec::new();
    let mut counts: HashMap<char, usize> = HashMap::new();
    for (index, window) in glyphs.windows(5).enumerate() {
        let [a, b, c, d, e] = window else { continue };
        if is_han(c.c) {
            *counts.entry(c.c).or_default() += 1;
        }
        if [a, b, c, d, e].iter().all(|g| is_han(g.c)) && !CHANGEABLE.contains(c.c) {
            seen.push(((a.c, b.c, d.c, e.c), c.c, index + 2));
        }
    }
    if read_by_machine {
        seen.extend(narrow(glyphs));
    }
    seen.sort_unstable();
    seen.dedup();
    let odd = odd_ones(&seen);
    let count = |c: char| counts.get(&c).copied().unwrap_or(0);
    let mut suspects = Vec::new();
    for ((c, usual), mut places) in odd {
        places.sort_unstable();
        places.dedup();
        let only_there = count(c) <= places.len() && count(usual) >= places.len() * 2;
        if !only_there || !(read_by_machine || (count(usual) >= 4 && places.len() <= 3)) {
            continue;
        }
        for at in places {
            let before = glyphs.get(at.wrapping_sub(1)).map(|g| g.c);
            let word = |c: char| before.into_iter().chain([c]).collect::<String>();
            suspects.push(Suspect { at, found: word(c), expected: word(usual), confidence: if read_by_machine { 0.6 } else { 0.5 } });
        }
    }
    suspects.sort_by_key(|suspect| suspect.at);
    suspects.truncate(MOST_SUSPECTS);
    suspects
}

/// Contexts of one before and one behind, marks included: enough on pages that a machine read.
fn narrow(glyphs: &[super::normal::Glyph]) -> impl Iterator<Item = Seen> {
    glyphs.windows(3).enumerate().filter_map(|(index, window)| {
        let [b, c, d] = window else { return None };
        let judged = is_han(b.c) && is_han(c.c) && !CHANGEABLE.contains(c.c);
        judged.then_some((('\0', b.c, d.c, '\0'), c.c, index + 1))
    })
}

/// Where a character stands in a context in which another stands at least twice as often.
fn odd_ones(seen: &[Seen]) -> HashMap<(char, char), Vec<usize>> {
    let mut odd: HashMap<(char, char), Vec<usize>> = HashMap::new();
    for same_context in seen.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() >= 3) {
        let by_char: Vec<&[Seen]> = same_context.chunk_by(|a, b| a.1 == b.1).collect();
        let Some(most) = by_char.iter().max_by_key(|same| same.len()) else { continue };
        let Some(usual) = most.first().map(|(_, c, _)| *c) else { continue };
        for same in by_char.iter().filter(|same| same.len() * 2 <= most.len()) {
            let Some((_, c, _)) = same.first() else { continue };
            let places = odd.entry((*c, usual)).or_default();
            places.extend(same.iter().map(|(_, _, at)| *at));
        }
    }
    odd
}
