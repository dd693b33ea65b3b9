//! `picket check --since`, in a repository of git.

#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails this way")]

mod common;

use common::{run, scheduled_rule, write};
use tempfile::TempDir;

#[test]
fn since_reports_rules_that_changed_under_the_same_version() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    for (name, number) in [("a", 1), ("b", 2), ("c", 3)] {
        write(at, &format!("rules/{name}.yaml"), scheduled_rule(number));
    }
    let git = |arguments: &[&str]| {
        let set = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
        let done = std::process::Command::new("git").current_dir(at).args(set).args(arguments).output();
        let done = done.expect("git can be run");
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "Add rules"]);
    let changed = |number: u32, version: &str| {
        let rule = scheduled_rule(number).replace("severity: Medium", "severity: Low");
        rule.replace("version: 1.0.0", &format!("version: {version}"))
    };
    write(at, "rules/a.yaml", changed(1, "1.0.0"));
    write(at, "rules/b.yaml", changed(2, "1.0.1"));
    write(at, "rules/new.yaml", scheduled_rule(4));
    let check =
        |since: &str| run(at, &["check", "--format", "concise", "--select", "PK190", "--since", since]);
    let ran = check("HEAD");
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.len(), 1, "{ran:?}");
    assert!(lines[0].starts_with("rules/a.yaml:") && lines[0].contains("still `1.0.0`"), "{ran:?}");
    assert_eq!(run(at, &["check", "--format", "concise", "--select", "PK190"]).out, "");
    // What was committed since counts as well.
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "Change rules"]);
    assert_eq!(check("HEAD~1").out, ran.out);
    assert_eq!(check("HEAD").out, "");
    let unknown = check("v9");
    assert!(unknown.code == 2 && unknown.err.contains("git knows no revision `v9`"), "{unknown:?}");
}
