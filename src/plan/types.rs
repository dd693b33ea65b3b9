//! The types of a plan.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::codes;
use crate::arm::{ResourceKey, ResourceKind, WorkspaceId, digest};
use crate::diag::Diagnostic;
use crate::text::Span;

/// Where a plan is to be carried out, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The workspace; resource ids in metadata name it.
    pub workspace: WorkspaceId,
    /// The project's name, by which it knows its own content again.
    pub project: String,
    /// The git commit of the rules, where they are as committed. Ownership records keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The environment whose rules they are, where they are those of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

impl Target {
    /// Whether `other` is the same workspace and project, whatever the commit and environment.
    pub fn is_same(&self, other: &Self) -> bool {
        self.workspace.is_same(&other.workspace) && self.project == other.project
    }
}

/// A resource as a project wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    /// Which resource.
    pub key: ResourceKey,
    /// The name people see; of metadata, that of its content.
    pub display_name: String,
    /// The body of the request, without etag.
    pub body: Value,
    /// The API version that the body needs.
    pub api_version: &'static str,
    /// The rule's place.
    pub origin: Span,
    /// The body without what an environment changes of it, where it changes anything.
    pub own: Option<Value>,
}

/// A resource as the workspace holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Actual {
    /// Which resource.
    pub key: ResourceKey,
    /// Its etag.
    pub etag: Option<String>,
    /// The body as it was answered.
    pub body: Value,
}

/// What may be done beyond creating and updating what picket owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanOptions {
    /// Delete content of this project whose rule is gone. Only right when every rule was read: a rule in a
    /// file that could not be read looks as if it were gone.
    pub prune: bool,
    /// Take over content that exists under a rule's id and belongs to nobody or to another project.
    pub adopt: bool,
}

/// Everything that is to be done, in a stable order: content by kind and name, then metadata. A change is
/// to be made after the one it [depends on](Change::depends_on).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Where and for whom.
    pub target: Target,
    /// One item a resource, those that need nothing done included.
    pub changes: Vec<Change>,
    /// Content of this project whose rule is gone, left in place because pruning was not asked for.
    pub orphans: Vec<Orphan>,
    /// How much content of this project the workspace holds.
    #[serde(default)]
    pub owned: usize,
    /// What the plan runs into, such as a quota. Not kept in a file: places mean nothing to a later run.
    #[serde(skip)]
    pub warnings: Vec<Diagnostic>,
}

/// What is to be done to one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Which resource.
    pub key: ResourceKey,
    /// The name people see; of metadata, that of its content.
    pub display_name: String,
    /// What is to be done.
    #[serde(flatten)]
    pub action: Action,
    /// The API version of the request.
    pub api_version: String,
    /// Why it must be a preview version; empty for a stable one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preview_reasons: Vec<String>,
    /// The body of a create or update, without etag; of a custom detection that is adopted, its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The paths of the fields whose values the environment gives, where it is created or where they differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_environment: Vec<String>,
    /// The etag to send in the body: of what the plan saw, `*` for a saved search that exists, none for
    /// what is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Which side changed since the last apply, where its record says what was applied then. Absent where both
    /// sides are alike, and where nothing is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What was last applied, as the record says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// What the plan read of the resource; nothing where it does not exist. A plan that is carried out later is
    /// held against the workspace by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The resource whose change must have succeeded before this one is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<ResourceKey>,
    /// The watchlists and functions that its query names and that the plan changes as well: created or updated before
    /// it, deleted after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<ResourceKey>,
    /// The rule's place, for as long as its source is loaded.
    #[serde(skip)]
    pub origin: Option<Span>,
}

/// What is to be done to a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// It does not exist.
    Create,
    /// It differs.
    Update {
        /// Every difference.
        fields: Vec<FieldChange>,
    },
    /// It belongs to this project, and its rule is gone.
    Delete,
    /// It is as wanted.
    NoOp,
    /// It exists under the rule's id and is nobody's. It becomes this project's as it is: only its record is written.
    Adopt {
        /// Where it came from, if metadata says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        /// Every difference, which the next plan will be about.
        fields: Vec<FieldChange>,
    },
    /// It exists under the rule's id but does not belong to this project; nothing is done to it.
    Unowned {
        /// Whose it is, if anyone's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        /// Every difference.
        fields: Vec<FieldChange>,
    },
}

/// Which side of a difference moved since the last apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The rules of the project.
    Git,
    /// The workspace, by somebody in the portal or by another tool.
    Portal,
    /// Both, and not to the same.
    Both,
}

/// A resource as a plan read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// The digest of its normal form.
    pub digest: String,
    /// Its etag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

impl Seen {
    /// What there is to say of `held`.
    pub(super) fn of(held: &Actual) -> Self {
        Self { digest: digest(held.key.kind, &held.body), etag: held.etag.clone() }
    }
}

/// What an ownership record says of the last apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Base {
    /// The digest of the content that was applied.
    pub digest: String,
    /// The commit it came from, where that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// One difference between what is there and what is wanted, both in normal form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Such as `properties.query`.
    pub path: String,
    /// What is there, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is wanted, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Which side moved since the last apply, where that is known of this field. A digest speaks of the content
    /// as a whole: where both sides moved, the fields are told apart only by the content of the last apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// Content of this project whose rule is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Orphan {
    /// Which resource.
    pub key: ResourceKey,
    /// The name people see.
    pub display_name: String,
}

/// How many there are of each. Content and ownership records are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Content to create.
    pub create: usize,
    /// Content to update.
    pub update: usize,
    /// Content to delete.
    pub delete: usize,
    /// Content that is as wanted.
    pub unchanged: usize,
    /// Content that exists, differs and belongs to someone else.
    pub unowned: usize,
    /// Content that is taken over as it is.
    #[serde(default)]
    pub adopt: usize,
    /// Ownership records to write or delete.
    pub records: usize,
}

impl Change {
    /// Whether carrying the plan out writes or deletes this resource.
    pub fn is_pending(&self) -> bool {
        match self.action {
            Action::Create | Action::Update { .. } | Action::Delete => true,
            // What has no record beside it is marked itself.
            Action::Adopt { .. } => self.body.is_some(),
            Action::NoOp | Action::Unowned { .. } => false,
        }
    }

    /// Whether this is content, not the record of who owns it.
    pub fn is_content(&self) -> bool {
        self.key.kind != ResourceKind::Metadata
    }
}

impl Plan {
    /// Whether anything would be written or deleted.
    pub fn has_changes(&self) -> bool {
        self.changes.iter().any(Change::is_pending)
    }

    /// The changes that write or delete, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.is_pending())
    }

    /// The content with a record of its own that it creates, each with the digest of its body.
    pub fn begun(&self) -> Vec<(&ResourceKey, String)> {
        let has_record = |change: &&Change| {
            !matches!(change.key.kind, ResourceKind::Metadata | ResourceKind::CustomDetection)
        };
        let creates = self.changes.iter().filter(|change| change.action == Action::Create).filter(has_record);
        let body = |change: &Change| change.body.as_ref().map(|body| digest(change.key.kind, body));
        creates.filter_map(|change| Some((&change.key, body(change)?))).collect()
    }

    /// What exists and belongs to someone else; applying refuses while there is any.
    pub fn unowned(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| matches!(change.action, Action::Unowned { .. }))
    }

    /// Adds an error, at the place where the limit is set, when more is deleted than `percent` of what this project
    /// has in the workspace. The share is rounded up, so that one rule of a few can always go.
    pub fn limit_deletions(&mut self, percent: u8, limit: Span) {
        let (owned, deleted) = (self.owned, self.summary().delete);
        let allowed = (owned * usize::from(percent)).div_ceil(100);
        if deleted > allowed {
            let message = format!(
                "{deleted} of the {owned} resources of the project would be deleted, and the limit is {allowed}"
            );
            self.warnings.push(
                Diagnostic::error(codes::PRUNE_LIMIT.code, limit, message)
                    .with_help(
                        "check that no rules are missing, then allow more with `--prune-limit PERCENT`",
                    )
                    .with_help("`prune_limit` under [deploy] of picket.toml changes it for good"),
            );
        }
    }

    /// How many there are of each.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for change in &self.changes {
            if !change.is_content() {
                summary.records += usize::from(change.is_pending());
                continue;
            }
            let count = match change.action {
                Action::Create => &mut summary.create,
                Action::Update { .. } => &mut summary.update,
                Action::Delete => &mut summary.delete,
                Action::NoOp => &mut summary.unchanged,
                Action::Unowned { .. } => &mut summary.unowned,
                Action::Adopt { .. } => &mut summary.adopt,
            };
            *count += 1;
        }
        summary
    }
}
