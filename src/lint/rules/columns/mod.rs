//! Lints that join the columns of a query to the rest of the rule.

mod bad_column_name;
mod bad_detail_name;
mod column_case;
mod column_type;
mod constant;
mod constant_entity;
mod duplicate_identifier;
mod empty_column;
mod holds;
mod identifier_of_other_kind;
mod malformed_identifier;
mod mapped_twice;
mod missing_identifier;
mod name_with_domain;
mod reference;
mod too_many_mappings;
mod too_many_placeholders;
mod unknown_column;
mod unknown_entity_type;
mod unknown_identifier;
mod weak_entity;

use super::Lint;
use crate::catalog::Entity;
use crate::kql::bind::Column;
use crate::lint::context::Context;
use crate::rule::{EntityMapping, Rule};
use crate::text::TextRange;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::query(&unknown_column::UNKNOWN_COLUMN, unknown_column::check),
    Lint::query(&column_case::COLUMN_CASE, column_case::check),
    Lint::query(&column_type::COLUMN_TYPE, column_type::check),
    Lint::query(&empty_column::EMPTY_COLUMN, empty_column::check),
    Lint::rule(&unknown_entity_type::UNKNOWN_ENTITY_TYPE, unknown_entity_type::check),
    Lint::rule(&unknown_identifier::UNKNOWN_IDENTIFIER, unknown_identifier::check),
    Lint::rule(&missing_identifier::MISSING_IDENTIFIER, missing_identifier::check),
    Lint::rule(&duplicate_identifier::DUPLICATE_IDENTIFIER, duplicate_identifier::check),
    Lint::rule(&too_many_mappings::TOO_MANY_MAPPINGS, too_many_mappings::check),
    Lint::rule(&bad_detail_name::BAD_DETAIL_NAME, bad_detail_name::check),
    Lint::rule(&bad_column_name::BAD_COLUMN_NAME, bad_column_name::check),
    Lint::rule(&too_many_placeholders::TOO_MANY_PLACEHOLDERS, too_many_placeholders::check),
    Lint::rule(&mapped_twice::MAPPED_TWICE, mapped_twice::check),
    Lint::query(&constant_entity::CONSTANT_ENTITY, constant_entity::check),
    Lint::rule(&weak_entity::WEAK_ENTITY, weak_entity::check),
    Lint::query(&identifier_of_other_kind::IDENTIFIER_OF_OTHER_KIND, identifier_of_other_kind::check),
    Lint::query(&malformed_identifier::MALFORMED_IDENTIFIER, malformed_identifier::check),
    Lint::query(&name_with_domain::NAME_WITH_DOMAIN, name_with_domain::check),
];

/// The columns that `rule` names beside its query, each with the bytes that name it: those of the whole value, quotes
/// included, where it is one.
pub(crate) fn named_columns(rule: &Rule) -> Vec<(&str, TextRange)> {
    reference::references(rule).into_iter().map(|reference| (reference.name, reference.range)).collect()
}

/// How many columns a message lists at most.
const MAX_LISTED: usize = 12;

/// Names of columns for a message.
fn list(columns: &[&Column<'_>]) -> String {
    let names: Vec<String> =
        columns.iter().take(MAX_LISTED).map(|column| format!("`{}`", column.name)).collect();
    let more = columns.len().saturating_sub(MAX_LISTED);
    match (names.len(), more) {
        (0, _) => "no columns".to_owned(),
        (_, 0) => names.join(", "),
        _ => format!("{} and {more} more", names.join(", ")),
    }
}

/// The entity type of a mapping, where it is one that the service maps.
fn entity_of<'c>(context: &Context<'c>, mapping: &EntityMapping) -> Option<&'c Entity> {
    let name = mapping.entity_type.as_ref()?;
    context.catalog.entities().get(&name.value).filter(|entity| entity.mappable)
}

/// The identifiers that a mapping names.
fn identifiers(mapping: &EntityMapping) -> impl Iterator<Item = &str> {
    mapping
        .field_mappings
        .iter()
        .filter_map(|field| field.identifier.as_ref())
        .map(|name| name.value.as_str())
}

/// Whether `name` is one that the service takes: letters, digits and underscores, the first of them no digit.
fn is_name(name: &str, underscore_first: bool) -> bool {
    let first = name.chars().next();
    first.is_some_and(|first| first.is_ascii_alphabetic() || (underscore_first && first == '_'))
        && name.chars().all(|letter| letter == '_' || letter.is_alphanumeric())
}
