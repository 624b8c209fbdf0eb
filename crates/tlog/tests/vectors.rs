//! The vectors under `spec/vectors/tlog` are what this crate makes today. `cargo test -p anlan-tlog --test vectors -- --ignored` writes them anew.
#![allow(clippy::unwrap_used, reason = "a test")]

mod example;

use std::path::PathBuf;

use anlan_tlog::envelope::{Body, Envelope};
use anlan_tlog::proof::LineProof;
use anlan_tlog::{Hash, consistency_path, hex, inclusion_path, leaf_hash, root, tile};
use example::{BATCH_KEY, SEED, checkpoint, envelopes, line_leaves, line_salt, lines, proof, signer};
use serde_json::{Value, json};

const WHAT_IS_SHOWN: usize = 2;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/tlog")
}

fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("lines.json", pretty(&line_vectors())),
        ("envelopes.json", pretty(&envelope_vectors())),
        ("trees.json", pretty(&tree_vectors())),
        ("tiles.json", pretty(&tile_vectors())),
        ("keys.json", pretty(&key_vectors())),
        ("checkpoint", signer().sign(&checkpoint().render())),
        ("line.tlog-proof", proof(WHAT_IS_SHOWN).render()),
    ]
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

fn line_vectors() -> Value {
    let leaves = line_leaves();
    let rows: Vec<Value> = (lines().iter().zip(&leaves).enumerate())
        .map(|(position, (line, leaf))| {
            json!({
                "position": position, "salt": hex(&line_salt(position)), "seq": line.seq.to_string(), "origin": line.origin.code(),
                "piece": line.piece.code(), "source": line.source.as_str(), "raw": hex(&line.raw), "line_leaf": hex(leaf),
            })
        })
        .collect();
    json!({ "key": hex(&BATCH_KEY), "lines": rows, "root": hex(&root(&leaves)) })
}

fn envelope_vectors() -> Value {
    let rows = envelopes().into_iter().map(|envelope| {
        let bytes = envelope.encode();
        json!({ "fields": fields(&envelope), "envelope": hex(&bytes), "leaf": hex(&leaf_hash(&bytes)) })
    });
    json!(rows.collect::<Vec<_>>())
}

/// 64-bit numbers are strings, as in all our JSON.
fn fields(envelope: &Envelope) -> Value {
    let mut value = match &envelope.body {
        Body::Batch(b) => json!({
            "type": 1, "class": b.class.as_str(), "day": b.day.0, "count": b.count, "first_seq": b.first.to_string(),
            "last_seq": b.last.to_string(), "root": hex(&b.root),
        }),
        Body::Seal(s) => json!({
            "type": 2, "class": s.class.as_str(), "day": s.day.0, "first_seq": s.first.to_string(), "last_seq": s.last.to_string(),
            "rows": s.rows, "batches": s.batches, "size": s.size.to_string(), "sha256": hex(&s.digest),
        }),
        Body::Drop(d) => json!({
            "type": 3, "class": d.class.as_str(), "day": d.day.0, "first_seq": d.first.to_string(), "sha256": hex(&d.digest),
        }),
        Body::Loss(l) => json!({
            "type": 4, "reason": l.reason.code(), "source": l.source.as_str(), "count": l.count.to_string(), "from": l.from.0.to_string(),
            "until": l.until.0.to_string(),
        }),
        Body::Day(d) => json!({
            "type": 5, "day": d.day.0, "lines": d.lines.to_string(), "bytes": d.bytes.to_string(), "sha256": hex(&d.detail),
        }),
        Body::Entry { number, digest } => json!({ "type": 6, "number": number.to_string(), "digest": hex(digest) }),
        Body::Key { public, origin } => json!({ "type": 7, "public": hex(public), "origin": origin.as_str() }),
        Body::Restore { size, root } => json!({ "type": 8, "size": size.to_string(), "root": hex(root) }),
    };
    value["at"] = json!(envelope.at.0.to_string());
    value
}

fn hexes(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hex(hash)).collect()
}

/// Trees over the leaves `leaf(u64 0)`, `leaf(u64 1)`, …
fn tree_vectors() -> Value {
    let leaves: Vec<Hash> = (0..300_u64).map(|i| leaf_hash(&i.to_be_bytes())).collect();
    let sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 300];
    let roots = sizes.iter().map(|size| json!({ "size": size, "root": hex(&root(&leaves[..*size])) }));
    let inclusion = [(0, 1), (0, 2), (1, 2), (2, 3), (4, 5), (6, 7), (0, 300), (255, 256), (256, 257), (299, 300)];
    let inclusion =
        inclusion.map(|(index, size)| json!({ "index": index, "size": size, "path": hexes(&inclusion_path(index, &leaves[..size])) }));
    let consistency = [(1, 2), (2, 3), (3, 7), (4, 8), (6, 8), (7, 9), (256, 300), (257, 300), (299, 300)];
    let consistency =
        consistency.map(|(old, new)| json!({ "old": old, "new": new, "path": hexes(&consistency_path(old, &leaves[..new])) }));
    json!({ "roots": roots.collect::<Vec<_>>(), "inclusion": inclusion, "consistency": consistency })
}

fn tile_vectors() -> Value {
    let paths =
        [(Some(0), 0, 256), (Some(0), 273, 112), (Some(1), 1_234_067, 256), (None, 999, 256), (None, 1000, 1), (Some(7), u64::MAX, 255)];
    let paths =
        paths.map(|(level, n, width)| json!({ "level": level, "n": n.to_string(), "width": width, "path": tile::path(level, n, width) }));
    let sizes = [0_u64, 1, 255, 256, 257, 512, 1000].map(|size| {
        let all: Vec<String> = tile::all(size).into_iter().map(|(level, n, width)| tile::path(level, n, width)).collect();
        json!({ "size": size, "tiles": all })
    });
    json!({ "paths": paths, "sizes": sizes })
}

fn key_vectors() -> Value {
    let key = signer().verifying_key();
    json!({
        "seed": hex(&SEED), "public": hex(&key.public), "vkey": key.render(), "private": signer().render_private(),
        "text": checkpoint().render(), "note": String::from_utf8(signer().sign(&checkpoint().render())).unwrap(),
    })
}

#[test]
fn the_vectors_are_what_is_made_today() {
    for (name, expected) in files() {
        let found = std::fs::read(folder().join(name)).unwrap_or_default();
        // The order of names in an object says nothing.
        let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
        assert!(if name.ends_with(".json") { json(&found) == json(&expected) } else { found == expected }, "{name} differs");
    }
}

#[test]
fn the_vectors_check() {
    let key = signer().verifying_key();
    let proof = LineProof::parse(&std::fs::read(folder().join("line.tlog-proof")).unwrap()).unwrap();
    assert_eq!(proof.check(&key).unwrap(), checkpoint());
    assert_eq!(key.open(&std::fs::read(folder().join("checkpoint")).unwrap()).unwrap(), checkpoint().render());
}

#[test]
#[ignore = "writes the vectors"]
#[allow(clippy::disallowed_methods, reason = "run by hand")]
fn write_vectors() {
    std::fs::create_dir_all(folder()).unwrap();
    for (name, bytes) in files() {
        std::fs::write(folder().join(name), bytes).unwrap();
    }
}
