//! Where the last article or unit of a text ends: before a foot, a section of the page, another title, a signature.

use super::foreign;
use super::headings::char_at;
use super::marker::{self, Style};
use super::normal::{Flow, is_stop};
use super::titles::Title;

/// Most lines that one article or unit may have behind its heading.
const MOST_LINES: usize = 400;
/// Lines that are shorter say nothing about whether lines are wrapped.
const TELLING_LINE: usize = 14;

/// The end of a text.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    /// Behind its last glyph.
    pub end: usize,
    /// The first line that no longer belongs to it and is the page's own.
    pub foot: Option<std::ops::Range<usize>>,
}

/// How the lines of a text are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// A line is a paragraph.
    Whole,
    /// A paragraph is broken over lines.
    Wrapped,
}

/// Whether paragraphs are broken over lines in this part of the page.
pub(super) fn lines_of(flow: &Flow, range: &std::ops::Range<usize>) -> Lines {
    let first = flow.lines.partition_point(|line| line.start < range.start);
    let (mut open, mut all) = (0_usize, 0_usize);
    for line in flow.lines.iter().skip(first).take_while(|line| line.start < range.end).filter(|line| line.len() >= TELLING_LINE) {
        all += 1;
        open += usize::from(!ends_paragraph(flow, line.end));
    }
    if all >= 6 && open * 5 > all * 2 { Lines::Wrapped } else { Lines::Whole }
}

fn ends_paragraph(flow: &Flow, end: usize) -> bool {
    end.checked_sub(1).and_then(|at| char_at(flow, at)).is_some_and(|c| is_stop(c) || matches!(c, '”' | '）'))
}

pub(super) struct Search<'a> {
    pub flow: &'a Flow,
    pub titles: &'a [Title],
    /// The text's own title: where a sentence is open, or where it stood inside the text before, a line that repeats it is a running head.
    pub title: &'a str,
    /// Running heads were seen inside the text.
    pub has_heads: bool,
    /// The text lies before this.
    pub limit: usize,
    pub lines: Lines,
    pub is_rules: bool,
    /// The mark of the units, of a rule set without articles.
    pub units: Option<Style>,
}

impl Search<'_> {
    /// The end of the text whose last heading or mark ends at `from`.
    pub fn end(&self, from: usize) -> Extent {
        let flow = self.flow;
        let first = flow.lines.partition_point(|line| line.end <= from);
        let mut end = from;
        let mut through_head = false;
        for (nth, line) in flow.lines.iter().enumerate().skip(first).take(MOST_LINES) {
            let start = line.start.max(from);
            if start >= self.limit {
                return Extent { end: end.min(self.limit), foot: self.foot(nth) };
            }
            let line_end = line.end.min(self.limit);
            let open = !ends_paragraph(flow, end);
            if nth != first && ((open || self.has_heads) && self.is_running_head(line) || foreign::is_page_number(flow, line)) {
                through_head |= open;
                continue;
            }
            let belongs = nth == first || through_head || self.belongs(nth, line, end, from);
            through_head = false;
            if !belongs {
                return Extent { end, foot: self.foot(nth) };
            }
            end = line_end;
        }
        Extent { end: end.min(self.limit).max(from), foot: None }
    }

    /// The first of the next two lines that is the page's own.
    fn foot(&self, nth: usize) -> Option<std::ops::Range<usize>> {
        let next = self.flow.lines.iter().skip(nth).take(2).filter(|line| line.start < self.limit);
        next.filter(|line| self.is_foot(line)).take(1).next().cloned()
    }

    fn is_foot(&self, line: &std::ops::Range<usize>) -> bool {
        let text = foreign::line_text(self.flow, line);
        foreign::is_foot(&text) || foreign::is_advert(&text)
    }

    fn belongs(&self, nth: usize, line: &std::ops::Range<usize>, end: usize, from: usize) -> bool {
        let flow = self.flow;
        let text = foreign::line_text(flow, line);
        if foreign::is_foot(&text) || foreign::is_page_section(flow, line) || self.is_title(line) {
            return false;
        }
        if foreign::is_advert(&text) {
            return self.continues_behind(nth);
        }
        if is_attribution(&text) {
            return false;
        }
        let is_first_text = end <= from;
        let ended = ends_paragraph(flow, end);
        if let Some((style, number, _)) = marker::read(|i| char_at(flow, line.start + i), 0) {
            return self.takes_mark(style, number, end);
        }
        if is_first_text {
            return true;
        }
        if is_final(flow, from, end) {
            return false;
        }
        if ends_paragraph(flow, line.end) || self.lines == Lines::Wrapped {
            return ended || self.lines == Lines::Wrapped || self.is_rules;
        }
        if self.is_rules {
            const SIGNATURE: usize = 30;
            return line.len() > SIGNATURE;
        }
        ended && self.is_last_before_foot(nth) && line.len() >= 4
    }

    fn is_title(&self, line: &std::ops::Range<usize>) -> bool {
        let first = self.titles.partition_point(|title| title.range.start < line.start);
        self.titles.get(first).is_some_and(|title| title.range.start < line.end && (title.whole_line || title.leads) && !title.numbered)
    }

    fn is_running_head(&self, line: &std::ops::Range<usize>) -> bool {
        let first = self.titles.partition_point(|title| title.range.start < line.start);
        let title = self.titles.get(first).filter(|title| title.range.start < line.end && title.whole_line);
        title.is_some_and(|title| !self.title.is_empty() && title.text == self.title)
    }

    /// A mark goes on with the text's own lists, or begins another text.
    fn takes_mark(&self, style: Style, number: u32, end: usize) -> bool {
        match self.units {
            Some(units) if style == units => false,
            Some(units) => style > units || number > 1 || self.leads_to_list(end),
            None => style != Style::HanComma || self.leads_to_list(end) || (self.is_rules && number > 1),
        }
    }

    fn leads_to_list(&self, end: usize) -> bool {
        end.checked_sub(1).and_then(|at| char_at(self.flow, at)) == Some('：')
    }

    /// Behind advertising the list goes on.
    fn continues_behind(&self, nth: usize) -> bool {
        self.flow
            .lines
            .get(nth + 1)
            .filter(|line| line.start < self.limit)
            .is_some_and(|line| marker::read(|i| char_at(self.flow, line.start + i), 0).is_some_and(|(_, number, _)| number > 1))
    }

    fn is_last_before_foot(&self, nth: usize) -> bool {
        match self.flow.lines.get(nth + 1) {
            Some(next) if next.start < self.limit => self.is_foot(next),
            _ => true,
        }
    }
}

/// `本法自…起施行。`, `…负责解释。`: nothing follows.
fn is_final(flow: &Flow, from: usize, end: usize) -> bool {
    const LONGEST_FINAL: usize = 120;
    if end.saturating_sub(from) > LONGEST_FINAL {
        return false;
    }
    let text = super::titles::glyph_text(flow, from..end);
    (text.contains("施行") || text.contains("废止") || text.contains("生效")) && text.ends_with('。')
}

/// Places for a signature or a seal.
const SIGNED: [&str; 4] = ["（盖章", "（签字", "（签章", "（签名"];

/// Date lines, signatures, sources.
fn is_attribution(text: &str) -> bool {
    const LONGEST: usize = 40;
    let short = text.chars().count() <= LONGEST;
    let signs =
        ["甲方", "乙方", "单位（", "签字", "签章", "盖章", "责任人：", "负责人：", "签订日期", "日期：", "来源：", "作者：", "责任编辑"];
    let date = text.ends_with('日') && text.contains('年') && text.contains('月');
    short
        && (date
            || (!text.ends_with('。')
                && !text.ends_with('；')
                && signs.iter().any(|word| text.starts_with(word) || SIGNED.iter().any(|word| text.contains(word)))))
}
