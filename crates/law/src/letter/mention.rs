//! Finds the citations in a letter that mean a statute of the library, and the words beside each.
//!
//! Invariants: citations of other laws and of the letter's own articles are passed over; the work for each citation is bounded, so that a letter
//! of one long line costs no more than one of many; lines are read as one only where a citation runs across their end.

use std::borrow::Cow;

use crate::citation::running::walk;
use crate::citation::{Found, Law};
use crate::cursor::Cursor;
use crate::letter::{CITATIONS, Extent};
use crate::library::Library;
use crate::numeral;
use crate::place::Place;
use crate::version::VersionId;

/// What makes a citation one of the statute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The law is named beside it, or goes on from where it is named.
    Named,
    /// It stands alone, and no article of the letter itself can be meant: it counts only where the words beside it fit.
    IfWordsFit,
}

/// A citation of a statute of the library, where it stands.
#[derive(Clone)]
pub(crate) struct Mention {
    /// From 0.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// As it stands there.
    pub found: String,
    pub statute: String,
    pub version: Option<VersionId>,
    pub claim: Claim,
    pub places: Vec<Place>,
    /// Words near it, the nearest first.
    pub beside: Vec<String>,
}

/// Finds the citations of the library's statutes in a letter.
pub(crate) struct Reader<'a> {
    library: &'a Library,
    lines: &'a [String],
    /// The statute that the letter is about: 本法 means it.
    about: Option<String>,
    /// The law that was named last, for 该法.
    last: Option<Law>,
    mentions: Vec<Mention>,
    /// Places of the mentions.
    places: usize,
    own_articles: u32,
}

impl<'a> Reader<'a> {
    /// Lines from the top, empty ones aside, that may be the title.
    const TITLE_LINES: usize = 3;
    /// Bytes of such a line.
    const TITLE_BYTES: usize = 300;

    pub(crate) fn new(library: &'a Library, lines: &'a [String]) -> Self {
        let written = lines.iter().filter(|line| !line.trim().is_empty());
        let title = written.take(Self::TITLE_LINES).filter(|line| line.len() <= Self::TITLE_BYTES);
        let mut about = None;
        let names: Vec<Law> = title.flat_map(|line| walk(library, line).names).map(|(_, law)| law).collect();
        if let Some(Law::Named { statute, .. }) = names.first()
            && names.iter().all(|law| matches!(law, Law::Named { statute: other, .. } if other == statute))
        {
            about = Some(statute.clone());
        }
        Self { library, lines, about, last: None, mentions: Vec::new(), places: 0, own_articles: own_articles(lines) }
    }

    pub(crate) fn read(mut self) -> (Vec<Mention>, Extent) {
        for stretch in stretches(self.library, self.lines) {
            if self.stretch(&stretch) == Extent::Cut {
                return (self.mentions, Extent::Cut);
            }
        }
        (self.mentions, Extent::Whole)
    }

    fn stretch(&mut self, stretch: &Stretch<'_>) -> Extent {
        let line: &str = &stretch.text;
        let mut at = stretch.first;
        let mut ends = stretch.ends.iter().peekable();
        let walked = walk(self.library, line);
        let mut names = walked.names.iter().peekable();
        let mut in_line: Option<(usize, Law)> = None;
        let mut chain: Option<(usize, Option<(Law, Claim)>)> = None;
        let mut cited_to = None;
        let (mut counted, mut column) = (0, 1);
        for (index, found) in walked.found.iter().enumerate() {
            while let Some((start, law)) = names.next_if(|(start, _)| *start < found.range.start) {
                in_line = Some((*start, law.clone()));
                self.last = Some(law.clone());
            }
            let law = match &chain {
                Some((number, law)) if *number == found.chain => law.clone(),
                _ => self.whose(line, found, in_line.as_ref(), cited_to),
            };
            chain = Some((found.chain, law.clone()));
            let Some((Law::Named { statute, version }, claim)) = law else { continue };
            cited_to = Some(found.range.end);
            let beside = beside(line, &walked.found, index);
            while let Some(end) = ends.next_if(|end| **end <= found.whole.start) {
                (at, counted, column) = (at + 1, *end, 1);
            }
            column += line.get(counted..found.whole.start).unwrap_or_default().chars().count();
            counted = found.whole.start;
            self.places += found.places.len();
            if self.places > CITATIONS {
                return Extent::Cut;
            }
            self.mentions.push(Mention {
                line: at,
                column,
                found: line.get(found.whole.clone()).unwrap_or_default().to_owned(),
                statute,
                version,
                claim,
                places: found.places.clone(),
                beside,
            });
        }
        if let Some((_, law)) = names.last() {
            self.last = Some(law.clone());
        }
        Extent::Whole
    }

    /// The statute that a citation means; None for another law or the letter's own article.
    fn whose(&self, line: &str, found: &Found, named: Option<&(usize, Law)>, cited_to: Option<usize>) -> Option<(Law, Claim)> {
        let law = match &found.law {
            Law::Named { .. } => found.law.clone(),
            Law::Other(_) => return None,
            Law::ThisLaw => Law::Named { statute: self.about.clone()?, version: None },
            Law::ThatLaw => self.last.clone()?,
            Law::Bare => match named {
                Some((start, law)) if continues(line, found.range.start, *start, cited_to.filter(|to| to > start)) => law.clone(),
                _ => return self.alone(line, found),
            },
        };
        Some((law, Claim::Named))
    }

    /// `按第二十一条第三项` in a letter that has cited a statute and has no such article itself.
    fn alone(&self, line: &str, found: &Found) -> Option<(Law, Claim)> {
        let Some(Law::Named { statute, .. }) = &self.last else { return None };
        let is_own = found.places.iter().any(|place| place.article <= self.own_articles);
        let before = last_chars(line.get(..found.range.start).unwrap_or_default()).trim_end();
        let refers = REFERS.iter().any(|word| before.ends_with(word)) || begins(before);
        let has_cited = self.mentions.iter().any(|mention| mention.statute == *statute);
        (has_cited && refers && !is_own).then(|| (Law::Named { statute: statute.clone(), version: None }, Claim::IfWordsFit))
    }
}

/// The highest article that the letter has itself: a line that begins with `第六条`.
fn own_articles(lines: &[String]) -> u32 {
    let heading = |line: &String| {
        let mut cursor = Cursor::new(line.trim_start());
        let number = if cursor.eat('第') { cursor.number() } else { None };
        number.filter(|_| cursor.eat('条'))
    };
    lines.iter().filter_map(heading).max().unwrap_or(0)
}

/// Words that refer to what stands behind them.
const REFERS: &[&str] = &["按", "依", "照", "据", "违反", "履行", "落实", "遵守", "符合", "适用", "（", "("];

/// Whether a sentence or a point of a list begins behind this: nothing, `。`, `；（二）`, `六、`.
fn begins(before: &str) -> bool {
    const ENDS: &[char] = &['。', '；', ';', '：', ':', '，'];
    let is_number = |c: char| c.is_ascii_digit() || numeral::parse(c.encode_utf8(&mut [0; 4])).is_some();
    let mark = before.trim_end_matches(['、', '.', '．', '）', ')', ' ']);
    let number = mark.trim_end_matches(is_number);
    let point = number.trim_end_matches(['（', '(', ' ', '　']);
    let before = if mark.len() < before.len() && number.len() < mark.len() { point } else { before };
    before.trim().is_empty() || before.ends_with(ENDS)
}

/// A line, or lines that a citation runs across, as one text.
struct Stretch<'a> {
    text: Cow<'a, str>,
    /// The first line, from 0.
    first: usize,
    /// Where in the text each line but the last ends, in bytes.
    ends: Vec<usize>,
}

/// Lines that are read as one.
const WRAPPED_LINES: usize = 8;
/// Line ends at which a citation is looked for.
const WRAPS: usize = 20_000;
/// Characters before and behind a line's end in which it is looked for.
const WRAP_CHARS: usize = 40;

/// The lines of a letter, those of a citation that runs on in the next line together.
fn stretches<'a>(library: &Library, lines: &'a [String]) -> Vec<Stretch<'a>> {
    let mut stretches: Vec<Stretch<'a>> = Vec::new();
    let mut wraps = 0;
    for (at, line) in lines.iter().enumerate() {
        if let Some(last) = stretches.last_mut().filter(|last| last.ends.len() + 1 < WRAPPED_LINES)
            && wraps < WRAPS
            && may_wrap(&last.text, line)
        {
            wraps += 1;
            if runs_on(library, &last.text, line) {
                last.ends.push(last.text.len());
                last.text.to_mut().push_str(line);
                continue;
            }
        }
        stretches.push(Stretch { text: Cow::Borrowed(line), first: at, ends: Vec::new() });
    }
    stretches
}

/// What costs little to see: the end of the one and the beginning of the other can be parts of a citation.
fn may_wrap(before: &str, after: &str) -> bool {
    let tail = before.char_indices().rev().nth(WRAP_CHARS).map_or(before, |(at, _)| &before[at..]);
    let head = after.char_indices().nth(WRAP_CHARS).map_or(after, |(at, _)| &after[..at]);
    !is_heading(after) && head.contains('条') && tail.contains(['《', '第', '法']) && !before.trim_end().ends_with(['。', '；', '：'])
}

/// Whether a citation stands across the end of a line.
fn runs_on(library: &Library, before: &str, after: &str) -> bool {
    let tail = before.char_indices().rev().nth(WRAP_CHARS).map_or(before, |(at, _)| &before[at..]);
    let head = after.char_indices().nth(WRAP_CHARS).map_or(after, |(at, _)| &after[..at]);
    let found = walk(library, &format!("{tail}{head}")).found;
    found.iter().any(|found| found.whole.start < tail.len() && tail.len() < found.whole.end)
}

/// `第六条` and a blank or nothing behind it: an article of the letter's own.
fn is_heading(line: &str) -> bool {
    let mut cursor = Cursor::new(line.trim_start());
    let is_article = cursor.eat('第') && cursor.number().is_some() && cursor.eat('条');
    is_article && cursor.rest().chars().next().is_none_or(char::is_whitespace)
}

/// Whether an article without a law's name goes on about the law that the sentence named: `（第二十一条）`, or behind another article of it.
fn continues(line: &str, at: usize, named: usize, cited: Option<usize>) -> bool {
    const IN_BRACKETS: &[char] = &['（', '('];
    const JOINED: &[&str] = &["，", "、", "；", "和", "及", "与", "或", "执行"];
    let between = line.get(named..at).filter(|between| between.len() <= SENTENCE_BYTES);
    if between.is_none_or(|between| between.contains(['。', '！', '？'])) {
        return false;
    }
    let before = last_chars(line.get(..at).unwrap_or_default()).trim_end();
    before.ends_with(IN_BRACKETS) || cited.is_some() && JOINED.iter().chain(REFERS).any(|word| before.ends_with(word))
}

/// Words near a citation: behind its list, before it, both, the line.
fn beside(line: &str, all: &[Found], index: usize) -> Vec<String> {
    let chain = all.get(index).map_or(0, |found| found.chain);
    let mut first = index;
    while first > 0 && all.get(first - 1).is_some_and(|found| found.chain == chain) {
        first -= 1;
    }
    let behind = index + all.get(index..).unwrap_or_default().iter().take_while(|found| found.chain == chain).count();
    let from = all.get(first).map_or(0, |found| found.whole.start);
    let to = behind.checked_sub(1).and_then(|last| all.get(last)).map_or(line.len(), |found| found.range.end);
    let last = first.checked_sub(1).and_then(|before| all.get(before)).map_or(0, |found| found.range.end);
    let next = all.get(behind).map_or(line.len(), |found| found.whole.start);
    let before = last_chars(line.get(last..from).unwrap_or_default()).rsplit(is_end).next().unwrap_or_default();
    let after = first_chars(line.get(to..next).unwrap_or_default()).split(is_end).next().unwrap_or_default();
    let near = format!("{} {}", last_chars(line.get(..from).unwrap_or_default()), first_chars(line.get(to..).unwrap_or_default()));
    vec![after.to_owned(), before.to_owned(), format!("{before} {after}"), near]
}

fn is_end(c: char) -> bool {
    matches!(c, '。' | '；' | ';' | '！' | '？')
}

/// Bytes between the law's name and an article that goes on about it.
const SENTENCE_BYTES: usize = 1_200;
/// Characters before and behind a citation that are looked at.
const NEAR: usize = 150;

fn first_chars(text: &str) -> &str {
    text.char_indices().nth(NEAR).map_or(text, |(at, _)| &text[..at])
}

fn last_chars(text: &str) -> &str {
    text.char_indices().rev().nth(NEAR).map_or(text, |(at, _)| &text[at..])
}
