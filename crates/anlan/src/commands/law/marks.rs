//! Words marked in a report: with signs, or with colours on a terminal.
//!
//! Invariants: text cannot bring colours or signals of its own to the terminal; a colour ends with its line.

use crate::output::visible;
use crate::say::Say;

/// What is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Removed,
    Added,
    /// One side lacks it because its source lost it.
    Lost,
    /// Words that were looked for.
    Found,
}

impl Mark {
    const ALL: [Self; 4] = [Self::Removed, Self::Added, Self::Lost, Self::Found];

    /// Stands in a report for the place where the colour begins; takes no column.
    fn begin(self) -> char {
        match self {
            Self::Removed => '\u{f8f0}',
            Self::Added => '\u{f8f1}',
            Self::Lost => '\u{f8f2}',
            Self::Found => '\u{f8f3}',
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::Removed => "\x1b[31;9m",
            Self::Added => "\x1b[32m",
            Self::Lost => "\x1b[33m",
            Self::Found => "\x1b[1m",
        }
    }

    fn signs(self) -> (&'static str, &'static str) {
        match self {
            Self::Removed => ("[-", "-]"),
            Self::Added => ("{+", "+}"),
            Self::Lost => ("{?", "?}"),
            Self::Found => ("", ""),
        }
    }
}

const END: char = '\u{f8ff}';
const RESET: &str = "\x1b[0m";

/// Whether a character is a signal of this file.
pub fn is_signal(c: char) -> bool {
    ('\u{f8f0}'..=END).contains(&c)
}

/// How marks are shown.
pub struct Marks {
    coloured: bool,
}

impl Marks {
    pub fn new(coloured: bool) -> Self {
        Self { coloured }
    }

    /// Text without a mark.
    pub fn plain(&self, text: &str) -> String {
        visible(text).chars().map(|c| if is_signal(c) { '\u{fffd}' } else { c }).collect()
    }

    pub fn mark(&self, mark: Mark, text: &str) -> String {
        let text = self.plain(text);
        if self.coloured {
            return format!("{}{text}{END}", mark.begin());
        }
        let (open, close) = mark.signs();
        format!("{open}{text}{close}")
    }

    /// How to read the marks.
    pub fn legend(&self, say: &Say) -> String {
        let name = |key, mark| self.mark(mark, &say.text(key, &[]));
        let marks = [name("law-diff-removed", Mark::Removed), name("law-diff-added", Mark::Added), name("law-diff-lost", Mark::Lost)];
        marks.join("  ")
    }

    /// A line of a report with its colours; `open` is the colour that goes on from the line before.
    pub fn paint(&self, line: &str, open: &mut Option<Mark>) -> String {
        if !self.coloured {
            return line.to_owned();
        }
        let words = line.trim_start();
        let mut painted = line[..line.len() - words.len()].to_owned();
        painted.push_str(open.map_or("", Mark::colour));
        for c in words.chars() {
            if c == END {
                *open = None;
                painted.push_str(RESET);
            } else if let Some(mark) = Mark::ALL.into_iter().find(|mark| mark.begin() == c) {
                *open = Some(mark);
                painted.push_str(mark.colour());
            } else {
                painted.push(c);
            }
        }
        if open.is_some() {
            painted.push_str(RESET);
        }
        painted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_signs_or_colours() {
        let signs = Marks::new(false);
        assert_eq!(signs.mark(Mark::Removed, "甲") + &signs.mark(Mark::Added, "乙"), "[-甲-]{+乙+}");
        let colours = Marks::new(true);
        let line = colours.mark(Mark::Added, "乙丙");
        let mut open = None;
        assert_eq!(colours.paint(&line, &mut open), "\x1b[32m乙丙\x1b[0m");
        let (first, second) = line.split_at(line.find('丙').unwrap());
        assert_eq!(colours.paint(first, &mut open), "\x1b[32m乙\x1b[0m");
        assert_eq!(colours.paint(&format!("  {second}"), &mut open), "  \x1b[32m丙\x1b[0m", "the indent has no colour");
        assert_eq!(open, None);
    }

    #[test]
    fn text_brings_no_colours_of_its_own() {
        let colours = Marks::new(true);
        assert_eq!(colours.paint(&colours.plain("\u{f8f1}x\x1b[2J"), &mut None), "\u{fffd}x\\x1b[2J");
    }
}
