//! PK513: a tactic that ATT&CK has and the service has not.

use crate::catalog::{Attack, Domain, Tactic};
use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reading::{self, TacticReading};
use super::refused;
use super::unknown_tactic::{all, fixed};

declare_lint! {
    /// ## What it does
    /// Reports a tactic that some version or matrix of ATT&CK has and the service has no such name for, with
    /// the name under which the service files it.
    ///
    /// ATT&CK 19 split what was Defense Evasion into Stealth and Defense Impairment, and the matrix for
    /// industrial control systems calls it Evasion; all three are `DefenseEvasion` to the service.
    ///
    /// ## Why is this bad
    /// The service refuses an analytics rule with such a tactic. A hunting query with it is not found by tactic,
    /// and is left out of the coverage that the portal shows.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Security log was cleared
    /// tactics: [Stealth]
    /// relevantTechniques: [T1070]
    /// query: SecurityEvent | where EventID == 1102
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Security log was cleared
    /// tactics: [DefenseEvasion]
    /// relevantTechniques: [T1070]
    /// query: SecurityEvent | where EventID == 1102
    /// ```
    pub(in crate::lint) static FOREIGN_TACTIC: "PK513", "foreign-tactic", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    for written in &rule.tactics {
        let (tactic, name) = match reading::tactic(attack, &written.value) {
            TacticReading::Renamed(tactic, name) => (tactic, Some(name)),
            TacticReading::Foreign(tactic) => (tactic, None),
            _ => continue,
        };
        let message = format!("the service has no tactic `{}`, {}", written.value, origin(attack, tactic));
        let finding = Diagnostic::new(FOREIGN_TACTIC.code, refused(rule), span(rule, written.range), message);
        found.push(match name {
            Some(name) => {
                let finding = finding.with_help(format!("the service files it under `{name}`"));
                fixed(finding, rule, name, Applicability::Unsafe)
            }
            None => finding.with_help(all(attack)),
        });
    }
}

/// Which matrix has `tactic`.
fn origin(attack: &Attack, tactic: &Tactic) -> String {
    let matrix = match tactic.domain {
        Domain::Enterprise => return format!("{} of ATT&CK {}", tactic.name, attack.version()),
        Domain::Ics => "ATT&CK for industrial control systems",
        Domain::Mobile => "ATT&CK for mobile devices",
        Domain::Pre => "PRE-ATT&CK",
    };
    format!("{} of {matrix}", tactic.name)
}
