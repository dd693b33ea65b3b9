//! Answers as they come over the wire, and what is read from them.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::client::{ClockSkew, Verb};
use super::error::{AzureError, Connection, HttpFailure};
use crate::arm::Operation;

/// The most characters of an answer's own words that go into an error.
const MESSAGE_LIMIT: usize = 2000;
/// The same for an answer that is not JSON, such as a proxy's page.
const EXCERPT_LIMIT: usize = 200;
/// Stands where a token stood.
const REDACTED: &str = "[redacted]";

/// A whole answer.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Raw {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The headers for a recording, without the token even if the server sends it back.
    pub(super) fn recorded_headers(&self, token: &str) -> impl Iterator<Item = (&str, String)> {
        self.headers
            .iter()
            .filter_map(move |(name, value)| Some((name.as_str(), redact(value.to_str().ok()?, token))))
    }

    /// How the time `now` of this machine compares with that of the answer, which is the start of its second.
    pub(super) fn skew(&self, now: SystemTime) -> Option<ClockSkew> {
        let theirs: SystemTime = azure_core::time::parse_rfc7231(self.header("date")?.trim()).ok()?.into();
        Some(match now.duration_since(theirs) {
            Ok(ahead) if ahead >= Duration::from_secs(1) => ClockSkew::Ahead(ahead),
            Ok(_) => ClockSkew::Behind(Duration::ZERO),
            Err(behind) => ClockSkew::Behind(behind.duration()),
        })
    }

    /// How many requests of a kind the service says are left.
    pub(super) fn remaining(&self, operation: Operation) -> Option<u32> {
        self.header(operation.header())?.trim().parse().ok()
    }

    /// The body for a recording, without the token even if the server sends it back.
    pub(super) fn recorded_body(&self, token: &str) -> Option<Value> {
        if self.body.is_empty() {
            return None;
        }
        let text = redact(&String::from_utf8_lossy(&self.body), token);
        Some(serde_json::from_str(&text).unwrap_or_else(|_| Value::from(excerpt(&text, MESSAGE_LIMIT))))
    }
}

/// The JSON of a successful answer; none when it has no body.
///
/// # Errors
/// An answer of another kind. One that ends in the middle counts as a lost connection: a proxy may have cut it.
pub(super) fn json_body(raw: &Raw, verb: Verb, path: &str, host: &str) -> Result<Option<Value>, AzureError> {
    if raw.body.is_empty() {
        return Ok(None);
    }
    let fail = |message: String| AzureError::Decode { method: verb.as_str(), path: path.to_owned(), message };
    let content_type = raw.header("content-type").unwrap_or("no content type");
    if !content_type.to_ascii_lowercase().contains("json") {
        return Err(fail(format!("the answer is not JSON but {}", excerpt(content_type, 60))));
    }
    serde_json::from_slice(&raw.body).map(Some).map_err(|error| match error.is_eof() {
        true => AzureError::Connection {
            kind: Connection::Lost,
            host: host.to_owned(),
            message: "the answer ends in the middle".to_owned(),
        },
        false => fail(format!("the answer is broken JSON: {error}")),
    })
}

/// What an error answer says, in whichever of the service's forms.
pub(super) fn failure(raw: &Raw, verb: Verb, path: &str, token: &str) -> HttpFailure {
    let text = redact(&String::from_utf8_lossy(&raw.body), token);
    let (code, message) = match serde_json::from_str::<Value>(&text) {
        Ok(body) => read_error(&body),
        Err(_) => (None, excerpt(&text, EXCERPT_LIMIT)),
    };
    let header = |name| raw.header(name).map(str::to_owned);
    HttpFailure {
        method: verb.as_str(),
        path: path.to_owned(),
        status: raw.status,
        code,
        message,
        request_id: header("x-ms-request-id"),
        correlation_id: header("x-ms-correlation-request-id"),
    }
}

/// Code and message of `{"error": {…}}`, or of the same without the envelope. The innermost error is the most
/// exact, so its message is added.
pub(super) fn read_error(body: &Value) -> (Option<String>, String) {
    let error = body.get("error").filter(|error| error.is_object()).unwrap_or(body);
    let text = |value: &Value, names: [&str; 2]| {
        names.into_iter().find_map(|name| value.get(name)?.as_str()).map(str::to_owned)
    };
    let code = text(error, ["code", "Code"]);
    let mut message = text(error, ["message", "Message"]).unwrap_or_default();
    let mut inner = error;
    while let Some(next) = inner.get("innererror").filter(|next| next.is_object()) {
        inner = next;
    }
    // Kusto has the exact message under another name than the general one.
    for exact in
        [text(inner, ["message", "Message"]), text(inner, ["@message", "@message"])].into_iter().flatten()
    {
        if message.contains(&exact) {
            continue;
        }
        message = format!("{}: {exact}", message.trim_end_matches('.'));
    }
    let number = |name: &str| inner.get(name).and_then(Value::as_u64);
    if let (Some(line), Some(position)) = (number("line"), number("pos")) {
        message = format!("{} (line {line}, position {position})", message.trim_end_matches('.'));
    }
    (code, excerpt(&message, MESSAGE_LIMIT))
}

/// One line of text without control characters, cut to `limit` characters.
fn excerpt(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = line.chars().filter(|c| !c.is_control());
    let mut out: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        out.push('…');
    }
    out
}

fn redact(text: &str, token: &str) -> String {
    if token.is_empty() { text.to_owned() } else { text.replace(token, REDACTED) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_are_read_in_each_form() {
        let plain = json!({"error": {"code": "BadRequest", "message": "One of the tables does not exist."}});
        assert_eq!(
            read_error(&plain),
            (Some("BadRequest".into()), "One of the tables does not exist.".into())
        );
        let nested = json!({"error": {"code": "BadArgumentError", "message": "Some invalid properties.",
            "innererror": {"code": "SemanticError", "innererror": {"code": "SEM0100", "message": "no table 'x'"}}}});
        assert_eq!(read_error(&nested).1, "Some invalid properties: no table 'x'");
        let placed = json!({"error": {"code": "X", "message": "m.",
            "innererror": {"code": "SYN0002", "message": "bad token", "line": 2, "pos": 13}}});
        assert_eq!(read_error(&placed).1, "m: bad token (line 2, position 13)");
        assert_eq!(read_error(&json!({"Message": "no"})), (None, "no".into()));
        assert_eq!(read_error(&json!({"error": "x"})), (None, String::new()));
        assert_eq!(read_error(&json!([1])), (None, String::new()));
    }

    #[test]
    fn excerpts_are_one_line_and_bounded() {
        assert_eq!(excerpt("<html>\n  <b>Bad\u{7} gateway</b>", 100), "<html> <b>Bad gateway</b>");
        assert_eq!(excerpt("áéíóú", 3), "áéí…");
    }
}
