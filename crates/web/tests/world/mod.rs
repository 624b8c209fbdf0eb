//! A bureau, unit A and unit B below it, somebody with each role alone in either, and real things of unit A for every placeholder of a route.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a test may; each test file uses its own part")]

pub mod drives;

use anlan_base::{Clock as _, SourceKey};
use anlan_law::kind::Role;
use anlan_ledger::engine::{PersonId, UnitId};
use anlan_ledger::{Actor, Administrator, GraveAct, NewPerson, PostId, ProposalId};
use anlan_web::{Body as Sends, ROUTES, Route};
use axum::body::Body;
use axum::http::{Request, header};

use crate::caller::{Tokens, asking, picture};
use crate::house::staff::{Staff, Worker};
use crate::house::{Answer, DOOR, HOST, House, Person, USER, percent};

pub struct Member {
    pub role: Role,
    pub worker: Worker,
    pub session: Person,
}

pub struct World {
    pub house: House,
    pub staff: Staff,
    pub in_a: Vec<Member>,
    pub in_b: Vec<Member>,
    pub tokens: Tokens,
    pub disabled: Person,
    pub disabled_token: String,
    things: Vec<(&'static str, &'static str, String)>,
    made: std::sync::atomic::AtomicUsize,
}

/// A part of a multipart form: name, file name, content.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

pub fn multipart(path: &str, person: &Person, parts: &[Part<'_>], site: Option<&str>) -> Request<Body> {
    let mut body = Vec::new();
    let token: Part<'_> = ("token", None, person.token.as_bytes());
    for (name, file, content) in std::iter::once(&token).chain(parts) {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend_from_slice(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let mut request = Request::post(path).header(header::HOST, HOST).header(header::COOKIE, &person.cookie);
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge").body(Body::from(body)).unwrap()
}

pub const HAZARD: [(&str, &str); 5] =
    [("title", "机房门未锁"), ("happened", "2026-11-20T09:30"), ("category", "room"), ("level", "general"), ("handling", "at_once")];

impl World {
    pub async fn new() -> Self {
        let house = House::new().await;
        house.first_run().await;
        let staff = house.staff().await;
        let (a, b) = (staff.schools[0], staff.schools[1]);
        let in_a = members(&house, &staff, "a", a).await;
        let in_b = members(&house, &staff, "b", b).await;
        let handler = in_a.iter().find(|member| member.role == Role::Handler).unwrap();
        let tokens = house.tokens_of(handler.worker.account).await;
        let gone = house.worker("gone", "已停用（演示）", a).await;
        let disabled = house.session_of(gone.account).await;
        let disabled_token = house.token_of(gone.account, anlan_ledger::Scope::RecordsRead).await;
        house.ledger.disable_account(&Actor::System, gone.account, "停用").await.unwrap();
        let things = things(&house, &staff, handler).await;
        Self { house, staff, in_a, in_b, tokens, disabled, disabled_token, things, made: std::sync::atomic::AtomicUsize::new(0) }
    }

    pub fn a(&self) -> UnitId {
        self.staff.schools[0]
    }

    pub fn of_a(&self, role: Role) -> &Member {
        self.in_a.iter().find(|member| member.role == role).unwrap()
    }

    /// What stands for a placeholder of a path.
    pub fn thing(&self, path: &str, placeholder: &str) -> String {
        let fits = |(prefix, name, _): &&(&str, &str, String)| *name == placeholder && path.starts_with(prefix);
        let found = self.things.iter().filter(fits).max_by_key(|(prefix, _, _)| prefix.len());
        found
            .unwrap_or_else(|| {
                panic!(
                    "the grid does not know what to put in for {{{placeholder}}} of {path}: add a line to `things` in tests/world/mod.rs"
                )
            })
            .2
            .clone()
    }

    /// A route's path with real things of unit A.
    pub fn filled(&self, path: &'static str) -> String {
        let part = |part: &'static str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => self.thing(path, name),
            None => part.to_owned(),
        };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    fn next(&self) -> usize {
        self.made.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }

    pub async fn new_person(&self, unit: UnitId) -> PersonId {
        let account = format!("v{}", self.next());
        self.house.ledger.add_account(&Actor::System, &account).await.unwrap();
        let new = NewPerson { name: account.clone(), unit, phone: String::new(), email: String::new(), account: Some(account) };
        self.house.ledger.add_person(&self.house.ledger.rights_of(USER), &new).await.unwrap()
    }

    pub async fn new_unit(&self, above: UnitId) -> UnitId {
        let name = format!("组 {}", self.next());
        self.house.ledger.add_unit(&self.house.ledger.rights_of(USER), &name, "", Some(above)).await.unwrap()
    }

    pub async fn new_post(&self, unit: UnitId) -> PostId {
        let title = format!("岗 {}", self.next());
        self.house.ledger.add_post(&self.house.ledger.rights_of(USER), unit, &title, false).await.unwrap()
    }

    /// A path whose change may happen: with somebody or something of unit A that was made for it.
    pub async fn victim(&self, route: &Route) -> String {
        let rest = |prefix: &str| route.path.strip_prefix(prefix);
        match (rest("/people/{id}"), rest("/units/{id}"), rest("/posts/{id}")) {
            (Some(rest), ..) => format!("/people/{}{rest}", self.new_person(self.a()).await),
            (_, Some(rest), _) => format!("/units/{}{rest}", self.new_unit(self.a()).await),
            (.., Some(rest)) => format!("/posts/{}{rest}", self.new_post(self.a()).await),
            _ => self.filled(route.path),
        }
    }

    /// Asks a route as somebody: what it needs stands in the address, a form holds its token and nothing else.
    pub async fn ask_route(&self, route: &Route, person: &Person, bearer: &str) -> Answer {
        let path = if route.method == "get" { self.filled(route.path) } else { self.victim(route).await };
        let query = QUERIES.iter().find(|(asked, _)| *asked == route.path).map_or("", |(_, query)| query);
        let path = format!("{path}{}", query.replace("{number}", &self.thing("/r/", "number")));
        self.house.ask(bare(route, &path, person, bearer, Some("same-origin"))).await
    }
}

/// What some addresses must have.
const QUERIES: [(&str, &str); 4] = [
    ("/inspection/day", "?source=192.0.2.1&day=2026-11-21"),
    ("/proposals/erase", "?record={number}"),
    ("/api/v1/deadlines", "?from=2026-11-01T00:00&until=2026-12-01T00:00"),
    ("/api/v1/files", "?name=a.png"),
];

/// A request of a route with nothing in it but what shows who asks.
pub fn bare(route: &Route, path: &str, person: &Person, bearer: &str, site: Option<&str>) -> Request<Body> {
    let from = |builder: axum::http::request::Builder| match site {
        Some(site) => builder.header("sec-fetch-site", site),
        None => builder,
    };
    if route.method == "get" {
        return asking("GET", bearer, path).header(header::COOKIE, &person.cookie).body(Body::empty()).unwrap();
    }
    match route.body {
        _ if path.starts_with("/api/") => {
            let request =
                asking("POST", bearer, path).header(header::COOKIE, &person.cookie).header(header::CONTENT_TYPE, "application/json");
            let body = if route.body == Sends::Json { Body::from("{}") } else { Body::empty() };
            from(request).body(body).unwrap()
        }
        Sends::Form => {
            let token = format!("token={}", percent(&person.token));
            let request = asking("POST", bearer, path).header(header::COOKIE, &person.cookie);
            from(request).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(token)).unwrap()
        }
        _ => multipart(path, person, &[], site),
    }
}

/// Somebody before signing in: a door cookie, and the token that repeats it.
pub fn nobody() -> Person {
    Person { cookie: format!("__Host-anlan-door={DOOR}"), token: DOOR.to_owned() }
}

fn leaked(name: String) -> &'static str {
    Box::leak(name.into_boxed_str())
}

async fn members(house: &House, staff: &Staff, side: &str, unit: UnitId) -> Vec<Member> {
    let security = house.ledger.rights_of(staff.security.account);
    let mut members = Vec::new();
    for role in Role::ALL {
        let account = leaked(format!("{side}.{}", role.id()));
        let worker = house.worker(account, account, unit).await;
        match Administrator::of(role) {
            Some(administrator) => appoint(house, staff, worker.id, administrator, unit).await,
            None if role == Role::Head => house.ledger.set_head(&security, unit, Some(worker.id)).await.unwrap(),
            None => house.ledger.grant(&security, worker.id, role, unit).await.unwrap(),
        }
        house.clock.advance_seconds(1);
        members.push(Member { role, worker, session: house.session_of(account).await });
    }
    members
}

async fn appoint(house: &House, staff: &Staff, person: PersonId, administrator: Administrator, unit: UnitId) {
    let id = proposed(house, staff, person, administrator, unit).await;
    let chief = house.ledger.rights_of(staff.chief.account);
    let shown = house.ledger.proposals(&chief).await.unwrap().into_iter().find(|shown| shown.row.id == id).unwrap();
    house.ledger.approve(&chief, id, &shown.row.state, "").await.unwrap();
}

pub async fn proposed(house: &House, staff: &Staff, person: PersonId, administrator: Administrator, unit: UnitId) -> ProposalId {
    let security = house.ledger.rights_of(staff.security.account);
    house.ledger.propose(&security, &GraveAct::Appoint { person, administrator, unit }, "", "按会议纪要").await.unwrap()
}

async fn things(house: &House, staff: &Staff, handler: &Member) -> Vec<(&'static str, &'static str, String)> {
    let a = staff.schools[0];
    let (ledger, system) = (&house.ledger, house.ledger.rights_of(USER));
    let file = ledger.keep_attachment("门.png", picture(1).as_slice()).await.unwrap();
    let before = anlan_ledger::records::Attachment::value_of(std::slice::from_ref(&file));
    let mut values = HAZARD.to_vec();
    values.push(("before", &before));
    let number = house.open(&handler.worker, "hazard", &values).await;
    let seq = house.keep("ip:192.0.2.1", &[b"<38>Nov 21 14:00:00 srv sshd[1]: hello"]);
    let key = SourceKey::new("ip:192.0.2.1").unwrap();
    ledger.source(&key).await.unwrap();
    ledger.set_source_unit(&system, &key, a).await.unwrap();
    let text = "第一条 示例文字。\n第二条 示例文字。\n";
    let brought = house
        .ask(multipart(
            "/library/import",
            &handler.session,
            &[("file", Some("a.txt"), text.as_bytes()), ("text", None, b"")],
            Some("same-origin"),
        ))
        .await;
    let import = brought.location().rsplit('/').next().unwrap().to_owned();
    let sheet = brought_sheet(house, &handler.session).await;
    let kept = ledger.import_law_text(&Actor::System, Some("csl@2016"), "b.txt", text).await.unwrap();
    let person = house.worker("plain", "普通员工（演示）", a).await;
    let proposal = proposed(house, staff, person.id, Administrator::Audit, a).await;
    let post = ledger.add_post(&system, a, "网络安全员", true).await.unwrap();
    let book = ledger.lawbook().unwrap();
    let duty = book.duties[0].id.clone();
    assert!(house.clock.now().0 > 0);
    vec![
        ("/logs/", "seq", seq.to_string()),
        ("/library/import/", "digest", import),
        ("/library/texts/", "entry", kept.entry.to_string()),
        ("/library/", "version", "csl@2016".into()),
        ("/compliance/duties/", "id", duty.to_string()),
        ("/records/", "kind", "hazard".into()),
        ("/records/{kind}/import/", "id", sheet),
        ("/paper/", "form", "self-check".to_owned()),
        ("/r/", "number", number.clone()),
        ("/r/", "name", "order".into()),
        ("/r/", "verb", "note".into()),
        ("/r/", "form", "notice".into()),
        ("/r/", "digest", file.digest.clone()),
        ("/units/", "id", a.to_string()),
        ("/posts/", "id", post.to_string()),
        ("/evidence/", "id", "0".into()),
        ("/people/", "id", person.id.to_string()),
        ("/proposals/", "id", proposal.to_string()),
        ("/api/v1/", "kind", "hazard".into()),
        ("/api/v1/", "number", number),
        ("/api/v1/", "move", "order".into()),
        ("/api/v1/", "act", "note".into()),
        ("/api/v1/", "digest", file.digest),
    ]
}

/// Brings a sheet of one hazard; the place where it waits for the word to import.
pub async fn brought_sheet(house: &House, person: &Person) -> String {
    let (heads, cells): (Vec<&str>, Vec<&str>) = HAZARD.into_iter().unzip();
    let sheet = format!("{}\n{}\n", heads.join(","), cells.join(","));
    let request = multipart("/records/hazard/import", person, &[("file", Some("a.csv"), sheet.as_bytes())], Some("same-origin"));
    let answer = house.ask(request).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    answer.location().rsplit('/').next().unwrap().to_owned()
}

/// Routes whose placeholders name things of one unit, which nobody outside it may know of.
pub fn is_of_a_unit(route: &Route) -> bool {
    let shared = ["/library/", "/compliance/", "/records/", "/paper/", "/api/v1/kinds/"];
    route.path.contains('{') && !shared.iter().any(|prefix| route.path.starts_with(prefix))
}

pub fn all_routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter()
}
