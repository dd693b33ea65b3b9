//! The tables themselves.
//!
//! The keys are those of the Azure-Sentinel YAML dialect and of the properties of alert rules in the API
//! (2025-10-01-preview); closed sets of words are the API's enumerations, which a test compares with the
//! generated facts.

use super::{Choices, Key, Table, ValueType};
use crate::rule::RuleKind;

const ALL: &[RuleKind] = &RuleKind::ALL;
const ALERT: &[RuleKind] = &[RuleKind::Scheduled, RuleKind::Nrt];
const SCHEDULED: &[RuleKind] = &[RuleKind::Scheduled];

/// The start of every entry: a key without aliases that nothing needs.
const fn key(name: &'static str, value: ValueType, kinds: &'static [RuleKind], doc: &'static str) -> Key {
    Key { name, aliases: &[], value, kinds, required: &[], doc }
}

impl Key {
    const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn needed(mut self) -> Self {
        self.required = self.kinds;
        self
    }
}

static KIND: Choices = Choices {
    synonyms: &[("HuntingQuery", "Hunting"), ("NearRealTime", "NRT")],
    ..words(&["Scheduled", "NRT", "Hunting"])
};
static SEVERITY: Choices = Choices {
    mistakes: &[("Info", "Informational"), ("Information", "Informational"), ("Med", "Medium")],
    ..words(&["Informational", "Low", "Medium", "High"])
};
static OPERATOR: Choices = Choices {
    synonyms: &[("GreaterThan", "gt"), ("LessThan", "lt"), ("Equal", "eq"), ("NotEqual", "ne")],
    mistakes: &[
        (">", "gt"),
        ("<", "lt"),
        ("=", "eq"),
        ("==", "eq"),
        ("Equals", "eq"),
        ("!=", "ne"),
        ("<>", "ne"),
    ],
    ..words(&["gt", "lt", "eq", "ne"])
};
static AGGREGATION: Choices = words(&["SingleAlert", "AlertPerResult"]);
static MATCHING: Choices = words(&["AllEntities", "AnyAlert", "Selected"]);
static ALERT_DETAIL: Choices = words(&["DisplayName", "Severity"]);
static ALERT_PROPERTY: Choices = words(&[
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
]);

const fn words(words: &'static [&'static str]) -> Choices {
    Choices { words, synonyms: &[], mistakes: &[] }
}

/// The rule itself.
pub static RULE: Table = Table {
    what: "a rule",
    path: "",
    keys: &[
        key(
            "id",
            ValueType::Uuid,
            ALL,
            "The UUID of the rule, which is the name of its resource in the workspace.",
        )
        .needed(),
        key(
            "name",
            ValueType::Text,
            ALL,
            "The display name of the rule and, unless overridden, of its alerts.",
        )
        .also(&["displayName"])
        .needed(),
        key("version", ValueType::Text, ALL, "The version of the rule's content, three numbers with dots."),
        key(
            "kind",
            ValueType::Choice(&KIND),
            ALL,
            "What the rule becomes: a rule on a schedule, one that runs every minute, or a hunting query.",
        ),
        key("author", ValueType::Text, ALL, "Who wrote the rule."),
        key(
            "description",
            ValueType::Text,
            ALL,
            "What the rule finds and why that matters, for the analyst.",
        ),
        key("severity", ValueType::Choice(&SEVERITY), ALERT, "The severity of the rule's alerts.").needed(),
        key("status", ValueType::Text, ALL, "The state of the rule in the solution that publishes it."),
        key(
            "enabled",
            ValueType::Bool,
            ALERT,
            "Whether the rule runs once it is deployed; it does unless this is false.",
        ),
        key(
            "requiredDataConnectors",
            ValueType::Mappings(&CONNECTOR),
            ALL,
            "The connectors, with their tables, that the query reads from.",
        ),
        key(
            "queryFrequency",
            ValueType::Duration,
            SCHEDULED,
            "How often the query runs, from 5 minutes to 14 days.",
        )
        .needed(),
        key(
            "queryPeriod",
            ValueType::Duration,
            SCHEDULED,
            "How far back each run looks, from 5 minutes to 14 days and no shorter than the frequency.",
        )
        .needed(),
        key(
            "triggerOperator",
            ValueType::Choice(&OPERATOR),
            SCHEDULED,
            "How the number of results is compared with the threshold.",
        )
        .needed(),
        key(
            "triggerThreshold",
            ValueType::Integer,
            SCHEDULED,
            "The number of results that the operator compares with, from 0 to 10000.",
        )
        .needed(),
        key(
            "startTimeUtc",
            ValueType::DateTime,
            SCHEDULED,
            "When the rule runs first; its schedule counts from there.",
        ),
        key(
            "suppressionEnabled",
            ValueType::Bool,
            ALERT,
            "Whether the rule pauses after it raised an alert.",
        ),
        key(
            "suppressionDuration",
            ValueType::Duration,
            ALERT,
            "How long the rule pauses after it raised an alert.",
        ),
        key("tactics", ValueType::Tactics, ALL, "The ATT&CK tactics that the behaviour serves."),
        key(
            "relevantTechniques",
            ValueType::Techniques,
            ALL,
            "The ATT&CK techniques and sub-techniques that the query looks for.",
        )
        .also(&["techniques", "subTechniques"]),
        key("tags", ValueType::Tags, ALL, "Labels, each a text or a name with a value."),
        key("query", ValueType::Query, ALL, "The KQL query; every row it returns is a result.").needed(),
        key(
            "entityMappings",
            ValueType::Mappings(&ENTITY_MAPPING),
            ALL,
            "Which columns of the result identify accounts, hosts, addresses and other entities.",
        ),
        key(
            "sentinelEntitiesMappings",
            ValueType::MappingsOr(&SENTINEL_ENTITY, "columnName"),
            ALERT,
            "Columns of the result that hold whole entities, as the alert tables have them.",
        ),
        key(
            "customDetails",
            ValueType::Names,
            ALERT,
            "Details shown in the alert: the name of each with the column of the result that fills it.",
        ),
        key(
            "alertDetailsOverride",
            ValueType::Mapping(&ALERT_DETAILS),
            ALERT,
            "Parts of the alert that are filled from columns of the result.",
        ),
        key(
            "eventGroupingSettings",
            ValueType::Mapping(&EVENT_GROUPING),
            ALERT,
            "Whether the results of a run make one alert or one alert each.",
        ),
        key(
            "incidentConfiguration",
            ValueType::Mapping(&INCIDENT),
            ALERT,
            "Whether alerts become incidents, and how they are grouped into them.",
        ),
        key(
            "alertRuleTemplateName",
            ValueType::Text,
            ALERT,
            "The id of the template that the rule was made from.",
        ),
        key(
            "templateVersion",
            ValueType::Text,
            ALERT,
            "The version of the template that the rule was made from; it needs the template's name.",
        ),
        key(
            "falsePositives",
            ValueType::MappingsOr(&FALSE_POSITIVE, "scenario"),
            ALL,
            "Benign causes of a result, each with how to recognise it and how to leave it out.",
        ),
        key("references", ValueType::TextList, ALL, "Links to what the analyst should read."),
        key(
            "metadata",
            ValueType::Any,
            ALL,
            "Facts of the catalog that the rule comes from, kept as written.",
        ),
    ],
};

/// An item of `requiredDataConnectors`.
pub static CONNECTOR: Table = Table {
    what: "a required data connector",
    path: "requiredDataConnectors",
    keys: &[
        key("connectorId", ValueType::Text, ALL, "The id of the connector.").needed(),
        key(
            "dataTypes",
            ValueType::TextList,
            ALL,
            "The tables or data types of the connector that the query reads.",
        )
        .needed(),
    ],
};

/// An item of `entityMappings`.
pub static ENTITY_MAPPING: Table = Table {
    what: "an entity mapping",
    path: "entityMappings",
    keys: &[
        key("entityType", ValueType::EntityType, ALL, "The type of the entity.").needed(),
        key(
            "fieldMappings",
            ValueType::Mappings(&FIELD_MAPPING),
            ALL,
            "One to three identifiers of the entity, each with its column.",
        )
        .needed(),
    ],
};

/// An item of `fieldMappings`.
pub static FIELD_MAPPING: Table = Table {
    what: "a field mapping",
    path: "entityMappings.fieldMappings",
    keys: &[
        key("identifier", ValueType::Identifier, ALL, "The identifier of the entity that the column fills.")
            .needed(),
        key("columnName", ValueType::Text, ALL, "The column of the result that holds the identifier.")
            .needed(),
    ],
};

/// An item of `sentinelEntitiesMappings`.
pub static SENTINEL_ENTITY: Table = Table {
    what: "a mapping of whole entities",
    path: "sentinelEntitiesMappings",
    keys: &[key("columnName", ValueType::Text, ALERT, "The column of the result that holds the entities.")
        .needed()],
};

/// `alertDetailsOverride`
pub static ALERT_DETAILS: Table = Table {
    what: "`alertDetailsOverride`",
    path: "alertDetailsOverride",
    keys: &[
        key(
            "alertDisplayNameFormat",
            ValueType::Text,
            ALERT,
            "The name of the alert, with columns in double braces; at most 256 characters and three columns.",
        ),
        key(
            "alertDescriptionFormat",
            ValueType::Text,
            ALERT,
            "The description of the alert, with columns in double braces; at most 5000 characters and three columns.",
        ),
        key(
            "alertTacticsColumnName",
            ValueType::Text,
            ALERT,
            "The column that holds the tactics of the alert.",
        ),
        key(
            "alertSeverityColumnName",
            ValueType::Text,
            ALERT,
            "The column that holds the severity of the alert.",
        ),
        key(
            "alertDynamicProperties",
            ValueType::Mappings(&DYNAMIC_PROPERTY),
            ALERT,
            "Other properties of the alert that are filled from columns.",
        ),
    ],
};

/// An item of `alertDynamicProperties`.
pub static DYNAMIC_PROPERTY: Table = Table {
    what: "a dynamic alert property",
    path: "alertDetailsOverride.alertDynamicProperties",
    keys: &[
        key("alertProperty", ValueType::Choice(&ALERT_PROPERTY), ALERT, "The property of the alert to fill.")
            .needed(),
        key("value", ValueType::Text, ALERT, "The column of the result that fills the property.").needed(),
    ],
};

/// `eventGroupingSettings`
pub static EVENT_GROUPING: Table = Table {
    what: "`eventGroupingSettings`",
    path: "eventGroupingSettings",
    keys: &[key(
        "aggregationKind",
        ValueType::Choice(&AGGREGATION),
        ALERT,
        "One alert for all results of a run, or an alert for each.",
    )
    .needed()],
};

/// `incidentConfiguration`
pub static INCIDENT: Table = Table {
    what: "`incidentConfiguration`",
    path: "incidentConfiguration",
    keys: &[
        key("createIncident", ValueType::Bool, ALERT, "Whether the alerts of the rule become incidents.")
            .needed(),
        key(
            "groupingConfiguration",
            ValueType::Mapping(&GROUPING),
            ALERT,
            "How alerts of the rule are grouped into one incident.",
        ),
    ],
};

/// `groupingConfiguration`
pub static GROUPING: Table = Table {
    what: "`groupingConfiguration`",
    path: "incidentConfiguration.groupingConfiguration",
    keys: &[
        key("enabled", ValueType::Bool, ALERT, "Whether alerts are grouped at all.").needed(),
        key(
            "reopenClosedIncident",
            ValueType::Bool,
            ALERT,
            "Whether a matching alert opens a closed incident again.",
        )
        .needed(),
        key(
            "lookbackDuration",
            ValueType::Duration,
            ALERT,
            "How far apart alerts may be to come into one incident, from 5 minutes to 7 days.",
        )
        .needed(),
        key(
            "matchingMethod",
            ValueType::Choice(&MATCHING),
            ALERT,
            "What alerts of one incident must have in common.",
        )
        .needed(),
        key(
            "groupByEntities",
            ValueType::EntityTypes,
            ALERT,
            "The entity types that must be equal, for the matching method `Selected`.",
        ),
        key(
            "groupByAlertDetails",
            ValueType::Choices(&ALERT_DETAIL),
            ALERT,
            "The alert details that must be equal, for the matching method `Selected`.",
        ),
        key(
            "groupByCustomDetails",
            ValueType::TextList,
            ALERT,
            "The custom details that must be equal, for the matching method `Selected`.",
        ),
    ],
};

/// An item of `falsePositives`.
pub static FALSE_POSITIVE: Table = Table {
    what: "a false positive",
    path: "falsePositives",
    keys: &[
        key("scenario", ValueType::Text, ALL, "The benign cause in a few words.").needed(),
        key("description", ValueType::Text, ALL, "How it comes about and how an analyst recognises it."),
        key("exclusion", ValueType::Text, ALL, "The KQL filter that leaves it out."),
    ],
};
