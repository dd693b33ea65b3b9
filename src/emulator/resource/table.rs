//! `Microsoft.OperationalInsights/workspaces/tables`: those in which queries of rules are run; read only.
//!
//! A workspace that runs no query has all tables that a query may name, and so lists none.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::reply::{Refusal, Reply};
use super::{Call, list_body};
use crate::catalog::ScalarType;
use crate::catalog::kql::{Table, TableKind};

/// How long a table keeps its rows, in days.
const RETENTION: u32 = 90;

fn tables<'a>(call: &'a Call<'_>) -> Vec<&'a Table> {
    call.shared.options.query_check.as_deref().map(|check| check.tables()).unwrap_or_default()
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let value = tables(call).into_iter().map(|table| body(call, table)).collect();
    Reply::with(StatusCode::OK, list_body(value, None))
}

pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    match tables(call).into_iter().find(|table| table.name.eq_ignore_ascii_case(name)) {
        Some(table) => Ok(Reply::with(StatusCode::OK, body(call, table))),
        None => {
            let message = format!("Table '{name}' was not found.");
            Err(Refusal::new(StatusCode::NOT_FOUND, "ResourceNotFound", message))
        }
    }
}

fn body(call: &Call<'_>, table: &Table) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|column| json!({ "name": column.name, "type": type_name(column.scalar) }))
        .collect();
    let is_custom = table.kind == TableKind::Custom || table.name.ends_with("_CL");
    // What the service brings are standard columns, what a customer adds are the others.
    let (own, standard) = if is_custom { (columns, Vec::new()) } else { (Vec::new(), columns) };
    json!({
        "id": call.address.id(table.name),
        "name": table.name,
        "type": call.address.kind.full_name(),
        "properties": {
            "plan": if table.basic_logs && is_custom { "Basic" } else { "Analytics" },
            "retentionInDays": RETENTION,
            "totalRetentionInDays": RETENTION,
            "archiveRetentionInDays": 0,
            "retentionInDaysAsDefault": true,
            "totalRetentionInDaysAsDefault": true,
            "provisioningState": "Succeeded",
            "schema": {
                "name": table.name,
                "tableType": if is_custom { "CustomLog" } else { "Microsoft" },
                "tableSubType": if is_custom { "DataCollectionRuleBased" } else { "Any" },
                "columns": own,
                "standardColumns": standard,
            },
        },
    })
}

/// A type as this API names it, which knows fewer of them.
fn type_name(scalar: ScalarType) -> &'static str {
    match scalar {
        ScalarType::Bool => "boolean",
        ScalarType::Int => "int",
        ScalarType::Long => "long",
        ScalarType::Real | ScalarType::Decimal => "real",
        ScalarType::String | ScalarType::TimeSpan => "string",
        ScalarType::DateTime => "dateTime",
        ScalarType::Guid => "guid",
        ScalarType::Dynamic => "dynamic",
    }
}
