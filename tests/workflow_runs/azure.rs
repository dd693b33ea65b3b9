//! The template for Azure Pipelines: its expressions filled in, its steps run by the shell that an agent has.

use super::github::{archive, has_tools, sha256};
use super::*;

/// The stages of the template as the service has them for these parameters.
struct Azure<'r> {
    runner: &'r Runner,
    parameters: BTreeMap<&'static str, String>,
    is_pull_request: bool,
}

impl Azure<'_> {
    /// Runs a stage after the other, for as long as they work: the name of each with its log, and whether all worked.
    fn run(&self) -> (Vec<(String, String)>, bool) {
        let text = std::fs::read_to_string(common::root().join("ci/azure-pipelines-template.yml")).unwrap();
        let (documents, faults) = yaml::parse(SourceId(0), &text);
        assert_eq!(faults, []);
        let root = documents[0].root.as_ref().and_then(Node::as_mapping).unwrap();
        let mut logs = Vec::new();
        for item in root.get("stages").and_then(Node::as_sequence).unwrap() {
            let item = item.as_mapping().unwrap();
            let stages: Vec<&Mapping> = match item.get("stage") {
                Some(_) => vec![item],
                None => {
                    let entry = &item.entries[0];
                    let inner = entry.value.as_sequence().unwrap().iter().map(|it| it.as_mapping().unwrap());
                    if self.holds(entry.key.as_str().unwrap()) { inner.collect() } else { Vec::new() }
                }
            };
            for stage in stages {
                let job = stage.get("jobs").and_then(Node::as_sequence).unwrap()[0].as_mapping().unwrap();
                let strategy = job.get("strategy").and_then(Node::as_mapping);
                let once = strategy.and_then(|it| it.get("runOnce")).and_then(Node::as_mapping);
                let deploy = once.and_then(|it| it.get("deploy")).and_then(Node::as_mapping);
                let mut log = String::new();
                let mut works = true;
                for step in deploy.unwrap_or(job).get("steps").and_then(Node::as_sequence).unwrap() {
                    works &= self.step(step.as_mapping().unwrap(), &mut log);
                    if !works {
                        break;
                    }
                }
                logs.push((stage.get("stage").and_then(Node::as_str).unwrap().to_owned(), log));
                if !works {
                    return (logs, false);
                }
            }
        }
        (logs, true)
    }

    /// Whether the condition of an inserted stage holds.
    fn holds(&self, expression: &str) -> bool {
        let has_connection = !self.parameters["serviceConnection"].is_empty();
        match expression {
            "${{ if and(ne(parameters.serviceConnection, ''), eq(variables['Build.Reason'], 'PullRequest')) }}" => {
                has_connection && self.is_pull_request
            }
            "${{ if and(ne(parameters.serviceConnection, ''), ne(variables['Build.Reason'], 'PullRequest')) }}" => {
                has_connection && !self.is_pull_request
            }
            other => panic!("`{other}` is no condition that is known"),
        }
    }

    fn filled(&self, text: &str) -> String {
        let mut text = text.replace("$(System.AccessToken)", "token");
        for (name, value) in &self.parameters {
            text = text.replace(&format!("${{{{ parameters.{name} }}}}"), value);
        }
        assert!(!text.contains("${{"), "{text}");
        text
    }

    fn step(&self, step: &Mapping, log: &mut String) -> bool {
        let text = |key: &str| step.get(key).and_then(Node::as_str);
        let inputs = step.get("inputs").and_then(Node::as_mapping);
        let input = |key: &str| inputs.and_then(|it| it.get(key)).and_then(Node::as_str).unwrap_or_default();
        let script = match (text("bash"), text("task")) {
            (Some(script), None) => script,
            (None, Some("AzureCLI@2")) => input("inlineScript"),
            (None, Some("PublishTestResults@2")) => {
                for name in ["picket-check.xml", "picket-tests.xml"] {
                    let report = std::fs::read_to_string(self.runner.clone().join(name)).unwrap();
                    assert!(report.contains("<testsuites"), "{report}");
                }
                return true;
            }
            (None, None) if text("checkout") == Some("self") => return true,
            other => panic!("{other:?} is a step that nothing stands in for"),
        };
        assert!(!script.contains("${{"), "an expression in a script: {script}");
        let env = step.get("env").and_then(Node::as_mapping);
        let env = env.into_iter().flat_map(|it| &it.entries).map(|entry| {
            (entry.key.as_str().unwrap().to_owned(), self.filled(&entry.value.as_scalar().unwrap().text))
        });
        let at = self.runner.folder.path();
        let path = std::env::var("PATH").unwrap();
        let ran = Command::new("bash")
            .args(["--noprofile", "--norc"])
            .arg(write(at, "step.sh", script))
            .current_dir(self.runner.clone())
            .env_clear()
            .env("PATH", format!("{}:{path}", self.runner.folders.borrow().join(":")))
            .env("HOME", at)
            .env("TF_BUILD", "True")
            .env("SYSTEM_PULLREQUEST_TARGETBRANCHNAME", "main")
            .envs(env)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
        for line in said.lines() {
            if let Some(folder) = line.strip_prefix("##vso[task.prependpath]") {
                self.runner.folders.borrow_mut().push(folder.to_owned());
            }
        }
        log.push_str(&said);
        ran.status.success()
    }
}

#[test]
fn azure_pipelines_check_plan_and_deploy() {
    if !has_tools() {
        return;
    }
    let runner = Runner::new();
    let archive = archive(runner.folder.path());
    git(&runner.clone(), &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let parameters = [
        ("workspace", "prod".to_owned()),
        ("serviceConnection", "sentinel".to_owned()),
        ("environment", "production".to_owned()),
        ("download", format!("file://{archive}")),
        ("sha256", sha256(&archive)),
    ];
    let mut azure =
        Azure { runner: &runner, parameters: parameters.into_iter().collect(), is_pull_request: true };
    let names = |logs: &[(String, String)]| logs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (logs, works) = azure.run();
    assert!(works, "{logs:#?}");
    assert_eq!(names(&logs), ["check", "plan"]);
    let summary = logs[1].1.lines().find_map(|line| line.strip_prefix("##vso[task.uploadsummary]")).unwrap();
    let comment = std::fs::read_to_string(summary).unwrap();
    assert!(comment.contains("2 to create") && comment.contains("### ATT&CK coverage"), "{comment}");
    azure.is_pull_request = false;
    let (logs, works) = azure.run();
    assert!(works, "{logs:#?}");
    assert_eq!(names(&logs), ["check", "apply"]);
    assert!(logs[1].1.contains("applied to prod: 2 created"), "{}", logs[1].1);
    // Without a connection only the checks run, and findings stop them.
    azure.parameters.insert("serviceConnection", String::new());
    write(&runner.clone(), "rules/2.yaml", scheduled_rule(2).replace("severity: Medium", "severity: Severe"));
    let (logs, works) = azure.run();
    assert_eq!((names(&logs), works), (vec!["check".to_owned()], false));
    assert!(logs[0].1.contains("rules/2.yaml:7"), "{}", logs[0].1);
}
