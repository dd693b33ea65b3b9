//! Projects: settings, declarations, and what only all files together show.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use picket::catalog::kql::Overlay;
use picket::lint::{Facts, Level, Settings, check_across};
use picket::lsp::{Host, OpenFiles, Project, Survey};
use picket::text::{SourceId, SourceMap};
use serde_json::json;

use super::editor::{Editor, RULE};

/// A host whose files are values: `/project` with two other rules of one id and a table that is declared.
#[derive(Clone, Default)]
struct Made {
    files: Rc<RefCell<BTreeMap<PathBuf, String>>>,
}

impl Host for Made {
    fn root(&self, _path: &Path) -> PathBuf {
        PathBuf::from("/project")
    }

    fn load(&mut self, root: &Path, open: &OpenFiles) -> Project {
        let files = self.files.borrow();
        let mut overlay = Overlay::default();
        let tables = Path::new("/project/kql/tables.yaml");
        let text = open.get(tables).map(|text| text.to_string()).or_else(|| files.get(tables).cloned());
        overlay.read(SourceId(0), "tables.yaml", &text.unwrap_or_default());
        let levels = BTreeMap::from([("PK501".to_owned(), Level::Info)]);
        Project {
            settings: Settings::new(&levels, false).0,
            kql: Arc::new(overlay.into_catalog()),
            declarations: vec![root.join("kql")],
            ..Project::bare(root)
        }
    }

    fn survey(&mut self, project: &Project, open: &OpenFiles) -> Survey {
        let (mut sources, mut paths, mut rules) = (SourceMap::new(), BTreeMap::new(), Vec::new());
        let files = self.files.borrow();
        let texts = files.iter().map(|(path, text)| (path.clone(), Arc::from(text.as_str())));
        let mut all: BTreeMap<PathBuf, Arc<str>> = texts.collect();
        all.extend(open.clone());
        for (path, text) in all.iter().filter(|(path, _)| path.starts_with("/project/rules")) {
            let id = sources.add(path.to_str().unwrap(), Arc::clone(text));
            paths.insert(id, path.clone());
            rules.extend(picket::rule::read(id, text).0);
        }
        let facts = Facts { kql: &project.kql, catalog: &project.catalog, before: &[] };
        let findings = check_across(&sources, &rules, facts, &Settings::default());
        Survey { sources, paths, findings, rules }
    }
}

const RULE_TEXT: &str = "\
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: A rule
kind: Hunting
tactics: [InitialAcces]
query: Own_CL | where Amount > 1
";

fn project(table: &str) -> (Made, Editor<Made>) {
    let made = Made::default();
    let other = RULE_TEXT.replace("A rule", "Another rule");
    for name in ["0", "b"] {
        made.files.borrow_mut().insert(format!("/project/rules/{name}.yaml").into(), other.clone());
    }
    made.files.borrow_mut().insert("/project/kql/tables.yaml".into(), table.to_owned());
    let editor = Editor::with(made.clone(), json!({}));
    (made, editor)
}

const TABLE: &str = "name: Own_CL\ncolumns: { Amount: long }\n";
const OTHER: &str = "file:///project/rules/b.yaml";
const TABLES: &str = "file:///project/kql/tables.yaml";

fn has(editor: &Editor<Made>, uri: &str, what: &str) -> bool {
    editor.findings(uri).iter().any(|found| found.contains(what))
}

#[test]
fn settings_and_declarations_of_the_project_count() {
    let (_, mut editor) = project(TABLE);
    editor.open(RULE, RULE_TEXT);
    assert!(has(&editor, RULE, "PK501 3"), "the level of the settings: {:?}", editor.findings(RULE));
    assert!(!has(&editor, RULE, "Amount"), "{:?}", editor.findings(RULE));
}

#[test]
fn a_declaration_that_changes_is_read_again() {
    let (made, mut editor) = project("name: Own_CL\ncolumns: { Sum: long }\n");
    editor.open(RULE, RULE_TEXT);
    assert!(has(&editor, RULE, "Amount"), "{:?}", editor.findings(RULE));
    made.files.borrow_mut().insert("/project/kql/tables.yaml".into(), TABLE.to_owned());
    editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": TABLES, "type": 2 }] }));
    assert!(!has(&editor, RULE, "Amount"), "{:?}", editor.findings(RULE));
    editor.open(TABLES, "name: Own_CL\ncolumns: { Other: long }\n");
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": TABLES } }));
    assert!(has(&editor, RULE, "Amount"), "the text in the editor counts before the disk");
}

#[test]
fn what_two_files_show_is_found_in_a_pause() {
    let (made, mut editor) = project(TABLE);
    editor.open(RULE, RULE_TEXT);
    assert!(!has(&editor, RULE, "PK111"), "not while one types: {:?}", editor.findings(RULE));
    editor.pause();
    let place = |editor: &Editor<Made>| {
        let all = editor.findings(RULE);
        all.iter().find(|found| found.contains("PK111")).cloned()
    };
    let found = place(&editor).unwrap_or_else(|| panic!("{:?}", editor.findings(RULE)));
    assert!(!editor.findings(OTHER).is_empty(), "files that are not open, too");
    let start = json!({ "line": 0, "character": 0 });
    editor.edit(RULE, json!({ "start": start, "end": start }), "# a comment\n");
    let moved = place(&editor).unwrap();
    assert_ne!(found, moved, "it moves along with the text");
    let (from, to) = (json!({ "line": 1, "character": 4 }), json!({ "line": 1, "character": 8 }));
    editor.edit(RULE, json!({ "start": from, "end": to }), "1f1c");
    assert_eq!(place(&editor), None, "what it is about was changed");
    made.files.borrow_mut().remove(Path::new("/project/rules/b.yaml"));
    editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": OTHER, "type": 3 }] }));
    editor.pause();
    assert!(editor.findings(OTHER).is_empty(), "{:?}", editor.findings(OTHER));
}
