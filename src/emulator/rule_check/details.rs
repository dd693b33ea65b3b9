//! Custom details, alert details and incident grouping.

use serde_json::Value;

use super::schedule::check_span;
use super::{Rule, is_name, length};
use crate::catalog::{Bounds, Catalog};
use crate::emulator::reply::Refusal;
use crate::rule::Duration;

pub(super) fn check(rule: Rule<'_>) -> Result<(), Refusal> {
    custom_details(rule.get("customDetails"))?;
    alert_details(rule.get("alertDetailsOverride"))?;
    grouping(&rule.get("incidentConfiguration")["groupingConfiguration"])
}

fn custom_details(details: &Value) -> Result<(), Refusal> {
    let limits = Catalog::builtin().limits();
    let Some(details) = details.as_object() else {
        return Ok(());
    };
    super::count("CustomDetails", details.len(), limits.custom_details)?;
    for (key, value) in details {
        length("CustomDetails key", Some(key), limits.custom_details_key_length)?;
        if !is_name(key, false) {
            return Err(Refusal::bad_request(format!("The custom detail key '{key}' is invalid.")));
        }
        length("CustomDetails value", value.as_str(), limits.custom_details_value_length)?;
    }
    Ok(())
}

fn alert_details(details: &Value) -> Result<(), Refusal> {
    let limits = Catalog::builtin().limits();
    format(
        "AlertDisplayNameFormat",
        &details["alertDisplayNameFormat"],
        limits.alert_display_name_format_length,
    )?;
    format(
        "AlertDescriptionFormat",
        &details["alertDescriptionFormat"],
        limits.alert_description_format_length,
    )
}

fn format(field: &str, format: &Value, bounds: Bounds) -> Result<(), Refusal> {
    length(field, format.as_str(), bounds)?;
    let placeholders = format.as_str().map_or(0, |text| text.matches("{{").count());
    let most = Catalog::builtin().limits().placeholders_per_format.max;
    if u64::try_from(placeholders).is_ok_and(|count| count <= most) {
        return Ok(());
    }
    Err(Refusal::bad_request(format!("The field {field} can have at most {most} placeholders.")))
}

fn grouping(grouping: &Value) -> Result<(), Refusal> {
    let lookback = grouping["lookbackDuration"].as_str().and_then(|text| Duration::parse(text).ok());
    lookback.map_or(Ok(()), |lookback| {
        let bounds = Catalog::builtin().limits().grouping_lookback;
        check_span("LookbackDuration", lookback.seconds(), bounds)
    })
}
