//! `law check`: letters with the numbers of 2016.

use std::io::{Cursor, Write};

use crate::{Answer, files, law, run_in};

const LETTER: &str = "\
网络安全责任书

一、各部门依照《网络安全法》第二十一条第（三）项，留存网络日志不少于六个月。
二、按照《网络安全法》第二十五条制定应急预案并演练。
三、违反《网络安全法》第九十九条的，另行处理。

2023年9月1日
";

fn docx(text: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let paragraphs: String = text.lines().map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>")).collect();
    archive.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    write!(archive, "<w:document xmlns:w=\"{space}\"><w:body>{paragraphs}</w:body></w:document>").unwrap();
    archive.finish().unwrap().into_inner()
}

fn kinds(answer: &Answer) -> Vec<(String, String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("–").to_owned();
    let json = answer.json();
    json.as_array().unwrap().iter().map(|one| (text(&one["kind"]), text(&one["found"]), text(&one["today"]))).collect()
}

#[test]
fn a_letter_with_the_numbers_of_2016_is_told_those_of_today() {
    let temp = tempfile::tempdir().unwrap();
    let expected = [
        ("outdated", "《网络安全法》第二十一条第（三）项", "《网络安全法》第二十三条第三项"),
        ("outdated", "《网络安全法》第二十五条", "《网络安全法》第二十七条"),
        ("broken", "《网络安全法》第九十九条", "–"),
    ];
    let expected = expected.map(|(kind, found, today)| (kind.to_owned(), found.to_owned(), today.to_owned()));
    let markdown = format!("# {LETTER}");
    for (name, bytes) in [("letter.txt", LETTER.as_bytes().to_vec()), ("letter.md", markdown.into_bytes()), ("letter.docx", docx(LETTER))] {
        std::fs::write(temp.path().join(name), &bytes).unwrap();
        let answer = run_in(temp.path(), "zh", &["law", "check", name, "--as-of", "2026-11-21", "--json"], b"");
        assert_eq!(answer.code, 1, "{name}: {}", answer.talk);
        assert_eq!(kinds(&answer), expected, "{name}");
        for lang in ["zh", "en"] {
            let told = run_in(temp.path(), lang, &["law", "check", name], b"");
            told.fits();
            assert_eq!(told.code, 1);
            assert!(told.out.contains(&format!("{name}:3:")), "where it stands: {}", told.out);
        }
    }
    let piped = run_in(temp.path(), "zh", &["law", "check", "-", "--json"], LETTER.as_bytes());
    assert_eq!((piped.code, kinds(&piped).len()), (1, 3), "stdin");
    assert_eq!(files(temp.path()).len(), 3, "nothing is written");
}

#[test]
fn a_letter_whose_numbers_hold_is_passed() {
    let temp = tempfile::tempdir().unwrap();
    let sound = LETTER.replace("第九十九条", "第五十九条");
    for (text, day) in
        [(sound.as_str(), "2025-12-31"), ("《网络安全法》（2025年修正）第二十三条第三项。\n", "2026-11-21"), ("", "2026-11-21")]
    {
        std::fs::write(temp.path().join("letter.txt"), text).unwrap();
        let answer = run_in(temp.path(), "zh", &["law", "check", "letter.txt", "--as-of", day], b"");
        assert_eq!(answer.code, 0, "{}", answer.out);
        let json = run_in(temp.path(), "zh", &["law", "check", "letter.txt", "--as-of", day, "--json"], b"");
        assert_eq!((json.code, json.out.as_str()), (0, "[]\n"));
    }
}

#[test]
fn what_is_no_letter_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    for (name, bytes) in
        [("old.doc", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1][..]), ("a.pdf", b"%PDF-1.7"), ("cut.docx", b"PK\x03\x04rest"), ("noise", &[0xff; 9])]
    {
        std::fs::write(temp.path().join(name), bytes).unwrap();
        let answer = run_in(temp.path(), "en", &["law", "check", name, "--json"], b"");
        assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{name}");
        assert!(answer.talk.contains(name), "{}", answer.talk);
    }
    assert_eq!(law("zh", &["check", "/absent/letter.txt"]).code, 3);
    assert_eq!(law("zh", &["check"]).code, 2);
    assert_eq!(law("zh", &["check", "/dev/null", "--as-of", "2026"]).code, 2);
}
