//! A cloud on this machine: a proxy that ends TLS with certificates of an authority of its own, gives out tokens as Entra
//! ID does and answers as Resource Manager with an emulator.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use picket::emulator::{EmulatorOptions, Running, Store, Tokens};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub const LOGIN: &str = "login.microsoftonline.com";
pub const MANAGEMENT: &str = "management.azure.com";
/// The query API of Log Analytics, and for whom its tokens are.
pub const LOGS: &str = "api.loganalytics.azure.com";
pub const LOGS_AUDIENCE: &str = "api.loganalytics.io";

/// How the cloud answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Kind,
    /// Resource Manager refuses, and its answer holds the request's token.
    Echoing,
    /// The same in an answer that is a page of a gateway.
    Failing,
    /// Resource Manager redirects to another host.
    SendingAway,
}

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub host: String,
    /// Request line, headers and body.
    pub text: String,
}

#[derive(Debug)]
struct Shared {
    mood: Mood,
    upstream: String,
    http: reqwest::Client,
    seen: Mutex<Vec<Seen>>,
    /// Each token, and what was said of whom it is for when it was asked for.
    tokens: Mutex<Vec<(String, String)>>,
    /// The same, as the emulator knows them.
    taken: Tokens,
}

/// The cloud, until it is dropped.
pub struct Cloud {
    shared: Arc<Shared>,
    proxy: SocketAddr,
    identity: SocketAddr,
    folder: TempDir,
    _emulator: Running,
    _runtime: Runtime,
}

impl Cloud {
    /// Starts it; says so and answers none where `openssl` is absent, which makes the certificates.
    pub fn start(mood: Mood) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        if !certificates(folder.path()) {
            println!("skipped: openssl is absent");
            return None;
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = Runtime::new().unwrap();
        let tls = acceptor(folder.path());
        let (emulator, shared, proxy, identity) = runtime.block_on(async {
            let taken = Tokens::default();
            let options =
                EmulatorOptions { tokens: Some(taken.clone()), ..EmulatorOptions::new(Store::Memory) };
            let emulator = picket::emulator::start(options).await.unwrap();
            let shared = Arc::new(Shared {
                mood,
                upstream: emulator.endpoint(),
                http: reqwest::Client::builder().no_proxy().build().unwrap(),
                seen: Mutex::default(),
                tokens: Mutex::default(),
                taken,
            });
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let proxy = listener.local_addr().unwrap();
            let (sender, streams) = channel(16);
            tokio::spawn(accept(listener, tls, sender));
            let app = Router::new().fallback(respond).with_state(Arc::clone(&shared));
            tokio::spawn(axum::serve(Tunnels(streams), app).into_future());
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let identity = listener.local_addr().unwrap();
            let app = Router::new().fallback(machine_token).with_state(Arc::clone(&shared));
            tokio::spawn(axum::serve(listener, app).into_future());
            (emulator, shared, proxy, identity)
        });
        Some(Self { shared, proxy, identity, folder, _emulator: emulator, _runtime: runtime })
    }

    /// The address of the proxy.
    pub fn proxy(&self) -> String {
        format!("http://{}", self.proxy)
    }

    /// The address of the machine's identity.
    pub fn identity_endpoint(&self) -> String {
        format!("http://{}/token", self.identity)
    }

    /// The certificate of the authority that vouches for the cloud.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// What arrived at the hosts of the cloud.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The tokens that were given out.
    pub fn tokens(&self) -> Vec<String> {
        self.shared.tokens.lock().unwrap().iter().map(|(token, _)| token.clone()).collect()
    }

    /// Each token, and what was said when it was asked for.
    pub fn tokens_asked(&self) -> Vec<(String, String)> {
        self.shared.tokens.lock().unwrap().clone()
    }
}

/// Makes an authority and a certificate of it for the hosts; false where `openssl` cannot be run.
fn certificates(folder: &Path) -> bool {
    let names = format!(
        "subjectAltName=DNS:{LOGIN},DNS:{MANAGEMENT},DNS:{LOGS},DNS:elsewhere.example\nbasicConstraints=CA:FALSE\n"
    );
    std::fs::write(folder.join("names"), names).unwrap();
    let steps = [
        "req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.pem -days 2 -subj /CN=authority",
        "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=cloud",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out server.pem -days 2 \
         -extfile names",
    ];
    for step in steps {
        match Command::new("openssl").args(step.split_whitespace()).current_dir(folder).output() {
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
            Err(_) => return false,
        }
    }
    true
}

fn acceptor(folder: &Path) -> TlsAcceptor {
    let chain = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let config =
        rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![chain], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Takes CONNECT requests, and hands on what is said inside.
async fn accept(
    listener: TcpListener,
    tls: TlsAcceptor,
    tunnels: Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    loop {
        let (mut stream, from) = listener.accept().await.unwrap();
        let (tls, tunnels) = (tls.clone(), tunnels.clone());
        tokio::spawn(async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await?);
            }
            assert!(head.starts_with(b"CONNECT "), "{}", String::from_utf8_lossy(&head));
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            // A client that does not trust the certificate ends the handshake.
            let stream = tls.accept(stream).await?;
            let _ = tunnels.send((stream, from)).await;
            io::Result::Ok(())
        });
    }
}

/// The tunnels as connections to serve.
struct Tunnels(Receiver<(TlsStream<TcpStream>, SocketAddr)>);

impl axum::serve::Listener for Tunnels {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.0.recv().await {
            Some(tunnel) => tunnel,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(SocketAddr::from(([127, 0, 0, 1], 443)))
    }
}

async fn respond(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let host = parts.headers["host"].to_str().unwrap().to_owned();
    let text =
        format!("{} {} {:?}\n{}", parts.method, parts.uri, parts.headers, String::from_utf8_lossy(&body));
    shared.seen.lock().unwrap().push(Seen { host: host.clone(), text });
    if host == LOGIN {
        return token(&shared, &String::from_utf8_lossy(&body));
    }
    let bearer = parts.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let bearer = bearer.unwrap_or_default();
    if host != MANAGEMENT && host != LOGS {
        return json_answer(404, &json!({"error": {"code": "NotFound", "message": "No."}}));
    }
    match shared.mood {
        Mood::Kind => {}
        Mood::Echoing => {
            let message = format!("Refused, for the request said {bearer}.");
            let mut answer = json_answer(400, &json!({"error": {"code": "BadRequest", "message": message}}));
            let location = format!("https://{MANAGEMENT}/back?{}", bearer.replace(' ', "+"));
            answer.headers_mut().insert("location", location.parse().unwrap());
            return answer;
        }
        Mood::Failing => {
            let page = format!("<html><pre>authorization: {bearer}</pre></html>");
            return Response::builder()
                .status(403)
                .header("content-type", "text/html")
                .body(page.into())
                .unwrap();
        }
        Mood::SendingAway => {
            let location = format!("https://elsewhere.example/{}", bearer.replace(' ', "/"));
            return Response::builder().status(308).header("location", location).body(Body::empty()).unwrap();
        }
    }
    let mut forwarded =
        shared.http.request(parts.method, format!("{}{}", shared.upstream, parts.uri)).body(body);
    for name in ["authorization", "content-type"] {
        if let Some(value) = parts.headers.get(name) {
            forwarded = forwarded.header(name, value);
        }
    }
    let answer = forwarded.send().await.unwrap();
    let mut back = Response::builder().status(answer.status());
    if let Some(kind) = answer.headers().get("content-type") {
        back = back.header("content-type", kind);
    }
    let text = answer.text().await.unwrap().replace(&shared.upstream, &format!("https://{MANAGEMENT}"));
    back.body(text.into()).unwrap()
}

/// A new token, as Entra ID gives it.
fn token(shared: &Shared, asked: &str) -> Response {
    let token = fresh(shared, asked);
    json_answer(
        200,
        &json!({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token}),
    )
}

/// A new token, as the identity of a machine gives it.
async fn machine_token(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    assert_eq!(request.headers()["x-identity-header"], super::HEADER);
    let token = fresh(&shared, &request.uri().to_string());
    let answer = json!({"access_token": token, "expires_on": "4102444800", "token_type": "Bearer",
        "resource": format!("https://{MANAGEMENT}")});
    json_answer(200, &answer)
}

fn fresh(shared: &Shared, asked: &str) -> String {
    let mut tokens = shared.tokens.lock().unwrap();
    let token = format!("eyJ0.t0ken-number-{}-that-must-not-show.sig", tokens.len());
    shared.taken.add(token.clone());
    tokens.push((token.clone(), asked.to_owned()));
    token
}

fn json_answer(status: u16, body: &serde_json::Value) -> Response {
    let answer = Response::builder().status(status).header("content-type", "application/json");
    answer.body(body.to_string().into()).unwrap()
}
