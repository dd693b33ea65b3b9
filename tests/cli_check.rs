//! `picket check`, `explain`, `facts` and `schema` as a person runs them.

#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::{Ran, hunting_rule, run, run_with, scheduled_rule, write};
use tempfile::TempDir;

/// A folder with `rules/a.yaml` of this text.
fn folder(text: impl AsRef<[u8]>) -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "rules/a.yaml", text);
    folder
}

/// The output of a run as one text to compare.
fn shown(ran: &Ran) -> String {
    format!("exit {}\n--- stdout\n{}--- stderr\n{}", ran.code, ran.out, ran.err)
}

/// A message fits a screen, and so does what it quotes.
#[track_caller]
fn assert_one_screen(ran: &Ran) {
    let lines = ran.out.lines().count() + ran.err.lines().count();
    assert!(lines <= 24, "{lines} lines:\n{}", shown(ran));
    let width = ran.out.lines().chain(ran.err.lines()).map(|line| line.chars().count()).max();
    assert!(width.unwrap_or_default() <= 200, "{}", shown(ran));
}

#[test]
fn clean_rules_give_0() {
    let folder = folder(scheduled_rule(1));
    write(folder.path(), "rules/b.yml", hunting_rule(2));
    let ran = run(folder.path(), &["check"]);
    assert_eq!(ran.code, 0, "{}", shown(&ran));
    assert_eq!(ran.out, "checked 2 rules in 2 files: no findings\n");
    assert_eq!(run(folder.path(), &["check", "--quiet"]).out, "");
    assert_eq!(run(folder.path(), &["check", "rules/a.yaml", "--strict"]).code, 0);
}

#[test]
fn findings_give_1_and_point_at_the_place() {
    let folder = folder(scheduled_rule(1).replace("- Execution", "- Executon"));
    let ran = run(folder.path(), &["check"]);
    insta::assert_snapshot!(shown(&ran));
    assert_eq!(run(folder.path(), &["check", "--ignore", "PK5"]).code, 0);
    assert_eq!(run(folder.path(), &["check", "--select", "PK4,PK6"]).code, 0);
    assert_eq!(run(folder.path(), &["check", "--select", "unknown-tactic"]).code, 1);
}

#[test]
fn every_format_names_code_and_place() {
    let folder = folder(scheduled_rule(1).replace("- Execution", "- Executon"));
    let github = run(folder.path(), &["check", "--format", "github"]);
    assert!(github.out.starts_with("::error file=rules/a.yaml,line=13,"), "{}", github.out);
    for format in ["json", "sarif"] {
        let ran = run(folder.path(), &["check", "--format", format]);
        assert_eq!(ran.code, 1);
        let value: serde_json::Value = serde_json::from_str(&ran.out).expect("one JSON document");
        let code = match format {
            "json" => &value["diagnostics"][0]["code"],
            _ => &value["runs"][0]["results"][0]["ruleId"],
        };
        assert_eq!(code, "PK501", "{format}");
    }
    let ran = run(folder.path(), &["check", "--statistics"]);
    assert!(ran.out.contains("1  PK501  unknown-tactic"), "{}", ran.out);
}

#[test]
fn a_project_sets_levels_and_suppresses() {
    let folder = folder(scheduled_rule(1).replace("- Execution", "- Executon"));
    write(folder.path(), "picket.toml", "[lint.levels]\nunknown-tactic = \"warning\"\n");
    let count = |arguments: &[&str]| {
        let ran = run(folder.path(), arguments);
        let line = ran.out.lines().find(|line| line.starts_with("checked")).unwrap_or_default().to_owned();
        (ran.code, line.split_once(": ").map(|(_, counts)| counts.to_owned()).unwrap_or_default())
    };
    assert_eq!(count(&["check", "--select", "PK501"]), (0, "1 warning".into()));
    assert_eq!(count(&["check", "--select", "PK501", "--strict"]), (1, "1 error".into()));
    let text = scheduled_rule(1).replace("- Execution", "- Executon # picket: ignore[PK501] a house name");
    write(folder.path(), "rules/a.yaml", text);
    assert_eq!(count(&["check", "--select", "PK501", "--strict"]), (0, "no findings".into()));
}

#[test]
fn fixes_are_shown_then_carried_out_then_nothing_is_left() {
    let wrong = scheduled_rule(1).replace("- Execution", "- execution # as the vendor says");
    let folder = folder(&wrong);
    let path = folder.path().join("rules/a.yaml");
    let ran = run(folder.path(), &["check", "--diff"]);
    assert!(
        ran.out.contains("-  - execution # as") && ran.out.contains("+  - Execution # as"),
        "{}",
        ran.out
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wrong, "--diff writes nothing");
    let ran = run(folder.path(), &["check", "--fix"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "fixed 1 finding in 1 file\n"));
    let fixed = std::fs::read_to_string(&path).unwrap();
    assert_eq!(fixed, wrong.replace("- execution", "- Execution"), "the comment is kept");
    assert_eq!(run(folder.path(), &["check", "--fix"]).err, "");
}

#[test]
fn standard_input_is_checked_and_fixed() {
    let folder = TempDir::new().unwrap();
    let wrong = scheduled_rule(1).replace("- Execution", "- execution");
    let ran = run_with(folder.path(), &["check", "-"], |command| command.write_stdin(wrong.clone()));
    assert!(ran.out.contains("<stdin>:13:5"), "{}", shown(&ran));
    let ran = run_with(folder.path(), &["check", "--fix", "-"], |command| command.write_stdin(wrong));
    assert_eq!(ran.out, scheduled_rule(1));
    let ran = run(folder.path(), &["check", "-", "rules"]);
    assert_eq!((ran.code, ran.err.lines().count()), (2, 2));
}

/// Each kind of bad input: exit 2, one screen, the file and the remedy.
#[test]
fn bad_input_gives_2_with_file_and_remedy() {
    let cases: [(&str, &[u8]); 4] = [
        ("empty", b""),
        ("not_utf8", b"id: 1\nname: caf\xe9\n"),
        ("binary", b"\x7fELF\x02\x01\x00\x00"),
        ("utf16", b"\xff\xfei\x00d\x00"),
    ];
    for (name, bytes) in cases {
        let folder = folder(bytes);
        let ran = run(folder.path(), &["check"]);
        assert_eq!(ran.code, 2, "{name}");
        assert_one_screen(&ran);
        insta::assert_snapshot!(format!("bad_input_{name}"), shown(&ran));
    }
}

#[test]
fn fifty_megabytes_are_refused_unread() {
    let folder = folder("- a: 1\n".repeat(50 * 1024 * 1024 / 7));
    let ran = run(folder.path(), &["check"]);
    assert_eq!(ran.code, 2);
    assert_one_screen(&ran);
    assert!(ran.out.contains("rules/a.yaml") && ran.out.contains("more than 8 MiB"), "{}", shown(&ran));
}

#[test]
fn a_directory_instead_of_a_file_and_a_missing_file_are_named() {
    let folder = folder(scheduled_rule(1));
    std::fs::create_dir(folder.path().join("rules/odd.yaml")).unwrap();
    for arguments in
        [&["check"][..], &["check", "rules/odd.yaml"], &["check", "rules/none.yaml"], &["check", "none"]]
    {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?} {}", shown(&ran));
        assert_one_screen(&ran);
        assert!(ran.out.contains("PK903") && ran.out.contains("help: "), "{}", shown(&ran));
    }
    let empty = TempDir::new().unwrap();
    assert_eq!(run(empty.path(), &["check"]).code, 2, "no rules folder");
    assert_eq!(run(empty.path(), &["check", "."]).code, 2, "no rule file");
}

/// Root may read everything, so there the file is one that nobody can read: a link to nowhere.
#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(scheduled_rule(1));
    let path = write(folder.path(), "rules/closed.yaml", scheduled_rule(2));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("nowhere", &path).unwrap();
    }
    let ran = run(folder.path(), &["check"]);
    assert_eq!(ran.code, 2, "{}", shown(&ran));
    assert_one_screen(&ran);
    assert!(ran.out.contains("rules/closed.yaml") && ran.out.contains("help: "), "{}", shown(&ran));
}

#[test]
fn picket_toml_errors_name_line_and_nearest_key() {
    let folder = folder(scheduled_rule(1));
    write(
        folder.path(),
        "picket.toml",
        "rule = [\"rules\"]\n\n[lint.levels]\nunknown-tactics = \"off\"\nPK501 = \"loud\"\n",
    );
    let ran = run(folder.path(), &["check"]);
    assert_one_screen_of(&ran, 40);
    insta::assert_snapshot!(shown(&ran));
    std::fs::remove_file(folder.path().join("picket.toml")).unwrap();
    std::fs::create_dir(folder.path().join("picket.toml")).unwrap();
    let ran = run(folder.path(), &["check"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("picket.toml") && ran.err.contains("directory"), "{}", shown(&ran));
}

/// Three errors take more than a screen of one.
#[track_caller]
fn assert_one_screen_of(ran: &Ran, lines: usize) {
    assert!(ran.err.lines().count() <= lines, "{}", shown(ran));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::Stdio;
    let folder = folder(scheduled_rule(1));
    let mut child = common::picket_process(folder.path())
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn typos_are_answered_with_the_nearest() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let err = |arguments: &[&str]| {
        let ran = run(at, arguments);
        assert_eq!(ran.code, 2);
        ran.err
    };
    assert!(err(&["chek"]).contains("'check'"));
    assert!(err(&["check", "--fixx"]).contains("'--fix'"));
    assert!(err(&["explain", "PK5O1"]).contains("`PK501`"));
    assert!(err(&["check", "--select", "unknown-tactics"]).contains("`unknown-tactic`"));
}

#[test]
fn explain_facts_and_schema_tell_what_is_inside() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let ok = |arguments: &[&str]| {
        let ran = run(at, arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
        ran.out
    };
    assert!(ok(&["explain", "pk501"]).starts_with("# PK501 unknown-tactic\n"));
    let list = ok(&["explain"]);
    assert!(list.lines().count() > 30 && list.contains("PK902  unknown-config-key"), "{list}");
    let facts = ok(&["facts"]);
    assert!(facts.starts_with("ATT&CK"), "{facts}");
    let sigma = facts.lines().find(|line| line.starts_with("Sigma ")).unwrap();
    let numbers: Vec<usize> = sigma.split([' ', ',']).filter_map(|word| word.parse().ok()).collect();
    assert!(matches!(numbers[..], [sources, fields] if sources > 50 && fields > 100), "{sigma}");
    let schema: serde_json::Value = serde_json::from_str(&ok(&["schema"])).unwrap();
    assert!(schema["$schema"].as_str().unwrap().contains("json-schema.org"));
}

#[test]
fn every_subcommand_teaches_with_help() {
    let folder = TempDir::new().unwrap();
    let help = |arguments: &[&str]| run(folder.path(), arguments).out;
    for name in ["check", "plan", "apply", "explain", "emulator", "schema"] {
        let text = help(&[name, "--help"]);
        assert!(text.contains("Examples:") && text.contains(&format!("picket {name}")), "{name}: {text}");
    }
    assert!(help(&["--help"]).contains("Exit codes:"));
}

#[test]
fn colours_are_for_terminals() {
    let folder = folder(scheduled_rule(1).replace("- Execution", "- Executon"));
    let at: &Path = folder.path();
    assert!(!run(at, &["check"]).out.contains('\x1b'));
    assert!(run(at, &["check", "--color", "always"]).out.contains('\x1b'));
    let forced = run_with(at, &["check"], |command| command.env("CLICOLOR_FORCE", "1"));
    assert!(forced.out.contains('\x1b'));
    let refused = run_with(at, &["check"], |command| command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert!(!refused.out.contains('\x1b'), "NO_COLOR has the last word");
    let refused = run_with(at, &["check"], |command| command.env("CLICOLOR_FORCE", "1").env("TERM", "dumb"));
    assert!(refused.out.contains('\x1b'), "and force has it over the kind of terminal");
    for format in ["concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let ran = run(at, &["check", "--format", format, "--color", "always"]);
        assert!(!ran.out.contains('\x1b'), "{format} is for programs");
    }
}

/// `script` runs a command on a terminal of its own.
#[cfg(unix)]
#[test]
fn a_terminal_gets_colours_unless_it_says_no() {
    let folder = folder(scheduled_rule(1).replace("- Execution", "- Executon"));
    let shown = |name: &str, value: &str| {
        let picket = assert_cmd::cargo::cargo_bin!("picket").display().to_string();
        std::process::Command::new("script")
            .args(["-qec", &format!("{picket} check"), "/dev/null"])
            .current_dir(folder.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("CLICOLOR")
            // A build server's log takes colours whatever its TERM says; this terminal is none.
            .env_remove("CI")
            .env("TERM", "xterm-256color")
            .env(name, value)
            .output()
    };
    let Ok(output) = shown("TERM", "xterm-256color") else {
        return;
    };
    assert!(output.stdout.contains(&0x1b), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(!shown("NO_COLOR", "1").unwrap().stdout.contains(&0x1b));
    assert!(!shown("TERM", "dumb").unwrap().stdout.contains(&0x1b));
}

#[test]
fn every_format_has_the_same_findings_in_the_same_order() {
    let folder = folder(scheduled_rule(1).replace("- Execution", "- Executon"));
    write(
        folder.path(),
        "rules/deep/b.yaml",
        scheduled_rule(2).replace("queryPeriod: 1h", "queryPeriod: 1m"),
    );
    let out = |format: &str| run(folder.path(), &["check", "--format", format]).out;
    let concise = out("concise");
    let lines: Vec<&str> = concise.lines().collect();
    assert!(lines[0].starts_with("rules/a.yaml:13:5: error PK501 "), "{concise}");
    assert!(lines[1..].iter().all(|line| line.starts_with("rules/deep/b.yaml:")), "{concise}");
    assert_eq!(out("concise"), concise, "the order is stable");
    let gitlab: Vec<serde_json::Value> = serde_json::from_str(&out("gitlab")).unwrap();
    assert_eq!(gitlab.len(), lines.len());
    assert_eq!(gitlab[0]["location"]["path"], "rules/a.yaml");
    assert_eq!(
        out("junit").matches("<failure ").count(),
        lines.iter().filter(|l| l.contains(": error ")).count()
    );
    assert!(out("markdown").starts_with("<!-- picket check -->\n### picket check: "));
    let schema: serde_json::Value =
        serde_json::from_str(&run(folder.path(), &["schema", "report"]).out).unwrap();
    let report: serde_json::Value = serde_json::from_str(&out("json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &report));
}

#[test]
fn picket_toml_sets_levels_by_path_and_ignores_with_a_reason() {
    let wrong = |number: u32| scheduled_rule(number).replace("- Execution", "- Executon");
    let folder = folder(wrong(1));
    write(folder.path(), "rules/vendor/b.yaml", wrong(2));
    let toml = |text: &str| write(folder.path(), "picket.toml", text);
    let lines = |arguments: &[&str]| {
        let mut all = vec!["check", "--format", "concise"];
        all.extend(arguments);
        let out = run(folder.path(), &all).out;
        out.lines().map(|line| line.split(" `").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    toml("[[lint.overrides]]\npaths = [\"rules/vendor/**\"]\nlevels = { unknown-tactic = \"off\" }\n");
    assert!(lines(&[]).iter().all(|line| line.starts_with("rules/a.yaml")), "{:?}", lines(&[]));
    assert!(run(&folder.path().join("rules"), &["check", "--format", "concise"]).out.starts_with("a.yaml"));
    toml("[[lint.ignore]]\ncodes = [\"PK501\", \"PK504\"]\npaths = [\"rules/vendor\"]\n");
    let found = lines(&["--select", "PK501,PK99"]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with("picket.toml:1:1: warning PK992") || found[0].contains("PK992"),
        "{found:?}"
    );
    assert!(found[1].starts_with("picket.toml:2:19: warning PK990"), "{found:?}");
    assert!(found[2].starts_with("rules/a.yaml"), "{found:?}");
    assert_eq!(lines(&["--select", "PK501,PK990", "rules/vendor"]), [""; 0], "of a part nothing is unused");
    toml("[lint]\npreset = \"minimal\"\n");
    assert!(lines(&[]).iter().all(|line| line.contains(" error ")));
    for (text, message) in [
        ("[lint]\npreset = \"strickt\"\n", "the nearest is `strict`"),
        ("[[lint.ignore]]\nreason = \"x\"\n", "`codes` is missing"),
        ("[[lint.ignore]]\ncodes = [\"PK001\"]\nreason = \"x\"\n", "PK001 cannot be suppressed"),
        ("[[lint.ignore]]\ncodes = [\"PK5O1\"]\nreason = \"x\"\n", "`PK501`"),
        ("[[lint.overrides]]\npaths = [\"{\"]\n", "no pattern of paths"),
        ("[[lint.overrides]]\npath = [\"a\"]\n", "`paths`"),
        ("[lint]\noverrides = 1\n", "must be a list of tables"),
    ] {
        toml(text);
        let ran = run(folder.path(), &["check"]);
        assert!(ran.code == 2 && ran.err.contains(message), "{text}: {}", shown(&ran));
    }
}

#[test]
fn a_baseline_lets_what_was_there_pass_and_only_shrinks() {
    let wrong = |number: u32| scheduled_rule(number).replace("- Execution", "- Executon");
    let folder = folder(wrong(1));
    let at = folder.path();
    assert_eq!(run(at, &["check", "--write-baseline"]).code, 2, "no file is named");
    write(at, "picket.toml", "[lint]\nbaseline = \"known.json\"\n");
    assert!(run(at, &["check"]).err.contains("--write-baseline"), "the file is not there yet");
    let ran = run(at, &["check", "--write-baseline"]);
    assert_eq!(ran.code, 0, "{}", shown(&ran));
    let known = std::fs::read_to_string(at.join("known.json")).unwrap();
    assert!(known.contains("\"rules/a.yaml\"") && known.contains("\"PK501\""), "{known}");
    assert_eq!(run(at, &["check", "--strict"]).code, 0);
    assert_eq!(run(&at.join("rules"), &["check"]).code, 0, "from any folder of the project");
    write(at, "rules/a.yaml", format!("# moved\n{}", wrong(1)));
    assert_eq!(run(at, &["check", "--strict"]).code, 0, "lines may move");

    write(at, "rules/b.yaml", wrong(2));
    assert_eq!(run(at, &["check"]).code, 1, "what is new is reported");
    let ran = run(at, &["check", "--write-baseline"]);
    assert_eq!((ran.code, std::fs::read_to_string(at.join("known.json")).unwrap()), (1, known.clone()));
    assert_eq!(run(at, &["check", "--write-baseline", "--allow-growth"]).code, 0);
    let grown = std::fs::read_to_string(at.join("known.json")).unwrap();
    assert!(grown.len() > known.len());

    write(at, "rules/b.yaml", scheduled_rule(2));
    let ran = run(at, &["check", "--format", "concise"]);
    assert!(ran.code == 0 && ran.out.starts_with("known.json:"), "{}", shown(&ran));
    assert!(ran.out.contains("PK993") && ran.out.contains("rules/b.yaml"), "{}", ran.out);
    assert_eq!(run(at, &["check", "--format", "concise", "rules/a.yaml"]).out, "", "b was not checked");
    assert_eq!(
        run(at, &["check", "--write-baseline"]).out.lines().last(),
        Some("checked 2 rules in 2 files: no findings")
    );
    assert_eq!(std::fs::read_to_string(at.join("known.json")).unwrap(), known);

    write(at, "other.json", "{}");
    let ran = run(at, &["check", "--baseline", "other.json"]);
    assert!(ran.code == 2 && ran.err.contains("no baseline"), "{}", shown(&ran));
    assert_eq!(run(at, &["check", "--allow-growth"]).code, 2);
}

#[test]
fn unsafe_fixes_have_a_short_name() {
    let wrong = scheduled_rule(1).replace("- Execution", "- Executon");
    let folder = folder(&wrong);
    let long = run(folder.path(), &["check", "--diff", "--unsafe-fixes"]);
    let short = run(folder.path(), &["check", "--diff", "--fix", "--unsafe"]);
    assert!(long.out.contains("+  - Execution"), "{}", shown(&long));
    assert_eq!(short.out, long.out);
}

#[test]
fn policies_of_files_and_tags_come_from_picket_toml() {
    let folder = folder(scheduled_rule(1));
    write(folder.path(), "rules/Second Rule.yaml", format!("{}tags:\n  - Owner: SOC\n", hunting_rule(2)));
    let policy = |text: &str| write(folder.path(), "picket.toml", format!("[lint.policy]\n{text}\n"));
    let found = || run(folder.path(), &["check", "--format", "concise", "--select", "PK189,PK191"]).out;
    policy("file_pattern = '^[a-z-]+\\.yaml$'\nrequired_tags = ['owner']");
    let lines = found();
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("rules/Second Rule.yaml:") && lines[0].contains("PK189"), "{lines:?}");
    assert!(lines[1].starts_with("rules/a.yaml:") && lines[1].contains("PK191"), "{lines:?}");
    policy("file_pattern = '['");
    let ran = run(folder.path(), &["check"]);
    assert!(ran.code == 2 && ran.err.contains("`file_pattern` is no regular expression"), "{}", shown(&ran));
}
