//! Which conditions of a query tests decide, and whether a test fails where one is turned over.

use std::cell::RefCell;
use std::collections::HashMap;

use super::document::Test;
use super::judge::judge;
use super::lints::{SURVIVING_MUTANT, UNTESTED_CONDITION};
use super::simulate::{Material, Probe, simulate};
use super::subject::Subject;
use crate::diag::Diagnostic;
use crate::exec::Observer;
use crate::text::TextRange;

/// What a condition was for the rows of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// Whether it was true for a row.
    pub was_true: bool,
    /// Whether it was false for a row.
    pub was_false: bool,
}

/// Hears what conditions are.
#[derive(Debug, Default)]
pub struct Recorder {
    seen: RefCell<HashMap<TextRange, Outcomes>>,
}

impl Observer for Recorder {
    fn observe(&self, range: TextRange, truth: bool) {
        let mut seen = self.seen.borrow_mut();
        let outcomes = seen.entry(range).or_default();
        if truth {
            outcomes.was_true = true;
        } else {
            outcomes.was_false = true;
        }
    }
}

impl Recorder {
    /// What the condition at `range` was.
    pub fn outcomes(&self, range: TextRange) -> Outcomes {
        self.seen.borrow().get(&range).copied().unwrap_or_default()
    }

    /// The conditions of a rule that were not both true and false, at their places in its file.
    pub fn untested(&self, subject: &Subject<'_>) -> Vec<Diagnostic> {
        let conditions = subject.program.conditions().iter();
        let open = conditions.filter_map(|range| {
            let Outcomes { was_true, was_false } = self.outcomes(*range);
            let never = match (was_true, was_false) {
                (true, true) => return None,
                (false, false) => "decided by no test",
                (true, false) => "true in every test",
                (false, true) => "false in every test",
            };
            let message = format!("the condition is {never}");
            Some(UNTESTED_CONDITION.at(subject.place(*range), message))
        });
        open.collect()
    }
}

/// The conditions of a rule that can be turned over without a test that fails, at their places in its file. `tests` are those
/// of the rule, which pass, with their rows.
pub fn surviving(subject: &Subject<'_>, tests: &[(&Test, &Material)]) -> Vec<Diagnostic> {
    let kills = |range: TextRange, (test, material): &(&Test, &Material)| {
        let probe = Probe { flipped: Some(range), observer: None };
        match simulate(test, subject, material, probe) {
            Ok(simulated) => !judge(test, subject.rule.kind, &simulated).is_empty(),
            Err(_) => true,
        }
    };
    let conditions = subject.program.conditions().iter();
    let alive = conditions.filter(|range| !tests.iter().any(|test| kills(**range, test)));
    let found = alive.map(|range| {
        SURVIVING_MUTANT
            .at(subject.place(*range), "no test fails where this condition is turned over")
            .with_help("add a test with a row that only this condition lets through, or keeps out")
    });
    found.collect()
}
