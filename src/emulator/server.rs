//! The HTTP server: what every request passes before it reaches a resource.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::address::Address;
use super::clock::{http_date, timestamp};
use super::cluster;
use super::connection::{Cut, Cuttable};
use super::encoding::Query;
use super::fault::FaultPlan;
use super::graph::{self, GraphCall};
use super::logs::{self, LogCall};
use super::rate::{RateLimiter, Taken};
use super::reply::{Refusal, Reply};
use super::resource::{self, Call};
use super::scope::{self, Scope};
use super::spoil;
use super::store::Resources;
use super::withheld::Absent;
use super::{EmulatorError, EmulatorOptions, FaultKind, Served, Store, Tokens};
use crate::arm::Operation;

/// The largest body that Resource Manager takes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// A local workspace that is being served.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
    plan: Arc<FaultPlan>,
    under_way: Arc<AtomicUsize>,
}

impl Running {
    /// `http://127.0.0.1:PORT`
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Lets no more requests fail to order, or lets them fail again.
    pub fn set_calm(&self, calm: bool) {
        self.plan.set_calm(calm);
    }

    /// How often each kind of failure was made so far.
    pub fn faults(&self) -> BTreeMap<FaultKind, u64> {
        self.plan.happened()
    }

    /// How many requests are being worked on, those of clients that are gone included.
    pub fn under_way(&self) -> usize {
        self.under_way.load(Ordering::SeqCst)
    }

    /// Stops taking connections, finishes the requests under way and closes the store.
    ///
    /// # Errors
    /// When the server had ended by itself.
    pub async fn shutdown(self) -> Result<(), EmulatorError> {
        // The receiver is gone when the server has ended already; its outcome says why.
        let _ = self.stop.send(());
        match self.server.await {
            Ok(outcome) => outcome.map_err(EmulatorError::Stopped),
            Err(error) => Err(EmulatorError::Stopped(std::io::Error::other(error))),
        }
    }
}

/// What the requests of one server share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) options: EmulatorOptions,
    pub(super) resources: Resources,
    address: SocketAddr,
    limiter: RateLimiter,
    plan: Arc<FaultPlan>,
    under_way: Arc<AtomicUsize>,
}

/// Counts a request for as long as it is worked on.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Opens the store, listens and serves until [`Running::shutdown`].
///
/// # Errors
/// When the address is not of loopback or taken, or the store cannot be opened.
pub async fn start(options: EmulatorOptions) -> Result<Running, EmulatorError> {
    if !options.listen.ip().is_loopback() {
        return Err(EmulatorError::NotLoopback(options.listen));
    }
    let resources = match &options.store {
        Store::Memory => Resources::in_memory()?,
        Store::File(path) => open(path.clone()).await?,
    };
    let listening = |source| EmulatorError::Listen { address: options.listen, source };
    let listener = TcpListener::bind(options.listen).await.map_err(listening)?;
    let addr = listener.local_addr().map_err(listening)?;
    let plan = Arc::new(FaultPlan::default());
    let under_way = Arc::new(AtomicUsize::new(0));
    let shared = Arc::new(Shared {
        options,
        resources,
        address: addr,
        limiter: RateLimiter::default(),
        plan: Arc::clone(&plan),
        under_way: Arc::clone(&under_way),
    });
    let service =
        Router::new().fallback(serve).with_state(shared).into_make_service_with_connect_info::<Cut>();
    let (stop, stopped) = oneshot::channel();
    let server = axum::serve(Cuttable(listener), service).with_graceful_shutdown(async {
        // A dropped sender is no reason to stop: whoever started the server may not care for the handle.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    Ok(Running { addr, stop, server: tokio::spawn(server.into_future()), plan, under_way })
}

/// Opens a store apart from the runtime: it checks the whole file, and damage that the check did not
/// foresee may end its thread.
async fn open(path: PathBuf) -> Result<Resources, EmulatorError> {
    let file = path.clone();
    match tokio::task::spawn_blocking(move || Resources::open(&file)).await {
        Ok(opened) => opened,
        Err(ended) => Err(EmulatorError::Corrupt { path, reason: ended.to_string() }),
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let counted = UnderWay::new(&shared.under_way);
    let (parts, body) = request.into_parts();
    let faults = shared.options.faults;
    let mishap = shared.plan.next(&faults, &parts.method, &parts.uri);
    if !faults.delay.is_zero() {
        tokio::time::sleep(faults.delay).await;
    }
    if mishap == Some(FaultKind::Drop) {
        cut.now();
        return Response::new(Body::empty());
    }
    let ids = RequestIds::new(&parts.headers, &shared);
    let reply = match to_bytes(body, MAX_BODY).await {
        Ok(body) => {
            let shared = Arc::clone(&shared);
            let work = move || {
                let request = Received { parts: &parts, body: &body, ids: &ids };
                let reply = respond(&shared, &request, mishap);
                tell(&shared, &request, &reply);
                drop(counted);
                (reply, ids)
            };
            tokio::task::spawn_blocking(work).await.ok()
        }
        Err(_) => Some((too_large().into_reply(), ids)),
    };
    let Some((reply, ids)) = reply else {
        // The handler panicked. The client learns what it would of a server that does: nothing.
        cut.now();
        return Response::new(Body::empty());
    };
    let text = reply.body.as_ref().map(ToString::to_string);
    let head = head_of(&reply, &ids);
    spoil::response(head, text.unwrap_or_default(), mishap, faults.pause, &cut)
}

/// A request with its body.
struct Received<'a> {
    parts: &'a axum::http::request::Parts,
    body: &'a Bytes,
    ids: &'a RequestIds,
}

/// Tells whoever wants to know what was asked and answered.
fn tell(shared: &Shared, request: &Received<'_>, reply: &Reply) {
    let Some(traffic) = shared.options.traffic.as_deref() else { return };
    if logs::serves(request.parts.uri.path()) || request.parts.uri.path() == cluster::PATH {
        return;
    }
    let head = headers_of(reply, request.ids);
    let headers = head.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    traffic.served(Served {
        method: request.parts.method.as_str(),
        url: request.parts.uri.path_and_query().map_or("/", |url| url.as_str()),
        request: serde_json::from_slice(request.body).ok(),
        status: reply.status.as_u16(),
        response: reply.body.clone(),
        headers: headers.collect(),
    });
}

fn respond(shared: &Shared, request: &Received<'_>, mishap: Option<FaultKind>) -> Reply {
    let instead = mishap.and_then(|kind| spoil::refusal(kind, &request.ids.request));
    match instead {
        Some(refusal) => refusal.into_reply(),
        None if mishap == Some(FaultKind::Throttle) => {
            throttled(shared.options.faults.retry_after).into_reply()
        }
        None => {
            let reply = answer(shared, request).unwrap_or_else(Refusal::into_reply);
            if mishap == Some(FaultKind::Late) { spoil::late().into_reply() } else { reply }
        }
    }
}

fn answer(shared: &Shared, request: &Received<'_>) -> Result<Reply, Refusal> {
    let (parts, headers) = (request.parts, &request.parts.headers);
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if !host.is_none_or(is_loopback) {
        return Err(Refusal::bad(
            "InvalidHostHeader",
            "The local workspace is called by loopback names only.",
        ));
    }
    authenticate(headers, shared.options.tokens.as_ref())?;
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let now = shared.options.clock.millis();
    let origin = format!("http://{}", host.map_or_else(|| shared.address.to_string(), str::to_owned));
    if graph::serves(parts.uri.path()) {
        let (method, path, body) = (&parts.method, parts.uri.path(), request.body);
        let call = GraphCall { shared, method, path, query: &query, body, origin, now };
        return graph::handle(&call);
    }
    if logs::serves(parts.uri.path()) {
        let (method, path, body) = (&parts.method, parts.uri.path(), request.body);
        return logs::handle(&LogCall { shared, method, path, body, now });
    }
    if parts.uri.path() == cluster::PATH {
        return cluster::handle(shared, &parts.method, request.body, now);
    }
    let api_version = api_version(&query)?;
    if let Some(scope) = Scope::parse(parts.uri.path()) {
        return scope.handle(&parts.method, api_version, &shared.options.withheld);
    }
    let address = Address::parse(parts.uri.path(), api_version)?;
    if !address.kind.api_versions().contains(&api_version) {
        return Err(Refusal::unknown_version(address.kind, api_version));
    }
    if !is_workspace_name(&address.workspace.name) {
        return Err(Refusal::no_workspace(&address.workspace));
    }
    let withheld = &shared.options.withheld;
    scope::workspace_exists(withheld, &address.workspace)?;
    let action = address.kind.action(parts.method.as_str());
    if !withheld.allows(&action) {
        return Err(Refusal::forbidden(&action, &address.workspace.id()));
    }
    if address.kind.needs_sentinel() && !withheld.has(Absent::Sentinel) {
        let message =
            format!("Workspace '{}' is not onboarded to Microsoft Sentinel.", address.workspace.name);
        return Err(Refusal::bad_request(message));
    }
    let operation = Operation::of(parts.method.as_str());
    let taken = if shared.options.enforce_rate {
        shared.limiter.take(&address.workspace.subscription, operation, now)
    } else {
        Taken::of_plenty(operation)
    };
    if !taken.granted {
        return Err(throttled(1));
    }
    let call = Call {
        shared,
        address: &address,
        api_version,
        query: &query,
        body: request.body,
        content_type: headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()),
        origin,
        now,
    };
    let remaining = taken.remaining.to_string();
    match resource::handle(&parts.method, &call) {
        Ok(reply) => Ok(reply.header(operation.header(), remaining)),
        Err(refusal) => Err(refusal.header(operation.header(), remaining)),
    }
}

/// Whether `host` (name or address, and port) means this machine. Any other name that leads here belongs to
/// a page in a browser that pretends to be of our origin.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn authenticate(headers: &HeaderMap, taken: Option<&Tokens>) -> Result<(), Refusal> {
    let refuse = |code, message| {
        Refusal::new(StatusCode::UNAUTHORIZED, code, message).header(
            "www-authenticate",
            "Bearer authorization_uri=\"https://login.microsoftonline.com/common\", \
             error=\"invalid_token\", error_description=\"The authentication failed.\"",
        )
    };
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        let message = "Authentication failed. The 'Authorization' header is missing.";
        return Err(refuse("AuthenticationFailed", message));
    };
    let token = value.to_str().ok().and_then(|text| text.split_once(' '));
    match token {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => {
            if taken.is_none_or(|taken| taken.holds(token.trim())) {
                return Ok(());
            }
            Err(refuse("InvalidAuthenticationToken", "The access token is invalid."))
        }
        _ => {
            let message =
                "Authentication failed. The 'Authorization' header is provided in an invalid format.";
            Err(refuse("AuthenticationFailedInvalidHeader", message))
        }
    }
}

/// The version asked for, if it has the form of one; whether the resource type knows it is asked later.
fn api_version(query: &Query) -> Result<&str, Refusal> {
    let version = query.get("api-version").filter(|version| !version.is_empty()).ok_or_else(|| {
        Refusal::bad(
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    })?;
    let date = version.strip_suffix("-preview").unwrap_or(version);
    let shaped = date.len() == 10
        && date.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if shaped {
        return Ok(version);
    }
    Err(Refusal::bad("InvalidApiVersionParameter", format!("The api-version '{version}' is invalid.")))
}

fn is_workspace_name(name: &str) -> bool {
    let inner = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    inner && (3..=90).contains(&name.len()) && !name.starts_with('-') && !name.ends_with('-')
}

fn throttled(seconds: u64) -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "SubscriptionRequestsThrottled",
        format!(
            "The request is being throttled as the limit has been reached. Retry after {seconds} seconds."
        ),
    )
    .header("retry-after", seconds.to_string())
}

fn too_large() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "RequestEntityTooLarge",
        format!("The request content size exceeds the maximum size of {MAX_BODY} bytes."),
    )
}

/// What tells one request from another in a log.
#[derive(Debug)]
struct RequestIds {
    request: String,
    correlation: String,
    routing: String,
    date: String,
    client: Option<HeaderValue>,
}

impl RequestIds {
    fn new(headers: &HeaderMap, shared: &Shared) -> Self {
        let request = Uuid::new_v4().to_string();
        let given = headers.get("x-ms-correlation-request-id").and_then(|value| value.to_str().ok());
        let correlation = given
            .and_then(|id| Uuid::try_parse(id).ok())
            .map_or_else(|| request.clone(), |id| id.to_string());
        let wants_echo = headers
            .get("x-ms-return-client-request-id")
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
        let client = headers.get("x-ms-client-request-id").filter(|_| wants_echo).cloned();
        let now = shared.options.clock.millis();
        let time = timestamp(now);
        let compact: String = time.chars().take(19).filter(|c| *c != '-' && *c != ':').collect();
        let routing = format!("LOCAL:{compact}Z:{request}");
        Self { request, correlation, routing, date: http_date(now), client }
    }
}

/// An answer without its body.
fn head_of(reply: &Reply, ids: &RequestIds) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = reply.status;
    *response.headers_mut() = headers_of(reply, ids);
    response
}

/// The headers of an answer.
fn headers_of(reply: &Reply, ids: &RequestIds) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if reply.body.is_some() {
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, json);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(client) = &ids.client {
        headers.insert("x-ms-client-request-id", client.clone());
    }
    let known = [
        ("x-ms-request-id", &ids.request),
        ("x-ms-correlation-request-id", &ids.correlation),
        ("x-ms-routing-request-id", &ids.routing),
        ("date", &ids.date),
    ];
    let own = reply.headers.iter().map(|(name, value)| (*name, value));
    for (name, value) in known.into_iter().chain(own) {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}
