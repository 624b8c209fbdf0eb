//! Anlan's own log on stderr: text for a terminal, one record a line for programs.
//!
//! Invariants: with `pairs` and `json` every line on stderr is one record, what the shell says too; no line feed of a message breaks one.

use std::fmt::Write as _;

use anlan_base::{Clock as _, SystemClock};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// The key `log_format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// `pairs` where systemd takes stderr, `text` elsewhere.
    Auto,
    Text,
    Pairs,
    Json,
}

/// How a line on stderr looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Text,
    /// `key=value`, values with spaces in quotes.
    Pairs,
    /// One JSON object.
    Json,
}

impl LogFormat {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "auto" => Self::Auto,
            "text" => Self::Text,
            "pairs" => Self::Pairs,
            "json" => Self::Json,
            _ => return None,
        })
    }

    #[allow(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
    pub fn shape(self) -> Shape {
        match self {
            // systemd names the stream of the journal so.
            Self::Auto if std::env::var_os("JOURNAL_STREAM").is_some() => Shape::Pairs,
            Self::Auto | Self::Text => Shape::Text,
            Self::Pairs => Shape::Pairs,
            Self::Json => Shape::Json,
        }
    }
}

/// Begins to write what `tracing` is told.
pub fn start(level: Level, shape: Shape) {
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level);
    match shape {
        Shape::Text => log.init(),
        Shape::Pairs | Shape::Json => log.event_format(Records(shape)).init(),
    }
}

/// One record of what is said, without its line feed.
pub fn record(shape: Shape, level: &Level, target: &str, fields: Vec<(&'static str, Value)>) -> String {
    let level = level.as_str().to_ascii_lowercase();
    let head = [("time", SystemClock.now().to_rfc3339().into()), ("level", level.into()), ("target", target.into())];
    let whole = head.into_iter().chain(fields);
    if shape == Shape::Json {
        return Value::Object(whole.map(|(name, value)| (name.to_owned(), value)).collect()).to_string();
    }
    let mut line = String::new();
    for (name, value) in whole {
        let space = if line.is_empty() { "" } else { " " };
        let _ = write!(line, "{space}{name}={}", pair_value(&value));
    }
    line
}

/// Bare where it is one plain word, else in the quotes of JSON.
fn pair_value(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '=' | '\\')) => {
            text.clone()
        }
        other => other.to_string(),
    }
}

struct Records(Shape);

impl<S, N> FormatEvent<S, N> for Records
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> std::fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        writeln!(writer, "{}", record(self.0, event.metadata().level(), event.metadata().target(), fields.0))
    }
}

#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.push((field.name(), value.into()));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_line_whatever_is_said() {
        let hostile = "a\nb \"c\" =\u{1b}[2J 中文";
        for shape in [Shape::Pairs, Shape::Json] {
            let fields = vec![("message", Value::from(hostile)), ("count", 3.into())];
            let line = record(shape, &Level::WARN, "anlan::serve", fields);
            assert!(!line.contains(['\n', '\u{1b}']), "{line}");
            match shape {
                Shape::Json => {
                    let value: Value = serde_json::from_str(&line).unwrap();
                    assert_eq!(
                        (value["message"].as_str(), value["level"].as_str(), value["count"].as_u64()),
                        (Some(hostile), Some("warn"), Some(3))
                    );
                }
                _ => assert!(line.contains("level=warn target=anlan::serve") && line.ends_with("count=3"), "{line}"),
            }
        }
    }

    #[test]
    fn plain_words_stand_bare() {
        for (value, shown) in [("ready", "ready"), ("a b", "\"a b\""), ("", "\"\""), ("a=b", "\"a=b\""), ("中", "\"中\"")] {
            assert_eq!(pair_value(&value.into()), shown);
        }
    }
}
