//! Tests proposed from the conditions of a query: rows that fire, and rows that just miss.
//!
//! `flat` follows the operators from the tables on and makes of what a query asks conditions on columns of the tables;
//! `solve` finds values for which these hold, or just do not. What is proposed is run: what does not behave is marked.

mod compact;
mod flat;
mod regex;
mod scenarios;
mod solve;
mod write;

pub use compact::{Compact, compact};

use std::collections::BTreeMap;
use std::sync::Arc;

use super::data::TIME;
use super::document::{self, FIRES, NOTHING, default_clock};
use super::session::{Looks, Status, run_rule};
use super::simulate::Shared;
use super::subject::Subject;
use crate::catalog::kql::KqlCatalog;
use crate::diag::Diagnostic;
use crate::exec::value::Value as Held;
use crate::exec::{INGESTED, ScanSource};
use crate::rule::Rule;
use crate::text::{SourceId, TextRange};

use flat::{Flat, Kind};
use solve::{Aim, Solver, State};

/// The most tests that are proposed for one rule.
const MAX_TESTS: usize = 60;

/// A row by its columns.
type Row = BTreeMap<Arc<str>, Held>;

/// Rows of sources.
type Rows = Vec<(ScanSource, Vec<Row>)>;

/// What stands at the head of a file of proposed tests.
const HEAD: [&str; 2] = [
    "Proposed from the conditions of the query by `picket test --scaffold`: keep what is meant, and put in values as",
    "they come in your logs. Rows without TimeGenerated are of the second before the rule runs.",
];

/// A test that is proposed.
#[derive(Debug, Clone, PartialEq, Default)]
struct Proposal {
    /// What it shows.
    name: String,
    /// The rules that it is about; none for the one beside it.
    rules: Vec<String>,
    /// The false-positive scenario that it is about.
    scenario: Option<String>,
    /// Its rows.
    rows: Rows,
    /// What is expected of them, as it is written.
    expect: String,
    /// What is said before it.
    notes: Vec<String>,
}

/// A file of tests for a rule: for each condition of its query rows that fire by it, and rows that just miss it. What was
/// not found, or does not behave as expected, is marked by a comment.
///
/// # Errors
/// What is wrong with the query, and what of it is not supported offline.
pub fn scaffold(rule: &Rule, catalog: &KqlCatalog, shared: &Shared) -> Result<String, Vec<Diagnostic>> {
    let subject = Subject::prepare(rule, catalog)?;
    let query = rule.query.as_ref().map_or("", |query| query.text());
    let mut proposals: Vec<Proposal> = Vec::new();
    for way in &flat::ways(&subject.program.outline()) {
        for (aim, state) in variants(way) {
            let (verb, word) = if aim.denied.is_some() { ("just misses", NOTHING) } else { ("fires", FIRES) };
            let place = aim.denied.or(aim.branch.and_then(|branch| place_of(way, branch)));
            let about =
                place.map_or_else(|| "on all conditions".to_owned(), |range| short(range.slice(query)));
            let rows = rows_of(way, &state);
            let is_new = proposals.iter().all(|known| known.rows != rows || known.expect != word);
            if is_new && proposals.len() < MAX_TESTS {
                let open = state
                    .open
                    .iter()
                    .map(|range| format!("Not known how to meet: {}", short(range.slice(query))));
                let (name, expect) = (format!("{verb}: {about}"), word.to_owned());
                proposals.push(Proposal { name, rows, expect, notes: open.collect(), ..Proposal::default() });
            }
        }
    }
    // Several tests of one name cannot be told apart.
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for proposal in &mut proposals {
        let times = names.entry(proposal.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            proposal.name.push_str(&format!(" ({times})"));
        }
    }
    let (file, _) = document::read(SourceId::default(), &write::file(&[], &proposals));
    let tests: Vec<&document::Test> = file.tests.iter().collect();
    let outcome = run_rule(rule, &tests, catalog, shared, Looks::default());
    for proposal in &mut proposals {
        let Some(outcome) = outcome.tests.iter().find(|it| it.name == proposal.name) else { continue };
        let mark = match outcome.status {
            Status::Passed => None,
            Status::Failed => outcome.failures.first().map(|failure| &failure.message),
            Status::Broken => outcome.findings.first().map(|finding| &finding.message),
        };
        proposal.notes.extend(mark.map(|mark| format!("Does not behave as expected yet: {}", short(mark))));
    }
    Ok(write::file(&HEAD, &proposals))
}

/// The ways to meet, and to just miss, the conditions of one way through a query.
fn variants(way: &Flat) -> Vec<(Aim, State)> {
    let (mut choices, mut leaves) = (Vec::new(), Vec::new());
    way.conditions.iter().for_each(|condition| condition.parts(&mut choices, &mut leaves));
    let mut aims = vec![Aim::default()];
    for (range, branches) in choices {
        aims.extend((1..branches).map(|at| Aim { branch: Some((range, at)), ..Aim::default() }));
    }
    aims.extend(leaves.into_iter().map(|leaf| Aim { denied: Some(leaf), ..Aim::default() }));
    aims.into_iter().map(|aim| (aim, solve(way, aim))).collect()
}

fn solve(way: &Flat, aim: Aim) -> State {
    Solver { flat: way, now: default_clock(), aim }.solve()
}

/// Where a branch of an `or` stands.
fn place_of(way: &Flat, (range, at): (TextRange, usize)) -> Option<TextRange> {
    fn find(expr: &flat::Expr, range: TextRange, at: usize) -> Option<TextRange> {
        match &expr.kind {
            Kind::Or(parts) if expr.range == range => parts.get(at).map(|part| part.range),
            Kind::Or(parts) | Kind::And(parts) | Kind::Call(_, parts) => {
                parts.iter().find_map(|part| find(part, range, at))
            }
            _ => None,
        }
    }
    way.conditions.iter().find_map(|condition| find(condition, range, at))
}

/// The rows of a state, by source.
fn rows_of(way: &Flat, state: &State) -> Rows {
    let mut rows: Rows = Vec::new();
    for (number, (scan, row)) in way.sources.iter().zip(&state.rows).enumerate() {
        let copies = if number == 0 { state.copies } else { 1 };
        let mut row = row.clone();
        // What was ingested at a time happened no later.
        if let (Some(time), None) = (row.get(INGESTED).cloned(), row.get(TIME)) {
            row.insert(TIME.into(), time);
        }
        let same = std::iter::repeat_n(row, copies);
        match rows.iter_mut().find(|(source, _)| *source == scan.source) {
            Some((_, known)) => known.extend(same),
            None => rows.push((scan.source.clone(), same.collect())),
        }
    }
    rows
}

/// A text on one line, cut where it is long.
fn short(text: &str) -> String {
    const LENGTH: usize = 70;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LENGTH) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}
