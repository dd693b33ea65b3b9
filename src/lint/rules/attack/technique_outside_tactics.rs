//! PK504: a technique that belongs to none of the rule's tactics.

use std::collections::BTreeSet;

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, join, span};
use crate::rule::{Rule, RuleKind};
use crate::text::TextRange;

use super::reading;
use super::refused;

declare_lint! {
    /// ## What it does
    /// Reports a technique that belongs to none of the tactics of its rule: not by the current version of
    /// ATT&CK, not by the one before, and not by the service's own table as far as that is known. Tactics of
    /// ATT&CK count under the service's names, so Stealth, Defense Impairment and Evasion are `DefenseEvasion`.
    ///
    /// ## Why is this bad
    /// The service refuses an analytics rule unless each technique has one of its tactics beside it. In a
    /// hunting query one of the two is probably wrong.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [Persistence]
    /// relevantTechniques: [T1078, T1110]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [Persistence, CredentialAccess]
    /// relevantTechniques: [T1078, T1110]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static TECHNIQUE_OUTSIDE_TACTICS: "PK504", "technique-outside-tactics", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    // A tactic of which nobody knows what it means may be the one that fits.
    let Some(tactics) = reading::tactics(attack, rule) else { return };
    if tactics.is_empty() && rule.kind == RuleKind::Hunting {
        return;
    }
    // A key that is there but could not be read says nothing of what it was to hold.
    if tactics.is_empty() && rule.key("tactics").is_some() {
        return;
    }
    let mut offered = BTreeSet::new();
    for written in &rule.techniques {
        let Some(technique) = reading::technique(attack, &written.value).certain() else { continue };
        let belongs = attack.tactics_of(technique);
        let named = belongs.named();
        // A withdrawn technique has its own finding; tables do not keep its tactics up. Some techniques of
        // mobile devices belong to tactics that the service does not have.
        let is_checkable = !named.is_empty() && (technique.is_active() || technique.was_active());
        if !is_checkable || tactics.iter().any(|tactic| belongs.contains(tactic)) {
            continue;
        }
        let place = span(rule, written.range);
        let message = if tactics.is_empty() {
            format!("technique {}, {}, stands in a rule without tactics", technique.id, technique.name)
        } else {
            format!("technique {}, {}, belongs to none of the rule's tactics", technique.id, technique.name)
        };
        let mut finding = Diagnostic::new(TECHNIQUE_OUTSIDE_TACTICS.code, refused(rule), place, message)
            .with_help(format!("it belongs to {}", join(&named)));
        if let Some(tactic) = rule.tactics.first() {
            finding = finding.with_secondary(span(rule, tactic.range), "the tactics of the rule");
        }
        // Two techniques of one tactic ask for one edit.
        if let Some(only) = belongs.only()
            && offered.insert(only)
            && let Some(fix) = add_tactic(rule, context, only)
        {
            finding = finding.with_fix(fix);
        }
        found.push(finding);
    }
}

/// The edit that adds `tactic` to the list, in the style of the list: before the last item of a block list, so
/// that a comment behind that item stays with it; behind the last item of a flow list.
fn add_tactic(rule: &Rule, context: &Context<'_>, tactic: &str) -> Option<Fix> {
    let last = rule.tactics.last()?;
    let before = context.line_before(rule, last.range.start);
    let at = |offset| span(rule, TextRange::empty(offset));
    let title = format!("add the tactic `{tactic}`");
    if before.trim() == "-" {
        let item = format!("{tactic}{}{before}", context.line_ending(rule));
        return Some(Fix::replace(title, Applicability::Unsafe, at(last.range.start), item));
    }
    if before.contains('[') && before.trim_end().ends_with(['[', ',']) {
        return Some(Fix::replace(title, Applicability::Unsafe, at(last.range.end), format!(", {tactic}")));
    }
    None
}
