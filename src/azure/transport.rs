//! The HTTP client underneath, and what its failures mean.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use super::error::{AzureError, Connection};

/// How picket names itself to the service.
const USER_AGENT: &str = concat!("picket/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a request may take that sets no limit of its own.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Builds the HTTP client: rustls with ring, no redirects, bounded waits.
///
/// `direct` leaves the system's proxy out, for a server on this machine. For one that speaks no TLS, `plain` leaves out
/// the certificates, which take longer to read than the rest of a client to make.
pub(super) fn build(direct: bool, plain: bool) -> Result<reqwest::Client, AzureError> {
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
    if plain {
        builder = builder.tls_certs_only([]);
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
    let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    if causes(error).any(|cause| cause.downcast_ref().is_some_and(refused)) {
        return Connection::Refused;
    }
    if causes(error).any(|cause| cause.is::<rustls::Error>() || wraps_tls(cause)) {
        return Connection::Tls;
    }
    // Neither the resolver nor the proxy has an error type that can be named.
    let lower = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["dns error", "failed to lookup address"]) {
        Connection::Dns
    } else if says(&["proxy", "tunnel"]) {
        Connection::Proxy
    } else {
        Connection::Open
    }
}

/// An I/O error does not name the error inside it as its source, and there may be one in another.
fn wraps_tls(cause: &(dyn std::error::Error + 'static)) -> bool {
    let Some(inner) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) else { return false };
    inner.is::<rustls::Error>() || wraps_tls(inner)
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// The causes of an error in one line, without the URL, without what is said anyway, and without
/// repeating a cause that quotes the next.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let noise = |text: &String| text.starts_with("client error (");
    for text in causes(error).map(ToString::to_string).filter(|text| !noise(text)) {
        match parts.last_mut() {
            Some(last) if text.contains(last.as_str()) => *last = text,
            Some(last) if last.contains(&text) => {}
            _ => parts.push(text),
        }
    }
    if parts.is_empty() { "the request failed".to_owned() } else { parts.join(": ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    async fn kind_of(client: &reqwest::Client, url: &str) -> Connection {
        let error = client.get(url).send().await.unwrap_err();
        match classify(&error, "host") {
            AzureError::Connection { kind, message, .. } => {
                assert!(!message.is_empty() && !message.contains(url), "{message}");
                kind
            }
            other => panic!("{other:?}"),
        }
    }

    /// A server that answers the first bytes it gets with `answer` and hangs up.
    fn server(answer: &'static str) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        addr
    }

    #[tokio::test]
    async fn failures_to_connect_are_told_apart() {
        let direct = build(true, false).unwrap();
        assert_eq!(kind_of(&direct, "http://no-such-host.invalid/").await, Connection::Dns);
        let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(kind_of(&direct, &format!("http://{unused}/")).await, Connection::Refused);
        let plain = server("HTTP/1.1 400 Bad Request\r\n\r\n");
        assert_eq!(kind_of(&direct, &format!("https://{plain}/")).await, Connection::Tls);
        assert_eq!(kind_of(&direct, &format!("http://{}/", server("")).to_string()).await, Connection::Lost);

        let proxy = server("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
        let proxied = reqwest::Client::builder()
            .proxy(reqwest::Proxy::all(format!("http://user:secret@{proxy}")).unwrap())
            .build()
            .unwrap();
        assert_eq!(kind_of(&proxied, "https://no-such-host.invalid/").await, Connection::Proxy);
    }
}
