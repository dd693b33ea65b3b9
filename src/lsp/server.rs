//! The state of the server: from one message to the messages that answer it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileChangeType, Uri, WorkspaceSymbol,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::diagnostics::Surveyed;
use super::document::Document;
use super::encoding::Encoding;
use super::host::{Host, OpenFiles, Project};
use super::view::View;
use super::{diagnostics, dispatch, lifecycle, symbols};

/// What the client can do.
#[derive(Debug, Clone, Default)]
pub(super) struct Client {
    /// How it counts characters.
    pub(super) encoding: Encoding,
    /// Whether it asks for findings itself; then those of open documents are not sent.
    pub(super) pulls: bool,
    /// Whether it can be asked to watch files.
    pub(super) watches: bool,
    /// Whether it understands snippets in completions.
    pub(super) snippets: bool,
    /// The web address of the pages about codes, where the client names one.
    pub(super) pages: Option<String>,
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// `initialize` is still to come.
    New,
    /// Requests are answered.
    Running,
    /// `shutdown` has come.
    ShutDown,
    /// `exit` has come; with whether `shutdown` came before.
    Exited(bool),
}

/// The server.
#[derive(Debug)]
pub struct Server {
    pub(super) stage: Stage,
    pub(super) client: Client,
    /// Messages to be handled.
    queue: VecDeque<Message>,
    documents: BTreeMap<String, Document>,
    projects: BTreeMap<PathBuf, Rc<Project>>,
    /// Documents whose findings are to be sent.
    pub(super) changed: BTreeSet<String>,
    /// Projects that are to be surveyed.
    stale: BTreeSet<PathBuf>,
    /// What the last survey of each project found, by file.
    surveyed: BTreeMap<PathBuf, BTreeMap<PathBuf, Vec<Surveyed>>>,
    /// The rules of each project, as the last survey read them.
    symbols: BTreeMap<PathBuf, Vec<WorkspaceSymbol>>,
    /// The number of the last request to the client.
    asked: u32,
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// A server that waits for `initialize`.
    pub fn new() -> Self {
        Self {
            stage: Stage::New,
            client: Client::default(),
            queue: VecDeque::new(),
            documents: BTreeMap::new(),
            projects: BTreeMap::new(),
            changed: BTreeSet::new(),
            stale: BTreeSet::new(),
            surveyed: BTreeMap::new(),
            symbols: BTreeMap::new(),
            asked: 0,
        }
    }

    /// Takes a message in. A request that waits and is cancelled is answered here, and so never carried out.
    pub fn receive(&mut self, message: Message) -> Vec<Message> {
        if let Message::Notification(notification) = &message
            && notification.method == "$/cancelRequest"
        {
            let id = notification.params.get("id");
            let waits = |queued: &Message| match queued {
                Message::Request(request) => serde_json::to_value(&request.id).ok().as_ref() == id,
                _ => false,
            };
            let Some(at) = self.queue.iter().position(waits) else { return Vec::new() };
            let Some(Message::Request(request)) = self.queue.remove(at) else { return Vec::new() };
            return vec![refused(request.id, ErrorCode::RequestCanceled, "the request was cancelled")];
        }
        self.queue.push_back(message);
        Vec::new()
    }

    /// Whether nothing waits to be handled by [`Self::step`].
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.changed.is_empty()
    }

    /// Whether [`Self::rest`] has something to do.
    pub fn is_restless(&self) -> bool {
        !self.stale.is_empty() && self.stage == Stage::Running
    }

    /// Whether the session is over; with whether it ended in order.
    pub fn exited(&self) -> Option<bool> {
        if let Stage::Exited(in_order) = self.stage { Some(in_order) } else { None }
    }

    /// Handles one message; when none waits, sends the findings of documents that changed. Whatever goes wrong inside is
    /// said, and the server goes on.
    pub fn step(&mut self, host: &mut dyn Host) -> Vec<Message> {
        let message = self.queue.pop_front();
        let id = match &message {
            Some(Message::Request(request)) => Some(request.id.clone()),
            _ => None,
        };
        let changed = self.changed.clone();
        let done = catch_unwind(AssertUnwindSafe(|| match message {
            Some(message) => self.handle(message, host),
            None => self.send_findings(),
        }));
        done.unwrap_or_else(|_| {
            self.changed.retain(|uri| !changed.contains(uri));
            let mut out = vec![log("picket met a defect of its own; standard error says more")];
            out.extend(id.map(|id| refused(id, ErrorCode::InternalError, "picket met a defect of its own")));
            out
        })
    }

    /// What waits for a pause: the surveys of projects that changed.
    pub fn rest(&mut self, host: &mut dyn Host) -> Vec<Message> {
        let Some(root) = self.stale.pop_first() else { return Vec::new() };
        let Some(project) = self.projects.get(&root).map(Rc::clone) else { return Vec::new() };
        let survey = host.survey(&project, &self.open_files());
        self.symbols.insert(root.clone(), symbols::of_survey(&survey, self.client.encoding));
        let files = diagnostics::by_file(survey, &project, &self.client);
        let before = self.surveyed.insert(root.clone(), files).unwrap_or_default();
        let now = self.surveyed.get(&root);
        let named: BTreeSet<&PathBuf> =
            before.keys().chain(now.into_iter().flat_map(BTreeMap::keys)).collect();
        let mut out = Vec::new();
        for path in named {
            let of = |files: Option<&BTreeMap<PathBuf, Vec<Surveyed>>>| {
                files.and_then(|files| files.get(path)).cloned().unwrap_or_default()
            };
            let (old, new) = (of(Some(&before)), of(now));
            if old == new {
                continue;
            }
            let open = self.documents.values().find(|document| document.path() == Some(path));
            match open {
                Some(document) => {
                    self.changed.insert(document.uri().0.clone());
                }
                None => out.extend(diagnostics::publish_closed(path, &new)),
            }
        }
        out
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The open documents.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values()
    }

    pub(super) fn document(&self, uri: &Uri) -> Option<&Document> {
        self.documents.get(&uri.0)
    }

    /// The rules of the projects.
    pub(super) fn symbols(&self) -> impl Iterator<Item = &WorkspaceSymbol> {
        self.symbols.values().flatten()
    }

    /// The text of an open document.
    pub fn text(&self, uri: &str) -> Option<&Arc<str>> {
        self.documents.get(uri).map(Document::text)
    }

    /// What the last survey found in the file of `document`, at its places now.
    pub(super) fn surveyed(&self, document: &Document) -> &[Surveyed] {
        let files = self.surveyed.get(&document.project().root);
        let found = files.zip(document.path()).and_then(|(files, path)| files.get(path));
        found.map_or(&[], Vec::as_slice)
    }

    /// A request to the client.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> Message {
        self.asked += 1;
        let id = RequestId::from(format!("picket/{}", self.asked));
        Message::Request(Request { id, method: method.to_owned(), params })
    }

    fn handle(&mut self, message: Message, host: &mut dyn Host) -> Vec<Message> {
        match message {
            Message::Request(request) => vec![self.request(request)],
            Message::Notification(notification) => self.notification(notification, host),
            Message::Response(_) => Vec::new(),
        }
    }

    fn request(&mut self, request: Request) -> Message {
        let Request { id, method, params } = request;
        let result = match (self.stage, method.as_str()) {
            (Stage::New, "initialize") => lifecycle::initialize(self, params),
            (Stage::New, _) => {
                return refused(id, ErrorCode::ServerNotInitialized, "`initialize` has not come yet");
            }
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                Ok(Value::Null)
            }
            (Stage::Running, "initialize") | (Stage::ShutDown | Stage::Exited(_), _) => {
                let message = format!("`{method}` cannot come now");
                return refused(id, ErrorCode::InvalidRequest, message);
            }
            (Stage::Running, _) => match dispatch::handler(&method) {
                Some(handler) => handler(View::new(self), params),
                None => {
                    let message = format!("picket does not know `{method}`");
                    return refused(id, ErrorCode::MethodNotFound, message);
                }
            },
        };
        let response_result = result.map_err(super::view::Refusal::into_error);
        Message::Response(Response { id, response_result })
    }

    fn notification(&mut self, notification: Notification, host: &mut dyn Host) -> Vec<Message> {
        let Notification { method, params } = notification;
        if method == "exit" {
            self.stage = Stage::Exited(self.stage == Stage::ShutDown);
            return Vec::new();
        }
        if self.stage != Stage::Running {
            return Vec::new();
        }
        let out = match method.as_str() {
            "initialized" => Ok(lifecycle::initialized(self)),
            "textDocument/didOpen" => read(params).map(|params| self.opened(params, host)),
            "textDocument/didChange" => read(params).map(|params| self.edited(params)),
            "textDocument/didClose" => read(params).map(|params| self.closed(&params)),
            "textDocument/didSave" => read(params).map(|params| self.saved(&params, host)),
            "workspace/didChangeWatchedFiles" => read(params).map(|params| self.moved(&params, host)),
            // Others, known or not, need no answer.
            _ => Ok(Vec::new()),
        };
        out.unwrap_or_else(|error: serde_json::Error| {
            vec![log(&format!("`{method}` cannot be read: {error}"))]
        })
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams, host: &mut dyn Host) -> Vec<Message> {
        let item = params.text_document;
        let path = lifecycle::path_of(&item.uri);
        let root = match &path {
            Some(path) => host.root(path),
            None => PathBuf::new(),
        };
        let language = String::from(item.language_id);
        let key = item.uri.0.clone();
        let project = match self.projects.get(&root) {
            Some(project) => Rc::clone(project),
            None => self.load(&root, host),
        };
        let document = Document::open(item.uri, path, &language, item.version, item.text, project);
        self.documents.insert(key.clone(), document);
        self.changed.insert(key);
        self.stale.insert(root);
        Vec::new()
    }

    fn edited(&mut self, params: DidChangeTextDocumentParams) -> Vec<Message> {
        let DidChangeTextDocumentParams { text_document, content_changes } = params;
        let uri = text_document.text_document_identifier.uri.0;
        let Some(document) = self.documents.get_mut(&uri) else {
            return vec![log(&format!("the document {uri} was changed and is not open"))];
        };
        let files = self.surveyed.get_mut(&document.project().root);
        let mut surveyed = files.zip(document.path()).and_then(|(files, path)| files.get_mut(path));
        for change in content_changes {
            let (replaced, length) = document.change(change, self.client.encoding);
            if let Some(found) = &mut surveyed {
                found.retain_mut(|found| found.shift(replaced, length));
            }
        }
        document.set_version(text_document.version);
        self.changed.insert(uri);
        Vec::new()
    }

    fn closed(&mut self, params: &DidCloseTextDocumentParams) -> Vec<Message> {
        let Some(document) = self.documents.remove(&params.text_document.uri.0) else { return Vec::new() };
        self.changed.remove(&params.text_document.uri.0);
        let root = document.project().root.clone();
        let is_last = !self.documents.values().any(|other| other.project().root == root);
        if is_last && document.path().is_none() {
            self.projects.remove(&root);
        }
        // The file on the disk counts again.
        self.stale.insert(root);
        vec![diagnostics::clear(document.uri())]
    }

    fn saved(&mut self, params: &DidSaveTextDocumentParams, host: &mut dyn Host) -> Vec<Message> {
        let Some(path) = lifecycle::path_of(&params.text_document.uri) else { return Vec::new() };
        self.file_changed(&path, host);
        Vec::new()
    }

    fn moved(&mut self, params: &DidChangeWatchedFilesParams, host: &mut dyn Host) -> Vec<Message> {
        let paths: Vec<(PathBuf, FileChangeType)> = params
            .changes
            .iter()
            .filter_map(|event| Some((lifecycle::path_of(&event.uri)?, event.kind)))
            .collect();
        for (path, kind) in &paths {
            let is_config = path.file_name().is_some_and(|name| name == "picket.toml");
            if is_config && *kind != FileChangeType::Changed {
                self.regroup(host);
            }
            self.file_changed(path, host);
        }
        Vec::new()
    }

    /// A file is another now: what was read of it is read again.
    fn file_changed(&mut self, path: &Path, host: &mut dyn Host) {
        let concerned: Vec<PathBuf> =
            self.projects.keys().filter(|root| path.starts_with(root)).cloned().collect();
        for root in concerned {
            let is_read = self.projects.get(&root).is_some_and(|project| project.is_read_with(path));
            if is_read {
                let project = self.load(&root, host);
                for document in self.documents.values_mut().filter(|it| it.project().root == root) {
                    document.set_project(Rc::clone(&project));
                    self.changed.insert(document.uri().0.clone());
                }
            }
            self.stale.insert(root);
        }
    }

    /// Settings came or went: each document may belong to another project.
    fn regroup(&mut self, host: &mut dyn Host) {
        let keys: Vec<(String, PathBuf)> = self
            .documents
            .values()
            .filter_map(|document| Some((document.uri().0.clone(), host.root(document.path()?))))
            .collect();
        for (key, root) in keys {
            let project = match self.projects.get(&root) {
                Some(project) => Rc::clone(project),
                None => self.load(&root, host),
            };
            if let Some(document) = self.documents.get_mut(&key) {
                document.set_project(project);
                self.changed.insert(key);
            }
            self.stale.insert(root);
        }
    }

    fn load(&mut self, root: &Path, host: &mut dyn Host) -> Rc<Project> {
        let project = Rc::new(host.load(root, &self.open_files()));
        self.projects.insert(root.to_path_buf(), Rc::clone(&project));
        project
    }

    fn open_files(&self) -> OpenFiles {
        let texts = self.documents.values();
        texts.filter_map(|it| Some((it.path()?.to_path_buf(), Arc::clone(it.text())))).collect()
    }

    /// The findings of every document that changed.
    fn send_findings(&mut self) -> Vec<Message> {
        let changed = std::mem::take(&mut self.changed);
        if self.client.pulls {
            let ask = (!changed.is_empty()).then(|| self.ask("workspace/diagnostic/refresh", Value::Null));
            return ask.into_iter().collect();
        }
        let view = View::new(self);
        changed
            .iter()
            .filter_map(|uri| self.documents.get(uri))
            .map(|it| diagnostics::publish(view, it))
            .collect()
    }
}

fn read<P: DeserializeOwned>(params: Value) -> Result<P, serde_json::Error> {
    serde_json::from_value(params)
}

/// An answer that says why there is none.
fn refused(id: RequestId, code: ErrorCode, message: impl Into<String>) -> Message {
    Message::Response(Response::new_err(id, code as i32, message.into()))
}

/// A line for the log of the editor.
pub(super) fn log(message: &str) -> Message {
    notify("window/logMessage", json!({ "type": 2, "message": message }))
}

/// A notification.
pub(super) fn notify(method: &str, params: Value) -> Message {
    Message::Notification(Notification { method: method.to_owned(), params })
}
