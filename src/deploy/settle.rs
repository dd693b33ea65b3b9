//! One change: the request, and what to make of an answer that leaves its outcome open.

use std::time::Duration;

use serde_json::Value;

use super::codes;
use super::outcome::{ErrorReport, How};
use super::refusal::Refusal;
use super::workspace::Workspace;
use crate::arm::alert_rule::is_auto_disabled;
use crate::arm::{ResourceKind, metadata};
use crate::azure::{AzureError, Connection};
use crate::plan::{self, Action, Actual, Again, Change};

/// How often a change is decided again that the service refuses for what else happens to the resource.
const CONFLICTS: u32 = 5;
/// The wait before the first of these; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

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

/// Makes one change for `project`.
pub(super) async fn carry_out(
    workspace: &impl Workspace,
    change: &Change,
    project: &str,
) -> Result<Made, Stopped> {
    match (&change.action, &change.body) {
        (Action::Delete, _) => delete(workspace, change).await.map(Made::from),
        (Action::Create | Action::Update { .. } | Action::Adopt { .. }, Some(body)) => {
            write(workspace, change, body, project).await
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

/// Writes a resource. One that was refused for a conflict is read and decided again; it may be the echo of an own
/// earlier attempt whose answer was lost.
async fn write(
    workspace: &impl Workspace,
    change: &Change,
    body: &Value,
    project: &str,
) -> Result<Made, Stopped> {
    let mut etag = change.etag.clone();
    let mut conflicts = 0;
    loop {
        let error = match workspace.put(&change.key, &change.api_version, body, etag.as_deref()).await {
            Ok(now) => return Ok(Made { how: How::Confirmed, disabled: is_disabled(body, &now) }),
            Err(error) => error,
        };
        let is_conflict = error.is_conflict() || (error.status() == Some(404) && etag.is_some());
        if !is_conflict && !error.leaves_outcome_unknown() {
            return Err(error.into());
        }
        let Ok(now) = now(workspace, change).await else { return Err(error.into()) };
        match change.again(now.as_ref()) {
            Again::Done => {
                let disabled = now.is_some_and(|now| is_disabled(body, &now));
                return Ok(Made { how: How::Found, disabled });
            }
            // What failed otherwise was repeated enough.
            _ if !is_conflict || is_name_taken(&error) => return Err(error.into()),
            Again::Moved => return Err(Stopped::changed_since_plan(change)),
            Again::Write(current) => {
                if now.is_none() {
                    match may_be_made_again(workspace, change, project).await {
                        Ok(true) => {}
                        Ok(false) => return Err(Stopped::changed_since_plan(change)),
                        Err(_) => return Err(error.into()),
                    }
                }
                etag = current;
            }
        }
        if !another_try(workspace, &mut conflicts).await {
            return Err(error.into());
        }
    }
}

/// Whether content that is not there may be written: what is gone that the plan saw must still be the project's.
async fn may_be_made_again(
    workspace: &impl Workspace,
    change: &Change,
    project: &str,
) -> Result<bool, AzureError> {
    let has_record = !matches!(change.key.kind, ResourceKind::CustomDetection | ResourceKind::Metadata);
    if change.seen.is_none() || !has_record {
        return Ok(true);
    }
    let key = metadata::key_for(&change.key);
    let record = workspace.get(&key, key.kind.list_version()).await?;
    Ok(record.is_some_and(|record| plan::is_record_of(&record.body, project)))
}

/// The resource as the plan would see it now. A stable version does not show all that lists do.
pub(super) async fn now(workspace: &impl Workspace, change: &Change) -> Result<Option<Actual>, AzureError> {
    workspace.get(&change.key, change.key.kind.list_version()).await
}

/// Whether the service refuses a write because something else has the name.
fn is_name_taken(error: &AzureError) -> bool {
    error.http().is_some_and(|failure| Refusal::read(failure).0.code == codes::NAME.code)
}

/// Waits before a change is tried again, unless that was often enough or the run is interrupted.
async fn another_try(workspace: &impl Workspace, conflicts: &mut u32) -> bool {
    *conflicts += 1;
    *conflicts < CONFLICTS && workspace.pause(FIRST_PAUSE * (1 << (*conflicts - 1))).await.is_ok()
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

/// Deletes a resource. The service takes no etag with a deletion, so content is read once more before: what somebody
/// changed since the plan is not deleted.
async fn delete(workspace: &impl Workspace, change: &Change) -> Result<How, Stopped> {
    let mut conflicts = 0;
    loop {
        if change.is_content() || conflicts > 0 {
            let now = now(workspace, change).await?;
            match change.again(now.as_ref()) {
                Again::Done => return Ok(How::Found),
                Again::Moved => return Err(Stopped::changed_since_plan(change)),
                Again::Write(_) => {}
            }
        }
        let error = match workspace.delete(&change.key, &change.api_version).await {
            Ok(()) => return Ok(How::Confirmed),
            Err(error) => error,
        };
        if error.leaves_outcome_unknown() {
            return match now(workspace, change).await {
                Ok(None) => Ok(How::Found),
                _ => Err(error.into()),
            };
        }
        if !error.is_conflict() || !another_try(workspace, &mut conflicts).await {
            return Err(error.into());
        }
    }
}
