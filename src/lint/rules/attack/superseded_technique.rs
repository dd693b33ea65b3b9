//! PK506: a technique that only the newest version of ATT&CK revoked.

use crate::catalog::Technique;
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reading;
use super::withdrawn_technique::fixed;

declare_lint! {
    /// ## What it does
    /// Points out a technique that the newest version of ATT&CK revoked or deprecated and the version before
    /// still has, with what took its place.
    ///
    /// ## Why is this bad
    /// It is not, yet. The service follows ATT&CK at some distance, and a technique that its table does not
    /// have is refused in an analytics rule. Change it once the service has caught up.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Security log was cleared
    /// tactics: [DefenseEvasion]
    /// relevantTechniques: [T1070.001]
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
    pub(in crate::lint) static SUPERSEDED_TECHNIQUE: "PK506", "superseded-technique", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    for written in &rule.techniques {
        let Some(technique) = reading::technique(attack, &written.value).certain() else { continue };
        if technique.is_active() || !technique.was_active() || attack.is_other_newer() {
            continue;
        }
        let Technique { id, name, .. } = technique;
        let message = format!("ATT&CK {} no longer has technique {id}, {name}", attack.version());
        let finding = SUPERSEDED_TECHNIQUE.at(span(rule, written.range), message);
        let Some(replacement) = attack.replacements(technique).last().copied() else {
            found.push(finding.with_help("nothing took its place"));
            continue;
        };
        let finding = finding.with_help(format!("{}, {}, took its place", replacement.id, replacement.name));
        if attack.service_knows(replacement) {
            found.push(fixed(finding, attack, rule, replacement));
        } else {
            let help = format!("keep {id} until the service takes {}", replacement.id);
            found.push(finding.with_help(help));
        }
    }
}
