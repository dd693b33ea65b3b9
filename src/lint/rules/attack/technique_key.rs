//! PK512: a sub-technique under `techniques`, or a technique under `subTechniques`.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

use super::reading;

declare_lint! {
    /// ## What it does
    /// Points out a sub-technique under the key `techniques` and a technique under the key `subTechniques`, in
    /// an analytics rule.
    ///
    /// ## Why is this bad
    /// These two keys are the service's own. It takes `T1110` and the like in the first alone and `T1110.003`
    /// and the like in the second alone, and only the preview versions of its API have the second. picket
    /// sorts them out when it deploys; whatever else sends the file as it is will be refused. Under
    /// `relevantTechniques`, the key of the YAML dialect, both may stand.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// kind: Scheduled
    /// description: Finds accounts with many wrong passwords.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [CredentialAccess]
    /// techniques: [T1110.003]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// kind: Scheduled
    /// description: Finds accounts with many wrong passwords.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [CredentialAccess]
    /// relevantTechniques: [T1110.003]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static TECHNIQUE_UNDER_WRONG_KEY: "PK512", "technique-under-wrong-key", Severity::Info, since "0.1.0"
}

/// The key of the YAML dialect.
const EITHER: &str = "relevantTechniques";

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if rule.kind == RuleKind::Hunting {
        return;
    }
    let attack = context.catalog.attack();
    let keys: Vec<_> = rule.written.iter().filter(|key| key.value == EITHER).map(|key| key.range).collect();
    for (at, key) in keys.iter().enumerate() {
        let name = context.slice(rule, *key).trim_matches(['"', '\'']);
        let (wants_part, what) = match name {
            "techniques" => (false, "sub-techniques"),
            "subTechniques" => (true, "techniques"),
            _ => continue,
        };
        let end = keys.get(at + 1).map_or(u32::MAX, |next| next.start);
        let mut under =
            rule.techniques.iter().filter(|item| key.end <= item.range.start && item.range.start < end);
        let wrong = under.find(|item| {
            let read = reading::technique(attack, &item.value).certain();
            read.is_some_and(|technique| technique.id.contains('.') != wants_part)
        });
        let Some(wrong) = wrong else { continue };
        let mut finding = TECHNIQUE_UNDER_WRONG_KEY
            .at(
                span(rule, wrong.range),
                format!("the service's `{name}` takes no {what} such as `{}`", wrong.value),
            )
            .with_help(format!("write it under `{EITHER}`, where both may stand"));
        if keys.len() == 1 {
            let title = format!("rename `{name}` to `{EITHER}`");
            finding = finding.with_fix(Fix::replace(title, Applicability::Safe, span(rule, *key), EITHER));
        }
        found.push(finding);
    }
}
