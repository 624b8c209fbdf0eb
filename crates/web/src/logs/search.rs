//! `/logs`: the query stands in the address, so that the page is the evidence and can be handed on.

use anlan_base::text::{Lang, text};
use anlan_base::{Clock, Instant, Seq};
use anlan_vault::{Found, Query, QueryError, Scope, Search, Vault};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::fields::{self, FieldList};
use super::{PAGE_ROWS, QUERY_BYTES, Row, read_page_query, source_names};
use crate::address::address;
use crate::chart::{self, Histogram};
use crate::console::{Receivers, Shared};
use crate::failure::Failure;
use crate::form::Pairs;
use crate::page::{Page, Section, grouped, show};
use crate::period::{Axis, Period, Range};
use crate::session::Signed;
use crate::shown;

/// What the address asks for.
struct Asked {
    query: String,
    since: String,
    until: String,
    period: Period,
    before: Option<Seq>,
}

impl Asked {
    fn read(pairs: &Pairs, now: Instant) -> Self {
        let (since, until) = (pairs.get("since").to_owned(), pairs.get("until").to_owned());
        Self {
            query: pairs.get("q").to_owned(),
            period: Period::read(pairs.get("range"), &since, &until, now),
            before: pairs.get("before").parse().ok(),
            since,
            until,
        }
    }

    /// The parts of the address that keep the time range.
    fn range_pairs(&self) -> Vec<(&str, &str)> {
        match self.period.range {
            Range::Custom => vec![("range", "custom"), ("since", &self.since), ("until", &self.until)],
            range => vec![("range", range.code())],
        }
    }

    fn with_range(&self, range: Range) -> String {
        address("/logs", &[("q", &self.query), ("range", range.code())])
    }

    fn older_than(&self, seq: Seq) -> String {
        let seq = seq.to_string();
        let mut pairs = vec![("q", self.query.as_str())];
        pairs.extend(self.range_pairs());
        pairs.push(("before", &seq));
        address("/logs", &pairs)
    }

    fn newest(&self) -> String {
        let mut pairs = vec![("q", self.query.as_str())];
        pairs.extend(self.range_pairs());
        address("/logs", &pairs)
    }
}

/// What the vault answered.
struct Answer {
    found: Found,
    axis: Axis,
    counts: Vec<(Instant, u64)>,
    nanos: u64,
}

fn ask(vault: &Vault, clock: &dyn Clock, query: Query, scope: Scope, period: &Period, before: Option<Seq>) -> Result<Answer, Failure> {
    let began = clock.now();
    let axis = period.axis(first_line(vault, &scope, period)?, began);
    let whole = Search { query, since: period.since, until: period.until, scope, limit: PAGE_ROWS };
    let counts = vault.histogram(&Search { since: Some(axis.start), ..whole.clone() }, axis.step)?;
    let before = before.map(Seq::received);
    let until = period.until.into_iter().chain(before).min();
    let found = vault.search(&Search { until, ..whole })?;
    Ok(Answer { found, axis, counts, nanos: clock.now().since(began) })
}

/// Where a range without a lower bound begins.
fn first_line(vault: &Vault, scope: &Scope, period: &Period) -> Result<Option<Instant>, Failure> {
    if period.since.is_some() {
        return Ok(None);
    }
    Ok(vault.sources()?.iter().filter(|source| scope.allows(&source.source)).map(|source| source.first.received()).min())
}

struct Chip {
    key: &'static str,
    link: String,
    on: bool,
}

/// A query that cannot be read: what stands before the place, and what is wrong there.
struct Wrong {
    before: String,
    column: String,
    expected: String,
}

/// What the query language says it expected, and the key of its words in the person's language. What is not here is shown as it is.
const EXPECTED: [(&str, &str); 8] = [
    ("a term, AND, OR or the end of the query", "expected-more"),
    ("a word, a phrase, field:value, NOT, ( or *", "expected-term"),
    ("a term before `)`", "expected-before-close"),
    ("a term (write \"AND\" or \"OR\" for the word itself)", "expected-operand"),
    ("`)`", "expected-close"),
    ("a character", "expected-character"),
    ("a value, \"a value\" or *", "expected-value"),
    ("a closing `\"`", "expected-quote"),
];

impl Wrong {
    /// Columns count characters from 1.
    fn new(lang: Lang, query: &str, error: QueryError) -> Self {
        let before = query.chars().take(error.column.saturating_sub(1)).collect::<String>();
        let key = EXPECTED.iter().find(|(expected, _)| *expected == error.expected).map(|(_, key)| *key);
        let expected = key.map_or(error.expected, |key| text(lang, key, &[]));
        Self { before: shown::plain(&before, QUERY_BYTES), column: error.column.to_string(), expected }
    }
}

#[derive(Template)]
#[template(path = "logs.html")]
struct LogsPage {
    page: Page,
    query: String,
    range: &'static str,
    custom: bool,
    since: String,
    until: String,
    unread: String,
    chips: Vec<Chip>,
    wrong: Option<Wrong>,
    chart: Histogram,
    total: String,
    highest: String,
    pages: (String, String),
    millis: String,
    fields: Vec<FieldList>,
    rows: Vec<Row>,
    older: String,
    newest: String,
    /// Sealed segments that no search looks into.
    unreadable: u64,
}

#[derive(Template)]
#[template(path = "logs_empty.html")]
struct EmptyPage {
    page: Page,
    settings: Vec<Setting>,
    /// What a person runs to send a first line.
    trial: String,
    loopback: bool,
}

/// Settings to copy, for one way of sending.
struct Setting {
    id: &'static str,
    key: &'static str,
    text: String,
}

pub(crate) async fn logs(State(house): State<Shared>, who: Signed, pairs: Pairs, headers: HeaderMap) -> Result<Response, Failure> {
    let status = house.beside(|console| Ok(console.vault.status())).await?;
    if status.lines == 0 && status.unreadable_segments == 0 {
        return empty(&house, &who, &headers);
    }
    let now = house.console.clock.now();
    let asked = Asked::read(&pairs, now);
    let page = Page::signed(&house, &who, Section::Logs, "logs-title");
    let query = match read_page_query(&asked.query) {
        Ok(query) => query,
        Err(error) => {
            let wrong = Wrong::new(who.lang, &asked.query, error);
            return show(StatusCode::BAD_REQUEST, &draw(page, &asked, None, Vec::new(), Some(wrong), now));
        }
    };
    let (period, before) = (asked.period.clone(), asked.before);
    let scope = super::scope(&house, &who.rights);
    let answer = house.beside(move |console| ask(&console.vault, console.clock.as_ref(), query, scope, &period, before)).await?;
    let names = source_names(&house).await?;
    let words = shown::words_of(&asked.query);
    let rows = answer.found.lines.iter().map(|hit| Row::new(hit, &names, &words)).collect();
    let mut page = draw(page, &asked, Some(answer), rows, None, now);
    page.unreadable = status.unreadable_segments;
    show(StatusCode::OK, &page)
}

fn draw(page: Page, asked: &Asked, answer: Option<Answer>, rows: Vec<Row>, wrong: Option<Wrong>, now: Instant) -> LogsPage {
    let axis = answer.as_ref().map_or_else(|| asked.period.axis(None, now), |a| a.axis);
    let chart = chart::histogram(axis, answer.as_ref().map_or(&[], |a| &a.counts));
    let found = answer.as_ref().map(|a| &a.found);
    let older = found.filter(|f| f.more).and_then(|f| f.lines.last()).map_or_else(String::new, |last| asked.older_than(last.line.seq));
    let chips = Range::CHIPS.iter().map(|&range| Chip { key: range.key(), link: asked.with_range(range), on: asked.period.range == range });
    LogsPage {
        query: asked.query.clone(),
        range: asked.period.range.code(),
        custom: asked.period.range == Range::Custom,
        since: asked.since.clone(),
        until: asked.until.clone(),
        unread: asked.period.unread.clone().unwrap_or_default(),
        chips: chips.collect(),
        wrong,
        total: grouped(chart.total),
        highest: grouped(chart.highest),
        chart,
        pages: found.map_or_else(Default::default, |f| (grouped(f.pages_opened), grouped(f.pages_total))),
        millis: answer.as_ref().map_or(0, |a| a.nanos / 1_000_000).to_string(),
        fields: found.map_or_else(Vec::new, |f| fields::common(&f.lines, &asked.query, &asked.range_pairs())),
        rows,
        older,
        newest: if asked.before.is_some() { asked.newest() } else { String::new() },
        unreadable: 0,
        page,
    }
}

/// No line yet: what to set, why, and a page that waits for the first line.
fn empty(house: &Shared, who: &Signed, headers: &HeaderMap) -> Result<Response, Failure> {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).map_or("127.0.0.1", bare_host);
    let receivers = house.console.receivers;
    let listening = [receivers.syslog, receivers.syslog_tls, receivers.relp];
    let page = EmptyPage {
        page: Page::signed(house, who, Section::Logs, "logs-title"),
        settings: settings(host, receivers),
        trial: receivers.syslog.map_or_else(String::new, |a| {
            format!("logger --tcp --server {host} --port {} \"{}\"", a.port(), text(who.lang, "logs-empty-trial-line", &[]))
        }),
        loopback: listening.iter().flatten().any(|a| a.ip().is_loopback()),
    };
    show(StatusCode::OK, &page)
}

/// The host of a `Host` header without its port.
fn bare_host(host: &str) -> &str {
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    match host.rsplit_once(':') {
        _ if !plain => "127.0.0.1",
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name.trim_matches(['[', ']']),
        _ => host,
    }
}

fn settings(host: &str, receivers: Receivers) -> Vec<Setting> {
    let mut out = Vec::new();
    if let Some(relp) = receivers.relp {
        let text = format!(
            "module(load=\"omrelp\")\n*.* action(type=\"omrelp\" target=\"{host}\" port=\"{}\"\n           template=\"RSYSLOG_SyslogProtocol23Format\"\n           queue.type=\"LinkedList\" queue.filename=\"anlan\" queue.saveOnShutdown=\"on\"\n           action.resumeRetryCount=\"-1\")",
            relp.port()
        );
        out.push(Setting { id: "set-relp", key: "logs-empty-relp", text });
    }
    if let Some(tls) = receivers.syslog_tls {
        let text = format!(
            "global(defaultNetstreamDriverCAFile=\"/etc/rsyslog.d/anlan.crt\")\n*.* action(type=\"omfwd\" target=\"{host}\" port=\"{}\" protocol=\"tcp\" TCP_Framing=\"octet-counted\"\n           template=\"RSYSLOG_SyslogProtocol23Format\"\n           StreamDriver=\"gtls\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/certvalid\")",
            tls.port()
        );
        out.push(Setting { id: "set-tls", key: "logs-empty-tls", text });
    }
    if let Some(syslog) = receivers.syslog {
        let text = format!(
            "*.* action(type=\"omfwd\" target=\"{host}\" port=\"{}\" protocol=\"tcp\" TCP_Framing=\"octet-counted\"\n           template=\"RSYSLOG_SyslogProtocol23Format\"\n           queue.type=\"LinkedList\" action.resumeRetryCount=\"-1\")",
            syslog.port()
        );
        out.push(Setting { id: "set-tcp", key: "logs-empty-tcp", text });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lose_their_port_and_nothing_else_gets_into_settings() {
        for (host, bare) in [
            ("a.example:8443", "a.example"),
            ("[::1]:8443", "::1"),
            ("10.0.0.1", "10.0.0.1"),
            ("x\" evil", "127.0.0.1"),
            ("a.example", "a.example"),
        ] {
            assert_eq!(bare_host(host), bare);
        }
    }
}
