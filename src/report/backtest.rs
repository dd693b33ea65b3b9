//! What a backtest says: for a person, and for a program.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::aligned::aligned;
use super::plan_text::{plural, printable};
use super::schema::{object, text};
use crate::exec::value::DateTime;
use crate::testing::{Backtest, Changes, Entity, Stretch};

/// The format that [`backtest_json`] writes.
pub const BACKTEST_FORMAT: u64 = 1;

/// The most columns of a bar.
const BAR: usize = 40;
/// How many entities, and how many rows of each kind, a person is shown.
const SHOWN: usize = 10;

/// A backtest with what it is of.
#[derive(Debug, Clone, Copy)]
pub struct BacktestReport<'r> {
    /// The name of the rule.
    pub rule: &'r str,
    /// The stretch of time.
    pub stretch: Stretch,
    /// What the rule makes of it.
    pub backtest: &'r Backtest,
    /// What the rule before is called, what it makes of it, and what changed.
    pub against: Option<(&'r str, &'r Backtest, &'r Changes)>,
}

/// For a person.
pub fn backtest_text(report: &BacktestReport<'_>) -> String {
    let BacktestReport { rule, stretch, backtest, against } = report;
    let mut out = String::new();
    let _ = writeln!(out, "{}, {} to {}", printable(rule), minute(stretch.from), minute(stretch.to));
    out.push_str(&summary(backtest));
    let days = backtest.days();
    let most = days.values().map(|day| day.rows).max().unwrap_or(0);
    let head = ["day", "fired", "rows", "alerts", "incidents", ""].map(str::to_owned).to_vec();
    let lines = days.iter().map(|(start, day)| {
        // A day with rows has a bar, however short.
        let length = if day.rows == 0 { 0 } else { (day.rows * BAR).div_ceil(most.max(1)) };
        let counts = [day.fired, day.rows, day.alerts, day.incidents].map(|count| count.to_string());
        let day = start.to_string().chars().take(10).collect();
        std::iter::once(day).chain(counts).chain(["█".repeat(length)]).collect()
    });
    if !days.is_empty() {
        out.push('\n');
        out.push_str(&aligned(&std::iter::once(head).chain(lines).collect::<Vec<Vec<String>>>()));
    }
    let entities = backtest.entities();
    if !entities.is_empty() {
        out.push_str("\nentities most often named:\n");
        let lines = entities.iter().take(SHOWN);
        let lines: Vec<Vec<String>> =
            lines.map(|(entity, count)| vec![format!("  {count}"), printable(&entity.to_string())]).collect();
        out.push_str(&aligned(&lines));
        more(&mut out, entities.len());
    }
    if let Some((name, before, changes)) = against {
        let _ = write!(out, "\nagainst {}: {}", printable(name), summary(before));
        let row = |row: &Vec<String>| {
            let cells = changes.columns.iter().zip(row).filter(|(_, value)| !value.is_empty());
            cells.map(|(name, value)| format!("{name}={value}")).collect::<Vec<String>>().join(" ")
        };
        list(&mut out, '+', "rows added", changes.added.iter().map(row));
        list(&mut out, '-', "rows lost", changes.lost.iter().map(row));
        list(&mut out, '+', "entities added", changes.entities_added.iter().map(Entity::to_string));
        list(&mut out, '-', "entities lost", changes.entities_lost.iter().map(Entity::to_string));
        if changes.is_empty() {
            out.push_str("the same rows and entities\n");
        }
    }
    out
}

fn summary(backtest: &Backtest) -> String {
    let (runs, fired, rows) = (backtest.runs.len(), backtest.fired(), backtest.rows());
    let (alerts, incidents) = (backtest.alerts.len(), backtest.incidents.len());
    let suppressed = backtest.runs.iter().filter(|run| run.suppressed).count();
    let suppressed = if suppressed == 0 { String::new() } else { format!(", {suppressed} suppressed") };
    format!(
        "{runs} {}, {fired} with rows{suppressed}: {rows} {}, {alerts} {}, {incidents} {}\n",
        plural(runs, "run"),
        plural(rows, "row"),
        plural(alerts, "alert"),
        plural(incidents, "incident"),
    )
}

fn list(out: &mut String, sign: char, what: &str, lines: impl ExactSizeIterator<Item = String>) {
    let count = lines.len();
    if count == 0 {
        return;
    }
    let _ = writeln!(out, "{count} {what}:");
    for line in lines.take(SHOWN) {
        let _ = writeln!(out, "  {sign} {}", printable(&line));
    }
    more(out, count);
}

fn more(out: &mut String, count: usize) {
    if count > SHOWN {
        let _ = writeln!(out, "  and {} more", count - SHOWN);
    }
}

/// A time to the minute.
fn minute(time: DateTime) -> String {
    let text: String = time.to_string().chars().take(16).collect();
    format!("{}Z", text.replace('T', " "))
}

/// For a program, as [`backtest_schema`] describes it.
pub fn backtest_json(report: &BacktestReport<'_>) -> String {
    let BacktestReport { rule, stretch, backtest, against } = report;
    let against = against.map(|(name, before, changes)| {
        let rows = |rows: &[Vec<String>]| -> Vec<Json> {
            let row = |row: &Vec<String>| -> serde_json::Map<String, Json> {
                changes.columns.iter().cloned().zip(row.iter().cloned().map(Json::from)).collect()
            };
            rows.iter().map(|it| Json::Object(row(it))).collect()
        };
        json!({
            "name": name,
            "totals": totals(before),
            "rows_added": rows(&changes.added),
            "rows_lost": rows(&changes.lost),
            "entities_added": changes.entities_added.iter().map(entity).collect::<Vec<Json>>(),
            "entities_lost": changes.entities_lost.iter().map(entity).collect::<Vec<Json>>(),
        })
    });
    let runs = backtest.runs.iter().map(|run| {
        json!({ "time": run.now.to_string(), "rows": run.rows, "alerts": run.alerts, "suppressed": run.suppressed })
    });
    let days = backtest.days();
    let days = days.iter().map(|(start, day)| {
        let date: String = start.to_string().chars().take(10).collect();
        json!({ "day": date, "fired": day.fired, "rows": day.rows, "alerts": day.alerts, "incidents": day.incidents })
    });
    let entities = backtest.entities();
    let entities = entities.iter().map(|(it, count)| json!({ "entity": entity(it), "alerts": count }));
    let whole = json!({
        "format": BACKTEST_FORMAT,
        "rule": rule,
        "from": stretch.from.to_string(),
        "to": stretch.to.to_string(),
        "totals": totals(backtest),
        "days": days.collect::<Vec<Json>>(),
        "runs": runs.collect::<Vec<Json>>(),
        "entities": entities.collect::<Vec<Json>>(),
        "against": against,
    });
    format!("{whole:#}\n")
}

fn totals(backtest: &Backtest) -> Json {
    json!({
        "runs": backtest.runs.len(),
        "fired": backtest.fired(),
        "rows": backtest.rows(),
        "alerts": backtest.alerts.len(),
        "incidents": backtest.incidents.len(),
    })
}

fn entity(entity: &Entity) -> Json {
    let identifiers: serde_json::Map<String, Json> =
        entity.identifiers.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str()))).collect();
    json!({ "type": entity.ty, "identifiers": identifiers })
}

/// The JSON Schema of what [`backtest_json`] writes.
pub fn backtest_schema() -> Json {
    let count = |description: &str| json!({ "type": "integer", "minimum": 0, "description": description });
    let counts = || {
        json!({
            "fired": count("How many runs returned rows."),
            "rows": count("How many rows all runs returned."),
            "alerts": count("How many alerts were made."),
            "incidents": count("How many incidents began."),
        })
    };
    let mut of_totals = counts();
    of_totals["runs"] = count("How many runs there were.");
    let totals = object(of_totals, &["runs", "fired", "rows", "alerts", "incidents"]);
    let mut of_day = counts();
    of_day["day"] = text("The day, as 2026-11-30.");
    let day = object(of_day, &["day", "fired", "rows", "alerts", "incidents"]);
    let run = object(
        json!({
            "time": text("When it was due."),
            "rows": count("How many rows its query returned."),
            "alerts": count("How many alerts it made."),
            "suppressed": { "type": "boolean", "description": "Whether an alert before suppressed it." },
        }),
        &["time", "rows", "alerts", "suppressed"],
    );
    let entity = object(
        json!({
            "type": text("Its type, such as `Host`."),
            "identifiers": { "type": "object", "additionalProperties": { "type": "string" } },
        }),
        &["type", "identifiers"],
    );
    let named = object(
        json!({ "entity": entity, "alerts": count("How many alerts name it.") }),
        &["entity", "alerts"],
    );
    let rows = json!({
        "type": "array",
        "items": { "type": "object", "additionalProperties": { "type": "string" } },
        "description": "Rows by the columns that both rules return.",
    });
    let entities = json!({ "type": "array", "items": entity });
    let against = object(
        json!({
            "name": text("What the rule before is called: a revision or a file."),
            "totals": totals,
            "rows_added": rows,
            "rows_lost": rows,
            "entities_added": entities,
            "entities_lost": entities,
        }),
        &["name", "totals", "rows_added", "rows_lost", "entities_added", "entities_lost"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What `picket backtest --format json` writes",
        "type": "object",
        "properties": {
            "format": { "const": BACKTEST_FORMAT },
            "rule": text("The name of the rule."),
            "from": text("The beginning of the stretch of time."),
            "to": text("Its end."),
            "totals": totals,
            "days": { "type": "array", "items": day },
            "runs": { "type": "array", "items": run },
            "entities": { "type": "array", "items": named, "description": "Entities, those named most often first." },
            "against": { "anyOf": [against, { "type": "null" }] },
        },
        "required": ["format", "rule", "from", "to", "totals", "days", "runs", "entities", "against"],
        "additionalProperties": false,
    })
}
