//! The query API of Log Analytics: `/v1/workspaces/{customerId}/query`.
//!
//! Queries are run by [`crate::exec`] on the rows that the local workspace was given; there are none without. The one by which
//! picket asks how often rules fired is answered from the alerts that it was given.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::encoding::decode;
use super::reply::{Refusal, Reply};
use super::server::Shared;
use super::time_range::TimeRange;
use super::withheld::Absent;
use crate::arm::alert::{COLUMNS, TABLE, query};
use crate::catalog::kql::KqlCatalog;
use crate::diag::Diagnostic;
use crate::exec::value::{DateTime, TICKS_PER_SECOND, Value as Cell};
use crate::exec::{NoTables, Program, RunOptions, Table, Tables, Within, codes};

const PREFIX: &str = "/v1/workspaces/";

/// One request to the query API.
pub(super) struct LogCall<'a> {
    pub(super) shared: &'a Shared,
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) body: &'a [u8],
    /// Milliseconds since 1970.
    pub(super) now: u64,
}

/// Whether `path` is one of the query API's.
pub(super) fn serves(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// Answers a request.
pub(super) fn handle(call: &LogCall<'_>) -> Result<Reply, Refusal> {
    let workspace = call.path.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix("/query")).map(decode);
    let withheld = &call.shared.options.withheld;
    let is_there = [Absent::Subscription, Absent::ResourceGroup, Absent::Workspace]
        .into_iter()
        .all(|part| withheld.has(part));
    let workspace = workspace.filter(|id| is_there && uuid::Uuid::try_parse(id).is_ok());
    let Some(workspace) = workspace else {
        let message = "The requested path does not exist";
        return Err(Refusal::new(StatusCode::NOT_FOUND, "PathNotFoundError", message));
    };
    if call.method != Method::POST {
        return Err(Refusal::method(call.method.as_str(), "POST"));
    }
    let body: Value = serde_json::from_slice(call.body).unwrap_or_default();
    let Some(text) = body["query"].as_str().filter(|text| !text.trim().is_empty()) else {
        return Ok(invalid("MissingQuery", "The request has no query."));
    };
    let reads = format!("Microsoft.OperationalInsights/workspaces/query/{TABLE}/read");
    if ["Microsoft.OperationalInsights/workspaces/query/read", reads.as_str()]
        .iter()
        .any(|action| !withheld.allows(action))
    {
        let message = "The provided credentials have insufficient access to perform the requested operation";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "InsufficientAccessError", message));
    }
    let now = moment(call.now);
    let range = match body.get("timespan") {
        None | Some(Value::Null) => TimeRange::ALL,
        Some(span) => match span.as_str().and_then(|text| TimeRange::parse(text, now)) {
            Some(range) => range,
            None => {
                return Ok(invalid("InvalidTimespan", "The timespan is no ISO 8601 duration or interval."));
            }
        },
    };
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    if words(text) == words(&query(&workspace)) {
        return Ok(Reply::with(StatusCode::OK, fired(&call.shared.options.alerts, &workspace, range)));
    }
    Ok(match answered(text, call.shared.options.rows.as_deref(), now, range) {
        Ok(table) => Reply::with(StatusCode::OK, json!({ "tables": [primary(&table)] })),
        Err((code, message)) => invalid(code, &message),
    })
}

/// The time of so many milliseconds since 1970.
pub(super) fn moment(milliseconds: u64) -> DateTime {
    let ticks =
        i64::try_from(milliseconds).ok().and_then(|number| number.checked_mul(TICKS_PER_SECOND / 1000));
    ticks.and_then(DateTime::from_unix_ticks).unwrap_or(DateTime::MAX)
}

/// What a query says of `rows`, those in `range`; else a code and why it says nothing.
pub(super) fn answered(
    text: &str,
    rows: Option<&(dyn Tables + Send + Sync)>,
    now: DateTime,
    range: TimeRange,
) -> Result<Arc<Table>, (&'static str, String)> {
    let program = Program::prepare(text, KqlCatalog::builtin()).map_err(|findings| {
        let offline = |finding: &Diagnostic| codes::ALL.iter().any(|meta| meta.code == finding.code);
        let message = findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("; ");
        let is_offline = findings.iter().all(offline);
        (if is_offline { "NotSupportedByLocalWorkspace" } else { "SemanticError" }, message)
    })?;
    let tables = rows.map_or(&NoTables as &dyn Tables, |rows| rows);
    let within = Within { tables, from: range.start, to: range.end };
    let ran = program.run(&within, RunOptions::at(now));
    ran.map_err(|error| ("QueryExecutionError", error.message))
}

/// A result in the shape of the query API: dynamic values as the text of their JSON.
fn primary(table: &Table) -> Value {
    let columns: Vec<Value> = table
        .schema
        .fields
        .iter()
        .map(|field| json!({ "name": &*field.name, "type": field.ty.name() }))
        .collect();
    let rows: Vec<Vec<Value>> =
        table.rows.iter().map(|row| row.iter().map(Cell::to_cell).collect()).collect();
    json!({ "name": "PrimaryResult", "columns": columns, "rows": rows })
}

/// A refusal in the shape of the query API: the exact cause is inside.
fn invalid(code: &str, message: &str) -> Reply {
    let inner = json!({ "code": code, "message": message });
    let body = json!({ "error": {
        "message": "The request had some invalid properties",
        "code": "BadArgumentError",
        "innererror": inner,
    } });
    Reply::with(StatusCode::BAD_REQUEST, body)
}

/// What [`query`] says of the `alerts` of a range of time.
fn fired(alerts: &[Alert], workspace: &str, range: TimeRange) -> Value {
    let prefix = format!("{workspace}_").to_ascii_lowercase();
    let mut first: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for alert in alerts {
        let is_ours = alert.alert_type.to_ascii_lowercase().starts_with(&prefix);
        if is_ours && DateTime::parse(&alert.time_generated).is_some_and(|time| range.contains(time)) {
            let at = first.entry((&alert.alert_type, &alert.id)).or_insert(&alert.time_generated);
            *at = (*at).min(&alert.time_generated);
        }
    }
    let mut rules: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for ((rule, _), at) in first {
        let (count, last) = rules.entry(rule).or_insert((0, at));
        *count += 1;
        *last = (*last).max(at);
    }
    let columns: Vec<Value> =
        COLUMNS.iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
    let rows: Vec<Value> =
        rules.into_iter().map(|(rule, (count, last))| json!([rule, count, last])).collect();
    json!({ "tables": [{ "name": "PrimaryResult", "columns": columns, "rows": rows }] })
}

/// A row of the table `SecurityAlert`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// `SystemAlertId`: the alert; rows with the same one tell how it changed.
    pub id: String,
    /// `AlertType`: of an analytics rule, the id of the workspace, an underscore and the name of the rule.
    pub alert_type: String,
    /// `TimeGenerated`, in UTC: `2026-11-24T20:30:00Z`.
    pub time_generated: String,
}

impl Alert {
    /// Reads a row, as a query or an export writes it.
    ///
    /// # Errors
    /// What it lacks, in a few words.
    pub fn from_row(row: &Value) -> Result<Self, String> {
        let text = |name: &str| {
            let text = row[name].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or_else(|| format!("the alert has no text `{name}`"))
        };
        let time_generated = text("TimeGenerated")?;
        let shape = b"0000-00-00T00:00:00";
        let is_time = time_generated.len() > shape.len()
            && time_generated.ends_with('Z')
            && shape.iter().zip(time_generated.bytes()).all(|(wanted, byte)| match wanted {
                b'0' => byte.is_ascii_digit(),
                other => byte == *other,
            });
        if !is_time {
            return Err("`TimeGenerated` of an alert must be as in 2026-11-24T20:30:00Z".to_owned());
        }
        Ok(Self { id: text("SystemAlertId")?, alert_type: text("AlertType")?, time_generated })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_must_name_its_alert_rule_and_time() {
        let row = |time: &str| json!({ "SystemAlertId": "a", "AlertType": "w_r", "TimeGenerated": time });
        assert!(Alert::from_row(&row("2026-11-24T20:30:00.123Z")).is_ok());
        for time in
            ["", "2026-11-24", "2026-11-24 20:30:00Z", "2026-11-24T20:30:00", "yesterday at half past nZ"]
        {
            assert!(Alert::from_row(&row(time)).is_err(), "{time}");
        }
        assert!(Alert::from_row(&json!({ "TimeGenerated": "2026-11-24T20:30:00Z" })).is_err());
    }
}
