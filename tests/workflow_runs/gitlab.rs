//! The pipeline for GitLab: each job by the shell that a runner has, before a server of notes that a script stands in for.

use super::github::{archive, has_tools};
use super::*;

/// `curl`, with the notes of the merge request in a file; what is fetched from files goes to the real one.
const CURL: &str = "#!/usr/bin/env bash\nset -e\ncase \"$*\" in\n\
    *file://*) exec \"$REAL_CURL\" \"$@\" ;;\n\
    *'--request PUT'*'/notes/42'|*'--request POST'*'/notes') echo \"$*\" >> \"$STATE/calls\"; cp picket-comment.md \"$STATE/comment\" ;;\n\
    *'/notes?'*) if [ -f \"$STATE/comment\" ]; then jq -n --rawfile body \"$STATE/comment\" '[{id: 7, body: \"hello\"}, {id: 42, body: $body}]'; else echo '[]'; fi ;;\n\
    *) exit 1 ;;\nesac\n";

struct GitLab<'r> {
    runner: &'r Runner,
    variables: BTreeMap<String, String>,
}

impl GitLab<'_> {
    /// Runs a job: whether it worked, and its log.
    fn job(&self, name: &str) -> (bool, String) {
        let text = std::fs::read_to_string(common::root().join("ci/gitlab-template.yml")).unwrap();
        let (documents, faults) = yaml::parse(SourceId(0), &text);
        assert_eq!(faults, []);
        let root = documents[0].root.as_ref().and_then(Node::as_mapping).unwrap();
        let job = root.get(name).and_then(Node::as_mapping).unwrap();
        let base = job
            .get("extends")
            .and_then(Node::as_str)
            .and_then(|base| root.get(base))
            .and_then(Node::as_mapping)
            .unwrap();
        let mut env = self.variables.clone();
        for scope in [Some(root), Some(job)].into_iter().flatten() {
            for variable in
                scope.get("variables").and_then(Node::as_mapping).into_iter().flat_map(|it| &it.entries)
            {
                let value = variable
                    .value
                    .as_scalar()
                    .unwrap()
                    .text
                    .replace("$CI_PROJECT_DIR", &env["CI_PROJECT_DIR"]);
                env.insert(variable.key.as_str().unwrap().to_owned(), value);
            }
        }
        if job.get("id_tokens").is_some() {
            env.insert("PICKET_ID_TOKEN".to_owned(), "token".to_owned());
        }
        // A runner puts the lines of both into one script, which ends at the first that fails.
        let lines = [texts(base.get("before_script")), texts(job.get("script"))].concat();
        let at = self.runner.folder.path();
        let script = write(at, "job.sh", format!("set -eo pipefail\n{}\n", lines.join("\n")));
        let path = std::env::var("PATH").unwrap();
        let ran = Command::new("bash")
            .arg(script)
            .current_dir(self.runner.clone())
            .env_clear()
            .env("PATH", format!("{}:{path}", at.join("gitlab").display()))
            .env("HOME", at)
            .env("STATE", at.join("state"))
            .envs(env)
            .output()
            .unwrap();
        (ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned())
    }
}

#[test]
fn gitlab_checks_plans_and_deploys() {
    if !has_tools() {
        return;
    }
    let runner = Runner::new();
    let at = runner.folder.path();
    let curl = write(at, "gitlab/curl", CURL);
    std::fs::set_permissions(curl, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let real = Command::new("bash").args(["-c", "command -v curl"]).output().unwrap();
    let variables = [
        ("CI_PROJECT_DIR", runner.clone().display().to_string()),
        ("CI_API_V4_URL", "https://gitlab.example.com/api/v4".to_owned()),
        ("CI_PROJECT_ID", "1".to_owned()),
        ("CI_MERGE_REQUEST_IID", "7".to_owned()),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", runner.context["github.event.pull_request.base.sha"].clone()),
        ("PICKET_GITLAB_TOKEN", "secret".to_owned()),
        ("PICKET_DOWNLOAD", format!("file://{}", archive(at))),
        ("REAL_CURL", String::from_utf8(real.stdout).unwrap().trim().to_owned()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
    let gitlab = GitLab { runner: &runner, variables };
    let works = |name: &str| {
        let (worked, log) = gitlab.job(name);
        assert!(worked, "{name}: {log}");
        log
    };
    works("picket-check");
    for report in ["picket-codequality.json", "picket-tests.xml"] {
        assert!(runner.clone().join(report).is_file(), "{report}");
    }
    works("picket-plan");
    assert!(runner.comment().contains("2 to create"), "{}", runner.comment());
    works("picket-plan");
    let calls: Vec<bool> = runner.calls().lines().map(|call| call.contains("--request PUT")).collect();
    assert_eq!(calls, [false, true], "the note is brought up to date");
    assert!(works("picket-apply").contains("applied to prod: 2 created"));
    write(&runner.clone(), "rules/2.yaml", scheduled_rule(2).replace("severity: Medium", "severity: Severe"));
    let (worked, log) = gitlab.job("picket-check");
    assert!(!worked && log.contains("rules/2.yaml:7"), "{log}");
}
