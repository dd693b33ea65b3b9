//! Analytics rules: `Microsoft.SecurityInsights/alertRules` of the kinds `Scheduled` and `NRT`.
//!
//! Those without a query are in [`service_rule`](super::service_rule); others are read as they come and never written.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::{self, null_as_default};
use super::{ApiVersion, SECURITY_INSIGHTS, SECURITY_INSIGHTS_PREVIEW};

/// What answers carry and requests must not; `etag` is set by whoever writes.
pub const READ_ONLY: [&str; 6] = ["id", "name", "type", "etag", "systemData", "properties.lastModifiedUtc"];

/// The tactics of the contract.
pub const TACTICS: [&str; 17] = [
    "Reconnaissance",
    "ResourceDevelopment",
    "InitialAccess",
    "Execution",
    "Persistence",
    "PrivilegeEscalation",
    "DefenseEvasion",
    "CredentialAccess",
    "Discovery",
    "LateralMovement",
    "Collection",
    "Exfiltration",
    "CommandAndControl",
    "Impact",
    "PreAttack",
    "ImpairProcessControl",
    "InhibitResponseFunction",
];
/// The severities of the contract.
pub const SEVERITIES: [&str; 4] = ["High", "Medium", "Low", "Informational"];
/// The trigger operators of the contract.
pub const TRIGGER_OPERATORS: [&str; 4] = ["GreaterThan", "LessThan", "Equal", "NotEqual"];
/// The aggregation kinds of event grouping.
pub const AGGREGATION_KINDS: [&str; 2] = ["SingleAlert", "AlertPerResult"];
/// The matching methods of incident grouping.
pub const MATCHING_METHODS: [&str; 3] = ["AllEntities", "AnyAlert", "Selected"];
/// The alert details that incidents can be grouped by.
pub const GROUPING_DETAILS: [&str; 2] = ["DisplayName", "Severity"];
/// The entity types of the contract.
pub const ENTITY_TYPES: [&str; 18] = [
    "Account",
    "Host",
    "IP",
    "Malware",
    "File",
    "Process",
    "CloudApplication",
    "DNS",
    "AzureResource",
    "FileHash",
    "RegistryKey",
    "RegistryValue",
    "SecurityGroup",
    "URL",
    "Mailbox",
    "MailCluster",
    "MailMessage",
    "SubmissionMail",
];
/// The alert properties that a column can override; the last is known to the preview version only.
pub const ALERT_PROPERTIES: [&str; 10] = [
    "AlertLink",
    "ConfidenceLevel",
    "ConfidenceScore",
    "ExtendedLinks",
    "ProductName",
    "ProviderName",
    "ProductComponentName",
    "RemediationSteps",
    "Techniques",
    "SubTechniques",
];

/// The suppression that a rule without one is written with.
pub const DEFAULT_SUPPRESSION: &str = "PT5H";
/// The lookback that a grouping without one is written with.
pub const DEFAULT_LOOKBACK: &str = "PT5H";

/// The kind of an analytics rule that picket writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AlertRuleKind {
    /// Runs on a schedule.
    Scheduled,
    /// Runs about every minute.
    #[serde(rename = "NRT")]
    Nrt,
}

/// The body of an analytics rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertRule {
    /// The kind.
    pub kind: AlertRuleKind,
    /// All else.
    pub properties: AlertRuleProperties,
}

/// The properties of both kinds. Schedule and trigger belong to scheduled rules only.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertRuleProperties {
    /// The name people see.
    pub display_name: String,
    /// What the rule finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it runs.
    pub enabled: bool,
    /// Severity of its alerts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// The KQL text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// How often a scheduled rule runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_frequency: Option<String>,
    /// How far a scheduled rule looks back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_period: Option<String>,
    /// How the number of results is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_operator: Option<String>,
    /// What it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_threshold: Option<i64>,
    /// How long the rule keeps still after an alert.
    pub suppression_duration: String,
    /// Whether it keeps still at all.
    pub suppression_enabled: bool,
    /// Tactics.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub tactics: Vec<String>,
    /// Techniques, `T####` only.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// Sub-techniques, `T####.###`; preview.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub sub_techniques: Vec<String>,
    /// Entities made of result columns.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub entity_mappings: Vec<EntityMapping>,
    /// Columns that hold entities already; preview.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub sentinel_entities_mappings: Vec<SentinelEntityMapping>,
    /// Columns attached to the alert, by name.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "IndexMap::is_empty")]
    pub custom_details: IndexMap<String, String>,
    /// Alert properties taken from columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_details_override: Option<AlertDetailsOverride>,
    /// One alert a run or one a result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_grouping_settings: Option<EventGroupingSettings>,
    /// Whether and how alerts become incidents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_configuration: Option<IncidentConfiguration>,
    /// The template the rule was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_rule_template_name: Option<String>,
    /// Version of that template; refused without its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_version: Option<String>,
}

/// One entity made of columns.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntityMapping {
    /// Such as `Account`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
    /// Its identifiers.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub field_mappings: Vec<FieldMapping>,
}

/// One identifier of an entity.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldMapping {
    /// Such as `FullName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// The column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column_name: Option<String>,
}

/// A column that holds entities.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentinelEntityMapping {
    /// The column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column_name: Option<String>,
}

/// Alert properties taken from columns.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertDetailsOverride {
    /// Name with `{{Column}}` placeholders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_display_name_format: Option<String>,
    /// Description with placeholders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_description_format: Option<String>,
    /// Column of tactics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_tactics_column_name: Option<String>,
    /// Column of severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_severity_column_name: Option<String>,
    /// Further properties.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub alert_dynamic_properties: Vec<AlertPropertyMapping>,
}

/// One alert property taken from a column.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertPropertyMapping {
    /// Such as `AlertLink`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_property: Option<String>,
    /// The column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// One alert a run or one a result.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventGroupingSettings {
    /// `SingleAlert` or `AlertPerResult`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation_kind: Option<String>,
}

/// Whether and how alerts become incidents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IncidentConfiguration {
    /// Whether alerts become incidents.
    pub create_incident: bool,
    /// How alerts are put together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grouping_configuration: Option<GroupingConfiguration>,
}

/// What the service does for a rule that says nothing: an incident for each alert.
impl Default for IncidentConfiguration {
    fn default() -> Self {
        Self { create_incident: true, grouping_configuration: Some(GroupingConfiguration::default()) }
    }
}

/// How alerts are put together into incidents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupingConfiguration {
    /// Whether alerts are put together.
    pub enabled: bool,
    /// Whether a closed incident is opened again.
    pub reopen_closed_incident: bool,
    /// How old an incident may be to take a further alert.
    pub lookback_duration: String,
    /// What must match.
    pub matching_method: String,
    /// Entity types to match by.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub group_by_entities: Vec<String>,
    /// Alert details to match by.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub group_by_alert_details: Vec<String>,
    /// Custom details to match by.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub group_by_custom_details: Vec<String>,
}

/// No grouping.
impl Default for GroupingConfiguration {
    fn default() -> Self {
        Self {
            enabled: false,
            reopen_closed_incident: false,
            lookback_duration: DEFAULT_LOOKBACK.to_owned(),
            matching_method: MATCHING_METHODS[0].to_owned(),
            group_by_entities: Vec::new(),
            group_by_alert_details: Vec::new(),
            group_by_custom_details: Vec::new(),
        }
    }
}

/// The API version that `body` needs, with every reason for the preview one.
pub fn api_version(body: &Value) -> ApiVersion {
    let mut reasons = Vec::new();
    match body["kind"].as_str() {
        Some("Scheduled" | "Fusion" | "MicrosoftSecurityIncidentCreation") | None => {}
        Some("NRT") => reasons.push("no stable version knows NRT rules"),
        Some(_) => reasons.push("no stable version knows this kind of rule"),
    }
    let properties = &body["properties"];
    let filled = |value: &Value| value.as_array().is_some_and(|items| !items.is_empty());
    if filled(&properties["subTechniques"]) {
        reasons.push("no stable version knows subTechniques");
    }
    if filled(&properties["sentinelEntitiesMappings"]) {
        reasons.push("no stable version knows sentinelEntitiesMappings");
    }
    let dynamic = properties["alertDetailsOverride"]["alertDynamicProperties"].as_array();
    let names_sub_techniques = |item: &Value| {
        item["alertProperty"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("SubTechniques"))
    };
    if dynamic.is_some_and(|items| items.iter().any(names_sub_techniques)) {
        reasons.push("no stable version knows the alert property SubTechniques");
    }
    let version = if reasons.is_empty() { SECURITY_INSIGHTS } else { SECURITY_INSIGHTS_PREVIEW };
    ApiVersion { version, reasons }
}

/// The one form in which two rules are compared: defaults filled in, sets sorted, spellings the
/// contract's. A body that is no scheduled or NRT rule keeps its fields.
pub fn normalise(body: &Value) -> Value {
    let typed = AlertRule::deserialize(body).ok().and_then(|mut rule| {
        rule.properties.canonicalise();
        serde_json::to_value(rule).ok()
    });
    typed
        .or_else(|| super::service_rule::normalise(body))
        .unwrap_or_else(|| canonical::generic(body, &READ_ONLY))
}

impl AlertRuleProperties {
    /// Brings every word of the contract to the contract's spelling, and techniques to upper case. Unknown
    /// words stay as they are, for the service or a lint to refuse.
    pub fn respell(&mut self) {
        for (text, known) in
            [(&mut self.severity, &SEVERITIES), (&mut self.trigger_operator, &TRIGGER_OPERATORS)]
        {
            respell_one(text, known);
        }
        respell_all(&mut self.tactics, &TACTICS);
        for technique in self.techniques.iter_mut().chain(&mut self.sub_techniques) {
            technique.make_ascii_uppercase();
        }
        for mapping in &mut self.entity_mappings {
            respell_one(&mut mapping.entity_type, &ENTITY_TYPES);
        }
        for property in self.alert_details_override.iter_mut().flat_map(|it| &mut it.alert_dynamic_properties)
        {
            respell_one(&mut property.alert_property, &ALERT_PROPERTIES);
        }
        if let Some(grouping) = &mut self.event_grouping_settings {
            respell_one(&mut grouping.aggregation_kind, &AGGREGATION_KINDS);
        }
        let incidents = self.incident_configuration.as_mut();
        if let Some(grouping) = incidents.and_then(|it| it.grouping_configuration.as_mut()) {
            canonical::word(&mut grouping.matching_method, &MATCHING_METHODS);
            respell_all(&mut grouping.group_by_entities, &ENTITY_TYPES);
            respell_all(&mut grouping.group_by_alert_details, &GROUPING_DETAILS);
        }
    }

    fn canonicalise(&mut self) {
        self.respell();
        canonical::lines(&mut self.display_name);
        for text in [
            &mut self.description,
            &mut self.query,
            &mut self.alert_rule_template_name,
            &mut self.template_version,
        ] {
            canonical::optional(text);
        }
        canonical::duration(&mut self.suppression_duration);
        for duration in [&mut self.query_frequency, &mut self.query_period].into_iter().flatten() {
            canonical::duration(duration);
        }
        for set in [&mut self.tactics, &mut self.techniques, &mut self.sub_techniques] {
            canonical::sort_set(set);
        }
        for mapping in &mut self.entity_mappings {
            canonical::sort_set(&mut mapping.field_mappings);
        }
        canonical::sort_set(&mut self.entity_mappings);
        canonical::sort_set(&mut self.sentinel_entities_mappings);
        self.custom_details.sort_keys();
        if let Some(details) = &mut self.alert_details_override {
            details.canonicalise();
        }
        self.alert_details_override =
            self.alert_details_override.take().filter(|details| *details != AlertDetailsOverride::default());
        let grouping = self.event_grouping_settings.get_or_insert_default();
        grouping.aggregation_kind.get_or_insert_with(|| AGGREGATION_KINDS[0].to_owned());
        let incidents = self.incident_configuration.get_or_insert_default();
        incidents.grouping_configuration.get_or_insert_default().canonicalise();
    }
}

fn respell_one(text: &mut Option<String>, known: &[&'static str]) {
    if let Some(text) = text {
        canonical::word(text, known);
    }
}

fn respell_all(texts: &mut [String], known: &[&'static str]) {
    texts.iter_mut().for_each(|text| canonical::word(text, known));
}

impl AlertDetailsOverride {
    fn canonicalise(&mut self) {
        for text in [
            &mut self.alert_display_name_format,
            &mut self.alert_description_format,
            &mut self.alert_tactics_column_name,
            &mut self.alert_severity_column_name,
        ] {
            canonical::optional(text);
        }
        canonical::sort_set(&mut self.alert_dynamic_properties);
    }
}

impl GroupingConfiguration {
    fn canonicalise(&mut self) {
        canonical::duration(&mut self.lookback_duration);
        for set in
            [&mut self.group_by_entities, &mut self.group_by_alert_details, &mut self.group_by_custom_details]
        {
            canonical::sort_set(set);
        }
    }
}

/// `text` in the contract's spelling of a tactic, or as it is.
pub fn tactic(text: &str) -> String {
    canonical::spelling(text, &TACTICS).map_or_else(|| text.trim().to_owned(), str::to_owned)
}

/// What the service puts before the name of a rule that it disables because it failed again and again.
const AUTO_DISABLED: &str = "AUTO DISABLED";

/// Whether `body` is a rule that the service disabled by itself.
pub fn is_auto_disabled(body: &Value) -> bool {
    body["properties"]["displayName"].as_str().is_some_and(|name| name.starts_with(AUTO_DISABLED))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn preview_is_chosen_for_what_stable_does_not_know() {
        let stable = json!({"kind": "Scheduled", "properties": {"subTechniques": []}});
        assert_eq!(api_version(&stable), ApiVersion::stable("2025-09-01"));
        let nrt = json!({"kind": "NRT", "properties": {"subTechniques": ["T1059.001"]}});
        let version = api_version(&nrt);
        assert_eq!(version.version, "2025-10-01-preview");
        assert_eq!(version.reasons.len(), 2);
        let mapped =
            json!({"kind": "Scheduled", "properties": {"sentinelEntitiesMappings": [{"columnName": "E"}]}});
        assert_eq!(api_version(&mapped).version, "2025-10-01-preview");
        let dynamic = json!({"kind": "Scheduled", "properties": {"alertDetailsOverride":
            {"alertDynamicProperties": [{"alertProperty": "SubTechniques", "value": "c"}]}}});
        assert_eq!(api_version(&dynamic).version, "2025-10-01-preview");
    }

    #[test]
    fn spellings_defaults_and_read_only_fields_are_no_difference() {
        let sent = json!({"kind": "Scheduled", "properties": {
            "displayName": "n", "enabled": true, "suppressionDuration": "PT5H", "suppressionEnabled": false,
            "severity": "High", "query": "T\n| take 1", "queryFrequency": "P1D", "queryPeriod": "PT1H30M",
            "tactics": ["Impact", "Execution"], "customDetails": {"a": "A", "b": "B"},
            "entityMappings": [{"entityType": "IP", "fieldMappings": [{"identifier": "Address", "columnName": "c"}]}],
        }});
        let answered = json!({"id": "/x", "name": "r", "type": "t", "etag": "\"1\"", "systemData": {},
          "kind": "Scheduled", "properties": {
            "lastModifiedUtc": "2026-11-24T00:00:00Z", "description": null, "templateVersion": null,
            "displayName": "n", "enabled": true, "suppressionDuration": "05:00:00", "suppressionEnabled": false,
            "severity": "high", "query": "T\r\n| take 1", "queryFrequency": "PT24H", "queryPeriod": "PT90M",
            "tactics": ["Execution", "Impact"], "techniques": null, "subTechniques": [],
            "customDetails": {"b": "B", "a": "A"}, "alertDetailsOverride": {"alertDynamicProperties": []},
            "entityMappings": [{"fieldMappings": [{"columnName": "c", "identifier": "Address"}], "entityType": "ip"}],
            "eventGroupingSettings": {"aggregationKind": "singleAlert"},
            "incidentConfiguration": {"createIncident": true, "groupingConfiguration": {"enabled": false,
              "reopenClosedIncident": false, "lookbackDuration": "PT300M", "matchingMethod": "AllEntities",
              "groupByEntities": [], "groupByAlertDetails": null, "groupByCustomDetails": null}},
        }});
        assert_eq!(normalise(&sent), normalise(&answered));
        assert_eq!(normalise(&normalise(&answered)), normalise(&answered));
    }

    #[test]
    fn a_real_difference_remains() {
        let rule = |query: &str, incident: bool| {
            normalise(
                &json!({"kind": "NRT", "properties": {"displayName": "n", "enabled": true, "query": query,
                "suppressionDuration": "PT5H", "suppressionEnabled": false,
                "incidentConfiguration": {"createIncident": incident}}}),
            )
        };
        assert_ne!(rule("A", true), rule("a", true));
        assert_ne!(rule("A", true), rule("A ", true));
        assert_ne!(rule("A", true), rule("A", false));
    }
}
