//! What came of a test against what it expects.

use super::alert::{Alert, Entity};
use super::document::{Expect, ExpectedRows, Said, Test};
use super::simulate::Simulated;
use super::value;
use crate::diag::nearest;
use crate::exec::value::{Value, equal};
use crate::exec::{Field, Row, Table};
use crate::rule::RuleKind;
use crate::text::{Spanned, TextRange};
use crate::yaml::{Mapping, Node};

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where the expectation stands in the file of the test.
    pub range: TextRange,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Expected against got, line by line.
    pub diff: Vec<DiffLine>,
}

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffLine {
    /// Expected and there.
    Same(String),
    /// Expected and not there.
    Missing(String),
    /// There and not expected.
    Unexpected(String),
}

impl Failure {
    fn new(range: TextRange, message: impl Into<String>) -> Self {
        Self { range, message: message.into(), diff: Vec::new() }
    }
}

/// What of a test's expectation was not met.
pub fn judge(test: &Test, kind: RuleKind, simulated: &Simulated) -> Vec<Failure> {
    let mut failures = match &test.expect {
        Expect::Fires | Expect::Nothing => fires(test, kind, simulated).into_iter().collect(),
        Expect::Said(said) => judge_said(said, test, kind, simulated),
    };
    if test.once && !simulated.repeated.is_empty() {
        let times: Vec<String> = simulated
            .repeated
            .iter()
            .filter_map(|number| Some(simulated.runs.get(*number)?.window.now.to_string()))
            .collect();
        let message = format!("rows are alerted on twice: again by the run of {}", times.join(", "));
        failures.push(Failure::new(test.name.range, message));
    }
    if simulated.runs.is_empty() {
        let message = "the rule does not run within the stretch of time: its frequency is longer";
        failures.push(Failure::new(test.name.range, message));
    }
    failures
}

fn fires(test: &Test, kind: RuleKind, simulated: &Simulated) -> Option<Failure> {
    let rows = simulated.rows();
    let (number, noun) = match kind {
        RuleKind::Hunting => (rows.rows.len(), "row"),
        RuleKind::Scheduled | RuleKind::Nrt => (simulated.alerts.len(), "alert"),
    };
    let wants = matches!(test.expect, Expect::Fires);
    if wants == (number > 0) {
        return None;
    }
    let message = match wants {
        true => format!("expected an {noun}, got none").replace("an row", "a row"),
        false => format!("expected no {noun}, got {number}"),
    };
    let diff = rows.rows.iter().map(|row| DiffLine::Unexpected(shown(&rows.schema.fields, row, None)));
    Some(Failure { diff: diff.collect(), ..Failure::new(test.expect_range, message) })
}

fn judge_said(said: &Said, test: &Test, kind: RuleKind, simulated: &Simulated) -> Vec<Failure> {
    let mut failures = Vec::new();
    if said.is_empty {
        failures.push(Failure::new(
            test.expect_range,
            "nothing is expected yet: `picket test --update` writes what there is",
        ));
    }
    let mut count = |expected: &Option<Spanned<usize>>, got: usize, noun: &str| {
        if let Some(expected) = expected.as_ref().filter(|expected| expected.value != got) {
            let plural = |number: usize| if number == 1 { noun.to_owned() } else { format!("{noun}s") };
            let message = format!("expected {} {}, got {got}", expected.value, plural(expected.value));
            failures.push(Failure::new(expected.range, message));
        }
    };
    if kind != RuleKind::Hunting {
        count(&said.alerts, simulated.alerts.len(), "alert");
        count(&said.incidents, simulated.incidents.len(), "incident");
    }
    let rows = simulated.rows();
    match &said.rows {
        Some(ExpectedRows::Count(expected)) if expected.value != rows.rows.len() => {
            let message = format!("expected {} rows, got {}", expected.value, rows.rows.len());
            let diff =
                rows.rows.iter().map(|row| DiffLine::Unexpected(shown(&rows.schema.fields, row, None)));
            failures.push(Failure { diff: diff.collect(), ..Failure::new(expected.range, message) });
        }
        Some(ExpectedRows::Count(_)) | None => {}
        Some(ExpectedRows::Rows(expected)) => failures.extend(judge_rows(expected, test, &rows)),
    }
    if kind == RuleKind::Hunting {
        return failures;
    }
    if let Some(expected) = &said.entities {
        failures.extend(judge_entities(expected, &simulated.alerts));
    }
    let alerts = &simulated.alerts;
    failures.extend(judge_texts(&said.title, "title", alerts.iter().map(|alert| alert.title.as_str())));
    failures.extend(judge_texts(
        &said.description,
        "description",
        alerts.iter().map(|alert| alert.description.as_str()),
    ));
    failures.extend(judge_texts(
        &said.severity,
        "severity",
        alerts.iter().map(|alert| alert.severity.as_str()),
    ));
    for alert in &simulated.alerts {
        let wanted: Vec<&str> = said.tactics.iter().map(|tactic| tactic.value.as_str()).collect();
        let is_other = alert.tactics.len() != wanted.len()
            || alert.tactics.iter().any(|it| !wanted.contains(&it.as_str()));
        if let Some(first) = said.tactics.first().filter(|_| is_other) {
            let message =
                format!("expected the tactics {}, got {}", wanted.join(", "), alert.tactics.join(", "));
            failures.push(Failure::new(first.range, message));
            break;
        }
    }
    failures
}

/// One text for all alerts, or one for each, in any order.
fn judge_texts<'a>(
    expected: &[Spanned<String>],
    noun: &str,
    got: impl Iterator<Item = &'a str>,
) -> Option<Failure> {
    let first = expected.first()?;
    let got: Vec<&str> = got.collect();
    let mut left = got.clone();
    let wanted: Vec<&str> = match expected {
        [one] => vec![one.value.trim_end(); got.len().max(1)],
        several => several.iter().map(|text| text.value.trim_end()).collect(),
    };
    let mut diff = Vec::new();
    for text in &wanted {
        match left.iter().position(|got| got.trim_end() == *text) {
            Some(at) => diff.push(DiffLine::Same(left.remove(at).to_owned())),
            None => diff.push(DiffLine::Missing((*text).to_owned())),
        }
    }
    diff.extend(left.into_iter().map(|text| DiffLine::Unexpected(text.to_owned())));
    let is_met = diff.iter().all(|line| matches!(line, DiffLine::Same(_)));
    diff.dedup();
    (!is_met)
        .then(|| Failure { diff, ..Failure::new(first.range, format!("the {noun} of the alerts differs")) })
}

fn judge_rows(expected: &Spanned<Vec<Node>>, test: &Test, rows: &Table) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut wanted: Vec<(Vec<usize>, Row)> = Vec::new();
    for node in &expected.value {
        let Some(mapping) = node.as_mapping() else {
            failures.push(Failure::new(
                node.range,
                format!("the expected row is {}, not columns and values", node.describe()),
            ));
            continue;
        };
        match wanted_row(mapping, test, rows) {
            Ok(row) => wanted.push(row),
            Err(failure) => failures.push(failure),
        }
    }
    if !failures.is_empty() {
        return failures;
    }
    let fits = |(slots, values): &(Vec<usize>, Row), row: &Row| {
        slots.iter().zip(values).all(|(slot, wanted)| row.get(*slot).is_some_and(|got| is_equal(got, wanted)))
    };
    let pairs = matched(&wanted, &rows.rows, fits);
    if pairs.iter().all(Option::is_some) && wanted.len() == rows.rows.len() {
        return failures;
    }
    let mut diff = Vec::new();
    let fields = &rows.schema.fields;
    // Columns that no expectation names say little.
    let named: Vec<usize> = wanted.iter().flat_map(|(slots, _)| slots.iter().copied()).collect();
    let columns = (!named.is_empty()).then_some(named.as_slice());
    for ((slots, values), pair) in wanted.iter().zip(&pairs) {
        let named: Vec<Field> = slots.iter().filter_map(|slot| fields.get(*slot).cloned()).collect();
        let text = shown(&named, values, None);
        diff.push(if pair.is_some() { DiffLine::Same(text) } else { DiffLine::Missing(text) });
    }
    for (number, row) in rows.rows.iter().enumerate() {
        if !pairs.contains(&Some(number)) {
            diff.push(DiffLine::Unexpected(shown(fields, row, columns)));
        }
    }
    let message = match wanted.len() == rows.rows.len() {
        true => "the rows differ".to_owned(),
        false => format!("expected {} rows, got {}", wanted.len(), rows.rows.len()),
    };
    failures.push(Failure { diff, ..Failure::new(expected.range, message) });
    failures
}

/// The places and values of the columns of an expected row.
pub(super) fn wanted_row(mapping: &Mapping, test: &Test, rows: &Table) -> Result<(Vec<usize>, Row), Failure> {
    let (mut slots, mut values) = (Vec::new(), Row::new());
    for entry in &mapping.entries {
        let Some(name) = entry.key.as_scalar() else { continue };
        let Some(slot) = rows.schema.position(&name.text) else {
            let known = rows.schema.fields.iter().map(|field| &*field.name);
            let nearest = nearest(&name.text, known).map(|meant| format!("; the nearest is `{meant}`"));
            let message =
                format!("the query returns no column `{}`{}", name.text, nearest.unwrap_or_default());
            return Err(Failure::new(entry.key.range, message));
        };
        let ty = rows.schema.fields.get(slot).map_or(crate::catalog::ScalarType::Dynamic, |field| field.ty);
        match value::of_node(&entry.value, ty, test.clock.to) {
            Ok(value) => {
                slots.push(slot);
                values.push(value);
            }
            Err(why) => {
                let message = format!("`{}` of type {} cannot have this value: {why}", name.text, ty.name());
                return Err(Failure::new(entry.value.range, message));
            }
        }
    }
    Ok((slots, values))
}

/// For each of `wanted` the one of `got` that it is paired with, as many pairs as there can be.
pub(super) fn matched<W, G>(wanted: &[W], got: &[G], fits: impl Fn(&W, &G) -> bool) -> Vec<Option<usize>> {
    fn pair<W, G>(
        at: usize,
        wanted: &[W],
        got: &[G],
        fits: &dyn Fn(&W, &G) -> bool,
        taken: &mut [Option<usize>],
        tried: &mut [bool],
    ) -> bool {
        for number in 0..got.len() {
            let is_candidate =
                !tried[number] && wanted.get(at).zip(got.get(number)).is_some_and(|(w, g)| fits(w, g));
            if !is_candidate {
                continue;
            }
            tried[number] = true;
            let is_free = match taken[number] {
                None => true,
                Some(other) => pair(other, wanted, got, fits, taken, tried),
            };
            if is_free {
                taken[number] = Some(at);
                return true;
            }
        }
        false
    }
    let mut taken: Vec<Option<usize>> = vec![None; got.len()];
    for at in 0..wanted.len() {
        let mut tried = vec![false; got.len()];
        pair(at, wanted, got, &fits, &mut taken, &mut tried);
    }
    (0..wanted.len()).map(|at| taken.iter().position(|by| *by == Some(at))).collect()
}

fn judge_entities(expected: &Spanned<Vec<Node>>, alerts: &[Alert]) -> Vec<Failure> {
    let mut got: Vec<&Entity> = Vec::new();
    for entity in alerts.iter().flat_map(|alert| &alert.entities) {
        if !got.contains(&entity) {
            got.push(entity);
        }
    }
    let mut wanted: Vec<Entity> = Vec::new();
    for node in &expected.value {
        let read = node.as_mapping().and_then(|mapping| {
            let ty = mapping.get("type")?.as_str()?.to_owned();
            let identifiers = mapping.entries.iter().filter_map(|entry| {
                let name = entry.key.as_scalar().filter(|name| name.text != "type")?;
                Some((name.text.clone(), entry.value.as_scalar()?.text.clone()))
            });
            Some(Entity { ty, identifiers: identifiers.collect() })
        });
        match read {
            Some(entity) => wanted.push(entity),
            None => {
                return vec![Failure::new(
                    node.range,
                    "the expected entity has no `type`, such as `type: Host`",
                )];
            }
        }
    }
    let fits = |wanted: &Entity, got: &&Entity| {
        wanted.ty.eq_ignore_ascii_case(&got.ty)
            && wanted.identifiers.iter().all(|pair| got.identifiers.contains(pair))
    };
    let pairs = matched(&wanted, &got, fits);
    if pairs.iter().all(Option::is_some) && wanted.len() == got.len() {
        return Vec::new();
    }
    let mut diff: Vec<DiffLine> = Vec::new();
    for (entity, pair) in wanted.iter().zip(&pairs) {
        let text = entity.to_string();
        diff.push(if pair.is_some() { DiffLine::Same(text) } else { DiffLine::Missing(text) });
    }
    let left = got.iter().enumerate().filter(|(number, _)| !pairs.contains(&Some(*number)));
    diff.extend(left.map(|(_, entity)| DiffLine::Unexpected(entity.to_string())));
    vec![Failure { diff, ..Failure::new(expected.range, "the entities of the alerts differ") }]
}

/// Whether a value is the expected one: nothing equals nothing here, text by its letters.
pub(super) fn is_equal(got: &Value, wanted: &Value) -> bool {
    if got.is_empty() || wanted.is_empty() {
        return got.is_empty() && wanted.is_empty();
    }
    equal(got, wanted).unwrap_or(false) || got == wanted || got.to_text() == wanted.to_text()
}

/// A row as columns and values; of `columns` alone where they are given, else those that hold something.
fn shown(fields: &[Field], row: &Row, columns: Option<&[usize]>) -> String {
    let cells = fields.iter().zip(row).enumerate().filter(|(at, (_, value))| match columns {
        Some(columns) => columns.contains(at),
        None => !value.is_empty(),
    });
    let cells: Vec<String> = cells
        .map(|(_, (field, value))| {
            let text = value.to_text();
            let text = if value.is_empty() { "\"\"" } else { &*text };
            format!("{}: {text}", field.name)
        })
        .collect();
    cells.join(", ")
}
