//! PK203: a query over all tables.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::{FindOperator, PipeExpression, SearchOperator, UnionOperator};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;

declare_lint! {
    /// ## What it does
    /// Reports `search *`, `union *` and their like in the query of an analytics rule: operators that read every table of the
    /// workspace. It is a warning where the service is not known to refuse it, as with `find` or `search "text"`.
    ///
    /// ## Why is this bad
    /// The service refuses `search *` and `union *`. The others read whatever the workspace has, which is slow, costs, and
    /// returns other columns whenever a table is added.
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
    ///   union *
    ///   | where Account == "guest"
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
    ///   union SecurityEvent, SigninLogs
    ///   | where Account == "guest" or UserPrincipalName == "guest"
    /// ```
    pub(in crate::lint) static EVERY_TABLE: "PK203", "every-table", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting {
        return;
    }
    for node in analysis.tree.root().descendants() {
        let Some(Reads { what, keyword, refused }) = reads_all(node) else { continue };
        let message = format!("`{what}` reads every table of the workspace");
        let mut finding = EVERY_TABLE.at(analysis.span(node.range()), message);
        finding = if refused {
            finding.with_label("refused by the service")
        } else {
            finding.severity = Severity::Warning;
            finding
        };
        found.push(finding.with_help(format!("name the tables that it is to read: {keyword}")));
    }
}

/// An operator that reads every table.
struct Reads {
    what: &'static str,
    keyword: &'static str,
    refused: bool,
}

fn reads_all(node: Node<'_>) -> Option<Reads> {
    match node.kind() {
        NodeKind::SearchOperator if !has_input(node) => {
            let search = SearchOperator::of_slot(node);
            let refused = search.condition().kind() == NodeKind::StarExpression;
            let what = if refused { "search *" } else { "search" };
            search
                .in_clause()
                .is_none()
                .then_some(Reads { what, keyword: "`search in (Table) …`", refused })
        }
        NodeKind::UnionOperator => {
            let union = UnionOperator::of_slot(node);
            let is_star = |member: Node<'_>| member.text().trim() == "*";
            let refused = union.parameters().is_empty() && union.expressions().get(0).is_some_and(is_star);
            let reads = Reads { what: "union *", keyword: "`union Table1, Table2`", refused };
            union.expressions().iter().any(is_star).then_some(reads)
        }
        NodeKind::FindOperator if !has_input(node) => {
            let reads = Reads { what: "find", keyword: "`find in (Table) where …`", refused: false };
            FindOperator::of_slot(node).in_clause().is_none().then_some(reads)
        }
        _ => None,
    }
}

/// Whether an operator is given rows, and so reads those.
fn has_input(operator: Node<'_>) -> bool {
    operator.parent().and_then(PipeExpression::cast).is_some_and(|pipe| pipe.operator() == operator)
}
