//! Files of the repository that are made from texts inside of picket.

use crate::common;
use picket::{cli, start};

#[test]
fn pipelines_and_the_page_about_exit_codes_are_current() {
    let mut files: Vec<(&str, String)> =
        start::ci::of_this_repository().into_iter().map(|file| (file.path, file.text)).collect();
    files.push((cli::exit_codes::PATH, cli::exit_codes::page()));
    let mut stale = Vec::new();
    for (path, text) in &files {
        let at = common::root().join(path);
        if std::env::var_os("UPDATE").is_some() {
            common::write(common::root(), path, text);
        }
        if std::fs::read_to_string(&at).unwrap_or_default() != *text {
            stale.push(path);
        }
    }
    assert!(stale.is_empty(), "run `cargo dev docs`: {stale:?}");
}
