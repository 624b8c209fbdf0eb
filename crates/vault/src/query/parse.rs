//! Text to [`Expr`], by recursive descent: OR below AND below NOT.

use super::{Expr, QUERY_CHARS, QUERY_DEPTH, QUERY_TERMS, QueryError, Test};

/// Names without a dot that are fields all the same.
const SHORT_FIELDS: [&str; 3] = ["seq", "message", "@timestamp"];

pub(super) fn parse(text: &str) -> Result<Expr, QueryError> {
    let mut parser = Parser { chars: text.chars().take(QUERY_CHARS + 1).collect(), at: 0, depth: 0, terms: 0 };
    if parser.chars.len() > QUERY_CHARS {
        return Err(error(QUERY_CHARS + 1, format!("at most {QUERY_CHARS} characters")));
    }
    let expr = parser.any()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.wrong("a term, AND, OR or the end of the query")),
    }
}

/// Whether a text written without quotes reads as that text again.
pub(super) fn is_plain_word(text: &str) -> bool {
    is_plain_value(text) && !matches!(text, "AND" | "OR" | "NOT") && split_field(text).is_none()
}

/// Whether a field's value may stand without quotes.
pub(super) fn is_plain_value(text: &str) -> bool {
    !text.is_empty() && text != "*" && !text.chars().any(ends_word)
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

/// `name` and the rest of `name:rest` when it is a field: a letter, `@` or `_` first, and a dot in it (or one of the short names). So `12:30`, `2001:db8::1`
/// and `http://x` stay words.
fn split_field(word: &str) -> Option<(&str, &str)> {
    let (name, rest) = word.split_once(':')?;
    let begins = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '@' | '_'));
    let known = SHORT_FIELDS.iter().any(|short| short.eq_ignore_ascii_case(name));
    ((begins && name.contains('.')) || known).then_some((name, rest))
}

fn error(column: usize, expected: impl Into<String>) -> QueryError {
    QueryError { column, expected: expected.into() }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    terms: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Expr, QueryError> {
        let mut parts = vec![self.all()?];
        while self.keyword("OR") {
            parts.push(self.all()?);
        }
        Ok(join(parts, Expr::Or))
    }

    fn all(&mut self) -> Result<Expr, QueryError> {
        let mut parts = vec![self.unary()?];
        loop {
            if self.keyword("AND") {
                parts.push(self.unary()?);
                continue;
            }
            match self.peek() {
                None | Some(')') => break,
                Some(_) if self.sees("OR") => break,
                Some(_) => parts.push(self.unary()?),
            }
        }
        Ok(join(parts, Expr::And))
    }

    fn unary(&mut self) -> Result<Expr, QueryError> {
        match self.peek() {
            None => Err(self.wrong("a word, a phrase, field:value, NOT, ( or *")),
            Some('(') => self.parentheses(),
            Some(')') => Err(self.wrong("a term before `)`")),
            Some(_) if self.sees("NOT") => {
                self.enter()?;
                self.keyword("NOT");
                let inner = self.unary()?;
                self.depth -= 1;
                Ok(Expr::Not(Box::new(inner)))
            }
            Some(_) if self.sees("AND") || self.sees("OR") => Err(self.wrong("a term (write \"AND\" or \"OR\" for the word itself)")),
            Some(_) => self.term(),
        }
    }

    fn parentheses(&mut self) -> Result<Expr, QueryError> {
        self.enter()?;
        self.at += 1;
        let inner = self.any()?;
        if self.peek() != Some(')') {
            return Err(self.wrong("`)`"));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(inner)
    }

    fn enter(&mut self) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > QUERY_DEPTH { Err(self.wrong(format!("at most {QUERY_DEPTH} levels"))) } else { Ok(()) }
    }

    fn term(&mut self) -> Result<Expr, QueryError> {
        self.terms += 1;
        if self.terms > QUERY_TERMS {
            return Err(self.wrong(format!("at most {QUERY_TERMS} terms")));
        }
        let start = self.at;
        if self.chars.get(start) == Some(&'"') {
            return self
                .quoted()
                .and_then(|text| if text.is_empty() { Err(error(start + 2, "a character")) } else { Ok(Expr::Text(text)) });
        }
        let word = self.word();
        if word == "*" {
            return Ok(Expr::All);
        }
        match split_field(&word) {
            Some((name, rest)) => self.field(name.to_owned(), rest.to_owned()),
            None => Ok(Expr::Text(word)),
        }
    }

    fn field(&mut self, name: String, rest: String) -> Result<Expr, QueryError> {
        let test = match (rest.as_str(), self.chars.get(self.at)) {
            ("", Some('"')) => Test::Equals(self.quoted()?),
            ("", _) => return Err(error(self.at + 1, "a value, \"a value\" or *")),
            ("*", _) => Test::Exists,
            _ => Test::Equals(rest),
        };
        Ok(Expr::Field { name, test })
    }

    fn word(&mut self) -> String {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let word: String = rest.iter().copied().take_while(|&c| !ends_word(c)).collect();
        self.at += word.chars().count();
        word
    }

    /// The text between quotes; `\"` and `\\` stand for `"` and `\`, any other `\` for itself.
    fn quoted(&mut self) -> Result<String, QueryError> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let c = *self.chars.get(self.at).ok_or_else(|| error(self.at + 1, "a closing `\"`"))?;
            self.at += 1;
            match (c, self.chars.get(self.at)) {
                ('"', _) => return Ok(text),
                ('\\', Some(&escaped @ ('"' | '\\'))) => {
                    text.push(escaped);
                    self.at += 1;
                }
                _ => text.push(c),
            }
        }
    }

    /// The next character that is no white space, where the next term begins.
    fn peek(&mut self) -> Option<char> {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.chars.get(self.at).copied()
    }

    fn sees(&mut self, keyword: &str) -> bool {
        self.peek();
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let len = keyword.chars().count();
        rest.len() >= len && rest.iter().copied().take(len).eq(keyword.chars()) && rest.get(len).is_none_or(|&c| ends_word(c))
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let seen = self.sees(keyword);
        if seen {
            self.at += keyword.chars().count();
        }
        seen
    }

    fn wrong(&mut self, expected: impl Into<String>) -> QueryError {
        self.peek();
        error(self.at + 1, expected)
    }
}

/// One part stays itself; parts of the same kind are taken in.
fn join(mut parts: Vec<Expr>, kind: fn(Vec<Expr>) -> Expr) -> Expr {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    let and = matches!(kind(Vec::new()), Expr::And(_));
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Expr::And(inner) if and => flat.extend(inner),
            Expr::Or(inner) if !and => flat.extend(inner),
            other => flat.push(other),
        }
    }
    kind(flat)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::Query;

    fn shown(text: &str) -> String {
        text.parse::<Query>().map_or_else(|e| e.to_string(), |q| q.to_string())
    }

    #[test]
    fn queries_read_as_their_canonical_text() {
        for (written, canonical) in [
            ("*", "*"),
            ("failed", "failed"),
            ("failed root", "failed AND root"),
            ("  failed   AND root  ", "failed AND root"),
            ("a b OR c d", "a AND b OR c AND d"),
            ("a (b OR c)", "a AND (b OR c)"),
            ("(a b) c", "a AND b AND c"),
            ("NOT a b", "NOT a AND b"),
            ("NOT (a b)", "NOT (a AND b)"),
            ("NOT NOT a", "NOT NOT a"),
            ("a OR (b OR c)", "a OR b OR c"),
            ("and or not", "and AND or AND not"),
            ("\"AND\" ANDY", "\"AND\" AND ANDY"),
            ("\"Failed password\"", "\"Failed password\""),
            ("\"plain\"", "plain"),
            (r#""a \"b\" \\ c:\d""#, r#""a \"b\" \\ c:\\d""#),
            ("user.name:root", "user.name:root"),
            ("user.name:\"a b\"", "user.name:\"a b\""),
            ("user.name:*", "user.name:*"),
            ("user.name:\"*\"", "user.name:\"*\""),
            ("user.name:\"\"", "user.name:\"\""),
            ("user.name:a:b", "user.name:a:b"),
            ("seq:12", "seq:12"),
            ("12:30:05", "12:30:05"),
            ("2001:db8::1", "2001:db8::1"),
            ("http://a.example/x?y=1", "http://a.example/x?y=1"),
            ("user:root", "user:root"),
            ("sshd[991]: x", "sshd[991]: AND x"),
            ("\"seq:12\"", "\"seq:12\""),
            ("登录失败 root", "登录失败 AND root"),
            ("登录\u{3000}失败", "登录 AND 失败"),
            ("pam_unix(sshd)", "pam_unix AND sshd"),
            ("a\"b c\"", "a AND \"b c\""),
        ] {
            assert_eq!(shown(written), canonical, "{written}");
        }
    }

    #[test]
    fn errors_say_where_and_what() {
        for (written, column) in [
            ("", 1),
            ("   ", 4),
            ("a AND", 6),
            ("a OR ", 6),
            ("OR a", 1),
            ("a AND OR b", 7),
            ("NOT", 4),
            ("(a", 3),
            ("a)", 2),
            ("()", 2),
            ("\"abc", 5),
            ("\"\"", 2),
            ("登录 \"失败", 7),
            ("user.name:", 11),
            ("user.name: root", 11),
        ] {
            assert_eq!(written.parse::<Query>().map_err(|e| e.column), Err(column), "{written}");
        }
        assert_eq!("(a".parse::<Query>().unwrap_err().to_string(), "column 3: expected `)`");
    }

    #[test]
    fn a_query_has_limits() {
        let long = |n: usize| "登".repeat(n).parse::<Query>();
        let deep = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n)).parse::<Query>();
        let nots = |n: usize| format!("{}a", "NOT ".repeat(n)).parse::<Query>();
        let many = |n: usize| vec!["a"; n].join(" ").parse::<Query>();
        for (limit, make) in [
            (QUERY_CHARS, &long as &dyn Fn(usize) -> Result<Query, QueryError>),
            (QUERY_DEPTH, &deep),
            (QUERY_DEPTH, &nots),
            (QUERY_TERMS, &many),
        ] {
            assert!(make(limit - 1).is_ok() && make(limit).is_ok(), "{limit}");
            assert!(make(limit + 1).unwrap_err().expected.starts_with(&format!("at most {limit}")), "{limit}");
        }
        assert_eq!(long(QUERY_CHARS + 1).unwrap_err().column, QUERY_CHARS + 1);
    }

    /// Any expression the parser could give: nothing nested in its own kind.
    fn expr() -> impl Strategy<Value = Expr> {
        let name = prop_oneof!["[a-z@_][a-z0-9_]{0,3}\\.[A-Za-z0-9_.-]{0,6}", Just("seq".to_owned()), Just("kv.动作".to_owned())];
        let test = prop_oneof![Just(Test::Exists), "\\PC{0,6}".prop_map(Test::Equals), "[*\"\\\\ ()a]{0,4}".prop_map(Test::Equals)];
        let leaf = prop_oneof![
            Just(Expr::All),
            "\\PC{1,8}".prop_map(Expr::Text),
            "[*\"\\\\ ():.a\t\n登]{1,6}".prop_map(Expr::Text),
            prop_oneof!["AND", "OR", "NOT", "a\\.b:c", "[a-z]{1,3}"].prop_map(Expr::Text),
            (name, test).prop_map(|(name, test)| Expr::Field { name, test }),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(|e| Expr::Not(Box::new(e))),
                prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| join(parts, Expr::And)),
                prop::collection::vec(inner, 2..4).prop_map(|parts| join(parts, Expr::Or)),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_canonical_text_parses_back(expr in expr()) {
            let query = Query { expr };
            prop_assert_eq!(query.to_string().parse::<Query>(), Ok(query));
        }

        #[test]
        fn any_text_gives_a_query_or_a_place_in_it(text in "\\PC{0,40}|[()\"\\\\:* a.ANDORT\\s]{0,30}") {
            match text.parse::<Query>() {
                Ok(query) => prop_assert_eq!(query.to_string().parse::<Query>(), Ok(query)),
                Err(e) => prop_assert!(e.column >= 1 && e.column <= text.chars().count() + 1),
            }
        }
    }
}
