//! Suppression comments of queries: `// picket: ignore[PK701] reason`.

use super::{Comment, MARK, read_comment};
use crate::diag::Diagnostic;
use crate::kql::syntax::lex;
use crate::rule::Rule;
use crate::text::{Source, Span, TextRange};

/// The suppression comments in the query of `rule`, which stands in `source`.
pub(super) fn read(rule: &Rule, source: &Source, about: &mut Vec<Diagnostic>) -> Vec<Comment> {
    let Some(query) = rule.query.as_ref().filter(|query| query.text().contains(MARK)) else {
        return Vec::new();
    };
    let text = query.text();
    let marks = marks(text);
    let comments = marks.iter().filter_map(|mark| {
        let covers = query.scalar.range_of(covered(text, *mark, &marks));
        let place = Span::new(rule.source, query.scalar.range_of(*mark));
        read_comment("//", place, &source.text, covers, about)
    });
    comments.collect()
}

/// The comments of `text`, a query, that address picket.
fn marks(text: &str) -> Vec<TextRange> {
    let mut marks = Vec::new();
    for token in lex(text).0 {
        let trivia = token.trivia();
        let mut at = trivia.start as usize;
        for line in trivia.slice(text).split_inclusive('\n') {
            if let Some(start) = line.find("//")
                && line[start + 2..].trim_start().starts_with(MARK)
            {
                marks.push(TextRange::from_usize(at + start, at + line.trim_end().len()));
            }
            at += line.len();
        }
    }
    marks
}

/// The line that the comment at `mark` covers: its own where something stands before it, else the next that is no such
/// comment.
fn covered(text: &str, mark: TextRange, marks: &[TextRange]) -> TextRange {
    let start = text[..mark.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let line_at = |start: usize| {
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at + 1);
        TextRange::from_usize(start, end)
    };
    let is_alone = |line: TextRange| {
        let inside = |mark: &&TextRange| line.contains_range(**mark);
        marks
            .iter()
            .find(inside)
            .is_some_and(|mark| TextRange::new(line.start, mark.start).slice(text).trim().is_empty())
    };
    let mut line = line_at(start);
    while is_alone(line) && !line.is_empty() {
        line = line_at(line.end as usize);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered_texts(text: &str) -> Vec<&str> {
        let marks = marks(text);
        marks.iter().map(|mark| covered(text, *mark, &marks).slice(text).trim()).collect()
    }

    #[test]
    fn comments_cover_their_line_or_the_next() {
        assert_eq!(covered_texts("T // picket: ignore[X]\n| take 1"), ["T // picket: ignore[X]"]);
        assert_eq!(covered_texts("// picket: a\n  //picket: b\nT\n| take 1"), ["T", "T"]);
        assert_eq!(covered_texts("T\n// picket: at the end"), [""]);
        assert_eq!(covered_texts("print '// picket: no comment' // of picket: none"), [""; 0]);
    }
}
