//! Tests of rules: rows beside a rule, and what the rule has to make of them.
//!
//! - [`read`] reads a file of tests; `data` types its rows by the columns that the query reads, each value with its place.
//! - `schedule` says when a rule runs and what it sees; [`Subject`] is the rule, [`simulate()`] runs it; `alert` and `incident` make of the rows what
//!   the service does.
//! - [`backtest()`] runs a rule over a stretch of logs as the service would have.
//! - `scaffold` proposes tests from the conditions of a query.
//! - [`sample()`] shows what comes out of a rule.
//! - [`judge()`] compares that with what a test expects; [`Recorder`] and [`surviving`] say what no test decides.

mod alert;
mod backtest;
mod coverage;
mod data;
mod document;
mod incident;
mod judge;
pub mod lints;
mod reader;
mod sample;
mod scaffold;
mod schedule;
mod schema;
mod session;
mod simulate;
mod subject;
mod update;
pub(crate) mod value;

pub use alert::{Alert, Entity};
pub use backtest::{Backtest, Changes, Day, PastRun, Stretch, backtest};
pub use coverage::{Outcomes, Recorder, surviving};
pub use data::{Files, MAX_LINE_BYTES};
pub use document::{
    Clock, Data, ENDINGS, Expect, ExpectedRows, Given, Said, Test, TestFile, default_clock, read,
};
pub use incident::Incident;
pub use judge::{DiffLine, Failure, judge};
pub use sample::{Sample, sample};
pub use scaffold::{Compact, compact, scaffold};
pub use schedule::Window;
pub use schema::schema;
pub use session::{Looks, RuleOutcome, Status, TestOutcome, run_rule};
pub use simulate::{Material, Probe, Ran, Shared, Simulated, WatchlistItems, material, simulate};
pub use subject::Subject;
pub use update::{Update, updated};
