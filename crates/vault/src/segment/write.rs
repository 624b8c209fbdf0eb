//! Batches to the bytes of a segment file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use anlan_base::{Class, Day, Seq, SourceKey};
use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BinaryArray, Int32Array, RecordBatch, StringArray, TimestampMillisecondArray, UInt32Array, UInt64Array};
use arrow_schema::Schema;
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;

use super::{PAGE_ROWS, SEGMENT_BYTES, SealBatch, SegmentBatch, SegmentError, SegmentSource, columns, filter, index};
use crate::line::Line;
use crate::shape;
use crate::token::{self, TokenSet};

/// Encodes whole batches of one class and day, in rising seq, as a segment file.
pub fn encode(class: &Class, day: Day, batches: &[SealBatch]) -> Result<Vec<u8>, SegmentError> {
    check(class, day, batches)?;
    let rows = clustered(batches);
    let schema = columns::schema();
    let options = ArrowWriterOptions::new().with_properties(columns::properties()?).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&schema), options)?;
    let mut filters = Vec::with_capacity(rows.len().div_ceil(PAGE_ROWS));
    let mut tokens = TokenSet::new();
    for page in rows.chunks(PAGE_ROWS) {
        writer.write(&page_columns(&schema, page)?)?;
        filters.push(page_filter(&mut tokens, page));
    }
    writer.flush()?;
    let index = index::encode(&batch_heads(batches), &source_heads(batches), PAGE_ROWS as u32, &filters);
    let offset = writer.bytes_written();
    writer.write_all(&index)?;
    for (key, value) in [
        ("anlan.segment", "1".to_owned()),
        ("anlan.class", class.to_string()),
        ("anlan.day", day.to_string()),
        ("anlan.index", format!("{offset} {}", index.len())),
    ] {
        writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
    }
    Ok(writer.into_inner()?)
}

/// Lines in rising seq over all batches, of the right class and day, as many as their batch says; not too many bytes.
fn check(class: &Class, day: Day, batches: &[SealBatch]) -> Result<(), SegmentError> {
    let mut last = None;
    let mut bytes = 0_usize;
    for sealed in batches {
        let whole = u32::try_from(sealed.lines.len()).is_ok_and(|n| n == sealed.batch.count);
        let ends = sealed.lines.first().map(|l| l.seq) == Some(sealed.batch.first)
            && sealed.lines.last().map(|l| l.seq) == Some(sealed.batch.last);
        if !whole || !ends || sealed.batch.class != *class || sealed.batch.day != day {
            return Err(SegmentError::Batches("a batch and its lines disagree"));
        }
        for line in &sealed.lines {
            if last.is_some_and(|before| before >= line.seq) {
                return Err(SegmentError::Batches("lines are not in rising seq"));
            }
            last = Some(line.seq);
            bytes = bytes.saturating_add(line.raw.len());
        }
    }
    if last.is_none() {
        return Err(SegmentError::Batches("no line"));
    }
    fits(bytes)
}

fn fits(bytes: usize) -> Result<(), SegmentError> {
    if bytes > SEGMENT_BYTES { Err(SegmentError::Batches("more than 1 GiB")) } else { Ok(()) }
}

/// A line and what the columns say of it.
struct Row<'a> {
    line: &'a Line,
    cluster: (u64, u64),
    millis: i64,
    /// Where the message starts in `raw`, and its length unless it reaches to the end.
    message: (u32, Option<u32>),
    priority: Option<i32>,
    notes: Option<String>,
    ecs: [Option<Cow<'a, str>>; columns::ECS.len()],
}

impl<'a> Row<'a> {
    fn of(line: &'a Line) -> Self {
        let received = line.seq.received();
        let event = anlan_wire::parse_for(&line.raw, received, anlan_wire::Detail::Columns);
        let message = line.raw.get(event.message.clone()).unwrap_or_default();
        let mut ecs = [const { None }; columns::ECS.len()];
        for (name, value) in event.fields {
            if let Some(at) = columns::ECS.iter().position(|column| *column == name) {
                ecs[at].get_or_insert(value);
            }
        }
        let [host, program, ..] = &ecs;
        let cluster = shape::cluster(program.as_deref(), host.as_deref(), message);
        let notes = (!event.notes.is_empty()).then(|| event.notes.iter().map(|n| n.code()).collect::<Vec<_>>().join(","));
        Self {
            line,
            cluster,
            millis: i64::try_from(event.claimed.unwrap_or(received).0 / 1_000_000).unwrap_or(i64::MAX),
            message: (narrow(event.message.start), (event.message.end != line.raw.len()).then(|| narrow(event.message.len()))),
            priority: event.priority.map(i32::from),
            notes,
            ecs,
        }
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn clustered(batches: &[SealBatch]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = batches.iter().flat_map(|b| &b.lines).map(Row::of).collect();
    rows.sort_by_cached_key(|row| (row.cluster, row.line.seq));
    rows
}

fn page_columns(schema: &Arc<Schema>, page: &[Row<'_>]) -> Result<RecordBatch, ParquetError> {
    let mut arrays: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from_iter_values(page.iter().map(|r| r.line.seq.0))),
        Arc::new(TimestampMillisecondArray::from_iter_values(page.iter().map(|r| r.millis)).with_timezone("UTC")),
        Arc::new(StringArray::from_iter_values(page.iter().map(|r| r.line.source.as_str()))),
        Arc::new(StringArray::from_iter_values(page.iter().map(|r| r.line.origin.as_str()))),
        Arc::new(UInt32Array::from_iter_values(page.iter().map(|r| r.line.piece.code()))),
        optional(page.iter().map(|r| r.line.source.address())),
    ];
    for at in 0..columns::ECS.len() {
        arrays.push(optional(page.iter().map(|r| r.ecs.get(at)?.as_deref())));
    }
    arrays.push(Arc::new(page.iter().map(|r| r.priority).collect::<Int32Array>()));
    arrays.push(optional(page.iter().map(|r| r.notes.as_deref())));
    arrays.push(Arc::new(UInt32Array::from_iter_values(page.iter().map(|r| r.message.0))));
    arrays.push(Arc::new(page.iter().map(|r| r.message.1).collect::<UInt32Array>()));
    arrays.push(Arc::new(BinaryArray::from_iter_values(page.iter().map(|r| &r.line.raw))));
    RecordBatch::try_new(Arc::clone(schema), arrays).map_err(ParquetError::from)
}

fn optional<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    values.for_each(|value| builder.append_option(value));
    Arc::new(builder.finish())
}

/// The filter of one page; `tokens` is empty before and after.
fn page_filter(tokens: &mut TokenSet, page: &[Row<'_>]) -> Vec<u8> {
    for row in page {
        token::each_token(&anlan_wire::line_text(&row.line.raw), |hash| tokens.insert(hash));
    }
    filter::build(&tokens.drain())
}

fn batch_heads(batches: &[SealBatch]) -> Vec<SegmentBatch> {
    let head =
        |b: &SealBatch| SegmentBatch { count: b.batch.count, first: b.batch.first, last: b.batch.last, key: b.key, root: b.batch.root };
    batches.iter().map(head).collect()
}

fn source_heads(batches: &[SealBatch]) -> Vec<SegmentSource> {
    let mut sources: BTreeMap<&SourceKey, (u32, u64, Seq, Seq)> = BTreeMap::new();
    for line in batches.iter().flat_map(|b| &b.lines) {
        let (lines, bytes, _, last) = sources.entry(&line.source).or_insert((0, 0, line.seq, line.seq));
        *lines += 1;
        *bytes += line.raw.len() as u64;
        *last = line.seq;
    }
    let head = |(source, (lines, bytes, first, last)): (&SourceKey, _)| SegmentSource { source: source.clone(), lines, bytes, first, last };
    sources.into_iter().map(head).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_segment_have_a_limit() {
        for (bytes, right) in [(SEGMENT_BYTES - 1, true), (SEGMENT_BYTES, true), (SEGMENT_BYTES + 1, false)] {
            assert_eq!(fits(bytes).is_ok(), right, "{bytes}");
        }
    }
}
