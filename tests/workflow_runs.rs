//! The workflows run here as they run on GitHub: each `run:` step by the shell that a runner has, in a clone of a project
//! whose workspace `prod` is the emulator, jobs in the order of their `needs`, with their conditions, outputs and variables.
//!
//! What only GitHub has is stood in for, and nothing else: the actions in [`action`] (the checkout, which is the clone; the
//! login, which the emulator does not need; the upload of SARIF, whose file is held against the format), and the commands in
//! [`COMMANDS`] (`rustup` and `cargo`, since the binary is built already; `gh`, which keeps the comment in a file; `uuidgen`,
//! which not every machine has). The step that runs `.ci/run` is not run: it runs this test.

#![cfg(all(unix, feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

#[path = "workflow_runs/azure.rs"]
mod azure;
mod common;
#[path = "workflow_runs/github.rs"]
mod github;
#[path = "workflow_runs/gitlab.rs"]
mod gitlab;
#[path = "workflow_runs/hooks.rs"]
mod hooks;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use common::server::{Server, settings};
use common::{git, rule_id, scheduled_rule, write};
use picket::text::SourceId;
use picket::yaml::{self, Mapping, Node};
use tempfile::TempDir;

/// Commands that stand in for what only GitHub has, each a script.
const COMMANDS: [(&str, &str); 4] = [
    ("rustup", "[ \"$*\" != '' ]"),
    (
        "cargo",
        "[ \"$*\" = 'build --release --locked' ] && mkdir -p target/release && ln -sf \"$PICKET\" target/release/picket",
    ),
    ("uuidgen", "printf '%s-%s' \"$$\" \"$RANDOM$RANDOM$RANDOM\""),
    (
        "gh",
        "echo \"$*\" >> \"$GH_STATE/calls\"\n\
         case \"$*\" in\n\
         *'--method POST repos/soc/detections/issues/7/comments '*|*'--method PATCH repos/soc/detections/issues/comments/42 '*)\n\
           cp \"$RUNNER_TEMP/comment.md\" \"$GH_STATE/comment\" ;;\n\
         *'--paginate repos/soc/detections/issues/7/comments --jq '*)\n\
           if [ -f \"$GH_STATE/comment\" ]; then\n\
             jq -n --rawfile body \"$GH_STATE/comment\" '[{id: 42, user: {login: \"github-actions[bot]\"}, body: $body}]' \
               | jq \"${@: -1}\"\n\
           fi ;;\n\
         *) exit 1 ;;\n\
         esac",
    ),
];

/// Stands in for an action.
fn action(name: &str, with: &BTreeMap<String, String>, at: &Path) {
    match name {
        "actions/checkout" | "azure/login" => {}
        "github/codeql-action/upload-sarif" => {
            let text = std::fs::read_to_string(at.join(&with["sarif_file"])).expect("SARIF was written");
            let sarif: serde_sarif::sarif::Sarif = serde_json::from_str(&text).expect("it is SARIF");
            assert_eq!(sarif.runs.len(), 1, "{text}");
        }
        other => panic!("{other} is an action that nothing stands in for"),
    }
}

/// A clone of a project with the workflows of this repository, and the runner's folders beside it.
struct Runner {
    folder: TempDir,
    server: Server,
    context: BTreeMap<&'static str, String>,
    /// Folders that steps put on the PATH.
    folders: RefCell<Vec<String>>,
}

/// How a job ended: whether all its steps worked, and its outputs.
#[derive(Debug, Default)]
struct Ended {
    failed: bool,
    outputs: BTreeMap<String, String>,
    log: String,
}

impl Runner {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let at = folder.path();
        let server = Server::start(at, &[]);
        let prod = settings(&format!("endpoint = \"{}\"\n", server.endpoint)).replace("stage", "prod");
        write(at, "clone/picket.toml", prod);
        write(at, "clone/rules/1.yaml", scheduled_rule(1));
        write(at, "clone/content/f.kql", "SecurityEvent\n| take 5\n");
        write(at, "clone/.gitignore", "target\n.picket\n");
        for folder in ["state", "temp"] {
            std::fs::create_dir_all(at.join(folder)).unwrap();
        }
        for (name, script) in COMMANDS {
            use std::os::unix::fs::PermissionsExt;
            let path = write(at, &format!("bin/{name}"), format!("#!/usr/bin/env bash\nset -e\n{script}\n"));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let clone = at.join("clone");
        git(&clone, &["init", "--quiet"]);
        git(&clone, &["add", "."]);
        git(&clone, &["commit", "--quiet", "--message", "Add rules"]);
        let context = [
            ("vars.AZURE_CLIENT_ID", "client"),
            ("vars.AZURE_READER_CLIENT_ID", "reader"),
            ("vars.AZURE_TENANT_ID", "tenant"),
            ("github.event.pull_request.head.repo.full_name", "soc/detections"),
            ("github.repository", "soc/detections"),
            ("github.event.pull_request.number", "7"),
            ("github.token", "token"),
            ("github.event_name", "pull_request"),
        ];
        let mut context: BTreeMap<&'static str, String> =
            context.map(|(name, value)| (name, value.to_owned())).into_iter().collect();
        context.insert("github.event.pull_request.base.sha", git(&clone, &["rev-parse", "HEAD"]));
        context.insert("runner.temp", at.join("temp").display().to_string());
        Self { folder, server, context, folders: RefCell::default() }
    }

    fn clone(&self) -> std::path::PathBuf {
        self.folder.path().join("clone")
    }

    /// What expressions may name.
    fn context_owned(&self) -> BTreeMap<String, String> {
        self.context.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    /// The comment on the pull request.
    fn comment(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("state/comment")).unwrap_or_default()
    }

    fn calls(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("state/calls")).unwrap_or_default()
    }

    /// Runs a workflow; each job by its name, those whose condition or needs do not hold left out.
    fn run(&self, file: &str) -> BTreeMap<String, Ended> {
        let text = std::fs::read_to_string(common::root().join(".github/workflows").join(file)).unwrap();
        self.run_text(&text)
    }

    /// Runs the text of a workflow.
    fn run_text(&self, text: &str) -> BTreeMap<String, Ended> {
        // Each run is on a machine of its own.
        self.folders.borrow_mut().clear();
        let (documents, _) = yaml::parse(SourceId(0), text);
        let root = documents[0].root.as_ref().and_then(Node::as_mapping).expect("a workflow");
        let jobs = root.get("jobs").and_then(Node::as_mapping).expect("jobs");
        let mut ended: BTreeMap<String, Ended> = BTreeMap::new();
        let mut left: Vec<(&str, &Mapping)> = jobs
            .entries
            .iter()
            .map(|job| (job.key.as_str().unwrap(), job.value.as_mapping().unwrap()))
            .collect();
        let mut passed_over = BTreeSet::new();
        while !left.is_empty() {
            let needs = |job: &Mapping| texts(job.get("needs"));
            let ready = left.iter().position(|(_, job)| {
                needs(job).iter().all(|need| ended.contains_key(need) || passed_over.contains(need.as_str()))
            });
            let (name, job) = left.remove(ready.expect("no circle of needs"));
            let works = |need: &String| ended.get(need).is_some_and(|ended| !ended.failed);
            let condition = job.get("if").and_then(Node::as_str);
            let mut scope =
                self.context.clone().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            for need in needs(job) {
                for (output, value) in ended.get(&need).map(|it| &it.outputs).into_iter().flatten() {
                    let _: Option<String> =
                        BTreeMap::insert(&mut scope, format!("needs.{need}.outputs.{output}"), value.clone());
                }
            }
            if !needs(job).iter().all(works) || !condition.is_none_or(|it| holds(it, &scope, false)) {
                passed_over.insert(name);
                continue;
            }
            let result = self.job(job, scope);
            ended.insert(name.to_owned(), result);
        }
        ended
    }

    fn job(&self, job: &Mapping, mut scope: BTreeMap<String, String>) -> Ended {
        let mut result = self.steps(job, &mut scope);
        let outputs = job.get("outputs").and_then(Node::as_mapping);
        for output in outputs.into_iter().flat_map(|it| &it.entries) {
            let value = filled(output.value.as_str().unwrap(), &scope);
            result.outputs.insert(output.key.as_str().unwrap().to_owned(), value);
        }
        result
    }

    /// Runs the steps of a job, or of an action.
    fn steps(&self, job: &Mapping, scope: &mut BTreeMap<String, String>) -> Ended {
        let mut result = Ended::default();
        for step in job.get("steps").and_then(Node::as_sequence).expect("steps") {
            let step = step.as_mapping().expect("a step");
            let text = |key: &str| step.get(key).and_then(Node::as_str);
            let runs = match text("if") {
                Some(condition) => holds(condition, scope, result.failed),
                None => !result.failed,
            };
            if !runs {
                continue;
            }
            let pairs = |key: &str| -> BTreeMap<String, String> {
                let mapping = step.get(key).and_then(Node::as_mapping);
                let entries = mapping.into_iter().flat_map(|it| &it.entries);
                let pair = |entry: &yaml::Entry| {
                    let value = entry.value.as_scalar().expect("a value").text.clone();
                    (entry.key.as_str().unwrap().to_owned(), filled(&value, scope))
                };
                entries.map(pair).collect()
            };
            match (text("uses"), text("run")) {
                (Some(uses), None) => {
                    action(uses.split('@').next().unwrap(), &pairs("with"), &self.clone());
                }
                (None, Some(script)) => {
                    assert!(!script.contains("${{"), "an expression in a script: {script}");
                    let (worked, log, outputs) = self.step(script, &pairs("env"));
                    result.failed |= !worked;
                    result.log += &log;
                    let id = text("id").unwrap_or_default();
                    scope.extend(
                        outputs
                            .into_iter()
                            .map(|(name, value)| (format!("steps.{id}.outputs.{name}"), value)),
                    );
                }
                other => panic!("a step that neither runs nor uses something: {other:?}"),
            }
        }
        result
    }

    /// Runs a script as a runner does: whether it worked, what it printed, and what it wrote to its outputs.
    fn step(&self, script: &str, env: &BTreeMap<String, String>) -> (bool, String, BTreeMap<String, String>) {
        let at = self.folder.path();
        let script = write(at, "step.sh", script);
        let outputs = write(at, "outputs", "");
        let path = std::env::var("PATH").unwrap();
        let more = self.folders.borrow().iter().map(|folder| format!("{folder}:")).collect::<String>();
        let added = write(at, "path", "");
        let ran = Command::new("bash")
            .arg("-e")
            .arg(script)
            .current_dir(self.clone())
            .env_clear()
            .env("PATH", format!("{more}{}:{path}", at.join("bin").display()))
            .env("GITHUB_PATH", &added)
            .env("HOME", at)
            .env("CI", "true")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_OUTPUT", &outputs)
            .env("RUNNER_TEMP", at.join("temp"))
            .env("PICKET", assert_cmd::cargo::cargo_bin!("picket"))
            .env("GH_STATE", at.join("state"))
            .envs(env)
            .output()
            .unwrap();
        let log = [ran.stdout, ran.stderr].concat();
        let written = std::fs::read_to_string(outputs).unwrap();
        self.folders.borrow_mut().extend(std::fs::read_to_string(added).unwrap().lines().map(str::to_owned));
        let mut values = BTreeMap::new();
        let mut lines = written.lines();
        while let Some(line) = lines.next() {
            let Some((name, end)) = line.split_once("<<") else {
                let (name, value) = line.split_once('=').expect("an output");
                values.insert(name.to_owned(), value.to_owned());
                continue;
            };
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
            values.insert(name.to_owned(), value.join("\n"));
        }
        (ran.status.success(), String::from_utf8_lossy(&log).into_owned(), values)
    }
}

/// The texts of a list, or the one that stands for it.
fn texts(node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else { return Vec::new() };
    let items = node.as_sequence().unwrap_or(std::slice::from_ref(node));
    items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

/// `text` with its expressions as `scope` has them.
fn filled(text: &str, scope: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${{") {
        let (name, after) = behind.split_once("}}").expect("an expression ends");
        out += before;
        match scope.get(name.trim()) {
            Some(value) => out += value,
            // A step that did not run has no outputs.
            None => assert!(name.trim().starts_with("steps."), "nothing is known of `{}`", name.trim()),
        }
        rest = after;
    }
    out + rest
}

/// Whether a condition holds: comparisons that all have to, and `!cancelled()`, which lets a step run after a failure.
fn holds(condition: &str, scope: &BTreeMap<String, String>, failed: bool) -> bool {
    let condition = condition.trim().trim_start_matches("${{").trim_end_matches("}}");
    let value = |operand: &str| match operand.trim() {
        text if text.starts_with('\'') => text.trim_matches('\'').to_owned(),
        name => scope.get(name).cloned().unwrap_or_else(|| panic!("nothing is known of `{name}`")),
    };
    let terms: Vec<&str> = condition.split("&&").map(str::trim).collect();
    let goes_on = terms.contains(&"!cancelled()");
    let term = |term: &&str| match (term.split_once("!="), term.split_once("==")) {
        _ if *term == "!cancelled()" => true,
        (Some((a, b)), _) => value(a) != value(b),
        (None, Some((a, b))) => value(a) == value(b),
        _ => panic!("`{term}` is no condition that is known"),
    };
    (goes_on || !failed) && terms.iter().all(term)
}

/// Whether `jq` is there, which `gh` has built in.
fn has_jq() -> bool {
    Command::new("jq").arg("--version").output().is_ok_and(|ran| ran.status.success())
}

#[test]
#[allow(clippy::print_stdout, reason = "says that it is skipped")]
fn a_pull_request_is_checked_planned_and_deployed() {
    if !has_jq() {
        println!("skipped: jq is absent");
        return;
    }
    let runner = Runner::new();
    let worked = |ended: &BTreeMap<String, Ended>| {
        for (name, job) in ended {
            assert!(!job.failed, "{name}: {}", job.log);
        }
        ended.keys().cloned().collect::<Vec<_>>()
    };
    let opened = runner.run("pull-request.yml");
    assert_eq!(worked(&opened), ["check", "comment", "plan"]);
    assert!(runner.comment().contains("2 to create"), "{}", runner.comment());
    for part in [
        "<!-- picket comment -->\n",
        "picket check: no findings",
        "picket test: 0 passed",
        "### ATT&CK coverage",
    ] {
        assert!(runner.comment().contains(part), "{part}: {}", runner.comment());
    }
    assert!(runner.calls().contains("--method POST"), "{}", runner.calls());

    let merged = runner.run("deploy.yml");
    assert_eq!(worked(&merged), ["apply"]);
    assert!(merged["apply"].log.contains("applied to prod: 2 created"), "{}", merged["apply"].log);
    assert!(runner.server.rule(&rule_id(1)).is_some());

    // The next one: the comment is brought up to date, and what is gone is pruned.
    write(&runner.clone(), "rules/2.yaml", scheduled_rule(2));
    std::fs::remove_file(runner.clone().join("content/f.kql")).unwrap();
    worked(&runner.run("pull-request.yml"));
    assert!(runner.comment().contains("1 to create, 0 to update, 1 to delete"), "{}", runner.comment());
    assert!(runner.calls().contains("--method PATCH"), "{}", runner.calls());
    let merged = runner.run("deploy.yml");
    assert_eq!(worked(&merged), ["apply"]);
    assert!(merged["apply"].log.contains("1 created, 1 deleted"), "{}", merged["apply"].log);
}

#[test]
fn findings_stop_a_pull_request_and_a_deployment() {
    let runner = Runner::new();
    write(&runner.clone(), "rules/2.yaml", scheduled_rule(2).replace("severity: Medium", "severity: Severe"));
    let ended = runner.run("pull-request.yml");
    assert_eq!(ended.keys().collect::<Vec<_>>(), ["check"], "nothing is planned after");
    assert!(ended["check"].failed);
    assert!(ended["check"].log.contains("::error file=rules/2.yaml,line=7"), "{}", ended["check"].log);
    assert!(runner.clone().join("picket.sarif").is_file(), "SARIF is written all the same");
    let ended = runner.run("deploy.yml");
    assert!(ended["apply"].failed, "{}", ended["apply"].log);
    assert!(runner.server.rule(&rule_id(1)).is_none(), "nothing was deployed");
}

#[test]
fn without_the_variables_nothing_is_planned_or_deployed() {
    let mut runner = Runner::new();
    for name in ["vars.AZURE_CLIENT_ID", "vars.AZURE_READER_CLIENT_ID"] {
        runner.context.insert(name, String::new());
    }
    let ended = runner.run("pull-request.yml");
    assert_eq!(ended.keys().collect::<Vec<_>>(), ["check"]);
    assert!(runner.run("deploy.yml").is_empty());
    // A fork has no right to any of it, the upload of findings included.
    let mut fork = Runner::new();
    fork.context.insert("github.event.pull_request.head.repo.full_name", "fork/detections".to_owned());
    assert_eq!(fork.run("pull-request.yml").keys().collect::<Vec<_>>(), ["check"]);
}

/// A step that is in none of the runs above would not be tried at all.
#[test]
fn every_workflow_is_run() {
    let folder = common::root().join(".github/workflows");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    // A release is put together by scripts: `tests/workflows.rs` runs that of the notes, `.ci/check-package` makes the package.
    // The pages are made by `.ci/check-book`.
    let known = ["ci.yml", "deploy.yml", "pages.yml", "pull-request.yml", "release.yml"];
    assert_eq!(names, known, "a new workflow needs a test here");
    let ci = std::fs::read_to_string(common::root().join(".github/workflows/ci.yml")).unwrap();
    let runs: Vec<&str> = ci.lines().filter_map(|line| line.trim().strip_prefix("run: ")).collect();
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert_eq!(runs[1], ".ci/run", "all that CI does runs on any machine, and has this test in it");
}
