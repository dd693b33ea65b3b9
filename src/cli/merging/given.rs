//! Edits of a workspace as edits of a file, without what an environment put in.

use std::collections::BTreeMap;

use similar::{DiffOp, DiffTag, TextDiff};

use crate::plan::EntryChange;
use crate::yaml::emit::Value;

/// The change as one of the file: what the environment makes of the entry is taken out of what the workspace says.
///
/// # Errors
/// With the key, where the two cannot be told apart.
pub(super) fn own_level(change: EntryChange) -> Result<EntryChange, String> {
    let Some(given) = &change.given else { return Ok(change) };
    let text = |value: &Option<Value>| match value {
        Some(Value::Plain(text) | Value::Text(text) | Value::Block(text)) => Some(text.clone()),
        _ => None,
    };
    let texts = (text(&given.own), text(&given.made), text(&change.value));
    let (Some(own), Some(made), Some(theirs)) = texts else { return Err(change.key) };
    let taken_out = match change.key.as_str() {
        "query" => without(&own, &made, &theirs),
        "name" => {
            let prefix = made.strip_suffix(&own).ok_or_else(|| change.key.clone())?;
            theirs.strip_prefix(prefix).map(str::to_owned)
        }
        _ => None,
    };
    let text = taken_out.ok_or_else(|| change.key.clone())?;
    let value = match &change.value {
        Some(Value::Block(_)) => Value::Block(text),
        _ => Value::text(text),
    };
    Ok(EntryChange { value: Some(value), given: None, ..change })
}

/// `theirs`, an edit of `made`, as the same edit of `own`. `None` where the edit touches a line that differs between the two.
fn without(own: &str, made: &str, theirs: &str) -> Option<String> {
    let [own, made, theirs] = [own, made, theirs].map(|text| format!("{}\n", text.trim_end_matches('\n')));
    let (own, made, theirs) = (own.as_str(), made.as_str(), theirs.as_str());
    // The line of their text that is line `at` of what was made, where it was left as it was.
    let edits = TextDiff::from_lines(made, theirs);
    let mut kept = BTreeMap::new();
    for op in edits.ops() {
        if let DiffOp::Equal { old_index, new_index, len } = *op {
            kept.extend((0..len).map(|at| (old_index + at, new_index + at)));
        }
    }
    let back = TextDiff::from_lines(made, own);
    let own_lines: Vec<&str> = own.split_inclusive('\n').collect();
    let mut lines: Vec<String> = theirs.split_inclusive('\n').map(str::to_owned).collect();
    for op in back.ops().iter().filter(|op| op.tag() != DiffTag::Equal) {
        let (made_range, own_range) = (op.old_range(), op.new_range());
        let own_text = own_lines.get(own_range)?.concat();
        // A line that the environment took out has no place in their text.
        let first = *kept.get(&made_range.start).filter(|_| !made_range.is_empty())?;
        for (number, at) in made_range.enumerate() {
            let at = *kept.get(&at).filter(|at| **at == first + number)?;
            lines[at] = if number == 0 { own_text.clone() } else { String::new() };
        }
    }
    Some(lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_beside_what_the_environment_put_in_is_one_of_the_file() {
        let own = "let A = 1;\nT\n// here\n| take A\n";
        let made = "let A = 2;\nT\n// here\n| where x\n| where y\n| take A\n";
        assert_eq!(without(own, made, made).as_deref(), Some(own));
        let theirs = made.replace("T\n", "U\n| where z\n").replace("| take A\n", "| take A\n| count\n");
        let expected = "let A = 1;\nU\n| where z\n// here\n| take A\n| count\n";
        assert_eq!(without(own, made, &theirs).as_deref(), Some(expected));
        for touched in ["| where x\n", "| where y\n", "let A = 2;\n"] {
            assert_eq!(without(own, made, &made.replace(touched, "| where other\n")), None, "{touched}");
            assert_eq!(without(own, made, &made.replace(touched, "")), None, "{touched}");
        }
        assert_eq!(without(own, made, &made.replace("| where y\n", "| where w\n| where y\n")), None, "amid");
    }
}
