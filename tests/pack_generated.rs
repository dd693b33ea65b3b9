//! The pack in `rules/` is what `picket import rmm --from-indicators` makes of both catalogs, and what was edited since.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use picket::import::rmm::CatalogFile;
use picket::import::rmm::indicators::merge::Tool;
use picket::import::rmm::indicators::{CatalogFolder, FromIndicators, from_indicators};
use picket::import::{Action, Planned, RECORD_FILE, Record, decide};
use picket::text::SourceId;

/// The rules of the generator that were edited by hand, below `rules/remote-access`.
const EDITED: [&str; 8] =
    ["anydesk", "atera", "level", "ninjaone", "rustdesk", "simplehelp", "splashtop", "teamviewer"];

/// The catalogs, each as the command reads it.
fn catalogs() -> Option<Vec<CatalogFolder>> {
    let shared = common::shared()?;
    let read = |name: &str| {
        let folder = shared.join("catalogs").join(name);
        let mut files = Vec::new();
        collect(&folder, &folder, &mut files);
        assert!(files.len() > 100, "{name}: {} files", files.len());
        CatalogFolder { name: name.to_owned(), revision: None, files }
    };
    Some(vec![read("rmm"), read("lolrmm")])
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<CatalogFile>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_lowercase();
        if path.is_dir() && !name.starts_with('.') {
            collect(root, &path, files);
        } else if [".yaml", ".yml", ".md", ".csv"].iter().any(|ending| name.ends_with(ending)) {
            let below = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.push(CatalogFile {
                source: SourceId::default(),
                path: below,
                bytes: std::fs::read(&path).unwrap(),
            });
        }
    }
}

fn existing(folder: &Path, planned: &[Planned]) -> BTreeMap<String, String> {
    let read =
        |rule: &Planned| Some((rule.path.clone(), std::fs::read_to_string(folder.join(&rule.path)).ok()?));
    planned.iter().filter_map(read).collect()
}

fn record(folder: &Path) -> Record {
    Record::parse(&std::fs::read_to_string(folder.join(RECORD_FILE)).unwrap()).unwrap()
}

fn tool<'a>(made: &'a FromIndicators, id: &str) -> &'a Tool {
    made.tools.iter().find(|tool| tool.id == id).unwrap_or_else(|| panic!("no tool {id}"))
}

#[test]
fn the_pack_is_what_the_generator_makes_and_recorded_edits() {
    let Some(catalogs) = catalogs() else { return };
    let folder = common::root().join("rules/remote-access");
    let previous = record(&folder);
    let made = from_indicators(&catalogs, &previous);
    let decided = decide(&made.rules, &existing(&folder, &made.rules), &previous, false);
    let mut edited = BTreeSet::new();
    for file in &decided.files {
        match file.action {
            Action::Unchanged => {}
            Action::KeptEdited => {
                edited.insert(file.path.split('/').next().unwrap().to_owned());
            }
            other => panic!("{}: {other:?}; run the import again", file.path),
        }
    }
    assert_eq!(edited, EDITED.map(str::to_owned).into());
    assert_eq!((decided.gone, &decided.record), (vec![], &previous));

    let content = common::root().join("content");
    let previous = record(&content);
    let decided = decide(&made.content, &existing(&content, &made.content), &previous, false);
    assert!(decided.files.iter().all(|file| file.action == Action::Unchanged), "{:?}", decided.files);

    assert!(made.tools.len() > 250, "{} tools", made.tools.len());
}

#[test]
fn every_file_of_the_catalogs_is_accounted_for() {
    let Some(catalogs) = catalogs() else { return };
    let made = from_indicators(&catalogs, &Record::new("rmm-indicators"));
    let count = |catalog: &CatalogFolder, endings: &[&str]| {
        let ends = |path: &str| endings.iter().any(|ending| path.to_lowercase().ends_with(ending));
        catalog.files.iter().filter(|file| ends(&file.path)).count()
    };
    assert_eq!(count(&catalogs[0], &[".yaml", ".yml"]), 171);
    assert_eq!(count(&catalogs[1], &[".yaml", ".yml"]), 319);
    let all: usize = catalogs.iter().map(|catalog| catalog.files.len()).sum();
    assert_eq!(made.files_read + made.left_out.len(), all);
    for (catalog, path, why) in &made.left_out {
        assert!(why.is_expected(), "{catalog}:{path}: {}", why.as_str());
    }
    // Three forms to fill in are the only YAML that says nothing.
    assert_eq!(made.left_out.iter().filter(|(_, path, _)| path.ends_with(".yaml")).count(), 3);
    for value in &made.refused {
        assert!(!value.why.is_empty() && !value.value.trim().is_empty(), "{value:?}");
    }
    // Each tool is there once, with rules or among those of which nothing is known to look for.
    let ids: BTreeSet<_> =
        made.tools.iter().chain(&made.without_rules).map(|tool| tool.id.as_str()).collect();
    assert_eq!(ids.len(), made.tools.len() + made.without_rules.len());
    assert!(tool(&made, "ninjaone").origins.len() > 4);
}

#[test]
fn a_changed_file_changes_the_rules_that_it_touches_alone() {
    let Some(mut catalogs) = catalogs() else { return };
    let folder = common::root().join("rules/remote-access");
    let previous = record(&folder);
    let lolrmm = &mut catalogs[1].files;
    let file = lolrmm.iter_mut().find(|file| file.path.ends_with("/alpemix.yaml")).unwrap();
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    file.bytes = text.replace("*.teknopars.com", "*.alpemix-relay.example").into_bytes();
    let made = from_indicators(&catalogs, &previous);
    let decided = decide(&made.rules, &existing(&folder, &made.rules), &previous, false);
    let updated: Vec<_> = decided.files.iter().filter(|file| file.action == Action::Update).collect();
    let paths: Vec<_> = updated.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "alpemix/dns-query.hunting.yaml",
            "alpemix/dns-query.scheduled.yaml",
            "alpemix/network-connection.hunting.yaml",
            "alpemix/network-connection.scheduled.yaml"
        ]
    );
    for file in updated {
        let text = &made.rules[file.planned].text;
        assert!(text.contains("version: 1.0.1\n") && text.contains("alpemix-relay.example"), "{text}");
    }
}

#[test]
fn no_query_and_no_text_passes_a_limit() {
    let Some(catalogs) = catalogs() else { return };
    let made = from_indicators(&catalogs, &Record::new("rmm-indicators"));
    let longest = made.rules.iter().map(|rule| rule.text.len()).max().unwrap();
    assert!(longest < 15_000, "{longest}");
}
