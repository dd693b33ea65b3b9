//! How often the rules of a workspace fired, as its alerts say it.

use std::time::Duration;

use super::connect::{Destination, Wishes};
use crate::arm::alert;
use crate::azure::{AzureError, LogAnswer, LogSpan, Service};
use crate::plan::Fired;

/// A day in seconds.
const DAY: u64 = 24 * 60 * 60;

/// Each rule that fired in the last `days`, and why that may not be all of them.
///
/// # Errors
/// When the workspace cannot be read, or its logs cannot be queried.
pub(crate) async fn fired(
    destination: &Destination,
    days: u32,
    wishes: &Wishes,
) -> Result<(Vec<Fired>, Option<String>), AzureError> {
    let id = destination.customer_id(wishes).await?;
    let logs = destination.client(Service::LogAnalytics, wishes)?;
    let span = LogSpan::Last(Duration::from_secs(u64::from(days) * DAY));
    let answer = logs.query(&id, &alert::query(&id), &span).await?;
    let rules = read(&answer, &id);
    Ok((rules, answer.partial))
}

fn read(answer: &LogAnswer, workspace: &str) -> Vec<Fired> {
    let [rule, alerts, last] = alert::COLUMNS.map(|(name, _)| answer.column(name));
    let fired = |row: &Vec<serde_json::Value>| {
        let alert_type = row.get(rule?)?.as_str()?;
        Some(Fired {
            rule: alert::rule_of(alert_type, workspace)?.to_owned(),
            alerts: row.get(alerts?)?.as_u64()?,
            last: row.get(last?)?.as_str()?.to_owned(),
        })
    };
    answer.rows.iter().filter_map(fired).collect()
}
