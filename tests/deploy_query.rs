//! The client of the query API: what is asked, what is repeated, and what an incomplete answer says.

#![cfg(feature = "azure")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails this way")]

mod deploy_support;

use std::time::Duration;

use deploy_support::{Server, answer, client, refusal, with_headers};
use picket::azure::{
    AzureError, Client, Cluster, ClusterSpan, LogAnswer, LogSpan, Service, WHOLE_ANSWER_HELP,
};
use serde_json::{Value, json};

const WORKSPACE: &str = "e00daaf8-d6a4-4410-b50b-f5ef61c9cb45";
const HOUR: LogSpan = LogSpan::Last(Duration::from_secs(3600));

fn tables() -> Value {
    json!({ "tables": [{ "name": "PrimaryResult", "columns": [{ "name": "n", "type": "long" }], "rows": [[7]] }] })
}

fn logs(server: &Server) -> (Client, std::sync::Arc<deploy_support::FakeSystem>) {
    client(&server.endpoint(), |options| options.service = Service::LogAnalytics)
}

async fn queried(server: &Server) -> Result<LogAnswer, AzureError> {
    logs(server).0.query(WORKSPACE, "T | count", &HOUR).await
}

#[tokio::test]
async fn asks_for_a_time_span_in_the_body_and_for_no_version() {
    let server = Server::start(|_, parts, body| {
        assert_eq!(parts.uri.path(), format!("/v1/workspaces/{WORKSPACE}/query"));
        assert_eq!(parts.uri.query().unwrap_or_default(), "");
        let body: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(body, json!({ "query": "T | count", "timespan": "PT3600S" }));
        answer(200, &tables())
    })
    .await;
    let found = queried(&server).await.unwrap();
    assert_eq!((found.rows, found.partial), (vec![vec![json!(7)]], None));
    assert_eq!(server.requests(), [format!("POST /v1/workspaces/{WORKSPACE}/query")]);
}

#[tokio::test]
async fn a_query_that_took_too_long_is_not_run_again_and_other_failures_are() {
    let server = Server::start(|_, _, _| refusal(504, "GatewayTimeout", "The query took too long.")).await;
    let error = queried(&server).await.unwrap_err();
    assert_eq!((error.status(), server.requests().len()), (Some(504), 1));
    assert_eq!(error.help(), ["run again over fewer days", WHOLE_ANSWER_HELP]);

    let server = Server::start(|count, _, _| match count {
        0 => refusal(503, "Busy", "later"),
        1 => with_headers(429, &json!({}), &[("retry-after", "20")]),
        _ => answer(200, &tables()),
    })
    .await;
    let (client, system) = logs(&server);
    assert_eq!(client.query(WORKSPACE, "T", &HOUR).await.unwrap().rows.len(), 1);
    assert_eq!(system.sleeps(), [Duration::from_millis(500), Duration::from_secs(20)]);
}

#[tokio::test]
async fn an_incomplete_answer_keeps_its_rows_and_says_why() {
    let server = Server::start(|_, _, _| {
        let mut body = tables();
        body["error"] = json!({ "code": "PartialError", "message": "There were some errors when processing your query.",
            "details": [{ "code": "E_QUERY_RESULT_SET_TOO_LARGE", "message": "too large" }] });
        answer(200, &body)
    })
    .await;
    let found = queried(&server).await.unwrap();
    assert_eq!(found.rows.len(), 1);
    assert_eq!(
        found.partial.as_deref(),
        Some("There were some errors when processing your query. too large")
    );
}

#[tokio::test]
async fn what_is_refused_says_which_role_is_lacking() {
    let server = Server::start(|_, _, _| refusal(403, "InsufficientAccessError", "no access")).await;
    let error = queried(&server).await.unwrap_err();
    assert!(error.help()[0].contains("Log Analytics Reader"), "{:?}", error.help());
    assert_eq!(server.requests().len(), 1);
    let server = Server::start(|_, _, _| answer(200, &json!({ "value": [] }))).await;
    assert!(matches!(queried(&server).await.unwrap_err(), AzureError::Decode { .. }));
}

async fn of_cluster(server: &Server) -> Result<LogAnswer, AzureError> {
    let cluster = Cluster::parse(&server.endpoint()).unwrap();
    let (client, _) = client(&server.endpoint(), |options| {
        options.endpoint = None;
        options.cluster = Some(cluster);
    });
    client
        .query_cluster(
            "logs",
            "T | count",
            &ClusterSpan { now: Some("2026-11-30".into()), ..Default::default() },
        )
        .await
}

#[tokio::test]
async fn a_cluster_is_asked_for_one_whole_table() {
    let server = Server::start(|count, parts, body| {
        assert_eq!(parts.uri.path(), "/v2/rest/query");
        let body: Value = serde_json::from_slice(body).unwrap();
        assert_eq!((&body["db"], &body["csl"]), (&json!("logs"), &json!("T | count")));
        let options = &body["properties"]["Options"];
        assert_eq!(options["query_now"], "2026-11-30");
        assert_eq!(options["results_progressive_enabled"], false);
        match count {
            0 => refusal(503, "Busy", "later"),
            1 => with_headers(429, &json!({}), &[("retry-after", "1")]),
            _ => answer(
                200,
                &json!([
                    { "FrameType": "DataTable", "TableKind": "PrimaryResult",
                      "Columns": [{ "ColumnName": "n", "ColumnType": "long" }], "Rows": [[7]] },
                    { "FrameType": "DataSetCompletion", "HasErrors": false },
                ]),
            ),
        }
    })
    .await;
    assert_eq!(of_cluster(&server).await.unwrap().rows, vec![vec![json!(7)]]);
    let server = Server::start(|_, _, _| refusal(403, "Forbidden", "Caller is not authorized")).await;
    assert!(of_cluster(&server).await.unwrap_err().help()[0].contains("role Viewer"));
    let server = Server::start(|_, _, _| refusal(504, "GatewayTimeout", "too long")).await;
    assert!(of_cluster(&server).await.unwrap_err().help()[0].contains("summarize more"));
    assert_eq!(server.requests().len(), 1);
}
