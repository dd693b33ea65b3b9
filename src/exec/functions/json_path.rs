//! Paths into JSON, as `extract_json` and the functions of bags take them: `$.a['b c'][0]`.

use std::sync::Arc;

use super::{Scalar, at, text_at};
use crate::exec::value::{Dynamic, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "extract_json", body: |_, v| Ok(extract(v)) },
    Scalar { name: "extractjson", body: |_, v| Ok(extract(v)) },
];

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// To a property.
    Key(Arc<str>),
    /// To an element.
    Index(i64),
}

/// The steps of a path; nothing where the text is none.
pub(super) fn path_of(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.trim().strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            // `$.['a']` is written, too.
            if after.starts_with('[') {
                rest = after;
                continue;
            }
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (key, after) = after.split_at(end);
            if key.is_empty() {
                return None;
            }
            steps.push(Step::Key(Arc::from(key)));
            rest = after;
            continue;
        }
        let inner = rest.strip_prefix('[')?.trim_start();
        let quote = inner.chars().next()?;
        if quote == '\'' || quote == '"' {
            let inner = &inner[1..];
            let end = inner.find(quote)?;
            steps.push(Step::Key(Arc::from(&inner[..end])));
            rest = inner[end + 1..].trim_start().strip_prefix(']')?;
        } else {
            let (index, after) = inner.split_once(']')?;
            steps.push(Step::Index(index.trim().parse().ok()?));
            rest = after;
        }
    }
    Some(steps)
}

/// What a path leads to.
fn follow<'d>(value: &'d Dynamic, path: &[Step]) -> Option<&'d Dynamic> {
    path.iter().try_fold(value, |here, step| match step {
        Step::Key(key) => here.property(key),
        Step::Index(index) => here.element(*index),
    })
}

/// `extract_json(path, text)`: null where the text is no JSON or has no such part.
fn extract(values: &[Value]) -> Value {
    let Some(path) = path_of(&text_at(values, 0)) else { return Value::Null };
    let parsed = match at(values, 1) {
        Value::Dynamic(held) => match &**held {
            Dynamic::String(text) => Dynamic::from_json(text),
            other => Some(other.clone()),
        },
        other => Dynamic::from_json(&other.to_text()),
    };
    let found = parsed.as_ref().and_then(|parsed| follow(parsed, &path));
    found.map_or(Value::Null, |found| Value::dynamic(found.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_keys_and_indices() {
        let key = |key: &str| Step::Key(Arc::from(key));
        assert_eq!(path_of("$"), Some(vec![]));
        assert_eq!(path_of("$.a['b c'][2].d"), Some(vec![key("a"), key("b c"), Step::Index(2), key("d")]));
        assert_eq!(path_of("$[\"x.y\"]"), Some(vec![key("x.y")]));
        for text in ["a", "$..a", "$[", "$['a", "$[*]", "$a"] {
            assert_eq!(path_of(text), None, "{text}");
        }
    }
}
