//! An editor in miniature: it opens texts, types, and asks.
//!
//! A text may hold `$0`, where the cursor is.

use lsp_server::{Message, Notification, Request, Response};
use picket::lsp::{Host, NoFiles, Server};
use serde_json::{Value, json};

/// An editor with a server.
pub struct Editor<H: Host = NoFiles> {
    server: Server,
    host: H,
    asked: i32,
    version: i32,
    /// What the server said beside answers, in order.
    pub said: Vec<Notification>,
}

/// The document of most tests.
pub const RULE: &str = "file:///project/rules/a.yaml";
/// A document of KQL.
pub const QUERY: &str = "file:///project/hunts/a.kql";

impl Editor {
    /// An editor that counts UTF-16 and knows nothing more.
    pub fn new() -> Self {
        Self::with(NoFiles, json!({}))
    }
}

impl<H: Host> Editor<H> {
    /// An editor with these capabilities.
    pub fn with(host: H, capabilities: Value) -> Self {
        let mut editor = Self { server: Server::new(), host, asked: 0, version: 0, said: Vec::new() };
        editor.ask("initialize", json!({ "capabilities": capabilities }));
        editor.tell("initialized", json!({}));
        editor
    }

    /// Hands a message to the server, and takes what it says to it.
    pub fn send(&mut self, message: Message) -> Vec<Response> {
        let mut out = self.server.receive(message);
        while !self.server.is_idle() {
            out.extend(self.server.step(&mut self.host));
        }
        let mut responses = Vec::new();
        for message in out {
            match message {
                Message::Response(response) => responses.push(response),
                Message::Notification(notification) => self.said.push(notification),
                Message::Request(_) => {}
            }
        }
        responses
    }

    /// What the server does in a pause.
    pub fn pause(&mut self) {
        while self.server.is_restless() {
            for message in self.server.rest(&mut self.host) {
                if let Message::Notification(notification) = message {
                    self.said.push(notification);
                }
            }
        }
        self.tell("$/none", Value::Null);
    }

    /// Tells the server something.
    pub fn tell(&mut self, method: &str, params: Value) {
        let notification = Notification { method: method.to_owned(), params };
        assert!(self.send(Message::Notification(notification)).is_empty());
    }

    /// The answer to a request.
    pub fn response(&mut self, method: &str, params: Value) -> Response {
        self.asked += 1;
        let request = Request { id: self.asked.into(), method: method.to_owned(), params };
        let [response] = self.send(Message::Request(request)).try_into().expect("one answer");
        assert_eq!(response.id, self.asked.into());
        response
    }

    /// The result of a request that succeeds.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        match self.response(method, params).response_result {
            Ok(result) => result,
            Err(error) => panic!("{method}: {error:?}"),
        }
    }

    /// Opens `text` without its cursor mark. Gives the place of the cursor.
    pub fn open(&mut self, uri: &str, text: &str) -> Value {
        let at = text.find("$0");
        let text = text.replacen("$0", "", 1);
        let position = at.map_or(Value::Null, |at| position(&text, at));
        let language = if uri.ends_with(".kql") { "kusto" } else { "yaml" };
        self.version += 1;
        let item = json!({ "uri": uri, "languageId": language, "version": self.version, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
        position
    }

    /// Asks about the cursor in `text`, which is opened.
    pub fn ask_at(&mut self, method: &str, uri: &str, text: &str) -> Value {
        let position = self.open(uri, text);
        self.ask(method, json!({ "textDocument": { "uri": uri }, "position": position }))
    }

    /// Puts `new` in the place of a range, in the positions of the protocol.
    pub fn edit(&mut self, uri: &str, range: Value, new: &str) {
        self.version += 1;
        self.tell(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri, "version": self.version },
                "contentChanges": [{ "range": range, "text": new }],
            }),
        );
    }

    /// The text that the server has.
    pub fn text(&self, uri: &str) -> String {
        self.server.text(uri).expect("it is open").to_string()
    }

    /// The findings last sent for a document, each as `line:column code severity tags message`.
    pub fn findings(&self, uri: &str) -> Vec<String> {
        self.diagnostics(uri).iter().map(shown).collect()
    }

    /// The diagnostics last sent for a document.
    pub fn diagnostics(&self, uri: &str) -> Vec<Value> {
        let sent = |it: &&Notification| {
            it.method == "textDocument/publishDiagnostics" && it.params["uri"] == json!(uri)
        };
        let last = self.said.iter().rev().find(sent).expect("findings were sent");
        last.params["diagnostics"].as_array().unwrap().clone()
    }
}

fn shown(found: &Value) -> String {
    let start = &found["range"]["start"];
    let message = found["message"].as_str().unwrap().lines().next().unwrap();
    let tags = found.get("tags").map(|tags| format!(" {tags}")).unwrap_or_default();
    let (line, column) = (start["line"].as_u64().unwrap() + 1, start["character"].as_u64().unwrap() + 1);
    format!("{line}:{column} {} {}{tags} {message}", found["code"].as_str().unwrap(), found["severity"])
}

/// The position of a byte of `text`, in UTF-16.
pub fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// The byte of `text` at a position of the protocol, whose characters are counted in UTF-16.
pub fn offset(text: &str, position: &Value) -> usize {
    let line = position["line"].as_u64().unwrap() as usize;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = position["character"].as_u64().unwrap() as usize;
    let mut at = start;
    for c in text[start..].chars() {
        if units == 0 {
            break;
        }
        units -= c.len_utf16();
        at += c.len_utf8();
    }
    at
}

/// `text` with the edits of the protocol.
pub fn edited(text: &str, edits: &Value) -> String {
    let mut edits: Vec<_> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(text, &range["start"]), offset(text, &range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    edits.sort();
    let mut out = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        out.replace_range(start..end, new);
    }
    out
}
