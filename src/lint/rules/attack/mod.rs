//! Lints of ATT&CK tactics and techniques.
//!
//! The service has its own list of tactics, which follows neither the current version of ATT&CK nor one
//! domain of it, and its own table of which technique belongs to which tactic; see
//! [`TechniqueTactics`](crate::catalog::TechniqueTactics) for how the lints bridge that.

mod reading;
pub(super) mod superseded_technique;
pub(super) mod tactic_case;
pub(super) mod technique_outside_tactics;
pub(super) mod unknown_tactic;
pub(super) mod unknown_technique;
pub(super) mod withdrawn_technique;

use crate::diag::Severity;
use crate::rule::{Rule, RuleKind};

/// The level of what the service refuses in an analytics rule. A hunting query carries tactics and techniques
/// as tags, which the service does not look into.
fn refused(rule: &Rule) -> Severity {
    if rule.kind == RuleKind::Hunting { Severity::Warning } else { Severity::Error }
}
