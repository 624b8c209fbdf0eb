//! The words of an article or unit as paragraphs and items.
//!
//! Invariants: every character that was not cut stands in the tree once, in its order; a number that is not the next one is kept as printed and told as
//! a [`Jump`].

use crate::numeral;

use super::marker::{self, Style};
use super::normal::{Flow, is_han, is_stop};
use super::page::{Page, Place};
use super::tree::{ReadItem, ReadParagraph};

/// Most numbers that may be missing in one place of a list.
pub const LONGEST_ITEM_GAP: u32 = 20;

/// Most jumps of one article that are told.
pub const MOST_JUMPS: usize = 500;

/// Numbers that are missing in a list.
#[derive(Clone, Debug)]
pub(super) struct Jump {
    pub missing: std::ops::Range<u32>,
    pub place: Place,
    /// What stands where they are missing.
    pub found: String,
    pub confidence: f64,
}

/// Which marks make items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// Statutes: `（一）` only.
    Statute,
    /// Rule sets: whatever mark stands first.
    Rules,
}

#[derive(Default)]
pub(super) struct Body {
    pub paragraphs: Vec<ReadParagraph>,
    pub jumps: Vec<Jump>,
    pub raw: Vec<(char, u32)>,
    /// `...` stood at the end: the page says that more follows.
    pub ellipsis: bool,
}

#[derive(Clone, Copy)]
struct Letter {
    c: char,
    at: u32,
    newline: bool,
    gap: bool,
}

struct Builder<'a> {
    page: &'a Page,
    letters: Vec<Letter>,
    lists: Lists,
    style: Option<Style>,
    last: u32,
    /// Last numbers of the lists inside the present item.
    nested: Vec<(Style, u32)>,
    body: Body,
}

/// Reads the glyphs of `range` that are not cut.
pub(super) fn read(page: &Page, flow: &Flow, range: std::ops::Range<usize>, cut: &[bool], lists: Lists) -> Body {
    let mut newline = true;
    let mut letters = Vec::new();
    for index in range {
        let Some(glyph) = flow.glyphs.get(index) else { break };
        newline |= glyph.starts_line();
        if cut.get(index).copied().unwrap_or(false) {
            continue;
        }
        letters.push(Letter { c: glyph.c, at: glyph.at, newline, gap: glyph.after_gap() });
        newline = false;
    }
    let ellipsis = drop_ellipsis(&mut letters);
    let raw = letters.iter().map(|l| (l.c, l.at)).collect();
    let mut builder =
        Builder { page, letters, lists, style: None, last: 0, nested: Vec::new(), body: Body { raw, ellipsis, ..Body::default() } };
    builder.run();
    builder.end_of_list();
    builder.body
}

/// `...` at the very end is the page's way to say that more follows; it is no part of the text.
fn drop_ellipsis(letters: &mut Vec<Letter>) -> bool {
    let dots = letters.iter().rev().take_while(|l| matches!(l.c, '.' | '…' | '·')).count();
    let is_ellipsis = dots >= 2 || letters.last().is_some_and(|l| l.c == '…');
    if is_ellipsis {
        letters.truncate(letters.len() - dots);
    }
    is_ellipsis
}

impl Builder<'_> {
    fn char_at(&self, at: usize) -> Option<char> {
        self.letters.get(at).map(|l| l.c)
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(letter) = self.letters.get(at).copied() {
            if let Some(length) = self.mark(at, letter) {
                at += length;
                continue;
            }
            let ended = at
                .checked_sub(1)
                .and_then(|before| self.char_at(before))
                .is_some_and(|c| matches!(c, '。' | '：' | '！' | '？' | '”' | '）'));
            if self.body.paragraphs.is_empty() || (letter.newline && ended) {
                self.paragraph(letter.at);
            }
            self.push(letter.c);
            at += 1;
        }
    }

    fn paragraph(&mut self, at: u32) {
        let place = self.page.place(at);
        self.body.paragraphs.push(ReadParagraph { place, ..ReadParagraph::default() });
    }

    fn push(&mut self, c: char) {
        let Some(paragraph) = self.body.paragraphs.last_mut() else { return };
        match paragraph.items.last_mut() {
            Some(item) => item.text.push(c),
            None => paragraph.text.push(c),
        }
    }

    /// Takes a mark of the list that starts here; its length.
    fn mark(&mut self, at: usize, letter: Letter) -> Option<usize> {
        let before = at.checked_sub(1).and_then(|before| self.char_at(before));
        let boundary = letter.newline || before.is_none_or(|c| is_stop(c) || matches!(c, '”' | '）')) || letter.gap;
        if !boundary {
            return None;
        }
        let (style, number, length) = marker::read(|i| self.char_at(i), at)?;
        if self.lists == Lists::Statute && style != Style::HanParen {
            return None;
        }
        let starts = letter.newline || before.is_none_or(|c| c == '：' || is_stop(c));
        let is_range = matches!(self.char_at(at + length), Some('至' | '、' | '项' | '款'));
        if is_range {
            return None;
        }
        match self.style {
            None if number == 1 || (starts && number <= LONGEST_ITEM_GAP) => self.style = Some(style),
            Some(top) if top != style => {
                self.nest(style, number, letter, at, starts);
                return None;
            }
            Some(_) if number == self.last + 1 => {}
            Some(_) if number > self.last && number - self.last <= LONGEST_ITEM_GAP && starts => {}
            Some(_) if number == 1 && starts => {
                self.end_of_list();
                self.new_list(letter.at);
            }
            _ => return None,
        }
        self.jump(self.last + 1..number, letter.at, at);
        self.last = number;
        self.nested.clear();
        if self.body.paragraphs.is_empty() {
            self.paragraph(letter.at);
        }
        let place = self.page.place(letter.at);
        let item = ReadItem { number, place, text: String::new(), style, source: None, derived: false };
        self.body.paragraphs.last_mut()?.items.push(item);
        Some(length)
    }

    /// A list that begins anew: it stands in the paragraph that leads to it, or in one of its own.
    fn new_list(&mut self, at: u32) {
        self.last = 0;
        if self.body.paragraphs.last().is_some_and(|p| !p.items.is_empty()) {
            self.paragraph(at);
        }
    }

    /// Follows the lists inside an item; their words stay in the item.
    fn nest(&mut self, style: Style, number: u32, letter: Letter, at: usize, starts: bool) {
        let last = self.nested.iter().position(|(known, _)| *known == style);
        let before = last.and_then(|i| self.nested.get(i)).map_or(0, |(_, last)| *last);
        if number != 1 && number != before + 1 {
            if !starts || number <= before || number - before > LONGEST_ITEM_GAP {
                return;
            }
            self.jump(before + 1..number, letter.at, at);
        }
        match last.and_then(|i| self.nested.get_mut(i)) {
            Some(slot) => slot.1 = number,
            None => self.nested.push((style, number)),
        }
    }

    fn jump(&mut self, missing: std::ops::Range<u32>, at: u32, index: usize) {
        if missing.is_empty() || self.body.jumps.len() >= MOST_JUMPS {
            return;
        }
        let found = self.letters.iter().skip(index).take(20).map(|l| l.c).collect();
        self.body.jumps.push(Jump { missing, place: self.page.place(at), found, confidence: 0.95 });
    }

    /// In a statute the last item ends with a full stop, and what ends with `下列…：` has items.
    fn end_of_list(&mut self) {
        if self.lists != Lists::Statute {
            return;
        }
        let Some(paragraph) = self.body.paragraphs.last() else { return };
        let (text, next) = match paragraph.items.last() {
            Some(item) => (&item.text, item.number + 1),
            None => (&paragraph.text, 1),
        };
        let open = match next {
            1 => text.ends_with('：') && ["下列", "以下", "如下"].iter().any(|word| text.contains(word)),
            _ => text.ends_with('；'),
        };
        let Some(last) = self.body.raw.last().filter(|_| open) else { return };
        let found: String = text.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
        self.body.jumps.push(Jump { missing: next..next + 1, place: self.page.place(last.1), found, confidence: 0.6 });
    }
}

/// Whether a text ends as a sentence does.
pub(super) fn is_complete(text: &str) -> bool {
    text.ends_with(['。', '！', '？', '”', '）', '》'])
}

/// Whether a text breaks off: inside a word or behind a comma.
pub(super) fn breaks_off(text: &str) -> bool {
    text.ends_with(|c: char| is_han(c) || matches!(c, '，' | '、' | '（' | '“') || c.is_ascii_alphanumeric() || numeral::is_numeral(c))
}
