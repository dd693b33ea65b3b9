//! The codes of tests of rules.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports what is wrong with a file of tests: a key that there is not, a value that the key cannot have, a test without a
    /// name or an expectation, a rule that cannot be found.
    ///
    /// ## Why is this bad
    /// What is not understood is not tested. `picket schema test` prints the JSON Schema of these files for an editor.
    pub(crate) static BAD_TEST: "PK940", "bad-test", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a column of a test's rows that the table does not have, and a table, watchlist or function that the rule's
    /// query does not read.
    ///
    /// ## Why is this bad
    /// The query never sees the value: the test passes or fails for another reason than the one meant.
    pub(super) static UNKNOWN_TEST_COLUMN: "PK941", "unknown-test-column", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a value in a test's rows that is not of the type that its column has: a date that is none, text for a number.
    ///
    /// ## Why is this bad
    /// The service would refuse the row, or the column would be empty in it.
    pub(super) static BAD_TEST_VALUE: "PK942", "bad-test-value", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports rows of a test that cannot be read: a file that is not there, a line that is no JSON object, a line longer than
    /// 16 MiB.
    ///
    /// ## Why is this bad
    /// The test has no data. Tests are for rows that a person can look at; for a day of logs there is `picket hunt`.
    pub(super) static UNREADABLE_TEST_DATA: "PK943", "unreadable-test-data", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a row that no run of the rule sees, in a test over a stretch of time: it falls between two windows because the
    /// rule runs more seldom than its period is long, or it was ingested after the last run whose window covers it.
    ///
    /// ## Why is this bad
    /// What such a row shows is never alerted on. A longer `queryPeriod`, with `ingestion_time()` in the query against
    /// repeated alerts, covers late rows.
    pub(super) static EVENT_MISSED: "PK944", "event-missed", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports, in a test over a stretch of time, that a run alerts on rows that an earlier run alerted on already: without
    /// them it would not. With `once: true` the test fails.
    ///
    /// ## Why is this bad
    /// Where the period is longer than the frequency, each event is alerted on as often as windows cover it, unless the query
    /// looks at `ingestion_time()` or the rule is suppressed after an alert.
    pub(super) static ALERT_REPEATED: "PK945", "alert-repeated", Severity::Info, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a condition of a rule's query that no test made true, or that none made false, with `picket test --coverage`.
    ///
    /// ## Why is this bad
    /// A condition that was never decided both ways could be wrong, or missing, without a test that fails.
    pub(super) static UNTESTED_CONDITION: "PK946", "untested-condition", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a condition of a rule's query that can be turned over, true where it is false, without a test that fails, with
    /// `picket test --mutate`.
    ///
    /// ## Why is this bad
    /// The tests say nothing about the condition. Add a row that only this condition lets through, or keeps out.
    pub(super) static SURVIVING_MUTANT: "PK947", "surviving-mutant", Severity::Error, since "0.1.0"
}

/// The codes, in order.
pub static ALL: &[&LintMeta] = &[
    &BAD_TEST,
    &UNKNOWN_TEST_COLUMN,
    &BAD_TEST_VALUE,
    &UNREADABLE_TEST_DATA,
    &EVENT_MISSED,
    &ALERT_REPEATED,
    &UNTESTED_CONDITION,
    &SURVIVING_MUTANT,
];
