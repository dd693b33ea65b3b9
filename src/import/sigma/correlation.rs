//! Correlation rules of Sigma: how often other rules match.

use super::field::{self, Definitions};
use super::query::Test;
use super::selection::Fault;
use crate::catalog::sigma::SigmaSource;
use crate::yaml::{Mapping, Node};

/// What a correlation counts, and when that is too much.
#[derive(Debug, Clone)]
pub(super) struct Correlation<'n> {
    /// The rules, by id or name.
    pub(super) rules: Vec<&'n Node>,
    /// Whether the rules that it counts are rules of their own, too.
    pub(super) generate: bool,
    /// The length of time, in minutes.
    pub(super) minutes: u64,
    value_field: Option<&'n Node>,
    group_by: Vec<&'n Node>,
    comparisons: Vec<(&'static str, String)>,
}

impl<'n> Correlation<'n> {
    /// Reads the correlation `mapping`.
    ///
    /// # Errors
    /// Why it cannot be translated.
    pub(super) fn read(mapping: &'n Mapping, place: &Node) -> Result<Self, Fault> {
        let get = |key: &str| {
            mapping.get(key).ok_or_else(|| Fault::at(place, format!("the correlation has no `{key}`")))
        };
        let kind = get("type")?;
        let is_value = match kind.as_str().unwrap_or_default() {
            "event_count" => false,
            "value_count" => true,
            other => {
                return Err(Fault::at(
                    kind,
                    format!("correlations of the type `{other}` are not translated"),
                ));
            }
        };
        if let Some(aliases) = mapping.get("aliases") {
            return Err(Fault::at(aliases, "aliases of a correlation are not translated"));
        }
        let list = |node: &'n Node| node.as_sequence().unwrap_or(std::slice::from_ref(node)).iter().collect();
        let timespan = get("timespan")?;
        let minutes = timespan.as_str().and_then(minutes);
        let condition = get("condition")?;
        let Some(tests) = condition.as_mapping() else {
            return Err(Fault::at(condition, "the condition of a correlation compares a number"));
        };
        let mut comparisons = Vec::new();
        let mut value_field = None;
        for entry in &tests.entries {
            let key = entry.key.as_str().unwrap_or_default();
            let operator = match key {
                "gt" => ">",
                "gte" => ">=",
                "lt" => "<",
                "lte" => "<=",
                "eq" => "==",
                "neq" => "!=",
                "field" => {
                    value_field = Some(&entry.value);
                    continue;
                }
                _ => return Err(Fault::at(&entry.key, format!("the condition `{key}` is not translated"))),
            };
            let number = entry.value.as_scalar().and_then(|scalar| scalar.as_i64());
            let number = number
                .ok_or_else(|| Fault::at(&entry.value, "a correlation is compared with a whole number"))?;
            // What is not there is not counted: no row says that it happened less often.
            if matches!(operator, "<" | "<=") || (operator == "==" && number == 0) {
                return Err(Fault::at(
                    &entry.value,
                    "what happens too seldom is seen by no count of what there is",
                ));
            }
            comparisons.push((operator, number.to_string()));
        }
        if comparisons.is_empty() {
            return Err(Fault::at(condition, "the condition of a correlation compares a number"));
        }
        if is_value && value_field.is_none() {
            return Err(Fault::at(condition, "it counts values of no `field`"));
        }
        Ok(Self {
            rules: list(get("rules")?),
            generate: mapping.get("generate").and_then(|node| node.as_scalar()?.as_bool()).unwrap_or(false),
            minutes: minutes.ok_or_else(|| {
                Fault::at(
                    timespan,
                    "the `timespan` is none of those that the service looks back, from 5 minutes to 14 days",
                )
            })?,
            value_field,
            group_by: mapping.get("group-by").map(list).unwrap_or_default(),
            comparisons,
        })
    }

    /// The steps of the query behind the filters, and the columns that are left of the events. What they make of others is
    /// added to `defined`.
    ///
    /// # Errors
    /// Which field has no column.
    pub(super) fn steps(
        &self,
        source: &SigmaSource,
        defined: &mut Definitions,
    ) -> Result<(String, Vec<String>), Fault> {
        let mut column = |node: &Node| {
            let name = node.as_str().unwrap_or_default();
            let found = field::column(source, name).filter(field::Column::is_same);
            let found = found
                .ok_or_else(|| Fault::at(node, format!("`{name}` has no column in {}", source.table)))?;
            defined.add(&found).map_err(|why| Fault::at(node, why))?;
            Ok(found.name)
        };
        let count = match self.value_field {
            Some(node) => format!("dcount({})", column(node)?),
            None => "count()".to_owned(),
        };
        let kept = self.group_by.iter().map(|node| column(node)).collect::<Result<Vec<String>, Fault>>()?;
        let by = if kept.is_empty() { String::new() } else { format!(" by {}", kept.join(", ")) };
        let tests = self
            .comparisons
            .iter()
            .map(|(operator, number)| Test::Leaf(format!("Matches {operator} {number}")));
        let filters = Test::all(tests.collect()).filters();
        let steps = format!(
            "| summarize Matches = {count}, StartTime = min(TimeGenerated), EndTime = max(TimeGenerated){by}\n{filters}"
        );
        Ok((steps, kept))
    }
}

/// The minutes of a length of time such as `15m`, between the five minutes and the 14 days that a rule may look back.
fn minutes(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = number.parse().ok()?;
    let minutes = match unit {
        "s" if number.is_multiple_of(60) => number / 60,
        "m" => number,
        "h" => number.checked_mul(60)?,
        "d" => number.checked_mul(24 * 60)?,
        "w" => number.checked_mul(7 * 24 * 60)?,
        _ => return None,
    };
    (5..=14 * 24 * 60).contains(&minutes).then_some(minutes)
}
