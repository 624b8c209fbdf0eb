//! Writes the seeds that follow from formats (`good-*`) anew: `cargo run -p anlan-fuzz --example seeds -- segment` those of the targets whose names begin so.
//! The seeds beside them are written by hand.
//!
//! Packs carry random salts, so they differ from run to run; they are to be written again only when their format changes.
#![allow(clippy::unwrap_used, reason = "a developer's tool")]

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anlan_assure::zip::{Directory, Zip64From, ZipWriter};
use anlan_assure::{PackRequest, build_pack};
use anlan_base::{Class, Day, Instant, ManualClock, Seq, SourceKey};
use anlan_fuzz::{START, WAL_FIRST, batch, index_range, lines, signer, sound_segment};
use anlan_journal::faulty::FaultyFs;
use anlan_journal::{DiskFs, Fs, Journal};
use anlan_tlog::decode_base64;
use anlan_tlog::envelope::{Body, DayLeaf, DayRow, Dropped, Envelope, Loss, LossReason, Seal, render_detail};
use anlan_vault::wal::{Encoder, HEADER_BYTES, Record, encode_header};
use anlan_vault::{Chunk, Scope, Vault, VaultOptions};
use anlan_wire::relp::encode_frame;
use encoding_rs::GB18030;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/vectors");

fn put(target: &str, name: &str, bytes: &[u8]) {
    if !std::env::args().nth(1).is_none_or(|wanted| target.starts_with(&wanted)) {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    DiskFs.create_dir_all(&folder).unwrap();
    let name = if target.starts_with("segment") { name.to_owned() } else { format!("good-{name}") };
    DiskFs.replace(&folder.join(name), bytes).unwrap();
}

fn vector(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(VECTORS).join(name)).unwrap()
}

fn main() {
    notes_and_keys();
    envelopes();
    detail();
    wal();
    segment();
    packs();
    streams();
    texts();
}

fn notes_and_keys() {
    let (checkpoint, proof) = (vector("tlog/checkpoint"), vector("tlog/line.tlog-proof"));
    let witness = "— witness.example/w AAAAAAAA\n".as_bytes();
    put("signed_note", "checkpoint", &checkpoint);
    put("signed_note", "witnessed", &[&checkpoint, witness].concat());
    put("line_proof", "line", &proof);
    put("proof_file", "line", &proof);
    put("proof_file", "witnessed", &[&proof, witness].concat());
    put("checkpoint", "eleven", signer().verifying_key().open(&checkpoint).unwrap().as_bytes());
    put("vkey", "log", signer().verifying_key().render().as_bytes());
    put("private_key", "log", signer().render_private().as_bytes());
    let text = String::from_utf8(proof).unwrap();
    let extra = text.lines().find_map(|line| line.strip_prefix("extra ")).unwrap();
    put("base64_hex_decimal", "base64", extra.as_bytes());
    assert!(decode_base64(extra).is_ok());
}

fn loss() -> Loss {
    Loss { reason: LossReason::Kernel, source: "udp:0.0.0.0:514".into(), count: 7, from: Instant(START), until: Instant(START + 5) }
}

fn envelopes() {
    let (class, day, key) = (Class::network(), Day::of(Instant(START)), signer().verifying_key());
    let (first, last) = (Seq(START + 1), Seq(START + 6));
    for (name, body) in [
        ("batch", Body::Batch(batch(&lines()))),
        ("seal", Body::Seal(Seal { class: class.clone(), day, first, last, rows: 6, batches: 1, size: 4_321, digest: [5; 32] })),
        ("drop", Body::Drop(Dropped { class, day, first, digest: [5; 32] })),
        ("loss", Body::Loss(loss())),
        ("day", Body::Day(DayLeaf { day, lines: 6, bytes: 111, detail: [6; 32] })),
        ("entry", Body::Entry { number: 1, digest: [7; 32] }),
        ("key", Body::Key { public: key.public, origin: key.name }),
        ("restore", Body::Restore { size: 4, root: [4; 32] }),
    ] {
        put("envelope", name, &Envelope { at: Instant(START), body }.encode());
    }
}

fn detail() {
    let row = |class: &str, source: &str, lines| DayRow {
        class: Class::new(class).unwrap(),
        source: SourceKey::new(source).unwrap(),
        lines,
        bytes: 17,
        first: Seq(START),
        last: Seq(START + lines),
    };
    let rows = [row("app", "token:web", 2), row("network", "ip:192.0.2.1", 1), row("network", "ip:2001:db8::1", 40)];
    put("day_detail", "rows", render_detail(Day::of(Instant(START)), &rows).as_bytes());
    put("day_detail", "silent", render_detail(Day::of(Instant(START)), &[]).as_bytes());
}

fn wal() {
    put("wal_file", "vector", &vector("wal/01763686800000000000.wal"));
    put("wal_file", "empty", &encode_header(0));
    let frames = vector("wal/01763686800000000000.wal");
    let mut decoder = anlan_vault::wal::Decoder::new(WAL_FIRST, frames.into()).unwrap().0;
    for name in ["lines", "batch", "loss"] {
        let record: Record = decoder.next().unwrap().unwrap();
        let mut frame = Vec::new();
        Encoder::new(WAL_FIRST, HEADER_BYTES as u64, &mut frame).record(&record);
        put("wal_frame", name, &frame[8..]);
    }
}

/// Their format may change until it is released: the tests make these two themselves, so here they need not be accepted.
fn segment() {
    let file = sound_segment();
    put("segment_index", "sound", &file[index_range(&file)]);
    put("segment_file", "sound", &file);
}

/// A vault in memory: its packs, and the proof of one of its lines.
fn packs() {
    let fs: Arc<dyn Fs> = Arc::new(FaultyFs::new());
    let (dir, clock) = (PathBuf::from("/data"), Arc::new(ManualClock::at(Instant(START))));
    fs.create_dir_all(&dir).unwrap();
    let journal = Arc::new(Journal::create(Arc::clone(&fs), dir.join("log"), signer(), clock.clone()).unwrap());
    let vault = Vault::open(Arc::clone(&fs), dir.clone(), Arc::clone(&journal), clock.clone(), VaultOptions::default()).unwrap();
    let pack = |since, until, scope| {
        let (spool, mut out) = (dir.join("tmp"), Cursor::new(Vec::new()));
        fs.create_dir_all(&spool).unwrap();
        let request = PackRequest::plain(Instant(since), Instant(until), scope, 1);
        build_pack(&vault, &journal, &request, &fs, &spool, &mut out).unwrap();
        out.into_inner()
    };
    journal.append(&[Body::Entry { number: 1, digest: [1; 32] }]).unwrap();
    put("pack_zip", "empty", &pack(0, START, Scope::All));
    put("against", "older", &journal.checkpoint());
    for line in lines() {
        let (class, lines) = (line.class, vec![(line.piece, line.raw)]);
        vault.append(&[Chunk { class, source: line.source, origin: line.origin, lines }]).unwrap();
        clock.advance_seconds(1);
    }
    let scope = Scope::Sources(["ip:192.0.2.1"].map(|key| SourceKey::new(key).unwrap()).into());
    let with_lines = pack(START, START + 60 * Instant::SECOND, scope);
    put("pack_zip", "lines", &with_lines);
    put("against", "same", &journal.checkpoint());
    put("zip_directory", "pack", &with_lines);
    manifests(&with_lines);
    tiny_zip();
}

fn manifests(pack: &[u8]) {
    let directory = Directory::read(pack).unwrap();
    let member = &directory.members[0];
    let start = usize::try_from(directory.content_offset(member)).unwrap();
    let note = &pack[start..start + usize::try_from(member.size).unwrap()];
    put("signed_note", "manifest", note);
    put("manifest", "lines", signer().verifying_key().open(note).unwrap().as_bytes());
}

fn tiny_zip() {
    let mut zip = ZipWriter::with_zip64_from(Vec::new(), Zip64From { size: 100, members: 3 });
    for (name, length) in [("manifest.txt", 99), ("a", 100), ("b/c", 0), ("d", 101)] {
        zip.whole(name, &vec![b'x'; length]).unwrap();
    }
    put("zip_directory", "zip64", &zip.finish().unwrap());
}

fn streams() {
    let cuts = [3, 0, 17, 1];
    let (mut relp, mut counted, mut fed) = (cuts.to_vec(), cuts.to_vec(), cuts.to_vec());
    encode_frame(&mut relp, 1, "open", b"relp_version=0\nrelp_software=librelp,1.11.0,http://librelp.adiscon.com\ncommands=syslog");
    for (txnr, line) in (2..).zip(["<13>one", "<13>二\n", "third"]) {
        encode_frame(&mut relp, txnr, "syslog", line.as_bytes());
        counted.extend_from_slice(format!("{} {line}", line.len()).as_bytes());
        fed.extend_from_slice(format!("{line}\n").as_bytes());
    }
    encode_frame(&mut relp, 5, "close", b"");
    put("relp_frames", "session", &relp);
    put("relp_offers", "librelp", b"relp_version=0\nrelp_software=librelp,1.11.0,http://librelp.adiscon.com\ncommands=syslog,starttls");
    put("rfc6587_stream", "counted", &counted);
    put("rfc6587_stream", "lines", &fed);
    // 0xFF is 400,000 letters: a line of two pieces, and a counted frame of two pieces.
    put("rfc6587_stream", "long-line", b"\x40\x01\x80\x07<13>\xff\xff\xff\n<13>next\n");
    put("rfc6587_stream", "long-count", b"\x40\x01\x80\x071200004 <13>\xff\xff\xff8 <13>next");
    put("relp_frames", "long", b"\x40\x01\x80\x071 syslog 1200004 <13>\xff\xff\xff\n2 close 0\n");
}

fn texts() {
    for (name, text) in [("login", "<38>Nov 21 09:00:00 网关 sshd[7]: 用户 王五 登录失败"), ("rare", "𠮷 yuan € 㐂")] {
        put("gb18030_text", name, &GB18030.encode(text).0);
        put("wire_line", name, &GB18030.encode(text).0);
    }
    for (name, place) in [("small", [0, 0, 0, 0, 0, 0, 0, 3, 200, 0, 7]), ("entries", [255, 0, 0, 0, 0, 0, 18, 214, 135, 0, 255])] {
        put("tile_place", name, &place);
    }
}
