//! From the rows of a run to alerts.

use super::document::time_span;
use super::schedule::Window;
use crate::catalog::Catalog;
use crate::exec::Table;
use crate::exec::value::DateTime;
use crate::rule::{Rule, RuleKind, Severity, TriggerOperator, placeholders};

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// When it was made.
    pub time: DateTime,
    /// The number of its run, from 0.
    pub run: usize,
    /// The title, after `alertDetailsOverride`.
    pub title: String,
    /// The description, after `alertDetailsOverride`.
    pub description: String,
    /// The severity, after `alertDetailsOverride`.
    pub severity: String,
    /// The tactics, after `alertDetailsOverride`.
    pub tactics: Vec<String>,
    /// The entities, each once.
    pub entities: Vec<Entity>,
    /// The custom details, each with its values.
    pub details: Vec<(String, Vec<String>)>,
    /// How many rows it is about.
    pub rows: usize,
}

/// An entity of an alert.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entity {
    /// Its type, such as `Host`.
    pub ty: String,
    /// Its identifiers with their values; none is empty.
    pub identifiers: Vec<(String, String)>,
}

/// Whether so many rows make alerts.
pub(super) fn triggers(rule: &Rule, rows: usize) -> bool {
    if rule.kind != RuleKind::Scheduled {
        return rows > 0;
    }
    let operator =
        rule.trigger_operator.as_ref().map_or(TriggerOperator::GreaterThan, |operator| operator.value);
    let threshold = rule.trigger_threshold.as_ref().map_or(0, |threshold| threshold.value);
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    match operator {
        TriggerOperator::GreaterThan => rows > threshold,
        TriggerOperator::LessThan => rows < threshold,
        TriggerOperator::Equal => rows == threshold,
        TriggerOperator::NotEqual => rows != threshold,
    }
}

/// Whether a rule runs, as an alert may stop it for a while.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Suppression {
    resumes: Option<DateTime>,
}

impl Suppression {
    /// Whether the run of `now` is left out.
    pub(super) fn holds(self, now: DateTime) -> bool {
        self.resumes.is_some_and(|time| now < time)
    }

    /// Hears that the run of `now` made an alert.
    pub(super) fn begin(&mut self, rule: &Rule, now: DateTime) {
        let is_on = rule.suppression_enabled.as_ref().is_some_and(|enabled| enabled.value);
        let duration = rule.suppression_duration.as_ref().filter(|_| is_on);
        let span = duration.and_then(|duration| time_span(duration.value));
        self.resumes = span.and_then(|span| now.plus(span));
    }
}

/// Whether each row makes an alert of its own.
pub(super) fn is_per_result(rule: &Rule) -> bool {
    let kind = rule.event_grouping.as_ref().and_then(|grouping| grouping.aggregation_kind.as_ref());
    kind.is_some_and(|kind| kind.value.eq_ignore_ascii_case("AlertPerResult"))
}

/// The alerts of a run with these rows.
pub(super) fn alerts(rule: &Rule, table: &Table, window: &Window, run: usize) -> Vec<Alert> {
    if rule.kind == RuleKind::Hunting || !triggers(rule, table.rows.len()) {
        return Vec::new();
    }
    let whole = || alert(rule, table, 0..table.rows.len(), window, run);
    if !is_per_result(rule) || table.rows.is_empty() {
        return vec![whole()];
    }
    // The last of the most that there may be stands for all rows.
    let limits = Catalog::builtin().limits();
    let most = if rule.kind == RuleKind::Nrt { limits.alerts_per_nrt_run } else { limits.alerts_per_run };
    let most = usize::try_from(most.max).unwrap_or(usize::MAX);
    let single = if table.rows.len() > most { most - 1 } else { table.rows.len() };
    let mut alerts: Vec<Alert> =
        (0..single).map(|row| alert(rule, table, row..row + 1, window, run)).collect();
    if table.rows.len() > most {
        alerts.push(whole());
    }
    alerts
}

fn alert(rule: &Rule, table: &Table, rows: std::ops::Range<usize>, window: &Window, run: usize) -> Alert {
    let text = |row: usize, column: &str| -> String {
        let slot = table.schema.position(column);
        let value = slot.and_then(|slot| table.rows.get(row)?.get(slot));
        value.map(|value| value.to_text().into_owned()).unwrap_or_default()
    };
    // Details of the alert are those of its first row.
    let first = rows.start;
    let filled = |format: &str| fill(format, &|column| text(first, column));
    let details = rule.alert_details_override.as_ref();
    let format = |format: Option<&crate::text::Spanned<String>>| format.map(|format| filled(&format.value));
    let title = details.and_then(|details| format(details.display_name_format.as_ref()));
    let description = details.and_then(|details| format(details.description_format.as_ref()));
    let severity = details.and_then(|details| details.severity_column_name.as_ref()).and_then(|column| {
        let written = text(first, &column.value);
        Severity::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(&written))
    });
    let severity = severity.or(rule.severity.as_ref().map(|severity| severity.value));
    let tactics = details.and_then(|details| details.tactics_column_name.as_ref());
    let own: Vec<String> = tactics.map(|column| split(&text(first, &column.value))).unwrap_or_default();
    let tactics =
        if own.is_empty() { rule.tactics.iter().map(|tactic| tactic.value.clone()).collect() } else { own };
    let mut entities: Vec<Entity> = Vec::new();
    for row in rows.clone() {
        for entity in entities_of(rule, &|column| text(row, column)) {
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
    }
    let details = rule.custom_details.iter().map(|(name, column)| {
        let mut values: Vec<String> = Vec::new();
        for value in rows.clone().map(|row| text(row, &column.value)) {
            if !value.is_empty() && !values.contains(&value) {
                values.push(value);
            }
        }
        (name.value.clone(), values)
    });
    Alert {
        time: window.now,
        run,
        title: title.unwrap_or_else(|| rule.display_name().to_owned()),
        description: description
            .or_else(|| rule.description.as_ref().map(|description| description.value.clone()))
            .unwrap_or_default(),
        severity: severity.map_or("", Severity::as_str).to_owned(),
        tactics,
        entities,
        details: details.collect(),
        rows: rows.len(),
    }
}

/// The items of a column with several: a JSON array, or text with commas.
fn split(text: &str) -> Vec<String> {
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let items = inner.split(',').map(|item| item.trim().trim_matches('"').to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

/// The entities that a row maps to. What has no value is no identifier, and an entity without one is none.
fn entities_of(rule: &Rule, text: &dyn Fn(&str) -> String) -> Vec<Entity> {
    let mapped = rule.entity_mappings.iter().filter_map(|mapping| {
        let ty = mapping.entity_type.as_ref()?.value.clone();
        let identifiers: Vec<(String, String)> = mapping
            .field_mappings
            .iter()
            .filter_map(|field| {
                let value = text(&field.column_name.as_ref()?.value);
                (!value.is_empty()).then_some((field.identifier.as_ref()?.value.clone(), value))
            })
            .collect();
        (!identifiers.is_empty()).then_some(Entity { ty, identifiers })
    });
    mapped.collect()
}

/// `format` with each `{{Column}}` replaced.
fn fill(format: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut from = 0;
    for placeholder in placeholders(format) {
        out.push_str(&format[from..placeholder.whole.start]);
        out.push_str(&value(placeholder.name(format)));
        from = placeholder.whole.end;
    }
    out.push_str(&format[from..]);
    out
}

impl std::fmt::Display for Entity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.ty)?;
        for (name, value) in &self.identifiers {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}
