//! PK501: a tactic that the service does not have.

use crate::catalog::Attack;
use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reading::{self, TacticReading};
use super::refused;

declare_lint! {
    /// ## What it does
    /// Reports a tactic that the service has no such name for. Names are in one word, as in `LateralMovement`.
    ///
    /// A tactic that ATT&CK has and the service has not is `PK513` instead.
    ///
    /// ## Why is this bad
    /// The service refuses an analytics rule with such a tactic. A hunting query with it is not found by tactic,
    /// and is left out of the coverage that the portal shows.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialTheft]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialAccess]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static UNKNOWN_TACTIC: "PK501", "unknown-tactic", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    for tactic in &rule.tactics {
        let (name, applicability, help) = match reading::tactic(attack, &tactic.value) {
            TacticReading::Exact(_)
            | TacticReading::Case(_)
            | TacticReading::Renamed(..)
            | TacticReading::Foreign(_) => continue,
            TacticReading::Spelling(name) => {
                (Some(name), Applicability::Safe, format!("the service spells it `{name}`"))
            }
            TacticReading::Near(name) => {
                (Some(name), Applicability::Unsafe, format!("the nearest tactic is `{name}`"))
            }
            TacticReading::Unknown => (None, Applicability::Display, all(attack)),
        };
        let place = span(rule, tactic.range);
        let message = format!("the service has no tactic `{}`", tactic.value);
        let mut finding = Diagnostic::new(UNKNOWN_TACTIC.code, refused(rule), place, message).with_help(help);
        if let Some(name) = name {
            finding = fixed(finding, rule, name, applicability);
        }
        found.push(finding);
    }
}

/// Names every tactic of the service.
pub(super) fn all(attack: &Attack) -> String {
    let names: Vec<_> = attack.service_tactics().iter().map(|(name, _)| *name).collect();
    format!("the tactics are {}", names.join(", "))
}

/// `finding` with the edit that writes `name` in its place, unless the rule has that tactic already.
pub(super) fn fixed(
    finding: Diagnostic,
    rule: &Rule,
    name: &str,
    applicability: Applicability,
) -> Diagnostic {
    if rule.tactics.iter().any(|other| other.value == name) {
        return finding.with_help(format!("the rule names `{name}` already, so this one can go"));
    }
    let place = finding.primary.span;
    finding.with_fix(Fix::replace(format!("write `{name}`"), applicability, place, name))
}
