//! What has to be done to a workspace so that it holds the rules of a project.
//!
//! [`desired`] turns rules into resources, [`plan`] compares them with what the workspace holds. Both are
//! pure and total, and neither depends on the order of its input.
//!
//! Ownership is kept in the workspace: beside each rule picket writes a Sentinel metadata resource that
//! names the project. What carries none is never changed (unless it is adopted) and never deleted.

mod adopt;
mod body;
mod cause;
mod codes;
mod compare;
mod content;
mod content_entries;
mod desired;
mod diff;
mod drift;
mod entries;
mod ownership;
mod pull;
mod quota;
mod reads;
mod recheck;
mod status;
mod switch;
mod types;

pub use adopt::adoption;
pub use codes::{NO_DEFENDER, NO_WATCHLIST, PULL_CONFLICT, codes};
pub use compare::{Candidate, plan, plan_part};
pub use content::desired_content;
pub use content_entries::ITEMS;
pub use desired::{desired, desired_as};
pub use drift::{Drift, DriftKind, Drifted, drift};
pub use entries::{Entries, content_of};
pub use ownership::{Begun, is_record_of, owned};
pub use pull::{Conflict, EntryChange, Given, Items, Pulled, pull};
pub use quota::{QuotaUse, quotas};
pub use reads::Reads;
pub use recheck::{Again, How, Moved, recheck};
pub use status::{Activity, Fired, ResourceStatus, SinceApply, State, Status, status};
pub use switch::switch;
pub use types::{
    Action, Actual, Base, Cause, Change, Desired, FieldChange, Orphan, Plan, PlanOptions, Seen, Summary,
    Target,
};
