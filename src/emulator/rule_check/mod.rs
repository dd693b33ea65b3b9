//! What the service refuses in an analytics rule whose body has the right shape, with the service's texts
//! where they are known.

mod details;
mod entities;
mod schedule;
mod techniques;

use serde_json::{Map, Value};

use super::reply::Refusal;
use crate::catalog::kql::Table;
use crate::catalog::{Bounds, Catalog};

/// Why a query cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRefusal {
    /// The service's sentence about it, such as `One of the tables does not exist.`
    pub message: String,
}

/// Runs the query of a rule before the rule is saved, as the service does.
pub trait QueryCheck: Send + Sync {
    /// Refuses a query that cannot be run.
    ///
    /// # Errors
    /// When the query is not valid, or names what does not exist.
    fn check(&self, query: &str) -> Result<(), QueryRefusal>;

    /// The tables in which it runs them.
    fn tables(&self) -> Vec<&Table> {
        Vec::new()
    }
}

/// Properties of a rule that have been read by its contract.
#[derive(Clone, Copy)]
struct Rule<'a> {
    kind: &'a str,
    properties: &'a Map<String, Value>,
}

impl<'a> Rule<'a> {
    fn get(self, name: &str) -> &'a Value {
        self.properties.get(name).unwrap_or(&Value::Null)
    }

    fn text(self, name: &str) -> Option<&'a str> {
        self.get(name).as_str()
    }

    fn list(self, name: &str) -> &'a [Value] {
        items(self.get(name))
    }

    fn invalid(self, what: &str) -> Refusal {
        Refusal::bad_request(format!("Invalid Properties for {} alert rule: {what}", self.kind))
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Refuses what the service refuses. `given` is the body's `properties` as it came, for what a contract
/// passes over but the service does not.
pub(super) fn check(
    kind: &str,
    properties: &Map<String, Value>,
    given: &Value,
    query_check: Option<&dyn QueryCheck>,
) -> Result<(), Refusal> {
    let rule = Rule { kind, properties };
    let limits = Catalog::builtin().limits();
    length("DisplayName", rule.text("displayName"), Bounds { min: 1, ..limits.display_name_length })?;
    length("Description", rule.text("description"), limits.description_length)?;
    if !matches!(kind, "Scheduled" | "NRT") {
        return Ok(());
    }
    if rule.text("templateVersion").is_some_and(|version| !version.is_empty())
        && rule.text("alertRuleTemplateName").is_none_or(str::is_empty)
    {
        return Err(Refusal::bad_request(
            "Invalid data model. [: Invalid Properties for alert rule: 'templateVersion' can only be used if \
             'alertRuleTemplateName' is not empty.]",
        ));
    }
    schedule::check(rule, given)?;
    techniques::check(rule)?;
    entities::check(rule)?;
    details::check(rule)?;
    let query = rule.text("query").unwrap_or_default();
    check_query(query, query_check)
}

fn check_query(query: &str, query_check: Option<&dyn QueryCheck>) -> Result<(), Refusal> {
    query_check.map_or(Ok(()), |check| check.check(query)).map_err(|refusal| {
        Refusal::bad_request(format!("Failed to run the analytics rule query. {}", refusal.message))
    })
}

/// Refuses a text of the wrong length, in characters.
fn length(field: &str, text: Option<&str>, bounds: Bounds) -> Result<(), Refusal> {
    let Some(text) = text else {
        return Ok(());
    };
    let fits = u64::try_from(text.chars().count()).is_ok_and(|count| bounds.contains(count));
    if fits {
        return Ok(());
    }
    let least =
        if bounds.min == 0 { String::new() } else { format!("a minimum length of {} and ", bounds.min) };
    Err(Refusal::bad_request(format!(
        "The field {field} must be a string with {least}a maximum length of {}.",
        bounds.max
    )))
}

/// Refuses a list of the wrong length.
fn count(what: &str, count: usize, bounds: Bounds) -> Result<(), Refusal> {
    if u64::try_from(count).is_ok_and(|count| bounds.contains(count)) {
        return Ok(());
    }
    Err(Refusal::bad_request(format!(
        "Invalid length of '{count}' for '{what}'. '{what}' length should be between '{}' and '{}'",
        bounds.min, bounds.max
    )))
}

/// Whether `text` is a letter (or an underscore, where `underscore` says so) and then letters, digits and
/// underscores.
fn is_name(text: &str, underscore: bool) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || (underscore && c == '_');
    text.starts_with(starts) && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
