//! Every lint. A new one is a file in its family's folder and a line in [`LINTS`].

mod attack;
mod connectors;
mod schedule;
mod schema;

use super::context::Context;
use crate::diag::{Diagnostic, LintMeta};
use crate::rule::Rule;

/// A lint: its metadata and its check.
struct Lint {
    meta: &'static LintMeta,
    check: Check,
}

/// What a check looks at.
enum Check {
    /// One rule at a time.
    Rule(fn(&Rule, &Context<'_>, &mut Vec<Diagnostic>)),
    /// All rules of a run.
    Rules(fn(&[Rule], &mut Vec<Diagnostic>)),
}

impl Lint {
    const fn rule(meta: &'static LintMeta, check: fn(&Rule, &Context<'_>, &mut Vec<Diagnostic>)) -> Self {
        Self { meta, check: Check::Rule(check) }
    }

    const fn rules(meta: &'static LintMeta, check: fn(&[Rule], &mut Vec<Diagnostic>)) -> Self {
        Self { meta, check: Check::Rules(check) }
    }
}

static LINTS: [Lint; 14] = [
    Lint::rule(&schema::malformed_id::MALFORMED_ID, schema::malformed_id::check),
    Lint::rules(&schema::duplicate_id::DUPLICATE_ID, schema::duplicate_id::check),
    Lint::rule(&schema::missing_field::MISSING_FIELD, schema::missing_field::check),
    Lint::rule(
        &schedule::duration_out_of_range::DURATION_OUT_OF_RANGE,
        schedule::duration_out_of_range::check,
    ),
    Lint::rule(&schedule::short_period::PERIOD_SHORTER_THAN_FREQUENCY, schedule::short_period::check),
    Lint::rule(&schedule::long_period::LONG_PERIOD_RUN_TOO_OFTEN, schedule::long_period::check),
    Lint::rule(
        &schedule::threshold_out_of_range::THRESHOLD_OUT_OF_RANGE,
        schedule::threshold_out_of_range::check,
    ),
    Lint::rule(&attack::unknown_tactic::UNKNOWN_TACTIC, attack::unknown_tactic::check),
    Lint::rule(&attack::tactic_case::TACTIC_CASE, attack::tactic_case::check),
    Lint::rule(&attack::unknown_technique::UNKNOWN_TECHNIQUE, attack::unknown_technique::check),
    Lint::rule(
        &attack::technique_outside_tactics::TECHNIQUE_OUTSIDE_TACTICS,
        attack::technique_outside_tactics::check,
    ),
    Lint::rule(&attack::withdrawn_technique::WITHDRAWN_TECHNIQUE, attack::withdrawn_technique::check),
    Lint::rule(&attack::superseded_technique::SUPERSEDED_TECHNIQUE, attack::superseded_technique::check),
    Lint::rule(&connectors::unknown_connector::UNKNOWN_CONNECTOR, connectors::unknown_connector::check),
];

/// The metadata of every lint.
pub(super) fn metas() -> impl Iterator<Item = &'static LintMeta> {
    LINTS.iter().map(|lint| lint.meta)
}

/// Runs every lint over `rules`.
pub(super) fn run(rules: &[Rule], context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for lint in &LINTS {
        match lint.check {
            Check::Rule(check) => rules.iter().for_each(|rule| check(rule, context, found)),
            Check::Rules(check) => check(rules, found),
        }
    }
}
