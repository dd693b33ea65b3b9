//! The client against a server that misbehaves in every way it may meet.

#![cfg(all(feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails this way")]

mod deploy_support;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use deploy_support::{Server, TOKEN, answer, client, refusal, with_headers, workspace};
use picket::arm::{ResourceKey, ResourceKind};
use picket::azure::{
    AzureError, Client, ClientOptions, Connection, Credential, Interrupt, Observer, Recorder, Request, Retry,
    Verb,
};
use picket::deploy::Workspace;
use serde_json::{Value, json};

const VERSION: &str = "2025-09-01";

fn get(path: &str) -> Request<'_> {
    Request { verb: Verb::Get, path, api_version: VERSION, body: None }
}

async fn seconds_slept(server: &Server) -> (Result<Option<Value>, AzureError>, Vec<Duration>) {
    let (client, system) = client(&server.endpoint(), |_| {});
    let result = client.send(get("/x")).await.map(|answer| answer.body);
    (result, system.sleeps())
}

/// Answers `failures` requests with `failure`, all later ones with success.
async fn failing(failures: usize, failure: impl Fn() -> Response + Send + Sync + 'static) -> Server {
    Server::start(
        move |count, _, _| if count < failures { failure() } else { answer(200, &json!({"ok": 1})) },
    )
    .await
}

#[tokio::test]
async fn a_request_carries_what_the_service_needs() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let server = Server::start(move |_, parts, body| {
        let header = |name: &str| parts.headers[name].to_str().unwrap().to_owned();
        let mut seen = sink.lock().unwrap();
        seen.extend(["authorization", "content-type", "accept", "user-agent"].map(header));
        seen.push(String::from_utf8(body.to_vec()).unwrap());
        answer(201, &json!({}))
    })
    .await;
    let (client, _) = client(&server.endpoint(), |_| {});
    let body = json!({"properties": {"query": "Heartbeat"}});
    let request = Request { verb: Verb::Put, path: "/a%20b/c", api_version: VERSION, body: Some(&body) };
    assert_eq!(client.send(request).await.unwrap().status, 201);
    assert_eq!(server.requests(), ["PUT /a%20b/c?api-version=2025-09-01"]);
    let agent = format!("picket/{}", env!("CARGO_PKG_VERSION"));
    let bearer = format!("Bearer {TOKEN}");
    let json = "application/json";
    assert_eq!(*seen.lock().unwrap(), [bearer.as_str(), json, json, &agent, &body.to_string()]);
}

#[tokio::test]
async fn server_errors_are_retried_with_growing_waits() {
    for status in [500, 502, 503, 504, 408] {
        let server = failing(3, move || refusal(status, "ServerError", "again")).await;
        let (result, sleeps) = seconds_slept(&server).await;
        assert_eq!(result.unwrap(), Some(json!({"ok": 1})), "{status}");
        assert_eq!(sleeps, [500, 1000, 2000].map(Duration::from_millis), "{status}");
    }
}

#[tokio::test]
async fn a_server_error_that_stays_is_told_with_its_request_id() {
    let server = failing(usize::MAX, || {
        let body = json!({"error": {"code": "InternalServerError", "message": "Broken."}});
        with_headers(500, &body, &[("x-ms-request-id", "r-1"), ("x-ms-correlation-request-id", "c-1")])
    })
    .await;
    let (result, sleeps) = seconds_slept(&server).await;
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), "500 InternalServerError: Broken");
    assert!(error.leaves_outcome_unknown());
    let failure = error.http().unwrap();
    assert_eq!(
        (failure.request_id.as_deref(), failure.correlation_id.as_deref()),
        (Some("r-1"), Some("c-1"))
    );
    assert!(error.help()[0].contains("r-1"));
    assert_eq!((server.requests().len(), sleeps.len()), (6, 5));
}

#[tokio::test]
async fn what_the_client_did_wrong_is_not_retried() {
    for status in [400, 403, 404, 409] {
        let server = failing(usize::MAX, move || refusal(status, "Code", "no")).await;
        let (result, sleeps) = seconds_slept(&server).await;
        assert_eq!(result.unwrap_err().status(), Some(status));
        assert_eq!((server.requests().len(), sleeps.len()), (1, 0));
    }
}

#[tokio::test]
async fn throttling_waits_as_long_as_it_is_asked_to() {
    let server = failing(2, || with_headers(429, &json!({}), &[("retry-after", "7")])).await;
    let (result, sleeps) = seconds_slept(&server).await;
    assert!(result.is_ok());
    assert_eq!(sleeps, [Duration::from_secs(7), Duration::from_secs(7)]);

    let server = failing(1, || refusal(429, "TooManyRequests", "slow down")).await;
    assert_eq!(seconds_slept(&server).await.1, [Duration::from_millis(500)]);

    let server = failing(1, || with_headers(429, &json!({}), &[("retry-after", "86400")])).await;
    let error = seconds_slept(&server).await.0.unwrap_err();
    assert!(matches!(error, AzureError::Throttled { attempts: 1, .. }), "{error:?}");
    assert!(error.help()[0].contains("86400"));
}

#[tokio::test]
async fn throttling_of_one_request_holds_the_others_back() {
    let server = Server::start(|count, _, _| match count {
        0 => with_headers(429, &json!({}), &[("retry-after", "60")]),
        _ => answer(200, &json!({})),
    })
    .await;
    let interrupt = Interrupt::default();
    let (client, system) = client(&server.endpoint(), |options| options.interrupt = interrupt.clone());
    interrupt.raise();
    // The first request is told to wait, which an interrupted run does not; the pause it began still holds.
    assert!(matches!(client.send(get("/a")).await, Err(AzureError::Throttled { .. })));
    assert!(matches!(client.send(get("/b")).await, Err(AzureError::Interrupted)));
    assert_eq!(server.requests().len(), 1);
    assert_eq!(system.sleeps().len(), 0);
}

#[tokio::test]
async fn a_used_up_allowance_slows_down_before_it_is_refused() {
    let server = Server::start(|_, _, _| {
        with_headers(200, &json!({}), &[("x-ms-ratelimit-remaining-subscription-writes", "0")])
    })
    .await;
    let (client, system) = client(&server.endpoint(), |_| {});
    let put = Request { verb: Verb::Put, path: "/a", api_version: VERSION, body: Some(&json!({})) };
    client.send(put).await.unwrap();
    client.send(get("/b")).await.unwrap();
    assert_eq!(system.sleeps().len(), 0, "reads have an allowance of their own");
    client.send(put).await.unwrap();
    assert_eq!(system.sleeps(), [Duration::from_millis(100)], "writes gain ten a second");
}

#[tokio::test]
async fn retries_are_told() {
    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);
    impl Observer for Told {
        fn retrying(&self, retry: &Retry<'_>) {
            let Retry { method, path, attempt, wait, error } = retry;
            self.0.lock().unwrap().push(format!("{method} {path} {attempt} {wait:?} {error}"));
        }
    }
    let server = failing(1, || refusal(503, "Busy", "later")).await;
    let told = Arc::new(Told::default());
    let (client, _) = client(&server.endpoint(), |options| options.observer = Some(told.clone()));
    client.send(get("/x")).await.unwrap();
    assert_eq!(*told.0.lock().unwrap(), ["GET /x 1 500ms 503 Busy: later"]);
}

/// A body that promises more than it delivers before the connection breaks.
fn torn() -> Response {
    let parts = [Ok(Bytes::from_static(b"{\"value\": [")), Err(std::io::Error::other("torn"))];
    let body = Body::from_stream(futures_util::stream::iter(parts));
    Response::builder().header("content-type", "application/json").body(body).unwrap()
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_answer_is_retried() {
    let server = failing(2, torn).await;
    let (result, sleeps) = seconds_slept(&server).await;
    assert_eq!((result.unwrap(), sleeps.len()), (Some(json!({"ok": 1})), 2));

    let server = failing(usize::MAX, torn).await;
    let error = seconds_slept(&server).await.0.unwrap_err();
    assert!(matches!(error, AzureError::Connection { kind: Connection::Lost, .. }), "{error:?}");
    assert!(error.leaves_outcome_unknown());
}

#[tokio::test]
async fn a_refused_connection_is_told_at_once_with_its_remedy() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (client, system) = client(&format!("http://{unused}"), |_| {});
    let error = client.send(get("/x")).await.unwrap_err();
    assert!(matches!(error, AzureError::Connection { kind: Connection::Refused, .. }), "{error:?}");
    assert!(error.to_string().starts_with(&format!("cannot connect to {unused}: ")), "{error}");
    assert!(error.help()[0].contains("picket emulator"));
    assert!(!error.leaves_outcome_unknown());
    assert_eq!(system.sleeps().len(), 0);
}

#[tokio::test]
async fn a_server_that_hangs_up_without_an_answer_is_retried() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream)
        }
    });
    let (client, system) = client(&endpoint, |options| options.retry.attempts = 3);
    let error = client.send(get("/x")).await.unwrap_err();
    assert!(matches!(error, AzureError::Connection { kind: Connection::Lost, .. }), "{error:?}");
    assert_eq!(system.sleeps().len(), 2);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (client, _) = client(&format!("http://{}", silent.local_addr().unwrap()), |options| {
        options.timeout = Duration::from_millis(50);
        options.retry.attempts = 2;
    });
    let error = client.send(get("/x")).await.unwrap_err();
    assert!(matches!(error, AzureError::Connection { kind: Connection::Timeout, .. }), "{error:?}");
    assert!(error.leaves_outcome_unknown());
}

#[tokio::test]
async fn an_interrupted_run_waits_for_no_retry() {
    let server = failing(usize::MAX, || refusal(500, "Oops", "again")).await;
    let interrupt = Interrupt::default();
    let (client, _) = client(&server.endpoint(), |options| options.interrupt = interrupt.clone());
    interrupt.raise();
    assert_eq!(client.send(get("/x")).await.unwrap_err().status(), Some(500));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let server = Server::start(|count, parts, _| {
        let host = parts.headers["host"].to_str().unwrap();
        match count {
            0 => answer(
                200,
                &json!({"value": [1, 2], "nextLink": format!("http://{host}/l?page=2&api-version=z")}),
            ),
            1 => answer(200, &json!({"value": [3], "nextLink": "/l?page=3"})),
            _ => answer(200, &json!({"value": [4], "nextLink": null})),
        }
    })
    .await;
    let (client, _) = client(&server.endpoint(), |_| {});
    assert_eq!(client.list("/l", VERSION).await.unwrap(), [1, 2, 3, 4].map(Value::from));
    let pages = ["GET /l?api-version=2025-09-01", "GET /l?page=2&api-version=z", "GET /l?page=3"];
    assert_eq!(server.requests(), pages);
}

#[tokio::test]
async fn pages_that_repeat_end_with_an_error() {
    let server = Server::start(|count, _, _| {
        answer(200, &json!({"value": [], "nextLink": format!("/l?p={}", count % 2)}))
    })
    .await;
    let (client, _) = client(&server.endpoint(), |_| {});
    let error = client.list("/l", VERSION).await.unwrap_err();
    assert!(matches!(error, AzureError::PagingLoop { .. }), "{error:?}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_page_on_another_host_gets_no_token() {
    let other = Server::start(|_, _, _| answer(200, &json!({"value": []}))).await;
    let foreign = [
        format!("{}/steal", other.endpoint()),
        "https://management.azure.com.example/l".to_owned(),
        "//example.com/l".to_owned(),
        "https://127.0.0.1/l".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://[".to_owned(),
    ];
    for link in foreign {
        let next = link.clone();
        let server =
            Server::start(move |_, _, _| answer(200, &json!({"value": [], "nextLink": next.clone()}))).await;
        let (client, _) = client(&server.endpoint(), |_| {});
        let error = client.list("/l", VERSION).await.unwrap_err();
        assert!(matches!(error, AzureError::ForeignPage { .. }), "{link}: {error:?}");
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!(other.requests(), [""; 0]);
}

#[tokio::test]
async fn lists_that_are_no_lists_are_refused() {
    for body in [json!([1]), json!({"values": []}), json!({"value": {}}), json!({"value": [], "nextLink": 7})]
    {
        let served = body.clone();
        let server = Server::start(move |_, _, _| answer(200, &served)).await;
        let (client, _) = client(&server.endpoint(), |_| {});
        let error = client.list("/l", VERSION).await.unwrap_err();
        assert!(matches!(error, AzureError::Decode { .. }), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::start(|_, _, _| answer(200, &json!({}))).await;
    let location = format!("{}/login?secret=1", other.endpoint());
    for status in [301, 302, 303, 307, 308] {
        let location = location.clone();
        let server =
            Server::start(move |_, _, _| with_headers(status, &json!({}), &[("location", &location)])).await;
        let (result, sleeps) = seconds_slept(&server).await;
        let error = result.unwrap_err();
        assert!(matches!(error, AzureError::Redirect { .. }), "{status}: {error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert_eq!((other.requests().len(), sleeps.len()), (0, 0), "{status}");
    }
}

#[tokio::test]
async fn where_to_ask_for_the_progress_of_a_request_is_not_the_services_choice() {
    let other = Server::start(|_, _, _| answer(200, &json!({"status": "Succeeded"}))).await;
    let elsewhere = format!("{}/steal", other.endpoint());
    let server = Server::start(move |_, parts, _| {
        let links = [("location", elsewhere.as_str()), ("azure-asyncoperation", elsewhere.as_str())];
        match parts.method.as_str() {
            "GET" => refusal(404, "NotFound", "gone"),
            _ => {
                let begun = json!({"name": "list", "properties": {"provisioningState": "InProgress"}});
                with_headers(202, &begun, &links)
            }
        }
    })
    .await;
    let workspace = workspace(&server.endpoint(), |_| {});
    let key = ResourceKey::new(ResourceKind::Watchlist, "list");
    workspace.delete(&key, VERSION).await.unwrap();
    let body = json!({"properties": {"watchlistAlias": "list"}});
    assert!(workspace.put(&key, VERSION, &body, None).await.is_err(), "it never appears");
    assert_eq!(server.requests().len(), 4, "each is looked at where it is: {:?}", server.requests());
    assert_eq!(other.requests(), [""; 0]);
}

#[tokio::test]
async fn answers_that_are_not_json_are_refused() {
    let page = || {
        Response::builder().header("content-type", "text/html").body("<html>log in</html>".into()).unwrap()
    };
    let error = seconds_slept(&failing(usize::MAX, page).await).await.0.unwrap_err();
    assert_eq!(error.to_string(), "GET /x: the answer is not JSON but text/html");

    let json =
        |text: &'static str| Response::builder().header("content-type", "application/json").body(text.into());
    let server = failing(usize::MAX, move || json("{\"a\":}").unwrap()).await;
    let error = seconds_slept(&server).await.0.unwrap_err();
    assert!(error.to_string().starts_with("GET /x: the answer is broken JSON"), "{error}");
    assert_eq!(server.requests().len(), 1, "it would be no better");

    // One that ends in the middle was whole before something on the way cut it.
    let server = failing(2, move || json("{\"a\":").unwrap()).await;
    assert!(seconds_slept(&server).await.0.is_ok());
    let server = failing(usize::MAX, move || json("{\"a\":").unwrap()).await;
    let error = seconds_slept(&server).await.0.unwrap_err();
    assert!(error.to_string().ends_with("the answer ends in the middle"), "{error}");
    assert!(error.leaves_outcome_unknown());

    let gateway =
        || Response::builder().status(403).body("<html>\n<b>Blocked by\u{7} the proxy</b>".into()).unwrap();
    let error = seconds_slept(&failing(usize::MAX, gateway).await).await.0.unwrap_err();
    assert_eq!(error.to_string(), "403: <html> <b>Blocked by the proxy</b>");
}

#[tokio::test]
async fn an_empty_answer_has_no_body() {
    let server = Server::start(|_, _, _| Response::builder().status(204).body(Body::empty()).unwrap()).await;
    let (client, _) = client(&server.endpoint(), |_| {});
    let request = Request { verb: Verb::Delete, path: "/x", api_version: VERSION, body: None };
    let answer = client.send(request).await.unwrap();
    assert_eq!((answer.status, answer.body), (204, None));
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let flood = || {
        let chunk = Bytes::from(vec![b' '; 64 * 1024]);
        let endless = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
        Response::builder()
            .header("content-type", "application/json")
            .body(Body::from_stream(endless))
            .unwrap()
    };
    let server = failing(usize::MAX, flood).await;
    let (client, _) = client(&server.endpoint(), |options| options.body_limit = 1024 * 1024);
    let error = client.send(get("/x")).await.unwrap_err();
    assert!(matches!(error, AzureError::TooLarge { .. }), "{error:?}");
    assert_eq!(server.requests().len(), 1);
}

/// What was written to it, shared.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_record_has_each_exchange_and_no_secret() {
    let server = Server::start(|count, parts, _| {
        // A server that sends the token back, in a body and in headers.
        let sent = parts.headers["authorization"].to_str().unwrap();
        let headers = [("x-echo", sent), ("set-cookie", sent), ("x-ms-request-id", "r-1")];
        let status = if count == 0 { 503 } else { 400 };
        with_headers(status, &json!({"error": {"code": "Echo", "message": sent}}), &headers)
    })
    .await;
    let out = Shared::default();
    let recorder = Recorder::new(out.clone());
    let (client, _) = client(&server.endpoint(), |options| options.recorder = Some(recorder.clone()));
    let body = json!({"properties": {}});
    let request = Request { verb: Verb::Put, path: "/r", api_version: VERSION, body: Some(&body) };
    let error = client.send(request).await.unwrap_err();
    recorder.finish().unwrap();

    let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
    for shown in [&text, &format!("{client:?}"), &format!("{error} {error:?} {:?}", error.help())] {
        assert!(!shown.contains(TOKEN), "{shown}");
    }
    assert!(error.to_string().contains("[redacted]"), "{error}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["status"], 503);
    let expected = json!({"method": "PUT", "url": "/r?api-version=2025-09-01", "request": {"properties": {}},
        "status": 400, "response": {"error": {"code": "Echo", "message": "Bearer [redacted]"}},
        "headers": {"content-type": "application/json; charset=utf-8", "x-ms-request-id": "r-1"}});
    assert_eq!(lines[1], expected);
}

#[tokio::test]
async fn a_record_that_cannot_be_written_is_told_at_the_end() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _bytes: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let server = failing(0, || answer(200, &json!({}))).await;
    let recorder = Recorder::new(Full);
    let (client, _) = client(&server.endpoint(), |options| options.recorder = Some(recorder.clone()));
    assert!(client.send(get("/x")).await.is_ok());
    assert_eq!(recorder.finish().unwrap_err().kind(), std::io::ErrorKind::StorageFull);
}

#[test]
fn tokens_go_only_where_they_belong() {
    let with = |endpoint: Option<&str>| {
        let options = ClientOptions { endpoint: endpoint.map(str::to_owned), ..ClientOptions::default() };
        Client::new(Credential::fixed(TOKEN), options).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(with(Some("http://127.0.0.1:1")), Ok(()));
    assert_eq!(with(Some("http://[::1]:1")), Ok(()));
    assert_eq!(with(Some("http://localhost:1")), Ok(()));
    let away = "the endpoint http://10.0.0.1:1 is not on this machine".to_owned();
    assert_eq!(with(Some("http://10.0.0.1:1")), Err(away));
    assert!(with(Some("http://127.0.0.1.example.com")).is_err());
    assert!(with(Some("nonsense")).is_err());
    let cloud = "the endpoint https://management.azure.com does not go with this credential".to_owned();
    assert_eq!(with(None), Err(cloud));
}

#[tokio::test]
async fn a_path_that_means_another_is_not_requested() {
    let server = failing(0, || answer(200, &json!({}))).await;
    let (client, _) = client(&server.endpoint(), |_| {});
    for path in ["/a/%2E%2E/b", "/a/../b", "/a/./b"] {
        let error = client.send(get(path)).await.unwrap_err();
        assert!(matches!(error, AzureError::Configuration { .. }), "{path}: {error:?}");
    }
    assert_eq!(server.requests(), [""; 0]);
}
