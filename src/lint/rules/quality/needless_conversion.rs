//! PK722: a string that is turned into a string.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::is_string;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `tostring` of what is a string already.
    ///
    /// ## Why is this bad
    /// It changes nothing, keeps the service from using its index where the value is filtered, and tells readers
    /// that the column is something else.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Portal
    /// query: SigninLogs | where tostring(AppDisplayName) == "Azure Portal"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Portal
    /// query: SigninLogs | where AppDisplayName == "Azure Portal"
    /// ```
    pub(in crate::lint) static NEEDLESS_CONVERSION: "PK722", "needless-conversion", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for call in walk.calls.iter().filter(|call| call.name == "tostring") {
        let [argument] = call.arguments[..] else { continue };
        if !is_string(argument, analysis.bound) {
            continue;
        }
        let title = "leave `tostring` away";
        // Where tables of one name differ by product, the column may be another type there.
        let fix = analysis.replacement(title, Applicability::Unsafe, call.node.range(), argument.text());
        let message = format!("`{}` is a string already", argument.text());
        found.push(
            NEEDLESS_CONVERSION
                .at(analysis.span(call.node.range()), message)
                .with_help(title)
                .with_fix_if(fix),
        );
    }
}
