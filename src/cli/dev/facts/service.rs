//! What the service takes: the values of its enumerations, and its limits.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Table;
use crate::cli::CliError;
use crate::cli::dev::generated::Generated;
use crate::rule::Duration;

/// `arm/contract/facts.json`
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    enums: BTreeMap<String, BTreeMap<String, Value>>,
    limits: BTreeMap<String, Value>,
}

/// One record a value of a property, with the API versions that name it.
pub(super) fn enums(input: &Input) -> Generated {
    let mut versions: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (version, properties) in &input.enums {
        for (property, values) in properties {
            for value in values.as_array().into_iter().flatten().filter_map(Value::as_str) {
                versions.entry((property, value)).or_default().push(version);
            }
        }
    }
    let head = [
        ("source", "bicep-types-az, microsoft.securityinsights"),
        ("version", "2025-10-01-preview"),
        ("terms", "MIT"),
    ];
    let mut table = Table::new(&head, &["property", "value", "api_versions"]);
    for ((property, value), versions) in versions {
        table.row(&[property, value, &versions.join(",")]);
    }
    table.finish("service_enums")
}

/// Names of ranges in the facts, and in the table, with their units.
const RANGES: [(&str, &str, &str); 8] = [
    ("queryFrequency", "query_frequency", "seconds"),
    ("queryPeriod", "query_period", "seconds"),
    ("suppressionDuration", "suppression_duration", "seconds"),
    ("groupingLookback", "grouping_lookback", "seconds"),
    ("triggerThreshold", "trigger_threshold", "results"),
    ("queryLength", "query_length", "characters"),
    ("entityMappings", "entity_mappings", "items"),
    ("fieldMappingsPerEntity", "field_mappings", "items"),
];

/// Names of upper bounds in the facts, and in the table, with their units.
const UPPER_BOUNDS: [(&str, &str, &str); 14] = [
    ("enabledRules", "enabled_rules", "rules"),
    ("nrtRules", "nrt_rules", "rules"),
    ("displayNameMax", "display_name_length", "characters"),
    ("descriptionMax", "description_length", "characters"),
    ("columnNameMax", "column_name_length", "characters"),
    ("customDetails", "custom_details", "items"),
    ("customDetailsKeyMax", "custom_details_key_length", "characters"),
    ("customDetailsValueMax", "custom_details_value_length", "characters"),
    ("alertDisplayNameFormatMax", "alert_display_name_format_length", "characters"),
    ("alertDescriptionFormatMax", "alert_description_format_length", "characters"),
    ("placeholdersPerFormat", "placeholders_per_format", "items"),
    ("alertsPerScheduledRun(AlertPerResult)", "alerts_per_run", "alerts"),
    ("alertsPerNrtRun", "alerts_per_nrt_run", "alerts"),
    ("crossWorkspaceQuery", "workspaces_per_query", "workspaces"),
];

/// The fact that ties a long period to a rarer run: `queryPeriod>=P2D requires queryFrequency>=PT1H`.
const LONG_PERIOD: (&str, &str) = ("queryPeriod>=", " requires queryFrequency>=");

/// One record a limit, both bounds included.
pub(super) fn limits(input: &Input) -> Result<Generated, CliError> {
    let head = [
        ("source", "Azure-Sentinel detectionTemplateSchemaValidation; the limits pages of azure-docs"),
        ("version", "2026-11-24"),
        ("terms", "MIT; CC BY 4.0"),
    ];
    let mut table = Table::new(&head, &["limit", "unit", "min", "max"]);
    for (fact, name, unit) in RANGES {
        let bounds = input.limits.get(fact).and_then(Value::as_array).map(Vec::as_slice);
        let Some([min, max]) = bounds else { return Err(unreadable(fact)) };
        let amount = |value| amount(value).ok_or_else(|| unreadable(fact));
        table.row(&[name, unit, &amount(min)?, &amount(max)?]);
    }
    for (fact, name, unit) in UPPER_BOUNDS {
        let max = input.limits.get(fact).and_then(amount).ok_or_else(|| unreadable(fact))?;
        table.row(&[name, unit, "0", &max]);
    }
    let long = input.limits.keys().find_map(|key| key.strip_prefix(LONG_PERIOD.0)?.split_once(LONG_PERIOD.1));
    let (period, frequency) = long.ok_or_else(|| unreadable(LONG_PERIOD.0))?;
    for (name, text) in [("long_query_period", period), ("long_query_period_frequency", frequency)] {
        let seconds =
            Duration::parse(text).map_err(|error| unreadable(LONG_PERIOD.0).cause(error))?.seconds();
        table.row(&[name, "seconds", &seconds.to_string(), ""]);
    }
    Ok(table.finish("service_limits"))
}

fn unreadable(fact: &str) -> CliError {
    CliError::new(format!("the limit {fact} is absent or not in the expected form"))
}

/// A number as it is, a duration in seconds.
fn amount(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        // ISO writes a day as `P1D` or `PT24H`; both are lengths here.
        Value::String(text) => Duration::parse(text).ok().map(|length| length.seconds().to_string()),
        _ => None,
    }
}
