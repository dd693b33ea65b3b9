//! PK502: a tactic in other letters than the service's.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reading::{self, TacticReading};
use super::unknown_tactic::fixed;

declare_lint! {
    /// ## What it does
    /// Reports a tactic that differs from the service's name in upper and lower case only.
    ///
    /// ## Why is this bad
    /// The service's names are case-sensitive by its contract. Where such a rule is taken all the same,
    /// filters and coverage count its tactic apart from the real one.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Beacon by a constant interval
    /// tactics: [CommandandControl]
    /// query: CommonSecurityLog | where Activity == "beacon"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Beacon by a constant interval
    /// tactics: [CommandAndControl]
    /// query: CommonSecurityLog | where Activity == "beacon"
    /// ```
    pub(in crate::lint) static TACTIC_CASE: "PK502", "tactic-case", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for tactic in &rule.tactics {
        if let TacticReading::Case(name) = reading::tactic(context.catalog.attack(), &tactic.value) {
            let message = format!("the tactic `{}` is spelled `{name}`", tactic.value);
            let finding = TACTIC_CASE.at(span(rule, tactic.range), message);
            found.push(fixed(finding, rule, name, Applicability::Safe));
        }
    }
}
