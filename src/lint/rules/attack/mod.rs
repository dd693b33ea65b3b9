//! Lints of ATT&CK tactics and techniques.
//!
//! The service has its own list of tactics, which follows neither the current version of ATT&CK nor one
//! domain of it, and its own table of which technique belongs to which tactic; see
//! [`TechniqueTactics`](crate::catalog::TechniqueTactics) for how the lints bridge that.

mod duplicates;
mod foreign_tactic;
mod newer_technique;
mod parent_beside_part;
mod reading;
mod superseded_technique;
mod tactic_case;
mod tactic_without_technique;
mod technique_key;
mod technique_outside_tactics;
mod technique_without_tactic;
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
    Lint::rule(&tactic_without_technique::TACTIC_WITHOUT_TECHNIQUE, tactic_without_technique::check),
    Lint::rule(&technique_without_tactic::TECHNIQUE_WITHOUT_TACTIC, technique_without_tactic::check),
    Lint::rule(&duplicates::DUPLICATE_TACTIC, duplicates::check_tactics),
    Lint::rule(&duplicates::DUPLICATE_TECHNIQUE, duplicates::check_techniques),
    Lint::rule(&parent_beside_part::PARENT_BESIDE_SUB_TECHNIQUE, parent_beside_part::check),
    Lint::rule(&technique_key::TECHNIQUE_UNDER_WRONG_KEY, technique_key::check),
    Lint::rule(&foreign_tactic::FOREIGN_TACTIC, foreign_tactic::check),
    Lint::rule(&newer_technique::TECHNIQUE_OF_NEWER_VERSION, newer_technique::check),
];

use crate::diag::Severity;
use crate::rule::{Rule, RuleKind};

/// The level of what the service refuses in an analytics rule. A hunting query carries tactics and techniques
/// as tags, which the service does not look into.
fn refused(rule: &Rule) -> Severity {
    if rule.kind == RuleKind::Hunting { Severity::Warning } else { Severity::Error }
}
