//! Documents that are something else than a rule.

use crate::rule::keys;
use crate::text::TextRange;
use crate::yaml::{Entry, Mapping};

/// Why a mapping is no rule.
pub(super) struct Foreign {
    pub(super) message: String,
    pub(super) help: String,
    /// The key that shows it.
    pub(super) range: Option<TextRange>,
}

/// Keys that only something else has, with what that is.
const SIGNS: [(&str, &str); 12] = [
    ("queryCondition", "a custom detection of Microsoft Defender"),
    ("detectionAction", "a custom detection of Microsoft Defender"),
    ("InputEntityType", "an exploration query of the investigation graph"),
    ("functionAlias", "a function of the workspace"),
    ("FunctionName", "a function of the workspace"),
    ("ParserQuery", "an ASIM parser"),
    ("watchlistAlias", "a watchlist"),
    ("triggeringLogic", "an automation rule"),
    ("automationRuleId", "an automation rule"),
    ("destinationTable", "a summary rule"),
    ("logsource", "a Sigma rule"),
    ("connectorUiConfig", "a data connector"),
];

/// Keys that something else has, where there is no query.
const WEAK_SIGNS: [(&str, &str); 5] = [
    ("$schema", "an ARM template or a JSON Schema"),
    ("properties", "a resource as the API has it"),
    ("resources", "an ARM template"),
    ("definition", "a playbook"),
    ("apiVersion", "a manifest of another product"),
];

/// Kinds of analytics rule without a query of one's own.
const OTHER_KINDS: [&str; 4] =
    ["Fusion", "MicrosoftSecurityIncidentCreation", "MLBehaviorAnalytics", "ThreatIntelligence"];

/// Keys that show a rule.
const RULE_KEYS: [&str; 9] = [
    "query",
    "queryFrequency",
    "queryPeriod",
    "triggerOperator",
    "triggerThreshold",
    "requiredDataConnectors",
    "tactics",
    "relevantTechniques",
    "entityMappings",
];

/// The canonical name of an entry that a rule may have.
fn known(entry: &Entry) -> Option<&'static str> {
    let key = entry.key.as_scalar()?.text.as_str();
    keys::RULE.find(key).map(|(key, _)| key.name)
}

/// What `mapping` is, if it is no Scheduled, NRT or Hunting rule.
pub(super) fn recognise(mapping: &Mapping) -> Option<Foreign> {
    let is_called = |entry: &&Entry, wanted: &str| known(entry).is_some_and(|name| name == wanted);
    // In letters of another case, too: the fix of the case alone must not make another thing of it.
    if let Some(kind) = mapping.entries.iter().find(|entry| is_called(entry, "kind")) {
        let written = kind.value.as_str().unwrap_or_default();
        if let Some(other) = OTHER_KINDS.iter().find(|other| other.eq_ignore_ascii_case(written)) {
            return Some(Foreign {
                message: format!("rules of kind `{other}` have no query"),
                help: "keep it in the folder `content`, from where it is deployed".to_owned(),
                range: Some(kind.value.range),
            });
        }
    }
    let weak: &[(&str, &str)] = if mapping.get("query").is_some() { &[] } else { &WEAK_SIGNS };
    for (key, what) in SIGNS.iter().chain(weak) {
        if let Some(entry) = mapping.entry(key) {
            return Some(Foreign {
                message: format!("the document is {what}, not a rule"),
                help: match *key {
                    "queryCondition" | "detectionAction" => {
                        "keep it in the folder `content`, from where it is deployed to Defender".to_owned()
                    }
                    _ => "keep rules in folders of their own, or leave this file out".to_owned(),
                },
                range: Some(entry.key.range),
            });
        }
    }
    let names: Vec<&str> = mapping.entries.iter().filter_map(known).collect();
    let shows_rule = names.iter().any(|name| RULE_KEYS.contains(name));
    // A rule whose query was lost is still that rule: were it none, a deployment that prunes would delete it.
    let is_named = names.contains(&"id") && names.contains(&"name");
    (!shows_rule && !is_named).then(|| Foreign {
        message: "the document has none of the keys of a rule".to_owned(),
        help: "a rule has at least `id`, `name` and `query`".to_owned(),
        range: mapping.entries.first().map(|entry| entry.key.range),
    })
}
