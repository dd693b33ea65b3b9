//! Rules for other tools.

use serde_json::{Value, json};

use crate::arm::ResourceKind;
use crate::diag::Diagnostic;
use crate::plan::{Target, desired};
use crate::rule::Rule;

/// The name of the parameter that says which workspace a template is deployed to.
const WORKSPACE: &str = "workspace";

/// The analytics rules and hunting queries of `rules` as one template of Azure Resource Manager, with the workspace's name as
/// its parameter; and why a rule is not among them. The template holds what the service runs by; what only the
/// files say, such as false positives, is not in it.
pub fn arm_template(rules: &[Rule], target: &Target) -> (Value, Vec<Diagnostic>) {
    let (resources, findings) = desired(rules, target);
    let resources = resources.into_iter().filter(|it| it.key.kind != ResourceKind::Metadata).map(|it| {
        let (of, name) = match it.key.kind {
            ResourceKind::AlertRule => (
                "Microsoft.OperationalInsights/workspaces/providers/alertRules",
                format!("[concat(parameters('{WORKSPACE}'), '/Microsoft.SecurityInsights/{}')]", it.key.name),
            ),
            _ => (
                "Microsoft.OperationalInsights/workspaces/savedSearches",
                format!("[concat(parameters('{WORKSPACE}'), '/{}')]", it.key.name),
            ),
        };
        let mut resource = json!({"type": of, "apiVersion": it.api_version, "name": name});
        if let (Some(resource), Value::Object(body)) = (resource.as_object_mut(), escaped(&it.body)) {
            resource.extend(body);
        }
        resource
    });
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            WORKSPACE: {"type": "string", "metadata": {"description": "The name of the Log Analytics workspace with Sentinel."}},
        },
        "resources": resources.collect::<Vec<_>>(),
    });
    (template, findings)
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
