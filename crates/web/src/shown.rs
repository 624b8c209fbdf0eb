//! Hostile bytes made fit to be looked at: control characters visible, text cut to a budget, matched words marked.
//!
//! Invariant: what leaves here is text in parts; the template escapes every part. Budgets count bytes as they stand in the page.

/// Bytes of one message in a list.
pub(crate) const ROW_BYTES: usize = 800;
/// Bytes of the raw text on the page of a line; the whole of it can be downloaded.
pub(crate) const RAW_BYTES: usize = 32 * 1024;
/// Bytes of a line that a hex view shows.
pub(crate) const HEX_BYTES: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Mark,
    Control,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

impl Part {
    pub(crate) fn is_mark(&self) -> bool {
        self.kind == Kind::Mark
    }

    pub(crate) fn is_control(&self) -> bool {
        self.kind == Kind::Control
    }
}

/// The visible form of a character that would otherwise act on the page or hide in it: as programmers write it, in letters that every font has.
fn control(c: char) -> Option<String> {
    match c {
        '\0'..='\x1f' | '\x7f' => Some(format!("\\x{:02x}", u32::from(c))),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' => Some(format!("\\u{{{:x}}}", u32::from(c))),
        _ => None,
    }
}

/// Bytes that a character takes in the page.
pub(crate) fn cost(c: char) -> usize {
    match c {
        '<' | '>' | '&' | '"' | '\'' => 5,
        _ => control(c).map_or(c.len_utf8(), |shown| shown.len()),
    }
}

/// The longest beginning of `text` within a budget, and whether something was cut off.
pub(crate) fn cut(text: &str, budget: usize) -> (&str, bool) {
    let mut spent = 0;
    for (at, c) in text.char_indices() {
        spent += cost(c);
        if spent > budget {
            return (&text[..at], true);
        }
    }
    (text, false)
}

/// One line of plain text: cut, control characters visible.
pub(crate) fn plain(text: &str, budget: usize) -> String {
    let (text, was_cut) = cut(text, budget);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match control(c) {
            Some(shown) => out.push_str(&shown),
            None => out.push(c),
        }
    }
    if was_cut {
        out.push('…');
    }
    out
}

/// A text in parts, control characters standing alone; a line feed also breaks the line.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    let mut out = Vec::new();
    push(&mut out, Kind::Plain, text);
    for part in out.iter_mut().filter(|part| part.is_control()) {
        part.text = part.text.replace("\\x0a", "\\x0a\n");
    }
    out
}

/// A text of several lines: hidden characters visible, line feeds and tabs as they are.
pub(crate) fn visible(text: &str) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for c in text.chars() {
        match (c, control(c)) {
            ('\r', _) => {}
            ('\n' | '\t', _) | (_, None) => match out.last_mut() {
                Some(last) if last.kind == Kind::Plain => last.text.push(c),
                _ => out.push(Part { kind: Kind::Plain, text: c.to_string() }),
            },
            (_, Some(shown)) => out.push(Part { kind: Kind::Control, text: shown }),
        }
    }
    out
}

/// A message of a list: cut, the query's words marked.
pub(crate) fn marked(message: &str, words: &[String]) -> Vec<Part> {
    let (message, was_cut) = cut(message, ROW_BYTES);
    let lower = message.to_ascii_lowercase();
    let mut out = Vec::new();
    let mut done = 0;
    while let Some((from, to)) = next_match(&lower, done, words) {
        push(&mut out, Kind::Plain, &message[done..from]);
        push(&mut out, Kind::Mark, &message[from..to]);
        done = to;
    }
    push(&mut out, Kind::Plain, &message[done..]);
    if was_cut {
        push(&mut out, Kind::Plain, "…");
    }
    out
}

/// Adds a text, its control characters as parts of their own.
fn push(out: &mut Vec<Part>, kind: Kind, text: &str) {
    for c in text.chars() {
        let (kind, shown) = control(c).map_or_else(|| (kind, c.to_string()), |shown| (Kind::Control, shown));
        match out.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(&shown),
            _ => out.push(Part { kind, text: shown }),
        }
    }
}

fn next_match(lower: &str, from: usize, words: &[String]) -> Option<(usize, usize)> {
    let found = words.iter().filter_map(|word| whole_word(lower, from, word).map(|at| (at, at + word.len())));
    found.min_by_key(|&(at, to)| (at, usize::MAX - to))
}

/// Where `word` stands at or after `from`, not as a part of a longer ASCII word.
fn whole_word(lower: &str, from: usize, word: &str) -> Option<usize> {
    let mut start = from;
    while let Some(at) = lower.get(start..)?.find(word).map(|at| at + start) {
        let glued_before = joins(lower[..at].chars().next_back(), word.chars().next());
        let glued_after = joins(word.chars().next_back(), lower[at + word.len()..].chars().next());
        if !glued_before && !glued_after {
            return Some(at);
        }
        start = at + word.chars().next().map_or(1, char::len_utf8);
    }
    None
}

fn joins(a: Option<char>, b: Option<char>) -> bool {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    a.is_some_and(in_word) && b.is_some_and(in_word)
}

/// The words of a query that are worth marking, in lower case: no operators, no negated words, of `field:value` the value.
pub(crate) fn words_of(query: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut negated = false;
    for token in tokens(query) {
        match token.as_str() {
            "AND" | "OR" | "*" => continue,
            "NOT" => {
                negated = true;
                continue;
            }
            _ => {}
        }
        let word = token.split_once(':').filter(|(field, _)| is_field(field)).map_or(token.as_str(), |(_, value)| value);
        let word = word.trim_matches(['"', '*', '\u{1}']).to_ascii_lowercase();
        if !negated && !word.is_empty() && !out.contains(&word) {
            out.push(word);
        }
        negated = false;
    }
    out
}

/// A name with a dot, or `message`: `12:30` and `http://x` are words.
fn is_field(name: &str) -> bool {
    (name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.contains('.')) || name.eq_ignore_ascii_case("message")
}

/// A query cut at white space and brackets outside quotes.
fn tokens(query: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in query.chars() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || c == '(' || c == ')') => out.push(String::new()),
            c => {
                if let Some(last) = out.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    out.retain(|token| !token.is_empty());
    out
}

/// Offset, hexadecimal and ASCII columns of the first [`HEX_BYTES`].
pub(crate) fn hex_dump(raw: &[u8]) -> String {
    use std::fmt::Write;
    let shown = &raw[..raw.len().min(HEX_BYTES)];
    let mut out = String::with_capacity(shown.len() * 5);
    for (i, row) in shown.chunks(16).enumerate() {
        let _ = write!(out, "{:08x} ", i * 16);
        for (k, byte) in row.iter().enumerate() {
            let _ = write!(out, "{}{byte:02x}", if k == 8 { "  " } else { " " });
        }
        let gap = (16 - row.len()) * 3 + usize::from(row.len() <= 8);
        let _ = write!(out, "{:gap$}  ", "");
        out.extend(row.iter().map(|&b| if (0x20..0x7f).contains(&b) { char::from(b) } else { '·' }));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(message: &str, query: &str) -> String {
        let parts = marked(message, &words_of(query));
        parts.iter().map(|p| if p.is_mark() { format!("[{}]", p.text) } else { p.text.clone() }).collect()
    }

    #[test]
    fn whole_words_are_marked() {
        for (message, query, shown) in [
            ("Failed password for root", "failed root", "[Failed] password for [root]"),
            ("rooted root", "root", "rooted [root]"),
            ("a b", "NOT a b", "a [b]"),
            ("from 203.0.113.77 port", "source.ip:203.0.113.77 AND port", "from [203.0.113.77] [port]"),
            ("用户登录失败", "登录", "用户[登录]失败"),
            ("invalid user admin", "\"invalid user\"", "[invalid user] admin"),
            ("(a OR b)", "(a OR b)", "([a] OR [b])"),
            ("nothing", "*", "nothing"),
            ("<b>x</b>", "x", "<b>[x]</b>"),
            ("a\0b", "b", "a\\x00[b]"),
        ] {
            assert_eq!(drawn(message, query), shown, "{query}");
        }
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(plain("a\u{202e}b\x1b[31m\u{85}\t", 1000), "a\\u{202e}b\\x1b[31m\\u{85}\\x09");
        let parts = parts("a\nb");
        assert_eq!(parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), ["a", "\\x0a\n", "b"]);
        assert!(parts[1].is_control());
    }

    #[test]
    fn a_text_of_several_lines_keeps_them() {
        let drawn: Vec<_> = visible("a\r\n\tb\u{202e}c").into_iter().map(|part| (part.is_control(), part.text)).collect();
        assert_eq!(drawn, [(false, "a\n\tb".to_owned()), (true, "\\u{202e}".to_owned()), (false, "c".to_owned())]);
    }

    #[test]
    fn texts_are_cut_at_their_cost_in_the_page() {
        for (len, was_cut) in [(ROW_BYTES - 1, false), (ROW_BYTES, false), (ROW_BYTES + 1, true)] {
            assert_eq!(cut(&"a".repeat(len), ROW_BYTES).1, was_cut, "{len}");
        }
        assert_eq!(cut("<<<", 10), ("<<", true));
        assert_eq!(cut("错误", 5), ("错", true));
        assert_eq!(plain("abc", 2), "ab…");
    }

    #[test]
    fn bytes_are_dumped_in_rows_of_sixteen() {
        assert_eq!(hex_dump(b"\x00<a>"), "00000000  00 3c 61 3e                                       ·<a>\n");
        assert_eq!(
            hex_dump(&[0x41; 17]).lines().next().unwrap(),
            "00000000  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA"
        );
        for (len, rows) in [(HEX_BYTES - 1, 256), (HEX_BYTES, 256), (HEX_BYTES + 1, 256)] {
            assert_eq!(hex_dump(&vec![0; len]).lines().count(), rows, "{len}");
        }
    }
}
