//! What comes out of a rule, and its tests, on its page.

use maud::{Markup, html};

use super::Documented;
use super::tested::{Grid, MOST_ENTITIES, Results, expected, expects, given, results};
use crate::testing::Alert;

/// The columns that the query returns, with the values that they have for the rows of a test.
pub(super) fn output(documented: &Documented<'_>) -> Markup {
    let results = results(documented);
    html! {
        @if !results.columns.is_empty() || !results.empty.is_empty() {
            section aria-labelledby="output" {
                h2 #output { "What a result looks like" }
                @match &documented.sample {
                    Some(sample) => {
                        p { "From the rows of the test “" (sample.test) "”." }
                        (values(&results))
                        @if let Some(alert) = &sample.alert { (raised(alert)) }
                    }
                    None => (columns(&results.empty)),
                }
            }
        }
    }
}

fn values(results: &Results) -> Markup {
    html! {
        div.wide role="region" aria-label="Sample output" tabindex="0" {
            table.rows {
                caption { "Sample output" }
                thead {
                    tr {
                        th scope="col" { "Column" }
                        th scope="col" { "Type" }
                        @for number in 1..=results.shown { th scope="col" { "Row " (number) } }
                    }
                }
                tbody {
                    @for (name, of, values) in &results.columns {
                        tr { th scope="row" { code { (name) } } td { (of) } @for value in values { td { (value) } } }
                    }
                }
            }
        }
        @if results.more > 0 { p.more { "and " (results.more) " more rows." } }
        @if !results.empty.is_empty() {
            details {
                summary { (results.empty.len()) " more columns have no value in these rows" }
                (columns(&results.empty))
            }
        }
    }
}

fn columns(columns: &[(String, String)]) -> Markup {
    html! {
        div.wide {
            table {
                thead { tr { th scope="col" { "Column" } th scope="col" { "Type" } } }
                tbody { @for (name, of) in columns { tr { td { code { (name) } } td { (of) } } } }
            }
        }
    }
}

/// The alert that a sample raises.
fn raised(alert: &Alert) -> Markup {
    let row = |what: &str, value: &Markup| html! { tr { th scope="row" { (what) } td { (value) } } };
    html! {
        div.wide role="region" aria-label="The alert that they raise" tabindex="0" {
            table {
                caption { "The alert that they raise" }
                tbody {
                    (row("Title", &html! { (alert.title) }))
                    @if !alert.severity.is_empty() { (row("Severity", &html! { (alert.severity) })) }
                    @for entity in alert.entities.iter().take(MOST_ENTITIES) { (row("Entity", &html! { (entity) })) }
                    @if alert.entities.len() > MOST_ENTITIES {
                        (row("Entities", &html! { (alert.entities.len() - MOST_ENTITIES) " more" }))
                    }
                    @for (name, values) in &alert.details { (row(name, &html! { (values.join(", ")) })) }
                }
            }
        }
    }
}

/// The tests of the rule: what each gives it, and what it expects.
pub(super) fn tests(documented: &Documented<'_>) -> Markup {
    html! {
        section aria-labelledby="tests" {
            h2 #tests { "Tests" }
            @if documented.tests.is_empty() { p { "No test is about this rule." } }
            @for test in &documented.tests {
                details.test {
                    summary { (test.name.value) span.count { " expects " (expects(test, documented.rule.kind)) } }
                    @if let Some(scenario) = &test.scenario { p { "It is about the false positive “" (scenario.value) "”." } }
                    @for rows in given(documented, test) { (grid(&rows)) }
                    @if let Some(rows) = expected(test) { (grid(&rows)) }
                }
            }
        }
    }
}

fn grid(grid: &Grid) -> Markup {
    html! {
        @if let Some(file) = &grid.file {
            p { code { (grid.title) } ": the rows of " code { (file) } "." }
        } @else if grid.rows.is_empty() {
            p { code { (grid.title) } ": no rows." }
        } @else {
            div.wide role="region" aria-label=(grid.title) tabindex="0" {
                table.rows {
                    caption { (grid.title) }
                    thead { tr { @for name in &grid.columns { th scope="col" { code { (name) } } } } }
                    tbody { @for row in &grid.rows { tr { @for value in row { td { (value) } } } } }
                }
            }
            @if grid.more > 0 { p.more { "and " (grid.more) " more rows." } }
        }
    }
}
