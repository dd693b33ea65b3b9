//! PK746: a case that comes twice.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::Node;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::spelled;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `case` with the same condition twice.
    ///
    /// ## Why is this bad
    /// The first one that is true decides, so the second one never does. Often another condition was meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Risk
    /// query: SigninLogs | extend Risk = case(RiskLevelDuringSignIn == "high", 3, RiskLevelDuringSignIn == "high", 2, 1)
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Risk
    /// query: SigninLogs | extend Risk = case(RiskLevelDuringSignIn == "high", 3, RiskLevelDuringSignIn == "medium", 2, 1)
    /// ```
    pub(in crate::lint) static REPEATED_CASE: "PK746", "repeated-case", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for call in walk.calls.iter().filter(|call| call.name == "case") {
        let mut seen: HashMap<String, Node<'_>> = HashMap::new();
        let pairs = call.arguments.chunks_exact(2);
        for condition in pairs.filter_map(|pair| pair.first().copied()) {
            let Some(first) = seen.get(&spelled(condition)) else {
                seen.insert(spelled(condition), condition);
                continue;
            };
            let finding =
                REPEATED_CASE.at(analysis.span(condition.range()), "an earlier case has the same condition");
            let finding = finding.with_secondary(analysis.span(first.range()), "decides instead");
            found.push(finding.with_help("write the condition that was meant, or take the case out"));
        }
    }
}
