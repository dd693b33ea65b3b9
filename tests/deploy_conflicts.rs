//! What the service refuses for what else happens in the workspace is read and decided again.

#![cfg(all(feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails this way")]

mod deploy_support;

use std::time::Duration;

use deploy_support::{content_key, planned, rule, rules, target, workspace};
use picket::arm::{ResourceKey, ResourceKind, metadata};
use picket::deploy::{ApplyOptions, ArmWorkspace, How, Outcome, Silent, Workspace, apply, read};
use picket::emulator::{Chances, Clock, EmulatorOptions, FaultKind, Running, Store, start};
use picket::plan::{Action, Change, Desired, Plan, Target};
use serde_json::Value;

async fn served(change: impl FnOnce(&mut EmulatorOptions)) -> (Running, ArmWorkspace) {
    let mut options = EmulatorOptions { deleted_id_window: None, ..EmulatorOptions::new(Store::Memory) };
    change(&mut options);
    let running = start(options).await.unwrap();
    let workspace = workspace(&running.endpoint(), |options| options.retry.attempts = 12);
    (running, workspace)
}

async fn carried_out(workspace: &impl Workspace, plan: &Plan) -> Outcome {
    apply(workspace, plan, &ApplyOptions::default(), &Silent).await
}

/// Applies `desired`, and gives the plan of `next`.
async fn plan_after(workspace: &impl Workspace, desired: &[Desired], next: &[Desired]) -> Plan {
    let first = planned(desired, &read(workspace).await.unwrap());
    let outcome = carried_out(workspace, &first).await;
    assert!(outcome.is_complete(), "{outcome:#?}");
    planned(next, &read(workspace).await.unwrap())
}

async fn nothing_left(workspace: &impl Workspace, desired: &[Desired]) {
    let plan = planned(desired, &read(workspace).await.unwrap());
    let left: Vec<&Change> = plan.changes.iter().filter(|change| change.action != Action::NoOp).collect();
    assert!(left.is_empty(), "{left:#?}");
}

async fn query_of(workspace: &impl Workspace, key: &ResourceKey) -> Option<Value> {
    let held = workspace.get(key, key.kind.list_version()).await.unwrap();
    held.map(|held| held.body["properties"]["query"].clone())
}

/// Why each change failed: the code, or the message.
fn failures(outcome: &Outcome) -> Vec<(ResourceKey, &str)> {
    let code = |failure: &picket::deploy::Failure| failure.error.refusal.as_ref().map_or("", |it| it.code);
    let failed = outcome.failed.iter();
    failed.map(|failure| (failure.item.key.clone(), code(failure))).collect()
}

#[tokio::test]
async fn conflicts_that_change_nothing_are_overcome() {
    for kind in [FaultKind::Conflict, FaultKind::Precondition] {
        let (running, workspace) =
            served(|options| options.faults.chances = Chances::new(3).with(kind, 200)).await;
        for desired in [rules(0..20, "Heartbeat"), rules(10..30, "SecurityEvent"), rules(0..0, "")] {
            let plan = planned(&desired, &read(&workspace).await.unwrap());
            let outcome = carried_out(&workspace, &plan).await;
            assert!(outcome.is_complete(), "{outcome:#?}");
            nothing_left(&workspace, &desired).await;
        }
        assert!(running.faults()[&kind] > 20, "too few to tell");
    }
}

#[tokio::test]
async fn a_conflict_that_stays_ends_with_what_the_service_says() {
    let (_running, workspace) =
        served(|options| options.faults.chances = Chances::new(3).with(FaultKind::Conflict, 1000)).await;
    let outcome = carried_out(&workspace, &planned(&rules(0..1, "Heartbeat"), &[])).await;
    assert_eq!(outcome.failed.len(), 1);
    assert!(outcome.failed[0].error.message.contains("in progress"), "{outcome:#?}");
}

/// Each kind of failure alone, and often: nothing is lost or doubled.
#[tokio::test]
async fn each_kind_of_failure_is_survived() {
    for kind in FaultKind::ALL {
        let (running, workspace) = served(|options| {
            options.faults.chances = Chances::new(5).with(kind, 200);
            options.faults.pause = Duration::from_millis(1);
        })
        .await;
        for desired in [rules(0..10, "Heartbeat"), rules(5..15, "SecurityEvent")] {
            let plan = planned(&desired, &read(&workspace).await.unwrap());
            let outcome = carried_out(&workspace, &plan).await;
            assert!(outcome.is_complete(), "{kind}: {outcome:#?}");
            let held = read(&workspace).await.unwrap();
            assert_eq!(held.len(), desired.len(), "{kind}");
            nothing_left(&workspace, &desired).await;
        }
        assert!(running.faults()[&kind] > 5, "{kind}: too few to tell");
    }
}

#[tokio::test]
async fn what_was_written_again_as_it_was_is_still_changed() {
    let (_running, workspace) = served(|_| {}).await;
    let plan = plan_after(&workspace, &rules(0..1, "Heartbeat"), &rules(0..1, "SecurityEvent")).await;
    let [_, content] = rule(0, "Heartbeat");
    let held = workspace.get(&content.key, content.api_version).await.unwrap().unwrap();
    workspace.put(&content.key, content.api_version, &content.body, held.etag.as_deref()).await.unwrap();
    let outcome = carried_out(&workspace, &plan).await;
    assert!(outcome.is_complete(), "{outcome:#?}");
    assert_eq!(query_of(&workspace, &content.key).await.unwrap(), "SecurityEvent");
}

#[tokio::test]
async fn what_vanished_is_made_again_while_it_is_still_ours() {
    let (_running, workspace) = served(|_| {}).await;
    let next = rules(0..4, "SecurityEvent");
    let plan = plan_after(&workspace, &rules(0..4, "Heartbeat"), &next).await;
    // 0: gone. 1: gone, and its record is another project's. 3: gone with its record.
    for number in [0, 1, 3] {
        let key = content_key(number);
        workspace.delete(&key, key.kind.stable_version()).await.unwrap();
    }
    let record = |number| metadata::key_for(&content_key(number));
    let version = ResourceKind::Metadata.stable_version();
    workspace.delete(&record(3), version).await.unwrap();
    let mut held = workspace.get(&record(1), version).await.unwrap().unwrap();
    held.body["properties"]["source"]["sourceId"] = "another".into();
    let body = ResourceKind::Metadata.request_body(&held.body);
    workspace.put(&record(1), version, &body, held.etag.as_deref()).await.unwrap();

    let outcome = carried_out(&workspace, &plan).await;
    let moved = [(content_key(1), "PK817"), (content_key(3), "PK817")];
    assert_eq!(failures(&outcome), moved, "{outcome:#?}");
    assert_eq!(query_of(&workspace, &content_key(0)).await.unwrap(), "SecurityEvent");
    assert_eq!(query_of(&workspace, &content_key(1)).await, None, "it is somebody else's now");
}

#[tokio::test]
async fn what_is_gone_already_is_deleted_and_what_changed_is_not() {
    let (_running, workspace) = served(|_| {}).await;
    let plan = plan_after(&workspace, &rules(0..6, "Heartbeat"), &[]).await;
    for number in 0..3 {
        let key = content_key(number);
        workspace.delete(&key, key.kind.stable_version()).await.unwrap();
    }
    // A hunting query has no etag that a deletion could be held against.
    let [_, search] = rule(5, "Syslog");
    workspace.put(&search.key, search.api_version, &search.body, Some("*")).await.unwrap();
    let outcome = carried_out(&workspace, &plan).await;
    assert_eq!(failures(&outcome), [(search.key.clone(), "PK817")]);
    let found = outcome.done.iter().filter(|done| done.how == How::Found).count();
    assert_eq!((found, outcome.done.len()), (3, 10), "{outcome:#?}");
    assert_eq!(query_of(&workspace, &search.key).await.unwrap(), "Syslog");
}

#[tokio::test]
async fn an_id_that_was_deleted_lately_is_named_and_taken_by_a_later_apply() {
    let clock = Clock::manual(1_800_000_000_000);
    let (_running, workspace) = served(|options| {
        options.clock = clock.clone();
        options.deleted_id_window = Some(Duration::from_secs(24 * 60 * 60));
    })
    .await;
    let desired = rules(0..3, "Heartbeat");
    let gone = plan_after(&workspace, &desired, &[]).await;
    assert!(carried_out(&workspace, &gone).await.is_complete());
    let again = planned(&desired, &read(&workspace).await.unwrap());
    let outcome = carried_out(&workspace, &again).await;
    // Hunting queries come back at once.
    let waiting: Vec<&ResourceKey> = outcome.pending.iter().map(|pending| &pending.item.key).collect();
    let records = [metadata::key_for(&content_key(0)), metadata::key_for(&content_key(1))];
    assert_eq!(waiting, [&content_key(0), &content_key(1), &records[0], &records[1]]);
    let first = &outcome.pending[0];
    assert_eq!(first.error.refusal.as_ref().map(|refusal| refusal.code), Some("PK816"));
    assert_eq!(first.waiting_for.sentence(), "waiting for its id, which was deleted too lately");
    assert!(first.error.help[0].contains("run again"), "{outcome:#?}");
    assert!(outcome.failed.is_empty() && !outcome.is_complete());
    clock.advance(Duration::from_secs(25 * 60 * 60));
    let later = planned(&desired, &read(&workspace).await.unwrap());
    assert!(carried_out(&workspace, &later).await.is_complete());
    nothing_left(&workspace, &desired).await;
}

/// Two projects that write the same id at the same time: one has it, the other is told.
#[tokio::test]
async fn of_two_that_make_the_same_the_second_is_told() {
    let (_running, workspace) = served(|_| {}).await;
    let ours = planned(&rules(0..1, "Heartbeat"), &[]);
    let other = Target { project: "another".to_owned(), ..target() };
    let theirs = Plan { target: other, ..planned(&rules(0..1, "Syslog"), &[]) };
    assert!(carried_out(&workspace, &theirs).await.is_complete());
    let outcome = carried_out(&workspace, &ours).await;
    assert_eq!(failures(&outcome), [(content_key(0), "PK817")]);
    assert_eq!(query_of(&workspace, &content_key(0)).await.unwrap(), "Syslog");
}
