//! PK154: the version of a template that is not named.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

declare_lint! {
    /// ## What it does
    /// Reports `templateVersion` without `alertRuleTemplateName`.
    ///
    /// ## Why is this bad
    /// The service refuses the one without the other, so picket leaves the version out when it deploys the
    /// rule. Most often `version`, that of the rule itself, is meant.
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
    /// templateVersion: 1.0.0
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
    pub(in crate::lint) static TEMPLATE_VERSION_ALONE: "PK154", "template-version-alone", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(version) = rule.template_version.as_ref().filter(|version| !version.value.is_empty()) else {
        return;
    };
    if rule.kind == RuleKind::Hunting || rule.key("alertRuleTemplateName").is_some() {
        return;
    }
    let key = rule.key("templateVersion");
    let mut finding = TEMPLATE_VERSION_ALONE
        .at(
            span(rule, version.range),
            "the version is of a template that the rule does not name, and is not deployed",
        )
        .with_help(
            "name the template in `alertRuleTemplateName`, or give the rule's own version in `version`",
        );
    if let Some(key) = key.filter(|_| rule.key("version").is_none()) {
        let title = "make it the version of the rule: `version`";
        finding = finding.with_fix(Fix::replace(title, Applicability::Unsafe, span(rule, key), "version"));
    }
    found.push(finding);
}
