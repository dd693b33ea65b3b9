//! What a rule makes of the rows of a test, for those who want to see what comes out of it.

use super::alert::Alert;
use super::document::Test;
use super::judge::judge;
use super::simulate::{Probe, Shared, material, simulate};
use super::subject::Subject;
use crate::catalog::kql::KqlCatalog;
use crate::exec::Table;
use crate::rule::Rule;

/// What a rule made of the rows of a test that expects it to find something, and passes.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The name of the test.
    pub test: String,
    /// The rows of the query, of all runs.
    pub rows: Table,
    /// The first alert; a hunting query raises none.
    pub alert: Option<Alert>,
}

/// What `rule` makes of the first of `tests` that expects it to find something and passes; nothing where none does. It looks
/// at no more than three.
pub fn sample(rule: &Rule, tests: &[&Test], catalog: &KqlCatalog, shared: &Shared) -> Option<Sample> {
    const MOST: usize = 3;
    let mut finding = tests.iter().filter(|test| test.expect.is_finding()).take(MOST).peekable();
    finding.peek()?;
    let subject = Subject::prepare(rule, catalog).ok()?;
    finding.find_map(|test| {
        let material = material(test, &subject, shared).ok()?;
        let simulated = simulate(test, &subject, &material, Probe::default()).ok()?;
        let rows = simulated.rows();
        let is_met = judge(test, rule.kind, &simulated).is_empty() && !rows.rows.is_empty();
        is_met.then(|| Sample {
            test: test.name.value.clone(),
            rows,
            alert: simulated.alerts.into_iter().next(),
        })
    })
}
