//! The tests of a rule and what comes out of one, as small tables of texts.

use super::Documented;
use crate::exec::ScanSource;
use crate::exec::value::Value;
use crate::lint::NeedKind;
use crate::rule::{RuleKind, to_json};
use crate::testing::{Data, Expect, ExpectedRows, Said, Test};
use crate::yaml::Node;

/// The most rows that a page shows of a table.
const MOST_ROWS: usize = 5;
/// The most rows of results that a page shows.
const MOST_RESULTS: usize = 3;
/// The most entities that a page shows of an alert.
pub(super) const MOST_ENTITIES: usize = 8;
/// The longest text in a cell, in characters.
const LONGEST: usize = 200;

/// A small table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Grid {
    /// What it shows.
    pub title: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, with a text for each column.
    pub rows: Vec<Vec<String>>,
    /// How many more rows there are.
    pub more: usize,
    /// The file in which the rows are, where they are not shown.
    pub file: Option<String>,
}

/// What comes out of a rule: columns with their types and the values of the rows of a test.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Results {
    /// Columns that have a value in some row: name, type, and a value a row.
    pub columns: Vec<(String, String, Vec<String>)>,
    /// Columns without a value in these rows: name and type.
    pub empty: Vec<(String, String)>,
    /// How many rows are shown.
    pub shown: usize,
    /// How many more there are.
    pub more: usize,
}

/// What comes out of a rule: its columns, with the values of the sample where there is one.
pub(super) fn results(documented: &Documented<'_>) -> Results {
    let Some(sample) = &documented.sample else {
        let empty = documented.columns.clone().unwrap_or_default();
        return Results { empty, ..Results::default() };
    };
    let rows = &sample.rows.rows;
    let shown = rows.len().min(MOST_RESULTS);
    let mut results = Results { shown, more: rows.len() - shown, ..Results::default() };
    for (at, field) in sample.rows.schema.fields.iter().enumerate() {
        let (name, ty) = (field.name.to_string(), field.ty.name().to_owned());
        let values: Vec<String> =
            rows.iter().take(shown).map(|row| row.get(at).map(value).unwrap_or_default()).collect();
        match values.iter().all(String::is_empty) {
            true => results.empty.push((name, ty)),
            false => results.columns.push((name, ty, values)),
        }
    }
    results
}

/// The rows that a test gives the rule, a table for each source. Rows that all tests of a file share are among them where the
/// rule reads them.
pub(super) fn given(documented: &Documented<'_>, test: &Test) -> Vec<Grid> {
    let reads = |source: &ScanSource| {
        let (kinds, name): (&[NeedKind], _) = match source {
            ScanSource::Table(name) => (&[NeedKind::Table, NeedKind::Unknown], name),
            ScanSource::Watchlist(name) => (&[NeedKind::Watchlist], name),
            ScanSource::Function(name) => (&[NeedKind::ProductFunction, NeedKind::ProjectFunction], name),
            ScanSource::External(_) => return true,
        };
        let needs = kinds.iter().filter_map(|kind| documented.needs.get(kind)).flatten();
        needs.into_iter().any(|need| need.eq_ignore_ascii_case(name))
    };
    let given = test.given.iter().filter(|given| !given.shared || reads(&given.source));
    let grids = given.map(|given| {
        let title = given.source.to_string();
        match &given.data {
            Data::File(path) => Grid { title, file: Some(path.value.clone()), ..Grid::default() },
            Data::Inline(nodes) => grid(title, nodes),
        }
    });
    grids.collect()
}

/// The rows that a test expects, where it says them.
pub(super) fn expected(test: &Test) -> Option<Grid> {
    match &test.expect {
        Expect::Said(said) => match &said.rows {
            Some(ExpectedRows::Rows(rows)) if !rows.value.is_empty() => {
                Some(grid("Expected rows".to_owned(), &rows.value))
            }
            _ => None,
        },
        _ => None,
    }
}

fn grid(title: String, nodes: &[Node]) -> Grid {
    let shown = nodes.len().min(MOST_ROWS);
    let mut grid = Grid { title, more: nodes.len() - shown, ..Grid::default() };
    for mapping in nodes.iter().take(shown).filter_map(Node::as_mapping) {
        for entry in &mapping.entries {
            if let Some(key) = entry.key.as_scalar().filter(|key| !grid.columns.contains(&key.text)) {
                grid.columns.push(key.text.clone());
            }
        }
    }
    for mapping in nodes.iter().take(shown).filter_map(Node::as_mapping) {
        let row = grid.columns.iter().map(|name| mapping.get(name).map(node).unwrap_or_default());
        grid.rows.push(row.collect());
    }
    grid
}

fn node(node: &Node) -> String {
    match node.as_scalar() {
        Some(scalar) => cut(&scalar.text),
        None => cut(&to_json(node).to_string()),
    }
}

/// A value of a result. Times are written without a fraction that is nought.
fn value(value: &Value) -> String {
    let text = value.to_text();
    match value {
        Value::DateTime(_) => text.replace(".0000000Z", "Z"),
        _ => cut(&text),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What a test expects of a rule, in words, to stand behind `Expects`.
pub(super) fn expects(test: &Test, kind: RuleKind) -> String {
    let found = if kind == RuleKind::Hunting { "a row" } else { "an alert" };
    let said = match &test.expect {
        Expect::Fires => return found.to_owned(),
        Expect::Nothing if kind == RuleKind::Hunting => return "no row".to_owned(),
        Expect::Nothing => return "no alert".to_owned(),
        Expect::Said(said) if said.is_empty => return "nothing yet".to_owned(),
        Expect::Said(said) => said,
    };
    let parts = parts(said);
    match parts.split_last() {
        None => "nothing in particular".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

fn parts(said: &Said) -> Vec<String> {
    let mut parts = Vec::new();
    let mut count = |number: Option<usize>, noun: &str, nouns: &str| match number {
        Some(0) => parts.push(format!("no {noun}")),
        Some(1) => parts.push(format!("1 {noun}")),
        Some(number) => parts.push(format!("{number} {nouns}")),
        None => {}
    };
    let rows = said.rows.as_ref().map(|rows| match rows {
        ExpectedRows::Count(number) => number.value,
        ExpectedRows::Rows(rows) => rows.value.len(),
    });
    count(said.alerts.as_ref().map(|it| it.value), "alert", "alerts");
    count(said.incidents.as_ref().map(|it| it.value), "incident", "incidents");
    count(rows, "row", "rows");
    count(said.entities.as_ref().map(|it| it.value.len()), "entity", "entities");
    let texts = [
        ("title", &said.title),
        ("description", &said.description),
        ("severity", &said.severity),
        ("tactics", &said.tactics),
    ];
    for (noun, values) in texts {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|it| format!("“{}”", cut(it.value.trim()))).collect();
            parts.push(format!("the {noun} {}", values.join(", ")));
        }
    }
    parts
}
