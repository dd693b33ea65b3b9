//! PK715: a join that does not say its kind.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::JoinOperator;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::text::TextRange;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `join` without `kind=`.
    ///
    /// ## Why is this bad
    /// The default is `innerunique`, which keeps one row only of those on the left that have the same key, and not
    /// a certain one. Who reads `join` expects `inner`; which one is meant is better written.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in of a known account
    /// query: SigninLogs | where ResultType == "0" | join (IdentityInfo) on $left.UserPrincipalName == $right.AccountUPN
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in of a known account
    /// query: SigninLogs | where ResultType == "0" | join kind=inner (IdentityInfo) on $left.UserPrincipalName == $right.AccountUPN
    /// ```
    pub(in crate::lint) static JOIN_WITHOUT_KIND: "PK715", "join-without-kind", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for operator in walk.pipelines.iter().flat_map(|pipeline| &pipeline.operators) {
        let Some(join) = JoinOperator::cast(*operator) else { continue };
        if join.parameters().iter().any(|parameter| parameter.name().syntax().text() == "kind") {
            continue;
        }
        let place = join.keyword().range();
        let title = "write the default out: `kind=innerunique`";
        let fix = analysis.replacement(
            title,
            Applicability::Safe,
            TextRange::empty(place.end),
            " kind=innerunique",
        );
        let finding = JOIN_WITHOUT_KIND
            .at(analysis.span(place), "the join keeps one row only of those on the left with the same key");
        let help = "write `kind=inner` for all of them, or `kind=innerunique` where one is enough";
        found.push(finding.with_help(help).with_fix_if(fix));
    }
}
