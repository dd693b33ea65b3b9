//! The catalog of remote-management tools, all of it, against an independent reading of its bytes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::collections::{BTreeMap, HashSet};

use picket::diag::Severity;
use picket::import::rmm::{CatalogFile, Imported, Reason, import_rmm};
use picket::import::{Action, Record, decide};
use picket::rule::{self, RuleKind};
use picket::text::SourceMap;

fn imported() -> Option<(SourceMap, Vec<CatalogFile>, Imported)> {
    let (sources, files) = common::rmm_catalog()?;
    let imported = import_rmm(&files);
    Some((sources, files, imported))
}

/// The text of a top-level key, read from the bytes by hand: a block scalar's lines without their
/// indentation, up to the next line at the margin, or else the rest of the key's line.
fn by_hand(bytes: &[u8], key: &str) -> String {
    let text = std::str::from_utf8(bytes).unwrap();
    let at = format!("\n{text}").find(&format!("\n{key}:")).unwrap();
    let (head, rest) = text[at..].split_once('\n').unwrap();
    let value = head.trim_end_matches('\r').split_once(':').unwrap().1.trim();
    if value != "|" {
        return value.to_owned();
    }
    let lines: Vec<&str> =
        rest.split_inclusive('\n').take_while(|line| line.starts_with([' ', '\r', '\n'])).collect();
    let indent = lines[0].len() - lines[0].trim_start_matches(' ').len();
    let mut out: String =
        lines.iter().map(|line| line.get(indent..).unwrap_or("\n").replace("\r\n", "\n")).collect();
    // `|` keeps one line break at the end, if there is any.
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// The text of `key` in a rule as picket writes it.
fn as_written(text: &str, key: &str) -> String {
    let (documents, findings) = picket::yaml::parse(Default::default(), text);
    assert_eq!(findings, [], "{text}");
    let root = documents[0].root.as_ref().unwrap().as_mapping().unwrap();
    root.get(key).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn every_rule_comes_through_unchanged() {
    let Some((_, files, imported)) = imported() else { return };
    assert_eq!(imported.rules.len(), 168);
    let by_path: BTreeMap<_, _> = files.iter().map(|file| (file.path.as_str(), &file.bytes)).collect();
    let (mut repaired, mut broken) = (0, 0);
    for rule in &imported.rules {
        let bytes = by_path[rule.planned.source.as_str()];
        for key in ["id", "description", "query"] {
            let mut wanted = by_hand(bytes, key);
            if key == "query" && !rule.query_repairs.is_empty() {
                repaired += 1;
                wanted = wanted.replace("AccountUpn", "InitiatingProcessAccountUpn");
            }
            assert_eq!(as_written(&rule.planned.text, key), wanted, "{key} of {}", rule.planned.source);
        }
        broken += usize::from(!rule.query_errors.is_empty());
        assert_eq!(rule.planned.id, by_hand(bytes, "id"));
    }
    // Sixty name a column of another table; three of them and two others are broken in ways without a certain remedy.
    assert_eq!((repaired, broken), (60, 5));
}

#[test]
fn a_repaired_column_is_named_at_its_place_in_the_catalog() {
    let Some((sources, _, imported)) = imported() else { return };
    for rule in &imported.rules {
        for repair in &rule.query_repairs {
            assert_eq!(sources.slice(repair.primary.span), "AccountUpn", "{}", rule.planned.source);
            assert_eq!(repair.code, "PK053");
        }
        for error in &rule.query_errors {
            assert!(sources.locate(error.primary.span).is_some_and(|(_, place)| place.line > 10));
        }
    }
}

#[test]
fn every_output_reads_as_a_hunting_rule_without_findings() {
    let Some((_, _, imported)) = imported() else { return };
    for rule in &imported.rules {
        let (rules, findings) = rule::read(Default::default(), &rule.planned.text);
        assert_eq!(findings, [], "{}", rule.planned.path);
        let [read] = rules.as_slice() else { panic!("{}", rule.planned.path) };
        assert_eq!(read.kind, RuleKind::Hunting);
        assert!(read.name.is_some() && read.kind_range.is_some());
        let connector = &read.required_connectors[0];
        assert_eq!(connector.connector_id.as_ref().unwrap().value, "MicrosoftThreatProtection");
        assert!(!connector.data_types.is_empty(), "{}", rule.planned.path);
    }
}

#[test]
fn templates_are_left_out_with_the_reason() {
    let Some((_, files, imported)) = imported() else { return };
    assert_eq!(imported.rules.len() + imported.left_out.len(), files.len());
    assert_eq!(imported.left_out.len(), 3);
    for left in &imported.left_out {
        assert_eq!(left.reason, Reason::Template("%%GUID%%".into()), "{}", left.path);
        assert!(left.path.starts_with("_Templates/"));
    }
}

#[test]
fn every_repair_names_its_line() {
    let Some((sources, _, imported)) = imported() else { return };
    for rule in &imported.rules {
        let [repair] = rule.repairs.as_slice() else { panic!("{}", rule.planned.source) };
        assert_eq!((repair.code, repair.severity), ("PK050", Severity::Info));
        let (file, place) = sources.locate(repair.primary.span).unwrap();
        assert_eq!(file, rule.planned.source);
        assert_eq!((place.line, place.column), (8, 5), "{file}");
        assert_eq!(sources.slice(repair.primary.span), "dataTypes");
    }
}

#[test]
fn outputs_are_told_apart_and_canonical() {
    let Some((_, _, imported)) = imported() else { return };
    let mut seen = HashSet::new();
    for rule in &imported.rules {
        assert!(seen.insert(rule.planned.path.to_lowercase()), "{}", rule.planned.path);
        let formatted = rule::write::format(Default::default(), &rule.planned.text).0;
        assert_eq!(formatted.as_ref(), Some(&rule.planned.text), "formatting changes nothing");
    }
    assert!(seen.contains("level/network-connection.yaml"));
    assert!(seen.contains("all/network-connection.yaml"));
}

#[test]
fn a_second_import_writes_nothing() {
    let Some((_, _, imported)) = imported() else { return };
    let planned: Vec<_> = imported.rules.into_iter().map(|rule| rule.planned).collect();
    let first = decide(&planned, &BTreeMap::new(), &Record::new("rmm"), false);
    assert!(first.files.iter().all(|file| file.action == Action::Create));
    let written: BTreeMap<_, _> = planned.iter().map(|rule| (rule.path.clone(), rule.text.clone())).collect();
    let record = Record::parse(&first.record.to_text()).unwrap();
    let second = decide(&planned, &written, &record, false);
    assert!(second.files.iter().all(|file| file.action == Action::Unchanged));
    assert_eq!(second.record, first.record);
}
