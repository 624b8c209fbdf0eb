//! A hazard from its report to its printed acceptance, by people at a phone-sized browser and the real binary: a working-day clock over National Day and its
//! make-up Saturday, reminder, lateness, escalation, two people for the end; then its rows are changed by SQL, and `anlan verify` names each.
//!
//! With `TEST_PICTURES=FOLDER` the pages are kept as pictures.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

mod clock;
mod console;
#[path = "../server/mod.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anlan_law::kind::{Kind, PrintOf};
use anlan_law::pack::Lawbook;
use clock::Clock;
use console::{Console, sql};
use server::browser::Browser;
use server::{ANLAN, Ports, Server, code, vkey};

const NUMBER: &str = "YH-2026-0001";
const SCHOOL: &str = "第一初级中学";
const TITLE: &str = "实验楼配电箱未上锁";

/// Who takes part: account and name.
const CHIEF: (&str, &str) = ("juzhang", "周局长");
const HEAD: (&str, &str) = ("xiaozhang", "李校长");
const TEACHER: (&str, &str) = ("laoshi", "王老师");
const APPROVER: (&str, &str) = ("zhuren", "赵主任");
const STAFF: (&str, &str) = ("zhigong", "陈职工");

/// A server that is stopped and started again as days go by.
struct House<'a> {
    dir: PathBuf,
    ports: Ports,
    clock: &'a Clock,
    server: Option<Server>,
}

impl House<'_> {
    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// The machine is off until then.
    fn sleep_until(&mut self, time: &str) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
        self.clock.set(time);
        self.server = Some(Server::start_with(&self.dir, self.ports, &self.clock.environment()));
    }

    fn verify(&self, dir: &Path, key: &str) -> Output {
        let mut command = Command::new(ANLAN);
        command.args(["verify", "--data", dir.to_str().unwrap(), "--key", key]).env("ANLAN_LANG", "zh").envs(self.clock.environment());
        command.output().unwrap()
    }
}

#[test]
fn a_hazard_is_reported_missed_escalated_fixed_struck_off_printed_and_guarded() {
    let temp = tempfile::tempdir().unwrap();
    let downloads = temp.path().join("downloads");
    std::fs::create_dir(&downloads).unwrap();
    let Some(clock) = Clock::new(temp.path()) else { return };
    let mut house = House { dir: temp.path().join("data"), ports: Ports::free(), clock: &clock, server: None };
    house.sleep_until("2026-09-30T09:00:00+08:00");
    let Some(browser) = Browser::start(&downloads, "zh-CN") else { return };
    let pictures = std::env::var_os("TEST_PICTURES").map(PathBuf::from);
    let console = Console { browser: &browser, base: format!("https://localhost:{}", house.ports.console), clock: &clock, pictures };
    let photo = temp.path().join("现场.png");

    settle(&console, &house.server().said());
    browser.phone();
    console.open("/todo");
    browser.picture(&photo);
    report(&console, &photo);
    assign(&console);
    house.sleep_until("2026-10-26T09:00:00+08:00");
    reminded(&console);
    house.sleep_until("2026-10-28T09:00:00+08:00");
    late(&console);
    house.sleep_until("2026-10-31T09:00:00+08:00");
    above(&console);
    fix(&console, &photo);
    strike_off(&console);
    print(&console, &temp.path().join("验收单.pdf"));
    in_english(&console);
    guarded(&mut house, temp.path());
}

/// The first run, units, people and what they may.
fn settle(console: &Console<'_>, said: &str) {
    let browser = console.browser;
    browser.desktop();
    console.open("/");
    browser.fill("input[name=code]", &first_run_code(said));
    browser.fill("input[name=name]", "admin");
    browser.fill("input[name=password]", console::PASSWORD);
    browser.fill("input[name=again]", console::PASSWORD);
    console.picture("01-first-run");
    console.press("main button.act.main");
    console.enrol();
    console.open("/units/u1");
    console.send("form[action='/units/u1/change']", &[("name", "清源县教育局")]);
    console.open("/units");
    console.send("form[action='/units/add']", &[("name", SCHOOL), ("parent", "u1")]);
    assert_eq!(console.wrong(), "");
    let (security, once) = console.add_person("孙安全", "u1", "anquan");
    let everyone = [(CHIEF, "u1"), (HEAD, "u2"), (TEACHER, "u2"), (APPROVER, "u2"), (STAFF, "u2")];
    let everyone = everyone.map(|((account, name), unit)| (account, console.add_person(name, unit, account)));
    console.picture("02-person");
    console.open(&format!("/people/{security}"));
    console
        .send(&format!("form[action='/people/{security}/appoint']"), &[("role", "security"), ("unit", "u1"), ("reason", "首任安全管理员")]);
    assert_eq!(console.wrong(), "");
    console.open("/people");
    console.picture("03-people");

    console.sign_in_first("anquan", &once);
    console.enrol();
    let id = |account: &str| everyone.iter().find(|(name, _)| *name == account).unwrap().1.0.clone();
    for (unit, head) in [("u1", CHIEF), ("u2", HEAD)] {
        console.open(&format!("/units/{unit}"));
        console.send(&format!("form[action='/units/{unit}/head']"), &[("head", &id(head.0))]);
        assert_eq!(console.wrong(), "");
    }
    for (who, role) in [(TEACHER, "handler"), (APPROVER, "approver"), (STAFF, "staff")] {
        console.grant(&id(who.0), role, "u2");
    }
    for (account, (_, once)) in &everyone {
        console.sign_in_first(account, once);
        browser.wait_for("nav.rail");
    }
}

/// The code as the server printed it: three groups of four.
fn first_run_code(said: &str) -> String {
    let is_code = |word: &&str| {
        word.len() == 14 && word.bytes().enumerate().all(|(i, b)| if i % 5 == 4 { b == b'-' } else { b.is_ascii_alphanumeric() })
    };
    said.split_whitespace().find(is_code).unwrap_or_else(|| panic!("no code in:\n{said}")).to_owned()
}

fn report(console: &Console<'_>, photo: &Path) {
    let browser = console.browser;
    console.sign_in(STAFF.0);
    console.open("/records/hazard");
    console.whole_picture("04-hazards-empty");
    browser.click("a[href='/records/hazard/new']");
    browser.fill("[name='f.title']", TITLE);
    browser.put("[name='f.happened']", "2026-09-30T08:40");
    browser.fill("[name='f.place']", "实验楼二层东侧");
    browser.put("[name='f.category']", "room");
    browser.put("[name='f.level']", "larger");
    browser.put("[name='f.handling']", "planned");
    browser.put("[name='f.found_how']", "staff");
    browser.fill("[name='f.what']", "配电箱门锁损坏，学生可以打开。");
    browser.upload("[name='f.before']", photo);
    console.whole_picture("05-report");
    console.press("form[action='/records/hazard/new'] button.act.main");
    assert!(console.path().starts_with(&format!("/r/{NUMBER}")), "{}: {}", console.path(), console.wrong());
    // One working day from the eve of National Day is the first day after it.
    assert!(browser.text(".clocks").contains("2026-10-08 23:59"), "{}", browser.text(".clocks"));
    let text = console.text();
    assert!(text.contains("现场.png") && text.contains(TEACHER.1), "{text}");
    assert!(browser.exists(".moves button[disabled]"), "a member of staff does not assign:\n{text}");
    console.whole_picture("06-reported");
    browser.script("document.querySelector('img.picture').scrollIntoView()");
    let seen = "const i = document.querySelector('img.picture'); return i.complete && i.naturalWidth > 0";
    wait_until(|| browser.script(seen) == serde_json::Value::Bool(true), "the photo is shown");
}

fn wait_until(done: impl Fn() -> bool, what: &str) {
    let begun = std::time::Instant::now();
    while !done() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{what}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

fn assign(console: &Console<'_>) {
    let browser = console.browser;
    console.sign_in(TEACHER.0);
    console.open("/todo");
    assert!(console.text().contains(TITLE), "{}", console.text());
    console.whole_picture("07-todo");
    browser.click(&format!("a[href='/r/{NUMBER}']"));
    browser.wait_for(".moves");
    console.open(&format!("/r/{NUMBER}/do/assign"));
    console.choose("[name='f.owner']", TEACHER.1);
    console.choose("[name='f.watcher']", TEACHER.1);
    browser.fill("[name='f.measure']", "更换门锁，钥匙专人保管");
    browser.fill("[name='f.watch_measure']", "每日巡查两次，门口设警示牌");
    browser.put("[name='f.deadline']", "2026-10-28");
    console.press(&format!("form[action='/r/{NUMBER}/do/assign'] button.act.main"));
    // Fifteen working days: the holiday does not count, Saturday the 10th of October does.
    assert!(console.wrong().contains("2026-10-27"), "{}", console.wrong());
    console.whole_picture("08-too-late");
    let measure = browser.script("return document.querySelector(\"[name='f.measure']\").value");
    assert_eq!(measure, "更换门锁，钥匙专人保管", "what was typed stands there still");
    browser.put("[name='f.deadline']", "2026-10-27");
    console.press(&format!("form[action='/r/{NUMBER}/do/assign'] button.act.main"));
    assert_eq!(console.wrong(), "");
    assert!(browser.text(".clocks").contains("2026-10-27 23:59"), "{}", browser.text(".clocks"));
    console.whole_picture("09-assigned");
}

fn history(console: &Console<'_>) -> String {
    console.open(&format!("/r/{NUMBER}"));
    console.browser.text("ul.timeline")
}

fn reminded(console: &Console<'_>) {
    console.sign_in(TEACHER.0);
    console.open("/todo?view=soon");
    assert!(console.text().contains(TITLE), "due within three days:\n{}", console.text());
    let history = history(console);
    assert!(history.contains("到期提醒：限期整改") && !history.contains("逾期："), "{history}");
    console.whole_picture("10-reminded");
}

fn late(console: &Console<'_>) {
    console.sign_in(TEACHER.0);
    console.open("/todo?view=late");
    assert!(console.text().contains(TITLE), "{}", console.text());
    console.whole_picture("11-late");
    let history = history(console);
    assert!(history.contains("逾期：限期整改") && history.contains(&format!("逾期上报：限期整改 → {}", HEAD.1)), "{history}");
    assert!(!history.contains(CHIEF.1), "{history}");
    console.sign_in(HEAD.0);
    console.open("/todo");
    assert!(console.text().contains(TITLE), "what was escalated is on the head's list:\n{}", console.text());
    console.whole_picture("12-head");
}

fn above(console: &Console<'_>) {
    console.sign_in(CHIEF.0);
    console.open("/todo");
    assert!(console.text().contains(TITLE), "three days later it is on the list of the head above:\n{}", console.text());
    assert!(history(console).contains(&format!("逾期上报：限期整改 → {}", CHIEF.1)));
}

fn fix(console: &Console<'_>, photo: &Path) {
    let browser = console.browser;
    console.sign_in(TEACHER.0);
    console.open(&format!("/r/{NUMBER}/do/fix"));
    browser.fill("[name='f.done']", "门锁已更换，钥匙交总务处保管");
    browser.put("[name='f.fixed_on']", "2026-10-31");
    browser.upload("[name='f.proof']", photo);
    console.whole_picture("13-fix");
    console.press(&format!("form[action='/r/{NUMBER}/do/fix'] button.act.main"));
    assert_eq!(console.wrong(), "");
    let own = browser.script("return [...document.querySelectorAll('.moves button[disabled]')].map(b => b.innerText).join('|')");
    let own = own.as_str().unwrap();
    assert!(own.contains("核验销号") && own.contains("须由另一人办理"), "the fixer does not strike off: {own}");
    console.whole_picture("14-fixed");
    // Nor by the address of the form.
    console.open(&format!("/r/{NUMBER}/do/strike_off"));
    if browser.exists("[name='f.check_how']") {
        browser.put("[name='f.check_how']", "site");
        browser.fill("[name='f.check_note']", "自己核验");
        console.press(&format!("form[action='/r/{NUMBER}/do/strike_off'] button.act.main"));
        assert!(console.wrong().contains("须由另一人办理"), "{}", console.text());
    }
}

fn strike_off(console: &Console<'_>) {
    let browser = console.browser;
    console.sign_in(APPROVER.0);
    console.open(&format!("/r/{NUMBER}"));
    browser.click(&format!(".moves a[href='/r/{NUMBER}/do/strike_off']"));
    browser.put("[name='f.check_how']", "site");
    browser.fill("[name='f.check_note']", "现场查看，门锁完好");
    console.press(&format!("form[action='/r/{NUMBER}/do/strike_off'] button.act.main"));
    let text = console.text();
    assert!(text.contains("已销号") && text.contains("曾逾期"), "a missed clock stays in sight:\n{text}");
    console.whole_picture("15-struck-off");
    console.open("/records/hazard");
    console.whole_picture("16-hazards");
    browser.desktop();
    console.open(&format!("/r/{NUMBER}"));
    console.whole_picture("17-desk-record");
    console.open("/records/hazard");
    console.picture("18-desk-hazards");
    browser.phone();
}

fn hazard() -> Kind {
    Lawbook::shipped(&["cn"]).unwrap().kinds().get("hazard").unwrap().clone()
}

/// Each line of the printed form, cell by cell.
fn printed(console: &Console<'_>) -> Vec<Vec<String>> {
    let cells = "return [...document.querySelectorAll('table.form > tbody > tr')].map(tr => [...tr.children].map(c => c.innerText.trim()))";
    serde_json::from_value(console.browser.script(cells)).unwrap()
}

fn print(console: &Console<'_>, pdf: &Path) {
    let browser = console.browser;
    console.open(&format!("/r/{NUMBER}"));
    browser.click(&format!("a[href='/r/{NUMBER}/print/acceptance']"));
    browser.wait_for("main.sheet");
    let kind = hazard();
    let form = kind.print.iter().find(|form| form.name == "acceptance").unwrap();
    let PrintOf::Record { rows } = &form.of else { panic!("a form of a record") };
    let said = |name: &str| match name {
        "@number" => ("编号", NUMBER),
        "@unit" => ("单位", SCHOOL),
        "title" => ("", TITLE),
        "happened" => ("", "2026-09-30 08:40"),
        "category" => ("", "机房和弱电间"),
        "owner" => ("", TEACHER.1),
        "deadline" => ("", "2026-10-27"),
        "measure" => ("", "更换门锁，钥匙专人保管"),
        "done" => ("", "门锁已更换，钥匙交总务处保管"),
        "fixed_on" => ("", "2026-10-31"),
        "proof" => ("", "现场.png"),
        "check_how" => ("", "现场查看"),
        "struck_off_on" => ("", "2026-10-31"),
        "check_note" => ("", "现场查看，门锁完好"),
        "@clocks" => ("", "限期整改：起 2026-09-30"),
        "@history" => ("", "已核验销号"),
        other => panic!("the form has a cell that is not looked at: {other}"),
    };
    let sheet = printed(console);
    assert_eq!(sheet.len(), rows.len());
    for (line, names) in sheet.iter().zip(rows) {
        assert_eq!(line.len(), 2 * names.len(), "{line:?}");
        for (cell, name) in line.chunks(2).zip(names) {
            let (label, value) = said(name);
            let label = kind.field(name).map_or(label, |field| field.title.zh.as_str());
            assert!(label.is_empty() || cell[0] == label, "{name}: {cell:?}");
            let whole = name.starts_with('@') && !value.is_empty() && label.is_empty();
            assert!(if whole || name == "proof" { cell[1].contains(value) } else { cell[1] == value }, "{name}: {cell:?}");
        }
    }
    let clocks = sheet.iter().flatten().find(|cell| cell.contains("起 2026-09-30")).unwrap();
    assert!(clocks.contains("2026-10-27 23:59 · 逾期后办结"), "{clocks}");
    for sign in &form.signs {
        assert!(browser.text(".signs").contains(&sign.zh));
    }
    console.whole_picture("19-print");
    browser.pdf(pdf);
    assert!(std::fs::read(pdf).unwrap().starts_with(b"%PDF-"));
    let Ok(text) = Command::new("pdftotext").arg("-layout").arg(pdf).arg("-").output() else {
        println!("left out: pdftotext is not there");
        return;
    };
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!([NUMBER, SCHOOL, TITLE, "隐患整改验收单"].iter().all(|words| text.contains(words)), "{text}");
}

/// The same pages for a reader of English.
fn in_english(console: &Console<'_>) {
    let browser = console.browser;
    console.open("/todo");
    console.press("form[action='/language'] button");
    assert_eq!(browser.attribute("html", "lang"), "en");
    for path in ["/todo".to_owned(), "/records/hazard".to_owned(), format!("/r/{NUMBER}"), format!("/r/{NUMBER}/print/acceptance")] {
        console.open(&path);
        let text = console.text();
        assert!(!text.contains("{$") && !text.contains("{ $"), "{text}");
    }
    let kind = hazard();
    let labels: Vec<String> = printed(console).into_iter().flat_map(|line| line.into_iter().step_by(2)).collect();
    for name in ["title", "measure", "check_how", "fixed_on"] {
        assert!(labels.contains(&kind.field(name).unwrap().title.en), "{name} in {labels:?}");
    }
    console.whole_picture("20-print-en");
    console.open(&format!("/r/{NUMBER}"));
    assert!(console.text().contains("Struck off"), "{}", console.text());
    console.whole_picture("21-record-en");
}

/// Somebody with the disk in hands; the server runs, or does not.
fn guarded(house: &mut House<'_>, temp: &Path) {
    let dir = house.dir.clone();
    let key = vkey(&dir);
    let sound = house.verify(&dir, &key);
    assert_eq!(code(&sound), 0, "{}", said(&sound));
    sql(&dir, &format!("UPDATE record SET title = '没有隐患' WHERE number = '{NUMBER}'"));
    named(&house.verify(&dir, &key), &["record", NUMBER, "title"]);
    sql(&dir, &format!("UPDATE record SET title = '{TITLE}' WHERE number = '{NUMBER}'"));
    let mended = house.verify(&dir, &key);
    assert_eq!(code(&mended), 0, "{}", said(&mended));
    if let Some(server) = house.server.take() {
        server.stop();
    }
    let of_record = format!("(SELECT id FROM record WHERE number = '{NUMBER}')");
    let due = format!("UPDATE record SET missed = 0 WHERE number = '{NUMBER}'");
    // The last byte is one of a check, and may be zero already.
    let body = format!(
        "UPDATE entry SET body = (SELECT CAST(substr(body, 1, length(body) - 1) || CASE substr(body, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) FROM entry WHERE number = {of_record}) WHERE number = {of_record}"
    );
    let added = "INSERT INTO record (id, number, kind, unit, lane, state, title, words, missed, pending, late_entry, opened, happened, changed, version, shown)
        SELECT 999999, 'YH-2026-0099', kind, unit, lane, state, title, words, missed, pending, late_entry, opened, happened, changed, version, shown FROM record";
    let entry = "DELETE FROM entry WHERE number = (SELECT MAX(number) FROM entry)";
    let changes: [(&str, &str, &[&str]); 5] = [
        ("changed", &due, &["record", NUMBER, "missed"]),
        ("body", &body, &["entry"]),
        ("removed", &format!("DELETE FROM record WHERE number = '{NUMBER}'"), &["record", NUMBER]),
        ("added", added, &["record", "YH-2026-0099"]),
        ("entry", entry, &[]),
    ];
    for (name, statement, names) in changes {
        let copy = temp.join(name);
        server::run("cp", &["-r", dir.to_str().unwrap(), copy.to_str().unwrap()]);
        sql(&copy, statement);
        named(&house.verify(&copy, &key), names);
    }
    let still = house.verify(&dir, &key);
    assert_eq!(code(&still), 0, "{}", said(&still));
}

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// It exits 1, and one line names all of them.
fn named(out: &Output, names: &[&str]) {
    let said = said(out);
    println!("{said}");
    assert_eq!(code(out), 1, "{said}");
    assert!(said.lines().any(|line| names.iter().all(|name| line.contains(name))), "{names:?} in:\n{said}");
}
