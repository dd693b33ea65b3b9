//! The file behind a workspace: it survives crashes, is never shared and never thrown away.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use picket::emulator::{EmulatorError, EmulatorOptions, Fault, Running, Store, start};
use serde_json::json;

use crate::client::*;

/// Names the store of a child process; see [`child_serves_until_killed`].
const CHILD_STORE: &str = "PICKET_TEST_EMULATOR_STORE";
/// Faults of a child process, with commas between.
const CHILD_FAULTS: &str = "PICKET_TEST_EMULATOR_FAULTS";

async fn open(path: &Path) -> Result<Running, EmulatorError> {
    start(EmulatorOptions::new(Store::File(path.to_owned()))).await
}

/// Not a test by itself: the process that the tests below start and kill, and that `.ci/sdk-client` talks
/// to. It says where it listens and ends with its standard input, so that it outlives nobody.
#[tokio::test]
async fn child_serves_until_killed() {
    let Some(path) = std::env::var_os(CHILD_STORE) else {
        return;
    };
    let mut options = EmulatorOptions::new(Store::File(path.into()));
    let faults = std::env::var(CHILD_FAULTS).unwrap_or_default();
    options.faults = faults.split(',').filter_map(|fault| fault.parse::<Fault>().ok()).collect();
    let running = start(options).await.unwrap();
    println!("\nlistening {}", running.endpoint());
    let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    ended.await.unwrap().unwrap();
    running.shutdown().await.unwrap();
}

struct Served {
    child: Child,
    endpoint: String,
}

impl Served {
    fn start(path: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::child_serves_until_killed", "--nocapture"])
            .env(CHILD_STORE, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let endpoint =
            lines.map(Result::unwrap).find_map(|line| line.strip_prefix("listening ").map(str::to_owned));
        Self { endpoint: endpoint.expect("the child listens"), child }
    }

    /// SIGKILL.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn keeps_what_it_answered_when_killed_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/local.redb");
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..8 {
        let served = Served::start(&path);
        let done = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (client, done) = (Client::new(&served.endpoint), done.clone());
                tokio::spawn(async move {
                    let mut answered = Vec::new();
                    for number in 0.. {
                        let name = format!("{round}-{writer}-{number}");
                        let body = scheduled(json!({ "enabled": false, "displayName": name.clone() }));
                        match client.send("PUT", &rule(&name, STABLE), Some(&body)).await {
                            Ok(answer) => assert_eq!(answer.status, 201),
                            Err(_) => break,
                        }
                        answered.push(name);
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                    answered
                })
            })
            .collect();
        // The moment is by work done, not by the clock: a different point of a write each round.
        while done.load(Ordering::SeqCst) < 3 + 5 * round {
            tokio::task::yield_now().await;
        }
        served.kill();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }

        let running = open(&path).await.expect("a killed server leaves a valid store");
        let client = Client::new(&running.endpoint());
        let mut kept = Vec::new();
        let mut link = Some(rule("", STABLE));
        while let Some(next) = link {
            let page = client.get(&next).await;
            for item in page.body["value"].as_array().unwrap() {
                assert_eq!(item["name"], item["properties"]["displayName"], "no rule is half written");
                assert_eq!(item["properties"]["queryPeriod"], "PT1H");
                kept.push(item["name"].as_str().unwrap().to_owned());
            }
            link = page.body["nextLink"].as_str().map(str::to_owned);
        }
        for name in &acknowledged {
            assert!(kept.contains(name), "{name} was answered and is lost");
        }
        running.shutdown().await.unwrap();
    }
    assert!(acknowledged.len() >= 8 * 3);
}

#[tokio::test]
async fn keeps_everything_from_one_run_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("local.redb");
    let running = open(&path).await.unwrap();
    let client = Client::new(&running.endpoint());
    let written = client.put(&rule("a", PREVIEW), &nrt(json!({}))).await;
    client.put(&saved_search("hunt"), &hunt(json!({}))).await;
    client.put(&rule("gone", STABLE), &scheduled(json!({}))).await;
    client.delete(&rule("gone", STABLE)).await;
    running.shutdown().await.unwrap();

    let running = open(&path).await.unwrap();
    let client = Client::new(&running.endpoint());
    assert_eq!(client.get(&rule("a", PREVIEW)).await.body, written.body);
    assert_eq!(client.get(&saved_search("")).await.names(), ["hunt"]);
    let again = client.put(&rule("gone", STABLE), &scheduled(json!({}))).await;
    assert!(again.error().2.contains("recently deleted"), "a deletion is remembered");
}

#[tokio::test]
async fn says_when_another_process_has_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("local.redb");
    let served = Served::start(&path);
    let error = open(&path).await.unwrap_err();
    assert!(matches!(&error, EmulatorError::Locked(locked) if *locked == path), "{error:?}");
    assert!(error.to_string().contains("in use by another process"));
    assert!(error.help()[0].contains("picket emulator"));
    served.kill();
    open(&path).await.expect("a lock ends with its process").shutdown().await.unwrap();
    let first = open(&path).await.unwrap();
    assert!(matches!(open(&path).await, Err(EmulatorError::Locked(_))), "nor twice in one process");
    first.shutdown().await.unwrap();
}

#[tokio::test]
async fn refuses_files_that_are_no_store_and_leaves_them_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("local.redb");
    for content in [&b"rules: []\n"[..], b"r", b"redb", b"redb but not really a store", &[0; 4096]] {
        std::fs::write(&path, content).unwrap();
        let error = open(&path).await.unwrap_err();
        assert!(matches!(error, EmulatorError::Corrupt { .. }), "{error:?}");
        assert!(error.help()[0].contains("local.redb"));
        assert_eq!(std::fs::read(&path).unwrap(), content, "the file is as it was");
    }
    std::fs::write(&path, "").unwrap();
    open(&path).await.expect("an empty file becomes a store").shutdown().await.unwrap();
    assert!(matches!(open(folder.path()).await, Err(EmulatorError::Open { .. })), "a folder");
    let below = path.join("local.redb");
    assert!(matches!(open(&below).await, Err(EmulatorError::Open { .. })), "a file where a folder should be");
}

#[tokio::test]
async fn finds_damage_or_reads_on_but_never_throws_the_file_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("local.redb");
    let running = open(&path).await.unwrap();
    let client = Client::new(&running.endpoint());
    for number in 0..20 {
        client.put(&rule(&number.to_string(), STABLE), &scheduled(json!({}))).await;
    }
    running.shutdown().await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut found = 0;
    for part in 0..24 {
        let mut damaged = whole.clone();
        if part == 0 {
            damaged.truncate(whole.len() / 2);
        } else {
            let at = whole.len() * part / 24;
            let end = (at + 64).min(whole.len());
            damaged[at..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
        }
        std::fs::write(&path, &damaged).unwrap();
        match open(&path).await {
            Ok(running) => {
                let client = Client::new(&running.endpoint());
                let names = client.get(&rule("", STABLE)).await.names().len();
                assert_eq!(names, 20, "part {part}: opened, so nothing is missing");
                running.shutdown().await.unwrap();
            }
            Err(error) => {
                assert!(matches!(error, EmulatorError::Corrupt { .. }), "part {part}: {error:?}");
                found += 1;
            }
        }
        assert!(path.exists(), "part {part}");
    }
    assert!(found > 0, "some of the damage hits what is in use");
}
