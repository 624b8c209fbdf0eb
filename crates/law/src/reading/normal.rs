//! One form for all pages: full-width punctuation, no spaces between Chinese characters, no marks that the page added. Every character keeps the
//! place where it stood.
//!
//! Invariant: what is taken away here and is not mere width, space or markup is told as a [`Mark`].

use super::markdown;
use super::page::Page;

/// A space stood before the character (and not between all characters of its line).
const GAP: u8 = 1;
/// The character is the first of its line.
const LINE: u8 = 2;

/// One character of the normal form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub c: char,
    /// Its index in the page.
    pub at: u32,
    flags: u8,
}

impl Glyph {
    pub fn after_gap(self) -> bool {
        self.flags & GAP != 0
    }

    pub fn starts_line(self) -> bool {
        self.flags & LINE != 0
    }
}

/// A mark that was taken away or replaced.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub at: u32,
    pub found: String,
    pub expected: &'static str,
}

/// A page in normal form.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub glyphs: Vec<Glyph>,
    /// The lines that are not empty, as ranges of `glyphs`.
    pub lines: Vec<std::ops::Range<usize>>,
    pub marks: Vec<Mark>,
    /// Lines with a space between all characters: the page was read by a machine.
    pub spaced_lines: usize,
}

/// Han characters, those beyond the basic plane included.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '〇' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Ends of sentences and of their parts after which a paragraph may end.
pub(super) fn is_stop(c: char) -> bool {
    matches!(c, '。' | '；' | '：' | '！' | '？')
}

fn is_wide_mark(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '；' | '：' | '？' | '！' | '（' | '）' | '《' | '》' | '“' | '”' | '‘' | '’' | '…' | '—')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
        || (c.is_control() && !c.is_whitespace())
}

impl Flow {
    pub fn new(page: &Page) -> Self {
        let mut flow = Self::default();
        let mut line_glyphs = Vec::new();
        let is_markdown = markdown::is_written(page);
        for range in page.lines() {
            line_glyphs.clear();
            flow.spaced_lines += usize::from(read_line(page, range, is_markdown, &mut line_glyphs));
            flow.push_line(&mut line_glyphs);
        }
        flow
    }

    fn push_line(&mut self, line: &mut Vec<Glyph>) {
        widen(line);
        self.clean(line);
        if let Some(first) = line.first_mut() {
            first.flags |= LINE;
            let start = self.glyphs.len();
            self.glyphs.append(line);
            self.lines.push(start..self.glyphs.len());
        }
    }

    /// Takes stray marks out of a line.
    fn clean(&mut self, line: &mut Vec<Glyph>) {
        let quotes = line.iter().filter(|g| g.c == '"').count();
        let lone = line.iter().filter(|g| g.c == '\'').count() == 1;
        let mut open = false;
        let mut seen = 0;
        let mut before: Option<char> = None;
        let mut index = 0;
        let numeral_start = line.iter().take_while(|g| crate::numeral::is_numeral(g.c)).count();
        line_retain(line, |glyph, after| {
            let at_numeral = index == numeral_start;
            index += 1;
            let expected = match glyph.c {
                '"' => {
                    seen += 1;
                    open = !open;
                    if seen == quotes && quotes % 2 == 1 {
                        Some("")
                    } else {
                        glyph.c = if open { '“' } else { '”' };
                        None
                    }
                }
                '\'' if lone && beside(before, after, is_text) => Some(""),
                '`' | '´' if beside(before, after, |c| is_text(c) || matches!(c, '`' | '´')) => Some(""),
                '.' if !at_numeral && before.is_some_and(|c| is_han(c) || matches!(c, '”' | '》' | '）')) && after.is_some_and(is_han) => {
                    Some("")
                }
                '。' if before.is_some_and(|c| matches!(c, '；' | '：' | '。' | '，' | '、')) => Some(""),
                '\u{fffd}' => None,
                _ => None,
            };
            if glyph.c == '\u{fffd}' {
                self.marks.push(Mark { at: glyph.at, found: "\u{fffd}".into(), expected: "" });
            }
            match expected {
                Some(expected) => {
                    self.marks.push(Mark { at: glyph.at, found: marked(before, glyph.c), expected: kept(before, glyph.c, expected) });
                    false
                }
                None => {
                    before = Some(glyph.c);
                    true
                }
            }
        });
    }
}

/// `；。` is told with the mark before it, the others alone.
fn marked(before: Option<char>, mark: char) -> String {
    before.filter(|_| mark == '。').into_iter().chain([mark]).collect()
}

fn kept(before: Option<char>, mark: char, otherwise: &'static str) -> &'static str {
    match before.filter(|_| mark == '。') {
        Some('；') => "；",
        Some('：') => "：",
        Some('。') => "。",
        Some('，') => "，",
        Some('、') => "、",
        _ => otherwise,
    }
}

fn is_text(c: char) -> bool {
    is_han(c) || is_wide_mark(c)
}

fn beside(before: Option<char>, after: Option<char>, is: fn(char) -> bool) -> bool {
    before.is_some_and(is) && after.is_none_or(is) || after.is_some_and(is) && before.is_none_or(is)
}

/// Keeps the glyphs for which `keep` says so; it is told the next one too.
fn line_retain(line: &mut Vec<Glyph>, mut keep: impl FnMut(&mut Glyph, Option<char>) -> bool) {
    let mut kept = 0;
    for index in 0..line.len() {
        let after = line.get(index + 1).map(|g| g.c);
        let Some(mut glyph) = line.get(index).copied() else { return };
        if keep(&mut glyph, after) {
            if let Some(slot) = line.get_mut(kept) {
                *slot = glyph;
            }
            kept += 1;
        }
    }
    line.truncate(kept);
}

/// The characters of a line without its spaces; true where a space stands between all of them.
fn read_line(page: &Page, range: std::ops::Range<usize>, is_markdown: bool, out: &mut Vec<Glyph>) -> bool {
    let start = range.start as u32;
    let (mut gap, mut gaps) = (false, 0_usize);
    let line = page.chars.get(range).unwrap_or_default();
    let marks = if is_markdown { markdown::marks(line) } else { Vec::new() };
    for (nth, (at, c)) in (start..).zip(line).enumerate() {
        if is_invisible(*c) || marks.get(nth).copied().unwrap_or(false) {
            continue;
        }
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        gaps += usize::from(gap && !out.is_empty());
        out.push(Glyph { c: narrow(*c), at, flags: if gap { GAP } else { 0 } });
        gap = false;
    }
    let spaced = out.len() >= 4 && gaps * 3 >= (out.len() - 1) * 2;
    if spaced {
        out.iter_mut().for_each(|glyph| glyph.flags = 0);
        return true;
    }
    keep_spaces_between_latin(out);
    false
}

/// `QQ group` keeps its space.
fn keep_spaces_between_latin(line: &mut Vec<Glyph>) {
    let latin = |c: char| c.is_ascii_alphanumeric();
    let spaces: Vec<usize> = (1..line.len())
        .filter(|i| matches!((line.get(i - 1), line.get(*i)), (Some(a), Some(b)) if b.after_gap() && latin(a.c) && latin(b.c)))
        .collect();
    if spaces.is_empty() {
        return;
    }
    let mut widened = Vec::with_capacity(line.len() + spaces.len());
    let mut next = spaces.iter().peekable();
    for (index, glyph) in line.iter().enumerate() {
        if next.next_if(|space| **space == index).is_some() {
            widened.push(Glyph { c: ' ', at: glyph.at.saturating_sub(1), flags: 0 });
        }
        widened.push(*glyph);
    }
    *line = widened;
}

/// Full-width letters and digits, and rare forms of marks, as the usual ones.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '．' => '.',
        '＊' => '*',
        '＂' => '"',
        '＇' => '\'',
        '｀' => '`',
        '｡' => '。',
        '､' | '﹑' => '、',
        '﹐' => '，',
        '﹔' => '；',
        '﹕' | '︰' => '：',
        '〈' => '《',
        '〉' => '》',
        _ => c,
    }
}

/// ASCII punctuation becomes full width, but not inside times, numbers and addresses.
fn widen(line: &mut [Glyph]) {
    for index in 0..line.len() {
        let before = index.checked_sub(1).and_then(|i| line.get(i)).map(|g| g.c);
        let after = line.get(index + 1).map(|g| g.c);
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let Some(glyph) = line.get_mut(index) else { return };
        glyph.c = match glyph.c {
            ',' if latin(before) && latin(after) => ',',
            ':' if latin(before) && (latin(after) || after == Some('/')) => ':',
            ',' => '，',
            ':' => '：',
            ';' => '；',
            '(' => '（',
            ')' => '）',
            '?' if !latin(after) => '？',
            '!' => '！',
            c => c,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> (String, Vec<String>) {
        let flow = Flow::new(&Page::new(text));
        (flow.glyphs.iter().map(|g| g.c).collect(), flow.marks.iter().map(|m| m.found.clone()).collect())
    }

    #[test]
    fn width_and_spaces_are_folded_without_a_mark() {
        for (text, expected) in [
            ("第 三 十 条 关 键 信 息", "第三十条关键信息"),
            ("第一条　为了,制定(本法);", "第一条为了，制定（本法）；"),
            ("上午8:30开始，共1,000人", "上午8:30开始，共1,000人"),
            ("\u{a0}QQ group 群", "QQ group群"),
            ("“12.4”宣传日", "“12.4”宣传日"),
            ("一.本校", "一.本校"),
            ("他说\"好\"。", "他说“好”。"),
        ] {
            assert_eq!(normal(text), (expected.to_owned(), vec![]), "{text}");
        }
    }

    #[test]
    fn stray_marks_are_taken_out_and_told() {
        for (text, expected, marks) in [
            ("有错误的',有权", "有错误的，有权", vec!["'"]),
            ("组长的`领导小组", "组长的领导小组", vec!["`"]),
            ("创新”的.校训", "创新”的校训", vec!["."]),
            ("责任;。", "责任；", vec!["；。"]),
            ("含义:。", "含义：", vec!["：。"]),
            ("网络\"安全", "网络安全", vec!["\""]),
        ] {
            assert_eq!(normal(text), (expected.to_owned(), marks.iter().map(|m| (*m).to_owned()).collect()), "{text}");
        }
    }
}
