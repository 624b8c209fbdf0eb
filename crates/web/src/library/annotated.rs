//! A page's text as it came, in parts that a browser can bear, every finding marked where it was found.
//!
//! Invariants: marks never overlap; a finding without words of its own is a point; the text itself is shown as it is, hidden characters visible;
//! the parts together are the whole text.

use std::ops::Range;

use anlan_base::text::{Lang, text};
use anlan_law::reading::{Finding, FindingKind, Reading};

use crate::shown::{Part, cost, visible};

/// Bytes of the page that one part of a text may take.
pub(crate) const PART_BYTES: usize = 40 * 1024;
/// Findings that are listed and marked of one part; the others of it are counted.
pub(crate) const PART_FINDINGS: usize = 100;
/// Characters of the source that one mark covers at most.
const MARK_CHARS: usize = 60;

/// A stretch of text, or a finding's mark.
pub(super) struct Span {
    /// The finding's number; 0 where nothing is marked.
    pub(super) number: usize,
    pub(super) title: String,
    /// The finding's kind, where its mark stands for words that are not there.
    pub(super) gap: String,
    pub(super) parts: Vec<Part>,
}

pub(super) struct FindingView {
    /// From 1, through all findings of the text.
    pub(super) number: usize,
    pub(super) kind: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) place: String,
    pub(super) found: Vec<Part>,
    pub(super) expected: Vec<Part>,
    pub(super) percent: u32,
}

/// A part of a text with its findings.
pub(super) struct PartOfText {
    pub(super) spans: Vec<Span>,
    pub(super) findings: Vec<FindingView>,
    /// Findings in this part beyond [`PART_FINDINGS`].
    pub(super) unlisted: usize,
    /// From 1.
    pub(super) number: usize,
    pub(super) count: usize,
}

/// The bytes at which a text is cut into parts, at ends of lines where there are any.
fn cuts(content: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut from, mut spent, mut line_end) = (0, 0, 0);
    for (at, c) in content.char_indices() {
        if spent + cost(c) > PART_BYTES {
            let end = if line_end > from { line_end } else { at };
            parts.push(from..end);
            spent = content[end..at].chars().map(cost).sum();
            from = end;
        }
        spent += cost(c);
        if c == '\n' {
            line_end = at + 1;
        }
    }
    parts.push(from..content.len());
    parts
}

/// The byte where each finding stands, in one walk through the text. Findings come in the order of their places; lines and columns count from 1,
/// columns in characters.
fn bytes_of(content: &str, findings: &[Finding]) -> Vec<usize> {
    let mut bytes = Vec::with_capacity(findings.len());
    let (mut line, mut column) = (1, 1);
    let mut chars = content.char_indices();
    let mut here = chars.next();
    for finding in findings {
        let wanted = (finding.line, finding.column);
        while let Some((_, c)) = here.filter(|_| (line, column) < wanted) {
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
            here = chars.next();
        }
        bytes.push(here.map_or(content.len(), |(at, _)| at));
    }
    bytes
}

/// The bytes from `at` on that hold the words of a finding, spaces aside; empty where they do not stand there.
fn extent(content: &str, at: usize, found: &str) -> Range<usize> {
    let mut wanted = found.trim_end_matches('…').chars().filter(|c| !c.is_whitespace()).peekable();
    let mut end = at;
    for (offset, c) in content.get(at..).unwrap_or_default().char_indices().take(MARK_CHARS) {
        let Some(next) = wanted.peek() else { break };
        if same(*next, c) {
            wanted.next();
            end = at + offset + c.len_utf8();
        } else if !c.is_whitespace() {
            break;
        }
    }
    at..end
}

/// Whether two signs are one, width aside.
fn same(a: char, b: char) -> bool {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    narrow(a) == narrow(b)
}

/// The part that a number names; the last where there are fewer.
pub(super) fn part(lang: Lang, content: &str, reading: &Reading, number: usize) -> PartOfText {
    let cuts = cuts(content);
    let index = number.clamp(1, cuts.len()) - 1;
    let range = cuts.get(index).cloned().unwrap_or(0..0);
    let is_last = index + 1 == cuts.len();
    let bytes = bytes_of(content, &reading.findings);
    let placed = bytes.into_iter().zip(1..).zip(&reading.findings).map(|((at, number), finding)| (at, number, finding));
    let mut here: Vec<_> = placed.filter(|(at, ..)| range.contains(at) || (is_last && *at >= range.end)).collect();
    here.sort_by_key(|(at, number, _)| (*at, *number));
    let unlisted = here.len().saturating_sub(PART_FINDINGS);
    here.truncate(PART_FINDINGS);
    PartOfText {
        spans: spans(lang, content, range, &here),
        findings: here.iter().map(|(_, number, finding)| view(lang, *number, finding)).collect(),
        unlisted,
        number: index + 1,
        count: cuts.len(),
    }
}

fn spans(lang: Lang, content: &str, range: Range<usize>, here: &[(usize, usize, &Finding)]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut done = range.start;
    let plain = |from: usize, to: usize| Span {
        number: 0,
        title: String::new(),
        gap: String::new(),
        parts: visible(content.get(from..to).unwrap_or_default()),
    };
    for (at, number, finding) in here {
        let is_gap = is_gap(finding.kind);
        let mark = if is_gap { *at..*at } else { extent(content, *at, &finding.found) };
        let (from, to) = (mark.start.clamp(done, range.end), mark.end.clamp(done, range.end));
        if from > done {
            spans.push(plain(done, from));
        }
        let parts = visible(content.get(from..to).unwrap_or_default());
        let gap = if is_gap { text(lang, &finding.kind.key(), &[]) } else { String::new() };
        spans.push(Span { number: *number, title: title(lang, finding), gap, parts });
        done = to.max(from);
    }
    if done < range.end {
        spans.push(plain(done, range.end));
    }
    spans
}

/// Whether a finding speaks of words that do not stand there.
fn is_gap(kind: FindingKind) -> bool {
    matches!(kind, FindingKind::LostItem | FindingKind::LostArticle | FindingKind::Truncated | FindingKind::GluedHeading)
}

fn title(lang: Lang, finding: &Finding) -> String {
    let kind = text(lang, &finding.kind.key(), &[]);
    if finding.expected.is_empty() { kind } else { text(lang, "finding-expected", &[("kind", &kind), ("expected", &finding.expected)]) }
}

fn view(lang: Lang, number: usize, finding: &Finding) -> FindingView {
    let place = finding.article.map(|article| {
        let place = anlan_law::Place::article(article);
        finding.item.map_or(place, |item| place.with_item(item)).show(lang)
    });
    FindingView {
        number,
        kind: text(lang, &finding.kind.key(), &[]),
        line: finding.line,
        column: finding.column,
        place: place.unwrap_or_default(),
        found: visible(&finding.found),
        expected: visible(&finding.expected.chars().take(EXPECTED_CHARS).collect::<String>()),
        percent: percent(finding.confidence),
    }
}

/// Characters shown of what was expected.
const EXPECTED_CHARS: usize = 200;

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 100")]
fn percent(confidence: f64) -> u32 {
    (confidence.clamp(0.0, 1.0) * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_ends_of_lines() {
        let line = format!("{}\n", "x".repeat(99));
        for (len, parts) in [(PART_BYTES - 1, 1), (PART_BYTES, 1), (PART_BYTES + 1, 2)] {
            assert_eq!(cuts(&"a".repeat(len)).len(), parts, "one line of {len}");
        }
        let content = line.repeat(2 * PART_BYTES / 100);
        let parts = cuts(&content);
        assert!(parts.iter().all(|part| content[part.clone()].ends_with('\n')));
        assert_eq!(parts.iter().map(|part| &content[part.clone()]).collect::<String>(), content);
        let hostile = "<".repeat(PART_BYTES);
        assert!(cuts(&hostile).len() >= 5, "a sign counts as it stands in the page");
        assert_eq!(cuts("").len(), 1);
    }

    #[test]
    fn places_are_found_in_one_walk() {
        let at = |line, column| Finding {
            kind: FindingKind::StrayMark,
            file: String::new(),
            line,
            column,
            article: None,
            item: None,
            found: String::new(),
            expected: String::new(),
            confidence: 1.0,
            document: None,
        };
        let content = "一二\r\n三x\n\ny";
        let findings = [at(1, 1), at(1, 2), at(2, 1), at(2, 1), at(2, 2), at(4, 1), at(4, 2), at(9, 9)];
        assert_eq!(bytes_of(content, &findings), [0, 3, 8, 8, 11, 14, 15, 15]);
    }

    #[test]
    fn a_mark_covers_the_words_that_stand_there() {
        for (content, found, covered) in [
            ("第 二 十 条 网络", "第二十条", "第 二 十 条"),
            ("一九", "一九。", "一九"),
            ("abc", "xyz", ""),
            ("abc", "", ""),
            ("ＡＢ", "AB", "ＡＢ"),
            ("甲乙丙", "甲乙…", "甲乙"),
        ] {
            assert_eq!(&content[extent(content, 0, found)], covered, "{content} {found}");
        }
    }
}
