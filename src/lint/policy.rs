//! What a team agreed on, as its settings have it.

use regex::Regex;

use crate::rule::Severity;

/// What rules of a project are to be like. By default anything goes.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What names of rules match.
    pub name_pattern: Option<Regex>,
    /// What names of files match, without their folder.
    pub file_pattern: Option<Regex>,
    /// How many characters a description has at least.
    pub description_min_length: Option<usize>,
    /// Keys that every rule has.
    pub required: Vec<String>,
    /// Names of tags that every rule has.
    pub required_tags: Vec<String>,
    /// The severities in use; none lists all.
    pub severities: Vec<Severity>,
}

/// Patterns are the same when they are written the same.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        let written = |pattern: &Option<Regex>| pattern.as_ref().map(|pattern| pattern.as_str().to_owned());
        written(&self.name_pattern) == written(&other.name_pattern)
            && written(&self.file_pattern) == written(&other.file_pattern)
            && self.description_min_length == other.description_min_length
            && self.required == other.required
            && self.required_tags == other.required_tags
            && self.severities == other.severities
    }
}

impl Eq for Policy {}
