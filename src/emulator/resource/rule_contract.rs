//! The properties of each kind of analytics rule, as the contract of 2025-10-01-preview has them; what the
//! stable version lacks is marked.

use super::super::shape::{Field, Shape};

use Shape::{Flag, List, Object, Span, Text, Texts, Whole, Word};

const SEVERITY: Shape = Word("ScheduledAlertRuleProperties.severity");
const TACTICS: Shape = List(&Word("ScheduledAlertRuleProperties.tactics"));
const TEXTS_LIST: Shape = List(&Text);

/// A kind of analytics rule.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct RuleKind {
    /// As the contract spells it.
    pub(in super::super) name: &'static str,
    /// Its properties.
    pub(in super::super) fields: &'static [Field],
    /// Whether only the preview version knows it.
    pub(in super::super) preview: bool,
}

/// All kinds.
pub(in super::super) static KINDS: [RuleKind; 6] = [
    RuleKind { name: "Scheduled", fields: &SCHEDULED, preview: false },
    RuleKind { name: "NRT", fields: &NRT, preview: true },
    RuleKind { name: "MicrosoftSecurityIncidentCreation", fields: &INCIDENT_CREATION, preview: false },
    RuleKind { name: "Fusion", fields: &FUSION, preview: false },
    RuleKind { name: "MLBehaviorAnalytics", fields: &FROM_TEMPLATE, preview: true },
    RuleKind { name: "ThreatIntelligence", fields: &FROM_TEMPLATE, preview: true },
];

static SCHEDULED: [Field; 23] = [
    Field::optional("queryFrequency", Span),
    Field::optional("queryPeriod", Span),
    Field::optional("triggerOperator", Word("ScheduledAlertRuleProperties.triggerOperator")),
    Field::optional("triggerThreshold", Whole),
    Field::optional("eventGroupingSettings", Object(&EVENT_GROUPING)),
    Field::optional("severity", SEVERITY),
    Field::optional("query", Text),
    Field::optional("customDetails", Texts),
    Field::optional("entityMappings", List(&Object(&ENTITY_MAPPING))),
    Field::optional("alertDetailsOverride", Object(&ALERT_DETAILS)),
    Field::optional("sentinelEntitiesMappings", List(&Object(&SENTINEL_ENTITY))).in_preview(),
    Field::required("displayName", Text),
    Field::required("enabled", Flag),
    Field::optional("description", Text),
    Field::optional("tactics", TACTICS),
    Field::optional("techniques", TEXTS_LIST),
    Field::optional("subTechniques", TEXTS_LIST).in_preview(),
    Field::optional("alertRuleTemplateName", Text),
    Field::optional("templateVersion", Text),
    Field::required("suppressionDuration", Span),
    Field::required("suppressionEnabled", Flag),
    Field::optional("incidentConfiguration", Object(&INCIDENT)),
    Field::read_only("lastModifiedUtc", Text),
];

static NRT: [Field; 19] = [
    Field::required("query", Text),
    Field::required("severity", SEVERITY),
    Field::required("displayName", Text),
    Field::required("enabled", Flag),
    Field::optional("description", Text),
    Field::optional("tactics", TACTICS),
    Field::optional("techniques", TEXTS_LIST),
    Field::optional("subTechniques", TEXTS_LIST),
    Field::optional("alertRuleTemplateName", Text),
    Field::optional("templateVersion", Text),
    Field::required("suppressionDuration", Span),
    Field::required("suppressionEnabled", Flag),
    Field::optional("incidentConfiguration", Object(&INCIDENT)),
    Field::optional("customDetails", Texts),
    Field::optional("entityMappings", List(&Object(&ENTITY_MAPPING))),
    Field::optional("alertDetailsOverride", Object(&ALERT_DETAILS)),
    Field::optional("eventGroupingSettings", Object(&EVENT_GROUPING)),
    Field::optional("sentinelEntitiesMappings", List(&Object(&SENTINEL_ENTITY))),
    Field::read_only("lastModifiedUtc", Text),
];

static INCIDENT_CREATION: [Field; 9] = [
    Field::required(
        "productFilter",
        Word("MicrosoftSecurityIncidentCreationAlertRuleProperties.productFilter"),
    ),
    Field::optional("displayNamesFilter", TEXTS_LIST),
    Field::optional("displayNamesExcludeFilter", TEXTS_LIST),
    Field::optional("severitiesFilter", List(&SEVERITY)),
    Field::required("displayName", Text),
    Field::required("enabled", Flag),
    Field::optional("description", Text),
    Field::optional("alertRuleTemplateName", Text),
    Field::read_only("lastModifiedUtc", Text),
];

static FUSION: [Field; 11] = [
    Field::required("alertRuleTemplateName", Text),
    Field::required("enabled", Flag),
    Field::optional("sourceSettings", List(&Object(&FUSION_SOURCE))).in_preview(),
    Field::optional("scenarioExclusionPatterns", List(&Object(&FUSION_EXCLUSION))).in_preview(),
    Field::read_only("displayName", Text),
    Field::read_only("description", Text),
    Field::read_only("severity", SEVERITY),
    Field::read_only("tactics", TACTICS),
    Field::read_only("techniques", TEXTS_LIST),
    Field::read_only("subTechniques", TEXTS_LIST).in_preview(),
    Field::read_only("lastModifiedUtc", Text),
];

/// The kinds that come whole from their template.
static FROM_TEMPLATE: [Field; 9] = [
    Field::required("alertRuleTemplateName", Text),
    Field::required("enabled", Flag),
    Field::read_only("displayName", Text),
    Field::read_only("description", Text),
    Field::read_only("severity", SEVERITY),
    Field::read_only("tactics", TACTICS),
    Field::read_only("techniques", TEXTS_LIST),
    Field::read_only("subTechniques", TEXTS_LIST),
    Field::read_only("lastModifiedUtc", Text),
];

static EVENT_GROUPING: [Field; 1] =
    [Field::optional("aggregationKind", Word("EventGroupingSettings.aggregationKind"))];

static ENTITY_MAPPING: [Field; 2] = [
    Field::optional("entityType", Word("EntityMapping.entityType")),
    Field::optional("fieldMappings", List(&Object(&FIELD_MAPPING))),
];

static FIELD_MAPPING: [Field; 2] = [Field::optional("identifier", Text), Field::optional("columnName", Text)];

static SENTINEL_ENTITY: [Field; 1] = [Field::optional("columnName", Text)];

static ALERT_DETAILS: [Field; 5] = [
    Field::optional("alertDisplayNameFormat", Text),
    Field::optional("alertDescriptionFormat", Text),
    Field::optional("alertTacticsColumnName", Text),
    Field::optional("alertSeverityColumnName", Text),
    Field::optional("alertDynamicProperties", List(&Object(&ALERT_PROPERTY))),
];

static ALERT_PROPERTY: [Field; 2] = [
    Field::optional("alertProperty", Word("AlertPropertyMapping.alertProperty")),
    Field::optional("value", Text),
];

static INCIDENT: [Field; 2] =
    [Field::required("createIncident", Flag), Field::optional("groupingConfiguration", Object(&GROUPING))];

static GROUPING: [Field; 7] = [
    Field::required("enabled", Flag),
    Field::required("reopenClosedIncident", Flag),
    Field::required("lookbackDuration", Span),
    Field::required("matchingMethod", Word("GroupingConfiguration.matchingMethod")),
    Field::optional("groupByEntities", List(&Word("GroupingConfiguration.groupByEntities"))),
    Field::optional("groupByAlertDetails", List(&Word("GroupingConfiguration.groupByAlertDetails"))),
    Field::optional("groupByCustomDetails", TEXTS_LIST),
];

static FUSION_SOURCE: [Field; 3] = [
    Field::required("enabled", Flag),
    Field::required("sourceName", Text),
    Field::optional("sourceSubTypes", List(&Object(&FUSION_SUB_TYPE))),
];

static FUSION_SUB_TYPE: [Field; 4] = [
    Field::required("enabled", Flag),
    Field::required("sourceSubTypeName", Text),
    Field::read_only("sourceSubTypeDisplayName", Text),
    Field::required("severityFilters", Object(&FUSION_SEVERITIES)),
];

static FUSION_SEVERITIES: [Field; 2] =
    [Field::read_only("isSupported", Flag), Field::optional("filters", List(&Object(&FUSION_SEVERITY)))];

static FUSION_SEVERITY: [Field; 2] =
    [Field::required("severity", SEVERITY), Field::required("enabled", Flag)];

static FUSION_EXCLUSION: [Field; 2] =
    [Field::required("exclusionPattern", Text), Field::required("dateAddedInUTC", Text)];
