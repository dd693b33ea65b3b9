//! From a rule to the bodies of its resources.
//!
//! | of a rule | goes to |
//! |-|-|
//! | `id` | the resource's name, and `contentId` of the ownership record |
//! | `name` | `displayName` |
//! | `relevantTechniques` | `techniques`; a sub-technique gives its parent there and itself in `subTechniques` |
//! | `templateVersion` | `templateVersion`, but only beside `alertRuleTemplateName` |
//! | `version`, `author`, `requiredDataConnectors` | the record's `version`, `author`, `dependencies` |
//! | `metadata.author`, `metadata.support`, `metadata.categories` | the record's fields of those names |
//! | `description`, `tactics`, `relevantTechniques`, `tags` of a hunting query | tags of the saved search |
//! | `references`, `falsePositives`, `status`, `startTimeUtc`, `tags` of an analytics rule | nowhere: the API has no place |
//! | severity, schedule, entities and the like of a hunting query | nowhere |
//!
//! All other properties go to those of the same name. What the service requires and a rule may leave out is
//! written with the service's own default, so that what stands in the workspace never depends on it.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::arm::alert_rule::{self, AlertRule, AlertRuleKind, AlertRuleProperties};
use crate::arm::metadata::{self, Author, Dependencies, Metadata, MetadataProperties, Source};
use crate::arm::saved_search::{self, SavedSearch, SavedSearchProperties, Tag};
use crate::arm::{Applied, ResourceKey, ResourceKind, digest};
use crate::plan::Target;
use crate::rule::{self, Rule, RuleKind};
use crate::text::Spanned;

/// The kind of resource that a rule becomes.
pub(super) fn resource_kind(kind: RuleKind) -> ResourceKind {
    match kind {
        RuleKind::Scheduled | RuleKind::Nrt => ResourceKind::AlertRule,
        RuleKind::Hunting => ResourceKind::SavedSearch,
    }
}

/// The fields without which a rule cannot be written, in the order in which they are missed.
pub(super) fn missing(rule: &Rule) -> Vec<&'static str> {
    let blank = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
    let mut fields = vec![
        ("id", blank(rule.id.as_ref().map(|id| id.value.as_str()))),
        ("name", blank(rule.name.as_ref().map(|name| name.value.as_str()))),
        ("query", blank(rule.query.as_ref().map(rule::Query::text))),
    ];
    if rule.kind != RuleKind::Hunting {
        fields.push(("severity", rule.severity.is_none()));
    }
    if rule.kind == RuleKind::Scheduled {
        fields.extend([
            ("queryFrequency", rule.query_frequency.is_none()),
            ("queryPeriod", rule.query_period.is_none()),
            ("triggerOperator", rule.trigger_operator.is_none()),
            ("triggerThreshold", rule.trigger_threshold.is_none()),
        ]);
    }
    fields.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| name).collect()
}

/// The body of the content itself. `rule` lacks nothing of [`missing`].
pub(super) fn content(rule: &Rule) -> serde_json::Result<Value> {
    match rule.kind {
        RuleKind::Scheduled => serde_json::to_value(analytics_rule(rule, AlertRuleKind::Scheduled)),
        RuleKind::Nrt => serde_json::to_value(analytics_rule(rule, AlertRuleKind::Nrt)),
        RuleKind::Hunting => serde_json::to_value(hunting_query(rule)),
    }
}

fn text(value: &Option<Spanned<String>>) -> Option<String> {
    value.as_ref().map(|text| text.value.clone())
}

/// An optional text; an empty one says nothing.
fn filled(value: &Option<Spanned<String>>) -> Option<String> {
    text(value).filter(|text| !text.is_empty())
}

fn texts(values: &[Spanned<String>]) -> Vec<String> {
    values.iter().map(|text| text.value.clone()).collect()
}

/// Without repetitions, in the order of first mention.
fn unique(values: impl IntoIterator<Item = String>) -> Vec<String> {
    values.into_iter().collect::<indexmap::IndexSet<_>>().into_iter().collect()
}

fn query(rule: &Rule) -> String {
    rule.query.as_ref().map(|query| query.text().to_owned()).unwrap_or_default()
}

fn tactics(rule: &Rule) -> Vec<String> {
    unique(
        rule.tactics
            .iter()
            .map(|tactic| alert_rule::tactic(&tactic.value))
            .filter(|tactic| !tactic.is_empty()),
    )
}

fn analytics_rule(rule: &Rule, kind: AlertRuleKind) -> AlertRule {
    let (techniques, sub_techniques) = split_techniques(&rule.techniques);
    let template = filled(&rule.template_name);
    let mut properties = AlertRuleProperties {
        display_name: text(&rule.name).unwrap_or_default(),
        description: filled(&rule.description),
        enabled: rule.is_enabled(),
        severity: rule.severity.as_ref().map(|severity| severity.value.as_str().to_owned()),
        query: Some(query(rule)),
        suppression_duration: rule
            .suppression_duration
            .as_ref()
            .map_or_else(|| alert_rule::DEFAULT_SUPPRESSION.to_owned(), |duration| duration.value.iso()),
        suppression_enabled: rule.suppression_enabled.as_ref().is_some_and(|enabled| enabled.value),
        tactics: tactics(rule),
        techniques,
        sub_techniques,
        entity_mappings: rule.entity_mappings.iter().map(entity_mapping).collect(),
        sentinel_entities_mappings: rule
            .sentinel_entities_mappings
            .iter()
            .map(|column| alert_rule::SentinelEntityMapping { column_name: Some(column.value.clone()) })
            .collect(),
        custom_details: rule
            .custom_details
            .iter()
            .map(|(name, column)| (name.value.clone(), column.value.clone()))
            .collect::<IndexMap<_, _>>(),
        alert_details_override: rule.alert_details_override.as_ref().map(details_override),
        event_grouping_settings: Some(alert_rule::EventGroupingSettings {
            aggregation_kind: Some(aggregation(rule.event_grouping.as_ref())),
        }),
        incident_configuration: Some(incidents(rule.incident_configuration.as_ref())),
        template_version: template.as_ref().and_then(|_| filled(&rule.template_version)),
        alert_rule_template_name: template,
        ..AlertRuleProperties::default()
    };
    if kind == AlertRuleKind::Scheduled {
        properties.query_frequency = rule.query_frequency.as_ref().map(|duration| duration.value.iso());
        properties.query_period = rule.query_period.as_ref().map(|duration| duration.value.iso());
        properties.trigger_operator =
            rule.trigger_operator.as_ref().map(|operator| operator.value.as_str().to_owned());
        properties.trigger_threshold = rule.trigger_threshold.as_ref().map(|threshold| threshold.value);
    }
    properties.respell();
    AlertRule { kind, properties }
}

/// Techniques and sub-techniques apart: the service refuses `T1059.001` among the techniques, and wants
/// `T1059` there.
fn split_techniques(written: &[Spanned<String>]) -> (Vec<String>, Vec<String>) {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mut techniques, mut subs) = (Vec::new(), Vec::new());
    for technique in written {
        let technique = technique.value.trim().to_ascii_uppercase();
        let parent = technique.split_once('.').and_then(|(parent, sub)| {
            let number = parent.strip_prefix('T')?;
            (digits(number, 4) && digits(sub, 3)).then(|| parent.to_owned())
        });
        match parent {
            Some(parent) => {
                techniques.push(parent);
                subs.push(technique);
            }
            None => techniques.push(technique),
        }
    }
    (unique(techniques), unique(subs))
}

fn entity_mapping(mapping: &rule::EntityMapping) -> alert_rule::EntityMapping {
    alert_rule::EntityMapping {
        entity_type: text(&mapping.entity_type),
        field_mappings: mapping
            .field_mappings
            .iter()
            .map(|field| alert_rule::FieldMapping {
                identifier: text(&field.identifier),
                column_name: text(&field.column_name),
            })
            .collect(),
    }
}

fn details_override(details: &rule::AlertDetailsOverride) -> alert_rule::AlertDetailsOverride {
    alert_rule::AlertDetailsOverride {
        alert_display_name_format: filled(&details.display_name_format),
        alert_description_format: filled(&details.description_format),
        alert_tactics_column_name: filled(&details.tactics_column_name),
        alert_severity_column_name: filled(&details.severity_column_name),
        alert_dynamic_properties: details
            .dynamic_properties
            .iter()
            .map(|property| alert_rule::AlertPropertyMapping {
                alert_property: text(&property.alert_property),
                value: text(&property.value),
            })
            .collect(),
    }
}

fn aggregation(grouping: Option<&rule::EventGrouping>) -> String {
    grouping
        .and_then(|grouping| text(&grouping.aggregation_kind))
        .unwrap_or_else(|| alert_rule::AGGREGATION_KINDS[0].to_owned())
}

fn incidents(written: Option<&rule::IncidentConfiguration>) -> alert_rule::IncidentConfiguration {
    let mut incidents = alert_rule::IncidentConfiguration::default();
    let Some(written) = written else { return incidents };
    if let Some(create) = &written.create_incident {
        incidents.create_incident = create.value;
    }
    if let Some(grouping) = &written.grouping {
        incidents.grouping_configuration = Some(grouping_configuration(grouping));
    }
    incidents
}

fn grouping_configuration(written: &rule::Grouping) -> alert_rule::GroupingConfiguration {
    let default = alert_rule::GroupingConfiguration::default();
    let flag = |flag: &Option<Spanned<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    alert_rule::GroupingConfiguration {
        enabled: flag(&written.enabled),
        reopen_closed_incident: flag(&written.reopen_closed_incident),
        lookback_duration: written
            .lookback_duration
            .as_ref()
            .map_or(default.lookback_duration, |duration| duration.value.iso()),
        matching_method: text(&written.matching_method).unwrap_or(default.matching_method),
        group_by_entities: texts(&written.group_by_entities),
        group_by_alert_details: texts(&written.group_by_alert_details),
        group_by_custom_details: texts(&written.group_by_custom_details),
    }
}

fn hunting_query(rule: &Rule) -> SavedSearch {
    let techniques =
        unique(rule.techniques.iter().map(|technique| technique.value.trim().to_ascii_uppercase()));
    let [description, tactic, technique] = saved_search::HUNTING_TAGS;
    let own = [
        (description, text(&rule.description).unwrap_or_default()),
        (tactic, tactics(rule).join(",")),
        (technique, techniques.join(",")),
    ];
    let mut tags: Vec<Tag> = own
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| Tag { name: name.to_owned(), value })
        .collect();
    for (name, value) in &rule.tags {
        let taken = tags.iter().any(|tag| tag.name.eq_ignore_ascii_case(&name.value));
        if !taken {
            tags.push(Tag { name: name.value.clone(), value: value.value.clone() });
        }
    }
    SavedSearch {
        properties: SavedSearchProperties {
            category: saved_search::HUNTING_CATEGORY.to_owned(),
            display_name: text(&rule.name).unwrap_or_default(),
            query: query(rule),
            version: Some(saved_search::QUERY_LANGUAGE),
            tags,
            ..SavedSearchProperties::default()
        },
    }
}

/// The body of the record that says whose `content`, the body of `key`, is.
pub(super) fn record(
    rule: &Rule,
    key: &ResourceKey,
    content: &Value,
    target: &Target,
) -> serde_json::Result<Value> {
    let facts = rule.metadata.as_ref().map(|metadata| &metadata.value);
    serde_json::to_value(Metadata {
        properties: MetadataProperties {
            content_id: text(&rule.id),
            version: filled(&rule.version),
            author: author(rule, facts),
            support: fact(facts, "support"),
            dependencies: dependencies(&rule.required_connectors),
            categories: fact(facts, "categories"),
            ..ownership(key, content, target)
        },
    })
}

/// What every record says of `content`, the body of `key`: whose it is, and what was applied.
pub(super) fn ownership(key: &ResourceKey, content: &Value, target: &Target) -> MetadataProperties {
    let applied = Applied { digest: digest(key.kind, content), commit: target.commit.clone() };
    MetadataProperties {
        parent_id: target.workspace.id_of(key),
        kind: metadata::content_kind(key.kind).to_owned(),
        custom_version: Some(applied.text()),
        source: Some(Source {
            kind: metadata::SOURCE_KIND.to_owned(),
            name: Some(metadata::SOURCE_NAME.to_owned()),
            source_id: Some(target.project.clone()),
        }),
        ..MetadataProperties::default()
    }
}

/// The entry `name` of a rule's `metadata`, where it has the form that the API asks for.
fn fact<T: for<'de> Deserialize<'de>>(facts: Option<&Value>, name: &str) -> Option<T> {
    // A struct would also be read from a list.
    T::deserialize(facts?.get(name).filter(|fact| fact.is_object())?).ok()
}

fn author(rule: &Rule, facts: Option<&Value>) -> Option<Author> {
    let named = |name: String| Author { name: Some(name), ..Author::default() };
    let written = filled(&rule.author).map(named);
    let fact = || fact(facts, "author").filter(|author| *author != Author::default());
    written.or_else(fact).or_else(|| fact_text(facts, "author").map(named))
}

fn fact_text(facts: Option<&Value>, name: &str) -> Option<String> {
    facts?.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Every connector and data type that the rule names, all of them needed.
fn dependencies(connectors: &[rule::RequiredConnector]) -> Option<Dependencies> {
    let mut criteria: Vec<Dependencies> = Vec::new();
    for connector in connectors {
        let data_types = connector.data_types.iter().map(|data_type| ("DataType", &data_type.value));
        let items = connector.connector_id.iter().map(|id| ("DataConnector", &id.value)).chain(data_types);
        for (kind, id) in items.filter(|(_, id)| !id.is_empty()) {
            let item = Dependencies {
                content_id: Some(id.clone()),
                kind: Some(kind.to_owned()),
                ..Dependencies::default()
            };
            if !criteria.contains(&item) {
                criteria.push(item);
            }
        }
    }
    let operator = Some("AND".to_owned());
    (!criteria.is_empty()).then(|| Dependencies { operator, criteria, ..Dependencies::default() })
}
