//! The program itself, over standard input and output.

#![cfg(feature = "cli")]

use std::fs;
use std::io::{BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use lsp_server::{Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use crate::common::picket_process;

struct Session {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

impl Session {
    /// A server in a project with these files.
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut command = picket_process(folder.path());
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output, folder }
    }

    fn uri(&self, name: &str) -> String {
        let path = fs::canonicalize(self.folder.path()).unwrap().join(name);
        format!("file://{}", path.display())
    }

    fn ask(&mut self, id: i32, method: &str, params: Value) {
        let request = Request { id: id.into(), method: method.to_owned(), params };
        Message::Request(request).write(&mut self.input).unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        let notification = Notification { method: method.to_owned(), params };
        Message::Notification(notification).write(&mut self.input).unwrap();
    }

    /// The answer to a request, whatever else is said before.
    fn answer(&mut self, id: i32) -> Result<Value, i32> {
        loop {
            match Message::read(&mut self.output).unwrap().expect("the server goes on") {
                Message::Response(response) if response.id == RequestId::from(id) => {
                    return response.response_result.map_err(|error| error.code);
                }
                _ => {}
            }
        }
    }

    /// The next findings in a file of which one has the code.
    fn findings_with(&mut self, uri: &str, code: &str) -> Vec<String> {
        loop {
            let Message::Notification(said) = Message::read(&mut self.output).unwrap().unwrap() else {
                continue;
            };
            if said.method != "textDocument/publishDiagnostics" || said.params["uri"] != json!(uri) {
                continue;
            }
            let found = said.params["diagnostics"].as_array().unwrap().iter();
            let codes: Vec<String> = found.map(|it| it["code"].as_str().unwrap().to_owned()).collect();
            if codes.iter().any(|it| it == code) {
                return codes;
            }
        }
    }

    fn end(mut self) -> i32 {
        drop(self.input);
        self.child.wait().unwrap().code().unwrap()
    }
}

#[test]
fn a_session_survives_what_is_no_message() {
    let mut session = Session::new(&[]);
    let nonsense = "{\"jsonrpc\": \"2.0\", ";
    write!(session.input, "Content-Length: {}\r\n\r\n{nonsense}", nonsense.len()).unwrap();
    session.ask(1, "initialize", json!({ "capabilities": {} }));
    // The answer to what is no message has no id, which the reader of the tests does not take.
    assert!(Message::read(&mut session.output).is_err());
    assert!(session.answer(1).is_ok());
    session.ask(2, "textDocument/none", json!({}));
    assert_eq!(session.answer(2), Err(-32601));
    session.ask(3, "shutdown", Value::Null);
    assert_eq!(session.answer(3), Ok(Value::Null));
    session.tell("exit", Value::Null);
    assert_eq!(session.end(), 0);
    let mut session = Session::new(&[]);
    session.tell("exit", Value::Null);
    assert_eq!(session.end(), 1, "without `shutdown`");
    assert_eq!(Session::new(&[]).end(), 1, "the editor went without a word");
}

#[test]
fn the_project_on_the_disk_counts() {
    let rule = "id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f\nname: A\nquery: Own_CL | where Sum > 1\n";
    let mut session = Session::new(&[
        ("picket.toml", "rules = ['rules']\n[lint.levels]\nPK101 = 'off'\n"),
        ("kql/own.yaml", "name: Own_CL\ncolumns: { Amount: long }\n"),
        ("rules/a.yaml", &rule.replace("name: A", "name: B")),
        ("rules/b.yaml", rule),
    ]);
    session.ask(1, "initialize", json!({ "capabilities": {} }));
    session.answer(1).unwrap();
    session.tell("initialized", json!({}));
    let uri = session.uri("rules/b.yaml");
    let item = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": rule });
    session.tell("textDocument/didOpen", json!({ "textDocument": item }));
    session.findings_with(&uri, "KQ142");
    let both = session.findings_with(&uri, "PK111");
    assert!(both.contains(&"KQ142".to_owned()), "{both:?}");
    session.ask(2, "shutdown", Value::Null);
    session.answer(2).unwrap();
    session.tell("exit", Value::Null);
    assert_eq!(session.end(), 0);
}
