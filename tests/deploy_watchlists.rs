//! Watchlists hold exactly the items of their file, wherever an apply dies and whatever the file says by then.

#![cfg(all(feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails this way")]

mod deploy_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deploy_support::{client, planned, target, workspace, workspace_id};
use picket::arm::{ResourceKind, watchlist};
use picket::azure::{Call, Observer, Retry};
use picket::content::{Content, read as read_content};
use picket::deploy::{ApplyOptions, Silent, Workspace, apply, read};
use picket::emulator::{Chances, EmulatorOptions, FaultKind, Faults, Running, Store, start};
use picket::plan::{Desired, desired_content};
use picket::text::SourceId;
use tokio::sync::Notify;

const LIST: &str = "alias: Assets\nname: Assets\nsearchKey: Host\nitems: assets.csv\n";

/// The watchlist with these hosts, and its record.
fn list(hosts: &[&str]) -> Vec<Desired> {
    let (mut content, findings) = read_content(SourceId(0), "assets.yaml", LIST);
    assert!(findings.is_empty(), "{findings:?}");
    let rows: String = hosts.iter().map(|host| format!("{host},ann\n")).collect();
    for item in &mut content {
        let Content::Watchlist(list) = item else { panic!("{item:?}") };
        assert!(list.fill(SourceId(1), &format!("Host,Owner\n{rows}")).is_empty());
    }
    desired_content(&content, &target()).0
}

async fn hosts(running: &Running) -> Vec<String> {
    let path =
        format!("{}/Assets/{}", workspace_id().collection_path(ResourceKind::Watchlist), watchlist::ITEMS);
    let items =
        client(&running.endpoint(), |_| {}).0.list(&path, ResourceKind::Watchlist.list_version()).await;
    let host =
        |item: &serde_json::Value| item["properties"]["itemsKeyValue"]["Host"].as_str().unwrap().to_owned();
    let mut hosts: Vec<String> = items.unwrap().iter().map(host).collect();
    hosts.sort();
    hosts
}

async fn brought_to(workspace: &impl Workspace, desired: &[Desired]) {
    let plan = planned(desired, &read(workspace).await.unwrap());
    let outcome = apply(workspace, &plan, &ApplyOptions::default(), &Silent).await;
    assert!(outcome.is_complete(), "{outcome:#?}");
}

/// Tells when the nth request was answered.
#[derive(Default)]
struct Nth {
    left: AtomicUsize,
    reached: Notify,
}

impl Observer for Nth {
    fn retrying(&self, _retry: &Retry<'_>) {}

    fn called(&self, _call: &Call<'_>) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.reached.notify_one();
        }
    }
}

#[tokio::test]
async fn an_apply_that_dies_while_items_are_replaced_is_completed_or_undone() {
    let (first, second) = (["a", "b", "c", "d"], ["c", "d", "e"]);
    let (mut died, mut halfway) = (0, 0);
    for after in 1..20 {
        for back in [false, true] {
            let running = start(EmulatorOptions::new(Store::Memory)).await.unwrap();
            brought_to(&workspace(&running.endpoint(), |_| {}), &list(&first)).await;
            let nth = Arc::new(Nth::default());
            let dying = workspace(&running.endpoint(), |options| {
                options.observer = Some(Arc::clone(&nth) as Arc<dyn Observer>);
            });
            let plan = planned(&list(&second), &read(&dying).await.unwrap());
            nth.left.store(after, Ordering::SeqCst);
            let options = ApplyOptions::default();
            tokio::select! {
                biased;
                () = nth.reached.notified() => died += 1,
                _ = apply(&dying, &plan, &options, &Silent) => {}
            }
            while running.under_way() > 0 {
                tokio::task::yield_now().await;
            }
            let now = hosts(&running).await;
            halfway += usize::from(now != first && now != second);
            let wanted: &[&str] = if back { &first } else { &second };
            let workspace = workspace(&running.endpoint(), |_| {});
            brought_to(&workspace, &list(wanted)).await;
            assert_eq!(hosts(&running).await, wanted, "after {after} requests, back {back}");
            let plan = planned(&list(wanted), &read(&workspace).await.unwrap());
            assert!(!plan.has_changes(), "{plan:#?}");
        }
    }
    assert!(died >= 10 && halfway >= 4, "{died} died, {halfway} halfway: too few to tell");
}

#[tokio::test]
async fn conflicts_and_lost_answers_lose_no_items() {
    for seed in 0..10 {
        let kinds = [FaultKind::Conflict, FaultKind::Lose, FaultKind::Late, FaultKind::Short];
        let chances = kinds.into_iter().fold(Chances::new(seed), |all, kind| all.with(kind, 70));
        let options = EmulatorOptions {
            faults: Faults { chances, ..Faults::default() },
            ..EmulatorOptions::new(Store::Memory)
        };
        let running = start(options).await.unwrap();
        for wanted in [&["a", "b", "c"][..], &["c", "d"], &["a"]] {
            let workspace = workspace(&running.endpoint(), |options| options.retry.attempts = 12);
            brought_to(&workspace, &list(wanted)).await;
            running.set_calm(true);
            assert_eq!(hosts(&running).await, wanted, "seed {seed}");
            running.set_calm(false);
        }
    }
}
