//! The beginning of a session.

use std::path::{Path, PathBuf};

use gen_lsp_types::{InitializeResult, PositionEncodingKind, ServerInfo, Uri};
use lsp_server::Message;
use serde_json::{Value, json};

use super::capabilities;
use super::encoding::Encoding;
use super::server::{Client, Server, Stage};
use super::view::{Answer, Refusal};

/// The names of files that projects are made of.
const WATCHED: [&str; 2] = ["**/picket.toml", "**/*.{yaml,yml,kql,csl,kusto,json,csv,tsv}"];

/// Answers `initialize`.
pub(super) fn initialize(server: &mut Server, params: Value) -> Answer<Value> {
    // What picket needs of the capabilities is read by hand: a client that says something odd of others is no reason not to
    // begin.
    let capability = |path: &str| params.pointer(&format!("/capabilities/{path}")).cloned();
    let is = |path: &str| capability(path) == Some(Value::Bool(true));
    let encodings = capability("general/positionEncodings");
    let offered: Vec<PositionEncodingKind> =
        encodings.and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default();
    let pages = params.pointer("/initializationOptions/lintPages").and_then(Value::as_str);
    server.client = Client {
        encoding: Encoding::choose(&offered),
        pulls: capability("textDocument/diagnostic").is_some() && is("workspace/diagnostics/refreshSupport"),
        watches: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
        snippets: is("textDocument/completion/completionItem/snippetSupport"),
        pages: pages.map(|address| address.trim_end_matches('/').to_owned()),
    };
    server.stage = Stage::Running;
    let info = ServerInfo { name: "picket".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    let result = InitializeResult { capabilities: capabilities::of(&server.client), server_info: Some(info) };
    serde_json::to_value(result).map_err(|error| Refusal::failed(error.to_string()))
}

/// What follows `initialized`: the client is asked to watch files.
pub(super) fn initialized(server: &mut Server) -> Vec<Message> {
    if !server.client.watches {
        return Vec::new();
    }
    let watchers: Vec<Value> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
    let registration = json!({
        "id": "picket/watch",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": { "watchers": watchers },
    });
    vec![server.ask("client/registerCapability", json!({ "registrations": [registration] }))]
}

/// The file that a URI names.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    url::Url::parse(&uri.0).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

/// The URI of a file.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    url::Url::from_file_path(path).ok().map(|url| Uri(url.to_string()))
}
