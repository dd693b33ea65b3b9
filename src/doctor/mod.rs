//! Whether a workspace can be deployed to: each thing that a deployment needs, judged from what was seen of it.
//!
//! What is asked of Azure, and in which order, is up to the caller; here stands what the answers mean and what to do.

mod checks;
mod limits;
mod needs;

use serde::Serialize;

pub use checks::{
    clock, configuration, connected, credentials, query, sentinel, subscription, token, workspace,
};
pub use limits::{Usage, limits};
pub use needs::{Defender, GRAPH_PERMISSION, NEEDS, Need, graph, permissions};

/// How the checks of a workspace went.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkup {
    /// The name by which commands know the workspace.
    pub workspace: String,
    /// Each check, in the order in which one needs the other.
    pub checks: Vec<Check>,
}

/// One thing that a deployment needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Names it for programs; does not change.
    pub id: &'static str,
    /// Names it for people.
    pub title: String,
    /// How it went.
    pub state: State,
    /// What was found, or why it was skipped.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub found: String,
    /// What to do, one remedy an item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
    /// Actions that no role of the caller grants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<&'static str>,
    /// How much of a limit is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// All is well.
    Ok,
    /// A deployment may work, but something wants a look.
    Warning,
    /// A deployment would not work.
    Failed,
    /// It could not be looked at, or need not be.
    Skipped,
}

impl State {
    /// Every state, in the order in which reports count them.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Failed, Self::Skipped];

    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// Why something could not be had, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened, in one sentence without a full stop.
    pub message: String,
    /// Remedies, one an item.
    pub help: Vec<String>,
    /// The status of the answer, where there is one.
    pub status: Option<u16>,
}

impl Check {
    /// A check that went so, having found `found`.
    pub fn new(id: &'static str, title: impl Into<String>, state: State, found: impl Into<String>) -> Self {
        Self {
            id,
            title: title.into(),
            state,
            found: found.into(),
            help: Vec::new(),
            missing: Vec::new(),
            usage: None,
        }
    }

    /// A check that was not made, and why.
    pub fn skipped(id: &'static str, title: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(id, title, State::Skipped, why)
    }

    /// A check whose answer did not come.
    pub fn failed(id: &'static str, title: impl Into<String>, failure: &Failure) -> Self {
        Self { help: failure.help.clone(), ..Self::new(id, title, State::Failed, failure.message.clone()) }
    }

    /// Adds a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

impl Checkup {
    /// How many checks went so.
    pub fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }

    /// Whether nothing wants a look.
    pub fn is_well(&self) -> bool {
        self.count(State::Failed) == 0 && self.count(State::Warning) == 0
    }
}

#[cfg(test)]
mod tests;
