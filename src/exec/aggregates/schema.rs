//! The smallest schema that admits dynamic values: `buildschema`.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::exec::value::Dynamic;

/// What stands for the elements of an array in a schema.
const ELEMENTS: &str = "`indexer`";

/// What values were seen.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Each kind once, in the order in which it first occurs.
    kinds: Vec<Kind>,
    elements: Option<Box<Shape>>,
    properties: IndexMap<Arc<str>, Shape>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar(&'static str),
    Array,
    Bag,
}

impl Shape {
    /// Takes a value into the schema.
    pub(super) fn admit(&mut self, value: &Dynamic) {
        let kind = match value {
            Dynamic::Null => return,
            Dynamic::Array(items) => {
                let elements = self.elements.get_or_insert_default();
                items.iter().for_each(|item| elements.admit(item));
                Kind::Array
            }
            Dynamic::Bag(entries) => {
                for (name, value) in entries {
                    self.properties.entry(Arc::clone(name)).or_default().admit(value);
                }
                Kind::Bag
            }
            scalar => Kind::Scalar(scalar.type_name()),
        };
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }

    /// The schema as a dynamic value: the name of a type, a bag, or an array of several.
    pub(super) fn describe(&self) -> Dynamic {
        let mut kinds: Vec<Dynamic> = self.kinds.iter().map(|kind| self.describe_kind(*kind)).collect();
        match kinds.len() {
            0 => Dynamic::Null,
            1 => kinds.remove(0),
            _ => Dynamic::Array(kinds),
        }
    }

    fn describe_kind(&self, kind: Kind) -> Dynamic {
        match kind {
            Kind::Scalar(name) => Dynamic::string(name),
            Kind::Array => {
                let elements = self.elements.as_ref().map_or(Dynamic::Null, |shape| shape.describe());
                Dynamic::Bag(std::iter::once((Arc::from(ELEMENTS), elements)).collect())
            }
            Kind::Bag => Dynamic::Bag(
                self.properties.iter().map(|(name, shape)| (Arc::clone(name), shape.describe())).collect(),
            ),
        }
    }
}
