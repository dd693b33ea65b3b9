//! One template of Azure Resource Manager, with the workspace's name as its parameter.

use serde_json::{Value, json};

use super::{Exported, WORKSPACE, WORKSPACE_IS};
use crate::arm::ResourceKind;

/// The template of `resources`.
pub(super) fn template(resources: &[Exported]) -> Value {
    let resources = resources.iter().map(|it| {
        let (of, name) = match it.kind {
            ResourceKind::AlertRule => (
                "Microsoft.OperationalInsights/workspaces/providers/alertRules",
                format!("[concat(parameters('{WORKSPACE}'), '/Microsoft.SecurityInsights/{}')]", it.name),
            ),
            _ => (it.type_name(), format!("[concat(parameters('{WORKSPACE}'), '/{}')]", it.name)),
        };
        let mut resource = json!({"type": of, "apiVersion": it.api_version, "name": name});
        if let (Some(resource), Value::Object(body)) = (resource.as_object_mut(), escaped(&it.rewriting())) {
            resource.extend(body);
        }
        resource
    });
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            WORKSPACE: {"type": "string", "metadata": {"description": WORKSPACE_IS}},
        },
        "resources": resources.collect::<Vec<_>>(),
    })
}

/// `value` with no text that a template would read as an expression.
fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('[') => Value::String(format!("[{text}")),
        Value::Array(items) => items.iter().map(escaped).collect(),
        Value::Object(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.clone(), escaped(value))).collect())
        }
        other => other.clone(),
    }
}
