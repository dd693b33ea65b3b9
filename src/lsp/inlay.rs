//! Hints in a query: the columns behind each operator that changes them, the types of what `let` names.

use gen_lsp_types::{InlayHint, InlayHintKind, InlayHintParams, MarkupContent, MarkupKind};

use super::view::{Answer, View};
use crate::kql::bind::{Bound, Column, Symbol};
use crate::kql::syntax::nodes::{LetStatement, PipeExpression};
use crate::kql::syntax::{NodeKind, View as _};
use crate::text::TextRange;

/// How many columns a hint names.
const SHOWN: usize = 4;
/// How many columns the text of a hint lists.
const LISTED: usize = 200;

/// A hint behind bytes of the query.
struct Hint {
    behind: TextRange,
    label: String,
    kind: Option<InlayHintKind>,
    more: Option<String>,
}

/// Answers `textDocument/inlayHint`.
pub(super) fn hints(view: View<'_>, params: InlayHintParams) -> Answer<Option<Vec<InlayHint>>> {
    let document = view.of(&params.text_document)?;
    let wanted = document.bytes(params.range, view.encoding());
    let analysis = document.analysis();
    let mut found = Vec::new();
    for query in analysis.queries() {
        for hint in query.read(of_query) {
            let at = query.in_file(hint.behind);
            let stands = query.in_text(at.start) == Some(hint.behind.start);
            if !stands || at.end < wanted.start || wanted.end < at.end {
                continue;
            }
            found.push(InlayHint {
                position: view.range(document, at).end,
                label: hint.label.into(),
                kind: hint.kind,
                text_edits: None,
                tooltip: hint.more.map(|value| MarkupContent { kind: MarkupKind::Markdown, value }.into()),
                padding_left: Some(true),
                padding_right: None,
                data: None,
            });
        }
    }
    Ok(Some(found))
}

fn of_query(bound: &Bound<'_>) -> Vec<Hint> {
    let mut found = Vec::new();
    for node in bound.tree().root().descendants() {
        match node.kind() {
            NodeKind::PipeExpression => found.extend(behind_operator(bound, PipeExpression::of_slot(node))),
            NodeKind::LetStatement => found.extend(behind_let(bound, LetStatement::of_slot(node))),
            _ => {}
        }
    }
    found
}

fn behind_operator<'a>(bound: &Bound<'a>, pipe: PipeExpression<'a>) -> Option<Hint> {
    let operator = pipe.operator();
    let names =
        |columns: &[&Column<'_>]| columns.iter().map(|column| column.name.to_owned()).collect::<Vec<_>>();
    let after = bound.columns_after(operator)?;
    let before = bound.columns_before(operator).unwrap_or_default();
    if operator.is_missing() || names(before) == names(after) {
        return None;
    }
    // What is new says most; where nothing is, what is left.
    let is_known = |column: &Column<'a>| before.iter().any(|known| std::ptr::eq(*known, column));
    let mut shown: Vec<&str> =
        after.iter().filter(|column| !is_known(column)).map(|column| column.name).collect();
    if shown.is_empty() {
        shown = after.iter().map(|column| column.name).collect();
    }
    let rest = after.len() - shown.len().min(SHOWN);
    shown.truncate(SHOWN);
    let more = if rest > 0 { format!(", +{rest}") } else { String::new() };
    Some(Hint {
        behind: operator.range(),
        label: format!("→ {}{more}", shown.join(", ")),
        kind: None,
        more: Some(list(after)),
    })
}

fn behind_let<'a>(bound: &Bound<'a>, statement: LetStatement<'a>) -> Option<Hint> {
    let name = statement.name().syntax();
    let Symbol::Variable(variable) = bound.symbol(name)? else { return None };
    let (label, more) = match variable.ty.as_table() {
        Some(table) => {
            let columns = table.columns();
            let count = columns.len();
            (format!(": {count} {}", if count == 1 { "column" } else { "columns" }), Some(list(columns)))
        }
        None if variable.ty.is_scalar() && !variable.ty.is_error() => {
            (format!(": {}", variable.ty.name()), None)
        }
        None => return None,
    };
    let is_told = name.is_missing() || label == ": ";
    (!is_told).then(|| Hint { behind: name.range(), label, kind: Some(InlayHintKind::Type), more })
}

/// All columns, with their types.
fn list(columns: &[&Column<'_>]) -> String {
    let mut lines: Vec<String> = columns
        .iter()
        .take(LISTED)
        .map(|column| format!("- `{}`: {}", column.name, column.ty.name()))
        .collect();
    if columns.len() > LISTED {
        lines.push(format!("- and {} more", columns.len() - LISTED));
    }
    lines.join("\n")
}
