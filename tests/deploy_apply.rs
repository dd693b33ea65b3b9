//! Applying to the local workspace: it converges, whatever happens on the way.

#![cfg(all(feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails this way")]

mod deploy_support;

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deploy_support::{content_key, planned, rule, rules, target, workspace};
use picket::arm::{ResourceKey, ResourceKind, metadata};
use picket::azure::{AzureError, Connection, Interrupt};
use picket::deploy::{ApplyOptions, ErrorReport, How, Outcome, Progress, Silent, Workspace, apply, read};
use picket::emulator::{EmulatorOptions, Faults, Running, Store, start};
use picket::plan::{Action, Actual, Change, Desired, Plan, PlanOptions, plan};
use serde_json::Value;

async fn emulator(faults: Faults) -> Running {
    let options = EmulatorOptions { faults, deleted_id_window: None, ..EmulatorOptions::new(Store::Memory) };
    start(options).await.unwrap()
}

async fn plan_and_apply(workspace: &impl Workspace, desired: &[Desired]) -> Outcome {
    let plan = planned(desired, &read(workspace).await.unwrap());
    apply(workspace, &plan, &ApplyOptions::default(), &Silent).await
}

/// Asserts that the workspace holds exactly `desired`, and that nothing is left to do.
async fn assert_converged(workspace: &impl Workspace, desired: &[Desired]) {
    let actual = read(workspace).await.unwrap();
    let held: Vec<&ResourceKey> = actual.iter().map(|resource| &resource.key).collect();
    let distinct: BTreeSet<&ResourceKey> = held.iter().copied().collect();
    assert_eq!(held.len(), distinct.len(), "a resource is doubled");
    let wanted: BTreeSet<&ResourceKey> = desired.iter().map(|resource| &resource.key).collect();
    assert_eq!(distinct, wanted);
    let next = planned(desired, &actual);
    let left: Vec<&Change> = next.changes.iter().filter(|change| change.action != Action::NoOp).collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[tokio::test]
async fn a_second_run_has_nothing_to_do() {
    let emulator = emulator(Faults::default()).await;
    let workspace = workspace(&emulator.endpoint(), |_| {});
    let first = rules(0..20, "Heartbeat | take 1");
    let outcome = plan_and_apply(&workspace, &first).await;
    assert!(outcome.is_complete(), "{outcome:#?}");
    assert_eq!(outcome.done.len(), 40);
    assert!(outcome.done.iter().all(|done| done.how == How::Confirmed));
    assert_converged(&workspace, &first).await;

    // Half of the rules change, a quarter go, some are new.
    let second = [rules(5..10, "Heartbeat | take 1"), rules(10..25, "SecurityEvent")].concat();
    let outcome = plan_and_apply(&workspace, &second).await;
    assert!(outcome.is_complete(), "{outcome:#?}");
    assert_converged(&workspace, &second).await;
}

#[tokio::test]
async fn an_unreliable_service_is_survived() {
    let every = NonZeroU64::new;
    let faults = Faults {
        throttle: every(7),
        retry_after: 1,
        error: every(5),
        drop: every(11),
        lose: every(3),
        ..Faults::default()
    };
    let emulator = emulator(faults).await;
    let workspace = workspace(&emulator.endpoint(), |options| options.retry.attempts = 12);
    for desired in [rules(0..30, "Heartbeat"), rules(10..40, "SecurityEvent"), rules(0..0, "")] {
        let outcome = plan_and_apply(&workspace, &desired).await;
        assert!(outcome.is_complete(), "{outcome:#?}");
        assert_converged(&workspace, &desired).await;
    }
}

/// Which write fails, with what, and whether the work is done nevertheless.
type Sabotage = (ResourceKey, fn() -> AzureError, bool);

/// A real workspace that may be told to fail before or after it does something, or to stop for ever.
struct Saboteur<W> {
    inner: W,
    calls: AtomicUsize,
    /// At which call it hangs, and whether before or after the work.
    hang: Option<(usize, bool)>,
    /// The writes that fail.
    fail: Vec<Sabotage>,
    log: Mutex<Vec<String>>,
    active: AtomicUsize,
    most_active: AtomicUsize,
}

impl<W> Saboteur<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            calls: AtomicUsize::new(0),
            hang: None,
            fail: Vec::new(),
            log: Mutex::default(),
            active: AtomicUsize::new(0),
            most_active: AtomicUsize::new(0),
        }
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    async fn around<T>(
        &self,
        verb: &str,
        key: &ResourceKey,
        work: impl Future<Output = Result<T, AzureError>> + Send,
    ) -> Result<T, AzureError> {
        self.log.lock().unwrap().push(format!("{verb} {key}"));
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if self.hang == Some((call, false)) {
            std::future::pending::<()>().await;
        }
        let failure = self.fail.iter().find(|(failing, ..)| failing == key).filter(|_| verb != "GET");
        if let Some((_, error, false)) = failure {
            return Err(error());
        }
        let active = self.active.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_active.fetch_max(active, Ordering::SeqCst);
        let result = work.await;
        self.active.fetch_sub(1, Ordering::SeqCst);
        if self.hang == Some((call, true)) {
            std::future::pending::<()>().await;
        }
        match failure {
            Some((_, error, _)) => Err(error()),
            None => result,
        }
    }
}

impl<W: Workspace> Workspace for Saboteur<W> {
    async fn list(&self, kind: ResourceKind) -> Result<Vec<Actual>, AzureError> {
        self.inner.list(kind).await
    }

    async fn get(&self, key: &ResourceKey, api_version: &str) -> Result<Option<Actual>, AzureError> {
        self.around("GET", key, self.inner.get(key, api_version)).await
    }

    async fn put(
        &self,
        key: &ResourceKey,
        api_version: &str,
        body: &Value,
        etag: Option<&str>,
    ) -> Result<Actual, AzureError> {
        self.around("PUT", key, self.inner.put(key, api_version, body, etag)).await
    }

    async fn delete(&self, key: &ResourceKey, api_version: &str) -> Result<(), AzureError> {
        self.around("DELETE", key, self.inner.delete(key, api_version)).await
    }

    async fn pause(&self, length: Duration) -> Result<(), AzureError> {
        self.inner.pause(length).await
    }

    fn describe(&self) -> String {
        "the test workspace".to_owned()
    }
}

fn lost() -> AzureError {
    AzureError::Connection { kind: Connection::Lost, host: "host".to_owned(), message: "reset".to_owned() }
}

fn refused() -> AzureError {
    AzureError::Connection { kind: Connection::Refused, host: "host".to_owned(), message: "no".to_owned() }
}

fn no_table() -> AzureError {
    refusal("Failed to run the analytics rule query. One of the tables does not exist.")
}

fn bad_query() -> AzureError {
    refusal("Failed to run the analytics rule query. Syntax error: SYN0002 [line:position=1:3]")
}

fn refusal(message: &str) -> AzureError {
    AzureError::Http(Box::new(picket::azure::HttpFailure {
        method: "PUT",
        path: "/r".to_owned(),
        status: 400,
        code: Some("BadRequest".to_owned()),
        message: message.to_owned(),
        request_id: Some("r-1".to_owned()),
        correlation_id: None,
    }))
}

/// Runs an apply until it has hung at the planned call and nothing else moves, then drops it, as a killed
/// process would.
async fn dies_at(workspace: &Saboteur<impl Workspace>, plan: &Plan) {
    let options = ApplyOptions { concurrency: 4, ..ApplyOptions::default() };
    let run = apply(workspace, plan, &options, &Silent);
    let stuck = async {
        let (hang, _) = workspace.hang.unwrap();
        while workspace.calls.load(Ordering::SeqCst) <= hang {
            tokio::task::yield_now().await;
        }
        // A few turns more, so that other requests are cut at various points, and the late hang is reached.
        for _ in 0..hang * 7 % 50 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = run => {}
        () = stuck => {}
    }
}

#[tokio::test]
async fn a_run_cut_off_anywhere_is_completed_by_the_next() {
    let before = rules(0..8, "Heartbeat");
    let after = [rules(2..5, "Heartbeat"), rules(5..11, "SecurityEvent")].concat();
    let mut changed_by_dead_runs = 0;
    // 3 rules go, 3 change, 3 are new: 18 writes and deletions, and 2 reads before deletions.
    for moment in 0..20 {
        for late in [false, true] {
            let emulator = emulator(Faults::default()).await;
            let mut workspace = Saboteur::new(workspace(&emulator.endpoint(), |_| {}));
            assert!(plan_and_apply(&workspace, &before).await.is_complete());
            let actual = read(&workspace).await.unwrap();
            workspace.hang = Some((workspace.calls.load(Ordering::SeqCst) + moment, late));
            dies_at(&workspace, &planned(&after, &actual)).await;
            workspace.hang = None;

            let left = read(&workspace).await.unwrap();
            changed_by_dead_runs += usize::from(left != actual);
            for kept in rules(2..8, "") {
                let still = left.iter().any(|resource| resource.key == kept.key);
                assert!(still, "{} is lost at {moment}", kept.key);
            }
            let outcome = plan_and_apply(&workspace, &after).await;
            assert!(outcome.is_complete(), "at {moment}, late {late}: {outcome:#?}");
            assert_converged(&workspace, &after).await;
        }
    }
    assert!(changed_by_dead_runs > 20, "the runs died too early to show anything: {changed_by_dead_runs}");
}

#[tokio::test]
async fn content_comes_before_its_record_and_deletions_come_last() {
    let emulator = emulator(Faults::default()).await;
    let workspace = Saboteur::new(workspace(&emulator.endpoint(), |_| {}));
    plan_and_apply(&workspace, &rules(0..6, "Heartbeat")).await;
    let begin = workspace.log().len();
    plan_and_apply(&workspace, &rules(3..12, "SecurityEvent")).await;
    let log = workspace.log().split_off(begin);
    let place = |entry: String| log.iter().position(|line| *line == entry).expect("in the log");
    for number in 3..12 {
        let key = content_key(number);
        let record = metadata::key_for(&key);
        if number >= 6 {
            assert!(place(format!("PUT {key}")) < place(format!("PUT {record}")));
        }
    }
    for number in 0..3 {
        let key = content_key(number);
        assert!(place(format!("DELETE {key}")) < place(format!("DELETE {}", metadata::key_for(&key))));
    }
    let last_write = log.iter().rposition(|line| line.starts_with("PUT")).unwrap();
    let first_deletion = log.iter().position(|line| line.starts_with("DELETE")).unwrap();
    assert!(last_write < first_deletion, "{log:#?}");
}

#[tokio::test]
async fn no_more_runs_at_a_time_than_allowed() {
    let faults = Faults { delay: Duration::from_millis(2), ..Faults::default() };
    let emulator = emulator(faults).await;
    let workspace = Saboteur::new(workspace(&emulator.endpoint(), |_| {}));
    let plan = planned(&rules(0..30, "Heartbeat"), &[]);
    let options = ApplyOptions { concurrency: 3, ..ApplyOptions::default() };
    assert!(apply(&workspace, &plan, &options, &Silent).await.is_complete());
    assert_eq!(workspace.most_active.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn one_bad_rule_does_not_keep_the_others_back() {
    let emulator = emulator(Faults::default()).await;
    let mut workspace = Saboteur::new(workspace(&emulator.endpoint(), |_| {}));
    plan_and_apply(&workspace, &rules(8..9, "Heartbeat")).await;
    workspace.fail.push((content_key(3), bad_query, false));
    let outcome = plan_and_apply(&workspace, &rules(0..6, "Heartbeat")).await;

    assert_eq!((outcome.done.len(), outcome.failed.len(), outcome.skipped.len()), (10, 1, 3));
    let failure = &outcome.failed[0];
    assert_eq!(failure.item.key, content_key(3));
    assert!(failure.item.origin.is_some());
    assert!(failure.error.help[0].contains("run the query"), "{:?}", failure.error.help);
    let reasons: Vec<&str> = outcome.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    assert!(reasons.contains(&"what it belongs to could not be changed"));
    assert!(reasons.contains(&"nothing is deleted while another change has not been made"));

    let json = serde_json::to_value(&outcome).unwrap();
    assert_eq!(json["failed"][0]["operation"], "create");
    assert_eq!(json["failed"][0]["error"]["status"], 400);
    assert_eq!(json["failed"][0]["error"]["requestId"], "r-1");
    assert_eq!(json["failed"][0]["error"]["refusal"]["code"], "PK811");
    assert_eq!(json["failed"][0]["error"]["refusal"]["at"], serde_json::json!([1, 3]));
    assert_eq!(json["done"][0]["how"], "confirmed");
}

#[tokio::test]
async fn a_rule_that_waits_for_a_table_is_pending_with_its_record() {
    let emulator = emulator(Faults::default()).await;
    let mut workspace = Saboteur::new(workspace(&emulator.endpoint(), |_| {}));
    plan_and_apply(&workspace, &rules(8..9, "Heartbeat")).await;
    workspace.fail.push((content_key(3), no_table, false));
    let desired = rules(0..6, "Heartbeat");
    let outcome = plan_and_apply(&workspace, &desired).await;
    let keys: Vec<&ResourceKey> = outcome.pending.iter().map(|pending| &pending.item.key).collect();
    let record = metadata::key_for(&content_key(3));
    assert_eq!(keys, [&content_key(3), &record]);
    assert_eq!((outcome.done.len(), outcome.failed.len(), outcome.skipped.len()), (10, 0, 2));
    assert!(!outcome.is_complete() && !outcome.is_complete_but_pending(), "deletions were kept back");
    assert_eq!(outcome.pending[0].waiting_for.sentence(), "waiting for a table");

    // With leave, the deletions are made nevertheless; what waits is planned again.
    let plan = planned(&desired, &read(&workspace).await.unwrap());
    let options = ApplyOptions { allow_pending: true, ..ApplyOptions::default() };
    let outcome = apply(&workspace, &plan, &options, &Silent).await;
    assert_eq!((outcome.done.len(), outcome.pending.len(), outcome.skipped.len()), (2, 2, 0));
    assert!(!outcome.is_complete() && outcome.is_complete_but_pending());
    workspace.fail.clear();
    assert!(plan_and_apply(&workspace, &desired).await.is_complete());
    assert_converged(&workspace, &desired).await;
}

#[tokio::test]
async fn a_rule_that_the_service_disables_is_said() {
    for change in [
        |body: &mut Value| body["properties"]["enabled"] = false.into(),
        |body: &mut Value| body["properties"]["displayName"] = "AUTO DISABLED Rule 0000".into(),
    ] {
        let server = deploy_support::Server::start(move |_, parts, body| {
            let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
            body["name"] = parts.uri.path().rsplit('/').next().unwrap().into();
            if parts.uri.path().contains("alertRules") {
                change(&mut body);
            }
            deploy_support::answer(200, &body)
        })
        .await;
        let workspace = workspace(&server.endpoint(), |_| {});
        let plan = planned(&rules(0..1, "Heartbeat"), &[]);
        let outcome = apply(&workspace, &plan, &ApplyOptions::default(), &Silent).await;
        assert_eq!((outcome.done.len(), outcome.disabled.len()), (2, 1));
        assert_eq!(outcome.disabled[0].key, content_key(0));
        assert!(!outcome.is_complete());
    }
}

#[tokio::test]
async fn a_failure_that_all_would_share_ends_the_run() {
    let emulator = emulator(Faults::default()).await;
    let mut workspace = Saboteur::new(workspace(&emulator.endpoint(), |_| {}));
    workspace.fail = (0..50).map(|number| (content_key(number), refused as fn() -> _, false)).collect();
    let outcome = plan_and_apply(&workspace, &rules(0..50, "Heartbeat")).await;
    assert!(outcome.failed.len() <= 8, "{}", outcome.failed.len());
    assert_eq!(outcome.failed.len() + outcome.skipped.len(), 100);
    assert!(outcome.skipped.iter().any(|skipped| skipped.reason.starts_with("it would fail like 'Rule 00")));
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_settled_by_reading() {
    let emulator = emulator(Faults::default()).await;
    let mut workspace = Saboteur::new(workspace(&emulator.endpoint(), |_| {}));
    // Rule 0 is written though the answer is lost, rule 1 is not written.
    workspace.fail = vec![(content_key(0), lost, true), (content_key(1), lost, false)];
    let desired = rules(0..2, "Heartbeat");
    let outcome = plan_and_apply(&workspace, &desired).await;
    let found: Vec<_> = outcome.done.iter().filter(|done| done.how == How::Found).collect();
    assert_eq!((found.len(), &found[0].item.key), (1, &content_key(0)));
    assert_eq!((outcome.failed.len(), &outcome.failed[0].item.key), (1, &content_key(1)));
    assert_eq!(outcome.failed[0].error.message, "lost the connection to host: reset");
    workspace.fail.clear();
    plan_and_apply(&workspace, &desired).await;
    assert_converged(&workspace, &desired).await;

    // The same of a deletion.
    workspace.fail = vec![(content_key(0), lost, true)];
    let outcome = plan_and_apply(&workspace, &[]).await;
    assert!(outcome.is_complete(), "{outcome:#?}");
    assert_converged(&workspace, &[]).await;
}

#[tokio::test]
async fn what_changed_since_the_plan_is_left_alone() {
    let emulator = emulator(Faults::default()).await;
    let workspace = workspace(&emulator.endpoint(), |_| {});
    plan_and_apply(&workspace, &rules([0, 1, 3], "Heartbeat")).await;
    let actual = read(&workspace).await.unwrap();
    let plan = planned(&[rules([0, 1], "SecurityEvent"), rules([4], "Heartbeat")].concat(), &actual);

    // Meanwhile rules 0, 3 and the new 4 are written by somebody else, and 1 exactly as planned.
    for (number, query) in [(0, "Syslog"), (3, "Syslog"), (4, "Syslog"), (1, "SecurityEvent")] {
        let [_, content] = rule(number, query);
        let held = actual.iter().find(|resource| resource.key == content.key);
        let etag = held.and_then(|resource| resource.etag.as_deref());
        workspace.put(&content.key, content.api_version, &content.body, etag).await.unwrap();
    }
    let outcome = apply(&workspace, &plan, &ApplyOptions::default(), &Silent).await;
    let failed: Vec<_> = outcome.failed.iter().map(|failure| &failure.item.key).collect();
    assert_eq!(failed, [&content_key(0), &content_key(4)]);
    for failure in &outcome.failed {
        let expected = format!(
            "the analytics rule '{}' changed in the workspace since the plan",
            failure.item.display_name
        );
        assert_eq!(failure.error.message, expected);
    }
    let found: Vec<_> = outcome.done.iter().filter(|done| done.how == How::Found).collect();
    assert_eq!((found.len(), &found[0].item.key), (1, &content_key(1)));
    assert_eq!(outcome.skipped.len(), 3, "{outcome:#?}");

    // With nothing else wrong, the changed rule is still not deleted.
    let deletion = Plan {
        changes: plan.changes.iter().filter(|change| change.action == Action::Delete).cloned().collect(),
        ..plan
    };
    let outcome = apply(&workspace, &deletion, &ApplyOptions::default(), &Silent).await;
    assert_eq!((outcome.failed.len(), &outcome.failed[0].item.key), (1, &content_key(3)));
    let kept = workspace.get(&content_key(3), content_version()).await.unwrap().unwrap();
    assert_eq!(kept.body["properties"]["query"], "Syslog");
}

fn content_version() -> &'static str {
    ResourceKind::AlertRule.stable_version()
}

#[tokio::test]
async fn what_belongs_to_someone_else_is_refused() {
    let emulator = emulator(Faults::default()).await;
    let workspace = workspace(&emulator.endpoint(), |_| {});
    let [_, foreign] = rule(0, "Syslog");
    workspace.put(&foreign.key, foreign.api_version, &foreign.body, None).await.unwrap();
    let outcome = plan_and_apply(&workspace, &rules(0..2, "Heartbeat")).await;
    assert_eq!((outcome.done.len(), outcome.failed.len()), (2, 1));
    assert!(outcome.failed[0].error.help[0].contains("--adopt"));
    let kept = workspace.get(&foreign.key, foreign.api_version).await.unwrap().unwrap();
    assert_eq!(kept.body["properties"]["query"], "Syslog");

    let desired = rules(0..2, "Heartbeat");
    let adopt = PlanOptions { prune: true, adopt: true };
    let plan = plan(&desired, &read(&workspace).await.unwrap(), &target(), adopt);
    assert!(apply(&workspace, &plan, &ApplyOptions::default(), &Silent).await.is_complete());
    assert_converged(&workspace, &desired).await;
}

/// Raises the interrupt when the nth change starts.
struct Interrupting {
    after: usize,
    interrupt: Interrupt,
    started: AtomicUsize,
    finished: AtomicUsize,
}

impl Progress for Interrupting {
    fn started(&self, _change: &Change) {
        if self.started.fetch_add(1, Ordering::SeqCst) + 1 == self.after {
            self.interrupt.raise();
        }
    }

    fn finished(&self, _change: &Change, result: Result<How, &ErrorReport>) {
        assert!(result.is_ok());
        self.finished.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn an_interrupt_finishes_what_was_begun_and_says_what_is_left() {
    let desired = rules(0..30, "Heartbeat");
    for after in [1, 2, 7, 30, 59, 60] {
        let emulator = emulator(Faults::default()).await;
        let workspace = workspace(&emulator.endpoint(), |_| {});
        let options = ApplyOptions { concurrency: 4, ..ApplyOptions::default() };
        let progress = Interrupting {
            after,
            interrupt: options.interrupt.clone(),
            started: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
        };
        let plan = planned(&desired, &[]);
        let outcome = apply(&workspace, &plan, &options, &progress).await;
        assert!(outcome.interrupted && outcome.failed.is_empty(), "{outcome:#?}");
        assert_eq!(outcome.done.len() + outcome.skipped.len(), 60);
        assert_eq!(outcome.done.len(), progress.finished.load(Ordering::SeqCst));
        assert!(outcome.done.len() <= after + 8, "{} after {after}", outcome.done.len());
        // Content and record go together, so nothing is left without an owner.
        let done: BTreeSet<&ResourceKey> = outcome.done.iter().map(|done| &done.item.key).collect();
        for key in done.iter().filter(|key| key.kind != ResourceKind::Metadata) {
            assert!(done.contains(&metadata::key_for(key)), "{key}");
        }
        assert_eq!(read(&workspace).await.unwrap().len(), outcome.done.len());
        assert!(plan_and_apply(&workspace, &desired).await.is_complete());
        assert_converged(&workspace, &desired).await;
    }
}

#[tokio::test]
async fn an_apply_can_be_moved_to_another_task() {
    let emulator = emulator(Faults::default()).await;
    let workspace = workspace(&emulator.endpoint(), |_| {});
    let run = tokio::spawn(async move { plan_and_apply(&workspace, &rules(0..3, "Heartbeat")).await });
    assert!(run.await.unwrap().is_complete());
}
