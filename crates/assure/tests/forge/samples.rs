//! Files for comparing two verifiers: sound ones, those wrong by `wrong.rs`, and mutants of both, each with the code it must get.
//!
//! Invariant: the same count gives the same bytes.

use anlan_assure::verify_bytes;
use anlan_base::Instant;
use anlan_tlog::checkpoint::Checkpoint;
use anlan_tlog::note::Signer;
use anlan_vault::Scope;

use super::{FIRST_DAY, HOUR, Log, Members, ORIGIN, line, source, wrong};

pub struct Sample {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Name of the older checkpoint to compare with.
    pub against: Option<&'static str>,
    pub code: u8,
    pub what: String,
}

pub struct Samples {
    pub vkey: String,
    pub older: Vec<(&'static str, Vec<u8>)>,
    pub samples: Vec<Sample>,
}

/// A log whose tiles are more than one.
fn long() -> Log {
    let mut log = Log::sample();
    let start = FIRST_DAY.next().next().start().0 + 2 * HOUR;
    for i in 0..300 {
        log.batch("network", 9, vec![line(start + i, "ip:192.0.2.1", "x")]);
    }
    log.period.until = Instant(start + 3);
    log
}

fn scoped() -> Log {
    let mut log = Log::sample();
    log.scope = Scope::Sources(["ip:192.0.2.1", "token:web"].map(source).into());
    log
}

fn checkpoints(log: &Log) -> Vec<(&'static str, Vec<u8>)> {
    let size = log.leaves.len();
    let mut other = Log::sample();
    other.leaves[3].at.0 += 1;
    let sign =
        |signer: &Signer, origin: &str, size: u64| signer.sign(&Checkpoint { origin: origin.to_owned(), size, root: [1; 32] }.render());
    vec![
        ("older.checkpoint", log.checkpoint(4)),
        ("same.checkpoint", log.checkpoint(size)),
        ("witnessed.checkpoint", wrong::with_witnesses(log.checkpoint(4), 15)),
        ("crowded.checkpoint", wrong::with_witnesses(log.checkpoint(4), 16)),
        ("rewritten.checkpoint", other.checkpoint(4)),
        ("larger.checkpoint", sign(&log.signer, ORIGIN, size as u64 + 1)),
        ("empty.checkpoint", log.checkpoint(0)),
        ("emptyish.checkpoint", sign(&log.signer, ORIGIN, 0)),
        ("origin.checkpoint", sign(&log.signer, "anlan.local/ffffffffffffffff", 4)),
        ("stranger.checkpoint", sign(&Signer::from_seed(ORIGIN, [9; 32]).unwrap(), ORIGIN, 4)),
        ("text.checkpoint", log.signer.sign("hello\n")),
        ("extended.checkpoint", log.signer.sign(&format!("{ORIGIN}\n4\n{}\nmore\n", anlan_tlog::encode_base64(&[1; 32])))),
        ("nothing.checkpoint", vec![]),
    ]
}

/// The vectors of `spec/vectors/pack`; with a count, the wrong ones too and as many mutants.
pub fn samples(count: Option<usize>) -> Samples {
    let log = Log::sample();
    let mut set = Set { log: Log::sample(), samples: Vec::new() };
    let (pack, proof) = (log.pack(), log.proof(5, 3).render());
    set.add("pack", pack.clone(), None, "a sound pack");
    set.add("pack", scoped().pack(), None, "a sound pack of some sources");
    set.add("pack", long().pack(), None, "a sound pack of two tiles");
    set.add("pack", Log::new().pack(), None, "a sound pack of a log without lines");
    set.add("proof", proof.clone(), None, "a sound proof");
    set.add("proof", proof.clone(), Some("older.checkpoint"), "a proof with an older checkpoint");
    for (name, bytes) in [("none", &b""[..]), ("none", b"hello"), ("none", b"PK\x03\x04"), ("none", &pack[1..])] {
        set.add(name, bytes.to_vec(), None, "none of our formats");
        set.add(name, bytes.to_vec(), Some("older.checkpoint"), "none of our formats, with an older checkpoint");
        set.add(name, bytes.to_vec(), Some("nothing.checkpoint"), "none of our formats, with no checkpoint");
    }
    let older = checkpoints(&log);
    for (name, _) in &older {
        set.add("pack", pack.clone(), Some(name), "a sound pack against a checkpoint");
    }
    set.add("pack", Log::second().pack(), None, "a sound pack of version 2");
    set.add("pack", Log::masked().pack(), None, "a sound pack of version 2, masked");
    let mut some = Log::second();
    (some.scope, some.proofs) = (Scope::Sources(["ip:192.0.2.1", "token:web"].map(source).into()), vec![]);
    set.add("pack", some.pack(), None, "a sound pack of version 2, of some sources");
    set.add("pack", Log::second().pack(), Some("older.checkpoint"), "a sound pack of version 2 against a checkpoint");
    set.add("pack", Log::masked().pack(), Some("rewritten.checkpoint"), "a sound pack of version 2 against a checkpoint");
    for (log, what, edit) in vectors_of_second() {
        set.add("pack", wrong::forged_of(log, &edit).1, None, what);
    }
    let second = if count.is_some() { wrong::second() } else { Vec::new() };
    for (log, wrong::Wrong { what, code, edit, .. }) in second {
        set.add("wrong", wrong::forged_of(log(), &edit).1, None, what);
        assert_eq!(set.samples.last().unwrap().code, code, "{what}");
    }
    let every = if count.is_some() { wrong::all() } else { Vec::new() };
    for wrong::Wrong { what, code, edit, .. } in every {
        let (_, bytes) = wrong::forged(&edit);
        set.add("wrong", bytes, None, what);
        assert_eq!(set.samples.last().unwrap().code, code, "{what}");
    }
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let later = [Log::second(), Log::masked()];
    let later_packs = later.each_ref().map(Log::pack);
    for i in 0..count.unwrap_or(0) {
        let (bytes, name) = match i % 8 {
            3 => (&proof, "proof"),
            1 | 5 => (&later_packs[i / 8 % 2], "second"),
            _ => (&pack, "pack"),
        };
        let (mutant, what) = match i % 8 {
            0 => repacked(&log, &mut dice),
            7 => repacked(&later[i / 8 % 2], &mut dice),
            _ => mutant(bytes, &mut dice),
        };
        set.add(&format!("mutant-{name}"), mutant, None, &what);
    }
    Samples { vkey: log.key().render(), older, samples: set.samples }
}

/// A few of the ways to be wrong that stand among the vectors of every reader.
fn vectors_of_second() -> Vec<(Log, &'static str, wrong::Edit)> {
    let some = ["an SM3 that is wrong", "a copy missing", "a proof under another name", "made by an entry that is not there"];
    wrong::second()
        .into_iter()
        .filter(|(_, wrong)| some.contains(&wrong.what))
        .map(|(log, wrong)| (log(), wrong.what, wrong.edit))
        .collect()
}

struct Set {
    log: Log,
    samples: Vec<Sample>,
}

impl Set {
    fn add(&mut self, name: &str, bytes: Vec<u8>, against: Option<&'static str>, what: &str) {
        let older = against.map(|name| checkpoints(&self.log).into_iter().find(|(known, _)| *known == name).unwrap().1);
        let code = verify_bytes(bytes.as_slice(), &self.log.key(), older.as_deref()).verdict.code();
        let known = self.samples.iter().find(|sample| sample.bytes == bytes).map(|sample| sample.name.clone());
        let name = known.unwrap_or_else(|| format!("{:04}-{name}", self.samples.len()));
        self.samples.push(Sample { name, bytes, against, code, what: what.to_owned() });
    }
}

/// SplitMix64: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides.max(1) as u64).unwrap()
    }
}

fn mutant(bytes: &[u8], dice: &mut Dice) -> (Vec<u8>, String) {
    let mut out = bytes.to_vec();
    let at = dice.roll(bytes.len());
    let to = at + dice.roll((bytes.len() - at).min(64));
    let what = match dice.roll(8) {
        0..=2 => {
            out[at] ^= 1 << dice.roll(8);
            format!("a bit of byte {at} flipped")
        }
        3 => {
            out[at] = u8::try_from(dice.roll(256)).unwrap();
            format!("byte {at} set")
        }
        4 => {
            out.truncate(at);
            format!("cut to {at} bytes")
        }
        5 => {
            out.drain(at..to);
            format!("bytes {at} to {to} taken out")
        }
        6 => {
            let copy = out[at..to].to_vec();
            let place = dice.roll(out.len());
            out.splice(place..place, copy);
            format!("bytes {at} to {to} put in again at {place}")
        }
        _ => {
            out[at..to].fill(if dice.roll(2) == 0 { 0 } else { 0xFF });
            format!("bytes {at} to {to} filled")
        }
    };
    (out, what)
}

/// A canonical ZIP of other members under the same signed manifest, or under one signed anew.
fn repacked(log: &Log, dice: &mut Dice) -> (Vec<u8>, String) {
    let mut members: Members = log.members();
    let note = log.signer.sign(&log.manifest(&members).render());
    let names: Vec<String> = members.keys().cloned().collect();
    let (a, b) = (&names[dice.roll(names.len())], &names[dice.roll(names.len())]);
    let what = match dice.roll(4) {
        0 => {
            members.remove(a);
            format!("{a} dropped")
        }
        1 => {
            let (x, y) = (members[a].clone(), members[b].clone());
            members.insert(a.clone(), y);
            members.insert(b.clone(), x);
            format!("{a} and {b} swapped")
        }
        2 => {
            let content = members.remove(a).unwrap();
            members.insert(format!("{a}x"), content);
            format!("{a} renamed")
        }
        _ => {
            let content = members.get_mut(a).unwrap();
            let at = dice.roll(content.len());
            if let Some(byte) = content.get_mut(at) {
                *byte ^= 1 << dice.roll(8);
            }
            format!("byte {at} of {a} changed")
        }
    };
    if dice.roll(2) == 0 {
        return (super::zip(&note, &members), what);
    }
    (log.pack_of(&members), format!("{what}, and signed anew"))
}
