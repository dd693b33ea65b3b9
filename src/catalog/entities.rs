//! Entity types that a rule can map columns to.

use super::table::{Table, list};

const ENTITIES: Table = Table::new(include_str!("../../schemas/facts/entities.tsv"));

/// An entity type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// `Account`
    pub name: &'static str,
    /// Whether the API takes it in entity mappings.
    pub mappable: bool,
    /// Its identifiers.
    pub identifiers: Vec<&'static str>,
    /// Combinations of identifiers of which a mapping needs at least one.
    pub required_any_of: Vec<Vec<&'static str>>,
    /// Combinations that identify it alone. A name in brackets is an entity, not an identifier.
    pub strong: Vec<Vec<&'static str>>,
}

/// Every entity type.
#[derive(Debug)]
pub struct Entities {
    entities: Vec<Entity>,
}

impl Entities {
    pub(super) fn builtin() -> Self {
        let sets = |cell| list(cell).into_iter().map(|set: &'static str| set.split('+').collect()).collect();
        let entity = |[name, mappable, identifiers, required, strong]: [&'static str; 5]| Entity {
            name,
            mappable: mappable == "yes",
            identifiers: list(identifiers),
            required_any_of: sets(required),
            strong: sets(strong),
        };
        Self { entities: ENTITIES.rows().map(entity).collect() }
    }

    /// The entity type `name`, in exactly this spelling.
    pub fn get(&self, name: &str) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.name == name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Entity> {
        self.entities.iter()
    }

    /// The version of the table.
    pub fn version(&self) -> &'static str {
        ENTITIES.head("version")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_record() {
        let entities = Entities::builtin();
        assert_eq!(entities.iter().count(), ENTITIES.lines());
        let hash = entities.get("FileHash").unwrap();
        assert_eq!(hash.required_any_of, [["Algorithm", "Value"]]);
        assert!(hash.mappable && !entities.get("IoTDevice").unwrap().mappable);
        for entity in entities.iter() {
            let named = entity.required_any_of.iter().flatten();
            assert!(named.clone().all(|name| entity.identifiers.contains(name)), "{entity:?}");
        }
    }
}
