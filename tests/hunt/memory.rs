//! Hunts within little memory: groups that do not fit wait on disk, and what cannot wait says so.

use crate::common::{run, write};

#[test]
fn groups_wait_on_disk_and_come_out_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("logs")).unwrap();
    let rows = "range n from 1 to 20000 step 1
        | project DeviceName = strcat('srv', n % 2000), RemoteUrl = strcat('h', n % 3001, '.example.com'), RemotePort = toint(n % 17)";
    write(at, "rows.kql", rows);
    let file = "logs/DeviceNetworkEvents.parquet";
    assert_eq!(run(at, &["kql", "run", "rows.kql", "--format", "parquet", "--output", file]).code, 0);
    let query = "DeviceNetworkEvents
        | summarize n = count(), urls = dcount(RemoteUrl), ports = make_set(RemotePort), p = percentile(RemotePort, 50), newest = arg_max(RemotePort, RemoteUrl) by DeviceName
        | order by DeviceName asc";
    write(at, "q.kql", query);
    let within = |memory: &str, query: &str| {
        run(at, &["hunt", query, "--data", "logs", "--format", "csv", "--memory", memory])
    };
    let much = within("2GB", "q.kql");
    assert_eq!((much.code, much.out.lines().count()), (0, 2001), "{}", much.err);
    // The rows of a part are held, and the result: the groups alone take several times as much.
    let little = within("2600KB", "q.kql");
    assert_eq!(little.code, 0, "{}", little.err);
    assert!(little.out == much.out, "the same groups");
    assert_eq!(little.err, much.err, "what is read twice is counted once");
    // One group that does not fit cannot be taken apart.
    write(at, "one.kql", "DeviceNetworkEvents | summarize make_list(RemoteUrl)");
    let none = within("300KB", "one.kql");
    assert!(none.code == 2 && none.err.contains("raise `--memory`"), "{}", none.err);
    // Nor can rows that are to be put in order.
    write(at, "sort.kql", "DeviceNetworkEvents | order by RemoteUrl asc");
    let none = within("300KB", "sort.kql");
    assert!(none.code == 2 && none.err.contains("raise `--memory`"), "{}", none.err);
}
