//! How long rule tests take, from files to verdict: `cargo bench --bench rule_tests_speed`.
//!
//! - One rule with one test of ten rows, the start of the program apart.
//! - 500 rules with a test of ten rows each, run by the program.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::error::Error;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use picket::catalog::kql::KqlCatalog;
use picket::rule;
use picket::testing::{self, Looks, Shared, Test};
use picket::text::SourceId;

const RULES: usize = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let catalog = KqlCatalog::builtin();
    let shared = Shared::default();
    let mut fastest = Duration::MAX;
    for number in 0..20 {
        let (rule_text, test_text) = (rule_text(number), test_text(number));
        let begun = Instant::now();
        let (rules, _) = rule::read(SourceId::default(), &rule_text);
        let (file, _) = testing::read(SourceId::default(), &test_text);
        let tests: Vec<&Test> = file.tests.iter().collect();
        let rule = rules.first().ok_or("the rule is read")?;
        let outcome = testing::run_rule(rule, &tests, catalog, &shared, Looks::default());
        fastest = fastest.min(begun.elapsed());
        assert!(outcome.tests.iter().all(|test| test.failures.is_empty() && test.findings.is_empty()));
    }
    println!("one test of ten rows     {fastest:?}");
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("rules"))?;
    for number in 0..RULES {
        fs::write(folder.path().join(format!("rules/{number}.yaml")), rule_text(number))?;
        fs::write(folder.path().join(format!("rules/{number}.test.yaml")), test_text(number))?;
    }
    let mut fastest = Duration::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        let status = Command::new(env!("CARGO_BIN_EXE_picket"))
            .arg("test")
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .status()?;
        assert!(status.success(), "the tests pass");
        fastest = fastest.min(begun.elapsed());
    }
    println!("{RULES} rules with a test     {fastest:?}");
    Ok(())
}

fn rule_text(number: usize) -> String {
    format!(
        "id: 00000000-0000-4000-8000-{number:012}\nname: Rule {number}\nkind: Scheduled\nseverity: Low\n\
         queryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\nquery: |\n  \
         DeviceProcessEvents\n  | where FileName == \"tool{number}.exe\"\n  | extend User = tolower(AccountName)\n  \
         | summarize Count = count(), First = min(TimeGenerated) by DeviceId, User\n  | where Count > 2\n"
    )
}

fn test_text(number: usize) -> String {
    let row = |at: usize| {
        format!(
            "        - {{DeviceId: d{}, FileName: tool{number}.exe, AccountName: Ada, TimeGenerated: -{}m}}\n",
            at % 2,
            at + 1
        )
    };
    let rows: String = (0..10).map(row).collect();
    format!(
        "tests:\n  - name: ten rows\n    tables:\n      DeviceProcessEvents:\n{rows}    expect: {{rows: 2, alerts: 1}}\n"
    )
}
