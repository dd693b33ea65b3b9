//! Queries over the logs of a workspace, through the query API of Log Analytics.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::read_error;
use super::client::{Client, Request, Verb};
use super::error::AzureError;

/// The most rows of one answer; what is beyond them is left out, and the answer says so.
pub const ROW_LIMIT: usize = 500_000;

/// The most bytes of the text of one answer. The service stops at 64 MB of data, which are more in JSON.
pub const ANSWER_LIMIT: usize = 256 << 20;

/// What keeps an answer whole, for one that is not.
pub const WHOLE_ANSWER_HELP: &str = "an answer has at most 500,000 rows and 64 MB, within 3 minutes: filter or summarize more, or ask for a shorter time";

/// The stretch of time that a query reads, whatever it filters itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogSpan {
    /// All that is kept.
    All,
    /// The last so much.
    Last(Duration),
    /// From one time to another, each as `2026-11-30T12:00:00Z`.
    Between(String, String),
}

impl LogSpan {
    /// A duration or an interval of ISO 8601; nothing for all of time.
    fn iso(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Last(length) => Some(format!("PT{}S", length.as_secs())),
            Self::Between(from, to) => Some(format!("{from}/{to}")),
        }
    }
}

/// What a query gave.
#[derive(Debug, Clone, PartialEq)]
pub struct LogAnswer {
    /// The columns, in order.
    pub columns: Vec<LogColumn>,
    /// The rows, each with a value for each column.
    pub rows: Vec<Vec<Value>>,
    /// Why it is not all that there is, in the service's words; nothing where it is.
    pub partial: Option<String>,
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LogColumn {
    /// Its name.
    pub name: String,
    /// Its type, such as `datetime`.
    #[serde(rename = "type")]
    pub kind: String,
}

impl LogAnswer {
    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

#[derive(Deserialize)]
struct Tables {
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    columns: Vec<LogColumn>,
    rows: Vec<Vec<Value>>,
}

/// The table of an answer that the query asks for; others tell how it went.
const PRIMARY: &str = "PrimaryResult";

impl Client {
    /// Runs `query` in the workspace `customer_id`, over what `span` holds. The client must be one of
    /// [`Service::LogAnalytics`](super::Service::LogAnalytics).
    ///
    /// The service gives up after three minutes. It is asked again where it throttles or fails for a moment, not where a
    /// query takes too long: it would again.
    ///
    /// # Errors
    /// Those of [`Client::send`]; an answer that holds no table.
    pub async fn query(
        &self,
        customer_id: &str,
        query: &str,
        span: &LogSpan,
    ) -> Result<LogAnswer, AzureError> {
        let path = format!("/v1/workspaces/{}/query", crate::arm::path_segment(customer_id));
        let mut body = json!({ "query": query });
        if let Some(span) = span.iso() {
            body["timespan"] = span.into();
        }
        let request = Request { verb: Verb::Post, path: &path, api_version: "", body: Some(&body) };
        let answer = self.send(request).await?.body.unwrap_or_default();
        read(answer).map_err(|message| AzureError::Decode { method: Verb::Post.as_str(), path, message })
    }
}

/// Reads an answer, or says what is wrong with it.
fn read(answer: Value) -> Result<LogAnswer, String> {
    let partial = answer.get("error").filter(|error| error.is_object()).map(|_| {
        let (code, message) = read_error(&answer);
        let details = answer["error"]["details"].as_array().into_iter().flatten();
        let details = details.filter_map(|detail| detail["message"].as_str()).map(str::to_owned);
        let message = if message.is_empty() { code.unwrap_or_default() } else { message };
        std::iter::once(message).chain(details).collect::<Vec<_>>().join(" ")
    });
    let Tables { mut tables } =
        serde_json::from_value(answer).map_err(|error| format!("the answer holds no tables: {error}"))?;
    let at = tables.iter().position(|table| table.name == PRIMARY).unwrap_or(0);
    if tables.is_empty() {
        return Err("the answer holds no table".to_owned());
    }
    let Table { columns, rows, .. } = tables.swap_remove(at);
    if rows.iter().any(|row| row.len() != columns.len()) {
        return Err("a row of the answer has not as many values as there are columns".to_owned());
    }
    Ok(LogAnswer { columns, rows, partial })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, rows: &Value) -> Value {
        json!({ "name": name, "columns": [{ "name": "a", "type": "long" }], "rows": rows })
    }

    #[test]
    fn the_primary_result_is_read_whatever_stands_beside_it() {
        let answer =
            json!({ "tables": [table("Other", &json!([])), table("PrimaryResult", &json!([[1], [2]]))] });
        let answer = read(answer).unwrap();
        assert_eq!((answer.rows.len(), answer.column("a"), answer.column("A")), (2, Some(0), None));
        assert_eq!(answer.partial, None);
    }

    #[test]
    fn a_partial_answer_says_why() {
        let error = json!({ "code": "PartialError", "message": "There were some errors.", "details": [],
            "innererror": { "code": "E", "message": "Query result set has exceeded the maximum of 500000 rows" } });
        let answer = json!({ "tables": [table("PrimaryResult", &json!([[1]]))], "error": error });
        let partial = read(answer).unwrap().partial.unwrap();
        assert!(partial.contains("exceeded the maximum of 500000 rows"), "{partial}");
    }

    #[test]
    fn an_answer_of_another_shape_is_refused() {
        for wrong in [
            json!(null),
            json!({}),
            json!({ "tables": [] }),
            json!({ "tables": [{ "name": "x" }] }),
            json!({ "tables": [table("PrimaryResult", &json!([[1, 2]]))] }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
