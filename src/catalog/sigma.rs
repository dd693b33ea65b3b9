//! What the log sources and fields of Sigma are in the tables of Sentinel and Defender.
//!
//! Unlike the other facts these are sorted by hand; the tables stand under `schemas/sigma`.

use std::collections::HashMap;

use super::table::{Table, list};

const LOG_SOURCES: Table = Table::new(include_str!("../../schemas/sigma/logsources.tsv"));
const FIELDS: Table = Table::new(include_str!("../../schemas/sigma/fields.tsv"));

/// A log source of Sigma and the table that holds its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigmaSource {
    /// `product`, empty where the log source names none.
    pub product: &'static str,
    /// `category`, empty where the log source names none.
    pub category: &'static str,
    /// `service`, empty where the log source names none.
    pub service: &'static str,
    /// The table.
    pub table: &'static str,
    /// The data connector that fills it.
    pub connector: &'static str,
    /// The condition of KQL that keeps the events of the log source; empty where the table holds no others.
    pub filter: &'static str,
    /// What a field without a row of its own is.
    pub other: OtherFields,
    /// The expression that keywords without a field are looked for in; empty where there is no single one.
    pub keywords: &'static str,
    /// The entities of an event: the type, and each identifier with its column.
    pub entities: Vec<(&'static str, Vec<(&'static str, &'static str)>)>,
    sets: Vec<&'static str>,
}

/// What a field is that has no row of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFields {
    /// Unknown.
    Unknown,
    /// The column of that name, whatever the case, if the table has it.
    Columns,
    /// The property of that name of the column `EventData`.
    EventData,
}

/// What a field of Sigma is in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigmaField {
    /// A column, or an expression of KQL that gives text.
    pub expression: &'static str,
    /// How its values differ from those that Sigma's rules name.
    pub values: FieldValues,
}

/// How the values of a field differ from those that rules name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValues {
    /// Not at all.
    Same,
    /// `ALGORITHM=value`, each algorithm in a column of its own.
    Hashes,
    /// The name of a file where rules name its path.
    FileName,
    /// A key of the registry, its hive spelled out.
    RegistryKey,
    /// Data of the registry, numbers without their type.
    RegistryData,
    /// Text that holds more than the field, so that only a part of it can be looked for.
    Inside,
    /// Other words, each with the one that rules use.
    Words(Vec<(&'static str, &'static str)>),
}

/// The tables.
#[derive(Debug)]
pub struct SigmaFacts {
    sources: Vec<SigmaSource>,
    fields: HashMap<&'static str, HashMap<&'static str, SigmaField>>,
}

impl SigmaFacts {
    /// The tables that come with picket.
    pub(super) fn builtin() -> Self {
        let sources = LOG_SOURCES.rows().map(
            |[product, category, service, table, connector, filter, sets, other, keywords, entities]| {
                let entities = entities.split(';').filter(|entity| !entity.is_empty()).map(|entity| {
                    let mut parts = entity.split(':');
                    (
                        parts.next().unwrap_or_default(),
                        parts.filter_map(|part| part.split_once('=')).collect(),
                    )
                });
                SigmaSource {
                    product,
                    category,
                    service,
                    table,
                    connector,
                    filter,
                    other: match other {
                        "columns" => OtherFields::Columns,
                        "EventData" => OtherFields::EventData,
                        _ => OtherFields::Unknown,
                    },
                    keywords,
                    entities: entities.collect(),
                    sets: list(sets),
                }
            },
        );
        let mut fields: HashMap<_, HashMap<_, _>> = HashMap::new();
        for [set, field, expression, values] in FIELDS.rows() {
            let values = FieldValues::parse(values);
            fields.entry(set).or_default().insert(field, SigmaField { expression, values });
        }
        Self { sources: sources.collect(), fields }
    }

    /// The version of the tables.
    pub fn version(&self) -> &'static str {
        LOG_SOURCES.head("version")
    }

    /// How many fields have a row of their own.
    pub fn field_count(&self) -> usize {
        self.fields.values().map(HashMap::len).sum()
    }

    /// The log source of just this product, category and service, each empty where it is not named.
    pub fn source(&self, product: &str, category: &str, service: &str) -> Option<&SigmaSource> {
        let named = [product, category, service];
        self.sources.iter().find(|source| [source.product, source.category, source.service] == named)
    }

    /// Every log source.
    pub fn sources(&self) -> &[SigmaSource] {
        &self.sources
    }

    /// What `field` is in the table of `source`, where it has a row of its own.
    pub fn field(&self, source: &SigmaSource, field: &str) -> Option<&SigmaField> {
        source.sets.iter().find_map(|set| self.fields.get(set)?.get(field))
    }
}

impl FieldValues {
    fn parse(cell: &'static str) -> Self {
        match cell {
            "hashes" => Self::Hashes,
            "file_name" => Self::FileName,
            "registry" => Self::RegistryKey,
            "registry_data" => Self::RegistryData,
            "inside" => Self::Inside,
            words => match words.strip_prefix("words:") {
                Some(words) => {
                    Self::Words(list(words).iter().filter_map(|pair| pair.split_once('=')).collect())
                }
                None => Self::Same,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::kql::KqlCatalog;

    #[test]
    fn every_line_is_a_row() {
        let facts = Catalog::builtin().sigma();
        assert_eq!(facts.sources.len(), LOG_SOURCES.lines());
        assert_eq!(facts.fields.values().map(HashMap::len).sum::<usize>(), FIELDS.lines());
        let sets: Vec<_> = facts.sources.iter().flat_map(|source| &source.sets).collect();
        for set in facts.fields.keys() {
            assert!(sets.contains(&set), "{set}");
        }
        for set in sets {
            assert!(facts.fields.contains_key(set), "{set}");
        }
    }

    #[test]
    fn tables_connectors_and_columns_are_known() {
        let facts = Catalog::builtin().sigma();
        for source in facts.sources() {
            let table = KqlCatalog::builtin().table(source.table).unwrap();
            let filled = Catalog::builtin().connectors().filling(source.table);
            let connectors: Vec<_> = filled.map(|connector| connector.id).collect();
            let known = connectors.contains(&source.connector);
            assert!(known || Catalog::builtin().connectors().get(source.connector).is_some(), "{source:?}");
            for (kind, identifiers) in &source.entities {
                let entity = Catalog::builtin().entities().get(kind).unwrap();
                for (identifier, column) in identifiers {
                    assert!(entity.identifiers.contains(identifier), "{kind}.{identifier}");
                    assert!(table.column(column).is_some(), "{}.{column}", source.table);
                }
            }
            for field in source.sets.iter().flat_map(|set| facts.fields[set].values()) {
                let bare = field.expression.chars().all(|c| c.is_alphanumeric() || c == '_');
                if bare && !field.expression.is_empty() {
                    assert!(
                        table.column(field.expression).is_some(),
                        "{}.{}",
                        source.table,
                        field.expression
                    );
                }
            }
        }
    }
}
