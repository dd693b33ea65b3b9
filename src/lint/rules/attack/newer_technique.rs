//! PK514: a technique of a newer version of ATT&CK than the one in use.

use crate::catalog::{Status, Technique};
use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reading;

declare_lint! {
    /// ## What it does
    /// Reports a technique that the version of ATT&CK in use does not have and a newer one has, with what the
    /// newer one made it of.
    ///
    /// The version is `version` under `[attack]` in picket.toml, or what `picket check --attack` says.
    ///
    /// ## Why is this bad
    /// The service and whoever counts coverage by the chosen version do not know the technique.
    ///
    /// ## Example
    /// ```yaml fires
    /// # with ATT&CK 18.1
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Security log was cleared
    /// tactics: [DefenseEvasion]
    /// relevantTechniques: [T1685]
    /// query: SecurityEvent | where EventID == 1102
    /// ```
    ///
    /// ```yaml clean
    /// # with ATT&CK 18.1
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Security log was cleared
    /// tactics: [DefenseEvasion]
    /// relevantTechniques: [T1562]
    /// query: SecurityEvent | where EventID == 1102
    /// ```
    pub(in crate::lint) static TECHNIQUE_OF_NEWER_VERSION: "PK514", "technique-of-newer-version", Severity::Warning, since "0.1.0"
}

/// How many techniques are named.
const MOST_NAMED: usize = 4;

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    if !attack.is_other_newer() {
        return;
    }
    for written in &rule.techniques {
        let technique = reading::technique(attack, &written.value).certain();
        let Some(technique) = technique.filter(|technique| technique.status == Status::Absent) else {
            continue;
        };
        let Technique { id, name, .. } = technique;
        let message = format!("ATT&CK {} does not have technique {id}, {name}", attack.version());
        let place = span(rule, written.range);
        let mut finding = TECHNIQUE_OF_NEWER_VERSION
            .at(place, message)
            .with_help(format!("it is one of version {}", attack.previous_version()));
        let became = |older: &&Technique| {
            let newer = older.previous.as_ref().and_then(|newer| newer.replaced_by);
            older.is_active() && newer == Some(*id)
        };
        let older: Vec<&Technique> = attack.techniques().iter().filter(became).collect();
        if !older.is_empty() {
            let named: Vec<String> =
                older.iter().take(MOST_NAMED).map(|older| format!("{} {}", older.id, older.name)).collect();
            finding = finding.with_help(format!("it took the place of {}", named.join(", ")));
        }
        if let [only] = older.as_slice()
            && !rule.techniques.iter().any(|other| other.value == only.id)
        {
            let title = format!("write `{}`", only.id);
            finding = finding.with_fix(Fix::replace(title, Applicability::Unsafe, place, only.id));
        }
        found.push(finding);
    }
}
