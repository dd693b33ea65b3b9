//! A new rule file from a rule.

use crate::rule::{
    AlertDetailsOverride, EntityMapping, FalsePositive, Grouping, IncidentConfiguration, RequiredConnector,
    Rule, keys,
};
use crate::text::Spanned;
use crate::yaml::emit::{self, Value};

/// `rule` as a rule file in canonical form: reading it gives the same rule, and formatting it changes
/// nothing. Places in `rule` mean nothing here.
pub fn rule(rule: &Rule) -> String {
    let mut fields = Fields::default();
    fields.text("id", rule.id.as_ref());
    fields.text("name", rule.name.as_ref());
    fields.text("version", rule.version.as_ref());
    fields.put("kind", Some(Value::text(rule.kind.as_str())));
    fields.text("author", rule.author.as_ref());
    fields.text("description", rule.description.as_ref());
    fields.put("severity", rule.severity.as_ref().map(|severity| Value::text(severity.value.as_str())));
    fields.text("status", rule.status.as_ref());
    fields.plain("enabled", rule.enabled.as_ref());
    fields.list("requiredDataConnectors", rule.required_connectors.iter().map(connector));
    fields.plain("queryFrequency", rule.query_frequency.as_ref());
    fields.plain("queryPeriod", rule.query_period.as_ref());
    let operator = rule.trigger_operator.as_ref();
    fields.put("triggerOperator", operator.map(|operator| Value::text(operator.value.short())));
    fields.plain("triggerThreshold", rule.trigger_threshold.as_ref());
    fields.text("startTimeUtc", rule.start_time.as_ref());
    fields.plain("suppressionEnabled", rule.suppression_enabled.as_ref());
    fields.plain("suppressionDuration", rule.suppression_duration.as_ref());
    fields.texts("tactics", &rule.tactics);
    fields.texts("relevantTechniques", &rule.techniques);
    fields.list("tags", rule.tags.iter().map(tag));
    fields.put("query", rule.query.as_ref().map(|query| Value::Block(query.text().to_owned())));
    fields.list("entityMappings", rule.entity_mappings.iter().map(entity_mapping));
    let columns = rule.sentinel_entities_mappings.iter();
    let column = |column: &Spanned<String>| Value::mapping([("columnName", Value::text(&column.value))]);
    fields.list("sentinelEntitiesMappings", columns.map(column));
    if !rule.custom_details.is_empty() {
        let pairs =
            rule.custom_details.iter().map(|(name, column)| (&name.value, Value::text(&column.value)));
        fields.put("customDetails", Some(Value::mapping(pairs)));
    }
    fields.put("alertDetailsOverride", rule.alert_details_override.as_ref().map(alert_details));
    fields.put(
        "eventGroupingSettings",
        rule.event_grouping.as_ref().map(|grouping| {
            let mut inner = Fields::default();
            inner.text("aggregationKind", grouping.aggregation_kind.as_ref());
            inner.mapping()
        }),
    );
    fields.put("incidentConfiguration", rule.incident_configuration.as_ref().map(incident));
    fields.text("alertRuleTemplateName", rule.template_name.as_ref());
    fields.text("templateVersion", rule.template_version.as_ref());
    fields.list("falsePositives", rule.false_positives.iter().map(false_positive));
    fields.texts("references", &rule.references);
    fields.put("metadata", rule.metadata.as_ref().map(|metadata| json(&metadata.value)));
    fields.found.sort_by_key(|(name, _)| keys::RULE.rank(name));
    emit::document(&fields.mapping())
}

/// The entries of a mapping that have a value.
#[derive(Default)]
struct Fields {
    found: Vec<(&'static str, Value)>,
}

impl Fields {
    fn put(&mut self, name: &'static str, value: Option<Value>) {
        self.found.extend(value.map(|value| (name, value)));
    }

    fn text(&mut self, name: &'static str, text: Option<&Spanned<String>>) {
        self.put(name, text.map(|text| Value::text(&text.value)));
    }

    fn plain<T: ToString>(&mut self, name: &'static str, value: Option<&Spanned<T>>) {
        self.put(name, value.map(|value| Value::Plain(value.value.to_string())));
    }

    /// A list; none where it would be empty.
    fn list(&mut self, name: &'static str, items: impl ExactSizeIterator<Item = Value>) {
        self.put(name, (items.len() > 0).then(|| Value::sequence(items)));
    }

    fn texts(&mut self, name: &'static str, texts: &[Spanned<String>]) {
        self.list(name, texts.iter().map(|text| Value::text(&text.value)));
    }

    fn mapping(self) -> Value {
        Value::mapping(self.found)
    }
}

fn connector(connector: &RequiredConnector) -> Value {
    let mut fields = Fields::default();
    fields.text("connectorId", connector.connector_id.as_ref());
    fields.texts("dataTypes", &connector.data_types);
    fields.mapping()
}

fn tag((name, value): &(Spanned<String>, Spanned<String>)) -> Value {
    match value.value.as_str() {
        "" => Value::text(&name.value),
        text => Value::mapping([(&name.value, Value::text(text))]),
    }
}

fn entity_mapping(mapping: &EntityMapping) -> Value {
    let mut fields = Fields::default();
    fields.text("entityType", mapping.entity_type.as_ref());
    let field = |field: &crate::rule::FieldMapping| {
        let mut fields = Fields::default();
        fields.text("identifier", field.identifier.as_ref());
        fields.text("columnName", field.column_name.as_ref());
        fields.mapping()
    };
    fields.list("fieldMappings", mapping.field_mappings.iter().map(field));
    fields.mapping()
}

fn alert_details(details: &AlertDetailsOverride) -> Value {
    let mut fields = Fields::default();
    fields.text("alertDisplayNameFormat", details.display_name_format.as_ref());
    fields.text("alertDescriptionFormat", details.description_format.as_ref());
    fields.text("alertTacticsColumnName", details.tactics_column_name.as_ref());
    fields.text("alertSeverityColumnName", details.severity_column_name.as_ref());
    let property = |property: &crate::rule::DynamicProperty| {
        let mut fields = Fields::default();
        fields.text("alertProperty", property.alert_property.as_ref());
        fields.text("value", property.value.as_ref());
        fields.mapping()
    };
    fields.list("alertDynamicProperties", details.dynamic_properties.iter().map(property));
    fields.mapping()
}

fn incident(incident: &IncidentConfiguration) -> Value {
    let mut fields = Fields::default();
    fields.plain("createIncident", incident.create_incident.as_ref());
    fields.put("groupingConfiguration", incident.grouping.as_ref().map(grouping));
    fields.mapping()
}

fn grouping(grouping: &Grouping) -> Value {
    let mut fields = Fields::default();
    fields.plain("enabled", grouping.enabled.as_ref());
    fields.plain("reopenClosedIncident", grouping.reopen_closed_incident.as_ref());
    fields.plain("lookbackDuration", grouping.lookback_duration.as_ref());
    fields.text("matchingMethod", grouping.matching_method.as_ref());
    fields.texts("groupByEntities", &grouping.group_by_entities);
    fields.texts("groupByAlertDetails", &grouping.group_by_alert_details);
    fields.texts("groupByCustomDetails", &grouping.group_by_custom_details);
    fields.mapping()
}

fn false_positive(cause: &FalsePositive) -> Value {
    let mut fields = Fields::default();
    fields.text("scenario", cause.scenario.as_ref());
    fields.text("description", cause.description.as_ref());
    fields.text("exclusion", cause.exclusion.as_ref());
    fields.mapping()
}

/// JSON as YAML. Its depth is bounded by that of the YAML it was read from.
pub fn json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Plain("null".to_owned()),
        serde_json::Value::Bool(truth) => Value::Plain(truth.to_string()),
        serde_json::Value::Number(number) => Value::Plain(number.to_string()),
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Array(items) => Value::sequence(items.iter().map(json)),
        serde_json::Value::Object(entries) => {
            Value::mapping(entries.iter().map(|(key, value)| (key, json(value))))
        }
    }
}
