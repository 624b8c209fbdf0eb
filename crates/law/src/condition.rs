//! Conditions of packs: CEL expressions over typed facts, checked when a pack loads.
//!
//! Invariants:
//! - an expression holds only facts (`facts.NAME`), whole numbers, texts, true and false, `&& || !`, comparisons, `+ - *` and `? :`:
//!   no function, list, map or loop, so that evaluation takes no more steps than the text has signs;
//! - every fact is declared, every operator fits its operands and the whole is true or false, or the pack is refused;
//! - what it says is what CEL says: a test compares it with a full CEL. A full one is not used here, for its reader overflows the stack on nested
//!   texts of a few hundred bytes, and a pack may come from anywhere;
//! - a fact that is missing leaves a condition undecided, never met (I9).

mod reader;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The longest condition, in bytes.
pub const MOST_BYTES: usize = 400;
/// The deepest nesting of a condition; a chain such as `a && b && c` counts as deep as it is long.
pub const MOST_DEPTH: usize = 24;

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Bool,
    /// A whole number; shares are whole per cent, rounded down; money is whole yuan.
    Int,
    Text,
}

/// A value that was measured or entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    Bool(bool),
    Int(i64),
    Text(String),
}

impl Fact {
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
        }
    }
}

/// Facts by name.
pub type Facts = BTreeMap<String, Fact>;

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("longer than {MOST_BYTES} bytes")]
    Long,
    #[error("nested deeper than {MOST_DEPTH}")]
    Deep,
    #[error("not CEL: {0}")]
    Syntax(String),
    #[error("no such fact: {0}")]
    Fact(String),
    #[error("{0} does not fit its operands")]
    Type(String),
    #[error("not allowed here: {0}")]
    Form(String),
    #[error("neither true nor false")]
    NotBool,
}

/// Why a condition could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    #[error("facts missing: {}", .0.join(", "))]
    Missing(Vec<String>),
    #[error("of another type: {0}")]
    Mistyped(String),
    #[error("does not compute")]
    Arithmetic,
}

/// A checked condition.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    names: BTreeMap<String, Kind>,
    node: Arc<Node>,
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Condition {}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Bool(bool),
    Int(i64),
    Text(String),
    Fact(String),
    Not(Box<Self>),
    Negative(Box<Self>),
    Binary(Op, Box<Self>, Box<Self>),
    If(Box<Self>, Box<Self>, Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Plus,
    Minus,
    Times,
}

impl Condition {
    /// Reads and checks a condition. `declared` gives the type of each fact it may name.
    ///
    /// # Errors
    /// [`Refusal`], the first that is found.
    pub fn read(text: &str, declared: &dyn Fn(&str) -> Option<Kind>) -> Result<Self, Refusal> {
        if text.len() > MOST_BYTES {
            return Err(Refusal::Long);
        }
        let node = reader::read(text)?;
        let mut names = BTreeMap::new();
        if node.kind(declared, &mut names)? != Kind::Bool {
            return Err(Refusal::NotBool);
        }
        Ok(Self { text: text.to_owned(), names, node: Arc::new(node) })
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The facts it names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// # Errors
    /// [`Undecided`]: a fact is missing or of another type, or the numbers overflow. Never taken for true.
    pub fn holds(&self, facts: &Facts) -> Result<bool, Undecided> {
        let missing: Vec<String> = self.names().filter(|name| !facts.contains_key(*name)).map(str::to_owned).collect();
        if !missing.is_empty() {
            return Err(Undecided::Missing(missing));
        }
        for (name, kind) in &self.names {
            if facts.get(name).map(Fact::kind) != Some(*kind) {
                return Err(Undecided::Mistyped(name.clone()));
            }
        }
        match self.node.value(facts) {
            Some(Fact::Bool(holds)) => Ok(holds),
            _ => Err(Undecided::Arithmetic),
        }
    }
}

impl Node {
    fn kind(&self, declared: &dyn Fn(&str) -> Option<Kind>, names: &mut BTreeMap<String, Kind>) -> Result<Kind, Refusal> {
        let wrong = |sign: &str| Err(Refusal::Type(sign.to_owned()));
        match self {
            Self::Bool(_) => Ok(Kind::Bool),
            Self::Int(_) => Ok(Kind::Int),
            Self::Text(_) => Ok(Kind::Text),
            Self::Fact(name) => {
                let kind = declared(name).ok_or_else(|| Refusal::Fact(name.clone()))?;
                names.insert(name.clone(), kind);
                Ok(kind)
            }
            Self::Not(inner) => match inner.kind(declared, names)? {
                Kind::Bool => Ok(Kind::Bool),
                _ => wrong("!"),
            },
            Self::Negative(inner) => match inner.kind(declared, names)? {
                Kind::Int => Ok(Kind::Int),
                _ => wrong("-"),
            },
            Self::Binary(op, left, right) => {
                let kinds = (left.kind(declared, names)?, right.kind(declared, names)?);
                op.kind(kinds).map_or_else(|| wrong(op.sign()), Ok)
            }
            Self::If(test, yes, no) => {
                let kinds = (test.kind(declared, names)?, yes.kind(declared, names)?, no.kind(declared, names)?);
                if kinds.0 == Kind::Bool && kinds.1 == kinds.2 { Ok(kinds.1) } else { wrong("? :") }
            }
        }
    }

    /// None where a number overflows, unless the other side of `&&` or `||` decides alone, as in CEL.
    fn value(&self, facts: &Facts) -> Option<Fact> {
        match self {
            Self::Bool(flag) => Some(Fact::Bool(*flag)),
            Self::Int(number) => Some(Fact::Int(*number)),
            Self::Text(text) => Some(Fact::Text(text.clone())),
            Self::Fact(name) => facts.get(name).cloned(),
            Self::Not(inner) => inner.flag(facts).map(|flag| Fact::Bool(!flag)),
            Self::Negative(inner) => match inner.value(facts)? {
                Fact::Int(number) => number.checked_neg().map(Fact::Int),
                _ => None,
            },
            Self::Binary(op @ (Op::Or | Op::And), left, right) => {
                let decides = *op == Op::Or;
                let (left, right) = (left.flag(facts), right.flag(facts));
                match (left, right) {
                    (Some(flag), _) | (_, Some(flag)) if flag == decides => Some(Fact::Bool(decides)),
                    (Some(left), Some(right)) => Some(Fact::Bool(if decides { left || right } else { left && right })),
                    _ => None,
                }
            }
            Self::Binary(op, left, right) => op.value(&left.value(facts)?, &right.value(facts)?),
            Self::If(test, yes, no) => {
                if test.flag(facts)? {
                    yes.value(facts)
                } else {
                    no.value(facts)
                }
            }
        }
    }

    fn flag(&self, facts: &Facts) -> Option<bool> {
        match self.value(facts)? {
            Fact::Bool(flag) => Some(flag),
            _ => None,
        }
    }
}

impl Op {
    fn sign(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
        }
    }

    fn kind(self, operands: (Kind, Kind)) -> Option<Kind> {
        match (self, operands) {
            (Self::Or | Self::And, (Kind::Bool, Kind::Bool)) => Some(Kind::Bool),
            (Self::Equal | Self::Unequal, (left, right)) if left == right => Some(Kind::Bool),
            (Self::Less | Self::AtMost | Self::More | Self::AtLeast, (Kind::Int, Kind::Int)) => Some(Kind::Bool),
            (Self::Plus | Self::Minus | Self::Times, (Kind::Int, Kind::Int)) => Some(Kind::Int),
            _ => None,
        }
    }

    fn value(self, left: &Fact, right: &Fact) -> Option<Fact> {
        let (one, two) = match (self, left, right) {
            (Self::Equal, left, right) => return Some(Fact::Bool(left == right)),
            (Self::Unequal, left, right) => return Some(Fact::Bool(left != right)),
            (_, Fact::Int(one), Fact::Int(two)) => (*one, *two),
            _ => return None,
        };
        match self {
            Self::Less => Some(Fact::Bool(one < two)),
            Self::AtMost => Some(Fact::Bool(one <= two)),
            Self::More => Some(Fact::Bool(one > two)),
            Self::AtLeast => Some(Fact::Bool(one >= two)),
            Self::Plus => one.checked_add(two).map(Fact::Int),
            Self::Minus => one.checked_sub(two).map(Fact::Int),
            Self::Times => one.checked_mul(two).map(Fact::Int),
            Self::Or | Self::And | Self::Equal | Self::Unequal => None,
        }
    }
}

/// The facts that conditions name, as a set; for the form that asks for them.
#[must_use]
pub fn names_of<'a>(conditions: impl IntoIterator<Item = &'a Condition>) -> BTreeSet<&'a str> {
    conditions.into_iter().flat_map(Condition::names).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn declared(name: &str) -> Option<Kind> {
        match name {
            "days" | "needed" | "gaps" => Some(Kind::Int),
            "sealed" => Some(Kind::Bool),
            "who" => Some(Kind::Text),
            _ => None,
        }
    }

    fn read(text: &str) -> Result<Condition, Refusal> {
        Condition::read(text, &declared)
    }

    // LAWPACK-12
    #[test]
    fn only_declared_facts_of_fitting_types() {
        let form = |what: &str| Err(Refusal::Form(what.to_owned()));
        let cases = [
            ("facts.days >= facts.needed && facts.gaps == 0", Ok(())),
            ("facts.sealed ? facts.days > 1 : !(facts.who == 'x')", Ok(())),
            ("facts.days - 1 * 2 >= -3", Ok(())),
            ("facts.day > 1", Err(Refusal::Fact("day".to_owned()))),
            ("days > 1", Err(Refusal::Fact("days".to_owned()))),
            ("facts.days.x > 1", Err(Refusal::Fact("x".to_owned()))),
            ("facts.sealed > 1", Err(Refusal::Type(">".to_owned()))),
            ("true || facts.sealed == 1", Err(Refusal::Type("==".to_owned()))),
            ("facts.days", Err(Refusal::NotBool)),
            ("facts.days / 0 == 1", form("/")),
            ("size(facts.who) > 1", form("size")),
            ("facts.who.startsWith('a')", form("startsWith")),
            ("[1].exists(x, x > 0)", form("[")),
            ("facts.days > 1.5", form("only whole numbers, texts, true and false")),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text).map(|_| ()), wanted, "{text}");
        }
        assert!(matches!(read("facts.days >"), Err(Refusal::Syntax(_))));
        assert!(matches!(read(""), Err(Refusal::Syntax(_))));
    }

    // LAWPACK-13
    #[test]
    fn length_and_nesting_end_at_their_limits() {
        let long = |bytes: usize| format!("facts.sealed{}", " ".repeat(bytes - "facts.sealed".len()));
        assert!(read(&long(MOST_BYTES - 1)).is_ok());
        assert!(read(&long(MOST_BYTES)).is_ok());
        assert_eq!(read(&long(MOST_BYTES + 1)).map(|_| ()), Err(Refusal::Long));
        let deep = |n: usize| format!("{}facts.sealed{}", "(".repeat(n), ")".repeat(n));
        assert!(read(&deep(MOST_DEPTH - 1)).is_ok());
        assert!(read(&deep(MOST_DEPTH)).is_ok());
        assert_eq!(read(&deep(MOST_DEPTH + 1)).map(|_| ()), Err(Refusal::Deep));
        let nots = |n: usize| format!("{}facts.sealed", "!".repeat(n));
        assert!(read(&nots(MOST_DEPTH)).is_ok());
        assert_eq!(read(&nots(MOST_DEPTH + 1)).map(|_| ()), Err(Refusal::Deep));
        let chain = |n: usize| vec!["true"; n + 1].join("||");
        assert!(read(&chain(MOST_DEPTH - 1)).is_ok());
        assert!(read(&chain(MOST_DEPTH)).is_ok());
        assert_eq!(read(&chain(MOST_DEPTH + 1)).map(|_| ()), Err(Refusal::Deep));
    }

    #[test]
    fn hostile_texts_are_refused_quickly() {
        let fill = |piece: &str| piece.repeat(MOST_BYTES / piece.len());
        for text in
            ["(", "[", "{", "!", "-", "a.", "?", "1+", "''", "facts.sealed||", "\\", "\u{0}", "有", "a?b:", "has(", "\"\"\"", "0x", "9"]
        {
            let began = std::time::Instant::now();
            let _ = read(&fill(text));
            assert!(began.elapsed().as_secs() < 5, "{text}");
        }
    }

    // LAWPACK-14
    #[test]
    fn a_missing_fact_is_never_a_pass() {
        let condition = read("facts.sealed || facts.days > 3").unwrap();
        let mut facts = Facts::from([("sealed".to_owned(), Fact::Bool(true))]);
        assert_eq!(condition.holds(&facts), Err(Undecided::Missing(vec!["days".to_owned()])));
        facts.insert("days".to_owned(), Fact::Int(0));
        assert_eq!(condition.holds(&facts), Ok(true));
        facts.insert("days".to_owned(), Fact::Text("0".to_owned()));
        assert_eq!(condition.holds(&facts), Err(Undecided::Mistyped("days".to_owned())));
        let sum = read("facts.days + facts.days > 0").unwrap();
        assert_eq!(sum.holds(&Facts::from([("days".to_owned(), Fact::Int(i64::MAX))])), Err(Undecided::Arithmetic));
    }

    /// A random condition of boolean type as text, at most three deep.
    fn text(depth: u32) -> proptest::strategy::BoxedStrategy<String> {
        let number =
            prop_oneof![Just("facts.days"), Just("facts.needed"), Just("facts.gaps"), Just("0"), Just("7"), Just("9223372036854775807")];
        let number = number.prop_map(str::to_owned).boxed();
        let sum =
            (number.clone(), prop_oneof![Just("+"), Just("-"), Just("*")], number.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}"));
        let number = prop_oneof![number.clone(), number.prop_map(|a| format!("-{a}")), sum];
        let compare = prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("=="), Just("!=")];
        let leaf = prop_oneof![
            (number.clone(), compare, number).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            prop_oneof![Just("facts.sealed"), Just("true"), Just("!facts.sealed"), Just("facts.who == 'x'")].prop_map(str::to_owned)
        ]
        .boxed();
        if depth == 0 {
            return leaf;
        }
        let (a, b, c) = (text(depth - 1), text(depth - 1), text(depth - 1));
        prop_oneof![
            leaf,
            (a.clone(), prop_oneof![Just("&&"), Just("||")], b.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (a.clone(), prop_oneof![Just("=="), Just("!=")], b.clone()).prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            a.clone().prop_map(|a| format!("!({a})")),
            (a, b, c).prop_map(|(a, b, c)| format!("({a}) ? ({b}) : {c}")),
        ]
        .boxed()
    }

    fn by_full_cel(text: &str, facts: &Facts) -> Option<bool> {
        let program = cel::Program::compile(text).unwrap();
        let values: std::collections::HashMap<String, cel::Value> = facts
            .iter()
            .map(|(name, fact)| {
                let value = match fact {
                    Fact::Bool(flag) => cel::Value::Bool(*flag),
                    Fact::Int(number) => cel::Value::Int(*number),
                    Fact::Text(text) => cel::Value::from(text.as_str()),
                };
                (name.clone(), value)
            })
            .collect();
        let mut context = cel::Context::default();
        context.add_variable_from_value("facts", values);
        match program.execute(&context) {
            Ok(cel::Value::Bool(holds)) => Some(holds),
            _ => None,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        // LAWPACK-11
        #[test]
        fn it_says_what_a_full_cel_says(text in text(2), days in -3_i64..9, needed in 0_i64..9, sealed: bool, other: bool) {
            prop_assume!(text.len() <= MOST_BYTES);
            let condition = read(&text).map_err(|why| TestCaseError::fail(format!("{text}: {why}")))?;
            let who = Fact::Text(if other { "x" } else { "y" }.to_owned());
            let facts = [("days", Fact::Int(days)), ("needed", Fact::Int(needed)), ("gaps", Fact::Int(0)), ("sealed", Fact::Bool(sealed)), ("who", who)];
            let facts: Facts = facts.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect();
            prop_assert_eq!(condition.holds(&facts).ok(), by_full_cel(&text, &facts), "{}", text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[a-z0-9.()!&|<>=+*?:' -]{0,120}") {
            let _ = read(&text);
        }
    }
}
