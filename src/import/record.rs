//! What earlier imports wrote: the lock file beside the rules.
//!
//! The record stands in a file of its own, not in the `metadata` of each rule: a rule stays as clean as one
//! written by hand, `picket fmt` may rewrite it without touching the record, and a new revision of the
//! catalog changes only the rules that it changed. Rules are found by id, so a rule that was moved to
//! another folder, or deleted, is known as such and not written a second time.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The name of the lock file in the output folder.
pub const RECORD_FILE: &str = "picket-import.lock";

/// The version of the lock file's format.
const VERSION: u32 = 1;

/// All that earlier imports of one catalog wrote to a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// The format's version.
    version: u32,
    /// The kind of catalog: `rmm`.
    pub catalog: String,
    /// The catalog's revision at the last import, where it was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The rules, by id.
    pub rules: BTreeMap<String, RecordedRule>,
}

/// One rule as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordedRule {
    /// The file, relative to the output folder, with forward slashes.
    pub path: String,
    /// The catalog's file, relative to the catalog, with forward slashes.
    pub source: String,
    /// SHA-256 of the text as imported, line endings aside.
    pub sha256: String,
    /// How the rule was made, where it was made of indicators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
}

/// What the next making of a generated rule goes by: while the body stays, so do version and revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Generated {
    /// The rule's version.
    pub version: String,
    /// SHA-256 of the rule without its version and without the revisions of its sources.
    pub body: String,
    /// The revision of each source when the body last changed.
    pub revisions: BTreeMap<String, String>,
}

impl RecordedRule {
    /// Whether `text` is the one that was imported.
    pub fn is_of(&self, text: &str) -> bool {
        self.sha256 == digest(text)
    }
}

impl Record {
    /// An empty record of `catalog`.
    pub fn new(catalog: impl Into<String>) -> Self {
        Self { version: VERSION, catalog: catalog.into(), revision: None, rules: BTreeMap::new() }
    }

    /// Reads a lock file.
    ///
    /// # Errors
    /// A sentence that says why the text is no lock file that this version reads.
    pub fn parse(text: &str) -> Result<Self, String> {
        let record: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if record.version != VERSION {
            return Err(format!(
                "its format is version {}, this picket reads version {VERSION}",
                record.version
            ));
        }
        // The lock file comes with the repository; it must not lead a write out of the folder.
        match record.rules.values().find(|rule| !is_inside(&rule.path)) {
            Some(rule) => Err(format!("`{}` is not a path inside the folder", rule.path)),
            None => Ok(record),
        }
    }

    /// The lock file's text: stable, one value a line, so that a change reads well in a diff.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// Whether `path` is relative, has forward slashes only, and stays inside its folder on every system.
fn is_inside(path: &str) -> bool {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    path.split('/').all(plain)
}

/// SHA-256 of `text` in lower-case hexadecimal. A carriage return before a line feed does not count: a
/// checkout that converts line endings has not edited the file.
pub(super) fn digest(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.replace("\r\n", "\n").as_bytes()) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_survives_its_file() {
        let mut record = Record::new("rmm");
        record.revision = Some("5241b9a".into());
        let rule = RecordedRule {
            path: "A/b.yaml".into(),
            source: "RMM/A/b.yaml".into(),
            sha256: digest("x"),
            generated: None,
        };
        record.rules.insert("id-1".into(), rule);
        assert_eq!(Record::parse(&record.to_text()), Ok(record));
    }

    #[test]
    fn other_files_are_refused() {
        assert!(Record::parse("{}").is_err());
        let newer = r#"{"version": 2, "catalog": "rmm", "rules": {}}"#;
        assert_eq!(
            Record::parse(newer),
            Err("its format is version 2, this picket reads version 1".to_owned())
        );
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for path in ["../x.yaml", "/etc/x.yaml", "a/../../x", "C:/x", "a\\..\\x", "", "a//b", "./a"] {
            let mut record = Record::new("rmm");
            let rule = RecordedRule {
                path: path.into(),
                source: String::new(),
                sha256: String::new(),
                generated: None,
            };
            record.rules.insert("id".into(), rule);
            assert!(Record::parse(&record.to_text()).is_err(), "{path}");
        }
    }

    #[test]
    fn line_endings_do_not_count_as_edits() {
        assert_eq!(digest("a\r\nb\n"), digest("a\nb\n"));
        assert_ne!(digest("a\nb\n"), digest("a\nb"));
        assert_eq!(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
