//! The explanation of a draft: points `一、` … that say which of its articles changed and why.

use serde::Serialize;

use crate::numeral;

use super::chain::{self, Numbered};
use super::extent::{Lines, Search};
use super::marker::Style;
use super::normal::Flow;
use super::page::{Page, Place};
use super::rules::Unit;
use super::titles::glyph_text;

/// What an explanation calls the text that it explains; the numbers behind are those of that text.
const DRAFT_WORDS: [&str; 3] = ["草案三次审议稿", "草案二次审议稿", "草案审议稿"];
/// Most citations of a point.
pub const MOST_CITES: usize = 200;

/// An article, paragraph or item that a point names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedPlace {
    pub article: u32,
    pub paragraph: Option<u32>,
    pub item: Option<u32>,
}

/// One point of an explanation.
#[derive(Clone, Debug, Serialize)]
pub struct ExplanationPoint {
    pub number: u32,
    pub text: String,
    /// Numbers of the draft that is explained.
    pub cites: Vec<ExplainedPlace>,
    #[serde(skip)]
    pub place: Place,
}

/// The explanation of a draft, as found behind it.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    pub file: String,
    pub line: usize,
    pub column: usize,
    /// The document that it explains, if it is on the page.
    pub document: Option<usize>,
    pub explanation_points: Vec<ExplanationPoint>,
    #[serde(skip)]
    pub(super) range: std::ops::Range<usize>,
}

/// The explanation in a part of the page, if there is one.
pub(super) fn find(page: &Page, flow: &Flow, marks: &[Unit], range: std::ops::Range<usize>) -> Option<Explanation> {
    let marks: Vec<Unit> = marks
        .iter()
        .filter(|m| m.style == Style::HanComma && m.start >= range.start && m.start < range.end && m.starts_line)
        .copied()
        .collect();
    let nodes: Vec<Numbered> = marks.iter().map(|m| Numbered { number: m.number, at: m.start, weight: 1.0 }).collect();
    let points: Vec<Unit> = chain::best(&nodes, 0..nodes.len()).into_iter().filter_map(|i| marks.get(i).copied()).collect();
    let first = points.first().filter(|first| first.number == 1 && points.len() >= 2)?;
    let last = points.last()?;
    let search = Search {
        flow,
        titles: &[],
        title: "",
        has_heads: false,
        limit: range.end,
        lines: Lines::Whole,
        is_rules: false,
        units: Some(Style::HanComma),
    };
    let end = search.end(last.end).end;
    let mut read = Vec::new();
    for (nth, point) in points.iter().enumerate() {
        let until = points.get(nth + 1).map_or(end, |next| next.start);
        let text = glyph_text(flow, point.end..until);
        let cites = cites(&text);
        let place = flow.glyphs.get(point.start).map(|g| page.place(g.at)).unwrap_or_default();
        read.push(ExplanationPoint { number: point.number, text, cites, place });
    }
    let citing = read.iter().filter(|point| !point.cites.is_empty()).count();
    let place = read.first()?.place;
    (citing * 2 >= read.len()).then(|| Explanation {
        file: String::new(),
        line: place.line,
        column: place.column,
        document: None,
        explanation_points: read,
        range: first.start..end,
    })
}

/// `草案二次审议稿第二十条第三项`, and `、第十六条` behind it.
fn cites(text: &str) -> Vec<ExplainedPlace> {
    let mut found = Vec::new();
    for word in DRAFT_WORDS {
        for (at, _) in text.match_indices(word) {
            let mut rest = text.get(at + word.len()..).unwrap_or_default();
            while let Some((cite, behind)) = cite(rest) {
                if found.len() < MOST_CITES && !found.contains(&cite) {
                    found.push(cite);
                }
                rest = behind.strip_prefix(['、', '和']).unwrap_or("");
            }
        }
    }
    found
}

fn cite(text: &str) -> Option<(ExplainedPlace, &str)> {
    let (article, rest) = ordinal(text, '条')?;
    let (paragraph, rest) = ordinal(rest, '款').map_or((None, rest), |(n, rest)| (Some(n), rest));
    let (item, rest) = ordinal(rest, '项').map_or((None, rest), |(n, rest)| (Some(n), rest));
    Some((ExplainedPlace { article, paragraph, item }, rest))
}

/// `第二十条` at the front: its number, and what follows.
fn ordinal(text: &str, unit: char) -> Option<(u32, &str)> {
    let rest = text.strip_prefix('第')?;
    let end = rest.find(unit)?;
    let number = rest.get(..end).filter(|n| n.chars().count() <= 8)?.trim_matches(['（', '）']);
    Some((numeral::parse(number)?, rest.get(end + unit.len_utf8()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_of_a_draft_are_read() {
        let all = cites("（草案二次审议稿第四条）；（草案二次审议稿第二十条第三项）（草案二次审议稿第四十七条第二款、第五条）将草案第九条");
        let numbers: Vec<(u32, Option<u32>, Option<u32>)> = all.iter().map(|c| (c.article, c.paragraph, c.item)).collect();
        assert_eq!(numbers, [(4, None, None), (20, None, Some(3)), (47, Some(2), None), (5, None, None)]);
    }
}
