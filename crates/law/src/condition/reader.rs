//! The reader of conditions: the part of CEL that packs may use, with its precedences. A test compares it with a full CEL on random conditions.

use super::{MOST_DEPTH, Node, Op, Refusal};

/// Signs of two characters before those of one.
const SIGNS: [&str; 24] =
    ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")", ".", "[", "]", "{", "}", ","];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Sign(&'static str),
    Word(String),
    Int(i64),
    Text(String),
}

/// The tree of a text.
pub(super) fn read(text: &str) -> Result<Node, Refusal> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0 };
    let node = reader.condition(0)?;
    match reader.tokens.get(reader.at) {
        None => Ok(node),
        Some(token) => Err(reader.unexpected(token)),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '0'..='9' => number(rest)?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let (word, after) = split(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                (Token::Word(word.to_owned()), after)
            }
            '\'' | '"' => quoted(rest, first)?,
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or_else(|| Refusal::Syntax(format!("`{first}`")))?;
                (Token::Sign(sign), &rest[sign.len()..])
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn split(text: &str, holds: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !holds(c)).unwrap_or(text.len()))
}

fn number(text: &str) -> Result<(Token, &str), Refusal> {
    let (digits, after) = split(text, |c| c.is_ascii_digit());
    if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '.') {
        return Err(Refusal::Form("only whole numbers, texts, true and false".to_owned()));
    }
    let number = digits.parse().map_err(|_| Refusal::Syntax(format!("`{digits}`")))?;
    Ok((Token::Int(number), after))
}

/// A text in single or double quotes, without escapes.
fn quoted(text: &str, mark: char) -> Result<(Token, &str), Refusal> {
    let inside = text.get(1..).unwrap_or_default();
    let end = inside.find(mark).ok_or_else(|| Refusal::Syntax(format!("{mark} …")))?;
    let (words, after) = inside.split_at(end);
    if words.contains(['\\', '\n', '\r']) || after.get(1..2).is_some_and(|next| next.starts_with(mark)) {
        return Err(Refusal::Form("\\".to_owned()));
    }
    Ok((Token::Text(words.to_owned()), after.get(1..).unwrap_or_default()))
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn wanted(&mut self, sign: &str) -> Result<(), Refusal> {
        if self.eat(sign) {
            return Ok(());
        }
        Err(self.tokens.get(self.at).map_or_else(|| Refusal::Syntax(format!("… {sign}")), |token| self.unexpected(token)))
    }

    fn unexpected(&self, token: &Token) -> Refusal {
        match token {
            Token::Sign(sign @ ("/" | "%" | "[" | "]" | "{" | "}")) => Refusal::Form((*sign).to_owned()),
            Token::Sign(sign) => Refusal::Syntax(format!("`{sign}`")),
            Token::Word(word) => Refusal::Syntax(format!("`{word}`")),
            Token::Int(number) => Refusal::Syntax(format!("`{number}`")),
            Token::Text(text) => Refusal::Syntax(format!("`'{text}'`")),
        }
    }

    /// `a ? b : c`, the weakest.
    fn condition(&mut self, depth: usize) -> Result<Node, Refusal> {
        if depth > MOST_DEPTH {
            return Err(Refusal::Deep);
        }
        let test = self.binary(0, depth)?;
        if !self.eat("?") {
            return Ok(test);
        }
        let yes = self.binary(0, depth + 1)?;
        self.wanted(":")?;
        let no = self.condition(depth + 1)?;
        Ok(Node::If(Box::new(test), Box::new(yes), Box::new(no)))
    }

    /// Operators of one level of strength, from the left; a chain counts as deep as it is long.
    fn binary(&mut self, level: usize, depth: usize) -> Result<Node, Refusal> {
        const LEVELS: [&[(&str, Op)]; 5] = [
            &[("||", Op::Or)],
            &[("&&", Op::And)],
            &[("==", Op::Equal), ("!=", Op::Unequal), ("<=", Op::AtMost), (">=", Op::AtLeast), ("<", Op::Less), (">", Op::More)],
            &[("+", Op::Plus), ("-", Op::Minus)],
            &[("*", Op::Times)],
        ];
        let Some(signs) = LEVELS.get(level) else { return self.prefixed(depth) };
        let mut left = self.binary(level + 1, depth)?;
        let mut chain = depth;
        while let Some((_, op)) = signs.iter().find(|(sign, _)| self.eat(sign)) {
            chain += 1;
            if chain > MOST_DEPTH {
                return Err(Refusal::Deep);
            }
            let right = self.binary(level + 1, depth + 1)?;
            left = Node::Binary(*op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn prefixed(&mut self, depth: usize) -> Result<Node, Refusal> {
        if depth > MOST_DEPTH {
            return Err(Refusal::Deep);
        }
        if self.eat("!") {
            return Ok(Node::Not(Box::new(self.prefixed(depth + 1)?)));
        }
        if self.eat("-") {
            return Ok(Node::Negative(Box::new(self.prefixed(depth + 1)?)));
        }
        self.single(depth)
    }

    fn single(&mut self, depth: usize) -> Result<Node, Refusal> {
        let Some(token) = self.tokens.get(self.at).cloned() else { return Err(Refusal::Syntax("…".to_owned())) };
        self.at += 1;
        match token {
            Token::Int(number) => Ok(Node::Int(number)),
            Token::Text(text) => Ok(Node::Text(text)),
            Token::Word(word) => self.word(word),
            Token::Sign("(") => {
                let inside = self.condition(depth + 1)?;
                self.wanted(")")?;
                Ok(inside)
            }
            Token::Sign(_) => Err(self.unexpected(&token)),
        }
    }

    fn word(&mut self, word: String) -> Result<Node, Refusal> {
        match word.as_str() {
            "true" => return Ok(Node::Bool(true)),
            "false" => return Ok(Node::Bool(false)),
            "facts" if self.eat(".") => {}
            _ if self.eat("(") => return Err(Refusal::Form(word)),
            _ => return Err(Refusal::Fact(word)),
        }
        let name = self.name()?;
        if self.eat("(") {
            return Err(Refusal::Form(name));
        }
        if self.eat(".") {
            let inner = self.name()?;
            return Err(if self.eat("(") { Refusal::Form(inner) } else { Refusal::Fact(inner) });
        }
        Ok(Node::Fact(name))
    }

    fn name(&mut self) -> Result<String, Refusal> {
        match self.tokens.get(self.at).cloned() {
            Some(Token::Word(name)) => {
                self.at += 1;
                Ok(name)
            }
            Some(token) => Err(self.unexpected(&token)),
            None => Err(Refusal::Syntax("…".to_owned())),
        }
    }
}
