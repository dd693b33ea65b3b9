//! The workspace itself, its onboarding to Sentinel, and what the caller may do with it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::reply::{Refusal, Reply};
use super::super::withheld::Absent;
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
    if name.eq_ignore_ascii_case(DEFAULT) && is_onboarded(call) {
        return Ok(Reply::with(StatusCode::OK, onboarding(call)));
    }
    let message = format!("Sentinel onboarding state '{name}' was not found.");
    Err(Refusal::new(StatusCode::NOT_FOUND, "NotFound", message))
}

pub(super) fn list_onboarding(call: &Call<'_>) -> Reply {
    let states = is_onboarded(call).then(|| onboarding(call));
    Reply::with(StatusCode::OK, list_body(states.into_iter().collect(), None))
}

fn is_onboarded(call: &Call<'_>) -> bool {
    call.shared.options.withheld.has(Absent::Sentinel)
}

pub(super) fn list_permissions(call: &Call<'_>) -> Reply {
    let grant = call.shared.options.withheld.grant();
    let role = json!({
        "actions": grant.actions,
        "notActions": grant.not_actions,
        "dataActions": [],
        "notDataActions": [],
    });
    Reply::with(StatusCode::OK, list_body(vec![role], None))
}
