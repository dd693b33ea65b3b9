//! ATT&CK's tactics and techniques, and how the service reads them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::Table;
use crate::cli::dev::generated::Generated;

const TERMS: &str = "MITRE ATT&CK terms of use; the notice stands in NOTICE";

/// `facts/attack.json`
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    version: String,
    previous_version: String,
    domains: BTreeMap<String, Domain>,
    sources: BTreeMap<String, String>,
    sentinel: Sentinel,
}

#[derive(Debug, Deserialize)]
struct Domain {
    tactics: Vec<Tactic>,
    techniques: Vec<Technique>,
}

#[derive(Debug, Deserialize)]
struct Tactic {
    id: String,
    name: String,
    shortname: String,
    deprecated: bool,
    #[serde(default, deserialize_with = "present")]
    v18: Option<Option<PreviousTactic>>,
}

#[derive(Debug, Deserialize)]
struct PreviousTactic {
    name: String,
    shortname: String,
}

#[derive(Debug, Deserialize)]
struct Technique {
    id: String,
    name: String,
    tactics: Vec<String>,
    revoked: bool,
    revoked_by: Option<String>,
    deprecated: bool,
    #[serde(default)]
    platforms: Vec<String>,
    v18: Option<PreviousTechnique>,
}

#[derive(Debug, Deserialize)]
struct PreviousTechnique {
    status: String,
    tactics: Vec<String>,
    name: Option<String>,
    revoked_by: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Sentinel {
    shortname_to_sentinel: BTreeMap<String, String>,
    validator_source: String,
    validator_technique_tactics: BTreeMap<String, Vec<String>>,
}

/// Tells a null value (the tactic is new) from an absent one (nothing changed).
fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Option<PreviousTactic>>, D::Error> {
    Option::deserialize(input).map(Some)
}

fn head<'a>(input: &'a Input, source: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("source", source),
        ("version", &input.version),
        ("previous version", &input.previous_version),
        ("terms", TERMS),
    ]
}

fn sources(input: &Input) -> String {
    let sources = input.sources.iter().map(|(what, source)| format!("{what} from {source}"));
    sources.collect::<Vec<_>>().join("; ")
}

/// Tactics with the name of the previous version (`=` unchanged, empty for a new one) and the service's.
pub(super) fn tactics(input: &Input) -> Generated {
    let columns =
        ["id", "domain", "shortname", "name", "status", "previous_shortname", "previous_name", "sentinel"];
    let sources = sources(input);
    let mut table = Table::new(&head(input, &sources), &columns);
    for (domain, content) in &input.domains {
        for tactic in &content.tactics {
            let (shortname, name) = match &tactic.v18 {
                None => ("=", "="),
                Some(None) => ("", ""),
                Some(Some(previous)) => (previous.shortname.as_str(), previous.name.as_str()),
            };
            let status = if tactic.deprecated { "deprecated" } else { "active" };
            let sentinel = input.sentinel.shortname_to_sentinel.get(&tactic.shortname);
            let sentinel = sentinel.map_or("", String::as_str);
            table.row(&[
                &tactic.id,
                domain,
                &tactic.shortname,
                &tactic.name,
                status,
                shortname,
                name,
                sentinel,
            ]);
        }
    }
    table.finish("attack_tactics")
}

/// Techniques with what the previous version said (`=` the same; status empty when it did not have it).
pub(super) fn techniques(input: &Input) -> Generated {
    let columns = [
        "id",
        "domain",
        "name",
        "status",
        "tactics",
        "replaced_by",
        "previous_status",
        "previous_name",
        "previous_tactics",
        "previous_replaced_by",
    ];
    let sources = sources(input);
    let mut table = Table::new(&head(input, &sources), &columns);
    for (domain, content) in &input.domains {
        for technique in &content.techniques {
            let status = match (technique.revoked, technique.deprecated) {
                (true, _) => "revoked",
                (false, true) => "deprecated",
                (false, false) => "active",
            };
            let tactics = technique.tactics.join(",");
            let replaced_by = technique.revoked_by.clone().unwrap_or_default();
            let [old_status, old_name, old_tactics, old_replaced_by] =
                previous(technique, &tactics, &replaced_by);
            table.row(&[
                &technique.id,
                domain,
                &technique.name,
                status,
                &tactics,
                &replaced_by,
                &old_status,
                &old_name,
                &old_tactics,
                &old_replaced_by,
            ]);
        }
    }
    table.finish("attack_techniques")
}

/// The platforms on which each technique that is in force can be seen.
pub(super) fn platforms(input: &Input) -> Generated {
    let sources = sources(input);
    let mut table = Table::new(&head(input, &sources), &["technique", "platforms"]);
    for technique in input.domains.values().flat_map(|domain| &domain.techniques) {
        let named = technique.platforms.iter().map(String::as_str).filter(|name| *name != "None");
        let named: Vec<&str> = named.collect();
        if !technique.revoked && !technique.deprecated && !named.is_empty() {
            table.row(&[&technique.id, &named.join(",")]);
        }
    }
    table.finish("attack_platforms")
}

fn previous(technique: &Technique, tactics: &str, replaced_by: &str) -> [String; 4] {
    let Some(previous) = &technique.v18 else { return Default::default() };
    let or_same = |value: String, current: &str| if value == current { "=".to_owned() } else { value };
    // The facts carry the previous replacement only where it differs, and none for what was not revoked.
    let previous_replaced_by = match (&previous.revoked_by, previous.status.as_str()) {
        (Some(id), _) => id.clone(),
        (None, "revoked") => replaced_by.to_owned(),
        (None, _) => String::new(),
    };
    [
        previous.status.clone(),
        previous.name.clone().map_or_else(|| "=".to_owned(), |name| or_same(name, &technique.name)),
        or_same(previous.tactics.join(","), tactics),
        or_same(previous_replaced_by, replaced_by),
    ]
}

/// Which of the service's tactics it takes for a technique.
pub(super) fn service_techniques(input: &Input) -> Generated {
    let mut by_technique: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (tactic, techniques) in &input.sentinel.validator_technique_tactics {
        for technique in techniques {
            by_technique.entry(technique).or_default().push(tactic);
        }
    }
    let head =
        [("source", input.sentinel.validator_source.as_str()), ("version", "2026-11-24"), ("terms", "MIT")];
    let mut table = Table::new(&head, &["technique", "tactics"]);
    for (technique, tactics) in by_technique {
        table.row(&[technique, &tactics.join(",")]);
    }
    table.finish("service_techniques")
}
