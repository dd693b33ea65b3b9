//! PK508: a hunting query with techniques and no tactic.

use std::collections::BTreeSet;

use crate::catalog::Attack;
use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};
use crate::text::TextRange;

use super::reading;

declare_lint! {
    /// ## What it does
    /// Points out a hunting query that names techniques and no tactic. In an analytics rule, which the service
    /// then refuses, it is `PK504`.
    ///
    /// ## Why is this bad
    /// The portal lists and filters hunting queries by tactic.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// relevantTechniques: [T1110]
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
    pub(in crate::lint) static TECHNIQUE_WITHOUT_TACTIC: "PK508", "technique-without-tactic", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(first) = rule.techniques.first() else { return };
    if rule.kind != RuleKind::Hunting || !rule.tactics.is_empty() || rule.key("tactics").is_some() {
        return;
    }
    let place = span(rule, first.range);
    let mut finding = TECHNIQUE_WITHOUT_TACTIC.at(place, "the hunting query names a technique and no tactic");
    let tactics = certain_tactics(context.catalog.attack(), rule);
    finding = match &tactics {
        Some(tactics) => finding.with_help(format!("its tactic is {}", listed(tactics))),
        None => finding.with_help("name the tactics of its techniques under `tactics`"),
    };
    if let Some(key) = rule.key("relevantTechniques")
        && let Some(tactics) = tactics
        && context.line_before(rule, key.start).trim().is_empty()
    {
        let indent = context.line_before(rule, key.start);
        let line = format!("tactics: [{}]{}{indent}", listed(&tactics), context.line_ending(rule));
        let at = span(rule, TextRange::empty(key.start));
        finding = finding.with_fix(Fix::replace("add `tactics`", Applicability::Unsafe, at, line));
    }
    found.push(finding);
}

fn listed(tactics: &BTreeSet<&str>) -> String {
    tactics.iter().copied().collect::<Vec<_>>().join(", ")
}

/// The tactics of the techniques, where each belongs to just one.
fn certain_tactics<'a>(attack: &'a Attack, rule: &Rule) -> Option<BTreeSet<&'a str>> {
    let only = |id: &str| attack.tactics_of(reading::technique(attack, id).certain()?).only();
    rule.techniques.iter().map(|technique| only(&technique.value)).collect()
}
