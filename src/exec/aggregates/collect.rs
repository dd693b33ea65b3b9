//! Dynamic values of a group: `make_list`, `make_set`, `make_bag`, `buildschema`.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::basic::counts;
use super::schema::Shape;
use super::{Accumulator, Aggregate, at};
use crate::exec::run::Run;
use crate::exec::value::{Dynamic, Key, Value};

pub(super) const AGGREGATES: &[Aggregate] = &[
    Aggregate { name: "make_list", make: |_| Box::new(List { size: Some(1), ..List::new(LIMIT) }) },
    Aggregate { name: "makelist", make: |_| Box::new(List { size: Some(1), ..List::new(OLD_LIMIT) }) },
    Aggregate {
        name: "make_list_if",
        make: |_| Box::new(List { condition: Some(1), size: Some(2), ..List::new(LIMIT) }),
    },
    Aggregate { name: "make_list_with_nulls", make: |_| Box::new(List { nulls: true, ..List::new(LIMIT) }) },
    Aggregate { name: "make_set", make: |_| Box::new(Set { size: Some(1), ..Set::new(LIMIT) }) },
    Aggregate { name: "makeset", make: |_| Box::new(Set { size: Some(1), ..Set::new(OLD_LIMIT) }) },
    Aggregate {
        name: "make_set_if",
        make: |_| Box::new(Set { condition: Some(1), size: Some(2), ..Set::new(LIMIT) }),
    },
    Aggregate { name: "make_bag", make: |_| Box::new(Bag { size: Some(1), ..Bag::new(LIMIT) }) },
    Aggregate { name: "make_dictionary", make: |_| Box::new(Bag { size: Some(1), ..Bag::new(OLD_LIMIT) }) },
    Aggregate {
        name: "make_bag_if",
        make: |_| Box::new(Bag { condition: Some(1), size: Some(2), ..Bag::new(LIMIT) }),
    },
    Aggregate { name: "buildschema", make: |_| Box::new(Schemas(Shape::default())) },
];

/// How many elements an array or bag holds at most, where the query says nothing.
const LIMIT: usize = 1_048_576;
/// The same under the names that these aggregates had before.
const OLD_LIMIT: usize = 128;

/// How many elements are wanted: the argument at `size`, never more than [`LIMIT`].
fn limit(values: &[Value], size: Option<usize>, default: usize) -> usize {
    let asked = size.and_then(|index| at(values, index).as_i64());
    asked.and_then(|asked| usize::try_from(asked).ok()).map_or(default, |asked| asked.min(LIMIT))
}

/// All values, nulls aside; of arrays, their elements: the documentation makes a multipolygon of arrays that hold one
/// polygon each that way (`geo_point_in_polygon`).
struct List {
    condition: Option<usize>,
    size: Option<usize>,
    default: usize,
    nulls: bool,
    items: Vec<Dynamic>,
}

impl List {
    fn new(default: usize) -> Self {
        Self { condition: None, size: None, default, nulls: false, items: Vec::new() }
    }
}

impl Accumulator for List {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let value = at(values, 0);
        if !counts(values, self.condition) || (value.is_null() && !self.nulls) {
            return;
        }
        let free = limit(values, self.size, self.default).saturating_sub(self.items.len());
        match value.to_dynamic() {
            Dynamic::Array(items) => self.items.extend(items.into_iter().take(free)),
            item => self.items.extend(std::iter::once(item).take(free)),
        }
    }

    fn size(&self) -> usize {
        64 + self.items.iter().map(Dynamic::size).sum::<usize>()
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![Value::array(std::mem::take(&mut self.items))]
    }
}

/// The distinct values in the order in which they first occur; of arrays, their elements.
struct Set {
    condition: Option<usize>,
    size: Option<usize>,
    default: usize,
    seen: HashSet<Key>,
    items: Vec<Dynamic>,
}

impl Set {
    fn new(default: usize) -> Self {
        Self { condition: None, size: None, default, seen: HashSet::new(), items: Vec::new() }
    }

    fn insert(&mut self, item: &Dynamic, limit: usize) {
        let key = Key::of(&Value::dynamic(item.clone()));
        if self.items.len() < limit && !item.is_null() && self.seen.insert(key) {
            self.items.push(item.clone());
        }
    }
}

impl Accumulator for Set {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        if !counts(values, self.condition) {
            return;
        }
        let limit = limit(values, self.size, self.default);
        match at(values, 0).to_dynamic() {
            Dynamic::Array(items) => items.iter().for_each(|item| self.insert(item, limit)),
            item => self.insert(&item, limit),
        }
    }

    fn size(&self) -> usize {
        64 + 2 * self.items.iter().map(Dynamic::size).sum::<usize>()
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![Value::array(std::mem::take(&mut self.items))]
    }
}

/// The properties of all bags; of several with a name, the first.
struct Bag {
    condition: Option<usize>,
    size: Option<usize>,
    default: usize,
    entries: IndexMap<std::sync::Arc<str>, Dynamic>,
}

impl Bag {
    fn new(default: usize) -> Self {
        Self { condition: None, size: None, default, entries: IndexMap::new() }
    }
}

impl Accumulator for Bag {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        let Some(Dynamic::Bag(entries)) = at(values, 0).as_dynamic() else { return };
        if !counts(values, self.condition) {
            return;
        }
        let limit = limit(values, self.size, self.default);
        for (name, value) in entries {
            if self.entries.contains_key(name) || self.entries.len() >= limit {
                continue;
            }
            self.entries.insert(std::sync::Arc::clone(name), value.clone());
        }
    }

    fn size(&self) -> usize {
        64 + self.entries.iter().map(|(name, value)| 2 * name.len() + value.size()).sum::<usize>()
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![Value::dynamic(Dynamic::Bag(std::mem::take(&mut self.entries)))]
    }
}

/// The schema of dynamic values.
struct Schemas(Shape);

impl Accumulator for Schemas {
    fn add(&mut self, values: &[Value], _: &Run<'_>) {
        self.0.admit(&at(values, 0).to_dynamic());
    }

    fn finish(&mut self) -> Vec<Value> {
        vec![Value::dynamic(self.0.describe())]
    }
}
