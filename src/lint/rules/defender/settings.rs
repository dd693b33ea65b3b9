//! PK622: settings that custom detections do not have.

use super::is_for_defender;
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind, TriggerOperator};
use crate::text::TextRange;

declare_lint! {
    /// ## What it does
    /// Reports settings of a rule with `runsIn: Defender` under `metadata` that custom detections do not have: another
    /// frequency than 1, 3, 12 or 24 hours, a period beyond what Defender looks back, a threshold, suppression, no incident.
    ///
    /// ## Why is this bad
    /// Defender refuses the custom detection that the rule is deployed as, or it raises other alerts than the rule.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Program from a temporary folder
    /// kind: Scheduled
    /// description: Finds programs that run from a temporary folder.
    /// severity: Low
    /// queryFrequency: 2h
    /// queryPeriod: 2h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [Execution]
    /// relevantTechniques: [T1204]
    /// metadata: { runsIn: Defender }
    /// query: DeviceProcessEvents | where FolderPath has "Temp" | project Timestamp, DeviceId, ReportId, FileName
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Program from a temporary folder
    /// kind: Scheduled
    /// description: Finds programs that run from a temporary folder.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [Execution]
    /// relevantTechniques: [T1204]
    /// metadata: { runsIn: Defender }
    /// query: DeviceProcessEvents | where FolderPath has "Temp" | project Timestamp, DeviceId, ReportId, FileName
    /// ```
    pub(in crate::lint) static SETTINGS: "PK622", "not-in-custom-detections", Severity::Error, since "0.1.0"
}

/// The hours between two runs, and those that Defender looks back then.
const LOOKS_BACK: [(u64, u64); 4] = [(1, 4), (3, 12), (12, 48), (24, 720)];
const HOUR: u64 = 3600;

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if !is_for_defender(rule) {
        return;
    }
    let mut report = |range: TextRange, message: String, help: &str| {
        found.push(SETTINGS.at(span(rule, range), message).with_help(help));
    };
    if rule.kind == RuleKind::Hunting {
        let message = "a hunting query is no detection: Defender has no place for it".to_owned();
        report(rule.metadata.as_ref().map_or(rule.range, |it| it.range), message, "remove `runsIn`");
    }
    if let (RuleKind::Scheduled, Some(frequency)) = (rule.kind, &rule.query_frequency) {
        let seconds = frequency.value.seconds();
        match LOOKS_BACK.iter().find(|(hours, _)| hours * HOUR == seconds) {
            None => report(
                frequency.range,
                format!("Defender runs nothing every {}", frequency.value),
                "write 1h, 3h, 12h or 1d, or make it an NRT rule",
            ),
            Some((_, back)) => {
                if let Some(period) = rule.query_period.as_ref().filter(|it| it.value.seconds() > back * HOUR)
                {
                    let message =
                        format!("Defender looks back {back} hours at that frequency, not {}", period.value);
                    report(period.range, message, "look back less far, or run less often");
                }
            }
        }
    }
    if let Some(operator) =
        rule.trigger_operator.as_ref().filter(|it| it.value != TriggerOperator::GreaterThan)
    {
        report(
            operator.range,
            "Defender raises an alert for results, and for nothing else".to_owned(),
            "write `gt`",
        );
    }
    if let Some(threshold) = rule.trigger_threshold.as_ref().filter(|it| it.value != 0) {
        let message = "Defender has no threshold: each result raises an alert".to_owned();
        report(threshold.range, message, "count in the query, and write 0 here");
    }
    if let Some(enabled) = rule.suppression_enabled.as_ref().filter(|enabled| enabled.value) {
        report(enabled.range, "Defender has no suppression".to_owned(), "remove it");
    }
    let incidents = rule.incident_configuration.as_ref().and_then(|it| it.create_incident.as_ref());
    if let Some(create) = incidents.filter(|create| !create.value) {
        report(
            create.range,
            "Defender makes an incident of each alert".to_owned(),
            "remove `createIncident`",
        );
    }
}
