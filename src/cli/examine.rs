//! What `picket doctor` asks of Azure, one thing after the other, until there is nobody to ask.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::connect::{Destination, Wishes};
use super::fired::fired;
use super::load::Opened;
use crate::arm::permission::{Grant, PERMISSIONS, PERMISSIONS_VERSION};
use crate::arm::{
    OPERATIONAL_INSIGHTS, RESOURCE_GROUPS, ResourceKind, SECURITY_INSIGHTS, SUBSCRIPTIONS, WorkspaceId,
    watchlist,
};
use crate::azure::{AzureError, Client, ClockSkew, Request, RetryPolicy, Service, Verb};
use crate::deploy::{ArmWorkspace, Workspace, read_items};
use crate::doctor::{self, Check, Defender, Failure};
use crate::plan::{Actual, quotas};
use crate::project::CONFIG_FILE;

/// Where an onboarding state says that Sentinel is turned on.
const ONBOARDING: &str = "providers/Microsoft.SecurityInsights/onboardingStates/default";

/// The checks that need an answer of Resource Manager, in order.
const REMOTE: [(&str, &str); 9] = [
    ("api", "Azure Resource Manager"),
    ("clock", "clock"),
    ("subscription", "subscription"),
    ("resource-group", "resource group"),
    ("workspace", "workspace"),
    ("sentinel", "Microsoft Sentinel"),
    ("permissions", "permissions"),
    ("query", "query API of Log Analytics"),
    ("limits", "limits in use"),
];

/// Checks all that a deployment to `destination` needs; with `read_only`, all that looking at it needs.
pub(crate) async fn examine(opened: &Opened, destination: &Destination, read_only: bool) -> Vec<Check> {
    let has_config = opened.project.has_config;
    let mut checks = vec![doctor::configuration(has_config.then_some(CONFIG_FILE), &destination.name)];
    let wishes = Wishes { retry: impatient(), ..Wishes::default() };
    let client = match destination.client(Service::ResourceManager, &wishes) {
        Ok(client) => client,
        Err(error) => {
            checks.push(Check::failed("credentials", "credentials", &failure(&error)));
            checks.push(Check::skipped("token", "token", "there are no credentials"));
            checks.extend(not_reached(&REMOTE, "there is no token"));
            return checks;
        }
    };
    checks.push(credentials(&client));
    match token(&client, Service::ResourceManager).await {
        Ok(check) => checks.push(check),
        Err(error) => {
            checks.push(Check::failed("token", "token", &failure(&error)));
            checks.extend(not_reached(&REMOTE, "there is no token"));
            return checks;
        }
    }
    remote(client, destination, &wishes, read_only, &mut checks).await;
    checks.push(defender(destination, &wishes, read_only).await);
    checks
}

/// A person waits for the answer: what does not come soon is said not to come.
fn impatient() -> RetryPolicy {
    RetryPolicy {
        attempts: 2,
        throttled_attempts: 3,
        longest_asked: Duration::from_secs(20),
        ..RetryPolicy::default()
    }
}

fn not_reached(checks: &[(&'static str, &'static str)], why: &str) -> Vec<Check> {
    checks.iter().map(|(id, title)| Check::skipped(id, *title, why)).collect()
}

fn credentials(client: &Client) -> Check {
    match (client.credential().kind(), client.credential().reason()) {
        (Some(kind), Some(reason)) => doctor::credentials(kind.noun(), &reason.to_string()),
        _ => doctor::credentials("none", "a workspace on this machine takes any token"),
    }
}

async fn token(client: &Client, service: Service) -> Result<Check, AzureError> {
    let (identity, expires) = client.authenticate().await?;
    let lasts = expires.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
    Ok(doctor::token(identity.name.as_deref(), identity.tenant.as_deref(), lasts, service.noun()))
}

/// The checks of [`REMOTE`].
async fn remote(
    client: Client,
    destination: &Destination,
    wishes: &Wishes,
    read_only: bool,
    checks: &mut Vec<Check>,
) {
    let id = &destination.id;
    let subscription = get(&client, &id.subscription_path(), SUBSCRIPTIONS).await;
    if let Err((error, failure)) = &subscription
        && error.http().is_none()
    {
        checks.push(Check::failed("api", REMOTE[0].1, failure));
        checks.extend(not_reached(&REMOTE[1..], "Azure Resource Manager does not answer"));
        return;
    }
    checks.push(doctor::connected(client.host()));
    checks.push(doctor::clock(client.clock_skew().map(|skew| match skew {
        ClockSkew::Ahead(by) => (by, true),
        ClockSkew::Behind(by) => (by, false),
    })));
    checks.push(doctor::subscription(&id.subscription, seen(&subscription)));
    if is_absent(&subscription) {
        checks.extend(not_reached(&REMOTE[3..], "there is no such subscription"));
        return;
    }
    let group = get(&client, &id.resource_group_path(), RESOURCE_GROUPS).await;
    checks.push(doctor::workspace("resource-group", "resource group", seen(&group)));
    if is_absent(&group) {
        checks.extend(not_reached(&REMOTE[4..], "there is no such resource group"));
        return;
    }
    let workspace = get(&client, &id.path(), OPERATIONAL_INSIGHTS).await;
    checks.push(doctor::workspace("workspace", "workspace", seen(&workspace)));
    if is_absent(&workspace) {
        checks.extend(not_reached(&REMOTE[5..], "there is no such workspace"));
        return;
    }
    let onboarding = get(&client, &id.path_below(ONBOARDING), SECURITY_INSIGHTS).await;
    checks.push(doctor::sentinel(seen(&onboarding)));
    let granted = client.list(&id.path_below(PERMISSIONS), PERMISSIONS_VERSION).await;
    let granted: Result<Vec<Grant>, Failure> = granted
        .map(|items| items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
        .map_err(|error| failure(&error));
    checks.extend(doctor::permissions(granted.as_deref(), read_only));
    let answered = fired(destination, 1, wishes).await.map_err(|error| failure(&error));
    checks.push(doctor::query(answered.as_ref().map(|_| ())));
    if is_absent(&onboarding) {
        checks.extend(not_reached(&REMOTE[8..], "Microsoft Sentinel is not turned on"));
        return;
    }
    checks.extend(limits(id.clone(), client).await);
}

async fn limits(id: WorkspaceId, client: Client) -> Vec<Check> {
    let used = async {
        let workspace = ArmWorkspace::new(id, client)?;
        let mut actual = workspace.list(ResourceKind::AlertRule).await?;
        actual.extend(workspace.list(ResourceKind::AutomationRule).await?);
        actual.extend(workspace.list(ResourceKind::Watchlist).await?);
        // picket's label says how many items there are; those of others are counted.
        let unlabelled = |it: &&Actual| watchlist::labelled_items(&it.body).is_none();
        let of = actual.iter().filter(unlabelled).map(|it| it.key.clone()).collect();
        read_items(&workspace, &mut actual, &of).await?;
        Ok(quotas(&actual))
    };
    let used = used.await.map_err(|error| failure(&error));
    doctor::limits(used.as_deref())
}

/// Whether custom detections can be deployed, where they are to be.
async fn defender(destination: &Destination, wishes: &Wishes, read_only: bool) -> Check {
    if !destination.defender {
        return doctor::graph(&Defender::Unwanted, read_only);
    }
    let listed = async {
        let client = destination.client(Service::Graph, wishes)?;
        let (identity, _) = client.authenticate().await?;
        client.list(&crate::arm::detection_rule::collection_path(), "").await?;
        Ok(identity.permissions)
    };
    match listed.await {
        Ok(permissions) => doctor::graph(&Defender::Listed(permissions.as_deref()), read_only),
        Err(error) => doctor::graph(&Defender::Refused(&failure(&error)), read_only),
    }
}

type Answered = Result<Value, (AzureError, Failure)>;

async fn get(client: &Client, path: &str, api_version: &str) -> Answered {
    let request = Request { verb: Verb::Get, path, api_version, body: None };
    match client.send(request).await {
        Ok(answer) => Ok(answer.body.unwrap_or_default()),
        Err(error) => {
            let failure = failure(&error);
            Err((error, failure))
        }
    }
}

fn seen(answered: &Answered) -> Result<&Value, &Failure> {
    answered.as_ref().map_err(|(_, failure)| failure)
}

fn is_absent(answered: &Answered) -> bool {
    matches!(answered, Err((_, failure)) if failure.status == Some(404))
}

fn failure(error: &AzureError) -> Failure {
    Failure { message: error.to_string(), help: error.help(), status: error.status() }
}
