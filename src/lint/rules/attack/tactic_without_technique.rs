//! PK507: a tactic that none of the rule's techniques belongs to.

use crate::catalog::TechniqueTactics;
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, join, span};
use crate::rule::Rule;

use super::reading;

declare_lint! {
    /// ## What it does
    /// Points out a tactic to which none of the techniques of its rule belongs, by any of the readings of
    /// `PK504`. A rule without techniques is left alone.
    ///
    /// ## Why is this bad
    /// Coverage is counted by technique: the rule fills a column of the matrix and none of its cells. Either a
    /// technique was forgotten or the tactic was.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialAccess, Impact]
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
    pub(in crate::lint) static TACTIC_WITHOUT_TECHNIQUE: "PK507", "tactic-without-technique", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    if rule.techniques.is_empty() {
        return;
    }
    // A technique of which nobody knows what it means may be the one that fits.
    let read = |id: &String| reading::technique(attack, id).certain();
    let Some(techniques) =
        rule.techniques.iter().map(|written| read(&written.value)).collect::<Option<Vec<_>>>()
    else {
        return;
    };
    // Tables do not keep the tactics of a withdrawn technique up.
    if !techniques.iter().all(|technique| technique.is_active() || technique.was_active()) {
        return;
    }
    let tactics: Vec<_> = techniques.iter().map(|technique| attack.tactics_of(technique)).collect();
    let Some(named) = reading::tactics(attack, rule) else { return };
    // One that belongs to none of them has its own finding: the wrong tactic may be the one that it lacks.
    let is_outside = |belongs: &TechniqueTactics| !named.iter().any(|tactic| belongs.contains(tactic));
    if tactics.iter().any(is_outside) {
        return;
    }
    for written in &rule.tactics {
        let Some(tactic) = reading::tactic(attack, &written.value).tactic() else { continue };
        if tactics.iter().any(|tactics| tactics.contains(tactic)) {
            continue;
        }
        let message = format!("none of the rule's techniques belongs to the tactic `{tactic}`");
        let ids: Vec<_> = techniques.iter().map(|technique| technique.id).collect();
        let help = format!(
            "the techniques are {}; name the one that is missing, or leave the tactic out",
            join(&ids)
        );
        found.push(TACTIC_WITHOUT_TECHNIQUE.at(span(rule, written.range), message).with_help(help));
    }
}
