//! Builds a pack from the vault and the log as they stand at one checkpoint.
//!
//! Invariants: memory holds a batch for each class, [`TEXT_BYTES`] of plain text and a record for each member; every batch is checked
//! against its root on the way, so that a pack that does not verify is never handed out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Seek, Write};
use std::path::Path;
use std::sync::Arc;

use anlan_base::{Day, Instant, Seq, SourceKey, text};
use anlan_journal::{Fs, Journal};
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, Body};
use anlan_tlog::{Digest, Hash, sha256};
use anlan_vault::{BatchLines, Scope, Vault, VaultError};

use super::days::{OpenDay, Text};
use super::lines::{self, KnownSource, View};
use super::manifest::{FileLine, Manifest};
use super::merge::{Loaded, merge};
use super::spool::{Extent, Spool};
use super::{CHECKPOINT, ENTRIES, MANIFEST, Period, README, detail_name, entries, lines_name, text_name, tile_name};
use crate::AssureError;
use crate::zip::{ZipError, ZipWriter};

/// Bytes of plain text held before they go to the spool.
const TEXT_BYTES: usize = 32 << 20;
/// Bytes of envelopes held before they go to the spool.
const ENTRIES_BYTES: usize = 1 << 20;
const TILE_WIDTH: u64 = anlan_tlog::tile::WIDTH as u64;

/// Lines with `since ≤ seq < until` of the sources in `scope`.
pub struct PackRequest {
    pub since: Instant,
    pub until: Instant,
    pub scope: Scope,
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
    crate::prove::close_batches(vault)?;
    Builder::new(journal, request, fs, spool)?.build(vault, out)
}

/// What stands in a member, and where it is until it is written.
struct Ready {
    digest: Hash,
    length: u64,
    crc: u32,
    content: Content,
}

enum Content {
    Bytes(Vec<u8>),
    Tile { n: u64, width: u16 },
    Detail(Hash),
    Members(Extent),
    Text(Vec<Extent>),
}

struct Builder<'a> {
    journal: &'a Journal,
    period: Period,
    scope: &'a Scope,
    note: Vec<u8>,
    checkpoint: Checkpoint,
    ready: BTreeMap<String, Ready>,
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
            period: Period { since: request.since, until: request.until },
            scope: &request.scope,
            note,
            checkpoint,
            ready: BTreeMap::new(),
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
        self.add_bytes(README, self.readme().into_bytes());
        self.write(out)
    }

    fn add_bytes(&mut self, name: &str, bytes: Vec<u8>) {
        let (digest, length, crc) = (sha256(&bytes), bytes.len() as u64, crc32fast::hash(&bytes));
        self.ready.insert(name.to_owned(), Ready { digest, length, crc, content: Content::Bytes(bytes) });
    }

    fn view(&self) -> View<'a> {
        View { period: self.period, scope: self.scope }
    }

    /// `lines/…` of every batch of the period whose leaf lies under the checkpoint.
    fn spool_batches(&mut self, vault: &Vault) -> Result<Vec<(u64, Batch)>, AssureError> {
        let (period, view, size) = (self.period, self.view(), self.checkpoint.size);
        let mut batches: Vec<(u64, Batch)> = Vec::new();
        let (members, ready) = (&mut self.members, &mut self.ready);
        vault.batches(period.since, period.until, &mut |batch: BatchLines| {
            if batch.leaf >= size || !period.meets(&batch.batch) {
                return Ok(());
            }
            let (bytes, _) = lines::render(&batch, view);
            let (digest, length, crc) = (sha256(&bytes), bytes.len() as u64, crc32fast::hash(&bytes));
            let extent = members.put(&bytes).map_err(VaultError::Io)?;
            ready.insert(lines_name(batch.leaf), Ready { digest, length, crc, content: Content::Members(extent) });
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
        let first = batches.iter().map(|(leaf, _)| *leaf).fold(before, u64::min);
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
            let ready = Ready {
                digest: sha256(&bytes),
                length: bytes.len() as u64,
                crc: crc32fast::hash(&bytes),
                content: Content::Detail(detail),
            };
            self.ready.insert(detail_name(&detail), ready);
        }
        Ok(())
    }

    fn add_tiles(&mut self) -> Result<(), AssureError> {
        let size = self.checkpoint.size;
        for n in 0..size.div_ceil(TILE_WIDTH) {
            let width = u16::try_from((size - n * TILE_WIDTH).min(TILE_WIDTH)).unwrap_or(0);
            let bytes = self.journal.tile(Some(0), n, width)?;
            let ready = Ready {
                digest: sha256(&bytes),
                length: bytes.len() as u64,
                crc: crc32fast::hash(&bytes),
                content: Content::Tile { n, width },
            };
            self.ready.insert(tile_name(n, width), ready);
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
            let bytes = members.whole(*extent)?;
            let shown = lines::check(&bytes, *leaf, batch, view, &mut known).map_err(|_| AssureError::Unsound("batch"))?;
            Ok(Some(Loaded { bytes, shown }))
        };
        merge(&firsts, load, |i, line, raw| {
            let Some((_, batch)) = batches.get(i) else { return Ok(()) };
            writer.line(batch, line, raw)
        })?;
        writer.close()?;
        let texts = std::mem::take(&mut writer.ready);
        self.texts.flush()?;
        self.ready.extend(texts);
        Ok(())
    }

    fn readme(&self) -> String {
        let Period { since, until } = self.period;
        let (since, until, size) = (since.to_rfc3339(), until.to_rfc3339(), self.checkpoint.size.to_string());
        let args = [("origin", self.checkpoint.origin.as_str()), ("since", &since), ("until", &until), ("size", &size)];
        format!(
            "{}\n\n{}\n",
            text::text(text::Lang::Zh, "verify-pack-readme", &args),
            text::text(text::Lang::En, "verify-pack-readme", &args)
        )
    }

    fn write<W: Write>(self, out: W) -> Result<(), AssureError> {
        let files =
            self.ready.iter().map(|(name, ready)| FileLine { digest: ready.digest, length: ready.length, name: name.clone() }).collect();
        let Checkpoint { origin, size, .. } = self.checkpoint.clone();
        let manifest = Manifest { origin, period: self.period, size, scope: self.scope.clone(), files };
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
        Ok(Ready { digest: self.digest.finish(), length: extent.length, crc: self.crc.finalize(), content: Content::Members(extent) })
    }
}

/// Text of one source and day: what is held in memory, and where the rest lies in the spool.
#[derive(Default)]
struct TextParts {
    digest: Digest,
    crc: crc32fast::Hasher,
    length: u64,
    held: Vec<u8>,
    extents: Vec<Extent>,
}

impl Text for TextParts {
    fn put(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
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
            let TextParts { digest, crc, length, extents, .. } = day.text;
            let ready = Ready { digest: digest.finish(), length, crc: crc.finalize(), content: Content::Text(extents) };
            self.ready.push((text_name(&source, open.day), ready));
        }
        Ok(())
    }
}
