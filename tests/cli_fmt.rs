//! `picket fmt` as a person runs it.

#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails this way")]

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
