//! The aggregates of KQL, one file a family.

mod basic;
mod binary;
mod choice;
mod collect;
mod percentiles;
mod schema;
mod sketches;
mod statistics;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::expr::Expr;
use super::run::Run;
use super::value::Value;
use crate::catalog::ScalarType;

/// An aggregate.
pub(super) struct Aggregate {
    /// Its name in KQL.
    pub name: &'static str,
    /// Begins a group. The arguments are those of the call as written: constants among them can be read.
    pub make: fn(&[Expr]) -> Box<dyn Accumulator>,
}

impl std::fmt::Debug for Aggregate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// An aggregate of a group under way.
pub(super) trait Accumulator {
    /// Takes the arguments for one row.
    fn add(&mut self, values: &[Value], run: &Run<'_>);

    /// An estimate of the memory that it takes, in bytes.
    fn size(&self) -> usize {
        64
    }

    /// The value of the group; several for `arg_max` and its like.
    fn finish(&mut self) -> Vec<Value>;
}

/// The families.
const FAMILIES: &[&[Aggregate]] = &[
    basic::AGGREGATES,
    binary::AGGREGATES,
    choice::AGGREGATES,
    collect::AGGREGATES,
    percentiles::AGGREGATES,
    sketches::AGGREGATES,
    statistics::COVARIANCES,
    statistics::SPREADS,
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Aggregate>> = LazyLock::new(|| {
    FAMILIES.iter().flat_map(|family| family.iter()).map(|aggregate| (aggregate.name, aggregate)).collect()
});

/// The aggregate called `name`, where it works offline.
pub(super) fn find(name: &str) -> Option<&'static Aggregate> {
    BY_NAME.get(name).copied()
}

/// What keeps an aggregate from working on values of a type, where something does.
pub(super) fn refusal(name: &str, ty: Option<ScalarType>) -> Option<String> {
    let spread = statistics::SPREADS.iter().chain(statistics::COVARIANCES).any(|known| known.name == name);
    let ty = ty.filter(|ty| spread && matches!(ty, ScalarType::DateTime | ScalarType::TimeSpan))?;
    Some(format!("`{name}` of values of type `{}`", ty.name()))
}

/// The names of all aggregates that work offline.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BY_NAME.keys().copied()
}

/// An argument; null where it was not given.
fn at(values: &[Value], index: usize) -> &Value {
    values.get(index).unwrap_or(&Value::Null)
}
