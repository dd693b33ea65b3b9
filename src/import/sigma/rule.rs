//! What a Sigma rule says of itself, in the keys of a rule.

use super::Head;
use super::selection::Fault;
use crate::catalog::Catalog;
use crate::catalog::sigma::SigmaSource;
use crate::rule;
use crate::text::SourceId;
use crate::yaml::Node;
use crate::yaml::emit::{self, Value};

/// How often a rule runs, and how far back it looks.
pub(super) struct Schedule {
    pub(super) frequency: String,
    pub(super) period: String,
}

/// The text of the rule with the query `query` over the table of `source`, and what of the Sigma rule it does not say.
///
/// # Errors
/// Why it is no rule that the service takes.
pub(super) fn write(
    head: &Head<'_>,
    id: &str,
    source: &SigmaSource,
    query: &str,
    schedule: &Schedule,
    kept_columns: Option<&[String]>,
) -> Result<(String, Vec<String>), Fault> {
    let query = crate::kql::format::format(query).0.unwrap_or_else(|| query.to_owned());
    let length = query.chars().count();
    let most = Catalog::builtin().limits().query_length.max;
    if length as u64 > most {
        return Err(Fault::new(format!("its query has {length} characters, and the service takes {most}")));
    }
    let title = head.text("title").unwrap_or_default();
    let tags = head.texts("tags");
    let is_hunt = tags.iter().any(|tag| tag.eq_ignore_ascii_case("detection.threat-hunting"));
    let (attack, mut changes) = attack(&tags);
    let mut entries =
        vec![("id", Value::text(id)), ("name", Value::text(title)), ("version", Value::text("1.0.0"))];
    entries.push(("kind", Value::text(if is_hunt { "Hunting" } else { "Scheduled" })));
    if let Some(author) = head.text("author") {
        entries.push(("author", Value::text(author)));
    }
    let description = head.text("description").unwrap_or(title);
    entries.push(("description", Value::text(format!("{}\n", description.trim_end()))));
    if !is_hunt {
        entries.push(("severity", Value::text(severity(head.text("level"), &mut changes))));
    }
    let connector = Value::mapping([
        ("connectorId", Value::text(source.connector)),
        ("dataTypes", Value::sequence([Value::text(source.table)])),
    ]);
    entries.push(("requiredDataConnectors", Value::sequence([connector])));
    if !is_hunt {
        entries.push(("queryFrequency", Value::text(&schedule.frequency)));
        entries.push(("queryPeriod", Value::text(&schedule.period)));
        entries.push(("triggerOperator", Value::text("gt")));
        entries.push(("triggerThreshold", Value::Plain("0".to_owned())));
    }
    let texts = |items: &[String]| Value::sequence(items.iter().map(Value::text));
    for (key, items) in [("tactics", &attack.tactics), ("relevantTechniques", &attack.techniques)] {
        if !items.is_empty() {
            entries.push((key, texts(items)));
        }
    }
    entries.push(("query", Value::Block(query)));
    if let Some(mappings) = entities(source, kept_columns) {
        entries.push(("entityMappings", mappings));
    }
    let causes = head.texts("falsepositives").into_iter().filter(|cause| is_cause(cause));
    let causes: Vec<Value> =
        causes.map(|cause| Value::mapping([("scenario", Value::text(cause.trim()))])).collect();
    if !causes.is_empty() {
        entries.push(("falsePositives", Value::sequence(causes)));
    }
    let references = head.texts("references");
    if !references.is_empty() {
        entries.push(("references", texts(&references)));
    }
    entries.push(("metadata", Value::mapping([("sigma", metadata(head, &tags))])));
    let written = emit::document(&Value::mapping(entries));
    let text = rule::write::format(SourceId::default(), &written).0.unwrap_or(written);
    Ok((text, changes))
}

/// Whether a false positive says more than that none is known.
fn is_cause(text: &str) -> bool {
    let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
    !matches!(text.as_str(), "" | "unknown" | "none" | "unlikely" | "-" | "n/a")
}

/// What has no key of its own.
fn metadata(head: &Head<'_>, tags: &[String]) -> Value {
    let mut facts = Vec::new();
    for key in ["id", "status", "level", "date", "modified", "license"] {
        if let Some(text) = head.text(key) {
            facts.push((key, Value::text(text)));
        }
    }
    let others: Vec<Value> =
        tags.iter().filter(|tag| !is_attack(tag)).map(|tag| Value::text(tag.as_str())).collect();
    if !others.is_empty() {
        facts.push(("tags", Value::sequence(others)));
    }
    let related = head.get("related").and_then(Node::as_sequence).unwrap_or_default();
    let related: Vec<Value> = related
        .iter()
        .filter_map(|node| {
            let mapping = node.as_mapping()?;
            let text = |key: &str| mapping.get(key).and_then(Node::as_str);
            Some(Value::mapping([("id", Value::text(text("id")?)), ("type", Value::text(text("type")?))]))
        })
        .collect();
    if !related.is_empty() {
        facts.push(("related", Value::sequence(related)));
    }
    Value::mapping(facts)
}

fn severity(level: Option<&str>, changes: &mut Vec<String>) -> &'static str {
    match level.map(str::to_ascii_lowercase).as_deref() {
        Some("informational") => "Informational",
        Some("low") => "Low",
        Some("medium") => "Medium",
        Some("high") => "High",
        // The service has nothing above.
        Some("critical") => "High",
        Some(other) => {
            changes.push(format!("the level `{other}` is none of Sigma's; the severity is Medium"));
            "Medium"
        }
        None => {
            changes.push("it has no level; the severity is Medium".to_owned());
            "Medium"
        }
    }
}

/// The tactics and techniques of a rule.
#[derive(Debug, Default)]
struct Tagged {
    tactics: Vec<String>,
    techniques: Vec<String>,
}

fn is_attack(tag: &str) -> bool {
    tag.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("attack."))
}

/// What the tags of ATT&CK name, in the service's words, and what of it was changed or left out.
fn attack(tags: &[String]) -> (Tagged, Vec<String>) {
    let attack = Catalog::builtin().attack();
    let mut found = Tagged::default();
    let mut changes = Vec::new();
    let add = |list: &mut Vec<String>, item: String| {
        if !list.contains(&item) {
            list.push(item);
        }
    };
    for tag in tags.iter().filter(|tag| is_attack(tag)) {
        let word = tag[7..].to_ascii_lowercase().replace('_', "-");
        if let Some(tactic) = attack.service_name(&word) {
            add(&mut found.tactics, tactic.to_owned());
            continue;
        }
        let is_technique = word.starts_with('t') && word[1..].starts_with(|c: char| c.is_ascii_digit());
        if !is_technique {
            // Groups and software stand in tags, too, and no rule has a place for them.
            let is_other = word.len() > 1 && word[1..].bytes().all(|byte| byte.is_ascii_digit());
            if !is_other {
                changes.push(format!("left out the tag `{tag}`: it is no tactic of the service"));
            }
            continue;
        }
        let id = word.to_ascii_uppercase();
        match attack.technique(&id) {
            Some(technique) if technique.is_active() => add(&mut found.techniques, id),
            Some(technique) => {
                match attack.replacements(technique).last().filter(|newer| newer.is_active()) {
                    Some(newer) => {
                        changes.push(format!("{id} is {} in ATT&CK {}", newer.id, attack.version()));
                        add(&mut found.techniques, newer.id.to_owned());
                    }
                    None => {
                        changes.push(format!("left out {id}: ATT&CK {} has withdrawn it", attack.version()))
                    }
                }
            }
            None => changes.push(format!("left out {id}: ATT&CK {} does not have it", attack.version())),
        }
    }
    (found, changes)
}

/// The entity mappings of an event, of the columns in `kept` where only those are left.
fn entities(source: &SigmaSource, kept: Option<&[String]>) -> Option<Value> {
    let is_kept = |column: &str| kept.is_none_or(|kept| kept.iter().any(|known| known == column));
    let mut mappings = Vec::new();
    for (kind, identifiers) in &source.entities {
        let fields: Vec<Value> = identifiers
            .iter()
            .filter(|(_, column)| is_kept(column))
            .map(|(identifier, column)| {
                Value::mapping([
                    ("identifier", Value::text(*identifier)),
                    ("columnName", Value::text(*column)),
                ])
            })
            .collect();
        if fields.len() == identifiers.len() {
            mappings.push(Value::mapping([
                ("entityType", Value::text(*kind)),
                ("fieldMappings", Value::sequence(fields)),
            ]));
        }
    }
    (!mappings.is_empty()).then(|| Value::sequence(mappings))
}
