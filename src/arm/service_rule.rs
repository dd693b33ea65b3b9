//! Analytics rules without a query of one's own: those that make incidents of another product's alerts, and those that
//! come whole from their template and are only enabled or disabled.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::alert_rule::SEVERITIES;
use super::canonical::{self, null_as_default};

/// The kind of such a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ServiceRuleKind {
    /// Makes incidents of the alerts of another product.
    MicrosoftSecurityIncidentCreation,
    /// Correlates signals of many products.
    Fusion,
    /// Matches indicators against logs.
    ThreatIntelligence,
    /// Finds anomalies by machine learning.
    #[serde(rename = "MLBehaviorAnalytics")]
    MlBehaviorAnalytics,
}

impl ServiceRuleKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::MicrosoftSecurityIncidentCreation,
        Self::Fusion,
        Self::ThreatIntelligence,
        Self::MlBehaviorAnalytics,
    ];

    /// The service's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MicrosoftSecurityIncidentCreation => "MicrosoftSecurityIncidentCreation",
            Self::Fusion => "Fusion",
            Self::ThreatIntelligence => "ThreatIntelligence",
            Self::MlBehaviorAnalytics => "MLBehaviorAnalytics",
        }
    }

    /// Whether all but `enabled` comes from the template.
    pub fn is_from_template(self) -> bool {
        self != Self::MicrosoftSecurityIncidentCreation
    }
}

/// The body of such a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceRule {
    /// The kind.
    pub kind: ServiceRuleKind,
    /// All else.
    pub properties: ServiceRuleProperties,
}

/// The properties that picket writes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRuleProperties {
    /// The name people see; that of the template where the rule comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What the rule is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it runs.
    pub enabled: bool,
    /// The template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_rule_template_name: Option<String>,
    /// The product whose alerts become incidents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_filter: Option<String>,
    /// Texts of which the alert's name has to hold one.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub display_names_filter: Vec<String>,
    /// Texts of which the alert's name must hold none.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub display_names_exclude_filter: Vec<String>,
    /// Severities of the alerts.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub severities_filter: Vec<String>,
}

/// The one form in which two such rules are compared, if `body` is one. What comes from the template is left out: it is
/// not for a project to say, and a request that says it is refused.
pub fn normalise(body: &Value) -> Option<Value> {
    let mut rule = ServiceRule::deserialize(body).ok()?;
    let properties = &mut rule.properties;
    if rule.kind.is_from_template() {
        *properties = ServiceRuleProperties {
            enabled: properties.enabled,
            alert_rule_template_name: properties.alert_rule_template_name.take(),
            ..ServiceRuleProperties::default()
        };
    }
    for text in [
        &mut properties.display_name,
        &mut properties.description,
        &mut properties.alert_rule_template_name,
        &mut properties.product_filter,
    ] {
        canonical::optional(text);
    }
    properties.severities_filter.iter_mut().for_each(|severity| canonical::word(severity, &SEVERITIES));
    for set in [
        &mut properties.display_names_filter,
        &mut properties.display_names_exclude_filter,
        &mut properties.severities_filter,
    ] {
        canonical::sort_set(set);
    }
    serde_json::to_value(rule).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_template_says_is_no_difference() {
        let sent = json!({"kind": "Fusion", "properties": {"enabled": true, "alertRuleTemplateName": "t"}});
        let answered = json!({"id": "i", "etag": "e", "kind": "Fusion", "properties": {"enabled": true,
            "alertRuleTemplateName": "t", "displayName": "Advanced Multistage Attack Detection", "severity": "High",
            "tactics": ["Collection"], "lastModifiedUtc": "2026-11-24T00:00:00Z"}});
        assert_eq!(normalise(&sent), normalise(&answered));
        assert_eq!(normalise(&answered), Some(sent.clone()), "and is not sent again");
        let disabled =
            json!({"kind": "Fusion", "properties": {"enabled": false, "alertRuleTemplateName": "t"}});
        assert_ne!(normalise(&sent), normalise(&disabled));
        assert_eq!(normalise(&json!({"kind": "Scheduled", "properties": {"enabled": true}})), None);
    }
}
