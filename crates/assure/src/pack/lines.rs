//! `lines/…`: one batch, its lines shown or hidden, from which its root follows.
//!
//! Invariants: the decoder reads no length it has not checked against what is there; a hidden line shows its leaf hash and nothing else.

use std::ops::Range;

use anlan_base::{Day, Origin, Piece, Seq, SourceKey};
use anlan_tlog::envelope::Batch;
use anlan_tlog::line::{LineRef, line_leaf, salt};
use anlan_tlog::{Hash, root};
use anlan_vault::{BatchLines, Scope};

use super::Period;
use super::mask::Mask;
use super::masked::{Copies, Rows};
use crate::prove::line_ref;
use crate::report::Check;

const MAGIC: &[u8; 4] = b"ALNL";
const VERSION: u8 = 1;
const HIDDEN: u8 = 0;
const SHOWN: u8 = 1;

/// What a pack shows: lines of its period and its scope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) period: Period,
    pub(crate) scope: &'a Scope,
}

impl View<'_> {
    pub(crate) fn shows(&self, seq: Seq, source: &SourceKey) -> bool {
        self.period.holds(seq) && self.in_scope(source)
    }

    fn in_scope(&self, source: &SourceKey) -> bool {
        match self.scope {
            Scope::All => true,
            Scope::Sources(sources) => sources.contains(source),
        }
    }
}

/// A shown line, or the copy of a masked one; `raw` is a range of the members' bytes.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) seq: Seq,
    pub(crate) piece: Piece,
    pub(crate) source: SourceKey,
    pub(crate) raw: Range<usize>,
    /// Of a masked line: the length of its raw bytes. `raw` is then the text of its copy.
    pub(crate) covered: Option<u64>,
}

/// Why a member is not what its batch says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinesFault {
    /// Not the form of a lines member at this byte.
    Form(usize),
    /// Other leaf index or count than the envelope's.
    Head,
    /// The lines do not lead to the batch's root (PACK-7).
    Root,
    /// A shown line out of order, batch, day, period or scope, or not the envelope's first or last.
    Line(Seq),
    /// The copies of masked lines have not their form, or stand for items that are not hidden (PACK-17).
    Masked,
    /// With scope all, the item at this position is hidden without a border of the period as its reason (PACK-8).
    Hidden(usize),
}

impl LinesFault {
    pub(crate) fn check(self, leaf: u64) -> Check {
        let leaf = ("leaf", leaf.to_string());
        match self {
            Self::Form(at) => Check::failed("verify-pack-lines-form", vec![leaf, ("at", at.to_string())]),
            Self::Head => Check::failed("verify-pack-lines-head", vec![leaf]),
            Self::Root => Check::failed("verify-pack-lines-root", vec![leaf]),
            Self::Line(seq) => Check::failed("verify-pack-lines-line", vec![leaf, ("seq", seq.to_string())]),
            Self::Masked => Check::failed("verify-pack-masked", vec![leaf]),
            Self::Hidden(position) => Check::failed("verify-pack-lines-hidden", vec![leaf, ("position", position.to_string())]),
        }
    }
}

/// The member of a batch as the vault keeps it, and that of its masked lines where there are some.
pub(crate) fn render(batch: &BatchLines, view: View<'_>, mask: Option<&Mask>) -> (Vec<u8>, Option<Vec<u8>>) {
    let raw: usize = batch.lines.iter().map(|line| line.raw.len() + 64).sum();
    let mut out = Vec::with_capacity(raw + 32);
    let mut copies = Copies::default();
    out.extend_from_slice(MAGIC);
    out.push(VERSION);
    out.extend_from_slice(&batch.leaf.to_be_bytes());
    out.extend_from_slice(&batch.batch.count.to_be_bytes());
    for (line, position) in batch.lines.iter().zip(0_u32..) {
        let salt = salt(&batch.key, position);
        let is_shown = view.shows(line.seq, &line.source);
        let copy = if is_shown { mask.and_then(|mask| mask.line(&line.raw)) } else { None };
        if let Some(copy) = &copy {
            copies.row(position, line.seq, line.piece, &line.source, line.raw.len(), copy);
        }
        if !is_shown || copy.is_some() {
            out.push(HIDDEN);
            out.extend_from_slice(&line_leaf(&salt, line_ref(line)));
            continue;
        }
        out.push(SHOWN);
        out.extend_from_slice(&salt);
        out.extend_from_slice(&line.seq.0.to_be_bytes());
        out.push(line.origin.code());
        out.extend_from_slice(&line.piece.code().to_be_bytes());
        // A source key has at most 128 bytes, a line at most 1 MiB.
        out.push(u8::try_from(line.source.as_str().len()).unwrap_or(u8::MAX));
        out.extend_from_slice(line.source.as_str().as_bytes());
        out.extend_from_slice(&u32::try_from(line.raw.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(&line.raw);
    }
    (out, copies.finish())
}

/// The bytes of a batch's members: its lines, and after them the copies of its masked lines.
#[derive(Clone, Copy)]
pub(crate) struct Members<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where the copies begin; none where there is no such member.
    pub(crate) copies: Option<usize>,
}

/// Reads the members of a batch and checks them against its envelope; gives the shown and masked lines. `known` is where source keys are remembered between members.
pub(crate) fn check(
    members: Members<'_>,
    leaf: u64,
    batch: &Batch,
    view: View<'_>,
    known: &mut KnownSource,
) -> Result<Vec<Shown>, LinesFault> {
    let end = members.copies.unwrap_or(members.bytes.len());
    let bytes = members.bytes.get(..end).unwrap_or_default();
    let mut masked = Rows::begin(members.bytes, end, members.copies.is_some()).ok_or(LinesFault::Masked)?;
    let mut items = Items { bytes, at: 0 };
    let form = LinesFault::Form;
    if items.array() != Some(*MAGIC) || items.array() != Some([VERSION]) {
        return Err(form(0));
    }
    if items.array().map(u64::from_be_bytes) != Some(leaf) || items.array().map(u32::from_be_bytes) != Some(batch.count) {
        return Err(LinesFault::Head);
    }
    // An item has at least 33 bytes; the count is the envelope's, at most 4,096.
    let mut leaves: Vec<Hash> = Vec::with_capacity(batch.count as usize);
    let mut shown = Vec::new();
    let mut border = Border::new(batch, view);
    for position in 0..batch.count as usize {
        let item = items.next(known).ok_or(form(items.at))?;
        match item {
            Item::Hidden(hash) => {
                leaves.push(hash);
                match masked.take(position).map_err(|()| LinesFault::Masked)? {
                    Some(line) => {
                        border.shown(position, &line)?;
                        shown.push(line);
                    }
                    None => border.hidden(position)?,
                }
            }
            Item::Shown(hash, line) => {
                border.shown(position, &line)?;
                leaves.push(hash);
                shown.push(line);
            }
        }
    }
    if items.at != bytes.len() {
        return Err(form(items.at));
    }
    if !masked.is_empty() {
        return Err(LinesFault::Masked);
    }
    border.end()?;
    if root(&leaves) != batch.root {
        return Err(LinesFault::Root);
    }
    Ok(shown)
}

/// What the items of a batch may be, in their order.
struct Border<'a> {
    batch: &'a Batch,
    view: View<'a>,
    last_shown: Option<Seq>,
    /// Position of the first item hidden after a shown one.
    hidden_after: Option<usize>,
    last_hidden: Option<usize>,
}

impl<'a> Border<'a> {
    fn new(batch: &'a Batch, view: View<'a>) -> Self {
        Self { batch, view, last_shown: None, hidden_after: None, last_hidden: None }
    }

    fn all(&self) -> bool {
        *self.view.scope == Scope::All
    }

    fn hidden(&mut self, position: usize) -> Result<(), LinesFault> {
        self.last_hidden = Some(position);
        if self.last_shown.is_some() && self.hidden_after.is_none() {
            self.hidden_after = Some(position);
        }
        let in_front = self.last_shown.is_none();
        if self.all() && in_front && self.batch.first.received() >= self.view.period.since {
            return Err(LinesFault::Hidden(position));
        }
        Ok(())
    }

    fn shown(&mut self, position: usize, line: &Shown) -> Result<(), LinesFault> {
        let Batch { day, count, first, last, .. } = self.batch;
        let rises = self.last_shown.is_none_or(|before| before < line.seq);
        let inside = *first <= line.seq && line.seq <= *last && Day::of_seq(line.seq) == *day;
        let ends = (position > 0 || line.seq == *first) && (position + 1 < *count as usize || line.seq == *last);
        if !(rises && inside && ends && self.view.shows(line.seq, &line.source)) {
            return Err(LinesFault::Line(line.seq));
        }
        if let Some(hidden) = self.hidden_after.filter(|_| self.all()) {
            return Err(LinesFault::Hidden(hidden));
        }
        self.last_shown = Some(line.seq);
        Ok(())
    }

    /// With scope all, hidden items at the back stand there only because the batch goes on after the period.
    fn end(self) -> Result<(), LinesFault> {
        let Some(last) = self.last_hidden else { return Ok(()) };
        let at_back = last + 1 == self.batch.count as usize;
        if self.all() && at_back && self.batch.last.received() < self.view.period.until {
            return Err(LinesFault::Hidden(last));
        }
        Ok(())
    }
}

enum Item {
    Hidden(Hash),
    Shown(Hash, Shown),
}

struct Items<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Items<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes.get(self.take(N)?)?.try_into().ok()
    }

    fn take(&mut self, length: usize) -> Option<Range<usize>> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len())?;
        let range = self.at..end;
        self.at = end;
        Some(range)
    }

    fn next(&mut self, known: &mut KnownSource) -> Option<Item> {
        match self.array()? {
            [HIDDEN] => self.array().map(Item::Hidden),
            [SHOWN] => self.shown(known),
            _ => None,
        }
    }

    fn shown(&mut self, known: &mut KnownSource) -> Option<Item> {
        let salt = self.array()?;
        let seq = Seq(self.array().map(u64::from_be_bytes)?);
        let [origin] = self.array()?;
        let origin = Origin::from_code(origin)?;
        let piece = Piece::from_code(self.array().map(u32::from_be_bytes)?);
        let [length] = self.array()?;
        let source = self.take(usize::from(length))?;
        let source = known.key(self.bytes.get(source)?)?;
        let length = self.array().map(u32::from_be_bytes)?;
        let raw = self.take(usize::try_from(length).ok()?)?;
        let line = LineRef { seq, origin, piece, source: &source, raw: self.bytes.get(raw.clone())? };
        let hash = line_leaf(&salt, line);
        Some(Item::Shown(hash, Shown { seq, piece, source, raw, covered: None }))
    }
}

/// Remembers source keys, so that a key is checked and allocated once, not for every line.
#[derive(Default)]
pub(crate) struct KnownSource {
    keys: std::collections::HashMap<Box<[u8]>, SourceKey>,
}

impl KnownSource {
    const MOST: usize = anlan_base::limits::SOURCES;

    fn key(&mut self, bytes: &[u8]) -> Option<SourceKey> {
        if let Some(key) = self.keys.get(bytes) {
            return Some(key.clone());
        }
        let key = SourceKey::new(std::str::from_utf8(bytes).ok()?).ok()?;
        if self.keys.len() >= Self::MOST {
            self.keys.clear();
        }
        self.keys.insert(bytes.into(), key.clone());
        Some(key)
    }
}
