//! What a selection grows to: word, expression, operator, query, key, rule.

use gen_lsp_types::{SelectionRange, SelectionRangeParams};

use super::view::{Answer, Place, View};
use crate::text::TextRange;
use crate::yaml::{Node, NodeKind};

/// Answers `textDocument/selectionRange`.
pub(super) fn selection(view: View<'_>, params: SelectionRangeParams) -> Answer<Option<Vec<SelectionRange>>> {
    let document = view.of(&params.text_document)?;
    let places = params.positions.iter().map(|position| view.place(document, *position));
    Ok(Some(places.map(|place| grown(view, &place)).collect()))
}

fn grown(view: View<'_>, place: &Place<'_>) -> SelectionRange {
    let mut ranges = Vec::new();
    if let Some((query, at)) = place.analysis.query_at(place.offset) {
        query.read(|bound| {
            let node = bound.tree().node_at(at);
            let around = std::iter::successors(Some(node), |node| node.parent());
            ranges.extend(around.map(|node| query.in_file(node.range())));
        });
    }
    ranges.extend(of_yaml(place));
    ranges.push(TextRange::from_usize(0, place.document.text().len()));
    let mut chain: Vec<TextRange> = Vec::new();
    for range in ranges.into_iter().filter(|range| range.start <= place.offset && place.offset <= range.end) {
        let grows = chain.last().is_none_or(|last| range.contains_range(*last) && range != *last);
        if grows {
            chain.push(range);
        }
    }
    let outer = chain.into_iter().rev().fold(None, |parent, range| {
        let range = view.range(place.document, range);
        Some(Box::new(SelectionRange { range, parent }))
    });
    outer.map(|range| *range).unwrap_or_default()
}

/// The values and entries around the place, the innermost first.
fn of_yaml(place: &Place<'_>) -> Vec<TextRange> {
    let holds = |range: TextRange| range.start <= place.offset && place.offset <= range.end;
    let roots = place.analysis.documents().iter().filter_map(|document| document.root.as_ref());
    let mut next: Option<&Node> = roots.into_iter().find(|root| holds(root.range));
    let mut found = Vec::new();
    while let Some(node) = next.take() {
        found.push(node.range);
        match &node.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::Sequence(items) => next = items.iter().find(|item| holds(item.range)),
            NodeKind::Mapping(mapping) => {
                let around = |entry: &&crate::yaml::Entry| holds(entry.key.range.cover(entry.value.range));
                if let Some(entry) = mapping.entries.iter().find(around) {
                    found.push(entry.key.range.cover(entry.value.range));
                    next = [&entry.key, &entry.value].into_iter().find(|node| holds(node.range));
                }
            }
        }
    }
    found.reverse();
    found
}
