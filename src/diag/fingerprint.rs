//! Names of findings that stay when lines move.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::Diagnostic;
use crate::text::{SourceId, SourceMap, Span, TextRange};

/// The longest text at fault that is hashed whole; of a longer one, such as a whole query, the first line is.
const MAX_TEXT: u32 = 400;

/// What findings are about: the rules with the ranges in which they stand.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    ranges: BTreeMap<SourceId, Vec<(TextRange, String)>>,
}

impl Subjects {
    /// Says that `name` stands at `span`.
    pub fn add(&mut self, span: Span, name: impl Into<String>) {
        self.ranges.entry(span.source).or_default().push((span.range, name.into()));
    }

    /// The name of what stands at the start of `span`.
    pub fn at(&self, span: Span) -> Option<&str> {
        let start = span.range.start;
        let around = |(range, _): &&(TextRange, String)| range.start <= start && start <= range.end;
        self.ranges.get(&span.source)?.iter().find(around).map(|(_, name)| name.as_str())
    }
}

/// The name of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Made of the code, the rule (or else the file), the text at fault and its line, blanks aside.
    pub stem: String,
    /// Counts, from 1, the findings of one stem.
    pub number: usize,
}

/// `stem:number`
impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.stem, self.number)
    }
}

/// Gives each of a run of findings its name.
#[derive(Debug)]
pub struct Fingerprints<'a> {
    sources: &'a SourceMap,
    subjects: &'a Subjects,
    seen: HashMap<String, usize>,
}

impl<'a> Fingerprints<'a> {
    /// Names for findings in `sources`, in which `subjects` stand.
    pub fn new(sources: &'a SourceMap, subjects: &'a Subjects) -> Self {
        Self { sources, subjects, seen: HashMap::new() }
    }

    /// The name of the next finding. The order of findings decides the numbers.
    pub fn next(&mut self, finding: &Diagnostic) -> Fingerprint {
        let span = finding.primary.span;
        let file = || self.sources.get(span.source).map_or("", |source| &source.name);
        let subject = self.subjects.at(span).unwrap_or_else(file);
        let text = self.sources.slice(span);
        let text = if span.range.len() > MAX_TEXT { text.lines().next().unwrap_or_default() } else { text };
        let mut hash = Sha256::new();
        for part in [finding.code, subject, &squeezed(text), &squeezed(self.line(span))] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let stem: String = hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let number = self.seen.entry(stem.clone()).or_default();
        *number += 1;
        Fingerprint { stem, number: *number }
    }

    /// The line on which `span` starts.
    fn line(&self, span: Span) -> &'a str {
        let Some(source) = self.sources.get(span.source) else { return "" };
        let number = source.lines().line_col(&source.text, span.range.start).line;
        let start = source.lines().line_start(number).unwrap_or_default() as usize;
        source.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }
}

/// `text` with each run of blanks as one space, so that indentation and line ends do not count.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
