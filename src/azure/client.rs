//! Requests to Resource Manager that are repeated, paced and recorded.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::Url;
use serde_json::Value;

use super::answer::{Raw, failure, json_body};
use super::cloud::{Cloud, Service};
use super::cluster::Cluster;
use super::credential::{Credential, Identity};
use super::error::{AzureError, Connection};
use super::interrupt::Interrupt;
use super::pace::{Pace, Started};
use super::recorder::{Exchange, Recorder};
use super::retry::{Gate, RetryPolicy, asked_wait};
use super::system::{Process, System};
use super::transport;
use crate::arm::Operation;

/// The most bytes of one answer. A page of rules is some hundred kilobytes.
pub const BODY_LIMIT: usize = 64 * 1024 * 1024;
/// The most items of one list, far beyond what a workspace may hold.
const ITEM_LIMIT: usize = 200_000;

/// The verbs that picket sends. All of them may be repeated: what is posted has an id of the client's choice, under which
/// the service makes no second one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Creates or replaces.
    Put,
    /// Creates under an id in the body.
    Post,
    /// Changes fields.
    Patch,
    /// Deletes.
    Delete,
}

impl Verb {
    /// The verb in the request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn operation(self) -> Operation {
        Operation::of(self.as_str())
    }

    fn method(self) -> reqwest::Method {
        match self {
            Self::Get => reqwest::Method::GET,
            Self::Put => reqwest::Method::PUT,
            Self::Post => reqwest::Method::POST,
            Self::Patch => reqwest::Method::PATCH,
            Self::Delete => reqwest::Method::DELETE,
        }
    }
}

/// One request, below the endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The verb.
    pub verb: Verb,
    /// The path, percent-encoded, from its first slash.
    pub path: &'a str,
    /// The API version; empty where the path says it.
    pub api_version: &'a str,
    /// The body, of a write.
    pub body: Option<&'a Value>,
}

/// An answer that reports success.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The status, 200 to 299.
    pub status: u16,
    /// The body, if there is one.
    pub body: Option<Value>,
}

/// Told of every request that is going to be repeated.
pub trait Observer: Send + Sync {
    /// `retry.wait` is about to be waited for.
    fn retrying(&self, retry: &Retry<'_>);

    /// A request was sent, and answered or not.
    fn called(&self, _call: &Call<'_>) {}
}

/// A request that was sent once.
#[derive(Debug)]
pub struct Call<'a> {
    /// The verb.
    pub method: &'static str,
    /// The path, without host and query.
    pub path: &'a str,
    /// How often it was sent, from 1.
    pub attempt: u32,
    /// What came of it: the status of the answer, or why there is none.
    pub outcome: Result<u16, &'a AzureError>,
}

/// A request that is going to be repeated.
#[derive(Debug)]
pub struct Retry<'a> {
    /// The verb.
    pub method: &'static str,
    /// The path, without host and query.
    pub path: &'a str,
    /// How often it was sent, from 1.
    pub attempt: u32,
    /// How long it waits.
    pub wait: Duration,
    /// Why it failed.
    pub error: &'a AzureError,
}

/// How a [`Client`] behaves.
#[derive(Clone)]
pub struct ClientOptions {
    /// The cloud.
    pub cloud: Cloud,
    /// The service in it.
    pub service: Service,
    /// A server on this machine to ask instead of the cloud.
    pub endpoint: Option<String>,
    /// A cluster of Azure Data Explorer to ask instead of a service of the cloud.
    pub cluster: Option<Cluster>,
    /// How requests are repeated.
    pub retry: RetryPolicy,
    /// How long one attempt may take. A write runs the rule's query on the service, which takes its time.
    pub timeout: Duration,
    /// The most bytes of one answer.
    pub body_limit: usize,
    /// Where the traffic is recorded.
    pub recorder: Option<Recorder>,
    /// Who is told of retries.
    pub observer: Option<Arc<dyn Observer>>,
    /// Ends waits early.
    pub interrupt: Interrupt,
    /// The clock and the environment.
    pub system: Arc<dyn System>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            cloud: Cloud::default(),
            service: Service::default(),
            endpoint: None,
            cluster: None,
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(180),
            body_limit: BODY_LIMIT,
            recorder: None,
            observer: None,
            interrupt: Interrupt::default(),
            system: Arc::new(Process),
        }
    }
}

impl std::fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientOptions")
            .field("cloud", &self.cloud)
            .field("endpoint", &self.endpoint)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// How far the clock of this machine is from that of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockSkew {
    /// This machine is ahead, by this much.
    Ahead(Duration),
    /// It is behind, or right.
    Behind(Duration),
}

/// Speaks to one Resource Manager endpoint as one identity.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    endpoint: Url,
    host: String,
    credential: Credential,
    options: ClientOptions,
    gate: Gate,
    /// What Resource Manager allows; Graph counts otherwise, and tells nothing ahead.
    pace: Option<Pace>,
    /// How the clock of the last answer that told its time compared with ours.
    skew: Mutex<Option<ClockSkew>>,
}

impl Client {
    /// A client of the cloud, or of a server on this machine.
    ///
    /// # Errors
    /// A server that is not on this machine, and a credential that must not be sent there: a token of Entra ID
    /// never goes to a local server, a fixed one never to the cloud.
    pub fn new(credential: Credential, options: ClientOptions) -> Result<Self, AzureError> {
        let of_service = || options.cloud.endpoint_of(options.service);
        let cluster = options.cluster.as_ref().map(Cluster::address);
        let address = options.endpoint.as_deref().or(cluster).unwrap_or_else(of_service);
        let unusable = |what: &str, help: &str| AzureError::Configuration {
            message: format!("the endpoint {address} {what}"),
            help: vec![help.to_owned()],
        };
        let endpoint = Url::parse(address)
            .map_err(|error| unusable(&format!("is no URL: {error}"), "write it as http://127.0.0.1:PORT"))?;
        let local = is_loopback(&endpoint);
        if options.endpoint.is_some() && !local {
            return Err(unusable(
                "is not on this machine",
                "leave the endpoint out and choose a `cloud`: public, usgov or china",
            ));
        }
        if local != credential.is_fixed() {
            return Err(unusable(
                "does not go with this credential",
                "use a fixed token with a local workspace, and a login with the cloud",
            ));
        }
        let host = match endpoint.port() {
            Some(port) => format!("{}:{port}", endpoint.host_str().unwrap_or_default()),
            None => endpoint.host_str().unwrap_or_default().to_owned(),
        };
        let paced = options.service == Service::ResourceManager && options.cluster.is_none();
        let pace = paced.then(|| Pace::new(options.system.now()));
        Ok(Self {
            http: transport::build(local, local && endpoint.scheme() == "http")?,
            endpoint,
            host,
            credential,
            options,
            gate: Gate::default(),
            pace,
            skew: Mutex::default(),
        })
    }

    /// The host that is asked, with its port if it is not the usual one.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The credential that its requests are made with.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Gets a token, as the next request would, and tells whom it stands for and until when it lasts; for ever where it is
    /// a fixed one.
    ///
    /// # Errors
    /// When there is no token to be had.
    pub async fn authenticate(&self) -> Result<(Identity, Option<SystemTime>), AzureError> {
        self.credential.identity(&self.scope(), &*self.options.system).await
    }

    /// The scope a token is asked for.
    fn scope(&self) -> Cow<'static, str> {
        match &self.options.cluster {
            Some(cluster) => cluster.scope().into(),
            None => self.options.cloud.scope_of(self.options.service).into(),
        }
    }

    /// Whether what it sends are queries, which may take long by themselves.
    fn queries(&self) -> bool {
        self.options.service == Service::LogAnalytics || self.options.cluster.is_some()
    }

    /// How the clock of this machine compares with that of the service, once an answer told its time. It is as exact as
    /// the header `Date`, which has full seconds.
    pub fn clock_skew(&self) -> Option<ClockSkew> {
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends waits early when it is raised.
    pub fn interrupt(&self) -> &Interrupt {
        &self.options.interrupt
    }

    /// Sends a request until it has an answer.
    ///
    /// # Errors
    /// Whatever is left when there is nothing more to try.
    pub async fn send(&self, request: Request<'_>) -> Result<Answer, AzureError> {
        let url = self.url(request.path, request.api_version)?;
        self.send_to(request.verb, url, request.body).await
    }

    /// All items of a list, following its pages.
    ///
    /// # Errors
    /// Those of [`Client::send`]; pages that lead to another host, or that repeat.
    pub async fn list(&self, path: &str, api_version: &str) -> Result<Vec<Value>, AzureError> {
        let mut url = self.url(path, api_version)?;
        let mut seen = HashSet::from([url.clone()]);
        let mut items = Vec::new();
        loop {
            let answer = self.send_to(Verb::Get, url, None).await?;
            let bad = |message: &str| AzureError::Decode {
                method: Verb::Get.as_str(),
                path: path.to_owned(),
                message: message.to_owned(),
            };
            let Some(Value::Object(mut page)) = answer.body else {
                return Err(bad("the answer is no JSON object"));
            };
            match page.remove("value") {
                Some(Value::Array(values)) => items.extend(values),
                _ => return Err(bad("the answer has no list `value`")),
            }
            if items.len() > ITEM_LIMIT {
                return Err(bad("the list has more items than any workspace can hold"));
            }
            url = match page.remove("nextLink").or_else(|| page.remove("@odata.nextLink")) {
                None | Some(Value::Null) => return Ok(items),
                Some(Value::String(link)) if link.is_empty() => return Ok(items),
                Some(Value::String(link)) => self.next_page(&link).ok_or_else(|| {
                    AzureError::ForeignPage { host: self.host.clone(), target: origin_of(&link) }
                })?,
                Some(_) => return Err(bad("`nextLink` is no text")),
            };
            if !seen.insert(url.clone()) {
                return Err(AzureError::PagingLoop { path: path.to_owned() });
            }
        }
    }

    /// Waits until what the service does on its own is worth another look.
    ///
    /// # Errors
    /// When the run is interrupted meanwhile.
    pub async fn pause(&self, length: Duration) -> Result<(), AzureError> {
        if self.wait(length).await { Ok(()) } else { Err(AzureError::Interrupted) }
    }

    fn url(&self, path: &str, api_version: &str) -> Result<Url, AzureError> {
        let mut url = self.endpoint.clone();
        url.set_path(path);
        // The URL standard reads `%2E%2E` as a step up, so such a name cannot be addressed at all.
        if url.path() != path {
            return Err(AzureError::Configuration {
                message: format!("the path {path} cannot be requested"),
                help: vec!["give the rule another id".to_owned()],
            });
        }
        if !api_version.is_empty() {
            url.query_pairs_mut().append_pair("api-version", api_version);
        }
        Ok(url)
    }

    /// The URL of a next page, if it is on the same host. `nextLink` may be relative.
    fn next_page(&self, link: &str) -> Option<Url> {
        let url = self.endpoint.join(link).ok()?;
        let same =
            url.origin() == self.endpoint.origin() && url.username().is_empty() && url.password().is_none();
        same.then_some(url)
    }

    async fn send_to(&self, verb: Verb, url: Url, body: Option<&Value>) -> Result<Answer, AzureError> {
        let policy = &self.options.retry;
        let client_request_id = uuid::Uuid::new_v4().to_string();
        let (mut sent, mut failures, mut throttles, mut refused_token) = (0, 0, 0, false);
        let mut last: Option<AzureError> = None;
        loop {
            let Some(started) = self.turn(verb).await else {
                return Err(last.unwrap_or(AzureError::Interrupted));
            };
            let token = self.credential.token(&self.scope(), &*self.options.system).await?;
            let outcome = self.exchange(verb, &url, body, token.secret(), &client_request_id).await;
            self.learn(started, &outcome);
            sent += 1;
            if let Some(observer) = &self.options.observer {
                let outcome = outcome.as_ref().map(|raw| raw.status);
                observer.called(&Call { method: verb.as_str(), path: url.path(), attempt: sent, outcome });
            }
            let (error, wait) = match outcome {
                Ok(raw) if (200..300).contains(&raw.status) => {
                    match json_body(&raw, verb, url.path(), &self.host) {
                        Ok(body) => return Ok(Answer { status: raw.status, body }),
                        Err(error) if self.may_pass(&error) => (error, None),
                        Err(error) => return Err(error),
                    }
                }
                Ok(raw) if raw.status == 429 => {
                    throttles += 1;
                    let asked = asked_wait(|name| raw.header(name), self.options.system.now());
                    let wait =
                        asked.unwrap_or_else(|| policy.backoff(throttles, self.options.system.random()));
                    let error = AzureError::Throttled {
                        host: self.host.clone(),
                        attempts: failures + throttles,
                        retry_after: asked,
                    };
                    if throttles >= policy.throttled_attempts || wait > policy.longest_asked {
                        return Err(error);
                    }
                    self.observe(verb, &url, failures + throttles, wait, &error);
                    self.gate.close(&*self.options.system, wait);
                    last = Some(error);
                    continue;
                }
                Ok(raw) if raw.status == 401 && !refused_token && !self.credential.is_fixed() => {
                    // A token may be revoked before it expires; a fresh one tells whether it was that.
                    refused_token = true;
                    self.credential.forget(&token).await;
                    continue;
                }
                Ok(raw) if (300..400).contains(&raw.status) => {
                    let target = raw.header("location").map_or_else(|| "nowhere".to_owned(), origin_of);
                    return Err(AzureError::Redirect { host: self.host.clone(), target });
                }
                Ok(raw) => {
                    let asked = asked_wait(|name| raw.header(name), self.options.system.now());
                    let error = AzureError::Http(Box::new(failure(&raw, verb, url.path(), token.secret())));
                    // A query that took too long would do so again.
                    let is_slow = raw.status == 504 && self.queries();
                    if is_slow || !matches!(raw.status, 408 | 500 | 502 | 503 | 504) {
                        return Err(error);
                    }
                    (error, asked.filter(|asked| *asked <= policy.longest_asked))
                }
                Err(error) if self.may_pass(&error) => (error, None),
                Err(error) => return Err(error),
            };
            failures += 1;
            if failures >= policy.attempts {
                return Err(error);
            }
            let wait = wait.unwrap_or_else(|| policy.backoff(failures, self.options.system.random()));
            self.observe(verb, &url, failures + throttles, wait, &error);
            if !self.wait(wait).await {
                return Err(error);
            }
            last = Some(error);
        }
    }

    /// Waits until a request may be sent: until no pause holds that the service asked for, and its bucket has room.
    /// Nothing when the run was interrupted meanwhile.
    async fn turn(&self, verb: Verb) -> Option<Option<Started<'_>>> {
        let system = &*self.options.system;
        loop {
            let wait = match (self.gate.remaining(system), &self.pace) {
                (Some(left), _) => left,
                (None, None) => return Some(None),
                (None, Some(pace)) => match pace.start(verb.operation(), system.now()) {
                    Ok(started) => return Some(Some(started)),
                    Err(wait) => wait,
                },
            };
            if !self.wait(wait).await {
                return None;
            }
        }
    }

    /// Takes note of what an answer says of the service's bucket.
    fn learn(&self, started: Option<Started<'_>>, outcome: &Result<Raw, AzureError>) {
        if let (Some(started), Ok(raw)) = (started, outcome) {
            let left = if raw.status == 429 { Some(0) } else { raw.remaining(started.operation()) };
            if let Some(left) = left {
                started.answered(left, self.options.system.now());
            }
        }
    }

    /// Sends a request once and reads the whole answer.
    async fn exchange(
        &self,
        verb: Verb,
        url: &Url,
        body: Option<&Value>,
        token: &str,
        client_request_id: &str,
    ) -> Result<Raw, AzureError> {
        let mut request = self
            .http
            .request(verb.method(), url.clone())
            .timeout(self.options.timeout)
            .bearer_auth(token)
            .header("accept", "application/json")
            .header("x-ms-client-request-id", client_request_id);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let broken = |error: reqwest::Error| transport::classify(&error, &self.host);
        let mut response = request.send().await.map_err(broken)?;
        let mut raw =
            Raw { status: response.status().as_u16(), headers: response.headers().clone(), body: Vec::new() };
        if let Some(skew) = raw.skew(self.options.system.now()) {
            *self.skew.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
        }
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            // The limit counts decompressed bytes, so a small answer cannot unfold without bound.
            if raw.body.len() + chunk.len() > self.options.body_limit {
                return Err(AzureError::TooLarge { host: self.host.clone(), limit: self.options.body_limit });
            }
            raw.body.extend_from_slice(&chunk);
        }
        if let Some(recorder) = &self.options.recorder {
            let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
            let exchange = Exchange {
                method: verb.as_str(),
                url: &target,
                request: body,
                status: raw.status,
                response: raw.recorded_body(token),
            };
            recorder.record(exchange, raw.recorded_headers(token));
        }
        Ok(raw)
    }

    /// Whether a broken exchange is worth another attempt.
    fn may_pass(&self, error: &AzureError) -> bool {
        match error {
            // Nothing listens on this machine: waiting does not start it.
            AzureError::Connection { kind: Connection::Refused, .. } => !is_loopback(&self.endpoint),
            // A query that took too long would do so again.
            AzureError::Connection { kind: Connection::Timeout, .. } => !self.queries(),
            AzureError::Connection { kind, .. } => !matches!(kind, Connection::Tls | Connection::Proxy),
            _ => false,
        }
    }

    /// Waits; false when the run was interrupted meanwhile.
    async fn wait(&self, length: Duration) -> bool {
        if self.options.interrupt.is_raised() {
            return false;
        }
        tokio::select! {
            () = self.options.system.sleep(length) => true,
            () = self.options.interrupt.raised() => false,
        }
    }

    fn observe(&self, verb: Verb, url: &Url, attempt: u32, wait: Duration, error: &AzureError) {
        if let Some(observer) = &self.options.observer {
            observer.retrying(&Retry { method: verb.as_str(), path: url.path(), attempt, wait, error });
        }
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

/// The scheme and host of a link, which is all of it that may be shown: the rest could hold anything.
fn origin_of(link: &str) -> String {
    match Url::parse(link) {
        Ok(url) => url.origin().ascii_serialization(),
        Err(_) => "an unreadable address".to_owned(),
    }
}
