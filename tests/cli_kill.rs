//! An apply that is killed with SIGKILL, at moments spread over its whole run, is completed by the next one.

#![cfg(all(unix, feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails and speaks this way"
)]

mod common;

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{hunting_rule, rule_id, run, scheduled_rule, write};
use picket::arm::{ResourceKind, WorkspaceId};
use picket::azure::{Client, ClientOptions, Credential};
use picket::deploy::{self, ArmWorkspace};
use picket::emulator::{EmulatorOptions, Store, start};
use picket::plan::Actual;
use tempfile::TempDir;

const SCHEDULED: u32 = 80;
const HUNTING: u32 = 30;
const RULES: u32 = SCHEDULED + HUNTING;
const KILLS: u32 = 20;
/// The lists at the start, then content and ownership record of each rule.
const EXCHANGES: u32 = 3 + 2 * RULES;
const SEED: u64 = 0x5eed_0003;

/// Splitmix64: the same moments in every run of the test.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % u64::from(bound)) as u32
    }
}

/// Where the disk is memory, if there is such a place: a killed process loses nothing there either, and 40
/// applies do not wait for the disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    TempDir::new_in(memory).or_else(|_| TempDir::new()).unwrap()
}

fn write_rules(folder: &Path, version: &str) {
    for number in 0..RULES {
        let text = if number < SCHEDULED { scheduled_rule(number) } else { hunting_rule(number) };
        let text = text.replace("version: 1.0.0", &format!("version: {version}"));
        let text = text.replace("where EventID", &format!("where Level != {} and EventID", &version[..1]));
        write(folder, &format!("rules/{number:03}.yaml"), text);
    }
}

/// Waits until the record in `folder` has `exchanges` lines, or `child` has ended.
fn wait_for(folder: &Path, exchanges: u32, child: &mut Child) {
    let record = folder.join("traffic.jsonl");
    loop {
        let bytes = std::fs::read(&record).unwrap_or_default();
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        if lines >= exchanges as usize || child.try_wait().unwrap().is_some() {
            return;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Runs `apply` and kills it once it has made `exchanges` requests and a moment has passed. True when it was
/// killed, not faster than that.
fn apply_and_kill(folder: &Path, exchanges: u32, moment: Duration) -> bool {
    let _ = std::fs::remove_file(folder.join("traffic.jsonl"));
    let mut child = common::picket_process(folder)
        .args(["apply", "--record", "traffic.jsonl"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(folder, exchanges, &mut child);
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap().signal() == Some(9)
}

/// All that the local workspace of `folder` holds.
fn held(folder: &Path) -> Vec<Actual> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::File(folder.join(".picket/local.redb"));
        let running = start(EmulatorOptions::new(store)).await.unwrap();
        let options = ClientOptions { endpoint: Some(running.endpoint()), ..ClientOptions::default() };
        let id = WorkspaceId {
            subscription: uuid::Uuid::nil().to_string(),
            resource_group: "local".into(),
            name: "local".into(),
        };
        let workspace =
            ArmWorkspace::new(id, Client::new(Credential::fixed("local"), options).unwrap()).unwrap();
        let held = deploy::read(&workspace).await.unwrap();
        drop(workspace);
        running.shutdown().await.unwrap();
        held
    })
}

/// Every rule is there once, enabled, as the files say, with its record; and nothing else is.
fn assert_whole(held: &[Actual], version: &str) {
    let of = |kind| held.iter().filter(move |actual| actual.key.kind == kind);
    let names = |kind| of(kind).map(|actual| actual.key.name.to_lowercase()).collect::<BTreeSet<_>>();
    let expected = |numbers: std::ops::Range<u32>| numbers.map(rule_id).collect::<BTreeSet<_>>();
    assert_eq!(names(ResourceKind::AlertRule), expected(0..SCHEDULED));
    assert_eq!(names(ResourceKind::SavedSearch), expected(SCHEDULED..RULES));
    assert_eq!(of(ResourceKind::AlertRule).count(), SCHEDULED as usize, "none twice");
    assert_eq!(of(ResourceKind::SavedSearch).count(), HUNTING as usize, "none twice");
    assert_eq!(of(ResourceKind::Metadata).count(), RULES as usize, "one record each");
    for rule in of(ResourceKind::AlertRule) {
        assert_eq!(rule.body["properties"]["enabled"], true, "{:?}", rule.key);
    }
    let wanted = format!("Level != {}", &version[..1]);
    for content in held.iter().filter(|actual| actual.key.kind != ResourceKind::Metadata) {
        let query = content.body["properties"]["query"].as_str().unwrap();
        assert!(query.contains(&wanted), "{:?} is of another version: {query}", content.key);
    }
}

#[test]
fn a_killed_apply_is_completed_by_the_next() {
    println!("seed {SEED:#x}");
    let mut random = Random(SEED);
    let (mut killed, mut halfway) = (0, 0);
    let folder = folder();
    let at = folder.path();
    for round in 0..KILLS {
        // The first half starts from nothing; the other half has every rule to update.
        let version = format!("{}.0.0", 1 + round % 9);
        if round < KILLS / 2 {
            let _ = std::fs::remove_dir_all(at.join(".picket"));
        }
        write_rules(at, &version);
        // One moment in each twentieth of the run.
        let slot = EXCHANGES / (KILLS / 2);
        let exchanges = (round % (KILLS / 2)) * slot + random.below(slot);
        let moment = Duration::from_micros(u64::from(random.below(2000)));
        killed += u32::from(apply_and_kill(at, exchanges, moment));

        let pending = run(at, &["plan", "--detailed-exitcode"]);
        assert!(pending.code < 2, "round {round}: {}", pending.err);
        halfway += u32::from(pending.code == 1);
        let ran = run(at, &["apply"]);
        assert_eq!(ran.code, 0, "round {round}: {}{}", ran.out, ran.err);
        let ran = run(at, &["plan", "--prune", "--detailed-exitcode"]);
        assert_eq!(ran.code, 0, "round {round}: {}{}", ran.out, ran.err);
        assert_whole(&held(at), &version);
    }
    println!("{killed} killed, {halfway} of them with changes left to make");
    assert!(
        killed >= KILLS - 2 && halfway >= KILLS - 4,
        "{killed} killed, {halfway} halfway: too few to tell"
    );
}

/// Ctrl-C, and the signal by which a pipeline cancels a job, let what was begun finish.
#[test]
fn an_interrupted_apply_says_so_and_is_completed_by_the_next() {
    for signal in ["-INT", "-TERM"] {
        let folder = folder();
        let at = folder.path();
        write_rules(at, "1.0.0");
        let mut child = common::picket_process(at)
            .args(["apply", "--concurrency", "1", "--record", "traffic.jsonl"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_for(at, 20, &mut child);
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{signal}: {err}");
        assert!(err.contains("`picket retry` completes it"), "{signal}: {err}");
        let held_now = held(at);
        let records = held_now.iter().filter(|actual| actual.key.kind == ResourceKind::Metadata).count();
        let content = held_now.len() - records;
        assert_eq!(content, records, "{signal}: no content is left without its record");
        assert!((1..RULES as usize).contains(&content), "{signal}: {content} rules");
        assert_eq!(run(at, &["apply"]).code, 0);
        assert_whole(&held(at), "1.0.0");
    }
}
