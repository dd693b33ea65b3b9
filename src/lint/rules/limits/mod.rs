//! Lints of what the service bounds.

mod query_too_long;
mod template_version;
mod text_too_long;
mod too_many_rules;
mod too_many_workspaces;

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::rule(&text_too_long::TEXT_TOO_LONG, text_too_long::check),
    Lint::rule(&query_too_long::QUERY_TOO_LONG, query_too_long::check),
    Lint::rules(&too_many_rules::TOO_MANY_RULES, too_many_rules::check),
    Lint::query(&too_many_workspaces::TOO_MANY_WORKSPACES, too_many_workspaces::check),
    Lint::rule(&template_version::TEMPLATE_VERSION_ALONE, template_version::check),
];

/// How many characters `text` has, as the service counts.
fn length(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}
