//! Entity types with their identifiers.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Table;
use crate::cli::dev::generated::Generated;

/// `facts/entities.json`
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    entities: BTreeMap<String, Entity>,
}

#[derive(Debug, Deserialize)]
struct Entity {
    arm_mappable: bool,
    identifiers: Vec<String>,
    required_any_of: Vec<Vec<String>>,
    #[serde(default)]
    strong: Vec<Vec<String>>,
}

/// One record an entity type. Combinations of identifiers are joined by `+`.
pub(super) fn table(input: &Input) -> Generated {
    let head = [
        (
            "source",
            "Azure-Sentinel EntityMappingIdentifiers.cs (9a09dab); microsoft.securityinsights 2025-09-01 and 2025-10-01-preview; strong identifiers from the entities reference of azure-docs (03a1ce1)",
        ),
        ("version", "2025-10-01-preview"),
        ("terms", "MIT; CC BY 4.0"),
    ];
    let columns = ["type", "mappable", "identifiers", "required_any_of", "strong"];
    let mut table = Table::new(&head, &columns);
    let join = |sets: &[Vec<String>]| {
        let sets: Vec<String> = sets.iter().map(|set| set.join("+")).collect();
        sets.join(",")
    };
    for (name, entity) in &input.entities {
        let mappable = if entity.arm_mappable { "yes" } else { "no" };
        table.row(&[
            name,
            mappable,
            &entity.identifiers.join(","),
            &join(&entity.required_any_of),
            &join(&entity.strong),
        ]);
    }
    table.finish("entities")
}
