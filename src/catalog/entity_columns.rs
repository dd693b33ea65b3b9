//! Which columns hold which entities.
//!
//! Unlike the other facts these are sorted by hand; the table stands under `schemas/entities`.

use super::table::{Table, list};

const COLUMNS: Table = Table::new(include_str!("../../schemas/entities/columns.tsv"));

/// Columns that together hold an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityColumns {
    /// What the entity is in the event, such as the one that acts: of the entries of a role the first one that fits is meant.
    pub role: &'static str,
    /// The entity type.
    pub entity: &'static str,
    /// Each identifier with its column.
    pub fields: Vec<(&'static str, &'static str)>,
    tables: Vec<&'static str>,
}

impl EntityColumns {
    pub(super) fn builtin() -> Vec<Self> {
        let row = |[role, entity, fields, tables]: [&'static str; 4]| Self {
            role,
            entity,
            fields: fields.split(':').filter_map(|field| field.split_once('=')).collect(),
            tables: list(tables),
        };
        COLUMNS.rows().map(row).collect()
    }

    /// Whether the columns mean this in a query that reads `tables`.
    pub fn is_of<'t>(&self, mut tables: impl Iterator<Item = &'t str>) -> bool {
        let fits = |pattern: &&str, table: &str| match pattern.strip_suffix('*') {
            Some(start) => table.starts_with(start),
            None => *pattern == table,
        };
        self.tables.is_empty() || tables.any(|table| self.tables.iter().any(|pattern| fits(pattern, table)))
    }
}

/// The version of the table.
pub(super) fn version() -> &'static str {
    COLUMNS.head("version")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_line_is_of_an_entity_with_its_identifiers() {
        let all = EntityColumns::builtin();
        assert_eq!(all.len(), COLUMNS.lines());
        assert!(!version().is_empty());
        for it in &all {
            let entity =
                Catalog::builtin().entities().get(it.entity).filter(|entity| entity.mappable).unwrap();
            assert!(!it.fields.is_empty(), "{it:?}");
            for (identifier, _) in &it.fields {
                assert!(entity.identifiers.contains(identifier), "{it:?}");
            }
        }
    }
}
