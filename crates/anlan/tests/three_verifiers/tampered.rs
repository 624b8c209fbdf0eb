//! Packs that somebody tampered with, made of one sound pack: by bytes, by members under the manifest that was signed, and by members under a manifest that was
//! signed anew with the log's own key.
//!
//! Invariants: each differs from the sound pack; what is signed anew touches only what the log proves, for of other papers the signature is the only proof; the
//! same sound pack gives the same tampered ones.

use std::io::{Cursor, Read};

use anlan_assure::pack::{FileLine, Manifest};
use anlan_tlog::note::Signer;
use anlan_tlog::sha256;

use crate::forge::{Members, sums, zip};

/// How many of each kind.
pub const BY_BYTES: usize = 90;
pub const BY_MEMBERS: usize = 60;
pub const SIGNED_ANEW: usize = 50;
/// The longest run of bytes that is taken out, doubled or overwritten.
const RUN: usize = 64;

pub struct Tampered {
    pub bytes: Vec<u8>,
    pub what: String,
}

/// All of them.
pub fn of(sound: &[u8], signer: &Signer) -> Vec<Tampered> {
    let mut chance = Chance(0xF21D_A900);
    let (note, members) = opened(sound);
    let pack = Opened { sound, note, members, signer };
    let mut all = Vec::new();
    let mut add = |count: usize, make: &mut dyn FnMut() -> (Vec<u8>, String)| {
        let until = all.len() + count;
        while all.len() < until {
            let (bytes, what) = make();
            if bytes != sound {
                all.push(Tampered { bytes, what });
            }
        }
    };
    let mut dice = chance.part();
    add(BY_BYTES, &mut || by_bytes(sound, &mut dice));
    let mut dice = chance.part();
    add(BY_MEMBERS, &mut || pack.by_members(&mut dice));
    let mut dice = chance.part();
    add(SIGNED_ANEW, &mut || pack.signed_anew(&mut dice));
    all
}

fn opened(pack: &[u8]) -> (Vec<u8>, Members) {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(pack)).unwrap();
    let mut members = Members::new();
    for place in 0..archive.len() {
        let mut member = archive.by_index(place).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        let name = member.name().unwrap().into_owned();
        members.insert(name, bytes);
    }
    let note = members.remove("manifest.txt").unwrap();
    assert!(zip(&note, &members) == pack, "taken apart and put together again it is the same pack");
    (note, members)
}

struct Opened<'a> {
    sound: &'a [u8],
    note: Vec<u8>,
    members: Members,
    signer: &'a Signer,
}

impl Opened<'_> {
    /// A canonical ZIP of other members under the manifest that was signed.
    fn by_members(&self, dice: &mut Chance) -> (Vec<u8>, String) {
        let mut members = self.members.clone();
        let what = changed(&mut members, |_| true, dice);
        (zip(&self.note, &members), what)
    }

    /// Manifest and digests for people fit the changed members, and the signature is good: only the log itself is against it.
    fn signed_anew(&self, dice: &mut Chance) -> (Vec<u8>, String) {
        let mut members = self.members.clone();
        let proved = |name: &str| ["log/", "lines/", "text/", "checkpoint"].iter().any(|begin| name.starts_with(begin));
        let what = changed(&mut members, proved, dice);
        members.insert("校验值.txt".to_owned(), sums(&members));
        let text = String::from_utf8(self.note.clone()).unwrap();
        let (text, _) = text.rsplit_once("\n\n").unwrap();
        let read = Manifest::parse(&format!("{text}\n")).unwrap();
        let file = |(name, bytes): (&String, &Vec<u8>)| FileLine { digest: sha256(bytes), length: bytes.len() as u64, name: name.clone() };
        let manifest = Manifest { files: members.iter().map(file).collect(), ..read };
        if members == self.members {
            return (self.sound.to_vec(), what);
        }
        (zip(&self.signer.sign(&manifest.render()), &members), format!("{what}, and signed anew"))
    }
}

/// A member dropped, two swapped, one renamed, or a byte of one changed.
fn changed(members: &mut Members, may: impl Fn(&str) -> bool, dice: &mut Chance) -> String {
    let names: Vec<String> = members.keys().filter(|name| may(name)).cloned().collect();
    let (a, b) = (&names[dice.below(names.len())], &names[dice.below(names.len())]);
    match dice.below(8) {
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
            let at = dice.below(content.len());
            if let Some(byte) = content.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
            format!("byte {at} of {a} changed")
        }
    }
}

fn by_bytes(sound: &[u8], dice: &mut Chance) -> (Vec<u8>, String) {
    let mut bytes = sound.to_vec();
    let at = dice.below(bytes.len());
    let end = at + 1 + dice.below(RUN.min(bytes.len() - at));
    let what = match dice.below(6) {
        0 | 1 => {
            bytes[at] ^= 1 << dice.below(8);
            format!("a bit of byte {at} flipped")
        }
        2 => {
            bytes.drain(at..end);
            format!("bytes {at} to {end} taken out")
        }
        3 => {
            bytes.splice(at..at, sound[at..end].to_vec());
            format!("bytes {at} to {end} doubled")
        }
        4 => {
            bytes.truncate(at);
            format!("cut to {at} bytes")
        }
        _ => {
            bytes[at..end].fill(b'0');
            format!("bytes {at} to {end} overwritten")
        }
    };
    (bytes, what)
}

/// SplitMix64 from one seed, so that a failure can be run again.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn part(&mut self) -> Self {
        Self(self.next())
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}
