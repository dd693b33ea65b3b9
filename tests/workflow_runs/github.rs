//! What repositories of rules run on GitHub: the workflows that `picket init` writes, and the action.

use super::*;
use picket::start::ci::{self, Ci};

/// An archive as a release has it. What is in it runs the program of this build.
pub(super) fn archive(at: &Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    let picket = assert_cmd::cargo::cargo_bin!("picket").display().to_string();
    let program = write(at, "release/picket-v0.1.0/picket", format!("#!/bin/sh\nexec {picket} \"$@\"\n"));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let archive = at.join("release/picket.tar.gz");
    let packed = Command::new("tar")
        .arg("-czf")
        .arg(&archive)
        .arg("-C")
        .arg(at.join("release"))
        .arg("picket-v0.1.0")
        .status();
    assert!(packed.unwrap().success());
    archive.display().to_string()
}

pub(super) fn sha256(file: &str) -> String {
    let ran = Command::new("sha256sum").arg(file).output().unwrap();
    String::from_utf8_lossy(&ran.stdout).split(' ').next().unwrap().to_owned()
}

/// Whether the programs are there that scripts of pipelines use.
#[allow(clippy::print_stdout, reason = "says that it is skipped")]
pub(super) fn has_tools() -> bool {
    for tool in ["jq", "curl", "sha256sum"] {
        if Command::new(tool).arg("--version").output().is_err() {
            println!("skipped: {tool} is absent");
            return false;
        }
    }
    true
}

fn workflow(end: &str) -> String {
    ci::files(Ci::GitHub).into_iter().find(|file| file.path.ends_with(end)).unwrap().text
}

#[test]
fn a_new_repository_is_checked_planned_and_deployed() {
    if !has_tools() {
        return;
    }
    let mut runner = Runner::new();
    let archive = archive(runner.folder.path());
    runner.context.insert("vars.PICKET_SHA256", sha256(&archive));
    runner.context.insert("vars.PICKET_DOWNLOAD", format!("file://{archive}"));
    let ended = runner.run_text(&workflow("rules.yml"));
    for (name, job) in &ended {
        assert!(!job.failed, "{name}: {}", job.log);
    }
    assert_eq!(ended.keys().collect::<Vec<_>>(), ["check", "comment", "plan"]);
    assert!(runner.comment().contains("2 to create"), "{}", runner.comment());
    let ended = runner.run_text(&workflow("deploy.yml"));
    assert!(ended["apply"].log.contains("applied to prod: 2 created"), "{}", ended["apply"].log);

    // An archive that is another one is not run.
    runner.context.insert("vars.PICKET_SHA256", "0".repeat(64));
    std::fs::remove_dir_all(runner.folder.path().join(".picket")).unwrap();
    let ended = runner.run_text(&workflow("deploy.yml"));
    assert!(ended["apply"].failed && !ended["apply"].log.contains("applied"), "{}", ended["apply"].log);
    // Without an archive the remedy is said.
    runner.context.insert("vars.PICKET_DOWNLOAD", String::new());
    let ended = runner.run_text(&workflow("deploy.yml"));
    assert!(
        ended["apply"].log.contains("PICKET_DOWNLOAD does not say where to get it"),
        "{}",
        ended["apply"].log
    );
}

/// Runs the action with these inputs.
fn act(runner: &Runner, inputs: &[(&str, &str)]) -> Ended {
    let text = std::fs::read_to_string(common::root().join("action.yml")).unwrap();
    let (documents, faults) = yaml::parse(SourceId(0), &text);
    assert_eq!(faults, []);
    let root = documents[0].root.as_ref().and_then(Node::as_mapping).unwrap();
    let mut scope = runner.context_owned();
    let declared = root.get("inputs").and_then(Node::as_mapping).unwrap();
    for input in &declared.entries {
        let name = input.key.as_str().unwrap();
        let default = input.value.as_mapping().unwrap().get("default").and_then(Node::as_scalar).unwrap();
        let given = inputs.iter().find(|(given, _)| *given == name).map(|(_, value)| (*value).to_owned());
        scope.insert(
            format!("inputs.{name}"),
            given.unwrap_or_else(|| filled(&default.text, &runner.context_owned())),
        );
    }
    for (name, _) in inputs {
        assert!(declared.get(name).is_some(), "the action has no input {name}");
    }
    runner.folders.borrow_mut().clear();
    let runs = root.get("runs").and_then(Node::as_mapping).unwrap();
    let mut ended = runner.steps(runs, &mut scope);
    for output in &root.get("outputs").and_then(Node::as_mapping).unwrap().entries {
        let value = output.value.as_mapping().unwrap().get("value").and_then(Node::as_str).unwrap();
        ended.outputs.insert(output.key.as_str().unwrap().to_owned(), filled(value, &scope));
    }
    ended
}

#[test]
fn the_action_checks_comments_and_deploys() {
    if !has_tools() {
        return;
    }
    let mut runner = Runner::new();
    let archive = archive(runner.folder.path());
    let address = format!("file://{archive}");
    runner.context.insert("github.server_url", "https://github.com".to_owned());
    runner.context.insert("github.action_repository", "soc/picket".to_owned());
    let download = [("download", address.as_str())];
    let ended = act(
        &runner,
        &[
            &download[..],
            &[("sarif", "true"), ("comment", "true"), ("comment-args", "--workspace prod --prune")],
        ]
        .concat(),
    );
    assert!(!ended.failed, "{}", ended.log);
    assert_eq!(ended.outputs["exit-code"], "0");
    assert!(runner.comment().contains("2 to create"), "{}", runner.comment());
    let ended =
        act(&runner, &[&download[..], &[("command", "apply"), ("args", "--workspace prod --yes")]].concat());
    assert!(ended.log.contains("applied to prod: 2 created"), "{}", ended.log);

    // Findings are annotations, end the step with 1, and are uploaded all the same.
    write(&runner.clone(), "rules/2.yaml", scheduled_rule(2).replace("severity: Medium", "severity: Severe"));
    let ended = act(
        &runner,
        &[&download[..], &[("sarif", "true"), ("comment", "true"), ("comment-args", "--no-plan")]].concat(),
    );
    assert!(ended.failed && ended.log.contains("::error file=rules/2.yaml,line=7"), "{}", ended.log);
    assert_eq!(ended.outputs["exit-code"], "1");
    assert!(runner.comment().contains("picket check: 1 error"), "{}", runner.comment());
    // Arguments are words, never commands.
    let ended = act(
        &runner,
        &[&download[..], &[("command", "explain"), ("args", "$(touch owned) `touch owned` ; touch owned")]]
            .concat(),
    );
    assert!(ended.failed && !runner.clone().join("owned").exists(), "{}", ended.log);
    // A release is that of the repository of the action.
    let curl =
        write(runner.folder.path(), "bin/curl", "#!/bin/sh\necho \"$*\" >> \"$GH_STATE/calls\"\nexit 22\n");
    std::fs::set_permissions(curl, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::remove_dir_all(runner.folder.path().join(".picket")).unwrap();
    let ended = act(&runner, &[("version", "0.1.0")]);
    assert!(ended.failed && ended.outputs["exit-code"].is_empty(), "{}", ended.log);
    let asked = "https://github.com/soc/picket/releases/download/v0.1.0/picket-v0.1.0-x86_64-unknown-linux-musl.tar.gz";
    assert!(runner.calls().contains(asked), "{}", runner.calls());
}
