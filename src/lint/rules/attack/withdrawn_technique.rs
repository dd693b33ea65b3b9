//! PK505: a technique that ATT&CK revoked or deprecated.

use crate::catalog::{Attack, Status, Technique};
use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reading;

declare_lint! {
    /// ## What it does
    /// Reports a technique that ATT&CK has revoked, with the one that took its place, or deprecated. One that
    /// only the newest version revoked is `PK506` instead.
    ///
    /// ## Why is this bad
    /// Coverage does not count it, and the service refuses ids that its table has dropped.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Names that an algorithm made
    /// tactics: [CommandAndControl]
    /// relevantTechniques: [T1483]
    /// query: CommonSecurityLog | where strlen(DestinationHostName) > 40
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Names that an algorithm made
    /// tactics: [CommandAndControl]
    /// relevantTechniques: [T1568.002]
    /// query: CommonSecurityLog | where strlen(DestinationHostName) > 40
    /// ```
    pub(in crate::lint) static WITHDRAWN_TECHNIQUE: "PK505", "withdrawn-technique", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    for written in &rule.techniques {
        let Some(technique) = reading::technique(attack, &written.value).certain() else { continue };
        // What the previous version still had is for PK506.
        if technique.is_active() || technique.was_active() {
            continue;
        }
        let place = span(rule, written.range);
        let Technique { id, name, .. } = technique;
        let Some(replacement) = successor(attack, technique) else {
            let message = format!("ATT&CK has withdrawn technique {id}, {name}");
            let help = "nothing took its place; name the technique that the query finds, or none";
            found.push(WITHDRAWN_TECHNIQUE.at(place, message).with_help(help));
            continue;
        };
        let message = format!("ATT&CK has revoked technique {id}, {name}");
        let help = format!("{}, {}, took its place", replacement.id, replacement.name);
        let mut finding = WITHDRAWN_TECHNIQUE.at(place, message).with_help(help);
        if let Some(newest) =
            attack.replacements(technique).last().filter(|newest| newest.id != replacement.id)
        {
            let help = format!(
                "ATT&CK {} replaces that by {}, which the service may not know yet",
                attack.version(),
                newest.id
            );
            finding = finding.with_help(help);
        }
        found.push(fixed(finding, attack, rule, replacement));
    }
}

/// What to write for a withdrawn technique: its last replacement, or, where the service's table does not have
/// that and does have the one of the previous version, that one. A deprecated technique is no replacement.
fn successor<'a>(attack: &'a Attack, technique: &Technique) -> Option<&'a Technique> {
    let newest = attack.replacements(technique).last().copied()?;
    let previous = technique.previous.as_ref().and_then(|previous| attack.technique(previous.replaced_by?));
    let is_better = |older: &&Technique| !attack.service_knows(newest) && attack.service_knows(older);
    let chosen = previous.filter(is_better).unwrap_or(newest);
    (!matches!(chosen.status, Status::Deprecated | Status::Absent)).then_some(chosen)
}

/// `finding` with the edit that writes `replacement`. It is safe when the replacement is in both versions of
/// ATT&CK, in the service's table, belongs to one of the rule's tactics and leaves none of them without a technique, and
/// is no kin of another technique of the rule, so that nothing new is reported.
pub(super) fn fixed(
    finding: Diagnostic,
    attack: &Attack,
    rule: &Rule,
    replacement: &Technique,
) -> Diagnostic {
    let Technique { id, .. } = replacement;
    if rule.techniques.iter().any(|other| other.value == *id) {
        return finding.with_help(format!("the rule names {id} already, so this one can go"));
    }
    let belongs = attack.tactics_of(replacement);
    let tactics = reading::tactics(attack, rule).unwrap_or_default();
    let place = finding.primary.span;
    let others = || {
        let others = rule.techniques.iter().filter(|other| other.range != place.range);
        others.filter_map(|other| reading::technique(attack, &other.value).certain())
    };
    let has = |technique: &Technique, tactic: &str| attack.tactics_of(technique).contains(tactic);
    let parent = |id: &'static str| id.split_once('.').map_or(id, |(parent, _)| parent);
    let is_settled = replacement.is_active()
        && replacement.was_active()
        && attack.service_knows(replacement)
        && tactics.iter().any(|tactic| belongs.contains(tactic))
        && tactics.iter().all(|tactic| belongs.contains(tactic) || others().any(|other| has(other, tactic)))
        && !others().any(|other| parent(other.id) == parent(id));
    let applicability = if is_settled { Applicability::Safe } else { Applicability::Unsafe };
    finding.with_fix(Fix::replace(format!("write `{id}`"), applicability, place, *id))
}
