//! Field-by-field differences of two bodies.

use serde_json::{Map, Value};

use super::FieldChange;
use crate::arm::ResourceKind;

/// Every difference between two bodies of a kind, after both are brought to their normal form. Objects are
/// entered; texts, numbers and lists are compared whole.
pub(super) fn differences(kind: ResourceKind, before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare("", Some(&kind.normalise(before)), Some(&kind.normalise(after)), &mut changes);
    changes
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    let object = |value: Option<&Value>| match value {
        None => Some(Map::new()),
        Some(Value::Object(map)) => Some(map.clone()),
        Some(_) => None,
    };
    if let (Some(old), Some(new)) = (object(before), object(after)) {
        let names = new.keys().chain(old.keys().filter(|name| !new.contains_key(*name)));
        for name in names {
            compare(&child(path, name), old.get(name), new.get(name), changes);
        }
        return;
    }
    changes.push(FieldChange {
        path: path.to_owned(),
        before: before.cloned(),
        after: after.cloned(),
        cause: None,
    });
}

/// What stands in `body` at a path of [`differences`].
pub(super) fn at<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return Some(body);
    }
    let entries = body.as_object()?;
    entries.iter().find_map(|(name, value)| {
        let plain = child("", name);
        let rest = path.strip_prefix(plain.as_str())?;
        match rest.strip_prefix('.') {
            Some(rest) => at(value, rest),
            // The name is the end of the path, or a quoted name follows.
            None if rest.is_empty() || rest.starts_with('[') => at(value, rest),
            None => None,
        }
    })
}

/// `path.name`, or `path["name"]` where the name is no plain word.
fn child(path: &str, name: &str) -> String {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    match (path.is_empty(), plain) {
        (true, true) => name.to_owned(),
        (false, true) => format!("{path}.{name}"),
        (_, false) => format!("{path}[{}]", Value::from(name)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_entered_and_lists_are_whole() {
        let before = json!({"a": 1, "o": {"x": 1, "gone": true}, "l": [1, 2]});
        let after = json!({"a": 1, "o": {"x": 2, "a.b": "n"}, "l": [2], "new": {"deep": {"n": 1}}});
        let mut changes = Vec::new();
        compare("", Some(&before), Some(&after), &mut changes);
        let paths: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["o.x", "o[\"a.b\"]", "o.gone", "l", "new.deep.n"]);
        for change in &changes {
            assert_eq!(at(&before, &change.path), change.before.as_ref(), "{}", change.path);
            assert_eq!(at(&after, &change.path), change.after.as_ref(), "{}", change.path);
        }
        assert_eq!((&changes[2].before, &changes[2].after), (&Some(json!(true)), &None));
        assert_eq!((&changes[3].before, &changes[3].after), (&Some(json!([1, 2])), &Some(json!([2]))));
    }
}
