//! Coverage as a layer of the ATT&CK Navigator, in version 4.5 of its format.

use serde_json::{Value, json};

use super::{Coverage, Covered};
use crate::catalog::Domain;

/// The version of the layer format.
pub const LAYER_VERSION: &str = "4.5";

/// The colours of the fewest and the most rules.
const COLORS: [&str; 2] = ["#cfe8d5", "#1b6b3a"];

/// The layer of `coverage`, called `name`. The score of a technique is the number of rules that name it.
pub fn layer(coverage: &Coverage, name: &str) -> Value {
    let mut techniques = Vec::new();
    let mut most = 1;
    for column in &coverage.columns {
        for technique in &column.techniques {
            most = most.max(technique.rules.len());
            for part in &technique.parts {
                most = most.max(part.rules.len());
            }
            if technique.is_covered() {
                techniques.push(entry(coverage, column.shortname, technique));
                let parts = technique.parts.iter().filter(|part| !part.rules.is_empty());
                techniques.extend(parts.map(|part| entry(coverage, column.shortname, part)));
            }
        }
    }
    let domain = match coverage.domain {
        Domain::Mobile => "mobile-attack",
        Domain::Ics => "ics-attack",
        Domain::Enterprise | Domain::Pre => "enterprise-attack",
    };
    let major = coverage.version.split('.').next().unwrap_or(coverage.version);
    let (all, covered) = coverage.total();
    json!({
        "name": name,
        "versions": {"attack": major, "navigator": "5.1.0", "layer": LAYER_VERSION},
        "domain": domain,
        "description": format!("{covered} of {all} techniques have a rule, {} a tested one", coverage.tested_techniques()),
        "sorting": 3,
        "layout": {
            "layout": "side",
            "aggregateFunction": "sum",
            "showID": true,
            "showName": true,
            "showAggregateScores": true,
            "countUnscored": false,
            "expandedSubtechniques": "none",
        },
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": {"colors": COLORS, "minValue": 1, "maxValue": most.max(2)},
        "legendItems": [],
        "metadata": [],
        "links": [],
        "showTacticRowBackground": false,
        "selectTechniquesAcrossTactics": false,
        "selectSubtechniquesWithParent": false,
        "selectVisibleTechniques": false,
    })
}

fn entry(coverage: &Coverage, tactic: &str, covered: &Covered) -> Value {
    let rules = covered.rules.iter().map(|at| &coverage.rules[*at]);
    let alerting = rules.clone().filter(|rule| rule.alerts).count();
    let tested = rules.clone().filter(|rule| rule.tested).count();
    let names = rules.clone().take(20).map(|rule| rule.name.as_str()).collect::<Vec<_>>().join("\n");
    let more = covered.rules.len().saturating_sub(20);
    let comment = if more > 0 { format!("{names}\nand {more} more") } else { names };
    let mut entry = json!({
        "techniqueID": covered.id,
        "tactic": tactic,
        "comment": comment,
        "enabled": true,
        "metadata": [
            {"name": "rules", "value": covered.rules.len().to_string()},
            {"name": "enabled analytics rules", "value": alerting.to_string()},
            {"name": "tested rules", "value": tested.to_string()},
        ],
        "links": [],
        "showSubtechniques": covered.parts.iter().any(|part| !part.rules.is_empty()),
    });
    if !covered.rules.is_empty()
        && let Some(object) = entry.as_object_mut()
    {
        object.insert("score".to_owned(), json!(covered.rules.len()));
    }
    entry
}
