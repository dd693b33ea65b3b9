//! `Microsoft.SecurityInsights/metadata`: what a piece of content is, and where it comes from.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::super::filter::{Filter, Order};
use super::super::reply::{Refusal, Reply};
use super::super::shape::{Field, Reader, Shape};
use super::super::store::{Record, StoreError, Tables, Tally};
use super::{Call, given_etag, list_body, sentinel_etag};

use Shape::{Among, Any, List, Object, Text};

static PROPERTIES: [Field; 19] = [
    Field::optional("contentId", Text),
    Field::required("parentId", Text),
    Field::optional("version", Text),
    Field::required("kind", Text),
    Field::optional("source", Object(&SOURCE)),
    Field::optional("author", Object(&AUTHOR)),
    Field::optional("support", Object(&SUPPORT)),
    // Dependencies nest to any depth; they are kept as they come.
    Field::optional("dependencies", Any),
    Field::optional("categories", Object(&CATEGORIES)),
    Field::optional("providers", List(&Text)),
    Field::optional("firstPublishDate", Text),
    Field::optional("lastPublishDate", Text),
    Field::optional("customVersion", Text),
    Field::optional("contentSchemaVersion", Text),
    Field::optional("icon", Text),
    Field::optional("threatAnalysisTactics", List(&Text)),
    Field::optional("threatAnalysisTechniques", List(&Text)),
    Field::optional("previewImages", List(&Text)),
    Field::optional("previewImagesDark", List(&Text)),
];
static SOURCE: [Field; 3] = [
    Field::required("kind", Among(&["LocalWorkspace", "Community", "Solution", "SourceRepository"])),
    Field::optional("name", Text),
    Field::optional("sourceId", Text),
];
static AUTHOR: [Field; 3] =
    [Field::optional("name", Text), Field::optional("email", Text), Field::optional("link", Text)];
static SUPPORT: [Field; 4] = [
    Field::required("tier", Among(&crate::arm::metadata::SUPPORT_TIERS)),
    Field::optional("name", Text),
    Field::optional("email", Text),
    Field::optional("link", Text),
];
static CATEGORIES: [Field; 2] =
    [Field::optional("domains", List(&Text)), Field::optional("verticals", List(&Text))];

fn body(call: &Call<'_>, record: &Record) -> Value {
    let mut body = call.frame(record);
    body.insert("properties".to_owned(), record.body.clone());
    Value::Object(body)
}

fn not_found(name: &str) -> Refusal {
    let message = format!("Metadata '{name}' was not found.");
    Refusal::new(StatusCode::NOT_FOUND, "NotFound", message)
}

/// The metadata that `$filter` lets through, in the order of `$orderby`, from `$skip` on, at most `$top`.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let text = |name: &str| call.query.get(name).filter(|value| !value.trim().is_empty());
    let invalid = |why: String| Refusal::bad_request(format!("Invalid query parameter: {why}."));
    let filter = text("$filter").map(Filter::parse).transpose().map_err(invalid)?;
    let order = text("$orderby").map(Order::parse).transpose().map_err(invalid)?;
    let number = |name: &str| {
        let parse = |value: &str| value.parse::<usize>().map_err(|_| invalid(format!("{name}={value}")));
        text(name).map(parse).transpose()
    };
    let (top, skip) = (number("$top")?.unwrap_or(usize::MAX), number("$skip")?.unwrap_or(0));

    let records = call.shared.resources.list(&call.key(""), |_| true, usize::MAX)?;
    let bodies = records.iter().map(|record| body(call, record));
    let mut bodies: Vec<Value> =
        bodies.filter(|body| filter.as_ref().is_none_or(|filter| filter.matches(body))).collect();
    if let Some(order) = order {
        bodies.sort_by(|a, b| order.compare(a, b));
    }
    let size = call.shared.options.page_size.max(1);
    let rest: Vec<Value> = bodies.into_iter().skip(skip).take(top).collect();
    let next = (rest.len() > size).then(|| {
        let mut parameters: Vec<(&str, String)> = ["$filter", "$orderby"]
            .into_iter()
            .filter_map(|name| text(name).map(|value| (name, value.to_owned())))
            .collect();
        if top != usize::MAX {
            parameters.push(("$top", (top - size).to_string()));
        }
        parameters.push(("$skip", (skip + size).to_string()));
        call.next_link(&parameters)
    });
    let page = rest.into_iter().take(size).collect();
    Ok(Reply::with(StatusCode::OK, list_body(page, next)))
}

pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let record = call.shared.resources.get(&call.key(name))?.ok_or_else(|| not_found(name))?;
    Ok(Reply::with(StatusCode::OK, body(call, &record)))
}

pub(super) fn put(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    if name.chars().any(char::is_whitespace) {
        return Err(Refusal::bad_request(format!("The metadata name '{name}' has white space.")));
    }
    let given = call.object()?;
    let reader = Reader { api_version: call.api_version };
    let given_properties = given.get("properties").unwrap_or(&Value::Null);
    let properties = reader.object(&PROPERTIES, given_properties, "properties")?;
    let etag = given_etag(&given);
    let record = call.record(name, properties.into(), sentinel_etag(call.now), None);
    let key = call.key(name);
    let (record, new) = call.shared.resources.write(move |tables| {
        let before = tables.get(&key)?;
        if let Err(refusal) = permit(etag.as_deref(), before.as_ref()) {
            return Ok(Err(refusal));
        }
        write(tables, &key, before.as_ref(), record).map(Ok)
    })??;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Reply::with(status, body(call, &record)))
}

/// Changes the properties that the body gives and keeps the others; null removes one.
pub(super) fn patch(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let given = call.object()?;
    let etag = given_etag(&given);
    let changes = given.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let key = call.key(name);
    let absent = not_found(name);
    let api_version = call.api_version.to_owned();
    let draft = call.record(name, Value::Null, sentinel_etag(call.now), None);
    let record = call.shared.resources.write(move |tables| {
        let Some(before) = tables.get(&key)? else {
            return Ok(Err(absent));
        };
        let merged = merge(&before.body, changes);
        let read = Reader { api_version: &api_version }.object(&PROPERTIES, &merged, "properties");
        let permitted = permit(etag.as_deref(), Some(&before)).and(read);
        match permitted {
            Err(refusal) => Ok(Err(refusal)),
            Ok(properties) => {
                let record = Record { body: properties.into(), ..draft };
                write(tables, &key, Some(&before), record).map(|(record, _)| Ok(record))
            }
        }
    })??;
    Ok(Reply::with(StatusCode::OK, body(call, &record)))
}

fn merge(before: &Value, changes: Map<String, Value>) -> Value {
    let mut merged = before.as_object().cloned().unwrap_or_default();
    merged.extend(changes);
    Value::Object(merged)
}

fn permit(etag: Option<&str>, before: Option<&Record>) -> Result<(), Refusal> {
    match (etag, before) {
        (None | Some("*"), _) => Ok(()),
        (Some(etag), Some(before)) if etag == before.etag => Ok(()),
        _ => Err(Refusal::conflict("Newer instance of the metadata exists (Etag does not match).")),
    }
}

fn write(
    tables: &mut Tables<'_>,
    key: &super::RecordKey,
    before: Option<&Record>,
    mut record: Record,
) -> Result<(Record, bool), StoreError> {
    if let Some(before) = before {
        record.name.clone_from(&before.name);
        record.created = before.created;
    }
    tables.put(key, Tally::Nothing, &record)?;
    Ok((record, before.is_none()))
}

pub(super) fn delete(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let (key, now) = (call.key(name), call.now);
    let existed = call.shared.resources.write(move |tables| tables.remove(&key, now))?;
    Ok(Reply::empty(if existed { StatusCode::OK } else { StatusCode::NO_CONTENT }))
}
