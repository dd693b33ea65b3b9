//! The queries of a cluster of Azure Data Explorer, `/v2/rest/query`: on the rows that the local workspace was given,
//! whatever the database is called.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::logs::{answered, moment};
use super::reply::{Refusal, Reply};
use super::server::Shared;
use super::time_range::TimeRange;
use crate::exec::Table;
use crate::exec::value::{DateTime, Value as Cell};

/// Where a cluster takes queries.
pub(super) const PATH: &str = "/v2/rest/query";

/// Answers a request; `now` are milliseconds since 1970.
pub(super) fn handle(shared: &Shared, method: &Method, body: &[u8], now: u64) -> Result<Reply, Refusal> {
    if method != Method::POST {
        return Err(Refusal::method(method.as_str(), "POST"));
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let (Some(text), Some(_)) = (body["csl"].as_str(), body["db"].as_str()) else {
        return Ok(refused("the request needs `db` and `csl`"));
    };
    let option = |name: &str| body["properties"]["Options"][name].as_str();
    let time = |name: &str| option(name).map(DateTime::parse);
    let times = [time("query_now"), time("query_datetimescope_from"), time("query_datetimescope_to")];
    let [now_option, from, to] = match times {
        times if times.contains(&Some(None)) => {
            return Ok(refused("a time among the request properties cannot be read"));
        }
        times => times.map(Option::flatten),
    };
    let range = TimeRange { start: from.unwrap_or(DateTime::MIN), end: to.unwrap_or(DateTime::MAX) };
    let now = now_option.unwrap_or_else(|| moment(now));
    Ok(match answered(text, shared.options.rows.as_deref(), now, range) {
        Ok(table) => Reply::with(StatusCode::OK, frames(&table)),
        Err((_, message)) => refused(&message),
    })
}

/// A result as the frames of a whole answer; unlike the query API, dynamic values are JSON.
fn frames(table: &Table) -> Value {
    let fields = &table.schema.fields;
    let columns: Vec<Value> = fields
        .iter()
        .map(|field| json!({ "ColumnName": &*field.name, "ColumnType": field.ty.name() }))
        .collect();
    let rows: Vec<Vec<Value>> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    json!([
        { "FrameType": "DataSetHeader", "IsProgressive": false, "Version": "v2.0" },
        { "FrameType": "DataTable", "TableId": 0, "TableKind": "PrimaryResult", "TableName": "PrimaryResult",
          "Columns": columns, "Rows": rows },
        { "FrameType": "DataSetCompletion", "HasErrors": false, "Cancelled": false },
    ])
}

fn cell(value: &Cell) -> Value {
    let json = value.as_dynamic().and_then(|held| serde_json::from_str(&held.to_json()).ok());
    json.unwrap_or_else(|| value.to_cell())
}

fn refused(message: &str) -> Reply {
    let error = json!({
        "code": "General_BadRequest",
        "message": "Request is invalid and cannot be executed.",
        "@message": format!("Request is invalid and cannot be processed: {message}"),
        "@permanent": true,
    });
    Reply::with(StatusCode::BAD_REQUEST, json!({ "error": error }))
}
