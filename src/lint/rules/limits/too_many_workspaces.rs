//! PK155: a query over more workspaces than the service reads.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::constant_text;
use crate::rule::RuleKind;

declare_lint! {
    /// ## What it does
    /// Reports the first workspace beyond the 20 that the query of an analytics rule can read with
    /// `workspace(…)`. Several names of one workspace count as several.
    ///
    /// ## Why is this bad
    /// The service does not run the query over more than 20 workspaces.
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
    ///   union
    ///     workspace("soc-1").SigninLogs, // (20 lines like this one)
    ///     workspace("hq").SigninLogs
    ///   | where ResultType == 50126
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
    ///   union
    ///     workspace("soc-1").SigninLogs, // (19 lines like this one)
    ///     workspace("hq").SigninLogs
    ///   | where ResultType == 50126
    /// ```
    pub(in crate::lint) static TOO_MANY_WORKSPACES: "PK155", "too-many-workspaces", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting {
        return;
    }
    let most = context.catalog.limits().workspaces_per_query.max;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let calls = analysis.walk().calls.iter().filter(|call| call.name == "workspace");
    let named = calls.filter_map(|call| {
        let name = constant_text(*call.arguments.first()?, analysis.bound)?;
        Some((name.to_lowercase(), call.node))
    });
    let mut seen = BTreeSet::new();
    let distinct: Vec<_> = named.filter(|(name, _)| seen.insert(name.clone())).collect();
    let Some((_, first)) = distinct.get(most) else { return };
    let message = format!("the query reads {} workspaces, and can read {most}", distinct.len());
    found.push(
        TOO_MANY_WORKSPACES
            .at(analysis.span(first.range()), message)
            .with_label("the first beyond the limit")
            .with_help("split the workspaces among several rules"),
    );
}
