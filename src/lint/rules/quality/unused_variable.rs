//! PK714: a variable that nothing uses.

use std::collections::HashMap;

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::kql::syntax::nodes::LetStatement;
use crate::kql::syntax::{NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::text::{TextRange, to_u32};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a `let` statement whose name stands nowhere else in the query.
    ///
    /// ## Why is this bad
    /// What was to be used is not: a list of exceptions that is forgotten lets false alarms through, a threshold
    /// that is forgotten changes nothing when it is tuned.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Failed sign-ins
    /// query: let threshold = 10; SigninLogs | summarize Failures = count() by UserPrincipalName | where Failures > 5
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Failed sign-ins
    /// query: let threshold = 10; SigninLogs | summarize Failures = count() by UserPrincipalName | where Failures > threshold
    /// ```
    pub(in crate::lint) static UNUSED_VARIABLE: "PK714", "unused-variable", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if sound(analysis).is_none() {
        return;
    }
    let nodes = || analysis.tree.root().descendants();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in
        nodes().filter(|node| matches!(node.kind(), NodeKind::NameReference | NodeKind::NameDeclaration))
    {
        *uses.entry(plain(name.text())).or_default() += 1;
    }
    // A wildcard may stand for tables that the query declares.
    let wildcards = nodes()
        .any(|node| matches!(node.kind(), NodeKind::WildcardedName | NodeKind::BracketedWildcardedName));
    for statement in nodes().filter_map(LetStatement::cast) {
        let name = statement.name().syntax();
        if wildcards || uses.get(plain(name.text())).is_some_and(|count| *count > 1) {
            continue;
        }
        let finding =
            UNUSED_VARIABLE.at(analysis.span(name.range()), format!("nothing uses `{}`", name.text()));
        let fix = removal(analysis, statement);
        found
            .push(finding.with_help("use it where it was meant, or take the statement out").with_fix_if(fix));
    }
}

/// A name without brackets and quotes.
fn plain(text: &str) -> &str {
    text.trim_matches(['[', ']', '\'', '"', ' '])
}

/// Takes a statement out with its semicolon and, where it stands on lines of its own, the end of the last line.
fn removal(analysis: &Analysis<'_>, statement: LetStatement<'_>) -> Option<Fix> {
    let node = statement.syntax();
    let end = node.range().end;
    let rest = analysis.text.get(end as usize..)?;
    let after = rest.trim_start().strip_prefix(';')?;
    let after = after.trim_start_matches([' ', '\t']);
    let after = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after);
    let end = end + to_u32(rest.len() - after.len());
    let title = format!("take `{}` out", statement.name().syntax().text());
    let edits = vec![analysis.removal(TextRange::new(node.range().start, end))];
    Some(Fix { title, applicability: Applicability::Unsafe, edits })
}
