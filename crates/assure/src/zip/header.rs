//! The bytes of headers and end records: the one place that knows them (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3).
//!
//! Invariant: a header is a function of the member alone.

use super::{Member, Zip64From};

pub(super) const LOCAL_MAGIC: [u8; 4] = *b"PK\x03\x04";
pub(super) const LOCAL_BYTES: usize = 30;
pub(super) const ZIP64_LOCAL_EXTRA_BYTES: usize = 20;
const CENTRAL_MAGIC: [u8; 4] = *b"PK\x01\x02";
const END_MAGIC: [u8; 4] = *b"PK\x05\x06";
const END64_MAGIC: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_MAGIC: [u8; 4] = *b"PK\x06\x07";
const ZIP64_EXTRA: u16 = 1;
const VERSION_PLAIN: u16 = 20;
const VERSION_ZIP64: u16 = 45;
const FLAG_UTF8: u16 = 0x0800;
const STORED: u16 = 0;
const TIME: u16 = 0;
/// 1980-01-01 in MS-DOS form.
const DATE: u16 = 33;
/// Bytes of the ZIP64 end record after its size field.
const END64_REST: u64 = 44;

/// A ZIP field: little-endian, unlike the rest of the formats.
struct Fields(Vec<u8>);

impl Fields {
    fn u16(&mut self, value: u16) -> &mut Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    fn u32(&mut self, value: u32) -> &mut Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    fn u64(&mut self, value: u64) -> &mut Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

fn short(value: u64, from: u64) -> u32 {
    if value >= from { u32::MAX } else { u32::try_from(value).unwrap_or(u32::MAX) }
}

fn name_length(name: &str) -> u16 {
    u16::try_from(name.len()).unwrap_or(u16::MAX)
}

fn version(zip64: bool) -> u16 {
    if zip64 { VERSION_ZIP64 } else { VERSION_PLAIN }
}

pub(super) fn local(member: &Member, from: Zip64From) -> Vec<u8> {
    let zip64 = member.size >= from.size;
    let size = short(member.size, from.size);
    let mut out = Fields(Vec::with_capacity(LOCAL_BYTES + member.name.len() + ZIP64_LOCAL_EXTRA_BYTES));
    out.bytes(&LOCAL_MAGIC).u16(version(zip64)).u16(FLAG_UTF8).u16(STORED).u16(TIME).u16(DATE);
    out.u32(member.crc).u32(size).u32(size).u16(name_length(&member.name)).u16(if zip64 { 20 } else { 0 });
    out.bytes(member.name.as_bytes());
    if zip64 {
        out.u16(ZIP64_EXTRA).u16(16).u64(member.size).u64(member.size);
    }
    out.0
}

pub(super) fn central(member: &Member, from: Zip64From) -> Vec<u8> {
    let mut extra = Fields(Vec::new());
    if member.size >= from.size {
        extra.u64(member.size).u64(member.size);
    }
    if member.offset >= from.size {
        extra.u64(member.offset);
    }
    let extra = extra.0;
    let extra_length = if extra.is_empty() { 0 } else { u16::try_from(extra.len() + 4).unwrap_or(u16::MAX) };
    let version = version(!extra.is_empty());
    let size = short(member.size, from.size);
    let mut out = Fields(Vec::with_capacity(46 + member.name.len() + 28));
    out.bytes(&CENTRAL_MAGIC).u16(version).u16(version).u16(FLAG_UTF8).u16(STORED).u16(TIME).u16(DATE);
    out.u32(member.crc).u32(size).u32(size).u16(name_length(&member.name)).u16(extra_length);
    // Comment length, disk, internal and external attributes.
    out.u16(0).u16(0).u16(0).u32(0).u32(short(member.offset, from.size)).bytes(member.name.as_bytes());
    if !extra.is_empty() {
        out.u16(ZIP64_EXTRA).u16(extra_length - 4).bytes(&extra);
    }
    out.0
}

/// Everything after the central directory, which begins at `offset` and has `size` bytes.
pub(super) fn end(members: u64, offset: u64, size: u64, from: Zip64From) -> Vec<u8> {
    let mut out = Fields(Vec::with_capacity(98));
    if members >= from.members || offset >= from.size || size >= from.size {
        let end64 = offset.saturating_add(size);
        out.bytes(&END64_MAGIC).u64(END64_REST).u16(VERSION_ZIP64).u16(VERSION_ZIP64).u32(0).u32(0);
        out.u64(members).u64(members).u64(size).u64(offset);
        out.bytes(&LOCATOR_MAGIC).u32(0).u64(end64).u32(1);
    }
    let count = if members >= from.members { u16::MAX } else { u16::try_from(members).unwrap_or(u16::MAX) };
    out.bytes(&END_MAGIC).u16(0).u16(0).u16(count).u16(count).u32(short(size, from.size)).u32(short(offset, from.size)).u16(0);
    out.0
}
