//! Rules of Sigma.

use std::fmt::Write;

use picket::text::SourceId;

use crate::common::{self, run, write};

/// Imports the rules of this folder into `at`.
fn imported(at: &std::path::Path) -> common::Ran {
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    let from = common::root().join("tests/import_sigma/rules");
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        write(at, &format!("in/{name}"), std::fs::read(&path).unwrap());
    }
    run(at, &["import", "files", "in"])
}

#[test]
fn rules_of_sigma_are_translated_and_what_is_not_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let ran = imported(at);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("import_sigma_report", ran.out);
    let mut queries = String::new();
    for path in common::yaml_files(&at.join("rules")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (rules, findings) = picket::rule::read(SourceId(0), &text);
        assert_eq!(findings, [], "{}", path.display());
        let query = rules[0].query.as_ref().unwrap().text();
        writeln!(queries, "// {}\n{query}", rules[0].display_name()).unwrap();
    }
    insta::assert_snapshot!("import_sigma_queries", queries);
    let text = std::fs::read_to_string(at.join("rules/imported/program.yaml")).unwrap();
    insta::assert_snapshot!("import_sigma_rule", text);
    let checked = run(at, &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&checked.out).unwrap();
    let findings = report["diagnostics"].as_array().unwrap();
    let errors: Vec<_> = findings.iter().filter(|finding| finding["severity"] == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(imported(at).out.contains(" 0 written to rules/imported"));
}

#[test]
fn hostile_rules_of_sigma_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    let head = "logsource: {product: windows, category: process_creation}\ndetection:\n";
    let rule = |detection: &str| format!("title: ../../../tmp/x\n{head}{detection}\n");
    let many = "1 of them or ".repeat(900) + "1 of them";
    let values: String = (0..2_000).map(|number| format!("\n      - 'value{number}'")).collect();
    let long = format!("  a:\n    CommandLine|contains:{values}\n  condition: {many}");
    let deep = format!("  a: {{CommandLine: x}}\n  condition: {}a{}", "(".repeat(5_000), ")".repeat(5_000));
    let parts = "a and ".repeat(50_000) + "a";
    write(at, "in/long.yml", rule(&long));
    write(at, "in/deep.yml", rule(&deep));
    write(at, "in/parts.yml", rule(&format!("  a: {{CommandLine: x}}\n  condition: {parts}")));
    write(at, "in/cycle.yml", rule("  a: &a {CommandLine: x, b: *a}\n  condition: a"));
    let bomb = "  a: &a [x, x]\n  b: &b [*a, *a]\n".to_owned();
    let bomb = (0..40).fold(bomb, |text, at| format!("{text}  c{at}: &c{at} [{}]\n", "*b,".repeat(50)));
    write(at, "in/bomb.yml", rule(&format!("{bomb}  condition: 1 of them")));
    write(
        at,
        "in/nested.yml",
        rule(&format!("  a: {}{}\n  condition: a", "[".repeat(3_000), "]".repeat(3_000))),
    );
    write(
        at,
        "in/quotes.yml",
        rule("  a: {CommandLine: \"\\\" | union * //\\n\", Image: 'x\\'}\n  condition: a"),
    );
    let two = "  a: {CommandLine: x}\n  condition: a";
    write(at, "in/two.yml", format!("{}---\n{}", rule(two), rule(two)));
    let ran = run(at, &["import", "files", "in"]);
    insta::assert_snapshot!("import_sigma_hostile", ran.out);
    let found: Vec<String> = common::yaml_files(&at.join("rules"))
        .iter()
        .map(|path| path.strip_prefix(at).unwrap().display().to_string())
        .collect();
    insta::assert_snapshot!("import_sigma_hostile_files", found.join("\n"));
    let quotes = std::fs::read_to_string(at.join("rules/imported/quotes.yaml")).unwrap();
    let (rules, _) = picket::rule::read(SourceId(0), &quotes);
    insta::assert_snapshot!("import_sigma_quotes", rules[0].query.as_ref().unwrap().text());
}
