//! Lints of what a team agreed on.

mod description_repeats_name;
mod duplicate_name;
mod duplicate_query;
mod file_name_policy;
mod malformed_version;
mod name_policy;
mod placeholder_text;
mod required_key;
mod required_tag;
mod severity_policy;
mod short_description;
mod version;
mod version_not_bumped;

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::rules(&duplicate_name::DUPLICATE_NAME, duplicate_name::check),
    Lint::rules(&duplicate_query::DUPLICATE_QUERY, duplicate_query::check),
    Lint::rule(&description_repeats_name::DESCRIPTION_REPEATS_NAME, description_repeats_name::check),
    Lint::rule(&placeholder_text::PLACEHOLDER_TEXT, placeholder_text::check),
    Lint::rule(&malformed_version::MALFORMED_VERSION, malformed_version::check),
    Lint::rule(&name_policy::NAME_POLICY, name_policy::check),
    Lint::rules(&file_name_policy::FILE_NAME_POLICY, file_name_policy::check),
    Lint::rule(&short_description::SHORT_DESCRIPTION, short_description::check),
    Lint::rule(&required_key::REQUIRED_KEY, required_key::check),
    Lint::rule(&required_tag::REQUIRED_TAG, required_tag::check),
    Lint::rule(&severity_policy::SEVERITY_POLICY, severity_policy::check),
    Lint::rules(&version_not_bumped::VERSION_NOT_BUMPED, version_not_bumped::check),
];
