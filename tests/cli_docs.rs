//! `picket docs` over a small project, and over rules that try to be more than text.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{git, run, write};

const RULE: &str = "id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f\nname: Failed sign-ins\nversion: 1.2.0\nkind: Scheduled\ndescription: |\n  Finds guesses.\n\n  Look at the address first.\nseverity: High\nrequiredDataConnectors:\n  - connectorId: AzureActiveDirectory\n    dataTypes: [SigninLogs]\nqueryFrequency: 1h\nqueryPeriod: 1d\ntriggerOperator: gt\ntriggerThreshold: 5\ntactics: [CredentialAccess]\nrelevantTechniques: [T1110]\nquery: |\n  SigninLogs\n  | where ResultType != '0' // not a success\n  | summarize Count = count() by UserPrincipalName\nentityMappings:\n  - entityType: Account\n    fieldMappings:\n      - identifier: FullName\n        columnName: UserPrincipalName\nfalsePositives:\n  - scenario: A forgotten password\n    description: Someone comes back from a holiday.\n    exclusion: '| where Count > 50'\nreferences:\n  - https://attack.mitre.org/techniques/T1110/\nmetadata: { tool: Password guessing }\n";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    write(at, "rules/a.yaml", RULE);
    write(
        at,
        "rules/b.yaml",
        "id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e50\nname: Failed sign-ins\nkind: Hunting\nquery: Nothing_CL\n",
    );
    let guesses = |count: usize, type_of: &str| -> String {
        let row = |number: usize| {
            format!("        - {{UserPrincipalName: user{number}@example.com, ResultType: '{type_of}'}}\n")
        };
        (0..count).map(row).collect()
    };
    let tests = format!(
        "tests:\n  - name: one <b>failure</b> of many users\n    tables:\n      SigninLogs:\n{}    expect: {{alerts: 1, rows: 7, severity: High}}\n  \
         - name: they come back\n    scenario: A forgotten password\n    tables:\n      SigninLogs:\n{}    expect: none\n",
        guesses(7, "50126"),
        guesses(1, "0")
    );
    write(at, "rules/a.test.yaml", tests);
    folder
}

/// Every file below `folder`, by its path from there.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_rule_has_a_page_that_says_all_of_it() {
    let folder = project();
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    git(at, &["add", "--all"]);
    git(at, &["commit", "--quiet", "--message", "Add <b>rules</b>"]);
    let ran = run(at, &["docs"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert_eq!(ran.out, "12 files for 2 rules in site: 12 written, 0 unchanged, 0 deleted\n");
    let site = files(&at.join("site"));
    let page = &site["rules/failed-sign-ins.html"];
    for part in [
        "<title>Failed sign-ins · soc</title>",
        "<p>Finds guesses.</p><p>Look at the address first.</p>",
        "Runs every hour over the last day, and raises an alert for more than 5 results.",
        "<span class=\"k\">where</span>",
        "<span class=\"c\">// not a success</span>",
        "Filled by <code>AzureActiveDirectory</code>.",
        "T1110 Brute Force",
        "<th scope=\"row\"><code>Count</code></th><td>long</td><td>1</td><td>1</td><td>1</td>",
        "user1@example.com",
        "and 4 more rows.",
        "<th scope=\"row\">Entity</th><td>Account FullName=user0@example.com</td>",
        "one &lt;b&gt;failure&lt;/b&gt; of many users<span class=\"count\"> expects 1 alert, 7 rows and the severity “High”",
        "they come back<span class=\"count\"> expects no alert</span>",
        "It is about the false positive “A forgotten password”.",
        "<h3>A forgotten password</h3>",
        "<code>rules/a.yaml</code>",
        "Add &lt;b&gt;rules&lt;/b&gt;",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Two rules of one name have two pages.
    let other = &site["rules/failed-sign-ins-0f1c2d3e.html"];
    assert!(other.contains("not known") && other.contains("No test is about this rule."), "{other}");
    let matrix = &site["coverage.html"];
    assert!(matrix.contains("a rule, 1 a tested one"), "{matrix}");
    assert!(matrix.contains("data-state=\"covered tested alerting\""), "{matrix}");
    assert!(site["tools.html"].contains("Password guessing") && site["tables.html"].contains("SigninLogs"));
    assert!(run(at, &["docs"]).out.contains(" 0 written, 12 unchanged"));
}

#[test]
fn links_lead_somewhere_and_pages_load_nothing_from_elsewhere() {
    let folder = project();
    let at = folder.path();
    run(at, &["docs"]);
    let site = files(&at.join("site"));
    for (name, text) in site.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert!(text.contains("Content-Security-Policy"), "{name}");
        assert!(!text.contains(" style=") && !text.contains(" onclick="), "{name}: inline");
        for part in text.split("href=\"").skip(1).chain(text.split("src=\"").skip(1)) {
            let target = part.split('"').next().unwrap();
            if target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let below = Path::new(name).parent().unwrap().join(file);
            let mut path = Vec::new();
            for part in below.to_str().unwrap().split('/') {
                match part {
                    ".." => drop(path.pop()),
                    "" => {}
                    part => path.push(part),
                }
            }
            let path = if file.is_empty() { name.clone() } else { path.join("/") };
            let page = site.get(&path).unwrap_or_else(|| panic!("{name}: {target} leads nowhere"));
            assert!(anchor.is_empty() || page.contains(&format!("id=\"{anchor}\"")), "{name}: {target}");
        }
    }
}

#[test]
fn pages_of_rules_that_are_gone_go_and_other_files_stay() {
    let folder = project();
    let at = folder.path();
    run(at, &["docs"]);
    write(at, "site/CNAME", "docs.example");
    write(at, "outside.txt", "mine");
    let manifest = std::fs::read_to_string(at.join("site/.picket-docs")).unwrap();
    write(at, "site/.picket-docs", format!("{manifest}../outside.txt\n"));
    std::fs::remove_file(at.join("rules/b.yaml")).unwrap();
    let ran = run(at, &["docs"]);
    assert!(ran.out.contains("1 deleted"), "{}", ran.out);
    let site = files(at);
    assert!(!site.contains_key("site/rules/failed-sign-ins-0f1c2d3e.html"));
    assert_eq!((site["site/CNAME"].as_str(), site["outside.txt"].as_str()), ("docs.example", "mine"));
}

#[test]
fn markdown_is_for_a_wiki() {
    let folder = project();
    let at = folder.path();
    let ran = run(at, &["docs", "--format", "markdown", "--out", "wiki"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let wiki = files(&at.join("wiki"));
    insta::assert_snapshot!("docs_wiki_home", wiki["README.md"]);
    insta::assert_snapshot!("docs_wiki_rule", wiki["rules/failed-sign-ins.md"]);
}

#[test]
fn what_a_rule_says_is_never_markup() {
    let hostile = "</title></pre><script>alert(1)</script><img src=x onerror=alert(1)>\"'`*_[a](javascript:alert(1)) | {{x}}";
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"<script>alert(1)</script>\"\n");
    let rule = serde_json::json!({
        "id": "0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f", "name": hostile, "kind": "Scheduled", "version": hostile,
        "description": hostile, "severity": "High", "queryFrequency": "1h", "queryPeriod": "1d", "triggerOperator": "gt",
        "triggerThreshold": 0, "requiredDataConnectors": [{"connectorId": hostile, "dataTypes": [hostile]}],
        "tactics": [hostile], "relevantTechniques": [hostile], "query": format!("T // {hostile}\n| where a == '{hostile}"),
        "entityMappings": [{"entityType": hostile, "fieldMappings": [{"identifier": hostile, "columnName": hostile}]}],
        "falsePositives": [{"scenario": hostile, "description": hostile, "exclusion": hostile}],
        "references": ["javascript:alert(1)", hostile], "metadata": {"tool": hostile},
    });
    write(at, "rules/a.yaml", rule.to_string());
    let value = hostile.replace('"', "");
    let shown = serde_json::json!({
        "id": "0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e50", "name": "Prints", "kind": "NRT", "severity": "High",
        "query": format!("print Value = \"{value}\", ['a <b>'] = 1\n"),
        "alertDetailsOverride": {"alertDisplayNameFormat": "{{Value}}"},
        "customDetails": {"<b>": "Value"},
    });
    write(at, "rules/b.yaml", shown.to_string());
    let tests = serde_json::json!({"tests": [
        {"name": hostile, "scenario": hostile, "expect": "fires"},
        {"name": hostile, "expect": {"title": hostile, "rows": [{hostile: hostile}]}},
        {"name": hostile, "rule": "a.yaml", "tables": {hostile: [{hostile: hostile}], "T": {"file": hostile}}, "expect": "none"},
    ]});
    write(at, "rules/b.test.yaml", tests.to_string());
    let ran = run(at, &["docs"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let page = &files(&at.join("site"))["rules/prints.html"];
    let shown = "<th scope=\"row\">Title</th><td>&lt;/title&gt;&lt;/pre&gt;&lt;script&gt;";
    assert!(page.contains("Sample output") && page.contains(shown), "{page}");
    run(at, &["docs", "--format", "markdown", "--out", "wiki"]);
    for (name, text) in files(&at.join("site")) {
        if name.ends_with(".html") {
            assert!(
                !text.contains("<script>") && !text.contains("<img") && !text.contains("href=\"javascript"),
                "{name}: {text}"
            );
            assert_eq!(text.matches("<script ").count(), 2, "{name}");
        } else if name.ends_with("search-index.js") {
            assert!(!text.contains('<'), "{name}: {text}");
        }
    }
    for (name, text) in files(&at.join("wiki")) {
        let mut inside = false;
        for line in text.lines() {
            if line.starts_with("```") {
                inside = !inside;
            } else if !inside {
                assert!(
                    !line.contains("<script") && !line.contains("](javascript") && !line.contains("<img"),
                    "{name}: {line}"
                );
            }
        }
    }
}

/// A repository with a project below its root, whose rules have changed more than once.
#[test]
fn the_history_of_a_rule_is_that_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let soc = at.join("soc");
    let commit = |message: &str| {
        git(at, &["add", "--all"]);
        git(at, &["commit", "--quiet", "--date", "2026-01-02T03:04:05Z", "--message", message]);
    };
    let rule = |id: u32, name: &str| {
        format!(
            "id: 00000000-0000-4000-8000-00000000000{id}\nname: {name}\nkind: Hunting\nquery: SigninLogs\n"
        )
    };
    git(at, &["init", "--quiet"]);
    write(at, "soc/picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    let odd = "soc/rules/odd näme.yaml";
    write(at, odd, rule(1, "Odd"));
    write(at, "soc/rules/two.yaml", format!("{}---\n{}", rule(2, "Two"), rule(3, "Three")));
    commit("Add | rules\n\nThe body of a message is not told.");
    write(at, odd, rule(1, "Odd") + "description: Changed.\n");
    commit("Say <what> it finds");
    write(at, "soc/rules/two.test.yaml", "tests: []\n");
    commit("Test the others");
    for number in 0..25 {
        write(at, "soc/rules/often.yaml", rule(4, "Often") + &format!("version: 1.0.{number}\n"));
        commit(&format!("Change {number}"));
    }
    write(at, "soc/rules/new.yaml", rule(5, "New"));
    let changes = |page: &str| -> Vec<String> {
        let rows = page.split("<tr><td>").filter(|row| row.contains("</code></td><td>"));
        let rows = rows.filter_map(|row| {
            let (day, rest) = row.split_once("</td><td><code>")?;
            let (id, rest) = rest.split_once("</code></td><td>")?;
            let is_id = id.len() >= 7 && id.chars().all(|digit| digit.is_ascii_hexdigit());
            (day.len() == 10 && is_id).then(|| rest.split("</td>").next().unwrap_or_default().to_owned())
        });
        rows.collect()
    };
    // The same wherever in the project picket is started.
    for from in [soc.clone(), soc.join("rules")] {
        assert_eq!(run(&from, &["docs", "--out", soc.join("site").to_str().unwrap()]).code, 0);
        let site = files(&soc.join("site"));
        let of = |name: &str| changes(&site[&format!("rules/{name}.html")]);
        assert_eq!(of("odd"), ["Say &lt;what&gt; it finds", "Add | rules"]);
        assert_eq!(
            (of("two"), of("three")),
            (vec!["Add | rules".to_owned()], vec!["Add | rules".to_owned()])
        );
        let often = of("often");
        assert_eq!((often.len(), often[0].as_str(), often[19].as_str()), (20, "Change 24", "Change 5"));
        assert_eq!(of("new"), Vec::<String>::new());
        assert!(site["rules/odd.html"].contains("<code>rules/odd näme.yaml</code>"));
    }
    assert_eq!(run(&soc, &["docs", "--no-history"]).code, 0);
    assert_eq!(changes(&files(&soc.join("site"))["rules/odd.html"]), Vec::<String>::new());
    assert_eq!(run(&soc, &["docs", "--format", "markdown", "--out", "wiki"]).code, 0);
    let wiki = &files(&soc.join("wiki"))["rules/odd.md"];
    assert!(wiki.contains("## History") && wiki.contains("| Say &#60;what&#62; it finds |"), "{wiki}");
}
