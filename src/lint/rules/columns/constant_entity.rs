//! PK314: an entity that is the same in every alert.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Value;
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::constant::constant;

declare_lint! {
    /// ## What it does
    /// Reports an entity mapping all of whose columns have one value that is written in the query.
    ///
    /// ## Why is this bad
    /// Every alert of the rule has the same entity, so alerts that have nothing else in common are correlated by it.
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
    ///   | extend Application = "Entra ID"
    /// entityMappings:
    ///   - entityType: CloudApplication
    ///     fieldMappings:
    ///       - identifier: Name
    ///         columnName: Application
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
    ///   | extend Application = AppDisplayName
    /// entityMappings:
    ///   - entityType: CloudApplication
    ///     fieldMappings:
    ///       - identifier: Name
    ///         columnName: Application
    /// ```
    pub(in crate::lint) static CONSTANT_ENTITY: "PK314", "constant-entity", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.has_errors() {
        return;
    }
    let Some(columns) = analysis.columns() else { return };
    for mapping in &analysis.rule.entity_mappings {
        let fields = mapping.field_mappings.iter();
        let values: Option<Vec<_>> = fields
            .map(|field| {
                let name = field.column_name.as_ref()?.value.as_str();
                let column = columns.iter().find(|column| column.name == name)?;
                // A column that is always empty is a finding of its own.
                constant(analysis.bound, column)
                    .filter(|(value, _)| !matches!(value, Value::Null | Value::String("")))
            })
            .collect();
        let Some((_, place)) = values.as_ref().and_then(|values| values.first()) else { continue };
        let entity = mapping.entity_type.as_ref();
        let name = entity.map_or("", |entity| entity.value.as_str());
        let range = entity.map_or(mapping.range, |entity| entity.range);
        found.push(
            CONSTANT_ENTITY
                .at(span(analysis.rule, range), format!("every alert has the same entity `{name}`"))
                .with_secondary(analysis.span(place.range()), "its value")
                .with_help("map a column whose value comes from the events"),
        );
    }
}
