//! The query API of Log Analytics.

use std::time::Duration;

use picket::arm::alert;
use picket::azure::{self, AzureError, ClientOptions, Credential, LogSpan, Service};
use picket::emulator::{Absent, Alert, Clock, Withheld};
use serde_json::{Value, json};

use crate::client::*;
use crate::common;

/// 2026-11-24T20:30:00Z
const NOW: u64 = 1_795_552_200_000;
const WORKSPACE: &str = "e00daaf8-d6a4-4410-b50b-f5ef61c9cb45";

fn alert_row(id: &str, rule: &str, time: &str) -> Alert {
    Alert::from_row(&json!({ "SystemAlertId": id, "AlertType": rule, "TimeGenerated": time })).unwrap()
}

fn alerts() -> Vec<Alert> {
    let (a, b) = (format!("{WORKSPACE}_a"), format!("{}_b", WORKSPACE.to_uppercase()));
    vec![
        alert_row("1", &a, "2026-11-20T10:00:00Z"),
        // The same alert, closed a day later.
        alert_row("1", &a, "2026-11-21T10:00:00Z"),
        alert_row("2", &a, "2026-11-22T10:00:00.5Z"),
        alert_row("3", &a, "2026-09-01T10:00:00Z"),
        alert_row("4", &b, "2026-11-24T20:29:59Z"),
        alert_row("5", "Fusion", "2026-11-24T10:00:00Z"),
        alert_row("6", "11111111-2222-4333-8444-555555555555_a", "2026-11-24T10:00:00Z"),
    ]
}

async fn with_alerts(withheld: Withheld) -> (picket::emulator::Running, azure::Client) {
    let (running, _) = workspace_with(|options| {
        options.alerts = alerts();
        options.clock = Clock::manual(NOW);
        options.withheld = withheld;
    })
    .await;
    let options = ClientOptions {
        service: Service::LogAnalytics,
        endpoint: Some(running.endpoint()),
        ..ClientOptions::default()
    };
    let client = azure::Client::new(Credential::fixed("local"), options).unwrap();
    (running, client)
}

const DAY: Duration = Duration::from_secs(86_400);
const MONTH: LogSpan = LogSpan::Last(DAY.saturating_mul(30));

#[tokio::test]
async fn counts_alerts_of_the_workspace_by_rule_within_the_time_asked_for() {
    let (_running, client) = with_alerts(Withheld::default()).await;
    let answer = client.query(WORKSPACE, &alert::query(WORKSPACE), &MONTH).await.unwrap();
    let names: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, alert::COLUMNS.map(|(name, _)| name));
    let rows: Vec<(Option<&str>, &Value, &Value)> = answer
        .rows
        .iter()
        .map(|row| (alert::rule_of(row[0].as_str().unwrap(), WORKSPACE), &row[1], &row[2]))
        .collect();
    assert_eq!(
        rows,
        [
            (Some("b"), &json!(1), &json!("2026-11-24T20:29:59Z")),
            (Some("a"), &json!(2), &json!("2026-11-22T10:00:00.5Z")),
        ]
    );
    let year = client.query(WORKSPACE, &alert::query(WORKSPACE), &LogSpan::Last(360 * DAY)).await.unwrap();
    assert_eq!(year.rows[1][1], json!(3));
    let minute = client
        .query(WORKSPACE, &alert::query(WORKSPACE), &LogSpan::Last(Duration::from_secs(60)))
        .await
        .unwrap();
    assert_eq!(minute.rows.len(), 1);
}

#[tokio::test]
async fn runs_queries_and_says_what_is_wrong_with_them() {
    let (_running, client) = with_alerts(Withheld::default()).await;
    let query = "range n from 1 to 4 step 1 | summarize total = sum(n), tags = make_list(n)";
    let answer = client.query(WORKSPACE, query, &MONTH).await.unwrap();
    let kinds: Vec<&str> = answer.columns.iter().map(|column| column.kind.as_str()).collect();
    assert_eq!(kinds, ["long", "dynamic"]);
    assert_eq!(answer.rows, [[json!(10), json!("[1,2,3,4]")]], "dynamic values are the text of their JSON");
    assert_eq!(client.query(WORKSPACE, "Heartbeat | count", &MONTH).await.unwrap().rows, [[json!(0)]]);
    for (query, said) in [
        ("Heartbeat | where Nope == 1", "Nope"),
        ("print geo_info_from_ip_address('192.0.2.1')", "not supported offline"),
    ] {
        let error = client.query(WORKSPACE, query, &MONTH).await.unwrap_err();
        assert_eq!(error.status(), Some(400));
        assert!(error.to_string().contains(said), "{error}");
    }
    let error = client.query("soc-logs", "Heartbeat", &MONTH).await.unwrap_err();
    assert_eq!(error.status(), Some(404));
}

#[tokio::test]
async fn refuses_whom_no_role_lets_query() {
    let withheld = Withheld { denied: vec!["*/query/SecurityAlert/read".to_owned()], ..Withheld::default() };
    let (_running, client) = with_alerts(withheld).await;
    let error = client.query(WORKSPACE, &alert::query(WORKSPACE), &MONTH).await.unwrap_err();
    let AzureError::Http(failure) = &error else { panic!("{error}") };
    assert_eq!((failure.status, failure.code.as_deref()), (403, Some("InsufficientAccessError")));
    assert!(error.help()[0].contains("Log Analytics Reader"), "{:?}", error.help());
    let withheld = Withheld { absent: vec![Absent::Workspace], ..Withheld::default() };
    let (_running, client) = with_alerts(withheld).await;
    assert_eq!(client.query(WORKSPACE, "x", &MONTH).await.unwrap_err().status(), Some(404));
}

/// The definition `name` of the API's contract as a JSON Schema.
fn definition(contract: &Value, name: &str) -> jsonschema::Validator {
    let schema =
        json!({ "$ref": format!("#/definitions/{name}"), "definitions": contract["definitions"].clone() });
    jsonschema::validator_for(&schema).unwrap()
}

#[tokio::test]
async fn requests_and_answers_have_the_shapes_of_the_contract() {
    let Some(shared) = common::shared() else { return };
    let text = std::fs::read_to_string(shared.join("arm/contract/loganalytics.query.v1.json")).unwrap();
    let contract: Value = serde_json::from_str(&text).unwrap();
    let (_running, client) = workspace_with(|options| options.alerts = alerts()).await;
    let path = format!("/v1/workspaces/{WORKSPACE}/query");
    for (body, status, shape) in [
        (json!({ "query": alert::query(WORKSPACE), "timespan": "P900D" }), 200, "QueryResults"),
        (json!({ "query": "Heartbeat" }), 200, "QueryResults"),
        (json!({ "query": "Heartbeat | where Nope == 1" }), 400, "ErrorResponse"),
        (json!({ "query": alert::query(WORKSPACE), "timespan": "soon" }), 400, "ErrorResponse"),
    ] {
        assert!(definition(&contract, "QueryBody").is_valid(&body), "{body}");
        let answer = client.send("POST", &path, Some(&body)).await.unwrap();
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(definition(&contract, shape).is_valid(&answer.body), "{}", answer.body);
    }
    let answer = client.send("POST", &path, Some(&json!({}))).await.unwrap();
    assert!(answer.status == 400 && definition(&contract, "ErrorResponse").is_valid(&answer.body));
    assert_eq!(client.get(&path).await.status, 405);
}
