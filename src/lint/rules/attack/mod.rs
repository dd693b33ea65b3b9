//! Lints of ATT&CK tactics and techniques.
//!
//! The service has its own list of tactics, which follows neither the current version of ATT&CK nor one
//! domain of it, and its own table of which technique belongs to which tactic; see
//! [`TechniqueTactics`](crate::catalog::TechniqueTactics) for how the lints bridge that.

mod reading;
mod superseded_technique;
mod tactic_case;
mod technique_outside_tactics;
mod unknown_tactic;
mod unknown_technique;
mod withdrawn_technique;

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::rule(&unknown_tactic::UNKNOWN_TACTIC, unknown_tactic::check),
    Lint::rule(&tactic_case::TACTIC_CASE, tactic_case::check),
    Lint::rule(&unknown_technique::UNKNOWN_TECHNIQUE, unknown_technique::check),
    Lint::rule(&technique_outside_tactics::TECHNIQUE_OUTSIDE_TACTICS, technique_outside_tactics::check),
    Lint::rule(&withdrawn_technique::WITHDRAWN_TECHNIQUE, withdrawn_technique::check),
    Lint::rule(&superseded_technique::SUPERSEDED_TECHNIQUE, superseded_technique::check),
];

use crate::diag::Severity;
use crate::rule::{Rule, RuleKind};

/// The level of what the service refuses in an analytics rule. A hunting query carries tactics and techniques
/// as tags, which the service does not look into.
fn refused(rule: &Rule) -> Severity {
    if rule.kind == RuleKind::Hunting { Severity::Warning } else { Severity::Error }
}
