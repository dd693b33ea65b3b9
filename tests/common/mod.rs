//! What the integration tests share.

#![allow(dead_code, unreachable_pub, reason = "each test binary compiles this module and uses its own part")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail and speak this way"
)]

pub mod lints;
#[cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
pub mod server;

use std::path::{Path, PathBuf};

use picket::catalog::kql::{KqlCatalog, Overlay, overlay};
use picket::import::rmm::CatalogFile;
use picket::text::SourceMap;

/// The folder of this package.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of reference material beside the repository, or `PICKET_SHARED`. Where it is absent, says so
/// and answers `None`; the test then returns.
pub fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("PICKET_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: ../shared is absent");
    None
}

/// The `picket` binary, to be run in `folder` with an environment of nothing but `PATH` and a home that is
/// `folder` itself, so that no setting, credential or proxy of the machine reaches a test.
#[cfg(feature = "cli")]
pub fn picket(folder: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("picket"));
    command.current_dir(folder).env_clear().env("HOME", folder).env("PATH", path());
    command
}

/// The same as [`picket`] for tests that need the process itself, such as to kill it.
#[cfg(feature = "cli")]
pub fn picket_process(folder: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("picket"));
    command.current_dir(folder).env_clear().env("HOME", folder).env("PATH", path());
    command
}

fn path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// What a run of the binary printed and how it ended.
#[cfg(feature = "cli")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs `picket` with `arguments` in `folder`. In both streams the folder's own path reads `[FOLDER]`.
#[cfg(feature = "cli")]
pub fn run(folder: &Path, arguments: &[&str]) -> Ran {
    run_with(folder, arguments, |command| command)
}

/// [`run`] with a change to the command, such as standard input or a variable.
#[cfg(feature = "cli")]
pub fn run_with(
    folder: &Path,
    arguments: &[&str],
    change: impl FnOnce(&mut assert_cmd::Command) -> &mut assert_cmd::Command,
) -> Ran {
    let mut command = picket(folder);
    command.args(arguments);
    let output = change(&mut command).output().expect("picket runs");
    let text = |bytes: Vec<u8>| hide(folder, &String::from_utf8(bytes).expect("output is UTF-8"));
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs picket in `folder`, which must end with 0.
#[track_caller]
pub fn succeeds(folder: &Path, arguments: &[&str]) -> Ran {
    let ran = run(folder, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}\n{}{}", ran.out, ran.err);
    ran
}

/// Runs git in `folder`, and gives what it prints.
#[track_caller]
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let set = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let done = std::process::Command::new("git").current_dir(folder).args(set).args(arguments).output();
    let done = done.expect("git can be run");
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("git prints UTF-8").trim().to_owned()
}

/// Checks that a JSON document is as `schema` says, and has no key that it does not name. Gives the document.
#[track_caller]
pub fn valid(mut schema: serde_json::Value, document: &str) -> serde_json::Value {
    let instance: serde_json::Value = serde_json::from_str(document).expect(document);
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let faults: Vec<String> =
        validator.iter_errors(&instance).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    instance
}

/// Forbids every object of a JSON Schema the keys that it does not name.
pub fn close(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(map) => {
            if map.get("type").is_some_and(|kind| kind == "object") && map.contains_key("properties") {
                map.insert("additionalProperties".to_owned(), false.into());
            }
            map.values_mut().for_each(close);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Replaces the path of `folder`, as given and as resolved, by `[FOLDER]`.
pub fn hide(folder: &Path, text: &str) -> String {
    let resolved = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    text.replace(&resolved.display().to_string(), "[FOLDER]")
        .replace(&folder.display().to_string(), "[FOLDER]")
}

/// Writes `text` to `folder/name`, making the folders on the way.
pub fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a file has a parent")).expect("the folder is made");
    std::fs::write(&path, text).expect("the file is written");
    path
}

/// All files under `folder` that end in `.yaml` or `.yml`, sorted.
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") && !is_test(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether a file holds tests of rules: `NAME.test.yaml`.
pub fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| Path::new(stem).extension().is_some_and(|end| end == "test"))
}

/// The text of a scheduled rule without findings; `number` makes its id and name.
pub fn scheduled_rule(number: u32) -> String {
    format!(
        "id: {}\nname: Rule {number}\nversion: 1.0.0\nkind: Scheduled\ndescription: |\n  Finds event {number}.\n\
         severity: Medium\nqueryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\n\
         tactics:\n  - Execution\nrelevantTechniques:\n  - T1059\nquery: |\n  SecurityEvent\n  | where EventID == {number}\n\
         entityMappings:\n  - entityType: Host\n    fieldMappings:\n      - identifier: FullName\n        columnName: Computer\n",
        rule_id(number)
    )
}

/// The text of a hunting query without findings.
pub fn hunting_rule(number: u32) -> String {
    format!(
        "id: {}\nname: Hunt {number}\nversion: 1.0.0\ndescription: |\n  Finds event {number}.\ntactics:\n  - Execution\n\
         relevantTechniques:\n  - T1059\nquery: |\n  SecurityEvent\n  | where EventID == {number}\n",
        rule_id(number)
    )
}

/// The id of rule `number`.
pub fn rule_id(number: u32) -> String {
    format!("5b0f0c3e-8d51-4a6e-9f00-{number:012x}")
}

/// Every YAML file of the catalog of remote-management tools, with the map that its findings refer to.
pub fn rmm_catalog() -> Option<(SourceMap, Vec<CatalogFile>)> {
    let root = shared()?.join("catalogs/rmm");
    let below = |path: &PathBuf| {
        path.strip_prefix(&root)
            .expect("a path below the catalog")
            .to_str()
            .expect("the catalog is readable")
            .replace('\\', "/")
    };
    let paths: Vec<String> = yaml_files(&root).iter().map(below).collect();
    let mut sources = SourceMap::new();
    let file = |path: &String| {
        let bytes = std::fs::read(root.join(path)).expect("the catalog is readable");
        let source = sources.add(path.as_str(), String::from_utf8_lossy(&bytes));
        CatalogFile { source, path: path.clone(), bytes }
    };
    let files = paths.iter().map(file).collect();
    Some((sources, files))
}

/// The tables that the reference's answers were made with, and no others.
pub fn reference_tables(shared: &Path) -> KqlCatalog {
    let schema = std::fs::read_to_string(shared.join("kql/schema.json")).expect("the schema is there");
    let tables = overlay::tables_from_json(&schema).expect("the schema is read");
    KqlCatalog::only(Overlay { tables, ..Overlay::default() })
}
