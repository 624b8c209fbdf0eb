//! A place in a text while it is read: the characters of citations in either width, numbers of either kind.
//!
//! Invariant: every step looks at a bounded number of characters, so that a reader that tries at each character stays linear.

use crate::numeral;

/// Characters of a number in a citation.
const NUMBER_CHARS: usize = 8;
/// Spaces that may stand between two signs of a citation, as copies of pages have them.
const SPACES: usize = 4;

/// Full-width forms as their ASCII twins, other blanks as a space.
pub(crate) fn fold(c: char) -> char {
    match c {
        '\u{3000}' | '\u{a0}' | '\t' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '〔' | '【' => '(',
        '〕' | '】' => ')',
        _ => c,
    }
}

/// Reads forward in a text; copied to look ahead.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    /// Byte, always at a character's start.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// At the byte of a character's start; anything else is taken as the end.
    pub(crate) fn from(text: &'a str, at: usize) -> Self {
        Self { text, at: if text.is_char_boundary(at) { at } else { text.len() } }
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// What was read already.
    pub(crate) fn before(&self) -> &'a str {
        self.text.get(..self.at).unwrap_or_default()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The next character, its width folded.
    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next().map(fold)
    }

    pub(crate) fn step(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(crate) fn eat(&mut self, wanted: char) -> bool {
        let is_there = self.peek() == Some(wanted);
        if is_there {
            self.step();
        }
        is_there
    }

    /// Letters of either case.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let mut ahead = *self;
        for wanted in word.chars() {
            match ahead.step() {
                Some(c) if c.eq_ignore_ascii_case(&wanted) => {}
                _ => return false,
            }
        }
        *self = ahead;
        true
    }

    pub(crate) fn spaces(&mut self) {
        for _ in 0..SPACES {
            if !self.eat(' ') {
                return;
            }
        }
    }

    /// A number in digits or Chinese numerals, from 1; blanks may stand between the signs.
    pub(crate) fn number(&mut self) -> Option<u32> {
        let (mut ahead, mut signs) = (*self, String::new());
        for _ in 0..NUMBER_CHARS {
            let before = ahead;
            ahead.spaces();
            match ahead.peek() {
                Some(c) if c.is_ascii_digit() || numeral::is_numeral(c) => {
                    signs.push(c);
                    ahead.step();
                }
                _ => {
                    ahead = before;
                    break;
                }
            }
        }
        let number = numeral::parse(&signs).filter(|number| *number > 0)?;
        *self = ahead;
        Some(number)
    }

    /// Digits only, without blanks.
    pub(crate) fn digits(&mut self) -> Option<u32> {
        let (mut ahead, mut signs) = (*self, String::new());
        while signs.len() < NUMBER_CHARS
            && let Some(c) = ahead.peek().filter(char::is_ascii_digit)
        {
            signs.push(c);
            ahead.step();
        }
        let number = numeral::parse(&signs).filter(|number| *number > 0)?;
        *self = ahead;
        Some(number)
    }
}
