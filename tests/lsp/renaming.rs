//! Other names for lets and columns.

use std::fs;

use picket::kql::syntax::{NodeKind, parse};
use serde_json::{Value, json};

use super::editor::{Editor, QUERY, RULE, edited, position};
use super::navigation::{SIGN_INS, with_cursor};
use super::real_rules::rule_files;
use crate::common::{root, shared};

/// The text with another name at the cursor, or why there is none.
fn renamed(uri: &str, text: &str, new: &str) -> Result<String, String> {
    let mut editor = Editor::new();
    let at = editor.open(uri, text);
    let text = editor.text(uri);
    let params = json!({ "textDocument": { "uri": uri }, "position": at, "newName": new });
    let prepared = editor.response("textDocument/prepareRename", params.clone()).response_result;
    let answer = editor.response("textDocument/rename", params).response_result;
    match answer {
        Ok(Value::Null) => Err("nothing to rename".to_owned()),
        Ok(edit) => {
            assert!(
                prepared.is_ok_and(|prepared| prepared["range"].is_object()),
                "what is renamed can be prepared"
            );
            Ok(edited(&text, &edit["changes"][uri]))
        }
        Err(error) => Err(error.message),
    }
}

/// The lines that a rename of the `nth` `needle` changes.
fn changed(text: &str, needle: &str, nth: usize, new: &str) -> String {
    match renamed(RULE, &with_cursor(text, needle, nth), new) {
        Ok(after) => {
            let lines = text.lines().zip(after.lines()).filter(|(before, after)| before != after);
            lines.map(|(_, after)| after.trim()).collect::<Vec<_>>().join("\n")
        }
        Err(why) => why,
    }
}

#[test]
fn a_column_is_renamed_with_all_that_the_rule_says_of_it() {
    insta::assert_snapshot!(changed(SIGN_INS, "Failures =", 0, "Failed"), @r"
    | summarize Failed = count(), make_set(Domain) by UserPrincipalName
    | where '😀' != '' and Failed > threshold
    Count: Failed
    alertDisplayNameFormat: '{{Failed}} failures of {{UserPrincipalName}} (threshold)'
    exclusion: '| where Failed > 20'
    ");
    assert_eq!(
        changed(SIGN_INS, "Failures =", 0, "Failed"),
        changed(SIGN_INS, "Failures}}", 0, "Failed"),
        "from a placeholder as from the query"
    );
    insta::assert_snapshot!(changed(SIGN_INS, "Domain =", 0, "Realm"), @r#"
    | extend Realm = domain(UserPrincipalName)
    | summarize Failures = count(), make_set(Realm) by UserPrincipalName
    Domains: "set_Realm"
    "#);
    insta::assert_snapshot!(changed(SIGN_INS, "set_Domain", 0, "Domains"), @r#"
    | summarize Failures = count(), Domains = make_set(Domain) by UserPrincipalName
    Domains: "Domains"
    "#);
    insta::assert_snapshot!(changed(SIGN_INS, "threshold", 1, "least"), @r"
    let least = 10; // 😀
    | where '😀' != '' and Failures > least
    ");
    insta::assert_snapshot!(changed(SIGN_INS, "domain", 1, "domain_of"), @r"
    let domain_of = (name: string) { tostring(split(name, '@')[1]) };
    | extend Domain = domain_of(UserPrincipalName)
    ");
    insta::assert_snapshot!(changed(SIGN_INS, "Failures =", 0, "Wrong tries"), @r"
    | summarize ['Wrong tries'] = count(), make_set(Domain) by UserPrincipalName
    | where '😀' != '' and ['Wrong tries'] > threshold
    Count: Wrong tries
    alertDisplayNameFormat: '{{Wrong tries}} failures of {{UserPrincipalName}} (threshold)'
    exclusion: '| where [''Wrong tries''] > 20'
    ");
}

#[test]
fn what_cannot_be_renamed_is_refused_with_the_reason() {
    let answers = [
        changed(SIGN_INS, "UserPrincipalName)", 0, "User"),
        changed(SIGN_INS, "UserPrincipalName\n", 1, "User"),
        changed(SIGN_INS, "SigninLogs", 0, "Logs"),
        changed(SIGN_INS, "count()", 0, "counted"),
        changed(SIGN_INS, "Failures =", 0, "set_Domain"),
        changed(SIGN_INS, "threshold", 0, "domain"),
        changed(SIGN_INS, "threshold", 0, "it's"),
        changed(SIGN_INS, "severity", 0, "x"),
        changed(SIGN_INS, "where", 0, "x"),
    ];
    insta::assert_snapshot!(answers.join("\n"), @r"
    `UserPrincipalName` is a column of a table, not one that the query makes, so it has no other name here
    `UserPrincipalName` is a column of a table, not one that the query makes, so it has no other name here
    `SigninLogs` is a table of the workspace, so it has no other name here
    `count` is a function that the query does not declare, so it has no other name here
    the query means something else with `set_Domain` in the place of `Failures`
    the query means something else with `domain` in the place of `threshold`
    `it's` cannot be a name in a query
    nothing to rename
    nothing to rename
    ");
    let function = "// parameters: (since: timespan)\nSigninLogs | where TimeGenerated > ago(sin$0ce)\n";
    insta::assert_snapshot!(renamed(QUERY, function, "from_time").unwrap_err(), @r"a name in the head of a function's file cannot be given another one here");
}

#[test]
fn line_ends_and_quotes_stay() {
    let crlf = SIGN_INS.replace('\n', "\r\n");
    let after = renamed(RULE, &with_cursor(&crlf, "Failures =", 0), "Failed").unwrap();
    assert_eq!(after, crlf.replace("Failures", "Failed"));
    let quoted = "kind: Hunting\nquery: 'print A = 1 | extend B = A + ''x''$0'\n".replace("$0", "");
    let after = renamed(RULE, &with_cursor(&quoted, "A =", 0), "a b").unwrap();
    assert_eq!(after, "kind: Hunting\nquery: 'print [''a b''] = 1 | extend B = [''a b''] + ''x'''\n");
}

/// The kinds of the nodes of every query in `text`.
fn shape(text: &str) -> Vec<Vec<NodeKind>> {
    let (rules, _) = picket::rule::read(picket::text::SourceId(0), text);
    let queries = rules.iter().filter_map(|rule| rule.query.as_ref());
    queries
        .map(|query| parse(query.text()).0.root().descendants().map(|node| node.kind()).collect())
        .collect()
}

#[test]
fn lets_of_published_rules_are_renamed_and_the_query_keeps_its_shape() {
    let Some(shared) = shared() else { return };
    let mut files = rule_files(&shared.join("rules"));
    files.extend(rule_files(&root().join("rules")));
    let (mut done, mut refused) = (0, Vec::new());
    for path in files.iter().step_by(7) {
        let text = fs::read_to_string(path).unwrap();
        let Some(at) = text.find("let ").filter(|_| !text.contains("$0")) else { continue };
        let name: String = text[at + 4..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let mut editor = Editor::new();
        editor.open(RULE, &text);
        let position = position(&text, at + 4);
        let params =
            json!({ "textDocument": { "uri": RULE }, "position": position, "newName": "renamed_here" });
        match editor.response("textDocument/rename", params).response_result {
            Ok(Value::Null) => {}
            Ok(edit) => {
                let after = edited(&text, &edit["changes"][RULE]);
                assert_eq!(shape(&text), shape(&after), "{}: {name}", path.display());
                assert_eq!(shape(&text).len(), 1, "{}", path.display());
                done += 1;
            }
            Err(error) => refused.push((path.display().to_string(), error.message)),
        }
    }
    assert!(done > 20 && refused.len() * 20 < done, "{done} were renamed, not {refused:#?}");
}
