//! PK724: a condition that makes no difference.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::same_text;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `iff` and `case` whose results are all the same.
    ///
    /// ## Why is this bad
    /// The condition has no effect; one of the results was probably meant to be another.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Risk
    /// query: SigninLogs | extend Risk = iff(RiskLevelDuringSignIn == "high", "High", "High")
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Risk
    /// query: SigninLogs | extend Risk = iff(RiskLevelDuringSignIn == "high", "High", "Low")
    /// ```
    pub(in crate::lint) static EQUAL_BRANCHES: "PK724", "equal-branches", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for call in &walk.calls {
        let results: Vec<_> = match (call.name, &call.arguments[..]) {
            ("iff" | "iif", [_, yes, no]) => vec![*yes, *no],
            ("case", arguments) if arguments.len() > 2 => {
                let last = arguments.last().copied();
                arguments.iter().skip(1).step_by(2).copied().chain(last).collect()
            }
            _ => continue,
        };
        let Some((first, rest)) = results.split_first() else { continue };
        if rest.iter().all(|result| same_text(*first, *result)) {
            let message = format!("every case of `{}` has the same result", call.name);
            let finding = EQUAL_BRANCHES.at(analysis.span(call.node.range()), message);
            found.push(finding.with_help("write the results that were meant, or the result alone"));
        }
    }
}
