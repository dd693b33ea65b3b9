//! Carries a plan out in a workspace, so that it can die at any moment and be run again.
//!
//! What makes it converge:
//!
//! - every request may be repeated, and a write whose answer was lost is settled by reading the resource again;
//! - content is written before the record of who owns it, and deleted before that record: a run that dies
//!   between the two leaves something that the next plan completes;
//! - deletions come last, and only when all else worked: no rule is removed while its successor is missing, but for a
//!   custom detection whose name its successor needs;
//! - a rule that changed in the workspace since the plan is left as it is, and reported.
//!
//! Nothing here knows whether the workspace is Azure's or a local one.

mod apply;
mod arm_workspace;
mod codes;
mod defender;
pub mod journal;
mod names;
mod outcome;
mod refusal;
mod schedule;
mod settle;
mod watchlist;
mod workspace;

pub use apply::{ApplyOptions, DEFAULT_CONCURRENCY, Progress, Silent, apply};
pub use arm_workspace::ArmWorkspace;
pub use codes::{RULE_WAITS, codes};
pub use outcome::{Done, ErrorReport, Failure, How, Item, Operation, Outcome, Pending, Skipped, Waiting};
pub use refusal::{Absent, Part, Refusal};
pub use workspace::{Workspace, read, read_items};
