//! Units, people, grants and proposals on their pages: what is shown, offered, refused and recorded.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod house;

use axum::http::StatusCode;
use house::staff::Staff;
use house::{Answer, House, PASSWORD, Person, form};

struct Office {
    house: House,
    staff: Staff,
    system: Person,
    security: Person,
    audit: Person,
    chief: Person,
    officer: Person,
    teacher: Person,
    principal: Person,
}

impl Office {
    async fn new() -> Self {
        let (house, system) = House::with_person().await;
        let staff = house.staff().await;
        let of = |account| house.session_of(account);
        let (security, audit, chief) = (of(staff.security.account).await, of(staff.audit.account).await, of(staff.chief.account).await);
        let (officer, teacher, principal) =
            (of(staff.officer.account).await, of(staff.teacher.account).await, of(staff.principal.account).await);
        Self { house, staff, system, security, audit, chief, officer, teacher, principal }
    }

    async fn post(&self, path: &str, person: &Person, fields: &[(&str, &str)]) -> Answer {
        self.house.post(path, person, fields).await
    }

    async fn last_act(&self) -> String {
        self.house.acts().await.pop().unwrap()
    }
}

fn done(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER && !answer.location().starts_with("/login")
}

#[tokio::test]
async fn pages_are_whole_in_both_languages_for_every_role() {
    let office = Office::new().await;
    let person = format!("/people/{}", office.staff.teacher.id);
    let unit = format!("/units/{}", office.staff.schools[0]);
    let act = [("role", "audit"), ("unit", &office.staff.schools[0].to_string()), ("reason", "无人")];
    assert!(done(&office.post(&format!("/people/{}/appoint", office.staff.officer.id), &office.security, &act).await));
    let every = [&office.system, &office.security, &office.audit, &office.chief, &office.officer, &office.teacher, &office.principal];
    for (at, who) in every.into_iter().enumerate() {
        for path in ["/units", "/people", "/people?left=1", "/units?closed=1", "/proposals", "/account", &person, &unit] {
            for lang in ["zh-CN", "en"] {
                office.house.post("/language", who, &[("lang", lang), ("here", "/")]).await;
                let page = office.house.get(path, who).await;
                let open = path != "/proposals" || ![5].contains(&at) || page.status == StatusCode::OK;
                assert_eq!(page.status == StatusCode::OK, open, "{at} {path} {}", page.status);
                assert!(!page.text().contains('‹') && !page.text().contains("{$"), "{at} {path} {lang}");
                assert!(!page.text().contains(" style="), "{path}");
                assert!(page.body.len() < 100 * 1024, "{path} {}", page.body.len());
            }
        }
    }
}

#[tokio::test]
async fn what_is_out_of_reach_is_not_there() {
    let office = Office::new().await;
    let (other, own) = (&office.staff.other, &office.staff.teacher);
    for path in
        [format!("/people/{}", other.id), format!("/units/{}", other.unit), "/people/p999".into(), "/units/u999".into(), "/people/x".into()]
    {
        assert_eq!(office.house.get(&path, &office.teacher).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let list = office.house.get("/people", &office.teacher).await;
    assert!(list.text().contains("一中信息老师") && !list.text().contains("二中校长") && !list.text().contains("局长"));
    assert!(!list.text().contains("account-good") && !list.text().contains("动态码"), "accounts are the administrators' to see");
    let units = office.house.get("/units", &office.teacher).await;
    assert!(units.text().contains("第一初级中学") && !units.text().contains("第二初级中学"));
    let page = office.house.get(&format!("/people/{}", own.id), &office.teacher).await;
    for form in ["/grant", "/appoint", "/leave", "/reset", "/disable"] {
        assert!(!page.text().contains(&format!("action=\"/people/{}{form}\"", own.id)), "{form} is not offered");
    }
    assert!(page.text().contains(&format!("action=\"/people/{}/change\"", own.id)), "one's own phone is one's own to change");
    // A form that was not offered changes nothing either.
    for (path, fields) in [
        (format!("/people/{}/change", other.id), vec![("phone", "0571-5550101")]),
        (format!("/people/{}/change", office.staff.principal.id), vec![("name", "别人")]),
    ] {
        let before = office.house.acts().await.len();
        let answer = office.post(&path, &office.teacher, &fields).await;
        assert!(matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "{path} {}", answer.status);
        assert_eq!(office.house.acts().await.len(), before);
    }
}

#[tokio::test]
async fn whoever_lacks_the_role_is_told_who_may() {
    let office = Office::new().await;
    let id = office.staff.teacher.id;
    let unit = office.staff.schools[0].to_string();
    for (path, who, role) in [
        (format!("/people/{id}/grant"), &office.system, "安全管理员"),
        (format!("/people/{id}/leave"), &office.security, "系统管理员"),
        (format!("/people/{id}/factor"), &office.system, "安全管理员"),
        (format!("/people/{id}/reset"), &office.security, "系统管理员"),
        (format!("/people/{id}/grant"), &office.audit, "安全管理员"),
        ("/units/add".into(), &office.security, "系统管理员"),
        (format!("/units/{unit}/head"), &office.system, "安全管理员"),
        ("/settings/tokens".into(), &office.audit, "系统管理员"),
    ] {
        let before = office.house.acts().await.len();
        let answer = office.post(&path, who, &[("role", "duty"), ("unit", &unit), ("reason", "x"), ("name", "y")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.text().contains(role), "{path}: the page names who may");
        assert_eq!(office.house.acts().await.len(), before, "{path}");
    }
}

#[tokio::test]
async fn every_form_comes_from_our_own_pages() {
    let office = Office::new().await;
    let mine = ["/units", "/posts", "/people", "/proposals", "/account", "/sources", "/settings"];
    let mut seen = 0;
    for route in anlan_web::ROUTES.iter().filter(|route| route.method == "post" && mine.iter().any(|part| route.path.starts_with(part))) {
        let path = route.path.replace("{id}", "1");
        let before = office.house.acts().await.len();
        for (token, site) in
            [(office.system.token.as_str(), Some("cross-site")), (&"0".repeat(64), Some("same-origin")), (&office.system.token, None)]
        {
            let person = Person { cookie: office.system.cookie.clone(), token: token.to_owned() };
            let answer = office.house.ask(form(&path, &person, &[("name", "x")], site)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {site:?}");
        }
        let stranger = office.house.post(&path, &house::visitor(), &[("name", "x")]).await;
        assert_eq!(stranger.location(), "/login", "{path}");
        assert_eq!(office.house.acts().await.len(), before, "{path}");
        assert!(route.act.is_some() || route.path == "/account/factor", "{path}");
        seen += 1;
    }
    assert!(seen > 35, "{seen}");
}

#[tokio::test]
async fn units_are_added_renamed_moved_and_closed() {
    let office = Office::new().await;
    let root = office.staff.bureau.to_string();
    for (name, parent, good) in
        [("乡镇小学", root.as_str(), true), ("乡镇小学", &root, false), ("", &root, false), (&"长".repeat(101), &root, false)]
    {
        let answer = office.post("/units/add", &office.system, &[("name", name), ("label", "一级网格"), ("parent", parent)]).await;
        assert_eq!(done(&answer), good, "{}", answer.status);
        if !good {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text().contains("role=\"alert\"") && answer.text().contains("<details class=\"card slim\" open>"));
        }
    }
    assert_eq!(office.last_act().await, "unit.add");
    let new = "u5";
    let page = office.house.get("/units/u5", &office.system).await;
    assert!(page.text().contains("乡镇小学") && page.text().contains("空缺"));
    for (path, fields, act) in [
        ("change", vec![("name", "中心小学"), ("label", "")], "unit.change"),
        ("move", vec![("parent", "u2")], "unit.move"),
        ("close", vec![("successor", "")], "unit.close"),
    ] {
        assert!(done(&office.post(&format!("/units/{new}/{path}"), &office.system, &fields).await), "{path}");
        assert_eq!(office.last_act().await, act);
    }
    let closed = office.house.get("/units/u5", &office.system).await;
    assert!(closed.text().contains("撤销") && !closed.text().contains("action=\"/units/u5/change\""));
    let school = office.staff.schools[1];
    let full = office.post(&format!("/units/{school}/close"), &office.system, &[("successor", "")]).await;
    assert_eq!(full.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(full.text().contains("承接单位"));
    assert!(done(&office.post(&format!("/units/{school}/close"), &office.system, &[("successor", &root)]).await));
    let root_page = office.post(&format!("/units/{root}/close"), &office.system, &[("successor", "u2")]).await;
    assert_eq!(root_page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn heads_posts_and_what_recurs() {
    let office = Office::new().await;
    let school = office.staff.schools[2];
    let path = |what: &str| format!("/units/{school}/{what}");
    let teacher = office.staff.teacher.id.to_string();
    assert!(done(&office.post(&path("head"), &office.security, &[("head", &office.staff.officer.id.to_string())]).await));
    assert_eq!(office.last_act().await, "unit.head");
    let own = office.post(&path("head"), &office.security, &[("head", &office.staff.security.id.to_string())]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    assert!(done(&office.post(&path("posts"), &office.system, &[("title", "值班岗"), ("key", "yes")]).await));
    assert!(office.house.get(&format!("/units/{school}"), &office.system).await.text().contains("空缺"));
    assert!(done(&office.post("/posts/g1/fill", &office.system, &[("person", &teacher)]).await));
    assert!(office.house.get(&format!("/units/{school}"), &office.system).await.text().contains("一中信息老师"));
    assert!(done(&office.post("/posts/g1/fill", &office.system, &[("person", "")]).await));
    assert!(done(&office.post("/posts/g1/close", &office.system, &[]).await));
    assert_eq!(office.post("/posts/g9/close", &office.system, &[]).await.status, StatusCode::NOT_FOUND);
    let kinds = office.house.ledger.kinds();
    let kind = kinds.iter().find(|kind| !kind.series.is_empty()).unwrap();
    let series = format!("{}/{}", kind.id, kind.series[0].name);
    let own_school = office.staff.schools[0];
    for (on, word) in [("yes", "已打开"), ("no", "未打开")] {
        assert!(done(&office.post(&format!("/units/{own_school}/series"), &office.principal, &[("series", &series), ("on", on)]).await));
        assert_eq!(office.last_act().await, "series.switch");
        assert!(office.house.get(&format!("/units/{own_school}"), &office.principal).await.text().contains(word));
    }
    let other =
        office.post(&format!("/units/{}/series", office.staff.schools[1]), &office.principal, &[("series", &series), ("on", "yes")]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let system = office.post(&format!("/units/{own_school}/series"), &office.system, &[("series", &series), ("on", "yes")]).await;
    assert_eq!(system.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn people_come_change_leave_and_return() {
    let office = Office::new().await;
    let school = office.staff.schools[0].to_string();
    let fields = |name: &'static str, phone: &'static str, account: &'static str| {
        [("name", name), ("unit", "u2"), ("phone", phone), ("email", ""), ("account", account)]
    };
    for (fields, wrong) in [(fields("", "", ""), "请填写"), (fields("王老师", "12", ""), "电话")] {
        let answer = office.post("/people/add", &office.system, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(wrong));
    }
    let added = office.post("/people/add", &office.system, &fields("王老师", "0571-5550102", "wang.laoshi")).await;
    assert_eq!(added.status, StatusCode::OK);
    let once = added.text().split("id=\"once\" tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(once.len(), 19);
    let id = office.house.ledger.directory().person_of("wang.laoshi").unwrap();
    let page = |path: &str| format!("/people/{id}{path}");
    assert!(!office.house.get(&page(""), &office.system).await.text().contains(&once), "it is shown once");
    assert!(!office.house.get(&page(""), &office.teacher).await.text().contains("5550102"), "a phone is not everybody's to see");
    assert!(office.house.get(&page(""), &office.principal).await.text().contains("5550102"));
    let taken = office.post("/people/add", &office.system, &fields("李老师", "", "wang.laoshi")).await;
    assert!(taken.text().contains("已属于另一人"), "{}", taken.status);
    for (path, fields, act) in [
        ("/change", vec![("name", "王大力"), ("unit", "u3"), ("phone", ""), ("email", "wang@example.net")], "person.change"),
        ("/disable", vec![("reason", "疑似泄露")], "user.disable"),
        ("/enable", vec![], "user.enable"),
    ] {
        assert!(done(&office.post(&page(path), &office.system, &fields).await), "{path}");
        assert!(office.house.acts().await.iter().rev().take(2).any(|done| done == act), "{path}");
    }
    assert_eq!(office.post(&page("/disable"), &office.system, &[("reason", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reset = office.post(&page("/reset"), &office.system, &[]).await;
    assert!(reset.text().contains("id=\"once\"") && !reset.text().contains(&once));
    assert!(done(&office.post(&page("/grant"), &office.security, &[("role", "duty"), ("unit", "u3")]).await));
    let twice = office.post(&page("/grant"), &office.security, &[("role", "duty"), ("unit", "u3")]).await;
    assert!(twice.text().contains("已有此角色"));
    assert!(done(&office.post(&page("/revoke"), &office.security, &[("role", "duty"), ("unit", "u3")]).await));
    assert_eq!(office.post(&page("/revoke"), &office.security, &[("role", "duty"), ("unit", "u3")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.post(&page("/leave"), &office.system, &[("reason", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(done(&office.post(&page("/leave"), &office.system, &[("reason", "调离")]).await));
    let left = office.house.get(&page(""), &office.system).await;
    assert!(left.text().contains("调离") && left.text().contains("返岗") && !left.text().contains("action=\"/people/p99/leave\""));
    assert!(done(&office.post(&page("/return"), &office.system, &[("unit", &school)]).await));
    assert!(office.house.get("/people", &office.system).await.text().contains("王大力"));
}

#[tokio::test]
async fn no_person_is_two_administrators() {
    let office = Office::new().await;
    let root = office.staff.bureau.to_string();
    let holders =
        [("system", "p1".to_owned()), ("security", office.staff.security.id.to_string()), ("audit", office.staff.audit.id.to_string())];
    let deputy = office.house.worker("fushou", "副安全管理员（演示）", office.staff.bureau).await;
    let appoint = [("role", "security"), ("unit", root.as_str()), ("reason", "轮值")];
    assert!(done(&office.post(&format!("/people/{}/appoint", deputy.id), &office.security, &appoint).await));
    let shown = &office.house.ledger.proposals(&office.house.ledger.rights_of(office.staff.chief.account)).await.unwrap()[0];
    assert!(done(&office.post(&format!("/proposals/{}/approve", shown.row.id), &office.chief, &[("seen", &shown.row.state)]).await));
    let deputy = office.house.session_of("fushou").await;
    for (held, person) in &holders {
        for wanted in ["system", "security", "audit"].iter().filter(|wanted| *wanted != held) {
            let fields = [("role", *wanted), ("unit", root.as_str()), ("reason", "兼任")];
            let before = office.house.acts().await.len();
            let answer = office.post(&format!("/people/{person}/appoint"), &deputy, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{held} as {wanted}");
            assert!(answer.text().contains("不能由一人兼任"), "{held} as {wanted}");
            assert_eq!(office.house.acts().await.len(), before);
        }
    }
}

#[tokio::test]
async fn who_is_missing_is_said_with_the_way_out() {
    let (house, person) = House::with_person().await;
    let page = house.get("/units", &person).await;
    assert!(page.text().contains("未分设") && page.text().contains("上级单位（如教育局）"));
    let office = Office::new().await;
    let unit = office.house.get(&format!("/units/{}", office.staff.schools[0]), &office.principal).await;
    assert!(unit.text().contains("由其他单位的人员担任") && !unit.text().contains("未分设"));
}

#[tokio::test]
async fn a_grave_act_takes_two() {
    let office = Office::new().await;
    let officer = office.staff.officer.id;
    let unit = office.staff.schools[1].to_string();
    let fields = [("role", "audit"), ("unit", unit.as_str()), ("reason", "二中没有专职人员")];
    let path = format!("/people/{officer}/appoint");
    assert_eq!(
        office.post(&path, &office.security, &[("role", "audit"), ("unit", &unit), ("reason", "")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(done(&office.post(&path, &office.security, &fields).await));
    assert_eq!(office.last_act().await, "proposal.make");
    assert!(office.post(&path, &office.security, &fields).await.text().contains("已在等待批准"));
    let rights = office.house.ledger.rights_of(office.staff.security.account);
    let row = office.house.ledger.proposals(&rights).await.unwrap()[0].row.clone();
    let at = |what: &str| format!("/proposals/{}/{what}", row.id);
    let own = office.house.get("/proposals", &office.security).await;
    assert!(own.text().contains("二中没有专职人员") && own.text().contains("disabled") && own.text().contains("局长"));
    assert_eq!(office.post(&at("approve"), &office.security, &[("seen", &row.state)]).await.status, StatusCode::FORBIDDEN);
    let audit = office.house.get("/proposals", &office.audit).await;
    assert!(audit.text().contains("二中没有专职人员") && !audit.text().contains(&at("approve")), "the auditor looks on");
    assert!(!office.house.get("/proposals", &office.principal).await.text().contains("二中没有专职人员"));
    assert_eq!(office.post(&at("approve"), &office.principal, &[("seen", &row.state)]).await.status, StatusCode::NOT_FOUND);
    // What was shown is what is approved.
    let stale = office.post(&at("approve"), &office.chief, &[("seen", "0000")]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.post(&at("object"), &office.chief, &[("reason", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(done(&office.post(&at("object"), &office.chief, &[("reason", "先招人")]).await));
    assert_eq!(office.last_act().await, "proposal.object");
    assert!(done(&office.post(&path, &office.security, &fields).await));
    let second = office.house.ledger.proposals(&rights).await.unwrap()[0].row.clone();
    assert!(done(&office.post(&format!("/proposals/{}/withdraw", second.id), &office.security, &[]).await));
    assert!(done(&office.post(&path, &office.security, &fields).await));
    let third = office.house.ledger.proposals(&rights).await.unwrap()[0].row.clone();
    assert!(done(&office.post(&format!("/proposals/{}/approve", third.id), &office.chief, &[("seen", &third.state)]).await));
    let page = office.house.get(&format!("/people/{officer}"), &office.security).await;
    assert!(page.text().contains("审计管理员"));
    assert!(done(&office.post(&format!("/people/{officer}/dismiss"), &office.security, &fields).await));
}

#[tokio::test]
async fn grave_acts_ask_for_the_password_again() {
    let office = Office::new().await;
    let path = format!("/people/{}/appoint", office.staff.officer.id);
    office.house.clock.advance_seconds(6 * 60);
    let fields = |proof: &'static str| [("role", "audit"), ("unit", "u3"), ("reason", "轮值"), ("proof", proof)];
    let page = office.house.get(&format!("/people/{}", office.staff.officer.id), &office.security).await;
    assert!(page.text().contains("name=\"proof\""));
    for (proof, words) in [("", "要先确认"), ("not the password", "不对")] {
        let answer = office.post(&path, &office.security, &fields(proof)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(words), "{proof}");
        assert_ne!(office.last_act().await, "proposal.make");
    }
    assert!(done(&office.post(&path, &office.security, &fields(PASSWORD)).await));
    assert!(
        !office.house.get("/proposals", &office.security).await.text().contains("name=\"proof\""),
        "for a while it need not be given again"
    );
}

#[tokio::test]
async fn a_record_is_erased_by_two() {
    let office = Office::new().await;
    let kinds = office.house.ledger.kinds();
    let personal = kinds.iter().find(|kind| kind.id == "complaint").and_then(|kind| kind.fields.iter().find(|field| field.personal));
    assert!(personal.is_some(), "complaints name people");
    for (path, status) in [("/proposals/erase?record=TS-2026-9999", StatusCode::NOT_FOUND), ("/proposals/erase", StatusCode::NOT_FOUND)] {
        assert_eq!(office.house.get(path, &office.chief).await.status, status, "{path}");
    }
    assert_eq!(office.house.get("/proposals/erase?record=X", &office.teacher).await.status, StatusCode::FORBIDDEN);
    // The whole of it: proposed by one, carried out when another agrees.
    let fields = [
        ("title", "学生照片被公开"),
        ("happened", "2026-11-20T09:00"),
        ("came", "phone"),
        ("kind", "personal"),
        ("what", "某学生的照片和住址"),
    ];
    let number = office.house.open(&office.staff.officer, "complaint", &fields).await;
    let page = office.house.get(&format!("/r/{number}"), &office.security).await;
    assert!(page.text().contains(&format!("/r/{number}/act/erase")), "who may propose it is led there");
    let led = office.house.get(&format!("/r/{number}/act/erase"), &office.security).await;
    assert_eq!(led.location(), format!("/proposals/erase?record={number}"));
    let asked = [("record", number.as_str()), ("fields", "what"), ("reason", "本人依法请求")];
    assert!(done(&office.post("/proposals/erase", &office.security, &asked).await));
    let row = office.house.ledger.proposals(&office.house.ledger.rights_of(office.staff.security.account)).await.unwrap()[0].row.clone();
    let approve = format!("/proposals/{}/approve", row.id);
    assert_eq!(office.post(&approve, &office.security, &[("seen", &row.state)]).await.status, StatusCode::FORBIDDEN, "not by oneself");
    assert!(office.house.get(&format!("/r/{number}"), &office.chief).await.text().contains("某学生的照片和住址"));
    assert!(done(&office.post(&approve, &office.chief, &[("seen", &row.state)]).await));
    let after = office.house.get(&format!("/r/{number}"), &office.chief).await;
    assert!(!after.text().contains("某学生的照片和住址") && after.text().contains("已依法删除"));
    assert!(office.house.ledger.check_projections().await.unwrap().is_empty(), "the rows follow from what is left");
}

#[tokio::test]
async fn one_takes_no_account_alone() {
    let office = Office::new().await;
    let at = |id: anlan_ledger::engine::PersonId, what: &str| format!("/people/{id}/{what}");
    let disable = office.post(&at(office.staff.security.id, "disable"), &office.system, &[("reason", "x")]).await;
    assert_eq!(disable.status, StatusCode::FORBIDDEN, "an administrator's role ends by two people");
    let own = office.post("/people/p1/reset", &office.system, &[]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    let leave = office.post(&at(office.staff.security.id, "leave"), &office.system, &[("reason", "x")]).await;
    assert_eq!(leave.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = office.post(&at(office.staff.teacher.id, "factor"), &office.security, &[]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "there is no authenticator to take away");
}
