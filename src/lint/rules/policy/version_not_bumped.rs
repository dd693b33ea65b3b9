//! PK190: a rule that changed under the same version.

use std::collections::HashMap;

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, head, span};
use crate::rule::Rule;

use super::version;

declare_lint! {
    /// ## What it does
    /// Reports a rule that says something else than at an earlier revision, but not with a higher `version`.
    /// The revision is that of `picket check --since REVISION`; without it nothing is reported. Comments, order
    /// and spelling of values make no difference.
    ///
    /// ## Why is this bad
    /// The version is what workspaces and people tell states of a rule apart by.
    ///
    /// ## Example
    /// ```yaml before
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// version: 1.0.0
    /// ```
    ///
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50053
    /// version: 1.0.0
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50053
    /// version: 1.0.1
    /// ```
    pub(in crate::lint) static VERSION_NOT_BUMPED: "PK190", "version-not-bumped", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rules: &[Rule], context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let ids = context.before.iter().filter_map(|rule| Some((rule.id.as_ref()?.value.to_lowercase(), rule)));
    let before: HashMap<String, &Rule> = ids.collect();
    for rule in rules {
        let old = rule.id.as_ref().and_then(|id| before.get(&id.value.to_lowercase()));
        let Some(old) = old.filter(|old| !rule.says_the_same(old)) else { continue };
        let number = |rule: &Rule| version::parse(&rule.version.as_ref()?.value);
        let Some(was) = &old.version else { continue };
        let message = match (&rule.version, number(rule), number(old)) {
            (None, ..) => format!("the rule changed and lost its version `{}`", was.value),
            (Some(version), _, _) if version.value == was.value => {
                format!("the rule changed, and its version is still `{}`", was.value)
            }
            (Some(version), Some(new), Some(old)) if new < old => {
                format!(
                    "the rule changed, and its version went back from `{}` to `{}`",
                    was.value, version.value
                )
            }
            _ => continue,
        };
        let place = rule.version.as_ref().map_or_else(|| head(rule), |version| span(rule, version.range));
        let mut finding = VERSION_NOT_BUMPED.at(place, message);
        if let (Some([major, minor, patch]), Some(_)) = (number(old), &rule.version) {
            let next = format!("{major}.{minor}.{}", patch.saturating_add(1));
            let title = format!("write `{next}`");
            finding = finding.with_fix(Fix::replace(title, Applicability::Unsafe, place, next));
        }
        found.push(finding.with_help("give what changed a higher version"));
    }
}
