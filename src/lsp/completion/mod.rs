//! What may stand at the cursor.
//!
//! The text before the cursor alone decides what is offered in a query: it is parsed and bound as if it ended there, so that
//! whatever stands behind the cursor, finished or not, does not matter. In YAML the lines around the cursor say which
//! mapping it is in, whether the file can be read or not.

mod item;
mod query;
mod rule;
mod scope;
mod yaml_lines;

use std::borrow::Cow;

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTag, CompletionList, CompletionParams,
    CompletionResponse, Documentation, InsertTextFormat, MarkupContent, MarkupKind, TextEdit,
};

use super::document::Kind;
use super::view::{Answer, Place, View};
use crate::text::{TextRange, to_u32};
use item::{Item, ItemKind, Offer};

/// How many items are sent at most; of more, those that fit what is typed are sent anew with each key.
const MAX_ITEMS: usize = 400;

/// Answers `textDocument/completion`.
pub(super) fn completion(view: View<'_>, params: CompletionParams) -> Answer<Option<CompletionResponse>> {
    let place = view.at(&params.text_document_position_params)?;
    let Some(mut offer) = offer(&place) else { return Ok(None) };
    offer.settle(MAX_ITEMS);
    let bytes = TextRange::new(place.offset - to_u32(offer.typed.len()), place.offset);
    let range = view.range(place.document, bytes);
    let snippets = view.client().snippets;
    let items = offer.items.into_iter().map(|item| shown(item, range, snippets)).collect();
    let is_incomplete = offer.is_cut;
    Ok(Some(CompletionList { is_incomplete, items, ..CompletionList::default() }.into()))
}

/// What is offered at a place.
fn offer(place: &Place<'_>) -> Option<Offer> {
    match query_before(place) {
        Some(text) => query::offer(&text, place.document.project()),
        None if place.document.kind() == Kind::Rules => rule::offer(place),
        None => None,
    }
}

/// The text of the query before a place, where it is in one.
pub(super) fn query_before<'p>(place: &'p Place<'_>) -> Option<Cow<'p, str>> {
    let (document, offset) = (place.document, place.offset);
    let before = document.text().get(..offset as usize)?;
    match document.kind() {
        Kind::Kql => {
            let (query, at) = place.analysis.query_at(offset)?;
            query.text().get(..at as usize).map(Cow::Borrowed)
        }
        Kind::Rules | Kind::Content => {
            if let Some(text) = yaml_lines::query_before(before) {
                return Some(Cow::Owned(text));
            }
            let (query, at) = place.analysis.query_at(offset).filter(|(query, _)| query.is_quoted())?;
            query.text().get(..at as usize).map(Cow::Borrowed)
        }
        Kind::OtherYaml | Kind::Config | Kind::Other => None,
    }
}

fn shown(item: Item, range: gen_lsp_types::Range, snippets: bool) -> CompletionItem {
    let is_call = item.kind == ItemKind::Function && !item.is_called_plain;
    let written = item.insert.unwrap_or_else(|| item.label.clone());
    let (new_text, format) = match is_call && snippets {
        true => (format!("{}($0)", written.replace('$', "\\$")), Some(InsertTextFormat::Snippet)),
        false => (written, None),
    };
    CompletionItem {
        kind: Some(match item.kind {
            ItemKind::Key => CompletionItemKind::Property,
            ItemKind::Value => CompletionItemKind::EnumMember,
            ItemKind::Column => CompletionItemKind::Field,
            ItemKind::Table => CompletionItemKind::Class,
            ItemKind::Function => CompletionItemKind::Function,
            ItemKind::Variable => CompletionItemKind::Variable,
            ItemKind::Keyword => CompletionItemKind::Keyword,
        }),
        tags: item.is_deprecated.then(|| vec![CompletionItemTag::Deprecated]),
        detail: Some(item.detail).filter(|detail| !detail.is_empty()),
        documentation: Some(item.doc)
            .filter(|doc| !doc.is_empty())
            .map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })),
        sort_text: Some(format!("{}{}", item.group, item.label)),
        filter_text: item.filter,
        insert_text_format: format,
        text_edit: Some(TextEdit { range, new_text }.into()),
        label: item.label,
        ..CompletionItem::default()
    }
}
