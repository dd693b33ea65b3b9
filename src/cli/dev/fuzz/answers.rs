//! Damaged answers of Azure, as bytes on a connection: each becomes a value or an error in time, and what is read of it can be
//! planned with.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::Tried;
use super::damage::Damage;
use crate::azure::{AzureError, Client, ClientOptions, Credential, LogSpan, Service};
use crate::cli::CliError;
use crate::cli::dev::faults::{project, world::Virtual};
use crate::deploy::{self, ApplyOptions, ArmWorkspace, Silent};
use crate::exec::chance::Chance;
use crate::plan::{self, Desired, PlanOptions};

/// How many things the project has: one of each of the first kinds.
const THINGS: usize = 6;
/// How long the client waits for what does not come.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Answers of a server on this machine.
pub(super) struct Answers {
    damage: Damage,
    desired: Vec<Desired>,
}

impl Answers {
    /// Answers as the service gives them: lists, single resources, errors, rows.
    pub(super) fn new() -> Result<Self, CliError> {
        let target = project::target("ours");
        let wanted = (0..THINGS).map(|number| (number, 1)).collect();
        let desired = project::desired(&wanted, &target)?;
        let resources: Vec<Value> = desired
            .iter()
            .map(|it| {
                let mut body = it.body.clone();
                let path = target.workspace.resource_path(&it.key);
                for (key, value) in [("id", path.as_str()), ("name", &it.key.name), ("etag", "\"1\"")] {
                    body[key] = value.into();
                }
                body
            })
            .collect();
        let refused = |code: &str, message: &str| {
            json!({ "error": { "code": code, "message": message, "details": [
            { "code": code, "message": message }], "innererror": { "code": 1 } } })
        };
        let rows = json!({ "tables": [{ "name": "PrimaryResult", "columns": [{ "name": "Count", "type": "long" }],
            "rows": [[1], [null], ["x"]] }], "error": { "code": "PartialError", "message": "m" } });
        let mut bodies = vec![
            ("200 OK", json!({ "value": resources.clone() })),
            ("200 OK", json!({ "value": resources, "nextLink": "http://127.0.0.1:1/next?$skipToken=1" })),
            (
                "400 Bad Request",
                refused(
                    "BadRequest",
                    "Failed to run the query: 'where' operator: Failed to resolve column 'X' (line 1:9)",
                ),
            ),
            ("409 Conflict", refused("Conflict", "Newer instance exists for rule (Etag does not match)")),
            ("404 Not Found", refused("ResourceNotFound", "gone")),
            ("200 OK", rows),
        ];
        bodies.extend(resources.into_iter().map(|body| ("201 Created", body)));
        let mut texts: Vec<String> = bodies
            .iter()
            .map(|(status, body)| {
                let body = body.to_string();
                let length = body.len();
                format!(
                    "HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {length}\r\n\
                     ETag: \"1\"\r\nDate: Mon, 30 Nov 2026 12:00:00 GMT\r\n\r\n{body}"
                )
            })
            .collect();
        texts
            .push("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n".to_owned());
        texts.push(
            "HTTP/1.1 302 Found\r\nLocation: https://example.com/\r\nContent-Length: 0\r\n\r\n".to_owned(),
        );
        texts.push(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"value\":[]}\r\n0\r\n\r\n"
                .to_owned(),
        );
        Ok(Self { damage: Damage::of_texts(texts), desired })
    }
}

impl Tried for Answers {
    fn longest(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn damage(&self) -> &Damage {
        &self.damage
    }

    fn feed(&self, text: &str) -> Result<(), String> {
        thread_local! {
            static PEER: std::cell::OnceCell<Result<Peer, String>> = const { std::cell::OnceCell::new() };
        }
        PEER.with(|peer| {
            let peer = peer.get_or_init(|| Peer::new().map_err(|error| error.to_string()));
            peer.as_ref().map_err(Clone::clone)?.answer(text, &self.desired)
        })
    }
}

/// A server that gives one answer to whatever it is asked, and the runtime of its client.
struct Peer {
    endpoint: String,
    answer: Arc<Mutex<Vec<u8>>>,
    runtime: Runtime,
}

impl Peer {
    fn new() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let answer: Arc<Mutex<Vec<u8>>> = Arc::default();
        let told = Arc::clone(&answer);
        // It ends with the process.
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let bytes = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // The client may have gone away, which is its right.
                let _ = give(connection, &bytes);
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { endpoint, answer, runtime })
    }

    fn client(&self, service: Service) -> Result<Client, AzureError> {
        let options = ClientOptions {
            service,
            endpoint: Some(self.endpoint.clone()),
            timeout: TIMEOUT,
            system: Arc::new(Virtual::new(Chance::new(1))),
            ..ClientOptions::default()
        };
        Client::new(Credential::fixed("local"), options)
    }

    fn answer(&self, text: &str, desired: &[Desired]) -> Result<(), String> {
        text.as_bytes().clone_into(&mut self.answer.lock().unwrap_or_else(PoisonError::into_inner));
        let target = project::target("ours");
        let connected = || {
            let workspace =
                ArmWorkspace::new(target.workspace.clone(), self.client(Service::ResourceManager)?)?;
            let workspace = workspace.with_defender(self.client(Service::Graph)?);
            Ok((workspace, self.client(Service::LogAnalytics)?))
        };
        let (workspace, logs) = connected().map_err(|error: AzureError| error.to_string())?;
        let actual = self.runtime.block_on(async {
            // An error is an answer, too; that it can be said is all that is asked of it.
            let said = |error: AzureError| error.to_string();
            let _ = logs.query("id", "T", &LogSpan::All).await.map_err(said);
            let _ = workspace.tables().await.map_err(said);
            let _ = workspace.watchlist_items("a").await.map_err(said);
            deploy::read(&workspace).await.map_err(said).unwrap_or_default()
        });
        let plan = plan::plan(desired, &actual, &target, PlanOptions { prune: true, adopt: true });
        if plan != plan::plan(desired, &actual, &target, PlanOptions { prune: true, adopt: true }) {
            return Err("two plans of the same differ".to_owned());
        }
        let drift = plan::drift(desired, &actual, &target, &|_| true);
        plan::status(desired, &actual, &drift, &|_| true);
        plan::pull(desired, &actual, BTreeMap::new(), &target, true, &|_| true);
        let outcome =
            self.runtime.block_on(deploy::apply(&workspace, &plan, &ApplyOptions::default(), &Silent));
        for failure in &outcome.failed {
            if failure.error.message.is_empty() {
                return Err("a change failed without a word".to_owned());
            }
        }
        Ok(())
    }
}

/// Reads a request and gives the answer to it.
fn give(mut connection: TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    connection.set_read_timeout(Some(TIMEOUT))?;
    let mut asked = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = connection.read(&mut buffer)?;
        asked.extend_from_slice(&buffer[..read]);
        let head = asked.windows(4).position(|window| window == b"\r\n\r\n");
        let length = head.map(|end| end + 4 + body_length(&asked[..end]));
        if read == 0 || length.is_some_and(|length| asked.len() >= length) {
            break;
        }
    }
    connection.write_all(bytes)?;
    connection.shutdown(Shutdown::Write)
}

fn body_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let line = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    line.and_then(|length| length.trim().parse().ok()).unwrap_or(0)
}
