//! To declarations and to uses, within a file and beyond.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use picket::catalog::kql::Overlay;
use picket::lsp::{Declared, Host, OpenFiles, Project, Survey};
use picket::text::{SourceId, SourceMap};
use serde_json::{Value, json};

use super::editor::{Editor, QUERY, RULE, position};

/// A rule that names its columns everywhere that a rule can.
pub const SIGN_INS: &str = "\
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Failed sign-ins
kind: Scheduled
severity: Medium
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
query: |
  let threshold = 10; // 😀
  let domain = (name: string) { tostring(split(name, '@')[1]) };
  SigninLogs
  | where ResultType != '0' // 😀
  | extend Domain = domain(UserPrincipalName)
  | summarize Failures = count(), make_set(Domain) by UserPrincipalName
  | where '😀' != '' and Failures > threshold
entityMappings:
  - entityType: Account
    fieldMappings:
      - identifier: FullName
        columnName: UserPrincipalName
customDetails:
  Count: Failures
  Domains: \"set_Domain\"
alertDetailsOverride:
  alertDisplayNameFormat: '{{Failures}} failures of {{UserPrincipalName}} (threshold)'
falsePositives:
  - scenario: Few
    exclusion: '| where Failures > 20'
";

/// Puts the cursor into the `nth` of the places that `needle` has in `text`.
pub fn with_cursor(text: &str, needle: &str, nth: usize) -> String {
    let (at, _) = text.match_indices(needle).nth(nth).unwrap_or_else(|| panic!("{needle} {nth}"));
    format!("{}$0{}", &text[..at + 1], &text[at + 1..])
}

/// The places of an answer, as `line:column text`, with the file where it is another.
fn shown(text: &str, answer: &Value) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let places = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |place: &Value| {
        let (start, end) = (&place["range"]["start"], &place["range"]["end"]);
        let number = |position: &Value, key: &str| position[key].as_u64().unwrap() as usize;
        let (line, from, to) = (number(start, "line"), number(start, "character"), number(end, "character"));
        if let Some(uri) =
            place.get("uri").and_then(Value::as_str).filter(|uri| *uri != RULE && *uri != QUERY)
        {
            return format!("{uri} {}:{}", line + 1, from + 1);
        }
        assert_eq!(line, number(end, "line"), "a name is in one line");
        let units: Vec<u16> = lines[line].encode_utf16().collect();
        let kind = place.get("kind").map(|kind| format!(" kind {kind}")).unwrap_or_default();
        format!("{}:{} {}{kind}", line + 1, from + 1, String::from_utf16(&units[from..to]).unwrap())
    };
    places.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn ask(method: &str, text: &str, needle: &str, nth: usize) -> String {
    let mut editor = Editor::new();
    let at = editor.open(RULE, &with_cursor(text, needle, nth));
    let context = json!({ "includeDeclaration": true });
    let params = json!({ "textDocument": { "uri": RULE }, "position": at, "context": context });
    shown(text, &editor.ask(method, params))
}

#[test]
fn names_lead_to_their_declarations() {
    let definition = |needle, nth| ask("textDocument/definition", SIGN_INS, needle, nth);
    assert_eq!(definition("threshold", 1), "10:7 threshold");
    assert_eq!(definition("domain", 1), "11:7 domain");
    assert_eq!(definition("name,", 0), "11:17 name", "a parameter");
    assert_eq!(definition("Domain)", 0), "14:12 Domain");
    assert_eq!(definition("Failures >", 0), "15:15 Failures");
    assert_eq!(definition("Failures\n", 0), "15:15 Failures", "from a custom detail");
    assert_eq!(definition("Failures}}", 0), "15:15 Failures", "from a placeholder");
    assert_eq!(definition("set_Domain", 0), "15:35 make_set(Domain)", "a column that is named after a call");
    assert_eq!(
        definition("UserPrincipalName\n", 1),
        "15:55 UserPrincipalName",
        "where the query names it last"
    );
    assert_eq!(definition("SigninLogs", 0), "", "a table of the product is declared nowhere");
    assert_eq!(definition("severity", 0), "");
}

#[test]
fn uses_are_found_in_the_query_and_beside_it() {
    insta::assert_snapshot!(ask("textDocument/references", SIGN_INS, "Failures =", 0), @r"
    15:15 Failures
    16:26 Failures
    23:10 Failures
    26:30 Failures
    ");
    insta::assert_snapshot!(ask("textDocument/documentHighlight", SIGN_INS, "UserPrincipalName)", 0), @r"
    14:28 UserPrincipalName kind 2
    15:55 UserPrincipalName kind 2
    21:21 UserPrincipalName kind 2
    26:55 UserPrincipalName kind 2
    ");
    insta::assert_snapshot!(ask("textDocument/references", SIGN_INS, "SigninLogs", 0), @r"12:3 SigninLogs");
}

#[test]
fn line_ends_folds_quotes_and_indentation_make_no_difference() {
    let crlf = SIGN_INS.replace('\n', "\r\n");
    let indented = SIGN_INS.replace("query: |", "query: |4-").replace("\n  ", "\n    ");
    let tabs = SIGN_INS.replace("  let domain", "    \t let domain");
    let quoted = SIGN_INS.replace("// 😀\n", "\n");
    let broken =
        SIGN_INS.replace("| extend Domain", "| | extend ( Domain").replace("severity: Medium", "severity: [");
    for text in [crlf, indented, tabs, quoted] {
        let found = ask("textDocument/references", &text, "threshold", 1);
        let names: Vec<&str> = found.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
        assert_eq!(names, ["threshold", "threshold"], "{text}");
        assert_eq!(ask("textDocument/references", &text, "Failures =", 0).lines().count(), 4, "{text}");
    }
    assert_eq!(
        ask("textDocument/definition", &broken, "threshold", 1).split(' ').nth(1),
        None,
        "no rule is left"
    );
    let folded = "kind: Hunting\nquery: >-\n  let a = 1;\n  print\n  a\n\n  | extend b = a\n";
    assert_eq!(ask("textDocument/references", folded, "a\n", 0), "3:7 a\n5:3 a\n7:16 a");
    let escaped = "kind: Hunting\nquery: \"let caf\\u0065 = 1; print\\n\\x63afe\"\n";
    assert_eq!(ask("textDocument/definition", escaped, "afe\"", 0), "2:13 caf\\u0065");
}

#[test]
fn queries_that_are_broken_at_the_cursor_are_followed() {
    for broken in
        ["| where ", "| where Failures > ", "| extend x = threshold + (", "| summarize by", "let a = "]
    {
        let text = SIGN_INS.replace(
            "  | where '😀' != '' and Failures > threshold\n",
            &format!("  {broken}\n  | where threshold == 1\n"),
        );
        let at = text.match_indices("threshold").count() - 2;
        assert_eq!(ask("textDocument/definition", &text, "threshold", at), "10:7 threshold", "{broken}");
    }
}

#[test]
fn files_of_kql_are_followed_as_rules_are() {
    let mut editor = Editor::new();
    let text = "// parameters: (since: timespan = 1d)\nlet a = 1;\nSigninLogs\n| where TimeGenerated > ago(since) and a == 1\n";
    for (needle, expected) in [("a ==", "2:5 a"), ("since) and", "1:16 (since: timespan = 1d)")] {
        let answer = editor.ask_at("textDocument/definition", QUERY, &with_cursor(text, needle, 0));
        assert_eq!(shown(text, &answer), expected);
    }
}

/// A project with declarations in files.
struct Declares;

const FILES: [(&str, &str); 4] = [
    ("/project/kql/tables.yaml", "tables:\n  - name: Own_CL\n    columns: { A: long }\n"),
    ("/project/kql/Helper.kql", "SigninLogs | take 1\n"),
    ("/project/kql/vips.csv", "User,Since\na,b\n"),
    (
        "/project/kql/more.json",
        "{\"watchlists\": [{\"alias\": \"known\", \"columns\": {\"X\": \"string\"}}]}",
    ),
];

impl Host for Declares {
    fn root(&self, _path: &Path) -> PathBuf {
        PathBuf::from("/project")
    }

    fn load(&mut self, root: &Path, _open: &OpenFiles) -> Project {
        let mut overlay = Overlay::default();
        let mut declared = Vec::new();
        for (path, text) in FILES {
            overlay.read(SourceId(0), path, text);
            declared.extend(Declared::of_file(Path::new(path), &Arc::from(text)));
        }
        Project { kql: Arc::new(overlay.into_catalog()), declared, ..Project::bare(root) }
    }

    fn survey(&mut self, _project: &Project, _open: &OpenFiles) -> Survey {
        let mut sources = SourceMap::new();
        let id = sources.add("rules/a.yaml", SIGN_INS);
        let rules = picket::rule::read(id, SIGN_INS).0;
        Survey {
            sources,
            paths: [(id, PathBuf::from("/project/rules/a.yaml"))].into(),
            rules,
            ..Survey::default()
        }
    }
}

#[test]
fn what_a_project_declares_is_found_in_its_files() {
    let mut editor = Editor::with(Declares, json!({}));
    let query = "Own_CL | join (Helper()) on $left.A == $right.UserId | where A in (_GetWatchlist('vips')) or A in (_GetWatchlist('known'))";
    let mut found = Vec::new();
    for needle in ["Own_CL", "Helper", "vips", "_GetWatchlist('known", "SigninLogs"] {
        if query.contains(needle) {
            let answer = editor.ask_at("textDocument/definition", QUERY, &with_cursor(query, needle, 0));
            found.push(format!("{needle}: {}", shown(query, &answer)));
        }
    }
    insta::assert_snapshot!(found.join("\n"), @r"
    Own_CL: file:///project/kql/tables.yaml 2:11
    Helper: file:///project/kql/Helper.kql 1:1
    vips: file:///project/kql/vips.csv 1:1
    _GetWatchlist('known: file:///project/kql/more.json 1:28
    ");
}

#[test]
fn rules_of_the_project_are_found_by_name_and_id() {
    let mut editor = Editor::with(Declares, json!({}));
    editor.open(QUERY, "SigninLogs");
    editor.pause();
    let mut names = |query: &str| -> Vec<(String, Value)> {
        let answer = editor.ask("workspace/symbol", json!({ "query": query }));
        let one =
            |it: &Value| (it["name"].as_str().unwrap().to_owned(), it["location"]["range"]["start"].clone());
        answer.as_array().unwrap().iter().map(one).collect()
    };
    let expected = vec![("Failed sign-ins".to_owned(), position(SIGN_INS, SIGN_INS.find("Failed").unwrap()))];
    assert_eq!(names("fld sign"), expected);
    assert_eq!(names("0f1c2d3e"), expected);
    assert_eq!(names(""), expected);
    assert_eq!(names("sign failed"), []);
}
