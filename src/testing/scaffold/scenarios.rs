//! Tests of the false-positive scenarios of a rule: rows that fire, and do not where the exclusion is put into the query.

use super::flat::{self, Flat};
use super::solve::Aim;
use super::{Proposal, rows_of, solve, variants, write};
use crate::catalog::kql::KqlCatalog;
use crate::rule::{FalsePositive, Rule};
use crate::testing::document::{self, FIRES, NOTHING, Test};
use crate::testing::session::{Looks, Status, run_rule};
use crate::testing::simulate::Shared;
use crate::testing::subject::Subject;
use crate::text::{SourceId, TextRange};

/// The tests of a rule for its scenarios that have an exclusion. A scenario for which no rows are found has none.
pub(super) fn of_scenarios(rule: &Rule, catalog: &KqlCatalog, shared: &Shared) -> Vec<Proposal> {
    rule.false_positives.iter().filter_map(|case| of_scenario(rule, case, catalog, shared)).collect()
}

fn of_scenario(rule: &Rule, case: &FalsePositive, catalog: &KqlCatalog, shared: &Shared) -> Option<Proposal> {
    let (scenario, exclusion) = (case.scenario.as_ref()?, case.exclusion.as_ref()?);
    let subject = Subject::excluding(rule, exclusion, catalog).ok()?;
    let ways = flat::ways(&subject.program.outline());
    let candidates = ways.iter().flat_map(|way| states(way, subject.excluded()));
    let proposals = candidates.map(|(way, state)| Proposal {
        name: scenario.value.clone(),
        scenario: Some(scenario.value.clone()),
        rows: rows_of(way, &state),
        expect: NOTHING.to_owned(),
        ..Proposal::default()
    });
    proposals.take(MAX_TRIES).find(|proposal| shows(proposal, rule, catalog, shared))
}

/// How many rows are tried for a scenario.
const MAX_TRIES: usize = 40;

/// Rows that meet the conditions of the rule, each by another branch, and none of its exclusion.
fn states(way: &Flat, excluded: Option<TextRange>) -> Vec<(&Flat, super::State)> {
    let firing = variants(way).into_iter().filter(|(aim, _)| aim.denied.is_none());
    let aims = firing.map(|(aim, _)| Aim { excluded, ..aim });
    aims.map(|aim| (way, solve(way, aim))).collect()
}

/// Whether the rows of a test fire by the rule, and do not with the exclusion.
fn shows(proposal: &Proposal, rule: &Rule, catalog: &KqlCatalog, shared: &Shared) -> bool {
    let plain = Proposal { scenario: None, expect: FIRES.to_owned(), ..proposal.clone() };
    let (file, _) = document::read(SourceId::default(), &write::file(&[], &[plain, proposal.clone()]));
    let tests: Vec<&Test> = file.tests.iter().collect();
    let outcome = run_rule(rule, &tests, catalog, shared, Looks::default());
    outcome.tests.iter().all(|test| test.status == Status::Passed)
}
