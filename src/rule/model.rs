//! The types of a rule.
//!
//! Every property is optional here, even those that the service requires: the model holds what was
//! written, and lints say what is missing. A value that could not be understood is absent, and its
//! diagnostic was reported when the rule was read.

use super::Duration;
use crate::text::{SourceId, Spanned, TextRange};
use crate::yaml::Scalar;

/// What kind of content a rule becomes in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleKind {
    /// An analytics rule that runs on a schedule (`alertRules`, kind `Scheduled`).
    Scheduled,
    /// An analytics rule that runs about every minute (`alertRules`, kind `NRT`).
    Nrt,
    /// A hunting query (`savedSearches` in the category `Hunting Queries`).
    Hunting,
}

impl RuleKind {
    /// Every kind, in the order in which reports list them.
    pub const ALL: [Self; 3] = [Self::Scheduled, Self::Nrt, Self::Hunting];

    /// The word written in `kind:`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "Scheduled",
            Self::Nrt => "NRT",
            Self::Hunting => "Hunting",
        }
    }
}

/// Severity of the alerts of a rule, as the service spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// `Informational`
    Informational,
    /// `Low`
    Low,
    /// `Medium`
    Medium,
    /// `High`
    High,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 4] = [Self::Informational, Self::Low, Self::Medium, Self::High];

    /// The service's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "Informational",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }
}

/// How the number of results is compared with the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TriggerOperator {
    /// More results than the threshold; written `gt` in the YAML dialect.
    GreaterThan,
    /// Fewer; `lt`.
    LessThan,
    /// As many; `eq`.
    Equal,
    /// Not as many; `ne`.
    NotEqual,
}

impl TriggerOperator {
    /// Every operator.
    pub const ALL: [Self; 4] = [Self::GreaterThan, Self::LessThan, Self::Equal, Self::NotEqual];

    /// The service's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GreaterThan => "GreaterThan",
            Self::LessThan => "LessThan",
            Self::Equal => "Equal",
            Self::NotEqual => "NotEqual",
        }
    }

    /// The short spelling of the Azure-Sentinel YAML dialect, picket's canonical one.
    pub fn short(self) -> &'static str {
        match self {
            Self::GreaterThan => "gt",
            Self::LessThan => "lt",
            Self::Equal => "eq",
            Self::NotEqual => "ne",
        }
    }
}

/// A KQL query with the scalar it was written in.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The decoded text and its map to the file.
    pub scalar: Scalar,
    /// All bytes of the scalar node in the file.
    pub range: TextRange,
}

impl Query {
    /// The query text, as the service will get it.
    pub fn text(&self) -> &str {
        &self.scalar.text
    }
}

/// An item of `requiredDataConnectors`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RequiredConnector {
    /// `connectorId`
    pub connector_id: Option<Spanned<String>>,
    /// `dataTypes`: tables or data types that must be there.
    pub data_types: Vec<Spanned<String>>,
    /// All bytes of the item.
    pub range: TextRange,
}

/// An item of `entityMappings`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EntityMapping {
    /// `entityType`, such as `Account`.
    pub entity_type: Option<Spanned<String>>,
    /// `fieldMappings`
    pub field_mappings: Vec<FieldMapping>,
    /// All bytes of the item.
    pub range: TextRange,
}

/// An item of `fieldMappings`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldMapping {
    /// `identifier`, such as `FullName`.
    pub identifier: Option<Spanned<String>>,
    /// `columnName`: a column of the query's result.
    pub column_name: Option<Spanned<String>>,
    /// All bytes of the item.
    pub range: TextRange,
}

/// `alertDetailsOverride`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertDetailsOverride {
    /// `alertDisplayNameFormat`, with `{{Column}}` placeholders.
    pub display_name_format: Option<Spanned<String>>,
    /// `alertDescriptionFormat`, with `{{Column}}` placeholders.
    pub description_format: Option<Spanned<String>>,
    /// The columns that the placeholders of the title name.
    pub display_name_columns: Vec<Spanned<String>>,
    /// The columns that the placeholders of the description name.
    pub description_columns: Vec<Spanned<String>>,
    /// `alertSeverityColumnName`
    pub severity_column_name: Option<Spanned<String>>,
    /// `alertTacticsColumnName`
    pub tactics_column_name: Option<Spanned<String>>,
    /// `alertDynamicProperties`
    pub dynamic_properties: Vec<DynamicProperty>,
    /// All bytes of the mapping.
    pub range: TextRange,
}

/// An item of `alertDynamicProperties`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DynamicProperty {
    /// `alertProperty`, such as `AlertLink`.
    pub alert_property: Option<Spanned<String>>,
    /// `value`: a column of the query's result.
    pub value: Option<Spanned<String>>,
    /// All bytes of the item.
    pub range: TextRange,
}

/// `eventGroupingSettings`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventGrouping {
    /// `aggregationKind`: `SingleAlert` or `AlertPerResult`.
    pub aggregation_kind: Option<Spanned<String>>,
    /// All bytes of the mapping.
    pub range: TextRange,
}

/// `incidentConfiguration`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IncidentConfiguration {
    /// `createIncident`
    pub create_incident: Option<Spanned<bool>>,
    /// `groupingConfiguration`
    pub grouping: Option<Grouping>,
    /// All bytes of the mapping.
    pub range: TextRange,
}

/// `groupingConfiguration`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grouping {
    /// `enabled`
    pub enabled: Option<Spanned<bool>>,
    /// `reopenClosedIncident`
    pub reopen_closed_incident: Option<Spanned<bool>>,
    /// `lookbackDuration`
    pub lookback_duration: Option<Spanned<Duration>>,
    /// `matchingMethod`: `AllEntities`, `AnyAlert` or `Selected`.
    pub matching_method: Option<Spanned<String>>,
    /// `groupByEntities`
    pub group_by_entities: Vec<Spanned<String>>,
    /// `groupByAlertDetails`
    pub group_by_alert_details: Vec<Spanned<String>>,
    /// `groupByCustomDetails`
    pub group_by_custom_details: Vec<Spanned<String>>,
    /// All bytes of the mapping.
    pub range: TextRange,
}

/// An item of `falsePositives`: a benign cause of the alert and how to keep it out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FalsePositive {
    /// `scenario`: a short title.
    pub scenario: Option<Spanned<String>>,
    /// `description`: how it comes about and how an analyst recognises it.
    pub description: Option<Spanned<String>>,
    /// `exclusion`: the KQL filter that leaves it out.
    pub exclusion: Option<Spanned<String>>,
    /// All bytes of the item.
    pub range: TextRange,
}

/// A detection rule or hunting query.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The file it was read from.
    pub source: SourceId,
    /// All bytes of the rule's mapping.
    pub range: TextRange,
    /// The kind, written or inferred: without `kind`, a rule with a schedule or another key that only
    /// analytics rules have is scheduled, any other a hunting query. Severity decides nothing, since
    /// hunting queries are published with one.
    pub kind: RuleKind,
    /// Where `kind` is written, if it is.
    pub kind_range: Option<TextRange>,
    /// The known keys of the rule's mapping that are written, by canonical name, in the order written, each
    /// with the place of the key. A key whose value could not be understood is here too: it is not missing. A
    /// key without a value counts as absent.
    pub written: Vec<Spanned<&'static str>>,
    /// `id`: a UUID; the name of the resource in the workspace.
    pub id: Option<Spanned<String>>,
    /// `name`: the display name.
    pub name: Option<Spanned<String>>,
    /// `version` of the rule's content.
    pub version: Option<Spanned<String>>,
    /// `templateVersion`: version of the template it was made of.
    pub template_version: Option<Spanned<String>>,
    /// `alertRuleTemplateName`: id of the template it was made of.
    pub template_name: Option<Spanned<String>>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `severity`
    pub severity: Option<Spanned<Severity>>,
    /// `status`: `Available` and the like, used by solutions.
    pub status: Option<Spanned<String>>,
    /// `enabled`; absent means true.
    pub enabled: Option<Spanned<bool>>,
    /// `author`
    pub author: Option<Spanned<String>>,
    /// `references`: links for the analyst.
    pub references: Vec<Spanned<String>>,
    /// `falsePositives`
    pub false_positives: Vec<FalsePositive>,
    /// `requiredDataConnectors`
    pub required_connectors: Vec<RequiredConnector>,
    /// `queryFrequency`
    pub query_frequency: Option<Spanned<Duration>>,
    /// `queryPeriod`
    pub query_period: Option<Spanned<Duration>>,
    /// `triggerOperator`
    pub trigger_operator: Option<Spanned<TriggerOperator>>,
    /// `triggerThreshold`
    pub trigger_threshold: Option<Spanned<i64>>,
    /// `suppressionEnabled`
    pub suppression_enabled: Option<Spanned<bool>>,
    /// `suppressionDuration`
    pub suppression_duration: Option<Spanned<Duration>>,
    /// `startTimeUtc`: first run, RFC 3339.
    pub start_time: Option<Spanned<String>>,
    /// `tactics`, as written.
    pub tactics: Vec<Spanned<String>>,
    /// `relevantTechniques`, `techniques` and `subTechniques`, as written.
    pub techniques: Vec<Spanned<String>>,
    /// `query`
    pub query: Option<Query>,
    /// `entityMappings`
    pub entity_mappings: Vec<EntityMapping>,
    /// `sentinelEntitiesMappings`: columns that hold entities already.
    pub sentinel_entities_mappings: Vec<Spanned<String>>,
    /// `customDetails`: name to column.
    pub custom_details: Vec<(Spanned<String>, Spanned<String>)>,
    /// `alertDetailsOverride`
    pub alert_details_override: Option<AlertDetailsOverride>,
    /// `eventGroupingSettings`
    pub event_grouping: Option<EventGrouping>,
    /// `incidentConfiguration`
    pub incident_configuration: Option<IncidentConfiguration>,
    /// `tags`, each as name and value; a plain text item has an empty value.
    pub tags: Vec<(Spanned<String>, Spanned<String>)>,
    /// `metadata`: free-form facts of a catalog, kept as read.
    pub metadata: Option<Spanned<serde_json::Value>>,
}

impl Rule {
    /// Where the key `name` (canonical) is written, if it is.
    pub fn key(&self, name: &str) -> Option<TextRange> {
        self.written.iter().find(|key| key.value == name).map(|key| key.range)
    }

    /// Whether the rule runs in Sentinel: unless `runsIn` under `metadata` names Defender alone.
    pub fn runs_in_sentinel(&self) -> bool {
        !self.runs_in_defender() || self.runs_in("Sentinel")
    }

    /// Whether the rule runs in Defender, as a custom detection: where `runsIn` under `metadata` names it.
    pub fn runs_in_defender(&self) -> bool {
        self.runs_in("Defender")
    }

    fn runs_in(&self, product: &str) -> bool {
        let Some(named) = self.metadata.as_ref().and_then(|metadata| metadata.value.get("runsIn")) else {
            return false;
        };
        let is_it =
            |name: &serde_json::Value| name.as_str().is_some_and(|it| it.eq_ignore_ascii_case(product));
        is_it(named) || named.as_array().is_some_and(|names| names.iter().any(is_it))
    }

    /// Whether the rule is to run; absent means yes.
    pub fn is_enabled(&self) -> bool {
        self.enabled.as_ref().is_none_or(|enabled| enabled.value)
    }

    /// The display name, or a stand-in for messages.
    pub fn display_name(&self) -> &str {
        self.name.as_ref().map_or("(rule without a name)", |name| name.value.as_str())
    }
}
