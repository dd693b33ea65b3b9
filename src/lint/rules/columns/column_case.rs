//! PK302: a column in other capitals than the query returns it.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};
use crate::lint::settled::{is_settled, reads_own_columns};

use super::reference::{is_deployed, references};
use super::unknown_column::result_expression;

declare_lint! {
    /// ## What it does
    /// Reports a part of the rule that names a column in other capitals than the query returns it. It is a warning for
    /// hunting queries, which are saved without mappings, and over tables that have the columns of the workspace's own.
    ///
    /// ## Why is this bad
    /// Names of columns are told apart by case, so the rule names a column that is not there, and the service refuses it
    /// with the words `The given column 'IpAddress' does not exist`.
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
    ///         columnName: IpAddress
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
    pub(in crate::lint) static COLUMN_CASE: "PK302", "column-case", Severity::Error, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let rule = analysis.rule;
    if analysis.has_errors() {
        return;
    }
    let Some(columns) = analysis.columns() else { return };
    let Some(result) = result_expression(analysis) else { return };
    // Such a table may have both, though hardly any has.
    let may_be_there = reads_own_columns(analysis.bound) && !is_settled(analysis.bound, result);
    let applicability = if may_be_there { Applicability::Unsafe } else { Applicability::Safe };
    for reference in references(rule) {
        let name = reference.name;
        if columns.iter().any(|column| column.name == name) {
            continue;
        }
        let mut same = columns.iter().filter(|column| column.name.eq_ignore_ascii_case(name));
        let Some(column) = same.next() else { continue };
        let message = format!(
            "{} is column `{name}`, and the query returns `{}`",
            reference.purpose.describe(),
            column.name
        );
        let title = format!("write `{}`", column.name);
        let mut finding = COLUMN_CASE.at(span(rule, reference.range), message).with_help(title.clone());
        if same.next().is_none() {
            let place = span(rule, context.inside_quotes(rule, reference.range));
            finding = finding.with_fix(Fix::replace(title, applicability, place, column.name));
        }
        if may_be_there || !is_deployed(rule) {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    }
}
