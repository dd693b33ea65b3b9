//! What other projects keep beside rules: watchlists with their items, functions, automation rules, rules of the service and
//! custom detections of Defender, to content files.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Planned;
use super::batch::ITEMS;
use super::files::{ImportedFile, id_for};
use super::rmm::safe_name;
use crate::arm::{ResourceKey, ResourceKind};
use crate::content;
use crate::diag::Severity;
use crate::plan::content_of;
use crate::text::SourceId;
use crate::yaml::emit;

/// Reads a file beside the imported one, by its name alone; nothing where there is none.
pub type Beside<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The content that `value` from the file `source` is by itself, not as a resource of a template. Whether it is any.
pub(super) fn take_loose(
    source: &str,
    value: &Value,
    beside: &Beside<'_>,
    imported: &mut ImportedFile,
) -> bool {
    let Some(fields) = value.as_object() else { return false };
    let has = |keys: &[&str]| keys.iter().all(|key| fields.contains_key(*key));
    let text =
        |key: &str| fields.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    if has(&["watchlistAlias", "itemsSearchKey"]) {
        let alias = text("watchlistAlias").unwrap_or_default().to_owned();
        let mut properties = fields.clone();
        if !properties.contains_key("rawContent") {
            let stem = stem_of(source);
            let items = ["data.csv".to_owned(), format!("{stem}.csv"), format!("{alias}.csv")];
            if let Some(items) = items.iter().filter(|name| is_plain_name(name)).find_map(|name| beside(name))
            {
                properties.insert("rawContent".to_owned(), items.into());
            }
        }
        take_resource(source, ResourceKind::Watchlist, &alias, json!({ "properties": properties }), imported);
    } else if has(&["queryCondition", "detectionAction"]) {
        let id = match fields.get("id") {
            Some(Value::Number(number)) => number.to_string(),
            _ => text("id").unwrap_or_default().to_owned(),
        };
        take_resource(source, ResourceKind::CustomDetection, &id, value.clone(), imported);
    } else if has(&["triggeringLogic", "actions"]) {
        let id = text("automationRuleId").or_else(|| text("id")).or_else(|| text("name")).unwrap_or_default();
        let body = json!({ "properties": fields });
        take_resource(source, ResourceKind::AutomationRule, id, body, imported);
    } else if has(&["binSize", "destinationTable"]) {
        let name = text("displayName").or_else(|| text("name")).unwrap_or_default();
        imported.skipped.push(format!("{name}: a summary rule, which is none of what picket deploys"));
    } else if let Some(function) = function(fields) {
        let alias = function["functionAlias"].as_str().unwrap_or_default().to_owned();
        take_resource(source, ResourceKind::Function, &alias, json!({ "properties": function }), imported);
    } else {
        return false;
    }
    true
}

/// The saved search that a file of a parser is, in the words of Sentinel-As-Code, of solutions, or of ASIM.
fn function(fields: &Map<String, Value>) -> Option<Value> {
    let text = |keys: [&str; 3]| {
        keys.iter().find_map(|key| fields.get(*key)?.as_str()).map(str::trim).filter(|text| !text.is_empty())
    };
    let query = text(["FunctionQuery", "ParserQuery", "functionQuery"])
        .or_else(|| text(["functionAlias", "", ""]).and_then(|_| text(["query", "", ""])))?;
    let alias =
        text(["FunctionAlias", "functionAlias", "ParserName"]).or_else(|| text(["FunctionName", "", ""]))?;
    let title = ["Function", "Parser"].iter().find_map(|key| fields.get(*key)?.get("Title")?.as_str());
    let parameters = text(["functionParameters", "FunctionParameters", "parameters"]).map(str::to_owned);
    let parameters = parameters.or_else(|| {
        let list = fields.get("ParserParams").or_else(|| fields.get("FunctionParams"))?.as_array()?;
        list.iter().map(parameter).collect::<Option<Vec<_>>>().map(|list| list.join(", "))
    });
    Some(json!({
        "displayName": title.or_else(|| text(["displayName", "name", ""])).unwrap_or(alias),
        "category": text(["Category", "category", ""]).unwrap_or("Function"),
        "functionAlias": alias,
        "functionParameters": parameters,
        "query": query,
    }))
}

/// A parameter of a function as KQL declares it.
fn parameter(value: &Value) -> Option<String> {
    let name = value.get("Name")?.as_str()?;
    let kind = value.get("Type")?.as_str()?;
    let Some(default) = value.get("Default").filter(|default| !default.is_null()) else {
        return Some(format!("{name}:{kind}"));
    };
    let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
    let is_quoted = default.starts_with(['\'', '"']);
    Some(if kind.eq_ignore_ascii_case("string") && !is_quoted {
        format!("{name}:{kind}={}", super::kql_text::literal(&default))
    } else {
        format!("{name}:{kind}={default}")
    })
}

/// The content file for the resource `body`, which is of `kind` and named `name`.
pub(super) fn take_resource(
    source: &str,
    kind: ResourceKind,
    name: &str,
    mut body: Value,
    imported: &mut ImportedFile,
) {
    let noun = kind.noun();
    let properties = &body["properties"];
    let display = [&properties["displayName"], &body["displayName"], &properties["functionAlias"]];
    let display = display.iter().find_map(|text| text.as_str()).unwrap_or(name).to_owned();
    let told = if display.is_empty() { noun.to_owned() } else { display.clone() };
    let folder = match kind {
        ResourceKind::Watchlist => "watchlists",
        ResourceKind::Function => "functions",
        ResourceKind::AutomationRule => "automation-rules",
        ResourceKind::CustomDetection => "custom-detections",
        ResourceKind::AlertRule => "service-rules",
        ResourceKind::SavedSearch | ResourceKind::Metadata => {
            imported.skipped.push(format!("{told}: a {noun} is no content"));
            return;
        }
    };
    let mut id = name.to_owned();
    let is_name = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let needs_id = matches!(kind, ResourceKind::AutomationRule | ResourceKind::AlertRule);
    if needs_id && (!is_name || Uuid::parse_str(&id).is_err() && kind == ResourceKind::AlertRule) {
        id = id_for(source, &display);
        imported.repaired.push(format!("{told}: its name is not an id; it gets {id}"));
    }
    // Queries call watchlists and functions by their names, which are plain.
    let by_name = matches!(kind, ResourceKind::Watchlist | ResourceKind::Function) || display.is_empty();
    let file = safe_name(&if by_name { id.clone() } else { display.to_lowercase() });
    let mut items = None;
    if kind == ResourceKind::Watchlist {
        match raw_items(properties) {
            Ok(text) => items = Some(text),
            Err(why) => {
                imported.skipped.push(format!("{told}: {why}"));
                return;
            }
        }
        if let Some(properties) = body["properties"].as_object_mut() {
            if let Some(long) = properties.get("defaultDuration").and_then(Value::as_str)
                && let Some(days) = in_days(long)
            {
                imported.repaired.push(format!("{told}: its items count for {long}, written as {days}"));
                properties.insert("defaultDuration".to_owned(), days.into());
            }
            properties.entry("provider").or_insert_with(|| "Custom".into());
            properties.insert("items".to_owned(), format!("{file}.csv").into());
        }
    }
    let Some(mut entries) = content_of(&ResourceKey::new(kind, id.clone()), &body, None) else {
        imported.skipped.push(format!("{told}: something of the {noun} is missing or is no such thing"));
        return;
    };
    // A detection without an id of its own is known by its name.
    if !is_name && kind == ResourceKind::CustomDetection {
        entries.retain(|(key, _)| *key != "id");
    }
    let text = emit::document(&emit::Value::mapping(entries));
    let text = content::format(SourceId::default(), &text, &mut |_| None).0.unwrap_or(text);
    let (read, findings) = content::read(SourceId::default(), "content.yaml", &text);
    let errors: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.message.as_str())
        .collect();
    if read.len() != 1 || !errors.is_empty() {
        let why = if errors.is_empty() { "it cannot be read".to_owned() } else { errors.join("; ") };
        imported.skipped.push(format!("{told}: {why}"));
        return;
    }
    let planned = |id: String, ending: &str, text: String| Planned {
        id,
        path: format!("{folder}/{file}.{ending}"),
        source: source.to_owned(),
        text,
        generated: None,
    };
    let known = if id.is_empty() { display } else { id };
    imported.content.push(planned(format!("{folder}/{known}"), "yaml", text));
    if let Some(items) = items {
        imported.content.push(planned(format!("{folder}/{known}{ITEMS}"), "csv", items));
    }
}

/// A length of time in years, as the service's own watchlists have it, in days; a year has 365.
fn in_days(duration: &str) -> Option<String> {
    let years = duration.strip_prefix('P')?.strip_suffix('Y')?.parse::<u32>().ok()?;
    Some(format!("P{}D", u64::from(years) * 365))
}

/// The items of a watchlist as comma-separated values.
fn raw_items(properties: &Value) -> Result<String, String> {
    let Some(raw) = properties["rawContent"].as_str().filter(|text| !text.trim().is_empty()) else {
        return Err("the items of the watchlist are neither in it nor in a file of CSV beside it".to_owned());
    };
    if let Some(form) =
        properties["contentType"].as_str().filter(|form| !form.eq_ignore_ascii_case("text/csv"))
    {
        return Err(format!("the items of the watchlist are {form}, not text/csv"));
    }
    let skipped = properties["numberOfLinesToSkip"].as_u64().and_then(|lines| usize::try_from(lines).ok());
    let raw = raw.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut text: String = raw.split_inclusive('\n').skip(skipped.unwrap_or(0)).collect();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// The name of a file without its folders and its ending.
pub(super) fn stem_of(source: &str) -> &str {
    let file = source.rsplit('/').next().unwrap_or(source);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// Whether `name` names a file in the same folder, and nothing else on any system.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0'])
}
