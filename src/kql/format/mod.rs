//! KQL in its one canonical style: an operator a line, four spaces a level, comments kept.
//!
//! Only white space and line breaks change: the tree of the result is the tree of the text. A text with
//! syntax errors is left as it is, and so is a management command.

mod layout;
mod walk;

use crate::diag::{Diagnostic, Severity};
use crate::kql::syntax::{NodeKind, Tree, parse};

/// The canonical form of `text`, ending in a line break, or `None` where the text does not parse; what is
/// wrong with it is returned beside.
pub fn format(text: &str) -> (Option<String>, Vec<Diagnostic>) {
    let (tree, diagnostics) = parse(text);
    if diagnostics.iter().any(|finding| finding.severity == Severity::Error) {
        return (None, diagnostics);
    }
    let is_command = tree.root().descendants().any(|node| node.kind() == NodeKind::Command);
    let mut formatted =
        if is_command { text.trim_end().to_owned() } else { layout::render(&walk::pieces(&tree)) };
    if !formatted.is_empty() {
        formatted.push('\n');
    }
    // The formatter is proven over corpora; should it ever change a meaning, the text stays as it was.
    let kept = same_tokens(&tree, &parse(formatted.as_str()).0);
    (kept.then_some(formatted), diagnostics)
}

/// Whether two trees are of the same nodes over the same tokens, white space and comments aside.
pub fn same_tokens(left: &Tree, right: &Tree) -> bool {
    let nodes = |tree: &Tree| tree.root().descendants().map(|node| node.kind()).collect::<Vec<_>>();
    let tokens = |tree: &Tree| {
        let all = tree.tokens().iter();
        all.map(|token| (token.kind, token.range.slice(tree.text()).to_owned())).collect::<Vec<_>>()
    };
    nodes(left) == nodes(right) && tokens(left) == tokens(right)
}
