//! What stands at a place.

use gen_lsp_types::{Hover, HoverParams, MarkupContent, MarkupKind};

use super::keys::{self, Spot};
use super::view::{Answer, Place, View};
use crate::text::TextRange;

/// Answers `textDocument/hover`.
pub(super) fn hover(view: View<'_>, params: HoverParams) -> Answer<Option<Hover>> {
    let place = view.at(&params.text_document_position_params)?;
    let found = of_rule(&place);
    Ok(found.map(|(value, bytes)| Hover {
        contents: MarkupContent { kind: MarkupKind::Markdown, value }.into(),
        range: Some(view.range(place.document, bytes)),
    }))
}

/// What is said of a key of a rule.
fn of_rule(place: &Place<'_>) -> Option<(String, TextRange)> {
    let spots = keys::spots(place.analysis.documents(), place.offset);
    let Spot { key, written, on_key, .. } = *spots.last()?;
    on_key.then(|| (format!("**{}**: {}\n\n{}", key.name, key.value.expected(), key.doc), written))
}
