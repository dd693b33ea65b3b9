//! One template of Azure Resource Manager, with the workspace's name as its parameter.

use serde_json::{Value, json};

use super::{Exported, SAVED_SEARCHES, WORKSPACE, WORKSPACE_IS};

/// The template of `resources`.
pub(super) fn template(resources: &[Exported]) -> Value {
    let made = resources.iter().map(|it| {
        let name = match it.is_saved_search() {
            true => format!("[concat(parameters('{WORKSPACE}'), '/{}')]", it.name),
            false => {
                format!("[concat(parameters('{WORKSPACE}'), '/Microsoft.SecurityInsights/{}')]", it.name)
            }
        };
        let mut resource = json!({"type": type_name(it), "apiVersion": it.api_version, "name": name});
        let after: Vec<String> = it.after.iter().filter_map(|at| resources.get(*at)).map(id).collect();
        if !after.is_empty() {
            resource["dependsOn"] = after.into();
        }
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
        "resources": made.collect::<Vec<_>>(),
    })
}

/// The type, with those of its parents, as the name has them.
fn type_name(resource: &Exported) -> String {
    match resource.is_saved_search() {
        true => SAVED_SEARCHES.to_owned(),
        false => {
            let of = resource.kind.type_name().rsplit('/').next().unwrap_or_default();
            format!("Microsoft.OperationalInsights/workspaces/providers/{of}")
        }
    }
}

/// The expression for the id.
fn id(resource: &Exported) -> String {
    let provider = if resource.is_saved_search() { "" } else { "'Microsoft.SecurityInsights', " };
    format!(
        "[resourceId('{}', parameters('{WORKSPACE}'), {provider}'{}')]",
        type_name(resource),
        resource.name
    )
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
