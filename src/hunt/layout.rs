//! Which table a file of exported logs holds, by its path.
//!
//! - `DeviceNetworkEvents.jsonl`, also with a day or number behind the name: `DeviceNetworkEvents-2026-11-30.jsonl.gz`
//! - `DeviceNetworkEvents/2026/11/30/events.jsonl`: any folder called as the table
//! - `am-devicenetworkevents/WorkspaceResourceId=/…/y=2026/m=11/d=30/h=07/m=00/PT05M.json`: the data export of
//!   Log Analytics to a storage account
//! - `insights-logs-advancedhunting-devicenetworkevents/…/PT1H.json`: the streaming of Defender XDR

use std::path::Path;

use crate::exec::INGESTED;
use crate::exec::value::{DateTime, TICKS_PER_DAY};

/// How rows are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// An object of JSON a line; also an object with `records`.
    Json,
    /// Comma-separated values behind a line of names.
    Csv,
    /// Parquet.
    Parquet,
}

/// How a file holds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// How rows are written.
    pub shape: Shape,
    /// Whether gzip compressed them.
    pub gzip: bool,
}

impl Form {
    /// The form of a file by the end of its name; nothing for other files.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let (name, gzip) = match name.strip_suffix(".gz") {
            Some(name) => (name, true),
            None => (name.as_str(), false),
        };
        let shape = match name.rsplit_once('.')?.1 {
            "json" | "jsonl" | "ndjson" => Shape::Json,
            "csv" => Shape::Csv,
            "parquet" if !gzip => Shape::Parquet,
            _ => return None,
        };
        Some(Self { shape, gzip })
    }
}

/// The columns that stand for one that an export does not have, in the order in which they are looked for: Defender's own
/// exports call the time of an event otherwise, and where an export does not say when a row came in, that is when its event
/// was.
pub(super) fn stand_ins(column: &str) -> &'static [&'static str] {
    match column {
        TIME => &["Timestamp"],
        INGESTED => &["_TimeReceived", TIME, "Timestamp"],
        _ => &[],
    }
}

/// The column with the time of an event.
pub(super) const TIME: &str = "TimeGenerated";

/// What exports put before the name of a table in the name of a container.
const PREFIXES: [&str; 2] = ["am-", "insights-logs-advancedhunting-"];

/// Whether a file, by its path within the folder of data, holds rows of `table`. Case does not count.
pub fn holds(path: &Path, table: &str) -> bool {
    let mut parts = path.iter().filter_map(|part| part.to_str()).rev();
    let file = parts.next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    is_named(stem, table) || parts.any(|part| is_named(part, table))
}

/// Whether a part of a path names the table, maybe with a day or a number behind it.
fn is_named(part: &str, table: &str) -> bool {
    let part = part.to_ascii_lowercase();
    let plain = PREFIXES.iter().find_map(|prefix| part.strip_prefix(prefix)).unwrap_or(&part);
    match plain.strip_prefix(&table.to_ascii_lowercase()) {
        Some("") => true,
        // `Sign` is no name of `SigninLogs`, and `Events_CL` none of `Events`.
        Some(rest) => {
            rest.starts_with(['-', '_', '='])
                && rest.chars().skip(1).all(|char| char.is_ascii_digit() || char == '-' || char == '_')
        }
        None => false,
    }
}

/// The stretch of time that the folders of a path speak of: `y=2026/m=11/d=30`, `2026/11/30`, `2026-11-30`, to the day; and
/// the end of it. Nothing where they speak of none.
pub fn day(path: &Path) -> Option<(DateTime, DateTime)> {
    let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    let start = parts.iter().find_map(|part| written_day(part)).or_else(|| {
        parts.windows(3).find_map(|window| match window {
            [year, month, day] => {
                let number = |part: &str, keys: [&str; 2]| {
                    let bare = keys.iter().find_map(|key| part.strip_prefix(key)).unwrap_or(part);
                    bare.parse::<i64>().ok().filter(|_| bare.bytes().all(|byte| byte.is_ascii_digit()))
                };
                let year = number(year, ["y=", "year="]).filter(|year| (1900..=9999).contains(year))?;
                DateTime::from_date(year, number(month, ["m=", "month="])?, number(day, ["d=", "day="])?)
            }
            _ => None,
        })
    })?;
    let end = DateTime::from_ticks(start.ticks() + TICKS_PER_DAY).unwrap_or(DateTime::MAX);
    Some((start, end))
}

/// A day that is written in one part: `2026-11-30`, also behind a name.
fn written_day(part: &str) -> Option<DateTime> {
    let bytes = part.as_bytes();
    (0..bytes.len().saturating_sub(9)).find_map(|at| {
        let text = part.get(at..at + 10)?;
        let fits = text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        if fits { DateTime::parse(text) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_their_table() {
        for (path, table, expected) in [
            ("DeviceNetworkEvents.jsonl", "DeviceNetworkEvents", true),
            ("devicenetworkevents-2026-11-30.jsonl.gz", "DeviceNetworkEvents", true),
            ("SigninLogs/2026/11/30/a.json", "SigninLogs", true),
            (
                "am-signinlogs/WorkspaceResourceId=/x/y=2026/m=11/d=30/h=07/m=00/PT05M.json",
                "SigninLogs",
                true,
            ),
            ("insights-logs-advancedhunting-devicenetworkevents/PT1H.json", "DeviceNetworkEvents", true),
            ("Sign.json", "SigninLogs", false),
            ("Events_CL.json", "Events", false),
            ("Events_1.json", "Events", true),
            ("SigninLogs.csv", "AuditLogs", false),
        ] {
            assert_eq!(holds(Path::new(path), table), expected, "{path} {table}");
        }
    }

    #[test]
    fn paths_speak_of_their_day() {
        for path in [
            "T/2026/11/30/a.json",
            "T/y=2026/m=11/d=30/h=07/PT05M.json",
            "T-2026-11-30.jsonl",
            "T/year=2026/month=11/day=30/x.csv",
        ] {
            let (start, end) = day(Path::new(path)).expect(path);
            assert_eq!(start.to_string(), "2026-11-30T00:00:00.0000000Z", "{path}");
            assert_eq!(end.to_string(), "2026-12-01T00:00:00.0000000Z", "{path}");
        }
        assert_eq!(day(Path::new("T/20/11/30/a.json")), None);
        assert_eq!(day(Path::new("T.json")), None);
    }
}
