//! `Microsoft.SecurityInsights/alertRules`: analytics rules.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::clock::timestamp;
use super::super::reply::{Refusal, Reply};
use super::super::rule_check;
use super::super::shape::{Reader, project};
use super::super::store::{Record, Tally};
use super::rule_contract::{KINDS, RuleKind};
use super::{Call, given_etag, list_body, sentinel_etag};
use crate::arm::SECURITY_INSIGHTS_PREVIEW;
use crate::catalog::Catalog;

fn kind_of(record: &Record) -> Option<&'static RuleKind> {
    let name = record.body["kind"].as_str()?;
    KINDS.iter().find(|kind| kind.name == name)
}

/// Versions do not show the kinds they do not know.
fn is_shown(record: &Record, api_version: &str) -> bool {
    kind_of(record).is_some_and(|kind| !kind.preview || api_version == SECURITY_INSIGHTS_PREVIEW)
}

fn body(call: &Call<'_>, record: &Record) -> Value {
    let mut body = call.frame(record);
    body.insert("kind".to_owned(), record.body["kind"].clone());
    let fields = kind_of(record).map_or(&[][..], |kind| kind.fields);
    let mut properties = project(fields, &record.body["properties"], call.api_version);
    properties.insert("lastModifiedUtc".to_owned(), timestamp(record.modified).into());
    body.insert("properties".to_owned(), properties.into());
    Value::Object(body)
}

fn not_found(name: &str) -> Refusal {
    let message = format!("Alert rule '{name}' was not found.");
    Refusal::new(StatusCode::NOT_FOUND, "NotFound", message)
}

/// A page of the rules, in the order of their names. The token is the last name of the page before, so
/// that rules written or deleted meanwhile shift no page.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let after = match call.query.get("$skipToken") {
        Some(token) => decode_token(token)
            .ok_or_else(|| Refusal::bad_request(format!("The skip token '{token}' is invalid.")))?,
        None => String::new(),
    };
    let size = call.shared.options.page_size.max(1);
    let shown = |record: &Record| is_shown(record, call.api_version);
    let mut records = call.shared.resources.list(&call.key(&after), shown, size + 1)?;
    let more = records.len() > size;
    records.truncate(size);
    let last = records.last().filter(|_| more);
    let next = last.map(|last| call.next_link(&[("$skipToken", encode_token(&last.name))]));
    let value = records.iter().map(|record| body(call, record)).collect();
    Ok(Reply::with(StatusCode::OK, list_body(value, next)))
}

fn encode_token(name: &str) -> String {
    name.to_lowercase().bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn decode_token(token: &str) -> Option<String> {
    let digits: Option<Vec<u8>> =
        token.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    String::from_utf8(digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect()).ok()
}

pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let record = call.shared.resources.get(&call.key(name))?;
    let record = record.filter(|record| is_shown(record, call.api_version)).ok_or_else(|| not_found(name))?;
    Ok(Reply::with(StatusCode::OK, body(call, &record)))
}

pub(super) fn put(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let given = call.object()?;
    let kind = read_kind(&given, call.api_version)?;
    let given_properties = given
        .get("properties")
        .filter(|value| !value.is_null())
        .ok_or_else(|| Refusal::bad_request("Required property 'properties' not found in JSON. Path ''."))?;
    let reader = Reader { api_version: call.api_version };
    let mut properties = reader.object(kind.fields, given_properties, "properties")?;
    let check = call.shared.options.query_check.as_deref();
    rule_check::check(kind.name, &properties, given_properties, check)?;
    fill_defaults(kind, &mut properties);

    let enabled = properties.get("enabled").and_then(Value::as_bool).unwrap_or_default();
    let tally = match (enabled, kind.name) {
        (true, "NRT") => Tally::EnabledNrt,
        (true, _) => Tally::Enabled,
        (false, _) => Tally::Nothing,
    };
    let write = Write {
        name: name.to_owned(),
        etag: given_etag(&given),
        workspace: call.address.workspace.customer_id(),
        kind: kind.name,
        tally,
        now: call.now,
        window: call.shared.options.deleted_id_window,
    };
    let key = call.key(name);
    let stored = json!({ "kind": kind.name, "properties": properties });
    let record = call.record(name, stored, sentinel_etag(call.now), None);
    let outcome = call.shared.resources.write(move |tables| {
        let before = tables.get(&key)?;
        let removed = tables.removed_at(&key)?;
        let counted = tables.tally(&key)?;
        if let Err(refusal) = write.permit(before.as_ref(), removed, counted) {
            return Ok(Err(refusal));
        }
        let mut record = record;
        if let Some(before) = &before {
            record.name.clone_from(&before.name);
            record.created = before.created;
        }
        tables.put(&key, tally, &record)?;
        Ok(Ok((record, before.is_none())))
    })?;
    let (record, new) = outcome?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Reply::with(status, body(call, &record)))
}

fn read_kind(given: &Map<String, Value>, api_version: &str) -> Result<&'static RuleKind, Refusal> {
    let kind = given
        .get("kind")
        .and_then(Value::as_str)
        .ok_or_else(|| Refusal::bad_request("Required property 'kind' not found in JSON. Path ''."))?;
    let known = KINDS.iter().filter(|known| !known.preview || api_version == SECURITY_INSIGHTS_PREVIEW);
    known.into_iter().find(|known| known.name.eq_ignore_ascii_case(kind)).ok_or_else(|| {
        Refusal::bad_request(format!(
            "Invalid data model. The alert rule kind '{kind}' is not supported in api version '{api_version}'."
        ))
    })
}

/// What the service fills in for a rule with a query that says nothing: an alert a run, and an incident for
/// each alert.
fn fill_defaults(kind: &RuleKind, properties: &mut Map<String, Value>) {
    if !matches!(kind.name, "Scheduled" | "NRT") {
        return;
    }
    let defaults = [
        ("eventGroupingSettings", json!({ "aggregationKind": "SingleAlert" })),
        ("incidentConfiguration", json!({ "createIncident": true })),
        ("tactics", json!([])),
        ("techniques", json!([])),
        ("description", json!("")),
    ];
    for (name, default) in defaults {
        properties.entry(name).or_insert(default);
    }
    if let Some(incidents) = properties.get_mut("incidentConfiguration").and_then(Value::as_object_mut) {
        incidents.entry("groupingConfiguration").or_insert_with(|| {
            json!({
                "enabled": false, "reopenClosedIncident": false,
                "lookbackDuration": crate::arm::alert_rule::DEFAULT_LOOKBACK,
                "matchingMethod": "AllEntities",
                "groupByEntities": [], "groupByAlertDetails": [], "groupByCustomDetails": [],
            })
        });
    }
}

/// What decides whether a rule may be written, given what is there.
struct Write {
    name: String,
    etag: Option<String>,
    workspace: String,
    kind: &'static str,
    tally: Tally,
    now: u64,
    window: Option<Duration>,
}

impl Write {
    fn permit(
        &self,
        before: Option<&Record>,
        removed: Option<u64>,
        (enabled, nrt): (usize, usize),
    ) -> Result<(), Refusal> {
        match before {
            Some(before) => {
                if self.etag.as_ref() != Some(&before.etag) {
                    return Err(self.newer_instance());
                }
                if before.body["kind"].as_str() != Some(self.kind) {
                    return Err(Refusal::bad_request(format!(
                        "The kind of the existing rule '{}' cannot be changed.",
                        self.name
                    )));
                }
            }
            // An etag names an instance, and there is none.
            None if self.etag.is_some() => return Err(self.newer_instance()),
            None => self.refuse_recently_deleted(removed)?,
        }
        let limits = Catalog::builtin().limits();
        let full = |count: usize, bounds: crate::catalog::Bounds| {
            u64::try_from(count).is_ok_and(|count| count >= bounds.max)
        };
        let over = match self.tally {
            Tally::EnabledNrt if full(nrt, limits.nrt_rules) => Some(("NRT", limits.nrt_rules.max)),
            Tally::Enabled | Tally::EnabledNrt if full(enabled, limits.enabled_rules) => {
                Some(("alert", limits.enabled_rules.max))
            }
            _ => None,
        };
        over.map_or(Ok(()), |(what, most)| {
            Err(Refusal::bad_request(format!(
                "The workspace has reached the maximum of {most} enabled {what} rules. Disable a rule first."
            )))
        })
    }

    fn newer_instance(&self) -> Refusal {
        Refusal::conflict(format!(
            "Newer instance of rule '{}' exists for workspace '{}' (Etag does not match). Data was not saved.",
            self.name, self.workspace
        ))
    }

    fn refuse_recently_deleted(&self, removed: Option<u64>) -> Result<(), Refusal> {
        let (Some(window), Some(removed)) = (self.window, removed) else {
            return Ok(());
        };
        let since = Duration::from_millis(self.now.saturating_sub(removed));
        if since >= window {
            return Ok(());
        }
        Err(Refusal::conflict(format!(
            "The rule with id '{}' was recently deleted. You need to allow some time before re-using the same \
             id. Please try again later.",
            self.name
        )))
    }
}

pub(super) fn delete(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    let (key, now) = (call.key(name), call.now);
    let existed = call.shared.resources.write(move |tables| tables.remove(&key, now))?;
    Ok(Reply::empty(if existed { StatusCode::OK } else { StatusCode::NO_CONTENT }))
}
