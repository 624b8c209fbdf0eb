//! What the library's pages say about a version and an article: in force or not, how its words are known, how sure; and marked words.

use anlan_base::Day;
use anlan_base::text::{Lang, text};
use anlan_law::{Change, Force, ImportError, Place, Provenance, Version};

use super::shelf::Fate;

use crate::shown::{Kind, Part};

/// Characters of a query; the rest is cut off.
pub(crate) const QUERY_CHARS: usize = 100;
/// Words of a query that are looked for.
pub(crate) const QUERY_WORDS: usize = 8;

/// A word with the class that gives it shape and colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) class: &'static str,
    pub(crate) word: String,
    /// In one sentence.
    pub(crate) why: String,
}

impl Tag {
    pub(crate) fn new(lang: Lang, class: &'static str, key: &str, args: &[(&str, &str)]) -> Self {
        Self { class, word: text(lang, key, args), why: text(lang, &format!("{key}-why"), args) }
    }
}

/// Whether a version holds on a day, as a state.
pub(crate) fn force(lang: Lang, version: &Version, day: Day) -> Tag {
    let (class, key, on) = match version.force(day) {
        Force::InForce => ("met", "force-now", version.from),
        Force::From(day) => ("risk", "force-later", Some(day)),
        Force::Until(day) => ("unknown", "force-past", Some(day)),
        Force::Never => ("unknown", "force-never", None),
    };
    let on = on.map(|day| day.to_string()).unwrap_or_default();
    Tag { class, word: text(lang, key, &[]), why: text(lang, &format!("{key}-why"), &[("day", &on)]) }
}

/// From when until when, in one line.
pub(crate) fn validity(lang: Lang, version: &Version) -> String {
    match (version.from, version.until) {
        (None, _) => text(lang, "validity-never", &[]),
        (Some(from), None) => text(lang, "validity-open", &[("from", &from.to_string())]),
        (Some(from), Some(until)) => text(lang, "validity-closed", &[("from", &from.to_string()), ("until", &until.to_string())]),
    }
}

/// How an article's words are known. None where nothing is to be said: the same words as in an earlier version.
pub(crate) fn provenance(lang: Lang, provenance: &Provenance) -> Tag {
    match provenance {
        Provenance::Voted { copies } => Tag::new(lang, "", "known-voted", &[("copies", &copies.to_string())]),
        Provenance::Completed => Tag::new(lang, "warn", "known-completed", &[]),
        Provenance::Found => Tag::new(lang, "", "known-found", &[]),
        Provenance::Same { version, article } => {
            let place = Place::article(*article).show(lang);
            Tag::new(lang, "", "known-same", &[("version", version.edition()), ("place", &place)])
        }
        Provenance::Summary => Tag::new(lang, "warn", "known-summary", &[]),
        Provenance::Imported => Tag::new(lang, "accent", "known-imported", &[]),
    }
}

pub(crate) fn change(lang: Lang, change: Change) -> String {
    text(lang, change.key(), &[])
}

/// What became of a text that was kept.
pub(crate) fn fate(lang: Lang, fate: &Fate) -> Tag {
    match fate {
        Fate::Shown => Tag::new(lang, "accent", "fate-shown", &[]),
        Fate::Superseded => Tag::new(lang, "", "fate-superseded", &[]),
        Fate::Unfit(why) => Tag { class: "warn", word: text(lang, "fate-unfit", &[]), why: unfit(lang, why) },
        Fate::Loose => Tag::new(lang, "", "fate-loose", &[]),
    }
}

/// Why a text cannot be laid over a version.
pub(crate) fn unfit(lang: Lang, why: &ImportError) -> String {
    match why {
        ImportError::Version(id) => text(lang, "unfit-version", &[("version", id.as_str())]),
        ImportError::Articles { expected, found } => {
            text(lang, "unfit-articles", &[("expected", &expected.to_string()), ("found", &found.to_string())])
        }
        ImportError::Items { article, expected, found } => {
            let place = Place::article(*article).show(lang);
            let count = |items: &[u32]| items.len().to_string();
            text(lang, "unfit-items", &[("place", &place), ("expected", &count(expected)), ("found", &count(found))])
        }
    }
}

/// The words of a query, in lower case, each once.
pub(crate) fn needles(query: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in query.split_whitespace().map(str::to_ascii_lowercase) {
        if out.len() < QUERY_WORDS && !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

/// A query as it is taken: trimmed and cut.
pub(crate) fn query(sent: &str) -> String {
    sent.trim().chars().take(QUERY_CHARS).collect()
}

/// A text of the box with the query's words marked.
pub(crate) fn marked(text: &str, needles: &[String]) -> Vec<Part> {
    let lower = text.to_ascii_lowercase();
    let mut out = Vec::new();
    let mut done = 0;
    while let Some((from, to)) = next(&lower, done, needles) {
        push(&mut out, Kind::Plain, &text[done..from]);
        push(&mut out, Kind::Mark, &text[from..to]);
        done = to;
    }
    push(&mut out, Kind::Plain, &text[done..]);
    out
}

/// The first and longest needle at or after a byte.
fn next(lower: &str, from: usize, needles: &[String]) -> Option<(usize, usize)> {
    let found =
        needles.iter().filter_map(|needle| lower.get(from..)?.find(needle.as_str()).map(|at| (from + at, from + at + needle.len())));
    found.min_by_key(|&(at, to)| (at, usize::MAX - to))
}

fn push(out: &mut Vec<Part>, kind: Kind, text: &str) {
    if !text.is_empty() {
        out.push(Part { kind, text: text.to_owned() });
    }
}

/// Whether any of the needles stands in the parts.
pub(crate) fn has_mark(parts: &[Part]) -> bool {
    parts.iter().any(Part::is_mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, sent: &str) -> String {
        let parts = marked(text, &needles(&query(sent)));
        parts.iter().map(|p| if p.is_mark() { format!("[{}]", p.text) } else { p.text.clone() }).collect()
    }

    #[test]
    fn the_words_of_a_query_are_marked() {
        for (text, query, shown) in [
            ("网络日志不少于六个月", "日志", "网络[日志]不少于六个月"),
            ("网络日志不少于六个月", "六个月 日志", "网络[日志]不少于[六个月]"),
            ("日志日志", "日志", "[日志][日志]"),
            ("网络安全", "网络 网络安全", "[网络安全]"),
            ("App 和 APP", "app", "[App] 和 [APP]"),
            ("无", "", "无"),
            ("<b>", "<b>", "[<b>]"),
        ] {
            assert_eq!(drawn(text, query), shown, "{query}");
        }
    }

    #[test]
    fn a_query_has_a_limit() {
        for (len, kept) in [(QUERY_CHARS - 1, QUERY_CHARS - 1), (QUERY_CHARS, QUERY_CHARS), (QUERY_CHARS + 1, QUERY_CHARS)] {
            assert_eq!(query(&"字".repeat(len)).chars().count(), kept);
        }
        for (len, kept) in [(QUERY_WORDS - 1, QUERY_WORDS - 1), (QUERY_WORDS, QUERY_WORDS), (QUERY_WORDS + 1, QUERY_WORDS)] {
            let words: Vec<String> = (0..len).map(|n| format!("w{n}")).collect();
            assert_eq!(needles(&words.join(" ")).len(), kept);
        }
    }
}
