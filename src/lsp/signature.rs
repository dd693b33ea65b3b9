//! How the function around the cursor is called.

use gen_lsp_types::{
    ActiveParameter, Documentation, MarkupContent, MarkupKind, ParameterInformation, SignatureHelp,
    SignatureHelpParams, SignatureInformation,
};

use super::calls::{self, Shape};
use super::completion::query_before;
use super::help;
use super::view::{Answer, View};
use crate::catalog::kql::KqlCatalog;
use crate::kql::bind::{Arena, Bound, bind};
use crate::kql::syntax::nodes::FunctionCall;
use crate::kql::syntax::{self, Node, TokenKind, View as _};
use crate::text::to_u32;

/// Answers `textDocument/signatureHelp`.
pub(super) fn signature(view: View<'_>, params: SignatureHelpParams) -> Answer<Option<SignatureHelp>> {
    let place = view.at(&params.text_document_position_params)?;
    let Some(text) = query_before(&place) else { return Ok(None) };
    Ok(around(&text, &place.document.project().kql))
}

/// The call that is open at the end of `text`.
fn around(text: &str, catalog: &KqlCatalog) -> Option<SignatureHelp> {
    let (tree, _) = syntax::parse(text);
    let arena = Arena::new();
    let bound = bind(&tree, catalog, &arena);
    let last = tree.tokens().iter().rev().find(|token| token.kind != TokenKind::EndOfText)?;
    let anchor = tree.node_at(last.range.end);
    let calls = std::iter::successors(Some(anchor), |node| node.parent());
    let is_open = |call: &FunctionCall<'_>| {
        call.arguments().close().is_missing() && !call.arguments().open().is_missing()
    };
    let call = calls.filter_map(FunctionCall::cast).find(is_open)?;
    let arguments = call.arguments().expressions();
    let commas = (0..arguments.len()).filter_map(|at| arguments.separator(at));
    let active = commas.filter(|comma| !comma.is_missing()).count();
    let name = call.name().syntax();
    let (shapes, doc) = shapes(&bound, name, catalog)?;
    let fits = |shape: &Shape| shape.repeats || shape.parameters.len() > active;
    let chosen = shapes.iter().position(fits).unwrap_or_default();
    let parameters = shapes.get(chosen).map_or(0, |shape| shape.parameters.len());
    let repeats = shapes.get(chosen).is_some_and(|shape| shape.repeats);
    let shown = if repeats { active.min(parameters.saturating_sub(1)) } else { active };
    let information = |shape: &Shape| SignatureInformation {
        label: shape.label.clone(),
        documentation: doc
            .clone()
            .map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })),
        parameters: Some(
            shape
                .parameters
                .iter()
                .map(|range| ParameterInformation {
                    label: range.slice(&shape.label).to_owned().into(),
                    documentation: None,
                })
                .collect(),
        ),
        active_parameter: None,
    };
    Some(SignatureHelp {
        signatures: shapes.iter().map(information).collect(),
        active_signature: Some(to_u32(chosen)),
        active_parameter: Some(ActiveParameter::Int(to_u32(shown))),
    })
}

/// The ways to call what `name` names, and what it does.
fn shapes(bound: &Bound<'_>, name: Node<'_>, catalog: &KqlCatalog) -> Option<(Vec<Shape>, Option<String>)> {
    let written = name.text();
    let language = catalog.language();
    let builtin = language
        .function(written)
        .or_else(|| language.aggregate(written))
        .or_else(|| language.plugin(written))
        .or_else(|| catalog.product_function(written).map(|it| &it.function));
    let called = bound.symbol(name).and_then(|symbol| symbol.as_function());
    let shapes = match (called, builtin, catalog.stored_function(written)) {
        (Some(function), ..) => calls::shapes(function),
        (None, _, Some(stored)) => vec![calls::of_stored(stored)],
        (None, Some(builtin), None) => calls::of_builtin(builtin),
        (None, None, None) => return None,
    };
    let builtin = builtin.filter(|_| called.is_none_or(|function| function.builtin().is_some()));
    let doc = builtin.map(help::markdown).filter(|doc| !doc.is_empty());
    (!shapes.is_empty()).then_some((shapes, doc))
}
