//! Every lint. A new one is a file in its family's folder and a line in the family's list.

mod attack;
mod columns;
mod connectors;
mod defender;
mod limits;
mod policy;
mod quality;
mod query;
mod schedule;
mod schema;

pub(crate) use columns::named_columns;

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::analysis::{Analysis, analyse};
use super::context::Context;
use crate::diag::{Code, Diagnostic, LintMeta};
use crate::rule::Rule;
use crate::text::SourceId;
use crate::yaml;

/// A lint: its metadata and its check.
struct Lint {
    meta: &'static LintMeta,
    check: Check,
}

/// What a check looks at.
enum Check {
    /// One rule at a time.
    Rule(fn(&Rule, &Context<'_>, &mut Vec<Diagnostic>)),
    /// One rule with what its query means.
    Query(fn(&Analysis<'_>, &Context<'_>, &mut Vec<Diagnostic>)),
    /// All rules of a run.
    Rules(fn(&[Rule], &Context<'_>, &mut Vec<Diagnostic>)),
}

impl Lint {
    const fn rule(meta: &'static LintMeta, check: fn(&Rule, &Context<'_>, &mut Vec<Diagnostic>)) -> Self {
        Self { meta, check: Check::Rule(check) }
    }

    const fn query(
        meta: &'static LintMeta,
        check: fn(&Analysis<'_>, &Context<'_>, &mut Vec<Diagnostic>),
    ) -> Self {
        Self { meta, check: Check::Query(check) }
    }

    const fn rules(meta: &'static LintMeta, check: fn(&[Rule], &Context<'_>, &mut Vec<Diagnostic>)) -> Self {
        Self { meta, check: Check::Rules(check) }
    }
}

static FAMILIES: [&[Lint]; 10] = [
    schema::LINTS,
    limits::LINTS,
    policy::LINTS,
    query::LINTS,
    columns::LINTS,
    schedule::LINTS,
    attack::LINTS,
    connectors::LINTS,
    defender::LINTS,
    quality::LINTS,
];

fn lints() -> impl Iterator<Item = &'static Lint> {
    FAMILIES.iter().copied().flatten()
}

/// The metadata of every lint.
pub(super) fn metas() -> impl Iterator<Item = &'static LintMeta> {
    lints().map(|lint| lint.meta)
}

/// Runs every lint over `rules`, on all cores.
pub(super) fn run(rules: &[Rule], context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let of_each: Vec<Vec<Diagnostic>> = rules.par_iter().map(|rule| of_rule(rule, context)).collect();
    // What a file lacks behind a place that could not be read may stand there.
    let is_broken = |finding: &&Diagnostic| finding.code == yaml::lints::SYNTAX.code;
    let broken: BTreeSet<SourceId> =
        found.iter().filter(is_broken).map(|finding| finding.primary.span.source).collect();
    let is_sure = |finding: &Diagnostic| {
        finding.code != schema::missing_field::MISSING_FIELD.code
            || !broken.contains(&finding.primary.span.source)
    };
    found.extend(of_each.into_iter().flatten().filter(is_sure));
    run_across(rules, context, found);
}

/// Runs the lints that look at all rules of a run together.
pub(super) fn run_across(rules: &[Rule], context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for lint in lints() {
        if let Check::Rules(check) = lint.check {
            check(rules, context, found);
        }
    }
}

/// Whether the lint of `code` looks at all rules of a run together.
pub(super) fn is_across(code: Code) -> bool {
    lints().any(|lint| lint.meta.code == code && matches!(lint.check, Check::Rules(_)))
}

/// What is found in one rule by itself.
fn of_rule(rule: &Rule, context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for lint in lints() {
        if let Check::Rule(check) = lint.check {
            check(rule, context, &mut found);
        }
    }
    analyse(rule, context.kql, |analysis| {
        query::front_end::check(analysis, &mut found);
        for lint in lints() {
            if let Check::Query(check) = lint.check {
                check(analysis, context, &mut found);
            }
        }
    });
    found
}
