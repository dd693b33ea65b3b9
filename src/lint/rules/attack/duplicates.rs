//! PK509 and PK510: a tactic or a technique that a rule names twice.

use crate::diag::{Applicability, Diagnostic, Fix, LintMeta, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;
use crate::text::Spanned;

use super::reading;

declare_lint! {
    /// ## What it does
    /// Reports a tactic that a rule names twice, whatever the spelling of the two.
    ///
    /// ## Why is this bad
    /// The second does nothing; another tactic was probably meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics:
    ///   - CredentialAccess
    ///   - CredentialAccess
    /// relevantTechniques: [T1110]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics:
    ///   - CredentialAccess
    /// relevantTechniques: [T1110]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static DUPLICATE_TACTIC: "PK509", "duplicate-tactic", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a technique or sub-technique that a rule names twice, whatever the spelling of the two and
    /// whichever of `relevantTechniques`, `techniques` and `subTechniques` they stand under.
    ///
    /// ## Why is this bad
    /// The second does nothing; another technique was probably meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialAccess]
    /// relevantTechniques: [T1110, T1110]
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
    pub(in crate::lint) static DUPLICATE_TECHNIQUE: "PK510", "duplicate-technique", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check_tactics(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // Two tactics of ATT&CK that the service has one name for are not the same; see PK513.
    let attack = context.catalog.attack();
    let read = |written: &str| match reading::tactic(attack, written) {
        reading::TacticReading::Exact(name)
        | reading::TacticReading::Case(name)
        | reading::TacticReading::Spelling(name) => Some(name.to_owned()),
        _ => None,
    };
    repeated(&DUPLICATE_TACTIC, "tactic", &rule.tactics, read, rule, context, found);
}

pub(in crate::lint) fn check_techniques(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    let read = |written: &str| reading::technique(attack, written).certain().map(|known| known.id.to_owned());
    repeated(&DUPLICATE_TECHNIQUE, "technique", &rule.techniques, read, rule, context, found);
}

fn repeated(
    lint: &LintMeta,
    what: &str,
    items: &[Spanned<String>],
    read: impl Fn(&str) -> Option<String>,
    rule: &Rule,
    context: &Context<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let mut seen: Vec<(String, &Spanned<String>)> = Vec::new();
    for item in items {
        let meaning = read(&item.value).unwrap_or_else(|| item.value.clone());
        let Some((_, first)) = seen.iter().find(|(known, _)| *known == meaning) else {
            seen.push((meaning, item));
            continue;
        };
        let mut finding = lint
            .at(span(rule, item.range), format!("the {what} `{}` is named twice", item.value))
            .with_secondary(span(rule, first.range), "first here");
        if let Some(range) = context.item_with_its_mark(rule, item.range) {
            let place = span(rule, range);
            finding = finding.with_fix(Fix::replace("remove it", Applicability::Safe, place, ""));
        }
        found.push(finding);
    }
}
