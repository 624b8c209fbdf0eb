//! `law lint`: the packs of the project, one pack alone, and packs with faults.

use std::path::Path;

use crate::{files, law, run_in, server};

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(Path::new(&file).strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(&file, target).unwrap();
    }
}

fn packs() -> String {
    server::root().join("packs").canonicalize().unwrap().display().to_string()
}

#[test]
fn the_packs_of_the_project_are_proved() {
    for lang in ["zh", "en"] {
        let answer = law(lang, &["lint", &packs()]);
        assert_eq!(answer.code, 0, "{}", answer.out);
        answer.fits();
    }
    let json = law("zh", &["lint", &packs(), "--json"]).json();
    assert_eq!(json["faults"].as_array().unwrap().len(), 0);
    for (name, least) in [
        ("duties", 89),
        ("citations", 89),
        ("clocks", 10),
        ("cases", 50),
        ("articles", 235),
        ("versions", 3),
        ("likely", 11),
        ("unsure", 1),
        ("unchecked", 1),
    ] {
        assert!(json["proved"][name].as_u64().unwrap() >= least, "{name}: {json}");
    }
    let alone = law("zh", &["lint", &format!("{}/campus", packs())]);
    assert_eq!(alone.code, 0, "{}", alone.out);
}

#[test]
fn a_bad_pack_names_file_line_key_and_remedy() {
    let temp = tempfile::tempdir().unwrap();
    copy(Path::new(&packs()), temp.path());
    let duties = temp.path().join("cn/duties.toml");
    let sound = std::fs::read_to_string(&duties).unwrap();
    let line = sound.lines().position(|line| line.starts_with("id = ")).unwrap();
    let broken: Vec<&str> = sound.lines().enumerate().map(|(at, text)| if at == line { "id = 7" } else { text }).collect();
    std::fs::write(&duties, broken.join("\n")).unwrap();
    for (dir, lang) in [(temp.path().to_owned(), "zh"), (temp.path().join("cn"), "en")] {
        let dir = dir.display().to_string();
        let answer = law(lang, &["lint", &dir]);
        assert_eq!(answer.code, 1, "{}", answer.talk);
        answer.fits();
        let bare = answer.out.replace(['\n', ' '], "");
        assert!(bare.contains(&format!("{}:{}", duties.display(), line + 1)), "where: {}", answer.out);
        let json = law(lang, &["lint", &dir, "--json"]).json();
        let fault = json["faults"].as_array().unwrap().iter().find(|fault| fault["line"] == (line + 1)).unwrap().clone();
        assert_eq!(fault["file"], "cn/duties.toml");
        for field in ["key", "what", "remedy", "code"] {
            let text = fault[field].as_str().unwrap();
            assert!(!text.is_empty() && !text.contains('‹'), "{field}: {fault}");
        }
        assert!(json["proved"].is_null());
    }
    let named = run_in(temp.path(), "zh", &["law", "lint", "cn"], b"");
    assert!(
        named.out.contains(&format!("cn/duties.toml:{}", line + 1)) && !named.out.contains(&duties.display().to_string()),
        "{}",
        named.out
    );
    let here = run_in(&temp.path().join("cn"), "zh", &["law", "lint", "."], b"");
    assert_eq!((named.code, here.code), (1, 1));
}

#[test]
fn what_is_no_folder_of_packs_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    let empty = temp.path().display().to_string();
    for (args, code) in [(vec!["lint", &empty], 3), (vec!["lint", "/absent"], 3), (vec!["lint"], 2)] {
        let answer = law("en", &args);
        assert_eq!((answer.code, answer.out.as_str()), (code, ""), "{args:?}: {}", answer.talk);
    }
    assert!(law("zh", &["lint", "/absent"]).talk.contains("没有这个文件或目录"));
    std::fs::write(temp.path().join("loose.toml"), [0xff, 0xfe]).unwrap();
    let answer = law("zh", &["lint", &empty]);
    assert_eq!(answer.code, 3);
    assert!(answer.talk.contains("loose.toml") && answer.talk.contains("另存为 UTF-8"), "{}", answer.talk);
    std::fs::write(temp.path().join("loose.toml"), "x = 1\n").unwrap();
    assert_eq!(law("en", &["lint", &empty]).code, 1, "a file of no pack is a fault");
}
