//! Watchlists: `Microsoft.SecurityInsights/watchlists`, with their items in `rawContent`.
//!
//! The list of watchlists does not answer the items again. picket therefore writes a label that says which items it
//! uploaded: one request carries both, the list answers it, and a watchlist without the label counts as holding other
//! items. What somebody changed in the portal since shows once the items are [read](say_items) as well, which takes a
//! request a watchlist.
//!
//! The service adds uploaded items to those that are there and drops doubles; it removes none. Whoever uploads has to
//! delete what is [left over](leftovers) after.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::canonical::{self, null_as_default};
use super::{ApiVersion, SECURITY_INSIGHTS, sha256};

/// What answers carry and requests must not; `etag` is set by whoever writes.
pub const READ_ONLY: [&str; 14] = [
    "id",
    "name",
    "type",
    "etag",
    "systemData",
    "properties.provisioningState",
    "properties.watchlistId",
    "properties.tenantId",
    "properties.isDeleted",
    "properties.created",
    "properties.createdBy",
    "properties.updated",
    "properties.updatedBy",
    "properties.uploadStatus",
];

/// The `provider` of what picket writes.
pub const PROVIDER: &str = "Microsoft";
/// The `sourceType` of items that come with the request.
pub const SOURCE_TYPE: &str = "Local";
/// The `contentType` of comma-separated items.
pub const CSV: &str = "text/csv";
/// The states of a watchlist whose items the service could not take in.
pub const FAILED: [&str; 2] = ["Failed", "Canceled"];
/// The collection of a watchlist's items, below it.
pub const ITEMS: &str = "watchlistItems";

/// The start of the label that says which items were uploaded.
const ITEMS_LABEL: &str = "picket-items:";
/// The digits of the digest in the label; labels are short.
const DIGEST_LENGTH: usize = 32;

/// The body of a watchlist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watchlist {
    /// All of it.
    pub properties: WatchlistProperties,
}

/// The properties of a watchlist that picket writes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchlistProperties {
    /// The name people see.
    pub display_name: String,
    /// Who provides it.
    pub provider: String,
    /// The name of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Where the items come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The column that queries join by.
    pub items_search_key: String,
    /// Words about it, and picket's label.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// How long items count, as an ISO 8601 duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_duration: Option<String>,
    /// The form of the items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Lines before that of the column names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_lines_to_skip: Option<i64>,
    /// The items, their column names first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_content: Option<String>,
}

/// Watchlists need no preview version.
pub fn api_version(_body: &Value) -> ApiVersion {
    ApiVersion::stable(SECURITY_INSIGHTS)
}

/// The label for these items. The service keeps them as a set of values by column: order, doubles and the way a file
/// writes them make no difference.
pub fn items_label(items: &[Map<String, Value>]) -> String {
    let forms: BTreeSet<String> = items.iter().map(form).collect();
    let mut digest = sha256(&forms.iter().map(|form| format!("{form}\n")).collect::<String>());
    digest.truncate(DIGEST_LENGTH);
    format!("{ITEMS_LABEL}{}:{digest}", forms.len())
}

/// Puts the label of the items that are really there into the `body` of an answer, whatever it said.
pub fn say_items(body: &mut Value, items: &[Map<String, Value>]) {
    forget_items(body);
    let label = Value::from(items_label(items));
    match body.pointer_mut("/properties/labels").and_then(Value::as_array_mut) {
        Some(labels) => labels.push(label),
        None => body["properties"]["labels"] = Value::from(vec![label]),
    }
}

/// One spelling for an item, whatever the order of its columns. A column without a value is as good as absent.
fn form(item: &Map<String, Value>) -> String {
    let mut pairs: Vec<(&String, &Value)> = item.iter().filter(|(_, value)| **value != "").collect();
    pairs.sort_by_key(|(name, _)| *name);
    format!("{pairs:?}")
}

/// Whether `label` is picket's.
pub fn is_items_label(label: &str) -> bool {
    label.starts_with(ITEMS_LABEL)
}

/// Takes out the label, where a body carries no items: it would say that they are there.
pub fn forget_items(body: &mut Value) {
    if let Some(labels) = body.pointer_mut("/properties/labels").and_then(Value::as_array_mut) {
        labels.retain(|label| !label.as_str().is_some_and(is_items_label));
    }
}

/// How many items a body has, as picket's label says.
pub fn labelled_items(body: &Value) -> Option<usize> {
    let labels = body["properties"]["labels"].as_array()?;
    let said = labels.iter().find_map(|label| label.as_str()?.strip_prefix(ITEMS_LABEL))?;
    said.split_once(':')?.0.parse().ok()
}

/// Whether a body says by picket's label which items it has.
pub fn has_items_label(body: &Value) -> bool {
    let labels = body["properties"]["labels"].as_array();
    labels.into_iter().flatten().any(|label| label.as_str().is_some_and(is_items_label))
}

/// The one form in which two watchlists are compared. In place of the items, which only requests carry, stands
/// `properties.items`, which says how many there are and by which digest they are known. The items of an upload that failed are not there,
/// whatever the label says.
pub fn normalise(body: &Value) -> Value {
    let state = body["properties"]["provisioningState"].as_str();
    let has_failed = state.is_some_and(|state| FAILED.contains(&state));
    let typed = Watchlist::deserialize(body).ok().and_then(|mut list| {
        let items = list.properties.canonicalise().filter(|_| !has_failed);
        let mut value = serde_json::to_value(list).ok()?;
        if let (Some(items), Some(fields)) = (items, value["properties"].as_object_mut()) {
            fields.insert("items".to_owned(), Value::from(items));
        }
        Some(value)
    });
    typed.unwrap_or_else(|| canonical::generic(body, &READ_ONLY))
}

impl WatchlistProperties {
    /// Brings all to one form, and takes out what the label says of the items.
    fn canonicalise(&mut self) -> Option<String> {
        canonical::lines(&mut self.display_name);
        canonical::optional(&mut self.description);
        // Of an upload, with the name of its file; answers need not repeat it.
        self.source = None;
        self.content_type = None;
        self.number_of_lines_to_skip = None;
        self.raw_content = None;
        self.source_type = None;
        if let Some(duration) = &mut self.default_duration {
            canonical::duration(duration);
        }
        let said = self.labels.iter().find_map(|label| label.strip_prefix(ITEMS_LABEL)).and_then(|said| {
            let (rows, digest) = said.split_once(':')?;
            Some(format!("{rows} rows, digest {digest}"))
        });
        self.labels.retain(|label| !label.starts_with(ITEMS_LABEL));
        canonical::sort_set(&mut self.labels);
        said
    }
}

/// The items of a watchlist as objects of column name to value; `rows` has the column names first. Columns that a row
/// lacks are empty.
pub fn items(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<Map<String, Value>> {
    let mut rows = rows.into_iter();
    let Some(names) = rows.next() else { return Vec::new() };
    let item = |row: Vec<String>| {
        let values = row.into_iter().chain(std::iter::repeat_with(String::new));
        names.iter().cloned().zip(values.map(Value::from)).collect()
    };
    rows.map(item).collect()
}

/// The names of the `held` items, as a list of them answers, that are none of `wanted`, and of those that are there
/// twice.
pub fn leftovers<'h>(wanted: &[Map<String, Value>], held: &'h [Value]) -> Vec<&'h str> {
    let mut open: HashSet<String> = wanted.iter().map(form).collect();
    let is_left = |item: &&Value| {
        let values = item["properties"]["itemsKeyValue"].as_object();
        !values.is_some_and(|values| open.remove(&form(values)))
    };
    held.iter().filter(is_left).filter_map(|item| item["name"].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CONTENT: &str = "Host,Owner\r\nsrv1,ann\r\n";

    fn label(content: &str) -> String {
        let rows = content.lines().map(|line| line.split(',').map(str::to_owned).collect());
        items_label(&items(rows))
    }

    fn body(content: &str) -> Value {
        json!({"properties": {"displayName": "n", "provider": "Microsoft", "itemsSearchKey": "Host", "labels": ["b", "a",
            label(content)], "rawContent": content, "contentType": "text/csv", "numberOfLinesToSkip": 0}})
    }

    #[test]
    fn items_are_compared_by_what_the_label_says() {
        let answered = json!({"id": "i", "name": "n", "etag": "e", "properties": {"watchlistId": "w",
            "displayName": "n", "provider": "Microsoft", "itemsSearchKey": "Host", "description": null,
            "labels": [label("Owner,Host\nann,srv1\nann,srv1"), "a", "b"], "provisioningState": "Succeeded",
            "rawContent": null, "created": "2026-11-24T00:00:00Z", "isDeleted": false}});
        assert_eq!(normalise(&body(CONTENT)), normalise(&answered));
        assert_ne!(normalise(&body("Host,Owner\nsrv2,ann\n")), normalise(&answered));
        let unmarked = json!({"properties": {"displayName": "n", "provider": "Microsoft", "itemsSearchKey": "Host",
            "labels": ["a", "b"]}});
        assert_ne!(normalise(&body(CONTENT)), normalise(&unmarked), "whose items nobody knows");
        let mut failed = answered.clone();
        failed["properties"]["provisioningState"] = "Failed".into();
        assert_ne!(normalise(&body(CONTENT)), normalise(&failed), "whose items are not there");
        assert!(has_items_label(&answered) && !has_items_label(&unmarked));
        let mut read = unmarked;
        say_items(
            &mut read,
            &items(vec![
                vec!["Owner".to_owned(), "Host".to_owned()],
                vec!["ann".to_owned(), "srv1".to_owned()],
            ]),
        );
        assert_eq!(normalise(&body(CONTENT)), normalise(&read), "until they are read");
    }

    #[test]
    fn what_is_no_longer_wanted_or_doubled_is_left_over() {
        let wanted = items([vec!["Host".to_owned(), "Owner".to_owned()], vec!["srv1".to_owned()]]);
        let held = |name: &str, host: &str, owner: &str| json!({"name": name, "properties": {"itemsKeyValue": {"Owner": owner, "Host": host}}});
        let held =
            [held("1", "srv1", ""), held("2", "srv2", ""), held("3", "srv1", ""), held("4", "srv1", "x")];
        assert_eq!(leftovers(&wanted, &held), ["2", "3", "4"]);
    }
}
