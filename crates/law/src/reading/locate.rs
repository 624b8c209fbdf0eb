//! Finds the texts of a page that have articles (`第N条`): their titles, their headings, their ends; and the articles that are only quoted.

use super::chain::{self, Numbered};
use super::extent::{self, Extent, Lines, Search};
use super::foreign;
use super::headings::{Heading, Level, Standing};
use super::normal::Flow;
use super::titles::{self, Title};

/// How far above its first heading a title may stand, in characters and lines.
const TITLE_REACH: usize = 1_500;
const TITLE_LINES: usize = 14;
/// As many articles make a text without title, chapters, or a beginning.
const ENOUGH_ALONE: usize = 8;
const ENOUGH_FROM_ONE: usize = 5;

/// A text with articles.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub title: Option<Title>,
    /// Articles, in their order.
    pub articles: Vec<Heading>,
    /// Chapters and sections inside.
    pub parts: Vec<Heading>,
    /// First glyph of the text: of its title, or of what stands before its first heading.
    pub start: usize,
    /// First glyph behind the title.
    pub body: usize,
    pub extent: Extent,
    pub lines: Lines,
}

pub(super) struct Located {
    pub spans: Vec<Span>,
    /// Article headings that belong to no text, or stand outside the sequence of the text around them.
    pub quoted: Vec<Heading>,
    /// The page has more texts than are looked for.
    pub more: bool,
}

/// All texts with articles, in their order.
pub(super) fn locate(flow: &Flow, titles: &[Title], headings: &[Heading]) -> Located {
    let articles: Vec<Heading> = headings.iter().filter(|h| h.level == Level::Article).copied().collect();
    let parts: Vec<Heading> = headings.iter().filter(|h| h.level != Level::Article).copied().collect();
    let nodes: Vec<Numbered> = articles.iter().map(node).collect();
    let (chains, more) = chain::chains(&nodes);
    let mut located = Located { spans: Vec::new(), quoted: Vec::new(), more };
    let mut used = vec![false; articles.len()];
    let mut floor = 0;
    for chain in chains {
        let mut chosen: Vec<Heading> = chain.iter().filter_map(|index| articles.get(*index).copied()).collect();
        drop_doubtful_ends(&mut chosen);
        let Some(span) = span(flow, titles, &parts, chosen, floor) else { continue };
        for index in chain {
            if let Some(slot) = used.get_mut(index) {
                *slot = true;
            }
        }
        floor = span.articles.last().map_or(floor, |last| last.end);
        located.spans.push(span);
    }
    set_ends(flow, titles, &mut located.spans, &parts);
    let unused = articles.iter().zip(&used).filter(|(heading, used)| !**used && !heading.doubtful);
    located.quoted = unused.map(|(heading, _)| *heading).collect();
    located
}

fn node(heading: &Heading) -> Numbered {
    let weight = match heading.standing {
        _ if heading.doubtful => chain::DOUBTFUL,
        Standing::Line => 1.0,
        Standing::Glued => 0.8,
    };
    Numbered { number: heading.number, at: heading.start, weight }
}

/// A number that reads like a reference is a heading only between others.
fn drop_doubtful_ends(articles: &mut Vec<Heading>) {
    while articles.last().is_some_and(|last| last.doubtful) {
        articles.pop();
    }
    let leading = articles.iter().take_while(|first| first.doubtful).count();
    articles.drain(..leading);
}

/// A sequence as a text, if it is one and not a few quoted articles.
fn span(flow: &Flow, titles: &[Title], parts: &[Heading], articles: Vec<Heading>, floor: usize) -> Option<Span> {
    let first = *articles.first()?;
    let last = *articles.last()?;
    let lead = leading_part(parts, &first, floor);
    let title = title_before(flow, titles, lead, floor);
    let contents = behind_contents(parts, lead, first.start);
    let inner: Vec<Heading> = parts.iter().filter(|p| p.start >= contents && p.start < last.start).copied().collect();
    let enough = match articles.len() {
        count if count >= ENOUGH_ALONE => true,
        count if first.number == 1 && count >= ENOUGH_FROM_ONE => true,
        count if count >= 2 => title.is_some() || (!inner.is_empty() && count >= 3),
        _ => title.is_some() && !inner.is_empty(),
    };
    let title = title.or_else(|| (first.number == 1).then(|| line_before(flow, lead, floor)).flatten());
    let body = title.as_ref().map_or(lead, |title| title.range.end);
    let body = if title.is_none() && first.number > 1 { headless_floor(flow, lead, floor) } else { body };
    let start = title.as_ref().map_or(body, |title| title.range.start);
    let lines = extent::lines_of(flow, &(start..last.start));
    let extent = Extent { end: last.end, foot: None };
    enough.then_some(Span { title, articles, parts: inner, start, body, extent, lines })
}

/// The first of the chapter and section headings that stand directly before the first article.
fn leading_part(parts: &[Heading], first: &Heading, floor: usize) -> usize {
    const LONGEST_LEAD: usize = 80;
    let mut lead = first.start;
    let before = parts.partition_point(|part| part.start < first.start);
    for part in parts.get(..before).unwrap_or_default().iter().rev() {
        if part.start < floor || lead - part.start > LONGEST_LEAD {
            break;
        }
        lead = part.start;
    }
    lead
}

/// Where the chapters before the first article begin anew behind a table of contents.
fn behind_contents(parts: &[Heading], lead: usize, first: usize) -> usize {
    let leading = || parts.iter().filter(|part| part.start >= lead && part.start < first);
    let Some(outer) = leading().next() else { return lead };
    leading().rfind(|part| (part.level, part.number) == (outer.level, outer.number)).map_or(lead, |part| part.start)
}

fn title_before(flow: &Flow, titles: &[Title], lead: usize, floor: usize) -> Option<Title> {
    let count = titles.partition_point(|title| title.range.end <= lead);
    let title = titles.get(..count)?.last()?;
    let lines = flow.lines.partition_point(|line| line.start <= lead) - flow.lines.partition_point(|line| line.start <= title.range.start);
    let near = lead - title.range.end <= TITLE_REACH && lines <= TITLE_LINES;
    (near && title.range.start >= floor).then(|| title.clone())
}

/// Where no line is named as texts are, the nearest short line is the title.
fn line_before(flow: &Flow, lead: usize, floor: usize) -> Option<Title> {
    const LOOKED_AT: usize = 3;
    let count = flow.lines.partition_point(|line| line.end <= lead);
    let lines = flow.lines.get(..count)?.iter().rev().take(LOOKED_AT).filter(|line| line.start >= floor);
    let short = |line: &&std::ops::Range<usize>| {
        let text = titles::glyph_text(flow, (*line).clone());
        line.len() <= 40 && !text.contains(['。', '；', '，', '：']) && !text.starts_with('（')
    };
    let line = lines.into_iter().find(short)?;
    Some(Title { text: titles::glyph_text(flow, line.clone()), range: line.clone(), whole_line: true, leads: false, numbered: false })
}

/// What stands before the first heading of a text without a beginning: the lines above it, up to an empty page.
fn headless_floor(flow: &Flow, lead: usize, floor: usize) -> usize {
    const MOST_LINES: usize = 30;
    let count = flow.lines.partition_point(|line| line.start < lead);
    let above = flow.lines.get(..count).unwrap_or_default().iter().rev().take(MOST_LINES);
    let text = above.take_while(|line| line.start >= floor && !foreign::is_page_section(flow, line));
    text.last().map_or(lead, |line| line.start)
}

/// The end of each text: before the next one, or where its last article ends.
fn set_ends(flow: &Flow, titles: &[Title], spans: &mut [Span], parts: &[Heading]) {
    let starts: Vec<usize> = spans.iter().map(|span| span.start).collect();
    for (nth, span) in spans.iter_mut().enumerate() {
        let limit = starts.get(nth + 1).copied().unwrap_or(flow.glyphs.len());
        let Some(last) = span.articles.last().copied() else { continue };
        let next_part = parts.iter().find(|part| part.start > last.start && part.start < limit).map(|part| part.start);
        let is_rules = !span.title.as_ref().is_some_and(|title| is_statute_title(&title.text));
        let title = span.title.as_ref().map(|title| title.text.clone());
        let title = title.or_else(|| foreign::appendix_title(flow, span.body..limit)).unwrap_or_default();
        let has_heads = !foreign::running_heads(flow, span.body..last.end, &title).is_empty();
        let search =
            Search { flow, titles, title: &title, has_heads, limit: next_part.unwrap_or(limit), lines: span.lines, is_rules, units: None };
        span.extent = search.end(last.end);
    }
}

/// Statutes are named so; what an institution gives itself is not.
pub(super) fn is_statute_title(title: &str) -> bool {
    let core = title.split('（').next().unwrap_or(title).trim_end_matches("草案");
    title.starts_with("中华人民共和国")
        || core.ends_with("条例")
        || core.ends_with("法典")
        || (core.ends_with('法') && !core.ends_with("办法"))
}
