//! The condition of a Sigma rule: which of its selections have to match.

/// The most parts of a condition, and how deep they may nest.
const MOST: usize = 2_000;
const DEEPEST: usize = 50;

/// A condition over selections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// All parts hold.
    And(Vec<Condition>),
    /// One of the parts holds.
    Or(Vec<Condition>),
    /// The part does not hold.
    Not(Box<Condition>),
    /// The selection of this name matches.
    Selection(String),
    /// One, or all, of the selections whose names match the pattern; of all where it is `them`.
    Of {
        /// Whether all of them have to match.
        all: bool,
        /// The pattern, `*` for any characters.
        pattern: String,
    },
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// Why it is none that can be translated.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        if tokens.len() > MOST {
            return Err(format!("the condition has more than {MOST} parts"));
        }
        let mut reader = Reader { tokens: &tokens, at: 0, depth: 0 };
        let condition = reader.either()?;
        match reader.peek() {
            None => Ok(condition),
            Some(rest) => Err(format!("the condition goes on with `{rest}` where it should end")),
        }
    }
}

/// The words and parentheses of a condition.
fn tokens(text: &str) -> Result<Vec<&str>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' => 1,
            '|' => {
                return Err(
                    "the condition counts or groups, which Sigma now does in correlation rules".to_owned()
                );
            }
            _ => rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|')).unwrap_or(rest.len()),
        };
        found.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    Ok(found)
}

struct Reader<'t> {
    tokens: &'t [&'t str],
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.tokens.get(self.at).copied()
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_it = self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.at += usize::from(is_it);
        is_it
    }

    fn either(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.both()?];
        while self.takes("or") {
            parts.push(self.both()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Or(parts) })
    }

    fn both(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.negated()?];
        while self.takes("and") {
            parts.push(self.negated()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::And(parts) })
    }

    fn negated(&mut self) -> Result<Condition, String> {
        let mut negations = 0;
        while self.takes("not") {
            negations += 1;
        }
        let part = self.one()?;
        Ok(if negations % 2 == 1 { Condition::Not(Box::new(part)) } else { part })
    }

    fn one(&mut self) -> Result<Condition, String> {
        let token = self.peek().ok_or("the condition ends too early")?;
        self.at += 1;
        if token == "(" {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(format!("the condition nests deeper than {DEEPEST} parentheses"));
            }
            let inner = self.either()?;
            self.depth -= 1;
            return if self.takes(")") {
                Ok(inner)
            } else {
                Err("a parenthesis of the condition is not closed".to_owned())
            };
        }
        if self.takes("of") {
            let all = match token.to_ascii_lowercase().as_str() {
                "1" | "any" => false,
                "all" => true,
                _ => {
                    return Err(format!("the condition asks for `{token} of`, which is neither one nor all"));
                }
            };
            let pattern = self.peek().ok_or("the condition ends too early")?;
            self.at += 1;
            return Ok(Condition::Of { all, pattern: pattern.to_owned() });
        }
        if token == ")" || ["and", "or", "of", "near"].iter().any(|word| token.eq_ignore_ascii_case(word)) {
            return Err(format!("the condition has `{token}` where a selection should be"));
        }
        Ok(Condition::Selection(token.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(condition: &Condition) -> String {
        let joined = |parts: &[Condition], word: &str| {
            format!("({})", parts.iter().map(shown).collect::<Vec<_>>().join(word))
        };
        match condition {
            Condition::And(parts) => joined(parts, " & "),
            Condition::Or(parts) => joined(parts, " | "),
            Condition::Not(part) => format!("!{}", shown(part)),
            Condition::Selection(name) => name.clone(),
            Condition::Of { all, pattern } => format!("{}:{pattern}", if *all { "all" } else { "one" }),
        }
    }

    #[test]
    fn conditions_bind_as_sigma_says() {
        for (text, expected) in [
            ("a", "a"),
            ("a or b and not c", "(a | (b & !c))"),
            ("(a OR b) AND NOT 1 of filter_*", "((a | b) & !one:filter_*)"),
            ("all of them and not(x)", "(all:them & !x)"),
            ("not not a", "a"),
        ] {
            assert_eq!(Condition::parse(text).map(|it| shown(&it)).as_deref(), Ok(expected));
        }
        let deep = format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000));
        for text in ["", "a b", "(a", "a)", "a and", "2 of them", "a | count() > 5", "a near b", &deep] {
            assert!(Condition::parse(text).is_err(), "{}", &text[..text.len().min(40)]);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_condition_is_read(text in "([()a*|é] ?|and |or |not |1 |all |of |them ){0,30}") {
            let _ = Condition::parse(&text);
        }
    }
}
