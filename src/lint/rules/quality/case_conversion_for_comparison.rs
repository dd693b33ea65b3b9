//! PK705: letters converted to compare without case.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::FunctionCall;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Relation, is_string, without_parentheses};
use crate::text::TextRange;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `tolower(…)` or `toupper(…)` compared with a constant where an operator that does not look at case
    /// would do.
    ///
    /// ## Why is this bad
    /// The service can use its index for `=~`, `in~`, `has` and the like, but has to convert every single value
    /// before it can compare the result of a function.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where tolower(UserPrincipalName) == "admin@contoso.com"
    /// ```
    ///
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where tolower(UserAgent) has "python"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where UserPrincipalName =~ "admin@contoso.com" or UserAgent has "python"
    /// ```
    pub(in crate::lint) static CASE_CONVERSION_FOR_COMPARISON: "PK705", "case-conversion-for-comparison", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let operator = &comparison.operator;
        let Some(call) = FunctionCall::cast(without_parentheses(comparison.left)) else { continue };
        let name = call.name().syntax().text();
        let Some(argument) = call.arguments().expressions().get(0) else { continue };
        let fits = |text: &str| match name {
            "tolower" => text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase()),
            "toupper" => text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_lowercase()),
            _ => false,
        };
        let constant = !comparison.right.is_empty()
            && comparison.right.iter().all(|operand| operand.text.is_some_and(fits));
        if !constant || operator.relation == Relation::Regex {
            continue;
        }
        let without_case = match operator.text() {
            "==" => "=~",
            "!=" | "<>" => "!~",
            "in" => "in~",
            "!in" => "!in~",
            text => text.strip_suffix("_cs").unwrap_or(text),
        };
        let title = format!("leave `{name}` away and compare with `{without_case}`");
        let message = format!("`{name}` is called for every row to compare without case");
        let place = TextRange::new(comparison.left.range().start, operator.token.range().end);
        let text = format!("{} {without_case}", argument.text());
        // For `contains` there may be a better operator yet.
        let safe = is_string(argument, analysis.bound) && operator.relation != Relation::Contains;
        let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
        let commented = place.slice(analysis.text).contains("//");
        let fix =
            (!commented).then(|| analysis.replacement(title.clone(), applicability, place, &text)).flatten();
        let finding = CASE_CONVERSION_FOR_COMPARISON.at(analysis.span(comparison.left.range()), message);
        found.push(finding.with_help(title).with_fix_if(fix));
    }
}
