//! One good request for every route that leaves an entry.

use anlan_base::Clock as _;
use anlan_law::kind::Role;
use anlan_ledger::engine::{PersonId, UnitId};
use anlan_ledger::{Actor, Administrator, ProposalId, Scope, Standing, Step};
use anlan_web::Route;
use axum::http::Request;
use serde_json::json;

use super::{HAZARD, World, multipart};
use crate::authenticator::code_of;
use crate::house::{Answer, DOOR, House, PASSWORD, Person, USER, form};

const ANCHORS: [(&str, &str); 2] = [("mail", "li.si@example.cn"), ("folder", "")];
const MAIL: [(&str, &str); 5] =
    [("host", "mail.example.cn"), ("port", "465"), ("tls", "tls"), ("from", "anlan@example.cn"), ("console", "https://anlan.example:8443")];
const REASON: (&str, &str) = ("reason", "按会议纪要");

impl World {
    async fn signed(&self, account: &str) -> Person {
        self.house.session_of(account).await
    }

    /// A form of somebody who has just signed in.
    async fn form(&self, account: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.house.post(path, &self.signed(account).await, fields).await
    }

    async fn record_form(&self, account: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let parts: Vec<_> = fields.iter().map(|(name, value)| (*name, None, value.as_bytes())).collect();
        self.house.ask(multipart(path, &self.signed(account).await, &parts, Some("same-origin"))).await
    }

    /// A step of signing in, with the cookie that names it.
    async fn step(&self, path: &str, pending: &str, fields: &[(&str, &str)]) -> Answer {
        let person = Person { cookie: format!("__Host-anlan-door={DOOR}; __Host-anlan-step={pending}"), token: DOOR.to_owned() };
        self.house.ask(form(path, &person, fields, Some("same-origin"))).await
    }

    /// An account of unit A whose person uses an authenticator; its secret.
    async fn with_app(&self) -> (PersonId, String, String) {
        let person = self.new_person(self.a()).await;
        let account = self.house.ledger.directory().person_row(person).unwrap().person.account.clone().unwrap();
        self.house.ledger.disable_account(&Actor::System, &account, "").await.unwrap();
        self.house.ledger.enable_account(&Actor::System, &account).await.unwrap();
        let once = self.house.ledger.reset_password(&Actor::System, &account).await.unwrap();
        let Step::Wanted { pending, .. } = self.house.ledger.sign_in(&account, &once, "192.0.2.9", Standing::Ordinary).await.unwrap()
        else {
            panic!()
        };
        let Step::Open(secret) = self.house.ledger.choose_password(&pending, PASSWORD).await.unwrap() else { panic!() };
        let offer = self.house.ledger.offer_authenticator(&secret).await.unwrap();
        self.house.ledger.confirm_authenticator(&secret, &code_of(&offer.secret, self.house.clock.now())).await.unwrap();
        self.house.clock.advance_seconds(60);
        (person, account, offer.secret)
    }

    /// Signed in with password and code.
    async fn signed_with_app(&self, account: &str, app: &str) -> Person {
        let step = self.house.ledger.sign_in(account, PASSWORD, "192.0.2.9", Standing::Ordinary).await.unwrap();
        let Step::Wanted { pending, .. } = step else { panic!("{step:?}") };
        let code = code_of(app, self.house.clock.now());
        let Step::Open(secret) = self.house.ledger.enter_code(&pending, &code, "192.0.2.9").await.unwrap() else { panic!() };
        let token = self.house.ledger.session(&secret).await.unwrap().unwrap().csrf;
        self.house.clock.advance_seconds(60);
        Person { cookie: format!("__Host-anlan={secret}"), token }
    }

    async fn pending(&self, account: &str, password: &str, standing: Standing) -> String {
        match self.house.ledger.sign_in(account, password, "192.0.2.9", standing).await.unwrap() {
            Step::Wanted { pending, .. } => pending,
            other => panic!("{other:?}"),
        }
    }

    async fn proposed_by_security(&self) -> ProposalId {
        let person = self.new_person(self.a()).await;
        super::proposed(&self.house, &self.staff, person, Administrator::Audit, self.a()).await
    }

    async fn task(&self) -> String {
        let units = format!("[\"{}\"]", self.staff.schools[2]);
        let chief = &self.staff.chief;
        let number = self.house.open(chief, "task", &[("title", "报送整改情况"), ("text", "请报送")]).await;
        let fields = [("units", units.as_str()), ("wants", "text"), ("due", "2026-12-01"), ("sum_by", "2026-12-10")];
        self.house.make(chief, &number, "issue", &fields, None).await;
        number
    }

    /// A fresh hazard of unit A.
    async fn hazard(&self) -> String {
        self.house.open(&self.of_a(Role::Handler).worker, "hazard", &HAZARD).await
    }

    async fn visit(&self) -> String {
        let fields = [("title", "年度检查"), ("authority", "县公安局"), ("sort", "yearly")];
        self.house.open(&self.of_a(Role::Handler).worker, "visit", &fields).await
    }

    async fn complaint(&self) -> String {
        let fields = [
            ("title", "网页被改"),
            ("happened", "2026-11-20T09:30"),
            ("came", "phone"),
            ("kind", "content"),
            ("what", "首页出现异常链接"),
            ("about", "某网站"),
        ];
        self.house.open(&self.of_a(Role::Handler).worker, "complaint", &fields).await
    }

    /// Makes a good request of the route.
    pub async fn drive(&self, route: &Route) -> Answer {
        let (system, security) = (USER, self.staff.security.account);
        let handler = self.of_a(Role::Handler).worker.account;
        match route.path {
            "/login" => {
                self.house.ask(form("/login", &super::nobody(), &[("name", handler), ("password", PASSWORD)], Some("same-origin"))).await
            }
            path if path.starts_with("/login/") => self.drive_step(path).await,
            "/logout" => self.form(handler, "/logout", &[]).await,
            "/language" => self.form(handler, "/language", &[("lang", "en"), ("here", "/")]).await,
            "/compliance/measure" => self.form(handler, route.path, &[]).await,
            "/sources/connect/try" => self.form(handler, route.path, &[]).await,
            "/inspection/show" => {
                let visit = self.visit().await;
                self.form(handler, route.path, &[("visit", &visit), ("what", "point"), ("point", "mps-176-7-3")]).await
            }
            "/inspection/export" => {
                self.form(handler, route.path, &[("source", "192.0.2.1"), ("day", "2026-11-21"), ("form", "zip")]).await
            }
            "/evidence" => {
                let fields = [("since", "2026-11-21"), ("until", "2026-11-22"), ("source", "ip:192.0.2.1"), ("label", "internal")];
                self.form(handler, route.path, &fields).await
            }
            "/sources/name" => self.form(handler, route.path, &[("key", "ip:192.0.2.1"), ("name", "核心交换机")]).await,
            "/sources/unit" => {
                let to = async |unit: UnitId| self.form(system, route.path, &[("key", "ip:192.0.2.1"), ("unit", &unit.to_string())]).await;
                let moved = to(self.staff.schools[1]).await;
                // Back, for what the other drives do with it.
                to(self.staff.schools[0]).await;
                moved
            }
            "/settings/anchors" => self.form(system, route.path, &ANCHORS).await,
            "/settings/anchors/now" => {
                self.form(system, "/settings/anchors", &ANCHORS).await;
                self.form(system, route.path, &[]).await
            }
            "/settings/mail" => self.form(system, route.path, &MAIL).await,
            "/settings/mail/try" => {
                self.form(system, "/settings/mail", &MAIL).await;
                self.form(system, route.path, &[("to", "li.si@example.cn")]).await
            }
            "/settings/tokens" => self.form(system, route.path, &[("name", "web01"), ("scope", "logs:write")]).await,
            "/settings/tokens/revoke" => {
                self.house.token("web02").await;
                self.form(system, route.path, &[("name", "web02")]).await
            }
            "/library/import/{digest}/keep" => self.form(handler, &self.filled(route.path), &[("version", "")]).await,
            "/views" => self.form(handler, "/views", &[("name", "逾期"), ("address", "/records/hazard?view=overdue")]).await,
            "/views/drop" => {
                self.house.ledger.save_view(handler, "旧", "/records/hazard?view=all").await.unwrap();
                self.form(handler, "/views/drop", &[("name", "旧")]).await
            }
            "/proposals/erase" => {
                let number = self.complaint().await;
                self.form(security, route.path, &[("record", &number), ("fields", "about"), REASON]).await
            }
            path if path.starts_with("/records/") => self.drive_records(path).await,
            path if path.starts_with("/r/") => self.drive_record(path).await,
            path if path.starts_with("/units") || path.starts_with("/posts") => self.drive_unit(route).await,
            path if path.starts_with("/people") => self.drive_people(route).await,
            path if path.starts_with("/proposals/{id}") => self.drive_proposal(path, &[REASON]).await,
            path if path.starts_with("/account/") => self.drive_account(path).await,
            path if path.starts_with("/api/v1/") => self.drive_api(path).await,
            path => panic!("no good request is known for {} {path}: add one to tests/world/drives.rs", route.method),
        }
    }

    async fn drive_step(&self, path: &str) -> Answer {
        match path {
            "/login/code" => {
                let (_, account, app) = self.with_app().await;
                let pending = self.pending(&account, PASSWORD, Standing::Ordinary).await;
                self.step(path, &pending, &[("code", &code_of(&app, self.house.clock.now()))]).await
            }
            "/login/password" => {
                self.house.ledger.add_account(&Actor::System, "once").await.unwrap();
                let once = self.house.ledger.reset_password(&Actor::System, "once").await.unwrap();
                let pending = self.pending("once", &once, Standing::Ordinary).await;
                self.step(path, &pending, &[("password", PASSWORD), ("again", PASSWORD)]).await
            }
            "/login/factor" => {
                let pending = self.pending(self.staff.officer.account, PASSWORD, Standing::Administrator).await;
                let offer = self.house.ledger.offer_first_authenticator(&pending).await.unwrap();
                self.step(path, &pending, &[("code", &code_of(&offer.secret, self.house.clock.now()))]).await
            }
            path => panic!("no good request is known for {path}: add one to tests/world/drives.rs"),
        }
    }

    async fn drive_records(&self, path: &str) -> Answer {
        let handler = self.of_a(Role::Handler).worker.account;
        match path {
            "/records/{kind}/new" => {
                let fields: Vec<(String, &str)> = HAZARD.iter().map(|(name, value)| (format!("f.{name}"), *value)).collect();
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
                self.record_form(handler, "/records/hazard/new", &fields).await
            }
            "/records/{kind}/bulk" => {
                let number = self.hazard().await;
                self.form(handler, "/records/hazard/bulk", &[("number", &number), ("verb", "act:note"), REASON]).await
            }
            "/records/{kind}/import/{id}/keep" => {
                let person = self.signed(handler).await;
                let id = super::brought_sheet(&self.house, &person).await;
                self.house.post(&format!("/records/hazard/import/{id}/keep"), &person, &[("take", "all")]).await
            }
            path => panic!("no good request is known for {path}: add one to tests/world/drives.rs"),
        }
    }

    async fn drive_record(&self, path: &str) -> Answer {
        let member = self.of_a(Role::Handler);
        let (handler, owner) = (member.worker.account, member.worker.id.to_string());
        match path {
            "/r/{number}/do/{name}" => {
                let path = format!("/r/{}/do/order", self.hazard().await);
                self.record_form(handler, &path, &[("f.owner", &owner), ("f.measure", "换锁"), ("f.level", "general")]).await
            }
            "/r/{number}/act/{verb}" => {
                let path = format!("/r/{}/act/note", self.hazard().await);
                self.record_form(handler, &path, &[("text", "已看过")]).await
            }
            "/r/{number}/urge-missing" => {
                let path = format!("/r/{}/urge-missing", self.task().await);
                self.record_form(self.staff.chief.account, &path, &[("text", "请今日内上报")]).await
            }
            path => panic!("no good request is known for {path}: add one to tests/world/drives.rs"),
        }
    }

    async fn drive_unit(&self, route: &Route) -> Answer {
        let path = self.victim(route).await;
        let (a, b) = (self.a().to_string(), self.staff.schools[1].to_string());
        let head = self.staff.teacher.id.to_string();
        let (account, fields): (&str, Vec<(&str, &str)>) = match route.path {
            "/units/add" => (USER, vec![("name", "新设科室"), ("parent", &a)]),
            "/units/{id}/change" => (USER, vec![("name", "改名科室")]),
            "/units/{id}/move" => (USER, vec![("parent", &b)]),
            "/units/{id}/head" => (self.staff.security.account, vec![("head", &head)]),
            "/units/{id}/close" | "/posts/{id}/close" => (USER, vec![]),
            "/units/{id}/series" => (self.staff.security.account, vec![("series", "patrol/daily"), ("on", "yes")]),
            "/units/{id}/posts" => (USER, vec![("title", "网络安全员")]),
            "/posts/{id}/fill" => (USER, vec![("person", &head)]),
            path => panic!("no good request is known for {path}: add one to tests/world/drives.rs"),
        };
        self.form(account, &path, &fields).await
    }

    async fn drive_people(&self, route: &Route) -> Answer {
        let a = self.a().to_string();
        let (system, security) = (USER, self.staff.security.account);
        let ledger = &self.house.ledger;
        let person = self.new_person(self.a()).await;
        let path = route.path.replace("{id}", &person.to_string());
        let account = ledger.directory().person_row(person).unwrap().person.account.clone().unwrap();
        let (who, fields): (&str, Vec<(&str, &str)>) = match route.path {
            "/people/add" => (system, vec![("name", "新来的人"), ("unit", &a)]),
            "/people/{id}/change" => (system, vec![("phone", "13800138000")]),
            "/people/{id}/leave" => (system, vec![REASON]),
            "/people/{id}/return" => {
                ledger.leave(&ledger.rights_of(USER), person, "离职").await.unwrap();
                (system, vec![("unit", &a)])
            }
            "/people/{id}/account" => return self.drive_new_account().await,
            "/people/{id}/reset" => (system, vec![]),
            "/people/{id}/disable" => (system, vec![REASON]),
            "/people/{id}/enable" => {
                ledger.disable_account(&Actor::System, &account, "停用").await.unwrap();
                (system, vec![])
            }
            "/people/{id}/factor" => {
                let (person, ..) = self.with_app().await;
                return self.form(security, &route.path.replace("{id}", &person.to_string()), &[]).await;
            }
            "/people/{id}/grant" => (security, vec![("role", "reader"), ("unit", &a)]),
            "/people/{id}/revoke" => {
                ledger.grant(&ledger.rights_of(security), person, Role::Reader, self.a()).await.unwrap();
                (security, vec![("role", "reader"), ("unit", &a)])
            }
            "/people/{id}/appoint" => (security, vec![("role", "audit"), ("unit", &a), REASON]),
            "/people/{id}/dismiss" => {
                let member = self.of_a(Role::Audit).worker.id.to_string();
                return self.form(security, &route.path.replace("{id}", &member), &[("role", "audit"), ("unit", &a), REASON]).await;
            }
            "/people/{id}/erase" => {
                let phone = anlan_ledger::PersonChange { phone: Some("13900139000".into()), ..Default::default() };
                ledger.change_person(&ledger.rights_of(USER), person, &phone).await.unwrap();
                (security, vec![("fields", "phone"), REASON])
            }
            path => panic!("no good request is known for {path}: add one to tests/world/drives.rs"),
        };
        self.form(who, &path, &fields).await
    }

    async fn drive_new_account(&self) -> Answer {
        let new =
            anlan_ledger::NewPerson { name: "无账号".into(), unit: self.a(), phone: String::new(), email: String::new(), account: None };
        let person = self.house.ledger.add_person(&self.house.ledger.rights_of(USER), &new).await.unwrap();
        self.form(USER, &format!("/people/{person}/account"), &[("account", "fresh")]).await
    }

    async fn drive_proposal(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let id = self.proposed_by_security().await;
        let chief = self.house.ledger.rights_of(self.staff.chief.account);
        let shown = self.house.ledger.proposals(&chief).await.unwrap().into_iter().find(|shown| shown.row.id == id).unwrap();
        let mut fields = fields.to_vec();
        fields.push(("seen", &shown.row.state));
        let who = if path.ends_with("/withdraw") { self.staff.security.account } else { self.staff.chief.account };
        self.form(who, &path.replace("{id}", &id.to_string()), &fields).await
    }

    async fn drive_account(&self, path: &str) -> Answer {
        let member = self.of_a(Role::Reader).worker;
        let account = member.account;
        match path {
            "/account/password" => {
                let fields = [("old", PASSWORD), ("password", "six other calm words today"), ("again", "six other calm words today")];
                self.form(self.of_a(Role::Inspector).worker.account, path, &fields).await
            }
            "/account/factor/confirm" => {
                let person = self.signed(self.staff.other.account).await;
                let secret = person.cookie.split_once('=').unwrap().1;
                let offer = self.house.ledger.offer_authenticator(secret).await.unwrap();
                self.house.post(path, &person, &[("code", &code_of(&offer.secret, self.house.clock.now()))]).await
            }
            "/account/codes" => {
                let (_, account, app) = self.with_app().await;
                self.house.post(path, &self.signed_with_app(&account, &app).await, &[]).await
            }
            "/account/sessions/end" => {
                let (person, _) = (self.signed(account).await, self.signed(account).await);
                let sessions = self.house.ledger.own_sessions(person.cookie.split_once('=').unwrap().1).await.unwrap();
                let other = sessions.iter().find(|session| !session.own).unwrap();
                self.house.post(path, &person, &[("id", &other.id)]).await
            }
            "/account/tokens" => self.form(account, path, &[("name", "script"), ("scope", "records:read")]).await,
            "/account/tokens/revoke" => {
                let new = anlan_ledger::NewToken { name: "old", owner: Some(account), scopes: &[Scope::RecordsRead], expires: None };
                self.house.ledger.make_token(&Actor::System, &new).await.unwrap();
                self.form(account, path, &[("name", "old")]).await
            }
            "/account/away" => {
                self.form(account, path, &[("person", &self.staff.teacher.id.to_string()), ("until", "2026-12-01"), REASON]).await
            }
            "/account/back" => {
                let until = self.house.clock.now().plus_seconds(86_400);
                let staff = self.of_a(Role::Staff).worker;
                self.house
                    .ledger
                    .delegate_all(&self.house.ledger.rights_of(staff.account), self.staff.teacher.id, until, "出差")
                    .await
                    .unwrap();
                self.form(staff.account, path, &[]).await
            }
            path => panic!("no good request is known for {path}: add one to tests/world/drives.rs"),
        }
    }

    async fn drive_api(&self, path: &str) -> Answer {
        let (token, owner) = (&self.tokens.writes, self.of_a(Role::Handler).worker.id.to_string());
        let values: serde_json::Map<String, serde_json::Value> =
            HAZARD.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        match path {
            "/api/v1/kinds/{kind}/records" => {
                self.house.change(token, "/api/v1/kinds/hazard/records", &json!({ "unit": self.a().to_string(), "values": values })).await
            }
            "/api/v1/records/{number}/moves/{move}" => {
                let path = format!("/api/v1/records/{}/moves/order", self.hazard().await);
                self.house.change(token, &path, &json!({ "values": { "owner": owner, "measure": "换锁" } })).await
            }
            "/api/v1/records/{number}/acts/{act}" => {
                let path = format!("/api/v1/records/{}/acts/note", self.hazard().await);
                self.house.change(token, &path, &json!({ "text": "已看过" })).await
            }
            path => panic!("no good request is known for {path}: add one to tests/world/drives.rs"),
        }
    }
}

/// The first user is made in a house of its own.
pub async fn first_run() -> (Answer, Vec<String>) {
    let house = House::new().await;
    let code = house.ledger.first_run_code().await.unwrap();
    let fields = [("code", code.as_str()), ("name", USER), ("password", PASSWORD), ("again", PASSWORD)];
    let request: Request<axum::body::Body> = form("/first-run", &super::nobody(), &fields, Some("same-origin"));
    let answer = house.ask(request).await;
    (answer, house.acts().await)
}
