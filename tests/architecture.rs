//! The structure of the code is what ARCHITECTURE.md says: modules use only what their row allows, the core
//! touches nothing of the world, files stay small and nothing is `unsafe`.

#![allow(clippy::expect_used, reason = "a test fails this way")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const MAX_LINES: usize = 800;

/// The module table of ARCHITECTURE.md.
#[derive(Debug, Default)]
struct Table {
    /// Each module with the modules that it may use, those used in turn included.
    allowed: BTreeMap<String, BTreeSet<String>>,
    /// The modules that touch files, network or terminal; all others are the core.
    edges: BTreeSet<String>,
}

impl Table {
    /// Reads the rows `| module/ | does | may use | touches |`. What a module may use, its users may name too: whoever
    /// holds a rule may name the YAML scalar inside it.
    fn parse(markdown: &str) -> Self {
        let mut rows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut edges = BTreeSet::new();
        for line in markdown.lines() {
            let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
            let [name, _, uses, touches] = cells[..] else { continue };
            let Some(name) = name.trim_matches('`').strip_suffix('/') else { continue };
            let uses = uses.split_whitespace().filter(|word| *word != "-").map(str::to_owned).collect();
            rows.insert(name.to_owned(), uses);
            if touches != "-" {
                edges.insert(name.to_owned());
            }
        }
        let all: BTreeSet<String> = rows.keys().cloned().collect();
        let close = |name: &str| {
            let mut found: BTreeSet<String> = BTreeSet::new();
            let mut open = vec![name.to_owned()];
            while let Some(next) = open.pop() {
                for used in rows.get(&next).into_iter().flatten() {
                    let used = if used == "all" { all.clone() } else { BTreeSet::from([used.clone()]) };
                    open.extend(used.difference(&found).cloned().collect::<Vec<_>>());
                    found.extend(used);
                }
            }
            found
        };
        let allowed = rows.keys().map(|name| (name.clone(), close(name))).collect();
        Self { allowed, edges }
    }
}

/// A source file: its path under `src/`, with forward slashes, and its text.
type File = (String, String);

fn files_under(folder: &Path) -> Vec<File> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(folder).expect("under the folder").display().to_string();
                found.push((name.replace('\\', "/"), std::fs::read_to_string(&path).expect("UTF-8 source")));
            }
        }
    }
    found.sort();
    found
}

/// The code of a file: comment lines blank, and nothing from the test module on.
fn code(text: &str) -> String {
    let until_tests = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = until_tests.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules named after `crate::` anywhere in `code`, with the line: `crate::a::b` and `crate::{a::b, c}`.
fn used_modules(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, marker) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + marker.len()..];
        let names = match rest.strip_prefix('{') {
            None => vec![rest],
            Some(group) => top_level_items(group),
        };
        for name in names {
            let word: String =
                name.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            // Names of the crate root in upper case are items, not modules.
            if word.starts_with(char::is_lowercase) {
                found.push((line, word));
            }
        }
    }
    found
}

/// The items of a `use` group at its own level, up to the brace that closes it.
fn top_level_items(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items
}

/// Uses that the table does not allow.
fn dependency_faults(table: &Table, files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in files {
        // lib.rs and the mains only declare and start.
        let Some((module, _)) = path.split_once('/').filter(|(module, _)| *module != "bin") else { continue };
        let Some(allowed) = table.allowed.get(module) else {
            faults.push(format!("src/{path}: module `{module}` has no row in ARCHITECTURE.md"));
            continue;
        };
        for (line, used) in used_modules(&code(text)) {
            if used != module && !allowed.contains(&used) {
                faults.push(format!("src/{path}:{line}: `{module}` may not use `{used}`"));
            }
        }
    }
    faults
}

/// Reaches of the core for files, environment, clock, network, processes and the terminal.
fn purity_faults(table: &Table, files: &[File]) -> Vec<String> {
    let outside = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::io::stdin",
        "std::time::SystemTime",
        "std::time::Instant",
        "SystemTime::now",
        "Instant::now",
        "tokio::",
        "reqwest::",
        "println!",
        "eprintln!",
    ];
    let mut faults = Vec::new();
    for (path, text) in files {
        let Some((module, _)) = path.split_once('/').filter(|(module, _)| *module != "bin") else { continue };
        if table.edges.contains(module) {
            continue;
        }
        let code = code(text);
        for (at, line) in code.lines().enumerate() {
            for word in outside.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("src/{path}:{}: the core may not reach for `{word}`", at + 1));
            }
        }
    }
    faults
}

/// Files that grew too long.
fn length_faults(files: &[File]) -> Vec<String> {
    let long = files.iter().filter(|(_, text)| text.lines().count() > MAX_LINES);
    long.map(|(path, text)| format!("{path}: {} lines, more than {MAX_LINES}", text.lines().count()))
        .collect()
}

/// The word `unsafe` in code.
fn unsafe_faults(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in files {
        for (at, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let keyword = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"];
            if !line.starts_with("//")
                && keyword.iter().any(|word| line.contains(word))
                && !line.contains('"')
            {
                faults.push(format!("{path}:{}: unsafe code", at + 1));
            }
        }
    }
    faults
}

fn table() -> Table {
    let markdown = std::fs::read_to_string(common::root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    Table::parse(&markdown)
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn modules_use_only_what_their_row_allows() {
    let files = files_under(&common::root().join("src"));
    assert!(files.len() > 10, "the source was found");
    assert_none(&dependency_faults(&table(), &files));
}

#[test]
fn the_core_reaches_for_nothing_outside() {
    assert_none(&purity_faults(&table(), &files_under(&common::root().join("src"))));
}

#[test]
fn files_are_short_and_safe() {
    for folder in ["src", "tests"] {
        let files = files_under(&common::root().join(folder));
        assert_none(&length_faults(&files));
        assert_none(&unsafe_faults(&files));
    }
}

#[test]
fn the_checks_find_what_they_look_for() {
    let table = Table::parse(
        "| `text/` | x | - | - |\n| `diag/` | x | text | - |\n| `rule/` | x | diag | - |\n| `cli/` | x | all | terminal |",
    );
    let file = |path: &str, text: &str| vec![(path.to_owned(), text.to_owned())];

    let found = dependency_faults(&table, &file("text/a.rs", "use std::x;\nuse crate::diag::Code;\n"));
    assert_eq!(found, ["src/text/a.rs:2: `text` may not use `diag`"]);
    let grouped = "use crate::{\n    text::{Span, TextRange},\n    rule::Rule,\n};\n";
    assert_eq!(
        dependency_faults(&table, &file("diag/a.rs", grouped)),
        ["src/diag/a.rs:1: `diag` may not use `rule`"]
    );
    let inline = "fn f() { crate::cli::run() }";
    assert_eq!(
        dependency_faults(&table, &file("rule/a.rs", inline)),
        ["src/rule/a.rs:1: `rule` may not use `cli`"]
    );
    assert_eq!(dependency_faults(&table, &file("new/a.rs", "")).len(), 1, "a module without a row");
    assert_none(&dependency_faults(&table, &file("rule/a.rs", "use crate::text::Span;\n// crate::cli")));
    assert_none(&dependency_faults(&table, &file("cli/a.rs", "use crate::rule::Rule;")));

    let reads = "fn f() { std::fs::read(\"x\") }\n#[cfg(test)]\nmod tests { use std::fs; }";
    assert_eq!(purity_faults(&table, &file("rule/a.rs", reads)).len(), 1, "only outside of tests");
    assert_none(&purity_faults(&table, &file("cli/a.rs", reads)));

    assert_eq!(length_faults(&file("a.rs", &"x\n".repeat(MAX_LINES + 1))).len(), 1);
    assert_none(&length_faults(&file("a.rs", &"x\n".repeat(MAX_LINES))));
    assert_eq!(unsafe_faults(&file("a.rs", "let x = unsafe { y };")).len(), 1);
}
