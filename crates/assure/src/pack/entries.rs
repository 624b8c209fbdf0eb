//! `log/tile/0/…` and `log/entries`: from the tiles to the checkpoint's root, and from the envelopes to the tiles.

use std::collections::HashMap;
use std::io::{self, Read};

use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::envelope::{Batch, Body, DayLeaf, ENVELOPE_BYTES, Envelope};
use anlan_tlog::note::VerifyingKey;
use anlan_tlog::{Frontier, Hash, leaf_hash};

use super::content::Content;
use super::{CLASSES, Period, tile_name};
use crate::report::{Check, Findings};
use crate::rules::LogRules;
use crate::zip::{Member, ReadAt};

const MAGIC: &[u8; 4] = b"ALNE";
const VERSION: u8 = 1;
const HASH_BYTES: u64 = 32;
const WIDTH: u64 = anlan_tlog::tile::WIDTH as u64;

/// Head of `log/entries`.
pub(crate) fn head(first: u64) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.push(VERSION);
    out.extend_from_slice(&first.to_be_bytes());
    out
}

/// The level-0 tiles of a checkpoint as members of the pack, in the order of their leaves.
pub(crate) struct Tiles<'a, S: ReadAt + ?Sized> {
    content: Content<'a, S>,
    members: Vec<&'a Member>,
    /// The tile read last.
    held: Option<(usize, Vec<u8>)>,
}

impl<'a, S: ReadAt + ?Sized> Tiles<'a, S> {
    /// Finds the tiles of `size` leaves. None, with a finding, when one is missing or has another length; `there` counts the pack's tiles.
    pub(crate) fn find(
        content: Content<'a, S>,
        by_name: &HashMap<&str, &'a Member>,
        there: u64,
        size: u64,
        findings: &mut Findings,
    ) -> Option<Self> {
        let count = size.div_ceil(WIDTH);
        if count != there {
            findings.add("verify-pack-tiles-count", vec![("expected", count.to_string()), ("found", there.to_string())]);
            return None;
        }
        let mut members = Vec::new();
        for n in 0..count {
            let width = (size - n * WIDTH).min(WIDTH);
            let name = tile_name(n, u16::try_from(width).unwrap_or(0));
            let Some(member) = by_name.get(name.as_str()).filter(|member| member.size == width * HASH_BYTES) else {
                findings.add("verify-pack-member-missing", vec![("name", name)]);
                return None;
            };
            members.push(*member);
        }
        Some(Self { content, members, held: None })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.members.iter().map(|member| member.name.as_str())
    }

    /// Root over all leaves, and over the first `older` of them where asked for and where there are as many.
    pub(crate) fn roots(&self, older: Option<u64>) -> io::Result<(Hash, Option<Hash>)> {
        let mut frontier = Frontier::default();
        let mut old = (older == Some(0)).then(|| frontier.root());
        for member in &self.members {
            let bytes = self.content.whole(member, WIDTH * HASH_BYTES)?.unwrap_or_default();
            for hash in hashes(&bytes) {
                frontier.push(hash);
                if Some(frontier.size) == older {
                    old = Some(frontier.root());
                }
            }
        }
        Ok((frontier.root(), old))
    }

    fn leaf(&mut self, index: u64) -> io::Result<Option<Hash>> {
        let Ok(n) = usize::try_from(index / WIDTH) else { return Ok(None) };
        if self.held.as_ref().is_none_or(|(held, _)| *held != n) {
            let Some(member) = self.members.get(n) else { return Ok(None) };
            let bytes = self.content.whole(member, WIDTH * HASH_BYTES)?.unwrap_or_default();
            self.held = Some((n, bytes));
        }
        let place = usize::try_from(index % WIDTH).unwrap_or(0);
        Ok(self.held.as_ref().and_then(|(_, bytes)| hashes(bytes).nth(place)))
    }
}

fn hashes(bytes: &[u8]) -> impl Iterator<Item = Hash> {
    bytes.chunks_exact(32).filter_map(|chunk| chunk.try_into().ok())
}

/// What the entries of a pack say about its period.
#[derive(Default)]
pub(crate) struct Entries {
    pub(crate) first: u64,
    /// Batches that meet the period, with their leaf index, in log order.
    pub(crate) batches: Vec<(u64, Batch)>,
    /// Days that touch the period.
    pub(crate) days: Vec<DayLeaf>,
    /// Numbers of the ledger's entries, as ranges that are few: they rise.
    pub(crate) numbers: Numbers,
}

/// Rising numbers; runs without a hole take the room of one.
#[derive(Default)]
pub(crate) struct Numbers {
    runs: Vec<(u64, u64)>,
}

impl Numbers {
    pub(crate) fn add(&mut self, number: u64) {
        match self.runs.last_mut().filter(|(_, last)| last.checked_add(1) == Some(number)) {
            Some((_, last)) => *last = number,
            None => self.runs.push((number, number)),
        }
    }

    pub(crate) fn contains(&self, number: &u64) -> bool {
        self.runs.iter().any(|(first, last)| first <= number && number <= last)
    }
}

/// Reads `log/entries` against the tiles. `most` bounds the batches that are kept: there cannot be more than members.
pub(crate) fn read<S: ReadAt + ?Sized>(
    input: &mut impl Read,
    tiles: &mut Tiles<'_, S>,
    (checkpoint, key, period, most): (&Checkpoint, &VerifyingKey, Period, usize),
    findings: &mut Findings,
) -> io::Result<Option<Entries>> {
    let mut entries = Entries::default();
    let Some(first) = read_head(input)?.filter(|first| *first <= checkpoint.size) else {
        findings.add("verify-pack-entries-form", vec![("at", "0".to_owned())]);
        return Ok(None);
    };
    entries.first = first;
    let mut rules = LogRules::new(key);
    let mut covered = first == 0;
    for index in first..checkpoint.size {
        let Some(bytes) = read_entry(input)? else {
            findings.add("verify-pack-entries-form", vec![("at", index.to_string())]);
            return Ok(None);
        };
        if tiles.leaf(index)? != Some(leaf_hash(&bytes)) {
            findings.add("verify-pack-entry-tile", vec![("leaf", index.to_string())]);
        }
        let Ok(envelope) = Envelope::decode(&bytes) else {
            findings.add("verify-log-envelope", vec![("leaf", index.to_string())]);
            continue;
        };
        covered |= index == first && envelope.at < period.since;
        rules.step(index, &envelope, findings);
        match envelope.body {
            Body::Batch(batch) if period.meets(&batch) => entries.batches.push((index, batch)),
            Body::Day(day) if period.touches(day.day) => entries.days.push(day),
            Body::Entry { number, .. } => entries.numbers.add(number),
            _ => {}
        }
        if entries.batches.len() > most || entries.days.len() > most {
            findings.add("verify-pack-entries-many", vec![]);
            return Ok(None);
        }
    }
    if !covered {
        findings.add("verify-pack-entries-late", vec![("first", first.to_string())]);
    }
    if rules.classes() > CLASSES {
        findings.add("verify-pack-classes", vec![("most", CLASSES.to_string())]);
        return Ok(None);
    }
    if input.read(&mut [0])? > 0 {
        findings.add("verify-pack-entries-form", vec![("at", checkpoint.size.to_string())]);
    }
    Ok(Some(entries))
}

fn read_head(input: &mut impl Read) -> io::Result<Option<u64>> {
    let mut head = [0; 13];
    if !fill(input, &mut head)? {
        return Ok(None);
    }
    let [a, b, c, d, version, rest @ ..] = head;
    Ok(([a, b, c, d] == *MAGIC && version == VERSION).then(|| u64::from_be_bytes(rest)))
}

/// None where the bytes end early or the length is over that of an envelope.
fn read_entry(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    if !fill(input, &mut length)? {
        return Ok(None);
    }
    let length = usize::from(u16::from_be_bytes(length));
    if length > ENVELOPE_BYTES {
        return Ok(None);
    }
    let mut bytes = vec![0; length];
    Ok(fill(input, &mut bytes)?.then_some(bytes))
}

fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match input.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The checks of the tiles as the report tells them.
pub(crate) fn root_check(checkpoint: &Checkpoint, root: Hash) -> Check {
    let size = vec![("size", checkpoint.size.to_string())];
    if root == checkpoint.root { Check::held("verify-pack-tiles", size) } else { Check::failed("verify-pack-tiles-root", size) }
}
