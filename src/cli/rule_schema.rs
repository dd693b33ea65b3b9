//! The JSON Schema of rule files with the words of the catalog.

use crate::catalog::Catalog;
use crate::rule::{self, Vocabulary};

/// Where the repository keeps the schema.
pub const PATH: &str = "schemas/rule.schema.json";

/// The schema as the text of a file.
pub fn text() -> String {
    let catalog = Catalog::builtin();
    let mappable = catalog.entities().iter().filter(|entity| entity.mappable);
    let names = |list: &[&'static str]| list.iter().map(|name| (*name).to_owned()).collect();
    let vocabulary = Vocabulary {
        tactics: catalog.attack().service_tactics().iter().map(|(name, _)| (*name).to_owned()).collect(),
        entities: mappable.map(|entity| (entity.name.to_owned(), names(&entity.identifiers))).collect(),
    };
    format!("{:#}\n", rule::schema(&vocabulary))
}
