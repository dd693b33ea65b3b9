//! The tables in schemas/facts are what `cargo dev facts` makes of the collected facts, and pictures show what commands print.
#![cfg(feature = "dev")]

mod common;

use picket::cli::dev::{facts, generated, grammar, pictures};

#[test]
fn fact_tables_are_current() {
    let Some(shared) = common::shared() else { return };
    let tables = facts::tables(&shared).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        generated::write(common::root(), &tables).unwrap();
    }
    let stale = generated::stale(common::root(), &tables).unwrap();
    assert_eq!(stale, Vec::<String>::new(), "run `cargo dev facts`");
}

#[test]
fn the_grammar_for_editors_is_current() {
    let stale = generated::stale(common::root(), &grammar::files()).unwrap();
    assert_eq!(stale, Vec::<String>::new(), "run `cargo dev grammar`");
    let operators = grammar::operators();
    assert!(["where", "project-away", "mv-expand", "evaluate"].iter().all(|word| operators.contains(word)));
    assert!(
        ["by", "on", "contains", "datatable"].iter().all(|word| !operators.contains(word)),
        "{operators:?}"
    );
}

#[test]
fn pictures_show_what_commands_print() {
    let picket = std::path::Path::new(env!("CARGO_BIN_EXE_picket"));
    let pictures = pictures::pictures(picket).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        generated::write(common::root(), &pictures).unwrap();
    }
    let stale = generated::stale(common::root(), &pictures).unwrap();
    assert_eq!(stale, Vec::<String>::new(), "run `cargo dev pictures`");
}
