//! The tables of a workspace, which can only be read.

use std::sync::Arc;

use picket::catalog::kql::{KqlCatalog, Table};
use picket::emulator::{EmulatorOptions, QueryCheck, QueryRefusal};
use serde_json::json;

use crate::client::*;

/// A workspace with these tables, in which every query runs.
pub struct Tables(pub &'static [&'static str]);

impl QueryCheck for Tables {
    fn check(&self, _query: &str) -> Result<(), QueryRefusal> {
        Ok(())
    }

    fn tables(&self) -> Vec<&Table> {
        self.0.iter().map(|name| KqlCatalog::builtin().table(name).expect(name)).collect()
    }
}

pub fn with_tables(options: &mut EmulatorOptions) {
    options.query_check = Some(Arc::new(Tables(&["Heartbeat", "SecurityAlert"])));
}

pub fn table(name: &str, version: &str) -> String {
    let path = format!("{}/tables/{name}", workspace_path());
    format!("{}?api-version={version}", path.trim_end_matches('/'))
}

#[tokio::test]
async fn lists_the_tables_in_which_queries_run() {
    let (_running, client) = workspace_with(with_tables).await;
    assert_eq!(client.get(&table("", LOG_ANALYTICS)).await.names(), ["Heartbeat", "SecurityAlert"]);
    let found = client.get(&table("heartbeat", "2025-07-01")).await;
    assert_eq!((found.status, &found.body["properties"]["plan"]), (200, &json!("Analytics")));
    let columns = found.body["properties"]["schema"]["standardColumns"].as_array().unwrap();
    assert!(columns.contains(&json!({ "name": "TimeGenerated", "type": "dateTime" })), "{columns:?}");
    assert_eq!(client.get(&table("SigninLogs", LOG_ANALYTICS)).await.error().0, 404);
    assert_eq!(client.put(&table("Mine_CL", LOG_ANALYTICS), &json!({})).await.status, 405);
}

#[tokio::test]
async fn lists_none_where_no_query_is_run() {
    let (_running, client) = workspace().await;
    assert_eq!(client.get(&table("", LOG_ANALYTICS)).await.names(), [""; 0]);
}
