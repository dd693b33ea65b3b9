//! A rule whose query can be run.

use crate::catalog::kql::KqlCatalog;
use crate::diag::Diagnostic;
use crate::exec::Program;
use crate::kql::markers::markers;
use crate::rule::Rule;
use crate::text::{Span, Spanned, TextRange};

/// A rule whose query can be run.
#[derive(Debug, Clone)]
pub struct Subject<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// Its query.
    pub program: Program,
    exclusion: Option<Inserted>,
}

/// Text that stands in the query as it is run, and elsewhere in the file of the rule.
#[derive(Debug, Clone, Copy)]
struct Inserted {
    /// Its bytes in the query as it is run.
    range: TextRange,
    /// The place in the file of what it says.
    place: TextRange,
}

impl<'r> Subject<'r> {
    /// Compiles the query of a rule.
    ///
    /// # Errors
    /// What is wrong with the query, and what of it is not supported offline, at its place in the file.
    pub fn prepare(rule: &'r Rule, catalog: &KqlCatalog) -> Result<Self, Vec<Diagnostic>> {
        Self::compile(rule, query(rule)?.to_owned(), None, catalog)
    }

    /// Compiles the query of a rule with the `exclusion` of one of its false-positive scenarios: behind the line
    /// `// picket: exclusions`, or at the end where the query has none.
    ///
    /// # Errors
    /// What is wrong with the query or the exclusion, and what of them is not supported offline, at its place in the file.
    pub fn excluding(
        rule: &'r Rule,
        exclusion: &Spanned<String>,
        catalog: &KqlCatalog,
    ) -> Result<Self, Vec<Diagnostic>> {
        let query = query(rule)?;
        let at = markers(query).exclusions.first().map_or(query.trim_end().len(), |mark| mark.to_usize().end);
        let (before, after) = query.split_at(at);
        let start = before.len() + 1;
        let range = TextRange::from_usize(start, start + exclusion.value.len());
        let text = format!("{before}\n{}\n{after}", exclusion.value);
        Self::compile(rule, text, Some(Inserted { range, place: exclusion.range }), catalog)
    }

    fn compile(
        rule: &'r Rule,
        text: String,
        exclusion: Option<Inserted>,
        catalog: &KqlCatalog,
    ) -> Result<Self, Vec<Diagnostic>> {
        let placed = |finding: Diagnostic| finding.placed(|span| place(rule, exclusion, span.range));
        match Program::prepare(&text, catalog) {
            Ok(program) => Ok(Self { rule, program, exclusion }),
            Err(findings) => Err(findings.into_iter().map(placed).collect()),
        }
    }

    /// A place of the query in the file.
    pub fn place(&self, range: TextRange) -> Span {
        place(self.rule, self.exclusion, range)
    }

    /// Where the exclusion stands in the query as it is run; nothing where there is none.
    pub fn excluded(&self) -> Option<TextRange> {
        self.exclusion.map(|it| it.range)
    }
}

fn query(rule: &Rule) -> Result<&str, Vec<Diagnostic>> {
    rule.query.as_ref().map(|query| query.text()).ok_or_else(|| {
        let span = Span::new(rule.source, rule.name.as_ref().map_or(rule.range, |name| name.range));
        vec![super::lints::BAD_TEST.at(span, "the rule has no query to test")]
    })
}

fn place(rule: &Rule, exclusion: Option<Inserted>, range: TextRange) -> Span {
    let in_file = |range| rule.query.as_ref().map_or(rule.range, |query| query.scalar.range_of(range));
    let range = match exclusion {
        Some(Inserted { range: inserted, place })
            if range.start >= inserted.start && range.end <= inserted.end =>
        {
            place
        }
        // Behind the inserted text and the line end at its end everything stands further back than in the file.
        Some(Inserted { range: inserted, .. }) if range.start >= inserted.end => {
            let by = inserted.len() + 2;
            in_file(TextRange::new(range.start.saturating_sub(by), range.end.saturating_sub(by)))
        }
        _ => in_file(range),
    };
    Span::new(rule.source, range)
}
