//! 1,000 mutated packs and 300 mutated proofs: both verifiers give the same code for each, and none that changed content is called sound (I4).
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod server;

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;

use anlan_tlog::note::VerifyingKey;
use server::{Server, anlan_ok, lines, run, vkey};

const PACKS: u64 = 1_000;
const PROOFS: u64 = 300;

#[test]
fn both_verifiers_agree_on_every_mutant() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Server::start(&dir);
    let mut tcp = TcpStream::connect(("127.0.0.1", server.syslog)).unwrap();
    for n in 0..120 {
        writeln!(tcp, "<38>Nov 21 09:00:00 host{} sshd[{n}]: Failed password for user{n} from 192.0.2.{n} 登录失败", n % 3).unwrap();
    }
    drop(tcp);
    server.wait_for("*", 120);
    let (seq, _) = lines(&dir, "*").remove(60);
    let key = vkey(&dir);
    let data = dir.to_str().unwrap();
    let pack = temp.path().join("pack.zip");
    let proof = temp.path().join("line.tlog-proof");
    anlan_ok(&["pack", "build", "--data", data, "--since", "2020-01-01", "--until", "2100-01-01", "-o", pack.to_str().unwrap()]);
    anlan_ok(&["log", "prove", "--data", data, &seq.to_string(), "-o", proof.to_str().unwrap()]);
    server.stop();
    let mutants = temp.path().join("mutants");
    std::fs::create_dir(&mutants).unwrap();
    let mut chance = Chance(0x5eed);
    write_mutants(&mutants, "pack", &std::fs::read(&pack).unwrap(), PACKS, &mut chance);
    write_mutants(&mutants, "proof", &std::fs::read(&proof).unwrap(), PROOFS, &mut chance);
    let ours = our_codes(&mutants, &key);
    let theirs = their_codes(&mutants, &key);
    assert_eq!(ours.len() as u64, PACKS + PROOFS);
    let differ: Vec<_> = ours.iter().zip(&theirs).filter(|(a, b)| a != b).take(5).collect();
    assert!(differ.is_empty(), "the verifiers differ (name, code): {differ:?}");
    let sound: Vec<_> = ours.iter().filter(|(_, code)| *code == 0).collect();
    assert!(sound.is_empty(), "mutants called sound: {sound:?}");
}

fn our_codes(mutants: &Path, key: &str) -> Vec<(String, i64)> {
    let key = VerifyingKey::parse(key).unwrap();
    names(mutants).into_iter().map(|name| (name.clone(), code_of(&anlan_assure::verify_file(&mutants.join(&name), &key, None)))).collect()
}

fn code_of(report: &anlan_assure::Report) -> i64 {
    match report.verdict {
        anlan_assure::Verdict::Sound => 0,
        anlan_assure::Verdict::Damaged => 1,
        anlan_assure::Verdict::Usage => 2,
        anlan_assure::Verdict::NotOurs => 3,
    }
}

/// One Python process loads `verify.py` as a module and judges every file: a thousand starts would take minutes.
fn their_codes(mutants: &Path, key: &str) -> Vec<(String, i64)> {
    let program = "
import contextlib, importlib.util, io, json, os, sys
spec = importlib.util.spec_from_file_location('verify', sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
codes = []
for name in sorted(os.listdir(sys.argv[2])):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        codes.append([name, verify.main(['--key', sys.argv[3], os.path.join(sys.argv[2], name)])])
print(json.dumps(codes))
";
    let script = server::root().join("verify/verify.py");
    let out = run("/usr/bin/python3", &["-c", program, script.to_str().unwrap(), mutants.to_str().unwrap(), key]);
    serde_json::from_str(&out).unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn write_mutants(dir: &Path, kind: &str, sound: &[u8], count: u64, chance: &mut Chance) {
    for n in 0..count {
        let mutant = mutate(sound, chance);
        if mutant == sound {
            continue;
        }
        std::fs::write(dir.join(format!("{kind}-{n:04}")), mutant).unwrap();
    }
    assert_eq!(names(dir).iter().filter(|name| name.starts_with(kind)).count() as u64, count, "a mutant equals the sound file");
}

/// One of: flip a bit, overwrite a byte, remove a run, insert bytes, double a run, swap two runs, cut the end, append.
fn mutate(sound: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    let at = chance.below(bytes.len());
    let run = 1 + chance.below(64.min(bytes.len() - at));
    match chance.below(8) {
        0 => bytes[at] ^= 1 << chance.below(8),
        1 => bytes[at] = bytes[at].wrapping_add(1 + chance.below(255) as u8),
        2 => drop(bytes.drain(at..at + run)),
        3 => drop(bytes.splice(at..at, (0..run).map(|i| (i * 37) as u8))),
        4 => drop(bytes.splice(at..at, sound[at..at + run].to_vec())),
        5 => {
            let to = chance.below(bytes.len() - run);
            if bytes[at..at + run] == bytes[to..to + run] {
                bytes[at] ^= 0x80;
            } else {
                let (a, b) = (sound[at..at + run].to_vec(), sound[to..to + run].to_vec());
                bytes[to..to + run].copy_from_slice(&a);
                if at.abs_diff(to) >= run {
                    bytes[at..at + run].copy_from_slice(&b);
                }
            }
        }
        6 => bytes.truncate(at),
        _ => bytes.extend((0..run).map(|i| i as u8)),
    }
    bytes
}

/// xorshift from one seed, so that a failure can be run again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}
