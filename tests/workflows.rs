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

/// Major and minor number of a version of Rust.
fn rust_version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap_or(0))
}

/// No toolchain of that age is needed for it: every package says which one it asks for.
#[test]
fn no_dependency_asks_for_a_newer_rust_than_picket() {
    let cargo = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--all-features"])
        .current_dir(common::root())
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours = rust_version(env!("CARGO_PKG_RUST_VERSION"));
    let newer: Vec<_> = packages
        .iter()
        .filter(|package| package["rust_version"].as_str().is_some_and(|asked| rust_version(asked) > ours))
        .map(|package| format!("{} {}", package["name"], package["rust_version"]))
        .collect();
    assert!(packages.len() > 100);
    assert_eq!(newer, [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_release_has_the_version_and_the_notes_that_its_tag_says() {
    let copy = tempfile::tempdir().unwrap();
    let notes = |tag: &str, changelog: &str| {
        for file in ["Cargo.toml", ".ci/release-notes"] {
            common::write(copy.path(), file, std::fs::read(common::root().join(file)).unwrap());
        }
        common::write(copy.path(), "CHANGELOG.md", changelog);
        let ran = std::process::Command::new("bash")
            .args([".ci/release-notes", tag])
            .current_dir(copy.path())
            .output()
            .unwrap();
        (ran.status.code().unwrap(), String::from_utf8(ran.stdout).unwrap())
    };
    let version = env!("CARGO_PKG_VERSION");
    let changelog = format!(
        "# Changelog\n\n## [Unreleased]\n\n- later\n\n## [{version}] - 2026-12-01\n\n- first\n\n## [0.0.9]\n\n- old\n"
    );
    let (code, text) = notes(&format!("v{version}"), &changelog);
    assert_eq!((code, text.trim()), (0, "- first"));
    assert_eq!(notes("v99.0.0", &changelog).0, 2);
    assert_eq!(notes(&format!("v{version}"), "# Changelog\n\n## [Unreleased]\n\n- later\n").0, 2);
}
