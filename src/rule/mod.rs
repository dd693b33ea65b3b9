//! The rule model: what a detection engineer writes, with the place of every value.

mod duration;
pub mod keys;
pub mod lints;
mod lower;
mod model;
mod placeholder;
mod same;
mod schema;
pub mod write;

pub use duration::{Duration, DurationError, DurationStyle};
pub(crate) use lower::to_json;
pub use lower::{lower, lower_part, read, read_documents};
pub use model::{
    AlertDetailsOverride, DynamicProperty, EntityMapping, EventGrouping, FalsePositive, FieldMapping,
    Grouping, IncidentConfiguration, Query, RequiredConnector, Rule, RuleKind, Severity, TriggerOperator,
};
pub use placeholder::{Placeholder, placeholders};
pub use schema::{Vocabulary, schema};
