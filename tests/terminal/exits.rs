//! Exit codes: what docs/exit-codes.md says holds for each command.

use std::collections::BTreeSet;

use crate::common::{run, scheduled_rule, write};
use picket::cli::exit_codes;
use tempfile::TempDir;

/// A clean project with a test.
fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/1.yaml", scheduled_rule(1));
    write(
        at,
        "rules/1.test.yaml",
        "tests:\n  - name: a\n    tables:\n      SecurityEvent: [{EventID: 1, Computer: srv1}]\n    expect: fires\n",
    );
    write(at, "q.kql", "print 1\n");
    write(at, "logs/SecurityEvent.jsonl", "{\"EventID\": 1, \"TimeGenerated\": \"2026-11-30T10:00:00Z\"}\n");
    folder
}

/// A run that ends with 0 in a clean project, for each command that can be run without a catalog or a server that stays.
const CLEAN: &[&str] = &[
    "check",
    "fmt --check",
    "deps",
    "coverage",
    "docs --out site",
    "test",
    "plan",
    "apply",
    "plan --detailed-exitcode",
    "retry",
    "adopt",
    "show rules/1.yaml",
    "status",
    "drift",
    "pull",
    "audit verify",
    "disable rules/1.yaml --reason noisy",
    "enable rules/1.yaml",
    "hunt rules/1.yaml --data logs",
    "backtest rules/1.yaml --data logs --to 2026-12-01",
    "kql check q.kql",
    "kql columns q.kql",
    "kql tables q.kql",
    "kql run q.kql",
    "kql fmt --check q.kql",
    "export arm",
    "export bicep",
    "export terraform",
    "export json",
    "comment",
    "explain PK501",
    "schema",
    "facts",
    "completions bash",
    "man",
    "init --dry-run",
];

/// Commands whose clean end other tests show.
const ELSEWHERE: &[&str] = &[
    "new",
    "watch",
    "doctor",
    "facts update attack",
    "kql answers",
    "lsp",
    "restore",
    "rollback",
    "import rmm",
    "import files",
    "emulator",
];

#[test]
fn a_clean_project_gives_0() {
    let folder = project();
    for arguments in CLEAN {
        let ran = run(folder.path(), &arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "picket {arguments}\n{}{}", ran.out, ran.err);
    }
    let told: BTreeSet<&str> = exit_codes::ALL.iter().map(|it| it.command).collect();
    let is_run =
        |command: &&str| CLEAN.iter().any(|run| run == command || run.starts_with(&format!("{command} ")));
    let left: BTreeSet<&str> = told.iter().filter(|command| !is_run(command)).copied().collect();
    assert_eq!(left, ELSEWHERE.iter().copied().collect());
}

#[test]
fn findings_give_1() {
    let folder = project();
    let at = folder.path();
    let one = |arguments: &str| {
        let ran = run(at, &arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 1, "picket {arguments}\n{}{}", ran.out, ran.err);
    };
    one("plan --detailed-exitcode");
    write(at, "bad.kql", "T | where\n");
    for command in ["kql check", "kql columns", "kql tables", "kql run"] {
        one(&format!("{command} bad.kql"));
    }
    write(at, "q.kql", "print   1\n");
    one("kql fmt --check q.kql");
    run(at, &["apply"]);
    std::fs::remove_file(at.join("rules/1.test.yaml")).unwrap();
    write(
        at,
        "rules/1.test.yaml",
        "tests:\n  - name: a\n    tables:\n      SecurityEvent: [{EventID: 2}]\n    expect: fires\n",
    );
    one("test");
    one("comment");
    write(at, "rules/1.yaml", scheduled_rule(1).replace("severity: Medium", "severity: Severe"));
    for command in ["check", "plan", "apply", "deps", "comment"] {
        one(command);
    }
    write(at, "rules/1.yaml", scheduled_rule(1).replace("severity: Medium", "severity:   Medium"));
    one("fmt --check");
}

#[test]
fn work_that_cannot_be_done_gives_2() {
    let folder = project();
    let at = folder.path();
    let two = |arguments: &str| {
        let ran = run(at, &arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 2, "picket {arguments}\n{}{}", ran.out, ran.err);
    };
    // Arguments that no command knows.
    for command in exit_codes::ALL {
        two(&format!("{} --no-such-argument", command.command));
    }
    for arguments in [
        "show nothing",
        "enable nothing",
        "disable nothing --reason a",
        "hunt nothing --data logs",
        "backtest nothing --data logs",
        "test --scaffold nothing",
        "explain nothing",
        "man nothing",
        "kql check nothing.kql",
        "restore nothing.json",
        "rollback nothing",
        "import rmm nothing",
        "import files nothing",
    ] {
        two(arguments);
    }
    // A file that cannot be read.
    write(at, "rules/2.yaml", [0xff, 0xfe, 0x00]);
    for command in ["check", "fmt", "deps", "coverage", "docs --out site", "plan", "apply"] {
        two(command);
    }
    std::fs::remove_file(at.join("rules/2.yaml")).unwrap();
    // A picket.toml that is wrong.
    write(at, "picket.toml", "[project\n");
    for arguments in CLEAN {
        let command = arguments.split(' ').next().unwrap();
        if !["kql", "explain", "schema", "facts", "completions", "man", "init"].contains(&command) {
            two(arguments);
        }
    }
}
