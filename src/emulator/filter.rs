//! The part of OData that lists take: `$filter` with comparisons, `and`, `or`, `not`, `contains`,
//! `startswith`, `endswith`; `$orderby` with any number of properties.

use std::cmp::Ordering;

use serde_json::Value;

/// Parentheses and `not` nest no deeper than this.
const MAX_DEPTH: usize = 32;

/// A parsed `$filter`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter(Expression);

#[derive(Debug, Clone, PartialEq)]
enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Compare(Vec<String>, Comparison, Value),
    Text(TextTest, Vec<String>, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
}

impl Filter {
    /// Reads `text`; the error says what was not understood.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0 };
        let expression = parser.any(0)?;
        match parser.next() {
            None => Ok(Self(expression)),
            Some(token) => Err(format!("unexpected {token:?} in $filter")),
        }
    }

    /// Whether `body` passes.
    pub(super) fn matches(&self, body: &Value) -> bool {
        self.0.matches(body)
    }
}

impl Expression {
    fn matches(&self, body: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(body)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(body)),
            Self::Not(part) => !part.matches(body),
            Self::Compare(path, comparison, value) => comparison.holds(lookup(body, path), value),
            Self::Text(test, path, part) => {
                lookup(body, path).as_str().is_some_and(|text| test.holds(text, part))
            }
        }
    }
}

impl TextTest {
    fn holds(self, text: &str, part: &str) -> bool {
        match self {
            Self::Contains => text.contains(part),
            Self::StartsWith => text.starts_with(part),
            Self::EndsWith => text.ends_with(part),
        }
    }
}

impl Comparison {
    fn holds(self, left: &Value, right: &Value) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            _ => order_of(left, right).is_some_and(|order| match self {
                Self::Less => order == Ordering::Less,
                Self::LessOrEqual => order != Ordering::Greater,
                Self::Greater => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }),
        }
    }
}

/// The value at `path`, names compared without case; null where there is none.
fn lookup<'a>(body: &'a Value, path: &[String]) -> &'a Value {
    path.iter().fold(body, |value, segment| {
        let fields = value.as_object().into_iter().flatten();
        let mut found = fields.filter(|(name, _)| name.eq_ignore_ascii_case(segment));
        found.next().map_or(&Value::Null, |(_, value)| value)
    })
}

fn order_of(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        _ => None,
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '\'' => {
                let (text, length) = literal(rest)?;
                (Token::Text(text), length)
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || "(),'".contains(c);
                let length = rest.find(ends).unwrap_or(rest.len());
                (Token::Word(rest[..length].to_owned()), length)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// The text at the start of `rest` and its length there; a quote is doubled inside.
fn literal(rest: &str) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != '\'' {
            text.push(character);
        } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Ok((text, at + 1));
        }
    }
    Err("a text in $filter has no end".to_owned())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found == word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        if self.next().as_ref() == Some(token) {
            Ok(())
        } else {
            Err(format!("expected {token:?} in $filter"))
        }
    }

    fn any(&mut self, depth: usize) -> Result<Expression, String> {
        let mut parts = vec![self.all(depth)?];
        while self.take_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(Expression::Any(parts))
    }

    fn all(&mut self, depth: usize) -> Result<Expression, String> {
        let mut parts = vec![self.one(depth)?];
        while self.take_word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(Expression::All(parts))
    }

    fn one(&mut self, depth: usize) -> Result<Expression, String> {
        if depth > MAX_DEPTH {
            return Err("$filter nests too deep".to_owned());
        }
        match self.next() {
            Some(Token::Open) => {
                let inner = self.any(depth + 1)?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Some(Token::Word(word)) if word == "not" => {
                self.one(depth + 1).map(|inner| Expression::Not(Box::new(inner)))
            }
            Some(Token::Word(word)) => self.test(&word),
            other => Err(format!("expected a property in $filter, found {other:?}")),
        }
    }

    fn test(&mut self, word: &str) -> Result<Expression, String> {
        let test = match word {
            "contains" => Some(TextTest::Contains),
            "startswith" => Some(TextTest::StartsWith),
            "endswith" => Some(TextTest::EndsWith),
            _ => None,
        };
        let Some(test) = test else {
            let comparison = self.comparison()?;
            return Ok(Expression::Compare(path(word), comparison, self.value()?));
        };
        self.expect(&Token::Open)?;
        let Some(Token::Word(property)) = self.next() else {
            return Err(format!("{word} in $filter needs a property"));
        };
        self.expect(&Token::Comma)?;
        let Some(Token::Text(part)) = self.next() else {
            return Err(format!("{word} in $filter needs a text"));
        };
        self.expect(&Token::Close)?;
        Ok(Expression::Text(test, path(&property), part))
    }

    fn comparison(&mut self) -> Result<Comparison, String> {
        let word = self.next();
        match &word {
            Some(Token::Word(word)) => match word.as_str() {
                "eq" => Ok(Comparison::Equal),
                "ne" => Ok(Comparison::NotEqual),
                "lt" => Ok(Comparison::Less),
                "le" => Ok(Comparison::LessOrEqual),
                "gt" => Ok(Comparison::Greater),
                "ge" => Ok(Comparison::GreaterOrEqual),
                _ => Err(format!("unknown operator {word} in $filter")),
            },
            other => Err(format!("expected an operator in $filter, found {other:?}")),
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Value::String(text)),
            Some(Token::Word(word)) => match serde_json::from_str(&word) {
                Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => Ok(value),
                _ => Err(format!("unknown value {word} in $filter")),
            },
            other => Err(format!("expected a value in $filter, found {other:?}")),
        }
    }
}

fn path(text: &str) -> Vec<String> {
    text.split('/').map(str::to_owned).collect()
}

/// A parsed `$orderby`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order(Vec<(Vec<String>, bool)>);

impl Order {
    /// Reads `properties/kind desc, name`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let key = |part: &str| {
            let mut words = part.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some(property), None | Some("asc"), None) => Ok((path(property), false)),
                (Some(property), Some("desc"), None) => Ok((path(property), true)),
                _ => Err(format!("$orderby={text}")),
            }
        };
        text.split(',').map(key).collect::<Result<_, _>>().map(Self)
    }

    /// Which of two bodies comes first; what cannot be compared keeps its place.
    pub(super) fn compare(&self, left: &Value, right: &Value) -> Ordering {
        let by = |(path, descending): &(Vec<String>, bool)| {
            let order = order_of(lookup(left, path), lookup(right, path)).unwrap_or(Ordering::Equal);
            if *descending { order.reverse() } else { order }
        };
        self.0.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_by_comparisons_and_texts() {
        let body =
            json!({ "name": "picket-a", "properties": { "kind": "AnalyticsRule", "n": 3, "it": "it's" } });
        let passes = |filter: &str| Filter::parse(filter).map(|filter| filter.matches(&body));
        for (filter, expected) in [
            ("properties/kind eq 'AnalyticsRule'", true),
            ("Properties/Kind ne 'AnalyticsRule'", false),
            ("properties/kind eq 'HuntingQuery' or startswith(name, 'picket-')", true),
            ("properties/n gt 2 and properties/n le 3", true),
            ("not (properties/n lt 3) and properties/it eq 'it''s'", true),
            ("properties/kind eq 'x' and name eq 'y' or endswith(name,'-a')", true),
            ("properties/missing eq null", true),
            ("properties/missing gt 1", false),
            ("contains(name,'zz')", false),
        ] {
            assert_eq!(passes(filter), Ok(expected), "{filter}");
        }
        let deep = "(".repeat(1000);
        for wrong in
            ["", "name", "name eq", "name is 'a'", "name eq 'a", "name eq 'a')", "(name eq 'a'", &deep]
        {
            assert!(Filter::parse(wrong).is_err(), "{wrong:.40}");
        }
    }

    #[test]
    fn orders_by_several_properties() {
        let order = Order::parse("a desc, b/c").unwrap();
        let mut bodies = [json!({"a":1,"b":{"c":"y"}}), json!({"a":2}), json!({"a":1,"b":{"c":"x"}})];
        bodies.sort_by(|left, right| order.compare(left, right));
        assert_eq!(bodies, [json!({"a":2}), json!({"a":1,"b":{"c":"x"}}), json!({"a":1,"b":{"c":"y"}})]);
        assert!(Order::parse("a up").is_err() && Order::parse("").is_err());
    }
}
