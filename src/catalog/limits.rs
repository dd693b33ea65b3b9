//! What the service takes at most and at least, and the values of its enumerations.

use super::table::{Table, list};

const LIMITS: Table = Table::new(include_str!("../../schemas/facts/service_limits.tsv"));
const ENUMS: Table = Table::new(include_str!("../../schemas/facts/service_enums.tsv"));

/// Bounds of an amount, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The least the service takes.
    pub min: u64,
    /// The most it takes.
    pub max: u64,
}

impl Bounds {
    /// Whether `amount` lies within.
    pub fn contains(self, amount: u64) -> bool {
        self.min <= amount && amount <= self.max
    }
}

/// Limits of the service. Lengths of time are in seconds, lengths of text in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `queryFrequency`
    pub query_frequency: Bounds,
    /// `queryPeriod`
    pub query_period: Bounds,
    /// From this period on, the frequency has a higher minimum.
    pub long_query_period: Bounds,
    /// The frequency that a long period needs.
    pub long_query_period_frequency: Bounds,
    /// `suppressionDuration`
    pub suppression_duration: Bounds,
    /// `lookbackDuration` of incident grouping.
    pub grouping_lookback: Bounds,
    /// `triggerThreshold`
    pub trigger_threshold: Bounds,
    /// `query`
    pub query_length: Bounds,
    /// `name`
    pub display_name_length: Bounds,
    /// `description`
    pub description_length: Bounds,
    /// Items of `entityMappings`.
    pub entity_mappings: Bounds,
    /// Items of `fieldMappings` in one entity mapping.
    pub field_mappings: Bounds,
    /// `columnName`
    pub column_name_length: Bounds,
    /// Entries of `customDetails`.
    pub custom_details: Bounds,
    /// A key of `customDetails`.
    pub custom_details_key_length: Bounds,
    /// A value of `customDetails`.
    pub custom_details_value_length: Bounds,
    /// `alertDisplayNameFormat`
    pub alert_display_name_format_length: Bounds,
    /// `alertDescriptionFormat`
    pub alert_description_format_length: Bounds,
    /// Placeholders in one format.
    pub placeholders_per_format: Bounds,
    /// Alerts of one run of a rule with an alert for each result.
    pub alerts_per_run: Bounds,
    /// Alerts of one run of an NRT rule with an alert for each result.
    pub alerts_per_nrt_run: Bounds,
    /// Workspaces that the query of an analytics rule reads.
    pub workspaces_per_query: Bounds,
    /// Enabled analytics rules of a workspace.
    pub enabled_rules: Bounds,
    /// NRT rules of a workspace.
    pub nrt_rules: Bounds,
}

impl Limits {
    pub(super) fn builtin() -> Self {
        let rows: Vec<[&str; 4]> = LIMITS.rows().collect();
        // A limit that the table does not have bounds nothing.
        let bounds = |name: &str| {
            let row = rows.iter().find(|[limit, ..]| *limit == name);
            let [_, _, min, max] = row.copied().unwrap_or_default();
            Bounds { min: min.parse().unwrap_or(0), max: max.parse().unwrap_or(u64::MAX) }
        };
        Self {
            query_frequency: bounds("query_frequency"),
            query_period: bounds("query_period"),
            long_query_period: bounds("long_query_period"),
            long_query_period_frequency: bounds("long_query_period_frequency"),
            suppression_duration: bounds("suppression_duration"),
            grouping_lookback: bounds("grouping_lookback"),
            trigger_threshold: bounds("trigger_threshold"),
            query_length: bounds("query_length"),
            display_name_length: bounds("display_name_length"),
            description_length: bounds("description_length"),
            entity_mappings: bounds("entity_mappings"),
            field_mappings: bounds("field_mappings"),
            column_name_length: bounds("column_name_length"),
            custom_details: bounds("custom_details"),
            custom_details_key_length: bounds("custom_details_key_length"),
            custom_details_value_length: bounds("custom_details_value_length"),
            alert_display_name_format_length: bounds("alert_display_name_format_length"),
            alert_description_format_length: bounds("alert_description_format_length"),
            placeholders_per_format: bounds("placeholders_per_format"),
            alerts_per_run: bounds("alerts_per_run"),
            alerts_per_nrt_run: bounds("alerts_per_nrt_run"),
            workspaces_per_query: bounds("workspaces_per_query"),
            enabled_rules: bounds("enabled_rules"),
            nrt_rules: bounds("nrt_rules"),
        }
    }

    /// The version of the table.
    pub fn version(&self) -> &'static str {
        LIMITS.head("version")
    }
}

/// Values that the service's contract names for a property. The service may take others: its enumerations
/// are open unless the contract says otherwise.
#[derive(Debug)]
pub struct ServiceEnums {
    rows: Vec<(&'static str, &'static str, Vec<&'static str>)>,
}

impl ServiceEnums {
    pub(super) fn builtin() -> Self {
        Self {
            rows: ENUMS.rows().map(|[property, value, versions]| (property, value, list(versions))).collect(),
        }
    }

    /// The values of `property`, such as `EventGroupingSettings.aggregationKind`, with the API versions that
    /// name each.
    pub fn values(&self, property: &str) -> impl Iterator<Item = (&'static str, &[&'static str])> {
        let of = move |row: &&(&str, _, _)| row.0 == property;
        self.rows.iter().filter(of).map(|(_, value, versions)| (*value, versions.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_limit() {
        let limits = Limits::builtin();
        assert_eq!(limits.query_frequency, Bounds { min: 300, max: 1_209_600 });
        assert_eq!(limits.long_query_period.min, 172_800);
        assert_eq!(limits.trigger_threshold, Bounds { min: 0, max: 10_000 });
        let shown = format!("{limits:?}");
        let unread: Vec<_> =
            LIMITS.rows().filter(|[name, ..]: &[&str; 4]| !shown.contains(&format!("{name}: "))).collect();
        assert!(unread.is_empty(), "the table has limits nobody reads: {unread:?}");
        assert_eq!(shown.matches("Bounds").count(), LIMITS.lines());
        let unbounded = shown.matches(&format!("min: 0, max: {}", u64::MAX)).count();
        assert_eq!(unbounded, 0, "a limit is not in the table");
    }

    #[test]
    fn lists_values_of_a_property() {
        let enums = ServiceEnums::builtin();
        let kinds: Vec<_> =
            enums.values("EventGroupingSettings.aggregationKind").map(|(value, _)| value).collect();
        assert_eq!(kinds, ["AlertPerResult", "SingleAlert"]);
        let nrt: Vec<_> = enums.values("kinds").filter(|(value, _)| *value == "NRT").collect();
        assert_eq!(nrt, [("NRT", ["2025-10-01-preview"].as_slice())]);
        assert_eq!(enums.rows.len(), ENUMS.lines());
    }
}
