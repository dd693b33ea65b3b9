//! Runs KQL on rows that are at hand: for tests of rules, for hunts over exported logs, for the local workspace.
//!
//! - `compile` turns a bound query into a plan, or says what in it is not supported offline.
//! - [`value`] holds values and what they mean: null, order, equality, text.
//! - `functions`, `aggregates` and `operators` are KQL's, one file a family.
//!
//! Nothing here touches files, the network or the clock: rows come from [`Tables`], the time from [`RunOptions`].
//!
//! # Examples
//!
//! ```
//! use picket::catalog::kql::KqlCatalog;
//! use picket::exec::{NoTables, Program, RunOptions, value::DateTime};
//!
//! let query = "datatable(User: string, Failed: bool)['ada', true, 'bob', false, 'ada', true] \
//!              | where Failed | summarize Failures = count() by User";
//! let program = Program::prepare(query, KqlCatalog::builtin()).expect("the query can be run");
//! let now = DateTime::parse("2026-11-30T12:00:00Z").expect("a time");
//! let table = program.run(&NoTables, RunOptions::at(now)).expect("it runs");
//! assert_eq!(table.schema.fields[1].name.as_ref(), "Failures");
//! assert_eq!(table.rows[0][0].to_text(), "ada");
//! assert_eq!(table.rows[0][1].to_text(), "2");
//! ```

mod aggregates;
pub mod chance;
pub mod codes;
mod compile;
mod error;
mod expr;
mod functions;
#[cfg(feature = "geo")]
mod geometry;
mod held;
mod needs;
mod operators;
pub mod outline;
mod relation;
mod run;
mod sieve;
mod sketch;
mod spill;
mod table;
pub mod value;
mod within;

use std::sync::Arc;

pub use error::RunError;
pub use held::{Held, HeldView};
pub use relation::{Scan, ScanSource};
pub use run::{NoTables, Observer, Part, RunOptions, Sink, Tables};
pub use sieve::{ColumnTest, Judge, Ready, Sieve, Test};
pub use spill::Scratch;
pub use table::{Field, INGESTED, Row, Schema, Table};
pub use within::Within;

use expr::Expr;
use relation::Relation;
use run::Run;
use value::{DateTime, Value};

use crate::catalog::kql::KqlCatalog;
use crate::diag::{Diagnostic, Severity};
use crate::kql::bind::{Arena, bind_calls};
use crate::kql::syntax::parse;
use crate::text::TextRange;

/// A query that can be run.
#[derive(Debug, Clone)]
pub struct Program {
    /// What each of its queries computes. Of several the last one counts, as for a rule.
    plans: Arc<[Arc<Relation>]>,
    conditions: Arc<[TextRange]>,
    scans: Arc<[Scan]>,
}

impl Program {
    /// Reads, binds and compiles a query.
    ///
    /// # Errors
    ///
    /// What is wrong with the query, and what of it is not supported offline: places are bytes of `query`.
    pub fn prepare(query: &str, catalog: &KqlCatalog) -> Result<Self, Vec<Diagnostic>> {
        let (tree, mut findings) = parse(query);
        let arena = Arena::new();
        let bound = bind_calls(&tree, catalog, &arena);
        findings.extend_from_slice(bound.diagnostics());
        findings.retain(|finding| finding.severity == Severity::Error);
        if !findings.is_empty() {
            return Err(findings);
        }
        let compile::Compiled { plans, conditions, scans } = compile::compile(&bound)?;
        Ok(Self { plans: plans.into(), conditions: conditions.into(), scans: scans.into() })
    }

    /// Where the conditions stand that rows decide: comparisons, tests of text, memberships, columns that are asked whether
    /// they are true; not what joins them (`and`, `or`, `not`). In the order of their places, without those in the bodies
    /// of stored functions, which stand elsewhere.
    pub fn conditions(&self) -> &[TextRange] {
        &self.conditions
    }

    /// The rows from outside that it reads, each source once.
    pub fn scans(&self) -> &[Scan] {
        &self.scans
    }

    /// What it does from the tables on, operator by operator.
    pub fn outline(&self) -> outline::Step {
        self.plans.last().map_or(outline::Step::Own, |plan| plan.outline())
    }

    /// Runs the query on the rows of `tables`.
    ///
    /// # Errors
    ///
    /// What stopped the run: an `assert`, rows that do not fit in memory, rows that cannot be read.
    pub fn run(&self, tables: &dyn Tables, options: RunOptions) -> Result<Arc<Table>, RunError> {
        self.last(&Run::new(options, tables, None))
    }

    /// The tables of all queries in it, in their order: `run` returns the last.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub fn run_all(&self, tables: &dyn Tables, options: RunOptions) -> Result<Vec<Arc<Table>>, RunError> {
        let run = Run::new(options, tables, None);
        self.plans.iter().map(|plan| plan.table(&run).map(shown)).collect()
    }

    /// As [`Self::run`], with `observer` told of each condition.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub fn run_observed(
        &self,
        tables: &dyn Tables,
        options: RunOptions,
        observer: &dyn Observer,
    ) -> Result<Arc<Table>, RunError> {
        self.last(&Run::new(options, tables, Some(observer)))
    }

    fn last(&self, run: &Run<'_>) -> Result<Arc<Table>, RunError> {
        match self.plans.last() {
            Some(plan) => plan.table(run).map(shown),
            None => Ok(Arc::default()),
        }
    }
}

/// A result without the column that says when rows were ingested.
fn shown(table: Arc<Table>) -> Arc<Table> {
    let Some(at) = table.schema.position(INGESTED) else { return table };
    let mut table = Arc::unwrap_or_clone(table);
    table.schema.fields.remove(at);
    for row in &mut table.rows {
        if at < row.len() {
            row.remove(at);
        }
    }
    Arc::new(table)
}

/// The value of an expression that is the same for every row and run; nothing where it is not.
fn fold(expression: &Expr) -> Option<Value> {
    let options = RunOptions::at(DateTime::MIN);
    let run = Run::new(options, &NoTables, None);
    expression.is_constant().then(|| expression.value(&Vec::new(), &run).ok()).flatten()
}

/// The names of the functions that work offline; one may come twice.
pub fn functions() -> impl Iterator<Item = &'static str> {
    functions::names().chain(compile::special_names()).chain(operators::window::names())
}

/// Why a function of the language does not work offline, where there is a reason.
pub fn why_absent(name: &str) -> Option<&'static str> {
    functions::reason(name)
}

/// The operators of the language, those too that do not work offline, each with a query in which it stands.
pub fn operators() -> &'static [(&'static str, &'static str)] {
    operators::EXAMPLES
}

/// The names of the plugins of `evaluate` that work offline.
pub fn plugins() -> impl Iterator<Item = &'static str> {
    operators::plugins::names()
}

/// The names of the aggregates that work offline.
pub fn aggregates() -> impl Iterator<Item = &'static str> {
    aggregates::names()
}
