//! Lints of queries that work, but slowly, or not quite as meant.

mod arbitrary_rows;
mod case_conversion_for_comparison;
mod case_sensitive_file_name;
mod comparison_with_empty_text;
mod constant_condition;
mod contains_for_whole_words;
mod contradictory_conditions;
mod count_always_one;
mod count_per_moment;
mod covered_item;
mod defanged_indicator;
mod distinct_events;
mod distinct_rows;
mod duplicate_item;
mod empty_search_text;
mod equal_branches;
mod estimate_of_distinct_rows;
mod exact_estimate;
mod fixed_date;
mod hard_coded_indicators;
mod hidden_variable;
mod impossible_address;
mod impossible_case;
mod impossible_hash;
mod invalid_regex;
mod join_without_kind;
mod large_left_side;
mod late_filter;
mod late_time_filter;
mod list_of_one;
mod literal_wildcard;
mod malformed_guid;
mod needless_conversion;
mod negations_joined_by_or;
mod network_as_address;
mod no_word_to_look_up;
mod null_test_of_string;
mod path_in_file_name;
mod private_addresses_as_text;
mod regex_for_plain_text;
mod repeated_case;
mod repeated_condition;
mod search_in_all_columns;
mod self_assignment;
mod sort_without_effect;
mod space_around_text;
mod table_united_with_itself;
mod unused_column;
mod unused_variable;
mod url_as_domain;

use super::Lint;
use crate::diag::{Applicability, Fix};
use crate::kql::bind::Symbol;
use crate::kql::syntax::{Node, Separated};
use crate::lint::analysis::Analysis;
use crate::lint::query_walk::{QueryWalk, column, without_parentheses};
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
    Lint::query(&no_word_to_look_up::NO_WORD_TO_LOOK_UP, no_word_to_look_up::check),
    Lint::query(&constant_condition::CONSTANT_CONDITION, constant_condition::check),
    Lint::query(&contradictory_conditions::CONTRADICTORY_CONDITIONS, contradictory_conditions::check),
    Lint::query(&repeated_condition::REPEATED_CONDITION, repeated_condition::check),
    Lint::query(&unused_variable::UNUSED_VARIABLE, unused_variable::check),
    Lint::query(&join_without_kind::JOIN_WITHOUT_KIND, join_without_kind::check),
    Lint::query(&large_left_side::LARGE_LEFT_SIDE, large_left_side::check),
    Lint::query(&late_filter::LATE_FILTER, late_filter::check),
    Lint::query(&sort_without_effect::SORT_WITHOUT_EFFECT, sort_without_effect::check),
    Lint::query(&arbitrary_rows::ARBITRARY_ROWS, arbitrary_rows::check),
    Lint::query(&self_assignment::SELF_ASSIGNMENT, self_assignment::check),
    Lint::query(&null_test_of_string::NULL_TEST_OF_STRING, null_test_of_string::check),
    Lint::query(&needless_conversion::NEEDLESS_CONVERSION, needless_conversion::check),
    Lint::query(&literal_wildcard::LITERAL_WILDCARD, literal_wildcard::check),
    Lint::query(&equal_branches::EQUAL_BRANCHES, equal_branches::check),
    Lint::query(&comparison_with_empty_text::COMPARISON_WITH_EMPTY_TEXT, comparison_with_empty_text::check),
    Lint::query(&hidden_variable::HIDDEN_VARIABLE, hidden_variable::check),
    Lint::query(&table_united_with_itself::TABLE_UNITED_WITH_ITSELF, table_united_with_itself::check),
    Lint::query(&late_time_filter::LATE_TIME_FILTER, late_time_filter::check),
    Lint::query(&url_as_domain::URL_AS_DOMAIN, url_as_domain::check),
    Lint::query(&defanged_indicator::DEFANGED_INDICATOR, defanged_indicator::check),
    Lint::query(&path_in_file_name::PATH_IN_FILE_NAME, path_in_file_name::check),
    Lint::query(&case_sensitive_file_name::CASE_SENSITIVE_FILE_NAME, case_sensitive_file_name::check),
    Lint::query(&impossible_hash::IMPOSSIBLE_HASH, impossible_hash::check),
    Lint::query(&network_as_address::NETWORK_AS_ADDRESS, network_as_address::check),
    Lint::query(&private_addresses_as_text::PRIVATE_ADDRESSES_AS_TEXT, private_addresses_as_text::check),
    Lint::query(&hard_coded_indicators::HARD_CODED_INDICATORS, hard_coded_indicators::check),
    Lint::query(&invalid_regex::INVALID_REGEX, invalid_regex::check),
    Lint::query(&unused_column::UNUSED_COLUMN, unused_column::check),
    Lint::query(&count_per_moment::COUNT_PER_MOMENT, count_per_moment::check),
    Lint::query(&search_in_all_columns::SEARCH_IN_ALL_COLUMNS, search_in_all_columns::check),
    Lint::query(&fixed_date::FIXED_DATE, fixed_date::check),
    Lint::query(&malformed_guid::MALFORMED_GUID, malformed_guid::check),
    Lint::query(&impossible_address::IMPOSSIBLE_ADDRESS, impossible_address::check),
    Lint::query(&negations_joined_by_or::NEGATIONS_JOINED_BY_OR, negations_joined_by_or::check),
    Lint::query(&repeated_case::REPEATED_CASE, repeated_case::check),
    Lint::query(&count_always_one::COUNT_ALWAYS_ONE, count_always_one::check),
    Lint::query(&exact_estimate::EXACT_ESTIMATE, exact_estimate::check),
    Lint::query(&estimate_of_distinct_rows::ESTIMATE_OF_DISTINCT_ROWS, estimate_of_distinct_rows::check),
    Lint::query(&distinct_events::DISTINCT_EVENTS, distinct_events::check),
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
    // What is then a list of one item is for a person to look at.
    let applicability = if list.len() > 2 { applicability } else { Applicability::Unsafe };
    (!commented).then(|| Fix { title, applicability, edits: vec![analysis.removal(range)] })
}

/// The column that `node` names, where it is one of Defender's that hold the name of a file without its folder. Tables of
/// other products have columns of the same name that hold more.
fn file_name<'a>(analysis: &Analysis<'a>, node: Node<'a>) -> Option<&'a str> {
    let column = column(node, analysis.bound)?;
    let stored = analysis.bound.declaration(Symbol::Column(column)).is_none();
    let known =
        ["FileName", "InitiatingProcessFileName", "InitiatingProcessParentFileName"].contains(&column.name);
    let defender = || analysis.bound.tables().iter().all(|table| table.starts_with("Device"));
    (stored && known && defender()).then_some(column.name)
}

/// Whether `node` is called as columns with one address are.
fn is_address_column(node: Node<'_>) -> bool {
    let name = without_parentheses(node).text().to_ascii_lowercase();
    ["ip", "ipaddr", "ipaddress", "ipv4"].iter().any(|end| name.ends_with(end))
}
