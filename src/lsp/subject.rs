//! What a place names: something that the query names, or a column of its result that the rule names elsewhere.

use super::analysis::{Analysis, Query};
use crate::kql::Names;
use crate::kql::bind::{Bound, Symbol};
use crate::lint;
use crate::rule::Rule;
use crate::text::TextRange;
use crate::yaml::{Document, Node, NodeKind, Scalar};

/// What a place names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'p> {
    /// The query.
    pub(super) query: &'p Query,
    /// The rule that it is the query of.
    pub(super) rule: Option<&'p Rule>,
    within: Within<'p>,
}

#[derive(Debug, Clone, Copy)]
enum Within<'p> {
    /// A place in the query.
    Query(u32),
    /// A place of the rule that names a column.
    Column { name: &'p str, range: TextRange },
}

/// A place that names a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mention {
    /// Its bytes in the file.
    pub(super) range: TextRange,
    /// Whether it declares the thing.
    pub(super) declares: bool,
}

/// The meaning of a query as a feature looks at it.
pub(super) struct Meaning<'b, 'a> {
    /// The query.
    pub(super) bound: &'b Bound<'a>,
    /// Its names.
    pub(super) names: Names<'a>,
    /// Which of the things it is about.
    pub(super) thing: usize,
    /// The bytes of the file that name it.
    pub(super) range: TextRange,
}

impl<'p> Subject<'p> {
    /// What the byte at `offset` belongs to.
    pub(super) fn at(analysis: &'p Analysis, offset: u32) -> Option<Self> {
        let rule_of = |query: &Query| query.rule.and_then(|number| analysis.rules().get(number));
        if let Some((query, at)) = analysis.query_at(offset) {
            return Some(Self { query, rule: rule_of(query), within: Within::Query(at) });
        }
        let (number, rule) = analysis.rule_at(offset)?;
        let query = analysis.query_of(number)?;
        let touches = |range: TextRange| range.start <= offset && offset <= range.end;
        let (name, range) = lint::named_columns(rule).into_iter().find(|(_, range)| touches(*range))?;
        let range = inside(analysis.documents(), range);
        Some(Self { query, rule: Some(rule), within: Within::Column { name, range } })
    }

    /// The place in the text of the query, where it is in the query.
    pub(super) fn in_query(self) -> Option<u32> {
        if let Within::Query(at) = self.within { Some(at) } else { None }
    }

    /// What `look` makes of the meaning of the query, where the place names something.
    pub(super) fn read<T>(self, look: impl FnOnce(&Meaning<'_, '_>) -> T) -> Option<T> {
        self.query.read(|bound| {
            let names = Names::of(bound);
            let (thing, range) = match self.within {
                Within::Query(at) => {
                    let name = names.at(at)?;
                    (name.thing, self.query.in_file(name.range()))
                }
                Within::Column { name, range } => {
                    let column = bound.columns()?.iter().find(|column| column.name == name)?;
                    (names.thing(Symbol::Column(column))?, range)
                }
            };
            Some(look(&Meaning { bound, names, thing, range }))
        })
    }

    /// Every place of the file that names what `meaning` is about, in order.
    pub(super) fn mentions(self, analysis: &Analysis, meaning: &Meaning<'_, '_>) -> Vec<Mention> {
        let named = meaning.names.of_thing(meaning.thing);
        let mut found: Vec<Mention> = named
            .map(|name| Mention { range: self.query.in_file(name.range()), declares: name.declares })
            .collect();
        let columns = meaning.bound.columns().unwrap_or_default();
        for (name, range) in self.rule.map(lint::named_columns).unwrap_or_default() {
            let column = columns.iter().find(|column| column.name == name);
            let thing = column.and_then(|column| meaning.names.thing(Symbol::Column(column)));
            if thing == Some(meaning.thing) {
                found.push(Mention { range: inside(analysis.documents(), range), declares: false });
            }
        }
        found.sort_by_key(|mention| (mention.range.start, mention.range.end));
        found.dedup();
        found
    }
}

/// The bytes between the quotes of the scalar at `range`; the range itself where it is a part of one.
pub(super) fn inside(documents: &[Document], range: TextRange) -> TextRange {
    match scalar_at(documents, range) {
        Some(scalar) => scalar.range_of(TextRange::from_usize(0, scalar.text.len())),
        None => range,
    }
}

/// The scalar whose bytes are `range`.
pub(super) fn scalar_at(documents: &[Document], range: TextRange) -> Option<&Scalar> {
    let mut pending: Vec<&Node> = documents.iter().filter_map(|document| document.root.as_ref()).collect();
    while let Some(node) = pending.pop() {
        if !node.range.contains_range(range) {
            continue;
        }
        match &node.kind {
            NodeKind::Scalar(scalar) if node.range == range => return Some(scalar),
            NodeKind::Scalar(_) => {}
            NodeKind::Sequence(items) => pending.extend(items),
            NodeKind::Mapping(mapping) => {
                pending.extend(mapping.entries.iter().flat_map(|entry| [&entry.key, &entry.value]));
            }
        }
    }
    None
}
