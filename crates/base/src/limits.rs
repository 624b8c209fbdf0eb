//! Limits that several rooms share. A limit of one room stands in that room, under a name, with a test at n-1, n, n+1.

/// Bytes of one line that are kept whole; a longer one is kept as numbered pieces of this size.
pub const LINE_BYTES: usize = 1 << 20;
/// Bytes of a source key such as `ip:192.0.2.1`.
pub const SOURCE_KEY_BYTES: usize = 128;
/// Bytes of a retention class name such as `network`.
pub const CLASS_BYTES: usize = 32;
/// Sources one data folder tells apart; what comes after shares the source `overflow`.
pub const SOURCES: usize = 10_000;
