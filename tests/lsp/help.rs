//! Help at the cursor: what stands there, and how a function is called.

use serde_json::Value;

use super::editor::{Editor, QUERY, RULE};

fn hover(uri: &str, text: &str) -> String {
    let answer = Editor::new().ask_at("textDocument/hover", uri, text);
    answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_stands_in_a_query_is_explained() {
    let texts = [
        "Signin$0Logs | take 1",
        "SigninLogs | where User$0PrincipalName == 'a'",
        "SigninLogs | extend A = 1 | project $0A",
        "SigninLogs | sum$0marize count()",
        "SigninLogs | summarize arg$0_max(TimeGenerated, *) by Identity",
        "let since = 1d; SigninLogs | where TimeGenerated > ago(sin$0ce)",
        "let f = (a: long, b: string = 'x') { print a }; $0f(1)",
        "DeviceProcessEvents | invoke File$0Profile(SHA1)",
        "print $0pack('a', 1)",
        "l$0et a = 1; print a",
    ];
    let said: Vec<String> =
        texts.iter().map(|text| format!("## {text}\n\n{}\n", hover(QUERY, text))).collect();
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(hover(QUERY, "SigninLogs | where A == 'x$0y'"), "");
}

#[test]
fn what_stands_in_a_rule_is_explained() {
    let rule = "\
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
tactics: [InitialAccess]
relevantTechniques:
  - T1078.004
requiredDataConnectors:
  - connectorId: AzureActiveDirectory
query: |
  SigninLogs
entityMappings:
  - entityType: Account
    fieldMappings:
      - identifier: FullName
        columnName: UserPrincipalName
";
    let places =
        ["relevantTech", "InitialAcc", "T1078", "AzureActive", "identifi", "Accou", "UserPrin", "Signin"];
    let said: Vec<String> = places
        .iter()
        .map(|place| {
            format!("## {place}\n\n{}\n", hover(RULE, &rule.replacen(place, &format!("{place}$0"), 1)))
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

/// The label of the active signature, with the active parameter in marks.
fn call(uri: &str, text: &str) -> String {
    let answer = Editor::new().ask_at("textDocument/signatureHelp", uri, text);
    if answer == Value::Null {
        return String::new();
    }
    let active = &answer["signatures"][answer["activeSignature"].as_u64().unwrap() as usize];
    let number = answer["activeParameter"].as_u64().unwrap() as usize;
    let label = active["label"].as_str().unwrap();
    match active["parameters"][number]["label"].as_str() {
        Some(parameter) => label.replacen(parameter, &format!("«{parameter}»"), 1),
        None => label.to_owned(),
    }
}

#[test]
fn calls_show_the_parameter_at_the_cursor() {
    let texts = [
        "print strcat($0",
        "print strcat('a', 'b', $0)",
        "print substring('a, b', $0",
        "SigninLogs | where iff(isempty(A), $0 | take 1",
        "SigninLogs | summarize arg_max(TimeGenerated, $0",
        "let f = (a: long, b: string = 'x') { print a }; f(1, $0",
        "SigninLogs | evaluate bag_unpack($0",
        "_GetWatchlist($0",
    ];
    let said: Vec<String> = texts.iter().map(|text| format!("{text}\n  {}", call(QUERY, text))).collect();
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(call(QUERY, "print strcat('a')$0"), "");
    assert!(call(RULE, "query: |\n  T\n  | where tolower($0\n").starts_with("tolower("));
}
