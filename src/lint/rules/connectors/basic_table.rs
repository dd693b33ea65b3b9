//! PK608: a table on a plan that analytics rules cannot read.

use crate::catalog::kql::TableKind;
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;

declare_lint! {
    /// ## What it does
    /// Reports a table that the project's declarations, such as an export of the workspace's tables, give the plan
    /// Basic or Auxiliary, in an analytics rule.
    ///
    /// ## Why is this bad
    /// Analytics rules cannot read such tables, and the service refuses the rule or it never finds anything.
    ///
    /// ## Example
    /// ```yaml fires
    /// # with the table {"properties": {"plan": "Basic", "schema": {"name": "Proxy_CL", "columns": [{"name": "Action", "type": "string"}]}}}
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Requests that the proxy refused
    /// description: Finds requests that the proxy refused.
    /// kind: Scheduled
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [CommandAndControl]
    /// relevantTechniques: [T1071]
    /// query: Proxy_CL | where Action == 'deny'
    /// ```
    ///
    /// ```yaml clean
    /// # with the table {"properties": {"plan": "Analytics", "schema": {"name": "Proxy_CL", "columns": [{"name": "Action", "type": "string"}]}}}
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Requests that the proxy refused
    /// description: Finds requests that the proxy refused.
    /// kind: Scheduled
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [CommandAndControl]
    /// relevantTechniques: [T1071]
    /// query: Proxy_CL | where Action == 'deny'
    /// ```
    pub(in crate::lint) static BASIC_TABLE: "PK608", "table-on-basic-plan", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting {
        return;
    }
    for (name, range) in &analysis.uses().tables {
        let Some(range) = range else { continue };
        // For a built-in table the flag only says that the plan is possible.
        let is_basic =
            context.kql.table(name).is_some_and(|table| table.kind == TableKind::Project && table.basic_logs);
        if is_basic {
            let message = format!(
                "analytics rules cannot read table `{name}`, which is on the plan Basic or Auxiliary"
            );
            let help = "set the table to the plan Analytics, or make a summary rule that fills another table";
            found.push(BASIC_TABLE.at(analysis.span(*range), message).with_help(help));
        }
    }
}
