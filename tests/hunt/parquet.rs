//! Files of Parquet: written and read again, with what is wrong with them.

use crate::common::{run, write};

/// Rows of each type, among them nulls, many of the same and many that are not.
const ROWS: &str = "range n from 1 to 8000 step 1
| extend TimeGenerated = datetime(2026-11-01) + n * 1m + 1tick, DeviceName = strcat('srv', n % 50),
    RemoteUrl = iff(n % 7 == 0, '', strcat('h', n, '.example.com')), RemotePort = iff(n % 3 == 0, int(null), toint(n % 1000)),
    ReportId = n, AdditionalFields = iff(n % 5 == 0, dynamic(null), pack('n', n, 'tags', pack_array('a', n % 2 == 0))),
    ActionType = case(n % 100 == 0, 'ConnectionFailed', 'ConnectionSuccess'), LocalIP = strcat('10.0.', n % 256, '.1'),
    InitiatingProcessCommandLine = strcat('run ', n, ' ', strrep('x', 200))
| project-away n";

fn csv(at: &std::path::Path, query: &str, data: &str) -> String {
    write(at, "q.kql", query);
    let ran = run(at, &["kql", "run", "q.kql", "--data", data, "--format", "csv"]);
    assert_eq!(ran.code, 0, "{query}: {}", ran.err);
    ran.out
}

#[test]
fn rows_are_the_same_as_those_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "rows.kql", ROWS);
    std::fs::create_dir_all(at.join("parquet")).unwrap();
    let file = "parquet/DeviceNetworkEvents.parquet";
    let ran = run(at, &["kql", "run", "rows.kql", "--format", "parquet", "--output", file]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json = run(at, &["kql", "run", "rows.kql", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let names: Vec<&str> =
        json["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    let lines: String = json["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cells = names.iter().zip(row.as_array().unwrap());
            let object: serde_json::Map<String, serde_json::Value> =
                cells.map(|(name, cell)| ((*name).to_owned(), cell.clone())).collect();
            format!("{}\n", serde_json::Value::Object(object))
        })
        .collect();
    write(at, "json/DeviceNetworkEvents.jsonl", lines);
    for query in [
        "DeviceNetworkEvents | count",
        "DeviceNetworkEvents | where TimeGenerated between (datetime(2026-11-05) .. datetime(2026-11-05 01:00)) | order by ReportId asc",
        "DeviceNetworkEvents | where RemoteUrl has 'h777' or RemotePort == 12 and DeviceName !in~ ('SRV3', 'srv5') | summarize n = count(), make_set(DeviceName) by RemotePort | order by RemotePort asc",
        "DeviceNetworkEvents | where isempty(RemoteUrl) and isnull(RemotePort) | count",
        "DeviceNetworkEvents | where not(DeviceName == 'srv1') and ActionType has 'failed' | project ReportId, RemoteUrl, LocalIP | order by ReportId asc",
        // Too many values for a dictionary: pages of plain values.
        "DeviceNetworkEvents | where InitiatingProcessCommandLine has '77' or InitiatingProcessCommandLine startswith 'run 799' | project ReportId, InitiatingProcessCommandLine | order by ReportId asc",
        "DeviceNetworkEvents | where AdditionalFields.n == 42 | project AdditionalFields, RemoteIP",
        "DeviceNetworkEvents | where ActionType == 'nothing of it' | count",
        "DeviceNetworkEvents | where RemoteIP == '' and ReportId > 7990 | project ReportId, t = ingestion_time()",
        "DeviceNetworkEvents | extend u = toupper(DeviceName) | where u == 'SRV7' | summarize max(TimeGenerated), dcount(RemoteUrl)",
        "let a = DeviceNetworkEvents | where ReportId < 100; a | join kind=inner (DeviceNetworkEvents | where ReportId between (50 .. 60)) on ReportId | summarize count(), max(RemoteUrl1)",
        "union DeviceNetworkEvents, (DeviceNetworkEvents | where ReportId == 5) | where ReportId < 10 | summarize count() by ReportId | order by ReportId asc",
    ] {
        assert_eq!(csv(at, query, "parquet"), csv(at, query, "json"), "{query}");
    }
    // A stretch of time holds where the query itself does not read the time.
    write(at, "q.kql", "DeviceNetworkEvents | count");
    let since = ["--since", "2026-11-06T13:19:00Z", "--at", "2026-12-01", "--format", "csv"];
    let of = |data: &str| run(at, &[&["kql", "run", "q.kql", "--data", data], &since[..]].concat()).out;
    assert_eq!((of("parquet"), of("json")), ("Count\n2\n".to_owned(), "Count\n2\n".to_owned()));
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let table = |ports: &str| {
        format!("datatable(DeviceName: string, RemotePort: {ports})['a', 443, 'b', 70000000000]")
    };
    std::fs::create_dir_all(at.join("logs/DeviceNetworkEvents")).unwrap();
    write(at, "rows.kql", table("long"));
    let good = "logs/DeviceNetworkEvents/good.parquet";
    assert_eq!(run(at, &["kql", "run", "rows.kql", "--format", "parquet", "--output", good]).code, 0);
    let bytes = std::fs::read(at.join(good)).unwrap();
    write(at, "logs/DeviceNetworkEvents/none.parquet", "PAR1 is no file of Parquet");
    write(at, "logs/DeviceNetworkEvents/short.parquet", &bytes[..bytes.len() / 2]);
    write(at, "logs/DeviceNetworkEvents/empty.parquet", "");
    let mut broken = bytes.clone();
    broken[4..40].fill(0xff);
    write(at, "logs/DeviceNetworkEvents/broken.parquet", broken);
    write(at, "q.kql", "DeviceNetworkEvents | project DeviceName, RemotePort");
    let ran = run(at, &["hunt", "q.kql", "--data", "logs", "--format", "csv"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "DeviceName,RemotePort\na,443\n"), "{}", ran.err);
    for said in [
        "DeviceNetworkEvents/none.parquet: no Parquet: ",
        "DeviceNetworkEvents/short.parquet: no Parquet: ",
        "DeviceNetworkEvents/empty.parquet: no Parquet: ",
        "DeviceNetworkEvents/broken.parquet: row group 1 cannot be read: ",
        "DeviceNetworkEvents/good.parquet:2: `RemotePort`: expected a whole number in range",
    ] {
        assert!(ran.err.contains(said), "{said} in {}", ran.err);
    }
    let ran = run(at, &["kql", "run", "rows.kql", "--format", "parquet"]);
    assert!(ran.code == 2 && ran.err.contains("--output"), "{}", ran.err);
}
