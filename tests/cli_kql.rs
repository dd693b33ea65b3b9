//! `picket kql` from outside.

#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test fails this way")]

mod common;

use common::{run, run_with, scheduled_rule, write};

#[test]
fn fmt_rewrites_shows_or_only_checks() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hunt.kql");
    let written = "T|where a==1 // why\n|project a,b\n";
    std::fs::write(&file, written).expect("the folder takes files");

    let checked = run(folder.path(), &["kql", "fmt", "--check", "hunt.kql"]);
    assert_eq!((checked.code, checked.err.as_str()), (1, "1 file is not in the style\n"));
    let shown = run(folder.path(), &["kql", "fmt", "--diff", "hunt.kql"]);
    assert_eq!(shown.code, 0);
    assert!(shown.out.contains("+| where a == 1 // why\n"), "{}", shown.out);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), written, "nothing was to be written");

    let rewritten = run(folder.path(), &["kql", "fmt", "hunt.kql"]);
    assert_eq!((rewritten.code, rewritten.err.as_str()), (0, ""));
    let text = std::fs::read_to_string(&file).expect("it is there");
    assert_eq!(text, "T\n| where a == 1 // why\n| project a, b\n");
    assert_eq!(run(folder.path(), &["kql", "fmt", "--check", "hunt.kql"]).code, 0);
}

#[test]
fn fmt_leaves_what_does_not_parse() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("broken.kql");
    std::fs::write(&file, "T|where (\n").expect("the folder takes files");
    let ran = run(folder.path(), &["kql", "fmt", "broken.kql"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("error[KQ005]: `)` is expected here"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "T|where (\n");
}

/// A project with a table of its own, a file of KQL over it and a rule whose query has a typo.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(
        at,
        "kql/sessions.yaml",
        "tables:\n  - name: Sessions_CL\n    columns: { User: string, Bytes: long }\n",
    );
    write(at, "hunts/own.kql", "\u{feff}Sessions_CL\r\n| summarize Sum = sum(Bytes) by User\r\n");
    let rule = scheduled_rule(1).replace("EventID == 1", "EventIDs == 1 and 'ä' != Computer");
    write(at, "rules/typo.yaml", rule.replace('\n', "\r\n"));
    folder
}

#[test]
fn check_finds_errors_at_their_place_in_files_and_rules() {
    let folder = project();
    let at = folder.path();
    let ran = run(at, &["kql", "check", "hunts", "rules"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    insta::assert_snapshot!(ran.out);

    let ran = run(at, &["kql", "check", "rules", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("a JSON document");
    let finding = &report["diagnostics"][0];
    assert_eq!((finding["code"].as_str(), finding["name"].as_str()), (Some("KQ142"), Some("unknown-name")));
    assert_eq!(
        (finding["start"]["line"].as_u64(), finding["start"]["column"].as_u64()),
        (Some(18), Some(11))
    );
    let text = std::fs::read_to_string(at.join("rules/typo.yaml")).expect("it is there");
    let byte = finding["start"]["byte"].as_u64().and_then(|byte| usize::try_from(byte).ok()).expect("a byte");
    assert!(text[byte..].starts_with("EventIDs "), "the offset counts the bytes of the file");

    let ran = run(at, &["kql", "check", "hunts", "--quiet"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let ran = run(at, &["kql", "check", "rules", "--format", "github"]);
    assert!(ran.out.starts_with("::error file=rules/typo.yaml,line=18,"), "{}", ran.out);
    let ran = run(at, &["kql", "check", "rules", "--format", "sarif"]);
    assert!(ran.out.contains("\"ruleId\": \"KQ142\""), "{}", ran.out);
    assert!(run(at, &["explain", "KQ142"]).out.starts_with("# KQ142 unknown-name\n"));
}

#[test]
fn check_reads_standard_input_with_and_without_a_dash() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [&["kql", "check"][..], &["kql", "check", "-"]] {
        let ran = run_with(folder.path(), arguments, |command| {
            command.write_stdin("SigninLogs | where Nope == 1\n")
        });
        assert_eq!(ran.code, 1);
        assert!(ran.out.contains(" --> <stdin>:1:20\n"), "{}", ran.out);
        assert!(ran.out.ends_with("checked 1 query in 1 file: 1 error\n"), "{}", ran.out);
    }
}

#[test]
fn other_declarations_take_the_place_of_the_project_s() {
    let folder = project();
    let at = folder.path();
    write(at, "other/t.json", r#"{"name": "Sessions_CL", "columns": [{"name": "Bytes", "type": "string"}]}"#);
    let ran = run(at, &["kql", "check", "hunts", "--declarations", "other"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("error[KQ142]: there is no column or variable `User` here"), "{}", ran.out);
    let ran = run(at, &["kql", "check", "hunts", "--declarations", "none"]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("error[PK903]: the file cannot be read: there is no such file"), "{}", ran.out);

    write(at, "kql/bad.yaml", "tables:\n  - name: A_CL\n    columns: { A: strin }\n");
    let ran = run(at, &["kql", "check", "hunts"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("--> kql/bad.yaml:3:19\n"), "{}", ran.out);
}

#[test]
fn columns_and_tables_as_text_and_json() {
    let folder = project();
    let at = folder.path();
    let ran = run(at, &["kql", "columns", "hunts/own.kql"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "User  string\nSum   long\n", ""));
    let ran = run(at, &["kql", "tables", "hunts/own.kql"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "Sessions_CL\n", ""));

    let ran = run(at, &["kql", "tables", "hunts", "rules"]);
    assert_eq!(ran.code, 1, "the rule has an error");
    assert_eq!(ran.out, "hunts/own.kql\n  Sessions_CL\nrules/typo.yaml:17\n  SecurityEvent\n");
    assert!(ran.err.contains("error[KQ142]"), "{}", ran.err);

    let json = |arguments: &[&str], stdin: &'static str| -> serde_json::Value {
        let ran = run_with(at, arguments, |command| command.write_stdin(stdin));
        serde_json::from_str(&ran.out).expect("a JSON document")
    };
    let found = json(&["kql", "columns", "--format", "json"], "Nothing_CL | extend a = 1");
    let query = &found["queries"][0];
    assert_eq!(query["columns"], serde_json::json!([{"name": "a", "type": "long"}]));
    assert_eq!((&query["open"], &query["file"]), (&true.into(), &"<stdin>".into()));
    let found = json(&["kql", "columns", "--format", "json"], "1 + 2");
    assert!(found["queries"][0]["columns"].is_null());
    let found = json(&["kql", "tables", "rules", "--format", "json"], "");
    assert_eq!(
        found["queries"][0],
        serde_json::json!({"file": "rules/typo.yaml", "line": 17, "rule": "Rule 1", "tables": ["SecurityEvent"]})
    );
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "latin.kql", b"T | where a == '\xe4'\n");
    std::fs::create_dir(at.join("odd.kql")).expect("the folder is made");
    std::fs::create_dir(at.join("empty")).expect("the folder is made");
    let long = std::fs::File::create(at.join("long.kql")).expect("the file is made");
    long.set_len(9 << 20).expect("it grows");
    let ran = run(at, &["kql", "check", "latin.kql", "odd.kql", "long.kql", "none.kql", "empty"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.out);
    let ran = run(at, &["kql", "answers", "--schema", "none.json"]);
    let expected = "error: cannot use none.json: the file cannot be read: there is no such file\n";
    assert_eq!((ran.code, ran.err.starts_with(expected)), (2, true), "{}", ran.err);
}

#[test]
fn functions_are_checked_as_what_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let recent =
        "// parameters: (since: timespan = 1d)\nSigninLogs | where TimeGenerated > ago(since) | project Id";
    write(at, "kql/Recent.kql", recent);
    write(
        at,
        "kql/Made.kql",
        ".create-or-alter function Made(a: long) {\n  Recent | take a | where Bad == 1\n}\n",
    );
    write(at, "hunt.kql", "// Name: Recent (v2)\nRecent(2d) | project Id");
    let ran = run(at, &["kql", "check", "kql"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.out);
    assert_eq!(
        run(at, &["kql", "check", "hunt.kql"]).out,
        ran.out.replace("2 queries in 2 files", "1 query in 1 file")
    );
    assert_eq!(run(at, &["kql", "columns", "kql/Recent.kql"]).out, "Id  string\n", "no argument is needed");

    write(at, "kql/Made.kql", ".create function Made(a: lng) { Recent | take a }\n");
    let ran = run(at, &["kql", "check", "hunt.kql"]);
    assert!(ran.out.contains("--> kql/Made.kql:1:22\n"), "the parameters are at fault: {}", ran.out);
}

#[test]
fn the_rmm_catalog_shows_its_errors_in_its_own_files() {
    let Some(shared) = common::shared() else { return };
    let ran = run(&shared.join("catalogs"), &["kql", "check", "rmm", "--format", "json"]);
    assert_eq!(ran.code, 1);
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("a JSON document");
    let findings = report["diagnostics"].as_array().expect("a list");
    let mut wrong_upn = 0;
    for finding in findings {
        assert!(finding["code"].as_str().expect("a code").starts_with("KQ"), "{finding}");
        let file = finding["file"].as_str().expect("a file");
        let text = std::fs::read_to_string(shared.join("catalogs").join(file)).expect("it is readable");
        let byte = |key: &str| finding[key]["byte"].as_u64().and_then(|byte| usize::try_from(byte).ok());
        let range = byte("start").expect("a start")..byte("end").expect("an end");
        if finding["message"] == "there is no column or variable `AccountUpn` here" {
            wrong_upn += 1;
            assert_eq!(&text[range], "AccountUpn");
            assert_eq!(
                finding["help"][0],
                "a column here ends with this name: `InitiatingProcessAccountUpn`"
            );
        }
    }
    assert_eq!((wrong_upn, findings.len()), (60, 70));
}

#[test]
fn queries_run_on_the_rows_that_they_write_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let query = "datatable(User: string, Failed: bool)['ada', true, 'bob', false, 'ada', true]\n\
                 | summarize Failures = countif(Failed), When = now() by User\n";
    std::fs::write(folder.path().join("q.kql"), query).expect("written");
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let ran = run(&["kql", "run", "--at", "2026-11-30", "q.kql"]);
    insta::assert_snapshot!("run_text", ran.out);
    let ran = run(&["kql", "run", "--at", "2026-11-30", "--format", "csv", "q.kql"]);
    assert_eq!(ran.out.lines().nth(1), Some("ada,2,2026-11-30T00:00:00.0000000Z"));
    let ran = run(&["kql", "run", "--at", "2026-11-30", "--format", "json", "q.kql"]);
    common::valid(picket::report::rows_json_schema(), &ran.out);

    // What is not supported is named before anything runs, at its place.
    std::fs::write(folder.path().join("q.kql"), "print\n  a = geo_info_from_ip_address('192.0.2.1')\n")
        .expect("written");
    let ran = run(&["kql", "run", "q.kql"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("PK930") && ran.err.contains("q.kql:2:7"), "{}", ran.err);
    // A run that stops says where.
    std::fs::write(folder.path().join("q.kql"), "print a = 'x' matches regex '('\n").expect("written");
    let ran = run(&["kql", "run", "q.kql"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("PK931"), "{}", ran.err);
}

#[test]
fn hunts_read_exported_logs() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let event = |host: &str, url: &str| {
        format!(
            "{{\"TimeGenerated\":\"2026-11-29T10:00:00Z\",\"DeviceName\":\"{host}\",\"RemoteUrl\":\"{url}\",\"Extra\":1}}"
        )
    };
    // The data export of Log Analytics: JSON lines in folders.
    let export = "logs/am-devicenetworkevents/WorkspaceResourceId=/x/y=2026/m=11/d=29/h=10/m=00/PT05M.json";
    write(
        at,
        export,
        format!("{}\n{}\n", event("srv1", "relay.example.com"), event("srv2", "other.example.com")),
    );
    // Compressed lines, with rows that cannot be read.
    let text = format!(
        "{}\nnot JSON\n{}\n",
        event("srv3", "eu.relay.example.com"),
        event("srv4", "relay.example.com").replace("2026-11-29T10:00:00Z", "yesterday")
    );
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, text.as_bytes()).expect("written");
    std::fs::write(at.join("logs/DeviceNetworkEvents-2026-11-29.jsonl.gz"), gzip.finish().expect("ended"))
        .expect("written");
    // What the portal exports.
    let csv = "\u{feff}\"TimeGenerated [UTC]\",DeviceName,RemoteUrl\n\"11/29/2026, 10:00:00 AM\",srv5,relay.example.com\n";
    write(
        at,
        "logs/DeviceNetworkEvents/portal.csv",
        csv.replace("11/29/2026, 10:00:00 AM", "2026-11-29 10:00:00"),
    );
    write(
        at,
        "hunt.kql",
        "DeviceNetworkEvents\n| where RemoteUrl has 'relay.example.com'\n| project DeviceName, TimeGenerated\n| order by DeviceName asc\n",
    );

    let ran = run(at, &["hunt", "hunt.kql", "--data", "logs", "--format", "csv"]);
    assert_eq!(ran.code, 1, "rows were bad: {}", ran.err);
    let hosts: Vec<&str> = ran.out.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(hosts, ["srv1", "srv3", "srv5"]);
    assert!(ran.err.contains("DeviceNetworkEvents-2026-11-29.jsonl.gz:2: no JSON at column"), "{}", ran.err);
    assert!(ran.err.contains("DeviceNetworkEvents-2026-11-29.jsonl.gz:3: `TimeGenerated`: "), "{}", ran.err);
    assert!(ran.err.ends_with("read 4 rows of 3 files; 2 rows could not be read\n"), "{}", ran.err);

    // A rule by its file; a folder without logs says so.
    let rule = scheduled_rule(7).replace(
        "SecurityEvent\n  | where EventID == 7",
        "DeviceNetworkEvents\n  | where DeviceName == 'srv2'\n  | summarize count()",
    );
    write(at, "rules/a.yaml", rule);
    let ran = run(at, &["hunt", "rules/a.yaml", "--data", "logs", "--format", "csv"]);
    assert_eq!(ran.out, "count_\n1\n", "{}", ran.err);
    let ran = run(at, &["hunt", "hunt.kql", "--data", "rules"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("holds no exported logs"), "{}", ran.err);
}
