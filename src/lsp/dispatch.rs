//! Which function answers which request. A feature is a line here and one in `capabilities.rs`.

use gen_lsp_types::{
    DocumentDiagnosticRequest, DocumentFormattingRequest, DocumentRangeFormattingRequest, HoverRequest,
    Request,
};
use serde_json::Value;

use super::view::{Answer, Refusal, View};
use super::{diagnostics, formatting, hover};

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
    HoverRequest => hover::hover,
    DocumentFormattingRequest => formatting::whole,
    DocumentRangeFormattingRequest => formatting::range,
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
