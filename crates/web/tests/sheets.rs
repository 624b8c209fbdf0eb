//! Registers as sheets: what goes out, what comes in, what is told before anything is stored.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use anlan_assure::sheet::{self, Cell, Given, Sheet};
use anlan_base::Instant;
use anlan_law::kind::Role;
use anlan_ledger::NewPerson;
use anlan_ledger::engine::{Command, UnitId, Urging, Values};
use anlan_ledger::records::{ListAsk, StateAsk};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use house::staff::{Staff, Worker};
use house::{Answer, HOST, House, Person};

async fn office() -> (House, Staff) {
    let house = House::new().await;
    house.first_run().await;
    let staff = house.staff().await;
    (house, staff)
}

/// A file as a browser sends it.
async fn bring(house: &House, person: &Person, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let mut body = Vec::new();
    body.extend_from_slice(
        format!(
            "--b\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{}\r\n--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n",
            person.token
        )
        .as_bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let request = Request::post(path)
        .header(header::HOST, HOST)
        .header(header::COOKIE, &person.cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    house.ask(request.body(Body::from(body)).unwrap()).await
}

/// Brings a sheet of hazards and answers where it is reviewed.
async fn reviewed(house: &House, person: &Person, bytes: &[u8]) -> String {
    let answer = bring(house, person, "/records/hazard/import", "隐患.csv", bytes).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location().to_owned()
}

fn cells(given: &Given) -> Vec<Vec<&str>> {
    given.rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}

fn column(given: &Given, head: &str) -> usize {
    given.heads.iter().position(|known| known == head).unwrap_or_else(|| panic!("{head} in {:?}", given.heads))
}

async fn hazards(house: &House) -> Vec<anlan_ledger::records::RecordRow> {
    let ask = ListAsk { kind: Some("hazard".into()), state: StateAsk::All, ..ListAsk::default() };
    house.ledger.list(&house.ledger.rights_of("juzhang"), &ask).await.unwrap().rows
}

async fn count_of(house: &House, act: &str) -> usize {
    house.acts().await.iter().filter(|known| *known == act).count()
}

const HAZARD: [(&str, &str); 4] =
    [("category", "network"), ("level", "general"), ("handling", "at_once"), ("happened", "2026-11-20T09:00")];

async fn hazard(house: &House, who: &Worker, title: &str) -> String {
    let mut values = HAZARD.to_vec();
    values.push(("title", title));
    house.open(who, "hazard", &values).await
}

#[tokio::test]
async fn a_list_goes_out_as_it_is_asked_for_and_leaves_an_entry() {
    let (house, staff) = office().await;
    hazard(&house, &staff.teacher, "=cmd|' /C calc'!A0").await;
    hazard(&house, &staff.teacher, "<script>alert(1)</script>").await;
    hazard(&house, &staff.other, "二中的").await;
    let teacher = house.session_of("laoshi").await;
    let answer = house.get("/records/hazard/list.xlsx?q=cmd", &teacher).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("hazard-2026-11-21.xlsx"));
    let given = sheet::read(&answer.body).unwrap();
    assert_eq!(given.rows.len(), 1);
    assert_eq!(given.rows[0].cells[1], "=cmd|' /C calc'!A0");
    assert_eq!(given.rows[0].cells[column(&given, "录入时间")], "2026-11-21T14:07");
    let answer = house.get_in("/records/hazard/list.csv?order=number", &teacher, "en").await;
    assert!(answer.body.starts_with("\u{feff}".as_bytes()));
    assert!(answer.text().contains(",'=cmd|' /C calc'!A0,"), "{}", answer.text());
    assert!(answer.text().contains("<script>alert(1)</script>"));
    assert!(!answer.text().contains("二中的"), "another school's is not there");
    let entries = house.ledger.entries(1, 1000).await.unwrap();
    let told: Vec<_> = entries.iter().filter(|entry| entry.text("act") == Some("list.export")).collect();
    assert_eq!(told.len(), 2);
    for (name, value) in [("kind", "hazard"), ("question", "q=cmd"), ("rows", "1"), ("form", "xlsx"), ("actor", "user:laoshi")] {
        assert_eq!(told[0].text(name), Some(value), "{name}");
    }
    assert_eq!(house.ledger.check_projections().await.unwrap(), Vec::<String>::new());
    let stranger = house.get("/records/no-such/list.csv", &teacher).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}

// REC-10
#[tokio::test]
async fn what_is_sealed_never_goes_out() {
    let (house, staff) = office().await;
    let values = [("title", "举报"), ("text", "有人泄露"), ("category", "content"), ("channel", "phone"), ("received", "2026-11-20")];
    let kinds = house.ledger.kinds();
    let kind = kinds.get("complaint").unwrap();
    let sealed = kind.fields.iter().find(|field| !field.sealed.is_empty()).unwrap().name.clone();
    let mut all: Values =
        kind.fields.iter().filter(|field| field.required).map(|field| (field.name.clone(), example(&field.shape))).collect();
    for (name, value) in values {
        if kind.field(name).is_some_and(|field| field.shape.canonical(value).is_ok()) {
            all.insert(name.to_owned(), value.to_owned());
        }
    }
    all.insert(sealed.clone(), "匿名者张三".to_owned());
    let command = Command::Open { unit: staff.bureau, values: all, happened: None };
    house.ledger.open_record(&house.ledger.rights_of("keyuan"), "complaint", command).await.unwrap();
    let officer = house.session_of("keyuan").await;
    let answer = house.get(&format!("/records/complaint/list.csv?view=all&col={sealed}"), &officer).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.text().lines().count(), 2, "{}", answer.text());
    assert!(!answer.text().contains("张三"));
}

/// Something that fits a field.
fn example(shape: &anlan_law::kind::Shape) -> String {
    use anlan_law::kind::Shape;
    match shape {
        Shape::Choice { options } => options[0].id.clone(),
        Shape::Date => "2026-11-20".into(),
        Shape::Time => "2026-11-20T09:00".into(),
        Shape::Number { least, .. } => least.to_string(),
        Shape::Yes => "no".into(),
        _ => "甲".into(),
    }
}

async fn task(house: &House, staff: &Staff) -> String {
    let units = serde_json::Value::from_iter(staff.schools.iter().map(UnitId::to_string)).to_string();
    let number = house.open(&staff.officer, "task", &[("title", "宣传周"), ("text", "报送情况")]).await;
    let issue = [("units", units.as_str()), ("wants", "numbers"), ("due", "2026-11-25"), ("sum_by", "2026-11-27")];
    house.make(&staff.officer, &number, "issue", &issue, None).await;
    number
}

#[tokio::test]
async fn a_task_that_went_down_is_summed_up_in_a_sheet() {
    let (house, staff) = office().await;
    let number = task(&house, &staff).await;
    let officer = house.session_of("keyuan").await;
    let rights = house.ledger.rights_of("keyuan");
    let children = house.ledger.children(&rights, &number).await.unwrap().unwrap().rows;
    assert_eq!(children.len(), 3);
    let second = children.iter().find(|row| row.unit == staff.schools[1]).unwrap().number.clone();
    let urge = Command::Urge { text: "请尽快".into(), weight: Urging::Remind };
    house.ledger.act_on(&rights, &second, None, urge).await.unwrap();
    let answer = house.get(&format!("/r/{number}/summary.xlsx"), &officer).await;
    assert_eq!(answer.status, StatusCode::OK);
    let given = sheet::read(&answer.body).unwrap();
    assert_eq!(given.rows.len(), 4, "three schools and the sums: {:?}", cells(&given));
    let urged = column(&given, "催办次数");
    let line = given.rows.iter().find(|row| row.cells[0].starts_with("第二初级中学")).unwrap();
    assert_eq!((line.cells[1].as_str(), line.cells[urged].as_str()), (second.as_str(), "1"));
    assert_eq!((given.rows[3].cells[0].as_str(), given.rows[3].cells[urged].as_str()), ("合计", "1"));
    assert_eq!(count_of(&house, "list.export").await, 1);
    for (account, status) in [("laoshi", StatusCode::NOT_FOUND), ("juzhang", StatusCode::OK)] {
        let person = house.session_of(account).await;
        assert_eq!(house.get(&format!("/r/{number}/summary.xlsx"), &person).await.status, status, "{account}");
    }
    assert_eq!(house.get(&format!("/r/{second}/summary.xlsx"), &officer).await.status, StatusCode::NOT_FOUND, "it was not sent down");
}

#[tokio::test]
async fn a_template_comes_back_filled_and_opens_records() {
    let (house, staff) = office().await;
    let teacher = house.session_of("laoshi").await;
    for lang in ["zh-CN", "en"] {
        let answer = house.get_in("/records/hazard/import/template.xlsx", &teacher, lang).await;
        let given = sheet::read(&answer.body).unwrap();
        assert_eq!(given.rows.len(), 1, "one row of hints");
        let kinds = house.ledger.kinds();
        let kind = kinds.get("hazard").unwrap();
        let zh = lang == "zh-CN";
        let title = |name: &str| {
            let title = &kind.field(name).unwrap().title;
            if zh { title.zh.clone() } else { title.en.clone() }
        };
        let mut row = vec![Cell::Empty; given.heads.len()];
        let level = match &kind.field("level").unwrap().shape {
            anlan_law::kind::Shape::Choice { options } => options[0].title.clone(),
            _ => panic!("a choice"),
        };
        for (name, value) in [
            ("title", format!("表格带来的 {lang}")),
            ("category", "network".to_owned()),
            ("level", if zh { level.zh.clone() } else { level.en.to_uppercase() }),
            ("handling", "at_once".to_owned()),
            ("happened", "2026年11月20日 9时05分".to_owned()),
        ] {
            row[column(&given, &title(name))] = Cell::text(value);
        }
        let hints = given.rows[0].cells.iter().map(Cell::text).collect();
        let back = Sheet { heads: given.heads.clone(), rows: vec![hints, row], ..Sheet::default() };
        let before = hazards(&house).await.len();
        let review = reviewed(&house, &teacher, &sheet::xlsx(&[back], Instant(0)).unwrap()).await;
        assert_eq!(hazards(&house).await.len(), before, "nothing is stored before the word");
        let page = house.get(&review, &teacher).await;
        assert!(page.text().contains("表格带来的"), "{}", page.text());
        let done = house.post(&format!("{review}/keep"), &teacher, &[("take", "all")]).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, review.as_str()), "{}", done.text());
        assert_eq!(hazards(&house).await.len(), before + 1);
        assert!(house.get(&review, &teacher).await.text().contains("/r/YH-2026-000"));
        house.post(&format!("{review}/keep"), &teacher, &[("take", "all")]).await;
        assert_eq!(hazards(&house).await.len(), before + 1, "a second press does nothing");
    }
    let newest = hazards(&house).await.remove(0);
    assert_eq!((newest.unit, newest.happened.to_civil().get(..16)), (staff.schools[0], Some("2026-11-20 09:05")));
    assert_eq!(count_of(&house, "list.import").await, 2);
    assert_eq!(house.ledger.check_projections().await.unwrap(), Vec::<String>::new());
}

fn csv(lines: &[&str]) -> Vec<u8> {
    lines.join("\n").into_bytes()
}

#[tokio::test]
async fn each_row_is_new_changed_the_same_or_wrong_with_its_cell_and_reason() {
    let (house, staff) = office().await;
    let number = hazard(&house, &staff.teacher, "旧名").await;
    let foreign = hazard(&house, &staff.other, "二中的").await;
    let teacher = house.session_of("laoshi").await;
    let kinds = house.ledger.kinds();
    let kind = kinds.get("hazard").unwrap();
    let heads = ["title", "category", "level", "handling", "happened"].map(|name| kind.field(name).unwrap().title.zh.clone()).join(",");
    let file = csv(&[
        &format!("编号,{heads},状态,没有的列"),
        &format!("{number},新名,,,,,待整改,"),
        &format!("{},旧名,network,,,,,", number.to_lowercase()),
        ",新的,network,general,at_once,2026-11-20 09:00,,x",
        ",坏日期,network,general,at_once,2026-02-30,,",
        ",坏选项,魔法,general,at_once,2026-11-20 09:00,,",
        ",,network,general,at_once,2026-11-20 09:00,,",
        &format!("{foreign},别校的,,,,,,"),
        "YH-2026-9999,没有的,,,,,,",
    ]);
    let review = reviewed(&house, &teacher, &file).await;
    for (lang, words) in [
        (
            "zh-CN",
            ["不能导入 <span class=\"count\">6", "F5", "C6", "魔法", "旧名", "没有的列", "状态", "与第 2 行的编号相同", "没有这条记录"],
        ),
        (
            "en",
            [
                "Cannot be imported <span class=\"count\">6",
                "F5",
                "C6",
                "魔法",
                "旧名",
                "没有的列",
                "状态",
                "The same number as in row 2",
                "no such record",
            ],
        ),
    ] {
        let page = house.get_in(&review, &teacher, lang).await;
        for word in words {
            assert!(page.text().contains(word), "{lang} {word}: {}", page.text());
        }
        assert!(!page.text().contains("‹"), "every text is there: {}", page.text());
    }
    let before = house.acts().await.len();
    let all = house.post(&format!("{review}/keep"), &teacher, &[("take", "all"), ("reason", "改名")]).await;
    assert_eq!(all.status, StatusCode::UNPROCESSABLE_ENTITY);
    let silent = house.post(&format!("{review}/keep"), &teacher, &[("take", "good"), ("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "a correction has a reason");
    assert_eq!(house.acts().await.len(), before, "nothing was stored");
    house.post(&format!("{review}/keep"), &teacher, &[("take", "good"), ("reason", "改名")]).await;
    let rows = hazards(&house).await;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows.iter().find(|row| row.number == number).unwrap().title, "新名");
    assert_eq!(rows.iter().find(|row| row.number == foreign).unwrap().title, "二中的");
    let history = house.ledger.history(&house.ledger.rights_of("laoshi"), &number).await.unwrap().unwrap();
    assert_eq!(history.last().unwrap().reason.as_deref(), Some("改名"));
    let page = house.get(&review, &teacher).await;
    assert!(page.text().contains("新建 1 条") && page.text().contains("更正 1 条"), "{}", page.text());
    // The same file again opens nothing twice.
    let again = reviewed(&house, &teacher, &file).await;
    house.post(&format!("{again}/keep"), &teacher, &[("take", "good"), ("reason", "改名")]).await;
    assert_eq!(hazards(&house).await.len(), 3);
    assert!(house.get(&again, &teacher).await.text().contains("此前已新建 1 条"));
}

#[tokio::test]
async fn a_record_that_changed_since_the_preview_is_told_and_left() {
    let (house, staff) = office().await;
    let number = hazard(&house, &staff.teacher, "旧名").await;
    let teacher = house.session_of("laoshi").await;
    let title = house.ledger.kinds().get("hazard").unwrap().field("title").unwrap().title.zh.clone();
    let review = reviewed(&house, &teacher, &csv(&[&format!("编号,{title}"), &format!("{number},表格的名")])).await;
    let rights = house.ledger.rights_of("laoshi");
    let note = Command::Note { text: "又看了一次".into() };
    house.ledger.act_on(&rights, &number, None, note).await.unwrap();
    house.post(&format!("{review}/keep"), &teacher, &[("take", "all"), ("reason", "改名")]).await;
    assert_eq!(hazards(&house).await[0].title, "旧名");
    assert!(house.get(&review, &teacher).await.text().contains("未导入 1 条"));
}

#[tokio::test]
async fn names_stand_for_people_and_units_where_they_are_plain() {
    let (house, staff) = office().await;
    let system = house.ledger.rights_of(house::USER);
    for phone in ["010-12345671", "010-12345672"] {
        let twin = NewPerson { name: "王芳".into(), unit: staff.schools[0], phone: phone.into(), email: String::new(), account: None };
        house.ledger.add_person(&system, &twin).await.unwrap();
    }
    let officer = house.session_of("keyuan").await;
    let kinds = house.ledger.kinds();
    let kind = kinds.get("task").unwrap();
    let heads = ["title", "text", "owner", "units"].map(|name| kind.field(name).unwrap().title.zh.clone()).join(",");
    let file = csv(&[
        &heads,
        "一,内容,一中信息老师（演示）,第一初级中学（演示）、城关小学（演示）",
        "二,内容,王芳,",
        "三,内容,没有这人,",
        "四,内容,,没有这校",
        &format!("五,内容,{},{}", staff.teacher.id, staff.schools[2]),
    ]);
    let answer = bring(&house, &officer, "/records/task/import", "任务.csv", &file).await;
    let review = answer.location().to_owned();
    let page = house.get(&review, &officer).await;
    for word in ["叫“王芳”的不止一人", "没有这个人：没有这人", "没有这个单位：没有这校"] {
        assert!(page.text().contains(word), "{word} {}", page.text());
    }
    house.post(&format!("{review}/keep"), &officer, &[("take", "good")]).await;
    let ask = ListAsk { kind: Some("task".into()), ..ListAsk::default() };
    let rows = house.ledger.list(&house.ledger.rights_of("keyuan"), &ask).await.unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["五", "一"]);
    let first = house.ledger.record(&house.ledger.rights_of("keyuan"), &rows[1].number).await.unwrap().unwrap().record;
    assert_eq!(first.values["owner"], staff.teacher.id.to_string());
    assert_eq!(first.values["units"], format!("[\"{}\",\"{}\"]", staff.schools[0], staff.schools[2]));
}

#[tokio::test]
async fn what_is_no_sheet_is_told_and_nothing_is_kept() {
    let (house, _) = office().await;
    let teacher = house.session_of("laoshi").await;
    let before = house.acts().await.len();
    let large = vec![b'x'; sheet::BYTES_IN + 1];
    let cases: [(&[u8], StatusCode, &str, &str); 6] = [
        (b"", StatusCode::UNPROCESSABLE_ENTITY, "表里没有内容", "Nothing stands"),
        (b"\x89PNG\r\n\x1a\n\0\0", StatusCode::UNPROCESSABLE_ENTITY, "不是 XLSX", "no XLSX"),
        (&[0xd0, 0xcf, 0x11, 0xe0], StatusCode::UNPROCESSABLE_ENTITY, "旧的 XLS", "old XLS"),
        (b"a,b\n1,2\n", StatusCode::UNPROCESSABLE_ENTITY, "没有认识的表头", "No head"),
        ("编号,编号,title\n,,x\n".as_bytes(), StatusCode::UNPROCESSABLE_ENTITY, "有两列都是", "Two columns"),
        (&large, StatusCode::PAYLOAD_TOO_LARGE, "超过 8 MiB", "larger than 8 MiB"),
    ];
    for (bytes, status, zh, _) in cases {
        let answer = bring(&house, &teacher, "/records/hazard/import", "a.csv", bytes).await;
        assert_eq!(answer.status, status, "{zh}");
        assert!(answer.text().contains(zh), "{zh}: {}", answer.text());
    }
    assert_eq!(house.acts().await.len(), before);
}

#[tokio::test]
async fn only_who_may_open_a_record_brings_a_sheet_and_only_they_see_it() {
    let (house, staff) = office().await;
    house.ledger.grant(&house.ledger.rights_of("anquan"), staff.audit.id, Role::Audit, staff.bureau).await.ok();
    let (teacher, auditor) = (house.session_of("laoshi").await, house.session_of("shenji").await);
    for path in ["/records/hazard/import", "/records/hazard/import/template.xlsx", "/records/no-such/import"] {
        assert_eq!(house.get(path, &auditor).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let file = csv(&["title,category,level,handling,happened", "甲,network,general,at_once,2026-11-20 09:00"]);
    assert_eq!(bring(&house, &auditor, "/records/hazard/import", "a.csv", &file).await.status, StatusCode::NOT_FOUND);
    let forged = Person { token: "0".repeat(64), ..teacher.clone() };
    assert_eq!(bring(&house, &forged, "/records/hazard/import", "a.csv", &file).await.status, StatusCode::FORBIDDEN);
    let review = reviewed(&house, &teacher, &file).await;
    let other = house.session_of("erzhong").await;
    for path in [review.clone(), format!("{review}?show=wrong&from=9999999")] {
        assert!(house.get(&path, &other).await.status == StatusCode::NOT_FOUND);
    }
    assert_eq!(house.post(&format!("{review}/keep"), &other, &[("take", "all")]).await.status, StatusCode::NOT_FOUND);
    house.clock.advance_seconds(1_900);
    let teacher = house.session_of("laoshi").await;
    house.clock.advance_seconds(1_800);
    assert_eq!(house.get(&review, &teacher).await.status, StatusCode::NOT_FOUND, "an hour has passed");
    assert_eq!(hazards(&house).await.len(), 0);
}
