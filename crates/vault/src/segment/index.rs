//! The index of a segment: its batches and sources, and where the filters of its pages lie (spec/segment.md).
//!
//! Invariant: lengths in the bytes are never trusted; a decoded index agrees with itself and with the rows of the file.

use anlan_base::{Seq, SourceKey};

use super::{SegmentBatch, SegmentError, SegmentSource};

pub(crate) const MAGIC: &[u8; 4] = b"ALSX";
pub(crate) const VERSION: u8 = 1;
const BATCH_BYTES: usize = 4 + 8 + 8 + 32 + 32;
const SOURCE_BYTES: usize = 1 + 1 + 4 + 8 + 8 + 8;

/// All of the index but the filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub batches: Vec<SegmentBatch>,
    pub sources: Vec<SegmentSource>,
    pub page_rows: u32,
    pub pages: u32,
    /// Bytes of the head: where the first filter's length stands.
    pub len: usize,
}

/// Writes the whole index; `filters` in the order of the pages.
#[must_use]
pub(crate) fn encode(batches: &[SegmentBatch], sources: &[SegmentSource], page_rows: u32, filters: &[Vec<u8>]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.push(VERSION);
    put_count(&mut out, batches.len());
    for batch in batches {
        out.extend_from_slice(&batch.count.to_be_bytes());
        out.extend_from_slice(&batch.first.0.to_be_bytes());
        out.extend_from_slice(&batch.last.0.to_be_bytes());
        out.extend_from_slice(&batch.key);
        out.extend_from_slice(&batch.root);
    }
    put_count(&mut out, sources.len());
    for source in sources {
        let name = source.source.as_str().as_bytes();
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(name);
        out.extend_from_slice(&source.lines.to_be_bytes());
        out.extend_from_slice(&source.bytes.to_be_bytes());
        out.extend_from_slice(&source.first.0.to_be_bytes());
        out.extend_from_slice(&source.last.0.to_be_bytes());
    }
    out.extend_from_slice(&page_rows.to_be_bytes());
    put_count(&mut out, filters.len());
    for filter in filters {
        put_count(&mut out, filter.len());
        out.extend_from_slice(filter);
    }
    out
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}

/// Reads the head from the front of the index; `Ok(None)` when `bytes` end before the head does.
pub(crate) fn decode_head(bytes: &[u8]) -> Result<Option<Head>, SegmentError> {
    let mut rest = Reader { bytes, at: 0 };
    match rest.head() {
        Ok(head) => Ok(Some(head)),
        Err(Stop::Short) => Ok(None),
        Err(Stop::Wrong(what)) => Err(SegmentError::Index(what)),
    }
}

/// Ranges of the filters in `bytes`, which begin where the head ends.
pub(crate) fn decode_filters(bytes: &[u8], pages: u32) -> Result<Vec<&[u8]>, SegmentError> {
    let mut rest = Reader { bytes, at: 0 };
    let filters = rest.filters(pages).map_err(|_| SegmentError::Index("filters"))?;
    if rest.at == bytes.len() { Ok(filters) } else { Err(SegmentError::Index("bytes after the filters")) }
}

enum Stop {
    Short,
    Wrong(&'static str),
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Stop> {
        let end = self.at.checked_add(len).ok_or(Stop::Short)?;
        let taken = self.bytes.get(self.at..end).ok_or(Stop::Short)?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        self.take(N)?.try_into().map_err(|_| Stop::Short)
    }

    fn u32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, Stop> {
        self.array().map(u64::from_be_bytes)
    }

    /// Room for `count` items, but no more than the bytes that are there could hold.
    fn room(&self, count: u32, item: usize) -> usize {
        usize::try_from(count).unwrap_or(usize::MAX).min((self.bytes.len() - self.at) / item)
    }

    fn head(&mut self) -> Result<Head, Stop> {
        if &self.array::<4>()? != MAGIC || self.array::<1>()? != [VERSION] {
            return Err(Stop::Wrong("magic or version"));
        }
        let batches = self.batches()?;
        let sources = self.sources()?;
        let page_rows = self.u32()?;
        let pages = self.u32()?;
        Ok(Head { batches, sources, page_rows, pages, len: self.at })
    }

    fn batches(&mut self) -> Result<Vec<SegmentBatch>, Stop> {
        let count = self.u32()?;
        let mut batches: Vec<SegmentBatch> = Vec::with_capacity(self.room(count, BATCH_BYTES));
        for _ in 0..count {
            let batch = SegmentBatch {
                count: self.u32()?,
                first: Seq(self.u64()?),
                last: Seq(self.u64()?),
                key: self.array()?,
                root: self.array()?,
            };
            let rising = batches.last().is_none_or(|before| before.last < batch.first);
            if !rising || batch.first > batch.last || batch.count == 0 {
                return Err(Stop::Wrong("batches"));
            }
            batches.push(batch);
        }
        Ok(batches)
    }

    fn sources(&mut self) -> Result<Vec<SegmentSource>, Stop> {
        let count = self.u32()?;
        let mut sources: Vec<SegmentSource> = Vec::with_capacity(self.room(count, SOURCE_BYTES));
        for _ in 0..count {
            let [len] = self.array::<1>()?;
            let name = std::str::from_utf8(self.take(usize::from(len))?).map_err(|_| Stop::Wrong("source"))?;
            let source = SegmentSource {
                source: SourceKey::new(name).map_err(|_| Stop::Wrong("source"))?,
                lines: self.u32()?,
                bytes: self.u64()?,
                first: Seq(self.u64()?),
                last: Seq(self.u64()?),
            };
            if sources.last().is_some_and(|before| before.source >= source.source) || source.first > source.last || source.lines == 0 {
                return Err(Stop::Wrong("sources"));
            }
            sources.push(source);
        }
        Ok(sources)
    }

    fn filters(&mut self, pages: u32) -> Result<Vec<&'a [u8]>, Stop> {
        let mut filters = Vec::with_capacity(self.room(pages, 4));
        for _ in 0..pages {
            let len = self.u32()?;
            filters.push(self.take(usize::try_from(len).unwrap_or(usize::MAX))?);
        }
        Ok(filters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (Vec<SegmentBatch>, Vec<SegmentSource>, Vec<Vec<u8>>) {
        let batch = |first: u64| SegmentBatch { count: 2, first: Seq(first), last: Seq(first + 5), key: [7; 32], root: [9; 32] };
        let source =
            |name: &str| SegmentSource { source: SourceKey::new(name).unwrap(), lines: 2, bytes: 40, first: Seq(10), last: Seq(25) };
        (vec![batch(10), batch(20)], vec![source("ip:192.0.2.1"), source("token:web")], vec![vec![], vec![1, 2, 3]])
    }

    #[test]
    fn what_is_written_reads_back() {
        let (batches, sources, filters) = sample();
        let bytes = encode(&batches, &sources, 8192, &filters);
        let head = decode_head(&bytes).unwrap().unwrap();
        assert_eq!((&head.batches, &head.sources, head.page_rows, head.pages), (&batches, &sources, 8192, 2));
        assert_eq!(decode_filters(&bytes[head.len..], 2).unwrap(), [&[][..], &[1, 2, 3]]);
    }

    #[test]
    fn a_cut_head_asks_for_more_and_cut_filters_are_refused() {
        let (batches, sources, filters) = sample();
        let bytes = encode(&batches, &sources, 8192, &filters);
        let len = decode_head(&bytes).unwrap().unwrap().len;
        for cut in 0..len {
            assert!(decode_head(&bytes[..cut]).unwrap().is_none(), "{cut}");
        }
        for cut in len..bytes.len() {
            assert!(decode_filters(&bytes[len..cut], 2).is_err(), "{cut}");
        }
        assert!(decode_filters(&[&bytes[len..], &[0]].concat(), 2).is_err(), "a byte too many");
    }

    #[test]
    fn lies_about_counts_do_not_allocate() {
        let mut bytes = encode(&[], &[], 8192, &[]);
        bytes[5..9].fill(0xff);
        assert!(decode_head(&bytes).unwrap().is_none());
        assert!(decode_filters(&[0xff; 8], u32::MAX).is_err());
    }

    #[test]
    fn contradictions_are_refused() {
        let (mut batches, mut sources, filters) = sample();
        batches.reverse();
        assert!(decode_head(&encode(&batches, &sources, 8192, &filters)).is_err());
        batches.reverse();
        sources.reverse();
        assert!(decode_head(&encode(&batches, &sources, 8192, &filters)).is_err());
    }
}
