//! `picket kql` from outside.

#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test fails this way")]

mod common;

use common::run;

#[test]
fn fmt_rewrites_shows_or_only_checks() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hunt.kql");
    let written = "T|where a==1 // why\n|project a,b\n";
    std::fs::write(&file, written).expect("the folder takes files");

    let checked = run(folder.path(), &["kql", "fmt", "--check", "hunt.kql"]);
    assert_eq!((checked.code, checked.err.as_str()), (1, "1 file is not in the style\n"));
    let shown = run(folder.path(), &["kql", "fmt", "--diff", "hunt.kql"]);
    assert_eq!(shown.code, 0);
    assert!(shown.out.contains("+| where a == 1 // why\n"), "{}", shown.out);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), written, "nothing was to be written");

    let rewritten = run(folder.path(), &["kql", "fmt", "hunt.kql"]);
    assert_eq!((rewritten.code, rewritten.err.as_str()), (0, ""));
    let text = std::fs::read_to_string(&file).expect("it is there");
    assert_eq!(text, "T\n| where a == 1 // why\n| project a, b\n");
    assert_eq!(run(folder.path(), &["kql", "fmt", "--check", "hunt.kql"]).code, 0);
}

#[test]
fn fmt_leaves_what_does_not_parse() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("broken.kql");
    std::fs::write(&file, "T|where (\n").expect("the folder takes files");
    let ran = run(folder.path(), &["kql", "fmt", "broken.kql"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("error[KQ005]: `)` is expected here"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "T|where (\n");
}
