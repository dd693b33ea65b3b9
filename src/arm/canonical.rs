//! Spellings that mean the same, brought to one.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

const DAY: u64 = 86_400;

/// The ISO 8601 duration in the service's normal form (`PT90M` as `PT1H30M`, `PT24H` as `P1D`), or nothing
/// when `text` is not one of fixed length. The .NET spelling `1.00:00:00` is understood too.
pub fn iso_duration(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let seconds = match upper.strip_prefix('P') {
        Some(rest) => iso_seconds(rest)?,
        None => clock_seconds(&upper)?,
    };
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / 3600, seconds % 3600 / 60);
    let time: String = [(hours, 'H'), (minutes, 'M'), (seconds % 60, 'S')]
        .into_iter()
        .filter(|(amount, _)| *amount > 0)
        .map(|(amount, unit)| format!("{amount}{unit}"))
        .collect();
    Some(match (days, time.as_str()) {
        (0, "") => "PT0S".to_owned(),
        (0, time) => format!("PT{time}"),
        (days, "") => format!("P{days}D"),
        (days, time) => format!("P{days}DT{time}"),
    })
}

/// The part after `P`.
fn iso_seconds(text: &str) -> Option<u64> {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let date = units(date, &[('W', 7 * DAY), ('D', DAY)])?;
    date.checked_add(units(time, &[('H', 3600), ('M', 60), ('S', 1)])?)
}

fn units(mut text: &str, mut allowed: &[(char, u64)]) -> Option<u64> {
    let mut total: u64 = 0;
    while !text.is_empty() {
        let at = text.find(|c: char| !c.is_ascii_digit())?;
        let unit = text[at..].chars().next()?;
        let index = allowed.iter().position(|(name, _)| *name == unit)?;
        let amount: u64 = text[..at].parse().ok()?;
        total = total.checked_add(amount.checked_mul(allowed[index].1)?)?;
        allowed = &allowed[index + 1..];
        text = &text[at + unit.len_utf8()..];
    }
    Some(total)
}

/// `hh:mm:ss` or `d.hh:mm:ss`.
fn clock_seconds(text: &str) -> Option<u64> {
    let (days, clock) = text.split_once('.').unwrap_or(("0", text));
    let mut parts = clock.split(':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let days: u64 = days.parse().ok()?;
    if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    days.checked_mul(DAY)?.checked_add(hours * 3600 + minutes * 60 + seconds)
}

/// Replaces a duration by its normal form; anything else stays as it is.
pub(super) fn duration(text: &mut String) {
    if let Some(normal) = iso_duration(text) {
        *text = normal;
    }
}

/// `text` in the spelling of `known`, if it differs from one of them in case, blanks and hyphens only.
pub(super) fn spelling(text: &str, known: &[&'static str]) -> Option<&'static str> {
    let fold = |text: &str| -> String {
        text.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = fold(text);
    known.iter().find(|candidate| fold(candidate) == wanted).copied()
}

/// Replaces a word by the contract's spelling; an unknown word stays as it is.
pub(super) fn word(text: &mut String, known: &[&'static str]) {
    if let Some(spelled) = spelling(text, known) {
        *text = spelled.to_owned();
    }
}

/// Line ends as `\n`.
pub(super) fn lines(text: &mut String) {
    if text.contains('\r') {
        *text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
}

/// An optional text with line ends as `\n`; an empty one is none.
pub(super) fn optional(text: &mut Option<String>) {
    if let Some(inner) = text {
        lines(inner);
    }
    if text.as_deref() == Some("") {
        *text = None;
    }
}

/// Sorts what the service treats as a set by its JSON text, so that order is no difference.
pub(super) fn sort_set<T: Serialize>(items: &mut [T]) {
    items.sort_by_cached_key(|item| serde_json::to_string(item).unwrap_or_default());
}

/// Reads `null` as the default, as answers write absent lists and maps.
pub(super) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The normal form of a body that no wire type fits: without read-only fields, nulls, empty lists and
/// empty objects; lists sorted, line ends as `\n`.
pub(super) fn generic(body: &Value, read_only: &[&str]) -> Value {
    let mut value = clean(body);
    remove(&mut value, read_only);
    value
}

/// `body` without read-only fields and nulls; all else stays as it is, the order of lists included.
pub(super) fn request(body: &Value, read_only: &[&str]) -> Value {
    let mut value = without_nulls(body);
    remove(&mut value, read_only);
    value
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let filled = map.iter().filter(|(_, value)| !value.is_null());
            Value::Object(filled.map(|(name, value)| (name.clone(), without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

/// Takes the fields at `paths` out.
fn remove(value: &mut Value, paths: &[&str]) {
    for path in paths {
        let mut parent = &mut *value;
        let mut segments = path.split('.').peekable();
        while let Some(segment) = segments.next() {
            let Some(map) = parent.as_object_mut() else { break };
            if segments.peek().is_none() {
                map.shift_remove(segment);
                break;
            }
            let Some(child) = map.get_mut(segment) else { break };
            parent = child;
        }
    }
}

fn clean(value: &Value) -> Value {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(map) => {
            let kept = map.iter().map(|(name, value)| (name.clone(), clean(value)));
            let mut kept: serde_json::Map<_, _> = kept.filter(|(_, value)| !empty(value)).collect();
            // Lists are sorted by the text of their items, which must not depend on the order of keys.
            kept.sort_keys();
            Value::Object(kept)
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(clean).collect();
            sort_set(&mut items);
            Value::Array(items)
        }
        Value::String(text) => {
            let mut text = text.clone();
            lines(&mut text);
            Value::String(text)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_spelling() {
        for (text, expected) in [
            ("PT60M", "PT1H"),
            ("pt24h", "P1D"),
            ("P1W", "P7D"),
            ("P2DT1H30M", "P2DT1H30M"),
            ("05:00:00", "PT5H"),
            ("1.00:00:00", "P1D"),
            ("PT0S", "PT0S"),
        ] {
            assert_eq!(iso_duration(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "P", "5h", "P1M", "PT1M1H", "25:00:00", "PT99999999999999999999H"] {
            assert_eq!(iso_duration(text), None, "{text}");
        }
    }

    #[test]
    fn words_take_the_known_spelling() {
        let known = ["CommandAndControl", "Impact"];
        assert_eq!(spelling("command and control", &known), Some("CommandAndControl"));
        assert_eq!(spelling("IMPACT", &known), Some("Impact"));
        assert_eq!(spelling("Stealth", &known), None);
    }

    #[test]
    fn bodies_without_a_type_lose_what_says_nothing() {
        let body = serde_json::json!({
            "id": "x", "kind": "Fusion",
            "properties": {"b": ["z", "a"], "n": null, "e": {}, "lastModifiedUtc": "now", "t": "a\r\nb"},
        });
        let expected = serde_json::json!({"kind": "Fusion", "properties": {"b": ["a", "z"], "t": "a\nb"}});
        assert_eq!(generic(&body, &["id", "properties.lastModifiedUtc", "missing.path"]), expected);
    }
}
