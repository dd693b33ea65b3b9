//! Damaged messages of an editor: the server answers each request, never with a defect of its own.

use std::time::Duration;

use lsp_server::{ErrorCode, Message, RequestId};
use serde_json::{Value, json};

use super::Tried;
use super::damage::Damage;
use crate::lsp::{NoFiles, Server};

/// How many characters of a rule a session opens: the server goes over all of it again at each message.
const OPENED: usize = 4_000;

/// Sessions, a message a line.
pub(super) struct Editor(Damage);

impl Editor {
    /// Sessions over some of the `rules`.
    pub(super) fn new(rules: &[String]) -> Self {
        let rules = rules.iter().filter(|text| text.len() < OPENED).take(200);
        Self(Damage::of_texts(rules.map(|text| session(text)).collect()))
    }
}

impl Tried for Editor {
    fn longest(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn damage(&self) -> &Damage {
        &self.0
    }

    fn feed(&self, text: &str) -> Result<(), String> {
        let mut server = Server::new();
        let mut asked: Vec<RequestId> = Vec::new();
        let mut answered: Vec<RequestId> = Vec::new();
        for line in text.lines() {
            let Ok(message) = serde_json::from_str::<Message>(line) else { continue };
            if let Message::Request(request) = &message {
                asked.push(request.id.clone());
            }
            let mut said = server.receive(message);
            while !server.is_idle() && server.exited().is_none() {
                said.extend(server.step(&mut NoFiles));
            }
            for message in said {
                let Message::Response(response) = message else { continue };
                if let Err(error) = &response.response_result
                    && error.code == ErrorCode::InternalError as i32
                {
                    return Err(format!("{}: {}", response.id, error.message));
                }
                answered.push(response.id);
            }
            if server.exited().is_some() {
                return Ok(());
            }
        }
        if asked == answered { Ok(()) } else { Err(format!("asked {asked:?}, answered {answered:?}")) }
    }
}

/// What an editor sends while somebody looks at a rule and types in it.
fn session(rule: &str) -> String {
    let document = json!({ "uri": "file:///project/rules/rule.yaml" });
    let lines = u32::try_from(rule.lines().count()).unwrap_or(1);
    let mut messages = vec![
        json!({ "id": 1, "method": "initialize", "params": { "capabilities": {}, "rootUri": "file:///project" } }),
        json!({ "method": "initialized", "params": {} }),
        json!({ "method": "textDocument/didOpen", "params": { "textDocument": {
            "uri": "file:///project/rules/rule.yaml", "languageId": "yaml", "version": 1, "text": rule } } }),
    ];
    let at = |line: u32, character: u32| json!({ "line": line, "character": character });
    for (number, method) in (2_u32..).zip([
        "hover",
        "completion",
        "signatureHelp",
        "definition",
        "references",
        "rename",
        "prepareRename",
        "documentHighlight",
        "codeAction",
        "formatting",
        "rangeFormatting",
        "semanticTokens/full",
        "foldingRange",
        "documentSymbol",
        "inlayHint",
        "selectionRange",
    ]) {
        let (start, end) = (at(number * 7 % lines, number * 5 % 40), at(lines, 0));
        messages.push(json!({ "method": "textDocument/didChange", "params": {
            "textDocument": { "uri": document["uri"], "version": number },
            "contentChanges": [{ "range": { "start": start, "end": start }, "text": "| x" }] } }));
        messages.push(json!({ "id": number, "method": format!("textDocument/{method}"), "params": {
            "textDocument": document, "position": start, "positions": [start], "range": { "start": start, "end": end },
            "context": { "diagnostics": [], "includeDeclaration": true }, "newName": "Renamed",
            "options": { "tabSize": 2, "insertSpaces": true } } }));
    }
    messages.push(json!({ "id": 99, "method": "shutdown" }));
    messages.push(json!({ "method": "exit" }));
    messages.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}
