//! Foreign catalogs to picket's rules.
//!
//! Everything here is a function of texts: reading the catalog's files, and writing the rules, is the
//! caller's. [`rmm::import_rmm`] turns a catalog into rules; [`decide`] says which of them may be written
//! over what is there already.

pub mod arm;
pub mod batch;
mod codes;
pub mod content;
mod decide;
pub mod files;
mod kql_text;
pub mod layout;
mod record;
pub mod rmm;
pub mod sigma;

pub use codes::CODES;
pub use decide::{Action, Decision, Decisions, Planned, decide, paths};
pub use record::{Generated, RECORD_FILE, Record, RecordedRule};
#[cfg(feature = "cli")]
pub(crate) use rmm::safe_name;
