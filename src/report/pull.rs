//! What `picket pull` wrote, for a program.

use serde::Serialize;
use serde_json::{Value, json};

use super::schema::{object, text};

/// The format that [`pull_json`] writes.
pub const PULL_JSON_FORMAT: u64 = 1;

/// What became of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PullOutcome {
    /// It has a file now.
    #[serde(rename = "new")]
    New,
    /// Its file was changed.
    #[serde(rename = "changed")]
    Changed,
    /// Its file has comments where both sides changed an entry.
    #[serde(rename = "conflicts")]
    Conflicts,
    /// It differs by what the environment in picket.toml says, which is for a person to change.
    #[serde(rename = "left to picket.toml")]
    LeftToEnvironment,
    /// The service disabled it because it failed again and again; that is not written down.
    #[serde(rename = "disabled by the service")]
    Disabled,
}

impl PullOutcome {
    /// Each of them.
    pub const ALL: [Self; 5] =
        [Self::New, Self::Changed, Self::Conflicts, Self::LeftToEnvironment, Self::Disabled];

    /// The words in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Conflicts => "conflicts",
            Self::LeftToEnvironment => "left to picket.toml",
            Self::Disabled => "disabled by the service",
        }
    }
}

/// Content that was pulled into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PulledFile {
    /// The id of the rule, or the name that its resource has.
    pub id: String,
    /// Its name in the workspace.
    pub display_name: String,
    /// The file, relative to where picket ran; empty where there is none.
    pub file: String,
    /// What became of it.
    pub what: PullOutcome,
    /// The entries of the file that changed.
    pub entries: Vec<String>,
}

/// What was pulled as one JSON document with a line end, as [`pull_json_schema`] describes it. `others` is how much
/// content no file can hold.
pub fn pull_json(files: &[PulledFile], others: usize, dry_run: bool) -> String {
    let document = json!({
        "format": PULL_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "dryRun": dry_run,
        "rules": files,
        "otherContent": others,
    });
    format!("{document:#}\n")
}

/// The JSON Schema of what [`pull_json`] writes.
pub fn pull_json_schema() -> Value {
    let rule = object(
        json!({
            "id": text("The id of the rule, or the name that its resource has."),
            "displayName": text("Its name in the workspace."),
            "file": text("The file, relative to where picket ran; empty where there is none."),
            "what": { "enum": PullOutcome::ALL, "description": "What became of it." },
            "entries": {
                "type": "array",
                "items": { "type": "string" },
                "description": "The entries of the file that changed.",
            },
        }),
        &["id", "displayName", "file", "what", "entries"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What was pulled into files, as `picket pull` writes it",
        "type": "object",
        "properties": {
            "format": { "const": PULL_JSON_FORMAT },
            "picket": text("The version of picket."),
            "dryRun": { "type": "boolean", "description": "Whether no file was written." },
            "rules": { "type": "array", "items": rule },
            "otherContent": {
                "type": "integer",
                "minimum": 0,
                "description": "How much content was left out because no file can hold it.",
            },
        },
        "required": ["format", "picket", "dryRun", "rules", "otherContent"],
    })
}
