//! A query made ready to run: over filters, over blocks of lines, over the fields of one line.
//!
//! Invariants: text is compared in ASCII lower case on the line as text (UTF-8, else decoded); [`Matcher::may_match`] says no only where
//! [`Matcher::matches`] would say no for every line of the page.

use std::borrow::Cow;
use std::ops::Range;

use anlan_base::{Piece, Seq};
use anlan_wire::Event;
use memchr::memmem::Finder;

use super::{Expr, Query, Test};
use crate::segment::filter::Filter;
use crate::token;

/// A query ready to run.
pub(crate) struct Matcher {
    root: Node,
    needles: Vec<Needle>,
}

enum Node {
    All,
    Text(usize),
    Field { name: String, test: Test },
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// A text to be found, in lower case.
struct Needle {
    finder: Finder<'static>,
    word_first: bool,
    word_last: bool,
    tokens: Vec<u64>,
}

/// What is known of a page before it is opened.
pub(crate) struct Place<'a> {
    pub filter: Option<&'a Filter<'a>>,
    /// Whether a line of this source (ASCII case aside) may be here.
    pub heard: &'a dyn Fn(&str) -> bool,
}

/// One line as a query looks at it.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub seq: Seq,
    pub source: &'a str,
    pub origin: &'a str,
    pub piece: Piece,
    pub raw: &'a [u8],
}

impl Matcher {
    pub(crate) fn new(query: &Query) -> Self {
        let mut needles = Vec::new();
        let root = Node::of(query.expr(), &mut needles);
        Self { root, needles }
    }

    /// True when every line matches, whatever it holds.
    pub(crate) fn is_all(&self) -> bool {
        matches!(self.root, Node::All)
    }

    /// Whether lines must be looked at as text.
    pub(crate) fn has_text(&self) -> bool {
        !self.needles.is_empty()
    }

    pub(crate) fn may_match(&self, place: &Place<'_>) -> bool {
        self.may(&self.root, place)
    }

    fn may(&self, node: &Node, place: &Place<'_>) -> bool {
        match node {
            Node::All | Node::Not(_) => true,
            Node::Text(at) => {
                let tokens = self.needles.get(*at).map_or(&[][..], |needle| &needle.tokens);
                place.filter.is_none_or(|filter| tokens.iter().all(|&token| filter.may_hold(token)))
            }
            Node::Field { name, test: Test::Equals(value) } if name == "anlan.source" => (place.heard)(value),
            Node::Field { .. } => true,
            Node::And(all) => all.iter().all(|n| self.may(n, place)),
            Node::Or(any) => any.iter().any(|n| self.may(n, place)),
        }
    }

    /// Where each text of the query is found in the block.
    pub(crate) fn find(&self, block: &Block) -> Found {
        Found { rows: self.needles.iter().map(|needle| needle.rows(block)).collect() }
    }

    /// Whether row `row` of the block that `found` belongs to matches; `line` is asked only when a field counts.
    pub(crate) fn matches<'a>(&self, row: usize, found: &Found, line: impl Fn() -> Asked<'a>) -> bool {
        let mut facts = None;
        Self::is(&self.root, row, found, &mut |name, test| {
            let (line, event) = facts.get_or_insert_with(|| {
                let line = line();
                (line, anlan_wire::parse(line.raw, line.seq.received()))
            });
            holds(line, event, name, test)
        })
    }

    fn is(node: &Node, row: usize, found: &Found, field: &mut dyn FnMut(&str, &Test) -> bool) -> bool {
        match node {
            Node::All => true,
            Node::Text(at) => found.rows.get(*at).is_some_and(|rows| rows.holds(row)),
            Node::Field { name, test } => field(name, test),
            Node::Not(inner) => !Self::is(inner, row, found, field),
            Node::And(all) => all.iter().all(|n| Self::is(n, row, found, field)),
            Node::Or(any) => any.iter().any(|n| Self::is(n, row, found, field)),
        }
    }
}

impl Node {
    /// In an AND, texts come before fields: they are cheap.
    fn of(expr: &Expr, needles: &mut Vec<Needle>) -> Self {
        match expr {
            Expr::All => Self::All,
            Expr::Text(text) => {
                needles.push(Needle::new(text));
                Self::Text(needles.len() - 1)
            }
            Expr::Field { name, test } => Self::Field { name: name.to_ascii_lowercase(), test: test.clone() },
            Expr::Not(inner) => Self::Not(Box::new(Self::of(inner, needles))),
            Expr::And(all) => Self::And(Self::texts_first(all, needles)),
            Expr::Or(any) => Self::Or(Self::texts_first(any, needles)),
        }
    }

    fn texts_first(parts: &[Expr], needles: &mut Vec<Needle>) -> Vec<Self> {
        let mut nodes: Vec<Self> = parts.iter().map(|part| Self::of(part, needles)).collect();
        nodes.sort_by_key(Self::asks_fields);
        nodes
    }

    fn asks_fields(&self) -> bool {
        match self {
            Self::All | Self::Text(_) => false,
            Self::Field { .. } => true,
            Self::Not(inner) => inner.asks_fields(),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::asks_fields),
        }
    }
}

impl Needle {
    fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let edge = |b: Option<&u8>| b.is_some_and(|&b| token::is_word(b));
        Self {
            word_first: edge(lower.as_bytes().first()),
            word_last: edge(lower.as_bytes().last()),
            tokens: token::tokens(&lower),
            finder: Finder::new(lower.as_bytes()).into_owned(),
        }
    }

    /// Rows of the block in which the text stands, not as a part of a longer word.
    fn rows(&self, block: &Block) -> RowSet {
        let mut rows = RowSet::new(block.ends.len());
        let len = self.finder.needle().len();
        let mut from = 0;
        let mut row = 0;
        while let Some(at) = block.text.get(from..).and_then(|rest| self.finder.find(rest)) {
            let at = from + at;
            row += block.ends.get(row..).unwrap_or_default().partition_point(|&end| end <= at);
            let Some(bounds) = block.bounds(row) else { break };
            from = at + 1;
            if at + len <= bounds.end && self.stands_alone(block, &bounds, at..at + len) {
                rows.insert(row);
                from = bounds.end;
            }
        }
        rows
    }

    fn stands_alone(&self, block: &Block, row: &Range<usize>, hit: Range<usize>) -> bool {
        let word_at = |at: usize| row.contains(&at) && block.text.get(at).is_some_and(|&b| token::is_word(b));
        let before = self.word_first && hit.start.checked_sub(1).is_some_and(word_at);
        let after = self.word_last && word_at(hit.end);
        !before && !after
    }
}

/// Lines laid one after the other as text in lower case, so that one search runs over all of them.
#[derive(Default)]
pub(crate) struct Block {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Block {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(crate) fn push(&mut self, raw: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(anlan_wire::line_text(raw).as_bytes());
        if let Some(added) = self.text.get_mut(start..) {
            added.make_ascii_lowercase();
        }
        self.ends.push(self.text.len());
    }

    fn bounds(&self, row: usize) -> Option<Range<usize>> {
        let start = row.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        Some(start..*self.ends.get(row)?)
    }
}

/// Where each text of a query was found in one block.
pub(crate) struct Found {
    rows: Vec<RowSet>,
}

struct RowSet {
    bits: Vec<u64>,
}

impl RowSet {
    fn new(rows: usize) -> Self {
        Self { bits: vec![0; rows.div_ceil(64)] }
    }

    fn insert(&mut self, row: usize) {
        if let Some(word) = self.bits.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    fn holds(&self, row: usize) -> bool {
        self.bits.get(row / 64).is_some_and(|word| word & (1 << (row % 64)) != 0)
    }
}

fn holds(line: &Asked<'_>, event: &Event<'_>, name: &str, test: &Test) -> bool {
    let value = fact(line, event, name);
    match test {
        Test::Exists => value.is_some(),
        Test::Equals(wanted) => value.is_some_and(|value| value.eq_ignore_ascii_case(wanted)),
    }
}

/// The value of a field, `name` in lower case: that which a hit shows, and `seq` and `message`.
fn fact<'a>(line: &Asked<'a>, event: &'a Event<'_>, name: &str) -> Option<Cow<'a, str>> {
    let parsed = || event.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| Cow::Borrowed(value.as_ref()));
    match name {
        "seq" => Some(line.seq.to_string().into()),
        "message" => Some(anlan_wire::line_text(line.raw.get(event.message.clone()).unwrap_or_default())),
        "@timestamp" => Some(timestamp(line, event).into()),
        "anlan.source" => Some(line.source.into()),
        "anlan.origin" => Some(line.origin.into()),
        "log.source.address" => line.source.strip_prefix("ip:").map(Cow::Borrowed).or_else(parsed),
        "anlan.piece" => piece(line.piece).map(Cow::Owned).or_else(parsed),
        _ => parsed(),
    }
}

fn timestamp(line: &Asked<'_>, event: &Event<'_>) -> String {
    event.claimed.unwrap_or(line.seq.received()).to_rfc3339()
}

/// `2`, or `3 last`; nothing for a whole line.
fn piece(piece: Piece) -> Option<String> {
    let last = if piece.is_last() { " last" } else { "" };
    (!piece.is_whole()).then(|| format!("{}{last}", piece.number()))
}

/// What a hit shows: the time first, then where it came from, then what the line says in order of appearance, each name once.
pub(crate) fn facts(line: &Asked<'_>, event: &Event<'_>) -> Vec<(String, String)> {
    let mut shown = vec![
        ("@timestamp".to_owned(), timestamp(line, event)),
        ("anlan.source".to_owned(), line.source.to_owned()),
        ("anlan.origin".to_owned(), line.origin.to_owned()),
    ];
    let mut show = |name: &str, value: &str| {
        if !shown.iter().any(|(before, _)| before.eq_ignore_ascii_case(name)) {
            shown.push((name.to_owned(), value.to_owned()));
        }
    };
    if let Some(address) = line.source.strip_prefix("ip:") {
        show("log.source.address", address);
    }
    let piece = piece(line.piece);
    for (name, value) in event.fields.iter().filter(|(name, _)| piece.is_none() || !name.eq_ignore_ascii_case("anlan.piece")) {
        show(name, value);
    }
    if let Some(piece) = piece {
        show("anlan.piece", &piece);
    }
    shown
}
