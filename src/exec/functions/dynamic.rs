//! Dynamic values: their parts, and the text that they are.

use super::{Scalar, at};
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "[]", body: |_, v| Ok(element(at(v, 0), at(v, 1))) },
    Scalar { name: "dynamic_to_json", body: |_, v| Ok(canonical(at(v, 0))) },
];

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

/// JSON with the properties of bags in the order of their names; the text of what is no array or bag.
fn canonical(value: &Value) -> Value {
    match value.as_dynamic() {
        Some(held) if held.scalar().is_none() => Value::string(held.sorted().to_json()),
        _ => Value::string(value.to_text()),
    }
}
