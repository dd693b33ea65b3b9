//! The rules of the protocol: the order of a session, what is unknown, what is cancelled.

use lsp_server::{Connection, Message, Notification, Request};
use picket::lsp::{NoFiles, Server, serve};
use serde_json::{Value, json};

use super::editor::{Editor, RULE};

fn request(id: i32, method: &str, params: Value) -> Message {
    Message::Request(Request { id: id.into(), method: method.to_owned(), params })
}

fn notification(method: &str) -> Message {
    Message::Notification(Notification { method: method.to_owned(), params: Value::Null })
}

fn code(message: &Message) -> i32 {
    let Message::Response(response) = message else { panic!("{message:?}") };
    response.response_result.as_ref().map_or_else(|error| error.code, |_| 0)
}

#[test]
fn a_session_has_an_order() {
    let mut server = Server::new();
    let mut say = |message| {
        server.receive(message);
        let out = server.step(&mut NoFiles);
        (out.first().map(code), server.exited())
    };
    assert_eq!(say(request(1, "textDocument/hover", json!({}))), (Some(-32002), None));
    assert_eq!(say(request(2, "initialize", json!({ "capabilities": {} }))), (Some(0), None));
    assert_eq!(say(request(3, "initialize", json!({ "capabilities": {} }))), (Some(-32600), None));
    assert_eq!(say(request(4, "picket/none", json!({}))), (Some(-32601), None));
    assert_eq!(say(request(5, "textDocument/formatting", json!({ "x": 1 }))), (Some(-32602), None));
    assert_eq!(say(notification("picket/none")), (None, None));
    assert_eq!(say(request(6, "shutdown", Value::Null)), (Some(0), None));
    assert_eq!(say(request(7, "textDocument/formatting", json!({}))), (Some(-32600), None));
    assert_eq!(say(notification("exit")), (None, Some(true)));
    let mut server = Server::new();
    server.receive(notification("exit"));
    server.step(&mut NoFiles);
    assert_eq!(server.exited(), Some(false), "without `shutdown`");
}

#[test]
fn a_request_that_waits_can_be_cancelled() {
    let mut server = Server::new();
    server.receive(request(1, "initialize", json!({ "capabilities": {} })));
    server.receive(request(2, "textDocument/formatting", json!({})));
    let cancel = Notification { method: "$/cancelRequest".to_owned(), params: json!({ "id": 2 }) };
    let out = server.receive(Message::Notification(cancel.clone()));
    assert_eq!(out.iter().map(code).collect::<Vec<_>>(), [-32800]);
    assert!(server.receive(Message::Notification(cancel)).is_empty(), "once");
    assert_eq!(server.step(&mut NoFiles).len(), 1);
    assert!(server.is_idle());
}

#[test]
fn a_client_is_served_until_it_leaves() {
    let (client, server) = Connection::memory();
    let served = std::thread::spawn(move || serve(&server, &mut NoFiles));
    client.sender.send(request(1, "initialize", json!({ "capabilities": {} }))).unwrap();
    assert_eq!(code(&client.receiver.recv().unwrap()), 0);
    client.sender.send(request(2, "shutdown", Value::Null)).unwrap();
    assert_eq!(code(&client.receiver.recv().unwrap()), 0);
    client.sender.send(notification("exit")).unwrap();
    assert!(served.join().unwrap());
    let (client, server) = Connection::memory();
    drop(client);
    assert!(!serve(&server, &mut NoFiles), "it went without a word");
}

#[test]
fn what_is_offered_is_on_record() {
    let mut server = Server::new();
    let capabilities = json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } });
    server.receive(request(1, "initialize", json!({ "capabilities": capabilities })));
    let out = server.step(&mut NoFiles);
    let [Message::Response(response)] = &out[..] else { panic!("{out:?}") };
    let result = response.response_result.as_ref().unwrap();
    assert_eq!(result["capabilities"]["positionEncoding"], json!("utf-8"));
    insta::assert_json_snapshot!(result["capabilities"]);
}

#[test]
fn positions_of_utf_8_count_bytes() {
    let capabilities = json!({ "general": { "positionEncodings": ["utf-8"] } });
    let mut editor = Editor::with(NoFiles, capabilities);
    editor.open(RULE, "name: ä😀x\n");
    let (start, end) = (json!({ "line": 0, "character": 12 }), json!({ "line": 0, "character": 13 }));
    editor.edit(RULE, json!({ "start": start, "end": end }), "y");
    assert_eq!(editor.text(RULE), "name: ä😀y\n");
}
