//! Documents from what was located: articles, parts, places; and the damage that shows while they are built.

use super::body::{self, Body, Jump, Lists};
use super::finding::{Finding, FindingKind};
use super::foreign;
use super::headings::{self, Heading, Level, Standing};
use super::locate::{Span, is_statute_title};
use super::normal::Flow;
use super::page::{Page, Place};
use super::rules::RuleSpan;
use super::titles::glyph_text;
use super::tree::{Document, Kind, Part, PartLevel, ReadArticle};

/// A document with what later stages want to know of it.
pub(super) struct Built {
    pub document: Document,
    pub findings: Vec<Finding>,
    /// Missing items: the article, and where its list jumps.
    pub jumps: Vec<(u32, Jump)>,
    /// The glyphs that it was read from.
    pub range: std::ops::Range<usize>,
    /// What stands before the first heading, of a text that starts inside an article.
    pub has_head: bool,
    /// Whether what is the page's own follows directly.
    pub foot: bool,
}

pub(super) struct Source<'a> {
    pub page: &'a Page,
    pub flow: &'a Flow,
    /// Glyphs that are no part of any text.
    pub cut: &'a mut [bool],
}

impl Source<'_> {
    fn place(&self, glyph: usize) -> Place {
        self.flow.glyphs.get(glyph).or(self.flow.glyphs.last()).map(|g| self.page.place(g.at)).unwrap_or_default()
    }

    fn cut(&mut self, range: std::ops::Range<usize>) {
        if let Some(cut) = self.cut.get_mut(range) {
            cut.fill(true);
        }
    }

    fn body(&self, range: std::ops::Range<usize>, lists: Lists) -> Body {
        body::read(self.page, self.flow, range, self.cut, lists)
    }

    /// Cuts advertising and running heads inside a text; each block is a finding. `heads` are where its articles and units start.
    fn cut_foreign(&mut self, range: std::ops::Range<usize>, title: &str, heads: &[usize], findings: &mut Vec<Finding>) {
        let flow = self.flow;
        let first = flow.lines.partition_point(|line| line.start < range.start);
        let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
        for line in flow.lines.iter().skip(first.saturating_sub(1)).take_while(|line| line.start < range.end) {
            let (mut from, end) = (line.start.max(range.start), line.end.min(range.end));
            while from < end {
                let next = heads.get(heads.partition_point(|head| *head <= from)).map_or(end, |head| end.min(*head));
                if let Some(block) = foreign::advert_in(flow, from..next, heads.binary_search(&from).is_ok()) {
                    match blocks.last_mut() {
                        Some(last) if last.end == block.start => last.end = block.end,
                        _ => blocks.push(block),
                    }
                }
                from = next;
            }
        }
        blocks.extend(foreign::running_heads(flow, range.clone(), title));
        blocks.extend(foreign::page_numbers(flow, range));
        blocks.sort_by_key(|block| block.start);
        for block in blocks {
            let finding = Finding::at(FindingKind::ForeignBlock, self.place(block.start), 0.9).found(glyph_text(flow, block.clone()));
            findings.push(finding);
            self.cut(block);
        }
    }
}

/// A text with articles.
pub(super) fn articles(source: &mut Source<'_>, span: &Span, file: &str) -> Built {
    let title = span.title.as_ref().map(|title| title.text.clone());
    let title = title.or_else(|| foreign::appendix_title(source.flow, span.body..span.extent.end)).unwrap_or_default();
    let mut findings = Vec::new();
    let inner = span.body..span.extent.end;
    let mut heads: Vec<usize> = span.articles.iter().chain(&span.parts).map(|heading| heading.start).collect();
    heads.sort_unstable();
    source.cut_foreign(inner, &title, &heads, &mut findings);
    let kind = kind_of(&title, &glyph_text(source.flow, span.articles.first().map_or(0, |h| h.start)..span.extent.end));
    let parts = parts(source, span, &mut findings);
    let lists = if kind == Kind::Statute { Lists::Statute } else { Lists::Rules };
    let mut document = Document {
        file: file.to_owned(),
        title,
        kind,
        version: None,
        place: source.place(span.start),
        parts: parts.iter().map(|(_, part)| part.clone()).collect(),
        articles: Vec::new(),
        head: None,
        sources: Vec::new(),
    };
    let mut jumps = Vec::new();
    let mut open_parts = OpenParts { parts: &parts, next: 0, open: Vec::new() };
    for (nth, heading) in span.articles.iter().enumerate() {
        glued(source, heading, &mut findings);
        let next = span.articles.get(nth + 1).map_or(span.extent.end, |next| next.start);
        let until = parts.get(parts.partition_point(|(start, _)| *start <= heading.start)).map_or(next, |(start, _)| next.min(*start));
        let body = source.body(heading.end..until, lists);
        jumps.extend(body.jumps.into_iter().map(|jump| (heading.number, jump)));
        document.articles.push(ReadArticle {
            number: heading.number,
            place: source.place(heading.start),
            part: open_parts.at(heading.start),
            paragraphs: body.paragraphs,
            raw: body.raw,
            truncated: body.ellipsis,
            ..ReadArticle::default()
        });
    }
    let has_head = head(source, span, &mut document);
    if let Some(foot) = &span.extent.foot {
        findings.push(foot_finding(source, foot.clone()));
    }
    Built { document, findings, jumps, range: span.start..span.extent.end, has_head, foot: span.extent.foot.is_some() }
}

fn foot_finding(source: &Source<'_>, foot: std::ops::Range<usize>) -> Finding {
    Finding::at(FindingKind::ForeignBlock, source.place(foot.start), 0.9).found(glyph_text(source.flow, foot))
}

fn kind_of(title: &str, text: &str) -> Kind {
    let says_law = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let statute = if title.is_empty() { says_law(&["本法", "本条例"]) && !says_law(&["本制度"]) } else { is_statute_title(title) };
    // A page of a statute often has a heading line of its own above it.
    let unnamed = !title.is_empty() && !statute && says_law(&["制定本法", "本法自", "制定本条例"]);
    if statute || unnamed { Kind::Statute } else { Kind::Rules }
}

/// A heading inside a line, and a stray mark behind its number.
fn glued(source: &mut Source<'_>, heading: &Heading, findings: &mut Vec<Finding>) {
    let at = |kind, confidence| Finding::at(kind, source.place(heading.start), confidence);
    let number = Some(heading.number).filter(|_| heading.level == Level::Article);
    let printed = glyph_text(source.flow, heading.start..heading.end);
    if heading.standing == Standing::Glued {
        let before = glyph_text(source.flow, heading.start.saturating_sub(10)..heading.start);
        let mut finding = at(FindingKind::GluedHeading, 0.9).found(format!("{before}{printed}")).expected(printed.clone());
        finding.article = number;
        findings.push(finding);
    }
    if let Some(stray) = heading.stray {
        let mut finding = Finding::at(FindingKind::StrayMark, source.place(stray), 0.9).found(&printed);
        finding.article = number;
        finding.expected = glyph_text(source.flow, heading.start..stray);
        findings.push(finding);
    }
}

fn parts(source: &mut Source<'_>, span: &Span, findings: &mut Vec<Finding>) -> Vec<(usize, Part)> {
    let mut parts = Vec::new();
    let mut named = Vec::new();
    for heading in &span.parts {
        glued(source, heading, findings);
        let name = headings::name(source.flow, heading);
        named.push(name.range.start);
        let title = glyph_text(source.flow, name.range);
        if let Some(full_stop) = name.full_stop {
            let whole = glyph_text(source.flow, heading.start..full_stop + 1);
            let finding = Finding::at(FindingKind::StrayMark, source.place(full_stop), 0.9).found(&whole);
            findings.push(finding.expected(whole.trim_end_matches('。')));
        }
        let level = match heading.level {
            Level::Part => PartLevel::Book,
            Level::Section => PartLevel::Section,
            Level::Chapter | Level::Article => PartLevel::Chapter,
        };
        parts.push((heading.start, Part { level, number: heading.number, title, place: source.place(heading.start) }));
    }
    for line in bare_parts(source.flow, span.body..span.extent.end) {
        if named.binary_search(&line.start).is_ok() {
            continue;
        }
        let (title, place) = (glyph_text(source.flow, line.clone()), source.place(line.start));
        parts.push((line.start, Part { level: PartLevel::Chapter, number: 0, title, place }));
        source.cut(line);
    }
    parts.sort_by_key(|(start, _)| *start);
    parts
}

/// Chapters whose number is not there: a line `附则`.
fn bare_parts(flow: &Flow, range: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let first = flow.lines.partition_point(|line| line.start < range.start);
    let inside = flow.lines.iter().skip(first).take_while(|line| line.end <= range.end);
    let named =
        |line: &&std::ops::Range<usize>| line.len() == 2 && ["总则", "附则", "罚则"].contains(&glyph_text(flow, (*line).clone()).as_str());
    inside.filter(named).cloned().collect()
}

/// The parts that an article stands in, followed from the first article to the last.
struct OpenParts<'a> {
    parts: &'a [(usize, Part)],
    next: usize,
    open: Vec<&'a Part>,
}

impl OpenParts<'_> {
    /// `第三章 网络运行安全 第一节 一般规定`.
    fn at(&mut self, at: usize) -> String {
        while let Some((_, part)) = self.parts.get(self.next).filter(|(start, _)| *start < at) {
            self.open.retain(|outer| outer.level < part.level);
            self.open.push(part);
            self.next += 1;
        }
        self.open.iter().map(|part| printed(part)).collect::<Vec<_>>().join(" ")
    }
}

fn printed(part: &Part) -> String {
    let unit = match part.level {
        PartLevel::Book => '编',
        PartLevel::Chapter => '章',
        PartLevel::Section => '节',
    };
    match part.number {
        0 => part.title.clone(),
        number => format!("第{}{unit} {}", crate::numeral::chinese(number), part.title),
    }
}

/// What stands before the first heading of a text whose first number is not one.
fn head(source: &Source<'_>, span: &Span, document: &mut Document) -> bool {
    const SHORTEST_HEAD: usize = 8;
    let Some(first) = span.articles.first().filter(|first| first.number > 1) else { return false };
    let until = span.parts.first().map_or(first.start, |part| part.start.min(first.start));
    let body = source.body(span.body..until, Lists::Statute);
    let is_preface = first.number == 2 && span.title.is_some();
    if body.raw.len() < SHORTEST_HEAD || is_preface {
        return false;
    }
    let place = body.raw.first().map(|(_, at)| source.page.place(*at)).unwrap_or_default();
    document.head = Some(ReadArticle { place, paragraphs: body.paragraphs, raw: body.raw, ..ReadArticle::default() });
    true
}

/// A rule set without articles: its units are its articles.
pub(super) fn units(source: &mut Source<'_>, span: &RuleSpan, file: &str) -> Built {
    let mut findings = Vec::new();
    let start = span.title.range.start;
    let heads: Vec<usize> = span.units.iter().map(|unit| unit.start).collect();
    source.cut_foreign(span.title.range.end..span.extent.end, &span.title.text, &heads, &mut findings);
    let mut document = Document {
        file: file.to_owned(),
        title: span.title.text.clone(),
        kind: Kind::Rules,
        version: None,
        place: source.place(start),
        parts: Vec::new(),
        articles: Vec::new(),
        head: None,
        sources: Vec::new(),
    };
    let parts = unit_parts(source, span);
    document.parts = parts.iter().map(|(_, part)| part.clone()).collect();
    let mut jumps = Vec::new();
    for (nth, unit) in span.units.iter().enumerate() {
        let until = span.units.get(nth + 1).map_or(span.extent.end, |next| next.start);
        // Units that follow one another in a line are another way of numbering, and no damage.
        let spaced = source.flow.glyphs.get(unit.start).is_some_and(|g| g.after_gap());
        if nth == 0 && !unit.starts_line && !spaced && unit.start == span.title.range.end {
            let before = glyph_text(source.flow, unit.start.saturating_sub(10)..unit.start);
            let mark = span.style.mark(unit.number);
            let finding = Finding::at(FindingKind::GluedHeading, source.place(unit.start), 0.7).found(format!("{before}{mark}"));
            findings.push(finding.expected(mark).article(unit.number));
        }
        let body = source.body(unit.end..until, Lists::Rules);
        jumps.extend(body.jumps.into_iter().map(|jump| (unit.number, jump)));
        document.articles.push(ReadArticle {
            number: unit.number,
            place: source.place(unit.start),
            part: parts.iter().rfind(|(start, _)| *start < unit.start).map_or(String::new(), |(_, part)| part.title.clone()),
            paragraphs: body.paragraphs,
            raw: body.raw,
            truncated: body.ellipsis,
            ..ReadArticle::default()
        });
    }
    if let Some(foot) = &span.extent.foot {
        findings.push(foot_finding(source, foot.clone()));
    }
    Built { document, findings, jumps, range: start..span.extent.end, has_head: false, foot: span.extent.foot.is_some() }
}

/// The parts of a rule set whose units are numbered through: each up to its first unit, `二、责任内容`.
fn unit_parts(source: &mut Source<'_>, span: &RuleSpan) -> Vec<(usize, Part)> {
    let mut parts = Vec::new();
    for part in &span.parts {
        let next = span.units.get(span.units.partition_point(|unit| unit.start < part.start)).map_or(span.extent.end, |unit| unit.start);
        let until = next.min(span.parts.get(span.parts.partition_point(|p| p.start <= part.start)).map_or(next, |p| p.start));
        let title = glyph_text(source.flow, part.start..until);
        parts.push((part.start, Part { level: PartLevel::Chapter, number: part.number, title, place: source.place(part.start) }));
        source.cut(part.start..until);
    }
    parts
}
