//! Reading a segment: the footer and the head of the index when it is opened, filters and pages when somebody asks.
//!
//! Invariants: an open segment holds no rows and no filters (memory does not grow with what is kept); a question reads the pages it names
//! and nothing else.

use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use anlan_base::{Class, Day, Origin, Piece, Seq, SourceKey};
use anlan_journal::Fs;
use arrow_array::cast::AsArray;
use arrow_array::types::{UInt32Type, UInt64Type};
use arrow_array::{Array, BinaryArray, RecordBatch, StringArray, UInt32Array, UInt64Array};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy};
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::{ChunkReader, Length};

use super::{GROUP_ROWS, PAGE_ROWS, SegmentBatch, SegmentError, SegmentSource, columns, filter::Filter, index};
use crate::line::Line;
use crate::query::Asked;

/// How much of the index is read first; its head seldom is longer.
const HEAD_BYTES: u64 = 64 << 10;

/// An open segment: footer and head of the index are read, rows and filters are not.
pub struct Segment {
    file: SegmentFile,
    footer: ArrowReaderMetadata,
    class: Class,
    day: Day,
    rows: u64,
    head: index::Head,
    filters: (u64, u64),
}

/// Which columns a question needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// `seq` and source, enough to count.
    Times,
    Lines,
}

impl Segment {
    pub fn open(fs: Arc<dyn Fs>, path: PathBuf) -> Result<Self, SegmentError> {
        let len = fs.len(&path)?;
        let file = SegmentFile { fs, path: path.into(), len };
        let options = ArrowReaderOptions::new()
            .with_skip_arrow_metadata(true)
            .with_offset_index_policy(PageIndexPolicy::Required)
            .with_column_index_policy(PageIndexPolicy::Skip);
        let footer = guarded(|| Ok(ArrowReaderMetadata::load(&file, options)?))?;
        let rows = check_rows(&footer)?;
        check_pages(&footer, len)?;
        if **footer.schema() != *columns::schema() {
            return Err(SegmentError::Format("columns"));
        }
        let entries = Entries::of(&footer)?;
        let (head, filters) = read_head(&file, entries.index)?;
        let lines: u64 = head.batches.iter().map(|b| u64::from(b.count)).sum();
        let heard: u64 = head.sources.iter().map(|s| u64::from(s.lines)).sum();
        if lines != rows
            || heard != rows
            || head.page_rows as usize != PAGE_ROWS
            || u64::from(head.pages) != rows.div_ceil(PAGE_ROWS as u64)
        {
            return Err(SegmentError::Index("counts"));
        }
        Ok(Self { file, footer, class: entries.class, day: entries.day, rows, head, filters })
    }

    #[must_use]
    pub fn class(&self) -> &Class {
        &self.class
    }

    #[must_use]
    pub fn day(&self) -> Day {
        self.day
    }

    #[must_use]
    pub fn first(&self) -> Seq {
        self.head.batches.first().map_or(Seq(0), |b| b.first)
    }

    #[must_use]
    pub fn last(&self) -> Seq {
        self.head.batches.last().map_or(Seq(0), |b| b.last)
    }

    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of the whole file.
    #[must_use]
    pub fn file_size(&self) -> u64 {
        self.file.len
    }

    /// In rising seq.
    #[must_use]
    pub fn batches(&self) -> &[SegmentBatch] {
        &self.head.batches
    }

    /// Sorted by source.
    #[must_use]
    pub fn sources(&self) -> &[SegmentSource] {
        &self.head.sources
    }

    /// Lines of `from..=to`, sorted by seq. Rows are clustered, so this opens nearly every page however short the range: ask for a whole
    /// segment once rather than for each of its batches.
    pub fn lines(&self, from: Seq, to: Seq) -> Result<Vec<Line>, SegmentError> {
        if to < self.first() || from > self.last() {
            return Ok(Vec::new());
        }
        let within = |seq: u64| seq >= from.0 && seq <= to.0;
        let mut pages = self.all_pages();
        if from > self.first() || to < self.last() {
            pages = self.pages_with(&within)?;
        }
        let mut lines = Vec::new();
        for page in self.read(pages, Wanted::Lines)? {
            let page = page?;
            for row in (0..page.len()).filter(|&row| within(page.seq(row).0)) {
                lines.push(page.line(row, &self.class)?);
            }
        }
        lines.sort_unstable_by_key(|line| line.seq);
        Ok(lines)
    }

    fn pages_with(&self, within: &dyn Fn(u64) -> bool) -> Result<Vec<usize>, SegmentError> {
        let mut pages = Vec::new();
        for page in self.read(self.all_pages(), Wanted::Times)? {
            let page = page?;
            if (0..page.len()).any(|row| within(page.seq(row).0)) {
                pages.push(page.number);
            }
        }
        Ok(pages)
    }

    pub(crate) fn pages(&self) -> usize {
        self.head.pages as usize
    }

    pub(crate) fn all_pages(&self) -> Vec<usize> {
        (0..self.pages()).collect()
    }

    /// Pages for which `may` says yes; it is given the page's filter.
    pub(crate) fn pages_that_may(&self, may: &dyn Fn(Option<&Filter<'_>>) -> bool) -> Result<Vec<usize>, SegmentError> {
        let (offset, len) = self.filters;
        let bytes = self.file.fs.read_at(&self.file.path, offset, usize::try_from(len).unwrap_or(usize::MAX))?;
        let mut pages = Vec::new();
        for (page, bytes) in index::decode_filters(&bytes, self.head.pages)?.into_iter().enumerate() {
            if may(Filter::decode(bytes)?.as_ref()) {
                pages.push(page);
            }
        }
        Ok(pages)
    }

    /// The rows of these pages (rising), page by page.
    pub(crate) fn read(&self, pages: Vec<usize>, wanted: Wanted) -> Result<Pages, SegmentError> {
        let names: &[&str] = match wanted {
            Wanted::Times => &[columns::SEQ, columns::SOURCE],
            Wanted::Lines => &[columns::SEQ, columns::SOURCE, columns::ORIGIN, columns::PIECE, columns::RAW],
        };
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.footer.clone());
        // By index: `ProjectionMask::columns` would take the dots of `anlan.source` for nesting.
        let leaves =
            builder.parquet_schema().columns().iter().enumerate().filter(|(_, leaf)| names.contains(&leaf.name())).map(|(at, _)| at);
        let mask = ProjectionMask::leaves(builder.parquet_schema(), leaves.collect::<Vec<_>>());
        let reader = builder.with_projection(mask).with_row_selection(self.selection(&pages)).with_batch_size(PAGE_ROWS).build()?;
        Ok(Pages { reader, numbers: pages.into_iter(), rows: self.rows })
    }

    fn selection(&self, pages: &[usize]) -> RowSelection {
        let mut selectors = Vec::new();
        let mut at = 0;
        for &page in pages {
            let start = page * PAGE_ROWS;
            if start > at {
                selectors.push(RowSelector::skip(start - at));
            }
            let rows = page_rows(page, self.rows);
            selectors.push(RowSelector::select(rows));
            at = start + rows;
        }
        selectors.into()
    }
}

fn page_rows(page: usize, rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX).saturating_sub(page * PAGE_ROWS).min(PAGE_ROWS)
}

/// Rows of the file, when its row groups are cut as they must be.
fn check_rows(footer: &ArrowReaderMetadata) -> Result<u64, SegmentError> {
    let groups = footer.metadata().row_groups();
    let counts: Option<Vec<u64>> = groups.iter().map(|g| u64::try_from(g.num_rows()).ok()).collect();
    let counts = counts.ok_or(SegmentError::Format("row groups"))?;
    let (last, full) = counts.split_last().ok_or(SegmentError::Format("no rows"))?;
    let group = GROUP_ROWS as u64;
    if full.iter().any(|&n| n != group) || *last == 0 || *last > group {
        return Err(SegmentError::Format("row groups"));
    }
    Ok(full.len() as u64 * group + last)
}

/// Columns lie behind each other in the file; each has its pages where the rows say (SEG-1), behind each other too. Parquet's reader trusts all this.
fn check_pages(footer: &ArrowReaderMetadata, len: u64) -> Result<(), SegmentError> {
    let metadata = footer.metadata();
    let index = metadata.offset_index().filter(|index| index.len() == metadata.num_row_groups());
    let index = index.ok_or(SegmentError::Format("page index"))?;
    let mut at = 0;
    for (group, columns) in metadata.row_groups().iter().zip(index) {
        if columns.len() != group.columns().len() {
            return Err(SegmentError::Format("page index"));
        }
        for (column, pages) in group.columns().iter().zip(columns) {
            let range = column_range(column).filter(|range| range.start >= at && range.end <= len);
            let range = range.ok_or(SegmentError::Format("columns"))?;
            at = range.end;
            if column.num_values() != group.num_rows() || !pages_fit(pages.page_locations(), range, group.num_rows()) {
                return Err(SegmentError::Format("pages"));
            }
        }
    }
    Ok(())
}

fn column_range(column: &ColumnChunkMetaData) -> Option<Range<u64>> {
    let data = u64::try_from(column.data_page_offset()).ok()?;
    let dictionary = column.dictionary_page_offset().map_or(Some(data), |at| u64::try_from(at).ok())?;
    let end = dictionary.checked_add(u64::try_from(column.compressed_size()).ok()?)?;
    (dictionary <= data && data <= end).then_some(dictionary..end)
}

fn pages_fit(pages: &[PageLocation], range: Range<u64>, rows: i64) -> bool {
    let starts = (0..rows).step_by(PAGE_ROWS);
    let count = usize::try_from(rows).unwrap_or(usize::MAX).div_ceil(PAGE_ROWS);
    let mut at = range.start;
    let fits = |(page, start): (&PageLocation, i64)| {
        let (Ok(offset), Ok(size)) = (u64::try_from(page.offset), u64::try_from(page.compressed_page_size)) else { return false };
        let fits = page.first_row_index == start && offset >= at && size > 0 && offset.saturating_add(size) <= range.end;
        at = offset.saturating_add(size);
        fits
    };
    count == pages.len() && pages.iter().zip(starts).all(fits)
}

/// What the key-value metadata of the footer says.
struct Entries {
    class: Class,
    day: Day,
    index: (u64, u64),
}

impl Entries {
    fn of(footer: &ArrowReaderMetadata) -> Result<Self, SegmentError> {
        let pairs = footer.metadata().file_metadata().key_value_metadata();
        let value = |key: &str| {
            let found = pairs.and_then(|all| all.iter().find(|pair| pair.key == key));
            found.and_then(|pair| pair.value.as_deref()).ok_or(SegmentError::Format("metadata"))
        };
        if value("anlan.segment")? != "1" {
            return Err(SegmentError::Format("version"));
        }
        let class = Class::new(value("anlan.class")?).map_err(|_| SegmentError::Format("class"))?;
        let day = value("anlan.day")?.parse().map_err(|_| SegmentError::Format("day"))?;
        let index = value("anlan.index")?.split_once(' ').and_then(|(at, len)| Some((at.parse().ok()?, len.parse().ok()?)));
        Ok(Self { class, day, index: index.ok_or(SegmentError::Format("index"))? })
    }
}

/// The head of the index, and offset and length of the filters behind it.
fn read_head(file: &SegmentFile, (offset, len): (u64, u64)) -> Result<(index::Head, (u64, u64)), SegmentError> {
    if offset.checked_add(len).is_none_or(|end| end > file.len) {
        return Err(SegmentError::Index("lies outside the file"));
    }
    for part in [len.min(HEAD_BYTES), len] {
        let bytes = file.fs.read_at(&file.path, offset, usize::try_from(part).unwrap_or(usize::MAX))?;
        if let Some(head) = index::decode_head(&bytes)? {
            let used = head.len as u64;
            return Ok((head, (offset + used, len - used)));
        }
    }
    Err(SegmentError::Index("cut short"))
}

/// Parquet's decoders panic on some damaged pages. The file is only read, so nothing is left half done.
fn guarded<T>(read: impl FnOnce() -> Result<T, SegmentError>) -> Result<T, SegmentError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(SegmentError::Format("damaged page")))
}

/// Iterates over pages, until the first that cannot be read; each item is one page of rows.
pub(crate) struct Pages {
    reader: ParquetRecordBatchReader,
    numbers: std::vec::IntoIter<usize>,
    rows: u64,
}

impl Iterator for Pages {
    type Item = Result<Rows, SegmentError>;

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.numbers.next()?;
        let page = guarded(|| {
            let batch = self.reader.next().ok_or(SegmentError::Format("rows are missing"))?;
            Rows::of(number, &batch.map_err(ParquetError::from)?, page_rows(number, self.rows))
        });
        if page.is_err() {
            self.numbers = Vec::new().into_iter();
        }
        Some(page)
    }
}

/// The rows of one page.
pub(crate) struct Rows {
    pub(crate) number: usize,
    seqs: UInt64Array,
    sources: StringArray,
    rest: Option<(StringArray, UInt32Array, BinaryArray)>,
}

impl Rows {
    fn of(number: usize, batch: &RecordBatch, rows: usize) -> Result<Self, SegmentError> {
        if batch.num_rows() != rows {
            return Err(SegmentError::Format("page length"));
        }
        let column = |name: &str| batch.column_by_name(name).filter(|c| c.null_count() == 0).ok_or(SegmentError::Format("column"));
        let missing = SegmentError::Format("column type");
        let seqs = column(columns::SEQ)?.as_primitive_opt::<UInt64Type>().ok_or(missing)?.clone();
        let sources = column(columns::SOURCE)?.as_string_opt::<i32>().ok_or(SegmentError::Format("column type"))?.clone();
        let rest = match batch.column_by_name(columns::RAW) {
            None => None,
            Some(raw) => {
                let origins = column(columns::ORIGIN)?.as_string_opt::<i32>();
                let pieces = column(columns::PIECE)?.as_primitive_opt::<UInt32Type>();
                let all = origins.zip(pieces).zip(raw.as_binary_opt::<i32>()).ok_or(SegmentError::Format("column type"))?;
                Some((all.0.0.clone(), all.0.1.clone(), all.1.clone()))
            }
        };
        Ok(Self { number, seqs, sources, rest })
    }

    pub(crate) fn len(&self) -> usize {
        self.seqs.len()
    }

    pub(crate) fn seq(&self, row: usize) -> Seq {
        Seq(self.seqs.value(row))
    }

    pub(crate) fn source(&self, row: usize) -> &str {
        self.sources.value(row)
    }

    /// Empty when the raw bytes were not asked for.
    pub(crate) fn raw(&self, row: usize) -> &[u8] {
        self.rest.as_ref().map_or(&[], |(_, _, raw)| raw.value(row))
    }

    /// The line as a query looks at it.
    pub(crate) fn asked(&self, row: usize) -> Asked<'_> {
        let (origin, piece) = self.rest.as_ref().map_or(("", 0), |(origins, pieces, _)| (origins.value(row), pieces.value(row)));
        Asked { seq: self.seq(row), source: self.source(row), origin, piece: Piece::from_code(piece), raw: self.raw(row) }
    }

    pub(crate) fn line(&self, row: usize, class: &Class) -> Result<Line, SegmentError> {
        let (origins, pieces, raw) = self.rest.as_ref().ok_or(SegmentError::Format("column"))?;
        Ok(Line {
            seq: self.seq(row),
            class: class.clone(),
            source: SourceKey::new(self.source(row)).map_err(|_| SegmentError::Format("source"))?,
            origin: origin(origins.value(row)).ok_or(SegmentError::Format("origin"))?,
            piece: Piece::from_code(pieces.value(row)),
            raw: Bytes::copy_from_slice(raw.value(row)),
        })
    }
}

fn origin(name: &str) -> Option<Origin> {
    (1..=5).filter_map(Origin::from_code).find(|o| o.as_str() == name)
}

/// A file of the data folder as Parquet's reader wants it.
#[derive(Clone)]
struct SegmentFile {
    fs: Arc<dyn Fs>,
    path: Arc<std::path::Path>,
    len: u64,
}

impl Length for SegmentFile {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for SegmentFile {
    type T = BufReader<SegmentCursor>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(SegmentCursor { file: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.len) {
            return Err(ParquetError::EOF("a range lies outside the file".to_owned()));
        }
        Ok(self.fs.read_at(&self.path, start, length)?.into())
    }
}

/// Reads a file from a place on.
struct SegmentCursor {
    file: SegmentFile,
    at: u64,
}

impl Read for SegmentCursor {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.file.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let len = left.min(buf.len());
        if len == 0 {
            return Ok(0);
        }
        let bytes = self.file.fs.read_at(&self.file.path, self.at, len)?;
        let len = bytes.len().min(len);
        buf.get_mut(..len).unwrap_or_default().copy_from_slice(bytes.get(..len).unwrap_or_default());
        self.at += len as u64;
        Ok(len)
    }
}
