//! Text laid out in the columns of a terminal, where a Chinese character takes two.
//!
//! Invariants: no line is wider than asked for (widths under two columns aside); no character but blanks at a break is lost;
//! marks that close do not begin a line.

use super::marks::is_signal;

/// Columns of every report.
pub const COLUMNS: usize = 80;

/// Columns that a character takes; where terminals differ, the larger number.
pub fn width_of(c: char) -> usize {
    match c {
        c if is_signal(c) => 0,
        '\u{2013}' | '\u{ff61}'..='\u{ffdc}' => 1,
        '\u{1100}'..='\u{ffff}' | '\u{1f000}'.. => 2,
        '\u{b7}' | '\u{d7}' => 2,
        _ => 1,
    }
}

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// Text with blanks behind it up to `columns`.
pub fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text in lines of at most [`COLUMNS`], the first behind `first` blanks, the others behind `rest`. A line feed of the text begins a line.
pub fn wrapped(text: &str, first: usize, rest: usize) -> Vec<String> {
    wrapped_to(text, first, rest, COLUMNS)
}

fn wrapped_to(text: &str, first: usize, rest: usize, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.split('\n') {
        let begin = if lines.is_empty() { first } else { rest };
        let mut line = Line { text: " ".repeat(begin), used: begin, is_empty: true };
        for unit in units(part) {
            line.add(unit, rest, columns, &mut lines);
        }
        lines.push(line.text.trim_end().to_owned());
    }
    lines
}

struct Line {
    text: String,
    used: usize,
    /// Holds nothing but its indent.
    is_empty: bool,
}

impl Line {
    fn add(&mut self, unit: &str, indent: usize, columns: usize, lines: &mut Vec<String>) {
        let needs = width(unit);
        if self.used + needs > columns && !self.is_empty {
            self.turn(indent, lines);
            if unit.trim().is_empty() {
                return;
            }
        }
        if self.used + needs <= columns {
            self.text.push_str(unit);
            (self.used, self.is_empty) = (self.used + needs, false);
            return;
        }
        for c in unit.chars() {
            if self.used + width_of(c) > columns && !self.is_empty {
                self.turn(indent, lines);
            }
            self.text.push(c);
            (self.used, self.is_empty) = (self.used + width_of(c), false);
        }
    }

    fn turn(&mut self, indent: usize, lines: &mut Vec<String>) {
        let full = std::mem::replace(&mut self.text, " ".repeat(indent));
        lines.push(full.trim_end().to_owned());
        (self.used, self.is_empty) = (indent, true);
    }
}

/// Characters of one unit at most, so that a row of closing marks cannot grow without end.
const UNIT_CHARS: usize = 80;

/// The text in pieces that are not broken: words, single Chinese characters, each with the marks that cling to it.
fn units(text: &str) -> Vec<&str> {
    let mut units = Vec::new();
    let (mut start, mut count, mut last) = (0, 0, None);
    for (at, c) in text.char_indices() {
        if last.is_some_and(|last| may_break(last, c) || count >= UNIT_CHARS) {
            units.push(&text[start..at]);
            (start, count) = (at, 0);
        }
        (last, count) = (Some(c), count + 1);
    }
    units.push(&text[start..]);
    units
}

fn may_break(before: char, after: char) -> bool {
    if before == ' ' || after == ' ' {
        return before != after;
    }
    if closes(after) || opens(before) {
        return false;
    }
    width_of(before) > 1 || width_of(after) > 1
}

fn closes(c: char) -> bool {
    "，。；：、！？）》〉】」』”’…,.;:!?)]}-+".contains(c)
}

fn opens(c: char) -> bool {
    "（《〈【「『“‘([{-+?".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_columns_and_every_character() {
        for text in [
            "网络运营者应当按照网络安全等级保护制度的要求，履行下列安全保护义务：（一）制定内部安全管理制度；",
            "a path/that/is/far/too/long/for/one/line/and/has/no/blank/where/it/could/be/broken.txt:1:2 and more",
            "，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，，",
            "",
            "x",
            "混排 mixed words 与 ASCII 42 号（甲）“乙”",
        ] {
            for columns in 8..40 {
                for (first, rest) in [(0, 0), (0, 4), (3, 2)] {
                    let lines = wrapped_to(text, first, rest, columns);
                    assert!(lines.iter().all(|line| width(line) <= columns), "{columns}: {lines:?}");
                    let bare = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
                    assert_eq!(bare(&lines.concat()), bare(text));
                }
            }
        }
    }

    #[test]
    fn a_mark_that_closes_does_not_begin_a_line() {
        assert_eq!(wrapped_to("一二三四，五六", 0, 0, 8), ["一二三", "四，五六"]);
        assert_eq!(wrapped_to("one two three", 0, 2, 8), ["one two", "  three"]);
        assert_eq!(wrapped_to("一\n二", 0, 2, 8), ["一", "  二"]);
    }
}
