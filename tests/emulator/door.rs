//! What every request passes: authentication, versions, paths, methods, bodies, headers.

use picket::emulator::{EmulatorError, EmulatorOptions, Store, Tokens, start};
use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn asks_for_a_token() {
    let (running, _) = workspace().await;
    let link = format!("{}{}", running.endpoint(), rule("", STABLE));
    let ask = |token: Option<&'static str>| {
        let request = http().get(&link);
        let request = token.iter().fold(request, |request, token| request.header("authorization", *token));
        async move {
            let response = request.send().await.unwrap();
            assert!(response.headers().contains_key("www-authenticate") || response.status() == 200);
            let status = response.status().as_u16();
            let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
        }
    };
    assert_eq!(ask(None).await, (401, "AuthenticationFailed".to_owned()));
    for invalid in ["local", "Basic bG9jYWw=", "Bearer ", "Bearer"] {
        assert_eq!(
            ask(Some(invalid)).await,
            (401, "AuthenticationFailedInvalidHeader".to_owned()),
            "{invalid}"
        );
    }
    assert_eq!(ask(Some("bearer x")).await.0, 200);
}

#[tokio::test]
async fn takes_only_the_tokens_of_the_authority_when_told_to() {
    let tokens = Tokens::default();
    let (running, _) = workspace_with(|options| options.tokens = Some(tokens.clone())).await;
    let ask = |token: &'static str| {
        let request = http().get(format!("{}{}", running.endpoint(), rule("", STABLE))).bearer_auth(token);
        async move {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        }
    };
    let (status, body) = ask("one").await;
    assert_eq!(status, 401);
    assert!(body.contains("InvalidAuthenticationToken") && !body.contains("one\""), "{body}");
    tokens.add("one");
    assert_eq!(ask("one").await.0, 200);
    assert_eq!(ask("on").await.0, 401);
    assert!(!format!("{tokens:?}").contains("one"));
}

#[tokio::test]
async fn refuses_versions_and_paths_it_does_not_know() {
    let (_running, client) = workspace().await;
    let base = workspace_path();
    let insights = format!("{base}/providers/Microsoft.SecurityInsights");
    for (path, status, code, part) in [
        (format!("{insights}/alertRules"), 400, "MissingApiVersionParameter", "(?api-version=)"),
        (format!("{insights}/alertRules?api-version="), 400, "MissingApiVersionParameter", ""),
        (format!("{insights}/alertRules?api-version=latest"), 400, "InvalidApiVersionParameter", "'latest'"),
        (format!("{insights}/alertRules?api-version=2019-01-01"), 400, "NoRegisteredProviderFound", STABLE),
        (
            format!("{insights}/alertRules?api-version={LOG_ANALYTICS}"),
            400,
            "NoRegisteredProviderFound",
            PREVIEW,
        ),
        (
            format!("{base}/savedSearches?api-version={STABLE}"),
            400,
            "NoRegisteredProviderFound",
            LOG_ANALYTICS,
        ),
        (format!("{insights}/bookmarks?api-version={STABLE}"), 404, "InvalidResourceType", "'bookmarks'"),
        (format!("{insights}?api-version={STABLE}"), 404, "InvalidResourceType", "SecurityInsights"),
        (
            format!("{insights}/alertRules/a/actions?api-version={STABLE}"),
            404,
            "InvalidResourceType",
            "actions",
        ),
        (
            format!("{base}/linkedServices?api-version={LOG_ANALYTICS}"),
            404,
            "InvalidResourceType",
            "'linkedServices'",
        ),
        (
            format!("{base}/providers/Some.Where/x?api-version={STABLE}"),
            404,
            "InvalidResourceNamespace",
            "Some.Where",
        ),
        (
            rule("", STABLE).replace("Microsoft.OperationalInsights", "Microsoft.Other"),
            404,
            "InvalidResourceNamespace",
            "Microsoft.Other",
        ),
        (rule("", STABLE).replace(SUBSCRIPTION, "mine"), 400, "InvalidSubscriptionId", "'mine'"),
        (
            rule("", STABLE).replace("workspaces/local", "workspaces/lo_cal"),
            404,
            "ResourceNotFound",
            "lo_cal",
        ),
        (format!("/?api-version={STABLE}"), 404, "ResourceNotFound", "'/'"),
        (format!("/metadata/x?api-version={STABLE}"), 404, "ResourceNotFound", ""),
    ] {
        let answer = client.get(&path).await;
        let (found, found_code, message) = answer.error();
        assert_eq!((found, found_code), (status, code), "{path}");
        assert!(message.contains(part), "{path}: {message}");
    }
}

#[tokio::test]
async fn compares_paths_and_names_without_case() {
    let (_running, client) = workspace().await;
    let created = client.put(&rule("Some-Rule", STABLE), &scheduled(json!({}))).await;
    assert_eq!(created.status, 201);
    let shouted = rule("SOME-rule", STABLE).to_uppercase().replace("?API-VERSION", "?Api-Version");
    let got = client.get(&shouted).await;
    assert_eq!((got.status, got.body["name"].as_str()), (200, Some("Some-Rule")));
    assert_eq!(got.body["properties"], created.body["properties"]);
    let again = with_etag(scheduled(json!({ "severity": "Low" })), &created.etag());
    assert_eq!(client.put(&shouted, &again).await.status, 200);
    assert_eq!(client.get(&rule("", STABLE)).await.names(), ["Some-Rule"]);
    let other = rule("", STABLE).replace("workspaces/local", "workspaces/other");
    assert!(client.get(&other).await.names().is_empty(), "workspaces are apart");
    let encoded = client.get(&rule("%53ome%2DRule", STABLE)).await;
    assert_eq!(encoded.status, 200);
}

#[tokio::test]
async fn refuses_methods_and_names_those_it_has() {
    let (_running, client) = workspace().await;
    let workspace = format!("{}?api-version={LOG_ANALYTICS}", workspace_path());
    for (method, path, allowed) in [
        ("POST", rule("a", STABLE), "GET, PUT, DELETE"),
        ("PATCH", rule("a", STABLE), "GET, PUT, DELETE"),
        ("PUT", rule("", STABLE), "GET"),
        ("DELETE", workspace, "GET"),
        ("POST", metadata("a", STABLE), "GET, PUT, PATCH, DELETE"),
    ] {
        let answer = client.send(method, &path, Some(&json!({}))).await.unwrap();
        assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{method} {path}");
        assert!(answer.error().2.contains(method));
    }
}

#[tokio::test]
async fn refuses_bodies_it_cannot_read() {
    let (running, _) = workspace().await;
    let link = format!("{}{}", running.endpoint(), rule("a", STABLE));
    let send = |kind: &'static str, body: String| {
        let request = http().put(&link).bearer_auth("x").header("content-type", kind).body(body);
        async move {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
        }
    };
    for body in ["", "{", "[]", "null", "{\"kind\": \"Scheduled\"", "\u{feff}{}"] {
        let found = send("application/json", body.to_owned()).await;
        assert_eq!(found, (400, "InvalidRequestContent".to_owned()), "{body}");
    }
    let nested = "{\"a\":".repeat(100_000);
    assert_eq!(send("application/json", nested).await.0, 400);
    assert_eq!(send("text/plain", "{}".to_owned()).await, (415, "UnsupportedMediaType".to_owned()));
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(4 * 1024 * 1024));
    assert_eq!(send("application/json", large).await, (413, "RequestEntityTooLarge".to_owned()));
    let good = scheduled(json!({})).to_string();
    assert_eq!(send("application/json; charset=utf-8", good).await.0, 201);
}

#[tokio::test]
async fn tells_requests_apart_in_headers() {
    let (running, client) = workspace().await;
    let first = client.get(&rule("", STABLE)).await;
    let second = client.get(&rule("", STABLE)).await;
    for name in ["x-ms-request-id", "x-ms-correlation-request-id", "x-ms-routing-request-id"] {
        assert!(!first.header(name).is_empty() && first.header(name) != second.header(name), "{name}");
    }
    let reads = "x-ms-ratelimit-remaining-subscription-reads";
    let left = (first.header(reads), second.header(reads));
    assert_eq!(left, ("249", "249"), "where no rate is enforced, nothing runs out");
    let gone = client.delete(&rule("a", STABLE)).await;
    assert_eq!(gone.header("x-ms-ratelimit-remaining-subscription-deletes"), "199");
    assert_eq!(first.header("content-type"), "application/json; charset=utf-8");

    let correlation = "11111111-2222-4333-8444-555555555555";
    let link = format!("{}{}", running.endpoint(), rule("", STABLE));
    let request = http()
        .get(link)
        .bearer_auth("x")
        .header("x-ms-correlation-request-id", correlation)
        .header("x-ms-client-request-id", "mine")
        .header("x-ms-return-client-request-id", "true");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["x-ms-correlation-request-id"], correlation);
    assert_eq!(response.headers()["x-ms-client-request-id"], "mine");
}

#[tokio::test]
async fn shows_the_workspace_and_its_onboarding() {
    let (_running, client) = workspace().await;
    let path = format!("{}?api-version={LOG_ANALYTICS}", workspace_path());
    let workspace = client.get(&path).await;
    assert_eq!((workspace.status, workspace.body["id"].as_str()), (200, Some(workspace_path().as_str())));
    assert_eq!(workspace.body["properties"]["provisioningState"], "Succeeded");
    let again = client.get(&path.to_uppercase().replace("API-VERSION", "api-version")).await;
    let customer = |answer: &Answer| answer.body["properties"]["customerId"].clone();
    assert_eq!(customer(&workspace), customer(&again), "the id of a workspace does not change");
    let state = client.get(&insights("onboardingStates", "default", STABLE)).await;
    assert_eq!((state.status, state.body["name"].as_str()), (200, Some("default")));
    assert_eq!(client.get(&insights("onboardingStates", "", PREVIEW)).await.names(), ["default"]);
    assert_eq!(client.get(&insights("onboardingStates", "other", STABLE)).await.error().1, "NotFound");
}

#[tokio::test]
async fn listens_on_loopback_only_and_says_when_a_port_is_taken() {
    let mut options = EmulatorOptions::new(Store::Memory);
    options.listen = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(start(options).await, Err(EmulatorError::NotLoopback(_))));

    let (running, _) = workspace().await;
    let mut options = EmulatorOptions::new(Store::Memory);
    options.listen = running.addr;
    let error = start(options).await.unwrap_err();
    assert!(matches!(error, EmulatorError::Listen { .. }));
    assert!(error.help()[0].contains(&running.addr.port().to_string()));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn is_called_by_loopback_names_only() {
    let (running, _) = workspace().await;
    let link = format!("{}{}", running.endpoint(), rule("", STABLE));
    for (host, status) in [
        ("localhost:1", 200),
        ("LOCALHOST", 200),
        ("127.0.0.2:80", 200),
        ("[::1]:443", 200),
        ("example.com", 400),
        ("127.0.0.1.example.com:80", 400),
        ("10.0.0.1", 400),
    ] {
        let response = http().get(&link).bearer_auth("x").header("host", host).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{host}");
    }
}
