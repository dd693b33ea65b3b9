//! Environments: one set of rules in two workspaces, with what differs between them.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{git, hunting_rule, rule_id, run, scheduled_rule, succeeds, write};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A rule that an environment can change.
fn rule() -> String {
    scheduled_rule(1).replace(
        "query: |\n  SecurityEvent\n  | where EventID == 1\n",
        "query: |\n  let Failures = 10; // picket: parameter\n  SecurityEvent\n  | where EventID == 1\n  // picket: exclusions\n  \
         | summarize Count = count() by Computer\n  | where Count > Failures\n",
    )
}

const OVERRIDES: &str = r#"
[env.prod]
workspaces = ["main"]
exclude = { tags = ["lab"] }

[[env.prod.overrides]]
set = { severity = "High" }
kinds = ["Scheduled"]

[[env.prod.overrides]]
rules = ["Rule 1"]
exclusions = ['''
  | where Account != "scanner"
  | where Computer !startswith "lab-"
''']
exclusion_files = ["exclusions/prod.kql"]
parameters = { Failures = 25 }

[env.dev]

[[env.dev.overrides]]
name_prefix = "[dev] "
set = { severity = "Informational" }
kinds = ["Scheduled"]
"#;

fn workspace(name: &str, endpoint: &str) -> String {
    format!(
        "[workspace.{name}]\nsubscription = \"d0cfe6b2-9ac0-4464-9919-dccaee2e48c0\"\nresource_group = \"soc\"\n\
         name = \"soc-logs\"\nendpoint = \"{endpoint}\"\n"
    )
}

/// Three rules, one of them for the lab, with a workspace for each of two environments.
struct Project {
    folder: TempDir,
    prod: Server,
    dev: Server,
}

impl Project {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let at = folder.path();
        let (prod, dev) = (Server::start(at, &["--tables", "SecurityEvent"]), Server::start(at, &[]));
        let settings = format!(
            "[project]\nname = \"soc\"\n{}{}{OVERRIDES}",
            workspace("main", &prod.endpoint),
            workspace("dev", &dev.endpoint)
        );
        write(at, "picket.toml", settings);
        write(
            at,
            "exclusions/prod.kql",
            "// agreed with the network team\n| where IpAddress != \"10.0.0.1\"\n",
        );
        write(at, "rules/1.yaml", format!("# Owned by the identity team.\n{}", rule()));
        write(at, "rules/2.yaml", format!("{}tags:\n  - lab\n", scheduled_rule(2)));
        write(at, "rules/hunt.yaml", hunting_rule(4));
        Self { folder, prod, dev }
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn apply(&self) {
        succeeds(self.at(), &["apply", "--env", "prod"]);
        succeeds(self.at(), &["apply", "--env", "dev"]);
    }

    fn settings(&self, change: impl FnOnce(String) -> String) {
        let text = std::fs::read_to_string(self.at().join("picket.toml")).unwrap();
        write(self.at(), "picket.toml", change(text));
    }
}

fn property(server: &Server, number: u32, name: &str) -> Value {
    server.rule(&rule_id(number)).map_or(Value::Null, |rule| rule["properties"][name].clone())
}

#[test]
fn each_environment_gets_its_rules_and_is_clean_after_it() {
    let project = Project::new();
    let at = project.at();
    let plan = succeeds(at, &["plan", "--env", "prod"]);
    insta::assert_snapshot!("plan_prod", plan.out);
    project.apply();
    for (server, severity, name) in
        [(&project.prod, "High", "Rule 1"), (&project.dev, "Informational", "[dev] Rule 1")]
    {
        assert_eq!(property(server, 1, "severity"), severity);
        assert_eq!(property(server, 1, "displayName"), name);
    }
    let query = property(&project.prod, 1, "query");
    insta::assert_snapshot!("query_prod", query.as_str().unwrap());
    assert!(!property(&project.dev, 1, "query").as_str().unwrap().contains("scanner"));
    assert_eq!(
        (project.prod.rule(&rule_id(2)), property(&project.dev, 2, "displayName")),
        (None, json!("[dev] Rule 2"))
    );
    for env in ["prod", "dev"] {
        let ran = succeeds(at, &["plan", "--env", env, "--detailed-exitcode"]);
        assert!(ran.out.contains("0 to create, 0 to update, 0 to delete"), "{}", ran.out);
        succeeds(at, &["drift", "--env", env]);
        let ran = succeeds(at, &["pull", "--env", env]);
        assert_eq!(ran.out, "Pull: 0 resources pulled\n");
        succeeds(at, &["status", "--env", env]);
    }
    assert_eq!(
        std::fs::read_to_string(at.join("rules/1.yaml")).unwrap(),
        format!("# Owned by the identity team.\n{}", rule())
    );
    // A workspace has the rules of its environment, whether that is named or not.
    succeeds(at, &["plan", "--workspace", "main", "--detailed-exitcode"]);
    // The environment changes, and the plan says where from.
    project.settings(|text| {
        text.replace("severity = \"High\"", "severity = \"Low\"").replace("\"scanner\"", "\"scanner2\"")
    });
    let ran = succeeds(at, &["plan", "--env", "prod"]);
    insta::assert_snapshot!("plan_changed", ran.out);
    succeeds(at, &["plan", "--env", "dev", "--detailed-exitcode"]);
}

#[test]
fn rules_are_checked_as_they_are_deployed() {
    let project = Project::new();
    let at = project.at();
    succeeds(at, &["check", "--all-envs", "--strict"]);
    project.settings(|text| {
        text.replace("Account != ", "Acount != ")
            .replace(
                "set = { severity = \"High\" }",
                "set = { severity = \"High\", queryFrequency = \"3h\" }",
            )
            .replace("rules = [\"Rule 1\"]", "rules = [\"Rule 1\", \"Rule 11\"]")
    });
    write(at, "exclusions/prod.kql", "| where IpAdress != \"10.0.0.1\"\n");
    let text = std::fs::read_to_string(at.join("rules/1.yaml")).unwrap();
    write(at, "rules/1.yaml", text.replace("Count > Failures", "Cont > Failures"));
    let ran = run(at, &["check", "--env", "prod"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    insta::assert_snapshot!("check_prod", ran.out);
    let ran = run(at, &["check", "--env", "dev"]);
    assert_eq!((ran.code, ran.out.matches("error[").count()), (1, 1), "{}", ran.out);
    let ran = run(at, &["check", "--all-envs", "--format", "concise"]);
    insta::assert_snapshot!("check_all", ran.out);
    // Nothing of it is deployed.
    let ran = run(at, &["apply", "--env", "prod"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("the rules are not deployed"), "{}", ran.err);
    assert_eq!(project.prod.rule(&rule_id(1)), None);
}

#[test]
fn a_rule_is_shown_as_an_environment_has_it() {
    let project = Project::new();
    let at = project.at();
    let ran = succeeds(at, &["show", "Rule 1", "--env", "prod", "--diff"]);
    insta::assert_snapshot!("show_diff", ran.out);
    let ran = succeeds(at, &["show", "Rule 1", "--env", "dev", "--format", "json"]);
    let body: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(body["properties"]["displayName"], "[dev] Rule 1");
    assert!(succeeds(at, &["show", "Rule 1", "--env", "prod"]).out.contains("severity: High"));
    let ran = run(at, &["show", "Rule 2", "--env", "prod"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("the environment `prod` does not have this rule"), "{}", ran.err);
    let ran = run(at, &["show", "Rule 2", "--env", "prd"]);
    assert!(
        ran.err.contains("there is no environment `prd`") && ran.err.contains("nearest is `prod`"),
        "{}",
        ran.err
    );
}

#[test]
fn pull_writes_edits_of_the_portal_without_what_the_environment_put_in() {
    let project = Project::new();
    let at = project.at();
    project.apply();
    project.prod.edit(&rule_id(1), |rule| {
        let query = rule["properties"]["query"].as_str().unwrap();
        let query = query.replace("| where EventID == 1", "| where EventID in (1, 2)");
        rule["properties"]["query"] = json!(query);
        rule["properties"]["description"] = json!("Finds two events.\n");
    });
    project.dev.edit(&rule_id(2), |rule| rule["properties"]["displayName"] = json!("[dev] Rule two"));
    assert_eq!(run(at, &["drift", "--env", "prod"]).code, 1);
    succeeds(at, &["pull", "--env", "prod"]);
    succeeds(at, &["pull", "--env", "dev"]);
    let text = std::fs::read_to_string(at.join("rules/1.yaml")).unwrap();
    let expected = format!("# Owned by the identity team.\n{}", rule())
        .replace("| where EventID == 1", "| where EventID in (1, 2)")
        .replace("Finds event 1.", "Finds two events.");
    assert_eq!(text, expected);
    assert!(std::fs::read_to_string(at.join("rules/2.yaml")).unwrap().contains("name: Rule two\n"));
    let plan = run(at, &["plan", "--env", "prod"]);
    assert!(plan.out.contains("0 to create, 0 to update"), "{}", plan.out);
}

#[test]
fn pull_leaves_what_the_environment_sets_to_picket_toml() {
    let project = Project::new();
    let at = project.at();
    project.apply();
    project.prod.edit(&rule_id(1), |rule| {
        let query = rule["properties"]["query"].as_str().unwrap().replace("\"scanner\"", "\"other\"");
        rule["properties"]["query"] = json!(query);
        rule["properties"]["severity"] = json!("Low");
        rule["properties"]["enabled"] = json!(false);
    });
    let ran = run(at, &["pull", "--env", "prod"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    insta::assert_snapshot!("pull_overridden", format!("{}{}", ran.out, ran.err));
    let text = std::fs::read_to_string(at.join("rules/1.yaml")).unwrap();
    let expected = rule().replace("severity: Medium\n", "severity: Medium\nenabled: false\n");
    assert_eq!(text, format!("# Owned by the identity team.\n{expected}"));
}

#[test]
fn which_side_moved_is_told_with_the_environment_of_that_commit() {
    let project = Project::new();
    let at = project.at();
    write(at, ".gitignore", ".picket/\n");
    git(at, &["init", "-q", "-b", "main"]);
    git(at, &["add", "."]);
    git(at, &["commit", "-q", "-m", "first"]);
    project.apply();
    // Both the settings and the portal changed since.
    project.settings(|text| text.replace("Failures = 25", "Failures = 30"));
    project.prod.edit(&rule_id(1), |rule| rule["properties"]["severity"] = json!("Low"));
    let ran = succeeds(at, &["plan", "--env", "prod", "--target", "Rule 1"]);
    insta::assert_snapshot!(
        "plan_both",
        ran.out.replace(&git(at, &["rev-parse", "--short=12", "HEAD"]), "[COMMIT]")
    );
    let ran = run(at, &["drift", "--env", "prod"]);
    assert!(
        ran.out.contains("- properties.severity: \"High\"\n    + properties.severity: \"Low\""),
        "{}",
        ran.out
    );
}

#[test]
fn what_azure_refuses_of_an_exclusion_is_shown_in_picket_toml() {
    let project = Project::new();
    let at = project.at();
    project.settings(|text| text.replace("Account != ", "Acount != "));
    let ran = run(at, &["apply", "--env", "prod"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    insta::assert_snapshot!("refused_exclusion", ran.err);
}

#[test]
fn formatting_keeps_the_markers_where_they_work() {
    let project = Project::new();
    let at = project.at();
    let text = std::fs::read_to_string(at.join("rules/1.yaml")).unwrap();
    write(at, "rules/1.yaml", text.replace("| summarize Count", "|summarize   Count"));
    succeeds(at, &["fmt", "--queries"]);
    assert_eq!(std::fs::read_to_string(at.join("rules/1.yaml")).unwrap(), text);
    succeeds(at, &["check", "--all-envs", "--strict"]);
}

#[test]
fn what_is_not_clear_is_asked() {
    let project = Project::new();
    let at = project.at();
    let said = |arguments: &[&str]| {
        let ran = run(at, arguments);
        assert_eq!(ran.code, 2, "{}", ran.err);
        ran.err
    };
    assert!(said(&["plan", "--env", "nowhere"]).contains("there is no environment `nowhere`"));
    let err = said(&["plan", "--env", "prod", "--workspace", "dev"]);
    assert!(
        err.contains("does not belong to the environment `prod`") && err.contains("it has main"),
        "{err}"
    );
    project.settings(|text| text.replace("workspaces = [\"main\"]", "workspaces = [\"main\", \"dev\"]"));
    let err = said(&["plan", "--workspace", "dev"]);
    assert!(
        err.contains("belongs to 2 environments") && err.contains("`--env dev` or `--env prod`"),
        "{err}"
    );
    // Any environment can be tried on this machine.
    let ran = succeeds(at, &["plan", "--env", "prod", "--workspace", "local"]);
    assert!(ran.out.contains("as [env.prod]"), "{}", ran.out);
    let err = said(&["check", "--env", "prod", "--fix"]);
    assert!(err.contains("cannot be used with"), "{err}");
}

/// Two workspaces that are one environment.
struct Region {
    folder: TempDir,
    eu: Server,
    /// Reached through picket alone.
    _us: Server,
}

impl Region {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let at = folder.path();
        let (eu, us) = (Server::start(at, &[]), Server::start(at, &[]));
        let of_us = workspace("us", &us.endpoint).replace("soc-logs", "soc-logs-us");
        let settings = format!(
            "[project]\nname = \"soc\"\n{}{of_us}[env.prod]\nworkspaces = [\"eu\", \"us\"]\n",
            workspace("eu", &eu.endpoint)
        );
        write(at, "picket.toml", settings);
        write(at, "rules/1.yaml", scheduled_rule(1));
        Self { folder, eu, _us: us }
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    /// The runs that a command writes as JSON: name, exit code and document of each. The command ends with `code`.
    #[track_caller]
    fn runs(&self, arguments: &[&str], code: i32) -> Vec<(String, u64, Value)> {
        let ran = run(self.at(), arguments);
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        let schema = serde_json::from_str(&picket::cli::rule_schema::runs_text()).unwrap();
        let document = common::valid(schema, &ran.out);
        let run = |run: &Value| {
            let name = run["name"].as_str().unwrap().to_owned();
            (name, run["exit"].as_u64().unwrap(), run["document"].clone())
        };
        document["runs"].as_array().unwrap().iter().map(run).collect()
    }
}

const JSON: [&str; 2] = ["--format", "json"];

#[test]
fn an_environment_with_two_workspaces_is_gone_through_one_after_the_other() {
    let region = Region::new();
    let at = region.at();
    let ran = succeeds(at, &["apply", "--env", "prod"]);
    let order: Vec<&str> =
        ran.out.lines().filter(|line| line.starts_with("==") || line.contains("applied")).collect();
    assert_eq!(order, ["== eu ==", "applied to eu: 1 created", "== us ==", "applied to us: 1 created"]);
    assert!(ran.out.ends_with("\n2 runs: eu ok, us ok\n"), "{}", ran.out);
    assert!(region.eu.rule(&rule_id(1)).is_some());
    succeeds(at, &["plan", "--env", "prod", "--detailed-exitcode"]);
    // One of them drifts: the worst says how the command ends.
    region.eu.edit(&rule_id(1), |rule| rule["properties"]["severity"] = json!("Low"));
    let ran = run(at, &["drift", "--env", "prod"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("\n2 runs: eu findings, us ok\n"), "{}", ran.out);
    succeeds(at, &["drift", "--env", "prod", "--workspace", "us"]);
    let drift = region.runs(&[&["drift", "--env", "prod"], &JSON[..]].concat(), 1);
    let names: Vec<(&str, u64)> = drift.iter().map(|(name, exit, _)| (name.as_str(), *exit)).collect();
    assert_eq!(names, [("eu", 1), ("us", 0)]);
    for (_, _, document) in drift {
        common::valid(picket::report::drift_json_schema(), &document.to_string());
    }
    for command in ["status", "doctor", "retry"] {
        let code = if command == "doctor" { run(at, &[command, "--env", "prod"]).code } else { 0 };
        let runs = region.runs(&[&[command, "--env", "prod"], &JSON[..]].concat(), code);
        assert_eq!(runs.len(), 2, "{command}");
    }
    let pulled = region.runs(&[&["pull", "--env", "prod"], &JSON[..]].concat(), 0);
    assert_eq!(pulled.iter().map(|run| run.2["rules"].as_array().unwrap().len()).collect::<Vec<_>>(), [1, 0]);
    let plans = region.runs(&[&["plan", "--env", "prod", "--detailed-exitcode"], &JSON[..]].concat(), 1);
    let updates: Vec<&Value> = plans.iter().map(|run| &run.2["summary"]["update"]).collect();
    assert_eq!(updates, [0, 1], "the other workspace gets what was pulled");
    // One text for the comment on a pull request.
    succeeds(at, &["plan", "--env", "prod", "--format", "markdown", "--out", "plan.md"]);
    let text = std::fs::read_to_string(at.join("plan.md")).unwrap();
    assert!(
        text.matches("### picket plan for ").count() == 2 && text.contains("\n\n<!-- picket plan -->"),
        "{text}"
    );
}

#[test]
fn a_workspace_that_cannot_be_reached_does_not_keep_the_others_waiting() {
    let region = Region::new();
    let at = region.at();
    let settings = std::fs::read_to_string(at.join("picket.toml")).unwrap();
    write(at, "picket.toml", settings.replace(&region.eu.endpoint, "http://127.0.0.1:1"));
    let ran = run(at, &["apply", "--env", "prod", "--report", "report.json"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.out.ends_with("\n2 runs: eu failed, us ok\n"), "{}", ran.out);
    assert!(ran.out.contains("applied to us: 1 created"), "{}", ran.out);
    assert!(at.join("report.us.json").exists() && !at.join("report.json").exists());
    let runs = region.runs(&[&["plan", "--env", "prod"], &JSON[..]].concat(), 2);
    assert_eq!((runs[0].1, runs[0].2.is_null(), runs[1].1), (2, true, 0));
}

#[test]
fn plans_of_an_environment_are_kept_and_carried_out_each_in_its_workspace() {
    let region = Region::new();
    let at = region.at();
    succeeds(at, &["plan", "--env", "prod", "--out", "plan.json"]);
    assert!(!at.join("plan.json").exists());
    // Only one of the workspaces moves.
    let body = json!({"kind": "Scheduled", "properties": {"displayName": "by hand", "enabled": true, "severity": "Low",
        "query": "T", "queryFrequency": "PT1H", "queryPeriod": "PT1H", "triggerOperator": "GreaterThan",
        "triggerThreshold": 0, "suppressionDuration": "PT5H", "suppressionEnabled": false}});
    region.eu.make(&rule_id(1), &body);
    let ran = run(at, &["apply", "--env", "prod", "plan.eu.json", "plan.us.json"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("the workspace moved since plan.eu.json was made"), "{}", ran.err);
    assert!(ran.out.contains("applied to us: 1 created"), "{}", ran.out);
    let ran = run(at, &["apply", "plan.us.json", "rules/1.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("cannot stand beside rules"), "{}", ran.err);
}

#[test]
fn an_environment_selects_content_as_well() {
    let project = Project::new();
    let at = project.at();
    let list =
        |alias: &str| format!("alias: {alias}\nname: The {alias}\nsearchKey: Host\nitems: items.csv\n");
    for (folder, alias) in [("common", "Assets"), ("lab", "Lab")] {
        write(at, &format!("content/{folder}/list.yaml"), list(alias));
        write(at, &format!("content/{folder}/items.csv"), "Host\nsrv1\n");
    }
    write(at, "content/common/Recent.kql", "SecurityEvent | take 5\n");
    // What the environment does not have is not held against it.
    write(at, "content/lab/Broken.kql", "SecurityEvent | where\n");
    project.settings(|text| {
        let exclude = "exclude = [{ tags = [\"lab\"] }, { content = [\"content/lab/**\", \"recent\"] }]";
        text.replace("exclude = { tags = [\"lab\"] }", exclude)
    });
    succeeds(at, &["apply", "--env", "prod"]);
    let names = |server: &Server| {
        let list = server.read("watchlists");
        let names =
            list["value"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&project.prod), ["Assets"]);
    assert!(!project.prod.searches().to_string().contains("Recent"));
    for command in ["plan", "drift"] {
        let exit = if command == "plan" { &["--detailed-exitcode"][..] } else { &[] };
        succeeds(at, &[&[command, "--env", "prod"], exit].concat());
    }
    assert_eq!(succeeds(at, &["pull", "--env", "prod"]).out, "Pull: 0 resources pulled\n");
    // Without it, the file counts.
    assert_eq!(run(at, &["plan", "--env", "dev"]).code, 1);
    write(at, "content/lab/Broken.kql", "SecurityEvent | take 1\n");
    succeeds(at, &["apply", "--env", "dev"]);
    assert_eq!(names(&project.dev), ["Assets", "Lab"]);
    // A rule that names what is left out is found before it is deployed.
    write(at, "rules/3.yaml", scheduled_rule(3).replace("SecurityEvent\n", "Recent\n"));
    assert!(!run(at, &["check", "--env", "dev"]).out.contains("`Recent`"));
    let ran = run(at, &["check", "--env", "prod"]);
    assert!(ran.out.contains("`Recent`"), "{}{}", ran.out, ran.err);
    // A watchlist that neither the environment nor its workspace has is told at its name; once it is there it is not.
    let reads = "SecurityEvent | where Computer in (_GetWatchlist('lab') | project Host)\n";
    write(at, "rules/3.yaml", scheduled_rule(3).replace("SecurityEvent\n", reads));
    let absent = "reads the watchlist `lab`, which the workspace does not have";
    let ran = run(at, &["plan", "--env", "prod"]);
    assert!(ran.err.contains(absent) && ran.err.contains("rules/3.yaml:"), "{}{}", ran.out, ran.err);
    assert!(!run(at, &["plan", "--env", "dev"]).err.contains(absent));
    let made = serde_json::json!({ "properties": { "displayName": "Lab", "provider": "Microsoft", "itemsSearchKey": "Host" } });
    project.prod.write("watchlists/LAB", &made);
    assert!(!run(at, &["plan", "--env", "prod"]).err.contains(absent));
    project.prod.remove("watchlists/LAB");
    std::fs::remove_file(at.join("rules/3.yaml")).unwrap();
    // Included by name, all else is left out, and what was deployed of it can go.
    project.settings(|text| {
        text.replace(
            "{ content = [\"content/lab/**\", \"recent\"] }]",
            "{ content = [\"The Asets\", \"content/old/**\"] }]\n\
             include = { content = [\"Recent\"] }",
        )
    });
    let ran = run(at, &["check", "--env", "prod"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(
        ran.out.contains("no content has the alias, id or name `The Asets`")
            && ran.out.contains("the nearest is `The Assets`")
            && ran.out.contains("no file of content matches the pattern"),
        "{}",
        ran.out
    );
    project.settings(|text| text.replace(", { content = [\"The Asets\", \"content/old/**\"] }]", "]"));
    let ran = succeeds(at, &["plan", "--env", "prod", "--prune"]);
    assert!(ran.out.contains("1 to create, 0 to update, 1 to delete"), "{}", ran.out);
    project.settings(|text| {
        text.replace("{ content = [\"Recent\"] }", "{ content = [\"Recent\"], tags = [\"x\"] }")
    });
    let ran = run(at, &["plan", "--env", "prod"]);
    assert!(ran.code == 2 && ran.err.contains("`content` is selected by nothing else"), "{}", ran.err);
}
