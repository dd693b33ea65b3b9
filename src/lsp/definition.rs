//! Where a name is declared, and where else it is used.

use gen_lsp_types::{
    Definition, DefinitionParams, DefinitionResponse, DocumentHighlight, DocumentHighlightKind,
    DocumentHighlightParams, Location, ReferenceParams,
};

use super::lifecycle::uri_of;
use super::subject::Subject;
use super::view::{Answer, Place, View};
use crate::kql::Names;
use crate::kql::bind::{Bound, Symbol, Type, Value};
use crate::kql::syntax::nodes::FunctionCall;
use crate::kql::syntax::{Node, NodeKind, View as _};
use crate::text::TextRange;

/// The function that returns the items of a watchlist.
const WATCHLIST: &str = "_GetWatchlist";

/// Answers `textDocument/definition`.
pub(super) fn definition(view: View<'_>, params: DefinitionParams) -> Answer<Option<DefinitionResponse>> {
    let place = view.at(&params.text_document_position_params)?;
    let Some(subject) = Subject::at(&place.analysis, place.offset) else { return Ok(None) };
    let own = subject.read(|meaning| {
        let declared = meaning.names.declarations(meaning.thing).iter().map(|node| node.range());
        let mut found: Vec<TextRange> = declared.map(|range| subject.query.in_file(range)).collect();
        if found.is_empty() && subject.in_query().is_none() {
            // A column of a table is declared nowhere in the file: where the query names it last says most.
            let last = meaning.names.of_thing(meaning.thing).last().map(|name| name.range());
            found.extend(last.map(|range| subject.query.in_file(range)));
        }
        found
    });
    let own: Vec<Location> =
        own.unwrap_or_default().into_iter().map(|range| here(view, &place, range)).collect();
    let found = if own.is_empty() { elsewhere(view, &place, subject) } else { own };
    if found.is_empty() {
        return Ok(None);
    }
    Ok(Some(DefinitionResponse::Definition(Definition::LocationList(found))))
}

/// Answers `textDocument/references`.
pub(super) fn references(view: View<'_>, params: ReferenceParams) -> Answer<Option<Vec<Location>>> {
    let place = view.at(&params.text_document_position_params)?;
    let Some(subject) = Subject::at(&place.analysis, place.offset) else { return Ok(None) };
    let wanted = params.context.include_declaration;
    let found = subject.read(|meaning| subject.mentions(&place.analysis, meaning));
    Ok(found.map(|mentions| {
        let wanted = mentions.into_iter().filter(|mention| wanted || !mention.declares);
        wanted.map(|mention| here(view, &place, mention.range)).collect()
    }))
}

/// Answers `textDocument/documentHighlight`.
pub(super) fn highlight(
    view: View<'_>,
    params: DocumentHighlightParams,
) -> Answer<Option<Vec<DocumentHighlight>>> {
    let place = view.at(&params.text_document_position_params)?;
    let Some(subject) = Subject::at(&place.analysis, place.offset) else { return Ok(None) };
    let found = subject.read(|meaning| subject.mentions(&place.analysis, meaning));
    Ok(found.map(|mentions| {
        let highlight = |mention: super::subject::Mention| DocumentHighlight {
            range: view.range(place.document, mention.range),
            kind: Some(match mention.declares {
                true => DocumentHighlightKind::Write,
                false => DocumentHighlightKind::Read,
            }),
        };
        mentions.into_iter().map(highlight).collect()
    }))
}

fn here(view: View<'_>, place: &Place<'_>, range: TextRange) -> Location {
    Location { uri: place.document.uri().clone(), range: view.range(place.document, range) }
}

/// Where the project declares the table, function or watchlist that the query names at the place.
fn elsewhere(view: View<'_>, place: &Place<'_>, subject: Subject<'_>) -> Vec<Location> {
    let Some(at) = subject.in_query() else { return Vec::new() };
    let name = subject.query.read(|bound| {
        let named = Names::of(bound).at(at).and_then(|name| match name.symbol {
            Symbol::Type(Type::Table(table)) => Some(table.name.to_owned()),
            Symbol::Type(Type::Function(function)) => Some(function.name.to_owned()),
            _ => None,
        });
        named.filter(|name| name != WATCHLIST).or_else(|| watchlist(bound, bound.tree().node_at(at)))
    });
    let Some(name) = name else { return Vec::new() };
    let declared = place.document.project().declared.iter().filter(|declared| declared.name == name);
    declared
        .filter_map(|declared| {
            let range = view.encoding().range(&declared.text, &declared.lines, declared.range);
            Some(Location { uri: uri_of(&declared.path)?, range })
        })
        .collect()
}

/// The alias of the watchlist that is read where `node` stands: in the call, or its argument.
fn watchlist<'a>(bound: &Bound<'a>, node: Node<'a>) -> Option<String> {
    let calls = std::iter::successors(Some(node), |node| node.parent());
    let call =
        calls.take(4).find(|node| node.kind() == NodeKind::FunctionCall).and_then(FunctionCall::cast)?;
    let Some(Value::String(alias)) = bound.value(call.arguments().expressions().get(0)?) else { return None };
    (call.name().syntax().text() == WATCHLIST).then(|| alias.to_owned())
}
