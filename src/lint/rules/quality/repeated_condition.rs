//! PK713: a condition that stands twice.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::BinaryExpression;
use crate::kql::syntax::{Node, TokenKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{joined_by, spelled, without_parentheses};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a condition that stands twice in one chain of `and` or `or`, filters right after each other being
    /// one chain.
    ///
    /// ## Why is this bad
    /// The second one has no effect. Often another column or value was meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Logon
    /// query: SecurityEvent | where EventID == 4625 | where EventID == 4625
    /// ```
    ///
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Logon
    /// query: DeviceEvents | where FileName has "psexec" or FolderPath has "psexec" or FileName has "psexec"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Logon
    /// query: DeviceEvents | where FileName has "psexec" or FolderPath has "psexec"
    /// ```
    pub(in crate::lint) static REPEATED_CONDITION: "PK713", "repeated-condition", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for pipeline in &walk.pipelines {
        for chain in pipeline.filter_chains() {
            report(analysis, &chain, found);
        }
    }
    for node in analysis.tree.root().descendants() {
        let is_or = |node: Node<'_>| {
            BinaryExpression::cast(node).is_some_and(|binary| binary.operator().kind() == TokenKind::OrKw)
        };
        if is_or(node) && !node.parent().is_some_and(is_or) {
            report(analysis, &joined_by(node, "or"), found);
        }
    }
}

fn report(analysis: &Analysis<'_>, parts: &[Node<'_>], found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, Node<'_>> = HashMap::new();
    for part in parts {
        let node = without_parentheses(*part);
        let Some(first) = seen.insert(spelled(node), node) else { continue };
        let place = analysis.span(node.range());
        // A chain within a chain is looked at twice.
        if first == node
            || found
                .iter()
                .any(|finding| finding.code == REPEATED_CONDITION.code && finding.primary.span == place)
        {
            continue;
        }
        let finding = REPEATED_CONDITION.at(place, "the same condition stands here twice");
        let finding = finding.with_secondary(analysis.span(first.range()), "the first time");
        found.push(finding.with_help("take one of them out, or write the condition that was meant"));
    }
}
