//! Which function answers which request. A feature is a line here and one in `capabilities.rs`.

use gen_lsp_types::{
    CodeActionRequest, CompletionRequest, DefinitionRequest, DocumentDiagnosticRequest,
    DocumentFormattingRequest, DocumentHighlightRequest, DocumentRangeFormattingRequest,
    DocumentSymbolRequest, FoldingRangeRequest, HoverRequest, InlayHintRequest, PrepareRenameRequest,
    ReferencesRequest, RenameRequest, Request, SelectionRangeRequest, SemanticTokensRangeRequest,
    SemanticTokensRequest, SignatureHelpRequest, WorkspaceSymbolRequest,
};
use serde_json::Value;

use super::view::{Answer, Refusal, View};
use super::{
    actions, completion, definition, diagnostics, folding, formatting, hover, inlay, rename, selection,
    semantic_tokens, signature, symbols,
};

/// Answers a request from its parameters.
type Handler = fn(View<'_>, Value) -> Answer<Value>;

macro_rules! requests {
    ($($request:ident => $handler:path,)*) => {
        &[$((<$request as Request>::METHOD.as_str(), |view, params| answer::<$request>(view, params, $handler)),)*]
    };
}

/// The requests about documents, each with the function that answers it.
static REQUESTS: &[(&str, Handler)] = requests! {
    DocumentDiagnosticRequest => diagnostics::pull,
    CompletionRequest => completion::completion,
    HoverRequest => hover::hover,
    SignatureHelpRequest => signature::signature,
    CodeActionRequest => actions::actions,
    DocumentFormattingRequest => formatting::whole,
    DocumentRangeFormattingRequest => formatting::range,
    DefinitionRequest => definition::definition,
    ReferencesRequest => definition::references,
    DocumentHighlightRequest => definition::highlight,
    PrepareRenameRequest => rename::prepare,
    RenameRequest => rename::rename,
    SemanticTokensRequest => semantic_tokens::full,
    SemanticTokensRangeRequest => semantic_tokens::range,
    FoldingRangeRequest => folding::folding,
    SelectionRangeRequest => selection::selection,
    InlayHintRequest => inlay::hints,
    DocumentSymbolRequest => symbols::of_document,
    WorkspaceSymbolRequest => symbols::of_workspace,
};

/// The function that answers `method`.
pub(super) fn handler(method: &str) -> Option<Handler> {
    REQUESTS.iter().find(|(known, _)| *known == method).map(|(_, handler)| *handler)
}

fn answer<R: Request>(
    view: View<'_>,
    params: Value,
    handler: fn(View<'_>, R::Params) -> Answer<R::Result>,
) -> Answer<Value> {
    let params = serde_json::from_value(params)
        .map_err(|error| Refusal::invalid(format!("the parameters cannot be read: {error}")))?;
    let result = handler(view, params)?;
    serde_json::to_value(result)
        .map_err(|error| Refusal::failed(format!("the result cannot be written: {error}")))
}
