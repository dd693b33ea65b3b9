//! `Microsoft.SecurityInsights/watchlists` and their items.
//!
//! A write with `rawContent` adds items and drops doubles; it removes none, and no answer holds the content again.
//! Writes of new ones and deletions are long-running operations, which are done before they are first asked after.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::clock::timestamp;
use super::super::reply::{Refusal, Reply};
use super::super::shape::{Field, Reader, Shape};
use super::super::store::{Record, RecordKey, StoreError, Tables, Tally};
use super::{Call, conflicting, given_etag, page, sentinel_etag};
use crate::arm::{limits, watchlist};
use crate::text::csv;

use Shape::{Any, Flag, List, Span, Text, Whole};

static PROPERTIES: [Field; 16] = [
    Field::optional("watchlistId", Text),
    Field::required("displayName", Text),
    Field::required("provider", Text),
    Field::optional("source", Text),
    Field::optional("sourceType", Text),
    Field::optional("description", Text),
    Field::optional("watchlistType", Text),
    Field::optional("watchlistAlias", Text),
    Field::optional("isDeleted", Flag),
    Field::optional("labels", List(&Text)),
    Field::optional("defaultDuration", Span),
    Field::optional("numberOfLinesToSkip", Whole),
    Field::optional("rawContent", Text),
    Field::required("itemsSearchKey", Text),
    Field::optional("contentType", Text),
    Field::optional("uploadStatus", Text),
];
static ITEM: [Field; 2] = [Field::required("itemsKeyValue", Any), Field::optional("entityMapping", Any)];

/// Some user, always the same.
fn user() -> Value {
    json!({ "objectId": Uuid::nil().to_string(), "email": "local@localhost", "name": "local" })
}

fn body(call: &Call<'_>, record: &Record, state: &str) -> Value {
    let mut body = call.frame(record);
    let mut properties = record.body.as_object().cloned().unwrap_or_default();
    properties.insert("watchlistAlias".to_owned(), record.name.clone().into());
    properties.insert("isDeleted".to_owned(), false.into());
    properties.insert("provisioningState".to_owned(), state.into());
    stamp(call, record, &mut properties);
    body.insert("properties".to_owned(), properties.into());
    Value::Object(body)
}

fn stamp(call: &Call<'_>, record: &Record, properties: &mut Map<String, Value>) {
    properties.insert("tenantId".to_owned(), call.address.workspace.customer_id().into());
    properties.insert("created".to_owned(), timestamp(record.created).into());
    properties.insert("updated".to_owned(), timestamp(record.modified).into());
    properties.insert("createdBy".to_owned(), user());
    properties.insert("updatedBy".to_owned(), user());
}

fn not_found(name: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NotFound", format!("Watchlist '{name}' was not found."))
}

pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let records = call.shared.resources.list(&call.key(""), |_| true, usize::MAX)?;
    page(call, records.iter().map(|record| body(call, record, "Succeeded")).collect())
}

pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let record = call.shared.resources.get(&call.key(name))?.ok_or_else(|| not_found(name))?;
    Ok(Reply::with(StatusCode::OK, body(call, &record, "Succeeded")))
}

pub(super) fn put(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let given = call.object()?;
    let reader = Reader { api_version: call.api_version };
    let given_properties = given.get("properties").unwrap_or(&Value::Null);
    let mut properties = reader.object(&PROPERTIES, given_properties, "properties")?;
    let content = properties.shift_remove("rawContent");
    let uploaded = uploaded(content.as_ref().and_then(Value::as_str), &properties)?;
    properties.entry("watchlistId").or_insert_with(|| Uuid::new_v4().to_string().into());
    let record = call.record(name, properties.into(), sentinel_etag(call.now), None);
    let (key, items, etag) = (call.key(name), items_key(call, name), given_etag(&given));
    let (record, new) = call.shared.resources.write(move |tables| {
        let before = tables.get(&key)?;
        if let Some(refusal) = conflicting("watchlist", etag.as_deref(), before.as_ref()) {
            return Ok(Err(refusal));
        }
        let mut record = record;
        if let Some(before) = &before {
            record.name.clone_from(&before.name);
            record.created = before.created;
            record.body["watchlistId"] = before.body["watchlistId"].clone();
        }
        tables.put(&key, Tally::Nothing, &record)?;
        add(tables, &items, &record, uploaded)?;
        Ok(Ok((record, before.is_none())))
    })??;
    let answer = body(call, &record, "InProgress");
    Ok(match new {
        true => {
            Reply::with(StatusCode::CREATED, answer).header("azure-asyncoperation", operation(call, name))
        }
        false => Reply::with(StatusCode::OK, answer),
    })
}

/// The items of a request.
fn uploaded(
    content: Option<&str>,
    properties: &Map<String, Value>,
) -> Result<Vec<Map<String, Value>>, Refusal> {
    let Some(content) = content else { return Ok(Vec::new()) };
    let text = |name: &str| properties.get(name).and_then(Value::as_str).unwrap_or_default();
    if !text("contentType").eq_ignore_ascii_case(watchlist::CSV) {
        let message = format!("The content type '{}' is not supported.", text("contentType"));
        return Err(Refusal::bad_request(message));
    }
    if content.len() > limits::WATCHLIST_BYTES {
        return Err(Refusal::bad_request("The raw content of the watchlist is larger than 3.8 MB."));
    }
    let skipped = properties.get("numberOfLinesToSkip").and_then(Value::as_u64).unwrap_or_default();
    let lines = content.split_inclusive('\n').skip(usize::try_from(skipped).unwrap_or_default());
    let rows = csv::rows(&lines.collect::<String>());
    let key = text("itemsSearchKey");
    let has_key = rows.first().is_some_and(|(_, names)| names.iter().any(|name| name == key));
    if !has_key {
        let message = format!("The items search key '{key}' is not a column of the content.");
        return Err(Refusal::bad_request(message));
    }
    Ok(watchlist::items(rows.into_iter().map(|(_, values)| values)))
}

/// Adds what is not there yet.
fn add(
    tables: &mut Tables<'_>,
    items: &RecordKey,
    list: &Record,
    uploaded: Vec<Map<String, Value>>,
) -> Result<(), StoreError> {
    let held = tables.below(items)?;
    let mut known: std::collections::HashSet<String> =
        held.iter().map(|item| item.body["itemsKeyValue"].to_string()).collect();
    for values in uploaded {
        let values = Value::Object(values);
        if known.insert(values.to_string()) {
            let name = Uuid::new_v4().to_string();
            let body = json!({ "itemsKeyValue": values, "entityMapping": {} });
            let item = Record {
                name: name.clone(),
                etag: sentinel_etag(list.modified),
                body,
                created: list.modified,
                modified: list.modified,
            };
            tables.put(&items.child(&name), Tally::Nothing, &item)?;
        }
    }
    Ok(())
}

pub(super) fn delete(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let (key, items, now) = (call.key(name), items_key(call, name), call.now);
    let existed = call.shared.resources.write(move |tables| {
        for item in tables.below(&items)? {
            tables.remove(&items.child(&item.name), now)?;
        }
        tables.remove(&key, now)
    })?;
    if !existed {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    let operation = operation(call, name);
    let reply = Reply::empty(StatusCode::ACCEPTED).header("azure-asyncoperation", operation.clone());
    Ok(reply.header("location", operation))
}

/// Where a client asks after a long-running operation.
fn operation(call: &Call<'_>, name: &str) -> String {
    let collection = call.address.collection_path();
    let name = super::super::encoding::encode(name);
    let id = Uuid::new_v4();
    format!("{}{collection}/{name}/operationStatuses/{id}?api-version={}", call.origin, call.api_version)
}

pub(super) fn operation_status(call: &Call<'_>, name: &str) -> Reply {
    let body = json!({ "id": call.address.id(name), "name": name, "status": "Succeeded" });
    Reply::with(StatusCode::OK, body)
}

/// The place of the items of the watchlist `alias`.
fn items_key(call: &Call<'_>, alias: &str) -> RecordKey {
    RecordKey::new(&call.address.workspace.key(), watchlist::ITEMS, &format!("{alias}/"))
}

/// The watchlist that a request about items names, and their place.
fn of_items(call: &Call<'_>) -> Result<RecordKey, Refusal> {
    let alias = call.address.parent.as_deref().unwrap_or_default();
    let list = RecordKey::new(&call.address.workspace.key(), "watchlists", alias);
    call.shared.resources.get(&list)?.ok_or_else(|| not_found(alias))?;
    Ok(items_key(call, alias))
}

fn item_body(call: &Call<'_>, record: &Record) -> Value {
    let mut body = call.frame(record);
    let mut properties = record.body.as_object().cloned().unwrap_or_default();
    properties.insert("watchlistItemId".to_owned(), record.name.clone().into());
    properties.insert("watchlistItemType".to_owned(), "watchlist-item".into());
    properties.insert("isDeleted".to_owned(), false.into());
    stamp(call, record, &mut properties);
    body.insert("properties".to_owned(), properties.into());
    Value::Object(body)
}

pub(super) fn list_items(call: &Call<'_>) -> Result<Reply, Refusal> {
    let items = call.shared.resources.below(&of_items(call)?)?;
    page(call, items.iter().map(|record| item_body(call, record)).collect())
}

pub(super) fn get_item(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let key = of_items(call)?.child(name);
    let message = || format!("Watchlist item '{name}' was not found.");
    let absent = || Refusal::new(StatusCode::NOT_FOUND, "NotFound", message());
    let record = call.shared.resources.get(&key)?.ok_or_else(absent)?;
    Ok(Reply::with(StatusCode::OK, item_body(call, &record)))
}

pub(super) fn put_item(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let given = call.object()?;
    let reader = Reader { api_version: call.api_version };
    let properties = reader.object(&ITEM, given.get("properties").unwrap_or(&Value::Null), "properties")?;
    let key = of_items(call)?.child(name);
    let record = call.record(name, properties.into(), sentinel_etag(call.now), None);
    let (record, new) = call.shared.resources.write(move |tables| {
        let before = tables.get(&key)?;
        let mut record = record;
        if let Some(before) = &before {
            record.name.clone_from(&before.name);
            record.created = before.created;
        }
        tables.put(&key, Tally::Nothing, &record)?;
        Ok((record, before.is_none()))
    })?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Reply::with(status, item_body(call, &record)))
}

pub(super) fn delete_item(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let (key, now) = (of_items(call)?.child(name), call.now);
    let existed = call.shared.resources.write(move |tables| tables.remove(&key, now))?;
    Ok(Reply::empty(if existed { StatusCode::OK } else { StatusCode::NO_CONTENT }))
}
