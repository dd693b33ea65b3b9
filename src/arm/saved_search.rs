//! Saved searches: `Microsoft.OperationalInsights/workspaces/savedSearches`. A hunting query is one in
//! the category `Hunting Queries`, with its description, tactics and techniques as tags.
//!
//! Two things differ from other resources: the list is not paged, and a saved search that exists is only
//! written again with [`REWRITE_ETAG`] in the body.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::alert_rule::TACTICS;
use super::canonical::{self, null_as_default};
use super::{ApiVersion, OPERATIONAL_INSIGHTS};

/// What answers carry and requests must not; `etag` is set by whoever writes.
pub const READ_ONLY: [&str; 5] = ["id", "name", "type", "etag", "systemData"];

/// The category in which the portal looks for hunting queries.
pub const HUNTING_CATEGORY: &str = "Hunting Queries";
/// The tags that hold a hunting query's own fields.
pub const HUNTING_TAGS: [&str; 3] = ["description", "tactics", "techniques"];
/// The category of a function that names none.
pub const FUNCTION_CATEGORY: &str = "Function";
/// The version of the query language.
pub const QUERY_LANGUAGE: i64 = 2;
/// The etag in the body that lets a saved search be written again.
pub const REWRITE_ETAG: &str = "*";

/// The body of a saved search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedSearch {
    /// All of it.
    pub properties: SavedSearchProperties,
}

/// The properties of a saved search.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedSearchProperties {
    /// The group in which it is shown.
    pub category: String,
    /// The name people see.
    pub display_name: String,
    /// The KQL text.
    pub query: String,
    /// The name of the function, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_alias: Option<String>,
    /// The function's parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_parameters: Option<String>,
    /// The version of the query language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Tags.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Its value; required, may be empty.
    pub value: String,
}

/// Whether a saved search is a function.
pub fn is_function(body: &Value) -> bool {
    body["properties"]["functionAlias"].as_str().is_some_and(|alias| !alias.is_empty())
}

/// Saved searches need no preview version.
pub fn api_version(_body: &Value) -> ApiVersion {
    ApiVersion::stable(OPERATIONAL_INSIGHTS)
}

/// The one form in which two saved searches are compared.
pub fn normalise(body: &Value) -> Value {
    let typed = SavedSearch::deserialize(body).ok().and_then(|mut search| {
        search.properties.canonicalise();
        serde_json::to_value(search).ok()
    });
    typed.unwrap_or_else(|| canonical::generic(body, &READ_ONLY))
}

impl SavedSearchProperties {
    fn canonicalise(&mut self) {
        canonical::lines(&mut self.display_name);
        canonical::lines(&mut self.query);
        canonical::optional(&mut self.function_alias);
        canonical::optional(&mut self.function_parameters);
        if self.function_alias.is_some() {
            // Blanks around the body of a function mean nothing.
            self.query = self.query.trim().to_owned();
        }
        self.version.get_or_insert(QUERY_LANGUAGE);
        for tag in &mut self.tags {
            canonical::word(&mut tag.name, &HUNTING_TAGS);
            canonical::lines(&mut tag.value);
            match tag.name.as_str() {
                "tactics" => tag.value = list(&tag.value, |item| canonical::word(item, &TACTICS)),
                "techniques" => tag.value = list(&tag.value, |item| item.make_ascii_uppercase()),
                _ => {}
            }
        }
        canonical::sort_set(&mut self.tags);
    }
}

/// A comma-separated list as a sorted one without blanks.
fn list(text: &str, change: impl Fn(&mut String)) -> String {
    let mut items: Vec<String> =
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
    items.iter_mut().for_each(change);
    items.sort();
    items.join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_of_tags_and_of_their_lists_is_no_difference() {
        let sent = json!({"properties": {"category": HUNTING_CATEGORY, "displayName": "n", "query": "T", "version": 2,
            "tags": [{"name": "description", "value": "d"}, {"name": "tactics", "value": "Impact,Execution"}]}});
        let answered = json!({"id": "x", "name": "n", "type": "t", "etag": "e", "properties": {
            "category": HUNTING_CATEGORY, "displayName": "n", "query": "T", "functionAlias": null,
            "tags": [{"name": "tactics", "value": "Execution, Impact"}, {"name": "description", "value": "d"}]}});
        assert_eq!(normalise(&sent), normalise(&answered));
        let other = json!({"properties": {"category": HUNTING_CATEGORY, "displayName": "n", "query": "T",
            "tags": [{"name": "tactics", "value": "Execution"}, {"name": "description", "value": "d"}]}});
        assert_ne!(normalise(&sent), normalise(&other));
    }
}
