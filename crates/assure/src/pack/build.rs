//! Builds a pack from the vault and the log as they stand at one checkpoint.
//!
//! Invariants: memory holds a batch for each class, [`TEXT_BYTES`] of plain text and a record for each member; every batch is checked
//! against its root on the way, so that a pack that does not verify is never handed out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Seek, Write};
use std::path::Path;
use std::sync::Arc;

use anlan_base::{Day, Instant, Seq, SourceKey};
use anlan_journal::{Fs, Journal};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, Body};
use anlan_tlog::{Digest, Hash, sha256};
use anlan_vault::{BatchLines, Scope, Vault, VaultError};

use super::days::{OpenDay, Text};
use super::forms::Form;
use super::lines::{self, KnownSource, View};
use super::manifest::{Choices, FileLine, Manifest};
use super::mask::Mask;
use super::merge::{Loaded, merge};
use super::people::People;
use super::spool::{Extent, Spool};
use super::sums::Sm3;
use super::told::Told;
use super::{
    CHECKPOINT, CHOSEN, ENTRIES, MANIFEST, PAPERS, Period, detail_name, entries, lines_name, masked_name, proof_name, sums, text_name,
    tile_name,
};
use crate::AssureError;
use crate::zip::{ZipError, ZipWriter};

/// Bytes of plain text held before they go to the spool.
const TEXT_BYTES: usize = 32 << 20;
/// Bytes of envelopes held before they go to the spool.
const ENTRIES_BYTES: usize = 1 << 20;
const TILE_WIDTH: u64 = anlan_tlog::tile::WIDTH as u64;

/// Lines with `since ≤ seq < until` of the sources in `scope`, and what is told beside them.
pub struct PackRequest {
    pub since: Instant,
    pub until: Instant,
    pub scope: Scope,
    pub choices: Choices,
    /// What is covered where the choices say that the pack is masked.
    pub mask: Mask,
    pub told: Told,
    /// Lines whose proofs are added; at most [`CHOSEN`].
    pub proofs: Vec<Seq>,
    /// Forms that are filled in from what is told.
    pub forms: Vec<Form>,
    /// Names without folder, and contents; with the forms at most [`CHOSEN`].
    pub papers: Vec<(String, Vec<u8>)>,
}

impl PackRequest {
    /// Nothing chosen but period and scope; `made` is the number of the entry that records it.
    #[must_use]
    pub fn plain(since: Instant, until: Instant, scope: Scope, made: u64) -> Self {
        let choices = Choices { made, ..Choices::default() };
        Self {
            since,
            until,
            scope,
            choices,
            mask: Mask::default(),
            told: Told::default(),
            proofs: Vec::new(),
            forms: Vec::new(),
            papers: Vec::new(),
        }
    }
}

/// Writes a canonical pack. Memory stays bounded; `spool` is a folder for members while the pack grows, and has room for its size.
pub fn build_pack<W: Write + Seek>(
    vault: &Vault,
    journal: &Journal,
    request: &PackRequest,
    fs: &Arc<dyn Fs>,
    spool: &Path,
    out: W,
) -> Result<(), AssureError> {
    if request.since > request.until {
        return Err(AssureError::PeriodBackwards);
    }
    if matches!(&request.scope, Scope::Sources(sources) if sources.is_empty()) {
        return Err(AssureError::EmptyScope);
    }
    if request.proofs.len() > CHOSEN || request.papers.len() + request.forms.len() > CHOSEN {
        return Err(AssureError::TooManyChosen);
    }
    if !Choices::fits(&request.choices.purpose) || !Choices::fits(&request.choices.visit) {
        return Err(AssureError::UnfitChoice);
    }
    crate::prove::close_batches(vault)?;
    Builder::new(journal, request, fs, spool)?.build(vault, out)
}

/// What stands in a member, and where it is until it is written.
pub(super) struct Ready {
    pub(super) digest: Hash,
    /// Of members that people's digests list.
    pub(super) sm3: Option<Hash>,
    pub(super) length: u64,
    crc: u32,
    content: Content,
    /// Source, day and lines of plain text.
    pub(super) of: Option<(SourceKey, Day, u64)>,
}

impl Ready {
    fn of(name: &str, bytes: &[u8], content: Content) -> Self {
        let sm3 = sums::is_listed(name).then(|| Sm3::of(bytes));
        Self { digest: sha256(bytes), sm3, length: bytes.len() as u64, crc: crc32fast::hash(bytes), content, of: None }
    }
}

pub(super) enum Content {
    Bytes(Vec<u8>),
    Tile { n: u64, width: u16 },
    Detail(Hash),
    Members(Extent),
    Text(Vec<Extent>),
}

struct Builder<'a> {
    journal: &'a Journal,
    request: &'a PackRequest,
    period: Period,
    scope: &'a Scope,
    note: Vec<u8>,
    checkpoint: Checkpoint,
    ready: BTreeMap<String, Ready>,
    /// Lines that stand as copies.
    masked: u64,
    members: Spool,
    texts: Spool,
}

impl<'a> Builder<'a> {
    fn new(journal: &'a Journal, request: &'a PackRequest, fs: &Arc<dyn Fs>, spool: &Path) -> Result<Self, AssureError> {
        let note = journal.checkpoint();
        let text = journal.verifying_key().open(&note).ok().and_then(Checkpoint::parse);
        let checkpoint = text.ok_or(AssureError::Unsound("checkpoint"))?;
        Ok(Self {
            journal,
            request,
            period: Period { since: request.since, until: request.until },
            scope: &request.scope,
            note,
            checkpoint,
            ready: BTreeMap::new(),
            masked: 0,
            members: Spool::create(fs, spool.join("members.spool"))?,
            texts: Spool::create(fs, spool.join("text.spool"))?,
        })
    }

    fn build<W: Write>(mut self, vault: &Vault, out: W) -> Result<(), AssureError> {
        let batches = self.spool_batches(vault)?;
        self.add_entries(&batches)?;
        self.add_tiles()?;
        self.add_text(&batches)?;
        self.add_bytes(CHECKPOINT, self.note.clone());
        self.add_proofs(vault)?;
        for (name, bytes) in &self.request.papers {
            let name = format!("{PAPERS}{name}");
            if !super::is_paper(&name) {
                return Err(AssureError::UnfitChoice);
            }
            self.add_bytes(&name, bytes.clone());
        }
        let people = People::new(self.request, (&self.checkpoint, &self.note), &self.journal.verifying_key(), self.masked);
        for (name, text) in people.forms(&self.ready) {
            self.add_bytes(&name, text.into_bytes());
        }
        for (name, text) in people.texts(&self.ready) {
            self.add_bytes(name, text.into_bytes());
        }
        let table = people.table(&self.ready)?;
        self.add_bytes(super::TABLE, table);
        self.add_bytes(super::SUMS, People::sums(&self.ready).into_bytes());
        self.write(out)
    }

    /// Proofs under this very checkpoint. In a masked pack none of a line that would be covered.
    fn add_proofs(&mut self, vault: &Vault) -> Result<(), AssureError> {
        for seq in &self.request.proofs {
            let line = vault.line(*seq)?.filter(|line| self.view().shows(line.seq, &line.source)).ok_or(AssureError::NoSuchLine(*seq))?;
            if self.request.choices.masked && self.request.mask.line(&line.raw).is_some() {
                return Err(AssureError::ProofOfMasked(*seq));
            }
            let proof = crate::prove::prove_under(vault, self.journal, line, &self.note, &self.checkpoint)?;
            self.add_bytes(&proof_name(*seq), proof);
        }
        Ok(())
    }

    fn add_bytes(&mut self, name: &str, bytes: Vec<u8>) {
        let mut ready = Ready::of(name, &bytes, Content::Bytes(Vec::new()));
        ready.content = Content::Bytes(bytes);
        self.ready.insert(name.to_owned(), ready);
    }

    fn view(&self) -> View<'a> {
        View { period: self.period, scope: self.scope }
    }

    /// `lines/…` of every batch of the period whose leaf lies under the checkpoint.
    fn spool_batches(&mut self, vault: &Vault) -> Result<Vec<(u64, Batch)>, AssureError> {
        let (period, view, size) = (self.period, self.view(), self.checkpoint.size);
        let mask = self.request.choices.masked.then_some(&self.request.mask);
        let mut batches: Vec<(u64, Batch)> = Vec::new();
        let (members, ready) = (&mut self.members, &mut self.ready);
        vault.batches(period.since, period.until, &mut |batch: BatchLines| {
            if batch.leaf >= size || !period.meets(&batch.batch) {
                return Ok(());
            }
            let (bytes, copies) = lines::render(&batch, view, mask);
            let both = [(lines_name(batch.leaf), Some(bytes)), (masked_name(batch.leaf), copies)];
            for (name, bytes) in both.into_iter().filter_map(|(name, bytes)| Some((name, bytes?))) {
                let extent = members.put(&bytes).map_err(VaultError::Io)?;
                let of = Ready::of(&name, &bytes, Content::Members(extent));
                ready.insert(name, of);
            }
            batches.push((batch.leaf, batch.batch));
            Ok(())
        })?;
        self.members.flush()?;
        Ok(batches)
    }

    /// `log/entries` from the entry before the period, and the details of the period's days.
    fn add_entries(&mut self, batches: &[(u64, Batch)]) -> Result<(), AssureError> {
        let size = self.checkpoint.size;
        let before = self.journal.first_at(self.period.since)?.min(size).saturating_sub(1);
        let made = self.leaf_of_entry(self.request.choices.made)?;
        let first = batches.iter().map(|(leaf, _)| *leaf).fold(before.min(made), u64::min);
        let mut writer = EntryWriter::new(first);
        let packed: BTreeSet<u64> = batches.iter().map(|(leaf, _)| *leaf).collect();
        let (period, members) = (self.period, &mut self.members);
        let mut details = Vec::new();
        let mut missing = None;
        let mut failed = None;
        self.journal.scan(first..size, &mut |index, envelope| {
            if let Err(error) = writer.put(&envelope.encode(), members) {
                failed = Some(error);
            }
            match envelope.body {
                Body::Batch(batch) if period.meets(&batch) && !packed.contains(&index) => missing = missing.or(Some(index)),
                Body::Day(day) if period.touches(day.day) => details.push(day.detail),
                _ => {}
            }
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        if let Some(leaf) = missing {
            return Err(AssureError::LinesGone { leaf });
        }
        let ready = writer.finish(members)?;
        self.ready.insert(ENTRIES.to_owned(), ready);
        self.members.flush()?;
        for detail in details {
            let bytes = self.journal.detail(&detail)?;
            let name = detail_name(&detail);
            let ready = Ready::of(&name, &bytes, Content::Detail(detail));
            self.ready.insert(name, ready);
        }
        Ok(())
    }

    /// The leaf of a ledger's entry, looked for from the end: it was made just before.
    fn leaf_of_entry(&self, number: u64) -> Result<u64, AssureError> {
        let mut end = self.checkpoint.size;
        while end > 0 {
            let start = end.saturating_sub(TILE_WIDTH);
            let mut found = None;
            self.journal.scan(start..end, &mut |index, envelope| match envelope.body {
                Body::Entry { number: of, .. } if of == number => found = Some(index),
                _ => {}
            })?;
            match found {
                Some(leaf) => return Ok(leaf),
                None => end = start,
            }
        }
        Err(AssureError::NotRecorded(number))
    }

    fn add_tiles(&mut self) -> Result<(), AssureError> {
        let size = self.checkpoint.size;
        for n in 0..size.div_ceil(TILE_WIDTH) {
            let width = u16::try_from((size - n * TILE_WIDTH).min(TILE_WIDTH)).unwrap_or(0);
            let bytes = self.journal.tile(Some(0), n, width)?;
            let name = tile_name(n, width);
            let ready = Ready::of(&name, &bytes, Content::Tile { n, width });
            self.ready.insert(name, ready);
        }
        Ok(())
    }

    /// `text/…`: the shown lines of each source and day, joined over the batches.
    fn add_text(&mut self, batches: &[(u64, Batch)]) -> Result<(), AssureError> {
        let firsts: Vec<Seq> = batches.iter().map(|(_, batch)| batch.first).collect();
        let view = self.view();
        let (members, ready) = (&self.members, &self.ready);
        let mut writer = TextWriter { texts: &mut self.texts, open: None, held: 0, ready: Vec::new() };
        let mut known = KnownSource::default();
        let load = |i: usize| -> Result<Option<Loaded>, AssureError> {
            let Some((leaf, batch)) = batches.get(i) else { return Ok(None) };
            let Some(Ready { content: Content::Members(extent), .. }) = ready.get(&lines_name(*leaf)) else { return Ok(None) };
            let mut bytes = members.whole(*extent)?;
            let mut copies = None;
            if let Some(Ready { content: Content::Members(extent), .. }) = ready.get(&masked_name(*leaf)) {
                copies = Some(bytes.len());
                bytes.extend(members.whole(*extent)?);
            }
            let both = lines::Members { bytes: &bytes, copies };
            let shown = lines::check(both, *leaf, batch, view, &mut known).map_err(|_| AssureError::Unsound("batch"))?;
            Ok(Some(Loaded { bytes, shown }))
        };
        let mut masked = 0;
        merge(&firsts, load, |i, line, raw| {
            let Some((_, batch)) = batches.get(i) else { return Ok(()) };
            masked += u64::from(line.covered.is_some());
            writer.line(batch, line, raw)
        })?;
        writer.close()?;
        let texts = std::mem::take(&mut writer.ready);
        self.texts.flush()?;
        self.ready.extend(texts);
        self.masked = masked;
        Ok(())
    }

    fn write<W: Write>(self, out: W) -> Result<(), AssureError> {
        let files =
            self.ready.iter().map(|(name, ready)| FileLine { digest: ready.digest, length: ready.length, name: name.clone() }).collect();
        let Checkpoint { origin, size, .. } = self.checkpoint.clone();
        let manifest =
            Manifest { origin, period: self.period, size, scope: self.scope.clone(), choices: Some(self.request.choices.clone()), files };
        let mut zip = ZipWriter::new(out);
        zip.whole(MANIFEST, &self.journal.sign(&manifest.render()))?;
        for (name, ready) in &self.ready {
            zip.member(name, ready.length, ready.crc, |put| self.fill(&ready.content, put))?;
        }
        zip.finish()?;
        Ok(())
    }

    fn fill(&self, content: &Content, put: &mut dyn FnMut(&[u8]) -> Result<(), ZipError>) -> Result<(), AssureError> {
        match content {
            Content::Bytes(bytes) => put(bytes)?,
            Content::Tile { n, width } => put(&self.journal.tile(Some(0), *n, *width)?)?,
            Content::Detail(digest) => put(&self.journal.detail(digest)?)?,
            Content::Members(extent) => self.members.each_piece(*extent, put)?,
            Content::Text(extents) => extents.iter().try_for_each(|extent| self.texts.each_piece(*extent, put))?,
        }
        Ok(())
    }
}

/// Gathers `log/entries` in the spool.
struct EntryWriter {
    held: Vec<u8>,
    digest: Digest,
    crc: crc32fast::Hasher,
    extent: Option<Extent>,
}

impl EntryWriter {
    fn new(first: u64) -> Self {
        Self { held: entries::head(first), digest: Digest::new(), crc: crc32fast::Hasher::new(), extent: None }
    }

    fn put(&mut self, envelope: &[u8], spool: &mut Spool) -> std::io::Result<()> {
        // An envelope has at most 256 bytes.
        self.held.extend_from_slice(&u16::try_from(envelope.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.held.extend_from_slice(envelope);
        if self.held.len() >= ENTRIES_BYTES { self.flush(spool) } else { Ok(()) }
    }

    /// Nothing else goes to the spool meanwhile, so the pieces are one extent.
    fn flush(&mut self, spool: &mut Spool) -> std::io::Result<()> {
        self.digest.update(&self.held);
        self.crc.update(&self.held);
        let piece = spool.put(&self.held)?;
        let whole = self.extent.get_or_insert(Extent { offset: piece.offset, length: 0 });
        whole.length += piece.length;
        self.held.clear();
        Ok(())
    }

    fn finish(mut self, spool: &mut Spool) -> std::io::Result<Ready> {
        self.flush(spool)?;
        let extent = self.extent.unwrap_or(Extent { offset: 0, length: 0 });
        let (digest, length, crc) = (self.digest.finish(), extent.length, self.crc.finalize());
        Ok(Ready { digest, sm3: None, length, crc, content: Content::Members(extent), of: None })
    }
}

/// Text of one source and day: what is held in memory, and where the rest lies in the spool.
#[derive(Default)]
struct TextParts {
    digest: Digest,
    sm3: Sm3,
    crc: crc32fast::Hasher,
    length: u64,
    held: Vec<u8>,
    extents: Vec<Extent>,
}

impl Text for TextParts {
    fn put(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.sm3.update(bytes);
        self.crc.update(bytes);
        self.length += bytes.len() as u64;
        self.held.extend_from_slice(bytes);
    }
}

impl TextParts {
    fn spool(&mut self, spool: &mut Spool) -> std::io::Result<()> {
        if !self.held.is_empty() {
            self.extents.push(spool.put(&self.held)?);
            self.held = Vec::new();
        }
        Ok(())
    }
}

struct TextWriter<'a> {
    texts: &'a mut Spool,
    open: Option<OpenDay<TextParts>>,
    held: usize,
    ready: Vec<(String, Ready)>,
}

impl TextWriter<'_> {
    fn line(&mut self, batch: &Batch, line: &lines::Shown, raw: &[u8]) -> Result<(), AssureError> {
        let day = Day::of_seq(line.seq);
        if self.open.as_ref().is_some_and(|open| open.day != day) {
            self.close()?;
        }
        let open = self.open.get_or_insert_with(|| OpenDay::new(day));
        open.line(&batch.class, line, raw);
        self.held += raw.len() + 1;
        if self.held >= TEXT_BYTES {
            self.held = 0;
            for source in open.sources.values_mut() {
                source.text.spool(self.texts)?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), AssureError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        self.held = 0;
        let sources: BTreeMap<SourceKey, _> = open.sources.into_iter().collect();
        for (source, mut day) in sources {
            day.text.spool(self.texts)?;
            let (name, of) = (text_name(&source, open.day), Some((source, open.day, day.lines())));
            let TextParts { digest, sm3, crc, length, extents, .. } = day.text;
            let (digest, sm3, crc, content) = (digest.finish(), Some(sm3.finish()), crc.finalize(), Content::Text(extents));
            self.ready.push((name, Ready { digest, sm3, length, crc, content, of }));
        }
        Ok(())
    }
}
