//! Hunts where the logs are.

use crate::common::server::Server;
use crate::common::{run, scheduled_rule, write};

/// A project with a rule, an environment that excludes a host from it, and a workspace that holds logs.
fn project(arguments: &[&str]) -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let rule = scheduled_rule(7).replace(
        "SecurityEvent\n  | where EventID == 7",
        "SecurityEvent\n  | where EventID == 7\n  | project TimeGenerated, Computer, Extra = pack('n', EventID)\n  \
         | order by Computer asc\n  // picket: exclusions",
    );
    write(at, "rules/a.yaml", rule);
    let row = |computer: &str, ago: i64| {
        let time = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(ago);
        format!("{{\"TimeGenerated\": \"{time}\", \"EventID\": 7, \"Computer\": \"{computer}\"}}\n")
    };
    let rows = [row("srv1", 10), row("scanner", 20), row("old", 300)].concat();
    write(at, "logs/SecurityEvent.jsonl", rows);
    let server = Server::start(at, &[&["--data", "logs"], arguments].concat());
    let settings = server.settings()
        + "[env.stage]\n[[env.stage.overrides]]\nrules = [\"Rule 7\"]\nexclusions = [\"| where Computer != 'scanner'\"]\n";
    write(at, "picket.toml", settings);
    (folder, server)
}

#[test]
fn a_workspace_runs_the_rule_as_its_environment_has_it() {
    let (folder, _server) = project(&["--fault", "throttle=3,retry-after=0"]);
    let at = folder.path();
    let hosts = |arguments: &[&str]| {
        let ran = run(at, &[&["hunt", "Rule 7", "--format", "csv"], arguments].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let hosts = ran.out.lines().skip(1).filter_map(|line| line.split(',').nth(1).map(str::to_owned));
        hosts.collect::<Vec<String>>()
    };
    // The rule looks at its last hour, and the environment leaves the scanner out.
    assert_eq!(hosts(&["--workspace", "stage"]), ["srv1"]);
    assert_eq!(hosts(&["--workspace", "stage", "--since", "1d"]), ["old", "srv1"]);
    assert_eq!(hosts(&["--env", "stage", "--since", "15m"]), ["srv1"]);
    assert_eq!(hosts(&["--data", "logs"]), ["old", "scanner", "srv1"]);
    assert_eq!(hosts(&["--data", "logs", "--env", "stage", "--since", "2h"]), ["srv1"]);

    let ran = run(at, &["hunt", "Rule 7", "--workspace", "stage", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["columns"][2], serde_json::json!({ "name": "Extra", "type": "dynamic" }));
    assert_eq!(json["rows"][0][2], serde_json::json!({ "n": 7 }));

    let ran = run(at, &["hunt", "Rule 7", "--workspace", "stage", "--at", "2026-11-30"]);
    assert!(ran.code == 2 && ran.err.contains("a clock of its own"), "{}", ran.err);
    let ran = run(at, &["hunt", "Rule 7", "--workspace", "local"]);
    assert!(ran.code == 2 && ran.err.contains("holds no logs"), "{}", ran.err);
    // What the workspace does not know, it says.
    write(at, "own.kql", "Own_CL | count");
    let ran = run(at, &["hunt", "own.kql", "--workspace", "stage"]);
    assert!(ran.code == 2 && ran.err.contains("Own_CL"), "{}", ran.err);
}

#[test]
fn a_cluster_runs_the_rule_and_others_get_no_token() {
    let (folder, server) = project(&[]);
    let at = folder.path();
    let cluster = ["hunt", "Rule 7", "--cluster", server.endpoint.as_str(), "--database", "logs"];
    let ran = run(at, &[&cluster[..], &["--since", "2h", "--format", "csv"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let hosts: Vec<&str> = ran.out.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    assert_eq!(hosts, ["scanner", "srv1"]);
    let ran = run(at, &[&cluster[..], &["--at", "2020-01-01", "--since", "1h", "--format", "csv"]].concat());
    assert_eq!(ran.out.lines().count(), 4, "rows since then: {}", ran.out);
    let ran = run(at, &["hunt", "Rule 7", "--cluster", "https://example.com", "--database", "logs"]);
    assert!(ran.code == 2 && ran.err.contains("no token is sent to hosts outside of"), "{}", ran.err);
    let ran = run(at, &["hunt", "Rule 7", "--cluster", &server.endpoint]);
    assert!(ran.code == 2 && ran.err.contains("--database"), "{}", ran.err);
    write(at, "own.kql", "Own_CL | count");
    let ran = run(at, &["hunt", "own.kql", "--cluster", &server.endpoint, "--database", "logs"]);
    assert!(ran.code == 2 && ran.err.contains("Own_CL"), "{}", ran.err);
}
