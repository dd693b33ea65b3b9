//! Custom detections of Defender XDR: `security/rules/detectionRules` of Microsoft Graph.
//!
//! Until October 2026 rules said `isEnabled`, `schedule.period`, `category`, `mitreTechniques`, `impactedAssets` and
//! `responseActions`; since then they say `status`, `schedule.frequency`, `tactics`, `entityMappings` and
//! `automatedActions`. Both are read, the newer is written. Graph has no metadata about other resources: whose a rule
//! is stands in the last line of its `description`, which alerts do not show.

use serde_json::{Map, Value, json};

use super::alert_rule::tactic;
use super::workspace::segment;
use super::{ApiVersion, Applied, canonical};

/// The version of Microsoft Graph.
pub const GRAPH: &str = "v1.0";
/// The path of the collection below the version.
pub const COLLECTION: &str = "security/rules/detectionRules";
/// The path of the collection in a request.
pub fn collection_path() -> String {
    format!("/{GRAPH}/{COLLECTION}")
}

/// The path of the rule `id` in a request.
pub fn path(id: &str) -> String {
    format!("/{GRAPH}/{COLLECTION}/{}", segment(id))
}

/// What answers carry and requests must not.
pub const READ_ONLY: [&str; 9] = [
    "@odata.context",
    "createdBy",
    "createdDateTime",
    "detectorId",
    "etag",
    "lastModifiedBy",
    "lastModifiedDateTime",
    "lastRunDetails",
    "name",
];
/// How often a rule may run; `PT0S` is without a pause.
pub const FREQUENCIES: [&str; 5] = ["PT0S", "PT1H", "PT3H", "PT12H", "P1D"];
/// The severities of an alert.
pub const SEVERITIES: [&str; 4] = ["informational", "low", "medium", "high"];
/// Whether a rule runs.
pub const STATUSES: [&str; 3] = ["enabled", "disabled", "autoDisabled"];

/// The older words for how often a rule runs.
const PERIODS: [(&str, &str); 5] =
    [("0", "PT0S"), ("1H", "PT1H"), ("3H", "PT3H"), ("12H", "PT12H"), ("24H", "P1D")];

/// The older names of actions, without `ResponseAction`, and the newer ones.
const ACTIONS: [(&str, &str); 16] = [
    ("allowFile", "allowFiles"),
    ("blockFile", "blockFiles"),
    ("collectInvestigationPackage", "collectInvestigationPackages"),
    ("disableUser", "disableUsers"),
    ("forceUserPasswordReset", "forceUserPasswordResets"),
    ("hardDelete", "hardDeleteEmails"),
    ("initiateInvestigation", "initiateInvestigations"),
    ("isolateDevice", "isolateDevices"),
    ("markUserAsCompromised", "markUsersAsCompromised"),
    ("moveToDeletedItems", "moveEmailsToDeletedItems"),
    ("moveToInbox", "moveEmailsToInbox"),
    ("moveToJunk", "moveEmailsToJunk"),
    ("restrictAppExecution", "restrictAppExecutions"),
    ("runAntivirusScan", "runAntivirusScans"),
    ("softDelete", "softDeleteEmails"),
    ("stopAndQuarantineFile", "stopAndQuarantineFiles"),
];

/// The older word for a frequency.
pub fn period(frequency: &str) -> Option<&'static str> {
    PERIODS.iter().find(|(_, newer)| *newer == frequency).map(|(older, _)| *older)
}

/// No version but this one is spoken.
pub fn api_version(_body: &Value) -> ApiVersion {
    ApiVersion::stable(GRAPH)
}

/// Whether the service disabled the rule because it failed again and again.
pub fn is_auto_disabled(body: &Value) -> bool {
    body["status"] == "autoDisabled"
}

/// The one form in which two rules are compared, in the newer dialect; what has no counterpart there stays as it is.
pub fn normalise(body: &Value) -> Value {
    let mut rule = canonical::request(body, &READ_ONLY);
    strip_types(&mut rule);
    let Some(fields) = rule.as_object_mut() else { return rule };
    fields.remove("id");
    if let Some(enabled) = fields.remove("isEnabled") {
        let status = if enabled == Value::Bool(false) { "disabled" } else { "enabled" };
        fields.entry("status").or_insert_with(|| status.into());
    }
    fields.entry("status").or_insert_with(|| "enabled".into());
    if let Some(text) = fields.get("description").and_then(Value::as_str) {
        let text = unmarked(text).trim().replace("\r\n", "\n");
        fields.insert("description".to_owned(), text.into());
    }
    if let Some(query) = rule["queryCondition"].as_object_mut() {
        query.remove("lastModifiedDateTime");
        if let Some(Value::String(text)) = query.get_mut("queryText") {
            *text = text.replace("\r\n", "\n").trim_end().to_owned();
        }
    }
    if let Some(schedule) = rule["schedule"].as_object_mut() {
        schedule.remove("nextRunDateTime");
        let period = schedule.remove("period");
        let period =
            period.as_ref().map(|period| period.as_str().map_or_else(|| period.to_string(), str::to_owned));
        let known = period.and_then(|period| {
            PERIODS
                .iter()
                .find(|(old, _)| old.eq_ignore_ascii_case(&period))
                .map(|(_, new)| (*new).to_owned())
        });
        let frequency = schedule.get("frequency").and_then(Value::as_str).and_then(super::iso_duration);
        if let Some(frequency) = frequency.or(known) {
            schedule.insert("frequency".to_owned(), frequency.into());
        }
    }
    if let Some(action) = rule["detectionAction"].as_object_mut() {
        modernise_actions(action);
        if let Some(template) = action.get_mut("alertTemplate").and_then(Value::as_object_mut) {
            modernise_template(template);
        }
    }
    remove_empty(&mut rule);
    rule
}

/// What a rule of the older dialect says that the newer one cannot.
pub fn untranslated(rule: &Value) -> Vec<&'static str> {
    let action = &rule["detectionAction"];
    let mut left = Vec::new();
    for (name, value) in [
        ("responseActions", &action["responseActions"]),
        ("impactedAssets", &action["alertTemplate"]["impactedAssets"]),
        ("mitreTechniques", &action["alertTemplate"]["mitreTechniques"]),
    ] {
        if !value.is_null() {
            left.push(name);
        }
    }
    left
}

/// Removes the types that only say what the place says, at any depth. Those of the older actions and assets say more.
fn strip_types(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let is_older = |kind: &Value| {
                kind.as_str().is_some_and(|kind| kind.ends_with("ResponseAction") || kind.ends_with("Asset"))
            };
            if fields.get("@odata.type").is_some_and(|kind| !is_older(kind)) {
                fields.remove("@odata.type");
            }
            fields.values_mut().for_each(strip_types);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_types),
        _ => {}
    }
}

fn remove_empty(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.values_mut().for_each(remove_empty);
        fields.retain(|_, value| match value {
            Value::Object(fields) => !fields.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::String(text) => !text.is_empty(),
            _ => true,
        });
    }
}

/// `#microsoft.graph.security.isolateDeviceResponseAction` as `isolateDevice`.
fn older_kind<'a>(item: &'a Value, suffix: &str) -> Option<&'a str> {
    item["@odata.type"].as_str()?.rsplit('.').next()?.strip_suffix(suffix)
}

/// The column that an older identifier names: `deviceId` is `DeviceId`, `sha1` is `SHA1`.
fn column(identifier: &str) -> String {
    if identifier.eq_ignore_ascii_case("sha1") || identifier.eq_ignore_ascii_case("sha256") {
        return identifier.to_ascii_uppercase();
    }
    let mut letters = identifier.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn modernise_actions(action: &mut Map<String, Value>) {
    let Some(Value::Array(older)) = action.remove("responseActions") else { return };
    let (mut newer, mut left) = (Map::new(), Vec::new());
    for item in older {
        let list = older_kind(&item, "ResponseAction")
            .and_then(|kind| ACTIONS.iter().find(|(old, _)| *old == kind))
            .map(|(_, new)| *new);
        match list.zip(item["identifier"].as_str()) {
            Some((list, identifier)) => {
                let mut made = Map::new();
                for part in identifier.split(',').map(str::trim) {
                    made.insert(action_key(part).to_owned(), column(part).into());
                }
                for key in ["isolationType", "deviceGroupNames"] {
                    if let Some(value) = item.get(key) {
                        made.insert(key.to_owned(), value.clone());
                    }
                }
                let list = newer.entry(list).or_insert_with(|| json!([]));
                if let Some(list) = list.as_array_mut() {
                    list.push(Value::Object(made));
                }
            }
            None => left.push(item),
        }
    }
    if !left.is_empty() {
        action.insert("responseActions".to_owned(), left.into());
    }
    if !newer.is_empty() {
        action.entry("automatedActions").or_insert_with(|| Value::Object(newer));
    }
}

fn action_key(identifier: &str) -> &'static str {
    let lower = identifier.to_ascii_lowercase();
    let ends = |end: &str| lower.ends_with(end);
    match () {
        () if ends("sha1") => "sha1Column",
        () if ends("sha256") => "sha256Column",
        () if ends("networkmessageid") => "networkMessageIdColumn",
        () if ends("recipientemailaddress") => "recipientColumn",
        () if ends("deviceid") => "deviceIdColumn",
        () if ends("sid") => "accountSidColumn",
        () => "accountObjectIdColumn",
    }
}

fn modernise_template(template: &mut Map<String, Value>) {
    for name in ["title", "description", "recommendedActions"] {
        if let Some(Value::String(text)) = template.get_mut(name) {
            *text = text.replace("\r\n", "\n").trim().to_owned();
        }
    }
    if let Some(Value::String(severity)) = template.get_mut("severity") {
        severity.make_ascii_lowercase();
    }
    if let Some(Value::String(category)) = template.remove("category") {
        let techniques: Vec<Value> = match template.remove("mitreTechniques") {
            Some(Value::Array(ids)) => techniques(ids.iter().filter_map(Value::as_str)),
            _ => Vec::new(),
        };
        let mut made = json!({ "tactic": tactic(&category) });
        if !techniques.is_empty() {
            made["techniques"] = techniques.into();
        }
        template.entry("tactics").or_insert_with(|| json!([made]));
    }
    if let Some(Value::Array(tactics)) = template.get_mut("tactics") {
        canonical::sort_set(tactics);
    }
    if let Some(Value::Array(assets)) = template.remove("impactedAssets") {
        let (mut newer, mut left) = (Map::new(), Vec::new());
        for asset in assets {
            match older_kind(&asset, "Asset").zip(asset["identifier"].as_str()).and_then(entity) {
                Some((list, key, column)) => {
                    let list = newer.entry(list).or_insert_with(|| json!([]));
                    if let Some(list) = list.as_array_mut() {
                        list.push(json!({ key: column }));
                    }
                }
                None => left.push(asset),
            }
        }
        if !left.is_empty() {
            template.insert("impactedAssets".to_owned(), left.into());
        }
        if !newer.is_empty() {
            template.entry("entityMappings").or_insert_with(|| Value::Object(newer));
        }
    }
}

/// Techniques with their sub-techniques below them.
pub fn techniques<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<Value> {
    let mut made: Vec<(String, Vec<String>)> = Vec::new();
    for id in ids {
        let id = id.trim().to_ascii_uppercase();
        let parent = id.split_once('.').map_or(id.as_str(), |(parent, _)| parent).to_owned();
        let at = made.iter().position(|(known, _)| *known == parent).unwrap_or_else(|| {
            made.push((parent.clone(), Vec::new()));
            made.len() - 1
        });
        if id != parent {
            made[at].1.push(id);
        }
    }
    made.sort();
    let item = |(technique, subs): (String, Vec<String>)| match subs.is_empty() {
        true => json!({ "technique": technique }),
        false => json!({ "technique": technique, "subTechniques": subs }),
    };
    made.into_iter().map(item).collect()
}

fn entity((kind, identifier): (&str, &str)) -> Option<(&'static str, &'static str, String)> {
    let ends = |end: &str| identifier.to_ascii_lowercase().ends_with(end);
    let (list, key) = match kind {
        "impactedDevice" if ends("deviceid") => ("hosts", "deviceIdColumn"),
        "impactedDevice" => ("hosts", "nameColumn"),
        "impactedMailbox" => ("mailboxes", "primaryAddressColumn"),
        "impactedUser" if ends("objectid") || ends("principalid") => ("accounts", "aadUserIdColumn"),
        "impactedUser" if ends("sid") => ("accounts", "sidColumn"),
        "impactedUser" if ends("upn") => ("accounts", "upnColumn"),
        "impactedUser" if ends("domain") => ("accounts", "ntDomainColumn"),
        "impactedUser" => ("accounts", "nameColumn"),
        _ => return None,
    };
    Some((list, key, column(identifier)))
}

const MARK_BEGINS: &str = "[picket/";
const PROJECT: &str = " project=";

/// What the last line of a description says of whose a rule is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The project.
    pub project: String,
    /// What it last applied; nothing where another version wrote it.
    pub applied: Option<Applied>,
}

impl Mark {
    /// The mark of `body`, if it has one.
    pub fn of(body: &Value) -> Option<Self> {
        let line = body["description"].as_str()?.trim_end().lines().next_back()?;
        let inside = line.strip_prefix('[').filter(|_| line.starts_with(MARK_BEGINS))?.strip_suffix(']')?;
        let (applied, project) = inside.split_once(PROJECT)?;
        Some(Self { project: project.to_owned(), applied: Applied::parse(applied) })
    }

    /// The line.
    pub fn text(&self) -> String {
        let applied = self.applied.as_ref().map(Applied::text).unwrap_or_default();
        format!("[{applied}{PROJECT}{}]", self.project)
    }

    /// Takes the mark of whoever off the description of `body`.
    pub fn remove(body: &mut Value) {
        if let Some(text) = body["description"].as_str().map(|text| unmarked(text).trim_end().to_owned()) {
            body["description"] = text.into();
        }
    }

    /// Puts the mark below the description of `body`.
    pub fn put(&self, body: &mut Value) {
        let text = body["description"].as_str().map(unmarked).unwrap_or_default().trim_end();
        let gap = if text.is_empty() { "" } else { "\n\n" };
        body["description"] = format!("{text}{gap}{}", self.text()).into();
    }
}

/// A description without its mark.
fn unmarked(text: &str) -> &str {
    let text = text.trim_end();
    match text.rfind(MARK_BEGINS) {
        Some(at) if text.ends_with(']') && (at == 0 || text[..at].ends_with('\n')) => &text[..at],
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_dialects_are_one_form() {
        let older = json!({"id": "7506", "displayName": "d", "isEnabled": true, "detectorId": "x",
            "createdBy": "a", "lastModifiedDateTime": "2026-01-01T00:00:00Z",
            "queryCondition": {"queryText": "DeviceEvents\r\n", "lastModifiedDateTime": "2026-01-01T00:00:00Z"},
            "schedule": {"period": "24H", "nextRunDateTime": "2026-01-02T00:00:00Z"},
            "detectionAction": {"alertTemplate": {"title": "t", "description": "d\n", "severity": "High",
                "category": "LateralMovement", "mitreTechniques": ["T1047", "T1021.002", "T1021"],
                "impactedAssets": [
                    {"@odata.type": "#microsoft.graph.security.impactedDeviceAsset", "identifier": "deviceId"},
                    {"@odata.type": "#microsoft.graph.security.impactedUserAsset",
                        "identifier": "initiatingProcessAccountUpn"}]},
                "responseActions": [
                    {"@odata.type": "#microsoft.graph.security.isolateDeviceResponseAction",
                        "identifier": "deviceId", "isolationType": "selective"},
                    {"@odata.type": "#microsoft.graph.security.softDeleteResponseAction",
                        "identifier": "networkMessageId,recipientEmailAddress"}]}});
        let newer = json!({"id": "7506", "displayName": "d", "status": "enabled",
            "queryCondition": {"queryText": "DeviceEvents"}, "schedule": {"frequency": "PT24H"},
            "detectionAction": {"@odata.type": "#microsoft.graph.security.detectionAction", "organizationalScope": null,
                "alertTemplate": {"title": "t", "description": "d", "severity": "high", "recommendedActions": null,
                "tactics": [{"tactic": "LateralMovement", "techniques": [
                    {"technique": "T1021", "subTechniques": ["T1021.002"]}, {"technique": "T1047"}]}],
                "entityMappings": {"hosts": [{"deviceIdColumn": "DeviceId"}],
                    "accounts": [{"upnColumn": "InitiatingProcessAccountUpn"}], "ips": []}},
                "automatedActions": {
                    "isolateDevices": [{"deviceIdColumn": "DeviceId", "isolationType": "selective"}],
                    "softDeleteEmails": [{"networkMessageIdColumn": "NetworkMessageId",
                        "recipientColumn": "RecipientEmailAddress"}]}}});
        assert_eq!(normalise(&older), normalise(&newer));
        assert_eq!(normalise(&normalise(&older)), normalise(&older));
        assert_eq!(untranslated(&normalise(&older)), [""; 0]);
    }

    #[test]
    fn what_has_no_counterpart_is_not_lost() {
        let older = json!({"detectionAction": {"responseActions": [
            {"@odata.type": "#microsoft.graph.security.nukeResponseAction", "identifier": "deviceId"}]}});
        assert_eq!(untranslated(&normalise(&older)), ["responseActions"]);
    }

    #[test]
    fn the_mark_reads_back_and_is_no_difference() {
        let applied = Some(Applied { digest: "abcdef0123".into(), commit: Some("989beaf0c1".into()) });
        let mark = Mark { project: "soc west".into(), applied };
        for text in ["", "One line", "Two\nlines"] {
            let mut body = json!({"displayName": "d", "description": text});
            let before = normalise(&body);
            mark.put(&mut body);
            assert_eq!(Mark::of(&body).as_ref(), Some(&mark));
            assert_eq!(normalise(&body), before);
            let once = body.clone();
            mark.put(&mut body);
            assert_eq!(body, once);
        }
        assert_eq!(Mark::of(&json!({"description": "see [picket/1] there"})), None);
    }
}
