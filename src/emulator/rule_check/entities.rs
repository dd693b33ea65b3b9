//! Entity mappings.

use serde_json::Value;

use super::{Rule, count, is_name, items, length};
use crate::catalog::{Catalog, Entity};
use crate::emulator::reply::Refusal;

pub(super) fn check(rule: Rule<'_>) -> Result<(), Refusal> {
    let catalog = Catalog::builtin();
    if !rule.get("entityMappings").is_null() {
        count("EntityMappings", rule.list("entityMappings").len(), catalog.limits().entity_mappings)?;
    }
    for mapping in rule.list("entityMappings") {
        let named = mapping["entityType"].as_str();
        let entity = named.and_then(|name| catalog.entities().get(name)).ok_or_else(|| {
            Refusal::bad_request(
                "Required property 'entityType' not found in JSON. Path 'properties.entityMappings'.",
            )
        })?;
        check_mapping(entity, items(&mapping["fieldMappings"]))?;
    }
    for mapping in rule.list("sentinelEntitiesMappings") {
        check_column(mapping["columnName"].as_str())?;
    }
    Ok(())
}

fn check_mapping(entity: &Entity, fields: &[Value]) -> Result<(), Refusal> {
    count("FieldMappings", fields.len(), Catalog::builtin().limits().field_mappings)?;
    let mut given: Vec<&str> = Vec::new();
    for field in fields {
        let identifier = field["identifier"].as_str().unwrap_or_default();
        if !entity.identifiers.contains(&identifier) {
            return Err(Refusal::bad_request(format!(
                "Invalid identifier '{identifier}' for entity type '{}' encountered. Valid identifiers are: [{}]",
                entity.name,
                entity.identifiers.join(", ")
            )));
        }
        if given.contains(&identifier) {
            return Err(Refusal::bad_request(format!(
                "Identifier '{identifier}' is mapped more than once for entity type '{}'.",
                entity.name
            )));
        }
        given.push(identifier);
        check_column(field["columnName"].as_str())?;
    }
    let satisfied = entity.required_any_of.iter().any(|all| all.iter().all(|needed| given.contains(needed)));
    if satisfied || entity.required_any_of.is_empty() {
        return Ok(());
    }
    let combinations: Vec<String> = entity.required_any_of.iter().map(|all| all.join(", ")).collect();
    Err(Refusal::bad_request(format!(
        "Missing required identifiers in 'EntityMappings' for type '{}'. Required identifiers are one of the \
         following combinations: {}",
        entity.name,
        combinations.join("; ")
    )))
}

fn check_column(name: Option<&str>) -> Result<(), Refusal> {
    let name = name.unwrap_or_default();
    length("ColumnName", Some(name), Catalog::builtin().limits().column_name_length)?;
    if is_name(name, true) {
        return Ok(());
    }
    Err(Refusal::bad_request(format!("The column name '{name}' is invalid.")))
}
