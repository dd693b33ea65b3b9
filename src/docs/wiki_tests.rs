//! What comes out of a rule, its tests and its history, on its page of a wiki.

use std::fmt::Write as _;

use super::Documented;
use super::tested::{Grid, MOST_ENTITIES, expected, expects, given, results};
use crate::report::markdown_text::{code, escape};

/// The columns of the results, with the values of the sample.
pub(super) fn output(out: &mut String, documented: &Documented<'_>) {
    let results = results(documented);
    if results.columns.is_empty() && results.empty.is_empty() {
        return;
    }
    out.push_str("\n## What a result looks like\n\n");
    if let Some(sample) = &documented.sample {
        let _ = writeln!(out, "From the rows of the test “{}”.\n", escape(&sample.test));
    }
    let rows: String = (1..=results.shown).map(|number| format!(" row {number} |")).collect();
    let _ = writeln!(out, "| column | type |{rows}\n|-|-|{}", "-|".repeat(results.shown));
    for (name, of, values) in &results.columns {
        let values: String = values.iter().map(|value| format!(" {} |", escape(value))).collect();
        let _ = writeln!(out, "| {} | {of} |{values}", code(name));
    }
    for (name, of) in &results.empty {
        let _ = writeln!(out, "| {} | {of} |{}", code(name), " |".repeat(results.shown));
    }
    more(out, results.more);
    let alert = documented.sample.as_ref().and_then(|sample| sample.alert.as_ref());
    if let Some(alert) = alert {
        let _ = writeln!(out, "\nThe alert that they raise:\n\n- title {}", code(&alert.title));
        if !alert.severity.is_empty() {
            let _ = writeln!(out, "- severity {}", escape(&alert.severity));
        }
        for entity in alert.entities.iter().take(MOST_ENTITIES) {
            let _ = writeln!(out, "- entity {}", code(&entity.to_string()));
        }
        if alert.entities.len() > MOST_ENTITIES {
            let _ = writeln!(out, "- {} more entities", alert.entities.len() - MOST_ENTITIES);
        }
        for (name, values) in &alert.details {
            let _ = writeln!(out, "- {} {}", escape(name), code(&values.join(", ")));
        }
    }
}

/// The tests of the rule.
pub(super) fn tests(out: &mut String, documented: &Documented<'_>) {
    out.push_str("\n## Tests\n");
    if documented.tests.is_empty() {
        out.push_str("\nNo test is about this rule.\n");
    }
    for test in &documented.tests {
        let expects = expects(test, documented.rule.kind);
        let _ = writeln!(out, "\n### {}\n\nExpects {}.", escape(&test.name.value), escape(&expects));
        if let Some(scenario) = &test.scenario {
            let _ = writeln!(out, "It is about the false positive “{}”.", escape(&scenario.value));
        }
        for rows in given(documented, test).iter().chain(&expected(test)) {
            grid(out, rows);
        }
    }
}

fn grid(out: &mut String, grid: &Grid) {
    if let Some(file) = &grid.file {
        let _ = writeln!(out, "\n{}: the rows of {}", code(&grid.title), code(file));
        return;
    }
    if grid.rows.is_empty() {
        let _ = writeln!(out, "\n{}: no rows", code(&grid.title));
        return;
    }
    let columns: String = grid.columns.iter().map(|name| format!(" {} |", code(name))).collect();
    let _ = writeln!(out, "\n{}\n\n|{columns}\n|{}", code(&grid.title), "-|".repeat(grid.columns.len()));
    for row in &grid.rows {
        let cells: String = row.iter().map(|value| format!(" {} |", escape(value))).collect();
        let _ = writeln!(out, "|{cells}");
    }
    more(out, grid.more);
}

fn more(out: &mut String, rows: usize) {
    if rows > 0 {
        let _ = writeln!(out, "\nand {rows} more rows.");
    }
}

/// The commits that changed the file of the rule.
pub(super) fn history(out: &mut String, documented: &Documented<'_>) {
    if documented.history.is_empty() {
        return;
    }
    out.push_str("\n## History\n\n| day | commit | change |\n|-|-|-|\n");
    for commit in &documented.history {
        let _ = writeln!(out, "| {} | {} | {} |", commit.day, code(&commit.id), escape(&commit.summary));
    }
}
