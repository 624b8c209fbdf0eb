//! The query language (spec/query.md): words, phrases, `field:value`, AND, OR, NOT, parentheses.
//!
//! Invariants: a query is bounded in length, nesting and terms before anything runs; its canonical text parses back to it.

mod matcher;
mod parse;

use std::fmt;
use std::str::FromStr;

pub(crate) use matcher::{Asked, Block, Matcher, Place, facts};

/// Characters of a query.
pub const QUERY_CHARS: usize = 4_096;
/// Parentheses and NOTs inside each other.
pub const QUERY_DEPTH: usize = 32;
/// Words, phrases, fields and `*` of a query.
pub const QUERY_TERMS: usize = 64;

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    expr: Expr,
}

impl Query {
    /// `*`: every line.
    #[must_use]
    pub fn all() -> Self {
        Self { expr: Expr::All }
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }
}

/// What is asked of a line. `And` and `Or` hold two or more and nothing of their own kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    All,
    Text(String),
    Field { name: String, test: Test },
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Exists,
    Equals(String),
}

/// Where a query stops making sense: `column` counts characters from 1.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("column {column}: expected {expected}")]
pub struct QueryError {
    pub column: usize,
    pub expected: String,
}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(s: &str) -> Result<Self, QueryError> {
        parse::parse(s).map(|expr| Self { expr })
    }
}

/// The canonical text: AND is written, parentheses only where needed, quotes where a word would read as something else.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_expr(f, &self.expr)
    }
}

fn write_expr(f: &mut fmt::Formatter<'_>, expr: &Expr) -> fmt::Result {
    match expr {
        Expr::All => f.write_str("*"),
        Expr::Text(text) if parse::is_plain_word(text) => f.write_str(text),
        Expr::Text(text) => write_quoted(f, text),
        Expr::Field { name, test: Test::Exists } => write!(f, "{name}:*"),
        Expr::Field { name, test: Test::Equals(value) } => {
            write!(f, "{name}:")?;
            if parse::is_plain_value(value) { f.write_str(value) } else { write_quoted(f, value) }
        }
        Expr::Not(inner) => {
            f.write_str("NOT ")?;
            write_inside(f, inner, matches!(**inner, Expr::And(_) | Expr::Or(_)))
        }
        Expr::And(all) => write_joined(f, all, " AND ", |e| matches!(e, Expr::And(_) | Expr::Or(_))),
        Expr::Or(any) => write_joined(f, any, " OR ", |e| matches!(e, Expr::Or(_))),
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Expr], joint: &str, inside: impl Fn(&Expr) -> bool) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(joint)?;
        }
        write_inside(f, part, inside(part))?;
    }
    Ok(())
}

fn write_inside(f: &mut fmt::Formatter<'_>, expr: &Expr, parentheses: bool) -> fmt::Result {
    if !parentheses {
        return write_expr(f, expr);
    }
    f.write_str("(")?;
    write_expr(f, expr)?;
    f.write_str(")")
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
