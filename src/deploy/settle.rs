//! One change: the request, and what to make of an answer that leaves its outcome open.

use super::codes;
use super::outcome::{ErrorReport, How};
use super::workspace::Workspace;
use crate::arm::ResourceKind;
use crate::arm::alert_rule::is_auto_disabled;
use crate::azure::{AzureError, Connection};
use crate::plan::{Action, Actual, Change};
use serde_json::Value;

/// Why a change was not made.
#[derive(Debug)]
pub(super) struct Stopped {
    pub(super) report: ErrorReport,
    /// Whether every other request would fail for the same reason.
    pub(super) general: bool,
}

impl From<AzureError> for Stopped {
    fn from(error: AzureError) -> Self {
        let general = match &error {
            AzureError::Credential { .. } | AzureError::Configuration { .. } => true,
            AzureError::Throttled { .. } | AzureError::Redirect { .. } => true,
            AzureError::Connection { kind, .. } => {
                matches!(kind, Connection::Refused | Connection::Dns | Connection::Tls | Connection::Proxy)
            }
            AzureError::Http(failure) => failure.status == 401,
            _ => false,
        };
        Self { report: ErrorReport::from(&error), general }
    }
}

impl Stopped {
    fn changed_since_plan(change: &Change) -> Self {
        let noun = change.key.kind.noun();
        let report = ErrorReport::new(
            format!("the {noun} '{}' changed in the workspace since the plan", change.display_name),
            vec!["plan again, and see what would be overwritten".to_owned()],
        )
        .with_code(&codes::CHANGED);
        Self { report, general: false }
    }
}

/// A change that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) how: How,
    /// Whether the plan wants it enabled, and the workspace holds it disabled.
    pub(super) disabled: bool,
}

impl From<How> for Made {
    fn from(how: How) -> Self {
        Self { how, disabled: false }
    }
}

/// Makes one change.
pub(super) async fn carry_out(workspace: &impl Workspace, change: &Change) -> Result<Made, Stopped> {
    match (&change.action, &change.body) {
        (Action::Delete, _) => delete(workspace, change).await.map(Made::from),
        (Action::Create | Action::Update { .. }, Some(body)) => {
            let etag = change.etag.as_deref();
            match workspace.put(&change.key, &change.api_version, body, etag).await {
                Ok(now) => Ok(Made { how: How::Confirmed, disabled: is_disabled(body, &now) }),
                Err(error) => settle_write(workspace, change, error).await.map(Made::from),
            }
        }
        _ => Err(Stopped {
            report: ErrorReport::new(
                format!("the plan does not say what to write to {}", change.key),
                vec!["plan again".to_owned()],
            ),
            general: false,
        }),
    }
}

/// Reads the resource again when the error leaves open whether it was written. A conflict may be the echo of
/// an own earlier attempt whose answer was lost.
async fn settle_write(
    workspace: &impl Workspace,
    change: &Change,
    error: AzureError,
) -> Result<How, Stopped> {
    let conflict = error.http().is_some_and(|failure| failure.is_etag_conflict());
    if !conflict && !error.leaves_outcome_unknown() {
        return Err(error.into());
    }
    let Ok(now) = workspace.get(&change.key, &change.api_version).await else {
        return Err(error.into());
    };
    if now.as_ref().is_some_and(|now| holds(change, now)) {
        return Ok(How::Found);
    }
    if conflict && now.is_some() { Err(Stopped::changed_since_plan(change)) } else { Err(error.into()) }
}

/// Whether `wanted` is a rule that is to run, and `now` says that it does not.
fn is_disabled(wanted: &Value, now: &Actual) -> bool {
    let field = |body: &Value, name: &str| body["properties"][name].clone();
    if now.key.kind == ResourceKind::CustomDetection {
        return wanted["status"] == "enabled" && now.body["status"] != "enabled";
    }
    field(wanted, "enabled") == Value::Bool(true)
        && (field(&now.body, "enabled") == Value::Bool(false)
            || (is_auto_disabled(&now.body) && !is_auto_disabled(wanted)))
}

/// Whether `now` is what the change writes.
fn holds(change: &Change, now: &Actual) -> bool {
    let kind = change.key.kind;
    change.body.as_ref().is_some_and(|body| kind.normalise(body) == kind.normalise(&now.body))
}

async fn delete(workspace: &impl Workspace, change: &Change) -> Result<How, Stopped> {
    // The service takes no etag with a deletion. The rule is read once more, so that what somebody changed
    // since the plan is not deleted; of saved searches list and get need not agree on the etag.
    if matches!(change.key.kind, ResourceKind::AlertRule | ResourceKind::CustomDetection)
        && let Some(planned) = &change.etag
    {
        match workspace.get(&change.key, &change.api_version).await? {
            None => return Ok(How::Found),
            Some(now) if now.etag.as_ref().is_some_and(|etag| etag != planned) => {
                return Err(Stopped::changed_since_plan(change));
            }
            Some(_) => {}
        }
    }
    match workspace.delete(&change.key, &change.api_version).await {
        Ok(()) => Ok(How::Confirmed),
        Err(error) if error.leaves_outcome_unknown() => {
            match workspace.get(&change.key, &change.api_version).await {
                Ok(None) => Ok(How::Found),
                _ => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}
