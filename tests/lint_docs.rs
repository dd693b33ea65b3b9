//! The pages about codes are what the documentation of the codes says.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "tests fail this way")]

mod common;

use std::collections::BTreeSet;

use picket::cli::codes;

#[test]
fn pages_are_current() {
    let pages = codes::pages();
    if std::env::var_os("UPDATE").is_some() {
        for (path, text) in &pages {
            common::write(common::root(), path, text);
        }
    }
    let is_stale = |path: &str, text: &str| {
        std::fs::read_to_string(common::root().join(path)).ok().as_deref() != Some(text)
    };
    let stale: Vec<_> =
        pages.iter().filter(|(path, text)| is_stale(path, text)).map(|(path, _)| path).collect();
    assert_eq!(stale, Vec::<&String>::new(), "run `cargo dev docs`");
    let expected: BTreeSet<_> = pages.into_iter().map(|(path, _)| path).collect();
    for entry in std::fs::read_dir(common::root().join(codes::FOLDER)).expect("the folder is there") {
        let name = entry.expect("the folder is readable").file_name();
        let path = format!("{}/{}", codes::FOLDER, name.to_string_lossy());
        assert!(expected.contains(&path), "{path} is about no code; run `cargo dev docs`");
    }
}
