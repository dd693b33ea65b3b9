//! `Microsoft.SecurityInsights/automationRules`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::clock::timestamp;
use super::super::reply::{Refusal, Reply};
use super::super::shape::{Field, Reader, Shape};
use super::super::store::{Record, Tally};
use super::{Call, conflicting, given_etag, page, sentinel_etag};
use crate::arm::automation_rule::{
    ACTION_TYPES, CLASSIFICATIONS, CONDITION_TYPES, REASONS, SEVERITIES, STATUSES, TRIGGERS_ON, TRIGGERS_WHEN,
};

use Shape::{Among, Any, Flag, List, Object, Text, Whole};

/// The most actions of a rule.
const MAX_ACTIONS: usize = 20;
/// The most conditions of a rule.
const MAX_CONDITIONS: usize = 50;
/// The most rules of a workspace.
const MAX_RULES: usize = 512;

static PROPERTIES: [Field; 4] = [
    Field::required("displayName", Text),
    Field::required("order", Whole),
    Field::required("triggeringLogic", Object(&TRIGGERING)),
    Field::required("actions", List(&Object(&ACTION))),
];
static TRIGGERING: [Field; 5] = [
    Field::required("isEnabled", Flag),
    Field::optional("expirationTimeUtc", Text),
    Field::required("triggersOn", Among(&TRIGGERS_ON)),
    Field::required("triggersWhen", Among(&TRIGGERS_WHEN)),
    Field::optional("conditions", List(&Object(&CONDITION))),
];
static CONDITION: [Field; 2] =
    [Field::required("conditionType", Among(&CONDITION_TYPES)), Field::optional("conditionProperties", Any)];
static ACTION: [Field; 3] = [
    Field::required("order", Whole),
    Field::required("actionType", Among(&ACTION_TYPES)),
    Field::optional("actionConfiguration", Any),
];
static TASK: [Field; 2] = [Field::required("title", Text), Field::optional("description", Text)];
static PLAYBOOK: [Field; 2] =
    [Field::required("logicAppResourceId", Text), Field::optional("tenantId", Text)];
static INCIDENT: [Field; 7] = [
    Field::optional("severity", Among(&SEVERITIES)),
    Field::optional("status", Among(&STATUSES)),
    Field::optional("classification", Among(&CLASSIFICATIONS)),
    Field::optional("classificationReason", Among(&REASONS)),
    Field::optional("classificationComment", Text),
    Field::optional("owner", Any),
    Field::optional("labels", List(&Any)),
];

fn body(call: &Call<'_>, record: &Record) -> Value {
    let mut body = call.frame(record);
    let mut properties = record.body.as_object().cloned().unwrap_or_default();
    let user =
        json!({ "name": "local", "email": "local@localhost", "objectId": uuid::Uuid::nil().to_string() });
    properties.insert("createdTimeUtc".to_owned(), timestamp(record.created).into());
    properties.insert("lastModifiedTimeUtc".to_owned(), timestamp(record.modified).into());
    properties.insert("createdBy".to_owned(), user.clone());
    properties.insert("lastModifiedBy".to_owned(), user);
    body.insert("properties".to_owned(), properties.into());
    Value::Object(body)
}

pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let records = call.shared.resources.list(&call.key(""), |_| true, usize::MAX)?;
    page(call, records.iter().map(|record| body(call, record)).collect())
}

pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let message = || format!("Automation rule '{name}' was not found.");
    let absent = || Refusal::new(StatusCode::NOT_FOUND, "NotFound", message());
    let record = call.shared.resources.get(&call.key(name))?.ok_or_else(absent)?;
    Ok(Reply::with(StatusCode::OK, body(call, &record)))
}

pub(super) fn put(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let given = call.object()?;
    let reader = Reader { api_version: call.api_version };
    let given_properties = given.get("properties").unwrap_or(&Value::Null);
    let properties = Value::Object(reader.object(&PROPERTIES, given_properties, "properties")?);
    check(reader, &properties)?;
    let record = call.record(name, properties, sentinel_etag(call.now), None);
    let (key, etag) = (call.key(name), given_etag(&given));
    let held = call.shared.resources.list(&call.key(""), |_| true, usize::MAX)?.len();
    let (record, new) = call.shared.resources.write(move |tables| {
        let before = tables.get(&key)?;
        if let Some(refusal) = conflicting("automation rule", etag.as_deref(), before.as_ref()) {
            return Ok(Err(refusal));
        }
        if before.is_none() && held >= MAX_RULES {
            let message = format!("The workspace has reached the maximum of {MAX_RULES} automation rules.");
            return Ok(Err(Refusal::bad_request(message)));
        }
        let mut record = record;
        if let Some(before) = &before {
            record.name.clone_from(&before.name);
            record.created = before.created;
        }
        tables.put(&key, Tally::Nothing, &record)?;
        Ok(Ok((record, before.is_none())))
    })??;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Reply::with(status, body(call, &record)))
}

fn check(reader: Reader<'_>, properties: &Value) -> Result<(), Refusal> {
    let order = properties["order"].as_i64().unwrap_or_default();
    if !(1..=1000).contains(&order) {
        return Err(Refusal::bad_request("The field Order must be between 1 and 1000."));
    }
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    if count(&properties["actions"]) > MAX_ACTIONS
        || count(&properties["triggeringLogic"]["conditions"]) > MAX_CONDITIONS
    {
        let message = format!("A rule has at most {MAX_ACTIONS} actions and {MAX_CONDITIONS} conditions.");
        return Err(Refusal::bad_request(message));
    }
    for action in properties["actions"].as_array().into_iter().flatten() {
        let fields: &[Field] = match action["actionType"].as_str() {
            Some("AddIncidentTask") => &TASK,
            Some("RunPlaybook") => &PLAYBOOK,
            _ => &INCIDENT,
        };
        reader.object(fields, &action["actionConfiguration"], "properties.actions.actionConfiguration")?;
    }
    Ok(())
}

pub(super) fn delete(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let (key, now) = (call.key(name), call.now);
    let existed = call.shared.resources.write(move |tables| tables.remove(&key, now))?;
    // The published client reads an object from the answer to this deletion, and only to this one.
    Ok(match existed {
        true => Reply::with(StatusCode::OK, json!({})),
        false => Reply::empty(StatusCode::NO_CONTENT),
    })
}
