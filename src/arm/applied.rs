//! What an ownership record says of the last apply: a digest of the content, and the git commit it came from.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::ResourceKind;

/// The digest is of this version of the normal form. Where a normal form changes its meaning, the number goes up,
/// and older digests count as unknown instead of as a change that somebody made.
const FORM: &str = "picket/1";

/// What was last applied, as the free text `customVersion` of a record keeps it:
/// `picket/1 sha256=<digest> commit=<commit>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The digest of the content in normal form.
    pub digest: String,
    /// The commit, where the rules were in git and as committed.
    pub commit: Option<String>,
}

impl Applied {
    /// Reads the text of a record; nothing when another tool, or a picket with other digests, wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = |text: &&str| text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mut words = text.split(' ');
        if words.next()? != FORM {
            return None;
        }
        let digest = words.next()?.strip_prefix("sha256=").filter(hex)?.to_owned();
        let commit = words.find_map(|word| word.strip_prefix("commit=")).filter(hex).map(str::to_owned);
        Some(Self { digest, commit })
    }

    /// The text for a record.
    pub fn text(&self) -> String {
        let mut text = format!("{FORM} sha256={}", self.digest);
        if let Some(commit) = &self.commit {
            let _ = write!(text, " commit={commit}");
        }
        text
    }
}

/// A digest of `body` in its normal form: equal for all spellings of the same, whatever the order of keys.
pub fn digest(kind: ResourceKind, body: &Value) -> String {
    digest_of_json(&kind.normalise(body))
}

/// A digest of `value` as it is, whatever the order of keys.
pub fn digest_of_json(value: &Value) -> String {
    sha256(&sorted(value).to_string())
}

/// The SHA-256 of `text`, in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// `value` with the keys of every object in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(name, _)| *name);
            let entries = entries.into_iter().map(|(name, value)| (name.clone(), sorted(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_text_reads_back_and_that_of_others_does_not() {
        let digest = digest(ResourceKind::SavedSearch, &json!({"properties": {"query": "T"}}));
        for commit in [None, Some("989beaf0c1".to_owned())] {
            let applied = Applied { digest: digest.clone(), commit };
            assert_eq!(Applied::parse(&applied.text()), Some(applied));
        }
        for text in ["", "1.0.0", "picket/0 sha256=abcdef0", "picket/1", "picket/1 sha256=xyz", "picket/1 x"]
        {
            assert_eq!(Applied::parse(text), None, "{text}");
        }
    }

    #[test]
    fn order_of_keys_is_no_difference_and_a_value_is() {
        let of = |body: Value| digest(ResourceKind::AlertRule, &body);
        let one = of(json!({"kind": "Fusion", "properties": {"a": 1, "b": {"x": 1, "y": [1]}}}));
        assert_eq!(
            one,
            of(json!({"properties": {"b": {"y": [1], "x": 1}, "a": 1}, "kind": "Fusion", "etag": "e"}))
        );
        assert_ne!(one, of(json!({"kind": "Fusion", "properties": {"a": 2, "b": {"x": 1, "y": [1]}}})));
    }
}
