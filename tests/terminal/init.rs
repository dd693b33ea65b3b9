//! `picket init`

use crate::common::{git, run, succeeds, write};
use tempfile::TempDir;

/// A folder whose name does not change from run to run.
fn folder() -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let at = folder.path().join("detections");
    std::fs::create_dir(&at).unwrap();
    (folder, at)
}

#[test]
fn a_new_repository_is_clean_and_tested() {
    let (_folder, at) = folder();
    let ran = succeeds(&at, &["init", "--pre-commit"]);
    insta::assert_snapshot!("init", ran.out);
    for preset in ["strict", "all"] {
        let settings = std::fs::read_to_string(at.join("picket.toml")).unwrap();
        write(&at, "picket.toml", settings.replace("\"recommended\"", &format!("\"{preset}\"")));
        let ran = succeeds(&at, &["check", "--strict"]);
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("checked 1 rule in 1 file: no findings\n", ""));
        write(&at, "picket.toml", settings);
    }
    assert!(succeeds(&at, &["test", "--mutate"]).out.contains("2 passed of 1 rule"));
    succeeds(&at, &["fmt", "--check"]);
    assert!(succeeds(&at, &["apply"]).out.contains("applied to local: 1 created"));
    let settings: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(at.join(".vscode/settings.json")).unwrap()).unwrap();
    for schema in settings["yaml.schemas"].as_object().unwrap().keys() {
        let text = std::fs::read_to_string(at.join(schema)).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
    git(&at, &["init", "--quiet"]);
    assert!(
        !git(&at, &["status", "--porcelain", "--untracked-files=all"]).contains(".picket/"),
        "it is ignored"
    );
}

#[test]
fn what_is_there_is_kept_and_a_dry_run_writes_nothing() {
    let (_folder, at) = folder();
    let ran = succeeds(&at, &["init", "--dry-run"]);
    assert!(ran.out.lines().all(|line| line.starts_with("would write ")), "{}", ran.out);
    assert_eq!(std::fs::read_dir(&at).unwrap().count(), 0);
    write(&at, ".gitignore", "/target\n");
    write(&at, "picket.toml", "[project]\nname = \"mine\"\n");
    write(&at, "rules/mine.yaml", crate::common::scheduled_rule(1));
    let ran = succeeds(&at, &["init", "--ci", "none"]);
    assert!(ran.out.contains("kept picket.toml\nkept .gitignore\n"), "{}", ran.out);
    assert!(ran.out.contains("rules/ has rules; none was added\n"), "{}", ran.out);
    assert!(ran.out.contains("echo '/.picket/' >> .gitignore"), "{}", ran.out);
    assert_eq!(std::fs::read_to_string(at.join("picket.toml")).unwrap(), "[project]\nname = \"mine\"\n");
    assert!(!at.join(".github").exists());
    // A second run has nothing to write.
    let ran = succeeds(&at, &["init", "--ci", "none"]);
    assert!(!ran.out.contains("wrote "), "{}", ran.out);
}

#[test]
fn the_pipeline_is_that_of_the_place_where_the_repository_is() {
    let written = |prepare: &dyn Fn(&std::path::Path), more: &[&str]| {
        let (_folder, at) = folder();
        prepare(&at);
        let ran = succeeds(&at, &[&["init", "--dry-run"], more].concat());
        let is_pipeline = |line: &&str| line.ends_with(".yml");
        ran.out.lines().filter(is_pipeline).map(str::to_owned).collect::<Vec<_>>().join(", ")
    };
    let remote = |address: &'static str| {
        move |at: &std::path::Path| {
            git(at, &["init", "--quiet"]);
            git(at, &["remote", "add", "origin", address]);
        }
    };
    let github = "would write .github/workflows/rules.yml, would write .github/workflows/deploy.yml";
    let azure = "would write azure-pipelines.yml, would write ci/azure-pipelines-template.yml";
    let gitlab = "would write .gitlab-ci.yml";
    assert_eq!(written(&|_| {}, &[]), github);
    assert_eq!(written(&remote("git@gitlab.example.com:soc/rules.git"), &[]), gitlab);
    assert_eq!(written(&remote("https://dev.azure.com/soc/_git/rules"), &[]), azure);
    assert_eq!(written(&remote("https://dev.azure.com/soc/_git/rules"), &["--ci", "github"]), github);
    let has_workflows = |at: &std::path::Path| {
        remote("git@gitlab.example.com:soc/rules.git")(at);
        write(at, ".github/CODEOWNERS", "");
    };
    assert_eq!(written(&has_workflows, &[]), github);
}

#[test]
fn names_are_those_of_folders_or_given() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    succeeds(at, &["init", "new/\"soc\"", "--ci", "none"]);
    let text = std::fs::read_to_string(at.join("new/\"soc\"/picket.toml")).unwrap();
    assert!(text.contains("name = \"\\\"soc\\\"\"\n"), "{text}");
    succeeds(&at.join("new/\"soc\""), &["check"]);
    assert_eq!(run(at, &["init", "--name", " "]).code, 2);
    write(at, "file", "");
    let ran = run(at, &["init", "file"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("cannot write"), "{}", ran.err);
}
