//! What is offered at the cursor.

use serde_json::Value;

use super::editor::{Editor, QUERY, RULE};

/// The items at the cursor, in the order in which they are shown.
fn items(uri: &str, text: &str) -> Vec<Value> {
    let answer = Editor::new().ask_at("textDocument/completion", uri, text);
    let mut items = answer.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    items.sort_by_key(|item| item["sortText"].as_str().unwrap().to_owned());
    items
}

fn labels(uri: &str, text: &str) -> Vec<String> {
    items(uri, text).iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

/// The first labels in a query.
fn in_query(text: &str) -> Vec<String> {
    labels(QUERY, text)
}

fn has(labels: &[String], wanted: &[&str]) {
    for name in wanted {
        assert!(labels.iter().any(|label| label == name), "{name} is missing in {labels:?}");
    }
}

fn lacks(labels: &[String], unwanted: &[&str]) {
    for name in unwanted {
        assert!(!labels.iter().any(|label| label == name), "{name} is offered in {labels:?}");
    }
}

const HEAD: &str = "\
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Failed sign-ins
kind: Scheduled
tactics: [InitialAccess]
query: |
  SigninLogs
  | summarize Failures = count() by UserPrincipalName, IPAddress
customDetails:
  Count: Failures
";

fn in_rule(tail: &str) -> Vec<String> {
    labels(RULE, &format!("{HEAD}{tail}"))
}

#[test]
fn keys_that_are_not_there_yet_are_offered() {
    let all = in_rule("se$0");
    has(&all, &["severity", "queryFrequency", "entityMappings", "alertDetailsOverride"]);
    lacks(&all, &["id", "query", "tactics", "customDetails"]);
    let hunting = labels(RULE, "kind: Hunting\n$0");
    has(&hunting, &["id", "query", "tactics"]);
    lacks(&hunting, &["severity", "queryFrequency", "kind"]);
    let nested = in_rule("incidentConfiguration:\n  createIncident: true\n  $0");
    assert_eq!(nested, ["groupingConfiguration"]);
    let item = in_rule("entityMappings:\n  - $0");
    assert_eq!(item, ["entityType", "fieldMappings"]);
    let item = in_rule("entityMappings:\n  - entityType: Account\n    $0\n  - entityType: Host\n");
    assert_eq!(item, ["fieldMappings"]);
}

#[test]
fn values_of_keys_are_offered() {
    assert_eq!(in_rule("severity: $0"), ["High", "Informational", "Low", "Medium"]);
    assert_eq!(in_rule("triggerOperator: g$0"), ["eq", "gt", "lt", "ne"]);
    assert_eq!(in_rule("enabled: $0"), ["false", "true"]);
    has(&in_rule("queryPeriod: $0"), &["1h", "14d"]);
    has(&in_rule("entityMappings:\n  - entityType: $0"), &["Account", "Host", "IP"]);
    let identifiers = in_rule("entityMappings:\n- entityType: IP\n  fieldMappings:\n  - identifier: $0");
    has(&identifiers, &["Address"]);
    lacks(&identifiers, &["FullName"]);
    let connectors = in_rule("requiredDataConnectors:\n  - connectorId: Azure$0");
    has(&connectors, &["AzureActiveDirectory"]);
    let tables =
        in_rule("requiredDataConnectors:\n  - connectorId: AzureActiveDirectory\n    dataTypes:\n      - $0");
    has(&tables, &["SigninLogs", "AuditLogs"]);
    has(
        &in_rule("requiredDataConnectors:\n  - dataTypes: [$0\n    connectorId: AzureActiveDirectory"),
        &["SigninLogs"],
    );
}

#[test]
fn techniques_are_those_of_the_tactics() {
    let flow = in_rule("relevantTechniques: [T10$0");
    has(&flow, &["T1078", "T1566"]);
    lacks(&flow, &["T1041"]);
    let block = in_rule("relevantTechniques:\n  - $0");
    assert_eq!(flow, block);
    let names = items(RULE, &format!("{HEAD}relevantTechniques:\n  - $0"));
    let valid = names.iter().find(|item| item["label"] == "T1078").unwrap();
    assert_eq!(
        (&valid["detail"], &valid["filterText"]),
        (&"Valid Accounts".into(), &"T1078 Valid Accounts".into())
    );
    has(&labels(RULE, "tactics:\n- $0"), &["InitialAccess", "CredentialAccess"]);
}

#[test]
fn columns_are_those_of_the_query() {
    let columns = ["Failures", "IPAddress", "UserPrincipalName"];
    assert_eq!(
        in_rule(
            "entityMappings:\n- entityType: IP\n  fieldMappings:\n  - identifier: Address\n    columnName: $0"
        ),
        columns
    );
    assert_eq!(in_rule("alertDetailsOverride:\n  alertDisplayNameFormat: 'A {{I$0'"), columns);
    assert_eq!(in_rule("alertDetailsOverride:\n  alertDisplayNameFormat: 'A $0'"), Vec::<String>::new());
    assert_eq!(in_rule("sentinelEntitiesMappings:\n  - columnName: $0"), columns);
    assert_eq!(labels(RULE, &HEAD.replace("Count: Failures", "Count: $0")), columns);
    let grouped = "incidentConfiguration:\n  groupingConfiguration:\n    groupByCustomDetails:\n    - $0";
    assert_eq!(in_rule(grouped), ["Count"]);
}

#[test]
fn a_query_begins_with_a_table() {
    let declared = "let f = (a: long) { SigninLogs };\n";
    let all = in_query(&format!("{declared}$0"));
    assert_eq!(all[0], "f", "what the query declares comes first");
    has(&in_query(&format!("{declared}Sign$0")), &["SigninLogs"]);
    has(&in_query("$0"), &["let", "union"]);
    has(&in_query("SigninLogs | join kind=inner (Audit$0"), &["AuditLogs"]);
    has(&in_query("union SigninLogs, Audit$0"), &["AuditLogs"]);
    has(&labels(RULE, "name: A\nquery: |\n  Audit$0\ntactics: []\n"), &["AuditLogs"]);
    has(&labels(RULE, "name: A\nquery: 'Audit$0'\n"), &["AuditLogs"]);
}

#[test]
fn operators_follow_a_pipe() {
    let all = in_query("SigninLogs | pro$0");
    has(&all, &["where", "project", "project-away", "summarize"]);
    lacks(&all, &["SigninLogs"]);
    let answer = items(QUERY, "SigninLogs\n| project-aw$0");
    let away = answer.iter().find(|item| item["label"] == "project-away").unwrap();
    assert_eq!(away["textEdit"]["range"]["start"]["character"], 2, "the whole word is replaced");
    assert!(away["documentation"]["value"].as_str().unwrap().contains("learn.microsoft.com"));
}

#[test]
fn columns_are_those_at_the_pipe() {
    let all = in_query("SigninLogs | project A = UserPrincipalName, IPAddress | where $0 | take 5");
    assert_eq!(all[..2], ["A", "IPAddress"]);
    has(&all, &["tolower", "ago"]);
    lacks(&all, &["ResultType", "count"]);
    has(&in_query("let x = 1; SigninLogs | extend y = 2 | where y == $0"), &["x", "y", "UserPrincipalName"]);
    has(&in_query("SigninLogs | where iff(true, Us$0"), &["UserPrincipalName"]);
    has(&in_query("SigninLogs | join (AuditLogs | where $0"), &["OperationName", "TargetResources"]);
    has(&in_query("let f = (limit: long) { SigninLogs | where $0"), &["limit", "UserPrincipalName"]);
    lacks(&in_query("let f = (limit: long) { SigninLogs }; AuditLogs | where $0"), &["limit"]);
}

#[test]
fn joins_name_both_sides() {
    let query = "SigninLogs | project A = 1 | join kind=inner (AuditLogs | project B = 2) on ";
    has(&in_query(&format!("{query}$0")), &["A", "$left", "$right"]);
    assert_eq!(in_query(&format!("{query}$left.$0")), ["A"]);
    assert_eq!(in_query(&format!("{query}$left.A == $right.$0")), ["B"]);
    has(&in_query("SigninLogs | join $0"), &["kind=", "hint.strategy=", "AuditLogs"]);
    has(&in_query("SigninLogs | join kind=$0"), &["inner", "leftanti"]);
    lacks(&in_query("SigninLogs | join kind=inner $0"), &["kind="]);
    has(&in_query("SigninLogs | join hint.str$0"), &["hint.strategy="]);
    has(&in_query("SigninLogs | join kind=inner (AuditLogs) $0"), &["on"]);
}

#[test]
fn aggregates_stand_in_summarize_alone() {
    let all = in_query("SigninLogs | summarize $0");
    has(&all, &["count", "dcount", "UserPrincipalName"]);
    lacks(&in_query("SigninLogs | summarize count() by $0"), &["dcount"]);
    has(&in_query("SigninLogs | summarize count() by $0"), &["UserPrincipalName", "bin"]);
    has(&in_query("SigninLogs | summarize count() $0"), &["by"]);
}

#[test]
fn words_follow_values_of_their_type() {
    let text = in_query("SigninLogs | where UserPrincipalName $0");
    has(&text, &["has", "=~", "startswith", "in"]);
    lacks(&text, &["between", "SigninLogs"]);
    has(&in_query("SigninLogs | where TimeGenerated $0"), &["between", ">"]);
    has(&in_query("SigninLogs | sort by TimeGenerated $0"), &["asc", "desc"]);
    has(&in_query("SigninLogs | render $0"), &["timechart"]);
    has(&in_query("SigninLogs | evaluate $0"), &["bag_unpack", "pivot"]);
}

#[test]
fn texts_and_comments_are_left_alone() {
    assert_eq!(in_query("SigninLogs // where $0"), Vec::<String>::new());
    assert_eq!(in_query("SigninLogs | where A == 'x$0'"), Vec::<String>::new());
    has(&in_query("print datetime_add('$0"), &["day", "hour"]);
    has(&in_query("print datetime_add('da$0', 1, now())"), &["day"]);
    assert_eq!(in_query("let $0"), Vec::<String>::new());
    assert_eq!(in_query("SigninLogs | take 1$0"), Vec::<String>::new());
    assert_eq!(labels(RULE, "# na$0"), Vec::<String>::new());
    assert_eq!(labels(RULE, "description: na$0"), Vec::<String>::new());
}
