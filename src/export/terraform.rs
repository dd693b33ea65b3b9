//! One Terraform file, with the workspace's id as its variable.
//!
//! Each resource is an `azapi_resource`, whose body is that of the REST API. The azurerm provider has no argument for
//! sub-techniques (`azurerm_sentinel_alert_rule_scheduled` and `_nrt`, provider 4.x) nor for the version of a saved search, so
//! rules would not be there as they are.
//!
//! Strings: <https://developer.hashicorp.com/terraform/language/expressions/strings>. Terraform brings every text into the
//! normal form NFC; that cannot be escaped.

use std::fmt::Write as _;

use serde_json::Value;

use super::Exported;
use super::layout::{self, indent, is_block, is_plain_key, one_line, symbols};

/// What a file begins with.
const HEAD: &str = "\
# Content of Microsoft Sentinel, written by `picket export terraform`.
#
# All are azapi_resource, with the body of the REST API: the azurerm provider has no argument for sub-techniques.
terraform {
  required_providers {
    azapi = {
      source  = \"Azure/azapi\"
      version = \"~> 2.0\"
    }
  }
}

variable \"workspace_id\" {
  type        = string
  description = \"The resource id of the Log Analytics workspace with Sentinel.\"
}
";

/// The file of `resources`.
pub(super) fn module(resources: &[Exported]) -> String {
    let mut out = String::from(HEAD);
    let symbols = symbols(resources);
    for (resource, symbol) in resources.iter().zip(&symbols) {
        let _ = writeln!(out, "\n# {}", one_line(&resource.display_name));
        let _ = writeln!(out, "resource \"azapi_resource\" \"{symbol}\" {{");
        let _ = writeln!(
            out,
            "  type      = {}",
            quoted(&format!("{}@{}", resource.type_name(), resource.api_version))
        );
        let _ = writeln!(out, "  parent_id = var.workspace_id");
        let _ = writeln!(out, "  name      = {}", quoted(&resource.name));
        let _ = writeln!(out, "  body = {}", value(&resource.body, 1).text);
        if !resource.after.is_empty() {
            out.push_str("  depends_on = [\n");
            for symbol in resource.after.iter().filter_map(|at| symbols.get(*at)) {
                let _ = writeln!(out, "    azapi_resource.{symbol},");
            }
            out.push_str("  ]\n");
        }
        if resource.is_saved_search() {
            out.push_str(
                "  # The service changes no saved search in place without the etag that it has now.\n",
            );
            out.push_str("  replace_triggers_refs = [\"properties\"]\n");
        }
        out.push_str("}\n");
    }
    out
}

/// A value as it is written.
pub(super) struct Written {
    pub(super) text: String,
    /// No bracket is open at the end of its first line, so that it is aligned with those beside it.
    is_aligned: bool,
}

fn value(value: &Value, depth: usize) -> Written {
    match value {
        Value::String(value) => text(value, depth),
        Value::Array(items) if !items.is_empty() => Written { text: list(items, depth), is_aligned: false },
        Value::Object(entries) if !entries.is_empty() => {
            let mut text = String::from("{\n");
            put_entries(&mut text, entries, depth + 1);
            indent(&mut text, depth);
            text.push('}');
            Written { text, is_aligned: false }
        }
        other => Written { text: other.to_string(), is_aligned: true },
    }
}

fn list(items: &[Value], depth: usize) -> String {
    let mut out = String::from("[\n");
    for item in items {
        indent(&mut out, depth + 1);
        // Nothing may follow the end of a text of several lines, not even the comma.
        out.push_str(&item.as_str().map_or_else(|| value(item, depth + 1).text, quoted));
        out.push_str(",\n");
    }
    indent(&mut out, depth);
    out.push(']');
    out
}

/// The entries as `terraform fmt` lays them out: the signs of those that follow each other and open no bracket are aligned.
fn put_entries(out: &mut String, entries: &serde_json::Map<String, Value>, depth: usize) {
    let entries: Vec<(String, Written)> = entries
        .iter()
        .map(|(key, entry)| (if is_plain_key(key) { key.clone() } else { quoted(key) }, value(entry, depth)))
        .collect();
    for run in entries.chunk_by(|(_, a), (_, b)| a.is_aligned && b.is_aligned) {
        let width = run.iter().map(|(key, _)| key.chars().count()).max().unwrap_or_default();
        for (key, written) in run {
            indent(out, depth);
            let _ = writeln!(out, "{key:<width$} = {}", written.text);
        }
    }
}

pub(super) fn text(value: &str, depth: usize) -> Written {
    block(value, depth).unwrap_or_else(|| Written { text: quoted(value), is_aligned: true })
}

/// A text of several lines as such. What such a text says always ends in the end of a line, which `chomp` takes away again.
fn block(value: &str, depth: usize) -> Option<Written> {
    if !is_block(value) {
        return None;
    }
    let mut end = "EOT".to_owned();
    while value.lines().any(|line| line.trim() == end) {
        end.push('_');
    }
    let text = without_templates(value);
    if value.ends_with('\n') {
        return Some(Written { text: format!("<<{end}\n{text}{end}"), is_aligned: true });
    }
    let mut out = format!("chomp(<<{end}\n{text}\n{end}\n");
    indent(&mut out, depth);
    out.push(')');
    Some(Written { text: out, is_aligned: false })
}

fn quoted(value: &str) -> String {
    layout::quoted(&without_templates(value), '"', |code| format!("\\u{code:04x}"))
}

/// `value` with nothing that would be read as an expression or a directive.
fn without_templates(value: &str) -> String {
    value.replace("${", "$${").replace("%{", "%%{")
}
