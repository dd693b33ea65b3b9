//! What a local workspace goes without, so that what a client says of it can be tested.

use std::str::FromStr;

use thiserror::Error;

use crate::arm::permission::{Grant, is_allowed};

/// What there is not, and what the caller may not do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withheld {
    /// What does not exist.
    pub absent: Vec<Absent>,
    /// Actions that the caller may not do, with `*` for any text, such as `Microsoft.SecurityInsights/*/write`.
    pub denied: Vec<String>,
}

impl Withheld {
    /// Whether `part` is there.
    pub(super) fn has(&self, part: Absent) -> bool {
        !self.absent.contains(&part)
    }

    /// What the caller's role grants.
    pub(super) fn grant(&self) -> Grant {
        Grant { actions: vec!["*".to_owned()], not_actions: self.denied.clone() }
    }

    /// Whether the caller may do `action`.
    pub(super) fn allows(&self, action: &str) -> bool {
        is_allowed(&[self.grant()], action)
    }
}

/// A part of Azure that a local workspace can go without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// The subscription.
    Subscription,
    /// The resource group.
    ResourceGroup,
    /// The workspace.
    Workspace,
    /// Microsoft Sentinel on the workspace.
    Sentinel,
}

/// Why a text is not a part of Azure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected subscription, resource-group, workspace or sentinel")]
pub struct AbsentParseError;

impl FromStr for Absent {
    type Err = AbsentParseError;

    fn from_str(text: &str) -> Result<Self, AbsentParseError> {
        match text.trim() {
            "subscription" => Ok(Self::Subscription),
            "resource-group" => Ok(Self::ResourceGroup),
            "workspace" => Ok(Self::Workspace),
            "sentinel" => Ok(Self::Sentinel),
            _ => Err(AbsentParseError),
        }
    }
}
