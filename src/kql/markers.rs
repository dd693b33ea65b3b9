//! Comments of a query by which an environment changes it.
//!
//! - `let Threshold = 10; // picket: parameter` makes the literal one that an environment may replace.
//! - `// picket: exclusions` is where an environment puts conditions of its own.
//!
//! The query stays KQL that runs as it is: nothing in it is a template.

use super::syntax::nodes::{DynamicExpression, LetStatement, LiteralExpression};
use super::syntax::{LexToken, Node, TokenKind, Tree, View, parse};
use crate::text::TextRange;

/// What makes a comment one of ours.
const MARK: &str = "picket:";

/// The word behind the mark of a parameter.
const PARAMETER: &str = "parameter";

/// The word behind the mark of the place for exclusions.
const EXCLUSIONS: &str = "exclusions";

/// The markers of a query, each list in the order written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markers {
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The comments that mark a place for exclusions.
    pub exclusions: Vec<TextRange>,
    /// The comments that say `parameter` and stand behind no `let` with a literal.
    pub stray: Vec<TextRange>,
}

/// A variable whose literal may be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The bytes of the name.
    pub name_range: TextRange,
    /// The bytes of the literal.
    pub value: TextRange,
    /// The type of the literal.
    pub kind: LiteralKind,
}

/// The type of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `true`
    Bool,
    /// `int(10)`
    Int,
    /// `10`
    Long,
    /// `0.5`
    Real,
    /// `decimal(0.5)`
    Decimal,
    /// `"text"`
    String,
    /// `datetime(2026-01-01)`
    DateTime,
    /// `1h`
    TimeSpan,
    /// `guid(…)`
    Guid,
    /// `dynamic(["a"])`
    Dynamic,
}

impl LiteralKind {
    /// What a message calls it, with its article.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int | Self::Long => "a whole number",
            Self::Real | Self::Decimal => "a number",
            Self::String => "text",
            Self::DateTime => "a date and time",
            Self::TimeSpan => "a length of time",
            Self::Guid => "a GUID",
            Self::Dynamic => "a list",
        }
    }

    fn of(kind: TokenKind) -> Option<Self> {
        Some(match kind {
            TokenKind::BoolLiteral => Self::Bool,
            TokenKind::IntLiteral => Self::Int,
            TokenKind::LongLiteral => Self::Long,
            TokenKind::RealLiteral => Self::Real,
            TokenKind::DecimalLiteral => Self::Decimal,
            TokenKind::StringLiteral => Self::String,
            TokenKind::DateTimeLiteral => Self::DateTime,
            TokenKind::TimeSpanLiteral => Self::TimeSpan,
            TokenKind::GuidLiteral => Self::Guid,
            _ => return None,
        })
    }
}

/// Whether `body`, what stands behind the mark of a comment, names one of these markers.
pub fn is_marker(body: &str) -> bool {
    matches!(first_word(body), PARAMETER | EXCLUSIONS)
}

/// The markers of `query`. It is parsed only where the mark occurs.
pub fn markers(query: &str) -> Markers {
    if !query.contains(MARK) {
        return Markers::default();
    }
    let (tree, _) = parse(query);
    let mut markers = Markers::default();
    let mut of_parameters = Vec::new();
    for (word, comment) in comments(query, tree.tokens()) {
        match word {
            EXCLUSIONS => markers.exclusions.push(comment),
            PARAMETER => of_parameters.push(comment),
            _ => {}
        }
    }
    for comment in of_parameters {
        match parameter(&tree, query, comment) {
            Some(parameter) => markers.parameters.push(parameter),
            None => markers.stray.push(comment),
        }
    }
    markers
}

fn first_word(body: &str) -> &str {
    let body = body.trim_start();
    let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(body.len());
    &body[..end]
}

/// The comments that address picket, each with the first word of what it says.
fn comments<'q>(query: &'q str, tokens: &[LexToken]) -> Vec<(&'q str, TextRange)> {
    let mut found = Vec::new();
    for token in tokens.iter().filter(|token| token.has_trivia()) {
        let mut at = token.trivia_start as usize;
        for line in token.trivia().slice(query).split_inclusive('\n') {
            if let Some(start) = line.find("//")
                && let Some(body) = line[start + 2..].trim_start().strip_prefix(MARK)
            {
                let range = TextRange::from_usize(at + start, at + line.trim_end().len());
                found.push((first_word(body), range));
            }
            at += line.len();
        }
    }
    found
}

/// The parameter whose `let` ends on the line of `comment`.
fn parameter(tree: &Tree, query: &str, comment: TextRange) -> Option<Parameter> {
    let statements = tree.root().descendants().filter_map(LetStatement::cast);
    let before = |statement: &LetStatement<'_>| {
        let end = statement.syntax().range().end;
        let between = TextRange::new(end, comment.start).slice(query);
        end <= comment.start
            && between.trim_matches([' ', '\t']).trim_end_matches(';').trim().is_empty()
            && !between.contains('\n')
    };
    let statement = statements.filter(before).last()?;
    let value = statement.expression();
    Some(Parameter {
        name: statement.name().syntax().text().trim().to_owned(),
        name_range: statement.name().syntax().range(),
        value: value.range(),
        kind: kind_of(value)?,
    })
}

/// The type of a literal, a number with a sign included.
fn kind_of(node: Node<'_>) -> Option<LiteralKind> {
    if DynamicExpression::cast(node).is_some() {
        return Some(LiteralKind::Dynamic);
    }
    if let Some(literal) = LiteralExpression::cast(node) {
        return LiteralKind::of(literal.token().kind());
    }
    // The parts of a text in several pieces are no one literal, a sign before a number is.
    let mut tokens = node.descendant_tokens().map(|token| token.kind());
    match (tokens.next()?, tokens.next()?, tokens.next()) {
        (TokenKind::Minus | TokenKind::Plus, number, None) => LiteralKind::of(number)
            .filter(|kind| matches!(kind, LiteralKind::Long | LiteralKind::Real | LiteralKind::TimeSpan)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_parameters_of_every_type_and_places_for_exclusions() {
        let query = "let A = 10; // picket: parameter\nlet B = -0.5; //picket: parameter, the share\n\
                     let C = dynamic([1, 2]); // picket: parameter\nlet D = \"x\" // picket: parameter\n;\n\
                     let E = ago(1h); // picket: parameter\nlet F = 2h; // a comment\n\
                     T\n  // picket: exclusions\n| take A\n";
        let found = markers(query);
        let shown: Vec<_> = found
            .parameters
            .iter()
            .map(|it| (it.name.as_str(), it.name_range.slice(query), it.value.slice(query), it.kind))
            .collect();
        assert_eq!(
            shown,
            [
                ("A", "A", "10", LiteralKind::Long),
                ("B", "B", "-0.5", LiteralKind::Real),
                ("C", "C", "dynamic([1, 2])", LiteralKind::Dynamic),
                ("D", "D", "\"x\"", LiteralKind::String),
            ]
        );
        let texts = |ranges: &[TextRange]| -> Vec<String> {
            ranges.iter().map(|range| range.slice(query).to_owned()).collect()
        };
        assert_eq!(texts(&found.exclusions), ["// picket: exclusions"]);
        assert_eq!(texts(&found.stray), ["// picket: parameter"], "of E, which is no literal");
    }

    #[test]
    fn text_that_is_no_comment_marks_nothing() {
        assert_eq!(markers("print '// picket: exclusions'"), Markers::default());
        assert_eq!(markers("T // picket: ignore[PK701] why"), Markers::default());
        assert!(is_marker(" exclusions") && is_marker("parameter: the limit"));
        assert!(!is_marker("exclusion") && !is_marker("ignore[PK701]"));
    }
}
