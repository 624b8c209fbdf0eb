//! The table of routes: every path and method, who may come in, how much may be sent, and which entry a change leaves behind.
//!
//! Invariants:
//! - a route that does not stand here is not served (`cargo xtask tidy` refuses `.route(` anywhere else in this crate);
//! - who may come in is checked here, before a handler runs; what depends on a record is checked by the ledger, and answered as if there were none;
//! - a route that changes something names its act (I7); the tests hold the act against the entries.

use anlan_law::kind::Role;
use anlan_ledger::LOG_READERS;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

use crate::console::{Console, House, Shared};
use crate::failure::Failure;
use crate::form::FORM_BYTES;
use crate::session::{Signed, refuse_foreign};
use crate::{
    account, anchors, api, assets, compliance, entrance, evidence, headers, inspection, library, logs, mail, notices, overview, paper,
    people, proposals, records, settings, sources, units, upload,
};

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Anybody.
    Open,
    /// Anybody, with a form of our own page and its door token.
    Door,
    /// A session.
    Session,
    /// A session of somebody who has one of these roles, anywhere.
    Role(&'static [Role]),
    /// The same, granted at the root: what concerns the whole operator.
    Root(&'static [Role]),
    /// A token with this scope, or a session where the handler takes one.
    Token(&'static str),
}

/// How much may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Form,
    Upload,
    /// A record's form, with its files.
    Record,
    /// A call of the API.
    Json,
    /// Read piece by piece by a handler with limits of its own.
    Stream,
}

impl Body {
    fn limit(self) -> DefaultBodyLimit {
        match self {
            Self::Form => DefaultBodyLimit::max(FORM_BYTES),
            Self::Upload => upload::limit(),
            Self::Record => DefaultBodyLimit::max(records::RECORD_FORM_BYTES),
            Self::Json => DefaultBodyLimit::max(api::JSON_BYTES),
            Self::Stream => DefaultBodyLimit::disable(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    pub path: &'static str,
    pub need: Need,
    pub body: Body,
    /// The act of the entry that a change leaves behind; none where nothing is changed.
    pub act: Option<&'static str>,
}

macro_rules! routes {
    ($($method:ident $path:literal $need:expr, $body:ident, $act:expr => $handler:expr;)*) => {
        /// Everything that is served.
        pub const ROUTES: &[Route] = &[$(Route { method: stringify!($method), path: $path, need: $need, body: Body::$body, act: $act }),*];

        fn table(house: &Shared) -> Router<Shared> {
            Router::new()$(.route($path, $method($handler).layer(Body::$body.limit()).route_layer(middleware::from_fn_with_state((house.clone(), $need), admit))))*
        }
    };
}

/// Who may say what a source is called.
const SOURCE_KEEPERS: &[Role] = &[Role::Duty, Role::Handler, Role::Security];
const SYSTEM: &[Role] = &[Role::System];
/// Who sees that sources are there: readers of logs, and who says which unit they belong to.
const SOURCE_SEERS: &[Role] =
    &[Role::Duty, Role::Handler, Role::Reader, Role::Head, Role::Leader, Role::Security, Role::Audit, Role::System];
const SECURITY: &[Role] = &[Role::Security];
/// Who appoints administrators: security proposes, the system's appoints the first one of security.
const APPOINTERS: &[Role] = &[Role::Security, Role::System];
/// Who proposes the lawful erasure of personal fields.
const ERASERS: &[Role] = &[Role::Security, Role::Head];
/// Who approves grave acts of some sort.
const APPROVERS: &[Role] = &[Role::Security, Role::Head, Role::Leader];
/// Who switches on what recurs.
const SWITCHERS: &[Role] = &[Role::Head, Role::Leader, Role::Security];
/// Who may bring in a text of the law.
const LIBRARIANS: &[Role] = &[Role::Head, Role::Leader, Role::Duty, Role::Handler, Role::System, Role::Security];

routes! {
    get "/" Need::Open, Form, None => entrance::root;
    get "/first-run" Need::Open, Form, None => entrance::first_run_page;
    post "/first-run" Need::Door, Form, Some("user.create") => entrance::first_run;
    get "/login" Need::Open, Form, None => entrance::login_page;
    post "/login" Need::Door, Form, Some("session.open") => entrance::login;
    get "/login/step" Need::Open, Form, None => entrance::step_page;
    post "/login/code" Need::Door, Form, Some("session.open") => entrance::code;
    post "/login/password" Need::Door, Form, Some("user.password") => entrance::password;
    post "/login/factor" Need::Door, Form, Some("factor.enrol") => entrance::factor;
    post "/logout" Need::Session, Form, Some("session.close") => entrance::logout;
    post "/language" Need::Open, Form, Some("user.lang") => entrance::language;
    get "/logs" Need::Role(&LOG_READERS), Form, None => logs::search::logs;
    get "/logs/live" Need::Role(&LOG_READERS), Form, None => logs::live::live;
    get "/logs/{seq}" Need::Role(&LOG_READERS), Form, None => logs::line::line;
    get "/logs/{seq}/raw" Need::Role(&LOG_READERS), Form, None => logs::line::raw;
    get "/logs/{seq}/proof" Need::Role(&LOG_READERS), Form, None => logs::line::proof;
    get "/sources" Need::Role(SOURCE_SEERS), Form, None => sources::sources;
    post "/sources/name" Need::Role(SOURCE_KEEPERS), Form, Some("source.name") => sources::rename;
    post "/sources/unit" Need::Role(SYSTEM), Form, Some("source.unit") => sources::set_unit;
    get "/sources/connect" Need::Role(SOURCE_SEERS), Form, None => sources::connect;
    post "/sources/connect/try" Need::Role(sources::TRIERS), Form, Some("source.try") => sources::try_line;
    get "/inspection" Need::Role(inspection::INSPECTED), Form, None => inspection::inspection;
    get "/inspection/day" Need::Role(inspection::INSPECTED), Form, None => inspection::day;
    post "/inspection/show" Need::Role(inspection::INSPECTED), Form, Some("record.note") => inspection::show;
    post "/inspection/export" Need::Role(inspection::INSPECTED), Form, Some("log.export") => inspection::export;
    get "/evidence" Need::Role(evidence::PACKERS), Form, None => evidence::evidence;
    post "/evidence" Need::Role(evidence::PACKERS), Form, Some("pack.build") => evidence::build;
    get "/evidence/{id}" Need::Role(evidence::PACKERS), Form, None => evidence::progress;
    get "/evidence/{id}/pack.zip" Need::Role(evidence::PACKERS), Form, None => evidence::fetch; // a read: the entry is pack.fetch
    get "/paper" Need::Role(paper::PRINTERS), Form, None => paper::index;
    get "/paper/report.docx" Need::Role(paper::PRINTERS), Form, None => paper::report;
    get "/paper/{form}" Need::Role(paper::PRINTERS), Form, None => paper::paper;
    get "/settings" Need::Root(SYSTEM), Form, None => settings::settings;
    post "/settings/tokens" Need::Root(SYSTEM), Form, Some("token.add") => settings::add_token;
    post "/settings/tokens/revoke" Need::Root(SYSTEM), Form, Some("token.revoke") => settings::revoke_token;
    get "/settings/mail" Need::Root(SYSTEM), Form, None => mail::mail;
    post "/settings/mail" Need::Root(SYSTEM), Form, Some("mail.set") => mail::set_mail;
    post "/settings/mail/try" Need::Root(SYSTEM), Form, Some("mail.try") => mail::try_mail;
    get "/settings/anchors" Need::Root(SYSTEM), Form, None => anchors::anchors;
    post "/settings/anchors" Need::Root(SYSTEM), Form, Some("anchor.set") => anchors::set_anchors;
    post "/settings/anchors/now" Need::Root(SYSTEM), Form, Some("anchor.ask") => anchors::send_now;
    get "/library" Need::Session, Form, None => library::index;
    get "/library/compare" Need::Session, Form, None => library::compare;
    get "/library/search" Need::Session, Form, None => library::search;
    get "/library/import" Need::Role(LIBRARIANS), Form, None => library::import_form;
    post "/library/import" Need::Role(LIBRARIANS), Upload, None => library::import_upload; // no entry: read, kept only when confirmed
    get "/library/import/{digest}" Need::Role(LIBRARIANS), Form, None => library::import_review;
    post "/library/import/{digest}/keep" Need::Role(LIBRARIANS), Form, Some("law.import") => library::import_keep;
    get "/library/texts/{entry}" Need::Session, Form, None => library::text;
    get "/library/{version}" Need::Session, Form, None => library::reading;
    get "/compliance" Need::Session, Form, None => compliance::duties;
    get "/compliance/duties/{id}" Need::Session, Form, None => compliance::duty;
    get "/compliance/fines" Need::Session, Form, None => compliance::fines;
    get "/compliance/clocks" Need::Session, Form, None => compliance::clocks;
    get "/compliance/check" Need::Session, Form, None => compliance::check_form;
    post "/compliance/check" Need::Session, Upload, None => compliance::check; // no entry: neither stored nor logged
    post "/compliance/measure" Need::Role(compliance::MEASURERS), Form, Some("verdict.measure") => compliance::measure;
    get "/overview" Need::Session, Form, None => overview::overview;
    get "/todo" Need::Session, Form, None => records::todo;
    get "/calendar" Need::Session, Form, None => records::agenda;
    get "/notices" Need::Session, Form, None => notices::notices;
    get "/records" Need::Session, Form, None => records::index;
    get "/records/{kind}" Need::Session, Form, None => records::list;
    get "/records/{kind}/new" Need::Session, Form, None => records::open_form;
    post "/records/{kind}/new" Need::Session, Record, Some("record.open") => records::open;
    post "/records/{kind}/bulk" Need::Session, Form, Some("record.note") => records::bulk;
    get "/records/{kind}/print" Need::Session, Form, None => records::print_list;
    get "/records/{kind}/list.xlsx" Need::Session, Form, None => records::list_xlsx; // a read: the entry is list.export
    get "/records/{kind}/list.csv" Need::Session, Form, None => records::list_csv; // a read: the entry is list.export
    get "/records/{kind}/import" Need::Session, Form, None => records::import_form;
    post "/records/{kind}/import" Need::Session, Record, None => records::import_upload; // no entry: read, kept only when confirmed
    get "/records/{kind}/import/template.xlsx" Need::Session, Form, None => records::template;
    get "/records/{kind}/import/{id}" Need::Session, Form, None => records::import_review;
    post "/records/{kind}/import/{id}/keep" Need::Session, Form, Some("list.import") => records::import_keep;
    post "/views" Need::Session, Form, Some("view.save") => records::keep_view;
    post "/views/drop" Need::Session, Form, Some("view.drop") => records::drop_view;
    get "/r/{number}" Need::Session, Form, None => records::record;
    get "/r/{number}/do/{name}" Need::Session, Form, None => records::move_form;
    post "/r/{number}/do/{name}" Need::Session, Record, Some("record.move") => records::make_move;
    get "/r/{number}/act/{verb}" Need::Session, Form, None => records::act_form;
    post "/r/{number}/act/{verb}" Need::Session, Record, Some("record.note") => records::act;
    post "/r/{number}/urge-missing" Need::Session, Record, Some("record.urge") => records::urge_missing;
    get "/r/{number}/print/{form}" Need::Session, Form, None => records::print_record;
    get "/r/{number}/letter.docx" Need::Session, Form, None => paper::letter;
    get "/r/{number}/summary.xlsx" Need::Session, Form, None => records::summary; // a read: the entry is list.export
    get "/r/{number}/files/{digest}" Need::Session, Form, None => records::file;
    get "/units" Need::Session, Form, None => units::units;
    post "/units/add" Need::Role(SYSTEM), Form, Some("unit.add") => units::add;
    get "/units/{id}" Need::Session, Form, None => units::unit;
    post "/units/{id}/change" Need::Role(SYSTEM), Form, Some("unit.change") => units::change;
    post "/units/{id}/move" Need::Role(SYSTEM), Form, Some("unit.move") => units::move_to;
    post "/units/{id}/head" Need::Role(SECURITY), Form, Some("unit.head") => units::set_head;
    post "/units/{id}/close" Need::Role(SYSTEM), Form, Some("unit.close") => units::close;
    post "/units/{id}/series" Need::Role(SWITCHERS), Form, Some("series.switch") => units::series;
    post "/units/{id}/posts" Need::Role(SYSTEM), Form, Some("post.add") => units::post;
    post "/posts/{id}/fill" Need::Role(SYSTEM), Form, Some("post.fill") => units::fill_post;
    post "/posts/{id}/close" Need::Role(SYSTEM), Form, Some("post.close") => units::close_post;
    get "/people" Need::Session, Form, None => people::people;
    post "/people/add" Need::Role(SYSTEM), Form, Some("person.add") => people::add;
    get "/people/{id}" Need::Session, Form, None => people::person;
    post "/people/{id}/change" Need::Session, Form, Some("person.change") => people::change;
    post "/people/{id}/leave" Need::Role(SYSTEM), Form, Some("person.leave") => people::leave;
    post "/people/{id}/return" Need::Role(SYSTEM), Form, Some("person.return") => people::return_person;
    post "/people/{id}/account" Need::Role(SYSTEM), Form, Some("user.create") => people::make_account;
    post "/people/{id}/reset" Need::Role(SYSTEM), Form, Some("user.reset") => people::reset;
    post "/people/{id}/disable" Need::Role(SYSTEM), Form, Some("user.disable") => people::disable;
    post "/people/{id}/enable" Need::Role(SYSTEM), Form, Some("user.enable") => people::enable;
    post "/people/{id}/factor" Need::Role(SECURITY), Form, Some("factor.remove") => people::remove_factor;
    post "/people/{id}/grant" Need::Role(SECURITY), Form, Some("grant.add") => people::grant;
    post "/people/{id}/revoke" Need::Role(SECURITY), Form, Some("grant.revoke") => people::revoke;
    post "/people/{id}/appoint" Need::Role(APPOINTERS), Form, Some("proposal.make") => people::appoint;
    post "/people/{id}/dismiss" Need::Role(SECURITY), Form, Some("proposal.make") => people::dismiss;
    post "/people/{id}/erase" Need::Role(ERASERS), Form, Some("proposal.make") => people::erase;
    get "/proposals" Need::Role(&people::EYES), Form, None => proposals::proposals;
    get "/proposals/erase" Need::Role(ERASERS), Form, None => proposals::erase_form;
    post "/proposals/erase" Need::Role(ERASERS), Form, Some("proposal.make") => proposals::erase_record;
    post "/proposals/{id}/approve" Need::Role(APPROVERS), Form, Some("proposal.approve") => proposals::approve;
    post "/proposals/{id}/object" Need::Role(APPROVERS), Form, Some("proposal.object") => proposals::object;
    post "/proposals/{id}/withdraw" Need::Role(&people::EYES), Form, Some("proposal.withdraw") => proposals::withdraw;
    get "/account" Need::Session, Form, None => account::account;
    post "/account/password" Need::Session, Form, Some("user.password") => account::password;
    post "/account/factor" Need::Session, Form, None => account::offer; // no entry: offered only; the first code enrols it
    post "/account/factor/confirm" Need::Session, Form, Some("factor.enrol") => account::confirm;
    post "/account/codes" Need::Session, Form, Some("factor.codes") => account::codes;
    post "/account/sessions/end" Need::Session, Form, Some("session.close") => account::end_session;
    post "/account/tokens" Need::Session, Form, Some("token.add") => account::add_token;
    post "/account/tokens/revoke" Need::Session, Form, Some("token.revoke") => account::revoke_token;
    post "/account/away" Need::Session, Form, Some("person.away") => account::away;
    post "/account/back" Need::Session, Form, Some("person.back") => account::back;
    get "/assets/paper.css" Need::Open, Form, None => assets::paper_css;
    get "/assets/anlan.css" Need::Open, Form, None => assets::css;
    get "/assets/duty.css" Need::Open, Form, None => assets::duty_css;
    get "/assets/law.css" Need::Open, Form, None => assets::law_css;
    get "/assets/sources.css" Need::Open, Form, None => assets::sources_css;
    get "/assets/anlan.js" Need::Open, Form, None => assets::js;
    get "/assets/anlan.svg" Need::Open, Form, None => assets::icon;
    get "/health" Need::Open, Form, None => api::pulse::health;
    get "/metrics" Need::Open, Form, None => api::pulse::metrics; // this machine alone
    get "/api/v1/search" Need::Token("logs:read"), Form, None => api::search::search;
    get "/api/v1/coverage" Need::Token("logs:read"), Form, None => api::coverage::coverage;
    get "/api/v1/openapi.json" Need::Token("records:read"), Form, None => api::openapi::openapi;
    get "/api/v1/kinds" Need::Token("records:read"), Form, None => api::kinds::list;
    get "/api/v1/kinds/{kind}" Need::Token("records:read"), Form, None => api::kinds::one;
    post "/api/v1/kinds/{kind}/records" Need::Token("records:write"), Json, Some("record.open") => api::acts::open;
    get "/api/v1/records" Need::Token("records:read"), Form, None => api::records::list;
    get "/api/v1/records/{number}" Need::Token("records:read"), Form, None => api::records::one;
    get "/api/v1/records/{number}/history" Need::Token("records:read"), Form, None => api::records::history;
    get "/api/v1/records/{number}/children" Need::Token("records:read"), Form, None => api::records::children;
    get "/api/v1/records/{number}/summary" Need::Token("records:read"), Form, None => api::records::summary;
    post "/api/v1/records/{number}/moves/{move}" Need::Token("records:write"), Json, Some("record.move") => api::acts::make_move;
    post "/api/v1/records/{number}/acts/{act}" Need::Token("records:write"), Json, Some("record.note") => api::acts::act;
    get "/api/v1/records/{number}/files/{digest}" Need::Token("records:read"), Form, None => api::files::download;
    post "/api/v1/files" Need::Token("records:write"), Stream, None => api::files::upload; // no entry: forgotten, unless an entry names it
    get "/api/v1/duties" Need::Token("records:read"), Form, None => api::duties::duties;
    get "/api/v1/todo" Need::Token("records:read"), Form, None => api::agenda::todo;
    get "/api/v1/deadlines" Need::Token("records:read"), Form, None => api::agenda::deadlines;
    get "/api/v1/units" Need::Token("records:read"), Form, None => api::directory::units;
    get "/api/v1/people" Need::Token("records:read"), Form, None => api::directory::people;
    post "/api/v1/events" Need::Token("logs:write"), Stream, None => api::events::events; // no entry: lines are leaves of their own
}

/// Lets in who may come in; a handler finds the session in the request's extensions.
async fn admit(State((house, need)): State<(Shared, Need)>, request: Request, next: Next) -> Result<Response, Failure> {
    let roles: &[Role] = match need {
        Need::Open | Need::Door | Need::Token(_) => return Ok(next.run(request).await),
        Need::Session => &[],
        Need::Role(roles) | Need::Root(roles) => roles,
    };
    refuse_foreign(&request)?;
    let (mut parts, body) = request.into_parts();
    let mut who = Signed::of(&parts, &house).await?;
    let holds = |role: &Role| if matches!(need, Need::Root(_)) { has_at_root(&house, &who, *role) } else { who.rights.has(*role) };
    if !roles.is_empty() && !roles.iter().any(holds) {
        return Err(Failure::Forbidden { roles });
    }
    // A change that is refused draws a page too.
    who.todo = records::todo_count(&house, &who).await?;
    parts.extensions.insert(who);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Whether a role was granted for the whole operator.
pub(crate) fn has_at_root(house: &House, who: &Signed, role: Role) -> bool {
    house.console.ledger.directory().root().is_some_and(|root| who.rights.reaches(role, &root.path))
}

/// Everything the console and the API answer. The listener (HTTPS) is the binary's.
pub fn router(console: Console) -> Router {
    let is_demo = console.prover.is_demo();
    let house = House::new(console, api::events::BODIES);
    let router = table(&house).fallback(|| async { Failure::NotFound }).layer(middleware::from_fn(headers::guard)).with_state(house);
    if is_demo { router.layer(middleware::from_fn(crate::demo::mark)) } else { router }
}
