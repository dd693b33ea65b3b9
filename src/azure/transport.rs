//! The HTTP client underneath, and what its failures mean.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use super::error::{AzureError, Connection};

/// How picket names itself to the service.
const USER_AGENT: &str = concat!("picket/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// A write runs the rule's query on the service, which may take its time.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(180);

/// Builds the HTTP client: rustls with ring, no redirects, bounded waits.
///
/// `direct` leaves the system's proxy out, for a server on this machine.
pub(super) fn build(direct: bool) -> Result<reqwest::Client, AzureError> {
    // The provider can be set once a process. A caller who set another one before keeps it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never());
    if direct {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| AzureError::Configuration {
        message: format!("cannot set up the HTTP client: {}", chain(&error)),
        help: vec!["check HTTPS_PROXY and the certificates of this machine".to_owned()],
    })
}

/// Turns a failure of the HTTP client into what a person can act on.
pub(super) fn classify(error: &reqwest::Error, host: &str) -> AzureError {
    let text = chain(error);
    let kind = if error.is_timeout() && !error.is_connect() {
        Connection::Timeout
    } else if error.is_connect() {
        connect_failure(error, &text)
    } else {
        Connection::Lost
    };
    AzureError::Connection { kind, host: host.to_owned(), message: text }
}

fn connect_failure(error: &reqwest::Error, text: &str) -> Connection {
    if io_kind(error) == Some(io::ErrorKind::ConnectionRefused) {
        return Connection::Refused;
    }
    let lower = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["dns error", "failed to lookup address"]) {
        Connection::Dns
    } else if says(&["proxy", "tunnel"]) {
        Connection::Proxy
    } else if says(&["certificate", "tls", "handshake", "invalid peer"]) {
        Connection::Tls
    } else {
        Connection::Open
    }
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref::<io::Error>() {
            return Some(found.kind());
        }
        cause = inner.source();
    }
    None
}

/// The causes of an error in one line, without the URL and without repeating a cause that quotes the next.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        match parts.last_mut() {
            Some(last) if text.contains(last.as_str()) => *last = text,
            Some(last) if last.contains(&text) => {}
            _ => parts.push(text),
        }
        cause = inner.source();
    }
    if parts.is_empty() { "the request failed".to_owned() } else { parts.join(": ") }
}
