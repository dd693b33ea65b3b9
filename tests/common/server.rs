//! `picket emulator` as a workspace that somebody else changes, too.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;

/// A server that is ended with the test.
pub struct Server {
    /// The process; none where the test itself serves.
    child: Option<Child>,
    pub endpoint: String,
}

impl Server {
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = super::picket_process(folder)
            .args(["emulator", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let endpoint = line.trim().strip_prefix("listening on ").expect("the server says where it listens");
        Self { child: Some(child), endpoint: endpoint.to_owned() }
    }

    /// A server that somebody else started, and ends.
    pub fn at(endpoint: &str) -> Self {
        Self { child: None, endpoint: endpoint.to_owned() }
    }

    /// The settings of a project whose workspace `stage` is this server.
    pub fn settings(&self) -> String {
        settings(&format!("endpoint = \"{}\"\n", self.endpoint))
    }

    /// What somebody does to the analytics rule `id` by hand.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let path = rule_path(id);
        let (status, mut body) = self.send("GET", &path, None);
        assert_eq!(status, 200, "{body}");
        body["properties"].as_object_mut().unwrap().remove("lastModifiedUtc");
        change(&mut body);
        let (status, answer) = self.send("PUT", &path, Some(&body));
        assert!(status < 300, "{answer}");
    }

    /// Makes the analytics rule `id` by hand.
    pub fn make(&self, id: &str, body: &Value) {
        let (status, answer) = self.send("PUT", &rule_path(id), Some(body));
        assert!(status < 300, "{answer}");
    }

    /// What Microsoft Graph answers, status and body.
    pub fn graph(&self, verb: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.send(verb, &format!("/{path}"), body)
    }

    /// Deletes the analytics rule `id` by hand.
    pub fn delete(&self, id: &str) {
        assert!(self.send("DELETE", &rule_path(id), None).0 < 300);
    }

    /// The analytics rule `id` as it is there.
    pub fn rule(&self, id: &str) -> Option<Value> {
        let (status, body) = self.send("GET", &rule_path(id), None);
        (status == 200).then_some(body)
    }

    /// What a GET of `path`, below `Microsoft.SecurityInsights`, answers.
    pub fn read(&self, path: &str) -> Value {
        let (status, body) = self.send("GET", &insights_path(path), None);
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Writes `path`, below `Microsoft.SecurityInsights`, by hand.
    pub fn write(&self, path: &str, body: &Value) {
        let (status, answer) = self.send("PUT", &insights_path(path), Some(body));
        assert!(status < 300, "{answer}");
    }

    /// The id of the workspace by which its logs are queried.
    pub fn customer_id(&self) -> String {
        let path =
            insights_path("").split("/providers/Microsoft.SecurityInsights").next().unwrap().to_owned();
        let (status, body) = self.send("GET", &format!("{path}?api-version=2026-03-01"), None);
        assert_eq!(status, 200, "{body}");
        body["properties"]["customerId"].as_str().unwrap().to_owned()
    }

    /// Deletes `path`, below `Microsoft.SecurityInsights`, by hand.
    pub fn remove(&self, path: &str) {
        assert!(self.send("DELETE", &insights_path(path), None).0 < 300);
    }

    /// What somebody does to the properties of the saved search `name` by hand.
    pub fn edit_search(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let (status, mut body) = self.send("GET", &search_path(name), None);
        assert_eq!(status, 200, "{body}");
        change(&mut body["properties"]);
        body["etag"] = "*".into();
        self.write_search(name, &body);
    }

    /// Writes the saved search `name` by hand.
    pub fn write_search(&self, name: &str, body: &Value) {
        let (status, answer) = self.send("PUT", &search_path(name), Some(body));
        assert!(status < 300, "{answer}");
    }

    /// All saved searches.
    pub fn searches(&self) -> Value {
        let path = search_path("").replace("savedSearches/?", "savedSearches?");
        self.send("GET", &path, None).1
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let mut request = http.request(method, format!("{}{path}", self.endpoint)).bearer_auth("local");
            if let Some(body) = body {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn rule_path(id: &str) -> String {
    insights_path(&format!("alertRules/{id}"))
}

fn search_path(name: &str) -> String {
    format!(
        "/subscriptions/d0cfe6b2-9ac0-4464-9919-dccaee2e48c0/resourceGroups/soc/providers/\
         Microsoft.OperationalInsights/workspaces/soc-logs/savedSearches/{name}?api-version=2026-03-01"
    )
}

fn insights_path(path: &str) -> String {
    format!(
        "/subscriptions/d0cfe6b2-9ac0-4464-9919-dccaee2e48c0/resourceGroups/soc/providers/\
         Microsoft.OperationalInsights/workspaces/soc-logs/providers/Microsoft.SecurityInsights/{path}\
         ?api-version=2025-10-01-preview"
    )
}

/// The settings of a project with the workspace `stage`, to whose table `endpoint` is added.
pub fn settings(endpoint: &str) -> String {
    format!(
        "[project]\nname = \"soc\"\n[workspace.stage]\nsubscription = \"d0cfe6b2-9ac0-4464-9919-dccaee2e48c0\"\n\
         resource_group = \"soc\"\nname = \"soc-logs\"\n{endpoint}"
    )
}
