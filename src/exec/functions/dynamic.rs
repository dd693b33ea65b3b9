//! Dynamic values: arrays and property bags, made, read and changed.

use super::{Scalar, at};
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] =
    &[Scalar { name: "[]", body: |_, v| Ok(element(at(v, 0), at(v, 1))) }];

/// The element of an array at an index, or the property of a bag; null where there is none.
fn element(of: &Value, index: &Value) -> Value {
    let Some(held) = of.as_dynamic() else { return Value::Null };
    let found = match (index.as_i64(), index.as_str()) {
        (Some(index), _) => held.element(index),
        (None, Some(name)) => held.property(name),
        (None, None) => None,
    };
    found.map_or(Value::Null, |found| Value::dynamic(found.clone()))
}
