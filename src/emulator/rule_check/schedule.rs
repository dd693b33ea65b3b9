//! Schedule, trigger, suppression and the plain text of the query.

use serde_json::Value;

use super::{Rule, length};
use crate::catalog::{Bounds, Catalog};
use crate::emulator::reply::Refusal;
use crate::rule::Duration;

/// What a scheduled rule must have and an NRT rule must not.
const SCHEDULE: [&str; 4] = ["queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold"];

pub(super) fn check(rule: Rule<'_>, given: &Value) -> Result<(), Refusal> {
    let limits = Catalog::builtin().limits();
    if rule.kind == "NRT" {
        let scheduled = SCHEDULE.iter().find(|name| !given[**name].is_null());
        if let Some(name) = scheduled {
            return Err(rule.invalid(&format!("'{name}' cannot be used in a rule of this kind")));
        }
    } else {
        let required = ["query", "severity"].iter().chain(&SCHEDULE);
        if let Some(name) = required.into_iter().find(|name| rule.get(name).is_null()) {
            return Err(rule.invalid(&format!("'{name}' is required")));
        }
    }
    let query = rule.text("query").unwrap_or_default();
    length("Query", Some(query.trim()).filter(|query| query.is_empty()), limits.query_length)?;
    length("Query", Some(query), limits.query_length)?;
    if let Some(phrase) = forbidden_phrase(query) {
        return Err(rule.invalid(&format!("'query' cannot contain '{phrase}'")));
    }
    let frequency = span(rule, "queryFrequency", "QueryFrequency", limits.query_frequency)?;
    let period = span(rule, "queryPeriod", "QueryPeriod", limits.query_period)?;
    span(rule, "suppressionDuration", "SuppressionDuration", limits.suppression_duration)?;
    if let (Some(frequency), Some(period)) = (frequency, period) {
        relate(rule, frequency, period)?;
    }
    threshold(rule, limits.trigger_threshold)
}

/// Reads a length of time and refuses one outside of `bounds`.
fn span(rule: Rule<'_>, name: &str, field: &str, bounds: Bounds) -> Result<Option<u64>, Refusal> {
    let Some(seconds) = rule.text(name).and_then(|text| Duration::parse(text).ok()).map(Duration::seconds)
    else {
        return Ok(None);
    };
    check_span(field, seconds, bounds).map(|()| Some(seconds))
}

/// Refuses a length of time outside of `bounds`.
pub(super) fn check_span(field: &str, seconds: u64, bounds: Bounds) -> Result<(), Refusal> {
    if bounds.contains(seconds) {
        return Ok(());
    }
    let iso = |seconds| Duration::from_seconds(seconds).iso();
    Err(Refusal::bad_request(format!(
        "The field {field} must be between {} and {}.",
        iso(bounds.min),
        iso(bounds.max)
    )))
}

fn relate(rule: Rule<'_>, frequency: u64, period: u64) -> Result<(), Refusal> {
    let limits = Catalog::builtin().limits();
    if period < frequency {
        return Err(rule.invalid("'queryPeriod' should be greater than or equal to 'queryFrequency'"));
    }
    let long = period >= limits.long_query_period.min;
    if long && frequency < limits.long_query_period_frequency.min {
        return Err(rule.invalid(
            "When 'queryPeriod' greater than or equal to 2 days, the 'queryFrequency' should be greater than \
             or equal to 1 hour.",
        ));
    }
    Ok(())
}

fn threshold(rule: Rule<'_>, bounds: Bounds) -> Result<(), Refusal> {
    let Some(threshold) = rule.get("triggerThreshold").as_i64() else {
        return Ok(());
    };
    if u64::try_from(threshold).is_ok_and(|threshold| bounds.contains(threshold)) {
        return Ok(());
    }
    Err(Refusal::bad_request(format!(
        "The field TriggerThreshold must be between {} and {}.",
        bounds.min, bounds.max
    )))
}

/// `search *` or `union *`, outside of strings and comments.
fn forbidden_phrase(query: &str) -> Option<&'static str> {
    let code = without_literals(query);
    let after_word = |word: &str| {
        code.match_indices(word).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let starts = before.is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
            starts && code[at + word.len()..].trim_start().starts_with('*')
        })
    };
    [("search", "search *"), ("union", "union *")]
        .into_iter()
        .find(|(word, _)| after_word(word))
        .map(|(_, phrase)| phrase)
}

/// `query` with strings emptied and comments left out.
fn without_literals(query: &str) -> String {
    let mut code = String::with_capacity(query.len());
    let mut characters = query.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        match character {
            '/' if characters.peek() == Some(&'/') => {
                while characters.next_if(|next| *next != '\n').is_some() {}
            }
            '"' | '\'' => {
                let verbatim = before == '@';
                while let Some(inner) = characters.next() {
                    if inner == character || inner == '\n' {
                        break;
                    }
                    if inner == '\\' && !verbatim {
                        characters.next();
                    }
                }
                code.push('"');
            }
            other => code.push(other),
        }
        before = character;
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbids_searching_everything_but_not_in_strings_and_comments() {
        for (query, expected) in [
            ("search *", Some("search *")),
            ("union   *\n| take 1", Some("union *")),
            ("T | join (search\n* | where a) on b", Some("search *")),
            ("union A, B*", None),
            ("research * 2", None),
            ("T // search *\n| take 1", None),
            ("T | where a == \"search *\" and b == 'it\\'s union *'", None),
            ("T | where a == @'c:\\' | union *", Some("union *")),
        ] {
            assert_eq!(forbidden_phrase(query), expected, "{query}");
        }
    }
}
