//! Whether two rules say the same, wherever and however they are written.

use super::model::{
    AlertDetailsOverride, EntityMapping, EventGrouping, FalsePositive, Grouping, IncidentConfiguration,
    RequiredConnector, Rule,
};
use crate::text::Spanned;

impl Rule {
    /// Whether the rule says the same as `other`, its version aside. Places, comments, the order of keys and spellings of
    /// lengths of time make no difference.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && same(&self.id, &other.id)
            && same(&self.name, &other.name)
            && same(&self.template_version, &other.template_version)
            && same(&self.template_name, &other.template_name)
            && same(&self.description, &other.description)
            && same(&self.severity, &other.severity)
            && same(&self.status, &other.status)
            && self.is_enabled() == other.is_enabled()
            && same(&self.author, &other.author)
            && all(&self.references, &other.references)
            && pairwise(&self.false_positives, &other.false_positives, same_false_positive)
            && pairwise(&self.required_connectors, &other.required_connectors, same_connector)
            && same(&self.query_frequency, &other.query_frequency)
            && same(&self.query_period, &other.query_period)
            && same(&self.trigger_operator, &other.trigger_operator)
            && same(&self.trigger_threshold, &other.trigger_threshold)
            && same(&self.suppression_enabled, &other.suppression_enabled)
            && same(&self.suppression_duration, &other.suppression_duration)
            && same(&self.start_time, &other.start_time)
            && all(&self.tactics, &other.tactics)
            && all(&self.techniques, &other.techniques)
            && self.query.as_ref().map(|query| query.text().trim())
                == other.query.as_ref().map(|query| query.text().trim())
            && pairwise(&self.entity_mappings, &other.entity_mappings, same_entity)
            && all(&self.sentinel_entities_mappings, &other.sentinel_entities_mappings)
            && pairs(&self.custom_details, &other.custom_details)
            && both(&self.alert_details_override, &other.alert_details_override, same_details)
            && both(&self.event_grouping, &other.event_grouping, same_event_grouping)
            && both(&self.incident_configuration, &other.incident_configuration, same_incidents)
            && pairs(&self.tags, &other.tags)
            && same(&self.metadata, &other.metadata)
    }
}

fn same<T: PartialEq>(a: &Option<Spanned<T>>, b: &Option<Spanned<T>>) -> bool {
    both(a, b, |a, b| a.value == b.value)
}

fn both<T>(a: &Option<T>, b: &Option<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    }
}

fn pairwise<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

fn all(a: &[Spanned<String>], b: &[Spanned<String>]) -> bool {
    pairwise(a, b, |a, b| a.value == b.value)
}

type Entry = (Spanned<String>, Spanned<String>);

fn pairs(a: &[Entry], b: &[Entry]) -> bool {
    pairwise(a, b, |a, b| a.0.value == b.0.value && a.1.value == b.1.value)
}

fn same_false_positive(a: &FalsePositive, b: &FalsePositive) -> bool {
    same(&a.scenario, &b.scenario) && same(&a.description, &b.description) && same(&a.exclusion, &b.exclusion)
}

fn same_connector(a: &RequiredConnector, b: &RequiredConnector) -> bool {
    same(&a.connector_id, &b.connector_id) && all(&a.data_types, &b.data_types)
}

fn same_entity(a: &EntityMapping, b: &EntityMapping) -> bool {
    same(&a.entity_type, &b.entity_type)
        && pairwise(&a.field_mappings, &b.field_mappings, |a, b| {
            same(&a.identifier, &b.identifier) && same(&a.column_name, &b.column_name)
        })
}

fn same_details(a: &AlertDetailsOverride, b: &AlertDetailsOverride) -> bool {
    same(&a.display_name_format, &b.display_name_format)
        && same(&a.description_format, &b.description_format)
        && same(&a.severity_column_name, &b.severity_column_name)
        && same(&a.tactics_column_name, &b.tactics_column_name)
        && pairwise(&a.dynamic_properties, &b.dynamic_properties, |a, b| {
            same(&a.alert_property, &b.alert_property) && same(&a.value, &b.value)
        })
}

fn same_event_grouping(a: &EventGrouping, b: &EventGrouping) -> bool {
    same(&a.aggregation_kind, &b.aggregation_kind)
}

fn same_incidents(a: &IncidentConfiguration, b: &IncidentConfiguration) -> bool {
    same(&a.create_incident, &b.create_incident) && both(&a.grouping, &b.grouping, same_grouping)
}

fn same_grouping(a: &Grouping, b: &Grouping) -> bool {
    same(&a.enabled, &b.enabled)
        && same(&a.reopen_closed_incident, &b.reopen_closed_incident)
        && same(&a.lookback_duration, &b.lookback_duration)
        && same(&a.matching_method, &b.matching_method)
        && all(&a.group_by_entities, &b.group_by_entities)
        && all(&a.group_by_alert_details, &b.group_by_alert_details)
        && all(&a.group_by_custom_details, &b.group_by_custom_details)
}
