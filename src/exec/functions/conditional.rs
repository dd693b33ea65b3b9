//! Choices and tests: `iff`, `case`, `coalesce`, `isnull` and their like.

use super::{Call, Scalar, at};
use crate::exec::error::Result;
use crate::exec::value::Value;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "assert", body: assert },
    Scalar { name: "iff", body: |_, v| Ok(choice(v)) },
    Scalar { name: "iif", body: |_, v| Ok(choice(v)) },
    Scalar { name: "case", body: |_, v| Ok(case(v)) },
    Scalar { name: "coalesce", body: |_, v| Ok(coalesce(v)) },
    Scalar { name: "not", body: |_, v| Ok(not(at(v, 0))) },
    Scalar { name: "isnull", body: |_, v| Ok(at(v, 0).is_null().into()) },
    Scalar { name: "isnotnull", body: |_, v| Ok((!at(v, 0).is_null()).into()) },
    Scalar { name: "notnull", body: |_, v| Ok((!at(v, 0).is_null()).into()) },
    Scalar { name: "isempty", body: |_, v| Ok(at(v, 0).is_empty().into()) },
    Scalar { name: "isnotempty", body: |_, v| Ok((!at(v, 0).is_empty()).into()) },
    Scalar { name: "notempty", body: |_, v| Ok((!at(v, 0).is_empty()).into()) },
];

fn assert(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    if at(values, 0).is_true() {
        Ok(Value::Bool(true))
    } else {
        Err(call.error(failed_assertion(at(values, 1))))
    }
}

/// What the service says of an `assert` that does not hold.
pub(in crate::exec) fn failed_assertion(message: &Value) -> String {
    format!("assert() has failed with message: '{}'", message.to_text())
}

fn choice(values: &[Value]) -> Value {
    at(values, if at(values, 0).is_true() { 1 } else { 2 }).clone()
}

fn case(values: &[Value]) -> Value {
    let mut parts = values.chunks_exact(2);
    for pair in &mut parts {
        if let [condition, value] = pair
            && condition.is_true()
        {
            return value.clone();
        }
    }
    at(parts.remainder(), 0).clone()
}

/// The first value that is not null; for text, not empty.
fn coalesce(values: &[Value]) -> Value {
    values.iter().find(|value| !value.is_empty()).or(values.last()).cloned().unwrap_or(Value::Null)
}

fn not(value: &Value) -> Value {
    if value.is_null() { Value::Null } else { Value::Bool(!value.is_true()) }
}
