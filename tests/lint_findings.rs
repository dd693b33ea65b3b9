//! What lints find in small rules, and what suppression comments and levels do to it.

#![allow(clippy::unwrap_used, reason = "tests fail this way")]

use std::collections::BTreeMap;

use picket::catalog::kql::Overlay;
use picket::lint::{self, Facts, Level, Settings};
use picket::rule;
use picket::text::{SourceId, SourceMap};

mod common;

use common::lints::{HEAD, SCHEDULE, check_with, fixed, hunting, places, scheduled};

#[test]
fn techniques_of_every_matrix_and_the_service_s_own_tactics_are_known() {
    for (tactics, techniques) in [
        ("ImpairProcessControl", "T0855"),
        ("InhibitResponseFunction", "T0816"),
        ("PreAttack", "T1595"),
        ("Reconnaissance", "T1595.002"),
        ("DefenseEvasion", "T0872"),
        ("DefenseEvasion", "T1036.005"),
        ("DefenseEvasion", "T1550"),
        ("LateralMovement", "T1550"),
        ("PrivilegeEscalation", "T1098"),
    ] {
        let body = format!("tactics: [{tactics}]\nrelevantTechniques: [{techniques}]");
        let wrong: Vec<_> =
            places(&scheduled(&body)).into_iter().filter(|found| !found.contains("PK506")).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{body}");
    }
}

#[test]
fn a_technique_is_held_against_what_a_misspelled_tactic_means() {
    let body = "tactics: [CommanAndControl]\nrelevantTechniques: [T1071]";
    assert_eq!(places(&scheduled(body)), ["PK501 error 3: CommanAndControl"]);
    let body = "tactics: [CommanAndControl]\nrelevantTechniques: [T1110]";
    assert_eq!(places(&scheduled(body)), ["PK501 error 3: CommanAndControl", "PK504 error 4: T1110"]);
    let body = "tactics: [Something, Persistence]\nrelevantTechniques: [T1110]";
    assert_eq!(places(&scheduled(body)), ["PK501 error 3: Something"]);
}

#[test]
fn hunting_queries_are_held_to_less() {
    let body = "tactics: [Persistence]\nrelevantTechniques: [T1110, brute]";
    assert_eq!(places(&hunting(body)), ["PK504 warning 4: T1110", "PK503 warning 4: brute"]);
    assert_eq!(places(&scheduled(body)), ["PK504 error 4: T1110", "PK503 error 4: brute"]);
    let body = "relevantTechniques: [T1110]";
    assert_eq!(places(&hunting(body)), ["PK508 info 3: T1110"]);
    assert_eq!(places(&scheduled(body)), ["PK504 error 3: T1110"]);
    assert_eq!(fixed(&hunting(body), "PK508"), hunting(&format!("tactics: [CredentialAccess]\n{body}")));
}

#[test]
fn an_id_of_a_newer_attack_is_no_error() {
    let body = "tactics: [Persistence]\nrelevantTechniques: [T1999, T1110.099]";
    assert_eq!(places(&scheduled(body)), ["PK503 warning 4: T1999", "PK503 error 4: T1110.099"]);
}

#[test]
fn adding_a_tactic_keeps_the_style_of_the_list() {
    let add = |body: &str| fixed(&scheduled(body), "PK504");
    let flow = add("tactics: [Persistence]\nrelevantTechniques: [T1110, T1003]");
    assert!(flow.contains("tactics: [Persistence, CredentialAccess]\n"), "{flow}");
    let block = add("tactics:\n  - Persistence # why\nrelevantTechniques:\n  - T1110");
    assert!(block.contains("tactics:\n  - CredentialAccess\n  - Persistence # why\n"), "{block}");
    let windows = add("tactics:\r\n- Persistence\r\nrelevantTechniques: [T1110]");
    assert!(windows.contains("tactics:\r\n- CredentialAccess\r\n- Persistence\r\n"), "{windows}");
}

#[test]
fn what_is_named_twice_goes_with_its_line_or_comma() {
    let without = |body: &str| fixed(&scheduled(body), "PK510");
    let with = |techniques: &str| {
        scheduled(&format!("tactics: [CredentialAccess]\nrelevantTechniques:{techniques}"))
    };
    let once =
        without(&format!("tactics: [CredentialAccess]\nrelevantTechniques:{}", " [T1110, t1110 , T1003]"));
    assert_eq!(once, with(" [T1110 , T1003]"));
    let block = "\n  - T1110\n  - \"T1110\"\n  - T1003";
    let once = without(&format!("tactics: [CredentialAccess]\nrelevantTechniques:{block}"));
    assert_eq!(once, with("\n  - T1110\n  - T1003"));
    // A comment is not taken along.
    let (_, found) = check_with(&[&with("\n  - T1110\n  - T1110 # sprayed")], &Settings::default());
    assert!(found[0].code == "PK510" && found[0].fix.is_none(), "{found:?}");
    let parent = fixed(&with(" [T1110, T1110.003, T1556.006]"), "PK511");
    assert_eq!(parent, with(" [T1110.003, T1556.006]"));
}

#[test]
fn ids_in_other_forms_are_written_as_att_and_ck_does() {
    for written in ["t1110.003", "T1110003", "T1110-3", "T1110/003", "1110.003"] {
        let body = format!("tactics: [CredentialAccess]\nrelevantTechniques: ['{written}']");
        let text = fixed(&scheduled(&body), "PK503");
        assert!(places(&text).is_empty() && text.contains("T1110.003"), "{text}");
    }
}

#[test]
fn techniques_stand_under_the_key_of_their_kind() {
    let body = "tactics: [CredentialAccess]\ntechniques: [T1003]\nsubTechniques: [T1110.003, T1110]";
    assert_eq!(places(&scheduled(body)), ["PK512 info 5: T1110"]);
    let body = "tactics: [CredentialAccess]\ntechniques: [T1110.003]";
    let expected = "tactics: [CredentialAccess]\nrelevantTechniques: [T1110.003]";
    assert_eq!(fixed(&scheduled(body), "PK512"), scheduled(expected));
    assert_eq!(places(&hunting(body)), Vec::<String>::new());
}

#[test]
fn tables_on_a_basic_plan_are_no_tables_of_analytics_rules() {
    let mut overlay = Overlay::default();
    let table = |name: &str, plan: &str| {
        format!(
            r#"{{"properties": {{"plan": "{plan}", "schema": {{"name": "{name}", "columns": [{{"name": "A", "type": "string"}}]}}}}}}"#
        )
    };
    let declared = format!("[{}, {}]", table("Proxy_CL", "Auxiliary"), table("Known_CL", "Analytics"));
    assert_eq!(overlay.read(SourceId(0), "tables.json", &declared), []);
    let kql = overlay.into_catalog();
    let text = format!("{HEAD}tactics: [Impact]\n{SCHEDULE}query: Proxy_CL | union Known_CL\n");
    let mut sources = SourceMap::new();
    let id = sources.add("rule.yaml", text.as_str());
    let (rules, _) = rule::read(id, &text);
    let facts = Facts { kql: &kql, ..Facts::builtin() };
    let found = lint::check(&sources, &rules, Vec::new(), facts, &Settings::default());
    let places: Vec<_> = found.iter().map(|f| (f.code, sources.slice(f.primary.span))).collect();
    assert_eq!(places, [("PK608", "Proxy_CL")]);
}

#[test]
fn connectors_are_held_against_what_the_query_reads() {
    let with = |connectors: &str, query: &str| {
        places(&format!("{HEAD}requiredDataConnectors:\n{connectors}query: {query}\n"))
    };
    let entra = "  - connectorId: AzureActiveDirectory\n    dataTypes: [SigninLogs]\n";
    assert_eq!(with(entra, "SigninLogs | take 5"), Vec::<String>::new());
    assert_eq!(with(entra, "AuditLogs | take 5"), Vec::<String>::new());
    assert_eq!(
        with(entra, "OfficeActivity | take 5"),
        ["PK603 warning 4: AzureActiveDirectory", "PK604 info 6: OfficeActivity"]
    );
    // Where it is not known in full what is read, nothing is superfluous.
    for query in ["union Office*, SigninL* | take 5", "_Im_Dns | take 5", "OfficeActivity | union Unknown_CL"]
    {
        assert!(!with(entra, query).iter().any(|place| place.starts_with("PK603")), "{query}");
    }
    assert_eq!(with(&entra.repeat(2), "SigninLogs"), ["PK605 warning 6: AzureActiveDirectory"]);
    // A deprecated connector beside the one that took its place is there for those who still have it.
    let old = "  - connectorId: PaloAltoNetworks\n    dataTypes: [CommonSecurityLog]\n";
    assert_eq!(with(old, "CommonSecurityLog"), ["PK606 info 4: PaloAltoNetworks"]);
    let new = "  - connectorId: CefAma\n    dataTypes: [CommonSecurityLog]\n";
    assert_eq!(with(&format!("{old}{new}"), "CommonSecurityLog"), Vec::<String>::new());
    let more = "  - connectorId: AzureActiveDirectory\n    dataTypes: [AuditLogs]\n";
    assert_eq!(with(&format!("{entra}{more}"), "SigninLogs"), ["PK605 info 6: AzureActiveDirectory"]);
}

#[test]
fn old_names_of_tables_are_known() {
    let places = |query: &str| places(&format!("{HEAD}query: {query}\n"));
    let found = places("ProcessCreationEvents | take 5");
    assert!(found.contains(&"PK607 warning 3: ProcessCreationEvents".to_owned()), "{found:?}");
    let message = |table: &str| {
        let (_, found) = check_with(&[&format!("{HEAD}query: {table} | take 5\n")], &Settings::default());
        found.into_iter().find(|finding| finding.code == "PK607").map(|finding| finding.message)
    };
    for (table, expected) in [
        ("ProcessCreationEvents", "table `ProcessCreationEvents` has another name now"),
        (
            "ThreatIntelligenceIndicator",
            "table `ThreatIntelligenceIndicator` gets no new rows since 2025-08-31",
        ),
        ("DnsEvents", "what fills table `DnsEvents`, the Log Analytics agent, is retired since 2024-08-31"),
    ] {
        assert_eq!(message(table).as_deref(), Some(expected));
    }
    // Flow logs of network security groups go there until 2027.
    assert_eq!(message("AzureNetworkAnalytics_CL"), None);
    assert_eq!(places("BoxEvents_CL | take 5"), ["PK607 info 3: BoxEvents_CL"]);
    assert_eq!(places("ThreatIntelIndicators | take 5"), Vec::<String>::new());
}

#[test]
fn ids_in_another_dress_are_rewritten() {
    for id in ["'{3F0C8A52-6C1D-4B7E-9A3F-5D2E7C1B8F40}'", "3f0c8a526c1d4b7e9a3f5d2e7c1b8f40"] {
        let text = format!("id: {id}\nname: Test\nquery: SigninLogs\n");
        assert_eq!(fixed(&text, "PK110"), format!("{HEAD}query: SigninLogs\n"));
    }
    assert_eq!(places("id: '%%GUID%%'\nname: Test\nquery: SigninLogs\n"), ["PK110 error 1: '%%GUID%%'"]);
}

#[test]
fn duplicates_point_at_the_first_in_any_file() {
    let other = "id: 3F0C8A52-6C1D-4B7E-9A3F-5D2E7C1B8F40\nname: Other\nquery: SigninLogs\n";
    let (sources, found) = check_with(&[&hunting(""), other, other], &Settings::default());
    let shown: Vec<_> = found
        .iter()
        .filter(|finding| finding.code == "PK111")
        .map(|finding| {
            let first = sources.locate(finding.secondary[0].span).unwrap();
            (finding.code, sources.locate(finding.primary.span).unwrap().0, first.0)
        })
        .collect();
    assert_eq!(shown, [("PK111", "1.yaml", "0.yaml"), ("PK111", "2.yaml", "0.yaml")]);
}

#[test]
fn a_value_that_could_not_be_read_is_not_missing() {
    let text = scheduled("").replace("triggerThreshold: 0", "triggerThreshold: many");
    let codes: Vec<_> = check_with(&[&text], &Settings::default()).1.iter().map(|found| found.code).collect();
    assert_eq!(codes, ["PK103"]);
    let text = scheduled("").replace("triggerThreshold: 0\n", "").replace("severity: Low\n", "");
    let (_, found) = check_with(&[&text], &Settings::default());
    assert_eq!(found[0].message, "a scheduled rule needs `severity` and `triggerThreshold`");
}

#[test]
fn figures_at_the_bounds_are_taken() {
    for (from, to, expected) in [
        ("queryPeriod: 1h", "queryPeriod: 14d", vec![]),
        ("queryPeriod: 1h", "queryPeriod: P15D", vec!["PK401"]),
        ("queryFrequency: 1h", "queryFrequency: 4m", vec!["PK401"]),
        ("queryFrequency: 1h", "queryFrequency: 5m", vec![]),
        ("queryFrequency: 1h", "queryFrequency: 61m", vec!["PK402"]),
        ("triggerThreshold: 0", "triggerThreshold: 10000", vec![]),
        ("triggerThreshold: 0", "triggerThreshold: 10001", vec!["PK404"]),
        ("triggerThreshold: 0", "triggerThreshold: -1", vec!["PK404"]),
        ("triggerOperator: gt", "triggerOperator: lt", vec!["PK404"]),
        ("queryFrequency: 1h\nqueryPeriod: 1h", "queryFrequency: 59m\nqueryPeriod: 2d", vec!["PK403"]),
        ("queryFrequency: 1h\nqueryPeriod: 1h", "queryFrequency: 59m\nqueryPeriod: 47h", vec![]),
        ("severity: Low", "severity: Low\nsuppressionDuration: 24h", vec![]),
        ("severity: Low", "severity: Low\nsuppressionDuration: 25h", vec!["PK401"]),
    ] {
        let text = scheduled("").replace(from, to);
        let found = check_with(&[&text], &Settings::default()).1;
        let codes = found.iter().map(|finding| finding.code).filter(|code| *code < "PK405");
        assert_eq!(codes.collect::<Vec<_>>(), expected, "{to}");
    }
}

#[test]
fn connectors_differ_by_case_safely() {
    let text = hunting(
        "requiredDataConnectors:\n  - connectorId: azureactivedirectory\n    dataTypes: [SigninLogs]",
    );
    assert!(fixed(&text, "PK601").contains("connectorId: AzureActiveDirectory\n"));
}

#[test]
fn comments_suppress_on_their_line_and_the_next() {
    for body in [
        "tactics: [House] # picket: ignore[PK501] a house name",
        "tactics: [House]   #picket: ignore [ unknown-tactic ]: a house name",
        "# picket: ignore[PK501] a house name\ntactics: [House]",
        "tactics:\n  # picket: ignore[PK501] a house name\n  - House",
        "# picket: ignore[PK501] a house name\n# picket: ignore[PK504] so it cannot fit\ntactics: [House, Execution] # picket: ignore[PK110] no",
        "\r\n# picket: ignore[PK501] a house name\r\ntactics: [House]\r\n",
    ] {
        let found: Vec<_> =
            places(&hunting(body)).into_iter().filter(|found| found.starts_with("PK5")).collect();
        assert_eq!(found, Vec::<String>::new(), "{body}");
    }
    let marked = format!("\u{feff}# picket: ignore[PK501] a house name\ntactics: [House]\n{}", hunting(""));
    assert!(!places(&marked).iter().any(|found| found.contains("PK501") || found.contains("PK990")));
    for body in [
        "# picket: ignore[PK501] too far\n\ntactics: [House]",
        "tactics: [House]\n# picket: ignore[PK501] too late",
        "tactics: [House] # picket: ignore[PK502] another code",
        "description: '# picket: ignore[PK501] no comment'\ntactics: [House]",
        "description: |\n  # picket: ignore[PK501] no comment\ntactics: [House]",
    ] {
        let found = places(&hunting(body));
        assert!(found.iter().any(|found| found.starts_with("PK501")), "{body}: {found:?}");
    }
}

#[test]
fn comments_that_do_nothing_are_reported() {
    let body = "tactics: [House] # picket: ignore[PK501, PK504] a house name";
    assert_eq!(places(&hunting(body)), ["PK990 warning 3: PK504"]);
    for (comment, expected) in [
        ("# picket: ignore[PK501]", vec!["PK992"]),
        ("# picket: ignore[PK001, PK990, PK501] x", vec!["PK991", "PK991"]),
        ("# picket: ignore[PK555, PK501] x", vec!["PK991"]),
        ("# picket: ignore[] x", vec!["PK501", "PK991"]),
        ("# picket: ignore x", vec!["PK501", "PK991"]),
        ("# picket: allow[PK501] x", vec!["PK501", "PK991"]),
        ("# see picket: ignore[PK501]", vec!["PK501"]),
    ] {
        let text = hunting(&format!("tactics: [House] {comment}"));
        let mut codes: Vec<_> =
            check_with(&[&text], &Settings::default()).1.iter().map(|found| found.code).collect();
        codes.sort_unstable();
        assert_eq!(codes, expected, "{comment}");
    }
}

#[test]
fn a_code_that_is_off_needs_no_comment_and_blames_none() {
    let (off, unknown) = Settings::new(&BTreeMap::from([("PK501".to_owned(), Level::Off)]), true);
    assert_eq!(unknown, []);
    for body in ["tactics: [House]", "tactics: [House] # picket: ignore[PK501] a house name"] {
        assert_eq!(check_with(&[&hunting(body)], &off).1, [], "{body}");
    }
    let text = hunting("tactics: [house] # picket: ignore[PK504] x");
    let found = check_with(&[&text], &off).1;
    let shown: Vec<_> = found.iter().map(|found| (found.code, found.severity.as_str())).collect();
    assert_eq!(shown, [("PK990", "error")], "strict makes warnings errors");
}

/// A hunting query over `query`, each line of which is one of the file's from line 4 on.
fn query(query: &str) -> String {
    format!("{HEAD}query: |\n  {}\n", query.replace('\n', "\n  "))
}

#[test]
fn findings_of_queries_stand_at_their_place_and_doubts_are_warnings() {
    for (text, expected) in [
        ("SigninLogs\n| where ago(5) > now()", vec!["KQ107 error 5: 5"]),
        ("SigninLogs\n| where", vec!["KQ006 error 5: "]),
        // The workspace may have what picket does not know.
        ("NoSuchTable\n| where Foo == 1", vec!["KQ204 warning 4: NoSuchTable"]),
        ("SigninLogs\n| where no_such(1)", vec!["KQ211 warning 5: no_such"]),
        ("SigninLogs\n| where Foo == 1", vec!["KQ142 warning 5: Foo"]),
        ("let t = SigninLogs\n| where true;\nt\n| where Foo == 1", vec!["KQ142 warning 7: Foo"]),
        (
            "SigninLogs\n| project UserId\n| join (AuditLogs) on UserId\n| where Foo == 1",
            vec!["KQ145 warning 6: UserId", "KQ142 warning 7: Foo"],
        ),
        ("SigninLogs\n| summarize arg_max(TimeGenerated, *)\n| where Foo == 1", vec!["KQ142 warning 6: Foo"]),
        // What the query itself settles is certain.
        ("SigninLogs\n| project UserId\n| where Foo == 1", vec!["KQ142 error 6: Foo"]),
        ("let t = SigninLogs | count;\nt\n| where Foo == 1", vec!["KQ142 error 6: Foo"]),
        (
            "let f = () { SigninLogs | count };\nunion f, (print x = 1)\n| where Foo == 1",
            vec!["KQ142 error 6: Foo"],
        ),
    ] {
        assert_eq!(places(&query(text)), expected, "{text}");
    }
    // One error is not two.
    for (text, expected) in [
        (
            "union (SigninLogs\n| project Foo, UserId), (AuditLogs | project Foo = Id)\n| summarize count() by Foo",
            vec!["KQ142 warning 5: Foo"],
        ),
        ("SigninLogs\n| project-away x*", vec!["KQ142 warning 5: x*"]),
        ("SigninLogs\n| join (Foo) on UserId\n| where Bar == 1", vec!["KQ204 warning 5: Foo"]),
        // `Operation` is a column of the table that was meant, and a table.
        ("OfficeActvity\n| where Operation =~ 'FileDeleted'", vec!["KQ204 warning 4: OfficeActvity"]),
        (
            "AuditLgs\n| extend Local = TimeGenerated + 1h\n| where startofday(Local) == now()",
            vec!["KQ204 warning 4: AuditLgs"],
        ),
        ("SigninLogs\n| where tolower(Foo) has 'x'", vec!["KQ142 warning 5: Foo"]),
        ("SigninLogs\n| summarize maxx(TimeGenerated) by UserId", vec!["KQ211 warning 5: maxx"]),
        (
            "let x = toscalar(SigninLogs\n| project Foo);\nSigninLogs\n| where TimeGenerated > x",
            vec!["KQ142 warning 5: Foo"],
        ),
        (
            "SigninLogs\n| project UserIdd\n| join (AuditLogs | project UserId = Id) on UserId",
            vec!["KQ142 warning 5: UserIdd"],
        ),
        (
            "SecurityEvent\n| project Acount, Computer\n| summarize by Account",
            vec!["KQ142 warning 5: Acount"],
        ),
        // Two are two.
        (
            "Foo\n| extend a = 1, b = ago(5)\n| where strlen(7) > 1",
            vec!["KQ204 warning 4: Foo", "KQ107 error 5: 5", "KQ141 error 6: 7"],
        ),
        // A slip is told from a column of one's own.
        ("AzureDiagnostics\n| where TimeGenerate > ago(1h)", vec!["KQ142 warning 5: TimeGenerate"]),
        // One declaration settles a name, and each use of a column that cannot be there is one to mend.
        ("SigninLogs\n| where Foo == 1\n| extend Bar = Foo", vec!["KQ142 warning 5: Foo"]),
        ("Foo\n| union (Foo), (Bar)", vec!["KQ204 warning 4: Foo", "KQ204 warning 5: Bar"]),
        (
            "SigninLogs\n| project UserId\n| where Foo == 1\n| extend Bar = Foo",
            vec!["KQ142 error 6: Foo", "KQ142 error 7: Foo"],
        ),
        // The service takes the sides of a join condition in either order.
        (
            "SigninLogs\n| join kind=inner (AuditLogs | project Id) on $right.Id == $left.UserId",
            vec!["KQ183 info 5: $right.Id"],
        ),
        (
            "SigninLogs\n| join kind=inner (AuditLogs | project Id) on $left.UserId == $left.UserId",
            vec!["KQ183 error 5: $left.UserId"],
        ),
        // It counts rows whatever it is given.
        ("SigninLogs\n| summarize count(UserId)", vec!["KQ107 warning 5: UserId"]),
        ("SigninLogs\n| summarize count(strlen(7) > 1)", vec!["KQ141 error 5: 7"]),
        ("SigninLogs\n| summarize countif(UserId)", vec!["KQ107 error 5: UserId"]),
        // These columns are known to no catalog.
        ("SigninLogs\n| where _ItemId == ''", vec![]),
        ("AzureDiagnostics\n| where foo_s == ''", vec![]),
        ("AzureDiagnostics\n| project TimeGenerated\n| where foo_s == ''", vec!["KQ142 error 6: foo_s"]),
    ] {
        assert_eq!(places(&query(text)), expected, "{text}");
    }
    let line = format!("{HEAD}query: SigninLogs | where Foo == 1 # picket: ignore[KQ142] a column of ours\n");
    assert_eq!(places(&line), Vec::<String>::new());
    let levels =
        BTreeMap::from([("kq142".to_owned(), Level::Off), ("unknown-table".to_owned(), Level::Info)]);
    let (settings, unknown) = Settings::new(&levels, false);
    assert_eq!(unknown, []);
    let text = query("Foo\n| union (SigninLogs | where Bar == 1)");
    let found = check_with(&[&text], &settings).1;
    let shown: Vec<_> = found.iter().map(|found| (found.code, found.severity.as_str())).collect();
    assert_eq!(shown, [("KQ204", "info")]);
}

/// A scheduled rule over `query` with `body` behind it.
fn scheduled_query(text: &str, body: &str) -> String {
    format!("{}{SCHEDULE}{body}\n", query(text))
}

#[test]
fn columns_that_a_rule_names_are_those_of_its_query() {
    let account = |column: &str| {
        format!(
            "entityMappings:\n- entityType: Account\n  fieldMappings:\n  - {{identifier: AadUserId, columnName: {column}}}"
        )
    };
    for (text, body, expected) in [
        // The table may have it in the workspace; the result of `summarize` cannot.
        ("SigninLogs", account("Foo"), vec!["PK301 warning 13: Foo"]),
        ("SigninLogs | summarize count() by UserId", account("Foo"), vec!["PK301 error 13: Foo"]),
        ("SigninLogs | summarize count() by UserId", account("UserId"), vec![]),
        ("SigninLogs", account("'userid'"), vec!["PK302 error 13: 'userid'"]),
        // Nothing is known of what an unknown table returns, or of a query with errors.
        ("Foo", account("Bar"), vec!["KQ142 warning 4: Foo"]),
        ("Foo | project Bar", account("Baz"), vec!["KQ204 warning 4: Foo"]),
        ("SigninLogs | project Foo, UserId", account("Baz"), vec!["KQ142 warning 4: Foo"]),
        ("AzureDiagnostics", account("Foo_s"), vec![]),
        ("SigninLogs | project UserId = dynamic(null)", account("UserId"), vec!["PK304 warning 13: UserId"]),
        ("union (SigninLogs | project UserId = ''), (SigninLogs | project UserId)", account("UserId"), vec![]),
        (
            "SigninLogs | project IPAddress",
            "alertDetailsOverride:\n  alertDisplayNameFormat: >-\n    From\n    {{IpAddress}} and {{ IPAddress }}".into(),
            vec!["PK302 error 13: IpAddress"],
        ),
        (
            "SigninLogs | summarize Number = count(), Users = make_set(UserId) by Address = IPAddress",
            "alertDetailsOverride:\n  alertSeverityColumnName: Number\n  alertDynamicProperties:\n  - {alertProperty: AlertLink, value: Link}\ncustomDetails: {Users: Users}".into(),
            vec!["PK303 warning 11: Number", "PK301 error 13: Link"],
        ),
    ] {
        let found = places(&scheduled_query(text, &body));
        let found: Vec<_> = found.into_iter().filter(|found| !found.starts_with("PK428")).collect();
        assert_eq!(found, expected, "{text}\n{body}");
    }
}

#[test]
fn the_operator_that_lost_a_column_is_shown() {
    let body = "customDetails: {App: AppDisplayName}";
    for text in [
        "SigninLogs\n| summarize count() by UserId\n| where count_ > 1",
        "let t = SigninLogs | where true\n| project UserId;\n(t) | take 1",
    ] {
        let (sources, found) = check_with(&[&scheduled_query(text, body)], &Settings::default());
        let finding = found.iter().find(|finding| finding.code == "PK301").unwrap();
        let label = &finding.secondary[0];
        let keyword = sources.slice(label.span);
        assert!(keyword == "summarize" || keyword == "project", "{text}: {keyword}");
        assert_eq!(sources.locate(label.span).unwrap().1.line, 5, "{text}");
        assert_eq!(label.message, "`AppDisplayName` is lost here");
    }
}

#[test]
fn a_column_is_renamed_inside_its_quotes() {
    let text = scheduled_query("SigninLogs", "customDetails: {Address: 'IpAddress'}");
    assert!(fixed(&text, "PK302").contains("customDetails: {Address: 'IPAddress'}"));
}

#[test]
fn queries_that_no_rule_can_have_are_found() {
    for (text, expected) in [
        ("// nothing", vec!["PK206 error 3: |\n  // nothing\n"]),
        ("let a = 1;", vec!["PK206 error 4: let a = 1"]),
        (".show tables", vec!["PK205 error 4: .show tables"]),
        ("SigninLogs;\nAuditLogs", vec!["PK207 warning 5: AuditLogs"]),
        ("search *", vec!["PK203 error 4: search *"]),
        ("union * | where 1 == 1", vec!["PK203 error 4: union *"]),
        ("union withsource=T *", vec!["PK203 warning 4: union withsource=T *"]),
        ("search 'x'", vec!["PK203 warning 4: search 'x'"]),
        ("find where Account == 'x'", vec!["PK203 warning 4: find where Account == 'x'"]),
        ("search in (SigninLogs) 'x'", vec![]),
        ("SigninLogs | search 'x'", vec![]),
        ("workspace('a').SigninLogs", vec![]),
        ("cluster('a').database('b').SigninLogs", vec!["PK204 error 4: cluster('a')"]),
        ("database('b').SigninLogs", vec!["PK204 error 4: database('b')"]),
        ("SigninLogs | where UserId == '%%user%%' // {{comment}}", vec!["PK209 warning 4: %%user%%"]),
        ("SigninLogs | where UserId == '100%% of 5%%'", vec![]),
        ("SigninLogs\n// why\n| limit 5\n| render table", vec!["PK201 warning 7: render table"]),
        ("SigninLogs | evaluate python(typeof(*), '')", vec!["PK213 error 4: python"]),
        ("SigninLogs | evaluate mysql_request('', '')", vec!["PK213 warning 4: mysql_request"]),
        ("SigninLogs | evaluate cosmosdb_sql_request('', '')", vec![]),
        (
            "restrict access to (SigninLogs);\nSigninLogs",
            vec!["PK214 warning 4: restrict access to (SigninLogs)"],
        ),
        (
            "SigninLogs | evaluate bag_unpack(DeviceDetail)\n| where a == 1 and a == 2 | extend b = a, c = column_ifexists('c', '')\n| where b == 1",
            vec!["PK215 warning 5: a"],
        ),
    ] {
        let found: Vec<_> = places(&scheduled_query(text, ""));
        let found: Vec<_> = found.into_iter().filter(|found| found.starts_with("PK2")).collect();
        assert_eq!(found, expected, "{text}");
        let of_hunting = places(&query(text)).into_iter().filter(|found| found.starts_with("PK2")).count();
        assert!(of_hunting <= expected.len(), "{text}");
    }
    let unpacked =
        scheduled_query("SigninLogs | evaluate bag_unpack(DeviceDetail) | where ['#text'] == 'x'", "");
    let (_, found) = check_with(&[&unpacked], &Settings::default());
    let found = found.iter().find(|finding| finding.code == "PK215").unwrap();
    assert_eq!(found.help[0], "say which columns it makes: `bag_unpack(…) : (*, ['#text']: string)`");
    let fixed = fixed(&scheduled_query("SigninLogs\n| count\n| render table", ""), "PK201");
    assert!(fixed.contains("  SigninLogs\n  | count\nseverity"), "{fixed}");
}

#[test]
fn nrt_rules_read_their_own_workspace() {
    for text in ["workspace('a').SigninLogs", "union SigninLogs, app('a').requests"] {
        let rule = format!("{}kind: NRT\nseverity: Low\n", query(text));
        let found = places(&rule);
        assert!(found.len() == 1 && found[0].starts_with("PK208 error 4: "), "{text}: {found:?}");
    }
}
