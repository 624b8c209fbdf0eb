//! The Friday test: seven days of a made-up county's logs, the pack built for an inspector, opened by a stranger's script, and judged by three verifiers, sound and
//! tampered with.

use std::path::{Path, PathBuf};
use std::process::Command;

use anlan_tlog::note::Signer;
use anlan_tlog::sha256;
use serde_json::json;

use crate::page;
use crate::server::browser::Browser;
use crate::server::{ANLAN, anlan, anlan_ok, code, lines, root, run, verify_py, vkey};
use crate::tampered::{self, BY_BYTES, BY_MEMBERS, SIGNED_ANEW};

/// Tampered packs that are judged.
const TAMPERED: usize = 200;
const SINCE: &str = "2026-11-14";
const UNTIL: &str = "2026-11-21";

/// The folder of the demo, the pack for the inspector, and one with covered lines.
struct Friday {
    dir: PathBuf,
    pack: PathBuf,
    masked: PathBuf,
    lines: usize,
}

impl Friday {
    fn made(temp: &Path) -> Self {
        let dir = temp.join("demo");
        let data = dir.to_str().unwrap();
        anlan_ok(&["demo", "--data", data, "--make-only", "--scale", "0", "--days", "7"]);
        let build = |name: &str, more: &[&str]| {
            let out = temp.join(name);
            let all = ["pack", "build", "--data", data, "--since", SINCE, "--until", UNTIL, "-o", out.to_str().unwrap()];
            anlan_ok(&[&all[..], more].concat());
            out
        };
        let pack = build("pack.zip", &["--purpose", "监督检查", "--visit", "JC-2026-1", "--label", "sensitive"]);
        let masked = build("masked.zip", &["--masked"]);
        let lines = lines(&dir, "*").len();
        Self { dir, pack, masked, lines }
    }
}

/// The demo's key: everybody can make it.
fn key_of_demo() -> Signer {
    let of_seed = sha256(b"anlan demo 1");
    let name: String = anlan_tlog::hex(&of_seed).chars().take(16).collect();
    Signer::from_seed(&format!("demo.anlan.local/{name}"), of_seed).unwrap()
}

/// One Python process judges all of them.
fn codes_of_python(files: &[PathBuf], key: &str) -> Vec<u8> {
    const PROGRAM: &str = "
import contextlib, importlib.util, io, json, sys
spec = importlib.util.spec_from_file_location('verify', sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
codes = []
for name in sys.argv[3:]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        codes.append(verify.main(['--key', sys.argv[2], name]))
print(json.dumps(codes))
";
    let script = root().join("verify/verify.py");
    let mut args = vec!["-c", PROGRAM, script.to_str().unwrap(), key];
    args.extend(files.iter().map(|file| file.to_str().unwrap()));
    serde_json::from_str(&run("/usr/bin/python3", &args)).unwrap()
}

/// Each file as a reader chooses it on the page, judged by the page's own verifier.
fn codes_of_browser(browser: &Browser, files: &[PathBuf], key: &str) -> Vec<u8> {
    browser.open(&page());
    let judge =
        format!("return (async () => (await Verifier.verify({}, document.getElementById('file').files[0], null)).code)();", json!(key));
    let one = |file: &PathBuf| {
        browser.upload("#file", file);
        u8::try_from(browser.script(&judge).as_u64().unwrap()).unwrap()
    };
    files.iter().map(one).collect()
}

/// The words of a verifier in Chinese.
fn said(file: &Path, key: &str) -> String {
    let out = Command::new(ANLAN).args(["verify", "--key", key, file.to_str().unwrap()]).env("ANLAN_LANG", "zh").output().unwrap();
    String::from_utf8(out.stdout).unwrap()
}

// PACK-20
fn is_sound_and_says_that_it_is_a_demo(pack: &Path, key: &str, browser: Option<&Browser>) {
    let ours = said(pack, key);
    assert!(ours.contains("结论：完好") && ours.contains("演示数据"), "{ours}");
    let python = verify_py(&["--key", key, pack.to_str().unwrap()]);
    let words = String::from_utf8_lossy(&python.stdout);
    assert!(code(&python) == 0 && words.contains("演示数据"), "{words}");
    let Some(browser) = browser else { return };
    browser.open(&page());
    browser.fill("#vkey", key);
    browser.upload("#file", pack);
    browser.click("#go");
    browser.wait_for("#verdict[data-code]");
    assert_eq!(browser.attribute("#verdict", "data-code"), "0", "{}", browser.text("#checks"));
    assert!(browser.text("#demo").contains("演示数据"), "{}", browser.text("body"));
    assert!(browser.text("#anchor").contains("仅自证"));
}

#[test]
fn seven_days_for_an_inspector_are_judged_alike_sound_and_tampered_with() {
    let temp = tempfile::tempdir().unwrap();
    let friday = Friday::made(temp.path());
    let key = vkey(&friday.dir);
    assert_eq!(key, key_of_demo().verifying_key().render());
    assert!(friday.lines > 1_500, "{}", friday.lines);
    let browser = Browser::start(temp.path(), "zh-CN");
    for pack in [&friday.pack, &friday.masked] {
        is_sound_and_says_that_it_is_a_demo(pack, &key, browser.as_ref());
        let read = run("/usr/bin/python3", &[root().join("verify/read_pack.py").to_str().unwrap(), pack.to_str().unwrap()]);
        assert!(read.contains(&format!("{} lines", friday.lines)), "{read}");
    }
    let sound = std::fs::read(&friday.pack).unwrap();
    let tampered = tampered::of(&sound, &key_of_demo());
    assert_eq!((tampered.len(), TAMPERED), (TAMPERED, BY_BYTES + BY_MEMBERS + SIGNED_ANEW));
    let mut files = Vec::new();
    for (nth, one) in tampered.iter().enumerate() {
        files.push(temp.path().join(format!("tampered-{nth:03}.zip")));
        std::fs::write(&files[nth], &one.bytes).unwrap();
    }
    let begun = std::time::Instant::now();
    let ours: Vec<u8> =
        files.iter().map(|file| u8::try_from(code(&anlan(&["verify", "--key", &key, file.to_str().unwrap()]))).unwrap()).collect();
    println!("anlan verify: {} files of {} bytes in {:?}", files.len(), sound.len(), begun.elapsed());
    let told = |codes: &[u8], wrong: &dyn Fn(usize, u8) -> bool| -> Vec<String> {
        let wrong = codes.iter().enumerate().filter(|(nth, code)| wrong(*nth, **code));
        wrong.map(|(nth, code)| format!("{nth} ({}): {code}, anlan {}", tampered[nth].what, ours[nth])).collect()
    };
    let passed = told(&ours, &|_, code| !matches!(code, 1 | 3));
    assert!(passed.is_empty(), "anlan verify does not refuse: {passed:#?}");
    let begun = std::time::Instant::now();
    let python = codes_of_python(&files, &key);
    println!("verify.py: {:?}", begun.elapsed());
    let differ = told(&python, &|nth, code| code != ours[nth]);
    assert!(python.len() == TAMPERED && differ.is_empty(), "verify.py differs: {differ:#?}");
    let Some(browser) = &browser else { return };
    let begun = std::time::Instant::now();
    let page = codes_of_browser(browser, &files, &key);
    println!("verify.html: {:?}", begun.elapsed());
    let differ = told(&page, &|nth, code| code != ours[nth]);
    assert!(page.len() == TAMPERED && differ.is_empty(), "verify.html differs: {differ:#?}");
}
