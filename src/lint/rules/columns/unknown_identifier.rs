//! PK306: an identifier that the type of the entity does not have.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint, nearest};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reference::is_deployed;

declare_lint! {
    /// ## What it does
    /// Reports an identifier that the entity's type does not have.
    ///
    /// ## Why is this bad
    /// The service refuses the rule.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where ResultType == 50126
    /// entityMappings:
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddress
    ///       - identifier: IPAddress
    ///         columnName: IPAddress
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where ResultType == 50126
    /// entityMappings:
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddress
    /// ```
    pub(in crate::lint) static UNKNOWN_IDENTIFIER: "PK306", "unknown-identifier", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for mapping in &rule.entity_mappings {
        let Some(entity) = super::entity_of(context, mapping) else { continue };
        for field in &mapping.field_mappings {
            let Some(written) = &field.identifier else { continue };
            let name = written.value.as_str();
            if entity.identifiers.contains(&name) {
                continue;
            }
            let message = format!("entities of type `{}` have no identifier `{name}`", entity.name);
            let mut finding = UNKNOWN_IDENTIFIER.at(span(rule, written.range), message);
            let known = || entity.identifiers.iter().copied();
            let case = known().find(|identifier| identifier.eq_ignore_ascii_case(name));
            finding = match case.or_else(|| nearest(name, known())) {
                Some(near) => {
                    let applicability =
                        if case.is_some() { Applicability::Safe } else { Applicability::Unsafe };
                    let place = span(rule, context.inside_quotes(rule, written.range));
                    finding.with_help(format!("the nearest is `{near}`")).with_fix(Fix::replace(
                        format!("write `{near}`"),
                        applicability,
                        place,
                        near,
                    ))
                }
                None => finding.with_help(format!("it has {}", entity.identifiers.join(", "))),
            };
            if !is_deployed(rule) {
                finding.severity = Severity::Warning;
            }
            found.push(finding);
        }
    }
}
