//! PK602: a data type that a known connector does not bring.

use super::base;
use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint, nearest};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports an item of `dataTypes` that is near to a table or data type of its connector without being one. One
    /// that is near to none may be a function of the workspace, and is left alone.
    ///
    /// ## Why is this bad
    /// The portal tells by it whether the data of the rule is there, and shows it as missing.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: AzureActiveDirectory
    ///     dataTypes: [SignInLogs]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: AzureActiveDirectory
    ///     dataTypes: [SigninLogs]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static UNKNOWN_DATA_TYPE: "PK602", "unknown-data-type", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for required in &rule.required_connectors {
        let Some(id) = &required.connector_id else { continue };
        let Some(connector) = context.catalog.connectors().get(&id.value) else { continue };
        let known = || connector.tables.iter().chain(&connector.data_types).copied();
        for written in &required.data_types {
            let name = base(&written.value);
            let is_table = connector.tables.contains(&name) || context.kql.table(name).is_some();
            let is_function =
                context.kql.product_function(name).is_some() || context.kql.stored_function(name).is_some();
            if is_table || is_function {
                continue;
            }
            // What published rules write may be wrong in the case of letters; tables decide.
            let table = connector.tables.iter().find(|table| table.eq_ignore_ascii_case(name)).copied();
            if table.is_none() && known().any(|known| known == written.value || known == name) {
                continue;
            }
            let Some(near) = table.or_else(|| nearest(&written.value, known())) else { continue };
            let place = span(rule, written.range);
            let message = format!("connector `{}` has no data type `{}`", connector.id, written.value);
            let applicability = if table.is_some() { Applicability::Safe } else { Applicability::Unsafe };
            let mut finding =
                UNKNOWN_DATA_TYPE.at(place, message).with_help(format!("the nearest is `{near}`"));
            if written.value == name {
                finding =
                    finding.with_fix(Fix::replace(format!("write `{near}`"), applicability, place, near));
            }
            found.push(finding);
        }
    }
}
