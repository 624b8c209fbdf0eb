//! Three verifiers that share no code agree: `anlan verify`, `verify.py`, and `verify.html` in a real browser, on sound packs of both versions and on hundreds of wrong
//! ones; a real pack is verified by its form, and read by a script that knows the format alone.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, dead_code, reason = "tests")]

#[path = "../../../assure/tests/forge/mod.rs"]
mod forge;
mod friday;
#[path = "../server/mod.rs"]
mod server;
mod tampered;

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forge::samples::{Sample, Samples, samples};
use serde_json::{Value, json};
use server::browser::Browser;
use server::{Server, anlan, anlan_ok, code, lines, root, run, verify_py, vkey};

/// Mutants beside the sound packs and those that the right key signed wrongly.
const MUTANTS: usize = 240;
/// Bytes of packs that one question to the browser holds.
const AT_ONCE: usize = 1 << 20;

fn page() -> String {
    format!("file://{}", root().join("verify/verify.html").display())
}

fn written(set: &Samples, dir: &Path) {
    for (name, bytes) in set.older.iter().map(|(name, bytes)| (*name, bytes)).chain(set.samples.iter().map(|s| (s.name.as_str(), &s.bytes)))
    {
        std::fs::write(dir.join(name), bytes).unwrap();
    }
}

/// One Python process judges every file.
fn codes_of_python(set: &Samples, dir: &Path) -> Vec<u8> {
    const PROGRAM: &str = "
import contextlib, importlib.util, io, json, sys
spec = importlib.util.spec_from_file_location('verify', sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
codes = []
for name, against in json.load(open(sys.argv[3])):
    args = ['--key', sys.argv[4]] + (['--against', sys.argv[2] + '/' + against] if against else []) + [sys.argv[2] + '/' + name]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        codes.append(verify.main(args))
print(json.dumps(codes))
";
    let asked: Vec<Value> = set.samples.iter().map(|sample| json!([sample.name, sample.against])).collect();
    let list = dir.join("asked.json");
    std::fs::write(&list, json!(asked).to_string()).unwrap();
    let script = root().join("verify/verify.py");
    let args = ["-c", PROGRAM, script.to_str().unwrap(), dir.to_str().unwrap(), list.to_str().unwrap(), &set.vkey];
    serde_json::from_str(&run("/usr/bin/python3", &args)).unwrap()
}

/// Many files in one page, few megabytes at a time.
fn codes_of_browser(browser: &Browser, set: &Samples) -> Vec<u8> {
    browser.open(&page());
    let older: Value =
        set.older.iter().map(|(name, bytes)| ((*name).to_owned(), json!(STANDARD.encode(bytes)))).collect::<serde_json::Map<_, _>>().into();
    browser.script(&format!("window.older = {older}; return 0;"));
    let mut codes = Vec::new();
    let mut rest = set.samples.as_slice();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fit = rest
            .iter()
            .take_while(|sample| {
                bytes += sample.bytes.len();
                bytes <= AT_ONCE
            })
            .count()
            .max(1);
        let (now, later) = rest.split_at(fit);
        rest = later;
        let asked: Vec<Value> = now.iter().map(|sample| json!([STANDARD.encode(&sample.bytes), sample.against])).collect();
        let script = format!(
            "const blob = (text) => new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]);
            return (async () => {{
              const codes = [];
              for (const [pack, against] of {asked}) codes.push((await Verifier.verify({key}, blob(pack), against === null ? null : blob(window.older[against]))).code);
              return codes;
            }})();",
            asked = json!(asked),
            key = json!(set.vkey)
        );
        let answer = browser.script(&script);
        codes.extend(answer.as_array().unwrap().iter().map(|code| u8::try_from(code.as_u64().unwrap()).unwrap()));
    }
    codes
}

/// The browser's verifier takes packs only: a proof is none of its formats, after the older checkpoint was looked at.
fn wanted_in_browser(sample: &Sample, set: &Samples) -> u8 {
    if !sample.bytes.starts_with(b"c2sp.org/tlog-proof@v1") {
        return sample.code;
    }
    let against_fits = sample.against.is_none_or(|name| {
        let twin = set.samples.iter().find(|other| other.against == Some(name) && other.bytes.starts_with(b"PK\x03\x04manifest"));
        twin.is_none_or(|twin| twin.code != 2)
    });
    if against_fits { 3 } else { 2 }
}

// PACK-1 PACK-5 PACK-14 PACK-15 PACK-16 PACK-17 PACK-18 PACK-19
#[test]
fn three_verifiers_agree_on_every_pack() {
    let temp = tempfile::tempdir().unwrap();
    let set = samples(Some(MUTANTS));
    written(&set, temp.path());
    let sound = set.samples.iter().filter(|sample| sample.code == 0).count();
    assert!(sound > 20 && set.samples.len() - sound > 400, "{sound} of {}", set.samples.len());
    let told =
        |sample: &Sample, got: u8| format!("{} ({}) {:?}: {} wanted, {got} got", sample.name, sample.what, sample.against, sample.code);
    let python = codes_of_python(&set, temp.path());
    let differ: Vec<String> =
        set.samples.iter().zip(&python).filter(|(sample, got)| sample.code != **got).map(|(s, got)| told(s, *got)).collect();
    assert!(differ.is_empty(), "verify.py differs: {differ:#?}");
    let Some(browser) = Browser::start(temp.path(), "zh-CN") else { return };
    let begun = std::time::Instant::now();
    let page = codes_of_browser(&browser, &set);
    println!("{} files in the browser in {:?}", page.len(), begun.elapsed());
    assert_eq!(page.len(), set.samples.len());
    let wrong = set.samples.iter().zip(&page).filter(|(sample, got)| wanted_in_browser(sample, &set) != **got);
    let differ: Vec<String> = wrong.map(|(sample, got)| told(sample, *got)).collect();
    assert!(differ.is_empty(), "verify.html differs: {differ:#?}");
}

/// A server with lines of three devices, its folder, and packs of it: raw with a proof, and masked.
fn real_packs(temp: &Path) -> (PathBuf, PathBuf, PathBuf) {
    let dir = temp.join("data");
    let server = Server::start(&dir);
    let mut tcp = TcpStream::connect(("127.0.0.1", server.syslog)).unwrap();
    for n in 0..90 {
        writeln!(tcp, "<38>Nov 21 09:00:00 host{} sshd[{n}]: Failed password for user{n} from 192.0.2.{n} 登录失败", n % 3).unwrap();
        writeln!(tcp, "<30>Nov 21 09:00:00 sw1 link: port {n} up").unwrap();
    }
    drop(tcp);
    server.wait_for("*", 180);
    let (seq, _) = lines(&dir, "*").remove(60);
    let seq = seq.to_string();
    let data = dir.to_str().unwrap();
    let (raw, masked) = (temp.join("raw.zip"), temp.join("masked.zip"));
    let build = |out: &Path, more: &[&str]| {
        let all = ["pack", "build", "--data", data, "--since", "2020-01-01", "--until", "2100-01-01", "-o", out.to_str().unwrap()];
        anlan_ok(&[&all[..], more].concat());
    };
    build(&raw, &["--proof", &seq, "--purpose", "监督检查", "--visit", "JC-2026-1", "--label", "sensitive"]);
    server.stop();
    // The folder alone, without a server, builds the same kind of pack.
    build(&masked, &["--masked", "--lang", "en"]);
    (dir, raw, masked)
}

#[test]
fn a_real_pack_is_verified_by_three_and_read_by_a_stranger() {
    let temp = tempfile::tempdir().unwrap();
    let (dir, raw, masked) = real_packs(temp.path());
    let key = vkey(&dir);
    std::fs::write(temp.path().join("older"), std::fs::read(dir.join("log/checkpoint")).unwrap()).unwrap();
    let browser = Browser::start(temp.path(), "zh-CN");
    for pack in [&raw, &masked] {
        let path = pack.to_str().unwrap();
        let ours = anlan(&["verify", "--key", &key, path]);
        assert_eq!(code(&ours), 0, "{}", String::from_utf8_lossy(&ours.stdout));
        assert_eq!(code(&verify_py(&["--key", &key, path])), 0);
        let read = run("/usr/bin/python3", &[root().join("verify/read_pack.py").to_str().unwrap(), path]);
        assert!(read.contains("180 lines"), "{read}");
        let Some(browser) = &browser else { continue };
        browser.open(&page());
        browser.fill("#vkey", &key);
        browser.upload("#file", pack);
        browser.click("#go");
        browser.wait_for("#verdict[data-code]");
        assert_eq!(browser.attribute("#verdict", "data-code"), "0", "{}", browser.text("#checks"));
        assert!(browser.text("#anchor").contains("仅自证"));
    }
    let zip = std::fs::read(&raw).unwrap();
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&zip, "user7 from 192.0.2.7") && holds(&zip, "JC-2026-1"));
    let hidden = std::fs::read(&masked).unwrap();
    assert!(!holds(&hidden, "user7") && !holds(&hidden, "192.0.2.7") && holds(&hidden, "link: port 7 up") && holds(&hidden, "〔masked〕"));
    // I7: who asked for what stands in the ledger, and the pack holds that entry.
    let Some(browser) = &browser else { return };
    // An older checkpoint: the log has grown since, so the last pack's own is newer than the folder's first.
    browser.upload("#against", &temp.path().join("older"));
    browser.script("document.getElementById('verdict').removeAttribute('data-code'); return 0;");
    browser.click("#go");
    browser.wait_for("#verdict[data-code]");
    assert_eq!(browser.attribute("#verdict", "data-code"), "0", "{}", browser.text("#checks"));
    assert!(browser.text("#anchor").contains("已外部存证"));
}

/// A masked pack has no proof of a line that it covers, and what was wished wrongly is told.
#[test]
fn wishes_that_cannot_be_had_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Server::start(&dir);
    let mut tcp = TcpStream::connect(("127.0.0.1", server.syslog)).unwrap();
    writeln!(tcp, "<38>Nov 21 09:00:00 host sshd[1]: Failed password for root from 192.0.2.7").unwrap();
    drop(tcp);
    server.wait_for("*", 1);
    let seq = lines(&dir, "*").remove(0).0.to_string();
    let (data, out) = (dir.to_str().unwrap(), temp.path().join("x.zip"));
    let all = ["pack", "build", "--data", data, "--since", "2020-01-01", "--until", "2100-01-01", "-o", out.to_str().unwrap()];
    for (more, want) in [
        (&["--masked", "--proof", &seq][..], 1),
        (&["--proof", "7"], 1),
        (&["--label", "secret"], 2),
        (&["--lang", "fr"], 2),
        (&["--source", "no key"], 2),
        (&["--purpose", "a\u{7}b"], 1),
    ] {
        let answer = anlan(&[&all[..], more].concat());
        assert_eq!(code(&answer), want, "{more:?} {}", String::from_utf8_lossy(&answer.stderr));
        assert!(!out.exists(), "{more:?}");
    }
    anlan_ok(&[&all[..], &["--source", "ip:127.0.0.1"]].concat());
    server.stop();
}
