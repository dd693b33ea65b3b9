//! PK303: a column of a type that does not fit its use.

use crate::catalog::ScalarType;
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Type;
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::reference::{Purpose, returned};

declare_lint! {
    /// ## What it does
    /// Reports an identifier that is mapped to a list, a property bag or a truth value, and a severity, tactics or entities that
    /// are taken from a column of numbers, times or truth values.
    ///
    /// ## Why is this bad
    /// An identifier is one value. Of a list that `make_set` made, the entity gets the text `["10.1.2.3"]`, which is no
    /// address.
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
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Addresses = make_set(IPAddress), TimeGenerated = max(TimeGenerated) by UserPrincipalName
    /// entityMappings:
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: Addresses
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
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize TimeGenerated = max(TimeGenerated) by UserPrincipalName, IPAddress
    /// entityMappings:
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddress
    /// ```
    pub(in crate::lint) static COLUMN_TYPE: "PK303", "column-type", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (reference, column) in returned(analysis) {
        let Some((what, help)) = misfit(reference.purpose, column.ty) else { continue };
        let message =
            format!("{} is column `{}`, which holds {what}", reference.purpose.describe(), column.name);
        found.push(COLUMN_TYPE.at(span(analysis.rule, reference.range), message).with_help(help));
    }
}

/// What a column of type `ty` holds, and the remedy, where that does not fit `purpose`.
fn misfit(purpose: Purpose<'_>, ty: Type<'_>) -> Option<(&'static str, &'static str)> {
    let scalar = match ty {
        Type::Scalar(scalar) | Type::DynamicOf(scalar) => Some(scalar),
        _ => None,
    };
    match purpose {
        Purpose::Identifier { identifier, .. } => match (ty, scalar) {
            (Type::Array(_), _) if !is_plural(identifier) => Some((
                "a list",
                "take one value of it, such as `tostring(column[0])`, or a row for each with `mv-expand`",
            )),
            (Type::Bag(_), _) => {
                Some(("a property bag", "take the property that is meant: `tostring(column.property)`"))
            }
            (_, Some(ScalarType::Bool)) if !identifier.starts_with("Is") => {
                Some(("truth values", "name the column that holds the value"))
            }
            _ => None,
        },
        Purpose::Entities | Purpose::Severity | Purpose::Tactics => match scalar? {
            ScalarType::String | ScalarType::Dynamic | ScalarType::Guid => None,
            ScalarType::Bool => Some(("truth values", "name a column of text")),
            ScalarType::DateTime | ScalarType::TimeSpan => Some(("times", "name a column of text")),
            ScalarType::Int | ScalarType::Long | ScalarType::Real | ScalarType::Decimal => {
                Some(("numbers", "name a column of text"))
            }
        },
        Purpose::CustomDetail | Purpose::Placeholder | Purpose::Property => None,
    }
}

/// Whether an identifier is several values, as `Urls` of a message are.
fn is_plural(identifier: &str) -> bool {
    identifier.ends_with('s') && !identifier.ends_with("ss")
}
