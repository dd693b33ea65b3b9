//! Equality and order of values.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::{Dynamic, Value};

/// Whether two values are equal; nothing where both are null or they cannot be compared. Case counts.
pub fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Null, Value::Null) => None,
        (Value::Null, _) | (_, Value::Null) => Some(false),
        (Value::Dynamic(a), Value::Dynamic(b)) => Some(same_dynamic(a, b)),
        _ => Some(compare(left, right)? == Ordering::Equal),
    }
}

/// The order of two values; nothing where one is null or they cannot be compared.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Dynamic(a), b) => compare(&a.scalar()?, b),
        (a, Value::Dynamic(b)) => compare(a, &b.scalar()?),
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (Value::TimeSpan(a), Value::TimeSpan(b)) => Some(a.cmp(b)),
        (Value::Guid(a), Value::Guid(b)) => Some(a.cmp(b)),
        // Text against what it may be the text of, as dynamic values bring about.
        (Value::DateTime(a), Value::String(b)) => Some(a.cmp(&super::DateTime::parse(b)?)),
        (Value::String(a), Value::DateTime(b)) => Some(super::DateTime::parse(a)?.cmp(b)),
        (Value::String(a), b) => Some((**a).cmp(&*b.to_text())),
        (a, Value::String(b)) => Some((*a.to_text()).cmp(&**b)),
        (Value::Bool(a), b) => numbers(&Value::Long(i64::from(*a)), b),
        (a, Value::Bool(b)) => numbers(a, &Value::Long(i64::from(*b))),
        _ => numbers(left, right),
    }
}

fn numbers(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (left.as_i64(), right.as_i64()) {
        return Some(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (as_decimal(left), as_decimal(right))
        && (matches!(left, Value::Decimal(_)) || matches!(right, Value::Decimal(_)))
    {
        return Some(a.cmp(&b));
    }
    left.as_f64()?.partial_cmp(&right.as_f64()?)
}

/// The number as a decimal one, where it has one.
pub(super) fn as_decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(number) => Some(*number),
        Value::Int(number) => Some(Decimal::from(*number)),
        Value::Long(number) => Some(Decimal::from(*number)),
        Value::Real(number) => Decimal::from_f64(*number),
        Value::Dynamic(held) => as_decimal(&held.scalar()?),
        _ => None,
    }
}

/// Whether dynamic values are equal: bags whatever the order of their properties.
fn same_dynamic(left: &Dynamic, right: &Dynamic) -> bool {
    match (left, right) {
        (Dynamic::Array(a), Dynamic::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_dynamic(a, b))
        }
        (Dynamic::Bag(a), Dynamic::Bag(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same_dynamic(value, other)))
        }
        _ => match (left.scalar(), right.scalar()) {
            (Some(Value::Null), Some(Value::Null)) => true,
            (Some(a), Some(b)) => compare(&a, &b) == Some(Ordering::Equal),
            _ => false,
        },
    }
}

/// A total order for sorting and for what is the least or greatest: nulls before all else, what cannot be compared by its
/// kind and text.
pub fn order(left: &Value, right: &Value) -> Ordering {
    match (left.is_null(), right.is_null()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        (false, false) => {}
    }
    if let Some(ordering) = compare(left, right) {
        return ordering;
    }
    let nan = |value: &Value| value.as_f64().is_some_and(f64::is_nan);
    match (nan(left), nan(right)) {
        (true, true) => Ordering::Equal,
        // NaN comes before every number.
        (true, false) if right.as_f64().is_some() => Ordering::Less,
        (false, true) if left.as_f64().is_some() => Ordering::Greater,
        _ => left.to_text().cmp(&right.to_text()),
    }
}
