//! The keys of content files in canonical order, as [`rule::keys`](crate::rule::keys) has those of rules. Reading, the
//! JSON Schema and formatting follow from them.

use super::Content;
use crate::arm::ResourceKind;
use crate::rule::keys::{Key, Table, ValueType};

use ValueType::{Any, Bool, Duration, Integer, Mapping, Mappings, Query, Text, TextList};

const fn key(name: &'static str, value: ValueType, doc: &'static str) -> Key {
    Key { name, aliases: &[], value, kinds: &[], required: &[], doc }
}

const fn table(what: &'static str, path: &'static str, keys: &'static [Key]) -> Table {
    Table { what, path, keys }
}

/// The keys of a watchlist.
pub static WATCHLIST: Table = table(
    "a watchlist",
    "",
    &[
        key("alias", Text, "What `_GetWatchlist` takes, and the name of the resource."),
        key("name", Text, "The name people see."),
        key("description", Text, "What it is for."),
        key("searchKey", Text, "The column that queries join by."),
        key("labels", TextList, "Words about it."),
        key("defaultDuration", Duration, "How long items count, such as `90d`."),
        key("items", Text, "The CSV file with the items, relative to this file."),
    ],
);

/// The keys of a function.
pub static FUNCTION: Table = table(
    "a function",
    "",
    &[
        key("id", Text, "The name of the resource; the function's name, unless another is given."),
        key("name", Text, "What queries call it."),
        key("displayName", Text, "The name people see; the function's name, unless another is given."),
        key("category", Text, "The group in which the portal shows it."),
        key("parameters", Text, "Its parameters, such as `since: timespan = 1d`."),
        key("body", Query, "Its query."),
    ],
);

/// The keys of an analytics rule whose query is the service's.
pub static SERVICE_RULE: Table = table(
    "a rule of the service",
    "",
    &[
        key("kind", Text, "Which of them it is."),
        key("id", Text, "The name of the resource."),
        key("name", Text, "The name people see; that of the template where the rule comes from one."),
        key("description", Text, "What it is for."),
        key("enabled", Bool, "Whether it runs; absent means that it does."),
        key("alertRuleTemplateName", Text, "The template it comes from."),
        key("productFilter", Text, "The product whose alerts become incidents."),
        key("displayNamesFilter", TextList, "Texts of which the alert's name has to hold one."),
        key("displayNamesExcludeFilter", TextList, "Texts of which the alert's name must hold none."),
        key("severitiesFilter", TextList, "Severities of the alerts."),
    ],
);

/// The keys of an automation rule.
pub static AUTOMATION_RULE: Table = table(
    "an automation rule",
    "",
    &[
        key("kind", Text, "`AutomationRule`, for whoever wants to say it."),
        key("id", Text, "The name of the resource."),
        key("name", Text, "The name people see."),
        key("order", Integer, "Its place among automation rules, 1 to 1000."),
        key("triggeringLogic", Mapping(&TRIGGER), "When it runs."),
        key("actions", Mappings(&ACTION), "What it does."),
    ],
);

/// The keys below `triggeringLogic`.
pub static TRIGGER: Table = table(
    "triggering logic",
    "triggeringLogic",
    &[
        key("isEnabled", Bool, "Whether the rule runs; absent means that it does."),
        key("expirationTimeUtc", Text, "When it ends."),
        key("triggersOn", Text, "Incidents or alerts."),
        key("triggersWhen", Text, "When they are made, or updated."),
        key("conditions", Mappings(&CONDITION), "What has to hold."),
    ],
);

static CONDITION: Table = table(
    "a condition",
    "triggeringLogic.conditions",
    &[
        key("conditionType", Text, "What is compared."),
        key("conditionProperties", Any, "With what, and how."),
    ],
);

/// The keys of an action.
pub static ACTION: Table = table(
    "an action",
    "actions",
    &[
        key("order", Integer, "Its place among the actions; that in the list, unless another is given."),
        key("actionType", Text, "What is done."),
        key("actionConfiguration", Any, "How."),
    ],
);

/// The keys of a custom detection: those of both dialects, and what an export brings along.
pub static CUSTOM_DETECTION: Table = table(
    "a custom detection",
    "",
    &[
        key("@odata.type", Text, "What an export brings along."),
        key("id", Text, "The id of the rule; without one it comes from the name."),
        key("displayName", Text, "The name people see."),
        key("description", Text, "What it is for; alerts do not show it."),
        key("status", Text, "`enabled`, unless it says `disabled`."),
        key("isEnabled", Bool, "The same, until October 2026."),
        key("queryCondition", Mapping(&QUERY_CONDITION), "What it looks for."),
        key("schedule", Mapping(&SCHEDULE), "How often it runs."),
        key("detectionAction", Mapping(&DETECTION_ACTION), "What becomes of results."),
        key("detectorId", Text, "What an export brings along."),
        key("createdBy", Text, "What an export brings along."),
        key("createdDateTime", Text, "What an export brings along."),
        key("lastModifiedBy", Text, "What an export brings along."),
        key("lastModifiedDateTime", Text, "What an export brings along."),
        key("lastRunDetails", Any, "What an export brings along."),
    ],
);

static QUERY_CONDITION: Table =
    table("a query condition", "queryCondition", &[key("queryText", Query, "The query.")]);

static SCHEDULE: Table = table(
    "a schedule",
    "schedule",
    &[
        key("frequency", Text, "How often it runs: PT0S (continuous), PT1H, PT3H, PT12H or P1D."),
        key("period", Text, "The same, until October 2026."),
    ],
);

static DETECTION_ACTION: Table = table(
    "a detection action",
    "detectionAction",
    &[
        key("alertTemplate", Mapping(&ALERT_TEMPLATE), "The alert."),
        key("automatedActions", Any, "What is done at once."),
        key("responseActions", Any, "The same, until October 2026."),
        key("organizationalScope", Any, "The groups of devices it is about."),
    ],
);

static ALERT_TEMPLATE: Table = table(
    "an alert template",
    "detectionAction.alertTemplate",
    &[
        key("title", Text, "Its title."),
        key("description", Text, "Its text."),
        key("severity", Text, "Its severity."),
        key("tactics", Any, "Tactics, each with its techniques."),
        key("category", Text, "The tactic, until October 2026."),
        key("mitreTechniques", TextList, "The techniques, until October 2026."),
        key("recommendedActions", Text, "What whoever reads it should do."),
        key("entityMappings", Any, "Entities, and the columns that hold them."),
        key("impactedAssets", Any, "The same, until October 2026."),
        key("customDetails", Any, "Columns that the alert shows."),
    ],
);

impl Content {
    /// Its keys.
    pub fn table(&self) -> &'static Table {
        match self {
            Self::Watchlist(_) => &WATCHLIST,
            Self::Function(_) => &FUNCTION,
            Self::ServiceRule(_) => &SERVICE_RULE,
            Self::AutomationRule(_) => &AUTOMATION_RULE,
            Self::CustomDetection(_) => &CUSTOM_DETECTION,
        }
    }
}

/// The keys of what a file of content says of resources of `kind`; nothing for what stands in rule files alone.
pub fn table_of(kind: ResourceKind) -> Option<&'static Table> {
    match kind {
        ResourceKind::Watchlist => Some(&WATCHLIST),
        ResourceKind::Function => Some(&FUNCTION),
        ResourceKind::AlertRule => Some(&SERVICE_RULE),
        ResourceKind::AutomationRule => Some(&AUTOMATION_RULE),
        ResourceKind::CustomDetection => Some(&CUSTOM_DETECTION),
        ResourceKind::SavedSearch | ResourceKind::Metadata => None,
    }
}
