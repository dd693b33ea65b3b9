//! Queries over the tables of a cluster of Azure Data Explorer, through its REST API, version 2.

use reqwest::Url;
use serde_json::{Map, Value, json};

use super::answer::read_error;
use super::client::{Client, Request, Verb, is_loopback};
use super::cloud::Cloud;
use super::error::AzureError;
use super::query::{LogAnswer, LogColumn};

/// Where a cluster takes queries.
pub(super) const PATH: &str = "/v2/rest/query";

/// The address of a cluster: below a domain of Azure Data Explorer, so that no token goes elsewhere, or on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    address: String,
    cloud: Cloud,
    is_local: bool,
}

impl Cluster {
    /// Reads an address: `https://NAME.REGION.kusto.windows.net`, or `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// An address that is of no cluster.
    pub fn parse(text: &str) -> Result<Self, AzureError> {
        let refuse = |what: &str, help: &str| AzureError::Configuration {
            message: format!("the cluster {what}"),
            help: vec![help.to_owned()],
        };
        let shape = "write it as https://NAME.REGION.kusto.windows.net";
        let url = Url::parse(text).map_err(|_| refuse("has no address that can be read", shape))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("must not have a name or password in its address", shape));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(refuse(
                "has an address with more than a host",
                "name the database with `--database`",
            ));
        }
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        if is_loopback(&url) && matches!(url.scheme(), "http" | "https") {
            let address = url.origin().ascii_serialization();
            return Ok(Self { address, cloud: Cloud::default(), is_local: true });
        }
        if url.scheme() != "https" || url.port().is_some() {
            return Err(refuse(&format!("`{host}` is not asked over HTTPS at its usual port"), shape));
        }
        let is_of = |cloud: &Cloud| {
            let below = |domain: &&str| {
                host.strip_suffix(domain)
                    .and_then(|rest| rest.strip_suffix('.'))
                    .is_some_and(|rest| !rest.is_empty())
            };
            cloud.cluster_domains().iter().any(below)
        };
        match Cloud::ALL.into_iter().find(is_of) {
            Some(cloud) => Ok(Self { address: format!("https://{host}"), cloud, is_local: false }),
            None => {
                let domains: Vec<&str> =
                    Cloud::ALL.iter().flat_map(|cloud| cloud.cluster_domains()).copied().collect();
                let message = format!("`{host}` is no cluster of Azure Data Explorer");
                Err(refuse(&message, &format!("no token is sent to hosts outside of {}", domains.join(", "))))
            }
        }
    }

    /// Its address, without a slash at the end.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The cloud that it is in.
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        self.is_local
    }

    /// The scope a token is asked for: each cluster has its own.
    pub(super) fn scope(&self) -> String {
        format!("{}/.default", self.address)
    }
}

/// The stretch of time that a query of a cluster reads, and its clock; each as `2026-11-30T12:00:00Z`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterSpan {
    /// Rows from here on.
    pub from: Option<String>,
    /// Rows up to here.
    pub to: Option<String>,
    /// What `now()` says.
    pub now: Option<String>,
}

impl ClusterSpan {
    /// The request properties that say it.
    fn options(&self) -> Map<String, Value> {
        let mut options = Map::new();
        // An answer in fragments says no more.
        options.insert("results_progressive_enabled".to_owned(), false.into());
        options.insert("servertimeout".to_owned(), "00:03:00".into());
        if self.from.is_some() || self.to.is_some() {
            options.insert("query_datetimescope_column".to_owned(), "TimeGenerated".into());
        }
        let values = [
            ("query_datetimescope_from", &self.from),
            ("query_datetimescope_to", &self.to),
            ("query_now", &self.now),
        ];
        for (name, value) in values {
            if let Some(value) = value {
                options.insert(name.to_owned(), value.as_str().into());
            }
        }
        options
    }
}

impl Client {
    /// Runs `query` on `database` of the cluster that this is a client of, over what `span` holds.
    ///
    /// What is wrong with a query or too large in its answer may come after the first rows: the answer is partial then.
    ///
    /// # Errors
    /// Those of [`Client::send`]; an answer that holds no table.
    pub async fn query_cluster(
        &self,
        database: &str,
        query: &str,
        span: &ClusterSpan,
    ) -> Result<LogAnswer, AzureError> {
        let body = json!({ "db": database, "csl": query, "properties": { "Options": span.options() } });
        let request = Request { verb: Verb::Post, path: PATH, api_version: "", body: Some(&body) };
        let answer = self.send(request).await?.body.unwrap_or_default();
        read(answer).map_err(|message| AzureError::Decode {
            method: Verb::Post.as_str(),
            path: PATH.to_owned(),
            message,
        })
    }
}

/// Reads the frames of an answer, or says what is wrong with them.
fn read(answer: Value) -> Result<LogAnswer, String> {
    let Value::Array(frames) = answer else { return Err("the answer is no list of frames".to_owned()) };
    let mut found: Option<LogAnswer> = None;
    let mut errors = Vec::new();
    let mut is_complete = false;
    for frame in frames {
        let is_primary = frame["TableKind"] == "PrimaryResult";
        match frame["FrameType"].as_str().unwrap_or_default() {
            "DataTable" if is_primary && found.is_none() => {
                found = Some(table(frame, &mut errors)?);
            }
            "DataSetCompletion" => {
                is_complete = true;
                if frame["HasErrors"] == true {
                    take_errors(&frame, &mut errors);
                }
                if frame["Cancelled"] == true {
                    errors.push("the query was cancelled".to_owned());
                }
            }
            _ => {}
        }
    }
    if !is_complete {
        errors.push("the answer ends before the service says that it is complete".to_owned());
    }
    errors.dedup();
    let partial = (!errors.is_empty()).then(|| errors.join("; "));
    match found {
        Some(answer) => Ok(LogAnswer { partial, ..answer }),
        None => Err(partial.unwrap_or_else(|| "the answer holds no table".to_owned())),
    }
}

fn columns(frame: &Value) -> Result<Vec<LogColumn>, String> {
    let read = |column: &Value| {
        let text = |name: &str| column[name].as_str().map(str::to_owned);
        Some(LogColumn { name: text("ColumnName")?, kind: text("ColumnType")? })
    };
    let columns = frame["Columns"].as_array().map(|columns| columns.iter().map(read).collect());
    columns.flatten().ok_or_else(|| "a table of the answer has no columns".to_owned())
}

/// The table of a frame. Errors may stand among its rows.
fn table(mut frame: Value, errors: &mut Vec<String>) -> Result<LogAnswer, String> {
    let columns = columns(&frame)?;
    let Value::Array(rows) = frame["Rows"].take() else {
        return Err("a table of the answer has no rows".to_owned());
    };
    let mut kept = Vec::new();
    for row in rows {
        match row {
            Value::Array(row) if row.len() == columns.len() => kept.push(row),
            Value::Array(_) => {
                return Err("a row of the answer has not as many values as there are columns".to_owned());
            }
            other => take_errors(&other, errors),
        }
    }
    Ok(LogAnswer { columns, rows: kept, partial: None })
}

fn take_errors(value: &Value, errors: &mut Vec<String>) {
    let all = value["OneApiErrors"].as_array();
    let before = errors.len();
    for error in all.into_iter().flatten() {
        let (code, message) = read_error(error);
        errors.push(if message.is_empty() { code.unwrap_or_default() } else { message });
    }
    if errors.len() == before {
        errors.push("the service says that there were errors, and not which".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clusters_get_a_token() {
        for (address, cloud) in [
            ("https://help.kusto.windows.net", Cloud::Public),
            ("https://Sec.WestEurope.kusto.windows.net/", Cloud::Public),
            ("https://x.z0.kusto.fabric.microsoft.com", Cloud::Public),
            ("https://x.kusto.usgovcloudapi.net", Cloud::UsGov),
            ("https://x.chinaeast2.kusto.chinacloudapi.cn", Cloud::China),
        ] {
            let cluster = Cluster::parse(address).unwrap();
            assert_eq!((cluster.cloud(), cluster.is_local()), (cloud, false), "{address}");
            assert!(cluster.scope().ends_with("/.default") && !cluster.scope().contains("//.default"));
        }
        assert_eq!(
            Cluster::parse("https://Help.kusto.windows.net").unwrap().scope(),
            "https://help.kusto.windows.net/.default"
        );
        for address in [
            "help",
            "http://help.kusto.windows.net",
            "https://help.kusto.windows.net:8443",
            "https://a:b@help.kusto.windows.net",
            "https://help.kusto.windows.net/Samples",
            "https://kusto.windows.net",
            "https://evilkusto.windows.net",
            "https://help.kusto.windows.net.example.com",
            "https://example.com/?x=.kusto.windows.net",
            "https://help.kusto.windows.net@example.com",
            "ftp://127.0.0.1",
        ] {
            assert!(Cluster::parse(address).is_err(), "{address}");
        }
        assert!(Cluster::parse("http://127.0.0.1:8080").unwrap().is_local());
    }

    fn frames(rows: Value, completion: Value) -> Value {
        json!([
            { "FrameType": "DataSetHeader", "IsProgressive": false, "Version": "v2.0" },
            { "FrameType": "DataTable", "TableKind": "QueryProperties", "Columns": [], "Rows": [] },
            { "FrameType": "DataTable", "TableKind": "PrimaryResult", "TableName": "PrimaryResult",
              "Columns": [{ "ColumnName": "n", "ColumnType": "long" }], "Rows": rows },
            completion,
        ])
    }

    #[test]
    fn the_primary_result_is_read_with_the_errors_in_it() {
        let whole = json!({ "FrameType": "DataSetCompletion", "HasErrors": false, "Cancelled": false });
        let answer = read(frames(json!([[1], [2]]), whole.clone())).unwrap();
        assert_eq!((answer.rows.len(), answer.partial), (2, None));
        let errors = json!([{ "error": { "code": "LimitsExceeded", "message": "Request is invalid.",
            "@message": "The results exceed the limit of 500000 records. (E_QUERY_RESULT_SET_TOO_LARGE)" } }]);
        let row = json!({ "OneApiErrors": errors });
        let answer = read(frames(json!([[1], row]), whole)).unwrap();
        let partial = answer.partial.unwrap();
        assert_eq!(answer.rows.len(), 1);
        assert!(partial.contains("E_QUERY_RESULT_SET_TOO_LARGE"), "{partial}");
        let broken = json!({ "FrameType": "DataSetCompletion", "HasErrors": true, "OneApiErrors": errors });
        assert!(read(frames(json!([]), broken)).unwrap().partial.is_some());
    }

    #[test]
    fn an_answer_that_ends_early_is_partial_and_one_of_another_shape_refused() {
        assert!(read(frames(json!([[1]]), json!({}))).unwrap().partial.is_some());
        for wrong in [json!({}), json!([]), frames(json!([[1, 2]]), json!({})), frames(json!(1), json!({}))] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
