//! From alerts to incidents.

use std::collections::BTreeSet;

use super::alert::{Alert, Entity};
use super::document::time_span;
use crate::exec::value::DateTime;
use crate::rule::{Duration, Grouping, Rule, RuleKind};

/// The most alerts of one incident.
const MAX_ALERTS: usize = 150;
/// How long after its first alert an incident takes others, where the rule does not say.
const DEFAULT_LOOKBACK: Duration = Duration::from_hours(5);

/// An incident: its alerts by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// When its first alert was made.
    pub time: DateTime,
    /// The alerts.
    pub alerts: Vec<usize>,
}

/// The incidents that a rule's alerts make.
pub(super) fn incidents(rule: &Rule, alerts: &[Alert]) -> Vec<Incident> {
    let configuration = rule.incident_configuration.as_ref();
    let creates = configuration.and_then(|it| it.create_incident.as_ref()).is_none_or(|flag| flag.value);
    if !creates || rule.kind == RuleKind::Hunting {
        return Vec::new();
    }
    let grouping = configuration
        .and_then(|it| it.grouping.as_ref())
        .filter(|grouping| grouping.enabled.as_ref().is_some_and(|flag| flag.value));
    let mut incidents: Vec<Incident> = Vec::new();
    for (number, alert) in alerts.iter().enumerate() {
        let joined = grouping.and_then(|grouping| {
            incidents.iter_mut().find(|incident| {
                let first = incident.alerts.first().and_then(|number| alerts.get(*number));
                incident.alerts.len() < MAX_ALERTS
                    && is_in_time(grouping, incident.time, alert.time)
                    && first.is_some_and(|first| matches(grouping, first, alert))
            })
        });
        match joined {
            Some(incident) => incident.alerts.push(number),
            None => incidents.push(Incident { time: alert.time, alerts: vec![number] }),
        }
    }
    incidents
}

fn is_in_time(grouping: &Grouping, first: DateTime, alert: DateTime) -> bool {
    let lookback = grouping.lookback_duration.as_ref().map_or(DEFAULT_LOOKBACK, |duration| duration.value);
    time_span(lookback).is_some_and(|span| alert.since(first) <= span)
}

fn matches(grouping: &Grouping, first: &Alert, alert: &Alert) -> bool {
    let method = grouping.matching_method.as_ref().map_or("AllEntities", |method| method.value.as_str());
    let entities = |alert: &Alert, types: Option<&[crate::text::Spanned<String>]>| -> BTreeSet<Entity> {
        let is_meant = |entity: &&Entity| {
            types.is_none_or(|types| types.iter().any(|ty| ty.value.eq_ignore_ascii_case(&entity.ty)))
        };
        alert.entities.iter().filter(is_meant).cloned().collect()
    };
    match method {
        "AnyAlert" => true,
        "Selected" => {
            let types = Some(grouping.group_by_entities.as_slice());
            let details = grouping.group_by_alert_details.iter().all(|detail| match detail.value.as_str() {
                "DisplayName" => first.title == alert.title,
                "Severity" => first.severity == alert.severity,
                _ => true,
            });
            let custom = grouping.group_by_custom_details.iter().all(|name| {
                let values = |alert: &Alert| {
                    alert
                        .details
                        .iter()
                        .find(|(known, _)| *known == name.value)
                        .map(|(_, values)| values.clone())
                };
                values(first) == values(alert)
            });
            details && custom && entities(first, types) == entities(alert, types)
        }
        _ => entities(first, None) == entities(alert, None),
    }
}
