//! What a workspace holds as the entries of a rule file: the way back from [`body`](super::body).

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::content_entries;
use crate::arm::alert_rule::{self, AlertRule, AlertRuleKind, AlertRuleProperties};
use crate::arm::metadata::{Dependencies, Metadata, MetadataProperties};
use crate::arm::saved_search::{self, SavedSearch, SavedSearchProperties};
use crate::arm::{ResourceKey, ResourceKind, iso_duration};
use crate::rule::write::json_value;
use crate::rule::{Duration, RuleKind, TriggerOperator, keys};
use crate::yaml::emit::Value;

/// The entries of a file by their canonical names, in canonical order. Values that the service writes for a rule
/// that says nothing are left out.
pub type Entries = Vec<(&'static str, Value)>;

/// The entries of the rule or other content that `body`, which is under `key`, and its record say. `None` for what no
/// file of a project holds.
pub fn content_of(key: &ResourceKey, body: &Json, record: Option<&Json>) -> Option<Entries> {
    let mut found = Found::default();
    found.text("id", Some(&key.name));
    match key.kind {
        ResourceKind::AlertRule => match AlertRule::deserialize(body) {
            Ok(rule) => analytics_rule(&mut found, &rule),
            Err(_) => return content_entries::entries(key, body),
        },
        ResourceKind::SavedSearch => {
            let search = SavedSearch::deserialize(body).ok()?.properties;
            if search.category != saved_search::HUNTING_CATEGORY {
                return None;
            }
            hunting_query(&mut found, &search);
        }
        _ => return content_entries::entries(key, body),
    }
    if let Some(record) = record.and_then(|record| Metadata::deserialize(record).ok()) {
        of_record(&mut found, &record.properties);
    }
    found.entries.sort_by_key(|(name, _)| keys::RULE.rank(name));
    Some(found.entries)
}

#[derive(Default)]
pub(super) struct Found {
    pub(super) entries: Entries,
}

impl Found {
    pub(super) fn put(&mut self, name: &'static str, value: Value) {
        self.entries.push((name, value));
    }

    pub(super) fn text(&mut self, name: &'static str, text: Option<&String>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.put(name, Value::text(text));
        }
    }

    pub(super) fn texts(&mut self, name: &'static str, texts: &[String]) {
        if !texts.is_empty() {
            self.put(name, Value::sequence(texts.iter().map(Value::text)));
        }
    }

    fn list<T>(&mut self, name: &'static str, items: &[T], value: impl Fn(&T) -> Value) {
        if !items.is_empty() {
            self.put(name, Value::sequence(items.iter().map(value)));
        }
    }

    pub(super) fn duration(&mut self, name: &'static str, iso: Option<&String>) {
        if let Some(iso) = iso {
            self.put(name, duration(iso));
        }
    }

    fn mapping(self) -> Value {
        Value::mapping(self.entries)
    }
}

fn duration(iso: &str) -> Value {
    Value::Plain(Duration::parse(iso).map_or_else(|_| iso.to_owned(), Duration::short))
}

pub(super) fn flag(flag: bool) -> Value {
    Value::Plain(flag.to_string())
}

fn analytics_rule(found: &mut Found, rule: &AlertRule) {
    let properties = &rule.properties;
    let kind = match rule.kind {
        AlertRuleKind::Scheduled => RuleKind::Scheduled,
        AlertRuleKind::Nrt => RuleKind::Nrt,
    };
    found.text("name", Some(&properties.display_name));
    found.put("kind", Value::text(kind.as_str()));
    found.text("description", properties.description.as_ref());
    found.text("severity", properties.severity.as_ref());
    if !properties.enabled {
        found.put("enabled", flag(false));
    }
    found.duration("queryFrequency", properties.query_frequency.as_ref());
    found.duration("queryPeriod", properties.query_period.as_ref());
    if let Some(operator) = &properties.trigger_operator {
        let known = TriggerOperator::ALL.into_iter().find(|known| known.as_str() == operator);
        found.put(
            "triggerOperator",
            Value::text(known.map_or_else(|| operator.clone(), |known| known.short().to_owned())),
        );
    }
    if let Some(threshold) = properties.trigger_threshold {
        found.put("triggerThreshold", Value::Plain(threshold.to_string()));
    }
    if properties.suppression_enabled {
        found.put("suppressionEnabled", flag(true));
    }
    if iso_duration(&properties.suppression_duration) != iso_duration(alert_rule::DEFAULT_SUPPRESSION) {
        found.duration("suppressionDuration", Some(&properties.suppression_duration));
    }
    found.texts("tactics", &properties.tactics);
    found.texts("relevantTechniques", &techniques(properties));
    if let Some(query) = &properties.query {
        found.put("query", Value::Block(query.clone()));
    }
    outcome(found, properties);
    found.text("alertRuleTemplateName", properties.alert_rule_template_name.as_ref());
    found.text("templateVersion", properties.template_version.as_ref());
}

/// Each technique, or its sub-techniques where some are named.
fn techniques(properties: &AlertRuleProperties) -> Vec<String> {
    let subs = &properties.sub_techniques;
    let parent = |sub: &String| sub.split('.').next().unwrap_or_default().to_owned();
    let mut all: Vec<String> = Vec::new();
    for technique in &properties.techniques {
        let own: Vec<&String> = subs.iter().filter(|sub| parent(sub) == *technique).collect();
        match own.is_empty() {
            true => all.push(technique.clone()),
            false => all.extend(own.into_iter().cloned()),
        }
    }
    all.extend(subs.iter().filter(|sub| !properties.techniques.contains(&parent(sub))).cloned());
    all
}

/// What becomes of results: entities, details, alerts, incidents.
fn outcome(found: &mut Found, properties: &AlertRuleProperties) {
    found.list("entityMappings", &properties.entity_mappings, |mapping| {
        let mut inner = Found::default();
        inner.text("entityType", mapping.entity_type.as_ref());
        inner.list("fieldMappings", &mapping.field_mappings, |field| {
            let mut inner = Found::default();
            inner.text("identifier", field.identifier.as_ref());
            inner.text("columnName", field.column_name.as_ref());
            inner.mapping()
        });
        inner.mapping()
    });
    found.list("sentinelEntitiesMappings", &properties.sentinel_entities_mappings, |mapping| {
        let mut inner = Found::default();
        inner.text("columnName", mapping.column_name.as_ref());
        inner.mapping()
    });
    if !properties.custom_details.is_empty() {
        let details = properties.custom_details.iter().map(|(name, column)| (name, Value::text(column)));
        found.put("customDetails", Value::mapping(details));
    }
    if let Some(details) = &properties.alert_details_override {
        let mut inner = Found::default();
        inner.text("alertDisplayNameFormat", details.alert_display_name_format.as_ref());
        inner.text("alertDescriptionFormat", details.alert_description_format.as_ref());
        inner.text("alertTacticsColumnName", details.alert_tactics_column_name.as_ref());
        inner.text("alertSeverityColumnName", details.alert_severity_column_name.as_ref());
        inner.list("alertDynamicProperties", &details.alert_dynamic_properties, |property| {
            let mut inner = Found::default();
            inner.text("alertProperty", property.alert_property.as_ref());
            inner.text("value", property.value.as_ref());
            inner.mapping()
        });
        if !inner.entries.is_empty() {
            found.put("alertDetailsOverride", inner.mapping());
        }
    }
    let aggregation =
        properties.event_grouping_settings.as_ref().and_then(|grouping| grouping.aggregation_kind.as_ref());
    if let Some(kind) = aggregation.filter(|kind| *kind != alert_rule::AGGREGATION_KINDS[0]) {
        found.put("eventGroupingSettings", Value::mapping([("aggregationKind", Value::text(kind))]));
    }
    if let Some(incidents) = &properties.incident_configuration
        && *incidents != alert_rule::IncidentConfiguration::default()
    {
        let mut inner = Found::default();
        inner.put("createIncident", flag(incidents.create_incident));
        let default = alert_rule::GroupingConfiguration::default();
        if let Some(grouping) = incidents.grouping_configuration.as_ref().filter(|it| **it != default) {
            inner.put("groupingConfiguration", self::grouping(grouping));
        }
        found.put("incidentConfiguration", inner.mapping());
    }
}

fn grouping(grouping: &alert_rule::GroupingConfiguration) -> Value {
    let mut inner = Found::default();
    inner.put("enabled", flag(grouping.enabled));
    inner.put("reopenClosedIncident", flag(grouping.reopen_closed_incident));
    inner.put("lookbackDuration", duration(&grouping.lookback_duration));
    inner.put("matchingMethod", Value::text(&grouping.matching_method));
    inner.texts("groupByEntities", &grouping.group_by_entities);
    inner.texts("groupByAlertDetails", &grouping.group_by_alert_details);
    inner.texts("groupByCustomDetails", &grouping.group_by_custom_details);
    inner.mapping()
}

fn hunting_query(found: &mut Found, search: &SavedSearchProperties) {
    let [description, tactics, techniques] = saved_search::HUNTING_TAGS;
    found.text("name", Some(&search.display_name));
    found.put("kind", Value::text(RuleKind::Hunting.as_str()));
    found.put("query", Value::Block(search.query.clone()));
    let words = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let mut others = Vec::new();
    for tag in &search.tags {
        match tag.name.to_ascii_lowercase().as_str() {
            name if name == description => found.text("description", Some(&tag.value)),
            name if name == tactics => found.texts("tactics", &words(&tag.value)),
            name if name == techniques => found.texts("relevantTechniques", &words(&tag.value)),
            _ if tag.value.is_empty() => others.push(Value::text(&tag.name)),
            _ => others.push(Value::mapping([(&tag.name, Value::text(&tag.value))])),
        }
    }
    if !others.is_empty() {
        found.put("tags", Value::sequence(others));
    }
}

/// What only the record beside the content says.
fn of_record(found: &mut Found, record: &MetadataProperties) {
    found.text("version", record.version.as_ref());
    let mut facts = serde_json::Map::new();
    if let Some(author) = &record.author {
        match (&author.name, &author.email, &author.link) {
            (Some(name), None, None) => found.text("author", Some(name)),
            _ => {
                facts.insert("author".to_owned(), json!(author));
            }
        }
    }
    let others = [("support", json!(record.support)), ("categories", json!(record.categories))];
    facts.extend(
        others.into_iter().filter(|(_, fact)| !fact.is_null()).map(|(name, fact)| (name.to_owned(), fact)),
    );
    if !facts.is_empty() {
        found.put("metadata", json_value(&Json::Object(facts)));
    }
    if let Some(needs) = &record.dependencies {
        connectors(found, &needs.criteria);
    }
}

/// The connectors that a record names, each with the data types after it.
fn connectors(found: &mut Found, criteria: &[Dependencies]) {
    let mut connectors: Vec<(Option<&String>, Vec<String>)> = Vec::new();
    for item in criteria {
        match (item.kind.as_deref(), connectors.last_mut()) {
            (Some("DataConnector"), _) => connectors.push((item.content_id.as_ref(), Vec::new())),
            (Some("DataType"), Some((_, types))) => types.extend(item.content_id.clone()),
            (Some("DataType"), None) => {
                connectors.push((None, item.content_id.clone().into_iter().collect()))
            }
            _ => {}
        }
    }
    found.list("requiredDataConnectors", &connectors, |(id, types)| {
        let mut inner = Found::default();
        inner.text("connectorId", *id);
        inner.texts("dataTypes", types);
        inner.mapping()
    });
}
