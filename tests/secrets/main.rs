//! picket as it runs against the cloud, between it and which stands a proxy that plays the cloud: no secret and no token
//! shows anywhere, none goes where it does not belong, and a server that nobody vouches for gets nothing.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(unreachable_pub, reason = "what is shared with the tests is public in its module")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails and speaks this way")]

mod cloud;
#[path = "../common/mod.rs"]
mod common;

use std::path::Path;

use cloud::{Cloud, LOGIN, LOGS, LOGS_AUDIENCE, MANAGEMENT, Mood};
use common::{Ran, rule_id, run_with, scheduled_rule, write};
use tempfile::TempDir;

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const CLIENT: &str = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
/// What must not show: the secret of the application, the statement of the workload, the header of the machine.
const SECRET: &str = "s3cret-of-the-application";
const STATEMENT: &str = "eyJ0.st4tement-of-the-workload.sig";
const HEADER: &str = "h3ader-of-the-machine";

/// A project with one rule and a workspace in the public cloud.
fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "picket.toml", common::server::settings(""));
    write(folder.path(), "rules/a.yaml", scheduled_rule(1));
    write(folder.path(), "statement.jwt", STATEMENT);
    folder
}

/// The variables of each way to log in that needs no machine of Azure.
fn logins(cloud: &Cloud) -> Vec<Vec<(&'static str, String)>> {
    let application = [("AZURE_TENANT_ID", TENANT.to_owned()), ("AZURE_CLIENT_ID", CLIENT.to_owned())];
    let with = |more: &[(&'static str, &str)]| {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        application.iter().cloned().chain(more).collect::<Vec<_>>()
    };
    vec![
        with(&[("AZURE_CLIENT_SECRET", SECRET)]),
        with(&[("AZURE_FEDERATED_TOKEN_FILE", "statement.jwt")]),
        vec![("IDENTITY_ENDPOINT", cloud.identity_endpoint()), ("IDENTITY_HEADER", HEADER.to_owned())],
    ]
}

/// Runs picket behind the cloud's proxy, as talkative as it and its libraries get.
fn ran(folder: &Path, cloud: &Cloud, login: &[(&'static str, String)], arguments: &[&str]) -> Ran {
    run_with(folder, arguments, |command| {
        command
            .env("HTTPS_PROXY", cloud.proxy())
            .env("SSL_CERT_FILE", cloud.authority())
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("PICKET_WORKSPACE", "stage")
            .envs(login.iter().map(|(name, value)| (*name, value.as_str())))
    })
}

/// Every file below `folder` but the statement, and its bytes as text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with("statement.jwt") {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

fn assert_none_shows(folder: &Path, cloud: &Cloud, outputs: &[Ran]) {
    let mut texts = files(folder);
    for ran in outputs {
        texts.push(("standard output".to_owned(), ran.out.clone()));
        texts.push(("standard error".to_owned(), ran.err.clone()));
    }
    let tokens = cloud.tokens();
    assert!(!tokens.is_empty(), "no token was given out: {outputs:#?}");
    for secret in tokens.iter().map(String::as_str).chain([SECRET, STATEMENT, HEADER]) {
        for (name, text) in &texts {
            assert!(!text.contains(secret), "{name} holds {secret}:\n{text}");
        }
    }
}

#[test]
fn no_secret_shows_in_what_commands_print_and_keep() {
    let Some(cloud) = Cloud::start(Mood::Kind) else { return };
    for login in logins(&cloud) {
        let folder = project();
        let at = folder.path();
        let go = |arguments: &[&str]| ran(at, &cloud, &login, arguments);
        let mut outputs = vec![
            go(&["plan", "--out", "plan.json", "--format", "json"]),
            go(&["apply", "--yes", "--record", "a.jsonl", "--report", "a.json", "plan.json"]),
        ];
        let applied = &outputs[1];
        assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
        write(at, "rules/a.yaml", scheduled_rule(1).replace("Medium", "High"));
        outputs.extend([
            go(&["apply", "--yes", "--format", "json", "--record", "b.jsonl"]),
            go(&["drift", "--format", "json"]),
            go(&["status", "--format", "json"]),
            go(&["doctor"]),
            go(&["doctor", "--format", "json"]),
            go(&["pull"]),
        ]);
        for name in ["plan.json", "a.jsonl", "a.json", "b.jsonl", ".picket"] {
            assert!(at.join(name).exists(), "{name} was kept");
        }
        assert_none_shows(at, &cloud, &outputs);
    }
}

#[test]
fn no_secret_shows_where_the_service_sends_it_back() {
    for mood in [Mood::Echoing, Mood::Failing] {
        let Some(cloud) = Cloud::start(mood) else { return };
        for login in logins(&cloud) {
            let folder = project();
            let at = folder.path();
            let outputs = [
                ran(at, &cloud, &login, &["plan"]),
                ran(at, &cloud, &login, &["apply", "--yes", "--record", "a.jsonl", "--report", "a.json"]),
            ];
            assert!(outputs.iter().all(|ran| ran.code == 2), "{outputs:#?}");
            assert_none_shows(at, &cloud, &outputs);
        }
    }
}

#[test]
fn each_secret_goes_to_its_own_host_and_no_other() {
    let Some(cloud) = Cloud::start(Mood::Kind) else { return };
    for login in logins(&cloud) {
        let folder = project();
        let ran = ran(folder.path(), &cloud, &login, &["apply", "--yes"]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("1 created") || ran.out.contains("unchanged"), "{}", ran.out);
    }
    let seen = cloud.seen();
    let hosts: std::collections::BTreeSet<&str> = seen.iter().map(|seen| seen.host.as_str()).collect();
    assert_eq!(hosts.into_iter().collect::<Vec<_>>(), [LOGIN, MANAGEMENT]);
    let tokens = cloud.tokens();
    for request in &seen {
        let has = |secret: &str| request.text.contains(secret);
        let token = tokens.iter().any(|token| has(token));
        assert_eq!(token, request.host == MANAGEMENT, "{}", request.text);
        assert!(request.host == LOGIN || ![SECRET, STATEMENT, HEADER].iter().any(|it| has(it)));
    }
    assert!(seen.iter().any(|seen| seen.text.contains(&rule_id(1))), "the rule was written");
}

#[test]
fn a_token_goes_to_the_service_that_it_is_for_and_to_no_other() {
    let Some(cloud) = Cloud::start(Mood::Kind) else { return };
    for login in logins(&cloud) {
        let folder = project();
        let go = |arguments: &[&str]| ran(folder.path(), &cloud, &login, arguments);
        let checked = go(&["doctor"]);
        assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
        assert!(checked.out.contains("query API of Log Analytics") && checked.out.contains("answers"));
        let status = go(&["status", "--format", "json"]);
        assert_eq!(status.code, 0, "{}{}", status.out, status.err);
        assert!(status.out.contains("\"activity\"") && !status.out.contains("\"problem\""), "{}", status.out);
    }
    let (seen, tokens) = (cloud.seen(), cloud.tokens_asked());
    let mut hosts = std::collections::BTreeSet::new();
    for (token, asked) in &tokens {
        let is_for_logs = asked.contains(LOGS_AUDIENCE);
        assert!(is_for_logs || asked.contains(MANAGEMENT), "{asked}");
        for request in seen.iter().filter(|request| request.text.contains(token.as_str())) {
            assert_eq!(request.host, if is_for_logs { LOGS } else { MANAGEMENT }, "{}", request.text);
            hosts.insert(request.host.as_str());
        }
    }
    assert_eq!(hosts.into_iter().collect::<Vec<_>>(), [LOGS, MANAGEMENT]);
}

#[test]
fn a_server_that_nobody_vouches_for_gets_nothing() {
    let Some(cloud) = Cloud::start(Mood::Kind) else { return };
    let Some(stranger) = Cloud::start(Mood::Kind) else { return };
    let folder = project();
    let login = &logins(&cloud)[0];
    let refused = run_with(folder.path(), &["plan", "--workspace", "stage"], |command| {
        command
            .env("HTTPS_PROXY", cloud.proxy())
            .env("SSL_CERT_FILE", stranger.authority())
            .envs(login.iter().map(|(name, value)| (*name, value.as_str())))
    });
    assert_eq!(refused.code, 2, "{}{}", refused.out, refused.err);
    assert!(refused.err.contains("certificate"), "{}", refused.err);
    assert!(cloud.seen().is_empty(), "{:?}", cloud.seen());
    assert!(!refused.err.contains(SECRET));
}

#[test]
fn a_cloud_that_sends_elsewhere_is_not_followed() {
    let Some(cloud) = Cloud::start(Mood::SendingAway) else { return };
    let folder = project();
    let ran = ran(folder.path(), &cloud, &logins(&cloud)[0], &["plan"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("redirects to https://elsewhere.example"), "{}", ran.err);
    assert!(cloud.seen().iter().all(|seen| [LOGIN, MANAGEMENT].contains(&seen.host.as_str())));
    assert_none_shows(folder.path(), &cloud, &[ran]);
}
