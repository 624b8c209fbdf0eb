//! A unit's own register, made by following `docs/own-register.md` to the letter: the file is taken out of the page, checked and added while the server runs;
//! then there are list, form, clocks, prints, sheets out and in, API and rights, without code, also after a restart.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

#[path = "../server/mod.rs"]
mod server;
mod visitor;

use std::path::{Path, PathBuf};
use std::process::Command;

use anlan_assure::sheet;
use anlan_base::{Clock as _, SystemClock};
use serde_json::{Value, json};
use server::https::{Answer, request};
use server::{ANLAN, Server, vkey};
use visitor::{PASSWORD, Visitor};

const FILE: &str = "room-visit.toml";

/// What the page says, block by block.
struct Guide {
    register: String,
    commands: Vec<String>,
    fault: String,
}

impl Guide {
    fn read() -> Self {
        let page = std::fs::read_to_string(server::root().join("docs/own-register.md")).unwrap();
        let blocks: Vec<&str> = page.split("```").skip(1).step_by(2).collect();
        let register = blocks.iter().find_map(|block| block.strip_prefix("toml\n")).unwrap().to_owned();
        let commands = blocks.iter().flat_map(|block| block.lines()).filter(|line| line.starts_with("anlan ")).map(str::to_owned).collect();
        let fault = blocks.iter().find(|block| block.contains("怎么办")).unwrap().trim().to_owned();
        Self { register, commands, fault }
    }

    /// A command as the page has it, typed where the file lies.
    fn command(&self, begins: &str, place: &Path) -> (i32, String) {
        let line = self.commands.iter().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("{begins} is not on the page"));
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        let out = Command::new(ANLAN).args(words).env("ANLAN_LANG", "zh").current_dir(place).output().unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status.code().unwrap(), said)
    }
}

/// The code as the server printed it: three groups of four.
fn first_run_code(said: &str) -> String {
    let is_code = |word: &&str| {
        word.len() == 14 && word.bytes().enumerate().all(|(i, b)| if i % 5 == 4 { b == b'-' } else { b.is_ascii_alphanumeric() })
    };
    said.split_whitespace().find(is_code).unwrap_or_else(|| panic!("no code in:\n{said}")).to_owned()
}

/// A moment in Beijing time, as a form sends it.
fn lately(seconds: u64) -> String {
    SystemClock.now().minus_seconds(seconds).to_civil().replace(' ', "T").chars().take(16).collect()
}

/// Somebody who works here: id, account, browser.
struct Worker<'a> {
    id: String,
    at: Visitor<'a>,
}

struct Office<'a> {
    duty: Worker<'a>,
    handler: Worker<'a>,
    second: Worker<'a>,
    elsewhere: Worker<'a>,
}

#[test]
fn a_register_is_added_by_following_the_page() {
    let guide = Guide::read();
    let temp = tempfile::tempdir().unwrap();
    let (place, dir) = (temp.path(), temp.path().join("anlan-data"));
    let server = Server::start(&dir);
    add(&guide, place);
    let mut office = settle(&dir, &server);
    let first = opened(&mut office);
    lived(&mut office, &first);
    printed(&mut office, &first);
    taken_out(&mut office, &first);
    brought_in(&mut office);
    let (token, third) = called(&dir, &server, &mut office);
    kept_apart(&dir, &server, &mut office, &first);
    server.stop();
    verified(&dir);
    let server = Server::start(&dir);
    after_restart(&dir, &server, &mut office, [&first, &third], &token);
    changed(&guide, place, &mut office, &first);
    verified(&dir);
    server.stop();
    verified(&dir);
}

/// Chapters seven and eight of the page.
fn add(guide: &Guide, place: &Path) {
    let file = place.join(FILE);
    std::fs::write(&file, guide.register.replace("to = \"gone\"", "to = \"gon\"")).unwrap();
    let (code, said) = guide.command("anlan kind lint", place);
    let bare = |text: &str| text.replace([' ', '\n'], "");
    assert_eq!(code, 1, "{said}");
    assert!(bare(&said).contains(&bare(&guide.fault)), "the page shows\n{}\nand the program says\n{said}", guide.fault);
    assert_eq!(guide.command("anlan kind add", place).0, 1, "a file with faults is not stored");
    std::fs::write(&file, &guide.register).unwrap();
    for begins in ["anlan kind lint", "anlan kind add", "anlan kind show"] {
        let (code, said) = guide.command(begins, place);
        assert_eq!(code, 0, "{begins}: {said}");
    }
}

/// Units, people and roles, on the pages.
fn settle<'a>(dir: &'a Path, server: &Server) -> Office<'a> {
    let mut admin = Visitor::new(dir, server.console);
    let code = first_run_code(&server.said());
    admin.open("/");
    admin.send("/first-run", &[("code", &code), ("name", "admin"), ("password", PASSWORD), ("again", PASSWORD)]);
    admin.enrol();
    for name in ["第一初级中学", "第二初级中学"] {
        admin.open("/units");
        admin.send("/units/add", &[("name", name), ("parent", "u1")]);
    }
    let (security, once) = admin.add_person("孙安全", "u1", "anquan");
    let people = [("值班员", "u2", "zhiban"), ("处置员", "u2", "chuzhi"), ("核对员", "u2", "hedui"), ("别校处置员", "u3", "biexiao")];
    let people = people.map(|(name, unit, account)| (admin.add_person(name, unit, account), account));
    admin.open(&format!("/people/{security}"));
    admin.send(&format!("/people/{security}/appoint"), &[("role", "security"), ("unit", "u1"), ("reason", "首任安全管理员")]);
    let mut keeper = Visitor::new(dir, server.console);
    keeper.sign_in_first("anquan", &once);
    for ((id, _), (role, unit)) in
        people.iter().map(|(who, _)| who).zip([("duty", "u2"), ("handler", "u2"), ("handler", "u2"), ("handler", "u3")])
    {
        keeper.open(&format!("/people/{id}"));
        keeper.send(&format!("/people/{id}/grant"), &[("role", role), ("unit", unit)]);
    }
    let [duty, handler, second, elsewhere] = people.map(|((id, once), account)| {
        let mut at = Visitor::new(dir, server.console);
        at.sign_in_first(account, &once);
        Worker { id, at }
    });
    Office { duty, handler, second, elsewhere }
}

/// The list, the form, and what is said where something is missing.
fn opened(office: &mut Office) -> String {
    let escort = office.handler.id.clone();
    let at = &mut office.duty.at;
    at.sees("/records", &["机房来访登记"]);
    at.sees("/records/room-visit", &["来访人", "陪同人", "/records/room-visit/new"]);
    at.sees("/records/room-visit/new", &["来访人", "单位", "联系电话", "事由", "维修", "安装调试", "具体说明", "陪同人", "进入时间"]);
    let came = lately(1_800);
    let fields = [
        ("f.visitor", "赵师傅"),
        ("f.company", "演示网络公司"),
        ("f.phone", "000-0000"),
        ("f.reason", "repair"),
        ("f.escort", escort.as_str()),
        ("f.came", came.as_str()),
    ];
    at.send_parts("/records/room-visit/new", &fields, None);
    at.shows(&["赵师傅", "演示网络公司", "维修", "在场", "离开机房"]);
    let year = &SystemClock.now().to_civil()[..4];
    let number = format!("JF-{year}-0001");
    at.shows(&[&number]);
    at.sees("/records/room-visit", &[&number, "赵师傅"]);
    number
}

/// Its clocks, and who may do what.
fn lived(office: &mut Office, number: &str) {
    let (leave, check) = (format!("/r/{number}/do/leave"), format!("/r/{number}/do/check"));
    let at = &mut office.handler.at;
    at.sees("/todo", &[number]);
    at.sees(&leave, &["离开时间", "操作内容"]);
    at.send_parts(&leave, &[("f.left", &lately(60)), ("f.done", "更换风扇")], None);
    at.shows(&["已离开，待核对", "核对登记", "登记了离开"]);
    at.open(&check);
    assert!(at.status == 409 && at.page.contains("须由另一人办理"), "no form is drawn for whoever noted the leaving: {}", at.status);
    at.try_parts(&check, &[], None);
    assert_eq!(at.status, 422, "whoever noted the leaving does not check it");
    let at = &mut office.second.at;
    at.sees(&format!("/r/{number}"), &["退回补正", "核对"]);
    at.send_parts(&check, &[], None);
    at.shows(&["已核对"]);
}

fn printed(office: &mut Office, number: &str) {
    let at = &mut office.handler.at;
    at.sees(&format!("/r/{number}/print/slip"), &["机房来访单", "赵师傅", "陪同人", "更换风扇"]);
    at.sees("/records/room-visit/print?view=all", &["机房来访登记簿", number, "演示网络公司"]);
}

fn taken_out(office: &mut Office, number: &str) {
    for ending in ["xlsx", "csv"] {
        let bytes = office.handler.at.download(&format!("/records/room-visit/list.{ending}?view=all"));
        let given = sheet::read(&bytes).unwrap();
        for head in ["编号", "来访人", "单位", "陪同人", "进入时间", "离开时间"] {
            assert!(given.heads.iter().any(|found| found == head), "{head} in {:?}", given.heads);
        }
        let row = &given.rows.iter().find(|row| row.cells[0] == number).unwrap().cells;
        assert!(row.iter().any(|cell| cell == "赵师傅") && !row.iter().any(|cell| cell.contains("000-0000")), "{row:?}");
    }
}

/// A sheet that was begun as the template, with one row that is right and one that is not; nothing is stored before the word is given.
fn brought_in(office: &mut Office) {
    let at = &mut office.duty.at;
    at.open("/records/room-visit/import");
    let heads = sheet::read(&at.download("/records/room-visit/import/template.xlsx")).unwrap().heads;
    let row = |visitor: &str, reason: &str| {
        let cell = |head: &String| match head.as_str() {
            "来访人" => visitor.to_owned(),
            "单位" => "演示集成公司".to_owned(),
            "事由" => reason.to_owned(),
            "陪同人" => "处置员".to_owned(),
            "进入时间" => lately(7_200).replace('T', " "),
            _ => String::new(),
        };
        heads.iter().map(cell).collect::<Vec<_>>().join(",")
    };
    let sheet = [heads.join(","), row("钱师傅", "安装调试"), row("孙师傅", "散步")].join("\r\n");
    at.send_parts("/records/room-visit/import", &[], Some(("来访.csv", sheet.as_bytes())));
    at.shows(&["来访.csv", "钱师傅", "孙师傅", "散步"]);
    let keep = visitor::attribute(&at.page.replace("action=\"/records", "keep=\"/records"), "keep=\"");
    let review = at.page.clone();
    assert!(!at.open("/records/room-visit").contains("钱师傅"), "nothing is stored yet");
    at.page = review;
    at.send(&keep, &[("take", "good")]);
    at.sees("/records/room-visit", &["钱师傅"]);
    assert!(!at.page.contains("孙师傅"));
}

fn call(dir: &Path, port: u16, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    let token = format!("Authorization: Bearer {token}");
    request(dir, port, method, path, &[&token, "Content-Type: application/json"], body.to_string().as_bytes()).unwrap()
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// A token of one's own, made on the page; a visit by the API.
fn called(dir: &Path, server: &Server, office: &mut Office) -> (String, String) {
    let token = token_of(&mut office.duty);
    let kind = call(dir, server.console, "GET", "/api/v1/kinds/room-visit", &token, &Value::Null);
    assert_eq!((kind.status, &json_of(&kind)["title"]["zh"]), (200, &json!("机房来访登记")));
    let values =
        json!({ "visitor": "李师傅", "company": "演示网络公司", "reason": "other", "escort": office.handler.id, "came": lately(600) });
    let path = "/api/v1/kinds/room-visit/records";
    let refused = call(dir, server.console, "POST", path, &token, &json!({ "unit": "u2", "values": values }));
    assert!(refused.status == 422 && refused.text().contains("what"), "具体说明 is missing: {}", refused.text());
    let mut values = values;
    values["what"] = json!("送备件");
    let opened = call(dir, server.console, "POST", path, &token, &json!({ "unit": "u2", "values": values }));
    assert_eq!(opened.status, 201, "{}", opened.text());
    let number = json_of(&opened)["number"].as_str().unwrap().to_owned();
    assert!(number.ends_with("-0003"), "{number}");
    (token, number)
}

fn token_of(worker: &mut Worker) -> String {
    worker.at.open("/account");
    worker.at.send("/account/tokens", &[("name", &format!("of-{}", worker.id)), ("scope", "records:read"), ("scope", "records:write")]);
    worker.at.told("secret")
}

/// Somebody of another unit: there is no such record.
fn kept_apart(dir: &Path, server: &Server, office: &mut Office, number: &str) {
    let token = token_of(&mut office.elsewhere);
    let at = &mut office.elsewhere.at;
    for path in [format!("/r/{number}"), format!("/r/{number}/print/slip"), format!("/r/{number}/do/leave")] {
        at.open(&path);
        assert_eq!(at.status, 404, "{path}");
    }
    assert!(!at.open("/records/room-visit?view=all").contains(number));
    let out = at.download("/records/room-visit/list.csv?view=all");
    assert!(sheet::read(&out).unwrap().rows.is_empty());
    let record = call(dir, server.console, "GET", &format!("/api/v1/records/{number}"), &token, &Value::Null);
    assert_eq!(record.status, 404);
    let values = json!({ "visitor": "某", "company": "某", "reason": "visit", "escort": office.handler.id, "came": lately(60) });
    let opened = call(dir, server.console, "POST", "/api/v1/kinds/room-visit/records", &token, &json!({ "unit": "u2", "values": values }));
    assert!(matches!(opened.status, 404 | 422), "{}", opened.text());
}

fn after_restart(dir: &Path, server: &Server, office: &mut Office, numbers: [&str; 2], token: &str) {
    for worker in [&mut office.duty, &mut office.handler] {
        worker.at.port = server.console;
    }
    office.handler.at.sees(&format!("/r/{}", numbers[0]), &["赵师傅", "已核对", "更换风扇"]);
    office.duty.at.sees("/records/room-visit?view=all", &[numbers[0], numbers[1], "钱师傅"]);
    let record = call(dir, server.console, "GET", &format!("/api/v1/records/{}", numbers[1]), token, &Value::Null);
    let clock = &json_of(&record)["clocks"][0];
    assert_eq!((record.status, &clock["clock"], &clock["state"]), (200, &json!("stay"), &json!("running")), "{}", record.text());
}

/// Chapter nine: the file is changed and added again; a field that is gone is still shown where it was filled.
fn changed(guide: &Guide, place: &Path, office: &mut Office, number: &str) {
    let without = guide.register.replace("title = { zh = \"操作内容\"", "title = { zh = \"所做操作\"");
    let title = "title = { zh = \"机房来访登记\"";
    std::fs::write(place.join(FILE), without.replacen(title, "title = { zh = \"机房出入登记\"", 1)).unwrap();
    for begins in ["anlan kind lint", "anlan kind add"] {
        let (code, said) = guide.command(begins, place);
        assert_eq!(code, 0, "{begins}: {said}");
    }
    office.handler.at.sees("/records", &["机房出入登记"]);
    office.handler.at.sees(&format!("/r/{number}"), &["所做操作", "更换风扇"]);
    std::fs::write(place.join(FILE), guide.register.replace("\"inside\"", "\"within\"")).unwrap();
    let (code, said) = guide.command("anlan kind add", place);
    assert!(code == 1 && said.contains("inside"), "a state that records are in stays: {said}");
}

fn verified(dir: &Path) {
    let (key, dir): (String, PathBuf) = (vkey(dir), dir.to_owned());
    let out = server::anlan(&["verify", "--key", &key, "--data", dir.to_str().unwrap()]);
    assert_eq!(server::code(&out), 0, "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
}
