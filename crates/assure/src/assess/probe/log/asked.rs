//! Searches as arguments of `anlan log search`, written so that they mean exactly what was counted.
//!
//! Invariant: times read back to the nanosecond; the query is canonical text.

use anlan_base::{Day, Instant};

/// `anlan.source:ip:192.0.2.1`.
pub(super) fn from_source(source: &str) -> String {
    let quoted = format!("anlan.source:\"{}\"", source.replace('\\', "\\\\").replace('"', "\\\""));
    quoted.parse::<anlan_vault::Query>().map_or(quoted, |query| query.to_string())
}

/// Query and period, until the moment `until`, that one not included.
pub(super) fn search(query: &str, since: Instant, until: Instant) -> String {
    format!("{} --since {} --until {}", quoted(query), exact(since), exact(until))
}

/// As a shell takes it for one word.
fn quoted(query: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:-/@".contains(c);
    if query.chars().all(plain) { query.to_owned() } else { format!("'{}'", query.replace('\'', "'\\''")) }
}

/// The day where it begins one, else the moment to the nanosecond.
fn exact(at: Instant) -> String {
    let day = Day::of(at);
    if day.start() == at {
        return day.to_string();
    }
    format!("{}.{:09}+08:00", at.to_civil().replace(' ', "T"), at.0 % Instant::SECOND)
}

#[cfg(test)]
mod tests {
    use anlan_base::parse_time;

    use super::*;

    #[test]
    fn times_read_back_and_queries_are_one_word() {
        for at in [Instant(1_793_000_000_123_456_789), Day(20_777).start(), Instant(Day(20_777).start().0 + 1)] {
            assert_eq!(parse_time(&exact(at)).unwrap(), at);
        }
        for (source, query) in [("ip:192.0.2.1", "anlan.source:ip:192.0.2.1"), ("ip:2001:db8::1", "anlan.source:ip:2001:db8::1")] {
            assert_eq!(from_source(source), query);
            assert_eq!(quoted(query), query);
        }
        assert_eq!(quoted("a AND (b)"), "'a AND (b)'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
