//! Lints: what is wrong with a rule that reads well, and the registry of every code.
//!
//! A lint is one file under `lint/rules/<family>/`: its declaration with documentation and examples, and
//! the function that finds it. [`check`] runs them all, then applies levels and suppression comments to
//! everything found, by reading as well as by lints.

mod analysis;
mod baseline;
mod constants;
mod context;
mod deps;
mod explain;
mod globs;
mod hunting;
mod policy;
mod query_walk;
mod registry;
mod rules;
mod settings;
mod settled;
mod suppress;
mod time_bounds;

use crate::catalog::Catalog;
use crate::catalog::kql::KqlCatalog;
use crate::diag::{self, Code, Diagnostic, Subjects};
use crate::rule::Rule;
use crate::text::{SourceMap, Span};

use context::Context;

pub use baseline::{Baseline, BaselineError, STALE_BASELINE};
pub use deps::{Dependencies, NeedKind, Needs};
pub use explain::{describe, explain, index, page};
pub use globs::PathGlobs;
pub use hunting::hunting_query;
pub use policy::Policy;
pub use registry::{find, registry};
pub(crate) use rules::named_columns;
pub use settings::{Ignore, Level, Preset, Scope, Settings, UnknownName};

/// What rules are checked against.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// ATT&CK, connectors, entities, limits.
    pub catalog: &'a Catalog,
    /// What queries may name.
    pub kql: &'a KqlCatalog,
    /// The rules as they were at an earlier revision, where changes are checked; those that did not change may be left out.
    pub before: &'a [Rule],
}

impl Facts<'static> {
    /// The built-in facts.
    pub fn builtin() -> Self {
        Self { catalog: Catalog::builtin(), kql: KqlCatalog::builtin(), before: &[] }
    }
}

/// Checks `rules`, all of them at once since some lints compare them.
///
/// `found` is what reading the sources reported already. It comes back with what the lints found, after
/// levels and suppression comments, in the order of reports.
pub fn check(
    sources: &SourceMap,
    rules: &[Rule],
    found: Vec<Diagnostic>,
    facts: Facts<'_>,
    settings: &Settings,
) -> Vec<Diagnostic> {
    let context = Context {
        sources,
        catalog: facts.catalog,
        kql: facts.kql,
        policy: settings.policy(),
        before: facts.before,
    };
    let mut all = found;
    rules::run(rules, &context, &mut all);
    let all = all.into_iter().map(|finding| where_written(sources, finding)).collect();
    let mut all = settings.apply(sources, all);
    suppress::apply(sources, rules, settings, &mut all);
    diag::sort(&mut all);
    all
}

/// What only all `rules` together show, such as two with one id: what [`check`] says of single rules is left out.
pub fn check_across(
    sources: &SourceMap,
    rules: &[Rule],
    facts: Facts<'_>,
    settings: &Settings,
) -> Vec<Diagnostic> {
    let Facts { catalog, kql, before } = facts;
    let context = Context { sources, catalog, kql, policy: settings.policy(), before };
    let mut all = Vec::new();
    rules::run_across(rules, &context, &mut all);
    let mut all = settings.apply(sources, all);
    suppress::apply(sources, rules, settings, &mut all);
    all.retain(|finding| is_across(finding.code));
    diag::sort(&mut all);
    all
}

/// Whether findings of `code` may need other rules than the one they are found in.
pub fn is_across(code: Code) -> bool {
    rules::is_across(code)
}

/// `finding` where it stands in what people wrote: what an environment put into a rule stands elsewhere, and a fix of such
/// a rule is none of its file.
fn where_written(sources: &SourceMap, mut finding: Diagnostic) -> Diagnostic {
    if sources.is_composed(finding.primary.span.source) {
        finding.fix = None;
    }
    if let Some(anchor) = sources.anchor(finding.primary.span) {
        finding = finding.with_secondary(anchor, "it takes effect here");
    }
    finding.placed(|span| sources.real(span))
}

/// Whether findings of `code` can be kept from a report. What says that a file could not be read, or that a suppression
/// is wrong, cannot.
pub fn can_be_suppressed(code: Code) -> bool {
    suppress::can_be_suppressed(code)
}

/// What findings in `rules` are about: the id of each rule, or else its name.
pub fn subjects(sources: &SourceMap, rules: &[Rule]) -> Subjects {
    let mut subjects = Subjects::default();
    for rule in rules {
        let name = rule.id.as_ref().or(rule.name.as_ref()).map(|name| name.value.to_lowercase());
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            subjects.add(sources.real(Span::new(rule.source, rule.range)), name);
        }
    }
    subjects
}
