//! 下发 → 签收 → 填报 → 退回补正 → 催办、督办 → 汇总 → 通报, through the console: one task to eighty schools, pictures due on a Friday at 12:00; three late,
//! two returned. What the pages count, what is on whose list, and the summary as a spreadsheet are held against what was done.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use anlan_base::parse_time;
use anlan_law::kind::Role;
use anlan_ledger::engine::UnitId;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use house::staff::Worker;
use house::{Answer, HOST, House, Person};

const SCHOOLS: usize = 80;
/// By place in [`Loop::schools`].
const LATE: [usize; 3] = [7, 41, 79];
const RETURNED: [usize; 2] = [4, 5];
const TASK: &str = "RW-2026-0001";
const TITLE: &str = "网络安全宣传周活动图片报送";

struct School {
    unit: UnitId,
    name: String,
    head: Worker,
    teacher: Worker,
    /// The number of its answer.
    answer: String,
}

struct Loop {
    house: House,
    bureau: UnitId,
    officer: Worker,
    chief: Worker,
    schools: Vec<School>,
}

fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// A form with files, as a browser sends it.
async fn send(house: &House, path: &str, person: &Person, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
    const EDGE: &str = "edge-of-a-part";
    let mut body = Vec::new();
    for (name, value) in [("token", person.token.as_str())].iter().chain(fields) {
        body.extend(format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, file, bytes) in files {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: image/png");
        body.extend(format!("--{EDGE}\r\n{head}\r\n\r\n").bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{EDGE}--\r\n").bytes());
    let request = Request::post(path)
        .header(header::HOST, HOST)
        .header(header::COOKIE, &person.cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT_LANGUAGE, "zh-CN")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"));
    house.ask(request.body(Body::from(body)).unwrap()).await
}

/// Words of a page without its tags.
fn words(html: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                words.push(' ');
            }
            _ if !inside => words.push(c),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A picture of one dot, different for each school.
fn picture(school: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    bytes.extend(format!("school {school}").bytes());
    bytes
}

impl Loop {
    /// A bureau with its schools; each has a head and a teacher who does the work.
    async fn new() -> Self {
        let house = House::new_at("2026-11-23T09:00:00+08:00").await;
        house.first_run().await;
        let system = house.ledger.rights_of(house::USER);
        let bureau = house.ledger.directory().root().unwrap().id;
        house.ledger.rename_unit(&system, bureau, "清源县教育局", "").await.unwrap();
        let security = house.worker("anquan", "安全管理员", bureau).await;
        house.ledger.grant(&system, security.id, Role::Security, bureau).await.unwrap();
        let officer = house.worker("keyuan", "科员", bureau).await;
        let chief = house.worker("juzhang", "局长", bureau).await;
        let grants = house.ledger.rights_of(security.account);
        house.ledger.grant(&grants, officer.id, Role::Handler, bureau).await.unwrap();
        // Who began alone was given the daily work too; now others do it.
        let first = house.ledger.directory().person_of(house::USER).unwrap();
        for role in [Role::Handler, Role::Duty] {
            house.ledger.revoke(&grants, first, role, bureau).await.unwrap();
        }
        house.ledger.set_head(&grants, bureau, Some(chief.id)).await.unwrap();
        let mut schools = Vec::new();
        for nth in 1..=SCHOOLS {
            let name = format!("第{nth}学校");
            let unit = house.ledger.add_unit(&system, &name, "", Some(bureau)).await.unwrap();
            let head = house.worker(kept(format!("xiaozhang{nth}")), &format!("校长{nth}"), unit).await;
            let teacher = house.worker(kept(format!("laoshi{nth}")), &format!("老师{nth}"), unit).await;
            house.ledger.set_head(&grants, unit, Some(head.id)).await.unwrap();
            house.ledger.grant(&grants, teacher.id, Role::Handler, unit).await.unwrap();
            schools.push(School { unit, name, head, teacher, answer: String::new() });
        }
        Self { house, bureau, officer, chief, schools }
    }

    /// Time goes on, and what it brings is done.
    async fn until(&self, time: &str) {
        self.house.clock.set(parse_time(&format!("2026-{time}:00+08:00")).unwrap());
        loop {
            let ticked = self.house.ledger.tick().await.unwrap();
            assert!(ticked.failed.is_empty(), "{:?}", ticked.failed);
            if !ticked.more {
                return;
            }
        }
    }

    async fn as_who(&self, who: &Worker) -> Person {
        self.house.session_of(who.account).await
    }

    async fn page(&self, path: &str, who: &Worker) -> Answer {
        let person = self.as_who(who).await;
        self.house.get_in(path, &person, "zh-CN").await
    }

    async fn text(&self, path: &str, who: &Worker) -> String {
        let page = self.page(path, who).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        words(page.text())
    }

    /// Sends a form that must be taken.
    async fn act(&self, who: &Worker, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> String {
        let person = self.as_who(who).await;
        let answer = send(&self.house, path, &person, fields, files).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", words(answer.text()));
        answer.location().to_owned()
    }

    async fn make(&self, who: &Worker, number: &str, name: &str, fields: &[(&str, &str)]) {
        self.act(who, &format!("/r/{number}/do/{name}"), fields, &[]).await;
    }

    /// The totals on the task's page: state to how many.
    async fn totals(&self) -> BTreeMap<String, usize> {
        let page = self.page(&format!("/r/{TASK}"), &self.officer).await;
        let line = page.text().split("<p class=\"headline\">").nth(1).expect("totals").split("</p>").next().unwrap().to_owned();
        let each = line.split("</span>").map(words).filter(|one| !one.is_empty());
        each.map(|one| one.split_once(' ').map(|(n, state)| (state.to_owned(), n.parse().unwrap())).unwrap()).collect()
    }

    async fn expect(&self, totals: &[(&str, usize)]) {
        let totals: BTreeMap<String, usize> = totals.iter().map(|(state, n)| ((*state).to_owned(), *n)).collect();
        assert_eq!(self.totals().await, totals);
        assert_eq!(totals.values().sum::<usize>(), SCHOOLS);
    }

    /// Numbers on somebody's list.
    async fn todo(&self, who: &Worker, view: &str) -> BTreeSet<String> {
        let rights = self.house.ledger.rights_of(who.account);
        let mut numbers = BTreeSet::new();
        let mut path = format!("/todo?view={view}");
        loop {
            let page = self.page(&path, who).await;
            let text = page.text();
            numbers.extend(text.split("href=\"/r/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
            let Some(next) = text.split("rel=\"next\"").next().filter(|_| text.contains("rel=\"next\"")) else { break };
            path = next.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        }
        assert!(rights.person.is_some());
        numbers
    }

    /// Fills in and hands in, with a picture.
    async fn hand_in(&self, nth: usize) {
        let school = &self.schools[nth];
        let answer = format!("开展活动，第{}次报送", nth + 1);
        let file = format!("活动{}.png", nth + 1);
        let picture = picture(nth);
        let path = format!("/r/{}/do/fill", school.answer);
        self.act(&school.teacher, &path, &[("f.answer", &answer)], &[("f.pictures", &file, &picture)]).await;
        // The form of the next step carries what is there; here it is sent as that form sends it.
        let person = self.as_who(&school.teacher).await;
        let form = self.house.get_in(&format!("/r/{}/do/submit_pictures", school.answer), &person, "zh-CN").await;
        let kept = form.text().split("name=\"f.pictures.kept\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let kept = kept.replace("&#34;", "\"").replace("&quot;", "\"");
        self.make(&school.teacher, &school.answer, "submit_pictures", &[("f.answer", &answer), ("f.pictures.kept", &kept)]).await;
    }

    async fn others(&self) -> Vec<usize> {
        (0..SCHOOLS).filter(|nth| !LATE.contains(nth)).collect()
    }
}

#[tokio::test]
async fn one_task_goes_to_eighty_schools_and_comes_back_as_one_sheet() {
    let mut all = Loop::new().await;
    send_down(&mut all).await;
    receive(&all).await;
    most_hand_in(&all).await;
    take_and_return(&all).await;
    urge(&all).await;
    the_day_passes(&all).await;
    late_ones_hand_in(&all).await;
    sum_up_and_circulate(&all).await;
    sheet(&all).await;
    history(&all).await;
}

async fn send_down(all: &mut Loop) {
    let fields = [("f.title", TITLE), ("f.text", "各校报送宣传周活动图片。"), ("f.wants", "pictures"), ("f.due", "2026-11-27")];
    let at = all.act(&all.officer, "/records/task/new", &fields, &[]).await;
    assert!(at.starts_with(&format!("/r/{TASK}")), "{at}");
    let units: Vec<String> = all.schools.iter().map(|school| school.unit.to_string()).collect();
    let mut fields = vec![("f.wants", "pictures"), ("f.due", "2026-11-27"), ("f.sum_by", "2026-12-02"), ("f.doc_no", "清教网〔2026〕8号")];
    fields.extend(units.iter().map(|unit| ("f.units", unit.as_str())));
    all.make(&all.officer, TASK, "issue", &fields).await;
    all.expect(&[("待签收", SCHOOLS)]).await;
    for nth in 0..SCHOOLS {
        let school = &all.schools[nth];
        let todo = all.todo(&school.teacher, "").await;
        assert_eq!(todo.len(), 1, "{}", school.name);
        all.schools[nth].answer = todo.into_iter().next().unwrap();
    }
    let numbers: BTreeSet<&str> = all.schools.iter().map(|school| school.answer.as_str()).collect();
    assert_eq!(numbers.len(), SCHOOLS, "each has one of its own");
    let [one, other] = [&all.schools[0], &all.schools[1]];
    let text = all.text(&format!("/r/{}", one.answer), &one.teacher).await;
    assert!(text.contains("2026-11-27 12:00"), "due at noon: {text}");
    for who in [&one.teacher, &one.head] {
        for path in [
            format!("/r/{}", other.answer),
            format!("/r/{}/do/receive", other.answer),
            format!("/r/{}/print/answer", other.answer),
            format!("/r/{TASK}"),
            format!("/r/{TASK}/summary.xlsx"),
        ] {
            assert_eq!(all.page(&path, who).await.status, StatusCode::NOT_FOUND, "{path} for {}", who.account);
        }
        let list = all.text("/records/task-answer", who).await;
        assert!(list.contains(&one.answer) && !list.contains(&other.answer), "{list}");
    }
    let person = all.as_who(&one.teacher).await;
    let foreign = send(&all.house, &format!("/r/{}/do/receive", other.answer), &person, &[], &[]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

async fn receive(all: &Loop) {
    all.until("11-23T14:30").await;
    for school in &all.schools {
        all.make(&school.teacher, &school.answer, "receive", &[]).await;
    }
    all.expect(&[("待填报", SCHOOLS)]).await;
}

async fn most_hand_in(all: &Loop) {
    all.until("11-24T10:00").await;
    let others = all.others().await;
    for nth in &others {
        all.hand_in(*nth).await;
    }
    all.expect(&[("待填报", 3), ("已报送待审核", 77)]).await;
    let to_check: BTreeSet<String> = others.iter().map(|nth| all.schools[*nth].answer.clone()).collect();
    let officers = all.todo(&all.officer, "").await;
    assert!(to_check.is_subset(&officers) && officers.len() == 78, "77 to look at, and the task itself: {}", officers.len());
    for (nth, school) in all.schools.iter().enumerate() {
        assert_eq!(all.todo(&school.teacher, "").await.is_empty(), !LATE.contains(&nth), "{}", school.name);
    }
    // What a school handed in is seen by itself and the bureau.
    let (one, other) = (&all.schools[0], &all.schools[1]);
    let page = all.page(&format!("/r/{}", one.answer), &one.teacher).await;
    let file = page.text().split(&format!("/r/{}/files/", one.answer)).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/r/{}/files/{file}", one.answer);
    assert_eq!(all.page(&path, &one.teacher).await.body, picture(0));
    assert_eq!(all.page(&path, &all.officer).await.body, picture(0));
    assert_eq!(all.page(&path, &other.teacher).await.status, StatusCode::NOT_FOUND);
    let own = format!("/r/{}/files/{file}", other.answer);
    assert_eq!(all.page(&own, &other.teacher).await.status, StatusCode::NOT_FOUND, "nor under a number of one's own");
}

async fn take_and_return(all: &Loop) {
    all.until("11-25T09:30").await;
    for nth in RETURNED {
        let what = [("f.redo_what", "图片不清晰，重拍"), ("reason", "图片不清晰")];
        all.make(&all.officer, &all.schools[nth].answer, "send_back", &what).await;
    }
    let good = all.others().await.into_iter().filter(|nth| !RETURNED.contains(nth));
    let numbers: Vec<&str> = good.map(|nth| all.schools[nth].answer.as_str()).collect();
    let mut fields: Vec<(&str, &str)> = numbers.iter().map(|number| ("number", *number)).collect();
    fields.extend([("verb", "do:accept"), ("reason", "符合要求"), ("back", "/records/task-answer")]);
    let person = all.as_who(&all.officer).await;
    let answer = all.house.post("/records/task-answer/bulk", &person, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().contains("bulk%3A75%3A0"), "{}", answer.location());
    all.expect(&[("待填报", 3), ("已采用", 75), ("退回补正", 2)]).await;
    for nth in RETURNED {
        let school = &all.schools[nth];
        let text = all.text(&format!("/r/{}", school.answer), &school.teacher).await;
        // A new clock: two working days.
        assert!(text.contains("补正") && text.contains("2026-11-27 23:59") && text.contains("图片不清晰，重拍"), "{text}");
        assert_eq!(all.todo(&school.teacher, "").await, BTreeSet::from([school.answer.clone()]));
    }
    all.until("11-26T09:00").await;
    for nth in RETURNED {
        all.hand_in(nth).await;
    }
    all.expect(&[("待填报", 3), ("已报送待审核", 2), ("已采用", 75)]).await;
}

async fn urge(all: &Loop) {
    all.until("11-26T16:00").await;
    let at = all.act(&all.officer, &format!("/r/{TASK}/urge-missing"), &[("text", "请于27日12时前报送")], &[]).await;
    assert!(at.contains("urged:3"), "what was handed in is not missing: {at}");
    for nth in LATE {
        let school = &all.schools[nth];
        let text = all.text(&format!("/r/{}", school.answer), &school.teacher).await;
        assert!(text.contains("已催办") && text.contains("请于27日12时前报送"), "{text}");
    }
    for nth in RETURNED {
        all.make(&all.officer, &all.schools[nth].answer, "accept", &[]).await;
    }
    all.expect(&[("待填报", 3), ("已采用", 77)]).await;
}

async fn the_day_passes(all: &Loop) {
    all.until("11-27T12:00").await;
    assert!(all.todo(&all.schools[LATE[0]].teacher, "late").await.is_empty(), "12:00 is in time");
    all.until("11-27T12:01").await;
    for nth in LATE {
        let school = &all.schools[nth];
        let only = BTreeSet::from([school.answer.clone()]);
        assert_eq!(all.todo(&school.teacher, "late").await, only, "{}", school.name);
        assert_eq!(all.todo(&school.head, "late").await, only, "it went up to the head of {}", school.name);
        let verb = format!("/r/{}/act/supervise", school.answer);
        all.act(&all.chief, &verb, &[("text", "逾期未报，限今日报送")], &[]).await;
        assert!(all.text(&format!("/r/{}", school.answer), &school.head).await.contains("督办"));
    }
    assert!(all.todo(&all.schools[0].head, "").await.is_empty());
    assert!(all.todo(&all.chief, "late").await.is_empty(), "not yet to the head above");
    // The day after is counted to its end.
    all.until("11-29T08:00").await;
    let up: BTreeSet<String> = LATE.iter().map(|nth| all.schools[*nth].answer.clone()).collect();
    assert_eq!(all.todo(&all.chief, "late").await, up, "a day later it is");
}

async fn late_ones_hand_in(all: &Loop) {
    all.until("11-30T10:00").await;
    for nth in LATE {
        all.hand_in(nth).await;
        let school = &all.schools[nth];
        assert!(all.todo(&school.head, "").await.is_empty() && all.todo(&school.teacher, "").await.is_empty());
    }
    all.expect(&[("已报送待审核", 3), ("已采用", 77)]).await;
    for nth in LATE {
        let number = &all.schools[nth].answer;
        all.make(&all.officer, number, "accept", &[("f.remark", "迟报")]).await;
        assert!(all.text(&format!("/r/{number}"), &all.officer).await.contains("曾逾期"), "it stays in sight");
    }
    all.expect(&[("已采用", SCHOOLS)]).await;
}

async fn sum_up_and_circulate(all: &Loop) {
    all.until("12-01T15:00").await;
    let totals = [("f.totals.0.item", "报送学校"), ("f.totals.0.count", "80"), ("f.totals.1.item", "其中迟报"), ("f.totals.1.count", "3")];
    let mut fields = vec![("f.summary", "80 所学校全部报送，3 所迟报，2 所退回补正。")];
    fields.extend(totals);
    all.make(&all.officer, TASK, "sum", &fields).await;
    let circular = [("f.circular_title", "关于宣传周活动报送情况的通报"), ("f.circular", "第8、42、80学校迟报，予以通报。")];
    all.make(&all.officer, TASK, "circulate", &circular).await;
    let text = all.text(&format!("/r/{TASK}"), &all.officer).await;
    assert!(text.contains("已办结"), "{text}");
    let list = all.text("/records/document", &all.officer).await;
    assert!(list.contains("关于宣传周活动报送情况的通报"), "{list}");
    let number = list.split_whitespace().find(|word| word.starts_with("FW-2026-")).unwrap().to_owned();
    let document = all.text(&format!("/r/{number}"), &all.officer).await;
    assert!(document.contains(TASK) && document.contains("予以通报"), "the circular says which task it is about: {document}");
    assert!(!all.todo(&all.officer, "").await.contains(TASK));
    let print = all.text(&format!("/r/{TASK}/print/summary"), &all.officer).await;
    assert!(["任务汇总表", "其中迟报", "80 所学校全部报送", "汇总人"].iter().all(|words| print.contains(words)), "{print}");
}

async fn sheet(all: &Loop) {
    let file = all.page(&format!("/r/{TASK}/summary.xlsx"), &all.officer).await;
    assert_eq!(file.status, StatusCode::OK);
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(file.body.to_vec())).unwrap();
    let range = book.worksheet_range("汇总").unwrap();
    let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(told).collect()).collect();
    let at = |head: &str| rows[0].iter().position(|found| found == head).unwrap_or_else(|| panic!("{head} in {:?}", rows[0]));
    let rest = &rows[1..];
    assert_eq!(rest.len(), SCHOOLS + 1, "a row for each school, and the sums");
    for (nth, school) in all.schools.iter().enumerate() {
        let row = rest.iter().find(|row| row[at("编号")] == school.answer).unwrap_or_else(|| panic!("{}", school.answer));
        let (late, returned) = (LATE.contains(&nth), RETURNED.contains(&nth));
        let ended = match (late, returned) {
            (true, _) => "2026-11-30T10:00",
            (_, true) => "2026-11-26T16:00",
            _ => "2026-11-25T09:30",
        };
        let expected = [
            ("单位", school.name.clone()),
            ("状态", "已采用".to_owned()),
            ("办结时间", ended.to_owned()),
            ("曾逾期", if late { "是" } else { "" }.to_owned()),
            ("退回次数", usize::from(returned).to_string()),
            ("催办次数", if late { "2" } else { "0" }.to_owned()),
            ("任务名称", TITLE.to_owned()),
            ("报送期限", "2026-11-27".to_owned()),
            ("报送内容", format!("开展活动，第{}次报送", nth + 1)),
            ("图片", format!("活动{}.png", nth + 1)),
            ("填报人", format!("老师{}", nth + 1)),
        ];
        for (head, value) in expected {
            assert_eq!(row[at(head)], value, "{head} of {}", school.name);
        }
    }
    let sums = rest.last().unwrap();
    assert_eq!((sums[0].as_str(), sums[at("退回次数")].as_str(), sums[at("催办次数")].as_str()), ("合计", "2", "6"));
    let missing = book.worksheet_range("未办结").unwrap();
    assert_eq!(missing.rows().count(), 1, "nobody is missing any more");
}

/// A cell as one would read it.
fn told(cell: &Data) -> String {
    match cell {
        Data::DateTime(at) => {
            let minutes = (at.as_f64() * 1_440.0).round() as u64;
            // Days since 1899-12-30 to days since 1970-01-01.
            let seconds = (minutes / 1_440 - 25_569) * 86_400 + minutes % 1_440 * 60;
            let civil = anlan_base::Instant::from_unix_seconds(seconds - 8 * 3_600).to_civil().replace(' ', "T");
            civil.chars().take(if minutes.is_multiple_of(1_440) { 10 } else { 16 }).collect()
        }
        Data::Float(number) => format!("{number}"),
        other => other.to_string(),
    }
}

async fn history(all: &Loop) {
    let late = &all.schools[LATE[0]];
    let page = all.text(&format!("/r/{}", late.answer), &late.teacher).await;
    let history = page.split("经过").nth(1).unwrap();
    // Newest first.
    let mut at = 0;
    for step in ["已采用", "已报送", "已填报", "逾期上报：报送", "督办", "逾期上报：报送", "逾期：报送", "催办", "已签收"]
    {
        let found = history[at..].find(step).unwrap_or_else(|| panic!("{step} after {}", &history[..at]));
        at += found + step.len();
    }
    let returned = &all.schools[RETURNED[0]];
    let page = all.text(&format!("/r/{}", returned.answer), &returned.teacher).await;
    assert!(page.contains("已退回补正") && page.matches("已报送").count() >= 2, "{page}");
    let task = all.text(&format!("/r/{TASK}"), &all.officer).await;
    for step in ["已转发文通报", "已汇总", "已下发"] {
        assert!(task.contains(step), "{step}");
    }
    assert_eq!(all.page(&format!("/units/{}", all.bureau), &all.officer).await.status, StatusCode::OK);
}
