//! What the editor can do about findings: carry out a fix, all safe fixes, or suppress one.

use std::collections::HashMap;
use std::sync::Arc;

use gen_lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, TextEdit, WorkspaceEdit,
};

use super::analysis::{Analysis, DOCUMENT};
use super::diagnostics;
use super::document::{Document, Kind};
use super::formatting::edits;
use super::view::{Answer, View};
use crate::diag::{Applicability, Diagnostic, Fix, carry_out};
use crate::kql::syntax::{TokenKind, lex};
use crate::lint::can_be_suppressed;
use crate::text::TextRange;

/// The kind of the action that carries out every safe fix.
pub(super) const FIX_ALL: &str = "source.fixAll.picket";
/// Rounds of fixing before picket gives up on fixes that keep making new ones.
const MAX_ROUNDS: usize = 10;

/// Answers `textDocument/codeAction`.
pub(super) fn actions(view: View<'_>, params: CodeActionParams) -> Answer<Option<Vec<CodeActionResponse>>> {
    let document = view.of(&params.text_document)?;
    let asked = document.bytes(params.range, view.encoding());
    let only = params.context.only;
    let wants = |kind: &str| {
        let is_of = |wanted: &CodeActionKind| {
            let wanted = wanted.as_str();
            wanted.is_empty()
                || kind == wanted
                || kind.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
        };
        only.as_ref().is_none_or(|only| only.iter().any(is_of))
    };
    let analysis = document.analysis();
    let mut actions = Vec::new();
    if wants("quickfix") {
        let touches = |range: TextRange| range.start <= asked.end && asked.start <= range.end;
        let here: Vec<&Diagnostic> = analysis.findings().iter().filter(|it| touches(it.range())).collect();
        actions.extend(here.iter().filter_map(|finding| fix(view, document, finding)));
        actions.extend(here.iter().filter_map(|finding| suppress(view, document, &analysis, finding)));
    }
    // Of the actions of a whole file, editors show what was asked for by its kind.
    if only.is_some() && wants(FIX_ALL) {
        actions.extend(fix_all(view, document, &analysis));
    }
    Ok(Some(actions.into_iter().map(CodeActionResponse::CodeAction).collect()))
}

fn edit(document: &Document, edits: Vec<TextEdit>) -> WorkspaceEdit {
    let changes = HashMap::from([(document.uri().clone(), edits)]);
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

fn fix(view: View<'_>, document: &Document, finding: &Diagnostic) -> Option<CodeAction> {
    let fix: &Fix = finding.fix.as_ref()?;
    let is_safe = match fix.applicability {
        Applicability::Safe => true,
        Applicability::Unsafe => false,
        Applicability::Display => return None,
    };
    if fix.edits.is_empty() || fix.edits.iter().any(|edit| edit.span.source != DOCUMENT) {
        return None;
    }
    let edits = fix.edits.iter().map(|edit| TextEdit {
        range: view.range(document, edit.span.range),
        new_text: edit.replacement.clone(),
    });
    let note = if is_safe { "" } else { " (may change what the rule does)" };
    Some(CodeAction {
        title: format!("{}{note}", fix.title),
        kind: Some(CodeActionKind::QuickFix),
        diagnostics: Some(vec![diagnostics::one(view, document, finding)]),
        is_preferred: is_safe.then_some(true),
        edit: Some(edit(document, edits.collect())),
        ..CodeAction::default()
    })
}

/// A comment on a line of its own above the finding, which covers that line.
fn suppress(
    view: View<'_>,
    document: &Document,
    analysis: &Analysis,
    finding: &Diagnostic,
) -> Option<CodeAction> {
    if document.kind() != Kind::Rules || !can_be_suppressed(finding.code) {
        return None;
    }
    let text = document.text();
    let at = finding.range().start as usize;
    let start = text.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?.lines().next().unwrap_or_default();
    let indent = &line[..line.len() - line.trim_start().len()];
    let in_query = analysis.query_at(finding.range().start);
    let mark = match in_query {
        Some((query, place)) => {
            let before = query.text().get(..place as usize)?.rfind('\n').map_or(0, |at| at + 1);
            // A comment in the middle of a text is none.
            let splits = |token: &crate::kql::syntax::LexToken| {
                token.kind == TokenKind::StringLiteral
                    && (token.range.start as usize) < before
                    && before < token.range.end as usize
            };
            if query.is_quoted() || lex(query.text()).0.iter().any(splits) {
                return None;
            }
            "//"
        }
        None => "#",
    };
    let new_text = format!("{indent}{mark} picket: ignore[{}] say why\n", finding.code);
    let range = view.range(document, TextRange::from_usize(start, start));
    Some(CodeAction {
        title: format!("suppress {} here with a comment", finding.code),
        kind: Some(CodeActionKind::QuickFix),
        diagnostics: Some(vec![diagnostics::one(view, document, finding)]),
        edit: Some(edit(document, vec![TextEdit { range, new_text }])),
        ..CodeAction::default()
    })
}

/// Every safe fix of the document, and of what these leave.
fn fix_all(view: View<'_>, document: &Document, analysis: &Analysis) -> Option<CodeAction> {
    let (mut text, mut number) = (None::<Arc<str>>, 0);
    for _ in 0..MAX_ROUNDS {
        let (texts, fixed) = match &text {
            None => carry_out(analysis.sources(), analysis.findings(), false),
            Some(text) => {
                let now = Analysis::of(document, Arc::clone(text));
                carry_out(now.sources(), now.findings(), false)
            }
        };
        let Some(new) = texts.get(&DOCUMENT) else { break };
        text = Some(new.as_str().into());
        number += fixed;
    }
    let new = text?;
    let plural = if number == 1 { "" } else { "es" };
    Some(CodeAction {
        title: format!("carry out {number} safe fix{plural}"),
        kind: Some(CodeActionKind::Custom(FIX_ALL.into())),
        edit: Some(edit(document, edits(view, document, &new))),
        ..CodeAction::default()
    })
}
