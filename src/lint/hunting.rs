//! Queries of rules in the words of Advanced Hunting, for rules that run in Defender.

use super::analysis::{Analysis, analyse};
use crate::catalog::kql::{KqlCatalog, ProductSet};
use crate::kql::bind::Symbol;
use crate::kql::syntax::NodeKind;
use crate::rule::Rule;
use crate::text::{TextRange, to_u32};

/// The time of an event as the tables of the workspace have it.
const TIME: &str = "TimeGenerated";
/// The same in the tables of Defender.
pub(super) const HUNTING_TIME: &str = "Timestamp";

/// A query in the words of Advanced Hunting.
pub(super) struct HuntingQuery {
    /// Its text.
    pub(super) text: String,
    /// What was replaced in the text of the rule.
    replaced: Vec<TextRange>,
}

impl HuntingQuery {
    pub(super) fn of(analysis: &Analysis<'_>, catalog: &KqlCatalog) -> Self {
        let is_hunting = |name: &String| {
            let table = catalog.table(name);
            table.is_some_and(|table| table.column(HUNTING_TIME).is_some() && is_in_hunting(table.products))
        };
        // A column of one of several tables may be of either.
        let tables = &analysis.uses().tables;
        let all = !tables.is_empty() && tables.keys().all(is_hunting);
        let is_time = |symbol: Symbol<'_>| matches!(symbol, Symbol::Column(column) if column.name == TIME);
        let names = analysis.tree.root().descendants().filter(|node| node.kind() == NodeKind::NameReference);
        let times = names.filter(|node| {
            let symbol = analysis.bound.symbol(*node).filter(|symbol| is_time(*symbol));
            symbol.is_some_and(|symbol| analysis.bound.declaration(symbol).is_none())
        });
        let mut replaced: Vec<TextRange> = times
            .map(|node| node.range())
            .filter(|range| all && range.slice(analysis.text) == TIME)
            .collect();
        replaced.sort_by_key(|range| range.start);
        replaced.dedup();
        let mut text = String::with_capacity(analysis.text.len());
        let mut at = 0;
        for range in &replaced {
            text.push_str(TextRange::new(at, range.start).slice(analysis.text));
            text.push_str(HUNTING_TIME);
            at = range.end;
        }
        text.push_str(TextRange::new(at, to_u32(analysis.text.len())).slice(analysis.text));
        Self { text, replaced }
    }

    /// The place in the rule's query of a place in this one.
    pub(super) fn in_rule(&self, range: TextRange) -> TextRange {
        let shorter = to_u32(TIME.len() - HUNTING_TIME.len());
        let place = |offset: u32| {
            let mut shift = 0;
            for replaced in &self.replaced {
                if offset + shift > replaced.start {
                    shift += shorter;
                }
            }
            offset + shift
        };
        TextRange::new(place(range.start), place(range.end))
    }
}

/// Whether Advanced Hunting is among `products`.
pub(super) fn is_in_hunting(products: ProductSet) -> bool {
    products.contains(ProductSet::ADVANCED_HUNTING)
}

/// The query of `rule` in the words of Advanced Hunting: the time of an event is `Timestamp` there.
pub fn hunting_query(rule: &Rule, catalog: &KqlCatalog) -> Option<String> {
    let mut made = None;
    analyse(rule, catalog, |analysis| made = Some(HuntingQuery::of(analysis, catalog).text));
    made
}
