//! Tests of many rules of one kind in few lines: all that fires in one test, all that just misses in another.

use std::sync::Arc;

use super::flat::{self, Flat, Kind};
use super::scenarios::of_scenarios;
use super::solve::{Aim, State, sample};
use super::{Proposal, Rows, rows_of, variants, write};
use crate::catalog::kql::KqlCatalog;
use crate::exec::value::Value;
use crate::rule::Rule;
use crate::testing::document::{self, NOTHING, Test};
use crate::testing::session::{Looks, Status, run_rule};
use crate::testing::simulate::Shared;
use crate::testing::subject::Subject;
use crate::text::SourceId;

/// Tests for the rules of one folder, and what there is no test for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compact {
    /// The text of the file of tests; empty where there are none.
    pub text: String,
    /// The rules without tests, by their files, and why.
    pub open: Vec<(String, String)>,
}

/// Tests for `rules`, each with the name of its file: for every condition a row that fires by it, and one that just misses
/// it. Each row is of a group of its own, so that each comes out by itself. What does not behave is left out and named.
pub fn compact(head: &[&str], rules: &[(&Rule, &str)], catalog: &KqlCatalog, shared: &Shared) -> Compact {
    let mut out = Compact::default();
    let mut all: Vec<Proposal> = Vec::new();
    for (rule, file) in rules {
        match of_rule(rule, file, catalog, shared) {
            Ok(proposals) => {
                for proposal in proposals {
                    let same = |known: &&mut Proposal| {
                        known.rows == proposal.rows
                            && known.expect == proposal.expect
                            && known.name == proposal.name
                            && known.scenario == proposal.scenario
                    };
                    match all.iter_mut().find(same) {
                        Some(known) => known.rules.extend(proposal.rules),
                        None => all.push(proposal),
                    }
                }
            }
            Err(why) => out.open.push(((*file).to_owned(), why)),
        }
    }
    if !all.is_empty() {
        out.text = write::file(head, &all);
    }
    out
}

/// The tests of a rule.
fn of_rule(rule: &Rule, file: &str, catalog: &KqlCatalog, shared: &Shared) -> Result<Vec<Proposal>, String> {
    let first = |findings: Vec<crate::diag::Diagnostic>| {
        findings.first().map(|finding| finding.message.clone()).unwrap_or_default()
    };
    let subject = Subject::prepare(rule, catalog).map_err(first)?;
    let (mut firing, mut missing) = (Rows::new(), Rows::new());
    let (mut number, mut fires) = (0, 0);
    for way in &flat::ways(&subject.program.outline()) {
        for (aim, mut state) in variants(way) {
            if !state.open.is_empty() {
                continue;
            }
            number += 1;
            tell_apart(way, &mut state, number);
            let rows = rows_of(way, &state);
            match aim {
                Aim { denied: None, .. } => {
                    fires += 1;
                    add(&mut firing, rows);
                }
                _ => add(&mut missing, rows),
            }
        }
    }
    let topic = file.split('.').next().unwrap_or(file).replace('-', " ");
    let proposal = |name: String, rows: Rows, expect: String| Proposal {
        name,
        rules: vec![file.to_owned()],
        rows,
        expect,
        ..Proposal::default()
    };
    let proposals = [
        proposal(format!("{topic}, found by each sign"), firing, format!("{{rows: {fires}}}")),
        proposal(format!("{topic}, near misses"), missing, NOTHING.to_owned()),
    ];
    let text = write::file(
        &[],
        &proposals.iter().map(|it| Proposal { rules: Vec::new(), ..it.clone() }).collect::<Vec<_>>(),
    );
    let (read, _) = document::read(SourceId::default(), &text);
    let tests: Vec<&Test> = read.tests.iter().collect();
    let outcome = run_rule(rule, &tests, catalog, shared, Looks { coverage: false, mutants: true });
    let failed = outcome.tests.iter().find(|test| test.status != Status::Passed);
    if let Some(test) = failed {
        let failure = test.failures.first().map(|failure| failure.message.clone());
        let finding = test.findings.first().map(|finding| finding.message.clone());
        return Err(format!("{}: {}", test.name, failure.or(finding).unwrap_or_default()));
    }
    match outcome.findings.first() {
        Some(finding) => {
            let query = rule.query.as_ref();
            let range = finding.primary.span.range;
            let start = query.map_or(range.start, |query| query.range.start);
            Err(format!(
                "the condition {} bytes into the query has no test",
                range.start.saturating_sub(start)
            ))
        }
        None => {
            let scenarios = of_scenarios(rule, catalog, shared).into_iter().map(|proposal| Proposal {
                name: format!("{topic}, {}", proposal.name),
                rules: vec![file.to_owned()],
                ..proposal
            });
            Ok(proposals.into_iter().chain(scenarios).collect())
        }
    }
}

/// Makes the row of a state one of a group of its own, by the first key that no condition decides.
fn tell_apart(way: &Flat, state: &mut State, number: usize) {
    let mut is_apart = false;
    for key in &way.keys {
        let Kind::Column(at, name, _) = &key.kind else { continue };
        let Some(row) = state.rows.get_mut(*at) else { continue };
        let is_sample = matches!(row.get(name), Some(Value::String(text)) if **text == *sample(name));
        if !is_sample {
            continue;
        }
        if is_apart {
            row.remove(name);
        } else {
            row.insert(Arc::clone(name), Value::string(numbered(sample(name), number)));
            is_apart = true;
        }
    }
}

/// A sample value with a number in it.
fn numbered(sample: &str, number: usize) -> String {
    if let Some(before) = sample.strip_suffix("10").filter(|before| before.ends_with('.')) {
        return format!("{before}{number}");
    }
    match sample.split_once('1') {
        Some((before, after)) => format!("{before}{number}{after}"),
        None => format!("{sample}{number}"),
    }
}

fn add(rows: &mut Rows, more: Rows) {
    for (source, more) in more {
        match rows.iter_mut().find(|(known, _)| *known == source) {
            Some((_, known)) => {
                // Items of a watchlist are there once.
                for row in more {
                    if !known.contains(&row) {
                        known.push(row);
                    }
                }
            }
            None => rows.push((source, more)),
        }
    }
}
