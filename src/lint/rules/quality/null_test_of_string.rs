//! PK721: a string that is asked whether it is null.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::FunctionCall;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::is_string;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `isnull` and `isnotnull` of a string.
    ///
    /// ## Why is this bad
    /// A string is never null: where there is none it is empty. `isnull` is never true of it, and `isnotnull`
    /// always.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where isnotnull(UserPrincipalName)
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where isnotempty(UserPrincipalName)
    /// ```
    pub(in crate::lint) static NULL_TEST_OF_STRING: "PK721", "null-test-of-string", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for call in &walk.calls {
        let (other, outcome) = match call.name {
            "isnull" => ("isempty", "never"),
            "isnotnull" | "notnull" => ("isnotempty", "always"),
            _ => continue,
        };
        let [argument] = call.arguments[..] else { continue };
        if !is_string(argument, analysis.bound) {
            continue;
        }
        let Some(name) = FunctionCall::cast(call.node).map(|call| call.name().syntax().range()) else {
            continue;
        };
        let title = format!("ask `{other}`");
        let fix = analysis.replacement(title.clone(), Applicability::Unsafe, name, other);
        let message = format!("`{}` of a string is {outcome} true", call.name);
        found.push(
            NULL_TEST_OF_STRING
                .at(analysis.span(call.node.range()), message)
                .with_help(title)
                .with_fix_if(fix),
        );
    }
}
