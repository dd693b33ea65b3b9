//! PK184: a version that is not three numbers.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::version;

declare_lint! {
    /// ## What it does
    /// Reports a `version` or `templateVersion` that is not three numbers with points between them, such as
    /// `1.0.2`.
    ///
    /// ## Why is this bad
    /// Tools that compare versions, picket's own check for a bumped one among them, cannot tell which of two is
    /// newer.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// version: '1.0'
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
    /// query: SigninLogs | where ResultType == 50126
    /// version: 1.0.0
    /// ```
    pub(in crate::lint) static MALFORMED_VERSION: "PK184", "malformed-version", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (key, version) in [("version", &rule.version), ("templateVersion", &rule.template_version)] {
        let Some(version) = version.as_ref().filter(|version| !version.value.is_empty()) else { continue };
        if version::parse(&version.value).is_some() {
            continue;
        }
        let place = span(rule, version.range);
        let message = format!("`{key}` is `{}`, not three numbers such as `1.0.2`", version.value);
        let mut finding = MALFORMED_VERSION.at(place, message);
        if let Some(full) = version::completed(&version.value) {
            let title = format!("write `{full}`");
            finding = finding.with_fix(Fix::replace(title, Applicability::Unsafe, place, full));
        }
        found.push(finding);
    }
}
