//! How an apply ended, as a value that any report can render.

use serde::Serialize;

use super::refusal::{Absent, Refusal};
use crate::arm::ResourceKey;
use crate::azure::AzureError;
use crate::diag::LintMeta;
use crate::plan::{Action, Change};
use crate::text::Span;

/// How an apply ended. Each list is in the order of the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The workspace, in a few words.
    pub workspace: String,
    /// What is now as the plan wants it.
    pub done: Vec<Done>,
    /// What went wrong.
    pub failed: Vec<Failure>,
    /// What the service takes as soon as the workspace has the data, or the id is free. The records of such content are
    /// here, too.
    pub pending: Vec<Pending>,
    /// What was not begun.
    pub skipped: Vec<Skipped>,
    /// What is as the plan wants it but for this: it is to be enabled, and the workspace holds it disabled.
    pub disabled: Vec<Item>,
    /// Whether it was interrupted.
    pub interrupted: bool,
}

impl Outcome {
    /// Nothing was to be done in `workspace`.
    pub fn nothing(workspace: String) -> Self {
        Self {
            workspace,
            done: Vec::new(),
            failed: Vec::new(),
            pending: Vec::new(),
            skipped: Vec::new(),
            disabled: Vec::new(),
            interrupted: false,
        }
    }

    /// Whether the workspace is now as the plan wants it.
    pub fn is_complete(&self) -> bool {
        self.pending.is_empty() && self.is_complete_but_pending()
    }

    /// Whether the workspace is now as the plan wants it, but for what waits for data.
    pub fn is_complete_but_pending(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty() && self.disabled.is_empty()
    }
}

/// Which change of the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The resource.
    pub key: ResourceKey,
    /// The name people see.
    pub display_name: String,
    /// What the plan does to it.
    pub operation: Operation,
    /// The rule's place, for as long as its source is loaded.
    #[serde(skip)]
    pub origin: Option<Span>,
}

/// What a plan does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// It is new.
    Create,
    /// It is replaced.
    Update,
    /// It goes.
    Delete,
    /// Nothing: it belongs to someone else.
    Refuse,
}

impl Item {
    /// The change, if it is one that apply has something to say of.
    pub(super) fn of(change: &Change) -> Option<Self> {
        let operation = match change.action {
            Action::Create => Operation::Create,
            Action::Update { .. } => Operation::Update,
            Action::Delete => Operation::Delete,
            Action::Unowned { .. } => Operation::Refuse,
            Action::Adopt { .. } if change.is_pending() => Operation::Update,
            Action::NoOp | Action::Adopt { .. } => return None,
        };
        Some(Self {
            key: change.key.clone(),
            display_name: change.display_name.clone(),
            operation,
            origin: change.origin,
        })
    }
}

/// A change that is carried out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// Which one.
    #[serde(flatten)]
    pub item: Item,
    /// How it came about.
    pub how: How,
}

/// How a change came to be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The service confirmed it.
    Confirmed,
    /// The answer was lost or refused, but the workspace holds what the plan wants.
    Found,
}

/// A change that went wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Which one.
    #[serde(flatten)]
    pub item: Item,
    /// Why.
    pub error: ErrorReport,
}

/// A change that waits for data in the workspace, or for its id.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// Which one.
    #[serde(flatten)]
    pub item: Item,
    /// What it waits for.
    pub waiting_for: Waiting,
    /// What the service said.
    pub error: ErrorReport,
}

/// What a change waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// The kind of thing.
    pub kind: Absent,
    /// Its name; where the service does not say which it is, the names that it may be.
    pub names: Vec<String>,
}

impl Waiting {
    /// Such as `waiting for table X`.
    pub fn sentence(&self) -> String {
        let noun = self.kind.noun();
        if self.kind == Absent::Id {
            return "waiting for its id, which was deleted too lately".to_owned();
        }
        match self.names.as_slice() {
            [] => format!("waiting for a {noun}"),
            [name] => format!("waiting for {noun} `{name}`"),
            names => format!("waiting for a {noun} among `{}`", names.join("`, `")),
        }
    }
}

/// An error as a report shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReport {
    /// What happened, in one sentence without a full stop.
    pub message: String,
    /// Remedies, one an item.
    pub help: Vec<String>,
    /// The status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The service's code, if it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// By which Microsoft's support finds the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// By which the activity log finds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// What it is about, where the change was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

impl ErrorReport {
    pub(super) fn new(message: impl Into<String>, help: Vec<String>) -> Self {
        Self {
            refusal: None,
            message: message.into(),
            help,
            status: None,
            code: None,
            request_id: None,
            correlation_id: None,
        }
    }

    /// The same with a code.
    #[must_use]
    pub(super) fn with_code(mut self, meta: &LintMeta) -> Self {
        self.refusal = Some(Refusal::of(meta));
        self
    }

    /// What the change waits for, if it does.
    pub(super) fn waits_for(&self) -> Option<Waiting> {
        let refusal = self.refusal.as_ref()?;
        Some(Waiting { kind: refusal.absent?, names: refusal.subject.iter().cloned().collect() })
    }
}

impl From<&AzureError> for ErrorReport {
    fn from(error: &AzureError) -> Self {
        let http = error.http();
        let read = http.map(Refusal::read);
        let help = read.as_ref().map_or(&[][..], |(_, help)| help);
        Self {
            message: error.to_string(),
            help: if help.is_empty() { error.help() } else { help.iter().map(|&it| it.to_owned()).collect() },
            refusal: read.map(|(refusal, _)| refusal),
            status: http.map(|http| http.status),
            code: http.and_then(|http| http.code.clone()),
            request_id: http.and_then(|http| http.request_id.clone()),
            correlation_id: http.and_then(|http| http.correlation_id.clone()),
        }
    }
}

/// A change that was not begun.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// Which one.
    #[serde(flatten)]
    pub item: Item,
    /// Why not, as half a sentence.
    pub reason: String,
}
