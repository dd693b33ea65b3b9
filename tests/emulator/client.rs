//! A client that knows nothing but HTTP, and keeps the exchanges as the contract's validator reads them.

use std::sync::Mutex;

use picket::emulator::{EmulatorOptions, Running, Store, start};
use reqwest::Method;
use serde_json::{Value, json};

pub const SUBSCRIPTION: &str = "00000000-0000-4000-8000-000000000001";
pub const STABLE: &str = "2025-09-01";
pub const PREVIEW: &str = "2025-10-01-preview";
pub const LOG_ANALYTICS: &str = "2026-03-01";

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    /// A header's text, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status, code and message of an error.
    pub fn error(&self) -> (u16, &str, &str) {
        let error = &self.body["error"];
        (self.status, error["code"].as_str().unwrap_or(""), error["message"].as_str().unwrap_or(""))
    }

    /// The body's `etag`.
    pub fn etag(&self) -> String {
        self.body["etag"].as_str().expect("the answer has an etag").to_owned()
    }

    /// `name` of each item of a list.
    pub fn names(&self) -> Vec<&str> {
        let items = self.body["value"].as_array().expect("the answer is a list");
        items.iter().map(|item| item["name"].as_str().unwrap()).collect()
    }
}

pub struct Client {
    http: reqwest::Client,
    pub endpoint: String,
    exchanges: Mutex<Vec<Value>>,
}

/// A request without tokens, redirects, proxies or retries.
pub fn http() -> reqwest::Client {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Client {
    pub fn new(endpoint: &str) -> Self {
        Self { http: http(), endpoint: endpoint.to_owned(), exchanges: Mutex::new(Vec::new()) }
    }

    /// Sends a request. `path` is a path with its query, or an absolute link.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> reqwest::Result<Answer> {
        let link =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.endpoint) };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method.clone(), &link).bearer_auth("local");
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let answer = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        let shown: serde_json::Map<_, _> =
            headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().into())).collect();
        self.exchanges.lock().unwrap().push(json!({
            "method": method.as_str(), "url": link, "request": body, "status": status,
            "response": if text.is_empty() { Value::Null } else { answer.clone() }, "headers": shown,
        }));
        Ok(Answer { status, headers, body: answer })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await.unwrap()
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body)).await.unwrap()
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await.unwrap()
    }

    /// The exchanges so far, one JSON line each.
    pub fn traffic(&self) -> String {
        self.exchanges.lock().unwrap().iter().map(|exchange| format!("{exchange}\n")).collect()
    }
}

/// A workspace in memory and a client of it.
pub async fn workspace() -> (Running, Client) {
    workspace_with(|_| ()).await
}

/// The same with other options.
pub async fn workspace_with(change: impl FnOnce(&mut EmulatorOptions)) -> (Running, Client) {
    let mut options = EmulatorOptions::new(Store::Memory);
    change(&mut options);
    let running = start(options).await.unwrap();
    let client = Client::new(&running.endpoint());
    (running, client)
}

pub fn workspace_path() -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/local"
    )
}

/// `alertRules[/NAME]?api-version=…`
pub fn rule(name: &str, version: &str) -> String {
    insights("alertRules", name, version)
}

pub fn metadata(name: &str, version: &str) -> String {
    insights("metadata", name, version)
}

pub fn insights(segment: &str, name: &str, version: &str) -> String {
    let path = format!("{}/providers/Microsoft.SecurityInsights/{segment}/{name}", workspace_path());
    format!("{}?api-version={version}", path.trim_end_matches('/'))
}

pub fn saved_search(name: &str) -> String {
    let path = format!("{}/savedSearches/{name}", workspace_path());
    format!("{}?api-version={LOG_ANALYTICS}", path.trim_end_matches('/'))
}

pub fn watchlist(name: &str, version: &str) -> String {
    insights("watchlists", name, version)
}

/// A watchlist with these items.
pub fn assets(content: &str, changes: Value) -> Value {
    let properties = json!({
        "displayName": "High value assets",
        "provider": "Microsoft",
        "source": "assets.csv",
        "sourceType": "Local",
        "itemsSearchKey": "Host",
        "contentType": "text/csv",
        "numberOfLinesToSkip": 0,
        "rawContent": content,
    });
    json!({ "properties": over(properties, changes) })
}

/// A scheduled rule that the service takes, with these properties over it; null removes one.
pub fn scheduled(changes: Value) -> Value {
    let properties = json!({
        "displayName": "Connection to a remote management service",
        "enabled": true,
        "query": "DeviceNetworkEvents\n| where RemoteUrl has 'agents.example.com'",
        "queryFrequency": "PT1H",
        "queryPeriod": "PT1H",
        "severity": "Medium",
        "triggerOperator": "GreaterThan",
        "triggerThreshold": 0,
        "suppressionDuration": "PT5H",
        "suppressionEnabled": false,
        "tactics": ["CommandAndControl"],
        "techniques": ["T1219"],
    });
    json!({ "kind": "Scheduled", "properties": over(properties, changes) })
}

/// An NRT rule that the service takes, with these properties over it.
pub fn nrt(changes: Value) -> Value {
    let properties = json!({
        "displayName": "A service was installed",
        "enabled": true,
        "query": "SecurityEvent\n| where EventID == 7045",
        "severity": "High",
        "suppressionDuration": "PT5H",
        "suppressionEnabled": false,
    });
    json!({ "kind": "NRT", "properties": over(properties, changes) })
}

pub fn hunt(changes: Value) -> Value {
    let properties = json!({
        "category": "Hunting Queries",
        "displayName": "Remote management tools",
        "query": "DeviceNetworkEvents\n| take 10",
        "tags": [
            { "name": "description", "value": "Which tools are in use" },
            { "name": "tactics", "value": "CommandAndControl" },
        ],
    });
    json!({ "properties": over(properties, changes) })
}

pub fn over(mut properties: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            properties.as_object_mut().unwrap().remove(name);
        } else {
            properties[name] = value.clone();
        }
    }
    properties
}

/// `body` with this etag.
pub fn with_etag(mut body: Value, etag: &str) -> Value {
    body["etag"] = etag.into();
    body
}
