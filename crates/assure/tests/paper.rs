//! The paper of a pack: what it must say, in both languages, and that hostile words stay words. Writes what it draws to `target/accept/` to be looked at.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod place;

use std::path::Path;

use anlan_assure::assess::{Asked, State};
use anlan_assure::pack::forms::OPEN_ROWS;
use anlan_assure::pack::told::{DeviceTold, DutyTold, OpenTold, VisitTold};
use anlan_assure::zip::{Directory, ReadAt};
use anlan_assure::{AssureError, Choices, Form, Heading, Label, Mask, PackRequest, Told, Verdict, verify_bytes};
use anlan_base::text::Lang;
use anlan_base::{Day, Instant};
use anlan_vault::Scope;
use place::{FIRST_DAY, Place, key};

fn member(pack: &[u8], name: &str) -> String {
    let directory = Directory::read(pack).unwrap();
    let member = directory.members.iter().find(|member| member.name == name).unwrap_or_else(|| panic!("no {name}"));
    let mut bytes = vec![0; usize::try_from(member.size).unwrap()];
    pack.read_exact_at(&mut bytes, directory.content_offset(member)).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn asked() -> Asked {
    let text = "anlan.source:ip:192.0.2.1 --since 2026-05-20 --until 2026-11-20";
    serde_json::from_value(serde_json::json!({ "how": "logs", "text": text, "number": 1_204_113 })).unwrap()
}

fn duty(id: &str, title: &str, state: State, computed: bool, reasons: &[&str]) -> DutyTold {
    DutyTold {
        id: id.to_owned(),
        title: title.to_owned(),
        state,
        computed,
        stale: false,
        at: FIRST_DAY.start().plus_seconds(40_000),
        since: computed.then(|| FIRST_DAY.start()),
        clauses: vec!["中华人民共和国网络安全法（2025年修正）第二十三条第三项".to_owned(), "教育系统网络安全管理办法 第九条".to_owned()],
        reasons: reasons.iter().map(ToString::to_string).collect(),
        codes: vec!["log-short".to_owned()],
        asked: vec![asked()],
        sample: vec!["王小明 LY-2026-0002".to_owned()],
        control: "接入全部设备，逐日核对。".to_owned(),
        unbuilt: false,
        who: (!computed).then(|| ("王小明".to_owned(), Day(FIRST_DAY.0 + 60))),
        entry: Some(7),
        leaf: Some(12),
    }
}

fn device(name: &str, source: &str, complete: u32, gaps: Vec<(&'static str, Instant, Instant)>, heard: bool) -> DeviceTold {
    DeviceTold {
        name: name.to_owned(),
        source: source.to_owned(),
        first: heard.then(|| FIRST_DAY.start().minus_seconds(86_400 * u64::from(complete))),
        last: heard.then(|| FIRST_DAY.start().plus_seconds(30_000)),
        days_required: 184,
        days_complete: complete,
        complete_on: heard.then(|| Day(FIRST_DAY.0 + 184 - complete)),
        gaps,
        silent_since: None,
        older: false,
        category: "交换机".to_owned(),
        dept: "第二中学".to_owned(),
        term: "《中华人民共和国网络安全法》第二十三条".to_owned(),
    }
}

fn open(number: usize) -> OpenTold {
    OpenTold {
        number: format!("YH-2026-{number:04}"),
        title: "王小明报：口令未改 <i>".to_owned(),
        owner: "王小明".to_owned(),
        ..OpenTold::default()
    }
}

fn told(headings: &[Heading]) -> Told {
    let at = |seconds: u64| FIRST_DAY.start().plus_seconds(seconds);
    Told {
        unit: "青石县第二中学 <b>&".to_owned(),
        maker: "王小明".to_owned(),
        at: FIRST_DAY.start().plus_seconds(50_000),
        headings: headings.to_vec(),
        duties: vec![
            duty(
                "D019",
                "留存网络日志不少于六个月",
                State::Failing,
                true,
                &["汇聚交换机 自 2026-11-18 03:10 起没有发来日志", "9 台设备中 1 台已连续留存 7 天，应满 184 天，满期日 2027-05-16"],
            ),
            duty("D020", "采取监测、记录网络运行状态的技术措施", State::AtRisk, true, &["防火墙 的日志只有 41 天，应满 184 天"]),
            duty("D003", "制定内部安全管理制度和操作规程，确定网络安全负责人", State::Met, false, &[]),
            duty("D044", "制定网络安全事件应急预案并定期演练", State::Unknown, true, &[]),
        ],
        devices: vec![
            device("出口防火墙", "ip:192.0.2.1", 41, vec![("lost", at(0), at(4_000))], true),
            device("汇聚交换机", "ip:192.0.2.2", 7, vec![("silent", at(10_000), at(90_000)), ("silent", at(190_000), at(290_000))], true),
            device("教学楼机房<script>alert(1)</script>", "ip:192.0.2.3", 0, vec![], false),
        ],
        unlisted: vec![device("", "ip:192.0.2.99", 3, vec![], true)],
        confirmed: None,
        unverified: Some(2),
        open: vec![open(1)],
        open_more: 0,
        visit: Some(VisitTold { title: "年度检查".to_owned(), officers: "甲 001\n乙 002".to_owned(), ..VisitTold::default() }),
        anchor: "仅自证".to_owned(),
        watermark: String::new(),
    }
}

fn request(place: &Place, lang: Lang, masked: bool, told: Told) -> PackRequest {
    let choices = Choices {
        label: Label::Internal,
        masked,
        purpose: "公安机关网络安全监督检查 \"&<u>".to_owned(),
        visit: "JC-2026-0003".to_owned(),
        lang,
        ..Choices::default()
    };
    let plain = place.request(Instant(0), Instant(u64::MAX), Scope::All);
    let made = plain.choices.made;
    PackRequest { choices: Choices { made, ..choices }, told, mask: Mask::new(["王小明".to_owned()]), ..plain }
}

fn accept(name: &str, html: &str) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/accept");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join(name), html).unwrap();
}

#[test]
fn the_paper_says_what_it_must_and_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    place.fill();
    place.next_day();
    for (lang, words) in [
        (
            Lang::Zh,
            [
                "自查符合",
                "临期",
                "有差距",
                "无法确认",
                "本结论为自查，不替代检查或测评",
                "仅自证",
                "盖章",
                "未列入清单",
                "尚未由单位负责人确认",
                "满期日",
            ],
        ),
        (
            Lang::En,
            [
                "met",
                "at risk",
                "has gaps",
                "unknown",
                "This is a self-check",
                "by the key alone",
                "Seal",
                "not on the list",
                "not confirmed",
                "Complete on",
            ],
        ),
    ] {
        let pack = place.build(&request(&place, lang, false, told(&Heading::ALL))).unwrap();
        assert_eq!(verify_bytes(pack.as_slice(), &key(), None).verdict, Verdict::Sound);
        let paper = member(&pack, "检查佐证材料.html");
        accept(&format!("paper-{}.html", lang.tag()), &paper);
        for word in words.iter().chain(&["●", "○", "D019", "第二十三条第三项", "JC-2026-0003", "1204113", "ip:192.0.2.99", "王小明"])
        {
            assert!(paper.contains(word), "{word} in {lang:?}");
        }
        for never in ["<script", "http://", "https://", "<b>&", "<u>", "‹", "javascript:"] {
            assert!(!paper.contains(never), "{never} in {lang:?}");
        }
        assert!(paper.contains("&lt;script&gt;alert(1)") && paper.contains("anlan.local/"));
        let checkpoint = member(&pack, "checkpoint");
        assert!(paper.contains(checkpoint.trim_end()), "whoever keeps the page has the signed checkpoint");
        let guide = member(&pack, "说明.txt");
        assert!(guide.contains("怎样核验") && guide.contains("How to verify") && !guide.contains('‹'));
        let verdicts: serde_json::Value = serde_json::from_str(&member(&pack, "verdicts.json")).unwrap();
        assert_eq!((&verdicts["verdicts"][0]["state"], &verdicts["verdicts"][2]["kind"]), (&"failing".into(), &"attested".into()));
        assert_eq!(verdicts["coverage"][1]["gaps"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn parts_that_were_left_out_and_what_was_not_measured_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    let pack = place.build(&request(&place, Lang::Zh, false, told(&[Heading::Duties]))).unwrap();
    let paper = member(&pack, "检查佐证材料.html");
    assert!(
        paper.contains("制作时未选择的部分：日志留存覆盖、整改计划、查询口径")
            && !paper.contains("1204113")
            && !paper.contains("ip:192.0.2.99")
    );
    let nothing = Told { headings: Heading::ALL.to_vec(), ..Told::default() };
    let paper = member(&place.build(&request(&place, Lang::Zh, false, nothing)).unwrap(), "检查佐证材料.html");
    assert!(paper.contains("没有任何测量结果") && paper.contains("没有可列的设备") && paper.contains("没有日志行"));
}

#[test]
fn a_masked_pack_covers_names_and_has_no_proof_of_what_it_covers() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    let (covered, _) = place.lines("network", "ip:192.0.2.1", &["Failed password for root from 203.0.113.9"]);
    let (plain, _) = place.lines("network", "ip:192.0.2.1", &["link: port 3 up"]);
    let mut request = request(&place, Lang::Zh, true, told(&Heading::ALL));
    request.proofs = vec![plain];
    let pack = place.build(&request).unwrap();
    let report = verify_bytes(pack.as_slice(), &key(), None);
    assert_eq!(report.verdict, Verdict::Sound, "{:#?}", report.lines(Lang::En));
    let paper = member(&pack, "检查佐证材料.html");
    assert!(!paper.contains("王小明") && paper.contains("王**") && paper.contains("其中遮盖 1 行"));
    assert!(!member(&pack, "verdicts.json").contains("王小明"));
    let text = member(&pack, "text/ip%3A192.0.2.1/2026-11-20.log");
    assert_eq!(text, "〔masked〕Failed password for *** from 203.0.*.*\nlink: port 3 up\n");
    request.proofs = vec![covered];
    assert!(matches!(place.build(&request), Err(AssureError::ProofOfMasked(seq)) if seq == covered));
    request.choices.made = 99;
    assert!(matches!(place.build(&request), Err(AssureError::NotRecorded(99))));
}

const SPEC: &str = include_str!("../../../spec/forms.md");

/// The labels of a form's facts and first table, in the order of the spec; what stands beside a record of an inspection is left to the console.
fn fields(form: Form, lang: Lang) -> Vec<String> {
    let section = SPEC.split(&format!("## `{}`", form.code())).nth(1).unwrap().split("\n## ").next().unwrap();
    let section = if form == Form::Extraction { section.split("*the second table").next().unwrap() } else { section };
    let column = if lang == Lang::Zh { 2 } else { 3 };
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| line.split('|').nth(column).unwrap().trim().to_owned()).collect()
}

// FORMS-1 FORMS-2 FORMS-3 FORMS-4 FORMS-5 FORMS-7
#[test]
fn forms_in_a_pack_have_the_fields_of_the_spec() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    place.fill();
    for lang in [Lang::Zh, Lang::En] {
        let asked = PackRequest { forms: Form::ALL.to_vec(), ..request(&place, lang, false, told(&Heading::ALL)) };
        let pack = place.build(&asked).unwrap();
        assert_eq!(verify_bytes(pack.as_slice(), &key(), None).verdict, Verdict::Sound);
        for form in Form::ALL {
            let page = member(&pack, &format!("papers/{}", form.member()));
            accept(&format!("form-{}-{}.html", form.code(), lang.tag()), &page);
            let mut rest = page.as_str();
            for field in fields(form, lang) {
                let label = format!(">{field}</th>");
                let at = rest.find(&label).unwrap_or_else(|| panic!("{form:?}: {label} does not follow in\n{rest}"));
                rest = &rest[at + label.len()..];
            }
            assert_eq!(page.matches("<div><b>").count(), form.signs().len(), "{form:?}");
            for told in ["<div class=seal>", "@top-left", "@bottom-left", "counter(page)"] {
                assert!(page.contains(told), "{form:?}: {told}");
            }
            for never in ["<script", "http://", "https://", "<i>\"", "口令未改 <i>", "‹", "javascript:"] {
                assert!(!page.contains(never), "{form:?}: {never}");
            }
        }
        let list = member(&pack, "papers/日志提取清单.html");
        for row in member(&pack, "校验值.txt").lines().filter(|row| row.contains(" text/")) {
            let digests: Vec<&str> = row.split(' ').take(2).collect();
            assert!(digests.iter().all(|digest| list.contains(digest)), "{row}");
        }
    }
    let zh = PackRequest { forms: vec![Form::SelfCheck], ..request(&place, Lang::Zh, false, told(&Heading::ALL)) };
    let check = member(&place.build(&zh).unwrap(), "papers/网络安全自查表.html");
    for told in [
        "● 有差距",
        "○ 自查符合",
        "● 无法确认",
        "本结论为自查，不替代检查或测评",
        "仅自证",
        "内部资料",
        "记录 7",
        "日志叶 12",
        "接入全部设备",
    ] {
        assert!(check.contains(told), "{told}");
    }
}

#[test]
fn forms_are_covered_in_a_masked_pack_and_cut_at_their_limit() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::begin(folder.path());
    for (there, more) in [(OPEN_ROWS - 1, None), (OPEN_ROWS, None), (OPEN_ROWS + 1, Some("另有 1 条未列出"))] {
        let all = Told { open: (0..there).map(open).collect(), ..told(&Heading::ALL) };
        let asked = PackRequest { forms: vec![Form::SelfCheck, Form::Plan], ..request(&place, Lang::Zh, true, all) };
        let pack = place.build(&asked).unwrap();
        for form in [Form::SelfCheck, Form::Plan] {
            let page = member(&pack, &format!("papers/{}", form.member()));
            assert!(!page.contains("王小明") && page.contains("王**报：口令未改") && page.contains("已遮盖"), "{form:?}");
            assert_eq!(page.matches("YH-2026-").count(), there.min(OPEN_ROWS), "{form:?}");
            assert_eq!(page.contains("另有"), more.is_some(), "{form:?}");
            assert!(more.is_none_or(|more| page.contains(more)));
        }
    }
}
