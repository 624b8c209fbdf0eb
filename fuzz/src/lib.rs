//! Bodies of the fuzz targets: one short function for each parser and format, of whatever bytes. A body panics when something that must hold does not.
//!
//! Invariants: a body asserts more than "no panic" where more can be said (what a decoder accepts encodes back to the same bytes, ranges lie inside the input,
//! junk is never sound); it is deterministic and touches no disk. `tests/corpus.rs` runs all of [`TARGETS`]; `targets/` holds the wrappers for cargo-fuzz.
#![forbid(unsafe_code)]

mod evidence;
mod lines;
mod log;
mod made;
mod store;
mod stream;
mod texts;
mod words;

pub use evidence::{against, manifest, pack_zip, proof_file, zip_directory};
pub use lines::{gb18030_text, wire_line};
pub use log::{
    base64_hex_decimal, checkpoint, day_detail, envelope, line_proof, private_key, signed_note, signer, tile_path, tile_place, vkey,
};
pub use made::{START, batch, index_range, lines, made_seeds, sound_segment};
pub use store::{WAL_FIRST, segment_file, segment_index, wal_file, wal_frame, wal_name};
pub use stream::{relp_frames, relp_offers, rfc6587_stream};
pub use texts::law_reading;
pub use words::{language_preference, query, source_key, time_text};

/// The body of a target. Was the input accepted? (Seeds named `good-*` are.)
pub type Body = fn(&[u8]) -> bool;

/// Every target: its name, which is that of its corpus folder too, and its body.
pub const TARGETS: &[(&str, Body)] = &[
    ("against", against),
    ("base64_hex_decimal", base64_hex_decimal),
    ("checkpoint", checkpoint),
    ("day_detail", day_detail),
    ("envelope", envelope),
    ("gb18030_text", gb18030_text),
    ("language_preference", language_preference),
    ("law_reading", law_reading),
    ("line_proof", line_proof),
    ("manifest", manifest),
    ("pack_zip", pack_zip),
    ("private_key", private_key),
    ("proof_file", proof_file),
    ("query", query),
    ("relp_frames", relp_frames),
    ("relp_offers", relp_offers),
    ("rfc6587_stream", rfc6587_stream),
    ("segment_file", segment_file),
    ("segment_index", segment_index),
    ("signed_note", signed_note),
    ("source_key", source_key),
    ("tile_path", tile_path),
    ("tile_place", tile_place),
    ("time_text", time_text),
    ("vkey", vkey),
    ("wal_file", wal_file),
    ("wal_frame", wal_frame),
    ("wal_name", wal_name),
    ("wire_line", wire_line),
    ("zip_directory", zip_directory),
];

/// Runs the body of the target of this name; panics when there is none.
pub fn run(name: &str, data: &[u8]) -> bool {
    let target = TARGETS.iter().find(|(target, _)| *target == name);
    let (_, body) = target.expect("a name of the list of targets");
    body(data)
}
