//! PK704: a text in one case compared with letters of the other.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Symbol;
use crate::kql::syntax::nodes::{FunctionCall, SimpleNamedExpression};
use crate::kql::syntax::{Node, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Relation, column, without_parentheses};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a comparison of what `tolower` or `toupper` returned with a text that has letters of the other case.
    ///
    /// ## Why is this bad
    /// Where case counts, as with `==`, `in` and the operators that end in `_cs`, such a comparison is never true;
    /// with `!=` it is always.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Administrator
    /// query: SigninLogs | where tolower(UserPrincipalName) == "Admin@contoso.com"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Administrator
    /// query: SigninLogs | where UserPrincipalName =~ "Admin@contoso.com"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Administrator
    /// query: SigninLogs | extend Name = tolower(UserPrincipalName) | where Name has "Admin"
    /// ```
    pub(in crate::lint) static IMPOSSIBLE_CASE: "PK704", "impossible-case", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let operator = &comparison.operator;
        if !operator.cased || operator.relation == Relation::Regex {
            continue;
        }
        let Some((name, lowers)) = case_of(analysis, comparison.left) else { continue };
        for (node, text) in comparison.constants() {
            let other = |byte: u8| if lowers { byte.is_ascii_uppercase() } else { byte.is_ascii_lowercase() };
            if !text.bytes().any(other) {
                continue;
            }
            let (letters, case) = if lowers { ("an upper-case", "lower") } else { ("a lower-case", "upper") };
            let outcome = if operator.negated { "is never equal to it" } else { "never matches it" };
            let message = format!("the text has {letters} letter, so what `{name}` returns {outcome}");
            let finding = IMPOSSIBLE_CASE.at(analysis.span(node.range()), message);
            let finding =
                finding.with_secondary(analysis.span(comparison.left.range()), format!("in {case} case"));
            let help =
                format!("write the text in {case} case, or leave `{name}` away and let case not count");
            found.push(finding.with_help(help));
        }
    }
}

/// Which of the functions `node` comes from, directly or as a column that is given its result, and whether it gives
/// lower-case letters.
fn case_of<'a>(analysis: &Analysis<'a>, node: Node<'a>) -> Option<(&'a str, bool)> {
    let node = without_parentheses(node);
    let call = FunctionCall::cast(node).or_else(|| FunctionCall::cast(made_of(analysis, node)?))?;
    match call.name().syntax().text() {
        name @ "tolower" => Some((name, true)),
        name @ "toupper" => Some((name, false)),
        _ => None,
    }
}

/// The expression of the column that `node` names, where the query makes it of one.
fn made_of<'a>(analysis: &Analysis<'a>, node: Node<'a>) -> Option<Node<'a>> {
    let column = column(node, analysis.bound).filter(|column| column.originals.is_empty())?;
    let name = analysis.bound.declaration(Symbol::Column(column))?;
    let named = SimpleNamedExpression::cast(name.parent()?)?;
    Some(without_parentheses(named.expression()))
}
