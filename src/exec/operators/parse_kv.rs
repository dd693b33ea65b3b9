//! `parse-kv`: columns out of the keys and values in a text.

use regex::Regex;

use super::Operator;
use crate::exec::compile::{Compiler, Scope, name_text, row_schema};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Table, put};
use crate::exec::value::{Value, coerce};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::ParseKvOperator;

#[derive(Debug)]
struct ParseKv {
    text: Expr,
    columns: Vec<Field>,
    how: How,
}

/// How keys and values are told apart.
#[derive(Debug)]
enum How {
    /// By a pattern with a group for either.
    Regex(Regex),
    /// By the texts between them.
    Delimited(Delimited),
}

#[derive(Debug, Default)]
struct Delimited {
    /// What stands between pairs, and between a key and its value; any sign that is no letter or digit where this says
    /// nothing.
    delimiters: Option<(String, String)>,
    /// What opens and closes quoted text.
    quotes: Vec<(char, char)>,
    escapes: Vec<char>,
    /// Whether a value reaches to the next key.
    greedy: bool,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ParseKvOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let text = compiler.expression(node.expression(), scope);
    let columns = row_schema(node.keys()).fields;
    let mut how = Delimited::default();
    let (mut pair, mut key, mut regex) = (None, None, None);
    for property in node.with().into_iter().flat_map(|with| with.properties().iter()) {
        let value = compiler.constant(property.expression(), scope);
        let value_text = value.to_text().into_owned();
        match name_text(property.name().syntax()).as_str() {
            "pair_delimiter" => pair = Some(value_text),
            "kv_delimiter" => key = Some(value_text),
            "quote" => {
                let mut signs = value_text.chars();
                if let Some(open) = signs.next() {
                    how.quotes.push((open, signs.next().unwrap_or(open)));
                }
            }
            "escape" => how.escapes.extend(value_text.chars().next()),
            "greedy" => how.greedy = value.is_true(),
            "regex" => match Regex::new(&value_text) {
                Ok(pattern) if pattern.captures_len() == 3 => regex = Some(pattern),
                _ => compiler.unsupported(
                    property.syntax().range(),
                    "a pattern of `parse-kv` that is no regular expression with two groups",
                ),
            },
            other => compiler.unsupported(property.syntax().range(), format!("`{other}` of `parse-kv`")),
        }
    }
    match (pair, key) {
        (Some(pair), Some(key)) if !pair.is_empty() && !key.is_empty() => how.delimiters = Some((pair, key)),
        (None, None) => {}
        _ => compiler.unsupported(range, "`parse-kv` with one delimiter of two"),
    }
    let how = regex.map_or(How::Delimited(how), How::Regex);
    input.pipe(ParseKv { text, columns, how }, range)
}

impl Operator for ParseKv {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        let text = self.text.linked(&input.schema)?;
        let places: Vec<usize> = self.columns.iter().map(|field| input.schema.place(field.clone())).collect();
        let width = input.schema.len();
        for row in &mut input.rows {
            let text = text.value(row, run)?.to_text().into_owned();
            let pairs = match &self.how {
                How::Regex(pattern) => pattern
                    .captures_iter(&text)
                    .map(|found| {
                        let group = |index| found.get(index).map_or("", |part| part.as_str()).to_owned();
                        (group(1), group(2))
                    })
                    .collect(),
                How::Delimited(delimited) => match &delimited.delimiters {
                    Some((pair, key)) => delimited.pairs(&text, pair, key),
                    None => delimited.loose_pairs(&text, &self.columns),
                },
            };
            let values = self.columns.iter().map(|field| {
                // The first of several counts.
                let found = pairs.iter().find(|(key, _)| *key == *field.name);
                found.map_or_else(
                    || Value::missing(field.ty),
                    |(_, value)| coerce(&Value::string(value), field.ty),
                )
            });
            put(row, width, &places, values);
        }
        Ok(input)
    }
}

impl Delimited {
    /// The pairs of a text whose delimiters are known.
    fn pairs(&self, text: &str, pair: &str, key: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start();
            while let Some(after) = rest.strip_prefix(pair) {
                rest = after.trim_start();
            }
            if rest.is_empty() {
                return pairs;
            }
            let (name, after) = self.quoted(rest).unwrap_or_else(|| {
                // A key does not reach beyond its pair.
                let end = [key, pair].iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                (name.trim().to_owned(), after)
            });
            match after.trim_start().strip_prefix(key).filter(|_| !name.is_empty()) {
                Some(value) => {
                    let (value, after) = self.value(value.trim_start(), pair, key);
                    pairs.push((name, value));
                    rest = after;
                }
                // No pair: what comes behind the next delimiter may be one.
                None => rest = rest.find(pair).and_then(|at| rest.get(at + pair.len()..)).unwrap_or(""),
            }
        }
    }

    fn value<'t>(&self, text: &'t str, pair: &str, key: &str) -> (String, &'t str) {
        if let Some(quoted) = self.quoted(text) {
            return quoted;
        }
        let end = if self.greedy {
            // Up to the last delimiter of pairs before the next key.
            let before = text.find(key).and_then(|key| text.get(..key));
            before.and_then(|before| before.rfind(pair)).unwrap_or(text.len())
        } else {
            text.find(pair).unwrap_or(text.len())
        };
        let (value, rest) = text.split_at(end);
        (value.trim().to_owned(), rest)
    }

    /// The pairs of a text without known delimiters: each key that is asked for, with the word behind it.
    fn loose_pairs(&self, text: &str, keys: &[Field]) -> Vec<(String, String)> {
        let is_word = |sign: char| sign.is_alphanumeric() || sign == '_';
        let opens = |sign: char| self.quotes.iter().any(|(open, _)| *open == sign);
        let token = |text: &'_ str| text.find(|sign| !is_word(sign)).unwrap_or(text.len());
        let mut pairs = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(|sign| !is_word(sign) && !opens(sign));
            if rest.is_empty() {
                return pairs;
            }
            let (word, after) = match self.quoted(rest) {
                Some(quoted) => quoted,
                None => {
                    let first = rest.chars().next().map_or(1, char::len_utf8);
                    let (word, after) = rest.split_at(token(rest).max(first));
                    (word.to_owned(), after)
                }
            };
            rest = after;
            if keys.iter().any(|key| *key.name == *word) {
                let value = rest.trim_start_matches(|sign| !is_word(sign) && !opens(sign));
                let (value, after) = self.quoted(value).unwrap_or_else(|| {
                    let (value, after) = value.split_at(token(value));
                    (value.to_owned(), after)
                });
                pairs.push((word, value));
                rest = after;
            }
        }
    }

    /// Quoted text at the start, without its quotes, and what follows.
    fn quoted<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let first = text.chars().next()?;
        let (_, close) = self.quotes.iter().find(|(open, _)| *open == first)?;
        let mut out = String::new();
        let mut signs = text.char_indices().skip(1);
        while let Some((at, sign)) = signs.next() {
            if self.escapes.contains(&sign) {
                out.extend(signs.next().map(|(_, sign)| sign));
            } else if sign == *close {
                return text.get(at + sign.len_utf8()..).map(|rest| (out, rest));
            } else {
                out.push(sign);
            }
        }
        None
    }
}
