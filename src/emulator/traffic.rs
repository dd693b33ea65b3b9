//! Who is told of what the server was asked and answered.

use serde_json::Value;

/// One request with its answer, as the server made it: whether it arrived is another thing.
#[derive(Debug)]
pub struct Served<'a> {
    /// The method.
    pub method: &'a str,
    /// Path and query.
    pub url: &'a str,
    /// The body of the request, where it is JSON.
    pub request: Option<Value>,
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub response: Option<Value>,
    /// The headers of the answer.
    pub headers: Vec<(String, String)>,
}

/// Told of every exchange but those with the query API, whose answers are events. Request headers, where tokens are, are not
/// told.
pub trait Traffic: Send + Sync {
    /// The server has made its answer.
    fn served(&self, served: Served<'_>);
}
