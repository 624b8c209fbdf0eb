//! `/sources/connect`: where to send, what to paste into the sender, and a page that waits for the first line of an address.
//!
//! Invariant: a line is told as come only to those who may see its source; a test line says so in its text and comes from the console's own source.

use std::net::IpAddr;

use anlan_assure::assess::coverage::CONSOLE_SOURCE;
use anlan_base::text::text;
use anlan_base::{Class, Instant, Origin, Piece, Seq, SourceKey};
use anlan_law::kind::Role;
use anlan_ledger::LOG_READERS;
use anlan_vault::Chunk;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use super::list::known;
use super::reach::{Reach, lines_of};
use super::vendors::{Setting, host_to_send_to, is_loopback, is_own, settings};
use crate::address::address;
use crate::console::Shared;
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, ago, see_other, show};
use crate::session::{Signed, SignedForm};

/// Seconds between two looks for the first line.
const LOOK_SECONDS: u32 = 5;
/// Looks before the page stops asking by itself: ten minutes.
pub(crate) const LOOKS: u32 = 120;
/// Who may send a test line.
pub(crate) const TRIERS: &[Role] = &[Role::Duty, Role::Handler, Role::Security, Role::System];

/// What the page waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wait {
    /// No address was named.
    Nothing,
    Wrong,
    /// Nothing came yet; whether the page goes on asking by itself.
    Waiting {
        goes_on: bool,
    },
    Came {
        last: Instant,
    },
}

#[derive(Template)]
#[template(path = "sources_connect.html")]
struct ConnectPage {
    page: Page,
    host: String,
    port: String,
    tls: String,
    loopback: bool,
    own: bool,
    settings: Vec<Setting>,
    /// What a person runs on a sender to try the way.
    trial: String,
    asked: String,
    wait: Wait,
    /// A first line of a new sender is seen at the top only, until somebody says whose it is.
    placed_first: bool,
    came: (String, String),
    logs: String,
    may_try: bool,
    /// The test line that was just sent: its number, and whether the reader may open it.
    sent: Option<(Seq, bool)>,
}

/// Whether it is the console's own source of test lines.
pub(crate) fn is_console(key: &SourceKey) -> bool {
    key.as_str() == CONSOLE_SOURCE
}

/// The host of a `Host` header without its port, where it can stand in settings.
fn bare_host(headers: &HeaderMap) -> &str {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    match host.rsplit_once(':') {
        _ if !plain => "127.0.0.1",
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name.trim_matches(['[', ']']),
        _ => host,
    }
}

/// How often the page has looked, as it stands in the address.
fn looks(pairs: &Pairs) -> u32 {
    pairs.get("looks").parse().unwrap_or(0)
}

fn goes_on(looks: u32) -> bool {
    looks < LOOKS
}

async fn waited(house: &Shared, reach: &Reach<'_>, asked: &str, looks: u32) -> Result<Wait, Failure> {
    if asked.is_empty() {
        return Ok(Wait::Nothing);
    }
    let Ok(ip) = asked.parse::<IpAddr>() else { return Ok(Wait::Wrong) };
    let key = SourceKey::of_address(ip);
    if !reach.sees(&key) {
        return Ok(Wait::Waiting { goes_on: goes_on(looks) });
    }
    let found = known(house).await?.into_iter().find(|known| known.key == key).and_then(|known| known.activity);
    Ok(found.map_or(Wait::Waiting { goes_on: goes_on(looks) }, |activity| Wait::Came { last: activity.last.received() }))
}

pub(crate) async fn connect(State(house): State<Shared>, who: Signed, pairs: Pairs, headers: HeaderMap) -> Result<Response, Failure> {
    let directory = house.console.ledger.directory();
    let reach = Reach { directory: &directory, who: &who.rights, logs: house.console.ledger.sources_in_scope(&who.rights) };
    let asked = pairs.get("address").trim();
    let looks = looks(&pairs);
    let wait = waited(&house, &reach, asked, looks).await?;
    let again = matches!(wait, Wait::Waiting { goes_on: true });
    let mut response = draw(&house, &who, &reach, &pairs, &headers, wait)?;
    if again {
        let to = address("/sources/connect", &[("address", asked), ("looks", &looks.saturating_add(1).to_string())]);
        let value = HeaderValue::from_str(&format!("{LOOK_SECONDS}; url={to}")).map_err(Failure::internal)?;
        response.headers_mut().insert(header::REFRESH, value);
    }
    Ok(response)
}

fn draw(house: &Shared, who: &Signed, reach: &Reach<'_>, pairs: &Pairs, headers: &HeaderMap, wait: Wait) -> Result<Response, Failure> {
    let (lang, receivers) = (who.lang, house.console.receivers);
    let host = host_to_send_to(receivers, bare_host(headers));
    let port = receivers.syslog.map_or_else(String::new, |address| address.port().to_string());
    let trial = receivers.syslog.map_or_else(String::new, |address| {
        format!("logger --tcp --server {host} --port {} \"{}\"", address.port(), text(lang, "connect-trial-line", &[]))
    });
    let now = house.console.clock.now();
    let came = match wait {
        Wait::Came { last } => (last.to_civil(), ago(lang, now.since(last))),
        _ => Default::default(),
    };
    let asked = pairs.get("address").trim();
    let logs = match (&wait, asked.parse::<IpAddr>()) {
        (Wait::Came { .. }, Ok(ip)) => address("/logs", &[("q", &lines_of(&SourceKey::of_address(ip)))]),
        _ => String::new(),
    };
    let own = SourceKey::new(CONSOLE_SOURCE).map_err(Failure::internal)?;
    let root = reach.directory.root();
    let sees_new = root.is_some_and(|root| LOG_READERS.iter().chain(&[Role::System]).any(|role| who.rights.reaches(*role, &root.path)));
    let status = if wait == Wait::Wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = ConnectPage {
        page: Page::signed(house, who, Section::Sources, "connect-title"),
        settings: settings(&host, receivers),
        tls: receivers.syslog_tls.map_or_else(String::new, |address| address.port().to_string()),
        loopback: is_loopback(receivers),
        own: is_own(&host),
        placed_first: !sees_new,
        host,
        port,
        trial,
        asked: crate::shown::plain(asked, 64),
        wait,
        came,
        logs,
        may_try: TRIERS.iter().any(|role| who.rights.has(*role)),
        sent: pairs.get("sent").parse().ok().map(|seq| (seq, reach.reads(&own))),
    };
    show(status, &page)
}

/// Sends one line through the same door as every other, so that the whole way is tried: queue, disk, search.
pub(crate) async fn try_line(State(house): State<Shared>, signed: SignedForm) -> Result<Response, Failure> {
    let SignedForm { who, .. } = signed;
    let key = SourceKey::new(CONSOLE_SOURCE).map_err(Failure::internal)?;
    let source = house.console.ledger.source(&key).await?;
    let now = house.console.clock.now().to_rfc3339();
    let words = text(who.lang, "connect-test-line", &[("who", &who.session.user.name)]);
    let line = Bytes::from(format!("<14>1 {now} anlan anlan - test - {words}"));
    let chunk = Chunk { class: Class::network(), source: source.key.clone(), origin: Origin::Http, lines: vec![(Piece::WHOLE, line)] };
    let (seq, _) = house.console.inlet.submit(chunk).await.map_err(Failure::internal)?;
    let fields = [("source", source.key.as_str()), ("seq", &seq.to_string())];
    house.console.ledger.note_act(&who.actor(), "source.try", &fields).await?;
    Ok(see_other(&format!("/sources/connect?sent={seq}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_looks_so_often_and_then_waits_for_a_hand() {
        for (looks, on) in [(LOOKS - 1, true), (LOOKS, false), (LOOKS + 1, false)] {
            assert_eq!(goes_on(looks), on, "{looks}");
        }
        assert_eq!(looks(&Pairs(vec![("looks".into(), "-1".into())])), 0);
        assert_eq!(looks(&Pairs(vec![("looks".into(), "99999999999".into())])), 0);
    }

    #[test]
    fn nothing_but_a_host_gets_into_settings() {
        for (host, bare) in
            [("a.example:8443", "a.example"), ("[::1]:8443", "::1"), ("10.0.0.1", "10.0.0.1"), ("x\" evil", "127.0.0.1"), ("", "127.0.0.1")]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
            assert_eq!(bare_host(&headers), bare);
        }
    }
}
