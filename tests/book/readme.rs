//! What README.md shows is what picket prints.

use std::path::Path;

use tempfile::TempDir;

use super::blocks::blocks;
use super::common::{self, run, write};
use super::session::commands;

const RULE: &str = "rules/remote-access/anydesk/network-connection.scheduled.yaml";

fn readme() -> String {
    std::fs::read_to_string(common::root().join("README.md")).unwrap()
}

/// The output under `$ picket NAME` in a console block.
fn example(name: &str) -> String {
    let consoles = blocks(&readme()).into_iter().filter(|block| block.language == "console");
    let mut commands = consoles.flat_map(|block| commands(&block.text));
    let (_, lines) =
        commands.find(|(command, _)| *command == format!("picket {name}")).expect("the example is there");
    lines.join("\n") + "\n"
}

/// A copy of this project, as a clone would have it.
fn clone() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy_project(folder.path());
    folder
}

/// Copies what this project deploys into a folder.
fn copy_project(folder: &Path) {
    copy_parts(folder, &["rules", "content"]);
}

/// Copies parts of this project, and its settings, into a folder.
pub(crate) fn copy_parts(folder: &Path, parts: &[&str]) {
    for part in parts {
        copy(&common::root().join(part), &folder.join(part));
    }
    std::fs::copy(common::root().join("picket.toml"), folder.join("picket.toml")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn change(folder: &Path, old: &str, new: &str) {
    let text = std::fs::read_to_string(folder.join(RULE)).unwrap();
    assert!(text.contains(old));
    write(folder, RULE, text.replacen(old, new, 1));
}

#[test]
fn a_fresh_clone_applies_and_then_nothing_changes() {
    let folder = clone();
    let at = folder.path();
    let first = run(at, &["apply"]);
    let others: Vec<&str> = first.err.lines().filter(|line| !line.ends_with(" changes")).collect();
    assert_eq!((first.code, others), (0, vec![]), "nothing but its progress");
    let last = first.out.lines().last().unwrap();
    assert!(readme().contains(&format!("`{last}`")), "README names the last line: {last}");
    let second = run(at, &["apply"]);
    assert_eq!((second.code, second.err.as_str()), (0, ""));
    assert!(second.out.contains("0 to create, 0 to update, 0 to delete"), "{}", second.out);

    change(at, "severity: Medium", "severity: High");
    assert_eq!(run(at, &["plan"]).out, example("plan"));
    change(at, "- CommandAndControl\n", "- CommandAndControll\n");
    assert_eq!(run(at, &["check"]).out, example("check"));
}

#[test]
fn its_settings_are_read() {
    let folder = TempDir::new().unwrap();
    let settings = blocks(&readme()).into_iter().find(|block| block.language == "toml").expect("settings");
    write(folder.path(), "picket.toml", settings.text);
    write(folder.path(), "rules/a.yaml", common::scheduled_rule(1));
    write(folder.path(), "kql/tables.yaml", "tables: [{name: Sessions_CL, columns: {User: string}}]\n");
    write(folder.path(), "content/Sessions.kql", "Sessions_CL | where User != ''\n");
    let ran = run(folder.path(), &["check"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
}

#[test]
fn its_table_of_commands_is_complete() {
    let help = run(common::root(), &["--help"]).out;
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 8, "{commands}");
    let readme = readme();
    for name in names.iter().filter(|name| **name != "help") {
        assert!(readme.contains(&format!("| `picket {name}")), "README lacks `picket {name}`");
    }
    let shown = readme.lines().filter_map(|line| line.strip_prefix("| `picket ")?.split(['`', ' ']).next());
    for name in shown {
        assert!(names.contains(&name), "README shows `picket {name}`, which is none");
    }
}

/// The documents for people who change picket name no file that is gone.
#[test]
fn documents_name_paths_that_are_there() {
    let mut named = 0;
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = std::fs::read_to_string(common::root().join(document)).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let is_path =
            |word: &&str| ["src/", "tests/", ".ci/", "schemas/"].iter().any(|start| word.starts_with(start));
        for path in quoted.filter(is_path).filter(|path| !path.contains('<')) {
            named += 1;
            assert!(common::root().join(path).exists(), "{document} names `{path}`");
        }
        let modules = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("/` |"));
        for (module, _) in modules {
            named += 1;
            assert!(
                common::root().join("src").join(module).is_dir(),
                "{document} names the module `{module}`"
            );
        }
    }
    assert!(named > 20, "{named} paths");
}
