//! `picket fmt` as a person runs it.

#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use common::{run, run_with, scheduled_rule, write};
use tempfile::TempDir;

/// A rule in another order, with a comment and a list as a text.
fn untidy() -> String {
    let text =
        scheduled_rule(1).replace("tactics:\n  - Execution\n", "tactics: Execution # as the vendor says\n");
    let (id, rest) = text.split_once('\n').unwrap();
    format!("{rest}{id}\n")
}

#[test]
fn a_file_is_shown_named_and_rewritten() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let path = write(at, "rules/a.yaml", untidy());
    write(at, "rules/b.yaml", scheduled_rule(2));
    assert_eq!(run(at, &["fmt", "rules/b.yaml", "--check"]).code, 0, "as tests write rules");

    let ran = run(at, &["fmt", "--check"]);
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (1, "rules/a.yaml\n", "1 file is not in the style\n")
    );
    let ran = run(at, &["fmt", "--diff"]);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(ran.out);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), untidy(), "nothing was written");

    let ran = run(at, &["fmt"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let formatted = std::fs::read_to_string(&path).unwrap();
    assert!(formatted.starts_with("id: ") && formatted.contains("# as the vendor says"), "{formatted}");
    assert_eq!(run(at, &["fmt", "--check"]).code, 0);
    let ran = run_with(at, &["fmt", "-"], |command| command.write_stdin(untidy()));
    assert_eq!(ran.out, formatted);
}

#[test]
fn what_is_no_rule_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let broken = "id: [1\nname: x\n";
    let path = write(at, "rules/a.yaml", broken);
    let ran = run(at, &["fmt"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("rules/a.yaml:"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(path).unwrap(), broken);
    write(at, "rules/a.yaml", b"\xff\xfea\x00");
    assert_eq!(run(at, &["fmt", "--check"]).code, 2);
    assert_eq!(run(at, &["fmt", "none.yaml"]).code, 2);
}

/// The pack is in canonical form, so that nobody's edit is lost in a change of style.
#[test]
fn the_pack_is_in_canonical_form() {
    let ran = run(common::root(), &["fmt", "--check", "rules"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn queries_are_formatted_where_that_is_wanted() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let query = |text: &str| scheduled_rule(1).replace("SecurityEvent\n  | where EventID == 1", text);
    let (untidy, tidy) = (
        query("SecurityEvent|where EventID==1 // one"),
        query("SecurityEvent\n  | where EventID == 1 // one"),
    );
    let path = write(at, "rules/a.yaml", &untidy);
    write(at, "picket.toml", "");
    assert_eq!(run(at, &["fmt", "--check"]).code, 0, "imported queries stay as they are");
    assert_eq!(run(at, &["fmt", "--check", "--queries"]).code, 1);

    write(at, "picket.toml", "[format]\nqueries = true\n");
    assert_eq!(run(at, &["fmt", "--check", "--no-queries"]).code, 0);
    let ran = run(at, &["fmt"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), tidy);
    assert_eq!(run(at, &["fmt", "--check"]).code, 0);

    let broken =
        query("SecurityEvent\n  | where (").replace("tactics:\n  - Execution\n", "tactics: Execution\n");
    write(at, "rules/a.yaml", &broken);
    let ran = run(at, &["fmt"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("error[KQ005]") && ran.err.contains("rules/a.yaml:17:"), "{}", ran.err);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        query("SecurityEvent\n  | where ("),
        "the rest is formatted"
    );
}

#[test]
fn files_of_kql_in_rules_and_declarations_are_formatted() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/a.yaml", scheduled_rule(1));
    let hunt = write(at, "rules/hunt.kql", "T|take 1\r\n");
    let function = write(at, "kql/Recent.kql", "// function: Recent\nT|take 1\n");
    let command = write(at, "kql/Made.kql", ".create function Made() { T|take 1 }\n");
    let table = write(at, "kql/t.yaml", "{name: T, columns: {A: long}}\n");
    let ran = run(at, &["fmt", "--check"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "kql/Recent.kql\nrules/hunt.kql\n"));
    assert_eq!(run(at, &["fmt"]).code, 0);
    let text = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(text(&hunt), "T\n| take 1\n");
    assert_eq!(text(&function), "// function: Recent\nT\n| take 1\n");
    assert_eq!(text(&command), ".create function Made() { T|take 1 }\n");
    assert_eq!(text(&table), "{name: T, columns: {A: long}}\n");
}

const ASSETS: &str = "\
items: assets.csv # from the CMDB
alias: HighValueAssets
searchKey: Host
name: High value assets
";

#[test]
fn content_is_formatted_beside_rules_and_items_stay() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "");
    write(at, "rules/b.yaml", scheduled_rule(2));
    let items = "Host ,Owner\r\n srv1,Ann\r\n";
    let csv = write(at, "content/assets.csv", items);
    let json = write(at, "content/f.json", "{\"body\": \"T\",  \"name\": \"F\"}");
    let path = write(at, "content/assets.yaml", ASSETS);
    let kql = write(at, "content/recent.kql", "SecurityEvent|take 1");
    let ran = run(at, &["fmt", "--check"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "content/assets.yaml\ncontent/recent.kql\n"), "{}", ran.err);
    let ran = run(at, &["fmt"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let text = |path| std::fs::read_to_string(path).unwrap();
    let expected = "\
alias: HighValueAssets
name: High value assets
searchKey: Host
items: assets.csv # from the CMDB
";
    assert_eq!(text(&path), expected);
    assert_eq!(text(&kql), "SecurityEvent\n| take 1\n");
    assert_eq!((text(&csv).as_str(), text(&json).as_str()), (items, "{\"body\": \"T\",  \"name\": \"F\"}"));
    assert_eq!(run(at, &["fmt", "--check"]).code, 0);
    // Standard input may be either.
    let ran = run_with(at, &["fmt", "-"], |command| command.write_stdin(ASSETS));
    assert_eq!(ran.out, expected);
    write(at, "content/assets.yaml", "alias: A\n");
    let ran = run(at, &["fmt"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("content/assets.yaml:1:1") && ran.err.contains("`searchKey`"), "{}", ran.err);
}

#[test]
fn published_detections_are_formatted_once_and_mean_the_same() {
    let Some(shared) = common::shared() else { return };
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "");
    let read = |text: &str| {
        let (content, findings) = picket::content::read(picket::text::SourceId::default(), "x.yaml", text);
        assert!(findings.is_empty(), "{findings:?}");
        content.into_iter().map(|item| match item {
            picket::content::Content::CustomDetection(rule) => (rule.id.value, rule.body),
            other => panic!("{other:?}"),
        })
    };
    for file in common::yaml_files(&shared.join("rules/sentinel-as-code/Content/DefenderCustomDetections")) {
        let before = std::fs::read_to_string(&file).unwrap();
        let path = write(at, "content/a.yaml", &before);
        let ran = run(at, &["fmt", "content"]);
        assert_eq!(ran.code, 0, "{}: {}", file.display(), ran.err);
        let once = std::fs::read_to_string(&path).unwrap();
        assert!(read(&once).eq(read(&before)), "{once}");
        let comments = |text: &str| text.lines().filter(|line| line.trim_start().starts_with('#')).count();
        assert_eq!(comments(&once), comments(&before));
        assert_eq!(run(at, &["fmt", "--check", "content"]).code, 0, "{once}");
    }
}
