//! What the JSON Schemas of reports share.

use serde_json::{Value, json};

/// An object with these properties.
pub(crate) fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

/// Text, and what it says.
pub(crate) fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

/// One of the definitions of the schema.
pub(super) fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// Which workspace, and whose content.
pub(super) fn target() -> Value {
    let workspace = object(
        json!({ "subscription": text("Its UUID."), "resourceGroup": { "type": "string" }, "name": { "type": "string" } }),
        &["subscription", "resourceGroup", "name"],
    );
    object(
        json!({
            "workspace": workspace,
            "project": text("The project whose content it is."),
            "commit": text("The git commit of the rules, where they are as committed."),
            "environment": text("The environment whose rules they are, where they are those of one."),
        }),
        &["workspace", "project"],
    )
}

/// Which resource.
pub(super) fn key() -> Value {
    object(
        json!({
            "kind": { "enum": ["watchlist", "function", "alertRule", "automationRule", "customDetection", "savedSearch", "metadata"] },
            "name": text("The last segment of the resource's path."),
        }),
        &["kind", "name"],
    )
}
