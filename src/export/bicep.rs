//! One Bicep file, with the workspace's name as its parameter.
//!
//! Strings: <https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings>.

use std::fmt::Write as _;

use serde_json::Value;

use super::layout::{self, indent, is_block, is_plain_key, one_line, symbols};
use super::{Exported, WORKSPACE, WORKSPACE_IS};
use crate::arm::OPERATIONAL_INSIGHTS;

/// The symbol of the workspace.
const SENTINEL: &str = "sentinel";

/// The file of `resources`.
pub(super) fn module(resources: &[Exported]) -> String {
    let mut out = String::from("// Content of Microsoft Sentinel, written by `picket export bicep`.\n");
    let _ = writeln!(out, "@description('{WORKSPACE_IS}')\nparam {WORKSPACE} string\n");
    let _ = writeln!(
        out,
        "resource {SENTINEL} 'Microsoft.OperationalInsights/workspaces@{OPERATIONAL_INSIGHTS}' existing = {{\n  name: {WORKSPACE}\n}}"
    );
    let symbols = symbols(resources);
    for (resource, symbol) in resources.iter().zip(&symbols) {
        let _ = writeln!(out, "\n// {}", one_line(&resource.display_name));
        let place = if resource.is_saved_search() { "parent" } else { "scope" };
        let _ = writeln!(out, "resource {symbol} '{}@{}' = {{", resource.type_name(), resource.api_version);
        let _ = writeln!(out, "  {place}: {SENTINEL}\n  name: {}", text(&resource.name));
        if !resource.after.is_empty() {
            out.push_str("  dependsOn: [\n");
            for symbol in resource.after.iter().filter_map(|at| symbols.get(*at)) {
                let _ = writeln!(out, "    {symbol}");
            }
            out.push_str("  ]\n");
        }
        if let Value::Object(body) = resource.rewriting() {
            for (key, entry) in &body {
                put_entry(&mut out, key, entry, 1);
            }
        }
        out.push_str("}\n");
    }
    out
}

fn put_entry(out: &mut String, name: &str, value: &Value, depth: usize) {
    indent(out, depth);
    out.push_str(&if is_plain_key(name) { name.to_owned() } else { quoted(name) });
    out.push_str(": ");
    put(out, value, depth);
    out.push('\n');
}

fn put(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::String(value) => out.push_str(&text(value)),
        // There are no literals for other numbers than whole ones.
        Value::Number(number) if number.is_f64() => {
            let _ = write!(out, "json('{number}')");
        }
        Value::Array(items) if !items.is_empty() => {
            out.push_str("[\n");
            for item in items {
                indent(out, depth + 1);
                put(out, item, depth + 1);
                out.push('\n');
            }
            indent(out, depth);
            out.push(']');
        }
        Value::Object(entries) if !entries.is_empty() => {
            out.push_str("{\n");
            for (key, entry) in entries {
                put_entry(out, key, entry, depth + 1);
            }
            indent(out, depth);
            out.push('}');
        }
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

/// A text: that of several lines as such where it can be, which is without escapes.
pub(super) fn text(value: &str) -> String {
    // Quotes at the end would count as its end, and three of them anywhere.
    if is_block(value) && !value.contains("'''") && !value.ends_with('\'') {
        return format!("'''\n{value}'''");
    }
    quoted(value)
}

fn quoted(value: &str) -> String {
    // A brace behind a dollar would begin an expression; no escape writes one there.
    layout::quoted(value, '\'', |code| format!("\\u{{{code:x}}}")).replace("${", "\\${")
}
