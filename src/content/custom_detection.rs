//! Custom detections of Defender XDR, as Microsoft Graph has them.

use serde_json::Value;
use uuid::Uuid;

use super::reader::Reader;
use crate::arm::detection_rule::{self, FREQUENCIES, SEVERITIES, STATUSES};
use crate::diag::Diagnostic;
use crate::rule;
use crate::text::{SourceId, Spanned};
use crate::yaml::Node;

/// Those of both dialects, and what an export brings along.
const KEYS: [&str; 15] = [
    "@odata.type",
    "createdBy",
    "createdDateTime",
    "description",
    "detectionAction",
    "detectorId",
    "displayName",
    "id",
    "isEnabled",
    "lastModifiedBy",
    "lastModifiedDateTime",
    "lastRunDetails",
    "queryCondition",
    "schedule",
    "status",
];

/// A custom detection.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomDetection {
    /// The file it was read from.
    pub source: SourceId,
    /// `id`: the id of the rule; without one it comes from the name, where it then points.
    pub id: Spanned<String>,
    /// `displayName`
    pub name: String,
    /// The rule in the newer dialect.
    pub body: Value,
}

impl CustomDetection {
    /// Reads `node`; nothing when what has to be there is not.
    pub(super) fn read(source: SourceId, node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = findings.len();
        let mut reader = Reader::new(source, "custom detection", node, &KEYS, findings)?;
        let name = reader.required("displayName");
        let id = match reader.value("id") {
            Some(_) => reader.id(),
            // A file without an id is the same rule as long as it has the same name.
            None => name.as_ref().map(|name| Spanned::new(id_of(&name.value), name.range)),
        };
        reader.word("status", &STATUSES[..2]);
        let schedule = reader.needed("schedule");
        let action = reader.needed("detectionAction");
        let body = detection_rule::normalise(&rule::to_json(node));
        if let Some(schedule) = schedule {
            let frequency = body["schedule"]["frequency"].as_str();
            if !frequency.is_some_and(|frequency| FREQUENCIES.contains(&frequency)) {
                let message = "the schedule is none that Defender has";
                reader.bad(
                    schedule.range,
                    message,
                    "write `frequency`: PT0S (continuous), PT1H, PT3H, PT12H or P1D",
                );
            }
        }
        if body["queryCondition"]["queryText"].as_str().is_none_or(str::is_empty) {
            let place = reader.value("queryCondition").map_or(node.range, |query| query.range);
            reader.bad(
                place,
                "the custom detection has no `queryText`",
                "add the query under `queryCondition`",
            );
        }
        if let Some(action) = action {
            template(&mut reader, action, &body);
        }
        if findings.len() > before {
            return None;
        }
        Some(Self { source, id: id?, name: name?.value, body })
    }
}

/// What the service asks of an alert.
fn template(reader: &mut Reader<'_, '_>, action: &Node, body: &Value) {
    let alert = &body["detectionAction"]["alertTemplate"];
    let place = action
        .as_mapping()
        .and_then(|action| action.get("alertTemplate"))
        .map_or(action.range, |it| it.range);
    for key in ["title", "description", "severity"] {
        if alert[key].as_str().is_none_or(str::is_empty) {
            reader.bad(
                place,
                format!("the alert has no `{key}`"),
                &format!("add `{key}` to `alertTemplate`"),
            );
        }
    }
    if alert["severity"].as_str().is_some_and(|severity| !SEVERITIES.contains(&severity)) {
        reader.bad(
            place,
            "the severity is none that Defender has",
            "one of informational, low, medium, high",
        );
    }
    for key in detection_rule::untranslated(body) {
        let message = format!("`{key}` holds something that Defender has no longer a word for");
        reader.bad(place, message, "write `automatedActions`, `entityMappings` and `tactics` instead");
    }
    if alert["entityMappings"].is_null() {
        reader.bad(
            place,
            "the alert names no entity",
            "add `entityMappings`, such as `hosts` with `deviceIdColumn`",
        );
    }
}

/// The id of a detection of that name.
fn id_of(name: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("picket:detection-rule:{name}").as_bytes()).to_string()
}
