//! A baseline: what is known to be wrong in a repository that comes to picket late, so that only what is new fails.
//!
//! It holds how often each fingerprint is found, by file and code, and only ever shrinks: what is no longer found is
//! reported until it is taken out, and what is new is not let in unless that is asked for.
//!
//! ```json
//! {
//!   "version": 1,
//!   "findings": {
//!     "rules/a.yaml": {
//!       "PK501": {
//!         "0f6c…": 2
//!       }
//!     }
//!   }
//! }
//! ```

use std::collections::BTreeMap;

use thiserror::Error;

use super::settings::Scope;
use super::suppress;
use crate::diag::{Diagnostic, Fingerprints, Severity, Subjects, declare_lint};
use crate::text::{SourceId, SourceMap, Span, TextRange};
use crate::yaml::{self, Mapping, Node};

declare_lint! {
    /// ## What it does
    /// Reports an entry of the baseline file that expects more findings than there are.
    ///
    /// ## Why is this bad
    /// What the entry was for is mended, and it now hides the next finding of its kind. `picket check --write-baseline`
    /// takes it out.
    pub static STALE_BASELINE: "PK993", "stale-baseline", Severity::Warning, since "0.1.0"
}

/// The version of the file.
const VERSION: i64 = 1;

/// Why a baseline cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BaselineError {
    /// The text is not of the form above.
    #[error("it is no baseline: {0}")]
    Malformed(String),
    /// Another version of picket wrote it.
    #[error("it has version {0}, and this picket knows version {VERSION}")]
    Version(i64),
}

/// File, code and fingerprint.
type Key = (String, String, String);

/// How often an entry is expected, and where it stands in the file of the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Entry {
    count: usize,
    place: TextRange,
}

/// Known findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    entries: BTreeMap<Key, Entry>,
}

impl Baseline {
    /// Reads the text of a baseline file.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let malformed = |what: &str| BaselineError::Malformed(what.to_owned());
        let (documents, faults) = yaml::parse(SourceId::default(), text);
        if let Some(fault) = faults.first() {
            return Err(malformed(&fault.message));
        }
        let root = documents.first().and_then(|document| document.root.as_ref());
        let root = root.and_then(Node::as_mapping).ok_or_else(|| malformed("it is not a mapping"))?;
        let version = root.get("version").and_then(Node::as_scalar).and_then(yaml::Scalar::as_i64);
        match version.ok_or_else(|| malformed("it has no `version`"))? {
            VERSION => {}
            other => return Err(BaselineError::Version(other)),
        }
        let mut baseline = Self::default();
        let files = root.get("findings").and_then(Node::as_mapping);
        for (file, _, codes) in keyed(files.ok_or_else(|| malformed("it has no `findings`"))?) {
            let codes = codes.as_mapping().ok_or_else(|| malformed("a file has no codes"))?;
            for (code, _, prints) in keyed(codes) {
                let prints = prints.as_mapping().ok_or_else(|| malformed("a code has no fingerprints"))?;
                for (print, place, count) in keyed(prints) {
                    let count = count.as_scalar().and_then(yaml::Scalar::as_i64);
                    let count = count.and_then(|count| usize::try_from(count).ok());
                    let count = count.ok_or_else(|| malformed("a fingerprint has no count"))?;
                    let key = (file.to_owned(), code.to_owned(), print.to_owned());
                    baseline.entries.insert(key, Entry { count, place });
                }
            }
        }
        Ok(baseline)
    }

    /// The baseline of `found`: all of it that may be kept from reports.
    pub fn of(sources: &SourceMap, subjects: &Subjects, scope: &Scope, found: &[Diagnostic]) -> Self {
        let mut baseline = Self::default();
        for key in keys(sources, subjects, scope, found).into_iter().flatten() {
            baseline.entries.entry(key).or_default().count += 1;
        }
        baseline
    }

    /// How many findings it knows.
    pub fn len(&self) -> usize {
        self.entries.values().map(|entry| entry.count).sum()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the known findings out of `found`, the first of each fingerprint, and adds what is stale, at its place in
    /// the file of the baseline, which is `source`. Of files that were not checked nothing is known.
    pub fn apply(
        &self,
        source: SourceId,
        sources: &SourceMap,
        subjects: &Subjects,
        scope: &Scope,
        found: Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let mut left: BTreeMap<&Key, usize> =
            self.entries.iter().map(|(key, entry)| (key, entry.count)).collect();
        let keys = keys(sources, subjects, scope, &found);
        let mut kept = Vec::with_capacity(found.len());
        for (finding, key) in found.into_iter().zip(keys) {
            match key.and_then(|key| left.get_mut(&key)) {
                Some(left) if *left > 0 => *left -= 1,
                _ => kept.push(finding),
            }
        }
        let checked = checked(scope);
        for (key, left) in left.into_iter().filter(|(_, left)| *left > 0) {
            let (file, code, _) = key;
            if scope.is_deployed || !(scope.is_whole || checked.contains(&file.as_str())) {
                continue;
            }
            let expected = self.entries.get(key).copied().unwrap_or_default();
            let there = expected.count - left;
            let message = format!(
                "the baseline knows {} of {code} here in {file}, and there is {there}",
                expected.count
            );
            let finding = STALE_BASELINE.at(Span::new(source, expected.place), message);
            kept.push(finding.with_help("`picket check --write-baseline` takes out what is mended"));
        }
        kept
    }

    /// The baseline to write when it may only shrink: what is known and still found. Entries of files that were not
    /// checked stay.
    #[must_use]
    pub fn shrunk(&self, now: &Self, scope: &Scope) -> Self {
        let checked = checked(scope);
        let mut entries = BTreeMap::new();
        for (key, entry) in &self.entries {
            let is_known = scope.is_whole || checked.contains(&key.0.as_str());
            let found = now.entries.get(key).map_or(0, |entry| entry.count);
            let count = if is_known { entry.count.min(found) } else { entry.count };
            if count > 0 {
                entries.insert(key.clone(), Entry { count, ..*entry });
            }
        }
        Self { entries }
    }

    /// The baseline to write when it may grow: what is found now, and what it knows of files that were not checked.
    #[must_use]
    pub fn grown(&self, now: &Self, scope: &Scope) -> Self {
        let mut all = self.shrunk(now, scope);
        all.entries.extend(now.entries.iter().map(|(key, entry)| (key.clone(), *entry)));
        all
    }

    /// The text of its file.
    pub fn to_text(&self) -> String {
        let mut findings: BTreeMap<&str, BTreeMap<&str, BTreeMap<&str, usize>>> = BTreeMap::new();
        for ((file, code, print), entry) in &self.entries {
            findings.entry(file).or_default().entry(code).or_default().insert(print, entry.count);
        }
        format!("{:#}\n", serde_json::json!({ "version": VERSION, "findings": findings }))
    }
}

/// The paths that were checked.
fn checked(scope: &Scope) -> std::collections::BTreeSet<&str> {
    scope.paths.values().map(String::as_str).collect()
}

/// The entries of `mapping`: key, its place, value.
fn keyed(mapping: &Mapping) -> impl Iterator<Item = (&str, TextRange, &Node)> {
    mapping.entries.iter().filter_map(|entry| Some((entry.key.as_str()?, entry.key.range, &entry.value)))
}

/// The key of each of `found`, where it may be kept from reports.
fn keys(sources: &SourceMap, subjects: &Subjects, scope: &Scope, found: &[Diagnostic]) -> Vec<Option<Key>> {
    let mut fingerprints = Fingerprints::new(sources, subjects);
    let key = |finding: &Diagnostic| {
        let print = fingerprints.next(finding);
        let file = scope.path(sources, finding.primary.span.source).to_owned();
        suppress::can_be_suppressed(finding.code).then(|| (file, finding.code.to_owned(), print.stem))
    };
    found.iter().map(key).collect()
}
