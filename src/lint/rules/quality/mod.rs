//! Lints of queries that work, but slowly, or not quite as meant.

mod case_conversion_for_comparison;
mod contains_for_whole_words;
mod covered_item;
mod duplicate_item;
mod empty_search_text;
mod impossible_case;
mod list_of_one;
mod regex_for_plain_text;
mod space_around_text;

use super::Lint;
use crate::diag::{Applicability, Fix};
use crate::kql::syntax::{Node, Separated};
use crate::lint::analysis::Analysis;
use crate::lint::query_walk::QueryWalk;
use crate::text::TextRange;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::query(&contains_for_whole_words::CONTAINS_FOR_WHOLE_WORDS, contains_for_whole_words::check),
    Lint::query(&empty_search_text::EMPTY_SEARCH_TEXT, empty_search_text::check),
    Lint::query(&regex_for_plain_text::REGEX_FOR_PLAIN_TEXT, regex_for_plain_text::check),
    Lint::query(&impossible_case::IMPOSSIBLE_CASE, impossible_case::check),
    Lint::query(
        &case_conversion_for_comparison::CASE_CONVERSION_FOR_COMPARISON,
        case_conversion_for_comparison::check,
    ),
    Lint::query(&space_around_text::SPACE_AROUND_TEXT, space_around_text::check),
    Lint::query(&duplicate_item::DUPLICATE_ITEM, duplicate_item::check),
    Lint::query(&covered_item::COVERED_ITEM, covered_item::check),
    Lint::query(&list_of_one::LIST_OF_ONE, list_of_one::check),
];

/// The parts of the query; nothing where it has errors, which are reported in their own right.
fn sound<'w, 'a>(analysis: &'w Analysis<'a>) -> Option<&'w QueryWalk<'a>> {
    (!analysis.has_errors()).then(|| analysis.walk())
}

/// The fix that takes item `index` out of `list`, with the separator before it or, for the first, after it. None where a
/// comment stands in between, or the item is the only one.
fn without_item<'a>(
    analysis: &Analysis<'a>,
    list: Separated<'a, Node<'a>>,
    index: usize,
    applicability: Applicability,
) -> Option<Fix> {
    let item = list.get(index)?;
    let range = match index.checked_sub(1).and_then(|before| list.get(before)) {
        Some(before) => TextRange::new(before.range().end, item.range().end),
        None => TextRange::new(item.range().start, list.get(index + 1)?.range().start),
    };
    let commented = range.slice(analysis.text).replace(item.text(), "").contains("//");
    let title = format!("take {} out of the list", item.text());
    (!commented).then(|| Fix { title, applicability, edits: vec![analysis.removal(range)] })
}
