//! What the deployment tests share: a clock that does not wait, a server that answers as it is told, and
//! the resources of a small project.

#![allow(dead_code, unreachable_pub, reason = "each test binary compiles this module and uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails this way")]

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;
use picket::arm::{ResourceKey, ResourceKind, WorkspaceId, metadata};
use picket::azure::{BoxFuture, Client, ClientOptions, Credential, System};
use picket::deploy::ArmWorkspace;
use picket::plan::{Actual, Desired, Plan, PlanOptions, Target, plan};
use picket::text::Span;
use serde_json::{Value, json};

/// The token of every test; it must appear nowhere.
pub const TOKEN: &str = "t0ken-that-must-not-show";

/// A clock that moves only when somebody sleeps, and remembers how long.
#[derive(Default)]
pub struct FakeSystem {
    elapsed: Mutex<Duration>,
    sleeps: Mutex<Vec<Duration>>,
}

impl FakeSystem {
    /// Every wait so far.
    pub fn sleeps(&self) -> Vec<Duration> {
        self.sleeps.lock().unwrap().clone()
    }
}

impl System for FakeSystem {
    fn var(&self, _name: &str) -> Option<String> {
        None
    }

    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + *self.elapsed.lock().unwrap()
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()> {
        self.sleeps.lock().unwrap().push(length);
        *self.elapsed.lock().unwrap() += length;
        Box::pin(tokio::task::yield_now())
    }

    fn random(&self) -> f64 {
        1.0
    }
}

type Answer = dyn Fn(usize, &Parts, &Bytes) -> Response + Send + Sync;

/// A server that answers its nth request (from 0) as `answer` says.
pub struct Server {
    pub addr: SocketAddr,
    state: Arc<ServerState>,
}

struct ServerState {
    answer: Box<Answer>,
    requests: Mutex<Vec<String>>,
}

impl Server {
    pub async fn start(answer: impl Fn(usize, &Parts, &Bytes) -> Response + Send + Sync + 'static) -> Self {
        let state = Arc::new(ServerState { answer: Box::new(answer), requests: Mutex::default() });
        let app = Router::new().fallback(respond).with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, app).into_future());
        Self { addr, state }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Method and target of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }
}

async fn respond(State(state): State<Arc<ServerState>>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let count = {
        let mut requests = state.requests.lock().unwrap();
        requests.push(format!("{} {}", parts.method, parts.uri));
        requests.len() - 1
    };
    (state.answer)(count, &parts, &body)
}

/// A JSON answer.
pub fn answer(status: u16, body: &Value) -> Response {
    with_headers(status, body, &[])
}

/// A JSON answer with more headers.
pub fn with_headers(status: u16, body: &Value, headers: &[(&str, &str)]) -> Response {
    let mut response =
        Response::builder().status(status).header("content-type", "application/json; charset=utf-8");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.to_string().into()).unwrap()
}

/// An error answer in Resource Manager's form.
pub fn refusal(status: u16, code: &str, message: &str) -> Response {
    answer(status, &json!({"error": {"code": code, "message": message}}))
}

/// A client of the server at `endpoint`, whose waits take no time.
pub fn client(endpoint: &str, change: impl FnOnce(&mut ClientOptions)) -> (Client, Arc<FakeSystem>) {
    let system = Arc::new(FakeSystem::default());
    let mut options = ClientOptions {
        endpoint: Some(endpoint.to_owned()),
        system: Arc::clone(&system) as Arc<dyn System>,
        ..ClientOptions::default()
    };
    change(&mut options);
    (Client::new(Credential::fixed(TOKEN), options).unwrap(), system)
}

pub fn workspace_id() -> WorkspaceId {
    WorkspaceId {
        subscription: "d0cfe6b2-9ac0-4464-9919-dccaee2e48c0".to_owned(),
        resource_group: "soc-rg".to_owned(),
        name: "soc-logs".to_owned(),
    }
}

/// The test workspace at `endpoint`.
pub fn workspace(endpoint: &str, change: impl FnOnce(&mut ClientOptions)) -> ArmWorkspace {
    ArmWorkspace::new(workspace_id(), client(endpoint, change).0).unwrap()
}

pub fn target() -> Target {
    Target { workspace: workspace_id(), project: "soc".to_owned(), commit: None, environment: None }
}

/// The key of the nth rule: every third is a hunting query.
pub fn content_key(number: usize) -> ResourceKey {
    let kind = if number % 3 == 2 { ResourceKind::SavedSearch } else { ResourceKind::AlertRule };
    ResourceKey::new(kind, format!("00000000-0000-4000-8000-{number:012}"))
}

/// The two resources of the nth rule: content with the query `query`, and its record.
pub fn rule(number: usize, query: &str) -> [Desired; 2] {
    let key = content_key(number);
    let display_name = format!("Rule {number:04}");
    let body = if key.kind == ResourceKind::SavedSearch {
        json!({"properties": {"category": "Hunting Queries", "displayName": display_name, "query": query,
            "version": 2, "tags": [{"name": "tactics", "value": "Persistence"}]}})
    } else {
        json!({"kind": "Scheduled", "properties": {"displayName": display_name, "enabled": true,
            "severity": "Medium", "query": query, "queryFrequency": "PT1H", "queryPeriod": "PT1H",
            "triggerOperator": "GreaterThan", "triggerThreshold": 0, "suppressionDuration": "PT5H",
            "suppressionEnabled": false, "tactics": ["Persistence"], "techniques": ["T1098"],
            "eventGroupingSettings": {"aggregationKind": "SingleAlert"}}})
    };
    let record = json!({"properties": {"parentId": workspace_id().id_of(&key), "contentId": key.name,
        "kind": metadata::content_kind(key.kind), "version": "1.0.0",
        "source": {"kind": metadata::SOURCE_KIND, "name": metadata::SOURCE_NAME, "sourceId": "soc"}}});
    let desired = |key: ResourceKey, body: Value| Desired {
        api_version: key.kind.api_version(&body).version,
        key,
        display_name: display_name.clone(),
        body,
        origin: Span::default(),
        own: None,
    };
    [desired(metadata::key_for(&key), record), desired(key, body)]
}

/// The resources of the rules `numbers`, all with the query `query`.
pub fn rules(numbers: impl IntoIterator<Item = usize>, query: &str) -> Vec<Desired> {
    numbers.into_iter().flat_map(|number| rule(number, query)).collect()
}

/// A plan that prunes.
pub fn planned(desired: &[Desired], actual: &[Actual]) -> Plan {
    plan(desired, actual, &target(), PlanOptions { prune: true, adopt: false })
}
