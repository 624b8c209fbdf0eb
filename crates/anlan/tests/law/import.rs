//! `law import`: findings, documents, merged copies, and texts kept in a data folder.

use std::path::Path;
use std::process::{Command, Stdio};

use anlan_law::{Library, numeral};

use crate::server::{self, Server};
use crate::{Answer, files, law, run_in};

/// A page as offices copy them: navigation, a lost item, a heading glued to text, masked words.
const PAGE: &str = "\
首页 > 政策法规 > 正文
字体：大 中 小 打印 收藏

青山县示例学校网络安全管理规定

第一章 总则
第一条 为了加强本校网络安全管理，保障教学秩序，制定本规定。
第二条 本规定适用于本校所有使用校园网的部门和个人。第二章 职责
第三条 信息中心履行下列职责：
（一）建立设备台账，每学期核对一次；
（三）留存网络运行日志，随时可查；
（四）每月向分管校长报告一次。
第四条 发生网络安全事件的，应当立即报告，联系电话：****。
第六条 本规定自公布之日起施行。
";

fn damaged(temp: &Path) -> String {
    let file = temp.join("page.txt");
    std::fs::write(&file, PAGE).unwrap();
    file.display().to_string()
}

#[test]
fn a_damaged_page_is_read_and_its_damage_is_named() {
    let temp = tempfile::tempdir().unwrap();
    let page = damaged(temp.path());
    let json = law("zh", &["import", &page, "--json"]).json();
    let fields = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&json), ["documents", "findings"]);
    let document = &json["documents"][0];
    for name in ["title", "kind", "version", "articles"] {
        assert!(document.get(name).is_some(), "{name}: {document}");
    }
    assert_eq!((&document["kind"], document["version"].is_null()), (&"rules".into(), true));
    let third = document["articles"].as_array().unwrap().iter().find(|article| article["number"] == 3).unwrap();
    assert_eq!(third["items"].as_array().unwrap().iter().map(|item| item["number"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 3, 4]);
    assert_eq!(third["truncated"], false);
    let finding = |kind: &str| json["findings"].as_array().unwrap().iter().find(|finding| finding["kind"] == kind).cloned();
    let lost = finding("lost_item").unwrap();
    let mut names = fields(&lost);
    names.sort();
    assert_eq!(names, ["article", "column", "confidence", "document", "expected", "file", "found", "item", "kind", "line"]);
    assert_eq!((&lost["article"], &lost["item"], &lost["document"]), (&3.into(), &2.into(), &0.into()));
    assert!(lost["line"].as_u64().unwrap() >= 10 && (0.0..=1.0).contains(&lost["confidence"].as_f64().unwrap()));
    for kind in ["lost_article", "glued_heading", "masked_text"] {
        assert!(finding(kind).is_some(), "{kind}: {json}");
    }
}

#[test]
fn the_report_keeps_to_its_columns_and_stores_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let page = damaged(temp.path());
    for lang in ["zh", "en"] {
        for args in [vec!["law", "import", "page.txt"], vec!["law", "import", &page, "page.txt", "--merge"]] {
            let answer = run_in(temp.path(), lang, &args, b"");
            assert_eq!(answer.code, 0, "damage does not change the code: {}", answer.talk);
            answer.fits();
            assert!(answer.out.contains("page.txt:") && !answer.out.contains('‹'), "{}", answer.out);
        }
    }
    assert_eq!(files(temp.path()), [page], "nothing is written");
}

#[test]
fn stdin_is_a_file_too() {
    let temp = tempfile::tempdir().unwrap();
    for (bytes, documents) in [(PAGE.as_bytes(), 1), (b"", 0), (&[0xff; 64][..], 0), (b"a line of log\n", 0)] {
        let answer = run_in(temp.path(), "zh", &["law", "import", "--json", "-"], bytes);
        assert_eq!((answer.code, answer.json()["documents"].as_array().unwrap().len()), (0, documents));
        let told = run_in(temp.path(), "zh", &["law", "import", "-"], bytes);
        assert_eq!(told.code, 0);
    }
    assert!(files(temp.path()).is_empty());
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let temp = tempfile::tempdir().unwrap();
    let page = damaged(temp.path());
    for (args, code) in [
        (vec!["import", "/absent.txt"], 3),
        (vec!["import", &page, "/absent.txt", "--json"], 3),
        (vec!["import", "/"], 3),
        (vec!["import"], 2),
        (vec!["import", &page, "--nonsense"], 2),
    ] {
        let answer = law("en", &args);
        assert_eq!((answer.code, answer.out.as_str()), (code, ""), "{args:?}: {}", answer.talk);
        assert!(!answer.talk.is_empty());
    }
    // What is no text is refused by name, not read as a page without texts.
    let wide: Vec<u8> = "第一条 为了".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, said) in [(&b"PK\x03\x04 word"[..], "UTF-8"), (b"%PDF-1.4", "UTF-8"), (&wide, "UTF-8"), (b"a\0b", "UTF-8")] {
        let odd = temp.path().join("odd").display().to_string();
        std::fs::write(&odd, bytes).unwrap();
        let answer = law("zh", &["import", &odd]);
        assert_eq!((answer.code, answer.talk.contains(said)), (3, true), "{}", answer.talk);
    }
    // With its mark it is text like any other.
    let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(PAGE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let notepad = temp.path().join("notepad.txt").display().to_string();
    std::fs::write(&notepad, marked).unwrap();
    assert!(law("zh", &["import", &notepad]).out.contains("青山县示例学校网络安全管理规定"));
    assert!(law("zh", &["import", "/"]).talk.contains("这是目录"));
    let data = temp.path().join("data").display().to_string();
    assert_eq!(law("en", &["import", &page, "/absent.txt", "--data", &data]).code, 3);
    assert!(!Path::new(&data).exists(), "a file that cannot be read begins no folder");
}

#[test]
fn copies_restore_what_one_of_them_lost() {
    let temp = tempfile::tempdir().unwrap();
    damaged(temp.path());
    let whole = PAGE.replace("一次；\n（三）", "一次；\n（二）管理账号，离岗即停；\n（三）");
    let other = whole.replace("（四）每月向分管校长报告一次。\n", "");
    std::fs::write(temp.path().join("other.txt"), other).unwrap();
    let json = run_in(temp.path(), "zh", &["law", "import", "--merge", "page.txt", "other.txt", "--json"], b"").json();
    let merged = json["documents"].as_array().unwrap().iter().find(|document| document.get("sources").is_some()).unwrap();
    assert_eq!(merged["sources"], serde_json::json!(["page.txt", "other.txt"]));
    let third = merged["articles"].as_array().unwrap().iter().find(|article| article["number"] == 3).unwrap();
    let numbers: Vec<u64> = third["items"].as_array().unwrap().iter().map(|item| item["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let told = run_in(temp.path(), "zh", &["law", "import", "--merge", "page.txt", "other.txt"], b"");
    told.fits();
    assert!(told.out.contains("离岗即停"), "{}", told.out);
}

/// A text with the shape of the version of 2025: the words of the box, and words of our own where it has none.
fn text_of_2025() -> String {
    let version = Library::shipped().version(&"csl@2025".parse().unwrap()).unwrap();
    let mut text = "中华人民共和国网络安全法\n\n".to_owned();
    for entry in version.entries() {
        text.push_str(&format!("第{}条 ", numeral::chinese(entry.number)));
        match entry.text() {
            Some(article) => {
                for paragraph in &article.paragraphs {
                    text.push_str(&format!("{}\n", paragraph.text));
                    for item in &paragraph.items {
                        text.push_str(&format!("（{}）{}\n", numeral::chinese(item.number), item.text));
                    }
                }
            }
            None => {
                for paragraph in 1..=entry.paragraph_count() {
                    let items = entry.items_of(paragraph);
                    let end = if items.is_empty() { "。" } else { "：" };
                    text.push_str(&format!("试验用语第{}段，不是官方文本{end}\n", numeral::chinese(paragraph)));
                    for (item, last) in items.iter().map(|item| (item, Some(item) == items.last())) {
                        let end = if last { "。" } else { "；" };
                        text.push_str(&format!("（{}）试验用语第{}项{end}\n", numeral::chinese(*item), numeral::chinese(*item)));
                    }
                }
            }
        }
    }
    text
}

fn keep(temp: &Path, data: &str) -> Answer {
    run_in(temp, "en", &["law", "import", "official.txt", "--data", data, "--json"], b"")
}

fn shows(data: &str) -> bool {
    let json = law("zh", &["show", "csl@2025", "61", "--data", data, "--json"]).json();
    let place = &json["places"][0];
    place["provenance"]["kind"] == "imported" && place["text"].as_str().is_some_and(|text| text.contains("试验用语第一段"))
}

#[test]
fn an_official_text_is_kept_and_shown_with_and_without_a_server() {
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("official.txt"), text_of_2025()).unwrap();
    let dir = temp.path().join("data");
    let data = dir.display().to_string();
    let kept = keep(temp.path(), &data);
    assert_eq!(kept.code, 0, "{}", kept.talk);
    let json = kept.json();
    assert_eq!((json["kept"][0]["version"].as_str(), json["kept"][0]["name"].as_str()), (Some("csl@2025"), Some("official.txt")));
    let first = json["kept"][0]["entry"].as_u64().unwrap();
    assert!(shows(&data));
    let server = Server::start(&dir);
    assert!(shows(&data), "asked through the door");
    let json = keep(temp.path(), &data).json();
    assert!(json["kept"][0]["entry"].as_u64().unwrap() > first, "kept through the door");
    server.stop();
    server::anlan_ok(&["verify", "--key", &server::vkey(&dir), &data]);
    let told = law("zh", &["import", &temp.path().join("official.txt").display().to_string(), "--data", &data]);
    told.fits();
    assert!(told.out.contains("csl@2025") && told.out.contains("台账"), "{}", told.out);
    let plain = law("zh", &["show", "csl@2025", "61", "--json"]).json();
    assert_eq!(plain["places"][0]["provenance"]["kind"], "summary", "only where the folder is named");
}

#[test]
fn a_text_that_fits_no_version_is_kept_and_said_so() {
    let temp = tempfile::tempdir().unwrap();
    let page = damaged(temp.path());
    let data = temp.path().join("data").display().to_string();
    let answer = law("en", &["import", &page, "--data", &data]);
    assert_eq!(answer.code, 0, "{}", answer.talk);
    assert!(answer.out.contains("shown nowhere"), "{}", answer.out);
    let whole = text_of_2025();
    let cut: String = whole.lines().take_while(|line| !line.starts_with("第七十一条")).map(|line| format!("{line}\n")).collect();
    std::fs::write(&page, cut).unwrap();
    let answer = law("en", &["import", &page, "--data", &data]);
    assert!(answer.out.contains("not used"), "{}", answer.out);
    let shown = law("en", &["show", "csl@2025", "61", "--data", &data]);
    assert!(shown.out.contains("not the official text") && shown.talk.contains("not used"), "{}{}", shown.out, shown.talk);
    std::fs::write(&page, vec![0xff; 9]).unwrap();
    assert_eq!(law("en", &["import", &page, "--data", &data]).code, 1, "no text");
    std::fs::write(&page, "a".repeat((1 << 20) + 1)).unwrap();
    assert_eq!(law("en", &["import", &page, "--data", &data]).code, 1, "too long to be kept");
    std::fs::write(&page, "\u{1}".repeat(1 << 20)).unwrap();
    let server = Server::start(Path::new(&data));
    assert_eq!(law("en", &["import", &page, "--data", &data]).code, 0, "the longest text, written at its longest, goes through the door");
    server.stop();
}

#[test]
fn a_page_cannot_drive_the_terminal() {
    let temp = tempfile::tempdir().unwrap();
    let hostile = PAGE.replace("青山县", "\u{1b}[2J青\u{7}山\u{202e}县").replace("联系电话：****", "联系\u{1b}]0;x\u{7}电话：****");
    std::fs::write(temp.path().join("a\u{1b}[31m.txt"), hostile).unwrap();
    let answer = run_in(temp.path(), "zh", &["law", "import", "a\u{1b}[31m.txt"], b"");
    assert_eq!(answer.code, 0);
    answer.fits();
    assert!(!answer.out.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{}", answer.out);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("page.txt"), PAGE.repeat(400)).unwrap();
    for args in [["law", "import", "page.txt", "--json"], ["law", "import", "page.txt", "--merge"]] {
        let mut child = Command::new(server::ANLAN)
            .args(args)
            .current_dir(temp.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_samples_are_read_as_they_stand() {
    let Some(samples) = server::samples() else { return };
    let (one, two) = (samples.join("texts/001.txt"), samples.join("texts/002.txt"));
    if !one.is_file() || !two.is_file() {
        println!("left out: ../shared/samples/texts is not there");
        return;
    }
    let (one, two) = (one.display().to_string(), two.display().to_string());
    for lang in ["zh", "en"] {
        let answer = law(lang, &["import", &one, &two, "--merge"]);
        assert_eq!(answer.code, 0);
        answer.fits();
        assert!(!answer.out.contains('‹'), "every kind has a name: {}", answer.out);
    }
    let json = law("zh", &["import", &one, &two, "--json"]).json();
    let versions: Vec<&str> = json["documents"].as_array().unwrap().iter().filter_map(|document| document["version"].as_str()).collect();
    assert!(versions.contains(&"csl@2016") && versions.contains(&"csl@draft2"), "{versions:?}");
    let lost = json["findings"].as_array().unwrap().iter().any(|f| f["kind"] == "lost_item" && f["article"] == 20 && f["item"] == 3);
    assert!(lost, "the lost item that orders six months of logs is named");
}
