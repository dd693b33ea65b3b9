//! The pack in `rules/`: what must hold for every rule of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use picket::lint::{self, Facts, Settings};
use picket::rule::{self, Rule, RuleKind};
use picket::text::SourceMap;
use uuid::Uuid;

/// The namespace of the pack's ids, as `rules/README.md` has it.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1c1b0e_2c0f_4c57_9d4e_6d1f3f0b7a52);

/// A rule of the pack under its path in `rules/`, without `.yaml`.
type Pack = BTreeMap<String, Rule>;

/// The pack, read once for all tests.
fn pack() -> &'static (SourceMap, Pack) {
    static PACK: LazyLock<(SourceMap, Pack)> = LazyLock::new(read_pack);
    &PACK
}

fn read_pack() -> (SourceMap, Pack) {
    let folder = common::root().join("rules");
    let mut sources = SourceMap::new();
    let mut pack = Pack::new();
    for path in common::yaml_files(&folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&folder).unwrap().with_extension("");
        let name = name.to_str().unwrap().replace('\\', "/");
        let source = sources.add(name.as_str(), text.as_str());
        let (rules, findings) = rule::read(source, &text);
        assert_eq!(findings, [], "{name}");
        let formatted = rule::write::format(source, &text).0;
        assert_eq!(formatted.as_deref(), Some(text.as_str()), "{name} is not in canonical form");
        let [rule] = <[Rule; 1]>::try_from(rules).unwrap();
        pack.insert(name, rule);
    }
    assert!(pack.len() > 1_000, "{} rules", pack.len());
    (sources, pack)
}

#[test]
fn every_lint_is_content() {
    let (sources, pack) = pack();
    let rules: Vec<_> = pack.values().cloned().collect();
    let findings = lint::check(sources, &rules, Vec::new(), Facts::builtin(), &Settings::default());
    assert_eq!(findings, []);
}

#[test]
fn ids_are_made_from_paths() {
    let (_, pack) = pack();
    for (name, rule) in pack {
        let id = Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string();
        assert_eq!(rule.id.as_ref().unwrap().value, id, "{name}");
    }
    let readme = std::fs::read_to_string(common::root().join("rules/README.md")).unwrap();
    assert!(readme.contains(&NAMESPACE.to_string()));
}

#[test]
fn every_tool_has_twins_over_the_same_tables() {
    let (_, pack) = pack();
    let mut stems = BTreeSet::new();
    for (name, rule) in pack {
        let (stem, kind) = name.rsplit_once('.').unwrap();
        assert_eq!(rule.kind.as_str().to_lowercase(), kind, "{name}");
        stems.insert(stem);
    }
    for stem in stems {
        let tables = |kind: &str| {
            let rule =
                pack.get(&format!("{stem}.{kind}")).unwrap_or_else(|| panic!("{stem} has no {kind} twin"));
            let connectors = rule.required_connectors.iter();
            connectors.flat_map(|item| item.data_types.iter().map(|it| it.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!(tables("hunting"), tables("scheduled"), "{stem}");
    }
}

#[test]
fn every_rule_is_documented() {
    let (_, pack) = pack();
    for (name, rule) in pack {
        assert!(rule.description.as_ref().unwrap().value.len() > 100, "{name}");
        assert!(rule.version.is_some() && !rule.references.is_empty(), "{name}");
        assert!(!rule.tactics.is_empty() && !rule.techniques.is_empty(), "{name}");
        assert!(!rule.entity_mappings.is_empty(), "{name}");
        assert!(!rule.false_positives.is_empty(), "{name}");
        for case in &rule.false_positives {
            assert!(case.scenario.is_some() && case.description.is_some(), "{name}");
            assert!(case.exclusion.as_ref().unwrap().value.starts_with("| where "), "{name}");
        }
    }
}

#[test]
fn queries_keep_to_workspace_columns() {
    let (_, pack) = pack();
    for (name, rule) in pack {
        let query = rule.query.as_ref().unwrap().text();
        assert!(query.len() < 10_000, "{name}");
        assert!(!query.contains(" Timestamp"), "{name}: the workspace calls it TimeGenerated");
        assert_eq!(
            query.contains("| where TimeGenerated > ago(5d)"),
            rule.kind == RuleKind::Hunting,
            "{name}"
        );
    }
}

#[test]
fn alerts_keep_to_the_limits_of_the_service() {
    let (_, pack) = pack();
    for (name, rule) in pack.iter().filter(|(_, rule)| rule.kind == RuleKind::Scheduled) {
        let (frequency, period) =
            (rule.query_frequency.as_ref().unwrap(), rule.query_period.as_ref().unwrap());
        assert!(period.value >= frequency.value, "{name}");
        assert!(rule.entity_mappings.len() <= 10, "{name}");
        assert!(rule.entity_mappings.iter().all(|it| (1..=3).contains(&it.field_mappings.len())), "{name}");
        assert!(rule.custom_details.iter().all(|(key, _)| key.value.len() <= 20), "{name}");
        let details = rule.alert_details_override.as_ref().unwrap();
        let (title, text) = (&details.display_name_format, &details.description_format);
        for format in [title, text] {
            assert!(format.as_ref().unwrap().value.matches("{{").count() <= 3, "{name}");
        }
        assert!(title.as_ref().unwrap().value.len() <= 256, "{name}");
    }
}

#[test]
fn the_level_hunt_looks_for_its_four_addresses() {
    let (_, pack) = pack();
    for kind in ["hunting", "scheduled"] {
        let rule = &pack[&format!("remote-access/level/network-connection.{kind}")];
        let query = rule.query.as_ref().unwrap().text();
        for part in [
            "agents.level.io",
            "online.level.io",
            "builds.level.io",
            "downloads.level.io",
            "InitiatingProcessFileName has \"level\"",
            "FirstSeen = min(TimeGenerated)",
            "LastSeen = max(TimeGenerated)",
            "by DeviceId, DeviceName, RemoteUrl",
        ] {
            assert!(query.contains(part), "{part}");
        }
    }
}
