//! The workflows keep to what a pipeline that can deploy must keep to.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use picket::text::SourceId;
use picket::yaml::{self, Node};

/// Every workflow with its name and text.
fn workflows() -> Vec<(String, String)> {
    let folder = common::root().join(".github/workflows");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
}

/// What is wrong with a workflow: actions without a commit and version, rights that are not asked for job by job.
fn faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for line in text.lines() {
        let Some((_, used)) = line.split_once("uses: ") else { continue };
        let (action, version) = used.split_once(" # v").unwrap_or((used, ""));
        let commit = action.split_once('@').map_or("", |(_, commit)| commit);
        if commit.len() != 40 || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            faults.push(format!("`{used}` is not pinned to a commit"));
        }
        if version.split('.').filter(|part| part.parse::<u32>().is_ok()).count() != 3 {
            faults.push(format!("`{used}` does not say its version"));
        }
    }
    let (documents, diagnostics) = yaml::parse(SourceId(0), text);
    assert_eq!(diagnostics, []);
    let root = documents[0].root.as_ref().and_then(Node::as_mapping).expect("a mapping");
    let permissions = root.get("permissions").and_then(Node::as_mapping);
    if !permissions.is_some_and(|permissions| permissions.entries.is_empty()) {
        faults.push("the workflow does not start from `permissions: {}`".to_owned());
    }
    let jobs = root.get("jobs").and_then(Node::as_mapping).expect("jobs");
    for job in &jobs.entries {
        let name = job.key.as_str().unwrap_or_default();
        let job = job.value.as_mapping().expect("a job is a mapping");
        for key in ["permissions", "timeout-minutes"] {
            if job.get(key).is_none() {
                faults.push(format!("the job `{name}` has no `{key}`"));
            }
        }
    }
    for line in text.lines().filter(|line| line.trim_start().starts_with("run:")) {
        if line.contains("${{") {
            faults.push(format!("`{}` puts an expression into a script", line.trim()));
        }
    }
    faults
}

#[test]
fn workflows_pin_actions_and_ask_for_the_least() {
    let workflows = workflows();
    assert!(workflows.len() >= 3);
    for (name, text) in workflows {
        assert_eq!(faults(&text), [""; 0], "{name}");
    }
}

#[test]
fn the_check_finds_what_it_looks_for() {
    let text = "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: echo ${{ github.head_ref }}\n";
    assert_eq!(faults(text).len(), 5, "{:?}", faults(text));
}
