//! A record of the traffic, one JSON line an exchange.
//!
//! The form is the one Azure's validators read: `method`, `url` (path and query), `request`, `status`,
//! `response`, `headers`. Headers are taken from a list of harmless ones; request headers are not recorded at
//! all, so no token can be.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

/// The response headers that are worth recording; matched as prefixes.
const RECORDED_HEADERS: [&str; 8] = [
    "content-type",
    "retry-after",
    "location",
    "azure-asyncoperation",
    "etag",
    "x-ms-request-id",
    "x-ms-correlation-request-id",
    "x-ms-ratelimit-",
];

/// One request with its answer.
#[derive(Debug)]
pub struct Exchange<'a> {
    /// The method.
    pub method: &'a str,
    /// Path and query.
    pub url: &'a str,
    /// The body of the request.
    pub request: Option<&'a Value>,
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub response: Option<Value>,
}

/// Where exchanges are recorded. Clones write to the same place.
#[derive(Clone)]
pub struct Recorder(Arc<Mutex<State>>);

struct State {
    out: Box<dyn Write + Send>,
    failure: Option<io::Error>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Recorder {
    /// Records to `out`.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(State { out: Box::new(out), failure: None })))
    }

    /// Writes one line. A failure is kept for [`Recorder::finish`]: it must not stop a deployment halfway.
    pub fn record<'h>(&self, exchange: Exchange<'_>, headers: impl Iterator<Item = (&'h str, String)>) {
        let mut kept = Map::new();
        for (name, value) in headers {
            if RECORDED_HEADERS.iter().any(|prefix| name.starts_with(prefix)) {
                kept.insert(name.to_owned(), Value::from(value));
            }
        }
        let mut line = json!({
            "method": exchange.method,
            "url": exchange.url,
            "request": exchange.request,
            "status": exchange.status,
            "response": exchange.response,
            "headers": kept,
        })
        .to_string();
        line.push('\n');
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failure.is_none()
            && let Err(error) = state.out.write_all(line.as_bytes())
        {
            state.failure = Some(error);
        }
    }

    /// Flushes, and tells the first failure since the last call.
    pub fn finish(&self) -> io::Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.failure.take() {
            Some(error) => Err(error),
            None => state.out.flush(),
        }
    }
}
