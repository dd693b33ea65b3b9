//! `Microsoft.OperationalInsights/workspaces/savedSearches`: hunting queries.
//!
//! Always 200, also for a new one and for the deletion of none; the list comes in one piece.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::clock::timestamp;
use super::super::reply::{Refusal, Reply};
use super::super::shape::{Field, Reader, Shape};
use super::super::store::{Record, Tally};
use super::{Call, given_etag, list_body};

static PROPERTIES: [Field; 7] = [
    Field::required("category", Shape::Text),
    Field::required("displayName", Shape::Text),
    Field::required("query", Shape::Text),
    Field::optional("functionAlias", Shape::Text),
    Field::optional("functionParameters", Shape::Text),
    Field::optional("version", Shape::Whole),
    Field::optional("tags", Shape::List(&Shape::Object(&TAG))),
];
static TAG: [Field; 2] = [Field::required("name", Shape::Text), Field::required("value", Shape::Text)];

fn body(call: &Call<'_>, record: &Record) -> Value {
    let mut body = call.frame(record);
    body.insert("properties".to_owned(), record.body.clone());
    Value::Object(body)
}

pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let records = call.shared.resources.list(&call.key(""), |_| true, usize::MAX)?;
    let value = records.iter().map(|record| body(call, record)).collect();
    Ok(Reply::with(StatusCode::OK, list_body(value, None)))
}

pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    match call.shared.resources.get(&call.key(name))? {
        Some(record) => Ok(Reply::with(StatusCode::OK, body(call, &record))),
        None => {
            let message = format!("The saved search '{name}' was not found.");
            Err(Refusal::new(StatusCode::NOT_FOUND, "ResourceNotFound", message))
        }
    }
}

pub(super) fn put(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let given = call.object()?;
    let reader = Reader { api_version: call.api_version };
    let given_properties = given.get("properties").unwrap_or(&Value::Null);
    let mut properties = reader.object(&PROPERTIES, given_properties, "properties")?;
    properties.entry("version").or_insert_with(|| json!(2));

    let etag = given_etag(&given);
    let record = call.record(name, properties.into(), etag_of(call.now), None);
    let key = call.key(name);
    let record = call.shared.resources.write(move |tables| {
        let before = tables.get(&key)?;
        let mut record = record;
        if let Some(before) = before {
            let current = etag.is_some_and(|etag| etag == "*" || etag == before.etag);
            if !current {
                return Ok(Err(Refusal::conflict(
                    "The saved search already exists. Newer data exists in the Customer Configuration Store.",
                )));
            }
            record.name = before.name;
            record.created = before.created;
        }
        tables.put(&key, Tally::Nothing, &record)?;
        Ok(Ok(record))
    })??;
    Ok(Reply::with(StatusCode::OK, body(call, &record)))
}

pub(super) fn delete(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let (key, now) = (call.key(name), call.now);
    call.shared.resources.write(move |tables| tables.remove(&key, now))?;
    Ok(Reply::empty(StatusCode::OK))
}

/// A weak etag that holds a time, as this provider makes them; the last digits tell apart what was written
/// in the same millisecond.
fn etag_of(now: u64) -> String {
    let time = timestamp(now).replace(':', "%3A");
    let (time, _) = time.split_at(time.len() - 5);
    let apart = Uuid::new_v4().as_u128() % 10_000;
    format!("W/\"datetime'{time}{apart:04}Z'\"")
}
