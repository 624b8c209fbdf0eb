//! Institutional rule sets without articles: a title, and units numbered `一、`, `（一）`, `1、`, `1.` …
//!
//! Invariant: a title only counts when a list that begins behind it; a list without a title is prose.

use super::chain::{self, Numbered};
use super::extent::{Extent, Lines, Search};
use super::foreign;
use super::headings::char_at;
use super::marker::{self, Style};
use super::normal::{Flow, is_stop};
use super::titles::Title;

/// Most marks of a page that are looked at.
pub const MOST_MARKS: usize = 10_000;
/// As many units make a rule set.
const FEWEST_UNITS: usize = 3;
/// Most characters between a title and its first unit.
const LONGEST_PREFACE: usize = 2_000;

/// A mark of a list in the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub style: Style,
    pub number: u32,
    pub start: usize,
    /// First glyph behind the mark.
    pub end: usize,
    pub starts_line: bool,
}

/// A rule set without articles.
#[derive(Clone, Debug)]
pub(super) struct RuleSpan {
    pub title: Title,
    pub units: Vec<Unit>,
    pub style: Style,
    /// Outer numbers through which those of the units go on: `一、责任目标 1、… 二、责任内容 4、…`.
    pub parts: Vec<Unit>,
    pub extent: Extent,
}

/// A list and what it is numbered with.
struct List {
    style: Style,
    units: Vec<Unit>,
    parts: Vec<Unit>,
}

/// All marks of lists that stand at the beginning of a line or behind the end of a sentence.
pub(super) fn marks(flow: &Flow) -> Vec<Unit> {
    let mut found = Vec::new();
    for (at, glyph) in flow.glyphs.iter().enumerate() {
        if found.len() >= MOST_MARKS {
            break;
        }
        let before = at.checked_sub(1).and_then(|before| char_at(flow, before));
        let boundary = glyph.starts_line()
            || glyph.after_gap()
            || before.is_none_or(|c| is_stop(c) || matches!(c, '”' | '）' | '书' | '度' | '法' | '定'));
        if !boundary {
            continue;
        }
        if let Some((style, number, length)) = marker::read(|i| char_at(flow, i), at) {
            found.push(Unit { style, number, start: at, end: at + length, starts_line: glyph.starts_line() });
        }
    }
    found
}

/// All rule sets in a part of the page that has no articles.
pub(super) fn locate(flow: &Flow, titles: &[Title], marks: &[Unit], range: std::ops::Range<usize>) -> Vec<RuleSpan> {
    let inside: Vec<&Title> = titles.iter().filter(|t| t.range.start >= range.start && t.range.end <= range.end).collect();
    let inside = without_units(&inside, marks, range.end);
    let mut starts: Vec<(&Title, Style)> = Vec::new();
    let mut running: Option<(Style, u32)> = None;
    for (nth, title) in inside.iter().enumerate() {
        let end = inside.get(nth + 1).map_or(range.end, |next| next.range.start);
        let region = between(marks, title.range.end..end);
        if running.is_some_and(|(style, last)| goes_on(region, style, last)) {
            running = running.map(|(style, last)| (style, follow(region, style, last)));
            continue;
        }
        running = top(region, title.range.end).map(|List { style, units, .. }| {
            starts.push((title, style));
            (style, units.last().map_or(1, |unit| unit.number))
        });
    }
    let ends: Vec<usize> = starts.iter().skip(1).map(|(title, _)| title.range.start).chain([range.end]).collect();
    starts.iter().zip(ends).filter_map(|((title, _), end)| span(flow, titles, marks, title, end)).collect()
}

/// Leaves out the titles that are units of the text whose title stands above them: `三、机房管理制度`.
fn without_units<'a>(titles: &[&'a Title], marks: &[Unit], end: usize) -> Vec<&'a Title> {
    let mut kept = Vec::new();
    for (nth, text) in titles.chunk_by(|_, next| next.numbered).scan(0, |at, text| Some((std::mem::replace(at, *at + text.len()), text))) {
        let Some((first, numbered)) = text.split_first() else { continue };
        let until = titles.get(nth + text.len()).map_or(end, |next| next.range.start);
        let top = top(between(marks, first.range.end..until), first.range.end).filter(|_| !first.numbered);
        let is_unit = |title: &&Title| {
            let mark = between(marks, title.range.start..title.range.start + 1).first();
            top.as_ref().zip(mark).is_some_and(|(list, mark)| mark.style > list.style || list.units.iter().any(|u| u.start == mark.start))
        };
        kept.push(*first);
        if !numbered.iter().all(is_unit) {
            kept.extend_from_slice(numbered);
        }
    }
    kept
}

fn between(marks: &[Unit], range: std::ops::Range<usize>) -> &[Unit] {
    let first = marks.partition_point(|mark| mark.start < range.start);
    let last = marks.partition_point(|mark| mark.start < range.end);
    marks.get(first..last).unwrap_or_default()
}

/// Whether the list of the rule set above goes on here: then the line between was no title.
fn goes_on(region: &[Unit], style: Style, last: u32) -> bool {
    region.iter().find(|mark| mark.style == style).is_some_and(|mark| mark.number > last && mark.number <= last + 2)
}

fn follow(region: &[Unit], style: Style, last: u32) -> u32 {
    region
        .iter()
        .filter(|mark| mark.style == style)
        .fold(last, |last, mark| if mark.number > last && mark.number <= last + 3 { mark.number } else { last })
}

/// The units of a part of the page: the outermost list that begins near its start.
fn top(region: &[Unit], from: usize) -> Option<List> {
    let mut outer: Option<List> = None;
    for style in Style::ALL {
        let Some(units) = list(region, style, from) else { continue };
        match &outer {
            None => outer = Some(List { style, units, parts: Vec::new() }),
            Some(List { units: parts, .. }) if runs_through(parts, &units) => return Some(List { style, units, parts: parts.clone() }),
            Some(_) => {}
        }
    }
    outer
}

/// Numbers that go on from part to part make the units, as articles go on through chapters.
fn runs_through(parts: &[Unit], units: &[Unit]) -> bool {
    const FEW_PARTS: usize = 4;
    const MANY_UNITS: usize = 8;
    if parts.len() > FEW_PARTS || units.len() < MANY_UNITS {
        return false;
    }
    let touched =
        parts.windows(2).filter(|pair| matches!(pair, [a, b] if units.iter().any(|u| u.start > a.start && u.start < b.start))).count();
    touched + usize::from(parts.last().is_some_and(|last| units.iter().any(|u| u.start > last.start))) >= 2
}

fn list(region: &[Unit], style: Style, from: usize) -> Option<Vec<Unit>> {
    let units: Vec<Unit> = region.iter().filter(|mark| mark.style == style).copied().collect();
    let weight = |unit: &Unit| if unit.starts_line { 1.0 } else { 0.9 };
    let nodes: Vec<Numbered> = units.iter().map(|u| Numbered { number: u.number, at: u.start, weight: weight(u) }).collect();
    let chosen: Vec<Unit> = chain::best(&nodes, 0..nodes.len()).into_iter().filter_map(|i| units.get(i).copied()).collect();
    let first = chosen.first()?;
    (chosen.len() >= FEWEST_UNITS && first.number <= 2 && first.start - from <= LONGEST_PREFACE).then_some(chosen)
}

fn span(flow: &Flow, titles: &[Title], marks: &[Unit], title: &Title, end: usize) -> Option<RuleSpan> {
    let end = section_after(flow, title.range.end, end);
    let List { style, units, parts } = top(between(marks, title.range.end..end), title.range.end)?;
    let last = *units.last()?;
    let search =
        Search { flow, titles: &[], title: "", has_heads: false, limit: end, lines: Lines::Whole, is_rules: true, units: Some(style) };
    let _ = titles;
    let extent = search.end(last.end);
    Some(RuleSpan { title: title.clone(), units, style, parts, extent })
}

/// The first section of the page behind a title's line, if any.
fn section_after(flow: &Flow, from: usize, end: usize) -> usize {
    let first = flow.lines.partition_point(|line| line.start < from);
    let inside = flow.lines.iter().skip(first).take_while(|line| line.start < end);
    inside.into_iter().find(|line| foreign::is_page_section(flow, line)).map_or(end, |line| line.start)
}
