//! The workspace itself and its onboarding to Sentinel: there as soon as they are named.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::reply::{Refusal, Reply};
use super::{Call, list_body};

/// The only name an onboarding state has.
const DEFAULT: &str = "default";

pub(super) fn get(call: &Call<'_>) -> Reply {
    let workspace = &call.address.workspace;
    let body = json!({
        "id": workspace.id(),
        "name": workspace.name,
        "type": call.address.kind.full_name(),
        "location": "local",
        "tags": {},
        "properties": {
            "customerId": workspace.customer_id(),
            "provisioningState": "Succeeded",
            "sku": { "name": "PerGB2018" },
            "retentionInDays": 90,
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
        },
    });
    Reply::with(StatusCode::OK, body)
}

fn onboarding(call: &Call<'_>) -> Value {
    json!({
        "id": call.address.id(DEFAULT),
        "name": DEFAULT,
        "type": call.address.kind.full_name(),
        "etag": format!("\"{}\"", call.address.workspace.customer_id()),
        "properties": { "customerManagedKey": false },
    })
}

pub(super) fn get_onboarding(call: &Call<'_>, name: &str) -> Result<Reply, Refusal> {
    if name.eq_ignore_ascii_case(DEFAULT) {
        return Ok(Reply::with(StatusCode::OK, onboarding(call)));
    }
    let message = format!("Sentinel onboarding state '{name}' was not found.");
    Err(Refusal::new(StatusCode::NOT_FOUND, "NotFound", message))
}

pub(super) fn list_onboarding(call: &Call<'_>) -> Reply {
    Reply::with(StatusCode::OK, list_body(vec![onboarding(call)], None))
}
