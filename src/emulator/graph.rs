//! Custom detections of Defender XDR, as Microsoft Graph serves them: `/v1.0` and `/beta`.
//!
//! Both versions take the dialect of since October 2026; `/beta` still takes the older one, too.

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::clock::timestamp;
use super::encoding::{Query, decode};
use super::reply::{Refusal, Reply};
use super::server::Shared;
use super::store::{Record, RecordKey, Tally};
use crate::arm::detection_rule::{self, COLLECTION, FREQUENCIES, GRAPH, SEVERITIES, STATUSES};

const BETA: &str = "beta";
/// The fields of the older dialect that `/v1.0` does not know, with where they stand.
const OLDER: [(&str, &str); 6] = [
    ("", "isEnabled"),
    ("/schedule", "period"),
    ("/detectionAction", "responseActions"),
    ("/detectionAction/alertTemplate", "category"),
    ("/detectionAction/alertTemplate", "impactedAssets"),
    ("/detectionAction/alertTemplate", "mitreTechniques"),
];
/// The most columns in the title and description of an alert.
const MAX_PLACEHOLDERS: usize = 3;
/// The most custom details.
const MAX_DETAILS: usize = 20;

/// One request to Graph.
pub(super) struct GraphCall<'a> {
    pub(super) shared: &'a Shared,
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: &'a Query,
    pub(super) body: &'a [u8],
    pub(super) origin: String,
    pub(super) now: u64,
}

/// Whether `path` is one of Graph's.
pub(super) fn serves(path: &str) -> bool {
    [GRAPH, BETA].iter().any(|version| {
        path.strip_prefix('/')
            .and_then(|rest| rest.strip_prefix(version))
            .is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Answers a request.
pub(super) fn handle(call: &GraphCall<'_>) -> Result<Reply, Refusal> {
    let mut parts = call.path.trim_start_matches('/').splitn(2, '/');
    let is_beta = parts.next() == Some(BETA);
    let rest = parts.next().unwrap_or_default().trim_end_matches('/');
    let below = rest
        .get(COLLECTION.len()..)
        .filter(|_| rest.get(..COLLECTION.len()).is_some_and(|start| start.eq_ignore_ascii_case(COLLECTION)));
    let name = match below {
        Some("") => None,
        Some(name) => Some(decode(name.trim_start_matches('/'))),
        None => {
            return Err(Refusal::bad("BadRequest", format!("Resource not found for the segment '{rest}'.")));
        }
    };
    match (call.method.as_str(), name) {
        ("GET", None) => list(call),
        ("POST", None) => create(call, is_beta),
        ("GET", Some(name)) => match call.shared.resources.get(&key(&name))? {
            Some(record) => Ok(Reply::with(StatusCode::OK, answer(&record))),
            None => Err(not_found(&name)),
        },
        ("PATCH", Some(name)) => update(call, &name, is_beta),
        ("DELETE", Some(name)) => {
            let (key, now) = (key(&name), call.now);
            match call.shared.resources.write(move |tables| tables.remove(&key, now))? {
                true => Ok(Reply::empty(StatusCode::NO_CONTENT)),
                false => Err(not_found(&name)),
            }
        }
        (method, _) => Err(Refusal::method(method, "GET, POST, PATCH, DELETE")),
    }
}

fn key(name: &str) -> RecordKey {
    // Rules belong to the tenant, of which there is one.
    RecordKey::new("", "detectionRules", name)
}

fn not_found(name: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NotFound", format!("Detection rule '{name}' was not found."))
}

fn answer(record: &Record) -> Value {
    let mut body = record.body.clone();
    body["id"] = record.name.clone().into();
    body["createdBy"] = "local".into();
    body["lastModifiedBy"] = "local".into();
    body["createdDateTime"] = timestamp(record.created).into();
    // Two writes of one moment are told apart.
    body["lastModifiedDateTime"] = record.etag.clone().into();
    body
}

fn list(call: &GraphCall<'_>) -> Result<Reply, Refusal> {
    let skip = call.query.get("$skiptoken").and_then(|token| token.parse().ok()).unwrap_or(0_usize);
    let all = call.shared.resources.list(&key(""), |_| true, usize::MAX)?;
    let size = call.shared.options.page_size;
    let value: Vec<Value> = all.iter().skip(skip).take(size).map(answer).collect();
    let mut page = json!({ "@odata.context": format!("{}/{GRAPH}/$metadata#{COLLECTION}", call.origin), "value": value });
    if all.len() > skip + size {
        page["@odata.nextLink"] = format!("{}{}?$skiptoken={}", call.origin, call.path, skip + size).into();
    }
    Ok(Reply::with(StatusCode::OK, page))
}

fn object(call: &GraphCall<'_>, is_beta: bool) -> Result<Map<String, Value>, Refusal> {
    let body: Value = serde_json::from_slice(call.body).map_err(|error| {
        Refusal::bad("BadRequest", format!("Unable to read JSON request payload: {error}."))
    })?;
    if !is_beta {
        for (place, name) in OLDER {
            if body.pointer(place).is_some_and(|fields| fields.get(name).is_some()) {
                let message = format!("The property '{name}' does not exist on the type of the request.");
                return Err(Refusal::bad("BadRequest", message));
            }
        }
    }
    match body {
        Value::Object(fields) => Ok(fields),
        _ => Err(Refusal::bad("BadRequest", "The request payload is no object.")),
    }
}

fn create(call: &GraphCall<'_>, is_beta: bool) -> Result<Reply, Refusal> {
    let mut given = object(call, is_beta)?;
    let id = given.remove("id").and_then(|id| id.as_str().map(str::to_owned)).filter(|id| !id.is_empty());
    let id = match id {
        Some(id) => id,
        None if is_beta => uuid::Uuid::new_v4().to_string(),
        None => return Err(Refusal::bad("BadRequest", "The Id field is required.")),
    };
    let kept = checked(given)?;
    let (key, now) = (key(&id), call.now);
    let etag = modified(now);
    let record = Record { name: id, etag, body: kept, created: now, modified: now };
    let others = call.shared.resources.list(&self::key(""), |_| true, usize::MAX)?;
    unique(&record, &others)?;
    let written = record.clone();
    call.shared.resources.write(move |tables| {
        if tables.get(&key)?.is_some() {
            let message = "A detection rule with this id already exists.";
            return Ok(Err(Refusal::new(StatusCode::CONFLICT, "Conflict", message)));
        }
        tables.put(&key, Tally::Nothing, &record)?;
        Ok(Ok(()))
    })??;
    Ok(Reply::with(StatusCode::CREATED, answer(&written)))
}

fn update(call: &GraphCall<'_>, name: &str, is_beta: bool) -> Result<Reply, Refusal> {
    let given = object(call, is_beta)?;
    let key = key(name);
    let Some(before) = call.shared.resources.get(&key)? else { return Err(not_found(name)) };
    let mut fields = before.body.as_object().cloned().unwrap_or_default();
    // A property that is given is given as a whole.
    for (name, value) in given {
        if name == "isEnabled" {
            fields.remove("status");
        }
        fields.insert(name, value);
    }
    let mut record =
        Record { body: checked(fields)?, etag: modified(call.now), modified: call.now, ..before };
    let others = call.shared.resources.list(&self::key(""), |_| true, usize::MAX)?;
    unique(&record, &others)?;
    let record = call.shared.resources.write(move |tables| {
        let Some(before) = tables.get(&key)? else { return Ok(None) };
        record.created = before.created;
        tables.put(&key, Tally::Nothing, &record)?;
        Ok(Some(record))
    })?;
    record.map(|record| Reply::with(StatusCode::OK, answer(&record))).ok_or_else(|| not_found(name))
}

/// The time of a write, with a part of a random number where the service has fractions of a second.
fn modified(now: u64) -> String {
    let time = timestamp(now);
    let fraction = uuid::Uuid::new_v4().as_u128() % 10_000_000;
    format!("{}.{fraction:07}Z", time.get(..19).unwrap_or(&time))
}

/// The rule as it is kept, when the service would take it.
fn checked(fields: Map<String, Value>) -> Result<Value, Refusal> {
    let bad = |message: String| Err(Refusal::bad("BadRequest", message));
    let written = Value::Object(fields);
    let mut rule = detection_rule::normalise(&written);
    // What is kept is what was sent: the mark of whoever sent it stands in the description.
    if let Some(text) = written["description"].as_str() {
        rule["description"] = text.into();
    }
    let alert = &rule["detectionAction"]["alertTemplate"];
    for (value, name) in [
        (&rule["displayName"], "DisplayName"),
        (&rule["queryCondition"]["queryText"], "QueryText"),
        (&alert["title"], "Title"),
        (&alert["description"], "Description"),
    ] {
        if value.as_str().is_none_or(str::is_empty) {
            return bad(format!("The {name} field is required."));
        }
    }
    let among = |value: &Value, known: &[&str]| value.as_str().is_some_and(|text| known.contains(&text));
    if !among(&rule["schedule"]["frequency"], &FREQUENCIES) {
        return bad("The field Frequency is invalid.".to_owned());
    }
    if !among(&rule["status"], &STATUSES[..2]) {
        return bad("The field Status is invalid.".to_owned());
    }
    if !among(&alert["severity"], &SEVERITIES) {
        return bad("The field Severity is invalid.".to_owned());
    }
    if alert["entityMappings"].as_object().is_none_or(Map::is_empty) {
        return bad("The field EntityMappings must have a minimum length of '1'.".to_owned());
    }
    let left = detection_rule::untranslated(&rule);
    if !left.is_empty() {
        return bad(format!("The fields {} are invalid.", left.join(", ")));
    }
    if alert["customDetails"].as_object().is_some_and(|details| details.len() > MAX_DETAILS) {
        return bad(format!("CustomDetails must not exceed {MAX_DETAILS} fields."));
    }
    let columns: std::collections::BTreeSet<&str> = [&alert["title"], &alert["description"]]
        .into_iter()
        .filter_map(Value::as_str)
        .flat_map(|text| text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0)))
        .collect();
    if columns.len() > MAX_PLACEHOLDERS {
        let message = "Dynamic properties in alertTitle and alertDescription must not exceed 3 fields.";
        return bad(message.to_owned());
    }
    Ok(rule)
}

/// Names of rules and titles of alerts are each there once.
fn unique(record: &Record, others: &[Record]) -> Result<(), Refusal> {
    let title = |body: &Value| body["detectionAction"]["alertTemplate"]["title"].clone();
    let mut others = others.iter().filter(|other| !other.name.eq_ignore_ascii_case(&record.name));
    let Some(other) = others.find(|other| {
        other.body["displayName"] == record.body["displayName"] || title(&other.body) == title(&record.body)
    }) else {
        return Ok(());
    };
    Err(if other.body["displayName"] == record.body["displayName"] {
        let message = "A detection rule with this display name already exists.";
        Refusal::new(StatusCode::CONFLICT, "Conflict", message)
    } else {
        Refusal::bad("BadRequest", "A detection rule with this alert title already exists.")
    })
}
