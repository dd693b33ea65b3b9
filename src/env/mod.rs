//! Environments: rules as they are deployed to one, and where each of their values comes from.
//!
//! [`apply`] takes the rules of a project to those of an environment. A rule that the environment changes is read from a
//! [composed text](crate::text::Composition): that of its file with what the environment adds behind it, so that whatever
//! is found in the rule points at the rule file or at the settings, whichever says it.

mod apply;
mod codes;
mod model;
mod parameter;
mod select;
mod splice;

pub use apply::{Applied, apply};
pub use codes::{EDITED_IN_WORKSPACE, codes};
pub use model::{
    ContentSelector, Environment, Exclusion, Override, ParameterSetting, ParameterValue, Selector,
};
pub use select::{Piece, Words};
