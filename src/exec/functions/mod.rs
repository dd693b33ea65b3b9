//! The scalar functions and operators of KQL, one file a family.
//!
//! A family is a table of [`Scalar`]s. What is in no table is not supported offline, which compiling says before
//! anything runs.

mod absent;
mod arithmetic;
mod arrays;
mod bags;
mod bits;
mod columns;
mod comparison;
mod conditional;
mod conversion;
mod dates;
mod dynamic;
mod encoding;
#[cfg(feature = "geo")]
mod geo;
mod hashing;
mod ip;
mod json_path;
mod math;
mod parsing;
mod parts_of_time;
mod patterns;
mod series;
mod sets;
mod sketch;
mod statistics;
mod text;
mod time_format;
mod units;
mod xml;

pub(super) use absent::reason;
pub(super) use arithmetic::{add, bin, divide, subtract};
pub(super) use conditional::failed_assertion;
#[cfg(feature = "geo")]
pub(super) use geo::{PlaceTest, place_test};
pub(super) use text::count;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::error::{Result, RunError};
use super::expr::Expr;
use super::run::Run;
use super::value::{Value, coerce};
use crate::catalog::ScalarType;
use crate::text::TextRange;

/// A function or operator.
#[derive(Debug)]
pub(super) struct Scalar {
    /// Its name in KQL; that of an operator is its sign or word.
    pub name: &'static str,
    /// Computes the value for these arguments.
    pub body: Body,
}

/// Computes a value. What it returns is converted to the type that the query expects, if it has another.
pub(super) type Body = fn(&Call<'_>, &[Value]) -> Result<Value>;

/// A call under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'c> {
    /// The run: clock, chance, regular expressions.
    pub run: &'c Run<'c>,
    /// The arguments as they are written.
    pub arguments: &'c [Expr],
    /// Where the call stands.
    pub range: TextRange,
}

impl Call<'_> {
    /// The type of an argument, where the query alone says it.
    pub(super) fn argument_type(&self, index: usize) -> Option<ScalarType> {
        self.arguments.get(index)?.ty
    }

    /// An error at the call.
    pub(super) fn error(&self, message: impl Into<String>) -> RunError {
        RunError::new(self.range, message)
    }
}

/// The families.
const FAMILIES: &[&[Scalar]] = &[
    arithmetic::FUNCTIONS,
    arrays::FUNCTIONS,
    bags::FUNCTIONS,
    bits::FUNCTIONS,
    columns::FUNCTIONS,
    comparison::FUNCTIONS,
    conditional::FUNCTIONS,
    conversion::FUNCTIONS,
    dates::FUNCTIONS,
    dynamic::FUNCTIONS,
    encoding::FUNCTIONS,
    #[cfg(feature = "geo")]
    geo::GRIDS,
    #[cfg(feature = "geo")]
    geo::LINES,
    #[cfg(feature = "geo")]
    geo::POINTS,
    #[cfg(feature = "geo")]
    geo::POLYGONS,
    hashing::FUNCTIONS,
    ip::FUNCTIONS,
    json_path::FUNCTIONS,
    math::FUNCTIONS,
    parsing::FUNCTIONS,
    parts_of_time::FUNCTIONS,
    patterns::FUNCTIONS,
    series::ELEMENTWISE,
    series::FILL,
    series::FILTER,
    series::FIT,
    series::FOURIER,
    series::SEASONAL,
    series::SUMMARY,
    sets::FUNCTIONS,
    sketch::FUNCTIONS,
    statistics::FUNCTIONS,
    text::FUNCTIONS,
    time_format::FUNCTIONS,
    units::FUNCTIONS,
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Scalar>> = LazyLock::new(|| {
    FAMILIES.iter().flat_map(|family| family.iter()).map(|function| (function.name, function)).collect()
});

/// The function or operator called `name`, where it works offline.
pub(super) fn find(name: &str) -> Option<&'static Scalar> {
    BY_NAME.get(name).copied()
}

/// The names of all functions that work offline.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BY_NAME.keys().copied()
}

/// An argument; null where it was not given.
fn at(values: &[Value], index: usize) -> &Value {
    values.get(index).unwrap_or(&Value::Null)
}

/// An argument as a whole number; nothing where it is none.
fn long_at(values: &[Value], index: usize) -> Option<i64> {
    match at(values, index) {
        Value::Null => None,
        value => match coerce(value, ScalarType::Long) {
            Value::Long(number) => Some(number),
            _ => None,
        },
    }
}

/// An argument as text.
fn text_at(values: &[Value], index: usize) -> std::borrow::Cow<'_, str> {
    at(values, index).to_text()
}

/// What tests of several families write.
#[cfg(test)]
mod testing {
    use crate::exec::value::{Dynamic, Value};

    /// A dynamic value, from its JSON.
    pub(super) fn json(text: &str) -> Value {
        Value::dynamic(Dynamic::from_json(text).unwrap())
    }

    /// The text of a value.
    pub(super) fn text(value: Value) -> String {
        value.to_text().into_owned()
    }
}
