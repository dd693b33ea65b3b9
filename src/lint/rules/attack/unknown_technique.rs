//! PK503: a technique that ATT&CK does not have.

use crate::catalog::{Attack, Technique};
use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reading::{self, TechniqueReading};
use super::refused;

declare_lint! {
    /// ## What it does
    /// Reports a technique that is not the id of a technique or sub-technique of ATT&CK, such as `T1110` or
    /// `T1110.003`. The matrices for enterprises, for industrial control systems and for mobile devices
    /// all count.
    ///
    /// ## Why is this bad
    /// The service refuses an analytics rule with it, and no coverage counts it.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialAccess]
    /// relevantTechniques: [T11110]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialAccess]
    /// relevantTechniques: [T1110]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static UNKNOWN_TECHNIQUE: "PK503", "unknown-technique", Severity::Error, since "0.1.0"
}

/// How many techniques of a near id are shown.
const MOST_NEAR: usize = 4;

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    for written in &rule.techniques {
        let place = span(rule, written.range);
        let text = &written.value;
        let finding =
            |severity, message: String| Diagnostic::new(UNKNOWN_TECHNIQUE.code, severity, place, message);
        let is_listed = |id: &str| rule.techniques.iter().any(|other| other.value == id);
        let fixed = |finding: Diagnostic, technique: &Technique, applicability| {
            let Technique { id, name, .. } = technique;
            let finding = finding.with_help(format!("the technique is {id}, {name}"));
            if is_listed(id) {
                return finding.with_help(format!("the rule names {id} already, so this one can go"));
            }
            finding.with_fix(Fix::replace(format!("write `{id}`"), applicability, place, *id))
        };
        found.push(match reading::technique(attack, text) {
            TechniqueReading::Exact(_) => continue,
            TechniqueReading::Spelling(technique) | TechniqueReading::Form(technique) => {
                let message = format!("the technique `{text}` is spelled `{}`", technique.id);
                fixed(finding(refused(rule), message), technique, Applicability::Safe)
            }
            TechniqueReading::Labelled(technique) | TechniqueReading::Name(technique) => {
                let message = format!("`{text}` is not the bare id of a technique");
                fixed(finding(refused(rule), message), technique, Applicability::Unsafe)
            }
            TechniqueReading::NoSuchPart(technique) => {
                let message =
                    format!("technique {}, {}, has no such part as `{text}`", technique.id, technique.name);
                finding(refused(rule), message).with_help(parts(attack, technique))
            }
            // It may be newer than the tables, so it is no error.
            TechniqueReading::NoSuchId => {
                let message = format!("ATT&CK {} has no technique `{text}`", attack.version());
                with_near(finding(Severity::Warning, message), attack, text)
            }
            TechniqueReading::Unknown => {
                let message = format!("`{text}` is not the id of a technique");
                with_near(finding(refused(rule), message), attack, text)
            }
        });
    }
}

fn parts(attack: &Attack, technique: &Technique) -> String {
    let prefix = format!("{}.", technique.id);
    let parts: Vec<&str> =
        attack.techniques().iter().map(|part| part.id).filter(|id| id.starts_with(&prefix)).collect();
    match parts.as_slice() {
        [] => format!("{} has no sub-techniques", technique.id),
        [only] => format!("its one sub-technique is {only}"),
        [first, .., last] => format!("its sub-techniques are {first} to {last}"),
    }
}

/// Names techniques one slip of a key away. A slip in a number does not tell which was meant, so there is no
/// fix.
fn with_near(finding: Diagnostic, attack: &Attack, written: &str) -> Diagnostic {
    let upper = written.to_ascii_uppercase();
    if let Some(tactic) = attack.tactics().iter().find(|tactic| tactic.id == upper) {
        return finding
            .with_help(format!("{} is a tactic, {}; it belongs under `tactics`", tactic.id, tactic.name));
    }
    let near = attack.techniques().iter().filter(|technique| strsim::osa_distance(&upper, technique.id) == 1);
    let near: Vec<String> =
        near.take(MOST_NEAR).map(|technique| format!("{} {}", technique.id, technique.name)).collect();
    if near.is_empty() {
        finding
    } else {
        finding.with_help(format!("techniques of a near id: {}", near.join(", ")))
    }
}
